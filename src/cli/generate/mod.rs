//! `truereach generate`: networks made up. One file a family of models.

mod agency;
mod market;
mod plain;

use clap::Subcommand;

use super::term::Terminal;
use crate::base::Result;
use crate::synth::{BarabasiAlbert, ErdosRenyi, Lfr, Rmat, Sbm, WattsStrogatz};
use plain::{ConfigurationArgs, PlainArgs};

/// Make up a network: a creator economy with a known truth, or a graph of the benchmark literature.
///
/// Straight into a snapshot; equal seeds (--rng-seed) give equal bytes at any number of threads. The summary says what
/// was asked for and what came out. docs/SYNTH.md has the formulas.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach generate market --people 20000 -o market.trg
  truereach generate rmat --scale 14 -o rmat14.trg
  truereach generate lfr --mixing 0.4 -o lfr.csv.gz --accounts homes.csv
  truereach generate er --people 1000 --m 5000 -o er.txt")]
pub struct GenerateArgs {
    #[command(subcommand)]
    model: Model,
}

#[derive(Debug, Subcommand)]
enum Model {
    Market(market::MarketArgs),
    /// R-MAT (stochastic Kronecker, Graph500): skewed, directed
    #[command(after_help = "Examples:
  truereach generate rmat --scale 12 -o rmat12.trg
  truereach generate rmat --scale 12 --noise 0.1 --permute false -o rmat12.txt")]
    Rmat(PlainArgs<Rmat>),
    /// Barabási–Albert: newcomers follow the followed
    #[command(after_help = "Examples:
  truereach generate ba --people 10000 --attach 5
  truereach generate ba --undirected -o ba-both-ways.trg")]
    Ba(PlainArgs<BarabasiAlbert>),
    /// Erdős–Rényi: every possible follow alike
    #[command(after_help = "Examples:
  truereach generate er --people 2000 --p 0.01
  truereach generate er --people 2000 --m 30000 --undirected -o er-m.mtx")]
    Er(PlainArgs<ErdosRenyi>),
    /// Watts–Strogatz: a ring with short cuts, undirected
    #[command(after_help = "Example:
  truereach generate ws --people 10000 --degree 10 --rewire 0.05")]
    Ws(PlainArgs<WattsStrogatz>),
    /// Stochastic block model, also degree-corrected: planted communities, undirected
    #[command(after_help = "Examples:
  truereach generate sbm --blocks 20 --mixing 0.3
  truereach generate sbm --sizes 500,300,200 --p-in 0.1 --p-out 0.01
  truereach generate sbm --degree-exponent 2.5 -o skew.csv --accounts s.csv")]
    Sbm(PlainArgs<Sbm>),
    /// Lancichinetti–Fortunato–Radicchi: planted communities, skewed degrees and sizes, undirected
    #[command(after_help = "Examples:
  truereach generate lfr --people 10000 --mixing 0.5
  truereach generate lfr --max-degree 50 --max-community 100 -o small.trg")]
    Lfr(PlainArgs<Lfr>),
    /// Given degrees, links at random
    #[command(after_help = "Examples:
  truereach generate configuration --people 10000 --degree-exponent 2.2
  truereach generate configuration --like datasets/lastfm-asia -o like.trg")]
    Configuration(ConfigurationArgs),
}

impl GenerateArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        match self.model {
            Model::Market(args) => args.run(terminal),
            Model::Rmat(args) => args.run(terminal),
            Model::Ba(args) => args.run(terminal),
            Model::Er(args) => args.run(terminal),
            Model::Ws(args) => args.run(terminal),
            Model::Sbm(args) => args.run(terminal),
            Model::Lfr(args) => args.run(terminal),
            Model::Configuration(args) => args.run(terminal),
        }
    }
}
