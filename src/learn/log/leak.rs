//! What reaches people from outside the graph: acts that nobody whom the actor follows explains.

use super::super::count::Likelihood;
use super::factors::{Counted, Factors};
use super::traces::Traces;
use crate::base::stats::{Interval, Z95};
use crate::base::{Result, Run};
use crate::graph::OUTSIDE;

/// Acts from outside a cascade.
#[derive(Debug, Clone)]
pub struct Leak {
    /// Mean acts from outside a cascade.
    pub mean: f64,
    /// The 95% interval of the mean, cascades drawn again.
    pub interval: Interval,
    /// Acts from outside, of all cascades.
    pub acts: f64,
    /// Of these, acts of people outside the network.
    pub beyond: f64,
    /// By account: expected acts from outside of a cascade that it starts; empty before anything is known.
    pub(super) starter: Vec<(u32, f64)>,
    /// How the number varies over creators and cascades.
    pub factors: Factors,
    /// By who started: counts of each cascade.
    pub started: Vec<(u32, Vec<Counted>)>,
    pub(super) accounts: f64,
}

impl Leak {
    /// Before anything is shared out: acts without a possible cause.
    pub fn first(traces: &Traces<'_>) -> Leak {
        let acts = (traces.alone() + traces.outside) as f64;
        let mean = acts / traces.cascades.len().max(1) as f64;
        Leak {
            mean,
            interval: Interval::point(mean),
            acts,
            beyond: traces.outside as f64,
            starter: Vec::new(),
            factors: Factors::none(),
            started: Vec::new(),
            accounts: traces.graph.accounts().max(1) as f64,
        }
    }

    /// Expected acts from outside of a cascade that an account starts.
    pub fn of(&self, starter: u32) -> f64 {
        let known = self.starter.binary_search_by_key(&starter, |one| one.0);
        known.map_or(self.mean, |at| self.starter[at].1)
    }

    /// The chance that this account's act in this cascade came from outside, before anything else is known of it.
    pub fn of_act(&self, traces: &Traces<'_>, act: usize) -> f64 {
        let starter = traces.cascades.get(traces.acts.cascade[act] as usize).starter();
        // Acts of people outside the network are nobody's in it.
        let inside = if self.acts > 0.0 { (1.0 - self.beyond / self.acts).max(0.0) } else { 1.0 };
        (self.of(starter) * inside / self.accounts).min(0.5)
    }

    /// With acts shared out: `over` is `1/P` of each. The spreads are learned in the `last` round alone.
    pub fn next(
        &self,
        traces: &Traces<'_>,
        over: &[f64],
        likelihood: &Likelihood,
        last: bool,
        run: &Run,
    ) -> Result<Leak> {
        let mut counts = vec![0.0; traces.cascades.len()];
        let mut unsure = 0.0;
        for (act, over) in over.iter().enumerate() {
            let causes = traces.acts.pairs(act);
            let share = if causes.is_empty() { 1.0 } else { (self.of_act(traces, act) * over).min(1.0) };
            counts[traces.acts.cascade[act] as usize] += share;
            unsure += share * (1.0 - share);
        }
        for (cascade, count) in traces.cascades.iter().zip(&mut counts) {
            *count += cascade.actors[1..].iter().filter(|&&u| u == OUTSIDE).count() as f64;
        }
        let n = counts.len().max(1) as f64;
        let acts = counts.iter().fold(0.0, |sum, count| sum + count);
        let mean = acts / n;
        let squares = counts.iter().fold(0.0, |sum, count| sum + (count - mean) * (count - mean));
        let off = Z95 * libm::sqrt(squares + unsure) / n;
        let mut all: Vec<(u32, f64)> =
            (0..counts.len()).map(|at| (traces.cascades.get(at).starter(), counts[at])).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let counted = |one: &(u32, f64)| Counted { count: one.1, expected: mean };
        let started: Vec<(u32, Vec<Counted>)> =
            all.chunk_by(|a, b| a.0 == b.0).map(|chunk| (chunk[0].0, chunk.iter().map(counted).collect())).collect();
        let factors = match last {
            true => {
                let creators = started.iter().filter(|one| one.0 != OUTSIDE);
                let creators: Vec<Vec<Counted>> = creators.map(|one| one.1.clone()).collect();
                Factors::fit(&creators, likelihood, run)?
            }
            false => self.factors.clone(),
        };
        let (between, within) = (factors.between(), factors.within());
        // Before the spread is known creators are taken to differ.
        let shape = if factors.is_known() { 1.0 / libm::expm1(between * between).max(1e-6) } else { 1.0 };
        let clumped = 1.0 / (1.0 + mean * libm::expm1(within * within));
        let own = |(starter, counts): &(u32, Vec<Counted>)| {
            let (k, e) = counts.iter().fold((0.0, 0.0), |(k, e), one| (k + one.count, e + one.expected));
            (*starter, mean * (clumped * k + shape) / (clumped * e + shape))
        };
        let starter = if mean > 0.0 { started.iter().map(own).collect() } else { Vec::new() };
        Ok(Leak {
            mean,
            interval: Interval { low: (mean - off).max(0.0), high: mean + off },
            acts,
            beyond: traces.outside as f64,
            starter,
            factors,
            started,
            accounts: self.accounts,
        })
    }
}
