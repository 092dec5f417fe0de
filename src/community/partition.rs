//! The result of every algorithm here: who is in which community, with ids that do not depend on the run.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use rayon::prelude::*;
use serde::Serialize;

use crate::base::{Error, Result, par};
use crate::graph::Graph;

/// Who is in which community.
///
/// Ids are stable: 0 is the largest community, ties go to the community with the smallest member; so equal
/// partitions have equal labels, however they were found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Communities {
    /// The community of every account.
    pub labels: Vec<u32>,
    /// Accounts in each community, largest first.
    pub sizes: Vec<u64>,
    /// How many communities there are; an account without ties is one of its own.
    pub count: usize,
    /// The quality of the partition, by the objective of the algorithm (`method` names it).
    pub quality: f64,
    /// Iterations of the run that won.
    pub iterations: u32,
    /// Whether it ended because nothing improved any more, not because of the limit on iterations.
    pub converged: bool,
    /// Algorithm, formula and parameters, for the output's header.
    pub method: String,
}

impl Communities {
    /// Members of each community, sorted, in the order of ids.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let mut members: Vec<Vec<u32>> = self.sizes.iter().map(|&size| Vec::with_capacity(size as usize)).collect();
        for (v, &label) in self.labels.iter().enumerate() {
            members[label as usize].push(v as u32);
        }
        members
    }

    /// Whether every community is connected inside, whichever way its follows point.
    pub fn connected(&self, graph: &Graph) -> bool {
        split_connected(graph, &self.labels).1 == self.count
    }
}

/// Labels renumbered largest first, then by smallest member, and the sizes in that order.
pub fn stable(labels: &[u32]) -> (Vec<u32>, Vec<u64>) {
    let (mut labels, count) = dense(labels);
    let mut sizes = vec![0u64; count];
    labels.iter().for_each(|&label| sizes[label as usize] += 1);
    // Dense ids are in the order of the smallest member; the sort keeps that order among equals.
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_by_key(|&label| std::cmp::Reverse(sizes[label as usize]));
    let mut rank = vec![0u32; count];
    order.iter().enumerate().for_each(|(place, &label)| rank[label as usize] = place as u32);
    labels.iter_mut().for_each(|label| *label = rank[*label as usize]);
    (labels, order.iter().map(|&label| sizes[label as usize]).collect())
}

/// Labels renumbered `0..count` in the order of their first member, and the count. Any numbers may come in.
pub fn dense(labels: &[u32]) -> (Vec<u32>, usize) {
    const NONE: u32 = u32::MAX;
    let most = labels.iter().copied().max().map_or(0, |most| most as usize + 1);
    if most <= 4 * labels.len() {
        let mut out = labels.to_vec();
        let count = renumber(&mut out, most);
        return (out, count);
    }
    let mut seen = hashbrown::HashMap::<u32, u32, foldhash::fast::FixedState>::default();
    let mut out = vec![NONE; labels.len()];
    for (out, &label) in out.iter_mut().zip(labels) {
        let next = seen.len() as u32;
        *out = *seen.entry(label).or_insert(next);
    }
    let count = seen.len();
    (out, count)
}

/// Renumbers labels below `most` in place, in the order of their first member; returns how many there are.
pub(crate) fn renumber(labels: &mut [u32], most: usize) -> usize {
    const NONE: u32 = u32::MAX;
    let mut place = vec![NONE; most];
    let mut count = 0;
    for label in labels {
        let place = &mut place[*label as usize];
        if *place == NONE {
            *place = count;
            count += 1;
        }
        *label = *place;
    }
    count as usize
}

/// Cuts every community into its connected parts: labels numbered by smallest member, and how many there are.
/// Connected in the undirected sense. Splitting never lowers modularity, nor CPM.
///
/// **Cost**: one pass over the edges, parallel; 8 bytes an account.
/// **Determinism**: a part is named after its smallest member, whoever finds it first.
pub fn split_connected(graph: &Graph, labels: &[u32]) -> (Vec<u32>, usize) {
    let above: Vec<AtomicU32> = (0..labels.len() as u32).map(AtomicU32::new).collect();
    par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16).into_par_iter().flatten_iter().for_each(|v| {
        for &u in graph.following(v as u32) {
            // A tie that both ends list is taken once.
            if graph.is_symmetric() && u as usize > v {
                break;
            }
            if labels[u as usize] == labels[v] {
                unite(&above, u, v as u32);
            }
        }
    });
    let mut parts = vec![0u32; labels.len()];
    let mut count = 0u32;
    for v in 0..labels.len() {
        let first = top(&above, v as u32) as usize;
        parts[v] = if first == v { count } else { parts[first] };
        count += u32::from(first == v);
    }
    (parts, count as usize)
}

/// The first of the part that v is known to be in, by halving the way up.
fn top(above: &[AtomicU32], mut v: u32) -> u32 {
    loop {
        let next = above[v as usize].load(Relaxed);
        if next == v {
            return v;
        }
        let further = above[next as usize].load(Relaxed);
        // Another thread may write here too; both write someone higher up the same way.
        above[v as usize].store(further, Relaxed);
        v = further;
    }
}

/// Makes two parts one: the larger first goes below the smaller.
fn unite(above: &[AtomicU32], u: u32, v: u32) {
    loop {
        let (a, b) = (top(above, u), top(above, v));
        let (low, high) = (a.min(b), a.max(b));
        if low == high || above[high as usize].compare_exchange(high, low, Relaxed, Relaxed).is_ok() {
            return;
        }
    }
}

/// A start for a warm run, checked and densely numbered.
pub(crate) fn start(graph: &Graph, labels: &[u32]) -> Result<Vec<u32>> {
    if labels.len() != graph.accounts() {
        return Err(Error::parameter(
            "start",
            format!("has {} labels for {} accounts", labels.len(), graph.accounts()),
        )
        .with_hint("give every account the label of its community"));
    }
    Ok(dense(labels).0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;
    use proptest::prelude::*;

    #[test]
    fn ids_go_by_size_then_by_smallest_member() {
        let (labels, sizes) = stable(&[7, 7, 3, 9, 9, 9, 3]);
        assert_eq!(labels, [1, 1, 2, 0, 0, 0, 2]);
        assert_eq!(sizes, [3, 2, 2]);
        assert_eq!(stable(&[]), (vec![], vec![]));
        assert_eq!(stable(&[u32::MAX, 0]).0, [0, 1]);
    }

    #[test]
    fn communities_fall_into_their_connected_parts() {
        // 0 follows 1, 3 follows 2; all in one community.
        let graph = build::graph(4, &[(0, 1), (3, 2)]);
        assert_eq!(split_connected(&graph, &[5, 5, 5, 5]), (vec![0, 0, 1, 1], 2));
        assert_eq!(split_connected(&graph, &[0, 1, 1, 1]).1, 3);
    }

    proptest! {
        #[test]
        fn ids_do_not_know_how_communities_were_numbered(labels in prop::collection::vec(0u32..6, 0..40), odd in 1u32..1000) {
            let other: Vec<u32> = labels.iter().map(|label| (5 - label).wrapping_mul(odd * 2 + 1)).collect();
            prop_assert_eq!(stable(&labels), stable(&other));
            let sizes = stable(&labels).1;
            prop_assert!(sizes.windows(2).all(|pair| pair[0] >= pair[1]));
        }
    }
}
