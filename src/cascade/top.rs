//! The creators of largest reach, without simulating everybody.

use serde::{Deserialize, Serialize};

use super::direct::direct_reach;
use super::every::{ReachEach, ReachRow};
use super::reach::{check_sampling, checked_creators};
use super::resolved::Resolved;
use super::setting::Cascade;
use super::tunkrank::TunkRank;
use crate::base::{Error, Result, Run, par};
use crate::graph::{Graph, Network};

/// The n creators who reach the most people, each alone with one post.
///
/// `R0 <= R <= I` for every creator, so with t the n-th largest R0 at least n creators have `R >= R0 >= t`, and a
/// creator with `I < t` has `R <= I < t`: outside the n, whatever a simulation would say. Only creators with
/// `I >= t` are simulated. I is [`TunkRank`], widened by its own error.
///
/// **Input**: as [`ReachEach`]. **Returns**: the n by estimated reach, ties to the smaller account; how many were
/// simulated and ruled out; `settled` if no interval (`sim_error`) of a creator left out overlaps one of the n.
///
/// **Guarantee**: who is ruled out is ruled out for certain, given the model; the order of the others is as good as
/// their intervals. **Cost**: one TunkRank, then [`ReachEach`] on the creators left. Where I is infinite for many, these
/// share `max_creator_worlds`, and rows that did not reach their half-width say so.
///
/// **Errors**: as [`ReachEach`]; `n = 0`. **Determinism**: equal bits at any number of threads.
///
/// ```
/// use truereach::{Run, cascade::{Model, Top}, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(5, &[(1, 0), (2, 0), (3, 0), (4, 1)]));
/// let top = Top { n: 1, cascade: Model::Ic(0.1).into(), ..Default::default() };
/// let graph = network.follow_graph().unwrap();
/// let found = top.run(graph, &network, &[0, 1, 2, 3, 4], &Run::new(7)).unwrap();
/// assert_eq!((found.rows[0].account, found.ruled_out), (0, 4));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Top {
    /// How many creators
    #[cfg_attr(feature = "cli", arg(short, long, default_value_t = 50, value_name = "N", help_heading = "Cascade"))]
    pub n: usize,
    /// How the post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Stop a creator when the simulation error is at most this share of the reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE", help_heading = "Cascade"))]
    pub half_width: f64,
    /// Never simulate more worlds than this for one creator
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 65_536, value_name = "N", help_heading = "Cascade"))]
    pub max_worlds: u64,
    /// Never simulate more worlds than this for all creators together
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20_000_000, value_name = "N", help_heading = "Cascade"))]
    pub max_creator_worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Cascade"))]
    pub draws: u32,
}

impl Default for Top {
    fn default() -> Self {
        Top {
            n: 50,
            cascade: Cascade::default(),
            half_width: 0.02,
            max_worlds: 65_536,
            max_creator_worlds: 20_000_000,
            draws: 100,
        }
    }
}

/// The creators of largest reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopCreators {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// The seed of the worlds.
    pub seed: u64,
    /// Draws of the parameters behind `interval`; 0: parameters given.
    pub draws: u32,
    /// The creators, largest reach first.
    pub rows: Vec<ReachRow>,
    /// Creators considered.
    pub creators: u64,
    /// Creators simulated.
    pub simulated: u64,
    /// Creators ruled out by `I < t`.
    pub ruled_out: u64,
    /// t: the n-th largest direct reach.
    pub bar: f64,
    /// Whether the simulation errors of those in and out do not overlap.
    pub settled: bool,
}

impl Top {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if self.n == 0 {
            return Err(Error::parameter("-n", "must be at least 1"));
        }
        if self.max_creator_worlds == 0 {
            return Err(Error::parameter("--max-creator-worlds", "must be at least 1"));
        }
        self.cascade.check()?;
        check_sampling(self.half_width, None, None, self.max_worlds)
    }

    /// Finds the creators of largest reach among `creators`.
    pub fn run(&self, graph: &Graph, network: &Network, creators: &[u32], run: &Run) -> Result<TopCreators> {
        self.check()?;
        let resolved = self.cascade.resolve(graph, network, run)?;
        self.run_resolved(&resolved, creators, run)
    }

    /// As [`Top::run`] with a model resolved before; `cascade` of this struct is not read.
    pub fn run_resolved(&self, resolved: &Resolved<'_>, creators: &[u32], run: &Run) -> Result<TopCreators> {
        self.check()?;
        let creators = checked_creators(resolved.graph(), creators)?;
        let parts = par::map(run, &par::chunks(creators.len(), 256), |range| {
            Ok(creators[range].iter().map(|&v| direct_reach(resolved, &[v])).collect::<Vec<f64>>())
        })?;
        let mut directs = parts.concat();
        directs.sort_by(|a, b| b.total_cmp(a));
        let bar = directs.get(self.n - 1).copied().unwrap_or(0.0);

        let ranks = TunkRank::default().run_resolved(resolved, run)?;
        // Rounding of either side must not rule out an equal.
        let slack = (1.0 + 1e-9) / (1.0 - ranks.error);
        let keep: Vec<u32> = creators.iter().copied().filter(|&v| ranks.exposures[v as usize] * slack >= bar).collect();
        let each = ReachEach {
            half_width: self.half_width,
            max_worlds: self.max_worlds.min(self.max_creator_worlds / keep.len().max(1) as u64).max(1),
            draws: self.draws,
            ..ReachEach::default()
        };
        let found = each.run_resolved(resolved, &keep, run)?;
        let mut rows = found.rows;
        rows.sort_by(|a, b| b.reach.total_cmp(&a.reach).then(a.account.cmp(&b.account)));
        let rest = rows.split_off(self.n.min(rows.len()));
        let lowest = rows.iter().map(|row| row.sim_error.low).fold(f64::INFINITY, f64::min);
        Ok(TopCreators {
            model: found.model,
            assumptions: found.assumptions,
            seed: found.seed,
            draws: found.draws,
            creators: creators.len() as u64,
            simulated: keep.len() as u64,
            ruled_out: (creators.len() - keep.len()) as u64,
            bar,
            settled: rest.iter().all(|row| row.sim_error.high <= lowest),
            rows,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Stream, generator};
    use crate::cascade::{Model, Priors};
    use crate::graph::build::graph;
    use rand::RngExt;

    #[test]
    fn the_top_is_that_of_simulating_everybody() {
        for (case, rho) in [(0, 0.02), (1, 0.1), (2, 1.0)] {
            let mut random = generator(51, Stream::Sample, case);
            let mut pick = |most: f64| (most * random.random_range(0.0..1.0f64).powi(4)) as u32;
            let follows: Vec<(u32, u32)> = (0..4000).map(|place| (place % 500, pick(500.0))).collect();
            let graph = graph(500, &follows);
            let network = Network::from_graph(graph.clone());
            let resolved =
                Model::Ic(0.1).resolve(&graph, &network, Some(rho), &Priors::default(), &Run::default()).unwrap();
            let (all, run): (Vec<u32>, _) = ((0..500).collect(), Run::new(3));
            let top = Top { n: 10, max_worlds: 1024, ..Top::default() };
            let found = top.run_resolved(&resolved, &all, &run).unwrap();
            let each = ReachEach { half_width: 0.02, max_worlds: 1024, ..ReachEach::default() };
            let mut rows = each.run_resolved(&resolved, &all, &run).unwrap().rows;
            rows.sort_by(|a, b| b.reach.total_cmp(&a.reach).then(a.account.cmp(&b.account)));
            assert_eq!(found.rows, rows[..10], "rho {rho}");
            assert_eq!(found.simulated + found.ruled_out, 500);
            assert!(rho > 0.5 || found.ruled_out > 300, "{}", found.ruled_out);
        }
    }

    #[test]
    fn more_than_there_are_gives_all_and_budgets_bind() {
        let graph = graph(4, &[(1, 0), (2, 1), (0, 2), (3, 0)]);
        let network = Network::from_graph(graph.clone());
        let top = Top { n: 9, cascade: Model::Ic(1.0).into(), max_creator_worlds: 40, ..Top::default() };
        let found = top.run(&graph, &network, &[0, 1, 2, 3], &Run::new(1)).unwrap();
        assert_eq!(found.rows.len(), 4);
        assert!(found.settled && found.rows.iter().all(|row| row.worlds <= 10));
        assert!(Top { n: 0, ..Top::default() }.run(&graph, &network, &[0], &Run::new(1)).is_err());
    }
}
