//! `truereach ingest`: files in, one snapshot out.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::open::default_name;
use super::term::Terminal;
use crate::base::memory::Bytes;
use crate::base::{Error, Result};
use crate::graph::{Layout, Network, arrange};
use crate::io::snapshot::{self, Form, Snapshot};
use crate::io::{Ingest, Pseudonyms, Summary};
use crate::report::number::count;

/// Read follower lists, edge lists and interaction logs into a snapshot that opens instantly.
///
/// The content decides how a file is read; the summary says what was taken and why, and accounts for every line.
/// An edge "u v" means that u follows v (--edges follower,followee) unless the file or you say otherwise.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach ingest follows.csv -o market.trg
  truereach ingest datasets/soc-slashdot0902 -o slashdot.trg
  truereach ingest log.txt.gz --time 3 --type 4 -o log.trg
  truereach ingest --into market.trg tomorrow.ndjson
  truereach ingest client-folder -o client.trg
  truereach ingest follows.csv.zst --compress -o market.trg
  truereach ingest follows.csv.zst --layout followers -o market.trg
  truereach ingest --accounts kols.xlsx --posts posts.csv --lists lists/ --list-design newest-first -o kols.trg
  truereach ingest lists.csv --accounts creators.csv --pseudonymise truereach.key -o market.trg")]
pub struct IngestArgs {
    /// Files of rows (plain, gzip, zstd), folders of tables or with a network.toml, or - for standard input
    #[arg(
        value_name = "INPUT",
        required_unless_present_any = ["accounts", "posts", "offers", "links", "lookups", "lists"]
    )]
    inputs: Vec<PathBuf>,
    /// The snapshot to write [default: the first input's name, ending in .trg]
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Add to this snapshot; it is replaced, unless -o names another
    #[arg(long, value_name = "OLD.trg", help_heading = "Output")]
    into: Option<PathBuf>,
    /// Write the snapshot compressed: a quarter of the size (of undirected networks half), unpacked when it is opened
    #[arg(long, help_heading = "Output")]
    compress: bool,
    /// In which order accounts stand in the snapshot [default: by name; with --into, as in the older one]
    #[arg(long, value_enum, help_heading = "Output")]
    layout: Option<Layout>,
    /// Replace the output if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Read everything and say what was read, but write nothing
    #[arg(long, conflicts_with_all = ["output", "force"], help_heading = "Output")]
    dry_run: bool,
    /// Replace the names of all but creators by hashes under the key in this file (32 random bytes or more): the same
    /// key gives the same people the same pseudonyms
    #[arg(long, alias = "pseudonymize", value_name = "KEYFILE", help_heading = "Personal data")]
    pseudonymise: Option<PathBuf>,
    #[command(flatten)]
    ingest: Ingest,
}

impl IngestArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let target = match (&self.output, &self.into) {
            (Some(path), _) => path.clone(),
            (None, Some(old)) => old.clone(),
            (None, None) => {
                let first = self.inputs.first().or_else(|| self.ingest.tables.named().next().map(|(_, path)| path));
                PathBuf::from(default_name(first.map_or(Path::new("network"), PathBuf::as_path)))
            }
        };
        terminal.reading(&self.inputs);
        let tables: Vec<PathBuf> = self.ingest.tables.named().map(|(_, path)| path.clone()).collect();
        terminal.reading(&tables);
        terminal.reading(self.pseudonymise.as_slice());
        let force = self.force || (self.output.is_none() && self.into.is_some());
        if !self.dry_run {
            terminal.writing(&target)?;
            if target.is_file() && !force {
                return Err(Error::Exists(target));
            }
        }
        let key = match &self.pseudonymise {
            Some(path) => {
                let (key, caution) = Pseudonyms::read(path)?;
                caution.into_iter().for_each(|caution| terminal.note(format!("note: {caution}")));
                Some(key)
            }
            None => None,
        };
        let old = match &self.into {
            Some(path) => Some(Snapshot::open(path, false)?.network(&terminal.run)?),
            None => None,
        };
        let (network, summary) = match &key {
            Some(key) => key.ingest(&self.ingest, &self.inputs, old.as_ref(), &terminal.run)?,
            None => self.ingest.run(&self.inputs, old.as_ref(), &terminal.run)?,
        };
        let layout = self.layout.or(old.as_ref().map(Network::layout)).unwrap_or_default();
        let network = arrange(network, layout, &terminal.run)?;
        if !self.dry_run {
            let form = if self.compress { Form::Compressed } else { Form::Plain };
            snapshot::write_as(&network, form, &target, force, &terminal.run)?;
        }
        terminal.clear();
        let mut text = describe(&summary);
        let _ = writeln!(
            text,
            "view          {}{}",
            network.view.describe(),
            if network.view_stated { "" } else { " (detected; --view states it)" }
        );
        let _ = match self.dry_run {
            true => writeln!(text, "written       nothing (--dry-run)"),
            false => {
                let size = std::fs::metadata(&target).map_or(0, |about| about.len());
                writeln!(text, "written       {} ({})", target.display(), Bytes(size))
            }
        };
        terminal.print(&text)
    }
}

/// The summary as people read it.
pub fn describe(summary: &Summary) -> String {
    let mut text = String::new();
    for file in &summary.files {
        let _ = writeln!(text, "{}", file.name);
        let _ = writeln!(text, "  read as     {}", file.format);
        for reason in &file.why {
            let _ = writeln!(text, "              {reason}");
        }
        let _ = write!(text, "  lines       {}: {} rows", count(file.lines), count(file.rows));
        for (what, number) in [
            ("comments or blank", file.comments),
            ("header", file.headers),
            ("inside quotes", file.inner_lines),
            ("left out", file.skipped),
        ] {
            if number > 0 {
                let _ = write!(text, ", {} {what}", count(number));
            }
        }
        let _ = writeln!(text);
    }
    for table in &summary.tables {
        let files = if table.files > 1 { format!(", {} files", count(table.files)) } else { String::new() };
        let _ = writeln!(text, "{}", table.name);
        let _ = writeln!(text, "  read as     {}{files}", table.kind);
        for reason in &table.why {
            let _ = writeln!(text, "              {reason}");
        }
        let left_out = if table.skipped > 0 { format!(", {} left out", count(table.skipped)) } else { String::new() };
        let _ = writeln!(text, "  rows        {}{left_out}", count(table.rows));
    }
    if summary.creator_rows > 0 {
        let _ = writeln!(text, "creators      {} rows", count(summary.creator_rows));
    }
    let _ = writeln!(text, "accounts      {}", count(summary.accounts));
    if summary.follows > 0 {
        let _ = writeln!(
            text,
            "follows       {} ({} rows, {} repeats merged)",
            count(summary.follows),
            count(summary.follow_rows),
            count(summary.follow_repeats)
        );
    }
    if !summary.interactions.is_empty() {
        let total: u64 = summary.interactions.values().sum();
        let kinds: Vec<String> =
            summary.interactions.iter().map(|(kind, number)| format!("{kind} {}", count(*number))).collect();
        let _ = writeln!(text, "interactions  {} ({})", count(total), kinds.join(", "));
        if summary.equal_interactions > 0 {
            let _ = writeln!(
                text,
                "              {} of them equal another in everything; all are kept",
                count(summary.equal_interactions)
            );
        }
    }
    if !summary.self_rows.is_empty() {
        let kinds: Vec<String> =
            summary.self_rows.iter().map(|(kind, number)| format!("{kind} {}", count(*number))).collect();
        let total: u64 = summary.self_rows.values().sum();
        let _ = writeln!(text, "self-directed {} dropped ({})", count(total), kinds.join(", "));
    }
    if !summary.skipped.is_empty() {
        let _ = writeln!(text, "left out, the first {}:", summary.skipped.len());
        for row in &summary.skipped {
            let _ = writeln!(text, "  {}: expected {}, found {}", row.at, row.expected, row.found);
        }
    }
    for (at, line) in summary.findings.lines().iter().enumerate() {
        let _ = writeln!(text, "{:14}{line}", if at == 0 { "found" } else { "" });
    }
    for note in &summary.notes {
        let _ = writeln!(text, "note          {note}");
    }
    text
}
