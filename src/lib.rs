//! truereach: how many real people a creator reaches.
//!
//! A follower count says who could hear a creator. This library takes who follows whom and who interacted with whom,
//! and estimates who does: direct reach, reach through resharing, rank, communities, each with what is known of its
//! error. Reach is exposure to one post, not persuasion or sales.
//!
//! # The flow
//!
//! ```text
//! files ── io ──> graph::Network ── io::snapshot ──> network.trg, opened by mmap in milliseconds
//! graph::Network ── graph::Audience ──> graph::Graph     (layers, time window, weights)
//! graph::Graph ── rank, community, cascade, influence ──> results ── analyze, report ──> tables
//! ```
//!
//! - An edge `u -> v` says that u follows v: what v says reaches u. [`graph::Graph::followers`] and
//!   [`graph::Graph::following`] say which way they look.
//! - One struct an algorithm holds its parameters; `.run(…)` is its only verb: [`rank::PageRank`],
//!   [`community::Leiden`], [`cascade::Reach`], [`influence::Select`], [`analyze::Analyze`], [`io::Ingest`].
//! - [`Run`] holds everything around a computation: seed, threads, progress, cancel, memory. Of these only the seed
//!   changes a result; the bits are the same at any number of threads.
//! - Nothing here prints, exits or panics on input: [`Error`] names the place, what was expected and what was found.
//!
//! # An example
//!
//! ```
//! use truereach::{Run, cascade::ReachEach, graph::{Network, build}, rank::PageRank};
//! // 1, 2 and 3 follow 0; 4 follows 1.
//! let network = Network::from_graph(build::graph(5, &[(1, 0), (2, 0), (3, 0), (4, 1)]));
//! let (graph, run) = (network.follow_graph()?, Run::new(7));
//! let reach = &ReachEach::default().run(graph, &network, &[0], &run)?.rows[0];
//! assert!((reach.direct - 0.9).abs() < 1e-12 && reach.reach >= reach.direct);
//! assert_eq!(PageRank::default().run(graph, &run)?.top(1)[0].0, 0);
//! # Ok::<(), truereach::Error>(())
//! ```
//!
//! The feature `cli` (on by default) adds the command-line program; without it the library has no terminal code. `serve` (on by
//! default) adds the page to plan on and its server, `parquet` columnar files.
#![warn(missing_docs)]

pub mod analyze;
pub mod audience;
pub mod authenticity;
pub mod base;
pub mod bench;
pub mod cascade;
#[cfg(feature = "cli")]
pub mod cli;
pub mod community;
pub mod engine;
pub mod graph;
pub mod influence;
pub mod io;
pub mod learn;
pub mod niche;
pub mod rank;
pub mod report;
pub mod risk;
#[cfg(feature = "serve")]
pub mod serve;
pub mod synth;

pub use base::{Error, Result, Run};
pub use io::open;
