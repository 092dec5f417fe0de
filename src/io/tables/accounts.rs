//! What is known of accounts, by name: values of the newest date, and a clash where two of one date differ.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::rows::{Clash, Met, Place};
use super::values::{Cells, Name, column};
use crate::base::error::quoted;
use crate::base::{Error, Result};
use crate::graph::attributes::{Attributes, Column, Values, known};
use crate::graph::{Names, Network};

/// What the column of dates is called that stands beside a column of dated values.
pub const DATED: &str = "_as_of";

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
struct Value {
    text: String,
    place: Place,
}

/// The values of an account by day, in milliseconds since 1970; undated ones are older than all. The last is used, and the
/// others tell what contradicts them, whatever the order.
type Days = BTreeMap<Option<i64>, Value>;

/// Values by column and account, before accounts have dense ids.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    values: BTreeMap<Name, BTreeMap<Arc<str>, Days>>,
    /// Accounts of one row, and so of one person.
    joined: BTreeSet<Vec<Arc<str>>>,
    creators: BTreeSet<Arc<str>>,
    named: BTreeSet<Arc<str>>,
}

impl Accounts {
    /// Why these values cannot be added, if they cannot.
    pub fn clash(&self, account: &str, cells: &Cells, as_of: Option<i64>) -> Option<Clash> {
        cells.iter().find_map(|(column, text)| {
            let old = self.values.get(column)?.get(account)?.get(&as_of)?;
            (old.text != text).then(|| Clash {
                column: column.to_string(),
                new: text.to_owned(),
                old: old.text.clone(),
                place: old.place.clone(),
            })
        })
    }

    /// Adds values that do not clash.
    pub fn add(&mut self, account: &Arc<str>, cells: &Cells, as_of: Option<i64>, place: &Place) -> Met {
        let mut met = Met::Equal;
        for (column, text) in cells.iter() {
            let column = self.values.entry(column.clone()).or_default();
            if let Entry::Vacant(day) = column.entry(account.clone()).or_default().entry(as_of) {
                day.insert(Value { text: text.to_owned(), place: place.clone() });
                met = Met::New;
            }
        }
        met
    }

    /// Notes an account, of whom nothing need be known.
    pub fn name(&mut self, account: &Arc<str>) {
        self.named.insert(account.clone());
    }

    /// Notes that accounts are one person's, since one row is about them.
    pub fn join(&mut self, accounts: &[Arc<str>]) {
        if accounts.len() > 1 {
            self.joined.insert(accounts.to_vec());
        }
    }

    /// The persons of accounts that stand in one row. What a table says of a person goes for all their accounts; of whom
    /// nothing is said, the first account names them, since two people may have one display name.
    fn persons(&self) -> BTreeMap<&Arc<str>, String> {
        let rows: Vec<&Vec<Arc<str>>> = self.joined.iter().collect();
        let mut rows_of: BTreeMap<&Arc<str>, Vec<usize>> = BTreeMap::new();
        for (row, accounts) in rows.iter().enumerate() {
            accounts.iter().for_each(|account| rows_of.entry(account).or_default().push(row));
        }
        let mut persons: BTreeMap<&Arc<str>, String> = BTreeMap::new();
        for &first in rows_of.keys() {
            if persons.contains_key(first) {
                continue;
            }
            let (mut all, mut open) = (BTreeSet::from([first]), vec![first]);
            while let Some(account) = open.pop() {
                let beside = rows_of[account].iter().flat_map(|&row| rows[row]);
                open.extend(beside.filter(|other| all.insert(other)));
            }
            let said = all.iter().find_map(|account| self.get(known::PERSON, account));
            let person = said.map_or_else(|| first.to_string(), |(person, _)| person.to_owned());
            persons.extend(all.into_iter().map(|account| (account, person.clone())));
        }
        persons
    }

    /// Marks an account as a creator; whether it was none before.
    pub fn mark(&mut self, account: &Arc<str>) -> bool {
        self.creators.insert(account.clone())
    }

    /// Adds what a network already knows.
    pub fn add_network(&mut self, network: &Network) -> Result<()> {
        let columns = &network.attributes.columns;
        let base = |column: &Column| {
            let base = column.name.strip_suffix(DATED)?;
            columns.iter().find(|other| other.name == base)
        };
        let names: Vec<Arc<str>> =
            (0..network.accounts() as u32).map(|account| Arc::from(&*network.names.get(account))).collect();
        for column in columns.iter().filter(|column| base(column).is_none()) {
            let name = Name::from(column.name.clone());
            let dates = columns.iter().find(|other| other.name.strip_suffix(DATED) == Some(&column.name));
            for (at, account) in (0..).zip(&names) {
                let Some(text) = column.text(at) else { continue };
                if column.name == known::CREATOR {
                    self.mark(account);
                    continue;
                }
                let as_of = dates.and_then(|dates| dates.number(at)).map(|date| date as i64);
                let mut cells = Cells::default();
                cells.set(name.clone(), text);
                if let Some(clash) = self.clash(account, &cells, as_of) {
                    let problem = format!(
                        "account {} has {} {} in one network and {} in the other",
                        quoted(account.as_bytes()),
                        clash.column,
                        quoted(clash.new.as_bytes()),
                        quoted(clash.old.as_bytes())
                    );
                    return Err(Error::parameter("--into", problem));
                }
                self.add(account, &cells, as_of, &Place::before());
            }
        }
        Ok(())
    }

    /// Every account named.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.creators.iter().chain(&self.named).chain(self.values.values().flat_map(BTreeMap::keys))
    }

    /// The creators.
    pub fn creators(&self) -> &BTreeSet<Arc<str>> {
        &self.creators
    }

    /// A value of an account, and where it stands.
    pub fn get(&self, column: &str, account: &str) -> Option<(&str, &Place)> {
        let (_, value) = self.values.get(column)?.get(account)?.last_key_value()?;
        Some((value.text.as_str(), &value.place))
    }

    /// Every value of a column that is used: its account, the text, and where it stands.
    pub fn each(&self, column: &str) -> impl Iterator<Item = (&Arc<str>, &str, &Place)> {
        let values = self.values.get(column).into_iter().flatten();
        values.filter_map(|(account, days)| {
            days.last_key_value().map(|(_, value)| (account, value.text.as_str(), &value.place))
        })
    }

    /// Accounts and places of values that newer ones replace.
    pub fn older(&self) -> impl Iterator<Item = (&Arc<str>, &Place)> {
        let all = self.values.values().flatten();
        all.flat_map(|(account, days)| days.values().rev().skip(1).map(move |value| (account, &value.place)))
    }

    /// The columns beside dense ids.
    pub fn attributes(&self, names: &Names) -> Attributes {
        let mut columns = Vec::new();
        if !self.creators.is_empty() {
            let mut marks = vec![f64::NAN; names.len()];
            self.creators.iter().filter_map(|name| names.find(name)).for_each(|id| marks[id as usize] = 1.0);
            columns.push(Column { name: known::CREATOR.into(), values: Values::Number(marks.into()) });
        }
        let persons = self.persons();
        let nobody = BTreeMap::new();
        let person = Name::from(known::PERSON);
        let unsaid = (!persons.is_empty() && !self.values.contains_key(&person)).then_some((&person, &nobody));
        for (name, values) in self.values.iter().chain(unsaid) {
            let mut texts = vec![None; names.len()];
            let mut dates = vec![f64::NAN; names.len()];
            for (account, days) in values {
                let (Some(id), Some((as_of, value))) = (names.find(account), days.last_key_value()) else { continue };
                texts[id as usize] = Some(value.text.as_str());
                dates[id as usize] = as_of.map_or(f64::NAN, |date| date as f64);
            }
            if *name == person {
                let ids = persons.iter().filter_map(|(account, person)| Some((names.find(account)?, person)));
                ids.for_each(|(id, person)| _ = texts[id as usize].get_or_insert(person));
            }
            columns.push(column(name, &texts));
            if dates.iter().any(|date| !date.is_nan()) {
                columns.push(Column { name: format!("{name}{DATED}"), values: Values::Number(dates.into()) });
            }
        }
        columns.sort_by(|a, b| a.name.cmp(&b.name));
        Attributes { columns }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    fn cells(values: &[(&str, &str)]) -> Cells {
        let mut cells = Cells::default();
        values.iter().for_each(|(name, text)| cells.set(name.to_string(), *text));
        cells
    }

    fn place() -> Place {
        Place { file: "accounts.csv".into(), line: 2 }
    }

    #[test]
    fn the_newest_value_is_kept_whatever_the_order() {
        let days = [(Some(10), "100"), (Some(30), "120"), (None, "90"), (Some(20), "110")];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
            let mut accounts = Accounts::default();
            for at in order {
                let (as_of, count) = days[at];
                let cells = cells(&[(known::FOLLOWERS, count)]);
                assert_eq!(accounts.clash("anh", &cells, as_of), None);
                accounts.add(&"anh".into(), &cells, as_of, &place());
            }
            let attributes = accounts.attributes(&Names::from_sorted([b"anh".as_slice()].into_iter()));
            assert_eq!(attributes.number(known::FOLLOWERS, 0), Some(120.0));
            assert_eq!(attributes.number("followers_claimed_as_of", 0), Some(30.0));
        }
    }

    #[test]
    fn values_of_one_date_must_agree() {
        let mut accounts = Accounts::default();
        accounts.add(&"anh".into(), &cells(&[("price", "5")]), None, &place());
        assert_eq!(accounts.add(&"anh".into(), &cells(&[("price", "5")]), None, &place()), Met::Equal);
        let clash = accounts.clash("anh", &cells(&[("niche", "food"), ("price", "6")]), None).unwrap();
        assert_eq!((clash.column.as_str(), clash.new.as_str(), clash.old.as_str()), ("price", "6", "5"));
        // Also where a newer value is there already.
        accounts.add(&"anh".into(), &cells(&[("price", "7")]), Some(0), &Place { file: "b".into(), line: 3 });
        assert_eq!(accounts.clash("anh", &cells(&[("price", "6")]), None).unwrap().old, "5");
        assert_eq!(accounts.older().collect::<Vec<_>>(), [(&"anh".into(), &place())]);
    }

    #[test]
    fn a_network_read_back_gives_the_same_columns() {
        let mut accounts = Accounts::default();
        accounts.add(&"1".into(), &cells(&[("code", "007"), ("price", "2.5")]), None, &place());
        accounts.add(&"2".into(), &cells(&[(known::FOLLOWERS, "12")]), Some(86_400_000), &place());
        accounts.mark(&"2".into());
        let mut network = Network::from_graph(build::graph(3, &[(0, 1)]));
        network.attributes = accounts.attributes(&network.names);
        let mut again = Accounts::default();
        again.add_network(&network).unwrap();
        // Missing numbers are NaN, which equals nothing.
        let shown = |attributes: &Attributes| -> Vec<(String, Vec<Option<String>>)> {
            let texts = |column: &Column| (0..3).map(|id| column.text(id).map(|text| text.into_owned())).collect();
            attributes.columns.iter().map(|column| (column.name.clone(), texts(column))).collect()
        };
        assert_eq!(shown(&again.attributes(&network.names)), shown(&network.attributes));
    }
}
