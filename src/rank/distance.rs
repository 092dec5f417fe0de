//! How many follows lie between an account and the others.

use serde::{Deserialize, Serialize};

use crate::base::stats::ExactSum;
use crate::base::{Error, Result, Run};
use crate::graph::Graph;

/// Which way a search goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// From an account to its followers: where its information can go.
    Followers,
    /// From an account to those it follows: where its information can come from.
    Following,
}

/// Hops from one account to all others, breadth first.
///
/// **Input**: directed; weights do not matter. **Returns**: [`Hops`]. **Guarantee**: exact.
/// **Cost**: O(accounts + edges) on one thread, 8 bytes an account. **Errors**: an account that is not there;
/// memory. **Determinism**: hops are unique. **References**: Moore 1959.
///
/// ```
/// use truereach::{Run, graph::build, rank::{Bfs, Direction, Hops}};
/// // 1 follows 0, 2 follows 1: what 0 says can go to 1 and on to 2.
/// let graph = build::graph(4, &[(1, 0), (2, 1)]);
/// let hops = Bfs { from: 0, direction: Direction::Followers, max_hops: None }.run(&graph, &Run::default())?;
/// assert_eq!(hops.hops, [0, 1, 2, Hops::UNREACHED]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bfs {
    /// Where the search starts.
    pub from: u32,
    /// Which way it goes.
    pub direction: Direction,
    /// Hops after which it stops; to the end where not given.
    #[serde(default)]
    pub max_hops: Option<u32>,
}

/// Hops from one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hops {
    /// For each account the number of hops, [`Hops::UNREACHED`] where no path (short enough) leads to it.
    pub hops: Vec<u32>,
    /// How many accounts are 0, 1, 2, … hops away.
    pub accounts_by_hops: Vec<u64>,
}

impl Hops {
    /// Stands for an account that the search did not reach.
    pub const UNREACHED: u32 = u32::MAX;

    /// Hops to an account; `None` if it was not reached.
    pub fn to(&self, account: u32) -> Option<u32> {
        self.hops.get(account as usize).copied().filter(|&hops| hops != Self::UNREACHED)
    }

    /// How many accounts were reached, the first one included.
    pub fn reached(&self) -> u64 {
        self.accounts_by_hops.iter().sum()
    }

    /// Harmonic centrality: the sum over all other accounts reached of 1 / hops to them.
    pub fn harmonic(&self) -> f64 {
        let shells = self.accounts_by_hops.iter().zip(0u32..).skip(1);
        shells.map(|(&accounts, hops)| accounts as f64 / hops as f64).collect::<ExactSum>().value()
    }
}

impl Bfs {
    /// Refuses an account that is not in the graph.
    pub fn check(&self, graph: &Graph) -> Result<()> {
        match (self.from as usize) < graph.accounts() {
            true => Ok(()),
            false => Err(Error::parameter("account", format!("{} is not in this network", self.from))),
        }
    }

    /// Bytes that a run may take besides the graph: 8 an account.
    pub fn memory(accounts: u64) -> u64 {
        8 * accounts
    }

    /// Searches.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Hops> {
        self.check(graph)?;
        run.check_memory("hops", Self::memory(graph.accounts() as u64))?;
        run.phase("hops", Some(graph.accounts() as u64));
        let mut hops = vec![Hops::UNREACHED; graph.accounts()];
        hops[self.from as usize] = 0;
        let mut queue = Vec::with_capacity(graph.accounts());
        queue.push(self.from);
        let mut accounts_by_hops = vec![];
        let mut level = 0..1;
        while !level.is_empty() {
            let distance = accounts_by_hops.len() as u32;
            accounts_by_hops.push(level.len() as u64);
            if self.max_hops.is_some_and(|most| distance >= most) {
                break;
            }
            for at in level.clone() {
                if at % (1 << 16) == 0 {
                    run.step((level.end - at).min(1 << 16) as u64)?;
                }
                let row = match self.direction {
                    Direction::Followers => graph.followers(queue[at]),
                    Direction::Following => graph.following(queue[at]),
                };
                for &next in row {
                    if hops[next as usize] == Hops::UNREACHED {
                        hops[next as usize] = distance + 1;
                        queue.push(next);
                    }
                }
            }
            level = level.end..queue.len();
        }
        Ok(Hops { hops, accounts_by_hops })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use proptest::prelude::*;

    proptest! {
        /// Against distances relaxed along every edge until nothing changes.
        #[test]
        fn hops_equal_relaxed_distances(
            follows in prop::collection::vec((0u32..12, 0u32..12), 0..40), from in 0u32..12, most in 0u32..6,
        ) {
            let graph = build::graph(12, &follows);
            for direction in [Direction::Followers, Direction::Following] {
                let mut expected = [Hops::UNREACHED; 12];
                expected[from as usize] = 0;
                for _ in 0..12 {
                    for &(u, v) in &follows {
                        let (a, b) = if direction == Direction::Following { (u, v) } else { (v, u) };
                        expected[b as usize] = expected[b as usize].min(expected[a as usize].saturating_add(1));
                    }
                }
                let all = Bfs { from, direction, max_hops: None }.run(&graph, &Run::default()).unwrap();
                prop_assert_eq!(&all.hops[..], &expected[..]);
                prop_assert_eq!(all.reached(), expected.iter().filter(|&&hops| hops != Hops::UNREACHED).count() as u64);
                let near = Bfs { from, direction, max_hops: Some(most) }.run(&graph, &Run::default()).unwrap();
                for v in 0..12 {
                    prop_assert_eq!(near.to(v), all.to(v).filter(|&hops| hops <= most));
                }
            }
        }
    }

    #[test]
    fn an_account_that_is_not_there_is_refused() {
        let bfs = Bfs { from: 0, direction: Direction::Following, max_hops: None };
        assert!(bfs.run(&build::graph(0, &[]), &Run::default()).is_err());
        let hops = bfs.run(&build::graph(1, &[]), &Run::default()).unwrap();
        assert_eq!((hops.to(0), hops.to(7), hops.reached()), (Some(0), None, 1));
    }
}
