//! Weak components in supersteps over shards: every account takes the smallest account that it hears of, until nobody
//! hears of a smaller one. Within a shard that is followed to its end, so that a superstep passes as many ties as it can.

use serde::{Deserialize, Serialize};

use crate::base::engine::Cutter;
use crate::base::{Result, Run, sealed};
use crate::graph::Graph;
use crate::graph::shard::superstep::{Job, Sent, Sums};
use crate::graph::shard::{self, Shard, of_bytes, to_bytes};

/// Weak components as shards are told of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Shards {}

/// The smallest member of each account's component, computed by the run's engine where it cuts networks.
pub(super) fn elsewhere(graph: &Graph, run: &Run) -> Result<Option<Vec<u32>>> {
    let parts: Option<Vec<Vec<u32>>> = shard::elsewhere(run, "components", &Shards {}, graph, &|_, _| Ok(Vec::new()))?;
    Ok(parts.map(|parts| parts.concat()))
}

/// The same of a network that is stored in shards.
pub fn of_stored(cutter: &dyn Cutter, network: u64, run: &Run) -> Result<Vec<u32>> {
    let parts: Vec<Vec<u32>> = shard::of_stored(run, "components", &Shards {}, network, cutter)?;
    Ok(parts.concat())
}

/// Passes labels on within the shard until none changes; labels of the halo stay.
fn settle(shard: &Shard, labels: &mut [u32]) {
    let own = shard.own();
    let mut down = true;
    loop {
        let mut moved = false;
        for at in 0..own {
            let v = if down { at } else { own - 1 - at };
            let ties = shard.followers.row(v as u32).iter().chain(shard.following.row(v as u32));
            let smallest = ties.fold(labels[v], |smallest, &u| smallest.min(labels[u as usize]));
            if smallest < labels[v] {
                (labels[v], moved) = (smallest, true);
            }
        }
        if !moved {
            return;
        }
        // The other way round next: chains are passed in one go whichever way they were numbered.
        down = !down;
    }
}

impl Job for Shards {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        let mut labels: Vec<u32> = (0..shard.places() as u32).map(|place| shard.account(place)).collect();
        settle(shard, &mut labels);
        let kept = to_bytes(&labels[..shard.own()]);
        // One superstep more in any case: the labels of halos are those of their shards only then.
        let sums = Sums { counts: [1, 0, 0], ..Sums::default() };
        Ok(Sent { kept, told: shard.tell(|place| labels[place as usize]), sums })
    }

    fn step(&self, shard: &Shard, _: u32, kept: &[u8], told: &[&[u8]], _: &Sums) -> Result<Sent> {
        let mut labels: Vec<u32> = of_bytes(kept)?;
        let before = labels.clone();
        labels.extend(shard.hear::<u32>(told)?);
        settle(shard, &mut labels);
        let changed = before.iter().zip(&labels).filter(|(before, now)| before != now).count() as u64;
        let sums = Sums { counts: [changed, 0, 0], ..Sums::default() };
        Ok(Sent { kept: to_bytes(&labels[..shard.own()]), told: shard.tell(|place| labels[place as usize]), sums })
    }

    fn is_done(&self, _: u32, sums: &Sums) -> bool {
        sums.counts[0] == 0
    }

    fn result(&self, _: &Shard, _: u32, kept: &[u8], _: &Sums) -> Result<Vec<u8>> {
        sealed::encode(&of_bytes::<u32>(kept)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use crate::graph::shard::superstep::alone;
    use crate::rank::Components;

    #[test]
    fn shards_find_the_components_of_one_process() {
        let chain: Vec<(u32, u32)> = (0..399).map(|v| if v % 2 == 0 { (v + 1, v) } else { (v, v + 1) }).collect();
        let shuffled: Vec<(u32, u32)> = chain.iter().map(|&(u, v)| (u * 7 % 400, v * 7 % 400)).collect();
        let sparse: Vec<(u32, u32)> =
            (0..260u32).map(|i| (i * 31 % 400, i * i % 397)).filter(|(u, v)| u != v).collect();
        for edges in [chain, shuffled, sparse, vec![]] {
            let graph = build::graph(400, &edges);
            let one = Components::default().run(&graph, &Run::new(1)).unwrap();
            for count in [1, 2, 4, 7] {
                let bounds = shard::bounds(&graph, count);
                let shards: Vec<Shard> = (0..count).map(|at| shard::of_graph(&graph, &bounds, at).unwrap()).collect();
                let parts = alone(&vec![Shards {}; count], &shards, 1).unwrap();
                let labels: Vec<Vec<u32>> = parts.iter().map(|part| sealed::decode(part).unwrap()).collect();
                assert_eq!(labels.concat(), one.labels);
            }
        }
    }
}
