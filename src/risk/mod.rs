//! What a fallen creator would cost (MODELS.md section 8): who in a brand's audience would turn, through whom, how fast, and
//! which plan would survive it.
//!
//! Nothing here says how likely a scandal is: every figure holds *if it happens*, and chances are the user's scenario.

pub mod brand;
pub mod fall;
pub mod losses;
pub mod scandal;

pub use brand::Brand;
pub use fall::Fall;
pub use losses::{Loss, Losses};
pub use scandal::{IfItHappens, Scandal, Scandals};
