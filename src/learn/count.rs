//! Counts whose logarithm varies: `y ~ Poisson(λ)`, `log λ ~ N(a, s²)`. Likelihoods on a fixed set of spreads, and the
//! distribution function for any mixture of such.
//!
//! From [`SMALL`] on, `log λ` given a count y is nearly normal with the moments of a log-gamma variable (mean `ψ(y)`,
//! variance `ψ'(y)`), which makes everything closed form; below, integrals are taken on a grid.

use crate::base::stats::normal_quantile;

/// Counts from here on are treated by the normal limit.
pub const SMALL: f64 = 20.0;

/// The digamma function ψ, for x > 0: recurrence up to 10, then Stirling's series; error below 1e-12.
pub fn digamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = square * (1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0)));
    shift + libm::log(x) - 0.5 / x - series
}

/// The trigamma function ψ', for x > 0; error below 1e-12.
pub fn trigamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = 1.0 + square * (1.0 / 6.0 - square * (1.0 / 30.0 - square * (1.0 / 42.0 - square / 30.0)));
    shift + 0.5 * square + series / x
}

/// The distribution function of the standard normal distribution.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z / std::f64::consts::SQRT_2)
}

/// A logarithm of a count as a normal observation: its value and variance. Half a count is added, so that zero has one.
pub fn working(count: f64) -> (f64, f64) {
    (digamma(count + 0.5), trigamma(count + 0.5))
}

/// Points of the tables: the mean of the log from -12 to 12 in steps of 1/16.
const FROM: f64 = -12.0;
const STEP: f64 = 1.0 / 16.0;
const POINTS: usize = 385;

/// Points on which a normal variable is integrated, and how far they reach in standard deviations.
const NODES: usize = 41;
const REACH: f64 = 6.0;

/// Nodes and weights of a standard normal variable: the trapezoid rule, exact to 1e-8 for smooth functions.
fn nodes() -> impl Iterator<Item = (f64, f64)> + Clone {
    let step = 2.0 * REACH / (NODES - 1) as f64;
    (0..NODES).map(move |at| {
        let z = -REACH + at as f64 * step;
        (z, step * libm::exp(-0.5 * z * z) * 0.398_942_280_401_432_7)
    })
}

/// One count, ready for likelihoods.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Seen {
    /// A small count: its place in the tables.
    Few(usize),
    /// A large one: the log-gamma mean and variance.
    Many(f64, f64),
}

impl Seen {
    /// Of a count, which need not be whole where views were turned into people.
    pub fn new(count: f64) -> Seen {
        let whole = libm::round(count);
        if whole < SMALL { Seen::Few(whole as usize) } else { Seen::Many(digamma(count), trigamma(count)) }
    }
}

/// Likelihoods of counts for a fixed set of spreads of the log, with an occasional wider component.
#[derive(Debug, Clone)]
pub struct Likelihood {
    /// The spreads: standard deviations of the log, rising by a constant factor.
    pub spreads: Vec<f64>,
    /// Extra variance of the log in the wide component.
    pub wide: f64,
    /// Log-likelihoods of small counts: [count][spread, then wide spread][mean].
    table: Vec<f64>,
}

impl Likelihood {
    /// For these spreads; `wide` is the standard deviation that the wide component has more.
    pub fn new(spreads: Vec<f64>, wide: f64) -> Self {
        let wide = wide * wide;
        let sds = spreads.iter().copied().chain(spreads.iter().map(|s| libm::sqrt(s * s + wide)));
        let sds: Vec<f64> = sds.collect();
        let counts = SMALL as usize;
        let mut table = vec![0.0; counts * sds.len() * POINTS];
        let nodes: Vec<(f64, f64)> = nodes().collect();
        for (which, sd) in sds.iter().enumerate() {
            for point in 0..POINTS {
                let mean = FROM + point as f64 * STEP;
                let mut masses = [0.0; SMALL as usize];
                for &(z, weight) in &nodes {
                    poisson_masses(libm::exp(mean + sd * z), |count, mass| masses[count] += weight * mass);
                }
                for (count, mass) in masses.into_iter().enumerate() {
                    table[(count * sds.len() + which) * POINTS + point] = libm::log(mass.max(1e-300));
                }
            }
        }
        Likelihood { spreads, wide, table }
    }

    fn few(&self, count: usize, which: usize, mean: f64) -> f64 {
        let row = &self.table[(count * 2 * self.spreads.len() + which) * POINTS..][..POINTS];
        let at = (mean - FROM) / STEP;
        // Beyond the table in a straight line.
        let below = (at.max(0.0) as usize).min(POINTS - 2);
        libm::exp((row[below] + (row[below + 1] - row[below]) * (at - below as f64)).min(0.0))
    }

    /// The likelihood of a count when the log has this mean and the spread number `spread`; the wide component has the
    /// weight `viral`. For large counts it is a density of the log, which differs by a factor of the count alone.
    #[inline]
    pub fn of(&self, seen: Seen, spread: usize, viral: f64, mean: f64) -> f64 {
        match seen {
            Seen::Few(count) => {
                let common = self.few(count, spread, mean);
                if viral == 0.0 {
                    return common;
                }
                (1.0 - viral) * common + viral * self.few(count, self.spreads.len() + spread, mean)
            }
            Seen::Many(z, noise) => {
                let (off, variance) = ((z - mean) * (z - mean), self.spreads[spread] * self.spreads[spread] + noise);
                let density = |variance: f64| libm::exp(-0.5 * off / variance) / libm::sqrt(variance);
                let common = density(variance);
                if viral == 0.0 { common } else { (1.0 - viral) * common + viral * density(variance + self.wide) }
            }
        }
    }
}

/// The Poisson probabilities of all counts below [`SMALL`].
fn poisson_masses(mean: f64, mut take: impl FnMut(usize, f64)) {
    let log = libm::log(mean.max(1e-300));
    let mut mass = libm::exp(-mean);
    // Where e^-mean is 0 the recurrence would stay there; such means give small counts no probability worth having.
    for count in 0..SMALL as usize {
        if count > 0 {
            mass *= mean / count as f64;
        }
        let value =
            if mean > 600.0 { libm::exp(count as f64 * log - mean - libm::lgamma(count as f64 + 1.0)) } else { mass };
        take(count, value);
    }
}

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
        let chance = |part: &Part| part.weight * normal_cdf((z - part.mean) / libm::sqrt(part.sd * part.sd + noise));
        self.parts.iter().map(chance).fold(0.0, |sum, x| sum + x).clamp(self.few[SMALL as usize - 1], 1.0)
    }

    /// The least count whose chance of not being passed is at least `level`; above 10,000 to four digits.
    pub fn quantile(&self, level: f64) -> f64 {
        if let Some(count) = self.few.iter().position(|&chance| chance >= level) {
            return count as f64;
        }
        // In logs by the Illinois method; then, where counts can be told apart, one by one.
        let off = |log: f64| self.cdf(libm::exp(log)) - level;
        let (mut low, mut high) = (libm::log(SMALL) - 0.05, libm::log(SMALL) + 1.0);
        let (mut below, mut above) = (self.few[SMALL as usize - 1] - level, off(high));
        while above < 0.0 && high < 600.0 {
            (low, below) = (high, above);
            high += 1.5;
            above = off(high);
        }
        let mut side = 0;
        for _ in 0..60 {
            if high - low < 2e-5 {
                break;
            }
            let share = if above > below { below / (below - above) } else { 0.5 };
            let middle = low + (high - low) * share.clamp(0.001, 0.999);
            let found = off(middle);
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

/// The quantile of a mixture of normal distributions.
pub fn normal_mixture_quantile(parts: &[Part], level: f64) -> f64 {
    let z = normal_quantile(level);
    let at = |part: &Part| part.mean + z * part.sd;
    let (mut low, mut high) = parts
        .iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), part| (at(part).min(low), at(part).max(high)));
    for _ in 0..60 {
        if high - low <= 1e-9 * (1.0 + high.abs()) {
            break;
        }
        let middle = 0.5 * (low + high);
        let chance = parts.iter().fold(0.0, |sum, part| {
            let z = (middle - part.mean) / part.sd;
            sum + part.weight * if part.sd > 0.0 { normal_cdf(z) } else { f64::from(middle >= part.mean) }
        });
        if chance >= level { high = middle } else { low = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digamma_and_trigamma_match_tables() {
        let euler = 0.577_215_664_901_532_9;
        let pi2 = std::f64::consts::PI * std::f64::consts::PI;
        for (x, psi, psi1) in [
            (1.0, -euler, pi2 / 6.0),
            (0.5, -euler - 2.0 * std::f64::consts::LN_2, pi2 / 2.0),
            (2.0, 1.0 - euler, pi2 / 6.0 - 1.0),
        ] {
            assert!((digamma(x) - psi).abs() < 1e-11 && (trigamma(x) - psi1).abs() < 1e-10, "{x}");
        }
    }

    #[test]
    fn the_distribution_function_is_that_of_brute_force() {
        // Sums of exact Poisson masses over a fine grid of the log, on both sides of the border between the two ways.
        for (mean, sd, room) in [(1.0, 0.5, 2e-4), (3.0, 0.6, 2e-3), (4.5, 0.3, 2e-3), (-2.0, 1.0, 2e-4)] {
            let mixture = Mixture::new(vec![Part { weight: 1.0, mean, sd }]);
            for count in [0u32, 1, 3, 7, 15, 19, 20, 25, 40, 90] {
                let (mut exact, n) = (0.0, 4000);
                for at in 0..n {
                    let z = -7.0 + 14.0 * (f64::from(at) + 0.5) / f64::from(n);
                    let lambda: f64 = (mean + sd * z).exp();
                    let mut mass = (-lambda).exp();
                    let mut cdf = mass;
                    for k in 1..=count {
                        mass *= lambda / f64::from(k);
                        cdf += mass;
                    }
                    exact += cdf * (-0.5 * z * z).exp() * 14.0 / f64::from(n) / (2.0 * std::f64::consts::PI).sqrt();
                }
                let found = mixture.cdf(f64::from(count));
                assert!((found - exact).abs() < room, "{mean} {sd} {count}: {found} {exact}");
            }
        }
    }

    #[test]
    fn likelihoods_of_small_counts_are_probabilities() {
        let likelihood = Likelihood::new(vec![0.1, 0.5], 1.5);
        for spread in [0, 1] {
            for mean in [-3.0, 0.03, 1.7] {
                let sum: f64 = (0..20).map(|y| likelihood.of(Seen::new(f64::from(y)), spread, 0.0, mean)).sum();
                let mixture = Mixture::new(vec![Part { weight: 1.0, mean, sd: likelihood.spreads[spread] }]);
                assert!((sum - mixture.cdf(19.0)).abs() < 2e-3, "{sum}");
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
        assert!((normal_mixture_quantile(&parts, 0.975) - 1.959964).abs() < 1e-5);
    }
}
