//! The configuration model: given degrees, links at random.

use serde::{Deserialize, Serialize};

use super::made::{CHUNK, Figure, Made, Plan};
use super::power::PowerLaw;
use super::sbm::usual_most;
use super::shuffle::Shuffle;
use super::{Step, check_number, check_people};
use crate::base::tail::count_tail;
use crate::base::{Error, Result, Run};
use crate::graph::Graph;
use crate::graph::csr::MAX_ACCOUNTS;

/// The configuration model: everybody has the degree asked for, and who is linked to whom is chance.
///
/// An account of degree k holds k ends of links; the ends are paired at random. With degrees both ways, ends of follows
/// given are paired with ends of follows received.
///
/// **Input**: degrees by a power law `P(k) ~ k^-g` with the mean given ([`Configuration::run`]), or any degrees
/// ([`Configuration::run_with`]).
/// **Returns**: undirected degrees make an undirected network, each link stored both ways; degrees both ways make a
/// directed one.
/// **Guarantee**: before repeats merge and self-links go, every account has exactly its degree (one end of an odd
/// total is left over). What merged and went is counted; for degrees up to `sqrt(mean · n)` it is a small share.
/// The pairing is a pseudo-random permutation ([`Shuffle`]).
/// **Cost**: one permuted place an end; [`Configuration::memory`]: 32 bytes a link and 8 for its ends.
/// **Errors**: no power law has such a mean, degrees not below the number of people, totals that differ, memory.
/// **Determinism**: the same bytes at any number of threads.
/// **References**: Bollobás 1980; Molloy & Reed 1995; Newman, Strogatz & Watts 2001 (both ways).
///
/// ```
/// use truereach::{Run, synth::{Configuration, Degrees}};
/// let made = Configuration::default().run_with(&Degrees::Undirected(vec![1, 2, 1]), &Run::new(7))?;
/// assert_eq!(made.counts.drawn, 2);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Configuration {
    /// Accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "10000", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub people: u64,
    /// Exponent of the power law of the degrees
    #[cfg_attr(feature = "cli", arg(long, value_name = "G", default_value = "2.5", allow_negative_numbers = true))]
    pub degree_exponent: f64,
    /// Links an account
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", default_value = "16", allow_negative_numbers = true))]
    pub mean_degree: f64,
    /// Largest degree [default: sqrt(mean degree × people)]
    #[cfg_attr(feature = "cli", arg(long, value_name = "D", allow_negative_numbers = true, value_parser = super::parse::small))]
    pub max_degree: Option<u32>,
}

impl Default for Configuration {
    fn default() -> Self {
        Configuration { people: 10_000, degree_exponent: 2.5, mean_degree: 16.0, max_degree: None }
    }
}

/// A degree for each account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Degrees {
    /// Links without direction.
    Undirected(Vec<u32>),
    /// Follows given and received; the totals are equal.
    Directed {
        /// Whom the account follows: how many.
        following: Vec<u32>,
        /// Who follows the account: how many.
        followers: Vec<u32>,
    },
}

impl Degrees {
    /// The degrees of a network: both ways, unless every follow is returned.
    pub fn of(graph: &Graph) -> Degrees {
        let accounts = 0..graph.accounts() as u32;
        let following = accounts.clone().map(|u| graph.following(u).len() as u32).collect();
        match graph.is_symmetric() {
            true => Degrees::Undirected(following),
            false => {
                Degrees::Directed { following, followers: accounts.map(|v| graph.followers(v).len() as u32).collect() }
            }
        }
    }

    fn people(&self) -> u64 {
        match self {
            Degrees::Undirected(degrees) | Degrees::Directed { following: degrees, .. } => degrees.len() as u64,
        }
    }

    fn links(&self) -> u64 {
        match self {
            Degrees::Undirected(degrees) => total(degrees) / 2,
            Degrees::Directed { following, .. } => total(following),
        }
    }

    fn check(&self) -> Result<()> {
        let people = self.people();
        check_people(people)?;
        let small = |degrees: &[u32]| match degrees.iter().position(|&degree| u64::from(degree) >= people) {
            Some(at) if degrees[at] > 0 => Err(Error::parameter(
                "degrees",
                format!("account {at} has a degree of {}, not below the {people} accounts", degrees[at]),
            )),
            _ => Ok(()),
        };
        match self {
            Degrees::Undirected(degrees) => small(degrees),
            Degrees::Directed { following, followers } => {
                let (given, received) = (total(following), total(followers));
                if following.len() != followers.len() || given != received {
                    let text = format!("{given} follows are given and {received} received");
                    return Err(Error::parameter("degrees", text));
                }
                small(following).and_then(|()| small(followers))
            }
        }
    }
}

fn total(degrees: &[u32]) -> u64 {
    degrees.iter().map(|&degree| u64::from(degree)).sum()
}

/// The account of every end of a link.
pub(crate) fn ends(degrees: &[u32]) -> Vec<u32> {
    let mut ends = Vec::with_capacity(total(degrees) as usize);
    for (account, &degree) in degrees.iter().enumerate() {
        ends.resize(ends.len() + degree as usize, account as u32);
    }
    ends
}

impl Configuration {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        check_people(self.people)?;
        let g = self.degree_exponent;
        check_number("--degree-exponent", g, (0.0..=20.0).contains(&g), "from 0 to 20")?;
        match self.max_degree {
            Some(most) if self.people > 1 && u64::from(most) >= self.people => {
                let text = format!("must be below the number of people ({}), not {most}", self.people);
                Err(Error::parameter("--max-degree", text))
            }
            _ => Ok(()),
        }
    }

    /// Bytes at the peak: 40 an account, 40 a link.
    pub fn memory(&self) -> u64 {
        let links = self.mean_degree.max(0.0) * self.people.min(MAX_ACCOUNTS) as f64 / 2.0;
        Self::memory_of(self.people, links as u64, true)
    }

    fn memory_of(people: u64, links: u64, undirected: bool) -> u64 {
        Plan::memory(people, links, undirected)
            .saturating_add(people.saturating_mul(12))
            .saturating_add(links.saturating_mul(8))
    }

    /// Draws degrees by the power law, and the network.
    pub fn run(&self, run: &Run) -> Result<Made> {
        self.check()?;
        run.check_memory("The configuration model", self.memory())?;
        if self.people <= 1 {
            return self.run_with(&Degrees::Undirected(vec![0; self.people as usize]), run);
        }
        let most = self.max_degree.unwrap_or_else(|| usual_most(self.people, self.mean_degree));
        let law = PowerLaw::with_mean(self.degree_exponent, self.mean_degree, most)?;
        let degrees = law.degrees(run, Step::Degrees, self.people as usize)?;
        let mut made = self.run_with(&Degrees::Undirected(degrees), run)?;
        let tail = count_tail(&made.degrees()?, law.pure_from().into(), Some(most.into()));
        made.figures.push(Figure {
            name: "degree exponent",
            asked: Some(self.degree_exponent),
            found: tail.exponent + 1.0,
            interval: Some(tail.interval.shifted(1.0)),
        });
        Ok(made)
    }

    /// Draws a network of given degrees; the parameters of the power law are not looked at.
    pub fn run_with(&self, degrees: &Degrees, run: &Run) -> Result<Made> {
        degrees.check()?;
        let (people, links) = (degrees.people(), degrees.links());
        let undirected = matches!(degrees, Degrees::Undirected(_));
        run.check_memory("The configuration model", Self::memory_of(people, links, undirected))?;
        let plan = Plan { people, chunks: links.div_ceil(CHUNK), expected: links, undirected };
        let chunk_of = |chunk: u64| chunk * CHUNK..links.min((chunk + 1) * CHUNK);
        let (mut made, mean, largest) = match degrees {
            Degrees::Undirected(degrees) => {
                let ends = ends(degrees);
                let order = Shuffle::new(Step::Stubs.key(run, 0), ends.len() as u64);
                let end = |place| ends[order.at(place) as usize];
                let mut made = plan.run(run, |chunk, out| {
                    chunk_of(chunk).for_each(|link| out.push(end(2 * link), end(2 * link + 1)));
                })?;
                made.counts.unplaced = ends.len() as u64 % 2;
                (made, ends.len() as f64 / people as f64, degrees.iter().max())
            }
            Degrees::Directed { following, followers } => {
                let (given, received) = (ends(following), ends(followers));
                let order = Shuffle::new(Step::StubsIn.key(run, 0), links);
                let made = plan.run(run, |chunk, out| {
                    chunk_of(chunk).for_each(|at| out.push(given[at as usize], received[order.at(at) as usize]));
                })?;
                (made, links as f64 / people as f64, followers.iter().max())
            }
        };
        made.measure_degrees((people > 0).then_some(mean), largest.map(|&most| most.into()))?;
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_kept_but_for_what_is_counted() {
        let following: Vec<u32> = (0..3000).map(|u| u % 7).collect();
        let followers: Vec<u32> = following.iter().rev().copied().collect();
        for degrees in
            [Degrees::Undirected(following.clone()), Degrees::Directed { following: following.clone(), followers }]
        {
            let made = Configuration::default().run_with(&degrees, &Run::new(2)).unwrap();
            let graph = made.graph().unwrap();
            let counts = made.counts;
            let links = graph.edges() / if graph.is_symmetric() { 2 } else { 1 };
            assert_eq!(links, counts.drawn - counts.repeats - counts.self_loops);
            assert!(counts.repeats + counts.self_loops < 60, "{counts:?}");
            let missing: u32 = (0..3000).map(|u| following[u as usize] - graph.following(u).len() as u32).sum();
            let lost = (counts.repeats + counts.self_loops) as u32;
            assert_eq!(missing, if graph.is_symmetric() { 2 * lost + counts.unplaced as u32 } else { lost });
            assert!(!graph.is_symmetric() || Degrees::of(graph).people() == 3000);
        }
    }

    /// 3 pairings of 4 ends, 3,000 seeds: 1,000 ± 5 sd (129); by chance once in 600,000.
    #[test]
    fn pairings_are_even() {
        let mut seen = [0; 4];
        for seed in 0..3000 {
            let made = Configuration::default().run_with(&Degrees::Undirected(vec![1; 4]), &Run::new(seed)).unwrap();
            seen[made.graph().unwrap().following(0)[0] as usize] += 1;
        }
        assert!(seen[1..].iter().all(|count| (871..=1129).contains(count)), "{seen:?}");
    }

    #[test]
    fn exponent_and_mean_come_out() {
        // The interval is 95% wide: at twice its width it misses by chance once in 11,000. 20,000 degrees of sd 24:
        // the mean is within 5 standard errors, 0.85, and what merged.
        let params = Configuration { people: 20_000, ..Configuration::default() };
        let made = params.run(&Run::new(6)).unwrap();
        let figure = |name: &str| made.figures.iter().find(|figure| figure.name == name).unwrap();
        let exponent = figure("degree exponent");
        let half = exponent.interval.unwrap().half_width();
        assert!((exponent.found - 2.5).abs() < 2.0 * half && half < 0.1, "{exponent:?}");
        assert!((figure("mean degree").found - 16.0).abs() < 1.2, "{:?}", made.figures);
    }

    #[test]
    fn the_smallest_work_and_wrong_degrees_do_not() {
        for people in [0, 1] {
            let made = Configuration { people, ..Configuration::default() }.run(&Run::new(1)).unwrap();
            assert_eq!((made.graph().unwrap().accounts() as u64, made.graph().unwrap().edges()), (people, 0));
        }
        let run = Run::new(1);
        let both = |following: &[u32], followers: &[u32]| Degrees::Directed {
            following: following.to_vec(),
            followers: followers.to_vec(),
        };
        for (degrees, says) in [
            (Degrees::Undirected(vec![1, 3, 2]), "account 1 has a degree of 3"),
            (both(&[1, 1, 0], &[1, 0, 0]), "2 follows are given and 1 received"),
            (both(&[1, 1], &[2]), "given"),
        ] {
            let error = Configuration::default().run_with(&degrees, &run).unwrap_err();
            assert!(error.to_string().contains(says) && error.exit_code() == 2, "{error}");
        }
        for params in [
            Configuration { mean_degree: -2.0, ..Configuration::default() },
            Configuration { max_degree: Some(10), ..Configuration::default() },
            Configuration { people: 10, max_degree: Some(10), ..Configuration::default() },
            Configuration { degree_exponent: f64::NAN, ..Configuration::default() },
        ] {
            assert_eq!(params.run(&run).unwrap_err().exit_code(), 2);
        }
    }
}
