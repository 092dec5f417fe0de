//! Communities: who belongs together, by ties alone.
//!
//! - [`Leiden`]: the best partition by modularity (directed or not) or by the constant Potts model; what to use.
//! - [`Louvain`]: the same without refinement.
//! - [`LabelPropagation`]: no objective; fast; the Graphalytics variant for comparison with other systems.
//! - [`Consensus`]: what many runs of Leiden agree on.
//! - [`earlier`]: a start from an earlier partition, and communities that keep their numbers.
//! - [`Cards`]: what a community is: how closed, and what its members have in common.
//! - [`Layout`]: where accounts stand on a map.
//! - [`Objective`]: how good any partition is. [`compare()`]: how alike two partitions are.
//!
//! Communities are always connected (in the undirected sense), the CDLP variant of label propagation excepted, and
//! their ids are stable. A result is a function of graph, parameters and seed, never of the number of threads.

mod aggregate;
mod bulk;
pub mod card;
pub mod compare;
pub mod consensus;
pub mod earlier;
pub mod labelprop;
pub mod layout;
pub mod leiden;
mod levels;
pub mod louvain;
mod majority;
mod moving;
mod net;
pub mod partition;
pub mod quality;
mod refine;
mod search;
mod state;
mod tally;
#[cfg(test)]
mod tests;

pub use card::{Card, Cards, CommunityCards, Label, Trait};
pub use compare::{Agreement, compare};
pub use consensus::Consensus;
pub use labelprop::{LabelPropagation, Variant};
pub use layout::Layout;
pub use leiden::Leiden;
pub use levels::Effort;
pub use louvain::Louvain;
pub use partition::Communities;
pub use quality::{Objective, Quality};
