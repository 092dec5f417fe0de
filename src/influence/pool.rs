//! Many people drawn at random, each with the creators whose post would have reached them: reverse-reachable sets.

use std::ops::Range;

use super::candidates::Candidates;
use crate::base::seed::Stream;
use crate::base::{Error, Result, Run, par};
use crate::cascade::Resolved;
use crate::cascade::backward::{Backward, Meet, Words};

/// Walks to a task.
const CHUNK: usize = 512;

/// A set of accounts, one bit each.
#[derive(Debug, Clone)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    pub fn new(accounts: usize) -> Self {
        Bits(vec![0; accounts.div_ceil(64)])
    }

    #[inline]
    pub fn has(&self, u: u32) -> bool {
        self.0[u as usize / 64] >> (u % 64) & 1 == 1
    }

    /// Puts u in; whether it was not there.
    #[inline]
    fn put(&mut self, u: u32) -> bool {
        let (word, bit) = (&mut self.0[u as usize / 64], 1 << (u % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[inline]
    fn take(&mut self, u: u32) {
        self.0[u as usize / 64] &= !(1 << (u % 64));
    }
}

/// The scratch of walks, used for one after the other: a bit an account.
#[derive(Debug)]
pub(super) struct Scratch {
    met: Bits,
    queue: Vec<u32>,
}

impl Scratch {
    pub fn new(accounts: usize) -> Self {
        Scratch { met: Bits::new(accounts), queue: Vec::new() }
    }
}

/// A walk under way, which ends once it met everybody it looks for.
struct Gathering<'s, 'w> {
    scratch: &'s mut Scratch,
    /// For what of `looked_for` to look: the walk ends with all bits of `wanted` found.
    looked_for: &'w [u8],
    wanted: u8,
    found: u8,
}

impl<'s, 'w> Gathering<'s, 'w> {
    fn everybody(scratch: &'s mut Scratch) -> Self {
        Gathering { scratch, looked_for: &[], wanted: u8::MAX, found: 0 }
    }

    #[inline]
    fn look_at(&mut self, v: u32) {
        if let Some(bits) = self.looked_for.get(v as usize) {
            self.found |= bits;
        }
    }
}

impl Meet for Gathering<'_, '_> {
    #[inline]
    fn begin(&mut self, root: u32) {
        let Scratch { met, queue } = &mut *self.scratch;
        queue.drain(..).for_each(|u| met.take(u));
        met.put(root);
        queue.push(root);
    }

    #[inline]
    fn queue(&self) -> &[u32] {
        &self.scratch.queue
    }

    #[inline]
    fn meet(&mut self, v: u32) {
        if self.scratch.met.put(v) {
            self.scratch.queue.push(v);
            self.look_at(v);
        }
    }

    #[inline]
    fn settled(&mut self, v: u32, _: f64) -> bool {
        self.scratch.met.has(v)
    }

    #[inline]
    fn ended(&self) -> bool {
        self.found == self.wanted
    }
}

/// How sets are drawn: the cascade, and who counts as reaching whom.
pub(super) struct Walks<'a> {
    pub backward: Backward<'a>,
    pub accounts: usize,
    /// A creator reaches also themselves, as papers count spread.
    pub starters: bool,
    pub seed: u64,
}

impl<'a> Walks<'a> {
    pub fn new(resolved: &'a Resolved<'a>, starters: bool, run: &Run) -> Self {
        Walks { backward: Backward::new(resolved), accounts: resolved.graph().accounts(), starters, seed: run.seed() }
    }

    /// Bytes that some threads need.
    pub fn memory(resolved: &Resolved<'_>, threads: usize) -> u64 {
        let accounts = resolved.graph().accounts() as u64;
        Backward::memory(resolved) + threads as u64 * (accounts / 8 + 4 * accounts)
    }

    /// Of the walks of these numbers: how many met somebody of the first plan, of the second, of both; index by bits.
    pub fn judge(&self, plans: [&[u32]; 2], numbers: Range<u64>, run: &Run) -> Result<[u64; 4]> {
        let mut looked_for = vec![0u8; self.accounts];
        for (bit, plan) in plans.iter().enumerate() {
            plan.iter().for_each(|&v| looked_for[v as usize] |= 1 << bit);
        }
        let wanted = u8::from(!plans[0].is_empty()) | u8::from(!plans[1].is_empty()) << 1;
        let tools = par::Tools::new();
        let counts = par::map(run, &par::chunks((numbers.end - numbers.start) as usize, CHUNK), |range| {
            let mut counts = [0u64; 4];
            tools.with(
                || Scratch::new(self.accounts),
                |scratch| {
                    for index in range {
                        let words = Words::new(self.seed, Stream::Judge, numbers.start + index as u64);
                        let mut walk = Gathering { looked_for: &looked_for, wanted, ..Gathering::everybody(scratch) };
                        self.walk(words, &mut walk);
                        counts[usize::from(walk.found)] += 1;
                    }
                },
            );
            Ok(counts)
        })?;
        Ok(counts.into_iter().fold([0; 4], |sum, part| std::array::from_fn(|bits| sum[bits] + part[bits])))
    }

    /// One walk; the root is met too if starters count.
    #[inline]
    fn walk(&self, words: Words, walk: &mut Gathering<'_, '_>) {
        // The root's own post reaches the root: known before the first step, but its words are drawn within.
        self.backward.walk(words, walk);
        if self.starters {
            let root = walk.scratch.queue[0];
            walk.look_at(root);
        }
    }
}

/// Sets of candidates, each with everybody of them whose post reaches one person drawn at random.
///
/// Sets in which nobody is are counted and not stored. Memory: 4 bytes a set and 4 a member.
#[derive(Debug, Default)]
pub(super) struct Pool {
    /// Where in `members` sets end.
    ends: Vec<u32>,
    members: Vec<u32>,
    /// Walks: sets stored, sets of nobody, and those of `certain`.
    pub samples: u64,
    /// Sets not stored, for one of the sentinels is in them.
    pub certain: u64,
    /// Members met, of sets stored or not.
    pub met: u64,
}

/// Sets of some walks.
#[derive(Default)]
struct Part {
    lengths: Vec<u32>,
    members: Vec<u32>,
    certain: u64,
    met: u64,
}

impl Pool {
    /// Sets stored.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes that so many samples will take, if further ones are like those before: sets, the index over them, and what is
    /// counted of each.
    pub fn memory(&self, samples: u64) -> u64 {
        let growth = samples as f64 / self.samples.max(1) as f64;
        (growth * (8 * self.members.len() + 6 * self.ends.len()) as f64) as u64
    }

    /// All members of all sets.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// The members of a set, by place among the candidates.
    #[inline]
    pub fn set(&self, set: usize) -> &[u32] {
        let from = if set == 0 { 0 } else { self.ends[set - 1] };
        &self.members[from as usize..self.ends[set] as usize]
    }

    /// Draws further sets, up to `samples` walks in all. A walk that meets a sentinel ends there, and its set is certain to
    /// be covered.
    pub fn grow(
        &mut self,
        walks: &Walks<'_>,
        candidates: &Candidates,
        sentinels: &[u32],
        stream: Stream,
        samples: u64,
        run: &Run,
    ) -> Result<()> {
        let first = self.samples;
        let mut looked_for = Vec::new();
        if !sentinels.is_empty() {
            looked_for = vec![0u8; walks.accounts];
            sentinels.iter().for_each(|&v| looked_for[v as usize] = 1);
        }
        let tools = par::Tools::new();
        let parts = par::map(run, &par::chunks((samples - first) as usize, CHUNK), |range| {
            let mut part = Part::default();
            tools.with(
                || Scratch::new(walks.accounts),
                |scratch| {
                    for index in range {
                        let words = Words::new(walks.seed, stream, first + index as u64);
                        let mut walk = Gathering::everybody(scratch);
                        if !sentinels.is_empty() {
                            walk = Gathering { looked_for: &looked_for, wanted: 1, ..walk };
                        }
                        walks.walk(words, &mut walk);
                        let ended = walk.ended();
                        part.add(scratch, walks.starters, candidates, ended);
                    }
                },
            );
            Ok(part)
        })?;
        let (sets, members) = parts.iter().fold((0, 0), |(sets, members), part| {
            (sets + part.lengths.len(), members + part.members.len())
        });
        if self.members.len() + members > u32::MAX as usize {
            return Err(Error::parameter("--max-samples", "the sets of this many samples hold more than 2^32 members")
                .with_hint("fewer samples, or fewer candidates (--creators, --only)"));
        }
        self.ends.reserve_exact(sets);
        self.members.reserve_exact(members);
        for part in parts {
            let mut end = self.members.len() as u32;
            self.ends.extend(part.lengths.iter().map(|length| {
                end += length;
                end
            }));
            self.members.extend_from_slice(&part.members);
            self.certain += part.certain;
            self.met += part.met;
        }
        self.samples = samples;
        Ok(())
    }
}

impl Part {
    /// Takes in those whom a walk met.
    #[inline]
    fn add(&mut self, scratch: &Scratch, starters: bool, candidates: &Candidates, certain: bool) {
        let met = &scratch.queue[usize::from(!starters)..];
        self.met += met.len() as u64;
        if certain {
            self.certain += 1;
            return;
        }
        let before = self.members.len();
        candidates.places(met, &mut self.members);
        let length = self.members.len() - before;
        if length > 0 {
            self.lengths.push(length as u32);
        }
    }
}
