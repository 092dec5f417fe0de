//! What voices say of the share that is positive: a mixture of beta laws before, voices as they are read, and the law after,
//! on a grid.

use std::f64::consts::FRAC_PI_2;

use super::strength::{Expected, Strengths};
use crate::base::stats::normal_quantile;
use crate::risk::SignError;

/// Nodes of a grid that looks where the law is, and of the one that reads it.
const LOOK: usize = 96;
const READ: usize = 384;

/// The logit of a share is `π/2 sinh t` (the double exponential rule of Takahasi & Mori 1974): beta laws as steep as there are
/// have nothing left at these ends.
const ENDS: f64 = 12.0;

/// What is this far below the peak, in logs, is nothing.
const NOTHING: f64 = 38.0;

/// Quantiles are kept at this many normal scores, evenly spread over so many standard deviations either way.
const KEPT: usize = 65;
const SCORES: f64 = 4.0;

/// Logs of a share, of its complement, of both as they are read, and of the width of a step, at a place t.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    share: f64,
    pub logs: [f64; 2],
    pub read: [f64; 2],
    width: f64,
}

impl Node {
    pub fn new(t: f64, reading: &SignError) -> Node {
        let logit = FRAC_PI_2 * libm::sinh(t);
        let tail = libm::log1p(libm::exp(-logit.abs()));
        let (large, small) = (-tail, -logit.abs() - tail);
        let logs = if logit < 0.0 { [small, large] } else { [large, small] };
        let share = libm::exp(logs[0]);
        let read = match *reading == SignError::NONE {
            true => logs,
            false => {
                let read = reading.read(share);
                [libm::log(read.max(f64::MIN_POSITIVE)), libm::log((1.0 - read).max(f64::MIN_POSITIVE))]
            }
        };
        // d share = share (1 − share) d logit; the first two are in the exponents of the beta law.
        Node { share, logs, read, width: libm::log(FRAC_PI_2 * libm::cosh(t)) }
    }

    /// The log of a beta law's density times a step's width, without its norm.
    #[inline]
    pub fn beta(&self, a: f64, b: f64) -> f64 {
        a * self.logs[0] + b * self.logs[1] + self.width
    }

    /// The log-likelihood of voices, which are shares: a quasi-likelihood.
    #[inline]
    pub fn voices(&self, positive: f64, negative: f64) -> f64 {
        positive * self.read[0] + negative * self.read[1]
    }

    /// The log of a mixture's density times a step's width; parts are logs of weights over norms, and both exponents.
    pub fn mixture(&self, betas: &[(f64, f64, f64)]) -> f64 {
        let most = self.highest(betas);
        let part = |&(log, a, b): &(f64, f64, f64)| libm::exp(log + self.beta(a, b) - most);
        most + libm::log(betas.iter().map(part).fold(0.0, |sum, part| sum + part))
    }

    /// The log of its largest part.
    #[inline]
    pub fn highest(&self, betas: &[(f64, f64, f64)]) -> f64 {
        betas.iter().fold(f64::NEG_INFINITY, |most, &(log, a, b)| most.max(log + self.beta(a, b)))
    }

    pub fn share(&self) -> f64 {
        self.share
    }
}

/// The law of a share given voices.
#[derive(Debug, Clone)]
pub(super) struct Law {
    pub mean: f64,
    shares: Vec<f64>,
    /// What lies below each node, and how fast that grows with the share.
    below: Vec<f64>,
    rates: Vec<f64>,
    /// Distance of nodes in t, where the first stands.
    step: f64,
    first: f64,
}

impl Law {
    /// The law after voices were heard, which before them was a mixture of beta laws around what was expected.
    pub fn new(positive: f64, negative: f64, expected: &Expected, strengths: &Strengths, reading: &SignError) -> Law {
        let betas = strengths.betas(expected);
        let (mut low, mut high) = (-ENDS, ENDS);
        // Looks closer until the law fills what is looked at; the largest part of a mixture stands for all.
        for _ in 0..12 {
            let step = (high - low) / (LOOK - 1) as f64;
            let height = |at: usize| {
                let node = Node::new(low + step * at as f64, reading);
                node.voices(positive, negative) + node.highest(&betas)
            };
            let logs: Vec<f64> = (0..LOOK).map(height).collect();
            let peak = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let inside = |log: &f64| *log > peak - NOTHING;
            let first = logs.iter().position(inside).unwrap_or(0).saturating_sub(1);
            let last = (logs.iter().rposition(inside).unwrap_or(LOOK - 1) + 1).min(LOOK - 1);
            (low, high) = (low + step * first as f64, low + step * last as f64);
            if last - first > LOOK / 2 {
                break;
            }
        }
        let log_density = |t: f64| {
            let node = Node::new(t, reading);
            (node, node.voices(positive, negative) + node.mixture(&betas))
        };
        let step = (high - low) / (READ - 1) as f64;
        let nodes: Vec<(Node, f64)> = (0..READ).map(|at| log_density(low + step * at as f64)).collect();
        let peak = nodes.iter().map(|node| node.1).fold(f64::NEG_INFINITY, f64::max);
        let rates: Vec<f64> = nodes.iter().map(|node| libm::exp(node.1 - peak)).collect();
        let total = rates.iter().fold(0.0, |sum, rate| sum + rate) * step;
        let rates: Vec<f64> = rates.into_iter().map(|rate| rate / total).collect();
        let shares: Vec<f64> = nodes.iter().map(|(node, _)| node.share()).collect();
        let mean = rates.iter().zip(&shares).fold(0.0, |sum, (rate, share)| sum + rate * share) * step;
        let below = cumulated(&rates, step);
        Law { mean, shares, below, rates, step, first: low }
    }

    /// The chance that the share is below this one.
    pub fn below(&self, share: f64) -> f64 {
        let after = self.shares.partition_point(|&other| other < share);
        if after == 0 || after == READ {
            return if after == 0 { 0.0 } else { 1.0 };
        }
        let logit = libm::log(share) - libm::log1p(-share);
        let t = libm::asinh(logit / FRAC_PI_2);
        let at = ((t - self.first) / self.step - (after - 1) as f64).clamp(0.0, 1.0);
        self.between(after - 1, at).clamp(0.0, 1.0)
    }

    /// The share below which it lies with this chance.
    pub fn quantile(&self, chance: f64) -> f64 {
        let after = self.below.partition_point(|&below| below < chance).clamp(1, READ - 1);
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.between(after - 1, middle) < chance { low = middle } else { high = middle }
        }
        let t = self.first + self.step * ((after - 1) as f64 + 0.5 * (low + high));
        Node::new(t, &SignError::NONE).share()
    }

    /// What lies below a place between a node and the next: the cubic through both with their slopes.
    fn between(&self, node: usize, at: f64) -> f64 {
        let (from, to) = (self.below[node], self.below[node + 1]);
        let (up, on) = (self.step * self.rates[node], self.step * self.rates[node + 1]);
        let (square, cube) = (at * at, at * at * at);
        (2.0 * cube - 3.0 * square + 1.0) * from
            + (cube - 2.0 * square + at) * up
            + (3.0 * square - 2.0 * cube) * to
            + (cube - square) * on
    }

    /// Quantiles of `2 share − 1` at evenly spread normal scores, for [`quantile`].
    pub fn kept(&self) -> Vec<f64> {
        (0..KEPT).map(|at| 2.0 * self.quantile(normal_below(score(at))) - 1.0).collect()
    }
}

/// Integrals up to every node: the trapezoidal rule with the first term of Euler and Maclaurin, which is exact to the fourth
/// power of a step; scaled to end at 1.
fn cumulated(rates: &[f64], step: f64) -> Vec<f64> {
    let slope = |at: usize| match at {
        0 => rates[1] - rates[0],
        at if at + 1 == rates.len() => rates[at] - rates[at - 1],
        at => 0.5 * (rates[at + 1] - rates[at - 1]),
    };
    let mut sum = 0.0;
    let mut below: Vec<f64> = (0..rates.len())
        .map(|at| {
            if at > 0 {
                sum += 0.5 * (rates[at - 1] + rates[at]);
            }
            step * (sum - (slope(at) - slope(0)) / 12.0)
        })
        .collect();
    let total = below[rates.len() - 1];
    below.iter_mut().for_each(|below| *below = (*below / total).max(0.0));
    below
}

/// The value of quantiles from [`Law::kept`] at this chance, those beyond four standard scores at the ends.
pub(super) fn quantile(kept: &[f64], chance: f64) -> f64 {
    let score = normal_quantile(chance.clamp(1e-9, 1.0 - 1e-9)).clamp(-SCORES, SCORES);
    let place = (score + SCORES) / (2.0 * SCORES) * (KEPT - 1) as f64;
    let below = (libm::floor(place) as usize).min(KEPT - 2);
    match kept.get(below..below + 2) {
        Some([from, to]) => from + (to - from) * (place - below as f64),
        _ => f64::NAN,
    }
}

fn score(at: usize) -> f64 {
    SCORES * (2.0 * at as f64 / (KEPT - 1) as f64 - 1.0)
}

fn normal_below(score: f64) -> f64 {
    0.5 * libm::erfc(-score / std::f64::consts::SQRT_2)
}

/// The log of a sum of exponentials.
pub(super) fn log_sum(logs: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = logs.clone().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + libm::log(logs.fold(0.0, |sum, log| sum + libm::exp(log - most)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::{beta_below, beta_quantile};

    #[test]
    fn with_signs_read_rightly_the_grid_is_the_beta_law() {
        for (positive, negative, mean, strength) in [
            (0.0, 0.0, 0.5, 2.0),
            (3.0, 1.0, 0.8, 4.0),
            (0.4, 7.6, 0.9, 1.0),
            (0.0, 0.0, 0.95, 1.0),
            (120.0, 30.5, 0.7, 31.0),
            (90_000.0, 10_000.0, 0.8, 100.0),
            (1e7, 3.0, 0.5, 10.0),
        ] {
            let law = Law::new(
                positive,
                negative,
                &Expected::sure(mean),
                &Strengths::of(&[(strength, 1.0)]),
                &SignError::NONE,
            );
            let (a, b) = (positive + strength * mean, negative + strength * (1.0 - mean));
            assert!((law.mean - a / (a + b)).abs() < 1e-9, "{} {}", law.mean, a / (a + b));
            for chance in [0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.999] {
                let at = law.quantile(chance);
                let exact = beta_quantile(chance, a / (a + b), a * b / ((a + b) * (a + b) * (a + b + 1.0)));
                assert!((at - exact).abs() < 1e-6, "{a} {b}: {chance} {at} {exact}");
            }
            for share in [0.01, 0.3, 0.5, 0.77, 0.9, 0.99] {
                assert!((law.below(share) - beta_below(share, a, b)).abs() < 1e-6, "{a} {b} {share}");
            }
            for (at, chance) in [(8, 0.001349898), (16, 0.022750132), (40, 0.841344746)] {
                assert!((law.kept()[at] - (2.0 * law.quantile(chance) - 1.0)).abs() < 1e-6);
                assert!((quantile(&law.kept(), chance) - law.kept()[at]).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn a_mixture_is_the_mean_of_its_parts_by_how_well_they_foretold() {
        // Of a beta law with strength s and mean m, k of n has the chance B(k + sm, n − k + s(1 − m)) / B(sm, s(1 − m)).
        let (positive, negative, mean) = (2.0, 6.0, 0.9);
        let parts = [(0.5, 0.3), (20.0, 0.7)];
        let ln_beta = |a: f64, b: f64| libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b);
        let after = parts.map(|(strength, weight)| {
            let (a, b) = (strength * mean, strength * (1.0 - mean));
            let chance = weight * libm::exp(ln_beta(a + positive, b + negative) - ln_beta(a, b));
            (chance, a + positive, b + negative)
        });
        let total = after[0].0 + after[1].0;
        let law = Law::new(positive, negative, &Expected::sure(mean), &Strengths::of(&parts), &SignError::NONE);
        let expected = after.iter().map(|(chance, a, b)| chance / total * a / (a + b)).sum::<f64>();
        assert!((law.mean - expected).abs() < 1e-9);
        for share in [0.1, 0.4, 0.7, 0.95] {
            let below = after.iter().map(|(chance, a, b)| chance / total * beta_below(share, *a, *b)).sum::<f64>();
            assert!((law.below(share) - below).abs() < 1e-6);
        }
    }

    #[test]
    fn signs_read_wrongly_widen_and_move() {
        let strengths = Strengths::of(&[(2.0, 1.0)]);
        let (plain, error) = (SignError::NONE, SignError { sensitivity: 0.9, specificity: 0.8 });
        let laws = [plain, error].map(|reading| Law::new(60.0, 40.0, &Expected::sure(0.5), &strengths, &reading));
        let width = |law: &Law| law.quantile(0.975) - law.quantile(0.025);
        assert!(width(&laws[1]) > 1.2 * width(&laws[0]));
        // 0.6 is read where 0.4 / 0.7 is meant.
        assert!((laws[1].mean - 0.4 / 0.7).abs() < 0.01, "{}", laws[1].mean);
        // The same integral by plain sums over a million steps.
        let (mut mass, mut first, steps) = (0.0, 0.0, 1_000_000);
        for at in 0..steps {
            let share = (at as f64 + 0.5) / steps as f64;
            let read = error.read(share);
            let density = libm::exp(60.0 * libm::log(read / 0.6) + 40.0 * libm::log((1.0 - read) / 0.4));
            (mass, first) = (mass + density, first + density * share);
        }
        assert!((laws[1].mean - first / mass).abs() < 1e-9);
    }
}
