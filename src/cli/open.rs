//! NETWORK on the command line: a snapshot, or raw files read on the spot.

use std::path::{Path, PathBuf};

use super::term::Terminal;
use crate::base::Result;
use crate::graph::Network;
use crate::io::columns::{Edges, Reading};
use crate::io::{self, Ingest};

/// The network a verb works on.
#[derive(Debug, Clone, clap::Args)]
pub struct NetworkArgs {
    /// A snapshot (.trg), a folder with a network.toml, or raw files
    #[arg(value_name = "NETWORK", required = true)]
    pub network: Vec<PathBuf>,
    /// Which way rows of raw files point: "follower,followee", "source,reached" or "undirected" [default: as
    /// `truereach ingest --help` says]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "ROWS")]
    pub edges: Option<Edges>,
    /// Do not verify the snapshot's checksums first
    #[arg(long)]
    pub trust: bool,
}

/// A network, what identifies it, and what to call it.
pub struct Opened {
    /// The network.
    pub network: Network,
    /// The snapshot's checksum; for raw files that of the snapshot they would make.
    pub checksum: u64,
    /// Its name for people.
    pub name: String,
}

impl NetworkArgs {
    /// Opens a snapshot, or reads raw files and says how to read them only once.
    pub fn open(&self, terminal: &Terminal) -> Result<Opened> {
        let name = self.network.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ");
        terminal.reading(&self.network);
        let ingest = Ingest { reading: Reading { edges: self.edges, ..Default::default() }, ..Default::default() };
        let io::Opened { network, checksum, raw } = io::open_with(&self.network, &ingest, self.trust, &terminal.run)?;
        terminal.guard(&network);
        if raw {
            let target = default_name(&self.network[0]);
            terminal.note(format!("hint: read once, then open instantly: truereach ingest {name} -o {target}"));
        }
        Ok(Opened { network, checksum, name })
    }
}

/// `follows.txt.gz` makes `follows.trg`.
pub fn default_name(input: &Path) -> String {
    let name = input.file_name().map_or("network".into(), |name| name.to_string_lossy().into_owned());
    let mut stem = name.as_str();
    for ending in [".gz", ".zst", ".txt", ".csv", ".tsv", ".ndjson", ".jsonl", ".mtx", ".inf", ".el", ".edges"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    format!("{}.trg", if stem.is_empty() || stem == "-" { "network" } else { stem })
}
