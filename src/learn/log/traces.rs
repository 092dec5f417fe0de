//! What a log says of every follow: how often it was tried, and which acts it may have brought about. One pass over the log.

use std::ops::Range;

use rayon::prelude::*;

use crate::base::{Error, Result, Run, par};
use crate::graph::{Cascades, Graph, OUTSIDE};

/// Sufficient statistics of a log on a graph.
///
/// In a cascade in which v acts, the follow of v by u is tried unless u acted before v, or at the same time. It may have
/// brought u to act if v acted before u (within the window, if there is one). So a follow was tried
/// `acted[v] − barred` times, and its possible successes are the acts listed.
///
/// Memory: 8 bytes an account, 24 an act and 28 a possible cause of an act, besides 16 a cause while they are sorted.
#[derive(Debug, Clone)]
pub struct Traces<'a> {
    /// Who follows whom.
    pub graph: &'a Graph,
    /// The log.
    pub cascades: &'a Cascades,
    /// By account: cascades in which it acted.
    pub acted: Vec<u32>,
    /// The follows that may have brought somebody to act.
    pub pairs: Pairs,
    /// The acts of people in the network who did not start the cascade.
    pub acts: Acts,
    /// Follows (places among the follower rows) with how many trials do not count.
    pub barred: Vec<(u64, u32)>,
    /// Acts of people outside the network, starters not counted.
    pub outside: u64,
    /// Acts at the same time as one that may have brought them about.
    pub ties: u64,
}

/// Follows that may have brought somebody to act, by their place among the follower rows.
#[derive(Debug, Clone, Default)]
pub struct Pairs {
    /// The place.
    pub place: Vec<u64>,
    /// Who is followed.
    pub source: Vec<u32>,
    /// Who follows.
    pub target: Vec<u32>,
    /// How often it was tried.
    pub trials: Vec<u32>,
    /// Where the acts of each pair begin.
    offsets: Vec<u64>,
    acts: Vec<u32>,
}

impl Pairs {
    /// How many.
    pub fn len(&self) -> usize {
        self.place.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.place.is_empty()
    }

    /// The acts that a pair may have brought about.
    pub fn acts(&self, pair: usize) -> &[u32] {
        &self.acts[self.offsets[pair] as usize..self.offsets[pair + 1] as usize]
    }

    /// Where the acts of each pair begin.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// The pair at a place among the follower rows.
    pub fn find(&self, place: u64) -> Option<usize> {
        self.place.binary_search(&place).ok()
    }
}

/// Acts, in the order of the log.
#[derive(Debug, Clone, Default)]
pub struct Acts {
    /// In which cascade.
    pub cascade: Vec<u32>,
    /// Who acted.
    pub actor: Vec<u32>,
    /// Where the pairs of each act begin.
    offsets: Vec<u64>,
    pairs: Vec<u32>,
}

impl Acts {
    /// How many.
    pub fn len(&self) -> usize {
        self.actor.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.actor.is_empty()
    }

    /// The pairs that may have brought an act about.
    pub fn pairs(&self, act: usize) -> &[u32] {
        &self.pairs[self.offsets[act] as usize..self.offsets[act + 1] as usize]
    }

    /// Where the pairs of each act begin.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }
}

/// What a chunk of cascades holds.
#[derive(Default)]
struct Found {
    /// (place, act within the chunk).
    causes: Vec<(u64, u32)>,
    barred: Vec<u64>,
    cascade: Vec<u32>,
    actor: Vec<u32>,
    outside: u64,
    ties: u64,
}

/// Actions of one task.
const WORK: u64 = 1 << 14;

impl<'a> Traces<'a> {
    /// Reads the log once. With a `window`, in milliseconds, an act is put down to earlier ones within it alone.
    ///
    /// **Errors**: more than 2^32 acts or causes; memory.
    pub fn of(graph: &'a Graph, cascades: &'a Cascades, window: Option<i64>, run: &Run) -> Result<Traces<'a>> {
        let accounts = graph.accounts();
        let threads = run.thread_count() as u64;
        run.check_memory("the log on the graph", 8 * (threads + 1) * accounts as u64 + 24 * cascades.actions() as u64)?;
        run.phase("reading the log on the graph", None);
        let mut acted = vec![0u32; accounts];
        for cascade in cascades.iter() {
            cascade.actors.iter().filter(|&&u| u != OUTSIDE).for_each(|&u| acted[u as usize] += 1);
        }
        let tools = par::Tools::new();
        let ranges = par::chunks_by_degree(cascades.offsets(), WORK);
        let parts = par::map(run, &ranges, |range| {
            tools.with(|| vec![(0u32, 0u32); accounts], |met| Ok(scan(graph, cascades, range, window, met)))
        })?;
        let all: u64 = parts.iter().map(|part| part.causes.len() as u64).sum();
        let many: u64 = parts.iter().map(|part| part.actor.len() as u64).sum();
        for (what, found) in [("acts in a log", many), ("possible causes of acts in a log", all)] {
            if found >= u64::from(u32::MAX) {
                let hint = Some("take fewer cascades, or a --window".into());
                return Err(Error::Limit { what: what.into(), limit: u64::from(u32::MAX), found, hint });
            }
        }
        run.check_memory("the log on the graph", 44 * all + 24 * many + 8 * (threads + 1) * accounts as u64)?;
        let (mut outside, mut ties) = (0, 0);
        let mut acts = Acts::default();
        let mut causes = Vec::with_capacity(all as usize);
        let mut barred = Vec::new();
        for part in parts {
            let first = acts.actor.len() as u32;
            causes.extend(part.causes.into_iter().map(|(place, act)| (place, first + act)));
            acts.cascade.extend(part.cascade);
            acts.actor.extend(part.actor);
            barred.extend(part.barred);
            outside += part.outside;
            ties += part.ties;
        }
        run.install(|| {
            causes.par_sort_unstable();
            barred.par_sort_unstable();
        });
        let barred: Vec<(u64, u32)> =
            barred.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u32)).collect();
        let mut pairs = Pairs { offsets: vec![0], ..Pairs::default() };
        let offsets = &graph.follower_rows().offsets;
        let mut source = 0;
        for chunk in causes.chunk_by(|a, b| a.0 == b.0) {
            let place = chunk[0].0;
            while offsets[source as usize + 1] <= place {
                source += 1;
            }
            let not = barred.binary_search_by_key(&place, |&(place, _)| place).map_or(0, |at| barred[at].1);
            pairs.place.push(place);
            pairs.source.push(source);
            pairs.target.push(graph.follower_rows().targets[place as usize]);
            pairs.trials.push(acted[source as usize] - not);
            pairs.acts.extend(chunk.iter().map(|cause| cause.1));
            pairs.offsets.push(pairs.acts.len() as u64);
        }
        drop(causes);
        acts.index(&pairs);
        Ok(Traces { graph, cascades, acted, pairs, acts, barred, outside, ties })
    }

    /// The trials of a follow that do not count.
    pub fn barred(&self, place: u64) -> u32 {
        self.barred.binary_search_by_key(&place, |&(place, _)| place).map_or(0, |at| self.barred[at].1)
    }

    /// Calls `see` with every follower of v: place among the follower rows, who, how often the follow was tried, and the
    /// number of the pair where it may have succeeded.
    pub fn tried(&self, v: u32, mut see: impl FnMut(u64, u32, u32, Option<usize>)) {
        let rows = self.graph.follower_rows();
        let range = rows.range(v);
        let (mut bar, mut pair) = (
            self.barred.partition_point(|barred| barred.0 < range.start as u64),
            self.pairs.place.partition_point(|&place| place < range.start as u64),
        );
        for (place, &u) in range.clone().zip(&rows.targets[range]) {
            let place = place as u64;
            let mut trials = self.acted[v as usize];
            if self.barred.get(bar).is_some_and(|barred| barred.0 == place) {
                trials -= self.barred[bar].1;
                bar += 1;
            }
            let here = (self.pairs.place.get(pair) == Some(&place)).then_some(pair);
            pair += usize::from(here.is_some());
            see(place, u, trials, here);
        }
    }

    /// Acts without an earlier act of anybody whom the actor follows.
    pub fn alone(&self) -> u64 {
        (0..self.acts.len()).filter(|&act| self.acts.pairs(act).is_empty()).count() as u64
    }
}

impl Acts {
    /// Turns the pairs' lists of acts over.
    fn index(&mut self, pairs: &Pairs) {
        let mut offsets = vec![0u64; self.actor.len() + 1];
        pairs.acts.iter().for_each(|&act| offsets[act as usize + 1] += 1);
        (0..self.actor.len()).for_each(|act| offsets[act + 1] += offsets[act]);
        let mut next = offsets.clone();
        let mut list = vec![0u32; pairs.acts.len()];
        for pair in 0..pairs.len() {
            for &act in pairs.acts(pair) {
                list[next[act as usize] as usize] = pair as u32;
                next[act as usize] += 1;
            }
        }
        (self.offsets, self.pairs) = (offsets, list);
    }
}

/// The causes of the acts of some cascades. `met` says of an account in which cascade it acted last (one more than its number),
/// and as the how-manieth.
fn scan(graph: &Graph, cascades: &Cascades, range: Range<usize>, window: Option<i64>, met: &mut [(u32, u32)]) -> Found {
    let mut found = Found::default();
    let offsets = &graph.follower_rows().offsets;
    // Marks of other tasks may be left, but of other cascades.
    for at in range {
        let (cascade, mark) = (cascades.get(at), at as u32 + 1);
        let inside = cascade.actors.iter().enumerate().filter(|(_, u)| **u != OUTSIDE);
        inside.clone().for_each(|(order, &u)| met[u as usize] = (mark, order as u32));
        for (order, &u) in inside {
            let act = found.actor.len() as u32;
            if order > 0 {
                found.cascade.push(at as u32);
                found.actor.push(u);
            }
            let mut tied = false;
            let mut take = |v: u32, before: usize| {
                let place = || offsets[v as usize] + graph.followers(v).partition_point(|&other| other < u) as u64;
                match cascade.after[order] - cascade.after[before] {
                    apart if apart > 0 => {
                        if window.is_none_or(|window| apart <= window) {
                            found.causes.push((place(), act));
                        }
                    }
                    apart => {
                        tied |= apart == 0 && before != order;
                        found.barred.push(place());
                    }
                }
            };
            let following = graph.following(u);
            // Whichever is shorter: whom they follow, or who acted.
            if following.len() <= 16 * cascade.actors.len() {
                for &v in following {
                    if met[v as usize].0 == mark {
                        take(v, met[v as usize].1 as usize);
                    }
                }
            } else {
                for (before, &v) in cascade.actors.iter().enumerate() {
                    if v != OUTSIDE && v != u && following.binary_search(&v).is_ok() {
                        take(v, before);
                    }
                }
            }
            found.ties += u64::from(tied && order > 0);
        }
        found.outside += cascade.actors[1..].iter().filter(|&&u| u == OUTSIDE).count() as u64;
    }
    found
}
