//! From what samples met to reach: steps forward along everybody's followers, exact where nothing is met twice.

use super::seen::Seen;
use crate::base::large::{self, Large};
use crate::base::{Result, Run, par};
use crate::cascade::resolved::{Exposure, Resolved};

/// Batches of samples, whose differences give the error.
pub(super) const BATCHES: usize = 16;

/// One figure of an account by each batch.
pub(super) type Lanes = [f64; BATCHES];

/// Entries in the rows of one task.
const WORK: u64 = 1 << 16;

/// So many followers ahead their figures are asked for.
const AHEAD: usize = 8;

/// Mean over the batches, and the variance of that mean.
fn moments(lanes: &Lanes) -> (f64, f64) {
    let count = BATCHES as f64;
    let mean = lanes.iter().sum::<f64>() / count;
    let squares: f64 = lanes.iter().map(|lane| (lane - mean) * (lane - mean)).sum();
    (mean, squares / (count * (count - 1.0)))
}

/// What the batches say of one account: a sum over followers, less the meetings with who was there already.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Estimate {
    pub mean: f64,
    /// Of the mean.
    pub variance: f64,
    /// By how much one chance event more raises the mean: the size of equal events that would spread the sum over
    /// followers as it is spread.
    pub rise: f64,
    /// By how much one more meeting again lowers it, likewise.
    pub fall: f64,
}

impl Estimate {
    /// `direct` is the part of the mean that is certain, `again` what was taken off for meetings again; `people` is what
    /// one event of one sample stands for: the size where none was seen.
    fn of(lanes: &Lanes, direct: f64, again: &Lanes, people: f64) -> Self {
        let (mean, variance) = moments(lanes);
        let size = |(sum, variance): (f64, f64)| if variance > 0.0 && sum > 0.0 { variance / sum } else { people };
        let sum: Lanes = std::array::from_fn(|batch| lanes[batch] - direct + again[batch]);
        Estimate { mean, variance, rise: size(moments(&sum)), fall: size(moments(again)) }
    }
}

/// What batches of samples say after some steps.
pub(super) struct Steps<'a> {
    resolved: &'a Resolved<'a>,
    direct: &'a [f64],
    batches: &'a [Vec<Seen>],
    /// People that one sample of a batch stands for.
    people: f64,
    lanes: Large<Lanes>,
    spare: Large<Lanes>,
    ranges: Vec<std::ops::Range<usize>>,
}

impl<'a> Steps<'a> {
    /// Before any step: the share of samples that met the account. With a limit of time these are the samples whose root
    /// does not hear it directly, the direct part is added, and no step can follow.
    pub fn new(
        resolved: &'a Resolved<'a>,
        direct: &'a [f64],
        batches: &'a [Vec<Seen>],
        samples: u64,
        run: &Run,
    ) -> Result<Self> {
        let accounts = resolved.graph.accounts();
        // A root stands for all weight together.
        let people = resolved.total() / samples as f64;
        let ranges = par::chunks_by_degree(&resolved.graph.follower_rows().offsets, WORK);
        let mut lanes: Large<Lanes> = Large::zeros(accounts);
        let timed = resolved.deadline().is_some();
        par::fill(run, &ranges, &mut lanes, |range, part| {
            for (batch, seen) in batches.iter().enumerate() {
                let direct = &direct[range.clone()];
                part.iter_mut().zip(&seen[range.clone()]).zip(direct).for_each(|((lanes, seen), direct)| {
                    lanes[batch] = people * f64::from(seen.met) + if timed { *direct } else { 0.0 };
                });
            }
        })?;
        Ok(Steps { resolved, direct, batches, people, lanes, spare: Large::zeros(accounts), ranges })
    }

    /// One step: `R'(v) = R0(v) + sum over F(v) of r_vx rho_x R(x) − n E[again(v)]`, in every batch.
    pub fn step(&mut self, run: &Run) -> Result<()> {
        self.pass_on(run)?;
        let rows = self.resolved.graph.follower_rows().flat();
        let (resolved, passed, batches) = (self.resolved, &self.lanes, self.batches);
        // What x passes on holds the part of r_vx that is x's own already; v's own part is left to the end of the row.
        let sum = |v: u32, out: &mut Lanes| {
            let row = rows.row(v);
            for (place, &x) in row.iter().enumerate() {
                if let Some(&soon) = row.get(place + AHEAD) {
                    large::ahead(passed, soon as usize);
                }
                let passed = &passed[x as usize];
                match resolved.exposure {
                    Exposure::Constant(..) | Exposure::Source(..) | Exposure::Target(..) => {
                        out.iter_mut().zip(passed).for_each(|(out, passed)| *out += passed);
                    }
                    Exposure::Hashed | Exposure::Edge(_) | Exposure::Pick { .. } => {
                        let r = resolved.r(v, place, x);
                        out.iter_mut().zip(passed).for_each(|(out, passed)| *out += r * passed);
                    }
                }
            }
            match &resolved.exposure {
                Exposure::Constant(r, _) => *r,
                Exposure::Source(r, _) => r[v as usize],
                _ => 1.0,
            }
        };
        par::fill(run, &self.ranges, &mut self.spare, |range, part| {
            for (v, out) in range.clone().zip(part.iter_mut()) {
                *out = [0.0; BATCHES];
                let own = sum(v as u32, out);
                let direct = self.direct[v];
                out.iter_mut().for_each(|out| *out = direct + own * *out);
            }
            for (batch, seen) in batches.iter().enumerate() {
                part.iter_mut().zip(&seen[range.clone()]).for_each(|(lanes, seen)| {
                    lanes[batch] -= self.people * seen.again as f64;
                });
            }
        })?;
        std::mem::swap(&mut self.lanes, &mut self.spare);
        Ok(())
    }

    /// From what everybody reaches to what they pass on to whom they follow: times the chance to reshare, and to be
    /// exposed where that is their own.
    fn pass_on(&mut self, run: &Run) -> Result<()> {
        let resolved = self.resolved;
        par::fill(run, &self.ranges, &mut self.lanes, |range, part| {
            for (x, lanes) in range.zip(part) {
                let exposed = if let Exposure::Target(r, _) = &resolved.exposure { r[x] } else { 1.0 };
                let chance = exposed * resolved.rho(x as u32);
                lanes.iter_mut().for_each(|lane| *lane *= chance);
            }
        })?;
        Ok(())
    }

    /// What is known of v now.
    pub fn estimate(&self, v: usize) -> Estimate {
        let timed = self.resolved.deadline().is_some();
        let again = |batch: usize| if timed { 0.0 } else { self.people * self.batches[batch][v].again as f64 };
        let again = std::array::from_fn(again);
        Estimate::of(&self.lanes[v], self.direct[v], &again, self.people / BATCHES as f64)
    }
}
