//! From estimates with their spread to 95% intervals within what is known for certain.

use super::steps::{BATCHES, Estimate};
use crate::base::stats::Interval;

/// The 97.5% point of Student's t with one degree of freedom less than there are batches.
const T95: f64 = 2.131_449_545_559_323;
const _: () = assert!(BATCHES == 16);

/// What is known of an account's reach without sampling: `direct <= reach <= most`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub direct: f64,
    pub most: f64,
}

/// The reach of an account with its interval.
///
/// The estimate is a sum over chance events less another. As Wilson (1927) does for shares, each end is where the truth
/// would have to lie for the estimate to be t standard errors off, when the variance grows with the sums themselves:
/// events of size `rise` make the interval reach further up, those of size `fall` further down. Half an event more is
/// due on the other side, since events come whole (a correction for continuity): without it an interval begins above
/// the truth whenever an event with a chance of .1 happens. Where the batches do not differ at all, each size is that of
/// one event seen once: both ends lie over 3 events off, as the rule of three has it. Estimate and ends are then moved into `direct..most`, where the truth lies: that brings them nearer to it, whatever it
/// is.
pub(super) fn interval(found: Estimate, known: Known) -> (f64, Interval) {
    let inside = |value: f64| value.min(known.most).max(known.direct);
    let (rise, fall) = (T95 * T95 * found.rise / 2.0, T95 * T95 * found.fall / 2.0);
    let half = libm::sqrt(T95 * T95 * found.variance + rise * rise + fall * fall);
    let centre = found.mean + rise - fall;
    let reach = inside(found.mean);
    // Rounding must not leave the estimate outside.
    let (low, high) = (centre - half - found.rise / 2.0, centre + half + found.fall / 2.0);
    (reach, Interval { low: inside(low).min(reach), high: inside(high).max(reach) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Known = Known { direct: 2.0, most: 1e6 };

    fn estimate(mean: f64, variance: f64, rise: f64, fall: f64) -> Estimate {
        Estimate { mean, variance, rise, fall }
    }

    #[test]
    fn nothing_seen_is_not_nothing() {
        let (reach, ends) = interval(estimate(3.0, 0.0, 0.1, 0.1), WIDE);
        assert_eq!(reach, 3.0);
        let off = (T95 * T95 / 2.0 * libm::sqrt(2.0) + 0.5) * 0.1;
        assert!(off > 0.3 && (ends.high - 3.0 - off).abs() < 1e-12 && (3.0 - ends.low - off).abs() < 1e-12, "{ends:?}");
    }

    #[test]
    fn many_events_give_the_plain_interval() {
        let (reach, ends) = interval(estimate(1002.0, 4.0, 4e-3, 1e-6), WIDE);
        assert_eq!(reach, 1002.0);
        assert!((ends.half_width() / (2.0 * T95) - 1.0).abs() < 1e-3 && ends.high - 1002.0 > 1002.0 - ends.low);
    }

    /// A plain count of events of size 1 gets Wilson's interval, `|c − c'| = t sqrt(c')` at both ends, and half an event more
    /// below.
    #[test]
    fn counts_get_the_interval_of_wilson() {
        for count in [4.0, 9.0, 30.0] {
            let (_, ends) = interval(estimate(2.0 + count, count, 1.0, 0.0), WIDE);
            for end in [ends.low + 0.5, ends.high] {
                let off = (count - (end - 2.0)).abs();
                assert!((off - T95 * libm::sqrt(end - 2.0)).abs() < 1e-9, "{count} {ends:?}");
            }
        }
    }

    #[test]
    fn what_is_certain_bounds_estimate_and_ends() {
        let known = Known { direct: 5.0, most: 6.0 };
        for mean in [-3.0, 4.9, 5.5, 9.0] {
            let (reach, ends) = interval(estimate(mean, 1.0, 0.1, 0.2), known);
            assert!(5.0 <= ends.low && ends.low <= reach && reach <= ends.high && ends.high <= 6.0);
        }
    }
}
