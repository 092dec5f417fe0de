//! What is benchmarked: a network made for it, or one that is given; and what is known about it.

use serde::{Deserialize, Serialize};

use crate::base::seed::{Stream, generator};
use crate::base::{Error, Result, Run, par};
use crate::cascade::Model;
use crate::graph::build::{self, Keyed, key};
use crate::graph::{Graph, Network};
use crate::io::snapshot;
use rand::RngExt;

/// The network that is made when none is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BenchInput {
    /// About how many accounts.
    pub people: u64,
}

impl Default for BenchInput {
    fn default() -> Self {
        BenchInput { people: 100_000 }
    }
}

/// A network with what is known about it.
pub struct Input {
    /// The network.
    pub network: Network,
    /// Its checksum.
    pub checksum: u64,
    /// What to call it.
    pub name: String,
    /// How it was made, where it was: the stage `generate`.
    pub made_by: Option<BenchInput>,
    /// The truth, where it is known.
    pub known: Known,
}

/// The truth about a network, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Account, reach, and the standard error of that reach.
    pub reach: Option<Vec<(u32, f64, f64)>>,
    /// The community of every account.
    pub communities: Option<Vec<u32>>,
    /// The model that the reach is of; by default the assumptions of `prior`.
    pub model: Model,
    /// The chance of resharing that the reach is of, where it is one for everybody.
    pub rho: Option<f64>,
    /// The least adjusted mutual information with `communities` that passes. `None`: reported, not checked.
    pub least_ami: Option<f64>,
    /// The largest root mean square error of reach, in standard errors, that passes. `None`: reported, not checked.
    pub most_errors: Option<f64>,
}

impl Known {
    /// The true reach of an account and its standard error.
    pub fn reach_of(&self, account: u32) -> Option<(f64, f64)> {
        let rows = self.reach.as_ref()?;
        rows.iter().find(|row| row.0 == account).map(|row| (row.1, row.2))
    }
}

impl Input {
    /// A network that is given.
    pub fn given(network: Network, checksum: u64, name: String) -> Self {
        Input { network, checksum, name, made_by: None, known: Known::default() }
    }

    /// Who follows whom.
    pub fn graph(&self) -> Result<&Graph> {
        self.network.follow_graph()
    }
}

/// The network that is benchmarked when none is given, and what is known about it. The one place that knows where it
/// comes from.
pub fn input(made_by: &BenchInput, run: &Run) -> Result<Input> {
    let (network, known) = made_by.make(run)?;
    let checksum = snapshot::checksum_of(&network, run)?;
    let name = format!("R-MAT, {} accounts asked for", made_by.people);
    Ok(Input { network, checksum, name, made_by: Some(made_by.clone()), known })
}

/// Edges drawn for each account.
const EDGES: u64 = 16;

/// Edges drawn by one task.
const CHUNK: usize = 1 << 16;

impl BenchInput {
    /// Refuses sizes that make no sense.
    pub fn check(&self) -> Result<()> {
        match (2..=1 << 31).contains(&self.people) {
            true => Ok(()),
            false => Err(Error::parameter("--people", format!("{} is not between 2 and 2,147,483,648", self.people))),
        }
    }

    /// Makes the network: R-MAT (Chakrabarti, Zhan & Faloutsos 2004) with .57, .19, .19, .05. Accounts that no edge
    /// touches are left out, so that text holds them all. Nothing is planted in it.
    pub fn make(&self, run: &Run) -> Result<(Network, Known)> {
        self.check()?;
        let scale = u64::BITS - self.people.max(2).saturating_sub(1).leading_zeros();
        let (accounts, edges) = (1usize << scale, EDGES << scale);
        run.check_memory("making the network", Graph::memory(accounts as u64, edges, false) + 24 * edges)?;
        run.phase("making a network", Some(edges));
        let drawn = par::map(run, &par::chunks(edges as usize, CHUNK), |range| {
            let mut random = generator(run.seed(), Stream::Sample, (range.start / CHUNK) as u64);
            let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(range.len());
            for _ in range {
                let (mut u, mut v) = (0u32, 0u32);
                for _ in 0..scale {
                    let at = random.random_range(0.0..1.0f64);
                    u = u << 1 | u32::from(at >= 0.76);
                    v = v << 1 | u32::from((0.57..0.76).contains(&at) || at >= 0.95);
                }
                if u != v {
                    pairs.push((u, v));
                }
            }
            Ok(pairs)
        })?;
        let mut place = vec![0u32; accounts];
        drawn.iter().flatten().for_each(|&(u, v)| (place[u as usize], place[v as usize]) = (1, 1));
        let mut count = 0;
        for place in &mut place {
            let used = *place;
            *place = count;
            count += used;
        }
        let keyed = |&(u, v): &(u32, u32)| (key(place[u as usize], place[v as usize]), ());
        let chunks: Vec<Vec<Keyed<()>>> = drawn.iter().map(|pairs| pairs.iter().map(keyed).collect()).collect();
        drop(drawn);
        let merged = build::plain(run, count as usize, chunks)?;
        let network = Network::from_graph(build::finish(run, merged.following, None)?);
        Ok((network, Known::default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_does_not_know_threads_and_nobody_stands_alone() {
        let made_by = BenchInput { people: 3000 };
        let sums: Vec<u64> = [1, 2, 3, 8]
            .into_iter()
            .map(|threads| input(&made_by, &Run::new(5).threads(threads).unwrap()).unwrap().checksum)
            .collect();
        assert!(sums.iter().all(|sum| *sum == sums[0]));
        let input = input(&made_by, &Run::new(5)).unwrap();
        let graph = input.graph().unwrap();
        assert!(graph.accounts() > 2000 && graph.edges() > 40_000, "{} {}", graph.accounts(), graph.edges());
        let alone = |v: &u32| graph.followers(*v).is_empty() && graph.following(*v).is_empty();
        assert_eq!((0..graph.accounts() as u32).find(alone), None);
    }
}
