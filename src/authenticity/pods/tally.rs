//! Who acted on how many posts of which creator, and how soon.

use std::collections::BTreeMap;

use super::Interactions;
use crate::base::{Error, Result, Run, par, stats, time};
use crate::graph::Events;
use crate::graph::events::NO_ITEM;

/// Not a creator.
pub const ORDINARY: u32 = u32::MAX;

/// What one account did on one creator's posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The place among the creators of who acted, or [`ORDINARY`].
    pub from_creator: u32,
    /// The place of the creator acted on.
    pub to: u32,
    /// Posts acted on.
    pub acts: u64,
    /// Posts acted on soon after somebody else's first act.
    pub soon: u64,
    /// Events.
    pub events: u64,
}

/// All pairs.
pub struct Tally {
    /// Every pair with an event, in the order of accounts.
    pub pairs: Vec<Pair>,
    /// Posts of each creator.
    pub posts: Vec<u64>,
    /// Whether any event of a known post has a time.
    pub timed: bool,
    /// The first event of each post; `i64::MAX` of none.
    first: Vec<i64>,
    /// Where a pair of creators stands.
    among: BTreeMap<(u32, u32), u32>,
}

impl Tally {
    /// Counts. Soon is within `soon` milliseconds.
    pub fn new(given: &Interactions, soon: i64, run: &Run) -> Result<Tally> {
        let events = given.events;
        let accounts = events.offsets.len().saturating_sub(1);
        let place = places(given, accounts)?;
        let items = events.item.iter().flat_map(|column| column.iter()).filter(|item| **item != NO_ITEM).max();
        let items = items.map_or(0, |&last| last as usize + 1);
        run.check_memory("engagement pods", 9 * items as u64 + 4 * accounts as u64 + 60 * events.len() as u64)?;
        run.phase("who acts on whose posts", Some(2 * accounts as u64));
        let counts = |at: usize| given.kinds.is_empty() || given.kinds.contains(&events.kind[at]);
        let (first, named) = firsts(events, &place, items, &counts, given.creators.len(), run)?;
        let rows = par::chunks_by_degree(&events.offsets, 1 << 15);
        let pairs = par::map(run, &rows, |range| {
            let mut pairs = Vec::new();
            for u in range {
                of_account(events, u as u32, &place, &first, soon, &counts, &mut pairs);
            }
            Ok(pairs)
        })?
        .concat();
        let mut posts = given.posts.map_or(named, <[u64]>::to_vec);
        // A table of posts may be shorter than what was acted on.
        pairs.iter().for_each(|pair| posts[pair.to as usize] = posts[pair.to as usize].max(pair.acts));
        let among = pairs.iter().enumerate().filter(|(_, pair)| pair.from_creator != ORDINARY);
        let among = among.map(|(at, pair)| ((pair.from_creator, pair.to), at as u32)).collect();
        let timed = first.iter().any(|first| *first != i64::MAX);
        Ok(Tally { pairs, posts, timed, first, among })
    }

    /// What a creator did on another's posts, if anything.
    pub fn pair(&self, from: u32, to: u32) -> Option<&Pair> {
        self.among.get(&(from, to)).map(|&at| &self.pairs[at as usize])
    }

    /// Whether the other acts too.
    pub fn is_mutual(&self, pair: &Pair) -> bool {
        pair.from_creator != ORDINARY && self.among.contains_key(&(pair.to, pair.from_creator))
    }

    /// Median time from a post's first event to the events of sorted `members` with each other.
    pub fn median_delay(&self, given: &Interactions, members: &[u32]) -> Option<f64> {
        let events = given.events;
        let mut delays = Vec::new();
        for &u in members {
            for at in events.range(u) {
                let counts = given.kinds.is_empty() || given.kinds.contains(&events.kind[at]);
                if counts && events.to[at] != u && members.binary_search(&events.to[at]).is_ok() {
                    delays.extend(delay(events, at, &self.first).map(|delay| delay as f64));
                }
            }
        }
        delays.sort_by(f64::total_cmp);
        (!delays.is_empty()).then(|| stats::quantile(&delays, 0.5))
    }
}

/// The place among the creators of every account.
fn places(given: &Interactions, accounts: usize) -> Result<Vec<u32>> {
    let count = given.creators.len();
    for (what, length) in [("posts", given.posts.map(<[u64]>::len)), ("niches", given.niches.map(<[Option<u32>]>::len))]
    {
        if let Some(length) = length.filter(|length| *length != count) {
            return Err(Error::parameter("--creators", format!("{length} {what} for {count} creators")));
        }
    }
    let mut place = vec![ORDINARY; accounts];
    for (at, &creator) in given.creators.iter().enumerate() {
        match place.get_mut(creator as usize) {
            None => {
                let problem = format!("account {creator} is not among the {accounts} of the network");
                return Err(Error::parameter("--creators", problem));
            }
            Some(place) if *place != ORDINARY => {
                return Err(Error::parameter("--creators", format!("account {creator} is listed twice")));
            }
            Some(place) => *place = at as u32,
        }
    }
    Ok(place)
}

/// The first event of each post, of any type; and how many posts of each creator an event names.
fn firsts(
    events: &Events,
    place: &[u32],
    items: usize,
    counts: &dyn Fn(usize) -> bool,
    creators: usize,
    run: &Run,
) -> Result<(Vec<i64>, Vec<u64>)> {
    let (mut first, mut named) = (vec![i64::MAX; items], vec![0u64; creators]);
    let mut seen = vec![false; items];
    for at in 0..events.len() {
        if at % par::CHUNK == 0 {
            run.step(0)?;
        }
        let event = events.get(at);
        let to = place[events.to[at] as usize];
        if event.item == NO_ITEM {
            if to != ORDINARY && counts(at) {
                named[to as usize] += 1;
            }
            continue;
        }
        let item = event.item as usize;
        if event.time != time::MISSING {
            first[item] = first[item].min(event.time);
        }
        if to != ORDINARY && counts(at) && !std::mem::replace(&mut seen[item], true) {
            named[to as usize] += 1;
        }
    }
    Ok((first, named))
}

/// Time of an event after its post's first.
fn delay(events: &Events, at: usize, first: &[i64]) -> Option<i64> {
    let event = events.get(at);
    (event.item != NO_ITEM && event.time != time::MISSING)
        .then(|| event.time.saturating_sub(first[event.item as usize]))
}

/// The pairs of one account: its events stand together by whom they are towards.
fn of_account(
    events: &Events,
    u: u32,
    place: &[u32],
    first: &[i64],
    soon: i64,
    counts: &dyn Fn(usize) -> bool,
    pairs: &mut Vec<Pair>,
) {
    let mut row = events.range(u);
    // Posts of the one at hand, each with whether it was acted on soon.
    let mut posts: Vec<(u32, bool)> = Vec::new();
    while !row.is_empty() {
        let to = events.to[row.start];
        let end = row.start + events.to[row.clone()].partition_point(|other| *other == to);
        let together = row.start..end;
        row.start = end;
        if to == u || place[to as usize] == ORDINARY {
            continue;
        }
        posts.clear();
        // Who is first may be so by chance: that is not soon after another.
        let is_soon = |at: usize| delay(events, at, first).is_some_and(|delay| delay > 0 && delay <= soon);
        let item = |at: usize| events.item.as_ref().map_or(NO_ITEM, |column| column[at]);
        posts.extend(together.filter(|&at| counts(at)).map(|at| (item(at), is_soon(at))));
        if posts.is_empty() {
            continue;
        }
        posts.sort_unstable();
        let (mut acts, mut quick) = (0, 0);
        for same in posts.chunk_by(|a, b| a.0 == b.0 && a.0 != NO_ITEM) {
            acts += 1;
            quick += u64::from(same.iter().any(|post| post.1));
        }
        let (from_creator, to) = (place[u as usize], place[to as usize]);
        pairs.push(Pair { from_creator, to, acts, soon: quick, events: posts.len() as u64 });
    }
}
