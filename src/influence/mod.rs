//! Whom to sign: the portfolio of creators that reaches most people for its number, its money and its rules.
//!
//! - `pool`: people drawn at random, each with the candidates whose post would have reached them; `cover`: who covers
//!   how many of them.
//! - `people`: who counts; `wishes`: what is asked, in users' words; `rules`: the same over candidates; `infeasible`: which wishes clash.
//! - `search`: the best portfolio for one pool, of a `choice` that begins in several ways and is made better by `exchange`;
//!   `dual`: how much better any could be; `bounds`: what samples allow;
//!   `optimum`: pools that double until it is enough; `references`: IMM and CELF.
//! - `judge`: portfolios on people who had no part in the choice, `measure` their reach with what is assumed drawn; `board`: the same
//!   ready to judge any portfolio; `variants`: what other wishes would have led to;
//!   `caution`: reach against risk; `rivals`: what simple rules would sign; `robust`: other models; `assembly`: the [`Plan`].

mod assembly;
mod board;
mod bounds;
mod candidates;
mod caution;
mod choice;
mod cover;
mod dual;
mod exchange;
mod infeasible;
mod judge;
mod measure;
mod optimum;
mod people;
mod plan;
mod pool;
mod references;
mod rivals;
mod robust;
mod rules;
mod search;
mod select;
mod variants;
mod wishes;

#[cfg(test)]
mod tests;

pub use board::{Board, Judged, JudgedMember};
pub use caution::{Caution, Cautious, Cvar, Risk, RiskPoint};
pub use people::{People, counting};
pub use plan::{Member, More, Plan, Point, Portfolio, Swap, UnderWay, Wish};
pub use references::Method;
pub use robust::Under;
pub use select::{Brief, Select};
pub use wishes::{Limits, Quota, Wishes};
