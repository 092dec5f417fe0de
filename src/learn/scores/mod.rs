//! How predictions fared against what happened, and against any number of rivals that predicted the same.

mod drawn;
mod held;
mod order;
mod proper;
#[cfg(test)]
pub(super) mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::baseline::Quantiles;
use crate::base::stats::Interval;
pub use drawn::Drawn;
use drawn::{ratio, slope};
pub use held::{Coverage, binomial_band};
use held::{clustered, middles, pit};
pub use order::{HEAD, ndcg, spearman};
pub use proper::{Law, crps, log_score};

/// The levels of the intervals that are judged.
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];

/// A prediction of a post, and the post.
#[derive(Debug, Clone, PartialEq)]
pub struct Tested {
    /// The creator.
    pub account: u32,
    /// The origin: nothing at or after it was known.
    pub origin: i64,
    /// When the post came.
    pub time: i64,
    /// What happened.
    pub actual: f64,
    /// What was predicted.
    pub model: Quantiles,
    /// The chance predicted of less than happened, and of at most as much.
    pub below: (f64, f64),
    /// The expected outcome: the mean over posts like it.
    pub expected: f64,
    /// What others predicted, in the order of their names.
    pub rivals: Vec<Quantiles>,
    /// Own posts that were known.
    pub past: usize,
    /// Platform, a place in the rows.
    pub platform: u32,
    /// Followers.
    pub followers: Option<f64>,
    /// Whether somebody paid for it.
    pub sponsored: bool,
}

/// How a rival fared on the same posts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rival {
    /// Its name.
    pub name: String,
    /// As in [`Score`].
    pub crps: f64,
    /// As in [`Score`].
    pub log_score: f64,
    /// How often its intervals of 50, 80 and 95% held.
    pub held: [f64; 3],
    /// As in [`Score`].
    pub spearman: Option<f64>,
    /// As in [`Score`].
    pub ndcg: Option<f64>,
    /// The share of its CRPS by which the model is better, with its 95% interval (creators drawn again, both of each
    /// together): 0 no better, 1 perfect, below 0 worse.
    pub skill: Drawn,
}

/// How a set of predictions fared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Posts predicted.
    pub posts: u64,
    /// Their creators.
    pub creators: u64,
    /// Coverage of the intervals of 50, 80 and 95%.
    pub coverage: Vec<Coverage>,
    /// Mean factor between the ends of the 80% interval, in logs of one and the count.
    pub width: f64,
    /// Continuous ranked probability score of `log(1 + count)`: less is better.
    pub crps: f64,
    /// Mean log of the chance given to what happened ([`log_score`]): more is better.
    pub log_score: f64,
    /// Mean distance of the median from the outcome, in logs of one and the count.
    pub error: f64,
    /// Slope of outcomes over medians, in logs of one and the count: 1 where predictions are as far apart as they should
    /// be, below 1 where they are too far. `None` for fewer than three posts, or medians all alike.
    pub slope: Option<Drawn>,
    /// Rank correlation of median and outcome. `None` for fewer than three posts, or all alike.
    pub spearman: Option<f64>,
    /// How well creators of one origin are ordered ([`ndcg`] of the first [`HEAD`]; gains are `log(1 + count)`, creators stand
    /// by the gain that is expected of them), on average over origins. `None` where no origin has two.
    pub ndcg: Option<f64>,
    /// Outcome over expected outcome, on average over posts: 1 where the expected reach is right.
    pub over_expected: Drawn,
    /// Shares of outcomes in tenths of the predicted distribution: all 0.1 when calibrated.
    pub pit: Vec<f64>,
    /// Shares of outcomes in the middle 5, 10, … 95% of the predicted distribution.
    pub middles: Vec<f64>,
    /// How the others fared.
    pub rivals: Vec<Rival>,
}

/// By how much the model is better than a rival.
#[derive(Debug, Clone, PartialEq)]
pub struct Skill {
    /// The rival.
    pub against: String,
    /// The share of its score by which the model is better.
    pub value: f64,
    /// The 95% interval of that.
    pub interval: Interval,
}

/// A prediction of one method, and the post.
type Said<'a> = (&'a Quantiles, &'a Tested);

fn mean(of: impl Iterator<Item = f64> + Clone) -> f64 {
    of.clone().fold(0.0, |sum, x| sum + x) / of.count() as f64
}

fn median(quantiles: &Quantiles) -> f64 {
    quantiles.values.get(quantiles.values.len() / 2).copied().unwrap_or(0.0)
}

fn holds((said, one): Said, which: usize) -> f64 {
    let (low, high) = said.intervals[which];
    f64::from((low..=high).contains(&one.actual))
}

fn rank_correlation(all: &[Said]) -> Option<f64> {
    let medians: Vec<f64> = all.iter().map(|(said, _)| median(said)).collect();
    let actual: Vec<f64> = all.iter().map(|(_, one)| one.actual).collect();
    spearman(&medians, &actual)
}

/// The mean over origins of how well their creators are ordered; posts of one creator at one origin are taken together.
fn ordered(all: &[Said]) -> Option<f64> {
    // Sums of the expected gain and of the gain, and posts, by origin and creator.
    let mut origins: BTreeMap<i64, BTreeMap<u32, [f64; 3]>> = BTreeMap::new();
    for (said, one) in all {
        let expected = mean(said.values.iter().map(|value| libm::log1p(*value)));
        let sums = origins.entry(one.origin).or_default().entry(one.account).or_default();
        [expected, libm::log1p(one.actual), 1.0].iter().zip(sums).for_each(|(more, sum)| *sum += more);
    }
    let found = origins.values().filter_map(|creators| {
        let pairs = creators.values().map(|[expected, gain, posts]| (expected / posts, gain / posts));
        ndcg(&pairs.collect::<Vec<_>>())
    });
    let found: Vec<f64> = found.collect();
    (!found.is_empty()).then(|| mean(found.iter().copied()))
}

/// Posts, creator by creator.
struct Creators<'a> {
    posts: Vec<&'a Tested>,
    bounds: Vec<usize>,
}

impl<'a> Creators<'a> {
    fn new(tested: &[&'a Tested]) -> Self {
        let mut posts = tested.to_vec();
        posts.sort_by(|a, b| {
            let at = |one: &Tested| (one.account, one.time, one.origin);
            at(a).cmp(&at(b)).then(a.actual.total_cmp(&b.actual)).then(a.expected.total_cmp(&b.expected))
        });
        let mut bounds = vec![0];
        bounds.extend((1..posts.len()).filter(|&at| posts[at].account != posts[at - 1].account));
        bounds.push(posts.len());
        Creators { posts, bounds }
    }

    fn each<T>(&self, of: impl Fn(&[&'a Tested]) -> T) -> Vec<T> {
        self.bounds.windows(2).map(|pair| of(&self.posts[pair[0]..pair[1]])).collect()
    }

    fn sums(&self, of: impl Fn(&Tested) -> f64) -> Vec<f64> {
        self.each(|own| own.iter().fold(0.0, |sum, one| sum + of(one)))
    }

    /// What a method said of each post.
    fn said(&self, by: impl Fn(&'a Tested) -> &'a Quantiles) -> Vec<Said<'a>> {
        self.posts.iter().map(|one| (by(one), *one)).collect()
    }
}

impl Rival {
    fn of(name: &str, which: usize, creators: &Creators, own: &[f64], seed: u64) -> Rival {
        let said = creators.said(|one| &one.rivals[which]);
        let sums = creators.sums(|one| crps(&one.rivals[which], one.actual));
        Rival {
            name: name.into(),
            crps: sums.iter().fold(0.0, |sum, x| sum + x) / said.len() as f64,
            log_score: mean(said.iter().map(|(said, one)| log_score(said, one.actual))),
            held: [0, 1, 2].map(|level| mean(said.iter().map(|&said| holds(said, level)))),
            spearman: rank_correlation(&said),
            ndcg: ordered(&said),
            skill: ratio(own, &sums, seed, |ratio| 1.0 - ratio),
        }
    }
}

impl Score {
    /// How predictions fared; `rivals` are the names of [`Tested::rivals`], and one that some post has no prediction of is
    /// left out. `None` of no posts.
    ///
    /// The order of `tested` does not matter: posts are taken by creator, then time.
    pub fn of(tested: &[&Tested], rivals: &[&str], seed: u64) -> Option<Score> {
        if tested.is_empty() {
            return None;
        }
        let creators = Creators::new(tested);
        let posts = creators.posts.len() as u64;
        let said = creators.said(|one| &one.model);
        let coverage = LEVELS.iter().enumerate().map(|(which, &level)| {
            let hits = |own: &[&Tested]| own.iter().fold(0.0, |sum, one| sum + holds((&one.model, one), which));
            let (held, interval) = clustered(&creators.each(|own| (hits(own), own.len() as f64)));
            Coverage { level, held, interval, band: binomial_band(level, posts) }
        });
        let logs = |one: &Tested| (libm::log1p(median(&one.model)), libm::log1p(one.actual));
        let own = creators.sums(|one| crps(&one.model, one.actual));
        let over = creators.sums(|one| one.actual / one.expected.max(f64::MIN_POSITIVE));
        let below: Vec<(f64, f64)> = creators.posts.iter().map(|one| one.below).collect();
        let known = rivals.iter().enumerate().filter(|(which, _)| tested.iter().all(|one| *which < one.rivals.len()));
        let rivals = known.map(|(which, name)| Rival::of(name, which, &creators, &own, seed)).collect();
        let every = || creators.posts.iter().copied();
        Some(Score {
            posts,
            creators: own.len() as u64,
            coverage: coverage.collect(),
            width: mean(every().map(|one| {
                let (low, high) = one.model.intervals[1];
                libm::log1p(high) - libm::log1p(low)
            })),
            crps: own.iter().fold(0.0, |sum, x| sum + x) / posts as f64,
            log_score: mean(every().map(|one| log_score(&one.model, one.actual))),
            error: mean(every().map(logs).map(|(said, actual)| (said - actual).abs())),
            slope: slope(&creators.each(|own| own.iter().map(|one| logs(one)).collect()), seed),
            spearman: rank_correlation(&said),
            ndcg: ordered(&said),
            over_expected: ratio(&over, &creators.sums(|_| 1.0), seed, |ratio| ratio),
            pit: pit(&below),
            middles: middles(&below),
            rivals,
        })
    }

    /// How a rival of this name fared.
    pub fn rival(&self, name: &str) -> Option<&Rival> {
        self.rivals.iter().find(|rival| rival.name == name)
    }

    /// The skill against each rival, in their order.
    pub fn skills(&self) -> Vec<Skill> {
        let of = |rival: &Rival| {
            let Drawn { value, interval } = rival.skill;
            Skill { against: rival.name.clone(), value, interval }
        };
        self.rivals.iter().map(of).collect()
    }
}
