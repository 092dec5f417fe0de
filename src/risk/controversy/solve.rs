//! Where walks end: conjugate gradients on the ties of those from whom a walk ends.

use super::sides::Sides;
use crate::base::{Error, Result, Run, par};

/// What may be left, relative to the right-hand side.
const RESIDUAL: f64 = 1e-12;

/// Steps, at most. In exact arithmetic as many as there are unknowns would do; networks take dozens.
const STEPS: u32 = 20_000;

/// Where walks end.
#[derive(Debug, Clone)]
pub(super) struct Solved {
    /// The chance that a walk from here ends at a hub of side 1; 0 where none begins.
    pub ends: Vec<f64>,
    pub steps: u32,
    pub residual: f64,
}

/// The system `(D − A) h = b` over open accounts, b the ties to hubs of side 1.
struct System<'a> {
    sides: &'a Sides,
    open: &'a [bool],
    ranges: Vec<std::ops::Range<usize>>,
    run: &'a Run,
}

impl System<'_> {
    /// `(D − A) x`, 0 for those who are not open. Entries of x that are not open are 0.
    fn times(&self, x: &[f64], out: &mut [f64]) -> Result<()> {
        par::fill(self.run, &self.ranges, out, |range, part| {
            for (v, out) in range.zip(part) {
                *out = 0.0;
                if self.open[v] {
                    let sum = self.sides.row(v).iter().fold(0.0, |sum, &u| sum + x[u as usize]);
                    *out = self.sides.degree(v) as f64 * x[v] - sum;
                }
            }
        })?;
        Ok(())
    }

    fn dot(&self, a: &[f64], b: &[f64]) -> f64 {
        par::sum(self.run, a.len(), |v| a[v] * b[v])
    }

    /// `a <- value(v, a)` for everybody.
    fn update(&self, a: &mut [f64], value: impl Fn(usize, f64) -> f64 + Sync) -> Result<()> {
        let ranges = par::chunks(a.len(), par::CHUNK);
        par::fill(self.run, &ranges, a, |range, part| range.zip(part).for_each(|(v, a)| *a = value(v, *a)))?;
        Ok(())
    }
}

/// Solves for the chances to end at a hub of side 1.
pub(super) fn absorbed(sides: &Sides, hubs: &[Vec<u32>; 2], open: &[bool], run: &Run) -> Result<Solved> {
    run.phase("where walks end", None);
    let ranges = par::chunks_by_degree(&sides.offsets, 1 << 16);
    let system = System { sides, open, ranges, run };
    let accounts = open.len();
    let mut right = vec![0.0; accounts];
    for &hub in &hubs[0] {
        sides.row(hub as usize).iter().filter(|&&u| open[u as usize]).for_each(|&u| right[u as usize] += 1.0);
    }
    let size = libm::sqrt(system.dot(&right, &right));
    let mut ends = vec![0.0; accounts];
    if size == 0.0 {
        return Ok(Solved { ends, steps: 0, residual: 0.0 });
    }
    let mut left = right.clone();
    let mut steps = 0;
    // What rounding has let drift is taken up again from the true residual.
    for _ in 0..3 {
        steps += descend(&system, &mut ends, &mut left, size, STEPS - steps)?;
        let mut image = vec![0.0; accounts];
        system.times(&ends, &mut image)?;
        system.update(&mut left, |v, _| right[v] - image[v])?;
        if libm::sqrt(system.dot(&left, &left)) <= RESIDUAL * size {
            break;
        }
    }
    let residual = libm::sqrt(system.dot(&left, &left)) / size;
    // Rounding: chances are chances.
    system.update(&mut ends, |_, end| end.clamp(0.0, 1.0))?;
    // Very large sides reach the limits of rounding before the residual asked for.
    match residual <= 100.0 * RESIDUAL {
        true => Ok(Solved { ends, steps, residual }),
        false => Err(Error::NotConverged(format!(
            "where random walks end: after {steps} steps {residual:.1e} is left, {RESIDUAL:.0e} was asked for"
        ))),
    }
}

/// Conjugate gradients from `ends`, whose residual is `left`, preconditioned by degrees; how many steps it took.
fn descend(system: &System<'_>, ends: &mut [f64], left: &mut [f64], size: f64, most: u32) -> Result<u32> {
    let degree = |v: usize| system.sides.degree(v).max(1) as f64;
    let mut towards: Vec<f64> = left.iter().enumerate().map(|(v, left)| left / degree(v)).collect();
    let mut image = vec![0.0; left.len()];
    let weighed = |left: &[f64]| par::sum(system.run, left.len(), |v| left[v] * left[v] / degree(v));
    let mut before = weighed(left);
    for step in 0..most {
        if libm::sqrt(system.dot(left, left)) <= 0.3 * RESIDUAL * size || before == 0.0 {
            return Ok(step);
        }
        system.times(&towards, &mut image)?;
        let far = before / system.dot(&towards, &image);
        system.update(ends, |v, end| end + far * towards[v])?;
        system.update(left, |v, left| left - far * image[v])?;
        let after = weighed(left);
        let turn = after / before;
        let rest: &[f64] = left;
        system.update(&mut towards, |v, towards| rest[v] / degree(v) + turn * towards)?;
        before = after;
    }
    Ok(most)
}
