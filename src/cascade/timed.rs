//! One world walked forward against the clock: who is exposed within the time limit, and by how many steps.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::delay::Deadline;
use super::forward::{HOPS, Walk};
use super::world::World;

/// When a post comes to somebody, and over how many edges: the earlier the better, then the fewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    /// The bits of the hours, which are never negative: they sort as the hours do.
    bits: u64,
    edges: u32,
}

impl Arrival {
    const START: Arrival = Arrival { bits: 0, edges: 0 };
    /// After all others.
    const WHENEVER: Arrival = Arrival { bits: u64::MAX, edges: u32::MAX };

    fn hours(self) -> f64 {
        f64::from_bits(self.bits)
    }

    /// One edge on.
    fn after(self, delay: f64) -> Self {
        Arrival { bits: (self.hours() + delay).to_bits(), edges: self.edges + 1 }
    }
}

/// A creator, or somebody exposed in time.
#[derive(Debug, Clone, Copy)]
struct Person {
    account: u32,
    /// The creator whose post came first.
    origin: u32,
    arrival: Arrival,
    /// A creator's own post came in time, whichever came first.
    direct: bool,
    /// Passes the post on.
    shares: bool,
    /// The last creator whose search backwards was here.
    searched: u32,
}

impl Person {
    const UNHEARD: Person = Person {
        account: NOBODY,
        origin: NOBODY,
        arrival: Arrival::WHENEVER,
        direct: false,
        shares: false,
        searched: NOBODY,
    };
}

/// A post that came to a creator.
#[derive(Debug, Clone, Copy)]
struct Met {
    creator: u32,
    origin: u32,
    arrival: Arrival,
}

const NOBODY: u32 = u32::MAX;

/// The scratch of a walk, used for world after world: 4 bytes an account, and 64 for everybody exposed ([`TimedWalker::BYTES`] at most).
///
/// The delays of the edges that carry ([`super::Resolved::within`]) are lengths, and those who pass a post on are settled
/// in order of time (Dijkstra 1959), which gives everybody's first exposure. Who does not pass it on never enters the queue.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimedWalker {
    /// Where in `people` an account stands.
    places: Vec<u32>,
    /// Creators, then those exposed, in order of discovery.
    people: Vec<Person>,
    queue: BinaryHeap<Reverse<(Arrival, u32)>>,
    met: Vec<Met>,
    impressions: u64,
}

impl TimedWalker {
    /// Bytes an account, where everybody is exposed.
    pub const BYTES: u64 = 4 + 40 + 24;

    /// Walks `world`, which has a time limit, from `creators`; those exposed are added to `reached`.
    pub fn walk(&mut self, world: &World<'_>, limit: Deadline, creators: &[u32], reached: &mut Vec<u32>) -> Walk {
        self.spread(world, limit, creators, |_| true);
        let mut walk = Walk { impressions: self.impressions, spread: self.people.len() as u64, ..Walk::default() };
        for person in &self.people[creators.len()..] {
            walk.hops[hop(person.arrival, person.direct)] += world.resolved().units(person.account);
            walk.sharers += u64::from(person.shares);
            reached.push(person.account);
        }
        if creators.len() > 1 {
            self.count_creators(world, limit, &mut walk, reached);
        }
        walk
    }

    /// People whom v reaches within the limit only through resharing: `walk(…, &[v], …).beyond()`, mostly for less.
    pub fn beyond(&mut self, world: &World<'_>, limit: Deadline, v: u32) -> u64 {
        // Who hears v and passes nothing on changes nothing beyond: the coin that mostly says no comes first.
        self.spread(world, limit, &[v], |u| world.shares(u));
        let beyond = |person: &&Person| !person.direct && (person.shares || !world.hears(person.account, v));
        let units = |person: &Person| world.resolved().units(person.account);
        self.people[1..].iter().filter(beyond).map(units).sum()
    }

    /// Lets the creators' posts run until the limit. Of their own hearers only those that `among` accepts are exposed.
    fn spread(&mut self, world: &World<'_>, limit: Deadline, creators: &[u32], among: impl Fn(u32) -> bool) {
        let TimedWalker { places, people, queue, met, impressions } = self;
        people.drain(..).for_each(|person| places[person.account as usize] = NOBODY);
        places.resize(world.resolved().graph().accounts(), NOBODY);
        queue.clear();
        met.clear();
        *impressions = 0;
        let latest = limit.latest();
        for (place, &v) in creators.iter().enumerate() {
            let arrival = Arrival::START;
            places[v as usize] = place as u32;
            people.push(Person { account: v, origin: v, arrival, shares: true, ..Person::UNHEARD });
            queue.push(Reverse((arrival, place as u32)));
        }
        while let Some(Reverse((arrival, from))) = queue.pop() {
            let from = people[from as usize];
            if from.arrival != arrival {
                // A quicker way was found since.
                continue;
            }
            let first = arrival == Arrival::START;
            let accepted = |u| !first || among(u);
            carried(world, limit, from.account, accepted, |u, delay| {
                let mut place = places[u as usize];
                let creator = (place as usize) < creators.len();
                let shares = people.get(place as usize).map_or_else(|| world.shares(u), |person| person.shares);
                // What creators post is in time. Who passes nothing on counts as direct then, whenever it comes.
                let arrival = if first && !shares { Arrival::WHENEVER } else { arrival.after(delay()) };
                if !first && arrival.hours() > latest {
                    return;
                }
                if creator {
                    met.push(Met { creator: u, origin: from.origin, arrival });
                    return;
                }
                *impressions += world.resolved().units(u);
                if place == NOBODY {
                    place = people.len() as u32;
                    places[u as usize] = place;
                    people.push(Person { account: u, shares, ..Person::UNHEARD });
                }
                let person = &mut people[place as usize];
                person.direct |= first;
                if arrival < person.arrival {
                    (person.arrival, person.origin) = (arrival, from.origin);
                    if shares {
                        queue.push(Reverse((arrival, place)));
                    }
                }
            });
        }
    }

    /// Adds the creators that another creator reached.
    fn count_creators(&mut self, world: &World<'_>, limit: Deadline, walk: &mut Walk, reached: &mut Vec<u32>) {
        let mut met = std::mem::take(&mut self.met);
        met.sort_unstable_by_key(|met| (met.creator, met.arrival));
        for posts in met.chunk_by(|a, b| a.creator == b.creator) {
            let creator = posts[0].creator;
            let direct = posts.iter().any(|post| post.arrival.edges == 1);
            let first = match posts[0].origin == creator && !direct {
                // The creator's own post came back first, by way of people to whom another's may have come as well.
                true => self.nearest_other(world, limit, creator),
                false => Some(posts[0].arrival),
            };
            if let Some(arrival) = first {
                let units = world.resolved().units(creator);
                walk.hops[hop(arrival, direct)] += units;
                walk.impressions += posts.len() as u64 * units;
                reached.push(creator);
            }
        }
        self.met = met;
    }

    /// When another creator's post comes first to `creator`, if in time: a search backwards among those exposed.
    fn nearest_other(&mut self, world: &World<'_>, limit: Deadline, creator: u32) -> Option<Arrival> {
        let TimedWalker { places, people, queue, .. } = self;
        queue.push(Reverse((Arrival::START, places[creator as usize])));
        let found = loop {
            let Some(Reverse((arrival, place))) = queue.pop() else { break None };
            let person = &mut people[place as usize];
            if person.searched == creator {
                continue;
            }
            person.searched = creator;
            let x = person.account;
            if person.arrival == Arrival::START && x != creator {
                break Some(arrival);
            }
            for &y in world.resolved().graph().following(x) {
                let place = places[y as usize];
                if place == NOBODY || !people[place as usize].shares || people[place as usize].searched == creator {
                    continue;
                }
                if let Some(delay) = delay(world, limit, y, x) {
                    let arrival = arrival.after(delay);
                    if arrival.hours() <= limit.latest() {
                        queue.push(Reverse((arrival, place)));
                    }
                }
            }
        };
        queue.clear();
        found
    }
}

/// Where in [`Walk::hops`] somebody counts: who heard a creator in time is with these, as in the exact direct reach, also
/// if a reshare came first.
fn hop(arrival: Arrival, direct: bool) -> usize {
    if direct { 0 } else { (arrival.edges as usize - 1).min(HOPS - 1) }
}

/// Calls `hear` with every follower of v that `among` accepts and v's edge carries to, and with how to find the hours it
/// takes.
#[inline]
fn carried(
    world: &World<'_>,
    limit: Deadline,
    v: u32,
    among: impl Fn(u32) -> bool,
    mut hear: impl FnMut(u32, &dyn Fn() -> f64),
) {
    let row = world.resolved().graph().followers(v);
    let fell = world.fell(v);
    let mut place = 0;
    world.hearers_among(v, among, |u| {
        // Both lists are in order.
        while row[place] != u {
            place += 1;
        }
        hear(u, &|| limit.hours(fell(place, u)));
    });
}

/// The hours that a post of v takes to u, where the edge carries.
fn delay(world: &World<'_>, limit: Deadline, v: u32, u: u32) -> Option<f64> {
    let place = world.resolved().graph().followers(v).binary_search(&u).ok()?;
    world.hears(u, v).then(|| limit.hours(world.fell(v)(place, u)))
}
