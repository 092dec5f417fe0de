//! How deep in the dense part of the network each account sits.

use serde::{Deserialize, Serialize};

use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Core numbers: the largest k such that the account is in a group of people each tied to k others of the group.
///
/// The k-core is what is left after taking away, again and again, every account with fewer than k neighbours; the
/// core number of an account is the largest k whose core holds it. Neighbours are those it follows or is followed
/// by, each counted once.
///
/// **Input**: any; directions and weights do not matter. **Returns**: [`Cores`]: a whole number for each account,
/// 0 for one without neighbours. **Guarantee**: exact. **Cost**: O(accounts + edges) on one thread; 12 bytes an
/// account and 4 for each possible degree. **Errors**: memory. **Determinism**: core numbers are unique.
/// **References**: Seidman 1983; Batagelj & Zaversnik 2003 (the linear algorithm).
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

    /// Bytes that a run may take besides the graph: 16 an account.
    pub fn memory(accounts: u64) -> u64 {
        16 * accounts
    }

    /// Finds the core numbers: takes accounts away by ascending degree, those left lose a neighbour each time.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<Cores> {
        self.check()?;
        let accounts = graph.accounts();
        run.check_memory("core numbers", Self::memory(accounts as u64))?;
        run.phase("core numbers", Some(2 * accounts as u64));
        let mut degrees = vec![0u32; accounts];
        let chunks = par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16);
        par::fill(run, &chunks, &mut degrees, |range, part| {
            range.zip(part).for_each(|(v, degree)| *degree = neighbours(graph, v as u32).count() as u32);
        })?;

        // Accounts in order of degree; `starts[d]` is where degree d begins, `places` where each account stands.
        let most = degrees.iter().copied().max().unwrap_or(0) as usize;
        let mut starts = vec![0u32; most + 2];
        degrees.iter().for_each(|&degree| starts[degree as usize + 1] += 1);
        (0..=most).for_each(|degree| starts[degree + 1] += starts[degree]);
        let mut order = vec![0u32; accounts];
        let mut places = vec![0u32; accounts];
        for v in 0..accounts {
            let place = &mut starts[degrees[v] as usize];
            places[v] = *place;
            order[*place as usize] = v as u32;
            *place += 1;
        }
        // Each start was pushed to the next one's.
        starts.copy_within(0..=most, 1);
        starts[0] = 0;

        for place in 0..accounts {
            if place % par::CHUNK == 0 {
                run.step((accounts - place).min(par::CHUNK) as u64)?;
            }
            let v = order[place];
            let core = degrees[v as usize];
            for u in neighbours(graph, v) {
                let degree = degrees[u as usize];
                if degree > core {
                    // u changes places with the first of its degree, which then begins one later.
                    let (to, from) = (starts[degree as usize], places[u as usize]);
                    let other = order[to as usize];
                    order.swap(to as usize, from as usize);
                    (places[u as usize], places[other as usize]) = (to, from);
                    starts[degree as usize] += 1;
                    degrees[u as usize] -= 1;
                }
            }
        }
        Ok(Cores { cores: degrees })
    }
}

/// Those that v follows or is followed by, each once, sorted.
pub(crate) fn neighbours(graph: &Graph, v: u32) -> impl Iterator<Item = u32> + '_ {
    let mut followers = graph.followers(v);
    let mut following: &[u32] = if graph.is_symmetric() { &[] } else { graph.following(v) };
    std::iter::from_fn(move || {
        let next = match (followers.first(), following.first()) {
            (Some(&a), Some(&b)) => a.min(b),
            (Some(&only), None) | (None, Some(&only)) => only,
            (None, None) => return None,
        };
        if followers.first() == Some(&next) {
            followers = &followers[1..];
        }
        if following.first() == Some(&next) {
            following = &following[1..];
        }
        Some(next)
    })
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
