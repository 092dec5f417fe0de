//! From what samples met to reach: steps forward along everybody's followers, exact where nothing is met twice.

use super::walk::Seen;
use crate::base::large::{self, Large};
use crate::base::{Result, Run, par};
use crate::cascade::resolve::Resolved;

/// Batches of samples, whose differences give the error.
pub(super) const BATCHES: usize = 16;

/// One figure of an account by each batch.
pub(super) type Lanes = [f64; BATCHES];

/// Entries in the rows of one task.
const WORK: u64 = 1 << 16;

/// So many followers ahead their figures are asked for.
const AHEAD: usize = 8;

/// Mean over the batches, and the variance of that mean.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Estimate {
    pub mean: f64,
    pub variance: f64,
}

impl Estimate {
    pub fn of(lanes: &Lanes) -> Self {
        let count = BATCHES as f64;
        let mean = lanes.iter().sum::<f64>() / count;
        let squares: f64 = lanes.iter().map(|lane| (lane - mean) * (lane - mean)).sum();
        Estimate { mean, variance: squares / (count * (count - 1.0)) }
    }
}

/// What batches of samples say after some steps.
pub(super) struct Steps<'a> {
    resolved: &'a Resolved<'a>,
    direct: &'a [f64],
    batches: &'a [Vec<Seen>],
    /// People that one sample of a batch stands for.
    people: f64,
    pub lanes: Large<Lanes>,
    spare: Large<Lanes>,
    ranges: Vec<std::ops::Range<usize>>,
}

impl<'a> Steps<'a> {
    /// Before any step: the share of samples that met the account.
    pub fn new(
        resolved: &'a Resolved<'a>,
        direct: &'a [f64],
        batches: &'a [Vec<Seen>],
        samples: u64,
        run: &Run,
    ) -> Result<Self> {
        let accounts = resolved.graph.accounts();
        let people = accounts as f64 / samples as f64;
        let ranges = par::chunks_by_degree(&resolved.graph.follower_rows().offsets, WORK);
        let mut lanes: Large<Lanes> = Large::zeros(accounts);
        par::fill(run, &ranges, &mut lanes, |range, part| {
            for (batch, seen) in batches.iter().enumerate() {
                part.iter_mut().zip(&seen[range.clone()]).for_each(|(lanes, seen)| {
                    lanes[batch] = people * f64::from(seen.met);
                });
            }
        })?;
        Ok(Steps { resolved, direct, batches, people, lanes, spare: Large::zeros(accounts), ranges })
    }

    /// One step: `R'(v) = R0(v) + sum over F(v) of r_vx rho_x R(x) − n E[again(v)]`, in every batch.
    pub fn step(&mut self, run: &Run) -> Result<()> {
        let graph = self.resolved.graph;
        let rows = graph.follower_rows().flat();
        let (resolved, old, batches) = (self.resolved, &self.lanes, self.batches);
        par::fill(run, &self.ranges, &mut self.spare, |range, part| {
            for (v, out) in range.clone().zip(part.iter_mut()) {
                let mut sum = [0.0; BATCHES];
                let row = rows.row(v as u32);
                for (place, &x) in row.iter().enumerate() {
                    if let Some(&soon) = row.get(place + AHEAD) {
                        large::ahead(old, soon as usize);
                    }
                    let chance = resolved.r(v as u32, place, x) * resolved.rho(x);
                    sum.iter_mut().zip(&old[x as usize]).for_each(|(sum, old)| *sum += chance * old);
                }
                let direct = self.direct[v];
                out.iter_mut().zip(sum).for_each(|(out, sum)| *out = direct + sum);
            }
            for (batch, seen) in batches.iter().enumerate() {
                part.iter_mut().zip(&seen[range.clone()]).for_each(|(lanes, seen)| {
                    lanes[batch] -= self.people * seen.again;
                });
            }
        })?;
        std::mem::swap(&mut self.lanes, &mut self.spare);
        Ok(())
    }
}
