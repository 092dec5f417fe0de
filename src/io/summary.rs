//! What an ingest read, merged, dropped and left out, and why each file was read as it was.

use std::collections::BTreeMap;
#[cfg(feature = "parquet")]
use std::path::Path;

use serde::Serialize;

use super::columns::{Edges, Format};
use super::tables::{Findings, Kind};

/// One input file.
#[derive(Debug, Clone, Serialize)]
pub struct FileSummary {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub format: Format,
    /// Which way its rows point.
    pub edges: Edges,
    /// What was taken and why.
    pub why: Vec<String>,
    /// Lines.
    pub lines: u64,
    /// Of them comments and blank lines.
    pub comments: u64,
    /// Of them headers and size lines.
    pub headers: u64,
    /// Of them rows that were read.
    pub rows: u64,
    /// Of them further lines of rows that span several, by line breaks inside quotes.
    pub inner_lines: u64,
    /// Of them rows left out for a fault.
    pub skipped: u64,
}

/// One table of accounts, posts, offers, links, lookups or followers; of follower lists, all of a folder.
#[derive(Debug, Clone, Serialize)]
pub struct TableSummary {
    /// Its name: the file, and the sheet of a workbook.
    pub name: String,
    /// What its rows are.
    pub kind: Kind,
    /// What was taken and why.
    pub why: Vec<String>,
    /// Files, where they are many.
    pub files: u64,
    /// Rows that were read.
    pub rows: u64,
    /// Rows left out for a fault.
    pub skipped: u64,
}

/// A row left out.
#[derive(Debug, Clone, Serialize)]
pub struct Skipped {
    /// file:line:column.
    pub at: String,
    /// What should have stood there.
    pub expected: String,
    /// What stood there.
    pub found: String,
}

/// What an ingest did.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// The files in the order given.
    pub files: Vec<FileSummary>,
    /// The tables, by name.
    pub tables: Vec<TableSummary>,
    /// Rows of the accounts tables.
    pub creator_rows: u64,
    /// Accounts in the network.
    pub accounts: u64,
    /// Follow rows, each direction of an undirected one on its own, self-follows apart.
    pub follow_rows: u64,
    /// Of them different ones: the edges.
    pub follows: u64,
    /// Of them repeats that merged.
    pub follow_repeats: u64,
    /// Rows of an account with itself that were dropped, by layer.
    pub self_rows: BTreeMap<String, u64>,
    /// Interactions kept, by type.
    pub interactions: BTreeMap<String, u64>,
    /// Of them rows equal to another in everything (kept: an event is an event).
    pub equal_interactions: u64,
    /// The first rows left out.
    pub skipped: Vec<Skipped>,
    /// What was odd in the tables.
    pub findings: Findings,
    /// Things worth knowing.
    pub notes: Vec<String>,
}

impl Summary {
    /// Adds a file that was read; files of one log, named by their folder, count together.
    #[cfg(feature = "parquet")]
    pub(super) fn add_file(&mut self, file: FileSummary, log: Option<&Path>) {
        let Some(folder) = log.map(|folder| folder.display().to_string()) else { return self.files.push(file) };
        match self.files.iter_mut().find(|whole| whole.name == folder) {
            None => self.files.push(FileSummary { name: folder, ..file }),
            Some(whole) => {
                whole.lines += file.lines;
                whole.rows += file.rows;
                whole.skipped += file.skipped;
                // What its files say after the first is the same but for their sizes, or worth knowing.
                let new = file.why.into_iter().skip(1).filter(|why| !whole.why.contains(why)).collect::<Vec<_>>();
                whole.why.extend(new);
            }
        }
    }
}
