//! Sums to edges in the order of names.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Edges;
use super::keys::Ids;
use super::sums::{Entry, Extra, Units};
use crate::base::{Result, Run, par};
use crate::graph::Names;

/// Edges that are laid out as one piece of work.
const PIECE: u64 = 1 << 16;

/// The columns of a run of edges, to be written.
struct Part<'a> {
    source: &'a mut [u32],
    target: &'a mut [u32],
    count: &'a mut [u64],
    weight: &'a mut [f64],
    positive: &'a mut [u64],
    negative: &'a mut [u64],
    first: &'a mut [i64],
    last: &'a mut [i64],
}

/// The names of all accounts that take part, sorted, and the edges in their order.
pub fn ordered<U: Units, X: Extra>(
    mut buckets: Vec<Vec<Entry<U, X>>>,
    ids: Ids,
    keeps: (bool, bool),
    run: &Run,
) -> Result<(Names, Edges)> {
    let (accounts, _) = ids.size();
    let (names, places) = ids.finish(&used(&buckets, accounts as usize, run)?, run)?;
    // Each bucket by itself, within the cache. A source's edges are all in one bucket: there they stand together now.
    let each = par::chunks(buckets.len(), 1);
    let runs = par::each(run, &each, buckets.iter_mut().collect(), |_, bucket: &mut Vec<Entry<U, X>>| {
        for entry in bucket.iter_mut() {
            entry.source = places[entry.source as usize];
            entry.target = places[entry.target as usize];
        }
        bucket.sort_unstable_by_key(|entry| u64::from(entry.source) << 32 | u64::from(entry.target));
        let mut at = 0;
        let mut runs: Vec<(u32, Range<usize>)> = Vec::new();
        for same in bucket.chunk_by(|a, b| a.source == b.source) {
            runs.push((same[0].source, at..at + same.len()));
            at += same.len();
        }
        runs
    })?;
    let mut starts = vec![0u64; names.len() + 1];
    let mut stands = vec![(0u32, 0u64); names.len()];
    for (bucket, runs) in (0..).zip(runs) {
        for (source, range) in runs {
            starts[source as usize + 1] = range.len() as u64;
            stands[source as usize] = (bucket, range.start as u64);
        }
    }
    (0..names.len()).for_each(|source| starts[source + 1] += starts[source]);
    let edges = starts[names.len()] as usize;
    let (times, signs) = keeps;
    let signed = if signs { edges } else { 0 };
    let timed = if times { edges } else { 0 };
    let mut out = Edges {
        source: vec![0; edges],
        target: vec![0; edges],
        count: vec![0; edges],
        weight: vec![0.0; edges],
        positive: vec![0; signed],
        negative: vec![0; signed],
        first: vec![0; timed],
        last: vec![0; timed],
    };
    let sources = par::chunks_by_degree(&starts, PIECE);
    let parts = parts(&mut out, &sources, &starts);
    par::each(run, &sources, parts, |sources, mut part| {
        let base = starts[sources.start];
        for source in sources {
            let (bucket, start) = stands[source];
            let to = (starts[source] - base) as usize..(starts[source + 1] - base) as usize;
            let from = start as usize..start as usize + to.len();
            part.lay(to, &buckets[bucket as usize][from]);
        }
    })?;
    Ok((names, out))
}

/// Which provisional numbers stand in an edge.
fn used<U: Units, X: Extra>(buckets: &[Vec<Entry<U, X>>], accounts: usize, run: &Run) -> Result<Vec<bool>> {
    let used: Vec<AtomicBool> = (0..accounts).map(|_| AtomicBool::new(false)).collect();
    // Marking twice changes nothing, so the order cannot matter; looking first keeps cache lines shared.
    let mark = |id: u32| {
        if !used[id as usize].load(Ordering::Relaxed) {
            used[id as usize].store(true, Ordering::Relaxed);
        }
    };
    par::map(run, &par::chunks(buckets.len(), 1), |range| {
        for entry in buckets[range].iter().flatten() {
            mark(entry.source);
            mark(entry.target);
        }
        Ok(())
    })?;
    Ok(used.into_iter().map(AtomicBool::into_inner).collect())
}

/// The columns cut at the first edge of each range of sources.
fn parts<'a>(edges: &'a mut Edges, sources: &[Range<usize>], starts: &[u64]) -> Vec<Part<'a>> {
    let cuts = |length: usize| -> Vec<Range<usize>> {
        let cut = |range: &Range<usize>| match length {
            0 => 0..0,
            _ => starts[range.start] as usize..starts[range.end] as usize,
        };
        sources.iter().map(cut).collect()
    };
    let (all, signed, timed) = (cuts(edges.target.len()), cuts(edges.positive.len()), cuts(edges.first.len()));
    let mut count = par::split(&mut edges.count, &all).into_iter();
    let mut weight = par::split(&mut edges.weight, &all).into_iter();
    let mut positive = par::split(&mut edges.positive, &signed).into_iter();
    let mut negative = par::split(&mut edges.negative, &signed).into_iter();
    let mut first = par::split(&mut edges.first, &timed).into_iter();
    let mut last = par::split(&mut edges.last, &timed).into_iter();
    let ends = par::split(&mut edges.source, &all).into_iter().zip(par::split(&mut edges.target, &all));
    ends.map(|(source, target)| Part {
        source,
        target,
        count: count.next().unwrap_or_default(),
        weight: weight.next().unwrap_or_default(),
        positive: positive.next().unwrap_or_default(),
        negative: negative.next().unwrap_or_default(),
        first: first.next().unwrap_or_default(),
        last: last.next().unwrap_or_default(),
    })
    .collect()
}

impl Part<'_> {
    /// Writes a source's edges.
    fn lay<U: Units, X: Extra>(&mut self, to: Range<usize>, entries: &[Entry<U, X>]) {
        for (at, entry) in to.zip(entries) {
            self.source[at] = entry.source;
            self.target[at] = entry.target;
            self.count[at] = entry.count;
            self.weight[at] = entry.units.weight(entry.count);
            let (positive, negative, first, last) = entry.extra.read();
            if !self.positive.is_empty() {
                (self.positive[at], self.negative[at]) = (positive, negative);
            }
            if !self.first.is_empty() {
                (self.first[at], self.last[at]) = (first, last);
            }
        }
    }
}
