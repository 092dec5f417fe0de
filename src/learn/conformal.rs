//! Intervals made to hold: how far past outcomes lay from what was predicted says how wide intervals should have been.

use serde::{Deserialize, Serialize};

use super::baseline::Quantiles;
use super::scores::{Law, Tested};
use crate::graph::network::{Tier, Tiers};

/// Posts that a tier needs to be corrected by its own, and that all tiers need together.
pub const FEWEST: usize = 30;

/// Half a width, in logs, is taken to be at least so much: a prediction without any width has none to multiply.
const LEAST: f64 = 0.1;

/// The ends of the intervals of 50, 80 and 95%, and the median, as levels.
const ENDS: [f64; 7] = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];
/// The interval that each end belongs to; the median counts by the narrowest.
const OF: [usize; 7] = [2, 1, 0, 0, 0, 1, 2];
const MEDIAN: usize = 3;

/// Factors on the half-widths of intervals, for each end: -1 and 1 leave an end where it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Factors {
    /// Past posts that they were learned from.
    pub posts: u64,
    /// For the lower ends of 95, 80 and 50%, the median, the upper ends of 50, 80 and 95%: the half-width below the median is
    /// multiplied where the factor is below 0, that above where it is not.
    pub factors: [f64; 7],
}

/// Nothing is changed.
const AS_IT_IS: Factors = Factors { posts: 0, factors: [-1.0, -1.0, -1.0, 0.0, 1.0, 1.0, 1.0] };

/// Split-conformal correction of predicted intervals, by tier.
///
/// On `log(1 + count)`, let m be the predicted median, l and h the half-widths of an interval below and above it (at least
/// 0.1), and `s = (y - m) / l` or `(y - m) / h` of an outcome y below or above m. Of n past posts, an interval of 1 − α gets
/// its lower end at the `⌊(n + 1) α/2⌋`-th smallest s, its upper end at the `⌈(n + 1)(1 − α/2)⌉`-th, each times the
/// half-width on its side; the two sides differ where outcomes are skewed or off. Other quantiles are moved as the ends and
/// the median beside them.
///
/// **Input**: predictions from origins before the one that is corrected, with outcomes that were known by then. Tiers with
/// fewer than 30 posts, and creators whose followers are not known, are corrected by all posts; with fewer than 30 in all,
/// nothing is changed.
/// **Returns**: [`Factors`] for each tier and for all; [`Conformal::correct`] applies them.
/// **Guarantee**: if past posts and the next one are exchangeable within the tier, the interval of 1 − α holds with a chance of
/// at least 1 − α, whatever the model, provided `n + 1 ≥ 2/α` (39 posts for 95%, fewer give at least `1 − 2 / (n + 1)`), and
/// of at most `1 − α + 2 / (n + 1)` where outcomes are not tied and no wider interval had to make room for a narrower one.
/// The chance is over past posts too, and on average over posts of the tier, not for each creator. Posts of one creator hang
/// together and the world changes: then it is an approximation that a back-test of the corrected intervals judges
/// ([`corrected`]). Intervals stay nested, quantiles rising.
/// **Cost**: one sort a tier and level.
/// **Determinism**: a function of the posts alone; their order does not matter.
/// **References**: Vovk, Gammerman & Shafer 2005; Romano, Patterson & Candès 2019 (quantile regression).
///
/// ```
/// use truereach::graph::network::Tiers;
/// use truereach::learn::{baseline::Quantiles, conformal::Conformal};
/// let said = Quantiles { values: vec![9.0; 49], intervals: [(8.0, 10.0), (6.0, 15.0), (5.0, 20.0)] };
/// let nothing_learned = Conformal::learn(&[], Tiers::default());
/// assert_eq!(nothing_learned.correct(&said, Some(2e4)), said);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Conformal {
    tiers: Tiers,
    all: Factors,
    by_tier: [Option<Factors>; 5],
}

/// Where an end stands, in logs: so many half-widths from the median.
struct Widths {
    median: f64,
    /// Below and above, of the intervals of 50, 80 and 95%.
    half: [(f64, f64); 3],
}

impl Widths {
    fn of(said: &Quantiles) -> Widths {
        let median = libm::log1p(said.values.get(said.values.len() / 2).copied().unwrap_or(0.0));
        let half = said
            .intervals
            .map(|(low, high)| ((median - libm::log1p(low)).max(LEAST), (libm::log1p(high) - median).max(LEAST)));
        Widths { median, half }
    }

    /// How many half-widths of an interval lie between the median and an outcome.
    fn off_median(&self, actual: f64, which: usize) -> f64 {
        let off = libm::log1p(actual) - self.median;
        off / if off < 0.0 { self.half[which].0 } else { self.half[which].1 }
    }

    fn at(&self, factor: f64, which: usize) -> f64 {
        self.median + factor * if factor < 0.0 { self.half[which].0 } else { self.half[which].1 }
    }
}

impl Factors {
    /// From posts; `None` of fewer than [`FEWEST`].
    fn learn(posts: &[&Tested]) -> Option<Factors> {
        if posts.len() < FEWEST {
            return None;
        }
        let n = posts.len() as f64;
        let widths: Vec<Widths> = posts.iter().map(|one| Widths::of(&one.model)).collect();
        let mut factors = [0.0; 7];
        for (end, level) in ENDS.iter().enumerate() {
            let mut off: Vec<f64> =
                posts.iter().zip(&widths).map(|(one, widths)| widths.off_median(one.actual, OF[end])).collect();
            off.sort_by(f64::total_cmp);
            // A hair of room: levels are no binary fractions.
            let place = match end {
                MEDIAN => libm::round((n + 1.0) * level),
                _ if end < MEDIAN => libm::floor((n + 1.0) * level + 1e-9),
                _ => libm::ceil((n + 1.0) * level - 1e-9),
            };
            factors[end] = off[place.clamp(1.0, n) as usize - 1];
        }
        Some(Factors { posts: posts.len() as u64, factors })
    }

    fn correct(&self, said: &Quantiles) -> Quantiles {
        if self.posts == 0 {
            return said.clone();
        }
        let widths = Widths::of(said);
        let (old, new) = (ends(said, &widths), self.ends(&widths));
        let moved: [f64; 7] = std::array::from_fn(|end| new[end] - old[end]);
        let count = |log: f64| libm::expm1(log.max(0.0));
        let (n, mut least) = (said.values.len() as f64, 0.0f64);
        let values = said.values.iter().enumerate().map(|(at, value)| {
            let by = between(&moved, (at as f64 + 0.5) / n);
            least = least.max(count(libm::log1p(*value) + by));
            least
        });
        let values = values.collect();
        Quantiles { values, intervals: [(2, 4), (1, 5), (0, 6)].map(|(low, high)| (count(new[low]), count(new[high]))) }
    }

    /// The corrected ends: wider intervals make room for narrower ones, and the median stays inside.
    fn ends(&self, widths: &Widths) -> [f64; 7] {
        let mut new: [f64; 7] = std::array::from_fn(|end| {
            // An outcome that stood exactly at an end is not lost to rounding.
            let room = 1e-9 * f64::from(i32::from(end > MEDIAN) - i32::from(end < MEDIAN));
            widths.at(self.factors[end], OF[end]) + room
        });
        for end in (0..MEDIAN - 1).rev() {
            new[end] = new[end].min(new[end + 1]);
        }
        for end in MEDIAN + 2..ENDS.len() {
            new[end] = new[end].max(new[end - 1]);
        }
        new[MEDIAN] = new[MEDIAN].max(new[MEDIAN - 1]).min(new[MEDIAN + 1]);
        new
    }
}

/// The ends as they were predicted.
fn ends(said: &Quantiles, widths: &Widths) -> [f64; 7] {
    std::array::from_fn(|end| match end {
        MEDIAN => widths.median,
        _ if end < MEDIAN => libm::log1p(said.intervals[OF[end]].0),
        _ => libm::log1p(said.intervals[OF[end]].1),
    })
}

/// A value at a level, straight between those at [`ENDS`], constant beyond.
fn between(values: &[f64; 7], level: f64) -> f64 {
    match ENDS.partition_point(|&end| end <= level) {
        0 => values[0],
        at if at == ENDS.len() => values[at - 1],
        at => {
            let share = (level - ENDS[at - 1]) / (ENDS[at] - ENDS[at - 1]);
            values[at - 1] + share * (values[at] - values[at - 1])
        }
    }
}

impl Conformal {
    /// From past predictions, each with what became of it.
    pub fn learn(past: &[&Tested], tiers: Tiers) -> Conformal {
        let all = Factors::learn(past).unwrap_or(AS_IT_IS);
        let by_tier = Tier::ALL.map(|tier| {
            let own = past.iter().filter(|one| one.followers.is_some_and(|followers| tiers.of(followers) == tier));
            Factors::learn(&own.copied().collect::<Vec<_>>())
        });
        Conformal { tiers, all, by_tier }
    }

    /// The factors for so many followers.
    pub fn factors(&self, followers: Option<f64>) -> &Factors {
        let own = followers.and_then(|followers| self.by_tier[self.tiers.of(followers) as usize].as_ref());
        own.unwrap_or(&self.all)
    }

    /// A prediction, corrected.
    pub fn correct(&self, said: &Quantiles, followers: Option<f64>) -> Quantiles {
        self.factors(followers).correct(said)
    }

    /// A tested prediction, corrected: its intervals, quantiles and the chances of less than happened. The expected outcome
    /// stays as it was.
    pub fn apply(&self, one: &Tested) -> Tested {
        if self.factors(one.followers).posts == 0 {
            return one.clone();
        }
        let model = self.correct(&one.model, one.followers);
        Tested { below: Law::new(&model).below(one.actual), model, ..one.clone() }
    }

    /// Mean width of the 80% interval in logs of one and the count, before and after. `None` of nothing.
    pub fn widths(&self, of: &[&Tested]) -> Option<(f64, f64)> {
        let width = |said: &Quantiles| libm::log1p(said.intervals[1].1) - libm::log1p(said.intervals[1].0);
        let sums = of.iter().fold((0.0, 0.0), |(before, after), one| {
            (before + width(&one.model), after + width(&self.correct(&one.model, one.followers)))
        });
        let n = of.len() as f64;
        (!of.is_empty()).then_some((sums.0 / n, sums.1 / n))
    }
}

/// Predictions of each origin corrected by those of all earlier ones whose posts came before it; the first origins, with fewer
/// than [`FEWEST`] posts before, are left out. In the order of the input.
///
/// A post counts as known from its time on; where outcomes take longer, leave out those that were not known, or learn origin
/// by origin with [`Conformal::learn`].
pub fn corrected(tested: &[Tested], tiers: &Tiers) -> Vec<Tested> {
    let mut origins: Vec<i64> = tested.iter().map(|one| one.origin).collect();
    origins.sort_unstable();
    origins.dedup();
    let learned = origins.iter().map(|&origin| {
        let past: Vec<&Tested> = tested.iter().filter(|one| one.origin < origin && one.time < origin).collect();
        Conformal::learn(&past, *tiers)
    });
    let learned: Vec<Conformal> = learned.collect();
    let at = |one: &Tested| origins.binary_search(&one.origin).ok().map(|at| &learned[at]);
    tested.iter().filter_map(|one| at(one).filter(|by| by.all.posts > 0).map(|by| by.apply(one))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::scores::tests::{log_normal, score, world};
    use super::*;

    fn every(tested: &[Tested]) -> Vec<&Tested> {
        tested.iter().collect()
    }

    /// Over eight worlds of 1,200 posts to learn from and 1,200 to judge by (800 creators): a share of 80% has a standard
    /// error of 0.016 in one of them (both halves), 0.006 on average over eight. 0.03 on average is five of those; one world
    /// may be 0.06 off (chance of any of 24: below 1 in 200).
    #[test]
    fn intervals_too_narrow_and_too_wide_are_brought_to_their_level() {
        for spread in [0.4, 1.0, 2.5] {
            let mut mean = [0.0; 3];
            for seed in 0..8 {
                let tested = world(100 + seed, 800, 3, spread);
                let (past, next): (Vec<Tested>, Vec<Tested>) = tested.into_iter().partition(|one| one.account < 400);
                let learned = Conformal::learn(&every(&past), Tiers::default());
                let before = score(&next);
                let found = score(&next.iter().map(|one| learned.apply(one)).collect::<Vec<_>>());
                for (which, coverage) in found.coverage.iter().enumerate() {
                    mean[which] += coverage.held / 8.0;
                    assert!((coverage.held - coverage.level).abs() < 0.06, "{spread}: {coverage:?}");
                }
                let (wide, now) = learned.widths(&every(&next)).unwrap();
                assert!((wide - before.width).abs() < 1e-9 && (now - found.width).abs() < 1e-9);
                assert!((now * spread / wide - 1.0).abs() < 0.15, "{spread}: {wide} to {now}");
                if spread != 1.0 {
                    assert!(found.crps < before.crps && found.log_score > before.log_score, "{spread}");
                }
                assert!(found.pit.iter().all(|tenth| (tenth - 0.1).abs() < 0.05), "{:?}", found.pit);
            }
            for (held, level) in mean.iter().zip([0.5, 0.8, 0.95]) {
                assert!((held - level).abs() < 0.03, "{spread}: {mean:?}");
            }
        }
    }

    #[test]
    fn a_model_that_is_off_is_moved() {
        let mut tested = world(120, 800, 3, 1.0);
        for one in &mut tested {
            one.model = log_normal(libm::log1p(one.model.values[24]) + 1.0, 0.3);
        }
        let (past, next): (Vec<Tested>, Vec<Tested>) = tested.into_iter().partition(|one| one.account < 400);
        assert!(score(&next).coverage[1].held < 0.3);
        let learned = Conformal::learn(&every(&past), Tiers::default());
        let found = score(&next.iter().map(|one| learned.apply(one)).collect::<Vec<_>>());
        found.coverage.iter().for_each(|held| assert!((held.held - held.level).abs() < 0.06, "{held:?}"));
        for one in &next {
            let now = learned.correct(&one.model, one.followers);
            let [half, most, all] = now.intervals;
            assert!(all.0 <= most.0 && most.0 <= half.0 && half.0 <= half.1 && half.1 <= most.1 && most.1 <= all.1);
            assert!(now.values.is_sorted() && now.values[0] >= 0.0);
            assert!(half.0 <= now.values[24] && now.values[24] <= half.1, "{now:?}");
        }
    }

    #[test]
    fn places_are_those_of_the_definition() {
        // 39 posts with s = -19, …, 19 half-widths: 95% lies between the first and the last, 80% between the 4th and 36th.
        let said =
            Quantiles { values: vec![libm::expm1(30.0); 49], intervals: [(libm::expm1(29.0), libm::expm1(31.0)); 3] };
        let mut tested = world(1, 39, 1, 1.0);
        for (at, one) in tested.iter_mut().enumerate() {
            (one.model, one.actual) = (said.clone(), libm::expm1(11.0 + at as f64));
        }
        let found = Factors::learn(&every(&tested)).unwrap();
        let hand = [-19.0, -16.0, -10.0, 0.0, 10.0, 16.0, 19.0];
        assert!(found.factors.iter().zip(hand).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        let now = found.correct(&said);
        assert!((libm::log1p(now.intervals[1].0) - 14.0).abs() < 1e-6);
        assert!((libm::log1p(now.intervals[2].1) - 49.0).abs() < 1e-6);
        // Each of them is held by its own interval.
        assert!(tested.iter().all(|one| (now.intervals[2].0..=now.intervals[2].1).contains(&one.actual)));
        tested.reverse();
        assert_eq!(Factors::learn(&every(&tested)), Some(found));
        assert_eq!(Factors::learn(&every(&tested[..29])), None);
    }

    #[test]
    fn tiers_are_corrected_by_their_own_where_they_have_enough() {
        // Nano creators' intervals are too narrow, all others' too wide.
        let nano = |one: &Tested| Tiers::default().of(one.followers.unwrap()) == Tier::Nano;
        let mut tested = world(130, 1500, 1, 1.0);
        for one in &mut tested {
            let mean = libm::log1p(one.model.values[24]);
            one.model = log_normal(mean, if nano(one) { 0.3 } else { 1.5 });
        }
        let learned = Conformal::learn(&every(&tested), Tiers::default());
        let factor = |followers: Option<f64>| learned.factors(followers).factors[5];
        assert!(factor(Some(3e3)) > 1.7 && factor(Some(3e4)) < 0.7, "{learned:?}");
        assert_eq!(learned.factors(None).posts, 1500);
        let few: Vec<&Tested> =
            tested.iter().filter(|one| !nano(one)).chain(tested.iter().filter(|one| nano(one)).take(29)).collect();
        let learned = Conformal::learn(&few, Tiers::default());
        assert_eq!(learned.factors(Some(3e3)), learned.factors(None), "29 posts are too few");
    }

    #[test]
    fn points_and_nothing_are_borne() {
        let nothing = Quantiles { values: vec![0.0; 49], intervals: [(0.0, 0.0); 3] };
        let mut tested = world(140, 40, 1, 1.0);
        for (at, one) in tested.iter_mut().enumerate() {
            (one.model, one.actual) = (nothing.clone(), if at % 10 == 0 { 2.0 } else { 0.0 });
        }
        let now = Conformal::learn(&every(&tested), Tiers::default()).correct(&nothing, None);
        assert_eq!(now.intervals[0].0, 0.0);
        assert!(now.intervals[0].1 < 1e-6 && now.intervals[2].1 >= 2.0, "{now:?}");
        assert_eq!(Conformal::learn(&[], Tiers::default()).widths(&[]), None);
    }

    /// Origins are corrected by earlier ones alone.
    #[test]
    fn nothing_later_enters() {
        let tested = world(150, 200, 3, 0.4);
        let found = corrected(&tested, &Tiers::default());
        assert_eq!(found.len(), 400, "the first origin has nothing before it");
        assert!(score(&tested).coverage[1].held < 0.5 && (score(&found).coverage[1].held - 0.8).abs() < 0.08);
        let mut other = tested.clone();
        other.iter_mut().filter(|one| one.origin == 20).for_each(|one| one.actual *= 100.0);
        let middle = |all: Vec<Tested>| all.into_iter().filter(|one| one.origin == 10).collect::<Vec<_>>();
        assert_eq!(middle(corrected(&other, &Tiers::default())), middle(found));
        assert_eq!(corrected(&tested[..1], &Tiers::default()), []);
    }
}
