//! Rows of any columns as the batches that files are read into.

use std::borrow::Cow;

use super::columns::{Dictionary, Ids, Kinds, each_pair};
use super::{EdgeArrays, Pair, fault};
use crate::base::error::quoted;
use crate::base::{Error, Result, Run, par, time};
use crate::graph::names::parse_number;
use crate::io::edges::LONGEST_ID;
use crate::io::intern::Interner;
use crate::io::rows::{Batch, Pairs};

/// Rows of a batch.
const ROWS: usize = 1 << 17;

/// How the ids of both columns become pairs.
enum Way {
    /// Numbers below 2^32.
    Narrow,
    /// Numbers.
    Wide,
    /// Two dictionaries whose texts are all numbers.
    Looked([Vec<u64>; 2]),
    /// Two dictionaries whose texts are interned.
    Shared([Vec<u32>; 2]),
    /// Texts on either side.
    Texts,
}

/// The rows in batches; `largest` is the largest id where all ids are numbers.
pub(super) fn batches(arrays: &EdgeArrays, largest: Option<u64>, interner: &Interner, run: &Run) -> Result<Vec<Batch>> {
    let rows = arrays.len();
    let pair = Pair { source: arrays.source, target: arrays.target };
    let way = match (largest, &pair.source, &pair.target) {
        (Some(largest), _, _) if largest >> 32 == 0 => Way::Narrow,
        (Some(_), _, _) => Way::Wide,
        (None, Ids::Dictionary(source), Ids::Dictionary(target)) => dictionaries(source, target, interner)?,
        _ => Way::Texts,
    };
    if let Some(Kinds::Dictionary(dictionary)) = &arrays.kind {
        used("kind", dictionary)?;
    }
    for (name, ids) in [("source", &pair.source), ("target", &pair.target)] {
        if let (Way::Texts, Ids::Dictionary(dictionary)) = (&way, ids) {
            used(name, dictionary)?;
        }
    }
    let columns = 8 * (arrays.weight.is_some() as u64 + arrays.time.is_some() as u64)
        + arrays.sign.is_some() as u64
        + if arrays.kind.is_some_and(|kinds| kinds.len().is_some()) { 4 } else { 0 };
    let ids = if matches!(way, Way::Wide | Way::Looked(_)) { 16 } else { 8 };
    run.check_memory("holding the rows while they are sorted", (ids + columns) * rows as u64)?;
    run.phase("reading the rows", Some(rows as u64));
    par::map(run, &par::chunks(rows, ROWS), |range| {
        let mut batch = Batch { lines: range.len() as u64, ..Batch::default() };
        batch.pairs = match &way {
            Way::Narrow => {
                let mut rows = Vec::with_capacity(range.len());
                each_pair(range.clone(), pair.narrow(), |_, from, to| rows.push((from, to)));
                Pairs::Narrow(rows)
            }
            Way::Wide => {
                let mut rows = Vec::with_capacity(range.len());
                each_pair(range.clone(), pair.wide(), |_, from, to| rows.push((from, to)));
                Pairs::Wide(rows)
            }
            Way::Looked(numbers) => Pairs::Wide(looked_up(&pair, numbers, range.clone()).collect()),
            Way::Shared(numbers) => Pairs::Shared(looked_up(&pair, numbers, range.clone()).collect()),
            Way::Texts => texts(&pair, range.clone())?,
        };
        batch.pairs.share(interner)?;
        columns_of(arrays, range, &mut batch)?;
        Ok(batch)
    })
}

/// What is said of rows beside who and whom.
fn columns_of(arrays: &EdgeArrays, rows: std::ops::Range<usize>, batch: &mut Batch) -> Result<()> {
    let typed = arrays.kind.is_some_and(|kinds| kinds.len().is_some());
    for row in rows {
        if let Some(column) = &arrays.weight {
            let weight = column.get(row);
            let missing = weight.is_nan() && typed;
            if !(weight.is_finite() || missing) {
                let found = if weight.is_nan() { "NaN".to_owned() } else { weight.to_string() };
                return Err(fault("weight", row, "a finite number as weight", found)
                    .with_hint("drop such rows before, or leave weights out"));
            }
            batch.weight.push(if missing { f64::NAN } else { weight });
        }
        if let Some(column) = &arrays.time {
            batch.time.push(match column.get(row) {
                i64::MIN => time::MISSING,
                seconds => seconds.checked_mul(1000).ok_or_else(|| {
                    fault("time", row, "a time in seconds since 1970", seconds.to_string())
                        .with_hint("milliseconds and finer units are to be turned into seconds before")
                })?,
            });
        }
        if let Some(column) = &arrays.sign {
            batch.sign.push(column.get(row).signum());
        }
        if let (true, Some(kinds)) = (typed, &arrays.kind) {
            let kind = kinds.get(row);
            check_text("kind", "a type", row, kind)?;
            let kind = batch.kinds.intern(kind.as_bytes());
            batch.kind.push(kind);
        }
    }
    Ok(())
}

/// Refuses a text that no file could hold as an id.
fn check_text(column: &str, what: &str, row: usize, text: &str) -> Result<()> {
    match text.len() {
        0 => Err(fault(column, row, what, "nothing").with_hint("drop such rows before")),
        1..=LONGEST_ID => Ok(()),
        _ => Err(fault(column, row, &format!("{what} of at most {LONGEST_ID} bytes"), quoted(text.as_bytes()))),
    }
}

fn texts(pair: &Pair, rows: std::ops::Range<usize>) -> Result<Pairs> {
    let mut pairs = Pairs::default();
    for row in rows {
        let (from, to): (Cow<str>, Cow<str>) = (pair.source.shown(row), pair.target.shown(row));
        // As a file is read.
        let (from, to) = (from.trim(), to.trim());
        check_text("source", "an account id", row, from)?;
        check_text("target", "an account id", row, to)?;
        pairs.push(from.as_bytes(), to.as_bytes());
    }
    Ok(pairs)
}

/// Negative numbers beside texts are no ids either.
pub(super) fn check_signs(name: &str, ids: &Ids) -> Result<()> {
    let negative = |row: &usize| match ids {
        Ids::I32(column) => column.get(*row) < 0,
        Ids::I64(column) => column.get(*row) < 0,
        _ => false,
    };
    match (0..if ids.are_signed() { ids.len() } else { 0 }).find(negative) {
        Some(row) => Err(negative_id(name, row, &ids.shown(row))),
        None => Ok(()),
    }
}

pub(super) fn negative_id(name: &str, row: usize, id: &str) -> Error {
    fault(name, row, "an account id that is not negative", id)
        .with_hint("drop rows without an account before, or give ids as texts")
}

fn looked_up<T: Copy>(
    pair: &Pair,
    [from, to]: &[Vec<T>; 2],
    rows: std::ops::Range<usize>,
) -> impl Iterator<Item = (T, T)> {
    let key = |ids: &Ids, row| match ids {
        Ids::Dictionary(dictionary) => dictionary.keys.get(row) as usize,
        _ => 0,
    };
    rows.map(move |row| (from[key(&pair.source, row)], to[key(&pair.target, row)]))
}

/// Which texts of a dictionary a row names: the places, in order. Each must be fit for an id.
fn used(name: &str, dictionary: &Dictionary) -> Result<Vec<bool>> {
    let mut used = vec![false; dictionary.values.len()];
    for row in 0..dictionary.keys.len() {
        let key = dictionary.keys.get(row);
        match used.get_mut(key as usize) {
            Some(true) => {}
            Some(unseen) => {
                *unseen = true;
                let what = if name == "kind" { "a type" } else { "an account id" };
                check_text(name, what, row, dictionary.values.get(key as usize))?;
            }
            None => {
                let expected = format!("a place in a dictionary of {} texts", dictionary.values.len());
                return Err(fault(name, row, &expected, key.to_string()));
            }
        }
    }
    Ok(used)
}

/// Looks every text up once that a row names.
fn dictionaries(source: &Dictionary, target: &Dictionary, interner: &Interner) -> Result<Way> {
    let used = [used("source", source)?, used("target", target)?];
    let both = [source.values, target.values];
    let numbers = || {
        let of = |side: usize| -> Option<Vec<u64>> {
            let each = used[side].iter().enumerate();
            each.map(|(at, &used)| if used { parse_number(both[side].get(at).as_bytes()) } else { Some(0) }).collect()
        };
        Some([of(0)?, of(1)?])
    };
    if let Some(numbers) = numbers() {
        return Ok(Way::Looked(numbers));
    }
    let shared = |side: usize| -> Result<Vec<u32>> {
        let places = || (0..used[side].len()).filter(|&at| used[side][at]);
        let mut shared = vec![0; used[side].len()];
        let numbers = interner.add_all(places().map(|at| both[side].get(at).as_bytes()))?;
        places().zip(numbers).for_each(|(at, number)| shared[at] = number);
        Ok(shared)
    };
    Ok(Way::Shared([shared(0)?, shared(1)?]))
}
