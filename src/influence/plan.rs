//! A portfolio and what is known of it.

use serde::{Deserialize, Serialize};

use super::caution::Cautious;
use crate::base::stats::Interval;
use crate::cascade::Sampled;

/// A creator of a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// The creator.
    pub account: u32,
    /// What the creator asks; `None`: no price was asked for.
    pub price: Option<f64>,
    /// People whom none of the members before reaches.
    pub added: Sampled,
    /// People whom the members up to this one reach together.
    pub together: Sampled,
    /// People whom no other member reaches: what leaving this one out loses.
    pub only: Sampled,
    /// A fair share (Shapley) of the people reached by all members, who are shared by those who reach them.
    pub credit: Sampled,
}

/// Creators who post together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Portfolio {
    /// Whoever adds most first; of a portfolio that was given, in the order of the accounts.
    pub members: Vec<Member>,
    /// People reached, with a 95% interval of simulation alone.
    pub reach: Sampled,
    /// The 95% interval with assumed parameters drawn.
    pub interval: Interval,
    /// Of them, reached by the creators' own posts: exact given the model; `None` for a cascade under way.
    pub direct: Option<f64>,
    /// What all members ask, where prices were asked for and all have one.
    pub cost: Option<f64>,
    /// People fewer than the plan reaches, on the same people drawn: below 0 where it reaches more.
    pub behind: Sampled,
    /// But for the failure probability, it reaches at least this share of what any portfolio within the limits does.
    pub ratio: f64,
}

/// One member exchanged for somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Swap {
    /// Who goes.
    pub out: u32,
    /// Who comes.
    pub into: u32,
    /// People reached more: below 0 where the exchange loses.
    pub gain: Sampled,
}

/// What a little more would add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct More {
    /// The larger budget, or the larger number of creators.
    pub size: f64,
    /// People reached more.
    pub gain: Sampled,
    /// What one person more costs there; `None` without a budget, or where nobody more is reached.
    pub price: Option<f64>,
}

/// What a wish costs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    /// As it was asked.
    pub wish: String,
    /// People reached more without it.
    pub gain: Sampled,
}

/// One size on the way to the size asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Budget, or number of creators.
    pub size: f64,
    /// The creators chosen for it.
    pub members: Vec<u32>,
    /// What they ask.
    pub cost: Option<f64>,
    /// People they reach together.
    pub reach: Sampled,
    /// Whether from here on a little more adds less than it did on the average: the point farthest above the line from
    /// nothing to the last.
    pub knee: bool,
}

/// A cascade under way, into which creators are chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnderWay {
    /// Whose post is out.
    pub posters: Vec<u32>,
    /// People reached so far, with the interval of the draws.
    pub exposed: Sampled,
    /// Those who passed it on, posters counted.
    pub sharers: f64,
    /// How what was not seen was drawn.
    pub sampling: String,
}

/// The portfolio chosen, what is certain of it, and what other wishes would have led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// The seed of the samples.
    pub seed: u64,
    /// Who could be chosen.
    pub candidates: u64,
    /// Who could not, and why.
    pub left_out: Vec<(u32, String)>,
    /// Of the prices.
    pub currency: Option<String>,
    /// People drawn to choose by.
    pub samples: u64,
    /// People drawn to judge by, others.
    pub judged: u64,
    /// Whether the asked stopping rule was met.
    pub converged: bool,
    /// Chance that the certificate (`best.ratio`, `most`) does not hold.
    pub failure: f64,
    /// But for the failure probability, no portfolio within the limits reaches more people than this.
    pub most: f64,
    /// The worst case of the way of choosing, on the people drawn.
    pub guarantee: String,
    /// Creators at whom walks were cut short.
    pub sentinels: u64,
    /// The cascade under way that it adds to: then people are those reached beyond it.
    pub under_way: Option<UnderWay>,
    /// The portfolio chosen.
    pub best: Portfolio,
    /// Portfolios that were given, judged on the same people.
    pub others: Vec<Portfolio>,
    /// The one exchange that would add most, or lose least.
    pub swap: Option<Swap>,
    /// What a little more would add; `None` where a plain plan was asked for.
    pub more: Option<More>,
    /// What each wish costs.
    pub wishes: Vec<Wish>,
    /// Smaller sizes, on the same people.
    pub frontier: Vec<Point>,
    /// What looking at risk changed; `None` where nobody did.
    pub risk: Option<Cautious>,
}
