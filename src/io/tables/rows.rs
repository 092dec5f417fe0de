//! Rows of posts, offers and lookups by what tells them apart: equal ones merge, newer ones replace older ones, and rows
//! that contradict each other clash. What comes out is a function of the set of rows.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::values::{Cells, Name, column};
use crate::base::{Error, Result};
use crate::graph::tables::{offer, post};
use crate::graph::{Column, Names, Table};

/// The column that says of which day a row is.
pub const AS_OF: &str = "as_of";

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, and the sheet of a workbook.
    pub file: Arc<str>,
    /// The line, from 1; 0 where there are none.
    pub line: u64,
}

impl Place {
    /// Rows of a network of before.
    pub fn before() -> Place {
        Place { file: "the older network".into(), line: 0 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// A row about an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The account.
    pub account: Arc<str>,
    /// A second account.
    pub other: Option<Arc<str>>,
    /// The cells.
    pub cells: Cells,
}

/// What became of something that was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Met {
    /// It was not there.
    New,
    /// It was there already.
    Equal,
}

/// Two rows that cannot both be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// What they disagree on.
    pub column: String,
    /// What the new one says.
    pub new: String,
    /// What the old one said.
    pub old: String,
    /// Where the old one stands.
    pub place: Place,
}

/// Of which table rows are, which decides what tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Posts: by id; averages by day and kind; others by everything.
    Posts,
    /// Offers: by everything but the price.
    Offers,
    /// Lookups: by who and whom.
    Lookups,
}

impl Which {
    fn tells_apart(self, cells: &Cells, column: &str) -> bool {
        const AVERAGES: [&str; 4] = [post::AVERAGE, post::TIME, post::FORMAT, post::SPONSORED];
        match self {
            _ if column == AS_OF => false,
            Which::Posts if cells.get(post::ID).is_some() => column == post::ID,
            Which::Posts if cells.get(post::AVERAGE).is_some() => AVERAGES.contains(&column),
            Which::Posts => true,
            Which::Offers => column != offer::PRICE,
            Which::Lookups => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    account: Arc<str>,
    other: Option<Arc<str>>,
    identity: Cells,
}

#[derive(Debug, Clone)]
struct Kept {
    rest: Cells,
    place: Place,
}

/// The rows of a table.
#[derive(Debug, Clone)]
pub struct Rows {
    which: Which,
    /// By day: the last is used, and the others tell what contradicts them, whatever the order.
    rows: BTreeMap<Key, BTreeMap<Option<i64>, Kept>>,
}

/// Of which day a row is; undated ones are older than all.
fn day(cells: &Cells) -> Option<i64> {
    cells.number(AS_OF).map(|day| day as i64)
}

impl Rows {
    /// None yet.
    pub fn new(which: Which) -> Rows {
        Rows { which, rows: BTreeMap::new() }
    }

    fn key(&self, row: Row) -> (Key, Cells) {
        let all = row.cells.clone();
        let (identity, rest) = row.cells.split(|column| self.which.tells_apart(&all, column));
        (Key { account: row.account, other: row.other, identity }, rest)
    }

    /// Why the row cannot be added, if it cannot.
    pub fn clash(&self, row: &Row) -> Option<Clash> {
        let (key, rest) = self.key(row.clone());
        let old = self.rows.get(&key)?.get(&day(&rest))?;
        let differs = |(column, text): (&Name, &str)| {
            let old_text = old.rest.get(column).filter(|old| *old != text)?;
            let place = old.place.clone();
            Some(Clash { column: column.to_string(), new: text.to_owned(), old: old_text.to_owned(), place })
        };
        rest.iter().find_map(differs)
    }

    /// Adds a row that does not clash.
    pub fn add(&mut self, row: Row, place: Place) -> Met {
        let (key, rest) = self.key(row);
        let days = self.rows.entry(key).or_default();
        let Some(old) = days.get_mut(&day(&rest)) else {
            days.insert(day(&rest), Kept { rest, place });
            return Met::New;
        };
        let before = old.rest.clone();
        rest.iter().for_each(|(column, text)| old.rest.set(column.clone(), text));
        if old.rest == before { Met::Equal } else { Met::New }
    }

    /// Adds the rows of a network.
    pub fn add_table(&mut self, table: &Table, names: &Names) -> Result<()> {
        let columns: Vec<(Name, &Column)> =
            table.columns.iter().map(|column| (Name::from(column.name.clone()), column)).collect();
        for at in 0..table.len() {
            let mut cells = Cells::default();
            for (name, column) in &columns {
                column.text(at as u32).into_iter().for_each(|text| cells.set(name.clone(), text));
            }
            let name = |account: u32| Arc::from(&*names.get(account));
            let row = Row {
                account: name(table.account[at]),
                other: table.other.as_ref().map(|other| name(other[at])),
                cells,
            };
            if let Some(clash) = self.clash(&row) {
                let problem = format!(
                    "{} has {} {} in one network and {} in the other",
                    row.account, clash.column, clash.new, clash.old
                );
                return Err(Error::parameter("--into", problem));
            }
            self.add(row, Place::before());
        }
        Ok(())
    }

    /// Every account that a row names.
    pub fn accounts(&self) -> impl Iterator<Item = &Arc<str>> {
        self.rows.keys().flat_map(|key| std::iter::once(&key.account).chain(key.other.as_ref()))
    }

    /// Every row: its account, a cell of it by column, and its place.
    pub fn each(&self) -> impl Iterator<Item = Seen<'_>> {
        self.used().map(|(key, kept)| Seen { account: &key.account, key, kept })
    }

    fn used(&self) -> impl Iterator<Item = (&Key, &Kept)> {
        self.rows.iter().filter_map(|(key, days)| days.values().next_back().map(|kept| (key, kept)))
    }

    /// Accounts and places of rows that newer ones replace.
    pub fn older(&self) -> impl Iterator<Item = (&Arc<str>, &Place)> {
        let rows = self.rows.iter();
        rows.flat_map(|(key, days)| days.values().rev().skip(1).map(|kept| (&key.account, &kept.place)))
    }

    /// The rows beside dense ids: by account, second account, time (missing first), id, then everything else.
    pub fn table(&self, names: &Names) -> Table {
        let mut rows: Vec<(u32, Option<u32>, Cells)> = self
            .used()
            .filter_map(|(key, kept)| {
                let mut cells = key.identity.clone();
                kept.rest.iter().for_each(|(column, text)| cells.set(column.clone(), text));
                let other = match &key.other {
                    Some(other) => Some(names.find(other)?),
                    None => None,
                };
                Some((names.find(&key.account)?, other, cells))
            })
            .collect();
        rows.sort_by(|a, b| {
            let time = |cells: &Cells| cells.number(post::TIME).unwrap_or(f64::NEG_INFINITY);
            let id = |cells: &Cells| cells.get(post::ID).map(str::to_owned);
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then_with(|| time(&a.2).total_cmp(&time(&b.2)))
                .then_with(|| id(&a.2).cmp(&id(&b.2)))
                .then_with(|| a.2.cmp(&b.2))
        });
        let mut columns: Vec<&Name> = rows.iter().flat_map(|row| row.2.iter().map(|(column, _)| column)).collect();
        columns.sort_unstable();
        columns.dedup();
        let values = |name: &str| rows.iter().map(|row| row.2.get(name)).collect::<Vec<_>>();
        Table {
            account: rows.iter().map(|row| row.0).collect::<Vec<_>>().into(),
            other: (self.which == Which::Lookups && !rows.is_empty())
                .then(|| rows.iter().filter_map(|row| row.1).collect::<Vec<_>>().into()),
            columns: columns.iter().map(|name| column(name, &values(name))).collect(),
        }
    }
}

/// A row as it is kept.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The account that it is about.
    pub account: &'a Arc<str>,
    key: &'a Key,
    kept: &'a Kept,
}

impl<'a> Seen<'a> {
    /// The text in a column.
    pub fn get(&self, column: &str) -> Option<&'a str> {
        self.key.identity.get(column).or_else(|| self.kept.rest.get(column))
    }

    /// The number in a column.
    pub fn number(&self, column: &str) -> Option<f64> {
        self.get(column)?.parse().ok()
    }

    /// Where it stands.
    pub fn place(&self) -> &'a Place {
        &self.kept.place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[(&str, &str)]) -> Row {
        let mut row = Row { account: "tiktok:anh".into(), other: None, cells: Cells::default() };
        cells.iter().for_each(|(name, text)| row.cells.set(name.to_string(), *text));
        row
    }

    fn place(line: u64) -> Place {
        Place { file: "posts.csv".into(), line }
    }

    #[test]
    fn equal_rows_merge_and_parts_of_a_row_add_up() {
        let mut posts = Rows::new(Which::Posts);
        assert_eq!(posts.add(row(&[("id", "p1"), ("views", "10")]), place(2)), Met::New);
        assert_eq!(posts.add(row(&[("id", "p1"), ("likes", "3")]), place(3)), Met::New);
        assert_eq!(posts.add(row(&[("id", "p1"), ("views", "10"), ("likes", "3")]), place(4)), Met::Equal);
        let clash = posts.clash(&row(&[("id", "p1"), ("views", "11")])).unwrap();
        assert_eq!((clash.column.as_str(), clash.old.as_str(), clash.place), ("views", "10", place(2)));
        let names = Names::from_sorted([b"tiktok:anh".as_slice()].into_iter());
        let table = posts.table(&names);
        assert_eq!((table.len(), table.number("views", 0), table.number("likes", 0)), (1, Some(10.0), Some(3.0)));
    }

    #[test]
    fn the_newest_row_is_kept_whatever_the_order() {
        let rows = [
            row(&[("id", "p1"), ("views", "10")]),
            row(&[("id", "p1"), ("views", "12"), ("as_of", "2000")]),
            row(&[("id", "p1"), ("views", "11"), ("as_of", "1000")]),
        ];
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [1, 2, 0]] {
            let mut posts = Rows::new(Which::Posts);
            for at in order {
                assert_eq!(posts.clash(&rows[at]), None);
                posts.add(rows[at].clone(), place(at as u64));
            }
            assert_eq!(posts.each().map(|row| row.number("views")).collect::<Vec<_>>(), [Some(12.0)]);
            let mut older: Vec<u64> = posts.older().map(|(_, place)| place.line).collect();
            older.sort_unstable();
            assert_eq!(older, [0, 2], "the two that are older, whatever the order");
            let other = row(&[("id", "p1"), ("views", "13"), ("as_of", "1000")]);
            assert_eq!(posts.clash(&other).unwrap().old, "11");
        }
    }

    #[test]
    fn two_prices_for_one_thing_clash_and_two_things_do_not() {
        let mut offers = Rows::new(Which::Offers);
        offers.add(row(&[("format", "reel"), ("price", "10")]), place(2));
        assert!(offers.clash(&row(&[("format", "story"), ("price", "4")])).is_none());
        assert_eq!(offers.clash(&row(&[("format", "reel"), ("price", "11")])).unwrap().column, "price");
    }

    #[test]
    fn undated_posts_come_first_and_then_by_time_and_id() {
        let mut posts = Rows::new(Which::Posts);
        for (id, time) in [("b", Some("20")), ("a", Some("100")), ("c", None), ("d", Some("20"))] {
            let mut cells = vec![("id", id)];
            cells.extend(time.map(|time| ("time", time)));
            posts.add(row(&cells), place(1));
        }
        let table = posts.table(&Names::from_sorted([b"tiktok:anh".as_slice()].into_iter()));
        let ids: Vec<_> = (0..4).map(|at| table.text("id", at).unwrap().into_owned()).collect();
        assert_eq!(ids, ["c", "b", "d", "a"]);
    }
}
