//! The best portfolio for one pool: greedy ways of choosing, then exchanges.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::cover::{Cover, Index};
use super::pool::Pool;
use super::rules::{Room, Rules};
use crate::base::{Result, Run};

/// Exchanges pass over those chosen at most so often.
const PASSES: usize = 8;

/// What was found on a pool.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Those chosen, by place, in the order of their choice.
    pub chosen: Vec<u32>,
    /// Stored sets that they cover.
    pub covered: u64,
    /// Whether all rules are kept: minima and exclusive pairs may ask for more than greedy ways find.
    pub complete: bool,
}

/// What a candidate adds for what it costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Worth {
    gain: u32,
    /// 0: by gain alone where nothing costs, without end where others do.
    cost: u64,
    candidate: Reverse<u32>,
}

impl Ord for Worth {
    fn cmp(&self, other: &Self) -> Ordering {
        let value = |gain: u32, cost: u64| u128::from(gain) * u128::from(cost);
        value(self.gain, other.cost)
            .cmp(&value(other.gain, self.cost))
            .then(self.gain.cmp(&other.gain))
            .then(self.candidate.cmp(&other.candidate))
    }
}

impl PartialOrd for Worth {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A choice under way.
#[derive(Debug, Clone)]
struct Choice<'p, 'r> {
    cover: Cover<'p>,
    room: Room<'r>,
}

impl Choice<'_, '_> {
    fn add(&mut self, candidate: u32) {
        self.cover.add(candidate);
        self.room.add(candidate);
    }

    fn remove(&mut self, candidate: u32) {
        self.cover.remove(candidate);
        self.room.remove(candidate);
    }

    /// Meets the minima that nobody who adds something met.
    fn fill(&mut self) {
        while let Some(candidate) = self.room.wanted(self.cover.gains()) {
            self.add(candidate);
        }
    }

    /// The fitting candidate that adds most, if any adds something.
    fn best(&self) -> Option<(u32, u32)> {
        let mut best: Option<(u32, u32)> = None;
        for (candidate, &gain) in (0u32..).zip(self.cover.gains()) {
            if gain > best.map_or(0, |best| best.1) && self.room.fits(candidate) {
                best = Some((candidate, gain));
            }
        }
        best
    }
}

/// A search on one pool.
pub(super) struct Search<'a> {
    pub pool: &'a Pool,
    pub index: &'a Index,
    pub rules: &'a Rules,
    /// Chosen before the search, after those of every portfolio: sentinels.
    pub fixed: &'a [u32],
}

impl<'a> Search<'a> {
    /// Chooses. With a number alone: greedy. With costs: the best of greedy by gain and greedy by gain for money, each
    /// beginning of the latter completed by the one creator who then adds most (Greedy+Max); with any other rule than a number,
    /// exchanges of one for one afterwards.
    pub fn run(&self, run: &Run) -> Result<Found> {
        let mut start = Choice { cover: Cover::new(self.pool, self.index), room: Room::new(self.rules) };
        for &candidate in self.rules.must.iter().chain(self.fixed) {
            start.add(candidate);
        }
        if self.rules.is_count() {
            self.greedy(&mut start, false, |_| (), run)?;
            return Ok(found(start));
        }
        let mut best = start.clone();
        self.greedy(&mut best, false, |_| (), run)?;
        if self.rules.budget.is_some() {
            let mut by_money = start.clone();
            // The best beginning with one creator more: how many of the order, who then, and what they cover.
            let mut extended = (0, None, 0);
            let before = start.cover.chosen().len();
            self.greedy(
                &mut by_money,
                true,
                |choice| {
                    if let Some((candidate, gain)) = choice.best() {
                        let covered = choice.cover.covered() + u64::from(gain);
                        if covered > extended.2 {
                            extended = (choice.cover.chosen().len(), Some(candidate), covered);
                        }
                    }
                },
                run,
            )?;
            if let (length, Some(candidate), covered) = extended
                && covered > by_money.cover.covered()
            {
                let mut other = start.clone();
                by_money.cover.chosen()[before..length].iter().for_each(|&candidate| other.add(candidate));
                other.add(candidate);
                self.greedy(&mut other, true, |_| (), run)?;
                better(&mut best, other);
            }
            better(&mut best, by_money);
        }
        self.exchange(&mut best, run)?;
        Ok(found(best))
    }

    /// Adds the candidate of most gain, or most gain for money, as long as one fits and adds something (lazily: gains only
    /// fall). `each` looks at the choice before every step.
    fn greedy(
        &self,
        choice: &mut Choice<'_, '_>,
        by_money: bool,
        mut each: impl FnMut(&Choice<'_, '_>),
        run: &Run,
    ) -> Result<()> {
        let rules = self.rules;
        let worth = |candidate: u32, gain: u32| Worth {
            gain,
            cost: if by_money { rules.cost(candidate) } else { 1 },
            candidate: Reverse(candidate),
        };
        let gains = choice.cover.gains();
        let mut heap: BinaryHeap<Worth> = (0u32..)
            .zip(gains)
            .filter(|(_, gain)| **gain > 0)
            .map(|(candidate, &gain)| worth(candidate, gain))
            .collect::<Vec<_>>()
            .into();
        loop {
            run.step(0)?;
            each(choice);
            let next = loop {
                let Some(top) = heap.pop() else { break None };
                let candidate = top.candidate.0;
                let gain = choice.cover.gains()[candidate as usize];
                if gain == 0 || !choice.room.fits(candidate) {
                    continue;
                }
                if gain == top.gain {
                    break Some(candidate);
                }
                heap.push(worth(candidate, gain));
            };
            let Some(candidate) = next else { break };
            choice.add(candidate);
        }
        choice.fill();
        Ok(())
    }

    /// Takes each creator out who may go, and puts in whoever then adds most, and who still fits after that; as long as it
    /// covers more.
    fn exchange(&self, best: &mut Choice<'_, '_>, run: &Run) -> Result<()> {
        let kept = self.rules.must.len() + self.fixed.len();
        for _ in 0..PASSES {
            let before = best.cover.covered();
            for candidate in best.cover.chosen()[kept..].to_vec() {
                run.step(0)?;
                let covered = best.cover.covered();
                best.remove(candidate);
                let mut added = Vec::new();
                while let Some((other, _)) = best.best() {
                    best.add(other);
                    added.push(other);
                }
                if best.cover.covered() <= covered || (!best.room.is_complete()) {
                    added.into_iter().for_each(|other| best.remove(other));
                    best.add(candidate);
                }
            }
            if best.cover.covered() == before {
                break;
            }
        }
        Ok(())
    }
}

fn found(choice: Choice<'_, '_>) -> Found {
    Found {
        chosen: choice.cover.chosen().to_vec(),
        covered: choice.cover.covered(),
        complete: choice.room.is_complete(),
    }
}

/// Keeps the choice that keeps all rules, then the one that covers more; the first of equals.
fn better<'p, 'r>(best: &mut Choice<'p, 'r>, other: Choice<'p, 'r>) {
    let rank = |choice: &Choice<'_, '_>| (choice.room.is_complete(), choice.cover.covered());
    if rank(&other) > rank(best) {
        *best = other;
    }
}
