//! Ids as they come to provisional numbers, and these to places among the sorted names.
//!
//! A provisional number depends on who came first. [`Ids::finish`] sorts the names of those that take part in an edge, so
//! that their places depend on nothing but the set of names.

use std::hash::{BuildHasher, Hasher};
use std::sync::{PoisonError, RwLock};

use rayon::prelude::*;

use crate::base::{Result, Run};
use crate::graph::Names;
use crate::graph::names::parse_number;
use crate::io::ids::check_count;

/// No account: a null, or a row that is left out.
pub const NOBODY: u32 = u32::MAX;
/// Ids looked up together, so that they wait for memory together.
const TOGETHER: usize = 64;
/// The longest text that is kept in the table itself.
const SHORT: usize = 15;

/// A short text and its length, in the order of bytes.
type Short = [u64; 2];

trait Key: Copy + Eq + Default {
    fn hash(self) -> u64;
}

impl Key for u64 {
    #[inline]
    fn hash(self) -> u64 {
        let wide = u128::from(self ^ 0x9e37_79b9_7f4a_7c15) * 0xd1b5_4a32_d192_ed03;
        wide as u64 ^ (wide >> 64) as u64
    }
}

impl Key for Short {
    #[inline]
    fn hash(self) -> u64 {
        let wide = u128::from(self[0] ^ 0x9e37_79b9_7f4a_7c15) * u128::from(self[1] ^ 0xd1b5_4a32_d192_ed03);
        (wide as u64 ^ (wide >> 64) as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
    }
}

/// A place of a table; `id` is [`NOBODY`] where nothing stands.
#[derive(Clone, Copy)]
struct Slot<K> {
    key: K,
    id: u32,
}

/// Numbers of keys by open addressing, at most three in four places taken.
#[derive(Default)]
struct Table<K> {
    slots: Vec<Slot<K>>,
    len: usize,
}

impl<K: Key> Table<K> {
    #[inline]
    fn find(&self, key: K) -> u32 {
        if self.slots.is_empty() {
            return NOBODY;
        }
        let mask = self.slots.len() - 1;
        let mut at = key.hash() as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.key == key || slot.id == NOBODY {
                return slot.id;
            }
            at = (at + 1) & mask;
        }
    }

    /// What stands where the search for a key begins.
    #[inline]
    fn look(&self, key: K) -> u32 {
        match self.slots.is_empty() {
            true => NOBODY,
            false => self.slots[key.hash() as usize & (self.slots.len() - 1)].id,
        }
    }

    /// Adds a key that is not there.
    fn add(&mut self, key: K, id: u32) {
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            let wanted = (self.slots.len() * 2).max(16);
            let old = std::mem::replace(&mut self.slots, vec![Slot { key: K::default(), id: NOBODY }; wanted]);
            old.into_iter().filter(|slot| slot.id != NOBODY).for_each(|slot| self.place(slot));
        }
        self.place(Slot { key, id });
        self.len += 1;
    }

    fn place(&mut self, slot: Slot<K>) {
        let mask = self.slots.len() - 1;
        let mut at = slot.key.hash() as usize & mask;
        while self.slots[at].id != NOBODY {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }

    fn all(&self) -> impl Iterator<Item = (K, u32)> + '_ {
        self.slots.iter().filter(|slot| slot.id != NOBODY).map(|slot| (slot.key, slot.id))
    }

    fn memory(&self) -> u64 {
        (self.slots.capacity() * size_of::<Slot<K>>()) as u64
    }
}

/// An id of a row: a number, or a text that is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Id<'a> {
    /// A number, or a text that is written as one.
    Number(u64),
    /// A text of at most 15 bytes.
    Short(Short),
    /// A longer one.
    Long(&'a [u8]),
}

impl<'a> Id<'a> {
    /// Of a text; none of an empty one.
    #[inline]
    pub fn text(text: &'a [u8]) -> Option<Id<'a>> {
        if let Some(number) = parse_number(text) {
            return Some(Id::Number(number));
        }
        if text.len() > SHORT {
            return Some(Id::Long(text));
        }
        (!text.is_empty()).then(|| Id::Short(head(text, text.len() as u8)))
    }

    /// Of a text of at most 12 bytes that stands in Arrow's view of it, unless it may be a number.
    #[inline]
    pub fn view(view: u128) -> Option<Id<'a>> {
        let length = view as u32;
        if length == 0 || length > 12 || ((view >> 32) as u8).is_ascii_digit() {
            return None;
        }
        let wide = (view >> 32).swap_bytes() | u128::from(length);
        Some(Id::Short([(wide >> 64) as u64, wide as u64]))
    }
}

/// The first 15 bytes of a text and a mark, as two numbers in the order of bytes.
#[inline]
fn head(text: &[u8], mark: u8) -> Short {
    let mut bytes = [0u8; 16];
    let length = text.len().min(SHORT);
    bytes[..length].copy_from_slice(&text[..length]);
    bytes[SHORT] = mark;
    let wide = u128::from_be_bytes(bytes);
    [(wide >> 64) as u64, wide as u64]
}

/// Texts kept one after the other, found by their hash.
#[derive(Default)]
struct Long {
    table: hashbrown::HashTable<(u64, u64, u32)>,
    starts: Vec<u64>,
    bytes: Vec<u8>,
}

impl Long {
    fn hash(text: &[u8]) -> u64 {
        let mut hasher = foldhash::fast::FixedState::with_seed(0).build_hasher();
        hasher.write(text);
        hasher.finish()
    }

    fn get(&self, at: u64) -> &[u8] {
        let end = self.starts.get(at as usize + 1).map_or(self.bytes.len(), |&end| end as usize);
        &self.bytes[self.starts[at as usize] as usize..end]
    }

    #[inline]
    fn find(&self, text: &[u8]) -> u32 {
        let hash = Self::hash(text);
        let is = |&(other, at, _): &(u64, u64, u32)| other == hash && self.get(at) == text;
        self.table.find(hash, is).map_or(NOBODY, |&(_, _, id)| id)
    }

    fn add(&mut self, text: &[u8], id: u32) {
        let hash = Self::hash(text);
        let at = self.starts.len() as u64;
        self.starts.push(self.bytes.len() as u64);
        self.bytes.extend_from_slice(text);
        self.table.insert_unique(hash, (hash, at, id), |&(hash, _, _)| hash);
    }

    fn memory(&self) -> u64 {
        (self.table.capacity() * 25 + self.starts.capacity() * 8 + self.bytes.capacity()) as u64
    }
}

#[derive(Default)]
struct Known {
    numbers: Table<u64>,
    short: Table<Short>,
    long: Long,
    count: u32,
}

impl Known {
    #[inline]
    fn look(&self, id: Id) -> u32 {
        match id {
            Id::Number(number) => self.numbers.look(number),
            Id::Short(text) => self.short.look(text),
            Id::Long(_) => NOBODY,
        }
    }

    #[inline]
    fn find(&self, id: Id) -> u32 {
        match id {
            Id::Number(number) => self.numbers.find(number),
            Id::Short(text) => self.short.find(text),
            Id::Long(text) => self.long.find(text),
        }
    }

    fn find_or_add(&mut self, id: Id) -> Result<u32> {
        let found = self.find(id);
        if found != NOBODY {
            return Ok(found);
        }
        check_count(u64::from(self.count) + 1)?;
        let number = self.count;
        self.count += 1;
        match id {
            Id::Number(id) => self.numbers.add(id, number),
            Id::Short(text) => self.short.add(text, number),
            Id::Long(text) => self.long.add(text, number),
        }
        Ok(number)
    }
}

/// The ids met so far.
#[derive(Default)]
pub struct Ids(RwLock<Known>);

impl Ids {
    /// The provisional numbers of `count` ids, [`NOBODY`] where `id` gives none. Almost all are known after some row
    /// groups, so that threads only read.
    pub fn intern<'a>(&self, count: usize, id: impl Fn(usize) -> Option<Id<'a>>) -> Result<Vec<u32>> {
        let mut numbers = vec![NOBODY; count];
        let mut unknown = Vec::new();
        {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let mut some = [None; TOGETHER];
            for (numbers, first) in numbers.chunks_mut(TOGETHER).zip((0..).step_by(TOGETHER)) {
                (0..numbers.len()).for_each(|at| some[at] = id(first + at));
                // Nothing but loads, so that many wait for memory at a time.
                let looks = some[..numbers.len()].iter().flatten().map(|&id| known.look(id));
                std::hint::black_box(looks.fold(0, |all, id| all ^ id));
                for ((number, id), at) in numbers.iter_mut().zip(&some).zip(first..) {
                    let Some(id) = id else { continue };
                    *number = known.find(*id);
                    if *number == NOBODY {
                        unknown.push(at);
                    }
                }
            }
        }
        if !unknown.is_empty() {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            for at in unknown {
                if let Some(id) = id(at) {
                    numbers[at] = known.find_or_add(id)?;
                }
            }
        }
        Ok(numbers)
    }

    /// How many, and the bytes they take.
    pub fn size(&self) -> (u64, u64) {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        (u64::from(known.count), known.numbers.memory() + known.short.memory() + known.long.memory())
    }

    /// The names of those that are `used`, sorted, and the place of each provisional number among them.
    pub fn finish(self, used: &[bool], run: &Run) -> Result<(Names, Vec<u32>)> {
        let known = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let is_used = |id: u32| used.get(id as usize).copied().unwrap_or(false);
        let mut places = vec![NOBODY; known.count as usize];
        let numbers: Vec<(u64, u32)> = known.numbers.all().filter(|&(_, id)| is_used(id)).collect();
        let texts = known.short.all().map(|(_, id)| id).chain(known.long.table.iter().map(|&(_, _, id)| id));
        if !texts.into_iter().any(is_used) {
            let mut numbers = numbers;
            run.install(|| numbers.par_sort_unstable());
            numbers.iter().zip(0..).for_each(|(&(_, id), place)| places[id as usize] = place);
            return Ok((
                Names::Numbers(numbers.into_iter().map(|(number, _)| number).collect::<Vec<_>>().into()),
                places,
            ));
        }
        // As text: the head decides, except between two long texts.
        let mut printed = Long::default();
        let mut order: Vec<(Short, u32, u64)> = Vec::new();
        let short = known.short.all().filter(|&(_, id)| is_used(id));
        order.extend(short.map(|(key, id)| (key, id, 0)));
        let mut whole = |text: &[u8], id: u32| {
            if text.len() <= SHORT {
                return (head(text, text.len() as u8), id, 0);
            }
            printed.starts.push(printed.bytes.len() as u64);
            printed.bytes.extend_from_slice(text);
            (head(text, u8::MAX), id, printed.starts.len() as u64 - 1)
        };
        order.extend(numbers.iter().map(|&(number, id)| whole(number.to_string().as_bytes(), id)));
        let long = known.long.table.iter().filter(|&&(_, _, id)| is_used(id));
        order.extend(long.map(|&(_, at, id)| whole(known.long.get(at), id)));
        let is_long = |key: Short| key[1] as u8 == u8::MAX;
        run.install(|| {
            order.par_sort_unstable_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| match is_long(a.0) && is_long(b.0) {
                    true => printed.get(a.2).cmp(printed.get(b.2)),
                    false => std::cmp::Ordering::Equal,
                })
            });
        });
        run.step(0)?;
        order.iter().zip(0..).for_each(|(&(_, id, _), place)| places[id as usize] = place);
        let (mut offsets, mut bytes) = (vec![0u64], Vec::new());
        for &(key, _, at) in &order {
            match is_long(key) {
                true => bytes.extend_from_slice(printed.get(at)),
                false => {
                    let wide = (u128::from(key[0]) << 64 | u128::from(key[1])).to_be_bytes();
                    bytes.extend_from_slice(&wide[..wide[SHORT] as usize]);
                }
            }
            offsets.push(bytes.len() as u64);
        }
        Ok((Names::Text { offsets: offsets.into(), bytes: bytes.into() }, places))
    }
}
