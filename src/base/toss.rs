//! The coins of whole rows of items, tossed eight at a time where the processor can. The same coins as
//! [`Key::coin`] tosses one by one.

use std::ops::Range;

use super::seed::{Chance, Key};

/// Coins tossed at once.
pub const LANES: usize = 8;

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

impl Row {
    /// Of no items.
    pub const EMPTY: Row = Row { key: Key::NONE, start: 0, end: 0, name: 0, upper: 0 };

    /// Cuts off what is tossed at once; an empty row gives an empty block.
    #[inline]
    pub fn cut(&mut self) -> Block {
        let block = Block(*self);
        self.start += LANES;
        block
    }

    /// Whether nothing is left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.start >= self.end
    }
}

/// The first eight items of a [`Row`], or all of fewer.
#[derive(Debug, Clone, Copy)]
pub struct Block(Row);

impl Block {
    /// Of no items.
    pub const EMPTY: Block = Block(Row::EMPTY);

    /// The key of the coins.
    pub fn key(&self) -> Key {
        self.0.key
    }

    /// Where its items stand in the list.
    pub fn places(&self) -> Range<usize> {
        self.0.start..self.0.end.min(self.0.start + LANES)
    }

    /// What its hits are known by.
    pub fn name(&self) -> u32 {
        self.0.name
    }

    /// Whether it has no items.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The items hit and the names of their rows, in order; at most as many as it was made for.
#[derive(Debug, Clone)]
pub struct Hits {
    items: Box<[u32]>,
    names: Box<[u32]>,
    len: usize,
}

impl Hits {
    /// Room for the hits of this many blocks.
    pub fn new(blocks: usize) -> Self {
        let empty = || vec![0; (blocks + 1) * LANES].into_boxed_slice();
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

    /// How many.
    #[inline]
    pub fn count(&self) -> usize {
        self.len
    }

    /// The items hit.
    #[inline]
    pub fn items(&self) -> &[u32] {
        &self.items[..self.len]
    }

    /// Beside each, the name of its row.
    #[inline]
    pub fn names(&self) -> &[u32] {
        &self.names[..self.len]
    }

    /// Drops those that `keeps` does not keep, given item and name.
    #[inline]
    pub fn keep(&mut self, mut keeps: impl FnMut(u32, u32) -> bool) {
        let (items, names) = (&mut self.items[..self.len], &mut self.names[..self.len]);
        let mut kept = 0;
        for at in 0..items.len() {
            let (item, name) = (items[at], names[at]);
            // Stored, and kept if it is to be: a jump would be guessed wrong.
            (items[kept], names[kept]) = (item, name);
            kept += usize::from(keeps(item, name));
        }
        self.len = kept;
    }
}

/// How an item and the top bits of its chance share 32 bits: the item below, and above it what room it leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packing {
    /// Bits of an item; 32: there are no chances beside the items.
    bits: u32,
}

impl Packing {
    /// Items alone; their rows have one chance each.
    pub const NONE: Packing = Packing { bits: 32 };

    /// For items below `items`; [`Packing::NONE`] if they leave no room.
    pub fn new(items: usize) -> Self {
        Packing { bits: (usize::BITS - items.saturating_sub(1).leading_zeros()).clamp(1, 32) }
    }

    /// Both in one.
    #[inline]
    pub fn pack(self, item: u32, chance: Chance) -> u32 {
        item | chance.upper() >> self.bits << self.bits
    }

    /// The item alone.
    #[inline]
    pub fn item(self, packed: u32) -> u32 {
        packed & (u32::MAX >> (32 - self.bits))
    }

    /// Whether a random word is a hit of a packed item; where the bits beside it leave it open, the whole chance is asked
    /// for.
    #[inline]
    pub fn holds(self, packed: u32, word: u64, whole: impl FnOnce() -> Chance) -> bool {
        let half = (word >> 32) as u32 >> self.bits;
        let upper = packed >> self.bits;
        half <= upper && (half < upper || whole().holds(word))
    }
}

/// Adds the hits of `blocks` of `items`. `whole` gives the whole chance for a block and a place in the list; it is asked for
/// where the bits beside the item leave a coin open.
#[inline]
pub fn toss(
    blocks: &[Block],
    items: &[u32],
    packing: Packing,
    whole: impl Fn(&Block, usize) -> Chance,
    hits: &mut Hits,
) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("popcnt") {
        // Sound: the processor has been asked for all that the function needs beyond others. With it walks
        // take half as long as with `plain`.
        return unsafe { wide::toss(blocks, items, packing, whole, hits) };
    }
    plain(blocks, items, packing, whole, hits);
}

/// As [`toss`] on any processor.
fn plain(blocks: &[Block], items: &[u32], packing: Packing, whole: impl Fn(&Block, usize) -> Chance, hits: &mut Hits) {
    let shift = packing.bits % 32;
    for block in blocks {
        for place in block.places() {
            let packed = items[place];
            let item = packing.item(packed);
            let word = block.0.key.word(u64::from(item));
            let half = (word >> 32) as u32 >> shift;
            let upper = if packing == Packing::NONE { block.0.upper } else { packed >> shift };
            let mut holds = half < upper;
            if half == upper {
                holds = whole(block, place).holds(word);
            }
            // Stored, and kept if it holds: a jump would be guessed wrong.
            (hits.items[hits.len], hits.names[hits.len]) = (item, block.0.name);
            hits.len += usize::from(holds);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod wide {
    //! Eight coins in the registers of AVX2, which multiplies 32 bits by 32: eight words are held as their upper halves
    //! and their lower ones.

    use std::arch::x86_64::*;

    use super::{Block, Hits, LANES, Packing};
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

    /// Eight words of 64 bits.
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

    /// The eight products of `x` and `by`, plus `add`.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn products(x: __m256i, by: __m256i, add: __m256i) -> Words {
        let even = _mm256_add_epi64(_mm256_mul_epu32(x, by), add);
        let odd = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64::<32>(x), by), add);
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
        Words { high: _mm256_xor_si256(z.high, _mm256_srli_epi32::<BY>(z.high)), low: _mm256_xor_si256(z.low, low) }
    }

    /// `z · by`, of 128 bits the lower 64.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn times(z: Words, by: u64) -> Words {
        let (above, below) = (all((by >> 32) as u32), all(by as u32));
        let across = _mm256_add_epi32(_mm256_mullo_epi32(z.low, above), _mm256_mullo_epi32(z.high, below));
        let product = products(z.low, below, _mm256_setzero_si256());
        Words { high: _mm256_add_epi32(product.high, across), ..product }
    }

    /// Eight items from `at` on; of those beyond the end, whatever.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn eight(items: &[u32], at: usize) -> __m256i {
        match items[at..].first_chunk::<LANES>() {
            Some(&chunk) => bytemuck::cast(chunk),
            None => {
                let mut chunk = [0; LANES];
                chunk.iter_mut().zip(&items[at..]).for_each(|(lane, &item)| *lane = item);
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
        blocks: &[Block],
        items: &[u32],
        packing: Packing,
        whole: impl Fn(&Block, usize) -> Chance,
        hits: &mut Hits,
    ) {
        let (above, below) = (all((GOLDEN >> 32) as u32), all(GOLDEN as u32));
        let mask = all(packing.item(u32::MAX));
        // A shift by 32 leaves nothing: without chances beside the items, the block's is compared, and whole.
        let to_chance = _mm_cvtsi32_si128(packing.bits as i32);
        let to_compare = _mm_cvtsi32_si128((packing.bits % 32) as i32);
        let blocks_own = all(if packing == Packing::NONE { u32::MAX } else { 0 });
        for block in blocks {
            let row = &block.0;
            let packed = eight(items, row.start);
            let item = _mm256_and_si256(packed, mask);
            let upper = _mm256_and_si256(all(row.upper), blocks_own);
            let upper = _mm256_or_si256(_mm256_srl_epi32(packed, to_chance), upper);
            // What Key::word does, but for the lower half at the end.
            let mut z = products(item, below, _mm256_set1_epi64x(row.key.first() as i64));
            z.high = _mm256_add_epi32(z.high, _mm256_mullo_epi32(item, above));
            z = times(fold::<30, 2>(z), MIX[0]);
            z = times(fold::<27, 5>(z), MIX[1]);
            let half = _mm256_xor_si256(z.high, _mm256_srli_epi32::<31>(z.high));
            let half = _mm256_srl_epi32(half, to_compare);

            let within = 0xff >> (LANES - (row.end - row.start).min(LANES));
            let mut set = lanes(_mm256_cmpeq_epi32(_mm256_min_epu32(half, upper), half)) & within;
            let open = lanes(_mm256_cmpeq_epi32(half, upper)) & within;
            if open != 0 {
                set = settle(block, &items[row.start..], packing, set, open, &whole);
            }
            let order = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(i64::from_le_bytes(FRONT[set])));
            let hit: [u32; LANES] = bytemuck::cast(_mm256_permutevar8x32_epi32(item, order));
            hits.items[hits.len..hits.len + LANES].copy_from_slice(&hit);
            hits.names[hits.len..hits.len + LANES].copy_from_slice(&[row.name; LANES]);
            hits.len += set.count_ones() as usize;
        }
    }

    /// Of the lanes in `set`, those in `open` stay only if the whole chance says so. `items` are those from the block on.
    #[cold]
    fn settle(
        block: &Block,
        items: &[u32],
        packing: Packing,
        mut set: usize,
        mut open: usize,
        whole: impl Fn(&Block, usize) -> Chance,
    ) -> usize {
        while open != 0 {
            let lane = open.trailing_zeros() as usize;
            let item = packing.item(items[lane]);
            if !block.0.key.coin(u64::from(item), whole(block, block.0.start + lane)) {
                set &= !(1 << lane);
            }
            open &= open - 1;
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::Stream;

    /// Rows of every length from 0 to 40, one behind the other up to the end of the list.
    fn rows(key: Key, upper: u32) -> Vec<Row> {
        let mut start = 0;
        let row = |length: usize| {
            let row = Row { key: key.of(length as u64), start, end: start + length, name: length as u32 * 3, upper };
            start = row.end;
            row
        };
        (0..=40).map(row).collect()
    }

    fn both(rows: &[Row], items: &[u32], packing: Packing, whole: impl Fn(&Block, usize) -> Chance) -> Vec<(u32, u32)> {
        let cut = |&(mut row): &Row| std::iter::repeat_with(move || row.cut()).take_while(|block| !block.is_empty());
        let blocks: Vec<Block> = rows.iter().flat_map(cut).collect();
        let (mut wide, mut narrow) = (Hits::new(blocks.len()), Hits::new(blocks.len()));
        toss(&blocks, items, packing, &whole, &mut wide);
        plain(&blocks, items, packing, &whole, &mut narrow);
        let pairs = |hits: &Hits| hits.items().iter().copied().zip(hits.names().iter().copied()).collect();
        let found: Vec<(u32, u32)> = pairs(&wide);
        assert_eq!(found, pairs(&narrow), "{packing:?}");
        let even = found.iter().copied().filter(|(item, name)| (item + name) % 2 == 0);
        wide.keep(|item, name| (item + name) % 2 == 0);
        assert_eq!(pairs(&wide), even.collect::<Vec<_>>());
        found
    }

    #[test]
    fn rows_are_tossed_as_one_coin_after_the_other() {
        let key = Key::new(5, Stream::Sample, 1);
        let length = 40 * 41 / 2;
        for accounts in [2, 1000, 1 << 17, 1 << 31] {
            let items: Vec<u32> = (0..length).map(|place| (key.word(place) % accounts) as u32).collect();
            // Chances of all sizes, 0 and 1 among them.
            let chance = |item: u32| match item % 5 {
                0 => Chance::new(0.0),
                1 => Chance::new(1.0),
                left => Chance::new(key.unit(u64::from(item)) * [0.0, 0.0, 1e-3, 0.1, 1.0][left as usize]),
            };
            let packing = Packing::new(accounts as usize);
            let packed: Vec<u32> = items.iter().map(|&item| packing.pack(item, chance(item))).collect();
            let rows = rows(key, 0);
            let expect = rows.iter().flat_map(|row| {
                let hit = |&&item: &&u32| row.key.coin(u64::from(item), chance(item));
                items[row.start..row.end].iter().filter(hit).map(|&item| (item, row.name))
            });
            let hits = both(&rows, &packed, packing, |_, place| chance(items[place]));
            assert_eq!(hits, expect.collect::<Vec<_>>());
            assert!(hits.len() > 200, "{}", hits.len());
        }
    }

    #[test]
    fn rows_of_one_chance_need_no_chances_beside_the_items() {
        let key = Key::new(6, Stream::Sample, 1);
        let items: Vec<u32> = (0..40 * 41 / 2).map(|place| (key.word(place) >> 32) as u32).collect();
        for p in [0.0, 1e-9, 0.3, 1.0] {
            let chance = Chance::new(p);
            let rows = rows(key, chance.upper());
            let hits = both(&rows, &items, Packing::NONE, |_, _| chance);
            let coins = rows.iter().flat_map(|row| items[row.start..row.end].iter().map(move |&item| (row, item)));
            let expect = coins.filter(|(row, item)| row.key.coin(u64::from(*item), chance));
            assert_eq!(hits, expect.map(|(row, item)| (item, row.name)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_coin_on_the_edge_is_settled_by_the_whole_chance() {
        let key = Key::new(7, Stream::Sample, 1);
        let items = [9];
        let word = key.word(9);
        let rows = [Row { key, start: 0, end: 1, name: 1, upper: (word >> 32) as u32 }];
        for p in [0.0, 1.0] {
            let hits = both(&rows, &items, Packing::NONE, |_, _| Chance::new(p));
            assert_eq!(hits.len(), p as usize);
        }
    }
}
