//! Which evidence there is, and what came of each: used, switched off, or not observed, with the reason.

use serde::{Deserialize, Serialize};

use super::pattern::Kind;

/// A way to tell real accounts from others, each its own algorithm, each with its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Evidence {
    /// Arrived at several creators in the same days.
    Lockstep,
    /// Arrived on a day on which far more came than usual.
    Burst,
    /// A follow list nearly the same as others'.
    Copies,
    /// Part of a block of follows denser than chance.
    Block,
    /// Followed by somebody, or heard; else neither.
    Signs,
    /// Follows very many, followed by hardly anybody; what the profile says.
    Shape,
    /// Trust from accounts that are known to be real, and distrust from those known not to be.
    Trust,
}

impl Evidence {
    /// All, in the order in which they are told.
    pub const ALL: [Evidence; 7] = [
        Evidence::Lockstep,
        Evidence::Burst,
        Evidence::Copies,
        Evidence::Block,
        Evidence::Signs,
        Evidence::Shape,
        Evidence::Trust,
    ];

    /// As it stands in tables: the reason code.
    pub fn name(self) -> &'static str {
        match self {
            Evidence::Lockstep => "lockstep",
            Evidence::Burst => "burst",
            Evidence::Copies => "copies",
            Evidence::Block => "block",
            Evidence::Signs => "signs",
            Evidence::Shape => "shape",
            Evidence::Trust => "trust",
        }
    }

    /// The pattern consistent with accounts that are not people, in users' words.
    pub fn describe(self) -> &'static str {
        match self {
            Evidence::Lockstep => "arrived together at several creators within the same days",
            Evidence::Burst => "arrived on days on which far more followers came than usual",
            Evidence::Copies => "follow nearly the same accounts as others do",
            Evidence::Block => "are part of a block of follows denser than chance",
            Evidence::Signs => "show fewer signs of life than accounts that follow as many",
            Evidence::Shape => "follow very many accounts and are followed by hardly any",
            Evidence::Trust => "are tied to accounts known not to be people, or to nobody trusted",
        }
    }

    /// What would change the verdict: the way to appeal.
    pub fn appeal(self) -> &'static str {
        match self {
            Evidence::Lockstep | Evidence::Burst => {
                "a post, mention or campaign of those days that everybody could see (interactions or posts with times); or \
                 what these accounts wrote and shared themselves"
            }
            Evidence::Copies | Evidence::Block => {
                "what these accounts wrote and shared, or who follows them: a fandom or school is as lively as others"
            }
            Evidence::Signs => "interactions of the whole period and of all types, and who follows these accounts",
            Evidence::Shape => "a profile of the account: its own posts and followers",
            Evidence::Trust => "labels of these accounts or of their friends",
        }
    }

    pub(crate) fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl From<Kind> for Evidence {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Lockstep => Evidence::Lockstep,
            Kind::Burst => Evidence::Burst,
            Kind::Copies => Evidence::Copies,
            Kind::Block => Evidence::Block,
        }
    }
}

/// What came of an evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// Which.
    pub evidence: Evidence,
    /// Whether it was observed and used.
    pub used: bool,
    /// What it found; or what is missing, and what that costs.
    pub because: String,
    /// Accounts it speaks against.
    pub against: u64,
    /// Accounts it speaks for.
    pub supports: u64,
}
