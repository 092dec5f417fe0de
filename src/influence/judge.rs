//! Portfolios judged side by side on people who took no part in the choice.

use super::candidates::Candidates;
use super::cover::Index;
use super::pool::{Draw, Pool, Walks};
use crate::base::seed::Stream;
use crate::base::stats::{Interval, Z95};
use crate::base::{Result, Run};
use crate::cascade::Sampled;

/// What one creator of a portfolio stands for, in the order in which they are named.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Standing {
    /// People whom none of those before reaches.
    pub added: Sampled,
    /// People whom those before and this one reach together.
    pub together: Sampled,
    /// People whom no other of the portfolio reaches.
    pub only: Sampled,
    /// A fair share of all whom the portfolio reaches.
    pub credit: Sampled,
}

/// Samples in which for each of some creators is known whether their post reaches the person drawn.
#[derive(Debug)]
pub(super) struct Judge {
    named: Candidates,
    pool: Pool,
    index: Index,
    /// People, or their weight, of whom one is drawn.
    total: f64,
}

impl Judge {
    /// Draws so many people anew, and looks at these creators only.
    pub fn new(walks: &Walks<'_>, named: Vec<u32>, samples: u64, total: f64, run: &Run) -> Result<Judge> {
        let named = Candidates::new(walks.accounts, named);
        let mut pool = Pool::default();
        run.phase("judging", Some(samples));
        let draw = Draw { walks, candidates: &named, sentinels: &[], stream: Stream::Verdict, by_chance: false };
        pool.grow(draw, samples, run)?;
        let index = Index::new(&pool, named.len());
        Ok(Judge { named, pool, index, total })
    }

    /// People drawn.
    pub fn samples(&self) -> u64 {
        self.pool.samples
    }

    fn people(&self, sets: u64) -> Sampled {
        let share = Interval::wilson(sets as f64 / self.pool.samples as f64, self.pool.samples as f64);
        Sampled {
            people: self.total * sets as f64 / self.pool.samples as f64,
            sim_error: Interval { low: self.total * share.low, high: self.total * share.high },
        }
    }

    /// People from sums over the people drawn of parts of them, and of the squares of these parts.
    fn share(&self, (sum, squares): (f64, f64)) -> Sampled {
        let (n, unit) = (self.pool.samples as f64, self.total / self.pool.samples as f64);
        let half = if squares > 0.0 { Z95 * libm::sqrt((squares - sum * sum / n).max(0.0)) } else { 3.0 };
        let sim_error = Interval { low: unit * (sum - half).max(0.0), high: unit * (sum + half) };
        Sampled { people: unit * sum, sim_error }
    }

    /// Whether a creator is looked at.
    pub fn has(&self, account: u32) -> bool {
        self.named.place(account).is_some()
    }

    /// How many people one creator reaches.
    pub fn reach_of(&self, account: u32) -> Sampled {
        self.people(self.named.place(account).map_or(0, |place| self.index.of(place).len() as u64))
    }

    fn places(&self, accounts: &[u32]) -> Vec<u32> {
        accounts.iter().filter_map(|&account| self.named.place(account)).collect()
    }

    /// By set: how many of some creators are in it.
    fn times(&self, accounts: &[u32]) -> Vec<u16> {
        let mut times = vec![0; self.pool.len()];
        for place in self.places(accounts) {
            self.index.of(place).iter().for_each(|&set| times[set as usize] += 1);
        }
        times
    }

    /// How many of the people drawn some creators reach.
    pub fn reached(&self, accounts: &[u32]) -> u64 {
        self.times(accounts).iter().map(|&times| u64::from(times > 0)).sum()
    }

    /// How many people some creators reach.
    pub fn reach(&self, accounts: &[u32]) -> Sampled {
        self.people(self.reached(accounts))
    }

    /// How many people more some creators reach than some others: in the same samples, so that the error is that of the
    /// difference.
    pub fn more(&self, some: &[u32], others: &[u32]) -> Sampled {
        let (some, others) = (self.times(some), self.times(others));
        let (only_some, only_others) = some.iter().zip(&others).fold((0, 0), |(here, there), (&a, &b)| {
            (here + u64::from(a > 0 && b == 0), there + u64::from(a == 0 && b > 0))
        });
        let (n, unit) = (self.pool.samples as f64, self.total / self.pool.samples as f64);
        let mean = only_some as f64 - only_others as f64;
        let error = libm::sqrt(((only_some + only_others) as f64 - mean * mean / n).max(0.0));
        // Where the samples show no difference at all, the rule of three.
        let half = if only_some + only_others == 0 { 3.0 } else { Z95 * error };
        Sampled { people: unit * mean, sim_error: Interval::around(unit * mean, unit * half) }
    }

    /// What each creator of a portfolio stands for. Each passes twice over the sets they are in: nothing of this depends on how
    /// many others could have been chosen.
    pub fn standings(&self, accounts: &[u32]) -> Vec<Standing> {
        let places = self.places(accounts);
        let mut times = vec![0u16; self.pool.len()];
        let mut reached = 0;
        let adding = |&place: &u32| {
            let mut added = 0;
            for &set in self.index.of(place) {
                added += u64::from(times[set as usize] == 0);
                times[set as usize] += 1;
            }
            reached += added;
            (added, reached)
        };
        let growth: Vec<(u64, u64)> = places.iter().map(adding).collect();
        let standing = |(&place, (added, reached)): (&u32, (u64, u64))| {
            // By how many share a set, whole numbers: the order of sets does not matter.
            let mut shared = Vec::new();
            for &set in self.index.of(place) {
                let sharing = usize::from(times[set as usize]);
                shared.resize(shared.len().max(sharing + 1), 0u64);
                shared[sharing] += 1;
            }
            let credit = shared.iter().enumerate().skip(1).fold((0.0, 0.0), |(sum, squares), (sharing, &sets)| {
                let share = 1.0 / sharing as f64;
                (sum + sets as f64 * share, squares + sets as f64 * share * share)
            });
            Standing {
                added: self.people(added),
                together: self.people(reached),
                only: self.people(shared.get(1).copied().unwrap_or(0)),
                credit: self.share(credit),
            }
        };
        places.iter().zip(growth).map(standing).collect()
    }
}
