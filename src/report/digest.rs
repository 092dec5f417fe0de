//! One number that tells whether two tables are the same, whatever order their rows came in.

use super::table::Table;
use crate::base::sealed::digest;

impl Table {
    /// A 64-bit digest of columns, rows and summary: equal tables have equal digests, in whatever order their rows stand; notes
    /// and provenance are left out. Rows are hashed one by one (XXH3) and added up modulo 2^64; a repeated row counts twice.
    ///
    /// **Cost**: one pass over the cells.
    ///
    /// ```
    /// use truereach::report::{Cell, Column, Provenance, Table};
    /// let columns = vec![Column::new("people", "people", "people", "people reached")];
    /// let table = |rows: [u64; 2]| {
    ///     let mut table = Table::new("example/1", columns.clone(), Provenance::new("example", serde_json::json!({}), 1, 0));
    ///     table.rows = rows.iter().map(|&people| vec![Cell::Count(people)]).collect();
    ///     table
    /// };
    /// assert_eq!(table([1, 2]).digest(), table([2, 1]).digest());
    /// assert_ne!(table([1, 2]).digest(), table([1, 3]).digest());
    /// ```
    pub fn digest(&self) -> u64 {
        let names: Vec<&str> = self.columns.iter().map(|column| column.key).collect();
        let about = format!("{} {names:?} {:?}", self.schema, self.summary);
        // Debug shows every digit of a number, and every kind of cell by its name.
        let rows = self.rows.iter().map(|row| digest(format!("{row:?}").as_bytes()));
        rows.fold(digest(about.as_bytes()), u64::wrapping_add)
    }
}
