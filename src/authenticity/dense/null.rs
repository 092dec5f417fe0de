//! What chance gives: networks in which everybody follows and is followed by as many as in the given one in the mean.
//!
//! Among all laws of two-sided networks without repeats that have these mean degrees, that of maximum entropy has each follow on its
//! own, with chance `x_u y_v / (1 + x_u y_v)`. Follows are then independent, so that the small part of a copy that can be as
//! dense as is asked for can be drawn without the rest.

use std::sync::LazyLock;

use super::part::{Density, Part};
use super::weight;
use crate::base::exponential::Exponential;
use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Copies that are made at a time, at most: each holds memory.
pub const TOGETHER: usize = 2;
/// Degrees from which some are put together when factors are sought: neighbours within a hundredth.
const APART: f64 = 100.0;
/// Rounds in which factors are sought, and the relative error of degrees that ends them sooner.
const ROUNDS: usize = 200;
const NEAR: f64 = 1e-5;
/// Steps in which a degree of its own finds its factor, given those of the other side.
const OWN: usize = 4;
/// Copies as dense as the observed block that tell enough.
pub const ENOUGH: usize = 5;
/// Turns in which a region is narrowed.
const TURNS: usize = 6;
/// Above this chance every follow is drawn by itself; below, draws skip to the next that may hold.
const OFTEN: f64 = 0.25;
/// The floor that is tried next, where a copy has nothing as dense: this share of the last.
const LOWER: f64 = 0.6;

/// The law of the copies.
#[derive(Debug)]
pub struct Null {
    /// Followers, those with most follows first: factor, follows, prior.
    rows: Vec<(f64, u32, u64)>,
    /// Followed accounts, those with most followers first: factor, followers.
    columns: Vec<(f64, u32)>,
    weights: Vec<u32>,
    has_priors: bool,
    largest_prior: f64,
}

impl Null {
    /// Finds the factors of everybody.
    pub fn new(graph: &Graph, priors: Option<&[u64]>, run: &Run) -> Result<Null> {
        let accounts = 0..graph.accounts() as u32;
        let prior = |u: u32| priors.map_or(0, |priors| priors[u as usize]);
        let mut rows: Vec<(u32, u64)> = accounts.clone().map(|u| (graph.following(u).len() as u32, prior(u))).collect();
        let mut columns: Vec<u32> = accounts.map(|v| graph.followers(v).len() as u32).collect();
        rows.retain(|row| row.0 > 0);
        columns.retain(|&followers| followers > 0);
        // By degree and prior, not by id: who is called what does not matter to chance.
        rows.sort_unstable_by(|a, b| b.cmp(a));
        columns.sort_unstable_by(|a, b| b.cmp(a));
        let row_classes = classes(rows.iter().map(|row| row.0));
        let column_classes = classes(columns.iter().copied());
        let (x, y) = fit(&row_classes, &column_classes, run)?;
        let follows: Vec<u32> = rows.iter().map(|row| row.0).collect();
        let x = own(&follows, &row_classes, &x, &column_classes, &y, run)?;
        let y = own(&columns, &column_classes, &y, &row_classes, &class_means(&follows, &x, &row_classes), run)?;
        let weights = columns.iter().map(|&followers| weight(followers as usize)).collect();
        let rows = rows.iter().zip(x).map(|(&(follows, prior), x)| (x, follows, prior)).collect();
        let largest_prior = priors.and_then(|priors| priors.iter().max()).map_or(0.0, |&prior| prior as f64);
        let columns = y.into_iter().zip(columns).collect();
        Ok(Null { rows, columns, weights, has_priors: priors.is_some(), largest_prior })
    }

    /// The densest set of each copy: how dense. Copies end with the one that is the `ENOUGH`th as dense as observed.
    pub fn densities(&self, copies: u32, observed: f64, run: &Run) -> Result<Vec<f64>> {
        // The first copy tells the others how low to begin: the result is the same wherever that is.
        let first = self.density(0, &self.region(0.75 * observed), run)?;
        let region = self.region(0.9 * first);
        let mut densities = vec![first];
        for from in (1..copies).step_by(TOGETHER) {
            let together = par::chunks((copies - from).min(TOGETHER as u32) as usize, 1);
            let more =
                par::map(run, &together, |range| self.density(u64::from(from) + range.start as u64, &region, run))?;
            for density in more {
                // Whatever copies would follow, the block is one that chance gives.
                if densities.iter().filter(|&&density| density >= observed).count() < ENOUGH {
                    densities.push(density);
                }
            }
            if densities.len() < (from as usize + TOGETHER).min(copies as usize) {
                break;
            }
        }
        Ok(densities)
    }

    fn density(&self, copy: u64, region: &Region, run: &Run) -> Result<f64> {
        let draw = |region: &Region| self.copy(copy, region, run).densest(region.floor);
        let mut found = draw(region);
        let mut floor = region.floor.value();
        // A single follow has this density at least, or there is none.
        while found.is_none() && floor > 1e-3 {
            run.step(0)?;
            floor *= LOWER;
            found = draw(&self.region(floor));
        }
        Ok(found.map_or(0.0, |densest| densest.density.value()))
    }

    /// Who may be in a set of this density: followers and followed accounts whose mean weight from one another, and what
    /// chance may add to it, reach it; a few turns.
    fn region(&self, floor: f64) -> Region {
        let floor = Density::of(floor);
        let least = floor.ceil() as f64;
        let reaches = |mean: f64, largest: f64| largest * most(mean / largest) >= least;
        // Weight grows with followers, so that what may be heavy enough comes first.
        let whole = |at: usize| f64::from(self.columns[at].1) * f64::from(self.weights[at]);
        let mut columns = partition_point(self.columns.len(), |at| reaches(whole(at), f64::from(self.weights[at])));
        let mut rows = self.rows.len();
        for _ in 0..if columns > 0 { TURNS } else { 0 } {
            let largest = f64::from(self.weights[columns - 1]);
            let kept = || self.columns[..columns].iter().zip(&self.weights[..columns]);
            let mean = |x: f64| kept().fold(0.0, |sum, (&(y, _), &weight)| sum + f64::from(weight) * chance(x * y));
            rows = partition_point(rows, |at| reaches(mean(self.rows[at].0) + self.largest_prior, largest));
            let among = &self.rows[..rows];
            let mean = |y: f64| among.iter().fold(0.0, |sum, &(x, ..)| sum + chance(x * y));
            let before = columns;
            columns = partition_point(columns, |at| {
                let weight = f64::from(self.weights[at]);
                reaches(weight * mean(self.columns[at].0), weight)
            });
            if columns == before || columns == 0 {
                break;
            }
        }
        let follows: Vec<u32> = self.rows[..rows].iter().map(|row| row.1).collect();
        let followers: Vec<u32> = self.columns[..columns].iter().map(|column| column.1).collect();
        let follows = most(self.expected(&follows, &followers)) as usize;
        Region { floor, rows, columns, follows }
    }

    /// The part of a copy within a region. Words belong to followers, and are used along the followed accounts from the
    /// largest down: a larger region shows more of the same copy.
    fn copy(&self, copy: u64, region: &Region, run: &Run) -> Part {
        let least = region.floor.ceil();
        let key = Key::new(run.seed(), Stream::Authenticity, 1 + copy);
        let columns = &self.columns[..region.columns];
        let weights = self.weights[..region.columns].to_vec();
        let (mut offsets, mut targets, mut priors) = (vec![0], Vec::with_capacity(region.follows), Vec::new());
        for (row, &(x, _, prior)) in self.rows[..region.rows].iter().enumerate() {
            let from = targets.len();
            draw(key.of(row as u64), x, columns, &mut targets);
            let weight = targets[from..].iter().fold(prior, |sum, &v| sum + u64::from(weights[v as usize]));
            if weight < least {
                targets.truncate(from);
                continue;
            }
            offsets.push(targets.len());
            priors.push(prior);
        }
        Part { offsets, targets, weights, priors: self.has_priors.then_some(priors) }
    }

    /// How many follows chance gives in the mean from accounts with so many follows to accounts with so many followers.
    pub fn expected(&self, follows: &[u32], followers: &[u32]) -> f64 {
        // Rows and columns descend, and who has as many has the same factor.
        let x = |degree: u32| self.rows[self.rows.partition_point(|row| row.1 > degree).min(self.rows.len() - 1)].0;
        let y =
            |degree: u32| self.columns[self.columns.partition_point(|at| at.1 > degree).min(self.columns.len() - 1)].0;
        let (follows, followers) = (counts(follows), counts(followers));
        let factors: Vec<(f64, f64)> = followers.iter().map(|&(degree, count)| (y(degree), count)).collect();
        follows.iter().fold(0.0, |sum, &(degree, count)| {
            let x = x(degree);
            sum + count * factors.iter().fold(0.0, |sum, &(y, count)| sum + count * chance(x * y))
        })
    }
}

/// The first followers and followed accounts, who may hold a set of a density.
#[derive(Debug)]
struct Region {
    floor: Density,
    rows: usize,
    columns: usize,
    /// Room for the follows among them.
    follows: usize,
}

#[inline]
fn chance(z: f64) -> f64 {
    z / (1.0 + z)
}

/// Each degree, and how often it is there.
fn counts(degrees: &[u32]) -> Vec<(u32, f64)> {
    let mut degrees = degrees.to_vec();
    degrees.sort_unstable();
    degrees.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f64)).collect()
}

/// More than a sum of independent coins with this mean ever is: above it with a chance below 2e-8 (Chernoff). As well for
/// coins that count less than 1 each.
fn most(mean: f64) -> f64 {
    mean + 6.0 * mean.sqrt() + 12.0
}

fn partition_point(len: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}

/// Draws whom a follower follows, of accounts whose factors descend: chances do too, so that a draw may skip by a chance no
/// smaller than that at hand, and where it lands accept by how much smaller the chance there is (Miller & Hagberg 2011).
fn draw(key: Key, x: f64, columns: &[(f64, u32)], targets: &mut Vec<u32>) {
    let (exponential, skips) = (Exponential::table(), &*SKIPS);
    let mut item = 0;
    let mut word = || {
        item += 1;
        key.word(item)
    };
    let unit = |word: u64| (word >> 11) as f64 * (1.0 / (1u64 << 53) as f64);
    let mut at = 0;
    while at < columns.len() {
        let p = chance(x * columns[at].0);
        if p > OFTEN {
            if unit(word()) < p {
                targets.push(at as u32);
            }
            at += 1;
            continue;
        }
        let (bound, mean) = skips.above(p);
        let skip = exponential.draw(&mut word) * mean;
        if skip >= (columns.len() - at) as f64 {
            return;
        }
        at += skip as usize;
        if unit(word()) * bound < chance(x * columns[at].0) {
            targets.push(at as u32);
        }
        at += 1;
    }
}

/// Chances on a grid, with how long a skip is in the mean: `-1 / ln(1 - p)`, so that an exponential number times it, rounded
/// down, is geometric.
struct Skips(Vec<(f64, f64)>);

/// Bits of a chance that name its place on the grid: sign and exponent, and four of the fraction.
const GRID: u32 = 48;
/// The smallest chance on the grid; smaller ones are rounded up to it.
const TINY: f64 = 1.0 / (1u64 << 40) as f64;

static SKIPS: LazyLock<Skips> = LazyLock::new(|| {
    let places = (TINY.to_bits() >> GRID)..=(OFTEN.to_bits() >> GRID);
    Skips(places.map(|place| f64::from_bits((place + 1) << GRID)).map(|p| (p, -1.0 / libm::log1p(-p))).collect())
});

impl Skips {
    /// The next chance on the grid, at most a sixteenth above, and its mean skip.
    #[inline]
    fn above(&self, p: f64) -> (f64, f64) {
        self.0[((p.max(TINY).to_bits() >> GRID) - (TINY.to_bits() >> GRID)) as usize]
    }
}

/// Degrees that are near one another, from large to small: their mean, and how many.
fn classes(degrees: impl Iterator<Item = u32>) -> Vec<(f64, f64)> {
    let mut classes: Vec<(f64, f64)> = Vec::new();
    let mut last = None;
    for degree in degrees {
        let name = name(degree);
        match classes.last_mut().filter(|_| last == Some(name)) {
            Some((sum, count)) => (*sum, *count) = (*sum + f64::from(degree), *count + 1.0),
            None => classes.push((f64::from(degree), 1.0)),
        }
        last = Some(name);
    }
    classes.iter_mut().for_each(|(sum, count)| *sum /= *count);
    classes
}

/// What degrees of one class have in common.
fn name(degree: u32) -> u32 {
    match f64::from(degree) {
        degree if degree <= APART => degree as u32,
        degree => (APART * (1.0 + libm::log(degree / APART))) as u32,
    }
}

/// The factors of classes of both sides, in turns: `x = degree / sum of y / (1 + x y)`.
fn fit(rows: &[(f64, f64)], columns: &[(f64, f64)], run: &Run) -> Result<(Vec<f64>, Vec<f64>)> {
    let all: f64 = rows.iter().map(|&(degree, count)| degree * count).sum();
    let start = |side: &[(f64, f64)]| -> Vec<f64> { side.iter().map(|&(degree, _)| degree / all.sqrt()).collect() };
    let (mut x, mut y) = (start(rows), start(columns));
    for _ in 0..ROUNDS {
        run.step(0)?;
        let worst = turn(rows, &mut x, columns, &y, run)?.max(turn(columns, &mut y, rows, &x, run)?);
        if worst < NEAR {
            break;
        }
    }
    Ok((x, y))
}

/// Brings the factors of one side into line with the other's; gives the largest relative error of a degree before.
fn turn(mine: &[(f64, f64)], x: &mut [f64], others: &[(f64, f64)], y: &[f64], run: &Run) -> Result<f64> {
    let errors = par::fill(run, &par::chunks(mine.len(), 64), x, |range, x| {
        mine[range].iter().zip(x).fold(0f64, |worst, (&(degree, _), x)| {
            let sum = mean(*x, others, y);
            let error = (*x * sum / degree - 1.0).abs();
            *x = degree / sum;
            worst.max(error)
        })
    })?;
    Ok(errors.into_iter().fold(0.0, f64::max))
}

/// The mean degree at a factor, over the factor.
fn mean(x: f64, others: &[(f64, f64)], y: &[f64]) -> f64 {
    others.iter().zip(y).fold(0.0, |sum, (&(_, count), &y)| sum + count * y / (1.0 + x * y))
}

/// The factor of each degree, beginning with its class's.
fn own(
    degrees: &[u32],
    mine: &[(f64, f64)],
    x: &[f64],
    others: &[(f64, f64)],
    y: &[f64],
    run: &Run,
) -> Result<Vec<f64>> {
    let mut distinct: Vec<(u32, usize)> = Vec::new();
    let mut class = 0;
    for pair in 0..degrees.len() {
        if pair > 0 && degrees[pair] == degrees[pair - 1] {
            continue;
        }
        class += usize::from(pair > 0 && name(degrees[pair]) != name(degrees[pair - 1]));
        distinct.push((degrees[pair], class));
    }
    let found = par::map(run, &par::chunks(distinct.len(), 64), |range| {
        let factor = |&(degree, class): &(u32, usize)| {
            let begin = x[class] * f64::from(degree) / mine[class].0;
            (0..OWN).fold(begin, |x, _| f64::from(degree) / mean(x, others, y))
        };
        Ok(distinct[range].iter().map(factor).collect::<Vec<f64>>())
    })?;
    let found: Vec<f64> = found.into_iter().flatten().collect();
    let mut at = 0;
    let each = degrees.iter().map(|&degree| {
        at += usize::from(distinct[at].0 != degree);
        found[at]
    });
    Ok(each.collect())
}

/// The mean factor of each class.
fn class_means(degrees: &[u32], factors: &[f64], classes: &[(f64, f64)]) -> Vec<f64> {
    let mut from = 0;
    let means = classes.iter().map(|&(_, count)| {
        let range = from..from + count as usize;
        from = range.end;
        debug_assert_eq!(name(degrees[range.start]), name(degrees[range.end - 1]));
        factors[range].iter().sum::<f64>() / count
    });
    means.collect()
}

#[cfg(test)]
impl Null {
    /// The mean degrees of so many whole copies, in the order of rows and columns. A copy that repeats a follow is an error.
    pub fn means(&self, copies: u64, run: &Run) -> (Vec<f64>, Vec<f64>) {
        let (mut rows, mut columns) = (vec![0.0; self.rows.len()], vec![0.0; self.columns.len()]);
        let all = Region { floor: Density::ZERO, rows: rows.len(), columns: columns.len(), follows: 0 };
        for copy in 0..copies {
            let part = self.copy(copy, &all, run);
            for (row, sum) in rows.iter_mut().enumerate() {
                let targets = &part.targets[part.offsets[row]..part.offsets[row + 1]];
                assert!(targets.windows(2).all(|pair| pair[0] < pair[1]));
                *sum += targets.len() as f64 / copies as f64;
                targets.iter().for_each(|&v| columns[v as usize] += 1.0 / copies as f64);
            }
        }
        (rows, columns)
    }
}
