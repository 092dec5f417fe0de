//! What scenarios cost: in each, some creators fall, and some people turn.

use std::ops::Range;

use super::brand::Brand;
use super::fall::Fall;
use crate::base::{Result, Run, par};
use crate::cascade::sided::SidedWalker;
use crate::cascade::{Resolved, World};

/// A scenario in which somebody falls.
#[derive(Debug, Clone, PartialEq)]
pub struct Loss {
    /// Its place among those simulated.
    pub scenario: u64,
    /// People of the brand's audience who turn, in units; each once, whoever they hear of.
    pub units: u64,
    /// Those who fall.
    pub falls: Vec<Fallen>,
}

/// One of those who fall in a scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fallen {
    /// The creator's place.
    pub place: u32,
    /// People their fall turns, in units.
    pub alone: u64,
    /// Their share of the people turned, in units, each person shared by those whose fall turned them.
    pub credit: f64,
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
    scenarios: Range<u64>,
    run: &Run,
) -> Result<Losses> {
    let accounts = resolved.graph().accounts() as u64;
    run.check_memory("simulating scenarios", (SidedWalker::BYTES + 4 + 8) * accounts * run.thread_count() as u64)?;
    let (first, count) = (scenarios.start, scenarios.end.saturating_sub(scenarios.start));
    run.phase("simulating scenarios", Some(count));
    let tools = par::Tools::new();
    let parts = par::map(run, &par::chunks(count as usize, CHUNK), |range| {
        let new = || (SidedWalker::default(), vec![0u32; accounts as usize]);
        Ok(tools.with(new, |(walker, times)| {
            let mut losses = Vec::new();
            for index in range {
                let number = first + index as u64;
                let places = fallen(number);
                if places.is_empty() {
                    continue;
                }
                let world = World::new(resolved, run.seed(), number);
                losses.push(Loss { scenario: index as u64, ..together(&world, brand, falls, &places, walker, times) });
            }
            losses
        }))
    })?;
    Ok(Losses { losses: parts.concat(), scenarios: count, unit: brand.unit() })
}

/// The people turned by those who fall together, and each one's share. `times` is all 0, and is again at the end.
fn together(
    world: &World<'_>,
    brand: &Brand,
    falls: &[Fall<'_>],
    places: &[u32],
    walker: &mut SidedWalker,
    times: &mut [u32],
) -> Loss {
    let mut turned: Vec<Vec<u32>> = Vec::new();
    for &place in places {
        let fall = &falls[place as usize];
        fall.walk(world, walker);
        turned.push(fall.turned(walker).map(|one| one.account).filter(|&u| brand.units(u) > 0).collect());
    }
    turned.iter().flatten().for_each(|&u| times[u as usize] += 1);
    let share = |&u: &u32| brand.units(u) as f64 / f64::from(times[u as usize]);
    let fallen = |(&place, people): (&u32, &Vec<u32>)| Fallen {
        place,
        alone: people.iter().map(|&u| brand.units(u)).sum(),
        credit: people.iter().map(share).sum(),
    };
    let falls = places.iter().zip(&turned).map(fallen).collect();
    let mut units = 0;
    for &u in turned.iter().flatten() {
        // Counted where it is met first.
        if std::mem::take(&mut times[u as usize]) > 0 {
            units += brand.units(u);
        }
    }
    Loss { scenario: 0, units, falls }
}

impl Losses {
    /// The loss of every scenario, in people; of those in which nobody falls 0.
    pub fn people(&self) -> Vec<f64> {
        let mut all = vec![0.0; self.scenarios as usize];
        self.losses.iter().for_each(|loss| all[loss.scenario as usize] = self.unit * loss.units as f64);
        all
    }

    /// The losses above 0 where each creator's fall (by place) costs so many times as much.
    pub fn scaled(&self, factors: &[f64]) -> Vec<f64> {
        let of = |loss: &Loss| loss.falls.iter().map(|fall| fall.credit * factors[fall.place as usize]).sum::<f64>();
        self.losses.iter().map(|loss| self.unit * of(loss)).collect()
    }

    /// The losses above 0 that each of so many creators would bring alone, by place.
    pub fn alone(&self, creators: usize) -> Vec<Vec<f64>> {
        let mut alone = vec![Vec::new(); creators];
        for fall in self.losses.iter().flat_map(|loss| &loss.falls) {
            alone[fall.place as usize].push(self.unit * fall.alone as f64);
        }
        alone
    }

    /// Each creator's share of each scenario's loss, in people.
    pub fn credits(&self) -> Vec<Vec<(u32, f64)>> {
        let mut all = vec![Vec::new(); self.scenarios as usize];
        for loss in &self.losses {
            let credits = loss.falls.iter().map(|fall| (fall.place, self.unit * fall.credit));
            all[loss.scenario as usize] = credits.collect();
        }
        all
    }
}
