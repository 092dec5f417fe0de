//! What part of a creator's followers is real, with an interval that knows what the detector does not.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::audited::{Audited, NO_PATTERN, moved};
use super::evidence::Evidence;
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, normal_quantile, quantile};
use crate::base::{Error, Result, Run, Status, par};
use crate::graph::{Design, List, Network};

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
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Shares {
    /// Draws behind an interval
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 400, value_name = "N", help_heading = "Audit"))]
    pub draws: u32,
    /// How often an interval shall hold the truth
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.9, value_name = "SHARE", help_heading = "Audit"))]
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
    /// Whether it is estimated or not estimable.
    pub status: Status,
    /// What it rests on, or what it would need.
    pub because: Cow<'static, str>,
    /// Followers taken away by the evidence that decided; the last is what is assumed of accounts without a pattern.
    pub reasons: Vec<(Option<Evidence>, f64)>,
}

impl Shares {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        if !(0.5..1.0).contains(&self.level) {
            return Err(Error::parameter("--level", format!("{} is not between 0.5 and 1", self.level)));
        }
        match (20..=100_000).contains(&self.draws) {
            true => Ok(()),
            false => Err(Error::parameter("--draws", format!("{} is not between 20 and 100,000", self.draws))),
        }
    }

    /// The shares of these creators.
    pub fn run(&self, audited: &Audited, network: &Network, creators: &[u32], run: &Run) -> Result<Vec<Share>> {
        self.check()?;
        let graph = network.follow_graph()?;
        let key = Key::new(run.seed(), Stream::Authenticity, u64::MAX);
        let draws: Vec<Drawn> = (0..self.draws).map(|draw| audited.draw(key.of(u64::from(draw)))).collect();
        let offsets: Vec<u64> = std::iter::once(0)
            .chain(creators.iter().scan(0u64, |sum, &v| {
                *sum += graph.followers(v).len() as u64;
                Some(*sum)
            }))
            .collect();
        let ranges = par::chunks_by_degree(&offsets, 1 << 14);
        let parts = par::map(run, &ranges, |range| {
            Ok(range
                .map(|at| self.one(audited, network, graph.followers(creators[at]), creators[at], &draws, key))
                .collect::<Vec<Share>>())
        })?;
        Ok(parts.concat())
    }

    fn one(
        &self,
        audited: &Audited,
        network: &Network,
        followers: &[u32],
        creator: u32,
        draws: &[Drawn],
        key: Key,
    ) -> Share {
        let list = network.settled_list(creator);
        let n = followers.len() as f64;
        let mut tally = Tally::default();
        followers.iter().for_each(|&u| tally.add(audited, u));
        let mut reasons: Vec<(Option<Evidence>, f64)> = tally.reasons();
        reasons.sort_by_key(|(evidence, _)| (evidence.is_none(), *evidence));
        let (status, because) = standing(audited, &list);
        if followers.is_empty() || status == Status::NotEstimable {
            let because = if followers.is_empty() { "nobody is known to follow".into() } else { because };
            let followers = followers.len() as u64;
            let status = Status::NotEstimable;
            return Share { account: creator, followers, share: None, interval: None, status, because, reasons };
        }
        let fake: f64 = reasons.iter().fold(0.0, |sum, (_, fake)| sum + fake);
        let mut found: Vec<f64> = draws
            .iter()
            .enumerate()
            .map(|(draw, drawn)| {
                let (mean, variance) = tally.drawn(drawn);
                // The listed are some of all followers, drawn without return: the others may be real or not.
                let share = (mean / n).clamp(0.0, 1.0);
                let sampling = match (list.design, list.fraction()) {
                    (Design::Random, Some(part)) => n * share * (1.0 - share) * (1.0 - part),
                    _ => 0.0,
                };
                let unit = key.of(1 << 32 | draw as u64).unit(u64::from(creator));
                let error = normal_quantile(unit.clamp(1e-9, 1.0 - 1e-9)) * libm::sqrt(variance + sampling);
                // A share is of whole followers: less than half of one is none.
                let fake = mean + error;
                (1.0 - if fake < 0.5 { 0.0 } else { fake } / n).clamp(0.0, 1.0)
            })
            .collect();
        found.sort_by(f64::total_cmp);
        let share = 1.0 - fake / n;
        let tail = (1.0 - self.level) / 2.0;
        let interval =
            Interval { low: quantile(&found, tail).min(share), high: quantile(&found, 1.0 - tail).max(share) };
        Share {
            account: creator,
            followers: followers.len() as u64,
            share: Some(share),
            interval: Some(interval),
            status,
            because,
            reasons,
        }
    }
}

/// The status of a share, and what it rests on.
fn standing(audited: &Audited, list: &List) -> (Status, Cow<'static, str>) {
    if !audited.is_observed() {
        let needs = "needs when followers came, whom they follow, or labels of some (--labels)";
        return (Status::NotEstimable, needs.into());
    }
    match list.design {
        Design::Full => (Status::Estimated, "all followers".into()),
        Design::Random => (Status::Estimated, format!("a random {} of the followers", list.listed).into()),
        Design::NewestFirst => (Status::Estimated, "the newest followers: says nothing of older ones".into()),
        Design::Engagers => (Status::Estimated, "people who engaged, not followers".into()),
        Design::Unknown => (Status::Estimated, "the followers listed; how they were chosen is not known".into()),
    }
}

/// One draw of what is not known.
struct Drawn {
    /// Which way each pattern came about.
    way: Vec<usize>,
    /// The share of those who are not real and show no pattern, over the assumed one.
    unseen: f64,
    /// The chance of each step of the calibration.
    steps: Vec<f64>,
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
        let steps = self.calibration.as_ref().map_or(vec![], |calibration| calibration.draw(key.of(1)));
        Drawn {
            way: self.patterns.iter().enumerate().map(way).collect(),
            unseen: 5.0 * unit * unit * unit * unit,
            steps,
        }
    }
}

/// The followers of a creator, by pattern.
#[derive(Default)]
struct Tally {
    /// Sum of `1 − a` over followers without a pattern.
    unseen: f64,
    /// The same of those whom their own shape, or trust, speaks against; and of those who are known.
    shaped: f64,
    trusted: f64,
    known: f64,
    /// By step of the calibration, followers of whom it decides.
    steps: Vec<f64>,
    /// By the place of the pattern.
    patterns: BTreeMap<u32, Members>,
}

/// The followers of a creator in one pattern.
struct Members {
    evidence: Evidence,
    /// Sum of `1 − a`.
    fake: f64,
    /// By way: sums of `1 − a` and of `a (1 − a)`.
    ways: Vec<(f64, f64)>,
}

impl Tally {
    fn add(&mut self, audited: &Audited, u: u32) {
        let at = u as usize;
        let fake = 1.0 - audited.real[at];
        let own = audited.own.as_ref().map_or(0.0, |own| f64::from(own[at]));
        let is_known = audited.known.get(at).is_some_and(|known| *known != 0);
        if let (Some(calibration), false) = (&audited.calibration, is_known) {
            self.steps.resize(calibration.steps.len(), 0.0);
            self.steps[calibration.place(audited.real[at])] += 1.0;
        }
        match audited.pattern_of[at] {
            _ if is_known => self.known += fake,
            NO_PATTERN if own > 0.0 && audited.against[at] & Evidence::Trust.bit() != 0 => self.trusted += fake,
            NO_PATTERN if own > 0.0 => self.shaped += fake,
            NO_PATTERN => self.unseen += fake,
            place => {
                let pattern = &audited.patterns[place as usize];
                let ways = &pattern.verdict.ways;
                let entry = self.patterns.entry(place).or_insert_with(|| Members {
                    evidence: pattern.kind.into(),
                    fake: 0.0,
                    ways: vec![(0.0, 0.0); ways.len()],
                });
                entry.fake += fake;
                for (way, sums) in ways.iter().zip(&mut entry.ways) {
                    let real = pattern.verdict.of(way, u, &audited.signs, pattern.since());
                    let real = if own == 0.0 { real } else { moved(real, own) };
                    sums.0 += 1.0 - real;
                    sums.1 += real * (1.0 - real);
                }
            }
        }
    }

    fn reasons(&self) -> Vec<(Option<Evidence>, f64)> {
        let mut by: BTreeMap<Evidence, f64> = BTreeMap::new();
        for members in self.patterns.values() {
            *by.entry(members.evidence).or_default() += members.fake;
        }
        for (evidence, fake) in [(Evidence::Shape, self.shaped), (Evidence::Trust, self.trusted + self.known)] {
            if fake > 0.0 {
                *by.entry(evidence).or_default() += fake;
            }
        }
        by.into_iter().map(|(evidence, fake)| (Some(evidence), fake)).chain([(None, self.unseen)]).collect()
    }

    /// Mean and variance of the followers who are not real, in one draw.
    fn drawn(&self, drawn: &Drawn) -> (f64, f64) {
        if !self.steps.is_empty() {
            let sums = self.steps.iter().zip(&drawn.steps);
            return sums.fold((self.known, 0.0), |(mean, variance), (&followers, &real)| {
                (mean + followers * (1.0 - real), variance + followers * real * (1.0 - real))
            });
        }
        let own = self.shaped + self.trusted;
        let unseen = (self.unseen * drawn.unseen + self.known, self.unseen * drawn.unseen);
        self.patterns.iter().fold((unseen.0 + own, unseen.1 + own), |(mean, variance), (&place, of)| {
            let (fake, spread) = of.ways[drawn.way[place as usize]];
            (mean + fake, variance + spread)
        })
    }
}
