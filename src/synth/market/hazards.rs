//! Scandals that have not happened: how likely one is for each creator, and which creators fall together.

use serde::{Deserialize, Serialize};

use super::super::draw::Draw;
use super::people::People;
use super::{Market, Step};
use crate::base::seed::{Key, Stream};

/// Why creators fall together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tie {
    /// They have one agency: the only tie that the network shows, in the column `agency`.
    Agency,
    /// They are friends.
    Friends,
    /// They sell one product.
    Product,
}

/// Creators who fall together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HazardGroup {
    /// Why.
    pub tie: Tie,
    /// The creators.
    pub members: Vec<u32>,
    /// Chance a month that something befalls the group.
    pub shock: f64,
    /// Chance that a member falls with it.
    pub falls: f64,
}

/// Hazards of a market.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hazards {
    /// Chance a month of a scandal of a creator's own, by creator.
    pub own: Vec<f64>,
    /// Common causes.
    pub groups: Vec<HazardGroup>,
}

impl Hazards {
    /// Draws hazards: half a percent a month, more for some, and groups of 5 to 12.
    pub fn new(market: &Market, people: &People, seed: u64) -> Hazards {
        let mut draw = Draw::new(Key::new(seed, Stream::Market, Step::Hazards as u64));
        let creators = people.creators.len() as u32;
        let own = (0..creators).map(|_| (0.005 * draw.around_one(1.0)).min(0.5)).collect();
        let mut agency_free: Vec<u32> = (0..creators).collect();
        draw.shuffle(&mut agency_free);
        let groups = (0..market.hazard_groups)
            .map(|number| {
                let tie = [Tie::Agency, Tie::Friends, Tie::Product][number as usize % 3];
                let size = 5 + draw.below(8) as usize;
                let mut members = match tie {
                    // Nobody has two agencies.
                    Tie::Agency => agency_free.split_off(agency_free.len().saturating_sub(size)),
                    _ => {
                        let all: Vec<u32> = (0..creators).collect();
                        draw.some(&all, size)
                    }
                };
                members.sort_unstable();
                HazardGroup { tie, members, shock: 0.01 * (0.5 + draw.unit()), falls: 0.5 + 0.4 * draw.unit() }
            })
            .filter(|group: &HazardGroup| group.members.len() > 1)
            .collect();
        Hazards { own, groups }
    }

    /// The agency of a creator, as the network shows it.
    pub fn agency(&self, creator: u32) -> Option<String> {
        let agencies = self.groups.iter().filter(|group| group.tie == Tie::Agency);
        let at = agencies.enumerate().find(|(_, group)| group.members.contains(&creator))?.0;
        Some(format!("agency {}", at + 1))
    }
}
