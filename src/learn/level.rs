//! The level to be expected of a creator with so many followers: per platform a line that never falls, bent at the
//! middles of the tiers, and how far creators lie around it.

use super::profile::{Normal, Profile};
use super::solve::{self, isotonic};
use crate::graph::network::Tiers;

/// Before any post is seen, of the log of reach against the log of followers: the slope, how sure that is; how platforms
/// differ in height and slope, how far the line bends at a tier's middle, how far creators lie around it; each worth so
/// many observations.
const SLOPE: f64 = 0.8;
const SLOPE_SURE: f64 = 0.4;
const HEIGHT: (f64, f64) = (0.8, 2.0);
const SLOPES: (f64, f64) = (0.15, 4.0);
const BENDS: (f64, f64) = (0.25, 4.0);
const AROUND: (f64, f64) = (0.6, 4.0);
/// A platform's creators lie around the line as those of all platforms do, worth so many creators.
const DRAWN: f64 = 8.0;

/// Rounds of making every creator's posts a normal observation of its level, and of fitting those.
const OUTER: usize = 7;
const INNER: usize = 12;

/// The expected level on one platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// Where the line bends, in `log(1 + followers)`, and its height there: never falling.
    nodes: Vec<(f64, f64)>,
    /// The slope beyond the first and the last: at least 0.
    slope: f64,
    /// Variance of creators around it, and of the line itself: one for all followers, so that more followers move the
    /// whole distribution up.
    variance: f64,
    /// Where nobody says how many followers there are.
    unknown: Normal,
    /// Creators with posts that it was learned from.
    pub creators: usize,
    /// Of these, creators whose followers are known: without any there is no line.
    pub counted: usize,
}

impl Level {
    /// The level of a creator before its own posts are looked at.
    pub fn of(&self, followers: Option<f64>) -> Normal {
        match followers {
            Some(followers) if self.counted > 0 => {
                Normal { mean: self.at(libm::log1p(followers)), variance: self.variance }
            }
            _ => self.unknown,
        }
    }

    fn at(&self, x: f64) -> f64 {
        let (first, last) = (self.nodes[0], self.nodes[self.nodes.len() - 1]);
        if x <= first.0 {
            return first.1 - self.slope * (first.0 - x);
        }
        if x >= last.0 {
            return last.1 + self.slope * (x - last.0);
        }
        let above = self.nodes.partition_point(|node| node.0 <= x);
        let ((from, low), (to, high)) = (self.nodes[above - 1], self.nodes[above]);
        // The higher end is reached from below and never passed by rounding.
        (low + (high - low) * ((x - from) / (to - from))).clamp(low, high)
    }
}

/// A creator as it goes into the fit.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// Its platform.
    pub platform: u32,
    /// Its followers.
    pub followers: Option<f64>,
    /// What its posts say.
    pub profile: Profile,
}

/// A creator whose followers are known: platform, what the line at its followers is made of, what its posts say.
type Known<'a> = (usize, Vec<(usize, f64)>, &'a Profile);

/// The bends: middles of the tiers, in `log(1 + followers)`.
fn bends(tiers: &Tiers) -> Vec<f64> {
    let between = |a: f64, b: f64| libm::sqrt(a * b);
    let middles = [
        tiers.nano / 100.0,
        tiers.nano / 10.0,
        between(tiers.nano, tiers.micro),
        between(tiers.micro, tiers.macro_),
        between(tiers.macro_, tiers.mega),
        tiers.mega * 3.0,
    ];
    let mut at: Vec<f64> = middles.into_iter().filter(|f| f.is_finite() && *f > 0.0).map(libm::log1p).collect();
    at.sort_by(f64::total_cmp);
    at.dedup_by(|a, b| *a - *b < 1e-6);
    if at.is_empty() { vec![libm::log1p(1e4)] } else { at }
}

/// Weights of the bends at a point: linear between two, flat beyond.
fn hats(bends: &[f64], x: f64) -> [(usize, f64); 2] {
    let above = bends.partition_point(|&bend| bend <= x);
    if above == 0 || above == bends.len() {
        let at = above.saturating_sub(1);
        return [(at, 1.0), (at, 0.0)];
    }
    let share = (x - bends[above - 1]) / (bends[above] - bends[above - 1]);
    [(above - 1, 1.0 - share), (above, share)]
}

/// Fits all platforms together, from creators in an order that depends on their content alone.
pub fn fit(seen: &[Seen], platforms: usize, tiers: &Tiers) -> Vec<Level> {
    let bends = bends(tiers);
    let wide = 2 + bends.len();
    let middle = libm::log1p(libm::sqrt(tiers.nano * tiers.macro_).max(1.0));
    let first = |platform: usize| 2 + platform * wide;
    let line = |platform: usize, x: f64| {
        let at = first(platform);
        let mut combination = vec![(0, 1.0), (1, x - middle), (at, 1.0), (at + 1, x - middle)];
        combination.extend(hats(&bends, x).into_iter().filter(|hat| hat.1 > 0.0).map(|(bend, w)| (at + 2 + bend, w)));
        combination
    };
    let known: Vec<Known> = seen
        .iter()
        .filter_map(|one| {
            Some((one.platform as usize, line(one.platform as usize, libm::log1p(one.followers?)), &one.profile))
        })
        .collect();
    let square = |x: f64| x * x;
    let (mut height, mut slopes, mut bent) = (square(HEIGHT.0), square(SLOPES.0), square(BENDS.0));
    let mut around = vec![square(AROUND.0); platforms];
    let mut solved: Option<solve::Solved> = None;
    for _ in 0..OUTER {
        // Every creator's posts as one normal observation: what they add to the prior that holds now.
        let observed: Vec<(f64, f64)> = known
            .iter()
            .map(|(platform, combination, profile)| {
                let prior = match &solved {
                    Some(solved) => Normal { mean: solved.value(combination), variance: around[*platform] },
                    None => Normal { mean: profile.under(Normal { mean: 0.0, variance: 1e6 }).mean, variance: 9.0 },
                };
                let posterior = profile.under(prior);
                let precision = (1.0 / posterior.variance - 1.0 / prior.variance).max(1e-4);
                let value = (posterior.mean / posterior.variance - prior.mean / prior.variance) / precision;
                (value, 1.0 / precision)
            })
            .collect();
        for _ in 0..INNER {
            let mut precisions = vec![0.01, 1.0 / square(SLOPE_SURE)];
            for _ in 0..platforms {
                precisions.extend([1.0 / height, 1.0 / slopes]);
                precisions.extend(std::iter::repeat_n(1.0 / bent, bends.len()));
            }
            let mut normal = solve::Normal::new(&precisions);
            normal.mean(1, precisions[1], SLOPE);
            for ((platform, combination, _), (value, noise)) in known.iter().zip(&observed) {
                normal.add(combination, *value, 1.0 / (around[*platform] + noise));
            }
            let found = normal.solve();
            // Expected squares of everything random, given the observations (restricted likelihood, EM).
            let (mut squares, mut counts) = (vec![0.0; platforms], vec![0.0; platforms]);
            for ((platform, combination, _), (value, noise)) in known.iter().zip(&observed) {
                let share = around[*platform] / (around[*platform] + noise);
                let off = share * (value - found.value(combination));
                squares[*platform] += off * off + share * noise + share * share * found.variance(combination);
                counts[*platform] += 1.0;
            }
            let sum = |values: &[f64]| values.iter().fold(0.0, |a, b| a + b);
            let all = (AROUND.1 * square(AROUND.0) + sum(&squares)) / (AROUND.1 + sum(&counts));
            for p in 0..platforms {
                around[p] = (DRAWN * all + squares[p]) / (DRAWN + counts[p]);
            }
            let expected = |at: usize| square(found.values[at]) + found.variance(&[(at, 1.0)]);
            let pooled = |prior: (f64, f64), places: &mut dyn Iterator<Item = usize>| {
                let (sum, count) = places.fold((0.0, 0.0), |(sum, count), at| (sum + expected(at), count + 1.0));
                (prior.1 * square(prior.0) + sum) / (prior.1 + count)
            };
            height = pooled(HEIGHT, &mut (0..platforms).map(first));
            slopes = pooled(SLOPES, &mut (0..platforms).map(|p| first(p) + 1));
            bent = pooled(BENDS, &mut (0..platforms).flat_map(|p| (0..bends.len()).map(move |k| first(p) + 2 + k)));
            solved = Some(found);
        }
    }
    let Some(solved) = solved else { return Vec::new() };
    (0..platforms)
        .map(|p| {
            let here: Vec<_> = known.iter().filter(|(platform, _, _)| *platform == p).collect();
            let mut weights = vec![0.1; bends.len()];
            for (_, combination, _) in &here {
                for &(column, weight) in combination.iter().filter(|(column, _)| *column >= first(p) + 2) {
                    weights[column - first(p) - 2] += weight;
                }
            }
            let heights: Vec<f64> = bends.iter().map(|&bend| solved.value(&line(p, bend))).collect();
            let nodes: Vec<(f64, f64)> = bends.iter().copied().zip(isotonic(&heights, &weights)).collect();
            let slope = solved.value(&[(1, 1.0), (first(p) + 1, 1.0)]).max(0.0);
            let unsure = here.iter().fold(0.0, |sum, (_, line, _)| sum + solved.variance(line));
            // Where nobody has followers and posts, as unsure as in the middle.
            let unsure = if here.is_empty() { solved.variance(&line(p, middle)) } else { unsure / here.len() as f64 };
            let creators = seen.iter().filter(|one| one.platform as usize == p).count();
            let (variance, counted) = (around[p] + unsure, here.len());
            let mut level =
                Level { nodes, slope, variance, unknown: Normal { mean: 0.0, variance: 1.0 }, creators, counted };
            level.unknown = unknown(seen, p, &level);
            level
        })
        .collect()
}

/// The level of somebody on a platform of whom nothing is known: as its creators with posts are.
fn unknown(seen: &[Seen], platform: usize, level: &Level) -> Normal {
    let here = seen.iter().filter(|one| one.platform as usize == platform);
    let levels: Vec<f64> = here
        .map(|one| match one.followers {
            Some(_) => level.of(one.followers).mean,
            None => one.profile.under(Normal { mean: 0.0, variance: 1e4 }).mean,
        })
        .collect();
    let n = levels.len() as f64;
    let mean = levels.iter().fold(0.0, |sum, x| sum + x) / n.max(1.0);
    let squares = levels.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
    // Two creators' worth of a spread of 1.5: a handful of creators do not show how far others lie.
    let around = (squares + 2.0 * 2.25) / (n + 1.0);
    Normal { mean, variance: around + level.variance + around / n.max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_line_never_falls(
            heights in prop::collection::vec(-3.0f64..12.0, 6),
            slope in 0.0f64..1.5,
            start in 0.0f64..5e6,
            step in 0.0f64..1e5,
        ) {
            let bends = bends(&Tiers::default());
            let heights = isotonic(&heights, &[1.0; 6]);
            let unknown = Normal { mean: 0.0, variance: 1.0 };
            let nodes = bends.into_iter().zip(heights).collect();
            let level = Level { nodes, slope, variance: 1.0, unknown, creators: 1, counted: 1 };
            for (less, more) in [(start, start + step), (start, start + 1.0), (999.0, 1000.0), (9999.0, 10000.0), (0.0, 1.0)] {
                prop_assert!(level.of(Some(more)).mean >= level.of(Some(less)).mean);
            }
        }
    }

    #[test]
    fn hats_sum_to_one() {
        let bends = bends(&Tiers::default());
        for x in [0.0, 2.0, 5.0, 7.3, 20.0] {
            let sum: f64 = hats(&bends, x).iter().map(|hat| hat.1).sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}
