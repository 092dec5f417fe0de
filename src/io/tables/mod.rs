//! The tables as agencies have them: a file's cells, what its columns mean, and what people write into cells.
//!
//! [`sheet`] reads files, [`meaning`] maps headers, and a column is then read as a whole by [`number`], [`date`] or
//! [`money`], because the way in which numbers and dates are written is a property of the column, not of the cell.

pub mod date;
mod digits;
mod fold;
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
pub mod sheet;
mod text;
mod twice;
pub mod words;
mod workbook;
