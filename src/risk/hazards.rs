//! What may befall creators, and how likely, as the user says it: a file of hazards.
//!
//! The engine never predicts scandals. Chances are a scenario that somebody else answers for, and every figure made of them
//! holds in that scenario alone.

mod read;
mod resolve;

use serde::Serialize;

use crate::base::{Error, Location, Result};

/// What the chances are over where nothing else is said.
pub const PERIOD: &str = "the campaign";

/// A user's scenario: the chance of each creator to fall, and what may befall several at once.
///
/// As a file ([`Hazards::parse`]):
/// ```toml
/// period = "3 months"          # words, printed beside every figure
/// default = 0.005              # every creator not named below; without it only those named can fall
/// [creators]
/// "@lan" = 0.02
/// [groups.agency-1]            # a common cause
/// members = ["@lan", "@minh"]
/// shock = 0.01                 # the chance that something befalls the group
/// falls = 0.7                  # the chance that a member falls with it; without it all do
/// [groups.agencies]            # each value of a column of the accounts table is a group of its own
/// column = "agency"
/// only = ["agency 1"]          # if only some of the values
/// shock = 0.01
/// falls = 0.6
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Hazards {
    /// What the chances are over, in words.
    pub period: String,
    /// The chance of everybody who is not named; `None`: only those named can fall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<f64>,
    /// Creators with a chance of their own, by name.
    pub creators: Vec<Own>,
    /// Common causes, by name.
    pub groups: Vec<Cause>,
    /// The file for messages.
    #[serde(skip)]
    file: String,
}

/// A creator's own chance to fall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Own {
    /// The creator, as the file names it.
    pub creator: String,
    /// The chance.
    pub chance: f64,
    #[serde(skip)]
    at: At,
}

/// Something that may befall several creators at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cause {
    /// What it is called.
    pub name: String,
    /// Whom it befalls.
    pub who: Who,
    /// The chance that it happens.
    pub shock: f64,
    /// The chance of a member to fall with it, each on its own.
    pub falls: f64,
    #[serde(skip)]
    at: At,
}

/// Whom a cause befalls.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// These creators.
    Members(Vec<Named>),
    /// Each value of a column of the accounts table is a group of its own, with a shock of its own.
    Column {
        /// The column.
        column: Named,
        /// Only these values; empty: all.
        only: Vec<Named>,
    },
}

/// A name in the file and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Named {
    /// The name.
    pub name: String,
    #[serde(skip)]
    at: At,
}

/// A place in the file: line and column, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct At {
    line: u64,
    column: u64,
}

impl Hazards {
    /// Everybody falls with the same chance, for no common cause: what a single number on the command line says.
    ///
    /// **Errors**: a number that is no chance; 0, with which nobody can fall.
    pub fn same(chance: f64) -> Result<Hazards> {
        if !(chance > 0.0 && chance <= 1.0) {
            let problem = format!("{chance} is not a chance above 0 and up to 1");
            return Err(Error::parameter("--hazard", problem).with_hint(WRITTEN));
        }
        Ok(Hazards {
            period: PERIOD.into(),
            default: Some(chance),
            creators: Vec::new(),
            groups: Vec::new(),
            file: String::new(),
        })
    }

    /// Whether the scenario lets anybody fall at all.
    fn can_hurt(&self) -> bool {
        self.default.is_some_and(|chance| chance > 0.0)
            || self.creators.iter().any(|own| own.chance > 0.0)
            || self.groups.iter().any(|cause| cause.shock > 0.0 && cause.falls > 0.0)
    }

    fn error(&self, at: At, expected: impl Into<String>, found: impl Into<String>) -> Error {
        Error::input(Location::file(&self.file).line(at.line).column(at.column), expected, found)
    }
}

/// How a chance is written.
const WRITTEN: &str = "2 in 100 is written 0.02";
