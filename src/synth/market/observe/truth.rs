//! The truth behind what an agency holds, in a document with a version (docs/SYNTH.md describes it).

use std::io::Write;

use serde::{Deserialize, Serialize};

use super::super::worlds::World;
use super::super::{Made, Market};
use super::Agency;
use super::next::Beyond;
use super::platforms::{Platform, platforms};
use super::posts::{Happened, Traits};
use super::window::Window;
use crate::graph::network::Tier;
use crate::graph::{Design, Network};

/// Name and version of the document.
pub const SCHEMA: &str = "truereach/agency-truth/1";

/// Everything known about what an agency holds. Accounts are places in the order of the observed network's names;
/// `market` names a place in the market's own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgencyTruth {
    /// Name and version of the document.
    pub schema: String,
    /// The engine that made it.
    pub engine: String,
    /// The seed of the observation.
    pub rng_seed: u64,
    /// How reach comes about.
    pub world: World,
    /// The parameters.
    pub parameters: Agency,
    /// The market's parameters, seed, and the hash of its follows, as in its own truth file.
    pub market: Market,
    /// See `market`.
    pub market_seed: u64,
    /// See `market`.
    pub follows: String,
    /// What each platform shows and recommends.
    pub platforms: Vec<Platform>,
    /// The agency's creators, in the order of accounts.
    pub accounts: Vec<AccountTruth>,
    /// Their posts, in the order of creators, then of time.
    pub posts: Vec<PostTruth>,
}

/// What is true of a creator's account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountTruth {
    /// The account in the observed network.
    pub account: u32,
    /// Its name there: `platform:handle`.
    pub name: String,
    /// The platform.
    pub platform: String,
    /// The name without the platform.
    pub handle: String,
    /// The creator in the market.
    pub market: u32,
    /// Where a person has two accounts: the name that these share.
    pub person: Option<String>,
    /// Whether the agency knows that.
    pub linked: bool,
    /// The tier.
    pub tier: Tier,
    /// The niche.
    pub niche: String,
    /// Followers, bots included.
    pub followers: u64,
    /// Followers who are people.
    pub authentic: u64,
    /// How the list was drawn.
    pub list_design: Design,
    /// Followers listed.
    pub listed: u64,
    /// Price of a post in VND, before the format.
    pub price: f64,
    /// The log of the creator's own factor on exposure.
    pub effect: f64,
    /// The log of the creator's own factor on recommended people.
    pub recommended_effect: f64,
    /// Chance to see a sponsored post of whoever would see an ordinary one.
    pub sponsored_effect: f64,
    /// Views for each person, on average.
    pub views_a_person: f64,
    /// The next ordinary post, on average over contents and formats.
    pub next: NextPost,
    /// The next sponsored post.
    pub next_sponsored: NextPost,
}

/// People expected to see one post, and its views.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NextPost {
    /// People who see it straight from the creator: exact (in a world of feeds simulated).
    pub direct: f64,
    /// People who see it only because somebody shared it; who shared it without having seen it, too.
    pub resharing: f64,
    /// People whom the platform recommends it to (in worlds of feeds and homophily, also all others outside).
    pub recommended: f64,
    /// All of them.
    pub reach: f64,
    /// Standard error of `reach`: of the part that is simulated.
    pub reach_error: f64,
    /// Views.
    pub views: f64,
}

impl NextPost {
    /// A post that each of these sees with this chance.
    fn seen_with(self, chance: f64) -> NextPost {
        NextPost {
            direct: self.direct * chance,
            resharing: self.resharing * chance,
            recommended: self.recommended * chance,
            reach: self.reach * chance,
            reach_error: self.reach_error * chance,
            views: self.views * chance,
        }
    }
}

/// What is true of a post, whatever of it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostTruth {
    /// Who posted, in the observed network.
    pub account: u32,
    /// Its id in the table of posts.
    pub id: String,
    /// Its place in the market's posts.
    pub item: u32,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// The format.
    pub format: String,
    /// Whether somebody paid for it.
    pub sponsored: bool,
    /// The log of the content's factor on every exposure.
    pub content: f64,
    /// People who saw it in the network.
    pub network: u64,
    /// People who saw it by recommendation.
    pub recommended: u64,
    /// Views.
    pub views: u64,
}

#[allow(clippy::too_many_arguments)]
pub(super) fn agency_truth(
    agency: &Agency,
    made: &Made,
    window: &Window,
    traits: &[Traits],
    happened: Vec<Happened>,
    beyond: &[Beyond],
    network: &Network,
    seed: u64,
) -> AgencyTruth {
    let truth = &made.truth;
    let outside = truth.parameters.world.has_outside();
    let places = window.places(network);
    let account = |at: usize| {
        let (one, list, own) = (&window.chosen[at], &window.lists[at], traits[at]);
        let creator = &truth.creators[one.market as usize];
        let direct = creator.reach.direct;
        // Where nobody passes anything on, whoever is beyond came from outside.
        let (resharing, extra) = if outside { (0.0, beyond[at].people) } else { (beyond[at].people, 0.0) };
        let recommended = own.recommended + extra;
        let reach = direct + resharing + recommended;
        let reach_error = beyond[at].error;
        let next = NextPost { direct, resharing, recommended, reach, reach_error, views: reach * own.views_a_person };
        AccountTruth {
            account: places[at],
            name: one.name(),
            platform: creator.platform.clone(),
            handle: one.handle.clone(),
            market: one.market,
            person: one.person.clone(),
            linked: one.linked,
            tier: creator.tier,
            niche: truth.niches[creator.niche as usize].clone(),
            followers: creator.followers,
            authentic: creator.authentic,
            list_design: list.design,
            listed: list.followers.len() as u64,
            price: creator.price,
            effect: creator.effect,
            recommended_effect: own.recommended_effect,
            sponsored_effect: own.sponsored,
            views_a_person: own.views_a_person,
            next,
            next_sponsored: next.seen_with(own.sponsored),
        }
    };
    let post = |post: Happened| PostTruth {
        account: places[post.chosen],
        id: post.id,
        item: post.item,
        time: post.time,
        format: post.format,
        sponsored: post.sponsored,
        content: truth.posts[post.item as usize].content,
        network: post.network,
        recommended: post.recommended,
        views: post.views,
    };
    AgencyTruth {
        schema: SCHEMA.into(),
        engine: truth.engine.clone(),
        rng_seed: seed,
        world: truth.parameters.world,
        parameters: agency.clone(),
        market: truth.parameters.clone(),
        market_seed: truth.rng_seed,
        follows: truth.follows.clone(),
        platforms: platforms(),
        accounts: (0..window.chosen.len()).map(account).collect(),
        posts: happened.into_iter().map(post).collect(),
    }
}

impl AgencyTruth {
    /// Writes the document as JSON.
    pub fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        writeln!(out)
    }
}
