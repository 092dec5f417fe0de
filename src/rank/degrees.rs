//! How large the accounts are: tiers, and the spread of follower counts.

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, Run, par, stats};
use crate::graph::Graph;
use crate::graph::network::{Tier, Tiers};

/// The shape of a network at a glance: accounts by tier, follower counts, how many follows are mutual.
///
/// **Input**: directed; weights do not matter. Follower counts are those observed in the graph.
/// **Returns**: [`DegreeTable`]. **Guarantee**: exact. **Cost**: O(edges + accounts log accounts), 8 bytes an
/// account. **Errors**: quantiles outside [0, 1]; tiers that do not ascend; memory. **Determinism**: the same bits
/// at any number of threads. **References**: Hyndman & Fan 1996 (quantiles, type 7).
///
/// ```
/// use truereach::{Run, graph::build, rank::Degrees};
/// let graph = build::graph(3, &[(0, 1), (1, 0), (2, 0)]);
/// let table = Degrees::default().run(&graph, &Run::default())?;
/// assert_eq!(table.most_followers, 2);
/// assert_eq!(table.reciprocal, Some(2.0 / 3.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Degrees {
    /// Follower counts at which tiers begin; a network brings its own.
    #[cfg_attr(feature = "cli", arg(skip))]
    pub tiers: Tiers,
    /// Quantiles of the follower counts to give, from 0 to 1
    #[cfg_attr(
        feature = "cli",
        arg(long, value_delimiter = ',', value_name = "Q,…", default_values_t = QUANTILES)
    )]
    pub quantiles: Vec<f64>,
}

const QUANTILES: [f64; 7] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.99, 1.0];

impl Default for Degrees {
    fn default() -> Self {
        Degrees { tiers: Tiers::default(), quantiles: QUANTILES.to_vec() }
    }
}

/// Accounts of one tier.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TierRow {
    /// The tier.
    pub tier: Tier,
    /// Accounts in it.
    pub accounts: u64,
    /// Their followers, summed: one person counts once for each account followed.
    pub followers: u64,
}

/// The shape of a network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DegreeTable {
    /// Accounts.
    pub accounts: u64,
    /// Follows.
    pub follows: u64,
    /// Every tier, smallest first.
    pub tiers: Vec<TierRow>,
    /// The quantiles asked for: (share of accounts, followers). Empty without accounts.
    pub quantiles: Vec<(f64, f64)>,
    /// Followers of an account in the mean, which is also how many it follows in the mean; `None` without accounts.
    pub mean_followers: Option<f64>,
    /// Followers of the account that has most.
    pub most_followers: u64,
    /// Follows of the account that follows most.
    pub most_following: u64,
    /// Share of follows that are returned; `None` without follows.
    pub reciprocal: Option<f64>,
    /// Accounts that follow nobody (dangling).
    pub follow_nobody: u64,
    /// Accounts that nobody follows.
    pub no_followers: u64,
    /// Accounts without any follow either way.
    pub isolated: u64,
}

impl DegreeTable {
    /// Share of accounts that follow nobody; `None` without accounts.
    pub fn dangling(&self) -> Option<f64> {
        (self.accounts > 0).then(|| self.follow_nobody as f64 / self.accounts as f64)
    }
}

impl Degrees {
    /// Refuses quantiles outside 0 to 1 and tiers that do not ascend.
    pub fn check(&self) -> Result<()> {
        if let Some(q) = self.quantiles.iter().find(|q| !(0.0..=1.0).contains(*q)) {
            return Err(Error::parameter("--quantiles", format!("{q} is not between 0 and 1")));
        }
        let begins = [self.tiers.nano, self.tiers.micro, self.tiers.macro_, self.tiers.mega];
        if !begins.is_sorted() || begins.iter().any(|begin| begin.is_nan()) {
            return Err(Error::parameter("tiers", format!("{begins:?} do not ascend")));
        }
        Ok(())
    }

    /// Bytes that a run takes besides the graph: 8 an account.
    pub fn memory(accounts: u64) -> u64 {
        8 * accounts
    }

    /// Counts.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<DegreeTable> {
        self.check()?;
        let accounts = graph.accounts();
        run.check_memory("the degree table", Self::memory(accounts as u64))?;
        run.phase("degrees", Some(accounts as u64));
        let chunks = par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16);
        let parts = par::map(run, &chunks, |range| {
            let mut counts = Counts::default();
            range.for_each(|v| counts.add(graph, v as u32, &self.tiers));
            Ok(counts)
        })?;
        let mut counts = Counts::default();
        parts.iter().for_each(|part| counts.merge(part));

        let mut followers: Vec<f64> = (0..accounts as u32).map(|v| graph.followers(v).len() as f64).collect();
        followers.sort_unstable_by(f64::total_cmp);
        let quantiles = self.quantiles.iter().filter(|_| accounts > 0);
        let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
        Ok(DegreeTable {
            accounts: accounts as u64,
            follows: graph.edges(),
            tiers: Tier::ALL
                .into_iter()
                .zip(counts.tiers)
                .map(|(tier, (accounts, followers))| TierRow { tier, accounts, followers })
                .collect(),
            quantiles: quantiles.map(|&q| (q, stats::quantile(&followers, q))).collect(),
            mean_followers: share(graph.edges(), accounts as u64),
            most_followers: counts.most_followers,
            most_following: counts.most_following,
            reciprocal: share(counts.returned, graph.edges()),
            follow_nobody: counts.follow_nobody,
            no_followers: counts.no_followers,
            isolated: counts.isolated,
        })
    }
}

/// Whole numbers throughout: the order of adding cannot matter.
#[derive(Default)]
struct Counts {
    tiers: [(u64, u64); Tier::ALL.len()],
    most_followers: u64,
    most_following: u64,
    returned: u64,
    follow_nobody: u64,
    no_followers: u64,
    isolated: u64,
}

impl Counts {
    fn add(&mut self, graph: &Graph, v: u32, tiers: &Tiers) {
        let (followers, following) = (graph.followers(v), graph.following(v));
        let row = &mut self.tiers[tiers.of(followers.len() as f64) as usize];
        row.0 += 1;
        row.1 += followers.len() as u64;
        self.most_followers = self.most_followers.max(followers.len() as u64);
        self.most_following = self.most_following.max(following.len() as u64);
        self.returned += common(followers, following);
        self.follow_nobody += following.is_empty() as u64;
        self.no_followers += followers.is_empty() as u64;
        self.isolated += (following.is_empty() && followers.is_empty()) as u64;
    }

    fn merge(&mut self, other: &Counts) {
        for (row, more) in self.tiers.iter_mut().zip(other.tiers) {
            row.0 += more.0;
            row.1 += more.1;
        }
        self.most_followers = self.most_followers.max(other.most_followers);
        self.most_following = self.most_following.max(other.most_following);
        self.returned += other.returned;
        self.follow_nobody += other.follow_nobody;
        self.no_followers += other.no_followers;
        self.isolated += other.isolated;
    }
}

/// How many accounts two sorted rows share: the shorter one is looked up in what is left of the longer one.
fn common(a: &[u32], b: &[u32]) -> u64 {
    let (short, mut long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let mut shared = 0;
    for &account in short {
        // Gallop: the next match is near when rows are about as long.
        let mut step = 1;
        while step < long.len() && long[step] < account {
            step *= 2;
        }
        long = &long[long[..long.len().min(step)].partition_point(|&other| other < account)..];
        shared += (long.first() == Some(&account)) as u64;
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn counts_equal_those_of_sets(follows in prop::collection::vec((0u32..30, 0u32..30), 0..200)) {
            let graph = build::graph(30, &follows);
            let set: BTreeSet<(u32, u32)> = follows.iter().copied().filter(|(u, v)| u != v).collect();
            let followers = |v: u32| set.iter().filter(|edge| edge.1 == v).count();
            let following = |u: u32| set.iter().filter(|edge| edge.0 == u).count();
            let tiers = Tiers { nano: 2.0, micro: 4.0, macro_: 6.0, mega: 8.0 };
            let table = Degrees { tiers, quantiles: vec![0.0, 1.0] }.run(&graph, &Run::default()).unwrap();
            let returned = set.iter().filter(|(u, v)| set.contains(&(*v, *u))).count();
            prop_assert_eq!(table.reciprocal, (!set.is_empty()).then(|| returned as f64 / set.len() as f64));
            prop_assert_eq!(table.follow_nobody, (0..30).filter(|&u| following(u) == 0).count() as u64);
            prop_assert_eq!(table.no_followers, (0..30).filter(|&u| followers(u) == 0).count() as u64);
            prop_assert_eq!(table.most_following, (0..30).map(following).max().unwrap() as u64);
            for row in &table.tiers {
                let of = |v: &u32| tiers.of(followers(*v) as f64) == row.tier;
                prop_assert_eq!(row.accounts, (0..30).filter(of).count() as u64);
                prop_assert_eq!(row.followers, (0..30).filter(of).map(followers).sum::<usize>() as u64);
            }
            let counts: Vec<f64> = (0..30).map(|v| followers(v) as f64).collect();
            prop_assert_eq!(table.quantiles[0].1, counts.iter().copied().fold(f64::MAX, f64::min));
            prop_assert_eq!(table.quantiles[1].1, table.most_followers as f64);
            prop_assert_eq!(table.most_followers, counts.iter().copied().fold(0.0, f64::max) as u64);
        }

        #[test]
        fn shared_accounts_equal_those_of_sets(
            a in prop::collection::btree_set(0u32..300, 0..200), b in prop::collection::btree_set(0u32..300, 0..20),
        ) {
            let (left, right): (Vec<u32>, Vec<u32>) = (a.iter().copied().collect(), b.iter().copied().collect());
            prop_assert_eq!(common(&left, &right), a.intersection(&b).count() as u64);
        }
    }

    #[test]
    fn the_empty_network_has_no_shares() {
        let table = Degrees::default().run(&build::graph(0, &[]), &Run::default()).unwrap();
        assert_eq!((table.reciprocal, table.dangling(), table.mean_followers), (None, None, None));
        assert!(table.quantiles.is_empty() && table.tiers.iter().all(|row| row.accounts == 0));
        let one = Degrees::default().run(&build::graph(1, &[(0, 0)]), &Run::default()).unwrap();
        assert_eq!((one.isolated, one.dangling(), one.reciprocal), (1, Some(1.0), None));
    }

    #[test]
    fn any_number_of_threads_gives_the_same_table() {
        let draw = |i: u32| (crate::base::seed::mix(i as u64) % 20_000) as u32;
        let graph = build::graph(20_000, &(0..200_000).map(|i| (draw(2 * i), draw(2 * i + 1))).collect::<Vec<_>>());
        let tiers = Tiers { nano: 5.0, micro: 10.0, macro_: 15.0, mega: 20.0 };
        let table = |threads| {
            let run = Run::new(1).threads(threads).unwrap();
            Degrees { tiers, ..Default::default() }.run(&graph, &run).unwrap()
        };
        let one = table(1);
        assert_eq!(one.tiers.iter().map(|row| row.followers).sum::<u64>(), graph.edges());
        assert!([2, 3, 8].into_iter().all(|threads| table(threads) == one));
    }

    #[test]
    fn nonsense_is_refused() {
        for q in [-0.1, 1.1, f64::NAN] {
            assert!(Degrees { quantiles: vec![q], ..Default::default() }.check().is_err());
        }
        let tiers = Tiers { nano: 5.0, micro: 2.0, ..Default::default() };
        assert!(Degrees { tiers, ..Default::default() }.check().is_err());
    }
}
