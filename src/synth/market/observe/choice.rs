//! Which creators an agency holds: a mix over the tiers, some of them with two accounts.

use super::super::super::draw::Draw;
use super::super::calibration::CREATOR_TIERS;
use super::super::truth::Truth;
use super::super::words::PLATFORMS;
use super::Agency;
use crate::base::seed::Key;
use crate::base::{Error, Result};

/// The part of the agency's creators in each tier, smallest first (an assumption). Where a tier has fewer, the others
/// have more.
pub const TIERS: [f64; 4] = [0.15, 0.30, 0.35, 0.20];

/// One of the agency's accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The account's name without the platform.
    pub handle: String,
    /// The creator of the market behind it.
    pub market: u32,
    /// Place in [`PLATFORMS`].
    pub platform: usize,
    /// The handle under which both accounts of a person are known, where there are two.
    pub person: Option<String>,
    /// Whether the agency knows of that.
    pub linked: bool,
}

impl Chosen {
    /// `platform:handle`.
    pub fn name(&self) -> String {
        format!("{}:{}", PLATFORMS[self.platform].0, self.handle)
    }
}

/// How many creators of each tier, by what there is.
fn quotas(wanted: u32, there: [usize; 4]) -> [usize; 4] {
    let mut quotas = [0; 4];
    for tier in 0..4 {
        quotas[tier] = (libm::round(TIERS[tier] * f64::from(wanted)) as usize).min(there[tier]);
    }
    // What rounding and empty tiers leave goes to the largest tier with room, one by one; too many go the same way.
    while quotas.iter().sum::<usize>() < wanted as usize {
        let Some(tier) = (0..4).rev().find(|&tier| quotas[tier] < there[tier]) else { break };
        quotas[tier] += 1;
    }
    while quotas.iter().sum::<usize>() > wanted as usize {
        let Some(tier) = (0..4).find(|&tier| quotas[tier] > 0) else { break };
        quotas[tier] -= 1;
    }
    quotas
}

/// Chooses, in the order of names.
pub fn choose(agency: &Agency, truth: &Truth, key: Key) -> Result<Vec<Chosen>> {
    let wanted = agency.observe_creators;
    if wanted as usize > truth.creators.len() {
        let problem = format!("{wanted} creators, but this market has {}", truth.creators.len());
        return Err(Error::parameter("--observe-creators", problem)
            .with_hint("lower it, or raise --people or --creators-scale"));
    }
    let mut draw = Draw::new(key);
    let tiers = CREATOR_TIERS.map(|tier| {
        let of_tier = truth.creators.iter().filter(|creator| creator.tier == tier);
        of_tier.map(|creator| creator.account).collect::<Vec<u32>>()
    });
    let quotas = quotas(wanted, [0, 1, 2, 3].map(|tier| tiers[tier].len()));
    let mut creators: Vec<u32> = Vec::new();
    for (tier, quota) in tiers.iter().zip(quotas) {
        creators.extend(draw.some(tier, quota));
    }
    draw.shuffle(&mut creators);
    let mut chosen: Vec<Chosen> = creators
        .iter()
        .map(|&market| {
            let creator = &truth.creators[market as usize];
            let platform = PLATFORMS.iter().position(|(name, _)| *name == creator.platform).unwrap_or_default();
            let handle = creator.handle.trim_start_matches('@').to_owned();
            Chosen { handle, market, platform, person: None, linked: false }
        })
        .collect();
    pair(agency, truth, &mut chosen, &mut draw);
    chosen.sort_by_cached_key(Chosen::name);
    Ok(chosen)
}

/// Two creators of one niche on different platforms become one person under one handle, until there are enough.
fn pair(agency: &Agency, truth: &Truth, chosen: &mut [Chosen], draw: &mut Draw) {
    let share = agency.second_accounts;
    let mut wanted = libm::round(share * chosen.len() as f64 / (1.0 + share)) as usize;
    let niche = |one: &Chosen| truth.creators[one.market as usize].niche;
    for first in 0..chosen.len() {
        if wanted == 0 {
            break;
        }
        if chosen[first].person.is_some() {
            continue;
        }
        let fits = |other: &Chosen| {
            other.person.is_none() && other.platform != chosen[first].platform && niche(other) == niche(&chosen[first])
        };
        let Some(second) = (first + 1..chosen.len()).find(|&at| fits(&chosen[at])) else { continue };
        let handle = chosen[first].handle.clone();
        let linked = draw.chance(agency.linked);
        chosen[second].handle = handle.clone();
        for at in [first, second] {
            chosen[at].person = Some(handle.clone());
            chosen[at].linked = linked;
        }
        wanted -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotas_add_up_whatever_there_is() {
        assert_eq!(quotas(300, [900, 900, 900, 900]), [45, 90, 105, 60]);
        assert_eq!(quotas(300, [900, 900, 900, 41]), [45, 90, 124, 41]);
        assert_eq!(quotas(300, [900, 90, 90, 41]), [79, 90, 90, 41]);
        assert_eq!(quotas(7, [1, 2, 2, 2]), [1, 2, 2, 2]);
        for wanted in 1..40 {
            assert_eq!(quotas(wanted, [20, 20, 20, 20]).iter().sum::<usize>() as u32, wanted);
        }
    }
}
