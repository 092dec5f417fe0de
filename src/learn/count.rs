//! Counts whose logarithm varies: `y ~ Poisson(λ)`, `log λ ~ N(a, s²)`. Likelihoods on a fixed set of spreads.
//!
//! From [`SMALL`] on, `log λ` given a count y is nearly normal with the moments of a log-gamma variable (mean `ψ(y)`,
//! variance `ψ'(y)`), which makes everything closed form; below, integrals are taken on a grid.

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
pub(super) const REACH: f64 = 6.0;

/// Nodes and weights of a standard normal variable: the trapezoid rule, exact to 1e-8 for smooth functions.
pub(super) fn nodes() -> impl Iterator<Item = (f64, f64)> + Clone {
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
pub(super) fn poisson_masses(mean: f64, mut take: impl FnMut(usize, f64)) {
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

#[cfg(test)]
mod tests {
    use super::super::mixture::{Mixture, Part};
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
}
