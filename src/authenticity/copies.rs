//! Accounts whose follow lists nearly duplicate one another's.

mod bands;
mod sketch;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::seed::{Key, Stream};
use crate::base::{Error, Result, Run, par};
use crate::graph::Graph;
use bands::Merged;
use sketch::Sketches;

/// Groups of accounts that follow nearly the same accounts: a pattern that is consistent with lists that were filled by one hand.
///
/// Two lists are copies if their Jaccard index `J = |A ∩ B| / |A ∪ B|` is at least the threshold and they share at least
/// `least` accounts. Candidates are lists that agree in all `rows` of a band of their MinHash sketches, in any of `bands` bands: a
/// pair is one with chance `1 − (1 − J^rows)^bands`. By default that is 95.5% for J = 0.5, 99.9% for 0.6, and 0.5% for 0.1.
/// Candidates are held against each other exactly; groups are the connected components of the pairs that hold.
///
/// **Input**: any network; weights do not matter. Lists shorter than `least` are left out.
/// **Returns**: [`CopyGroups`]: largest first, then by the smallest member; each with what half of it follows, and how telling that is.
/// **Guarantee**: no pair below the threshold joins a group; a pair of Jaccard index J is found with the chance above, equal lists
/// always, and in a group of several every further member has as many chances as it has copies. In a bucket of more than
/// 8 lists, members are held against up to 8 of them, so that the work stays linear. Members of a
/// group are linked by steps; two of them may share less than the threshold.
/// **What it does not tell**: many people follow the same few very popular accounts, newcomers above all, and J does not mind how
/// popular they are; weights in the index would not help, as a list of popular accounts alone is still equal to another. What helps
/// is what chance makes of it: what is shared tells `sum of ln(accounts / followers)` nats, 12 for ten accounts that 3 in 10
/// follow, 35 for five that 1 in 1,000 follow. Each group has its `telling`, and `--telling` asks for so much of every pair. By default
/// it asks for nothing: a farm that makes up much of a small network makes its own customers popular.
/// **Cost**: O(follows + lists · k log k) for sketches of `k = bands · rows` bins, near-linear for candidates; parallel.
/// [`Copies::memory`].
/// **Errors**: parameters out of range; memory.
/// **Determinism**: a function of the network and the seed; the same at any number of threads.
/// **References**: Broder 1997 (MinHash); Indyk & Motwani 1998 (bands); Dahlgaard, Knudsen & Thorup 2017 (sketches whose cost
/// does not grow by k for each follow).
///
/// ```
/// use truereach::{Run, authenticity::Copies, graph::build};
/// // 0, 1 and 2 follow the same five accounts; 3 follows five others.
/// let mut follows: Vec<_> = (0..3).flat_map(|u| (10..15).map(move |v| (u, v))).collect();
/// follows.extend((15..20).map(|v| (3, v)));
/// let found = Copies::default().run(&build::graph(20, &follows), &Run::new(7))?;
/// assert_eq!((&found.groups[0].members[..], &found.groups[0].common[..]), (&[0, 1, 2][..], &[10, 11, 12, 13, 14][..]));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Copies {
    /// Lists are copies from this Jaccard index on
    #[cfg_attr(feature = "cli", arg(long, value_name = "J", default_value = "0.5"))]
    pub jaccard: f64,
    /// Follows that a list has at least, and that copies share at least
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "4"))]
    pub least: u32,
    /// What copies share tells at least so many nats: sum of ln(accounts / followers)
    #[cfg_attr(feature = "cli", arg(long, value_name = "NATS", default_value = "0"))]
    pub telling: f64,
    /// Bands of a sketch: more find more
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "48"))]
    pub bands: u32,
    /// Rows of a band: more leave out more of what is unlike
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "4"))]
    pub rows: u32,
}

impl Default for Copies {
    fn default() -> Self {
        Copies { jaccard: 0.5, least: 4, telling: 0.0, bands: 48, rows: 4 }
    }
}

/// Accounts whose lists are copies of one another's, by steps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopyGroup {
    /// By id.
    pub members: Vec<u32>,
    /// Accounts followed by at least half the members, most first, then by id.
    pub common: Vec<u32>,
    /// How telling it is to follow these, in nats: the sum of `ln(accounts / followers)`.
    pub telling: f64,
}

/// Groups of copies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CopyGroups {
    /// Largest first, then by the smallest member.
    pub groups: Vec<CopyGroup>,
    /// Lists that were long enough.
    pub lists: u64,
    /// The chance to find a pair that is just at the threshold.
    pub recall: f64,
}

impl Copies {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        if !(self.jaccard > 0.0 && self.jaccard <= 1.0) {
            let problem = format!("must be above 0 and at most 1, not {}", self.jaccard);
            return Err(Error::parameter("--jaccard", problem));
        }
        if self.least == 0 {
            return Err(Error::parameter("--least", "must be at least 1: empty lists are all equal"));
        }
        if !(self.telling >= 0.0 && self.telling.is_finite()) {
            return Err(Error::parameter("--telling", format!("must be 0 or more, not {}", self.telling)));
        }
        if self.bands == 0 || self.rows == 0 || self.bands.saturating_mul(self.rows) > sketch::MOST {
            let problem = format!("{} bands of {} rows are not from 1 to {} bins", self.bands, self.rows, sketch::MOST);
            return Err(Error::parameter("--bands, --rows", problem)
                .with_hint("48 bands of 4 rows find J = 0.5 in 95% of cases"));
        }
        Ok(())
    }

    /// The chance that a pair of this Jaccard index becomes a candidate.
    pub fn found(&self, jaccard: f64) -> f64 {
        1.0 - libm::pow(1.0 - libm::pow(jaccard, f64::from(self.rows)), f64::from(self.bands))
    }

    /// Bytes that a run may take besides the graph: 4 an account; a list that is long enough its sketch, 4 a band and 1
    /// a bin, and 80 while it is sorted; and 8 a follow for what groups have in common.
    pub fn memory(&self, accounts: u64, edges: u64) -> u64 {
        let lists = accounts.min(edges / u64::from(self.least.max(1)));
        4 * accounts
            + lists * (4 * u64::from(self.bands) + u64::from(self.bands) * u64::from(self.rows) + 80)
            + 8 * edges
    }

    /// Finds the groups.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<CopyGroups> {
        self.check()?;
        run.check_memory("copied follow lists", self.memory(graph.accounts() as u64, graph.edges()))?;
        let is_long = |u: &u32| graph.following(*u).len() >= self.least as usize;
        let lists: Vec<u32> = (0..graph.accounts() as u32).filter(is_long).collect();
        run.phase("sketches of follow lists", Some(lists.len() as u64));
        let key = Key::new(run.seed(), Stream::Authenticity, 0);
        let sketches = Sketches::new(graph, &lists, self.bands as usize, self.rows as usize, key, run)?;
        run.phase("copies", Some(u64::from(self.bands) * lists.len() as u64));
        let alike = |a: u32, b: u32| self.are_copies(graph, lists[a as usize], lists[b as usize]);
        let merged = bands::merge(&sketches, self.jaccard, alike, run)?;
        run.phase("what copies share", None);
        let groups = groups(graph, &lists, merged, run)?;
        Ok(CopyGroups { groups, lists: lists.len() as u64, recall: self.found(self.jaccard) })
    }

    /// Whether two lists are copies, exactly.
    fn are_copies(&self, graph: &Graph, one: u32, other: u32) -> bool {
        let (one, other) = (graph.following(one), graph.following(other));
        let (small, large) = (one.len().min(other.len()), one.len().max(other.len()));
        if (small as f64) < self.jaccard * large as f64 {
            return false;
        }
        let (mut common, mut telling) = (0usize, 0.0);
        shared(one, other, |v| {
            common += 1;
            if self.telling > 0.0 {
                telling += nats(graph, v);
            }
        });
        let union = small + large - common;
        common >= self.least as usize && common as f64 >= self.jaccard * union as f64 && telling >= self.telling
    }
}

/// How telling it is to follow `v`.
fn nats(graph: &Graph, v: u32) -> f64 {
    libm::log(graph.accounts() as f64 / graph.followers(v).len().max(1) as f64)
}

/// What two sorted lists share, in order.
fn shared(one: &[u32], other: &[u32], mut tell: impl FnMut(u32)) {
    let (mut i, mut j) = (0, 0);
    while i < one.len() && j < other.len() {
        let (a, b) = (one[i], other[j]);
        if a == b {
            tell(a);
        }
        i += usize::from(a <= b);
        j += usize::from(b <= a);
    }
}

/// Groups of two and more, with what they have in common.
fn groups(graph: &Graph, lists: &[u32], merged: Merged, run: &Run) -> Result<Vec<CopyGroup>> {
    let mut sets: Vec<Vec<u32>> = merged.sets();
    sets.iter_mut().flatten().for_each(|list| *list = lists[*list as usize]);
    sets.sort_by(|a, b| b.len().cmp(&a.len()).then(a[0].cmp(&b[0])));
    let made = par::map(run, &par::chunks(sets.len(), 16), |range| {
        Ok(sets[range].iter().map(|members| group(graph, members)).collect::<Vec<_>>())
    })?;
    Ok(made.into_iter().flatten().collect())
}

fn group(graph: &Graph, members: &[u32]) -> CopyGroup {
    let mut all: Vec<u32> = members.iter().flat_map(|&u| graph.following(u)).copied().collect();
    all.sort_unstable();
    let runs = all.chunk_by(|a, b| a == b).filter(|run| 2 * run.len() >= members.len());
    let mut common: Vec<(usize, u32)> = runs.map(|run| (run.len(), run[0])).collect();
    common.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let telling = common.iter().fold(0.0, |sum, &(_, v)| sum + nats(graph, v));
    CopyGroup { members: members.to_vec(), common: common.into_iter().map(|(_, v)| v).collect(), telling }
}
