//! The market: people, creators, niches, follows, posts, prices, that look like a creator economy, with everything
//! known about them (MODELS.md section 10).
//!
//! `calibration` fixes tiers and follower counts, `people` draws who is there, `plants` what is planted among the
//! followers, `follows` the rest of them, `chances` the probabilities, `posts` what happens, `reach` the truth about
//! reach, `card` how real it looks; `truth` is the file that holds all of it. `worlds` are other ways in which reach
//! may come about; `observe` is the market as an agency sees it.

mod calibration;
mod card;
mod chances;
mod follows;
mod hazards;
mod observe;
mod people;
mod plants;
mod pods;
mod posts;
mod reach;
mod truth;
mod words;
mod worlds;

pub use calibration::{Calibration, Scaled};
pub use card::{Card, Figure, Structure};
pub use chances::Cell;
pub use hazards::{HazardGroup, Hazards, Tie};
pub use observe::{
    AccountTruth, Agency, AgencyTruth, Cut, FollowerList, Format, NextPost, Observed, Platform, PostTruth,
};
pub use plants::{Buyer, Crowd, Dropped, Farm, Plants, ViralDay};
pub use pods::Pod;
pub use posts::{Post, Special};
pub use reach::TrueReach;
pub use truth::{CreatorTruth, PeopleTruth, Truth};
pub use worlds::World;

use serde::{Deserialize, Serialize};

use super::draw::Draw;
use crate::base::seed::{Key, Stream};
use crate::base::time::DAY;
use crate::base::{Error, Result, Run};
use crate::graph::attributes::known;
use crate::graph::network::RowCounts;
use crate::graph::{Attributes, Column, Network, Tables, Values, View};
use chances::Chances;
use people::People;
use words::{NICHES, PLATFORMS};

/// A creator economy with a known truth: who follows whom, who liked, shared and commented what, at which price; and
/// beside it every probability, label, effect and hazard behind it, and the true reach of every creator.
///
/// A follower u of v sees a post of v with chance `r = min(0.95, m_cell · e^(g_v + c_post))`: the cell is the tier of v,
/// whether the two follow each other, whether u cares about v's niche; g is the creator's effect, c the content's, both
/// normal so that the factor has mean 1. Whoever saw it shares it once with the chance `rho` of their level, and the
/// same content reaches the sharer's followers by their own cells. Some share a post without having seen it: on average
/// `leak · Σ_u E[r] rho_u`, any person alike. In another [`World`] reach comes about in another way, and nobody leaks
/// in.
///
/// **Input**: none. **Returns**: [`Made`]: a [`Network`] (whole view, follows with times, interactions with times,
/// items and signs, a creators table) and its [`Truth`].
///
/// **Guarantee**: as many creators of each tier as the calibration says, each with exactly the followers drawn, bots
/// included. `direct` reach in the truth is exact, `reach` has its standard error. Real people are not copied: handles
/// are put together from syllables.
///
/// **Cost**: time in proportion to follows (about 1 µs each at two threads) and to worlds; in another [`World`] true
/// reach takes a coin a follow and world; memory [`Market::memory`].
///
/// **Errors**: [`Error::Parameter`] for what makes no sense, [`Error::Memory`]. **Determinism**: a function of the
/// parameters and the seed; equal bits at any number of threads.
///
/// **References**: Goel, Anderson, Hofman & Watts 2016 (broadcast and viral spread); Marsaglia & Tsang 2000;
/// Efraimidis & Spirakis 2006; MODELS.md sections 0, 1, 10.
///
/// ```
/// use truereach::{Run, synth::Market};
/// let made = Market { people: 2000, worlds: 20, ..Market::default() }.run(&Run::new(7))?;
/// let first = &made.truth.creators[0];
/// assert_eq!(made.network.names.get(first.account), first.handle);
/// assert!(first.reach.reach >= first.reach.direct);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Market {
    /// People, creators included; bots come on top
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100_000, value_name = "N", help_heading = "Market"))]
    pub people: u64,
    /// The economy that is copied at a smaller scale
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, value_name = "NAME", help_heading = "Market"))]
    pub calibration: Calibration,
    /// Creators as a part of the full number [default: square root of the scale]
    #[cfg_attr(feature = "cli", arg(long, value_name = "FACTOR", help_heading = "Market"))]
    pub creators_scale: Option<f64>,
    /// Days of posts and interactions
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 90, value_name = "DAYS", help_heading = "Market"))]
    pub days: u32,
    /// Posts a week of an average creator
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1.0, value_name = "N", help_heading = "Market"))]
    pub posts_per_week: f64,
    /// Share of all follows that are returned
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.15, value_name = "SHARE", help_heading = "Market"))]
    pub reciprocity: f64,
    /// Weight of following somebody outside one's interests, beside the interest in a niche (0 to 1)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.05, value_name = "WEIGHT", help_heading = "Market"))]
    pub mixing: f64,
    /// Spread of creators' effects on exposure (of the log)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.3, value_name = "SD", help_heading = "Market"))]
    pub creator_sd: f64,
    /// Spread of posts' effects on exposure (of the log)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.5, value_name = "SD", help_heading = "Market"))]
    pub content_sd: f64,
    /// People who share a post without having seen it in the network, for each direct sharer expected
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.25, value_name = "RATIO", help_heading = "Market"))]
    pub leak: f64,
    /// Chance that the sign of a comment or share is read wrongly
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.1, value_name = "SHARE", help_heading = "Market"))]
    pub sign_error: f64,

    /// Bot farms
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 3, value_name = "N", help_heading = "Planted"))]
    pub farms: u32,
    /// Bots of a farm, as a share of people (20 at least)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.002, value_name = "SHARE", help_heading = "Planted"))]
    pub farm_size: f64,
    /// Creators who buy from a farm
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 8, value_name = "N", help_heading = "Planted"))]
    pub farm_buyers: u32,
    /// Share of a farm's bots that follow each of its buyers
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.7, value_name = "SHARE", help_heading = "Planted"))]
    pub farm_density: f64,
    /// Follows of innocent creators a bought follow
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1.0, value_name = "N", help_heading = "Planted"))]
    pub camouflage: f64,
    /// Days within which bought followers arrive
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 3, value_name = "DAYS", help_heading = "Planted"))]
    pub burst_days: u32,
    /// Share of bought followers that have dropped off again
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.2, value_name = "SHARE", help_heading = "Planted"))]
    pub drop_off: f64,
    /// Share of a farm's accounts that are people's, taken over: they keep follows and friends, and nobody reads them
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.0, value_name = "SHARE", help_heading = "Planted"))]
    pub hijacked: f64,
    /// Share of ordinary follows that begin within the days of posts, evenly spread; the others began before
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.0, value_name = "SHARE", help_heading = "Market"))]
    pub newcomers: f64,
    /// Engagement pods; every other one shares a niche
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 4, value_name = "N", help_heading = "Planted"))]
    pub pods: u32,
    /// Creators of a pod
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 8, value_name = "N", help_heading = "Planted"))]
    pub pod_size: u32,
    /// Fandoms: innocent people of one niche who all follow its idols
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 2, value_name = "N", help_heading = "Planted"))]
    pub fandoms: u32,
    /// Schools: innocent friends who all follow the same small creators
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 4, value_name = "N", help_heading = "Planted"))]
    pub schools: u32,
    /// Viral days: innocent bursts of followers
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 3, value_name = "N", help_heading = "Planted"))]
    pub viral_days: u32,
    /// Giveaways: innocent people who all followed two creators within two days
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 3, value_name = "N", help_heading = "Planted"))]
    pub giveaways: u32,
    /// Pairs of opposed camps, each pair in a niche of its own
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 2, value_name = "N", help_heading = "Planted"))]
    pub opposed: u32,
    /// Groups of creators who fall together (agencies, friends, products)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 9, value_name = "N", help_heading = "Planted"))]
    pub hazard_groups: u32,

    /// Worlds behind the true reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 2_000, value_name = "N", help_heading = "Planted"))]
    pub worlds: u64,
    /// How reach comes about; all but `follow` break the assumptions of every estimator
    #[serde(skip_serializing_if = "World::is_follow")]
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, value_name = "NAME", help_heading = "Market"))]
    pub world: World,
}

impl Default for Market {
    fn default() -> Self {
        Market {
            people: 100_000,
            calibration: Calibration::Vietnam,
            creators_scale: None,
            days: 90,
            posts_per_week: 1.0,
            reciprocity: 0.15,
            mixing: 0.05,
            creator_sd: 0.3,
            content_sd: 0.5,
            leak: 0.25,
            sign_error: 0.1,
            farms: 3,
            farm_size: 0.002,
            farm_buyers: 8,
            farm_density: 0.7,
            camouflage: 1.0,
            burst_days: 3,
            drop_off: 0.2,
            hijacked: 0.0,
            newcomers: 0.0,
            pods: 4,
            pod_size: 8,
            fandoms: 2,
            schools: 4,
            viral_days: 3,
            giveaways: 3,
            opposed: 2,
            hazard_groups: 9,
            worlds: 2_000,
            world: World::Follow,
        }
    }
}

/// Then documents do not mention it.
fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

/// The steps of the making, each with a stream of its own. Part of the output contract.
#[derive(Debug, Clone, Copy)]
#[repr(u64)]
enum Step {
    Audiences = 0,
    Bots = 1,
    People = 2,
    Handles = 3,
    Plants = 4,
    Audience = 5,
    Friends = 6,
    Effects = 7,
    Schedule = 8,
    Pods = 9,
    Hazards = 10,
    Creators = 11,
    Heat = 12,
}

/// When the market is: follows began in `begin..start`, posts go out in `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// The first follow, in milliseconds since 1970.
    pub begin: i64,
    /// The first day of posts.
    pub start: i64,
    /// After the last.
    pub end: i64,
}

impl Clock {
    /// 2025-01-01 in UTC.
    const START: i64 = 1_735_689_600_000;

    fn new(days: u32) -> Clock {
        Clock { begin: Clock::START - 730 * DAY, start: Clock::START, end: Clock::START + i64::from(days) * DAY }
    }

    /// The moment of a follow: the network grows, so later moments are likelier.
    fn before(&self, unit: f64) -> i64 {
        self.begin + (libm::sqrt(unit) * (self.start - self.begin) as f64) as i64
    }

    /// The moment of a follow where this share of them begins within the days of posts.
    fn moment(&self, unit: f64, newcomers: f64) -> i64 {
        match unit < newcomers {
            true => self.start + (unit / newcomers * (self.end - self.start) as f64) as i64,
            false => self.before((unit - newcomers) / (1.0 - newcomers)),
        }
    }
}

/// A market that was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// What an observer sees.
    pub network: Network,
    /// What is behind it.
    pub truth: Truth,
}

impl Market {
    /// Refuses what makes no sense, with one sentence.
    pub fn check(&self) -> Result<Scaled> {
        let wrong = |name: &str, problem: String| Err(Error::parameter(format!("--{name}"), problem));
        if self.people < 1_000 {
            return wrong(
                "people",
                format!("{} people are too few for a market, at least 1,000 are needed", self.people),
            );
        }
        if self.people > crate::graph::csr::MAX_ACCOUNTS / 3 * 2 {
            return wrong("people", format!("{} people are more than accounts can be numbered", self.people));
        }
        let shares = [
            ("reciprocity", self.reciprocity),
            ("mixing", self.mixing),
            ("sign-error", self.sign_error),
            ("farm-size", self.farm_size),
            ("farm-density", self.farm_density),
            ("drop-off", self.drop_off),
            ("hijacked", self.hijacked),
            ("newcomers", self.newcomers),
        ];
        for (name, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return wrong(name, format!("{share} is not a share between 0 and 1"));
            }
        }
        if self.reciprocity > 0.9 {
            return wrong("reciprocity", format!("{} leaves no room for creators; at most 0.9", self.reciprocity));
        }
        if self.mixing < 0.001 {
            return wrong("mixing", format!("{} is too small; at least 0.001", self.mixing));
        }
        let most = [
            ("farms", self.farms, 1_000),
            ("farm-buyers", self.farm_buyers, 100_000),
            ("pods", self.pods, 10_000),
            ("pod-size", self.pod_size, 1_000),
            ("fandoms", self.fandoms, 1_000),
            ("schools", self.schools, 1_000),
            ("viral-days", self.viral_days, 10_000),
            ("giveaways", self.giveaways, 1_000),
            ("hazard-groups", self.hazard_groups, 10_000),
        ];
        for (name, count, most) in most {
            if count > most {
                return wrong(name, format!("{count} is over the limit of {most}"));
            }
        }
        let bots = self.bots();
        if bots as f64 > 0.4 * self.people as f64 {
            let problem = format!("{} farms have {bots} bots, over 0.4 of {} people", self.farms, self.people);
            return wrong("farms", problem);
        }
        let amounts = [
            ("posts-per-week", self.posts_per_week, 1000.0),
            ("creator-sd", self.creator_sd, 3.0),
            ("content-sd", self.content_sd, 3.0),
            ("leak", self.leak, 100.0),
            ("camouflage", self.camouflage, 100.0),
        ];
        for (name, amount, most) in amounts {
            if !(0.0..=most).contains(&amount) {
                return wrong(name, format!("{amount} is not between 0 and {most}"));
            }
        }
        if let Some(factor) = self.creators_scale
            && !(factor > 0.0 && factor <= 100.0)
        {
            return wrong("creators-scale", format!("{factor} is not above 0 and at most 100"));
        }
        if !(3..=3650).contains(&self.days) {
            return wrong("days", format!("{} days are not between 3 and 3650", self.days));
        }
        if !(1..=self.days).contains(&self.burst_days) {
            return wrong("burst-days", format!("{} is not between 1 and --days {}", self.burst_days, self.days));
        }
        if self.opposed as usize > NICHES.len() {
            return wrong("opposed", format!("{} pairs of camps for {} niches", self.opposed, NICHES.len()));
        }
        if self.worlds < 2 {
            return wrong("worlds", format!("{} worlds have no standard error; at least 2", self.worlds));
        }
        Scaled::new(self.calibration, self.people, self.creators_scale)
    }

    /// Bots of all farms, beside the people whose accounts they took over.
    fn bots(&self) -> u64 {
        (plants::farm_size(self) - plants::farm_hijacked(self)) as u64 * u64::from(self.farms)
    }

    /// Niches that hold two opposed camps: the last ones.
    fn contested(&self) -> Vec<u8> {
        (0..NICHES.len() as u8).rev().take(self.opposed as usize).collect()
    }

    /// Bytes needed, about: 90 an account, 16 an account and table of followers (a niche and camp), 12 an account and
    /// thread, 70 a follow, 130 an interaction and a post.
    pub fn memory(&self, scaled: &Scaled, threads: usize) -> u64 {
        let follows: f64 = scaled.expected_follows() / (1.0 - self.reciprocity);
        let creators: u64 = scaled.counts.iter().map(|&count| u64::from(count)).sum();
        let posts = self.posts_per_week * f64::from(self.days) / 7.0;
        // A fifth of the followers see a post, and a tenth of these do something about it.
        let events = posts * scaled.expected_follows() * 0.2 * 0.1;
        let tables = 16 * (NICHES.len() as u64 + 2 * u64::from(self.opposed));
        (self.people + self.bots()) * (90 + tables + 12 * threads as u64)
            + (70.0 * follows + 130.0 * events + 130.0 * creators as f64 * posts) as u64
    }

    /// Makes the market.
    pub fn run(&self, run: &Run) -> Result<Made> {
        let scaled = self.check()?;
        run.check_memory("A market of this size", self.memory(&scaled, run.thread_count()))?;
        let clock = Clock::new(self.days);
        let seed = run.seed();
        let planned = scaled.followers(seed, Step::Audiences as u64);
        let mut people = People::new(self, planned, self.bots() as usize, run)?;
        let (plants, fixed) = plants::plant(self, &people, clock, run)?;
        let follows = follows::follows(self, &people, &plants, &fixed, clock, run)?;
        drop(fixed);
        // Taken over once they have the follows and friends of a person.
        let taken = plants.farms.iter().flat_map(|farm| &farm.hijacked);
        taken.for_each(|&account| people.real[account as usize] = false);
        let graph = follows.graph.clone();
        let chances = Chances::new(self, &people, &graph, run)?;
        let pods = pods::pods(self, &people, seed);
        let hazards = Hazards::new(self, &people, seed);
        let happened = posts::posts(self, &plants, &follows, &pods, clock, &chances, run)?;
        let reach = reach::true_reach(&chances, self.world, self.worlds, run)?;
        let prices = prices(&people, &scaled, seed);
        let items = happened.items();
        let rows = RowCounts { follow_rows: graph.edges(), ..RowCounts::default() };
        let network = Network {
            names: people.names(),
            follows: Some(follows),
            events: Some(happened.events),
            kinds: posts::KINDS.map(str::to_owned).to_vec(),
            items,
            attributes: attributes(&people, &prices, &hazards),
            tables: Tables::default(),
            pseudonymous: None,
            view: View::Whole,
            view_stated: true,
            tiers: scaled.tiers,
            rows,
        };
        let card = Card::new(self, &scaled, &network, &plants, &happened.posts, run)?;
        let parts = truth::Parts { clock, plants, pods, hazards, posts: happened.posts, reach, prices, card };
        let truth = Truth::new(self, &chances, parts, seed);
        Ok(Made { network, truth })
    }
}

/// A price for one post, and the platform.
struct Offer {
    platform: usize,
    price: f64,
}

/// Prices in VND: 3 million at 10,000 followers of the full-scale market, growing with their power 0.8, with a
/// log-normal factor of spread 0.4, in steps of 100,000 (an assumption; prices are the user's to replace).
fn prices(people: &People, scaled: &Scaled, seed: u64) -> Vec<Offer> {
    let key = Key::new(seed, Stream::Market, Step::Creators as u64);
    let platforms = super::draw::Weighted::new(&PLATFORMS.map(|(_, share)| share));
    let offer = |(v, creator): (usize, &people::Creator)| {
        let mut draw = Draw::new(key.of(v as u64));
        let platform = platforms.draw(&mut draw) as usize;
        let followers = f64::from(creator.followers) / scaled.scale;
        let price = 3e6 * libm::pow(followers / 1e4, 0.8) * draw.around_one(0.4);
        Offer { platform, price: libm::round(price / 1e5).max(1.0) * 1e5 }
    };
    people.creators.iter().enumerate().map(offer).collect()
}

/// The creators table as an observer holds it. Nothing here tells who is a bot.
fn attributes(people: &People, prices: &[Offer], hazards: &Hazards) -> Attributes {
    let accounts = people.accounts();
    let creators = people.creators.len();
    let text = |name: &str, of: &dyn Fn(usize) -> Option<String>| {
        let values: Vec<Option<String>> = (0..creators).map(of).collect();
        Column::texts(name, values.into_iter().chain(std::iter::repeat_n(None, accounts - creators)))
    };
    let numbers = |name: &str, of: &dyn Fn(usize) -> f64| Column {
        name: name.into(),
        values: Values::Number(
            (0..accounts).map(|v| if v < creators { of(v) } else { f64::NAN }).collect::<Vec<_>>().into(),
        ),
    };
    Attributes {
        columns: vec![
            text("agency", &|v| hazards.agency(v as u32)),
            text(known::COUNTRY, &|_| Some("VN".into())),
            numbers(known::CREATOR, &|_| 1.0),
            text(known::CURRENCY, &|_| Some("VND".into())),
            text(known::NICHE, &|v| Some(NICHES[people.niche[v] as usize].0.into())),
            text(known::PLATFORM, &|v| Some(PLATFORMS[prices[v].platform].0.into())),
            numbers(known::PRICE, &|v| prices[v].price),
        ],
    }
}
