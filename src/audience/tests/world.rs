//! Made-up portfolios whose truth is known, cut as providers cut them.

use std::collections::BTreeSet;

use rand::{Rng, RngExt};

use crate::base::seed::{Generator, Stream, generator};
use crate::graph::attributes::known;
use crate::graph::tables::FOLLOWS;
use crate::graph::{Column, Design, Network, Values, View, build};

/// Audiences with heavy-tailed sizes and overlapping interests: people 0, 1, …; newest followers last.
pub struct World {
    pub people: u32,
    pub audiences: Vec<Vec<u32>>,
    pub random: Generator,
}

/// How a creator's list is cut, and how many of those listed are looked up for all other creators without a full list.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    pub design: Design,
    pub share: f64,
    pub looked_up: usize,
}

impl World {
    /// `creators` audiences of a Pareto size (exponent 1.1) from `least` on, at most a third of the people; people like
    /// one of five topics, and follow a creator of theirs eight times as often; active people follow more.
    pub fn new(seed: u64, people: u32, creators: usize, least: f64) -> World {
        let mut random = generator(seed, Stream::Sample, 0);
        let topics: Vec<u8> = (0..people).map(|_| random.random_range(0..5)).collect();
        let activity: Vec<f64> = (0..people).map(|_| libm::sqrt(random.random::<f64>())).collect();
        let audiences = (0..creators).map(|_| {
            let topic: u8 = random.random_range(0..5);
            let size = least * libm::pow(1.0 - random.random::<f64>(), -1.0 / 1.1);
            let size = size.min(f64::from(people) / 3.0) as usize;
            let (mut audience, mut seen) = (Vec::new(), BTreeSet::new());
            // Newer followers care less about the topic: who came last is not like the others.
            while audience.len() < size {
                let person = random.random_range(0..people);
                let loyal = 1.0 - 0.6 * audience.len() as f64 / size as f64;
                let chance = activity[person as usize] * if topics[person as usize] == topic { loyal } else { 0.12 };
                if random.random::<f64>() < chance && seen.insert(person) {
                    audience.push(person);
                }
            }
            audience
        });
        let audiences = audiences.collect();
        World { people, audiences, random }
    }

    /// Distinct people of some audiences.
    pub fn union(&self, which: impl IntoIterator<Item = usize>) -> f64 {
        let mut seen = vec![false; self.people as usize];
        which.into_iter().flat_map(|at| &self.audiences[at]).for_each(|&person| seen[person as usize] = true);
        seen.iter().filter(|&&seen| seen).count() as f64
    }

    /// People in two audiences.
    pub fn common(&self, a: usize, b: usize) -> f64 {
        let one: BTreeSet<u32> = self.audiences[a].iter().copied().collect();
        self.audiences[b].iter().filter(|person| one.contains(person)).count() as f64
    }

    /// The account of a creator.
    pub fn account(&self, at: usize) -> u32 {
        self.people + at as u32
    }

    /// All creators' accounts.
    pub fn accounts(&self) -> Vec<u32> {
        (0..self.audiences.len()).map(|at| self.account(at)).collect()
    }

    /// `count` of `items`, each as likely as any other.
    pub fn some(random: &mut impl Rng, items: &[u32], count: usize) -> Vec<u32> {
        let mut items = items.to_vec();
        let count = count.min(items.len());
        for at in 0..count {
            let other = random.random_range(at..items.len());
            items.swap(at, other);
        }
        items.truncate(count);
        items
    }

    /// The network that an agency sees.
    pub fn cut(&mut self, cuts: &[Cut]) -> Network {
        let (mut edges, mut lookups) = (Vec::new(), Vec::new());
        let members: Vec<BTreeSet<u32>> =
            self.audiences.iter().map(|audience| audience.iter().copied().collect()).collect();
        for (at, cut) in cuts.iter().enumerate() {
            let audience = &self.audiences[at];
            let count = libm::ceil(audience.len() as f64 * cut.share) as usize;
            let listed = match cut.design {
                Design::Full => audience.clone(),
                Design::Random => World::some(&mut self.random, audience, count),
                _ => audience[audience.len() - count.min(audience.len())..].to_vec(),
            };
            edges.extend(listed.iter().map(|&person| (person, self.account(at))));
            for person in World::some(&mut self.random, &listed, cut.looked_up) {
                let others = (0..cuts.len()).filter(|&other| other != at && cuts[other].design != Design::Full);
                lookups.extend(others.map(|other| (person, self.account(other), members[other].contains(&person))));
            }
        }
        let accounts = self.people as usize + cuts.len();
        let mut network = Network::from_graph(build::graph(accounts, &edges));
        network.view = View::Sampled;
        let mut claimed = vec![f64::NAN; accounts];
        let mut designs = vec![None; accounts];
        for (at, cut) in cuts.iter().enumerate() {
            claimed[self.account(at) as usize] = self.audiences[at].len() as f64;
            designs[self.account(at) as usize] = Some(cut.design.name().to_owned());
        }
        give(&mut network, claimed, designs);
        look_up(&mut network, &lookups);
        network
    }
}

/// Claimed counts and designs as attributes.
pub fn give(network: &mut Network, claimed: Vec<f64>, designs: Vec<Option<String>>) {
    network.attributes.columns.push(Column { name: known::FOLLOWERS.into(), values: Values::Number(claimed.into()) });
    network.attributes.columns.push(Column::texts(known::LIST_DESIGN, designs.into_iter()));
}

/// The table of lookups: (person, creator, follows).
pub fn look_up(network: &mut Network, rows: &[(u32, u32, bool)]) {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows.dedup();
    let table = &mut network.tables.lookups;
    table.account = rows.iter().map(|row| row.0).collect::<Vec<_>>().into();
    table.other = Some(rows.iter().map(|row| row.1).collect::<Vec<_>>().into());
    let follows: Vec<f64> = rows.iter().map(|row| f64::from(u8::from(row.2))).collect();
    table.columns = vec![Column { name: FOLLOWS.into(), values: Values::Number(follows.into()) }];
}
