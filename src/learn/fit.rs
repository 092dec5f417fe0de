//! The fitted model of reach, and what it says of a creator's next post.

use super::count::{Likelihood, Mixture, Part, normal_mixture_quantile};
use super::effects::{Combination, Effects};
use super::level::{self, Level, Seen};
use super::posts::{Account, Rows};
use super::profile::{Given, Ready};
use super::spread::Spread;
use crate::base::stats::Interval;
use crate::base::{Result, Run, par};
use crate::graph::network::Tiers;

/// Weights below this leave a mixture.
const LEAST: f64 = 1e-3;

/// A creator's format counts beside its platform's, as worth so many posts.
const HABIT: f64 = 1.0;

/// The model with everything learned. Holds for any number of followers and any posts, not only those it learned from.
#[derive(Debug, Clone)]
pub struct Fit<'a> {
    likelihood: &'a Likelihood,
    effects: Effects,
    spread: Spread,
    levels: Vec<Level>,
    /// Formats used on each platform: (format, share), by posts.
    habits: Vec<Vec<(Option<u32>, f64)>>,
    /// Variance of the log of people per view, one a platform.
    ratios: Vec<f64>,
    /// Creators with posts on each platform.
    pub creators: Vec<usize>,
    /// Single posts on each platform.
    pub singles: Vec<u64>,
    /// Sponsored posts of creators who also have ordinary ones.
    pub contrasts: u64,
}

/// The next post asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its format; `None`: as the creator's posts have been.
    pub format: Option<u32>,
    /// Whether somebody pays.
    pub sponsored: bool,
}

/// What is said of a next post.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The expected outcome: the mean over posts like it.
    pub mean: f64,
    /// Its 95% interval.
    pub interval: Interval,
    /// The distribution of the next outcome.
    pub next: Mixture,
}

/// In an order that depends on content alone: sums come out the same, whatever accounts are called.
fn ordered(rows: &Rows) -> Vec<&Account> {
    let mut accounts: Vec<&Account> = rows.accounts.iter().filter(|account| !account.posts.is_empty()).collect();
    accounts.sort_by(|a, b| a.order(b));
    accounts
}

impl<'a> Fit<'a> {
    /// Learns from the rows.
    pub fn learn(rows: &Rows, tiers: &Tiers, likelihood: &'a Likelihood, run: &Run) -> Result<Fit<'a>> {
        let accounts = ordered(rows);
        let platforms = rows.platforms.len();
        let effects = Effects::learn(&accounts, platforms);
        let prepare = |effects: &Effects, spread: &Spread| -> Vec<Ready> {
            let each = accounts.iter().map(|account| {
                let middle = spread.middle(account.platform);
                Ready::new(account, effects, middle, spread.factor(middle))
            });
            each.collect()
        };
        let (spread, logs) =
            Spread::learn(&prepare(&effects, &Spread::assumed(platforms)), platforms, likelihood, run)?;
        let ready = prepare(&effects, &spread);
        let seen = par::map(run, &par::chunks(ready.len(), 16), |range| {
            let each = range.map(|at| {
                let weights = spread.weights(ready[at].platform, &logs[at], likelihood);
                let profile = ready[at].profile(likelihood, &weights, spread.viral);
                Seen { platform: accounts[at].platform, followers: accounts[at].followers, profile }
            });
            Ok(each.collect::<Vec<_>>())
        })?;
        let seen: Vec<Seen> = seen.into_iter().flatten().collect();
        let levels = level::fit(&seen, platforms, tiers);
        let (mut creators, mut singles) = (vec![0; platforms], vec![0; platforms]);
        let mut formats = vec![std::collections::BTreeMap::<Option<u32>, f64>::new(); platforms];
        for account in &accounts {
            let platform = account.platform as usize;
            creators[platform] += 1;
            singles[platform] += account.singles().count() as u64;
            account.posts.iter().for_each(|past| *formats[platform].entry(past.format).or_default() += 1.0);
        }
        let habits = formats
            .into_iter()
            .map(|formats| {
                let total = formats.values().fold(0.0, |sum, count| sum + count);
                formats.into_iter().map(|(format, count)| (format, count / total)).collect()
            })
            .collect();
        let ratios = rows.ratios.iter().map(|ratio| ratio.variance()).collect();
        let contrasts = effects.contrasts;
        Ok(Fit { likelihood, effects, spread, levels, habits, ratios, creators, singles, contrasts })
    }

    /// Followers that the line was learned from, on a platform.
    pub fn counted(&self, platform: u32) -> usize {
        self.levels[platform as usize].counted
    }

    /// The formats that the next post may have, with their shares.
    fn formats(&self, account: &Account, next: Next) -> Vec<(Option<u32>, f64)> {
        if next.format.is_some() {
            return vec![(next.format, 1.0)];
        }
        let habit = &self.habits[account.platform as usize];
        let mut shares: Vec<(Option<u32>, f64)> =
            habit.iter().map(|&(format, share)| (format, share * HABIT)).collect();
        for past in &account.posts {
            match shares.iter_mut().find(|(format, _)| *format == past.format) {
                Some((_, share)) => *share += 1.0,
                None => shares.push((past.format, 1.0)),
            }
        }
        // Formats without an effect of their own are alike.
        let mut merged: Vec<(Option<u32>, f64)> = Vec::new();
        for (format, share) in shares {
            let plain = self.effects.of(account.platform, format, false).is_empty();
            let key = if plain { None } else { format };
            match merged.iter_mut().find(|(format, _)| *format == key) {
                Some((_, sum)) => *sum += share,
                None => merged.push((key, share)),
            }
        }
        let total = merged.iter().fold(0.0, |sum, (_, share)| sum + share);
        let mut merged: Vec<_> = merged.into_iter().map(|(format, share)| (format, share / total)).collect();
        merged.retain(|(_, share)| *share > 0.02);
        let total = merged.iter().fold(0.0, |sum, (_, share)| sum + share);
        merged.iter_mut().for_each(|(_, share)| *share /= total);
        if merged.is_empty() { vec![(None, 1.0)] } else { merged }
    }

    /// What the posts of an account, if any, and its followers say of it.
    pub fn own<'f>(&'f self, account: &'f Account) -> Own<'f> {
        let platform = account.platform;
        let middle = self.spread.middle(platform);
        let ready = Ready::new(account, &self.effects, middle, self.spread.factor(middle));
        let logs = ready.spreads(self.likelihood, self.spread.viral);
        let weights = self.spread.weights(platform, &logs, self.likelihood);
        let kept: Vec<usize> = (0..weights.len()).filter(|&at| weights[at] >= LEAST).collect();
        let total = kept.iter().fold(0.0, |sum, &at| sum + weights[at]);
        let prior = self.levels[platform as usize].of(account.followers);
        let given = kept.into_iter().map(|at| {
            let given = ready.given(self.likelihood, at, self.spread.viral, prior);
            (weights[at] / total, self.likelihood.spreads[at], given)
        });
        let given = given.collect();
        Own { fit: self, account, ready, given }
    }

    /// What is said of the next post of an account.
    pub fn next(&self, account: &Account, next: Next) -> Said {
        self.own(account).next(next)
    }

    /// The variance of the step from the effects behind the creator's posts, or the platform's, to the next post's.
    fn step(&self, ready: &Ready, platform: u32, to: &[(usize, f64)]) -> f64 {
        if !ready.mix.is_empty() {
            return self.effects.step(to, &ready.mix);
        }
        let habit = self.habits[platform as usize].iter();
        let from: Vec<(Combination, f64)> =
            habit.map(|&(format, share)| (self.effects.of(platform, format, false), share)).collect();
        self.effects.step(to, &from)
    }

    /// What was learned, for tests and summaries.
    pub fn learned(&self, platform: u32) -> Learned {
        Learned {
            spread: self.spread.middle(platform),
            differ: self.spread.differ,
            viral: self.spread.viral,
            sponsored: libm::exp(self.effects.value(&self.effects.of(platform, None, true))),
        }
    }

    /// The expected level (mean log) of a creator with so many followers, before its posts are looked at, and the
    /// standard deviation of creators around it.
    pub fn expected(&self, platform: u32, followers: Option<f64>) -> (f64, f64) {
        let level = self.levels[platform as usize].of(followers);
        (level.mean, libm::sqrt(level.variance))
    }
}

/// What was learned about a platform.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Learned {
    /// The middle creator's spread from post to post: standard deviation of the log.
    pub spread: f64,
    /// How much creators differ in it: standard deviation of its log.
    pub differ: f64,
    /// Share of posts that go far beyond the rest, or fall far behind.
    pub viral: f64,
    /// Reach of sponsored posts over ordinary ones.
    pub sponsored: f64,
}

/// A creator, its own posts taken in.
pub struct Own<'f> {
    fit: &'f Fit<'f>,
    account: &'f Account,
    ready: Ready,
    /// For each spread its weight, itself, and the level.
    given: Vec<(f64, f64, Given)>,
}

impl Own<'_> {
    /// What is said of its next post.
    pub fn next(&self, next: Next) -> Said {
        let (fit, platform, viral) = (self.fit, self.account.platform, self.fit.spread.viral);
        // What is not known of people per view, as far as posts were turned from views.
        let posts = &self.account.posts;
        let turned = posts.iter().filter(|past| past.converted).count() as f64;
        let turned = if posts.is_empty() { 1.0 } else { turned / posts.len() as f64 };
        let ratio = fit.ratios[platform as usize] * turned * turned;
        let formats: Vec<(f64, f64, f64)> = fit
            .formats(self.account, next)
            .into_iter()
            .map(|(format, share)| {
                let to = fit.effects.of(platform, format, next.sponsored);
                (share, fit.effects.value(&to), fit.step(&self.ready, platform, &to))
            })
            .collect();
        let sum = formats.iter().map(|(share, effect, unsure)| share * libm::exp(effect + 0.5 * unsure));
        let gain = sum.fold(0.0, |sum, x| sum + x);
        let mut mean = 0.0;
        let (mut level, mut parts) = (Vec::new(), Vec::new());
        for (weight, sd, given) in &self.given {
            let factor = fit.spread.factor(*sd);
            mean += weight * libm::exp(given.log_mean + factor) * gain;
            for &(share, effect, unsure) in &formats {
                let weight = weight * share;
                let middle = given.level.mean + effect;
                let variance = given.level.variance + unsure + ratio;
                level.push(Part { weight, mean: middle + factor, sd: libm::sqrt(variance) });
                parts.push(Part { weight: weight * (1.0 - viral), mean: middle, sd: libm::sqrt(variance + sd * sd) });
            }
        }
        if viral > 0.0 {
            parts.push(self.viral(&parts, viral));
        }
        let end = |at: f64| libm::exp(normal_mixture_quantile(&level, at));
        let interval = Interval { low: end(0.025).min(mean), high: end(0.975).max(mean) };
        Said { mean, interval, next: Mixture::new(parts) }
    }

    /// The rare wide posts as one part with the moments of all.
    fn viral(&self, parts: &[Part], viral: f64) -> Part {
        let total = parts.iter().fold(0.0, |sum, part| sum + part.weight);
        let mean = parts.iter().fold(0.0, |sum, part| sum + part.weight * part.mean) / total;
        let square = parts
            .iter()
            .fold(0.0, |sum, part| sum + part.weight * (part.sd * part.sd + (part.mean - mean) * (part.mean - mean)));
        Part { weight: viral, mean, sd: libm::sqrt(square / total + Spread::wide()) }
    }
}
