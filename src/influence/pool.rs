//! Many people drawn at random, each with the creators whose post would have reached them: reverse-reachable sets.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use crate::base::engine::named;
use crate::base::seed::Stream;
use crate::base::{Error, Result, Run, par, sealed};
use crate::cascade::Resolved;
use crate::cascade::backward::{Backward, Coins, Meet, Stratum};
use crate::cascade::wave::{self, Drawn, Wave};

/// Walks to a task.
const CHUNK: usize = 512;

/// So many of them to a chunk that another process computes.
const FAR: usize = 16;

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
    pub fn put(&mut self, u: u32) -> bool {
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

/// The scratch of walks, used for one after the other: three bits an account.
#[derive(Debug)]
pub(super) struct Scratch {
    met: Bits,
    queue: Vec<u32>,
    /// Whom the root hears by chance, with the chance that not; they do not reshare.
    hears: Vec<(u32, f32)>,
    past: Past,
}

/// What has happened of a cascade under way, as far as the walk at hand goes.
#[derive(Debug)]
struct Past {
    /// Whether there is one.
    under_way: bool,
    sharers: Bits,
    exposed: Bits,
    drawn: Drawn,
    /// Candidates met who were exposed before and did not share: their own post would reach the root, nothing passes
    /// through them.
    ends: Vec<u32>,
}

impl Past {
    /// Takes in another draw.
    fn set(&mut self, drawn: Drawn) {
        self.drawn.sharers.drain(..).for_each(|u| self.sharers.take(u));
        self.drawn.exposed.drain(..).for_each(|u| self.exposed.take(u));
        for &u in &drawn.sharers {
            self.sharers.put(u);
        }
        for &u in &drawn.exposed {
            self.exposed.put(u);
        }
        self.drawn = drawn;
        self.under_way = true;
    }
}

impl Scratch {
    pub fn new(accounts: usize) -> Self {
        let met = Bits::new(accounts);
        let (sharers, exposed) = (Bits::new(accounts), Bits::new(accounts));
        let past = Past { under_way: false, sharers, exposed, drawn: Drawn::default(), ends: Vec::new() };
        Scratch { met, queue: Vec::new(), hears: Vec::new(), past }
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

    /// Whether the root was reached before: nobody reaches them anew.
    #[inline]
    fn is_past(&self) -> bool {
        let Scratch { past, queue, .. } = &*self.scratch;
        past.under_way && past.exposed.has(queue[0])
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
        let Scratch { met, queue, hears, past } = &mut *self.scratch;
        queue.drain(..).for_each(|u| met.take(u));
        past.ends.drain(..).for_each(|u| met.take(u));
        hears.clear();
        met.put(root);
        queue.push(root);
    }

    #[inline]
    fn queue(&self) -> &[u32] {
        &self.scratch.queue
    }

    #[inline]
    fn meet(&mut self, v: u32) {
        let Scratch { met, queue, past, .. } = &mut *self.scratch;
        if past.under_way && past.sharers.has(v) {
            return;
        }
        if met.put(v) {
            let ends = past.under_way && past.exposed.has(v);
            if ends {
                past.ends.push(v)
            } else {
                queue.push(v)
            }
            self.look_at(v);
        }
    }

    #[inline]
    fn hear(&mut self, v: u32, chance: f64) {
        if chance > 0.0 {
            self.scratch.hears.push((v, (1.0 - chance) as f32));
        }
    }

    #[inline]
    fn ended(&self) -> bool {
        self.found == self.wanted || self.is_past()
    }
}

/// How sets are drawn: the cascade, and who counts as reaching whom.
pub(super) struct Walks<'a> {
    pub backward: Backward<'a>,
    pub accounts: usize,
    /// A creator reaches also themselves, as papers count spread.
    pub starters: bool,
    /// A cascade under way: people it reached are reached already.
    pub wave: Option<&'a Wave<'a>>,
    pub seed: u64,
}

impl<'a> Walks<'a> {
    pub fn new(resolved: &'a Resolved<'a>, starters: bool, wave: Option<&'a Wave<'a>>, run: &Run) -> Self {
        let (backward, accounts) = (Backward::new(resolved), resolved.graph().accounts());
        Walks { backward, accounts, starters, wave, seed: run.seed() }
    }

    /// Whether coins can be spared ([`Backward::can_spare_coins`]): not where many are tossed already.
    pub fn can_spare_coins(&self) -> bool {
        self.backward.can_spare_coins() && self.wave.is_none()
    }

    /// What a thread needs: scratch, and how to draw what has happened.
    fn tools(&self) -> (Scratch, Option<wave::Tools<'_>>) {
        (Scratch::new(self.accounts), self.wave.map(Wave::tools))
    }

    /// Bytes that some threads need, beside a cascade under way; and where coins are spared, the sets of a first look at
    /// everybody, in which each of the candidates is at most once for every follower.
    pub fn memory(&self, resolved: &Resolved<'_>, candidates: &Candidates, threads: usize) -> u64 {
        let (graph, accounts) = (resolved.graph(), self.accounts as u64);
        let followers = |place: u32| graph.followers(candidates.account(place)).len() as u64;
        let sets = match self.can_spare_coins() {
            true => 16 * (0..candidates.len() as u32).map(followers).sum::<u64>() + 18 * accounts,
            false => 0,
        };
        Backward::memory(resolved) + accounts + threads as u64 * (3 * accounts / 8 + 4 * accounts) + sets
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
                || self.tools(),
                |(scratch, past)| {
                    for index in range {
                        let number = numbers.start + index as u64;
                        draw_past(scratch, past, Stream::Judge, number);
                        let coins = Coins::new(self.seed, Stream::Judge, number);
                        let stratum = Stratum { index: index as u64, of: numbers.end - numbers.start };
                        let mut walk = Gathering { looked_for: &looked_for, wanted, ..Gathering::everybody(scratch) };
                        self.walk(stratum, coins, &mut walk);
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
    fn walk(&self, stratum: Stratum, coins: Coins, walk: &mut Gathering<'_, '_>) {
        self.backward.walk_in(stratum, coins, walk);
        if self.starters && !walk.is_past() {
            let root = walk.scratch.queue[0];
            walk.look_at(root);
        }
    }
}

/// Draws what has happened before the walk of this number.
fn draw_past(scratch: &mut Scratch, past: &mut Option<wave::Tools<'_>>, stream: Stream, number: u64) {
    if let Some(past) = past {
        scratch.past.set(past.draw((stream as u64) << 48 | number));
    }
}

/// Sets of candidates, each with everybody of them whose post reaches one person drawn at random.
///
/// Where coins can be spared ([`Backward::can_spare_coins`]) a set also has those whom the person hears by chance, with the
/// chance that they do not: a portfolio then covers as much of the set as is the chance that it reaches the person. The people
/// drawn at one time are spread evenly over all ([`Stratum`]): with one for every account, what creators reach directly is
/// exact.
///
/// Sets in which nobody is are counted and not stored. Memory: 4 bytes a set and 4 a member, 8 with chances.
#[derive(Debug, Default)]
pub(super) struct Pool {
    /// Where in `members` sets end.
    ends: Vec<u32>,
    members: Vec<u32>,
    /// Beside the members: the chance that they do not reach the person. Empty: all reach them.
    misses: Vec<f32>,
    /// Walks: sets stored, sets of nobody, and those of `certain`.
    pub samples: u64,
    /// Sets not stored, for one of the sentinels is in them.
    pub certain: u64,
    /// Members met, of sets stored or not.
    pub met: u64,
}

/// Whom to draw sets of, and how.
#[derive(Clone, Copy)]
pub(super) struct Draw<'a> {
    pub walks: &'a Walks<'a>,
    pub candidates: &'a Candidates,
    /// A walk that meets one of these accounts ends there, and its set is certain to be covered.
    pub sentinels: &'a [u32],
    pub stream: Stream,
    /// Spare coins: the walks can, and there are no sentinels.
    pub by_chance: bool,
}

/// Walks of a pool: so many from number `first + from`, of `of` that are drawn together; where those end that meet one of
/// the sentinels.
#[derive(Clone, Serialize, Deserialize)]
struct Chunk {
    first: u64,
    of: u64,
    range: Range<u64>,
    sentinels: Vec<u32>,
}

/// Sets of some walks.
#[derive(Default, Serialize, Deserialize)]
struct Part {
    lengths: Vec<u32>,
    members: Vec<u32>,
    misses: Vec<f32>,
    certain: u64,
    met: u64,
}

impl Pool {
    /// Sets stored.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes that so many samples will take, if further ones are like those before (nothing is known before the first): sets,
    /// the index over them, and what is counted of each.
    fn memory(&self, samples: u64) -> u64 {
        let growth = samples as f64 / self.samples.max(1) as f64;
        let each = if self.by_chance() { (16, 18) } else { (8, 6) };
        (growth * (each.0 * self.members.len() + each.1 * self.ends.len()) as f64) as u64
    }

    /// Whether some members reach the person by chance.
    pub fn by_chance(&self) -> bool {
        !self.misses.is_empty()
    }

    /// All members of all sets.
    pub fn members(&self) -> &[u32] {
        &self.members
    }

    /// Beside them the chance that they do not reach the person; empty where all do.
    pub fn misses(&self) -> &[f32] {
        &self.misses
    }

    /// Where among the members those of a set stand.
    #[inline]
    pub fn places(&self, set: usize) -> Range<usize> {
        let from = if set == 0 { 0 } else { self.ends[set - 1] };
        from as usize..self.ends[set] as usize
    }

    /// The members of a set, by place among the candidates.
    #[inline]
    pub fn set(&self, set: usize) -> &[u32] {
        &self.members[self.places(set)]
    }

    /// Draws further sets, up to `samples` walks in all.
    pub fn grow(&mut self, draw: Draw<'_>, samples: u64, run: &Run) -> Result<()> {
        let Draw { walks, candidates, sentinels, .. } = draw;
        if !run.is_asked() {
            run.check_memory("sets of the people drawn", self.memory(samples))?;
        }
        let (first, of) = (self.samples, samples - self.samples);
        let chunk = |range: &Range<usize>| Chunk {
            first,
            of,
            range: range.start as u64..range.end as u64,
            sentinels: sentinels.to_vec(),
        };
        let ranges = par::chunks(of as usize, CHUNK);
        let tools = par::Tools::new();
        // Walks of a cascade under way are few, and rest on tables that are dear to make. Sets to judge by come after the search,
        // which whoever computes them elsewhere would have to do first.
        let found = match run.is_alone() || walks.wave.is_some() || draw.stream != Stream::Pool {
            true => None,
            false => {
                let who: Vec<u32> = (0..candidates.len() as u32).map(|place| candidates.account(place)).collect();
                let who = sealed::digest(bytemuck::cast_slice(&who));
                let how = u64::from(draw.by_chance) | u64::from(walks.starters) << 1;
                let model = walks.backward.resolved().digest();
                let work = named("people drawn", &[walks.seed, draw.stream as u64, model, who, how]);
                let chunks: Vec<Chunk> =
                    ranges.chunks(FAR).map(|some| chunk(&(some[0].start..some[some.len() - 1].end))).collect();
                run.elsewhere(&work, &chunks, |chunk| {
                    Ok(draw.part(chunk, &looked_for(walks.accounts, &chunk.sentinels), &tools))
                })?
            }
        };
        let parts = match found {
            Some(parts) => parts,
            None => {
                let looked_for = looked_for(walks.accounts, sentinels);
                par::map(run, &ranges, |range| Ok(draw.part(&chunk(&range), &looked_for, &tools)))?
            }
        };
        let (sets, members) = parts
            .iter()
            .fold((0, 0), |(sets, members), part| (sets + part.lengths.len(), members + part.members.len()));
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
            self.misses.extend_from_slice(&part.misses);
            self.certain += part.certain;
            self.met += part.met;
        }
        self.samples = samples;
        Ok(())
    }
}

/// For whom walks look: nobody, or those at whom they end.
fn looked_for(accounts: usize, sentinels: &[u32]) -> Vec<u8> {
    let mut looked_for = Vec::new();
    if !sentinels.is_empty() {
        looked_for = vec![0u8; accounts];
        sentinels.iter().for_each(|&v| looked_for[v as usize] = 1);
    }
    looked_for
}

impl<'a> Draw<'a> {
    /// The sets of some walks.
    fn part(&self, chunk: &Chunk, looked_for: &[u8], tools: &par::Tools<(Scratch, Option<wave::Tools<'a>>)>) -> Part {
        let Draw { walks, candidates, stream, by_chance, .. } = *self;
        let mut part = Part::default();
        tools.with(
            || walks.tools(),
            |(scratch, past)| {
                for index in chunk.range.clone() {
                    let number = chunk.first + index;
                    draw_past(scratch, past, stream, number);
                    let coins = Coins::new(walks.seed, stream, number);
                    let stratum = Stratum { index, of: chunk.of };
                    let mut walk = Gathering::everybody(scratch);
                    if !looked_for.is_empty() {
                        walk = Gathering { looked_for, wanted: 1, ..walk };
                    }
                    match by_chance {
                        true => walks.backward.walk_but_for_hearing(stratum, coins, &mut walk),
                        false => walks.walk(stratum, coins, &mut walk),
                    }
                    if walk.is_past() {
                        continue;
                    }
                    let ended = walk.ended();
                    part.add(scratch, walks.starters, candidates, ended, by_chance);
                }
            },
        );
        part
    }
}

impl Part {
    /// Takes in those whom a walk met.
    #[inline]
    fn add(&mut self, scratch: &Scratch, starters: bool, candidates: &Candidates, certain: bool, by_chance: bool) {
        let met = &scratch.queue[usize::from(!starters)..];
        self.met += met.len() as u64 + scratch.hears.len() as u64;
        if certain {
            self.certain += 1;
            return;
        }
        let before = self.members.len();
        candidates.places(met, &mut self.members);
        candidates.places(&scratch.past.ends, &mut self.members);
        if by_chance {
            self.misses.resize(self.members.len(), 0.0);
            for &(v, miss) in &scratch.hears {
                // Who was met by another way too is there already.
                if !scratch.met.has(v)
                    && let Some(place) = candidates.place(v)
                {
                    self.members.push(place);
                    self.misses.push(miss);
                }
            }
        }
        let length = self.members.len() - before;
        if length > 0 {
            self.lengths.push(length as u32);
        }
    }
}
