//! How many people a portfolio reaches, from people drawn: with the part that is exact, and what is assumed drawn.

use crate::base::stats::Interval;
use crate::cascade::draws::Draw;
use crate::cascade::reach::joined;
use crate::cascade::{Resolved, Sampled};

/// The model, and draws of what it assumes.
#[derive(Debug)]
pub(super) struct Measure<'a> {
    resolved: &'a Resolved<'a>,
    draws: Vec<Draw<'a>>,
}

/// People whom a portfolio reaches.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reached {
    /// With the interval of simulation alone.
    pub reach: Sampled,
    /// With assumed parameters drawn.
    pub interval: Interval,
}

impl<'a> Measure<'a> {
    /// Draws what is assumed so many times, if anything is.
    pub fn new(resolved: &'a Resolved<'a>, draws: u32, seed: u64) -> Self {
        let draws = match resolved.has_ranges() {
            true => (0..draws).filter_map(|draw| Draw::new(resolved, seed, draw.into())).collect(),
            false => Vec::new(),
        };
        Measure { resolved, draws }
    }

    /// The reach of some creators, from what people drawn say of it; `direct`, if it is known, is exact; `spread` counts the
    /// creators themselves too.
    pub fn reach(&self, mut reach: Sampled, accounts: &[u32], direct: Option<f64>, spread: bool) -> Reached {
        if let (Some(direct), false, false) = (direct, spread, self.resolved.is_passed_on()) {
            // Where nothing is passed on, all of it is exact.
            reach = Sampled { people: direct, sim_error: Interval::point(direct) };
        } else if let (Some(direct), false) = (direct, spread) {
            // The part that is exact is no estimate.
            reach.people = reach.people.max(direct);
            reach.sim_error.low = reach.sim_error.low.max(direct);
            reach.sim_error.high = reach.sim_error.high.max(direct);
        }
        Reached { reach, interval: self.widened(accounts, reach, direct.unwrap_or(0.0)) }
    }

    /// The interval with assumed parameters drawn: the direct part in proportion with what each creator's own post reaches,
    /// the rest in proportion with it and with the chance of resharing.
    fn widened(&self, accounts: &[u32], reach: Sampled, direct: f64) -> Interval {
        let followers = |v: u32| self.resolved.weight_of(self.resolved.graph().followers(v));
        let alone: f64 = accounts.iter().map(|&v| self.resolved.audience(v)).sum();
        if self.draws.is_empty() || alone <= 0.0 || direct <= 0.0 {
            return reach.sim_error;
        }
        let beyond = reach.people / direct - 1.0;
        let counts: Vec<f64> = accounts.iter().map(|&v| followers(v)).collect();
        let drawn = |draw: &Draw<'_>| {
            let all: f64 = accounts.iter().zip(&counts).map(|(&v, count)| draw.r(v) * count).sum();
            direct * all / alone * (1.0 + beyond * draw.resharing())
        };
        let mut reaches: Vec<f64> = self.draws.iter().map(drawn).collect();
        reaches.sort_by(f64::total_cmp);
        // Each end with its own part of the simulation error.
        let (people, ends) = (reach.people, reach.sim_error);
        Interval {
            low: joined(people, people - ends.low, &reaches, 0.0).low,
            high: joined(people, ends.high - people, &reaches, 0.0).high,
        }
    }
}
