//! A part of a two-sided network, its core, and the densest set that peeling passes.
//!
//! **Why a core is enough.** Take away accounts with less weight than a floor until none is left: what stays, the core,
//! is the union of all sets in which everybody has at least the floor. Peeling takes the account with the least weight; while
//! any account outside the core is there, some account has less than the floor, and none of those in the core has: so
//! peeling takes exactly the accounts outside the core first, passes the core, and goes on as if it had begun there. Let the
//! densest of the sets passed from then on reach the floor. A set passed before holds an account with less than the floor; if
//! the set were as dense as that, it could be left out, which makes a denser set, and so on down to the core, which would
//! be denser still. So the densest set passed, and each as dense, lies in the core, and it is what plain peeling of the
//! whole network finds. Where nothing passed reaches the floor, a lower one is tried: half the density of any set is always
//! reached, as follows.
//!
//! The floor may rise to the density of what is left whenever that is above it: taking away accounts with less only makes it denser,
//! so that the core of the new floor, which peeling passes, reaches it.
//!
//! **Why it is half of the optimum** (Charikar 2000; Hooi et al. 2016). In a densest set everybody has at least its density g*, or
//! leaving them out would make it denser. When peeling first takes one of it, everybody there has at least g*. Their weights
//! summed count each follow twice and each prior once, so follows and priors weigh at least half of `|S| g*`.

/// A density as a sum and a size, compared exactly.
#[derive(Debug, Clone, Copy)]
pub struct Density {
    /// Weights of follows and priors, in fixed point.
    pub total: u64,
    /// Accounts.
    pub size: u64,
}

impl Density {
    pub const ZERO: Density = Density { total: 0, size: 1 };

    /// Whether this is denser.
    pub fn above(self, other: Density) -> bool {
        u128::from(self.total) * u128::from(other.size) > u128::from(other.total) * u128::from(self.size)
    }

    /// The least whole weight that is not below this density.
    pub fn ceil(self) -> u64 {
        self.total.div_ceil(self.size.max(1))
    }

    /// In the unit of weights.
    pub fn value(self) -> f64 {
        self.total as f64 / (self.size.max(1) as f64 * super::ONE)
    }

    /// The density of this value, rounded.
    pub fn of(value: f64) -> Density {
        Density { total: (value * super::ONE) as u64, size: 1 }
    }
}

/// Followers and followed accounts with the follows between them. Nodes are the followers, then the followed accounts.
#[derive(Debug)]
pub struct Part {
    /// Where the row of each follower begins in `targets`, and the end.
    pub offsets: Vec<usize>,
    /// The followed accounts of each follower: places in `weights`.
    pub targets: Vec<u32>,
    /// What a follow of each followed account weighs.
    pub weights: Vec<u32>,
    /// Priors of the followers, where there are any.
    pub priors: Option<Vec<u64>>,
}

/// The densest set that peeling passes: its density and its nodes in order.
#[derive(Debug)]
pub struct Densest {
    pub density: Density,
    pub nodes: Vec<u32>,
}

impl Part {
    fn followers(&self) -> usize {
        self.offsets.len() - 1
    }

    /// The densest set that peeling passes; `None` where none reaches the floor.
    pub fn densest(&self, floor: Density) -> Option<Densest> {
        let mut peel = Peel::new(self);
        peel.core(floor);
        peel.rest(floor)
    }
}

/// A part while accounts are taken away.
struct Peel<'a> {
    part: &'a Part,
    /// The rows of followed accounts: where each begins, and their followers.
    back: (Vec<usize>, Vec<u32>),
    /// The weight left to each node, its prior included.
    left: Vec<u64>,
    gone: Vec<bool>,
    now: Density,
}

impl<'a> Peel<'a> {
    fn new(part: &'a Part) -> Self {
        let followers = part.followers();
        let nodes = followers + part.weights.len();
        let mut left = vec![0u64; nodes];
        let mut starts = vec![0usize; part.weights.len() + 1];
        let mut total = 0;
        for u in 0..followers {
            let row = &part.targets[part.offsets[u]..part.offsets[u + 1]];
            let prior = part.priors.as_ref().map_or(0, |priors| priors[u]);
            left[u] = row.iter().fold(prior, |sum, &v| sum + u64::from(part.weights[v as usize]));
            row.iter().for_each(|&v| starts[v as usize + 1] += 1);
            total += left[u];
        }
        for (v, &weight) in part.weights.iter().enumerate() {
            left[followers + v] = starts[v + 1] as u64 * u64::from(weight);
            starts[v + 1] += starts[v];
        }
        let mut next = starts.clone();
        let mut sources = vec![0u32; part.targets.len()];
        for u in 0..followers {
            for &v in &part.targets[part.offsets[u]..part.offsets[u + 1]] {
                sources[next[v as usize]] = u as u32;
                next[v as usize] += 1;
            }
        }
        let now = Density { total, size: nodes as u64 };
        Peel { part, back: (starts, sources), left, gone: vec![false; nodes], now }
    }

    /// Takes a node away, and tells of each neighbour left what it had and has.
    fn take(&mut self, node: u32, mut lose: impl FnMut(u32, u64, u64)) {
        let at = node as usize;
        self.gone[at] = true;
        self.now = Density { total: self.now.total - self.left[at], size: self.now.size - 1 };
        let Peel { part, back, left, gone, .. } = self;
        let mut loses = |other: usize, weight: u32| {
            if !gone[other] {
                let before = left[other];
                left[other] = before - u64::from(weight);
                lose(other as u32, before, left[other]);
            }
        };
        let followers = part.followers();
        if at < followers {
            let row = &part.targets[part.offsets[at]..part.offsets[at + 1]];
            row.iter().for_each(|&v| loses(followers + v as usize, part.weights[v as usize]));
        } else {
            let v = at - followers;
            back.1[back.0[v]..back.0[v + 1]].iter().for_each(|&u| loses(u as usize, part.weights[v]));
        }
    }

    /// Takes away who has less than the floor, and lets the floor rise.
    fn core(&mut self, floor: Density) {
        let mut floor = floor;
        loop {
            if self.now.size > 0 && self.now.above(floor) {
                floor = self.now;
            }
            let least = floor.ceil();
            let nodes = 0..self.left.len() as u32;
            let is_loose = |&v: &u32| !self.gone[v as usize] && self.left[v as usize] < least;
            let mut going: Vec<u32> = nodes.filter(is_loose).collect();
            if going.is_empty() {
                return;
            }
            while let Some(node) = going.pop() {
                // On the list from the beginning, or from when it fell below: once.
                self.take(node, |other, before, after| {
                    if before >= least && after < least {
                        going.push(other);
                    }
                });
            }
        }
    }

    /// Takes away one after the other, and remembers when it was densest: of equals, the largest.
    fn rest(mut self, floor: Density) -> Option<Densest> {
        let nodes: Vec<u32> = (0..self.left.len() as u32).filter(|&v| !self.gone[v as usize]).collect();
        if nodes.is_empty() {
            return None;
        }
        let (mut best, mut taken_at_best) = (self.now, 0);
        let mut heap = Heap::new(&nodes, &self.left);
        let mut order = Vec::with_capacity(nodes.len());
        while let Some(node) = heap.pop() {
            self.take(node, |other, _, after| heap.lower(other, after));
            order.push(node);
            if self.now.size > 0 && self.now.above(best) {
                (best, taken_at_best) = (self.now, order.len());
            }
        }
        if floor.above(best) {
            return None;
        }
        let mut nodes = order.split_off(taken_at_best);
        nodes.sort_unstable();
        Some(Densest { density: best, nodes })
    }
}

/// Nodes by what is left to them, then by number; four below each, the least on top.
struct Heap {
    items: Vec<(u64, u32)>,
    place: Vec<u32>,
}

impl Heap {
    fn new(nodes: &[u32], left: &[u64]) -> Heap {
        let mut items: Vec<(u64, u32)> = nodes.iter().map(|&v| (left[v as usize], v)).collect();
        items.sort_unstable();
        let mut place = vec![0; left.len()];
        items.iter().zip(0..).for_each(|(item, at)| place[item.1 as usize] = at);
        Heap { items, place }
    }

    fn pop(&mut self) -> Option<u32> {
        let last = self.items.pop()?;
        let Some(&top) = self.items.first() else { return Some(last.1) };
        self.sink(last);
        Some(top.1)
    }

    /// Puts an item where the top was, and down to its place.
    fn sink(&mut self, item: (u64, u32)) {
        let mut at = 0;
        loop {
            let first = 4 * at + 1;
            let below = first..(first + 4).min(self.items.len());
            let Some(least) = below.min_by_key(|&child| self.items[child]) else { break };
            if self.items[least] >= item {
                break;
            }
            self.put(at, self.items[least]);
            at = least;
        }
        self.put(at, item);
    }

    /// A node has less now: up to its place.
    fn lower(&mut self, node: u32, left: u64) {
        let item = (left, node);
        let mut at = self.place[node as usize] as usize;
        while at > 0 {
            let above = (at - 1) / 4;
            if self.items[above] <= item {
                break;
            }
            self.put(at, self.items[above]);
            at = above;
        }
        self.put(at, item);
    }

    #[inline]
    fn put(&mut self, at: usize, item: (u64, u32)) {
        self.items[at] = item;
        self.place[item.1 as usize] = at as u32;
    }
}
