//! Typed rows of one block, before anybody knows the other blocks.

use hashbrown::HashTable;

use super::intern::Interner;
use crate::base::Result;
use crate::graph::names::parse_number;

/// Texts one after the other.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Texts {
    /// Adds a text at the end.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
    }

    /// How many texts.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text at a place.
    #[inline]
    pub fn get(&self, at: u32) -> &[u8] {
        let start = if at == 0 { 0 } else { self.ends[at as usize - 1] as usize };
        &self.bytes[start..self.ends[at as usize] as usize]
    }

    /// The length of a text, and its first 15 bytes, the first of them lowest.
    #[inline]
    pub fn head(&self, at: u32) -> (usize, u128) {
        let start = if at == 0 { 0 } else { self.ends[at as usize - 1] as usize };
        let length = self.ends[at as usize] as usize - start;
        let sixteen = match self.bytes.get(start..start + 16) {
            Some(sixteen) => u128::from_le_bytes(sixteen.try_into().unwrap_or_default()),
            None => {
                let mut sixteen = [0u8; 16];
                self.bytes[start..].iter().zip(&mut sixteen).for_each(|(byte, place)| *place = *byte);
                u128::from_le_bytes(sixteen)
            }
        };
        (length, sixteen & ((1 << (8 * length.min(15))) - 1))
    }

    /// All texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len() as u32).map(|at| self.get(at))
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        (self.bytes.capacity() + 4 * self.ends.capacity()) as u64
    }
}

/// Texts, each once, numbered in order of appearance.
#[derive(Debug, Clone, Default)]
pub struct LocalTable {
    texts: Texts,
    table: HashTable<u32>,
}

#[inline]
fn hash(text: &[u8]) -> u64 {
    twox_hash::XxHash3_64::oneshot(text)
}

impl LocalTable {
    /// The number of a text, which is added if it is new.
    pub fn intern(&mut self, text: &[u8]) -> u32 {
        let LocalTable { texts, table } = self;
        let hashed = hash(text);
        if let Some(&id) = table.find(hashed, |&id| texts.get(id) == text) {
            return id;
        }
        let id = texts.len() as u32;
        texts.push(text);
        table.insert_unique(hashed, id, |&id| hash(texts.get(id)));
        id
    }

    /// The texts in order of their numbers.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        self.texts.memory() + 5 * self.table.capacity() as u64
    }
}

/// Who and with whom, row by row, as narrowly as the block allows.
#[derive(Debug, Clone)]
pub enum Pairs {
    /// All ids are numbers below 2^32.
    Narrow(Vec<(u32, u32)>),
    /// All ids are numbers.
    Wide(Vec<(u64, u64)>),
    /// Any ids, both of a row after those of the row before.
    Text(Texts),
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
            Pairs::Narrow(rows) | Pairs::Shared(rows) => rows.len(),
            Pairs::Wide(rows) => rows.len(),
            Pairs::Text(ends) => ends.len() / 2,
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
        if let Pairs::Text(ends) = self {
            ends.push(from);
            ends.push(to);
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
            Pairs::Text(ends) => {
                ends.push(from.to_string().as_bytes());
                ends.push(to.to_string().as_bytes());
            }
            Pairs::Shared(_) => unreachable!("a block that was read to its end takes no rows"),
        }
    }

    /// Moves the texts into `interner`; numbers stay as they are.
    pub fn share(&mut self, interner: &Interner) -> Result<()> {
        if let Pairs::Text(ends) = self {
            *self = Pairs::Shared(interner.add(ends)?.as_chunks().0.iter().map(|&[from, to]| (from, to)).collect());
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
        let mut ends = Texts::default();
        for number in numbers.into_iter().flat_map(|(from, to)| [from, to]) {
            ends.push(write_number(number, &mut [0u8; 20]));
        }
        *self = Pairs::Text(ends);
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
            Pairs::Text(ends) => ends.memory(),
        }
    }
}

/// The digits of a number.
pub(super) fn write_number(mut number: u64, digits: &mut [u8; 20]) -> &[u8] {
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

    /// Takes the first row out, which is of numbers.
    pub fn drop_first(&mut self) {
        match &mut self.pairs {
            Pairs::Narrow(rows) => drop_first(rows),
            Pairs::Wide(rows) => drop_first(rows),
            Pairs::Text(_) | Pairs::Shared(_) => return,
        }
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
        let Pairs::Text(ends) = &pairs else { panic!("text") };
        assert_eq!(ends.iter().collect::<Vec<_>>(), [&b"1"[..], b"2", b"1", b"4294967296", b"007", b"an"]);
        pairs.push_numbers(0, 2);
        assert_eq!(pairs.len(), 4);
    }
}
