//! The ways of choosing that others are measured by: IMM and CELF.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::cover::Index;
use super::optimum::{Optimum, Stopping, certified};
use super::pool::{Draw, Pool, Walks};
use super::rules::Rules;
use super::search::Search;
use crate::base::seed::Stream;
use crate::base::{Error, Result, Run, par};
use crate::cascade::{Resolved, Walker, World};

/// How creators are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Method {
    /// On pools that double until it is enough (OPIM-C's scheme with bounds of our own).
    #[default]
    Doubling,
    /// IMM with this epsilon (Tang, Shi & Xiao 2015, with the fresh second pool of Chen 2018).
    Imm(f64),
    /// CELF on this many worlds walked forwards (Leskovec et al. 2007).
    Celf(u64),
}

const FORMS: &str = "doubling, imm, imm:EPSILON, celf or celf:WORLDS";

impl FromStr for Method {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let wrong = || format!("\"{text}\" is not one of {FORMS}");
        let (name, value) = text.split_once(':').map_or((text, None), |(name, value)| (name, Some(value)));
        match (name, value) {
            ("doubling", None) => Ok(Method::Doubling),
            ("imm", value) => match value.unwrap_or("0.1").parse() {
                Ok(epsilon) if epsilon > 0.0 && epsilon < 0.63 => Ok(Method::Imm(epsilon)),
                _ => Err(format!("{}: epsilon lies between 0 and 0.63", wrong())),
            },
            ("celf", value) => match value.unwrap_or("1000").parse() {
                Ok(worlds) if worlds > 0 => Ok(Method::Celf(worlds)),
                _ => Err(wrong()),
            },
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Method::Doubling => f.write_str("doubling"),
            Method::Imm(epsilon) => write!(f, "imm:{epsilon}"),
            Method::Celf(worlds) => write!(f, "celf:{worlds}"),
        }
    }
}

impl TryFrom<String> for Method {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<Method> for String {
    fn from(method: Method) -> String {
        method.to_string()
    }
}

/// The certificate of a set chosen by CELF is looked for on so many people.
const CERTIFIED_ON: u64 = 1 << 17;

impl Method {
    /// Chooses by a reference: a number of creators, and nothing else.
    pub(super) fn choose(
        self,
        walks: &Walks<'_>,
        resolved: &Resolved<'_>,
        candidates: &Candidates,
        rules: &Rules,
        stopping: &Stopping,
        run: &Run,
    ) -> Result<Optimum> {
        let (true, Some(count), true) =
            (rules.is_count(), rules.count, rules.must.is_empty() && rules.never.is_empty())
        else {
            return Err(Error::parameter("--method", format!("{self} chooses by --count alone")));
        };
        match self {
            Method::Imm(epsilon) => {
                let pool = imm(walks, candidates, rules, epsilon, stopping, run)?;
                let index = Index::new(&pool, candidates.len());
                let found = Search { pool: &pool, index: &index, rules, fixed: &[] }.run(run)?;
                certified(walks, candidates, rules, stopping, pool, found.chosen, run)
            }
            Method::Celf(worlds) => {
                let chosen = celf(resolved, candidates, count, worlds, walks.starters, run)?;
                let mut pool = Pool::default();
                let samples = stopping.samples.unwrap_or(CERTIFIED_ON);
                pool.grow(
                    Draw { walks, candidates, sentinels: &[], stream: Stream::Pool, by_chance: false },
                    samples,
                    run,
                )?;
                certified(walks, candidates, rules, stopping, pool, chosen, run)
            }
            Method::Doubling => Err(Error::parameter("--method", "doubling is no reference")),
        }
    }
}

/// As many samples as IMM takes: the better the best portfolio, the fewer. A lower bound of its reach is found first,
/// halving a guess until a greedy choice confirms it; the samples that it is chosen on are fresh (Chen 2018).
fn imm(
    walks: &Walks<'_>,
    candidates: &Candidates,
    rules: &Rules,
    epsilon: f64,
    stopping: &Stopping,
    run: &Run,
) -> Result<Pool> {
    let (n, k) = (walks.accounts as f64, rules.count.unwrap_or(0) as f64);
    let (c, log_failure) = (candidates.len() as f64, -libm::log(stopping.failure) + core::f64::consts::LN_2);
    let log_choose = libm::lgamma(c + 1.0) - libm::lgamma(k.min(c) + 1.0) - libm::lgamma(c - k.min(c) + 1.0);
    let halvings = (libm::log2(n) as u32).max(1);
    let loose = core::f64::consts::SQRT_2 * epsilon;
    let guess_samples =
        (2.0 + 2.0 / 3.0 * loose) * (log_choose + log_failure + libm::log(f64::from(halvings))) * n / (loose * loose);
    let mut least = 1.0;
    let mut pool = Pool::default();
    for halving in 1..=halvings {
        let guess = n / libm::exp2(f64::from(halving));
        let samples = ((guess_samples / guess) as u64 + 1).min(stopping.most_samples);
        let draw = Draw { walks, candidates, sentinels: &[], stream: Stream::Judge, by_chance: false };
        pool.grow(draw, samples.max(pool.samples), run)?;
        let index = Index::new(&pool, candidates.len());
        let covered = Search { pool: &pool, index: &index, rules, fixed: &[] }.run(run)?.covered;
        let reach = n * covered / pool.samples as f64;
        if reach >= (1.0 + loose) * guess || samples == stopping.most_samples {
            least = (reach / (1.0 + loose)).max(1.0);
            break;
        }
    }
    drop(pool);
    const GREEDY: f64 = 1.0 - 1.0 / core::f64::consts::E;
    let (alpha, beta) = (libm::sqrt(log_failure), libm::sqrt(GREEDY * (log_choose + log_failure)));
    let needed = 2.0 * n * (GREEDY * alpha + beta) * (GREEDY * alpha + beta) / (epsilon * epsilon * least);
    let samples = stopping.samples.unwrap_or((needed as u64 + 1).min(stopping.most_samples));
    let mut pool = Pool::default();
    pool.grow(Draw { walks, candidates, sentinels: &[], stream: Stream::Pool, by_chance: false }, samples, run)?;
    Ok(pool)
}

/// Greedy on worlds walked forwards, lazily: what somebody adds only falls as others are chosen, in the same worlds
/// exactly.
fn celf(
    resolved: &Resolved<'_>,
    candidates: &Candidates,
    count: u64,
    worlds: u64,
    starters: bool,
    run: &Run,
) -> Result<Vec<u32>> {
    let accounts = resolved.graph().accounts();
    let tools = par::Tools::new();
    let reach_in = |creators: &[u32], worlds: std::ops::Range<u64>| -> u64 {
        tools.with(
            || Walker::new(accounts),
            |walker| {
                worlds
                    .map(|index| {
                        let walk = walker.walk(&World::new(resolved, run.seed(), index), creators);
                        // Creators whom another reaches are among the reached already.
                        let own = creators.iter().filter(|&&v| !walker.reached().contains(&v));
                        let own: u64 = if starters { own.map(|&v| resolved.units(v)).sum() } else { 0 };
                        walk.reach() + own
                    })
                    .sum()
            },
        )
    };
    let with = |chosen: &[u32], candidate: u32| {
        let mut creators = candidates.at(chosen);
        creators.push(candidates.account(candidate));
        creators.sort_unstable();
        creators
    };
    run.phase("walking from each candidate", Some(candidates.len() as u64));
    let first = par::map(run, &par::chunks(candidates.len(), 16), |range| {
        Ok(range.map(|place| reach_in(&with(&[], place as u32), 0..worlds)).collect::<Vec<_>>())
    })?;
    let gains = first.concat().into_iter().zip(0u32..);
    let mut heap: BinaryHeap<(u64, Reverse<u32>, u64)> = gains.map(|(gain, place)| (gain, Reverse(place), 0)).collect();
    let (mut chosen, mut reach) = (Vec::new(), 0);
    while (chosen.len() as u64) < count
        && let Some((gain, Reverse(place), at)) = heap.pop()
    {
        if gain == 0 {
            break;
        }
        if at == chosen.len() as u64 {
            chosen.push(place);
            reach += gain;
            continue;
        }
        let creators = with(&chosen, place);
        let parts = par::map(run, &par::chunks(worlds as usize, 64), |range| {
            Ok(reach_in(&creators, range.start as u64..range.end as u64))
        })?;
        heap.push((parts.iter().sum::<u64>() - reach, Reverse(place), chosen.len() as u64));
    }
    Ok(chosen)
}
