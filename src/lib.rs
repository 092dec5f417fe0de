//! truereach: how many real people a creator reaches.
#![warn(missing_docs)]

pub mod analyze;
pub mod base;
pub mod cascade;
#[cfg(feature = "cli")]
pub mod cli;
pub mod community;
pub mod graph;
pub mod io;
pub mod rank;
pub mod report;

pub use base::{Error, Result, Run};
