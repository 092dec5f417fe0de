//! The reach of each of many creators apart, all in the same worlds.

use serde::{Deserialize, Serialize};

use super::direct;
use super::draws::Draw;
use super::reach::{audiences, check_sampling, checked_creators, joined, unseen_variance, without_noise};
use super::resolved::Resolved;
use super::setting::Cascade;
use super::stop;
use super::timed::TimedWalker;
use super::world::World;
use crate::base::stats::{Interval, Tally};
use crate::base::{Result, Run, par};
use crate::graph::{Graph, Network};

/// How many people each of many creators reaches with one post of their own.
///
/// Each row is what [`super::Reach`] gives for that creator alone from as many of the same worlds; a world is walked for all
/// creators together, so that whom a resharer reaches in it is found once. Where resharing is rare most creators
/// cost one coin a follower.
///
/// **Input**: who follows whom, the network it comes from, and the creators. **Returns**: a row each, in the order
/// of the accounts; people, with `sim_error` and `interval` as in [`super::ReachEstimate`].
///
/// **Guarantee**: worlds double until the half-width is met, for each creator apart, the error probability split over the
/// looks; normal approximation with the floor of [`super::Reach`]; intervals are per creator, not joint over all.
///
/// **Cost**: per world one coin for every follower of the creators still sampled, and the cascades themselves;
/// 24 bytes an account and 40 a creator per thread.
///
/// **Errors**: as [`super::Reach`]. **Determinism**: equal bits at any number of threads.
///
/// ```
/// use truereach::{Run, cascade::{Model, ReachEach}, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 1)]));
/// let each = ReachEach { cascade: Model::Ic(1.0).into(), ..Default::default() };
/// let found = each.run(network.follow_graph().unwrap(), &network, &[0, 1, 2], &Run::new(7)).unwrap();
/// assert_eq!(found.rows.iter().map(|row| row.reach).collect::<Vec<_>>(), [2.0, 1.0, 0.0]);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct ReachEach {
    /// How the post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Stop a creator when the simulation error is at most this share of the reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.05, value_name = "SHARE", help_heading = "Cascade"))]
    pub half_width: f64,
    /// Stop a creator when the simulation error is at most this many people, where that is more than the share
    #[cfg_attr(feature = "cli", arg(long, value_name = "PEOPLE", help_heading = "Cascade"))]
    pub half_width_people: Option<f64>,
    /// Simulate exactly this many worlds, whatever the half-width
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Cascade"))]
    pub worlds: Option<u64>,
    /// Never simulate more worlds than this to meet the half-width
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 8192, value_name = "N", help_heading = "Cascade"))]
    pub max_worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Cascade"))]
    pub draws: u32,
}

impl Default for ReachEach {
    fn default() -> Self {
        ReachEach {
            cascade: Cascade::default(),
            half_width: 0.05,
            half_width_people: Some(0.25),
            worlds: None,
            max_worlds: 8192,
            draws: 100,
        }
    }
}

/// The reach of one creator, in people per post.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReachRow {
    /// The creator.
    pub account: u32,
    /// People reached: direct + cascade.
    pub reach: f64,
    /// People reached by the creator's own post: exact given the model.
    pub direct: f64,
    /// People reached only through resharing: sampled.
    pub cascade: f64,
    /// 95% interval of `reach`, simulation only.
    pub sim_error: Interval,
    /// 95% interval of `reach`, assumed parameters drawn from their ranges.
    pub interval: Interval,
    /// Worlds simulated for the point; 0 where the cascade is nothing for certain.
    pub worlds: u64,
    /// Whether the half-width asked for was met.
    pub converged: bool,
}

/// The reach of each creator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReachRows {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// The seed of the worlds.
    pub seed: u64,
    /// Draws of the parameters behind `interval`; 0: parameters given.
    pub draws: u32,
    /// One row a creator, in the order of the accounts.
    pub rows: Vec<ReachRow>,
}

/// Worlds walked by one task.
const CHUNK: usize = 8;

/// Worlds for each draw of the parameters.
const PER_DRAW: u64 = 10;

/// Creators whose draws are kept in memory at a time: 32 bytes a creator and draw.
const BATCH: usize = 16_384;

impl ReachEach {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.cascade.check()?;
        check_sampling(self.half_width, self.half_width_people, self.worlds, self.max_worlds)
    }

    /// Estimates the reach of each of `creators`.
    pub fn run(&self, graph: &Graph, network: &Network, creators: &[u32], run: &Run) -> Result<ReachRows> {
        self.check()?;
        let resolved = self.cascade.resolve(graph, network, run)?;
        self.run_resolved(&resolved, creators, run)
    }

    /// As [`ReachEach::run`] with a model resolved before; `cascade` of this struct is not read.
    pub fn run_resolved(&self, resolved: &Resolved<'_>, creators: &[u32], run: &Run) -> Result<ReachRows> {
        self.check()?;
        let graph = resolved.graph();
        let creators = checked_creators(graph, creators)?;
        let (accounts, threads) = (graph.accounts() as u64, run.thread_count() as u64);
        let ranged = resolved.has_ranges() && self.draws > 0;
        let timed = if resolved.deadline().is_some() { TimedWalker::BYTES } else { 0 };
        let draws_kept = if ranged { 32 * BATCH.min(creators.len()) as u64 * u64::from(self.draws) } else { 0 };
        run.check_memory(
            "walking cascades of every creator",
            8 * accounts + ((24 + timed) * accounts + 40 * creators.len() as u64) * threads + draws_kept,
        )?;
        let (silent, unit) = (resolved.is_silent(), resolved.unit());
        let audience = if silent { Vec::new() } else { audiences(resolved, |_| true, run)? };
        let fresh = par::map(run, &par::chunks(creators.len(), 256), |range| {
            let one = |&v: &u32| {
                let direct = direct::direct_reach(resolved, &[v]);
                Sampled { v, direct, half: 0.0, converged: true, tally: Tally::default() }
            };
            Ok(creators[range].iter().map(one).collect::<Vec<_>>())
        })?;
        let mut all: Vec<Sampled> = fresh.into_iter().flatten().collect();
        let nothing = |v: u32| silent || graph.followers(v).is_empty();
        let mut active: Vec<usize> = (0..all.len()).filter(|&place| !nothing(all[place].v)).collect();
        active.iter().for_each(|&place| all[place].converged = false);

        let least = self.worlds.unwrap_or(stop::FIRST.min(self.max_worlds));
        resolved.lay_out(active.iter().map(|&place| all[place].v), least, run)?;
        run.phase("walking cascades of every creator", None);
        let new = || Scratch::new(graph.accounts());
        let mut tools = par::Tools::new();
        let (mut done, mut look) = (0, 0);
        let most = self.worlds.unwrap_or(self.max_worlds);
        while done < most && !active.is_empty() {
            look += 1;
            let to = self.worlds.unwrap_or((stop::FIRST << (look - 1).min(40)).min(most));
            let starts: Vec<u32> = active.iter().map(|&place| all[place].v).collect();
            par::map(run, &par::chunks((to - done) as usize, CHUNK), |range| {
                tools.with(new, |scratch| {
                    scratch.counts.resize(starts.len(), Tally::default());
                    for index in range {
                        let world = World::new(resolved, run.seed(), done + index as u64);
                        scratch.world(&world, &starts);
                    }
                });
                Ok(())
            })?;
            // Whole numbers: whichever scratch counted which worlds, the sums are the same.
            for scratch in tools.all() {
                for (&place, tally) in active.iter().zip(scratch.counts.drain(..)) {
                    all[place].tally.merge(&tally);
                }
            }
            done = to;
            let z = if self.worlds.is_some() { stop::z_fixed() } else { stop::z_of_look(look) };
            active.retain(|&place| {
                let one = &mut all[place];
                let floor = unseen_variance(resolved, &audience, one.v, done);
                one.half = unit * stop::half_width(&one.tally, floor / (unit * unit), z);
                let goal = (self.half_width * (one.direct + unit * one.tally.mean()))
                    .max(self.half_width_people.unwrap_or(0.0));
                one.converged = one.half <= goal;
                !one.converged
            });
        }

        let mut rows: Vec<ReachRow> = all.iter().map(|one| one.row(unit)).collect();
        if ranged {
            run.phase("drawing assumed parameters", Some(u64::from(self.draws)));
            for (rows, all) in rows.chunks_mut(BATCH).zip(all.chunks(BATCH)) {
                self.widen(rows, all, resolved, silent, &tools, run)?;
            }
        }
        Ok(ReachRows {
            model: resolved.model().to_string(),
            assumptions: resolved.notes().to_vec(),
            seed: run.seed(),
            draws: if ranged { self.draws } else { 0 },
            rows,
        })
    }

    /// Draws the parameters and widens the intervals of a batch of rows.
    fn widen(
        &self,
        rows: &mut [ReachRow],
        all: &[Sampled],
        resolved: &Resolved<'_>,
        silent: bool,
        tools: &par::Tools<Scratch>,
        run: &Run,
    ) -> Result<()> {
        let starts: Vec<u32> = all.iter().map(|one| one.v).collect();
        let new = || Scratch::new(resolved.graph().accounts());
        let draws = par::map(run, &par::chunks(self.draws as usize, 1), |range| {
            let index = range.start as u64;
            let draw = Draw::new(resolved, run.seed(), index);
            let directs: Vec<f64> = starts.iter().map(|&v| direct::of_draw(resolved, &[v], draw.as_ref())).collect();
            let tallies = match silent {
                true => Vec::new(),
                false => tools.with(new, |scratch| {
                    scratch.counts.clear();
                    scratch.counts.resize(starts.len(), Tally::default());
                    for world in index * PER_DRAW..(index + 1) * PER_DRAW {
                        scratch.world(&World::new(resolved, run.seed(), world).with(draw.as_ref()), &starts);
                    }
                    std::mem::take(&mut scratch.counts)
                }),
            };
            Ok((directs, tallies))
        })?;
        for (place, (row, one)) in rows.iter_mut().zip(all).enumerate() {
            let tallies: Vec<Tally> = draws.iter().filter_map(|(_, tallies)| tallies.get(place).copied()).collect();
            let cascades = if silent { vec![0.0; draws.len()] } else { without_noise(&tallies, resolved.unit()) };
            let mut reaches: Vec<f64> =
                draws.iter().zip(cascades).map(|((directs, _), cascade)| directs[place] + cascade).collect();
            reaches.sort_by(f64::total_cmp);
            row.interval = joined(row.reach, one.half, &reaches, 0.0);
        }
        Ok(())
    }
}

/// A creator while sampling.
struct Sampled {
    v: u32,
    direct: f64,
    half: f64,
    converged: bool,
    tally: Tally,
}

impl Sampled {
    fn row(&self, unit: f64) -> ReachRow {
        let cascade = if self.tally.count == 0 { 0.0 } else { unit * self.tally.mean() };
        let reach = self.direct + cascade;
        let sim_error = Interval { low: self.direct + (cascade - self.half).max(0.0), high: reach + self.half };
        ReachRow {
            account: self.v,
            reach,
            direct: self.direct,
            cascade,
            sim_error,
            interval: sim_error,
            worlds: self.tally.count,
            converged: self.converged,
        }
    }
}

/// Whom each resharer reaches in the present world, found when first asked for; and counts over worlds.
struct Scratch {
    world: u32,
    known: Vec<u32>,
    lists: Vec<(usize, usize)>,
    hearers: Vec<u32>,
    visit: u32,
    seen: Vec<u32>,
    queue: Vec<u32>,
    timed: TimedWalker,
    /// For each creator: people reached only through resharing.
    counts: Vec<Tally>,
}

impl Scratch {
    fn new(accounts: usize) -> Self {
        Scratch {
            world: 0,
            known: vec![0; accounts],
            lists: vec![(0, 0); accounts],
            hearers: Vec::new(),
            visit: 0,
            seen: vec![0; accounts],
            queue: Vec::new(),
            timed: TimedWalker::default(),
            counts: Vec::new(),
        }
    }

    /// Walks one world from each creator.
    fn world(&mut self, world: &World<'_>, starts: &[u32]) {
        if self.world == u32::MAX {
            self.known.fill(0);
            self.world = 0;
        }
        self.world += 1;
        self.hearers.clear();
        let always = world.all_share();
        for (place, &v) in starts.iter().enumerate() {
            let beyond = match world.resolved().deadline() {
                // Whom a resharer reaches in time depends on when the post comes to them: nothing is found once for all.
                Some(limit) => self.timed.beyond(world, limit, v),
                None => self.beyond(world, v, always),
            };
            let tally = &mut self.counts[place];
            tally.add(beyond);
        }
    }

    fn hearers_of(&mut self, world: &World<'_>, v: u32) -> (usize, usize) {
        let at = v as usize;
        if self.known[at] != self.world {
            self.known[at] = self.world;
            let start = self.hearers.len();
            let hearers = &mut self.hearers;
            world.hearers(v, |u| hearers.push(u));
            self.lists[at] = (start, self.hearers.len());
        }
        self.lists[at]
    }

    /// People whom v reaches only through resharing.
    fn beyond(&mut self, world: &World<'_>, v: u32, always: bool) -> u64 {
        if self.visit == u32::MAX {
            self.seen.fill(0);
            self.visit = 0;
        }
        self.visit += 1;
        let visit = self.visit;
        self.queue.clear();
        self.seen[v as usize] = visit;
        // First, who hears v and reshares: the coin that mostly says no comes first.
        if always {
            let (from, to) = self.hearers_of(world, v);
            for &u in &self.hearers[from..to] {
                self.seen[u as usize] = visit;
                self.queue.push(u);
            }
        } else {
            let (seen, queue) = (&mut self.seen, &mut self.queue);
            world.hearers_among(
                v,
                |u| world.shares(u),
                |u| {
                    seen[u as usize] = visit;
                    queue.push(u);
                },
            );
        }
        let (mut beyond, mut at) = (0, 0);
        while let Some(&x) = self.queue.get(at) {
            at += 1;
            let (from, to) = self.hearers_of(world, x);
            for place in from..to {
                let u = self.hearers[place];
                if self.seen[u as usize] == visit {
                    continue;
                }
                self.seen[u as usize] = visit;
                // Who hears v too was reached directly, and does not reshare: else u were seen by now.
                if !always && world.hears(u, v) {
                    continue;
                }
                beyond += world.resolved().units(u);
                if world.shares(u) {
                    self.queue.push(u);
                }
            }
        }
        beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Stream, generator};
    use crate::cascade::Reach;
    use crate::cascade::{Model, Priors};
    use crate::graph::build::graph;
    use rand::RngExt;

    fn random_graph(case: u64) -> Graph {
        let mut random = generator(41, Stream::Sample, case);
        let follows: Vec<(u32, u32)> =
            (0..900).map(|_| (random.random_range(0..200u32), random.random_range(0..200u32))).collect();
        graph(200, &follows)
    }

    #[test]
    fn each_row_is_the_reach_of_that_creator_alone() {
        for (case, (model, rho)) in
            [("wc", None), ("ic:0.2", None), ("ic:0.4", Some(0.3)), ("lt", None), ("tv", None), ("lt", Some(0.4))]
                .into_iter()
                .enumerate()
        {
            let graph = random_graph(case as u64);
            let network = Network::from_graph(graph.clone());
            let model: Model = model.parse().unwrap();
            let resolved = model.resolve(&graph, &network, rho, &Priors::default(), &Run::default()).unwrap();
            let creators: Vec<u32> = (0..200).collect();
            let run = Run::new(8);
            let each = ReachEach { worlds: Some(300), ..ReachEach::default() };
            let alone = Reach { worlds: Some(300), ..Reach::default() };
            let rows = each.run_resolved(&resolved, &creators, &run).unwrap().rows;
            for row in rows.iter().step_by(7) {
                let one = alone.run_resolved(&resolved, &[row.account], &run).unwrap();
                assert_eq!((row.direct, row.cascade), (one.direct, one.cascade), "{model} {}", row.account);
                assert!((row.sim_error.high - one.sim_error.high).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn equal_bits_at_any_thread_count() {
        let graph = random_graph(9);
        let network = Network::from_graph(graph.clone());
        let creators: Vec<u32> = (0..200).rev().collect();
        for model in ["prior", "wc"] {
            let each = ReachEach {
                cascade: Cascade { rho: Some(0.3.into()), ..model.parse::<Model>().unwrap().into() },
                max_worlds: 2000,
                draws: 7,
                ..ReachEach::default()
            };
            let all: Vec<String> = [1, 2, 3, 8]
                .map(|threads| Run::new(4).threads(threads).unwrap())
                .iter()
                .map(|run| format!("{:?}", each.run(&graph, &network, &creators, run).unwrap()))
                .collect();
            assert!(all.windows(2).all(|pair| pair[0] == pair[1]), "{model}");
        }
    }

    #[test]
    fn each_creator_stops_alone_and_intervals_hold_the_point() {
        let graph = random_graph(10);
        let network = Network::from_graph(graph.clone());
        let each = ReachEach {
            cascade: Cascade { rho: Some(0.1.into()), ..Cascade::default() },
            half_width: 0.02,
            max_worlds: 4096,
            ..ReachEach::default()
        };
        let creators: Vec<u32> = (0..200).collect();
        let found = each.run(&graph, &network, &creators, &Run::new(4)).unwrap();
        assert_eq!((found.rows.len(), found.draws), (200, 100));
        let mut worlds: Vec<u64> = found.rows.iter().map(|row| row.worlds).collect();
        worlds.sort_unstable();
        worlds.dedup();
        assert!(worlds.len() > 1, "{worlds:?}");
        for row in &found.rows {
            assert!(row.interval.low <= row.sim_error.low && row.interval.high >= row.sim_error.high, "{row:?}");
            assert!(row.direct <= row.sim_error.low && row.sim_error.low <= row.reach);
            if graph.followers(row.account).is_empty() {
                assert_eq!((row.reach, row.worlds, row.converged), (0.0, 0, true));
            }
        }
    }
}
