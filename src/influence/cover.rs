//! Which sets of a pool some candidates cover, and what one more or one less would change.

use super::pool::Pool;

/// For each candidate the sets they are in: the pool, turned over by a counting sort.
///
/// Memory: 4 bytes a member and 4 a candidate.
#[derive(Debug)]
pub(super) struct Index {
    offsets: Vec<u32>,
    sets: Vec<u32>,
}

impl Index {
    /// Turns over a pool of sets of so many candidates.
    pub fn new(pool: &Pool, candidates: usize) -> Self {
        let mut offsets = vec![0u32; candidates + 1];
        pool.members().iter().for_each(|&member| offsets[member as usize] += 1);
        let mut sum = 0;
        for offset in &mut offsets {
            sum += *offset;
            *offset = sum;
        }
        // Each offset stands at its end, and goes back to its beginning as the sets are put in from behind.
        let mut sets = vec![0u32; pool.members().len()];
        for set in (0..pool.len()).rev() {
            for &member in pool.set(set) {
                let place = &mut offsets[member as usize];
                *place -= 1;
                sets[*place as usize] = set as u32;
            }
        }
        Index { offsets, sets }
    }

    /// The sets a candidate is in, in order.
    #[inline]
    pub fn of(&self, candidate: u32) -> &[u32] {
        &self.sets[self.offsets[candidate as usize] as usize..self.offsets[candidate as usize + 1] as usize]
    }

    /// How many candidates there are.
    pub fn candidates(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How many sets a candidate is in.
    #[inline]
    pub fn degree(&self, candidate: u32) -> u32 {
        self.offsets[candidate as usize + 1] - self.offsets[candidate as usize]
    }
}

/// The candidates chosen so far, the sets they cover, and for each candidate how many sets more they would cover.
///
/// Adding and removing a candidate passes over the members of the sets whose state changes, so that choosing any number
/// of candidates one after the other passes over each member once. Memory: 2 bytes a set and 4 a candidate.
#[derive(Debug, Clone)]
pub(super) struct Cover<'p> {
    pool: &'p Pool,
    index: &'p Index,
    /// By set: how many of those chosen are in it.
    times: Vec<u16>,
    gains: Vec<u32>,
    covered: u64,
    chosen: Vec<u32>,
}

impl<'p> Cover<'p> {
    /// Nobody is chosen.
    pub fn new(pool: &'p Pool, index: &'p Index) -> Self {
        let gains = (0..index.candidates() as u32).map(|candidate| index.degree(candidate)).collect();
        Cover { pool, index, times: vec![0; pool.len()], gains, covered: 0, chosen: Vec::new() }
    }

    /// Those chosen, in the order of their choice.
    pub fn chosen(&self) -> &[u32] {
        &self.chosen
    }

    /// Sets covered, of those stored.
    pub fn covered(&self) -> u64 {
        self.covered
    }

    /// How many sets more each candidate would cover: never more than with fewer chosen.
    pub fn gains(&self) -> &[u32] {
        &self.gains
    }

    /// Chooses a candidate.
    pub fn add(&mut self, candidate: u32) {
        for &set in self.index.of(candidate) {
            let times = &mut self.times[set as usize];
            *times += 1;
            if *times == 1 {
                self.covered += 1;
                for &member in self.pool.set(set as usize) {
                    self.gains[member as usize] -= 1;
                }
            }
        }
        self.chosen.push(candidate);
    }

    /// Takes a chosen candidate back.
    pub fn remove(&mut self, candidate: u32) {
        for &set in self.index.of(candidate) {
            let times = &mut self.times[set as usize];
            *times -= 1;
            if *times == 0 {
                self.covered -= 1;
                for &member in self.pool.set(set as usize) {
                    self.gains[member as usize] += 1;
                }
            }
        }
        self.chosen.retain(|&other| other != candidate);
    }

    /// Sets that only this chosen candidate covers.
    pub fn only(&self, candidate: u32) -> u64 {
        self.index.of(candidate).iter().filter(|&&set| self.times[set as usize] == 1).count() as u64
    }

    /// Sets that this choice covers and another of the same pool does not, and the other way round.
    pub fn apart(&self, other: &Cover<'_>) -> (u64, u64) {
        self.times.iter().zip(&other.times).fold((0, 0), |(here, there), (a, b)| {
            (here + u64::from(*a > 0 && *b == 0), there + u64::from(*a == 0 && *b > 0))
        })
    }

    /// A chosen candidate's fair share of the sets covered: each set is shared by those who cover it.
    pub fn credit(&self, candidate: u32) -> f64 {
        // By how many share, whole numbers: the order of sets does not matter.
        let mut shared = Vec::new();
        for &set in self.index.of(candidate) {
            let times = usize::from(self.times[set as usize]);
            shared.resize(shared.len().max(times + 1), 0u64);
            shared[times] += 1;
        }
        shared.iter().enumerate().skip(1).map(|(times, &sets)| sets as f64 / times as f64).sum()
    }
}
