//! The CSV of who is in which community: written by `communities --members`, read by `communities --start`.

use std::io::Write;
use std::path::Path;

use crate::base::error::{Location, quoted};
use crate::base::{Error, Result};
use crate::graph::Network;
use crate::io::output::{BYTE_ORDER_MARK, Output};

const COLUMNS: [&str; 2] = ["account", "community"];

/// Writes a row an account; `community` gives the number of each.
pub fn write(path: &Path, network: &Network, community: impl Fn(u32) -> u64, force: bool) -> Result<()> {
    let mut out = Output::create(path, force)?;
    let fail = |error: std::io::Error| Error::io(path, "write", error);
    if !network.names.is_ascii() {
        out.write_all(BYTE_ORDER_MARK).map_err(fail)?;
    }
    {
        let mut csv = csv::Writer::from_writer(&mut out);
        csv.write_record(COLUMNS).map_err(|error| fail(error.into()))?;
        for account in 0..network.accounts() as u32 {
            let name = network.names.get(account);
            csv.write_record([name.as_ref(), &community(account).to_string()]).map_err(|error| fail(error.into()))?;
        }
        csv.flush().map_err(fail)?;
    }
    out.finish()
}

/// An earlier partition as far as it is about the accounts of this network.
pub struct Earlier {
    /// The community of each account then; none where the file does not name the account.
    pub communities: Vec<Option<u32>>,
    /// Rows about accounts that are not in this network, and the first of their names.
    pub gone: u64,
    pub first_gone: Option<String>,
    /// What identifies the file.
    pub checksum: u64,
}

/// Reads the members of an earlier run.
pub fn read(path: &Path, network: &Network) -> Result<Earlier> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, "read", error))?;
    let mut csv = csv::Reader::from_reader(&bytes[..]);
    let header = csv.headers().map_err(|error| unreadable(&name, error))?.clone();
    let place = |column: &str| {
        header.iter().position(|name| name.trim_start_matches('\u{feff}').trim() == column).ok_or_else(|| {
            let found = quoted(header.iter().collect::<Vec<_>>().join(",").as_bytes());
            Error::input(Location::file(&name).line(1), format!("a column named {column}"), found)
                .with_hint("give a file that communities --members wrote")
        })
    };
    let [account, community] = [place(COLUMNS[0])?, place(COLUMNS[1])?];
    let mut earlier = Earlier {
        communities: vec![None; network.accounts()],
        gone: 0,
        first_gone: None,
        checksum: twox_hash::XxHash3_64::oneshot(&bytes),
    };
    for record in csv.records() {
        let record = record.map_err(|error| unreadable(&name, error))?;
        let at = |field: usize| {
            let line = record.position().map_or(0, csv::Position::line);
            Location::file(&name).line(line).column(1 + record.iter().take(field).map(width).sum::<u64>())
        };
        let (who, number) = (record[account].trim(), record[community].trim());
        let number: u32 = number.parse().map_err(|_| {
            Error::input(at(community), "the number of a community, up to 4294967295", quoted(number.as_bytes()))
                .with_hint("give a file that communities --members wrote")
        })?;
        match network.names.find(who) {
            None => {
                earlier.gone += 1;
                earlier.first_gone.get_or_insert_with(|| who.to_owned());
            }
            Some(found) => {
                if earlier.communities[found as usize].replace(number).is_some() {
                    return Err(Error::input(at(account), "each account once", quoted(who.as_bytes()))
                        .with_hint("leave one row an account"));
                }
            }
        }
    }
    Ok(earlier)
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
