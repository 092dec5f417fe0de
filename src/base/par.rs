//! Parallel work whose result cannot depend on threads: plan → chunk(i) → fold in index order.
//!
//! Every chunk can go to whichever thread is free: where work is uneven (the largest accounts often stand together),
//! rayon's own halves would leave most of it to one. Chunk bounds are functions of the length (or the degrees) alone. Floating sums are taken inside a chunk in
//! index order and over chunks in index order.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

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
    stepped(run, ranges, vec![(); ranges.len()], &|range, ()| work(range))
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
    stepped(run, ranges, parts, &|range, part| Ok(work(range, part)))
}

fn stepped<P: Send, R: Send>(
    run: &Run,
    ranges: &[Range<usize>],
    parts: Vec<P>,
    work: &(dyn Fn(Range<usize>, P) -> Result<R> + Sync),
) -> Result<Vec<R>> {
    debug_assert_eq!(ranges.len(), parts.len(), "each range has its part");
    let one = |index: usize, part: P| {
        run.step(ranges[index].len() as u64)?;
        work(ranges[index].clone(), part)
    };
    if is_one_after_the_other(run, parts.len()) {
        // What follows an error is not begun.
        return parts.into_iter().enumerate().map(|(index, part)| one(index, part)).collect();
    }
    in_order(run, parts, &one).into_iter().collect()
}

/// Whether there is nothing to share out. Handing work over and waiting for it costs some ten microseconds, which thousands
/// of small steps feel.
fn is_one_after_the_other(run: &Run, parts: usize) -> bool {
    parts <= 1 || run.thread_count() == 1
}

/// `work(index, part)` of every part, each a task of its own; results in the order of the parts.
///
/// What is done stands behind a pointer, here and in [`spread`]: rayon's machinery is then generated for each type of part
/// and result, or once, and not for each of some hundred kernels, whose builds it would fill.
fn in_order<P: Send, R: Send>(run: &Run, parts: Vec<P>, work: &(dyn Fn(usize, P) -> R + Sync)) -> Vec<R> {
    if is_one_after_the_other(run, parts.len()) {
        return parts.into_iter().enumerate().map(|(index, part)| work(index, part)).collect();
    }
    let parts: Vec<Slot<P>> = parts.into_iter().map(Slot::new).collect();
    let results: Vec<Slot<R>> = parts.iter().map(|_| Slot::empty()).collect();
    spread(run, parts.len(), &|index| results[index].put(work(index, parts[index].take())));
    results.into_iter().map(|slot| slot.take()).collect()
}

/// Calls `work` with every index below `count`, each on whichever thread is free.
fn spread(run: &Run, count: usize, work: &(dyn Fn(usize) + Sync)) {
    run.install(|| (0..count).into_par_iter().with_max_len(1).for_each(work));
}

/// What one task takes or leaves: nobody else looks at it, and a lock that nobody waits for costs nothing beside a task.
struct Slot<T>(Mutex<Option<T>>);

impl<T> Slot<T> {
    fn new(value: T) -> Self {
        Slot(Mutex::new(Some(value)))
    }

    fn empty() -> Self {
        Slot(Mutex::new(None))
    }

    fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    fn take(&self) -> T {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().expect("each index is given out once")
    }
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
    let parts = in_order(run, chunks(len, CHUNK), &|_, range| range.fold(0.0, |sum, i| sum + value(i)));
    parts.into_iter().fold(0.0, |sum, part| sum + part)
}

/// Tools lent to tasks, one set a thread at work: dense tables that would be dear to make anew. What a task leaves in
/// them must not show in what another makes of them.
#[derive(Debug)]
pub struct Tools<T>(Mutex<Vec<T>>);

impl<T> Default for Tools<T> {
    fn default() -> Self {
        Tools(Mutex::default())
    }
}

impl<T> Tools<T> {
    /// An empty shelf.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does `work` with tools from the shelf, or new ones.
    pub fn with<R>(&self, make: impl FnOnce() -> T, work: impl FnOnce(&mut T) -> R) -> R {
        let shelf = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = shelf().pop();
        let mut tools = taken.unwrap_or_else(make);
        let result = work(&mut tools);
        shelf().push(tools);
        result
    }

    /// All that were made, in no order, to keep: as [`Tools::all`].
    pub fn into_all(self) -> Vec<T> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// All that were made, in no order: only for what any order folds alike, such as whole numbers to add.
    pub fn all(&mut self) -> &mut [T] {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
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

    #[test]
    fn the_first_error_in_order_wins_and_alone_it_ends_the_work() {
        use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
        for threads in [1, 2, 3, 8] {
            let (run, begun) = (Run::new(1).threads(threads).unwrap(), AtomicUsize::new(0));
            let done: Result<Vec<()>> = map(&run, &chunks(100, 1), |range| {
                begun.fetch_add(1, Relaxed);
                if range.start < 3 { Ok(()) } else { Err(crate::base::Error::NotConverged(range.start.to_string())) }
            });
            assert!(matches!(done, Err(crate::base::Error::NotConverged(at)) if at == "3"));
            assert!(threads > 1 || begun.into_inner() == 4);
        }
    }
}
