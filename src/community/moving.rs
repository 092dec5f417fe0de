//! Fast local moving: every node goes to the neighbouring community where it gains most, until none gains.
//!
//! Nodes wait in a queue; a node is looked at again only after a neighbour outside its community moved (Traag et
//! al. 2019, algorithm A.2, MoveNodesFast). Large networks are worked through in batches, whose size depends on the
//! number of nodes alone: what each node of a batch would like best is worked out in parallel from the state before
//! the batch; then, in order and one after the other, each wish is weighed again in the state of that moment, and
//! done if it still gains. So every move gains exactly what is counted, and the result is a pure function of
//! network, start and seed.
//!
//! Where most nodes still move, a large network is moved in bulk first (`bulk`).

use rayon::prelude::*;

use super::bulk::{self, Pace};
use super::net::{Mass, Net};
use super::state::{State, Wish};
use super::tally::Tallies;
use crate::base::par::Tools;
use crate::base::{Result, Run};

/// Nodes between two looks at the cancel flag.
const STEP: usize = 4096;

/// A network with this many nodes moves in batches; so does one with as many ties as below.
const LARGE: usize = 1 << 15;

/// Ties, counted from both sides, that make a network large whatever its nodes.
const DENSE: usize = 1 << 20;

/// Nodes in a batch: one in a hundred, within these bounds. Larger batches find worse communities.
const BATCH: std::ops::RangeInclusive<usize> = 256..=2048;

/// Nodes in a task.
const TASK: usize = 64;

/// How nodes are moved.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moves {
    /// Whether a large network is moved in bulk first, and how.
    pub bulk: Option<Pace>,
    /// Whether nodes are moved one after the other until none gains.
    pub finish: bool,
}

/// Moves nodes, starting from `labels` (below the number of nodes). `order` is the first round's order, a
/// permutation of the nodes. Returns the gain in all; what bulk moving gained is an estimate.
pub(crate) fn move_nodes<M: Mass>(
    run: &Run,
    net: &Net<M>,
    labels: &mut [u32],
    order: Vec<u32>,
    moves: Moves,
) -> Result<f64> {
    let nodes = net.nodes();
    let mut state = State::new(net, labels);
    run.install(|| {
        if nodes < LARGE && net.rows.targets.len() < DENSE {
            return one_by_one(run, &mut state, &mut Queue::new(nodes, order));
        }
        let (gain, left) = match moves.bulk {
            Some(pace) => bulk::rounds(run, &mut state, &order, pace)?,
            None => (0.0, order),
        };
        match moves.finish {
            true => Ok(gain + in_batches(run, &mut state, &mut Queue::new(nodes, left))?),
            false => Ok(gain),
        }
    })
}

fn one_by_one<M: Mass>(run: &Run, state: &mut State<M>, queue: &mut Queue) -> Result<f64> {
    let mut tallies = Tallies::default();
    let (mut total, mut looked) = (0.0, 0);
    while let Some(v) = queue.pop() {
        looked += 1;
        if looked % STEP == 0 {
            run.step(STEP as u64)?;
        }
        if let Some(gain) = state.wish(v, &mut tallies).and_then(|wish| state.fulfil(wish)) {
            total += gain;
            state.affected(v).for_each(|u| queue.push(u));
        }
    }
    run.step((looked % STEP) as u64)?;
    Ok(total)
}

fn in_batches<M: Mass>(run: &Run, state: &mut State<M>, queue: &mut Queue) -> Result<f64> {
    let tools = Tools::new();
    let mut total = 0.0;
    let size = (state.net.nodes() / 100).clamp(*BATCH.start(), *BATCH.end());
    let mut batch = Vec::with_capacity(size);
    let mut wishes: Vec<Option<Wish>> = Vec::with_capacity(size);
    loop {
        batch.clear();
        batch.extend(std::iter::from_fn(|| queue.pop()).take(size));
        if batch.is_empty() {
            return Ok(total);
        }
        run.step(batch.len() as u64)?;
        wishes.clear();
        wishes.resize(batch.len(), None);
        let before = &*state;
        batch.par_chunks(TASK).zip(wishes.par_chunks_mut(TASK)).for_each(|(batch, wishes)| {
            tools.with(Tallies::default, |tallies| {
                batch.iter().zip(wishes).for_each(|(&v, wish)| *wish = before.wish(v, tallies));
            });
        });
        let mut moved = false;
        for wish in wishes.iter().flatten() {
            // Nothing changed before the first move.
            let now = if moved { state.again(*wish) } else { Some(*wish) };
            match now.and_then(|wish| state.fulfil(wish)) {
                Some(gain) => {
                    total += gain;
                    state.affected(wish.node).for_each(|u| queue.push(u));
                    moved = true;
                }
                // Somebody was faster: look again. Where nobody moved before, there is nowhere to be alone.
                None if moved => queue.push(wish.node),
                None => {}
            }
        }
    }
}

/// A queue of nodes that holds each at most once.
struct Queue {
    ring: Vec<u32>,
    waiting: Vec<bool>,
    head: usize,
    length: usize,
}

impl Queue {
    /// The queue of some of so many nodes.
    fn new(nodes: usize, mut waiters: Vec<u32>) -> Self {
        let mut waiting = vec![false; nodes];
        waiters.iter().for_each(|&v| waiting[v as usize] = true);
        let length = waiters.len();
        waiters.resize(nodes, 0);
        Queue { waiting, head: 0, length, ring: waiters }
    }

    #[inline]
    fn pop(&mut self) -> Option<u32> {
        if self.length == 0 {
            return None;
        }
        let v = self.ring[self.head];
        self.head = if self.head + 1 == self.ring.len() { 0 } else { self.head + 1 };
        self.length -= 1;
        self.waiting[v as usize] = false;
        Some(v)
    }

    #[inline]
    fn push(&mut self, v: u32) {
        if !std::mem::replace(&mut self.waiting[v as usize], true) {
            let mut tail = self.head + self.length;
            if tail >= self.ring.len() {
                tail -= self.ring.len();
            }
            self.ring[tail] = v;
            self.length += 1;
        }
    }
}
