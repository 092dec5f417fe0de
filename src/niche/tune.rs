//! From what walks hold to affinities: which way of walking, how sharp, and how much each niche is lifted, so that held-out labels
//! would have been told best.

use serde::{Deserialize, Serialize};

use super::held::{Held, WAYS, way};
use crate::base::{Result, Run, par};

/// Sharpness that is tried: from this in equal ratios.
const SHARPNESS: (f64, f64, usize) = (0.1, 1.12, 44);
/// Bands of ties have so many scored accounts at least.
const FEWEST_SCORED: usize = 100;
/// Rounds in which factors of niches are brought into line, and labels that each niche is thought to have besides.
const ROUNDS: usize = 12;
const FEW: f64 = 10.0;

/// How what walks hold at an account becomes affinities: `n_k` in proportion to `factor_k walks_k^sharpness`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// For accounts of so many ties, up to the next band.
    pub from: u64,
    /// Above 1 sharper than the walks, below 1 more careful.
    pub sharpness: f64,
    /// Of each niche, so that on the average it is given as often as it is found.
    pub factors: Vec<f64>,
}

impl Band {
    /// Affinities from logarithms of what walks hold; `priors` where no walk comes.
    pub fn share_out(&self, logs: &[f64], priors: &[f64], out: &mut [f64]) {
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most == f64::NEG_INFINITY {
            return out.copy_from_slice(priors);
        }
        let each = out.iter_mut().zip(logs).zip(&self.factors);
        each.for_each(|((out, log), factor)| *out = factor * libm::exp(self.sharpness * (log - most)));
        let sum: f64 = out.iter().sum();
        out.iter_mut().for_each(|out| *out /= sum);
    }

    /// That of an account of so many ties.
    pub fn of(bands: &[Band], ties: u64) -> &Band {
        &bands[bands.partition_point(|band| band.from <= ties).max(1) - 1]
    }
}

/// What held-out labels chose.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuned {
    /// A labelled account starts with its ties to this power: 0 each alike, 1 each tie alike.
    pub weighting: f64,
    /// How much of its weight a walk keeps with each step.
    pub damping: f64,
    /// How what walks hold becomes affinities, by ties: large accounts differ from small ones.
    pub bands: Vec<Band>,
}

/// The way and the sharpness of the lowest Brier score, of equals the first; and their factors. Gives the place of the way too.
pub fn tune(held: &[Held<'_>], priors: &[f64], run: &Run) -> Result<(usize, Tuned)> {
    let starts = bands(held);
    let members = |at: usize| {
        let (from, to) = (starts[at], starts.get(at + 1).copied().unwrap_or(u64::MAX));
        held.iter().filter(move |held| (from..to).contains(&held.ties))
    };
    let (from, ratio, many) = SHARPNESS;
    let flat = |sharpness: f64| Band { from: 0, sharpness, factors: vec![1.0; priors.len()] };
    // The best sharpness of each way and band, and its score.
    let tried = par::map(run, &par::chunks(WAYS * starts.len(), 1), |range| {
        let (way, at) = (range.start / starts.len(), range.start % starts.len());
        let scores = (0..many).map(|power| {
            let band = flat(from * libm::pow(ratio, power as f64));
            (members(at).map(|held| brier(held, way, &band, priors)).sum::<f64>(), band.sharpness)
        });
        Ok(scores.fold((f64::INFINITY, 1.0), |best, one| if one.0 < best.0 { one } else { best }))
    })?;
    let score = |way: usize| tried[way * starts.len()..][..starts.len()].iter().map(|one| one.0).sum::<f64>();
    let best = (0..WAYS).fold(0, |best, way| if score(way) < score(best) { way } else { best });
    let bands = starts.iter().enumerate().map(|(at, &from)| {
        let sharpness = tried[best * starts.len() + at].1;
        Band { from, ..raked(members(at).collect(), best, flat(sharpness), priors) }
    });
    let (weighting, damping) = way(best);
    Ok((best, Tuned { weighting, damping, bands: bands.collect() }))
}

/// Where bands of ties begin: each has enough scored accounts, and three times the ties of the one before at least.
fn bands(held: &[Held<'_>]) -> Vec<u64> {
    let mut ties: Vec<u64> = held.iter().map(|held| held.ties).collect();
    ties.sort_unstable();
    let (mut starts, mut at) = (vec![0], 0);
    while let Some(&next) = ties.get(at + FEWEST_SCORED) {
        let next = next.max(3 * ties[at].max(1));
        at = ties.partition_point(|&ties| ties < next);
        if ties.len() < at + FEWEST_SCORED {
            break;
        }
        starts.push(next);
    }
    starts
}

/// The affinities of an account that is held out.
pub fn given(held: &Held<'_>, way: usize, band: &Band, priors: &[f64]) -> Vec<f64> {
    let mut given = vec![0.0; priors.len()];
    band.share_out(held.walks(way, priors.len()), priors, &mut given);
    given
}

/// `sum over k of (n_k − y_k)²`, y the label.
fn brier(held: &Held<'_>, way: usize, band: &Band, priors: &[f64]) -> f64 {
    let given = given(held, way, band, priors);
    given.iter().enumerate().map(|(niche, given)| (given - held.label(niche)) * (given - held.label(niche))).sum()
}

/// Factors with which niches are given as often as they are found among these accounts. A niche of few labels moves little:
/// as if it had some more that were right.
fn raked(held: Vec<&Held<'_>>, way: usize, mut band: Band, priors: &[f64]) -> Band {
    for _ in 0..ROUNDS {
        let (mut given_sum, mut found_sum) = (vec![FEW; priors.len()], vec![FEW; priors.len()]);
        for held in &held {
            for (niche, given) in given(held, way, &band, priors).into_iter().enumerate() {
                given_sum[niche] += given;
                found_sum[niche] += held.label(niche);
            }
        }
        band.factors.iter_mut().enumerate().for_each(|(niche, factor)| *factor *= found_sum[niche] / given_sum[niche]);
    }
    band
}
