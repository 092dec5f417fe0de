//! A score for every account, and how good the numbers are.

use serde::Serialize;

use crate::base::stats::ExactSum;

/// What a ranking algorithm found: one score an account, and how far the iteration got.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking {
    /// The score of each account, in the order of ids; larger is higher.
    pub scores: Vec<f64>,
    /// Iterations done.
    pub iterations: u32,
    /// How much the last iteration changed all scores together (L1).
    pub change: f64,
    /// A bound on how far all scores together (L1) are from the exact ones.
    pub error_bound: f64,
    /// Whether the stopping rule was met; else the scores are the best so far.
    pub converged: bool,
    /// Method and parameters, as printed beside the scores.
    pub method: String,
}

impl Ranking {
    /// The `n` accounts of highest score, highest first; of equal scores the smaller id first.
    pub fn top(&self, n: usize) -> Vec<(u32, f64)> {
        let scores = &self.scores;
        let before = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
        if n == 0 {
            return Vec::new();
        }
        // Twice the n best so far at most, from which the worse half is dropped at times.
        let mut ids: Vec<u32> = Vec::with_capacity(n.min(scores.len()).saturating_mul(2));
        let mut last = None;
        for id in 0..scores.len() as u32 {
            if last.is_some_and(|last| !before(&id, &last).is_lt()) {
                continue;
            }
            ids.push(id);
            if ids.len() / 2 == n {
                ids.select_nth_unstable_by(n - 1, before);
                ids.truncate(n);
                last = Some(ids[n - 1]);
            }
        }
        ids.sort_unstable_by(before);
        ids.truncate(n);
        ids.into_iter().map(|id| (id, scores[id as usize])).collect()
    }

    /// The sum of all scores, exact but for one rounding.
    pub fn total(&self) -> f64 {
        self.scores.iter().copied().collect::<ExactSum>().value()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_smaller_id() {
        let scores = vec![0.1, 0.3, 0.1, 0.3, 0.2];
        let ranking =
            Ranking { scores, iterations: 1, change: 0.0, error_bound: 0.0, converged: true, method: "test".into() };
        let ids = |n| ranking.top(n).into_iter().map(|(id, _)| id).collect::<Vec<_>>();
        assert_eq!(ids(0), [0u32; 0]);
        assert_eq!(ids(1), [1]);
        assert_eq!(ids(4), [1, 3, 4, 0]);
        assert_eq!(ids(5), [1, 3, 4, 0, 2]);
        assert_eq!(ids(100), ids(5));
        assert_eq!(ranking.top(1), [(1, 0.3)]);
    }
}
