//! Who would be told farther, and by whom, if a creator fell: what is known of resonance, as a fall.

use super::fall::Fall;
use super::resonance::{Resonances, Towards};
use crate::base::Result;
use crate::base::seed::{Key, Stream};
use crate::cascade::sided::Negativity;
use crate::cascade::{Groups, Resolved};

/// How each creator falls: by the resonance of the groups of their audience, where that is known.
#[derive(Debug)]
pub struct Against<'a, 'g> {
    /// How posts travel.
    pub resolved: &'a Resolved<'a>,
    /// The user's scenario.
    pub negativity: Negativity,
    /// The groups, and each one's resonance towards creators; without, what is said is carried to all alike.
    pub resonances: Option<(&'g Groups, &'a Resonances)>,
    /// Whether critics pass the news on, wherever it broke.
    pub critics: bool,
    /// The seed of draws.
    pub seed: u64,
}

impl<'g> Against<'_, 'g> {
    /// How a creator falls, by what is known of resonance or, with the number of a draw, by a draw from that.
    pub fn fall(&self, creator: u32, draw: Option<u64>) -> Result<Fall<'g>> {
        let known = self.resonances.and_then(|(groups, all)| Some((groups, all.of(creator)?)));
        let Some((groups, towards)) = known else { return Fall::even(creator, self.negativity) };
        let critics = if self.critics { towards.critics.clone() } else { Vec::new() };
        if self.resolved.picks_one() {
            // Exposures exclude one another: no group's can be larger.
            return Ok(Fall { critics, ..Fall::even(creator, self.negativity)? });
        }
        let (resonance, unknown) = self.resonance(towards, draw);
        let audience = self.audience(creator, groups);
        let fall = Fall::resonating(creator, self.negativity, groups, &resonance, unknown, &audience)?;
        Ok(Fall { critics, ..fall })
    }

    /// The resonance of each group, and of accounts in none.
    fn resonance(&self, towards: &Towards, draw: Option<u64>) -> (Vec<f64>, f64) {
        let Some(draw) = draw else {
            return (towards.cells.iter().map(|cell| cell.s).collect(), towards.all.s);
        };
        let key = Key::new(self.seed, Stream::Resonance, u64::MAX - draw).of(u64::from(towards.creator));
        let cells = (0u64..).zip(&towards.cells).map(|(group, cell)| cell.quantile(key.unit(group)));
        (cells.collect(), towards.all.quantile(key.unit(u64::MAX)))
    }

    /// The creator's people by group; last those in none. One of several groups counts in each in part.
    fn audience(&self, creator: u32, groups: &Groups) -> Vec<f64> {
        let mut people = vec![0.0; groups.len() + 1];
        for &u in self.resolved.graph().followers(creator) {
            // Whoever counts for a brand: the scandal is the same.
            let (of, weight) = (groups.of(u), self.resolved.real().map_or(1.0, |real| real[u as usize]));
            match of.len() {
                0 => people[groups.len()] += weight,
                many => of.iter().for_each(|&group| people[group as usize] += weight / many as f64),
            }
        }
        people
    }
}

impl Resonances {
    /// What is said of a creator, if they were asked for.
    pub fn of(&self, creator: u32) -> Option<&Towards> {
        self.rows.iter().find(|towards| towards.creator == creator)
    }
}
