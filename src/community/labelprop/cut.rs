//! Label propagation, all at once, in supersteps over shards: the labels of one process.

use serde::{Deserialize, Serialize};

use super::Spread;
use crate::base::engine::Cutter;
use crate::base::{Result, Run, sealed};
use crate::graph::Graph;
use crate::graph::shard::superstep::{Job, Sent, Sums};
use crate::graph::shard::{self, Shard, of_bytes, to_bytes};

/// Label propagation as shards are told of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shards {
    rounds: u32,
}

/// A shard's part of the result.
#[derive(Debug, Serialize, Deserialize)]
struct Part {
    iterations: u32,
    converged: bool,
    labels: Vec<u32>,
}

/// The labels, computed by the run's engine where it cuts networks.
pub(super) fn elsewhere(graph: &Graph, rounds: u32, run: &Run) -> Result<Option<Spread>> {
    let parts: Option<Vec<Part>> =
        shard::elsewhere(run, "label-propagation", &Shards { rounds }, graph, &|_, _| Ok(Vec::new()))?;
    Ok(parts.map(joined))
}

/// The labels of a network that is stored in shards, after so many rounds at most.
pub fn of_stored(cutter: &dyn Cutter, network: u64, rounds: u32, run: &Run) -> Result<Vec<u32>> {
    let parts: Vec<Part> = shard::of_stored(run, "label-propagation", &Shards { rounds }, network, cutter)?;
    Ok(joined(parts).labels)
}

fn joined(parts: Vec<Part>) -> Spread {
    let (iterations, converged) = parts.first().map_or((0, true), |part| (part.iterations, part.converged));
    Spread { labels: parts.into_iter().flat_map(|part| part.labels).collect(), iterations, converged }
}

/// The label that stands most often among the ties of an account, both directions counted; ties go to the smallest; its own
/// if there is none.
fn most_common(shard: &Shard, labels: &[u32], v: u32, around: &mut Vec<u32>) -> u32 {
    around.clear();
    let ties = shard.followers.row(v).iter().chain(shard.following.row(v));
    around.extend(ties.map(|&u| labels[u as usize]));
    around.sort_unstable();
    let mut best = (0, labels[v as usize]);
    for same in around.chunk_by(|a, b| a == b) {
        if same.len() > best.0 {
            best = (same.len(), same[0]);
        }
    }
    best.1
}

impl Job for Shards {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        let labels: Vec<u32> = (0..shard.own() as u32).map(|place| shard.account(place)).collect();
        let sums = Sums { counts: [1, 0, 0], ..Sums::default() };
        Ok(Sent { told: shard.tell(|place| labels[place as usize]), kept: to_bytes(&labels), sums })
    }

    fn step(&self, shard: &Shard, _: u32, kept: &[u8], told: &[&[u8]], _: &Sums) -> Result<Sent> {
        let mut labels: Vec<u32> = of_bytes(kept)?;
        labels.extend(shard.hear::<u32>(told)?);
        let mut around = Vec::new();
        let own = 0..shard.own() as u32;
        let next: Vec<u32> = own.map(|v| most_common(shard, &labels, v, &mut around)).collect();
        let changed = next.iter().zip(&labels).filter(|(next, now)| next != now).count() as u64;
        let sums = Sums { counts: [changed, 0, 0], ..Sums::default() };
        Ok(Sent { told: shard.tell(|place| next[place as usize]), kept: to_bytes(&next), sums })
    }

    fn is_done(&self, step: u32, sums: &Sums) -> bool {
        sums.counts[0] == 0 || step >= self.rounds
    }

    fn result(&self, _: &Shard, step: u32, kept: &[u8], sums: &Sums) -> Result<Vec<u8>> {
        sealed::encode(&Part { iterations: step, converged: sums.counts[0] == 0, labels: of_bytes(kept)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::community::labelprop::{LabelPropagation, Variant};
    use crate::graph::build;
    use crate::graph::shard::superstep::alone;

    #[test]
    fn shards_give_the_labels_of_one_process() {
        let edges: Vec<(u32, u32)> =
            (0..2500u32).map(|i| (i * 7919 % 300, i * i % 293)).filter(|(u, v)| u != v).collect();
        let both: Vec<(u32, u32)> = edges.iter().flat_map(|&(u, v)| [(u, v), (v, u)]).collect();
        for edges in [edges, both, vec![(1, 0)], vec![]] {
            let graph = build::graph(300, &edges);
            for rounds in [1, 2, 10] {
                let parameters = LabelPropagation { variant: Variant::Cdlp, iterations: Some(rounds) };
                let one = parameters.spread(&graph, &Run::new(1)).unwrap();
                for count in [1, 2, 5] {
                    let bounds = shard::bounds(&graph, count);
                    let shards: Vec<Shard> =
                        (0..count).map(|at| shard::of_graph(&graph, &bounds, at).unwrap()).collect();
                    let parts = alone(&vec![Shards { rounds }; count], &shards, 1).unwrap();
                    let many = joined(parts.iter().map(|part| sealed::decode(part).unwrap()).collect());
                    assert_eq!(
                        (&many.labels, many.iterations, many.converged),
                        (&one.labels, one.iterations, one.converged)
                    );
                }
            }
        }
    }
}
