//! A world: one draw of all coins, none of them stored.

use super::draws::Draw;
use super::resolve::{Exposure, Resolved, TRIVALENCY, trivalency};
use crate::base::large::ahead;
use crate::base::seed::{Chance, Key, Stream};
use crate::graph::csr::Flat;

/// World number `index` of a seed: every coin is a pure function of (seed, world, edge or person).
///
/// `r_vu` is tossed as `Key::new(seed, Stream::Exposure, world).of(v).coin(u, r_vu)`, `rho_u` as
/// `Key::new(seed, Stream::Share, world).coin(u, rho_u)`; under linear threshold u draws one unit number,
/// `Key::new(seed, Stream::Threshold, world).unit(u)`, and hears the followee whose cumulated b covers it, in the
/// order of `graph.following(u)`.
#[derive(Debug, Clone)]
pub struct World<'a> {
    resolved: &'a Resolved<'a>,
    followers: Flat<'a>,
    /// The upper halves of the chances beside the edges, where they were laid out ([`Resolved::lay_out`]).
    uppers: Option<&'a [u32]>,
    draw: Option<&'a Draw<'a>>,
    /// Everybody reshares: no coins are needed.
    all_share: bool,
    exposure: Key,
    share: Key,
    threshold: Key,
    trivalency: [Chance; 3],
}

impl<'a> World<'a> {
    /// The world of this number under the model's own parameters.
    pub fn new(resolved: &'a Resolved<'a>, seed: u64, index: u64) -> Self {
        World {
            resolved,
            followers: resolved.graph.follower_rows().flat(),
            uppers: resolved.uppers(),
            draw: None,
            all_share: *resolved.share == [Chance::new(1.0)],
            exposure: Key::new(seed, Stream::Exposure, index),
            share: Key::new(seed, Stream::Share, index),
            threshold: Key::new(seed, Stream::Threshold, index),
            trivalency: TRIVALENCY.map(|p| Chance::new(p * resolved.arrives)),
        }
    }

    /// The same coins under drawn parameters.
    pub fn with(self, draw: Option<&'a Draw<'a>>) -> Self {
        World { draw, all_share: self.all_share && draw.is_none(), ..self }
    }

    /// The model.
    pub fn resolved(&self) -> &'a Resolved<'a> {
        self.resolved
    }

    /// Whether u reshares once exposed.
    #[inline]
    pub fn shares(&self, u: u32) -> bool {
        if self.all_share {
            return true;
        }
        let chance = match self.draw {
            Some(draw) => draw.share(self.resolved, u),
            None => self.resolved.share[if self.resolved.share.len() == 1 { 0 } else { u as usize }],
        };
        self.share.coin(u64::from(u), chance)
    }

    /// Asks for what [`World::hearers`] of accounts that come soon will read: of `far` where its row stands, of `near`
    /// the row itself. A first trial of it saved a third of the time on Slashdot.
    #[inline]
    pub(crate) fn ahead(&self, far: Option<&u32>, near: Option<&u32>) {
        if let Some(&v) = far {
            ahead(self.followers.offsets, v as usize);
        }
        if let Some(&v) = near {
            let start = self.followers.offsets[v as usize] as usize;
            ahead(self.followers.targets, start);
            if let Some(uppers) = self.uppers {
                ahead(uppers, start);
            }
        }
    }

    /// Calls `hear` with every follower of v that a post of v reaches, in order.
    #[inline]
    pub fn hearers(&self, v: u32, hear: impl FnMut(u32)) {
        self.hearers_among(v, |_| true, hear);
    }

    /// As [`World::hearers`] for the followers that `among` accepts; `among` is asked first.
    #[inline]
    pub fn hearers_among(&self, v: u32, among: impl Fn(u32) -> bool, mut hear: impl FnMut(u32)) {
        let places = self.followers.range(v);
        let row = &self.followers.targets[places.clone()];
        let key = self.exposure.of(u64::from(v));
        macro_rules! walk {
            ($live:expr) => {{
                let live = $live;
                for (place, &u) in row.iter().enumerate() {
                    if among(u) && live(place, u) {
                        hear(u);
                    }
                }
            }};
        }
        // The upper half of a chance decides all but one word in four thousand million; then the whole chance is asked.
        macro_rules! upper {
            ($uppers:expr, $chance:expr) => {{
                for (&u, &upper) in row.iter().zip($uppers) {
                    if among(u) {
                        let word = key.word(u64::from(u));
                        if Chance::holds_by(upper, word, || $chance(u)) {
                            hear(u);
                        }
                    }
                }
            }};
        }
        match &self.resolved.exposure {
            Exposure::Constant(_, chance) => walk!(|_, u| key.coin(u64::from(u), *chance)),
            Exposure::Source(_, chances) => {
                let chance = self.draw.map_or(chances[v as usize], |draw| Chance::new(draw.r(v)));
                walk!(|_, u| key.coin(u64::from(u), chance))
            }
            Exposure::Target(_, chances) => match self.uppers {
                Some(uppers) => upper!(&uppers[places], |u: u32| chances[u as usize]),
                None => walk!(|_, u: u32| key.coin(u64::from(u), chances[u as usize])),
            },
            Exposure::Hashed => match self.uppers {
                Some(uppers) => upper!(&uppers[places], |u| self.trivalency[trivalency(v, u)]),
                None => walk!(|_, u| key.coin(u64::from(u), self.trivalency[trivalency(v, u)])),
            },
            Exposure::Edge(chances) => {
                let chances = &chances[places];
                walk!(|place: usize, u| key.coin(u64::from(u), chances[place]))
            }
            Exposure::Pick { bounds, .. } => {
                let bounds = &bounds[places];
                walk!(|place: usize, u| {
                    let unit = self.threshold.unit(u64::from(u));
                    bounds[place].0 <= unit && unit < bounds[place].1
                })
            }
        }
    }

    /// Where within the chance of exposure, taken without a time limit, the coins of v's edges that carry fell: uniform in
    /// [0, 1) among them. The function takes the place of u among v's followers, and u.
    #[inline]
    pub(crate) fn fell(&self, v: u32) -> impl Fn(usize, u32) -> f64 {
        let start = self.followers.range(v).start;
        let key = self.exposure.of(u64::from(v));
        let drawn = self.draw.map(|draw| draw.whenever(v));
        move |place, u| match &self.resolved.exposure {
            Exposure::Pick { chance, bounds } => {
                (self.threshold.unit(u64::from(u)) - bounds[start + place].0) / chance[start + place]
            }
            _ => key.unit(u64::from(u)) / drawn.unwrap_or_else(|| self.resolved.whenever(v, place, u)),
        }
    }

    /// Whether u follows v and a post of v reaches u.
    pub fn hears(&self, u: u32, v: u32) -> bool {
        let Ok(place) = self.resolved.graph.followers(v).binary_search(&u) else { return false };
        let start = self.resolved.graph.follower_rows().offsets[v as usize] as usize;
        let coin = |chance| self.exposure.of(u64::from(v)).coin(u64::from(u), chance);
        match &self.resolved.exposure {
            Exposure::Constant(_, chance) => coin(*chance),
            Exposure::Source(_, chances) => coin(self.draw.map_or(chances[v as usize], |draw| Chance::new(draw.r(v)))),
            Exposure::Target(_, chances) => coin(chances[u as usize]),
            Exposure::Hashed => coin(self.trivalency[trivalency(v, u)]),
            Exposure::Edge(chances) => coin(chances[start + place]),
            Exposure::Pick { bounds, .. } => {
                let unit = self.threshold.unit(u64::from(u));
                let (low, high) = bounds[start + place];
                low <= unit && unit < high
            }
        }
    }
}
