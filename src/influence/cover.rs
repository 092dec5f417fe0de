//! Which sets of a pool some candidates cover, and what one more or one less would change.

use super::pool::Pool;

/// For each candidate the sets they are in: the pool, turned over by a counting sort.
///
/// Memory: 4 bytes a member, 8 with chances, and 4 a candidate.
#[derive(Debug)]
pub(super) struct Index {
    offsets: Vec<u32>,
    sets: Vec<u32>,
    /// Beside the sets: the chance that the candidate does not reach the person. Empty: all do.
    misses: Vec<f32>,
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
        let mut misses = vec![0.0f32; pool.misses().len()];
        for set in (0..pool.len()).rev() {
            for at in pool.places(set) {
                let place = &mut offsets[pool.members()[at] as usize];
                *place -= 1;
                sets[*place as usize] = set as u32;
                if let Some(miss) = misses.get_mut(*place as usize) {
                    *miss = pool.misses()[at];
                }
            }
        }
        Index { offsets, sets, misses }
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

    /// The chance that the candidate does not reach the person of the set that stands at this place among theirs.
    #[inline]
    fn miss(&self, candidate: u32, at: usize) -> f64 {
        self.misses.get(self.offsets[candidate as usize] as usize + at).map_or(0.0, |&miss| f64::from(miss))
    }

    /// No value that a bound gives a candidate ([`super::dual`]) is more: strengths are more than chances.
    pub fn most_worth(&self, candidate: u32) -> f64 {
        let each = |at| match self.miss(candidate, at) {
            0.0 => 1.0,
            miss => -libm::log(miss),
        };
        match self.misses.is_empty() {
            true => self.of(candidate).len() as f64,
            false => (0..self.of(candidate).len()).map(each).sum(),
        }
    }

    /// How many sets a candidate covers alone.
    pub fn worth(&self, pool: &Pool, candidate: u32) -> f64 {
        let sets = self.of(candidate).len();
        match pool.by_chance() {
            true => (0..sets).map(|at| 1.0 - self.miss(candidate, at)).sum(),
            false => sets as f64,
        }
    }
}

/// The candidates chosen so far, how much of the sets they cover, and for each candidate how much more they would cover.
///
/// A set in which somebody chosen is for certain is covered; of one with members by chance, as much as is the chance that
/// one of those chosen reaches the person. Adding and removing a candidate passes over the members of the sets whose state
/// changes, so that choosing any number of candidates one after the other passes over each certain member once. Memory: 2
/// bytes a set (10 with chances) and 8 a candidate.
#[derive(Debug, Clone)]
pub(super) struct Cover<'p> {
    pool: &'p Pool,
    index: &'p Index,
    /// By set: how many of those chosen are in it for certain.
    times: Vec<u16>,
    /// By set, where the pool has chances: the chance that none of the others chosen reaches the person.
    missed: Vec<f64>,
    gains: Vec<f64>,
    covered: f64,
    chosen: Vec<u32>,
}

impl<'p> Cover<'p> {
    /// Nobody is chosen.
    pub fn new(pool: &'p Pool, index: &'p Index) -> Self {
        let gains = (0..index.candidates() as u32).map(|candidate| index.worth(pool, candidate)).collect();
        let missed = if pool.by_chance() { vec![1.0; pool.len()] } else { Vec::new() };
        Cover { pool, index, times: vec![0; pool.len()], missed, gains, covered: 0.0, chosen: Vec::new() }
    }

    /// Those chosen, in the order of their choice.
    pub fn chosen(&self) -> &[u32] {
        &self.chosen
    }

    /// How many of the stored sets are covered.
    pub fn covered(&self) -> f64 {
        self.covered
    }

    /// Sets in which somebody chosen is for certain.
    pub fn certain(&self) -> u64 {
        self.times.iter().map(|&times| u64::from(times > 0)).sum()
    }

    /// How many sets more each candidate would cover who is not chosen: never more than with fewer chosen, but for
    /// rounding.
    pub fn gains(&self) -> &[f64] {
        &self.gains
    }

    /// The chance that nobody chosen reaches the person of a set.
    #[inline]
    fn left(&self, set: usize) -> f64 {
        if self.times[set] > 0 { 0.0 } else { self.missed.get(set).copied().unwrap_or(1.0) }
    }

    /// Chooses a candidate.
    pub fn add(&mut self, candidate: u32) {
        self.change(candidate, true);
        self.chosen.push(candidate);
    }

    /// Takes a chosen candidate back.
    pub fn remove(&mut self, candidate: u32) {
        self.change(candidate, false);
        self.chosen.retain(|&other| other != candidate);
    }

    fn change(&mut self, candidate: u32, add: bool) {
        let (pool, index) = (self.pool, self.index);
        for (at, &set) in index.of(candidate).iter().enumerate() {
            let set = set as usize;
            let before = self.left(set);
            match (index.miss(candidate, at), add) {
                (0.0, true) => self.times[set] += 1,
                (0.0, false) => self.times[set] -= 1,
                (miss, true) => self.missed[set] *= miss,
                (miss, false) => self.missed[set] /= miss,
            }
            let change = before - self.left(set);
            if change == 0.0 {
                continue;
            }
            self.covered += change;
            let members = pool.set(set);
            match pool.misses().get(pool.places(set)) {
                Some(misses) if pool.by_chance() => {
                    for (&member, &miss) in members.iter().zip(misses) {
                        self.gains[member as usize] -= change * (1.0 - f64::from(miss));
                    }
                }
                _ => members.iter().for_each(|&member| self.gains[member as usize] -= change),
            }
        }
    }

    /// How much of the sets only this chosen candidate covers.
    pub fn only(&self, candidate: u32) -> f64 {
        let part = |(at, &set): (usize, &u32)| {
            let set = set as usize;
            let missed = self.missed.get(set).copied().unwrap_or(1.0);
            match self.index.miss(candidate, at) {
                0.0 if self.times[set] == 1 => missed,
                0.0 => 0.0,
                miss if self.times[set] == 0 => missed / miss - missed,
                _ => 0.0,
            }
        };
        self.index.of(candidate).iter().enumerate().map(part).sum()
    }

    /// A chosen candidate's fair share of the sets covered, of a pool without chances: each set is shared by those who cover
    /// it. And the sum of the squares of these shares.
    pub fn credit(&self, candidate: u32) -> (f64, f64) {
        // By how many share, whole numbers: the order of sets does not matter.
        let mut shared = Vec::new();
        for &set in self.index.of(candidate) {
            let times = usize::from(self.times[set as usize]);
            shared.resize(shared.len().max(times + 1), 0u64);
            shared[times] += 1;
        }
        shared.iter().enumerate().skip(1).fold((0.0, 0.0), |(sum, squares), (times, &sets)| {
            let share = 1.0 / times as f64;
            (sum + sets as f64 * share, squares + sets as f64 * share * share)
        })
    }
}
