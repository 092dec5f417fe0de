//! What is known of a creator's follower list: how it was drawn, how long it is, how many followers there are.

use serde::{Deserialize, Serialize};

use super::attributes::known;
use super::network::{Network, View};

/// How a follower list was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Design {
    /// All followers.
    Full,
    /// Some followers, each as likely as any other.
    Random,
    /// The followers who came last.
    NewestFirst,
    /// Not followers but people who liked, commented or shared.
    Engagers,
    /// Nobody said.
    Unknown,
}

impl Design {
    /// All, from the most to the least that can be said.
    pub const ALL: [Design; 5] = [Design::Full, Design::Random, Design::NewestFirst, Design::Engagers, Design::Unknown];

    /// As it is written in tables.
    pub fn name(self) -> &'static str {
        match self {
            Design::Full => "full",
            Design::Random => "random",
            Design::NewestFirst => "newest-first",
            Design::Engagers => "engagers",
            Design::Unknown => "unknown",
        }
    }

    /// From a table's text; `None` for a word that is none of them.
    pub fn parse(text: &str) -> Option<Design> {
        let plain = text.trim().to_lowercase().replace([' ', '_'], "-");
        Some(match plain.as_str() {
            "full" | "complete" | "all" | "whole" => Design::Full,
            "random" | "sample" | "uniform" | "random-sample" => Design::Random,
            "newest-first" | "newest" | "latest" | "recent" => Design::NewestFirst,
            "engagers" | "engaged" | "likers" | "commenters" => Design::Engagers,
            "unknown" => Design::Unknown,
            _ => return None,
        })
    }
}

/// A creator's follower list as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct List {
    /// The creator.
    pub account: u32,
    /// How it was drawn: as stated; without a word, `Full` if the network's view says that lists are complete or the
    /// list is as long as the platform claims, else `Unknown`.
    pub design: Design,
    /// Followers in all: the claimed number, or the length of a full list. `None`: not known.
    pub size: Option<f64>,
    /// Followers listed.
    pub listed: u64,
}

impl List {
    /// A list that falls short of the claimed number by no more than this is complete: counts and lists are seldom from
    /// the same minute, and platforms count accounts that are gone.
    pub const SHORT: f64 = 0.02;

    /// The part of the followers that is listed; 1 for a full list. `None` where the number of followers is not known.
    pub fn fraction(&self) -> Option<f64> {
        match (self.design, self.size) {
            (Design::Full, _) => Some(1.0),
            (_, Some(size)) if size > 0.0 => Some((self.listed as f64 / size).min(1.0)),
            _ => None,
        }
    }
}

impl Network {
    /// The platform of an account: its attribute, else what stands before the colon of its name.
    pub fn platform(&self, account: u32) -> Option<String> {
        let given = self.attributes.text(known::PLATFORM, account).map(|text| text.to_lowercase());
        given.or_else(|| self.names.get(account).split_once(':').map(|(platform, _)| platform.to_lowercase()))
    }

    /// How many platforms the creators are on; 0 where nothing says so.
    pub fn platforms(&self) -> usize {
        let creators = self.creators().unwrap_or_default();
        let platforms: std::collections::BTreeSet<String> =
            creators.into_iter().filter_map(|v| self.platform(v)).collect();
        platforms.len()
    }

    /// What is known of the follower list of an account. Without follows its length is 0.
    pub fn list(&self, account: u32) -> List {
        let listed = self.follows.as_ref().map_or(0, |follows| follows.graph.followers(account).len() as u64);
        let claimed = self.attributes.number(known::FOLLOWERS, account);
        let stated = self.attributes.text(known::LIST_DESIGN, account).and_then(|text| Design::parse(&text));
        let reaches = |claimed: f64| listed as f64 >= claimed * (1.0 - List::SHORT);
        let design = stated.unwrap_or(match claimed {
            _ if listed == 0 => Design::Unknown,
            Some(claimed) if reaches(claimed) => Design::Full,
            None if self.view.has_followers() => Design::Full,
            _ => Design::Unknown,
        });
        let size = match design {
            Design::Full => Some(claimed.unwrap_or(0.0).max(listed as f64)),
            _ => claimed,
        };
        List { account, design, size, listed }
    }

    /// The list as its length shows it to be: one said to be full that falls short of the followers claimed is cut, nobody
    /// knows how; a sample as long as those is full; whoever has no follower in a whole network has a full list of nobody.
    pub fn settled_list(&self, account: u32) -> List {
        let mut list = self.list(account);
        let stated = self.attributes.text(known::LIST_DESIGN, account).is_some();
        let nobody = list.size == Some(0.0) || (list.size.is_none() && self.view == View::Whole && !stated);
        list.design = match (list.design, list.size) {
            (Design::Full, Some(size)) if (list.listed as f64) < size * (1.0 - List::SHORT) => Design::Unknown,
            (Design::Random | Design::NewestFirst, Some(size)) if list.listed as f64 >= size && size > 0.0 => {
                Design::Full
            }
            _ if nobody && list.listed == 0 => Design::Full,
            (design, _) => design,
        };
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Column, Values, build};

    #[test]
    fn a_list_is_what_was_said_or_what_its_length_shows() {
        let mut network = Network::from_graph(build::graph(6, &[(2, 0), (3, 0), (4, 1)]));
        network.view = View::Sampled;
        let column =
            |name: &str, values: [f64; 6]| Column { name: name.into(), values: Values::Number(values.to_vec().into()) };
        let nan = f64::NAN;
        network.attributes.columns.push(column(known::FOLLOWERS, [2.0, 10.0, nan, nan, nan, nan]));
        assert_eq!(network.list(0).design, Design::Full);
        assert_eq!((network.list(1).design, network.list(1).fraction()), (Design::Unknown, Some(0.1)));
        let designs = [None, Some("Newest first"), None, None, None, None];
        let designs = designs.map(|design: Option<&str>| design.map(str::to_owned));
        network.attributes.columns.push(Column::texts(known::LIST_DESIGN, designs.into_iter()));
        assert_eq!(network.list(1).design, Design::NewestFirst);
        assert_eq!(network.list(2).fraction(), None);
    }
}
