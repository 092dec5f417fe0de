//! Niches: who cares about what, and whose audience does (MODELS.md section 6).
//!
//! - [`Labels`]: who is known to belong to which niche; [`Niches`] learns from them how much everybody cares about each.
//! - [`Standing`]: of a creator's audience, the share that cares about a niche, against that of everybody.

pub mod affinity;
pub mod calibrate;
mod held;
pub mod labels;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod together;
pub mod tune;
mod walks;

pub use affinity::{Affinities, Card, Niches, column_name};
pub use calibrate::Calibration;
pub use labels::Labels;
pub use standing::{Standing, Standings};
