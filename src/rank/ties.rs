//! A graph without its directions: those that an account follows or is followed by are its neighbours, each once.

use crate::base::{Result, Run, par};
use crate::graph::Graph;
use crate::graph::ties::union;

/// The neighbours of v, sorted, and whether each both follows v and is followed by it.
pub(super) fn ties(graph: &Graph, v: u32) -> impl Iterator<Item = (u32, bool)> + '_ {
    union(graph, v).map(|(u, there, back)| (u, there.is_some() && back.is_some()))
}

/// Does something for each neighbour of v and whether the tie goes both ways; where all do, the row is read as it is.
#[inline]
pub(super) fn each_tie(graph: &Graph, v: u32, mut visit: impl FnMut(u32, bool)) {
    match graph.is_symmetric() {
        true => graph.followers(v).iter().for_each(|&u| visit(u, true)),
        false => ties(graph, v).for_each(|(u, both)| visit(u, both)),
    }
}

/// How many neighbours each account has.
pub(super) fn degrees(graph: &Graph, run: &Run) -> Result<Vec<u32>> {
    let mut degrees = vec![0u32; graph.accounts()];
    let chunks = par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16);
    par::fill(run, &chunks, &mut degrees, |range, part| {
        range.zip(part).for_each(|(v, degree)| {
            *degree = match graph.is_symmetric() {
                true => graph.followers(v as u32).len() as u32,
                false => ties(graph, v as u32).count() as u32,
            }
        });
    })?;
    Ok(degrees)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn mutual_follows_are_one_tie() {
        let graph = build::graph(4, &[(0, 1), (1, 0), (2, 0), (0, 3)]);
        assert_eq!(ties(&graph, 0).collect::<Vec<_>>(), [(1, true), (2, false), (3, false)]);
        assert_eq!(degrees(&graph, &Run::default()).unwrap(), [3, 1, 1, 1]);
        let symmetric = build::graph(2, &[(0, 1), (1, 0)]);
        let mut seen = vec![];
        each_tie(&symmetric, 0, |u, both| seen.push((u, both)));
        assert_eq!(seen, [(1, true)]);
        assert_eq!(degrees(&symmetric, &Run::default()).unwrap(), [1, 1]);
    }
}
