//! Structure of the network: who ranks high, what hangs together, how dense it is, how far apart, how large.
//!
//! | question | struct | result |
//! |---|---|---|
//! | whose followers are followed themselves? | [`PageRank`] | [`Ranking`] |
//! | which accounts hang together? | [`Components`] | [`ComponentLabels`] |
//! | how deep in the dense part does an account sit? | [`KCore`] | [`Cores`] |
//! | who are neighbours of one another? | [`Triangles`] | [`Clustering`] |
//! | who stands on the way between others? | [`Betweenness`] | [`Brokerage`] |
//! | how many follows lie between two accounts? | [`Bfs`] | [`Hops`] |
//! | how far is everybody from everybody, about? | [`HyperBall`] | [`Balls`] |
//! | how many accounts are how large? | [`Degrees`] | [`DegreeTable`] |

pub mod betweenness;
pub mod components;
mod counter;
pub mod degrees;
pub mod distance;
pub mod hyperball;
pub mod kcore;
pub mod pagerank;
pub mod ranking;
mod ties;
pub mod triangles;

pub use betweenness::{Betweenness, Brokerage};
pub use components::{ComponentLabels, Components, Connectivity};
pub use degrees::{DegreeTable, Degrees};
pub use distance::{Bfs, Direction, Hops};
pub use hyperball::{Balls, HyperBall};
pub use kcore::{Cores, KCore};
pub use pagerank::{Dangling, PageRank, Stop, Teleport};
pub use ranking::Ranking;
pub use triangles::{Clustering, Triangles};
