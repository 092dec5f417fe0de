//! How many people two audiences share, from how many of them two samples show.

use super::tails::{beta_below, turn};
use crate::base::stats::Interval;

/// Two samples without replacement, each of its audience; who is in both was seen. A whole audience is a sample of
/// share 1; a sample of followers who were looked up is one of share `k/N` against a whole audience.
///
/// With X common people the number seen, m, has mean `X s_A s_B`, and variance `X s_A s_B c` with
/// `c = s_B v + (1 − s_B)(N_B − X s_A − v)/(N_B − 1)`, `v = (1 − s_A)(N_A − X)/(N_A − 1)`: a hypergeometric draw out of
/// a hypergeometric draw, always narrower than Poisson. Its law is taken to be the binomial of the same mean and
/// variance (M trials of chance `1 − c`, M not always whole): the limits where s is small (Poisson), where one list is
/// whole (hypergeometric, in both its binomial limits) and where X is all. The estimate is Horvitz & Thompson's (1952).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thinning {
    /// People in each audience.
    pub sizes: [f64; 2],
    /// The shares that were drawn, of each.
    pub shares: [f64; 2],
}

impl Thinning {
    /// One sample of `drawn` out of `size` people, each of whom is known to be common or not.
    pub fn one(size: f64, drawn: f64) -> Self {
        Thinning { sizes: [size, size], shares: [1.0, (drawn / size).min(1.0)] }
    }

    /// The chance that a common person is seen.
    pub fn rate(&self) -> f64 {
        self.shares[0] * self.shares[1]
    }

    /// The chance to see at least `seen` of `common` people.
    pub fn at_least(&self, common: f64, seen: f64) -> f64 {
        let ([n_a, n_b], [s_a, s_b]) = (self.sizes, self.shares);
        let mean = common * self.rate();
        if seen <= 0.0 {
            return 1.0;
        }
        let v = (1.0 - s_a) * (n_a - common).max(0.0) / (n_a - 1.0).max(1.0);
        let c = s_b * v + (1.0 - s_b) * (n_b - common * s_a - v).max(0.0) / (n_b - 1.0).max(1.0);
        let chance = 1.0 - c.clamp(0.0, 1.0);
        if mean <= 0.0 {
            return 0.0;
        }
        if chance >= 1.0 {
            return if mean >= seen - 1e-9 { 1.0 } else { 0.0 };
        }
        let trials = mean / chance.max(1e-15);
        if trials <= seen - 1.0 { 0.0 } else { beta_below(chance, seen, trials - seen + 1.0) }
    }

    /// Where the number of common people lies, `seen` of them having been seen, at error probability `alpha`, half on
    /// each side, within `limits` that hold for certain: every number under which it would be rare (`alpha / 2`) to see
    /// as many, or as few, is out (Clopper & Pearson 1934).
    pub fn limits(&self, seen: u64, limits: Interval, alpha: f64) -> Interval {
        let seen = seen as f64;
        let (low, high) = (limits.low, limits.high.max(limits.low));
        let above = |common: f64| self.at_least(common, seen) > alpha / 2.0;
        let below = |common: f64| 1.0 - self.at_least(common, seen + 1.0) > alpha / 2.0;
        Interval {
            low: if above(low) { low } else { turn(low, high, above) },
            high: if below(high) { high } else { turn(low, high, |common| !below(common)) },
        }
    }

    /// The estimate: the people seen, over the chance to see one; within `limits`.
    pub fn estimate(&self, seen: u64, limits: Interval) -> f64 {
        (seen as f64 / self.rate()).clamp(limits.low, limits.high.max(limits.low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(n: i32, k: i32) -> f64 {
        (0..k).fold(1.0, |c, i| c * f64::from(n - i) / f64::from(i + 1))
    }

    /// The chance to draw h marked of x marked among n, drawing d.
    fn hypergeometric(n: i32, x: i32, d: i32, h: i32) -> f64 {
        if h > x || h > d || d - h > n - x { 0.0 } else { choose(x, h) * choose(n - x, d - h) / choose(n, d) }
    }

    #[test]
    fn tails_are_near_those_of_the_compound_law() {
        for (n_a, n_b, d_a, d_b, x) in
            [(60, 40, 30, 20, 30), (100, 100, 100, 30, 50), (100, 80, 10, 16, 60), (50, 50, 45, 50, 20)]
        {
            let thinning = Thinning {
                sizes: [n_a, n_b].map(f64::from),
                shares: [f64::from(d_a) / f64::from(n_a), f64::from(d_b) / f64::from(n_b)],
            };
            for seen in 1..x.min(25) {
                let mut exact = 0.0;
                for h in 0..=d_a.min(x) {
                    for m in seen..=h {
                        exact += hypergeometric(n_a, x, d_a, h) * hypergeometric(n_b, h, d_b, m);
                    }
                }
                let matched = thinning.at_least(f64::from(x), f64::from(seen));
                // Fitted to two moments; worst where a list is nearly whole.
                assert!((exact - matched).abs() < 0.045, "{n_a} {n_b} {d_a} {d_b} {x} {seen}: {exact} {matched}");
            }
        }
    }

    #[test]
    fn limits_are_those_of_clopper_and_pearson() {
        // 10 of 100 out of very many: 4.90% to 17.62%.
        let limits = Thinning::one(1e9, 100.0).limits(10, Interval { low: 10.0, high: 1e9 }, 0.05);
        assert!((limits.low / 1e9 - 0.0490).abs() < 1e-4 && (limits.high / 1e9 - 0.1762).abs() < 1e-4, "{limits:?}");
        // 10 by two small samples: Garwood's Poisson interval, 4.795 to 18.39.
        let thin = Thinning { sizes: [1e8, 1e8], shares: [1e-3, 1e-3] };
        let limits = thin.limits(10, Interval { low: 10.0, high: 1e8 }, 0.05);
        let (low, high) = (limits.low / 1e6, limits.high / 1e6);
        assert!((low - 4.795).abs() < 0.02 && (high - 18.39).abs() < 0.3, "{low} {high}");
        // Everybody drawn: known.
        let all = Thinning::one(50.0, 50.0);
        assert_eq!(all.limits(7, Interval { low: 7.0, high: 7.0 }, 0.05), Interval::point(7.0));
    }
}
