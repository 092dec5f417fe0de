//! Typed rows of one block, before anybody knows the other blocks.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

use super::intern::Interner;
use crate::base::Result;
use crate::graph::names::parse_number;

/// Texts, each once, numbered in order of appearance.
#[derive(Debug, Clone, Default)]
pub struct LocalTable {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    /// The hash of each text and its number.
    table: HashTable<(u32, u32)>,
}

#[inline]
fn hash(text: &[u8]) -> u32 {
    let mut hasher = foldhash::fast::FixedState::with_seed(0).build_hasher();
    hasher.write(text);
    (hasher.finish() >> 32) as u32
}

/// A hash of 32 bits over the 64 that the table wants.
#[inline]
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

impl LocalTable {
    /// The number of a text, which is added if it is new.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> u32 {
        self.intern_hashed(hash(text), text)
    }

    /// As [`LocalTable::intern`] where the hash is known from another table.
    #[inline]
    pub fn intern_hashed(&mut self, hash: u32, text: &[u8]) -> u32 {
        let found = self.table.find(spread(hash), |&(other, id)| other == hash && self.get(id) == text);
        if let Some(&(_, id)) = found {
            return id;
        }
        let id = self.ends.len() as u32;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        self.table.insert_unique(spread(hash), (hash, id), |slot| spread(slot.0));
        id
    }

    /// The hash of each text and its number, in no order.
    pub fn hashes(&self) -> impl Iterator<Item = (u32, u32)> + Clone {
        self.table.iter().copied()
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of a number.
    #[inline]
    pub fn get(&self, id: u32) -> &[u8] {
        let start = if id == 0 { 0 } else { self.ends[id as usize - 1] as usize };
        &self.bytes[start..self.ends[id as usize] as usize]
    }

    /// All texts in order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|id| self.get(id))
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        (self.bytes.capacity() + 4 * self.ends.capacity() + 9 * self.table.capacity()) as u64
    }
}

/// Who and with whom, row by row, as narrowly as the block allows.
#[derive(Debug, Clone)]
pub enum Pairs {
    /// All ids are numbers below 2^32.
    Narrow(Vec<(u32, u32)>),
    /// All ids are numbers.
    Wide(Vec<(u64, u64)>),
    /// Any ids.
    Text(LocalTable, Vec<(u32, u32)>),
    /// Any ids, whose texts stand in an [`Interner`]: the rows of a block that was read to its end.
    Shared(Vec<(u32, u32)>),
}

impl Default for Pairs {
    fn default() -> Self {
        Pairs::Narrow(Vec::new())
    }
}

impl Pairs {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Pairs::Narrow(rows) | Pairs::Text(_, rows) | Pairs::Shared(rows) => rows.len(),
            Pairs::Wide(rows) => rows.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a row of ids as they stand in the file.
    #[inline]
    pub fn push(&mut self, from: &[u8], to: &[u8]) {
        if !matches!(self, Pairs::Text(..))
            && let (Some(from), Some(to)) = (parse_number(from), parse_number(to))
        {
            return self.push_numbers(from, to);
        }
        self.make_text();
        if let Pairs::Text(table, rows) = self {
            let from = table.intern(from);
            let to = table.intern(to);
            rows.push((from, to));
        }
    }

    /// Adds a row of numbers.
    #[inline]
    pub fn push_numbers(&mut self, from: u64, to: u64) {
        match self {
            Pairs::Narrow(rows) if (from | to) >> 32 == 0 => rows.push((from as u32, to as u32)),
            Pairs::Wide(rows) => rows.push((from, to)),
            Pairs::Narrow(rows) => {
                let mut wide: Vec<_> = rows.iter().map(|&(from, to)| (from as u64, to as u64)).collect();
                wide.push((from, to));
                *self = Pairs::Wide(wide);
            }
            Pairs::Text(table, rows) => {
                let from = table.intern(from.to_string().as_bytes());
                let to = table.intern(to.to_string().as_bytes());
                rows.push((from, to));
            }
            Pairs::Shared(_) => unreachable!("a block that was read to its end takes no rows"),
        }
    }

    /// Moves the texts into `interner`; numbers stay as they are.
    pub fn share(&mut self, interner: &Interner) -> Result<()> {
        if let Pairs::Text(table, rows) = self {
            let numbers = interner.add(table)?;
            for (from, to) in rows.iter_mut() {
                *from = numbers[*from as usize];
                *to = numbers[*to as usize];
            }
            *self = Pairs::Shared(std::mem::take(rows));
        }
        Ok(())
    }

    /// Turns numbers into texts, for networks where some id is no number.
    pub fn make_text(&mut self) {
        let numbers: Vec<(u64, u64)> = match self {
            Pairs::Text(..) | Pairs::Shared(_) => return,
            Pairs::Narrow(rows) => rows.iter().map(|&(from, to)| (from as u64, to as u64)).collect(),
            Pairs::Wide(rows) => std::mem::take(rows),
        };
        let mut table = LocalTable::default();
        let mut number = |number: u64| {
            let mut digits = [0u8; 20];
            table.intern(write_number(number, &mut digits))
        };
        let rows = numbers.into_iter().map(|(from, to)| (number(from), number(to))).collect();
        *self = Pairs::Text(table, rows);
    }

    /// Takes a row out.
    pub fn remove(&mut self, at: usize) {
        match self {
            Pairs::Narrow(rows) | Pairs::Text(_, rows) | Pairs::Shared(rows) => drop(rows.remove(at)),
            Pairs::Wide(rows) => drop(rows.remove(at)),
        }
    }

    /// Both numbers of a row, where ids are numbers.
    pub fn numbers(&self, at: usize) -> Option<(u64, u64)> {
        match self {
            Pairs::Narrow(rows) => rows.get(at).map(|&(from, to)| (from as u64, to as u64)),
            Pairs::Wide(rows) => rows.get(at).copied(),
            Pairs::Text(..) | Pairs::Shared(_) => None,
        }
    }

    fn memory(&self) -> u64 {
        match self {
            Pairs::Narrow(rows) | Pairs::Shared(rows) => 8 * rows.capacity() as u64,
            Pairs::Wide(rows) => 16 * rows.capacity() as u64,
            Pairs::Text(table, rows) => table.memory() + 8 * rows.capacity() as u64,
        }
    }
}

fn write_number(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            return &digits[at..];
        }
    }
}

/// A row that was left out, and why.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Line in the block, from 0.
    pub line: u64,
    /// Column of the offending field's first byte, from 1; 0: the whole line.
    pub column: u64,
    /// What should have stood there.
    pub expected: String,
    /// What stood there.
    pub found: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    /// A fault at a column of a line.
    pub fn new(line: u64, column: usize, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Fault { line, column: column as u64, expected: expected.into(), found: found.into(), hint: None }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// How many faults of a block are kept with their texts; all are counted.
pub const FAULTS_KEPT: usize = 20;

/// The rows of one block in columns; optional columns are empty where the input has none.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Who and with whom.
    pub pairs: Pairs,
    /// Weights; NaN where a row has none.
    pub weight: Vec<f64>,
    /// Times; `time::MISSING` where a row has none.
    pub time: Vec<i64>,
    /// Signs.
    pub sign: Vec<i8>,
    /// Types, as numbers of `kinds`.
    pub kind: Vec<u32>,
    /// The types of this block.
    pub kinds: LocalTable,
    /// Items, as numbers of `items`; `NO_ITEM` where a row has none.
    pub item: Vec<u32>,
    /// The items of this block.
    pub items: LocalTable,
    /// Accounts named without a row of their own (adjacency lists, account tables).
    pub loners: Vec<Box<[u8]>>,
    /// Lines in the block.
    pub lines: u64,
    /// Lines that are comments or blank.
    pub comments: u64,
    /// Further lines of rows that span several.
    pub inner_lines: u64,
    /// Rows left out.
    pub faulty: u64,
    /// The first of them.
    pub faults: Vec<Fault>,
    /// Line of the first row, for an `n m` header found late.
    pub first_line: u64,
}

impl Batch {
    /// Notes a row left out; `true` if reading should go on.
    pub fn fault(&mut self, fault: Fault, skip: bool) -> bool {
        self.faulty += 1;
        if self.faults.len() < FAULTS_KEPT {
            self.faults.push(fault);
        }
        skip
    }

    /// Takes the first row out.
    pub fn drop_first(&mut self) {
        self.pairs.remove(0);
        fn drop_first<T>(column: &mut Vec<T>) {
            if !column.is_empty() {
                column.remove(0);
            }
        }
        drop_first(&mut self.weight);
        drop_first(&mut self.time);
        drop_first(&mut self.sign);
        drop_first(&mut self.kind);
        drop_first(&mut self.item);
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        let columns = 8 * (self.weight.capacity() + self.time.capacity())
            + self.sign.capacity()
            + 4 * (self.kind.capacity() + self.item.capacity());
        self.pairs.memory() + self.items.memory() + columns as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_widen_only_as_far_as_they_must() {
        let mut pairs = Pairs::default();
        pairs.push(b"1", b"2");
        assert!(matches!(pairs, Pairs::Narrow(_)));
        pairs.push(b"1", b"4294967296");
        assert!(matches!(pairs, Pairs::Wide(_)));
        assert_eq!(pairs.numbers(1), Some((1, 1 << 32)));
        pairs.push(b"007", b"an");
        let Pairs::Text(table, rows) = &pairs else { panic!("text") };
        let shown: Vec<_> = rows.iter().map(|&(from, to)| (table.get(from), table.get(to))).collect();
        assert_eq!(shown, [(&b"1"[..], &b"2"[..]), (b"1", b"4294967296"), (b"007", b"an")]);
        pairs.push_numbers(0, 2);
        assert_eq!(pairs.len(), 4);
    }
}
