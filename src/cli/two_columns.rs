//! CSV files of two columns that say something of accounts: who is in which community, who is of which niche.

use std::path::Path;

use crate::base::error::{Location, quoted};
use crate::base::{Error, Result};

/// A row: two texts, trimmed, and where they stand.
pub struct Row {
    /// The texts, in the order in which the columns were asked for.
    pub texts: [String; 2],
    /// Where they stand.
    pub at: [Location; 2],
}

/// Reads the rows of a file whose header names these columns, others besides, and what identifies the file; `hint` says what file
/// is wanted.
pub fn read(path: &Path, columns: [&str; 2], hint: &str) -> Result<(Vec<Row>, u64)> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, "read", error))?;
    let mut csv = csv::Reader::from_reader(&bytes[..]);
    let header = csv.headers().map_err(|error| unreadable(&name, error))?.clone();
    let place = |column: &str| {
        header.iter().position(|name| name.trim_start_matches('\u{feff}').trim() == column).ok_or_else(|| {
            let found = quoted(header.iter().collect::<Vec<_>>().join(",").as_bytes());
            Error::input(Location::file(&name).line(1), format!("a column named {column}"), found).with_hint(hint)
        })
    };
    let places = [place(columns[0])?, place(columns[1])?];
    let mut rows = Vec::new();
    for record in csv.records() {
        let record = record.map_err(|error| unreadable(&name, error))?;
        let line = record.position().map_or(0, csv::Position::line);
        let at = |field: usize| {
            Location::file(&name).line(line).column(1 + record.iter().take(field).map(width).sum::<u64>())
        };
        rows.push(Row { texts: places.map(|field| record[field].trim().to_owned()), at: places.map(at) });
    }
    Ok((rows, twox_hash::XxHash3_64::oneshot(&bytes)))
}

/// Bytes of a field and the comma behind it, as they stand in the file.
fn width(field: &str) -> u64 {
    let quotes = field.matches('"').count();
    let enclosed = quotes > 0 || field.contains([',', '\n', '\r']);
    (field.len() + quotes + if enclosed { 2 } else { 0 }) as u64 + 1
}

fn unreadable(name: &str, error: csv::Error) -> Error {
    let at = Location::file(name);
    let line = error.position().map(csv::Position::line);
    match error.into_kind() {
        csv::ErrorKind::Utf8 { err, .. } => {
            Error::input(line.iter().fold(at, |at, &line| at.line(line)), "text in UTF-8", err.to_string())
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => Error::input(
            line.iter().fold(at, |at, &line| at.line(line)),
            format!("{expected_len} fields, as in the header"),
            format!("{len}"),
        ),
        other => Error::input(at, "a CSV file", format!("{other:?}")),
    }
}
