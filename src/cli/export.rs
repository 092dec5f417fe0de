//! `truereach export`: a network as text again, or as a snapshot of the other form.

use std::path::{Path, PathBuf};

use super::open::NetworkArgs;
use super::term::Terminal;
use crate::base::{Error, Result};
use crate::graph::{Layout, arrange};
use crate::io::export::{Part, Shape, export, write_part};
use crate::io::snapshot::{Form, write_as};
use crate::report::number::count;

/// Write a network as an edge list, CSV, Matrix Market or NDJSON, its tables also as xlsx; all of it as a snapshot.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach export market.trg -o follows.csv.gz
  truereach export market.trg --part interactions -o log.ndjson
  truereach export client.trg --table posts -o posts.xlsx
  truereach export market.trg --compress -o small.trg
  truereach export market.trg --layout followers -o fast.trg
  truereach export market.trg --format mtx > matrix.mtx")]
pub struct ExportArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// What to export [default: follows; of a snapshot everything]
    #[arg(long, visible_alias = "table", value_enum)]
    part: Option<Part>,
    /// Format [default: by the file's ending; edges on standard output]
    #[arg(long, value_enum)]
    format: Option<Shape>,
    /// Write a compressed snapshot: a quarter of the size (of undirected networks half), unpacked when it is opened
    #[arg(long, conflicts_with_all = ["part", "format"], requires = "output")]
    compress: bool,
    /// Write a snapshot whose accounts stand in this order [default: the one they have]
    #[arg(long, value_enum, conflicts_with_all = ["part", "format"], requires = "output")]
    layout: Option<Layout>,
    /// The file to write (.txt .csv .mtx .ndjson .xlsx, with .gz or .zst; .trg) [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the output if it exists
    #[arg(long)]
    force: bool,
}

impl ExportArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        if opened.network.pseudonymous.is_some() {
            terminal.note("note: these rows are about people, one by one: pseudonymised, they are still personal data");
        }
        let part = self.part.unwrap_or_default();
        let for_snapshots = self.layout.map(|_| "--layout").or(self.compress.then_some("--compress"));
        let Some(path) = self.output.filter(|path| path != Path::new("-")) else {
            if let Some(option) = for_snapshots {
                return Err(Error::parameter(option, "a snapshot goes into a file").with_hint("-o small.trg"));
            }
            let default = if part == Part::Follows { Shape::Edges } else { Shape::Csv };
            let shape = self.format.unwrap_or(default);
            let mut out = std::io::BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
            write_part(&opened.network, part, shape, &mut out, Path::new("<stdout>"), &terminal.run)?;
            return std::io::Write::flush(&mut out).map_err(|error| Error::io("<stdout>", "write", error));
        };
        if path.extension().is_some_and(|ending| ending == "trg") && self.part.is_none() && self.format.is_none() {
            terminal.writing(&path)?;
            let form = if self.compress { Form::Compressed } else { Form::Plain };
            let (mut network, layout) = (opened.network, self.layout);
            // What is kept beside a snapshot is no part of it.
            network.attributes.columns.retain(|column| !opened.kept.contains(&column.name));
            let layout = layout.unwrap_or(network.layout());
            let network = arrange(network, layout, &terminal.run)?;
            let checksum = write_as(&network, form, &path, self.force, &terminal.run)?;
            terminal.note(format!("network {checksum:016x} written to {}", path.display()));
            return Ok(());
        }
        if let Some(option) = for_snapshots {
            return Err(Error::parameter(option, format!("{} would be no snapshot", path.display()))
                .with_hint("end the name in .trg"));
        }
        let shape = self.format.or_else(|| Shape::of(&path)).ok_or_else(|| {
            Error::parameter("-o", format!("what format is {}?", path.display()))
                .with_hint("end the name in .txt, .csv, .mtx, .ndjson, .xlsx, .parquet or .arrow, or say --format; .trg holds every part")
        })?;
        terminal.writing(&path)?;
        let rows = export(&opened.network, part, shape, &path, self.force, &terminal.run)?;
        terminal.note(format!("{} rows written to {}", count(rows), path.display()));
        Ok(())
    }
}
