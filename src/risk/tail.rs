//! The tail of the loss over draws of a scenario: value at risk, and the mean loss of the worst draws.

use serde::Serialize;

use crate::base::stats::{ExactSum, Interval, Z95, beta_below};
use crate::base::{Error, Result};

/// So many draws are asked for beyond the value at risk.
const BEYOND: f64 = 20.0;

/// How bad the worst draws are.
///
/// Formula: VaR is the least loss that a share `alpha` of the draws does not pass, `min {x : P(L <= x) >= alpha}`, and
/// `CVaR = VaR + E[(L − VaR)+] / (1 − alpha)`: the mean of the worst share `1 − alpha` of the draws, of a loss with atoms only as
/// much as belongs to that share. CVaR is also the least value of `eta + E[(L − eta)+]/(1 − alpha)` over `eta`.
///
/// **Input**: the loss of each draw (people, or money), 0 or more. **Returns**: in the unit of the losses; all intervals are 95%.
/// VaR's is between two of the losses by the binomial distribution of how many draws lie below it (exact); CVaR's by the normal
/// approximation, from the standard error of the mean excess (Trindade et al. 2007), and not below the mean loss. They hold the
/// sampling of draws alone: chances are the user's. **Guarantee**: of the draws, exact. Where few draws are behind
/// ([`Tail::beyond`]) the interval of CVaR is too narrow. **Cost**: a sort. **Errors**: alpha not between 0 and 1, a loss that is
/// none, fewer than 20/(1 − alpha) draws. **Determinism**: sums are exact, the order of the draws does not matter.
///
/// **References**: Rockafellar & Uryasev (2000), J. of Risk 2(3); (2002), J. of Banking & Finance 26, for atoms.
///
/// ```
/// let losses: Vec<f64> = (0..1000).map(|draw| if draw < 30 { 100.0 } else { 0.0 }).collect();
/// let tail = truereach::risk::Tail::of(&losses, 0.95)?;
/// // Losses in 30 of the worst 50 draws.
/// assert!(tail.var == 0.0 && (tail.cvar - 60.0).abs() < 1e-9);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Tail {
    /// The share of draws that are not the worst.
    pub alpha: f64,
    /// How many draws.
    pub draws: u64,
    /// The mean loss.
    pub mean: f64,
    /// Its interval.
    pub mean_interval: Interval,
    /// The share of draws with any loss.
    pub chance_of_loss: f64,
    /// Its interval (Wilson).
    pub chance_interval: Interval,
    /// Value at risk.
    pub var: f64,
    /// Its interval.
    pub var_interval: Interval,
    /// The mean loss of the worst draws.
    pub cvar: f64,
    /// Its standard error.
    pub cvar_error: f64,
    /// Its interval.
    pub cvar_interval: Interval,
    /// The largest loss drawn.
    pub worst: f64,
    /// Draws with a larger loss than VaR.
    pub beyond: u64,
}

impl Tail {
    /// The tail of the losses of draws.
    pub fn of(losses: &[f64], alpha: f64) -> Result<Tail> {
        check_alpha(alpha)?;
        check_losses(losses)?;
        let needed = least(alpha);
        if (losses.len() as f64) < needed {
            return Err(Error::NotEstimable {
                figure: format!("The loss of the worst {} of the draws", percent(1.0 - alpha)),
                needs: format!("{needed} draws of the scenario or more; there are {}", losses.len()),
            });
        }
        let mut sorted = losses.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let draws = sorted.len();
        let n = draws as f64;
        let at = at_var(draws, alpha);
        let var = sorted[at];
        let excess = |loss: f64| (loss - var).max(0.0);
        let above = sorted[at..].partition_point(|&loss| loss <= var);
        let tail = &sorted[at + above..];
        let (mean, mean_error) = mean_and_error(sorted.iter().copied(), n);
        let (beyond, beyond_error) = mean_and_error(tail.iter().map(|&loss| excess(loss)), n);
        let cvar = var + beyond / (1.0 - alpha);
        let cvar_error = beyond_error / (1.0 - alpha);
        let with_loss = draws - sorted.partition_point(|&loss| loss <= 0.0);
        let chance_of_loss = with_loss as f64 / n;
        let around = |value: f64, error: f64| Interval::around(value, Z95 * error);
        let cvar_interval = around(cvar, cvar_error);
        Ok(Tail {
            alpha,
            draws: draws as u64,
            mean,
            mean_interval: Interval { low: (mean - Z95 * mean_error).max(0.0), ..around(mean, mean_error) },
            chance_of_loss,
            chance_interval: Interval::wilson(chance_of_loss, n),
            var,
            var_interval: order_interval(&sorted, alpha),
            cvar,
            cvar_error,
            cvar_interval: Interval { low: cvar_interval.low.max(mean.min(cvar)), ..cvar_interval },
            worst: sorted[draws - 1],
            beyond: tail.len() as u64,
        })
    }

    /// The same in another unit: every loss times `value`, such as what a person turned costs.
    ///
    /// **Errors**: a value that is not a number of 0 or more.
    pub fn times(&self, value: f64) -> Result<Tail> {
        if !(value >= 0.0 && value.is_finite()) {
            return Err(Error::parameter("--value", format!("{value} is not a number of 0 or more")));
        }
        let scaled = |range: Interval| Interval { low: range.low * value, high: range.high * value };
        Ok(Tail {
            mean: self.mean * value,
            mean_interval: scaled(self.mean_interval),
            var: self.var * value,
            var_interval: scaled(self.var_interval),
            cvar: self.cvar * value,
            cvar_error: self.cvar_error * value,
            cvar_interval: scaled(self.cvar_interval),
            worst: self.worst * value,
            ..self.clone()
        })
    }

    /// How much each draw counts among the worst: weights that add up to 1, and whose losses add up to CVaR. Draws at VaR share
    /// what those above it leave.
    ///
    /// **Errors**: losses that are not those of this tail.
    pub fn weights(&self, losses: &[f64]) -> Result<Vec<f64>> {
        let above = losses.iter().filter(|&&loss| loss > self.var).count();
        let equal = losses.iter().filter(|&&loss| loss == self.var).count();
        if losses.len() as u64 != self.draws || above as u64 != self.beyond || equal == 0 {
            return Err(Error::parameter("losses", "they are not those that this tail was made of"));
        }
        let worst = (1.0 - self.alpha) * losses.len() as f64;
        let rest = (worst - above as f64).max(0.0) / equal as f64;
        let weight = |loss: &f64| match loss.total_cmp(&self.var) {
            std::cmp::Ordering::Less => 0.0,
            _ if *loss == self.var => rest / worst,
            _ => 1.0 / worst,
        };
        Ok(losses.iter().map(weight).collect())
    }
}

/// So many draws are needed at least.
pub(super) fn least(alpha: f64) -> f64 {
    libm::ceil(BEYOND / (1.0 - alpha) * (1.0 - 1e-9)).max(1.0)
}

/// CVaR of `draws` losses of which those above 0 are given, in any order; the others are 0.
pub(super) fn cvar_of(mut above: Vec<f64>, draws: usize, alpha: f64) -> f64 {
    above.sort_unstable_by(f64::total_cmp);
    let at = at_var(draws, alpha);
    let var = (at + above.len()).checked_sub(draws).and_then(|at| above.get(at)).copied().unwrap_or(0.0);
    let excess: ExactSum = above.iter().map(|&loss| (loss - var).max(0.0)).collect();
    var + excess.value() / draws as f64 / (1.0 - alpha)
}

/// The place of VaR among `draws` sorted losses: the least with a share alpha of them up to it.
fn at_var(draws: usize, alpha: f64) -> usize {
    // 0.55·100 is a little more than 55 in binary: what is that near to a whole number is meant to be one.
    let place = libm::ceil(alpha * draws as f64 - 1e-6);
    (place.max(1.0) as usize - 1).min(draws.saturating_sub(1))
}

/// The mean over `n` values, those not given being 0, and its standard error: exact sums, so that no order matters.
fn mean_and_error(values: impl Iterator<Item = f64> + Clone, n: f64) -> (f64, f64) {
    let mean = values.clone().collect::<ExactSum>().value() / n;
    let given = values.clone().count() as f64;
    let spread: ExactSum = values.map(|value| (value - mean) * (value - mean)).collect();
    let spread = spread.value() + (n - given) * mean * mean;
    (mean, if n > 1.0 { libm::sqrt(spread / (n - 1.0) / n) } else { f64::INFINITY })
}

/// The 95% interval of a quantile: two of the sorted values, by the binomial distribution of how many lie below it.
fn order_interval(sorted: &[f64], alpha: f64) -> Interval {
    let n = sorted.len();
    // P(at most k of n draws lie below).
    let up_to = |k: usize| if k >= n { 1.0 } else { beta_below(1.0 - alpha, (n - k) as f64, k as f64 + 1.0) };
    let first = |passes: &dyn Fn(usize) -> bool| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = low + (high - low) / 2;
            if passes(middle) { high = middle } else { low = middle + 1 }
        }
        low
    };
    // The k-th value, from 1, is above the quantile with P(at most k − 1 below), and below it with what is left.
    let low = first(&|k| up_to(k) > 0.025);
    let high = first(&|k| up_to(k) >= 0.975) + 1;
    let low = if low == 0 { 0.0 } else { sorted[low - 1] };
    Interval { low, high: if high > n { f64::INFINITY } else { sorted[high - 1] } }
}

pub(super) fn check_alpha(alpha: f64) -> Result<()> {
    if alpha > 0.0 && alpha < 1.0 {
        return Ok(());
    }
    let hint = "0.95 looks at the worst 5 in 100 draws";
    Err(Error::parameter("--alpha", format!("{alpha} does not lie between 0 and 1")).with_hint(hint))
}

pub(super) fn check_losses(losses: &[f64]) -> Result<()> {
    match losses.iter().find(|loss| !(loss.is_finite() && **loss >= 0.0)) {
        Some(loss) => Err(Error::parameter("losses", format!("{loss} is no loss: it is a number of 0 or more"))),
        None => Ok(()),
    }
}

/// A share in words: 5%, 0.35%.
pub(super) fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent == 0.0 || !percent.is_finite() {
        return "0%".into();
    }
    // Three digits, without zeros at the end.
    let decimals = (2 - libm::floor(libm::log10(percent)) as i32).clamp(0, 17) as usize;
    let text = format!("{percent:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}%")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sorted from the worst, the mean of the first (1 − alpha)·n with a part of the last one.
    fn cvar_by_sorting(losses: &[f64], alpha: f64) -> f64 {
        let mut sorted = losses.to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let worst = (1.0 - alpha) * losses.len() as f64;
        let (mut sum, mut left) = (0.0, worst);
        for loss in sorted {
            let part = f64::min(1.0, left);
            sum += part * loss;
            left -= part;
        }
        sum / worst
    }

    /// The least of eta + mean((L − eta)+)/(1 − alpha) over the losses, one of which is where it is least.
    fn cvar_by_minimising(losses: &[f64], alpha: f64) -> f64 {
        let value = |eta: f64| {
            let excess: f64 = losses.iter().map(|loss| f64::max(loss - eta, 0.0)).sum();
            eta + excess / losses.len() as f64 / (1.0 - alpha)
        };
        losses.iter().map(|&eta| value(eta)).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn hand_values() {
        let of = |values: &[(f64, usize)], alpha| {
            let losses: Vec<f64> = values.iter().flat_map(|&(loss, times)| vec![loss; times]).collect();
            Tail::of(&losses, alpha).unwrap()
        };
        let nothing = of(&[(0.0, 400)], 0.95);
        assert_eq!((nothing.var, nothing.cvar, nothing.worst, nothing.beyond), (0.0, 0.0, 0.0, 0));
        assert_eq!((nothing.chance_of_loss, nothing.chance_interval.low), (0.0, 0.0));
        let equal = of(&[(7.0, 400)], 0.95);
        assert_eq!((equal.var, equal.cvar, equal.cvar_interval), (7.0, 7.0, Interval::point(7.0)));
        assert_eq!(equal.var_interval, Interval::point(7.0));
        // 96 in 100 lose nothing, 3 lose 10, 1 loses 100: of the worst 5 in 100 one part is without loss.
        let atoms = of(&[(100.0, 10), (0.0, 960), (10.0, 30)], 0.95);
        assert_eq!((atoms.var, atoms.beyond), (0.0, 40));
        assert!((atoms.cvar - (100.0 + 30.0) / 5.0).abs() < 1e-12);
        // Exactly at the step of the distribution VaR is its lower end: 95 in 100 lose nothing.
        let step = of(&[(0.0, 950), (10.0, 50)], 0.95);
        assert_eq!(step.var, 0.0);
        assert!((step.cvar - 10.0).abs() < 1e-9);
        assert_eq!(of(&[(0.0, 949), (10.0, 51)], 0.95).var, 10.0);
        // 0.55·100 is not quite 55 in binary.
        assert_eq!(of(&[(0.0, 55), (1.0, 45)], 0.55).var, 0.0);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for alpha in [0.0, 1.0, -0.5, 1.5, f64::NAN] {
            let error = Tail::of(&[1.0; 1000], alpha).unwrap_err().to_string();
            assert!(error.starts_with("--alpha: ") && error.contains("does not lie between 0 and 1"), "{error}");
        }
        for loss in [-1.0, f64::NAN, f64::INFINITY] {
            assert!(Tail::of(&[&[loss][..], &[0.0; 1000]].concat(), 0.95).unwrap_err().to_string().contains("no loss"));
        }
        let error = Tail::of(&[0.0; 399], 0.95).unwrap_err().to_string();
        assert!(
            error.contains("The loss of the worst 5% of the draws cannot") && error.contains("400 draws"),
            "{error}"
        );
        assert!(Tail::of(&[0.0; 400], 0.95).is_ok() && Tail::of(&[0.0; 2000], 0.99).is_ok());
        assert!(Tail::of(&[0.0; 1999], 0.99).is_err() && Tail::of(&[], 1e-9).is_err());
    }

    #[test]
    fn another_unit_changes_nothing_else() {
        let losses: Vec<f64> = (0..1000).map(f64::from).collect();
        let tail = Tail::of(&losses, 0.9).unwrap();
        let money = tail.times(2.5).unwrap();
        let dear: Vec<f64> = losses.iter().map(|loss| loss * 2.5).collect();
        let again = Tail::of(&dear, 0.9).unwrap();
        assert!((money.cvar - again.cvar).abs() < 1e-9 && money.var == again.var && money.beyond == tail.beyond);
        assert!(tail.times(-1.0).is_err() && tail.times(f64::NAN).is_err());
    }

    #[test]
    fn intervals_of_the_value_at_risk_are_the_binomials() {
        // Of 1000 values 1..=1000 at 0.95: scipy.stats.binom(1000, 0.95).ppf(0.025) = 936, ppf(0.975) = 963.
        let losses: Vec<f64> = (1..=1000).map(f64::from).collect();
        let tail = Tail::of(&losses, 0.95).unwrap();
        assert_eq!((tail.var, tail.var_interval), (950.0, Interval { low: 936.0, high: 964.0 }));
        // Where the lowest may be above it, there is no end below.
        assert_eq!(Tail::of(&[3.0; 25], 0.01).unwrap().var_interval, Interval { low: 0.0, high: 3.0 });
    }

    proptest! {
        #[test]
        fn three_ways_to_the_same_tail(
            mut losses in prop::collection::vec(prop_oneof![Just(0.0), 0.0f64..50.0, (0u8..4).prop_map(f64::from)], 200..300),
            alpha in prop_oneof![Just(0.9), Just(0.55), 0.01f64..0.9],
        ) {
            let tail = Tail::of(&losses, alpha).unwrap();
            prop_assert!((tail.cvar - cvar_by_sorting(&losses, alpha)).abs() < 1e-6);
            prop_assert!((tail.cvar - cvar_by_minimising(&losses, alpha)).abs() < 1e-6);
            // The definition of VaR: the share up to it, and up to any lower loss.
            let up_to = |x: f64| losses.iter().filter(|&&loss| loss <= x).count() as f64;
            let below = losses.iter().filter(|&&loss| loss < tail.var).count() as f64;
            prop_assert!(up_to(tail.var) >= alpha * losses.len() as f64 - 1e-6);
            prop_assert!(below < alpha * losses.len() as f64);
            prop_assert!(tail.mean <= tail.cvar + 1e-9 && tail.var <= tail.cvar && tail.cvar <= tail.worst + 1e-6);
            let given: Vec<f64> = losses.iter().copied().filter(|&loss| loss > 0.0).collect();
            prop_assert!((cvar_of(given, losses.len(), alpha) - tail.cvar).abs() < 1e-9);
            let weights = tail.weights(&losses).unwrap();
            let of_weights: f64 = weights.iter().zip(&losses).map(|(weight, loss)| weight * loss).sum();
            prop_assert!((of_weights - tail.cvar).abs() < 1e-6 && (weights.iter().sum::<f64>() - 1.0).abs() < 1e-6);
            // The order of draws does not matter, to the bit.
            losses.reverse();
            prop_assert_eq!(Tail::of(&losses, alpha).unwrap(), tail);
        }
    }

    #[test]
    fn shares_read_well() {
        assert_eq!(
            [0.05, 0.0035, 0.123456, 1.0, 0.0, 1e-6].map(percent),
            ["5%", "0.35%", "12.3%", "100%", "0%", "0.0001%"]
        );
    }
}
