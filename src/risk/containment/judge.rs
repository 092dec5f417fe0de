//! Line-ups of voices in worlds that had no part in their choice.

use super::stage::{Scene, Stage};
use crate::base::stats::{Interval, Tally, Z95};
use crate::base::{Result, Run, par};
use crate::cascade::sided::Temper;
use crate::cascade::{Deadline, Resolved, Sampled, World};

use super::{Outbreak, RANDOM, WORLDS};

/// Who speaks, and after how many hours.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LineUp {
    pub voices: Voices,
    pub delay: f64,
}

/// Those who speak.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Voices {
    These(Vec<u32>),
    /// So many, drawn anew in each world.
    Random(usize),
}

/// What each line-up saved in each of some worlds, in units of weight.
#[derive(Debug)]
pub(super) struct Judged {
    /// By world: who turns if nobody speaks, then who is saved by each line-up.
    worlds: Vec<Vec<u64>>,
    unit: f64,
    heaviest: f64,
}

/// The worlds to judge in: their numbers begin at `first`.
#[derive(Clone, Copy)]
pub(super) struct Judge<'a> {
    pub resolved: &'a Resolved<'a>,
    pub scandal: &'a Outbreak<'a>,
    pub limit: Deadline,
    pub candidates: &'a [u32],
    pub first: u64,
    pub worlds: u64,
}

impl Judge<'_> {
    /// Walks every world without voices and with each line-up.
    pub fn judge(&self, line_ups: &[LineUp], tools: &par::Tools<Stage>, run: &Run) -> Result<Judged> {
        run.phase("judging voices", Some(self.worlds));
        let parts = par::map(run, &par::chunks(self.worlds as usize, WORLDS), |range| {
            tools.with(Stage::default, |stage| {
                Ok(range.map(|world| self.world(self.first + world as u64, line_ups, stage, run)).collect::<Vec<_>>())
            })
        })?;
        let heaviest = self.resolved.heaviest();
        Ok(Judged { worlds: parts.into_iter().flatten().collect(), unit: self.resolved.unit(), heaviest })
    }

    fn world(&self, index: u64, line_ups: &[LineUp], stage: &mut Stage, run: &Run) -> Vec<u64> {
        let temper: &Temper<'_> = self.scandal.temper;
        let world = World::new(self.resolved, run.seed(), index);
        let scene = Scene { world: &world, temper, limit: self.limit };
        stage.open(scene, &self.scandal.openings(&world));
        let without = stage.without(scene);
        let saved = |line_up: &LineUp| match &line_up.voices {
            Voices::These(voices) => stage.saved(scene, voices, line_up.delay),
            Voices::Random(count) => stage.saved(scene, &self.drawn(&world, *count), line_up.delay),
        };
        std::iter::once(without).chain(line_ups.iter().map(saved)).collect()
    }

    fn drawn(&self, world: &World<'_>, count: usize) -> Vec<u32> {
        let words = world.sides().of(RANDOM);
        let mut drawn: Vec<(u64, u32)> = self.candidates.iter().map(|&c| (words.word(u64::from(c)), c)).collect();
        drawn.sort_unstable();
        drawn.into_iter().take(count).map(|(_, candidate)| candidate).collect()
    }
}

impl Judged {
    fn tally(&self, figure: impl Fn(&[u64]) -> u64) -> Tally {
        let mut tally = Tally::default();
        self.worlds.iter().for_each(|world| tally.add(figure(world)));
        tally
    }

    fn sampled(&self, figure: impl Fn(&[u64]) -> u64) -> Sampled {
        Sampled::of(0.0, &self.tally(figure), self.unit, self.heaviest)
    }

    /// Who turns if nobody speaks.
    pub fn without(&self) -> Sampled {
        self.sampled(|world| world[0])
    }

    /// Who is saved by a line-up.
    pub fn saved(&self, line_up: usize) -> Sampled {
        self.sampled(|world| world[line_up + 1])
    }

    /// How many more one line-up saves than another, world by world.
    pub fn more(&self, one: usize, other: usize) -> Sampled {
        let (one, other) = (one + 1, other + 1);
        let [a, b] = [one, other].map(|place| self.tally(|world| world[place]));
        let sum = self.tally(|world| world[one] + world[other]);
        let variance = (2.0 * a.variance() + 2.0 * b.variance() - sum.variance()).max(0.0);
        let people = self.unit * (a.mean() - b.mean());
        let half = self.unit * Z95 * libm::sqrt(variance / self.worlds.len() as f64);
        Sampled { people, sim_error: Interval::around(people, half) }
    }

    /// The share of those saved among those who would turn.
    pub fn share(&self, line_up: usize) -> f64 {
        let all: u64 = self.worlds.iter().map(|world| world[0]).sum();
        let saved: u64 = self.worlds.iter().map(|world| world[line_up + 1]).sum();
        if all > 0 { saved as f64 / all as f64 } else { 0.0 }
    }
}
