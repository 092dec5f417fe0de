//! The network in memory: accounts, who follows whom, who interacts with whom.
//!
//! An edge `u -> v` means **u follows v**; information flows from v to u. [`Graph::followers`] and
//! [`Graph::following`] always say which way you look.

pub mod arrange;
pub mod attributes;
pub mod buffer;
pub mod build;
pub mod cascades;
pub mod csr;
mod deal;
pub mod definition;
pub mod events;
mod flip;
pub mod interop;
pub mod lists;
pub mod names;
pub mod network;
pub mod observation;
pub mod only;
pub mod people;
pub mod price;
pub mod relabel;
pub mod results;
pub mod shard;
pub mod tables;
pub(crate) mod ties;
pub mod transform;
pub mod weights;

pub use arrange::{Layout, arrange};
pub use attributes::{Attributes, Column, Values};
pub use buffer::Buffer;
pub use cascades::{Action, Cascades, OUTSIDE};
pub use csr::{Flat, Graph, Rows};
pub use definition::Definition;
pub use events::{Event, Events};
pub use lists::{Design, List};
pub use names::Names;
pub use network::{Network, View};
pub use observation::Observation;
pub use only::Only;
pub use people::People;
pub use price::Price;
pub use relabel::relabel;
pub use results::Outcome;
pub use tables::{Post, Table, Tables};
pub use transform::{Audience, Weighting};
pub use weights::Weights;
