//! The map: creators who share an audience near each other.

use serde::Serialize;
use utoipa::ToSchema;

use super::desk::Desk;
use crate::audience::Alike;
use crate::base::{Result, Run};
use crate::community::{Layout, Leiden};
use crate::graph::attributes::known;
use crate::graph::build;

/// A creator on the map.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Spot {
    /// The creator.
    pub id: String,
    /// From −1 to 1.
    pub x: f64,
    /// From −1 to 1.
    pub y: f64,
    /// Accounts that follow them.
    pub followers: Option<f64>,
    /// everyday, nano, micro, macro or mega.
    pub tier: String,
    /// Of the accounts table.
    pub niche: Option<String>,
    /// The place of their community among the communities.
    pub community: u32,
}

/// Creators whose audiences are alike.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Cluster {
    /// How many creators.
    pub creators: u64,
    /// What stands out: the niche that most of them have, or the most followed.
    pub label: String,
    /// The most followed.
    pub top: Vec<String>,
}

/// The map.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Atlas {
    /// The most followed creators.
    pub creators: Vec<Spot>,
    /// Pairs that share most of their audiences: two places among the creators, and the share of either audience.
    pub links: Vec<(u32, u32, f64)>,
    /// Communities, the largest first.
    pub communities: Vec<Cluster>,
    /// How it is made, in a sentence.
    pub note: String,
}

/// So many creators can be told apart on a screen.
const MOST: usize = 5_000;

/// Of each creator so many of the most alike are tied.
const TIES: u32 = 6;

/// An audience shared by fewer people is no tie.
const COMMON: u32 = 3;

impl Atlas {
    /// Puts creators on the map.
    pub fn new(desk: &Desk, run: &Run) -> Result<Atlas> {
        let network = desk.network;
        let mut shown: Vec<u32> = desk.creators.iter().copied().take(MOST).collect();
        shown.sort_unstable();
        run.phase("audiences that are alike", None);
        // People of several platforms count as often as they have accounts: near enough for a map.
        let common = desk.hide_below.map_or(COMMON, |below| COMMON.max(below as u32));
        let alike = Alike { top: TIES, common, accounts_are_people: true, ..Default::default() };
        let pairs = alike.run(network, &shown, &[], run)?;
        let place = |account: u32| shown.binary_search(&account).ok().map(|place| place as u32);
        let tie =
            |row: &crate::audience::Pair| Some((place(row.accounts[0])?, place(row.accounts[1])?, row.jaccard.value?));
        let mut ties: Vec<(u32, u32, f64)> =
            pairs.rows.iter().filter_map(tie).map(|(a, b, share)| (a.min(b), a.max(b), share)).collect();
        ties.sort_by_key(|tie| (tie.0, tie.1));
        ties.dedup_by_key(|tie| (tie.0, tie.1));
        let both: Vec<(u32, u32, f64)> =
            ties.iter().flat_map(|&(a, b, share)| [(a, b, share), (b, a, share)]).collect();
        let graph = build::weighted(shown.len(), &both);
        run.phase("communities of creators", None);
        let found = Leiden { undirected: true, ..Default::default() }.run(&graph, run)?;
        let places = Layout::default().run(&graph, &found.labels, run)?;
        let niche = |account: u32| network.attributes.text(known::NICHE, account).map(|text| text.into_owned());
        let spot = |(at, &account): (usize, &u32)| Spot {
            id: network.names.get(account).into_owned(),
            x: places[at].0,
            y: places[at].1,
            followers: network.follower_count(account).and_then(|count| desk.people(count)),
            tier: desk.graph.map_or("everyday", |graph| network.tier(graph, account).name()).to_owned(),
            niche: niche(account),
            community: found.labels[at],
        };
        let cluster = |members: &Vec<u32>| {
            let mut accounts: Vec<u32> = members.iter().map(|&at| shown[at as usize]).collect();
            accounts.sort_by_key(|&account| desk.place(account));
            let top: Vec<String> = accounts.iter().take(3).map(|&v| network.names.get(v).into_owned()).collect();
            let label = most_have(accounts.iter().filter_map(|&v| niche(v)), accounts.len());
            Cluster { creators: members.len() as u64, label: label.unwrap_or_else(|| top.join(", ")), top }
        };
        Ok(Atlas {
            creators: shown.iter().enumerate().map(spot).collect(),
            links: ties,
            communities: found.members().iter().map(cluster).collect(),
            note: format!(
                "the {} most followed creators; each tied to the {TIES} whose audiences are most alike (common followers over \
                 those of either); communities by Leiden on these ties; accounts of several platforms are taken for people",
                crate::report::number::count(shown.len() as u64)
            ),
        })
    }
}

/// The value that at least half of them have.
fn most_have(values: impl Iterator<Item = String>, of: usize) -> Option<String> {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    values.for_each(|value| *counts.entry(value).or_default() += 1);
    let (value, count) = counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(&a.0)))?;
    (2 * count >= of).then_some(value)
}
