//! Audiences in a few thousand people each: those with the smallest hashes.

use crate::base::stats::Interval;
use crate::base::{Result, Run, par};

/// Sketches of audiences: of each the `keep` people whose hash is smallest (bottom-k; Cohen & Kaplan 2007), or all.
///
/// The hash of a person is the same for every audience, so that samples agree: of two sketches, everybody of either audience
/// with a hash below both limits is in them, and those people are a random sample of the union of the audiences.
#[derive(Debug)]
pub(super) struct Sketches {
    kept: Vec<Sketch>,
}

/// One audience.
#[derive(Debug, Clone, PartialEq)]
struct Sketch {
    /// The people kept, sorted.
    people: Vec<u32>,
    /// Their hashes, sorted.
    hashes: Vec<u64>,
    /// Everybody below this hash was kept; the largest number if all were.
    below: u64,
}

impl Sketches {
    /// Of lists of people.
    pub fn new(lists: &[&[u32]], keep: usize, run: &Run) -> Result<Self> {
        let most = lists.iter().map(|list| list.len().min(keep) as u64).sum::<u64>();
        let longest = lists.iter().map(|list| list.len() as u64).max().unwrap_or(0);
        run.check_memory("sketches of audiences", 12 * most + 16 * longest * run.thread_count() as u64)?;
        run.phase("sketches", Some(lists.len() as u64));
        let kept = par::map(run, &par::chunks(lists.len(), 64), |range| {
            Ok(lists[range].iter().map(|list| Sketch::new(list, keep)).collect::<Vec<_>>())
        })?;
        Ok(Sketches { kept: kept.concat() })
    }

    /// The people kept of each audience.
    pub fn people(&self) -> impl Iterator<Item = &[u32]> {
        self.kept.iter().map(|sketch| sketch.people.as_slice())
    }

    /// Whether two audiences were kept whole.
    pub fn are_whole(&self, a: usize, b: usize) -> bool {
        self.kept[a].below == u64::MAX && self.kept[b].below == u64::MAX
    }

    /// How many people two audiences of these sizes share, `seen` of them being in both sketches, with a 95% interval.
    ///
    /// Of n people below both limits, a sample of the union without replacement, `seen` are in both: `J ≈ seen/n` and
    /// `common = J (a + b)/(1 + J)`, which rises with J, so that Wilson's interval of J carries over.
    pub fn common(&self, a: usize, b: usize, seen: u32, sizes: [f64; 2]) -> (f64, Interval) {
        let (one, other) = (&self.kept[a], &self.kept[b]);
        let below = one.below.min(other.below);
        let of = |sketch: &Sketch| sketch.hashes.partition_point(|&hash| hash < below) as f64;
        let (seen, both) = (f64::from(seen), sizes[0] + sizes[1]);
        let n = of(one) + of(other) - seen;
        let common = |share: f64| (both * share / (1.0 + share)).min(sizes[0].min(sizes[1]));
        let share = seen / n.max(1.0);
        let interval = Interval::wilson(share, n.max(1.0));
        (common(share), Interval { low: common(interval.low).max(seen), high: common(interval.high).max(seen) })
    }
}

impl Sketch {
    fn new(list: &[u32], keep: usize) -> Sketch {
        let mut hashed: Vec<(u64, u32)> = list.iter().map(|&person| (hash(person), person)).collect();
        let mut below = u64::MAX;
        if hashed.len() > keep {
            // No two people have one hash, so that the limit parts them cleanly.
            below = hashed.select_nth_unstable(keep).1.0;
            hashed.truncate(keep);
        }
        let mut people: Vec<u32> = hashed.iter().map(|one| one.1).collect();
        let mut hashes: Vec<u64> = hashed.iter().map(|one| one.0).collect();
        people.sort_unstable();
        hashes.sort_unstable();
        Sketch { people, hashes, below }
    }
}

/// A number for a person that looks random and is the same everywhere: each person another (splitmix64: Steele, Lea &
/// Flood 2014).
fn hash(person: u32) -> u64 {
    let mut z = (u64::from(person) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
