//! What every module stands on: errors with a place and a hint, the run (seed, threads, progress, cancel,
//! memory), reproducible randomness, in-order parallel folds, and intervals.

pub(crate) mod common;
pub mod engine;
pub mod error;
pub mod exponential;
pub mod figure;
pub mod fixed;
pub mod large;
pub mod memory;
pub mod par;
pub mod run;
pub mod sealed;
pub mod seed;
pub mod stats;
pub mod tail;
pub mod time;
pub mod toss;

pub use error::{Error, Location, Result};
pub use figure::{Figure, Status};
pub use run::{Progress, Run};
