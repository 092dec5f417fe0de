//! The other direction of sorted rows, by a stable counting sort in buckets that fit the cache.

use std::ops::Range;

use rayon::prelude::*;

use super::build::{LAID, PART, sum_up};
use super::csr::Rows;
use super::deal::{self, Deal, Dealt, Laid, Packed, Walk};
use crate::base::{Result, Run, par};

/// The rows seen from the other side: `transpose(following) = followers`. Rows come out sorted because the
/// source rows are walked in order.
pub fn transpose(run: &Run, rows: &Rows) -> Result<Rows> {
    transpose_beside(run, rows, 0)
}

/// As [`transpose`], where so many bytes are held that count towards the memory allowed.
pub(super) fn transpose_beside(run: &Run, rows: &Rows, held: u64) -> Result<Rows> {
    let deal = Deal::new(rows.offsets.len().saturating_sub(1), rows.targets.len() as u64);
    match (&rows.weights, deal.is_narrow()) {
        (None, true) => flip_laid::<()>(run, deal, rows, held, |_| ()).map(|(rows, _)| rows),
        (None, false) => flip::<u64, ()>(run, deal, rows, |_| ()).map(|(rows, _)| rows),
        (Some(weights), narrow) => {
            let weights = &weights[..];
            let (mut flipped, column) = match narrow {
                true => flip_laid::<f64>(run, deal, rows, held, |edge| weights[edge])?,
                false => flip::<u64, f64>(run, deal, rows, |edge| weights[edge])?,
            };
            flipped.weights = Some(column.into());
            Ok(flipped)
        }
    }
}

/// Bytes that [`transpose`] takes at most beside the rows it is given and those it makes. Up to four million accounts
/// it is what the largest buckets take, one a thread.
pub fn transpose_memory(edges: u64, weighted: bool) -> u64 {
    edges * if weighted { 16 } else { 8 }
}

/// Rows as pairs the other way round: (whom, who, what belongs to the edge).
struct Backwards<'a, F> {
    offsets: &'a [u64],
    targets: &'a [u32],
    parts: Vec<Range<usize>>,
    payload: F,
}

impl<P, F: Fn(usize) -> P + Sync> Walk<P> for Backwards<'_, F> {
    fn parts(&self) -> usize {
        self.parts.len()
    }

    #[inline]
    fn each(&self, part: usize, mut visit: impl FnMut(u32, u32, P)) {
        for u in self.parts[part].clone() {
            let range = self.offsets[u] as usize..self.offsets[u + 1] as usize;
            for (&target, edge) in self.targets[range.clone()].iter().zip(range) {
                visit(target, u as u32, (self.payload)(edge));
            }
        }
    }
}

/// As [`flip`] where packed pairs fit 32 bits: they are laid where their rows will stand.
fn flip_laid<P: Copy + Send + Sync + Default>(
    run: &Run,
    deal: Deal,
    rows: &Rows,
    held: u64,
    payload: impl Fn(usize) -> P + Sync,
) -> Result<(Rows, Vec<P>)> {
    let accounts = rows.offsets.len().saturating_sub(1);
    let (offsets, targets) = (&rows.offsets[..], &rows.targets[..]);
    let parts = par::chunks_by_degree(offsets, LAID as u64);
    let pairs = Backwards { offsets, targets, parts, payload };
    let threads = run.thread_count();
    let Laid { mut keys, mut payloads, places } = deal::lay(run, deal, &pairs, |places| {
        let bytes = size_of::<u32>() + size_of::<P>();
        let sorting = bytes * deal::most_at_once(places, threads);
        let made = 8 * (accounts + 1) + bytes * targets.len();
        run.check_memory("turning the rows round", held + (made + sorting) as u64)
    })?;
    let mut flipped = vec![0u64; accounts + 1];
    let degrees = par::split(&mut flipped[1..], &deal.spans());
    let parts = par::split(&mut keys, &places).into_par_iter().zip(par::split(&mut payloads, &places));
    run.install(|| {
        degrees.into_par_iter().zip(parts).with_max_len(1).try_for_each(|(degrees, (keys, payloads))| {
            run.step(0)?;
            sort_stably(deal, degrees, keys, payloads);
            Ok(())
        })
    })?;
    sum_up(&mut flipped);
    Ok((Rows { offsets: flipped.into(), targets: keys.into(), weights: None }, payloads))
}

/// Sorts a bucket by row in the place where it lies, targets of a row in their first order, and unpacks it.
fn sort_stably<P: Copy>(deal: Deal, degrees: &mut [u64], keys: &mut [u32], payloads: &mut [P]) {
    keys.iter().for_each(|&key| degrees[deal.unpack(key).0] += 1);
    if let [_] = degrees {
        return keys.iter_mut().for_each(|key| *key = deal.unpack(*key).1);
    }
    let mut next = Vec::with_capacity(degrees.len());
    degrees.iter().fold(0, |sum, &degree| {
        next.push(sum);
        sum + degree as usize
    });
    for (&packed, &payload) in keys.to_vec().iter().zip(&payloads.to_vec()) {
        let (row, source) = deal.unpack(packed);
        let at = &mut next[row];
        keys[*at] = source;
        payloads[*at] = payload;
        *at += 1;
    }
}

fn flip<K: Packed, P: Copy + Send + Sync + Default>(
    run: &Run,
    deal: Deal,
    rows: &Rows,
    payload: impl Fn(usize) -> P + Sync,
) -> Result<(Rows, Vec<P>)> {
    let accounts = rows.offsets.len().saturating_sub(1);
    let (offsets, targets) = (&rows.offsets[..], &rows.targets[..]);
    let dealt = par::map(run, &par::chunks_by_degree(offsets, PART as u64), |range| {
        let pairs = range.flat_map(|u| {
            let payload = &payload;
            (offsets[u] as usize..offsets[u + 1] as usize)
                .map(move |edge| (targets[edge], (deal.pack::<K>(targets[edge], u as u32), payload(edge))))
        });
        Ok(Dealt::new(deal, pairs))
    })?;

    // Per bucket: a stable counting sort by row, straight into its place.
    let places = deal::places(deal, &dealt);
    let mut flipped = vec![0u64; accounts + 1];
    let mut sources = vec![0u32; targets.len()];
    let mut payloads = vec![P::default(); targets.len()];
    let degrees = par::split(&mut flipped[1..], &deal.spans());
    let parts = par::split(&mut sources, &places).into_par_iter().zip(par::split(&mut payloads, &places));
    run.install(|| {
        degrees.into_par_iter().zip(parts).enumerate().try_for_each(|(bucket, (degrees, (sources, payloads)))| {
            run.step(0)?;
            let pieces = || dealt.iter().map(|part| part.bucket(bucket));
            pieces().for_each(|piece| piece.iter().for_each(|pair| degrees[deal.unpack(pair.0).0] += 1));
            let mut next = Vec::with_capacity(degrees.len());
            degrees.iter().fold(0, |sum, &degree| {
                next.push(sum);
                sum + degree as usize
            });
            pieces().for_each(|piece| {
                for &(packed, payload) in piece {
                    let (row, source) = deal.unpack(packed);
                    let at = &mut next[row];
                    sources[*at] = source;
                    payloads[*at] = payload;
                    *at += 1;
                }
            });
            Ok(())
        })
    })?;
    drop(dealt);
    sum_up(&mut flipped);
    Ok((Rows { offsets: flipped.into(), targets: sources.into(), weights: None }, payloads))
}
