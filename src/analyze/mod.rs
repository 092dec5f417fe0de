//! Everything about each creator in one table, and what a network can be asked at all.

pub mod abilities;
mod authentic;
pub mod card;
pub mod creators;
pub mod influence;
mod posted;
mod simulated;
pub mod standing;
pub mod waterfall;

pub use abilities::{Ability, Use, abilities, uses};
pub use card::DataCard;
pub use creators::{Analysis, Analyze, CreatorRow, ReachFrom};
pub use influence::{InfluenceRow, Influences, TrueInfluence};
pub use standing::Explained;
pub use waterfall::Waterfall;
