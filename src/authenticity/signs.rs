//! Signs of life: what people do and bought followers seldom do. They judge a suspicious group as a whole: a fandom or a
//! school has as many as anybody, a farm has few.

use crate::base::time::{DAY, MISSING};
use crate::base::{Result, Run, par};
use crate::graph::{Graph, Network};

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Somebody follows the account.
    Followed,
    /// It wrote, shared or mentioned something; a like is too cheap to count.
    Voice,
    /// It had followed somebody two months before the days of the pattern.
    Settled,
}

/// How many signs there are.
pub const SIGNS: usize = 3;

/// So many days before a pattern an account must have followed somebody to be settled.
const SETTLED: i64 = 60;

impl Sign {
    /// All.
    pub const ALL: [Sign; SIGNS] = [Sign::Followed, Sign::Voice, Sign::Settled];

    /// In users' words.
    pub fn describe(self) -> &'static str {
        match self {
            Sign::Followed => "are followed by somebody",
            Sign::Voice => "ever wrote, shared or mentioned something",
            Sign::Settled => "had followed others two months before",
        }
    }
}

/// A sign seen on fewer accounts than this part says nothing about those without it.
const RARE: f64 = 0.01;

/// Fewer accounts to compare with say nothing.
const ENOUGH: f64 = 50.0;

/// Small classes lean on all accounts, as if so many more of them had been seen there.
const LEAN: f64 = 20.0;

/// Accounts are compared with those who follow about as many one-way: classes by the power of two. Friends who follow each
/// other are left out of the count, as they are themselves a sign of life.
const CLASSES: usize = 16;

/// Signs of every account, and how common they are among accounts that follow as many.
#[derive(Debug, Clone, PartialEq)]
pub struct Signs {
    /// Bit by place in [`Sign::ALL`], of the two that are the same at all times.
    has: Vec<u8>,
    /// How common these are, by class of follows and sign.
    common: [[f64; 2]; CLASSES],
    /// One-way follows.
    follows: Vec<u32>,
    /// The day of each account's first dated follow, where follows have times; `i64::MAX` without one.
    first: Option<Vec<i64>>,
    /// Those days of the accounts that are compared with, by class, rising.
    firsts: Vec<Vec<i64>>,
    /// Which signs this network can show.
    observed: [bool; SIGNS],
}

/// How often a sign was seen in a group, and how often it would be among people like them.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Seen {
    /// The sign.
    pub sign: Sign,
    /// Members with it.
    pub count: u64,
    /// Members.
    pub members: u64,
    /// How many would have it if they were people like those who follow as many accounts.
    pub expected: f64,
}

/// Interactions that show nobody's voice.
const SILENT: [&str; 4] = ["like", "view", "save", "follow"];

impl Signs {
    /// Looks at every account. Where whom the followers follow is not known, nobody is seen to be followed; where there are no
    /// interactions, nobody is heard.
    pub fn new(network: &Network, graph: &Graph, run: &Run) -> Result<Signs> {
        let accounts = graph.accounts();
        let loud: Vec<bool> = network.kinds.iter().map(|kind| !SILENT.contains(&kind.as_str())).collect();
        let events = network.events.as_ref().filter(|_| loud.contains(&true));
        let ranges = par::chunks(accounts, par::CHUNK);
        let parts = par::map(run, &ranges, |range| {
            Ok(range
                .map(|u| {
                    let u = u as u32;
                    let followed = !graph.followers(u).is_empty();
                    let voice =
                        events.is_some_and(|events| events.range(u).any(|at| loud[usize::from(events.kind[at])]));
                    u8::from(followed) | u8::from(voice) << 1
                })
                .collect::<Vec<u8>>())
        })?;
        let follows =
            par::map(run, &ranges, |range| Ok(range.map(|u| one_way(graph, u as u32)).collect::<Vec<u32>>()))?;
        let times = network.follows.as_ref().and_then(|follows| follows.time.as_ref());
        let first = times.map(|times| first_days(graph, times));
        let observed =
            [network.view.has_followings(), events.is_some(), first.is_some() && network.view.has_followings()];
        let mut signs = Signs {
            has: parts.concat(),
            common: [[0.0; 2]; CLASSES],
            follows: follows.concat(),
            first,
            firsts: vec![],
            observed,
        };
        signs.compare_with(|_| true);
        Ok(signs)
    }

    /// Takes what is common from the accounts for which `plain` holds: those in no suspicious group.
    pub fn compare_with(&mut self, plain: impl Fn(u32) -> bool) {
        let mut count = [[0.0f64; 2]; CLASSES];
        let mut all = [0.0f64; CLASSES];
        self.firsts = vec![vec![]; CLASSES];
        for (u, (&has, &follows)) in self.has.iter().zip(&self.follows).enumerate() {
            // Who follows nobody one-way is nobody's follower to be looked at.
            if follows > 0 && plain(u as u32) {
                let class = class_of(follows);
                all[class] += 1.0;
                (0..2).for_each(|sign| count[class][sign] += f64::from(has >> sign & 1));
                self.firsts[class].extend(self.first.as_ref().map(|first| first[u]));
            }
        }
        self.firsts.iter_mut().for_each(|days| days.sort_unstable());
        let total: f64 = all.iter().sum();
        self.observed[2] &= total >= ENOUGH;
        for sign in 0..2 {
            let overall = count.iter().map(|class| class[sign]).sum::<f64>() / total.max(1.0);
            self.observed[sign] &= overall >= RARE && total >= ENOUGH;
            (0..CLASSES).for_each(|class| {
                self.common[class][sign] = (count[class][sign] + LEAN * overall) / (all[class] + LEAN);
            });
        }
    }

    /// Whether the network can show a sign, in a pattern of these days.
    pub fn observed(&self, sign: usize, since: Option<i64>) -> bool {
        self.observed[sign] && (sign < 2 || since.is_some())
    }

    /// Whether an account has a sign.
    #[inline]
    pub fn has(&self, u: u32, sign: usize, since: Option<i64>) -> bool {
        match (sign, &self.first, since) {
            (2, Some(first), Some(since)) => first[u as usize] <= since - SETTLED,
            (2, ..) => false,
            _ => self.has[u as usize] >> sign & 1 == 1,
        }
    }

    /// How common a sign is among accounts like this one.
    pub fn common(&self, u: u32, sign: usize, since: Option<i64>) -> f64 {
        self.of_class(class_of(self.follows[u as usize].max(1)), sign, since)
    }

    fn of_class(&self, class: usize, sign: usize, since: Option<i64>) -> f64 {
        if sign < 2 {
            return self.common[class][sign];
        }
        let until =
            |days: &[i64]| days.partition_point(|&day| since.is_some_and(|since| day <= since - SETTLED)) as f64;
        let all = self.firsts.iter().map(Vec::len).sum::<usize>().max(1) as f64;
        let overall = self.firsts.iter().map(|days| until(days)).sum::<f64>() / all;
        (until(&self.firsts[class]) + LEAN * overall) / (self.firsts[class].len() as f64 + LEAN)
    }

    /// The signs of a group that this network can show. Members are compared with those who follow as many as they do beside
    /// the creators by whom the group is known: these tell nothing of how much its members follow.
    pub fn of_group(&self, graph: &Graph, creators: &[u32], members: &[u32], since: Option<i64>) -> Vec<Seen> {
        let beside = |u: u32| {
            let known = creators.iter().filter(|v| graph.following(u).binary_search(v).is_ok()).count();
            class_of(self.follows[u as usize].saturating_sub(known as u32).max(1))
        };
        let mut classes = [0.0f64; CLASSES];
        members.iter().for_each(|&u| classes[beside(u)] += 1.0);
        let seen = |sign: usize| Seen {
            sign: Sign::ALL[sign],
            count: members.iter().filter(|&&u| self.has(u, sign, since)).count() as u64,
            members: members.len() as u64,
            expected: (0..CLASSES)
                .filter(|&class| classes[class] > 0.0)
                .fold(0.0, |sum, class| sum + classes[class] * self.of_class(class, sign, since)),
        };
        (0..SIGNS).filter(|&sign| self.observed(sign, since)).map(seen).collect()
    }
}

/// The day of every account's first dated follow.
fn first_days(graph: &Graph, times: &[i64]) -> Vec<i64> {
    let rows = graph.following_rows();
    let first = |u: u32| times[rows.range(u)].iter().filter(|&&time| time != MISSING).min();
    (0..graph.accounts() as u32).map(|u| first(u).map_or(i64::MAX, |time| time.div_euclid(DAY))).collect()
}

/// 0 for none, then by powers of two.
fn class_of(follows: u32) -> usize {
    (u32::BITS - follows.leading_zeros()).min(CLASSES as u32 - 1) as usize
}

/// How many accounts that do not follow back an account follows.
fn one_way(graph: &Graph, u: u32) -> u32 {
    let (mut following, mut followers) = (graph.following(u), graph.followers(u));
    let mut both = 0;
    while let ([one, rest @ ..], [other, others @ ..]) = (following, followers) {
        both += u32::from(one == other);
        if one <= other {
            following = rest;
        }
        if other <= one {
            followers = others;
        }
    }
    graph.following(u).len() as u32 - both
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn a_group_is_compared_with_accounts_that_follow_as_many() {
        // 100 accounts follow account 0, the first 50 of them account 101 too, and the first 40 are friends in pairs.
        let friends = (1..=40u32).map(|u| (u, if u % 2 == 1 { u + 1 } else { u - 1 }));
        let edges: Vec<(u32, u32)> =
            (1..=100).map(|u| (u, 0)).chain((1..=50).map(|u| (u, 101))).chain(friends).collect();
        let network = Network::from_graph(build::graph(102, &edges));
        let graph = network.follow_graph().unwrap();
        let signs = Signs::new(&network, graph, &Run::default()).unwrap();
        assert!(signs.observed(0, None) && !signs.observed(1, None) && !signs.observed(2, Some(5)));
        // Of those who follow two, 40 of 50 are followed; of those who follow one, none; of all, 40 of 100.
        let (two, one) = ((40.0 + 8.0) / 70.0, 8.0 / 70.0);
        assert!((signs.common(45, 0, None) - two).abs() < 1e-12 && (signs.common(80, 0, None) - one).abs() < 1e-12);
        let group: Vec<u32> = (1..=10).collect();
        let seen = signs.of_group(graph, &[90], &group, None);
        assert_eq!((seen.len(), seen[0].count, seen[0].members), (1, 10, 10));
        assert!((seen[0].expected - 10.0 * two).abs() < 1e-9, "{seen:?}");
        // Known by the creator 0, they follow one beside it.
        assert!((signs.of_group(graph, &[0], &group, None)[0].expected - 10.0 * one).abs() < 1e-9);
        assert_eq!((one_way(graph, 1), one_way(graph, 45), one_way(graph, 0)), (2, 2, 0));
        assert_eq!([0, 1, 2, 3, 4].map(class_of), [0, 1, 2, 2, 3]);
    }
}
