//! How far a post travels: who is exposed by a creator's own post, and who only because others reshare it.
//!
//! The exposure-share model (MODELS.md section 0): if v shares, each follower u is exposed with chance `r_vu`
//! (one coin an edge); on first exposure u reshares with chance `rho_u` (one coin a person). The classical models
//! of influence maximisation are presets of it: with `rho = 1` it is the independent cascade.
//!
//! - [`Model`] names a preset, [`Model::resolve`] turns it into numbers for one network ([`Resolved`]).
//! - [`World`] is one draw of all coins, each a pure function of (seed, world, edge or person).
//! - [`Reach`] estimates the reach of a set, [`ReachEach`] of many creators apart, [`ReachAll`] of everybody;
//!   [`Next`] says where the next post of the set falls, [`Layers`] why, [`Money`] what it costs;
//!   [`Together`] says what each creator adds to the others, [`ReachBy`] where the people reached belong, [`Top`] who
//!   reaches most.
//! - [`Wave`] draws what is not known of a cascade under way, given what was seen of it.
//! - [`sided`] tells those who hear a thing for a creator from those who hear one against.
//! - [`Timing`] limits all of it to what comes within some hours, with a law of the delays.
//! - [`direct_reach`] is the exact part without resharing, [`TunkRank`] the exact upper bound `R <= I`.

pub mod all;
pub(crate) mod backward;
pub mod by_group;
pub(crate) mod content;
pub mod delay;
pub mod direct;
pub mod draws;
pub mod estimate;
pub mod every;
pub mod forward;
pub mod growth;
pub mod layers;
pub mod mixture;
pub mod model;
pub mod money;
pub mod next;
pub mod prior;
pub mod reach;
mod real;
pub mod resharing;
pub mod resolve;
pub mod resolved;
pub mod scc;
pub mod setting;
pub mod share;
pub mod sided;
pub mod stop;
pub mod timed;
pub mod together;
pub mod top;
pub mod tunkrank;
pub mod wave;
pub mod world;

#[cfg(test)]
pub(crate) mod exact;
#[cfg(test)]
mod exact_timed;
#[cfg(test)]
mod exact_weights;
#[cfg(test)]
mod next_tests;

pub use all::{ReachAll, ReachOfAll};
pub use by_group::{GroupReach, Groups, ReachBy};
pub use delay::{Deadline, Delay, Timing};
pub use direct::direct_reach;
pub use estimate::{Hop, Mean, ReachEstimate};
pub use every::{ReachEach, ReachRow, ReachRows};
pub use forward::{Walk, Walker};
pub use layers::Layers;
pub use mixture::{Mixture, ModelPart};
pub use model::Model;
pub use money::{CostPer, Money, MoneyFigures};
pub use next::{DrawnPost, Next};
pub use prior::{Point, Priors};
pub use reach::Reach;
pub use resolved::Resolved;
pub use setting::Cascade;
pub use share::Sharing;
pub use together::{Contribution, Sampled, Together, TogetherRows};
pub use top::{Top, TopCreators};
pub use tunkrank::{TunkRank, TunkRanks};
pub use wave::{Drawn, Observed, Wave};
pub use world::World;
