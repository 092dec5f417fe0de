//! Engagement pods: creators who like and comment each other's posts within minutes, so that counts look better than
//! the audience is.

use serde::{Deserialize, Serialize};

use super::super::draw::Draw;
use super::people::People;
use super::{Market, Step};
use crate::base::seed::{Key, Stream};
use crate::graph::network::Tier;

/// A pod.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pod {
    /// Whether its members share a niche (else they have nothing in common).
    pub topical: bool,
    /// The creators.
    pub members: Vec<u32>,
    /// Chance that a member likes a post of another.
    pub likes: f64,
    /// Chance that a member comments it.
    pub comments: f64,
}

/// Draws pods: every other one is topical. Nobody is in two.
pub fn pods(market: &Market, people: &People, seed: u64) -> Vec<Pod> {
    let mut draw = Draw::new(Key::new(seed, Stream::Market, Step::Pods as u64));
    let mut free: Vec<u32> = (0..people.creators.len() as u32).filter(|&v| people.tier(v) <= Tier::Macro).collect();
    draw.shuffle(&mut free);
    let mut pods = Vec::new();
    for number in 0..market.pods {
        let topical = number % 2 == 1;
        let Some(&first) = free.last() else { break };
        let niche = people.niche[first as usize];
        let fits = |v: &u32| !topical || people.niche[*v as usize] == niche;
        let mut members: Vec<u32> = free.iter().rev().copied().filter(fits).take(market.pod_size as usize).collect();
        free.retain(|v| !members.contains(v));
        members.sort_unstable();
        if members.len() > 1 {
            pods.push(Pod { topical, members, likes: 0.9, comments: 0.6 });
        }
    }
    pods
}
