//! What moves counts of one creator together, and what moves each post: two spreads, learned from counts against what was
//! expected.

use super::super::count::{Likelihood, SMALL, Seen};
use crate::base::seed::Key;
use crate::base::stats::quantile;
use crate::base::{Result, Run, par};

/// Spreads between creators that are tried.
const BETWEEN: [f64; 11] = [0.0, 0.1, 0.2, 0.3, 0.45, 0.65, 0.9, 1.2, 1.6, 2.1, 2.8];

/// Creators that spreads are decided on, at most.
const ENOUGH: usize = 800;

/// Points on which a creator's factor is integrated, and how far they reach in standard deviations.
const NODES: usize = 15;
const FAR: f64 = 3.5;

/// Nodes of a standard normal variable, with the logs of their weights: the trapezoid rule.
fn nodes() -> impl Iterator<Item = (f64, f64)> {
    let step = 2.0 * FAR / (NODES - 1) as f64;
    (0..NODES).map(move |at| {
        let z = -FAR + at as f64 * step;
        (z, libm::log(step * 0.398_942_280_401_432_7) - 0.5 * z * z)
    })
}

/// A count, and how many were expected.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Counted {
    /// The count.
    pub count: f64,
    /// How many were expected.
    pub expected: f64,
}

/// `y ~ Poisson(E e^(g + c))`: g of the creator, normal with spread `between`, c of the post, normal with spread `within`, both
/// with a mean factor of 1.
///
/// Both spreads are what the counts say of them, on a grid, with their weights: draws know that they are not known exactly.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// (between, place among the spreads within, weight), weights falling, summing to 1.
    joint: Vec<(f64, usize, f64)>,
    spreads: Vec<f64>,
}

/// A creator's factor: logs with their weights, for the likeliest spreads.
#[derive(Debug, Clone, PartialEq)]
pub struct Own(Vec<(f64, f64)>);

impl Own {
    /// The mean factor.
    pub fn mean(&self) -> f64 {
        self.0.iter().fold(0.0, |sum, (log, weight)| sum + weight * libm::exp(*log))
    }

    /// A draw of the factor's log; the cell of the grid that is drawn is filled evenly.
    pub fn draw(&self, unit: f64, within: f64) -> f64 {
        let mut left = unit;
        let step = if self.0.len() > 1 { self.0[1].0 - self.0[0].0 } else { 0.0 };
        for (log, weight) in &self.0 {
            left -= weight;
            if left < 0.0 {
                return log + (within - 0.5) * step;
            }
        }
        self.0.last().map_or(0.0, |last| last.0)
    }
}

impl Factors {
    /// Nothing varies.
    pub fn none() -> Factors {
        Factors { joint: vec![(0.0, 0, 1.0)], spreads: vec![0.0] }
    }

    /// Learns the spreads from the counts of creators, each with those of its posts. Counts of which none were expected say nothing.
    pub fn fit(creators: &[Vec<Counted>], likelihood: &Likelihood, run: &Run) -> Result<Factors> {
        let told: Vec<&Vec<Counted>> =
            creators.iter().filter(|counts| counts.iter().any(|counted| counted.expected > 0.0)).collect();
        if told.is_empty() {
            return Ok(Factors::none());
        }
        // Every so-many-th: a sample that nobody's name decides.
        let told: Vec<&Vec<Counted>> = told.iter().copied().step_by(told.len().div_ceil(ENOUGH).max(1)).collect();
        let spreads = likelihood.spreads.clone();
        let parts = par::map(run, &par::chunks(told.len(), 16), |range| {
            let mut sums = vec![0.0; BETWEEN.len() * spreads.len()];
            for counts in &told[range] {
                let seen = alike(counts);
                for (row, &between) in BETWEEN.iter().enumerate() {
                    for within in 0..spreads.len() {
                        sums[row * spreads.len() + within] += shares(&under(&seen, between, within, likelihood)).1;
                    }
                }
            }
            Ok(sums)
        })?;
        let mut sums = vec![0.0; BETWEEN.len() * spreads.len()];
        parts.iter().for_each(|part| sums.iter_mut().zip(part).for_each(|(sum, value)| *sum += value));
        let most = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut joint: Vec<(f64, usize, f64)> = Vec::new();
        for (at, &sum) in sums.iter().enumerate() {
            let weight = libm::exp(sum - most);
            if weight > 1e-3 {
                joint.push((BETWEEN[at / spreads.len()], at % spreads.len(), weight));
            }
        }
        joint.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.1.cmp(&b.1)).then(a.0.total_cmp(&b.0)));
        let total = joint.iter().fold(0.0, |sum, one| sum + one.2);
        joint.iter_mut().for_each(|one| one.2 /= total);
        Ok(Factors { joint, spreads })
    }

    /// Whether anything was learned.
    pub fn is_known(&self) -> bool {
        self.spreads.len() > 1
    }

    /// The variance that a sum of counts has more than a Poisson variable: `own` is the sum of squares of what was expected of each
    /// creator, `posts` the same of each post.
    pub fn clumps(&self, own: f64, posts: f64) -> f64 {
        let (between, within) = (self.between(), self.within());
        libm::expm1(between * between) * own + libm::expm1(within * within) * posts
    }

    /// The spread between creators, a mean over what is likely.
    pub fn between(&self) -> f64 {
        self.joint.iter().fold(0.0, |sum, one| sum + one.2 * one.0)
    }

    /// The spread from post to post, likewise.
    pub fn within(&self) -> f64 {
        self.joint.iter().fold(0.0, |sum, one| sum + one.2 * self.spreads[one.1])
    }

    /// The 95% interval of the spread from post to post.
    pub fn within_interval(&self) -> (f64, f64) {
        let mut many: Vec<f64> = Vec::new();
        for one in &self.joint {
            many.extend(std::iter::repeat_n(self.spreads[one.1], libm::ceil(200.0 * one.2) as usize));
        }
        many.sort_by(f64::total_cmp);
        // Half a step of the grid on either side.
        (quantile(&many, 0.025) / 1.14, quantile(&many, 0.975) * 1.14)
    }

    /// A draw of the spread from post to post.
    pub fn draw_within(&self, key: Key) -> f64 {
        let mut left = key.unit(0);
        for one in &self.joint {
            left -= one.2;
            if left < 0.0 {
                let spread = self.spreads[one.1];
                // Within the cell of the grid.
                return spread * libm::exp((key.unit(1) - 0.5) * libm::log(1.3));
            }
        }
        self.spreads[self.joint[0].1]
    }

    /// What its counts say of a creator's factor; without any, what creators are like.
    pub fn own(&self, counts: &[Counted], likelihood: &Likelihood) -> Own {
        let (between, within, _) = self.joint[0];
        let between = if between > 0.0 { between } else { self.between() };
        if self.spreads.len() == 1 || between == 0.0 {
            return Own(vec![(0.0, 1.0)]);
        }
        Own(shares(&under(&alike(counts), between, within, likelihood)).0)
    }
}

/// The nodes of the creator's log factor, each with its weight times the likelihood of the counts, as a log.
fn under(seen: &[(Seen, f64, f64)], between: f64, within: usize, likelihood: &Likelihood) -> Vec<(f64, f64)> {
    let half = 0.5 * likelihood.spreads[within] * likelihood.spreads[within];
    let at = |log: f64| {
        let mass = |&(seen, mean, times): &(Seen, f64, f64)| {
            times * libm::log(likelihood.of(seen, within, 0.0, mean - half + log).max(1e-300))
        };
        seen.iter().fold(0.0, |sum, one| sum + mass(one))
    };
    if between == 0.0 {
        return vec![(0.0, at(0.0))];
    }
    let node = |(z, weight): (f64, f64)| {
        let log = between * z - 0.5 * between * between;
        (log, weight + at(log))
    };
    nodes().map(node).collect()
}

/// Counts that were expected, ready for likelihoods, with the logs of what was expected; of equal ones one, with how many there are.
fn alike(counts: &[Counted]) -> Vec<(Seen, f64, f64)> {
    let each = counts.iter().filter(|counted| counted.expected > 0.0);
    let mut seen: Vec<(f64, f64, f64)> = Vec::new();
    for counted in each {
        let (log, whole) = (libm::log(counted.expected), libm::floor(counted.count));
        // A part of an act, as acts with several causes leave it, is as much of the likelihood of the next whole count.
        match counted.count < SMALL - 1.0 {
            true => {
                let part = counted.count - whole;
                seen.push((log, whole, 1.0 - part));
                if part > 0.0 {
                    seen.push((log, whole + 1.0, part));
                }
            }
            false => seen.push((log, counted.count, 1.0)),
        }
    }
    seen.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)));
    let equal = seen.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    equal.map(|chunk| (Seen::new(chunk[0].1), chunk[0].0, chunk.iter().fold(0.0, |sum, one| sum + one.2))).collect()
}

/// Logs of masses as shares of their sum, and the log of the sum.
fn shares(nodes: &[(f64, f64)]) -> (Vec<(f64, f64)>, f64) {
    let most = nodes.iter().fold(f64::NEG_INFINITY, |most, node| most.max(node.1));
    let sum = nodes.iter().fold(0.0, |sum, node| sum + libm::exp(node.1 - most));
    (nodes.iter().map(|&(log, mass)| (log, libm::exp(mass - most) / sum)).collect(), most + libm::log(sum))
}
