//! The loop that Leiden and Louvain share: move, group, aggregate, until every community is one node; and
//! again from the accounts, until nothing improves.

use rand::seq::SliceRandom;
use serde::{Deserialize, Serialize};

use super::aggregate::aggregate;
use super::bulk::Pace;
use super::moving::{Moves, move_nodes};
use super::net::{Mass, Net};
use super::partition::renumber;
use super::refine::refine;
use crate::base::seed::{Generator, Key, Stream, generator};
use crate::base::{Result, Run, par};

/// How far a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Effort {
    /// Until no account gains by moving
    #[default]
    Full,
    /// Until a round gains little: some two thirds of the time for a slightly lower quality, and no promise about
    /// single accounts
    Fast,
}

/// Bulk moving before the exact search: batches as small as there.
const CAREFUL: Pace = Pace { batch: 2048, tolerance: 1e-3 };

/// Bulk moving alone.
const SWIFT: Pace = Pace { batch: 8192, tolerance: 1e-2 };

/// How the loop runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The most iterations.
    pub iterations: u32,
    /// How far each iteration goes.
    pub effort: Effort,
    /// Whether it starts from a partition found before, most of whose accounts will stay.
    pub warm: bool,
    /// Leiden's refinement with this randomness; none is Louvain.
    pub refine: Option<f64>,
    /// Which of several runs, for the stream of random numbers.
    pub attempt: u32,
    /// Iterations done before in this attempt.
    pub done: u32,
}

/// Where the loop ended.
pub(crate) struct Found {
    /// Labels of accounts, below their number, in no particular order.
    pub labels: Vec<u32>,
    pub iterations: u32,
    pub converged: bool,
    /// Whether the way it was found says that every community is connected.
    pub connected: bool,
}

impl Plan {
    /// How nodes are moved in an iteration.
    fn moves(&self, iteration: u32) -> Moves {
        match self.effort {
            Effort::Fast => Moves { bulk: Some(SWIFT), finish: false },
            Effort::Full => Moves { bulk: Some(CAREFUL).filter(|_| iteration == 0 && !self.warm), finish: true },
        }
    }

    /// The share of the network's weight below which an iteration's gain is none.
    fn least(&self) -> f64 {
        match self.effort {
            Effort::Fast => SWIFT.tolerance / 10.0,
            Effort::Full => 1e-12,
        }
    }
}

/// Improves `labels` (densely numbered) until an iteration gains nothing or the plan's iterations are used up. With
/// full effort, from a warm start, it never ends below where it started.
pub(crate) fn optimise<M: Mass>(run: &Run, net: &Net<M>, mut labels: Vec<u32>, plan: Plan) -> Result<Found> {
    let least = plan.least() * net.unit * net.rows.targets.len() as f64 / 2.0;
    let (mut iterations, mut idle, mut connected) = (plan.done, false, false);
    while iterations < plan.iterations && !idle {
        let gain;
        (gain, connected) = iterate(run, net, &mut labels, plan, iterations)?;
        iterations += 1;
        idle = gain <= least;
    }
    Ok(Found { labels, iterations, converged: idle && plan.effort == Effort::Full, connected })
}

/// The index of a pass in the stream of random numbers.
fn pass(plan: Plan, iteration: u32, level: u32) -> u64 {
    (plan.attempt as u64) << 48 | (iteration as u64) << 16 | level as u64
}

/// One iteration from the accounts up; returns what it gained, and whether each community ended as one node, which
/// with refinement says that it is connected.
fn iterate<M: Mass>(run: &Run, net: &Net<M>, labels: &mut [u32], plan: Plan, iteration: u32) -> Result<(f64, bool)> {
    // Where each account stands in the network of the present level.
    let mut place: Option<Vec<u32>> = None;
    let mut level_net: Option<Net<M>> = None;
    let mut level_labels = labels.to_vec();
    let mut gain = 0.0;
    let mut connected = plan.refine.is_some();
    for level in 0.. {
        let current = level_net.as_ref().unwrap_or(net);
        let nodes = current.nodes();
        run.phase("moving", Some(nodes as u64));
        let index = pass(plan, iteration, level);
        let order = order(nodes, generator(run.seed(), Stream::Community, index));
        let again = plan.refine.map(|_| order.clone());
        gain += move_nodes(run, current, &mut level_labels, order, plan.moves(iteration))?;
        let count = renumber(&mut level_labels, nodes);
        if count == nodes {
            break;
        }
        let (groups, groups_count, next_labels) = match plan.refine.zip(again) {
            Some((randomness, order)) => {
                run.phase("refining", Some(count as u64));
                let key = Key::new(run.seed(), Stream::Community, index);
                let refined = refine(run, current, &level_labels, count, &order, randomness, key)?;
                let parts = refined.community.len();
                // Rounding alone can keep refinement from merging anything.
                if parts == nodes {
                    connected = false;
                    break;
                }
                (refined.parts, parts, refined.community)
            }
            None => (level_labels, count, (0..count as u32).collect()),
        };
        run.phase("aggregating", Some(groups_count as u64));
        let next = aggregate(run, current, &groups, groups_count)?;
        match &mut place {
            None => place = Some(groups),
            Some(place) => {
                let ranges = par::chunks(place.len(), par::CHUNK);
                par::fill(run, &ranges, place, |_, part| part.iter_mut().for_each(|at| *at = groups[*at as usize]))?;
            }
        }
        level_net = Some(next);
        level_labels = next_labels;
    }
    match place {
        None => labels.copy_from_slice(&level_labels),
        Some(place) => labels.iter_mut().zip(place).for_each(|(label, at)| *label = level_labels[at as usize]),
    }
    Ok((gain, connected))
}

/// A drawn order of nodes. Large networks are drawn in blocks of up to 64 neighbouring numbers, so that rows are
/// read in streams.
fn order(nodes: usize, mut random: Generator) -> Vec<u32> {
    let block = (nodes / 1024).clamp(1, 64);
    let mut blocks: Vec<usize> = (0..nodes.div_ceil(block)).collect();
    blocks.shuffle(&mut random);
    let nodes_of = |at: usize| (at * block) as u32..((at + 1) * block).min(nodes) as u32;
    blocks.into_iter().flat_map(nodes_of).collect()
}
