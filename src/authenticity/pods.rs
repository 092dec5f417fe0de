//! Engagement pods: groups of creators who act on each other's posts far more, and sooner, than their habits explain.

mod chance;
mod tally;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::base::{Error, Result, Run};
use crate::graph::Events;
use chance::{Habit, ln_choose, ln_fisher};
use tally::{Pair, Tally};

/// Groups of at least three creators who like and comment on each other's posts more than independent creators would.
///
/// ```text
/// n(u, v)  = posts of v that u acted on, N(v) = posts of v            a post counts once, however often u acts on it
/// Null     : n is beta-binomial of N(v) with mean max( A(u) B(v) / (S N(v)), r ) and correlation rho
/// A, B, S  = acts of u, acts on v, all acts;  r, rho = share of the other posts acted on by whoever acted on one of v's:
///            all five of pairs of which one never acts on the other
/// p(u, v)  = P(n or more), or, if smaller, the same of acts soon after another's first; doubled for the choice
/// p{u, v}  = max( p(u, v), p(v, u) )^2                                both ways, independently
/// p(group) = Fisher's of all its pairs, times the number of groups of that size among the creators
/// ```
///
/// The null keeps what everybody does and gets (activity and popularity), and grants everybody the habits of fans. Both are
/// taken from one-sided pairs, because a pod shapes the sums of its own members. Groups grow from the strongest pair, by
/// whoever is tied to most of it, as long as each member is tied to `density` of the others.
///
/// A pod's engagement is real activity of real people who are not the audience. It is discounted, not deleted: an interaction
/// inside counts [`FoundPod::discount`], 0.10, or 0.72 where the members share a niche (the middles of
/// the 3-18% and 60-85% that Hinnosaar & Hinnosaar measured).
///
/// **Input**: [`Interactions`]; times and posts where they are known. Without posts an event is a post of its own.
/// **Returns**: [`FoundPod`]s, the surest first; nobody is in two. **Guarantee**: at most `alpha` expected groups if all
/// creators act independently within the null; friends who react to every post of each other fit the pattern too: the wording
/// is "pattern consistent with". **Cost**: a pass over the events, O(pairs of creators who act on each other) after it.
/// **Errors**: creators that are not there or repeat; lists of other lengths. **Determinism**: ties go to the lower id.
/// **References**: Hinnosaar & Hinnosaar 2024 (influencer cartels); Weerasinghe et al. 2020 (pods on Instagram); Fisher 1925.
///
/// ```
/// use truereach::authenticity::{Interactions, Pods, value};
/// use truereach::{Run, graph::{Event, Events, build::key}};
/// // 0, 1 and 2 like all of each other's 20 posts; each has two fans among 40 who like a post each.
/// let like = |u: u32, v: u32, post: u32| (key(u, v), Event { item: 20 * v + post, time: i64::from(post), ..Event::default() });
/// let inside = (0..60u32).flat_map(|i| [like(i % 3, (i + 1) % 3, i / 3), like((i + 1) % 3, i % 3, i / 3)]);
/// let fans = (3..43u32).flat_map(|u| (0..3).map(move |v| like(u, v, (u * 7 + v) % 20)));
/// let events = Events::build(&Run::default(), 43, vec![inside.chain(fans).collect()])?;
/// let found = Pods::default().run(&Interactions { creators: &[0, 1, 2], ..Interactions::of(&events) }, &Run::default())?;
/// assert_eq!((&found[0].members[..], value(&found, 0, 1), value(&found, 5, 1)), (&[0, 1, 2][..], 0.1, 1.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Pods {
    /// Chance that independent creators are taken for a pod
    #[cfg_attr(feature = "cli", arg(long = "pod-alpha", default_value_t = 0.01, value_name = "P"))]
    pub alpha: f64,
    /// A pair is tied if its acts on each other are less likely than this
    #[cfg_attr(feature = "cli", arg(long = "pod-link", default_value_t = 0.001, value_name = "P"))]
    pub link: f64,
    /// Share of the others that each member is tied to
    #[cfg_attr(feature = "cli", arg(long = "pod-density", default_value_t = 2.0 / 3.0, value_name = "SHARE"))]
    pub density: f64,
    /// Minutes after a post's first event within which an act is soon
    #[cfg_attr(feature = "cli", arg(long = "pod-minutes", default_value_t = 60.0, value_name = "N"))]
    pub minutes: f64,
    /// Value of an interaction within a pod
    #[cfg_attr(feature = "cli", arg(long = "pod-value", default_value_t = 0.10, value_name = "VALUE"))]
    pub general: f64,
    /// Value of an interaction within a pod of one niche
    #[cfg_attr(feature = "cli", arg(long = "pod-value-topical", default_value_t = 0.72, value_name = "VALUE"))]
    pub topical: f64,
}

impl Default for Pods {
    fn default() -> Self {
        Pods { alpha: 0.01, link: 0.001, density: 2.0 / 3.0, minutes: 60.0, general: 0.10, topical: 0.72 }
    }
}

/// Who acted on whose posts.
#[derive(Debug, Clone, Copy)]
pub struct Interactions<'a> {
    /// The creators, each once.
    pub creators: &'a [u32],
    /// All interactions, those of ordinary people too: they tell what is usual.
    pub events: &'a Events,
    /// Types that count, likes and comments say; empty: all.
    pub kinds: &'a [u8],
    /// Posts of each creator, in their order; `None`: those that an event names.
    pub posts: Option<&'a [u64]>,
    /// The niche of each creator, in their order, where known.
    pub niches: Option<&'a [Option<u32>]>,
}

impl<'a> Interactions<'a> {
    /// All events, of no creators yet.
    pub fn of(events: &'a Events) -> Self {
        Interactions { creators: &[], events, kinds: &[], posts: None, niches: None }
    }
}

/// A group whose acts on each other fit an engagement pod.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoundPod {
    /// The accounts, sorted.
    pub members: Vec<u32>,
    /// Expected number of such groups among independent creators, at most 1.
    pub p: f64,
    /// Interactions of members with members.
    pub interactions: u64,
    /// Whether all members are of one niche.
    pub topical: bool,
    /// Median time of these interactions after their post's first event, in milliseconds; `None` without times.
    pub delay: Option<f64>,
    /// What an interaction within the pod is worth.
    pub discount: f64,
}

/// What an interaction of `from` with `to` is worth: the pod's discount if both are in it, else 1.
pub fn value(pods: &[FoundPod], from: u32, to: u32) -> f64 {
    let has = |pod: &&FoundPod| [from, to].iter().all(|one| pod.members.binary_search(one).is_ok());
    pods.iter().find(has).map_or(1.0, |pod| pod.discount)
}

/// Ties between creators: the log of how likely they are, of pairs that act on each other. Places in the list, lower first.
type Ties = BTreeMap<(u32, u32), f64>;

impl Pods {
    /// Refuses what makes no sense, with one sentence.
    pub fn check(&self) -> Result<()> {
        let shares = [
            ("--pod-alpha", self.alpha),
            ("--pod-link", self.link),
            ("--pod-density", self.density),
            ("--pod-value", self.general),
            ("--pod-value-topical", self.topical),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(Error::parameter(name, format!("{share} is not between 0 and 1")));
            }
        }
        if !(self.minutes > 0.0 && self.minutes <= 1e9) {
            return Err(Error::parameter("--pod-minutes", format!("{} is not above 0", self.minutes)));
        }
        Ok(())
    }

    /// Finds pods.
    pub fn run(&self, given: &Interactions, run: &Run) -> Result<Vec<FoundPod>> {
        self.check()?;
        let tally = Tally::new(given, (self.minutes * 60e3) as i64, run)?;
        let ties = self.ties(&tally);
        let mut neighbours = vec![Vec::new(); given.creators.len()];
        let mut order: Vec<((u32, u32), f64)> =
            ties.iter().filter(|tie| *tie.1 <= libm::log(self.link)).map(|(pair, ln_p)| (*pair, *ln_p)).collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        for &((u, v), _) in &order {
            neighbours[u as usize].push(v);
            neighbours[v as usize].push(u);
        }
        neighbours.iter_mut().for_each(|list| list.sort_unstable());
        let mut taken = vec![false; given.creators.len()];
        let mut found = Vec::new();
        for ((u, v), _) in order {
            run.step(0)?;
            if taken[u as usize] || taken[v as usize] {
                continue;
            }
            let group = self.grow([u, v], &neighbours, &ties, &taken);
            let p = surprise(&group, &ties, given.creators.len());
            if group.len() >= 3 && p <= self.alpha {
                group.iter().for_each(|&one| taken[one as usize] = true);
                found.push(self.found(&group, p, given, &tally));
            }
        }
        found.sort_by(|a, b| a.p.total_cmp(&b.p).then_with(|| a.members.cmp(&b.members)));
        Ok(found)
    }

    /// How likely each pair is that acts on each other.
    fn ties(&self, tally: &Tally) -> Ties {
        let habits = Habits::new(tally);
        let pairs = tally.pairs.iter().filter(|pair| pair.from_creator < pair.to);
        pairs
            .filter_map(|pair| {
                let back = tally.pair(pair.to, pair.from_creator)?;
                let p = habits.chance(tally, pair).max(habits.chance(tally, back));
                Some(((pair.from_creator, pair.to), 2.0 * libm::log(p.max(f64::MIN_POSITIVE))))
            })
            .collect()
    }

    /// Adds, again and again, whoever is tied to most of the group, while everybody is tied to enough of the others.
    fn grow(&self, pair: [u32; 2], neighbours: &[Vec<u32>], ties: &Ties, taken: &[bool]) -> Vec<u32> {
        let mut group = pair.to_vec();
        let mut degrees: BTreeMap<u32, u32> = BTreeMap::new();
        pair.iter().for_each(|&u| neighbours[u as usize].iter().for_each(|&v| *degrees.entry(v).or_insert(0) += 1));
        loop {
            let strength = |v: u32| -> f64 {
                group.iter().filter_map(|&u| ties.get(&(u.min(v), u.max(v)))).fold(0.0, |sum, ln_p| sum + ln_p)
            };
            let free = degrees.iter().filter(|(v, _)| !group.contains(*v) && !taken[**v as usize]);
            let best = free
                .map(|(&v, &degree)| (v, degree, strength(v)))
                .min_by(|a, b| b.1.cmp(&a.1).then(a.2.total_cmp(&b.2)).then(a.0.cmp(&b.0)));
            let Some((v, ..)) = best else { return group };
            let tied = |u: u32| neighbours[u as usize].binary_search(&v).is_ok();
            let enough = libm::ceil(self.density * group.len() as f64 - 1e-9) as u32;
            let holds = |u: u32| degrees.get(&u).copied().unwrap_or(0) + u32::from(tied(u)) >= enough;
            if degrees[&v] < enough || !group.iter().all(|&u| holds(u)) {
                return group;
            }
            group.push(v);
            neighbours[v as usize].iter().for_each(|&u| *degrees.entry(u).or_insert(0) += 1);
        }
    }

    fn found(&self, group: &[u32], p: f64, given: &Interactions, tally: &Tally) -> FoundPod {
        let inside = group.iter().flat_map(|&u| group.iter().filter_map(move |&v| tally.pair(u, v)));
        let interactions = inside.map(|pair| pair.events).sum();
        let niche = |one: &u32| given.niches.and_then(|niches| niches[*one as usize]);
        let topical = niche(&group[0]).is_some() && group.iter().all(|one| niche(one) == niche(&group[0]));
        let mut members: Vec<u32> = group.iter().map(|&one| given.creators[one as usize]).collect();
        members.sort_unstable();
        let delay = tally.median_delay(given, &members);
        FoundPod {
            members,
            p,
            interactions,
            topical,
            delay,
            discount: if topical { self.topical } else { self.general },
        }
    }
}

/// Expected number of groups of this size whose pairs are as unlikely, at most 1.
fn surprise(group: &[u32], ties: &Ties, creators: usize) -> f64 {
    let (mut pairs, mut sum) = (0, 0.0);
    for (at, &u) in group.iter().enumerate() {
        for &v in &group[..at] {
            pairs += 1;
            sum -= ties.get(&(u.min(v), u.max(v))).copied().unwrap_or(0.0);
        }
    }
    let ln_p = ln_fisher(sum, pairs) + ln_choose(creators as f64, group.len() as f64);
    libm::exp(ln_p.min(0.0)).max(f64::MIN_POSITIVE)
}

/// What is usual, from pairs of which one never acts on the other.
struct Habits {
    /// Acts of each creator, and on each; all.
    by: Vec<f64>,
    on: Vec<f64>,
    all: f64,
    fans: Habit,
    /// Share of acts that are soon; `None` without times.
    soon: Option<f64>,
}

impl Habits {
    fn new(tally: &Tally) -> Habits {
        let creators = tally.posts.len();
        let mut habits =
            Habits { by: vec![0.0; creators], on: vec![0.0; creators], all: 0.0, fans: Habit::default(), soon: None };
        let mut soon = 0.0;
        let mut again = Vec::new();
        for pair in tally.pairs.iter().filter(|pair| !tally.is_mutual(pair)) {
            let acts = pair.acts as f64;
            if let Some(by) = habits.by.get_mut(pair.from_creator as usize) {
                *by += acts;
            }
            habits.on[pair.to as usize] += acts;
            habits.all += acts;
            soon += pair.soon as f64;
            again.push((pair.acts - 1, tally.posts[pair.to as usize] - 1));
        }
        habits.fans = Habit::of(&again);
        habits.soon = (tally.timed && habits.all > 0.0).then(|| soon / habits.all);
        habits
    }

    /// How likely so many acts are, or so many soon ones.
    fn chance(&self, tally: &Tally, pair: &Pair) -> f64 {
        let posts = tally.posts[pair.to as usize];
        let independent = match self.all > 0.0 {
            true => self.by[pair.from_creator as usize] * self.on[pair.to as usize] / (self.all * posts as f64),
            false => 0.0,
        };
        let mean = independent.max(self.fans.mean);
        let any = self.fans.at_least(pair.acts, posts, mean);
        match self.soon {
            Some(share) => (2.0 * any.min(self.fans.at_least(pair.soon, posts, mean * share))).min(1.0),
            None => any,
        }
    }
}
