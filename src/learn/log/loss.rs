//! Which estimator would have said best who acts: log loss on cascades that none of them saw.

use super::cells::Cells;
use super::chances::Chances;
use super::hierarchical::Learned;
use super::leak::Leak;
use super::traces::Traces;
use crate::base::{Result, Run, par};

/// Chances are kept at most so far from 1 when they are scored: a follow said to be certain that fails costs much, not all.
const MOST: f64 = 1.0 - 1e-6;

/// What is scored.
#[derive(Debug, Clone, Copy)]
pub enum Scored<'a> {
    /// A plain estimator.
    Plain(&'a Chances),
    /// The default one.
    Learned(&'a Learned),
}

/// Log loss of some estimators on held-out cascades, in nats an act: of acts that somebody earlier may explain `−log P`, and of
/// every follow that was tried in a cascade in which the follower never acted `−log(1 − p)`. All have the same leak; its part for
/// people who did not act is the same for all and left out.
///
/// `known` are the traces that the estimators were learned from, `held` those of the held-out cascades, on the same graph.
pub fn losses(
    known: &Traces<'_>,
    held: &Traces<'_>,
    cells: &Cells,
    leak: &Leak,
    scored: &[Scored<'_>],
    run: &Run,
) -> Result<Vec<f64>> {
    let rows = known.graph.follower_rows();
    let chance = |scored: &Scored<'_>, cell: usize, v: u32, u: u32, trials: u32, pair: Option<usize>| {
        let p = match scored {
            Scored::Plain(chances) => chances.of(known, u, pair),
            Scored::Learned(learned) => learned.of(cell, v, u, trials, pair),
        };
        p.min(MOST)
    };
    run.phase("scoring estimators", None);
    // Of every held-out pair its chances, and the loss of follows that failed.
    let ranges = par::chunks_by_degree(&rows.offsets, 1 << 17);
    let parts = par::map(run, &ranges, |range| {
        let (mut failed, mut pairs) = (vec![0.0; scored.len()], Vec::new());
        let mut tests = Vec::new();
        for v in (range.start as u32..range.end as u32).filter(|&v| held.acted[v as usize] > 0) {
            tests.clear();
            held.tried(v, |_, _, trials, pair| tests.push((trials, pair)));
            let mut next = tests.iter();
            known.tried(v, |place, u, trials, pair| {
                let Some(&(tests, held_pair)) = next.next() else { return };
                let fails = tests - held_pair.map_or(0, |pair| held.pairs.acts(pair).len() as u32);
                if fails == 0 && held_pair.is_none() {
                    return;
                }
                for (at, scored) in scored.iter().enumerate() {
                    let p = chance(scored, cells.at(place), v, u, trials, pair);
                    failed[at] -= f64::from(fails) * libm::log1p(-p);
                    if held_pair.is_some() {
                        pairs.push(p);
                    }
                }
            });
        }
        Ok((failed, pairs))
    })?;
    let (mut sums, mut pairs) = (vec![0.0; scored.len()], Vec::new());
    for (failed, part) in parts {
        sums.iter_mut().zip(failed).for_each(|(sum, failed)| *sum += failed);
        pairs.extend(part);
    }
    let mut acts = 0u64;
    for act in 0..held.acts.len() {
        let causes = held.acts.pairs(act);
        if causes.is_empty() {
            continue;
        }
        acts += 1;
        let outside = 1.0 - leak.of_act(held, act);
        for (at, sum) in sums.iter_mut().enumerate() {
            let not = causes.iter().fold(outside, |not, &pair| not * (1.0 - pairs[pair as usize * scored.len() + at]));
            *sum -= libm::log((1.0 - not).max(1e-300));
        }
    }
    Ok(sums.into_iter().map(|sum| sum / acts.max(1) as f64).collect())
}
