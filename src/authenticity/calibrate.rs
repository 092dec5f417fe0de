//! From scores to chances: what a random sample of labelled accounts says of them.

use serde::{Deserialize, Serialize};

use crate::base::seed::Key;
use crate::base::stats::beta_quantile;

/// A range of scores in which the same part of the labelled accounts is real.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Scores up to here, those of the next step excluded.
    pub upto: f64,
    /// Labelled accounts with such scores.
    pub labelled: f64,
    /// Those of them that are real.
    pub real: f64,
}

/// The isotonic map from scores to chances: the rising step function that fits labels best (pool adjacent violators).
///
/// Of each step the chance is that of a beta variable with parameters `real + 1/2`, `labelled − real + 1/2` (Jeffreys); intervals
/// draw it.
///
/// **Input**: scores and labels of accounts drawn at random. **Guarantee**: least squares among all rising functions.
/// **Cost**: a sort. **References**: Ayer et al. 1955; Zadrozny & Elkan 2002 (calibration).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// The steps, rising.
    pub steps: Vec<Step>,
}

impl Calibration {
    /// Fits (score, is real).
    pub fn new(mut labelled: Vec<(f64, bool)>) -> Calibration {
        labelled.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut steps: Vec<Step> = Vec::new();
        for same in labelled.chunk_by(|a, b| a.0 == b.0) {
            let real = same.iter().filter(|one| one.1).count() as f64;
            let mut step = Step { upto: same[0].0, labelled: same.len() as f64, real };
            while let Some(last) = steps.last()
                && last.real * step.labelled >= step.real * last.labelled
            {
                step.labelled += last.labelled;
                step.real += last.real;
                steps.pop();
            }
            steps.push(step);
        }
        // Between two steps the border lies half-way; scores beyond the last belong to it.
        for step in &mut steps {
            let next = labelled.partition_point(|one| one.0 <= step.upto);
            step.upto = labelled.get(next).map_or(f64::INFINITY, |one| (step.upto + one.0) / 2.0);
        }
        Calibration { steps }
    }

    /// The step of a score.
    pub fn step(&self, score: f64) -> usize {
        self.steps.partition_point(|step| step.upto <= score).min(self.steps.len().saturating_sub(1))
    }

    /// The chance that an account of this score is real.
    pub fn of(&self, score: f64) -> f64 {
        if self.steps.is_empty() { score } else { self.chance(self.step(score)) }
    }

    /// The chance of a step: the mean of its beta variable, and never less than that of the steps below.
    fn chance(&self, at: usize) -> f64 {
        self.steps[..=at].iter().map(|step| (step.real + 0.5) / (step.labelled + 1.0)).fold(0.0, f64::max)
    }

    /// The step whose chance is nearest to one that it gave, rounded since.
    pub(super) fn place(&self, chance: f64) -> usize {
        let off = |at: &usize| (self.chance(*at) - chance).abs();
        (0..self.steps.len()).min_by(|a, b| off(a).total_cmp(&off(b))).unwrap_or(0)
    }

    /// A draw of every step's chance.
    pub(super) fn draw(&self, key: Key) -> Vec<f64> {
        let one = |(at, step): (usize, &Step)| {
            let mean = (step.real + 0.5) / (step.labelled + 1.0);
            let variance = mean * (1.0 - mean) / (step.labelled + 2.0);
            beta_quantile(key.unit(at as u64), mean, variance)
        };
        self.steps.iter().enumerate().map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Stream;

    #[test]
    fn the_fit_is_the_best_rising_one() {
        // By hand: 1, 0 | 1, 1, 0, 1: the means 1/2, then 2/3 of (1, 1, 0), then 1.
        let labels = [true, false, true, true, false, true];
        let points: Vec<(f64, bool)> = labels.iter().enumerate().map(|(at, &real)| (at as f64 / 10.0, real)).collect();
        let found = Calibration::new(points);
        let means: Vec<(f64, f64)> = found.steps.iter().map(|step| (step.real, step.labelled)).collect();
        assert_eq!(means, [(1.0, 2.0), (2.0, 3.0), (1.0, 1.0)]);
        assert_eq!((found.step(0.05), found.step(0.3), found.step(0.47), found.step(9.0)), (0, 1, 2, 2));
        assert!((found.of(0.2) - 2.5 / 4.0).abs() < 1e-12);
    }

    /// Against every rising function on a grid of tenths, for all 128 labellings of seven scores.
    #[test]
    fn no_rising_function_fits_better() {
        for labels in 0..128u32 {
            let real = |at: usize| labels >> at & 1 == 1;
            let found = Calibration::new((0..7).map(|at| (at as f64, real(at))).collect());
            let fitted: Vec<f64> = (0..7)
                .map(|at| {
                    let step = found.steps[found.step(at as f64)];
                    step.real / step.labelled
                })
                .collect();
            assert!(fitted.is_sorted());
            let loss = |values: &[f64]| -> f64 {
                values.iter().enumerate().map(|(at, value)| (value - f64::from(u8::from(real(at)))).powi(2)).sum()
            };
            // Dynamic programming over the grid.
            let mut best = vec![0.0f64; 11];
            for at in 0..7 {
                let mut least = f64::INFINITY;
                for (level, best) in best.iter_mut().enumerate() {
                    least = least.min(*best);
                    *best = least + (level as f64 / 10.0 - f64::from(u8::from(real(at)))).powi(2);
                }
            }
            let least = best.into_iter().fold(f64::INFINITY, f64::min);
            assert!(loss(&fitted) <= least + 1e-9, "{labels:b}");
        }
    }

    #[test]
    fn draws_have_the_mean_of_their_step() {
        let found = Calibration::new((0..40).map(|at| (0.5, at < 30)).collect());
        let key = Key::new(3, Stream::Sample, 1);
        // Of 2,000 draws of sd 0.067 the mean is off by 0.0075 (5 sd) once in two million.
        let mean = (0..2000).map(|draw| found.draw(key.of(draw))[0]).sum::<f64>() / 2000.0;
        assert!((mean - 30.5 / 41.0).abs() < 0.0075, "{mean}");
    }
}
