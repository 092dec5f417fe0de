//! How much a creator's posts vary, and how often one goes far beyond the rest: learned over creators.

use super::count::Likelihood;
use super::profile::{Ready, log_sum};
use crate::base::{Result, Run, par};

/// The least and largest spread (standard deviation of the log from post to post), and the factor between neighbours.
const LEAST: f64 = 0.05;
const FACTOR: f64 = 1.3;
const COUNT: usize = 16;

/// Extra standard deviation of a viral post's log.
const WIDE: f64 = 1.5;

/// Shares of viral posts that are tried.
const VIRAL: [f64; 4] = [0.0, 0.02, 0.05, 0.1];

/// Creators that the share of viral posts is decided on, at most.
const ENOUGH: usize = 800;

/// Before any post is seen: the middle spread, how sure that is (in logs), how much creators differ (in logs), and how
/// many creators the last is worth. A platform's middle is drawn to that of all as by so many creators.
const MIDDLE: f64 = 0.55;
const SURE: f64 = 0.5;
const DIFFER: f64 = 0.4;
const WORTH: f64 = 6.0;
const DRAWN: f64 = 5.0;

/// What creators of a platform are like, in spread.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// Log of the middle spread, one a platform.
    pub middles: Vec<f64>,
    /// Standard deviation of the log over creators.
    pub differ: f64,
    /// Share of viral posts.
    pub viral: f64,
    /// Creators with at least two single posts.
    pub creators: usize,
}

/// The likelihoods of all that is looked at: made once, used by every fit.
pub fn likelihood() -> Likelihood {
    let spreads = (0..COUNT).scan(LEAST, |spread, _| {
        let this = *spread;
        *spread *= FACTOR;
        Some(this)
    });
    Likelihood::new(spreads.collect(), WIDE)
}

impl Spread {
    /// What is assumed before any post is seen.
    pub fn assumed(platforms: usize) -> Spread {
        Spread { middles: vec![libm::log(MIDDLE); platforms], differ: DIFFER, viral: VIRAL[1], creators: 0 }
    }

    /// Learns from creators in an order that depends on their content alone; returns also the log-likelihoods of the
    /// spreads of each.
    pub fn learn(
        ready: &[Ready],
        platforms: usize,
        likelihood: &Likelihood,
        run: &Run,
    ) -> Result<(Spread, Vec<Vec<f64>>)> {
        let several: Vec<usize> = (0..ready.len()).filter(|&at| ready[at].singles() >= 2).collect();
        let each = |places: &[usize], viral: f64| -> Result<Vec<Vec<f64>>> {
            let parts = par::map(run, &par::chunks(places.len(), 16), |range| {
                Ok(places[range].iter().map(|&at| ready[at].spreads(likelihood, viral)).collect::<Vec<_>>())
            })?;
            Ok(parts.into_iter().flatten().collect())
        };
        let of = |places: &[usize]| places.iter().map(|&at| ready[at].platform).collect::<Vec<_>>();
        // Every so-many-th creator: a sample that nobody's name decides.
        let some: Vec<usize> = several.iter().copied().step_by(several.len().div_ceil(ENOUGH).max(1)).collect();
        let mut best = (f64::NEG_INFINITY, Spread::assumed(platforms));
        if !some.is_empty() {
            for viral in VIRAL {
                let (spread, log) = Spread::from(&each(&some, viral)?, &of(&some), platforms, viral, likelihood);
                // A little against many viral posts, so that few posts do not show them.
                let log = log - 20.0 * viral;
                if log > best.0 {
                    best = (log, spread);
                }
            }
        }
        let viral = best.1.viral;
        let logs = each(&several, viral)?;
        let spread = match several.is_empty() {
            true => best.1,
            false => Spread::from(&logs, &of(&several), platforms, viral, likelihood).0,
        };
        let mut all = vec![vec![0.0; likelihood.spreads.len()]; ready.len()];
        several.iter().zip(logs).for_each(|(&at, logs)| all[at] = logs);
        Ok((spread, all))
    }

    /// Maximises the marginal likelihood (EM) given the creators' likelihoods.
    fn from(logs: &[Vec<f64>], of: &[u32], platforms: usize, viral: f64, likelihood: &Likelihood) -> (Spread, f64) {
        let values: Vec<f64> = likelihood.spreads.iter().map(|&spread| libm::log(spread)).collect();
        let mut spread = Spread { viral, creators: logs.len(), ..Spread::assumed(platforms) };
        let mut whole = libm::log(MIDDLE);
        let mut total = 0.0;
        for _ in 0..60 {
            let (mut count, mut sum) = (vec![0.0; platforms], vec![0.0; platforms]);
            let priors: Vec<Vec<f64>> = (0..platforms).map(|p| spread.prior(p as u32, likelihood)).collect();
            total = 0.0;
            let mut squares = WORTH * DIFFER * DIFFER;
            for (logs, &platform) in logs.iter().zip(of) {
                let p = platform as usize;
                let posterior: Vec<f64> = logs.iter().zip(&priors[p]).map(|(log, prior)| log + prior).collect();
                let mass = log_sum(&posterior);
                total += mass;
                count[p] += 1.0;
                for (value, log) in values.iter().zip(posterior) {
                    let weight = libm::exp(log - mass);
                    sum[p] += weight * value;
                    squares += weight * (value - spread.middles[p]) * (value - spread.middles[p]);
                }
            }
            spread.differ = libm::sqrt(squares / (WORTH + logs.len() as f64)).max(0.1);
            let square = spread.differ * spread.differ;
            let pull = square / (SURE * SURE);
            let all = sum.iter().fold(0.0, |a, b| a + b);
            whole = (all + pull * libm::log(MIDDLE)) / (logs.len() as f64 + pull);
            for p in 0..platforms {
                spread.middles[p] = (sum[p] + DRAWN * whole) / (count[p] + DRAWN);
            }
        }
        let off = whole - libm::log(MIDDLE);
        (spread, total - 0.5 * off * off / (SURE * SURE))
    }

    /// Log prior weights of the spreads on a platform.
    pub fn prior(&self, platform: u32, likelihood: &Likelihood) -> Vec<f64> {
        let logs = likelihood.spreads.iter().map(|&spread| {
            let off = (libm::log(spread) - self.middles[platform as usize]) / self.differ;
            -0.5 * off * off
        });
        let logs: Vec<f64> = logs.collect();
        let mass = log_sum(&logs);
        logs.into_iter().map(|log| log - mass).collect()
    }

    /// Weights of the spreads of a creator, from their log-likelihoods.
    pub fn weights(&self, platform: u32, logs: &[f64], likelihood: &Likelihood) -> Vec<f64> {
        let prior = self.prior(platform, likelihood);
        let posterior: Vec<f64> = logs.iter().zip(prior).map(|(log, prior)| log + prior).collect();
        let mass = log_sum(&posterior);
        posterior.into_iter().map(|log| libm::exp(log - mass)).collect()
    }

    /// The middle spread of a platform.
    pub fn middle(&self, platform: u32) -> f64 {
        libm::exp(self.middles[platform as usize])
    }

    /// Log of the mean over the median of a post's reach, at this spread.
    pub fn factor(&self, spread: f64) -> f64 {
        let square = spread * spread;
        let common = (1.0 - self.viral) * libm::exp(0.5 * square);
        libm::log(common + self.viral * libm::exp(0.5 * (square + WIDE * WIDE)))
    }

    /// Variance that a viral post's log has more.
    pub fn wide() -> f64 {
        WIDE * WIDE
    }
}
