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
/// The cascade part c is taken as a count of events of one size e = variance / c, as Wilson (1927) does for shares:
/// the interval is all c' with `|c − c'| <= t sqrt(e c')`, which is wider upwards and never empty. Where batches do not
/// differ at all, the variance is that of one event seen once (`people` squared): with no event seen, the upper end is
/// t² = 4.5 events, above the 3 of the rule of three. Estimate and ends are then moved into `direct..most`, where the
/// truth lies: that brings them nearer to it, whatever it is.
pub(super) fn interval(found: Estimate, known: Known, people: f64) -> (f64, Interval) {
    let inside = |value: f64| value.min(known.most).max(known.direct);
    let cascade = (found.mean - known.direct).max(0.0);
    let (variance, least) = match found.variance > 0.0 {
        true => (found.variance, f64::MIN_POSITIVE),
        false => (people * people, people),
    };
    let event = variance / cascade.max(least);
    let shift = T95 * T95 * event / 2.0;
    let half = libm::sqrt(T95 * T95 * variance + shift * shift);
    let centre = known.direct + cascade + shift;
    let reach = inside(found.mean);
    // The centre lies above the estimate; rounding must not leave the estimate outside.
    let ends = Interval { low: inside(centre - half).min(reach), high: inside(centre + half).max(reach) };
    (reach, ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Known = Known { direct: 2.0, most: 1e6 };

    #[test]
    fn nothing_seen_is_not_nothing() {
        let (reach, ends) = interval(Estimate { mean: 2.0, variance: 0.0 }, WIDE, 0.5);
        assert_eq!((reach, ends.low), (2.0, 2.0));
        assert!((ends.high - 2.0 - T95 * T95 * 0.5).abs() < 1e-12, "{ends:?}");
    }

    #[test]
    fn many_events_give_the_plain_interval() {
        let (reach, ends) = interval(Estimate { mean: 1002.0, variance: 4.0 }, WIDE, 1e-6);
        assert_eq!(reach, 1002.0);
        assert!((ends.half_width() / (2.0 * T95) - 1.0).abs() < 1e-4 && ends.high - 1002.0 > 1002.0 - ends.low);
    }

    #[test]
    fn what_is_certain_bounds_estimate_and_ends() {
        let known = Known { direct: 5.0, most: 6.0 };
        for mean in [-3.0, 4.9, 5.5, 9.0] {
            let (reach, ends) = interval(Estimate { mean, variance: 1.0 }, known, 0.1);
            assert!(5.0 <= ends.low && ends.low <= reach && reach <= ends.high && ends.high <= 6.0);
        }
    }
}
