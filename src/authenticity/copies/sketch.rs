//! MinHash sketches: bins of which two lists have the share J in common in the mean.

use crate::base::seed::Key;
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Bins of a sketch at most: the word of a follow leaves 16 bits to choose one.
pub const MOST: u32 = 1024;
/// Lists in a chunk.
const LISTS: usize = 256;
const VALUE: u32 = 48;

/// What is kept of the sketch of each list: a hash of each band, and a byte of each bin.
pub struct Sketches {
    pub lists: usize,
    pub bands: usize,
    pub bins: usize,
    hashes: Vec<u32>,
    bytes: Vec<u8>,
}

impl Sketches {
    /// The sketches of whom these accounts follow.
    pub fn new(graph: &Graph, lists: &[u32], bands: usize, rows: usize, key: Key, run: &Run) -> Result<Sketches> {
        let bins = bands * rows;
        let keys: Vec<Key> = (0..2 * bins as u64).map(|round| key.of(round)).collect();
        let (mut hashes, mut bytes) = (vec![0u32; lists.len() * bands], vec![0u8; lists.len() * bins]);
        let parts = hashes.chunks_mut(LISTS * bands).zip(bytes.chunks_mut(LISTS * bins)).collect();
        par::each(run, &par::chunks(lists.len(), LISTS), parts, |range, (hashes, bytes): (&mut [u32], &mut [u8])| {
            let mut slots = vec![0u64; bins];
            let out = hashes.chunks_mut(bands).zip(bytes.chunks_mut(bins));
            for (&u, (hashes, bytes)) in lists[range].iter().zip(out) {
                sketch(graph.following(u), &keys, &mut slots);
                bytes.iter_mut().zip(&slots).for_each(|(byte, slot)| *byte = *slot as u8);
                hashes.iter_mut().zip(slots.chunks(rows)).for_each(|(hash, band)| *hash = hash_of(band));
            }
        })?;
        Ok(Sketches { lists: lists.len(), bands, bins, hashes, bytes })
    }

    /// The hash of a band of a list.
    pub fn hash(&self, list: usize, band: usize) -> u32 {
        self.hashes[list * self.bands + band]
    }

    /// How many bins two lists have in common, and a few more by chance: 1 in 256 of the others.
    pub fn agree(&self, one: u32, other: u32) -> usize {
        let row = |list: u32| &self.bytes[list as usize * self.bins..][..self.bins];
        row(one).iter().zip(row(other)).map(|(a, b)| usize::from(a == b)).sum()
    }
}

fn hash_of(band: &[u64]) -> u32 {
    (band.iter().fold(0, |hash, &slot| crate::base::seed::mix(hash ^ slot).wrapping_add(slot)) >> 32) as u32
}

/// In each of the first `bins` rounds every follow is thrown into a bin; a bin keeps the least value of the earliest round
/// that reached it. What is still empty then has a round of its own (Dahlgaard, Knudsen & Thorup 2017). Long lists fill all
/// bins in one round. Which follow a bin keeps is a least of a random order of the union, so that two lists agree in it with chance
/// J whatever their lengths.
fn sketch(list: &[u32], keys: &[Key], slots: &mut [u64]) {
    let bins = slots.len();
    slots.fill(u64::MAX);
    let mut empty = bins;
    for (round, key) in keys.iter().enumerate() {
        if empty == 0 {
            return;
        }
        if round >= bins && slots[round - bins] != u64::MAX {
            continue;
        }
        for &v in list {
            let word = key.word(u64::from(v));
            let bin = if round < bins { ((word >> VALUE) as usize * bins) >> 16 } else { round - bins };
            let value = (round as u64) << VALUE | (word & ((1 << VALUE) - 1));
            empty -= usize::from(slots[bin] == u64::MAX);
            slots[bin] = slots[bin].min(value);
        }
    }
}
