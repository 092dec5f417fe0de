//! The fitted model of reach, and what it says of a creator's next post.

use super::count::Likelihood;
use super::effects::{Combination, Effects};
use super::habits::Habits;
use super::level::{self, Level, Seen};
use super::mixture::{Mixture, Part, quantile_of_logs};
use super::posts::{Account, Rows};
use super::profile::{Posterior, Ready};
use super::spread::Spread;
use crate::base::stats::Interval;
use crate::base::{Result, Run, par};
use crate::graph::network::Tiers;

/// Weights below this leave a mixture.
const LEAST: f64 = 1e-3;

/// Points that levels are told apart by beside the spread from post to post, in parts of that.
const COARSE: f64 = 0.8;

/// The model with everything learned. Holds for any number of followers and any posts, not only those it learned from.
#[derive(Debug, Clone)]
pub struct Fit<'a> {
    likelihood: &'a Likelihood,
    effects: Effects,
    spread: Spread,
    levels: Vec<Level>,
    habits: Habits,
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
        for account in &accounts {
            let platform = account.platform as usize;
            creators[platform] += 1;
            singles[platform] += account.singles().count() as u64;
        }
        let habits = Habits::learn(&accounts, platforms);
        let ratios = rows.ratios.iter().map(|ratio| ratio.variance()).collect();
        let contrasts = effects.contrasts;
        Ok(Fit { likelihood, effects, spread, levels, habits, ratios, creators, singles, contrasts })
    }

    /// Followers that the line was learned from, on a platform.
    pub fn counted(&self, platform: u32) -> usize {
        self.levels[platform as usize].counted
    }

    /// The formats that the next post may have, with their shares, and how many posts these are worth.
    fn formats(&self, account: &Account, next: Next) -> (Vec<(Option<u32>, f64)>, f64) {
        if next.format.is_some() {
            return (vec![(next.format, 1.0)], f64::INFINITY);
        }
        // Formats without an effect of their own are alike.
        let alike = |format| if self.effects.of(account.platform, format, false).is_empty() { None } else { format };
        self.habits.of(account, alike)
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
            let posterior = ready.posterior(self.likelihood, at, self.spread.viral, prior);
            (weights[at] / total, self.likelihood.spreads[at], posterior)
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
        let habit = self.habits.platform(platform).iter();
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
            sponsored_differ: self.effects.own(),
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
    /// How much creators differ in that: standard deviation of its log.
    pub sponsored_differ: f64,
}

/// A creator, its own posts taken in.
pub struct Own<'f> {
    fit: &'f Fit<'f>,
    account: &'f Account,
    ready: Ready,
    /// For each spread its weight, itself, and the level.
    given: Vec<(f64, f64, Posterior)>,
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
        let (to, gain, unsure) = self.towards(next);
        let mean = self.mean(gain, unsure);
        let kinds: Vec<(f64, f64, f64)> =
            to.iter().map(|(share, to)| (*share, fit.effects.value(to), fit.step(&self.ready, platform, to))).collect();
        let (mut level, mut parts) = (Vec::new(), Vec::new());
        for (weight, sd, posterior) in &self.given {
            let factor = fit.spread.factor(*sd) + gain;
            // A point of the lattice stands for all levels nearer to it than to others.
            let spread = libm::sqrt(unsure + ratio + posterior.step * posterior.step / 12.0);
            let points = posterior.points.iter();
            level.extend(points.map(|&(at, share)| Part { weight: weight * share, mean: at + factor, sd: spread }));
            let (coarse, added) = posterior.coarser(COARSE * sd);
            for &(share, effect, step) in &kinds {
                let spread = libm::sqrt(step + ratio + sd * sd + added);
                let weight = weight * share * (1.0 - viral);
                let points = coarse.points.iter();
                parts.extend(points.map(|&(at, share)| Part { weight: weight * share, mean: at + effect, sd: spread }));
            }
        }
        if viral > 0.0 {
            parts.extend(wide(&parts, viral));
        }
        let end = |at: f64| libm::exp(quantile_of_logs(&level, at));
        let interval = Interval { low: end(0.025).min(mean), high: end(0.975).max(mean) };
        Said { mean, interval, next: Mixture::new(parts) }
    }

    /// The expected outcome of its next post: the mean over posts like it.
    pub fn expected(&self, next: Next) -> f64 {
        let (_, gain, unsure) = self.towards(next);
        self.mean(gain, unsure)
    }

    fn mean(&self, gain: f64, unsure: f64) -> f64 {
        self.given.iter().fold(0.0, |sum, (weight, sd, posterior)| {
            let factor = self.fit.spread.factor(*sd) + gain;
            sum + weight * libm::exp(factor + 0.5 * unsure) * posterior.mean(libm::exp)
        })
    }

    /// The effects of the next post with their shares, and what [`Own::gain`] says of them.
    fn towards(&self, next: Next) -> (Vec<(f64, Combination)>, f64, f64) {
        let (formats, worth) = self.fit.formats(self.account, next);
        let effects = |format| self.fit.effects.of(self.account.platform, format, next.sponsored);
        let to: Vec<(f64, Combination)> = formats.into_iter().map(|(format, share)| (share, effects(format))).collect();
        let (gain, unsure) = self.gain(&to, worth);
        (to, gain, unsure)
    }

    /// The log of the mean effect over the formats that the next post may have, and its variance: that of the step from
    /// the posts known, and that of the formats' shares.
    fn gain(&self, to: &[(f64, Combination)], worth: f64) -> (f64, f64) {
        let effects = &self.fit.effects;
        let factors: Vec<f64> = to.iter().map(|(_, to)| libm::exp(effects.value(to))).collect();
        let over = |of: &dyn Fn(f64) -> f64| to.iter().zip(&factors).fold(0.0, |sum, ((s, _), &f)| sum + s * of(f));
        let gain = over(&|factor| factor);
        let shares = (over(&|factor| factor * factor) / (gain * gain) - 1.0).max(0.0) / (worth + 1.0);
        let mixed = to.iter().zip(&factors);
        let mixed =
            mixed.flat_map(|((share, to), factor)| to.iter().map(move |&(at, of)| (at, of * share * factor / gain)));
        let step = self.fit.step(&self.ready, self.account.platform, &mixed.collect::<Combination>());
        (libm::log(gain), step + shares)
    }
}

/// The rare wide posts: around the same middles, told apart coarsely, with the mean variance of all.
fn wide(parts: &[Part], viral: f64) -> Vec<Part> {
    let total = parts.iter().fold(0.0, |sum, part| sum + part.weight);
    let variance = parts.iter().fold(0.0, |sum, part| sum + part.weight * part.sd * part.sd) / total;
    let middles = parts.iter().map(|part| (part.mean, part.weight * viral / total)).collect();
    let (coarse, added) = Posterior { step: 0.0, points: middles }.coarser(COARSE * libm::sqrt(Spread::wide()));
    let sd = libm::sqrt(variance + Spread::wide() + added);
    coarse.points.into_iter().map(|(mean, weight)| Part { weight, mean, sd }).collect()
}
