//! How long chains must run: until those that start from few sharers and those that start from many tell the same.

use super::chain::{Chain, FIGURES};
use super::sharers::{Sharer, Sharers};
use super::{GROUPS, Sampling, TRIED, Wave};
use crate::base::{Error, Result, Run, par};

/// Sweeps at the first look, and at most.
const FIRST: usize = 32;
const LAST: usize = 1024;

/// Chains are near enough when none of their figures is apart by more than this factor.
const NEAR: f64 = 1.05;

/// A draw comes after this share of the sweeps of the burn-in.
const GAPS: usize = 16;

/// Fewest moves of a sweep.
const MOVES: usize = 64;

impl Wave<'_> {
    /// Runs 16 chains for as long as it takes; how to draw, and the sharers but posters of every chain in the end, from which
    /// draws go on: what was looked at is then what is used.
    ///
    /// **Errors**: no start that agrees with what was observed, under `lt`.
    pub(super) fn mixing(&self, run: &Run) -> Result<(Sampling, Vec<Vec<Sharer>>)> {
        let given = &self.given;
        let accounts = given.resolved.graph().accounts();
        let numbers = par::chunks(GROUPS as usize, 1);
        run.check_memory("16 chains of a cascade under way", 4 * GROUPS * accounts as u64)?;
        run.phase("chains of what was not seen", None);
        let mut chains = par::map(run, &numbers, |range| {
            let random = self.key(TRIED + range.start as u64).of(1).generator();
            let mut chain = Chain::new(Sharers::new(accounts), random);
            match (0..100).any(|_| chain.begin(given, range.start % 2 == 1)) {
                true => Ok(chain),
                false => {
                    Err(Error::parameter("--after", "no cascade was found that agrees with all that was observed")
                        .with_hint("under lt, where people hear one followee alone, statuses may exclude one another"))
                }
            }
        })?;
        let begun: usize = chains.iter().map(|chain| chain.sharers.all.len()).sum();
        let moves = (begun / GROUPS as usize).max(MOVES);
        let mut told: Vec<Vec<[f64; FIGURES]>> = vec![Vec::new(); GROUPS as usize];
        let mut sweeps = FIRST;
        loop {
            let both = chains.iter_mut().zip(&mut told).collect();
            par::each(run, &numbers, both, |_, (chain, told): (&mut Chain, &mut Vec<_>)| {
                while told.len() < sweeps {
                    run.step(0)?;
                    chain.sweep(given, moves);
                    told.push(chain.figures(given));
                }
                Ok(())
            })?
            .into_iter()
            .collect::<Result<()>>()?;
            let ratio = ratio(&told);

            if ratio <= NEAR || sweeps >= LAST {
                let (burn_in, gap, mixed) = (sweeps, sweeps / GAPS, ratio <= NEAR);
                let states = chains.iter().map(|chain| chain.sharers.all[given.posters.len()..].to_vec());
                return Ok((Sampling::Chains { moves, burn_in, gap, ratio, mixed }, states.collect()));
            }
            sweeps *= 2;
        }
    }
}

/// The largest potential scale reduction of any figure, over the third and the last quarter of every chain: the root of
/// what sequences together vary by over what each varies by.
fn ratio(told: &[Vec<[f64; FIGURES]>]) -> f64 {
    let quarter = told[0].len() / 4;
    let sequences: Vec<&[[f64; FIGURES]]> =
        told.iter().flat_map(|chain| chain[2 * quarter..].chunks(quarter)).collect();
    let of = |figure: usize| {
        let moments: Vec<(f64, f64)> =
            sequences.iter().map(|sequence| moments(sequence.iter().map(|told| told[figure]))).collect();
        let (_, between) = self::moments(moments.iter().map(|moment| moment.0));
        let within = moments.iter().fold(0.0, |sum, moment| sum + moment.1) / moments.len() as f64;
        let n = quarter as f64;
        match within + between {
            0.0 => 1.0,
            _ => libm::sqrt(((n - 1.0) / n * within + between) / within),
        }
    };
    (0..FIGURES).map(of).fold(1.0, f64::max)
}

/// Mean and variance.
fn moments(values: impl ExactSizeIterator<Item = f64> + Clone) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.clone().fold(0.0, |sum, value| sum + value) / n;
    (mean, values.fold(0.0, |sum, value| sum + (value - mean) * (value - mean)) / (n - 1.0))
}
