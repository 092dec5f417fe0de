//! Arrays in, one network out; and the edges of a network back as arrays.

mod columns;
mod numbers;
mod out;
mod rows;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::columns::{Dictionary, Ids, Kinds, Strided, TextColumn};
pub use self::out::{EdgeColumns, edges_of};
use super::assemble::{self, Rules};
use super::columns::{Edges, canonical_kind};
use super::ingest::{FileRows, SelfRows};
use super::intern::Interner;
use super::summary::Summary;
use super::tables::Gathered;
use crate::base::{Error, Location, Result, Run};
use crate::graph::network::{Repeats, RowCounts, Tiers};
use crate::graph::transform::FOLLOW;
use crate::graph::{Attributes, Names, Network, Tables, View};

/// Rows of edges as columns, which stay where they are.
#[derive(Clone, Copy)]
pub struct EdgeArrays<'a> {
    /// Who follows or acts.
    pub source: Ids<'a>,
    /// Who is followed or acted on.
    pub target: Ids<'a>,
    /// Weights; NaN where a row has none, which only rows with a type of their own may.
    pub weight: Option<Strided<'a, f64>>,
    /// Times in seconds since 1970; `i64::MIN` where a row has none.
    pub time: Option<Strided<'a, i64>>,
    /// Signs: over 0 for, below 0 against, 0 neutral or not known.
    pub sign: Option<Strided<'a, i8>>,
    /// Layers; all rows are follows where nothing is said.
    pub kind: Option<Kinds<'a>>,
}

impl<'a> EdgeArrays<'a> {
    /// Rows that say who and whom, and nothing else.
    pub fn new(source: impl Into<Ids<'a>>, target: impl Into<Ids<'a>>) -> Self {
        let (source, target) = (source.into(), target.into());
        EdgeArrays { source, target, weight: None, time: None, sign: None, kind: None }
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Makes a network of arrays of edges.
///
/// **Input**: [`EdgeArrays`]: a row an edge or an interaction, in any order; ids of any integer type or texts.
/// **Returns**: the network and a [`Summary`] of what was merged and dropped.
/// **Guarantee**: the network that [`super::Ingest`] makes of a CSV file with the same rows, to the bit; a function of the
/// set of rows (with `accounts`, of that too).
/// **Cost**: bare follows between numbered accounts: four looks at the columns, a sort in the cache, a counting sort for
/// the other direction, and [`FromEdges::memory`]. Other rows: as [`super::Ingest`] takes once a file is read.
/// **Errors**: columns that differ in length, negative ids, ids not below `accounts`, empty ids, weights that are not
/// finite, times out of range, with column and row (from 0); more accounts than 32 bits count; memory.
/// **Determinism**: the same bits at any number of threads.
///
/// ```
/// use truereach::{Run, io::{EdgeArrays, FromEdges}};
/// // 1, 2 and 3 follow 0; 4 follows 1.
/// let (source, target) = ([1i64, 2, 3, 4], [0i64, 0, 0, 1]);
/// let arrays = EdgeArrays::new(&source[..], &target[..]);
/// let (network, summary) = FromEdges::default().run(&arrays, &Run::default())?;
/// assert_eq!(network.follow_graph()?.followers(0), [1, 2, 3]);
/// assert_eq!((summary.accounts, summary.follows), (5, 4));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct FromEdges {
    /// Which way a row points.
    pub edges: Edges,
    /// Follows that repeat.
    pub duplicates: Repeats,
    /// Rows of an account with itself.
    pub self_loops: SelfRows,
    /// How much of the world the data shows; `None`: detected.
    pub view: Option<View>,
    /// The accounts are `0..accounts`, those without a row among them; `None`: those that rows name.
    pub accounts: Option<u32>,
}

impl Default for FromEdges {
    fn default() -> Self {
        FromEdges {
            edges: Edges::FollowerFollowee,
            duplicates: Repeats::default(),
            self_loops: SelfRows::default(),
            view: None,
            accounts: None,
        }
    }
}

/// The two columns of ids.
pub(super) struct Pair<'a> {
    source: Ids<'a>,
    target: Ids<'a>,
}

impl Pair<'_> {
    fn len(&self) -> usize {
        self.source.len()
    }

    /// Reads numbers of both columns.
    fn wide(&self) -> impl Fn(usize, &mut [u64], &mut [u64]) + '_ {
        |start, from, to| {
            self.source.wide(start, from);
            self.target.wide(start, to);
        }
    }

    /// Reads the lower halves of numbers of both columns.
    fn narrow(&self) -> impl Fn(usize, &mut [u32], &mut [u32]) + '_ {
        |start, from, to| {
            self.source.narrow(start, from);
            self.target.narrow(start, to);
        }
    }
}

/// A fault of a column at a row.
pub(super) fn fault(column: &str, row: usize, expected: &str, found: impl Into<String>) -> Error {
    Error::input(Location::file(format!("{column}[{row}]")), expected, found)
}

impl FromEdges {
    /// Bytes that bare follows between accounts numbered up to `largest` take at most beside the arrays:
    /// [`crate::graph::Graph::memory`], 8 bytes an account for names, three bits a number unless `accounts` is given, and
    /// 4 bytes for each of the `sorted` pairs in the largest buckets, one a thread; or, if that is more, what the first
    /// direction takes while it is sorted: 8 bytes an account, 4 a pair and 8 for each of those. Besides a quarter of a
    /// byte a pair and 1 MiB for tables. A pair is a row, of undirected rows half of one. Checked with 0 for `sorted` before the work, and with what it is once buckets are
    /// counted. `None` where ids lie too far apart: then, and where rows say more, they are held as those of files are.
    pub fn memory(&self, largest: u64, rows: u64, sorted: u64) -> Option<u64> {
        let pairs = if self.edges == Edges::Undirected { 2 * rows } else { rows };
        numbers::memory(self.accounts, largest, pairs, sorted.min(pairs))
    }

    /// The network of the rows.
    pub fn run(&self, arrays: &EdgeArrays, run: &Run) -> Result<(Network, Summary)> {
        self.check(arrays)?;
        let pair = Pair { source: arrays.source, target: arrays.target };
        let numbered = pair.source.are_numbers() && pair.target.are_numbers();
        run.phase("looking at the rows", Some(pair.len() as u64));
        let seen = if numbered { numbers::look(run, &pair)? } else { numbers::Seen::default() };
        if numbered {
            self.check_numbers(&pair, seen.largest)?;
        } else {
            rows::check_signs("source", &pair.source)?;
            rows::check_signs("target", &pair.target)?;
        }
        let layer = canonical_kind(if let Some(Kinds::All(kind)) = arrays.kind { kind } else { FOLLOW });
        let bare = numbered
            && (arrays.weight.is_none() && arrays.time.is_none() && arrays.sign.is_none())
            && (arrays.kind.and_then(|kinds| kinds.len()).is_none() && layer == FOLLOW)
            && matches!(self.duplicates, Repeats::Sum | Repeats::First);
        let rules = Rules {
            repeats: self.duplicates,
            self_rows: self.self_loops,
            view: self.view,
            tiers: Tiers::default(),
            accounts: self.accounts,
        };
        if bare && let Some(done) = self.bare(&pair, &seen, &rules, run)? {
            return Ok(done);
        }
        let interner = Interner::default();
        let batches = rows::batches(arrays, numbered.then_some(seen.largest), &interner, run)?;
        let files = vec![FileRows { edges: self.edges, layer, merged: false, batches }];
        assemble::network(files, interner, &Gathered::of(&[])?, &[], &rules, run, Summary::default())
    }

    /// Bare follows between numbered accounts, where their numbers are near enough.
    fn bare(&self, pair: &Pair, seen: &numbers::Seen, rules: &Rules, run: &Run) -> Result<Option<(Network, Summary)>> {
        let kept = pair.len() as u64 - seen.selves;
        let Some(bytes) = self.memory(seen.largest, kept, 0) else { return Ok(None) };
        run.check_memory("building the network", bytes)?;
        let (mut summary, mut rows) = (Summary::default(), RowCounts::default());
        let selves = (seen.selves > 0).then_some((FOLLOW, seen.selves));
        assemble::count_self_rows(selves.into_iter(), rules, &mut rows, &mut summary)?;
        let Some((names, follows, follow_rows)) = numbers::follow(run, self, pair, seen)? else { return Ok(None) };
        rows.follow_rows = follow_rows;
        let network = Network {
            names,
            follows,
            events: None,
            kinds: Vec::new(),
            items: Names::default(),
            attributes: Attributes::default(),
            tables: Tables::default(),
            pseudonymous: None,
            view: View::Whole,
            view_stated: self.view.is_some(),
            tiers: rules.tiers,
            rows,
        };
        Ok(Some(assemble::finish(network, self.view, summary)))
    }

    fn check(&self, arrays: &EdgeArrays) -> Result<()> {
        let rows = arrays.len();
        let lengths = [
            ("target", Some(arrays.target.len())),
            ("weight", arrays.weight.map(|column| column.len())),
            ("time", arrays.time.map(|column| column.len())),
            ("sign", arrays.sign.map(|column| column.len())),
            ("kind", arrays.kind.and_then(|column| column.len())),
        ];
        for (name, length) in lengths {
            if let Some(length) = length
                && length != rows
            {
                let problem = format!("has {length} rows, and source has {rows}");
                return Err(Error::parameter(name, problem).with_hint("a row of each column is one edge"));
            }
        }
        if self.accounts.is_some() && !(arrays.source.are_numbers() && arrays.target.are_numbers()) {
            return Err(Error::parameter("accounts", "is for ids that are numbers from 0, and these are texts")
                .with_hint("leave it out, or number the accounts"));
        }
        Ok(())
    }

    fn check_numbers(&self, pair: &Pair, largest: u64) -> Result<()> {
        if pair.len() == 0 {
            return Ok(());
        }
        let signed = pair.source.are_signed() || pair.target.are_signed();
        if signed && largest > i64::MAX as u64 {
            // Only a signed column's numbers up there are negative.
            let sides = [("source", pair.source), ("target", pair.target)];
            for (name, ids) in sides.into_iter().filter(|(_, ids)| ids.are_signed()) {
                let alone = Pair { source: ids, target: ids };
                if let Some((_, row, id)) = numbers::outside(&alone, i64::MAX as u64 + 1) {
                    return Err(rows::negative_id(name, row, &id));
                }
            }
        }
        match self.accounts {
            Some(accounts) if largest >= accounts as u64 => {
                let (name, row, id) = numbers::outside(pair, accounts as u64).unwrap_or(("source", 0, "".into()));
                let expected = format!("an account id below {accounts}, the number of accounts");
                Err(fault(name, row, &expected, id)
                    .with_hint("raise accounts, or leave it out to name those in the rows"))
            }
            _ => Ok(()),
        }
    }
}
