//! What voices for the truth save, and after how many hours they no longer do.

use serde::{Deserialize, Serialize};

use crate::cascade::Sampled;

/// One voice of the choice.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Voice {
    /// The account.
    pub account: u32,
    /// People more whom it saves beside those chosen before; voices do not count, so it may be a little below 0.
    pub added: Sampled,
    /// People saved by it and those chosen before.
    pub together: Sampled,
}

/// So many voices.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ByCount {
    /// The first so many of the choice.
    pub voices: u32,
    /// People saved.
    pub saved: Sampled,
    /// Of the people who turn if nobody speaks.
    pub share: f64,
}

/// All voices, so many hours after the scandal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ByDelay {
    /// Hours until they speak.
    pub hours: f64,
    /// Those chosen for this delay.
    pub voices: Vec<u32>,
    /// People saved.
    pub saved: Sampled,
    /// Of the people who turn if nobody speaks.
    pub share: f64,
    /// People no longer saved for each hour since the row before; negative within the error where other voices happen to save
    /// more. The first row has none.
    pub lost_an_hour: Option<f64>,
}

/// Another choice of as many voices, at the same delay and in the same worlds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rival {
    /// How it chooses.
    pub name: String,
    /// Whom; empty where each world has its own.
    pub voices: Vec<u32>,
    /// People saved.
    pub saved: Sampled,
    /// How many fewer than the choice saves, with the error of the difference.
    pub behind: Sampled,
}

/// What voices for the truth save of the people whom a scandal would turn, if it happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Containment {
    /// The model.
    pub model: String,
    /// What the model assumes, one sentence each.
    pub assumptions: Vec<String>,
    /// What else is assumed, and what the figures do not say, one sentence each.
    pub notes: Vec<String>,
    /// The seed of the worlds.
    pub seed: u64,
    /// Hours until the voices speak.
    pub speak_after: f64,
    /// Hours after which nothing counts any more.
    pub within: f64,
    /// Those who could speak.
    pub candidates: u64,
    /// People who turn negative in time if nobody speaks.
    pub without: Sampled,
    /// The choice, best first: fewer than asked for where nobody else saves anybody.
    pub voices: Vec<Voice>,
    /// Saved by the first 1, 2, … of them. Voices themselves never count as saved.
    pub by_count: Vec<ByCount>,
    /// Saved by voices chosen for other delays.
    pub by_delay: Vec<ByDelay>,
    /// Of the people saved, those for whom it is enough that the voices do not pass the scandal on themselves.
    pub silence: Sampled,
    /// What simple rules save.
    pub rivals: Vec<Rival>,
    /// Worlds that the voices were chosen in.
    pub worlds: u64,
    /// People looked at in them.
    pub looked_at: u64,
    /// Fresh worlds that the figures are from.
    pub judged: u64,
}
