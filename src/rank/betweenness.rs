//! Betweenness: on how many shortest ways from one account to another somebody stands.

mod bound;
mod brandes;
mod paths;

use serde::{Deserialize, Serialize};

use crate::base::stats::Interval;
use crate::base::{Error, Result, Run};
use crate::graph::Graph;

/// Betweenness: over how many pairs of others an account stands on the shortest way of news from one to the other.
///
/// ```text
/// b(v) = Σ σ(s, t | v) / σ(s, t)      over ordered pairs of others s ≠ t that a path joins           Freeman 1977
/// counted:   b(v) = Σ_s δ_s(v),   δ_s(v) = σ_s(v) Σ (1 + δ_s(w)) / σ_s(w) over w one hop further     Brandes 2001
/// estimated: b(v) = pairs · c(v) / r, where c(v) of r drawn shortest paths pass through v    Riondato & Kornaropoulos 2014
///            all p with r · KL(c(v)/r ‖ p) ≤ ln(2a / 0.05), times pairs, are its interval            Hoeffding 1963
/// ```
///
/// **Input**: directed; weights do not matter. News go from the followed to the follower: a path from s to t is a chain of
/// accounts, each following the one before. Along follows instead, from t to s, the same paths are walked backwards: b is the
/// same. In a symmetric graph every pair counts both ways: b is twice that of an undirected graph.
/// **Returns**: [`Brokerage`]: ordered pairs, from 0 to (accounts − 1)(accounts − 2), [`Brokerage::share`] of these.
/// **Guarantee**: with `exact`, or without `samples` where accounts × follows is at most [`Betweenness::COUNTED`]: exact but
/// for rounding; all terms are positive, so that the relative error is at most (3 · edges + 5 · accounts) · 2^-53. Else each
/// value has an interval; with at least 95% all of them hold at once, whatever the graph: c(v) is binomial, Hoeffding's
/// bound of its tails holds for every r, and the chance to fail is shared out evenly over the a accounts that can lie
/// between others (Bonferroni). Those that cannot are 0, exactly. (Sampled sources would need far more: of k sources any
/// bound that assumes nothing of the graph leaves at least ln(2a / 0.05) / k of all pairs open, 7% at k = 256 and a
/// million accounts.)
/// **Cost**: counted, accounts × edges, 268 bytes an account and 20 more a thread. Estimated, a search from both ends a path;
/// 41 bytes an account and at most 65 more a thread. [`Betweenness::memory`].
/// **Errors**: memory; more than 10^300 shortest paths between two accounts. **Determinism**: sources are summed in 32 lanes,
/// which are folded in order; drawn paths are counted in whole numbers.
/// **Symbols**: σ `paths`, δ `dependency`, c `passed`, r `samples`. **References**: Freeman 1977; Brandes 2001; Riondato &
/// Kornaropoulos 2014 (a path drawn uniformly from those of a uniform pair); Borassi & Natale 2016 (search from both ends);
/// Hoeffding 1963, theorem 1.
///
/// ```
/// use truereach::{Run, graph::build, rank::Betweenness};
/// // 1 and 2 follow 0, 3 follows both: what 0 says reaches 3 through either.
/// let graph = build::graph(4, &[(1, 0), (2, 0), (3, 1), (3, 2)]);
/// let found = Betweenness::default().run(&graph, &Run::default())?;
/// assert_eq!((&found.pairs[..], found.share(1)), (&[0.0, 0.5, 0.5, 0.0][..], Some(0.5 / 6.0)));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args), group(skip))]
pub struct Betweenness {
    /// Draw N shortest paths instead of counting all; without it all are counted where accounts × follows is at most
    /// 10,000,000,000, and 200,000 drawn elsewhere
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", conflicts_with = "exact"))]
    pub samples: Option<u64>,
    /// Count all shortest paths, however long that takes
    #[cfg_attr(feature = "cli", arg(long))]
    pub exact: bool,
}

/// Between how many pairs of others each account stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brokerage {
    /// Ordered pairs of others, each with the share of its shortest paths that pass through the account.
    pub pairs: Vec<f64>,
    /// Where that lies: with at least 95% all of them hold at once. A point where it is exact.
    pub intervals: Vec<Interval>,
    /// How many shortest paths were drawn; `None` where all were counted.
    pub samples: Option<u64>,
    /// Of the drawn pairs, how many a path joins.
    pub joined: Option<u64>,
    /// How it was found.
    pub method: String,
}

impl Brokerage {
    /// The part of all ordered pairs of others between which an account stands; `None` with fewer than three accounts.
    pub fn share(&self, account: u32) -> Option<f64> {
        let others = self.pairs.len() as f64 - 1.0;
        (others > 1.0).then(|| self.pairs[account as usize] / (others * (others - 1.0)))
    }

    /// Half the width of an account's interval, in pairs; 0 where it is exact.
    pub fn half_width(&self, account: u32) -> f64 {
        self.intervals[account as usize].half_width()
    }
}

impl Betweenness {
    /// All paths are counted up to this many accounts × follows, if nothing else is asked for: about a minute on one core.
    pub const COUNTED: u128 = 10_000_000_000;

    /// Paths drawn where there are more.
    pub const SAMPLES: u64 = 200_000;

    /// Refuses to draw nothing, and to draw and to count at once.
    pub fn check(&self) -> Result<()> {
        match (self.samples, self.exact) {
            (Some(0), _) => Err(Error::parameter("--samples", "must be at least 1")
                .with_hint("leave it out to have all paths counted, or enough drawn")),
            (Some(_), true) => Err(Error::parameter("--samples", "nothing is drawn under --exact")),
            _ => Ok(()),
        }
    }

    /// How many paths are drawn; `None` where all are counted.
    pub fn drawn(&self, graph: &Graph) -> Option<u64> {
        let work = graph.accounts() as u128 * u128::from(graph.edges());
        self.samples.or_else(|| (!self.exact && work > Self::COUNTED).then_some(Self::SAMPLES))
    }

    /// Bytes that a run may take besides the graph, `drawn` or counted.
    pub fn memory(accounts: u64, threads: u64, drawn: bool) -> u64 {
        match drawn {
            true => accounts * (41 + 65 * threads),
            false => accounts * (12 + 8 * brandes::LANES as u64 + 20 * threads),
        }
    }

    /// Counts, or draws and estimates.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Brokerage> {
        self.check()?;
        let (accounts, drawn) = (graph.accounts(), self.drawn(graph));
        run.check_memory("betweenness", Self::memory(accounts as u64, run.thread_count() as u64, drawn.is_some()))?;
        let Some(samples) = drawn else {
            let pairs = brandes::dependencies(graph, run)?;
            let intervals = pairs.iter().map(|&pairs| Interval::point(pairs)).collect();
            let method = "all shortest paths".into();
            return Ok(Brokerage { pairs, intervals, samples: None, joined: None, method });
        };
        let drawn = paths::draw(graph, samples, run)?;
        let pairs = drawn.pairs as f64;
        let between: Vec<bool> = (0..accounts as u32).map(|v| lies_between(graph, v)).collect();
        let open = between.iter().filter(|&&between| between).count();
        let bounds = bound::Bounds::new(&drawn.passed, samples, open as u64);
        let value = |&passed: &u64| pairs * (passed as f64 / samples as f64);
        let interval = |(&passed, &between)| match between {
            true => {
                let Interval { low, high } = bounds.of(passed);
                Interval { low: low * pairs, high: high * pairs }
            }
            false => Interval::point(0.0),
        };
        Ok(Brokerage {
            pairs: drawn.passed.iter().map(value).collect(),
            intervals: drawn.passed.iter().zip(&between).map(interval).collect(),
            samples: Some(samples),
            joined: Some(drawn.joined),
            method: "shortest paths drawn from random pairs".into(),
        })
    }
}

/// Whether a path from one account to another can pass through: news come in and go out, and not only back.
fn lies_between(graph: &Graph, v: u32) -> bool {
    match (graph.following(v), graph.followers(v)) {
        ([], _) | (_, []) => false,
        ([from], [to]) => from != to,
        _ => true,
    }
}

/// So many shortest paths that quotients of their numbers would no longer be exact to the last digits, or infinite.
fn too_many(paths: f64) -> bool {
    paths > 1e300
}

/// The error of [`too_many`] paths.
fn overflow() -> Error {
    let needs = "at most 10^300 shortest paths between two accounts".into();
    Error::NotEstimable { figure: "betweenness".into(), needs }
}

#[cfg(test)]
mod tests;
