//! What a fallen creator would cost (MODELS.md section 8): who in a brand's audience would turn, through whom, how fast, and
//! which plan would survive it.
//!
//! Nothing here says how likely a scandal is: every figure holds *if it happens*, and chances are the user's scenario.

pub mod contributions;
pub mod diversification;
pub mod hazards;
pub mod scenario;
pub mod tail;
#[cfg(test)]
mod tail_tests;

pub use contributions::Contributions;
pub use diversification::{Diversification, Together};
pub use hazards::Hazards;
pub use scenario::{Drawn, Group, Scenario};
pub use tail::Tail;
