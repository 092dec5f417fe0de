//! Leiden: communities that are connected, well connected, and locally optimal.

use serde::{Deserialize, Serialize};

use super::levels::{Effort, Plan};
use super::partition::{Communities, start};
use super::quality::{Objective, Quality};
use super::search::{limits, search};
use crate::base::{Error, Result, Run};
use crate::graph::Graph;

/// Communities by Leiden: what to use unless something speaks against it.
///
/// Three steps, repeated on ever smaller networks: every account moves to the neighbouring community where the
/// quality gains most, until none gains; each community is refined into well-connected parts; the parts become the
/// accounts of the next network. When every community is one node, an iteration ends, and the next starts from the
/// accounts with the communities found, until an iteration gains nothing.
///
/// Formula of the quality: [`Objective`].
///
/// **Input**: any graph, weighted or not. Symmetric: undirected. Otherwise directed modularity, unless `undirected`
/// folds u → v and v → u into one tie (weights add up; without weights a tie weighs 1). CPM always folds; it takes
/// negative weights too.
/// **Returns**: [`Communities`], with the quality recomputed from the labels alone.
/// **Guarantee**: every community is connected, in the undirected sense; never worse than the start of
/// [`Leiden::run_from`]. With `converged`, a whole further iteration found nothing better: no account gains by
/// moving to another community or out on its own. [`Effort::Fast`] never says so: it moves large networks in bulk
/// and ends when little is gained. The best partition itself is out of reach (NP-hard).
/// **Cost**: each iteration a few passes over the edges; 3 to 15 iterations are usual. Beside the graph: nothing an
/// edge for a symmetric one, 12 bytes a tie and direction otherwise; up to 48 bytes an edge for the aggregate, and
/// 120 bytes an account.
/// **Errors**: a resolution that is not positive, negative weights under modularity, no iterations, no runs.
/// **Determinism**: a function of graph, parameters and seed; the same bits at any number of threads. Strengths,
/// refinement (by community), aggregation and quality are parallel. Local moving is sequential up to 32,767 nodes
/// and a million ends of ties; beyond, the search for each node's best community is parallel and the moves themselves
/// sequential.
/// **Symbols**: γ `resolution`; θ `randomness`, here in units of the mean weight of a tie.
/// **References**: Traag, Waltman & van Eck, Scientific Reports 9 (2019) 5233.
///
/// ```
/// use truereach::{Run, community::Leiden, graph::build};
/// // Two circles of follows and a bridge.
/// let follows = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)];
/// let found = Leiden::default().run(&build::graph(6, &follows), &Run::default())?;
/// assert_eq!(found.labels, [0, 0, 0, 1, 1, 1]);
/// assert!((found.quality - 18.0 / 49.0).abs() < 1e-12);
/// # Ok::<(), truereach::Error>(())
/// ```
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
    // The verb has an option of this name for all methods.
    #[cfg_attr(feature = "cli", arg(skip = Leiden::default().iterations))]
    pub iterations: u32,
    /// How far each iteration goes
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Communities"))]
    pub effort: Effort,
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
            effort: Effort::Full,
            runs: 1,
            randomness: 0.01,
        }
    }
}

impl Leiden {
    /// Three iterations, for tables beside other figures: nearly all of the modularity (docs/BENCHMARKS.md) in a part of the
    /// time. `truereach communities` goes on until nothing improves.
    pub fn glance() -> Self {
        Leiden { iterations: 3, ..Leiden::default() }
    }

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

    /// Finds communities from a partition that is already good: `labels[v]` is the community of v, any numbers will
    /// do. The result is never worse than the start.
    pub fn run_from(&self, graph: &Graph, labels: &[u32], run: &Run) -> Result<Communities> {
        self.check(graph)?;
        self.search(graph, Some(start(graph, labels)?), run)
    }

    fn search(&self, graph: &Graph, start: Option<Vec<u32>>, run: &Run) -> Result<Communities> {
        let plan = Plan {
            iterations: self.iterations,
            effort: self.effort,
            warm: start.is_some(),
            refine: Some(self.randomness),
            attempt: 0,
            done: 0,
        };
        let method = format!("Leiden, {}, resolution {}", self.objective().name(graph), self.resolution);
        search(graph, &self.objective(), plan, self.runs, start, method, run)
    }
}
