//! NETWORK on the command line: a snapshot, or raw files read on the spot.

use std::path::{Path, PathBuf};

use super::audit;
use super::communities;
use super::define::DefineArgs;
use super::kept::Beside;
use super::learn;
use super::niche;
use super::reconcile;
use super::term::Terminal;
use crate::base::Result;
use crate::graph::Network;
use crate::io::columns::{Edges, Reading};
use crate::io::ingest::OnError;
use crate::io::tables::{TableOptions, TableReading};
use crate::io::{self, Ingest, Summary, snapshot};
use crate::niche::Card;

/// The network a verb works on.
#[derive(Debug, Clone, clap::Args)]
pub struct NetworkArgs {
    /// A snapshot (.trg), a folder of tables or with a network.toml, or raw files
    #[arg(value_name = "NETWORK", required = true)]
    pub network: Vec<PathBuf>,
    #[command(flatten)]
    pub raw: RawArgs,
    #[command(flatten)]
    pub define: DefineArgs,
    /// Do not verify the snapshot's checksums first
    #[arg(long)]
    pub trust: bool,
}

/// How raw files are read; `truereach ingest` has further options.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct RawArgs {
    /// Which way rows of raw files point: "follower,followee", "source,reached" or "undirected" [default: as
    /// `truereach ingest --help` says]
    #[arg(long, value_enum, hide_possible_values = true, value_name = "ROWS")]
    pub edges: Option<Edges>,
    /// Rows of raw files that cannot be read [default: fail; for a folder of tables without a network.toml: skip]
    #[arg(long, value_enum, hide_short_help = true)]
    pub on_error: Option<OnError>,
    #[command(flatten)]
    pub tables: TableReading,
}

/// A network, what identifies it, and what to call it.
pub struct Opened {
    /// The network, with the columns that were defined.
    pub network: Network,
    /// The snapshot's checksum, without those; for raw files that of the snapshot they would make.
    pub checksum: u64,
    /// Of a compressed snapshot: bytes of the file that rows of follows take.
    pub packed: Option<u64>,
    /// Its name for people.
    pub name: String,
    /// What affinities to niches were learned from, where they are kept beside the snapshot.
    pub niches: Option<Card>,
    /// How much posts of one creator differ (spread of the log, low, middle, high), learned from a log and kept beside the snapshot.
    pub learned: Option<[f64; 3]>,
    /// The columns of the network that are not the snapshot's but kept beside it.
    pub kept: Vec<String>,
}

impl Opened {
    /// What a follow takes of a compressed snapshot.
    pub fn bits_an_edge(&self) -> Option<f64> {
        let edges = self.network.follows.as_ref()?.graph.edges();
        self.packed.filter(|_| edges > 0).map(|bytes| 8.0 * bytes as f64 / edges as f64)
    }
}

impl NetworkArgs {
    /// Opens a snapshot, or reads raw files and says how to read them only once.
    pub fn open(&self, terminal: &Terminal) -> Result<Opened> {
        let (name, io::Opened { mut network, checksum, packed, read }) = match terminal.held() {
            Some(held) if held.paths == self.network => (held.name.clone(), held.opened()),
            _ => (self.name(), self.read(terminal)?),
        };
        terminal.guard(&network);
        if let Some(summary) = read {
            odd(&summary, &name).into_iter().for_each(|line| terminal.note(line));
            let target = default_name(&self.network[0]);
            terminal.note(format!("hint: read once, then open instantly: truereach ingest {name} -o {target}"));
        }
        let (mut niches, mut kept, mut learned) = (None, Vec::new(), None);
        if let [path] = self.network.as_slice()
            && snapshot::looks_like_snapshot(path)
        {
            if let Some(record) = reconcile::kept(path, checksum, terminal)? {
                let added = record.add_to(&mut network);
                if added > 0 {
                    terminal.note(format!(
                        "note: {added} results of campaigns are added to the posts (truereach reconcile)"
                    ));
                }
                terminal.kept(reconcile::KIND, record.digest());
            }
            let beside = Beside { snapshot: path, checksum, trust: self.trust };
            if let Some(found) = beside.attach::<serde_json::Value>(&communities::KIND, &mut network, terminal)? {
                kept.extend(found.columns);
            }
            if let Some(found) = beside.attach::<serde_json::Value>(&audit::KIND, &mut network, terminal)? {
                kept.extend(found.columns);
            }
            if let Some(found) = beside.attach::<serde_json::Value>(&learn::KIND, &mut network, terminal)? {
                learned = learn::contents(&found.document);
                kept.extend(found.columns);
            }
            if let Some(found) = beside.attach(&niche::KIND, &mut network, terminal)? {
                niches = Some(found.document);
                kept.extend(found.columns);
            }
        }
        self.define.add(&mut network, terminal)?;
        Ok(Opened { network, checksum, packed, name, niches, kept, learned })
    }

    /// What to call it.
    pub(super) fn name(&self) -> String {
        self.network.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(" ")
    }

    /// Reads what is named, without what is kept beside it.
    pub(super) fn read(&self, terminal: &Terminal) -> Result<io::Opened> {
        terminal.reading(&self.network);
        let ingest = Ingest {
            reading: Reading { edges: self.raw.edges, ..Default::default() },
            tables: TableOptions { reading: self.raw.tables.clone(), ..Default::default() },
            on_error: self.raw.on_error,
            ..Default::default()
        };
        io::open_with(&self.network, &ingest, self.trust, &terminal.run)
    }
}

/// Findings that are printed in full; of more, their number.
const FEW: usize = 6;

/// What was odd in the tables that were read, in short.
pub(super) fn odd(summary: &Summary, name: &str) -> Vec<String> {
    let skipped: u64 = summary.tables.iter().map(|table| table.skipped).sum();
    let mut lines = Vec::new();
    if skipped > 0 {
        let rows = if skipped == 1 { "row" } else { "rows" };
        let first = summary.skipped.first();
        let first = first.map(|row| format!("; the first: {}: expected {}, found {}", row.at, row.expected, row.found));
        lines.push(format!("found: {skipped} {rows} left out{}", first.unwrap_or_default()));
    }
    if summary.findings.len() <= FEW {
        lines.extend(summary.findings.lines().iter().map(|line| match line.strip_prefix("  ") {
            None => format!("found: {line}"),
            Some(example) => format!("         {example}"),
        }));
    } else {
        lines.push(format!(
            "found: {} oddities in the tables; truereach ingest {name} prints them",
            summary.findings.len()
        ));
    }
    lines
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
