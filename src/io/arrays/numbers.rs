//! Bare edges between numbered accounts: laid into their buckets straight from the columns, and held nowhere else.

use std::ops::Range;

use super::columns::{Ids, each_pair};
use super::{FromEdges, Pair};
use crate::base::{Result, Run, par};
use crate::graph::build::{self, LAID, Walk};
use crate::graph::network::Follows;
use crate::graph::{Graph, Names, Rows};
use crate::io::columns::Edges;
use crate::io::ids::{Present, Ranks};

/// Ids of rows of accounts with themselves that are remembered, for each part; where there are more, rows are looked
/// through once more.
const SELVES: usize = 1 << 10;

/// What one look at all numbers shows.
#[derive(Default)]
pub(super) struct Seen {
    /// The largest; negative ones are over `i64::MAX`.
    pub largest: u64,
    /// Rows of an account with itself.
    pub selves: u64,
    /// Accounts with such rows; `None` if there are too many to list.
    pub themselves: Option<Vec<u64>>,
}

/// Looks at all rows of two columns of numbers.
pub(super) fn look(run: &Run, pair: &Pair) -> Result<Seen> {
    let parts = par::map(run, &par::chunks(pair.len(), LAID), |rows| {
        let (mut largest, mut selves, mut themselves) = (0, 0, Vec::new());
        each_pair(rows, pair.wide(), |_, from, to| {
            largest = from.max(to).max(largest);
            if from == to {
                selves += 1;
                if themselves.len() <= SELVES && themselves.last() != Some(&from) {
                    themselves.push(from);
                }
            }
        });
        Ok(Seen { largest, selves, themselves: (themselves.len() <= SELVES).then_some(themselves) })
    })?;
    Ok(parts.into_iter().fold(Seen { themselves: Some(Vec::new()), ..Seen::default() }, |mut all, part| {
        all.largest = all.largest.max(part.largest);
        all.selves += part.selves;
        all.themselves = all.themselves.zip(part.themselves).map(|(mut all, part)| {
            all.extend(part);
            all
        });
        all
    }))
}

/// The rows as pairs of (who follows, who is followed).
struct Straight<'a> {
    pair: &'a Pair<'a>,
    edges: Edges,
    ranks: Option<&'a Ranks>,
}

impl Straight<'_> {
    /// The rows of a part that are between different accounts, as the columns have them.
    #[inline]
    fn rows(&self, rows: Range<usize>, mut visit: impl FnMut(u32, u32)) {
        match self.ranks {
            None => each_pair(rows, self.pair.narrow(), |_, from: u32, to| {
                if from != to {
                    visit(from, to);
                }
            }),
            Some(ranks) => each_pair(rows, self.pair.wide(), |_, from, to| {
                if from != to {
                    visit(ranks.of(from), ranks.of(to));
                }
            }),
        }
    }
}

impl Walk for Straight<'_> {
    fn parts(&self) -> usize {
        self.pair.len().div_ceil(LAID)
    }

    #[inline]
    fn each(&self, part: usize, mut visit: impl FnMut(u32, u32, ())) {
        let rows = part * LAID..((part + 1) * LAID).min(self.pair.len());
        match self.edges {
            Edges::FollowerFollowee => self.rows(rows, |from, to| visit(from, to, ())),
            Edges::SourceReached => self.rows(rows, |from, to| visit(to, from, ())),
            Edges::Undirected => self.rows(rows, |from, to| {
                visit(from, to, ());
                visit(to, from, ());
            }),
        }
    }
}

/// How the numbers become dense ids.
enum Way {
    /// They are: the accounts are `0..accounts`.
    Given(usize),
    /// Rows are sorted by the numbers themselves, those below the bound, and renamed when it is known which are there:
    /// that keeps their order.
    Late(usize),
    /// Numbers are renamed as they are read.
    First,
}

/// Bytes that [`follow`] takes at most for so many pairs, of which `sorted` lie in the largest buckets, one a thread;
/// `None` where numbers are too far apart for a bit each.
pub(super) fn memory(accounts: Option<u32>, largest: u64, pairs: u64, sorted: u64) -> Option<u64> {
    // As many accounts as could be there.
    let most = (2 * pairs).min(largest.saturating_add(1));
    let (accounts, names, bits) = match way(accounts, largest, pairs)? {
        Way::Given(accounts) => (accounts as u64, accounts as u64, 0),
        Way::Late(space) => (space as u64, most, Present::memory(largest)),
        Way::First => (most, most, Present::memory(largest)),
    };
    let one_way = 8 * (accounts + 1) + 4 * pairs + 8 * sorted;
    let both_ways = Graph::memory(accounts, pairs, false) + 8 * names + 4 * sorted;
    Some(one_way.max(both_ways) + bits + tables(pairs))
}

/// Bytes of the tables that say where each part of the pairs goes: at most 36 for each of 4,096 buckets and each part of
/// [`LAID`] pairs, and room for what is small.
fn tables(pairs: u64) -> u64 {
    pairs / 4 + (1 << 20)
}

fn way(accounts: Option<u32>, largest: u64, pairs: u64) -> Option<Way> {
    match accounts {
        Some(accounts) => Some(Way::Given(accounts as usize)),
        // At most 4 bytes a pair for accounts that are not there.
        None if largest < (pairs / 2 + (1 << 16)).min(u32::MAX as u64 - 1) => Some(Way::Late(largest as usize + 1)),
        None if largest <= pairs.max(1 << 16).saturating_mul(64) => Some(Way::First),
        None => None,
    }
}

/// The follow layer of bare rows, and the names; `None` where numbers are too far apart. The network's rows are counted
/// too: each direction of an undirected one on its own.
pub(super) fn follow(
    run: &Run,
    settings: &FromEdges,
    pair: &Pair,
    seen: &Seen,
) -> Result<Option<(Names, Option<Follows>, u64)>> {
    let kept = pair.len() as u64 - seen.selves;
    let pairs = if settings.edges == Edges::Undirected { 2 * kept } else { kept };
    let Some(way) = way(settings.accounts, seen.largest, pairs) else { return Ok(None) };
    let edges = settings.edges;
    let early = match way {
        Way::First => Some(present(run, pair, seen.largest)?.ranks()?),
        _ => None,
    };
    let space = match (&way, &early) {
        (_, Some(ranks)) => ranks.len(),
        (Way::Given(accounts) | Way::Late(accounts), _) => *accounts,
        (Way::First, None) => 0,
    };
    run.phase("building the follow graph", Some(pairs));
    let merged = build::walked(run, space, pairs, &Straight { pair, edges, ranks: early.as_ref() })?;
    let mut following = merged.following;
    let names = match (&way, &early) {
        (_, Some(ranks)) => ranks.names(),
        (Way::Given(accounts), _) => Names::range(*accounts),
        _ => {
            let ranks = named(run, pair, &following, seen)?.ranks()?;
            if !ranks.is_identity() {
                following = renamed(run, following, &ranks)?;
            }
            ranks.names()
        }
    };
    if pairs == 0 {
        return Ok(Some((names, None, 0)));
    }
    let graph = match edges {
        Edges::Undirected => Graph::from_parts(following.clone(), following, true),
        _ => {
            let rows = 8 * following.offsets.len() + 4 * following.targets.len();
            build::finish_beside(run, following, rows as u64 + names.memory() + tables(pairs))?
        }
    };
    let repeats = settings.duplicates;
    Ok(Some((names, Some(Follows { graph, time: None, sign: None, repeats, terms: None }), pairs)))
}

/// All numbers that the rows name.
fn present(run: &Run, pair: &Pair, largest: u64) -> Result<Present> {
    run.phase("finding accounts", Some(pair.len() as u64));
    let present = Present::new(largest);
    par::map(run, &par::chunks(pair.len(), LAID), |rows| {
        each_pair(rows, pair.wide(), |_, from, to| {
            present.mark(from);
            present.mark(to);
        });
        Ok(())
    })?;
    Ok(present)
}

/// As [`present`], from the sorted rows: every number is at one of their ends, or in a row of an account with itself.
fn named(run: &Run, pair: &Pair, rows: &Rows, seen: &Seen) -> Result<Present> {
    let Some(themselves) = &seen.themselves else { return present(run, pair, seen.largest) };
    let present = Present::new(seen.largest);
    themselves.iter().for_each(|&number| present.mark(number));
    let offsets = &rows.offsets[..];
    let targets = &rows.targets[..];
    par::map(run, &par::chunks_by_degree(offsets, LAID as u64), |range| {
        for u in range.clone().filter(|&u| offsets[u] < offsets[u + 1]) {
            present.mark(u as u64);
        }
        let edges = offsets[range.start] as usize..offsets[range.end] as usize;
        targets[edges].iter().for_each(|&target| present.mark(target as u64));
        Ok(())
    })?;
    Ok(present)
}

/// Rows by number as rows by dense id, in the place where they lie. The order of numbers is that of ids, so that rows
/// stay sorted.
fn renamed(run: &Run, rows: Rows, ranks: &Ranks) -> Result<Rows> {
    let (mut offsets, mut targets) = (rows.offsets.into_vec(), rows.targets.into_vec());
    let ranges = par::chunks(targets.len(), LAID);
    par::fill(run, &ranges, &mut targets, |_, part| {
        part.iter_mut().for_each(|target| *target = ranks.of(u64::from(*target)));
    })?;
    for (id, number) in ranks.numbers().enumerate() {
        offsets[id] = offsets[number as usize];
    }
    if let Some(&end) = offsets.last() {
        offsets[ranks.len()] = end;
        offsets.truncate(ranks.len() + 1);
        offsets.shrink_to_fit();
    }
    Ok(Rows { offsets: offsets.into(), targets: targets.into(), weights: None })
}

/// The first row in which an id is not below `bound`: its column's name, its row, the id as it would be printed.
pub(super) fn outside<'a>(pair: &Pair<'a>, bound: u64) -> Option<(&'static str, usize, std::borrow::Cow<'a, str>)> {
    let mut found = None;
    for start in (0..pair.len()).step_by(LAID) {
        each_pair(start..(start + LAID).min(pair.len()), pair.wide(), |row, from, to| {
            if found.is_none() && from.max(to) >= bound {
                found = Some((row, from >= bound));
            }
        });
        if found.is_some() {
            break;
        }
    }
    found.map(|(row, first)| {
        let (name, ids): (_, &Ids) = if first { ("source", &pair.source) } else { ("target", &pair.target) };
        (name, row, ids.shown(row))
    })
}
