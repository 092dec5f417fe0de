//! What a cascade is told: the model, who reshares, until when, and what reaching somebody counts.

use serde::{Deserialize, Serialize};

use super::delay::Timing;
use super::model::Model;
use super::prior::Priors;
use super::share::Sharing;
use crate::base::{Result, Status};

/// The parameters of a cascade, the same for everything that estimates reach.
///
/// [`Cascade::resolve`] turns them into numbers for one network.
///
/// ```
/// use truereach::cascade::{Cascade, Model};
/// let cascade = Cascade { rho: Some(0.3.into()), ..Model::Wc.into() };
/// assert_eq!(cascade.model, Model::Wc);
/// assert!(cascade.check().is_ok());
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Cascade {
    /// Chances of exposure: prior, ic:P, wc, tv, edge or lt
    #[cfg_attr(feature = "cli", arg(long, default_value = "prior", value_name = "MODEL", help_heading = "Cascade"))]
    pub model: Model,
    /// Chance of resharing once exposed: P, by tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), or column:NAME of the
    /// accounts table [default: prior: as truereach learn kept it, else (or with interactions) from shares in the data, else 0.01;
    /// other models: 1]
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", help_heading = "Cascade"))]
    pub rho: Option<Sharing>,
    /// Count people by this column of the accounts table, such as the chance that an account is a real person, or by a
    /// product of columns (authentic*beauty); by default everybody counts 1
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Cascade"))]
    pub weight: Option<String>,
    /// Chance that each account is a real person, a column of the accounts table: accounts count and reshare by it [default:
    /// the column authentic, which audit keeps, if there is one; none: everybody is taken for real]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Cascade"))]
    pub authentic: Option<String>,
    /// What the model prior assumes
    #[cfg_attr(feature = "cli", arg(skip))]
    pub priors: Priors,
    /// Until when exposures count
    #[cfg_attr(feature = "cli", command(flatten))]
    pub timing: Timing,
}

impl From<Model> for Cascade {
    fn from(model: Model) -> Self {
        Cascade { model, ..Cascade::default() }
    }
}

impl Cascade {
    /// Refuses parameters that make no sense, whatever the network.
    pub fn check(&self) -> Result<()> {
        self.model.check()?;
        self.rho.as_ref().map_or(Ok(()), Sharing::check)?;
        self.priors.check()?;
        self.timing.check()
    }

    /// Whether something was asked for that only a cascade on the graph has: a model, resharing, weights, or a limit of
    /// time.
    pub fn is_named(&self) -> bool {
        self.model != Model::Prior
            || self.rho.is_some()
            || self.weight.is_some()
            || self.authentic.is_some()
            || self.timing.within.is_some()
    }

    /// The status of figures, and what they rest on.
    pub fn status(&self) -> (Status, &'static str) {
        self.timing.status(self.model)
    }
}
