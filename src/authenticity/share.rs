//! What part of a creator's followers is real, with an interval that knows what the detector does not.

use serde::{Deserialize, Serialize};

use super::audit::{Audited, NO_PATTERN, moved};
use super::evidence::Evidence;
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, normal_quantile, quantile};
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Shares of real followers.
///
/// `share_v = mean of a_u over the followers of v`. Its interval is drawn: how each pattern came about (by the chances of its
/// [`super::Way`]s, the same draw for all creators), what share of accounts without a pattern is not real (`5 s U^4`, of mean s,
/// the assumed one), and, given these, who of the followers is (a normal variable of variance `Σ a (1 − a)`). Of a list that is
/// a random part of all followers, the error of drawing it comes on top.
///
/// **Returns**: value, interval of the level asked for, and the followers that each evidence takes away; these add up to the
/// followers who are not real. **Cost**: the followers, and `draws` a creator and pattern. **Determinism**: equal bits at any
/// number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Shares {
    /// Draws behind an interval.
    pub draws: u32,
    /// How often it shall hold the truth.
    pub level: f64,
}

impl Default for Shares {
    fn default() -> Self {
        Shares { draws: 400, level: 0.9 }
    }
}

/// What part of a creator's followers is real.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// The creator.
    pub account: u32,
    /// Followers looked at.
    pub followers: u64,
    /// The mean of `a_u`; `None` without followers.
    pub share: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Followers taken away by the evidence that decided; the last is what is assumed of accounts without a pattern.
    pub reasons: Vec<(Option<Evidence>, f64)>,
}

impl Shares {
    /// The shares of these creators.
    pub fn run(&self, audited: &Audited, graph: &Graph, creators: &[u32], run: &Run) -> Result<Vec<Share>> {
        let key = Key::new(run.seed(), Stream::Authenticity, 2);
        let draws: Vec<Drawn> = (0..self.draws.max(20)).map(|draw| audited.draw(key.of(u64::from(draw)))).collect();
        let offsets: Vec<u64> = std::iter::once(0)
            .chain(creators.iter().scan(0u64, |sum, &v| {
                *sum += graph.followers(v).len() as u64;
                Some(*sum)
            }))
            .collect();
        let ranges = par::chunks_by_degree(&offsets, 1 << 14);
        let parts = par::map(run, &ranges, |range| {
            Ok(range.map(|at| self.one(audited, graph, creators[at], &draws, key)).collect::<Vec<Share>>())
        })?;
        Ok(parts.concat())
    }

    fn one(&self, audited: &Audited, graph: &Graph, creator: u32, draws: &[Drawn], key: Key) -> Share {
        let followers = graph.followers(creator);
        let n = followers.len() as f64;
        let mut tally = Tally::default();
        followers.iter().for_each(|&u| tally.add(audited, u));
        let mut reasons: Vec<(Option<Evidence>, f64)> = tally.reasons();
        reasons.sort_by_key(|(evidence, _)| (evidence.is_none(), *evidence));
        if followers.is_empty() {
            return Share { account: creator, followers: 0, share: None, interval: None, reasons };
        }
        let fake: f64 = reasons.iter().fold(0.0, |sum, (_, fake)| sum + fake);
        let mut found: Vec<f64> = draws
            .iter()
            .enumerate()
            .map(|(draw, drawn)| {
                let (mean, variance) = tally.drawn(drawn);
                let unit = key.of(1 << 32 | draw as u64).unit(u64::from(creator));
                let error = normal_quantile(unit.clamp(1e-9, 1.0 - 1e-9)) * libm::sqrt(variance);
                // A share is of whole followers: less than half of one is none.
                let fake = mean + error;
                (1.0 - if fake < 0.5 { 0.0 } else { fake } / n).clamp(0.0, 1.0)
            })
            .collect();
        found.sort_by(f64::total_cmp);
        let share = 1.0 - fake / n;
        let tail = (1.0 - self.level) / 2.0;
        let interval = Interval {
            low: quantile(&found, tail).min(share),
            high: quantile(&found, 1.0 - tail).max(share),
        };
        Share { account: creator, followers: followers.len() as u64, share: Some(share), interval: Some(interval), reasons }
    }
}

/// One draw of what is not known.
struct Drawn {
    /// Which way each pattern came about.
    way: Vec<usize>,
    /// The share of those who are not real and show no pattern, over the assumed one.
    unseen: f64,
}

impl Audited {
    fn draw(&self, key: Key) -> Drawn {
        let way = |(place, pattern): (usize, &super::Pattern)| {
            let mut left = key.unit(place as u64);
            let ways = &pattern.verdict.ways;
            let found = ways.iter().position(|way| {
                left -= way.chance;
                left < 0.0
            });
            found.unwrap_or(ways.len().saturating_sub(1))
        };
        let unit = key.unit(u64::MAX);
        Drawn { way: self.patterns.iter().enumerate().map(way).collect(), unseen: 5.0 * unit * unit * unit * unit }
    }
}

/// The followers of a creator, by pattern.
#[derive(Default)]
struct Tally {
    /// Sum of `1 − a` over followers without a pattern.
    unseen: f64,
    /// Of those, what their own shape adds.
    shaped: f64,
    /// By pattern: kind, sum of `1 − a`, and by way the sums of `1 − a` and of `a (1 − a)`.
    patterns: std::collections::BTreeMap<u32, (Evidence, f64, Vec<(f64, f64)>)>,
}

impl Tally {
    fn add(&mut self, audited: &Audited, u: u32) {
        let at = u as usize;
        let fake = 1.0 - audited.real[at];
        let own = audited.own.as_ref().map_or(0.0, |own| f64::from(own[at]));
        match audited.pattern_of[at] {
            NO_PATTERN if own > 0.0 => self.shaped += fake,
            NO_PATTERN => self.unseen += fake,
            place => {
                let pattern = &audited.patterns[place as usize];
                let ways = &pattern.verdict.ways;
                let entry = self
                    .patterns
                    .entry(place)
                    .or_insert_with(|| (pattern.kind.into(), 0.0, vec![(0.0, 0.0); ways.len()]));
                entry.1 += fake;
                for (way, sums) in ways.iter().zip(&mut entry.2) {
                    let real = way.of(u, &audited.signs, pattern.since());
                    let real = if own == 0.0 { real } else { moved(real, own) };
                    sums.0 += 1.0 - real;
                    sums.1 += real * (1.0 - real);
                }
            }
        }
    }

    fn reasons(&self) -> Vec<(Option<Evidence>, f64)> {
        let mut by: std::collections::BTreeMap<Evidence, f64> = std::collections::BTreeMap::new();
        for (evidence, fake, _) in self.patterns.values() {
            *by.entry(*evidence).or_default() += fake;
        }
        if self.shaped > 0.0 {
            *by.entry(Evidence::Shape).or_default() += self.shaped;
        }
        by.into_iter().map(|(evidence, fake)| (Some(evidence), fake)).chain([(None, self.unseen)]).collect()
    }

    /// Mean and variance of the followers who are not real, in one draw.
    fn drawn(&self, drawn: &Drawn) -> (f64, f64) {
        let unseen = (self.unseen * drawn.unseen, self.unseen * drawn.unseen);
        self.patterns.iter().fold((unseen.0 + self.shaped, unseen.1 + self.shaped), |(mean, variance), (&place, of)| {
            let (fake, spread) = of.2[drawn.way[place as usize]];
            (mean + fake, variance + spread)
        })
    }
}
