//! What an account counts: 1 for everybody, or `w_u`.

use super::attributes::numbers;
use super::network::Network;
use crate::base::{Error, Result};

/// Weights `w_u` of accounts, in whole units, so that sums are exact in any order: `w_u = units · unit`, the unit being the
/// largest weight over 65,535, or a power of two where that keeps every weight exactly.
///
/// Reach, its direct part and TunkRank count with the same weights, so that `R0 <= R <= I` holds for all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights {
    units: Vec<u32>,
    unit: f64,
}

/// So many units make the largest weight: sums over 2^32 accounts, and their squares over 2^32 worlds, stay whole.
const MOST: f64 = 65_535.0;

impl Weights {
    /// From numbers of at least 0, one an account.
    ///
    /// **Errors**: a number below 0 or out of range; only zeros; weights so far below the largest that more than a thousandth of all
    /// weight would round to nothing.
    pub fn new(weights: &[f64]) -> Result<Weights> {
        let wrong = |problem: String| Err(Error::parameter("--weight", problem));
        // Ends of the range of numbers, at which units would be none.
        let usable = |weight: f64| weight == 0.0 || (1e-200..=1e200).contains(&weight);
        if let Some(weight) = weights.iter().find(|weight| !usable(**weight)) {
            return wrong(format!("the weight {weight} is not a number of at least 0 (and at most 1e200)"));
        }
        let most = weights.iter().copied().fold(0.0, f64::max);
        if most == 0.0 && !weights.is_empty() {
            return wrong("all weights are 0: nobody counts".into());
        }
        // A power of two keeps weights such as 0, 0.5 and 1 as they are.
        let mut power = 1.0;
        while power < most {
            power *= 2.0;
        }
        while power / 2.0 >= most && most > 0.0 {
            power /= 2.0;
        }
        let exact = power / 32_768.0;
        let whole = |unit: f64| weights.iter().all(|weight| (weight / unit).fract() == 0.0);
        let unit = if whole(exact) { exact } else { most / MOST };
        // What rounds to nothing may be a thousandth of all, no more than what rounding moves anyway.
        let rounds_to_nothing = |weight: &&f64| **weight > 0.0 && libm::round(**weight / unit) == 0.0;
        let lost = weights.iter().filter(rounds_to_nothing).count();
        let lost_weight: f64 = weights.iter().filter(rounds_to_nothing).sum();
        if lost_weight > weights.iter().sum::<f64>() / 1000.0 {
            let problem = format!(
                "{lost} of {} weights are less than 1/{:.0} of the largest, {most}: they would count nothing",
                weights.len(),
                2.0 * MOST
            );
            return Err(
                Error::parameter("--weight", problem).with_hint("give these accounts 0, or limit the largest weight")
            );
        }
        Ok(Weights { units: weights.iter().map(|weight| libm::round(weight / unit) as u32).collect(), unit })
    }

    /// The numbers of a column of the accounts table; `parameter` asked for them.
    ///
    /// **Errors**: as [`Weights::new`] and [`numbers`].
    pub fn of_column(network: &Network, parameter: &'static str, name: &str) -> Result<Weights> {
        Weights::new(&numbers(network, parameter, name)?)
    }

    /// `w_u`.
    #[inline]
    pub fn of(&self, u: u32) -> f64 {
        self.units[u as usize] as f64 * self.unit
    }

    /// `w_u` in units.
    #[inline]
    pub(crate) fn units(&self, u: u32) -> u64 {
        u64::from(self.units[u as usize])
    }

    /// What one unit counts.
    pub(crate) fn unit(&self) -> f64 {
        self.unit
    }

    /// How many accounts.
    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_weights_are_kept_and_others_to_one_in_65_535() {
        for weights in [vec![0.0, 0.5, 1.0], vec![3.0, 1.0, 0.25], vec![1e-3 * 0.0, 7.0]] {
            let kept = Weights::new(&weights).unwrap();
            weights.iter().enumerate().for_each(|(u, &weight)| assert_eq!(kept.of(u as u32), weight));
        }
        let odd = [0.1, 0.7, 2.3, 0.0];
        let kept = Weights::new(&odd).unwrap();
        for (u, weight) in odd.iter().enumerate() {
            assert!((kept.of(u as u32) - weight).abs() <= 2.3 / MOST / 2.0 * 1.001);
        }
        assert!((kept.of(2) - 2.3).abs() < 1e-12);
    }

    #[test]
    fn nonsense_is_refused() {
        for (weights, says) in [
            (vec![1.0, -1.0], "-1 is not"),
            (vec![f64::NAN], "NaN is not"),
            (vec![f64::MAX], "is not a number"),
            (vec![1.0, f64::MIN_POSITIVE], "is not a number"),
            ([vec![1.0; 2000], vec![1e6]].concat(), "2000 of 2001 weights are less than 1/131070 of the largest"),
            (vec![0.0, 0.0], "nobody counts"),
        ] {
            assert!(Weights::new(&weights).unwrap_err().to_string().contains(says));
        }
        // A millionth of all.
        assert_eq!(Weights::new(&[1.0, 1e6]).unwrap().of(0), 0.0);
        assert!(Weights::new(&[]).unwrap().is_empty());
    }
}
