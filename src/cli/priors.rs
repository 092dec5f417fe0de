//! `truereach priors`: what is assumed, as a file to edit.

use super::term::Terminal;
use crate::base::{Error, Result};
use crate::cascade::Priors;

/// Print what the model prior assumes, as a TOML file to edit and give to --priors.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  truereach priors > priors.toml")]
pub struct PriorsArgs {}

impl PriorsArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let priors = Priors::default();
        let values = toml::to_string(&priors).map_err(|error| Error::parameter("--priors", error.to_string()))?;
        let words: String = priors.assumptions().iter().map(|line| format!("# {line}\n")).collect();
        terminal.print(&format!("{words}{values}"))
    }
}
