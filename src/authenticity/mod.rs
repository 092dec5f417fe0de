//! Who in an audience is real: evidence, each its own algorithm, and the chance that an account is a person
//! (MODELS.md section 2). Wording states a pattern, never a guilt.

mod alike;
mod arrivals;
mod arrived;
mod attention;
mod audit;
mod audited;
mod calibrate;
mod copies;
mod dense;
mod engaged;
mod evidence;
mod expected;
mod flags;
mod labels;
mod lockstep;
mod pattern;
mod pods;
mod shape;
mod share;
mod signs;
mod told;
mod trust;

pub use arrivals::{Arrivals, Burst, Bursts, series};
pub use attention::explained;
pub use audit::{Audit, Drawn};
pub use audited::{Audited, NO_PATTERN};
pub use calibrate::{Calibration, Step};
pub use copies::{Copies, CopyGroup, CopyGroups};
pub use dense::{Block, Blocks, Dense};
pub use engaged::{Engagement, Engagements, engagements, found_pods};
pub use evidence::{Evidence, Used};
pub use expected::{Expected, ExpectedRow, Position};
pub use flags::{Flagging, by_flags};
pub use labels::Labels;
pub use pattern::{Kind, Pattern, Verdict, Way};
pub use pods::{FoundPod, Interactions, Pods, value};
pub use share::{Share, Shares};
pub use signs::{Seen, Sign};
pub use trust::{Along, Trust, TrustScores};
