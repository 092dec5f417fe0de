//! Label propagation: every account takes the label most of its neighbours have.

use serde::{Deserialize, Serialize};

use super::majority::majority;
use super::partition::{Communities, split_connected, stable};
use super::quality::Objective;
use super::tally::Tally;
use crate::base::{Error, Result, Run, par};
use crate::graph::ties::fold;
use crate::graph::{Graph, Rows};

/// When labels change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// In a drawn order, until no label changes; ties are drawn; communities connected.
    #[default]
    Async,
    /// LDBC Graphalytics: all at once, a fixed number of times, ties to the smallest label. Weights do not count.
    Cdlp,
}

/// Communities by majority among neighbours: the fastest way to rough communities, without an objective.
///
/// ```text
/// label(v) ← argmax over labels l of Σ_{u ~ v, label(u) = l} w(u, v)
/// ```
///
/// **Input**: any graph. In a directed graph both those whom v follows and v's followers count, an account that is
/// both counts twice. Weights count in the `async` variant and must not be negative there.
/// **Returns**: [`Communities`]; `quality` is modularity (directed where the graph is) with resolution 1.
/// **Guarantee**: `async` ends where every account has a label of the greatest weight around it, then cuts
/// communities into connected parts. It goes in batches, whose accounts choose at once, but each choice is weighed again
/// before it is done: every change raises the weight inside communities, so it does end. `cdlp` gives
/// exactly what Graphalytics specifies; its communities need not be connected. Two accounts that only follow each
/// other swap labels for ever.
/// **Cost**: each iteration at most one pass over the edges, in parallel; 24 bytes an account and 12 more for each thread,
/// and 24 an edge where the graph is not symmetric.
/// **Errors**: no iterations; negative weights (`async`).
/// **Determinism**: a function of graph, parameters and seed (`cdlp` draws nothing), at any number of threads.
/// **References**: Raghavan, Albert & Kumara, Phys. Rev. E 76 (2007) 036106. Iosup et al., LDBC Graphalytics
/// specification, arXiv:2011.15028, section 2.3.5 (CDLP).
///
/// ```
/// use truereach::{Run, community::LabelPropagation, graph::build};
/// let graph = build::graph(5, &[(0, 1), (1, 2), (2, 0), (3, 4)]);
/// let found = LabelPropagation::default().run(&graph, &Run::default())?;
/// assert_eq!(found.labels, [0, 0, 0, 1, 1]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct LabelPropagation {
    /// When labels change
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, help_heading = "Communities"))]
    pub variant: Variant,
    /// Rounds over all accounts [default: 10 for cdlp, at most 100 for async]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Communities"))]
    pub iterations: Option<u32>,
}

/// Labels and how they were reached.
pub(super) struct Spread {
    pub labels: Vec<u32>,
    pub iterations: u32,
    pub converged: bool,
}

impl LabelPropagation {
    /// Refuses parameters or weights that make no sense.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        if self.iterations == Some(0) {
            return Err(Error::parameter("--iterations", "must be at least 1"));
        }
        match self.variant {
            Variant::Async => Objective::default().check(graph),
            Variant::Cdlp => Ok(()),
        }
    }

    /// The most rounds over all accounts.
    pub fn rounds(&self) -> u32 {
        self.iterations.unwrap_or(match self.variant {
            Variant::Async => 100,
            Variant::Cdlp => 10,
        })
    }

    /// Finds communities.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Communities> {
        let spread = self.spread(graph, run)?;
        let (method, labels, judged) = match self.variant {
            Variant::Async => {
                let (labels, _) = run.install(|| split_connected(graph, &spread.labels));
                ("label propagation", labels, graph.clone())
            }
            Variant::Cdlp => ("label propagation, CDLP", spread.labels, graph.unweighted()),
        };
        let (labels, sizes) = stable(&labels);
        let quality = Objective::default().of_dense(&judged, &labels, sizes.len(), run)?;
        let Spread { iterations, converged, .. } = spread;
        Ok(Communities { labels, count: sizes.len(), sizes, quality, iterations, converged, method: method.into() })
    }

    /// The labels themselves: the account that each account's label once started from. An account's label need not
    /// be that of a member of its community.
    pub fn labels(&self, graph: &Graph, run: &Run) -> Result<Vec<u32>> {
        Ok(self.spread(graph, run)?.labels)
    }

    fn spread(&self, graph: &Graph, run: &Run) -> Result<Spread> {
        self.check(graph)?;
        if self.variant == Variant::Cdlp
            && let Some(found) = cut::elsewhere(&graph.unweighted(), self.rounds(), run)?
        {
            return Ok(found);
        }
        let own_rows = if graph.is_symmetric() { 0 } else { 24 * graph.edges() };
        let an_account = 24 + 12 * run.thread_count() as u64;
        run.check_memory("label propagation", own_rows + an_account * graph.accounts() as u64)?;
        run.phase("spreading labels", None);
        let rows = |graph: &Graph| match graph.is_symmetric() {
            true => Ok(graph.following_rows().clone()),
            false => fold(run, graph, true),
        };
        match self.variant {
            Variant::Cdlp => cdlp(run, &rows(&graph.unweighted())?, self.rounds()),
            Variant::Async => majority(run, &rows(graph)?, self.rounds()),
        }
    }
}

pub mod cut;

/// All at once, from the labels of the round before.
fn cdlp(run: &Run, rows: &Rows, most: u32) -> Result<Spread> {
    let accounts = rows.offsets.len().saturating_sub(1);
    let ranges = par::chunks_by_degree(&rows.offsets, 1 << 16);
    let mut labels: Vec<u32> = (0..accounts as u32).collect();
    let mut next = labels.clone();
    let tools = par::Tools::new();
    for iteration in 0..most {
        let old = &labels;
        par::fill(run, &ranges, &mut next, |range, part| {
            tools.with(Tally::<f64>::default, |around| {
                for (v, label) in range.zip(part) {
                    let row = rows.row(v as u32).iter().map(|&u| old[u as usize]);
                    match rows.row_weights(v as u32) {
                        None => around.gather(accounts, row.map(|label| (label, 1.0))),
                        Some(weights) => around.gather(accounts, row.zip(weights.iter().copied())),
                    }
                    let mut best = (0.0, old[v]);
                    for (candidate, weight) in around.drain() {
                        if weight > best.0 || (weight == best.0 && candidate < best.1) {
                            best = (weight, candidate);
                        }
                    }
                    *label = best.1;
                }
            });
        })?;
        std::mem::swap(&mut labels, &mut next);
        if labels == next {
            return Ok(Spread { labels, iterations: iteration + 1, converged: true });
        }
    }
    Ok(Spread { labels, iterations: most, converged: false })
}
