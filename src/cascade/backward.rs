//! Walks backwards from one person to everybody whose post would have reached them.
//!
//! What a walk does with those whom it meets is said by a [`Meet`]: counting them (`cascade::ReachAll`), or keeping them
//! (`influence`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hashbrown::HashSet;

use super::delay::Deadline;
use crate::base::exponential::Exponential;
use crate::base::large::ahead;
use crate::base::seed::{Key, Stream, below};
use crate::cascade::resolved::{Exposure, Resolved, TRIVALENCY, trivalency};
use crate::graph::csr::Flat;

/// A skip costs as much as so many coins: where fewer would be saved, coins are tossed one by one.
const SKIP: f64 = 5.0;

/// How many accounts ahead a row is asked for; where it stands, twice as many.
const AHEAD: usize = 2;

/// One of several equal parts of all people (of all weight), in the order of the accounts. As many walks as there are
/// parts, one in each, have roots that are spread evenly: with a part for every account, each is a root once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stratum {
    pub index: u64,
    pub of: u64,
}

impl Stratum {
    pub const WHOLE: Stratum = Stratum { index: 0, of: 1 };
}

/// What a walk backwards does with those it meets.
pub(crate) trait Meet {
    /// A new walk begins at `root`.
    fn begin(&mut self, root: u32);

    /// The root and those met, from whom the walk steps on, in this order.
    fn queue(&self) -> &[u32];

    /// Meets v over a live edge, perhaps not for the first time.
    fn meet(&mut self, v: u32);

    /// With a limit of time: meets v, whose own post the root hears.
    #[inline]
    fn meet_directly(&mut self, v: u32) {
        self.meet(v);
    }

    /// The root hears a post of v, who does not reshare, with this chance ([`Backward::walk_but_for_hearing`]).
    fn hear(&mut self, _v: u32, _chance: f64) {}

    /// Whether the walk may end here.
    #[inline]
    fn ended(&self) -> bool {
        false
    }
}

/// A walk in the order of hours: meets those whose post comes within the limit.
struct Clock<'m, M> {
    limit: Deadline,
    /// The chance that one delay is within it.
    arrives: f64,
    /// From the person stepped back from to the root.
    now: f64,
    delays: Words,
    /// Bits of hours, which sort as the hours do, and who is that far from the root.
    queue: BinaryHeap<Reverse<(u64, u32)>>,
    /// Those whose shortest way is known.
    left: HashSet<u32, foldhash::fast::FixedState>,
    meeting: &'m mut M,
}

impl<M: Meet> Meet for Clock<'_, M> {
    fn begin(&mut self, root: u32) {
        self.meeting.begin(root);
    }

    fn queue(&self) -> &[u32] {
        self.meeting.queue()
    }

    #[inline]
    fn meet(&mut self, v: u32) {
        let quantile = self.delays.unit();
        if quantile >= self.arrives {
            return;
        }
        let hours = self.now + self.limit.hours(quantile);
        if hours <= self.limit.latest() {
            // Nobody but the root was left so far.
            if self.left.len() == 1 {
                self.meeting.meet_directly(v)
            } else {
                self.meeting.meet(v)
            }
            self.queue.push(Reverse((hours.to_bits(), v)));
        }
    }
}

/// The coins of one walk. Each account has its own, whoever asks for them and when: walks of a network that is cut over
/// several processes meet the same people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coins(Key);

impl Coins {
    /// Those of the walk of this number in a stream.
    #[inline]
    pub fn new(seed: u64, stream: Stream, number: u64) -> Self {
        Coins(Key::new(seed, stream, number))
    }

    /// What says whether an account reshares.
    #[inline]
    pub fn share(self, u: u32) -> u64 {
        self.0.of(u64::from(u)).word(0)
    }

    /// What says whose posts reach an account.
    #[inline]
    pub fn hears(self, u: u32) -> Words {
        Words { key: self.0.of(u64::from(u)), next: 1 }
    }

    /// What says at whom the walk begins.
    #[inline]
    pub fn root(self) -> u64 {
        self.0.word(u64::MAX)
    }

    /// Delays, in the order of the walk.
    fn delays(self) -> Words {
        Words { key: self.0.of(u64::MAX - 1), next: 0 }
    }
}

/// Random words in order.
pub(crate) struct Words {
    key: Key,
    next: u64,
}

impl Words {
    #[inline]
    fn word(&mut self) -> u64 {
        self.next += 1;
        self.key.word(self.next - 1)
    }

    /// In [0, 1).
    #[inline]
    fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// In 0..n.
    #[inline]
    fn below(&mut self, n: usize) -> usize {
        below(self.word(), n as u64) as usize
    }
}

/// A bound of the chances of all edges into one account, and the factor that turns an exponential number into a number
/// of edges to skip: `floor(E / −ln(1 − p))` is geometric.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    chance: f64,
    scale: f64,
}

impl Bound {
    pub fn new(chance: f64) -> Self {
        Bound { chance, scale: -1.0 / libm::log1p(-chance) }
    }
}

/// Chances of exposure, as those have them who step back from one account.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Chances<'a> {
    Constant(f64),
    /// Of each account's post.
    Source(&'a [f64]),
    /// Of each account that hears.
    Target(&'a [f64]),
    Hashed,
    /// The weights of the rows.
    Row,
    /// One of those followed, each alike.
    Pick,
    /// One of those followed, by sums along the rows.
    PickBy(&'a [f64]),
}

/// Whom people follow, and whose posts reach them: rows of a whole network, or of a shard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hearing<'a> {
    following: Flat<'a>,
    bounds: &'a [Bound],
    chances: Chances<'a>,
    exponential: &'static Exponential,
}

impl<'a> Hearing<'a> {
    pub fn new(following: Flat<'a>, bounds: &'a [Bound], chances: Chances<'a>) -> Self {
        Hearing { following, bounds, chances, exponential: Exponential::table() }
    }

    /// Meets the accounts whose post reaches directly who stands at a place, an account of the network. `account` says who
    /// stands at other places.
    #[inline]
    pub fn step(
        &self,
        place: u32,
        account: u32,
        coins: Coins,
        account_of: impl Fn(u32) -> u32,
        meet: &mut impl FnMut(u32),
    ) {
        let row = self.following.row(place);
        if row.is_empty() {
            return;
        }
        let mut words = coins.hears(account);
        macro_rules! toss {
            ($chance:expr) => {{
                let chance = $chance;
                let bound = self.bounds[if self.bounds.len() == 1 { 0 } else { place as usize }];
                let length = row.len() as f64;
                if length <= (length * bound.chance + 1.0) * SKIP {
                    for (at, &v) in row.iter().enumerate() {
                        if words.unit() < chance(at, v) {
                            meet(v);
                        }
                    }
                } else {
                    // Geometric steps along the bound, then each stop is kept with chance / bound.
                    let mut at = 0;
                    loop {
                        let skip = self.exponential.draw(|| words.word()) * bound.scale;
                        // Not a number only where no edge is ever live.
                        if skip.is_nan() || skip >= (row.len() - at) as f64 {
                            break;
                        }
                        at += skip as usize;
                        let (v, r) = (row[at], chance(at, row[at]));
                        if r >= bound.chance || words.unit() * bound.chance < r {
                            meet(v);
                        }
                        at += 1;
                    }
                }
            }};
        }
        match self.chances {
            Chances::Constant(r) => toss!(|_, _| r),
            Chances::Source(r) => toss!(|_, v: u32| r[v as usize]),
            Chances::Target(r) => {
                let r = r[place as usize];
                toss!(|_, _| r)
            }
            Chances::Hashed => toss!(|_, v| TRIVALENCY[trivalency(account_of(v), account)]),
            Chances::Row => {
                let weights = self.following.weights.map_or(&[][..], |weights| &weights[self.following.range(place)]);
                toss!(|at: usize, _| weights[at])
            }
            Chances::Pick => meet(row[words.below(row.len())]),
            Chances::PickBy(sums) => {
                let sums = &sums[self.following.range(place)];
                // Sums slightly over 1 stand for 1.
                let unit = words.unit() * sums[sums.len() - 1].max(1.0);
                if let Some(&v) = row.get(sums.partition_point(|&sum| sum <= unit)) {
                    meet(v);
                }
            }
        }
    }
}

/// The chances of a model as the backward walk needs them: beside the rows of whom people follow.
pub(crate) struct Backward<'a> {
    resolved: &'a Resolved<'a>,
    following: Flat<'a>,
    exponential: &'static Exponential,
    /// One for all accounts, or one each. Nothing under linear threshold.
    bounds: Vec<Bound>,
    /// Linear threshold with weights: sums of b along the rows of `following`.
    sums: Vec<f64>,
    always: bool,
    /// With weights: their sums in units up to and with each account, by which roots are drawn.
    roots: Vec<u64>,
}

impl<'a> Backward<'a> {
    pub fn new(resolved: &'a Resolved<'a>) -> Self {
        let graph = resolved.graph;
        let each = |chance: &dyn Fn(u32) -> f64| (0..graph.accounts() as u32).map(|u| Bound::new(chance(u))).collect();
        let highest = |chances: &[f64]| chances.iter().copied().fold(0.0, f64::max);
        let bounds = match &resolved.exposure {
            Exposure::Constant(r, _) => vec![Bound::new(*r)],
            Exposure::Source(r, _) => vec![Bound::new(highest(r))],
            Exposure::Hashed => vec![Bound::new(highest(&TRIVALENCY))],
            Exposure::Target(r, _) => each(&|u| r[u as usize]),
            Exposure::Edge(_) => each(&|u| graph.following_weights(u).map_or(0.0, highest)),
            Exposure::Pick { .. } => Vec::new(),
        };
        let mut sums = Vec::new();
        if let (Exposure::Pick { .. }, true) = (&resolved.exposure, graph.following_rows().weights.is_some()) {
            sums.reserve_exact(graph.edges() as usize);
            for u in 0..graph.accounts() as u32 {
                let mut sum = 0.0;
                let row = graph.following_weights(u).unwrap_or_default();
                sums.extend(row.iter().map(|b| {
                    sum += b;
                    sum
                }));
            }
        }
        let (following, exponential) = (graph.following_rows().flat(), Exponential::table());
        let mut total = 0;
        let upto = |u: u32| {
            total += resolved.units(u);
            total
        };
        let roots = match resolved.weights {
            Some(_) => (0..graph.accounts() as u32).map(upto).collect(),
            None => Vec::new(),
        };
        Backward { resolved, following, exponential, bounds, sums, always: resolved.always_shares(), roots }
    }

    /// The model.
    pub fn resolved(&self) -> &'a Resolved<'a> {
        self.resolved
    }

    /// Bytes of the chances and sums.
    pub fn memory(resolved: &Resolved<'_>) -> u64 {
        let (accounts, edges) = (resolved.graph.accounts() as u64, resolved.graph.edges());
        let chances = match &resolved.exposure {
            Exposure::Constant(..) | Exposure::Source(..) | Exposure::Hashed => 0,
            Exposure::Target(..) | Exposure::Edge(_) => 16 * accounts,
            Exposure::Pick { .. } => 8 * edges,
        };
        chances + if resolved.weights.is_some() { 8 * accounts } else { 0 }
    }

    /// A person of a stratum at random, in proportion to the weights if there are any.
    pub fn root_of(&self, stratum: Stratum, coins: Coins) -> u32 {
        let total = self.roots.last().copied().unwrap_or(self.resolved.graph.accounts() as u64);
        let within = u128::from(stratum.index) * u128::from(total) + u128::from(below(coins.root(), total));
        let unit = (within / u128::from(stratum.of)) as u64;
        match self.roots.is_empty() {
            true => unit as u32,
            false => self.roots.partition_point(|&upto| upto <= unit) as u32,
        }
    }

    /// One walk from a person at random. There must be somebody. With a limit of time, to everybody whose post would have
    /// come within it.
    #[inline]
    pub fn walk(&self, coins: Coins, meeting: &mut impl Meet) {
        self.walk_in(Stratum::WHOLE, coins, meeting);
    }

    /// The same from a person of a stratum.
    #[inline]
    pub fn walk_in(&self, stratum: Stratum, coins: Coins, meeting: &mut impl Meet) {
        let root = self.root_of(stratum, coins);
        meeting.begin(root);
        if meeting.ended() {
            return;
        }
        if let Some(limit) = self.resolved.deadline() {
            return self.walk_against_the_clock(root, limit, coins, meeting);
        }
        self.walk_on(root, 0, coins, meeting);
    }

    /// Steps back from those in the queue from place `next` on.
    #[inline]
    fn walk_on(&self, root: u32, mut next: usize, coins: Coins, meeting: &mut impl Meet) {
        while let Some(&x) = meeting.queue().get(next) {
            if let Some(&far) = meeting.queue().get(next + 2 * AHEAD) {
                ahead(self.following.offsets, far as usize);
                ahead(&self.bounds, far as usize);
            }
            if let Some(&soon) = meeting.queue().get(next + AHEAD) {
                ahead(self.following.targets, self.following.offsets[soon as usize] as usize);
            }
            next += 1;
            if x == root || self.reshares(x, coins) {
                self.step(x, coins, &mut |v| meeting.meet(v));
                if meeting.ended() {
                    break;
                }
            }
        }
    }

    /// Whether x passes on what they hear.
    #[inline]
    pub fn reshares(&self, x: u32, coins: Coins) -> bool {
        self.always || self.resolved.share_of(x).holds(coins.share(x))
    }

    /// Whether [`Backward::walk_but_for_hearing`] says more than [`Backward::walk`]: some do not reshare, whom people hear
    /// independently of each other, at any time.
    pub fn can_spare_coins(&self) -> bool {
        !self.always && !self.resolved.picks_one() && self.resolved.deadline().is_none()
    }

    /// The same, but of those who do not reshare whom the root follows no coins are tossed: [`Meet::hear`] takes each with the
    /// chance that the root hears their post. That chance has the mean of the coin without its noise.
    pub fn walk_but_for_hearing(&self, stratum: Stratum, coins: Coins, meeting: &mut impl Meet) {
        let root = self.root_of(stratum, coins);
        meeting.begin(root);
        let mut words = coins.hears(root);
        for (place, &v) in self.following.row(root).iter().enumerate() {
            let chance = self.chance(root, place, v);
            if !self.reshares(v, coins) {
                meeting.hear(v, chance);
            } else if words.unit() < chance {
                meeting.meet(v);
            }
        }
        self.walk_on(root, 1, coins, meeting);
    }

    /// The chance that u hears a post of v, who stands at `place` among those whom u follows; not under linear threshold.
    fn chance(&self, u: u32, place: usize, v: u32) -> f64 {
        match &self.resolved.exposure {
            Exposure::Constant(r, _) => *r,
            Exposure::Source(r, _) => r[v as usize],
            Exposure::Target(r, _) => r[u as usize],
            Exposure::Hashed => TRIVALENCY[trivalency(v, u)],
            Exposure::Edge(_) | Exposure::Pick { .. } => {
                self.following.weights.map_or(0.0, |weights| weights[self.following.range(u)][place])
            }
        }
    }

    /// The same in the order of the hours that a post takes to the root (Dijkstra 1959).
    fn walk_against_the_clock(&self, root: u32, limit: Deadline, coins: Coins, meeting: &mut impl Meet) {
        let mut clock = Clock {
            limit,
            arrives: self.resolved.arrives,
            now: 0.0,
            delays: coins.delays(),
            queue: BinaryHeap::from([Reverse((0, root))]),
            left: HashSet::default(),
            meeting,
        };
        while let Some(Reverse((hours, x))) = clock.queue.pop() {
            if !clock.left.insert(x) || (x != root && !self.reshares(x, coins)) {
                continue;
            }
            clock.now = f64::from_bits(hours);
            self.step(x, coins, &mut |v| clock.meet(v));
            if clock.meeting.ended() {
                break;
            }
        }
    }

    /// Meets the accounts whose post reaches u directly.
    #[inline]
    fn step(&self, u: u32, coins: Coins, meet: &mut impl FnMut(u32)) {
        let chances = match &self.resolved.exposure {
            Exposure::Constant(r, _) => Chances::Constant(*r),
            Exposure::Source(r, _) => Chances::Source(r),
            Exposure::Target(r, _) => Chances::Target(r),
            Exposure::Hashed => Chances::Hashed,
            Exposure::Edge(_) => Chances::Row,
            Exposure::Pick { .. } if self.sums.is_empty() => Chances::Pick,
            Exposure::Pick { .. } => Chances::PickBy(&self.sums),
        };
        let exponential = self.exponential;
        let hearing = Hearing { following: self.following, bounds: &self.bounds, chances, exponential };
        hearing.step(u, u, coins, |v| v, meet);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cascade::exact::resolved;
    use crate::graph::Weights;
    use crate::graph::build::graph;

    /// As many strata as accounts: each is a root once, whatever the seed.
    #[test]
    fn strata_of_one_account_have_it_as_root() {
        let graph = graph(7, &[(1, 0)]);
        let model = resolved(&graph, "wc", None);
        let backward = Backward::new(&model);
        for index in 0..7 {
            let root = backward.root_of(Stratum { index, of: 7 }, Coins::new(index, Stream::Backward, 5));
            assert_eq!(u64::from(root), index);
        }
    }

    /// 100,000 roots: each share within 5 standard deviations, passed by chance once in 1.7 million for each.
    #[test]
    fn roots_are_drawn_by_weight() {
        let graph = graph(5, &[(1, 0)]);
        let weights = [0.0, 1.0, 0.5, 2.0, 0.25];
        let plain = resolved(&graph, "wc", None);
        let weighted = plain.clone().with_weights(Weights::new(&weights).unwrap()).unwrap();
        for (model, weights) in [(plain, [1.0; 5]), (weighted, weights)] {
            let backward = Backward::new(&model);
            let mut counts = [0u32; 5];
            for number in 0..100_000 {
                let coins = Coins::new(3, Stream::Backward, number);
                counts[backward.root_of(Stratum::WHOLE, coins) as usize] += 1;
            }
            let total: f64 = weights.iter().sum();
            for (count, weight) in counts.into_iter().zip(weights) {
                let share = weight / total;
                let deviation = 5.0 * libm::sqrt(100_000.0 * share * (1.0 - share));
                assert!((f64::from(count) - 100_000.0 * share).abs() <= deviation, "{counts:?}");
            }
        }
    }
}
