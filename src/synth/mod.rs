//! Networks made up, with everything known about them: the plain generators of the benchmark literature, and the
//! market, a creator economy whose true reach is planted (MODELS.md section 10).
//!
//! One struct a generator holds its parameters; `.run(&run)` makes the network. The bytes are a function of the
//! parameters and the seed, at any number of threads.

mod draw;
pub mod market;

pub use market::Market;
