//! Labels that are held out: accounts of one half, and what walks from the other half say of them.

use super::labels::Labels;
use super::walks::{LANES, Source, Walks};
use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run};

/// Dampings that are tried: how much of its weight a walk keeps with each step.
pub const DAMPINGS: [f64; 4] = [0.5, 0.7, 0.85, 0.95];
/// Weightings that are tried: a labelled account starts with its ties to this power.
pub const WEIGHTINGS: [f64; 3] = [0.0, 0.5, 1.0];
/// How many ways of walking there are.
pub const WAYS: usize = DAMPINGS.len() * WEIGHTINGS.len();

/// Labelled accounts that are scored, at most; all of them are walked from.
pub const MOST_SCORED: usize = 20_000;

/// An account whose label is held out.
pub struct Held<'a> {
    /// The account.
    pub account: u32,
    /// How many ties it has.
    pub ties: u64,
    niches: &'a [u16],
    half: usize,
    /// Logarithms of what walks from the other half hold there, for each way of walking and niche.
    walks: Vec<f64>,
}

impl Held<'_> {
    /// What was said of it: 1, or 1/j of each of j niches.
    pub fn label(&self, niche: usize) -> f64 {
        if self.niches.contains(&(niche as u16)) { 1.0 / self.niches.len() as f64 } else { 0.0 }
    }

    /// Logarithms of what walks hold there, a niche after the other; `way` is a place in weightings times dampings.
    pub fn walks(&self, way: usize, niches: usize) -> &[f64] {
        &self.walks[way * niches..][..niches]
    }
}

/// The weighting and the damping of a way of walking.
pub fn way(way: usize) -> (f64, f64) {
    (WEIGHTINGS[way / DAMPINGS.len()], DAMPINGS[way % DAMPINGS.len()])
}

/// The sources of all niches: each labelled account starts with its ties to the power of the weighting, 1 in all, in equal
/// parts for each of its niches.
pub fn sources(
    labels: &Labels,
    walks: &Walks<'_>,
    weighting: f64,
    mut among: impl FnMut(usize) -> bool,
) -> Vec<Source> {
    let weight = |account: u32| match weighting {
        0.0 => 1.0,
        _ => libm::pow(f64::from(walks.ties(account)).max(1.0), weighting),
    };
    let chosen: Vec<&(u32, Vec<u16>)> =
        labels.of.iter().enumerate().filter(|(at, _)| among(*at)).map(|(_, one)| one).collect();
    let all: f64 = chosen.iter().map(|one| weight(one.0)).sum();
    let mut sources = vec![Source::new(); labels.count()];
    for (account, niches) in chosen {
        let each = (weight(*account) / all / niches.len() as f64) as f32;
        niches.iter().for_each(|&niche| sources[niche as usize].push((*account, each)));
    }
    sources
}

/// Walks from each half in every way, and what they hold at accounts of the other.
pub fn held<'a>(labels: &'a Labels, walks: &Walks<'_>, steps: u32, run: &Run) -> Result<Vec<Held<'a>>> {
    let (count, half) = (labels.count(), halves(labels, run.seed()));
    let key = Key::new(run.seed(), Stream::Niches, 1);
    let mut order: Vec<usize> = (0..labels.of.len()).collect();
    order.sort_unstable_by_key(|&at| (key.word(u64::from(labels.of[at].0)), at));
    order.truncate(MOST_SCORED);
    order.sort_unstable();
    let one = |at: usize| {
        let (account, niches) = &labels.of[at];
        let ties = walks.ties(*account) as u64;
        Held { account: *account, ties, niches, half: half[at], walks: vec![0.0; WAYS * count] }
    };
    let mut held: Vec<Held> = order.into_iter().map(one).collect();
    run.phase("niches: labels held out", Some(2 * WEIGHTINGS.len() as u64 * walks.work(count, steps)));
    for (at, weighting) in WEIGHTINGS.into_iter().enumerate() {
        for from in 0..2 {
            let sources = sources(labels, walks, weighting, |at| half[at] == from);
            for (batch, sources) in sources.chunks(LANES).enumerate() {
                let mut kept = [1.0; DAMPINGS.len()];
                walks.run(sources, steps, run, |_, passed| {
                    for held in held.iter_mut().filter(|held| held.half != from) {
                        let ties = held.ties as f64;
                        let holds = passed[held.account as usize].map(|passed| ties * f64::from(passed));
                        for (damping, kept) in kept.iter().enumerate() {
                            let way = at * DAMPINGS.len() + damping;
                            let sums = &mut held.walks[way * count + batch * LANES..][..sources.len()];
                            sums.iter_mut().zip(holds).for_each(|(sum, holds)| *sum += kept * holds);
                        }
                    }
                    kept.iter_mut().zip(DAMPINGS).for_each(|(kept, damping)| *kept *= damping);
                    Ok(())
                })?;
            }
        }
    }
    held.iter_mut().for_each(|held| held.walks.iter_mut().for_each(|walks| *walks = libm::log(*walks)));
    Ok(held)
}

/// Cuts the labelled accounts of each niche into halves: the half of each, in the order of `labels.of`.
fn halves(labels: &Labels, seed: u64) -> Vec<usize> {
    let key = Key::new(seed, Stream::Niches, 0);
    let mut order: Vec<usize> = (0..labels.of.len()).collect();
    // Accounts of the same first niche one after the other, in random order: every other one is in the same half.
    order.sort_unstable_by_key(|&at| (labels.of[at].1[0], key.word(u64::from(labels.of[at].0)), at));
    let mut half = vec![0; order.len()];
    order.iter().enumerate().for_each(|(place, &at)| half[at] = place % 2);
    half
}
