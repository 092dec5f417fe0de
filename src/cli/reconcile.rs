//! `truereach reconcile`: results of a campaign against what was predicted.

use std::path::PathBuf;

use super::backtest::snapshot_of;
use super::open::{NetworkArgs, Opened};
use super::term::{OutputArgs, Terminal};
use crate::base::stats::Interval;
use crate::base::time::{self, TimeUnit};
use crate::base::{Error, Result};
use crate::graph::{Network, Outcome};
use crate::io::Ingest;
use crate::io::sidecar::{self, Beside};
use crate::io::tables::TableOptions;
use crate::learn::reconcile::{Line, Reconciled};
use crate::learn::{Reconcile, Record};
use crate::report::number::{people, significant};
use crate::report::{Cell, Column, Provenance, Table};

/// The kind of the document that reconciled posts are kept in: `market.record.json` beside `market.trg`.
pub const KIND: &str = "record";

/// Compare the results of a campaign with what was predicted of them, and learn from them.
///
/// Every result is predicted from the posts before the campaign alone. What it does to the creator's next post is said, and kept:
/// the results are added to the posts of the snapshot for every later verb, and to the record of how often intervals held
/// (market.trg: market.record.json).
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach reconcile market.trg --results results.csv
  truereach reconcile market.trg --results results.xlsx --as-of 2026-05-01 -o compared.csv")]
pub struct ReconcileArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Table of results: creator, reach or views; time, format, sponsored, post id where known (CSV, TSV, NDJSON, xlsx)
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    results: Vec<PathBuf>,
    /// Posts from this day on were not known yet [default: the first result's time]
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// Do not keep the results beside the snapshot
    #[arg(long)]
    no_keep: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// The record kept beside a snapshot; one that is stale or damaged is noted and not used.
pub fn kept(snapshot: &std::path::Path, checksum: u64, terminal: &Terminal) -> Result<Option<Record>> {
    match sidecar::read::<Record>(snapshot, KIND, checksum) {
        Ok(Beside::Nothing) => Ok(None),
        Ok(Beside::Found(record)) => Ok(Some(record)),
        Ok(Beside::Stale(says)) => {
            terminal.note(format!("note: {says}; run truereach reconcile again"));
            Ok(None)
        }
        Err(Error::Input { at, .. }) => {
            terminal.note(format!("note: {at}: no record that can be read, and it is not used"));
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl ReconcileArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        let outcomes = self.outcomes(&opened.network, terminal)?;
        let as_of = match self.as_of.as_deref() {
            Some(text) => Some(time::parse(text, TimeUnit::S).ok_or_else(|| {
                Error::parameter("--as-of", format!("\"{text}\" is not a time"))
                    .with_hint("write 2026-05-01, or seconds since 1970")
            })?),
            None => None,
        };
        let snapshot = snapshot_of(&self.network);
        let mut record = match snapshot {
            Some(path) => kept(path, opened.checksum, terminal)?.unwrap_or_default(),
            None => Record::default(),
        };
        let found = Reconcile { as_of }.run(&opened.network, &outcomes, &terminal.run)?;
        let again = record.take(&found);
        record.network = format!("{:016x}", opened.checksum);
        let names: Vec<String> = self.results.iter().map(|path| path.display().to_string()).collect();
        let parameters = serde_json::json!({ "results": names, "as-of": self.as_of });
        let provenance = Provenance::new("reconcile", parameters, terminal.seed, opened.checksum);
        let mut table = table(&found, &opened, provenance);
        table.notes.insert(0, record.sentence(terminal.seed).1);
        if again > 0 {
            table.notes.push(format!("{again} results had been reconciled before and are not counted again"));
        }
        terminal.give(&table, &self.output)?;
        if let (Some(path), false) = (snapshot, self.no_keep) {
            let kept = sidecar::write(path, KIND, &record)?;
            terminal.note(format!("kept as {}: later forecasts learn from these posts", kept.display()));
        } else if !self.no_keep {
            terminal.note("hint: of a snapshot results are kept for other verbs: truereach ingest first");
        }
        Ok(())
    }

    /// The results with the creators they are of.
    fn outcomes(&self, network: &Network, terminal: &Terminal) -> Result<Vec<(u32, Outcome)>> {
        terminal.reading(&self.results);
        let tables = TableOptions {
            posts: self.results.clone(),
            reading: self.network.raw.tables.clone(),
            ..TableOptions::default()
        };
        let ingest = Ingest { tables, on_error: self.network.raw.on_error, ..Ingest::default() };
        let (read, _) = ingest.run(&[], None, &terminal.run)?;
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for post in read.tables.each_post().filter(|post| !post.average) {
            let creator = read.names.get(post.account).into_owned();
            let Some(account) = network.names.find(&creator) else {
                unknown.push(creator);
                continue;
            };
            found.push((
                account,
                Outcome {
                    creator,
                    id: post.id.map(|id| id.into_owned()),
                    time: post.time,
                    format: post.format.map(|format| format.into_owned()),
                    sponsored: post.sponsored,
                    reach: post.reach,
                    views: post.views,
                },
            ));
        }
        unknown.dedup();
        if let Some(first) = unknown.first() {
            let nearest = network.names.nearest(first);
            let problem = format!("{} of the creators are not in this network: {}", unknown.len(), unknown.join(", "));
            let hint = if nearest.is_empty() {
                "name them as the network does".into()
            } else {
                format!("did you mean {}?", nearest.join(", "))
            };
            return Err(Error::parameter("--results", problem).with_hint(hint));
        }
        Ok(found)
    }
}

fn table(found: &Reconciled, opened: &Opened, provenance: Provenance) -> Table {
    let unit = found.measure.unit();
    let columns = vec![
        Column::new("creator", "creator", "", "who posted"),
        Column::new("expected", "expected", unit, "what was expected of the post"),
        Column::new("next80", "80% interval", unit, "what it was to fall into with 80%").range(),
        Column::new("actual", "actual", unit, "what became of it"),
        Column::new("over_expected", "actual / expected", "ratio", "how much of what was expected"),
        Column::new("within80", "within", "", "whether it fell into the 80% interval"),
        Column::new("next_before", "next before", unit, "what was expected of the creator's next ordinary post"),
        Column::new("next_after", "next after", unit, "the same with these results taken in"),
        Column::new("next_interval", "95% interval", unit, "of the latter").range(),
        Column::new("pit", "chance of less", "share", "the chance that was given to as little or less").detail(),
    ];
    let mut table = Table::new("truereach/reconcile/1", columns, provenance);
    let range = |(low, high): (f64, f64)| Cell::Range(Interval { low, high });
    let row = |line: &Line| {
        let (low, high) = line.intervals[1];
        vec![
            Cell::Text(opened.network.names.get(line.account).into_owned()),
            Cell::Amount(line.expected),
            range((low, high)),
            Cell::people(line.actual),
            match line.actual / line.expected {
                ratio if ratio.is_finite() => Cell::Shown(ratio, significant(ratio, 3)),
                _ => Cell::Missing,
            },
            Cell::Text(if (low..=high).contains(&line.actual) { "yes" } else { "no" }.into()),
            Cell::Amount(line.next[0]),
            Cell::Amount(line.next[1]),
            Cell::Range(line.next_interval),
            Cell::Shown(line.below.1, significant(line.below.1, 2)),
        ]
    };
    table.rows.extend(found.lines.iter().map(row));
    let (actual, expected, interval) = found.sum;
    let within = if (interval.low..=interval.high).contains(&actual) { "inside" } else { "outside" };
    table.notes.push(format!(
        "all together: {} {unit} against {} expected; {within} the 80% interval {}–{}, posts taken as independent",
        people(actual),
        people(expected),
        people(interval.low),
        people(interval.high)
    ));
    for left in &found.left_out {
        table.notes.push(format!("{} results left out: {}", left.posts, left.why));
    }
    table.notes.push(match found.as_of {
        Some(at) => format!("predicted from posts before {}", time::show(at)),
        None => "results have no times: predicted from all posts known".into(),
    });
    table
}
