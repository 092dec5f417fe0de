//! The tables as agencies have them: a file's cells, what its columns mean, what people write into cells, and the rows
//! of all files put together.
//!
//! [`sheet`] reads files, [`meaning`] maps headers, and a column is then read as a whole by [`number`], [`date`] or
//! [`money`], because the way in which numbers and dates are written is a property of the column, not of the cell.
//! `entry` is what a row says, `gather` puts the rows of all files together, `folder` knows which files are tables,
//! [`findings`] are what was odd, and `write` is the way back.

mod accounts;
mod audit;
mod columns;
pub mod date;
mod digits;
mod entry;
pub mod findings;
mod fold;
pub(crate) mod folder;
mod followers;
mod gather;
pub mod handle;
mod header;
mod identity;
mod json;
mod kind;
mod layout;
pub mod meaning;
pub mod missing;
mod moment;
pub mod money;
pub mod number;
pub mod options;
mod rows;
pub mod sheet;
mod text;
mod twice;
mod values;
mod whose;
pub mod words;
mod workbook;
pub(super) mod write;

pub use findings::{Findings, Oddity};
pub use meaning::Kind;
pub use options::{TableOptions, TableReading};

pub(super) use accounts::{Accounts, DATED};
pub(super) use audit::audit;
pub(super) use fold::fold;
pub(super) use folder::Source;
pub(super) use gather::Gathered;
#[cfg(feature = "parquet")]
pub(super) use meaning::is_table;
