//! Erdős–Rényi: every pair alike.

use serde::{Deserialize, Serialize};

use super::made::{CHUNK, Made, Plan};
use super::shuffle::Shuffle;
use super::{Step, check_number, check_people, check_share};
use crate::base::seed::Key;
use crate::base::{Error, Result, Run};

/// Erdős–Rényi: each possible follow is there with the same chance, or a fixed number of them.
///
/// G(n, p): each of the N possible pairs with chance p. G(n, m): m different pairs of N. `N = n (n − 1)`, undirected
/// half of that. Without p and m, `p = mean-degree / (n − 1)`.
///
/// **Input**: the parameters alone.
/// **Returns**: a directed network, u follows v; with `undirected` each link is stored both ways.
/// **Guarantee**: no repeats and no self-follows are drawn. G(n, p) is exact up to the 53 bits of a uniform number;
/// G(n, m) has exactly m pairs, the first m of a pseudo-random permutation of all N ([`Shuffle`]).
/// **Cost**: one logarithm (or one permuted place) a follow, whatever N; [`ErdosRenyi::memory`]: 20 bytes a follow
/// (undirected: 32 a link), 28 an account.
/// **Errors**: p that is no share, both p and m, m above N, memory.
/// **Determinism**: the same bytes at any number of threads.
/// **References**: Gilbert 1959; Erdős & Rényi 1959; Batagelj & Brandes 2005 (skipping).
///
/// ```
/// use truereach::{Run, synth::ErdosRenyi};
/// let made = ErdosRenyi { people: 100, m: Some(500), ..ErdosRenyi::default() }.run(&Run::new(7))?;
/// assert_eq!(made.graph()?.edges(), 500);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct ErdosRenyi {
    /// Accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "10000", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub people: u64,
    /// Chance of each possible follow
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", allow_negative_numbers = true))]
    pub p: Option<f64>,
    /// Exactly this many follows instead
    #[cfg_attr(feature = "cli", arg(long, value_name = "M", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub m: Option<u64>,
    /// Follows an account (undirected: links), where neither --p nor --m is given
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", default_value = "16", allow_negative_numbers = true))]
    pub mean_degree: f64,
    /// Links without direction: each is stored both ways
    #[cfg_attr(feature = "cli", arg(long))]
    pub undirected: bool,
}

impl Default for ErdosRenyi {
    fn default() -> Self {
        ErdosRenyi { people: 10_000, p: None, m: None, mean_degree: 16.0, undirected: false }
    }
}

impl ErdosRenyi {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        check_people(self.people)?;
        let possible = self.possible();
        match (self.p, self.m) {
            (Some(_), Some(_)) => Err(Error::parameter("--p, --m", "give a chance or a number of follows, not both")),
            (Some(p), None) => check_share("--p", p),
            (None, Some(m)) if m > possible => Err(Error::parameter(
                "--m",
                format!("{m} is above the {possible} possible pairs of {} accounts", self.people),
            )),
            (None, Some(_)) => Ok(()),
            (None, None) => {
                let most = self.people.saturating_sub(1) as f64;
                let holds = self.mean_degree >= 0.0 && (self.people <= 1 || self.mean_degree <= most);
                check_number("--mean-degree", self.mean_degree, holds, "from 0 to below the number of people")
            }
        }
    }

    fn possible(&self) -> u64 {
        pairs_of(self.people, self.undirected)
    }

    fn chance(&self) -> f64 {
        match self.people {
            0 | 1 => 0.0,
            people => self.p.unwrap_or(self.mean_degree / (people - 1) as f64).min(1.0),
        }
    }

    /// Pairs to expect.
    fn expected(&self) -> u64 {
        self.m.unwrap_or((self.chance() * self.possible() as f64) as u64)
    }

    /// Bytes at the peak: 28 an account, 20 a follow; undirected 32 a link.
    pub fn memory(&self) -> u64 {
        Plan::memory(self.people, self.expected(), self.undirected)
    }

    /// Draws the network.
    pub fn run(&self, run: &Run) -> Result<Made> {
        self.check()?;
        run.check_memory("Erdős–Rényi", self.memory())?;
        let (possible, expected, chance) = (self.possible(), self.expected(), self.chance());
        let chunks =
            if possible == 0 || chance == 0.0 && self.m.is_none() { 0 } else { expected.div_ceil(CHUNK).max(1) };
        let plan = Plan { people: self.people, chunks, expected, undirected: self.undirected };
        let pair = |place| pair_at(place, self.people, self.undirected);
        let mut made = match self.m {
            Some(m) => {
                let places = Shuffle::new(Step::ErPlaces.key(run, 0), possible);
                plan.run(run, |chunk, out| {
                    for at in chunk * CHUNK..m.min((chunk + 1) * CHUNK) {
                        let (u, v) = pair(places.at(at));
                        out.push(u, v);
                    }
                })?
            }
            None => plan.run(run, |chunk, out| {
                let range = part(possible, chunk, chunks)..part(possible, chunk + 1, chunks);
                skip(Step::ErSkips.key(run, chunk), chance, range, |place| {
                    let (u, v) = pair(place);
                    out.push(u, v);
                });
            })?,
        };
        let mean = match (self.m, self.people) {
            (_, 0) => None,
            (None, people) => Some(chance * (people - 1) as f64),
            (Some(m), people) => Some(m as f64 / people as f64 * if self.undirected { 2.0 } else { 1.0 }),
        };
        made.measure_degrees(mean, None)?;
        Ok(made)
    }
}

/// How many pairs of different accounts there are.
pub(crate) fn pairs_of(people: u64, undirected: bool) -> u64 {
    let ordered = u128::from(people) * u128::from(people.saturating_sub(1));
    (if undirected { ordered / 2 } else { ordered }) as u64
}

/// The pair at a place of the list of all pairs, by rows: `(u, v)` with u other than v; undirected with `u > v`.
#[inline]
pub(crate) fn pair_at(place: u64, people: u64, undirected: bool) -> (u32, u32) {
    if undirected {
        // Row u begins at u (u − 1) / 2.
        let begin = |u: u64| u * (u - 1) / 2;
        let mut u = ((1.0 + (1.0 + 8.0 * place as f64).sqrt()) / 2.0) as u64;
        u = u.clamp(1, people - 1);
        while begin(u) > place {
            u -= 1;
        }
        while begin(u + 1) <= place {
            u += 1;
        }
        return (u as u32, (place - begin(u)) as u32);
    }
    let (u, v) = (place / (people - 1), place % (people - 1));
    (u as u32, (v + u64::from(v >= u)) as u32)
}

/// Where part `at` of `parts` of a length begins.
pub(crate) fn part(length: u64, at: u64, parts: u64) -> u64 {
    (u128::from(length) * u128::from(at) / u128::from(parts.max(1))) as u64
}

/// Every place of a range with the same chance: the gaps are geometric, so only hits cost.
#[inline]
pub(crate) fn skip(key: Key, chance: f64, range: std::ops::Range<u64>, mut hit: impl FnMut(u64)) {
    if chance <= 0.0 {
        return;
    }
    let scale = 1.0 / libm::log1p(-chance);
    let mut place = range.start;
    for item in 0.. {
        // 1 − unit lies in (0, 1]. At a chance of 1 the scale is −0, and no place is skipped.
        let gap = libm::log(1.0 - key.unit(item)) * scale;
        place = place.saturating_add(gap as u64);
        if place >= range.end {
            return;
        }
        hit(place);
        place += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_stands_at_one_place() {
        for people in [2u64, 3, 7] {
            for undirected in [false, true] {
                let pairs: Vec<_> =
                    (0..pairs_of(people, undirected)).map(|place| pair_at(place, people, undirected)).collect();
                let set: std::collections::BTreeSet<_> = pairs.iter().copied().collect();
                assert_eq!(set.len(), pairs.len());
                assert!(pairs.iter().all(|&(u, v)| u != v && u64::from(u.max(v)) < people && (!undirected || u > v)));
            }
        }
        let people = u64::from(u32::MAX);
        let last = pairs_of(people, true) - 1;
        assert_eq!(pair_at(last, people, true), (u32::MAX - 1, u32::MAX - 2));
        assert_eq!(pair_at(pairs_of(people, false) - 1, people, false), (u32::MAX - 1, u32::MAX - 2));
    }

    /// Followers against the binomial distribution, in 9 cells: chi-square with 8 degrees of freedom is above 40 by
    /// chance once in 300,000.
    #[test]
    fn follower_counts_are_binomial() {
        let (people, p) = (20_000u64, 10.0 / 19_999.0);
        let params = ErdosRenyi { people, p: Some(p), ..Default::default() };
        let made = params.run(&Run::new(5)).unwrap();
        let mut seen = [0f64; 9];
        let cell = |degree: usize| (degree.clamp(6, 14)) - 6;
        made.degrees().unwrap().iter().for_each(|&degree| seen[cell(degree as usize)] += 1.0);
        let mut expected = [0f64; 9];
        let n = (people - 1) as f64;
        let mut chance = libm::exp(n * libm::log1p(-p));
        for degree in 0..100 {
            expected[cell(degree)] += people as f64 * chance;
            chance *= (n - degree as f64) / (degree as f64 + 1.0) * p / (1.0 - p);
        }
        let chi: f64 = seen.iter().zip(expected).map(|(seen, due)| (seen - due) * (seen - due) / due).sum();
        assert!(chi < 40.0, "{chi}: {seen:?} {expected:?}");
        assert_eq!((made.counts.repeats, made.counts.self_loops), (0, 0));
    }

    #[test]
    fn all_or_nothing() {
        for people in [0, 1, 2, 30] {
            for undirected in [false, true] {
                let graph = |p, m| {
                    let params = ErdosRenyi { people, p, m, mean_degree: 0.0, undirected };
                    params.run(&Run::new(1)).unwrap().graph().unwrap().clone()
                };
                let all = people * people.saturating_sub(1);
                assert_eq!(graph(Some(0.0), None).edges(), 0);
                assert_eq!(graph(Some(1.0), None).edges(), all);
                assert_eq!(graph(None, Some(pairs_of(people, undirected))).edges(), all);
                assert_eq!(graph(None, Some(0)).edges(), 0);
                assert_eq!(graph(None, None).accounts() as u64, people);
            }
        }
    }

    /// Each of the 20 pairs of 5 accounts in 2,000 networks of 7 follows: 700 ± 5 sd (107); by chance once in 80,000.
    #[test]
    fn a_fixed_number_of_follows_is_spread_evenly() {
        let mut seen = [[0; 5]; 5];
        for seed in 0..2000 {
            let params = ErdosRenyi { people: 5, m: Some(7), ..Default::default() };
            let made = params.run(&Run::new(seed)).unwrap();
            assert_eq!(made.graph().unwrap().edges(), 7);
            (0..5).for_each(|u| {
                made.graph().unwrap().following(u).iter().for_each(|&v| seen[u as usize][v as usize] += 1)
            });
        }
        for (u, row) in seen.iter().enumerate() {
            assert!(row.iter().enumerate().all(|(v, &count)| u == v || (593..=807).contains(&count)), "{seen:?}");
        }
    }

    #[test]
    fn wrong_parameters_are_named() {
        for (params, says) in [
            (ErdosRenyi { p: Some(1.5), ..Default::default() }, "--p"),
            (ErdosRenyi { p: Some(f64::NAN), ..Default::default() }, "--p"),
            (ErdosRenyi { p: Some(0.5), m: Some(3), ..Default::default() }, "not both"),
            (ErdosRenyi { people: 3, m: Some(7), ..Default::default() }, "6 possible"),
            (ErdosRenyi { people: 1 << 32, ..Default::default() }, "limit"),
            (ErdosRenyi { people: 10, mean_degree: 10.0, ..Default::default() }, "--mean-degree"),
        ] {
            let error = params.run(&Run::new(1)).unwrap_err();
            assert!(error.to_string().contains(says) && error.exit_code() == 2, "{error}");
        }
    }
}
