//! People whom followers cannot explain: reach that recommendation brought. Never a bare number, as nobody measured how
//! many followers see a post; the assumed range of that gives its limits.

use super::posts::{Account, platform_name};
use super::ratio::Ratio;
use crate::base::Figure;
use crate::base::stats::Interval;

/// A creator's reach and followers, with what share of followers is assumed to see a post.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    reach: f64,
    interval: Interval,
    followers: f64,
    share: f64,
    range: Interval,
    /// Whether its posts gave views, not people.
    converted: bool,
}

/// People beyond followers.
fn rest(reach: f64, share: f64, followers: f64) -> f64 {
    (reach - share * followers).max(0.0)
}

impl Part {
    /// Of a creator with posts of its own and a follower count.
    pub fn of(account: &Account, expected: &Figure, exposure: Option<(f64, Interval)>) -> Option<Part> {
        if account.posts.is_empty() {
            return None;
        }
        let (share, range) = exposure?;
        let converted = account.posts.iter().any(|past| past.converted);
        let (reach, interval, followers) = (expected.value?, expected.interval?, account.followers?);
        Some(Part { reach, interval, followers, share, range, converted })
    }

    /// The share of followers reached: as assumed, but not more than the reach allows.
    pub fn exposure(&self) -> Figure {
        if self.followers <= 0.0 {
            return Figure::not_estimable("a follower");
        }
        let share = |share: f64, reach: f64| share.min(reach / self.followers);
        let range = Interval {
            low: share(self.range.low, self.interval.low),
            high: share(self.range.high, self.interval.high),
        };
        let because = "share of followers assumed to see a post, at most as many as were reached";
        Figure::assumed(share(self.share, self.reach), range, because)
    }

    /// People reached beyond what followers can explain: limits, as the share of followers is a range.
    pub fn recommended(&self) -> Figure {
        let limits = Interval {
            low: rest(self.interval.low, self.range.high, self.followers),
            high: rest(self.interval.high, self.range.low, self.followers),
        };
        let percent = |share: f64| share * 100.0;
        let least = rest(self.interval.low, 1.0, self.followers);
        let because = format!(
            "reach beyond the {:.0}–{:.0}% of followers assumed to see a post; at least {least:.0} even if every \
             follower saw it",
            percent(self.range.low),
            percent(self.range.high)
        );
        Figure::bounded(limits, because)
    }
}

/// What is said of a platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Beyond {
    /// Share of people reached who did not come from followers.
    pub share: Figure,
    /// The same as a sentence.
    pub sentence: String,
}

/// Over the creators of a platform. Its range: that of the share of followers assumed, and of people per view where
/// views were given.
pub fn beyond(platform: &str, parts: &[Part], ratio: &Ratio) -> Beyond {
    let name = platform_name(platform);
    // Sums in an order of the values alone.
    let mut parts = parts.to_vec();
    parts.sort_by(|a, b| a.reach.total_cmp(&b.reach).then(a.followers.total_cmp(&b.followers)));
    let share = |of: &dyn Fn(&Part) -> f64, scale: f64| {
        let (rests, all) = parts.iter().fold((0.0, 0.0), |(rests, all), part| {
            let reach = part.reach * if part.converted { scale / ratio.value } else { 1.0 };
            (rests + rest(reach, of(part), part.followers), all + reach)
        });
        if all > 0.0 { rests / all } else { f64::NAN }
    };
    let middle = share(&|part| part.share, ratio.value);
    if middle.is_nan() {
        let needs = "posts with reach or views of creators whose followers are known";
        return Beyond {
            share: Figure::not_estimable(needs),
            sentence: format!("{name}: not known who came from followers"),
        };
    }
    let low = share(&|part| part.range.high, ratio.interval.low);
    let high = share(&|part| part.range.low, ratio.interval.high);
    let sentence = format!(
        "{name}: {:.0}% ({:.0}–{:.0}%) of people reached did not come from followers",
        middle * 100.0,
        low * 100.0,
        high * 100.0
    );
    let because = format!("over {} creators; rests on the share of followers assumed to see a post", parts.len());
    Beyond { share: Figure::assumed(middle, Interval { low, high }, because), sentence }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(reach: f64, followers: f64) -> Part {
        let interval = Interval { low: reach * 0.8, high: reach * 1.2 };
        Part { reach, interval, followers, share: 0.2, range: Interval { low: 0.1, high: 0.3 }, converted: true }
    }

    fn ratio() -> Ratio {
        Ratio { value: 0.8, interval: Interval { low: 0.6, high: 1.0 }, posts: 0, assumed: true }
    }

    #[test]
    fn followers_explain_no_more_than_was_reached() {
        let few = part(10.0, 1000.0);
        assert_eq!(few.recommended().interval, Some(Interval::point(0.0)));
        assert_eq!(few.exposure().value, Some(0.01));
        let many = part(5000.0, 1000.0);
        let limits = many.recommended().interval.unwrap();
        assert!((limits.low - 3700.0).abs() < 1e-9 && (limits.high - 5900.0).abs() < 1e-9, "{limits:?}");
        assert!(many.recommended().because.contains("at least 3000 even if every follower saw it"));
    }

    #[test]
    fn views_several_times_the_followers_come_from_recommendation() {
        let said = beyond("tiktok", &[part(4000.0, 1000.0), part(400.0, 100.0)], &ratio());
        assert_eq!(said.sentence, "TikTok: 95% (90–98%) of people reached did not come from followers");
        let none = beyond("", &[], &ratio());
        assert!(none.sentence.contains("not known") && !none.share.is_given());
    }
}
