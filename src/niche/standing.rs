//! Where a creator stands in a niche: how many of the audience care for it, against how many of everybody do.

use super::affinity::{Affinities, Card, WHOLE};
use crate::base::stats::{Interval, Z95, beta_quantile};
use crate::base::{Figure, Result, Status};
use crate::graph::{Design, Network, Weights};

/// A creator in a niche.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// People of the audience who care for the niche: `sum over followers of a_u n_u^k`.
    pub people: Figure,
    /// Their share of the audience: `sum a n / sum a`, from 0 to 1.
    pub share: Figure,
    /// 100 times that share over everybody's: 100 says that the audience cares as everybody does.
    pub index: Figure,
    /// Of those listed who count, whatever they weigh: how many care for the niche, and how many do not.
    pub listed: [f64; 2],
}

/// The chance of missing on either side of an interval.
const TAIL: f64 = 0.025;

/// Where creators stand in niches.
///
/// Of a full list the share is that of the affinities, `p = sum a n / m` with m the sum of the `a`. Its interval is about what
/// the followers would say if they were asked: those who are not labelled err with variance `s² = n (1 − n)` each, and two
/// followers of one creator err together ([`Calibration::together`](super::Calibration::together), rho):
/// `V = sum a² s² + rho ((sum a s)² − sum a² s²)`. The interval is that of a beta variable of mean p and variance `V/m²`, its ends moved
/// out to whole people. A random list, a part f of the followers, adds `p (1 − p) (1 − f) / listed` for who is not on it, as if one
/// follower more had been seen who cares and one who does not. The index adds the error of everybody's share,
/// `sqrt(mean s² / scored)` over the niche's part of the labels, on the log scale.
///
/// **Returns**: people, a share, an index, each with a status: measured where all followers are labelled; estimated; assumed
/// where creators alone are labelled ([`Card::of_creators_alone`](super::Card::of_creators_alone)), and without an interval where
/// labels do not say how errors go together; not estimable of lists that are neither full nor random.
#[derive(Debug, Clone)]
pub struct Standings<'a> {
    network: &'a Network,
    affinities: &'a Affinities,
    weights: Option<Weights>,
    base: Vec<f64>,
}

impl<'a> Standings<'a> {
    /// In this network; people count by a column where one is named, such as how likely they are real.
    pub fn new(network: &'a Network, affinities: &'a Affinities, weight: Option<&str>) -> Result<Self> {
        network.follow_graph()?;
        let weights = weight.map(|name| Weights::of_column(network, "--weight", name)).transpose()?;
        let mut standings = Standings { network, affinities, weights, base: affinities.card.base.clone() };
        if standings.weights.is_some() {
            standings.base = standings.shares_of(0..network.accounts() as u32).unwrap_or_default();
        }
        Ok(standings)
    }

    /// Everybody's share of each niche.
    pub fn base(&self) -> &[f64] {
        &self.base
    }

    fn weight(&self, u: u32) -> u64 {
        self.weights.as_ref().map_or(1, |weights| weights.units(u))
    }

    /// The share of each niche among these people; `None` if nobody counts.
    fn shares_of(&self, people: impl Iterator<Item = u32>) -> Option<Vec<f64>> {
        let (mut sums, mut all) = (vec![0u128; self.affinities.card.names.len()], 0u64);
        for u in people {
            let weight = self.weight(u);
            all += weight;
            for (sum, &units) in sums.iter_mut().zip(self.affinities.units_of(u)) {
                *sum += u128::from(weight) * u128::from(units);
            }
        }
        let all = all as f64 * f64::from(WHOLE);
        (all > 0.0).then(|| sums.iter().map(|&sum| sum as f64 / all).collect())
    }

    fn followers(&self, creator: u32) -> &'a [u32] {
        self.network.follows.as_ref().map_or(&[][..], |follows| follows.graph.followers(creator))
    }

    /// The share of each niche in the listed audience; they sum to 1. `None` without followers who count.
    pub fn shares(&self, creator: u32) -> Option<Vec<f64>> {
        self.shares_of(self.followers(creator).iter().copied())
    }

    /// How far an audience is of one niche: `1 − entropy / ln K` of its shares, 0 where all niches are alike, 1 where there is but
    /// one.
    pub fn specialisation(shares: &[f64]) -> f64 {
        let entropy: f64 = shares.iter().filter(|&&share| share > 0.0).map(|&share| -share * libm::log(share)).sum();
        (1.0 - entropy / libm::log(shares.len() as f64)).clamp(0.0, 1.0)
    }

    /// Where a creator stands in a niche.
    pub fn of(&self, creator: u32, niche: usize) -> Standing {
        let (followers, list) = (self.followers(creator), self.network.settled_list(creator));
        let refused = |needs: &'static str| {
            let figure = Figure::not_estimable(needs);
            Standing { people: figure.clone(), share: figure.clone(), index: figure, listed: [0.0; 2] }
        };
        if followers.is_empty() {
            return refused("needs followers: this creator has none listed");
        }
        if !matches!(list.design, Design::Full | Design::Random) {
            return refused("needs a full or a random follower list: this one speaks of those listed alone");
        }
        let audience = self.sum(followers, niche);
        if audience.all == 0.0 {
            return refused("needs followers who count: their weights are all 0");
        }
        let calibration = &self.affinities.card.calibration;
        let share = audience.in_niche / audience.all;
        let part = match list.design {
            Design::Full => 1.0,
            _ => list.fraction().unwrap_or(0.0),
        };
        let people = match (part, list.size) {
            (1.0, _) => Some(audience.all),
            (_, Some(size)) => Some(size * audience.all / followers.len() as f64),
            _ => None,
        };
        let unknown = audience.unlabelled > 0;
        let together = if unknown { calibration.together(followers.len() as u64) } else { Some(0.0) };
        let interval = together.map(|together| {
            let both = (audience.spread_sum * audience.spread_sum - audience.squares).max(0.0);
            let (listed, all) = (followers.len() as f64, audience.all);
            let answers = (audience.squares + together * both) / (all * all);
            if part < 1.0 {
                let seen = (share * listed + 1.0) / (listed + 2.0);
                let variance = answers + seen * (1.0 - seen) * (1.0 - part) / listed;
                let [low, high] = [TAIL, 1.0 - TAIL].map(|q| beta_quantile(q, seen, variance));
                return Interval { low: low.min(share).max(part * audience.known / all), high: high.max(share) };
            }
            // Nobody is for sure who did not say so, not even where all affinities round to nothing.
            let least = if unknown { 1.0 / f64::from(WHOLE) } else { 0.0 };
            let mean = share.clamp(least, 1.0 - least);
            let [low, high] = [TAIL, 1.0 - TAIL].map(|q| beta_quantile(q, mean, answers));
            // A share of so many people is a whole number of them.
            Interval {
                low: (libm::floor(low * listed) / listed).min(share).max(audience.known / all),
                high: (libm::ceil(high * listed) / listed).max(share).min(1.0),
            }
        });
        let is_set = self.affinities.card.steps == 0;
        let because = match (unknown, together, part < 1.0) {
            (false, _, false) if is_set => "counted: who is in the set is known of everybody",
            (false, _, false) => "all followers are labelled",
            (_, None, _) => {
                "how far followers err together is not known: label more people who follow the same accounts"
            }
            (_, Some(_), true) => "those listed, a random part of the followers",
            (true, Some(_), false) => "affinities of all followers",
        };
        let assumed = unknown && self.affinities.card.of_creators_alone;
        let because =
            if assumed { "affinities that creators alone told of: label 100 people to know theirs" } else { because };
        let figure = |value: f64, interval: Option<Interval>, index: bool| match (interval, unknown || part < 1.0) {
            (Some(_), false) if !index => Figure::measured(value, because),
            (Some(interval), _) if assumed => Figure::assumed(value, interval, because),
            (Some(interval), _) => Figure::estimated(value, interval, because),
            (None, _) => {
                Figure { value: Some(value), interval: None, status: Status::Assumed, because: because.into() }
            }
        };
        let scaled = |by: f64| {
            let interval = interval.map(|range| Interval { low: by * range.low, high: by * range.high });
            figure(by * share, interval, false)
        };
        Standing {
            people: match people {
                Some(people) => scaled(people),
                None => Figure::not_estimable("needs the number of followers: this list is a part of them"),
            },
            share: scaled(1.0),
            listed: audience.listed,
            index: match self.base.get(niche).copied().filter(|&base| base > 0.0) {
                None => Figure::not_estimable("nobody at all cares for this niche"),
                Some(base) => {
                    // Labels of all followers leave the question of chance: were they some of many alike.
                    let is_counted = !unknown && part == 1.0;
                    let chance = || Some(Interval::wilson(share, followers.len() as f64));
                    let shown = if is_counted { chance() } else { interval };
                    figure(100.0 * share / base, shown.map(|range| self.index(range, base, niche)), true)
                }
            },
        }
    }

    /// The interval of an index: both ends of the share over those of everybody's.
    fn index(&self, range: Interval, base: f64, niche: usize) -> Interval {
        let Card { calibration, priors, .. } = &self.affinities.card;
        let spread = calibration.spread.get(niche).copied().unwrap_or(0.0);
        let error = Z95 * libm::sqrt(spread / calibration.scored.max(1) as f64) / priors[niche];
        Interval {
            low: 100.0 * range.low / base * libm::exp(-error),
            high: 100.0 * range.high / base * libm::exp(error),
        }
    }

    fn sum(&self, followers: &[u32], niche: usize) -> Audience {
        let (mut all, mut in_niche) = (0u64, 0u128);
        let (mut squares, mut spread_sum, mut known, mut unlabelled) = (0.0, 0.0, 0.0, 0u64);
        let mut listed = [0.0; 2];
        let unit = self.weights.as_ref().map_or(1.0, Weights::unit);
        for &u in followers {
            let (weight, units) = (self.weight(u), self.affinities.units_of(u)[niche]);
            all += weight;
            if weight > 0 {
                let given = f64::from(units) / f64::from(WHOLE);
                listed = [listed[0] + given, listed[1] + 1.0 - given];
            }
            in_niche += u128::from(weight) * u128::from(units);
            let (weight, given) = (weight as f64 * unit, f64::from(units) / f64::from(WHOLE));
            if self.affinities.is_labelled(u) {
                known += weight * given;
            } else {
                // Nobody is known for sure who did not say so.
                let spread = (given * (1.0 - given)).max(1.0 / f64::from(WHOLE));
                squares += weight * weight * spread;
                spread_sum += weight * libm::sqrt(spread);
                unlabelled += u64::from(weight > 0.0);
            }
        }
        let (all, in_niche) = (all as f64 * unit, in_niche as f64 / f64::from(WHOLE) * unit);
        Audience { all, in_niche, known, unlabelled, squares, spread_sum, listed }
    }
}

/// An audience added up.
struct Audience {
    /// `sum a`.
    all: f64,
    /// `sum a n`.
    in_niche: f64,
    /// The same of who is labelled.
    known: f64,
    /// Those who count and are not labelled.
    unlabelled: u64,
    /// `sum a² s²` of who is not labelled.
    squares: f64,
    /// `sum a s` of them.
    spread_sum: f64,
    /// `sum n` and `sum 1 − n` of who counts.
    listed: [f64; 2],
}
