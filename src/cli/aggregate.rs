//! `truereach aggregate`: logs of interactions in columns, summed to one weighted edge a pair.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::term::Terminal;
use crate::base::{Error, Result, time};
use crate::io::aggregate::{Aggregate, Aggregated};
use crate::io::columnar::Container;
use crate::io::output::Output;
use crate::io::snapshot;
use crate::report::number::count;

/// Sum logs of interactions (Parquet, Arrow) to one weighted edge a pair: who reacts to whom, how often, how much.
///
/// Reads columns and row groups that are needed, on all cores, in memory by pairs and not by rows. The sums are exact: the
/// order of rows and files does not matter.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach aggregate log.parquet -o edges.parquet
  truereach aggregate logs/ --kinds like=1,comment=3,share=5 --half-life 30 -o market.trg
  truereach aggregate logs/ --since 2026-01-01 --until 2026-04-01 -o quarter.parquet")]
pub struct AggregateArgs {
    /// Parquet or Arrow files, or folders of them, also partitioned as date=2026-01-01/
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<PathBuf>,
    #[command(flatten)]
    aggregate: Aggregate,
    /// Where the edges go: .parquet, .arrow or .csv, or .trg for a network of these interactions
    #[arg(long, short, value_name = "FILE", required = true, help_heading = "Output")]
    output: PathBuf,
    /// Replace the output if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
}

/// How edges are written.
enum Shape {
    Columns(Container),
    Csv,
    Network,
}

impl AggregateArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let path = &self.output;
        let shape = match path.extension().and_then(|ending| ending.to_str()) {
            Some("parquet" | "pq") => Shape::Columns(Container::Parquet),
            Some("arrow" | "feather") => Shape::Columns(Container::ArrowFile),
            Some("csv") => Shape::Csv,
            Some("trg") => Shape::Network,
            _ => {
                return Err(Error::parameter("-o", format!("what format is {}?", path.display()))
                    .with_hint("end the name in .parquet, .arrow, .csv or .trg"));
            }
        };
        terminal.reading(&self.logs);
        terminal.writing(path)?;
        if path.is_file() && !self.force {
            return Err(Error::Exists(path.clone()));
        }
        let found = self.aggregate.run(&self.logs, &terminal.run)?;
        let fail = |error| Error::io(path, "write", error);
        match shape {
            Shape::Network => {
                let network = found.network(&terminal.run)?;
                snapshot::write(&network, path, self.force, &terminal.run)?;
            }
            Shape::Columns(container) => {
                let mut out = Output::create(path, self.force)?;
                found.write(container, &mut out, &terminal.run)?.map_err(fail)?;
                out.finish()?;
            }
            Shape::Csv => {
                let mut out = Output::create(path, self.force)?;
                as_csv(&found, &mut out).map_err(fail)?;
                out.finish()?;
            }
        }
        terminal.clear();
        terminal.print(&describe(&found, path))
    }
}

fn as_csv(found: &Aggregated, out: &mut Output) -> std::io::Result<()> {
    let edges = &found.edges;
    let mut csv = csv::Writer::from_writer(out);
    let mut head = vec!["source", "target", "count", "weight"];
    head.extend(if edges.positive.is_empty() { &[][..] } else { &["positive", "negative"] });
    head.extend(if edges.first.is_empty() { &[][..] } else { &["first", "last"] });
    csv.write_record(&head)?;
    for at in 0..edges.len() {
        let (source, target) = (found.names.get(edges.source[at]), found.names.get(edges.target[at]));
        let mut row =
            vec![source.into_owned(), target.into_owned(), edges.count[at].to_string(), edges.weight[at].to_string()];
        if !edges.positive.is_empty() {
            row.extend([edges.positive[at].to_string(), edges.negative[at].to_string()]);
        }
        if !edges.first.is_empty() {
            row.extend([edges.first[at], edges.last[at]].map(moment));
        }
        csv.write_record(&row)?;
    }
    csv.flush()
}

fn moment(at: i64) -> String {
    if at == time::MISSING { String::new() } else { time::show(at) }
}

/// Where every row went.
fn describe(found: &Aggregated, path: &Path) -> String {
    let summary = &found.summary;
    let mut text = String::new();
    let files = if summary.files == 1 { "file" } else { "files" };
    let _ = writeln!(text, "{:<14}{} in {} {files}", "rows", count(summary.rows), count(summary.files));
    for column in &summary.columns {
        let _ = writeln!(text, "{:<14}{} ({})", column.role, column.column, column.why);
    }
    if summary.row_groups_skipped > 0 {
        let of = count(summary.row_groups);
        let (groups, rows) = (count(summary.row_groups_skipped), count(summary.rows_skipped));
        let _ = writeln!(text, "{:<14}{groups} of {of} row groups ({rows} rows), by their statistics", "not read");
    }
    let left = &summary.left;
    for (rows, why) in [
        (left.undated, "without a time"),
        (left.outside, "outside the window"),
        (left.unweighted, "without a weight"),
        (left.other_kind, "of a kind not asked for"),
        (left.null_id, "without an account"),
        (left.self_, "of an account with itself"),
    ] {
        if rows > 0 {
            let _ = writeln!(text, "{:<14}{} rows {why}", "left out", count(rows));
        }
    }
    if let Some(at) = summary.at {
        let _ = writeln!(text, "{:<14}half-lives count back from {}", "decay", time::show(at));
    }
    let accounts = count(found.names.len() as u64);
    let _ = writeln!(text, "{:<14}{} pairs of {accounts} accounts", "edges", count(found.edges.len() as u64));
    let _ = writeln!(text, "{:<14}{}", "written", path.display());
    text
}
