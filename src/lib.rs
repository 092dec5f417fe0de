//! truereach: how many real people a creator reaches.
#![warn(missing_docs)]

pub mod base;
pub mod graph;
pub mod io;

pub use base::{Error, Result, Run};
