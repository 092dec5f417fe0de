//! Columns of accounts, types and items: whole numbers, texts, or dictionaries of them.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, StringArray};
use arrow_schema::DataType;

use super::dictionary::{Known, Memo, NULL, keys_of};
use super::lanes::{Flaw, Flaws, WrongType};
use super::texts::{Strings, plain};
use crate::base::Result;
use crate::base::error::quoted;
use crate::graph::events::NO_ITEM;
use crate::graph::names::parse_number;
use crate::io::edges::{LONGEST_ID, is_missing};
use crate::io::intern::Interner;
use crate::io::rows::{LocalTable, Pairs, Texts, write_number};

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Account,
    Kind,
    Item,
}

impl Role {
    fn expected(self) -> &'static str {
        match self {
            Role::Account => "an account id",
            Role::Kind => "a type id",
            Role::Item => "an item id",
        }
    }
}

/// The ids of a column.
pub struct Ids {
    role: Role,
    held: Held,
}

enum Held {
    /// Whole numbers; rows without one that can name an account, in their order; and the column.
    Numbers(Vec<u64>, Vec<u32>, ArrayRef),
    Texts(ArrayRef),
    Keys(Vec<u32>, Box<Ids>),
}

/// Which rows of a batch are read.
#[derive(Clone, Copy)]
pub enum Rows<'a> {
    All(usize),
    Some(&'a [u32]),
}

impl Rows<'_> {
    /// How many.
    pub fn len(self) -> usize {
        match self {
            Rows::All(count) => count,
            Rows::Some(rows) => rows.len(),
        }
    }

    /// Each of them.
    #[inline]
    pub fn each(self, mut row: impl FnMut(usize)) {
        match self {
            Rows::All(count) => (0..count).for_each(row),
            Rows::Some(rows) => rows.iter().for_each(|&at| row(at as usize)),
        }
    }

    /// Whether something holds for each of them.
    fn all(self, mut holds: impl FnMut(usize) -> bool) -> bool {
        match self {
            Rows::All(count) => (0..count).all(holds),
            Rows::Some(rows) => rows.iter().all(|&at| holds(at as usize)),
        }
    }

    /// The values at these rows, of a column that need not be there.
    pub fn pick<T: Copy>(self, values: Vec<T>) -> Vec<T> {
        match self {
            Rows::All(_) => values,
            Rows::Some(_) if values.is_empty() => values,
            Rows::Some(rows) => rows.iter().map(|&row| values[row as usize]).collect(),
        }
    }
}

impl Ids {
    /// The ids of a column, and the rows that have none that can be read.
    pub fn of(array: &ArrayRef, role: Role, memo: &mut Memo) -> std::result::Result<(Ids, Flaws), WrongType> {
        let mut flaws = Flaws::default();
        let Some((keys, values)) = keys_of(array) else {
            let ids = Ids::plain(array, role)?;
            match &ids.held {
                Held::Numbers(_, bad, _) => {
                    bad.iter().for_each(|&row| flaws.note(row as usize, || ids.flaw(row as usize)))
                }
                _ => (0..array.len()).filter(|&row| ids.look(row) == Known::Flawed).for_each(|row| {
                    flaws.note(row, || ids.flaw(row));
                }),
            }
            return Ok((ids, flaws));
        };
        // Values that no row names may be anything.
        let values_of = Ids::plain(values, role)?;
        memo.of(values);
        for (row, &key) in keys.iter().enumerate() {
            let known = match memo.known.get_mut(key as usize) {
                None if role == Role::Item => continue,
                None => Known::Flawed,
                Some(known) => {
                    if *known == Known::Nothing {
                        *known = values_of.look(key as usize);
                    }
                    *known
                }
            };
            if known == Known::Flawed {
                flaws.note(row, || match key {
                    NULL => Flaw::new(role.expected(), "null"),
                    key => values_of.flaw(key as usize),
                });
            }
        }
        Ok((Ids { role, held: Held::Keys(keys, values_of.into()) }, flaws))
    }

    fn plain(array: &ArrayRef, role: Role) -> std::result::Result<Ids, WrongType> {
        let array = match array.data_type() {
            DataType::Decimal32(_, scale)
            | DataType::Decimal64(_, scale)
            | DataType::Decimal128(_, scale)
            | DataType::Decimal256(_, scale)
                if *scale != 0 =>
            {
                return Err(WrongType);
            }
            _ => plain(array),
        };
        if Strings::of(&array).is_some() {
            return Ok(Ids { role, held: Held::Texts(array) });
        }
        if role != Role::Account {
            let texts = digits(&array).ok_or(WrongType)?;
            return Ok(Ids { role, held: Held::Texts(texts) });
        }
        let (numbers, bad) = match array.data_type() {
            DataType::Int8 => numbers::<Int8Type>(&array),
            DataType::Int16 => numbers::<Int16Type>(&array),
            DataType::Int32 => numbers::<Int32Type>(&array),
            DataType::Int64 => numbers::<Int64Type>(&array),
            DataType::UInt8 => numbers::<UInt8Type>(&array),
            DataType::UInt16 => numbers::<UInt16Type>(&array),
            DataType::UInt32 => numbers::<UInt32Type>(&array),
            DataType::UInt64 => numbers::<UInt64Type>(&array),
            _ => return Err(WrongType),
        };
        Ok(Ids { role, held: Held::Numbers(numbers, bad, array) })
    }

    /// What the id of a row is, if that was not looked at.
    fn look(&self, row: usize) -> Known {
        match &self.held {
            Held::Numbers(numbers, bad, _) => match bad.binary_search(&(row as u32)) {
                Ok(_) => Known::Flawed,
                Err(_) => Known::Number(numbers[row]),
            },
            Held::Texts(array) => {
                let text = text(array, row);
                match text.len() {
                    _ if self.role == Role::Item && is_missing(text) => Known::Text,
                    1..=LONGEST_ID => parse_number(text).map_or(Known::Text, Known::Number),
                    _ => Known::Flawed,
                }
            }
            Held::Keys(..) => Known::Flawed,
        }
    }

    /// What is wrong with the id of a row.
    fn flaw(&self, row: usize) -> Flaw {
        let expected = self.role.expected();
        match &self.held {
            Held::Numbers(_, _, array) | Held::Texts(array) if array.is_null(row) => Flaw::new(expected, "null"),
            Held::Numbers(numbers, ..) => Flaw {
                expected: format!("{expected}: a number from 0 on, or a text"),
                // Kept as the bits of the number below zero.
                found: (numbers[row] as i64).to_string(),
                hint: Some("make the column one of texts, or leave such rows out with --on-error skip"),
            },
            Held::Texts(array) => match text(array, row) {
                [] => Flaw::new(expected, "nothing"),
                long => Flaw::new(format!("{expected} of at most {LONGEST_ID} bytes"), quoted(long)),
            },
            Held::Keys(..) => Flaw::new(expected, "nothing"),
        }
    }

    /// The number that names the account of a row, if it is one.
    #[inline]
    fn number(&self, row: usize, memo: &Memo) -> Option<u64> {
        match &self.held {
            Held::Numbers(numbers, ..) => Some(numbers[row]),
            Held::Texts(array) => parse_number(text(array, row)),
            Held::Keys(keys, values) => match memo.known.get(keys[row] as usize) {
                Some(Known::Number(number)) => Some(*number),
                // The interner has met the number as a text beside others that are none.
                Some(Known::Shared(_)) => values.number(keys[row] as usize, memo),
                _ => None,
            },
        }
    }

    /// The numbers that the interner gives the accounts of these rows.
    fn shared(&self, rows: Rows<'_>, memo: &mut Memo, interner: &Interner) -> Result<Vec<u32>> {
        let mut texts = Texts::default();
        match &self.held {
            Held::Numbers(numbers, ..) => {
                rows.each(|row| texts.push(write_number(numbers[row], &mut [0; 20])));
                interner.add(&texts)
            }
            Held::Texts(array) => {
                rows.each(|row| texts.push(text(array, row)));
                interner.add(&texts)
            }
            Held::Keys(keys, values) => {
                let mut new = Vec::new();
                rows.each(|row| {
                    let key = keys[row];
                    let known = &mut memo.known[key as usize];
                    match *known {
                        Known::Shared(_) => return,
                        Known::Number(number) => texts.push(write_number(number, &mut [0; 20])),
                        _ => texts.push(values.text(key as usize)),
                    }
                    *known = Known::Shared(0);
                    new.push(key);
                });
                for (key, number) in new.into_iter().zip(interner.add(&texts)?) {
                    memo.known[key as usize] = Known::Shared(number);
                }
                let mut shared = Vec::with_capacity(rows.len());
                rows.each(|row| match memo.known[keys[row] as usize] {
                    Known::Shared(number) => shared.push(number),
                    _ => shared.push(0),
                });
                Ok(shared)
            }
        }
    }

    fn len(&self) -> usize {
        match &self.held {
            Held::Numbers(numbers, ..) => numbers.len(),
            Held::Texts(array) => array.len(),
            Held::Keys(keys, _) => keys.len(),
        }
    }

    fn text(&self, row: usize) -> &[u8] {
        match &self.held {
            Held::Texts(array) => text(array, row),
            _ => &[],
        }
    }

    /// The numbers that a table gives the types or items of these rows; [`NO_ITEM`] where there is none.
    pub fn places(&self, rows: Rows<'_>, table: &mut LocalTable) -> Vec<u32> {
        let mut places = Vec::with_capacity(rows.len());
        let lacks = |text: &[u8]| self.role == Role::Item && is_missing(text);
        let mut place = |text: &[u8]| if lacks(text) { NO_ITEM } else { table.intern(text) };
        match &self.held {
            Held::Keys(keys, values) => {
                let mut known: Vec<Option<u32>> = vec![None; values.len()];
                rows.each(|row| {
                    let key = keys[row] as usize;
                    let place = known.get_mut(key).map(|known| *known.get_or_insert_with(|| place(values.text(key))));
                    places.push(place.unwrap_or(NO_ITEM));
                });
            }
            _ => rows.each(|row| places.push(place(self.text(row)))),
        }
        places
    }
}

/// Who and with whom, at these rows: numbers if all of them are, else as the interner knows them.
pub fn pairs(from: &Ids, to: &Ids, rows: Rows<'_>, memos: &mut [Memo; 2], interner: &Interner) -> Result<Pairs> {
    if let (Held::Numbers(from, ..), Held::Numbers(to, ..)) = (&from.held, &to.held) {
        let (mut largest, mut count) = (0, 0);
        rows.each(|row| {
            largest |= from[row] | to[row];
            count += 1;
        });
        return Ok(match largest >> 32 {
            0 => {
                let mut narrow = Vec::with_capacity(count);
                rows.each(|row| narrow.push((from[row] as u32, to[row] as u32)));
                Pairs::Narrow(narrow)
            }
            _ => {
                let mut wide = Vec::with_capacity(count);
                rows.each(|row| wide.push((from[row], to[row])));
                Pairs::Wide(wide)
            }
        });
    }
    let mut numbers = Pairs::default();
    let numeric = rows.all(|row| match (from.number(row, &memos[0]), to.number(row, &memos[1])) {
        (Some(from), Some(to)) => {
            numbers.push_numbers(from, to);
            true
        }
        _ => false,
    });
    if numeric {
        return Ok(numbers);
    }
    let from = from.shared(rows, &mut memos[0], interner)?;
    let to = to.shared(rows, &mut memos[1], interner)?;
    Ok(Pairs::Shared(from.into_iter().zip(to).collect()))
}

#[inline]
fn text(array: &ArrayRef, row: usize) -> &[u8] {
    Strings::of(array).map_or(&[], |texts| texts.get(row))
}

/// The whole numbers of a column, and the rows that hold none from 0 on.
fn numbers<P: ArrowPrimitiveType>(array: &ArrayRef) -> (Vec<u64>, Vec<u32>)
where
    P::Native: Into<i128>,
{
    let array = array.as_primitive::<P>();
    let mut bad = Vec::new();
    let mut numbers = Vec::with_capacity(array.len());
    for (row, &native) in array.values().iter().enumerate() {
        let number: i128 = native.into();
        if number < 0 || array.is_null(row) {
            bad.push(row as u32);
        }
        numbers.push(number as u64);
    }
    (numbers, bad)
}

/// Whole numbers as texts.
fn digits(array: &ArrayRef) -> Option<ArrayRef> {
    fn all<P: ArrowPrimitiveType>(array: &ArrayRef) -> ArrayRef
    where
        P::Native: std::fmt::Display,
    {
        let texts = array.as_primitive::<P>().iter().map(|native| native.map(|native| native.to_string()));
        Arc::new(texts.collect::<StringArray>())
    }
    Some(match array.data_type() {
        DataType::Int8 => all::<Int8Type>(array),
        DataType::Int16 => all::<Int16Type>(array),
        DataType::Int32 => all::<Int32Type>(array),
        DataType::Int64 => all::<Int64Type>(array),
        DataType::UInt8 => all::<UInt8Type>(array),
        DataType::UInt16 => all::<UInt16Type>(array),
        DataType::UInt32 => all::<UInt32Type>(array),
        DataType::UInt64 => all::<UInt64Type>(array),
        _ => return None,
    })
}
