//! Exponential numbers without a logarithm, for skipping along rows.

use std::sync::LazyLock;

/// Layers of the ziggurat.
const LAYERS: usize = 256;

/// Where the tail begins, and the area of a layer (Marsaglia & Tsang 2000, section 3, for 256 layers).
const TAIL: f64 = 7.697_117_470_131_05;
const AREA: f64 = 0.003_949_659_822_581_557;

/// A unit in the last place of a 53-bit number in [0, 1).
const UNIT: f64 = 1.0 / (1u64 << 53) as f64;

/// The table behind exponential numbers of mean 1: layer i reaches from 0 to `widths[i]`, and its roof stands at
/// `heights[i]`.
///
/// The ziggurat of Marsaglia & Tsang (2000): 97.7% of the numbers cost one word, one multiplication and a comparison. The
/// law is exact but for rounding to 53 bits; tables and the rare rest go through `libm`, so that every machine draws the
/// same.
#[derive(Debug)]
pub struct Exponential {
    widths: [f64; LAYERS + 1],
    heights: [f64; LAYERS + 1],
}

static TABLE: LazyLock<Exponential> = LazyLock::new(|| {
    let (mut widths, mut heights) = ([0.0; LAYERS + 1], [1.0; LAYERS + 1]);
    // The lowest layer has the tail beside it: as wide as a box of the same area would be.
    widths[0] = AREA / libm::exp(-TAIL);
    heights[0] = 0.0;
    widths[1] = TAIL;
    heights[1] = libm::exp(-TAIL);
    for layer in 2..LAYERS {
        heights[layer] = heights[layer - 1] + AREA / widths[layer - 1];
        widths[layer] = -libm::log(heights[layer]);
    }
    Exponential { widths, heights }
});

impl Exponential {
    /// The table, made once.
    pub fn table() -> &'static Exponential {
        &TABLE
    }

    /// An exponential number of mean 1 from as many random words as it takes, mostly one.
    #[inline]
    pub fn draw(&self, mut word: impl FnMut() -> u64) -> f64 {
        let mut beyond = 0.0;
        loop {
            let bits = word();
            let layer = (bits & (LAYERS as u64 - 1)) as usize;
            // The upper 53 bits: none of them chose the layer.
            let x = (bits >> 11) as f64 * UNIT * self.widths[layer];
            if x < self.widths[layer + 1] {
                return beyond + x;
            }
            if layer == 0 {
                // Beyond the tail's beginning an exponential number begins anew.
                beyond += TAIL;
                continue;
            }
            let height = (word() >> 11) as f64 * UNIT;
            let (floor, roof) = (self.heights[layer], self.heights[layer + 1]);
            if floor + (roof - floor) * height < libm::exp(-x) {
                return beyond + x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Key, Stream};

    #[test]
    fn layers_have_one_area_and_close_at_the_top() {
        let table = Exponential::table();
        for layer in 1..LAYERS - 1 {
            let area = table.widths[layer] * (table.heights[layer + 1] - table.heights[layer]);
            assert!((area / AREA - 1.0).abs() < 1e-9, "{layer} {area}");
        }
        let last = table.widths[LAYERS - 1] * (1.0 - table.heights[LAYERS - 1]);
        assert!((last / AREA - 1.0).abs() < 1e-6, "{last}");
    }

    /// A million numbers: every share below x within 5 standard deviations (0.0025), passed by chance once in 1.7 million
    /// for each of the 40; and the tail beyond 8, 10 and 12, likewise by counts.
    #[test]
    fn numbers_keep_the_law() {
        let key = Key::new(5, Stream::Sample, 0);
        let mut next = 0;
        let drawn: Vec<f64> = (0..1_000_000)
            .map(|_| {
                Exponential::table().draw(|| {
                    next += 1;
                    key.word(next)
                })
            })
            .collect();
        for step in 1..=40 {
            let x = 0.1 * f64::from(step);
            let share = drawn.iter().filter(|&&drawn| drawn < x).count() as f64 / 1e6;
            assert!((share - (1.0 - libm::exp(-x))).abs() < 0.0025, "{x} {share}");
        }
        for x in [7.0, 8.0, 10.0, 12.0] {
            let expected = 1e6 * libm::exp(-x);
            let count = drawn.iter().filter(|&&drawn| drawn >= x).count() as f64;
            assert!((count - expected).abs() <= 5.0 * libm::sqrt(expected) + 1.0, "{x} {count} {expected}");
        }
        assert!(next < 1_040_000, "{next}");
    }
}
