//! How many people each two of very many creators share: one creator's row of all pairs at a time, never the square.

use std::ops::Range;

use crate::base::common::add_common_bits;
use crate::base::{Error, Result, Run, par};

/// Ends a person's row.
const END: u32 = u32::MAX;

/// So many creators are counted together; more, and a thread might be left with the largest alone.
const TOGETHER: usize = 8;

/// Who follows more than this share of the creators is a bit for each creator instead of an entry: the bits that two have in
/// common are counted 64 people at a time, which every pair pays for.
const MANY: f64 = 0.05;

/// So many people are bits at most.
const BITS: usize = 4096;

/// Lists of people turned over, so that for a creator everybody else of their followers' rows can be walked.
///
/// Row i of the square is made by walking, for each follower u of i, the creators whom u follows beyond i (Gustavson 1978):
/// `sum over people of m_u² / 2` steps in all, a counter for each creator a thread. The few people who follow very many, and
/// would be most of these steps, are bits. Give the largest audiences first:
/// counters of those whom many follow then stand together.
///
/// **Memory**: [`Crossed::memory`]; nothing of the square is kept.
#[derive(Debug)]
pub(super) struct Crossed {
    /// Where each creator's entries begin.
    begins: Vec<usize>,
    /// For each follower who follows somebody beyond: where in `rows` that begins.
    beyond: Vec<u32>,
    /// By person, the creators in order, and [`END`].
    rows: Vec<u32>,
    creators: usize,
    /// The people who follow very many: `width` words a creator.
    bits: Vec<u64>,
    width: usize,
    /// Whether rows hold those before a creator too.
    whole: bool,
}

impl Crossed {
    /// Bytes for so many listed people of a network, and counters on so many threads.
    pub fn memory(listed: u64, accounts: u64, creators: u64, threads: u64) -> u64 {
        8 * listed + 8 * accounts + (8 + 4 * threads + BITS as u64 / 8) * creators
    }

    /// Turns the lists over. With `whole`, rows of creators hold everybody, those before them too.
    pub fn new(lists: &[&[u32]], accounts: usize, whole: bool, run: &Run) -> Result<Self> {
        let listed: u64 = lists.iter().map(|list| list.len() as u64).sum();
        if listed + accounts as u64 >= u64::from(END) {
            return Err(Error::parameter("--creators", format!("{listed} listed followers are more than 4 billion"))
                .with_hint("look at fewer creators: --only followers>=1000"));
        }
        let needed = Self::memory(listed, accounts as u64, lists.len() as u64, run.thread_count() as u64);
        run.check_memory("all pairs of audiences", needed)?;
        run.phase("people of follower lists", Some(listed));
        let mut next = vec![0u32; accounts];
        lists.iter().copied().flatten().for_each(|&person| next[person as usize] += 1);
        let many = (MANY * lists.len() as f64).max(64.0) as u32;
        let mut busiest: Vec<u32> = (0..accounts as u32).filter(|&person| next[person as usize] > many).collect();
        busiest.sort_by_key(|&person| (std::cmp::Reverse(next[person as usize]), person));
        busiest.truncate(BITS);
        let width = busiest.len().div_ceil(64);
        busiest.sort_unstable();
        let mut bits = vec![0u64; width * lists.len()];
        busiest.iter().for_each(|&person| next[person as usize] = 0);
        let mut sum = 0;
        for next in &mut next {
            // Who follows one creator shares nobody.
            let many = if *next > 1 { *next + 1 } else { 0 };
            *next = if many > 0 { sum } else { END };
            sum += many;
        }
        let first = if whole { next.clone() } else { Vec::new() };
        let mut rows = vec![END; sum as usize];
        let (mut begins, mut beyond) = (Vec::with_capacity(lists.len() + 1), Vec::new());
        for (creator, list) in (0u32..).zip(lists) {
            begins.push(beyond.len());
            for &person in *list {
                let next = &mut next[person as usize];
                if *next != END {
                    rows[*next as usize] = creator;
                    *next += 1;
                    beyond.push(if whole { first[person as usize] } else { *next });
                } else if let Ok(bit) = busiest.binary_search(&person) {
                    bits[creator as usize * width + bit / 64] |= 1 << (bit % 64);
                }
            }
            run.step(list.len() as u64)?;
        }
        begins.push(beyond.len());
        Ok(Crossed { begins, beyond, rows, creators: lists.len(), bits, width, whole })
    }

    /// Counts the rows of these creators: `look(tools, i, first, counts)` gets how many people i shares with each creator from
    /// `first` on. Tools come in no order, one set a thread: what is kept in them must not depend on which rows they saw.
    pub fn each<T: Send>(
        &self,
        of: &[u32],
        make: impl Fn() -> T + Sync,
        look: impl Fn(&mut T, u32, u32, &[u32]) + Sync,
        run: &Run,
    ) -> Result<Vec<T>> {
        let tools = par::Tools::new();
        run.phase("pairs", Some(of.len() as u64));
        par::map(run, &par::chunks(of.len(), TOGETHER), |range: Range<usize>| {
            let make = || (vec![0u32; self.creators], make());
            tools.with(make, |(counts, kept)| {
                for &creator in &of[range] {
                    let first = self.count(creator, counts);
                    look(kept, creator, first, &counts[first as usize..]);
                    counts[first as usize..].fill(0);
                }
            });
            Ok(())
        })?;
        Ok(tools.into_all().into_iter().map(|(_, kept)| kept).collect())
    }

    /// Counts a row, and says from which creator on.
    fn count(&self, creator: u32, counts: &mut [u32]) -> u32 {
        let entries = &self.beyond[self.begins[creator as usize]..self.begins[creator as usize + 1]];
        for &begin in entries {
            for &other in &self.rows[begin as usize..] {
                if other == END {
                    break;
                }
                counts[other as usize] += 1;
            }
        }
        let first = if self.whole { 0 } else { creator as usize + 1 };
        let words = |creator: usize| creator * self.width;
        let one = &self.bits[words(creator as usize)..words(creator as usize + 1)];
        if !one.is_empty() {
            add_common_bits(one, &self.bits[words(first)..], &mut counts[first..]);
        }
        counts[creator as usize] = 0;
        first as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn rows_are_those_of_sets(sets in prop::collection::vec(prop::collection::btree_set(0u32..20, 0..12), 0..9), copies in 1usize..20, whole: bool) {
            // Many creators alike: some people follow more than 64.
            let sets: Vec<BTreeSet<u32>> = sets.iter().cycle().take(copies * sets.len()).cloned().collect();
            let lists: Vec<Vec<u32>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
            let lists: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
            let of: Vec<u32> = (0..sets.len() as u32).collect();
            for threads in [1, 3] {
                let run = Run::new(1).threads(threads).unwrap();
                let crossed = Crossed::new(&lists, 20, whole, &run).unwrap();
                let look = |kept: &mut BTreeSet<(u32, u32, u32)>, i: u32, first: u32, counts: &[u32]| {
                    kept.extend((first..).zip(counts).filter(|(_, common)| **common > 0).map(|(j, &common)| (i, j, common)));
                };
                let found = crossed.each(&of, BTreeSet::new, look, &run).unwrap();
                let found: BTreeSet<(u32, u32, u32)> = found.into_iter().flatten().collect();
                let mut expected = BTreeSet::new();
                for (i, one) in sets.iter().enumerate() {
                    for (j, other) in sets.iter().enumerate().filter(|(j, _)| if whole { *j != i } else { *j > i }) {
                        let common = one.intersection(other).count() as u32;
                        if common > 0 {
                            expected.insert((i as u32, j as u32, common));
                        }
                    }
                }
                prop_assert_eq!(found, expected);
            }
        }
    }
}
