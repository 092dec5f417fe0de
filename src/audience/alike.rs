//! Who else has this audience: the most similar audiences of each of very many creators.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::FEWEST;
use super::counting::Counting;
use super::crossed::Crossed;
use super::overlap::Overlap;
use super::pairs::Pair;
use super::sketch::Sketches;
use crate::base::{Error, Figure, Result, Run};
use crate::graph::Network;

/// How alike two audiences are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Measure {
    /// Common people over those who follow either
    #[default]
    Jaccard,
    /// Common people over the smaller audience
    Containment,
    /// Common people
    Common,
    /// Common people over those expected if one follow said nothing of the other
    Lift,
}

impl Measure {
    /// Of two audiences with so many common people. Lift without the number of people there are, which is the same for all.
    #[inline]
    fn of(self, common: f64, one: f64, other: f64) -> f64 {
        match self {
            Measure::Jaccard => common / (one + other - common),
            Measure::Containment => common / one.min(other),
            Measure::Common => common,
            Measure::Lift => common / (one * other),
        }
    }
}

/// How pairs are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Method {
    /// Every pair, a person at a time.
    #[default]
    Exact,
    /// From so many people of each audience, those whose hash is smallest.
    Sketch(u32),
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::parameter("--method", format!("\"{text}\" is not exact, sketch or sketch:PEOPLE"))
                .with_hint("sketch:4096 keeps 4,096 people of each audience")
        };
        match text.split_once(':') {
            None if text == "exact" => Ok(Method::Exact),
            None if text == "sketch" => Ok(Method::Sketch(4096)),
            Some(("sketch", people)) => match people.parse() {
                Ok(people) if people >= 16 => Ok(Method::Sketch(people)),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Method::Exact => f.write_str("exact"),
            Method::Sketch(people) => write!(f, "sketch:{people}"),
        }
    }
}

impl TryFrom<String> for Method {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Method> for String {
    fn from(method: Method) -> String {
        method.to_string()
    }
}

/// The most similar audiences of each of many creators.
///
/// Every pair is looked at: `exact` walks, for each follower of a creator, whom else they follow (Gustavson 1978); nothing of
/// the square of all pairs is kept but what is asked for. `sketch` does the same with K people of each audience, those with
/// the smallest hashes (bottom-k: Cohen & Kaplan 2007; Thorup 2013): among the people below the smaller of two limits, both
/// sketches hold all there are, so that they are a sample of the union.
///
/// **Input**: full follower lists, directed, weights not used. **Returns**: for each creator the `top` others, or with
/// `top` 0 every pair once, of at least `at_least`; equals by more common people, then the larger audience first.
/// **Guarantee**: `exact`: counts. `sketch`: 95% intervals (Wilson's, of a share of a sample), tested to cover, each by itself
/// and not for the most similar of many; a pair is seen if at least [`FEWEST`] people are in both sketches, so that a small
/// audience within a much larger one may not be.
/// **Cost**: `sum over people of m_u²/2` steps and J²/2 looks for J creators; memory stated beforehand, 8 bytes a listed
/// follower and 48 `top` + 64 a creator and thread, or what every pair takes. **Errors**: lists that are cut; too little memory, which never
/// changes the method. **Determinism**: equal bits at any number of threads.
///
/// ```
/// use truereach::{Run, audience::Alike, graph::{Network, build}};
/// // 2, 3 and 4 follow 0; 3 and 4 follow 1; 5 follows 2.
/// let network = Network::from_graph(build::graph(6, &[(2, 0), (3, 0), (4, 0), (3, 1), (4, 1), (5, 2)]));
/// let found = Alike::default().run(&network, &[0, 1, 2], &[], &Run::new(1))?;
/// assert_eq!(found.rows[0].accounts, [0, 1]);
/// assert_eq!(found.rows[0].jaccard.value, Some(2.0 / 3.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Alike {
    /// How alike two audiences are
    #[cfg_attr(
        feature = "cli",
        arg(long, value_enum, default_value_t, value_name = "MEASURE", help_heading = "Pairs")
    )]
    pub by: Measure,
    /// Of each creator the N most similar; 0: every pair, once
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5, value_name = "N", help_heading = "Pairs"))]
    pub top: u32,
    /// Only pairs that are at least so much alike, by the measure
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.0, value_name = "VALUE", help_heading = "Pairs"))]
    pub at_least: f64,
    /// Only pairs with at least so many common people (of a sketch: estimated)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1, value_name = "PEOPLE", help_heading = "Pairs"))]
    pub common: u32,
    /// exact, or sketch:PEOPLE: from so many people of each audience
    #[cfg_attr(feature = "cli", arg(long, default_value = "exact", value_name = "METHOD", help_heading = "Pairs"))]
    pub method: Method,
    /// People there are (the market's population), for lift [default: all accounts of a whole graph]
    #[cfg_attr(feature = "cli", arg(long, value_name = "PEOPLE", help_heading = "Pairs"))]
    pub population: Option<f64>,
    /// Take accounts for people: whoever follows creators of several platforms has one account here
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Pairs"))]
    pub accounts_are_people: bool,
}

impl Default for Alike {
    fn default() -> Self {
        Alike {
            by: Measure::Jaccard,
            top: 5,
            at_least: 0.0,
            common: 1,
            method: Method::Exact,
            population: None,
            accounts_are_people: false,
        }
    }
}

/// The pairs found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlikePairs {
    /// By creator (`accounts[0]`, in the order of accounts), the most similar first; with `top` 0 every pair once, the most
    /// similar first.
    pub rows: Vec<Pair>,
    /// Creators looked at, with the sizes of their audiences.
    pub creators: Vec<(u32, f64)>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// A pair under way, by place: one creator, another, what they share (of lists or sketches), and how alike they are.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    value: f64,
    common: u32,
    one: u32,
    other: u32,
}

impl Found {
    /// The most similar first; equals by common people, then by place.
    fn order(&self, other: &Found) -> Ordering {
        let by_value = other.value.total_cmp(&self.value).then(other.common.cmp(&self.common));
        by_value.then(self.one.cmp(&other.one)).then(self.other.cmp(&other.other))
    }
}

/// The best of each creator so far, in order.
struct Best {
    top: usize,
    of: Vec<Vec<Found>>,
    /// Below this value nobody enters: beside one another, for every pair is held against two of them.
    least: Vec<f64>,
}

impl Best {
    fn new(creators: usize, top: usize) -> Self {
        Best { top, of: vec![Vec::new(); creators], least: vec![f64::NEG_INFINITY; creators] }
    }

    #[inline]
    fn offer(&mut self, found: Found) {
        let one = found.one as usize;
        if found.value < self.least[one] {
            return;
        }
        let kept = &mut self.of[one];
        let place = kept.partition_point(|other| other.order(&found) == Ordering::Less);
        if place < self.top {
            kept.insert(place, found);
            kept.truncate(self.top);
            if kept.len() == self.top {
                self.least[one] = kept[self.top - 1].value;
            }
        }
    }
}

/// Every pair that is asked for, as long as there is memory for them.
#[derive(Default)]
struct Every {
    pairs: Vec<Found>,
    refused: Option<Error>,
}

impl Every {
    fn extend(&mut self, more: impl Iterator<Item = Found>, run: &Run) {
        for pair in more {
            if self.refused.is_some() {
                return;
            }
            self.pairs.push(pair);
            if self.pairs.len().is_power_of_two() {
                // So many are not yet there; before the vector grows again, twice as many will be.
                let each = 2 * std::mem::size_of::<Found>() + std::mem::size_of::<Pair>();
                let needed = 2 * self.pairs.len() * run.thread_count() * each;
                self.refused = run.check_memory("every pair that is alike", needed as u64).err();
            }
        }
    }
}

impl Alike {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if !self.at_least.is_finite() || self.at_least < 0.0 {
            return Err(Error::parameter("--at-least", format!("{} is not a number of at least 0", self.at_least)));
        }
        self.overlap().check()
    }

    /// Whom audiences count, and how many people there are: as an overlap takes it.
    fn overlap(&self) -> Overlap {
        let counting = Counting { accounts_are_people: self.accounts_are_people, ..Counting::default() };
        Overlap { population: self.population, counting, ..Overlap::default() }
    }

    /// The pairs among these creators; only rows of those in `of`, if it names some.
    pub fn run(&self, network: &Network, accounts: &[u32], of: &[u32], run: &Run) -> Result<AlikePairs> {
        self.check()?;
        let overlap = self.overlap();
        let population = overlap.people(network);
        let scale = match (self.by, population) {
            (Measure::Lift, None) => {
                return Err(Error::parameter("--by", "lift needs the number of people there are: --population"));
            }
            (Measure::Lift, Some(people)) => people,
            _ => 1.0,
        };
        let portfolio = overlap.counting.portfolio(network, &[accounts, of].concat())?;
        let audiences = overlap.counting.audiences(&portfolio)?;
        let lists = audiences.lists();
        // The largest audiences first: counters of those whom many follow stand together.
        let mut order: Vec<u32> = (0..lists.len() as u32).collect();
        order.sort_by_key(|&place| (std::cmp::Reverse(lists[place as usize].len()), place));
        let mut place_of = vec![0u32; order.len()];
        order.iter().zip(0u32..).for_each(|(&place, at)| place_of[place as usize] = at);
        let ordered: Vec<&[u32]> = order.iter().map(|&place| lists[place as usize]).collect();
        let sizes: Vec<f64> = ordered.iter().map(|list| list.len() as f64).collect();
        let sketches = match self.method {
            Method::Exact => None,
            Method::Sketch(people) => Some(Sketches::new(&ordered, people as usize, run)?),
        };
        let counted: Vec<&[u32]> = match &sketches {
            Some(sketches) => sketches.people().collect(),
            None => ordered,
        };
        let rows_of: Vec<u32> = match of.is_empty() {
            true => (0..order.len() as u32).collect(),
            false => {
                let place = |account: &u32| portfolio.creators.binary_search_by_key(account, |one| one.account);
                let mut places: Vec<u32> =
                    of.iter().filter_map(|account| place(account).ok()).map(|place| place_of[place]).collect();
                places.sort_unstable();
                places.dedup();
                places
            }
        };
        let whole = !of.is_empty();
        let top = self.top as usize;
        let kept = 48 * top.min(order.len()) as u64 + 64;
        run.check_memory("the most similar audiences", kept * (run.thread_count() * order.len()) as u64)?;
        let crossed = Crossed::new(&counted, network.accounts(), whole, run)?;
        // What a pair with this many counted is worth, if it is asked for.
        let found = |one: u32, other: u32, seen: u32| {
            let (a, b) = (sizes[one as usize], sizes[other as usize]);
            let common = match &sketches {
                None => f64::from(seen),
                Some(sketches) if sketches.are_whole(one as usize, other as usize) => f64::from(seen),
                Some(_) if u64::from(seen) < FEWEST => return None,
                Some(sketches) => sketches.common(one as usize, other as usize, seen, [a, b]).0,
            };
            let value = scale * self.by.of(common, a, b);
            let is_asked = common >= f64::from(self.common) && value >= self.at_least;
            is_asked.then_some(Found { value, common: seen, one, other })
        };
        let mut pairs: Vec<Found> = if top == 0 {
            // A pair of two who are both asked for is one pair.
            let is_asked = |place: u32| whole && rows_of.binary_search(&place).is_ok();
            let look = |kept: &mut Every, one: u32, first: u32, counts: &[u32]| {
                let others =
                    (first..).zip(counts).filter(|(other, seen)| **seen > 0 && !(*other < one && is_asked(*other)));
                kept.extend(others.filter_map(|(other, &seen)| found(one, other, seen)), run);
            };
            let mut pairs = Vec::new();
            for kept in crossed.each(&rows_of, Every::default, look, run)? {
                kept.refused.map_or(Ok(()), Err)?;
                pairs.extend(kept.pairs);
            }
            pairs
        } else {
            let look = |kept: &mut Best, one: u32, first: u32, counts: &[u32]| {
                for (other, &seen) in (first..).zip(counts).filter(|(_, seen)| **seen > 0) {
                    if let Some(pair) = found(one, other, seen) {
                        kept.offer(pair);
                        if !whole {
                            kept.offer(Found { one: other, other: one, ..pair });
                        }
                    }
                }
            };
            let kept = crossed.each(&rows_of, || Best::new(sizes.len(), top), look, run)?;
            let mut best: Vec<Vec<Found>> = vec![Vec::new(); sizes.len()];
            for kept in kept {
                best.iter_mut().zip(kept.of).for_each(|(best, mut more)| best.append(&mut more));
            }
            best.iter_mut().for_each(|best| {
                best.sort_unstable_by(Found::order);
                best.truncate(top);
            });
            best.concat()
        };
        let account = |at: u32| portfolio.creators[order[at as usize] as usize].account;
        match top {
            0 => pairs.sort_unstable_by(Found::order),
            // By creator as accounts stand; each creator's rows have their order.
            _ => pairs.sort_by_key(|pair| account(pair.one)),
        }
        let how = if sketches.is_some() { "sketches of the audiences" } else { "all lists are full" };
        let row = |pair: &Found| {
            let sizes = [sizes[pair.one as usize], sizes[pair.other as usize]];
            let common = match &sketches {
                None => Figure::measured(f64::from(pair.common), how),
                Some(sketches) if sketches.are_whole(pair.one as usize, pair.other as usize) => {
                    Figure::measured(f64::from(pair.common), "sketches that hold everybody")
                }
                Some(sketches) => {
                    let (value, interval) = sketches.common(pair.one as usize, pair.other as usize, pair.common, sizes);
                    Figure::estimated(value, interval, how)
                }
            };
            Pair::new([account(pair.one), account(pair.other)], common, Some(sizes), population)
        };
        let rows = pairs.iter().map(row).collect();
        let creators = (0u32..).zip(&sizes).map(|(at, &size)| (account(at), size)).collect();
        Ok(AlikePairs { rows, creators, notes: portfolio.notes.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audience::tests::world::World;
    use crate::base::Status;
    use crate::graph::{View, build};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const PEOPLE: u32 = 40;

    /// Creators 40, 41, … whom these people follow.
    fn network(audiences: &[BTreeSet<u32>]) -> (Network, Vec<u32>) {
        let creators: Vec<u32> = (PEOPLE..PEOPLE + audiences.len() as u32).collect();
        let rows = audiences.iter().zip(&creators);
        let follows: Vec<(u32, u32)> = rows.flat_map(|(people, &v)| people.iter().map(move |&u| (u, v))).collect();
        (Network::from_graph(build::graph(PEOPLE as usize + audiences.len(), &follows)), creators)
    }

    /// All pairs by sets, as told, both ways round.
    fn expected(audiences: &[BTreeSet<u32>], alike: &Alike, people: f64) -> Vec<Found> {
        let mut found = Vec::new();
        for (one, a) in audiences.iter().enumerate() {
            for (other, b) in audiences.iter().enumerate().filter(|(other, _)| *other != one) {
                let common = a.intersection(b).count();
                let scale = if alike.by == Measure::Lift { people } else { 1.0 };
                let value = scale * alike.by.of(common as f64, a.len() as f64, b.len() as f64);
                if common as u32 >= alike.common.max(1) && value >= alike.at_least {
                    found.push(Found { value, common: common as u32, one: one as u32, other: other as u32 });
                }
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]
        /// Against sets: the most similar of each, every pair, and rows of some; at 1, 2, 3 and 8 threads.
        #[test]
        fn pairs_are_those_of_sets(
            audiences in prop::collection::vec(prop::collection::btree_set(0u32..PEOPLE, 0..20), 1..9),
            by in prop::sample::select(vec![Measure::Jaccard, Measure::Containment, Measure::Common, Measure::Lift]),
            top in 0u32..4,
            at_least in prop::sample::select(vec![0.0, 0.2, 1.0]),
            common in 1u32..3,
        ) {
            let (network, creators) = network(&audiences);
            let alike = Alike { by, top, at_least, common, ..Default::default() };
            let found = alike.run(&network, &creators, &[], &Run::new(1)).unwrap();
            let all = expected(&audiences, &alike, network.accounts() as f64);
            let told = |pair: &Pair| {
                let [one, other] = pair.accounts.map(|account| account - PEOPLE);
                (one, other, pair.common.value.unwrap() as u32)
            };
            let mut rows: Vec<(u32, u32, u32)> = found.rows.iter().map(told).collect();
            if top == 0 {
                // Each pair once.
                rows.iter_mut().for_each(|row| (row.0, row.1) = (row.0.min(row.1), row.0.max(row.1)));
                rows.sort_unstable();
                let mut pairs: Vec<_> = all.iter().filter(|one| one.one < one.other).map(|one| (one.one, one.other, one.common)).collect();
                pairs.sort_unstable();
                prop_assert_eq!(rows, pairs);
            } else {
                for one in 0..audiences.len() as u32 {
                    let mut best: Vec<f64> = all.iter().filter(|pair| pair.one == one).map(|pair| pair.value).collect();
                    best.sort_by(|a, b| b.total_cmp(a));
                    best.truncate(top as usize);
                    let value = |row: &&(u32, u32, u32)| {
                        all.iter().find(|pair| (pair.one, pair.other) == (row.0, row.1)).filter(|pair| pair.common == row.2).unwrap().value
                    };
                    let shown: Vec<f64> = rows.iter().filter(|row| row.0 == one).map(|row| value(&row)).collect();
                    prop_assert_eq!(shown, best);
                    // The rows of one creator are the same when they are asked for alone.
                    let alone = alike.run(&network, &creators, &[creators[one as usize]], &Run::new(1)).unwrap();
                    let mine: Vec<&Pair> = found.rows.iter().filter(|pair| pair.accounts[0] == creators[one as usize]).collect();
                    prop_assert_eq!(alone.rows.iter().collect::<Vec<_>>(), mine);
                }
            }
            for threads in [2, 3, 8] {
                prop_assert_eq!(&alike.run(&network, &creators, &[], &Run::new(1).threads(threads).unwrap()).unwrap(), &found);
            }
        }
    }

    /// 3,000 pairs of audiences that share from a thousandth to a half of either, made of other people each time; sketches of
    /// 256 people. 95% ± 3: by chance 3,000 independent intervals of 95% stray by more than 1.6 points once in 15,000 times.
    #[test]
    fn intervals_of_sketches_hold_the_truth() {
        let (mut held, mut given) = (0.0, 0.0);
        for (case, jaccard) in (0..3_000u32).zip([0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5].into_iter().cycle()) {
            let (a, b) = (900 + case % 700, 400 + case % 900);
            let common = libm::round(f64::from(a + b) * jaccard / (1.0 + jaccard)) as u32;
            let begin = case * 3_000;
            let one: Vec<u32> = (begin..begin + a).collect();
            let other: Vec<u32> = (begin + a - common..begin + a - common + b).collect();
            let sketches = Sketches::new(&[&one, &other], 256, &Run::new(1)).unwrap();
            let people: Vec<&[u32]> = sketches.people().collect();
            let seen = people[0].iter().filter(|person| people[1].contains(person)).count() as u32;
            let (value, interval) = sketches.common(0, 1, seen, [f64::from(a), f64::from(b)]);
            assert!(interval.low <= value && value <= interval.high);
            given += 1.0;
            held += f64::from(u8::from(interval.low <= f64::from(common) && f64::from(common) <= interval.high));
        }
        let share = held / given;
        assert!((0.92..=0.98).contains(&share), "{share}");
    }

    #[test]
    fn sketches_that_hold_everybody_count() {
        let world = World::new(3, 2_000, 12, 40.0);
        let follows: Vec<(u32, u32)> = (world.audiences.iter().enumerate())
            .flat_map(|(at, people)| people.iter().map(move |&u| (u, 2_000 + at as u32)))
            .collect();
        let network = Network::from_graph(build::graph(2_012, &follows));
        let run = |method: &str| {
            let alike = Alike { method: method.parse().unwrap(), top: 3, ..Default::default() };
            alike.run(&network, &world.accounts(), &[], &Run::new(1)).unwrap().rows
        };
        let (exact, whole, part) = (run("exact"), run("sketch:4096"), run("sketch:128"));
        let numbers = |rows: &[Pair]| rows.iter().map(|pair| (pair.accounts, pair.common.value)).collect::<Vec<_>>();
        assert_eq!(numbers(&exact), numbers(&whole));
        assert!(exact.iter().all(|pair| pair.common.status == Status::Measured));
        assert!(whole.iter().all(|pair| pair.common.status == Status::Measured));
        assert!(part.iter().any(|pair| pair.common.status == Status::Estimated) && numbers(&part) != numbers(&exact));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!("sketch:3".parse::<Method>().unwrap_err().to_string().contains("sketch:PEOPLE"));
        assert!(Alike { at_least: -1.0, ..Default::default() }.check().unwrap_err().to_string().contains("--at-least"));
        let (network, creators) = network(&[BTreeSet::from([1, 2]), BTreeSet::from([2])]);
        let small = Run::new(1).memory(Some(10));
        let error = Alike::default().run(&network, &creators, &[], &small).unwrap_err().to_string();
        assert!(error.contains("memory"), "{error}");
        let mut cut = network;
        cut.view = View::Sampled;
        let error = Alike::default().run(&cut, &creators, &[], &Run::new(1)).unwrap_err().to_string();
        assert!(error.contains("are not full"), "{error}");
    }
}
