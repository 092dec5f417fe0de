//! Triangles: who are neighbours of one another, and how close-knit an account's surroundings are.

use std::ops::Range;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ties::{self, each_tie};
use crate::base::stats::ExactSum;
use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;

/// Triangles and clustering: how many pairs of an account's neighbours are neighbours themselves.
///
/// ```text
/// c(v) = ties between neighbours of v / (d(v) (d(v) − 1) / 2)         Watts & Strogatz 1998
/// directed: c(v) = follows between neighbours of v / (d(v) (d(v) − 1))   LDBC Graphalytics, LCC
/// transitivity = 3 · triangles / paths of two ties                        Newman, Watts & Strogatz 2002
/// ```
///
/// **Input**: any graph. Neighbours are those an account follows or is followed by, each once: a directed graph is folded,
/// and d(v) counts its neighbours. With `directed`, two neighbours that follow each other count twice; in a symmetric
/// graph that is no difference. Weights do not matter.
/// **Returns**: [`Clustering`]: whole numbers an account, coefficients from 0 to 1; none for fewer than two neighbours.
/// **Guarantee**: exact. **Cost**: each triangle is met once, from its member of highest degree but one; at most
/// O(edges^1.5), parallel; [`Triangles::memory`].
/// **Errors**: memory; more than 2^31 accounts. **Determinism**: counts are unique.
/// **Symbols**: d(v) `neighbours`. **References**: Schank & Wagner 2005 (forward); Latapy 2008 (by degree); Iosup et al.,
/// LDBC Graphalytics specification, arXiv:2011.15028, section 2.3.6 (LCC).
///
/// ```
/// use truereach::{Run, graph::build, rank::Triangles};
/// // A triangle, and 3 tied to one of its corners.
/// let graph = build::graph(4, &[(0, 1), (1, 2), (2, 0), (3, 0)]);
/// let found = Triangles::default().run(&graph, &Run::default())?;
/// assert_eq!((found.total(), &found.between[..]), (Some(1), &[1, 1, 1, 0][..]));
/// assert_eq!((found.coefficient(0), found.coefficient(3)), (Some(1.0 / 3.0), None));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args), group(skip))]
pub struct Triangles {
    /// Count follows between neighbours, not ties: two that follow each other count twice (LDBC Graphalytics)
    #[cfg_attr(feature = "cli", arg(long))]
    pub directed: bool,
}

/// How close-knit each account's surroundings are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clustering {
    /// How many neighbours each account has.
    pub neighbours: Vec<u32>,
    /// How many ties (`directed`: follows) there are between its neighbours. Ties: its triangles.
    pub between: Vec<u64>,
    /// Whether `between` counts follows, not ties.
    pub directed: bool,
}

impl Clustering {
    /// How many triangles there are in all; `None` where follows were counted.
    pub fn total(&self) -> Option<u64> {
        (!self.directed).then(|| self.between.iter().sum::<u64>() / 3)
    }

    /// The share of pairs of an account's neighbours that are tied; `None` for fewer than two neighbours.
    pub fn coefficient(&self, account: u32) -> Option<f64> {
        let degree = self.neighbours[account as usize] as f64;
        let ordered = if self.directed { 1.0 } else { 2.0 };
        (degree > 1.0).then(|| ordered * self.between[account as usize] as f64 / (degree * (degree - 1.0)))
    }

    /// How many accounts have at least two neighbours, and so a coefficient.
    pub fn with_coefficient(&self) -> u64 {
        self.neighbours.iter().filter(|&&degree| degree > 1).count() as u64
    }

    /// The mean coefficient of the accounts that have one. (NetworkX and NetworKit's plain mean take the others as 0.)
    pub fn average(&self) -> Option<f64> {
        let of = (0..self.neighbours.len() as u32).filter_map(|v| self.coefficient(v));
        let count = self.with_coefficient();
        (count > 0).then(|| of.collect::<ExactSum>().value() / count as f64)
    }

    /// The share of paths of two ties that are closed by a third; `None` without such a path, or where follows were
    /// counted.
    pub fn transitivity(&self) -> Option<f64> {
        let pairs = |&degree: &u32| degree as u128 * (degree as u128).saturating_sub(1) / 2;
        let paths: u128 = self.neighbours.iter().map(pairs).sum();
        (!self.directed && paths > 0).then(|| self.between.iter().sum::<u64>() as f64 / paths as f64)
    }
}

impl Triangles {
    /// Any parameters make sense.
    pub fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Bytes that a run may take besides the graph: 40 an account, 44 more for each thread, and 4 a tie, of which there are at
    /// most as many as edges.
    pub fn memory(accounts: u64, ties: u64, threads: u64) -> u64 {
        accounts * (40 + 44 * threads) + 4 * ties
    }

    /// Counts.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Clustering> {
        self.check()?;
        let accounts = graph.accounts();
        if accounts > 1 << 31 {
            return Err(Error::NotEstimable { figure: "triangles".into(), needs: "at most 2^31 accounts".into() });
        }
        let ties = if graph.is_symmetric() { graph.edges() / 2 } else { graph.edges() };
        let threads = run.thread_count() as u64;
        run.check_memory("triangles", Self::memory(accounts as u64, ties, threads))?;
        run.phase("triangles", Some(4 * accounts as u64));
        let directed = self.directed && !graph.is_symmetric();
        let upward = Upward::new(graph, run, directed)?;
        let counted = match directed {
            true => upward.count::<true>(graph, run)?,
            false => upward.count::<false>(graph, run)?,
        };
        // Of a symmetric graph, every tie is two follows.
        let times = if self.directed && !directed { 2 } else { 1 };
        let of = |v: usize| times * counted[upward.ranks[v] as usize];
        let between = (0..accounts).map(of).collect();
        Ok(Clustering { neighbours: upward.degrees, between, directed: self.directed })
    }
}

/// Accounts in the order of degree, highest first, and each one's neighbours above it: few, however many it has in all.
struct Upward {
    degrees: Vec<u32>,
    /// The account at each rank.
    order: Vec<u32>,
    /// The rank of each account.
    ranks: Vec<u32>,
    /// By rank: the ranks of its neighbours above, sorted, twice each, and one more where the tie goes both ways.
    offsets: Vec<u64>,
    above: Vec<u32>,
}

/// Ranks to a task.
const TASK: usize = 64;

impl Upward {
    fn new(graph: &Graph, run: &Run, directed: bool) -> Result<Self> {
        let accounts = graph.accounts();
        let degrees = ties::degrees(graph, run)?;
        // The smaller id first among equal degrees: no two keys are alike.
        let mut order: Vec<u32> = (0..accounts as u32).collect();
        run.install(|| order.par_sort_unstable_by_key(|&v| (std::cmp::Reverse(degrees[v as usize]), v)));
        let mut ranks = vec![0u32; accounts];
        order.iter().zip(0..).for_each(|(&v, rank)| ranks[v as usize] = rank);

        let chunks = par::chunks(accounts, TASK);
        let visit = |rank: usize, visit: &mut dyn FnMut(u32)| {
            each_tie(graph, order[rank], |u, both| {
                let other = ranks[u as usize];
                if (other as usize) < rank {
                    visit(2 * other + u32::from(directed && both));
                }
            })
        };
        let mut offsets = vec![0u64; accounts + 1];
        par::fill(run, &chunks, &mut offsets[1..], |range, part| {
            range.zip(part).for_each(|(rank, count)| visit(rank, &mut |_| *count += 1));
        })?;
        (1..=accounts).for_each(|rank| offsets[rank] += offsets[rank - 1]);
        let cuts: Vec<_> =
            chunks.iter().map(|range| offsets[range.start] as usize..offsets[range.end] as usize).collect();
        let mut above = vec![0u32; offsets[accounts] as usize];
        let parts = par::split(&mut above, &cuts);
        run.install(|| {
            chunks.par_iter().zip(parts).with_max_len(1).try_for_each(|(range, mut part)| {
                run.step(range.len() as u64)?;
                for rank in range.clone() {
                    let (row, rest) = part.split_at_mut((offsets[rank + 1] - offsets[rank]) as usize);
                    part = rest;
                    let mut slots = row.iter_mut();
                    visit(rank, &mut |entry| slots.by_ref().take(1).for_each(|slot| *slot = entry));
                    row.sort_unstable();
                }
                Ok::<_, Error>(())
            })
        })?;
        Ok(Upward { degrees, order, ranks, offsets, above })
    }

    fn row(&self, rank: u32) -> &[u32] {
        &self.above[self.offsets[rank as usize] as usize..self.offsets[rank as usize + 1] as usize]
    }

    /// Ties (`DIRECTED`: follows) between the neighbours of each account, by rank. Every thread counts in a table of its own:
    /// whole numbers, which any order adds up alike.
    fn count<const DIRECTED: bool>(&self, graph: &Graph, run: &Run) -> Result<Vec<u64>> {
        let accounts = self.order.len();
        let mut tools = par::Tools::new();
        par::map(run, &par::chunks(accounts, BLOCK), |block| {
            tools.with(|| Counting::new(accounts), |counting| counting.block::<DIRECTED>(self, graph, block));
            Ok(())
        })?;
        let mut counts = vec![0u64; accounts];
        for counting in tools.all() {
            counts.iter_mut().zip(&counting.counts).for_each(|(count, more)| *count += more);
        }
        Ok(counts)
    }
}

/// Accounts in the middle that are looked at together, a bit each.
const BLOCK: usize = 64;

/// Which accounts of a block one is tied to, and to which of them both ways.
#[derive(Debug, Clone, Copy, Default)]
struct Tied {
    any: u64,
    both: u64,
}

/// The table of a thread: what it counted, and room for a block, all zero between blocks.
struct Counting {
    counts: Vec<u64>,
    /// By rank: to whom in the block an account above it is tied.
    upper: Vec<Tied>,
    /// By rank: to whom in the block an account below it is tied.
    lower: Vec<Tied>,
    below: Vec<u32>,
}

impl Counting {
    fn new(accounts: usize) -> Self {
        let tied = || vec![Tied::default(); accounts];
        Counting { counts: vec![0; accounts], upper: tied(), lower: tied(), below: Vec::new() }
    }

    /// The triangles whose account in the middle (of three ranks w < v < u) is in the block. For each u below a v of the block
    /// its row is read once, whatever the number of such v: each w of it closes a triangle with those that both are tied to.
    fn block<const DIRECTED: bool>(&mut self, upward: &Upward, graph: &Graph, block: Range<usize>) {
        let Counting { counts, upper, lower, below } = self;
        for (bit, v) in block.clone().enumerate() {
            let row = upward.row(v as u32);
            for &entry in row {
                upper[(entry >> 1) as usize].add(bit, entry & 1 == 1);
            }
            if row.is_empty() {
                continue;
            }
            each_tie(graph, upward.order[v], |account, both| {
                let u = upward.ranks[account as usize];
                if u as usize > v {
                    let tied = &mut lower[u as usize];
                    if tied.any == 0 {
                        below.push(u);
                    }
                    tied.add(bit, DIRECTED && both);
                }
            });
        }
        // In the order in which their rows stand.
        below.sort_unstable();
        let mut in_middle = [0u64; BLOCK];
        for u in below.drain(..) {
            let lower = std::mem::take(&mut lower[u as usize]);
            let mut at_u = 0;
            for &entry in upward.row(u) {
                let w = (entry >> 1) as usize;
                if w >= block.end {
                    break;
                }
                let upper = upper[w];
                let mut closed = lower.any & upper.any;
                if closed == 0 {
                    continue;
                }
                if DIRECTED {
                    at_u += u64::from((closed & upper.both).count_ones());
                    counts[w] += u64::from((closed & lower.both).count_ones());
                }
                let between = if DIRECTED { 1 + u64::from(entry & 1) } else { 1 };
                let mut met = 0;
                while closed != 0 {
                    in_middle[closed.trailing_zeros() as usize] += between;
                    closed &= closed - 1;
                    met += 1;
                }
                counts[w] += met;
                at_u += met;
            }
            counts[u as usize] += at_u;
        }
        for (v, met) in block.zip(in_middle) {
            counts[v] += met;
            upward.row(v as u32).iter().for_each(|&entry| upper[(entry >> 1) as usize] = Tied::default());
        }
    }
}

impl Tied {
    #[inline]
    fn add(&mut self, bit: usize, both: bool) {
        self.any |= 1 << bit;
        self.both |= u64::from(both) << bit;
    }
}

#[cfg(test)]
mod tests;
