//! The chance that one follow brings its follower to act, by the plain estimators: Goyal's, Saito's, and what needs no log.

use super::traces::Traces;
use crate::base::{Result, Run, par};

/// Chances of all follows: of those that may have succeeded one by one, of the others by a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Chances {
    /// Of the log's pairs, in their order.
    pub pairs: Vec<f64>,
    /// Of all other follows.
    pub rest: Rest,
}

/// The chance of a follow that was never seen to succeed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rest {
    /// None.
    Zero,
    /// The same for all.
    Same(f64),
    /// One over how many accounts the follower follows.
    OneOverFollowed,
}

impl Chances {
    /// Of the follow of v by u: `pair` is its number in the log, if it has one.
    pub fn of(&self, traces: &Traces<'_>, u: u32, pair: Option<usize>) -> f64 {
        match (pair, self.rest) {
            (Some(pair), _) => self.pairs[pair],
            (None, Rest::Zero) => 0.0,
            (None, Rest::Same(p)) => p,
            (None, Rest::OneOverFollowed) => 1.0 / traces.graph.following(u).len().max(1) as f64,
        }
    }

    /// Weighted cascade: `1/|D(u)|`, whatever the log says.
    pub fn weighted_cascade(traces: &Traces<'_>) -> Chances {
        let of = |&u: &u32| 1.0 / traces.graph.following(u).len().max(1) as f64;
        Chances { pairs: traces.pairs.target.iter().map(of).collect(), rest: Rest::OneOverFollowed }
    }

    /// The same for every follow: successes over trials, an act shared out among its possible causes.
    pub fn constant(traces: &Traces<'_>) -> Chances {
        let trials = tried(traces);
        let acts = (traces.acts.len() as u64 - traces.alone()) as f64;
        let p = if trials > 0.0 { (acts / trials).min(1.0) } else { 0.0 };
        Chances { pairs: vec![p; traces.pairs.len()], rest: Rest::Same(p) }
    }

    /// Goyal, Bonchi & Lakshmanan (2010), Bernoulli: `p_vu = A_v2u / A_v`, the share of v's acts after which u acted.
    pub fn bernoulli(traces: &Traces<'_>) -> Chances {
        let pairs = &traces.pairs;
        let of = |pair| pairs.acts(pair).len() as f64 / f64::from(traces.acted[pairs.source[pair] as usize]);
        Chances { pairs: (0..pairs.len()).map(of).collect(), rest: Rest::Zero }
    }

    /// The same paper, Jaccard: `p_vu = A_v2u / A_(u|v)`, over the items on which either acted.
    pub fn jaccard(traces: &Traces<'_>) -> Chances {
        let pairs = &traces.pairs;
        let of = |pair: usize| {
            let [v, u] = [pairs.source[pair], pairs.target[pair]].map(|x| f64::from(traces.acted[x as usize]));
            let after = pairs.acts(pair).len() as f64;
            after / (u + v - after - f64::from(traces.barred(pairs.place[pair])))
        };
        Chances { pairs: (0..pairs.len()).map(of).collect(), rest: Rest::Zero }
    }

    /// As [`Chances::jaccard`] with successes of a narrower window: `recent` is of the same log, the items on which both acted are
    /// those of all of it.
    pub fn jaccard_within(traces: &Traces<'_>, recent: &Traces<'_>) -> Chances {
        let pairs = &traces.pairs;
        let of = |pair: usize| {
            let [v, u] = [pairs.source[pair], pairs.target[pair]].map(|x| f64::from(traces.acted[x as usize]));
            let both = pairs.acts(pair).len() as f64 + f64::from(traces.barred(pairs.place[pair]));
            let after = recent.pairs.find(pairs.place[pair]).map_or(0, |at| recent.pairs.acts(at).len());
            after as f64 / (u + v - both)
        };
        Chances { pairs: (0..pairs.len()).map(of).collect(), rest: Rest::Zero }
    }

    /// The same paper, partial credits: as Bernoulli, but an act with d possible causes gives each 1/d.
    pub fn partial_credits(traces: &Traces<'_>) -> Chances {
        let pairs = &traces.pairs;
        let credit = |&act: &u32| 1.0 / traces.acts.pairs(act as usize).len() as f64;
        let of = |pair| {
            let credits = pairs.acts(pair).iter().map(credit).fold(0.0, |a, b| a + b);
            credits / f64::from(traces.acted[pairs.source[pair] as usize])
        };
        Chances { pairs: (0..pairs.len()).map(of).collect(), rest: Rest::Zero }
    }
}

/// Trials of all follows.
pub fn tried(traces: &Traces<'_>) -> f64 {
    let acted = traces.acted.iter().enumerate().filter(|(_, times)| **times > 0);
    let all = acted.map(|(v, &times)| u64::from(times) * traces.graph.followers(v as u32).len() as u64).sum::<u64>();
    (all - traces.barred.iter().map(|barred| u64::from(barred.1)).sum::<u64>()) as f64
}

/// Saito, Nakano & Kimura (2008): the independent cascade by expectation and maximisation,
/// `p_vu <- 1/n_vu · sum over acts of p_vu / P`, `P = 1 − prod (1 − p)` over the act's possible causes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Em {
    /// Rounds at most.
    pub rounds: u32,
    /// Stop when no chance changed by more.
    pub tolerance: f64,
}

impl Default for Em {
    fn default() -> Self {
        Em { rounds: 100, tolerance: 1e-4 }
    }
}

impl Em {
    /// Runs it from partial credits. The likelihood never falls from round to round.
    pub fn run(&self, traces: &Traces<'_>, run: &Run) -> Result<(Chances, u32)> {
        let pairs = &traces.pairs;
        let mut p = Chances::partial_credits(traces).pairs;
        run.phase("expectation and maximisation", Some(u64::from(self.rounds)));
        let mut steps = Steps::new(traces);
        let mut rounds = 0;
        while rounds < self.rounds {
            rounds += 1;
            let hits = steps.hits(traces, &p, |_| 0.0, run)?;
            let mut change = 0.0f64;
            for (pair, p) in p.iter_mut().enumerate() {
                let next = (hits[pair] / f64::from(pairs.trials[pair].max(1))).min(1.0);
                change = change.max((next - *p).abs());
                *p = next;
            }
            if change <= self.tolerance {
                break;
            }
        }
        Ok((Chances { pairs: p, rest: Rest::Zero }, rounds))
    }
}

/// The expectation step: which of its possible causes brought an act about.
pub struct Steps {
    acts: Vec<std::ops::Range<usize>>,
    pairs: Vec<std::ops::Range<usize>>,
    /// `1/P` of every act.
    pub over: Vec<f64>,
    hits: Vec<f64>,
}

impl Steps {
    /// For a log.
    pub fn new(traces: &Traces<'_>) -> Steps {
        Steps {
            acts: par::chunks_by_degree(traces.acts.offsets(), 1 << 15),
            pairs: par::chunks_by_degree(traces.pairs.offsets(), 1 << 15),
            over: vec![0.0; traces.acts.len()],
            hits: vec![0.0; traces.pairs.len()],
        }
    }

    /// Expected hits of every pair, `sum over its acts of p / P` with `P = 1 − (1 − leak) prod (1 − p)`; `leak` is asked for the
    /// act. Leaves `1/P` in `over`.
    pub fn hits(
        &mut self,
        traces: &Traces<'_>,
        p: &[f64],
        leak: impl Fn(usize) -> f64 + Sync,
        run: &Run,
    ) -> Result<&[f64]> {
        par::fill(run, &self.acts, &mut self.over, |range, part| {
            for (act, over) in range.zip(part.iter_mut()) {
                let not =
                    traces.acts.pairs(act).iter().fold(1.0 - leak(act), |not, &pair| not * (1.0 - p[pair as usize]));
                // An act that nothing explains has no cause to be shared out among.
                *over = if not < 1.0 { 1.0 / (1.0 - not) } else { 0.0 };
            }
        })?;
        let over = &self.over;
        par::fill(run, &self.pairs, &mut self.hits, |range, part| {
            for (pair, hits) in range.zip(part.iter_mut()) {
                let sum = traces.pairs.acts(pair).iter().fold(0.0, |sum, &act| sum + over[act as usize]);
                *hits = p[pair] * sum;
            }
        })?;
        Ok(&self.hits)
    }
}
