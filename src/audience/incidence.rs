//! Who follows whom within a portfolio, by person: one pass over it counts everything that lists can count.

use rayon::prelude::*;

use super::lists::Portfolio;
use crate::base::{Result, Run, par};

/// Every (person, creator) of the lists, by person. 8 bytes a listed follower ([`Incidence::memory`]).
#[derive(Debug, Clone)]
pub struct Incidence {
    entries: Vec<u64>,
    creators: usize,
}

impl Incidence {
    /// Bytes for so many listed followers.
    pub fn memory(listed: u64) -> u64 {
        8 * listed
    }

    /// Of these places of a portfolio; a creator is known by its place among them.
    pub fn new(portfolio: &Portfolio, places: &[usize], run: &Run) -> Result<Self> {
        let listed = places.iter().map(|&place| portfolio.creators[place].people.len()).sum::<usize>();
        run.check_memory("the overlap of follower lists", Self::memory(listed as u64))?;
        let mut entries = Vec::with_capacity(listed);
        for (at, &place) in places.iter().enumerate() {
            entries.extend(portfolio.creators[place].people.iter().map(|&person| u64::from(person) << 32 | at as u64));
        }
        run.step(0)?;
        run.install(|| entries.par_sort_unstable());
        Ok(Incidence { entries, creators: places.len() })
    }

    /// The people, each with the entries of the creators they are listed for.
    pub fn people(&self) -> impl Iterator<Item = &[u64]> {
        self.entries.chunk_by(|a, b| a >> 32 == b >> 32)
    }

    /// How many people are listed for one of the creators that `counts` lets through.
    pub fn union(&self, counts: impl Fn(usize) -> bool) -> u64 {
        self.people().filter(|row| row.iter().any(|&entry| counts(entry as u32 as usize))).count() as u64
    }

    /// For each creator, how many people are listed for them and nobody else.
    pub fn alone(&self) -> Vec<u64> {
        let mut alone = vec![0; self.creators];
        for row in self.people().filter(|row| row.len() == 1) {
            alone[row[0] as u32 as usize] += 1;
        }
        alone
    }

    /// How many people each two creators share among those listed.
    pub fn matches(&self, run: &Run) -> Result<Matches> {
        let cells = self.creators * self.creators;
        // As many parts as fit into some 64 million cells; whole numbers add up in any order.
        let parts = ((1 << 26) / cells.max(1)).clamp(1, 64);
        let size = self.entries.len().div_ceil(parts).max(par::CHUNK);
        run.check_memory("the pairs of a portfolio", (8 * cells * parts) as u64)?;
        run.phase("pairs", Some(self.entries.len() as u64));
        let begins =
            |at: usize| at > 0 && at < self.entries.len() && self.entries[at] >> 32 == self.entries[at - 1] >> 32;
        let whole = |mut at: usize| {
            while begins(at) {
                at += 1;
            }
            at
        };
        let found = par::map(run, &par::chunks(self.entries.len(), size), |range| {
            let mut counts = vec![0u64; cells];
            for row in self.entries[whole(range.start)..whole(range.end)].chunk_by(|a, b| a >> 32 == b >> 32) {
                for (at, &entry) in row.iter().enumerate() {
                    for &other in &row[at + 1..] {
                        counts[entry as u32 as usize * self.creators + other as u32 as usize] += 1;
                    }
                }
            }
            Ok(counts)
        })?;
        let mut counts = vec![0u64; cells];
        for part in found {
            counts.iter_mut().zip(part).for_each(|(count, more)| *count += more);
        }
        Ok(Matches { counts, creators: self.creators })
    }
}

/// How many listed people each two creators share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matches {
    counts: Vec<u64>,
    creators: usize,
}

impl Matches {
    /// Of two different creators.
    pub fn of(&self, a: usize, b: usize) -> u64 {
        self.counts[a.min(b) * self.creators + a.max(b)]
    }
}
