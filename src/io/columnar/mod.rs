//! Parquet and Arrow files: columns that know their types, read straight into typed rows and written again.
//!
//! `container` knows such files by their first bytes, `source` opens them and hands out batches of the columns that are
//! used (of Arrow files `messages` does, which believes no length before it is checked), `lanes` and `ids` turn columns into what rows hold, `rows` puts them together as the rows of text are, `folder`
//! finds the files of a log in many files, `cells` makes tables of them, and `write` is the way back.

#[cfg(feature = "parquet")]
mod cells;
mod container;
#[cfg(feature = "parquet")]
mod dictionary;
#[cfg(feature = "parquet")]
mod folder;
#[cfg(feature = "parquet")]
mod ids;
#[cfg(feature = "parquet")]
mod lanes;
#[cfg(feature = "parquet")]
mod messages;
#[cfg(feature = "parquet")]
mod rows;
#[cfg(feature = "parquet")]
mod source;
#[cfg(all(test, feature = "parquet"))]
mod tests;
#[cfg(feature = "parquet")]
mod texts;
#[cfg(feature = "parquet")]
pub mod write;

pub use container::{Container, ENDINGS, container};

#[cfg(feature = "parquet")]
pub(super) use {cells::grid, folder::FileOfLog, folder::log, rows::Reader, source::Columnar};
