//! Columns as other programs hold them: borrowed, numbers with or without gaps between them, texts, dictionaries.

use std::borrow::Cow;
use std::ops::Range;

/// Every so many-th item of a slice, from its first: a column of a table that lies in memory row by row.
#[derive(Debug, Clone, Copy)]
pub struct Strided<'a, T> {
    items: &'a [T],
    step: usize,
}

impl<'a, T: Copy> Strided<'a, T> {
    /// The items at 0, `step`, 2 `step`, … A step of 0 is one of 1.
    pub fn new(items: &'a [T], step: usize) -> Self {
        Strided { items, step: step.max(1) }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.items.len().div_ceil(self.step)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item of a row.
    #[inline]
    pub fn get(&self, row: usize) -> T {
        self.items[row * self.step]
    }

    /// The items from `start` on, as many as `out` has room for.
    #[inline]
    fn copy<U>(&self, start: usize, out: &mut [U], cast: impl Fn(T) -> U) {
        if self.step == 1 {
            out.iter_mut().zip(&self.items[start..]).for_each(|(out, &item)| *out = cast(item));
        } else {
            out.iter_mut().zip(start..).for_each(|(out, row)| *out = cast(self.get(row)));
        }
    }
}

impl<'a, T: Copy> From<&'a [T]> for Strided<'a, T> {
    fn from(items: &'a [T]) -> Self {
        Strided::new(items, 1)
    }
}

/// A column of texts, wherever they are.
pub trait TextColumn: Sync {
    /// How many.
    fn len(&self) -> usize;
    /// The text of a row.
    fn get(&self, row: usize) -> &str;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T: AsRef<str> + Sync> TextColumn for Vec<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }
    fn get(&self, row: usize) -> &str {
        self[row].as_ref()
    }
}

impl<T: AsRef<str> + Sync> TextColumn for &[T] {
    fn len(&self) -> usize {
        <[T]>::len(self)
    }
    fn get(&self, row: usize) -> &str {
        self[row].as_ref()
    }
}

/// Texts, each as a number of a list of texts.
#[derive(Clone, Copy)]
pub struct Dictionary<'a> {
    /// For each row the place of its text.
    pub keys: Strided<'a, u32>,
    /// The texts; some may be in no row, and the same may stand twice.
    pub values: &'a dyn TextColumn,
}

/// A column of ids of accounts as other programs hold them; borrowed.
#[derive(Clone, Copy)]
pub enum Ids<'a> {
    /// Numbers.
    U32(Strided<'a, u32>),
    /// Numbers.
    U64(Strided<'a, u64>),
    /// Numbers, none of them negative.
    I32(Strided<'a, i32>),
    /// Numbers, none of them negative.
    I64(Strided<'a, i64>),
    /// Texts. If all ids are numbers as they would be printed, they are numbers, as in a file.
    Texts(&'a dyn TextColumn),
    /// Texts, each written once.
    Dictionary(Dictionary<'a>),
}

macro_rules! ids_from {
    ($($kind:ident $type:ty),*) => {$(
        impl<'a> From<&'a [$type]> for Ids<'a> {
            fn from(items: &'a [$type]) -> Self {
                Ids::$kind(items.into())
            }
        }
    )*};
}
ids_from!(U32 u32, U64 u64, I32 i32, I64 i64);

impl<'a> Ids<'a> {
    /// How many rows.
    pub fn len(&self) -> usize {
        match self {
            Ids::U32(ids) => ids.len(),
            Ids::U64(ids) => ids.len(),
            Ids::I32(ids) => ids.len(),
            Ids::I64(ids) => ids.len(),
            Ids::Texts(texts) => texts.len(),
            Ids::Dictionary(dictionary) => dictionary.keys.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are numbers by their type.
    pub(super) fn are_numbers(&self) -> bool {
        !matches!(self, Ids::Texts(_) | Ids::Dictionary(_))
    }

    /// Whether a negative number could be among them.
    pub(super) fn are_signed(&self) -> bool {
        matches!(self, Ids::I32(_) | Ids::I64(_))
    }

    /// The numbers from row `start` on; negative ones are over `i64::MAX`.
    #[inline]
    pub(super) fn wide(&self, start: usize, out: &mut [u64]) {
        match self {
            Ids::U32(ids) => ids.copy(start, out, u64::from),
            Ids::U64(ids) => ids.copy(start, out, |id| id),
            Ids::I32(ids) => ids.copy(start, out, |id| id as u64),
            Ids::I64(ids) => ids.copy(start, out, |id| id as u64),
            Ids::Texts(_) | Ids::Dictionary(_) => {}
        }
    }

    /// As [`Ids::wide`], the lower half of each.
    #[inline]
    pub(super) fn narrow(&self, start: usize, out: &mut [u32]) {
        match self {
            Ids::U32(ids) => ids.copy(start, out, |id| id),
            Ids::U64(ids) => ids.copy(start, out, |id| id as u32),
            Ids::I32(ids) => ids.copy(start, out, |id| id as u32),
            Ids::I64(ids) => ids.copy(start, out, |id| id as u32),
            Ids::Texts(_) | Ids::Dictionary(_) => {}
        }
    }

    /// The id of a row as it would be printed. The key of a dictionary must be in it.
    pub(super) fn shown(&self, row: usize) -> Cow<'a, str> {
        match self {
            Ids::U32(ids) => ids.get(row).to_string().into(),
            Ids::U64(ids) => ids.get(row).to_string().into(),
            Ids::I32(ids) => ids.get(row).to_string().into(),
            Ids::I64(ids) => ids.get(row).to_string().into(),
            Ids::Texts(texts) => texts.get(row).into(),
            Ids::Dictionary(dictionary) => dictionary.values.get(dictionary.keys.get(row) as usize).into(),
        }
    }
}

/// The layer of each row: `follow`, or an interaction type such as `share`.
#[derive(Clone, Copy)]
pub enum Kinds<'a> {
    /// The same for all.
    All(&'a str),
    /// One for each.
    Texts(&'a dyn TextColumn),
    /// One for each, written once.
    Dictionary(Dictionary<'a>),
}

impl<'a> Kinds<'a> {
    /// How many rows; `None` where one holds for all.
    pub(super) fn len(&self) -> Option<usize> {
        match self {
            Kinds::All(_) => None,
            Kinds::Texts(texts) => Some(texts.len()),
            Kinds::Dictionary(dictionary) => Some(dictionary.keys.len()),
        }
    }

    /// The type of a row. The key of a dictionary must be in it.
    pub(super) fn get(&self, row: usize) -> &'a str {
        match self {
            Kinds::All(kind) => kind,
            Kinds::Texts(texts) => texts.get(row),
            Kinds::Dictionary(dictionary) => dictionary.values.get(dictionary.keys.get(row) as usize),
        }
    }
}

/// Numbers decoded at a time: few enough for the nearest cache.
const BLOCK: usize = 1024;

/// Visits the rows of two columns of numbers.
#[inline]
pub(super) fn each_pair<T: Copy + Default>(
    rows: Range<usize>,
    read: impl Fn(usize, &mut [T], &mut [T]),
    mut visit: impl FnMut(usize, T, T),
) {
    let (mut from, mut to) = ([T::default(); BLOCK], [T::default(); BLOCK]);
    for start in rows.clone().step_by(BLOCK) {
        let count = BLOCK.min(rows.end - start);
        read(start, &mut from[..count], &mut to[..count]);
        for (at, (&from, &to)) in from[..count].iter().zip(&to[..count]).enumerate() {
            visit(start + at, from, to);
        }
    }
}
