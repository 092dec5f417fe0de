//! `--define`: columns that say who is in a set of accounts, for every verb.

use super::term::Terminal;
use crate::base::Result;
use crate::graph::{Definition, Network};
use crate::report::number::count;

/// Columns to be added.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct DefineArgs {
    /// Add a column to weigh or filter by, 1 for accounts of a set and 0 for others:
    /// fans='follow anh and not (follow bao or country=US)' (repeatable)
    #[arg(long, value_name = "NAME=EXPRESSION")]
    pub define: Vec<Definition>,
}

impl DefineArgs {
    /// Adds them, says how many accounts are in each, and has every answer say what they are.
    pub fn add(&self, network: &mut Network, terminal: &Terminal) -> Result<()> {
        let accounts = count(network.accounts() as u64);
        for definition in &self.define {
            let members = definition.add_to(network, &terminal.run)?;
            // Two sets that differ by few people would tell how few: where those are hidden, no set is counted.
            let of = match terminal.hide_below() {
                Some(_) => String::new(),
                None => format!("{} of {accounts} accounts: ", count(members)),
            };
            terminal.note(format!("{}: {of}{}", definition.name, definition.people));
        }
        terminal.defined(&self.define);
        Ok(())
    }
}
