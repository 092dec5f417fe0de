//! Values before accounts have dense ids: texts, of which some columns are numbers.

use std::borrow::Cow;

use crate::graph::attributes::{Column, Values, known};
use crate::graph::tables::{offer, post};

/// Columns that hold text even where every value happens to be a number.
const ALWAYS_TEXT: &[&str] = &[
    known::NAME,
    known::PLATFORM,
    known::NICHE,
    known::CURRENCY,
    known::COUNTRY,
    known::LIST_DESIGN,
    known::PERSON,
    post::ID,
    post::FORMAT,
    offer::TAX,
    offer::BUNDLE,
];

/// The number that prints back as this text.
fn exact(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite() && number.to_string() == text)
}

/// A column of these values: numbers where each prints back as it was read, and the column is none of words; else text.
pub fn column(name: &str, values: &[Option<&str>]) -> Column {
    let numbers: Option<Vec<f64>> = match ALWAYS_TEXT.contains(&name) {
        true => None,
        false => values.iter().map(|value| value.map_or(Some(f64::NAN), exact)).collect(),
    };
    match numbers {
        Some(numbers) => Column { name: name.into(), values: Values::Number(numbers.into()) },
        None => Column::texts(name, values.iter().map(|value| value.map(str::to_owned))),
    }
}

/// The name of a column.
pub type Name = Cow<'static, str>;

/// The cells of a row by column, sorted by name. What was not given is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cells(Vec<(Name, String)>);

impl Cells {
    /// The text in a column.
    pub fn get(&self, column: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(name, _)| (**name).cmp(column)).ok()?;
        Some(&self.0[at].1)
    }

    /// The number in a column.
    pub fn number(&self, column: &str) -> Option<f64> {
        self.get(column)?.parse().ok()
    }

    /// Puts a text into a column.
    pub fn set(&mut self, column: impl Into<Name>, text: impl Into<String>) {
        let column = column.into();
        match self.0.binary_search_by(|(name, _)| name.cmp(&column)) {
            Ok(at) => self.0[at].1 = text.into(),
            Err(at) => self.0.insert(at, (column, text.into())),
        }
    }

    /// All, by name of column.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &str)> {
        self.0.iter().map(|(name, text)| (name, text.as_str()))
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of some columns, and the others.
    pub fn split(self, inside: impl Fn(&str) -> bool) -> (Cells, Cells) {
        let (some, others) = self.0.into_iter().partition(|(name, _)| inside(name));
        (Cells(some), Cells(others))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_numbers_only_where_nothing_is_lost() {
        let numbers = column("score", &[Some("7"), None, Some("1.5")]);
        assert_eq!((numbers.number(0), numbers.number(1)), (Some(7.0), None));
        assert_eq!(column("code", &[Some("007"), Some("1")]).text(0).unwrap(), "007");
        assert!(matches!(column(post::ID, &[Some("12")]).values, Values::Text { .. }));
    }

    #[test]
    fn cells_are_found_by_column() {
        let mut cells = Cells::default();
        cells.set("views", "10");
        cells.set("likes", "2");
        cells.set("views", "11");
        assert_eq!((cells.number("views"), cells.get("shares")), (Some(11.0), None));
        assert_eq!(cells.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["likes", "views"]);
    }
}
