//! Who follows which creators of a portfolio, a person at a time: what full lists count, for any number of creators.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;
use rayon::prelude::*;

use super::cut::Followed;
use crate::base::{Result, Run, par};
use crate::graph::Weights;

/// So many people are taken together: what is kept of them while they are sorted stays near the processor.
const BLOCK: usize = 1 << 15;

/// Lists of people turned over: of each person, the creators who list them.
///
/// **Input**: lists of people, each sorted, each person once; the creators are known by the place of their list. People may
/// be weighed, in whole units, so that every sum is exact and the same in any order.
/// **Cost**: each listed person a few times; memory 4 bytes a listed person, and 4 a person of the network
/// ([`Tally::memory`]). **Determinism**: equal bits at any number of threads.
#[derive(Debug)]
pub struct Tally<'a> {
    lists: Vec<&'a [u32]>,
    blocks: Vec<Block>,
    weights: Option<&'a Weights>,
}

/// The rows of [`BLOCK`] people: the creators of person `first + i` stand at `offsets[i]..offsets[i + 1]`, in order.
#[derive(Debug)]
struct Block {
    first: u32,
    offsets: Vec<u32>,
    creators: Vec<u32>,
}

impl Block {
    /// The people with somebody to follow, each with their row.
    fn rows(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let row = |(place, ends): (usize, &[u32])| {
            (self.first + place as u32, &self.creators[ends[0] as usize..ends[1] as usize])
        };
        self.offsets.windows(2).enumerate().map(row).filter(|(_, row)| !row.is_empty())
    }
}

/// What a portfolio counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counts {
    /// Follow at least one creator.
    pub union: f64,
    /// By f from 0: follow exactly f + 1 of the creators.
    pub times: Vec<f64>,
    /// By creator.
    pub creators: Vec<Standing>,
}

/// What a creator counts within a portfolio.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// All followers.
    pub audience: f64,
    /// Those who follow no other.
    pub exclusive: f64,
    /// A fair share of the union: each person shared by the creators they follow (Shapley value of the union).
    pub credit: f64,
}

/// The people who follow exactly these creators.
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// By place.
    pub creators: Vec<u32>,
    /// How many.
    pub people: f64,
}

impl<'a> Tally<'a> {
    /// Bytes for so many listed people of a network.
    pub fn memory(listed: u64, accounts: u64) -> u64 {
        4 * (listed + accounts)
    }

    /// Turns the lists over.
    pub fn new(lists: Vec<&'a [u32]>, accounts: usize, weights: Option<&'a Weights>, run: &Run) -> Result<Self> {
        let listed: u64 = lists.iter().map(|list| list.len() as u64).sum();
        run.check_memory("the people of follower lists", Self::memory(listed, accounts as u64))?;
        run.phase("people of follower lists", Some(listed));
        let blocks = par::map(run, &par::chunks(accounts, BLOCK), |range| {
            let here = |list: &&'a [u32]| {
                let list: &'a [u32] = list;
                let begin = list.partition_point(|&person| (person as usize) < range.start);
                let rest = &list[begin..];
                &rest[..rest.partition_point(|&person| (person as usize) < range.end)]
            };
            let parts: Vec<&[u32]> = lists.iter().map(here).collect();
            let mut offsets = vec![0u32; range.len() + 1];
            let place = |person: u32| person as usize - range.start;
            parts.iter().copied().flatten().for_each(|&person| offsets[place(person)] += 1);
            let mut sum = 0;
            for offset in &mut offsets {
                sum += *offset;
                *offset = sum;
            }
            // Each offset stands at its row's end, and goes back to its beginning as creators are put in, the last first.
            let mut creators = vec![0u32; sum as usize];
            for (creator, part) in parts.iter().enumerate().rev() {
                for &person in *part {
                    let offset = &mut offsets[place(person)];
                    *offset -= 1;
                    creators[*offset as usize] = creator as u32;
                }
            }
            run.step(sum.into())?;
            Ok(Block { first: range.start as u32, offsets, creators })
        })?;
        Ok(Tally { lists, blocks, weights })
    }

    /// Before anything is turned over: good for [`Tally::counts_of`] alone.
    pub(super) fn unturned(lists: Vec<&'a [u32]>, weights: Option<&'a Weights>) -> Self {
        Tally { lists, blocks: Vec::new(), weights }
    }

    /// What a person counts, in units.
    fn weight(&self, person: u32) -> u64 {
        self.weights.map_or(1, |weights| weights.units(person))
    }

    /// People, or their weights, from units.
    fn people(&self, units: u64) -> f64 {
        units as f64 * self.weights.map_or(1.0, Weights::unit)
    }

    /// The most creators that anybody follows.
    fn most(&self) -> usize {
        self.blocks.iter().flat_map(|block| block.rows().map(|row| row.1.len())).max().unwrap_or(0)
    }

    /// Union, repeats, and what each creator has.
    pub fn counts(&self, run: &Run) -> Result<Counts> {
        let most = self.most();
        // By creator and number of creators followed, the units of their followers.
        let cells = self.lists.len() * most;
        let parts = par::chunks(self.blocks.len(), self.blocks.len().div_ceil(PARTS).max(1));
        run.check_memory("the counts of a portfolio", (8 * cells * parts.len()) as u64)?;
        let found = par::map(run, &parts, |range| {
            let (mut times, mut shared) = (vec![0u64; most], vec![0u64; cells]);
            for (person, row) in self.blocks[range].iter().flat_map(Block::rows) {
                let weight = self.weight(person);
                times[row.len() - 1] += weight;
                row.iter().for_each(|&creator| shared[creator as usize * most + row.len() - 1] += weight);
            }
            Ok((times, shared))
        })?;
        let (mut times, mut shared) = (vec![0u64; most], vec![0u64; cells]);
        for (more_times, more_shared) in found {
            times.iter_mut().zip(more_times).for_each(|(sum, more)| *sum += more);
            shared.iter_mut().zip(more_shared).for_each(|(sum, more)| *sum += more);
        }
        let shared = (0..self.lists.len()).map(|at| shared[at * most..(at + 1) * most].to_vec()).collect();
        Ok(self.counts_of(&Followed { times, shared, pairs: Vec::new() }))
    }

    /// The same from counts that somebody else took.
    pub(super) fn counts_of(&self, followed: &Followed) -> Counts {
        let Followed { times, shared, .. } = followed;
        let standing = |shared: &Vec<u64>| {
            let credit = shared.iter().enumerate().map(|(m, &units)| units as f64 / (m + 1) as f64).sum::<f64>();
            Standing {
                audience: self.people(shared.iter().sum()),
                exclusive: self.people(shared.first().copied().unwrap_or(0)),
                credit: credit * self.weights.map_or(1.0, Weights::unit),
            }
        };
        Counts {
            union: self.people(times.iter().sum()),
            times: times.iter().map(|&units| self.people(units)).collect(),
            creators: shared.iter().map(standing).collect(),
        }
    }

    /// Those who follow exactly the same creators, and how many such sets there are: the `top` sets with most people (all: 0),
    /// then those with fewer creators, then in order.
    pub fn sets(&self, top: usize, run: &Run) -> Result<(Vec<Set>, usize)> {
        let people: u64 = self.blocks.iter().map(|block| block.rows().count() as u64).sum();
        // What blocks found, all of it, and what is left of it: 24 bytes each, vectors growing.
        run.check_memory("the sets of a portfolio", 96 * people)?;
        let state = FixedState::with_seed(0);
        let rows = par::map(run, &par::chunks(self.blocks.len(), 1), |range| {
            let one = |(person, row): (u32, &'_ [u32])| Alike {
                hash: state.hash_one(row),
                person,
                units: self.weight(person),
            };
            let mut rows: Vec<Alike> = self.blocks[range.start].rows().map(one).collect();
            rows.sort_unstable();
            Ok(self.merged(rows))
        })?;
        let mut rows = rows.concat();
        run.install(|| rows.par_sort_unstable());
        let mut sets = self.merged(rows);
        sets.retain(|set| set.units > 0);
        let all = sets.len();
        if top > 0 && top < all {
            // Numbers first: rows are compared where these are equal alone.
            let mut units: Vec<u64> = sets.iter().map(|set| set.units).collect();
            let least = *units.select_nth_unstable_by(top - 1, |a, b| b.cmp(a)).1;
            sets.retain(|set| set.units >= least);
        }
        sets.sort_unstable_by(|a, b| {
            let (row, other) = (self.row(a.person), self.row(b.person));
            b.units.cmp(&a.units).then_with(|| row.len().cmp(&other.len()).then_with(|| row.cmp(other)))
        });
        if top > 0 {
            sets.truncate(top);
        }
        let set = |set: Alike| Set { creators: self.row(set.person).to_vec(), people: self.people(set.units) };
        Ok((sets.into_iter().map(set).collect(), all))
    }

    /// Sorted people, those with the same row as one: rows with one hash stand together, and are compared.
    fn merged(&self, rows: Vec<Alike>) -> Vec<Alike> {
        let mut sets: Vec<Alike> = Vec::new();
        for one in rows {
            let same = sets.iter_mut().rev().take_while(|set| set.hash == one.hash);
            match { same }.find(|set| self.row(set.person) == self.row(one.person)) {
                Some(set) => set.units += one.units,
                None => sets.push(one),
            }
        }
        sets
    }

    /// The creators whom a person follows.
    fn row(&self, person: u32) -> &[u32] {
        let block = &self.blocks[person as usize / BLOCK];
        let place = (person - block.first) as usize;
        &block.creators[block.offsets[place] as usize..block.offsets[place + 1] as usize]
    }

    /// How many people each two creators share.
    pub fn shared(&self, run: &Run) -> Result<Shared> {
        let creators = self.lists.len();
        let cells = creators * creators;
        let parts = ((1 << 24) / cells.max(1)).clamp(1, PARTS);
        let parts = par::chunks(self.blocks.len(), self.blocks.len().div_ceil(parts).max(1));
        run.check_memory("the pairs of a portfolio", (8 * cells * (parts.len() + 1)) as u64)?;
        run.phase("pairs", Some(self.blocks.len() as u64));
        let found = par::map(run, &parts, |range| {
            let mut counts = vec![0u64; cells];
            for (person, row) in self.blocks[range].iter().flat_map(Block::rows) {
                let weight = self.weight(person);
                for (at, &a) in row.iter().enumerate() {
                    let counts = &mut counts[a as usize * creators..][..creators];
                    row[at + 1..].iter().for_each(|&b| counts[b as usize] += weight);
                }
            }
            Ok(counts)
        })?;
        let mut counts = vec![0u64; cells];
        for part in found {
            counts.iter_mut().zip(part).for_each(|(count, more)| *count += more);
        }
        Ok(self.shared_of(counts))
    }

    /// The same from counts that somebody else took: of creators a < b at `a creators + b`.
    pub(super) fn shared_of(&self, counts: Vec<u64>) -> Shared {
        Shared { counts, creators: self.lists.len(), unit: self.weights.map_or(1.0, Weights::unit) }
    }

    /// The order in which each creator adds most people to those before: as far as everybody is reached. With `costs`, most
    /// people for the money; who costs nothing stands first. Of equals, the first.
    pub fn order(&self, costs: Option<&[f64]>, run: &Run) -> Result<Vec<Step>> {
        let mut gains: Vec<u64> =
            self.lists.iter().map(|list| list.iter().map(|&person| self.weight(person)).sum()).collect();
        let mut covered = vec![false; self.blocks.len() * BLOCK];
        let mut left: Vec<u32> = (0..self.lists.len() as u32).collect();
        let mut total = 0;
        let mut steps = Vec::new();
        run.phase("order of creators", Some(self.lists.len() as u64));
        loop {
            let value = |creator: u32| match costs {
                Some(costs) => gains[creator as usize] as f64 / costs[creator as usize],
                None => gains[creator as usize] as f64,
            };
            let best = |a: &(usize, u32), b: &(usize, u32)| {
                value(a.1)
                    .total_cmp(&value(b.1))
                    .then(gains[a.1 as usize].cmp(&gains[b.1 as usize]))
                    .then(b.1.cmp(&a.1))
            };
            let open = left.iter().copied().enumerate().filter(|(_, creator)| gains[*creator as usize] > 0);
            let Some((at, creator)) = open.max_by(best) else { break };
            left.swap_remove(at);
            let added = gains[creator as usize];
            total += added;
            for &person in self.lists[creator as usize] {
                if !std::mem::replace(&mut covered[person as usize], true) {
                    let weight = self.weight(person);
                    self.row(person).iter().for_each(|&other| gains[other as usize] -= weight);
                }
            }
            steps.push(Step { creator, added: self.people(added), together: self.people(total) });
            run.step(1)?;
        }
        Ok(steps)
    }
}

/// People who follow the same creators: one of them, and what they count together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    hash: u64,
    person: u32,
    units: u64,
}

/// Counts are made in at most so many parts.
const PARTS: usize = 16;

/// A creator who joins those before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// By place.
    pub creator: u32,
    /// People who follow none of those before.
    pub added: f64,
    /// People who follow one of those up to here.
    pub together: f64,
}

/// How many people each two creators share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    counts: Vec<u64>,
    creators: usize,
    unit: f64,
}

impl Shared {
    /// Of two different creators.
    pub fn of(&self, a: usize, b: usize) -> f64 {
        self.counts[a.min(b) * self.creators + a.max(b)] as f64 * self.unit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    /// Up to 7 creators with followers among 70,000 people, so that blocks are crossed; and weights of 0, 1, 2 and 2.5.
    fn portfolio() -> impl Strategy<Value = (Vec<BTreeSet<u32>>, Vec<f64>)> {
        let person = prop_oneof![0u32..12, 32_760u32..32_780, 69_990u32..70_000];
        let lists = prop::collection::vec(prop::collection::btree_set(person, 0..20), 1..8);
        (lists, prop::collection::vec(prop::sample::select(vec![0.0, 1.0, 2.0, 2.5]), 70_000))
    }

    fn with<R>(
        lists: &[BTreeSet<u32>],
        weights: Option<&Weights>,
        threads: usize,
        look: impl Fn(&Tally, &Run) -> R,
    ) -> R {
        let lists: Vec<Vec<u32>> = lists.iter().map(|list| list.iter().copied().collect()).collect();
        let run = Run::new(1).threads(threads).unwrap();
        let tally = Tally::new(lists.iter().map(Vec::as_slice).collect(), 70_000, weights, &run).unwrap();
        look(&tally, &run)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Against sets of people, plain and weighed: every count, every set, every pair, every step.
        #[test]
        fn counts_are_those_of_sets((lists, weights) in portfolio(), weighed: bool) {
            let weights = if weighed { weights } else { vec![1.0; 70_000] };
            let kept = Weights::new(&weights).unwrap();
            let sum = |people: &mut dyn Iterator<Item = u32>| people.map(|u| weights[u as usize]).sum::<f64>();
            let mut sets: BTreeMap<Vec<u32>, f64> = BTreeMap::new();
            let all: BTreeSet<u32> = lists.iter().flatten().copied().collect();
            for &u in &all {
                let row: Vec<u32> = (0..lists.len() as u32).filter(|&i| lists[i as usize].contains(&u)).collect();
                *sets.entry(row).or_default() += weights[u as usize];
            }
            sets.retain(|_, people| *people > 0.0);
            let given = weighed.then_some(&kept);
            let (counts, found, steps) = with(&lists, given, 1, |tally, run| {
                let shared = tally.shared(run).unwrap();
                for (a, one) in lists.iter().enumerate() {
                    for (b, other) in lists.iter().enumerate().filter(|(b, _)| *b != a) {
                        assert_eq!(shared.of(a, b), sum(&mut one.intersection(other).copied()));
                    }
                }
                (tally.counts(run).unwrap(), tally.sets(0, run).unwrap(), tally.order(None, run).unwrap())
            });
            prop_assert_eq!(counts.union, sum(&mut all.iter().copied()));
            prop_assert_eq!(counts.times.iter().sum::<f64>(), counts.union);
            for (f, &people) in counts.times.iter().enumerate() {
                let exactly = |set: &(&Vec<u32>, &f64)| set.0.len() == f + 1;
                prop_assert_eq!(people, sets.iter().filter(exactly).map(|set| set.1).sum::<f64>());
            }
            for (i, standing) in counts.creators.iter().enumerate() {
                prop_assert_eq!(standing.audience, sum(&mut lists[i].iter().copied()));
                prop_assert_eq!(standing.exclusive, sets.get(&vec![i as u32]).copied().unwrap_or(0.0));
            }
            let credits: f64 = counts.creators.iter().map(|standing| standing.credit).sum();
            prop_assert!((credits - counts.union).abs() <= 1e-9 * counts.union.max(1.0));
            // Sets: each once, most people first, and they add up to the union.
            let (found, all) = found;
            prop_assert_eq!(all, found.len());
            let told: BTreeMap<Vec<u32>, f64> = found.iter().map(|set| (set.creators.clone(), set.people)).collect();
            prop_assert_eq!(&told, &sets);
            prop_assert!(found.windows(2).all(|pair| pair[0].people >= pair[1].people));
            with(&lists, given, 1, |tally, run| {
                assert_eq!(tally.sets(2, run).unwrap(), (found[..found.len().min(2)].to_vec(), all));
            });
            // The order: each step adds what it says, and nobody would have added more.
            let mut reached: BTreeSet<u32> = BTreeSet::new();
            for step in &steps {
                let adds = |i: usize| sum(&mut lists[i].difference(&reached).copied());
                prop_assert_eq!(step.added, adds(step.creator as usize));
                prop_assert!((0..lists.len()).all(|i| adds(i) <= step.added));
                reached.extend(&lists[step.creator as usize]);
                prop_assert_eq!(step.together, sum(&mut reached.iter().copied()));
            }
            prop_assert_eq!(steps.last().map_or(0.0, |step| step.together), counts.union);
            // The same at any number of threads.
            for threads in [2, 3, 8] {
                let again = with(&lists, given, threads, |tally, run| {
                    (tally.counts(run).unwrap(), tally.sets(0, run).unwrap(), tally.order(None, run).unwrap())
                });
                prop_assert_eq!(&again, &(counts.clone(), (found.clone(), all), steps.clone()));
            }
        }
    }

    #[test]
    fn with_prices_the_order_is_by_people_for_money() {
        let lists = [BTreeSet::from([1, 2, 3]), BTreeSet::from([3, 4]), BTreeSet::from([5])];
        let order = |costs: &[f64]| with(&lists, None, 1, |tally, run| tally.order(Some(costs), run).unwrap());
        let creators = |costs: &[f64]| order(costs).iter().map(|step| step.creator).collect::<Vec<_>>();
        assert_eq!(creators(&[6.0, 3.0, 1.0]), [2, 1, 0]);
        assert_eq!(creators(&[6.0, 3.0, 0.0]), [2, 1, 0]);
        assert_eq!(order(&[6.0, 3.0, 1.0])[2].added, 2.0);
        assert_eq!(with(&[BTreeSet::new()], None, 1, |tally, run| tally.order(None, run).unwrap()), []);
    }
}
