//! The tables as agencies have them: a file's cells, what its columns mean, and what people write into cells.
//!
//! [`sheet`] reads files, [`meaning`] maps headers, and a column is then read as a whole by [`number`], [`date`] or
//! [`money`], because the way in which numbers and dates are written is a property of the column, not of the cell.

pub mod date;
pub mod fold;
pub mod handle;
pub mod header;
pub mod json;
pub mod meaning;
pub mod missing;
pub mod money;
pub mod number;
pub mod sheet;
pub mod text;
pub mod twice;
pub mod words;
pub mod workbook;
