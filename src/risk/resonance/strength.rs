//! How far shares lie from what is expected of them: by marginal likelihood, with room for the few that lie far away.

use super::law::{Node, log_sum};
use crate::base::{Result, Run, par};
use crate::risk::SignError;

/// Strengths that are told apart, half powers of ten from 0.32 to 316: one of `s` is as if `s` voices had been heard before. Stronger
/// ones hardly differ, and would be spikes beside the others.
const STRENGTHS: usize = 7;

/// More than so many voices say nothing more of strengths; more shares than so many are thinned evenly.
const VOICES: f64 = 1_000.0;
const ENOUGH: usize = 16_384;

/// Rounds of expectation and maximisation.
const ROUNDS: usize = 200;

/// Lesser parts of a mixture are left out.
const LEAST: f64 = 1e-3;

/// A mixture of beta laws of one mean, by their strengths.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strengths {
    /// Strength and weight; weights add up to 1.
    parts: Vec<(f64, f64)>,
}

/// A share that is expected, and the variance of what is known of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Expected {
    pub mean: f64,
    pub variance: f64,
}

impl Expected {
    /// Known for sure.
    #[cfg(test)]
    pub fn sure(mean: f64) -> Expected {
        Expected { mean, variance: 0.0 }
    }

    /// From sums of chances, of shares and of their squares.
    fn of(mass: f64, first: f64, second: f64) -> Expected {
        let mean = first / mass;
        Expected { mean, variance: (second / mass - mean * mean).max(0.0) }
    }

    /// Both exponents of the beta law of the mean and variance of a beta law of this strength around what is expected.
    fn beta(&self, strength: f64) -> (f64, f64) {
        let mean = inside(self.mean);
        let most = mean * (1.0 - mean);
        let own = self.variance.clamp(0.0, 0.99 * most);
        let strength = most / ((most - own) / (strength + 1.0) + own) - 1.0;
        (strength * mean, strength * (1.0 - mean))
    }
}

/// Voices, and the share expected of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heard {
    pub positive: f64,
    pub negative: f64,
    pub expected: Expected,
}

/// Expected shares keep off the ends, where beta laws end.
pub(super) fn inside(share: f64) -> f64 {
    share.clamp(1e-3, 1.0 - 1e-3)
}

impl Strengths {
    /// Of strengths and weights as they are.
    pub fn of(parts: &[(f64, f64)]) -> Strengths {
        Strengths { parts: parts.to_vec() }
    }

    /// The weights under which what was heard is likeliest, after one share more was seen at each strength in equal parts:
    /// where little was heard all strengths stay possible. Many shares that agree and a few that lie far away, as of
    /// opposed camps, give two strengths, and neither blurs the other; one strength for all would.
    pub fn learn(heard: &[Heard], scale: &Scale, run: &Run) -> Result<Strengths> {
        let step = heard.len().div_ceil(ENOUGH).max(1);
        let some: Vec<&Heard> = heard.iter().step_by(step).collect();
        let parts = par::map(run, &par::chunks(some.len(), 256), |range| {
            let one = |heard: &Heard| -> [f64; STRENGTHS] {
                let logs: [f64; STRENGTHS] = std::array::from_fn(|at| scale.evidence(heard, strength(at)));
                let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                logs.map(|log| libm::exp(log - most))
            };
            Ok(some[range].iter().map(|heard| one(heard)).collect::<Vec<_>>())
        })?;
        let chances = parts.concat();
        let mut weights = [1.0 / STRENGTHS as f64; STRENGTHS];
        for _ in 0..ROUNDS {
            let mut sums = [1.0 / STRENGTHS as f64; STRENGTHS];
            for chance in &chances {
                let total = (0..STRENGTHS).fold(0.0, |sum, at| sum + weights[at] * chance[at]);
                (0..STRENGTHS).for_each(|at| sums[at] += weights[at] * chance[at] / total);
            }
            weights = sums.map(|sum| sum / (chances.len() + 1) as f64);
        }
        let kept: Vec<(f64, f64)> =
            (0..STRENGTHS).filter(|&at| weights[at] >= LEAST).map(|at| (strength(at), weights[at])).collect();
        let total = kept.iter().fold(0.0, |sum, part| sum + part.1);
        Ok(Strengths { parts: kept.into_iter().map(|(strength, weight)| (strength, weight / total)).collect() })
    }

    /// Logs of weights over norms, and both exponents, of beta laws around what is expected.
    pub fn betas(&self, expected: &Expected) -> Vec<(f64, f64, f64)> {
        let parts = self.parts.iter().map(|&(strength, weight)| {
            let (a, b) = expected.beta(strength);
            (libm::log(weight) - ln_beta(a, b), a, b)
        });
        parts.collect()
    }

    /// The single strength whose beta law has the variance of the mixture.
    pub fn single(&self) -> f64 {
        let variance = self.parts.iter().fold(0.0, |sum, (strength, weight)| sum + weight / (strength + 1.0));
        1.0 / variance - 1.0
    }
}

fn strength(at: usize) -> f64 {
    libm::pow(10.0, 0.5 * (at as f64 - 1.0))
}

fn ln_beta(a: f64, b: f64) -> f64 {
    libm::lgamma(a) + libm::lgamma(b) - libm::lgamma(a + b)
}

/// How signs are read, with a grid over shares for what has no closed form.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    pub reading: SignError,
    /// Empty where signs are read rightly.
    nodes: Vec<Node>,
    step: f64,
}

impl Scale {
    /// Of a reading.
    pub fn new(reading: SignError) -> Scale {
        const NODES: usize = 481;
        let step = 24.0 / (NODES - 1) as f64;
        let node = |at: usize| Node::new(step * at as f64 - 12.0, &reading);
        let nodes = if reading == SignError::NONE { vec![] } else { (0..NODES).map(node).collect() };
        Scale { reading, nodes, step }
    }

    /// The log of the chance of what was heard under a strength, without what does not depend on it.
    pub fn evidence(&self, heard: &Heard, strength: f64) -> f64 {
        let (positive, negative) = capped(heard);
        let (a, b) = heard.expected.beta(strength);
        if self.nodes.is_empty() {
            return ln_beta(a + positive, b + negative) - ln_beta(a, b);
        }
        log_sum(self.nodes.iter().map(|node| node.voices(positive, negative) + node.beta(a, b))) + libm::log(self.step)
            - ln_beta(a, b)
    }

    /// What is known of a share after voices were heard.
    pub fn after(&self, heard: &Heard, strengths: &Strengths) -> Expected {
        let (positive, negative) = capped(heard);
        let betas = strengths.betas(&heard.expected);
        let (mut mass, mut first, mut second) = (0.0, 0.0, 0.0);
        if self.nodes.is_empty() {
            let logs: Vec<f64> = betas.iter().map(|&(log, a, b)| log + ln_beta(a + positive, b + negative)).collect();
            let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for (log, (_, a, b)) in logs.iter().zip(&betas) {
                let chance = libm::exp(log - most);
                mass += chance;
                let (a, voices) = (a + positive, a + b + positive + negative);
                first += chance * a / voices;
                second += chance * a / voices * (a + 1.0) / (voices + 1.0);
            }
            return Expected::of(mass, first, second);
        }
        // The largest part of a mixture tells where there is anything to add up.
        let heights: Vec<f64> =
            self.nodes.iter().map(|node| node.voices(positive, negative) + node.highest(&betas)).collect();
        let most = heights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (_, node) in heights.iter().zip(&self.nodes).filter(|(height, _)| **height > most - 40.0) {
            let chance = libm::exp(node.voices(positive, negative) + node.mixture(&betas) - most);
            mass += chance;
            first += chance * node.share();
            second += chance * node.share() * node.share();
        }
        Expected::of(mass, first, second)
    }
}

/// Voices, of very many as many as tell something: the grid is no finer.
fn capped(heard: &Heard) -> (f64, f64) {
    let part = (VOICES / (heard.positive + heard.negative)).min(1.0);
    if part < 1.0 { (heard.positive * part, heard.negative * part) } else { (heard.positive, heard.negative) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Key, Stream};

    fn heard(positive: f64, negative: f64, mean: f64) -> Heard {
        Heard { positive, negative, expected: Expected::sure(mean) }
    }

    #[test]
    fn the_grid_agrees_with_the_closed_form() {
        // Read all but rightly, so that the grid is used.
        let reading = SignError { sensitivity: 1.0, specificity: 1.0 - 1e-15 };
        let (closed, grid) = (Scale::new(SignError::NONE), Scale::new(reading));
        assert!(closed.nodes.is_empty() && !grid.nodes.is_empty());
        let strengths = Strengths::of(&[(1.0, 0.2), (31.6, 0.8)]);
        for one in [heard(3.0, 1.0, 0.8), heard(0.5, 9.5, 0.9), heard(0.0, 0.0, 0.3), heard(700.0, 210.0, 0.7)] {
            for strength in [1.0, 10.0, 100.0] {
                let (a, b) = (closed.evidence(&one, strength), grid.evidence(&one, strength));
                assert!((a - b).abs() < 1e-4, "{one:?} {strength}: {a} {b}");
            }
            let variances = [&closed, &grid].map(|scale| scale.after(&one, &strengths).variance);
            assert!((variances[0] - variances[1]).abs() < 1e-5);
            assert!((closed.after(&one, &strengths).mean - grid.after(&one, &strengths).mean).abs() < 1e-5);
        }
    }

    #[test]
    fn shares_that_agree_and_few_far_away_give_two_strengths() {
        let key = Key::new(3, Stream::Sample, 0);
        // 400 shares of 0.85 and 20 of 0.25, ten voices each, all expected to be 0.85.
        let shares: Vec<Heard> = (0..420)
            .map(|at| {
                let chance = if at % 21 == 0 { 0.25 } else { 0.85 };
                let positive = (0..10).filter(|voice| key.of(at).unit(*voice) < chance).count() as f64;
                heard(positive, 10.0 - positive, 0.85)
            })
            .collect();
        let scale = Scale::new(SignError::NONE);
        let learned = Strengths::learn(&shares, &scale, &Run::default()).unwrap();
        let weight = |from: f64, to: f64| {
            learned.parts.iter().filter(|part| (from..to).contains(&part.0)).map(|part| part.1).sum::<f64>()
        };
        assert!(weight(30.0, 1e9) > 0.6 && weight(0.0, 4.0) > 0.02, "{learned:?}");
        // One far away is believed; one that agrees more or less is drawn to the rest.
        assert!(scale.after(&heard(2.0, 8.0, 0.85), &learned).mean < 0.4);
        assert!(scale.after(&heard(7.0, 3.0, 0.85), &learned).mean > 0.75);
        for threads in [2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            assert_eq!(Strengths::learn(&shares, &scale, &run).unwrap(), learned);
        }
    }

    #[test]
    fn what_is_not_known_of_the_expected_share_widens() {
        let expected = Expected { mean: 0.3, variance: 0.01 };
        for strength in [0.5, 10.0, 300.0] {
            let (a, b) = expected.beta(strength);
            let variance = a * b / ((a + b) * (a + b) * (a + b + 1.0));
            // The law of total variance.
            assert!((variance - (0.01 + (0.21 - 0.01) / (strength + 1.0))).abs() < 1e-12);
            assert!((a / (a + b) - 0.3).abs() < 1e-12);
        }
        assert_eq!(Expected::sure(0.25).beta(8.0), (2.0, 6.0));
    }

    #[test]
    fn where_little_was_heard_all_strengths_stay_possible() {
        let scale = Scale::new(SignError::NONE);
        let none = Strengths::learn(&[], &scale, &Run::default()).unwrap();
        assert_eq!(none.parts.len(), STRENGTHS);
        let one = Strengths::learn(&[heard(1e6, 1e6, 0.5)], &scale, &Run::default()).unwrap();
        assert!(one.parts.len() == STRENGTHS && one.single() < 30.0, "{one:?}");
    }
}
