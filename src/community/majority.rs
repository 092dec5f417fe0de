//! Asynchronous label propagation in batches: parallel, yet every change is one for the better.
//!
//! What each account of a batch wishes is worked out in parallel from the labels before the batch. Then, in order, each
//! gets its wish if that still raises the weight under its own label, now that earlier neighbours in the batch have
//! changed: the few there are were noted with the wish, so that this takes no second look at the row. Whoever does not
//! get its wish is looked at again. The result is a function of rows and seed alone.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::labelprop::Spread;
use super::tally::{Tally, Weight};
use crate::base::par::Tools;
use crate::base::seed::{Key, Stream, generator};
use crate::base::{Result, Run};
use crate::graph::Rows;

/// Accounts in a batch: one in so many.
const BATCHES: usize = 20;

/// Accounts in a task.
const TASK: usize = 256;

/// Accounts that stay together when the order is drawn: their rows stand together in memory.
const TOGETHER: usize = 16;

/// A label must gain this share of the account's strength: above rounding, below any real gain.
const MARGIN: f64 = 1e-12;

/// Looks at the accounts in a drawn order, for at most `most` rounds; after the first only at those with a neighbour
/// that changed.
pub(super) fn majority(run: &Run, rows: &Rows, most: u32) -> Result<Spread> {
    match &rows.weights {
        None => spread(run, rows, |_| 1u32, most),
        Some(weights) => spread(run, rows, |edge| weights[edge], most),
    }
}

fn spread<W: Weight + Send + Sync>(
    run: &Run,
    rows: &Rows,
    weight: impl Fn(usize) -> W + Sync + Send,
    most: u32,
) -> Result<Spread> {
    let accounts = rows.offsets.len().saturating_sub(1);
    let order = drawn_order(accounts, run.seed());
    let (offsets, targets) = (&rows.offsets[..], &rows.targets[..]);
    let mut state = State {
        offsets,
        targets,
        weight,
        labels: (0..accounts as u32).collect(),
        places: vec![OUTSIDE; accounts],
        inside: vec![0; accounts.div_ceil(64)],
        waiting: (0..accounts).map(|_| AtomicBool::new(true)).collect(),
        ties: Key::new(run.seed(), Stream::Community, 1),
        tools: Tools::new(),
    };
    let size = (accounts / BATCHES).max(1);
    run.install(|| {
        let mut batch = Vec::with_capacity(size);
        for iteration in 1..=most {
            let mut changed = false;
            let mut turn = order.iter().copied();
            loop {
                batch.clear();
                batch.extend(turn.by_ref().filter(|&v| state.waiting[v as usize].swap(false, Relaxed)).take(size));
                if batch.is_empty() {
                    break;
                }
                run.step(batch.len() as u64)?;
                changed |= state.work(&batch);
            }
            if !changed {
                return Ok(Spread { labels: state.labels, iterations: iteration, converged: true });
            }
        }
        Ok(Spread { labels: state.labels, iterations: most, converged: false })
    })
}

/// All accounts in an order drawn from the seed, a few that stand together at a time.
fn drawn_order(accounts: usize, seed: u64) -> Vec<u32> {
    let mut groups: Vec<u32> = (0..accounts.div_ceil(TOGETHER) as u32).collect();
    groups.shuffle(&mut generator(seed, Stream::Community, 0));
    let members = |group: u32| {
        let first = group as usize * TOGETHER;
        first as u32..(first + TOGETHER).min(accounts) as u32
    };
    groups.into_iter().flat_map(members).collect()
}

/// The place of an account that is not in the batch.
const OUTSIDE: u32 = u32::MAX;

/// A wish: what an account would like before its batch begins to change.
struct Wish {
    /// The account's place in the batch.
    place: u32,
    label: u32,
    /// How much more weight is under that label than under its own.
    gain: f64,
    /// Where its neighbours of the same batch end in the list of the task.
    end: usize,
}

/// The wishes of a task.
#[derive(Default)]
struct Wishes {
    wishes: Vec<Wish>,
    /// Neighbours that stand earlier in the batch, and the weights of their ties.
    earlier: Vec<(u32, f64)>,
}

struct State<'a, W, F> {
    offsets: &'a [u64],
    targets: &'a [u32],
    weight: F,
    labels: Vec<u32>,
    /// Where an account stands in the batch.
    places: Vec<u32>,
    /// Whether it stands in the batch, a bit each: small enough for the cache nearest by.
    inside: Vec<u64>,
    /// Whether a neighbour changed since the last look.
    waiting: Vec<AtomicBool>,
    ties: Key,
    tools: Tools<Tally<W>>,
}

impl<W: Weight + Send + Sync, F: Fn(usize) -> W + Sync> State<'_, W, F> {
    /// Where the neighbours of v stand.
    #[inline]
    fn range(&self, v: u32) -> Range<usize> {
        self.offsets[v as usize] as usize..self.offsets[v as usize + 1] as usize
    }

    /// Works through a batch; says whether anything changed.
    fn work(&mut self, batch: &[u32]) -> bool {
        for (&v, place) in batch.iter().zip(0..) {
            self.places[v as usize] = place;
            self.inside[v as usize / 64] |= 1 << (v % 64);
        }
        let tasks: Vec<Wishes> = batch.par_chunks(TASK).with_max_len(1).map(|task| self.wishes(task)).collect();
        // The label before, of those that changed.
        let mut before: Vec<Option<u32>> = vec![None; batch.len()];
        let mut changed = Vec::with_capacity(batch.len());
        for task in &tasks {
            let mut start = 0;
            for wish in &task.wishes {
                let v = batch[wish.place as usize];
                let home = self.labels[v as usize];
                let mut gain = wish.gain;
                for &(place, weight) in &task.earlier[start..wish.end] {
                    if let Some(left) = before[place as usize] {
                        let taken = self.labels[batch[place as usize] as usize];
                        let toward = |label: u32| f64::from(label == wish.label) - f64::from(label == home);
                        gain += weight * (toward(taken) - toward(left));
                    }
                }
                start = wish.end;
                if gain > MARGIN * wish.gain {
                    before[wish.place as usize] = Some(home);
                    self.labels[v as usize] = wish.label;
                    changed.push(v);
                } else {
                    self.waiting[v as usize].store(true, Relaxed);
                }
            }
        }
        for &v in batch {
            self.places[v as usize] = OUTSIDE;
            self.inside[v as usize / 64] = 0;
        }
        changed.par_chunks(TASK).with_max_len(1).for_each(|task| task.iter().for_each(|&v| self.tell(v)));
        !changed.is_empty()
    }

    /// What the accounts of a task wish, who all stand in the batch.
    fn wishes(&self, task: &[u32]) -> Wishes {
        let mut found = Wishes::default();
        self.tools.with(Tally::default, |around| {
            for &v in task {
                let start = found.earlier.len();
                match self.wish(v, around, &mut found.earlier) {
                    Some((label, gain)) => {
                        let (place, end) = (self.places[v as usize], found.earlier.len());
                        found.wishes.push(Wish { place, label, gain, end });
                    }
                    None => found.earlier.truncate(start),
                }
            }
        });
        found
    }

    /// The label of the greatest weight around v and its lead over v's own, if it has one; of equal ones that of the
    /// smallest draw.
    fn wish(&self, v: u32, around: &mut Tally<W>, earlier: &mut Vec<(u32, f64)>) -> Option<(u32, f64)> {
        let (home, place) = (self.labels[v as usize], self.places[v as usize]);
        let range = self.range(v);
        let row = &self.targets[range.clone()];
        around.room(self.labels.len(), row.len());
        for (&u, edge) in row.iter().zip(range) {
            let (label, weight) = (self.labels[u as usize], (self.weight)(edge));
            around.add(label, weight);
            if self.inside[u as usize / 64] >> (u % 64) & 1 == 1 && self.places[u as usize] < place {
                earlier.push((self.places[u as usize], weight.real()));
            }
        }
        let key = self.ties.of(v as u64);
        // A tie with the present label changes nothing.
        let at_home = around.weight(home);
        let (mut best, mut label, mut drawn) = (at_home, home, u64::MAX);
        let mut strength = 0.0;
        // A label listed twice, where its weights were 0, counts once.
        for (candidate, weight) in around.drain() {
            strength += weight;
            if weight > best {
                (best, label, drawn) = (weight, candidate, key.word(candidate as u64));
            } else if weight == best && label != home {
                let word = key.word(candidate as u64);
                if word < drawn {
                    (label, drawn) = (candidate, word);
                }
            }
        }
        let gain = best - at_home;
        (label != home && gain > MARGIN * strength).then_some((label, gain))
    }

    /// Tells v's neighbours under other labels that v changed.
    fn tell(&self, v: u32) {
        let label = self.labels[v as usize];
        for &u in &self.targets[self.range(v)] {
            let waiting = &self.waiting[u as usize];
            if self.labels[u as usize] != label && !waiting.load(Relaxed) {
                waiting.store(true, Relaxed);
            }
        }
    }
}
