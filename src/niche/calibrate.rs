//! How far walks may be trusted: labelled accounts are held out by halves, and what walks from the other half say of them is
//! scored.

use serde::{Deserialize, Serialize};

use super::held::{Held, held};
use super::labels::Labels;
use super::together::{Errors, Together, of_account, together};
use super::tune::{Band, Tuned, given, tune};
use super::walks::Walks;
use crate::base::{Result, Run};
use crate::graph::Graph;

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
    /// What they chose.
    pub tuned: Tuned,
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

/// Holds labels out by halves and scores what walks of so many steps say of them.
pub fn calibrate(graph: &Graph, walks: &Walks<'_>, labels: &Labels, steps: u32, run: &Run) -> Result<Calibration> {
    let held = held(labels, walks, steps, run)?;
    let priors = labels.parts();
    let (way, tuned) = tune(&held, &priors, run)?;
    Ok(scored(graph, &held, way, tuned, &priors))
}

fn scored(graph: &Graph, held: &[Held<'_>], way: usize, tuned: Tuned, priors: &[f64]) -> Calibration {
    let (count, scored) = (priors.len(), held.len() as f64);
    let first = |shares: &[f64]| (0..count).fold(0, |best, at| if shares[at] > shares[best] { at } else { best });
    let commonest = first(priors);
    let of = |held: &Held<'_>| given(held, way, Band::of(&tuned.bands, held.ties), priors);
    let all: Vec<Vec<f64>> = held.iter().map(of).collect();
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
        tuned,
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
    /// How far the errors of followers of an account of so many followers go together; `None` without enough labels.
    pub fn together(&self, followers: u64) -> Option<f64> {
        of_account(&self.together, followers)
    }
}
