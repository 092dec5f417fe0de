//! What an agency holds, as a network: creators and listed followers under the names of their platforms, with tables.

use std::collections::HashMap;

use super::super::Made;
use super::super::words::PLATFORMS;
use super::Step;
use super::choice::Chosen;
use super::lists::FollowerList;
use super::platforms::platforms;
use super::posts::Happened;
use crate::base::seed::Key;
use crate::base::{Result, Run};
use crate::graph::attributes::known;
use crate::graph::build;
use crate::graph::network::{Follows, Repeats, RowCounts, Tiers};
use crate::graph::tables::{offer, post};
use crate::graph::{Attributes, Column, Design, Names, Network, Table, Tables, Values, View};

/// Everything that a network is made from. Accounts are those of the market, and tables name places among the chosen.
#[derive(Debug, Clone)]
pub struct Window {
    pub chosen: Vec<Chosen>,
    pub lists: Vec<FollowerList>,
    tables: Tables,
    /// Handles of the market's creators, without the sign; for the chosen, of their own accounts.
    handles: Vec<String>,
    /// The platform of each.
    homes: Vec<usize>,
    names: Key,
    niches: Vec<String>,
    tiers: Tiers,
    claimed: Vec<f64>,
    date: f64,
}

/// A person on a platform: (platform, account of the market).
pub type Face = (usize, u32);

impl Window {
    pub fn new(made: &Made, chosen: Vec<Chosen>, lists: Vec<FollowerList>, posts: &[Happened], seed: u64) -> Window {
        let truth = &made.truth;
        let home = |name: &str| PLATFORMS.iter().position(|(other, _)| *other == name).unwrap_or_default();
        let mut handles: Vec<String> =
            truth.creators.iter().map(|creator| creator.handle.trim_start_matches('@').to_owned()).collect();
        chosen.iter().for_each(|one| handles[one.market as usize] = one.handle.clone());
        let creator = |one: &Chosen| &truth.creators[one.market as usize];
        let niche = |one: &Chosen| truth.niches[creator(one).niche as usize].clone();
        let prices: Vec<f64> = chosen.iter().map(|one| creator(one).price).collect();
        Window {
            tables: Tables { posts: table_of_posts(posts), offers: offers(&chosen, &prices), ..Tables::default() },
            handles,
            homes: truth.creators.iter().map(|creator| home(&creator.platform)).collect(),
            names: Step::Names.key(seed),
            niches: chosen.iter().map(niche).collect(),
            tiers: made.network.tiers,
            claimed: chosen.iter().map(|one| creator(one).followers as f64).collect(),
            date: truth.clock.end as f64,
            chosen,
            lists,
        }
    }

    /// What somebody is called on a platform: creators by their handle where they are at home, everybody else by a
    /// word that tells nothing of who they are on another platform.
    fn name(&self, (platform, person): Face) -> String {
        let at = person as usize;
        let place = PLATFORMS[platform].0;
        if at < self.handles.len() && self.homes[at] == platform {
            format!("{place}:{}", self.handles[at])
        } else {
            // Words of one table differ for different people.
            format!("{place}:u{:016x}", self.names.of(platform as u64).word(u64::from(person)))
        }
    }

    /// The accounts of the chosen in a network that was made here.
    pub fn places(&self, network: &Network) -> Vec<u32> {
        self.chosen.iter().filter_map(|one| network.names.find(&one.name())).collect()
    }

    /// The network, with these people as accounts besides those who are listed; the lists; and where the people stand.
    pub fn network(&self, more: &[Face], run: &Run) -> Result<(Network, Vec<FollowerList>, Vec<u32>)> {
        run.phase("naming accounts", None);
        let listed = |at: usize| self.lists[at].followers.iter().map(move |&u| (self.chosen[at].platform, u));
        let creators = || self.chosen.iter().map(|one| (one.platform, one.market));
        let mut faces: Vec<Face> = creators().chain(more.iter().copied()).collect();
        faces.extend((0..self.lists.len()).flat_map(listed));
        faces.sort_unstable();
        faces.dedup();
        let mut named: Vec<(String, Face)> = faces.iter().map(|&face| (self.name(face), face)).collect();
        named.sort_unstable();
        let places: HashMap<Face, u32> = named.iter().zip(0..).map(|((_, face), place)| (*face, place)).collect();
        let names = Names::from_sorted(named.iter().map(|(name, _)| name.as_bytes()));
        let chosen: Vec<u32> = creators().map(|face| places[&face]).collect();
        let list = |at: usize| FollowerList {
            account: chosen[at],
            design: self.lists[at].design,
            followers: listed(at).map(|face| places[&face]).collect(),
        };
        let lists: Vec<FollowerList> = (0..self.lists.len()).map(list).collect();
        let pairs = lists.iter().map(|list| list.followers.iter().map(|&u| (u, list.account)).collect());
        let merged = build::plain(run, named.len(), pairs.collect())?;
        let graph = build::finish(run, merged.following, None)?;
        let whole = self.lists.iter().all(|list| list.design == Design::Full);
        let rows = RowCounts { follow_rows: graph.edges(), ..RowCounts::default() };
        let mut tables = self.tables.clone();
        for table in tables.all_mut() {
            let accounts: Vec<u32> = table.account.iter().map(|&at| chosen[at as usize]).collect();
            table.account = accounts.into();
        }
        let network = Network {
            names,
            follows: Some(Follows { graph, time: None, sign: None, repeats: Repeats::Sum, terms: None }),
            events: None,
            kinds: vec![],
            items: Names::default(),
            attributes: self.attributes(&named, &chosen),
            tables,
            pseudonymous: None,
            view: if whole { View::Lists } else { View::Sampled },
            view_stated: true,
            tiers: self.tiers,
            rows,
        };
        let more = more.iter().map(|face| places[face]).collect();
        Ok((network, lists, more))
    }

    fn attributes(&self, named: &[(String, Face)], chosen: &[u32]) -> Attributes {
        let numbers = |name: &str, of: &dyn Fn(usize) -> f64| {
            let mut values = vec![f64::NAN; named.len()];
            chosen.iter().enumerate().for_each(|(at, &place)| values[place as usize] = of(at));
            Column { name: name.into(), values: Values::Number(values.into()) }
        };
        let texts = |name: &str, of: &dyn Fn(usize) -> Option<String>| {
            let mut values = vec![None; named.len()];
            chosen.iter().enumerate().for_each(|(at, &place)| values[place as usize] = of(at));
            Column::texts(name, values.into_iter())
        };
        let person = |at: usize| self.chosen[at].person.clone().filter(|_| self.chosen[at].linked);
        let columns = vec![
            texts(known::COUNTRY, &|_| Some("VN".into())),
            numbers(known::CREATOR, &|_| 1.0),
            numbers(known::FOLLOWERS, &|at| self.claimed[at]),
            numbers(known::LIST_DATE, &|_| self.date),
            texts(known::LIST_DESIGN, &|at| Some(self.lists[at].design.name().into())),
            texts(known::NICHE, &|at| Some(self.niches[at].clone())),
            texts(known::PERSON, &person),
            texts(known::PLATFORM, &|at| Some(PLATFORMS[self.chosen[at].platform].0.into())),
        ];
        // Nobody gives a column that says nothing.
        Attributes { columns: columns.into_iter().filter(|column| column.given() > 0).collect() }
    }
}

/// The posts as platforms show them. What is not shown is missing.
fn table_of_posts(posts: &[Happened]) -> Table {
    let mut rows: Vec<&Happened> = posts.iter().collect();
    // The order of tables: by account, then time, missing ones first, then id.
    rows.sort_by_key(|post| (post.chosen, post.dated.then_some(post.time), post.id.clone()));
    let numbers = |name: &str, of: &dyn Fn(&Happened) -> Option<f64>| Column {
        name: name.into(),
        values: Values::Number(rows.iter().map(|post| of(post).unwrap_or(f64::NAN)).collect::<Vec<f64>>().into()),
    };
    let texts =
        |name: &str, of: &dyn Fn(&Happened) -> String| Column::texts(name, rows.iter().map(|post| Some(of(post))));
    let count = |value: u64| value as f64;
    let columns = [
        numbers(post::COMMENTS, &|post| Some(count(post.comments))),
        texts(post::FORMAT, &|post| post.format.clone()),
        texts(post::ID, &|post| post.id.clone()),
        numbers(post::LIKES, &|post| Some(count(post.likes))),
        numbers(post::REACH, &|post| post.shows_reach.then(|| count(post.network + post.recommended))),
        numbers(post::SAVES, &|post| post.saves.map(count)),
        numbers(post::SHARES, &|post| post.shares.map(count)),
        numbers(post::SPONSORED, &|post| Some(f64::from(u8::from(post.sponsored)))),
        numbers(post::TIME, &|post| post.dated.then_some(post.time as f64)),
        numbers(post::VIEWS, &|post| post.shows_views.then(|| count(post.views))),
    ];
    Table {
        account: rows.iter().map(|post| post.chosen as u32).collect::<Vec<u32>>().into(),
        other: None,
        // Nobody gives a column that says nothing.
        columns: columns.into_iter().filter(|column| column.given() > 0).collect(),
    }
}

/// A price for every format, in steps of 100,000 VND.
fn offers(chosen: &[Chosen], prices: &[f64]) -> Table {
    let platforms = platforms();
    let mut rows: Vec<(u32, &str, f64)> = chosen
        .iter()
        .enumerate()
        .flat_map(|(at, one)| {
            let formats = &platforms[one.platform].formats;
            let price = move |factor: f64| libm::round(prices[at] * factor / 1e5).max(1.0) * 1e5;
            formats.iter().map(move |format| (at as u32, format.name.as_str(), price(format.price)))
        })
        .collect();
    rows.sort_unstable_by_key(|row| (row.0, row.1));
    Table {
        account: rows.iter().map(|row| row.0).collect::<Vec<u32>>().into(),
        other: None,
        columns: vec![
            Column::texts(offer::CURRENCY, rows.iter().map(|_| Some("VND".into()))),
            Column::texts(offer::FORMAT, rows.iter().map(|row| Some(row.1.into()))),
            Column {
                name: offer::PRICE.into(),
                values: Values::Number(rows.iter().map(|row| row.2).collect::<Vec<f64>>().into()),
            },
        ],
    }
}
