//! `truereach export`: a network as text again.

use std::path::{Path, PathBuf};

use super::open::NetworkArgs;
use super::term::Terminal;
use crate::base::{Error, Result};
use crate::io::export::{Part, Shape, export, write_part};
use crate::report::number::count;

/// Write a network as an edge list, CSV, Matrix Market or NDJSON; its tables also as xlsx.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach export market.trg -o follows.csv.gz
  truereach export market.trg --part interactions -o log.ndjson
  truereach export client.trg --table posts -o posts.xlsx
  truereach export market.trg --format mtx > matrix.mtx")]
pub struct ExportArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// What to export
    #[arg(long, visible_alias = "table", value_enum, default_value_t)]
    part: Part,
    /// Format [default: by the file's ending; edges on standard output]
    #[arg(long, value_enum)]
    format: Option<Shape>,
    /// The file to write (.txt .csv .mtx .ndjson .xlsx, with .gz or .zst) [default: standard output]
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
        let Some(path) = self.output.filter(|path| path != Path::new("-")) else {
            let default = if self.part == Part::Follows { Shape::Edges } else { Shape::Csv };
            let shape = self.format.unwrap_or(default);
            let mut out = std::io::BufWriter::with_capacity(1 << 18, std::io::stdout().lock());
            write_part(&opened.network, self.part, shape, &mut out, Path::new("<stdout>"), &terminal.run)?;
            return std::io::Write::flush(&mut out).map_err(|error| Error::io("<stdout>", "write", error));
        };
        let shape = self.format.or_else(|| Shape::of(&path)).ok_or_else(|| {
            Error::parameter("-o", format!("what format is {}?", path.display()))
                .with_hint("end the name in .txt, .csv, .mtx, .ndjson or .xlsx, or say --format")
        })?;
        terminal.writing(&path)?;
        let rows = export(&opened.network, self.part, shape, &path, self.force, &terminal.run)?;
        terminal.note(format!("{} rows written to {}", count(rows), path.display()));
        Ok(())
    }
}
