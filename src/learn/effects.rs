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

/// How much creators differ in the sponsored effect before any post is seen, and how many creators that is worth.
const OWN: f64 = 0.2;
const OWN_WORTH: f64 = 4.0;

/// The spread of a creator's posts assumed at first, and how many posts that is worth.
const SPREAD: f64 = 0.5;
const WORTH: f64 = 4.0;

/// Effects on the log of reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// The column of a (platform, format).
    cells: BTreeMap<(u32, u32), usize>,
    solved: Solved,
    /// Variance over creators of the sponsored effect: one's followers mind advertising more than another's.
    own: f64,
    /// Sponsored posts of creators who also have ordinary ones.
    pub contrasts: u64,
}

/// What a creator's posts of several kinds say of each other.
struct Within {
    /// Of every post its effects, its log, and how much it weighs: about one over its variance.
    posts: Vec<(Combination, f64, f64)>,
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
        let mut effects = Effects { cells, solved: Normal::new(&priors).solve(), own: OWN * OWN, contrasts: 0 };
        for account in accounts {
            let paid = account.singles().filter(|past| past.sponsored).count();
            if paid < account.singles().count() {
                effects.contrasts += paid as u64;
            }
        }
        for _ in 0..ROUNDS {
            let mut normal = Normal::new(&priors);
            accounts.iter().filter_map(|account| effects.within(account)).for_each(|one| one.compare(&mut normal));
            effects.solved = normal.solve();
        }
        effects.own = effects.between(accounts);
        effects
    }

    /// How much creators differ in the sponsored effect, by those who have posts of both kinds (EM).
    fn between(&self, accounts: &[&Account]) -> f64 {
        let within = accounts.iter().filter_map(|account| self.within(account));
        let steps: Vec<(f64, f64)> = within.filter_map(|one| one.step(self)).collect();
        let mut own = OWN * OWN;
        for _ in 0..50 {
            let expected = steps.iter().fold(OWN_WORTH * OWN * OWN, |sum, (off, noise)| {
                let share = own / (own + noise);
                sum + share * share * off * off + share * noise
            });
            own = expected / (OWN_WORTH + steps.len() as f64);
        }
        own
    }

    /// The posts of one creator, those far from the rest weighing less. `None` where all are of one kind.
    fn within(&self, account: &Account) -> Option<Within> {
        let posts: Vec<(Combination, f64, f64)> = account
            .singles()
            .map(|past| {
                let (log, noise) = working(past.count);
                (self.of(account.platform, past.format, past.sponsored), log, noise)
            })
            .collect();
        let (first, _, _) = posts.first()?;
        if posts.iter().all(|(combination, _, _)| combination == first) {
            return None;
        }
        let rests: Vec<f64> = posts.iter().map(|(combination, log, _)| log - self.solved.value(combination)).collect();
        let (mut square, mut weights) = (SPREAD * SPREAD, vec![0.0; posts.len()]);
        for _ in 0..3 {
            for (at, (_, _, noise)) in posts.iter().enumerate() {
                weights[at] = 1.0 / (square + noise);
            }
            let level = mean(&weights, |at| rests[at]);
            let mut squares = WORTH * SPREAD * SPREAD;
            for (at, (_, _, noise)) in posts.iter().enumerate() {
                let off = (rests[at] - level) * (rests[at] - level);
                weights[at] *= (FREEDOM + 1.0) / (FREEDOM + off / (square + noise));
                squares += (weights[at] * (square + noise)).min(1.0) * (off - noise).max(0.0);
            }
            square = (squares / (WORTH + posts.len() as f64 - 1.0)).max(0.0025);
        }
        let weighed = posts.into_iter().zip(weights);
        Some(Within { posts: weighed.map(|((combination, log, _), weight)| (combination, log, weight)).collect() })
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

    /// The variance of one combination less the mean of others: what is not known of the step between them, and how far
    /// a creator's own step to sponsored posts may lie from that of all.
    pub fn step(&self, to: &[(usize, f64)], from: &[(Combination, f64)]) -> f64 {
        let mut columns: BTreeMap<usize, f64> = BTreeMap::new();
        to.iter().for_each(|&(column, factor)| *columns.entry(column).or_default() += factor);
        let total = from.iter().fold(0.0, |sum, (_, share)| sum + share);
        for (combination, share) in from {
            for &(column, factor) in combination {
                *columns.entry(column).or_default() -= factor * share / total;
            }
        }
        let sponsored = columns.get(&0).copied().unwrap_or(0.0);
        self.solved.variance(&columns.into_iter().collect::<Vec<_>>()) + self.own * sponsored * sponsored
    }

    /// How much creators differ in the sponsored effect: standard deviation of its log.
    pub fn own(&self) -> f64 {
        libm::sqrt(self.own)
    }
}

/// A weighted mean.
fn mean(weights: &[f64], of: impl Fn(usize) -> f64) -> f64 {
    let (sum, total) = weights.iter().enumerate().fold((0.0, 0.0), |(s, t), (i, w)| (s + w * of(i), t + w));
    sum / total
}

impl Within {
    /// Adds what the posts say of each other.
    fn compare(&self, normal: &mut Normal) {
        let weights: Vec<f64> = self.posts.iter().map(|(_, _, weight)| *weight).collect();
        // The creator's own level is taken out: every column and the log less its weighted mean.
        let level = mean(&weights, |at| self.posts[at].1);
        let total = weights.iter().fold(0.0, |sum, w| sum + w);
        let mut columns: BTreeMap<usize, f64> = BTreeMap::new();
        for (combination, _, weight) in &self.posts {
            combination
                .iter()
                .for_each(|&(column, factor)| *columns.entry(column).or_default() += weight * factor / total);
        }
        for (combination, log, weight) in &self.posts {
            let mut centred: BTreeMap<usize, f64> = columns.iter().map(|(&column, mean)| (column, -mean)).collect();
            combination.iter().for_each(|&(column, factor)| *centred.entry(column).or_default() += factor);
            let centred: Combination = centred.into_iter().collect();
            normal.add(&centred, log - level, *weight);
        }
    }

    /// How far the creator's own step to sponsored posts lies from that of all, and the variance of that. `None` for a
    /// creator without both kinds.
    fn step(&self, effects: &Effects) -> Option<(f64, f64)> {
        let of = |sponsored: bool| {
            let kind =
                self.posts.iter().filter(|(combination, _, _)| combination.iter().any(|c| c.0 == 0) == sponsored);
            let (sum, total) = kind.fold((0.0, 0.0), |(sum, total), (combination, log, weight)| {
                (sum + weight * (log - effects.value(combination)), total + weight)
            });
            (total > 0.0).then(|| (sum / total, 1.0 / total))
        };
        let ((paid, a), (plain, b)) = (of(true)?, of(false)?);
        Some((paid - plain, a + b))
    }
}
