//! How far walks may be trusted: labelled accounts are held out by halves, and what walks from the other half say of them is
//! scored. Damping and sharpness are those that would have been right most, and the error that is left is kept.

use serde::{Deserialize, Serialize};

use super::labels::Labels;
use super::together::{Errors, Together, band, of_account, together};
use super::walks::{LANES, START, Walks};
use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Dampings that are tried: how much of its weight a walk keeps with each step.
pub const DAMPINGS: [f64; 4] = [0.5, 0.7, 0.85, 0.95];
/// Labelled accounts that are scored, at most; all of them are walked from.
const MOST_SCORED: usize = 20_000;
/// Sharpness that is tried: from this in equal ratios.
const SHARPNESS: (f64, f64, usize) = (0.1, 1.09, 42);
/// Rounds in which factors of niches are brought into line, and labels that each niche is thought to have besides.
const ROUNDS: usize = 12;
const FEW: f64 = 10.0;
/// Classes in which given and found shares are laid side by side.
const CLASSES: usize = 5;

/// What was given to niches, and how often it was so: of held-out accounts, by what was given.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// How many pairs of an account and a niche.
    pub count: u64,
    /// Mean affinity given.
    pub given: f64,
    /// Share of them that was labelled so.
    pub found: f64,
}

/// What held-out labels say of affinities.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// How much of its weight a walk keeps with each step.
    pub damping: f64,
    /// The power to which what walks say is raised before it is shared out: above 1 sharper, below 1 more careful.
    pub sharpness: f64,
    /// By what each niche is multiplied then, so that on the average it is given as often as it is found.
    pub factors: Vec<Vec<f64>>,
    /// Labelled accounts that were held out and scored.
    pub scored: u64,
    /// Share of them whose likeliest niche was theirs.
    pub accuracy: f64,
    /// `mean over accounts of sum over k of (n_k − y_k)²`, y the label: 0 is perfect, 2 the worst (Brier 1950).
    pub brier: f64,
    /// Share of the commonest niche: the accuracy of who knows no follows.
    pub prior_accuracy: f64,
    /// The Brier score of who gives everybody the shares of the niches.
    pub prior_brier: f64,
    /// Affinities from 0 to 0.2, to 0.4, … against how often they were right.
    pub classes: Vec<Class>,
    /// How far the errors of two followers of one account go together; nothing without enough labelled followers of the same
    /// accounts.
    pub together: Vec<Together>,
    /// Of each niche the mean of `n (1 − n)` over the scored.
    pub spread: Vec<f64>,
}

/// What walks say of an account, made affinities: `factor_k (prior_k walks_k)^sharpness`, shared out; the priors where no walk
/// comes. `logs` are those of `prior_k walks_k`.
pub fn shared_out(logs: &[f64], sharpness: f64, factors: &[f64], priors: &[f64], out: &mut [f64]) {
    let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return out.copy_from_slice(priors);
    }
    let each = out.iter_mut().zip(logs).zip(factors);
    each.for_each(|((out, log), factor)| *out = factor * libm::exp(sharpness * (log - most)));
    let sum: f64 = out.iter().sum();
    out.iter_mut().for_each(|out| *out /= sum);
}

/// An account whose label is held out.
struct Held<'a> {
    account: u32,
    niches: &'a [u16],
    half: usize,
    ties: u64,
    /// What walks from the other half say, for each damping and niche; then its logarithm with the prior.
    walks: Vec<f64>,
}

impl Held<'_> {
    fn label(&self, niche: usize) -> f64 {
        if self.niches.contains(&(niche as u16)) { 1.0 / self.niches.len() as f64 } else { 0.0 }
    }
}

/// Holds labels out by halves and scores what walks of so many steps say of them.
pub fn calibrate(graph: &Graph, walks: &Walks<'_>, labels: &Labels, steps: u32, run: &Run) -> Result<Calibration> {
    let (count, priors) = (labels.count(), labels.parts());
    let half = halves(labels, run.seed());
    let half_of = |account: u32| labels.of.binary_search_by_key(&account, |one| one.0).map_or(0, |at| half[at]);
    let key = Key::new(run.seed(), Stream::Niches, 1);
    let mut order: Vec<usize> = (0..labels.of.len()).collect();
    order.sort_unstable_by_key(|&at| (key.word(u64::from(labels.of[at].0)), at));
    order.truncate(MOST_SCORED);
    order.sort_unstable();
    let mut held: Vec<Held> = order
        .into_iter()
        .map(|at| Held {
            account: labels.of[at].0,
            niches: &labels.of[at].1,
            half: half[at],
            ties: walks.ties(labels.of[at].0) as u64,
            walks: vec![0.0; DAMPINGS.len() * count],
        })
        .collect();
    run.phase("niches: labels held out", Some(2 * walks.work(count, steps)));
    for from in 0..2 {
        let sources = labels.accounts(|account| half_of(account) == from);
        for (batch, sources) in sources.chunks(LANES).enumerate() {
            let mut kept = [1.0; DAMPINGS.len()];
            walks.run(sources, steps, run, |_, passed| {
                for held in held.iter_mut().filter(|held| held.half != from) {
                    let ties = walks.ties(held.account);
                    for (damping, kept) in kept.iter().enumerate() {
                        let to = &mut held.walks[damping * count + batch * LANES..][..sources.len()];
                        to.iter_mut()
                            .zip(passed[held.account as usize])
                            .for_each(|(to, passed)| *to += kept * f64::from(passed * ties / START));
                    }
                }
                kept.iter_mut().zip(DAMPINGS).for_each(|(kept, damping)| *kept *= damping);
                Ok(())
            })?;
        }
    }
    for held in &mut held {
        held.walks.iter_mut().enumerate().for_each(|(at, walks)| *walks = libm::log(*walks * priors[at % count]));
    }
    let (damping, sharpness) = best(&held, &priors, run)?;
    Ok(scored(graph, &held, damping, sharpness, &priors))
}

/// Cuts the labelled accounts of each niche into halves: the half of each, in the order of `labels.of`.
fn halves(labels: &Labels, seed: u64) -> Vec<usize> {
    let key = Key::new(seed, Stream::Niches, 0);
    let mut order: Vec<usize> = (0..labels.of.len()).collect();
    // Accounts of the same first niche one after the other, in random order: every other one is in the same half.
    order.sort_unstable_by_key(|&at| (labels.of[at].1[0], key.word(u64::from(labels.of[at].0)), at));
    let mut half = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, &at)| half[at] = place % 2);
    half
}

/// The damping and sharpness of the lowest Brier score; of equals the first.
fn best(held: &[Held<'_>], priors: &[f64], run: &Run) -> Result<(usize, f64)> {
    let (from, ratio, many) = SHARPNESS;
    let tried: Vec<(usize, f64)> = (0..DAMPINGS.len())
        .flat_map(|damping| (0..many).map(move |at| (damping, from * libm::pow(ratio, at as f64))))
        .collect();
    let scores = par::map(run, &par::chunks(tried.len(), 1), |range| {
        let (damping, sharpness) = tried[range.start];
        Ok(held.iter().map(|held| brier(held, damping, sharpness, priors)).sum::<f64>())
    })?;
    let least = scores.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(scores.iter().position(|&score| score == least).map_or((0, 1.0), |at| tried[at]))
}

fn given(held: &Held<'_>, damping: usize, sharpness: f64, factors: &[f64], priors: &[f64]) -> Vec<f64> {
    let mut given = vec![0.0; priors.len()];
    shared_out(&held.walks[damping * priors.len()..][..priors.len()], sharpness, factors, priors, &mut given);
    given
}

/// Factors with which niches are given as often as they are found: over all who are held out, and then among those of about
/// as many ties, for large accounts differ from small ones, and audiences are made of those who follow many. A niche of few
/// labels moves little: as if it had some more that were right.
fn factors(held: &[Held<'_>], damping: usize, sharpness: f64, priors: &[f64]) -> Vec<Vec<f64>> {
    let raked = |among: &dyn Fn(&Held<'_>) -> bool, mut factors: Vec<f64>| {
        for _ in 0..ROUNDS {
            let (mut given_sum, mut found_sum) = (vec![FEW; priors.len()], vec![FEW; priors.len()]);
            for held in held.iter().filter(|held| among(held)) {
                let given = given(held, damping, sharpness, &factors, priors);
                for niche in 0..priors.len() {
                    given_sum[niche] += given[niche];
                    found_sum[niche] += held.label(niche);
                }
            }
            factors.iter_mut().enumerate().for_each(|(niche, factor)| *factor *= found_sum[niche] / given_sum[niche]);
        }
        factors
    };
    let all = raked(&|_| true, vec![1.0; priors.len()]);
    let bands = held.iter().map(|held| band(held.ties)).max().unwrap_or(0);
    (0..=bands).map(|at| raked(&|held| band(held.ties) == at, all.clone())).collect()
}

fn brier(held: &Held<'_>, damping: usize, sharpness: f64, priors: &[f64]) -> f64 {
    let given = given(held, damping, sharpness, &vec![1.0; priors.len()], priors);
    given.iter().enumerate().map(|(niche, given)| (given - held.label(niche)) * (given - held.label(niche))).sum()
}

fn scored(graph: &Graph, held: &[Held<'_>], damping: usize, sharpness: f64, priors: &[f64]) -> Calibration {
    let (count, scored) = (priors.len(), held.len() as f64);
    let first = |shares: &[f64]| (0..count).fold(0, |best, at| if shares[at] > shares[best] { at } else { best });
    let commonest = first(priors);
    let factors = factors(held, damping, sharpness, priors);
    let all: Vec<Vec<f64>> =
        held.iter().map(|held| given(held, damping, sharpness, &factors[band(held.ties)], priors)).collect();
    let (mut right, mut prior_right, mut sum, mut prior_sum) = (0u64, 0u64, 0.0, 0.0);
    let (mut classes, mut spread) = (vec![Class::default(); CLASSES], vec![0.0; count]);
    for (held, given) in held.iter().zip(&all) {
        right += u64::from(held.label(first(given)) > 0.0);
        prior_right += u64::from(held.label(commonest) > 0.0);
        for niche in 0..count {
            let label = held.label(niche);
            sum += (given[niche] - label) * (given[niche] - label);
            prior_sum += (priors[niche] - label) * (priors[niche] - label);
            spread[niche] += given[niche] * (1.0 - given[niche]) / scored;
            let class = &mut classes[((given[niche] * CLASSES as f64) as usize).min(CLASSES - 1)];
            (class.count, class.given, class.found) =
                (class.count + 1, class.given + given[niche], class.found + label);
        }
    }
    for class in classes.iter_mut().filter(|class| class.count > 0) {
        (class.given, class.found) = (class.given / class.count as f64, class.found / class.count as f64);
    }
    let errors: Vec<Errors> = held
        .iter()
        .zip(&all)
        .map(|(held, given)| Errors {
            account: held.account,
            of: given
                .iter()
                .enumerate()
                .map(|(niche, &given)| (held.label(niche) - given, given * (1.0 - given)))
                .collect(),
        })
        .collect();
    Calibration {
        damping: DAMPINGS[damping],
        sharpness,
        factors,
        scored: held.len() as u64,
        accuracy: right as f64 / scored,
        brier: sum / scored,
        prior_accuracy: prior_right as f64 / scored,
        prior_brier: prior_sum / scored,
        classes,
        together: together(graph, &errors),
        spread,
    }
}

impl Calibration {
    /// The factors of niches for an account of so many ties.
    pub fn factors(&self, ties: u64) -> &[f64] {
        &self.factors[band(ties).min(self.factors.len() - 1)]
    }

    /// How far the errors of followers of an account of so many followers go together; `None` without enough labels.
    pub fn together(&self, followers: u64) -> Option<f64> {
        of_account(&self.together, followers)
    }
}
