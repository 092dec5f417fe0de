//! How alike two partitions are.

use std::collections::BTreeMap;

use serde::Serialize;

use super::partition::dense;
use crate::base::{Error, Result};

/// How much two partitions agree: 1 is the same partition.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Agreement {
    /// Normalised mutual information with the arithmetic mean, from 0 to 1. Rises by chance with the number of
    /// communities.
    pub nmi: f64,
    /// Adjusted mutual information with the arithmetic mean: 0 is what chance gives, at most 1.
    pub ami: f64,
    /// Adjusted Rand index: 0 is what chance gives, at most 1.
    pub ari: f64,
}

/// Compares two partitions of the same accounts; any labels will do.
///
/// ```text
/// NMI = I(A; B) / mean(H(A), H(B))        AMI = (I − E[I]) / (mean(H(A), H(B)) − E[I])
/// ARI = (Σ C(n_ij, 2) − E) / (mean(Σ C(a_i, 2), Σ C(b_j, 2)) − E),  E = Σ C(a_i, 2) Σ C(b_j, 2) / C(n, 2)
/// ```
/// with expectations over all partitions of the same sizes.
///
/// **Returns**: [`Agreement`], in the conventions of scikit-learn: two partitions into one community, or of nothing,
/// agree fully.
/// **Cost**: one sort of the accounts; AMI at most accounts × different sizes of communities; 24 bytes an account.
/// **Errors**: partitions of different length.
/// **Determinism**: sequential; symmetric in its arguments up to rounding.
/// **References**: Hubert & Arabie, J. Classification 2 (1985) 193. Vinh, Epps & Bailey, JMLR 11 (2010) 2837.
///
/// ```
/// let agreement = truereach::community::compare(&[0, 0, 1, 2], &[7, 7, 3, 3])?;
/// assert!((agreement.nmi - 0.8).abs() < 1e-12 && (agreement.ari - 4.0 / 7.0).abs() < 1e-12);
/// # Ok::<(), truereach::Error>(())
/// ```
pub fn compare(a: &[u32], b: &[u32]) -> Result<Agreement> {
    if a.len() != b.len() {
        return Err(Error::parameter(
            "partitions",
            format!("have {} and {} labels, and must name the same accounts", a.len(), b.len()),
        ));
    }
    let n = a.len() as f64;
    let ((a, in_a), (b, in_b)) = (dense(a), dense(b));
    if in_a == in_b && (in_a <= 1 || a == b) {
        return Ok(Agreement { nmi: 1.0, ami: 1.0, ari: 1.0 });
    }
    let sizes = |labels: &[u32], count| {
        let mut sizes = vec![0u64; count];
        labels.iter().for_each(|&label| sizes[label as usize] += 1);
        sizes
    };
    let (sizes_a, sizes_b) = (sizes(&a, in_a), sizes(&b, in_b));
    let mut pairs: Vec<u64> = a.iter().zip(&b).map(|(&a, &b)| (a as u64) << 32 | b as u64).collect();
    pairs.sort_unstable();
    let mut information = 0.0;
    let mut together = 0.0;
    for same in pairs.chunk_by(|a, b| a == b) {
        let (i, j, both) = ((same[0] >> 32) as usize, same[0] as u32 as usize, same.len() as f64);
        information += both / n * libm::log(n * both / (sizes_a[i] as f64 * sizes_b[j] as f64));
        together += choose_two(both);
    }
    let entropy = |sizes: &[u64]| -sizes.iter().map(|&s| s as f64 / n * libm::log(s as f64 / n)).sum::<f64>();
    let mean = (entropy(&sizes_a) + entropy(&sizes_b)) / 2.0;
    let information = information.max(0.0);
    let nmi = if mean > 0.0 { (information / mean).clamp(0.0, 1.0) } else { 0.0 };

    let expected = expected_information(&sizes_a, &sizes_b, a.len());
    let room = mean - expected;
    let ami = if room.abs() > 1e-15 { (information - expected) / room } else { 0.0 };

    let pairs_a: f64 = sizes_a.iter().map(|&s| choose_two(s as f64)).sum();
    let pairs_b: f64 = sizes_b.iter().map(|&s| choose_two(s as f64)).sum();
    let chance = pairs_a * pairs_b / choose_two(n);
    let room = (pairs_a + pairs_b) / 2.0 - chance;
    let ari = if room != 0.0 { (together - chance) / room } else { 1.0 };
    Ok(Agreement { nmi, ami, ari })
}

fn choose_two(n: f64) -> f64 {
    n * (n - 1.0) / 2.0
}

/// The mean of the mutual information over all ways to deal accounts into communities of these sizes.
fn expected_information(a: &[u64], b: &[u64], accounts: usize) -> f64 {
    // ln k! for k up to the number of accounts.
    let mut factorial = vec![0.0f64; accounts + 1];
    (1..=accounts).for_each(|k| factorial[k] = factorial[k - 1] + libm::log(k as f64));
    let log_factorial = |k: u64| factorial[k as usize];
    let histogram = |sizes: &[u64]| {
        let mut histogram = BTreeMap::<u64, u64>::new();
        sizes.iter().for_each(|&size| *histogram.entry(size).or_default() += 1);
        histogram
    };
    let (n, total) = (accounts as f64, accounts as u64);
    let mut sum = 0.0;
    for (&x, &times_x) in &histogram(a) {
        for (&y, &times_y) in &histogram(b) {
            let fixed = log_factorial(x) + log_factorial(y) + log_factorial(total - x) + log_factorial(total - y)
                - log_factorial(total);
            let mut part = 0.0;
            for both in 1.max((x + y).saturating_sub(total))..=x.min(y) {
                let chance = fixed
                    - log_factorial(both)
                    - log_factorial(x - both)
                    - log_factorial(y - both)
                    - log_factorial(total + both - x - y);
                let k = both as f64;
                part += k / n * libm::log(n * k / (x as f64 * y as f64)) * libm::exp(chance);
            }
            sum += part * (times_x * times_y) as f64;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// All orders of `items`, by Heap's algorithm.
    fn orders(items: &mut Vec<u32>, k: usize, see: &mut impl FnMut(&[u32])) {
        if k <= 1 {
            return see(items);
        }
        for i in 0..k {
            orders(items, k - 1, see);
            items.swap(if k.is_multiple_of(2) { i } else { 0 }, k - 1);
        }
    }

    #[test]
    fn the_expected_information_is_the_mean_over_all_orders() {
        let (a, b) = ([0, 0, 0, 1, 1, 2, 2], [0, 0, 1, 1, 1, 1, 2]);
        let information = |b: &[u32]| {
            let mut sum = 0.0f64;
            for i in 0..3u32 {
                for j in 0..3u32 {
                    let both = a.iter().zip(b).filter(|&(&x, &y)| x == i && y == j).count() as f64;
                    let x = a.iter().filter(|&&x| x == i).count() as f64;
                    let y = b.iter().filter(|&&y| y == j).count() as f64;
                    sum += if both > 0.0 { both / 7.0 * libm::log(7.0 * both / (x * y)) } else { 0.0 };
                }
            }
            sum
        };
        let (mut sum, mut count) = (0.0, 0.0);
        orders(&mut b.to_vec(), 7, &mut |b| {
            sum += information(b);
            count += 1.0;
        });
        assert_eq!(count, 5040.0);
        let expected = expected_information(&[3, 2, 2], &[2, 4, 1], 7);
        assert!((expected - sum / count).abs() < 1e-12, "{expected} {}", sum / count);
    }

    #[test]
    fn known_values() {
        // The examples of scikit-learn's documentation.
        let one = compare(&[0, 0, 1, 2], &[0, 0, 1, 1]).unwrap();
        assert!((one.ari - 0.571_428_571).abs() < 1e-9 && (one.ami - 0.571_428_571).abs() < 1e-9, "{one:?}");
        let none = compare(&[0, 0, 0, 0], &[0, 1, 2, 3]).unwrap();
        assert_eq!((none.nmi, none.ami, none.ari), (0.0, 0.0, 0.0));
        let worse = compare(&[0, 0, 1, 1], &[0, 1, 0, 1]).unwrap();
        assert!((worse.ari + 0.5).abs() < 1e-12 && (worse.ami + 0.5).abs() < 1e-9, "{worse:?}");
        for same in [compare(&[], &[]), compare(&[3], &[9]), compare(&[1, 1], &[0, 0]), compare(&[1, 2], &[2, 1])] {
            assert_eq!(same.unwrap(), Agreement { nmi: 1.0, ami: 1.0, ari: 1.0 });
        }
        assert!(compare(&[0], &[]).is_err());
    }

    proptest! {
        #[test]
        fn names_and_sides_do_not_matter(pairs in prop::collection::vec((0u32..5, 0u32..4), 2..40)) {
            let (a, b): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
            let renamed: Vec<u32> = a.iter().map(|label| 4000 - 7 * label).collect();
            let (one, two) = (compare(&a, &b).unwrap(), compare(&b, &renamed).unwrap());
            for (x, y) in [(one.nmi, two.nmi), (one.ami, two.ami), (one.ari, two.ari)] {
                prop_assert!((x - y).abs() < 1e-9 && x <= 1.0 + 1e-9);
            }
            // Against all pairs of accounts.
            let n = a.len();
            let (mut both, mut in_a, mut in_b, mut all) = (0.0, 0.0, 0.0, 0.0);
            for i in 0..n {
                for j in 0..i {
                    all += 1.0;
                    in_a += f64::from(u8::from(a[i] == a[j]));
                    in_b += f64::from(u8::from(b[i] == b[j]));
                    both += f64::from(u8::from(a[i] == a[j] && b[i] == b[j]));
                }
            }
            let (chance, most): (f64, f64) = (in_a * in_b / all, (in_a + in_b) / 2.0);
            if most != chance {
                prop_assert!((one.ari - (both - chance) / (most - chance)).abs() < 1e-9);
            }
        }
    }
}
