//! From bands to sets of lists: candidates meet in buckets, are held against each other, and are joined.

use super::sketch::Sketches;
use crate::base::{Result, Run, par};

/// In a bucket of up to so many, all are held against all.
pub const FEW: usize = 8;
/// In a larger one, against so many of them at most.
pub const MODELS: usize = 8;
/// Bands that are sorted at a time.
const TOGETHER: usize = 8;
/// Places of a sorted band in a chunk.
const PLACES: usize = 4096;
/// Bins may fall short of what the threshold leads to expect by so many standard deviations before a pair is let go unseen: a loss of
/// 3 in 100,000.
const SHORT: f64 = 4.0;

/// Which lists belong together.
pub struct Merged(Vec<u32>);

impl Merged {
    fn root(&self, mut list: u32) -> u32 {
        while self.0[list as usize] != list {
            list = self.0[list as usize];
        }
        list
    }

    /// Joins two sets; the smallest list leads.
    fn join(&mut self, one: u32, other: u32) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other) as usize] = one.min(other);
    }

    /// Everybody points to who leads, so that looking up takes a step.
    fn flatten(&mut self) {
        // Leaders are smaller than whom they lead: they are flat already.
        for list in 0..self.0.len() {
            self.0[list] = self.0[self.0[list] as usize];
        }
    }

    /// Sets of two and more, by their leaders; members in order.
    pub fn sets(mut self) -> Vec<Vec<u32>> {
        self.flatten();
        let mut pairs: Vec<(u32, u32)> = self.0.into_iter().zip(0..).collect();
        pairs.sort_unstable();
        let sets = pairs.chunk_by(|a, b| a.0 == b.0).filter(|set| set.len() > 1);
        sets.map(|set| set.iter().map(|pair| pair.1).collect()).collect()
    }
}

/// Joins lists that share a bucket and are alike, band by band. Those that are joined already are not held against each other again: that
/// would change nothing of the components.
pub fn merge(sketches: &Sketches, jaccard: f64, alike: impl Fn(u32, u32) -> bool + Sync, run: &Run) -> Result<Merged> {
    let bins = sketches.bins as f64;
    let enough = (bins * jaccard - SHORT * (bins * jaccard * (1.0 - jaccard)).sqrt()).max(0.0) as usize;
    let alike = |a: u32, b: u32| sketches.agree(a, b) >= enough && alike(a, b);
    let mut merged = Merged((0..sketches.lists as u32).collect());
    for first in (0..sketches.bands).step_by(TOGETHER) {
        let bands = par::chunks(TOGETHER.min(sketches.bands - first), 1);
        let sorted = par::map(run, &bands, |range| {
            let band = first + range.start;
            let mut keyed: Vec<u64> =
                (0..sketches.lists).map(|list| u64::from(sketches.hash(list, band)) << 32 | list as u64).collect();
            keyed.sort_unstable();
            Ok(keyed)
        })?;
        for keyed in sorted {
            let found = par::map(run, &par::chunks(keyed.len(), PLACES), |range| {
                let mut found = Vec::new();
                buckets(&keyed, range, |bucket| pairs(bucket, &merged, &alike, &mut found));
                Ok(found)
            })?;
            found.iter().flatten().for_each(|&(a, b)| merged.join(a, b));
            merged.flatten();
        }
    }
    Ok(merged)
}

/// The buckets that begin in a range, of two and more.
fn buckets(keyed: &[u64], range: std::ops::Range<usize>, mut each: impl FnMut(&[u64])) {
    let same = |a: usize, b: usize| keyed[a] >> 32 == keyed[b] >> 32;
    let mut at = range.start;
    while at > 0 && at < range.end && same(at, at - 1) {
        at += 1;
    }
    while at < range.end {
        let from = at;
        at += 1;
        while at < keyed.len() && same(at, from) {
            at += 1;
        }
        if at - from > 1 {
            each(&keyed[from..at]);
        }
    }
}

/// The pairs of a bucket that are alike, but for what is joined already.
fn pairs(bucket: &[u64], merged: &Merged, alike: &impl Fn(u32, u32) -> bool, found: &mut Vec<(u32, u32)>) {
    // One of each set is enough to hold against the others.
    let mut lists: Vec<(u32, u32)> = bucket.iter().map(|&key| (merged.0[key as u32 as usize], key as u32)).collect();
    lists.sort_unstable();
    lists.dedup_by_key(|list| list.0);
    let mut left: Vec<u32> = lists.into_iter().map(|list| list.1).collect();
    if left.len() <= FEW {
        for (at, &one) in left.iter().enumerate() {
            found.extend(left[..at].iter().filter(|&&other| alike(one, other)).map(|&other| (other, one)));
        }
        return;
    }
    for _ in 0..MODELS {
        let Some(&model) = left.first() else { return };
        left.retain(|&list| {
            let is_copy = list != model && alike(model, list);
            if is_copy {
                found.push((model, list));
            }
            list != model && !is_copy
        });
    }
}
