//! What is expected of a creator and of a group towards it, learned from all creators of the network.

use super::strength::{Heard, Scale, Strengths, inside};
use super::tally::{Tallies, Tally};
use crate::base::{Result, Run, par};
use crate::risk::SignError;

/// Voices, half of them for, that stand beside those of all creators when their mean is taken.
const BEFORE: f64 = 2.0;

/// Sums over creators behind their mean, of shares as they are read.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Mean {
    strength: f64,
    weight: f64,
    sum: f64,
}

impl Mean {
    /// How much a creator with so many voices says of the mean of creators (Kleinman 1973).
    fn weight_of(strength: f64, voices: f64) -> f64 {
        voices * (strength + 1.0) / (strength + voices)
    }

    fn new(all: &[Tally], strength: f64, reading: &SignError) -> Mean {
        let own = Self::weight_of(strength, BEFORE);
        let mut mean = Mean { strength, weight: own, sum: own * reading.read(0.5) };
        for tally in all.iter().filter(|tally| tally.voices() > 0.0) {
            let weight = Self::weight_of(strength, tally.voices());
            mean.weight += weight;
            mean.sum += weight * tally.positive / tally.voices();
        }
        mean
    }

    /// The mean share that is positive among all creators but this one.
    fn without(&self, one: &Tally, reading: &SignError) -> f64 {
        let (mut weight, mut sum) = (self.weight, self.sum);
        if one.voices() > 0.0 {
            let own = Self::weight_of(self.strength, one.voices());
            weight -= own;
            sum -= own * one.positive / one.voices();
        }
        inside(reading.meant(sum / weight))
    }
}

/// What was learned: how far creators lie from one another, and groups from what the rest says of a creator.
#[derive(Debug, Clone)]
pub(super) struct Learned {
    scale: Scale,
    mean: Mean,
    creators: Strengths,
    cells: Strengths,
}

impl Learned {
    /// From the voices about all creators.
    pub fn new(all: &[Tallies], reading: SignError, run: &Run) -> Result<Learned> {
        let scale = Scale::new(reading);
        let totals: Vec<Tally> = all.iter().map(|tallies| tallies.all).collect();
        let mut mean = Mean::new(&totals, 10.0, &reading);
        let mut creators = Strengths::of(&[(10.0, 1.0)]);
        for _ in 0..2 {
            let spoken = totals.iter().filter(|tally| tally.voices() > 0.0);
            let heard: Vec<Heard> = spoken.map(|tally| heard(tally, mean.without(tally, &reading))).collect();
            creators = Strengths::learn(&heard, &scale, run)?;
            mean = Mean::new(&totals, creators.single(), &reading);
        }
        let mut learned = Learned { scale, mean, creators, cells: Strengths::of(&[(10.0, 1.0)]) };
        let parts = par::map(run, &par::chunks(all.len(), 64), |range| {
            let mut cells = Vec::new();
            for tallies in &all[range] {
                let spoken = tallies.groups.iter().filter(|(_, tally)| tally.voices() > 0.0);
                cells.extend(spoken.map(|(_, tally)| heard(tally, learned.rest(tallies, tally))));
            }
            Ok(cells)
        })?;
        learned.cells = Strengths::learn(&parts.concat(), &learned.scale, run)?;
        Ok(learned)
    }

    /// How signs are read.
    pub fn reading(&self) -> &SignError {
        &self.scale.reading
    }

    /// What is expected of all who speak of a creator, and how firmly: what is said of the others.
    pub fn of_creator(&self, all: &Tally) -> (f64, &Strengths) {
        (self.mean.without(all, self.reading()), &self.creators)
    }

    /// What is expected of a group towards a creator, and how firmly: what everybody else says of this creator.
    pub fn of_cell(&self, tallies: &Tallies, cell: &Tally) -> (f64, &Strengths) {
        (self.rest(tallies, cell), &self.cells)
    }

    /// The mean of what is said of a creator by all but one group, drawn to the mean of the other creators.
    fn rest(&self, tallies: &Tallies, cell: &Tally) -> f64 {
        let mean = self.mean.without(&tallies.all, self.reading());
        self.scale.mean(&heard(&tallies.all.without(cell), mean), &self.creators)
    }
}

fn heard(tally: &Tally, mean: f64) -> Heard {
    Heard { positive: tally.positive, negative: tally.negative, mean }
}
