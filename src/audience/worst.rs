//! The worst that may be behind what is not known: of laws that fit the data, those that need most followers looked up.

use super::bounds::least_inverse;
use super::tails::gamma_quantile;
use crate::base::stats::{ExactSum, Interval};

/// What a looked-up follower may count: mean and standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Law {
    /// The mean.
    pub mean: f64,
    /// The standard deviation.
    pub deviation: f64,
}

impl Law {
    /// Of 1/m, where followers follow `m` of `most` creators, on average `mean` of them: the least mean and the largest
    /// standard deviation.
    pub fn of_inverse(mean: f64, most: usize) -> Law {
        let mean = mean.clamp(1.0, most as f64);
        Law { mean: least_inverse(mean), deviation: libm::sqrt(most_variance(mean, most)) }
    }

    /// Of values from 0 to 1 with this mean, at the largest standard deviation.
    pub fn of_share(mean: f64) -> Law {
        Law { mean, deviation: libm::sqrt(mean * (1.0 - mean)) }
    }
}

/// The largest variance of 1/m, where m is a whole number from 1 to `most` with this mean.
///
/// `max_p min_c E_p (1/m − c)² = min_c max_p E_p (1/m − c)²`: the left side is the variance, the right one, for each c, the
/// concave envelope of `(1/m − c)²` at the mean. That function falls, rises and flattens, so that the envelope goes from
/// 1 to some b, or between neighbours.
pub fn most_variance(mean: f64, most: usize) -> f64 {
    let envelope = |c: f64| {
        let g = |m: f64| (1.0 / m - c) * (1.0 / m - c);
        let below = libm::floor(mean);
        let above = libm::ceil(mean) as usize..=most;
        let line = |a: f64, b: f64| if b > a { ((b - mean) * g(a) + (mean - a) * g(b)) / (b - a) } else { g(b) };
        above.flat_map(|b| [line(1.0, b as f64), line(below, b as f64)]).fold(0.0, f64::max)
    };
    // Convex in c: the minimum by thirds.
    let (mut low, mut high) = (1.0 / most as f64, 1.0);
    for _ in 0..60 {
        let third = (high - low) / 3.0;
        let (a, b) = (low + third, high - third);
        if envelope(a) < envelope(b) { high = b } else { low = a }
    }
    envelope((low + high) / 2.0)
}

/// For each part, the law of its list under which `sum(weight · deviation) / (base + sum(weight · mean))` is largest
/// (Dinkelbach 1967).
pub fn worst(base: f64, parts: &[(f64, Vec<Law>)]) -> Vec<Law> {
    let mut ratio = 0.0;
    loop {
        let best = |laws: &[Law]| {
            let gain = |law: &Law| law.deviation - ratio * law.mean;
            laws.iter().copied().reduce(|a, b| if gain(&b) > gain(&a) { b } else { a })
        };
        let chosen: Vec<Law> = parts.iter().filter_map(|(_, laws)| best(laws)).collect();
        let sum = |of: &dyn Fn(&Law) -> f64| {
            parts.iter().zip(&chosen).map(|((weight, _), law)| weight * of(law)).collect::<ExactSum>().value()
        };
        let next = sum(&|law| law.deviation) / (base + sum(&|law| law.mean));
        // It only grows, through finitely many choices.
        if next <= ratio * (1.0 + 1e-12) || next.is_nan() {
            return chosen;
        }
        ratio = next;
    }
}

/// Limits of a sum of Poisson counts with weights, at error probability `alpha`: `sum` of what was counted, times weights,
/// `squares` the same with squared weights, and the largest weight (Fay & Feuer 1997).
pub fn weighted_poisson(sum: f64, squares: f64, largest: f64, alpha: f64) -> Interval {
    let quantile = |mean: f64, variance: f64, p: f64| match mean > 0.0 {
        true => variance / mean * gamma_quantile(mean * mean / variance, p),
        false => 0.0,
    };
    Interval {
        low: quantile(sum, squares, alpha / 2.0),
        high: quantile(sum + largest, squares + largest * largest, 1.0 - alpha / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_law_varies_more(weights in prop::collection::vec(0.0f64..1.0, 2..12)) {
            let all: f64 = weights.iter().fold(0.0, |sum, weight| sum + weight);
            prop_assume!(all > 0.1);
            let mean_of = |of: &dyn Fn(f64) -> f64| {
                weights.iter().zip(1..).fold(0.0, |sum, (weight, m)| sum + weight / all * of(f64::from(m)))
            };
            let (mean, inverse) = (mean_of(&|m| m), mean_of(&|m| 1.0 / m));
            let variance = mean_of(&|m| (1.0 / m - inverse) * (1.0 / m - inverse));
            prop_assert!(variance <= most_variance(mean, weights.len()) + 1e-9);
            prop_assert!(inverse >= Law::of_inverse(mean, weights.len()).mean - 1e-9);
        }
    }

    #[test]
    fn the_largest_variance_is_reached() {
        // Two points, 1 and k, with mean 1.3: q(1 − q)(1 − 1/k)², q = 0.3/(k − 1), is largest at k = 3.
        assert!((most_variance(1.3, 40) - 0.15 * 0.85 * 4.0 / 9.0).abs() < 1e-9, "{}", most_variance(1.3, 40));
        // Everybody follows one, or everybody follows all.
        assert!(most_variance(1.0, 5) < 1e-12 && most_variance(5.0, 5) < 1e-12);
        // Over all means: half of the range, squared (Popoviciu 1935).
        let largest = (10..400).map(|at| most_variance(f64::from(at) / 10.0, 40)).fold(0.0, f64::max);
        assert!((largest - (0.5f64 * (1.0 - 1.0 / 40.0)).powi(2)).abs() < 1e-3, "{largest}");
    }

    #[test]
    fn the_worst_ratio_is_found_among_all_choices() {
        let laws = |means: &[f64]| means.iter().map(|&mean| Law::of_share(mean)).collect::<Vec<_>>();
        let parts = [(3.0, laws(&[0.1, 0.5, 0.9])), (1.0, laws(&[0.2, 0.7])), (2.0, laws(&[0.05, 0.4]))];
        let ratio = |chosen: &[Law]| {
            let of = |value: fn(&Law) -> f64| {
                parts.iter().zip(chosen).fold(0.0, |sum, (part, law)| sum + part.0 * value(law))
            };
            of(|law| law.deviation) / (0.5 + of(|law| law.mean))
        };
        let mut best = 0.0f64;
        for &a in &parts[0].1 {
            for &b in &parts[1].1 {
                for &c in &parts[2].1 {
                    best = best.max(ratio(&[a, b, c]));
                }
            }
        }
        assert!((ratio(&worst(0.5, &parts)) - best).abs() < 1e-12);
    }

    #[test]
    fn one_weight_gives_garwoods_limits() {
        // 10 events: 4.795 to 18.39; none: 0 to 3.689.
        let limits = weighted_poisson(20.0, 40.0, 2.0, 0.05);
        assert!((limits.low - 2.0 * 4.795).abs() < 0.01 && (limits.high - 2.0 * 18.39).abs() < 0.01, "{limits:?}");
        let none = weighted_poisson(0.0, 0.0, 1.0, 0.05);
        assert!(none.low == 0.0 && (none.high - 3.689).abs() < 0.001, "{none:?}");
    }
}
