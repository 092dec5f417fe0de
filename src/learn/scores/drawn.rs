//! Figures with intervals from creators drawn again: posts of one creator hang together, so creators are drawn, not posts.

use serde::{Deserialize, Serialize};

use crate::base::seed::{Key, Stream, below};
use crate::base::stats::{Interval, quantile};

/// Draws of creators behind the interval of a figure.
const RESAMPLES: u64 = 400;

/// A figure over creators, and how far it would be another for others like them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// The figure.
    pub value: f64,
    /// Its 95% interval.
    pub interval: Interval,
}

/// A figure of sums over creators, with creators drawn again, all sums of each together. Draws without a figure (creators
/// all alike) are left out; `None` if the creators as they are have none.
pub(super) fn drawn<const N: usize>(
    creators: &[[f64; N]],
    seed: u64,
    of: impl Fn([f64; N]) -> Option<f64>,
) -> Option<Drawn> {
    let figure = |places: &mut dyn Iterator<Item = usize>| {
        let sums = places.fold([0.0; N], |sums, at| std::array::from_fn(|which| sums[which] + creators[at][which]));
        of(sums)
    };
    let value = figure(&mut (0..creators.len()))?;
    let count = creators.len();
    let mut all: Vec<f64> = (0..RESAMPLES)
        .filter_map(|draw| {
            let key = Key::new(seed, Stream::Backtest, draw);
            figure(&mut (0..count).map(|at| below(key.word(at as u64), count as u64) as usize))
        })
        .collect();
    all.sort_by(f64::total_cmp);
    let interval = match all.is_empty() {
        true => Interval::point(value),
        false => Interval { low: quantile(&all, 0.025), high: quantile(&all, 0.975) },
    };
    Some(Drawn { value, interval })
}

/// The ratio of two sums over creators; 0 where the second is 0.
pub(super) fn ratio(first: &[f64], second: &[f64], seed: u64, of: impl Fn(f64) -> f64) -> Drawn {
    let creators: Vec<[f64; 2]> = first.iter().zip(second).map(|(a, b)| [*a, *b]).collect();
    let figure = |[a, b]: [f64; 2]| Some(if b > 0.0 { of(a / b) } else { 0.0 });
    drawn(&creators, seed, figure).unwrap_or(Drawn { value: 0.0, interval: Interval::point(0.0) })
}

/// The slope of the line through points (predicted, happened), one list a creator: 1 where differences between predictions
/// are as large as those between outcomes, below 1 where they are overdone. `None` for fewer than three points, or where
/// all predictions are alike.
pub(super) fn slope(points: &[Vec<(f64, f64)>], seed: u64) -> Option<Drawn> {
    let count = points.iter().map(Vec::len).sum::<usize>();
    if count < 3 {
        return None;
    }
    // Around the means, so that nothing is lost in the differences below.
    let every = || points.iter().flatten();
    let (x, y) = every().fold((0.0, 0.0), |(x, y), point| (x + point.0, y + point.1));
    let (x, y) = (x / count as f64, y / count as f64);
    let sums = |own: &Vec<(f64, f64)>| {
        own.iter().fold([0.0; 5], |[n, sx, sy, xx, xy], point| {
            let (a, b) = (point.0 - x, point.1 - y);
            [n + 1.0, sx + a, sy + b, xx + a * a, xy + a * b]
        })
    };
    let creators: Vec<[f64; 5]> = points.iter().map(sums).collect();
    drawn(&creators, seed, |[n, sx, sy, xx, xy]| {
        let spread = n * xx - sx * sx;
        (spread > 1e-9 * n * n).then(|| (n * xy - sx * sy) / spread)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slope_is_that_of_the_textbook() {
        // Through (1, 2), (2, 3), (3, 7): means 2 and 4; Σxy = 1·2 + 0 + 1·3 = 5, Σxx = 2.
        let points = [vec![(1.0, 2.0), (2.0, 3.0)], vec![(3.0, 7.0)]];
        assert!((slope(&points, 1).unwrap().value - 2.5).abs() < 1e-12);
        assert_eq!(slope(&points[..1], 1), None, "two points make any line");
        assert_eq!(slope(&[vec![(1.0, 2.0); 5]], 1), None, "predictions all alike have no slope");
        assert_eq!(slope(&[], 1), None);
        // One creator: nothing to draw from but itself.
        let one = slope(&[vec![(0.0, 0.0), (1.0, 1.0), (2.0, 2.0)]], 1).unwrap();
        assert_eq!((one.value, one.interval), (1.0, Interval::point(1.0)));
    }

    #[test]
    fn intervals_of_means_are_those_of_theory() {
        // 400 creators with values 0 and 1: the mean 0.5 ± 1.96 · 0.5 / 20 = 0.049; of 400 draws, ends within a quarter of that.
        let creators: Vec<[f64; 2]> = (0..400).map(|at| [f64::from(at % 2), 1.0]).collect();
        let found = drawn(&creators, 3, |[sum, n]| Some(sum / n)).unwrap();
        assert_eq!(found.value, 0.5);
        assert!((found.interval.half_width() / 0.049 - 1.0).abs() < 0.25, "{found:?}");
        assert_eq!(ratio(&[0.0], &[0.0], 1, |ratio| ratio).value, 0.0);
    }
}
