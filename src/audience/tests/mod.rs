//! Portfolios whose truth is known.

mod coverage;
mod pick;
mod plan;
pub mod world;
