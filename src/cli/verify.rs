//! `truereach verify`: is this snapshot what was written?

use std::path::PathBuf;

use super::term::Terminal;
use crate::base::Result;
use crate::base::memory::Bytes;
use crate::io::Snapshot;

/// Check every checksum and invariant of a snapshot.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The snapshot
    #[arg(value_name = "SNAPSHOT")]
    snapshot: PathBuf,
}

impl VerifyArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let snapshot = Snapshot::open(&self.snapshot, false)?;
        snapshot.verify(&terminal.run)?;
        let sections = snapshot.sections();
        terminal.print(&format!(
            "{}: whole ({}, {sections} sections, checksum {:016x})\n",
            self.snapshot.display(),
            Bytes(snapshot.size()),
            snapshot.checksum()
        ))
    }
}
