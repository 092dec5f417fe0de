//! truereach: how many real people a creator reaches.
#![warn(missing_docs)]

pub mod base;

pub use base::{Error, Result, Run};
pub mod cascade;
pub mod graph;
