//! Who in an audience is real: evidence, each its own algorithm, and the chance that an account is a person
//! (MODELS.md section 2). Wording states a pattern, never a guilt.

mod arrivals;
mod attention;
mod audit;
mod evidence;
mod lockstep;
mod pattern;
mod shape;
mod share;
mod signs;

pub use arrivals::{Arrivals, Burst, Bursts, series};
pub use attention::explained;
pub use audit::{Audit, Audited, NO_PATTERN};
pub use evidence::{Evidence, Used};
pub use pattern::{Kind, Pattern, Verdict, Way};
pub use share::{Share, Shares};
pub use signs::{Seen, Sign};
