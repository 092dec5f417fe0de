//! The file of what was seen of a cascade under way: `account,status` and, where it is known, `time`.

use std::collections::BTreeMap;
use std::path::Path;

use super::tables::sheet::{Cell, Sheet};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result, Run};
use crate::graph::{Names, Observation};

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// The account.
    pub account: u32,
    /// What was seen of it.
    pub status: Observation,
    /// Hours since the first post; `None` where the file does not say.
    pub hours: Option<f64>,
}

/// The rows of a file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ObservedRows {
    /// In the order of the file.
    pub rows: Vec<Seen>,
    /// What was left out or put together, in words.
    pub notes: Vec<String>,
}

/// Reads a table (CSV, TSV, xlsx, …) with the columns `account`, `status` (posted, shared, exposed, not_exposed, not_shared)
/// and, if there is one, `time`, in hours since the first post.
///
/// **Errors**: a column that is missing, an account that is not in the network or named twice, a status or a time that is
/// none; each with its place.
pub fn read(path: &Path, names: &Names, run: &Run) -> Result<ObservedRows> {
    rows(&Sheet::read(path, run)?, names)
}

fn rows(sheets: &[Sheet], names: &Names) -> Result<ObservedRows> {
    let mut found = ObservedRows::default();
    let mut met: BTreeMap<u32, Location> = BTreeMap::new();
    for sheet in sheets {
        found.notes.extend(sheet.notes.iter().cloned());
        let [account, status] = [column(sheet, "account")?, column(sheet, "status")?];
        let time = place(sheet, "time");
        for (row, cells) in sheet.rows.iter().map(|row| &row.cells).enumerate() {
            let wrong = |column: usize, expected: &str, hint: &str| {
                let text = cells.get(column).map(Cell::text).unwrap_or_default();
                Error::input(sheet.at(row, column), expected, quoted(text.as_bytes())).with_hint(hint)
            };
            let cell = |column: usize| cells.get(column).unwrap_or(&Cell::Empty);
            let name = cell(account).id().map_err(|why| wrong(account, "an account", &why))?;
            let known = name.and_then(|name| names.find(&name));
            let known = known.ok_or_else(|| {
                wrong(
                    account,
                    "an account of the network",
                    "name accounts as the network does; leave out who is not in it",
                )
            })?;
            let words = Observation::ALL.map(Observation::word).join(", ");
            let status = Observation::of(&cell(status).text())
                .ok_or_else(|| wrong(status, &format!("a status: {words}"), "leave out who was not observed"))?;
            let hours = match time {
                Some(time) if !cell(time).is_missing() => Some(hours(cell(time)).ok_or_else(|| {
                    wrong(time, "hours since the first post", "a number such as 3.5, or nothing where it is not known")
                })?),
                _ => None,
            };
            if let Some(before) = met.insert(known, sheet.at(row, account)) {
                return Err(wrong(
                    account,
                    "each account once",
                    &format!("leave one row an account; see also {before}"),
                ));
            }
            found.rows.push(Seen { account: known, status, hours });
        }
    }
    Ok(found)
}

fn place(sheet: &Sheet, name: &str) -> Option<usize> {
    sheet.header.iter().position(|header| header.trim().eq_ignore_ascii_case(name))
}

fn column(sheet: &Sheet, name: &str) -> Result<usize> {
    place(sheet, name).ok_or_else(|| {
        let found = quoted(sheet.header.join(",").as_bytes());
        Error::input(sheet.at_header(0), format!("a column named {name}"), found)
            .with_hint("the header is account,status or account,status,time")
    })
}

fn hours(cell: &Cell) -> Option<f64> {
    let hours = match cell {
        Cell::Number(number) => *number,
        cell => cell.text().trim().parse().ok()?,
    };
    (hours.is_finite() && hours >= 0.0).then_some(hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ObservedRows> {
        let names = Names::from_sorted(["anh", "binh", "chi"].into_iter().map(str::as_bytes));
        rows(&Sheet::parse("o.csv", text.as_bytes().to_vec(), &Run::default())?, &names)
    }

    #[test]
    fn rows_are_read_with_commas_and_tabs() {
        for text in [
            "account,status,time\nchi,posted,0\nanh,Not exposed,\nbinh,shared,2.5\n",
            "time\tstatus\taccount\n0\tposted\tchi\n\tnot_exposed\tanh\n2.5\tshared\tbinh\n",
        ] {
            let found = parse(text).unwrap();
            let told: Vec<_> = found.rows.iter().map(|seen| (seen.account, seen.status, seen.hours)).collect();
            let expect = [
                (2, Observation::Posted, Some(0.0)),
                (0, Observation::NotExposed, None),
                (1, Observation::Shared, Some(2.5)),
            ];
            assert_eq!(told, expect);
        }
        assert_eq!(parse("account,status\nbinh,exposed\n").unwrap().rows[0].hours, None);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, says) in [
            ("account,state\nanh,posted\n", "o.csv:1: expected a column named status, found \"account,state\""),
            (
                "account,status\nanh,posted\ndung,shared\n",
                "o.csv:3:1: expected an account of the network, found \"dung\"",
            ),
            (
                "account,status\nanh,liked\n",
                "o.csv:2:5: expected a status: posted, shared, exposed, not_exposed, not_shared",
            ),
            ("account,status\nanh,posted\nanh,shared\n", "o.csv:3:1: expected each account once, found \"anh\""),
            (
                "account,status,time\nanh,posted,soon\n",
                "o.csv:2:12: expected hours since the first post, found \"soon\"",
            ),
            ("account,status,time\nanh,posted,-1\n", "o.csv:2:12: expected hours"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.starts_with(says) && error.contains("\n  hint: "), "{error}");
        }
    }
}
