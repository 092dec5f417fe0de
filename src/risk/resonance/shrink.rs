//! What is expected of a creator and of a group towards it, learned from all creators of the network.

use std::collections::BTreeMap;

use super::strength::{Expected, Heard, Scale, Strengths, inside};
use super::tally::{Tallies, Tally};
use crate::base::{Result, Run, par};
use crate::cascade::by_group::Groups;
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

    /// The mean share that is positive among all creators but this one, and the variance of it.
    fn without(&self, one: &Tally, reading: &SignError) -> Expected {
        let (mut weight, mut sum) = (self.weight, self.sum);
        if one.voices() > 0.0 {
            let own = Self::weight_of(self.strength, one.voices());
            weight -= own;
            sum -= own * one.positive / one.voices();
        }
        let read = inside(sum / weight);
        let slope = reading.sensitivity + reading.specificity - 1.0;
        Expected { mean: inside(reading.meant(read)), variance: read * (1.0 - read) / (weight * slope * slope) }
    }
}

/// What each group says of all creators of one kind together; creators are of one kind if they belong to the same groups.
#[derive(Debug, Clone, Default)]
struct Blocks {
    kinds: BTreeMap<Vec<u32>, u32>,
    said: BTreeMap<(u32, u32), Tally>,
}

impl Blocks {
    fn new(creators: &[(u32, Tallies)], groups: &Groups) -> Blocks {
        let mut blocks = Blocks::default();
        for (creator, tallies) in creators {
            let next = blocks.kinds.len() as u32;
            let kind = *blocks.kinds.entry(groups.of(*creator).to_vec()).or_insert(next);
            for (group, tally) in &tallies.groups {
                blocks.said.entry((kind, *group)).or_default().merge(tally);
            }
        }
        blocks
    }

    /// What a group says of the kind of a creator.
    fn of(&self, kind: &[u32], group: u32) -> Tally {
        let said = self.kinds.get(kind).and_then(|&kind| self.said.get(&(kind, group)));
        said.copied().unwrap_or_default()
    }
}

/// What was learned: how far creators lie from one another, groups from what the rest says of creators of a kind, and groups from
/// what they say of other creators of that kind.
#[derive(Debug, Clone)]
pub(super) struct Learned<'a> {
    groups: &'a Groups,
    scale: Scale,
    mean: Mean,
    said: Blocks,
    creators: Strengths,
    blocks: Strengths,
    cells: Strengths,
}

impl<'a> Learned<'a> {
    /// From the voices about all creators.
    pub fn new(all: &[(u32, Tallies)], groups: &'a Groups, reading: SignError, run: &Run) -> Result<Learned<'a>> {
        let scale = Scale::new(reading);
        let totals: Vec<Tally> = all.iter().map(|(_, tallies)| tallies.all).collect();
        let mut mean = Mean::new(&totals, 10.0, &reading);
        let mut creators = Strengths::of(&[(10.0, 1.0)]);
        for _ in 0..2 {
            let spoken = totals.iter().filter(|tally| tally.voices() > 0.0);
            let heard: Vec<Heard> = spoken.map(|tally| heard(tally, mean.without(tally, &reading))).collect();
            creators = Strengths::learn(&heard, &scale, run)?;
            mean = Mean::new(&totals, creators.single(), &reading);
        }
        let (blocks, cells) = (creators.clone(), creators.clone());
        let mut learned = Learned { groups, scale, mean, said: Blocks::new(all, groups), creators, blocks, cells };
        let rests = learned.heard_of_cells(all, run, |learned, _, tallies, _, tally| learned.rest(tallies, tally))?;
        learned.blocks = Strengths::learn(&learned.heard_of_blocks(all, &rests), &learned.scale, run)?;
        let cells = learned.heard_of_cells(all, run, |learned, creator, tallies, group, tally| {
            learned.expected(creator, tallies, group, tally)
        })?;
        learned.cells = Strengths::learn(&cells, &learned.scale, run)?;
        Ok(learned)
    }

    /// What every cell with voices says, beside the share expected of it.
    fn heard_of_cells(
        &self,
        all: &[(u32, Tallies)],
        run: &Run,
        expected: impl Fn(&Self, u32, &Tallies, u32, &Tally) -> Expected + Sync,
    ) -> Result<Vec<Heard>> {
        let parts = par::map(run, &par::chunks(all.len(), 64), |range| {
            let mut cells = Vec::new();
            for (creator, tallies) in &all[range] {
                for (group, tally) in tallies.groups.iter().filter(|(_, tally)| tally.voices() > 0.0) {
                    cells.push(heard(tally, expected(self, *creator, tallies, *group, tally)));
                }
            }
            Ok(cells)
        })?;
        Ok(parts.concat())
    }

    /// What every block says, beside what is expected of it: the mean over its voices of what the rest says of each creator.
    fn heard_of_blocks(&self, all: &[(u32, Tallies)], cells: &[Heard]) -> Vec<Heard> {
        let mut sums: BTreeMap<(u32, u32), (Heard, f64)> = BTreeMap::new();
        let mut cells = cells.iter();
        for (creator, tallies) in all {
            let kind = self.said.kinds.get(self.groups.of(*creator)).copied().unwrap_or(u32::MAX);
            let spoken = tallies.groups.iter().filter(|(_, tally)| tally.voices() > 0.0);
            for ((group, _), cell) in spoken.zip(&mut cells) {
                let nothing = Expected { mean: 0.0, variance: 0.0 };
                let nothing = (Heard { positive: 0.0, negative: 0.0, expected: nothing }, 0.0);
                let (sum, weight) = sums.entry((kind, *group)).or_insert(nothing);
                let voices = cell.positive + cell.negative;
                sum.positive += cell.positive;
                sum.negative += cell.negative;
                sum.expected.mean += voices * cell.expected.mean;
                sum.expected.variance += voices * cell.expected.variance;
                *weight += voices;
            }
        }
        let mean = |(sum, weight): (Heard, f64)| {
            let Expected { mean, variance } = sum.expected;
            Heard { expected: Expected { mean: mean / weight, variance: variance / weight }, ..sum }
        };
        sums.into_values().map(mean).collect()
    }

    /// How signs are read.
    pub fn reading(&self) -> &SignError {
        &self.scale.reading
    }

    /// What is expected of all who speak of a creator, and how firmly: what is said of the others.
    pub fn of_creator(&self, all: &Tally) -> (Expected, &Strengths) {
        (self.mean.without(all, self.reading()), &self.creators)
    }

    /// How firmly groups say of a creator what they say of its kind.
    pub fn cells(&self) -> &Strengths {
        &self.cells
    }

    /// Whether anything is known of a group towards creators of this kind besides what everybody says of this one.
    pub fn is_told_apart(&self, creator: u32, group: u32) -> bool {
        self.said.of(self.groups.of(creator), group).voices() > 0.0
    }

    /// What is expected of a group towards a creator: what the group says of other creators of this kind, drawn to what
    /// everybody else says of this one.
    pub fn expected(&self, creator: u32, tallies: &Tallies, group: u32, cell: &Tally) -> Expected {
        let rest = self.rest(tallies, cell);
        let others = self.said.of(self.groups.of(creator), group).without(cell);
        match others.voices() > 1e-9 {
            true => self.scale.after(&heard(&others, rest), &self.blocks),
            false => rest,
        }
    }

    /// What is said of a creator by all but one group, drawn to the mean of the other creators.
    fn rest(&self, tallies: &Tallies, cell: &Tally) -> Expected {
        let mean = self.mean.without(&tallies.all, self.reading());
        self.scale.after(&heard(&tallies.all.without(cell), mean), &self.creators)
    }
}

fn heard(tally: &Tally, expected: Expected) -> Heard {
    Heard { positive: tally.positive, negative: tally.negative, expected }
}
