//! How many will pass on the next post of an account: the ways to say it, and their mixture.

use super::super::baseline::{LEVELS, LogLog, PastMean, Quantiles};
use super::super::count::Likelihood;
use super::super::fit::{Fit, Next};
use super::super::posts::{Account, Measure, Past, Rows};
use super::super::ratio::Ratio;
use super::travel::{Drawn, Room, Travel};
use super::{Cells, Hierarchical, Learned, Traces};
use crate::base::seed::{Key, Stream};
use crate::base::stats::Interval;
use crate::base::{Result, Run, par, time};
use crate::graph::network::{Tier, Tiers};
use crate::graph::{Cascades, Graph, Network, OUTSIDE};

/// The ways, in the order of their predictions.
pub const WAYS: [&str; 8] =
    ["learned", "sizes", "past mean", "tier mean", "constant", "followers", "weighted cascade", "independent draws"];

/// How many of them the forecast is mixed from: the first ones.
pub const MIXED: usize = 5;

/// What everything rests on.
pub struct Basis<'a> {
    /// The network.
    pub network: &'a Network,
    /// Who follows whom.
    pub graph: &'a Graph,
    /// The kinds of follows.
    pub cells: &'a Cells,
    /// Likelihoods of counts.
    pub likelihood: &'a Likelihood,
    /// Draws of a post.
    pub draws: u32,
    /// An act is put down to earlier ones within so many milliseconds alone.
    pub window: Option<i64>,
}

/// Sizes that are alike are kept at most so many times: enough for quantiles.
const SIZES: usize = 20_000;

/// Of a creator's past sizes the latest ones are looked at, at most so many.
const LATEST: usize = 40;

/// Draws of ways that vary less, at most.
const FEWER: u32 = 100;

/// A cascade's size in every way, as it is predicted from who starts it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// By way.
    pub ways: Vec<Quantiles>,
    /// Draws of the learned model, draws of one number alike in what all posts share.
    pub draws: Vec<f64>,
}

/// What is learned of some cascades.
struct Fitted<'b, 'a> {
    basis: &'b Basis<'a>,
    rows: Rows,
    constant: Quantiles,
    tiers: Vec<Option<Quantiles>>,
    followers: LogLog,
    past: PastMean,
}

/// The rows of sizes: one account each that started a cascade, or is asked about.
fn rows(basis: &Basis<'_>, train: &Cascades, asked: &[u32]) -> Rows {
    let mut all: Vec<(u32, Option<Past>)> = asked.iter().map(|&v| (v, None)).collect();
    for cascade in train.iter().filter(|cascade| cascade.starter() != OUTSIDE) {
        let time = Some(cascade.began).filter(|&began| began != time::MISSING);
        let count = cascade.size() as f64;
        all.push((
            cascade.starter(),
            Some(Past { count, time, format: None, sponsored: false, average: false, converted: false }),
        ));
    }
    all.sort_by_key(|row| row.0);
    let account = |chunk: &[(u32, Option<Past>)]| {
        let mut posts: Vec<Past> = chunk.iter().filter_map(|row| row.1).collect();
        posts.sort_by(Past::order);
        posts.drain(..posts.len().saturating_sub(LATEST));
        let followers = basis.graph.followers(chunk[0].0).len() as f64;
        Account { account: chunk[0].0, platform: 0, followers: Some(followers), posts }
    };
    let ratio = Ratio { value: 1.0, interval: Interval::point(1.0), posts: 0, assumed: false };
    Rows {
        measure: Measure::Reach,
        platforms: vec![String::new()],
        formats: Vec::new(),
        ratios: vec![ratio],
        accounts: all.chunk_by(|a, b| a.0 == b.0).map(account).collect(),
        left_out: Vec::new(),
    }
}

impl<'b, 'a> Fitted<'b, 'a> {
    fn new(basis: &'b Basis<'a>, train: &Cascades, asked: &[u32]) -> Self {
        let rows = rows(basis, train, asked);
        let of_tier = |tier: Option<Tier>| {
            let mut sizes: Vec<f64> = Vec::new();
            for cascade in train.iter() {
                let v = cascade.starter();
                let here = match tier {
                    None => true,
                    Some(tier) => v != OUTSIDE && basis.network.tier(basis.graph, v) == tier,
                };
                if here {
                    sizes.push(cascade.size() as f64);
                }
            }
            sizes.sort_by(f64::total_cmp);
            let step = sizes.len().div_ceil(SIZES).max(1);
            let some: Vec<f64> = sizes.into_iter().step_by(step).collect();
            (some.len() >= 20 || tier.is_none() && !some.is_empty()).then(|| Quantiles::of(&some))
        };
        let constant = of_tier(None).unwrap_or_else(|| Quantiles::of(&[0.0]));
        Fitted {
            basis,
            constant,
            tiers: Tier::ALL.iter().map(|&tier| of_tier(Some(tier))).collect(),
            followers: LogLog::learn(&rows),
            past: PastMean::learn(&rows),
            rows,
        }
    }

    fn account(&self, v: u32) -> &Account {
        let at = self.rows.accounts.partition_point(|account| account.account < v);
        &self.rows.accounts[at]
    }
}

/// Predicts the sizes of cascades, given who starts each, from others. `asked` are (starter, a number that tells posts apart).
pub fn predict(
    basis: &Basis<'_>,
    train: &Cascades,
    asked: &[(u32, u64)],
    tiers: &Tiers,
    run: &Run,
) -> Result<Vec<Said>> {
    let traces = Traces::of(basis.graph, train, basis.window, run)?;
    let learned = Hierarchical::default().run(&traces, basis.cells, basis.likelihood, run)?;
    predict_by(basis, &traces, &learned, asked, tiers, run)
}

/// As [`predict`], with what was learned.
pub fn predict_by(
    basis: &Basis<'_>,
    traces: &Traces<'_>,
    learned: &Learned,
    asked: &[(u32, u64)],
    tiers: &Tiers,
    run: &Run,
) -> Result<Vec<Said>> {
    let mut starters: Vec<u32> = asked.iter().map(|one| one.0).collect();
    starters.sort_unstable();
    starters.dedup();
    let fitted = Fitted::new(basis, traces.cascades, &starters);
    let fit = Fit::learn(&fitted.rows, tiers, basis.likelihood, run)?;
    let travel = Travel::learned(traces, basis.cells, learned, basis.likelihood, run)?;
    let plain = Travel::weighted_cascade(basis.graph, run)?;
    // Ways that know the starter alone, once a starter.
    let own = par::map(run, &par::chunks(starters.len(), 16), |range| {
        let of = |&v: &u32| {
            let account = fitted.account(v);
            let said = fit.next(account, Next { format: None, sponsored: false });
            let intervals = [0.5, 0.8, 0.95].map(|level| said.next.interval(level));
            let sizes = Quantiles { values: said.next.quantiles(LEVELS), intervals };
            (sizes, fitted.past.predict(account), fitted.followers.predict(account))
        };
        Ok(starters[range].iter().map(of).collect::<Vec<_>>())
    })?;
    let own: Vec<_> = own.into_iter().flatten().collect();
    run.phase("posts under way", Some(asked.len() as u64));
    let tools = par::Tools::new();
    let found = par::map(run, &par::chunks(asked.len(), 8), |range| {
        tools.with(Room::default, |room| {
            let mut said = Vec::with_capacity(range.len());
            for &(v, post) in &asked[range] {
                let mut sharers =
                    |travel: &Travel<'_>, draws: u32, drawn| travel.sharers(v, post, draws, drawn, run.seed(), room);
                let draws = sharers(&travel, basis.draws, Drawn::ALL);
                let few = basis.draws.min(FEWER);
                let apart = Quantiles::of_unsorted(sharers(&travel, few, Drawn::NOTHING));
                let wc = Quantiles::of_unsorted(sharers(&plain, few, Drawn::NOTHING));
                let at = starters.binary_search(&v).unwrap_or(0);
                let (sizes, past, followers) = own[at].clone();
                let tier = fitted.tiers[fitted.basis.network.tier(basis.graph, v) as usize].clone();
                let tier = tier.unwrap_or_else(|| fitted.constant.clone());
                let learned = Quantiles::of_unsorted(draws.clone());
                let ways = vec![learned, sizes, past, tier, fitted.constant.clone(), followers, wc, apart];
                said.push(Said { ways, draws });
            }
            Ok(said)
        })
    })?;
    Ok(found.into_iter().flatten().collect())
}

impl Said {
    /// The mixture of the first ways with these weights.
    pub fn mixed(&self, weights: &[f64; MIXED]) -> Quantiles {
        let mut values: Vec<(f64, f64)> = Vec::with_capacity(MIXED * LEVELS);
        for (way, weight) in self.ways.iter().zip(weights) {
            values.extend(way.values.iter().map(|&value| (value, weight / LEVELS as f64)));
        }
        values.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mixed = Quantiles::of_weighted(&values);
        let cdf = |count: f64| {
            let at = values.partition_point(|value| value.0 < count + 0.5);
            values[..at].iter().fold(0.0, |sum, value| sum + value.1)
        };
        let intervals = mixed.intervals.map(|ends| (libm::round(ends.0), libm::round(ends.1)));
        let nearest = |at: usize| nearest(intervals[at], [0.5, 0.8, 0.95][at], cdf);
        Quantiles { values: mixed.values, intervals: [nearest(0), nearest(1), nearest(2)] }
    }

    /// The chance that the mixture gives to fewer than a count, and to at most as many.
    pub fn below(&self, weights: &[f64; MIXED], count: f64) -> (f64, f64) {
        let (mut less, mut most) = (0.0, 0.0);
        for (way, weight) in self.ways.iter().zip(weights) {
            for &value in &way.values {
                less += if value < count - 0.5 { weight / LEVELS as f64 } else { 0.0 };
                most += if value < count + 0.5 { weight / LEVELS as f64 } else { 0.0 };
            }
        }
        (less.min(1.0), most.min(1.0))
    }

    /// Its mean.
    pub fn expected(&self, weights: &[f64; MIXED]) -> f64 {
        let mean = |way: &Quantiles| way.values.iter().fold(0.0, |sum, value| sum + value) / LEVELS as f64;
        let draws = self.draws.iter().fold(0.0, |sum, value| sum + value) / self.draws.len().max(1) as f64;
        self.ways
            .iter()
            .zip(weights)
            .enumerate()
            .fold(0.0, |sum, (at, (way, weight))| sum + weight * if at == 0 { draws } else { mean(way) })
    }

    /// As many draws of the mixture as of the learned model: which way is drawn is the same for all posts, so that sums know
    /// that a whole way may be wrong.
    pub fn mixed_draws(&self, weights: &[f64; MIXED], post: u64, seed: u64) -> Vec<f64> {
        let one = |draw: usize| {
            let key = Key::new(seed, Stream::Sharers, u64::MAX - draw as u64);
            let mut left = key.unit(0);
            let mut way = 0;
            while way + 1 < MIXED && left >= weights[way] {
                left -= weights[way];
                way += 1;
            }
            match way {
                0 => self.draws[draw],
                way => {
                    let at = key.of(1).unit(post) * LEVELS as f64;
                    self.ways[way].values[(at as usize).min(LEVELS - 1)]
                }
            }
        };
        (0..self.draws.len()).map(one).collect()
    }
}

/// Of whole counts near an interval those whose chance is nearest to the level: so that over many posts it holds as often as it says.
fn nearest((first, last): (f64, f64), level: f64, cdf: impl Fn(f64) -> f64) -> (f64, f64) {
    let mut best = (f64::INFINITY, first, last);
    for low in [first, first + 1.0] {
        for high in [last, last - 1.0] {
            let miss = (cdf(high) - cdf(low - 1.0) - level).abs();
            if high >= low && miss < best.0 - 1e-12 {
                best = (miss, low, high);
            }
        }
    }
    (best.1, best.2)
}

/// Rounds of stacking.
const ROUNDS: u32 = 200;

/// The weights under which the outcomes are likeliest (stacking of predictive distributions; Yao et al. 2018), each way first
/// worth one post at equal parts: `masses` are the chances that each of the mixed ways gave to what happened.
pub fn weights(masses: &[[f64; MIXED]]) -> [f64; MIXED] {
    let even = 1.0 / MIXED as f64;
    let mut weights = [even; MIXED];
    for _ in 0..ROUNDS {
        let mut next = [even; MIXED];
        for mass in masses {
            let all = weights.iter().zip(mass).fold(0.0, |sum, (weight, mass)| sum + weight * mass);
            if all > 0.0 {
                for way in 0..MIXED {
                    next[way] += weights[way] * mass[way] / all;
                }
            }
        }
        let sum = next.iter().fold(0.0, |sum, x| sum + x);
        weights = next.map(|weight| weight / sum);
    }
    weights
}
