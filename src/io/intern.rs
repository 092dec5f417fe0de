//! Texts of all blocks, each once: a table in shards, so that many workers add to it at a time.
//!
//! The numbers given here are provisional: they depend on who came first. [`Interner::finish`] sorts the texts and turns
//! every number into a place among the sorted ones, which depends on nothing but the set of texts.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use rayon::prelude::*;

use super::ids::check_count;
use super::rows::LocalTable;
use crate::base::{Result, Run};
use crate::graph::Names;

/// Shards: a text's is the top byte of its hash, and the lowest byte of its provisional number.
const SHARDS: usize = 256;

/// The texts so far.
pub struct Interner {
    shards: Vec<Mutex<LocalTable>>,
    memory: AtomicU64,
}

impl Default for Interner {
    fn default() -> Self {
        Interner { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), memory: AtomicU64::new(0) }
    }
}

fn lock(shard: &Mutex<LocalTable>) -> MutexGuard<'_, LocalTable> {
    shard.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Interner {
    /// Adds the texts of a table; the provisional number of each.
    pub fn add(&self, table: &LocalTable) -> Result<Vec<u32>> {
        // Shard by shard, so that a shard is locked once and its table stays in the cache.
        let shard = |hash: u32| (hash >> 24) as usize;
        let mut next = [0usize; SHARDS + 1];
        table.hashes().for_each(|(hash, _)| next[shard(hash) + 1] += 1);
        (0..SHARDS).for_each(|at| next[at + 1] += next[at]);
        let starts = next;
        let mut order = vec![(0u32, 0u32); table.len()];
        for (hash, id) in table.hashes() {
            let at = &mut next[shard(hash)];
            order[*at] = (hash, id);
            *at += 1;
        }
        let mut numbers = vec![0u32; table.len()];
        for (at, shard) in self.shards.iter().enumerate() {
            let texts = &order[starts[at]..starts[at + 1]];
            if texts.is_empty() {
                continue;
            }
            let mut shared = lock(shard);
            let before = shared.memory();
            for &(hash, id) in texts {
                let number = u64::from(shared.intern_hashed(hash, table.get(id))) * SHARDS as u64 + at as u64;
                check_count(number)?;
                numbers[id as usize] = number as u32;
            }
            self.memory.fetch_add(shared.memory() - before, Ordering::Relaxed);
        }
        Ok(numbers)
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    /// The texts sorted, and where each provisional number stands among them.
    pub fn finish(self, run: &Run) -> Result<(Names, Places)> {
        let tables: Vec<LocalTable> = self
            .shards
            .into_iter()
            .map(|shard| shard.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
            .collect();
        let count = tables.iter().map(|table| table.len() as u64).sum();
        check_count(count)?;
        run.check_memory("sorting account names", 20 * count)?;
        let common = common_prefix(tables.iter().flat_map(LocalTable::iter));
        let head = |text: &[u8]| {
            let mut head = [0u8; 8];
            text[common..].iter().zip(&mut head).for_each(|(byte, place)| *place = *byte);
            u64::from_be_bytes(head)
        };
        let mut order: Vec<(u64, u32)> = run.install(|| {
            let numbered = tables.par_iter().zip(0u32..SHARDS as u32);
            numbered
                .flat_map_iter(|(table, shard)| {
                    table.iter().zip(0u32..).map(move |(text, id)| (head(text), id * SHARDS as u32 + shard))
                })
                .collect()
        });
        let text = |number: u32| tables[number as usize % SHARDS].get(number / SHARDS as u32);
        run.install(|| {
            order.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))));
        });
        run.step(0)?;
        let mut starts = [0usize; SHARDS + 1];
        (0..SHARDS).for_each(|shard| starts[shard + 1] = starts[shard] + tables[shard].len());
        let mut places = Places { starts, places: vec![0; order.len()] };
        for (place, &(_, number)) in order.iter().enumerate() {
            let at = places.at(number);
            places.places[at] = place as u32;
        }
        Ok((Names::from_sorted(order.iter().map(|&(_, number)| text(number))), places))
    }
}

/// What all texts begin with, in bytes.
fn common_prefix<'a>(mut texts: impl Iterator<Item = &'a [u8]>) -> usize {
    let first = texts.next().unwrap_or_default();
    texts.fold(first.len(), |common, text| {
        if text.starts_with(&first[..common]) {
            return common;
        }
        first.iter().zip(text).take_while(|(a, b)| a == b).count().min(common)
    })
}

/// Places among the sorted texts by provisional number.
pub struct Places {
    starts: [usize; SHARDS + 1],
    places: Vec<u32>,
}

impl Places {
    #[inline]
    fn at(&self, number: u32) -> usize {
        self.starts[number as usize % SHARDS] + number as usize / SHARDS
    }

    /// The place of a number.
    #[inline]
    pub fn of(&self, number: u32) -> u32 {
        self.places[self.at(number)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        /// Against a sorted set, whatever the tables and their order.
        #[test]
        fn places_are_ranks_among_all_texts(
            texts in prop::collection::vec(prop::collection::vec("(tiktok:)?[a-c0-2]{0,9}", 0..20), 1..5), backwards: bool,
        ) {
            let interner = Interner::default();
            let mut order: Vec<usize> = (0..texts.len()).collect();
            if backwards {
                order.reverse();
            }
            let mut numbers = vec![Vec::new(); texts.len()];
            for at in order {
                let mut table = LocalTable::default();
                let local: Vec<u32> = texts[at].iter().map(|text| table.intern(text.as_bytes())).collect();
                let shared = interner.add(&table).unwrap();
                numbers[at] = local.iter().map(|&id| shared[id as usize]).collect();
            }
            let (names, places) = interner.finish(&Run::default()).unwrap();
            let sorted: Vec<&String> = texts.iter().flatten().collect::<BTreeSet<_>>().into_iter().collect();
            prop_assert_eq!(names.len(), sorted.len());
            for (place, text) in sorted.iter().enumerate() {
                prop_assert_eq!(&names.get(place as u32), text.as_str());
            }
            for (texts, numbers) in texts.iter().zip(&numbers) {
                for (text, &number) in texts.iter().zip(numbers) {
                    prop_assert_eq!(sorted[places.of(number) as usize], text);
                }
            }
        }
    }
}
