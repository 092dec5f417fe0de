//! How often signs are read rightly.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};

/// Chances that a sign is read as what it is, written `Se,Sp`: of a positive one to be read positive (sensitivity), and of a
/// negative one to be read negative (specificity).
///
/// Where a share p of signs is positive, a share `p Se + (1 − p)(1 − Sp)` reads positive (Rogan & Gladen 1978). Below
/// `Se + Sp = 1.1` signs as read say next to nothing about signs as meant, and nothing is corrected.
///
/// ```
/// use truereach::risk::SignError;
/// let error: SignError = "0.9,0.8".parse()?;
/// assert!((error.read(0.5) - 0.55).abs() < 1e-12);
/// assert!("0.6,0.5".parse::<SignError>().is_err());
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SignError {
    /// The chance that a positive sign is read positive.
    pub sensitivity: f64,
    /// The chance that a negative sign is read negative.
    pub specificity: f64,
}

/// Sensitivity and specificity have to exceed this together (MODELS.md section 2).
const LEAST: f64 = 1.1;

impl SignError {
    /// Every sign is read as it is meant.
    pub const NONE: SignError = SignError { sensitivity: 1.0, specificity: 1.0 };

    /// Refuses chances that are none, and reading that is hardly better than a coin.
    pub fn check(&self) -> Result<()> {
        for chance in [self.sensitivity, self.specificity] {
            if !(chance > 0.0 && chance <= 1.0) {
                return Err(wrong(format!("{chance} is not a chance above 0 and up to 1")));
            }
        }
        if self.sensitivity + self.specificity <= LEAST {
            return Err(Error::NotEstimable {
                figure: format!("Resonance with signs read as rightly as {self}"),
                needs: format!(
                    "signs that are read better than a coin: sensitivity and specificity above {LEAST} together; label \
                     some comments by hand, measure both on them, or use another reader of signs"
                ),
            });
        }
        Ok(())
    }

    /// The share read positive where this share is.
    pub fn read(&self, positive: f64) -> f64 {
        positive * self.sensitivity + (1.0 - positive) * (1.0 - self.specificity)
    }

    /// The share that is positive where this share reads so, between 0 and 1.
    pub fn meant(&self, read: f64) -> f64 {
        ((read + self.specificity - 1.0) / (self.sensitivity + self.specificity - 1.0)).clamp(0.0, 1.0)
    }
}

fn wrong(problem: String) -> Error {
    Error::parameter("--sign-error", problem)
        .with_hint("write the chance that a positive sign is read positive, then that a negative one is: 0.9,0.85")
}

impl FromStr for SignError {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let chance = |part: &str| part.trim().parse::<f64>().ok();
        let parts: Option<Vec<f64>> = text.split(',').map(chance).collect();
        let Some([sensitivity, specificity]) = parts.as_deref() else {
            return Err(wrong(format!("\"{text}\" is not two chances")));
        };
        let error = SignError { sensitivity: *sensitivity, specificity: *specificity };
        error.check()?;
        Ok(error)
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{}", self.sensitivity, self.specificity)
    }
}

impl TryFrom<String> for SignError {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<SignError> for String {
    fn from(error: SignError) -> String {
        error.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_written_again() {
        let error: SignError = " 0.9, 0.85".parse().unwrap();
        assert_eq!(error.to_string(), "0.9,0.85");
        assert_eq!(serde_json::to_string(&error).unwrap(), "\"0.9,0.85\"");
        assert_eq!(serde_json::from_str::<SignError>("\"0.9,0.85\"").unwrap(), error);
        for share in [0.0, 0.3, 1.0] {
            assert!((error.meant(error.read(share)) - share).abs() < 1e-12);
        }
        assert_eq!(error.meant(0.0), 0.0);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["", "0.9", "0.9,0.8,0.7", "a,b", "0,0.9", "1.2,0.9", "NaN,1", "-0.5,1"] {
            let error = text.parse::<SignError>().unwrap_err();
            assert!(matches!(error, Error::Parameter { .. }) && error.to_string().contains("hint"), "{text}: {error}");
        }
        for text in ["0.55,0.55", "0.1,1", "0.5,0.5"] {
            let error = text.parse::<SignError>().unwrap_err();
            assert!(matches!(error, Error::NotEstimable { .. }), "{text}: {error}");
        }
        assert!("0.56,0.55".parse::<SignError>().is_ok());
        assert!(serde_json::from_str::<SignError>("\"0.5,0.5\"").is_err());
    }
}
