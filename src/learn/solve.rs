//! Small symmetric positive definite systems, and monotone steps.

/// A symmetric positive definite matrix, row by row, with a right side: normal equations being added up.
#[derive(Debug, Clone)]
pub struct Normal {
    n: usize,
    matrix: Vec<f64>,
    right: Vec<f64>,
}

/// A solution with its covariance.
#[derive(Debug, Clone, PartialEq)]
pub struct Solved {
    /// The solution.
    pub values: Vec<f64>,
    /// The inverse of the matrix, row by row.
    pub covariance: Vec<f64>,
}

impl Solved {
    /// The variance of a linear combination, given as (place, factor).
    pub fn variance(&self, combination: &[(usize, f64)]) -> f64 {
        let n = self.values.len();
        let pairs = combination.iter().flat_map(|a| combination.iter().map(move |b| (a, b)));
        pairs.fold(0.0, |sum, (a, b)| sum + a.1 * b.1 * self.covariance[a.0 * n + b.0]).max(0.0)
    }

    /// The value of a linear combination.
    pub fn value(&self, combination: &[(usize, f64)]) -> f64 {
        combination.iter().fold(0.0, |sum, &(at, factor)| sum + factor * self.values[at])
    }
}

impl Normal {
    /// Of `n` unknowns, with a prior precision each.
    pub fn new(precisions: &[f64]) -> Self {
        let n = precisions.len();
        let mut matrix = vec![0.0; n * n];
        precisions.iter().enumerate().for_each(|(at, precision)| matrix[at * n + at] = *precision);
        Normal { n, matrix, right: vec![0.0; n] }
    }

    /// Adds a prior mean to an unknown whose prior precision was given.
    pub fn mean(&mut self, at: usize, precision: f64, mean: f64) {
        self.right[at] += precision * mean;
    }

    /// Adds an observation `value = sum factor · unknown` with this weight.
    pub fn add(&mut self, combination: &[(usize, f64)], value: f64, weight: f64) {
        for &(row, a) in combination {
            self.right[row] += weight * a * value;
            for &(column, b) in combination {
                self.matrix[row * self.n + column] += weight * a * b;
            }
        }
    }

    /// Solves by Cholesky's method. A pivot that rounding made too small is raised: with prior precisions above 0 that
    /// changes nothing that can be seen.
    pub fn solve(&self) -> Solved {
        let n = self.n;
        let mut lower = self.matrix.clone();
        for row in 0..n {
            for column in 0..=row {
                let mut sum = lower[row * n + column];
                for k in 0..column {
                    sum -= lower[row * n + k] * lower[column * n + k];
                }
                lower[row * n + column] = if row == column {
                    libm::sqrt(sum.max(1e-12 * (1.0 + self.matrix[row * n + row])))
                } else {
                    sum / lower[column * n + column]
                };
            }
        }
        let substitute = |right: &mut [f64]| {
            for row in 0..n {
                let known = (0..row).fold(0.0, |sum, k| sum + lower[row * n + k] * right[k]);
                right[row] = (right[row] - known) / lower[row * n + row];
            }
            for row in (0..n).rev() {
                let known = (row + 1..n).fold(0.0, |sum, k| sum + lower[k * n + row] * right[k]);
                right[row] = (right[row] - known) / lower[row * n + row];
            }
        };
        let mut values = self.right.clone();
        substitute(&mut values);
        let mut covariance = vec![0.0; n * n];
        for at in 0..n {
            let unit = &mut covariance[at * n..(at + 1) * n];
            unit[at] = 1.0;
            substitute(unit);
        }
        Solved { values, covariance }
    }
}

/// The never-falling sequence nearest to `values` in weighted squares: pool adjacent violators (Ayer et al. 1955).
pub fn isotonic(values: &[f64], weights: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::with_capacity(values.len());
    for (&value, &weight) in values.iter().zip(weights) {
        let mut pool = (value, weight, 1);
        while let Some(&(before, mass, count)) = pools.last() {
            if before <= pool.0 {
                break;
            }
            pool = ((before * mass + pool.0 * pool.1) / (mass + pool.1), mass + pool.1, count + pool.2);
            pools.pop();
        }
        pools.push(pool);
    }
    pools.into_iter().flat_map(|(value, _, count)| std::iter::repeat_n(value, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_is_solved_with_its_covariance() {
        let mut normal = Normal::new(&[1e-9, 1e-9]);
        for (x, y) in [(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)] {
            normal.add(&[(0, 1.0), (1, x)], y, 1.0);
        }
        let solved = normal.solve();
        assert!((solved.values[0] - 1.0).abs() < 1e-7 && (solved.values[1] - 2.0).abs() < 1e-7);
        // (X'X)^-1 of 0, 1, 2 is [[5, -3], [-3, 3]] / 6.
        assert!((solved.variance(&[(0, 1.0)]) - 5.0 / 6.0).abs() < 1e-7);
        assert!((solved.value(&[(0, 1.0), (1, 4.0)]) - 9.0).abs() < 1e-6);
    }

    #[test]
    fn violators_are_pooled() {
        assert_eq!(isotonic(&[1.0, 3.0, 2.0, 4.0], &[1.0; 4]), [1.0, 2.5, 2.5, 4.0]);
        assert_eq!(isotonic(&[3.0, 2.0, 1.0], &[1.0, 1.0, 2.0]), [1.75; 3]);
        assert!(isotonic(&[], &[]).is_empty());
    }
}
