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

/// Room for a search, all [`Seen::NOT`] between two.
struct Search {
    seen: Vec<Seen>,
    /// Accounts in the order in which they are reached.
    order: Vec<u32>,
}

impl Search {
    fn new(accounts: usize) -> Self {
        Search { seen: vec![Seen::NOT; accounts], order: vec![0; accounts] }
    }

    /// Adds the dependencies of one source.
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
                    if seen.hops == u32::MAX {
                        *seen = Seen { paths, hops };
                        order[end] = w;
                        end += 1;
                    } else if seen.hops == hops {
                        seen.paths += paths;
                    }
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
                    if seen.hops == hops + 1 {
                        beyond += seen.paths;
                    }
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
