//! The tables as agencies have them: a file's cells, what its columns mean, what people write into cells, and the rows
//! of all files put together.
//!
//! [`sheet`] reads files, [`meaning`] maps headers, and a column is then read as a whole by [`number`], [`date`] or
//! [`money`], because the way in which numbers and dates are written is a property of the column, not of the cell.
//! [`entry`] is what a row says, [`gather`] puts rows together, [`folder`] knows which files are tables, and
//! [`findings`] are what was odd.

pub mod accounts;
pub mod audit;
pub mod columns;
pub mod date;
pub mod entry;
pub mod findings;
pub mod fold;
pub mod folder;
pub mod followers;
pub mod gather;
pub mod handle;
pub mod header;
pub mod json;
pub mod meaning;
pub mod missing;
pub mod money;
pub mod number;
pub mod options;
pub mod rows;
pub mod sheet;
pub mod text;
pub mod twice;
pub mod values;
pub mod whose;
pub mod words;
pub mod workbook;

pub use accounts::Accounts;
pub use audit::audit;
pub use findings::{Findings, Oddity};
pub use folder::Source;
pub use gather::Gathered;
pub use meaning::Kind;
pub use options::{TableOptions, TableReading};
