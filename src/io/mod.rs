//! From files to a [`Network`](crate::graph::Network) and back: bytes → line-cut blocks → typed rows → rows of the graph.
//! Nothing here computes a figure.

#[cfg(feature = "parquet")]
pub mod aggregate;
pub mod arrays;
mod assemble;
pub mod blocks;
pub mod cascade_log;
pub mod columnar;
pub mod columns;
pub mod csv;
pub mod edges;
pub mod export;
pub mod gaps;
pub mod header;
pub mod ids;
pub mod ingest;
pub mod intern;
pub mod layout;
pub mod lookup;
pub mod manifest;
pub mod ndjson;
pub mod observed;
pub mod open;
pub mod output;
pub mod pseudonyms;
pub mod rows;
pub mod shards;
pub mod sidecar;
pub mod snapshot;
pub mod sniff;
pub mod summary;
pub mod tables;

#[cfg(feature = "parquet")]
pub use aggregate::{Aggregate, Aggregated};
pub use arrays::{EdgeArrays, FromEdges};
pub use cascade_log::{CascadeLog, LogFormat, LogRead};
pub use ingest::Ingest;
pub use lookup::Account;
pub use manifest::Manifest;
pub use open::{Opened, open, open_with};
pub use pseudonyms::Pseudonyms;
pub use snapshot::Snapshot;
pub use summary::Summary;
