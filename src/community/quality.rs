//! How good a partition is: modularity, undirected and directed, and the constant Potts model.
//!
//! Everything here reads the graph alone and shares nothing with the optimisers, so that it can judge them.

use serde::{Deserialize, Serialize};

use super::partition::dense;
use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;
use crate::graph::ties::union;

/// Which quality a partition is judged by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// Ties inside communities beyond what the accounts' strengths let one expect.
    #[default]
    Modularity,
    /// Constant Potts model: ties inside communities beyond a fixed density, the resolution.
    Cpm,
}

/// What to maximise, and how to judge any partition by it.
///
/// ```text
/// modularity, undirected   Q = Σ_c [ e_c/m − γ (K_c / 2m)² ]            Newman & Girvan 2004
/// modularity, directed     Q = Σ_c [ e_c/m − γ Kout_c · Kin_c / m² ]    Leicht & Newman 2008
/// modularity, two-sided    the same; there Kout is of followers, Kin of creators   Barber 2007
/// CPM                      H = Σ_c [ e_c − γ n_c (n_c − 1) / 2 ]        Traag, Van Dooren & Nesterov 2011
/// ```
///
/// **Input**: any graph, weighted or not. A symmetric graph is undirected: each pair is one tie. Any other graph
/// is judged by directed modularity, unless `undirected` folds u → v and v → u into one tie, which weighs the
/// sum of both where edges have weights and 1 where they have none. CPM always folds. Where nobody both follows and
/// is followed (creators' follower lists), directed modularity is Barber's modularity of the two-sided network: its null
/// model pairs followers with creators alone.
/// **Returns**: modularity is at most 1; CPM is in units of weight (leidenalg reports twice this figure for
/// undirected graphs). A network without ties has modularity 0.
/// **Cost**: one pass over the edges, in parallel; 16 bytes an account.
/// **Errors**: a resolution that is not a positive number; labels that are not one an account; a negative
/// weight under modularity; a total weight that is not finite.
/// **Determinism**: the same bits at any number of threads.
/// **Symbols**: γ `resolution`; e_c weight inside c; K_c summed strength; m total weight, each tie once; n_c accounts.
/// **References**: Newman & Girvan, Phys. Rev. E 69 (2004) 026113. Leicht & Newman, Phys. Rev. Lett. 100 (2008)
/// 118703. Barber, Phys. Rev. E 76 (2007) 066102. Traag, Van Dooren & Nesterov, Phys. Rev. E 84 (2011) 016114.
///
/// ```
/// use truereach::{Run, community::Objective, graph::build};
/// // Two accounts that follow each other, twice.
/// let graph = build::graph(4, &[(0, 1), (1, 0), (2, 3), (3, 2)]);
/// let quality = Objective::default().of(&graph, &[0, 0, 1, 1], &Run::default())?;
/// assert_eq!(quality, 0.5);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Objective {
    /// Which formula.
    pub quality: Quality,
    /// γ: higher values ask for smaller communities.
    pub resolution: f64,
    /// Whether the directions of follows do not matter.
    pub undirected: bool,
}

impl Default for Objective {
    fn default() -> Self {
        Objective { quality: Quality::Modularity, resolution: 1.0, undirected: false }
    }
}

impl Objective {
    /// Refuses a resolution or weights that make no sense.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        if !(self.resolution.is_finite() && self.resolution > 0.0) {
            return Err(Error::parameter(
                "--resolution",
                format!("must be a positive number, not {}", self.resolution),
            )
            .with_hint("1 is the usual value for modularity; for cpm it is the density a community must exceed"));
        }
        let Some(weights) = &graph.following_rows().weights else { return Ok(()) };
        let mut sum = 0.0;
        for &weight in weights.iter() {
            if weight < 0.0 && self.quality == Quality::Modularity {
                return Err(Error::parameter(
                    "--quality",
                    format!("modularity needs weights of at least 0, and an edge weighs {weight}"),
                )
                .with_hint("drop the negative edges, ignore weights, or use --quality cpm"));
            }
            sum += weight.abs();
        }
        if !sum.is_finite() || (sum * sum).is_infinite() {
            return Err(Error::parameter("weights", "are too large to be added up").with_hint("scale them down"));
        }
        Ok(())
    }

    /// Whether directions count for this graph.
    pub fn directed(&self, graph: &Graph) -> bool {
        self.quality == Quality::Modularity && !self.undirected && !graph.is_symmetric()
    }

    /// The name of the formula that applies to this graph.
    pub fn name(&self, graph: &Graph) -> &'static str {
        match (self.quality, self.directed(graph)) {
            (Quality::Cpm, _) => "CPM",
            (Quality::Modularity, false) => "modularity",
            (Quality::Modularity, true) if graph.is_two_sided() => "Barber's bipartite modularity",
            (Quality::Modularity, true) => "directed modularity",
        }
    }

    /// The quality of a partition: `labels[v]` is the community of v, any numbers will do.
    pub fn of(&self, graph: &Graph, labels: &[u32], run: &Run) -> Result<f64> {
        self.check(graph)?;
        if labels.len() != graph.accounts() {
            return Err(Error::parameter(
                "partition",
                format!("has {} labels for {} accounts", labels.len(), graph.accounts()),
            ));
        }
        let (labels, count) = dense(labels);
        self.of_dense(graph, &labels, count, run)
    }

    /// As [`Objective::of`] with labels known to be below `count`.
    pub(crate) fn of_dense(&self, graph: &Graph, labels: &[u32], count: usize, run: &Run) -> Result<f64> {
        let directed = self.directed(graph);
        let ranges = par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16);
        // Per account: strength as a source, strength as a target, weight inside; a tie counted from both ends
        // where directions do not matter.
        let mut own = vec![[0.0f64; 2]; labels.len()];
        let inside = par::fill(run, &ranges, &mut own, |range, part| {
            let mut inside = 0.0;
            for (v, own) in range.zip(part) {
                let (strength, within) = account(graph, labels, v as u32, directed);
                *own = strength;
                inside += within;
            }
            inside
        })?;
        let inside: f64 = inside.iter().sum();
        let mut sums = vec![[0.0f64; 2]; count];
        let mut sizes = vec![0u64; count];
        for (&label, own) in labels.iter().zip(&own) {
            sums[label as usize][0] += own[0];
            sums[label as usize][1] += own[1];
            sizes[label as usize] += 1;
        }
        let total: f64 = sums.iter().map(|sum| sum[0]).sum();
        if self.quality == Quality::Cpm {
            let pairs: f64 = sizes.iter().map(|&n| n as f64 * (n as f64 - 1.0) / 2.0).sum();
            return Ok(inside / 2.0 - self.resolution * pairs);
        }
        if total <= 0.0 {
            return Ok(0.0);
        }
        // With total = 2m and both columns the strength, the directed formula is the undirected one.
        let expected: f64 = sums.iter().map(|sum| (sum[0] / total) * (sum[1] / total)).sum();
        Ok(inside / total - self.resolution * expected)
    }
}

/// Strengths (out, in) of v and its weight inside its own community; both strengths the same where directions
/// do not matter.
fn account(graph: &Graph, labels: &[u32], v: u32, directed: bool) -> ([f64; 2], f64) {
    let home = labels[v as usize];
    let mut inside = 0.0;
    let mut strength = 0.0;
    if graph.is_symmetric() || directed {
        let weights = graph.following_weights(v);
        for (at, &u) in graph.following(v).iter().enumerate() {
            let weight = weights.map_or(1.0, |weights| weights[at]);
            strength += weight;
            inside += if labels[u as usize] == home { weight } else { 0.0 };
        }
        if !directed {
            return ([strength, strength], inside);
        }
        let into =
            graph.follower_weights(v).map_or(graph.followers(v).len() as f64, |weights| weights.iter().sum::<f64>());
        return ([strength, into], inside);
    }
    let columns = graph.following_rows().weights.as_ref().zip(graph.follower_rows().weights.as_ref());
    for (u, there, back) in union(graph, v) {
        let weight = match columns {
            None => 1.0,
            Some((following, followers)) => {
                there.map_or(0.0, |at| following[at]) + back.map_or(0.0, |at| followers[at])
            }
        };
        strength += weight;
        inside += if labels[u as usize] == home { weight } else { 0.0 };
    }
    ([strength, strength], inside)
}
