//! What is expected of groups that said nothing: laws of a few expected shares, and those between.

use super::law::Law;
use super::strength::Strengths;
use crate::base::stats::Interval;
use crate::base::{Result, Run, par};
use crate::risk::SignError;

/// Laws that are computed, at evenly spread logits of expected shares.
const LAWS: usize = 193;

/// The logit of the largest expected share.
const MOST: f64 = 6.906_754_778_648_554;

/// What is known of a resonance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Known {
    pub s: f64,
    pub interval: Interval,
    pub against: f64,
    pub law: Vec<f64>,
}

impl Known {
    /// From the law of a share.
    pub fn of(law: &Law) -> Known {
        let scaled = |share: f64| 2.0 * share - 1.0;
        Known {
            s: scaled(law.mean),
            interval: Interval { low: scaled(law.quantile(0.025)), high: scaled(law.quantile(0.975)) },
            against: law.below(0.5),
            law: law.kept(),
        }
    }

    /// On the way to another.
    fn towards(&self, other: &Known, part: f64) -> Known {
        let mix = |a: f64, b: f64| a + part * (b - a);
        Known {
            s: mix(self.s, other.s),
            interval: Interval {
                low: mix(self.interval.low, other.interval.low),
                high: mix(self.interval.high, other.interval.high),
            },
            against: mix(self.against, other.against),
            law: self.law.iter().zip(&other.law).map(|(&a, &b)| mix(a, b)).collect(),
        }
    }
}

/// Laws of those who said nothing.
#[derive(Debug, Clone)]
pub(super) struct Silent(Vec<Known>);

impl Silent {
    /// With the strengths that cells have.
    pub fn new(strengths: &Strengths, run: &Run) -> Result<Silent> {
        let one = |at: usize| {
            let logit = MOST * (2.0 * at as f64 / (LAWS - 1) as f64 - 1.0);
            let mean = 1.0 / (1.0 + libm::exp(-logit));
            Known::of(&Law::new(0.0, 0.0, mean, strengths, &SignError::NONE))
        };
        let parts = par::map(run, &par::chunks(LAWS, 8), |range| Ok(range.map(one).collect::<Vec<_>>()))?;
        Ok(Silent(parts.concat()))
    }

    /// Where this share is expected; between laws computed it is off by less than 0.001.
    pub fn of(&self, mean: f64) -> Known {
        let logit = libm::log(mean / (1.0 - mean)).clamp(-MOST, MOST);
        let place = (logit / MOST + 1.0) / 2.0 * (LAWS - 1) as f64;
        let below = (libm::floor(place) as usize).min(LAWS - 2);
        self.0[below].towards(&self.0[below + 1], place - below as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn between_laws_computed_nothing_is_missed() {
        let strengths = Strengths::of(&[(0.5, 0.1), (10.0, 0.5), (316.0, 0.4)]);
        let silent = Silent::new(&strengths, &Run::default()).unwrap();
        for mean in [0.0011, 0.03, 0.2, 0.487, 0.501, 0.77, 0.9, 0.9985] {
            let exact = Known::of(&Law::new(0.0, 0.0, mean, &strengths, &SignError::NONE));
            let found = silent.of(mean);
            assert!((found.s - exact.s).abs() < 1e-3 && (found.against - exact.against).abs() < 2e-3, "{mean}");
            assert!((found.interval.low - exact.interval.low).abs() < 1e-3, "{mean}");
            assert!((found.interval.high - exact.interval.high).abs() < 1e-3, "{mean}");
        }
        assert_eq!(silent.of(0.5), Known::of(&Law::new(0.0, 0.0, 0.5, &strengths, &SignError::NONE)));
    }
}
