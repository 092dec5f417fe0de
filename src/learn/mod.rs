//! What past posts teach about the next one, and how well (MODELS.md sections 4 and 9).

pub mod backtest;
pub mod baseline;
pub mod conformal;
pub mod count;
pub mod effects;
pub mod example;
pub mod fit;
pub mod habits;
pub mod law;
pub mod level;
pub mod log;
pub mod mixture;
pub mod next;
pub mod portfolio;
pub mod posts;
pub mod profile;
pub mod ratio;
pub mod recommended;
pub mod reconcile;
pub mod scores;
pub mod solve;
pub mod spread;
pub mod verdict;

pub use backtest::Backtest;
pub use next::{Forecast, Forecasts, NextPost, NextReach};
pub use posts::Measure;
pub use reconcile::{Reconcile, Record};
pub use verdict::Verdict;

#[cfg(test)]
mod tests;
