//! The data card: what a network holds, what can be said with it, and what more data would buy.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::base::{Result, Run, time};
use crate::graph::attributes::known;
use crate::graph::network::RowCounts;
use crate::graph::transform::{earliest_time, latest_time};
use crate::graph::{Events, Graph, Network, View};
use crate::rank::{DegreeTable, Degrees};

/// An attribute column and how many accounts have a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnCard {
    /// Its name.
    pub name: String,
    /// Accounts with a value.
    pub given: u64,
}

/// Claimed against observed follower counts, over the accounts that have both.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimedCard {
    /// Accounts with a claimed count.
    pub accounts: u64,
    /// Their claimed followers, summed.
    pub claimed: f64,
    /// Their followers in this network, summed.
    pub observed: u64,
}

/// A kind of figure and whether this network can carry it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ability {
    /// The figure, in users' words.
    pub figure: &'static str,
    /// Whether it can be computed.
    pub supported: bool,
    /// What it rests on, or what would make it possible.
    pub because: String,
}

/// Everything the data card says.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DataCard {
    /// Accounts.
    pub accounts: u64,
    /// Accounts named by a creators table.
    pub creators: Option<u64>,
    /// How much of the world the data shows.
    pub view: View,
    /// Whether the user said so.
    pub view_stated: bool,
    /// The follow layer.
    pub degrees: Option<DegreeTable>,
    /// Whether follows have weights, times, signs.
    pub follow_columns: Vec<&'static str>,
    /// Interactions by type.
    pub interactions: BTreeMap<String, u64>,
    /// Which of time, item, weight, sign interactions have.
    pub interaction_columns: Vec<&'static str>,
    /// Interactions without a time, where others have one.
    pub undated: u64,
    /// Posts that interactions name.
    pub items: u64,
    /// The earliest time.
    pub from: Option<String>,
    /// The latest time.
    pub to: Option<String>,
    /// Attributes of accounts.
    pub columns: Vec<ColumnCard>,
    /// Claimed against observed followers.
    pub claimed: Option<ClaimedCard>,
    /// Where the rows went.
    pub rows: RowCounts,
    /// Bytes the network takes in memory, by the published formula.
    pub memory: u64,
    /// What can be said, and what cannot.
    pub abilities: Vec<Ability>,
}

impl DataCard {
    /// Reads a network.
    pub fn of(network: &Network, run: &Run) -> Result<DataCard> {
        let mut degrees = match &network.follows {
            Some(follows) => Some(Degrees { tiers: network.tiers, ..Default::default() }.run(&follows.graph, run)?),
            None => None,
        };
        if let (Some(table), Some(_)) = (&mut degrees, network.attributes.get(known::FOLLOWERS)) {
            // Tiers go by the claimed count where it is given.
            table.tiers.iter_mut().for_each(|row| row.accounts = 0);
            for account in 0..network.accounts() as u32 {
                let tier = network.tiers.of(network.follower_count(account).unwrap_or(0.0));
                table.tiers.iter_mut().filter(|row| row.tier == tier).for_each(|row| row.accounts += 1);
            }
        }
        let follow_columns = network.follows.as_ref().map_or(Vec::new(), |follows| {
            let given = [
                ("weight", follows.graph.is_weighted()),
                ("time", follows.time.is_some()),
                ("sign", follows.sign.is_some()),
            ];
            given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect()
        });
        let mut interactions = BTreeMap::new();
        let mut interaction_columns = Vec::new();
        let mut undated = 0;
        if let Some(events) = &network.events {
            let mut counts = vec![0u64; network.kinds.len()];
            events.kind.iter().for_each(|&kind| counts[kind as usize] += 1);
            interactions = network.kinds.iter().cloned().zip(counts).collect();
            let given = [
                ("time", events.time.is_some()),
                ("item", events.item.is_some()),
                ("weight", events.weight.is_some()),
                ("sign", events.sign.is_some()),
            ];
            interaction_columns = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
            undated =
                events.time.iter().flat_map(|column| column.iter()).filter(|&&at| at == time::MISSING).count() as u64;
        }
        let columns = network
            .attributes
            .columns
            .iter()
            .map(|column| ColumnCard { name: column.name.clone(), given: column.given() as u64 })
            .collect();
        Ok(DataCard {
            accounts: network.accounts() as u64,
            creators: network.creators().map(|creators| creators.len() as u64),
            view: network.view,
            view_stated: network.view_stated,
            degrees,
            follow_columns,
            interactions,
            interaction_columns,
            undated,
            items: network.items.len() as u64,
            from: earliest_time(network).map(time::show),
            to: latest_time(network).map(time::show),
            columns,
            claimed: claimed(network),
            rows: network.rows,
            memory: memory(network),
            abilities: abilities(network),
        })
    }
}

fn claimed(network: &Network) -> Option<ClaimedCard> {
    let column = network.attributes.get(known::FOLLOWERS)?;
    let graph = network.follows.as_ref().map(|follows| &follows.graph);
    let mut card = ClaimedCard { accounts: 0, claimed: 0.0, observed: 0 };
    for account in 0..network.accounts() as u32 {
        if let Some(number) = column.number(account) {
            card.accounts += 1;
            card.claimed += number;
            card.observed += graph.map_or(0, |graph| graph.followers(account).len() as u64);
        }
    }
    Some(card)
}

/// Bytes: [`Graph::memory`], [`Events::memory`], attributes, 8 an account for names.
fn memory(network: &Network) -> u64 {
    let n = network.accounts() as u64;
    let graph = network.follows.as_ref().map_or(0, |f| Graph::memory(n, f.graph.edges(), f.graph.is_weighted()));
    let events = network.events.as_ref().map_or(0, |events| Events::memory(n, events.len() as u64));
    graph + events + network.attributes.memory() + 8 * n
}

fn abilities(network: &Network) -> Vec<Ability> {
    let view = network.view;
    let ability = |figure, supported: bool, yes: &str, no: &str| Ability {
        figure,
        supported,
        because: if supported { yes } else { no }.to_owned(),
    };
    let events = network.events.as_ref();
    let posts = events.is_some_and(|events| events.item.is_some());
    let has = |column: &str| network.attributes.get(column).is_some();
    vec![
        ability(
            "followers, direct reach",
            view.has_followers(),
            "from who follows whom; exposure per post is assumed",
            "needs complete follower lists",
        ),
        ability(
            "spread beyond followers",
            view.has_followings(),
            "from whom the followers follow in turn",
            "needs whom the followers follow",
        ),
        ability(
            "PageRank, TunkRank, communities",
            view.has_followings(),
            "from the whole graph",
            "needs whom the followers follow",
        ),
        ability(
            "interactions per follower",
            events.is_some() && view.has_followers(),
            "from the interactions given",
            match events {
                Some(_) => "needs follower lists or claimed counts",
                None => "needs interactions (likes, comments, shares)",
            },
        ),
        ability(
            "resharing measured, not assumed",
            posts,
            "from shares of posts",
            "needs an item (post) column on shares",
        ),
        ability(
            "windows, half-lives, bursts",
            network_has_times(network),
            "from the times given",
            "needs a time column",
        ),
        ability("for and against", has_signs(network), "from the signs given", "needs a sign column"),
        ability(
            "filter by niche",
            has(known::NICHE),
            "from the creators table",
            "needs a niche column in the creators table",
        ),
        ability(
            "claimed against observed followers",
            has(known::FOLLOWERS),
            "from the creators table",
            "needs followers_claimed in the creators table",
        ),
        ability(
            "plans under a budget",
            has(known::PRICE),
            "from the creators table",
            "needs a price column in the creators table",
        ),
    ]
}

fn network_has_times(network: &Network) -> bool {
    network.follows.as_ref().is_some_and(|follows| follows.time.is_some())
        || network.events.as_ref().is_some_and(|events| events.time.is_some())
}

fn has_signs(network: &Network) -> bool {
    network.follows.as_ref().is_some_and(|follows| follows.sign.is_some())
        || network.events.as_ref().is_some_and(|events| events.sign.is_some())
}
