//! Portfolios whose truth is known.

mod coverage;
pub mod world;
