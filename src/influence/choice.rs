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
        let value = |gain: f64, cost: u64| gain * cost as f64;
        value(self.gain, other.cost)
            .total_cmp(&value(other.gain, self.cost))
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
