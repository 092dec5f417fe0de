//! Everything about each creator in one table, and what a network can be asked at all.

pub mod card;
pub mod creators;
pub mod only;

pub use card::DataCard;
pub use creators::{Analysis, Analyze, CreatorRow};
pub use only::Only;
