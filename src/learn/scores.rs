//! How predictions fared against what happened.

use serde::{Deserialize, Serialize};

use super::baseline::Quantiles;
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, quantile};

/// The levels of the intervals that are judged.
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];

/// Draws of creators behind the interval of a figure.
const RESAMPLES: u64 = 400;

/// A prediction of a post, and the post.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// The creator.
    pub account: u32,
    /// The origin: nothing at or after it was known.
    pub origin: i64,
    /// When the post came.
    pub time: i64,
    /// What happened.
    pub actual: f64,
    /// What was predicted.
    pub model: Quantiles,
    /// The chance predicted of less than happened, and of at most as much.
    pub below: (f64, f64),
    /// The expected outcome: the mean over posts like it.
    pub expected: f64,
    /// What the creator's past median predicted.
    pub past_median: Quantiles,
    /// What a line through followers predicted.
    pub followers_line: Quantiles,
    /// Own posts that were known.
    pub past: usize,
    /// Platform, a place in the rows.
    pub platform: u32,
    /// Followers.
    pub followers: Option<f64>,
    /// Whether somebody paid for it.
    pub sponsored: bool,
}

/// How often an interval held.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// How often it should.
    pub level: f64,
    /// How often it did.
    pub held: f64,
    /// 95% interval of that (Wilson's, with as many posts as the clusters of creators are worth).
    pub interval: Interval,
}

/// How a set of predictions fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Posts predicted.
    pub posts: u64,
    /// Their creators.
    pub creators: u64,
    /// Coverage of the intervals of 50, 80 and 95%.
    pub coverage: Vec<Coverage>,
    /// Mean factor between the ends of the 80% interval, in logs of one and the count.
    pub width: f64,
    /// Continuous ranked probability score of `log(1 + count)`: less is better.
    pub crps: f64,
    /// Mean distance of the median from the outcome, in logs of one and the count.
    pub error: f64,
    /// Rank correlation of median and outcome. `None` for fewer than three posts, or all alike.
    pub spearman: Option<f64>,
    /// Share of the score that is better than the creator's past median, with its 95% interval (creators drawn again).
    pub skill_past_median: Drawn,
    /// The same against a line through followers.
    pub skill_followers: Drawn,
    /// Outcome over expected outcome, on average over posts: 1 where the expected reach is right.
    pub over_expected: Drawn,
    /// Shares of outcomes in tenths of the predicted distribution: all 0.1 when calibrated.
    pub pit: Vec<f64>,
}

/// A figure over creators, and how far it would be another for others like them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// The figure.
    pub value: f64,
    /// Its 95% interval.
    pub interval: Interval,
}

/// The continuous ranked probability score of quantiles of equal weight, on `log(1 + count)`.
pub fn crps(quantiles: &Quantiles, actual: f64) -> f64 {
    let n = quantiles.values.len() as f64;
    let at = libm::log1p(actual);
    let (mut off, mut apart) = (0.0, 0.0);
    for (place, value) in quantiles.values.iter().enumerate() {
        let log = libm::log1p(*value);
        off += (log - at).abs();
        apart += (2.0 * place as f64 + 1.0 - n) * log;
    }
    off / n - apart / (n * n)
}

/// The chance that quantiles of equal weight give to a count: their distribution function is a line in `log(1 + count)` between
/// them, with exponential tails beyond, and 1 in 100 is spread over a wide floor.
pub fn mass(quantiles: &Quantiles, count: f64) -> f64 {
    let n = quantiles.values.len();
    let logs: Vec<f64> = quantiles.values.iter().map(|value| libm::log1p(*value)).collect();
    let level = |at: usize| (at as f64 + 0.5) / n as f64;
    // Ties of whole counts are spread over the count's own room.
    let cdf = |x: f64| {
        let at = logs.partition_point(|&log| log <= x);
        if at == 0 {
            return level(0) * libm::exp(2.0 * (x - logs[0]));
        }
        if at == n {
            return 1.0 - level(0) * libm::exp(-2.0 * (x - logs[n - 1]));
        }
        let (from, to) = (logs[at - 1], logs[at]);
        level(at - 1) + (level(at) - level(at - 1)) * if to > from { (x - from) / (to - from) } else { 0.0 }
    };
    let inside = (cdf(libm::log1p(count + 0.5)) - cdf(libm::log1p((count - 0.5).max(-0.9)))).max(0.0);
    let floor = libm::log1p(count + 0.5) - libm::log1p((count - 0.5).max(-0.5));
    0.99 * inside + 0.01 * floor / 20.0
}

fn median(quantiles: &Quantiles) -> f64 {
    quantiles.values[quantiles.values.len() / 2]
}

/// Ranks from 1, those of equals averaged.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && values[order[to]] == values[order[from]] {
            to += 1;
        }
        order[from..to].iter().for_each(|&at| ranks[at] = 0.5 * (from + to + 1) as f64);
        from = to;
    }
    ranks
}

/// Spearman's rank correlation.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() < 3 {
        return None;
    }
    let (a, b) = (ranks(a), ranks(b));
    let mean = 0.5 * (a.len() + 1) as f64;
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + (x - mean) * (y - mean));
    let scale = libm::sqrt(dot(&a, &a) * dot(&b, &b));
    (scale > 0.0).then(|| dot(&a, &b) / scale)
}

/// A share of hits with its interval, hits of one creator hanging together.
fn clustered(clusters: &[(f64, f64)]) -> (f64, Interval) {
    let (hits, all) = clusters.iter().fold((0.0, 0.0), |(h, n), cluster| (h + cluster.0, n + cluster.1));
    let share = hits / all;
    let count = clusters.len() as f64;
    let squares = clusters.iter().fold(0.0, |sum, (h, n)| sum + (h - share * n) * (h - share * n));
    let variance = if count > 1.0 { squares / (all * all) * count / (count - 1.0) } else { 0.0 };
    // As many independent posts as would give this variance; never more than there are.
    let worth = if variance > 0.0 { (share * (1.0 - share) / variance).min(all) } else { all };
    (share, Interval::wilson(share, worth.max(1.0)))
}

impl Score {
    /// Of predictions in order of their creators. `None` of nothing.
    pub fn of(tested: &[&Tested], seed: u64) -> Option<Score> {
        if tested.is_empty() {
            return None;
        }
        let n = tested.len() as f64;
        let mut bounds = vec![0];
        bounds.extend((1..tested.len()).filter(|&at| tested[at].account != tested[at - 1].account));
        bounds.push(tested.len());
        let clusters: Vec<&[&Tested]> = bounds.windows(2).map(|pair| &tested[pair[0]..pair[1]]).collect();
        let coverage = LEVELS.iter().enumerate().map(|(which, &level)| {
            let holds = |one: &&&Tested| {
                let (low, high) = one.model.intervals[which];
                (low..=high).contains(&one.actual)
            };
            let counted =
                clusters.iter().map(|cluster| (cluster.iter().filter(holds).count() as f64, cluster.len() as f64));
            let (held, interval) = clustered(&counted.collect::<Vec<_>>());
            Coverage { level, held, interval }
        });
        let coverage = coverage.collect();
        let mean = |of: &dyn Fn(&Tested) -> f64| tested.iter().fold(0.0, |sum, one| sum + of(one)) / n;
        let width = mean(&|one| libm::log1p(one.model.intervals[1].1) - libm::log1p(one.model.intervals[1].0));
        let error = mean(&|one| (libm::log1p(median(&one.model)) - libm::log1p(one.actual)).abs());
        let sums = |of: &dyn Fn(&Tested) -> f64| -> Vec<f64> {
            clusters.iter().map(|cluster| cluster.iter().fold(0.0, |sum, one| sum + of(one))).collect()
        };
        let own = sums(&|one| crps(&one.model, one.actual));
        // One less the ratio of scores: 0 no better, 1 perfect, below 0 worse.
        let skill = |other: &dyn Fn(&Tested) -> &Quantiles| {
            drawn(&own, &sums(&|one| crps(other(one), one.actual)), seed, |own, other| 1.0 - own / other)
        };
        let over = sums(&|one| one.actual / one.expected.max(f64::MIN_POSITIVE));
        let medians: Vec<f64> = tested.iter().map(|one| median(&one.model)).collect();
        let actual: Vec<f64> = tested.iter().map(|one| one.actual).collect();
        Some(Score {
            posts: tested.len() as u64,
            creators: clusters.len() as u64,
            coverage,
            width,
            crps: own.iter().fold(0.0, |sum, x| sum + x) / n,
            error,
            spearman: spearman(&medians, &actual),
            skill_past_median: skill(&|one| &one.past_median),
            skill_followers: skill(&|one| &one.followers_line),
            over_expected: drawn(&over, &sums(&|_| 1.0), seed, |over, posts| over / posts),
            pit: pit(tested),
        })
    }
}

/// A figure of two sums over creators, with creators drawn again, both of each together; 0 where the second sum is 0.
fn drawn(first: &[f64], second: &[f64], seed: u64, of: impl Fn(f64, f64) -> f64) -> Drawn {
    let figure = |places: &mut dyn Iterator<Item = usize>| {
        let (a, b) = places.fold((0.0, 0.0), |(a, b), at| (a + first[at], b + second[at]));
        if b > 0.0 { of(a, b) } else { 0.0 }
    };
    let mut all: Vec<f64> = (0..RESAMPLES)
        .map(|draw| {
            let key = Key::new(seed, Stream::Backtest, draw);
            let place = |at: usize| ((u128::from(key.word(at as u64)) * first.len() as u128) >> 64) as usize;
            figure(&mut (0..first.len()).map(place))
        })
        .collect();
    all.sort_by(f64::total_cmp);
    let interval = Interval { low: quantile(&all, 0.025), high: quantile(&all, 0.975) };
    Drawn { value: figure(&mut (0..first.len())), interval }
}

/// Shares of outcomes in tenths of the predicted distribution; a count spreads over the chances it covers (Czado,
/// Gneiting & Held 2009).
fn pit(tested: &[&Tested]) -> Vec<f64> {
    let tenths = (0..10).map(|tenth| {
        let (from, to) = (0.1 * f64::from(tenth), 0.1 * f64::from(tenth + 1));
        let share = |one: &&Tested| {
            let (low, high) = one.below;
            match high > low {
                true => ((high.min(to) - low.max(from)).max(0.0)) / (high - low),
                false => f64::from((low >= from && low < to) || (tenth == 9 && low >= 1.0)),
            }
        };
        tested.iter().fold(0.0, |sum, one| sum + share(one)) / tested.len() as f64
    });
    tenths.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_of_a_point_is_its_distance() {
        let point = Quantiles { values: vec![9.0; 49], intervals: [(9.0, 9.0); 3] };
        assert!((crps(&point, 99.0) - (libm::log(100.0f64) - libm::log(10.0f64))).abs() < 1e-12);
        // A spread around the truth scores worse than the truth, better than a far point.
        let values = (0..49).map(|i| f64::from(i) / 48.0 * 18.0).collect();
        let spread = Quantiles { values, intervals: [(0.0, 18.0); 3] };
        assert!(crps(&spread, 9.0) > 0.0 && crps(&spread, 9.0) < crps(&point, 99.0));
    }

    #[test]
    fn rank_correlation_is_that_of_the_textbook() {
        assert!((spearman(&[1.0, 2.0, 3.0, 4.0], &[10.0, 30.0, 20.0, 40.0]).unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(ranks(&[5.0, 1.0, 5.0]), [2.5, 1.0, 2.5]);
    }

    #[test]
    fn creators_that_hang_together_widen_the_interval() {
        let alone: Vec<(f64, f64)> = (0..100).map(|at| (f64::from(at % 5 != 0), 1.0)).collect();
        let together: Vec<(f64, f64)> = (0..10).map(|at| (if at % 5 != 0 { 10.0 } else { 0.0 }, 10.0)).collect();
        let ((share, narrow), (same, wide)) = (clustered(&alone), clustered(&together));
        assert_eq!(share, same);
        assert!(wide.half_width() > 2.0 * narrow.half_width());
    }
}
