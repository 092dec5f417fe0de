//! A table file as rows of cells below a header, whatever the file: CSV, TSV, semicolons, NDJSON, a JSON array, xlsx,
//! packed or not.
//!
//! Rate cards have titles above the header, blank rows, totals and remarks below. The header is the first row that holds
//! words known as headers; what stands above it, and rows that are no rows of the table, are left out and said
//! ([`Sheet::notes`]).

use std::borrow::Cow;
use std::path::Path;

use super::fold::{fold, tidy};
use super::{header, json, missing, text, workbook};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result, Run, time};
use crate::io::blocks::Blocks;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or blanks.
    Empty,
    /// Text as it stands there, trimmed; also error values (`#N/A`), and numbers of text files.
    Text(String),
    /// A number of a workbook or of JSON.
    Number(f64),
    /// A date or time of a workbook, in milliseconds since 1970; UTC, since Excel knows no zones.
    Time(i64),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// The cell of a text.
    pub fn of(text: &str) -> Cell {
        match text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        }
    }

    /// Whether nothing stands there, or a word for nothing.
    pub fn is_missing(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => missing::is_missing(text),
            _ => false,
        }
    }

    /// The cell as text, as people would type it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Time(at) => Cow::Owned(time::show(*at)),
            Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }

    /// The cell as an id. Numbers of more than 15 digits are refused: a workbook has rounded them.
    pub fn id(&self) -> std::result::Result<Option<Cow<'_, str>>, String> {
        match self {
            _ if self.is_missing() => Ok(None),
            Cell::Number(number) if number.abs() >= 1e15 => {
                Err("an id of more than 15 digits kept as a number, which rounds it; format the column as text".into())
            }
            _ => Ok(Some(self.text())),
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line in the file, or row in the sheet, from 1.
    pub line: u64,
    /// One cell a column of the header.
    pub cells: Vec<Cell>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The file as the user named it.
    pub file: String,
    /// The tab of a workbook.
    pub tab: Option<String>,
    /// The header as written, trimmed, line breaks as spaces.
    pub header: Vec<String>,
    /// The header's line, from 1; 0 where there is none.
    pub header_line: u64,
    /// The rows below it.
    pub rows: Vec<Row>,
    /// What was left out or put together, in words.
    pub notes: Vec<String>,
    /// Where each column stands in the file, from 0.
    pub places: Vec<u32>,
}

/// Cells as a reader finds them, before it is known which row is the header.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub tab: Option<String>,
    pub rows: Vec<RawRow>,
    /// Merged cells: first and last row (as [`Row::line`]) and column (from 0).
    pub merged: Vec<Merged>,
    /// The format itself says that the first row is the header.
    pub headed: bool,
}

#[derive(Debug)]
pub(super) struct RawRow {
    pub line: u64,
    /// Whether blank rows stand above it.
    pub gap: bool,
    pub cells: Vec<Cell>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Merged {
    pub lines: (u64, u64),
    pub columns: (usize, usize),
}

/// Counts what the cells of a file take, so that too much is refused before it is taken.
pub(super) struct Meter<'a> {
    run: &'a Run,
    bytes: u64,
    checked: u64,
}

/// The most that tables may take where no limit of memory was stated.
const MOST: u64 = 16 << 30;

impl<'a> Meter<'a> {
    pub fn new(run: &'a Run) -> Meter<'a> {
        Meter { run, bytes: 0, checked: 0 }
    }

    /// A cell with this many bytes of text.
    pub fn cell(&mut self, text: usize) -> Result<()> {
        self.take((size_of::<Cell>() + text) as u64)
    }

    pub fn take(&mut self, bytes: u64) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes - self.checked >= 1 << 20 {
            self.checked = self.bytes;
            self.run.step(0)?;
            self.run.check_memory("the cells of the table", self.bytes)?;
            if self.bytes > MOST {
                return Err(Error::Limit {
                    what: "bytes of cells".into(),
                    limit: MOST,
                    found: self.bytes,
                    hint: Some("read follower lists as edges (truereach ingest LIST), not as a table".into()),
                });
            }
        }
        Ok(())
    }
}

/// Rows among which the header is looked for.
const HEAD: usize = 50;

/// Words that begin a row of totals.
const TOTALS: &[&str] = &[
    "total",
    "totals",
    "grand total",
    "sum",
    "subtotal",
    "tong",
    "tong cong",
    "tong so",
    "cong",
    "tong chi phi",
    "tong tien",
    "average",
    "avg",
    "mean",
    "trung binh",
    "total general",
    "totale",
    "jumlah",
    "รวม",
    "合計",
    "合计",
    "합계",
];

impl Sheet {
    /// Reads a table file: one sheet a tab that is not empty for a workbook, else one.
    pub fn read(path: &Path, run: &Run) -> Result<Vec<Sheet>> {
        let blocks = Blocks::open(path, run)?;
        let mut bytes = Vec::new();
        while let Some(block) = blocks.next(Vec::new())? {
            run.step(0)?;
            run.check_memory("the text of the table", (bytes.len() + block.bytes.len()) as u64)?;
            bytes.extend_from_slice(&block.bytes);
        }
        Sheet::parse(blocks.name(), bytes, run)
    }

    /// Reads the bytes of a table file, unpacked.
    pub fn parse(name: &str, bytes: Vec<u8>, run: &Run) -> Result<Vec<Sheet>> {
        let mut meter = Meter::new(run);
        let grids = match bytes.get(..4) {
            Some([b'P', b'K', 3, 4] | [0xd0, 0xcf, 0x11, 0xe0]) => workbook::read(name, bytes, &mut meter)?,
            _ => {
                let text = text::decode(name, bytes)?;
                match text.trim_start().as_bytes().first() {
                    Some(b'{' | b'[') if json::looks_like_it(&text) => vec![json::read(name, &text, &mut meter)?],
                    _ => vec![text::read(name, &text, &mut meter)?],
                }
            }
        };
        let mut sheets = Vec::new();
        for grid in grids {
            sheets.extend(Sheet::from_grid(name, grid)?);
        }
        match sheets.is_empty() {
            true => Err(Error::input(Location::file(name), "a table", "no cell that holds anything")),
            false => Ok(sheets),
        }
    }

    /// Where a cell stands: `posts.csv:7`, `rates.xlsx [Tab] C5`.
    pub fn at(&self, row: usize, column: usize) -> Location {
        let line = self.rows.get(row).map_or(self.header_line, |row| row.line);
        self.place(line, column)
    }

    /// Where a cell of the header stands.
    pub fn at_header(&self, column: usize) -> Location {
        self.place(self.header_line, column)
    }

    fn place(&self, line: u64, column: usize) -> Location {
        let place = self.places.get(column).copied().unwrap_or(0);
        match &self.tab {
            Some(tab) => Location::file(format!("{} [{tab}] {}{line}", self.file, letters(place))),
            None => Location::file(&self.file).line(line),
        }
    }

    /// The texts of a column: what [`super::number`], [`super::date`] and [`super::money`] learn from. Numbers, dates and
    /// flags of workbooks are not written in any convention.
    pub fn texts(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| match row.cells.get(column) {
            Some(Cell::Text(text)) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Finds the header and the rows below it; `None` for a grid without any cell that holds something.
    pub(super) fn from_grid(file: &str, mut grid: Grid) -> Result<Option<Sheet>> {
        grid.rows.retain(|row| row.cells.iter().any(|cell| *cell != Cell::Empty));
        if grid.rows.is_empty() {
            return Ok(None);
        }
        let mut notes = Vec::new();
        let at = if grid.headed { Some(0) } else { header_row(&grid.rows) };
        let above: Vec<String> = grid.rows[..at.unwrap_or(0)].iter().map(|row| one_line(row)).collect();
        if !above.is_empty() {
            let shown: Vec<String> = above.iter().take(3).map(|text| quoted(text.as_bytes())).collect();
            let rows = if above.len() == 1 { "1 row" } else { &format!("{} rows", above.len()) };
            notes.push(format!("{rows} above the header left out: {}", shown.join(", ")));
        }
        let mut rows = grid.rows.split_off(at.unwrap_or(0)).into_iter();
        let (header_line, mut header) = match at {
            None => (0, vec!["column 1".to_owned()]),
            Some(_) => {
                let head = rows.next().map(|row| (row.line, row.cells)).unwrap_or_default();
                (head.0, head.1.iter().map(|cell| tidy(&cell.text())).collect())
            }
        };
        if at.is_none() {
            notes.push("no header: the first row is a row like all others".into());
        }
        let mut rows: Vec<RawRow> = rows.collect();
        if let Some(below) = second_header(&mut header, header_line, &rows, &grid.merged) {
            rows.drain(..below);
            notes.push("two header rows put together, since cells of the first are merged".into());
        }
        fill_merged(&mut rows, header_line, &grid.merged);
        let width = rows.iter().map(|row| last_filled(&row.cells)).max().unwrap_or(0);
        let named = header.iter().rposition(|name| !name.is_empty()).map_or(0, |at| at + 1);
        if let Some(long) = rows.iter().find(|row| last_filled(&row.cells) > named)
            && grid.tab.is_none()
        {
            let filled = last_filled(&long.cells);
            return Err(Error::input(
                Location::file(file).line(long.line),
                format!("at most {named} columns, as the header has"),
                format!("{filled}"),
            )
            .with_hint("a text that holds the separator must stand in quotes; so must a number like 1,200 in CSV"));
        }
        header.resize(named.max(width), String::new());
        // Columns that neither a name nor a cell stands in are margins.
        let used: Vec<usize> = (0..header.len())
            .filter(|&at| {
                !header[at].is_empty()
                    || rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| *cell != Cell::Empty))
            })
            .collect();
        let header: Vec<String> = used
            .iter()
            .map(|&at| match header[at].as_str() {
                "" => format!("column {}", at + 1),
                name => name.to_owned(),
            })
            .collect();
        let mut rows: Vec<(bool, Row)> = rows
            .into_iter()
            .map(|mut raw| {
                let mut cell = |at: &usize| {
                    raw.cells.get_mut(*at).map_or(Cell::Empty, |cell| std::mem::replace(cell, Cell::Empty))
                };
                (raw.gap, Row { line: raw.line, cells: used.iter().map(&mut cell).collect() })
            })
            .collect();
        leave_out(&mut rows, &header, &mut notes);
        Ok(Some(Sheet {
            file: file.to_owned(),
            tab: grid.tab,
            header,
            header_line,
            rows: rows.into_iter().map(|(_, row)| row).collect(),
            notes,
            places: used.iter().map(|&at| at as u32).collect(),
        }))
    }
}

/// The column of a sheet by its letters: 0 is A, 26 is AA.
fn letters(mut column: u32) -> String {
    let mut out = Vec::new();
    loop {
        out.push(b'A' + (column % 26) as u8);
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => break,
        }
    }
    out.iter().rev().map(|&byte| char::from(byte)).collect()
}

fn last_filled(cells: &[Cell]) -> usize {
    cells.iter().rposition(|cell| *cell != Cell::Empty).map_or(0, |at| at + 1)
}

fn filled(cells: &[Cell]) -> usize {
    cells.iter().filter(|cell| **cell != Cell::Empty).count()
}

fn one_line(row: &RawRow) -> String {
    let texts: Vec<String> =
        row.cells.iter().filter(|cell| **cell != Cell::Empty).map(|cell| tidy(&cell.text())).collect();
    texts.join(" | ")
}

/// Which row is the header: the first with two known words, else the first with one, else the first as wide as the
/// table. `None`: a list of one column without a known word, which has no header.
fn header_row(rows: &[RawRow]) -> Option<usize> {
    let head = &rows[..rows.len().min(HEAD)];
    let known = |row: &RawRow| {
        row.cells.iter().filter(|cell| matches!(cell, Cell::Text(text) if header::is_known(text))).count()
    };
    let counts: Vec<usize> = head.iter().map(known).collect();
    let first = |least: usize| counts.iter().position(|&count| count >= least);
    let width = head.iter().map(|row| filled(&row.cells)).max().unwrap_or(0);
    first(2)
        .or_else(|| first(1).filter(|&at| filled(&head[at].cells) == width || width <= 2))
        .or_else(|| (width > 1).then(|| head.iter().position(|row| filled(&row.cells) == width)).flatten())
}

/// Names of a header of two rows, where a cell of the first spans several columns: `Price` over `Reel` and `Story`.
/// Returns how many rows below the first belong to it.
fn second_header(header: &mut Vec<String>, line: u64, rows: &[RawRow], merged: &[Merged]) -> Option<usize> {
    let spans = |merge: &&Merged| merge.lines.0 == line && merge.columns.1 > merge.columns.0;
    let wide: Vec<&Merged> = merged.iter().filter(spans).collect();
    let below = rows.first()?;
    // A title may span the table as well; below a header there are names for all columns that it spans.
    let fits = |merge: &&&Merged| {
        (merge.columns.0..=merge.columns.1)
            .all(|at| matches!(below.cells.get(at), Some(Cell::Text(text)) if !missing::is_missing(text)))
    };
    if wide.is_empty() || wide.iter().filter(fits).count() != wide.len() || below.line != line + 1 {
        return None;
    }
    let last = wide.iter().map(|merge| merge.columns.1).max().unwrap_or(0);
    header.resize(header.len().max(last + 1), String::new());
    for merge in wide {
        let above = header[merge.columns.0].clone();
        for at in merge.columns.0..=merge.columns.1 {
            header[at] = format!("{above} {}", tidy(&below.cells[at].text()));
        }
    }
    for (at, name) in header.iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
        *name = below.cells.get(at).map(|cell| tidy(&cell.text())).unwrap_or_default();
    }
    Some(1)
}

/// A cell merged over several rows says the same of each of them.
fn fill_merged(rows: &mut [RawRow], header_line: u64, merged: &[Merged]) {
    for merge in merged.iter().filter(|merge| merge.lines.0 > header_line && merge.lines.1 > merge.lines.0) {
        let first = rows.partition_point(|row| row.line < merge.lines.0);
        let end = rows.partition_point(|row| row.line <= merge.lines.1);
        let Some(cell) = rows.get(first).and_then(|row| row.cells.get(merge.columns.0)).cloned() else { continue };
        for row in &mut rows[first..end] {
            if row.cells.len() <= merge.columns.0 {
                row.cells.resize(merge.columns.0 + 1, Cell::Empty);
            }
            row.cells[merge.columns.0] = cell.clone();
        }
    }
}

/// Takes out rows that are no rows of the table: repeated headers, totals, remarks below it.
fn leave_out(rows: &mut Vec<(bool, Row)>, header: &[String], notes: &mut Vec<String>) {
    let repeats =
        |row: &Row| header.len() > 1 && row.cells.iter().zip(header).all(|(cell, name)| tidy(&cell.text()) == *name);
    let before = rows.len();
    rows.retain(|(_, row)| !repeats(row));
    if rows.len() < before {
        notes.push(format!("the header stands again {} times in between: left out", before - rows.len()));
    }
    // Remarks: one cell alone, set off by a blank row, at the end.
    while let Some((gap, row)) = rows.last()
        && header.len() > 2
        && filled(&row.cells) == 1
        && let Some(start) = rows.iter().rposition(|(gap, row)| *gap || filled(&row.cells) > 1)
        && (*gap || rows[start].0)
        && filled(&rows[start].1.cells) == 1
        && let Some((_, row)) = rows.pop()
    {
        let text = row.cells.iter().find(|cell| **cell != Cell::Empty).map(|cell| cell.text().into_owned());
        notes.push(format!("line {} left out as a remark: {}", row.line, quoted(text.unwrap_or_default().as_bytes())));
    }
    let tail = rows.len().saturating_sub(3);
    let mut at = 0;
    rows.retain(|(_, row)| {
        let total = (at == 0 || at >= tail) && is_total(row);
        at += 1;
        if let Some(word) = total.then(|| row.cells.iter().find(|cell| **cell != Cell::Empty)).flatten() {
            notes.push(format!("line {} left out as a row of totals: {}", row.line, quoted(word.text().as_bytes())));
        }
        !total
    });
}

/// `Total`, and beside it numbers only.
fn is_total(row: &Row) -> bool {
    let mut cells = row.cells.iter().filter(|cell| **cell != Cell::Empty);
    let word =
        cells.next().is_some_and(|cell| matches!(cell, Cell::Text(text) if TOTALS.contains(&fold(text).as_str())));
    let numeric = |cell: &Cell| match cell {
        Cell::Number(_) => true,
        Cell::Text(text) => {
            text.starts_with(|c: char| c.is_ascii_digit() || c == '$' || c == '₫') || missing::is_missing(text)
        }
        _ => false,
    };
    word && row.cells.len() > 1 && cells.all(numeric)
}
