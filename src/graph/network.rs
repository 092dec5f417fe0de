//! A network: accounts with their names and attributes, the follow layer, the interactions.

use serde::{Deserialize, Serialize};

use super::arrange::Layout;
use super::attributes::{Attributes, known};
use super::buffer::Buffer;
use super::csr::Graph;
use super::events::Events;
use super::names::Names;
use super::tables::Tables;
use crate::base::{Error, Result};

/// How much of the world the data shows; decides which figures can be given at all (MODELS.md section 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// All follows among the population.
    Whole,
    /// Complete follower lists of the listed creators; whom those followers follow besides is unknown.
    Lists,
    /// A part of each creator's follower list.
    Sampled,
    /// Only who interacted, not who follows.
    Engagers,
    /// Creators with their counts and posts, nobody's follower list.
    Counts,
}

impl View {
    /// In users' words.
    pub fn describe(self) -> &'static str {
        match self {
            View::Whole => "whole graph: all follows among these accounts",
            View::Lists => "follower lists: whom the followers follow besides is unknown",
            View::Sampled => "sampled lists: only a part of each creator's followers",
            View::Engagers => "engagers: who interacted, not who follows",
            View::Counts => "counts: creators and their posts, no follower lists",
        }
    }

    /// Whether counts of people from data with this view may tell of single persons ([`Network::is_personal`]).
    pub fn is_personal(self, pseudonymous: bool) -> bool {
        pseudonymous || self != View::Whole
    }

    /// Whether the cascade, PageRank and TunkRank can be computed: they need whom the followers follow.
    pub fn has_followings(self) -> bool {
        self == View::Whole
    }

    /// Whether follower counts and direct reach can be computed.
    pub fn has_followers(self) -> bool {
        matches!(self, View::Whole | View::Lists)
    }
}

/// What became of repeated follows (`sum`, `count`, `first` or `error`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Repeats {
    /// One edge, weights added up exactly (where there are weights).
    #[default]
    Sum,
    /// One edge, its weight the number of rows.
    Count,
    /// One edge, as in its earliest row; without times or at equal ones, the smallest weight and the smallest sign.
    First,
    /// An error.
    Error,
}

/// The follow layer: the graph, and what else was given of its edges, in the order of `graph.following_rows()`.
#[derive(Debug, Clone, PartialEq)]
pub struct Follows {
    /// Who follows whom.
    pub graph: Graph,
    /// Since when, where known (the earliest of repeated rows).
    pub time: Option<Buffer<i64>>,
    /// Friend (1) or foe (−1), where known (of the earliest of repeated rows).
    pub sign: Option<Buffer<i8>>,
    /// What became of repeated rows.
    pub repeats: Repeats,
    /// The terms of weights that are sums, so that later rows can be added exactly: (edge, weight).
    pub terms: Option<(Buffer<u64>, Buffer<f64>)>,
}

/// Rows that made this network, in total. Adding data adds to these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RowCounts {
    /// Follow rows read and kept, repeats included (an undirected row counts twice).
    pub follow_rows: u64,
    /// Self-follows dropped.
    pub self_follows: u64,
    /// Self-directed interactions dropped.
    pub self_interactions: u64,
    /// Rows skipped for an error.
    pub skipped: u64,
}

impl RowCounts {
    /// The rows of two networks together.
    pub fn plus(self, other: RowCounts) -> RowCounts {
        RowCounts {
            follow_rows: self.follow_rows + other.follow_rows,
            self_follows: self.self_follows + other.self_follows,
            self_interactions: self.self_interactions + other.self_interactions,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Follower counts at which tiers begin: nano, micro, macro, mega. Below nano: everyday.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// Nano begins here.
    pub nano: f64,
    /// Micro begins here.
    pub micro: f64,
    /// Macro begins here.
    pub macro_: f64,
    /// Mega begins here.
    pub mega: f64,
}

impl Default for Tiers {
    fn default() -> Self {
        Tiers { nano: 1e3, micro: 1e4, macro_: 1e5, mega: 1e6 }
    }
}

/// A follower tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Under 1k followers: every ordinary resharer.
    Everyday,
    /// 1k–10k.
    Nano,
    /// 10k–100k.
    Micro,
    /// 100k–1M.
    Macro,
    /// Over 1M.
    Mega,
}

impl Tier {
    /// All, smallest first.
    pub const ALL: [Tier; 5] = [Tier::Everyday, Tier::Nano, Tier::Micro, Tier::Macro, Tier::Mega];

    /// In users' words.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Everyday => "everyday",
            Tier::Nano => "nano",
            Tier::Micro => "micro",
            Tier::Macro => "macro",
            Tier::Mega => "mega",
        }
    }
}

impl Tiers {
    /// The tier of a follower count.
    pub fn of(&self, followers: f64) -> Tier {
        match followers {
            f if f >= self.mega => Tier::Mega,
            f if f >= self.macro_ => Tier::Macro,
            f if f >= self.micro => Tier::Micro,
            f if f >= self.nano => Tier::Nano,
            _ => Tier::Everyday,
        }
    }
}

/// Everything known.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The accounts.
    pub names: Names,
    /// Who follows whom, if follows were given.
    pub follows: Option<Follows>,
    /// Who interacted with whom, if interactions were given.
    pub events: Option<Events>,
    /// The interaction types, sorted: `like`, `share`, …
    pub kinds: Vec<String>,
    /// The items (posts) that interactions name.
    pub items: Names,
    /// Attributes of accounts.
    pub attributes: Attributes,
    /// Posts, offers, looked-up followers.
    pub tables: Tables,
    /// Whether the names of ordinary accounts are keyed hashes, and of which key: its fingerprint. Such a network is
    /// personal data, and small counts of people are not shown unless asked for.
    pub pseudonymous: Option<u64>,
    /// How much of the world the data shows.
    pub view: View,
    /// Whether the user stated the view (else it was detected).
    pub view_stated: bool,
    /// Follower counts at which tiers begin.
    pub tiers: Tiers,
    /// Where the rows went.
    pub rows: RowCounts,
}

impl Network {
    /// A network of a bare graph; accounts are called 0, 1, 2, …
    pub fn from_graph(graph: Graph) -> Self {
        Network {
            names: Names::range(graph.accounts()),
            follows: Some(Follows { graph, time: None, sign: None, repeats: Repeats::Sum, terms: None }),
            events: None,
            kinds: Vec::new(),
            items: Names::default(),
            attributes: Attributes::default(),
            tables: Tables::default(),
            pseudonymous: None,
            view: View::Whole,
            view_stated: false,
            tiers: Tiers::default(),
            rows: RowCounts::default(),
        }
    }

    /// How many accounts.
    pub fn accounts(&self) -> usize {
        self.names.len()
    }

    /// In which order the accounts stand.
    pub fn layout(&self) -> Layout {
        if self.names.is_arranged() { Layout::Followers } else { Layout::Names }
    }

    /// Who follows whom; an error that says what would make it possible where no follows were given.
    pub fn follow_graph(&self) -> Result<&Graph> {
        self.follows.as_ref().map(|follows| &follows.graph).ok_or_else(|| {
            let needs = match (&self.events, self.rows.self_follows) {
                (Some(_), _) => {
                    "who follows whom; this network holds interactions only. A proxy audience from interactions can be \
                     asked for: --audience-from share,reply"
                        .to_owned()
                }
                (None, 0) => "who follows whom; this network holds accounts alone".to_owned(),
                (None, selves) => {
                    format!("who follows whom; all {selves} rows were of accounts with themselves, and dropped")
                }
            };
            Error::NotEstimable { figure: "A figure on followers".into(), needs }
        })
    }

    /// The dense id of a name; the error lists the nearest names.
    pub fn account(&self, name: &str) -> Result<u32> {
        self.names.find(name).ok_or_else(|| {
            let nearest = self.names.nearest(name);
            let error = Error::parameter("account", format!("\"{name}\" is not in this network"));
            match nearest.is_empty() {
                true => error,
                false => error.with_hint(format!("did you mean {}?", nearest.join(", "))),
            }
        })
    }

    /// The places of the accounts that the creators table named; `None` without such a table.
    pub fn creators(&self) -> Option<Vec<u32>> {
        let column = self.attributes.get(known::CREATOR)?;
        Some((0..self.accounts() as u32).filter(|&account| column.number(account).is_some()).collect())
    }

    /// Whether counts of people from this network may tell of single persons, so that small ones are hidden unless asked
    /// for: where ordinary accounts are pseudonymous, and where the data are lists, samples or engagers as somebody
    /// collected them. Whole networks are the public or made ones that research works on.
    pub fn is_personal(&self) -> bool {
        self.view.is_personal(self.pseudonymous.is_some())
    }

    /// The follower count that decides the tier: the claimed one where given, else the observed one.
    pub fn follower_count(&self, account: u32) -> Option<f64> {
        self.attributes
            .number(known::FOLLOWERS, account)
            .or_else(|| self.follows.as_ref().map(|follows| follows.graph.followers(account).len() as f64))
    }

    /// The tier of an account: by its follower count, or by its followers in `graph` where none is known.
    pub fn tier(&self, graph: &Graph, account: u32) -> Tier {
        self.tiers.of(self.follower_count(account).unwrap_or(graph.followers(account).len() as f64))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn tiers_begin_where_they_say() {
        let tiers = Tiers::default();
        for (followers, tier) in [(0.0, Tier::Everyday), (999.0, Tier::Everyday), (1e3, Tier::Nano), (1e6, Tier::Mega)]
        {
            assert_eq!(tiers.of(followers), tier);
        }
    }

    #[test]
    fn an_unknown_account_is_named_with_its_neighbours() {
        let network = Network::from_graph(build::graph(20, &[(0, 1)]));
        assert_eq!(network.account("13").unwrap(), 13);
        let error = network.account("99").unwrap_err().to_string();
        assert!(error.contains("\"99\" is not in this network"), "{error}");
    }
}
