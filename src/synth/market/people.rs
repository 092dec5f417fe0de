//! Who is in the market: creators, people, bots; what they care about and how active they are.
//!
//! Creators have the smallest ids, because their handles begin with `@`; bots stand among the people, in random places.

use std::collections::HashSet;

use super::super::draw::{Draw, Weighted};
use super::truth::{CreatorTruth, Truth};
use super::words::{NICHES, handle};
use super::{Market, Step};
use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run, par};
use crate::graph::Names;
use crate::graph::network::Tier;

/// How many niches.
pub const K: usize = NICHES.len();

/// Interests are whole numbers that add up to this.
pub const WHOLE: u8 = 250;

/// The sum of the parameters of the Dirichlet distribution of interests: the smaller, the more one-sided.
const CONCENTRATION: f64 = 1.2;

/// Chance of resharing once exposed, by level of a person: lurkers, occasional, engaged, fans; and the share of people
/// at each level. Their mean is 0.0098.
pub const SHARE_LEVELS: [(f64, f64); 4] = [(0.002, 0.50), (0.006, 0.30), (0.02, 0.15), (0.08, 0.05)];

/// Spread of how many accounts people follow, and of how much they like and comment (log-normal).
const EAGERNESS_SD: f64 = 1.0;
const ACTIVITY_SD: f64 = 0.8;

/// Share of a contested niche's people on either side; the rest takes none.
const SIDE: f64 = 0.4;

/// A creator as planned: tier and followers are met exactly.
#[derive(Debug, Clone)]
pub struct Creator {
    /// The tier.
    pub tier: Tier,
    /// Followers, bots included.
    pub followers: u32,
    /// The niche.
    pub niche: u8,
    /// The handle.
    pub handle: String,
}

/// All accounts, column by column.
#[derive(Debug, Clone)]
pub struct People {
    /// The creators: accounts `0..creators.len()`.
    pub creators: Vec<Creator>,
    /// Whether an account is a person (else a bot).
    pub real: Vec<bool>,
    /// The bots, rising.
    pub bots: Vec<u32>,
    /// Interests, K an account, in 1/[`WHOLE`].
    pub interests: Vec<u8>,
    /// The niche of the largest interest; a creator's niche.
    pub niche: Vec<u8>,
    /// 0, or the camp in a contested niche: camps 2j+1 and 2j+2 are opposed.
    pub camp: Vec<u8>,
    /// In proportion to how many accounts somebody follows.
    pub eagerness: Vec<f32>,
    /// In proportion to how much somebody likes and comments.
    pub activity: Vec<f32>,
    /// Place in [`SHARE_LEVELS`].
    pub level: Vec<u8>,
}

impl People {
    /// Draws everybody. `planned` are tiers and follower counts.
    pub fn new(market: &Market, planned: Vec<(Tier, u32)>, bots: usize, run: &Run) -> Result<People> {
        let seed = run.seed();
        let accounts = market.people as usize + bots;
        run.phase("drawing people", Some(accounts as u64));
        let key = |step: Step| Key::new(seed, Stream::Market, step as u64);
        let creators = creators(planned, key(Step::Handles));

        // Bots stand among the people.
        let mut place: Vec<u32> = (creators.len() as u32..accounts as u32).collect();
        Draw::new(key(Step::Bots)).shuffle(&mut place);
        let mut bots: Vec<u32> = place[..bots].to_vec();
        bots.sort_unstable();
        let mut real = vec![true; accounts];
        bots.iter().for_each(|&bot| real[bot as usize] = false);

        let popularity: Vec<f64> = NICHES.iter().map(|(_, share)| share * CONCENTRATION).collect();
        let people = key(Step::People);
        let ranges = par::chunks(accounts, par::CHUNK);
        let chunks = par::map(run, &ranges, |range| {
            let mut chunk = Chunk::default();
            range.for_each(|account| {
                let niche = creators.get(account).map(|creator| creator.niche);
                chunk.add(&mut Draw::new(people.of(account as u64)), &popularity, niche);
            });
            Ok(chunk)
        })?;
        let mut all = People {
            creators,
            bots,
            interests: Vec::with_capacity(accounts * K),
            niche: Vec::with_capacity(accounts),
            camp: Vec::with_capacity(accounts),
            eagerness: Vec::with_capacity(accounts),
            activity: Vec::with_capacity(accounts),
            level: Vec::with_capacity(accounts),
            real,
        };
        for chunk in chunks {
            all.interests.extend(chunk.interests);
            all.niche.extend(chunk.niche);
            all.eagerness.extend(chunk.eagerness);
            all.activity.extend(chunk.activity);
            all.level.extend(chunk.level);
            all.camp.extend(chunk.side);
        }
        let contested = market.contested();
        for account in 0..accounts {
            let pair = contested.iter().position(|&niche| niche == all.niche[account]);
            all.camp[account] = match (pair, all.camp[account]) {
                (Some(pair), side @ 1..) if all.real[account] => 2 * pair as u8 + side,
                _ => 0,
            };
        }
        Ok(all)
    }

    /// Everybody again, from what a truth file holds of them. Only how eagerly people follow is not in it.
    pub fn of_truth(truth: &Truth) -> People {
        let all = &truth.people;
        let creator = |one: &CreatorTruth| Creator {
            tier: one.tier,
            followers: one.followers as u32,
            niche: one.niche,
            handle: one.handle.clone(),
        };
        People {
            creators: truth.creators.iter().map(creator).collect(),
            real: all.real.iter().map(|&real| real == 1).collect(),
            bots: (0..all.real.len() as u32).filter(|&u| all.real[u as usize] == 0).collect(),
            interests: all.interests.clone(),
            niche: all.niche.clone(),
            camp: all.camp.clone(),
            eagerness: vec![],
            activity: all.activity.clone(),
            level: all.level.clone(),
        }
    }

    /// How many accounts.
    pub fn accounts(&self) -> usize {
        self.real.len()
    }

    /// The tier of an account: everybody who is no creator is everyday.
    pub fn tier(&self, account: u32) -> Tier {
        self.creators.get(account as usize).map_or(Tier::Everyday, |creator| creator.tier)
    }

    /// How much an account cares about a niche, in [0, 1].
    #[inline]
    pub fn interest(&self, account: u32, niche: u8) -> f64 {
        f64::from(self.interests[account as usize * K + niche as usize]) / f64::from(WHOLE)
    }

    /// Names in the order of ids: handles, then `u` and a number.
    pub fn names(&self) -> Names {
        let digits = self.accounts().to_string().len();
        let rest = self.accounts() - self.creators.len();
        let mut texts: Vec<String> = self.creators.iter().map(|creator| creator.handle.clone()).collect();
        texts.extend((1..=rest).map(|number| format!("u{number:0digits$}")));
        Names::from_sorted(texts.iter().map(|text| text.as_bytes()))
    }
}

#[derive(Default)]
struct Chunk {
    interests: Vec<u8>,
    niche: Vec<u8>,
    side: Vec<u8>,
    eagerness: Vec<f32>,
    activity: Vec<f32>,
    level: Vec<u8>,
}

impl Chunk {
    fn add(&mut self, draw: &mut Draw, popularity: &[f64], niche: Option<u8>) {
        // A Dirichlet vector is gamma draws over their sum.
        let mut shares = [0.0; K];
        shares.iter_mut().zip(popularity).for_each(|(share, &shape)| *share = draw.gamma(shape));
        let total: f64 = shares.iter().sum();
        let mut most = (0..K).fold(0, |best, k| if shares[k] > shares[best] { k } else { best });
        if let Some(niche) = niche {
            // A creator cares most about the own niche.
            shares.swap(most, niche as usize);
            most = niche as usize;
        }
        let mut whole = [0u8; K];
        if total > 0.0 {
            (0..K).for_each(|k| whole[k] = (shares[k] / total * f64::from(WHOLE)) as u8);
        }
        // What rounding leaves goes to the largest.
        whole[most] += WHOLE - whole.iter().sum::<u8>();
        self.interests.extend(whole);
        self.niche.push(most as u8);
        self.eagerness.push(draw.around_one(EAGERNESS_SD) as f32);
        self.activity.push(draw.around_one(ACTIVITY_SD) as f32);
        let u = draw.unit();
        let mut below = 0.0;
        let level = SHARE_LEVELS.iter().position(|(_, share)| {
            below += share;
            u < below
        });
        self.level.push(level.unwrap_or(0) as u8);
        let side = draw.unit();
        self.side.push(if side < SIDE {
            1
        } else if side < 2.0 * SIDE {
            2
        } else {
            0
        });
    }
}

/// The creators in the order of their handles, each with a niche and a handle of its own.
fn creators(planned: Vec<(Tier, u32)>, key: Key) -> Vec<Creator> {
    let popularity = Weighted::new(&NICHES.map(|(_, share)| share));
    let mut taken = HashSet::new();
    let named = |(at, (tier, followers)): (usize, (Tier, u32))| {
        let mut draw = Draw::new(key.of(at as u64));
        let niche = popularity.draw(&mut draw) as u8;
        let mut name = handle(niche, &mut draw);
        while !taken.insert(name.clone()) {
            name.push(char::from(b'0' + draw.below(10) as u8));
        }
        Creator { tier, followers, niche, handle: name }
    };
    let mut all: Vec<Creator> = planned.into_iter().enumerate().map(named).collect();
    all.sort_by(|a, b| a.handle.cmp(&b.handle));
    all
}
