//! What format and sponsorship do to a post, as logs: learned within creators, shrunk to nothing.
//!
//! Only posts of one creator are compared with each other, so that it does not matter who uses which format, or whom
//! brands pay. A format nobody mixes with another has no effect here; its level is its creators' own.

use std::collections::BTreeMap;

use super::count::working;
use super::posts::Account;
use super::solve::{Normal, Solved};

/// Standard deviations assumed before any post is seen: of the sponsored effect over all platforms, of a platform's
/// deviation from it, of a format's effect.
const SPONSORED: f64 = 0.35;
const PLATFORM: f64 = 0.15;
const FORMAT: f64 = 0.3;

/// A format with fewer posts on a platform has no effect of its own there.
const FEWEST: u64 = 5;
/// At most so many formats have one: those with most posts.
const CELLS: usize = 150;

/// Rounds of weighting down posts far from the rest, as under Student's t with so many degrees of freedom.
const ROUNDS: usize = 4;
const FREEDOM: f64 = 4.0;

/// The spread of a creator's posts assumed at first, and how many posts that is worth.
const SPREAD: f64 = 0.5;
const WORTH: f64 = 4.0;

/// Effects on the log of reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The column of a (platform, format).
    cells: BTreeMap<(u32, u32), usize>,
    solved: Solved,
    /// Sponsored posts of creators who also have ordinary ones.
    pub contrasts: u64,
}

/// A linear combination of effects: (column, factor).
pub type Combination = Vec<(usize, f64)>;

impl Effects {
    /// Learns from accounts in an order that depends on their content alone.
    pub fn learn(accounts: &[&Account], platforms: usize) -> Effects {
        let mut posts: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        for account in accounts {
            for past in account.singles() {
                if let Some(format) = past.format {
                    *posts.entry((account.platform, format)).or_default() += 1;
                }
            }
        }
        let mut kept: Vec<((u32, u32), u64)> = posts.into_iter().filter(|(_, count)| *count >= FEWEST).collect();
        kept.sort_by_key(|&(cell, count)| (std::cmp::Reverse(count), cell));
        kept.truncate(CELLS);
        kept.sort_unstable();
        let first = 1 + platforms;
        let cells = kept.iter().enumerate().map(|(at, (cell, _))| (*cell, first + at)).collect();
        let priors = std::iter::once(SPONSORED)
            .chain(std::iter::repeat_n(PLATFORM, platforms))
            .chain(std::iter::repeat_n(FORMAT, kept.len()));
        let priors: Vec<f64> = priors.map(|sd| 1.0 / (sd * sd)).collect();
        let mut effects = Effects { cells, solved: Normal::new(&priors).solve(), contrasts: 0 };
        for account in accounts {
            let paid = account.singles().filter(|past| past.sponsored).count();
            if paid < account.singles().count() {
                effects.contrasts += paid as u64;
            }
        }
        for _ in 0..ROUNDS {
            let mut normal = Normal::new(&priors);
            accounts.iter().for_each(|account| effects.compare(account, &mut normal));
            effects.solved = normal.solve();
        }
        effects
    }

    /// Adds what the posts of one creator say of each other.
    fn compare(&self, account: &Account, normal: &mut Normal) {
        let posts: Vec<(Combination, f64, f64)> = account
            .singles()
            .map(|past| {
                let (log, noise) = working(past.count);
                (self.of(account.platform, past.format, past.sponsored), log, noise)
            })
            .collect();
        let Some((first, _, _)) = posts.first() else { return };
        if posts.iter().all(|(combination, _, _)| combination == first) {
            return;
        }
        let rest = |(combination, log, _): &(Combination, f64, f64)| log - self.solved.value(combination);
        let mean = |weights: &[f64], of: &dyn Fn(usize) -> f64| {
            let (sum, total) = weights.iter().enumerate().fold((0.0, 0.0), |(s, t), (i, w)| (s + w * of(i), t + w));
            sum / total
        };
        let rests: Vec<f64> = posts.iter().map(rest).collect();
        let (mut square, mut weights) = (SPREAD * SPREAD, vec![0.0; posts.len()]);
        for _ in 0..3 {
            for (at, (_, _, noise)) in posts.iter().enumerate() {
                weights[at] = 1.0 / (square + noise);
            }
            let level = mean(&weights, &|at| rests[at]);
            let mut squares = WORTH * SPREAD * SPREAD;
            for (at, (_, _, noise)) in posts.iter().enumerate() {
                let off = (rests[at] - level) * (rests[at] - level);
                weights[at] *= (FREEDOM + 1.0) / (FREEDOM + off / (square + noise));
                squares += (weights[at] * (square + noise)).min(1.0) * (off - noise).max(0.0);
            }
            square = (squares / (WORTH + posts.len() as f64 - 1.0)).max(0.0025);
        }
        // The creator's own level is taken out: every column and the log less its weighted mean.
        let level = mean(&weights, &|at| posts[at].1);
        let mut columns: BTreeMap<usize, f64> = BTreeMap::new();
        let total = weights.iter().fold(0.0, |sum, w| sum + w);
        for (weight, (combination, _, _)) in weights.iter().zip(&posts) {
            combination
                .iter()
                .for_each(|&(column, factor)| *columns.entry(column).or_default() += weight * factor / total);
        }
        for (weight, (combination, log, _)) in weights.iter().zip(&posts) {
            let mut centred: BTreeMap<usize, f64> = columns.iter().map(|(&column, mean)| (column, -mean)).collect();
            combination.iter().for_each(|&(column, factor)| *centred.entry(column).or_default() += factor);
            let centred: Combination = centred.into_iter().collect();
            normal.add(&centred, log - level, *weight);
        }
    }

    /// The combination of effects behind a post.
    pub fn of(&self, platform: u32, format: Option<u32>, sponsored: bool) -> Combination {
        let mut combination = Vec::new();
        if sponsored {
            combination.extend([(0, 1.0), (1 + platform as usize, 1.0)]);
        }
        let cell = format.and_then(|format| self.cells.get(&(platform, format)));
        combination.extend(cell.map(|&column| (column, 1.0)));
        combination
    }

    /// Its value.
    pub fn value(&self, combination: &[(usize, f64)]) -> f64 {
        self.solved.value(combination)
    }

    /// The variance of one combination less the mean of others: what is not known of the step between them.
    pub fn step(&self, to: &[(usize, f64)], from: &[(Combination, f64)]) -> f64 {
        let mut columns: BTreeMap<usize, f64> = BTreeMap::new();
        to.iter().for_each(|&(column, factor)| *columns.entry(column).or_default() += factor);
        let total = from.iter().fold(0.0, |sum, (_, share)| sum + share);
        for (combination, share) in from {
            for &(column, factor) in combination {
                *columns.entry(column).or_default() -= factor * share / total;
            }
        }
        self.solved.variance(&columns.into_iter().collect::<Vec<_>>())
    }
}
