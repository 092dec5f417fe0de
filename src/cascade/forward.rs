//! One world walked forward from a set of creators.

use std::sync::{Mutex, PoisonError};

use super::world::World;

/// Hops told apart; the last counts everything later.
pub const HOPS: usize = 32;

/// What happened in one world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Walk {
    /// People by the hop of their first exposure; the first hears a creator directly, the last is "or later".
    pub hops: [u64; HOPS],
    /// People who reshared; creators are not counted.
    pub sharers: u64,
    /// Exposures of the people reached, repeats counted.
    pub impressions: u64,
    /// Active accounts, creators included.
    pub spread: u64,
}

impl Walk {
    /// People exposed; a creator counts only if another creator reaches them.
    pub fn reach(&self) -> u64 {
        self.hops.iter().sum()
    }

    /// People who heard a creator directly.
    pub fn direct(&self) -> u64 {
        self.hops[0]
    }

    /// People reached only through resharing.
    pub fn beyond(&self) -> u64 {
        self.hops[1..].iter().sum()
    }
}

/// The scratch of a walk, used for world after world without clearing: entries of earlier worlds carry an
/// earlier stamp. 8 bytes an account, 16 once a set needed its creators told apart.
#[derive(Debug, Clone)]
pub struct Walker {
    /// Even: the stamp of people exposed in this world; one more: its creators.
    stamp: u32,
    seen: Vec<u32>,
    /// The creator whose post came first.
    origin: Vec<u32>,
    queue: Vec<u32>,
    reached: Vec<u32>,
    /// Exposures of creators: (creator, whose post, hop).
    met: Vec<(u32, u32, u32)>,
    labels: Vec<[u32; 2]>,
    arrivals: Vec<(u32, u32, u32)>,
}

const NONE: u32 = u32::MAX;

impl Walker {
    /// Scratch for a graph of this many accounts.
    pub fn new(accounts: usize) -> Self {
        Walker {
            stamp: 0,
            seen: vec![0; accounts],
            origin: vec![NONE; accounts],
            queue: Vec::new(),
            reached: Vec::new(),
            met: Vec::new(),
            labels: Vec::new(),
            arrivals: Vec::new(),
        }
    }

    /// The people exposed in the last walk, in order of exposure; creators that count come last.
    pub fn reached(&self) -> &[u32] {
        &self.reached
    }

    /// Walks `world` from `creators`, which must be different accounts of the graph.
    pub fn walk(&mut self, world: &World<'_>, creators: &[u32]) -> Walk {
        if self.stamp >= u32::MAX - 3 {
            self.seen.fill(0);
            self.stamp = 0;
        }
        self.stamp += 2;
        let (exposed, creator) = (self.stamp, self.stamp + 1);
        let several = creators.len() > 1;
        self.queue.clear();
        self.reached.clear();
        self.met.clear();
        for &v in creators {
            self.seen[v as usize] = creator;
            self.origin[v as usize] = v;
            self.queue.push(v);
        }
        let mut walk = Walk::default();
        let (mut from, mut hop) = (0, 0);
        while from < self.queue.len() {
            let to = self.queue.len();
            let before = self.reached.len();
            for place in from..to {
                let v = self.queue[place];
                let origin = self.origin[v as usize];
                let (seen, queue, reached, met) = (&mut self.seen, &mut self.queue, &mut self.reached, &mut self.met);
                let origins = &mut self.origin;
                world.hearers(v, |u| {
                    let mark = &mut seen[u as usize];
                    if *mark == creator {
                        if several {
                            met.push((u, origin, hop));
                        }
                        return;
                    }
                    walk.impressions += 1;
                    if *mark != exposed {
                        *mark = exposed;
                        reached.push(u);
                        if world.shares(u) {
                            origins[u as usize] = origin;
                            walk.sharers += 1;
                            queue.push(u);
                        }
                    }
                });
            }
            walk.hops[(hop as usize).min(HOPS - 1)] += (self.reached.len() - before) as u64;
            from = to;
            hop += 1;
        }
        walk.spread = (creators.len() + self.reached.len()) as u64;
        self.count_creators(world, creators, &mut walk);
        walk
    }

    /// Adds the creators that another creator reached.
    fn count_creators(&mut self, world: &World<'_>, creators: &[u32], walk: &mut Walk) {
        if self.met.is_empty() {
            return;
        }
        // Stable: the exposures of each creator stay in the order of their hops.
        self.met.sort_by_key(|&(creator, ..)| creator);
        // The first post to arrive may be the creator's own come back by way of others; whether another's came by
        // the same way is then not known yet.
        let unclear = self.met.chunk_by(|a, b| a.0 == b.0).any(|group| group[0].1 == group[0].0);
        if unclear {
            self.label(world, creators);
        }
        for group in self.met.chunk_by(|a, b| a.0 == b.0) {
            let (creator, mut hop) = (group[0].0, Some(group[0].2));
            if unclear {
                hop = self.arrivals.iter().find(|arrival| arrival.0 == creator && arrival.1 != creator).map(|a| a.2);
            }
            if let Some(hop) = hop {
                walk.hops[(hop as usize).min(HOPS - 1)] += 1;
                walk.impressions += group.len() as u64;
                self.reached.push(creator);
            }
        }
    }

    /// Walks again, telling for everybody the first two creators whose posts arrive: two are enough to say whether
    /// one other than a given creator does. Notes the arrivals at creators in `arrivals` as (creator, whose, hop).
    fn label(&mut self, world: &World<'_>, creators: &[u32]) {
        self.labels.clear();
        self.labels.resize(self.seen.len(), [NONE; 2]);
        let creator = self.stamp + 1;
        let mut queue: Vec<(u32, u32, u32)> = creators.iter().map(|&v| (v, v, 0)).collect();
        creators.iter().for_each(|&v| self.labels[v as usize][0] = v);
        self.arrivals.clear();
        let mut at = 0;
        while let Some(&(v, label, hop)) = queue.get(at) {
            at += 1;
            let (labels, arrivals, seen) = (&mut self.labels, &mut self.arrivals, &self.seen);
            world.hearers(v, |u| {
                let slots = &mut labels[u as usize];
                if slots.contains(&label) || !slots.contains(&NONE) {
                    return;
                }
                let free = usize::from(slots[0] != NONE);
                slots[free] = label;
                let starts = seen[u as usize] == creator;
                if starts {
                    arrivals.push((u, label, hop));
                }
                if starts || world.shares(u) {
                    queue.push((u, label, hop + 1));
                }
            });
        }
    }
}

/// Walkers kept for the next chunk of worlds. Which one a chunk gets cannot matter: they hold no results.
#[derive(Debug)]
pub(crate) struct Walkers {
    accounts: usize,
    free: Mutex<Vec<Walker>>,
}

impl Walkers {
    pub fn new(accounts: usize) -> Self {
        Walkers { accounts, free: Mutex::default() }
    }

    /// Lends a walker to `work`.
    pub fn lend<R>(&self, work: impl FnOnce(&mut Walker) -> R) -> R {
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let mut walker = free.pop().unwrap_or_else(|| Walker::new(self.accounts));
        drop(free);
        let result = work(&mut walker);
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(walker);
        result
    }
}
