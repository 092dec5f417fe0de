//! How much of a brand's audience would turn, if a creator fell.

use serde::{Deserialize, Serialize};

use super::brand::Brand;
use super::fall::Fall;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run};
use crate::cascade::sided::{SidedWalker, Walks, Worlds};
use crate::cascade::{Groups, Resolved, World};

/// The people who would turn negative if a creator fell, and the share of a brand's audience among them.
///
/// `X_v = sum over Brand of a_u P(u negative) / sum over Brand of a_u` (MODELS.md section 8), u being negative who is exposed to
/// what is said against v, sharer or not.
///
/// **Input**: a resolved model, the brand's audience, how each creator falls ([`Fall`]; under each draw of what is known of
/// resonance), and perhaps groups. **Returns**: [`Scandals`], one a creator, in the order given; every figure holds if this
/// creator falls and no other; values are at the expected resonance, intervals of draws of it. **Guarantee**: 95% intervals of
/// the mean, normal approximation for the simulation, with assumed parameters and resonance drawn; the negativity is the user's
/// scenario and not drawn. **Cost**: `worlds` walks a creator, and as many for the draws. **Errors**: no creator; no world; too little memory. **Determinism**: equal bits at
/// any number of threads, and for each creator whoever else is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Scandal {
    /// Simulate so many worlds for each creator's fall
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 256, value_name = "N", help_heading = "Backlash"))]
    pub worlds: u64,
    /// Draws of what is assumed and of resonance, for the intervals (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 40, value_name = "N", help_heading = "Backlash"))]
    pub draws: u32,
}

impl Default for Scandal {
    fn default() -> Self {
        Scandal { worlds: 256, draws: 40 }
    }
}

/// A figure that holds if the creator falls.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IfItHappens {
    /// The mean.
    pub value: f64,
    /// 95% interval, simulation only.
    pub sim_error: Interval,
    /// 95% interval with what is assumed drawn.
    pub interval: Interval,
}

/// What one creator's fall would do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scandals {
    /// The creator.
    pub creator: u32,
    /// Share of the brand's audience that would turn: X.
    pub exposure: IfItHappens,
    /// People of the brand's audience who would turn.
    pub brand: IfItHappens,
    /// Everybody who would turn.
    pub people: IfItHappens,
    /// Of the brand's audience, by hop: 1 hears the creator or a critic directly.
    pub by_hop: Vec<IfItHappens>,
    /// Of the brand's audience, within so many hours; empty without a limit of time.
    pub by_hours: Vec<(f64, IfItHappens)>,
    /// Of the brand's audience, those who hear it by way of critics first.
    pub through_critics: IfItHappens,
    /// Of the brand's audience, by group, the last: in none; empty without groups.
    pub by_group: Vec<IfItHappens>,
    /// Mean people of the brand who would turn, by draw: for what follows from it.
    #[serde(skip)]
    pub draws: Vec<f64>,
}

/// Hops told apart.
const HOPS: usize = 4;
/// Where the figures of a world stand.
const BRAND: usize = 0;
const PEOPLE: usize = 1;
const CRITICS: usize = 2;
const HOP: usize = 3;
const HOUR: usize = HOP + HOPS;
const GROUP: usize = HOUR + HOURS.len();

/// Hours after which is looked how many have heard of it; those before the limit of time, and the limit.
const HOURS: [f64; 9] = [1.0, 3.0, 6.0, 12.0, 24.0, 48.0, 72.0, 168.0, 720.0];

impl Scandal {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        match self.worlds {
            0 => Err(Error::parameter("--worlds", "must be at least 1")),
            _ => Ok(()),
        }
    }

    /// Simulates the fall of each creator apart. `falls` gives, for each, the fall by what is known (`None`) or drawn.
    pub fn run<'a>(
        &self,
        resolved: &Resolved<'_>,
        brand: &Brand,
        creators: &[u32],
        groups: Option<&Groups>,
        falls: impl Fn(u32, Option<u64>) -> Result<Fall<'a>> + Sync,
        run: &Run,
    ) -> Result<Vec<Scandals>> {
        self.check()?;
        creators.iter().map(|&creator| self.one(resolved, brand, creator, groups, &falls, run)).collect()
    }

    fn one<'a>(
        &self,
        resolved: &Resolved<'_>,
        brand: &Brand,
        creator: u32,
        groups: Option<&Groups>,
        falls: &(impl Fn(u32, Option<u64>) -> Result<Fall<'a>> + Sync),
        run: &Run,
    ) -> Result<Scandals> {
        let within = resolved.deadline().map_or(0.0, |limit| limit.within);
        let hours: Vec<f64> = HOURS.into_iter().filter(|&hours| hours < within).collect();
        let sets = groups.map_or(0, |groups| groups.sets().count() + 1);
        let count = groups.map_or(0, |groups| groups.len() + 1);
        let walk = |fall: &Fall<'_>, walker: &mut SidedWalker, world: &World<'_>, figures: &mut [u64]| {
            fall.walk(world, walker);
            let mut by_set = vec![0u64; sets];
            for turned in fall.turned(walker) {
                let (u, units) = (turned.account, brand.units(turned.account));
                figures[BRAND] += units;
                figures[PEOPLE] += resolved.units(u);
                figures[HOP + turned.hop.min(HOPS - 1)] += units;
                // The creator stands first among those from whom it comes.
                figures[CRITICS] += if turned.origin > 0 { units } else { 0 };
                let later = hours.iter().take_while(|&&hours| turned.hours > hours).count();
                (later..hours.len()).for_each(|place| figures[HOUR + place] += units);
                if let Some(groups) = groups {
                    by_set[groups.set(u)] += units;
                }
            }
            if let Some(groups) = groups {
                let by_group = groups.spread(&by_set, 0, |sum, part| *sum += part);
                figures[GROUP..].copy_from_slice(&by_group);
            }
        };
        let walks = Walks { worlds: self.worlds, draws: self.draws, figures: GROUP + count };
        let worlds = walks.run(resolved, |draw| falls(creator, draw), walk, run)?;
        let (unit, of) = (brand.unit(), |worlds: &Worlds, place, unit| IfItHappens::of(worlds, place, unit));
        let hops = (0..HOPS).rev().find(|hop| worlds.base[HOP + hop].sum > 0).map_or(0, |last| last + 1);
        Ok(Scandals {
            creator,
            exposure: of(&worlds, BRAND, unit / brand.people).at_most(1.0),
            brand: of(&worlds, BRAND, unit).at_most(brand.people),
            people: of(&worlds, PEOPLE, resolved.unit()),
            by_hop: (0..hops).map(|hop| of(&worlds, HOP + hop, unit)).collect(),
            by_hours: hours
                .iter()
                .enumerate()
                .map(|(place, &hours)| (hours, of(&worlds, HOUR + place, unit)))
                .collect(),
            through_critics: of(&worlds, CRITICS, unit),
            by_group: (0..count).map(|group| of(&worlds, GROUP + group, unit)).collect(),
            draws: worlds.draws(BRAND, unit),
        })
    }
}

impl IfItHappens {
    /// No end of an interval is beyond all there are.
    fn at_most(self, most: f64) -> Self {
        let cut = |interval: Interval| Interval { low: interval.low.min(most), high: interval.high.min(most) };
        IfItHappens { value: self.value, sim_error: cut(self.sim_error), interval: cut(self.interval) }
    }

    fn of(worlds: &Worlds, place: usize, unit: f64) -> Self {
        let sided = worlds.figure(place, unit);
        IfItHappens { value: sided.people, sim_error: sided.sim_error, interval: sided.interval }
    }
}
