//! Backward walks in supersteps over shards: many walks at once, each followed as far as a shard reaches, and then told to
//! the shards where it goes on. Coins belong to (sample, account), so that it does not matter who tosses them when.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::seen::Seen;
use super::steps::BATCHES;
use crate::base::seed::{Chance, Stream, below};
use crate::base::{Error, Result, Run, sealed};
use crate::cascade::backward::{Bound, Chances, Coins, Hearing};
use crate::cascade::resolved::{Exposure, Resolved, TRIVALENCY};
use crate::graph::shard::superstep::{Job, Sent, Sums};
use crate::graph::shard::{self, Shard, of_bytes, to_bytes};

/// Walks under way at one time: the first, and the most. From what earlier ones met is said how many later ones may be, so
/// that shards keep about [`PAIRS`] pairs of walk and account at one time.
const WAVES: [u64; 2] = [1 << 12, 1 << 18];
const PAIRS: u64 = 1 << 24;

/// Pairs that a shard refuses to keep: 2^27 take some 4 GB.
const MOST: usize = 1 << 27;

/// Walks as shards are told of them: of every batch b the samples 16 i + b for i in `from..to`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shards {
    seed: u64,
    from: u64,
    to: u64,
    #[serde(skip)]
    given: Option<Given>,
}

/// What the driver says of a shard's accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Given {
    chances: Kind,
    /// Thresholds of the coins of resharing: one for all, or one for each own account.
    share: Vec<Chance>,
    /// With weights: their units before the first own account, up to and with each, and of all.
    roots: Option<(u64, Vec<u64>, u64)>,
}

/// Chances of exposure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Constant(f64),
    /// Of the post of each place, and the highest in the network.
    Source(Vec<f64>, f64),
    /// Of each own account.
    Target(Vec<f64>),
    Hashed,
    /// One of those followed, each alike.
    Pick,
}

/// What a shard saw of one own account in one batch.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Found {
    batch: u32,
    account: u32,
    met: u32,
    again: u64,
}

/// Has walks taken by the run's engine, where it cuts networks, and adds what they saw; whether it did.
pub(super) fn elsewhere(
    resolved: &Resolved<'_>,
    [from, to]: [u64; 2],
    batches: &mut [Vec<Seen>],
    run: &Run,
) -> Result<bool> {
    if !run.is_cut() {
        return Ok(false);
    }
    let (graph, refused) = (resolved.graph(), |what: &str| {
        Err(Error::parameter("--engine", format!("a network that is cut cannot walk {what}"))
            .with_hint("leave the network whole (without partitioned): every worker then maps all of it"))
    });
    if resolved.deadline().is_some() {
        return refused("against the clock (--within)");
    }
    let weighted = graph.is_weighted();
    if matches!(resolved.exposure, Exposure::Edge(_)) || (resolved.picks_one() && weighted) {
        return refused("by chances that belong to edges");
    }
    let given = |bounds: &[u64], index: usize| given_of(resolved, bounds, index);
    let (mut at, mut wave, mut pairs) = (from, WAVES[0], 0);
    while at < to {
        let end = to.min(at + wave / BATCHES as u64);
        let job = Shards { seed: run.seed(), from: at, to: end, given: None };
        let Some(parts) = shard::elsewhere::<Vec<Found>>(run, "walks", &job, graph, &given)? else { return Ok(false) };
        for found in parts.into_iter().flatten() {
            let seen = batches.get_mut(found.batch as usize).and_then(|seen| seen.get_mut(found.account as usize));
            let seen = seen.ok_or_else(|| Error::engine("walks met who is not there"))?;
            seen.met += found.met;
            seen.again += found.again;
            pairs += u64::from(found.met);
        }
        run.step((end - at) * BATCHES as u64)?;
        at = end;
        // Each walk has its root too.
        let walks = (at - from) * BATCHES as u64;
        wave = (PAIRS / (1 + pairs / walks)).clamp(WAVES[0], WAVES[1]);
    }
    Ok(true)
}

/// What a shard must know of its accounts.
fn given_of(resolved: &Resolved<'_>, bounds: &[u64], index: usize) -> Result<Vec<u8>> {
    let graph = resolved.graph();
    let range = bounds[index] as usize..bounds[index + 1] as usize;
    let chances = match &resolved.exposure {
        Exposure::Constant(r, _) => Kind::Constant(*r),
        Exposure::Source(r, _) => {
            let halo = shard::halo(graph, bounds, index);
            let places = r[range.clone()].iter().copied().chain(halo.iter().map(|&v| r[v as usize]));
            Kind::Source(places.collect(), r.iter().copied().fold(0.0, f64::max))
        }
        Exposure::Target(r, _) => Kind::Target(r[range.clone()].to_vec()),
        Exposure::Hashed => Kind::Hashed,
        Exposure::Edge(_) | Exposure::Pick { .. } => Kind::Pick,
    };
    let share = match resolved.share.len() {
        1 => resolved.share.clone(),
        _ => resolved.share[range.clone()].to_vec(),
    };
    let roots = resolved.weights.as_ref().map(|_| {
        let units = |accounts: std::ops::Range<usize>| accounts.map(|u| resolved.units(u as u32));
        let before: u64 = units(0..range.start).sum();
        let mut upto = before;
        let ends: Vec<u64> = units(range.clone())
            .map(|units| {
                upto += units;
                upto
            })
            .collect();
        (before, ends, upto + units(range.end..graph.accounts()).sum::<u64>())
    });
    sealed::encode(&Given { chances, share, roots })
}

/// One account in one walk: the walk above, the account's number in the network below.
fn pair(walk: u32, account: u32) -> u64 {
    u64::from(walk) << 32 | u64::from(account)
}

/// The mark of a root beside how often it was met.
const ROOT: u32 = 1 << 31;

/// How often each own account was met in each walk.
type Met = HashMap<u64, u32, FixedState>;

/// What is told of a walk: the account that it meets, the walk, how many times.
type Meeting = [u32; 3];

/// The chances of a shard, ready for walks.
struct Walks<'s> {
    shard: &'s Shard,
    given: &'s Given,
    bounds: Vec<Bound>,
    always: bool,
}

impl<'s> Walks<'s> {
    fn new(shard: &'s Shard, given: &'s Given) -> Self {
        let bounds = match &given.chances {
            Kind::Constant(r) => vec![Bound::new(*r)],
            Kind::Source(_, highest) => vec![Bound::new(*highest)],
            Kind::Target(r) => r.iter().map(|&r| Bound::new(r)).collect(),
            Kind::Hashed => vec![Bound::new(TRIVALENCY[0])],
            Kind::Pick => Vec::new(),
        };
        let always = given.share.iter().all(|&chance| chance == Chance::new(1.0));
        Walks { shard, given, bounds, always }
    }

    fn hearing(&self) -> Hearing<'_> {
        let chances = match &self.given.chances {
            Kind::Constant(r) => Chances::Constant(*r),
            Kind::Source(r, _) => Chances::Source(r),
            Kind::Target(r) => Chances::Target(r),
            Kind::Hashed => Chances::Hashed,
            Kind::Pick => Chances::Pick,
        };
        Hearing::new(self.shard.following.flat(), &self.bounds, chances)
    }

    /// The own account at which a walk begins, if it begins here.
    fn root(&self, coins: Coins) -> Option<u32> {
        let place = match &self.given.roots {
            None => {
                (below(coins.root(), self.shard.accounts() as u64) as usize).checked_sub(self.shard.range().start)?
            }
            Some((before, upto, total)) => {
                let unit = below(coins.root(), *total);
                if unit < *before {
                    return None;
                }
                upto.partition_point(|&end| end <= unit)
            }
        };
        (place < self.shard.own()).then_some(place as u32)
    }

    fn reshares(&self, place: u32, account: u32, coins: Coins) -> bool {
        let chance = self.given.share[if self.given.share.len() == 1 { 0 } else { place as usize }];
        self.always || chance.holds(coins.share(account))
    }
}

impl Shards {
    /// With what the driver says of the shard's accounts.
    pub fn with(mut self, given: &[u8]) -> Result<Self> {
        self.given = Some(sealed::decode(given)?);
        Ok(self)
    }

    fn walks<'s>(&'s self, shard: &'s Shard) -> Result<Walks<'s>> {
        let given = self.given.as_ref().ok_or_else(|| Error::engine("the chances of a shard are missing"))?;
        Ok(Walks::new(shard, given))
    }

    /// How many walks there are.
    fn count(&self) -> u32 {
        ((self.to - self.from) * BATCHES as u64) as u32
    }

    /// Walk `walk` of this job is sample 16 i + b of all.
    fn coins(&self, walk: u32) -> Coins {
        Coins::new(self.seed, Stream::Backward, self.from * BATCHES as u64 + u64::from(walk))
    }

    /// Follows walks from those newly met as far as the shard reaches, and tells the rest.
    fn follow(&self, walks: &Walks<'_>, mut met: Met, mut new: Vec<u64>) -> Result<Sent> {
        let (shard, hearing) = (walks.shard, walks.hearing());
        let (first, own) = (shard.range().start as u32, shard.own());
        let mut away: Met = Met::default();
        while let Some(next) = new.pop() {
            if met.len() + away.len() > MOST {
                return Err(Error::engine(format!("walks meet more than {MOST} accounts of a shard at one time"))
                    .with_hint("cut the network into more shards, or leave it whole"));
            }
            let (walk, account) = ((next >> 32) as u32, next as u32);
            let (place, coins) = (account - first, self.coins(walk));
            if met[&next] & ROOT == 0 && !walks.reshares(place, account, coins) {
                continue;
            }
            hearing.step(place, account, coins, |place| shard.account(place), &mut |place| {
                let told = pair(walk, shard.account(place));
                if place as usize >= own {
                    *away.entry(told).or_insert(0) += 1;
                    return;
                }
                let times = met.entry(told).or_insert(0);
                *times += 1;
                if *times == 1 {
                    new.push(told);
                }
            });
        }
        let mut away: Vec<Meeting> =
            away.into_iter().map(|(told, times)| [told as u32, (told >> 32) as u32, times]).collect();
        away.sort_unstable();
        let mut told = vec![Vec::new(); shard.shards()];
        for (index, told) in told.iter_mut().enumerate() {
            let [from, to] =
                [index, index + 1].map(|at| away.partition_point(|meeting| u64::from(meeting[0]) < shard.bounds[at]));
            *told = to_bytes(&away[from..to]);
        }
        let mut kept: Vec<(u64, u32)> = met.into_iter().collect();
        kept.sort_unstable();
        let (pairs, times): (Vec<u64>, Vec<u32>) = kept.into_iter().unzip();
        let kept = [to_bytes(&[pairs.len() as u64]), to_bytes(&pairs), to_bytes(&times)].concat();
        Ok(Sent { kept, told, sums: Sums { counts: [away.len() as u64, 0, 0], ..Sums::default() } })
    }
}

/// What was kept of who was met.
fn kept_of(kept: &[u8]) -> Result<Vec<(u64, u32)>> {
    let wrong = || Error::engine("what a shard kept of its walks is too short");
    let (length, rest) = kept.split_at_checked(8).ok_or_else(wrong)?;
    let length = of_bytes::<u64>(length)?[0] as usize;
    let (pairs, times) = rest.split_at_checked(8 * length).ok_or_else(wrong)?;
    Ok(of_bytes::<u64>(pairs)?.into_iter().zip(of_bytes::<u32>(times)?).collect())
}

impl Job for Shards {
    fn begin(&self, shard: &Shard) -> Result<Sent> {
        let walks = self.walks(shard)?;
        let first = shard.range().start as u32;
        let begun = |walk| walks.root(self.coins(walk)).map(|place| pair(walk, first + place));
        let new: Vec<u64> = (0..self.count()).filter_map(begun).collect();
        let met: Met = new.iter().map(|&root| (root, ROOT)).collect();
        self.follow(&walks, met, new)
    }

    fn step(&self, shard: &Shard, _: u32, kept: &[u8], told: &[&[u8]], _: &Sums) -> Result<Sent> {
        let walks = self.walks(shard)?;
        let mut met: Met = kept_of(kept)?.into_iter().collect();
        let mut new = Vec::new();
        for [account, walk, times] in
            told.iter().map(|told| of_bytes::<Meeting>(told)).collect::<Result<Vec<_>>>()?.concat()
        {
            if !shard.range().contains(&(account as usize)) || walk >= self.count() {
                return Err(Error::engine(format!("a walk met account {account}, who is not of the shard")));
            }
            let so_far = met.entry(pair(walk, account)).or_insert(0);
            if *so_far == 0 {
                new.push(pair(walk, account));
            }
            *so_far += times;
        }
        self.follow(&walks, met, new)
    }

    fn is_done(&self, _: u32, sums: &Sums) -> bool {
        sums.counts[0] == 0
    }

    fn result(&self, _: &Shard, _: u32, kept: &[u8], _: &Sums) -> Result<Vec<u8>> {
        let batch = |pair: u64| ((pair >> 32) % BATCHES as u64) as u32;
        let mut all: Vec<Found> = kept_of(kept)?
            .into_iter()
            .map(|(pair, times)| {
                // Of a root every meeting is one again; of others the first is not.
                let (met, again) = if times & ROOT == 0 { (1, times - 1) } else { (0, times & !ROOT) };
                let again = u64::from(again);
                Found { batch: batch(pair), account: pair as u32, met, again }
            })
            .collect();
        all.sort_unstable_by_key(|found| (found.batch, found.account));
        let same = |a: &Found, b: &Found| (a.batch, a.account) == (b.batch, b.account);
        let sums = all.chunk_by(same).map(|same| {
            let none = Found { met: 0, again: 0, ..same[0] };
            same.iter().fold(none, |sum, one| Found { met: sum.met + one.met, again: sum.again + one.again, ..sum })
        });
        sealed::encode(&sums.collect::<Vec<Found>>())
    }
}

#[cfg(test)]
mod tests {
    use super::super::seen::count;
    use super::*;
    use crate::cascade::backward::Backward;
    use crate::cascade::exact::resolved;
    use crate::graph::shard::superstep::alone;
    use crate::graph::{Weights, build};

    /// In all models whose chances belong to accounts, with and without weights: what shards saw is what one process saw.
    #[test]
    fn shards_see_what_one_process_sees() {
        let edges: Vec<(u32, u32)> =
            (0..2600u32).map(|i| (i * 7919 % 300, (i * i + i / 7) % 293)).filter(|(u, v)| u != v).collect();
        let graph = build::graph(300, &edges);
        let weights: Vec<f64> = (0..300).map(|v| f64::from(v % 4) / 4.0).collect();
        for (model, rho) in
            [("ic:0.1", None), ("ic:0.3", Some(0.4)), ("wc", None), ("wc", Some(0.5)), ("tv", None), ("lt", None)]
        {
            for weighted in [false, true] {
                let mut resolved = resolved(&graph, model, rho);
                if weighted {
                    resolved = resolved.with_weights(Weights::new(&weights).unwrap()).unwrap();
                }
                let run = Run::new(5);
                let (from, to) = (7, 7 + 60);
                let backward = Backward::new(&resolved);
                let mut one: Vec<Vec<Seen>> = vec![vec![Seen::default(); 300]; BATCHES];
                for (batch, seen) in one.iter_mut().enumerate() {
                    let numbers = (from..to).map(|index| index * BATCHES as u64 + batch as u64);
                    count(&backward, numbers, 0, seen, &mut Vec::new(), &run).unwrap();
                }
                for shards in [1, 2, 5] {
                    let mut many: Vec<Vec<Seen>> = vec![vec![Seen::default(); 300]; BATCHES];
                    let bounds = shard::bounds(&graph, shards);
                    let all: Vec<Shard> = (0..shards).map(|at| shard::of_graph(&graph, &bounds, at).unwrap()).collect();
                    let jobs: Vec<Shards> = (0..shards)
                        .map(|at| {
                            let given = given_of(&resolved, &bounds, at).unwrap();
                            Shards { seed: 5, from, to, given: None }.with(&given).unwrap()
                        })
                        .collect();
                    for part in alone(&jobs, &all, 1).unwrap() {
                        for found in sealed::decode::<Vec<Found>>(&part).unwrap() {
                            let seen = &mut many[found.batch as usize][found.account as usize];
                            (seen.met, seen.again) = (found.met, found.again);
                        }
                    }
                    for (one, many) in one.iter().flatten().zip(many.iter().flatten()) {
                        assert_eq!((one.met, one.again), (many.met, many.again), "{model} {rho:?} {shards}");
                    }
                }
            }
        }
    }
}
