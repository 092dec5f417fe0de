//! The data card: what a network holds, what can be said with it, and what more data would buy.

use std::collections::BTreeMap;

use serde::Serialize;

use super::abilities::{Ability, Use, abilities, uses};
use crate::base::{Result, Run, time};
use crate::graph::attributes::known;
use crate::graph::network::RowCounts;
use crate::graph::transform::{earliest_time, latest_time};
use crate::graph::{Events, Graph, Layout, Network, Tables, View};
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
    /// In which order accounts stand.
    pub layout: Layout,
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
    /// Follower lists by how they were drawn, where not all are the whole graph's.
    pub lists: BTreeMap<&'static str, u64>,
    /// Rows of the posts table, offers, lookups.
    pub tables: BTreeMap<&'static str, u64>,
    /// Which columns posts have.
    pub post_columns: Vec<String>,
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
    /// What can be done besides.
    pub uses: Vec<Use>,
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
            layout: network.layout(),
            degrees,
            follow_columns,
            interactions,
            interaction_columns,
            undated,
            items: network.items.len() as u64,
            lists: lists(network),
            tables: Tables::NAMES
                .into_iter()
                .zip(network.tables.all())
                .filter(|(_, table)| !table.is_empty())
                .map(|(name, table)| (name, table.len() as u64))
                .collect(),
            post_columns: network.tables.posts.columns.iter().map(|column| column.name.clone()).collect(),
            from: earliest_time(network).map(time::show),
            to: latest_time(network).map(time::show),
            columns,
            claimed: claimed(network),
            rows: network.rows,
            memory: memory(network),
            abilities: abilities(network),
            uses: uses(network),
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

/// Creators with a follower list, by design. A whole graph has no lists.
fn lists(network: &Network) -> BTreeMap<&'static str, u64> {
    let mut lists = BTreeMap::new();
    if network.view != View::Whole {
        let creators = network.creators().unwrap_or_else(|| (0..network.accounts() as u32).collect());
        for list in creators.into_iter().map(|v| network.list(v)).filter(|list| list.listed > 0) {
            *lists.entry(list.design.name()).or_default() += 1;
        }
    }
    lists
}

/// Bytes: [`Graph::memory`], [`Events::memory`], attributes, 8 an account for names.
fn memory(network: &Network) -> u64 {
    let n = network.accounts() as u64;
    let graph = network.follows.as_ref().map_or(0, |f| Graph::memory(n, f.graph.edges(), f.graph.is_weighted()));
    let events = network.events.as_ref().map_or(0, |events| Events::memory(n, events.len() as u64));
    graph + events + network.attributes.memory() + 8 * n
}
