//! A graph without its directions: follows either way as ties.

use super::csr::{Graph, Rows};
use crate::base::{Result, Run, par};

/// Rows of ties in either direction. Weights of both directions add up; without weights a tie weighs 1, or,
/// with `count`, as many as it has directions.
pub(crate) fn fold(run: &Run, graph: &Graph, count: bool) -> Result<Rows> {
    let (following, followers) = (graph.following_rows(), graph.follower_rows());
    let accounts = graph.accounts();
    let ranges = par::chunks_by_degree(&following.offsets, 1 << 16);
    let degrees =
        par::map(run, &ranges, |range| Ok(range.map(|v| union(graph, v as u32).count() as u64).collect::<Vec<_>>()))?;
    let mut offsets = Vec::with_capacity(accounts + 1);
    offsets.push(0u64);
    let mut at = 0;
    for degree in degrees.into_iter().flatten() {
        at += degree;
        offsets.push(at);
    }
    let edges = at as usize;
    let cuts: Vec<_> = ranges.iter().map(|r| offsets[r.start] as usize..offsets[r.end] as usize).collect();
    let rows_of = |cut: &std::ops::Range<usize>| {
        let first = offsets.partition_point(|&offset| (offset as usize) < cut.start);
        let last = offsets.partition_point(|&offset| (offset as usize) < cut.end);
        first..last
    };
    let mut targets = vec![0u32; edges];
    par::fill(run, &cuts, &mut targets, |cut, part| {
        let ties = rows_of(&cut).flat_map(|v| union(graph, v as u32));
        part.iter_mut().zip(ties).for_each(|(target, tie)| *target = tie.0);
    })?;
    let weights = match following.weights.as_ref().zip(followers.weights.as_ref()) {
        None if !count => None,
        columns => {
            let mut weights = vec![0.0f64; edges];
            par::fill(run, &cuts, &mut weights, |cut, part| {
                let ties = rows_of(&cut).flat_map(|v| union(graph, v as u32));
                part.iter_mut().zip(ties).for_each(|(weight, (_, there, back))| {
                    let of = |place: Option<usize>, column: usize| match (place, columns) {
                        (None, _) => 0.0,
                        (Some(_), None) => 1.0,
                        (Some(at), Some(columns)) => [columns.0, columns.1][column][at],
                    };
                    *weight = of(there, 0) + of(back, 1);
                });
            })?;
            Some(weights.into())
        }
    };
    Ok(Rows { offsets: offsets.into(), targets: targets.into(), weights })
}

/// Everybody v follows or is followed by, in order, with the places of both edges in the flat arrays.
pub(crate) fn union(graph: &Graph, v: u32) -> impl Iterator<Item = (u32, Option<usize>, Option<usize>)> + '_ {
    let side = |rows: &'_ Rows| rows.range(v).start;
    let (first_a, first_b) = (side(graph.following_rows()), side(graph.follower_rows()));
    let (following, followers) = (graph.following(v), graph.followers(v));
    let (mut a, mut b) = (0, 0);
    std::iter::from_fn(move || {
        let next = match (following.get(a), followers.get(b)) {
            (Some(x), Some(y)) => *x.min(y),
            (Some(x), None) | (None, Some(x)) => *x,
            (None, None) => return None,
        };
        let there = (following.get(a) == Some(&next)).then_some(first_a + a);
        let back = (followers.get(b) == Some(&next)).then_some(first_b + b);
        a += usize::from(there.is_some());
        b += usize::from(back.is_some());
        Some((next, there, back))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn folding_counts_or_sums_both_directions() {
        let run = Run::default();
        let graph = build::graph(3, &[(0, 1), (1, 0), (1, 2)]);
        let counted = fold(&run, &graph, true).unwrap();
        assert_eq!((counted.row(1), counted.row_weights(1).unwrap()), (&[0, 2][..], &[2.0, 1.0][..]));
        assert_eq!(counted.row_weights(0).unwrap(), [2.0]);
        let once = fold(&run, &graph, false).unwrap();
        assert!(once.weights.is_none() && once.row(2) == [1]);
        let weighted = build::weighted(3, &[(0, 1, 0.5), (1, 0, 2.0), (2, 1, 3.0)]);
        let summed = fold(&run, &weighted, false).unwrap();
        assert_eq!(summed.row_weights(1).unwrap(), [2.5, 3.0]);
        assert_eq!(summed.row_weights(2).unwrap(), [3.0]);
    }
}
