//! Scores of whole distributions: each is best, on average, for the distribution that outcomes come from (Gneiting &
//! Raftery 2007).

use super::super::baseline::Quantiles;

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

/// The part of [`log_score`] that does not come from the prediction.
const FLOOR: f64 = 0.01;
/// The exponent of the floor's power law.
const POWER: f64 = 0.1;
/// A tail goes through the outermost quantile and the one so many further in.
const TAIL: usize = 5;

/// The distribution function that quantiles stand for, on `log(1 + count)`: straight between the quantiles, which stand at
/// the levels `(i + 1/2) / n`; exponential beyond the outermost, through it and the sixth; a jump where quantiles are equal.
#[derive(Debug, Clone, PartialEq)]
pub struct Law {
    logs: Vec<f64>,
    /// Scales of the lower and the upper tail.
    tails: (f64, f64),
}

impl Law {
    /// Of quantiles in rising order.
    pub fn new(quantiles: &Quantiles) -> Law {
        let logs: Vec<f64> = quantiles.values.iter().map(|value| libm::log1p(*value)).collect();
        let last = logs.len().saturating_sub(1);
        let inner = TAIL.min(last);
        // At the outermost quantile lies a half step, at the inner one `inner` steps more.
        let scale = |from: f64, to: f64| (to - from) / libm::log(2.0 * inner.max(1) as f64 + 1.0);
        let tails = match logs.is_empty() {
            true => (0.0, 0.0),
            false => (scale(logs[0], logs[inner]), scale(logs[last - inner], logs[last])),
        };
        Law { logs, tails }
    }

    /// The chance of at most `log`, 0 below that of half a negative count.
    fn at_most(&self, log: f64) -> f64 {
        let n = self.logs.len() as f64;
        let level = |at: usize| (at as f64 + 0.5) / n;
        let beyond = |by: f64, scale: f64| if scale > 0.0 { level(0) * libm::exp(-by / scale) } else { 0.0 };
        match self.logs.partition_point(|&own| own <= log) {
            _ if log <= libm::log(0.5) || self.logs.is_empty() => 0.0,
            0 => beyond(self.logs[0] - log, self.tails.0),
            at if at == self.logs.len() => 1.0 - beyond(log - self.logs[at - 1], self.tails.1),
            at => {
                let (from, to) = (self.logs[at - 1], self.logs[at]);
                level(at - 1) + (log - from) / (to - from) / n
            }
        }
    }

    /// The chances of less than a count, and of at most as much. The part of the law below nothing belongs to nothing.
    pub fn below(&self, count: f64) -> (f64, f64) {
        (self.at_most(libm::log(count + 0.5)), self.at_most(libm::log(count + 1.5)))
    }
}

/// The chance of a count under a power law so wide that no count surprises it: more than y with `(1 / (2y + 3))^(1/10)`.
fn floor(count: f64) -> f64 {
    let more = libm::pow(2.0 * count + 1.0, -POWER);
    more * -libm::expm1(-POWER * libm::log1p(1.0 / (count + 0.5)))
}

/// The log of the chance that quantiles give to a count: more is better. [`Law`] between half a count below and half a count
/// above, mixed with 1% of a power law of exponent 1/10, so that no single outcome decides everything.
pub fn log_score(quantiles: &Quantiles, actual: f64) -> f64 {
    let (less, most) = Law::new(quantiles).below(actual);
    let chance = (1.0 - FLOOR) * (most - less).max(0.0) + FLOOR * floor(actual);
    libm::log(chance.max(f64::MIN_POSITIVE))
}

#[cfg(test)]
mod tests {
    use super::super::super::baseline::LEVELS;
    use super::*;
    use crate::base::seed::{Key, Stream};
    use crate::base::stats::normal_quantile;

    fn of(values: Vec<f64>) -> Quantiles {
        Quantiles { values, intervals: [(0.0, 0.0); 3] }
    }

    /// Log-normal counts.
    fn log_normal(mean: f64, sd: f64) -> Quantiles {
        let at = |i: usize| normal_quantile((i as f64 + 0.5) / LEVELS as f64);
        of((0..LEVELS).map(|i| libm::expm1((mean + sd * at(i)).max(0.0)).round()).collect())
    }

    #[test]
    fn the_score_of_a_point_is_its_distance() {
        let point = of(vec![9.0; 49]);
        assert!((crps(&point, 99.0) - (libm::log(100.0) - libm::log(10.0))).abs() < 1e-12);
        // A spread around the truth scores worse than the truth, better than a far point.
        let spread = of((0..49).map(|i| f64::from(i) / 48.0 * 18.0).collect());
        assert!(crps(&spread, 9.0) > 0.0 && crps(&spread, 9.0) < crps(&point, 99.0));
        // Two quantiles, logs 0 and 2, outcome 1: mean distance 1, less a quarter of the distance between pairs.
        let two = of(vec![0.0, libm::expm1(2.0)]);
        assert!((crps(&two, libm::expm1(1.0)) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_score_is_the_integral_of_the_squared_distance_of_distribution_functions() {
        for (mean, sd, actual) in [(4.0, 1.0, 10.0), (0.5, 1.0, 0.0), (2.0, 0.1, 500.0), (8.0, 2.0, 3000.0)] {
            let quantiles = log_normal(mean, sd);
            let logs: Vec<f64> = quantiles.values.iter().map(|value| libm::log1p(*value)).collect();
            let (steps, to) = (200_000, 20.0);
            let width = to / f64::from(steps);
            let slow = (0..steps).fold(0.0, |sum, at| {
                let x = (f64::from(at) + 0.5) * width;
                let share = logs.iter().filter(|&&log| log <= x).count() as f64 / LEVELS as f64;
                let off = share - f64::from(x >= libm::log1p(actual));
                sum + off * off * width
            });
            assert!((crps(&quantiles, actual) - slow).abs() < 2e-4, "{mean} {sd} {actual}: {slow}");
        }
    }

    #[test]
    fn chances_of_all_counts_sum_to_one() {
        for quantiles in [log_normal(1.0, 0.7), log_normal(0.0, 0.5), of(vec![3.0; LEVELS]), of(vec![0.0; LEVELS])] {
            let sum = (0..30_000).fold(0.0, |sum, count| {
                let (less, most) = Law::new(&quantiles).below(f64::from(count));
                assert!(most >= less);
                sum + most - less
            });
            assert!((sum - 1.0).abs() < 1e-6, "{sum}");
        }
        // The floor: what is left beyond y is (1 / (2y + 3))^0.1.
        let sum = (0..1000).fold(0.0, |sum, count| sum + floor(f64::from(count)));
        assert!((sum - (1.0 - libm::pow(1.0 / 2001.0, 0.1))).abs() < 1e-12);
    }

    #[test]
    fn the_log_score_by_hand() {
        // A point at 3 gives 3 all of its chance, and 0 the floor's: 1 - (1/3)^0.1.
        let point = of(vec![3.0; LEVELS]);
        assert!((log_score(&point, 3.0) - libm::log(0.99 + 0.01 * floor(3.0))).abs() < 1e-12);
        assert!((log_score(&point, 0.0) - libm::log(0.01 * (1.0 - libm::pow(3.0, -0.1)))).abs() < 1e-12);
        // Two quantiles at 0 and at 8, straight between: half of the chance from log 1 to log 9, at levels 1/4 and 3/4.
        let two = of(vec![0.0, 8.0]);
        let straight = 0.5 * (libm::log(3.5) - libm::log(2.5)) / libm::log(9.0);
        assert!((log_score(&two, 2.0) - libm::log(0.99 * straight + 0.01 * floor(2.0))).abs() < 1e-12);
        // Beyond: through the outer and the inner one, a quarter and three quarters, so that the scale is log 9 / log 3 = 2.
        let (less, most) = Law::new(&two).below(20.0);
        let left = |y: f64| 0.25 * libm::exp(-(libm::log(y) - libm::log(9.0)) / 2.0);
        assert!((less - (1.0 - left(20.5))).abs() < 1e-12 && (most - (1.0 - left(21.5))).abs() < 1e-12);
        // Whatever happens, the score is a number.
        for actual in [0.0, 1.0, 1e9, 1e18, 1e300, f64::MAX] {
            assert!(log_score(&point, actual).is_finite() && log_score(&of(vec![]), actual).is_finite());
        }
    }

    /// 4,000 outcomes of each law: the mean score of the truth beats every other by more than chance (differences of 0.01 and
    /// more, standard errors below 0.003).
    #[test]
    fn the_truth_scores_best() {
        for (mean, sd, off) in [(5.0, 1.0, 0.4), (1.0, 0.8, 0.4)] {
            let key = Key::new(11, Stream::Sample, 0);
            let outcomes: Vec<f64> = (0..4000)
                .map(|at| normal_quantile(key.unit(at).clamp(1e-12, 1.0 - 1e-12)))
                .map(|z| libm::expm1((mean + sd * z).max(0.0)).round())
                .collect();
            let score = |mean: f64, sd: f64| {
                let quantiles = log_normal(mean, sd);
                let sums = outcomes.iter().fold((0.0, 0.0), |(less, more), &actual| {
                    (less + crps(&quantiles, actual), more + log_score(&quantiles, actual))
                });
                (sums.0 / 4000.0, sums.1 / 4000.0)
            };
            let truth = score(mean, sd);
            for (mean, sd) in [(mean - off, sd), (mean + off, sd), (mean, 1.6 * sd), (mean, 0.6 * sd)] {
                let other = score(mean, sd);
                assert!(other.0 > truth.0 + 0.005 && other.1 < truth.1 - 0.01, "{mean} {sd}: {other:?} {truth:?}");
            }
        }
    }
}
