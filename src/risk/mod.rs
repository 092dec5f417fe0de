//! What a fallen creator would cost (MODELS.md section 8): who in a brand's audience would turn, through whom, how fast, and
//! which plan would survive it.
//!
//! Nothing here says how likely a scandal is: every figure holds *if it happens*, and chances are the user's scenario.
//!
//! - [`Contain`]: whom to let speak for the truth, and until when it helps.

pub mod containment;

pub use containment::{Contain, Containment, Scandal};
