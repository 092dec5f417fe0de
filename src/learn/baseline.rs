//! What anybody would do without a model: the creator's past median, and a line through followers.

use super::posts::{Account, Rows};
use crate::base::stats::quantile;

/// Levels of the quantiles that a prediction is made of.
pub const LEVELS: usize = 49;

/// Residuals that a baseline needs before it trusts them.
const ENOUGH: usize = 8;

/// A prediction as quantiles at the levels `(i + 1/2) / 49`, and its intervals.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantiles {
    /// The quantiles, rising.
    pub values: Vec<f64>,
    /// Intervals of 50, 80 and 95%.
    pub intervals: [(f64, f64); 3],
}

impl Quantiles {
    /// Of sorted values.
    pub fn of(sorted: &[f64]) -> Quantiles {
        let values = (0..LEVELS).map(|i| quantile(sorted, (i as f64 + 0.5) / LEVELS as f64)).collect();
        let end = |level: f64| (quantile(sorted, 0.5 * (1.0 - level)), quantile(sorted, 0.5 * (1.0 + level)));
        Quantiles { values, intervals: [0.5, 0.8, 0.95].map(end) }
    }

    /// Of values in any order.
    pub fn of_unsorted(mut values: Vec<f64>) -> Quantiles {
        values.sort_by(f64::total_cmp);
        Quantiles::of(&values)
    }

    /// Of values with weights that sum to 1, values rising.
    pub fn of_weighted(sorted: &[(f64, f64)]) -> Quantiles {
        let mut sum = 0.0;
        let sums: Vec<f64> = sorted
            .iter()
            .map(|(_, weight)| {
                sum += weight;
                sum
            })
            .collect();
        let at = |level: f64| {
            let place = sums.partition_point(|&sum| sum < level * sums.last().copied().unwrap_or(1.0));
            sorted.get(place).or(sorted.last()).map_or(0.0, |value| value.0)
        };
        let values = (0..LEVELS).map(|i| at((i as f64 + 0.5) / LEVELS as f64)).collect();
        let intervals = [0.5, 0.8, 0.95].map(|level: f64| (at(0.5 * (1.0 - level)), at(0.5 * (1.0 + level))));
        Quantiles { values, intervals }
    }

    /// Around a centre, in logs, with the residuals of the past.
    fn around(centre: f64, residuals: &[f64]) -> Quantiles {
        let at = |level: f64| {
            let off = if residuals.is_empty() { 0.0 } else { quantile(residuals, level) };
            libm::expm1((centre + off).max(0.0))
        };
        let values = (0..LEVELS).map(|i| at((i as f64 + 0.5) / LEVELS as f64)).collect();
        let intervals = [0.5, 0.8, 0.95].map(|level: f64| (at(0.5 * (1.0 - level)), at(0.5 * (1.0 + level))));
        Quantiles { values, intervals }
    }
}

/// The creator's past median, with the residuals of all creators' posts against the median of those before; without a
/// past, all posts of the platform.
#[derive(Debug, Clone, PartialEq)]
pub struct PastMedian {
    residuals: Vec<f64>,
    /// Sorted logs of all posts, one list a platform.
    logs: Vec<Vec<f64>>,
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    quantile(values, 0.5)
}

impl PastMedian {
    /// From the rows before an origin.
    pub fn learn(rows: &Rows) -> PastMedian {
        let (mut residuals, mut logs) = (Vec::new(), vec![Vec::new(); rows.platforms.len()]);
        for account in &rows.accounts {
            let own: Vec<f64> = account.singles().map(|past| libm::log1p(past.count)).collect();
            for at in 1..own.len() {
                residuals.push(own[at] - median(&mut own[..at].to_vec()));
            }
            logs[account.platform as usize].extend(own);
        }
        residuals.sort_by(f64::total_cmp);
        logs.iter_mut().for_each(|logs| logs.sort_by(f64::total_cmp));
        PastMedian { residuals, logs }
    }

    /// For the next post of an account.
    pub fn predict(&self, account: &Account) -> Quantiles {
        let mut own: Vec<f64> = account.singles().map(|past| libm::log1p(past.count)).collect();
        if own.is_empty() || self.residuals.len() < ENOUGH {
            let all = &self.logs[account.platform as usize];
            return Quantiles::around(0.0, if all.is_empty() { &self.logs[0] } else { all });
        }
        Quantiles::around(median(&mut own), &self.residuals)
    }
}

/// The creator's past mean of logs, drawn to that of all creators as far as posts of one creator differ, with the residuals of
/// all posts against the means of the others.
#[derive(Debug, Clone, PartialEq)]
pub struct PastMean {
    /// Mean of all creators, and how many posts that is worth.
    all: (f64, f64),
    residuals: Vec<f64>,
    /// Of creators without a past: all posts around the mean of all.
    new: Vec<f64>,
}

impl PastMean {
    /// From the rows before an origin.
    pub fn learn(rows: &Rows) -> PastMean {
        let logs = |account: &Account| account.singles().map(|past| libm::log1p(past.count)).collect::<Vec<f64>>();
        let own: Vec<Vec<f64>> = rows.accounts.iter().map(logs).filter(|own| !own.is_empty()).collect();
        let sum = |values: &[f64]| values.iter().fold(0.0, |a, b| a + b);
        let means: Vec<f64> = own.iter().map(|own| sum(own) / own.len() as f64).collect();
        let creators = means.len().max(1) as f64;
        let middle = sum(&means) / creators;
        // Variance within and between creators, as in a one-way analysis.
        let (mut within, mut free, mut over) = (0.0, 0.0, 0.0);
        for (own, mean) in own.iter().zip(&means) {
            within += own.iter().fold(0.0, |sum, log| sum + (log - mean) * (log - mean));
            free += own.len() as f64 - 1.0;
            over += 1.0 / own.len() as f64;
        }
        let within = if free > 0.0 { within / free } else { 1.0 };
        let around = means.iter().fold(0.0, |sum, mean| sum + (mean - middle) * (mean - middle));
        let between = (around / (creators - 1.0).max(1.0) - within * over / creators).max(1e-3 * within).max(1e-9);
        let all = (middle, within / between);
        let mut residuals = Vec::new();
        for own in own.iter().filter(|own| own.len() > 1) {
            let total = sum(own);
            for log in own {
                let others = own.len() as f64 - 1.0;
                residuals.push(log - (total - log + all.1 * all.0) / (others + all.1));
            }
        }
        residuals.sort_by(f64::total_cmp);
        let mut new: Vec<f64> = own.iter().flatten().map(|log| log - middle).collect();
        new.sort_by(f64::total_cmp);
        PastMean { all, residuals, new }
    }

    /// For the next post of an account.
    pub fn predict(&self, account: &Account) -> Quantiles {
        let (mut sum, mut posts) = (0.0, 0.0);
        for past in account.singles() {
            (sum, posts) = (sum + libm::log1p(past.count), posts + 1.0);
        }
        let centre = (sum + self.all.1 * self.all.0) / (posts + self.all.1);
        let known = posts > 0.0 && self.residuals.len() >= ENOUGH;
        Quantiles::around(centre, if known { &self.residuals } else { &self.new })
    }
}

/// A straight line through the logs of followers and outcomes, one a platform, with its residuals.
#[derive(Debug, Clone, PartialEq)]
pub struct LogLog {
    lines: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq)]
struct Line {
    mean: (f64, f64),
    slope: f64,
    residuals: Vec<f64>,
}

impl Line {
    fn through(mut points: Vec<(f64, f64)>) -> Line {
        points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let n = points.len().max(1) as f64;
        let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / n, y + point.1 / n));
        let products = points.iter().fold((0.0, 0.0), |(xx, xy), point| {
            (xx + (point.0 - x) * (point.0 - x), xy + (point.0 - x) * (point.1 - y))
        });
        let slope = if products.0 > 1e-9 { products.1 / products.0 } else { 0.0 };
        let mut residuals: Vec<f64> = points.iter().map(|point| point.1 - y - slope * (point.0 - x)).collect();
        residuals.sort_by(f64::total_cmp);
        Line { mean: (x, y), slope, residuals }
    }
}

impl LogLog {
    /// From the rows before an origin.
    pub fn learn(rows: &Rows) -> LogLog {
        let points = |platform: Option<usize>| {
            let accounts =
                rows.accounts.iter().filter(|account| platform.is_none_or(|p| account.platform as usize == p));
            let each = accounts.flat_map(|account| {
                let x = account.followers.map(libm::log1p);
                account.singles().filter_map(move |past| Some((x?, libm::log1p(past.count))))
            });
            each.collect::<Vec<_>>()
        };
        let lines = (0..rows.platforms.len()).map(|platform| {
            let own = points(Some(platform));
            Line::through(if own.len() < ENOUGH { points(None) } else { own })
        });
        LogLog { lines: lines.collect() }
    }

    /// For the next post of an account.
    pub fn predict(&self, account: &Account) -> Quantiles {
        let line = &self.lines[account.platform as usize];
        let x = account.followers.map_or(line.mean.0, libm::log1p);
        Quantiles::around(line.mean.1 + line.slope * (x - line.mean.0), &line.residuals)
    }
}
