//! Leiden: communities that are connected, well connected, and locally optimal.

use serde::{Deserialize, Serialize};

use super::levels::{Found, Plan, optimise};
use super::net::{AnyNet, of_graph};
use super::partition::{Communities, split_connected, stable, start};
use super::quality::{Objective, Quality};
use crate::base::{Error, Result, Run};
use crate::graph::Graph;

/// Leiden's parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Leiden {
    /// What to maximise
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Communities"))]
    pub quality: Quality,
    /// Higher values ask for smaller communities; for cpm, the density inside that a community must exceed
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1.0, value_name = "GAMMA", help_heading = "Communities"))]
    pub resolution: f64,
    /// Ignore the direction of follows
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Communities"))]
    pub undirected: bool,
    /// The most iterations of one run; it ends earlier once nothing improves
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Communities"))]
    pub iterations: u32,
    /// Independent runs, of which the best counts
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1, value_name = "N", help_heading = "Communities"))]
    pub runs: u32,
    /// How freely refinement chooses among gains, in units of the mean weight of a tie; 0 always takes the best
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.01, value_name = "THETA", help_heading = "Communities"))]
    pub randomness: f64,
}

impl Default for Leiden {
    fn default() -> Self {
        Leiden {
            quality: Quality::Modularity,
            resolution: 1.0,
            undirected: false,
            iterations: 100,
            runs: 1,
            randomness: 0.01,
        }
    }
}

/// Iterations in a row without improvement after which a run ends.
const PATIENCE: u32 = 1;

impl Leiden {
    /// What is maximised.
    pub fn objective(&self) -> Objective {
        Objective { quality: self.quality, resolution: self.resolution, undirected: self.undirected }
    }

    /// Refuses parameters that make no sense for this graph.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        self.objective().check(graph)?;
        limits(self.iterations, self.runs)?;
        if !(self.randomness.is_finite() && self.randomness >= 0.0) {
            return Err(Error::parameter(
                "--randomness",
                format!("must be a number of at least 0, not {}", self.randomness),
            ));
        }
        Ok(())
    }

    /// Finds communities, every account starting on its own.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Communities> {
        self.check(graph)?;
        self.search(graph, None, run)
    }

    /// Finds communities from a partition that is already good: `start[v]` is the community of v, any numbers will
    /// do. The result is never worse than the start.
    pub fn run_from(&self, graph: &Graph, start_labels: &[u32], run: &Run) -> Result<Communities> {
        self.check(graph)?;
        self.search(graph, Some(start(graph, start_labels)?), run)
    }

    fn search(&self, graph: &Graph, start: Option<Vec<u32>>, run: &Run) -> Result<Communities> {
        let plan = Plan { iterations: self.iterations, patience: PATIENCE, refine: Some(self.randomness), attempt: 0 };
        let name = format!("Leiden, {}, resolution {}", self.objective().name(graph), self.resolution);
        search(graph, &self.objective(), plan, self.runs, start, name, run)
    }
}

/// Refuses counts of zero.
pub(crate) fn limits(iterations: u32, runs: u32) -> Result<()> {
    for (name, value) in [("--iterations", iterations), ("--runs", runs)] {
        if value == 0 {
            return Err(Error::parameter(name, "must be at least 1"));
        }
    }
    if runs > 1 << 16 {
        return Err(Error::parameter("--runs", format!("must be at most 65536, not {runs}")));
    }
    Ok(())
}

/// The best of several runs: the first of equals.
pub(crate) fn search(
    graph: &Graph,
    objective: &Objective,
    plan: Plan,
    runs: u32,
    start: Option<Vec<u32>>,
    method: String,
    run: &Run,
) -> Result<Communities> {
    let net = of_graph(run, graph, objective)?;
    let start = start.unwrap_or_else(|| (0..graph.accounts() as u32).collect());
    let mut best: Option<Communities> = None;
    for attempt in 0..runs {
        let plan = Plan { attempt, ..plan };
        let Found { mut labels, iterations, converged } = match &net {
            AnyNet::One(net) => optimise(run, net, start.clone(), plan)?,
            AnyNet::Two(net) => optimise(run, net, start.clone(), plan)?,
        };
        labels = split_connected(graph, &labels).0;
        let (labels, sizes) = stable(&labels);
        let quality = objective.of_dense(graph, &labels, sizes.len(), run)?;
        if best.as_ref().is_none_or(|best| quality > best.quality) {
            let (count, method) = (sizes.len(), method.clone());
            best = Some(Communities { labels, sizes, count, quality, iterations, converged, method });
        }
    }
    best.ok_or_else(|| Error::parameter("--runs", "must be at least 1"))
}
