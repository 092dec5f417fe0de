//! The truth file: everything behind a market, in one document with a version (docs/SYNTH.md describes it).

use std::io::{Read, Write};

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use super::card::Card;
use super::chances::{CAP, Cell, Chances, MATCH_FROM, cells, over_contents};
use super::hazards::Hazards;
use super::people::{SHARE_LEVELS, WHOLE};
use super::plants::Plants;
use super::pods::Pod;
use super::posts::{self, Post};
use super::reach::TrueReach;
use super::words::{NICHES, PLATFORMS};
use super::{Clock, Market, Offer};
use crate::base::{Error, Result, Run, par};
use crate::graph::network::Tier;
use crate::graph::{Graph, Rows, build};

/// Name and version of the document.
pub const SCHEMA: &str = "truereach/market-truth/1";

/// Everything known about a market. Accounts are numbers: places in the order of the network's names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// Name and version of the document.
    pub schema: String,
    /// The engine that made it.
    pub engine: String,
    /// The seed.
    pub rng_seed: u64,
    /// A hash (XXH3-64, seed 0, in hexadecimal) of `following.targets` of the network that this is the truth of.
    pub follows: String,
    /// The parameters.
    pub parameters: Market,
    /// When.
    pub clock: Clock,
    /// The niches; elsewhere a niche is a place in this list.
    pub niches: Vec<String>,
    /// Mean exposure by kind of follow.
    pub cells: Vec<Cell>,
    /// No exposure is larger.
    pub exposure_cap: f64,
    /// A follower matches a niche from this interest on.
    pub match_from: f64,
    /// Chance of sharing once exposed, by level.
    pub share_levels: Vec<f64>,
    /// Chance that somebody of activity 1 who saw a post likes it; comments it; mentions a follower in the comment.
    pub engagement: [f64; 3],
    /// Chance that a comment or share is positive: own camp, opposed camp, everybody else.
    pub positive: [f64; 3],
    /// The creators, in the order of accounts.
    pub creators: Vec<CreatorTruth>,
    /// All accounts, column by column.
    pub people: PeopleTruth,
    /// The posts; a post's place is its item number.
    pub posts: Vec<Post>,
    /// Farms and look-alikes.
    pub plants: Plants,
    /// Engagement pods.
    pub pods: Vec<Pod>,
    /// What could befall whom.
    pub hazards: Hazards,
    /// What was asked against what came out.
    pub card: Card,
}

/// What is true of a creator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatorTruth {
    /// The account.
    pub account: u32,
    /// Its name in the network.
    pub handle: String,
    /// The tier.
    pub tier: Tier,
    /// The niche.
    pub niche: u8,
    /// The platform.
    pub platform: String,
    /// Price of a post in VND.
    pub price: f64,
    /// The log of the creator's own factor on exposure.
    pub effect: f64,
    /// People expected to share a post without having seen it in the network.
    pub leak: f64,
    /// Followers, bots included.
    pub followers: u64,
    /// Followers who are people.
    pub authentic: u64,
    /// The true reach of one post.
    pub reach: TrueReach,
}

/// What is true of every account.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleTruth {
    /// 1 for a person, 0 for a bot.
    pub real: Vec<u8>,
    /// The niche of the largest interest.
    pub niche: Vec<u8>,
    /// Interests in the niches, in 1/250, one account after the other.
    pub interests: Vec<u8>,
    /// 0, or the camp; camps 2j+1 and 2j+2 are opposed.
    pub camp: Vec<u8>,
    /// Level of sharing.
    pub level: Vec<u8>,
    /// Factor on liking and commenting.
    pub activity: Vec<f32>,
}

/// What the steps of the making found.
pub(super) struct Parts {
    pub clock: Clock,
    pub plants: Plants,
    pub pods: Vec<Pod>,
    pub hazards: Hazards,
    pub posts: Vec<Post>,
    pub reach: Vec<TrueReach>,
    pub prices: Vec<Offer>,
    pub card: Card,
}

impl Truth {
    pub(super) fn new(market: &Market, chances: &Chances, parts: Parts, seed: u64) -> Truth {
        let people = chances.people;
        let creator = |(at, reach): (usize, &TrueReach)| {
            let account = at as u32;
            let followers = chances.graph.followers(account);
            CreatorTruth {
                account,
                handle: people.creators[at].handle.clone(),
                tier: people.creators[at].tier,
                niche: people.niche[at],
                platform: PLATFORMS[parts.prices[at].platform].0.into(),
                price: parts.prices[at].price,
                effect: chances.effects[at],
                leak: chances.leaks[at],
                followers: followers.len() as u64,
                authentic: followers.iter().filter(|&&u| people.real[u as usize]).count() as u64,
                reach: *reach,
            }
        };
        Truth {
            schema: SCHEMA.into(),
            engine: concat!("truereach ", env!("CARGO_PKG_VERSION")).into(),
            rng_seed: seed,
            follows: digest(chances.graph),
            parameters: market.clone(),
            clock: parts.clock,
            niches: NICHES.iter().map(|(name, _)| (*name).into()).collect(),
            cells: cells(),
            exposure_cap: CAP,
            match_from: MATCH_FROM,
            share_levels: SHARE_LEVELS.iter().map(|(chance, _)| *chance).collect(),
            engagement: [posts::LIKES, posts::COMMENTS, posts::MENTIONS],
            positive: posts::POSITIVE,
            creators: parts.reach.iter().enumerate().map(creator).collect(),
            people: PeopleTruth {
                real: people.real.iter().map(|&real| u8::from(real)).collect(),
                niche: people.niche.clone(),
                interests: people.interests.clone(),
                camp: people.camp.clone(),
                level: people.level.clone(),
                activity: people.activity.clone(),
            },
            posts: parts.posts,
            plants: parts.plants,
            pods: parts.pods,
            hazards: parts.hazards,
            card: parts.card,
        }
    }

    /// The planted exposures as weights of the follows: the chance that u sees a post of v, on average over contents; 0
    /// for bots. With [`Truth::rho`] it is the model behind the true reach: exactly, if contents have no effect, else
    /// but for what one content does to all its exposures together.
    pub fn exposures(&self, graph: &Graph, run: &Run) -> Result<Graph> {
        if digest(graph) != self.follows {
            return Err(Error::parameter("--truth", "it is the truth of another network")
                .with_hint("generate market writes both at once"));
        }
        let accounts = graph.accounts();
        let niches = self.niches.len();
        let sd = self.parameters.spread_of_contents();
        // By tier (of Tier::ALL) and kind of follow, as in the list of cells.
        let mut means = [[0.0; 4]; 5];
        for cell in &self.cells {
            means[cell.tier as usize][usize::from(cell.returned) | usize::from(cell.matched) << 1] = cell.exposure;
        }
        let exposures: Vec<[f64; 4]> = (0..accounts)
            .map(|v| {
                let (tier, effect) = self.creators.get(v).map_or((Tier::Everyday, 0.0), |c| (c.tier, c.effect));
                means[tier as usize].map(|mean| over_contents(mean * libm::exp(effect), self.exposure_cap, sd))
            })
            .collect();
        let rows = graph.follower_rows();
        let ranges = par::chunks_by_degree(&rows.offsets, 1 << 16);
        let weights = par::map(run, &ranges, |range| {
            let mut weights = Vec::new();
            for v in range {
                let (niche, following) = (self.people.niche[v] as usize, graph.following(v as u32));
                weights.extend(graph.followers(v as u32).iter().map(|&u| {
                    let interest = f64::from(self.people.interests[u as usize * niches + niche]) / f64::from(WHOLE);
                    let returned = usize::from(following.binary_search(&u).is_ok());
                    let kind = returned | usize::from(interest >= self.match_from) << 1;
                    exposures[v][kind] * f64::from(self.people.real[u as usize])
                }));
            }
            Ok(weights)
        })?;
        let followers = Rows { weights: Some(weights.concat().into()), ..rows.clone() };
        Ok(Graph::from_rows(build::transpose(run, &followers)?, followers))
    }

    /// The chance of everybody to share a post once seen; 0 for bots.
    pub fn rho(&self) -> Vec<f64> {
        let people = self.people.level.iter().zip(&self.people.real);
        people.map(|(&level, &real)| self.share_levels[level as usize] * f64::from(real)).collect()
    }

    /// Writes the document as JSON.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        writeln!(out)
    }

    /// Reads a document; `name` is its file's, for messages.
    pub fn read(input: &mut dyn Read, name: &str) -> Result<Truth> {
        #[derive(Deserialize)]
        struct Head {
            schema: Option<String>,
            #[serde(flatten)]
            _rest: std::collections::HashMap<String, IgnoredAny>,
        }
        let wrong = |problem: String| {
            Error::parameter("--truth", format!("{name}: {problem}"))
                .with_hint("a truth file is written by: truereach generate market")
        };
        let mut text = String::new();
        input.read_to_string(&mut text).map_err(|error| wrong(format!("cannot be read: {error}")))?;
        let head: Head = serde_json::from_str(&text).map_err(|error| wrong(format!("is no truth file: {error}")))?;
        match head.schema.as_deref() {
            Some(SCHEMA) => {}
            Some(other) => return Err(wrong(format!("is of version {other}, this truereach reads {SCHEMA}"))),
            None => return Err(wrong("is no truth file: it names no schema".into())),
        }
        let truth: Truth = serde_json::from_str(&text).map_err(|error| wrong(format!("is damaged: {error}")))?;
        truth.sound().map_err(|problem| wrong(format!("is damaged: {problem}")))?;
        Ok(truth)
    }

    /// Says what does not fit together: every place that is used as an index, and every column's length.
    fn sound(&self) -> std::result::Result<(), String> {
        let accounts = self.people.real.len();
        let people = &self.people;
        let columns = [
            ("niche", people.niche.len()),
            ("camp", people.camp.len()),
            ("level", people.level.len()),
            ("activity", people.activity.len()),
            ("interests", people.interests.len() / self.niches.len().max(1)),
        ];
        if let Some((name, length)) = columns.iter().find(|(_, length)| *length != accounts) {
            return Err(format!("people.{name} has {length} entries for {accounts} accounts"));
        }
        if people.interests.len() != accounts * self.niches.len() || self.niches.is_empty() {
            return Err(format!("people.interests does not hold {} niches an account", self.niches.len()));
        }
        if people.niche.iter().any(|&niche| usize::from(niche) >= self.niches.len()) {
            return Err("people.niche names a niche that is not in the list".into());
        }
        if people.level.iter().any(|&level| usize::from(level) >= self.share_levels.len()) {
            return Err("people.level names a level that is not in share_levels".into());
        }
        if people.real.iter().any(|&real| real > 1) {
            return Err("people.real holds something other than 0 and 1".into());
        }
        if self.creators.len() > accounts {
            return Err(format!("{} creators among {accounts} accounts", self.creators.len()));
        }
        if let Some(at) = (0..self.creators.len()).find(|&at| self.creators[at].account as usize != at) {
            return Err(format!("creators[{at}] is not account {at}"));
        }
        let shares = self.share_levels.iter().chain(self.cells.iter().map(|cell| &cell.exposure));
        if shares.chain([&self.exposure_cap]).any(|share| !(0.0..=1.0).contains(share)) {
            return Err("a chance is outside [0, 1]".into());
        }
        if self.posts.iter().any(|post| post.creator as usize >= self.creators.len()) {
            return Err("a post is of nobody among the creators".into());
        }
        Ok(())
    }
}

/// What tells a network from another.
fn digest(graph: &Graph) -> String {
    format!("{:016x}", XxHash3_64::oneshot(graph.following_rows().targets.as_bytes()))
}
