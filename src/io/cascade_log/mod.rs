//! Logs of who acted on which item and when, as they come, read as [`Cascades`].

mod batch;
mod clock;
mod columns;
mod finish;
mod gap;
mod interactions;
mod kinds;
mod lines;
mod origin;
mod scan;
mod shape;
mod span;
mod table;
#[cfg(test)]
mod tests;
mod together;

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;

use serde::{Deserialize, Serialize};

pub use span::Span;

use crate::base::time::TimeUnit;
use crate::base::{Error, Location, Result, Run};
use crate::graph::{Cascades, Names};
use crate::io::blocks::Blocks;
use crate::io::columns::Delimiter;
use finish::count;
use kinds::Passing;
use lines::LineReader;
use shape::{Head, Written};
use table::TableReader;
use together::FileRead;

/// How a log of cascades is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum LogFormat {
    /// A table with a row an action: who, on which item, when.
    Rows,
    /// A line a cascade, `seed u t u t …`; times since the seed acted.
    SeedTimes,
    /// A line a cascade, `u,t u,t …` or `id;u,t,u,t,…`.
    Pairs,
    /// A table with a row a retweet, without items: who, whose post, when.
    Retweets,
    /// The network's own interactions.
    #[cfg_attr(feature = "cli", value(skip))]
    Interactions,
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LogFormat::Rows => "rows",
            LogFormat::SeedTimes => "seed-times",
            LogFormat::Pairs => "pairs",
            LogFormat::Retweets => "retweets",
            LogFormat::Interactions => "interactions",
        })
    }
}

/// Reads logs of cascades: who acted on which item, and when. What is not said is found out from the content, and the notes
/// say what was taken and why.
///
/// | format | a line of it | item | who began | times |
/// |---|---|---|---|---|
/// | `rows` | `user,post,time` (CSV, TSV, blanks; header or not) | the column | the first to act; with a `target` column, if nobody's own row comes first, whoever is shared from without sharing | dates, or numbers |
/// | `seed-times` | `158 244 48358445.0 2287 53292083.0` | the line | the first field | since the seed acted; `--time-unit` must be said |
/// | `pairs` | `180,338299.76 311,338302.60`, or `12;4,57.16,14,57.39` after a block `id,name` and an empty line, or without | the id, else the line | the earliest pair, wherever it stands | numbers |
/// | `retweets` | `223789 213163 1341100972 RT` | `target@time` | the target, a millisecond before its first retweet | dates, or numbers |
/// | interactions | the network's own ([`CascadeLog::of_events`]) | the item; without items as `retweets` | whoever is shared from without sharing | as the network has them |
///
/// A number is taken as seconds, milliseconds, microseconds or hours since 1970 where it is a date from 1990 to 2100 as one
/// of these (it can be so as one at most); otherwise the unit must be said. Times that are no dates make cascades without dates.
///
/// **Input**: files, plain or packed with gzip or zstd; several are one log. The accounts of a network.
/// **Returns**: [`LogRead`]. Of an actor's actions on an item the first counts. Accounts that are not in the network stay, as
/// people outside.
/// **Guarantee**: the order of rows, and of pairs in a line, does not matter. Lines without an id are called by their number.
/// **Cost**: about 24 bytes a row while it is read and 80 while cascades are put together, and each item's name; one pass over the files on all threads, and sorting.
/// **Errors**: the first fault with its place: a field that is no time, a negative or endless one, one before 1970 or after 2100;
/// a line with a field too many or too few; two units in one log; no account that is in the network; no row that passes on.
/// **Determinism**: the same at any number of threads.
///
/// ```
/// use truereach::{Run, graph::Names, io::CascadeLog};
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("log.csv");
/// std::fs::write(&path, "user,post,time\n4,a,2024-05-01T10:00:00Z\n7,a,2024-05-01T10:05:00Z\n")?;
/// let read = CascadeLog::default().read(&[path], &Names::range(10), &Run::default())?;
/// assert_eq!(read.cascades.get(0).actors, [4, 7]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct CascadeLog {
    /// How logs are written [default: found out from their content]
    #[cfg_attr(feature = "cli", arg(long, value_enum, value_name = "FORMAT", help_heading = "Reading the log"))]
    pub log_format: Option<LogFormat>,
    /// Column (name, or number from 1) of who acted
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading the log"))]
    pub log_actor: Option<String>,
    /// Column of the item (post) acted on
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading the log"))]
    pub log_item: Option<String>,
    /// Column of the time
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading the log"))]
    pub log_time: Option<String>,
    /// Column of whose post was acted on
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading the log"))]
    pub log_target: Option<String>,
    /// Column of the row's type
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Reading the log"))]
    pub log_type: Option<String>,
    /// Types of rows that pass a post on [default: share, retweet (RT), repost, reshare]
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "TYPE,...", value_delimiter = ',', help_heading = "Reading the log")
    )]
    pub log_passing: Vec<String>,
    /// What a number in the log's times counts: ms, s, min, h, d [default: told from its size where times are since 1970]
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, hide_possible_values = true, value_name = "UNIT", help_heading = "Reading the log")
    )]
    pub time_unit: Option<TimeUnit>,
    /// Without items: retweets of one account no further apart than this are one cascade (30min, 1h, 2d) [default: 1h]
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Reading the log"))]
    pub gap: Option<Span>,
}

/// A log that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct LogRead {
    /// The cascades.
    pub cascades: Cascades,
    /// How the log was written.
    pub format: LogFormat,
    /// What was found, taken and counted, a sentence each.
    pub notes: Vec<String>,
    /// Actions read, those left out among them; of `seed-times` the seeds too.
    pub rows: u64,
    /// Rows left out: of other types, and of accounts with their own posts.
    pub skipped: u64,
    /// Different accounts that are not in the network.
    pub unknown_accounts: u64,
    /// Rows that name one of them.
    pub unknown_rows: u64,
}

impl CascadeLog {
    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<()> {
        if self.log_format == Some(LogFormat::Interactions) {
            return Err(Error::parameter("--log-format", "interactions are the network's own, not a file's"));
        }
        if self.log_passing.iter().any(|kind| kind.trim().is_empty()) {
            return Err(Error::parameter("--log-passing", "an empty type"));
        }
        Ok(())
    }

    /// The gap of retweets without items.
    pub(crate) fn gap(&self) -> Span {
        self.gap.unwrap_or(Span::hours(1))
    }

    /// Reads files as one log. `names` are the accounts of the network.
    pub fn read(&self, files: &[PathBuf], names: &Names, run: &Run) -> Result<LogRead> {
        self.check()?;
        if files.is_empty() {
            return Err(Error::parameter("LOG", "no file was named"));
        }
        let (mut notes, mut read) = (Vec::new(), Vec::new());
        let held = AtomicU64::new(0);
        for path in files {
            let blocks = Blocks::open(path, run)?;
            read.push(self.file(blocks, names, &held, &mut notes, run)?);
        }
        self.all(read, names, notes, run)
    }

    fn all(&self, files: Vec<FileRead>, names: &Names, mut notes: Vec<String>, run: &Run) -> Result<LogRead> {
        let format = files.first().map_or(LogFormat::Rows, |file| file.format);
        if let Some(other) = files.iter().find(|file| file.format != format) {
            let problem = format!("{} is written as {format}, {} as {}", files[0].name, other.name, other.format);
            return Err(Error::parameter("--log-format", problem).with_hint("read them one by one, or say the format"));
        }
        let batches = || files.iter().flat_map(|file| &file.batches);
        let rows: u64 = batches().map(|batch| batch.rows).sum();
        let kept: u64 = batches().map(|batch| batch.actor.len() as u64).sum();
        notes.extend(left_out(&files, self, kept)?);
        let found = together::together(self, files, names, &mut notes, run)?;
        let together::Together { gathered, unknown_accounts, unknown_rows } = found;
        let cascades = finish::finish(names.len(), gathered, &mut notes, run)?;
        Ok(LogRead { cascades, format, notes, rows, skipped: rows - kept, unknown_accounts, unknown_rows })
    }

    /// Reads one file.
    fn file(
        &self,
        blocks: Blocks,
        names: &Names,
        held: &AtomicU64,
        notes: &mut Vec<String>,
        run: &Run,
    ) -> Result<FileRead> {
        let name = blocks.name().to_owned();
        let head = Head::of(&blocks)?;
        let written = head.written(self.log_format);
        run.phase(&format!("reading {name}"), blocks.size());
        match written {
            Written::Lines { shape, preamble } => {
                let format = if shape == lines::Shape::Seed { LogFormat::SeedTimes } else { LogFormat::Pairs };
                let reader = LineReader { shape };
                let bare = |bytes: &[u8]| reader.read(bytes);
                let (first, called) = match preamble {
                    true => scan::preamble(&blocks, run, bare)?,
                    false => Default::default(),
                };
                let also = |id: &[u8]| {
                    called.get(id).and_then(|name| std::str::from_utf8(name).ok()).and_then(|name| names.find(name))
                };
                let found = |mut batch: batch::Batch| {
                    batch.find(names, also);
                    batch
                };
                let first = first.into_iter().map(found).collect();
                let batches = scan::scan(&blocks, first, held, run, |bytes, _| found(bare(bytes)))?;
                let after = if preamble { ", after a block of names" } else { "" };
                notes.push(format!("{name}: read as {format}, a cascade a line{after}."));
                Ok(FileRead { name, format, batches })
            }
            Written::Table(delimiter) => {
                let passing = Passing::new(&self.log_passing);
                let found = columns::find(self, &name, &head.records(delimiter), delimiter, &passing)?;
                let format = match (found.places.item, self.log_format) {
                    (None, Some(LogFormat::Rows)) => {
                        return Err(Error::parameter("--log-item", format!("which column of {name} is the item?"))
                            .with_hint("or --log-format retweets, where rows say whose post was passed on"));
                    }
                    (Some(_), _) => LogFormat::Rows,
                    (None, _) => LogFormat::Retweets,
                };
                let places = found.places;
                let reader = TableReader { places, passing, header: found.header };
                let blocks = match places.delimiter {
                    Delimiter::Byte(byte) => blocks.keep_quoted_lines_whole(byte),
                    Delimiter::Space => blocks,
                };
                let batches = scan::scan(&blocks, Vec::new(), held, run, |bytes, first| {
                    let mut batch = reader.read(bytes, first);
                    batch.find(names, |_| None);
                    batch
                })?;
                notes.push(format!("{name}: read as {format}, a table with an action a row."));
                notes.push(found.why);
                if batches.iter().all(|batch| batch.rows == 0) {
                    return Err(Error::input(Location::file(&name), "rows", "a header only"));
                }
                Ok(FileRead { name, format, batches })
            }
        }
    }
}

/// What was left out, in words; an error if that is everything.
fn left_out(files: &[FileRead], log: &CascadeLog, kept: u64) -> Result<Vec<String>> {
    let mut others: std::collections::BTreeMap<&str, u64> = Default::default();
    let mut own = 0;
    for batch in files.iter().flat_map(|file| &file.batches) {
        batch.others.iter().for_each(|(kind, rows)| *others.entry(kind).or_default() += rows);
        own += batch.own;
    }
    let mut notes = Vec::new();
    let mut by_rows: Vec<(u64, &str)> = others.into_iter().map(|(kind, rows)| (rows, kind)).collect();
    by_rows.sort_by_key(|&(rows, kind)| (std::cmp::Reverse(rows), kind));
    let shown: Vec<String> = by_rows.iter().take(5).map(|(rows, kind)| format!("{rows} {kind}")).collect();
    let passing = Passing::new(&log.log_passing).words();
    if kept == 0 {
        let name = files.first().map_or("", |file| file.name.as_str());
        let found = match (shown.is_empty(), own) {
            (false, _) => format!("none: its types are {}", shown.join(", ")),
            (true, 0) => "none".to_owned(),
            (true, own) => format!("none: {} of accounts with their own posts", count(own, "row")),
        };
        let expected = format!("rows that pass a post on ({passing})");
        return Err(Error::input(Location::file(name), expected, found).with_hint("--log-passing names their types"));
    }
    if !by_rows.is_empty() {
        let all: u64 = by_rows.iter().map(|(rows, _)| rows).sum();
        notes.push(format!(
            "{} left out whose type does not pass on ({}); {passing} do (--log-passing).",
            count(all, "row"),
            shown.join(", ")
        ));
    }
    if own > 0 {
        notes.push(format!("{} of accounts with their own posts left out.", count(own, "row")));
    }
    Ok(notes)
}
