//! Two sides of one cascade: what is said for a creator, and what is said against.
//!
//! Chen et al. (2011), "Influence Maximization in Social Networks When Negative Opinions May Emerge and Propagate" (IC-N):
//! who hears something positive first takes the positive side with the chance q, else the negative one; who hears something
//! negative first takes the negative side. Both sides travel in the same worlds ([`super::World`]), so with q = 1 and a
//! negativity of 1 this is the cascade of [`super::Reach`] to the bit.
//!
//! - [`Temper`] says how much farther negative content is carried, to whom.
//! - [`SidedWalker`] walks one world; hop by hop, or by the hours that posts take.
//! - [`Backlash`] estimates how many people end on which side, by hop and by group.

mod backlash;
#[cfg(test)]
mod exact;
mod temper;
#[cfg(test)]
mod tests;
mod walker;

pub use backlash::{Backlash, GroupSides, HopSides, Negativity, Sided, TwoSides};
pub(crate) use backlash::{Walks, Worlds};
pub use temper::Temper;
pub(crate) use walker::Turned;
pub use walker::{Opening, Side, SidedWalk, SidedWalker};
