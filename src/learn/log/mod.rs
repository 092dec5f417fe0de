//! What a log of who shared what, and when, teaches: the chance that a follow carries, how far a post will travel, and how
//! well that would have been said before (MODELS.md sections 3, 4 and 9).

pub mod backtest;
pub mod cells;
pub mod chances;
pub mod credit;
pub mod factors;
pub mod forecast;
pub mod hierarchical;
pub mod judge;
pub mod leak;
pub mod learn;
pub mod loss;
pub mod strength;
pub mod traces;
pub mod travel;

#[cfg(test)]
mod tests;

pub use backtest::CascadeBacktest;
pub use cells::Cells;
pub use chances::{Chances, Em};
pub use credit::Credit;
pub use hierarchical::{Hierarchical, Learned};
pub use learn::{Learn, Taught};
pub use traces::Traces;
pub use travel::Travel;
