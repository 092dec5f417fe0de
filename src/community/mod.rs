//! Communities: who belongs together, by ties alone.

mod aggregate;
pub mod leiden;
mod levels;
mod moving;
mod net;
pub mod partition;
pub mod quality;
mod refine;

pub use leiden::Leiden;
pub use partition::Communities;
pub use quality::{Objective, Quality};
