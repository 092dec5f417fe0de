//! Everything about each creator in one table, and what a network can be asked at all.

pub mod abilities;
pub mod card;
pub mod creators;
mod posted;
mod simulated;

pub use abilities::{Ability, Use, abilities, uses};
pub use card::DataCard;
pub use creators::{Analysis, Analyze, CreatorRow, ReachFrom};
