//! What a creator's own posts say of its level (the mean log of its reach) and of its spread from post to post.

use super::count::{Likelihood, Seen, working};
use super::effects::{Combination, Effects};
use super::posts::Account;

/// Points of a grid of levels, and how many standard deviations it reaches to both sides.
const POINTS: usize = 33;
const REACH: f64 = 7.0;

/// The lattice of a [`Posterior`], in standard deviations of the level if no post were far out; weights that are left out,
/// relative to the largest.
const FINE: f64 = 0.4;
const NOTHING: f64 = 1e-9;

/// The standard deviation of the level where nothing but the posts themselves shall speak: all but flat.
const FLAT: f64 = 4.0;

/// Posts that an average is taken to be made of, where nobody says.
pub const AVERAGED: f64 = 10.0;

/// A creator's posts, ready for likelihoods.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// Single posts: outcome, effects of format and sponsorship, and the outcome as a normal observation.
    singles: Vec<(Seen, f64, (f64, f64))>,
    /// Averages, as normal observations of the level.
    averages: Vec<(f64, f64)>,
    /// The platform.
    pub platform: u32,
    /// The effects behind the posts, each with its share.
    pub mix: Vec<(Combination, f64)>,
}

/// A normal distribution of the level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    /// Its mean.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
}

/// The level given one spread.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Given {
    /// Log of the integral of likelihood and prior.
    log_mass: f64,
    /// Mean and variance of the level.
    level: Normal,
}

/// The level given one spread, on a lattice that depends on the posts and on how sure the prior is, not on where the prior
/// lies: a prior that lies higher moves weight up the lattice and never down, so that the mean and every quantile rise.
#[derive(Debug, Clone, PartialEq)]
pub struct Posterior {
    /// From point to point.
    pub step: f64,
    /// Levels, rising, with their weights, which sum to 1.
    pub points: Vec<(f64, f64)>,
}

impl Posterior {
    /// The mean of a function of the level.
    pub fn mean(&self, of: impl Fn(f64) -> f64) -> f64 {
        self.points.iter().fold(0.0, |sum, &(level, weight)| sum + weight * of(level))
    }

    /// On a wider lattice, each point shared between its two neighbours there, and the variance that this adds.
    pub fn coarser(&self, step: f64) -> (Posterior, f64) {
        if step <= self.step {
            return (self.clone(), self.step * self.step / 12.0);
        }
        let mut points: Vec<(f64, f64)> = Vec::new();
        for &(level, weight) in &self.points {
            let place = libm::floor(level / step);
            let share = level / step - place;
            for (place, weight) in [(place, weight * (1.0 - share)), (place + 1.0, weight * share)] {
                let at = place * step;
                match points.iter_mut().rev().find(|point| point.0 == at) {
                    Some(point) => point.1 += weight,
                    None => points.push((at, weight)),
                }
            }
        }
        (Posterior { step, points }, -step * step / 6.0)
    }
}

impl Ready {
    /// Of an account. `spread` is the middle spread of the platform, `factor` the log of the mean over the median.
    pub fn new(account: &Account, effects: &Effects, spread: f64, factor: f64) -> Ready {
        let mut ready = Ready { singles: vec![], averages: vec![], platform: account.platform, mix: vec![] };
        for past in &account.posts {
            let combination = effects.of(account.platform, past.format, past.sponsored);
            let offset = effects.value(&combination);
            let (log, noise) = working(past.count);
            if past.average {
                let variance = (libm::exp(spread * spread) - 1.0) / AVERAGED + noise;
                ready.averages.push((log - offset - factor, variance));
            } else {
                ready.singles.push((Seen::new(past.count), offset, (log - offset, noise)));
            }
            ready.mix.push((combination, if past.average { AVERAGED } else { 1.0 }));
        }
        ready
    }

    /// How many single posts.
    pub fn singles(&self) -> usize {
        self.singles.len()
    }

    /// The log-likelihood of the single posts at a level, for the spread number `spread`.
    fn single(&self, likelihood: &Likelihood, spread: usize, viral: f64, level: f64) -> f64 {
        let (mut log, mut product) = (0.0, 1.0);
        for (seen, offset, _) in &self.singles {
            product *= likelihood.of(*seen, spread, viral, level + offset).max(1e-120);
            if product < 1e-150 {
                log += libm::log(product);
                product = 1.0;
            }
        }
        log + libm::log(product)
    }

    fn averaged(&self, level: f64) -> f64 {
        self.averages.iter().fold(0.0, |sum, (log, variance)| sum - 0.5 * (level - log) * (level - log) / variance)
    }

    /// A grid that holds the level: its middle and standard deviation, posts far out weighing less where posts may be.
    fn place(&self, likelihood: &Likelihood, spread: usize, viral: f64, prior: Normal, averages: bool) -> (f64, f64) {
        let square = likelihood.spreads[spread] * likelihood.spreads[spread];
        let (mut middle, mut precision) = (prior.mean, 1.0 / prior.variance);
        for round in 0..4 {
            let (mut sum, mut total) = (prior.mean / prior.variance, 1.0 / prior.variance);
            for (_, _, (log, noise)) in &self.singles {
                let (common, wide) = (square + noise, square + noise + likelihood.wide);
                let off = if round == 0 { 0.0 } else { (log - middle) * (log - middle) };
                let density = |variance: f64| libm::exp(-0.5 * off / variance) / libm::sqrt(variance);
                let (a, b) = ((1.0 - viral) * density(common), viral * density(wide));
                let share = if a + b > 0.0 { a / (a + b) } else { f64::from(viral == 0.0) };
                let weight = share / common + (1.0 - share) / wide;
                sum += weight * log;
                total += weight;
            }
            for (log, variance) in self.averages.iter().filter(|_| averages) {
                sum += log / variance;
                total += 1.0 / variance;
            }
            (middle, precision) = (sum / total, total);
            if viral == 0.0 {
                break;
            }
        }
        // Small counts leave a long tail to the left.
        let few = self.singles.iter().any(|(seen, _, _)| matches!(seen, Seen::Few(_)));
        (middle, libm::sqrt(1.0 / precision) * if few { 1.4 } else { 1.0 })
    }

    /// Integrates over the level under a prior, for one spread.
    fn given(&self, likelihood: &Likelihood, spread: usize, viral: f64, prior: Normal, averages: bool) -> Given {
        let (middle, sd) = self.place(likelihood, spread, viral, prior, averages);
        let step = 2.0 * REACH * sd / (POINTS - 1) as f64;
        let mut logs = [0.0; POINTS];
        for (at, log) in logs.iter_mut().enumerate() {
            let level = middle - REACH * sd + step * at as f64;
            let off = level - prior.mean;
            *log = self.single(likelihood, spread, viral, level) - 0.5 * off * off / prior.variance;
            if averages {
                *log += self.averaged(level);
            }
        }
        let top = logs.iter().fold(f64::NEG_INFINITY, |top, &log| top.max(log));
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        for (at, log) in logs.iter().enumerate() {
            let off = -REACH * sd + step * at as f64;
            let weight = libm::exp(log - top);
            mass += weight;
            first += weight * off;
            second += weight * off * off;
        }
        let off = first / mass;
        Given {
            log_mass: top + libm::log(mass * step) - 0.5 * libm::log(prior.variance),
            level: Normal { mean: middle + off, variance: (second / mass - off * off).max(1e-12) },
        }
    }

    /// The level given the posts and a prior, for one spread.
    pub fn posterior(&self, likelihood: &Likelihood, spread: usize, viral: f64, prior: Normal) -> Posterior {
        let square = likelihood.spreads[spread] * likelihood.spreads[spread];
        let singles = self.singles.iter().map(|(_, _, (_, noise))| 1.0 / (square + noise));
        let precision = singles.chain(self.averages.iter().map(|(_, variance)| 1.0 / variance));
        let step = FINE / libm::sqrt(precision.fold(1.0 / prior.variance, |sum, x| sum + x));
        let (middle, sd) = self.place(likelihood, spread, viral, prior, true);
        let first = libm::floor((middle - REACH * sd) / step);
        let last = libm::ceil((middle + REACH * sd) / step);
        let log = |place: f64| {
            let level = step * place;
            let off = level - prior.mean;
            let own = self.single(likelihood, spread, viral, level) + self.averaged(level);
            (level, own - 0.5 * off * off / prior.variance)
        };
        let points: Vec<(f64, f64)> = (0..=(last - first) as usize).map(|at| log(first + at as f64)).collect();
        let top = points.iter().fold(f64::NEG_INFINITY, |top, &(_, log)| top.max(log));
        let weighed = points.into_iter().map(|(level, log)| (level, libm::exp(log - top)));
        let kept: Vec<(f64, f64)> = weighed.filter(|&(_, weight)| weight > NOTHING).collect();
        let mass = kept.iter().fold(0.0, |sum, (_, weight)| sum + weight);
        Posterior { step, points: kept.into_iter().map(|(level, weight)| (level, weight / mass)).collect() }
    }

    /// Log-likelihoods of the spreads from single posts alone, whatever the level: a nearly flat prior around the posts
    /// themselves, so that neither followers nor averages say how much posts vary. All 0 for fewer than two posts.
    pub fn spreads(&self, likelihood: &Likelihood, viral: f64) -> Vec<f64> {
        let n = self.singles.len();
        if n < 2 {
            return vec![0.0; likelihood.spreads.len()];
        }
        let mean = self.singles.iter().fold(0.0, |sum, (_, _, (log, _))| sum + log) / n as f64;
        let flat = Normal { mean, variance: FLAT * FLAT };
        let spreads = 0..likelihood.spreads.len();
        spreads.map(|spread| self.given(likelihood, spread, viral, flat, false).log_mass).collect()
    }

    /// The log-likelihood of the level on a grid, the spread averaged over its weights: for looking at many priors.
    pub fn profile(&self, likelihood: &Likelihood, weights: &[f64], viral: f64) -> Profile {
        const POINTS: usize = 61;
        let n = (self.singles.len() + self.averages.len()).max(1) as f64;
        let logs = self.singles.iter().map(|(_, _, (log, _))| log).chain(self.averages.iter().map(|(log, _)| log));
        let mean = logs.fold(0.0, |sum, log| sum + log) / n;
        let flat = Normal { mean, variance: FLAT * FLAT };
        let kept: Vec<usize> = (0..weights.len()).filter(|&spread| weights[spread] > 0.01).collect();
        let given: Vec<Given> = kept.iter().map(|&spread| self.given(likelihood, spread, viral, flat, true)).collect();
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (level, weight) in given.iter().zip(&kept).map(|(given, &spread)| (given.level, weights[spread])) {
            let reach = if weight > 0.05 { 6.0 } else { 4.0 } * libm::sqrt(level.variance);
            (low, high) = (low.min(level.mean - reach), high.max(level.mean + reach));
        }
        let step = (high - low) / (POINTS - 1) as f64;
        let logs = (0..POINTS).map(|at| {
            let level = low + step * at as f64;
            let each = kept.iter().zip(&given).map(|(&spread, given)| {
                libm::log(weights[spread]) + self.single(likelihood, spread, viral, level) - given.log_mass
            });
            log_sum(&each.collect::<Vec<_>>()) + self.averaged(level)
        });
        Profile { low, step, logs: logs.collect() }
    }
}

/// `log sum exp`.
pub fn log_sum(logs: &[f64]) -> f64 {
    let top = logs.iter().fold(f64::NEG_INFINITY, |top, &log| top.max(log));
    if top == f64::NEG_INFINITY {
        return top;
    }
    top + libm::log(logs.iter().fold(0.0, |sum, log| sum + libm::exp(log - top)))
}

/// A log-likelihood of the level on a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    low: f64,
    step: f64,
    logs: Vec<f64>,
}

impl Profile {
    /// Mean and variance of the level under a normal prior.
    pub fn under(&self, prior: Normal) -> Normal {
        let log = |at: usize| {
            let off = self.low + self.step * at as f64 - prior.mean;
            self.logs[at] - 0.5 * off * off / prior.variance
        };
        let logs: Vec<f64> = (0..self.logs.len()).map(log).collect();
        let top = logs.iter().fold(f64::NEG_INFINITY, |top, &log| top.max(log));
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        for (at, log) in logs.iter().enumerate() {
            let (weight, off) = (libm::exp(log - top), self.step * at as f64);
            mass += weight;
            first += weight * off;
            second += weight * off * off;
        }
        let off = first / mass;
        // Never narrower than the grid can show.
        let least = self.step * self.step / 12.0;
        Normal { mean: self.low + off, variance: (second / mass - off * off).max(least) }
    }
}
