//! Engagement against followers: who gets much less than creators of the same size, and who gets much more.

mod check_loss;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, Run, par};
use check_loss::Line;

/// The engagement that creators of a size get, as a band around each creator, found without that creator: too little fits
/// bought followers, too much fits bought engagement.
///
/// ```text
/// x = ln followers,  y = ln(1 + engagement)
/// q_t(i) = the line of least check loss sum_j rho_t(y_j - a - b x_j), at x_i, over the k creators j nearest to i in x
/// e_i    = (y_i - q_50) / (q_50 - q_25 below, q_75 - q_50 above), in quarters
/// position(i) = 2 min( share of all e at or below e_i, share at or above ),  at most 1
/// band(i) = q_50 + quarters times the e between which all but `outside` of the creators are
/// ```
///
/// Median and quarters come from the window alone. The tails are pooled over all windows in units of quarters: a hundredth
/// of a window is one creator, and a line through two extremes would be no estimate. Quantiles that cross are put in order.
///
/// Engagement of nobody is a value like others: y is ln(1 + engagement), which is 0 there and ln engagement for all but the
/// smallest. Quarters narrower than 0.05 count as 0.05: differences of 5% are no evidence.
///
/// **Input**: (creator, followers, engagement per post or in total, in one unit for all); the order does not matter.
/// **Returns**: a row a point, in the same order. **Guarantee**: of n creators observed, n outside / 2 rounded down are
/// beyond either end, those equal to one at the end apart: a band tells of the rest of the market, not of an absolute rule, and where many buy, it is wide.
/// **Cost**: O(n k log k) in a few turns a line; parallel. **Errors**: counts that are no numbers, parameters.
/// **Determinism**: equal bits at any number of threads. **References**: Koenker & Bassett 1978; Yu & Jones 1998 (local
/// linear); Chernozhukov, Fernández-Val & Galichon 2010 (crossing).
///
/// ```
/// use truereach::{Run, authenticity::{Expected, Position}};
/// // 200 creators of whom about a twentieth of the followers react; the first has bought most of its followers.
/// let usual = |i: u32| f64::from(i) * 50.0 * (1.0 + 0.3 * f64::from(i * 37 % 11 + 1) / 11.0);
/// let points: Vec<_> = (1..=200).map(|i| (i, f64::from(i) * 1000.0, usual(i) / if i == 150 { 40.0 } else { 1.0 })).collect();
/// let rows = Expected::default().run(&points, &Run::default())?;
/// assert_eq!(rows[149].verdict, Position::TooLittle);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Expected {
    /// Creators of nearest size that one is compared with
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N"))]
    pub neighbours: usize,
    /// With fewer, nothing is said
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 30, value_name = "N"))]
    pub least_neighbours: usize,
    /// Share of creators outside the band, half at either end
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE"))]
    pub outside: f64,
}

impl Default for Expected {
    fn default() -> Self {
        Expected { neighbours: 100, least_neighbours: 30, outside: 0.02 }
    }
}

/// Where a creator's engagement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Position {
    /// Within the band.
    Usual,
    /// Below it: a pattern consistent with bought followers.
    TooLittle,
    /// Above it: a pattern consistent with bought engagement.
    TooMuch,
    /// Too few creators to compare with, or no followers.
    Unobserved,
}

/// A creator's engagement beside that of others of the size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ExpectedRow {
    /// The creator.
    pub creator: u32,
    /// The median, in the unit of engagement; NaN if unobserved, as the figures below.
    pub expected: f64,
    /// The band's lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Distance from the median in quarters: 1 is the end of the middle half.
    pub deviation: f64,
    /// Share of creators that are as far out, at either end; 1 in the middle.
    pub position: f64,
    /// What it amounts to.
    pub verdict: Position,
}

/// Quarters are at least so wide, in logs.
const NARROWEST: f64 = 0.05;

/// A creator in logs.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    x: f64,
    y: f64,
    /// Its place among the rows.
    row: usize,
}

/// The quarters around a creator's size, and where it is in them.
#[derive(Debug, Clone, Copy)]
struct Quarters {
    median: f64,
    below: f64,
    above: f64,
    deviation: f64,
}

impl Expected {
    /// Refuses what makes no sense, with one sentence.
    pub fn check(&self) -> Result<()> {
        if !(10..=100_000).contains(&self.neighbours) {
            return Err(Error::parameter("--neighbours", format!("{} is not between 10 and 100,000", self.neighbours)));
        }
        if self.least_neighbours < 10 || self.least_neighbours > self.neighbours {
            let problem = format!("{} is not between 10 and the {} neighbours", self.least_neighbours, self.neighbours);
            return Err(Error::parameter("--least-neighbours", problem));
        }
        if !(self.outside > 0.0 && self.outside < 1.0) {
            return Err(Error::parameter("--outside", format!("{} is not a share above 0 and below 1", self.outside)));
        }
        Ok(())
    }

    /// Compares every creator with those of nearest size.
    pub fn run(&self, points: &[(u32, f64, f64)], run: &Run) -> Result<Vec<ExpectedRow>> {
        self.check()?;
        run.check_memory("expected engagement", 160 * points.len() as u64)?;
        let mut rows: Vec<ExpectedRow> = points.iter().map(|&(creator, ..)| unobserved(creator)).collect();
        let sorted = sorted(points)?;
        if sorted.len() <= self.least_neighbours {
            return Ok(rows);
        }
        run.phase("expected engagement", Some(sorted.len() as u64));
        let quarters = par::map(run, &par::chunks(sorted.len(), 64), |range| {
            Ok(range.map(|at| self.quarters(&sorted, at)).collect::<Vec<_>>())
        })?
        .concat();
        let mut all: Vec<f64> = quarters.iter().map(|quarters| quarters.deviation).collect();
        all.sort_by(f64::total_cmp);
        // Without a creator beyond it there is no end of the band to be told.
        let beyond = (self.outside / 2.0 * all.len() as f64 + 1e-9) as usize;
        if beyond == 0 {
            return Ok(rows);
        }
        let ends = (all[beyond], all[all.len() - 1 - beyond]);
        for (point, quarters) in sorted.iter().zip(&quarters) {
            let row = &mut rows[point.row];
            *row = placed(row.creator, quarters, &all, ends);
        }
        Ok(rows)
    }

    /// The quarters at the size of the creator at a place, by those around it.
    fn quarters(&self, sorted: &[Point], at: usize) -> Quarters {
        let others: Vec<(f64, f64)> = window(sorted, at, self.neighbours).map(|j| (sorted[j].x, sorted[j].y)).collect();
        let point = sorted[at];
        let mut ends = [0.25, 0.5, 0.75].map(|share| Line::fit(&others, share).at(point.x));
        ends.sort_by(f64::total_cmp);
        let [low, median, high] = ends;
        let (below, above) = ((median - low).max(NARROWEST), (high - median).max(NARROWEST));
        let away = point.y - median;
        Quarters { median, below, above, deviation: away / if away < 0.0 { below } else { above } }
    }
}

fn unobserved(creator: u32) -> ExpectedRow {
    let none = f64::NAN;
    let verdict = Position::Unobserved;
    ExpectedRow { creator, expected: none, low: none, high: none, deviation: none, position: none, verdict }
}

/// Creators with followers, by size; those of one size by engagement.
fn sorted(points: &[(u32, f64, f64)]) -> Result<Vec<Point>> {
    for &(creator, followers, engagement) in points {
        for (what, count) in [("followers", followers), ("engagement", engagement)] {
            if !(count >= 0.0 && count.is_finite()) {
                return Err(Error::parameter("--creators", format!("creator {creator} has {what} {count}"))
                    .with_hint("a number of at least 0 is needed; leave out whose count is not known"));
            }
        }
    }
    let point = |(row, &(_, followers, engagement)): (usize, &(u32, f64, f64))| Point {
        x: libm::log(followers),
        y: libm::log1p(engagement),
        row,
    };
    let mut sorted: Vec<Point> = points.iter().enumerate().filter(|(_, point)| point.1 >= 1.0).map(point).collect();
    sorted.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    Ok(sorted)
}

/// The `count` places nearest to `at` in x, itself left out; of equally near ones the lower.
fn window(sorted: &[Point], at: usize, count: usize) -> impl Iterator<Item = usize> {
    let (mut first, mut last) = (at, at);
    while last - first < count.min(sorted.len() - 1) {
        let down = (first > 0).then(|| sorted[at].x - sorted[first - 1].x);
        let up = (last + 1 < sorted.len()).then(|| sorted[last + 1].x - sorted[at].x);
        match (down, up) {
            (Some(down), Some(up)) if down <= up => first -= 1,
            (Some(_), None) => first -= 1,
            _ => last += 1,
        }
    }
    (first..=last).filter(move |&other| other != at)
}

fn placed(creator: u32, quarters: &Quarters, all: &[f64], ends: (f64, f64)) -> ExpectedRow {
    let e = quarters.deviation;
    let value = |e: f64| {
        let y = quarters.median + e * if e < 0.0 { quarters.below } else { quarters.above };
        libm::expm1(y).max(0.0)
    };
    let below = all.partition_point(|other| *other <= e);
    let above = all.len() - all.partition_point(|other| *other < e);
    let verdict = match () {
        () if e < ends.0 => Position::TooLittle,
        () if e > ends.1 => Position::TooMuch,
        () => Position::Usual,
    };
    ExpectedRow {
        creator,
        expected: value(0.0),
        low: value(ends.0),
        high: value(ends.1),
        deviation: e,
        position: (2.0 * below.min(above) as f64 / all.len() as f64).min(1.0),
        verdict,
    }
}
