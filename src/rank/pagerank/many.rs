//! PageRank from many sources: each edge is read once for several of them.

use bytemuck::Pod;

use super::flow::{DOUBLE, Flow, LANES, Lanes, SINGLE};
use super::{Dangling, PageRank};
use crate::base::large::Large;
use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;
use crate::rank::Ranking;

impl PageRank {
    /// PageRank from each of many sources: what reaches the accounts when every restart is at those of the source, evenly
    /// (an account named twice counts twice).
    ///
    /// `keep` says what is kept of the ranking of a source, which is all scores: `|ranking| ranking` keeps everything,
    /// 8 bytes an account and a source; `|ranking| ranking.top(20)` the highest.
    ///
    /// **Returns**: what was kept, in the order of the sources. **Guarantee**: as [`PageRank::run_with`] for each source
    /// on its own; scores themselves are rounded to 32 bits where these suffice, so that rounding moves an iteration by
    /// 2^-24. **Cost**: an iteration reads each edge once for 16 sources. [`PageRank::memory_each`].
    /// **Errors**: as [`PageRank::run_with`]; sources without accounts; [`Dangling::Personal`].
    /// **Determinism**: the same bits at any number of threads, and for a source whatever the others are.
    ///
    /// ```
    /// use truereach::{Run, graph::build, rank::PageRank};
    /// let graph = build::graph(4, &[(0, 1), (1, 2), (2, 0), (3, 2)]);
    /// let from = [vec![0], vec![1, 3]];
    /// let highest = PageRank::default().run_each(&graph, &from, &Run::default(), |ranking| ranking.top(1)[0].0)?;
    /// assert_eq!(highest, [0, 2]);
    /// # Ok::<(), truereach::Error>(())
    /// ```
    pub fn run_each<R: Send>(
        &self,
        graph: &Graph,
        sources: &[Vec<u32>],
        run: &Run,
        keep: impl Fn(Ranking) -> R + Sync,
    ) -> Result<Vec<R>> {
        self.check()?;
        let accounts = graph.accounts();
        for (number, source) in sources.iter().enumerate() {
            let refused = |found: String| Err(Error::parameter("sources", format!("source {number} {found}")));
            match source.iter().find(|&&account| account as usize >= accounts) {
                Some(account) => return refused(format!("names account {account} of {accounts}")),
                None if source.is_empty() => return refused("names no account".into()),
                None => {}
            }
        }
        if self.dangling == Dangling::Personal {
            return Err(Error::parameter("--dangling", "personal is for one ranking at a time")
                .with_hint("teleport sends the score back to its source"));
        }
        run.check_memory("PageRank from many sources", self.memory_each(accounts as u64))?;
        let flow = Flow::new(graph, run)?;
        let single = self.is_single(SINGLE) && flow.is_usual();
        let most = self.enough_iterations().min(self.max_iterations as f64);
        let batches = sources.len().div_ceil(LANES) as f64;
        run.phase("PageRank from many sources", Some((batches * most * accounts as f64) as u64));
        let mut kept = Vec::with_capacity(sources.len());
        for batch in sources.chunks(LANES) {
            let rankings = run.install(|| match single {
                true => self.iterate_lanes(&flow, batch, SINGLE, |score| score as f32, run),
                false => self.iterate_lanes(&flow, batch, DOUBLE, |score| score, run),
            })?;
            let method = self.describe(graph, true);
            let each = par::chunks(batch.len(), 1);
            kept.extend(par::each(run, &each, rankings, |_, ranking| {
                keep(Ranking { method: method.clone(), ..ranking })
            })?);
        }
        Ok(kept)
    }

    /// Bytes that [`PageRank::run_each`] takes besides the graph and what is kept: 264 an account where 32 bits suffice
    /// for the tolerance, else 392.
    pub fn memory_each(&self, accounts: u64) -> u64 {
        let score = if self.is_single(SINGLE) { 4 } else { 8 };
        accounts * (8 + LANES as u64 * (2 * score + 8))
    }

    /// Iterates from at most [`LANES`] sources at once. A source that is done is set aside, whatever the others need.
    ///
    /// What is held of an account is what it passes on per unit of weight; of one that follows nobody, its score.
    fn iterate_lanes<T: Pod + Send + Sync + Into<f64>>(
        &self,
        flow: &Flow,
        sources: &[Vec<u32>],
        unit: f64,
        round: impl Fn(f64) -> T + Sync,
        run: &Run,
    ) -> Result<Vec<Ranking>> {
        let (damping, accounts) = (self.damping, flow.inverse.len());
        let restarts = Restart::list(sources);
        let [mut held, mut next] = [(); 2].map(|()| Large::<Lanes<T>>::zeros(accounts));
        let mut stuck = [0.0; LANES];
        for restart in &restarts {
            let (inverse, _) = flow.scale(restart.account as usize);
            held[restart.account as usize][restart.lane] = round(restart.share * inverse);
            stuck[restart.lane] += if flow.is_dangling(restart.account as usize) { restart.share } else { 0.0 };
        }
        let mut done: Vec<Option<Ranking>> = vec![None; sources.len()];
        let mut iterations = 0;
        while done.iter().any(Option::is_none) {
            let back = match self.dangling {
                Dangling::Teleport => stuck.map(|stuck| damping * stuck + (1.0 - damping)),
                _ => [1.0 - damping; LANES],
            };
            let even = match self.dangling {
                Dangling::Uniform => stuck.map(|stuck| stuck / accounts as f64),
                _ => [0.0; LANES],
            };
            let keeps = self.dangling == Dangling::SelfLoop;
            let parts = par::split(&mut next, &flow.chunks);
            let held_now: &[Lanes<T>] = &held;
            let sums = par::each(run, &flow.chunks, parts, |range, part| {
                let mut sums = Sums::default();
                let from = restarts.partition_point(|restart| (restart.account as usize) < range.start);
                let mut restarts = restarts[from..].iter().peekable();
                for (v, next) in range.zip(part) {
                    let mut new = flow.heard_lanes(v as u32, held_now);
                    let old = held_now[v].map(Into::into);
                    let dangling = flow.is_dangling(v);
                    for lane in 0..LANES {
                        new[lane] =
                            damping * (new[lane] + even[lane] + if keeps && dangling { old[lane] } else { 0.0 });
                    }
                    while let Some(restart) = restarts.next_if(|restart| restart.account as usize == v) {
                        new[restart.lane] += back[restart.lane] * restart.share;
                    }
                    let (inverse, weight) = flow.scale(v);
                    *next = new.map(|new| round(new * inverse));
                    let new = next.map(Into::into);
                    for lane in 0..LANES {
                        sums.change[lane] += (new[lane] - old[lane]).abs() * weight;
                    }
                    if dangling {
                        sums.stick(&new);
                    }
                }
                sums
            })?;
            std::mem::swap(&mut held, &mut next);
            iterations += 1;
            stuck = sums.iter().fold([0.0; LANES], |sum, part| std::array::from_fn(|at| sum[at] + part.stuck[at]));
            let change =
                sums.iter().fold([0.0; LANES], |sum, part| std::array::from_fn(|at| sum[at] + part.change[at]));
            let bound = change.map(|change| self.bound(change, unit + flow.rounding() + 46.0 * DOUBLE));
            let converged: [bool; LANES] = std::array::from_fn(|lane| self.is_enough(change[lane], bound[lane]));
            let ready = |lane: &usize| done[*lane].is_none() && (converged[*lane] || iterations == self.max_iterations);
            let ready: Vec<usize> = (0..sources.len()).filter(ready).collect();
            for (&lane, scores) in ready.iter().zip(flow.scores(&held, &ready, run)?) {
                let (change, error_bound, converged) = (change[lane], bound[lane], converged[lane]);
                done[lane] =
                    Some(Ranking { scores, iterations, change, error_bound, converged, method: String::new() });
            }
        }
        Ok(done.into_iter().flatten().collect())
    }
}

/// Where a lane restarts, and with which share.
struct Restart {
    account: u32,
    lane: usize,
    share: f64,
}

impl Restart {
    /// All restarts in the order of accounts, each account once a lane.
    fn list(sources: &[Vec<u32>]) -> Vec<Restart> {
        let mut all = Vec::new();
        for (lane, source) in sources.iter().enumerate() {
            let mut source = source.clone();
            source.sort_unstable();
            let share = |same: &[u32]| same.len() as f64 / source.len() as f64;
            all.extend(source.chunk_by(|a, b| a == b).map(|same| Restart {
                account: same[0],
                lane,
                share: share(same),
            }));
        }
        all.sort_by_key(|restart| (restart.account, restart.lane));
        all
    }
}

/// Sums over a chunk, one a lane.
#[derive(Default)]
struct Sums {
    change: [f64; LANES],
    stuck: [f64; LANES],
    lost: [f64; LANES],
}

impl Sums {
    /// Adds what is stuck at an account, and keeps what the addition loses (Kahan 1965): two roundings for any number.
    fn stick(&mut self, scores: &[f64; LANES]) {
        for ((stuck, lost), score) in self.stuck.iter_mut().zip(&mut self.lost).zip(scores) {
            let term = score - *lost;
            let sum = *stuck + term;
            *lost = (sum - *stuck) - term;
            *stuck = sum;
        }
    }
}

impl Flow<'_> {
    /// What makes a score of v what is held of it, and what makes it a score again.
    #[inline]
    fn scale(&self, v: usize) -> (f64, f64) {
        if self.is_dangling(v) { (1.0, 1.0) } else { (self.inverse[v], 1.0 / self.inverse[v]) }
    }

    /// The scores in some lanes.
    fn scores<T: Copy + Send + Sync + Into<f64>>(
        &self,
        held: &[Lanes<T>],
        lanes: &[usize],
        run: &Run,
    ) -> Result<Vec<Vec<f64>>> {
        let mut all = vec![vec![0.0; held.len()]; lanes.len()];
        let mut parts: Vec<Vec<&mut [f64]>> = self.chunks.iter().map(|_| Vec::new()).collect();
        for scores in &mut all {
            parts.iter_mut().zip(par::split(scores, &self.chunks)).for_each(|(parts, part)| parts.push(part));
        }
        par::each(run, &self.chunks, parts, |range, mut parts| {
            for (at, v) in range.enumerate() {
                let (_, weight) = self.scale(v);
                parts.iter_mut().zip(lanes).for_each(|(part, &lane)| part[at] = held[v][lane].into() * weight);
            }
        })?;
        Ok(all)
    }
}
