//! How deep in the dense part of the network each account sits.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::ties::{self, each_tie};
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Core numbers: the largest k such that the account is in a group of people each tied to k others of the group.
///
/// The k-core is what is left after taking away, again and again, every account with fewer than k neighbours; the
/// core number of an account is the largest k whose core holds it. Neighbours are those it follows or is followed
/// by, each counted once.
///
/// **Input**: any; directions and weights do not matter. **Returns**: [`Cores`]: a whole number for each account,
/// 0 for one without neighbours. **Guarantee**: exact. **Cost**: O(accounts + edges), parallel; 20 bytes an account.
/// **Errors**: memory. **Determinism**: core numbers are unique. **References**: Seidman 1983; Kabir & Madduri 2017 (PKC,
/// the parallel peeling).
///
/// ```
/// use truereach::{Run, graph::build, rank::KCore};
/// // A triangle, and 3 tied to one of its corners.
/// let graph = build::graph(4, &[(0, 1), (1, 2), (2, 0), (3, 0)]);
/// assert_eq!(KCore::default().run(&graph, &Run::default())?.cores, [2, 2, 2, 1]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct KCore {}

/// The core number of each account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cores {
    /// In the order of ids.
    pub cores: Vec<u32>,
}

impl Cores {
    /// The largest core number (the degeneracy of the network); 0 without accounts.
    pub fn largest(&self) -> u32 {
        self.cores.iter().copied().max().unwrap_or(0)
    }

    /// How many accounts have core number 0, 1, 2, …, up to the largest.
    pub fn accounts_by_core(&self) -> Vec<u64> {
        let mut counts = vec![0; if self.cores.is_empty() { 0 } else { self.largest() as usize + 1 }];
        self.cores.iter().for_each(|&core| counts[core as usize] += 1);
        counts
    }
}

impl KCore {
    /// There are no parameters to refuse.
    pub fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Bytes that a run may take besides the graph: 20 an account.
    pub fn memory(accounts: u64) -> u64 {
        20 * accounts
    }

    /// Finds the core numbers: takes accounts away by ascending degree, those left lose a neighbour each time.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Cores> {
        self.check()?;
        let accounts = graph.accounts();
        run.check_memory("core numbers", Self::memory(accounts as u64))?;
        run.phase("core numbers", Some(2 * accounts as u64));
        let degrees: Vec<AtomicU32> = ties::degrees(graph, run)?.into_iter().map(AtomicU32::new).collect();
        run.install(|| peel(graph, run, &degrees))?;
        Ok(Cores { cores: degrees.into_iter().map(AtomicU32::into_inner).collect() })
    }
}

/// Accounts that a task begins with.
const TASK: usize = 64;

/// Accounts that a task takes away before it shares what is left to take with the others.
const SHARE: usize = 1024;

/// Takes accounts away, all of degree `core` and those that fall to it, for `core` 0, 1, 2, …: degrees end as core
/// numbers. Threads take at once; whoever brings a neighbour down to `core` takes it next. Who that is does not matter:
/// the k-core is what is left whatever the order.
fn peel(graph: &Graph, run: &Run, degrees: &[AtomicU32]) -> Result<()> {
    let degree = |v: u32| degrees[v as usize].load(Relaxed);
    let mut left: Vec<u32> = (0..degrees.len() as u32).collect();
    for core in 0.. {
        let parts: Vec<(Vec<u32>, Vec<u32>)> = left
            .par_chunks(par::CHUNK)
            .map(|part| part.iter().filter(|v| degree(**v) >= core).partition(|v| degree(**v) == core))
            .collect();
        let before = left.len();
        left.clear();
        let mut going = Vec::new();
        for (go, stay) in parts {
            going.extend(go);
            left.extend(stay);
        }
        run.step((before - left.len()) as u64)?;
        while !going.is_empty() {
            going =
                going.par_chunks(TASK).with_max_len(1).flat_map_iter(|task| take(graph, degrees, core, task)).collect();
        }
        if left.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Takes away these accounts and those that fall to `core` by it, up to a number. Returns who is left to take.
fn take(graph: &Graph, degrees: &[AtomicU32], core: u32, task: &[u32]) -> Vec<u32> {
    let mut going = task.to_vec();
    for _ in 0..SHARE {
        let Some(v) = going.pop() else { break };
        each_tie(graph, v, |u, _| {
            let fallen = |degree| (degree > core).then(|| degree - 1);
            if degrees[u as usize].fetch_update(Relaxed, Relaxed, fallen) == Ok(core + 1) {
                going.push(u);
            }
        });
    }
    going
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    /// By the definition: for each k, take away accounts with fewer than k neighbours until none is left to take.
    fn peel(accounts: u32, follows: &[(u32, u32)]) -> Vec<u32> {
        let mut cores = vec![0; accounts as usize];
        for k in 1..accounts {
            let mut left: BTreeSet<u32> = (0..accounts).collect();
            loop {
                let ties = |v: u32| {
                    let others = follows.iter().filter_map(|&(a, b)| {
                        if a == b {
                            None
                        } else if a == v {
                            Some(b)
                        } else if b == v {
                            Some(a)
                        } else {
                            None
                        }
                    });
                    others.filter(|other| left.contains(other)).collect::<BTreeSet<_>>().len()
                };
                let loose: Vec<u32> = left.iter().copied().filter(|&v| ties(v) < k as usize).collect();
                if loose.is_empty() {
                    break;
                }
                left.retain(|v| !loose.contains(v));
            }
            left.iter().for_each(|&v| cores[v as usize] = k);
        }
        cores
    }

    proptest! {
        #[test]
        fn core_numbers_equal_their_definition(
            accounts in 1u32..14,
            follows in prop::collection::vec((0u32..14, 0u32..14), 0..90),
        ) {
            let follows: Vec<_> = follows.iter().map(|&(u, v)| (u % accounts, v % accounts)).collect();
            let graph = build::graph(accounts as usize, &follows);
            let found = KCore::default().run(&graph, &Run::default()).unwrap();
            prop_assert_eq!(&found.cores, &peel(accounts, &follows));
            prop_assert_eq!(found.accounts_by_core().iter().sum::<u64>(), accounts as u64);
        }
    }

    #[test]
    fn the_empty_network_and_lone_accounts_work() {
        let none = KCore::default().run(&build::graph(0, &[]), &Run::default()).unwrap();
        assert_eq!((none.largest(), none.accounts_by_core()), (0, vec![]));
        let alone = KCore::default().run(&build::graph(3, &[(1, 1)]), &Run::default()).unwrap();
        assert_eq!((&alone.cores[..], alone.accounts_by_core()), (&[0, 0, 0][..], vec![3]));
    }

    #[test]
    fn hubs_keep_what_is_left_to_them() {
        // 12 hubs tied to one another, and to 6,000 others of whom each is tied to 1 to 5 hubs: these go first, and leave each
        // hub the 11 others.
        let hubs = (0..12u32).flat_map(|u| (0..u).map(move |v| (u, v)));
        let others = (0..6000u32).flat_map(|i| (0..=i % 5).map(move |j| (12 + i, (i + j) % 12)));
        let graph = build::graph(6012, &hubs.chain(others).collect::<Vec<_>>());
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            let cores = KCore::default().run(&graph, &run).unwrap().cores;
            assert!(cores[..12].iter().all(|&core| core == 11));
            assert!(cores[12..].iter().zip(0..).all(|(&core, i)| core == 1 + i % 5));
        }
    }

    #[test]
    fn mutual_follows_count_once_at_any_thread_count() {
        let follows: Vec<_> = (0..6u32).flat_map(|u| (0..6).map(move |v| (u, v))).collect();
        let graph = build::graph(7, &follows);
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            assert_eq!(KCore::default().run(&graph, &run).unwrap().cores, [5, 5, 5, 5, 5, 5, 0]);
        }
        assert!(KCore::default().run(&graph, &Run::default().memory(Some(10))).is_err());
    }
}
