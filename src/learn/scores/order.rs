//! Whether predictions put creators in the right order.

/// At most so many creators at the head of a ranking are looked at.
pub const HEAD: usize = 10;

/// Ranks from 1, those of equals averaged.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let mut to = from + 1;
        while to < order.len() && values[order[to]] == values[order[from]] {
            to += 1;
        }
        order[from..to].iter().for_each(|&at| ranks[at] = 0.5 * (from + to + 1) as f64);
        from = to;
    }
    ranks
}

/// Spearman's rank correlation.
pub fn spearman(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() < 3 {
        return None;
    }
    let (a, b) = (ranks(a), ranks(b));
    let mean = 0.5 * (a.len() + 1) as f64;
    let dot = |x: &[f64], y: &[f64]| x.iter().zip(y).fold(0.0, |sum, (x, y)| sum + (x - mean) * (y - mean));
    let scale = libm::sqrt(dot(&a, &a) * dot(&b, &b));
    (scale > 0.0).then(|| dot(&a, &b) / scale)
}

/// What the head of a ranking gathers: gains over `log2(place + 1)`, places from 1.
fn gathered(gains: impl Iterator<Item = f64>) -> f64 {
    gains.take(HEAD).enumerate().fold(0.0, |sum, (at, gain)| sum + gain / libm::log2(at as f64 + 2.0))
}

/// The normalised discounted cumulative gain of the first [`HEAD`] of pairs (predicted, gain): 1 where the best stand first
/// in the right order (Järvelin & Kekäläinen 2002). Equals share their gains, as if their order were drawn (McSherry &
/// Najork 2008). `None` for fewer than two pairs, or without any gain.
pub fn ndcg(pairs: &[(f64, f64)]) -> Option<f64> {
    if pairs.len() < 2 {
        return None;
    }
    let mut order = pairs.to_vec();
    order.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)));
    let mut gains = Vec::with_capacity(order.len());
    for equals in order.chunk_by(|a, b| a.0 == b.0) {
        let mean = equals.iter().fold(0.0, |sum, pair| sum + pair.1) / equals.len() as f64;
        gains.extend(equals.iter().map(|_| mean));
    }
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let best = gathered(order.iter().map(|pair| pair.1));
    (best > 0.0).then(|| gathered(gains.into_iter()) / best)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_is_that_of_the_textbook() {
        assert!((spearman(&[1.0, 2.0, 3.0, 4.0], &[10.0, 30.0, 20.0, 40.0]).unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(spearman(&[1.0, 1.0, 1.0], &[1.0, 2.0, 3.0]), None);
        assert_eq!(ranks(&[5.0, 1.0, 5.0]), [2.5, 1.0, 2.5]);
    }

    #[test]
    fn the_gain_of_a_ranking_is_that_of_the_textbook() {
        // Gains 3, 2, 1 in this order are best; in the order 2, 3, 1: (2 + 3 / log2 3 + 1/2) / (3 + 2 / log2 3 + 1/2).
        let third = libm::log2(3.0);
        let best = 3.0 + 2.0 / third + 0.5;
        assert!((ndcg(&[(9.0, 3.0), (8.0, 2.0), (7.0, 1.0)]).unwrap() - 1.0).abs() < 1e-12);
        let swapped = ndcg(&[(8.0, 3.0), (9.0, 2.0), (7.0, 1.0)]).unwrap();
        assert!((swapped - (2.0 + 3.0 / third + 0.5) / best).abs() < 1e-12);
        // All predicted alike: everybody's gain is the mean, whatever the order they come in.
        let alike = ndcg(&[(1.0, 1.0), (1.0, 3.0), (1.0, 2.0)]).unwrap();
        assert!((alike - 2.0 * (1.5 + 1.0 / third) / best).abs() < 1e-12);
        assert_eq!(ndcg(&[(1.0, 3.0)]), None);
        assert_eq!(ndcg(&[(1.0, 0.0), (2.0, 0.0)]), None);
    }

    #[test]
    fn the_head_alone_counts() {
        // The ten best are found, the rest stands in the wrong order.
        let pairs: Vec<(f64, f64)> = (0..30)
            .map(|at| (if at < 10 { 100.0 - f64::from(at) } else { f64::from(at) }, 100.0 - f64::from(at)))
            .collect();
        assert!((ndcg(&pairs).unwrap() - 1.0).abs() < 1e-12);
    }
}
