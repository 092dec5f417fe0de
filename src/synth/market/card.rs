//! The realism card: what was asked of a market against what came out, beside real networks.

use serde::{Deserialize, Serialize};

use super::Market;
use super::calibration::{CREATOR_TIERS, Scaled};
use super::plants::Plants;
use super::posts::Post;
use crate::base::stats::Interval;
use crate::base::{Result, Run, par, tail};
use crate::graph::{Graph, Network};

/// One line of the card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it is.
    pub name: String,
    /// What was asked, where something was.
    pub asked: Option<f64>,
    /// Whether it counts whole things.
    pub whole: bool,
    /// What came out. `None`: there was nothing to measure it on.
    pub made: Option<f64>,
    /// The 95% interval of what came out, where it is an estimate.
    pub interval: Option<Interval>,
    /// The same figure of real networks, with its source.
    pub real: Option<String>,
}

/// The whole card.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// The lines.
    pub figures: Vec<Figure>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// Real networks beside ours. Twitter: Kwak et al. 2010, who count pairs, of which 22.1% are mutual, so 0.36 of all
/// follows. LastFM and Slashdot are in `datasets/`, computed by [`Structure::of`]; a test computes them again. Android:
/// cascades of infvae-android, which holds none of fewer than 5.
const TAIL: &str = "Twitter 1.28";
const RETURNED: &str = "Twitter .36, Slashdot .84";
const CLUSTERING: &str = "LastFM .29, Slashdot .10";
const ASSORTATIVITY: &str = "LastFM .02, Slashdot -.07";
const CASCADES: &str = "Android 18";

/// The shape of a network in three numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Structure {
    /// Share of follows that are returned.
    pub reciprocity: f64,
    /// Among accounts with two mutual ties or more, the mean share of pairs of these that are mutual themselves (Watts
    /// & Strogatz 1998). NaN where there are none.
    pub clustering: f64,
    /// Correlation of the follower counts of follower and followed, over all follows (Newman 2002).
    pub assortativity: f64,
}

impl Structure {
    /// Of a network.
    pub fn of(graph: &Graph, run: &Run) -> Result<Structure> {
        let mutual = |u: u32| -> Vec<u32> {
            graph.following(u).iter().copied().filter(|v| graph.followers(u).binary_search(v).is_ok()).collect()
        };
        let ranges = par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16);
        // Follower counts are whole numbers: their sums are exact.
        let parts = par::map(run, &ranges, |range| {
            let (mut returned, mut tied) = (0u64, Vec::new());
            let mut sums = [0u128; 5];
            for u in range.start as u32..range.end as u32 {
                let ties = mutual(u).len() as u64;
                returned += ties;
                if ties > 1 {
                    tied.push(u);
                }
                let x = graph.followers(u).len() as u128;
                for &v in graph.following(u) {
                    let y = graph.followers(v).len() as u128;
                    let terms = [x, y, x * x, y * y, x * y];
                    sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
                }
            }
            Ok((returned, tied, sums))
        })?;
        let returned: u64 = parts.iter().map(|part| part.0).sum();
        let tied: Vec<u32> = parts.iter().flat_map(|part| part.1.iter().copied()).collect();
        let mut sums = [0u128; 5];
        parts.iter().for_each(|part| sums.iter_mut().zip(part.2).for_each(|(sum, term)| *sum += term));
        let local = par::map(run, &par::chunks(tied.len(), 256), |range| {
            let closed = |&u: &u32| {
                let ties = mutual(u);
                let between: usize = ties.iter().map(|&v| common(&ties, &mutual(v))).sum();
                between as f64 / (ties.len() * (ties.len() - 1)) as f64
            };
            Ok(tied[range].iter().map(closed).collect::<Vec<f64>>())
        })?
        .concat();
        let m = graph.edges() as f64;
        let [x, y, xx, yy, xy] = sums.map(|sum| sum as f64 / m);
        Ok(Structure {
            reciprocity: returned as f64 / m,
            clustering: local.iter().sum::<f64>() / local.len() as f64,
            assortativity: (xy - x * y) / libm::sqrt((xx - x * x) * (yy - y * y)),
        })
    }
}

/// How many two sorted lists share.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                count += 1;
                i += 1;
                j += 1;
            }
        }
    }
    count
}

impl Card {
    /// Measures a market.
    pub(super) fn new(
        market: &Market,
        scaled: &Scaled,
        network: &Network,
        plants: &Plants,
        posts: &[Post],
        run: &Run,
    ) -> Result<Card> {
        run.phase("measuring the market", None);
        let graph = network.follow_graph()?;
        let creators = network.creators().unwrap_or_default();
        let followers: Vec<f64> = creators.iter().map(|&v| graph.followers(v).len() as f64).collect();
        let mut card = Card::default();
        let mut add = |name: &str, asked: Option<f64>, made: f64, interval: Option<Interval>, real: Option<&str>| {
            let real = real.map(str::to_owned);
            let interval = interval.filter(|interval| interval.low.is_finite() && interval.high.is_finite());
            let made = Some(made).filter(|made| made.is_finite());
            card.figures.push(Figure { name: name.into(), whole: false, asked, made, interval, real });
        };
        for (place, tier) in CREATOR_TIERS.into_iter().enumerate() {
            let made = followers.iter().filter(|&&count| scaled.tiers.of(count) == tier).count();
            add(&format!("{} creators", tier.name()), Some(f64::from(scaled.counts[place])), made as f64, None, None);
        }
        // A whole number n stands for n to n + 1.
        let middles: Vec<f64> = followers.iter().map(|count| count + 0.5).collect();
        let low = f64::from(scaled.range(2).0);
        let tail = tail::pareto_tail(&middles, low, Some(f64::from(scaled.cap) + 1.0));
        add("exponent of followers", Some(scaled.exponent), tail.exponent, Some(tail.interval), Some(TAIL));
        let one_way: f64 = followers.iter().sum();
        let per_person = one_way / market.people as f64;
        add("creators one follows", Some(scaled.expected_follows() / market.people as f64), per_person, None, None);
        let full = market.calibration.follows_per_person();
        add("follows at full scale", Some(full), f64::NAN, None, None);
        let structure = Structure::of(graph, run)?;
        add("follows returned", Some(market.reciprocity), structure.reciprocity, None, Some(RETURNED));
        add("clustering of friends", None, structure.clustering, None, Some(CLUSTERING));
        add("follower correlation", None, structure.assortativity, None, Some(ASSORTATIVITY));

        let sharers: Vec<u64> = posts.iter().map(|post| u64::from(post.shares + post.leaked)).collect();
        let exposed: u64 = posts.iter().map(|post| u64::from(post.exposed)).sum();
        let sum = |of: fn(&Post) -> u32| posts.iter().map(|post| u64::from(of(post))).sum::<u64>() as f64;
        let weeks = creators.len() as f64 * f64::from(market.days) / 7.0;
        add("posts a week", Some(market.posts_per_week), posts.len() as f64 / weeks, None, None);
        let unshared = sharers.iter().filter(|&&count| count == 0).count() as f64 / posts.len() as f64;
        add("posts nobody shared", None, unshared, None, None);
        let mut large: Vec<u64> = sharers.iter().copied().filter(|&count| count >= 5).collect();
        large.sort_unstable();
        let quantile = |values: &[u64], q: f64| match values.len() {
            0 => f64::NAN,
            n => values[((n - 1) as f64 * q) as usize] as f64,
        };
        add("sharers, median of 5+", None, quantile(&large, 0.5), None, Some(CASCADES));
        add(
            "sharers, 99th pctl.",
            None,
            {
                let mut all = sharers.clone();
                all.sort_unstable();
                quantile(&all, 0.99)
            },
            None,
            None,
        );
        add("sharers, most", None, sharers.iter().copied().max().unwrap_or(0) as f64, None, None);
        let of_all = sum(|post| post.leaked) / (sum(|post| post.shares) + sum(|post| post.leaked));
        add(
            "sharers from outside",
            Some(market.leak / (1.0 + market.leak)),
            of_all,
            None,
            Some("public logs .10 to .69"),
        );
        add("likes an exposure", None, sum(|post| post.likes) / exposed as f64, None, None);
        let bots: usize = plants.farms.iter().map(|farm| farm.bots.len()).sum();
        let asked = super::plants::farm_size(market) as f64 * f64::from(market.farms);
        add("bots", Some(asked), bots as f64, None, None);
        let buyers = plants.farms.iter().flat_map(|farm| &farm.buyers);
        let bought: u64 = buyers.map(|buyer| u64::from(buyer.bought)).sum();
        let each = super::plants::wanted(market, super::plants::farm_size(market)) as f64;
        let asked = f64::from(market.farms) * f64::from(market.farm_buyers) * each * (1.0 - market.drop_off);
        add("bought follows", Some(libm::round(asked)), bought as f64, None, None);
        let hiding: u64 = plants.farms.iter().map(|farm| farm.camouflage_follows).sum();
        add("camouflage follows", Some(libm::round(bought as f64 * market.camouflage)), hiding as f64, None, None);
        let crowds = plants.fandoms.len() + plants.schools.len() + plants.giveaways.len() + plants.viral_days.len();
        let asked = market.fandoms + market.schools + market.giveaways + market.viral_days;
        add("innocent look-alikes", Some(f64::from(asked)), crowds as f64, None, None);
        for figure in &mut card.figures {
            figure.whole = ["creators", "pctl", "most", "bots", "follows", "look-alikes", "median"]
                .iter()
                .any(|word| figure.name.contains(word))
                && figure.made.or(figure.asked).is_some_and(|value| value.fract() == 0.0);
        }
        if scaled.held {
            card.notes.push(format!(
                "below 15,240 people tiers are not to scale: they begin at {}, {}, {} and {} followers",
                scaled.tiers.nano, scaled.tiers.micro, scaled.tiers.macro_, scaled.tiers.mega
            ));
        }
        card.notes.push(
            "real networks: Twitter as measured by Kwak et al. 2010, LastFM, Slashdot and Android as in datasets/; Android \
             holds cascades of 5 and more"
                .into(),
        );
        card.notes.push(
            "nano and micro counts split the source's 32,000 registered creators by assumption; prices, platforms and \
             engagement are assumptions too"
                .into(),
        );
        Ok(card)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn structure_of_a_triangle_with_a_tail() {
        // A mutual triangle 0-1-2; 3 follows 0.
        let follows = [(0, 1), (1, 0), (1, 2), (2, 1), (0, 2), (2, 0), (3, 0)];
        let found = Structure::of(&build::graph(4, &follows), &Run::default()).unwrap();
        assert!((found.reciprocity - 6.0 / 7.0).abs() < 1e-12);
        assert!((found.clustering - 1.0).abs() < 1e-12);
        // By hand: follower counts 3, 2, 2, 0 along the follows; correlation −0.5204.
        let pairs = [(3., 2.), (2., 3.), (2., 2.), (2., 2.), (3., 2.), (2., 3.), (0., 3.)];
        let n = 7.0;
        let (mx, my) = (pairs.iter().map(|p| p.0).sum::<f64>() / n, pairs.iter().map(|p| p.1).sum::<f64>() / n);
        let cov: f64 = pairs.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
        let (vx, vy): (f64, f64) =
            (pairs.iter().map(|p| (p.0 - mx).powi(2)).sum(), pairs.iter().map(|p| (p.1 - my).powi(2)).sum());
        assert!((found.assortativity - cov / (vx * vy).sqrt()).abs() < 1e-12);
    }
}
