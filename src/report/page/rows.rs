//! Reading a table by the keys of its columns.

use crate::base::stats::Interval;
use crate::report::{Cell, Table};

/// The rows of a table; a column that is not there is missing everywhere.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    table: &'a Table,
}

static MISSING: Cell = Cell::Missing;

impl<'a> Rows<'a> {
    /// Of this table.
    pub fn new(table: &'a Table) -> Rows<'a> {
        Rows { table }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.table.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The table.
    pub fn table(&self) -> &'a Table {
        self.table
    }

    /// A cell.
    pub fn cell(&self, row: usize, key: &str) -> &'a Cell {
        let at = self.table.columns.iter().position(|column| column.key == key);
        at.and_then(|at| self.table.rows.get(row)?.get(at)).unwrap_or(&MISSING)
    }

    /// A number, if it is one and shown.
    pub fn number(&self, row: usize, key: &str) -> Option<f64> {
        self.cell(row, key).number()
    }

    /// A text; empty where there is none.
    pub fn text(&self, row: usize, key: &str) -> &'a str {
        match self.cell(row, key) {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    /// An interval, if it is shown.
    pub fn range(&self, row: usize, key: &str) -> Option<Interval> {
        match self.cell(row, key) {
            Cell::Range(range) => Some(*range),
            _ => None,
        }
    }

    /// The first row whose cell of this key is this text, blanks aside.
    pub fn find(&self, key: &str, text: &str) -> Option<usize> {
        (0..self.len()).find(|&row| self.text(row, key).trim() == text)
    }

    /// The first row whose cell of this key is this text to the letter.
    pub fn find_exactly(&self, key: &str, text: &str) -> Option<usize> {
        (0..self.len()).find(|&row| self.text(row, key) == text)
    }

    /// Whether some row has something in this column.
    pub fn has(&self, key: &str) -> bool {
        (0..self.len()).any(|row| *self.cell(row, key) != Cell::Missing)
    }
}
