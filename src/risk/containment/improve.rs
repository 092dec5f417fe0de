//! A choice made better by exchanges, which two-sided walks of the worlds of choosing judge.
//!
//! The coverage knows nothing of the people who are saved because a voice does not pass the scandal on, or because the truth stops
//! it half-way: where everybody reshares, that may be much.

use super::judge::{Judge, LineUp, Voices};
use super::stage::Stage;
use super::{Curve, Named};
use crate::base::stats::Z95;
use crate::base::{Result, Run, par};
use crate::cascade::Sampled;
use crate::graph::Graph;

/// Rounds of exchanges at most, each of which walks the worlds once more.
const ROUNDS: usize = 6;

/// Followers whose coins a round may toss, over all worlds: a second or so on one core.
const COINS: u64 = 100_000_000;

/// How many more than can be chosen may come in, of each of two orders.
pub(super) const SHORT: usize = 8;

/// In fewer worlds chance would choose.
const FEWEST: u64 = 20;

/// Exchanges among a short list of candidates.
pub(super) struct Improve<'a> {
    judge: Judge<'a>,
    /// By account, those who may come in.
    short: Vec<u32>,
    /// Voices at most.
    count: usize,
    delay: f64,
}

impl<'a> Improve<'a> {
    /// Those in `ranked`, and some who have most followers, may come in. The worlds of `judge` are the first; fewer are
    /// walked where their rows are long. `None` where there would be too few.
    pub fn new(judge: Judge<'a>, ranked: &[u32], count: usize, delay: f64) -> Option<Self> {
        let graph = judge.resolved.graph();
        let mut short = most_followed(graph, judge.candidates, count + SHORT);
        short.extend(ranked);
        short.sort_unstable();
        short.dedup();
        let followers = |&account: &u32| graph.followers(account).len() as u64;
        let coins: u64 = short.iter().chain(judge.scandal.fallen).map(followers).sum();
        let worlds = judge.worlds.min(COINS / coins.max(1));
        let enough = worlds >= FEWEST.min(judge.worlds);
        enough.then_some(Improve { judge: Judge { worlds, ..judge }, short, count, delay })
    }

    /// The best choice that is found from this one, or from those with most followers, by one exchange after the other; only
    /// for what is clearly better.
    pub fn exchange(&self, mut chosen: Vec<u32>, tools: &par::Tools<Stage>, run: &Run) -> Result<Vec<u32>> {
        let mut others = vec![most_followed(self.judge.resolved.graph(), self.judge.candidates, self.count)];
        for _ in 0..ROUNDS {
            others.extend(self.neighbours(&chosen));
            match self.best(&chosen, std::mem::take(&mut others), tools, run)? {
                Some(better) => chosen = better,
                None => break,
            }
        }
        Ok(chosen)
    }

    /// Whichever of the others saves most more than `chosen`, and clearly; of equals the first.
    fn best(
        &self,
        chosen: &[u32],
        mut others: Vec<Vec<u32>>,
        tools: &par::Tools<Stage>,
        run: &Run,
    ) -> Result<Option<Vec<u32>>> {
        others.insert(0, chosen.to_vec());
        let delay = self.delay;
        let all: Vec<LineUp> =
            others.iter().map(|voices| LineUp { voices: Voices::These(voices.clone()), delay }).collect();
        let judged = self.judge.judge(&all, tools, run)?;
        let mut best: Option<(f64, usize)> = None;
        for other in 1..all.len() {
            let more = judged.more(other, 0);
            if clearly(more) && best.is_none_or(|(people, _)| more.people > people) {
                best = Some((more.people, other));
            }
        }
        Ok(best.map(|(_, at)| others.swap_remove(at)))
    }

    /// For each delay the voices chosen for it, or these others where they clearly save more.
    pub fn curve(&self, curve: Curve, others: &[u32], tools: &par::Tools<Stage>, run: &Run) -> Result<Curve> {
        let both = |(delay, own): &(f64, Vec<u32>)| {
            [own.clone(), others.to_vec()].map(|voices| LineUp { voices: Voices::These(voices), delay: *delay })
        };
        let all: Vec<LineUp> = curve.iter().flat_map(both).collect();
        let judged = self.judge.judge(&all, tools, run)?;
        let better = |(at, (delay, own)): (usize, (f64, Vec<u32>))| {
            let more = delay == self.delay || clearly(judged.more(2 * at + 1, 2 * at));
            (delay, if more { others.to_vec() } else { own })
        };
        Ok(curve.into_iter().enumerate().map(better).collect())
    }

    /// One voice more, where there is room, or another instead of one.
    fn neighbours(&self, chosen: &[u32]) -> Vec<Vec<u32>> {
        let mut neighbours = Vec::new();
        for &into in self.short.iter().filter(|into| !chosen.contains(into)) {
            if chosen.len() < self.count {
                neighbours.push([chosen, &[into]].concat());
            }
            for place in 0..chosen.len() {
                let mut other = chosen.to_vec();
                other[place] = into;
                neighbours.push(other);
            }
        }
        neighbours
    }
}

/// Whether a difference is more than its standard error. The usual two would stop short of choices that take two steps; none
/// would follow chance where all are as good, and never end.
fn clearly(more: Sampled) -> bool {
    more.people > more.sim_error.half_width() / Z95
}

/// The candidates whom most people follow; of equals the first.
pub(super) fn most_followed(graph: &Graph, candidates: &[u32], count: usize) -> Vec<u32> {
    let mut followed = candidates.to_vec();
    followed.sort_by_key(|&account| (std::cmp::Reverse(graph.followers(account).len()), account));
    followed.truncate(count);
    followed
}

/// A choice in the order in which the coverage would choose it.
pub(super) fn in_order(order: &[u32], chosen: &[u32], named: &Named) -> Vec<u32> {
    let mut chosen = chosen.to_vec();
    let at = |account: &u32| order.iter().position(|place| named.place(*account) == Some(*place));
    chosen.sort_by_key(|account| (at(account).unwrap_or(usize::MAX), *account));
    chosen
}
