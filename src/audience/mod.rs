//! Whose audience is whose: lists, samples of lists, lookups, and what they say of overlaps and unions (MODELS.md
//! sections 5 and 11).

pub mod alike;
pub mod bounds;
pub mod counting;
mod crossed;
pub mod cut;
mod drawn;
pub mod exclusive;
pub mod full;
pub mod halves;
pub mod incidence;
pub mod lists;
pub mod moments;
pub mod overlap;
pub mod pairs;
pub mod pick;
pub mod plan;
mod sketch;
pub mod stored;
mod stored_file;
pub mod strata;
pub mod tails;
pub mod tally;
#[cfg(test)]
mod tests;
pub mod thinning;
pub mod union;
pub mod worst;

pub use alike::{Alike, AlikePairs};
pub use counting::Counting;
pub use full::{Curve, Joined, SetOf, Sets};
pub use lists::{Creator, Portfolio};
pub use overlap::{Found, OnPlatform, Overlap, Share};
pub use pairs::Pair;
pub use pick::{Pick, Picked};
pub use plan::{Plan, Planned};
pub use stored::{Shared, Sketch, Sketched, Sketches};

/// The error probability of an interval: 5%.
pub const ALPHA: f64 = 0.05;
/// Common people that must have been seen before a number of them is estimated, and followers that must have been
/// looked up before a share of them is: below, relative errors are beyond use and only limits are given.
pub const FEWEST: u64 = 10;
