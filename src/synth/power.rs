//! Whole numbers by a power law between two bounds.

use crate::base::Result;
use crate::base::{Error, Run, par};
use crate::synth::Step;

/// `P(k) ~ k^-g` on `low, …, high`; the lowest value may weigh less, so that any mean can be met exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct PowerLaw {
    low: u32,
    /// Weights summed up from `low`.
    sums: Vec<f64>,
    mean: f64,
}

impl PowerLaw {
    /// The law on `low, …, high`.
    pub fn new(exponent: f64, low: u32, high: u32) -> PowerLaw {
        Self::weighted(exponent, low.max(1), high.max(low.max(1)), 1.0)
    }

    fn weighted(exponent: f64, low: u32, high: u32, first: f64) -> PowerLaw {
        let (mut all, mut moment) = (0.0, 0.0);
        let sums = (low..=high)
            .map(|k| {
                // Scaled by the lowest, so that nothing underflows.
                let weight = libm::exp(-exponent * libm::log(f64::from(k) / f64::from(low)));
                let weight = if k == low { first * weight } else { weight };
                all += weight;
                moment += weight * f64::from(k);
                all
            })
            .collect();
        PowerLaw { low, sums, mean: moment / all }
    }

    /// The law on some `low, …, high` whose mean is exactly `mean`: all values above `low` follow it, and `low` weighs
    /// what is left for the mean. An error names the means that can be met.
    pub fn with_mean(exponent: f64, mean: f64, high: u32) -> Result<PowerLaw> {
        let lowest = PowerLaw::new(exponent, 1, high).mean;
        if !(lowest..=f64::from(high)).contains(&mean) {
            let text = format!(
                "must be from {lowest:.3} to {high} for an exponent of {exponent} up to a degree of {high}, not {mean}"
            );
            return Err(Error::parameter("--mean-degree", text));
        }
        // From above: sums over k, k + 1, …, high, scaled by the highest.
        let weight = |k: u32| libm::exp(-exponent * libm::log(f64::from(k) / f64::from(high)));
        let (mut all, mut moment, mut low) = (0.0, 0.0, high);
        loop {
            let (next, moved) = (all + weight(low), moment + weight(low) * f64::from(low));
            if low == 1 || moved / next <= mean {
                break;
            }
            (all, moment, low) = (next, moved, low - 1);
        }
        let first = match f64::from(low) {
            lowest if mean > lowest => (moment - mean * all) / (weight(low) * (mean - lowest)),
            _ => 1.0,
        };
        Ok(Self::weighted(exponent, low, high, first.clamp(0.0, 1.0)))
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The lowest value.
    pub fn low(&self) -> u32 {
        self.low
    }

    /// The lowest value above which the law holds without exception, for estimates of the exponent.
    pub fn pure_from(&self) -> u32 {
        self.low + 1
    }

    /// The value of a number in [0, 1).
    pub fn draw(&self, unit: f64) -> u32 {
        let all = self.sums[self.sums.len() - 1];
        let place = self.sums.partition_point(|&sum| sum <= unit * all);
        self.low + place.min(self.sums.len() - 1) as u32
    }

    /// A value for each of `count` accounts.
    pub(crate) fn degrees(&self, run: &Run, step: Step, count: usize) -> Result<Vec<u32>> {
        let key = step.key(run, 0);
        let mut degrees = vec![0u32; count];
        par::fill(run, &par::chunks(count, 1 << 14), &mut degrees, |range, part| {
            range.zip(part).for_each(|(account, degree)| *degree = self.draw(key.unit(account as u64)));
        })?;
        Ok(degrees)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_mean_is_met_exactly() {
        for (exponent, mean, high) in
            [(2.5, 20.0, 200), (2.0, 15.5, 1000), (3.0, 1.5, 50), (0.0, 7.3, 12), (2.0, 9.0, 9)]
        {
            let law = PowerLaw::with_mean(exponent, mean, high).unwrap();
            assert!((law.mean() - mean).abs() < 1e-9, "{exponent} {mean}: {}", law.mean());
            assert!(law.low() as f64 <= mean);
        }
        let error = PowerLaw::with_mean(2.5, 300.0, 200).unwrap_err().to_string();
        assert!(error.contains("not 300") && error.contains("to 200"), "{error}");
        assert!(PowerLaw::with_mean(2.5, 1.0, 200).is_err());
        assert!(PowerLaw::with_mean(2.5, f64::NAN, 200).is_err());
    }

    #[test]
    fn values_come_as_often_as_the_law_says() {
        let law = PowerLaw::new(2.0, 2, 4);
        // Weights 1/4, 1/9, 1/16: shares .590, .262, .148. Evenly spaced numbers meet them to 1e-3.
        let mut counts = [0u32; 5];
        (0..1000).for_each(|i| counts[law.draw(f64::from(i) / 1000.0) as usize] += 1);
        assert!(counts[2].abs_diff(590) <= 1 && counts[3].abs_diff(262) <= 1 && counts[4].abs_diff(148) <= 1);
        assert_eq!(law.draw(1.0), 4);
    }
}
