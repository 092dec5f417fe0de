//! How sure the order of creators is: ranks with joint intervals, ranks by other measures that disagree, and how much of the
//! score follower counts alone explain.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::stats::{Interval, Z95, normal_quantile};
use crate::graph::network::Tier;

/// The chance that all rank intervals together hold.
pub const JOINT: f64 = 0.9;

/// A creator as far as ranks need it.
#[derive(Debug, Clone, Copy)]
pub struct Scored {
    /// The score.
    pub score: f64,
    /// Its 95% interval.
    pub interval: Interval,
    /// Followers.
    pub followers: f64,
    /// The tier.
    pub tier: Option<Tier>,
}

/// Of each creator the places 1, 2, … that its score may take, first and last; all of them hold together with a chance of 90%.
///
/// With draws of the assumed parameters, which all creators share, places are taken in each draw, and the narrowest ranges of equal
/// tails are kept in which all creators lie together in 90% of the draws. Without, the 95% intervals of scores are widened for
/// their number (Bonferroni), and a creator is before another only where these do not overlap. `draws` holds a score a creator
/// in each draw.
pub fn ranks(scored: &[Scored], draws: &[Vec<f64>]) -> Vec<(u64, u64)> {
    if draws.len() < 20 || scored.is_empty() {
        return apart(scored);
    }
    let drawn: Vec<Vec<u64>> = draws.iter().map(|draw| places(draw)).collect();
    let mut sorted: Vec<Vec<u64>> =
        (0..scored.len()).map(|at| drawn.iter().map(|places| places[at]).collect()).collect();
    sorted.iter_mut().for_each(|places| places.sort_unstable());
    // So many draws are cut off at either end, at most.
    let most = (draws.len() as f64 * (1.0 - JOINT) / 2.0) as usize;
    let ranges = |cut: usize| -> Vec<(u64, u64)> {
        sorted.iter().map(|places| (places[cut], places[places.len() - 1 - cut])).collect()
    };
    let holds = |ranges: &[(u64, u64)]| {
        let all =
            |places: &&Vec<u64>| places.iter().zip(ranges).all(|(place, range)| (range.0..=range.1).contains(place));
        drawn.iter().filter(all).count() as f64 >= JOINT * draws.len() as f64
    };
    let found = (0..=most).rev().map(ranges).find(|ranges| holds(ranges));
    // The place by the scores themselves belongs to it.
    let own = places(&scored.iter().map(|one| one.score).collect::<Vec<_>>());
    found.unwrap_or_else(|| ranges(0)).into_iter().zip(own).map(|((a, b), own)| (a.min(own), b.max(own))).collect()
}

fn apart(scored: &[Scored]) -> Vec<(u64, u64)> {
    let count = scored.len().max(1) as f64;
    let wider = normal_quantile(1.0 - (1.0 - JOINT) / (2.0 * count)) / Z95;
    let ends: Vec<(f64, f64)> = scored
        .iter()
        .map(|one| {
            let (low, high) = (one.score - one.interval.low, one.interval.high - one.score);
            (one.score - wider.max(1.0) * low.max(0.0), one.score + wider.max(1.0) * high.max(0.0))
        })
        .collect();
    let (mut lows, mut highs): (Vec<f64>, Vec<f64>) = ends.iter().copied().unzip();
    lows.sort_by(f64::total_cmp);
    highs.sort_by(f64::total_cmp);
    let all = scored.len();
    ends.iter()
        .map(|&(low, high)| {
            let surely_before = all - lows.partition_point(|other| *other <= high);
            let maybe_before = all - highs.partition_point(|other| *other < low);
            (1 + surely_before as u64, (maybe_before as u64).max(1 + surely_before as u64))
        })
        .collect()
}

/// The place of each by numbers, largest first; equal numbers share the first of their places.
pub fn places(numbers: &[f64]) -> Vec<u64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    numbers.iter().map(|number| 1 + sorted.partition_point(|other| other.total_cmp(number).is_gt()) as u64).collect()
}

/// How much of the variance of log scores a straight line through log followers explains.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Explained {
    /// Over all creators.
    pub all: f64,
    /// Within tiers: of what is left once every tier has its own mean. `None` where no tier has three creators.
    pub within: Option<f64>,
    /// Creators.
    pub creators: u64,
}

/// Above this share within tiers the ranking is that of follower counts.
pub const SAME: f64 = 0.98;

/// R² of the log of scores on the log of followers; `None` for fewer than five creators with both, or equal followers.
pub fn explained(scored: &[Scored]) -> Option<Explained> {
    let usable = scored.iter().filter(|one| one.score > 0.0 && one.followers > 0.0);
    let points: Vec<(Option<Tier>, f64, f64)> =
        usable.map(|one| (one.tier, libm::log(one.followers), libm::log(one.score))).collect();
    if points.len() < 5 {
        return None;
    }
    let all = squared_correlation(&points.iter().map(|&(_, x, y)| (x, y)).collect::<Vec<_>>())?;
    let mut tiers: BTreeMap<Option<Tier>, Vec<(f64, f64)>> = BTreeMap::new();
    points.iter().for_each(|&(tier, x, y)| tiers.entry(tier).or_default().push((x, y)));
    let centred: Vec<(f64, f64)> =
        tiers.values().filter(|tier| tier.len() >= 3).flat_map(|tier| centred(tier)).collect();
    Some(Explained { all, within: squared_correlation(&centred), creators: points.len() as u64 })
}

fn centred(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
    points.iter().map(|point| (point.0 - x, point.1 - y)).collect()
}

fn squared_correlation(points: &[(f64, f64)]) -> Option<f64> {
    let points = centred(points);
    let sum = |of: fn(&(f64, f64)) -> f64| points.iter().fold(0.0, |sum, point| sum + of(point));
    let (xx, xy, yy) = (sum(|p| p.0 * p.0), sum(|p| p.0 * p.1), sum(|p| p.1 * p.1));
    (xx > 1e-12 && yy > 1e-12).then(|| (xy * xy / (xx * yy)).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(score: f64, half: f64, followers: f64) -> Scored {
        Scored { score, interval: Interval::around(score, half), followers, tier: Some(Tier::Nano) }
    }

    #[test]
    fn ranks_are_as_wide_as_scores_overlap() {
        let exact = [scored(9.0, 0.0, 1.0), scored(5.0, 0.0, 1.0), scored(7.0, 0.0, 1.0)];
        assert_eq!(ranks(&exact, &[]), [(1, 1), (3, 3), (2, 2)]);
        let close = [scored(9.0, 0.1, 1.0), scored(5.0, 2.0, 1.0), scored(7.0, 1.0, 1.0)];
        assert_eq!(ranks(&close, &[]), [(1, 1), (2, 3), (2, 3)]);
        assert_eq!(ranks(&[scored(1.0, 0.0, 1.0), scored(1.0, 0.0, 1.0)], &[]), [(1, 2), (1, 2)]);
        assert!(ranks(&[], &[]).is_empty());
        // What moves all alike leaves places as they are; of 100 draws the first two change places in 20.
        let wide = [scored(9.0, 9.0, 1.0), scored(7.0, 7.0, 1.0), scored(5.0, 5.0, 1.0)];
        let draws: Vec<Vec<f64>> = (1..=100)
            .map(|draw| {
                let (up, swap) = (f64::from(draw), draw % 5 == 0);
                if swap { vec![7.0 * up, 9.0 * up, 5.0 * up] } else { vec![9.0 * up, 7.0 * up, 5.0 * up] }
            })
            .collect();
        assert_eq!(ranks(&wide, &draws), [(1, 2), (1, 2), (3, 3)]);
        assert_eq!(
            ranks(&wide, &draws.iter().filter(|draw| draw[0] > draw[1]).cloned().collect::<Vec<_>>()),
            [(1, 1), (2, 2), (3, 3)]
        );
        assert_eq!(places(&[3.0, 9.0, 3.0, 1.0]), [2, 1, 2, 4]);
    }

    #[test]
    fn followers_explain_what_is_proportional_to_them() {
        let line: Vec<Scored> = (1..=9).map(|at| scored(3.0 * f64::from(at), 0.0, f64::from(at))).collect();
        let found = explained(&line).unwrap();
        assert!(found.all > 0.999_999 && found.within.unwrap() > 0.999_999);
        // By hand: logs 0, 1, 2, 3, 4 against 0, 2, 1, 3, 2: sums of products 5, of squares 10 and 5.2: 25 / 52.
        let e = |power: f64| libm::exp(power);
        let points: Vec<Scored> =
            [(0.0, 0.0), (1.0, 2.0), (2.0, 1.0), (3.0, 3.0), (4.0, 2.0)].map(|(x, y)| scored(e(y), 0.0, e(x))).to_vec();
        assert!((explained(&points).unwrap().all - 25.0 / 52.0).abs() < 1e-9, "{:?}", explained(&points));
        assert_eq!(explained(&points[..4]), None);
    }
}
