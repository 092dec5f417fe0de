//! Texts of all blocks, each once: a table in shards, so that many workers add to it at a time.
//!
//! The numbers given here are provisional: they depend on who came first. [`Interner::finish`] sorts the texts and turns
//! every number into a place among the sorted ones, which depends on nothing but the set of texts.

use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use rayon::prelude::*;

use super::ids::check_count;
use super::rows::Texts;
use crate::base::{Result, Run};
use crate::graph::Names;

/// Shards: a text's is the top byte of its hash, and the lowest byte of its provisional number.
const SHARDS: usize = 256;
/// Texts looked up together, so that they wait for memory together.
const TOGETHER: usize = 64;
/// Bytes of texts that are added at a time where they come from no block.
const PART: u64 = 64 << 20;

/// What a text is compared by: itself and its length where it has at most 15 bytes, else a hash, and the text decides.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
struct Key([u64; 2]);

impl Key {
    const LONG: u64 = 0xff << 56;

    #[inline]
    fn of(texts: &Texts, at: u32) -> Key {
        let (length, head) = texts.head(at);
        if length > 15 {
            let mut hasher = foldhash::fast::FixedState::with_seed(0).build_hasher();
            hasher.write(texts.get(at));
            return Key([hasher.finish(), Key::LONG | length as u64]);
        }
        Key([head as u64, (head >> 64) as u64 | (length as u64) << 56])
    }

    fn is_long(self) -> bool {
        self.0[1] & Key::LONG == Key::LONG
    }

    #[inline]
    fn hash(self) -> u32 {
        let wide = u128::from(self.0[0] ^ 0x9e37_79b9_7f4a_7c15) * u128::from(self.0[1] ^ 0xd1b5_4a32_d192_ed03);
        ((wide as u64 ^ (wide >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
    }
}

/// A place of a shard's table; `id` is [`EMPTY`] where nothing stands.
#[derive(Clone, Copy)]
struct Slot {
    key: Key,
    id: u32,
}

const EMPTY: u32 = u32::MAX;

/// Some of the texts, found by open addressing: a short text is met or missed with one look into memory.
#[derive(Default)]
struct Shard {
    slots: Vec<Slot>,
    texts: Texts,
}

impl Shard {
    /// Where the search for a hash begins.
    #[inline]
    fn first(&self, hash: u32) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    /// Makes room for `more` texts, so that at most three in four slots are taken.
    fn reserve(&mut self, more: usize) {
        let wanted = ((self.texts.len() + more) * 4 / 3 + 1).next_power_of_two();
        if wanted <= self.slots.len() {
            return;
        }
        let old = std::mem::replace(&mut self.slots, vec![Slot { key: Key::default(), id: EMPTY }; wanted]);
        for slot in old.into_iter().filter(|slot| slot.id != EMPTY) {
            let mut at = self.first(slot.key.hash());
            while self.slots[at].id != EMPTY {
                at = (at + 1) & (wanted - 1);
            }
            self.slots[at] = slot;
        }
    }

    /// The number of a text, which is added if it is new.
    #[inline]
    fn intern(&mut self, hash: u32, texts: &Texts, text: u32) -> u32 {
        let key = Key::of(texts, text);
        let mut at = self.first(hash);
        loop {
            let slot = &self.slots[at];
            if slot.id == EMPTY {
                break;
            }
            if slot.key == key && (!key.is_long() || self.texts.get(slot.id) == texts.get(text)) {
                return slot.id;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        let id = self.texts.len() as u32;
        self.texts.push(texts.get(text));
        self.slots[at] = Slot { key, id };
        self.reserve(1);
        id
    }

    fn memory(&self) -> u64 {
        self.texts.memory() + (self.slots.capacity() * size_of::<Slot>()) as u64
    }
}

/// The texts so far.
pub struct Interner {
    shards: Vec<Mutex<Shard>>,
    memory: AtomicU64,
}

impl Default for Interner {
    fn default() -> Self {
        Interner { shards: (0..SHARDS).map(|_| Mutex::default()).collect(), memory: AtomicU64::new(0) }
    }
}

fn lock(shard: &Mutex<Shard>) -> MutexGuard<'_, Shard> {
    shard.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

impl Interner {
    /// Adds texts, among which the same may stand often; the provisional number of each.
    pub fn add(&self, texts: &Texts) -> Result<Vec<u32>> {
        // Shard by shard, so that a shard is locked once.
        let hashes: Vec<u32> = (0..texts.len() as u32).map(|text| Key::of(texts, text).hash()).collect();
        let shard = |hash: u32| (hash >> 24) as usize;
        let mut next = [0usize; SHARDS + 1];
        hashes.iter().for_each(|&hash| next[shard(hash) + 1] += 1);
        (0..SHARDS).for_each(|at| next[at + 1] += next[at]);
        let starts = next;
        let mut order = vec![(0u32, 0u32); hashes.len()];
        for (&hash, text) in hashes.iter().zip(0..) {
            let at = &mut next[shard(hash)];
            order[*at] = (hash, text);
            *at += 1;
        }
        let mut numbers = vec![0u32; hashes.len()];
        for (at, shard) in self.shards.iter().enumerate() {
            let order = &order[starts[at]..starts[at + 1]];
            if order.is_empty() {
                continue;
            }
            let mut shard = lock(shard);
            let before = shard.memory();
            shard.reserve(1);
            for together in order.chunks(TOGETHER) {
                // Nothing but loads, so that many wait for memory at a time.
                let looks = together.iter().map(|&(hash, _)| shard.slots[shard.first(hash)].id);
                std::hint::black_box(looks.fold(0, |all, id| all ^ id));
                for &(hash, text) in together {
                    let id = shard.intern(hash, texts, text);
                    let number = u64::from(id) * SHARDS as u64 + at as u64;
                    check_count(number)?;
                    numbers[text as usize] = number as u32;
                }
            }
            self.memory.fetch_add(shard.memory() - before, Ordering::Relaxed);
        }
        Ok(numbers)
    }

    /// Adds texts that stand in no block; the provisional number of each.
    pub fn add_all<'a>(&self, texts: impl Iterator<Item = impl AsRef<[u8]> + 'a>) -> Result<Vec<u32>> {
        let (mut part, mut numbers) = (Texts::default(), Vec::new());
        for text in texts {
            part.push(text.as_ref());
            if part.memory() > PART {
                numbers.extend(self.add(&std::mem::take(&mut part))?);
            }
        }
        numbers.extend(self.add(&part)?);
        Ok(numbers)
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    /// The texts sorted, and where each provisional number stands among them.
    pub fn finish(self, run: &Run) -> Result<(Names, Places)> {
        let tables: Vec<Shard> = self
            .shards
            .into_iter()
            .map(|shard| shard.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
            .collect();
        let count = tables.iter().map(|table| table.texts.len() as u64).sum();
        check_count(count)?;
        run.check_memory("sorting account names", 20 * count)?;
        let common = common_prefix(tables.iter().flat_map(|table| table.texts.iter()));
        let head = |text: &[u8]| {
            let mut head = [0u8; 8];
            text[common..].iter().zip(&mut head).for_each(|(byte, place)| *place = *byte);
            u64::from_be_bytes(head)
        };
        let mut order: Vec<(u64, u32)> = run.install(|| {
            let numbered = tables.par_iter().zip(0u32..SHARDS as u32);
            numbered
                .flat_map_iter(|(table, shard)| {
                    table.texts.iter().zip(0u32..).map(move |(text, id)| (head(text), id * SHARDS as u32 + shard))
                })
                .collect()
        });
        let text = |number: u32| tables[number as usize % SHARDS].texts.get(number / SHARDS as u32);
        run.install(|| {
            order.par_sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a.1).cmp(text(b.1))));
        });
        run.step(0)?;
        let mut starts = [0usize; SHARDS + 1];
        (0..SHARDS).for_each(|shard| starts[shard + 1] = starts[shard] + tables[shard].texts.len());
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
                let mut some = Texts::default();
                texts[at].iter().for_each(|text| some.push(text.as_bytes()));
                numbers[at] = interner.add(&some).unwrap();
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
