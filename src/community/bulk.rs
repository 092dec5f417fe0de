//! Bulk moving: the nodes of a batch all at once, while most nodes still move.
//!
//! Rounds go over the nodes that wait, batch by batch. What each node of a batch would like best is worked out in
//! parallel from the state before the batch. Then, in order, each wish is done if it gains by those ties and by the
//! masses of that moment, so that no community grows beyond what its members want. Last, in parallel, the neighbours
//! of those who moved are told to wait again. A node does not see what its neighbours in the same batch do: the
//! gain is an estimate, and whoever promises more must look again (`moving`). Batches are a small share of the
//! nodes, so few neighbours share one.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rayon::prelude::*;

use super::net::Mass;
use super::state::{State, Wish};
use super::tally::Tallies;
use crate::base::par::Tools;
use crate::base::{Result, Run};

/// How bulk moving goes about it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// The most nodes in a batch. Larger batches are faster and find worse communities.
    pub batch: usize,
    /// The last round is the first that gains less than this share of the weight of all ties.
    pub tolerance: f64,
}

/// The least nodes in a batch; up to the most, a batch holds one node in a hundred.
const SMALL: usize = 256;

/// Nodes in a task.
const TASK: usize = 128;

/// Rounds after which it ends in any case.
const ROUNDS: u32 = 64;

/// Moves nodes in rounds. Returns the gain by the estimates, and who still waits, in order.
pub(crate) fn rounds<M: Mass>(run: &Run, state: &mut State<M>, order: &[u32], pace: Pace) -> Result<(f64, Vec<u32>)> {
    let nodes = state.net.nodes();
    let size = (nodes / 100).clamp(SMALL, pace.batch);
    // A tie is gained from one side and counted from both.
    let enough = pace.tolerance * state.net.unit * state.net.rows.targets.len() as f64 / 2.0;
    let waiting: Vec<AtomicBool> = (0..nodes).map(|_| AtomicBool::new(true)).collect();
    let tools = Tools::new();
    let (mut total, mut list) = (0.0, order.to_vec());
    for round in 0..ROUNDS {
        // In the first round from nodes on their own, nearly everybody is told to wait again: all are, at no cost.
        let everybody = round == 0 && state.is_apart();
        let mut gained = 0.0;
        for batch in list.chunks(size) {
            run.step(batch.len() as u64)?;
            let before = &*state;
            let wishes: Vec<Vec<Wish>> = batch
                .par_chunks(TASK)
                .map(|task| {
                    task.iter().for_each(|&v| waiting[v as usize].store(everybody, Relaxed));
                    tools.with(Tallies::default, |tallies| {
                        task.iter().filter_map(|&v| before.wish(v, tallies)).collect()
                    })
                })
                .collect();
            let mut moved = Vec::with_capacity(batch.len());
            for wish in wishes.into_iter().flatten() {
                match state.fulfil(wish) {
                    Some(gain) => {
                        gained += gain;
                        moved.push(wish.node);
                    }
                    None => waiting[wish.node as usize].store(true, Relaxed),
                }
            }
            if everybody {
                continue;
            }
            let after = &*state;
            moved.par_chunks(TASK).for_each(|moved| {
                let affected = moved.iter().flat_map(|&v| after.affected(v));
                affected.for_each(|u| waiting[u as usize].store(true, Relaxed));
            });
        }
        total += gained;
        list = order.par_iter().copied().filter(|&v| waiting[v as usize].load(Relaxed)).collect();
        if list.is_empty() || gained < enough {
            break;
        }
    }
    Ok((total, list))
}
