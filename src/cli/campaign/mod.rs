//! A campaign: what a client asks, in a file; asked of the verbs, for one page.
//!
//! - [`Campaign`]: the file; `file`: reading it, with the place of whatever is wrong.
//! - `names`, `prices`: creators and prices as the verbs take them; `prepare`: the questions, in the verbs' own words.
//! - `folder`: the page, its tables and drawings in a folder that is whole or absent.

mod file;
mod folder;
mod names;
mod prepare;
mod prices;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::report::page::Language;
use file::Source;

pub use folder::folder;
pub use prepare::prepare;

/// What a client asks: which creators, for how much money, for whom; and what the page is called.
///
/// With a budget or a count creators are chosen, from those listed or from all; without either exactly those listed are
/// reported on. Read from a file by [`Campaign::read`], from a text by [`Campaign::parse`], or made in place.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Campaign {
    /// What the page is called.
    pub title: String,
    /// Whose campaign it is.
    pub client: String,
    /// The account of the brand, whose followers are the audience of the page on risk.
    pub brand: Option<String>,
    /// In which language the page is written unless another is asked for.
    pub language: Language,
    /// The niche whose people are wanted.
    pub niche: Option<String>,
    /// At most so much money: 800M, 1.2B or a number.
    pub budget: Option<Amount>,
    /// At most so many creators.
    pub count: Option<u32>,
    /// Of all money, as VND.
    pub currency: Option<String>,
    /// Who can be signed; without budget and count, who is reported on.
    pub creators: Option<Vec<String>>,
    /// Only creators who meet these conditions, as niche=beauty.
    pub only: Vec<String>,
    /// Creators in every plan.
    pub must: Vec<String>,
    /// Creators in none.
    pub never: Vec<String>,
    /// Two creators who cannot both be signed.
    pub exclusive: Vec<[String; 2]>,
    /// At most so many of a group, as tier=mega:2.
    pub at_most: Vec<String>,
    /// At least so many of a group, as niche=beauty:3.
    pub at_least: Vec<String>,
    /// Prices that stand before those in the data.
    pub prices: BTreeMap<String, Amount>,
    /// What a fall would cost.
    pub risk: Risk,
    /// The text it was read from, to say where something stands.
    #[serde(skip)]
    source: Option<Source>,
}

/// What the page on risk is told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Risk {
    /// Every creator falls with this chance.
    pub hazard: Option<f64>,
    /// A file of chances, from the campaign's folder.
    pub hazards: Option<PathBuf>,
    /// How much more likely negative content comes to a follower than positive.
    pub negativity: Option<f64>,
}

/// An amount of money, as a number or as people write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Amount {
    /// 800000000.
    Whole(i64),
    /// 1250.5.
    Number(f64),
    /// 800M.
    Text(String),
}

impl Campaign {
    /// Whether creators are to be chosen; else they are given.
    pub fn is_choice(&self) -> bool {
        self.budget.is_some() || self.count.is_some()
    }
}
