//! The cells of a sheet by what their columns mean: each column is read as a whole, then cell by cell.

use unicode_normalization::UnicodeNormalization;

use super::accounts::DATED;
use super::date::Dates;
use super::findings::{Findings, Oddity};
use super::fold::fold;
use super::handle;
use super::meaning::{Column, Mapped, Meaning};
use super::money::{self, Price, Prices};
use super::number::Numbers;
use super::options::TableReading;
use super::sheet::{Cell, Sheet};
use crate::base::error::quoted;
use crate::base::{Error, Location, time};

/// A column is what its header says if it has fewer cells than this, or a tenth of them can be read.
const ENOUGH: usize = 10;

/// From here on a number is no count: doubles no longer tell one from the next.
const COUNTS_END: f64 = 9_007_199_254_740_992.0;

/// A cell that cannot be read, which costs its row.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Where.
    pub at: Box<Location>,
    /// What should have stood there.
    pub expected: String,
    /// What stood there.
    pub found: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Fault {
    /// At a place.
    pub fn new(at: Location, expected: impl Into<String>, found: impl Into<String>) -> Fault {
        Fault { at: Box::new(at), expected: expected.into(), found: found.into(), hint: None }
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Fault {
        self.hint = Some(hint.into());
        self
    }

    /// As an error.
    pub fn error(self) -> Error {
        let skip = "--on-error skip leaves such rows out and lists them";
        let hint = self.hint.map_or(skip.to_owned(), |hint| format!("{hint}; {skip}"));
        Error::input(*self.at, self.expected, self.found).with_hint(hint)
    }
}

/// What a cell gives: a value, nothing, or a fault.
pub type Given<T> = std::result::Result<Option<T>, Fault>;

/// How the cells of a column are read.
enum Reader {
    Text,
    Number(Numbers),
    Date(Dates),
    Price(Prices),
    /// Not what the header says.
    Unused,
}

/// A sheet whose columns were looked at.
pub struct Columns<'a> {
    /// The sheet.
    pub sheet: &'a Sheet,
    /// What its columns mean.
    pub mapped: &'a Mapped,
    readers: Vec<Reader>,
    currency: Option<&'static str>,
    /// The header, folded, of the column that holds names as the network has them.
    pub id: String,
    /// The account of a table that names none.
    pub account: Option<String>,
}

impl<'a> Columns<'a> {
    /// Looks at every column as a whole. `stated` must name a currency that is one.
    pub fn new(sheet: &'a Sheet, mapped: &'a Mapped, stated: &TableReading, findings: &mut Findings) -> Columns<'a> {
        let currency = stated.currency.as_deref().and_then(money::currency);
        let id = fold(stated.id.as_deref().unwrap_or("id"));
        let mut columns = Columns { sheet, mapped, readers: Vec::new(), currency, id, account: stated.account.clone() };
        for column in &mapped.columns {
            let texts = || sheet.texts(column.at);
            let reader = match kind(&column.meaning) {
                Shape::Text => Reader::Text,
                Shape::Number => Reader::Number(Numbers::learn(texts(), !column.average).stated(stated.decimal)),
                Shape::Date => Reader::Date(Dates::learn(texts()).stated(stated.dates)),
                Shape::Price => {
                    let own = column.currency.as_deref().and_then(money::currency).or(currency);
                    Reader::Price(Prices::learn(texts(), own).stated(stated.decimal))
                }
            };
            let numbers = match &reader {
                Reader::Number(numbers) => Some(numbers),
                Reader::Price(prices) => Some(prices.numbers()),
                _ => None,
            };
            if numbers.is_some_and(Numbers::mixed) {
                findings.note(Oddity::MixedNumbers, sheet.at_header(column.at), columns.head(column));
            }
            if let Reader::Price(_) = &reader {
                for row in 0..sheet.rows.len() {
                    if let Cell::Text(text) = &sheet.rows[row].cells[column.at]
                        && money::is_no_price(text)
                    {
                        findings.note(Oddity::NoPrice, sheet.at(row, column.at), columns.shown(row, column));
                    }
                }
            }
            columns.readers.push(reader);
        }
        columns.unmask(findings);
        columns
    }

    /// Columns of numbers that hold something else are not used: exports whose columns have slipped exist.
    fn unmask(&mut self, findings: &mut Findings) {
        for index in 0..self.mapped.columns.len() {
            let column = &self.mapped.columns[index];
            let says = |row: &usize| !self.is_blank(*row, column);
            let rows: Vec<usize> = (0..self.sheet.rows.len()).filter(says).collect();
            let fits = |row: &&usize| match &self.readers[index] {
                Reader::Number(_) => self.number(**row, index).is_ok(),
                Reader::Price(_) => self.price(**row, index).is_ok(),
                _ => true,
            };
            let good = rows.iter().filter(fits).count();
            if rows.len() >= ENOUGH && good * 10 < rows.len() {
                let row = rows[0];
                let says = format!("{} in column {}", self.shown(row, column), self.head(column));
                findings.note(Oddity::NotNumbers, self.sheet.at(row, column.at), says);
                self.readers[index] = Reader::Unused;
            }
        }
    }

    /// What was decided of the columns, a sentence each.
    pub fn says(&self) -> Vec<String> {
        let each = self.mapped.columns.iter().zip(&self.readers).flat_map(|(column, reader)| {
            let said: Vec<String> = match reader {
                Reader::Number(numbers) => numbers.says().into_iter().collect(),
                // What can be read two ways is settled by the currency, or a fault that says so itself.
                Reader::Price(prices) if prices.numbers().ambiguous() => vec![],
                Reader::Price(prices) => prices.numbers().says().into_iter().collect(),
                Reader::Date(dates) => dates.says(),
                Reader::Text | Reader::Unused => vec![],
            };
            said.into_iter().map(|said| format!("{}: {said}", self.head(column))).collect::<Vec<_>>()
        });
        each.collect()
    }

    /// The columns of a meaning, by place among the mapped.
    pub fn of(&self, meaning: &Meaning) -> impl Iterator<Item = usize> {
        let is = move |(_, column): &(usize, &Column)| column.meaning == *meaning;
        self.mapped.columns.iter().enumerate().filter(is).map(|(index, _)| index)
    }

    /// The first column of a meaning.
    pub fn first(&self, meaning: &Meaning) -> Option<usize> {
        self.of(meaning).next()
    }

    /// Where a cell stands.
    pub fn at(&self, row: usize, index: usize) -> Location {
        self.sheet.at(row, self.mapped.columns[index].at)
    }

    /// The header of a column.
    pub fn head(&self, column: &Column) -> &'a str {
        &self.sheet.header[column.at]
    }

    fn cell(&self, row: usize, index: usize) -> &'a Cell {
        &self.sheet.rows[row].cells[self.mapped.columns[index].at]
    }

    fn is_blank(&self, row: usize, column: &Column) -> bool {
        self.sheet.rows[row].cells[column.at].is_missing()
    }

    fn shown(&self, row: usize, column: &Column) -> String {
        quoted(written(&self.sheet.rows[row].cells[column.at]).as_bytes())
    }

    fn fault(&self, row: usize, index: usize, expected: impl Into<String>) -> Fault {
        Fault::new(self.at(row, index), expected, self.shown(row, &self.mapped.columns[index]))
    }

    /// The text of a cell.
    pub fn text(&self, row: usize, index: usize) -> Option<String> {
        let cell = self.cell(row, index);
        // Accents composed, or one word would be two.
        (!cell.is_missing()).then(|| written(cell).nfc().collect())
    }

    /// A number of at least 0, and not beyond all counts.
    pub fn number(&self, row: usize, index: usize) -> Given<f64> {
        let column = &self.mapped.columns[index];
        let expected = || format!("a number of at least 0 as {}", self.head(column));
        let number = match (self.cell(row, index), &self.readers[index]) {
            (_, Reader::Unused) | (Cell::Empty, _) => None,
            (Cell::Number(number), _) => Some(*number),
            (Cell::Text(text), Reader::Number(numbers)) => {
                numbers.read(text).map_err(|why| self.fault(row, index, expected()).hint(why))?
            }
            _ => return Err(self.fault(row, index, expected())),
        };
        match number {
            Some(number) if !(0.0..COUNTS_END).contains(&(number * column.factor)) => {
                let fault = self.fault(row, index, expected());
                Err(if number > 0.0 { fault.hint("that is more than anything here can be") } else { fault })
            }
            // No sign of nothing.
            number => Ok(number.map(|number| number * column.factor + 0.0)),
        }
    }

    /// A price, with the currency that the cell, the currency column, the header or the user says.
    pub fn price(&self, row: usize, index: usize) -> Given<Price> {
        let column = &self.mapped.columns[index];
        let expected = || format!("a price as {}", self.head(column));
        let mut price = match (self.cell(row, index), &self.readers[index]) {
            (_, Reader::Unused) | (Cell::Empty, _) => return Ok(None),
            (Cell::Number(amount), _) => Price { amount: *amount, currency: None, tax: None },
            (Cell::Text(text), Reader::Price(prices)) => {
                match prices.read(text).map_err(|why| self.fault(row, index, expected()).hint(why))? {
                    Some(price) => price,
                    None => return Ok(None),
                }
            }
            _ => return Err(self.fault(row, index, expected())),
        };
        if !(price.amount.is_finite() && price.amount >= 0.0) {
            return Err(self.fault(row, index, format!("a number of at least 0 as {}", self.head(column))));
        }
        price.amount = price.amount * column.factor + 0.0;
        price.tax = price.tax.or(column.tax.as_deref().and_then(money::tax_of));
        let beside = match self.first(&Meaning::Currency) {
            Some(beside) => self.currency(row, beside)?,
            None => None,
        };
        if let (Some(own), Some(beside), Some(at)) = (price.currency, beside, self.first(&Meaning::Currency))
            && own != beside
        {
            let found = format!("{beside} beside a price in {own}");
            return Err(Fault::new(self.at(row, at), "one currency", found));
        }
        let header = column.currency.as_deref().and_then(money::currency);
        price.currency = price.currency.or(beside).or(header).or(self.currency);
        Ok(Some(price))
    }

    /// A currency.
    pub fn currency(&self, row: usize, index: usize) -> Given<&'static str> {
        match self.text(row, index) {
            None => Ok(None),
            Some(text) => money::currency(&text)
                .map(Some)
                .ok_or_else(|| self.fault(row, index, "a currency").hint("write the ISO 4217 code: VND, USD, EUR, …")),
        }
    }

    /// A time, in milliseconds since 1970.
    pub fn time(&self, row: usize, index: usize) -> Given<i64> {
        let Reader::Date(dates) = &self.readers[index] else { return Ok(None) };
        let text = match self.cell(row, index) {
            Cell::Empty => return Ok(None),
            Cell::Time(time) => return Ok(Some(*time)),
            other => written(other),
        };
        dates.read(&text).map_err(|why| self.fault(row, index, "a date").hint(why))
    }

    /// A yes or no.
    pub fn flag(&self, row: usize, index: usize) -> Given<bool> {
        match self.cell(row, index) {
            Cell::Flag(flag) => Ok(Some(*flag)),
            _ => match self.text(row, index) {
                None => Ok(None),
                Some(text) => flag(&text).map(Some).ok_or_else(|| self.fault(row, index, "yes or no")),
            },
        }
    }

    /// A platform.
    pub fn platform(&self, row: usize, index: usize) -> Given<&'static str> {
        match self.text(row, index) {
            None => Ok(None),
            Some(text) => handle::platform(&text).map(Some).ok_or_else(|| {
                self.fault(row, index, "a platform").hint("tiktok, instagram, facebook, youtube, threads, x, …")
            }),
        }
    }
}

/// What kinds of cells a column has.
enum Shape {
    Text,
    Number,
    Date,
    Price,
}

fn kind(meaning: &Meaning) -> Shape {
    match meaning {
        Meaning::Followers
        | Meaning::Following
        | Meaning::PostsCount
        | Meaning::Views
        | Meaning::Reach
        | Meaning::Likes
        | Meaning::Comments
        | Meaning::Shares
        | Meaning::Saves => Shape::Number,
        Meaning::CreatedAt | Meaning::ListDate | Meaning::AsOf | Meaning::Time => Shape::Date,
        Meaning::Price => Shape::Price,
        Meaning::Other(name) if name.ends_with(DATED) => Shape::Date,
        _ => Shape::Text,
    }
}

/// A cell as CSV would have it; a day without a time of day is a day.
fn written(cell: &Cell) -> String {
    match cell {
        Cell::Time(at) if at.rem_euclid(time::DAY) == 0 => time::show(*at).trim_end_matches("T00:00:00Z").to_owned(),
        cell => cell.text().into_owned(),
    }
}

/// What people write for yes and no, beside a post for sponsored or not.
fn flag(text: &str) -> Option<bool> {
    const YES: &[&str] = &[
        "1",
        "true",
        "yes",
        "y",
        "x",
        "co",
        "paid",
        "sponsored",
        "ad",
        "ads",
        "booking",
        "branded",
        "tai tro",
        "quang cao",
        "co tai tro",
        "follows",
        "following",
        "si",
        "sim",
        "oui",
        "ya",
    ];
    const NO: &[&str] = &[
        "0",
        "false",
        "no",
        "n",
        "khong",
        "organic",
        "unpaid",
        "not sponsored",
        "tu nhien",
        "khong tai tro",
        "non",
        "nao",
        "tidak",
    ];
    if ["✓", "✔", "☑"].contains(&text.trim()) {
        return Some(true);
    }
    let word = fold(text);
    match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_what_people_write() {
        for (text, is) in [
            ("Có", Some(true)),
            ("không", Some(false)),
            ("TRUE", Some(true)),
            ("0", Some(false)),
            ("Tài trợ", Some(true)),
            ("✓", Some(true)),
            ("maybe", None),
        ] {
            assert_eq!(flag(text), is, "{text}");
        }
    }

    #[test]
    fn cells_are_written_as_a_csv_has_them() {
        assert_eq!(written(&Cell::Time(86_400_000)), "1970-01-02");
        assert_eq!(written(&Cell::Time(86_400_001)), "1970-01-02T00:00:00.001Z");
        assert_eq!(written(&Cell::Number(7.0)), "7");
    }
}
