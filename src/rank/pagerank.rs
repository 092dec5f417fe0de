//! PageRank: followed by those who are followed.

use bytemuck::Pod;
use serde::{Deserialize, Serialize};

use super::ranking::Ranking;
use crate::base::fixed::{BLOCK, Fixed};
use crate::base::large::Large;
use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;
use flow::{Flow, MOST_ROUNDING, SINGLE, SUMS, Share};

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
/// (L1), rounding included (a tolerance below 2e-14 / (1 − d) may never be met). Under either rule `error_bound` holds
/// likewise.
/// Proof: an iteration is `x -> d A x + (1 − d) tau`, where no column of |A| sums to more than 1 under any of the
/// five policies (exactly 1, but under `drop` 0 for dangling accounts). So it brings two vectors closer in L1 by
/// the factor d at least, and `|x* − x_t| <= d |x* − x_{t−1}| <= d ( |x* − x_t| + |x_t − x_{t−1}| )`, that is
/// `|x* − x_t| <= d/(1−d) |x_t − x_{t−1}|`. Rounding moves an iteration by u, at most: d 2^-24 where what is passed on is
/// held in 32 bits (each term has a relative error of 2^-24, and what is passed on sums to at most d), below 2e-14
/// in 64 bits; sums are always of 64 bits. So `|x* − x_t| <= (d |x_t − x_{t−1}| + u) / (1−d)`, and 2u/(1−d) of change may
/// last for ever. 32 bits are used where the tolerance stays clear of that (for 0.85: 1e-6, not 1e-7): a rule of
/// parameters and weights alone.
/// **Cost**: an iteration reads each edge once; at most [`PageRank::enough_iterations`] of them, for 0.85 and 1e-9
/// 144. [`PageRank::memory`]: 32 bytes an account, 8 more for each given vector. Many sources: [`PageRank::run_each`].
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
    /// The share, 0 to 1, that each account passes on of what it could; what it does not pass on goes where dangling score
    /// goes. With the chance that an account is a real person, accounts that are none lend nobody their weight.
    pub passing: Option<&'a [f64]>,
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
    /// most 2 apart, and every iteration multiplies that by `damping`, but for rounding. Of a tolerance so small that
    /// rounding might keep the change above it, it is what would suffice without.
    pub fn enough_iterations(&self) -> f64 {
        let (at_first, single) = (2.0, self.damping * SINGLE);
        let unit = if self.is_single(single) { single } else { MOST_ROUNDING };
        let sure = self.last_change(unit) - self.lasting_change(unit);
        let likely = self.last_change(unit);
        let last = [sure, likely].into_iter().find(|last| *last > 0.0).unwrap_or_else(|| self.last_change(0.0));
        match at_first <= last {
            true => 1.0,
            false => 1.0 + libm::ceil(libm::log(last / at_first) / libm::log(self.damping)),
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
        let given = [vectors.teleport, vectors.dangling, vectors.passing].iter().flatten().count() as u64;
        run.check_memory("PageRank", Self::memory(accounts as u64, given))?;
        let teleport = Share::new("teleport vector", vectors.teleport, accounts)?;
        let personal = Share::new("dangling vector", vectors.dangling, accounts)?;
        let fed = match self.dangling {
            Dangling::Teleport => Some(&teleport),
            Dangling::Uniform | Dangling::Personal => Some(&personal),
            Dangling::SelfLoop | Dangling::Drop => None,
        };
        if vectors.passing.is_some() && self.dangling == Dangling::SelfLoop {
            return Err(Error::parameter("--dangling", "self-loop leaves nowhere to go for what is not passed on")
                .with_hint("teleport sends it where teleport goes"));
        }
        if let Some(found) = self.cut(graph, &teleport, &personal, vectors.passing, run)? {
            return Ok(Ranking { method: self.describe(graph, vectors.teleport.is_some()), ..found });
        }
        let flow = match vectors.passing {
            Some(passing) => Flow::new(graph, run)?.passing(passing)?,
            None => Flow::new(graph, run)?,
        };
        let most = self.enough_iterations().min(self.max_iterations as f64);
        run.phase("PageRank", Some((most * accounts as f64) as u64));
        let single = self.is_single(self.damping * SINGLE) && flow.is_usual();
        // One call into the pool: a pass of a small network takes less time than to wake its threads.
        let found = run.install(|| match single {
            true => self.iterate(&flow, &teleport, fed, self.damping * SINGLE, |passed| passed as f32, run),
            false => self.iterate(&flow, &teleport, fed, 0.0, |passed| passed, run),
        })?;
        let method = self.describe(graph, vectors.teleport.is_some());
        Ok(Ranking { method, ..found })
    }

    /// Iterates from the teleport vector. What accounts pass on is held as `round` makes it, which moves the scores of an
    /// iteration by at most `unit`.
    fn iterate<T: Pod + Send + Sync + Into<f64>>(
        &self,
        flow: &Flow,
        teleport: &Share,
        fed: Option<&Share>,
        unit: f64,
        round: impl Fn(f64) -> T + Sync,
        run: &Run,
    ) -> Result<Ranking> {
        let accounts = flow.inverse.len();
        let mut scores: Vec<f64> = (0..accounts).map(|v| teleport.of(v)).collect();
        let [mut passed, mut next] = [(); 2].map(|()| Large::<T>::zeros(accounts));
        let stuck = par::fill(run, &flow.chunks, &mut passed, |range, part| {
            range.clone().zip(part).for_each(|(u, passed)| *passed = round(scores[u] * flow.inverse[u]));
            flow.stuck(range.clone(), &scores[range])
        })?;
        let mut stuck = Fixed::of(stuck).value();
        let (mut change, mut error_bound, mut iterations) = (0.0, 0.0, 0);
        let mut converged = accounts == 0;
        while !converged && iterations < self.max_iterations {
            let parts = par::split(&mut scores, &flow.chunks).into_iter().zip(par::split(&mut next, &flow.chunks));
            let heard: &[T] = &passed;
            let pass = Pass { damping: self.damping, fed, keeps: self.dangling == Dangling::SelfLoop, teleport, stuck };
            let sums = par::each(run, &flow.chunks, parts.collect(), |range, (scores, next)| {
                pass.over(flow, range, heard, scores, |at, new| next[at] = round(new))
            })?;
            change = Fixed::of(sums.iter().map(|sums| sums.change)).value();
            stuck = Fixed::of(sums.iter().map(|sums| sums.stuck)).value();
            std::mem::swap(&mut passed, &mut next);
            iterations += 1;
            error_bound = self.bound(change, unit + flow.rounding());
            converged = self.is_enough(change, error_bound);
        }
        Ok(Ranking { scores, iterations, change, error_bound, converged, method: String::new() })
    }

    /// The L1 distance to the exact scores that a last change proves, where rounding moves an iteration by `unit`.
    fn bound(&self, change: f64, unit: f64) -> f64 {
        (self.damping * change * (1.0 + SUMS) + unit) / (1.0 - self.damping)
    }

    fn is_enough(&self, change: f64, error_bound: f64) -> bool {
        match self.stop {
            Stop::Guaranteed => error_bound <= self.tolerance,
            Stop::Change => change <= self.tolerance,
        }
    }

    /// Whether 32 bits suffice for the tolerance, where they move an iteration by at most `unit`: what they keep
    /// alive must stay clear of the change at which to stop.
    fn is_single(&self, unit: f64) -> bool {
        self.lasting_change(unit) <= 0.8 * self.last_change(unit)
    }

    /// The change that rounding may keep alive: each of two iterates is moved by `unit` at most.
    fn lasting_change(&self, unit: f64) -> f64 {
        2.0 * unit / (1.0 - self.damping)
    }

    /// The change at which to stop.
    fn last_change(&self, unit: f64) -> f64 {
        match self.stop {
            Stop::Guaranteed => (self.tolerance * (1.0 - self.damping) - unit) / self.damping,
            Stop::Change => self.tolerance,
        }
    }

    fn describe(&self, graph: &Graph, given: bool) -> String {
        let dangling = match self.dangling {
            Dangling::Teleport => "dangling score goes where teleport goes",
            Dangling::Uniform => "dangling score goes to all evenly",
            Dangling::Personal => "dangling score goes where its vector says",
            Dangling::SelfLoop => "dangling score stays where it is",
            Dangling::Drop => "dangling score is lost (the total is below 1)",
        };
        let weights = if graph.is_weighted() { "edge weights" } else { "every follow alike" };
        let teleport = if given { "given teleport" } else { "uniform teleport" };
        format!("PageRank: damping {}, {weights}, {teleport}, {dangling}", self.damping)
    }
}

/// One iteration: what is the same for all accounts.
struct Pass<'p> {
    damping: f64,
    teleport: &'p Share,
    /// Where goes what is stuck at accounts that follow nobody.
    fed: Option<&'p Share>,
    /// Whether it stays there.
    keeps: bool,
    stuck: f64,
}

/// What an iteration over some accounts adds up to.
#[derive(Default)]
struct Passed {
    change: Fixed,
    stuck: Fixed,
}

impl Pass<'_> {
    /// New scores of the accounts of a range that begins with a block; `next` takes what each passes on, by place in the range.
    #[inline]
    fn over<T: Copy + Into<f64>>(
        &self,
        flow: &Flow<'_>,
        range: std::ops::Range<usize>,
        heard: &[T],
        scores: &mut [f64],
        mut next: impl FnMut(usize, f64),
    ) -> Passed {
        let mut sums = Passed::default();
        for (first, block) in (range.start..).step_by(BLOCK).zip(scores.chunks_mut(BLOCK)) {
            let mut change = 0.0;
            for (v, score) in (first..).zip(block.iter_mut()) {
                let inverse = flow.inverse[v];
                let mut new = flow.heard(v as u32, heard);
                new += self.fed.map_or(0.0, |share| self.stuck * share.of(v));
                if self.keeps && inverse == 0.0 {
                    new += *score;
                }
                let new = self.damping * new + (1.0 - self.damping) * self.teleport.of(v);
                change += (new - *score).abs();
                *score = new;
                next(v - range.start, new * inverse);
            }
            sums.change.add(change);
        }
        sums.stuck = flow.stuck(range, scores);
        sums
    }
}

pub mod cut;
mod flow;
mod many;
#[cfg(test)]
mod tests;
