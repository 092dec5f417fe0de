//! Means of samples from finite audiences, their sums and products, with intervals that mind skewness.

use super::tails::{gamma_quantile, student_quantile};
use crate::base::stats::{ExactSum, Interval, Z95, normal_quantile};

/// An estimate with three cumulants of what is not known of it.
///
/// Of the mean of `n` values drawn without replacement from `N`, `f = n/N`, with variance s² and third central moment
/// m3: variance `(1−f) s²/n`, third cumulant `(1−f)(2−f) m3/n²`, and the centre shifted by half of
/// `(1−f)² m3/n²` over the variance. For shares of hits this is Jeffreys' posterior in its first three cumulants
/// (whose intervals cover to second order; Brown, Cai & DasGupta 2001), with a Pólya urn for those not drawn; for other
/// values it does what Johnson (1978) and Hall (1992) do to Student's t. Independent estimates add in every cumulant.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Moments {
    /// The estimate.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// Its third cumulant, of what may be true given what was seen.
    third: f64,
    /// What moves the centre: the third cumulant times `(1−f)/(2−f)`.
    lean: f64,
    /// The sum of squared variances over their degrees of freedom (Satterthwaite 1946).
    doubt: f64,
}

impl Moments {
    /// Something known.
    pub fn known(mean: f64) -> Self {
        Moments { mean, ..Default::default() }
    }

    /// The mean of an audience of `all` from `values` drawn from it at random.
    ///
    /// `prior` observations in all, half at each of `ends`, are added to the spread (not to the mean), so that a sample
    /// of equal values is not taken for the proof that all are equal; 1 for one sample, split among the samples of a sum.
    pub fn of(values: &[f64], all: f64, prior: f64, ends: [f64; 2]) -> Self {
        let n = values.len() as f64;
        let sum = |of: &dyn Fn(f64) -> f64| values.iter().map(|&value| of(value)).collect::<ExactSum>().value();
        let mean = sum(&|value| value) / n;
        let rest = (1.0 - n / all).max(0.0);
        if n < 2.0 || rest == 0.0 {
            let variance = if rest == 0.0 { 0.0 } else { f64::INFINITY };
            return Moments { mean, variance, ..Default::default() };
        }
        let mass = n + prior;
        let centre = (mean * n + prior * (ends[0] + ends[1]) / 2.0) / mass;
        let moment = |power: i32| {
            let of = |value: f64| (value - centre).powi(power);
            sum(&of) + prior * (of(ends[0]) + of(ends[1])) / 2.0
        };
        let variance = rest * moment(2) / (mass - 1.0) / n;
        let third = moment(3) / mass / (n * n);
        Moments {
            mean,
            variance,
            third: rest * (1.0 + rest) * third,
            lean: rest * rest * third,
            doubt: variance * variance / (n - 1.0),
        }
    }

    /// So many times the estimate.
    pub fn times(self, by: f64) -> Self {
        let square = by * by;
        Moments {
            mean: self.mean * by,
            variance: self.variance * square,
            third: self.third * square * by,
            lean: self.lean * square * by,
            doubt: self.doubt * square * square,
        }
    }

    /// The sum with an independent estimate.
    pub fn plus(self, other: Self) -> Self {
        Moments {
            mean: self.mean + other.mean,
            variance: self.variance + other.variance,
            third: self.third + other.third,
            lean: self.lean + other.lean,
            doubt: self.doubt + other.doubt,
        }
    }

    /// The product with an independent estimate, to the first order but for the variance.
    pub fn by(self, other: Self) -> Self {
        let sum = self.times(other.mean).plus(other.times(self.mean));
        Moments {
            mean: self.mean * other.mean,
            variance: sum.variance + self.variance * other.variance,
            third: sum.third + 6.0 * self.mean * other.mean * self.variance * other.variance,
            ..sum
        }
    }

    /// The interval at error probability `alpha`: a shifted gamma law of these cumulants, widened by Student's factor.
    pub fn interval(&self, alpha: f64) -> Interval {
        if self.variance <= 0.0 || !self.variance.is_finite() {
            let half = if self.variance > 0.0 { f64::INFINITY } else { 0.0 };
            return Interval::around(self.mean, half);
        }
        let freedom = self.variance * self.variance / self.doubt;
        let point = 1.0 - alpha / 2.0;
        let wide = student_quantile(freedom, point) / normal_quantile(point);
        let deviation = libm::sqrt(self.variance) * wide;
        let centre = self.mean + self.lean / self.variance / 2.0;
        let skew = self.third / self.variance / libm::sqrt(self.variance);
        let at = |p: f64| centre + deviation * skewed_quantile(skew, p);
        Interval { low: at(alpha / 2.0), high: at(point) }
    }

    /// Half the width of a plain 95% interval.
    pub fn half_width(&self) -> f64 {
        Z95 * libm::sqrt(self.variance)
    }
}

/// The quantile of a gamma variable (Pearson's type III) of mean 0, variance 1 and this skewness.
fn skewed_quantile(skew: f64, p: f64) -> f64 {
    if skew < 0.0 {
        return -skewed_quantile(-skew, 1.0 - p);
    }
    let z = normal_quantile(p);
    if skew < 0.02 {
        // Cornish & Fisher (1937): beyond, the next term is under 1e-4.
        return z + (z * z - 1.0) * skew / 6.0;
    }
    let shape = 4.0 / (skew * skew);
    (gamma_quantile(shape, p) - shape) * skew / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_get_jeffreys_intervals() {
        // Jeffreys' 95% intervals of 1 in 100 (0.0011 to 0.0460) and 10 in 100 (0.0522 to 0.1705).
        for (hits, low, high) in [(1, 0.0011, 0.0460), (10, 0.0522, 0.1705)] {
            let values: Vec<f64> = (0..100).map(|at| f64::from(u8::from(at < hits))).collect();
            let found = Moments::of(&values, 1e12, 1.0, [0.0, 1.0]).interval(0.05);
            assert!((found.low - low).abs() < 0.003 && (found.high - high).abs() < 0.003, "{hits}: {found:?}");
        }
        // Nothing seen is not nothing; everybody seen is.
        let none = Moments::of(&[0.0; 100], 1e12, 1.0, [0.0, 1.0]).interval(0.05);
        assert!(none.low.abs() < 5e-4 && (0.02..0.04).contains(&none.high), "{none:?}");
        assert_eq!(Moments::of(&[0.0; 100], 100.0, 1.0, [0.0, 1.0]).interval(0.05), Interval::point(0.0));
    }

    #[test]
    fn sums_and_products_keep_their_cumulants() {
        let values: Vec<f64> = (0..50).map(|at| 1.0 / f64::from(1 + at % 4)).collect();
        let one = Moments::of(&values, 1000.0, 0.0, [0.5, 1.0]);
        let twice = one.plus(one);
        assert!((twice.variance - 2.0 * one.variance).abs() < 1e-15);
        assert_eq!(one.by(Moments::known(3.0)), one.times(3.0));
        let mirrored: Vec<f64> = values.iter().map(|value| -value).collect();
        let (plain, other) = (one.interval(0.1), Moments::of(&mirrored, 1000.0, 0.0, [-0.5, -1.0]).interval(0.1));
        assert!((plain.low + other.high).abs() < 1e-12 && (plain.high + other.low).abs() < 1e-12);
    }
}
