//! What a fallen creator would cost (MODELS.md section 8): who in a brand's audience would turn, through whom, how fast, and
//! which plan would survive it.
//!
//! Nothing here says how likely a scandal is: every figure holds *if it happens*, and chances are the user's scenario.

pub mod controversy;
pub mod polarisation;
pub mod resonance;
pub mod sign_error;

pub use controversy::{Controversy, RandomWalkControversy};
pub use polarisation::{Indicators, Polarisation};
pub use resonance::{Cell, Resonance, Resonances, Towards};
pub use sign_error::SignError;
