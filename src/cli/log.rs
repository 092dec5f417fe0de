//! A log of cascades on the command line: files, or the network's own interactions.

use std::path::PathBuf;

use super::term::Terminal;
use crate::base::Result;
use crate::graph::Network;
use crate::io::cascade_log::{CascadeLog, LogRead};

/// The log that a verb reads.
#[derive(Debug, Clone, clap::Args)]
pub struct LogArgs {
    /// Files that say who acted on which item, and when [default: the network's own shares]
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Log")]
    pub log: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: CascadeLog,
}

impl LogArgs {
    /// Reads it, and says what was odd.
    pub fn read(&self, network: &Network, terminal: &Terminal) -> Result<LogRead> {
        let read = match self.log.as_slice() {
            [] => self.reading.of_events(network, &terminal.run)?,
            files => {
                terminal.reading(files);
                self.reading.read(files, &network.names, &terminal.run)?
            }
        };
        read.notes.iter().for_each(|note| terminal.note(format!("note: {note}")));
        Ok(read)
    }

    /// Reads other files in the same way.
    pub fn read_others(&self, files: &[PathBuf], network: &Network, terminal: &Terminal) -> Result<LogRead> {
        terminal.reading(files);
        let read = self.reading.read(files, &network.names, &terminal.run)?;
        read.notes.iter().for_each(|note| terminal.note(format!("note: {note}")));
        Ok(read)
    }
}
