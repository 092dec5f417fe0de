//! Logs of interactions in Parquet or Arrow files, summed to one weighted edge a pair.

mod columns;
mod inputs;
mod keys;
mod order;
mod prune;
mod scan;
mod sums;
#[cfg(test)]
mod tests;
mod values;
mod write;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use columns::Chosen;

use crate::base::time::{self, TimeUnit};
use crate::base::{Error, Result, Run};
use crate::graph::Names;
use columns::{SIGN, TIME, WEIGHT};
use keys::Ids;
use scan::{Scan, Wanted};
use sums::{Extra, Signed, Sums, Times, Units};

/// How much a row of a kind weighs, written `share=5`; `share` alone weighs 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KindWeight {
    /// The kind, under the name the project calls it by: RT and retweet are share.
    pub kind: String,
    /// The weight.
    pub weight: f64,
}

impl FromStr for KindWeight {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (kind, weight) = text.split_once('=').unwrap_or((text, "1"));
        let weight = weight.trim().parse().ok().filter(|weight: &f64| weight.is_finite() && *weight >= 0.0);
        match weight {
            Some(weight) if !kind.trim().is_empty() => {
                Ok(KindWeight { kind: crate::io::columns::canonical_kind(kind), weight })
            }
            _ => Err(format!("\"{text}\" is not a kind and a weight of at least 0: write share=5")),
        }
    }
}

impl fmt::Display for KindWeight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.kind, self.weight)
    }
}

impl TryFrom<String> for KindWeight {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<KindWeight> for String {
    fn from(kind: KindWeight) -> String {
        kind.to_string()
    }
}

/// Sums a log of who interacted with whose posts to one weighted edge a pair.
///
/// `weight(u, v) = sum over the rows of u with v of w_row * w_kind * 2^(-max(0, at - t) / half_life)`
///
/// **Input**: Parquet files, Arrow IPC files and streams, and folders of them, also partitioned as `date=2026-01-01/`
/// (a partition is a column). Ids: whole numbers from 0, or texts; a text written as such a number is that number. Times:
/// timestamps, dates, ISO texts, whole numbers (seconds unless `time_unit` says otherwise). Weights: numbers. Dictionaries
/// of any of these.
/// **Returns**: [`Aggregated`]: an edge for each pair that kept a row, by (source, target). A row is left out, and counted,
/// for the first of these that holds: no time where times matter, a time outside the window, no weight, a kind not asked
/// for, an account missing, source and target the same. A row group that statistics rule out is counted without being
/// read, by what ruled it out.
/// **Guarantee**: exact. A row's weight is rounded to the nearest 2^-32, and these add up as whole numbers: 64 bits wide,
/// and 128 if some sum does not fit (the log is then read a second time).
/// **Cost**: one pass; time about linear in rows. Memory: [`Aggregate::memory`], by pairs and accounts, not by rows. It is
/// checked before the work and after every row group.
/// **Errors**: the file, the column and mostly the row: an id that is negative, a decimal number or nested; a value that
/// is no time, weight or sign; a column that is missing; a file cut short.
/// **Determinism**: the same bits at any number of threads and for any order of rows, row groups and files, and any split
/// of the log into them.
///
/// ```no_run
/// use truereach::{Run, io::Aggregate};
/// let log = Aggregate { half_life: Some(30.0), ..Aggregate::default() };
/// let edges = log.run(&["interactions.parquet".into()], &Run::default())?.edges;
/// println!("{} pairs", edges.len());
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Aggregate {
    /// Column of who interacted, so who heard [default: by its name: source, user_id, from, follower, …]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Columns of the log"))]
    pub source: Option<String>,
    /// Column of whose post it was [default: by its name: target, creator, to, followee, author, …]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Columns of the log"))]
    pub target: Option<String>,
    /// Column of what was done, for --kinds [default: by its name: type, kind, action, …]
    #[cfg_attr(
        feature = "cli",
        arg(long = "kind", alias = "kind-column", value_name = "COLUMN", help_heading = "Columns of the log")
    )]
    pub kind: Option<String>,
    /// Column of the time, or none [default: by its name: time, timestamp, date, …]
    #[cfg_attr(
        feature = "cli",
        arg(long = "time", alias = "time-column", value_name = "COLUMN", help_heading = "Columns of the log")
    )]
    pub time: Option<String>,
    /// Column of a weight, or none [default: by its name: weight, value, …]
    #[cfg_attr(
        feature = "cli",
        arg(long = "weight", alias = "weight-column", value_name = "COLUMN", help_heading = "Columns of the log")
    )]
    pub weight: Option<String>,
    /// Column of a sign, for or against, or none [default: by its name: sign, stance, sentiment, …]
    #[cfg_attr(
        feature = "cli",
        arg(long = "sign", alias = "sign-column", value_name = "COLUMN", help_heading = "Columns of the log")
    )]
    pub sign: Option<String>,
    /// What a bare number in the time column counts [default: s]
    #[cfg_attr(feature = "cli", arg(long, value_enum, help_heading = "Columns of the log"))]
    pub time_unit: Option<TimeUnit>,
    /// Only these kinds, with their weights, as like=1,comment=3,share=5 [default: all, each row 1]
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "KIND=WEIGHT,…", help_heading = "Rows that count")
    )]
    pub kinds: Vec<KindWeight>,
    /// Only rows from this time on (2012-07-04, 2012-07-04T18:00:00Z, or seconds since 1970)
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Rows that count"))]
    pub since: Option<String>,
    /// Only rows before this time
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Rows that count"))]
    pub until: Option<String>,
    /// Days after which a row counts half
    #[cfg_attr(feature = "cli", arg(long, value_name = "DAYS", help_heading = "Rows that count"))]
    pub half_life: Option<f64>,
    /// The moment from which half-lives count back [default: --until, else the latest time in the log]
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIME", help_heading = "Rows that count"))]
    pub at: Option<String>,
}

/// Edges by (source, target), in columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Edges {
    /// Who interacted: the place among the names.
    pub source: Vec<u32>,
    /// Whose posts.
    pub target: Vec<u32>,
    /// Rows.
    pub count: Vec<u64>,
    /// The sum of their weights; their count where nothing weighs them.
    pub weight: Vec<f64>,
    /// Rows for; empty without a sign column.
    pub positive: Vec<u64>,
    /// Rows against; empty without a sign column.
    pub negative: Vec<u64>,
    /// The first time, in milliseconds since 1970, [`time::MISSING`] if no row has one; empty without a time column.
    pub first: Vec<i64>,
    /// The last time, as the first.
    pub last: Vec<i64>,
}

impl Edges {
    /// How many.
    pub fn len(&self) -> usize {
        self.target.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.target.is_empty()
    }
}

/// Rows left out, by the first reason that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Left {
    /// No time, where a window or a half-life needs one.
    pub undated: u64,
    /// A time outside the window.
    pub outside: u64,
    /// No weight (null or not a number), in a log with weights.
    pub unweighted: u64,
    /// A kind that was not asked for, or none.
    pub other_kind: u64,
    /// Source or target missing.
    pub null_id: u64,
    /// Source and target are the same account.
    #[serde(rename = "self")]
    pub self_: u64,
}

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Files.
    pub files: u64,
    /// Rows of the log; those of row groups that were not read too.
    pub rows: u64,
    /// Rows that count.
    pub kept: u64,
    /// Rows that do not.
    pub left: Left,
    /// Row groups of Parquet files.
    pub row_groups: u64,
    /// Row groups that statistics ruled out: they were not read.
    pub row_groups_skipped: u64,
    /// Rows in them; they are among those left out.
    pub rows_skipped: u64,
    /// The moment from which half-lives count back, in milliseconds since 1970.
    pub at: Option<i64>,
    /// The columns taken, and why.
    pub columns: Vec<Chosen>,
}

/// One weighted edge a pair.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregated {
    /// The accounts that take part in an edge, sorted: numbers, or texts.
    pub names: Names,
    /// The edges, by the places of their ends among the names.
    pub edges: Edges,
    /// What was read.
    pub summary: Summary,
}

fn moment(flag: &str, text: &Option<String>) -> Result<Option<i64>> {
    let Some(text) = text else { return Ok(None) };
    time::parse(text.trim(), TimeUnit::S).map(Some).ok_or_else(|| {
        Error::parameter(flag, format!("\"{text}\" is not a time"))
            .with_hint("write 2012-07-04, 2012-07-04T18:00:00Z, or seconds since 1970")
    })
}

impl Aggregate {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.wanted().map(drop)
    }

    fn wanted(&self) -> Result<Wanted> {
        let (since, until) = (moment("--since", &self.since)?, moment("--until", &self.until)?);
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            return Err(Error::parameter("--since", "is not before --until"));
        }
        if self.half_life.is_some_and(|days| !(days > 0.0 && days.is_finite())) {
            return Err(Error::parameter("--half-life", "must be more than 0 days"));
        }
        let at = moment("--at", &self.at)?;
        if at.is_some() && self.half_life.is_none() {
            return Err(Error::parameter("--at", "says from when half-lives count back, and there is none")
                .with_hint("add --half-life DAYS"));
        }
        for (place, kind) in self.kinds.iter().enumerate() {
            if self.kinds[..place].iter().any(|other| other.kind == kind.kind) {
                return Err(Error::parameter("--kinds", format!("names {} twice", kind.kind)));
            }
        }
        Ok(Wanted {
            since: since.unwrap_or(i64::MIN),
            until: until.unwrap_or(i64::MAX),
            windowed: since.is_some() || until.is_some(),
            kinds: self.kinds.iter().map(|kind| (kind.kind.clone(), kind.weight)).collect(),
            half_life: self.half_life.map(|days| days * time::DAY as f64),
            at: at.or(until).unwrap_or(time::MISSING),
            unit: self.time_unit,
        })
    }

    /// Bytes that a run takes at most: 80 MiB a thread and 200 MiB; 56 a pair for its sum, its edge and the rows that wait for
    /// it, 36 more with times, 36 more with signs; 80 an account, and its name where names are texts. What a run checks is
    /// worked out from the log's own columns and does not exceed this.
    pub fn memory(threads: u64, pairs: u64, accounts: u64, times: bool, signs: bool) -> u64 {
        let pair = 56 + 36 * u64::from(times || signs) + 36 * u64::from(signs);
        threads * (80 << 20) + (200 << 20) + pairs * pair + 80 * accounts
    }

    /// Sums the log.
    pub fn run(&self, inputs: &[PathBuf], run: &Run) -> Result<Aggregated> {
        let wanted = self.wanted()?;
        let files = inputs::open(inputs)?;
        let (names, chosen) = columns::choose(self, &files[0])?;
        let places = files.iter().map(|file| columns::place(file, &names)).collect::<Result<Vec<_>>>()?;
        let mut scan = Scan { files: &files, places: &places, names: &names, wanted };
        if self.half_life.is_some() && scan.wanted.at == time::MISSING {
            scan.wanted.at = scan.latest(run)?.ok_or_else(|| {
                scan::nothing(&files[0], "times for the half-life to count back from", "none in the whole log")
            })?;
        }
        let weighs = names[WEIGHT].is_some() || self.half_life.is_some() || !self.kinds.is_empty();
        let summed = match (weighs, names[TIME].is_some(), names[SIGN].is_some()) {
            (false, false, false) => self.sum::<(), ()>(&scan, run)?,
            (false, true, false) => self.sum::<(), Times>(&scan, run)?,
            (false, _, true) => self.sum::<(), Signed>(&scan, run)?,
            (true, false, false) => self.sum::<i64, ()>(&scan, run)?,
            (true, true, false) => self.sum::<i64, Times>(&scan, run)?,
            (true, _, true) => self.sum::<i64, Signed>(&scan, run)?,
        };
        let summed = match summed {
            Some(summed) => summed,
            None => self.sum::<i128, Signed>(&scan, run)?.ok_or_else(sums::too_large)?,
        };
        let at = self.half_life.map(|_| scan.wanted.at);
        Ok(Aggregated { summary: Summary { at, columns: chosen, ..summed.summary }, ..summed })
    }

    /// Sums the log in sums of this width; `None` if one did not fit.
    fn sum<U: Units, X: Extra>(&self, scan: &Scan, run: &Run) -> Result<Option<Aggregated>> {
        let rows = scan.files.iter().map(|file| file.rows).sum();
        let (ids, mut sums) = (Ids::default(), Sums::<U, X>::new(rows));
        let threads = run.thread_count() as u64;
        let check = |sums: &Sums<U, X>| {
            let (accounts, bytes) = ids.size();
            run.check_memory("summing a log", sums.memory(threads) + bytes + 32 * accounts)
        };
        check(&sums)?;
        let summary = scan.sum(&ids, &sums, run, || check(&sums))?;
        sums.settle(run)?;
        if sums.overflowed() {
            return Ok(None);
        }
        check(&sums)?;
        let keeps = (scan.names[TIME].is_some(), scan.names[SIGN].is_some());
        let (names, edges) = order::ordered(sums.into_entries(), ids, keeps, run)?;
        Ok(Some(Aggregated { names, edges, summary }))
    }
}
