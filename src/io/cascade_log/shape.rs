//! How a log is written, told from its first lines.

use super::lines::{Shape, blanks};
use crate::base::{Error, Location, Result};
use crate::io::blocks::Blocks;
use crate::io::columns::Delimiter;
use crate::io::csv;
use crate::io::edges::{is_comment, trim};
use crate::io::sniff::refuse_binary;

use super::LogFormat;

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A cascade a line; `preamble`: after lines `id,name` and an empty one.
    Lines { shape: Shape, preamble: bool },
    /// An action a row.
    Table(Delimiter),
}

/// The first lines of a log.
pub struct Head<'a> {
    /// All, with blank ones and comments; the last is whole.
    lines: Vec<&'a [u8]>,
    /// Those that are neither.
    pub rows: Vec<&'a [u8]>,
    text: &'a [u8],
    whole: bool,
}

impl<'a> Head<'a> {
    /// Of an input that is text and no table of JSON.
    pub fn of(blocks: &'a Blocks) -> Result<Head<'a>> {
        refuse_binary(blocks.name(), blocks.head())?;
        let text = blocks.head().strip_prefix(b"\xef\xbb\xbf").unwrap_or(blocks.head());
        let whole = blocks.head().len() < 1 << 16;
        let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        if lines.len() > 1 && (!whole || lines.last().is_some_and(|line| line.is_empty())) {
            lines.pop();
        }
        let rows: Vec<&[u8]> = lines.iter().copied().filter(|line| !is_comment(trim(line))).take(2000).collect();
        let at = || Location::file(blocks.name());
        match rows.first() {
            None if whole => Err(Error::input(at(), "rows", "only comments and blank lines")),
            None => Err(Error::input(at(), "a row within the first 64 KiB", "only comments")),
            Some(row) if trim(row).starts_with(b"{") => Err(Error::input(at(), "a log as text", "JSON objects")
                .with_hint("write it as a table: jq -r '[.user, .item, .time] | @csv' FILE")),
            Some(_) => Ok(Head { lines, rows, text, whole }),
        }
    }

    /// How the log is written; `said` goes first.
    pub fn written(&self, said: Option<LogFormat>) -> Written {
        let snap = self.after_names().map(|rows| (pairs(&rows).unwrap_or(Shape::Commas { ids: false }), true));
        match said {
            Some(LogFormat::Rows | LogFormat::Retweets | LogFormat::Interactions) => self.table(),
            Some(LogFormat::SeedTimes) => Written::Lines { shape: Shape::Seed, preamble: false },
            Some(LogFormat::Pairs) => {
                let (shape, preamble) =
                    snap.unwrap_or_else(|| match self.rows.iter().any(|row| blanks(row).count() > 1) {
                        true => (Shape::Blanks, false),
                        false => (Shape::Commas { ids: self.rows.iter().any(|row| row.contains(&b';')) }, false),
                    });
                Written::Lines { shape, preamble }
            }
            None => match snap.or_else(|| self.shape().map(|shape| (shape, false))) {
                Some((shape, preamble)) => Written::Lines { shape, preamble },
                None => self.table(),
            },
        }
    }

    /// The lines after lines `id,name` and an empty one, where the log begins so.
    fn after_names(&self) -> Option<Vec<&'a [u8]>> {
        let lines: Vec<&[u8]> = self.lines.iter().map(|line| trim(line)).collect();
        let end = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
        let is_name = |line: &&[u8]| line.starts_with(b"#") || memchr::memchr_iter(b',', line).count() == 1;
        // A block of names longer than what was looked at ends further on; a file of pairs alone does not.
        if end == 0 || !lines[..end].iter().all(is_name) || (end == lines.len() && self.whole) {
            return None;
        }
        let rest: Vec<&[u8]> = lines[end..].iter().copied().filter(|line| !is_comment(line)).collect();
        (pairs(&rest).is_some() || (rest.is_empty() && !self.whole)).then_some(rest)
    }

    /// The shape of lines that hold a cascade each; `None` for a table.
    fn shape(&self) -> Option<Shape> {
        // A single line longer than what was looked at may be cut anywhere.
        let cut = !self.whole && self.lines.len() == 1;
        let rows = &self.rows[..];
        let counts: Vec<usize> = rows.iter().map(|row| blanks(row).count()).collect();
        if counts.iter().all(|&count| count == 1) {
            return commas(rows);
        }
        let few = if cut { 5 } else { usize::MAX };
        let is_pair = |field: &[u8]| {
            let mut parts = field.split(|&byte| byte == b',');
            parts.next().is_some_and(|account| !account.is_empty())
                && parts.next().is_some_and(is_number)
                && parts.next().is_none()
        };
        let pairs = |row: &&&[u8]| blanks(row).take(few).all(is_pair);
        let fitting = || rows.iter().filter(pairs);
        if 2 * fitting().count() >= rows.len() && fitting().any(|row| blanks(row).count() > 1) {
            return Some(Shape::Blanks);
        }
        let seed = |row: &[u8]| {
            memchr::memchr2(b',', b';', row).is_none()
                && (cut || blanks(row).count() % 2 == 1)
                && blanks(row).skip(2).step_by(2).take(few).all(is_number)
        };
        (cut && seed(rows[0]) || fit(rows, &counts, seed)).then_some(Shape::Seed)
    }

    fn table(&self) -> Written {
        Written::Table(match memchr::memchr(b'"', self.text) {
            None => delimiter(&self.rows),
            Some(_) => {
                let records = csv::records(self.text, |byte| matches!(byte, b'\t' | b';' | b','));
                delimiter(&records.filter(|record| !is_comment(trim(record))).take(100).collect::<Vec<_>>())
            }
        })
    }

    /// The first rows of a table with their quoted fields whole.
    pub fn records(&self, delimiter: Delimiter) -> Vec<&'a [u8]> {
        let Delimiter::Byte(byte) = delimiter else { return self.rows.clone() };
        let mut records: Vec<&[u8]> = csv::records(self.text, |other| other == byte).collect();
        if !self.whole && records.len() > 1 {
            records.pop();
        }
        records.into_iter().filter(|record| !is_comment(trim(record))).take(2000).collect()
    }
}

/// Whether lines hold a cascade each, by the number of fields and what `fits`: they differ in length, and all fit; or half of
/// them do, and they are no table with a faulty row. A faulty line is then named as what it is.
fn fit(rows: &[&[u8]], counts: &[usize], fits: impl Fn(&[u8]) -> bool) -> bool {
    let mut sorted = counts.to_vec();
    sorted.sort_unstable();
    let usual = sorted.chunk_by(|a, b| a == b).map(<[usize]>::len).max().unwrap_or(0);
    let fitting = rows.iter().filter(|row| fits(row)).count();
    let differ = usual < rows.len();
    let table = usual > 1 && (rows.len() - usual) * 10 <= rows.len().max(10);
    differ && (fitting == rows.len() || (2 * fitting >= rows.len() && !table))
}

/// Lines `u,t,u,t,…` that can be no table: they differ in length, or have `id;` in front.
fn commas(rows: &[&[u8]]) -> Option<Shape> {
    let end = |row: &[u8]| memchr::memchr(b';', row);
    let counts: Vec<usize> = rows.iter().map(|row| memchr::memchr_iter(b',', row).count() + 1).collect();
    let with_id = rows.iter().filter(|row| end(row).is_some() && are_pairs(row)).count();
    match 2 * with_id >= rows.len() {
        true => Some(Shape::Commas { ids: true }),
        false => fit(rows, &counts, |row| end(row).is_none() && are_pairs(row)).then_some(Shape::Commas { ids: false }),
    }
}

/// Whether all lines are `u,t,u,t,…`, with `id;` in front of all or of none.
fn pairs(rows: &[&[u8]]) -> Option<Shape> {
    let ids = rows.iter().filter(|row| memchr::memchr(b';', row).is_some()).count();
    let same = ids == 0 || ids == rows.len();
    (!rows.is_empty() && same && rows.iter().all(|row| are_pairs(row))).then_some(Shape::Commas { ids: ids > 0 })
}

/// Whether a line is `u,t,u,t,…`, behind `id;` or not.
fn are_pairs(row: &[u8]) -> bool {
    let row = &row[memchr::memchr(b';', row).map_or(0, |at| at + 1)..];
    let mut fields = row.split(|&byte| byte == b',').skip(1).step_by(2);
    memchr::memchr_iter(b',', row).count() % 2 == 1 && fields.all(|field| is_number(trim(field)))
}

fn is_number(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|text| text.parse::<f64>().is_ok())
}

/// Tabs, else semicolons, else commas, where at least half the rows have them; else blanks.
fn delimiter(rows: &[&[u8]]) -> Delimiter {
    let rows = &rows[..rows.len().min(100)];
    let holding = |byte: u8| rows.iter().filter(|row| memchr::memchr(byte, trim(row)).is_some()).count();
    match [b'\t', b';', b','].into_iter().find(|&byte| 2 * holding(byte) >= rows.len()) {
        Some(byte) => Delimiter::Byte(byte),
        None => Delimiter::Space,
    }
}
