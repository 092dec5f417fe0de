//! The best portfolio for one pool: greedy ways of choosing, then exchanges.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::choice::{Choice, NOTHING, Worth};
use super::cover::{Cover, Index};
use super::exchange::exchange;
use super::pool::Pool;
use super::rules::{Room, Rules};
use crate::base::{Result, Run};

/// What was found on a pool.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// Those chosen, by place, in the order of their choice.
    pub chosen: Vec<u32>,
    /// How many of the stored sets they cover.
    pub covered: f64,
    /// Of them, those in which somebody chosen is for certain and not by chance.
    pub certain: u64,
    /// Whether all rules are kept: minima and exclusive pairs may ask for more than greedy ways find.
    pub complete: bool,
}

/// So many candidates stand in the heap of greedy ways at first.
const HEAP: usize = 4096;

/// A search on one pool.
pub(super) struct Search<'a> {
    pub pool: &'a Pool,
    pub index: &'a Index,
    pub rules: &'a Rules,
    /// Chosen before the search, after those of every portfolio: sentinels.
    pub fixed: &'a [u32],
}

impl<'a> Search<'a> {
    /// Chooses. Where a creator may bring only so much, whoever brings more is left out, the largest first, until nobody
    /// does.
    pub fn run(&self, run: &Run) -> Result<Found> {
        let Some(share) = self.rules.share else { return self.choose(self.rules, run) };
        let mut rules = self.rules.clone();
        loop {
            let mut found = self.choose(&rules, run)?;
            let mut cover = Cover::new(self.pool, self.index);
            found.chosen.iter().for_each(|&candidate| cover.add(candidate));
            let most = share * cover.covered();
            let credits = found.chosen.iter().map(|&candidate| (cover.credit(candidate).0, candidate));
            let (credit, candidate) = credits.fold((0.0, 0), |most, other| if other.0 > most.0 { other } else { most });
            if credit <= most && !found.chosen.is_empty() {
                return Ok(found);
            }
            if found.chosen.is_empty() || rules.must.contains(&candidate) {
                found.complete = false;
                return Ok(found);
            }
            let place = rules.never.partition_point(|&other| other < candidate);
            rules.never.insert(place, candidate);
        }
    }

    /// Chooses. With a number alone: greedy. With costs: the best of greedy by gain, of greedy by gain for money, of its
    /// beginnings each completed by the one creator who then adds most (Greedy+Max), and of the order of gain for money as it is
    /// at the start; with any other rule than a number, exchanges of one for others make each of them better first.
    fn choose(&self, rules: &Rules, run: &Run) -> Result<Found> {
        let mut start = Choice { cover: Cover::new(self.pool, self.index), room: Room::new(rules) };
        for &candidate in rules.must.iter().chain(self.fixed) {
            start.add(candidate);
        }
        if rules.is_count() {
            greedy(&mut start, rules, false, |_| (), run)?;
            return Ok(found(start));
        }
        let kept = rules.must.len() + self.fixed.len();
        let mut best = start.clone();
        greedy(&mut best, rules, false, |_| (), run)?;
        exchange(&mut best, kept, rules, run)?;
        if rules.budget.is_some() {
            let mut others = vec![in_order(start.clone(), rules)];
            let mut by_money = start.clone();
            // The best beginning with one creator more: how many of the order, who then, and what they cover.
            let mut extended = (0, None, 0.0);
            greedy(
                &mut by_money,
                rules,
                true,
                |choice| {
                    if let Some((candidate, gain)) = choice.best() {
                        let covered = choice.cover.covered() + gain;
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
                by_money.cover.chosen()[kept..length].iter().for_each(|&candidate| other.add(candidate));
                other.add(candidate);
                greedy(&mut other, rules, true, |_| (), run)?;
                others.push(other);
            }
            others.push(by_money);
            for mut other in others {
                exchange(&mut other, kept, rules, run)?;
                better(&mut best, other);
            }
        }
        Ok(Found { chosen: ordered(self.pool, self.index, best.cover.chosen()), ..found(best) })
    }
}

/// Those chosen, whoever adds most first: exchanges leave no order.
pub(super) fn ordered(pool: &Pool, index: &Index, chosen: &[u32]) -> Vec<u32> {
    let mut cover = Cover::new(pool, index);
    let mut left = chosen.to_vec();
    left.sort_unstable();
    while !left.is_empty() {
        let gain = |place: usize| cover.gains()[left[place] as usize];
        // The first of equals, as they are sorted.
        let next = (0..left.len()).rev().max_by(|&a, &b| gain(a).total_cmp(&gain(b))).unwrap_or(0);
        cover.add(left.remove(next));
    }
    cover.chosen().to_vec()
}

/// Adds the candidate of most gain, or most gain for money, as long as one fits and adds something (lazily: gains only
/// fall). `each` looks at the choice before every step.
fn greedy(
    choice: &mut Choice<'_, '_>,
    rules: &Rules,
    by_money: bool,
    mut each: impl FnMut(&Choice<'_, '_>),
    run: &Run,
) -> Result<()> {
    let worth = |candidate: u32, gain: f64| Worth {
        gain,
        cost: if by_money { rules.cost(candidate) } else { 1 },
        candidate: Reverse(candidate),
    };
    let gains = choice.cover.gains();
    let mut first: Vec<Worth> = (0u32..)
        .zip(gains)
        .filter(|(_, gain)| **gain > NOTHING)
        .map(|(candidate, &gain)| worth(candidate, gain))
        .collect();
    // Most are never looked at again: only the best stand in the heap, until one of them is worth less than the best of the
    // others was.
    let mut others = match first.len() > HEAP {
        true => {
            first.select_nth_unstable_by(HEAP, |a, b| b.cmp(a));
            first.split_off(HEAP)
        }
        false => Vec::new(),
    };
    let mut heap = BinaryHeap::from(first);
    loop {
        run.step(0)?;
        each(choice);
        let next = loop {
            if others.first().is_some_and(|best| heap.peek().is_none_or(|top| top < best)) {
                heap.extend(others.drain(..));
            }
            let Some(top) = heap.pop() else { break None };
            let candidate = top.candidate.0;
            let gain = choice.cover.gains()[candidate as usize];
            if gain <= NOTHING || !choice.room.fits(candidate) {
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

/// Adds whoever fits, most gain for money at the start first: as somebody does who looks at each creator alone.
fn in_order<'p, 'r>(mut choice: Choice<'p, 'r>, rules: &Rules) -> Choice<'p, 'r> {
    let mut order: Vec<Worth> = (0u32..)
        .zip(choice.cover.gains())
        .map(|(candidate, &gain)| Worth { gain, cost: rules.cost(candidate), candidate: Reverse(candidate) })
        .collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    for Worth { gain, candidate, .. } in order {
        if gain > NOTHING && choice.room.fits(candidate.0) {
            choice.add(candidate.0);
        }
    }
    choice.fill();
    choice
}

fn found(choice: Choice<'_, '_>) -> Found {
    Found {
        chosen: choice.cover.chosen().to_vec(),
        covered: choice.cover.covered(),
        certain: choice.cover.certain(),
        complete: choice.room.is_complete(),
    }
}

/// Keeps the choice that keeps all rules, then the one that covers more; the first of equals.
fn better<'p, 'r>(best: &mut Choice<'p, 'r>, other: Choice<'p, 'r>) {
    let (whole, other_whole) = (best.room.is_complete(), other.room.is_complete());
    if (other_whole && !whole) || (other_whole == whole && other.cover.covered() > best.cover.covered()) {
        *best = other;
    }
}
