//! Betweenness counted: from every source forward by hops, then back, handing on what lies beyond (Brandes 2001).

use super::{overflow, too_many};
use crate::base::{Result, Run, par};
use crate::graph::{Flat, Graph};

/// Sums of sources that are kept apart: source i goes to lane i mod 32, whatever the number of threads.
pub const LANES: usize = 32;

/// The sum of the dependencies of all sources on each account.
pub fn dependencies(graph: &Graph, run: &Run) -> Result<Vec<f64>> {
    let accounts = graph.accounts();
    // News of an account without followers go nowhere.
    let sources: Vec<u32> = (0..accounts as u32).filter(|&v| !graph.followers(v).is_empty()).collect();
    let lanes = LANES.min(sources.len());
    run.phase("betweenness", Some((sources.len() + lanes) as u64));
    let rows = graph.follower_rows().flat();
    let tools = par::Tools::new();
    let sums = par::map(run, &par::chunks(lanes, 1), |lane| {
        let mut sums = vec![0.0; accounts];
        tools.with(
            || Search::new(accounts),
            |search| {
                sources.iter().skip(lane.start).step_by(LANES).try_for_each(|&source| {
                    run.step(1)?;
                    search.add(source, rows, &mut sums)
                })
            },
        )?;
        Ok(sums)
    })?;
    let mut total = vec![0.0; accounts];
    par::fill(run, &par::chunks(accounts, par::CHUNK), &mut total, |range, part| {
        part.iter_mut().zip(range).for_each(|(total, v)| *total = sums.iter().fold(0.0, |sum, lane| sum + lane[v]));
    })?;
    Ok(total)
}

/// What a search knows of an account.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Shortest paths from the source; on the way back, once the account is done, `(1 + dependency) / paths`.
    paths: f64,
    hops: u32,
}

impl Seen {
    const NOT: Seen = Seen { paths: 0.0, hops: u32::MAX };
}

/// The value where two numbers of hops are equal, else 0: in arithmetic, which compilers do not turn into a branch.
#[inline(always)]
fn where_equal(one: u32, two: u32, value: f64) -> f64 {
    let equal = (i64::from(one ^ two) - 1) >> 63;
    f64::from_bits(value.to_bits() & equal as u64)
}

/// Room for a search, all [`Seen::NOT`] between two.
struct Search {
    seen: Vec<Seen>,
    /// Accounts in the order in which they are reached, and one place more to write to.
    order: Vec<u32>,
}

impl Search {
    fn new(accounts: usize) -> Self {
        Search { seen: vec![Seen::NOT; accounts], order: vec![0; accounts + 1] }
    }

    /// Adds the dependencies of one source. The loops over rows have no branches: whether an account was reached, and where,
    /// is as good as random.
    fn add(&mut self, source: u32, rows: Flat, sums: &mut [f64]) -> Result<()> {
        let Search { seen, order } = self;
        seen[source as usize] = Seen { paths: 1.0, hops: 0 };
        order[0] = source;
        let (mut level, mut end, mut hops) = (0..1, 1, 0);
        let mut last = level.clone();
        while !level.is_empty() {
            hops += 1;
            for at in level.clone() {
                let v = order[at];
                let paths = seen[v as usize].paths;
                for &w in rows.row(v) {
                    let seen = &mut seen[w as usize];
                    order[end] = w;
                    let new = seen.hops == u32::MAX;
                    end += usize::from(new);
                    seen.hops = seen.hops.min(hops);
                    seen.paths += where_equal(seen.hops, hops, paths);
                }
            }
            last = level;
            level = last.end..end;
        }
        let mut too_large = false;
        for at in (1..end).rev() {
            let v = order[at];
            let Seen { paths, hops } = seen[v as usize];
            too_large |= too_many(paths);
            let mut beyond = 0.0;
            // Nothing lies beyond the last level.
            if at < last.start {
                for &w in rows.row(v) {
                    let seen = seen[w as usize];
                    beyond += where_equal(seen.hops, hops + 1, seen.paths);
                }
            }
            let dependency = paths * beyond;
            sums[v as usize] += dependency;
            seen[v as usize].paths = (1.0 + dependency) / paths;
        }
        order[..end].iter().for_each(|&v| seen[v as usize] = Seen::NOT);
        if too_large { Err(overflow()) } else { Ok(()) }
    }
}
