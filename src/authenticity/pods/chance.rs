//! Tails of the laws behind pods.

/// How large a share of a creator's posts people act on, and how much they differ in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habit {
    /// The mean share.
    pub mean: f64,
    /// Correlation of two posts of one pair: 0 if all pairs are alike.
    pub correlation: f64,
}

impl Default for Habit {
    /// Of whom nothing is known: half of the posts, so that only many posts tell.
    fn default() -> Self {
        Habit { mean: 0.5, correlation: 0.1 }
    }
}

/// Bounds of means and correlations: none of them can be told apart from 0 or 1 by what is observed.
const MEAN: (f64, f64) = (1e-4, 0.95);
const CORRELATION: (f64, f64) = (1e-3, 0.9);

impl Habit {
    /// By moments, from (acts, posts) of many pairs. Pairs without posts say nothing.
    pub fn of(pairs: &[(u64, u64)]) -> Habit {
        let (mut acts, mut posts) = (0u64, 0u64);
        pairs.iter().for_each(|pair| (acts, posts) = (acts + pair.0, posts + pair.1));
        if posts == 0 {
            return Habit::default();
        }
        let mean = (acts as f64 / posts as f64).clamp(MEAN.0, MEAN.1);
        let spread = mean * (1.0 - mean);
        let (mut over, mut most) = (0.0, 0.0);
        for &(acts, posts) in pairs {
            let (acts, posts) = (acts as f64, posts as f64);
            let away = acts - posts * mean;
            over += away * away - posts * spread;
            most += posts * (posts - 1.0).max(0.0) * spread;
        }
        let correlation = if most > 0.0 { over / most } else { 0.0 };
        Habit { mean, correlation: correlation.clamp(CORRELATION.0, CORRELATION.1) }
    }

    /// The chance of `acts` or more on `posts`, beta-binomial with this correlation and another mean.
    pub fn at_least(&self, acts: u64, posts: u64, mean: f64) -> f64 {
        if acts == 0 {
            return 1.0;
        }
        let mean = mean.clamp(MEAN.0 * MEAN.0, MEAN.1);
        let size = 1.0 / self.correlation - 1.0;
        let (a, b, n) = (mean * size, (1.0 - mean) * size, posts as f64);
        let ln_beta = |x: f64, y: f64| libm::lgamma(x) + libm::lgamma(y) - libm::lgamma(x + y);
        let k = acts as f64;
        let mut term = libm::exp(ln_choose(n, k) + ln_beta(k + a, n - k + b) - ln_beta(a, b));
        let mut sum = 0.0;
        for k in acts..=posts {
            sum += term;
            let k = k as f64;
            term *= (n - k) / (k + 1.0) * (k + a) / (n - k - 1.0 + b);
        }
        sum.min(1.0)
    }
}

/// The log of the number of ways to choose k of n.
pub fn ln_choose(n: f64, k: f64) -> f64 {
    libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0)
}

/// The log of Fisher's combined p: the chance that the sum of `count` exponential variables is `sum` or more.
pub fn ln_fisher(sum: f64, count: u32) -> f64 {
    // e^-sum (1 + sum + sum^2 / 2 + … ), summed from its largest term on.
    let terms = (0..count).scan(0.0, |ln_term, i| {
        if i > 0 {
            *ln_term += libm::log(sum) - libm::log(f64::from(i));
        }
        Some(*ln_term)
    });
    let terms: Vec<f64> = terms.collect();
    let largest = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if sum <= 0.0 || !largest.is_finite() {
        return 0.0;
    }
    let total = terms.iter().fold(0.0, |total, term| total + libm::exp(term - largest));
    (largest + libm::log(total) - sum).min(0.0)
}
