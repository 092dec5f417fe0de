//! From parameters to a result: several attempts, connected communities, stable ids, an independent judgement.

use super::levels::{Effort, Found, Plan, optimise};
use super::net::{AnyNet, of_graph};
use super::partition::{Communities, dense, split_connected, stable};
use super::quality::Objective;
use crate::base::{Error, Result, Run};
use crate::graph::Graph;

/// Refuses counts of zero.
pub(super) fn limits(iterations: u32, runs: u32) -> Result<()> {
    for (name, value) in [("--iterations", iterations), ("--runs", runs)] {
        if value == 0 {
            return Err(Error::parameter(name, "must be at least 1"));
        }
    }
    if runs > 1 << 16 {
        return Err(Error::parameter("--runs", format!("must be at most 65536, not {runs}")));
    }
    Ok(())
}

/// The best of several runs, the first of equals. Each starts from `start`, or from every account on its own.
pub(super) fn search(
    graph: &Graph,
    objective: &Objective,
    plan: Plan,
    runs: u32,
    start: Option<Vec<u32>>,
    method: String,
    run: &Run,
) -> Result<Communities> {
    run.check_memory(&method, memory(graph, objective))?;
    let net = of_graph(run, graph, objective)?;
    let judge = |labels: &[u32], iterations, converged| {
        let (labels, sizes) = stable(labels);
        let quality = objective.of_dense(graph, &labels, sizes.len(), run)?;
        let (count, method) = (sizes.len(), method.clone());
        Ok(Communities { labels, sizes, count, quality, iterations, converged, method })
    };
    // The swift search only estimates what it gains: it may end below a start that was good.
    let mut best = match &start {
        Some(start) if plan.effort == Effort::Fast => Some(judge(&split(graph, start, run).0, 0, false)?),
        _ => None,
    };
    let start = start.unwrap_or_else(|| (0..graph.accounts() as u32).collect());
    for attempt in 0..runs {
        let found = connected(graph, &net, start.clone(), Plan { attempt, ..plan }, run)?;
        let found = judge(&found.labels, found.iterations, found.converged)?;
        if best.as_ref().is_none_or(|best| found.quality > best.quality) {
            best = Some(found);
        }
    }
    best.ok_or_else(|| Error::parameter("--runs", "must be at least 1"))
}

fn split(graph: &Graph, labels: &[u32], run: &Run) -> (Vec<u32>, usize) {
    run.install(|| split_connected(graph, labels))
}

/// Optimises until every community is connected: those that fell apart are split, which never lowers the quality,
/// and the search goes on from there.
fn connected(graph: &Graph, net: &AnyNet, mut start: Vec<u32>, mut plan: Plan, run: &Run) -> Result<Found> {
    loop {
        let mut found = match net {
            AnyNet::One(net) => optimise(run, net, start, plan)?,
            AnyNet::Two(net) => optimise(run, net, start, plan)?,
        };
        if found.connected {
            return Ok(found);
        }
        let before = dense(&found.labels).1;
        let (parts, count) = split(graph, &found.labels, run);
        let whole = count == before;
        if whole || plan.effort == Effort::Fast || found.iterations >= plan.iterations {
            found.converged &= whole;
            found.labels = parts;
            return Ok(found);
        }
        plan.done = found.iterations;
        start = parts;
    }
}

/// Bytes needed beside the graph: the rows of ties where the graph has none to lend, twice the aggregate at its
/// largest, and the arrays of nodes.
fn memory(graph: &Graph, objective: &Objective) -> u64 {
    let (accounts, edges) = (graph.accounts() as u64, graph.edges());
    let own = match (graph.is_symmetric(), graph.is_weighted() || objective.directed(graph)) {
        (true, _) => 0,
        (false, true) => 2 * 12 * edges + 8 * accounts,
        (false, false) => 2 * 4 * edges + 8 * accounts,
    };
    let aggregate = 2 * 12 * if graph.is_symmetric() { edges } else { 2 * edges };
    own + aggregate + 120 * accounts
}
