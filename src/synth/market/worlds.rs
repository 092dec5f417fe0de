//! Worlds in which reach comes about in another way than the exposure-share model says, so that estimators meet a
//! truth that none of them assumes. Each is simulated plainly, post by post; docs/SYNTH.md has the laws.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::super::draw::{Draw, Weighted};
use super::chances::Chances;
use super::people::SHARE_LEVELS;
use super::posts::{ACT_HOURS, SEEN_HOURS, delay};
use super::words::NICHES;
use crate::base::seed::{Chance, Key, Stream};
use crate::base::{Result, Run, par};

/// How reach comes about in a market.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum World {
    /// Followers see a post by chance, and pass it on by chance: the exposure-share model.
    #[default]
    Follow,
    /// A feed shows posts to anybody, followers or not, the more the better the first people liked it.
    Feed,
    /// People pass a post on only after several accounts they follow showed it to them.
    Threshold,
    /// Nobody passes anything on: people of one interest see and share the same at the same time for a cause outside.
    Homophily,
}

impl World {
    /// Whether it is the default; then documents do not mention it.
    pub fn is_follow(&self) -> bool {
        *self == World::Follow
    }

    /// Whether people who do not follow the creator see a post without anybody passing it on.
    pub fn has_outside(self) -> bool {
        matches!(self, World::Feed | World::Homophily)
    }
}

/// Spread of the heat of a niche on a day in [`World::Homophily`] (of the log; the factor has mean 1).
pub const HEAT_SD: f64 = 0.8;
/// People whom the cause outside brings to a post, for each follower who sees it, in [`World::Homophily`].
pub const OUTSIDE: f64 = 0.5;
/// Accounts that must show a post to somebody before they pass it on, in [`World::Threshold`]; the chance that they do.
pub const FRIENDS: u8 = 2;
/// See [`FRIENDS`].
pub const PERSUADED: f64 = 0.5;
/// Chance that a fan passes a post on at first sight, in [`World::Threshold`]: without fans nothing would ever start.
pub const FAN_SHARES: f64 = 0.4;
/// People of the first round of [`World::Feed`], beside a tenth of the followers who would see a post otherwise.
pub const FIRST_ROUND: f64 = 20.0;
/// Chance that somebody likes what the feed shows, before creator and content; no chance is above [`MOST_LIKED`].
pub const LIKED: f64 = 0.06;
/// See [`LIKED`].
pub const MOST_LIKED: f64 = 0.5;
/// People shown the post next for each who liked it; what the chance of liking keeps from round to round.
pub const SHOWN_PER_LIKE: f64 = 15.0;
/// See [`SHOWN_PER_LIKE`].
pub const KEPT: f64 = 0.8;
/// Share of a round that is drawn among the followers.
pub const FOLLOWED: f64 = 0.2;
/// Rounds at most, and hours between them.
const ROUNDS: i64 = 24;
const ROUND_HOURS: i64 = 2;

/// The level of the people who pass a post on at first sight even in [`World::Threshold`]: the fans.
const FANS: u8 = SHARE_LEVELS.len() as u8 - 1;

/// One of the other worlds.
pub struct Elsewhere<'a> {
    chances: &'a Chances<'a>,
    world: World,
    /// For every niche, people by their interest in it: worlds with people from outside need it.
    tables: Vec<Weighted>,
    /// By creator: followers expected to see a post by their chances of exposure.
    direct: Vec<f64>,
}

/// What became of one post, and the room to find it out.
#[derive(Default)]
pub struct Room {
    /// Who saw it: when, who, whether straight from the creator (in a feed: whether they follow the creator).
    pub saw: Vec<(i64, u32, bool)>,
    /// Who shared it: when, who, through which account they saw it, how many shares from the creator.
    pub shared: Vec<(i64, u32, u32, u32)>,
    /// Followers whom the creator's own post reached, whether or not they saw it elsewhere before.
    pub direct: u64,
    /// By account: the post it last saw, how many showed it, whether it was passed on.
    seen: Vec<(u32, u8, bool)>,
    /// By account: the last post that the creator's own following brought.
    told: Vec<u32>,
    round: u32,
    queue: BinaryHeap<Reverse<(i64, u32, u32, u32)>>,
}

impl Room {
    /// Whether the creator's own post reached somebody, whether or not they saw it elsewhere before.
    pub fn reached(&self, u: u32) -> bool {
        self.told[u as usize] == self.round
    }

    /// Marks somebody as having seen the post; false if they had.
    fn mark(&mut self, u: u32) -> bool {
        let seen = &mut self.seen[u as usize];
        let new = seen.0 != self.round;
        if new {
            *seen = (self.round, 0, false);
        }
        new
    }
}

impl<'a> Elsewhere<'a> {
    /// The world; `None` for the usual one.
    pub fn new(world: World, chances: &'a Chances<'a>, run: &Run) -> Result<Option<Elsewhere<'a>>> {
        if world.is_follow() {
            return Ok(None);
        }
        let people = chances.people;
        let weight = |u: u32, niche: u8| f64::from(u8::from(people.real[u as usize])) * people.interest(u, niche);
        let niches = if world.has_outside() { NICHES.len() } else { 0 };
        let tables = par::map(run, &par::chunks(niches, 1), |range| {
            let weights: Vec<f64> = (0..people.accounts() as u32).map(|u| weight(u, range.start as u8)).collect();
            Ok(Weighted::new(&weights))
        })?;
        let creators = par::chunks(people.creators.len(), 64);
        let direct = par::map(run, &creators, |range| {
            Ok(range.map(|v| chances.expected_direct(v as u32)).collect::<Vec<f64>>())
        })?;
        Ok(Some(Elsewhere { chances, world, tables, direct: direct.concat() }))
    }

    /// What becomes of a post. `not_yet` tells of follows that begin after a moment.
    pub fn happen(
        &self,
        v: u32,
        time: i64,
        content: f64,
        not_yet: &dyn Fn(u32, u32, i64) -> bool,
        room: &mut Room,
        draw: &mut Draw,
    ) {
        room.seen.resize(self.chances.people.accounts(), (0, 0, false));
        room.told.resize(self.chances.people.accounts(), 0);
        room.round += 1;
        room.saw.clear();
        room.shared.clear();
        room.queue.clear();
        room.direct = 0;
        // Nobody sees their own post.
        room.mark(v);
        match self.world {
            World::Feed => self.feed(v, time, content, room, draw),
            World::Threshold => self.threshold(v, time, content, not_yet, room, draw),
            World::Homophily | World::Follow => self.homophily(v, time, content, not_yet, room, draw),
        }
    }

    /// Rounds: whoever is shown the post may like it, and likes decide how many are shown it next.
    fn feed(&self, v: u32, time: i64, content: f64, room: &mut Room, draw: &mut Draw) {
        let (chances, people) = (self.chances, self.chances.people);
        let followers = chances.graph.followers(v);
        let effect = chances.effects[v as usize];
        let mut liked = LIKED * libm::exp(effect + content);
        let mut batch = (FIRST_ROUND + 0.1 * self.direct[v as usize]) as u64;
        for step in 0..ROUNDS {
            let mut likes = 0;
            for _ in 0..batch.min(people.accounts() as u64) {
                let inside = draw.chance(FOLLOWED) && !followers.is_empty();
                let u = match inside {
                    true => followers[draw.below(followers.len() as u64) as usize],
                    false => self.tables[people.niche[v as usize] as usize].draw(draw),
                };
                if !people.real[u as usize] || !room.mark(u) {
                    continue;
                }
                let follows = inside || followers.binary_search(&u).is_ok();
                let when = time + (ROUND_HOURS * step) * 3_600_000 + delay(draw, ACT_HOURS);
                room.saw.push((when, u, follows));
                room.direct += u64::from(follows);
                likes += u64::from(draw.chance(liked.min(MOST_LIKED)));
                self.share_unheard(v, u, when, room, draw);
            }
            liked *= KEPT;
            batch = (SHOWN_PER_LIKE * likes as f64) as u64;
            if batch == 0 {
                break;
            }
        }
    }

    /// The exposure-share model, but only fans pass on what they saw once; all others wait for [`FRIENDS`].
    fn threshold(
        &self,
        v: u32,
        time: i64,
        content: f64,
        not_yet: &dyn Fn(u32, u32, i64) -> bool,
        room: &mut Room,
        draw: &mut Draw,
    ) {
        let people = self.chances.people;
        self.tell(v, v, time, 0, content, not_yet, room, draw);
        while let Some(Reverse((when, u, from, depth))) = room.queue.pop() {
            if room.mark(u) {
                room.saw.push((when, u, from == v));
            }
            let seen = &mut room.seen[u as usize];
            seen.1 = seen.1.saturating_add(1);
            let fan = people.level[u as usize] == FANS && seen.1 == 1;
            let chance = match (seen.2, fan, seen.1 == FRIENDS) {
                (false, true, _) => FAN_SHARES,
                (false, false, true) => PERSUADED,
                _ => continue,
            };
            if draw.chance(chance) {
                seen.2 = true;
                let act = when + delay(draw, ACT_HOURS);
                room.shared.push((act, u, from, depth + 1));
                self.tell(u, v, act, depth + 1, content, not_yet, room, draw);
            }
        }
    }

    /// Followers by chance, people of the same interest by the cause outside; sharing reaches nobody.
    fn homophily(
        &self,
        v: u32,
        time: i64,
        content: f64,
        not_yet: &dyn Fn(u32, u32, i64) -> bool,
        room: &mut Room,
        draw: &mut Draw,
    ) {
        let people = self.chances.people;
        self.tell(v, v, time, 0, content, not_yet, room, draw);
        while let Some(Reverse((when, u, ..))) = room.queue.pop() {
            room.mark(u);
            room.saw.push((when, u, true));
            self.share_unheard(v, u, when, room, draw);
        }
        for _ in 0..draw.poisson(OUTSIDE * self.direct[v as usize] * libm::exp(content)) {
            let u = self.tables[people.niche[v as usize] as usize].draw(draw);
            if people.real[u as usize] && room.mark(u) {
                let when = time + delay(draw, SEEN_HOURS);
                room.saw.push((when, u, false));
                self.share_unheard(v, u, when, room, draw);
            }
        }
    }

    /// Somebody who saw the post shares it, and it reaches nobody.
    fn share_unheard(&self, v: u32, u: u32, when: i64, room: &mut Room, draw: &mut Draw) {
        if draw.chance(self.chances.rho(u)) {
            room.shared.push((when + delay(draw, ACT_HOURS), u, v, 1));
        }
    }

    /// Queues everybody who will see v's post from `source`.
    #[allow(clippy::too_many_arguments)]
    fn tell(
        &self,
        source: u32,
        v: u32,
        time: i64,
        depth: u32,
        content: f64,
        not_yet: &dyn Fn(u32, u32, i64) -> bool,
        room: &mut Room,
        draw: &mut Draw,
    ) {
        let exposures = self.chances.exposures(source, content).map(Chance::new);
        for (u, kind) in self.chances.followers(source) {
            let hit = draw.coin(exposures[kind as usize]);
            if hit && self.chances.people.real[u as usize] && u != v && !not_yet(source, u, time) {
                room.queue.push(Reverse((time + delay(draw, SEEN_HOURS), u, source, depth)));
                if source == v {
                    room.told[u as usize] = room.round;
                    room.direct += 1;
                }
            }
        }
    }
}

/// The log of the heat of a niche on a day.
pub fn heat(seed: u64, niche: u8, day: i64) -> f64 {
    let mut draw = Draw::new(Key::new(seed, Stream::Market, super::Step::Heat as u64).of(day as u64).of(niche.into()));
    HEAT_SD * draw.normal() - HEAT_SD * HEAT_SD / 2.0
}
