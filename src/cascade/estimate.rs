//! What is found about the reach of a set of creators.

use serde::{Deserialize, Serialize};

use super::layers::Layers;
use super::mixture::ModelPart;
use super::next::{DrawnPost, Next};
use super::reach::Totals;
use crate::base::stats::{Interval, Tally};

/// A mean over worlds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Mean {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
}

impl Mean {
    /// Of whole numbers that count `unit` each.
    pub(crate) fn of(tally: &Tally, unit: f64) -> Self {
        match tally.count {
            0 => Mean { mean: 0.0, standard_error: 0.0 },
            _ => Mean { mean: unit * tally.mean(), standard_error: unit * tally.standard_error() },
        }
    }

    pub(crate) fn exactly(mean: f64) -> Self {
        Mean { mean, standard_error: 0.0 }
    }
}

/// People first exposed at one hop.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Hop {
    /// 1 hears a creator directly, 2 a person who heard a creator, …; hop 32 stands for all later ones.
    pub hop: u32,
    /// People; the first hop is exact.
    pub people: Mean,
}

/// The reach of a set of creators, in people per joint post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReachEstimate {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// The seed of the worlds.
    pub seed: u64,
    /// How many creators (repeats dropped).
    pub creators: u64,
    /// People reached: direct + cascade.
    pub reach: f64,
    /// People reached by the creators themselves: exact given the model.
    pub direct: f64,
    /// People reached only through resharing: sampled.
    pub cascade: f64,
    /// 95% interval of `reach`, simulation only.
    pub sim_error: Interval,
    /// 95% interval of `reach` with the assumed parameters drawn from their ranges; equal to `sim_error` where all
    /// parameters were given.
    pub interval: Interval,
    /// Draws of the parameters behind `interval`; 0: parameters given.
    pub draws: u32,
    /// `reach / direct`; NaN without direct reach.
    pub amplification: f64,
    /// 95% interval of `amplification`, parameters drawn.
    pub amplification_interval: Interval,
    /// People by hop of first exposure.
    pub by_hop: Vec<Hop>,
    /// People who reshare; creators not counted.
    pub sharers: Mean,
    /// Exposures with repeats; counted by weight, as reach is.
    pub impressions: Mean,
    /// Active accounts, creators included: what influence-maximisation programs call spread.
    pub spread: Mean,
    /// Worlds simulated for the point (the draws use as many again, or fewer).
    pub worlds: u64,
    /// Whether the half-width asked for was met.
    pub converged: bool,
    /// What the next joint post reaches: not the mean, but where it falls itself. `None` if it was left out.
    pub next: Option<Next>,
    /// What the variance of the next post's reach comes from; `None` if it was left out, or nothing varies.
    pub shares: Option<Layers>,
    /// The models mixed, with their weights; one if there is one.
    pub models: Vec<ModelPart>,
    /// The next posts behind `next`, one by one.
    #[serde(skip)]
    pub posts: Vec<DrawnPost>,
}

/// People by hop of first exposure; the first hop is the direct part.
pub(crate) fn hops(direct: f64, totals: &Totals, unit: f64) -> Vec<Hop> {
    let sampled = totals.hops.iter().enumerate().skip(1).filter(|(_, tally)| tally.sum > 0);
    let last = sampled.map(|(place, _)| place).next_back().unwrap_or(0);
    let people = |place: usize| match place {
        0 => Mean::exactly(direct),
        _ => Mean::of(&totals.hops[place], unit),
    };
    (0..=last).map(|place| Hop { hop: place as u32 + 1, people: people(place) }).collect()
}
