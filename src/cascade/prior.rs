//! What is assumed where nothing was measured: exposure by follower count, and resharing. An editable file.

use serde::{Deserialize, Serialize};

use super::resolve::tier_scale;
use crate::base::stats::Interval;
use crate::base::{Error, Location, Result};
use crate::graph::network::Tiers;

/// Exposure per feed post at one follower count.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Point {
    /// Followers.
    pub followers: f64,
    /// Share of followers that one post reaches.
    pub r: f64,
    /// The lowest share thought plausible.
    pub low: f64,
    /// The highest share thought plausible.
    pub high: f64,
}

/// The assumptions behind the model `prior`: middles and ranges.
///
/// Between points `r` is linear in log10 of the followers, outside it is that of the nearest point, and wherever
/// that would make `r · followers` fall it is raised to keep it level: more followers never reach fewer people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Priors {
    /// Exposure at follower counts in rising order.
    pub points: Vec<Point>,
    /// Chance of resharing once exposed, where the network's interactions do not tell.
    pub rho: f64,
    /// The lowest such chance thought plausible.
    pub rho_low: f64,
    /// The highest such chance thought plausible.
    pub rho_high: f64,
    /// How much posts of one creator differ by their content: the standard deviation of the log of a factor on exposure.
    pub content_sd: f64,
    /// The least thought plausible.
    pub content_sd_low: f64,
    /// The most thought plausible.
    pub content_sd_high: f64,
    /// Likes, comments and shares for each exposure, for what an engagement costs.
    pub engagement: f64,
    /// The fewest thought plausible.
    pub engagement_low: f64,
    /// The most thought plausible.
    pub engagement_high: f64,
    /// Sales, installs or sign-ups for each person reached, for what an acquisition costs.
    pub acquisition: f64,
    /// The fewest thought plausible.
    pub acquisition_low: f64,
    /// The most thought plausible.
    pub acquisition_high: f64,
}

impl Default for Priors {
    fn default() -> Self {
        let point = |followers, r, low, high| Point { followers, r, low, high };
        Priors {
            points: vec![
                point(5e3, 0.30, 0.20, 0.40),
                point(5e4, 0.22, 0.15, 0.30),
                point(4e5, 0.15, 0.10, 0.20),
                point(2e6, 0.08, 0.05, 0.12),
            ],
            rho: 0.01,
            rho_low: 0.003,
            rho_high: 0.03,
            content_sd: 0.55,
            content_sd_low: 0.3,
            content_sd_high: 0.9,
            engagement: 0.03,
            engagement_low: 0.01,
            engagement_high: 0.06,
            acquisition: 0.001,
            acquisition_low: 0.0002,
            acquisition_high: 0.003,
        }
    }
}

impl Priors {
    /// Reads the text of a `--priors` file (TOML); `file` is its name for messages.
    ///
    /// **Errors**: [`Error::Input`] with the line, for anything that is not such a file or not plausible.
    pub fn from_toml(text: &str, file: &str) -> Result<Priors> {
        let priors: Priors = toml::from_str(text).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = 1 + text.as_bytes()[..before].iter().filter(|&&byte| byte == b'\n').count() as u64;
            Error::input(Location::file(file).line(line), "a file of priors", error.message())
        })?;
        priors.check()?;
        Ok(priors)
    }

    /// Refuses what cannot be meant.
    pub fn check(&self) -> Result<()> {
        let wrong = |problem: String| Err(Error::parameter("--priors", problem));
        let ordered = |low: f64, middle: f64, high: f64| 0.0 <= low && low <= middle && middle <= high && high <= 1.0;
        if self.points.is_empty() {
            return wrong("at least one point is needed".into());
        }
        for point in &self.points {
            if !(point.followers >= 1.0 && point.followers.is_finite()) {
                return wrong(format!("a point at {} followers makes no sense", point.followers));
            }
            if !ordered(point.low, point.r, point.high) {
                return wrong(format!(
                    "at {} followers, 0 <= low <= r <= high <= 1 does not hold ({}, {}, {})",
                    point.followers, point.low, point.r, point.high
                ));
            }
        }
        if self.points.windows(2).any(|pair| pair[0].followers >= pair[1].followers) {
            return wrong("the points are not in rising order of followers".into());
        }
        // Beyond 3 a content of the mean factor 1 would be one in many thousand.
        for (name, [low, middle, high], most) in [
            ("rho", [self.rho_low, self.rho, self.rho_high], 1.0),
            ("content-sd", self.content(), MOST_CONTENT),
            ("engagement", [self.engagement_low, self.engagement, self.engagement_high], 1.0),
            ("acquisition", [self.acquisition_low, self.acquisition, self.acquisition_high], 1.0),
        ] {
            if !(0.0 <= low && low <= middle && middle <= high && high <= most) {
                return wrong(format!(
                    "0 <= {name}-low <= {name} <= {name}-high <= {most} does not hold ({low}, {middle}, {high})"
                ));
            }
        }
        Ok(())
    }

    /// The assumptions at the low and at the high ends of all ranges, without ranges of their own.
    pub fn ends(&self) -> [Priors; 2] {
        [false, true].map(|high| {
            let end = |low: f64, up: f64| if high { up } else { low };
            let at = |point: &Point| {
                let r = end(point.low, point.high);
                Point { r, low: r, high: r, ..*point }
            };
            let rho = end(self.rho_low, self.rho_high);
            let content_sd = end(self.content_sd_low, self.content_sd_high);
            let engagement = end(self.engagement_low, self.engagement_high);
            let acquisition = end(self.acquisition_low, self.acquisition_high);
            Priors {
                points: self.points.iter().map(at).collect(),
                rho,
                rho_low: rho,
                rho_high: rho,
                content_sd,
                content_sd_low: content_sd,
                content_sd_high: content_sd,
                engagement,
                engagement_low: engagement,
                engagement_high: engagement,
                acquisition,
                acquisition_low: acquisition,
                acquisition_high: acquisition,
            }
        })
    }

    /// The spread of contents: low, middle, high.
    pub(crate) fn content(&self) -> [f64; 3] {
        [self.content_sd_low, self.content_sd, self.content_sd_high]
    }

    /// The exposure assumed, in plain words.
    pub fn exposure_words(&self) -> String {
        let percent = |x: f64| {
            let text = format!("{:.2}", x * 100.0);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        let parts: Vec<String> = self
            .points
            .iter()
            .enumerate()
            .map(|(place, point)| {
                let at = match place {
                    0 if self.points.len() > 1 => format!("of followers up to {}", count(point.followers)),
                    0 => "of followers".into(),
                    last if last + 1 == self.points.len() => format!("from {}", count(point.followers)),
                    _ => format!("at {}", count(point.followers)),
                };
                format!("{}% {at} (range {}–{}%)", percent(point.r), percent(point.low), percent(point.high))
            })
            .collect();
        format!(
            "exposure per feed post: {}; in between linear in the logarithm; assumed, not measured; edit with --priors FILE",
            parts.join(", ")
        )
    }

    /// The resharing assumed, in plain words.
    pub fn resharing_words(&self) -> String {
        format!(
            "resharing once exposed: {} in 100 (range {}–{}); assumed, not measured; edit with --priors FILE or --rho",
            self.rho * 100.0,
            self.rho_low * 100.0,
            self.rho_high * 100.0
        )
    }

    /// The spread of contents assumed, in plain words.
    pub fn content_words(&self) -> String {
        format!(
            "content: from post to post of one creator exposure varies by a factor with standard deviation {} of its log \
             (range {}–{}) and mean 1; assumed, not measured; edit with --priors FILE or --content-sd",
            self.content_sd, self.content_sd_low, self.content_sd_high
        )
    }

    /// What is assumed of those who hear a post, for what it costs, in plain words.
    pub fn money_words(&self) -> String {
        format!(
            "engagements for 100 exposures: {} (range {}–{}); acquisitions for 1,000 people reached: {} (range {}–{}); \
             assumed, not measured; edit with --priors FILE",
            rounded(self.engagement * 100.0),
            rounded(self.engagement_low * 100.0),
            rounded(self.engagement_high * 100.0),
            rounded(self.acquisition * 1000.0),
            rounded(self.acquisition_low * 1000.0),
            rounded(self.acquisition_high * 1000.0)
        )
    }

    /// Everything assumed, in plain words.
    pub fn assumptions(&self) -> Vec<String> {
        vec![self.exposure_words(), self.resharing_words(), self.content_words(), self.money_words()]
    }

    /// The assumed chance that a follower of an account of this size sees one post, and the ends of its range. For
    /// follower lists, where there is no graph to resolve a model on.
    pub fn exposure(&self, followers: f64, tiers: &Tiers) -> (f64, Interval) {
        let curve = Curve::new(self, tier_scale(tiers));
        let range = Interval { low: curve.at(followers, |_| 0.0), high: curve.at(followers, |_| 1.0) };
        (curve.middle(followers), range)
    }
}

/// The largest spread of contents that is taken.
pub(crate) const MOST_CONTENT: f64 = 3.0;

/// Without what a product of decimals leaves behind the sixth place.
fn rounded(number: f64) -> f64 {
    libm::round(number * 1e6) / 1e6
}

/// 5,000 as people write it.
fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The exposure curve through the points of [`Priors`], ready to be read at any follower count.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    points: Vec<Point>,
    logs: Vec<f64>,
}

/// Points beyond this many are refused by nobody, but read from the heap.
const FEW: usize = 8;

impl Curve {
    /// `scale` moves the points: a market scaled to 1% has its 50,000 at 500.
    pub fn new(priors: &Priors, scale: f64) -> Self {
        let points: Vec<Point> =
            priors.points.iter().map(|point| Point { followers: point.followers * scale, ..*point }).collect();
        let logs = points.iter().map(|point| libm::log(point.followers)).collect();
        Curve { points, logs }
    }

    /// How many points.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// The middle of the assumption at this follower count.
    pub fn middle(&self, followers: f64) -> f64 {
        self.through(followers, |place| self.points[place].r)
    }

    /// A value of the range: at point i the quantile `position(i)`, where half of the chance lies on either side
    /// of the middle, spread evenly down to `low` and up to `high`.
    pub fn at(&self, followers: f64, position: impl Fn(usize) -> f64) -> f64 {
        let mut values = [0.0; FEW];
        let from = |place: usize| {
            let point = &self.points[place];
            within(point.low, point.r, point.high, position(place))
        };
        if self.len() > FEW {
            return self.through(followers, from);
        }
        for (place, value) in values[..self.len()].iter_mut().enumerate() {
            *value = from(place);
        }
        self.through(followers, |place| values[place])
    }

    /// The curve through `(followers_i, r(i))`, with `r · followers` held level where it would fall.
    fn through(&self, followers: f64, r: impl Fn(usize) -> f64) -> f64 {
        if followers <= self.points[0].followers {
            return r(0);
        }
        let log = libm::log(followers);
        let mut most = self.points[0].followers * r(0);
        for place in 0..self.len() - 1 {
            let (from, to) = (&self.points[place], &self.points[place + 1]);
            let slope = (r(place + 1) - r(place)) / (self.logs[place + 1] - self.logs[place]);
            let end = followers.min(to.followers);
            // F·(r + slope·ln(F/from)) has its only peak where the bracket is −slope.
            let peak = from.followers * libm::exp((-slope - r(place)) / slope);
            if slope < 0.0 && peak > from.followers && peak < end {
                most = most.max(peak * -slope);
            }
            if followers <= to.followers {
                let value = r(place) + slope * (log - self.logs[place]);
                return if followers * value >= most { value } else { most / followers };
            }
            most = most.max(end * r(place + 1));
        }
        let value = r(self.len() - 1);
        if followers * value >= most { value } else { most / followers }
    }
}

/// The quantile `position` of a range whose median is `middle`.
pub(crate) fn within(low: f64, middle: f64, high: f64, position: f64) -> f64 {
    if position < 0.5 {
        low + (middle - low) * 2.0 * position
    } else {
        middle + (high - middle) * (2.0 * position - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_curve_goes_through_its_points() {
        let curve = Curve::new(&Priors::default(), 1.0);
        for (followers, r) in [(0.0, 0.3), (1.0, 0.3), (5e3, 0.3), (5e4, 0.22), (4e5, 0.15), (2e6, 0.08), (9e6, 0.08)] {
            assert!((curve.middle(followers) - r).abs() < 1e-12, "{followers}");
        }
        let halfway = curve.middle(libm::sqrt(5e3 * 5e4));
        assert!((halfway - 0.26).abs() < 1e-12, "{halfway}");
        let scaled = Curve::new(&Priors::default(), 0.01);
        assert!((scaled.middle(500.0) - 0.22).abs() < 1e-12);
        for (position, r) in [(0.0, 0.15), (0.5, 0.22), (1.0, 0.30), (0.25, 0.185)] {
            assert!((curve.at(5e4, |_| position) - r).abs() < 1e-12);
        }
    }

    proptest! {
        /// For any values at the points, also such that the plain line would fall.
        #[test]
        fn more_followers_never_reach_fewer_people(
            values in prop::collection::vec(0.0f64..=1.0, 4),
            start in 1.0f64..1e7,
            step in 0.0f64..1e5,
        ) {
            let curve = Curve::new(&Priors::default(), 1.0);
            let reach = |followers: f64| followers * curve.through(followers, |place| values[place]);
            let mut pairs = vec![(start, start + step), (start, start + 1.0)];
            pairs.extend([5e3, 5e4, 4e5, 2e6].map(|border| (border - 1.0, border)));
            pairs.extend([5e3, 5e4, 4e5, 2e6].map(|border| (border, border + 1.0)));
            for (less, more) in pairs {
                prop_assert!(reach(more) >= reach(less) * (1.0 - 1e-12), "{less} {more}");
                prop_assert!(curve.through(more, |place| values[place]) <= 1.0);
            }
        }
    }

    #[test]
    fn files_are_read_and_mistakes_named() {
        let priors = Priors::from_toml("rho = 0.02\n", "p.toml").unwrap();
        assert_eq!(priors, Priors { rho: 0.02, ..Priors::default() });
        let written = toml::to_string(&Priors::default()).unwrap();
        assert_eq!(Priors::from_toml(&written, "p.toml").unwrap(), Priors::default());
        for (text, says) in [
            ("\nrhoo = 1\n", "p.toml:2: expected a file of priors, found unknown field `rhoo`"),
            ("rho = 0.5\n", "rho-low <= rho <= rho-high"),
            ("points = []\n", "at least one point"),
            ("points = [{followers=10, r=0.5, low=0.6, high=0.7}]\n", "at 10 followers"),
            ("points = [{followers=0, r=0.5, low=0.4, high=0.7}]\n", "at 0 followers"),
            ("rho = nan\n", "does not hold"),
            (
                "content-sd = 0.2\n",
                "0 <= content-sd-low <= content-sd <= content-sd-high <= 3 does not hold (0.3, 0.2, 0.9)",
            ),
            ("content-sd-high = inf\n", "does not hold"),
            ("engagement-high = 2\n", "engagement-high <= 1"),
            ("acquisition-low = -1\n", "0 <= acquisition-low"),
            ("content = 0.5\n", "unknown field `content`"),
        ] {
            let error = Priors::from_toml(text, "p.toml").unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn ends_are_those_of_the_ranges_at_every_follower_count() {
        let priors = Priors::default();
        let ends = priors.ends();
        for followers in [0.0, 5e3, 2e4, 1e5, 1e6, 9e6] {
            let range = priors.exposure(followers, &Tiers::default()).1;
            let at = |end: &Priors| end.exposure(followers, &Tiers::default()).0;
            assert_eq!((at(&ends[0]), at(&ends[1])), (range.low, range.high), "{followers}");
        }
        assert_eq!((ends[0].rho, ends[1].rho), (0.003, 0.03));
    }

    #[test]
    fn assumptions_are_said_in_words() {
        let words = Priors::default().assumptions();
        assert!(
            words[0].starts_with("exposure per feed post: 30% of followers up to 5,000 (range 20–40%), 22% at 50,000")
        );
        assert!(words[0].contains("8% from 2,000,000 (range 5–12%)"), "{}", words[0]);
        assert!(words[1].contains("1 in 100 (range 0.3–3)"), "{}", words[1]);
        assert!(words[2].contains("standard deviation 0.55 of its log (range 0.3–0.9)"), "{}", words[2]);
        assert!(
            words[3].contains("100 exposures: 3 (range 1–6); acquisitions for 1,000 people reached: 1 (range 0.2–3)")
        );
    }
}
