//! From pairs in any order to sorted rows in both directions.
//!
//! Pairs are dealt into buckets of neighbouring accounts small enough for the cache, each bucket is sorted on
//! its own and repeats are merged; the other direction follows from the sorted one by a stable counting sort.
//! Nothing depends on the order of the input or on threads.

use rayon::prelude::*;

use super::csr::{Graph, Rows};
pub use super::deal::Walk;
use super::deal::{self, Deal, Dealt, Laid, Packed, Scratch};
use super::flip::transpose_beside;
pub use super::flip::{transpose, transpose_memory};
use crate::base::{Result, Run, par};

/// Pairs that are dealt at a time, so that they are dealt from the cache.
pub(super) const PART: usize = 1 << 18;
/// Pairs that are laid out at a time: few enough to share out, many enough that counts of buckets do not matter.
pub const LAID: usize = 1 << 20;

/// A pair packed so that sorting the key sorts by (row, target), with what belongs to the pair beside it.
pub type Keyed<P> = (u64, P);

/// Packs (row, target).
#[inline]
pub fn key(row: u32, target: u32) -> u64 {
    (row as u64) << 32 | target as u64
}

/// Unpacks a key into (row, target).
#[inline]
pub fn unkey(key: u64) -> (u32, u32) {
    ((key >> 32) as u32, key as u32)
}

/// Sorts pairs by (row, target, then `order`), bucket by bucket, and gives each bucket to `finish`; results in order of
/// rows. `chunks` are freed as they are dealt.
pub fn sort_pairs<P, R>(
    run: &Run,
    rows: usize,
    chunks: Vec<Vec<Keyed<P>>>,
    order: impl Fn(&P, &P) -> std::cmp::Ordering + Sync,
    finish: impl Fn(Vec<Keyed<P>>) -> R + Sync,
) -> Result<Vec<R>>
where
    P: Copy + Send + Sync,
    R: Send,
{
    let total: u64 = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    let deal = Deal::new(rows, total);
    let dealt = run.install(|| {
        chunks
            .into_par_iter()
            .map(|chunk| Dealt::new(deal, chunk.iter().map(|&pair| (unkey(pair.0).0, pair))))
            .collect::<Vec<Dealt<Keyed<P>>>>()
    });
    run.step(0)?;
    run.install(|| {
        (0..deal.buckets)
            .into_par_iter()
            .map(|bucket| {
                run.step(0)?;
                let mut pairs = Vec::with_capacity(dealt.iter().map(|part| part.bucket(bucket).len()).sum());
                dealt.iter().for_each(|part| pairs.extend_from_slice(part.bucket(bucket)));
                pairs.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| order(&a.1, &b.1)));
                Ok(finish(pairs))
            })
            .collect()
    })
}

/// Row offsets and flat columns from sorted, merged buckets.
fn flatten<P: Copy + Send + Sync>(run: &Run, rows: usize, buckets: &[Vec<Keyed<P>>]) -> Result<(Vec<u64>, Vec<u32>)> {
    let mut offsets = vec![0u64; rows + 1];
    for pair in buckets.iter().flatten() {
        offsets[(pair.0 >> 32) as usize + 1] += 1;
    }
    for row in 0..rows {
        offsets[row + 1] += offsets[row];
    }
    let ranges = bucket_ranges(buckets.iter().map(Vec::len));
    let mut targets = vec![0u32; offsets[rows] as usize];
    let parts = par::split(&mut targets, &ranges);
    run.install(|| {
        buckets.par_iter().zip(parts).for_each(|(bucket, part)| {
            part.iter_mut().zip(bucket).for_each(|(target, pair)| *target = pair.0 as u32);
        });
    });
    run.step(0)?;
    Ok((offsets, targets))
}

fn bucket_ranges(lengths: impl Iterator<Item = usize>) -> Vec<std::ops::Range<usize>> {
    let mut at = 0;
    lengths
        .map(|length| {
            at += length;
            at - length..at
        })
        .collect()
}

/// A column of the payloads of sorted buckets.
fn column<P: Copy + Sync, T: Copy>(buckets: &[Vec<Keyed<P>>], of: impl Fn(&P) -> T) -> Vec<T> {
    buckets.iter().flatten().map(|pair| of(&pair.1)).collect()
}

/// Row offsets from degrees, which stand one place further.
pub(super) fn sum_up(offsets: &mut [u64]) {
    let mut sum = 0;
    for offset in offsets {
        sum += *offset;
        *offset = sum;
    }
}

/// Sorted and merged edges of one direction, with what was merged away.
#[derive(Debug)]
pub struct Merged<T> {
    /// Rows by follower.
    pub following: Rows,
    /// What belongs to each edge, in the order of `following`.
    pub columns: Vec<T>,
    /// Rows of the input that repeated another one.
    pub repeats: u64,
}

/// Builds rows from (row, target) without columns; repeats merge. `chunks` are freed as they are dealt. Bytes at the
/// peak: 12 a pair, 16 where [`Graph`] has over four million accounts.
pub fn plain(run: &Run, accounts: usize, chunks: Vec<Vec<(u32, u32)>>) -> Result<Merged<()>> {
    let expected = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    bare(run, accounts, expected, chunks, Ok)
}

/// As [`plain`], of pairs made on the spot: `chunk(i)` is asked once for each of `chunks`, and what it gives is dealt
/// at once, so that at most a chunk for each thread is held twice. `expected` pairs in all decide the buckets; the
/// rows do not depend on it. Bytes at the peak: 8 a pair, 12 with over four million accounts.
pub fn made(
    run: &Run,
    accounts: usize,
    chunks: usize,
    expected: u64,
    chunk: impl Fn(usize) -> Result<Vec<(u32, u32)>> + Sync,
) -> Result<Merged<()>> {
    bare(run, accounts, expected, (0..chunks).collect(), chunk)
}

fn bare<C: Send>(
    run: &Run,
    accounts: usize,
    expected: u64,
    chunks: Vec<C>,
    pairs: impl Fn(C) -> Result<Vec<(u32, u32)>> + Sync,
) -> Result<Merged<()>> {
    let deal = Deal::new(accounts, expected);
    match deal.is_narrow() {
        true => sorted_rows::<u32, C>(run, deal, accounts, chunks, pairs),
        false => sorted_rows::<u64, C>(run, deal, accounts, chunks, pairs),
    }
}

/// As [`plain`], of pairs that can be walked twice and so need not be held. Bytes at the peak, up to four million
/// accounts: 4 a pair, and 8 for each pair of the buckets that are sorted just then, one a thread; that is checked when they
/// have been counted. Beyond that as [`made`].
pub fn walked(run: &Run, accounts: usize, expected: u64, pairs: &impl Walk) -> Result<Merged<()>> {
    let deal = Deal::new(accounts, expected);
    if !deal.is_narrow() {
        return sorted_rows::<u64, usize>(run, deal, accounts, (0..pairs.parts()).collect(), |part| {
            let mut rows = Vec::new();
            pairs.each(part, |row, target, ()| rows.push((row, target)));
            Ok(rows)
        });
    }
    let threads = run.thread_count();
    let Laid { mut keys, places, .. } = deal::lay(run, deal, pairs, |places| {
        let total = places.last().map_or(0, |last| last.end);
        let sorting = 8 * deal::most_at_once(places, threads);
        run.check_memory("sorting the rows", (8 * (accounts + 1) + 4 * total + sorting) as u64)
    })?;
    let mut offsets = vec![0u64; accounts + 1];
    let degrees = par::split(&mut offsets[1..], &deal.spans());
    let parts = par::split(&mut keys, &places);
    let scratches = par::Tools::<Scratch<u32>>::new();
    let kept: Vec<usize> = run.install(|| {
        let merge = |(degrees, keys): (&mut [u64], &mut [u32])| {
            run.step(0)?;
            Ok(scratches.with(Scratch::default, |scratch| {
                let sorted = deal::sort(deal, std::iter::once(&*keys), scratch);
                merge_bucket(deal, sorted, degrees, keys)
            }))
        };
        degrees.into_par_iter().zip(parts).with_max_len(1).map(merge).collect::<Result<_>>()
    })?;
    drop(scratches);
    Ok(close_up(offsets, keys, &places, &kept))
}

fn sorted_rows<K: Packed, C: Send>(
    run: &Run,
    deal: Deal,
    accounts: usize,
    chunks: Vec<C>,
    pairs: impl Fn(C) -> Result<Vec<(u32, u32)>> + Sync,
) -> Result<Merged<()>> {
    let deal_part = |part: &[(u32, u32)]| {
        run.step(0)?;
        Ok(Dealt::new(deal, part.iter().map(|&(row, target)| (row, deal.pack::<K>(row, target)))))
    };
    let dealt: Vec<Dealt<K>> = run
        .install(|| {
            let parts = chunks.into_par_iter().map(|chunk| pairs(chunk)?.par_chunks(PART).map(deal_part).collect());
            parts.collect::<Result<Vec<Vec<Dealt<K>>>>>()
        })?
        .into_iter()
        .flatten()
        .collect();
    let total: usize = dealt.iter().map(Dealt::len).sum();

    let places = deal::places(deal, &dealt);
    let mut offsets = vec![0u64; accounts + 1];
    let mut targets = vec![0u32; total];
    let degrees = par::split(&mut offsets[1..], &deal.spans());
    let parts = par::split(&mut targets, &places);
    let kept: Vec<usize> = run.install(|| {
        let buckets = degrees.into_par_iter().zip(parts).enumerate();
        let merge = |scratch: &mut Scratch<K>, (bucket, (degrees, targets)): (usize, (&mut [u64], &mut [u32]))| {
            run.step(0)?;
            let sorted = deal::sort(deal, dealt.iter().map(|part| part.bucket(bucket)), scratch);
            Ok(merge_bucket(deal, sorted, degrees, targets))
        };
        buckets.map_init(Scratch::default, merge).collect::<Result<_>>()
    })?;
    drop(dealt);
    Ok(close_up(offsets, targets, &places, &kept))
}

/// Writes the targets of a sorted bucket without repeats, and how many each row has; how many in all.
fn merge_bucket<K: Packed>(deal: Deal, sorted: &[K], degrees: &mut [u64], targets: &mut [u32]) -> usize {
    let mut kept = 0;
    for same_row in sorted.chunk_by(|&a, &b| deal.unpack(a).0 == deal.unpack(b).0) {
        let (start, mut last) = (kept, None);
        for &pair in same_row {
            // Written whether or not it repeats the one before; a repeat is written over.
            targets[kept] = deal.unpack(pair).1;
            kept += usize::from(last != Some(pair));
            last = Some(pair);
        }
        degrees[deal.unpack(same_row[0]).0] = (kept - start) as u64;
    }
    kept
}

/// Rows from merged buckets, between which repeats left gaps, and from degrees, which stand one place further.
fn close_up(
    mut offsets: Vec<u64>,
    mut targets: Vec<u32>,
    places: &[std::ops::Range<usize>],
    kept: &[usize],
) -> Merged<()> {
    let total = targets.len();
    let edges = close_gaps(&mut targets, places, kept);
    targets.truncate(edges);
    targets.shrink_to_fit();
    sum_up(&mut offsets);
    let following = Rows { offsets: offsets.into(), targets: targets.into(), weights: None };
    Merged { following, columns: vec![], repeats: (total - edges) as u64 }
}

/// Moves the first `kept` entries of every place up against those of the place before; how many there are.
fn close_gaps(entries: &mut [u32], places: &[std::ops::Range<usize>], kept: &[usize]) -> usize {
    let mut end = 0;
    for (place, kept) in places.iter().zip(kept) {
        if place.start != end {
            entries.copy_within(place.start..place.start + kept, end);
        }
        end += kept;
    }
    end
}

/// Builds rows from pairs with columns; `merge` turns all columns of one pair, sorted by `order`, into one.
pub fn with_columns<P: Copy + Send + Sync>(
    run: &Run,
    accounts: usize,
    chunks: Vec<Vec<Keyed<P>>>,
    order: impl Fn(&P, &P) -> std::cmp::Ordering + Sync,
    merge: impl Fn(u64, &[Keyed<P>]) -> Result<P> + Sync,
) -> Result<Merged<P>> {
    let total: usize = chunks.iter().map(Vec::len).sum();
    let buckets = sort_pairs(run, accounts, chunks, order, |pairs| {
        pairs
            .chunk_by(|a, b| a.0 == b.0)
            .map(|same| Ok((same[0].0, merge(same[0].0, same)?)))
            .collect::<Result<Vec<_>>>()
    })?
    .into_iter()
    .collect::<Result<Vec<_>>>()?;
    let (offsets, targets) = flatten(run, accounts, &buckets)?;
    let repeats = (total - targets.len()) as u64;
    let columns = column(&buckets, |payload| *payload);
    Ok(Merged { following: Rows { offsets: offsets.into(), targets: targets.into(), weights: None }, columns, repeats })
}

/// A graph from merged rows and their weights.
pub fn finish(run: &Run, mut following: Rows, weights: Option<Vec<f64>>) -> Result<Graph> {
    following.weights = weights.map(Into::into);
    finish_beside(run, following, 0)
}

/// A graph from merged rows, where so many bytes are held that count towards the memory allowed.
pub fn finish_beside(run: &Run, following: Rows, held: u64) -> Result<Graph> {
    let followers = transpose_beside(run, &following, held)?;
    Ok(Graph::from_rows(following, followers))
}

/// A small graph from `(follower, followee)` pairs: repeats merge, self-loops go. For tests and examples.
///
/// # Panics
/// If a pair names an account outside `0..accounts`.
pub fn graph(accounts: usize, follows: &[(u32, u32)]) -> Graph {
    let pairs = follows.iter().map(|&(u, v)| (u, v, 1.0)).collect::<Vec<_>>();
    weighted(accounts, &pairs).unweighted()
}

/// A small weighted graph from `(follower, followee, weight)`: repeats sum, self-loops go. For tests and examples.
///
/// # Panics
/// If a pair names an account outside `0..accounts`.
pub fn weighted(accounts: usize, follows: &[(u32, u32, f64)]) -> Graph {
    let run = Run::default();
    let pairs = follows.iter().filter(|(u, v, _)| u != v).map(|&(u, v, w)| {
        assert!((u.max(v) as usize) < accounts, "account outside the graph");
        (key(u, v), w)
    });
    let sum =
        |_, same: &[Keyed<f64>]| Ok(same.iter().map(|pair| pair.1).collect::<crate::base::stats::ExactSum>().value());
    let merged = with_columns(&run, accounts, vec![pairs.collect()], f64::total_cmp, sum);
    merged
        .and_then(|merged| finish(&run, merged.following, Some(merged.columns)))
        .expect("an uncancelled run without a memory limit cannot fail")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    /// Pairs, so many in a part.
    struct Listed<'a>(&'a [(u32, u32)], usize);

    impl Walk for Listed<'_> {
        fn parts(&self) -> usize {
            self.0.len().div_ceil(self.1)
        }
        fn each(&self, part: usize, mut visit: impl FnMut(u32, u32, ())) {
            self.0[part * self.1..].iter().take(self.1).for_each(|&(u, v)| visit(u, v, ()));
        }
    }

    proptest! {
        /// Against maps: any pairs, in any order, cut into any chunks.
        #[test]
        fn rows_equal_the_obvious_construction(
            pairs in prop::collection::vec((0u32..40, 0u32..40, 1u32..5), 0..300), cut in 1usize..50,
        ) {
            let run = Run::default();
            let pairs: Vec<_> = pairs.into_iter().filter(|(u, v, _)| u != v).collect();
            let chunks: Vec<Vec<_>> =
                pairs.chunks(cut).map(|chunk| chunk.iter().map(|&(u, v, w)| (key(u, v), w as f64)).collect()).collect();
            let bare = pairs.chunks(cut).map(|chunk| chunk.iter().map(|&(u, v, _)| (u, v)).collect()).collect();
            let merged = with_columns(&run, 40, chunks, f64::total_cmp, |_, same| Ok(same.iter().map(|pair| pair.1).sum())).unwrap();
            let made = made(&run, 40, pairs.len().div_ceil(cut), 7, |at| {
                Ok(pairs[at * cut..].iter().take(cut).map(|&(u, v, _)| (u, v)).collect())
            });
            let plain = plain(&run, 40, bare).unwrap();
            prop_assert_eq!(&plain.following, &made.unwrap().following);
            prop_assert_eq!(&plain.following, &merged.following);
            prop_assert_eq!(plain.repeats, merged.repeats);
            let listed: Vec<(u32, u32)> = pairs.iter().map(|&(u, v, _)| (u, v)).collect();
            let walked = walked(&run, 40, 7, &Listed(&listed, cut)).unwrap();
            prop_assert_eq!((&plain.following, plain.repeats), (&walked.following, walked.repeats));
            let graph = finish(&run, merged.following, Some(merged.columns)).unwrap();

            let mut expected: BTreeMap<(u32, u32), f64> = BTreeMap::new();
            for &(u, v, w) in &pairs {
                *expected.entry((u, v)).or_default() += w as f64;
            }
            prop_assert_eq!(graph.edges() as usize, expected.len());
            for u in 0..40 {
                let row: Vec<_> = expected.range((u, 0)..=(u, u32::MAX)).map(|(&(_, v), &w)| (v, w)).collect();
                let ours: Vec<_> =
                    graph.following(u).iter().copied().zip(graph.following_weights(u).unwrap().iter().copied()).collect();
                prop_assert_eq!(ours, row);
                let row: Vec<_> = expected.iter().filter(|((_, v), _)| *v == u).map(|(&(f, _), &w)| (f, w)).collect();
                let ours: Vec<_> =
                    graph.followers(u).iter().copied().zip(graph.follower_weights(u).unwrap().iter().copied()).collect();
                prop_assert_eq!(ours, row);
            }
            prop_assert!(graph.following_rows().check(40).is_ok() && graph.follower_rows().check(40).is_ok());
        }
    }

    #[test]
    fn the_empty_graph_and_one_account_work() {
        for accounts in [0, 1] {
            let graph = graph(accounts, &[]);
            assert_eq!((graph.accounts(), graph.edges()), (accounts, 0));
            assert!(graph.is_symmetric());
        }
        assert_eq!(graph(1, &[(0, 0)]).edges(), 0);
    }

    #[test]
    fn pairs_too_wide_for_32_bits_give_the_same_rows() {
        let accounts = 1 << 20;
        assert!(!Deal::new(accounts, 3_000).is_narrow());
        let mut state = 1u64;
        let mut next = || {
            state = crate::base::seed::mix(state);
            (state % accounts as u64) as u32
        };
        let mut pairs: Vec<(u32, u32)> = (0..3_000).map(|_| (next(), next())).collect();
        pairs.extend_from_within(..100);
        let merged = plain(&Run::default(), accounts, vec![pairs.clone()]).unwrap();
        let walked = walked(&Run::default(), accounts, 3_100, &Listed(&pairs, 1_000)).unwrap();
        assert_eq!((&merged.following, merged.repeats), (&walked.following, walked.repeats));
        let repeats = merged.repeats;
        let graph = finish(&Run::default(), merged.following, None).unwrap();
        let expected: std::collections::BTreeSet<(u32, u32)> = pairs.into_iter().collect();
        assert_eq!((graph.edges(), repeats), (expected.len() as u64, 3_100 - expected.len() as u64));
        for (u, v) in expected {
            assert!(graph.following(u).binary_search(&v).is_ok() && graph.followers(v).binary_search(&u).is_ok());
        }
        assert!(graph.following_rows().check(accounts).is_ok() && graph.follower_rows().check(accounts).is_ok());
    }

    #[test]
    fn many_buckets_give_the_same_rows_at_any_thread_count() {
        let mut state = 1u64;
        let mut next = || {
            state = crate::base::seed::mix(state);
            (state % 50_000) as u32
        };
        let pairs: Vec<(u32, u32)> = (0..300_000).map(|_| (next(), next())).collect();
        let build = |threads, cut| {
            let run = Run::new(1).threads(threads).unwrap();
            let chunks = pairs.chunks(cut).map(<[_]>::to_vec).collect();
            finish(&run, plain(&run, 50_000, chunks).unwrap().following, None).unwrap()
        };
        let one = build(1, 300_000);
        for (threads, cut) in [(2, 7_777), (3, 100_000), (8, 1_000)] {
            assert!(build(threads, cut) == one);
            let run = Run::new(1).threads(threads).unwrap();
            let walked = walked(&run, 50_000, 300_000, &Listed(&pairs, cut)).unwrap();
            assert!(walked.following == *one.following_rows());
        }
    }
}
