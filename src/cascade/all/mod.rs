//! The reach of every account at once, from one pool of backward walks.

pub mod cut;
mod interval;
mod seen;
mod steps;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use self::interval::{Known, interval};
use self::seen::{Counted, Seen, count};
use self::steps::{BATCHES, Estimate, Lanes, Steps};
use super::backward::Backward;
use super::draws::Draw;
use super::every::ReachRow;
use super::reach::joined;
use super::resolved::Resolved;
use super::setting::Cascade;
use super::tunkrank::TunkRank;
use crate::base::engine::named;
use crate::base::stats::{Interval, quantile};
use crate::base::{Error, Result, Run, par};
use crate::graph::{Graph, Network};

/// How many people every account reaches with one post of its own.
///
/// A sample draws one person at random, the root, and walks backwards: to the accounts whose post reaches the root
/// directly, and through those of them who reshare to the accounts whose post reaches these, until nobody new is met.
/// v reaches the root exactly if the walk meets v, so `R(v) = n P(v is met)` (with weights, roots are drawn in proportion to
/// them, and n is their sum). Counting that alone has a relative error
/// of `sqrt(n / (N R))` from N samples. Better use is made of the same samples by an exact relation,
///
/// `R(v) = sum over F(v) of r_vx (1 + rho_x R(x)) − n E[again(v)]`,
///
/// where `again(v)` counts the live edges by which a sample meets v although it was there already (for the root: all
/// of them). *Proof.* n E[live edges from v to the root or to accounts that the sample met and that reshare] is the
/// first sum: whether x reaches the root rests on no coin of an edge into x, and not on x's own wish to reshare, so
/// that the three coins are independent (under linear threshold: on no pick of x). Of these live edges one meets v for
/// the first time if v is not the root and reaches it; the others are `again(v)`.
///
/// So with `C(v) = n met(v) / N` every `Y_0 = C`, `Y_k(v) = sum over F(v) of r_vx (1 + rho_x Y_{k-1}(x)) −
/// n again(v) / N` is an unbiased estimate of R(v): the right side is linear in what was counted, and its mean is R by
/// the relation. Each step replaces a part of the chance in C by sums over followers, and adds the chance in `again`,
/// which is zero on trees, and rare where cascades are short: there Y_k becomes the exact sum, TunkRank. The number of
/// steps is one for all accounts: the first after which their mean relative error stops falling. With a limit of time the
/// relation does not hold; what is counted then are the roots that do not hear v itself in time, and `R0(v)`, which is exact, is
/// added.
///
/// **Input**: who follows whom, and the network it comes from. **Returns**: a row for each account, in their order, as
/// [`super::ReachEach`] gives for each alone; `worlds` is the number of samples, `converged` whether the row's own
/// half-width is at most `half_width` of its reach.
///
/// **Guarantee**: before the clamp, every estimate is unbiased for each number of steps; one number is chosen for all
/// accounts together by their mean error. `R0 <= reach <= I`
/// ([`super::direct_reach`], [`TunkRank`] to 1e-4) for estimates and intervals. `sim_error` is a 95% interval per
/// account, not joint: Student's t over 16 batches of samples, wider where it rests on few events. Errors of accounts
/// hang together, for the same walks met them: in one run more or fewer than 95% of the intervals may hold, over runs 95%
/// do (docs/BENCHMARKS.md). Samples grow until the median relative half-width of the accounts with a
/// reach of at least 10 (of all with followers, where there is none) is at most `half_width`; as the median stops, not
/// the account, the intervals are those of a fixed number. `interval` draws assumed exposure and resharing from their
/// ranges; the cascade part is then taken to move in proportion with the direct part and the chance of resharing.
///
/// **Cost**: the live edges and coins of one backward walk per sample; per look some passes over the edges, 16 numbers
/// each. Memory: 632 bytes an account, 4 more a thread; `lt` with weights 8 an edge. TunkRank once.
///
/// **Errors**: parameters outside their range; what [`Cascade::resolve`] refuses. **Determinism**: sample i is a function
/// of (seed, i), batches are sets of samples, counts are whole numbers: equal bits at any number of threads.
///
/// **Symbols**: `r_vu`, `rho_u`, `R0`, `R`, `I` as in MODELS.md sections 0 and 1; N samples, n accounts.
///
/// **References**: Borgs, Brautbar, Chayes & Lucier 2014 (reverse sampling); Guo, Wang, Wei & Chen 2020 (skipping).
///
/// ```
/// use truereach::{Run, cascade::{Model, ReachAll}, graph::{Network, build}};
/// // 1 follows 0, 2 follows 1: on a tree nothing is met twice, and the reach is exact.
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 1)]));
/// let all = ReachAll { cascade: Model::Ic(0.5).into(), ..Default::default() };
/// let found = all.run(network.follow_graph().unwrap(), &network, &Run::new(7)).unwrap();
/// assert_eq!(found.rows.iter().map(|row| row.reach).collect::<Vec<_>>(), [0.75, 0.5, 0.0]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReachAll {
    /// How the post travels.
    pub cascade: Cascade,
    /// Stop when the median half-width is at most this share of the reach.
    pub half_width: f64,
    /// Take this many samples (rounded up to a multiple of 16), whatever the half-width.
    pub samples: Option<u64>,
    /// Never take more samples than this to meet the half-width.
    pub max_samples: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it).
    pub draws: u32,
}

impl Default for ReachAll {
    fn default() -> Self {
        ReachAll { cascade: Cascade::default(), half_width: 0.05, samples: None, max_samples: 1 << 28, draws: 100 }
    }
}

/// The reach of every account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReachOfAll {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// The seed of the samples.
    pub seed: u64,
    /// Draws of the parameters behind `interval`; 0: parameters given.
    pub draws: u32,
    /// Samples taken.
    pub samples: u64,
    /// Steps along followers after counting.
    pub steps: u32,
    /// The median half-width, as a share of the reach, of the accounts that decide.
    pub half_width: f64,
    /// How many accounts these are.
    pub deciding: u64,
    /// Whether it is at most what was asked for.
    pub converged: bool,
    /// One row an account, in the order of the accounts.
    pub rows: Vec<ReachRow>,
}

/// Samples at the first look, at least; one for so many accounts otherwise.
const FIRST: u64 = 1024;
const SHARE: u64 = 4;

/// A look has at least and at most so many times the samples of the one before.
const GROWTH: (f64, f64) = (1.5, 4.0);

/// Walks of a batch to a chunk that another process computes, at most.
const PIECE: u64 = 1 << 18;

/// Most steps. Each costs a pass over the edges.
const MOST_STEPS: u32 = 64;

/// A step that lowers the error by less than this share is the last.
const WORTH: f64 = 0.1;

/// Accounts of at least this reach decide when to stop.
const DECIDES: f64 = 10.0;

/// So many samples keep the numbers of a batch within 32 bits.
const LIMIT: u64 = 1 << 35;

/// Accounts to a task.
const CHUNK: usize = 8192;

/// Estimates after some steps, and the mean relative standard error of the accounts that decide.
struct Look {
    estimates: Vec<Estimate>,
    steps: u32,
    error: f64,
}

impl ReachAll {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if !(self.half_width > 0.0 && self.half_width.is_finite()) {
            return Err(Error::parameter("--half-width", format!("{} is not a share above 0", self.half_width)));
        }
        let given = [("--max-samples", Some(self.max_samples)), ("--samples", self.samples)];
        match given.into_iter().find(|(_, count)| count.is_some_and(|count| !(1..=LIMIT).contains(&count))) {
            Some((flag, _)) => Err(Error::parameter(flag, format!("must be between 1 and {LIMIT}"))),
            None => Ok(()),
        }
    }

    /// Bytes needed beside the graph and the model.
    pub fn memory(resolved: &Resolved<'_>, threads: usize) -> u64 {
        let accounts = resolved.graph().accounts() as u64;
        let (counts, lanes) = (size_of::<Seen>() * BATCHES, 2 * size_of::<Lanes>());
        let row = size_of::<f64>() * 2 + size_of::<Estimate>() + size_of::<ReachRow>();
        Backward::memory(resolved) + accounts * (counts + lanes + row + 4 * threads) as u64
    }

    /// Bytes that one chunk of walks takes beside the graph and the model, in another process.
    fn memory_of_chunk(resolved: &Resolved<'_>) -> u64 {
        let accounts = resolved.graph().accounts() as u64;
        Backward::memory(resolved) + accounts * (size_of::<Seen>() + 4 + size_of::<(u32, u32, u64)>()) as u64
    }

    /// Estimates the reach of every account.
    pub fn run(&self, graph: &Graph, network: &Network, run: &Run) -> Result<ReachOfAll> {
        self.check()?;
        let resolved = self.cascade.resolve(graph, network, run)?;
        self.run_resolved(&resolved, run)
    }

    /// As [`ReachAll::run`] with a model resolved before; `cascade` of this struct is not read.
    pub fn run_resolved(&self, resolved: &Resolved<'_>, run: &Run) -> Result<ReachOfAll> {
        self.check()?;
        let accounts = resolved.graph().accounts();
        // Whoever computes chunks for another process stops at the walks, with what one batch takes.
        let lists = if run.is_asked() { 0 } else { accounts };
        match run.is_asked() {
            true => run.check_memory("walks backwards", Self::memory_of_chunk(resolved))?,
            false => run.check_memory("the reach of every account", Self::memory(resolved, run.thread_count()))?,
        }
        let backward = Backward::new(resolved);
        let queues = par::Tools::new();
        // What is known otherwise comes after the walks, where others stop.
        let mut certain: Option<(Vec<Known>, Vec<f64>)> = None;
        let mut batches: Vec<Vec<Seen>> = vec![vec![Seen::default(); lists]; BATCHES];
        let (mut each, most) = (0, self.max_samples.div_ceil(BATCHES as u64));
        let mut next = match self.samples {
            Some(samples) => samples.div_ceil(BATCHES as u64),
            None => (FIRST.max(accounts as u64 / SHARE) / BATCHES as u64).min(most),
        };
        let mut before = None;
        let (look, median, deciding) = loop {
            run.phase("walking backwards", Some((next - each) * BATCHES as u64));
            if !cut::elsewhere(resolved, [each, next], &mut batches, run)? {
                walk(&backward, [each, next], &mut batches, &queues, run)?;
            }
            each = next;
            let (known, direct) = match &mut certain {
                Some(certain) => certain,
                none => {
                    let known = known(resolved, run)?;
                    let direct = known.iter().map(|known| known.direct).collect();
                    none.insert((known, direct))
                }
            };
            let look = best(resolved, direct, &batches, each, run)?;
            let found = look.estimates.iter().zip(known.iter()).map(|(found, known)| {
                let (reach, ends) = interval(*found, *known);
                (reach, ends.half_width())
            });
            let mut shares = deciding(found);
            shares.sort_by(f64::total_cmp);
            let median = if shares.is_empty() { 0.0 } else { quantile(&shares, 0.5) };
            if self.samples.is_some() || median <= self.half_width || each >= most {
                break (look, median, shares.len() as u64);
            }
            next = (each as f64 * growth(median / self.half_width, (each, median), before)) as u64;
            next = next.min(most);
            before = Some((each, median));
        };
        drop(batches);
        let known = certain.map(|(known, _)| known).unwrap_or_default();

        let samples = each * BATCHES as u64;
        let ranged = resolved.has_ranges() && self.draws > 0;
        let draws: Vec<Draw<'_>> = match ranged {
            true => (0..self.draws).filter_map(|draw| Draw::new(resolved, run.seed(), draw.into())).collect(),
            false => Vec::new(),
        };
        let rows = par::map(run, &par::chunks(accounts, CHUNK), |range| {
            let row = |v: usize| {
                let (reach, sim_error) = interval(look.estimates[v], known[v]);
                let direct = known[v].direct;
                ReachRow {
                    account: v as u32,
                    reach,
                    direct,
                    cascade: reach - direct,
                    sim_error,
                    interval: if ranged {
                        widened(resolved, v as u32, reach, direct, sim_error, &draws)
                    } else {
                        sim_error
                    },
                    worlds: samples,
                    converged: sim_error.half_width() <= self.half_width * reach,
                }
            };
            Ok(range.map(row).collect::<Vec<_>>())
        })?;
        Ok(ReachOfAll {
            model: resolved.model().to_string(),
            assumptions: resolved.notes().to_vec(),
            seed: run.seed(),
            draws: draws.len() as u32,
            samples,
            steps: look.steps,
            half_width: median,
            deciding,
            converged: median <= self.half_width,
            rows: rows.concat(),
        })
    }
}

/// Takes the walks `from..to` of every batch, here or in other processes.
fn walk(
    backward: &Backward<'_>,
    [from, to]: [u64; 2],
    batches: &mut [Vec<Seen>],
    queues: &par::Tools<Vec<u32>>,
    run: &Run,
) -> Result<()> {
    // Walk i of batch b has number 16 i + b: the pool of a run is the beginning of that of a longer one.
    let numbers =
        |batch: usize, [from, to]: [u64; 2]| (from..to).map(move |index| index * BATCHES as u64 + batch as u64);
    let pieces = || (from..to).step_by(PIECE as usize).map(|begin| [begin, to.min(begin + PIECE)]);
    let chunks: Vec<(usize, [u64; 2])> =
        (0..BATCHES).flat_map(|batch| pieces().map(move |piece| (batch, piece))).collect();
    let accounts = backward.resolved().graph().accounts();
    let counted = |&(batch, range): &(usize, [u64; 2])| {
        let mut seen = vec![Seen::default(); accounts];
        queues.with(Vec::new, |queue| count(backward, numbers(batch, range), 0, &mut seen, queue, run))?;
        Ok(Counted::of(&seen))
    };
    let found = match run.is_alone() {
        true => None,
        false => {
            let work = named("walks backwards", &[run.seed(), backward.resolved().digest()]);
            run.elsewhere(&work, &chunks, counted)?
        }
    };
    if let Some(parts) = found {
        return parts.iter().zip(&chunks).try_for_each(|(part, &(batch, _))| part.add(&mut batches[batch]));
    }
    if run.is_asked() {
        return Err(Error::engine("a worker has another network under this name: it finds no such walks")
            .with_hint("the network's file and what stands beside it must be the same on every worker"));
    }
    par::each(run, &par::chunks(BATCHES, 1), batches.iter_mut().collect(), |range, seen| {
        queues.with(Vec::new, |queue| count(backward, numbers(range.start, [from, to]), from, seen, queue, run))
    })?
    .into_iter()
    .collect()
}

/// How many times the samples are needed for a half-width `ratio` times smaller. Half-widths fall as 1 / samples where
/// they rest on few events, as its root where on many; the last two looks (samples, half-width) say which.
fn growth(ratio: f64, now: (u64, f64), before: Option<(u64, f64)>) -> f64 {
    let slope = before.map_or(1.0, |before| libm::log(before.1 / now.1) / libm::log(now.0 as f64 / before.0 as f64));
    (1.1 * libm::pow(ratio, 1.0 / slope.clamp(0.5, 1.0))).clamp(GROWTH.0, GROWTH.1)
}

/// The upper bound, where it is cheap: few sweeps settle all but classes in which exposures repeat so often that the bound
/// lies far above the reach. Those are left without one.
fn bound() -> TunkRank {
    TunkRank { tolerance: 1e-6, max_sweeps: 16, ..TunkRank::default() }
}

/// What is known of everybody without sampling.
fn known(resolved: &Resolved<'_>, run: &Run) -> Result<Vec<Known>> {
    let ranks = match resolved.is_silent() {
        true => None,
        false => Some(bound().run_resolved(resolved, run)?),
    };
    let total = resolved.total();
    let ranges = par::chunks_by_degree(&resolved.graph().follower_rows().offsets, 65_536);
    let known = par::map(run, &ranges, |range| {
        let one = |v: usize| {
            let direct = resolved.audience(v as u32);
            // Without resharing there is no more. Rounding of either must not put them the wrong way round; an infinite I
            // bounds nothing.
            let most = ranks.as_ref().map_or(direct, |ranks| ranks.exposures[v] / (1.0 - ranks.error));
            // A creator does not reach themselves.
            let others = total - resolved.weight(v as u32);
            Known { direct, most: most.min(others).max(direct) }
        };
        Ok(range.map(one).collect::<Vec<_>>())
    })?;
    Ok(known.concat())
}

/// Steps as long as the error falls. The first step is always taken: it holds the direct part.
fn best(resolved: &Resolved<'_>, direct: &[f64], batches: &[Vec<Seen>], each: u64, run: &Run) -> Result<Look> {
    run.phase("stepping along followers", None);
    let mut steps = Steps::new(resolved, direct, batches, each, run)?;
    if resolved.deadline().is_some() {
        return judged(&steps, direct.len(), 0, run);
    }
    steps.step(run)?;
    let mut look = judged(&steps, direct.len(), 1, run)?;
    while look.steps < MOST_STEPS && look.error > 0.0 {
        steps.step(run)?;
        let further = judged(&steps, direct.len(), look.steps + 1, run)?;
        let enough = further.error > look.error * (1.0 - WORTH);
        if further.error <= look.error {
            look = further;
        }
        if enough {
            break;
        }
    }
    Ok(look)
}

/// Estimates, and how precise they are.
fn judged(steps: &Steps<'_>, accounts: usize, taken: u32, run: &Run) -> Result<Look> {
    let ranges = par::chunks(accounts, CHUNK);
    let parts = par::map(run, &ranges, |range| Ok(range.map(|v| steps.estimate(v)).collect::<Vec<_>>()))?;
    let estimates = parts.concat();
    let errors = deciding(estimates.iter().map(|found| (found.mean, libm::sqrt(found.variance))));
    let sum = errors.iter().fold(0.0, |sum, error| sum + error);
    Ok(Look { estimates, steps: taken, error: sum / errors.len().max(1) as f64 })
}

/// The errors of the accounts that decide, as shares of their reach.
fn deciding(found: impl Iterator<Item = (f64, f64)> + Clone) -> Vec<f64> {
    let from = |least: f64| found.clone().filter(move |&(reach, _)| reach >= least && reach > 0.0);
    let shares: Vec<f64> = from(DECIDES).map(|(reach, error)| error / reach).collect();
    if shares.is_empty() { from(0.0).map(|(reach, error)| error / reach).collect() } else { shares }
}

/// The interval with assumed parameters drawn: the direct part exactly, the cascade in proportion with it and with
/// the chance of resharing.
fn widened(
    resolved: &Resolved<'_>,
    v: u32,
    reach: f64,
    direct: f64,
    sim_error: Interval,
    draws: &[Draw<'_>],
) -> Interval {
    if direct == 0.0 {
        return sim_error;
    }
    let beyond = reach / direct - 1.0;
    let followers = resolved.weight_of(resolved.graph().followers(v));
    let mut reaches: Vec<f64> =
        draws.iter().map(|draw| draw.r(v) * followers * (1.0 + beyond * draw.resharing())).collect();
    reaches.sort_by(f64::total_cmp);
    // Each end with its own part of the simulation error.
    Interval {
        low: joined(reach, reach - sim_error.low, &reaches, 0.0).low,
        high: joined(reach, sim_error.high - reach, &reaches, 0.0).high,
    }
}
