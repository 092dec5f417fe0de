//! Pairs dealt into buckets of neighbouring rows, each small enough to be sorted in the cache.

use std::ops::Range;
use std::slice::IterMut;

use crate::base::{Result, Run, par};

/// About how many pairs a bucket should hold.
const BUCKET: u64 = 1 << 15;
/// The most buckets: so many places are written to in turn while pairs are dealt.
const BUCKETS: u64 = 1 << 12;
/// Bits that one pass of the radix sort looks at.
const DIGIT: u32 = 11;
/// Fewer pairs than these are sorted by comparing.
const FEW: usize = 1 << 10;

/// A pair as it lies in its bucket: the row, counted from the bucket's first, above the target. Most networks need
/// 32 bits for it, half of what two ids take.
pub(super) trait Packed: Copy + Ord + Default + Send + Sync {
    /// From its lowest bits.
    fn pack(bits: u64) -> Self;
    /// All its bits.
    fn bits(self) -> u64;
}

impl Packed for u32 {
    #[inline]
    fn pack(bits: u64) -> u32 {
        bits as u32
    }
    #[inline]
    fn bits(self) -> u64 {
        u64::from(self)
    }
}

impl Packed for u64 {
    #[inline]
    fn pack(bits: u64) -> u64 {
        bits
    }
    #[inline]
    fn bits(self) -> u64 {
        self
    }
}

/// How rows are dealt into buckets: the bucket of row r is `r >> shift`.
#[derive(Clone, Copy)]
pub(super) struct Deal {
    rows: usize,
    shift: u32,
    target_bits: u32,
    pub(super) buckets: usize,
}

impl Deal {
    /// For `pairs` pairs or about so many, whose rows and targets are below `rows`.
    pub(super) fn new(rows: usize, pairs: u64) -> Self {
        let target_bits = usize::BITS - rows.saturating_sub(1).leading_zeros();
        let wanted = (pairs / BUCKET).clamp(1, BUCKETS);
        let buckets = |shift: u32| rows.div_ceil(1 << shift);
        let mut shift = 0;
        while buckets(shift) as u64 > wanted {
            shift += 1;
        }
        // A few more buckets if pairs then fit 32 bits.
        if shift + target_bits > u32::BITS && target_bits <= u32::BITS {
            let narrow = u32::BITS - target_bits;
            if buckets(narrow) as u64 <= BUCKETS.min(8 * wanted) {
                shift = narrow;
            }
        }
        Deal { rows, shift, target_bits, buckets: buckets(shift).max(1) }
    }

    /// Whether packed pairs fit 32 bits.
    pub(super) fn is_narrow(self) -> bool {
        self.bits() <= u32::BITS
    }

    /// The bits in which packed pairs can differ.
    pub(super) fn bits(self) -> u32 {
        self.shift + self.target_bits
    }

    /// The rows of a bucket.
    pub(super) fn rows(self, bucket: usize) -> Range<usize> {
        (bucket << self.shift).min(self.rows)..((bucket + 1) << self.shift).min(self.rows)
    }

    /// The rows of every bucket, in order.
    pub(super) fn spans(self) -> Vec<Range<usize>> {
        (0..self.buckets).map(|bucket| self.rows(bucket)).collect()
    }

    #[inline]
    fn bucket(self, row: u32) -> usize {
        (u64::from(row) >> self.shift) as usize
    }

    /// A pair for its bucket.
    #[inline]
    pub(super) fn pack<K: Packed>(self, row: u32, target: u32) -> K {
        K::pack((u64::from(row) & ((1 << self.shift) - 1)) << self.target_bits | u64::from(target))
    }

    /// The row, counted from the bucket's first, and the target.
    #[inline]
    pub(super) fn unpack<K: Packed>(self, packed: K) -> (usize, u32) {
        let bits = packed.bits();
        ((bits >> self.target_bits) as usize, (bits & ((1 << self.target_bits) - 1)) as u32)
    }
}

/// Some pairs grouped by bucket, in their first order inside a bucket.
pub(super) struct Dealt<T> {
    items: Vec<T>,
    starts: Vec<u32>,
}

impl<T: Copy> Dealt<T> {
    /// Deals (row, what belongs to it), fewer than 2^32 of them.
    pub(super) fn new(deal: Deal, pairs: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut starts = vec![0u32; deal.buckets + 1];
        pairs.clone().for_each(|(row, _)| starts[deal.bucket(row) + 1] += 1);
        for bucket in 0..deal.buckets {
            starts[bucket + 1] += starts[bucket];
        }
        let mut items = Vec::new();
        if let Some((_, first)) = pairs.clone().next() {
            items.resize(starts[deal.buckets] as usize, first);
            let mut next = starts.clone();
            pairs.for_each(|(row, item)| {
                let at = &mut next[deal.bucket(row)];
                items[*at as usize] = item;
                *at += 1;
            });
        }
        Dealt { items, starts }
    }

    /// What lies in a bucket.
    #[inline]
    pub(super) fn bucket(&self, bucket: usize) -> &[T] {
        &self.items[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }

    /// How many pairs.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }
}

/// Where each bucket of many dealt parts stands when all are laid out in order.
pub(super) fn places<T: Copy>(deal: Deal, dealt: &[Dealt<T>]) -> Vec<Range<usize>> {
    let mut at = 0;
    (0..deal.buckets)
        .map(|bucket| {
            let start = at;
            at += dealt.iter().map(|part| part.bucket(bucket).len()).sum::<usize>();
            start..at
        })
        .collect()
}

/// Pairs that can be walked as often as need be, in parts: what they are made of stays where it is, so that they are
/// held nowhere but in the place where they are laid.
pub trait Walk<P = ()>: Sync {
    /// How many parts.
    fn parts(&self) -> usize;
    /// Visits the pairs of a part as (row, target, what belongs to the pair): each time the same ones in the same order,
    /// fewer than 2^32.
    fn each(&self, part: usize, visit: impl FnMut(u32, u32, P));
}

/// Pairs laid out bucket after bucket, each bucket's in the order in which they were walked.
pub(super) struct Laid<P> {
    /// The pairs, packed for their bucket.
    pub(super) keys: Vec<u32>,
    /// What belongs to each.
    pub(super) payloads: Vec<P>,
    /// Where each bucket stands.
    pub(super) places: Vec<Range<usize>>,
}

/// Walks the pairs twice, to count them and to lay each into its place: at the peak they are held once. `check` sees the
/// places before anything large is asked for.
pub(super) fn lay<P: Copy + Default + Send>(
    run: &Run,
    deal: Deal,
    pairs: &impl Walk<P>,
    check: impl FnOnce(&[Range<usize>]) -> Result<()>,
) -> Result<Laid<P>> {
    let parts = par::chunks(pairs.parts(), 1);
    let counts = par::map(run, &parts, |part| {
        let mut counts = vec![0u32; deal.buckets];
        pairs.each(part.start, |row, _, _| counts[deal.bucket(row)] += 1);
        Ok(counts)
    })?;
    let mut total = 0;
    let places: Vec<Range<usize>> = (0..deal.buckets)
        .map(|bucket| {
            let start = total;
            total += counts.iter().map(|counts| counts[bucket] as usize).sum::<usize>();
            start..total
        })
        .collect();
    check(&places)?;
    let (mut keys, mut payloads) = (vec![0u32; total], vec![P::default(); total]);
    let slots: Vec<_> = slots(&mut keys, &counts).into_iter().zip(slots(&mut payloads, &counts)).collect();
    par::each(run, &parts, slots, |part, (mut keys, mut payloads)| {
        pairs.each(part.start, |row, target, payload| {
            let bucket = deal.bucket(row);
            // As many as were counted, so there is always a next one.
            if let (Some(key), Some(place)) = (keys[bucket].next(), payloads[bucket].next()) {
                *key = deal.pack(row, target);
                *place = payload;
            }
        });
    })?;
    Ok(Laid { keys, payloads, places })
}

/// How many pairs lie in the largest buckets, as many as there are threads: so many are sorted at a time at most.
pub(super) fn most_at_once(places: &[Range<usize>], threads: usize) -> usize {
    let mut sizes: Vec<usize> = places.iter().map(Range::len).collect();
    sizes.sort_unstable();
    sizes.iter().rev().take(threads).sum()
}

/// For every part the places of its pairs in every bucket: bucket after bucket, in each part after part.
fn slots<'a, T>(mut all: &'a mut [T], counts: &[Vec<u32>]) -> Vec<Vec<IterMut<'a, T>>> {
    let buckets = counts.first().map_or(0, Vec::len);
    let mut slots: Vec<Vec<IterMut<'a, T>>> = counts.iter().map(|_| Vec::with_capacity(buckets)).collect();
    for bucket in 0..buckets {
        for (slots, counts) in slots.iter_mut().zip(counts) {
            let (own, rest) = std::mem::take(&mut all).split_at_mut(counts[bucket] as usize);
            slots.push(own.iter_mut());
            all = rest;
        }
    }
    slots
}

/// What [`sort`] works in, kept from bucket to bucket.
#[derive(Default)]
pub(super) struct Scratch<K> {
    front: Vec<K>,
    back: Vec<K>,
    places: Vec<u32>,
}

/// Sorts the pairs of one bucket: by digits, lowest first, over the bits in which they can differ. Three passes within
/// the cache where a comparison sort makes fifteen.
pub(super) fn sort<'s, 'p, K: Packed + 'p>(
    deal: Deal,
    pieces: impl Iterator<Item = &'p [K]> + Clone,
    scratch: &'s mut Scratch<K>,
) -> &'s [K] {
    let Scratch { front, back, places } = scratch;
    let size: usize = pieces.clone().map(<[K]>::len).sum();
    front.clear();
    if size < FEW || u32::try_from(size).is_err() {
        pieces.for_each(|piece| front.extend_from_slice(piece));
        front.sort_unstable();
        return front;
    }
    front.resize(size, K::default());
    back.resize(size, K::default());
    let passes = deal.bits().div_ceil(DIGIT).max(1);
    let width = deal.bits().div_ceil(passes);
    let digit = |key: K, pass: u32| (key.bits() >> (pass * width)) as usize & ((1 << width) - 1);
    places.clear();
    places.resize((passes as usize) << width, 0);
    for piece in pieces.clone() {
        for &key in piece {
            (0..passes).for_each(|pass| places[(pass as usize) << width | digit(key, pass)] += 1);
        }
    }
    for places in places.chunks_mut(1 << width) {
        let mut sum = 0;
        places.iter_mut().for_each(|place| sum += std::mem::replace(place, sum));
    }
    let mut places = places.chunks_mut(1 << width).zip(0..);
    if let Some((places, pass)) = places.next() {
        pieces.for_each(|piece| scatter(piece, front, places, |key| digit(key, pass)));
    }
    for (places, pass) in places {
        scatter(front, back, places, |key| digit(key, pass));
        std::mem::swap(front, back);
    }
    front
}

#[inline]
fn scatter<K: Copy>(keys: &[K], out: &mut [K], places: &mut [u32], digit: impl Fn(K) -> usize) {
    for &key in keys {
        let at = &mut places[digit(key)];
        out[*at as usize] = key;
        *at += 1;
    }
}
