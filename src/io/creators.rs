//! The creators table: a CSV file with a row an account; every column becomes an attribute.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::blocks::Blocks;
use crate::base::error::quoted;
use crate::base::{Error, Location, Result, Run};
use crate::graph::attributes::{Attributes, Column, NO_TEXT, Values, known};
use crate::graph::{Names, Network};

/// Columns recognised by other names, as (name of ours, other names).
const ALIASES: &[(&str, &[&str])] = &[
    (known::NAME, &["name", "display_name", "full_name"]),
    (known::PLATFORM, &["platform", "network"]),
    (known::NICHE, &["niche", "category", "topic", "vertical"]),
    (known::FOLLOWERS, &["followers_claimed", "followers", "follower_count", "subscribers", "fans"]),
    (known::PRICE, &["price", "fee", "rate", "cost"]),
    (known::CURRENCY, &["currency"]),
    (known::COUNTRY, &["country", "market"]),
];

const ID_NAMES: &[&str] =
    &["id", "account", "account_id", "handle", "username", "user_id", "creator", "creator_id", "user"];

/// Columns that hold text even where every value happens to be a number.
const ALWAYS_TEXT: &[&str] = &[known::NAME, known::PLATFORM, known::NICHE, known::CURRENCY, known::COUNTRY];

/// Columns whose every value must be a number of at least 0.
const ALWAYS_AMOUNT: &[&str] = &[known::FOLLOWERS, known::PRICE];

/// Values by account and column, before accounts have dense ids.
#[derive(Debug, Clone, Default)]
pub struct AccountTable {
    values: BTreeMap<String, BTreeMap<Box<[u8]>, String>>,
    creators: BTreeSet<Box<[u8]>>,
}

impl AccountTable {
    /// Reads a CSV or TSV table and adds its rows. Returns how many there were.
    pub fn read(&mut self, path: &Path, id: Option<&str>, niche: Option<&str>, run: &Run) -> Result<u64> {
        let blocks = Blocks::open(path, run)?;
        let mut bytes = Vec::new();
        while let Some(block) = blocks.next(Vec::new())? {
            bytes.extend_from_slice(&block.bytes);
        }
        let name = blocks.name().to_owned();
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        if let Some(byte) = memchr::memchr(0, text) {
            return Err(Error::input(
                Location::file(name).byte(byte as u64),
                "a CSV table",
                "a binary file (a zero byte)",
            )
            .with_hint("export the sheet as CSV"));
        }
        let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let delimiter = [b'\t', b';', b','].into_iter().find(|byte| first.contains(byte)).unwrap_or(b',');
        let mut parser = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text);
        let wrong = |error: csv::Error| {
            let line = error.position().map_or(1, |position| position.line());
            Error::input(Location::file(&name).line(line), "a row of CSV like the header", error.to_string())
        };
        let header: Vec<String> = parser.headers().map_err(wrong)?.iter().map(str::to_owned).collect();
        let find = |wanted: &str| header.iter().position(|column| column.eq_ignore_ascii_case(wanted));
        let id_at = match id {
            Some(id) => find(id),
            None => ID_NAMES.iter().find_map(|id| find(id)),
        };
        let id_at = id_at.ok_or_else(|| {
            Error::input(
                Location::file(&name).line(1),
                format!("a column that names the account ({})", id.map_or(ID_NAMES.join(", "), str::to_owned)),
                header.join(", "),
            )
            .with_hint("name it: --creators-id COLUMN")
        })?;
        let niche_at = match niche {
            None => None,
            Some(niche) => Some(find(niche).ok_or_else(|| {
                Error::input(Location::file(&name).line(1), format!("a column {niche}"), header.join(", "))
            })?),
        };
        let column_name = |at: usize| -> String {
            let lower = header[at].to_lowercase();
            let alias = ALIASES.iter().find(|(_, names)| names.contains(&lower.as_str()));
            match (Some(at) == niche_at, alias) {
                (true, _) => known::NICHE.to_owned(),
                (false, Some((ours, _))) => (*ours).to_owned(),
                (false, None) if lower == known::CREATOR => "creator_given".to_owned(),
                (false, None) => lower,
            }
        };
        let columns: Vec<String> = (0..header.len()).map(column_name).collect();
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, column) in columns.iter().enumerate().filter(|(at, _)| *at != id_at) {
            if let Some(other) = seen.insert(column, at) {
                return Err(Error::input(
                    Location::file(&name).line(1),
                    "columns that differ",
                    format!("{} and {} both give {column}", header[other], header[at]),
                ));
            }
        }
        let mut rows = 0;
        let mut record = csv::StringRecord::new();
        while parser.read_record(&mut record).map_err(wrong)? {
            let line = record.position().map_or(0, |position| position.line());
            let at = || Location::file(&name).line(line);
            let account = record[id_at].as_bytes();
            if account.is_empty() {
                return Err(Error::input(at(), "an account id", "nothing"));
            }
            rows += 1;
            self.creators.insert(account.into());
            for (index, value) in
                record.iter().enumerate().filter(|(index, value)| *index != id_at && !value.is_empty())
            {
                let column = &columns[index];
                let mut kept = value.to_owned();
                if ALWAYS_AMOUNT.contains(&column.as_str()) {
                    let amount = value.parse().ok().filter(|amount: &f64| amount.is_finite() && *amount >= 0.0);
                    // 12.50 and 12.5 are one amount.
                    kept = amount.map(|amount| amount.to_string()).ok_or_else(|| {
                        Error::input(
                            at(),
                            format!("a number of at least 0 as {}", header[index]),
                            quoted(value.as_bytes()),
                        )
                        .with_hint("write 1200.5, without thousands separators or units")
                    })?;
                }
                let old = self.values.entry(column.clone()).or_default().insert(account.into(), kept.clone());
                if let Some(old) = old.filter(|old| *old != kept) {
                    return Err(Error::input(
                        at(),
                        format!("one value of {} for account {}", header[index], quoted(account)),
                        format!("{} after {} before", quoted(value.as_bytes()), quoted(old.as_bytes())),
                    )
                    .with_hint("each account has one row; merge the rows first"));
                }
            }
        }
        Ok(rows)
    }

    /// Adds what a network already knows.
    pub fn add_network(&mut self, network: &Network) -> Result<()> {
        for column in &network.attributes.columns {
            for account in 0..network.accounts() as u32 {
                let Some(value) = column.text(account) else { continue };
                let account: Box<[u8]> = network.names.get(account).as_bytes().into();
                if column.name == known::CREATOR {
                    self.creators.insert(account);
                    continue;
                }
                let old =
                    self.values.entry(column.name.clone()).or_default().insert(account.clone(), value.to_string());
                if let Some(old) = old.filter(|old| *old != value) {
                    return Err(Error::parameter(
                        "--creators-table",
                        format!(
                            "account {} has {} {} in the old network and {} in the table",
                            quoted(&account),
                            column.name,
                            quoted(value.as_bytes()),
                            quoted(old.as_bytes())
                        ),
                    ));
                }
            }
        }
        Ok(())
    }

    /// Every account named.
    pub fn accounts(&self) -> impl Iterator<Item = &[u8]> {
        self.creators.iter().map(|account| &**account)
    }

    /// The columns beside dense ids.
    pub fn attributes(&self, names: &Names) -> Attributes {
        let mut columns = Vec::new();
        let place = |account: &[u8]| std::str::from_utf8(account).ok().and_then(|account| names.find(account));
        if !self.creators.is_empty() {
            let mut marks = vec![f64::NAN; names.len()];
            self.creators.iter().filter_map(|account| place(account)).for_each(|id| marks[id as usize] = 1.0);
            columns.push(Column { name: known::CREATOR.into(), values: Values::Number(marks.into()) });
        }
        for (name, values) in &self.values {
            let numbers: Option<Vec<f64>> = match ALWAYS_TEXT.contains(&name.as_str()) {
                true => None,
                // Only what prints back as it was read is kept as a number.
                false => {
                    let exact = |value: &String| {
                        value.parse().ok().filter(|number: &f64| number.is_finite() && number.to_string() == *value)
                    };
                    values.values().map(exact).collect()
                }
            };
            let placed = values.iter().map(|(account, value)| (place(account), value));
            let values = match numbers {
                Some(numbers) => {
                    let mut column = vec![f64::NAN; names.len()];
                    for ((id, _), number) in placed.zip(numbers) {
                        id.into_iter().for_each(|id| column[id as usize] = number);
                    }
                    Values::Number(column.into())
                }
                None => {
                    let different: BTreeSet<&str> = values.values().map(String::as_str).collect();
                    let dictionary = Names::from_sorted(different.iter().map(|text| text.as_bytes()));
                    let mut codes = vec![NO_TEXT; names.len()];
                    for (id, value) in placed {
                        let code = different.range(..value.as_str()).count() as u32;
                        id.into_iter().for_each(|id| codes[id as usize] = code);
                    }
                    Values::Text { codes: codes.into(), dictionary }
                }
            };
            columns.push(Column { name: name.clone(), values });
        }
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        Attributes { columns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AccountTable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("creators.csv");
        std::fs::write(&path, text).unwrap();
        let mut table = AccountTable::default();
        table.read(&path, None, None, &Run::default()).map(|_| table)
    }

    #[test]
    fn columns_get_their_kinds_and_missing_stays_missing() {
        let table =
            read("\u{feff}handle,Followers,Category,score\nanh,1200,\"beauty|travel\",1\nbao,,tech,\n").unwrap();
        let names = Names::from_sorted([b"anh".as_slice(), b"bao", b"chi"].into_iter());
        let attributes = table.attributes(&names);
        assert_eq!(attributes.number(known::FOLLOWERS, 0), Some(1200.0));
        assert_eq!(attributes.number(known::FOLLOWERS, 1), None);
        assert_eq!(attributes.text(known::NICHE, 0).unwrap(), "beauty|travel");
        assert_eq!(attributes.text(known::NICHE, 1).unwrap(), "tech");
        assert_eq!(attributes.text(known::NICHE, 2), None);
        assert_eq!(attributes.get(known::CREATOR).unwrap().given(), 2);
        assert_eq!(attributes.number("score", 0), Some(1.0));
    }

    #[test]
    fn faults_name_their_line() {
        for (text, says) in [
            ("id,price\na,lots\n", "creators.csv:2: expected a number of at least 0 as price"),
            ("id,price\na,1\na,2\n", "creators.csv:3: expected one value of price"),
            ("id,price\n,1\n", "creators.csv:2: expected an account id"),
            ("x,price\na,1\n", "creators.csv:1: expected a column that names the account"),
            ("id,price\na,1,2\n", "creators.csv:2: expected a row of CSV"),
            ("id,fee,price\na,1,2\n", "both give price"),
        ] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
