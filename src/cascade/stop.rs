//! When to stop sampling: an error that stays valid although it was looked at while sampling went on.

use crate::base::stats::{Tally, Z95, normal_quantile};

/// The chance with which a simulation error may be understated.
pub const ALPHA: f64 = 0.05;

/// Fewer worlds with any cascade than this, and the sample's variance is not trusted alone.
pub const FEW_EVENTS: u64 = 50;

/// Worlds at the first look; each later look has twice as many.
pub const FIRST: u64 = 512;

/// The half-width, in standard errors, of look number `look` (from 1) at a growing sample.
///
/// The error probability is split over the looks, `alpha_k = 0.05 / (k (k + 1))`, which adds up to 0.05: whenever
/// sampling stops, the interval covers with at least 95% as far as the normal approximation holds.
pub fn z_of_look(look: u32) -> f64 {
    let look = f64::from(look.max(1));
    normal_quantile(1.0 - ALPHA / (look * (look + 1.0)) / 2.0)
}

/// The half-width of the only look at a sample of fixed size.
pub fn z_fixed() -> f64 {
    Z95
}

/// Half the width of the interval around the mean of a tally.
///
/// Normal approximation. Cascades are rare where resharing is: while fewer than [`FEW_EVENTS`] worlds held one, the
/// variance is at least `floor`, that of the second hop known from the model, so that a sample without a
/// cascade is not taken for the proof that there is none.
pub fn half_width(tally: &Tally, events: u64, floor: f64, z: f64) -> f64 {
    if tally.count == 0 {
        return f64::INFINITY;
    }
    let variance = match tally.count {
        1 => f64::INFINITY,
        _ => tally.variance(),
    };
    let variance = if events < FEW_EVENTS { variance.max(floor) } else { variance };
    z * libm::sqrt(variance / tally.count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_share_the_error_probability() {
        assert!((z_of_look(1) - normal_quantile(1.0 - 0.0125)).abs() < 1e-12);
        let total: f64 = (1..100_000).map(|k| ALPHA / (f64::from(k) * f64::from(k + 1))).sum();
        assert!(total <= ALPHA && total > 0.0499);
        assert!(z_of_look(12) > z_of_look(2));
    }

    #[test]
    fn nothing_seen_is_not_nothing() {
        let mut tally = Tally::default();
        (0..100).for_each(|_| tally.add(0));
        assert_eq!(half_width(&tally, 0, 0.0, 2.0), 0.0);
        assert!((half_width(&tally, 0, 4.0, 2.0) - 0.4).abs() < 1e-12);
        assert_eq!(half_width(&tally, FEW_EVENTS, 4.0, 2.0), 0.0);
        assert!(half_width(&Tally::default(), 0, 0.0, 2.0).is_infinite());
    }
}
