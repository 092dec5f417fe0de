//! Louvain: Leiden's predecessor, without refinement.

use serde::{Deserialize, Serialize};

use super::levels::{Effort, Plan};
use super::partition::{Communities, start};
use super::quality::{Objective, Quality};
use super::search::{limits, search};
use crate::base::{Result, Run};
use crate::graph::Graph;

/// Communities by repeated local moving and aggregation. Use [`Leiden`](super::Leiden) unless figures must be
/// compared with other Louvain programs: it finds better communities in about the same time.
///
/// Formula, input and errors as [`Objective`] and [`Leiden`](super::Leiden). Plain Louvain can leave communities
/// that are not connected; here those are split and the search goes on from the parts.
///
/// **Returns**: [`Communities`] with the quality recomputed from the labels.
/// **Guarantee**: every community is connected; no account gains by moving to a neighbouring community, if
/// `converged`; never worse than the start.
/// **Cost**: as Leiden, less the refinement.
/// **Determinism**: a function of graph, parameters and seed; the same bits at any number of threads. What is
/// sequential: as Leiden, and the search for communities that fell apart.
/// **Symbols**: γ `resolution`.
/// **References**: Blondel, Guillaume, Lambiotte & Lefebvre, J. Stat. Mech. (2008) P10008. Directed: Dugué & Perez
/// (2015), hal-01231784.
///
/// ```
/// use truereach::{Run, community::Louvain, graph::build};
/// // Two triangles and a bridge.
/// let ties = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)];
/// let found = Louvain { undirected: true, ..Default::default() }.run(&build::graph(6, &ties), &Run::default())?;
/// assert_eq!(found.labels, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Louvain {
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
    /// How far each iteration goes
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Communities"))]
    pub effort: Effort,
    /// Independent runs, of which the best counts
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1, value_name = "N", help_heading = "Communities"))]
    pub runs: u32,
}

impl Default for Louvain {
    fn default() -> Self {
        Louvain {
            quality: Quality::Modularity,
            resolution: 1.0,
            undirected: false,
            iterations: 100,
            effort: Effort::Full,
            runs: 1,
        }
    }
}

impl Louvain {
    /// What is maximised.
    pub fn objective(&self) -> Objective {
        Objective { quality: self.quality, resolution: self.resolution, undirected: self.undirected }
    }

    /// Refuses parameters that make no sense for this graph.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        self.objective().check(graph)?;
        limits(self.iterations, self.runs)
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
            refine: None,
            attempt: 0,
            done: 0,
        };
        let method = format!("Louvain, {}, resolution {}", self.objective().name(graph), self.resolution);
        search(graph, &self.objective(), plan, self.runs, start, method, run)
    }
}
