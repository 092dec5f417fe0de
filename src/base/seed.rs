//! Randomness as a pure function of (seed, stream, index, item): no clock, no per-thread state.
//!
//! Any thread, in any order, on any machine draws the same coin for the same index. Stream numbers and the
//! mixing below are part of the output contract: the known-answer tests freeze them.

use rand::SeedableRng;
pub use rand::rngs::Xoshiro256PlusPlus as Generator;

/// What a random number is for. Two uses never share a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u64)]
pub enum Stream {
    /// Does v's post reach follower u? Index: world; item: (v, u).
    Exposure = 1,
    /// Does u share once exposed? Index: world; item: u.
    Share = 2,
    /// Which followee does u listen to (linear threshold)? Index: world; item: u.
    Threshold = 3,
    /// Draws of model parameters from their prior ranges. Index: draw; item: tier or creator; 3 to 5 contents of posts, their
    /// spread, rates of money.
    Parameters = 4,
    /// Visiting orders and random choices of the community algorithms. Index: pass.
    Community = 5,
    /// Samples for tests and benchmarks.
    Sample = 6,
    /// Plain generators (`synth`). Index: chunk of the work; the key's item tells generators and steps apart.
    Generate = 7,
    /// The market (`synth::market`): people and creators. Index: step of the making.
    Market = 8,
    /// The market's posts and their cascades. Index: post.
    MarketPost = 9,
    /// The worlds of the market's true reach. Index: world.
    MarketTruth = 10,
    /// The market as an agency sees it (`synth::market::Agency`). Index: step of observing.
    MarketAgency = 12,
    /// Which followers of a creator to look up (`audience::Plan`). Index: the creator's account; item: the follower's.
    LookUp = 30,
    /// Halves of lists and of looked-up followers (`audience::halves`), and of a creator's posts (`learn::law`). Index: 0
    /// lookups, 1 lists, 2 posts; item: the follower, of lists (creator, follower), of posts (outcome, place).
    Halves = 31,
    /// From whose list somebody looked up was drawn (`audience::drawn`). Item: (person, list).
    Drawn = 32,
    /// The random words of accounts in counters (`rank::hyperball`). Item: the account.
    Ball = 33,
    /// Shortest paths drawn at random (`rank::betweenness`). Index: the path; item: the draw.
    Path = 34,
    /// Walks backwards from one person (`cascade::ReachAll`). Index: sample; items: each account's own.
    Backward = 40,
    /// People drawn, with who reaches them, to choose creators by (`influence`). Index: sample; items: each account's own.
    Pool = 41,
    /// The same to judge by whether there are enough of them.
    Judge = 42,
    /// The same to judge the portfolio by that was chosen.
    Verdict = 43,
    /// What is not known of a cascade under way (`cascade::Wave`). Index: draw, or chain; item: 0 the world of a draw, 1 a
    /// chain's moves.
    Wave = 44,
    /// Which labelled accounts are held out when niches are learned (`niche::calibrate`). Index: 0 halves, 1 who is scored;
    /// item: the account.
    Niches = 45,
    /// Who in an audience is real (`authenticity`). Index: 0 the hashes of follow lists, from 1 the random networks that dense
    /// blocks are held against, from the end: draws of what a detector does not know, halves of labels; item: the hash, the
    /// follower, the draw, the account.
    Authenticity = 46,
    /// Who shares the next post of an account (`learn::log`). Index: draw; items: what all posts share, the account, the post.
    Sharers = 47,
    /// Who falls in a user's scenario (`risk::Scenario`). Index: the draw; item: below 2^32 the account that falls on its own;
    /// from 2^63 the shock of a group, and in the table of that item the account that falls with it. Last index: people looked at
    /// where falls overlap, while a portfolio is chosen.
    Hazard = 48,
    /// The two sides of a cascade (`cascade::sided`). Index: world; items: of 0 whether u flips, of 1 who of those who come at
    /// one time is first at u: (u, v); 2 who is looked at, 3 who speaks at random (`risk::Contain`).
    Side = 49,
    /// Whether groups are against a creator (`risk::Polarisation`); from the end: how they take one who falls (`risk::Against`).
    /// Index: draw; items: the creator, then the group.
    Resonance = 50,
    /// Creators drawn again behind the intervals of a back-test's skill. Index: draw; item: place. From 2^32 on portfolios, from
    /// 2^48 on sums over a campaign.
    Backtest = 21,
}

pub(crate) const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What [`mix`] multiplies by, first and second.
pub(super) const MIX: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

/// SplitMix64's finaliser (Stafford's variant 13; Steele, Lea & Flood 2014): a bijection of 64 bits.
#[inline]
pub fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(MIX[0]);
    z = (z ^ (z >> 27)).wrapping_mul(MIX[1]);
    z ^ (z >> 31)
}

/// The randomness of one (seed, stream, index): a table of independent 64-bit words, one per item, none stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u64);

impl Key {
    /// The key of nothing.
    pub(super) const NONE: Key = Key(0);

    /// The key of `index` (a world, a draw, a pass) in a stream.
    #[inline]
    pub fn new(seed: u64, stream: Stream, index: u64) -> Self {
        let stream = mix(seed.wrapping_add((stream as u64).wrapping_mul(GOLDEN)));
        Key(mix(stream.wrapping_add(index.wrapping_mul(GOLDEN)).wrapping_add(GOLDEN)))
    }

    /// The key of an item's own table, for items that are pairs.
    #[inline]
    pub fn of(self, item: u64) -> Key {
        Key(self.word(item))
    }

    /// A sequential generator that begins here.
    pub fn generator(self) -> Generator {
        Generator::seed_from_u64(self.0)
    }

    /// The random word of an item.
    #[inline]
    pub fn word(self, item: u64) -> u64 {
        mix(self.first().wrapping_add(item.wrapping_mul(GOLDEN)))
    }

    /// What is mixed for item 0; for each item more, GOLDEN is added.
    #[inline]
    pub(super) fn first(self) -> u64 {
        self.0.wrapping_add(GOLDEN)
    }

    /// A number in [0, 1) with 53 random bits.
    #[inline]
    pub fn unit(self, item: u64) -> f64 {
        (self.word(item) >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// True with the chance that `chance` stands for.
    #[inline]
    pub fn coin(self, item: u64, chance: Chance) -> bool {
        chance.holds(self.word(item))
    }
}

/// A word made a whole number below `n`; its bias, below n / 2^64, is not measurable.
#[inline]
pub fn below(word: u64, n: u64) -> u64 {
    ((u128::from(word) * u128::from(n)) >> 64) as u64
}

/// A probability as a threshold on 53 random bits: 0 never, 1 always.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Chance(u64);

impl Chance {
    /// The threshold of `p`, which is clamped to [0, 1]; NaN is 0.
    #[inline]
    pub fn new(p: f64) -> Self {
        Chance(libm::ceil(p.clamp(0.0, 1.0) * (1u64 << 53) as f64) as u64)
    }

    /// The upper half of the threshold: half of the bytes beside an edge, and it settles all but one word in 2^32.
    #[inline]
    pub fn upper(self) -> u32 {
        (self.0 >> 21).min(u64::from(u32::MAX)) as u32
    }

    /// Whether a random word is a hit of the chance with this upper half; the whole of it is asked for where the halves
    /// are equal.
    #[inline]
    pub fn holds_by(upper: u32, word: u64, whole: impl FnOnce() -> Chance) -> bool {
        let half = (word >> 32) as u32;
        half <= upper && (half < upper || whole().holds(word))
    }

    /// Whether a random word is a hit.
    #[inline]
    pub fn holds(self, word: u64) -> bool {
        (word >> 11) < self.0
    }
}

/// A sequential generator for uses that need many draws in order: Xoshiro256++ (Blackman & Vigna 2021),
/// seeded from (seed, stream, index).
pub fn generator(seed: u64, stream: Stream, index: u64) -> Generator {
    Key::new(seed, stream, index).generator()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    #[test]
    fn known_answers_are_frozen() {
        // Computed by an independent program from the published SplitMix64 and Xoshiro256++.
        let key = Key::new(7, Stream::Exposure, 3);
        assert_eq!(key.word(11), 0x1aaf_763b_bef1_9964);
        assert_eq!(key.of(5).word(11), 0x5ed3_a317_92ff_7fd5);
        assert_eq!(Key::new(7, Stream::Share, 3).word(11), 0x2a0a_773d_d8b8_7122);
        assert_eq!(Key::new(7, Stream::Backward, 3).word(11), 0x7a6c_0adb_a01d_436b);
        assert_eq!(Key::new(7, Stream::Hazard, 3).word(11), 0x2e2e_8bb8_1be9_41a9);
        assert_eq!(Key::new(7, Stream::Hazard, 3).of(1 << 63).word(11), 0x9107_ef5b_338e_4ed1);
        assert_eq!(generator(7, Stream::Sample, 0).next_u64(), 0xb40a_a13b_897a_da3f);
    }

    #[test]
    fn coins_keep_their_chance() {
        // 1e6 coins at p = 0.01: sd 99.5; 5 sd is passed by chance once in 1.7 million.
        let chance = Chance::new(0.01);
        let heads =
            (0..1_000_000u64).filter(|&i| Key::new(1, Stream::Exposure, i % 1000).of(i / 1000).coin(i, chance)).count();
        assert!((9_503..=10_497).contains(&heads), "{heads}");
        let key = Key::new(1, Stream::Share, 0);
        assert!((0..10_000).all(|i| key.coin(i, Chance::new(1.0)) && !key.coin(i, Chance::new(0.0))));
        assert!(!key.coin(0, Chance::new(f64::NAN)));
    }

    #[test]
    fn the_upper_half_of_a_chance_gives_the_same_coins() {
        let key = Key::new(2, Stream::Sample, 0);
        for p in [0.0, 1e-300, 2f64.powi(-53), 1e-9, 0.1, 1.0 / 3.0, 0.5, 1.0 - 2f64.powi(-53), 1.0] {
            let chance = Chance::new(p);
            // Random words, and those around the threshold and at the ends, where the whole is needed.
            let edge = chance.0.wrapping_shl(11);
            let near = (0..5u64).map(|by| edge.wrapping_add(by << 11).wrapping_sub(2 << 11));
            let mut asked = 0;
            for word in (0..1000).map(|i| key.word(i)).chain(near).chain([0, u64::MAX]) {
                let whole = || {
                    asked += 1;
                    chance
                };
                assert_eq!(Chance::holds_by(chance.upper(), word, whole), chance.holds(word), "{p} {word:x}");
            }
            assert!((1..=7).contains(&asked), "{p} {asked}");
        }
    }

    #[test]
    fn worlds_and_pairs_are_uncorrelated() {
        // Agreement of two fair coin sequences of 100,000: 50,000 ± 5 sd (158).
        let agree = |a: Key, b: Key| (0..100_000).filter(|&i| (a.word(i) ^ b.word(i)) >> 63 == 0).count();
        let world = |index| Key::new(1, Stream::Exposure, index);
        for (a, b) in [(world(0), world(1)), (world(0).of(1), world(0).of(2)), (world(5).of(1), world(6).of(1))] {
            let same = agree(a, b);
            assert!((49_209..=50_791).contains(&same), "{same}");
        }
    }
}
