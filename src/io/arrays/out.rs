//! The edges of a network as arrays.

use crate::base::{Result, Run, par};
use crate::graph::Network;
use crate::graph::build::LAID;

/// A row an edge, in dense ids: who follows, who is followed, and the weight where edges have weights.
pub type EdgeColumns = (Vec<u32>, Vec<u32>, Option<Vec<f64>>);

/// The follows of a network in dense ids, sorted by (follower, followed): what [`super::FromEdges`] with as many `accounts`
/// makes the same graph of. A network without follows has no rows.
///
/// Memory: 8 bytes an edge, 16 with weights.
pub fn edges_of(network: &Network, run: &Run) -> Result<EdgeColumns> {
    let Some(follows) = &network.follows else { return Ok((Vec::new(), Vec::new(), None)) };
    let rows = follows.graph.following_rows();
    let edges = rows.targets.len();
    let bytes = if rows.weights.is_some() { 16 } else { 8 };
    run.check_memory("edges as arrays", bytes * edges as u64)?;
    run.phase("edges as arrays", Some(network.accounts() as u64));
    let offsets = &rows.offsets[..];
    let ranges = par::chunks_by_degree(offsets, LAID as u64);
    let places: Vec<_> =
        ranges.iter().map(|range| offsets[range.start] as usize..offsets[range.end] as usize).collect();
    let mut followers = vec![0u32; edges];
    par::each(run, &ranges, par::split(&mut followers, &places), |range, mut part| {
        for u in range {
            let (row, rest) = std::mem::take(&mut part).split_at_mut((offsets[u + 1] - offsets[u]) as usize);
            row.fill(u as u32);
            part = rest;
        }
    })?;
    let followed = copied(run, &rows.targets, &places)?;
    let weights = rows.weights.as_ref().map(|weights| copied(run, weights, &places)).transpose()?;
    Ok((followers, followed, weights))
}

fn copied<T: Copy + Default + Send + Sync>(
    run: &Run,
    items: &[T],
    places: &[std::ops::Range<usize>],
) -> Result<Vec<T>> {
    let mut copy = vec![T::default(); items.len()];
    par::fill(run, places, &mut copy, |range, part| part.copy_from_slice(&items[range]))?;
    Ok(copy)
}
