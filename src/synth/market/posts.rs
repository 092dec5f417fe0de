//! Posts over the days of the market, the cascade of each, and what people do about it: likes, comments, shares,
//! mentions. The cascade is the exposure-share model with delays, and a leak of people who share without having seen
//! the post in the network.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use super::super::draw::Draw;
use super::chances::{Chances, log_factor};
use super::people::People;
use super::plants::Plants;
use super::pods::Pod;
use super::worlds::{Elsewhere, Room, heat};
use super::{Clock, Market, Step, World};
use crate::base::seed::{Chance, Key, Stream};
use crate::base::time::DAY;
use crate::base::{Result, Run, par};
use crate::graph::build::{Keyed, key};
use crate::graph::network::Follows;
use crate::graph::{Event, Events, Names};

/// The interaction types, in the order of their codes.
pub const KINDS: [&str; 4] = ["comment", "like", "mention", "share"];
const COMMENT: u8 = 0;
const LIKE: u8 = 1;
const MENTION: u8 = 2;
const SHARE: u8 = 3;

/// Chance that somebody of activity 1 who saw a post likes it, comments it; that a comment mentions a follower.
pub const LIKES: f64 = 0.05;
/// See [`LIKES`].
pub const COMMENTS: f64 = 0.006;
/// See [`LIKES`].
pub const MENTIONS: f64 = 0.2;

/// Chance that a comment or share is positive: from the creator's own camp, the opposed camp, and everybody else.
pub const POSITIVE: [f64; 3] = [0.95, 0.25, 0.85];

/// Median hours until a post is seen, until it is acted upon; spread of their logs.
pub const SEEN_HOURS: f64 = 1.5;
/// See [`SEEN_HOURS`].
pub const ACT_HOURS: f64 = 0.2;
const DELAY_SD: f64 = 1.2;

/// The content effect of a viral or giveaway post, in logs.
const VIRAL: f64 = 1.5;

/// Chance that a bot likes a post of a creator who bought it.
const BOT_LIKES: f64 = 0.02;

/// Why a post is not like the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Special {
    /// The post of a viral day.
    Viral,
    /// The post of a giveaway.
    Giveaway,
}

/// A post, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Who posted.
    pub creator: u32,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The log of the content's factor on every exposure.
    pub content: f64,
    /// Set for planted posts, whose content effect is fixed at 1.5 and is no draw.
    pub special: Option<Special>,
    /// People who saw it.
    pub exposed: u32,
    /// Of these, people who saw it from the creator first.
    pub direct: u32,
    /// People who shared it, after seeing it.
    pub shares: u32,
    /// People who shared it without having seen it in the network.
    pub leaked: u32,
    /// Shares on the longest way, from the creator or from somebody who leaked in.
    pub depth: u32,
    /// Likes, bots and pods included.
    pub likes: u32,
    /// Comments, pods included.
    pub comments: u32,
}

/// Everything that happened.
pub struct Happened {
    /// The posts; a post's place is its item number.
    pub posts: Vec<Post>,
    /// The interactions.
    pub events: Events,
}

impl Happened {
    /// The names of the items.
    pub fn items(&self) -> Names {
        Names::range(self.posts.len())
    }
}

/// When everybody posts. Sorted by creator, then time.
fn schedule(
    market: &Market,
    people: &People,
    plants: &Plants,
    clock: Clock,
    chances: &Chances,
    run: &Run,
) -> Result<Vec<Post>> {
    let key = Key::new(run.seed(), Stream::Market, Step::Schedule as u64);
    let mut posts = Vec::new();
    let blank = |creator, time, content, special| Post {
        creator,
        time,
        content,
        special,
        exposed: 0,
        direct: 0,
        shares: 0,
        leaked: 0,
        depth: 0,
        likes: 0,
        comments: 0,
    };
    for v in 0..people.creators.len() as u32 {
        run.step(0)?;
        let mut draw = Draw::new(key.of(u64::from(v)));
        let mean = market.posts_per_week * f64::from(market.days) / 7.0 * draw.around_one(0.5);
        for _ in 0..draw.poisson(mean) {
            let day = draw.below(u64::from(market.days)) as i64;
            // Most people post in the evening.
            let hour = (19.0 + 3.0 * draw.normal()).clamp(0.0, 23.99);
            let content = match market.world {
                World::Homophily => {
                    log_factor(market.content_sd, &mut draw) + heat(run.seed(), people.niche[v as usize], day)
                }
                _ => chances.content(&mut draw),
            };
            posts.push(blank(v, clock.start + day * DAY + (hour * 3.6e6) as i64, content, None));
        }
    }
    let viral = plants.viral_days.iter().map(|day| (day.creator, day.from, Special::Viral));
    let giveaways = plants.giveaways.iter().map(|crowd| (crowd.creators[0], crowd.from, Special::Giveaway));
    posts.extend(viral.chain(giveaways).map(|(creator, time, special)| blank(creator, time, VIRAL, Some(special))));
    posts.sort_by_key(|post| (post.creator, post.time));
    Ok(posts)
}

/// Simulates all posts.
pub fn posts(
    market: &Market,
    plants: &Plants,
    follows: &Follows,
    pods: &[Pod],
    clock: Clock,
    chances: &Chances,
    run: &Run,
) -> Result<Happened> {
    let people = chances.people;
    let scheduled = schedule(market, people, plants, clock, chances, run)?;
    run.phase("posts and their cascades", Some(scheduled.len() as u64));
    let late = late(follows, clock);
    let elsewhere = Elsewhere::new(market.world, chances, run)?;
    let world = Stage { market, chances, plants, pods, late: &late, elsewhere };
    let parts = par::map(run, &par::chunks(scheduled.len(), 512), |range| {
        let mut cascade = Cascade { seen: vec![0; people.accounts()], ..Default::default() };
        let mut posts = Vec::with_capacity(range.len());
        for item in range {
            run.step(0)?;
            let mut draw = Draw::new(Key::new(run.seed(), Stream::MarketPost, item as u64));
            posts.push(world.post(item as u32, scheduled[item], &mut cascade, &mut draw));
        }
        Ok((posts, cascade.events))
    })?;
    let (posts, events): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    let events = Events::build(run, people.accounts(), events)?;
    Ok(Happened { posts: posts.concat(), events })
}

/// Follows that began after the first day, as (followed, follower, time), sorted: before, they carry nothing.
fn late(follows: &Follows, clock: Clock) -> Vec<(u32, u32, i64)> {
    let (rows, Some(times)) = (follows.graph.following_rows(), &follows.time) else { return vec![] };
    let mut late = Vec::new();
    for u in 0..follows.graph.accounts() as u32 {
        let range = rows.range(u);
        let timed = rows.targets[range.clone()].iter().zip(&times[range]);
        late.extend(timed.filter(|(_, time)| **time >= clock.start).map(|(&v, &time)| (v, u, time)));
    }
    late.sort_unstable();
    late
}

struct Stage<'a> {
    market: &'a Market,
    chances: &'a Chances<'a>,
    plants: &'a Plants,
    pods: &'a [Pod],
    late: &'a [(u32, u32, i64)],
    elsewhere: Option<Elsewhere<'a>>,
}

/// The room a cascade needs, and the events so far.
#[derive(Default)]
struct Cascade {
    seen: Vec<u32>,
    round: u32,
    /// (time, who, from whom, depth), earliest first.
    queue: BinaryHeap<Reverse<(i64, u32, u32, u32)>>,
    events: Vec<Keyed<Event>>,
    room: Room,
}

/// "Saw it from nobody in the network."
const NOBODY: u32 = u32::MAX;

impl Stage<'_> {
    /// The follows of v that began late.
    fn late(&self, v: u32) -> &[(u32, u32, i64)] {
        let from = self.late.partition_point(|follow| follow.0 < v);
        let to = from + self.late[from..].partition_point(|follow| follow.0 == v);
        &self.late[from..to]
    }

    fn post(&self, item: u32, mut post: Post, cascade: &mut Cascade, draw: &mut Draw) -> Post {
        let chances = self.chances;
        let people = chances.people;
        let v = post.creator;
        cascade.round += 1;
        cascade.queue.clear();
        let before = cascade.events.len();
        if let Some(elsewhere) = &self.elsewhere {
            self.elsewhere(elsewhere, item, &mut post, cascade, draw);
            self.pods(item, &mut post, &mut cascade.events, before, draw);
            self.bots(item, &mut post, &mut cascade.events, draw);
            return post;
        }
        self.tell(v, post.time, 0, &post, cascade, draw);
        for _ in 0..draw.poisson(chances.leaks[v as usize]) {
            let mut u = v;
            while u == v || !people.real[u as usize] {
                u = draw.below(people.accounts() as u64) as u32;
            }
            let time = post.time + draw.below(3 * DAY as u64) as i64;
            cascade.queue.push(Reverse((time, u, NOBODY, 0)));
        }
        while let Some(Reverse((time, u, from, depth))) = cascade.queue.pop() {
            let at = u as usize;
            if cascade.seen[at] == cascade.round {
                continue;
            }
            cascade.seen[at] = cascade.round;
            let shares = match from {
                NOBODY => true,
                _ => {
                    post.exposed += 1;
                    post.direct += u32::from(from == v);
                    self.react(item, &mut post, u, time, &mut cascade.events, draw);
                    draw.chance(chances.rho(u))
                }
            };
            if shares {
                let act = time + delay(draw, ACT_HOURS);
                let to = if from == NOBODY { v } else { from };
                cascade.events.push(self.event(u, to, v, SHARE, act, item, draw));
                post.depth = post.depth.max(depth + 1);
                match from {
                    NOBODY => post.leaked += 1,
                    _ => post.shares += 1,
                }
                self.tell(u, act, depth + 1, &post, cascade, draw);
            }
        }
        self.pods(item, &mut post, &mut cascade.events, before, draw);
        self.bots(item, &mut post, &mut cascade.events, draw);
        post
    }

    /// The post in a world that follows another law.
    fn elsewhere(&self, world: &Elsewhere, item: u32, post: &mut Post, cascade: &mut Cascade, draw: &mut Draw) {
        let not_yet = |source: u32, u: u32, time: i64| {
            let late = self.late(source);
            late.binary_search_by_key(&u, |follow| follow.1).is_ok_and(|at| late[at].2 > time)
        };
        let room = &mut cascade.room;
        world.happen(post.creator, post.time, post.content, &not_yet, room, draw);
        for &(time, u, direct) in &room.saw {
            post.exposed += 1;
            post.direct += u32::from(direct);
            self.react(item, post, u, time, &mut cascade.events, draw);
        }
        for &(time, u, to, depth) in &room.shared {
            post.shares += 1;
            post.depth = post.depth.max(depth);
            cascade.events.push(self.event(u, to, post.creator, SHARE, time, item, draw));
        }
    }

    /// Queues everybody who will see it from `source`.
    fn tell(&self, source: u32, time: i64, depth: u32, post: &Post, cascade: &mut Cascade, draw: &mut Draw) {
        let chances = self.chances;
        let exposures = chances.exposures(source, post.content).map(Chance::new);
        let late = self.late(source);
        let not_yet = |u| late.binary_search_by_key(&u, |follow| follow.1).is_ok_and(|at| late[at].2 > time);
        for (u, kind) in chances.followers(source) {
            let at = u as usize;
            if draw.coin(exposures[kind as usize])
                && chances.people.real[at]
                && u != post.creator
                && cascade.seen[at] != cascade.round
                && !not_yet(u)
            {
                cascade.queue.push(Reverse((time + delay(draw, SEEN_HOURS), u, source, depth)));
            }
        }
    }

    /// Likes, comments and mentions of somebody who saw the post.
    fn react(&self, item: u32, post: &mut Post, u: u32, time: i64, events: &mut Vec<Keyed<Event>>, draw: &mut Draw) {
        let v = post.creator;
        let activity = f64::from(self.chances.people.activity[u as usize]);
        let hostile = self.relation(u, v) == 1;
        let (likes, comments) = if hostile { (0.3 * LIKES, 2.0 * COMMENTS) } else { (LIKES, COMMENTS) };
        if draw.chance((likes * activity).min(0.6)) {
            post.likes += 1;
            events.push(self.event(u, v, v, LIKE, time + delay(draw, ACT_HOURS), item, draw));
        }
        if draw.chance((comments * activity).min(0.3)) {
            post.comments += 1;
            let act = time + delay(draw, ACT_HOURS);
            events.push(self.event(u, v, v, COMMENT, act, item, draw));
            // A follower, who may be a friend; whoever has none mentions somebody they follow.
            let graph = self.chances.graph;
            let known = if graph.followers(u).is_empty() { graph.following(u) } else { graph.followers(u) };
            if let Some(other) = draw.chance(MENTIONS).then(|| draw.pick(known)).flatten() {
                events.push(self.event(u, other, v, MENTION, act, item, draw));
            }
        }
    }

    /// 0 own camp, 1 opposed camp, 2 everybody else.
    fn relation(&self, u: u32, v: u32) -> usize {
        let camps = &self.chances.people.camp;
        match (camps[u as usize], camps[v as usize]) {
            (0, _) | (_, 0) => 2,
            (a, b) if a == b => 0,
            (a, b) if (a - 1) / 2 == (b - 1) / 2 => 1,
            _ => 2,
        }
    }

    /// An interaction of u towards `to` about v's post. Likes are positive; comments and shares have the sign that u
    /// has for v, read wrongly with the market's error; mentions have none.
    #[allow(clippy::too_many_arguments)]
    fn event(&self, u: u32, to: u32, v: u32, kind: u8, time: i64, item: u32, draw: &mut Draw) -> Keyed<Event> {
        let sign = match kind {
            LIKE => 1,
            MENTION => 0,
            _ => {
                let positive = draw.chance(POSITIVE[self.relation(u, v)]);
                if positive != draw.chance(self.market.sign_error) { 1 } else { -1 }
            }
        };
        (key(u, to), Event { time, kind, item, sign, ..Event::default() })
    }

    /// Members of the creator's pod like and comment within minutes, unless they did so anyway. The post's own events
    /// begin at `before`.
    fn pods(&self, item: u32, post: &mut Post, events: &mut Vec<Keyed<Event>>, before: usize, draw: &mut Draw) {
        let v = post.creator;
        for pod in self.pods.iter().filter(|pod| pod.members.contains(&v)) {
            for &member in pod.members.iter().filter(|&&member| member != v) {
                let time = post.time + (draw.exponential() * 10.0 * 60e3) as i64;
                for (kind, chance) in [(LIKE, pod.likes), (COMMENT, pod.comments)] {
                    let pair = key(member, v);
                    let anyway = events[before..].iter().any(|(other, event)| *other == pair && event.kind == kind);
                    if draw.chance(chance) && !anyway {
                        *(if kind == LIKE { &mut post.likes } else { &mut post.comments }) += 1;
                        events.push((pair, Event { time, kind, item, sign: 1, ..Event::default() }));
                    }
                }
            }
        }
    }

    /// Bots that somebody bought like some posts after they have all arrived.
    fn bots(&self, item: u32, post: &mut Post, events: &mut Vec<Keyed<Event>>, draw: &mut Draw) {
        let v = post.creator;
        for farm in self.plants.farms.iter().filter(|farm| farm.to <= post.time) {
            if !farm.buyers.iter().any(|buyer| buyer.account == v) {
                continue;
            }
            for &bot in farm.bots.iter().filter(|&&bot| self.chances.kind(v, bot).is_some()) {
                if draw.chance(BOT_LIKES) {
                    post.likes += 1;
                    let time = post.time + delay(draw, ACT_HOURS);
                    events.push((key(bot, v), Event { time, kind: LIKE, item, sign: 1, ..Event::default() }));
                }
            }
        }
    }
}

/// A log-normal delay in milliseconds.
pub fn delay(draw: &mut Draw, median_hours: f64) -> i64 {
    (median_hours * 3.6e6 * libm::exp(DELAY_SD * draw.normal())) as i64
}
