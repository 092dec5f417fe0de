//! How a plan does where the world is another than was assumed.

use serde::{Deserialize, Serialize};

use super::select::{Brief, Select};
use super::wishes::Wishes;
use crate::base::{Result, Run};
use crate::cascade::{Resolved, Sampled};
use crate::graph::Network;

/// A portfolio under another model, beside the best there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Under {
    /// The portfolio's reach.
    pub reach: Sampled,
    /// The reach of the best that was found there, within the same limits.
    pub best: Sampled,
    /// By how many people the portfolio stays behind it, on the same people drawn.
    pub behind: Sampled,
    /// Creators in both.
    pub common: u64,
    /// Whether the other choice met its stopping rule.
    pub converged: bool,
}

impl Select {
    /// Judges a portfolio under another model than it was chosen by, beside the plan that would be chosen there
    /// ([`Select::run_resolved`], plain).
    pub fn under(
        &self,
        resolved: &Resolved<'_>,
        network: &Network,
        wishes: &Wishes,
        portfolio: &[u32],
        run: &Run,
    ) -> Result<Under> {
        let others = [portfolio.to_vec()];
        let brief = Brief { others: &others, ..Brief::of(wishes) };
        let plain = Select { plain: true, frontier: 0, draws: 0, ..self.clone() };
        let plan = plain.run_resolved(resolved, network, &brief, &|| false, run)?;
        let common = plan.best.members.iter().filter(|member| portfolio.contains(&member.account)).count();
        let other = &plan.others[0];
        Ok(Under {
            reach: other.reach,
            best: plan.best.reach,
            behind: other.behind,
            common: common as u64,
            converged: plan.converged,
        })
    }
}
