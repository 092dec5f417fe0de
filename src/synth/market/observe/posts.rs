//! The table of posts as platforms show them, with blanks, and what is true of each post.

use super::super::super::draw::Draw;
use super::super::chances::log_factor;
use super::super::posts::{COMMENTS, LIKES, Post};
use super::super::truth::Truth;
use super::super::worlds::World;
use super::Agency;
use super::choice::Chosen;
use super::platforms::{CREATOR_SD, POST_SD, Platform, REPEAT_SD, SAVES, SPONSORED_SD, platforms};
use crate::base::seed::Key;

/// What is particular to a creator's account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traits {
    /// Chance to see a sponsored post of whoever would see an ordinary one.
    pub sponsored: f64,
    /// People whom the platform recommends an ordinary post to, on average.
    pub recommended: f64,
    /// Log of the creator's own factor in that.
    pub recommended_effect: f64,
    /// Views for each person, on average.
    pub views_a_person: f64,
}

/// A post as the agency holds it, and as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Happened {
    /// Whose: place among the chosen.
    pub chosen: usize,
    /// The post of the market.
    pub item: u32,
    pub id: String,
    pub time: i64,
    pub dated: bool,
    pub format: String,
    pub sponsored: bool,
    /// People who saw it in the network.
    pub network: u64,
    /// People who saw it by recommendation.
    pub recommended: u64,
    pub views: u64,
    pub shows_views: bool,
    pub shows_reach: bool,
    pub likes: u64,
    pub comments: u64,
    pub shares: Option<u64>,
    pub saves: Option<u64>,
}

/// What is particular to each of the chosen.
pub fn traits(agency: &Agency, truth: &Truth, chosen: &[Chosen], key: Key) -> Vec<Traits> {
    let platforms = platforms();
    let of = |one: &Chosen| {
        let platform = &platforms[one.platform];
        let mut draw = Draw::new(key.of(u64::from(one.market)));
        let sponsored = (agency.sponsored_effect * libm::exp(SPONSORED_SD * draw.normal())).min(1.0);
        let recommended_effect = log_factor(CREATOR_SD, &mut draw);
        // In a world of feeds, the feed itself recommends.
        let ratio = if truth.parameters.world == World::Feed { 0.0 } else { agency.recommended * platform.recommended };
        let direct = truth.creators[one.market as usize].reach.direct;
        Traits {
            sponsored,
            recommended: ratio * direct * libm::exp(recommended_effect),
            recommended_effect,
            views_a_person: 1.0 + (platform.views_a_person - 1.0) * draw.around_one(REPEAT_SD),
        }
    };
    chosen.iter().map(of).collect()
}

/// The posts of all chosen creators, in their order and that of time.
pub fn posts(agency: &Agency, truth: &Truth, chosen: &[Chosen], traits: &[Traits], key: Key) -> Vec<Happened> {
    let platforms = platforms();
    let outside = truth.parameters.world.has_outside();
    let mut all = Vec::new();
    for (at, one) in chosen.iter().enumerate() {
        let from = truth.posts.partition_point(|post| post.creator < one.market);
        let own = truth.posts[from..].iter().take_while(|post| post.creator == one.market);
        for (item, post) in (from as u32..).zip(own) {
            let mut draw = Draw::new(key.of(u64::from(item)));
            // A second stream names the post, so that names tell nothing of time.
            let id = format!("p{:016x}", key.of(u64::MAX).word(u64::from(item)));
            let post = happen(agency, &platforms[one.platform], &traits[at], post, outside, &mut draw);
            all.push(Happened { chosen: at, item, id, ..post });
        }
    }
    all
}

fn happen(
    agency: &Agency,
    platform: &Platform,
    traits: &Traits,
    post: &Post,
    outside: bool,
    draw: &mut Draw,
) -> Happened {
    let format = platform.format(draw);
    let sponsored = draw.chance(agency.sponsored) && post.special.is_none();
    let seen = if sponsored { traits.sponsored } else { 1.0 };
    let from_outside = if outside { post.exposed - post.direct } else { 0 };
    let network = part(post.exposed - from_outside, seen, draw);
    let from_outside = part(from_outside, seen, draw);
    let factor = format.recommended * libm::exp(post.content) * draw.around_one(POST_SD);
    let shown = whole(traits.recommended * seen * factor, draw);
    let recommended = shown + from_outside;
    let reach = network + recommended;
    let repeats = (traits.views_a_person - 1.0) * reach as f64 * draw.around_one(REPEAT_SD);
    let views = reach + whole(repeats, draw);
    // People outside the network do as those inside do on average.
    let rate: f64 = super::super::people::SHARE_LEVELS.iter().map(|(chance, share)| chance * share).sum();
    let mut reactions = |inside: u32, rate: f64| part(inside, seen, draw) + draw.poisson(rate * shown as f64);
    let likes = reactions(post.likes, LIKES);
    let comments = reactions(post.comments, COMMENTS);
    let shares = reactions(post.shares + post.leaked, rate);
    let saves = draw.poisson(SAVES * reach as f64);
    Happened {
        chosen: 0,
        item: 0,
        id: String::new(),
        time: post.time,
        dated: !draw.chance(agency.missing_times),
        format: format.name.clone(),
        sponsored,
        network,
        recommended,
        views,
        shows_views: draw.chance(platform.shows_views),
        shows_reach: draw.chance(platform.shows_reach),
        likes,
        comments,
        shares: platform.shows_shares.then_some(shares),
        saves: platform.shows_saves.then_some(saves),
    }
}

/// How many of these remain, each with this chance.
fn part(count: u32, chance: f64, draw: &mut Draw) -> u64 {
    if chance >= 1.0 { u64::from(count) } else { (0..count).filter(|_| draw.chance(chance)).count() as u64 }
}

/// A whole number that is this on average.
fn whole(mean: f64, draw: &mut Draw) -> u64 {
    libm::floor(mean + draw.unit()) as u64
}
