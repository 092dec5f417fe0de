//! A permutation of `0..n` that is asked place by place: random access, no memory, the same for every thread.

use crate::base::seed::{Key, below};

/// Up to this size the permutation is a table, drawn evenly from all permutations.
const TABLE: u64 = 1 << 16;

/// A random permutation of `0..n`: every value stands at exactly one place.
///
/// Up to 65,536 values it is Fisher and Yates's shuffle (Durstenfeld 1964), even over all permutations up to
/// rounding. Above, it is a cipher: four Feistel rounds on two halves of the bits (Luby & Rackoff 1988), walked until
/// the value lies below n (Black & Rogaway 2002), at most two steps in the mean.
pub struct Shuffle(Kind);

enum Kind {
    Table(Vec<u16>),
    Cipher { keys: [Key; 4], high: u64, low: u64, bits: u32, size: u64 },
}

impl Shuffle {
    /// The permutation of a key.
    pub fn new(key: Key, size: u64) -> Shuffle {
        if size <= TABLE {
            let mut table: Vec<u16> = (0..size).map(|value| value as u16).collect();
            for place in (1..size).rev() {
                table.swap(place as usize, below(key.word(place), place + 1) as usize);
            }
            return Shuffle(Kind::Table(table));
        }
        let all = u64::BITS - (size - 1).leading_zeros();
        let bits = all / 2;
        let mask = |bits: u32| (1u64 << bits) - 1;
        let keys = [key.of(0), key.of(1), key.of(2), key.of(3)];
        Shuffle(Kind::Cipher { keys, high: mask(all - bits), low: mask(bits), bits, size })
    }

    /// The value at a place below `size`.
    #[inline]
    pub fn at(&self, place: u64) -> u64 {
        match &self.0 {
            Kind::Table(table) => u64::from(table[place as usize]),
            Kind::Cipher { keys, high, low, bits, size } => {
                let mut value = place;
                loop {
                    let (mut left, mut right) = (value >> bits, value & low);
                    left ^= keys[0].word(right) & high;
                    right ^= keys[1].word(left) & low;
                    left ^= keys[2].word(right) & high;
                    right ^= keys[3].word(left) & low;
                    value = left << bits | right;
                    if value < *size {
                        return value;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Stream;

    fn shuffle(seed: u64, size: u64) -> Shuffle {
        Shuffle::new(Key::new(seed, Stream::Sample, 0), size)
    }

    #[test]
    fn every_value_stands_once() {
        for size in [0, 1, 2, 3, 1000, 65_536, 65_537, 100_003, 131_072, 131_073] {
            let shuffle = shuffle(7, size);
            let mut seen = vec![false; size as usize];
            for place in 0..size {
                assert!(!std::mem::replace(&mut seen[shuffle.at(place) as usize], true), "{size}");
            }
        }
    }

    #[test]
    fn small_permutations_are_even() {
        // 6 permutations of 3, 6,000 seeds: each 1,000 ± 5 sd (144); by chance once in 300,000 (six of them).
        let mut seen = std::collections::BTreeMap::new();
        for seed in 0..6000 {
            let shuffle = shuffle(seed, 3);
            *seen.entry([shuffle.at(0), shuffle.at(1), shuffle.at(2)]).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 6);
        assert!(seen.values().all(|&count| (856..=1144).contains(&count)), "{seen:?}");
    }

    #[test]
    fn large_permutations_spread_neighbours() {
        // Where neighbours go, in a grid of 16 x 16 cells: chi-square with 255 degrees of freedom, mean 255, sd 22.6;
        // above 390 by chance once in 10 million.
        let (size, mut cells) = (1u64 << 20, [0f64; 256]);
        let shuffle = shuffle(3, size);
        for place in (0..size).step_by(2) {
            cells[(shuffle.at(place) >> 16 << 4 | shuffle.at(place + 1) >> 16) as usize] += 1.0;
        }
        let expected = size as f64 / 2.0 / 256.0;
        let chi: f64 = cells.iter().map(|count| (count - expected) * (count - expected) / expected).sum();
        assert!(chi < 390.0, "{chi}");
    }
}
