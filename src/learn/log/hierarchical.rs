//! The default estimator of chances: cells of alike follows, creators and people of their own, a leak from outside.

use serde::{Deserialize, Serialize};

use super::super::count::Likelihood;
use super::cells::{CELLS, Cell, Cells};
use super::chances::{Chances, Steps};
use super::factors::{Counted, Factors};
use super::leak::Leak;
use super::strength;
use super::traces::Traces;
use crate::base::stats::{Interval, Z95};
use crate::base::{Result, Run, par};
use crate::graph::OUTSIDE;

/// No chance is larger.
const CAP: f64 = 0.999;

/// Rounds, and steps of expectation and maximisation in each.
const ROUNDS: u32 = 8;
const INNER: u32 = 4;

/// Follows of one task.
const WORK: u64 = 1 << 18;

/// Chances of sharing learned from a log: hierarchical Beta–Bernoulli with a leak.
///
/// `P_u = 1 − (1 − eps) prod (1 − p_vu)` over the possible causes v of u's act; `p_vu ~ Beta(s m, s (1 − m))` with
/// `m = m_c g_v h_u`: the cell's mean, a factor of the creator, a factor of the follower. An act is shared out among its causes,
/// the leak one of them, in proportion (latent causes, by expectation and maximisation): `k_vu` successes in `n_vu` trials, so
/// `p_vu = (k + s m)/(n + s)`: a follow that was never tried has its m, never zero. `m_c` are successes over expected trials;
/// g and h are gamma variables of mean 1, `(K + κ)/(E + κ)`, κ by the marginal likelihood of the counts (negative binomial for
/// people, Poisson-log-normal with a spread from post to post for creators); s by the augmented marginal likelihood (beta-binomial).
/// `eps` is what comes from outside the graph: acts a cascade, by creator, spread over all accounts.
///
/// What a log identifies is the chance of *sharing*, `p = r rho`; it is predictive, not causal: people who are alike share alike.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hierarchical {
    /// Whether creators and people have factors of their own.
    pub own: bool,
}

impl Default for Hierarchical {
    fn default() -> Self {
        Hierarchical { own: true }
    }
}

/// What was learned of a kind of follow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CellMean {
    /// The kind.
    pub cell: Cell,
    /// Follows tried, each as often as it was.
    pub trials: f64,
    /// Expected successes among them.
    pub shares: f64,
    /// Successes over trials.
    pub mean: f64,
    /// Its 95% interval.
    pub interval: Interval,
}

/// The learned model.
#[derive(Debug, Clone)]
pub struct Learned {
    /// Cells that were tried.
    pub cells: Vec<CellMean>,
    /// Mean of a cell where the factors are 1, by the cell's number.
    pub base: [f64; CELLS],
    /// Standard deviation of the log of each cell's mean.
    pub unsure: [f64; CELLS],
    /// By account: the factor on the chance that its followers act.
    pub source: Vec<f64>,
    /// By account: the factor on the chance that it acts.
    pub target: Vec<f64>,
    /// How much single follows keep to what their kind says: trials that it is worth.
    pub strength: f64,
    /// Chances of the log's pairs.
    pub pairs: Vec<f64>,
    /// What comes from outside.
    pub leak: Leak,
    /// What moves all shares of a creator, and of a post.
    pub factors: Factors,
    /// By account: counts of first shares of each of its posts, against what was expected with a factor of 1.
    pub started: Vec<(u32, Vec<Counted>)>,
}

/// Expected trials, and successes, by cell, account followed, account following.
struct Sums {
    cells: [(f64, f64); CELLS],
    plain: [f64; CELLS],
    /// By cell, over accounts followed: squares of expected shares, and the same a cascade.
    clumps: [[f64; 2]; CELLS],
    source: Vec<f64>,
    target: Vec<f64>,
}

impl Learned {
    /// The mean of a follow before it is tried.
    #[inline]
    pub fn prior(&self, cell: usize, v: u32, u: u32) -> f64 {
        (self.base[cell] * self.source[v as usize] * self.target[u as usize]).min(CAP)
    }

    /// The chance of a follow: `pair` is its number in the log, if it has one.
    #[inline]
    pub fn of(&self, cell: usize, v: u32, u: u32, trials: u32, pair: Option<usize>) -> f64 {
        match pair {
            Some(pair) => self.pairs[pair],
            None => self.strength * self.prior(cell, v, u) / (f64::from(trials) + self.strength),
        }
    }

    /// Steps of expectation and maximisation for the pairs, everything else given. Leaves the expected successes in `hits`.
    ///
    /// An act is shared out by what is known of each cause without it (its cavity): with what it says itself it would count twice,
    /// which shows where a pair has one act.
    pub(super) fn settle(
        &mut self,
        traces: &Traces<'_>,
        cells: &Cells,
        steps: &mut Steps,
        hits: &mut [f64],
        rounds: u32,
        run: &Run,
    ) -> Result<()> {
        let pairs = &traces.pairs;
        let mut without = vec![0.0; pairs.len()];
        for _ in 0..rounds {
            let leak = &self.leak;
            for pair in 0..pairs.len() {
                let prior = self.prior(cells.at(pairs.place[pair]), pairs.source[pair], pairs.target[pair]);
                let others = hits[pair] * (1.0 - 1.0 / pairs.acts(pair).len() as f64);
                let trials = f64::from(pairs.trials[pair]) - 1.0;
                without[pair] = ((others + self.strength * prior) / (trials + self.strength)).min(CAP);
            }
            hits.copy_from_slice(steps.hits(traces, &without, |act| leak.of_act(traces, act), run)?);
            for (pair, hits) in hits.iter().enumerate() {
                let prior = self.prior(cells.at(pairs.place[pair]), pairs.source[pair], pairs.target[pair]);
                let trials = f64::from(pairs.trials[pair]);
                // With several causes of one act there may be more hits than trials: the chance stays one.
                let next = (hits + self.strength * prior) / (trials + self.strength);
                self.pairs[pair] = next.min(CAP);
            }
        }
        Ok(())
    }
}

impl Hierarchical {
    /// Learns from a log.
    ///
    /// **Cost**: 8 rounds of 4 passes over the possible causes and one over the follows of everybody who acted; 16 bytes an
    /// account and 16 a cause besides the [`Traces`]. **Determinism**: no randomness; the same bits at any number of threads.
    pub fn run(&self, traces: &Traces<'_>, cells: &Cells, likelihood: &Likelihood, run: &Run) -> Result<Learned> {
        let accounts = traces.graph.accounts();
        let pairs = &traces.pairs;
        run.check_memory("learning from a log", 48 * accounts as u64 + 32 * pairs.len() as u64)?;
        run.phase("learning from the log", Some(u64::from(ROUNDS * INNER)));
        let constant = Chances::constant(traces);
        let first = constant.of(traces, 0, (!pairs.is_empty()).then_some(0)).max(1e-12);
        let mut found = Learned {
            cells: Vec::new(),
            base: [first; CELLS],
            unsure: [1.0; CELLS],
            source: vec![1.0; accounts],
            target: vec![1.0; accounts],
            strength: 10.0,
            pairs: Chances::partial_credits(traces).pairs,
            leak: Leak::first(traces),
            factors: Factors::none(),
            started: Vec::new(),
        };
        let mut steps = Steps::new(traces);
        let mut hits: Vec<f64> =
            (0..pairs.len()).map(|pair| found.pairs[pair] * f64::from(pairs.trials[pair])).collect();
        for round in 0..ROUNDS {
            found.settle(traces, cells, &mut steps, &mut hits, INNER, run)?;
            found.leak = found.leak.next(traces, &steps.over, likelihood, round + 1 == ROUNDS, run)?;
            self.maximise(&mut found, traces, cells, &hits, &steps.over, round, likelihood, run)?;
        }
        // Pairs by what was found last, as all other follows.
        found.settle(traces, cells, &mut steps, &mut hits, INNER, run)?;
        Ok(found)
    }

    /// Everything but the pairs, given what was shared out.
    #[allow(clippy::too_many_arguments)]
    fn maximise(
        &self,
        found: &mut Learned,
        traces: &Traces<'_>,
        cells: &Cells,
        hits: &[f64],
        over: &[f64],
        round: u32,
        likelihood: &Likelihood,
        run: &Run,
    ) -> Result<()> {
        let sums = sums(found, traces, cells, hits, run)?;
        let (all, expected) = sums.cells.iter().fold((0.0, 0.0), |(k, n), cell| (k + cell.0, n + cell.1));
        let mean = if expected > 0.0 { (all / expected).max(1e-12) } else { found.base[0] };
        for (cell, &(shares, trials)) in sums.cells.iter().enumerate() {
            // Worth one success at the mean of all: a cell with nothing to show is like the others.
            found.base[cell] = ((shares + 1.0) / (trials + 1.0 / mean)).min(CAP);
            // Shares of one creator and of one post come together: fewer than they are would say as much.
            let [own, posts] = sums.clumps[cell];
            let clumped = found.factors.clumps(own, posts);
            found.unsure[cell] = libm::sqrt(shares + 1.0 + clumped) / (shares + 1.0);
        }
        if self.own && round % 2 == 1 {
            let mut shares = vec![0.0; traces.graph.accounts()];
            (0..hits.len()).for_each(|pair| shares[traces.pairs.target[pair] as usize] += hits[pair]);
            let shape = strength::shape(&shares, &sums.target, run);
            for (u, factor) in found.target.iter_mut().enumerate() {
                *factor = (shares[u] + shape) / (sums.target[u] + shape);
            }
        } else if self.own {
            self.sources(found, traces, hits, over, &sums.source, round, likelihood, run)?;
        }
        if round + 1 == ROUNDS || round == 2 {
            found.strength = strength::of(found, traces, cells, hits, run)?;
        }
        if round + 1 == ROUNDS {
            let cell = |number: usize| {
                let (shares, trials) = (sums.cells[number].0, sums.plain[number]);
                // The mean of these creators: what moves one of them is part of it, what moves a post is not.
                let clumped = found.factors.clumps(0.0, sums.clumps[number][1]);
                let off = Z95 * libm::sqrt(shares + 1.0 + clumped) / trials;
                let mean = shares / trials;
                let interval = Interval { low: (mean - off).max(0.0), high: (mean + off).min(1.0) };
                CellMean { cell: cells.cell(number), trials, shares, mean, interval }
            };
            found.cells = (0..CELLS).filter(|&number| sums.plain[number] > 0.0).map(cell).collect();
        }
        Ok(())
    }

    /// Factors of creators: of those who started cascades by the counts of each, of all others by their sums.
    #[allow(clippy::too_many_arguments)]
    fn sources(
        &self,
        found: &mut Learned,
        traces: &Traces<'_>,
        hits: &[f64],
        over: &[f64],
        expected: &[f64],
        round: u32,
        likelihood: &Likelihood,
        run: &Run,
    ) -> Result<()> {
        let mut shares = vec![0.0; traces.graph.accounts()];
        (0..hits.len()).for_each(|pair| shares[traces.pairs.source[pair] as usize] += hits[pair]);
        found.started = started(traces, hits, over, expected);
        let counts: Vec<Vec<Counted>> = found.started.iter().map(|(_, counts)| counts.clone()).collect();
        // Spreads settle before anything else does.
        if round == 2 || round + 2 == ROUNDS {
            found.factors = Factors::fit(&counts, likelihood, run)?;
        }
        let (between, within) = (found.factors.between(), found.factors.within());
        let shape = 1.0 / (libm::expm1(between * between)).max(1e-6);
        let clumped = libm::expm1(within * within);
        for (v, factor) in found.source.iter_mut().enumerate() {
            let acted = f64::from(traces.acted[v].max(1));
            // Shares of one post come together: they are worth less than as many of different posts.
            let worth = 1.0 / (1.0 + clumped * expected[v] / acted);
            *factor = (worth * shares[v] + shape) / (worth * expected[v] + shape);
        }
        let factors = &found.factors;
        let own = par::map(run, &par::chunks(found.started.len(), 64), |range| {
            let of = |(_, counts): &(u32, Vec<Counted>)| factors.own(counts, likelihood).mean();
            Ok(found.started[range].iter().map(of).collect::<Vec<f64>>())
        })?;
        for ((v, _), own) in found.started.iter().zip(own.into_iter().flatten()) {
            found.source[*v as usize] = own;
        }
        Ok(())
    }
}

/// By who started cascades: the shares straight from the starter of each, against what is expected with a factor of 1.
fn started(traces: &Traces<'_>, hits: &[f64], over: &[f64], expected: &[f64]) -> Vec<(u32, Vec<Counted>)> {
    // What of a pair's successes is of one act: in proportion to `1/P`.
    let each = |pair: usize| {
        let all = traces.pairs.acts(pair).iter().fold(0.0, |sum, &act| sum + over[act as usize]);
        if all > 0.0 { hits[pair] / all } else { 0.0 }
    };
    let each: Vec<f64> = (0..hits.len()).map(each).collect();
    let mut direct = vec![0.0; traces.cascades.len()];
    for (act, over) in over.iter().enumerate() {
        let cascade = traces.acts.cascade[act] as usize;
        let starter = traces.cascades.get(cascade).starter();
        for &pair in traces.acts.pairs(act) {
            if traces.pairs.source[pair as usize] == starter {
                direct[cascade] += each[pair as usize] * over;
            }
        }
    }
    let mut all: Vec<(u32, Counted)> = traces
        .cascades
        .iter()
        .zip(direct)
        .filter(|(cascade, _)| cascade.starter() != OUTSIDE)
        .map(|(cascade, count)| {
            let v = cascade.starter() as usize;
            (cascade.starter(), Counted { count, expected: expected[v] / f64::from(traces.acted[v]) })
        })
        .collect();
    all.sort_by_key(|one| one.0);
    let creators = all.chunk_by(|a, b| a.0 == b.0);
    creators.map(|chunk| (chunk[0].0, chunk.iter().map(|one| one.1).collect())).collect()
}

/// What is expected of the follows of everybody who acted, with the factor of the account summed over left out.
fn sums(found: &Learned, traces: &Traces<'_>, cells: &Cells, hits: &[f64], run: &Run) -> Result<Sums> {
    let accounts = traces.graph.accounts();
    let mut all = Sums {
        cells: [(0.0, 0.0); CELLS],
        plain: [0.0; CELLS],
        clumps: [[0.0; 2]; CELLS],
        source: vec![0.0; accounts],
        target: vec![0.0; accounts],
    };
    let rows = traces.graph.follower_rows();
    let ranges = par::chunks_by_degree(&rows.offsets, WORK);
    let parts = par::map(run, &ranges, |range| {
        let (mut by_cell, mut by_source) = ([(0.0, 0.0, 0.0); CELLS], Vec::with_capacity(range.len()));
        let mut clumps = [[0.0; 2]; CELLS];
        for v in range.start as u32..range.end as u32 {
            let mut expected = 0.0;
            if traces.acted[v as usize] > 0 {
                let g = found.source[v as usize];
                let mut own = [0.0; CELLS];
                traces.tried(v, |place, u, trials, pair| {
                    let (cell, h, trials) = (cells.at(place), found.target[u as usize], f64::from(trials));
                    by_cell[cell].0 += pair.map_or(0.0, |pair| hits[pair]);
                    by_cell[cell].1 += trials * g * h;
                    by_cell[cell].2 += trials;
                    expected += trials * found.base[cell] * h;
                    own[cell] += trials * found.base[cell] * g * h;
                });
                for (clump, own) in clumps.iter_mut().zip(own).filter(|(_, own)| *own > 0.0) {
                    clump[0] += own * own;
                    clump[1] += own * own / f64::from(traces.acted[v as usize]);
                }
            }
            by_source.push(expected);
        }
        Ok((by_cell, clumps, by_source))
    })?;
    for (range, (by_cell, clumps, by_source)) in ranges.iter().zip(parts) {
        for (sum, clump) in all.clumps.iter_mut().zip(clumps) {
            *sum = [sum[0] + clump[0], sum[1] + clump[1]];
        }
        for (cell, (shares, expected, trials)) in by_cell.into_iter().enumerate() {
            all.cells[cell].0 += shares;
            all.cells[cell].1 += expected;
            all.plain[cell] += trials;
        }
        all.source[range.clone()].copy_from_slice(&by_source);
    }
    // By follower: the rows turned over, one after the other, so that sums are taken in one order.
    for v in (0..accounts as u32).filter(|&v| traces.acted[v as usize] > 0) {
        let g = found.source[v as usize];
        traces.tried(v, |place, u, trials, _| {
            all.target[u as usize] += f64::from(trials) * found.base[cells.at(place)] * g;
        });
    }
    Ok(all)
}
