//! Structure of the network: who ranks high, what hangs together, how dense it is, how far apart, how large.
//!
//! | question | struct | result |
//! |---|---|---|
//! | whose followers are followed themselves? | [`PageRank`] | [`Ranking`] |
//! | which accounts hang together? | [`Components`] | [`ComponentLabels`] |
//! | how deep in the dense part does an account sit? | [`KCore`] | [`Cores`] |
//! | how many follows lie between two accounts? | [`Bfs`] | [`Hops`] |
//! | how many accounts are how large? | [`Degrees`] | [`DegreeTable`] |

pub mod components;
pub mod degrees;
pub mod distance;
pub mod kcore;
pub mod pagerank;
pub mod ranking;

pub use components::{ComponentLabels, Components, Connectivity};
pub use degrees::{DegreeTable, Degrees};
pub use distance::{Bfs, Direction, Hops};
pub use kcore::{Cores, KCore};
pub use pagerank::{Dangling, PageRank, Stop, Teleport};
pub use ranking::Ranking;
