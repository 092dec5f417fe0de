//! The links within communities: a random tree first, then the other ends at random.

use hashbrown::HashSet;

use super::homes::Homes;
use crate::base::seed::{Key, below};
use crate::base::{Result, Run, par};
use crate::synth::Step;

/// The links within communities.
pub(super) struct Inner {
    /// Links in lists, by neighbouring communities.
    pub(super) links: Vec<Vec<(u32, u32)>>,
    /// Links that found no place.
    pub(super) unplaced: u64,
    /// Outer ends of links that were made inner.
    pub(super) moved: u64,
    /// Communities that hang together.
    pub(super) connected: u64,
}

/// How often an end that fits nowhere is offered an exchange.
const TRIES: usize = 200;

/// Draws the inner links of every community, and sets `homes.inner` to what was used.
pub(super) fn draw(run: &Run, degrees: &[u32], homes: &mut Homes) -> Result<Inner> {
    let (begins, members) = homes.members();
    let offsets: Vec<u64> = begins.iter().map(|&begin| begin as u64).collect();
    run.phase("links within communities", Some(homes.sizes.len() as u64));
    let ranges = par::chunks_by_degree(&offsets, 1 << 13);
    let parts = par::map(run, &ranges, |range| {
        let mut made = Vec::new();
        for home in range {
            let members = &members[begins[home]..begins[home + 1]];
            let mut community = Community::new(members, degrees, &homes.inner, Step::LfrInner.key(run, home as u64));
            community.adjust();
            made.push(community.link());
        }
        Ok(made)
    })?;
    let mut inner = Inner { links: Vec::new(), unplaced: 0, moved: 0, connected: 0 };
    for (home, linked) in parts.iter().flatten().enumerate() {
        for (&member, &used) in members[begins[home]..begins[home + 1]].iter().zip(&linked.degrees) {
            homes.inner[member as usize] = used;
        }
        inner.unplaced += linked.unplaced;
        inner.moved += linked.moved;
        inner.connected += u64::from(linked.connected);
    }
    inner.links = parts.into_iter().map(|part| part.into_iter().flat_map(|linked| linked.links).collect()).collect();
    Ok(inner)
}

/// One community while it is linked; members are named by their place.
struct Community<'a> {
    members: &'a [u32],
    /// Inner ends of each member.
    degrees: Vec<u32>,
    /// All ends of each member.
    all: Vec<u32>,
    moved: u64,
    words: Words,
}

/// Words in order.
struct Words {
    key: Key,
    next: u64,
}

impl Words {
    fn below(&mut self, n: usize) -> usize {
        self.next += 1;
        below(self.key.word(self.next), n as u64) as usize
    }

    fn shuffle<T>(&mut self, values: &mut [T]) {
        for at in (1..values.len()).rev() {
            values.swap(at, self.below(at + 1));
        }
    }
}

struct Linked {
    links: Vec<(u32, u32)>,
    degrees: Vec<u32>,
    unplaced: u64,
    moved: u64,
    connected: bool,
}

impl<'a> Community<'a> {
    fn new(members: &'a [u32], degrees: &[u32], inner: &[u32], key: Key) -> Community<'a> {
        let of = |table: &[u32]| members.iter().map(|&member| table[member as usize]).collect::<Vec<u32>>();
        Community { members, degrees: of(inner), all: of(degrees), moved: 0, words: Words { key, next: 0 } }
    }

    fn ends(&self) -> u64 {
        self.degrees.iter().map(|&degree| u64::from(degree)).sum()
    }

    /// Makes the ends enough for a tree, and their number even.
    fn adjust(&mut self) {
        let size = self.members.len();
        let mut ends = self.ends();
        // A mixing of 1 asks for no inner links at all.
        if size < 2 || ends == 0 {
            return;
        }
        let mut order: Vec<usize> = (0..size).collect();
        self.words.shuffle(&mut order);
        let tree = 2 * (size as u64 - 1);
        let room = |degrees: &[u32], all: &[u32], at: usize| degrees[at] < all[at] && (degrees[at] as usize) < size - 1;
        let mut grew = true;
        while ends < tree && grew {
            grew = false;
            for &at in &order {
                if ends < tree && room(&self.degrees, &self.all, at) {
                    self.degrees[at] += 1;
                    (ends, self.moved, grew) = (ends + 1, self.moved + 1, true);
                }
            }
        }
        if ends % 2 == 1 {
            // One end more or one less, by turns, so that the mixing does not drift.
            let more = order.iter().copied().find(|&at| room(&self.degrees, &self.all, at));
            let less = order.iter().copied().find(|&at| self.degrees[at] > 1);
            let first_more = self.words.below(2) == 0;
            match (more, less) {
                (Some(at), less) if first_more || less.is_none() => self.degrees[at] += 1,
                (_, Some(at)) => self.degrees[at] -= 1,
                _ => {}
            }
        }
    }

    /// A tree over all members, those of one end last; then the other ends at random, with exchanges where two ends
    /// may not meet.
    fn link(mut self) -> Linked {
        let mut order: Vec<u32> = (0..self.members.len() as u32).collect();
        self.words.shuffle(&mut order);
        order.sort_by_key(|&at| match self.degrees[at as usize] {
            0 => 2,
            1 => 1,
            _ => 0,
        });
        let mut taken: HashSet<(u32, u32), foldhash::fast::FixedState> = HashSet::default();
        let (mut links, mut free, mut trees) = (Vec::new(), Vec::<u32>::new(), 0);
        for at in order {
            let mut own = self.degrees[at as usize] as usize;
            if free.is_empty() {
                trees += 1;
            } else if own > 0 {
                let chosen = self.words.below(free.len());
                let other = free.swap_remove(chosen);
                taken.insert(pair(at, other));
                links.push((at, other));
                own -= 1;
            } else {
                trees += 1;
            }
            free.resize(free.len() + own, at);
        }
        let tree = links.len();
        self.words.shuffle(&mut free);
        let mut waiting = Vec::new();
        for ends in free.chunks(2) {
            match *ends {
                [a, b] if a != b && taken.insert(pair(a, b)) => links.push((a, b)),
                [a, b] => waiting.push((a, b)),
                _ => {}
            }
        }
        let mut unplaced = free.len() as u64 % 2;
        for (a, b) in waiting {
            unplaced += u64::from(!self.exchange(a, b, &mut links, tree, &mut taken));
        }
        let named = |at: u32| self.members[at as usize];
        Linked {
            links: links.into_iter().map(|(a, b)| (named(a), named(b))).collect(),
            degrees: self.degrees,
            unplaced,
            moved: self.moved,
            connected: trees == 1,
        }
    }

    /// Gives a and b partners of a link outside the tree, which goes.
    fn exchange(
        &mut self,
        a: u32,
        b: u32,
        links: &mut Vec<(u32, u32)>,
        tree: usize,
        taken: &mut HashSet<(u32, u32), foldhash::fast::FixedState>,
    ) -> bool {
        for _ in 0..TRIES.min(TRIES * (links.len() - tree)) {
            let at = tree + self.words.below(links.len() - tree);
            let (mut c, mut d) = links[at];
            if self.words.below(2) == 1 {
                std::mem::swap(&mut c, &mut d);
            }
            let (one, other) = (pair(a, c), pair(b, d));
            if a == c || b == d || one == other || taken.contains(&one) || taken.contains(&other) {
                continue;
            }
            taken.remove(&pair(c, d));
            taken.insert(one);
            taken.insert(other);
            links[at] = (a, c);
            links.push((b, d));
            return true;
        }
        false
    }
}

fn pair(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}
