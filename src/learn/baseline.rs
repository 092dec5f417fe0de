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
