//! One world walked forward with two sides.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::delay::Deadline;
use super::super::forward::HOPS;
use super::super::world::{Fell, World};
use super::temper::Temper;
use crate::base::seed::{Chance, Key};

/// What somebody says, or has come to think.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// For.
    Positive,
    /// Against.
    Negative,
}

/// An account from which a walk starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opening {
    /// The account.
    pub account: u32,
    /// What it says; `None`: positive with the chance q, as everybody who hears it (starters flip too: Chen et al. 2011).
    pub side: Option<Side>,
    /// Hours (without a time limit: hops) after the first.
    pub after: f64,
}

impl Opening {
    /// A creator of a campaign.
    pub fn campaign(account: u32) -> Self {
        Opening { account, side: None, after: 0.0 }
    }

    /// Somebody who says the negative thing from the beginning.
    pub fn scandal(account: u32) -> Self {
        Opening { account, side: Some(Side::Negative), after: 0.0 }
    }
}

/// People by side and hop in one world, in whole units of weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SidedWalk {
    /// On the positive side, by the hop of first exposure, as [`super::super::Walk::hops`].
    pub positive: [u64; HOPS],
    /// On the negative side.
    pub negative: [u64; HOPS],
}

impl SidedWalk {
    /// On both sides, and on the negative one.
    pub fn people(&self) -> (u64, u64) {
        let negative = self.negative.iter().sum::<u64>();
        (self.positive.iter().sum::<u64>() + negative, negative)
    }
}

/// Somebody to whom something came; starters stand first.
#[derive(Debug, Clone, Copy)]
struct Person {
    account: u32,
    /// The starter from whom the first post came.
    origin: u32,
    /// The bits of the hours or hops of the first exposure, which are never negative: they sort as the hours do.
    bits: u64,
    /// Among those who come at one time, the smallest word is first.
    word: u64,
    edges: u32,
    /// What came first; then, of those settled, the side taken.
    side: Side,
    settled: bool,
    /// A starter's own post came.
    direct: bool,
    /// Shares what it hears on at least one of the sides.
    may_share: bool,
    /// The last starter whose search backwards was here.
    searched: u32,
}

const NOBODY: u32 = u32::MAX;

/// A post that came to a starter.
#[derive(Debug, Clone, Copy)]
struct Met {
    starter: u32,
    origin: u32,
    bits: u64,
    edges: u32,
}

/// The scratch of walks, used for world after world: 4 bytes an account, and 72 for everybody exposed.
///
/// Those who pass something on are settled in order of time (Dijkstra 1959): hours, where there is a time limit, hops
/// where there is none. Everybody takes the side of what comes first; of what comes at one time, one at random.
#[derive(Debug, Clone, Default)]
pub struct SidedWalker {
    places: Vec<u32>,
    people: Vec<Person>,
    starters: usize,
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    met: Vec<Met>,
    /// Starters that another starter reached, with hop and side.
    counted: Vec<(u32, usize, Side)>,
}

/// Somebody on the negative side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Turned {
    pub account: u32,
    /// The place of the hop ([`SidedWalk::negative`]).
    pub hop: usize,
    /// Hours (without a time limit, hops) until the first exposure.
    pub hours: f64,
    /// Place of the starter from whom it came.
    pub origin: u32,
}

/// The coins of sides in one world.
#[derive(Debug, Clone, Copy)]
struct Sides {
    quality: Key,
    first: Key,
    q: Chance,
    /// With one side alone nobody asks who was first, nor whether anybody flips.
    mixed: bool,
}

impl SidedWalker {
    /// Bytes an account, where everybody is exposed.
    pub const BYTES: u64 = 4 + 56 + 16;

    /// Walks `world` from different accounts of the graph. `quality` is q.
    pub fn walk(&mut self, world: &World<'_>, temper: &Temper<'_>, quality: f64, openings: &[Opening]) -> SidedWalk {
        let negative = openings.iter().all(|opening| opening.side == Some(Side::Negative));
        let sides = Sides {
            quality: world.sides().of(0),
            first: world.sides().of(1),
            q: Chance::new(quality),
            mixed: !negative,
        };
        self.start(world, sides, openings);
        while let Some(Reverse((bits, place))) = self.queue.pop() {
            let person = self.people[place as usize];
            // A quicker way was found since, or it was in the queue twice.
            if person.bits != bits || (person.settled && place as usize >= self.starters) {
                continue;
            }
            let side = self.settle(place as usize, sides);
            let sharing = if side == Side::Negative { temper.sharing() } else { 1.0 };
            if (place as usize) < self.starters || world.shares_times(person.account, sharing) {
                self.spread(world, temper, sides, place);
            }
        }
        for place in self.starters..self.people.len() {
            self.settle(place, sides);
        }
        self.count_starters(world, temper);
        let mut walk = SidedWalk::default();
        let mut count = |account: u32, hop: usize, side: Side| {
            let by_hop = if side == Side::Negative { &mut walk.negative } else { &mut walk.positive };
            by_hop[hop] += world.resolved().units(account);
        };
        self.people[self.starters..].iter().for_each(|person| count(person.account, hop_of(person), person.side));
        self.counted.iter().for_each(|&(account, hop, side)| count(account, hop, side));
        walk
    }

    /// The accounts that the last walk exposed, with the side they took; starters that another starter reached come last.
    pub fn people(&self) -> impl Iterator<Item = (u32, Side)> + '_ {
        let exposed = self.people.get(self.starters..).unwrap_or(&[]);
        let counted = self.counted.iter().map(|&(account, _, side)| (account, side));
        exposed.iter().map(|person| (person.account, person.side)).chain(counted)
    }

    /// Those on the negative side; starters that another starter reached come last, without hours.
    pub(crate) fn negatives(&self) -> impl Iterator<Item = Turned> + '_ {
        let exposed = self.people.get(self.starters..).unwrap_or(&[]).iter();
        let exposed = exposed.filter(|person| person.side == Side::Negative).map(|person| Turned {
            account: person.account,
            hop: hop_of(person),
            hours: f64::from_bits(person.bits),
            origin: person.origin,
        });
        let counted = self.counted.iter().filter(|(.., side)| *side == Side::Negative);
        let counted = counted.map(|&(account, hop, _)| Turned { account, hop, hours: f64::INFINITY, origin: NOBODY });
        exposed.chain(counted)
    }

    fn start(&mut self, world: &World<'_>, sides: Sides, openings: &[Opening]) {
        let SidedWalker { places, people, starters, queue, met, counted } = self;
        people.drain(..).for_each(|person| places[person.account as usize] = NOBODY);
        places.resize(world.resolved().graph().accounts(), NOBODY);
        queue.clear();
        met.clear();
        counted.clear();
        *starters = openings.len();
        for (place, opening) in (0u32..).zip(openings) {
            let account = opening.account;
            let flipped = || match sides.quality.coin(u64::from(account), sides.q) {
                true => Side::Positive,
                false => Side::Negative,
            };
            places[account as usize] = place;
            let bits = opening.after.to_bits();
            people.push(Person {
                account,
                origin: place,
                bits,
                word: 0,
                edges: 0,
                side: opening.side.unwrap_or_else(flipped),
                settled: true,
                direct: false,
                may_share: true,
                searched: NOBODY,
            });
            queue.push(Reverse((bits, place)));
        }
    }

    /// The side that somebody takes by what came first.
    fn settle(&mut self, place: usize, sides: Sides) -> Side {
        let person = &mut self.people[place];
        if !person.settled {
            person.settled = true;
            let flips = person.side == Side::Positive && !sides.quality.coin(u64::from(person.account), sides.q);
            if flips {
                person.side = Side::Negative;
            }
        }
        person.side
    }

    /// What somebody posts or passes on comes to followers.
    fn spread(&mut self, world: &World<'_>, temper: &Temper<'_>, sides: Sides, place: u32) {
        let SidedWalker { places, people, starters, queue, met, .. } = self;
        let from = people[place as usize];
        let first = (place as usize) < *starters;
        let limit = world.resolved().deadline();
        let latest = limit.map_or(f64::INFINITY, Deadline::latest);
        let most_sharing = temper.sharing().max(1.0);
        let hear = |u: u32, fell: Fell| {
            let hours = f64::from_bits(from.bits) + limit.map_or(1.0, |limit| limit.hours(fell.share()));
            if hours > latest {
                return;
            }
            let bits = hours.to_bits();
            let mut at = places[u as usize] as usize;
            if at < *starters {
                met.push(Met { starter: at as u32, origin: from.origin, bits, edges: from.edges + 1 });
                return;
            }
            let word = if sides.mixed { sides.first.of(u64::from(u)).word(u64::from(from.account)) } else { 0 };
            if at == NOBODY as usize {
                at = people.len();
                places[u as usize] = at as u32;
                people.push(Person {
                    account: u,
                    bits: u64::MAX,
                    word: u64::MAX,
                    settled: false,
                    may_share: world.shares_times(u, most_sharing),
                    ..from
                });
                people[at].direct = false;
            }
            let person = &mut people[at];
            person.direct |= first;
            if (bits, word) < (person.bits, person.word) && !person.settled {
                let earlier = bits < person.bits;
                (person.bits, person.word, person.edges) = (bits, word, from.edges + 1);
                (person.origin, person.side) = (from.origin, from.side);
                if person.may_share && earlier {
                    queue.push(Reverse((bits, at as u32)));
                }
            }
        };
        carried(world, temper, from.account, from.side, hear);
    }

    /// Finds the starters that another starter reached: each counts on its own side.
    fn count_starters(&mut self, world: &World<'_>, temper: &Temper<'_>) {
        if self.starters < 2 {
            return;
        }
        let mut met = std::mem::take(&mut self.met);
        met.sort_unstable_by_key(|met| (met.starter, met.bits, met.edges));
        for posts in met.chunk_by(|a, b| a.starter == b.starter) {
            let starter = posts[0].starter;
            let direct = posts.iter().find(|post| post.edges == 1 && post.origin != starter);
            let other = posts.iter().find(|post| post.origin != starter);
            let edges = match (direct, other) {
                (Some(_), _) => Some(1),
                (None, Some(post)) if post.bits == posts[0].bits => Some(post.edges),
                // The starter's own post came back first, by way of people to whom another's may have come as well.
                _ => self.nearest_other(world, temper, starter),
            };
            if let Some(edges) = edges {
                let person = self.people[starter as usize];
                self.counted.push((person.account, hop(edges), person.side));
            }
        }
        self.met = met;
    }

    /// Over how many edges another starter's post comes first to this one, if in time: a search backwards among those
    /// who pass on, each on the side taken.
    fn nearest_other(&mut self, world: &World<'_>, temper: &Temper<'_>, starter: u32) -> Option<u32> {
        let limit = world.resolved().deadline();
        let latest = limit.map_or(f64::INFINITY, Deadline::latest);
        let mut queue = BinaryHeap::from([Reverse((0u64, 0u32, starter))]);
        while let Some(Reverse((bits, edges, place))) = queue.pop() {
            let person = &mut self.people[place as usize];
            if person.searched == starter {
                continue;
            }
            person.searched = starter;
            if (place as usize) < self.starters && place != starter {
                return Some(edges);
            }
            let x = person.account;
            for &y in world.resolved().graph().following(x) {
                let at = self.places[y as usize];
                let Some(other) = self.people.get(at as usize).filter(|other| other.searched != starter) else {
                    continue;
                };
                let negative = other.side == Side::Negative;
                let (sharing, factor) = if negative { (temper.sharing(), temper.factor(x)) } else { (1.0, 1.0) };
                if (at as usize) >= self.starters && !world.shares_times(y, sharing) {
                    continue;
                }
                if let Some(fell) = world.hears_times(x, y, factor) {
                    let hours = f64::from_bits(bits) + limit.map_or(1.0, |limit| limit.hours(fell.share()));
                    if hours <= latest {
                        queue.push(Reverse((hours.to_bits(), edges + 1, at)));
                    }
                }
            }
        }
        None
    }
}

/// Calls `hear` with every follower of v that v's post of this side reaches.
#[inline]
fn carried(world: &World<'_>, temper: &Temper<'_>, v: u32, side: Side, mut hear: impl FnMut(u32, Fell)) {
    match side {
        Side::Positive => world.hearers_times(v, 1.0, |_| 1.0, &mut hear),
        Side::Negative => world.hearers_times(v, temper.most(), |u| temper.factor(u), &mut hear),
    }
}

/// The place in [`SidedWalk`] of somebody reached over so many edges.
fn hop(edges: u32) -> usize {
    (edges.max(1) as usize - 1).min(HOPS - 1)
}

/// Who heard a starter directly is with these, also if a reshare came first: as in the exact direct reach.
fn hop_of(person: &Person) -> usize {
    if person.direct { 0 } else { hop(person.edges) }
}
