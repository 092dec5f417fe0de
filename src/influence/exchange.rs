//! Exchanges that make a choice better: one out and others in, one in and others out.

use std::cmp::Reverse;

use super::choice::{Choice, NOTHING, Worth};
use super::rules::Rules;
use crate::base::{Result, Run};

/// Exchanges pass over all at most so often.
const PASSES: usize = 4;

/// Who comes in is tried as long as what they add now is not further below what is lost: they add more once others, whom they
/// share people with, are gone.
const SHARED: f64 = 0.85;

/// Exchanges as long as that covers more, but for the first `kept` of those chosen.
pub(super) fn exchange(choice: &mut Choice<'_, '_>, kept: usize, rules: &Rules, run: &Run) -> Result<()> {
    for _ in 0..PASSES {
        let before = choice.cover.covered();
        take_out(choice, kept, run)?;
        take_in(choice, kept, rules, run)?;
        if choice.cover.covered() <= before + NOTHING {
            break;
        }
    }
    Ok(())
}

/// Takes each creator out, and puts in whoever then adds most, and who still fits after that.
fn take_out(choice: &mut Choice<'_, '_>, kept: usize, run: &Run) -> Result<()> {
    let members = choice.cover.chosen()[kept..].to_vec();
    for candidate in members {
        run.step(0)?;
        let covered = choice.cover.covered();
        choice.remove(candidate);
        if choice.cover.covered() + choice.room.at_most(choice.cover.gains(), candidate) <= covered + NOTHING {
            choice.add(candidate);
            continue;
        }
        let added = refill(choice);
        if choice.cover.covered() <= covered + NOTHING || !choice.room.is_complete() {
            added.into_iter().for_each(|other| choice.remove(other));
            choice.add(candidate);
        }
    }
    Ok(())
}

/// Puts in each creator, best for money first, who adds more than is lost by those who must go for it: the cheapest losses for
/// the money.
fn take_in(choice: &mut Choice<'_, '_>, kept: usize, rules: &Rules, run: &Run) -> Result<()> {
    let worth = |candidate: u32, gain: f64| Worth { gain, cost: rules.cost(candidate), candidate: Reverse(candidate) };
    let mut order: Vec<Worth> = (0u32..)
        .zip(choice.cover.gains())
        .filter(|(candidate, gain)| **gain > NOTHING && rules.allows(*candidate))
        .map(|(candidate, &gain)| worth(candidate, gain))
        .collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    let mut losses = losses(choice, kept, rules);
    for candidate in order.into_iter().map(|worth| worth.candidate.0) {
        run.step(0)?;
        if choice.cover.chosen().contains(&candidate) {
            continue;
        }
        let Some(out) = who_goes(choice, candidate, &losses) else { continue };
        let covered = choice.cover.covered();
        out.iter().for_each(|&other| choice.remove(other));
        choice.add(candidate);
        let added = refill(choice);
        if choice.cover.covered() <= covered + NOTHING || !choice.room.is_complete() {
            added.into_iter().for_each(|other| choice.remove(other));
            choice.remove(candidate);
            out.into_iter().for_each(|other| choice.add(other));
        } else {
            losses = self::losses(choice, kept, rules);
        }
    }
    Ok(())
}

/// What each creator who may go alone covers, least for money first.
fn losses(choice: &Choice<'_, '_>, kept: usize, rules: &Rules) -> Vec<Worth> {
    let loss = |&member: &u32| Worth {
        gain: choice.cover.only(member),
        cost: if rules.budget.is_some() { rules.cost(member) } else { 1 },
        candidate: Reverse(member),
    };
    let mut losses: Vec<Worth> = choice.cover.chosen()[kept..].iter().map(loss).collect();
    losses.sort_unstable();
    losses
}

/// Those who must go so that a candidate fits, if what they alone cover is not much more than what the candidate adds.
fn who_goes(choice: &mut Choice<'_, '_>, candidate: u32, losses: &[Worth]) -> Option<Vec<u32>> {
    let (mut out, mut lost) = (Vec::new(), 0.0);
    let gain = choice.cover.gains()[candidate as usize];
    let mut is_worth_it = true;
    while is_worth_it && !choice.room.fits(candidate) {
        let mut others = losses.iter().filter(|loss| !out.contains(&loss.candidate.0));
        let next = others.find(|loss| choice.room.is_in_the_way(loss.candidate.0, candidate));
        match next {
            Some(next) => {
                lost += next.gain;
                out.push(next.candidate.0);
                choice.room.remove(next.candidate.0);
                is_worth_it = gain > SHARED * lost + NOTHING;
            }
            None => is_worth_it = false,
        }
    }
    // Only looked at so far.
    out.iter().for_each(|&other| choice.room.add(other));
    is_worth_it.then_some(out)
}

/// Adds whoever fits, most gain first, and says whom.
fn refill(choice: &mut Choice<'_, '_>) -> Vec<u32> {
    let mut added = Vec::new();
    while let Some((other, _)) = choice.best() {
        choice.add(other);
        added.push(other);
    }
    added
}
