//! What the sizes of audiences and of what each two share say of their union.

use crate::base::stats::{ExactSum, Interval};

/// The least union: `sum_i N_i phi(1 + sum_j |A_i∩A_j| / N_i)`, phi the straight lines between the points (m, 1/m).
///
/// A person of A_i who follows m of the creators counts 1/m; the mean of m in A_i is `1 + sum_j |A_i∩A_j| / N_i`, and the
/// mean of 1/m is least where m takes the two whole numbers around it (Kuai, Alajaji & Takahara 2000; never below
/// Dawson & Sankoff 1967 and de Caen 1997). Larger pairs make it smaller: give the upper limits of the pairs. Never less
/// than the largest audience.
pub fn least(sizes: &[f64], pairs: impl Fn(usize, usize) -> f64) -> f64 {
    let parts = sizes.iter().enumerate().filter(|(_, size)| **size > 0.0).map(|(i, &size)| {
        let shared = (0..sizes.len()).filter(|&j| j != i).map(|j| pairs(i, j).min(size)).collect::<ExactSum>().value();
        size * least_inverse(1.0 + shared / size)
    });
    let sum = parts.collect::<ExactSum>().value();
    sizes.iter().copied().fold(sum, f64::max)
}

/// The least mean of 1/m, of whole numbers m from 1 with this mean.
pub fn least_inverse(mean: f64) -> f64 {
    let below = libm::floor(mean);
    let rest = mean - below;
    (1.0 - rest) / below + rest / (below + 1.0)
}

/// The largest union: `sum_i N_i − sum over a spanning tree of |A_i∩A_j|`, the heaviest tree (Hunter 1976; Worsley 1982).
/// Smaller pairs make it larger: give the lower limits of the pairs.
pub fn largest(sizes: &[f64], pairs: impl Fn(usize, usize) -> f64) -> f64 {
    let all = sizes.iter().copied().collect::<ExactSum>().value();
    if sizes.is_empty() {
        return 0.0;
    }
    // Prim: the heaviest edge from the tree to each creator outside.
    let mut best: Vec<Option<f64>> = (0..sizes.len()).map(|i| (i > 0).then(|| pairs(0, i))).collect();
    let mut tree = ExactSum::default();
    for _ in 1..sizes.len() {
        let outside = best.iter().enumerate().filter_map(|(i, weight)| weight.map(|weight| (i, weight)));
        let Some((next, weight)) = outside.reduce(|a, b| if b.1 > a.1 { b } else { a }) else { break };
        tree.add(weight);
        best[next] = None;
        for (i, weight) in best.iter_mut().enumerate() {
            *weight = weight.map(|weight| weight.max(pairs(next, i)));
        }
    }
    all - tree.value()
}

/// What two audiences of these sizes can share at all, out of so many people where that is known.
pub fn of_pair(a: f64, b: f64, population: Option<f64>) -> Interval {
    let low = population.map_or(0.0, |population| (a + b - population).max(0.0));
    let high = a.min(b);
    Interval { low: low.min(high), high }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_union_lies_between(masks in prop::collection::vec(0u32..64, 1..80)) {
            let count = |bits: u32| masks.iter().filter(|&&mask| mask & bits == bits).count() as f64;
            let sizes: Vec<f64> = (0..6).map(|i| count(1 << i)).collect();
            let pairs = |i: usize, j: usize| count(1 << i | 1 << j);
            let union = masks.iter().filter(|&&mask| mask != 0).count() as f64;
            prop_assert!(least(&sizes, pairs) <= union + 1e-9);
            prop_assert!(largest(&sizes, pairs) >= union - 1e-9);
            // Dawson & Sankoff are no better.
            let s1 = sizes.iter().fold(0.0, |sum, size| sum + size);
            let s2 = (0..6).flat_map(|i| (0..i).map(move |j| (i, j))).fold(0.0, |sum, (i, j)| sum + pairs(i, j));
            if s1 > 0.0 {
                let k = 1.0 + (2.0 * s2 / s1).floor();
                prop_assert!(least(&sizes, pairs) >= 2.0 * s1 / (k + 1.0) - 2.0 * s2 / (k * (k + 1.0)) - 1e-9);
            }
        }
    }

    #[test]
    fn audiences_that_share_nobody_add_up() {
        assert_eq!(least(&[3.0, 4.0, 0.0], |_, _| 0.0), 7.0);
        assert_eq!(largest(&[3.0, 4.0, 0.0], |_, _| 0.0), 7.0);
        assert_eq!(largest(&[3.0, 4.0], |_, _| 3.0), 4.0);
        assert_eq!(least(&[3.0, 4.0], |_, _| 3.0), 4.0);
        assert_eq!(of_pair(6.0, 7.0, Some(10.0)), Interval { low: 3.0, high: 6.0 });
    }
}
