//! Which row of a grid of cells is the header, and which rows below it are rows of the table.

use super::fold::{fold, tidy};
use super::sheet::{Cell, Grid, Merged, Meter, RawRow, Row, Sheet};
use super::{header, missing};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};

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

/// Finds the header and the rows below it; `None` for a grid without any cell that holds something.
pub(super) fn lay_out(file: &str, mut grid: Grid, meter: &mut Meter) -> Result<Option<Sheet>> {
    grid.rows.retain(|row| row.cells.iter().any(|cell| *cell != Cell::Empty));
    if grid.rows.is_empty() {
        return Ok(None);
    }
    let mut notes = std::mem::take(&mut grid.notes);
    let at = if grid.headed { Some(0) } else { header_row(&grid.rows) };
    let above: Vec<String> = grid.rows[..at.unwrap_or(0)].iter().map(one_line).collect();
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
    let named = header.len();
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
    // Columns that neither a name nor a cell stands in are margins.
    let mut stands: Vec<bool> = header.iter().map(|name| !name.is_empty()).collect();
    for row in &rows {
        stands.resize(stands.len().max(row.cells.len()), false);
        for (stands, cell) in stands.iter_mut().zip(&row.cells) {
            *stands |= *cell != Cell::Empty;
        }
    }
    header.resize(stands.len(), String::new());
    let used: Vec<usize> = (0..stands.len()).filter(|&at| stands[at]).collect();
    meter.take((rows.len() * used.len() * size_of::<Cell>()) as u64)?;
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
            let mut cell =
                |at: &usize| raw.cells.get_mut(*at).map_or(Cell::Empty, |cell| std::mem::replace(cell, Cell::Empty));
            let cells = used.iter().map(&mut cell).collect();
            let starts = used.iter().map_while(|&at| raw.starts.get(at).copied()).collect();
            (raw.gap, Row { line: raw.line, cells, starts })
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
        let (first, last) = merge.columns;
        let above = header[first].clone();
        for (name, cell) in header[first..=last].iter_mut().zip(&below.cells[first..=last]) {
            *name = format!("{above} {}", tidy(&cell.text()));
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
