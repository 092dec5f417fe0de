//! What is in a post: the part of its exposure that neither the creator nor the network explains.

use super::direct;
use super::resolved::Resolved;
use crate::base::seed::Key;
use crate::base::stats::normal_quantile;

/// The content of one joint post: a factor `e^c` on every chance of exposure, `c ~ N(−s²/2, s²)`, so that its mean is 1.
///
/// Each creator posts a content of their own. Whoever reshares passes on a mixture: the mean of the creators' factors,
/// weighted by their direct reach under the model's middle parameters.
#[derive(Debug, Clone)]
pub(crate) struct Content<'a> {
    creators: &'a [u32],
    factors: Vec<f64>,
    others: f64,
}

/// How contents are drawn: `slots` of them for every creator, one from each of as many slices of equal chance, in an order of
/// the creator's own. So a few hundred contents already stand for the whole law, its ends included.
#[derive(Debug, Clone)]
pub(crate) struct Contents<'a> {
    creators: &'a [u32],
    /// What each creator's factor weighs in that of the resharers; adds up to 1.
    weights: Vec<f64>,
    slots: u64,
    key: Key,
}

impl<'a> Contents<'a> {
    /// `creators` are sorted; `key` is of nothing else.
    pub fn new(resolved: &Resolved<'_>, creators: &'a [u32], slots: u64, key: Key) -> Self {
        let directs: Vec<f64> = creators.iter().map(|&v| direct::direct_reach(resolved, &[v])).collect();
        let sum = directs.iter().fold(0.0, |sum, direct| sum + direct);
        let equal = 1.0 / creators.len().max(1) as f64;
        let weights = directs.iter().map(|direct| if sum > 0.0 { direct / sum } else { equal }).collect();
        Contents { creators, weights, slots: slots.max(1), key }
    }

    /// The contents of a slot, under a standard deviation of `sd`.
    pub fn draw(&self, slot: u64, sd: f64) -> Content<'a> {
        let factor = |&v: &u32| {
            let own = self.key.of(u64::from(v));
            let slice = shuffled(own.of(0), self.slots, slot) as f64;
            // The middle of nothing: a unit of 0 would be a content of no exposure at all.
            let unit = ((slice + own.of(1).unit(slot)) / self.slots as f64).clamp(1e-12, 1.0 - 1e-12);
            libm::exp(sd * normal_quantile(unit) - sd * sd / 2.0)
        };
        let factors: Vec<f64> = self.creators.iter().map(factor).collect();
        let others = factors.iter().zip(&self.weights).fold(0.0, |sum, (factor, weight)| sum + factor * weight);
        Content { creators: self.creators, factors, others }
    }
}

impl Content<'_> {
    /// The factor on what v posts, or passes on.
    #[inline]
    pub fn factor(&self, v: u32) -> f64 {
        self.creators.binary_search(&v).map_or(self.others, |place| self.factors[place])
    }
}

/// Where `at` stands in an order of `0..n` that the key decides: rounds of a bijection of the next power of two, walked on
/// until it lands below n.
fn shuffled(key: Key, n: u64, at: u64) -> u64 {
    if n < 2 {
        return 0;
    }
    let bits = 64 - (n - 1).leading_zeros();
    let (mask, shift) = (u64::MAX >> (64 - bits), bits.div_ceil(2));
    let mut x = at;
    loop {
        for round in 0..4 {
            x = x.wrapping_mul(key.word(round) | 1).wrapping_add(key.word(4 + round)) & mask;
            x ^= x >> shift;
        }
        if x < n {
            return x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Stream;
    use crate::cascade::exact::resolved;
    use crate::graph::build::graph;

    #[test]
    fn every_slice_is_taken_once() {
        for n in [1, 2, 3, 7, 64, 100, 1000] {
            let key = Key::new(5, Stream::Parameters, n);
            let mut places: Vec<u64> = (0..n).map(|at| shuffled(key, n, at)).collect();
            places.sort_unstable();
            assert!(places.into_iter().eq(0..n), "{n}");
        }
    }

    /// Neighbours, which are of one draw of the parameters, have unrelated contents: a correlation over 4,000 pairs beyond
    /// 0.06 has a chance of 1 in 6,000.
    #[test]
    fn factors_have_mean_one_and_neighbours_are_unrelated() {
        let graph = graph(6, &[(1, 0), (2, 0), (3, 0), (4, 5)]);
        let model = resolved(&graph, "ic:0.5", None);
        let contents = Contents::new(&model, &[0, 5], 4000, Key::new(9, Stream::Parameters, 0).of(3));
        let drawn: Vec<Content<'_>> = (0..4000).map(|slot| contents.draw(slot, 0.55)).collect();
        for v in [0, 5] {
            let mean = drawn.iter().map(|content| content.factor(v)).sum::<f64>() / 4000.0;
            assert!((mean - 1.0).abs() < 0.003, "{mean}");
            let c = |at: usize| (libm::log(drawn[at].factor(v)) + 0.55 * 0.55 / 2.0) / 0.55;
            let together = (0..3999).map(|at| c(at) * c(at + 1)).sum::<f64>() / 3999.0;
            assert!(together.abs() < 0.06, "{together}");
        }
        let one = &drawn[7];
        // 0 reaches three times as many directly.
        assert!((one.factor(3) - 0.75 * one.factor(0) - 0.25 * one.factor(5)).abs() < 1e-12);
    }
}
