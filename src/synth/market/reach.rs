//! The true reach of every creator, by long simulation: the direct part is exact, only what resharing adds is
//! simulated, for all creators in the same worlds.
//!
//! In a world every person holds a share coin, every follow an exposure coin, every creator a content effect. The
//! sharers of a world are few, so the walk begins at them: whom do they follow, and did they see it? Everything
//! further is looked up only where somebody shared.

use serde::{Deserialize, Serialize};

use super::super::draw::Draw;
use super::chances::Chances;
use super::people::SHARE_LEVELS;
use super::worlds::{Elsewhere, Room, World};
use crate::base::seed::{Chance, Key, Stream};
use crate::base::{Result, Run, par};

/// The true reach of one post of a creator: people, in the graph, on average over contents.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrueReach {
    /// People who see it from the creator: exact. In a world of feeds: followers who see it, simulated.
    pub direct: f64,
    /// People who see it at all.
    pub reach: f64,
    /// Standard error of `reach`: of the part that is simulated.
    pub reach_error: f64,
    /// `reach`, each person counted by the interest in the creator's niche.
    pub niche_reach: f64,
    /// Standard error of `niche_reach`.
    pub niche_reach_error: f64,
}

/// Sums over worlds of what resharing adds for one creator: people, and interest in 1/250.
#[derive(Debug, Clone, Copy, Default)]
struct Beyond {
    people: u64,
    squares: u128,
    interest: u64,
    interest_squares: u128,
}

impl Beyond {
    fn add(&mut self, people: u64, interest: u64) {
        self.people += people;
        self.squares += u128::from(people) * u128::from(people);
        self.interest += interest;
        self.interest_squares += u128::from(interest) * u128::from(interest);
    }

    /// The exact direct part, and what was simulated beyond it. Where the direct part was simulated too, it is within.
    fn reach(&self, chances: &Chances, v: u32, worlds: u64, simulated: Option<f64>) -> TrueReach {
        let people = chances.people;
        let exposures = chances.mean_exposures(v);
        let niche = people.niche[v as usize];
        let (mut counts, mut interest) = ([0u64; 4], [0u64; 4]);
        for (u, kind) in chances.followers(v).filter(|(u, _)| people.real[*u as usize] && simulated.is_none()) {
            counts[kind as usize] += 1;
            interest[kind as usize] += u64::from(people.interests[u as usize * super::people::K + niche as usize]);
        }
        let whole = f64::from(super::people::WHOLE);
        let sum = |parts: [u64; 4]| (0..4).fold(0.0, |sum, kind| sum + parts[kind] as f64 * exposures[kind]);
        let (extra, error) = mean(self.people, self.squares, worlds);
        let (niche_extra, niche_error) = mean(self.interest, self.interest_squares, worlds);
        TrueReach {
            direct: simulated.unwrap_or(sum(counts)),
            reach: sum(counts) + extra,
            reach_error: error,
            niche_reach: (sum(interest) + niche_extra) / whole,
            niche_reach_error: niche_error / whole,
        }
    }

    fn merge(&mut self, other: &Beyond) {
        self.people += other.people;
        self.squares += other.squares;
        self.interest += other.interest;
        self.interest_squares += other.interest_squares;
    }
}

/// Mean and standard error from sum, sum of squares, count.
fn mean(sum: u64, squares: u128, count: u64) -> (f64, f64) {
    let spread = u128::from(count) * squares - u128::from(sum) * u128::from(sum);
    let n = count as f64;
    (sum as f64 / n, libm::sqrt(spread as f64 / (n * n * (n - 1.0).max(1.0))))
}

/// Simulates `worlds` worlds.
pub fn true_reach(chances: &Chances, world: World, worlds: u64, run: &Run) -> Result<Vec<TrueReach>> {
    run.phase("simulating true reach", Some(worlds));
    match Elsewhere::new(world, chances, run)? {
        None => {
            let tallies = walk(chances, worlds, run)?;
            let reach = |v: usize| tallies[v].reach(chances, v as u32, worlds, None);
            let parts =
                par::map(run, &par::chunks(tallies.len(), 64), |range| Ok(range.map(reach).collect::<Vec<_>>()))?;
            Ok(parts.concat())
        }
        Some(elsewhere) => plain(chances, world, &elsewhere, worlds, run),
    }
}

/// What is beyond the direct part in other worlds, by simulating post after post of each creator: a coin a follower.
/// In a feed there is no direct part to compute, so everything is simulated.
fn plain(chances: &Chances, world: World, elsewhere: &Elsewhere, worlds: u64, run: &Run) -> Result<Vec<TrueReach>> {
    let people = chances.people;
    let interest =
        |v: u32, u: u32| u64::from(people.interests[u as usize * super::people::K + people.niche[v as usize] as usize]);
    let parts = par::map(run, &par::chunks(people.creators.len(), 16), |range| {
        let mut room = Room::default();
        let mut found = Vec::with_capacity(range.len());
        for v in range.start as u32..range.end as u32 {
            run.step(0)?;
            let key = Key::new(run.seed(), Stream::MarketTruth, u64::from(v));
            let (mut tally, mut direct) = (Beyond::default(), 0);
            for post in 0..worlds {
                let mut draw = Draw::new(key.of(post));
                let content = chances.content(&mut draw);
                elsewhere.happen(v, 0, content, &|_, _, _| false, &mut room, &mut draw);
                direct += room.direct;
                // Whoever the creator's own post reaches is in the exact part, even if somebody else was earlier.
                let counted = |u: u32| world == World::Feed || !room.reached(u);
                let beyond = room.saw.iter().filter(|saw| counted(saw.1));
                let (extra, cares) = beyond.fold((0, 0), |(n, sum), saw| (n + 1, sum + interest(v, saw.1)));
                tally.add(extra, cares);
            }
            let simulated = (world == World::Feed).then_some(direct as f64 / worlds as f64);
            found.push(tally.reach(chances, v, worlds, simulated));
        }
        Ok(found)
    })?;
    Ok(parts.concat())
}

/// The exposure-share model: every creator in the same worlds.
fn walk(chances: &Chances, worlds: u64, run: &Run) -> Result<Vec<Beyond>> {
    let people = chances.people;
    let creators = people.creators.len();
    // People by their level, to find a world's sharers without asking everybody.
    let mut levels: [Vec<u32>; SHARE_LEVELS.len()] = Default::default();
    (0..people.accounts() as u32)
        .filter(|&u| people.real[u as usize])
        .for_each(|u| levels[people.level[u as usize] as usize].push(u));

    // A few chunks, whatever the number of threads: each holds a tally a creator.
    let ranges = par::chunks(worlds as usize, (worlds as usize).div_ceil(64).max(8));
    let parts = par::map(run, &ranges, |range| {
        let mut walker = Walker::new(chances, &levels);
        let mut tallies = vec![Beyond::default(); creators];
        for world in range {
            run.step(0)?;
            walker.walk(Key::new(run.seed(), Stream::MarketTruth, world as u64), &mut tallies);
        }
        Ok(tallies)
    })?;
    let mut tallies = vec![Beyond::default(); creators];
    for part in &parts {
        tallies.iter_mut().zip(part).for_each(|(sum, part)| sum.merge(part));
    }
    Ok(tallies)
}

/// The room a walk needs, used again from world to world.
struct Walker<'a> {
    chances: &'a Chances<'a>,
    levels: &'a [Vec<u32>; SHARE_LEVELS.len()],
    /// The world in which somebody was last found sharing; the walk in which somebody was last reached.
    sharing: Vec<u32>,
    reached: Vec<u32>,
    world: u32,
    walk: u32,
    /// (creator, follower who saw it and shares).
    sources: Vec<(u32, u32)>,
    queue: Vec<u32>,
}

impl<'a> Walker<'a> {
    fn new(chances: &'a Chances<'a>, levels: &'a [Vec<u32>; SHARE_LEVELS.len()]) -> Self {
        let accounts = chances.people.accounts();
        Walker {
            chances,
            levels,
            sharing: vec![0; accounts],
            reached: vec![0; accounts],
            world: 0,
            walk: 0,
            sources: vec![],
            queue: vec![],
        }
    }

    /// Walks one world for all creators.
    fn walk(&mut self, key: Key, tallies: &mut [Beyond]) {
        let chances = self.chances;
        let creators = tallies.len() as u32;
        self.world += 1;
        self.sources.clear();
        // Items of the world's key: accounts for the exposure tables of who posts, and three far-off ones.
        let contents: Vec<f64> = {
            let key = key.of(u64::MAX);
            (0..u64::from(creators)).map(|v| chances.content(&mut Draw::new(key.of(v)))).collect()
        };
        let mut sharers = Vec::new();
        for (level, members) in self.levels.iter().enumerate() {
            let mut draw = Draw::new(key.of(u64::MAX - 1).of(level as u64));
            // Jumps between sharers are geometric.
            let scale = 1.0 / libm::log1p(-SHARE_LEVELS[level].0);
            let mut at = 0.0;
            loop {
                at += libm::floor(libm::log(1.0 - draw.unit()) * scale);
                let Some(&u) = members.get(at as usize) else { break };
                sharers.push(u);
                at += 1.0;
            }
        }
        sharers.iter().for_each(|&u| self.sharing[u as usize] = self.world);
        let thresholds: Vec<[Chance; 4]> =
            (0..creators).map(|v| chances.exposures(v, contents[v as usize]).map(Chance::new)).collect();
        let tables: Vec<Key> = (0..u64::from(creators)).map(|v| key.of(v)).collect();
        for &u in &sharers {
            // Creators have the smallest ids, so they stand first in every row.
            for &v in chances.graph.following(u).iter().take_while(|&&v| v < creators) {
                let kind = chances.kind_of_follow(v, u) as usize;
                if tables[v as usize].coin(u64::from(u), thresholds[v as usize][kind]) {
                    self.sources.push((v, u));
                }
            }
        }
        self.sources.sort_unstable();
        let sources = std::mem::take(&mut self.sources);
        for same in sources.chunk_by(|a, b| a.0 == b.0) {
            let v = same[0].0;
            self.spread(v, same, contents[v as usize], key, tables[v as usize], &thresholds[v as usize], tallies);
        }
        self.sources = sources;
    }

    /// What the sharers among v's direct audience add, and whoever shares because of them.
    #[allow(clippy::too_many_arguments)]
    fn spread(
        &mut self,
        v: u32,
        sources: &[(u32, u32)],
        content: f64,
        key: Key,
        table: Key,
        direct: &[Chance; 4],
        tallies: &mut [Beyond],
    ) {
        let chances = self.chances;
        let people = chances.people;
        let niche = people.niche[v as usize] as usize;
        self.walk += 1;
        self.queue.clear();
        self.queue.extend(sources.iter().map(|source| source.1));
        let (mut extra, mut interest) = (0u64, 0u64);
        while let Some(sharer) = self.queue.pop() {
            let exposures = chances.exposures(sharer, content).map(Chance::new);
            let coins = key.of(u64::from(sharer));
            for (u, kind) in chances.followers(sharer) {
                let at = u as usize;
                if u == v || !people.real[at] || self.reached[at] == self.walk {
                    continue;
                }
                if !coins.coin(u64::from(u), exposures[kind as usize]) {
                    continue;
                }
                // Whoever saw it from the creator is counted there, and is among the sources if they share.
                let follows = chances.graph.following(u).binary_search(&v).is_ok();
                if follows && table.coin(u64::from(u), direct[chances.kind_of_follow(v, u) as usize]) {
                    continue;
                }
                self.reached[at] = self.walk;
                extra += 1;
                interest += u64::from(people.interests[at * super::people::K + niche]);
                if self.sharing[at] == self.world {
                    self.queue.push(u);
                }
            }
        }
        tallies[v as usize].add(extra, interest);
    }
}
