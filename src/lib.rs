//! truereach: how many real people a creator reaches.
#![warn(missing_docs)]

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod graph;
pub mod io;
pub mod rank;
pub mod report;

pub use base::{Error, Result, Run};
