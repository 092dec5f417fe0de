//! How far everybody is from everybody, about: harmonic centrality and the distribution of distances.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::counter::{estimate, merge, see};
use super::distance::Direction;
use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result, Run, par};
use crate::graph::{Graph, Rows};

/// HyperBall: about how many accounts are within 1, 2, 3, … hops of each account, for all accounts at once.
///
/// ```text
/// B(v, 0) = {v},   B(v, t) = B(v, t−1) ∪ ⋃ B(u, t−1) over u next to v       (a counter each, in m bytes)
/// harmonic(v) = Σ_{t ≥ 1} (|B(v, t)| − |B(v, t−1)|) / t = Σ_{u ≠ v} 1 / hops from v to u
/// N(t) = Σ_v |B(v, t)|                                                     the neighbourhood function
/// ```
///
/// **Input**: directed; weights do not matter. `direction` says which way hops go: `followers`, the way information goes,
/// from an account to those who hear it; `following`, to those it hears. (The centrality of Boldi & Vigna counts paths that
/// arrive: along follows that is `followers` here.)
/// **Returns**: [`Balls`]: for each account harmonic centrality (0 to accounts − 1), how many it reaches, the sum of the
/// hops to them; for the network the neighbourhood function, and from it mean distance and effective diameter.
/// **Guarantee**: |B(v, 0)| and |B(v, 1)| are exact. Every larger ball is estimated with a relative standard error of about
/// η = 1.04/√m, and so are the sums of them with positive factors, which harmonic centralities and N(t) are: their
/// relative standard error is at most about η. It does not shrink for sums over many accounts, whose balls overlap and err
/// alike; only another seed errs otherwise. Distances of pairs in N(t) and the mean distance are ratios, which err less.
/// **Cost**: each hop at most one pass over the edges with m bytes each; only accounts next to one whose counter changed
/// are looked at. 2m + 34 bytes an account. **Errors**: m out of range; memory.
/// **Determinism**: a function of graph, parameters and seed; the same bits at any number of threads. Ids matter: an
/// account's random word is drawn from its id.
/// **Symbols**: m = 2^`log2m`. **References**: Boldi & Vigna, In-core computation of geometric centralities with HyperBall
/// (2013, arXiv:1308.2144); Boldi & Vigna, Axioms for centrality (2014).
///
/// ```
/// use truereach::{Run, graph::build, rank::HyperBall};
/// // 1 follows 0, 2 follows 1: what 0 says can go to 1 and on to 2.
/// let graph = build::graph(3, &[(1, 0), (2, 1)]);
/// let found = HyperBall::default().run(&graph, &Run::default())?;
/// assert!((found.harmonic[0] - 1.5).abs() < 0.1);
/// assert_eq!((found.harmonic[1], found.harmonic[2]), (1.0, 0.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct HyperBall {
    /// Registers per account, as a power of 2 from 4 to 16; the relative standard error is 1.04/√(2^N)
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value_t = 8))]
    pub log2m: u32,
    /// Which way hops go: to those who hear the account, or to those it hears
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value = "followers"))]
    pub direction: Direction,
    /// Hops after which to stop [default: when nothing changes]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N"))]
    pub max_hops: Option<u32>,
}

impl Default for HyperBall {
    fn default() -> Self {
        HyperBall { log2m: 8, direction: Direction::Followers, max_hops: None }
    }
}

/// About how many accounts are within how many hops.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Balls {
    /// For each account the sum over all others of 1 / hops to them.
    pub harmonic: Vec<f64>,
    /// For each account how many others it reaches.
    pub reached: Vec<f64>,
    /// For each account the sum of the hops to those it reaches.
    pub hops: Vec<f64>,
    /// How many pairs of accounts, each with itself included, are within 0, 1, 2, … hops.
    pub pairs_within: Vec<f64>,
    /// The relative standard error of one ball, and a bound on that of harmonic centralities and of `pairs_within`.
    pub relative_error: f64,
    /// Whether it ended because nothing changed, not because of `max_hops`.
    pub complete: bool,
}

impl Balls {
    /// Closeness: 1 over the mean number of hops to those reached; `None` for an account that reaches nobody.
    pub fn closeness(&self, account: u32) -> Option<f64> {
        let (reached, hops) = (self.reached[account as usize], self.hops[account as usize]);
        (hops > 0.0).then(|| reached / hops)
    }

    /// The mean number of hops between two accounts one of which reaches the other; `None` if no account reaches another.
    pub fn mean_hops(&self) -> Option<f64> {
        let (first, last) = (self.pairs_within.first()?, self.pairs_within.last()?);
        let steps = self.pairs_within.windows(2).zip(1..);
        (last > first).then(|| steps.map(|(pair, t)| (pair[1] - pair[0]) * t as f64).sum::<f64>() / (last - first))
    }

    /// The effective diameter: the number of hops, interpolated, within which a share of all pairs that reach each other are
    /// (usually 0.9). `None` if no account reaches another.
    pub fn effective_diameter(&self, share: f64) -> Option<f64> {
        let (first, last) = (self.pairs_within.first()?, self.pairs_within.last()?);
        let asked = share.clamp(0.0, 1.0) * last;
        let t = self.pairs_within.iter().position(|&pairs| pairs >= asked)?;
        let before = if t == 0 { 0.0 } else { self.pairs_within[t - 1] };
        let part = (asked - before) / (self.pairs_within[t] - before);
        (last > first).then_some(if t == 0 { 0.0 } else { t as f64 - 1.0 + part })
    }
}

/// What is known of an account so far.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    size: f64,
    harmonic: f64,
    hops: f64,
}

impl HyperBall {
    /// Refuses a number of registers out of range.
    pub fn check(&self) -> Result<()> {
        match self.log2m {
            4..=16 => Ok(()),
            other => Err(Error::parameter("--log2m", format!("must be from 4 to 16, not {other}"))
                .with_hint("8 has a relative error of 6.5%, 10 of 3.3%, 12 of 1.6%")),
        }
    }

    /// Bytes that a run takes besides the graph: 2m + 34 an account, and 24 for the result.
    pub fn memory(&self, accounts: u64) -> u64 {
        accounts * ((2 << self.log2m) + 58)
    }

    /// The relative standard error of one ball: 1.04/√m.
    pub fn relative_error(&self) -> f64 {
        1.04 / ((1u64 << self.log2m) as f64).sqrt()
    }

    /// Counts.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Balls> {
        self.check()?;
        let accounts = graph.accounts();
        run.check_memory("HyperBall", self.memory(accounts as u64))?;
        run.phase("distances", None);
        let rows = match self.direction {
            Direction::Followers => graph.follower_rows(),
            Direction::Following => graph.following_rows(),
        };
        let m = 1usize << self.log2m;
        let key = Key::new(run.seed(), Stream::Ball, 0);
        let mut balls = vec![0u8; accounts * m];
        balls.chunks_exact_mut(m).zip(0..).for_each(|(ball, v)| see(ball, key.word(v)));
        let mut next = balls.clone();
        let mut changed = vec![true; accounts];
        let mut known = vec![Known { size: 1.0, ..Known::default() }; accounts];
        let mut pairs_within = if accounts == 0 { vec![] } else { vec![accounts as f64] };
        let mut complete = true;
        for hop in 1u32.. {
            if !changed.contains(&true) {
                break;
            }
            if self.max_hops.is_some_and(|most| hop > most) {
                complete = false;
                break;
            }
            changed = step(run, rows, m, hop, &balls, &mut next, &changed, &mut known)?;
            std::mem::swap(&mut balls, &mut next);
            if changed.contains(&true) {
                pairs_within.push(par::sum(run, accounts, |v| known[v].size));
            }
        }
        Ok(Balls {
            harmonic: known.iter().map(|known| known.harmonic).collect(),
            reached: known.iter().map(|known| known.size - 1.0).collect(),
            hops: known.iter().map(|known| known.hops).collect(),
            pairs_within,
            relative_error: self.relative_error(),
            complete,
        })
    }
}

/// Balls one hop larger: `next` from `balls`, of which `changed` says which grew in the hop before. Returns which grew now.
#[allow(clippy::too_many_arguments)]
fn step(
    run: &Run,
    rows: &Rows,
    m: usize,
    hop: u32,
    balls: &[u8],
    next: &mut [u8],
    changed: &[bool],
    known: &mut [Known],
) -> Result<Vec<bool>> {
    let (offsets, targets) = (&rows.offsets[..], &rows.targets[..]);
    let ranges = par::chunks_by_degree(offsets, 1 << 14);
    let of_bytes: Vec<_> = ranges.iter().map(|range| range.start * m..range.end * m).collect();
    let mut grown = vec![false; known.len()];
    let parts = par::split(next, &of_bytes)
        .into_par_iter()
        .zip(par::split(known, &ranges))
        .zip(par::split(&mut grown, &ranges))
        .zip(&ranges)
        .with_max_len(1);
    run.install(|| {
        parts.try_for_each(|(((next, known), grown), range)| {
            run.step(range.len() as u64)?;
            for (((v, ball), known), grown) in range.clone().zip(next.chunks_exact_mut(m)).zip(known).zip(grown) {
                let own = &balls[v * m..(v + 1) * m];
                ball.copy_from_slice(own);
                let row = &targets[offsets[v] as usize..offsets[v + 1] as usize];
                for &u in row.iter().filter(|u| changed[**u as usize]) {
                    merge(ball, &balls[u as usize * m..(u as usize + 1) * m]);
                }
                // A ball of one hop is counted, not estimated, even where its counter stays as it was.
                let size = match hop {
                    1 => row.len() as f64 + 1.0,
                    _ if ball == own => continue,
                    _ => estimate(ball).max(known.size),
                };
                *grown = if hop == 1 { !row.is_empty() } else { true };
                let more = size - known.size;
                known.size = size;
                known.harmonic += more / hop as f64;
                known.hops += more * hop as f64;
            }
            Ok(())
        })
    })?;
    Ok(grown)
}

#[cfg(test)]
mod tests;
