//! A world: one draw of all coins, none of them stored.

use std::ops::Range;

use super::content::Content;
use super::draws::Draw;
use super::resolved::{Exposure, Resolved, TRIVALENCY, trivalency};
use crate::base::large::ahead;
use crate::base::seed::{Chance, Key, Stream};
use crate::base::toss::{Block, Hits, Packing, Row, toss};
use crate::graph::csr::Flat;

/// Where the coin of an edge that carries fell, under the chance without a limit of time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fell {
    unit: f64,
    chance: f64,
}

impl Fell {
    /// As a share of the chance: uniform up to the chance that the post arrives in time.
    #[inline]
    pub fn share(self) -> f64 {
        self.unit / self.chance
    }
}

/// Accounts in a line of the cache, and how many lines of a row are asked for before the row is read.
const LINE: usize = 16;
const LINES: usize = 4;

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
    /// The followers packed with their chances, where they were laid out ([`Resolved::lay_out`]).
    laid_out: Option<&'a [u32]>,
    packing: Packing,
    draw: Option<&'a Draw<'a>>,
    /// What is posted; without, something of the mean factor 1.
    content: Option<&'a Content<'a>>,
    /// Everybody reshares: no coins are needed.
    all_share: bool,
    exposure: Key,
    share: Key,
    threshold: Key,
    /// Who flips, and who is first where two sides come at one time.
    sides: Key,
    trivalency: [Chance; 3],
}

impl<'a> World<'a> {
    /// The world of this number under the model's own parameters.
    pub fn new(resolved: &'a Resolved<'a>, seed: u64, index: u64) -> Self {
        World {
            resolved,
            followers: resolved.graph.follower_rows().flat(),
            laid_out: resolved.laid_out(),
            packing: resolved.packing(),
            draw: None,
            content: None,
            all_share: *resolved.share == [Chance::new(1.0)],
            exposure: Key::new(seed, Stream::Exposure, index),
            share: Key::new(seed, Stream::Share, index),
            threshold: Key::new(seed, Stream::Threshold, index),
            sides: Key::new(seed, Stream::Side, index),
            trivalency: TRIVALENCY.map(|p| Chance::new(p * resolved.arrives)),
        }
    }

    /// The same coins under drawn parameters.
    pub fn with(self, draw: Option<&'a Draw<'a>>) -> Self {
        World { draw, all_share: self.all_share && draw.is_none(), ..self }
    }

    /// The same coins for posts of this content. Under linear threshold, where exposures exclude one another, there is none.
    pub(crate) fn about(self, content: Option<&'a Content<'a>>) -> Self {
        match content {
            // Packed chances are those of a content of factor 1.
            Some(_) if !self.resolved.picks_one() => World { content, laid_out: None, ..self },
            _ => self,
        }
    }

    /// The model.
    pub fn resolved(&self) -> &'a Resolved<'a> {
        self.resolved
    }

    /// Whether everybody reshares once exposed.
    pub(crate) fn all_share(&self) -> bool {
        self.all_share
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

    /// Whether u reshares once exposed, where the chance is so many times as large.
    #[inline]
    pub(crate) fn shares_times(&self, u: u32, factor: f64) -> bool {
        if factor == 1.0 {
            return self.shares(u);
        }
        let drawn = self.draw.map_or(1.0, Draw::resharing);
        self.share.coin(u64::from(u), Chance::new(self.resolved.rho_times(u, drawn * factor)))
    }

    /// The coins of the two sides of a cascade.
    pub(crate) fn sides(&self) -> Key {
        self.sides
    }

    /// Asks for the place of v's row, which [`World::row`] will read soon.
    #[inline]
    pub(crate) fn ahead(&self, v: u32) {
        ahead(self.followers.offsets, v as usize);
    }

    /// The coins of v's followers, to be tossed soon ([`World::toss`]); what they will read is asked for.
    #[inline]
    pub(crate) fn row(&self, v: u32, name: u32) -> Row {
        let places = self.followers.range(v);
        let edges = self.laid_out.unwrap_or(self.followers.targets);
        places.clone().step_by(LINE).take(LINES).for_each(|at| ahead(edges, at));
        let upper = match &self.resolved.exposure {
            Exposure::Constant(..) | Exposure::Source(..) => self.chance(v, places.start).upper(),
            _ => 0,
        };
        Row { key: self.exposure.of(u64::from(v)), start: places.start, end: places.end, name, upper }
    }

    /// Adds the followers whom posts reach: of `blocks` of rows, which are named by a place among `senders`.
    #[inline]
    pub(crate) fn toss(&self, blocks: &[Block], senders: &[u32], hits: &mut Hits) {
        let sender = |block: &Block| senders[block.name() as usize];
        let (items, packing) = match (&self.resolved.exposure, self.laid_out) {
            (Exposure::Constant(..) | Exposure::Source(..), _) => (self.followers.targets, Packing::NONE),
            (_, Some(edges)) => (edges, self.packing),
            _ => {
                for block in blocks {
                    let hear = |u| hits.push(u, block.name());
                    self.hearers_at(sender(block), block.key(), block.places(), |_| true, hear);
                }
                return;
            }
        };
        toss(blocks, items, packing, |block, place| self.chance(sender(block), place), hits);
    }

    /// The chance that a post of v reaches the follower at `place` among all rows.
    #[inline]
    fn chance(&self, v: u32, place: usize) -> Chance {
        match (&self.resolved.exposure, self.content) {
            (_, Some(content)) => {
                // A row without followers has a chance as well, which nobody tosses.
                let u = self.followers.targets.get(place).copied().unwrap_or(v);
                Chance::new(self.posted(content, v, place - self.followers.range(v).start, u) * self.resolved.arrives)
            }
            (Exposure::Source(_, chances), None) => {
                self.draw.map_or(chances[v as usize], |draw| Chance::new(draw.r(v)))
            }
            (_, None) => self.resolved.chance(v, place),
        }
    }

    /// The chance of exposure to a content, without a limit of time; `place` is that of u among v's followers.
    #[inline]
    fn posted(&self, content: &Content<'_>, v: u32, place: usize, u: u32) -> f64 {
        let drawn = self.draw.map(|draw| draw.whenever(v));
        (drawn.unwrap_or_else(|| self.resolved.whenever(v, place, u)) * content.factor(v)).min(1.0)
    }

    /// Calls `hear` with every follower of v that a post of v reaches, in order.
    #[inline]
    pub fn hearers(&self, v: u32, hear: impl FnMut(u32)) {
        self.hearers_among(v, |_| true, hear);
    }

    /// As [`World::hearers`] for the followers that `among` accepts; `among` is asked first.
    #[inline]
    pub fn hearers_among(&self, v: u32, among: impl Fn(u32) -> bool, hear: impl FnMut(u32)) {
        self.hearers_at(v, self.exposure.of(u64::from(v)), self.followers.range(v), among, hear);
    }

    /// As [`World::hearers_among`] for the followers at some `places` of v's row; `key` is that of v's coins.
    #[inline]
    fn hearers_at(
        &self,
        v: u32,
        key: Key,
        places: Range<usize>,
        among: impl Fn(u32) -> bool,
        mut hear: impl FnMut(u32),
    ) {
        if let Some(edges) = self.laid_out {
            for place in places {
                let u = self.packing.item(edges[place]);
                let whole = || self.chance(v, place);
                if among(u) && self.packing.holds(edges[place], key.word(u64::from(u)), whole) {
                    hear(u);
                }
            }
            return;
        }
        let row = &self.followers.targets[places.clone()];
        if let Some(content) = self.content {
            let start = places.start - self.followers.range(v).start;
            let (factor, arrives) = (content.factor(v), self.resolved.arrives);
            let drawn = self.draw.map(|draw| draw.whenever(v));
            if let (Exposure::Target(r, _), None) = (&self.resolved.exposure, drawn) {
                let live = |u: u32| key.unit(u64::from(u)) < (r[u as usize] * factor).min(1.0) * arrives;
                row.iter().filter(|&&u| among(u) && live(u)).for_each(|&u| hear(u));
                return;
            }
            for (place, &u) in row.iter().enumerate() {
                // The coin of `posted`, compared as a number: the same to the bit as one made a threshold first.
                let r = drawn.unwrap_or_else(|| self.resolved.whenever(v, start + place, u));
                if among(u) && key.unit(u64::from(u)) < (r * factor).min(1.0) * arrives {
                    hear(u);
                }
            }
            return;
        }
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
        match &self.resolved.exposure {
            Exposure::Constant(_, chance) => walk!(|_, u| key.coin(u64::from(u), *chance)),
            Exposure::Source(_, chances) => {
                let chance = self.draw.map_or(chances[v as usize], |draw| Chance::new(draw.r(v)));
                walk!(|_, u| key.coin(u64::from(u), chance))
            }
            Exposure::Target(_, chances) => walk!(|_, u: u32| key.coin(u64::from(u), chances[u as usize])),
            Exposure::Hashed => walk!(|_, u| key.coin(u64::from(u), self.trivalency[trivalency(v, u)])),
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

    /// As [`World::hearers`] where the chance of each follower is so many times as large, never above 1, and with where the
    /// coin fell; `most` is the largest factor. Under linear threshold, where exposures exclude one another, all factors are 1.
    #[inline]
    pub(crate) fn hearers_times(
        &self,
        v: u32,
        most: f64,
        factor: impl Fn(u32) -> f64,
        mut hear: impl FnMut(u32, Fell),
    ) {
        let places = self.followers.range(v);
        let row = &self.followers.targets[places.clone()];
        if let Exposure::Pick { chance, bounds } = &self.resolved.exposure {
            for (&u, place) in row.iter().zip(places) {
                let (unit, (low, high)) = (self.threshold.unit(u64::from(u)), bounds[place]);
                if low <= unit && unit < high {
                    hear(u, Fell { unit: unit - low, chance: chance[place] });
                }
            }
            return;
        }
        let (key, arrives) = (self.exposure.of(u64::from(v)), self.resolved.arrives);
        let drawn = self.draw.map(|draw| draw.whenever(v));
        for (place, &u) in row.iter().enumerate() {
            let r = drawn.unwrap_or_else(|| self.resolved.whenever(v, place, u));
            let unit = key.unit(u64::from(u));
            // Most coins are too high for any factor, which then need not be looked for.
            if unit < (r * most).min(1.0) * arrives {
                let chance = (r * factor(u)).min(1.0);
                if unit < chance * arrives {
                    hear(u, Fell { unit, chance });
                }
            }
        }
    }

    /// Whether u follows v and a post of v reaches u, where the chance is so many times as large; and where the coin fell.
    pub(crate) fn hears_times(&self, u: u32, v: u32, factor: f64) -> Option<Fell> {
        let place = self.resolved.graph.followers(v).binary_search(&u).ok()?;
        if let Exposure::Pick { chance, bounds } = &self.resolved.exposure {
            let at = self.followers.range(v).start + place;
            let (unit, (low, high)) = (self.threshold.unit(u64::from(u)), bounds[at]);
            return (low <= unit && unit < high).then(|| Fell { unit: unit - low, chance: chance[at] });
        }
        let r = self.draw.map_or_else(|| self.resolved.whenever(v, place, u), |draw| draw.whenever(v));
        let (unit, chance) = (self.exposure.of(u64::from(v)).unit(u64::from(u)), (r * factor).min(1.0));
        (unit < chance * self.resolved.arrives).then_some(Fell { unit, chance })
    }

    /// Where within the chance of exposure, taken without a time limit, the coins of v's edges that carry fell: uniform in
    /// [0, 1) among them. The function takes the place of u among v's followers, and u.
    #[inline]
    pub(crate) fn fell(&self, v: u32) -> impl Fn(usize, u32) -> f64 {
        let start = self.followers.range(v).start;
        let key = self.exposure.of(u64::from(v));
        let drawn = self.draw.map(|draw| draw.whenever(v));
        let content = self.content;
        let posted = move |place, u| content.map_or(1.0, |content| self.posted(content, v, place, u));
        move |place, u| match &self.resolved.exposure {
            _ if content.is_some() => key.unit(u64::from(u)) / posted(place, u),
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
        if self.content.is_some() {
            return coin(self.chance(v, start + place));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::mix;
    use crate::cascade::exact::{MODELS, random_graph, resolved};
    use crate::cascade::forward::Walker;
    use crate::cascade::{Deadline, Delay};

    /// All coins of some worlds in one number.
    fn digest(model: &Resolved<'_>) -> u64 {
        let mut digest = 0;
        for index in [0, 1, 1 << 40] {
            let world = World::new(model, 11, index);
            for v in 0..model.graph().accounts() as u32 {
                digest = mix(digest ^ u64::from(world.shares(v)));
                world.hearers(v, |u| digest = mix(digest ^ u64::from(u) << 1));
            }
        }
        digest
    }

    /// Frozen: whoever stored figures of an earlier version gets them again. A change here changes every figure of reach.
    #[test]
    fn coins_are_those_of_every_version_before() {
        let graph = random_graph(500, 60, 400);
        let found = MODELS.map(|(name, rho)| digest(&resolved(&graph, name, rho)));
        let frozen = [
            0xdd39_9b39_814d_2752,
            0x5227_a070_f69c_b9b0,
            0xe1f5_c321_d39a_e0db,
            0xcc17_a898_48b9_dab2,
            0x09d8_955f_571d_a8e8,
        ];
        assert_eq!(found, frozen);
    }

    /// Frozen as well: the hours that a post takes, under both laws.
    #[test]
    fn delays_are_those_of_every_version_before() {
        let graph = random_graph(500, 60, 400);
        let laws = [Delay::Exponential { mean: 6.0 }, Delay::LogNormal { median: 1.0, sigma: 4.7 }];
        let found = laws.map(|delay| {
            let limit = Deadline { within: 24.0, delay, assumed: false };
            let mut digest = 0;
            for (name, rho) in MODELS {
                let model = resolved(&graph, name, rho).within(Some(limit));
                let world = World::new(&model, 11, 3);
                for v in 0..60 {
                    let (row, fell) = (graph.followers(v), world.fell(v));
                    world.hearers(v, |u| {
                        let place = row.binary_search(&u).unwrap();
                        digest = mix(digest ^ limit.hours(fell(place, u)).to_bits());
                    });
                }
            }
            digest
        });
        assert_eq!(found, [0xb5a2_8c6b_d0f9_4425, 0x4524_05c4_7c2b_0d16]);
    }

    /// The same with the followers packed with their chances, which only spares look-ups.
    #[test]
    fn laid_out_rows_toss_the_same_coins() {
        let graph = random_graph(510, 200, 1500);
        let limit = Deadline { within: 1.0, delay: Delay::Exponential { mean: 6.0 }, assumed: false };
        for (name, rho) in MODELS {
            for deadline in [None, Some(limit)] {
                let [plain, packed] = [(); 2].map(|()| resolved(&graph, name, rho).within(deadline));
                packed.lay_out(0..200, 1 << 20, &crate::base::Run::new(1)).unwrap();
                assert_eq!(packed.laid_out().is_some(), matches!(name, "wc" | "tv"), "{name}");
                assert_eq!(digest(&plain), digest(&packed), "{name} {deadline:?}");
            }
        }
    }

    /// Everybody who reaches u in a world: backwards from u over the edges that carry, through those who reshare.
    fn backwards(world: &World<'_>, u: u32) -> Vec<bool> {
        let graph = world.resolved().graph();
        let mut met = vec![false; graph.accounts()];
        let mut queue = vec![u];
        let mut at = 0;
        while at < queue.len() {
            let x = queue[at];
            at += 1;
            for &v in graph.following(x) {
                if !met[v as usize] && world.hears(x, v) {
                    met[v as usize] = true;
                    if v != u && world.shares(v) {
                        queue.push(v);
                    }
                }
            }
        }
        met
    }

    /// World by world, v reaches u forwards exactly if a walk backwards from u meets v.
    #[test]
    fn a_world_is_the_same_forwards_and_backwards() {
        for (case, (name, rho)) in MODELS.into_iter().enumerate() {
            let graph = random_graph(520 + case as u64, 40, 220);
            let model = resolved(&graph, name, rho);
            let mut walker = Walker::new(40);
            for index in 0..20 {
                let world = World::new(&model, 3, index);
                let met: Vec<Vec<bool>> = (0..40).map(|u| backwards(&world, u)).collect();
                for v in 0..40 {
                    walker.walk(&world, &[v]);
                    for u in (0..40).filter(|&u| u != v) {
                        let forwards = walker.reached().contains(&u);
                        assert_eq!(forwards, met[u as usize][v as usize], "{name} {index}: {v} to {u}");
                    }
                }
            }
        }
    }

    /// A person more among the creators never takes anybody away, in any world, with and without a time limit.
    #[test]
    fn adding_a_creator_never_lowers_the_reach() {
        for (case, (name, rho)) in MODELS.into_iter().enumerate() {
            let graph = random_graph(530 + case as u64, 80, 500);
            let limit = Deadline { within: 5.0, delay: Delay::Exponential { mean: 3.0 }, assumed: false };
            for deadline in [None, Some(limit)] {
                let model = resolved(&graph, name, rho).within(deadline);
                let mut walker = Walker::new(80);
                for index in 0..30 {
                    let world = World::new(&model, 4, index);
                    let (mut creators, mut before) = (Vec::new(), 0);
                    for v in [7, 3, 50, 51, 12] {
                        creators.push(v);
                        let reach = walker.walk(&world, &creators).reach();
                        assert!(reach >= before, "{name} {index} {creators:?}: {reach} {before}");
                        before = reach;
                    }
                }
            }
        }
    }
}
