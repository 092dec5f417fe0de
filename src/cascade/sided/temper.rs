//! How much farther negative content is carried than positive.

use super::super::by_group::Groups;
use crate::base::{Error, Result};

/// Factors on the chances of negative content: `r_neg = min(1, r · f_u)` on the edge to u, `rho_neg = min(1, rho · sharing)`.
///
/// f is the same for all accounts of one set of groups: the negativity nu, times what the resonance of the group says
/// (MODELS.md section 8).
///
/// ```
/// use truereach::cascade::sided::Temper;
/// assert!(Temper::even(1.5, 1.0)?.is_even());
/// assert!(Temper::even(-1.0, 1.0).is_err());
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Temper<'a> {
    groups: Option<&'a Groups>,
    /// By set of groups; the last where nothing is known. One alone: for everybody.
    factors: Vec<f64>,
    most: f64,
    sharing: f64,
}

/// Larger factors are a slip of the pen.
const MOST: f64 = 1000.0;

/// The factor, if it can be one.
pub(super) fn checked(flag: &'static str, factor: f64) -> Result<f64> {
    if (0.0..=MOST).contains(&factor) {
        return Ok(factor);
    }
    Err(Error::parameter(flag, format!("{factor} is not a factor between 0 and {MOST}"))
        .with_hint("1: negative content is carried as far as positive; 2: each chance twice as large"))
}

impl<'a> Temper<'a> {
    /// The same factor for everybody.
    ///
    /// **Errors**: a factor that is no number between 0 and 1,000.
    pub fn even(negativity: f64, sharing: f64) -> Result<Temper<'a>> {
        let factor = checked("--negativity", negativity)?;
        Ok(Temper {
            groups: None,
            factors: vec![factor],
            most: factor,
            sharing: checked("--negative-sharing", sharing)?,
        })
    }

    /// A factor for each group; an account of several has their mean, one of none `unknown`.
    ///
    /// **Errors**: as [`Temper::even`]; another number of factors than groups.
    pub fn by_group(groups: &'a Groups, factors: &[f64], unknown: f64, sharing: f64) -> Result<Temper<'a>> {
        if factors.len() != groups.len() {
            let problem = format!("{} factors for {} groups", factors.len(), groups.len());
            return Err(Error::parameter("--negativity", problem));
        }
        for &factor in factors.iter().chain([&unknown]) {
            checked("--negativity", factor)?;
        }
        let of_set =
            |set: &[u32]| set.iter().fold(0.0, |sum, &group| sum + factors[group as usize]) / set.len().max(1) as f64;
        let factors: Vec<f64> = groups.sets().map(of_set).chain([unknown]).collect();
        let most = factors.iter().copied().fold(0.0, f64::max);
        Ok(Temper { groups: Some(groups), factors, most, sharing: checked("--negative-sharing", sharing)? })
    }

    /// Whether everybody has the same factor.
    pub fn is_even(&self) -> bool {
        self.factors.iter().all(|factor| *factor == self.factors[0])
    }

    /// Whether negative content is carried just as positive content is.
    pub fn is_neutral(&self) -> bool {
        self.sharing == 1.0 && self.factors.iter().all(|factor| *factor == 1.0)
    }

    /// On the chance that negative content reaches u.
    #[inline]
    pub fn factor(&self, u: u32) -> f64 {
        match self.groups {
            None => self.factors[0],
            Some(groups) => self.factors[groups.set(u)],
        }
    }

    /// The largest factor.
    #[inline]
    pub(crate) fn most(&self) -> f64 {
        self.most
    }

    /// On the chance of resharing negative content.
    #[inline]
    pub fn sharing(&self) -> f64 {
        self.sharing
    }
}
