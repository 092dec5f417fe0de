//! Tables of a network as files again: accounts, posts, offers, lookups as CSV, NDJSON or a workbook. What is written reads
//! back to the same tables.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use super::accounts::DATED;
use super::entry::IS_CREATOR;
use super::handle::handle;
use super::rows::AS_OF;
use crate::base::time;
use crate::graph::attributes::known;
use crate::graph::tables::post;
use crate::graph::{Column, Network, Table, Values};

/// Rows that a sheet of a workbook holds under its header.
const MOST_ROWS: usize = 1_048_575;

/// A cell that goes out.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Not given.
    Missing,
    /// A number.
    Number(f64),
    /// A time, in milliseconds since 1970.
    Time(i64),
    /// A text.
    Text(String),
}

impl Value {
    /// As people read it.
    pub fn text(&self) -> String {
        match self {
            Value::Missing => String::new(),
            Value::Number(number) => number.to_string(),
            Value::Time(at) => time::show(*at),
            Value::Text(text) => text.clone(),
        }
    }
}

/// A table that goes out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// Names of columns.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<Value>>,
    /// Columns that are names of accounts.
    #[cfg_attr(not(feature = "parquet"), allow(dead_code))]
    pub names: Vec<usize>,
}

/// The columns of accounts: every attribute, behind platform and handle where all names have both, else behind the id.
pub fn accounts(network: &Network) -> Sheet {
    let all: Vec<u32> = (0..network.accounts() as u32).collect();
    let mut sheet = names(network, &all, false);
    let with_platform = sheet.head[0] == known::PLATFORM;
    for column in &network.attributes.columns {
        match column.name.as_str() {
            known::PLATFORM if with_platform => continue,
            known::CREATOR => sheet.head.push(IS_CREATOR.into()),
            name => sheet.head.push(name.into()),
        }
        sheet.rows.iter_mut().zip(&all).for_each(|(row, &account)| row.push(value(column, account)));
    }
    sheet
}

/// A table about accounts: its columns behind those that name the account; of lookups the follower and whom.
pub fn table(network: &Network, table: &Table) -> Sheet {
    let mut sheet = match &table.other {
        None => names(network, &table.account, true),
        Some(creators) => {
            let mut sheet = names(network, creators, true);
            sheet.names.push(sheet.head.len());
            sheet.head.push("follower_handle".into());
            for (row, &follower) in sheet.rows.iter_mut().zip(table.account.iter()) {
                row.push(Value::Text(network.names.get(follower).into_owned()));
            }
            sheet
        }
    };
    for column in &table.columns {
        sheet.head.push(match column.name.as_str() {
            post::ID => "post".into(),
            name => name.into(),
        });
        sheet.rows.iter_mut().zip(0..).for_each(|(row, at)| row.push(value(column, at)));
    }
    sheet
}

/// The columns that name accounts. `wide`: also where an account's platform is an attribute of its own, as tables about
/// accounts have it nowhere else.
fn names(network: &Network, accounts: &[u32], wide: bool) -> Sheet {
    let parts = |account: u32| {
        let name = network.names.get(account);
        let (before, behind) = name.split_once(':')?;
        let read = handle(None, &name).ok()?;
        let same = read.platform == Some(before) && read.handle == behind;
        let given = network.attributes.text(known::PLATFORM, account);
        let agrees = match given {
            Some(given) => given == before,
            // Reading the row back would give the account a platform that it has not now.
            None => wide,
        };
        (same && agrees).then(|| vec![Value::Text(before.into()), Value::Text(behind.into())])
    };
    let both: Option<Vec<Vec<Value>>> = accounts.iter().map(|&account| parts(account)).collect();
    match both {
        Some(rows) => Sheet { head: vec![known::PLATFORM.into(), "handle".into()], rows, names: vec![] },
        None => {
            let id = |&account: &u32| vec![Value::Text(network.names.get(account).into_owned())];
            Sheet { head: vec!["id".into()], rows: accounts.iter().map(id).collect(), names: vec![0] }
        }
    }
}

/// A cell. Times are written as people read them.
fn value(column: &Column, row: u32) -> Value {
    let is_time = [known::LIST_DATE, "created_at", post::TIME, AS_OF].contains(&column.name.as_str())
        || column.name.ends_with(DATED);
    match &column.values {
        Values::Number(_) => match column.number(row) {
            None => Value::Missing,
            Some(at) if is_time => Value::Time(at as i64),
            Some(number) => Value::Number(number),
        },
        Values::Text { .. } => column.text(row).map_or(Value::Missing, |text| Value::Text(text.into_owned())),
    }
}

impl Sheet {
    /// Whether every text is plain ASCII.
    pub fn is_ascii(&self) -> bool {
        let plain = |value: &Value| !matches!(value, Value::Text(text) if !text.is_ascii());
        self.head.iter().all(|name| name.is_ascii()) && self.rows.iter().flatten().all(plain)
    }

    /// Writes CSV.
    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = ::csv::Writer::from_writer(out);
        csv.write_record(&self.head)?;
        for row in &self.rows {
            csv.write_record(row.iter().map(Value::text))?;
        }
        csv.flush()
    }

    /// Writes an object a row; what is missing is not there.
    pub fn ndjson(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in &self.rows {
            let mut object = serde_json::Map::new();
            for (name, value) in self.head.iter().zip(row) {
                match value {
                    Value::Missing => {}
                    Value::Number(number) => {
                        object.insert(name.clone(), (*number).into());
                    }
                    Value::Time(_) | Value::Text(_) => {
                        object.insert(name.clone(), value.text().into());
                    }
                }
            }
            writeln!(out, "{}", serde_json::Value::Object(object))?;
        }
        Ok(())
    }

    /// Writes a workbook. Its bytes are a function of the table: the document's dates are fixed.
    pub fn xlsx(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.rows.len() > MOST_ROWS {
            let rows = self.rows.len();
            return Err(io::Error::other(format!("a sheet holds {MOST_ROWS} rows, not {rows}; write .csv")));
        }
        out.write_all(&self.workbook().map_err(io::Error::other)?)
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
        let sheet = workbook.add_worksheet();
        sheet.set_freeze_panes(1, 0)?;
        for (at, name) in (0..).zip(&self.head) {
            sheet.write_string(0, at, name)?;
        }
        for (line, row) in (1..).zip(&self.rows) {
            for (at, value) in (0..).zip(row) {
                match value {
                    Value::Missing => {}
                    Value::Number(number) => {
                        sheet.write_number(line, at, *number)?;
                    }
                    Value::Time(_) | Value::Text(_) => {
                        sheet.write_string(line, at, value.text())?;
                    }
                }
            }
        }
        workbook.save_to_buffer()
    }
}
