//! `truereach generate`: networks made up, straight into a snapshot.

mod market;

use clap::Subcommand;

use super::term::Terminal;
use crate::base::Result;

/// Make up a network: a creator economy with a known truth, or a benchmark graph.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach generate market --people 20000 -o market.trg")]
pub struct GenerateArgs {
    #[command(subcommand)]
    model: Model,
}

#[derive(Debug, Subcommand)]
enum Model {
    Market(market::MarketArgs),
}

impl GenerateArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        match self.model {
            Model::Market(args) => args.run(terminal),
        }
    }
}
