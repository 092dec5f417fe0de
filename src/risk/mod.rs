//! What a fallen creator would cost (MODELS.md section 8): who in a brand's audience would turn, through whom, how fast, and
//! which plan would survive it.
//!
//! Nothing here says how likely a scandal is: every figure holds *if it happens*, and chances are the user's scenario.

pub mod against;
pub mod brand;
pub mod containment;
pub mod contributions;
pub mod controversy;
pub mod diversification;
pub mod fall;
pub mod hazards;
pub mod limit;
pub mod losses;
pub mod polarisation;
pub mod portfolio;
pub mod resonance;
pub mod scandal;
pub mod scenario;
pub mod sign_error;
pub mod tail;

pub use against::Against;
pub use brand::Brand;
pub use containment::{Contain, Containment};
pub use contributions::Contributions;
pub use controversy::{Controversy, RandomWalkControversy};
pub use diversification::{Diversification, Together};
pub use fall::Fall;
pub use hazards::Hazards;
pub use limit::Limit;
pub use losses::{Fallen, Loss, Losses};
pub use polarisation::{Indicators, Polarisation};
pub use portfolio::{Draws, PortfolioRisk};
pub use resonance::{Cell, Resonance, Resonances, Towards};
pub use scandal::{IfItHappens, Scandal, Scandals};
pub use scenario::{Drawn, Group, Scenario};
pub use sign_error::SignError;
pub use tail::Tail;

#[cfg(test)]
mod tail_tests;

#[cfg(test)]
mod tests;
