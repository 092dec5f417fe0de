//! `truereach info`: the data card.

use super::open::NetworkArgs;
use super::term::Terminal;
use crate::base::Result;

/// Print the data card: what this network holds, what can be said with it, and what more data would buy.
#[derive(Debug, clap::Args)]
pub struct InfoArgs {
    #[command(flatten)]
    network: NetworkArgs,
}

impl InfoArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        terminal.print(&format!("{}\nchecksum {:016x}\n", opened.name, opened.checksum))
    }
}
