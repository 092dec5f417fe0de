//! The planted probabilities: who sees whose post, and who shares it. Every one is a function of what the truth file
//! holds: tier, reciprocity, niche match, creator effect, content effect, level.

use serde::{Deserialize, Serialize};

use super::super::draw::Draw;
use super::people::{People, SHARE_LEVELS};
use super::worlds::HEAT_SD;
use super::{Market, Step, World};
use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run, par};
use crate::graph::Graph;
use crate::graph::network::Tier;

/// No chance of exposure is larger.
pub const CAP: f64 = 0.95;

/// A follower matches a creator's niche from this interest on.
pub const MATCH_FROM: f64 = 0.2;

/// A factor on exposure: follower and creator follow each other.
const RETURNED: f64 = 1.4;
/// A factor on exposure: the follower cares about the creator's niche, or does not.
const MATCHED: f64 = 1.15;
const UNMATCHED: f64 = 0.75;

/// Mean exposure to one post of a creator of this tier, before the factors: the middles of the assumed ranges.
fn base(tier: Tier) -> f64 {
    match tier {
        Tier::Everyday => 0.35,
        Tier::Nano => 0.30,
        Tier::Micro => 0.22,
        Tier::Macro => 0.15,
        Tier::Mega => 0.08,
    }
}

/// The mean exposure of one kind of follow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Tier of the one who posts or shares.
    pub tier: Tier,
    /// Whether the two follow each other.
    pub returned: bool,
    /// Whether the follower cares about the niche.
    pub matched: bool,
    /// Chance that the follower sees one post, before creator and content effects.
    pub exposure: f64,
}

/// All cells.
pub fn cells() -> Vec<Cell> {
    let all = Tier::ALL.into_iter().flat_map(|tier| (0..4u8).map(move |kind| (tier, kind)));
    all.map(|(tier, kind)| {
        let (returned, matched) = (kind & 1 != 0, kind & 2 != 0);
        let exposure = base(tier) * if returned { RETURNED } else { 1.0 } * if matched { MATCHED } else { UNMATCHED };
        Cell { tier, returned, matched, exposure }
    })
    .collect()
}

/// `E min(cap, m e^c)` for c normal with mean −sd²/2 and this spread: exposure of mean m, over contents.
pub fn over_contents(mean: f64, cap: f64, sd: f64) -> f64 {
    if sd == 0.0 {
        return mean.min(cap);
    }
    let below = |x: f64| 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
    let log = libm::log(cap / mean) / sd;
    mean * below(log - sd / 2.0) + cap * below(-(log + sd / 2.0))
}

/// The chances of one market.
pub struct Chances<'a> {
    /// Who follows whom.
    pub graph: &'a Graph,
    /// The accounts.
    pub people: &'a People,
    /// Mean exposure by tier (of [`Tier::ALL`]) and kind of follow (bit 0: returned, bit 1: matched).
    exposure: [[f64; 4]; 5],
    /// Log of a creator's own factor; its mean factor is 1.
    pub effects: Vec<f64>,
    /// Spread of the content effect, a factor of mean 1 on every exposure to a post.
    pub content_sd: f64,
    /// People expected to share a post of a creator without having seen it in the network.
    pub leaks: Vec<f64>,
    /// The kind of every follow, in the order of `graph.follower_rows()`.
    kinds: Vec<u8>,
}

impl<'a> Chances<'a> {
    /// The chances on a graph.
    pub fn new(market: &Market, people: &'a People, graph: &'a Graph, run: &Run) -> Result<Chances<'a>> {
        run.phase("planting chances", None);
        let mut exposure = [[0.0; 4]; 5];
        for (at, cell) in cells().iter().enumerate() {
            exposure[at / 4][at % 4] = cell.exposure;
        }
        let sd = market.creator_sd;
        let effects = Key::new(run.seed(), Stream::Market, Step::Effects as u64);
        let effects =
            (0..people.creators.len() as u64).map(|v| sd * Draw::new(effects.of(v)).normal() - sd * sd / 2.0).collect();
        let rows = graph.follower_rows();
        let ranges = par::chunks_by_degree(&rows.offsets, 1 << 16);
        let chunks = par::map(run, &ranges, |range| {
            let mut kinds = Vec::new();
            for v in range.start as u32..range.end as u32 {
                let (niche, following) = (people.niche[v as usize], graph.following(v));
                kinds.extend(graph.followers(v).iter().map(|&u| {
                    u8::from(following.binary_search(&u).is_ok())
                        | u8::from(people.interest(u, niche) >= MATCH_FROM) << 1
                }));
            }
            Ok(kinds)
        })?;
        let content_sd = market.spread_of_contents();
        let kinds = chunks.concat();
        let mut chances = Chances { graph, people, exposure, effects, content_sd, kinds, leaks: vec![] };
        if !market.world.is_follow() {
            // Whoever leaked in would pass it on as no other world allows.
            chances.leaks = vec![0.0; people.creators.len()];
            return Ok(chances);
        }
        let creators = par::chunks(people.creators.len(), 64);
        let sharers = par::map(run, &creators, |range| {
            Ok(range.map(|v| market.leak * chances.direct_sharers(v as u32)).collect::<Vec<f64>>())
        })?;
        chances.leaks = sharers.concat();
        Ok(chances)
    }

    /// The chance that a follower of kind 0 to 3 sees a post of v, by a content effect (its log).
    #[inline]
    pub fn exposures(&self, v: u32, content: f64) -> [f64; 4] {
        let effect = self.effects.get(v as usize).copied().unwrap_or(0.0);
        let factor = libm::exp(effect + content);
        self.exposure[self.people.tier(v) as usize].map(|mean| (mean * factor).min(CAP))
    }

    /// The mean of [`Chances::exposures`] over contents.
    pub fn mean_exposures(&self, v: u32) -> [f64; 4] {
        let effect = self.effects.get(v as usize).copied().unwrap_or(0.0);
        let means = self.exposure[self.people.tier(v) as usize];
        means.map(|mean| over_contents(mean * libm::exp(effect), CAP, self.content_sd))
    }

    /// Followers of v with the kind of their follow.
    #[inline]
    pub fn followers(&self, v: u32) -> impl Iterator<Item = (u32, u8)> + '_ {
        let range = self.graph.follower_rows().range(v);
        self.graph.followers(v).iter().copied().zip(self.kinds[range].iter().copied())
    }

    /// The kind of one follow, where u follows v.
    #[inline]
    pub fn kind(&self, v: u32, u: u32) -> Option<u8> {
        let at = self.graph.followers(v).binary_search(&u).ok()?;
        Some(self.kinds[self.graph.follower_rows().range(v).start + at])
    }

    /// The kind of a follow that is known to exist, without looking for it among the followers.
    #[inline]
    pub fn kind_of_follow(&self, v: u32, u: u32) -> u8 {
        u8::from(self.graph.following(v).binary_search(&u).is_ok())
            | u8::from(self.people.interest(u, self.people.niche[v as usize]) >= MATCH_FROM) << 1
    }

    /// The chance that a person shares once exposed; 0 for bots.
    #[inline]
    pub fn rho(&self, u: u32) -> f64 {
        let at = u as usize;
        if self.people.real[at] { SHARE_LEVELS[self.people.level[at] as usize].0 } else { 0.0 }
    }

    /// People expected to share v's post straight from v, on average over contents.
    pub fn direct_sharers(&self, v: u32) -> f64 {
        let exposures = self.mean_exposures(v);
        self.followers(v).fold(0.0, |sum, (u, kind)| sum + exposures[kind as usize] * self.rho(u))
    }

    /// People expected to see a post straight from v, on average over contents.
    pub fn expected_direct(&self, v: u32) -> f64 {
        let exposures = self.mean_exposures(v);
        let real = self.followers(v).filter(|(u, _)| self.people.real[*u as usize]);
        real.fold(0.0, |sum, (_, kind)| sum + exposures[kind as usize])
    }

    /// A content effect: the log of a factor of mean 1.
    pub fn content(&self, draw: &mut Draw) -> f64 {
        log_factor(self.content_sd, draw)
    }
}

/// The log of a factor of mean 1 with this spread.
pub fn log_factor(sd: f64, draw: &mut Draw) -> f64 {
    if sd == 0.0 { 0.0 } else { sd * draw.normal() - sd * sd / 2.0 }
}

impl Market {
    /// Spread of everything that moves all exposures to a post together (of the log): the content, and in a world of
    /// homophily the heat of the niche on that day.
    pub fn spread_of_contents(&self) -> f64 {
        match self.world {
            World::Homophily => libm::sqrt(self.content_sd * self.content_sd + HEAT_SD * HEAT_SD),
            _ => self.content_sd,
        }
    }
}
