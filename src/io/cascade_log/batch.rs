//! The actions of one block of a log, before anybody knows the other blocks.

use std::collections::BTreeMap;

use crate::base::error::quoted;
use crate::base::time;
use crate::graph::Names;
use crate::io::edges::LONGEST_ID;
use crate::io::rows::{Fault, LocalTable};

/// Where a row names nobody.
pub const NOBODY: u32 = u32::MAX;
/// From 1970 to 2100: no clock is read to know what is in the future, but nobody has acted after this.
pub const LATEST: i64 = 4_102_444_800_000;

/// A place in a file: its line in the block from 0, and the column of the first byte from 1 (0: not known).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub line: u64,
    pub column: usize,
}

/// The actions of a block in columns.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Who acted, a number of `accounts`.
    pub actor: Vec<u32>,
    /// On whose post, a number of `accounts` or [`NOBODY`]; empty where the log does not say.
    pub target: Vec<u32>,
    /// On which item, a number of `items` or of `lined`; empty where the log has none.
    pub item: Vec<u32>,
    /// When: a number in the log's unit, or the milliseconds of a date.
    pub time: Vec<f64>,
    /// The items by name.
    pub items: LocalTable,
    /// Items without a name, by the line in which they stand alone.
    pub lined: Vec<u64>,
    /// The accounts of this block, until they are found.
    pub accounts: LocalTable,
    /// Where each account is: in the network, or among those outside.
    pub found: Vec<Who>,
    /// Names that the network does not have.
    pub outside: LocalTable,
    /// Lines in the block.
    pub lines: u64,
    /// Actions read, those that were left out among them.
    pub rows: u64,
    /// Left out because somebody acted on a post of their own.
    pub own: u64,
    /// Left out for their type, by type.
    pub others: BTreeMap<String, u64>,
    /// The earliest and the latest time, and where they stand.
    pub least: Option<(f64, Spot)>,
    pub most: Option<(f64, Spot)>,
    /// Where the first time that is a number stands, and the first that is a date.
    pub number: Option<Spot>,
    pub date: Option<Spot>,
    /// What is wrong with the first faulty line; nothing after it was read.
    pub fault: Option<Fault>,
}

/// An account of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// In the network, as this account.
    Inside(u32),
    /// Not in the network: a number of the block's `outside`.
    Outside(u32),
}

impl Batch {
    /// The number of an account.
    pub fn account(&mut self, text: &[u8], spot: Spot) -> Result<u32, Fault> {
        id(text, "an account", spot).map(|text| self.accounts.intern(text))
    }

    /// The number of an item with a name.
    pub fn named_item(&mut self, text: &[u8], spot: Spot) -> Result<u32, Fault> {
        id(text, "an item", spot).map(|text| self.items.intern(text))
    }

    /// The number of the item that stands alone in a line.
    pub fn lined_item(&mut self, line: u64) -> u32 {
        self.lined.push(line);
        self.lined.len() as u32 - 1
    }

    /// A time, which is noted with its place.
    pub fn moment(&mut self, text: &[u8], spot: Spot) -> Result<f64, Fault> {
        let number = match crate::graph::names::parse_number(text) {
            Some(whole) => Some(whole as f64),
            None => std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok()),
        };
        let wrong =
            |expected: &str, hint: &str| Err(Fault::new(spot.line, spot.column, expected, quoted(text)).hint(hint));
        let value = match number {
            Some(number) if !number.is_finite() => return wrong("a time", "a finite number, or a date"),
            Some(number) if number < 0.0 => {
                return wrong("a time of 0 or more", "times count from 1970 or from the beginning of a cascade");
            }
            Some(number) => {
                self.number.get_or_insert(spot);
                number
            }
            None => match std::str::from_utf8(text).ok().and_then(time::parse_date) {
                Some(date) if (0..LATEST).contains(&date) => {
                    self.date.get_or_insert(spot);
                    date as f64
                }
                Some(_) => return wrong("a time from 1970 to 2100", "is the year right?"),
                None => {
                    return wrong(
                        "a time",
                        "a number (see --time-unit), 2012-07-04, 2012-07-04 18:00 or an RFC 3339 time",
                    );
                }
            },
        };
        self.span(value, spot);
        Ok(value)
    }

    fn span(&mut self, value: f64, spot: Spot) {
        if self.least.is_none_or(|(least, _)| value < least) {
            self.least = Some((value, spot));
        }
        if self.most.is_none_or(|(most, _)| value > most) {
            self.most = Some((value, spot));
        }
    }

    /// Finds the accounts of the block in the network, by `also` where their own name is not there.
    pub fn find(&mut self, names: &Names, also: impl Fn(&[u8]) -> Option<u32>) {
        let accounts = std::mem::take(&mut self.accounts);
        // In the order of the names, so that a search goes where the one before went and its memory is at hand.
        let mut order: Vec<(u64, u32)> = accounts.texts().iter().map(rank).zip(0..).collect();
        order.sort_unstable();
        self.found = vec![Who::Outside(0); order.len()];
        for (_, at) in order {
            let text = accounts.texts().get(at);
            let inside = std::str::from_utf8(text).ok().and_then(|name| names.find(name)).or_else(|| also(text));
            self.found[at as usize] = match inside {
                Some(id) => Who::Inside(id),
                None => Who::Outside(self.outside.intern(text)),
            };
        }
    }

    /// Moves all places by so many lines that stand in front.
    pub fn shift(&mut self, lines: u64) {
        self.lines += lines;
        self.lined.iter_mut().for_each(|line| *line += lines);
        let spots = [self.least.as_mut().map(|at| &mut at.1), self.most.as_mut().map(|at| &mut at.1)];
        let spots = spots.into_iter().chain([self.number.as_mut(), self.date.as_mut()]);
        spots.flatten().for_each(|spot| spot.line += lines);
        if let Some(fault) = &mut self.fault {
            fault.line += lines;
        }
    }

    /// Bytes held.
    pub fn memory(&self) -> u64 {
        let numbers = self.actor.capacity() + self.target.capacity() + self.item.capacity();
        let eights = self.time.capacity() + self.lined.capacity() + self.found.capacity();
        (4 * numbers + 8 * eights) as u64 + self.items.memory() + self.outside.memory()
    }
}

/// Roughly where a name stands among others: numbers by size, texts by their first bytes.
fn rank(name: &[u8]) -> u64 {
    crate::graph::names::parse_number(name).unwrap_or_else(|| {
        let mut head = [0u8; 8];
        name.iter().zip(&mut head).for_each(|(byte, place)| *place = *byte);
        u64::from_be_bytes(head)
    })
}

/// A text that may be an id.
fn id<'a>(text: &'a [u8], what: &str, spot: Spot) -> Result<&'a [u8], Fault> {
    let fault = |expected: String, found: String| Err(Fault::new(spot.line, spot.column, expected, found));
    match text.len() {
        0 => fault(what.to_owned(), "nothing".to_owned()),
        1..=LONGEST_ID if std::str::from_utf8(text).is_ok() => Ok(text),
        1..=LONGEST_ID => fault(format!("{what} in UTF-8"), quoted(text)),
        _ => fault(format!("{what} of at most {LONGEST_ID} bytes"), quoted(text)),
    }
}
