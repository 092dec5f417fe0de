//! From pairs in any order to sorted rows in both directions.
//!
//! Pairs are dealt into buckets of neighbouring accounts small enough for the cache, each bucket is sorted on
//! its own and repeats are merged; the other direction follows from the sorted one by a stable counting sort.
//! Nothing depends on the order of the input or on threads.

use rayon::prelude::*;

use super::csr::{Graph, Rows};
use crate::base::{Result, Run, par};

/// About how many pairs a bucket should hold, so that sorting it stays in the cache.
const BUCKET: u64 = 1 << 15;

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

/// How rows are dealt into buckets: bucket of row r is `r >> shift`.
#[derive(Clone, Copy)]
struct Deal {
    shift: u32,
    buckets: usize,
}

impl Deal {
    fn new(rows: usize, pairs: u64) -> Self {
        let wanted = (pairs / BUCKET).clamp(1, 4096);
        let mut shift = 0;
        while (rows as u64).div_ceil(1 << shift) > wanted {
            shift += 1;
        }
        Deal { shift, buckets: rows.div_ceil(1 << shift).max(1) }
    }

    /// The rows of a bucket.
    fn rows(self, bucket: usize, rows: usize) -> std::ops::Range<usize> {
        (bucket << self.shift).min(rows)..((bucket + 1) << self.shift).min(rows)
    }
}

/// Pairs grouped by bucket, in their first order inside a bucket.
struct Dealt<P> {
    pairs: Vec<Keyed<P>>,
    starts: Vec<u32>,
}

impl<P: Copy> Dealt<P> {
    fn new(pairs: impl Iterator<Item = Keyed<P>> + Clone, deal: Deal) -> Self {
        let mut starts = vec![0u32; deal.buckets + 1];
        for (key, _) in pairs.clone() {
            starts[(key >> 32 >> deal.shift) as usize + 1] += 1;
        }
        for bucket in 0..deal.buckets {
            starts[bucket + 1] += starts[bucket];
        }
        let mut out = Vec::new();
        if let Some(first) = pairs.clone().next() {
            out.resize(starts[deal.buckets] as usize, first);
            let mut next = starts.clone();
            for pair in pairs {
                let at = &mut next[(pair.0 >> 32 >> deal.shift) as usize];
                out[*at as usize] = pair;
                *at += 1;
            }
        }
        Dealt { pairs: out, starts }
    }

    fn bucket(&self, bucket: usize) -> &[Keyed<P>] {
        &self.pairs[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}

/// Sorts pairs of one bucket by key: digits of 11 bits, lowest first, over the bits in which they can differ (the
/// target, and the low `shift` bits of the row). Three passes within the cache where a comparison sort makes fifteen.
fn radix_sort<P: Copy>(pairs: &mut Vec<Keyed<P>>, shift: u32, rows: usize) {
    const DIGIT: u32 = 11;
    let Some(&first) = pairs.first() else { return };
    if pairs.len() < 1 << 10 {
        return pairs.sort_unstable_by_key(|pair| pair.0);
    }
    // Targets are below `rows`: squeeze their leading zeros out of the key.
    let target_bits = usize::BITS - rows.leading_zeros();
    let low = |key: u64| (key >> 32 & ((1 << shift) - 1)) << target_bits | (key & u64::from(u32::MAX));
    let mut other = vec![first; pairs.len()];
    let mut done = 0;
    while done < target_bits + shift {
        let mut starts = [0u32; 1 << DIGIT];
        let digit = |key: u64| (low(key) >> done) as usize & ((1 << DIGIT) - 1);
        pairs.iter().for_each(|pair| starts[digit(pair.0)] += 1);
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for &pair in pairs.iter() {
            let at = &mut starts[digit(pair.0)];
            other[*at as usize] = pair;
            *at += 1;
        }
        std::mem::swap(pairs, &mut other);
        done += DIGIT;
    }
}

/// Sorts pairs by (row, target, then `order`), bucket by bucket, and gives each bucket to `finish` with the rows it
/// holds; results in order of rows. `chunks` are freed as they are dealt.
pub fn sort_pairs<P, R>(
    run: &Run,
    rows: usize,
    chunks: Vec<Vec<Keyed<P>>>,
    order: impl Fn(&P, &P) -> std::cmp::Ordering + Sync,
    finish: impl Fn(std::ops::Range<usize>, Vec<Keyed<P>>) -> R + Sync,
) -> Result<Vec<R>>
where
    P: Copy + Send + Sync,
    R: Send,
{
    let total: u64 = chunks.iter().map(|chunk| chunk.len() as u64).sum();
    let deal = Deal::new(rows, total);
    let dealt = run.install(|| {
        chunks.into_par_iter().map(|chunk| Dealt::new(chunk.iter().copied(), deal)).collect::<Vec<Dealt<P>>>()
    });
    sort_dealt(run, rows, deal, &dealt, order, finish)
}

/// The second half of [`sort_pairs`]: every bucket gathered, sorted and finished.
fn sort_dealt<P, R>(
    run: &Run,
    rows: usize,
    deal: Deal,
    dealt: &[Dealt<P>],
    order: impl Fn(&P, &P) -> std::cmp::Ordering + Sync,
    finish: impl Fn(std::ops::Range<usize>, Vec<Keyed<P>>) -> R + Sync,
) -> Result<Vec<R>>
where
    P: Copy + Send + Sync,
    R: Send,
{
    run.step(0)?;
    run.install(|| {
        (0..deal.buckets)
            .into_par_iter()
            .map(|bucket| {
                run.step(0)?;
                let size = dealt.iter().map(|chunk| chunk.bucket(bucket).len()).sum();
                let mut pairs = Vec::with_capacity(size);
                dealt.iter().for_each(|chunk| pairs.extend_from_slice(chunk.bucket(bucket)));
                if size_of::<P>() == 0 {
                    radix_sort(&mut pairs, deal.shift, rows);
                } else {
                    pairs.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| order(&a.1, &b.1)));
                }
                Ok(finish(deal.rows(bucket, rows), pairs))
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

/// The rows seen from the other side: `transpose(following) = followers`. Rows come out sorted because the
/// source rows are walked in order.
pub fn transpose(run: &Run, rows: &Rows) -> Result<Rows> {
    match &rows.weights {
        None => transpose_with(run, rows, |_| ()).map(|(rows, _)| rows),
        Some(weights) => {
            let weights = &weights[..];
            let (mut flipped, column) = transpose_with(run, rows, |edge| weights[edge])?;
            flipped.weights = Some(column.into());
            Ok(flipped)
        }
    }
}

fn transpose_with<P: Copy + Send + Sync + Default>(
    run: &Run,
    rows: &Rows,
    payload: impl Fn(usize) -> P + Sync,
) -> Result<(Rows, Vec<P>)> {
    let accounts = rows.offsets.len().saturating_sub(1);
    let (offsets, targets) = (&rows.offsets[..], &rows.targets[..]);
    let deal = Deal::new(accounts, targets.len() as u64);
    let ranges = par::chunks_by_degree(offsets, 1 << 18);
    let dealt = par::map(run, &ranges, |range| {
        let pairs = range.flat_map(|u| {
            let row = offsets[u] as usize..offsets[u + 1] as usize;
            let payload = &payload;
            row.map(move |edge| (key(targets[edge], u as u32), payload(edge)))
        });
        Ok(Dealt::new(pairs, deal))
    })?;

    // Per bucket: a stable counting sort by row.
    let buckets: Vec<(Vec<u64>, Vec<u32>, Vec<P>)> = run.install(|| {
        (0..deal.buckets)
            .into_par_iter()
            .map(|bucket| {
                run.step(0)?;
                let span = deal.rows(bucket, accounts);
                let mut next = vec![0usize; span.len() + 1];
                let pairs = || dealt.iter().flat_map(|chunk| chunk.bucket(bucket));
                pairs().for_each(|pair| next[(pair.0 >> 32) as usize - span.start + 1] += 1);
                let degrees = next[1..].iter().map(|&degree| degree as u64).collect();
                (1..next.len()).for_each(|row| next[row] += next[row - 1]);
                let mut sources = vec![0u32; next[span.len()]];
                let mut payloads = vec![P::default(); next[span.len()]];
                for &(key, payload) in pairs() {
                    let at = &mut next[(key >> 32) as usize - span.start];
                    sources[*at] = key as u32;
                    payloads[*at] = payload;
                    *at += 1;
                }
                Ok((degrees, sources, payloads))
            })
            .collect::<Result<_>>()
    })?;
    drop(dealt);

    let mut flipped = Vec::with_capacity(accounts + 1);
    flipped.push(0u64);
    let mut edges = 0;
    for degree in buckets.iter().flat_map(|bucket| &bucket.0) {
        edges += degree;
        flipped.push(edges);
    }
    let (sources, payloads): (Vec<_>, Vec<_>) =
        buckets.into_iter().map(|(_, sources, payloads)| (sources, payloads)).unzip();
    let (sources, payloads) = (concat(run, sources), concat(run, payloads));
    Ok((Rows { offsets: flipped.into(), targets: sources.into(), weights: None }, payloads))
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

/// Builds rows from pairs without columns; repeats merge.
pub fn plain(run: &Run, accounts: usize, chunks: Vec<Vec<Keyed<()>>>) -> Result<Merged<()>> {
    let total: usize = chunks.iter().map(Vec::len).sum();
    let buckets = sort_pairs(run, accounts, chunks, never, bare)?;
    Ok(merged(run, accounts, buckets, total))
}

/// As [`plain`], of pairs made on the spot: `chunk(i)` is asked once for each of `chunks`, and what it gives is dealt
/// at once, so that at most a chunk for each thread is held twice. `expected` pairs in all decide the buckets; the
/// rows do not depend on it. Bytes at the peak: 12 a pair, before [`finish`].
pub fn made(
    run: &Run,
    accounts: usize,
    chunks: usize,
    expected: u64,
    chunk: impl Fn(usize) -> Result<Vec<Keyed<()>>> + Sync,
) -> Result<Merged<()>> {
    let deal = Deal::new(accounts, expected);
    let dealt = run.install(|| {
        (0..chunks)
            .into_par_iter()
            .map(|at| Ok(Dealt::new(chunk(at)?.iter().copied(), deal)))
            .collect::<Result<Vec<Dealt<()>>>>()
    })?;
    let total = dealt.iter().map(|chunk| chunk.pairs.len()).sum();
    let buckets = sort_dealt(run, accounts, deal, &dealt, never, bare)?;
    drop(dealt);
    Ok(merged(run, accounts, buckets, total))
}

fn never(_: &(), _: &()) -> std::cmp::Ordering {
    std::cmp::Ordering::Equal
}

/// Degrees and targets of one sorted bucket, its repeats merged.
fn bare(span: std::ops::Range<usize>, mut pairs: Vec<Keyed<()>>) -> (Vec<u32>, Vec<u32>) {
    pairs.dedup();
    let mut degrees = vec![0u32; span.len()];
    pairs.iter().for_each(|(key, ())| degrees[(key >> 32) as usize - span.start] += 1);
    (degrees, pairs.iter().map(|(key, ())| *key as u32).collect())
}

/// Rows from finished buckets.
fn merged(run: &Run, accounts: usize, buckets: Vec<(Vec<u32>, Vec<u32>)>, total: usize) -> Merged<()> {
    let mut offsets = Vec::with_capacity(accounts + 1);
    offsets.push(0u64);
    let mut edges = 0;
    for &degree in buckets.iter().flat_map(|(degrees, _)| degrees) {
        edges += u64::from(degree);
        offsets.push(edges);
    }
    let targets = concat(run, buckets.into_iter().map(|(_, targets)| targets).collect());
    let repeats = (total - targets.len()) as u64;
    let following = Rows { offsets: offsets.into(), targets: targets.into(), weights: None };
    Merged { following, columns: vec![], repeats }
}

/// All parts, one after the other.
fn concat<T: Copy + Default + Send + Sync>(run: &Run, parts: Vec<Vec<T>>) -> Vec<T> {
    let ranges = bucket_ranges(parts.iter().map(Vec::len));
    let mut whole = vec![T::default(); ranges.last().map_or(0, |range| range.end)];
    let slices = par::split(&mut whole, &ranges);
    run.install(|| parts.into_par_iter().zip(slices).for_each(|(part, slice)| slice.copy_from_slice(&part)));
    whole
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
    let buckets = sort_pairs(run, accounts, chunks, order, |_, pairs| {
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
    let followers = transpose(run, &following)?;
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

    proptest! {
        /// Against maps: any pairs, in any order, cut into any chunks.
        #[test]
        fn rows_equal_the_obvious_construction(
            pairs in prop::collection::vec((0u32..40, 0u32..40, 1u32..5), 0..300), cut in 1usize..50,
        ) {
            let run = Run::default();
            let chunks: Vec<Vec<_>> =
                pairs.chunks(cut).map(|chunk| chunk.iter().map(|&(u, v, w)| (key(u, v), w as f64)).collect()).collect();
            let bare = chunks.iter().map(|chunk| chunk.iter().map(|pair| (pair.0, ())).collect()).collect();
            let merged = with_columns(&run, 40, chunks, f64::total_cmp, |_, same| Ok(same.iter().map(|pair| pair.1).sum())).unwrap();
            let made = made(&run, 40, pairs.len().div_ceil(cut), 7, |at| {
                Ok(pairs[at * cut..].iter().take(cut).map(|&(u, v, _)| (key(u, v), ())).collect())
            });
            let plain = plain(&run, 40, bare).unwrap();
            prop_assert_eq!(&plain.following, &made.unwrap().following);
            prop_assert_eq!(&plain.following, &merged.following);
            prop_assert_eq!(plain.repeats, merged.repeats);
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
    fn many_buckets_give_the_same_rows_at_any_thread_count() {
        let mut state = 1u64;
        let mut next = || {
            state = crate::base::seed::mix(state);
            (state % 50_000) as u32
        };
        let pairs: Vec<Keyed<()>> = (0..300_000).map(|_| (key(next(), next()), ())).collect();
        let build = |threads, cut| {
            let run = Run::new(1).threads(threads).unwrap();
            let chunks = pairs.chunks(cut).map(<[_]>::to_vec).collect();
            finish(&run, plain(&run, 50_000, chunks).unwrap().following, None).unwrap()
        };
        let one = build(1, 300_000);
        for (threads, cut) in [(2, 7_777), (3, 100_000), (8, 1_000)] {
            assert!(build(threads, cut) == one);
        }
    }
}
