//! Consensus: what many runs agree on.

use super::leiden::Leiden;
use super::partition::{Communities, stable};
use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result, Run, par};
use crate::graph::{Graph, Rows};

/// Communities that many runs agree on.
///
/// One run is one of many partitions of nearly equal quality. Here the accounts of a tie are asked in what share of
/// `leiden.runs` runs they are together; ties below `share` are dropped, the others weigh as much as that share of
/// what they weighed, and one last run on that network gives the answer.
///
/// Formula: w'(u, v) = w(u, v) · p(u, v) if p(u, v) >= τ, else no tie; p(u, v) the share of runs with u and v in one
/// community.
///
/// **Input**: as [`Leiden`].
/// **Returns**: [`Communities`]; the quality is that of the partition on the network as it was, so the best of as
/// many runs may have a higher one.
/// **Guarantee**: every community is connected by ties whose ends are together in at least the share τ of the runs.
/// **Cost**: one more run than asked for, and a pass over the edges; beside a run, 4 bytes an account and run, and
/// the network once more with weights.
/// **Errors**: those of [`Leiden`]; less than two runs; a share that is not in (0, 1].
/// **Determinism**: as [`Leiden`]. Runs have seeds of their own, drawn from the seed.
/// **Symbols**: τ `share`.
/// **References**: Tabatabaee, Wedell, Park & Warnow, Applied Network Science 10 (2025) 5 (FastEnsemble). Ties as
/// carriers of agreement: Poulin & Théberge (2018), arXiv:1809.05578. The idea: Lancichinetti & Fortunato, Scientific
/// Reports 2 (2012) 336, who iterate over all pairs.
///
/// ```
/// use truereach::{Run, community::{Consensus, Leiden}, graph::build};
/// // Two circles of follows and a bridge.
/// let follows = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3)];
/// let consensus = Consensus { leiden: Leiden { runs: 10, ..Default::default() }, share: 0.8 };
/// let found = consensus.run(&build::graph(6, &follows), &Run::default())?;
/// assert_eq!(found.labels, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Consensus {
    /// The runs: how many, and how.
    pub leiden: Leiden,
    /// The least share of runs in which the ends of a tie must be together.
    pub share: f64,
}

impl Consensus {
    /// Refuses parameters that make no sense for this graph.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        self.leiden.check(graph)?;
        if self.leiden.runs < 2 {
            return Err(Error::parameter("--consensus", "needs at least two runs").with_hint("say --runs 10"));
        }
        if !(self.share > 0.0 && self.share <= 1.0) {
            let problem = format!("must be a share of runs above 0 and up to 1, not {}", self.share);
            return Err(Error::parameter("--consensus", problem));
        }
        Ok(())
    }

    /// Finds the communities that the runs agree on.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Communities> {
        self.check(graph)?;
        let (accounts, runs) = (graph.accounts() as u64, u64::from(self.leiden.runs));
        let needed = Graph::memory(accounts, graph.edges(), true) + 4 * accounts * runs;
        run.check_memory("the consensus of runs", needed)?;
        let once = Leiden { runs: 1, ..self.leiden.clone() };
        let key = Key::new(run.seed(), Stream::Community, u64::MAX);
        let labels = (0..runs)
            .map(|attempt| Ok(once.run(graph, &run.with_seed(key.word(attempt)))?.labels))
            .collect::<Result<Vec<_>>>()?;
        let agreed = Graph::from_rows(
            self.agreed(graph.following_rows(), &labels, run)?,
            self.agreed(graph.follower_rows(), &labels, run)?,
        );
        let found = once.run(&agreed, run)?;
        let (labels, sizes) = stable(&found.labels);
        let quality = self.leiden.objective().of_dense(graph, &labels, sizes.len(), run)?;
        let method = format!("consensus of {runs} runs, share {}, of {}", self.share, found.method);
        Ok(Communities { labels, sizes, quality, method, ..found })
    }

    /// The ties whose ends are together often enough.
    fn agreed(&self, rows: &Rows, labels: &[Vec<u32>], run: &Run) -> Result<Rows> {
        let ranges = par::chunks_by_degree(&rows.offsets, 1 << 16);
        let parts = par::map(run, &ranges, |range| {
            let mut part = (Vec::with_capacity(range.len()), Vec::new(), Vec::new());
            for v in range {
                let before = part.1.len();
                for at in rows.range(v as u32) {
                    let u = rows.targets[at];
                    let together = labels.iter().filter(|labels| labels[v] == labels[u as usize]).count();
                    let share = together as f64 / labels.len() as f64;
                    if share >= self.share {
                        part.1.push(u);
                        part.2.push(share * rows.weights.as_ref().map_or(1.0, |weights| weights[at]));
                    }
                }
                part.0.push((part.1.len() - before) as u64);
            }
            Ok(part)
        })?;
        let (mut offsets, mut targets, mut weights) = (vec![0u64], Vec::new(), Vec::new());
        for (degrees, some_targets, some_weights) in parts {
            for degree in degrees {
                offsets.push(offsets[offsets.len() - 1] + degree);
            }
            targets.extend(some_targets);
            weights.extend(some_weights);
        }
        Ok(Rows { offsets: offsets.into(), targets: targets.into(), weights: Some(weights.into()) })
    }
}
