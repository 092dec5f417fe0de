//! Verbs' algorithms with an engine that cuts networks, in one process: the same results to the bit.

use std::sync::Arc;

use super::*;
use crate::Run;
use crate::base::engine::{Engine, Kernel as Asked, Shards};
use crate::cascade::tunkrank::Method;
use crate::cascade::{Model, ReachAll, TunkRank};
use crate::community::{LabelPropagation, Variant};
use crate::graph::buffer::aligned;
use crate::graph::{Network, build};
use crate::rank::{Components, PageRank};

/// Cuts a network into so many shards and runs them here; results come back the last first.
struct Cut(usize);

impl Engine for Cut {
    fn question(&self) -> u64 {
        1
    }

    fn cuts(&self) -> bool {
        true
    }

    fn compute(&self, _: &str, _: &[Vec<u8>]) -> Result<Option<Vec<Vec<u8>>>> {
        Ok(None)
    }

    fn supersteps(&self, kernel: &Asked<'_>) -> Result<Option<Shards>> {
        let bounds = kernel.cutter.bounds(self.0);
        let shards: Vec<Shard> = (0..self.0)
            .map(|at| Shard::decode(aligned(&kernel.cutter.shard(&bounds, at)?), "shard"))
            .collect::<Result<_>>()?;
        let given: Vec<Vec<u8>> = (0..self.0).map(|at| kernel.cutter.given(&bounds, at)).collect::<Result<_>>()?;
        let part = |at: usize| Part::new(&kernel.job, &shards[at], kernel.network, &given[at]);
        let mut inboxes: Vec<Vec<Vec<u8>>> = vec![Vec::new(); self.0];
        loop {
            let (mut next, mut done) = (vec![Vec::new(); self.0], true);
            for (at, inbox) in inboxes.iter().enumerate() {
                for message in part(at)?.superstep(inbox)? {
                    done &= message.done;
                    next[message.to as usize].push(message.sealed);
                }
            }
            inboxes = next;
            if done {
                let parts = (0..self.0).rev().map(|at| part(at)?.result(&inboxes[at])).collect::<Result<_>>()?;
                return Ok(Some((self.0, parts)));
            }
        }
    }
}

#[test]
fn a_cut_network_gives_what_it_gives_whole() {
    let edges: Vec<(u32, u32)> =
        (0..2600u32).map(|i| (i * 7919 % 300, (i * i + i / 7) % 293)).filter(|(u, v)| u != v).collect();
    let network = Network::from_graph(build::graph(300, &edges));
    let graph = network.follow_graph().unwrap();
    let whole = Run::new(3);
    let tunkrank = TunkRank { cascade: Model::Ic(0.02).into(), method: Method::Sweeps, ..Default::default() };
    let spread = LabelPropagation { variant: Variant::Cdlp, ..Default::default() };
    let reach = ReachAll { cascade: Model::Wc.into(), samples: Some(2000), ..Default::default() };
    let learned = ReachAll { cascade: Model::Prior.into(), samples: Some(2000), draws: 10, ..Default::default() };
    for shards in [1, 3, 8] {
        let cut = Run::new(3).engine_of(Arc::new(Cut(shards)));
        assert_eq!(PageRank::default().run(graph, &cut).unwrap(), PageRank::default().run(graph, &whole).unwrap());
        let components = Components::default();
        assert_eq!(components.run(graph, &cut).unwrap(), components.run(graph, &whole).unwrap());
        let of = |run: &Run| tunkrank.run(graph, &network, run).unwrap();
        assert_eq!(of(&cut), of(&whole));
        assert_eq!(spread.run(graph, &cut).unwrap().labels, spread.run(graph, &whole).unwrap().labels);
        for reach in [&reach, &learned] {
            let of = |run: &Run| reach.run(graph, &network, run).unwrap();
            assert_eq!(of(&cut), of(&whole));
        }
        let overlap = crate::audience::Overlap { pairs: true, ..Default::default() };
        let of = |run: &Run| overlap.run(&network, &[0, 1, 2, 290], run).unwrap();
        assert_eq!(of(&cut), of(&whole));
    }
}

#[test]
fn what_a_cut_network_cannot_do_is_said() {
    let network = Network::from_graph(build::weighted(4, &[(1, 0, 0.5), (2, 0, 0.5), (3, 1, 0.5)]));
    let cut = Run::new(3).engine_of(Arc::new(Cut(2)));
    let reach = ReachAll { cascade: Model::Edge.into(), ..Default::default() };
    let error = reach.run(network.follow_graph().unwrap(), &network, &cut).unwrap_err();
    assert!(error.to_string().contains("belong to edges"), "{error}");
    let job = r#"{"kernel":"dance"}"#;
    let graph = network.follow_graph().unwrap();
    let shard = crate::graph::shard::of_graph(graph, &[0, 4], 0).unwrap();
    assert!(Part::new(job, &shard, 1, &[]).err().unwrap().to_string().contains("does not know the job"));
}
