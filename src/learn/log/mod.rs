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

use crate::base::{Error, Result};

/// Refuses hours that are none.
fn hours(flag: &str, hours: Option<f64>) -> Result<()> {
    match hours {
        Some(hours) if !(hours > 0.0 && hours.is_finite()) => {
            Err(Error::parameter(flag, format!("{hours} is not a number of hours above 0")))
        }
        _ => Ok(()),
    }
}

/// Hours as the log counts time.
fn milliseconds(hours: f64) -> i64 {
    (hours * 3_600_000.0) as i64
}
