//! Parameters drawn from their ranges: one draw of all assumptions, shared per tier and per creator.

use std::collections::BTreeMap;

use super::prior::within;
use super::resolved::{Exposure, Ranges, Resolved, Rho};
use crate::base::seed::{Chance, Key, Stream};
use crate::base::stats::normal_quantile;

/// One draw of the parameters of the model `prior`.
///
/// At point i of the exposure curve an account v stands at the quantile `T((U_i + U_v)/2)` of the range: `U_i`
/// uniform and shared by the tier around the point, `U_v` uniform and v's own, T the distribution function of the
/// mean of two uniforms, so that each account's position is uniform and half of its variance is shared. The chance
/// of resharing is drawn from its range and shared by all. Where it was learned, only `r · rho` is known from the
/// log: it moves against the drawn exposures, times a gamma variable for the number of shares seen.
#[derive(Debug, Clone)]
pub struct Draw<'a> {
    ranges: &'a Ranges,
    /// G of the time limit.
    arrives: f64,
    tiers: [f64; 16],
    creators: Key,
    share: Option<Chance>,
    factor: f64,
}

impl<'a> Draw<'a> {
    /// Draw number `index` of a resolved model; `None` where its parameters are given.
    pub fn new(resolved: &'a Resolved<'_>, seed: u64, index: u64) -> Option<Draw<'a>> {
        let ranges = resolved.ranges.as_ref()?;
        let key = Key::new(seed, Stream::Parameters, index);
        let mut tiers = [0.0; 16];
        tiers.iter_mut().enumerate().for_each(|(place, unit)| *unit = key.of(0).unit(place as u64));
        let mut draw = Draw { ranges, arrives: resolved.arrives, tiers, creators: key.of(1), share: None, factor: 1.0 };
        match &resolved.rho {
            Rho::Given(_) | Rho::Each(_) => {}
            Rho::Assumed(_) => {
                let priors = &ranges.priors;
                let rho = within(priors.rho_low, priors.rho, priors.rho_high, key.of(2).unit(0));
                // Where accounts reshare by how real they are, each by its own.
                draw.share = resolved.real.is_none().then(|| Chance::new(rho));
                draw.factor = if priors.rho > 0.0 { rho / priors.rho } else { 1.0 };
            }
            Rho::Learned(learned) => {
                let Exposure::Source(middle, _) = &resolved.exposure else { return None };
                let (mut before, mut now) = (0.0, 0.0);
                for (v, &posts) in learned.posts.iter().enumerate().filter(|(_, posts)| **posts > 0) {
                    let weight = f64::from(posts) * resolved.graph.followers(v as u32).len() as f64;
                    before += weight * middle[v];
                    now += weight * draw.whenever(v as u32);
                }
                // Wilson & Hilferty (1931): the cube root of a gamma variable is nearly normal.
                let shape = learned.shares as f64 + 0.5;
                let unit = key.of(2).unit(0).max(1e-12);
                let root = 1.0 - 1.0 / (9.0 * shape) + normal_quantile(unit) / (3.0 * libm::sqrt(shape));
                let noise = root.max(0.0) * root.max(0.0) * root.max(0.0);
                draw.factor = if now > 0.0 { before / now * noise } else { noise };
            }
        }
        Some(draw)
    }

    /// Exposure of v's followers in this draw, within the time limit if there is one.
    pub fn r(&self, v: u32) -> f64 {
        self.whenever(v) * self.arrives
    }

    /// As [`Draw::r`] without a limit of time.
    pub(crate) fn whenever(&self, v: u32) -> f64 {
        let own = self.creators.unit(u64::from(v));
        self.ranges.curve.at(self.ranges.followers[v as usize], |place| {
            let t = (self.tiers[place % self.tiers.len()] + own) / 2.0;
            if t < 0.5 { 2.0 * t * t } else { 1.0 - 2.0 * (1.0 - t) * (1.0 - t) }
        })
    }

    /// The chance of resharing in this draw as a multiple of the model's own.
    pub(crate) fn resharing(&self) -> f64 {
        self.factor
    }

    /// Chance that u reshares in this draw.
    #[inline]
    pub(crate) fn share(&self, resolved: &Resolved<'_>, u: u32) -> Chance {
        match self.share {
            Some(chance) => chance,
            None if self.factor == 1.0 => resolved.share[if resolved.share.len() == 1 { 0 } else { u as usize }],
            None => Chance::new(resolved.rho_times(u, self.factor)),
        }
    }
}

impl<'a> Resolved<'a> {
    /// The direct reach of each of these creators in draws of the assumed parameters, the same draws for all; nothing where
    /// nothing is assumed.
    pub fn direct_draws(&self, creators: &[u32], draws: u32, seed: u64) -> Vec<BTreeMap<u32, f64>> {
        let listed: Vec<(u32, f64)> = creators.iter().map(|&v| (v, self.weight_of(self.graph.followers(v)))).collect();
        let drawn = (0..u64::from(draws)).map_while(|index| Draw::new(self, seed, index));
        drawn.map(|draw| listed.iter().map(|&(v, listed)| (v, draw.r(v) * listed)).collect()).collect()
    }

    /// The model with the parameters of a draw as if they were given; `None` where nothing is assumed.
    pub fn drawn(&self, seed: u64, index: u64) -> Option<Resolved<'a>> {
        let draw = Draw::new(self, seed, index)?;
        let accounts = 0..self.graph.accounts() as u32;
        let r: Vec<f64> = accounts.clone().map(|v| draw.whenever(v)).collect();
        let coins = r.iter().map(|r| Chance::new(r * self.arrives)).collect();
        let rho: Vec<f64> = accounts.map(|u| self.rho_times(u, draw.factor)).collect();
        let drawn = Resolved {
            exposure: Exposure::Source(r, coins),
            share: rho.iter().map(|&rho| Chance::new(rho)).collect(),
            rho: Rho::Each(rho),
            // Already in them.
            real: None,
            ranges: None,
            laid_out: Default::default(),
            ..self.clone()
        };
        Some(drawn)
    }
}
