//! Several models at once, each as far as it is trusted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::estimate::{Hop, Mean, ReachEstimate};
use super::layers::Layers;
use super::model::Model;
use super::next::{Next, Posts, weighted_quantile};
use crate::base::stats::Interval;
use crate::base::{Error, Result};

/// Models with weights that add up to 1, as their scores in a back-test would have them.
///
/// Read from and shown as text: `prior=0.6,wc=0.4`. Weights need not add up to 1; they are made to.
///
/// ```
/// use truereach::cascade::{Mixture, Model};
/// let mixture: Mixture = "prior=3,ic:0.05=1".parse().unwrap();
/// assert_eq!(mixture.models().last(), Some((Model::Ic(0.05), 0.25)));
/// assert_eq!(mixture.to_string(), "prior=0.75,ic:0.05=0.25");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mixture(Vec<(Model, f64)>);

/// A model of a mixture, and what it says alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelPart {
    /// The model.
    pub model: String,
    /// Its weight; all add up to 1.
    pub weight: f64,
    /// The reach under it.
    pub reach: f64,
    /// Draws of its parameters; 0: given.
    pub draws: u32,
    /// Whether next posts under it have a content.
    pub content: bool,
}

impl Mixture {
    /// Of models, each once, with weights of at least 0.
    pub fn new(models: &[(Model, f64)]) -> Result<Mixture> {
        let shares = Mixture::shares(models.iter().map(|one| one.1))?;
        for (place, (model, _)) in models.iter().enumerate() {
            model.check()?;
            if models[..place].iter().any(|(before, _)| before == model) {
                return Err(Error::parameter("--mixture", format!("{model} is named twice")));
            }
        }
        Ok(Mixture(models.iter().map(|one| one.0).zip(shares).collect()))
    }

    /// The models and their weights.
    pub fn models(&self) -> impl Iterator<Item = (Model, f64)> {
        self.0.iter().copied()
    }

    /// Weights that add up to 1.
    pub(crate) fn shares(weights: impl Iterator<Item = f64>) -> Result<Vec<f64>> {
        let weights: Vec<f64> = weights.collect();
        let wrong = |problem: String| Err(Error::parameter("--mixture", problem).with_hint(HINT));
        if let Some(weight) = weights.iter().find(|weight| !(**weight >= 0.0 && weight.is_finite())) {
            return wrong(format!("{weight} is not a weight of at least 0"));
        }
        let sum = weights.iter().fold(0.0, |sum, weight| sum + weight);
        if !(sum > 0.0 && sum.is_finite()) {
            return wrong("no model has a weight above 0".into());
        }
        Ok(weights.into_iter().map(|weight| weight / sum).collect())
    }
}

const HINT: &str = "models with weights, as prior=0.6,wc=0.4";

impl FromStr for Mixture {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let one = |part: &str| {
            let wrong = |problem: String| Error::parameter("--mixture", problem).with_hint(HINT);
            let Some((model, weight)) = part.split_once('=') else {
                return Err(wrong(format!("\"{part}\" has no weight")));
            };
            let number = weight.trim().parse().map_err(|_| wrong(format!("\"{weight}\" is not a weight")))?;
            Ok((model.parse()?, number))
        };
        Mixture::new(&text.split(',').map(one).collect::<Result<Vec<_>>>()?)
    }
}

impl fmt::Display for Mixture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (model, weight)) in self.0.iter().enumerate() {
            let comma = if place > 0 { "," } else { "" };
            write!(f, "{comma}{model}={weight}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Mixture {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Mixture> for String {
    fn from(mixture: Mixture) -> String {
        mixture.to_string()
    }
}

/// What is found under one model.
pub(crate) struct Single {
    pub estimate: ReachEstimate,
    /// Half the width of the simulation error.
    pub half: f64,
    /// The mean reach and the amplification in each draw of the parameters; the point alone where they are given.
    pub means: Vec<f64>,
    pub ratios: Vec<f64>,
    pub posts: Option<Posts>,
}

impl Single {
    /// The variance of the next post's mean over draws of the parameters. Draws are of the mean content; the content moves
    /// all of them by the same factor, up to what is capped.
    fn parameters(&self, mean_of_next: f64) -> f64 {
        let count = self.means.len() as f64;
        let mean = self.means.iter().fold(0.0, |sum, x| sum + x) / count;
        let squares = self.means.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
        let factor = if mean > 0.0 { mean_of_next / mean } else { 1.0 };
        if count > 1.0 { factor * factor * squares / (count - 1.0) } else { 0.0 }
    }
}

/// The mixture of what is found under each model; of one model, what is found under it. Weights add up to 1, and there is a
/// model.
pub(crate) fn mixed(mut singles: Vec<(f64, Single)>) -> ReachEstimate {
    let mut estimate = match &mut singles[..] {
        [(_, one)] => one.estimate.clone(),
        several => averaged(several),
    };
    estimate.models = singles
        .iter()
        .map(|(weight, single)| ModelPart {
            model: single.estimate.model.clone(),
            weight: *weight,
            reach: single.estimate.reach,
            draws: single.estimate.draws,
            content: single.posts.as_ref().is_some_and(|posts| posts.content_sd > 0.0),
        })
        .collect();
    let (mut variances, mut means) = ([0.0; 4], Vec::new());
    let mut content_sd: f64 = 0.0;
    for (weight, single) in &mut singles {
        let Some(posts) = single.posts.take() else { return estimate };
        let mean = posts.each.iter().fold(0.0, |sum, post| sum + post.weight * post.reach);
        variances[0] += *weight * posts.chance;
        variances[1] += *weight * single.parameters(mean);
        variances[2] += *weight * posts.content;
        means.push((*weight, mean));
        content_sd = content_sd.max(posts.content_sd);
        let scaled = posts.each.into_iter().map(|post| super::DrawnPost { weight: post.weight * *weight, ..post });
        estimate.posts.extend(scaled);
    }
    let mean = means.iter().fold(0.0, |sum, (weight, mean)| sum + weight * mean);
    variances[3] = means.iter().fold(0.0, |sum, (weight, one)| sum + weight * (one - mean) * (one - mean));
    estimate.next = Some(Next::of(&estimate.posts, content_sd));
    estimate.shares = Layers::of(variances);
    estimate
}

/// The means of the models' figures. All models see the same worlds, so that their errors may point one way: they are added,
/// not squared.
fn averaged(singles: &[(f64, Single)]) -> ReachEstimate {
    let sum = |of: &dyn Fn(&Single) -> f64| singles.iter().fold(0.0, |sum, (weight, one)| sum + weight * of(one));
    let mean = |of: &dyn Fn(&ReachEstimate) -> Mean| Mean {
        mean: sum(&|one| of(&one.estimate).mean),
        standard_error: sum(&|one| of(&one.estimate).standard_error),
    };
    let (direct, cascade) = (sum(&|one| one.estimate.direct), sum(&|one| one.estimate.cascade));
    let (half, reach) = (sum(&|one| one.half), direct + cascade);
    let first = &singles[0].1.estimate;
    let mut assumptions: Vec<String> = Vec::new();
    for text in singles.iter().flat_map(|(_, one)| &one.estimate.assumptions) {
        if !assumptions.contains(text) {
            assumptions.push(text.clone());
        }
    }
    let names: Vec<String> =
        singles.iter().map(|(weight, one)| format!("{} {:.1}%", one.estimate.model, 100.0 * weight)).collect();
    assumptions.push(format!("a mixture of models, weighted as given: {}", names.join(", ")));
    let hops = singles.iter().map(|(_, one)| one.estimate.by_hop.len()).max().unwrap_or(0);
    let hop = |place: usize| {
        let of = |estimate: &ReachEstimate| estimate.by_hop.get(place).map_or(Mean::exactly(0.0), |hop| hop.people);
        Hop { hop: place as u32 + 1, people: mean(&of) }
    };
    let amplification = reach / direct;
    ReachEstimate {
        model: format!("mixture of {}", names.join(", ")),
        assumptions,
        seed: first.seed,
        creators: first.creators,
        reach,
        direct,
        cascade,
        sim_error: Interval { low: direct + (cascade - half).max(0.0), high: reach + half },
        interval: pooled(singles, |one| &one.means, reach, half, 0.0),
        draws: singles.iter().map(|(_, one)| one.estimate.draws).max().unwrap_or(0),
        amplification,
        amplification_interval: pooled(singles, |one| &one.ratios, amplification, half / direct, 1.0),
        by_hop: (0..hops).map(hop).collect(),
        sharers: mean(&|estimate| estimate.sharers),
        impressions: mean(&|estimate| estimate.impressions),
        spread: mean(&|estimate| estimate.spread),
        worlds: singles.iter().map(|(_, one)| one.estimate.worlds).sum(),
        converged: singles.iter().all(|(_, one)| one.estimate.converged),
        next: None,
        shares: None,
        models: Vec::new(),
        posts: Vec::new(),
    }
}

/// The 95% interval of the draws of all models together, as wide again as the simulation error makes it.
fn pooled(singles: &[(f64, Single)], of: impl Fn(&Single) -> &Vec<f64>, value: f64, half: f64, floor: f64) -> Interval {
    let mut draws: Vec<(f64, f64)> = Vec::new();
    for (weight, one) in singles {
        let values = of(one);
        draws.extend(values.iter().map(|&value| (value, weight / values.len() as f64)));
    }
    draws.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wider = |off: f64| libm::sqrt(off.max(0.0) * off.max(0.0) + half * half);
    Interval {
        low: (value - wider(value - weighted_quantile(&draws, 0.025))).max(floor),
        high: value + wider(weighted_quantile(&draws, 0.975) - value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtures_read_back_as_written() {
        for text in ["prior=0.5,wc=0.5", "ic:0.05=1"] {
            let mixture: Mixture = text.parse().unwrap();
            assert_eq!(mixture.to_string(), text);
            assert_eq!(serde_json::from_str::<Mixture>(&serde_json::to_string(&mixture).unwrap()).unwrap(), mixture);
        }
        for (text, says) in [
            ("prior", "\"prior\" has no weight"),
            ("prior=x", "\"x\" is not a weight"),
            ("prior=-1", "-1 is not a weight"),
            ("prior=nan,wc=1", "NaN is not a weight"),
            ("prior=0,wc=0", "no model has a weight above 0"),
            ("wc=1,wc=2", "wc is named twice"),
            ("foo=1", "\"foo\" is not a cascade model"),
            ("", "has no weight"),
        ] {
            let error = text.parse::<Mixture>().unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}
