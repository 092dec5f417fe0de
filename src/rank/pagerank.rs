//! PageRank: followed by those who are followed.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::ranking::Ranking;
use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;

/// When to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Once the scores are proven to lie within the tolerance of the exact ones (L1 over all accounts).
    #[default]
    Guaranteed,
    /// Once an iteration changes the scores by no more than the tolerance (L1 over all accounts).
    Change,
}

/// Where the score of accounts that follow nobody goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Dangling {
    /// Where teleport goes ("strongly preferential").
    #[default]
    Teleport,
    /// To all accounts evenly, wherever teleport goes.
    Uniform,
    /// Where a given vector says ("weakly preferential").
    Personal,
    /// Nowhere: it stays where it is.
    SelfLoop,
    /// It is lost; the scores then sum to less than 1.
    Drop,
}

/// PageRank: an account ranks high when accounts that rank high follow it. Score flows along follows.
///
/// `x_v = d ( sum_{u in F(v)} P_uv x_u + dangling_v ) + (1 − d) tau_v`, with `P_uv = W_uv / sum_x W_ux`.
///
/// **Input**: directed; edge weights of at least 0 are used where the graph has them
/// ([`Graph::unweighted`] leaves them out). An account is dangling when the weights of its follows sum to 0.
/// **Returns**: a share for each account, from 0 to 1. The shares sum to 1 up to rounding, under
/// [`Dangling::Drop`] to less where any account is dangling.
/// **Guarantee**: under [`Stop::Guaranteed`], when `converged`, the shares lie within `tolerance` of the exact ones
/// (L1); rounding adds at most 1e-13 / (1 − d), whatever the size (a tolerance below that may never be met). Under
/// either rule `error_bound` holds likewise.
/// Proof: an iteration is `x -> d A x + (1 − d) tau`, where no column of |A| sums to more than 1 under any of the
/// five policies (exactly 1, but under `drop` 0 for dangling accounts). So it brings two vectors closer in L1 by
/// the factor d at least, and `|x* − x_t| <= d |x* − x_{t−1}| <= d ( |x* − x_t| + |x_t − x_{t−1}| )`, that is
/// `|x* − x_t| <= d/(1−d) |x_t − x_{t−1}|`.
/// **Cost**: an iteration reads each edge once; at most [`PageRank::enough_iterations`] of them, for 0.85 and 1e-9
/// 144. [`PageRank::memory`]: 32 bytes an account, 8 more for each given vector.
/// **Errors**: parameters out of range, vectors of wrong length or content, negative weights, memory. Too few
/// iterations are no error: `converged` is false then.
/// **Determinism**: the same bits at any number of threads.
/// **Symbols**: d [`damping`](PageRank::damping) (alpha in NetworkX), tau [`Teleport::teleport`]
/// (personalization), x [`Ranking::scores`].
/// **References**: Page, Brin, Motwani & Winograd 1999; Boldi, Santini & Vigna 2009 (the dangling policies);
/// Gleich 2015 (PageRank beyond the web).
///
/// ```
/// use truereach::{Run, graph::build, rank::PageRank};
/// // 0 and 1 follow 2, and 2 follows 0.
/// let graph = build::graph(3, &[(0, 2), (1, 2), (2, 0)]);
/// let ranking = PageRank::default().run(&graph, &Run::default())?;
/// assert_eq!(ranking.top(1)[0].0, 2);
/// assert!((ranking.total() - 1.0).abs() < 1e-12);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct PageRank {
    /// Share of its score an account passes on along its follows, from 0 to below 1
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", default_value = "0.85"))]
    pub damping: f64,
    /// When to stop: at a proven error, or at a small change
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t))]
    pub stop: Stop,
    /// Error or change, summed over all accounts, at which to stop
    #[cfg_attr(feature = "cli", arg(long, value_name = "L1", default_value = "1e-9"))]
    pub tolerance: f64,
    /// Iterations after which to stop in any case
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "1000"))]
    pub max_iterations: u32,
    /// Where the score of accounts that follow nobody goes
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t))]
    pub dangling: Dangling,
}

impl Default for PageRank {
    fn default() -> Self {
        PageRank {
            damping: 0.85,
            stop: Stop::Guaranteed,
            tolerance: 1e-9,
            max_iterations: 1000,
            dangling: Dangling::Teleport,
        }
    }
}

/// Vectors that steer [`PageRank`], one number of at least 0 an account, of any positive sum.
#[derive(Debug, Clone, Copy, Default)]
pub struct Teleport<'a> {
    /// Where teleport goes; uniform where not given.
    pub teleport: Option<&'a [f64]>,
    /// Where dangling score goes; given exactly when the policy is [`Dangling::Personal`].
    pub dangling: Option<&'a [f64]>,
}

impl PageRank {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        if !(0.0..1.0).contains(&self.damping) {
            return Err(Error::parameter("--damping", format!("{} is not in [0, 1)", self.damping)));
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return Err(Error::parameter("--tolerance", format!("{} is not a number above 0", self.tolerance)));
        }
        if self.max_iterations == 0 {
            return Err(Error::parameter("--max-iterations", "must be at least 1"));
        }
        Ok(())
    }

    /// Bytes that a run takes besides the graph: 32 an account and 8 for each vector given.
    pub fn memory(accounts: u64, vectors: u64) -> u64 {
        accounts * (32 + 8 * vectors)
    }

    /// Iterations that suffice for the tolerance whatever the graph, by either rule: two vectors of total 1 are at
    /// most 2 apart, and every iteration multiplies that by `damping`.
    pub fn enough_iterations(&self) -> f64 {
        let (d, at_first) = (self.damping, 2.0);
        let bound_after_one = match self.stop {
            Stop::Guaranteed => d / (1.0 - d) * at_first,
            Stop::Change => at_first,
        };
        match bound_after_one <= self.tolerance {
            true => 1.0,
            false => 1.0 + libm::ceil(libm::log(self.tolerance / bound_after_one) / libm::log(d)),
        }
    }

    /// PageRank with uniform teleport.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Ranking> {
        self.run_with(graph, &Teleport::default(), run)
    }

    /// PageRank with given teleport and dangling vectors. The iteration starts from the teleport vector, so that
    /// what it cannot reach scores exactly 0.
    pub fn run_with(&self, graph: &Graph, vectors: &Teleport, run: &Run) -> Result<Ranking> {
        self.check()?;
        let accounts = graph.accounts();
        match (self.dangling, vectors.dangling) {
            (Dangling::Personal, None) => {
                return Err(Error::parameter("--dangling", "personal needs a vector that says where the score goes")
                    .with_hint("teleport sends it where teleport goes"));
            }
            (Dangling::Personal, Some(_)) | (_, None) => {}
            (_, Some(_)) => {
                return Err(Error::parameter("--dangling", "a vector is given, but this policy does not use it")
                    .with_hint("choose the policy personal"));
            }
        }
        let given = [vectors.teleport, vectors.dangling].iter().flatten().count() as u64;
        run.check_memory("PageRank", Self::memory(accounts as u64, given))?;
        let teleport = Share::new("teleport vector", vectors.teleport, accounts)?;
        let personal = Share::new("dangling vector", vectors.dangling, accounts)?;
        let fed = match self.dangling {
            Dangling::Teleport => Some(&teleport),
            Dangling::Uniform | Dangling::Personal => Some(&personal),
            Dangling::SelfLoop | Dangling::Drop => None,
        };
        let keeps = self.dangling == Dangling::SelfLoop;
        let flow = Flow::new(graph, run)?;

        let most = self.enough_iterations().min(self.max_iterations as f64);
        run.phase("PageRank", Some((2.0 * most * accounts as f64) as u64));
        let mut scores: Vec<f64> = (0..accounts).map(|v| teleport.of(v)).collect();
        let mut next = vec![0.0; accounts];
        let mut passed = vec![0.0; accounts];
        let (mut change, mut iterations) = (0.0, 0);
        let damping = self.damping;
        let mut converged = accounts == 0;
        while !converged && iterations < self.max_iterations {
            let stuck = flow.pass(run, &scores, &mut passed)?;
            let parts = par::fill(run, &flow.pulls, &mut next, |range, part| {
                let mut change = 0.0;
                for (v, next) in range.zip(part) {
                    let mut heard = flow.pull(v as u32, &passed);
                    heard += fed.map_or(0.0, |share| stuck * share.of(v));
                    if keeps && flow.is_dangling(v) {
                        heard += scores[v];
                    }
                    *next = damping * heard + (1.0 - damping) * teleport.of(v);
                    change += (*next - scores[v]).abs();
                }
                change
            })?;
            change = parts.into_iter().fold(0.0, |sum, part| sum + part);
            std::mem::swap(&mut scores, &mut next);
            iterations += 1;
            converged = match self.stop {
                Stop::Guaranteed => self.bound(change) <= self.tolerance,
                Stop::Change => change <= self.tolerance,
            };
        }
        let method = self.describe(graph, vectors);
        Ok(Ranking { scores, iterations, change, error_bound: self.bound(change), converged, method })
    }

    /// The L1 distance to the exact scores that a last change proves.
    fn bound(&self, change: f64) -> f64 {
        self.damping / (1.0 - self.damping) * change
    }

    fn describe(&self, graph: &Graph, vectors: &Teleport) -> String {
        let dangling = match self.dangling {
            Dangling::Teleport => "dangling score goes where teleport goes",
            Dangling::Uniform => "dangling score goes to all evenly",
            Dangling::Personal => "dangling score goes where its vector says",
            Dangling::SelfLoop => "dangling score stays where it is",
            Dangling::Drop => "dangling score is lost (the total is below 1)",
        };
        let weights = if graph.is_weighted() { "edge weights" } else { "every follow alike" };
        let teleport = if vectors.teleport.is_some() { "given teleport" } else { "uniform teleport" };
        format!("PageRank: damping {}, {weights}, {teleport}, {dangling}", self.damping)
    }
}

/// How one unit is spread over the accounts.
enum Share {
    Uniform(f64),
    Given(Vec<f64>),
}

impl Share {
    /// Checks a vector and scales it to sum to 1.
    fn new(what: &str, vector: Option<&[f64]>, accounts: usize) -> Result<Self> {
        let Some(vector) = vector else { return Ok(Share::Uniform(1.0 / accounts as f64)) };
        if vector.len() != accounts {
            return Err(Error::parameter(what, format!("{} numbers for {accounts} accounts", vector.len())));
        }
        if let Some(v) = vector.iter().position(|value| !(*value >= 0.0 && value.is_finite())) {
            return Err(Error::parameter(what, format!("account {v} has {}, not a number of at least 0", vector[v])));
        }
        // Scaled by the largest first: no sum overflows, and tiny numbers keep their digits.
        let largest = vector.iter().copied().fold(0.0, f64::max);
        if accounts > 0 && largest == 0.0 {
            return Err(Error::parameter(what, "all its numbers are 0").with_hint("one at least must be above 0"));
        }
        let sum = pairwise(0..accounts, &|v| vector[v] / largest);
        Ok(Share::Given(vector.iter().map(|value| value / largest / sum).collect()))
    }

    #[inline]
    fn of(&self, v: usize) -> f64 {
        match self {
            Share::Uniform(share) => *share,
            Share::Given(shares) => shares[v],
        }
    }
}

/// The graph made ready: 1 over the weight of each account's follows (0 where there is none), and chunks.
struct Flow<'a> {
    graph: &'a Graph,
    inverse: Vec<f64>,
    passes: Vec<Range<usize>>,
    pulls: Vec<Range<usize>>,
}

impl<'a> Flow<'a> {
    fn new(graph: &'a Graph, run: &Run) -> Result<Self> {
        let accounts = graph.accounts();
        let mut inverse = vec![0.0; accounts];
        run.phase("weights of follows", Some(accounts as u64));
        let chunks = par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16);
        par::fill(run, &chunks, &mut inverse, |range, part| {
            range.zip(part).try_for_each(|(u, inverse)| {
                let weight = out_weight(graph, u as u32)?;
                *inverse = if weight > 0.0 { 1.0 / weight } else { 0.0 };
                Ok(())
            })
        })?
        .into_iter()
        .collect::<Result<()>>()?;
        let passes = par::chunks(accounts, par::CHUNK);
        let pulls = par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16);
        Ok(Flow { graph, inverse, passes, pulls })
    }

    #[inline]
    fn is_dangling(&self, u: usize) -> bool {
        self.inverse[u] == 0.0
    }

    /// What each account passes on per unit of weight; returns the score of the dangling ones.
    fn pass(&self, run: &Run, scores: &[f64], passed: &mut [f64]) -> Result<f64> {
        let stuck = par::fill(run, &self.passes, passed, |range, part| {
            range.clone().zip(part).for_each(|(u, passed)| *passed = scores[u] * self.inverse[u]);
            pairwise(range, &|u| if self.is_dangling(u) { scores[u] } else { 0.0 })
        })?;
        Ok(pairwise(0..stuck.len(), &|chunk| stuck[chunk]))
    }

    /// What v gets from its followers.
    #[inline]
    fn pull(&self, v: u32, passed: &[f64]) -> f64 {
        let followers = self.graph.followers(v);
        match self.graph.follower_weights(v) {
            None => pairwise(0..followers.len(), &|at| passed[followers[at] as usize]),
            Some(weights) => pairwise(0..followers.len(), &|at| weights[at] * passed[followers[at] as usize]),
        }
    }
}

/// A sum in a fixed order: in blocks of at most [`BLOCK`], and these two by two. Its relative error stays below
/// 4e-14 for any number of terms of at least 0; added one by one, 30 million equal terms drift by 5e-10.
fn pairwise(range: Range<usize>, term: &impl Fn(usize) -> f64) -> f64 {
    if range.len() <= BLOCK {
        return range.fold(0.0, |sum, at| sum + term(at));
    }
    let middle = range.start + range.len() / 2;
    pairwise(range.start..middle, term) + pairwise(middle..range.end, term)
}

const BLOCK: usize = 256;

/// The weight of all follows of u.
fn out_weight(graph: &Graph, u: u32) -> Result<f64> {
    let Some(weights) = graph.following_weights(u) else { return Ok(graph.following(u).len() as f64) };
    let refused = |found: String| Error::NotEstimable { figure: "PageRank".into(), needs: found };
    if let Some(at) = weights.iter().position(|w| !(*w >= 0.0 && w.is_finite())) {
        let (v, weight) = (graph.following(u)[at], weights[at]);
        return Err(refused(format!("edge weights of at least 0 (account {u} follows {v} with weight {weight})")));
    }
    let sum = pairwise(0..weights.len(), &|at| weights[at]);
    if sum > 1e300 || (sum > 0.0 && sum < 1e-300) {
        return Err(refused(format!("edge weights of a usual size (account {u} follows with a total of {sum:e})")));
    }
    Ok(sum)
}

#[cfg(test)]
mod tests;
