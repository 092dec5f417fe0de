//! Means with intervals, and sums that do not depend on their order.

/// The 97.5% point of the standard normal distribution: half-widths of 95% intervals.
pub const Z95: f64 = 1.959_963_984_540_054;

/// A closed interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// Both ends at one value: something known exactly.
    pub fn point(value: f64) -> Self {
        Interval { low: value, high: value }
    }

    /// `centre ± half`.
    pub fn around(centre: f64, half: f64) -> Self {
        Interval { low: centre - half, high: centre + half }
    }

    /// The same interval, moved.
    pub fn shifted(&self, by: f64) -> Self {
        Interval { low: self.low + by, high: self.high + by }
    }

    /// The 95% interval of a share among `n`, which need not be whole (Wilson 1927); the share is within it.
    pub fn wilson(share: f64, n: f64) -> Self {
        let z2 = Z95 * Z95;
        let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z95 / (1.0 + z2 / n) * libm::sqrt(share * (1.0 - share) / n + z2 / (4.0 * n * n));
        Interval { low: (centre - half).max(0.0).min(share), high: (centre + half).min(1.0).max(share) }
    }

    /// Half its width.
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// Count, sum and sum of squares of whole numbers: exact, so that the order of adding cannot matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
pub struct Tally {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub sum: u64,
    /// The sum of their squares.
    pub squares: u128,
}

impl Tally {
    /// Adds one observation.
    #[inline]
    pub fn add(&mut self, value: u64) {
        self.count += 1;
        self.sum += value;
        self.squares += value as u128 * value as u128;
    }

    /// Adds all observations of another tally.
    pub fn merge(&mut self, other: &Tally) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// The mean; NaN of nothing.
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64
    }

    /// The unbiased variance of one observation; infinite for fewer than two.
    pub fn variance(&self) -> f64 {
        if self.count < 2 {
            return f64::INFINITY;
        }
        let n = self.count as u128;
        // n·Σx² − (Σx)² is exact in integers and never negative.
        let spread = n * self.squares - self.sum as u128 * self.sum as u128;
        spread as f64 / (n as f64 * (n - 1) as f64)
    }

    /// The standard error of the mean.
    pub fn standard_error(&self) -> f64 {
        libm::sqrt(self.variance() / self.count as f64)
    }
}

/// The value below which a share `q` of sorted `values` lies, interpolated linearly (type 7 of Hyndman & Fan
/// 1996, as in NumPy). NaN of nothing.
pub fn quantile(values: &[f64], q: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let at = q.clamp(0.0, 1.0) * last as f64;
    let below = libm::floor(at) as usize;
    let above = (below + 1).min(last);
    values[below] + (values[above] - values[below]) * (at - below as f64)
}

/// The quantile function of the standard normal distribution: Acklam's rational approximation with one Halley
/// step, relative error below 1e-13 where it is used here (1e-12 < p < 1 − 1e-12).
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969683028665376e1,
        2.209460984245205e2,
        -2.759285104469687e2,
        1.38357751867269e2,
        -3.066479806614716e1,
        2.506628277459239,
    ];
    const B: [f64; 5] =
        [-5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1];
    const C: [f64; 6] = [
        -7.784894002430293e-3,
        -3.223964580411365e-1,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    ];
    const D: [f64; 4] = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416];
    if p.is_nan() || p <= 0.0 {
        return if p == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    }
    if p >= 1.0 {
        return if p == 1.0 { f64::INFINITY } else { f64::NAN };
    }
    let poly = |coefficients: &[f64], x: f64| coefficients.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |q: f64| poly(&C, q) / (poly(&D, q) * q + 1.0);
    let mut x = if p < 0.02425 {
        tail(libm::sqrt(-2.0 * libm::log(p)))
    } else if p > 1.0 - 0.02425 {
        -tail(libm::sqrt(-2.0 * libm::log(1.0 - p)))
    } else {
        let q = p - 0.5;
        let r = q * q;
        poly(&A, r) * q / (poly(&B, r) * r + 1.0)
    };
    let error = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2) - p;
    let step = error * libm::sqrt(2.0 * std::f64::consts::PI) * libm::exp(x * x / 2.0);
    x -= step / (1.0 + x * step / 2.0);
    x
}

/// The distribution function of the beta distribution: the regularised incomplete beta function `I_x(a, b)`, by its continued
/// fraction (DLMF 8.17.22) with Lentz's (1976) steps. Relative error below 1e-12 for a and b from 1e-6 to 1e6.
pub fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction is quick where x is below the mean or so; else look from the other end.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below(1.0 - x, b, a);
    }
    let front =
        libm::exp(libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x));
    let away = |value: f64| if value.abs() < 1e-300 { 1e-300 } else { value };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut product = d;
    for m in 1..100_000 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut change = 1.0;
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            product *= c * d;
            change = c * d;
        }
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front * product / a).min(1.0)
}

/// The value below which a beta variable of this mean and variance lies with probability `q`, by bisection to 1e-12. A variance
/// that no share of this mean can have counts as one just possible.
pub fn beta_quantile(q: f64, mean: f64, variance: f64) -> f64 {
    if mean <= 0.0 || mean >= 1.0 || variance <= 0.0 {
        return mean.clamp(0.0, 1.0);
    }
    // Beyond, the fraction takes long, and the interval is a point to eight digits.
    let spread = (mean * (1.0 - mean) / variance - 1.0).clamp(1e-3, 1e8);
    let (a, b) = (mean * spread, (1.0 - mean) * spread);
    let (mut low, mut high) = (0.0, 1.0);
    while high - low > 1e-12 {
        let middle = (low + high) / 2.0;
        if beta_below(middle, a, b) < q { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// A sum of floating-point numbers that is exact until it is read: the order of adding cannot matter.
///
/// Shewchuk's (1997) non-overlapping partials, rounded once, half to even, as Python's `math.fsum`.
#[derive(Debug, Clone, Default)]
pub struct ExactSum {
    partials: Vec<f64>,
}

impl ExactSum {
    /// Adds a finite number.
    pub fn add(&mut self, mut x: f64) {
        let mut kept = 0;
        for index in 0..self.partials.len() {
            let mut y = self.partials[index];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                self.partials[kept] = low;
                kept += 1;
            }
            x = high;
        }
        self.partials.truncate(kept);
        self.partials.push(x);
    }

    /// The sum, correctly rounded.
    pub fn value(&self) -> f64 {
        let mut rest = self.partials.iter().rev().copied();
        let Some(mut high) = rest.next() else { return 0.0 };
        let mut low = 0.0;
        let mut next = None;
        for y in rest.by_ref() {
            let x = high;
            high = x + y;
            low = y - (high - x);
            if low != 0.0 {
                next = rest.next();
                break;
            }
        }
        // Half-way cases: look at the sign of what is left.
        if next.is_some_and(|next| (low < 0.0 && next < 0.0) || (low > 0.0 && next > 0.0)) {
            let doubled = low * 2.0;
            let rounded = high + doubled;
            if doubled == rounded - high {
                return rounded;
            }
        }
        high
    }
}

impl FromIterator<f64> for ExactSum {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sum = ExactSum::default();
        values.into_iter().for_each(|value| sum.add(value));
        sum
    }
}

/// Of points (x, y) that rise, the one farthest above the line from (0, 0) to the last (Satopää et al. 2011), if one is above
/// it; of equals the first. From there on more x adds less y than on the average.
pub fn knee(points: &[(f64, f64)]) -> Option<usize> {
    let last = *points.last()?;
    let above = |at: usize| points[at].1 / last.1 - points[at].0 / last.0;
    let knee = (0..points.len()).max_by(|&a, &b| above(a).total_cmp(&above(b)).then(b.cmp(&a)))?;
    (above(knee) > 0.0).then_some(knee)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_beta_distribution_is_scipys() {
        let known = [
            (0.3, 2.0, 5.0, 0.579825),
            (0.01, 0.1, 7.0, 0.7961237717987596),
            (0.999, 50.0, 0.2, 0.4075383366160831),
            (0.5, 1000.0, 1000.0, 0.5),
        ];
        for (x, a, b, below) in known {
            assert!((beta_below(x, a, b) / below - 1.0).abs() < 1e-11, "{x} {a} {b}: {}", beta_below(x, a, b));
        }
        assert!((beta_below(0.02, 3e4, 1.4e6) / 5.427026254975331e-17 - 1.0).abs() < 1e-7);
        for (q, mean, variance, value) in [
            (0.025, 0.1, 0.002, 0.030933860134152228),
            (0.975, 0.02, 0.0025, 0.1740246749865314),
            (0.5, 0.9, 0.001, 0.9029944907757524),
        ] {
            assert!((beta_quantile(q, mean, variance) - value).abs() < 1e-10);
        }
        assert_eq!([0.0, 1.0].map(|mean| beta_quantile(0.9, mean, 0.1)), [0.0, 1.0]);
        assert_eq!(beta_quantile(0.9, 0.3, 0.0), 0.3);
    }

    #[test]
    fn exact_sums_are_exact() {
        assert_eq!([1e100, 1.0, -1e100].into_iter().collect::<ExactSum>().value(), 1.0);
        assert_eq!([0.1; 10].into_iter().collect::<ExactSum>().value(), 1.0);
        assert_eq!(ExactSum::default().value(), 0.0);
    }

    proptest! {
        #[test]
        fn exact_sums_do_not_know_their_order(mut values in prop::collection::vec(-1e12f64..1e12, 0..60)) {
            let forward: ExactSum = values.iter().copied().collect();
            values.reverse();
            let backward: ExactSum = values.iter().copied().collect();
            prop_assert_eq!(forward.value().to_bits(), backward.value().to_bits());
        }
    }

    #[test]
    fn normal_quantiles_match_tables() {
        for (p, z) in [(0.975, Z95), (0.5, 0.0), (0.995, 2.5758293035489004), (1e-6, -4.753424308822899)] {
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}: {}", normal_quantile(p));
        }
        assert!(normal_quantile(-1.0).is_nan() && normal_quantile(f64::NAN).is_nan());
    }

    #[test]
    fn tallies_match_the_textbook() {
        let mut tally = Tally::default();
        [2, 4, 4, 4, 5, 5, 7, 9].into_iter().for_each(|x| tally.add(x));
        assert_eq!(tally.mean(), 5.0);
        assert!((tally.variance() - 32.0 / 7.0).abs() < 1e-15);
        assert!(Tally::default().variance().is_infinite());
    }

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 3.0, 4.0], 0.5), 2.5);
        assert_eq!(quantile(&[1.0], 0.9), 1.0);
        assert!(quantile(&[], 0.5).is_nan());
    }
}
