//! One world of a scandal, kept so that it can be walked again and again with other voices.
//!
//! Whoever speaks for the truth can only keep people from turning, never turn more of them: so the walk of the scandal alone
//! finds everybody who matters, and their edges that carry, with the hours they take, are looked up once a world. What
//! [`SidedWalker`](crate::cascade::sided::SidedWalker) finds in a walk is found here too, to the person.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::base::seed::Key;
use crate::cascade::sided::{Opening, Side, Temper};
use crate::cascade::world::Fell;
use crate::cascade::{Deadline, World};

const NOBODY: u32 = u32::MAX;

/// After all others.
const NEVER: u64 = u64::MAX;

/// Passes on what is said for the truth, and what is said against.
const PASSES: [u8; 2] = [1, 2];

/// The scene of a world: its coins, its clock, and how much farther negative content is carried.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub world: &'a World<'a>,
    pub temper: &'a Temper<'a>,
    pub limit: Deadline,
}

/// What somebody has heard in a walk with voices.
#[derive(Debug, Clone, Copy)]
struct Heard {
    /// The bits of the hours, which are never negative: they sort as the hours do.
    bits: u64,
    /// From whom.
    from: u32,
    side: Side,
    /// Nothing changes the side any more: it speaks first, or has passed on what it heard.
    settled: bool,
}

const UNHEARD: Heard = Heard { bits: NEVER, from: NOBODY, side: Side::Negative, settled: false };

/// The scratch of worlds, used for one after the other.
///
/// Memory: 4 bytes an account, some 70 for everybody who hears of the scandal or could pass on the truth, and 12 for each
/// edge of theirs that carries.
#[derive(Debug, Default)]
pub(super) struct Stage {
    /// Where in `accounts` an account stands.
    places: Vec<u32>,
    /// Those from whom the scandal comes, those whom it reaches, then others who matter to a voice.
    accounts: Vec<u32>,
    /// The bits of the hours until the scandal comes to each if nobody speaks.
    alone: Vec<u64>,
    passes: Vec<u8>,
    openings: usize,
    after: Vec<f64>,
    /// By place, for each side: where in `edges` those stand to whom it comes, if that was looked up.
    rows: Vec<[Option<(usize, usize)>; 2]>,
    edges: Vec<(u32, f64)>,
    heard: Vec<Heard>,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
}

impl Stage {
    /// Bytes that the walks of one thread take at most on so many accounts, where so many edges are looked up.
    pub fn memory(accounts: u64, edges: u64) -> u64 {
        // Rows of both sides, and what vectors hold in reserve.
        accounts * (4 + 2 * 80) + edges * 2 * 16
    }

    /// Lets the scandal of a world run alone. All openings are of the negative side, and of different accounts.
    pub fn open(&mut self, scene: Scene<'_>, openings: &[Opening]) {
        self.accounts.drain(..).for_each(|account| self.places[account as usize] = NOBODY);
        self.places.resize(scene.world.resolved().graph().accounts(), NOBODY);
        self.alone.clear();
        self.passes.clear();
        self.rows.clear();
        self.edges.clear();
        self.after.clear();
        self.queue.clear();
        self.openings = openings.len();
        for opening in openings {
            let place = self.place(scene, opening.account);
            self.alone[place as usize] = opening.after.to_bits();
            self.after.push(opening.after);
            self.queue.push(Reverse((opening.after.to_bits(), place)));
        }
        let latest = scene.limit.latest();
        while let Some(Reverse((bits, place))) = self.queue.pop() {
            if self.alone[place as usize] != bits {
                continue;
            }
            for at in self.row(scene, place, Side::Negative, f64::from_bits(bits)) {
                let (u, delay) = self.edges[at];
                let hours = f64::from_bits(bits) + delay;
                if hours <= latest && hours.to_bits() < self.alone[u as usize] {
                    self.alone[u as usize] = hours.to_bits();
                    if self.passes[u as usize] & PASSES[1] != 0 {
                        self.queue.push(Reverse((hours.to_bits(), u)));
                    }
                }
            }
        }
    }

    /// The place of an account, which gets one if it has none.
    fn place(&mut self, scene: Scene<'_>, account: u32) -> u32 {
        let place = &mut self.places[account as usize];
        if *place == NOBODY {
            *place = self.accounts.len() as u32;
            self.accounts.push(account);
            self.alone.push(NEVER);
            self.rows.push([None; 2]);
            let passes = [1.0, scene.temper.sharing()].map(|times| scene.world.shares_times(account, times));
            self.passes.push(PASSES[0] * u8::from(passes[0]) + PASSES[1] * u8::from(passes[1]));
        }
        *place
    }

    /// The edges over which something of a side comes from a place, at whose account it is at `since` or later, to anybody
    /// who matters: for the truth, those whom the scandal reaches and those who pass the truth on.
    fn row(&mut self, scene: Scene<'_>, place: u32, side: Side, since: f64) -> Range<usize> {
        if let Some((start, end)) = self.rows[place as usize][side as usize] {
            return start..end;
        }
        let start = self.edges.len();
        let (world, latest) = (scene.world, scene.limit.latest());
        let from = self.accounts[place as usize];
        let hear = |u: u32, fell: Fell| {
            let at = self.places[u as usize];
            let matters = side == Side::Negative
                || (at != NOBODY && self.alone[at as usize] != NEVER)
                || world.shares_times(u, 1.0);
            // Who speaks against from the beginning never takes another side.
            if !matters || (at as usize) < self.openings {
                return;
            }
            let hours = scene.limit.hours(fell.share());
            if since + hours <= latest {
                let place = self.place(scene, u);
                self.edges.push((place, hours));
            }
        };
        match side {
            Side::Positive => world.hearers_times(from, 1.0, |_| 1.0, hear),
            Side::Negative => {
                world.hearers_times(from, scene.temper.most(), |u| scene.temper.factor(u), hear);
            }
        }
        self.rows[place as usize][side as usize] = Some((start, self.edges.len()));
        start..self.edges.len()
    }

    /// Whether the scandal comes from this account.
    pub fn is_opening(&self, account: u32) -> bool {
        (self.places[account as usize] as usize) < self.openings
    }

    /// Those who turn negative if nobody speaks, with the hours until they do.
    pub fn turned(&self) -> impl Iterator<Item = (u32, f64)> + '_ {
        let everybody = self.accounts.iter().zip(&self.alone).skip(self.openings);
        everybody.filter(|(_, bits)| **bits != NEVER).map(|(&account, &bits)| (account, f64::from_bits(bits)))
    }

    /// What those count who turn negative if nobody speaks, in units of weight.
    pub fn without(&self, scene: Scene<'_>) -> u64 {
        self.turned().map(|(u, _)| scene.world.resolved().units(u)).sum()
    }

    /// What those count who turn negative although these different voices speak for the truth after `delay`. A voice from
    /// whom the scandal comes in this world says nothing else.
    pub fn with(&mut self, scene: Scene<'_>, voices: &[u32], delay: f64) -> u64 {
        self.heard.clear();
        self.heard.resize(self.accounts.len(), UNHEARD);
        self.queue.clear();
        for place in 0..self.openings {
            self.begin(place as u32, self.after[place], Side::Negative);
        }
        for &voice in voices {
            if !self.is_opening(voice) {
                let place = self.place(scene, voice);
                self.heard.resize(self.accounts.len(), UNHEARD);
                self.begin(place, delay, Side::Positive);
            }
        }
        let first = scene.world.sides().of(1);
        while let Some(Reverse((bits, place))) = self.queue.pop() {
            let from = self.heard[place as usize];
            let speaks = from.from == place;
            if from.bits != bits || (from.settled && !speaks) {
                continue;
            }
            self.heard[place as usize].settled = true;
            if speaks || self.passes[place as usize] & PASSES[from.side as usize] != 0 {
                self.spread(scene, first, place);
            }
        }
        let turned = |(place, heard): (usize, &Heard)| {
            let turned = heard.bits != NEVER && heard.side == Side::Negative;
            if turned { scene.world.resolved().units(self.accounts[place]) } else { 0 }
        };
        self.heard.iter().enumerate().skip(self.openings).map(turned).sum()
    }

    /// What others count whom these voices save who speak after `delay`, in units of weight: voices themselves do not count, for
    /// whoever is asked to speak would save at least one otherwise.
    pub fn saved(&mut self, scene: Scene<'_>, voices: &[u32], delay: f64) -> u64 {
        let left = self.with(scene, voices, delay);
        let others = |(u, _): &(u32, f64)| !voices.contains(u);
        let all: u64 = self.turned().filter(others).map(|(u, _)| scene.world.resolved().units(u)).sum();
        // Nobody else turns because of voices.
        all.saturating_sub(left)
    }

    fn begin(&mut self, place: u32, hours: f64, side: Side) {
        self.heard[place as usize] = Heard { bits: hours.to_bits(), from: place, side, settled: true };
        self.queue.push(Reverse((hours.to_bits(), place)));
    }

    /// What somebody says comes to others: the first to come is believed, of those at one time one at random.
    fn spread(&mut self, scene: Scene<'_>, first: Key, place: u32) {
        let from = self.heard[place as usize];
        let since = f64::from_bits(from.bits);
        // A row of the truth serves voices of every delay; one of the scandal begins no earlier than without voices.
        let earliest = match from.side {
            Side::Positive => 0.0,
            Side::Negative => f64::from_bits(self.alone[place as usize]),
        };
        let row = self.row(scene, place, from.side, earliest);
        self.heard.resize(self.accounts.len(), UNHEARD);
        let latest = scene.limit.latest();
        for at in row {
            let (u, delay) = self.edges[at];
            let bits = (since + delay).to_bits();
            let other = self.heard[u as usize];
            if since + delay > latest || other.settled || bits > other.bits {
                continue;
            }
            if bits == other.bits {
                let words = first.of(u64::from(self.accounts[u as usize]));
                let word = |from: u32| words.word(u64::from(self.accounts[from as usize]));
                if word(place) >= word(other.from) {
                    continue;
                }
            } else if self.passes[u as usize] != 0 {
                self.queue.push(Reverse((bits, u)));
            }
            self.heard[u as usize] = Heard { bits, from: place, side: from.side, settled: false };
        }
    }

    /// Those who turn negative in the last walk with voices.
    #[cfg(test)]
    pub fn turned_with(&self) -> Vec<u32> {
        let everybody = self.accounts.iter().zip(&self.heard).skip(self.openings);
        let turned = everybody.filter(|(_, heard)| heard.bits != NEVER && heard.side == Side::Negative);
        let mut turned: Vec<u32> = turned.map(|(&account, _)| account).collect();
        turned.sort_unstable();
        turned
    }
}
