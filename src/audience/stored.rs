//! Audiences as sketches that are stored and merged: of several files and days, by the names of people.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use twox_hash::XxHash3_64;

use super::lists::Portfolio;
use super::{FEWEST, counting::Counting};
use crate::base::stats::{Interval, Z95};
use crate::base::{Error, Figure, Result, Run, par};
use crate::graph::attributes::known;
use crate::graph::{Names, Network};

/// Makes sketches of audiences that can be stored, merged and compared: of each creator the K followers whose hash is smallest.
///
/// The hash of a person is that of their name (of the column `person` where they are linked), so that it is the same in every
/// file of the same people. Sketches of one creator are merged to that of all who follow in one file or another: those with hashes below
/// both limits, the K smallest of them. Of two sketches the people with hashes below both limits are a sample of the union.
///
/// **Input**: full follower lists, or with `as_listed` any lists, of which the union is wanted; weights not used.
/// **Returns**: at most K hashes a creator, the limit below which all are kept.
/// **Guarantee**: 95% intervals of sizes, common people and Jaccard ([`Sketched::size`], [`Sketched::with`]), each by itself; merging in any
/// order gives the same sketches.
/// **Cost**: a hash a listed follower, 8 bytes each for a moment; 16 K letters a creator in the file.
/// **Errors**: no creator; lists that are not full; people of several platforms who are not linked are compared by none ([`Sketched::with`]).
/// **Determinism**: a function of names alone.
/// **References**: Cohen & Kaplan 2007; Dasgupta, Lang, Rhodes & Thaler 2016 (theta sketches); Wilson 1927.
///
/// ```
/// use truereach::{Run, audience::Sketch, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(6, &[(2, 0), (3, 0), (4, 0), (4, 1), (5, 1)]));
/// let sketches = Sketch::default().run(&network, &[0, 1], &Run::new(1))?;
/// let [one, other] = [0, 1].map(|at| &sketches.creators[at]);
/// assert_eq!((one.size().value, one.with(other).common.value), (Some(3.0), Some(1.0)));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Sketch {
    /// People kept of each audience
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 4096, value_name = "PEOPLE", help_heading = "Sketches"))]
    pub keep: u32,
    /// Take whoever is listed for the audience, where lists are not full: engagers, newest followers, samples
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Sketches"))]
    pub as_listed: bool,
}

impl Default for Sketch {
    fn default() -> Self {
        Sketch { keep: 4096, as_listed: false }
    }
}

/// Sketches of the audiences of creators, by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sketches {
    /// People kept of each audience.
    pub keep: u32,
    /// Whether they are of personal data: small counts are then not shown unless asked for.
    pub personal: bool,
    /// Whether some audience is who was listed, and not all who follow ([`Sketch::as_listed`]).
    pub as_listed: bool,
    /// Of pseudonymous people the fingerprint of the key: under another one the same people have other names.
    pub key: Option<u64>,
    /// The creators, by name.
    pub creators: Vec<Sketched>,
}

/// The audience of one creator.
#[derive(Debug, Clone, PartialEq)]
pub struct Sketched {
    /// The creator's name.
    pub creator: String,
    /// The platform, where it is known.
    pub platform: Option<String>,
    /// Whether everybody listed is linked to a person, so that audiences of other platforms can be laid beside.
    pub linked: bool,
    /// The hashes kept, rising.
    pub hashes: Vec<u64>,
    /// Everybody below was kept; the largest number if all were.
    pub below: u64,
}

/// What two audiences share.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    /// People who follow both.
    pub common: Figure,
    /// Common people over those who follow either.
    pub jaccard: Figure,
}

impl Sketch {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        match self.keep {
            16.. => Ok(()),
            few => Err(Error::parameter("--keep", format!("{few} people are too few: at least 16"))),
        }
    }

    /// Sketches of these creators.
    pub fn run(&self, network: &Network, accounts: &[u32], run: &Run) -> Result<Sketches> {
        self.check()?;
        let portfolio = Counting::default().portfolio(network, accounts)?;
        let cut: Vec<usize> = (0..portfolio.len()).filter(|&at| !portfolio.creators[at].is_full()).collect();
        if !cut.is_empty() && !self.as_listed {
            let problem = format!("the follower lists of {} are not full", portfolio.named(&cut));
            return Err(Error::parameter("--creators", problem)
                .with_hint("leave those creators out, or take whoever is listed for the audience: --as-listed"));
        }
        let longest = portfolio.creators.iter().map(|creator| creator.people.len()).max().unwrap_or(0) as u64;
        let kept = 8 * u64::from(self.keep) * portfolio.len() as u64;
        run.check_memory("sketches of audiences", kept + 8 * longest * run.thread_count() as u64)?;
        run.phase("sketches", Some(portfolio.len() as u64));
        let creators = par::map(run, &par::chunks(portfolio.len(), 1), |range| {
            let creator = &portfolio.creators[range.start];
            let hashes = creator.people.iter().map(|&person| hash(&portfolio, person)).collect();
            let (hashes, below) = smallest(hashes, u64::MAX, self.keep as usize);
            Ok(Sketched {
                creator: portfolio.name(range.start).into_owned(),
                platform: network.platform(creator.account),
                linked: creator.unlinked == 0,
                hashes,
                below,
            })
        })?;
        let (personal, key) = (network.is_personal(), network.pseudonymous);
        let mut sketches = Sketches { keep: self.keep, personal, as_listed: !cut.is_empty(), key, creators };
        sketches.creators.sort_by(|a, b| a.creator.cmp(&b.creator));
        Ok(sketches)
    }
}

/// A number for a person that looks random and is the same in every file: the hash of who they are said to be, else of their name.
fn hash(portfolio: &Portfolio<'_>, person: u32) -> u64 {
    let network = portfolio.network;
    match network.attributes.text(known::PERSON, person) {
        // A person is no account of that name.
        Some(name) => XxHash3_64::oneshot_with_seed(1, name.as_bytes()),
        None => XxHash3_64::oneshot(network.names.get(person).as_bytes()),
    }
}

/// The smallest hashes below a limit, each once, and the limit below which all are there.
fn smallest(mut hashes: Vec<u64>, below: u64, keep: usize) -> (Vec<u64>, u64) {
    hashes.sort_unstable();
    hashes.dedup();
    hashes.truncate(hashes.partition_point(|&hash| hash < below));
    match hashes.get(keep).copied() {
        Some(limit) => {
            hashes.truncate(keep);
            (hashes, limit)
        }
        None => (hashes, below),
    }
}

impl Sketches {
    /// These and others together: an audience is whoever is in one of them.
    ///
    /// **Errors**: a creator said to be on two platforms; people under pseudonyms of two keys.
    pub fn merge(self, other: Sketches) -> Result<Sketches> {
        let (keep, personal, key) = (self.keep.min(other.keep), self.personal || other.personal, self.key);
        if key != other.key {
            return Err(Error::parameter("sketches", "people have other pseudonyms in one than in the other")
                .with_hint("pseudonymise all of them under one key: truereach ingest --pseudonymise KEYFILE"));
        }
        let as_listed = self.as_listed || other.as_listed;
        let mut creators = BTreeMap::<String, Sketched>::new();
        for sketch in self.creators.into_iter().chain(other.creators) {
            let merged = match creators.remove(&sketch.creator) {
                None => Sketched { ..sketch },
                Some(one) if one.platform != sketch.platform => {
                    let of = |sketch: &Sketched| sketch.platform.clone().unwrap_or_else(|| "no platform".into());
                    let problem = format!("{} is on {} and on {}", one.creator, of(&one), of(&sketch));
                    return Err(Error::parameter("sketches", problem).with_hint("merge sketches of the same accounts"));
                }
                Some(one) => Sketched {
                    linked: one.linked && sketch.linked,
                    below: one.below.min(sketch.below),
                    hashes: [one.hashes, sketch.hashes].concat(),
                    ..one
                },
            };
            creators.insert(merged.creator.clone(), merged);
        }
        let cut = |sketch: Sketched| {
            let (hashes, below) = smallest(sketch.hashes, sketch.below, keep as usize);
            Sketched { hashes, below, ..sketch }
        };
        Ok(Sketches { keep, personal, as_listed, key, creators: creators.into_values().map(cut).collect() })
    }

    /// Of each creator in `of` (all, if it is empty) the `top` others whose audiences are most alike by Jaccard, the most similar
    /// first; 0 gives all that share somebody. Places, and what they share.
    ///
    /// **Cost**: a step for each two creators who both kept a person; 24 bytes a person kept.
    pub fn alike(&self, of: &[usize], top: usize, run: &Run) -> Result<Vec<(usize, usize, Shared)>> {
        let kept: u64 = self.creators.iter().map(|sketch| sketch.hashes.len() as u64).sum();
        run.check_memory("pairs of sketches", 24 * kept + (self.creators.len() * run.thread_count()) as u64)?;
        // Who kept each person: creators by hash.
        let each = |(at, sketch): (usize, &Sketched)| {
            sketch.hashes.iter().map(move |&hash| (hash, at as u32)).collect::<Vec<_>>()
        };
        let mut keepers: Vec<(u64, u32)> = self.creators.iter().enumerate().flat_map(each).collect();
        keepers.sort_unstable();
        let rows: Vec<usize> = if of.is_empty() { (0..self.creators.len()).collect() } else { of.to_vec() };
        run.phase("pairs of sketches", Some(rows.len() as u64));
        let found = par::map(run, &par::chunks(rows.len(), 1), |range| {
            let one = rows[range.start];
            let mut shares = vec![false; self.creators.len()];
            for &hash in &self.creators[one].hashes {
                let from = keepers.partition_point(|keeper| keeper.0 < hash);
                keepers[from..]
                    .iter()
                    .take_while(|keeper| keeper.0 == hash)
                    .for_each(|keeper| shares[keeper.1 as usize] = true);
            }
            let others = (0..self.creators.len()).filter(|&other| other != one && shares[other]);
            let mut pairs: Vec<(usize, usize, Shared)> = others
                .map(|other| (one, other, self.creators[one].with(&self.creators[other])))
                .filter(|pair| pair.2.jaccard.is_given())
                .collect();
            let value = |pair: &(usize, usize, Shared)| pair.2.jaccard.value.unwrap_or(0.0);
            pairs.sort_by(|a, b| value(b).total_cmp(&value(a)).then(a.1.cmp(&b.1)));
            if top > 0 {
                pairs.truncate(top);
            }
            Ok(pairs)
        })?;
        Ok(found.concat())
    }

    /// The creator of this name; the error gives the nearest.
    pub fn find(&self, name: &str) -> Result<usize> {
        let found = self.creators.binary_search_by(|sketch| sketch.creator.as_str().cmp(name));
        found.map_err(|_| {
            let near = Names::from_sorted(self.creators.iter().map(|sketch| sketch.creator.as_bytes())).nearest(name);
            let error = Error::parameter("--of", format!("\"{name}\" is in none of these sketches"));
            match near.is_empty() {
                true => error,
                false => error.with_hint(format!("did you mean {}?", near.join(", "))),
            }
        })
    }
}

impl Sketched {
    /// Whether everybody was kept.
    pub fn is_whole(&self) -> bool {
        self.below == u64::MAX
    }

    /// How many people the audience has.
    pub fn size(&self) -> Figure {
        counted(self.hashes.len() as u64, self.below)
    }

    /// What this audience and another share.
    pub fn with(&self, other: &Sketched) -> Shared {
        if self.platform != other.platform && !(self.linked && other.linked) {
            let figure = Figure::not_estimable(
                "people of different platforms are not linked: make the sketches of networks with the column person",
            );
            return Shared { common: figure.clone(), jaccard: figure };
        }
        let below = self.below.min(other.below);
        let of = |sketch: &Sketched| sketch.hashes.partition_point(|&hash| hash < below);
        let (one, other) = (&self.hashes[..of(self)], &other.hashes[..of(other)]);
        let both = common(one, other);
        let either = one.len() as u64 + other.len() as u64 - both;
        let common = counted(both, below);
        let jaccard = match (either, common.is_given()) {
            (0, _) => Figure::not_estimable("audiences of nobody share nothing"),
            (_, false) => common.clone(),
            (either, true) if below == u64::MAX => Figure::measured(both as f64 / either as f64, COUNTED),
            (either, true) => {
                let share = both as f64 / either as f64;
                Figure::estimated(share, Interval::wilson(share, either as f64), SAMPLED)
            }
        };
        Shared { common, jaccard }
    }
}

const COUNTED: &str = "everybody was kept";
const SAMPLED: &str = "the people with the smallest hashes";

/// How many there are where so many have hashes below a limit: counted if all were kept, else `seen / p`, p the chance of a hash
/// below it. The interval holds the N with `(seen − N p)² <= z² N p (1 − p)`.
fn counted(seen: u64, below: u64) -> Figure {
    if below == u64::MAX {
        return Figure::measured(seen as f64, COUNTED);
    }
    if seen < FEWEST {
        return Figure::not_estimable("needs ten people seen at least: keep more people of each audience");
    }
    let (seen, p) = (seen as f64, below as f64 / (1u128 << 64) as f64);
    // (seen − N p)² = z² N p q is a quadratic equation in N p.
    let spread = Z95 * Z95 * (1.0 - p) / 2.0;
    let root = libm::sqrt(spread * (spread + 2.0 * seen));
    let interval = Interval { low: ((seen + spread - root) / p).max(seen), high: (seen + spread + root) / p };
    Figure::estimated(seen / p, interval, SAMPLED)
}

/// How many numbers are in both of two rising lists.
fn common(one: &[u64], other: &[u64]) -> u64 {
    let (mut a, mut b, mut both) = (0, 0, 0);
    while let (Some(x), Some(y)) = (one.get(a), other.get(b)) {
        a += usize::from(x <= y);
        b += usize::from(y <= x);
        both += u64::from(x == y);
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Status;
    use crate::graph::{Column, build};
    use proptest::prelude::*;

    /// Everybody from `from` to `to` follows 0, and everybody from `other` on follows 1.
    fn network(accounts: u32, [from, to]: [u32; 2], other: [u32; 2]) -> Network {
        let follows = |creator: u32, range: [u32; 2]| (range[0]..range[1]).map(move |u| (u, creator));
        let all: Vec<(u32, u32)> = follows(0, [from, to]).chain(follows(1, other)).collect();
        Network::from_graph(build::graph(accounts as usize, &all))
    }

    fn sketches(network: &Network, keep: u32) -> Sketches {
        Sketch { keep, ..Sketch::default() }.run(network, &[0, 1], &Run::new(1)).unwrap()
    }

    proptest! {
        #[test]
        fn merging_files_is_sketching_all_of_them_at_once(cut in 3u32..900, keep in 16u32..300) {
            let whole = network(1000, [2, 1000], [500, 1000]);
            let parts = [network(1000, [2, cut], [500, 500]), network(1000, [cut.saturating_sub(7).max(2), 1000], [500, 1000])];
            let [first, second] = parts.map(|part| Sketch { keep, ..Sketch::default() }.run(&part, &[0, 1], &Run::new(1)).unwrap());
            let merged = first.clone().merge(second.clone()).unwrap();
            prop_assert_eq!(&merged, &sketches(&whole, keep));
            prop_assert_eq!(&second.merge(first).unwrap(), &merged);
        }
    }

    #[test]
    fn intervals_hold_at_their_level() {
        // 400 pairs of audiences of 4,000 and 3,000 with Jaccard from 0.03 to 0.6, each of other people: 95% are due of each figure;
        // 3.5 standard errors of a share of 400 are 3.8 points (chance of a false alarm below 1 in 1,000 for all three).
        let (mut sizes, mut commons, mut jaccards, mut all) = (0.0, 0.0, 0.0, 0.0);
        for draw in 0..400u32 {
            let shared = 200 + 6 * draw;
            let mut one = Sketched { creator: "a".into(), platform: None, linked: true, hashes: vec![], below: 0 };
            let mut other = Sketched { creator: "b".into(), ..one.clone() };
            let hash = |person: u32| XxHash3_64::oneshot(&(u64::from(draw) << 32 | u64::from(person)).to_le_bytes());
            (one.hashes, one.below) = smallest((0..4000).map(hash).collect(), u64::MAX, 512);
            (other.hashes, other.below) = smallest((4000 - shared..7000 - shared).map(hash).collect(), u64::MAX, 512);
            let found = one.with(&other);
            let holds = |figure: &Figure, truth: f64| {
                assert_eq!(figure.status, Status::Estimated);
                f64::from(u8::from(figure.interval.is_some_and(|range| range.low <= truth && truth <= range.high)))
            };
            all += 1.0;
            sizes += holds(&one.size(), 4000.0);
            commons += holds(&found.common, f64::from(shared));
            jaccards += holds(&found.jaccard, f64::from(shared) / f64::from(7000 - shared));
        }
        for covered in [sizes / all, commons / all, jaccards / all] {
            assert!((covered - 0.95f64).abs() < 0.038, "{sizes} {commons} {jaccards}");
        }
    }

    #[test]
    fn the_most_alike_are_those_of_all_pairs_one_by_one() {
        let key = |v: u32, u: u32| XxHash3_64::oneshot(&(u64::from(v) << 32 | u64::from(u)).to_le_bytes());
        // 20 creators; 300 people, each following some of them.
        let follows: Vec<(u32, u32)> = (20..320)
            .flat_map(|u| (0..20).filter(move |&v| key(v / 5, u) % 3 > 0 && key(v, u) % 2 == 0).map(move |v| (u, v)))
            .collect();
        let network = Network::from_graph(build::graph(320, &follows));
        let creators: Vec<u32> = (0..20).collect();
        let sketches = Sketch { keep: 60, ..Sketch::default() }.run(&network, &creators, &Run::new(1)).unwrap();
        let slow = |one: usize| {
            let mut all: Vec<(usize, f64)> = (0..20)
                .filter(|&other| other != one)
                .filter_map(|other| {
                    Some((other, sketches.creators[one].with(&sketches.creators[other]).jaccard.value?))
                })
                .filter(|pair| pair.1 > 0.0)
                .collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            all.truncate(3);
            all
        };
        for threads in [1, 3] {
            let run = Run::new(1).threads(threads).unwrap();
            let found = sketches.alike(&[], 3, &run).unwrap();
            for one in 0..20 {
                let of: Vec<(usize, f64)> = found
                    .iter()
                    .filter(|pair| pair.0 == one)
                    .map(|pair| (pair.1, pair.2.jaccard.value.unwrap()))
                    .collect();
                assert_eq!(of, slow(one));
            }
            assert_eq!(sketches.alike(&[4], 3, &run).unwrap().len(), 3);
        }
    }

    #[test]
    fn small_audiences_are_counted_and_few_common_people_are_not_guessed() {
        let whole = sketches(&network(100, [2, 60], [50, 100]), 64);
        let found = whole.creators[0].with(&whole.creators[1]);
        assert_eq!((found.common.value, found.common.status), (Some(10.0), Status::Measured));
        assert_eq!(found.jaccard.value, Some(10.0 / 98.0));
        let cut = sketches(&network(9000, [2, 5000], [4995, 9000]), 16);
        let found = cut.creators[0].with(&cut.creators[1]);
        assert_eq!((found.common.status, found.jaccard.status), (Status::NotEstimable, Status::NotEstimable));
        assert_eq!(cut.find("1").unwrap(), 1);
        assert!(cut.find("2").unwrap_err().to_string().contains("did you mean 0, 1"));
        assert!(Sketch { keep: 3, ..Sketch::default() }.check().is_err());
    }

    #[test]
    fn platforms_are_joined_through_links_alone() {
        let mut network = network(40, [2, 20], [20, 40]);
        let platforms =
            (0..40).map(|v| Some(if v == 0 || (2..20).contains(&v) { "tiktok" } else { "youtube" }.to_owned()));
        network.attributes.insert(Column::texts(known::PLATFORM, platforms));
        let apart = sketches(&network, 64);
        assert_eq!(apart.creators[0].with(&apart.creators[1]).common.status, Status::NotEstimable);
        // 2 and 20 are one person, and so on.
        let persons = (0..40).map(|v: i32| Some(format!("p{}", if v >= 20 { v - 18 } else { v })));
        network.attributes.insert(Column::texts(known::PERSON, persons));
        let joined = sketches(&network, 64);
        assert_eq!(joined.creators[0].with(&joined.creators[1]).common.value, Some(18.0));
        let other_key = Sketches { key: Some(3), ..apart.clone() };
        assert!(apart.clone().merge(other_key).unwrap_err().to_string().contains("other pseudonyms"));
        // The same handle on two platforms is not one creator.
        let mut moved = apart.clone();
        moved.creators[0].platform = Some("youtube".into());
        assert!(apart.merge(moved).unwrap_err().to_string().contains("0 is on tiktok and on youtube"));
    }
}
