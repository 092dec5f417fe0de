//! Fast local moving: every node goes to the neighbouring community where it gains most, until none gains.
//!
//! Sequential. Nodes wait in a queue; a node is looked at again only after a neighbour outside its community
//! moved (Traag et al. 2019, algorithm A.2, MoveNodesFast). The order is drawn from the seed, so the result
//! is a pure function of network, start and seed.

use super::net::{Mass, Net};
use crate::base::{Result, Run};

/// Nodes between two looks at the cancel flag.
const STEP: usize = 4096;

/// A move must gain this share of the node's strength: far above rounding, far below any real gain.
const MARGIN: f64 = 1e-11;

/// Weights from one node to communities: dense, cleaned after each use.
pub(crate) struct Scratch {
    weight: Vec<f64>,
    touched: Vec<u32>,
}

impl Scratch {
    /// For communities below `count`.
    pub fn new(count: usize) -> Self {
        Scratch { weight: vec![0.0; count], touched: vec![0; 1] }
    }

    /// Adds up weights by community and lists the communities, in the order of the row. A community may be
    /// listed twice where weights cancel; reading it twice does no harm.
    #[inline]
    pub fn gather(&mut self, row: &[u32], weights: Option<&[f64]>, label: impl Fn(u32) -> u32) -> &[u32] {
        if self.touched.len() <= row.len() {
            self.touched.resize(row.len() + 1, 0);
        }
        let mut count = 0;
        let mut add = |u: u32, w: f64| {
            let c = label(u);
            let weight = &mut self.weight[c as usize];
            self.touched[count] = c;
            count += usize::from(*weight == 0.0);
            *weight += w;
        };
        match weights {
            None => row.iter().for_each(|&u| add(u, 1.0)),
            Some(weights) => row.iter().zip(weights).for_each(|(&u, &w)| add(u, w)),
        }
        &self.touched[..count]
    }

    /// The weight to a community.
    #[inline]
    pub fn weight(&self, community: u32) -> f64 {
        self.weight[community as usize]
    }

    /// The first `count` communities listed.
    #[inline]
    pub fn listed(&self, count: usize) -> &[u32] {
        &self.touched[..count]
    }

    /// Adds weights by community to those gathered before; communities seen first go to `list`.
    #[inline]
    pub fn add(&mut self, row: &[u32], weights: Option<&[f64]>, labels: &[u32], list: &mut Vec<u32>) {
        let mut add = |u: u32, w: f64| {
            let c = labels[u as usize];
            let weight = &mut self.weight[c as usize];
            if *weight == 0.0 {
                list.push(c);
            }
            *weight += w;
        };
        match weights {
            None => row.iter().for_each(|&u| add(u, 1.0)),
            Some(weights) => row.iter().zip(weights).for_each(|(&u, &w)| add(u, w)),
        }
    }

    /// Adds one weight; a community seen first goes to `list`.
    #[inline]
    pub fn add_one(&mut self, community: u32, w: f64, list: &mut Vec<u32>) {
        let weight = &mut self.weight[community as usize];
        if *weight == 0.0 {
            list.push(community);
        }
        *weight += w;
    }

    /// Makes room for communities below `count`.
    pub fn grow(&mut self, count: usize) {
        if self.weight.len() < count {
            self.weight.resize(count, 0.0);
        }
    }

    /// The weight to a community, which is forgotten: a second look finds 0.
    #[inline]
    pub fn take(&mut self, community: u32) -> f64 {
        std::mem::take(&mut self.weight[community as usize])
    }

    /// Forgets the first `count` communities listed, which must be all.
    #[inline]
    pub fn clear(&mut self, count: usize) {
        for &c in &self.touched[..count] {
            self.weight[c as usize] = 0.0;
        }
    }
}

/// Tools lent to tasks, one set a thread at work. What a task leaves in them must not show.
pub(crate) struct Tools<T>(std::sync::Mutex<Vec<T>>);

impl<T> Tools<T> {
    pub fn new() -> Self {
        Tools(std::sync::Mutex::default())
    }

    /// Does `work` with tools from the shelf, or new ones.
    pub fn with<R>(&self, make: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let shelf = || self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let taken = shelf().pop();
        let mut tools = taken.unwrap_or_else(make);
        let result = work(&mut tools);
        shelf().push(tools);
        result
    }
}

/// Moves nodes until none gains, starting from `labels` (below the number of nodes). `order` is the first
/// round's order, a permutation of the nodes. Returns the gain in all.
pub(crate) fn move_nodes<M: Mass>(run: &Run, net: &Net<M>, labels: &mut [u32], order: Vec<u32>) -> Result<f64> {
    let nodes = net.nodes();
    let (offsets, targets) = (&net.rows.offsets[..], &net.rows.targets[..]);
    let weights = net.rows.weights.as_deref();
    let mut mass = vec![M::default(); nodes];
    let mut size = vec![0u32; nodes];
    for (&label, &own) in labels.iter().zip(&net.mass) {
        mass[label as usize] = mass[label as usize].plus(own);
        size[label as usize] += 1;
    }
    let mut empty: Vec<u32> = (0..nodes as u32).rev().filter(|&c| size[c as usize] == 0).collect();
    let mut scratch = Scratch::new(nodes);
    let mut queue = Queue::new(order);
    let mut total = 0.0;
    let mut looked = 0;
    while let Some(v) = queue.pop() {
        looked += 1;
        if looked % STEP == 0 {
            run.step(STEP as u64)?;
        }
        let range = offsets[v as usize] as usize..offsets[v as usize + 1] as usize;
        let row = &targets[range.clone()];
        let count = scratch.gather(row, weights.map(|weights| &weights[range]), |u| labels[u as usize]).len();
        let (home, own) = (labels[v as usize], net.mass[v as usize]);
        let stay = scratch.weight(home) - net.scale * own.cross(mass[home as usize].minus(own));
        // Leaving for a community of its own gains 0.
        let (mut best, mut target) = (if size[home as usize] > 1 { 0.0 } else { stay }, home);
        let mut strength = 0.0;
        for &c in scratch.listed(count) {
            let weight = scratch.weight(c);
            strength += weight.abs();
            let gain = weight - net.scale * own.cross(mass[c as usize]);
            if gain > best && c != home {
                (best, target) = (gain, c);
            }
        }
        scratch.clear(count);
        if best <= stay + MARGIN * strength {
            continue;
        }
        if target == home {
            let Some(fresh) = empty.pop() else { continue };
            target = fresh;
        }
        total += best - stay;
        labels[v as usize] = target;
        mass[home as usize] = mass[home as usize].minus(own);
        mass[target as usize] = mass[target as usize].plus(own);
        size[target as usize] += 1;
        size[home as usize] -= 1;
        if size[home as usize] == 0 {
            mass[home as usize] = M::default();
            empty.push(home);
        }
        for &u in row {
            if labels[u as usize] != target {
                queue.push(u);
            }
        }
    }
    run.step((looked % STEP) as u64)?;
    Ok(total)
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
