//! Which accounts hang together: weak and strong components.

use std::ops::Range;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

use serde::{Deserialize, Serialize};

use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// What makes two accounts hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Connectivity {
    /// A chain of follows, whichever way each of them points.
    #[default]
    Weak,
    /// Chains of follows in both directions.
    Strong,
}

/// Components: the parts a network falls into.
///
/// u and v are in one part when a chain of follows joins them: weak, whichever way each follow points; strong, when
/// one leads from u to v and another from v to u.
///
/// **Input**: directed; weights do not matter. **Returns**: [`ComponentLabels`]. **Guarantee**: exact.
/// **Cost**: weak: O(accounts + edges) in practice, parallel; strong: O(accounts + edges) on
/// one thread; no recursion, so a chain of any length is fine. [`Components::memory`]: 16 and 24 bytes an account.
/// **Errors**: memory. **Determinism**: a label is the smallest member, whatever the threads did.
/// **References**: Sutton, Ben-Nun & Barak 2018 (Afforest: the rest need not be looked at once the giant is found), Beamer,
/// Asanović & Patterson 2012 (joining from below), both weak; Tarjan 1972 in the form of Pearce 2016 (strong).
///
/// ```
/// use truereach::{Run, graph::build, rank::{Components, Connectivity}};
/// let graph = build::graph(4, &[(0, 1), (1, 0), (1, 2)]);
/// let weak = Components::default().run(&graph, &Run::default())?;
/// assert_eq!(weak.labels, [0, 0, 0, 3]);
/// let strong = Components { connectivity: Connectivity::Strong }.run(&graph, &Run::default())?;
/// assert_eq!(strong.labels, [0, 0, 2, 3]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
// The verb of this name has a group of its own.
#[cfg_attr(feature = "cli", derive(clap::Args), group(skip))]
pub struct Components {
    /// What makes two accounts hang together: follows either way, or chains both ways
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t))]
    pub connectivity: Connectivity,
}

/// A component: its label and its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Component {
    /// Its smallest member.
    pub label: u32,
    /// How many accounts.
    pub accounts: u32,
}

/// The component of each account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ComponentLabels {
    /// For each account the smallest member of its component.
    pub labels: Vec<u32>,
    /// The components, largest first; of equal ones the smaller label first.
    pub components: Vec<Component>,
}

impl ComponentLabels {
    fn new(labels: Vec<u32>) -> Self {
        let mut sizes = vec![0u32; labels.len()];
        // Equal labels in a row are added at once: most accounts are in the giant, whose size would be a long chain.
        labels.chunk_by(|a, b| a == b).for_each(|same| sizes[same[0] as usize] += same.len() as u32);
        let roots = labels.iter().zip(0u32..).filter(|(label, account)| **label == *account);
        let mut components: Vec<Component> =
            roots.map(|(_, label)| Component { label, accounts: sizes[label as usize] }).collect();
        components.sort_unstable_by(|a, b| b.accounts.cmp(&a.accounts).then(a.label.cmp(&b.label)));
        ComponentLabels { labels, components }
    }

    /// How many components.
    pub fn count(&self) -> usize {
        self.components.len()
    }

    /// The largest component; `None` in a network without accounts.
    pub fn largest(&self) -> Option<Component> {
        self.components.first().copied()
    }

    /// How many accounts are a component of their own.
    pub fn alone(&self) -> usize {
        self.components.len() - self.components.partition_point(|component| component.accounts > 1)
    }
}

impl Components {
    /// Any parameters make sense.
    pub fn check(&self) -> Result<()> {
        Ok(())
    }

    /// Bytes that a run may take besides the graph: 16 an account when weak, 24 when strong.
    pub fn memory(&self, accounts: u64) -> u64 {
        accounts * if self.connectivity == Connectivity::Weak { 16 } else { 24 }
    }

    /// Finds the components.
    pub fn run(&self, graph: &Graph, run: &Run) -> Result<ComponentLabels> {
        self.check()?;
        run.check_memory("components", self.memory(graph.accounts() as u64))?;
        let found = match self.connectivity {
            Connectivity::Weak => cut::elsewhere(graph, run)?,
            Connectivity::Strong => None,
        };
        let labels = match found {
            Some(labels) => labels,
            None => run.install(|| match self.connectivity {
                Connectivity::Weak => weak(graph, run),
                Connectivity::Strong => strong(graph, run),
            })?,
        };
        Ok(ComponentLabels::new(labels))
    }
}

/// Rounds in which the giant component grows at most, before whoever is left is joined edge by edge.
const ROUNDS: usize = 4;

/// Weak components: a forest in which every account points to a smaller one of its component, or to itself.
///
/// Most accounts of a social network are a few steps from the most connected one. So a set is grown from it: in each
/// round, whoever has a neighbour in the set joins, which one look at a row or two of its entries settles. Its members
/// are one tree from the beginning. Everybody else hooks roots below smaller roots, all threads at once; an edge between
/// the set and somebody outside is seen from there (hence both directions). The smallest member of a component can
/// never be hooked, and in the end there is one root per component: the labels depend neither on who came first nor
/// on how far the set grew.
fn weak(graph: &Graph, run: &Run) -> Result<Vec<u32>> {
    let accounts = graph.accounts();
    let (following, followers) = (graph.following_rows().flat(), graph.follower_rows().flat());
    let chunks = par::chunks(accounts, par::CHUNK);
    run.phase("weak components", Some(3 * accounts as u64));
    let set = grow(graph, &chunks, run)?;
    let first = (0..accounts as u32).find(|&u| set.has(u)).unwrap_or_default();
    let start = |u: u32| AtomicU32::new(if set.has(u) { first } else { u });
    let forest: Vec<AtomicU32> = (0..accounts as u32).map(start).collect();
    par::map(run, &par::chunks_by_degree(followers.offsets, 1 << 16), |range| {
        for u in range.start as u32..range.end as u32 {
            if !set.has(u) {
                following.row(u).iter().chain(followers.row(u)).for_each(|&v| link(&forest, u, v));
            }
        }
        Ok(())
    })?;
    par::map(run, &chunks, |range| {
        range.for_each(|u| forest[u].store(root(&forest, u as u32), Relaxed));
        Ok(())
    })?;
    Ok(forest.into_iter().map(AtomicU32::into_inner).collect())
}

/// Accounts, a bit each: small enough for the cache nearest by.
struct Set(Vec<AtomicU64>);

impl Set {
    fn has(&self, u: u32) -> bool {
        self.0[u as usize / 64].load(Relaxed) >> (u % 64) & 1 == 1
    }

    fn add(&self, u: u32) {
        self.0[u as usize / 64].fetch_or(1 << (u % 64), Relaxed);
    }
}

/// Accounts that hang together with the most connected one: some or all of them, whom nobody can tell beforehand.
fn grow(graph: &Graph, chunks: &[Range<usize>], run: &Run) -> Result<Set> {
    let (following, followers) = (graph.following_rows().flat(), graph.follower_rows().flat());
    let set = Set((0..graph.accounts().div_ceil(64)).map(|_| AtomicU64::new(0)).collect());
    let entries = |u: u32| following.range(u).len() + followers.range(u).len();
    let most = par::map(run, chunks, |range| {
        Ok((range.start as u32..range.end as u32).max_by_key(|&u| entries(u)).unwrap_or_default())
    })?;
    let Some(hub) = most.into_iter().max_by_key(|&u| entries(u)) else { return Ok(set) };
    set.add(hub);
    following.row(hub).iter().chain(followers.row(hub)).for_each(|&u| set.add(u));
    for _ in 0..ROUNDS {
        let joined = par::map(run, chunks, |range| {
            let mut joined = 0;
            for u in range.start as u32..range.end as u32 {
                if !set.has(u) && followers.row(u).iter().chain(following.row(u)).any(|&v| set.has(v)) {
                    set.add(u);
                    joined += 1;
                }
            }
            Ok(joined)
        })?;
        // Further rounds would cost more than to join the rest.
        if joined.iter().sum::<usize>() < graph.accounts() / 16 {
            break;
        }
    }
    Ok(set)
}

/// The root above u. Halves the path on the way: what is stored is an ancestor, and an ancestor stays one.
fn root(forest: &[AtomicU32], mut u: u32) -> u32 {
    loop {
        let parent = forest[u as usize].load(Relaxed);
        let above = forest[parent as usize].load(Relaxed);
        if parent == above {
            return parent;
        }
        forest[u as usize].store(above, Relaxed);
        u = above;
    }
}

/// Joins the trees of u and v: the larger root goes below the smaller one, if it still is a root.
fn link(forest: &[AtomicU32], u: u32, v: u32) {
    let (mut a, mut b) = (u, v);
    loop {
        (a, b) = (root(forest, a), root(forest, b));
        if a == b {
            return;
        }
        let (low, high) = (a.min(b), a.max(b));
        if forest[high as usize].compare_exchange(high, low, Relaxed, Relaxed).is_ok() {
            return;
        }
    }
}

/// Not yet visited.
const NEW: u32 = 0;

/// Strong components: Tarjan's algorithm with one number an account, and a stack of our own.
///
/// An account on the path has the smallest visiting number it reaches, counted from 1. One whose component is
/// complete has that component's number, counted from the top, which is larger than any visiting number.
fn strong(graph: &Graph, run: &Run) -> Result<Vec<u32>> {
    let accounts = graph.accounts();
    let following = graph.following_rows().flat();
    run.phase("strong components", Some(accounts as u64));
    let mut index = vec![NEW; accounts];
    let (mut visit, mut component) = (1u32, u32::MAX);
    // On the path: account, place in its row, whether it is (so far) the first of its component.
    let mut path: Vec<(u32, u32, bool)> = Vec::with_capacity(accounts);
    let mut waiting: Vec<u32> = Vec::with_capacity(accounts);
    for start in 0..accounts as u32 {
        if start % (1 << 16) == 0 {
            run.step((accounts as u64 - start as u64).min(1 << 16))?;
        }
        if index[start as usize] != NEW {
            continue;
        }
        index[start as usize] = visit;
        visit += 1;
        path.push((start, 0, true));
        while let Some((u, at, first)) = path.last_mut() {
            let account = *u;
            if let Some(&v) = following.row(account).get(*at as usize) {
                *at += 1;
                if index[v as usize] == NEW {
                    if visit % (1 << 16) == 0 {
                        run.step(0)?;
                    }
                    index[v as usize] = visit;
                    visit += 1;
                    path.push((v, 0, true));
                } else if index[v as usize] < index[account as usize] {
                    index[account as usize] = index[v as usize];
                    *first = false;
                }
                continue;
            }
            let first = *first;
            path.pop();
            let own = index[account as usize];
            if first {
                // Members of the component wait above everybody who was visited earlier.
                visit -= 1;
                while let Some(&member) = waiting.last().filter(|&&member| index[member as usize] >= own) {
                    waiting.pop();
                    index[member as usize] = component;
                    visit -= 1;
                }
                index[account as usize] = component;
                component -= 1;
            } else {
                waiting.push(account);
            }
            if let Some((parent, _, first)) = path.last_mut()
                && index[account as usize] < index[*parent as usize]
            {
                index[*parent as usize] = index[account as usize];
                *first = false;
            }
        }
    }
    // The smallest member of each component, met in ascending order.
    let mut smallest = vec![u32::MAX; (u32::MAX - component) as usize];
    for (u, index) in index.iter_mut().enumerate() {
        let label = &mut smallest[(u32::MAX - *index) as usize];
        *label = (*label).min(u as u32);
        *index = *label;
    }
    Ok(index)
}

pub mod cut;
#[cfg(test)]
mod tests;
