//! How far single follows, and single people, lie from what their kind says: by marginal likelihood.

use super::cells::Cells;
use super::hierarchical::Learned;
use super::traces::Traces;
use crate::base::{Result, Run, par};

/// Pairs that are looked at, at most.
const ENOUGH: usize = 100_000;

/// Trials are told apart one by one up to here, then by eighths of a doubling; means by quarters of a doubling.
const FEW: usize = 32;
const TRIALS: usize = FEW + 8 * 28;
const MEANS: usize = 160;

/// Strengths that are tried: half powers of ten.
const STRENGTHS: usize = 15;

fn trial_bin(trials: u32) -> usize {
    match (trials as usize) < FEW {
        true => trials as usize,
        false => (FEW + (8.0 * libm::log2(f64::from(trials) / FEW as f64)) as usize).min(TRIALS - 1),
    }
}

fn mean_bin(mean: f64) -> usize {
    ((-4.0 * libm::log2(mean.max(1e-12))) as usize).min(MEANS - 1)
}

/// The log-likelihood of k successes in n trials where the chance is a beta variable of this mean and strength, without
/// what does not depend on them.
pub fn beta_binomial(k: f64, n: f64, mean: f64, strength: f64) -> f64 {
    let (a, b) = (strength * mean, strength * (1.0 - mean));
    let gamma = libm::lgamma;
    let successes = if k > 0.0 { gamma(k + a) - gamma(a) } else { 0.0 };
    successes + gamma((n - k).max(0.0) + b) - gamma(b) + gamma(strength) - gamma(n.max(k) + strength)
}

/// The strength under which the successes shared out are likeliest, with those of the pairs that never succeeded gathered by
/// trials and mean.
pub fn of(found: &Learned, traces: &Traces<'_>, cells: &Cells, hits: &[f64], run: &Run) -> Result<f64> {
    let rows = traces.graph.follower_rows();
    let ranges = par::chunks_by_degree(&rows.offsets, 1 << 21);
    let parts = par::map(run, &ranges, |range| {
        let mut bins = vec![(0u64, 0.0, 0.0); TRIALS * MEANS];
        for v in (range.start as u32..range.end as u32).filter(|&v| traces.acted[v as usize] > 0) {
            traces.tried(v, |place, u, trials, pair| {
                if pair.is_none() && trials > 0 {
                    let mean = found.prior(cells.at(place), v, u);
                    let bin = &mut bins[trial_bin(trials) * MEANS + mean_bin(mean)];
                    *bin = (bin.0 + 1, bin.1 + f64::from(trials), bin.2 + mean);
                }
            });
        }
        Ok(bins)
    })?;
    let mut never = vec![(0u64, 0.0, 0.0); TRIALS * MEANS];
    for part in &parts {
        for (sum, bin) in never.iter_mut().zip(part).filter(|(_, bin)| bin.0 > 0) {
            *sum = (sum.0 + bin.0, sum.1 + bin.1, sum.2 + bin.2);
        }
    }
    never.retain(|bin| bin.0 > 0);
    let pairs = &traces.pairs;
    let step = pairs.len().div_ceil(ENOUGH).max(1);
    let tried: Vec<(f64, f64, f64)> = (0..pairs.len())
        .step_by(step)
        .map(|pair| {
            let mean = found.prior(cells.at(pairs.place[pair]), pairs.source[pair], pairs.target[pair]);
            (hits[pair], f64::from(pairs.trials[pair]), mean)
        })
        .collect();
    let likelihoods = par::map(run, &par::chunks(STRENGTHS, 1), |range| {
        let strength = libm::pow(10.0, 0.5 * range.start as f64);
        let unseen = never.iter().fold(0.0, |sum, &(count, trials, mean)| {
            let n = count as f64;
            sum + n * beta_binomial(0.0, trials / n, mean / n, strength)
        });
        let seen = tried.iter().fold(0.0, |sum, &(k, n, mean)| sum + beta_binomial(k, n, mean, strength));
        Ok(unseen + step as f64 * seen)
    })?;
    let best = (0..STRENGTHS).fold(0, |best, at| if likelihoods[at] > likelihoods[best] { at } else { best });
    Ok(libm::pow(10.0, 0.5 * best as f64))
}

/// The shape of gamma factors of mean 1 under which counts are likeliest: `K ~ Poisson(E f)`, `f ~ Gamma(κ, κ)`.
pub fn shape(counts: &[f64], expected: &[f64], run: &Run) -> f64 {
    let at = |log: f64| {
        let shape = libm::exp(log);
        let (own, gamma) = (libm::log(shape), libm::lgamma(shape));
        par::sum(run, counts.len(), |u| {
            let (k, e) = (counts[u], expected[u]);
            if e <= 0.0 {
                return 0.0;
            }
            let sum = libm::log(shape + e);
            let masses = if k > 0.0 { libm::lgamma(k + shape) - gamma - k * sum } else { 0.0 };
            masses + shape * (own - sum)
        })
    };
    // Golden section over the log; likelihoods of this kind have one peak.
    let (mut low, mut high) = (libm::log(0.02), libm::log(1e4));
    let golden = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_a, mut at_b) = (at(a), at(b));
    for _ in 0..18 {
        if at_a > at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - golden * (high - low);
            at_a = at(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + golden * (high - low);
            at_b = at(b);
        }
    }
    libm::exp(0.5 * (low + high))
}
