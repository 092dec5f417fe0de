//! Sums that no order can change: numbers on a grid of 2^-100, added as whole numbers.
//!
//! Floating sums depend on the order of their terms, which threads, chunks and processes would have to agree on. A sum
//! within a block of neighbours is taken in floating point and in order; sums of blocks are added here.

use serde::{Deserialize, Serialize};

/// Neighbours whose sum is taken in floating point, in order. Chunks and shards begin at multiples of it.
pub const BLOCK: usize = 64;

/// The grid's step is 2^-[`BITS`].
const BITS: u32 = 100;

/// A sum of numbers of at least 0, below 2^27.
///
/// **Guarantee**: terms are cut to multiples of 2^-100, and nothing else is lost: so many terms move the sum by less than
/// their number times 2^-100, and the order in which they come does not matter at all.
///
/// ```
/// use truereach::base::fixed::Fixed;
/// let (mut forward, mut backward) = (Fixed::default(), Fixed::default());
/// let terms = [1e-9, 0.1, 0.7, 1e-17];
/// terms.iter().for_each(|&term| forward.add(term));
/// terms.iter().rev().for_each(|&term| backward.add(term));
/// assert!(forward == backward && (forward.value() - 0.800000001).abs() < 1e-15);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Fixed(u128);

impl Fixed {
    /// Adds a number; what is none, or below 0, adds nothing.
    #[inline]
    pub fn add(&mut self, term: f64) {
        self.0 = self.0.saturating_add((term * (1u128 << BITS) as f64) as u128);
    }

    /// Adds another sum.
    #[inline]
    pub fn join(&mut self, other: Fixed) {
        self.0 = self.0.saturating_add(other.0);
    }

    /// The sum, rounded once.
    pub fn value(self) -> f64 {
        self.0 as f64 / (1u128 << BITS) as f64
    }

    /// The sum of several.
    pub fn of(parts: impl IntoIterator<Item = Fixed>) -> Fixed {
        parts.into_iter().fold(Fixed::default(), |mut sum, part| {
            sum.join(part);
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Key, Stream};

    #[test]
    fn order_and_grouping_leave_no_trace() {
        let key = Key::new(1, Stream::Sample, 0);
        let terms: Vec<f64> = (0..1000).map(|i| key.unit(i) * libm::exp(-30.0 * key.unit(i + 1000))).collect();
        let mut one = Fixed::default();
        terms.iter().for_each(|&term| one.add(term));
        for cut in [1, 7, 64, 999] {
            let parts = terms.chunks(cut).rev().map(|part| {
                let mut sum = Fixed::default();
                part.iter().rev().for_each(|&term| sum.add(term));
                sum
            });
            assert_eq!(Fixed::of(parts), one);
        }
        let plain: f64 = terms.iter().fold(0.0, |sum, term| sum + term);
        assert!((one.value() - plain).abs() <= 1e-13 * plain);
    }

    #[test]
    fn odd_numbers_do_not_wrap() {
        let mut sum = Fixed::default();
        [f64::NAN, -1.0, 0.0, 1.0].iter().for_each(|&term| sum.add(term));
        assert_eq!(sum.value(), 1.0);
        sum.add(f64::INFINITY);
        sum.add(1.0);
        assert!(sum.value() > 1e8);
    }
}
