//! Audiences counted on shards: each counts its own accounts by whom of some creators they follow; whole numbers, added up.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::base::{Result, Run, sealed};
use crate::graph::shard::superstep::{Job, Sent, Sums};
use crate::graph::shard::{self, Shard};
use crate::graph::{Graph, Weights};

/// What is counted, as shards are told of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shards {
    creators: Vec<u32>,
    /// Whether what each two creators share is counted too.
    pairs: bool,
    /// What own accounts count; nothing: 1 each.
    #[serde(skip)]
    units: Option<Vec<u64>>,
}

/// People, or their weights in units, by whom they follow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Followed {
    /// By f from 0: follow exactly f + 1 of the creators.
    pub times: Vec<u64>,
    /// By creator, and by f from 0: their followers who follow exactly f + 1 of them.
    pub shared: Vec<Vec<u64>>,
    /// Followers of both of two creators a and b, a < b, at `a creators + b`; nothing if that was not asked for.
    pub pairs: Vec<u64>,
}

impl Followed {
    fn add(&mut self, followed: &[usize], units: u64, pairs: bool) {
        let times = followed.len() - 1;
        let raise = |counts: &mut Vec<u64>| {
            counts.resize(counts.len().max(times + 1), 0);
            counts[times] += units;
        };
        raise(&mut self.times);
        followed.iter().for_each(|&creator| raise(&mut self.shared[creator]));
        if pairs {
            let creators = self.shared.len();
            for (at, &a) in followed.iter().enumerate() {
                followed[at + 1..].iter().for_each(|&b| self.pairs[a * creators + b] += units);
            }
        }
    }

    fn join(&mut self, other: &Followed) {
        let add = |mine: &mut Vec<u64>, theirs: &[u64]| {
            mine.resize(mine.len().max(theirs.len()), 0);
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs);
        };
        add(&mut self.times, &other.times);
        add(&mut self.pairs, &other.pairs);
        self.shared.resize(self.shared.len().max(other.shared.len()), Vec::new());
        self.shared.iter_mut().zip(&other.shared).for_each(|(mine, theirs)| add(mine, theirs));
    }
}

/// Has the followers of these creators counted by the run's engine, where it cuts networks.
pub(super) fn elsewhere(
    graph: &Graph,
    creators: &[u32],
    weights: Option<&Weights>,
    pairs: bool,
    run: &Run,
) -> Result<Option<Followed>> {
    let job = Shards { creators: creators.to_vec(), pairs, units: None };
    let given = |bounds: &[u64], index: usize| {
        let own = bounds[index] as u32..bounds[index + 1] as u32;
        sealed::encode(&weights.map(|weights| own.map(|u| weights.units(u)).collect::<Vec<u64>>()))
    };
    let parts: Option<Vec<Followed>> = shard::elsewhere(run, "audience", &job, graph, &given)?;
    Ok(parts.map(|parts| {
        let mut all = Followed { shared: vec![Vec::new(); creators.len()], ..Followed::default() };
        parts.iter().for_each(|part| all.join(part));
        all
    }))
}

impl Shards {
    /// With what the driver says of the shard's own accounts.
    pub fn with(mut self, given: &[u8]) -> Result<Self> {
        self.units = sealed::decode(given)?;
        Ok(self)
    }

    fn count(&self, shard: &Shard) -> Followed {
        let creators = self.creators.len();
        let mut found = Followed {
            times: Vec::new(),
            shared: vec![Vec::new(); creators],
            pairs: vec![0; if self.pairs { creators * creators } else { 0 }],
        };
        let mut place_of: HashMap<u32, usize, FixedState> = HashMap::default();
        for (at, &creator) in self.creators.iter().enumerate() {
            place_of.extend(shard.place(creator).map(|place| (place, at)));
        }
        let mut followed = Vec::new();
        for u in 0..shard.own() {
            followed.clear();
            followed.extend(shard.following.row(u as u32).iter().filter_map(|place| place_of.get(place)));
            if followed.is_empty() {
                continue;
            }
            followed.sort_unstable();
            let units = self.units.as_ref().map_or(1, |units| units[u]);
            found.add(&followed, units, self.pairs);
        }
        found
    }
}

impl Job for Shards {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        Ok(Sent { kept: sealed::encode(&self.count(shard))?, ..Sent::default() })
    }

    fn step(&self, _: &Shard, _: u32, kept: &[u8], _: &[&[u8]], _: &Sums) -> Result<Sent> {
        Ok(Sent { kept: kept.to_vec(), ..Sent::default() })
    }

    fn is_done(&self, _: u32, _: &Sums) -> bool {
        true
    }

    fn result(&self, _: &Shard, _: u32, kept: &[u8], _: &Sums) -> Result<Vec<u8>> {
        Ok(kept.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tally::Tally;
    use crate::graph::build;
    use crate::graph::shard::superstep::alone;

    #[test]
    fn shards_count_what_lists_count() {
        let edges: Vec<(u32, u32)> =
            (0..3000u32).map(|i| (i * 7919 % 400, (i * i + i / 3) % 37)).filter(|(u, v)| u != v).collect();
        let graph = build::graph(400, &edges);
        let creators = [5, 0, 36, 12, 399];
        let weights = Weights::new(&(0..400).map(|v| f64::from(v % 3) / 2.0).collect::<Vec<_>>()).unwrap();
        for weights in [None, Some(&weights)] {
            let lists: Vec<&[u32]> = creators.iter().map(|&v| graph.followers(v)).collect();
            let tally = Tally::new(lists, 400, weights, &Run::new(1)).unwrap();
            let (counts, pairs) = (tally.counts(&Run::new(1)).unwrap(), tally.shared(&Run::new(1)).unwrap());
            for count in [1, 2, 5] {
                let bounds = shard::bounds(&graph, count);
                let shards: Vec<Shard> = (0..count).map(|at| shard::of_graph(&graph, &bounds, at).unwrap()).collect();
                let job = |shard: &Shard| Shards {
                    creators: creators.to_vec(),
                    pairs: true,
                    units: weights.map(|weights| shard.range().map(|u| weights.units(u as u32)).collect()),
                };
                let jobs: Vec<Shards> = shards.iter().map(job).collect();
                let mut all = Followed { shared: vec![Vec::new(); 5], ..Followed::default() };
                for part in alone(&jobs, &shards, 1).unwrap() {
                    all.join(&sealed::decode(&part).unwrap());
                }
                assert_eq!(tally.counts_of(&all), counts);
                assert_eq!(tally.shared_of(all.pairs), pairs);
            }
        }
    }
}
