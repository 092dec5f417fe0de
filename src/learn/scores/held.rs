//! How often intervals held, and how often chance alone would let them.

use serde::{Deserialize, Serialize};

use crate::base::stats::{Interval, beta_below};

/// How often an interval held.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// How often it should.
    pub level: f64,
    /// How often it did.
    pub held: f64,
    /// 95% interval of that (Wilson's, with as many posts as the clusters of creators are worth).
    pub interval: Interval,
    /// Where the share lies with 95% if the level is right and each post is drawn for itself.
    pub band: Interval,
}

/// A share of hits with its interval, hits of one creator hanging together.
pub(super) fn clustered(clusters: &[(f64, f64)]) -> (f64, Interval) {
    let (hits, all) = clusters.iter().fold((0.0, 0.0), |(h, n), cluster| (h + cluster.0, n + cluster.1));
    let share = hits / all;
    let count = clusters.len() as f64;
    let squares = clusters.iter().fold(0.0, |sum, (h, n)| sum + (h - share * n) * (h - share * n));
    let variance = if count > 1.0 { squares / (all * all) * count / (count - 1.0) } else { 0.0 };
    // As many independent posts as would give this variance; never more than there are.
    let worth = if variance > 0.0 { (share * (1.0 - share) / variance).min(all) } else { all };
    (share, Interval::wilson(share, worth.max(1.0)))
}

/// The band of a share of hits among `n` independent trials of this chance: with 2.5% at most below it and at most above it.
pub fn binomial_band(chance: f64, n: u64) -> Interval {
    if n == 0 || chance.is_nan() {
        return Interval { low: 0.0, high: 1.0 };
    }
    // The chance of at most k hits.
    let at_most = |k: u64| if k >= n { 1.0 } else { beta_below(1.0 - chance, (n - k) as f64, k as f64 + 1.0) };
    let first = |level: f64| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = low + (high - low) / 2;
            (low, high) = if at_most(middle) >= level { (low, middle) } else { (middle + 1, high) };
        }
        low as f64 / n as f64
    };
    Interval { low: first(0.025), high: first(0.975) }
}

/// The part of the chances that a count covers that lies between two; 0 or 1 of a count that covers none.
fn share((low, high): (f64, f64), from: f64, to: f64) -> f64 {
    match high > low {
        true => (high.min(to) - low.max(from)).max(0.0) / (high - low),
        false => f64::from((from..to).contains(&low) || (to >= 1.0 && low >= 1.0)),
    }
}

fn mean_share(below: &[(f64, f64)], from: f64, to: f64) -> f64 {
    below.iter().fold(0.0, |sum, one| sum + share(*one, from, to)) / below.len() as f64
}

/// Shares of outcomes in tenths of the predicted distribution, from the chances predicted of less, and of at most as much; a
/// count spreads over the chances it covers (Czado, Gneiting & Held 2009).
pub(super) fn pit(below: &[(f64, f64)]) -> Vec<f64> {
    (0..10).map(|tenth| mean_share(below, 0.1 * f64::from(tenth), 0.1 * f64::from(tenth + 1))).collect()
}

/// Shares of outcomes in the middle 5, 10, … 95% of the predicted distribution, counts spread as in [`pit`].
pub(super) fn middles(below: &[(f64, f64)]) -> Vec<f64> {
    let middle = |at: u32| 0.05 * f64::from(at);
    (1..20).map(|at| mean_share(below, 0.5 - 0.5 * middle(at), 0.5 + 0.5 * middle(at))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creators_that_hang_together_widen_the_interval() {
        let alone: Vec<(f64, f64)> = (0..100).map(|at| (f64::from(at % 5 != 0), 1.0)).collect();
        let together: Vec<(f64, f64)> = (0..10).map(|at| (if at % 5 != 0 { 10.0 } else { 0.0 }, 10.0)).collect();
        let ((share, narrow), (same, wide)) = (clustered(&alone), clustered(&together));
        assert_eq!(share, same);
        assert!(wide.half_width() > 2.0 * narrow.half_width());
    }

    #[test]
    fn bands_are_sums_of_binomial_chances() {
        for (chance, n) in [(0.5, 10u64), (0.8, 30), (0.95, 412), (0.05, 7), (0.1, 1), (0.0, 5), (1.0, 5)] {
            // The chances of 0, 1, … hits, one after another.
            let mut chances = vec![0.0; n as usize + 1];
            chances[0] = 1.0;
            for trial in 1..=n as usize {
                for hits in (0..=trial).rev() {
                    let hit = if hits > 0 { chances[hits - 1] * chance } else { 0.0 };
                    chances[hits] = chances[hits] * (1.0 - chance) + hit;
                }
            }
            let mut sum = 0.0;
            let sums: Vec<f64> = chances
                .iter()
                .map(|one| {
                    sum += one;
                    sum
                })
                .collect();
            let first = |level: f64| sums.iter().position(|&sum| sum >= level).unwrap() as f64 / n as f64;
            assert_eq!(binomial_band(chance, n), Interval { low: first(0.025), high: first(0.975) }, "{chance} {n}");
        }
        assert_eq!(binomial_band(0.8, 0), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn counts_spread_over_the_chances_they_cover() {
        let tenths = pit(&[(0.05, 0.25), (0.95, 1.0)]);
        for (tenth, share) in [(0, 0.125), (1, 0.25), (2, 0.125), (3, 0.0), (9, 0.5)] {
            assert!((tenths[tenth] - share).abs() < 1e-12, "{tenths:?}");
        }
        // What was impossible stands at an end.
        assert_eq!((pit(&[(0.0, 0.0)])[0], pit(&[(1.0, 1.0)])[9]), (1.0, 1.0));
        // All chances of all outcomes: every middle holds as often as it says.
        let even: Vec<(f64, f64)> = (0..50).map(|at| (f64::from(at) / 50.0, f64::from(at + 1) / 50.0)).collect();
        let found = middles(&even);
        assert_eq!(found.len(), 19);
        assert!(found.iter().enumerate().all(|(at, held)| (held - 0.05 * (at + 1) as f64).abs() < 1e-9), "{found:?}");
        assert_eq!(middles(&[(1.0, 1.0)])[18], 0.0);
    }
}
