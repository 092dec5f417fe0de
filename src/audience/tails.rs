//! Tails of the beta, gamma and Student distributions: what exact intervals of counts are made of.

use crate::base::stats::normal_quantile;

/// Steps of a series or continued fraction before it is taken as it is: they need about the root of their parameters.
const STEPS: usize = 20_000;
const EPSILON: f64 = 1e-15;
const TINY: f64 = 1e-300;

/// The chance that a beta variable with parameters `a` and `b` is below `x`, by Lentz's continued fraction (Press et
/// al. 2007, 6.4). Also: the chance of at least `a` hits in `a + b − 1` trials of chance `x`, whole numbers or not.
pub fn beta_below(x: f64, a: f64, b: f64) -> f64 {
    if x.is_nan() || a.is_nan() || b.is_nan() || a <= 0.0 || b <= 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let front =
        libm::exp(libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b) + a * libm::log(x) + b * libm::log1p(-x));
    match x < (a + 1.0) / (a + b + 2.0) {
        true => front * beta_fraction(x, a, b) / a,
        false => 1.0 - front * beta_fraction(1.0 - x, b, a) / b,
    }
    .clamp(0.0, 1.0)
}

fn beta_fraction(x: f64, a: f64, b: f64) -> f64 {
    let away = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut c = 1.0;
    let mut d = 1.0 / away(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for step in 1..STEPS {
        let m = step as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / away(1.0 + even * d);
        c = away(1.0 + even / c);
        h *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / away(1.0 + odd * d);
        c = away(1.0 + odd / c);
        h *= d * c;
        if (d * c - 1.0).abs() < EPSILON {
            break;
        }
    }
    h
}

/// The chance that a gamma variable of this shape (and scale 1) is below `x`: series below shape + 1, continued fraction
/// above (Press et al. 2007, 6.2).
pub fn gamma_below(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = libm::exp(shape * libm::log(x) - x - libm::lgamma(shape));
    if x < shape + 1.0 {
        let (mut term, mut sum, mut at) = (1.0 / shape, 1.0 / shape, shape);
        for _ in 0..STEPS {
            at += 1.0;
            term *= x / at;
            sum += term;
            if term < sum * EPSILON {
                break;
            }
        }
        return (front * sum).clamp(0.0, 1.0);
    }
    let mut b = x + 1.0 - shape;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / b;
    let mut h = d;
    for step in 1..STEPS {
        let m = step as f64;
        let a = -m * (m - shape);
        b += 2.0;
        d = a * d + b;
        d = 1.0 / if d.abs() < TINY { TINY } else { d };
        c = b + a / c;
        c = if c.abs() < TINY { TINY } else { c };
        h *= d * c;
        if (d * c - 1.0).abs() < EPSILON {
            break;
        }
    }
    (1.0 - front * h).clamp(0.0, 1.0)
}

/// The point where a function that is false, then true, turns, between `low` and `high`; `high` if it never does.
pub fn turn(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..100 {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            break;
        }
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

/// The value below which a gamma variable of this shape lies with chance `p`.
pub fn gamma_quantile(shape: f64, p: f64) -> f64 {
    let top = shape + 40.0 * libm::sqrt(shape) + 200.0;
    turn(0.0, top, |x| gamma_below(shape, x) >= p)
}

/// The value below which a Student variable with `freedom` degrees of freedom lies with chance `p`; normal where
/// there are many.
pub fn student_quantile(freedom: f64, p: f64) -> f64 {
    if freedom.is_nan() || freedom > 1e6 {
        return normal_quantile(p);
    }
    let tail = p.min(1.0 - p);
    let beyond = |t: f64| beta_below(freedom / (freedom + t * t), freedom / 2.0, 0.5) / 2.0;
    let t = turn(0.0, 1e6, |t| beyond(t) <= tail);
    if p < 0.5 { -t } else { t }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_match_tables() {
        // Sums of binomial and Poisson terms, and tables of Student's t.
        let binomial = |n: i32, from: i32, p: f64| -> f64 {
            let term = |k: i32| {
                (0..k).fold(1.0, |c, i| c * f64::from(n - i) / f64::from(i + 1)) * p.powi(k) * (1.0 - p).powi(n - k)
            };
            (from..=n).map(term).fold(0.0, |sum, term| sum + term)
        };
        for (n, k, p) in [(10, 3, 0.2), (50, 40, 0.7), (5, 5, 0.5), (30, 1, 0.01)] {
            let beta = beta_below(p, f64::from(k), f64::from(n - k + 1));
            assert!((beta - binomial(n, k, p)).abs() < 1e-12, "{n} {k} {p}: {beta}");
        }
        // P(Poisson(3) >= 2) = 1 − 4 e^−3.
        assert!((gamma_below(2.0, 3.0) - (1.0 - 4.0 * libm::exp(-3.0))).abs() < 1e-13);
        assert!((gamma_quantile(0.5, 0.95) - 3.841458820694124 / 2.0).abs() < 1e-9);
        assert!((gamma_quantile(1e4, 0.5) - (1e4 - 1.0 / 3.0)).abs() < 1e-3);
        for (freedom, t) in [(1.0, 12.706204736), (9.0, 2.262157163), (99.0, 1.984216952)] {
            assert!((student_quantile(freedom, 0.975) - t).abs() < 1e-8, "{freedom}");
            assert!((student_quantile(freedom, 0.025) + t).abs() < 1e-8, "{freedom}");
        }
        assert!((student_quantile(f64::INFINITY, 0.975) - 1.959963985).abs() < 1e-8);
    }
}
