//! Voices added up by the group of who spoke.

use super::count::Voice;
use crate::cascade::by_group::Groups;

/// Voices of one group about one creator, in people.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Tally {
    pub positive: f64,
    pub negative: f64,
    pub neutral: f64,
    pub interactions: u64,
}

impl Tally {
    fn add(&mut self, voice: &Voice, people: f64) {
        match voice.share() {
            Some(share) => {
                self.positive += people * share;
                self.negative += people * (1.0 - share);
            }
            None => self.neutral += people,
        }
        self.interactions += voice.interactions();
    }

    /// People for or against.
    pub fn voices(&self) -> f64 {
        self.positive + self.negative
    }

    /// With another.
    pub fn merge(&mut self, other: &Tally) {
        self.positive += other.positive;
        self.negative += other.negative;
        self.neutral += other.neutral;
        self.interactions += other.interactions;
    }

    /// What is left without a part of it; rounding leaves nothing below 0.
    pub fn without(&self, part: &Tally) -> Tally {
        Tally {
            positive: (self.positive - part.positive).max(0.0),
            negative: (self.negative - part.negative).max(0.0),
            ..*self
        }
    }
}

/// Voices about one creator: of all, and of each group that spoke, by number.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Tallies {
    pub all: Tally,
    pub groups: Vec<(u32, Tally)>,
}

impl Tallies {
    /// Adds up voices, each as much of a person as `real` says; accounts in no group count in `all` alone, accounts in
    /// several in each.
    pub fn of(voices: &[Voice], groups: &Groups, real: Option<&[f64]>) -> Tallies {
        let mut all = Tally::default();
        let mut members: Vec<(u32, usize)> = Vec::new();
        let people = |voice: &Voice| real.map_or(1.0, |real| real[voice.account as usize]);
        for (at, voice) in voices.iter().enumerate() {
            all.add(voice, people(voice));
            members.extend(groups.of(voice.account).iter().map(|&group| (group, at)));
        }
        members.sort_unstable();
        let by_group = members.chunk_by(|a, b| a.0 == b.0).map(|same| {
            let mut tally = Tally::default();
            same.iter().for_each(|&(_, at)| tally.add(&voices[at], people(&voices[at])));
            (same[0].0, tally)
        });
        Tallies { groups: by_group.collect(), all }
    }

    /// What one group said.
    pub fn group(&self, group: u32) -> Tally {
        self.groups.binary_search_by_key(&group, |one| one.0).map_or(Tally::default(), |at| self.groups[at].1)
    }
}
