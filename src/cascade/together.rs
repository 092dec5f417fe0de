//! Several creators in the same worlds: what each reaches alone, what nobody else reaches, and a fair share of the whole.

use serde::{Deserialize, Serialize};

use super::forward::Walker;
use super::reach::checked_creators;
use super::resolved::Resolved;
use super::stop;
use super::timed::TimedWalker;
use super::world::World;
use crate::base::stats::{Interval, Tally};
use crate::base::{Result, Run, par};

/// What each of several creators contributes to the people they reach together.
///
/// In one world each creator v reaches a set of people, `reach(v)`; together they reach the union. Of it a walk finds who
/// was reached by whom, and counts
/// - `alone`: the people in `reach(v)`, as [`super::Reach`] of v alone;
/// - `only`: those whom no other creator reaches, so that the union without v is smaller by them: `v`'s marginal reach;
/// - `credit`: `sum over reach(v) of 1/m_u`, `m_u` being how many of the creators reach u. It is the Shapley value of the
///   union (MODELS.md section 5), so that credits add up to the people reached together.
///
/// A creator counts as a person whom the others reach; a creator's own post never reaches them.
///
/// **Input**: a resolved model; the creators; how many worlds, from number 0 on: those of [`super::Reach`].
///
/// **Returns**: [`TogetherRows`], people, each with a 95% interval of simulation alone (normal approximation). All of
/// them are counted in the same worlds, the direct part too, so that `only <= credit <= alone` whatever the worlds.
///
/// **Cost**: per world the live edges of all sharers, once for every time that further creators come to a sharer; 16 bytes
/// an account and thread for every 64 creators.
///
/// **Errors**: no creators, or one outside the graph; too little memory.
///
/// **Determinism**: equal bits at any number of threads.
///
/// **References**: Then et al. 2014 (many searches at once, a bit each); Shapley 1953.
///
/// ```
/// use truereach::{Run, cascade::{Model, Priors, Together}, graph::{Network, build}};
/// // 2 follows 0, 3 follows 0 and 1, 4 follows 1.
/// let network = Network::from_graph(build::graph(5, &[(2, 0), (3, 0), (3, 1), (4, 1)]));
/// let graph = network.follow_graph().unwrap();
/// let model = Model::Ic(1.0).resolve(graph, &network, None, &Priors::default(), &Run::new(1)).unwrap();
/// let found = Together { worlds: 10 }.run_resolved(&model, &[0, 1], &Run::new(1)).unwrap();
/// let first = &found.rows[0];
/// assert_eq!((first.alone.people, first.only.people, first.credit.people), (2.0, 1.0, 1.5));
/// assert_eq!(found.union.people, 3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Together {
    /// Worlds to walk.
    pub worlds: u64,
}

/// People, with a 95% interval of simulation alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sampled {
    /// The mean.
    pub people: f64,
    /// Its interval.
    pub sim_error: Interval,
}

impl Sampled {
    /// `certain` people and the mean of a tally of `unit` people each. Where nothing was counted in any world, the rule of
    /// three says how much there may be, one event being `event` people (0: there can be none).
    pub(crate) fn of(certain: f64, tally: &Tally, unit: f64, event: f64) -> Self {
        let mean = unit * tally.mean();
        let unseen = if tally.sum == 0 { 3.0 * event / tally.count as f64 } else { 0.0 };
        let half = stop::half_width(tally, 0.0, stop::z_fixed()) * unit + unseen;
        let sim_error = Interval { low: certain + (mean - half).max(0.0), high: certain + mean + half };
        Sampled { people: certain + mean, sim_error }
    }
}

/// What one creator contributes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// The creator.
    pub account: u32,
    /// Reached by this creator's post if nobody else posts.
    pub alone: Sampled,
    /// Reached by this creator and by no other.
    pub only: Sampled,
    /// A fair share of the people reached together.
    pub credit: Sampled,
}

/// What each creator contributes, in the order of the accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TogetherRows {
    /// One row a creator.
    pub rows: Vec<Contribution>,
    /// People reached together, from the same worlds: the sum of the credits.
    pub union: Sampled,
    /// Worlds walked.
    pub worlds: u64,
}

/// Worlds walked by one task, of so many in all: each keeps sums of its own, a row a creator or group.
pub(crate) fn chunk(worlds: u64) -> usize {
    (worlds as usize / 256).max(16)
}

/// Sums over worlds for one creator.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    alone: Tally,
    only: Tally,
    credit: Shares,
}

/// Sums over worlds of numbers that are not whole: the same bits wherever they are added in the order of the worlds.
#[derive(Debug, Clone, Copy, Default)]
struct Shares {
    count: u64,
    sum: f64,
    squares: f64,
}

impl Shares {
    fn add(&mut self, value: f64) {
        self.merge(&Shares { count: 1, sum: value, squares: value * value });
    }

    fn merge(&mut self, other: &Shares) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    fn sampled(&self, unit: f64) -> Sampled {
        let (count, mean) = (self.count as f64, self.sum / self.count as f64);
        let variance = ((self.squares - self.sum * mean) / (count - 1.0).max(1.0)).max(0.0);
        let half = unit * stop::z_fixed() * libm::sqrt(variance / count);
        let sim_error = Interval { low: (unit * mean - half).max(0.0), high: unit * mean + half };
        Sampled { people: unit * mean, sim_error }
    }
}

impl Together {
    /// Bytes a thread needs beside the graph.
    fn memory(accounts: usize, creators: usize) -> u64 {
        16 * accounts as u64 * creators.div_ceil(64) as u64 + (8 + 13) * accounts as u64
    }

    /// Walks the worlds.
    pub fn run_resolved(&self, resolved: &Resolved<'_>, creators: &[u32], run: &Run) -> Result<TogetherRows> {
        let graph = resolved.graph();
        let creators = checked_creators(graph, creators)?;
        let timed = if resolved.deadline().is_some() { TimedWalker::BYTES * graph.accounts() as u64 } else { 0 };
        let parts = (size_of::<Sums>() * creators.len()) as u64 * self.worlds.div_ceil(chunk(self.worlds) as u64);
        let needed = (Self::memory(graph.accounts(), creators.len()) + timed) * run.thread_count() as u64 + parts;
        run.check_memory("who reaches whom", needed)?;
        resolved.lay_out(creators.iter().copied(), self.worlds, run)?;
        run.phase("walking from each creator", Some(self.worlds));
        let tools = par::Tools::new();
        let parts = par::map(run, &par::chunks(self.worlds as usize, chunk(self.worlds)), |range| {
            Ok(tools.with(
                || Crowd::new(graph.accounts(), &creators),
                |crowd| {
                    let mut sums = vec![Sums::default(); creators.len()];
                    let mut union = Tally::default();
                    for index in range {
                        crowd.walk(&World::new(resolved, run.seed(), index as u64), &creators);
                        union.add(crowd.count(resolved, &mut sums));
                    }
                    (sums, union)
                },
            ))
        })?;
        let (mut sums, mut union) = (vec![Sums::default(); creators.len()], Tally::default());
        for (part, people) in parts {
            union.merge(&people);
            for (all, part) in sums.iter_mut().zip(part) {
                all.alone.merge(&part.alone);
                all.only.merge(&part.only);
                all.credit.merge(&part.credit);
            }
        }
        let (unit, heaviest) = (resolved.unit(), resolved.heaviest());
        let event = |v: u32| if graph.followers(v).is_empty() { 0.0 } else { heaviest };
        let row = |(&v, sums): (&u32, &Sums)| Contribution {
            account: v,
            alone: Sampled::of(0.0, &sums.alone, unit, event(v)),
            only: Sampled::of(0.0, &sums.only, unit, event(v)),
            credit: sums.credit.sampled(unit),
        };
        Ok(TogetherRows {
            rows: creators.iter().zip(&sums).map(row).collect(),
            union: Sampled::of(0.0, &union, unit, heaviest),
            worlds: self.worlds,
        })
    }
}

/// What one world gives a creator.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    all: u64,
    only: u64,
    credit: f64,
}

/// Who was reached by whom in one world: a bit for each creator.
struct Crowd {
    words: usize,
    /// By account: the creators who reach them; of a creator, also themselves.
    reached: Vec<u64>,
    /// Those of them whose post is still to be passed on.
    fresh: Vec<u64>,
    /// Accounts with a bit set, creators first.
    touched: Vec<u32>,
    queue: Vec<u32>,
    creators: usize,
    counts: Vec<Counts>,
    passing: Vec<u64>,
    walker: Walker,
}

impl Crowd {
    fn new(accounts: usize, creators: &[u32]) -> Self {
        let words = creators.len().div_ceil(64);
        Crowd {
            words,
            reached: vec![0; accounts * words],
            fresh: vec![0; accounts * words],
            touched: Vec::new(),
            queue: Vec::new(),
            creators: creators.len(),
            counts: Vec::new(),
            passing: vec![0; words],
            walker: Walker::new(accounts),
        }
    }

    fn place(&self, u: u32) -> std::ops::Range<usize> {
        u as usize * self.words..(u as usize + 1) * self.words
    }

    /// Finds who is reached by whom. `creators` are sorted, and the same in every world.
    fn walk(&mut self, world: &World<'_>, creators: &[u32]) {
        self.clear(creators);
        match world.resolved().deadline() {
            // When a post comes to somebody decides how far it goes from there: each creator is walked apart.
            Some(_) => self.walk_apart(world, creators),
            None => self.walk_together(world, creators),
        }
    }

    /// Forgets the last world; creators are touched first, each with their own bit.
    fn clear(&mut self, creators: &[u32]) {
        for &u in &self.touched {
            let place = u as usize * self.words..(u as usize + 1) * self.words;
            self.reached[place].fill(0);
        }
        self.touched.clear();
        self.counts.clear();
        self.counts.resize(creators.len(), Counts::default());
        for (bit, &v) in creators.iter().enumerate() {
            let at = self.place(v).start + bit / 64;
            self.reached[at] |= 1 << (bit % 64);
            self.touched.push(v);
        }
    }

    fn walk_apart(&mut self, world: &World<'_>, creators: &[u32]) {
        for (bit, &v) in creators.iter().enumerate() {
            self.walker.walk(world, &[v]);
            for &u in self.walker.reached() {
                let place = u as usize * self.words..(u as usize + 1) * self.words;
                let bits = &mut self.reached[place];
                if bits.iter().all(|&word| word == 0) {
                    self.touched.push(u);
                }
                bits[bit / 64] |= 1 << (bit % 64);
            }
        }
    }

    fn walk_together(&mut self, world: &World<'_>, creators: &[u32]) {
        for (bit, &v) in creators.iter().enumerate() {
            let at = self.place(v).start + bit / 64;
            self.fresh[at] |= 1 << (bit % 64);
            self.queue.push(v);
        }
        // Whatever the order, all bits arrive wherever a live path leads: each is passed on once by everybody it comes to.
        while let Some(u) = self.queue.pop() {
            let place = self.place(u);
            self.passing.copy_from_slice(&self.fresh[place.clone()]);
            self.fresh[place].fill(0);
            let own = creators.binary_search(&u).ok();
            if !world.shares(u) {
                // A creator posts; what comes from others stays with them.
                let Some(bit) = own else { continue };
                let posts = self.passing[bit / 64] & 1 << (bit % 64);
                self.passing.fill(0);
                self.passing[bit / 64] = posts;
            }
            let (words, reached, fresh) = (self.words, &mut self.reached, &mut self.fresh);
            let (touched, queue, passing) = (&mut self.touched, &mut self.queue, &self.passing);
            world.hearers(u, |w| {
                let place = w as usize * words..(w as usize + 1) * words;
                let (mut before, mut news, mut waiting) = (0, 0, 0);
                for ((reached, fresh), passing) in reached[place.clone()].iter_mut().zip(&mut fresh[place]).zip(passing)
                {
                    let new = passing & !*reached;
                    (before, news, waiting) = (before | *reached, news | new, waiting | *fresh);
                    *reached |= new;
                    *fresh |= new;
                }
                if news != 0 && waiting == 0 {
                    queue.push(w);
                }
                if before == 0 && news != 0 {
                    touched.push(w);
                }
            });
        }
    }

    /// Adds the last world to the sums; the people reached together, in units of weight.
    fn count(&mut self, resolved: &Resolved<'_>, sums: &mut [Sums]) -> u64 {
        let mut union = 0;
        for (at, &u) in self.touched.iter().enumerate() {
            let place = u as usize * self.words..(u as usize + 1) * self.words;
            let bits = &mut self.reached[place];
            if at < self.creators {
                // Creators were touched first, in their order.
                bits[at / 64] &= !(1 << (at % 64));
            }
            let by: u32 = bits.iter().map(|word| word.count_ones()).sum();
            if by == 0 {
                continue;
            }
            let units = resolved.units(u);
            union += units;
            for (word, &bits) in bits.iter().enumerate() {
                let mut left = bits;
                while left != 0 {
                    let counts = &mut self.counts[64 * word + left.trailing_zeros() as usize];
                    counts.all += units;
                    counts.only += if by == 1 { units } else { 0 };
                    counts.credit += units as f64 / f64::from(by);
                    left &= left - 1;
                }
            }
        }
        for (sums, counts) in sums.iter_mut().zip(&self.counts) {
            sums.alone.add(counts.all);
            sums.only.add(counts.only);
            sums.credit.add(counts.credit);
        }
        union
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cascade::exact::{random_graph, resolved};
    use crate::graph::build::graph;

    /// Each creator walked alone, and the set with one left out, in the same worlds.
    fn by_definition(model: &Resolved<'_>, creators: &[u32], worlds: u64) -> (Vec<[f64; 3]>, f64) {
        let accounts = model.graph().accounts();
        let mut walker = Walker::new(accounts);
        let (mut rows, mut union) = (vec![[0.0; 3]; creators.len()], 0.0);
        for index in 0..worlds {
            let world = World::new(model, 7, index);
            let mut by = vec![Vec::new(); accounts];
            for (place, &v) in creators.iter().enumerate() {
                let walk = walker.walk(&world, &[v]);
                rows[place][0] += walk.reach() as f64;
                walker.reached().iter().for_each(|&u| by[u as usize].push(place));
            }
            let all = walker.walk(&world, creators).reach();
            union += all as f64;
            for (place, &v) in creators.iter().enumerate() {
                let others: Vec<u32> = creators.iter().copied().filter(|&other| other != v).collect();
                let without = if others.is_empty() { 0 } else { walker.walk(&world, &others).reach() };
                // v, if another reaches them, is a person of the smaller set as well.
                rows[place][1] += (all - without) as f64;
            }
            by.iter().for_each(|places| places.iter().for_each(|&place| rows[place][2] += 1.0 / places.len() as f64));
        }
        let mean = |sum: f64| sum / worlds as f64;
        (rows.into_iter().map(|row| row.map(mean)).collect(), mean(union))
    }

    #[test]
    fn contributions_are_those_of_walks_apart() {
        for (case, (name, rho)) in
            [("ic:0.2", None), ("wc", Some(0.5)), ("lt", None), ("tv", Some(0.9)), ("prior", Some(0.3))]
                .into_iter()
                .enumerate()
        {
            let graph = random_graph(200 + case as u64, 120, 700);
            let model = resolved(&graph, name, rho);
            for creators in [vec![5], vec![3, 40, 41], (0..70).collect()] {
                let found = Together { worlds: 50 }.run_resolved(&model, &creators, &Run::new(7)).unwrap();
                let (rows, union) = by_definition(&model, &creators, 50);
                assert!((found.union.people - union).abs() < 1e-9, "{name} {} {union}", found.union.people);
                let credits: f64 = found.rows.iter().map(|row| row.credit.people).sum();
                assert!((credits - union).abs() < 1e-9, "{name} {credits} {union}");
                for (row, expected) in found.rows.iter().zip(rows) {
                    for (found, expected) in
                        [row.alone.people, row.only.people, row.credit.people].into_iter().zip(expected)
                    {
                        assert!((found - expected).abs() < 1e-9, "{name} {row:?} {expected}");
                    }
                    assert!(row.only.people <= row.credit.people + 1e-9);
                    assert!(row.credit.people <= row.alone.people + 1e-9);
                }
            }
        }
    }

    #[test]
    fn equal_bits_at_any_thread_count() {
        let graph = random_graph(220, 300, 2000);
        let model = resolved(&graph, "ic:0.1", Some(0.7));
        let creators: Vec<u32> = (0..20).collect();
        let [one, two, three, eight] = [1, 2, 3, 8].map(|threads| {
            let run = Run::new(3).threads(threads).unwrap();
            Together { worlds: 100 }.run_resolved(&model, &creators, &run).unwrap()
        });
        assert!(one == two && two == three && three == eight);
    }

    #[test]
    fn lonely_and_twin_creators() {
        // 0 and 1 have the same followers; 4 has none.
        let graph = graph(5, &[(2, 0), (3, 0), (2, 1), (3, 1)]);
        let model = resolved(&graph, "ic:1", None);
        let found = Together { worlds: 5 }.run_resolved(&model, &[0, 1, 4], &Run::new(1)).unwrap();
        let rows: Vec<_> =
            found.rows.iter().map(|row| (row.alone.people, row.only.people, row.credit.people)).collect();
        assert_eq!(rows, [(2.0, 0.0, 1.0), (2.0, 0.0, 1.0), (0.0, 0.0, 0.0)]);
        assert!(Together { worlds: 5 }.run_resolved(&model, &[], &Run::new(1)).is_err());
    }
}
