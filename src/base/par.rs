//! Parallel work whose result cannot depend on threads: plan → chunk(i) → fold in index order.
//!
//! Every chunk can go to whichever thread is free: where work is uneven (the largest accounts often stand together),
//! rayon's own halves would leave most of it to one. Chunk bounds are functions of the length (or the degrees) alone. Floating sums are taken inside a chunk in
//! index order and over chunks in index order.

use std::ops::Range;

use rayon::prelude::*;

use super::error::Result;
use super::run::Run;

/// Elements per chunk where nothing better is known.
pub const CHUNK: usize = 8192;

/// Cuts `0..len` into chunks of `size` (the last may be shorter).
pub fn chunks(len: usize, size: usize) -> Vec<Range<usize>> {
    (0..len).step_by(size.max(1)).map(|start| start..(start + size.max(1)).min(len)).collect()
}

/// Cuts rows into ranges of about `work` entries each, counting every row as one entry more.
/// `offsets` has one entry more than there are rows.
pub fn chunks_by_degree(offsets: &[u64], work: u64) -> Vec<Range<usize>> {
    let rows = offsets.len().saturating_sub(1);
    let mut ranges = Vec::new();
    let mut start = 0;
    while start < rows {
        let base = offsets[start] + start as u64;
        let end = start
            + 1
            + offsets[start + 1..rows]
                .partition_point_indexed(|index, &offset| offset + (start + 1 + index) as u64 - base < work);
        ranges.push(start..end);
        start = end;
    }
    ranges
}

trait PartitionPointIndexed<T> {
    fn partition_point_indexed(&self, holds: impl Fn(usize, &T) -> bool) -> usize;
}

impl<T> PartitionPointIndexed<T> for [T] {
    fn partition_point_indexed(&self, holds: impl Fn(usize, &T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if holds(middle, &self[middle]) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

/// Maps every range in parallel; results in the order of the ranges. One [`Run::step`] per range, of the
/// range's length. The first error in order wins.
pub fn map<T: Send>(
    run: &Run,
    ranges: &[Range<usize>],
    work: impl Fn(Range<usize>) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let one = |range: &Range<usize>| {
        run.step(range.len() as u64)?;
        work(range.clone())
    };
    if is_one_after_the_other(run, ranges) {
        return ranges.iter().map(one).collect();
    }
    run.install(|| ranges.par_iter().with_max_len(1).map(one).collect::<Vec<Result<T>>>()).into_iter().collect()
}

/// Whether there is nothing to share out. Handing work over and waiting for it costs some ten microseconds, which thousands
/// of small steps feel.
fn is_one_after_the_other(run: &Run, ranges: &[Range<usize>]) -> bool {
    ranges.len() <= 1 || run.thread_count() == 1
}

/// Fills `out` in parallel: `work(range, part)` writes the part of `out` that stands at `range`. The ranges
/// must tile `0..out.len()`. Results of `work` come back in order.
pub fn fill<T: Send, R: Send>(
    run: &Run,
    ranges: &[Range<usize>],
    out: &mut [T],
    work: impl Fn(Range<usize>, &mut [T]) -> R + Sync,
) -> Result<Vec<R>> {
    each(run, ranges, split(out, ranges), work)
}

/// As [`map`], where each range comes with something of its own to write to.
pub fn each<P: Send, R: Send>(
    run: &Run,
    ranges: &[Range<usize>],
    parts: Vec<P>,
    work: impl Fn(Range<usize>, P) -> R + Sync,
) -> Result<Vec<R>> {
    let one = |(range, part): (&Range<usize>, P)| {
        run.step(range.len() as u64)?;
        Ok(work(range.clone(), part))
    };
    if is_one_after_the_other(run, ranges) {
        return ranges.iter().zip(parts).map(one).collect();
    }
    let results = || ranges.par_iter().zip(parts).with_max_len(1).map(one).collect::<Vec<Result<R>>>();
    run.install(results).into_iter().collect()
}

/// Cuts a slice at ranges that tile it.
pub fn split<'a, T>(mut slice: &'a mut [T], ranges: &[Range<usize>]) -> Vec<&'a mut [T]> {
    let mut parts = Vec::with_capacity(ranges.len());
    let mut at = 0;
    for range in ranges {
        debug_assert_eq!(range.start, at, "ranges tile the slice");
        let (part, rest) = slice.split_at_mut(range.len());
        parts.push(part);
        slice = rest;
        at = range.end;
    }
    debug_assert!(slice.is_empty(), "ranges cover the slice");
    parts
}

/// The sum of `value(i)` over `0..len`: the same bits for any number of threads.
pub fn sum(run: &Run, len: usize, value: impl Fn(usize) -> f64 + Sync) -> f64 {
    let ranges = chunks(len, CHUNK);
    let parts: Vec<f64> =
        run.install(|| ranges.par_iter().map(|range| range.clone().fold(0.0, |sum, i| sum + value(i))).collect());
    parts.into_iter().fold(0.0, |sum, part| sum + part)
}

/// Tools lent to tasks, one set a thread at work: dense tables that would be dear to make anew. What a task leaves in
/// them must not show in what another makes of them.
#[derive(Debug)]
pub struct Tools<T>(std::sync::Mutex<Vec<T>>);

impl<T> Default for Tools<T> {
    fn default() -> Self {
        Tools(std::sync::Mutex::default())
    }
}

impl<T> Tools<T> {
    /// An empty shelf.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does `work` with tools from the shelf, or new ones.
    pub fn with<R>(&self, make: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let shelf = || self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let taken = shelf().pop();
        let mut tools = taken.unwrap_or_else(make);
        let result = work(&mut tools);
        shelf().push(tools);
        result
    }

    /// All that were made, in no order, to keep: as [`Tools::all`].
    pub fn into_all(self) -> Vec<T> {
        self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// All that were made, in no order: only for what any order folds alike, such as whole numbers to add.
    pub fn all(&mut self) -> &mut [T] {
        self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_tile_whatever_the_degrees() {
        let offsets = [0u64, 0, 1000, 1000, 1001, 1002, 5000];
        for work in [1, 2, 100, 10_000] {
            let ranges = chunks_by_degree(&offsets, work);
            assert_eq!(ranges.first().unwrap().start, 0);
            assert_eq!(ranges.last().unwrap().end, 6);
            assert!(ranges.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert!(ranges.iter().all(|range| !range.is_empty()));
        }
        assert!(chunks_by_degree(&[0], 10).is_empty());
        assert!(chunks_by_degree(&[], 10).is_empty());
        assert!(chunks(0, 10).is_empty());
    }

    #[test]
    fn sums_are_equal_to_the_bit_at_any_thread_count() {
        let value = |i: usize| 1.0 / (i as f64 + 0.1);
        let one = sum(&Run::new(1).threads(1).unwrap(), 100_000, value);
        for threads in [2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            assert_eq!(sum(&run, 100_000, value).to_bits(), one.to_bits());
        }
    }

    #[test]
    fn a_cancelled_run_stops() {
        use std::sync::{Arc, atomic::AtomicBool};
        let run = Run::new(1).cancel_by(Arc::new(AtomicBool::new(true)));
        assert!(map(&run, &chunks(10, 2), |_| Ok(())).is_err());
    }
}
