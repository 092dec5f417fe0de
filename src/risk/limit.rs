//! What portfolios of many candidates would cost in scenarios, fast enough to choose by.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::brand::Brand;
use super::fall::Fall;
use super::losses::simulate;
use super::portfolio::Draws;
use super::scenario::Scenario;
use super::tail::{Tail, cvar_of};
use crate::base::seed::{Key, Stream};
use crate::base::stats::Interval;
use crate::base::{Result, Run, par};
use crate::cascade::sided::SidedWalker;
use crate::cascade::{Resolved, World};
use crate::influence::{Cvar, Risk};

/// The risk of portfolios, to choose by ([`Risk`]).
///
/// Choosing takes scenarios of its own, in which each candidate's fall is walked once; where several of a portfolio fall together,
/// common people are counted on a sample of them. Portfolios that were chosen are judged in other scenarios, exactly.
pub struct Limit<'a, F> {
    /// How posts travel.
    pub resolved: &'a Resolved<'a>,
    /// Whose turning counts.
    pub brand: &'a Brand,
    /// Who may fall, all candidates.
    pub scenario: &'a Scenario,
    /// How creators fall, by account: of some, all at once.
    pub falls: F,
    /// How many scenarios, and which are the worst.
    pub draws: Draws,
    /// Those looked up so far.
    pub known: Mutex<BTreeMap<u32, Fall<'a>>>,
}

/// Choosing takes this share of the scenarios that judging takes, but so many at least.
const SHARE: u64 = 4;
const LEAST: u64 = 2000;

/// Scenarios to choose by have numbers from here on.
const FIRST: u64 = 1 << 40;

/// About so many people of the brand are looked at where falls overlap.
const SAMPLE: f64 = 32_768.0;

/// Scenarios walked by one task.
const CHUNK: usize = 32;

/// One fall in one scenario.
struct Walked {
    scenario: u32,
    units: u64,
    /// Of the people looked at, those turned, sorted.
    people: Vec<u32>,
}

impl<'a, F: Fn(&[u32]) -> Result<Vec<Fall<'a>>> + Sync> Limit<'a, F> {
    /// How many scenarios to choose by.
    fn chosen_by(&self) -> u64 {
        (self.draws.scenarios / SHARE).max(LEAST)
    }

    fn falls(&self, accounts: &[u32]) -> Result<Vec<Fall<'a>>> {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let missing: Vec<u32> = accounts.iter().copied().filter(|account| !known.contains_key(account)).collect();
        if !missing.is_empty() {
            known.extend(missing.iter().copied().zip((self.falls)(&missing)?));
        }
        Ok(accounts.iter().filter_map(|account| known.get(account).cloned()).collect())
    }
}

impl<'a, F: Fn(&[u32]) -> Result<Vec<Fall<'a>>> + Sync> Risk for Limit<'a, F> {
    fn among(&self, accounts: &[u32], run: &Run) -> Result<Cvar<'_>> {
        let (scenario, falls) = (self.scenario.among(accounts), self.falls(accounts)?);
        let scenarios = self.chosen_by();
        let size = self.resolved.graph().accounts() as u64;
        run.check_memory("simulating scenarios", SidedWalker::BYTES * size * run.thread_count() as u64)?;
        run.phase("simulating scenarios of the candidates", Some(scenarios));
        let members = (0..size as u32).filter(|&u| self.brand.units(u) > 0).count() as f64;
        // A fall turns hardly more people than follow; those looked at are kept.
        let kept = (0..accounts.len()).fold(0.0, |sum, place| {
            let followers = self.resolved.graph().followers(accounts[place]).len() as f64;
            sum + scenario.chance(place) * (followers * (SAMPLE / members.max(1.0)).min(1.0)).min(SAMPLE)
        });
        run.check_memory("people turned by the candidates", 4 * (kept * scenarios as f64) as u64)?;
        let key = Key::new(run.seed(), Stream::Hazard, u64::MAX);
        let looked_at = |u: u32| self.brand.units(u) > 0 && key.unit(u64::from(u)) * members < SAMPLE;
        let tools = par::Tools::new();
        let parts = par::map(run, &par::chunks(scenarios as usize, CHUNK), |range| {
            Ok(tools.with(SidedWalker::default, |walker| {
                let mut walked = Vec::new();
                for index in range {
                    let number = FIRST + index as u64;
                    let world = World::new(self.resolved, run.seed(), number);
                    for place in scenario.fallen(run.seed(), number) {
                        let fall = &falls[place as usize];
                        fall.walk(&world, walker);
                        let units = fall.turned(walker).map(|one| self.brand.units(one.account)).sum();
                        let turned = fall.turned(walker).map(|one| one.account);
                        let mut people: Vec<u32> = turned.filter(|&u| looked_at(u)).collect();
                        people.sort_unstable();
                        walked.push((place, Walked { scenario: index as u32, units, people }));
                    }
                }
                walked
            }))
        })?;
        let mut by_place: Vec<Vec<Walked>> = Vec::new();
        by_place.resize_with(accounts.len(), Vec::new);
        parts.into_iter().flatten().for_each(|(place, walked)| by_place[place as usize].push(walked));
        let mut places: Vec<(u32, usize)> = accounts.iter().copied().zip(0..).collect();
        places.sort_unstable();
        Ok(Box::new(move |portfolio: &[u32]| {
            let place = |account: &u32| places.binary_search_by_key(account, |one| one.0).ok();
            let mut walked: Vec<&Walked> =
                portfolio.iter().filter_map(place).flat_map(|at| &by_place[places[at].1]).collect();
            walked.sort_by_key(|one| one.scenario);
            let losses = walked.chunk_by(|a, b| a.scenario == b.scenario).map(|together| self.together(together));
            cvar_of(losses.collect(), scenarios as usize, self.draws.alpha)
        }))
    }

    fn judged(&self, accounts: &[u32], run: &Run) -> Result<(f64, Interval)> {
        let (scenario, falls) = (self.scenario.among(accounts), self.falls(accounts)?);
        let fallen = |index| scenario.fallen(run.seed(), index);
        let losses = simulate(self.resolved, self.brand, &falls, fallen, 0..self.draws.scenarios, run)?;
        let tail = Tail::of(&losses.people(), self.draws.alpha)?;
        Ok((tail.cvar, tail.cvar_interval))
    }
}

impl<F> Limit<'_, F> {
    /// People turned by those who fall in one scenario: of the sum, the share that is different people in the sample.
    fn together(&self, walked: &[&Walked]) -> f64 {
        let sum = walked.iter().map(|one| one.units).sum::<u64>() as f64 * self.brand.unit();
        if walked.len() == 1 || sum == 0.0 {
            return sum;
        }
        let mut people: Vec<u32> = walked.iter().flat_map(|one| one.people.iter().copied()).collect();
        let units = |people: &[u32]| people.iter().map(|&u| self.brand.units(u)).sum::<u64>() as f64;
        let all = units(&people);
        people.sort_unstable();
        people.dedup();
        if all > 0.0 { sum * units(&people) / all } else { sum }
    }
}
