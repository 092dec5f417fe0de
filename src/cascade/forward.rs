//! One world walked forward from a set of creators.

use super::timed::TimedWalker;
use super::world::World;
use crate::base::toss::{Block, Hits, Row};

/// Hops told apart; the last counts everything later.
pub const HOPS: usize = 32;

/// What happened in one world. With weights, people and impressions are counted in whole units of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Walk {
    /// People by the hop of their first exposure; the first hears a creator directly (with a time limit, in time, though a
    /// reshare may come first), the last is "or later".
    pub hops: [u64; HOPS],
    /// People who reshared, each once; creators are not counted.
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

/// A set of accounts, a bit each.
#[derive(Debug, Clone)]
struct Bits(Vec<u64>);

impl Bits {
    fn new(accounts: usize) -> Self {
        Bits(vec![0; accounts.div_ceil(64)])
    }

    #[inline]
    fn has(&self, u: u32) -> bool {
        self.0[(u / 64) as usize] >> (u % 64) & 1 == 1
    }

    /// Whether u is new.
    #[inline]
    fn insert(&mut self, u: u32) -> bool {
        let word = &mut self.0[(u / 64) as usize];
        let before = *word;
        *word |= 1 << (u % 64);
        before != *word
    }

    fn remove(&mut self, u: u32) {
        self.0[(u / 64) as usize] &= !(1 << (u % 64));
    }

    /// Empties the set, of which `members` are all: one by one, or all words where that is less.
    fn clear(&mut self, members: &[u32]) {
        match members.len() < self.0.len() / 4 {
            true => members.iter().for_each(|&u| self.0[(u / 64) as usize] = 0),
            false => self.0.fill(0),
        }
    }
}

/// A post that came to a creator: from whom, whose, and at which hop.
#[derive(Debug, Clone, Copy)]
struct Met {
    creator: u32,
    from: u32,
    origin: u32,
    hop: u32,
}

/// The scratch of a walk, used for world after world: at most 13 bytes an account; with a time limit 4 more, and 64
/// for everybody exposed.
#[derive(Debug, Clone)]
pub struct Walker {
    /// Creators, and people exposed.
    seen: Bits,
    creators: Bits,
    /// Creators, then resharers in order of exposure.
    sharers: Vec<u32>,
    /// For each of them, the creator whose post came to them first.
    origins: Vec<u32>,
    reached: Vec<u32>,
    met: Vec<Met>,
    posts: Posts,
    back: Backward,
    timed: TimedWalker,
}

impl Walker {
    /// Scratch for a graph of this many accounts.
    pub fn new(accounts: usize) -> Self {
        Walker {
            seen: Bits::new(accounts),
            creators: Bits::new(accounts),
            sharers: Vec::new(),
            origins: Vec::new(),
            reached: Vec::new(),
            met: Vec::new(),
            posts: Posts::new(),
            back: Backward { seen: Bits::new(accounts), queue: Vec::new() },
            timed: TimedWalker::default(),
        }
    }

    /// The people exposed in the last walk, in order of exposure (with a time limit, of discovery); creators that count come
    /// last.
    pub fn reached(&self) -> &[u32] {
        &self.reached
    }

    /// Whether the last walk, which had no time limit, reached u, who was no creator of it.
    pub(crate) fn has_reached(&self, u: u32) -> bool {
        self.seen.has(u)
    }

    /// Walks `world` from `creators`, which must be different accounts of the graph; with a time limit, as far as posts
    /// come within it.
    pub fn walk(&mut self, world: &World<'_>, creators: &[u32]) -> Walk {
        self.seen.clear(&self.reached);
        self.reached.clear();
        self.sharers.clear();
        self.origins.clear();
        self.met.clear();
        if let Some(limit) = world.resolved().deadline() {
            return self.timed.walk(world, limit, creators, &mut self.reached);
        }
        self.posts.place = 0;
        for &v in creators {
            self.seen.insert(v);
            self.creators.insert(v);
        }
        self.sharers.extend_from_slice(creators);
        self.origins.extend_from_slice(creators);
        let resolved = world.resolved();
        let mut walk = Walk::default();
        let (mut from, mut hop) = (0, 0);
        while from < self.sharers.len() {
            let to = self.sharers.len();
            let before = self.reached.len();
            while self.posts.toss(world, &self.sharers[..to]) {
                walk.impressions += resolved.units_of(self.posts.hits.items());
                self.hear(world, hop);
            }
            walk.hops[(hop as usize).min(HOPS - 1)] += resolved.units_of(&self.reached[before..]);
            from = to;
            hop += 1;
        }
        // Those of creators that count are added again.
        walk.impressions -= self.met.iter().map(|met| resolved.units(met.creator)).sum::<u64>();
        walk.sharers = (self.sharers.len() - creators.len()) as u64;
        walk.spread = (creators.len() + self.reached.len()) as u64;
        if creators.len() > 1 {
            self.count_creators(world, &mut walk);
        }
        self.creators.clear(creators);
        // Every bit that is set belongs to somebody reached or to a creator; those reached are cleared next time.
        creators.iter().for_each(|&v| self.seen.remove(v));
        walk
    }

    /// Takes in whom the posts of a batch reach at a hop, and who of them shares.
    fn hear(&mut self, world: &World<'_>, hop: u32) {
        let (seen, creators, met, hits) = (&mut self.seen, &self.creators, &mut self.met, &mut self.posts.hits);
        let (sharers, origins) = (&self.sharers[..], &self.origins[..]);
        hits.keep(|u, place| {
            if creators.has(u) {
                let (from, origin) = (sharers[place as usize], origins[place as usize]);
                met.push(Met { creator: u, from, origin, hop });
            }
            seen.insert(u)
        });
        self.reached.extend_from_slice(hits.items());
        if !world.all_share() {
            hits.keep(|u, _| world.shares(u));
        }
        self.sharers.extend_from_slice(hits.items());
        self.origins.reserve(hits.count());
        for &place in hits.names() {
            self.origins.push(self.origins[place as usize]);
        }
    }

    /// Adds the creators that another creator reached.
    fn count_creators(&mut self, world: &World<'_>, walk: &mut Walk) {
        // Stable: the exposures of each creator stay in the order of their hops.
        self.met.sort_by_key(|met| met.creator);
        for posts in self.met.chunk_by(|a, b| a.creator == b.creator) {
            let creator = posts[0].creator;
            let others = posts.iter().find(|met| met.origin != creator).map(|met| met.hop);
            let hop = match others {
                // Nothing came before.
                Some(hop) if hop == posts[0].hop => Some(hop),
                // The creator's own post came back first, by way of people to whom another's may have come as well.
                _ => self.back.hop(world, posts, others, &self.seen, &self.creators),
            };
            if let Some(hop) = hop {
                let units = world.resolved().units(creator);
                walk.hops[(hop as usize).min(HOPS - 1)] += units;
                walk.impressions += posts.len() as u64 * units;
                self.reached.push(creator);
            }
        }
    }
}

/// Blocks of coins tossed at a time, but for one more, and how many sharers ahead the place of a row is asked for.
const BLOCKS: usize = 128;
const AHEAD: usize = 32;

/// The posts of one hop, a batch of coins at a time; what the next batch will read is asked for before.
#[derive(Debug, Clone)]
struct Posts {
    batch: Batch,
    next: Batch,
    /// What is left of the row in work.
    row: Row,
    /// The first sharer whose row is still to come.
    place: usize,
    hits: Hits,
}

/// Coins to be tossed: the first `len` blocks.
#[derive(Debug, Clone)]
struct Batch {
    blocks: Box<[Block]>,
    len: usize,
}

impl Posts {
    fn new() -> Self {
        let batch = Batch { blocks: vec![Block::EMPTY; BLOCKS + 1].into(), len: 0 };
        Posts { batch: batch.clone(), next: batch, row: Row::EMPTY, place: 0, hits: Hits::new(BLOCKS + 1) }
    }

    /// Tosses a batch; false if none is left.
    fn toss(&mut self, world: &World<'_>, sharers: &[u32]) -> bool {
        if self.next.len == 0 {
            self.prepare(world, sharers);
        }
        std::mem::swap(&mut self.batch, &mut self.next);
        self.prepare(world, sharers);
        self.hits.clear();
        world.toss(&self.batch.blocks[..self.batch.len], sharers, &mut self.hits);
        self.batch.len > 0
    }

    /// Cuts the rows of the next sharers into blocks.
    fn prepare(&mut self, world: &World<'_>, sharers: &[u32]) {
        let (blocks, mut len, mut row) = (&mut self.next.blocks, 0, self.row);
        while len < BLOCKS {
            if row.is_empty() {
                let Some(&v) = sharers.get(self.place) else { break };
                if let Some(&later) = sharers.get(self.place + AHEAD) {
                    world.ahead(later);
                }
                row = world.row(v, self.place as u32);
                self.place += 1;
            }
            // Most rows are short. Where nothing is asked about how short, nothing is guessed wrong.
            for _ in 0..2 {
                let block = row.cut();
                blocks[len] = block;
                len += usize::from(!block.is_empty());
            }
            while len < BLOCKS && !row.is_empty() {
                blocks[len] = row.cut();
                len += 1;
            }
        }
        (self.next.len, self.row) = (len, row);
    }
}

/// The search from a creator backwards, along live edges, for the nearest other creator.
#[derive(Debug, Clone)]
struct Backward {
    seen: Bits,
    queue: Vec<u32>,
}

impl Backward {
    /// The hop at which another creator's post comes first to the creator to whom all `posts` came: `latest` at the
    /// latest, where that is known. `seen` are all whom any post reached, and the creators.
    fn hop(
        &mut self,
        world: &World<'_>,
        posts: &[Met],
        latest: Option<u32>,
        seen: &Bits,
        creators: &Bits,
    ) -> Option<u32> {
        let creator = posts[0].creator;
        self.seen.insert(creator);
        self.queue.clear();
        self.queue.push(creator);
        for met in posts {
            if self.seen.insert(met.from) {
                self.queue.push(met.from);
            }
        }
        // The queue holds whole levels: those in `from..` pass the post on at hop `hop` before it comes to the creator.
        let (mut from, mut hop) = (1, 0);
        let found = loop {
            let level = from..self.queue.len();
            if level.is_empty() {
                break None;
            }
            if latest == Some(hop) || self.queue[level.clone()].iter().any(|&x| creators.has(x)) {
                break Some(hop);
            }
            for place in level.clone() {
                let x = self.queue[place];
                for &y in world.resolved().graph().following(x) {
                    let passes = seen.has(y) && (creators.has(y) || world.shares(y));
                    if passes && !self.seen.has(y) && world.hears(x, y) {
                        self.seen.insert(y);
                        self.queue.push(y);
                    }
                }
            }
            (from, hop) = (level.end, hop + 1);
        };
        self.seen.clear(&self.queue);
        found
    }
}
