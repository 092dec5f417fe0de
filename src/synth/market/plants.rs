//! What is planted among the followers: bot farms and who bought from them, and the innocent look-alikes (fandoms,
//! schools, viral days, giveaways). All of it is follows with times; the rest of the followers is drawn around it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::super::draw::{Draw, Weighted};
use super::people::People;
use super::{Clock, Market, Step};
use crate::base::seed::{Key, Stream};
use crate::base::time::DAY;
use crate::base::{Result, Run};
use crate::graph::network::Tier;

/// A farm of bots.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Farm {
    /// The bots, and accounts of people that were taken over.
    pub bots: Vec<u32>,
    /// Those of them that were people's: with the follows and friends of a person, but nobody reads them any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hijacked: Vec<u32>,
    /// The creators who bought followers.
    pub buyers: Vec<Buyer>,
    /// Bought follows that are gone again: no longer in the network.
    pub dropped: Vec<Dropped>,
    /// Follows by which the bots hide among others.
    pub camouflage_follows: u64,
    /// When the bought follows began, in milliseconds since 1970.
    pub from: i64,
    /// When they ended.
    pub to: i64,
}

/// A creator who bought followers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buyer {
    /// The account.
    pub account: u32,
    /// Bots that follow.
    pub bought: u32,
    /// Bots that followed and have dropped off since.
    pub dropped: u32,
}

/// A bought follow that is gone again.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// The bot.
    pub bot: u32,
    /// The buyer.
    pub creator: u32,
    /// When it began to follow.
    pub from: i64,
    /// When it ceased, about 30 days later.
    pub to: i64,
}

/// People who follow the same things for a reason: dense, and innocent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crowd {
    /// The creators they follow.
    pub creators: Vec<u32>,
    /// The people.
    pub members: Vec<u32>,
    /// When most of their follows were made.
    pub from: i64,
    /// Until when.
    pub to: i64,
}

/// A day on which a creator won a large part of the followers, by a post that everybody saw.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViralDay {
    /// The creator.
    pub creator: u32,
    /// The chance of each follower who is not planted to have come on that day.
    pub share: f64,
    /// When the post went out.
    pub from: i64,
    /// A day later.
    pub to: i64,
}

/// Everything planted among the followers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plants {
    /// Bot farms.
    pub farms: Vec<Farm>,
    /// People of one niche who all follow its idols.
    pub fandoms: Vec<Crowd>,
    /// Friends who all know each other and follow the same small creators.
    pub schools: Vec<Crowd>,
    /// Days of fame.
    pub viral_days: Vec<ViralDay>,
    /// "Follow us both to win": a host, a sponsor, and many who did so within two days.
    pub giveaways: Vec<Crowd>,
}

/// Follows and friendships that are fixed before the rest is drawn.
#[derive(Debug, Clone, Default)]
pub struct Fixed {
    /// (followed, follower, time), sorted, no pair twice.
    pub follows: Vec<(u32, u32, i64)>,
    /// (one, other, time): both directions.
    pub friends: Vec<(u32, u32, i64)>,
}

impl Fixed {
    /// The fixed followers of a creator.
    pub fn of(&self, v: u32) -> &[(u32, u32, i64)] {
        let from = self.follows.partition_point(|follow| follow.0 < v);
        let to = self.follows.partition_point(|follow| follow.0 <= v);
        &self.follows[from..to]
    }
}

/// How many accounts each farm has.
pub fn farm_size(market: &Market) -> usize {
    match market.farms {
        0 => 0,
        _ => ((market.people as f64 * market.farm_size) as usize).max(20),
    }
}

/// How many of them were people's.
pub fn farm_hijacked(market: &Market) -> usize {
    libm::round(farm_size(market) as f64 * market.hijacked) as usize
}

/// At most this part of a creator's followers is planted, so that the rest stays a fair draw.
const MOST: u32 = 2;

struct Planter<'a> {
    people: &'a People,
    clock: Clock,
    room: Vec<u32>,
    taken: HashSet<(u32, u32)>,
    fixed: Fixed,
}

impl Planter<'_> {
    /// A new follow, if the creator has room for it.
    fn follow(&mut self, u: u32, v: u32, time: i64) -> bool {
        let fits = self.room[v as usize] > 0 && u != v && self.taken.insert((u, v));
        if fits {
            self.room[v as usize] -= 1;
            self.fixed.follows.push((v, u, time));
        }
        fits
    }

    /// Creators for whom `fits` holds, in random order.
    fn creators(&self, draw: &mut Draw, fits: impl Fn(u32) -> bool) -> Vec<u32> {
        let mut all: Vec<u32> = (0..self.people.creators.len() as u32).filter(|&v| fits(v)).collect();
        draw.shuffle(&mut all);
        all
    }

    /// People (no creators, no bots) for whom `fits` holds.
    fn ordinary(&self, fits: impl Fn(u32) -> bool) -> Vec<u32> {
        let people = self.people;
        (people.creators.len() as u32..people.accounts() as u32)
            .filter(|&u| people.real[u as usize] && fits(u))
            .collect()
    }
}

/// A time between two moments.
fn between(draw: &mut Draw, from: i64, to: i64) -> i64 {
    from + draw.below((to - from).max(1) as u64) as i64
}

/// Plants everything. Whoever is innocent comes first, so that farms cannot take the room.
pub fn plant(market: &Market, people: &People, clock: Clock, run: &Run) -> Result<(Plants, Fixed)> {
    run.phase("planting", None);
    let room = people.creators.iter().map(|creator| creator.followers / MOST).collect();
    let mut planter = Planter { people, clock, room, taken: HashSet::new(), fixed: Fixed::default() };
    let key = Key::new(run.seed(), Stream::Market, Step::Plants as u64);
    let mut at = 0;
    let mut next = || {
        at += 1;
        Draw::new(key.of(at))
    };
    let mut plants = Plants::default();
    let part = |share: f64, least: f64, most: f64| (market.people as f64 * share).clamp(least, most) as usize;
    for _ in 0..market.fandoms {
        run.step(0)?;
        plants.fandoms.extend(fandom(&mut planter, part(0.001, 30.0, 1e6), &mut next()));
    }
    for _ in 0..market.schools {
        run.step(0)?;
        plants.schools.extend(school(&mut planter, part(0.002, 10.0, 40.0), &mut next()));
    }
    for _ in 0..market.giveaways {
        run.step(0)?;
        plants.giveaways.extend(giveaway(&mut planter, part(0.001, 30.0, 1e6), &mut next()));
    }
    for (bots, hijacked) in recruit(market, &planter, &mut next()) {
        run.step(0)?;
        plants.farms.push(farm_of(market, &mut planter, bots, hijacked, &mut next()));
    }
    let mut draw = next();
    let fit = planter.creators(&mut draw, |v| people.creators[v as usize].followers >= 20);
    for &creator in fit.iter().take(market.viral_days as usize) {
        let from = between(&mut draw, clock.start, clock.end - DAY);
        plants.viral_days.push(ViralDay { creator, share: 0.3, from, to: from + DAY });
    }
    let mut fixed = planter.fixed;
    fixed.follows.sort_unstable();
    Ok((plants, fixed))
}

/// The accounts of each farm, sorted: bots dealt to farms of equal size, and people whose accounts were taken over. Beside
/// them the latter alone.
fn recruit(market: &Market, planter: &Planter, draw: &mut Draw) -> Vec<(Vec<u32>, Vec<u32>)> {
    let mut bots = planter.people.bots.clone();
    draw.shuffle(&mut bots);
    let hijacked = farm_hijacked(market);
    let each = farm_size(market) - hijacked;
    let all = hijacked * market.farms as usize;
    let taken = if all > 0 { draw.some(&planter.ordinary(|_| true), all) } else { vec![] };
    let farm = |at: usize| {
        let part = |from: &[u32], size: usize| from.iter().skip(at * size).take(size).copied().collect::<Vec<u32>>();
        let (mut farm, mut people) = (part(&bots, each), part(&taken, hijacked));
        farm.extend(&people);
        farm.sort_unstable();
        people.sort_unstable();
        (farm, people)
    };
    (0..market.farms as usize).map(farm).collect()
}

/// Follows that a buyer wants from a farm of this many bots.
pub fn wanted(market: &Market, bots: usize) -> usize {
    libm::round(bots as f64 * market.farm_density) as usize
}

fn farm_of(market: &Market, planter: &mut Planter, bots: Vec<u32>, hijacked: Vec<u32>, draw: &mut Draw) -> Farm {
    let span = i64::from(market.burst_days) * DAY;
    let from = between(draw, planter.clock.start, planter.clock.end - span);
    let to = from + span;
    let wanted = wanted(market, bots.len());
    // Whoever can hide the purchase among real followers buys; smaller creators only where there are not enough.
    let mut fit = planter.creators(draw, |v| planter.room[v as usize] > 0);
    fit.sort_by_key(|&v| (planter.room[v as usize] as usize) < wanted);
    let (mut buyers, mut dropped) = (Vec::new(), Vec::new());
    let mut fake = 0;
    for &account in fit.iter().take(market.farm_buyers as usize) {
        let mut buyer = Buyer { account, bought: 0, dropped: 0 };
        for bot in draw.some(&bots, wanted.min(planter.room[account as usize] as usize)) {
            let time = between(draw, from, to);
            if draw.chance(market.drop_off) {
                buyer.dropped += 1;
                let gone = time + 30 * DAY + between(draw, 0, 5 * DAY);
                dropped.push(Dropped { bot, creator: account, from: time, to: gone });
            } else if planter.follow(bot, account, time) {
                buyer.bought += 1;
            }
        }
        fake += u64::from(buyer.bought);
        buyers.push(buyer);
    }
    let sizes: Vec<f64> = planter.people.creators.iter().map(|creator| f64::from(creator.followers)).collect();
    let popular = Weighted::new(&sizes);
    let mut camouflage_follows = 0;
    for _ in 0..libm::round(fake as f64 * market.camouflage) as u64 {
        let Some(bot) = draw.pick(&bots) else { break };
        let time = between(draw, from - 30 * DAY, to);
        // Some creators have no room left: look on, but not for ever.
        let found = (0..8).any(|_| {
            let v = popular.draw(draw);
            !buyers.iter().any(|buyer| buyer.account == v) && planter.follow(bot, v, time)
        });
        camouflage_follows += u64::from(found);
    }
    Farm { bots, hijacked, buyers, dropped, camouflage_follows, from, to }
}

fn fandom(planter: &mut Planter, size: usize, draw: &mut Draw) -> Option<Crowd> {
    let people = planter.people;
    let first = *planter.creators(draw, |v| people.tier(v) >= Tier::Macro).first()?;
    let niche = people.niche[first as usize];
    let mut idols = planter.creators(draw, |v| people.niche[v as usize] == niche);
    idols.sort_by_key(|&v| std::cmp::Reverse(planter.room[v as usize]));
    idols.truncate(4);
    // As many fans as all of the idols have room for.
    let room = planter.room[*idols.last()? as usize] as usize;
    let fans = planter.ordinary(|u| people.niche[u as usize] == niche);
    let mut members = draw.some(&fans, size.min(room));
    members.sort_unstable();
    let (from, to) = (planter.clock.begin, planter.clock.start);
    for &u in &members {
        for &v in &idols {
            let time = between(draw, from, to);
            if draw.chance(0.9) {
                planter.follow(u, v, time);
            }
        }
    }
    (members.len() > 1).then_some(Crowd { creators: idols, members, from, to })
}

fn school(planter: &mut Planter, size: usize, draw: &mut Draw) -> Option<Crowd> {
    let people = planter.people;
    // The smallest creators with room for all, in random order.
    let mut local =
        planter.creators(draw, |v| people.tier(v) <= Tier::Macro && planter.room[v as usize] as usize >= size);
    local.sort_by_key(|&v| planter.room[v as usize]);
    local.truncate(12);
    draw.shuffle(&mut local);
    local.truncate(3);
    let mut members = draw.some(&planter.ordinary(|_| true), size);
    members.sort_unstable();
    let from = between(draw, planter.clock.begin, planter.clock.start - 60 * DAY);
    let to = from + 60 * DAY;
    for (at, &u) in members.iter().enumerate() {
        for &other in &members[at + 1..] {
            if draw.chance(0.25) {
                let time = between(draw, from, to);
                planter.fixed.friends.push((u, other, time));
            }
        }
        for &v in &local {
            let time = between(draw, from, to);
            if draw.chance(0.8) {
                planter.follow(u, v, time);
            }
        }
    }
    (!local.is_empty()).then_some(Crowd { creators: local, members, from, to })
}

fn giveaway(planter: &mut Planter, size: usize, draw: &mut Draw) -> Option<Crowd> {
    let people = planter.people;
    let fit = planter.creators(draw, |v| planter.room[v as usize] as usize >= size);
    let (&host, &sponsor) = (fit.first()?, fit.get(1)?);
    let niche = people.niche[host as usize];
    let from = between(draw, planter.clock.start, planter.clock.end - 2 * DAY);
    let to = from + 2 * DAY;
    let mut members = draw.some(&planter.ordinary(|u| people.interest(u, niche) > 0.2), size);
    members.sort_unstable();
    for &u in &members {
        for v in [host, sponsor] {
            let time = between(draw, from, to);
            planter.follow(u, v, time);
        }
    }
    (members.len() > 1).then_some(Crowd { creators: vec![host, sponsor], members, from, to })
}
