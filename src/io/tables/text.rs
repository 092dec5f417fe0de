//! Tables as text: what the bytes are, what separates columns, and the rows.

use super::sheet::{Cell, Grid, Meter, RawRow};
use crate::base::{Error, Location, Result};
use crate::io::columnar::{Container, container};

/// The text of a file: UTF-8, or UTF-16 as Excel's "Unicode text" has it. Whatever else people try is refused by name.
pub fn decode(name: &str, bytes: Vec<u8>) -> Result<String> {
    let refuse = |found: &str, hint: &str| {
        Err(Error::input(Location::file(name).byte(0), "a table: CSV, NDJSON, JSON or xlsx", found).with_hint(hint))
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => return utf16(name, rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => return utf16(name, rest, u16::from_be_bytes),
        head if container(head).is_some() => {
            return refuse(container(head).map_or("columns", Container::name), "export it as CSV or xlsx");
        }
        [b'%', b'P', b'D', b'F', ..] => return refuse("a PDF", "ask for the table as xlsx or CSV"),
        [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => {
            return refuse("a picture", "ask for the table as xlsx or CSV");
        }
        [b'B', b'Z', b'h', ..]
        | [0xfd, b'7', b'z', b'X', ..]
        | [b'7', b'z', 0xbc, 0xaf, ..]
        | [b'R', b'a', b'r', b'!', ..] => {
            return refuse("a packed file", "unpack it first, or pack it with gzip or zstd");
        }
        _ if crate::io::snapshot::is_snapshot(&bytes) => {
            return refuse("a truereach snapshot", "a snapshot is no table; name it as the network");
        }
        _ => {}
    }
    if let Some(byte) = memchr::memchr(0, &bytes) {
        return Err(Error::input(
            Location::file(name).byte(byte as u64),
            "a table: CSV, NDJSON, JSON or xlsx",
            "a binary file (a zero byte)",
        )
        .with_hint("save the table as xlsx, or as CSV UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let before = &error.as_bytes()[..at];
        let line = 1 + memchr::memchr_iter(b'\n', before).count() as u64;
        let column = 1 + at as u64 - memchr::memrchr(b'\n', before).map_or(0, |end| end as u64 + 1);
        let found = format!("the byte {:#04x}", error.as_bytes()[at]);
        Error::input(Location::file(name).line(line).column(column), "text in UTF-8", found)
            .with_hint("in Excel: Save as, \"CSV UTF-8 (comma delimited)\"; or save as xlsx")
    })?;
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    let start = text.trim_start().get(..64.min(text.trim_start().len())).unwrap_or_default().to_ascii_lowercase();
    if start.starts_with("<!doctype")
        || start.starts_with("<html")
        || start.starts_with("<table")
        || start.starts_with("<?xml")
    {
        return refuse("a web page or XML", "open it in Excel and save it as xlsx");
    }
    Ok(text)
}

fn utf16(name: &str, bytes: &[u8], word: fn([u8; 2]) -> u16) -> Result<String> {
    let words = bytes.chunks(2).map(|pair| word([pair[0], pair.get(1).copied().unwrap_or(0)]));
    let text: std::result::Result<String, _> = char::decode_utf16(words).collect();
    text.map_err(|_| {
        Error::input(Location::file(name), "text in UTF-16, as its first bytes say", "bytes that are none")
            .with_hint("save it as CSV UTF-8 or as xlsx")
    })
}

/// What may separate columns; of equally good ones the first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Records that decide on the separator.
const SAMPLE: usize = 100;

/// Rows of a text whose columns are separated by commas, semicolons, tabs or bars.
pub(super) fn read(name: &str, text: &str, meter: &mut Meter) -> Result<Grid> {
    let (stated, skipped) = stated_separator(text);
    let body = &text[skipped..];
    let delimiter = stated.unwrap_or_else(|| separator(body));
    let wrong = |error: ::csv::Error| {
        let line = error.position().map_or(1, ::csv::Position::line);
        Error::input(Location::file(name).line(line), "a row of a table", error.to_string())
    };
    let mut parser = reader(body, delimiter);
    let mut rows = Vec::new();
    let mut record = ::csv::StringRecord::new();
    // The parser counts blank lines in front of a record to the record.
    let (mut at, mut line) = (0, 1 + u64::from(skipped > 0));
    while parser.read_record(&mut record).map_err(wrong)? {
        let start = record.position().map_or(0, |position| position.byte() as usize);
        let blank = body.as_bytes()[start..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        line += memchr::memchr_iter(b'\n', &body.as_bytes()[at..start + blank]).count() as u64;
        at = start + blank;
        let gap = memchr::memchr(b'\n', &body.as_bytes()[start..at]).is_some();
        let mut cells = Vec::with_capacity(record.len());
        for field in &record {
            meter.cell(field.len())?;
            cells.push(Cell::of(field));
        }
        let raw = &body.as_bytes()[at..parser.position().byte() as usize];
        let starts = if memchr::memchr(b'"', raw).is_some() { Vec::new() } else { starts(&record) };
        rows.push(RawRow { line, gap, cells, starts });
    }
    // The parser takes a quote that is never closed for a field that goes on to the end of the file.
    if let Some(last) = rows.last()
        && last.cells.iter().any(|cell| matches!(cell, Cell::Text(text) if text.contains('\n')))
        && memchr::memchr_iter(b'"', body.as_bytes()).count() % 2 == 1
    {
        return Err(Error::input(
            Location::file(name).line(last.line),
            "quotes that close",
            "one that is never closed",
        )
        .with_hint("write a quote inside a quoted field twice (\"\")"));
    }
    // A blank row marks the one below it.
    let mut blank = false;
    for row in &mut rows {
        let empty = row.cells.iter().all(|cell| *cell == Cell::Empty);
        row.gap |= blank;
        blank = empty;
    }
    Ok(Grid { rows, ..Grid::default() })
}

/// Where the fields of a record without quotes begin, blanks in front of them left out.
fn starts(record: &::csv::StringRecord) -> Vec<u32> {
    let mut at = 1;
    let start = |field: &str| {
        let blanks = field.len() - field.trim_start().len();
        let start = at + blanks as u32;
        at += field.len() as u32 + 1;
        start
    };
    record.iter().map(start).collect()
}

fn reader(text: &str, delimiter: u8) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// `sep=;` in the first line, as Excel writes and reads it; and how many bytes it takes.
fn stated_separator(text: &str) -> (Option<u8>, usize) {
    let line = text.split_inclusive('\n').next().unwrap_or_default();
    let said = line.trim_end().trim_matches('"').strip_prefix("sep=");
    match said.map(str::as_bytes) {
        Some(&[byte]) if byte.is_ascii() => (Some(byte), line.len()),
        // A tab is trimmed away with the line's end.
        Some([]) if line.contains("sep=\t") => (Some(b'\t'), line.len()),
        _ => (None, 0),
    }
}

/// The separator by which most rows have the same number of columns, and more than one.
fn separator(text: &str) -> u8 {
    let rate = |delimiter: u8| {
        let mut parser = reader(text, delimiter);
        let widths: Vec<usize> = parser.records().take(SAMPLE).map_while(|record| Some(record.ok()?.len())).collect();
        let mut best = (0, 1);
        for &width in widths.iter().filter(|&&width| width > 1) {
            let rows = widths.iter().filter(|&&other| other == width).count();
            best = best.max((rows, width));
        }
        best
    };
    let mut best = (b',', (0, 1));
    for delimiter in DELIMITERS {
        let rated = rate(delimiter);
        if rated > best.1 {
            best = (delimiter, rated);
        }
    }
    best.0
}
