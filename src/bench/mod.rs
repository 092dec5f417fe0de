//! Speed and accuracy together: every stage from making a network to ranking its creators, measured side by side.
//!
//! A figure of speed without its accuracy says nothing: a wrong answer can be had at any speed. So every stage is
//! checked first ([`harness`]): its result must be the same at every number of threads, and must stand up to a check
//! that shares no code with it. A stage that does not pass prints no speed.
//!
//! - [`Bench`]: the parameters, and the run itself.
//! - [`Stage`], [`suite()`]: what is measured.
//! - [`Report`]: the document: a table, JSON (`truereach/bench/1`), two charts.
//! - [`kernels`]: the graph kernels over families of networks, from small to large.
//! - [`Comparison`]: what changed since an older document, beyond noise.
//! - [`agency`]: markets seen through an agency's window, figure by figure against the truth.
//! - [`audits`]: markets with planted farms: are bots told from people, are shares right.
//! - [`truth`]: grids of small networks whose truth is known, for the statistics of estimates.
//!
//! All other documents of truereach are equal for equal inputs. This one is different by nature: it holds times, a
//! number of threads and a machine. What must not change, the digest of every result, stands beside them.

pub mod agency;
pub mod audits;
mod cascades;
mod charts;
pub mod compare;
mod files;
mod growth;
pub mod harness;
pub mod input;
pub mod kernels;
pub mod measure;
mod next_posts;
pub mod recipe;
pub mod report;
pub mod stage;
mod structure;
pub mod suite;
mod surroundings;
pub mod truth;

pub use compare::Comparison;
pub use input::{BenchInput, Input, Known};
pub use kernels::Kernels;
pub use report::Report;
pub use stage::Stage;
pub use suite::{Bench, suite};
