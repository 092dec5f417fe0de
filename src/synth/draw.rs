//! Draws from the distributions that generators need, frozen: they call nothing but the pinned `libm` and one named
//! generator, so the same key gives the same numbers on every machine and in every version.

use rand::Rng;

use crate::base::seed::{Chance, Generator, Key};

/// A stream of draws that begins at a key.
pub(crate) struct Draw(Generator);

impl Draw {
    /// The stream of a key.
    pub fn new(key: Key) -> Self {
        Draw(key.generator())
    }

    /// 64 random bits.
    #[inline]
    pub fn word(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in [0, 1), a multiple of 2^-53.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.word() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// True with chance `p`.
    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// True with the chance that `chance` stands for.
    #[inline]
    pub fn coin(&mut self, chance: Chance) -> bool {
        chance.holds(self.word())
    }

    /// A whole number below `n`, each equally likely (Lemire 2019). 0 for `n = 0`.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        let mut product = u128::from(self.word()) * u128::from(n);
        if (product as u64) < n {
            let threshold = n.wrapping_neg() % n.max(1);
            while (product as u64) < threshold {
                product = u128::from(self.word()) * u128::from(n);
            }
        }
        (product >> 64) as u64
    }

    /// Exponential with mean 1.
    pub fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.unit())
    }

    /// Standard normal (Marsaglia's polar method; the second number of a pair is not kept).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.unit() - 1.0, 2.0 * self.unit() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * libm::sqrt(-2.0 * libm::log(square) / square);
            }
        }
    }

    /// Log-normal with mean 1: `exp(sd·z − sd²/2)`.
    pub fn around_one(&mut self, sd: f64) -> f64 {
        libm::exp(sd * self.normal() - sd * sd / 2.0)
    }

    /// Gamma of this shape and scale 1 (Marsaglia & Tsang 2000; shapes below 1 by their boost). 0 for shape 0.
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape <= 0.0 {
            return 0.0;
        }
        if shape < 1.0 {
            return self.gamma(shape + 1.0) * libm::pow(1.0 - self.unit(), 1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / libm::sqrt(9.0 * d);
        loop {
            let x = self.normal();
            let v = (1.0 + c * x) * (1.0 + c * x) * (1.0 + c * x);
            if v > 0.0 && libm::log(1.0 - self.unit()) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return d * v;
            }
        }
    }

    /// Poisson, by multiplying uniforms; a large mean is a sum of smaller ones, so the cost grows with the mean.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        const PIECE: f64 = 16.0;
        let (mut rest, mut count) = (mean.max(0.0), 0);
        while rest > 0.0 {
            let floor = libm::exp(-rest.min(PIECE));
            let mut product = 1.0 - self.unit();
            while product > floor {
                product *= 1.0 - self.unit();
                count += 1;
            }
            rest -= PIECE;
        }
        count
    }

    /// Pareto between `low` and `high`: the share above x falls as `x^-exponent`.
    pub fn pareto(&mut self, exponent: f64, low: f64, high: f64) -> f64 {
        let cut = libm::pow(low / high, exponent);
        low * libm::pow(1.0 - self.unit() * (1.0 - cut), -1.0 / exponent)
    }

    /// Puts a slice into random order.
    pub fn shuffle<T>(&mut self, values: &mut [T]) {
        for place in (1..values.len()).rev() {
            values.swap(place, self.below(place as u64 + 1) as usize);
        }
    }

    /// One of a slice. `None` of nothing.
    pub fn pick<T: Copy>(&mut self, values: &[T]) -> Option<T> {
        values.get(self.below(values.len() as u64) as usize).copied()
    }

    /// `count` different ones of a slice (all, if it has fewer), in random order.
    pub fn some<T: Copy>(&mut self, values: &[T], count: usize) -> Vec<T> {
        let mut all = values.to_vec();
        let count = count.min(all.len());
        for place in 0..count {
            let other = place + self.below((all.len() - place) as u64) as usize;
            all.swap(place, other);
        }
        all.truncate(count);
        all
    }
}

/// Draws places in proportion to their weights, in constant time (Walker 1977, Vose 1991).
pub(crate) struct Weighted {
    keep: Vec<u32>,
    other: Vec<u32>,
}

impl Weighted {
    /// Weights must be finite and not negative, one of them positive.
    pub fn new(weights: &[f64]) -> Self {
        let n = weights.len();
        let total: f64 = weights.iter().sum();
        let mut share: Vec<f64> = weights.iter().map(|weight| weight * n as f64 / total).collect();
        let mut other: Vec<u32> = (0..n as u32).collect();
        let (mut poor, mut rich): (Vec<u32>, Vec<u32>) = (0..n as u32).partition(|&place| share[place as usize] < 1.0);
        while let (Some(low), Some(&high)) = (poor.pop(), rich.last()) {
            other[low as usize] = high;
            share[high as usize] -= 1.0 - share[low as usize];
            if share[high as usize] < 1.0 {
                rich.pop();
                poor.push(high);
            }
        }
        // Whoever is left in either list has a share of 1 up to rounding: its other is itself.
        let keep = share.iter().map(|share| (share.clamp(0.0, 1.0) * f64::from(u32::MAX)) as u32).collect();
        Weighted { keep, other }
    }

    /// A place.
    #[inline]
    pub fn draw(&self, draw: &mut Draw) -> u32 {
        let place = draw.below(self.keep.len() as u64) as usize;
        if (draw.word() >> 32) as u32 <= self.keep[place] { place as u32 } else { self.other[place] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Stream;

    fn draw(index: u64) -> Draw {
        Draw::new(Key::new(11, Stream::Sample, index))
    }

    /// Mean and variance of n draws within 5 standard errors: all checks together fail by chance once in 100,000.
    fn moments(mean: f64, variance: f64, fourth: f64, mut next: impl FnMut() -> f64) {
        let n = 200_000;
        let values: Vec<f64> = (0..n).map(|_| next()).collect();
        let found = values.iter().sum::<f64>() / n as f64;
        let spread = values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n as f64;
        assert!((found - mean).abs() < 5.0 * (variance / n as f64).sqrt(), "mean {found}, not {mean}");
        let error = ((fourth - variance * variance) / n as f64).sqrt();
        assert!((spread - variance).abs() < 5.0 * error, "variance {spread}, not {variance}");
    }

    #[test]
    fn moments_are_those_of_the_textbook() {
        let mut d = draw(0);
        moments(0.5, 1.0 / 12.0, 1.0 / 80.0, || d.unit());
        moments(1.0, 1.0, 9.0, || d.exponential());
        moments(0.0, 1.0, 3.0, || d.normal());
        for k in [0.3, 1.0, 4.5] {
            moments(k, k, 3.0 * k * k + 6.0 * k, || d.gamma(k));
        }
        for mean in [0.2, 3.0, 40.0] {
            moments(mean, mean, mean + 3.0 * mean * mean, || d.poisson(mean) as f64);
        }
        let s = libm::exp(0.25);
        let fourth = (s - 1.0) * (s - 1.0) * (s * s * s * s + 2.0 * s * s * s + 3.0 * s * s - 3.0);
        moments(1.0, s - 1.0, fourth, || d.around_one(0.5));
    }

    #[test]
    fn a_pareto_has_its_quantiles_and_ends() {
        let mut d = draw(1);
        let values: Vec<f64> = (0..100_000).map(|_| d.pareto(1.1, 10.0, 1000.0)).collect();
        assert!(values.iter().all(|x| (10.0..=1000.0).contains(x)));
        let cut = libm::pow(0.01, 1.1);
        let above = values.iter().filter(|&&x| x > 100.0).count() as f64 / 1e5;
        let truth = (libm::pow(0.1, 1.1) - cut) / (1.0 - cut);
        assert!((above - truth).abs() < 5.0 * (truth / 1e5).sqrt(), "{above} {truth}");
    }

    #[test]
    fn weights_are_kept() {
        let weights = [0.0, 1.0, 2.0, 0.5, 6.5];
        let table = Weighted::new(&weights);
        let mut d = draw(2);
        let mut counts = [0u32; 5];
        (0..100_000).for_each(|_| counts[table.draw(&mut d) as usize] += 1);
        assert!(counts[0] <= 1);
        for (count, weight) in counts.iter().zip(weights) {
            assert!((f64::from(*count) - weight * 1e4).abs() < 5.0 * (weight * 1e4).sqrt() + 1.0, "{counts:?}");
        }
    }

    #[test]
    fn known_answers_are_frozen() {
        let mut d = draw(3);
        let found = [d.normal(), d.gamma(0.3), d.poisson(5.0) as f64, d.pareto(1.1, 1.0, 9.0), d.below(1000) as f64];
        let bits: Vec<u64> = found.iter().map(|x| x.to_bits()).collect();
        assert_eq!(bits, FROZEN, "{found:?} {bits:?}");
    }
    const FROZEN: [u64; 5] =
        [4608342131556020754, 4582998924045018352, 4611686018427387904, 4608737546673047078, 4638566878703255552];
}
