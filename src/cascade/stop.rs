//! When to stop sampling: an error that stays valid although it was looked at while sampling went on.

use crate::base::stats::{Tally, Z95, normal_quantile};

/// The chance with which a simulation error may be understated.
pub const ALPHA: f64 = 0.05;

/// A follower who is expected to reshare in fewer of the sampled worlds than this may not have been seen resharing: at
/// this many, the chance of never having seen it is e^−10, one in 22,000.
pub const SEEN: f64 = 10.0;

/// Worlds at the first look; each later look has twice as many.
pub const FIRST: u64 = 512;

/// Worlds at the first look, where the next is planned by what was seen ([`next`]): as many as [`FIRST`] where worlds are
/// cheap, for the sake of the figures beside reach; fewer, at least 64, where creators have many `followers` between them.
pub fn first(followers: u64) -> u64 {
    (CHEAP / followers.max(1)).clamp(64, FIRST)
}

/// Coins of creators' own followers that are soon tossed.
const CHEAP: u64 = 1 << 22;

/// Worlds at the next look, after a half-width of `half` from `worlds` worlds where `goal` is asked for: somewhat more than
/// it seems to take, so that two or three looks are enough.
pub fn next(worlds: u64, half: f64, goal: f64) -> u64 {
    let ratio = half / goal;
    // A look costs little, and error probability; a half-width seen too large would cost worlds.
    let growth = if ratio.is_finite() { (1.1 * ratio * ratio).clamp(1.5, 8.0) } else { 8.0 };
    (worlds as f64 * growth) as u64
}

/// The quantile of Student's t for `count` observations where `z` is that of the normal distribution (Fisher & Cornish
/// 1960, the first term): the standard error is estimated as well.
pub fn student(z: f64, count: u64) -> f64 {
    z + (z * z * z + z) / (4.0 * (count.max(2) - 1) as f64)
}

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
/// Normal approximation, with the variance at least `floor`: what the followers who are too rarely seen resharing
/// ([`SEEN`]) add to the variance of the second hop by the model. So a sample that happens to miss the one follower
/// with a huge audience of their own is not taken for the proof that there is none. Beyond the second hop nothing
/// guards against what no world has shown.
pub fn half_width(tally: &Tally, floor: f64, z: f64) -> f64 {
    if tally.count == 0 {
        return f64::INFINITY;
    }
    let variance = match tally.count {
        1 => f64::INFINITY,
        _ => tally.variance(),
    };
    z * libm::sqrt(variance.max(floor) / tally.count as f64)
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
    fn the_next_look_is_where_the_goal_should_be_met() {
        assert_eq!((first(0), first(5000), first(20_000), first(1 << 30)), (512, 512, 209, 64));
        assert_eq!((next(64, 2.0, 1.0), next(64, 1.01, 1.0)), (281, 96));
        // Nothing is believed that would cost more than eight times what was paid.
        assert_eq!((next(64, 100.0, 1.0), next(64, f64::INFINITY, 1.0), next(64, 1.0, 0.0)), (512, 512, 512));
        // t of 63 degrees of freedom at 97.5%: 1.99834.
        assert!((student(Z95, 64) - 1.99834).abs() < 1e-3);
        assert!((student(Z95, 1_000_000) - Z95).abs() < 1e-5);
    }

    #[test]
    fn nothing_seen_is_not_nothing() {
        let mut tally = Tally::default();
        (0..100).for_each(|_| tally.add(0));
        assert_eq!(half_width(&tally, 0.0, 2.0), 0.0);
        assert!((half_width(&tally, 4.0, 2.0) - 0.4).abs() < 1e-12);
        assert!(half_width(&Tally::default(), 0.0, 2.0).is_infinite());
    }
}
