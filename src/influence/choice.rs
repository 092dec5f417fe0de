//! A choice under way: what is covered, and what room is left.

use std::cmp::{Ordering, Reverse};

use super::cover::Cover;
use super::rules::Room;

/// Who adds less than this part of a set adds nothing but rounding.
pub(super) const NOTHING: f64 = 1e-6;

/// What a candidate adds for what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Worth {
    pub gain: f64,
    /// The same for all: by gain alone. 0: worth any money.
    pub cost: u64,
    pub candidate: Reverse<u32>,
}

impl Eq for Worth {}

impl Ord for Worth {
    fn cmp(&self, other: &Self) -> Ordering {
        // Products across, gain here by cost there, would round to other ties for each pair: no order to sort by.
        let for_money = |worth: &Self| if worth.cost == 0 { f64::INFINITY } else { worth.gain / worth.cost as f64 };
        for_money(self)
            .total_cmp(&for_money(other))
            .then(self.gain.total_cmp(&other.gain))
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
pub(super) struct Choice<'p, 'r> {
    pub cover: Cover<'p>,
    pub room: Room<'r>,
}

impl Choice<'_, '_> {
    pub fn add(&mut self, candidate: u32) {
        self.cover.add(candidate);
        self.room.add(candidate);
    }

    pub fn remove(&mut self, candidate: u32) {
        self.cover.remove(candidate);
        self.room.remove(candidate);
    }

    /// Meets the minima that nobody who adds something met.
    pub fn fill(&mut self) {
        while let Some(candidate) = self.room.wanted(self.cover.gains()) {
            self.add(candidate);
        }
    }

    /// The fitting candidate that adds most, if any adds something.
    pub fn best(&self) -> Option<(u32, f64)> {
        let mut best: Option<(u32, f64)> = None;
        for (candidate, &gain) in (0u32..).zip(self.cover.gains()) {
            if gain > best.map_or(NOTHING, |best| best.1) && self.room.fits(candidate) {
                best = Some((candidate, gain));
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Key, Stream};

    /// Candidates who are worth nearly the same once had three of them each before the next.
    #[test]
    fn worths_nearly_the_same_are_in_one_order() {
        let key = Key::new(5, Stream::Sample, 0);
        let worth = |at: u64| {
            let cost = 1 + key.word(2 * at) % 3_000_000_000;
            // All for about the same money: what is left to tell them apart is rounding.
            Worth {
                gain: cost as f64 / 3e7 * (1.0 + 1e-16 * (key.word(2 * at + 1) % 4) as f64),
                cost,
                candidate: Reverse(at as u32),
            }
        };
        let mut worths: Vec<Worth> = (0..600).map(worth).collect();
        worths.push(Worth { gain: 1.0, cost: 0, candidate: Reverse(601) });
        worths.push(Worth { gain: 2.0, cost: 0, candidate: Reverse(602) });
        worths.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!([worths[0].candidate.0, worths[1].candidate.0], [602, 601], "what costs nothing comes first");
        for (place, before) in worths.iter().enumerate() {
            assert!(worths[place + 1..].iter().all(|after| after < before), "{before:?}");
        }
    }
}
