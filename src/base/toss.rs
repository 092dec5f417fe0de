//! The coins of whole rows of items, tossed eight at a time where the processor can. The same coins as
//! [`Key::coin`] tosses one by one.

use super::seed::{Chance, Key};

/// A stretch of a list of items whose coins have one key.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The key of the coins.
    pub key: Key,
    /// Where the stretch begins in the list.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What its hits are known by.
    pub name: u32,
    /// [`Chance::upper`] of each of its items, where no chances stand beside the list.
    pub upper: u32,
}

/// The items hit and the names of their rows, in order; at most as many as it was made for.
#[derive(Debug, Clone)]
pub struct Hits {
    items: Box<[u32]>,
    names: Box<[u32]>,
    len: usize,
}

impl Hits {
    /// Room for the hits of this many items.
    pub fn new(room: usize) -> Self {
        let empty = || vec![0; room + LANES].into_boxed_slice();
        Hits { items: empty(), names: empty(), len: 0 }
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// One hit more.
    #[inline]
    pub fn push(&mut self, item: u32, name: u32) {
        (self.items[self.len], self.names[self.len]) = (item, name);
        self.len += 1;
    }

    /// Every item hit, and the name of its row.
    #[inline]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, u32)> + '_ {
        self.items[..self.len].iter().copied().zip(self.names[..self.len].iter().copied())
    }
}

/// Coins tossed at once.
const LANES: usize = 8;

/// Adds the hits of `rows` in `items`. `uppers` are [`Chance::upper`] beside the items, if they differ within a row;
/// `whole` gives the whole chance, which one coin in four thousand million asks for.
#[inline]
pub fn toss(
    rows: &[Row],
    items: &[u32],
    uppers: Option<&[u32]>,
    whole: impl Fn(&Row, u32) -> Chance,
    hits: &mut Hits,
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("popcnt") {
        // Sound: the processor has been asked for all that the function needs beyond others.
        return unsafe { wide::toss(rows, items, uppers, whole, hits) };
    }
    plain(rows, items, uppers, whole, hits);
}

/// As [`toss`] on any processor.
fn plain(
    rows: &[Row],
    items: &[u32],
    uppers: Option<&[u32]>,
    whole: impl Fn(&Row, u32) -> Chance,
    hits: &mut Hits,
) {
    for row in rows {
        for place in row.start..row.end {
            let item = items[place];
            let upper = uppers.map_or(row.upper, |uppers| uppers[place]);
            if Chance::holds_by(upper, row.key.word(u64::from(item)), || whole(row, item)) {
                hits.push(item, row.name);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    //! Eight coins in the registers of AVX2, which multiplies 32 bits by 32: a word is held as two halves, eight
    //! upper ones and eight lower ones.

    use std::arch::x86_64::*;

    use super::{Hits, LANES, Row};
    use crate::base::seed::{Chance, GOLDEN, MIX};

    /// For every set of lanes, a byte each: the lanes in it, first to last, then whatever.
    static FRONT: [[u8; LANES]; 256] = {
        let mut front = [[0; LANES]; 256];
        let mut set = 0;
        while set < 256 {
            let (mut lane, mut at) = (0, 0);
            while lane < LANES {
                if set >> lane & 1 == 1 {
                    front[set][at] = lane as u8;
                    at += 1;
                }
                lane += 1;
            }
            set += 1;
        }
        front
    };

    /// Eight words: the upper halves and the lower ones.
    #[derive(Clone, Copy)]
    struct Words {
        high: __m256i,
        low: __m256i,
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn all(x: u32) -> __m256i {
        _mm256_set1_epi32(x as i32)
    }

    /// The words of which `even` are the first, third, … and `odd` the others.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn halves(even: __m256i, odd: __m256i) -> Words {
        Words {
            high: _mm256_blend_epi32::<0b1010_1010>(_mm256_srli_epi64::<32>(even), odd),
            low: _mm256_blend_epi32::<0b1010_1010>(even, _mm256_slli_epi64::<32>(odd)),
        }
    }

    /// `z ^ z >> BY`; `BACK` is 32 − BY.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn fold<const BY: i32, const BACK: i32>(z: Words) -> Words {
        let low = _mm256_xor_si256(_mm256_srli_epi32::<BY>(z.low), _mm256_slli_epi32::<BACK>(z.high));
        Words {
            high: _mm256_xor_si256(z.high, _mm256_srli_epi32::<BY>(z.high)),
            low: _mm256_xor_si256(z.low, low),
        }
    }

    /// `z · by`, of 128 bits the lower 64.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn times(z: Words, by: u64) -> Words {
        let (above, below) = (all((by >> 32) as u32), all(by as u32));
        let even = _mm256_mul_epu32(z.low, below);
        let odd = _mm256_mul_epu32(_mm256_srli_epi64::<32>(z.low), below);
        let across = _mm256_add_epi32(_mm256_mullo_epi32(z.low, above), _mm256_mullo_epi32(z.high, below));
        let product = halves(even, odd);
        Words { high: _mm256_add_epi32(product.high, across), ..product }
    }

    /// The upper halves of the random words of eight items, where `start` is the key's own.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn upper_words(items: __m256i, start: __m256i) -> __m256i {
        let (above, below) = (all((GOLDEN >> 32) as u32), all(GOLDEN as u32));
        let even = _mm256_add_epi64(_mm256_mul_epu32(items, below), start);
        let odd = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64::<32>(items), below), start);
        let mut z = halves(even, odd);
        z.high = _mm256_add_epi32(z.high, _mm256_mullo_epi32(items, above));
        let z = times(fold::<30, 2>(z), MIX[0]);
        let z = times(fold::<27, 5>(z), MIX[1]);
        _mm256_xor_si256(z.high, _mm256_srli_epi32::<31>(z.high))
    }

    /// Eight numbers from `at` on; of those beyond the end, whatever.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn eight(list: &[u32], at: usize) -> __m256i {
        match list[at..].first_chunk::<LANES>() {
            Some(&chunk) => bytemuck::cast(chunk),
            None => {
                let mut chunk = [0; LANES];
                chunk.iter_mut().zip(&list[at..]).for_each(|(lane, &number)| *lane = number);
                bytemuck::cast(chunk)
            }
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn lanes(equal: __m256i) -> usize {
        _mm256_movemask_ps(_mm256_castsi256_ps(equal)) as usize
    }

    #[target_feature(enable = "avx2,popcnt")]
    pub fn toss(
        rows: &[Row],
        items: &[u32],
        uppers: Option<&[u32]>,
        whole: impl Fn(&Row, u32) -> Chance,
        hits: &mut Hits,
    ) {
        for row in rows {
            let start = _mm256_set1_epi64x(row.key.first() as i64);
            let name = all(row.name);
            let same = all(row.upper);
            let mut place = row.start;
            while place < row.end {
                let chunk = eight(items, place);
                let upper = uppers.map_or(same, |uppers| eight(uppers, place));
                let half = upper_words(chunk, start);
                let within = 0xff >> (LANES - (row.end - place).min(LANES));
                // Not above is below or equal.
                let mut set = lanes(_mm256_cmpeq_epi32(_mm256_min_epu32(half, upper), half)) & within;
                let equal = lanes(_mm256_cmpeq_epi32(half, upper)) & within;
                if equal != 0 {
                    set = settle(row, &items[place..], set, equal, &whole);
                }
                let front = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(i64::from_le_bytes(FRONT[set])));
                let hit: [u32; LANES] = bytemuck::cast(_mm256_permutevar8x32_epi32(chunk, front));
                hits.items[hits.len..hits.len + LANES].copy_from_slice(&hit);
                hits.names[hits.len..hits.len + LANES].copy_from_slice(&bytemuck::cast::<_, [u32; LANES]>(name));
                hits.len += set.count_ones() as usize;
                place += LANES;
            }
        }
    }

    /// Of the lanes in `set`, those in `equal` hit only if the whole chance says so.
    #[cold]
    fn settle(row: &Row, items: &[u32], set: usize, equal: usize, whole: impl Fn(&Row, u32) -> Chance) -> usize {
        let misses = |lane: &usize| {
            let item = items[*lane];
            equal >> lane & 1 == 1 && !row.key.coin(u64::from(item), whole(row, item))
        };
        (0..LANES).filter(misses).fold(set, |set, lane| set & !(1 << lane))
    }
}
