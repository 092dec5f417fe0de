//! What two creators' audiences share.

use serde::Serialize;

use super::bounds::of_pair;
use super::incidence::Matches;
use super::lists::Portfolio;
use super::thinning::Thinning;
use super::{ALPHA, FEWEST};
use crate::base::stats::Interval;
use crate::base::{Figure, Status};
use crate::graph::Design;

/// Two creators and what they share.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pair {
    /// The two accounts.
    pub accounts: [u32; 2],
    /// People who follow both.
    pub common: Figure,
    /// Common people over those who follow either: 0 to 1.
    pub jaccard: Figure,
    /// Common people over the smaller audience: 0 to 1.
    pub containment: Figure,
    /// Common people over those there would be if one follow said nothing about the other: `|A∩B| P/(|A| |B|)`, P the
    /// population; not estimable where it is not known, or people are weighed. Of a counted pair the interval is that of
    /// chance: the people of the smaller audience are taken for some of many alike, each of whom follows the other creator
    /// or not (Wilson 1927).
    pub lift: Figure,
}

impl Pair {
    /// What follows from the people common to two audiences of these sizes.
    pub(super) fn new(accounts: [u32; 2], common: Figure, sizes: Option<[f64; 2]>, population: Option<f64>) -> Pair {
        let derived = |of: &dyn Fn(f64, f64, f64) -> f64| match sizes {
            None => Figure::not_estimable(common.because.clone()),
            Some([a, b]) if a == 0.0 || b == 0.0 => Figure::not_estimable("an audience of nobody has no such share"),
            Some([a, b]) => through(&common, |x| of(x, a, b)),
        };
        let lift = match (population, sizes, common.status, common.value) {
            (None, ..) => Figure::not_estimable("needs the number of people there are: --population"),
            (Some(population), Some([a, b]), Status::Measured, Some(common)) if a > 0.0 && b > 0.0 => {
                let scale = population / a.max(b);
                let share = Interval::wilson(common / a.min(b), a.min(b));
                let interval = Interval { low: scale * share.low, high: scale * share.high };
                Figure::estimated(
                    scale * common / a.min(b),
                    interval,
                    "counted; the interval takes these people for some of many alike",
                )
            }
            (Some(population), ..) => derived(&|x, a, b| x * population / (a * b)),
        };
        Pair {
            accounts,
            jaccard: derived(&|x, a, b| x / (a + b - x)),
            containment: derived(&|x, a, b| x / a.min(b)),
            lift,
            common,
        }
    }
}

/// Pairs of a portfolio: whichever of lists and lookups shows most of the common people decides.
pub struct Pairs<'a> {
    portfolio: &'a Portfolio<'a>,
    matches: &'a Matches,
    population: Option<f64>,
}

/// What was seen of the common people, and how.
struct Seen {
    people: u64,
    thinning: Thinning,
    how: String,
}

impl<'a> Pairs<'a> {
    /// Of a portfolio; `matches` are those of all its creators, `population` the people there are, where it is known.
    pub fn new(portfolio: &'a Portfolio<'a>, matches: &'a Matches, population: Option<f64>) -> Self {
        Pairs { portfolio, matches, population }
    }

    /// Everything about a pair.
    pub fn pair(&self, a: usize, b: usize) -> Pair {
        let (one, other) = (&self.portfolio.creators[a], &self.portfolio.creators[b]);
        let common = self.common(a, b);
        let sizes = one.size().zip(other.size());
        Pair::new([one.account, other.account], common, sizes.map(|(a, b)| [a, b]), self.population)
    }

    /// How many people follow both.
    ///
    /// **Returns**: measured between full lists; estimated from at least [`FEWEST`] common people seen in samples, with an
    /// exact interval; else bounded, the upper limit by how few were seen.
    pub fn common(&self, a: usize, b: usize) -> Figure {
        let (one, other) = (&self.portfolio.creators[a], &self.portfolio.creators[b]);
        let unknown: Vec<usize> =
            [a, b].into_iter().filter(|&place| self.portfolio.creators[place].size().is_none()).collect();
        if !unknown.is_empty() {
            let names = self.portfolio.named(&unknown);
            return Figure::not_estimable(format!("needs the number of followers of {names} (followers_claimed)"));
        }
        let certain = self.certain(a, b);
        if one.platform != other.platform {
            return match certain.low == certain.high {
                true => Figure::measured(certain.low, "full lists, joined by person"),
                false => Figure::bounded(
                    certain,
                    "different platforms: from nobody unlinked on both to all; the attribute person on both sides would \
                     join them",
                ),
            };
        }
        if one.is_full() && other.is_full() {
            return Figure::measured(self.matches.of(a, b) as f64, "both lists are full");
        }
        match self.seen(a, b) {
            Some(seen) if seen.people >= FEWEST => Figure::estimated(
                seen.thinning.estimate(seen.people, certain),
                seen.thinning.limits(seen.people, certain, ALPHA),
                format!("{} of the common people were seen, {}", seen.people, seen.how),
            ),
            Some(seen) => Figure::bounded(
                Interval { low: certain.low, ..seen.thinning.limits(seen.people, certain, 2.0 * ALPHA) },
                // How many is a small count of people, which a sentence must not tell.
                format!("fewer than {FEWEST} of the common people were seen, {}", seen.how),
            ),
            None => Figure::bounded(certain, format!("{}: needs {}", self.designs(a, b), NEEDS)),
        }
    }

    /// Limits of what both share that hold at error probability `alpha`, for all that was seen and not.
    pub fn limits(&self, a: usize, b: usize, alpha: f64) -> Interval {
        let certain = self.certain(a, b);
        match self.seen(a, b) {
            Some(seen) if certain.low < certain.high => seen.thinning.limits(seen.people, certain, alpha),
            _ => certain,
        }
    }

    /// Limits that hold for certain, sizes being right.
    fn certain(&self, a: usize, b: usize) -> Interval {
        let (one, other) = (&self.portfolio.creators[a], &self.portfolio.creators[b]);
        let (Some(n_a), Some(n_b)) = (one.size(), other.size()) else { return Interval { low: 0.0, high: 0.0 } };
        let mut limits = of_pair(n_a, n_b, self.population);
        let seen = self.matches.of(a, b) as f64;
        let across = one.platform != other.platform;
        if one.are_followers() && other.are_followers() {
            limits.low = limits.low.max(seen);
        }
        if across && one.is_full() && other.is_full() {
            limits.high = limits.high.min(seen + one.unlinked.min(other.unlinked) as f64);
        }
        if !across {
            // Who is on one list and not on the other, which is full, is not common.
            for (full, part, size) in [(one, other, n_b), (other, one, n_a)] {
                if full.is_full() && part.are_followers() {
                    limits.high = limits.high.min(size - (part.list.listed as f64 - seen).max(0.0));
                }
            }
        }
        limits.high = limits.high.max(limits.low);
        limits
    }

    /// The way that shows most of the common people, by the chance to see one: decided before looking at how many.
    fn seen(&self, a: usize, b: usize) -> Option<Seen> {
        let (one, other) = (&self.portfolio.creators[a], &self.portfolio.creators[b]);
        if one.platform != other.platform {
            return None;
        }
        let (n_a, n_b) = (one.size()?, other.size()?);
        let mut best: Option<Seen> = None;
        let mut offer = |seen: Seen| {
            if seen.thinning.rate() > best.as_ref().map_or(0.0, |best| best.thinning.rate()) {
                best = Some(seen);
            }
        };
        if one.is_fair() && other.is_fair() {
            let shares = [one.list.fraction()?, other.list.fraction()?];
            let how = match (one.is_full(), other.is_full()) {
                (false, false) => format!("in random lists of {} and {}", percent(shares[0]), percent(shares[1])),
                _ => format!("in a random list of {} against a full one", percent(shares[0].min(shares[1]))),
            };
            offer(Seen { people: self.matches.of(a, b), thinning: Thinning { sizes: [n_a, n_b], shares }, how });
        }
        for (from, to, size) in [(a, b, n_a), (b, a, n_b)] {
            if self.portfolio.creators[to].is_full() || size <= 0.0 {
                continue;
            }
            let people = self.portfolio.looked_up(from, &[to]);
            let yes = people.iter().filter(|&&person| self.portfolio.follows(person, to) == Some(true)).count();
            let how = format!("looking up {} followers of {}", people.len(), self.portfolio.name(from));
            let thinning = Thinning::one(size, people.len() as f64);
            offer(Seen { people: yes as u64, thinning, how });
        }
        best
    }

    fn designs(&self, a: usize, b: usize) -> String {
        let design = |place: usize| {
            let creator = &self.portfolio.creators[place];
            match (creator.list.design, creator.list.listed) {
                (_, 0) => "no follower list",
                (Design::Full, _) => "a full list",
                (Design::Random, _) => "a random list",
                (Design::NewestFirst, _) => "a list of the newest followers",
                (Design::Engagers, _) => "a list of engagers",
                (Design::Unknown, _) => "a list cut nobody knows how",
            }
        };
        format!("{} and {}", design(a), design(b))
    }
}

/// What would make a pair or a union estimable.
pub const NEEDS: &str = "full or random lists, or random followers looked up";

fn percent(share: f64) -> String {
    format!("{}%", (share * 1e3).round() / 10.0)
}

/// A figure through a function that never falls.
pub fn through(figure: &Figure, of: impl Fn(f64) -> f64) -> Figure {
    Figure {
        value: figure.value.map(&of),
        interval: figure.interval.map(|interval| Interval { low: of(interval.low), high: of(interval.high) }),
        ..figure.clone()
    }
}

/// A figure through a function that never grows: the ends change places.
pub fn against(figure: &Figure, of: impl Fn(f64) -> f64) -> Figure {
    let turned = through(figure, of);
    let interval = turned.interval.map(|interval| Interval { low: interval.high, high: interval.low });
    debug_assert!(figure.status != Status::NotEstimable || interval.is_none());
    Figure { interval, ..turned }
}
