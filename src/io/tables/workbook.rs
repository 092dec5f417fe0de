//! Tables in Excel workbooks (.xlsx).
//!
//! Cells are streamed, never laid out as a rectangle: two cells at opposite corners of a sheet take the room of two. A
//! workbook is a zip; it is unpacked once to count its bytes before it is read, so that a small file cannot fill the
//! memory.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, SheetType, Xlsx, XlsxError};

use super::date::excel_days;
use super::sheet::{Cell, Grid, Merged, Meter, RawRow};
use crate::base::time::DAY;
use crate::base::{Error, Location, Result};

/// The most bytes that a workbook may unpack to.
const MOST_UNPACKED: u64 = 1 << 30;
/// The most cells, filled by merging, that a tab may have.
const MOST_MERGED: usize = 100_000;

/// All tabs that hold something, in their order.
pub(super) fn read(name: &str, bytes: Vec<u8>, meter: &mut Meter) -> Result<Vec<Grid>> {
    refuse_others(name, &bytes, meter)?;
    let wrong = |error: XlsxError| {
        Error::input(Location::file(name), "an Excel workbook (.xlsx)", format!("one that cannot be read: {error}"))
            .with_hint("open it in Excel and save it again as xlsx, or save the tab as CSV UTF-8")
    };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(wrong)?;
    let old_epoch = if book.has_1904_epoch() { 1462.0 } else { 0.0 };
    let tabs: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    let mut grids = Vec::new();
    for tab in tabs {
        let regions = book.merge_cells_by_sheet_name(&tab).map_err(wrong)?;
        let merged = regions.iter().take(MOST_MERGED).map(|region| Merged {
            lines: (u64::from(region.start.0) + 1, u64::from(region.end.0) + 1),
            columns: (region.start.1 as usize, region.end.1 as usize),
        });
        let mut grid = Grid { tab: Some(tab.clone()), merged: merged.collect(), ..Grid::default() };
        let mut cells = book.worksheet_cells_reader(&tab).map_err(wrong)?;
        while let Some(found) = cells.next_cell().map_err(wrong)? {
            let (row, column) = found.get_position();
            let cell = cell_of(found.get_value(), old_epoch);
            if cell == Cell::Empty {
                continue;
            }
            let line = u64::from(row) + 1;
            let column = column as usize;
            if grid.rows.last().is_none_or(|last| last.line != line) {
                let before = grid.rows.last().map_or(0, |last| last.line);
                if line < before {
                    return Err(Error::input(
                        Location::file(format!("{name} [{tab}] row {line}")),
                        "rows in their order",
                        "an earlier row",
                    )
                    .with_hint("open it in Excel and save it again"));
                }
                grid.rows.push(RawRow { line, gap: line > before + 1 && before > 0, cells: Vec::new() });
            }
            let Some(raw) = grid.rows.last_mut() else { continue };
            let text = if let Cell::Text(text) = &cell { text.len() } else { 0 };
            let grows = (column + 1).saturating_sub(raw.cells.len());
            meter.take((grows * size_of::<Cell>() + text) as u64)?;
            if grows > 0 {
                raw.cells.resize(column + 1, Cell::Empty);
            }
            raw.cells[column] = cell;
        }
        grids.push(grid);
    }
    Ok(grids)
}

fn cell_of(value: &DataRef<'_>, old_epoch: f64) -> Cell {
    match value {
        DataRef::Int(number) => Cell::Number(*number as f64),
        DataRef::Float(number) if number.is_finite() => Cell::Number(*number),
        DataRef::Float(_) | DataRef::Empty => Cell::Empty,
        DataRef::String(text) => Cell::of(text),
        DataRef::SharedString(text) => Cell::of(text),
        DataRef::Bool(flag) => Cell::Flag(*flag),
        DataRef::DateTime(at) if at.is_datetime() => Cell::Time(excel_days(at.as_f64() + old_epoch)),
        // A span of time, as a part of a day.
        DataRef::DateTime(span) => Cell::Number(span.as_f64() * DAY as f64 / 1000.0),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::of(text),
        DataRef::Error(error) => Cell::Text(error.to_string()),
    }
}

/// Refuses what only looks like a workbook, by name.
fn refuse_others(name: &str, bytes: &[u8], meter: &mut Meter) -> Result<()> {
    let refuse = |found: &str, hint: &str| {
        Err(Error::input(Location::file(name), "a table: CSV, NDJSON, JSON or xlsx", found).with_hint(hint))
    };
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        return match memchr::memmem::find(bytes, &wide) {
            Some(_) => refuse("a workbook with a password", "open it in Excel, take the password off, and save it"),
            None => refuse("an old Excel workbook (.xls)", "open it in Excel and save it as xlsx"),
        };
    }
    let damaged = |error: String| {
        Error::input(
            Location::file(name),
            "an Excel workbook (.xlsx)",
            format!("a damaged or foreign zip file ({error})"),
        )
        .with_hint("copy or download it again; or save the tab as CSV UTF-8")
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(error.to_string()))?;
    let has = |part: &str| archive.index_for_name(part).is_some();
    if has("xl/workbook.bin") {
        return refuse("a binary workbook (.xlsb)", "open it in Excel and save it as xlsx");
    }
    if has("content.xml") {
        return refuse("an OpenDocument sheet (.ods)", "save it as xlsx");
    }
    if has("Index/Document.iwa") || has("index.xml") {
        return refuse("a Numbers document", "export it as Excel (xlsx) or CSV");
    }
    if has("word/document.xml") || has("ppt/presentation.xml") {
        return refuse("a Word or PowerPoint document", "put the table into a workbook");
    }
    if !has("xl/workbook.xml") && !has("[Content_Types].xml") {
        return refuse("a zip file", "unpack it first");
    }
    let mut unpacked = 0;
    for part in 0..archive.len() {
        let part = archive.by_index(part).map_err(|error| damaged(error.to_string()))?;
        let mut part = part.take(MOST_UNPACKED - unpacked + 1);
        unpacked += std::io::copy(&mut part, &mut std::io::sink()).map_err(|error| damaged(error.to_string()))?;
        if unpacked > MOST_UNPACKED {
            return Err(Error::Limit {
                what: format!("{name}: bytes of the unpacked workbook"),
                limit: MOST_UNPACKED,
                found: unpacked,
                hint: Some("save the tab as CSV UTF-8".into()),
            });
        }
    }
    // Shared texts and the part being read are held beside the cells.
    meter.take(unpacked)
}
