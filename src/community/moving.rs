//! Fast local moving: every node goes to the neighbouring community where it gains most, until none gains.
//!
//! Nodes wait in a queue; a node is looked at again only after a neighbour outside its community moved (Traag et
//! al. 2019, algorithm A.2, MoveNodesFast). Large networks are worked through in batches, whose size depends on the
//! number of nodes alone: what each
//! node of a batch would like best is worked out in parallel from the state before the batch; then, in order and
//! one after the other, each wish is weighed again in the state of that moment, and done if it still gains. So
//! every move gains exactly what is counted, and the result is a pure function of network, start and seed.

use rayon::prelude::*;

use super::net::{Mass, Net};
use super::scratch::{Scratch, Tools};
use crate::base::{Result, Run};

/// Nodes between two looks at the cancel flag.
const STEP: usize = 4096;

/// From this many nodes on they move in batches.
const LARGE: usize = 1 << 15;

/// Nodes in a batch: one in a hundred, within these bounds. Larger batches find worse communities.
const BATCH: std::ops::RangeInclusive<usize> = 256..=2048;

/// Nodes in a task.
const TASK: usize = 64;

/// A move must gain this share of the node's strength: far above rounding, far below any real gain.
const MARGIN: f64 = 1e-11;

/// The wish for a community of its own.
const ALONE: u32 = u32::MAX;

/// Moves nodes until none gains, starting from `labels` (below the number of nodes). `order` is the first
/// round's order, a permutation of the nodes. Returns the gain in all.
pub(crate) fn move_nodes<M: Mass>(run: &Run, net: &Net<M>, labels: &mut [u32], order: Vec<u32>) -> Result<f64> {
    let nodes = net.nodes();
    let mut state = State::new(net, labels);
    let mut queue = Queue::new(order);
    run.install(|| match nodes >= LARGE {
        true => in_batches(run, &mut state, &mut queue),
        false => one_by_one(run, &mut state, &mut queue),
    })
}

fn one_by_one<M: Mass>(run: &Run, state: &mut State<M>, queue: &mut Queue) -> Result<f64> {
    let mut scratch = Scratch::new(state.net.nodes());
    let (mut total, mut looked) = (0.0, 0);
    while let Some(v) = queue.pop() {
        looked += 1;
        if looked % STEP == 0 {
            run.step(STEP as u64)?;
        }
        if let Some((target, gain)) = state.wish(v, &mut scratch) {
            total += if state.move_to(v, target, queue) { gain } else { 0.0 };
        }
    }
    run.step((looked % STEP) as u64)?;
    Ok(total)
}

fn in_batches<M: Mass>(run: &Run, state: &mut State<M>, queue: &mut Queue) -> Result<f64> {
    let nodes = state.net.nodes();
    let tools = Tools::new();
    let mut total = 0.0;
    let size = (nodes / 100).clamp(*BATCH.start(), *BATCH.end());
    let mut batch = Vec::with_capacity(size);
    let mut wishes: Vec<Option<(u32, f64)>> = Vec::with_capacity(size);
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
            tools.with(
                || Scratch::new(nodes),
                |scratch| batch.iter().zip(wishes).for_each(|(&v, wish)| *wish = before.wish(v, scratch)),
            )
        });
        let mut moved = false;
        for (&v, wish) in batch.iter().zip(&wishes) {
            let Some((target, _)) = *wish else { continue };
            match state.gain(v, target) {
                Some(gain) if state.move_to(v, target, queue) => {
                    total += gain;
                    moved = true;
                }
                // Somebody was faster: look again. Where nobody moved before, only rounding stood in the way.
                _ if moved => queue.push(v),
                _ => {}
            }
        }
    }
}

/// Who is where, and what the communities weigh.
struct State<'a, M> {
    net: &'a Net<M>,
    labels: &'a mut [u32],
    mass: Vec<M>,
    size: Vec<u32>,
    /// Communities without members.
    empty: Vec<u32>,
}

impl<'a, M: Mass> State<'a, M> {
    fn new(net: &'a Net<M>, labels: &'a mut [u32]) -> Self {
        let nodes = net.nodes();
        let mut mass = vec![M::default(); nodes];
        let mut size = vec![0u32; nodes];
        for (&label, &own) in labels.iter().zip(&net.mass) {
            mass[label as usize] = mass[label as usize].plus(own);
            size[label as usize] += 1;
        }
        let empty = (0..nodes as u32).rev().filter(|&c| size[c as usize] == 0).collect();
        State { net, labels, mass, size, empty }
    }

    /// Where v would gain most, and how much; none if it does best to stay.
    #[inline]
    fn wish(&self, v: u32, scratch: &mut Scratch) -> Option<(u32, f64)> {
        let (net, labels) = (self.net, &*self.labels);
        let count = scratch.gather(net.rows.row(v), net.rows.row_weights(v), |u| labels[u as usize]).len();
        let (home, own) = (labels[v as usize], net.mass[v as usize]);
        let stay = scratch.weight(home) - net.scale * own.cross(self.mass[home as usize].minus(own));
        // Alone, a node gains 0.
        let (mut best, mut target) = if self.size[home as usize] > 1 { (0.0, ALONE) } else { (stay, home) };
        let mut strength = 0.0;
        for &c in scratch.listed(count) {
            let weight = scratch.weight(c);
            strength += weight.abs();
            let gain = weight - net.scale * own.cross(self.mass[c as usize]);
            if gain > best && c != home {
                (best, target) = (gain, c);
            }
        }
        scratch.clear(count);
        (target != home && best > stay + MARGIN * strength).then_some((target, best - stay))
    }

    /// What v gains by going to `target` now; none if it does not.
    fn gain(&self, v: u32, target: u32) -> Option<f64> {
        let net = self.net;
        let (home, own) = (self.labels[v as usize], net.mass[v as usize]);
        let (mut here, mut there, mut strength) = (0.0, 0.0, 0.0);
        let mut add = |u: u32, w: f64| {
            let label = self.labels[u as usize];
            strength += w.abs();
            here += if label == home { w } else { 0.0 };
            there += if label == target { w } else { 0.0 };
        };
        let row = net.rows.row(v);
        match net.rows.row_weights(v) {
            None => row.iter().for_each(|&u| add(u, 1.0)),
            Some(weights) => row.iter().zip(weights).for_each(|(&u, &w)| add(u, w)),
        }
        let stay = here - net.scale * own.cross(self.mass[home as usize].minus(own));
        let go = match target {
            ALONE => 0.0,
            target => there - net.scale * own.cross(self.mass[target as usize]),
        };
        (go > stay + MARGIN * strength).then_some(go - stay)
    }

    /// Moves v and queues the neighbours it leaves behind. False if there is nowhere to be alone.
    #[inline]
    fn move_to(&mut self, v: u32, target: u32, queue: &mut Queue) -> bool {
        let (home, own) = (self.labels[v as usize] as usize, self.net.mass[v as usize]);
        let target = match target {
            ALONE if self.size[home] == 1 => return false,
            ALONE => match self.empty.pop() {
                Some(fresh) => fresh,
                None => return false,
            },
            target => target,
        };
        self.labels[v as usize] = target;
        self.mass[home] = self.mass[home].minus(own);
        self.mass[target as usize] = self.mass[target as usize].plus(own);
        self.size[target as usize] += 1;
        self.size[home] -= 1;
        if self.size[home] == 0 {
            self.mass[home] = M::default();
            self.empty.push(home as u32);
        }
        for &u in self.net.rows.row(v) {
            if self.labels[u as usize] != target {
                queue.push(u);
            }
        }
        true
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
    fn new(order: Vec<u32>) -> Self {
        Queue { waiting: vec![true; order.len()], head: 0, length: order.len(), ring: order }
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
