//! Mixtures of Poisson-log-normal distributions: chances, quantiles, intervals.

use super::count::{REACH, SMALL, digamma, nodes, normal_cdf, poisson_masses, trigamma};
use crate::base::stats::normal_quantile;

/// A part of a [`Mixture`]: `log λ ~ N(mean, sd²)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Its weight.
    pub weight: f64,
    /// Mean of the log.
    pub mean: f64,
    /// Standard deviation of the log.
    pub sd: f64,
}

/// A mixture of Poisson-log-normal distributions.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    parts: Vec<Part>,
    /// The distribution function at 0, 1, … below [`SMALL`].
    few: [f64; SMALL as usize],
}

impl Mixture {
    /// Of parts whose weights sum to 1.
    pub fn new(parts: Vec<Part>) -> Self {
        let mut few = [0.0; SMALL as usize];
        // Means that give small counts next to nothing need no integral.
        for part in parts.iter().filter(|part| part.mean - REACH * part.sd < 5.0) {
            for (z, weight) in nodes() {
                let lambda = libm::exp(part.mean + part.sd * z);
                poisson_masses(lambda, |count, mass| few[count] += part.weight * weight * mass);
            }
        }
        let mut sum = 0.0;
        for value in &mut few {
            sum += *value;
            *value = sum.min(1.0);
        }
        Mixture { parts, few }
    }

    /// The chance of at most `count`; 0 below 0.
    pub fn cdf(&self, count: f64) -> f64 {
        if count < 0.0 {
            return 0.0;
        }
        let count = libm::floor(count);
        if count < SMALL {
            return self.few[count as usize];
        }
        let (z, noise) = (digamma(count + 1.0), trigamma(count + 1.0));
        let chance = |part: &Part| part.weight * below(z, &Part { sd: libm::sqrt(part.sd * part.sd + noise), ..*part });
        self.parts.iter().map(chance).fold(0.0, |sum, x| sum + x).clamp(self.few[SMALL as usize - 1], 1.0)
    }

    /// The least count whose chance of not being passed is at least `level`; above 10,000 to four digits.
    pub fn quantile(&self, level: f64) -> f64 {
        if let Some(count) = self.few.iter().position(|&chance| chance >= level) {
            return count as f64;
        }
        // In logs; then, where counts can be told apart, one by one.
        let off = |log: f64| self.cdf(libm::exp(log)) - level;
        let (mut low, mut high) = (libm::log(SMALL) - 0.05, libm::log(SMALL) + 1.0);
        let (mut below, mut above) = (self.few[SMALL as usize - 1] - level, off(high));
        while above < 0.0 && high < 600.0 {
            (low, below) = (high, above);
            high += 1.5;
            above = off(high);
        }
        let high = crossing((low, below), (high, above), 2e-5, off);
        let mut count = libm::floor(libm::exp(high));
        while count < 1e4 && count > SMALL && self.cdf(count - 1.0) >= level {
            count -= 1.0;
        }
        while count < 1e4 && self.cdf(count) < level {
            count += 1.0;
        }
        count
    }

    /// Counts from the first to the second, both included, whose chance is nearest to `level` with about as much left
    /// out below as above. Nearest, not at least: so that over many posts intervals hold as often as they say.
    pub fn interval(&self, level: f64) -> (f64, f64) {
        let out = 0.5 * (1.0 - level);
        let (first, last) = (self.quantile(out), self.quantile(1.0 - out));
        if first >= SMALL {
            return (first, last);
        }
        let mut best = (f64::INFINITY, first, last);
        for low in [first, first + 1.0] {
            for high in [last, last - 1.0] {
                if high >= low {
                    let miss = (self.cdf(high) - self.cdf(low - 1.0) - level).abs();
                    // Of equals the wider, which comes first.
                    if miss < best.0 - 1e-12 {
                        best = (miss, low, high);
                    }
                }
            }
        }
        (best.1, best.2)
    }

    /// Quantiles at evenly spaced levels `(i + 1/2) / count`, from one table of the distribution function.
    pub fn quantiles(&self, count: usize) -> Vec<f64> {
        let level = |at: usize| (at as f64 + 0.5) / count as f64;
        let top = self.quantile(level(count - 1));
        let steps = 96;
        let from = libm::log(SMALL);
        let width = (libm::log(top.max(SMALL + 1.0)) - from) / steps as f64;
        let grid: Vec<f64> = (0..=steps).map(|at| libm::exp(from + width * at as f64)).collect();
        let chances: Vec<f64> = grid.iter().map(|&y| self.cdf(y)).collect();
        (0..count)
            .map(|at| {
                let level = level(at);
                if let Some(few) = self.few.iter().position(|&chance| chance >= level) {
                    return few as f64;
                }
                let above = chances.partition_point(|&chance| chance < level).clamp(1, steps);
                let (p, q) = (chances[above - 1], chances[above]);
                let share = if q > p { ((level - p) / (q - p)).clamp(0.0, 1.0) } else { 1.0 };
                grid[above - 1] + (grid[above] - grid[above - 1]) * share
            })
            .collect()
    }
}

/// Where a rising function passes from below 0 to 0 or above, from a point on either side with its value: the upper end
/// of what is left when that is narrower than `room` (the Illinois method).
fn crossing(
    (mut low, mut below): (f64, f64),
    (mut high, mut above): (f64, f64),
    room: f64,
    of: impl Fn(f64) -> f64,
) -> f64 {
    let mut side = 0;
    for _ in 0..100 {
        if high - low < room {
            break;
        }
        let share = if above > below { below / (below - above) } else { 0.5 };
        let middle = low + (high - low) * share.clamp(0.001, 0.999);
        let found = of(middle);
        if found >= 0.0 {
            (high, above) = (middle, found);
            below *= if side == 1 { 0.5 } else { 1.0 };
            side = 1;
        } else {
            (low, below) = (middle, found);
            above *= if side == -1 { 0.5 } else { 1.0 };
            side = -1;
        }
    }
    high
}

/// The chance of a normal variable with these moments to lie at or below a point. `sd` is above 0.
fn below(at: f64, part: &Part) -> f64 {
    match (at - part.mean) / part.sd {
        z if z > 8.0 => 1.0,
        z if z < -8.0 => 0.0,
        z => normal_cdf(z),
    }
}

/// The quantile of a mixture of normal distributions of `log λ`; each has a standard deviation above 0.
pub fn quantile_of_logs(parts: &[Part], level: f64) -> f64 {
    let z = normal_quantile(level);
    let at = |part: &Part| part.mean + z * part.sd;
    let (low, high) = parts
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), part| (at(part).min(low), at(part).max(high)));
    let off = |log: f64| parts.iter().fold(-level, |sum, part| sum + part.weight * below(log, part));
    crossing((low, off(low)), (high, off(high)), 1e-9 * (1.0 + high.abs()), off)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distribution_function_is_that_of_brute_force() {
        // Sums of exact Poisson masses over a fine grid of the log, on both sides of the border between the two ways.
        for (mean, sd, room) in [(1.0, 0.5, 2e-4), (3.0, 0.6, 2e-3), (4.5, 0.3, 2e-3), (-2.0, 1.0, 2e-4)] {
            let mixture = Mixture::new(vec![Part { weight: 1.0, mean, sd }]);
            for count in [0u32, 1, 3, 7, 15, 19, 20, 25, 40, 90] {
                let (mut exact, n) = (0.0, 4000);
                for at in 0..n {
                    let z = -7.0 + 14.0 * (f64::from(at) + 0.5) / f64::from(n);
                    let lambda: f64 = libm::exp(mean + sd * z);
                    let mut mass = libm::exp(-lambda);
                    let mut cdf = mass;
                    for k in 1..=count {
                        mass *= lambda / f64::from(k);
                        cdf += mass;
                    }
                    exact += cdf * libm::exp(-0.5 * z * z) * 14.0 / f64::from(n) / (2.0 * std::f64::consts::PI).sqrt();
                }
                let found = mixture.cdf(f64::from(count));
                assert!((found - exact).abs() < room, "{mean} {sd} {count}: {found} {exact}");
            }
        }
    }

    #[test]
    fn intervals_hold_about_what_they_say() {
        for (mean, sd) in [(0.5, 0.4), (1.2, 0.7), (2.5, 0.5), (8.0, 0.5)] {
            let mixture = Mixture::new(vec![Part { weight: 1.0, mean, sd }]);
            for level in [0.5, 0.8, 0.95] {
                let (low, high) = mixture.interval(level);
                let inside = mixture.cdf(high) - mixture.cdf(low - 1.0);
                assert!((inside - level).abs() < 0.12, "{mean} {level}: {low}..{high} holds {inside}");
            }
        }
        let zeros = Mixture::new(vec![Part { weight: 1.0, mean: -9.0, sd: 0.5 }]);
        assert_eq!(zeros.interval(0.95), (0.0, 0.0));
    }

    #[test]
    fn quantiles_of_normal_mixtures_are_found() {
        let parts = [Part { weight: 0.3, mean: 0.0, sd: 1.0 }, Part { weight: 0.7, mean: 0.0, sd: 1.0 }];
        assert!((quantile_of_logs(&parts, 0.975) - 1.959964).abs() < 1e-5);
    }
}
