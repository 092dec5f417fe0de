//! What scenarios cost: in each, some creators fall, and some people turn.

use super::brand::Brand;
use super::fall::Fall;
use crate::base::{Result, Run, par};
use crate::cascade::sided::SidedWalker;
use crate::cascade::{Resolved, World};

/// A scenario in which somebody falls.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// Its number.
    pub scenario: u64,
    /// People of the brand's audience who turn, in units; each once, whoever they hear of.
    pub units: u64,
    /// By place of the creator who falls: their share of these people, each person shared by those whose fall turned them.
    /// Adds up to `units`.
    pub credits: Vec<(u32, f64)>,
}

/// The losses of scenarios; those in which nobody falls are not stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Losses {
    /// Scenarios in which somebody falls, in order.
    pub losses: Vec<Loss>,
    /// Scenarios in all.
    pub scenarios: u64,
    /// People a unit.
    pub unit: f64,
}

/// Scenarios simulated by one task.
const CHUNK: usize = 64;

/// Simulates scenarios: in scenario i those whom `fallen(i)` names (by place in `falls`) fall in world i, each with a cascade
/// of their own in the same coins.
///
/// **Returns**: people turned in each scenario, the union over those who fall: falling together costs less than the sum, never
/// more. **Cost**: a walk for each fall. **Determinism**: equal bits at any number of threads.
pub fn simulate(
    resolved: &Resolved<'_>,
    brand: &Brand,
    falls: &[Fall<'_>],
    fallen: impl Fn(u64) -> Vec<u32> + Sync,
    scenarios: u64,
    run: &Run,
) -> Result<Losses> {
    let accounts = resolved.graph().accounts() as u64;
    run.check_memory("simulating scenarios", (SidedWalker::BYTES + 2) * accounts * run.thread_count() as u64)?;
    run.phase("simulating scenarios", Some(scenarios));
    let tools = par::Tools::new();
    let parts = par::map(run, &par::chunks(scenarios as usize, CHUNK), |range| {
        let new = || (SidedWalker::default(), vec![0u16; accounts as usize]);
        Ok(tools.with(new, |(walker, times)| {
            let mut losses = Vec::new();
            for index in range {
                let places = fallen(index as u64);
                if places.is_empty() {
                    continue;
                }
                let world = World::new(resolved, run.seed(), index as u64);
                losses.push(Loss { scenario: index as u64, ..together(&world, brand, falls, &places, walker, times) });
            }
            losses
        }))
    })?;
    Ok(Losses { losses: parts.concat(), scenarios, unit: brand.unit() })
}

/// The people turned by those who fall together, and each one's share. `times` is all 0, and is again at the end.
fn together(
    world: &World<'_>,
    brand: &Brand,
    falls: &[Fall<'_>],
    places: &[u32],
    walker: &mut SidedWalker,
    times: &mut [u16],
) -> Loss {
    let mut openings = Vec::new();
    let mut turned: Vec<Vec<u32>> = Vec::new();
    for &place in places {
        falls[place as usize].walk(world, walker, &mut openings);
        let of_brand = |&(u, _): &(u32, usize)| brand.units(u) > 0;
        turned.push(walker.negatives().filter(of_brand).map(|(u, _)| u).collect());
    }
    turned.iter().flatten().for_each(|&u| times[u as usize] += 1);
    let share = |&u: &u32| brand.units(u) as f64 / f64::from(times[u as usize]);
    let credits = places.iter().zip(&turned).map(|(&place, people)| (place, people.iter().map(share).sum())).collect();
    let mut units = 0;
    for &u in turned.iter().flatten() {
        // Counted where it is met first.
        if std::mem::take(&mut times[u as usize]) > 0 {
            units += brand.units(u);
        }
    }
    Loss { scenario: 0, units, credits }
}

impl Losses {
    /// The loss of every scenario in which somebody falls, in people; each creator's draws of what a fall costs in proportion
    /// (`factors`, by place; 1: as simulated).
    pub fn people(&self, factors: &[f64]) -> Vec<f64> {
        let of = |loss: &Loss| match factors.iter().all(|factor| *factor == 1.0) {
            true => loss.units as f64,
            false => loss.credits.iter().fold(0.0, |sum, &(place, credit)| sum + credit * factors[place as usize]),
        };
        self.losses.iter().map(|loss| self.unit * of(loss)).collect()
    }
}
