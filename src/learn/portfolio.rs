//! Whether the sum over several creators was foreseen: errors that creators share do not average out, and only draws that
//! share them say so.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::scores::LEVELS;
use crate::base::seed::{Key, Stream, below};

/// A post that was predicted by draws: origin, creator, draws, what happened. Draws of one origin with the same place in
/// their lists come from the same shared parameters.
pub type Foreseen<'a> = (i64, u32, &'a [f64], f64);

/// How many creators a portfolio has, where nothing else is said.
pub const SIZES: [usize; 3] = [5, 20, 50];

/// Portfolios drawn for each origin and size.
const PORTFOLIOS: usize = 200;

/// Draws of portfolios begin here in the stream of the back-test; those below are creators drawn again.
const FROM: u64 = 1 << 32;

/// How sums over portfolios of one size fared.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PortfolioScore {
    /// Different creators in each.
    pub creators: u64,
    /// Past times that had so many creators.
    pub origins: u64,
    /// Portfolios. They share creators: shares below are less certain than of as many posts.
    pub portfolios: u64,
    /// How often the intervals of 50, 80 and 95% of the sum held.
    pub held: [f64; 3],
    /// Sum over its expectation (the mean of the draws), on average over portfolios.
    pub over_expected: f64,
}

/// Sums over portfolios of creators, foreseen and come true.
///
/// Within each origin, portfolios of different creators are drawn at random, each with one of its posts. Draw s of the sum is
/// the sum of draws s of the posts; its intervals lie between quantiles of these sums (at the places `(draws + 1) · level`,
/// so that they hold as often as they say for draws from the truth). Draws of independent posts make intervals of sums too
/// narrow where errors are shared; this shows it.
///
/// **Input**: for each tested post its draws. Lists of one origin should be equally long; the shortest of a portfolio counts.
/// Posts without draws are left out.
/// **Returns**: a [`PortfolioScore`] a size that some origin has creators for, in the order of `sizes`.
/// **Guarantee**: the order of the posts does not matter.
/// **Cost**: 200 · size · draws additions an origin and size.
/// **Determinism**: a function of posts, sizes and seed.
/// **References**: Gneiting & Raftery 2007.
///
/// ```
/// use truereach::learn::portfolio::Portfolios;
/// let draws = [10.0, 20.0, 30.0];
/// let posts: Vec<_> = (0..5).map(|creator| (0, creator, &draws[..], 20.0)).collect();
/// let found = Portfolios::of(&posts, &[5, 20], 1);
/// assert_eq!((found.len(), found[0].creators, found[0].held), (1, 5, [1.0; 3]));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Portfolios;

impl Portfolios {
    /// Of predictions of posts, for portfolios of each of these sizes.
    pub fn of(posts: &[Foreseen], sizes: &[usize], seed: u64) -> Vec<PortfolioScore> {
        let mut posts: Vec<Foreseen> = posts.iter().filter(|post| !post.2.is_empty()).copied().collect();
        posts.sort_by(|a, b| {
            let draws = || a.2.iter().zip(b.2).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
            (a.0, a.1).cmp(&(b.0, b.1)).then(a.3.total_cmp(&b.3)).then(draws().unwrap_or(a.2.len().cmp(&b.2.len())))
        });
        let mut origins: BTreeMap<i64, Vec<&[Foreseen]>> = BTreeMap::new();
        for own in posts.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            origins.entry(own[0].0).or_default().push(own);
        }
        let origins: Vec<Vec<&[Foreseen]>> = origins.into_values().collect();
        sizes.iter().filter_map(|&size| of_size(&origins, size, seed)).collect()
    }
}

/// All portfolios of one size.
fn of_size(origins: &[Vec<&[Foreseen]>], size: usize, seed: u64) -> Option<PortfolioScore> {
    let mut sums = Sums::default();
    let key = Key::new(seed, Stream::Backtest, FROM + size as u64);
    let large: Vec<_> = origins.iter().enumerate().filter(|(_, creators)| size > 0 && creators.len() >= size).collect();
    for (at, creators) in &large {
        // Where all creators are needed and have one post each, there is one portfolio alone.
        let one = creators.len() == size && creators.iter().all(|own| own.len() == 1);
        for number in 0..if one { 1 } else { PORTFOLIOS } {
            sums.add(&drawn(creators, size, key.of(*at as u64).of(number as u64)));
        }
    }
    let n = sums.portfolios as f64;
    (sums.portfolios > 0).then(|| PortfolioScore {
        creators: size as u64,
        origins: large.len() as u64,
        portfolios: sums.portfolios,
        held: sums.held.map(|held| held / n),
        over_expected: sums.over / n,
    })
}

/// Different creators in random order, each with one of its posts.
fn drawn<'a>(creators: &[&'a [Foreseen<'a>]], size: usize, key: Key) -> Vec<Foreseen<'a>> {
    let mut order: Vec<usize> = (0..creators.len()).collect();
    (0..size)
        .map(|at| {
            let rest = (order.len() - at) as u64;
            order.swap(at, at + below(key.word(2 * at as u64), rest) as usize);
            let own = creators[order[at]];
            own[below(key.word(2 * at as u64 + 1), own.len() as u64) as usize]
        })
        .collect()
}

/// What portfolios came to.
#[derive(Default)]
struct Sums {
    portfolios: u64,
    held: [f64; 3],
    over: f64,
}

impl Sums {
    fn add(&mut self, portfolio: &[Foreseen]) {
        let draws = portfolio.iter().map(|post| post.2.len()).min().unwrap_or(0);
        let mut sums = vec![0.0; draws];
        for (_, _, drawn, _) in portfolio {
            sums.iter_mut().zip(*drawn).for_each(|(sum, draw)| *sum += draw);
        }
        let actual = portfolio.iter().fold(0.0, |sum, post| sum + post.3);
        let expected = sums.iter().fold(0.0, |sum, x| sum + x) / draws.max(1) as f64;
        sums.sort_by(f64::total_cmp);
        for (held, level) in self.held.iter_mut().zip(LEVELS) {
            let (low, high) = (level_at(&sums, 0.5 - 0.5 * level), level_at(&sums, 0.5 + 0.5 * level));
            *held += f64::from((low..=high).contains(&actual));
        }
        self.over += actual / expected.max(f64::MIN_POSITIVE);
        self.portfolios += 1;
    }
}

/// Of sorted draws, the value that another draw stays below with this chance: that at the place `(n + 1) · level`, from 1.
fn level_at(sorted: &[f64], level: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = ((sorted.len() as f64 + 1.0) * level - 1.0).clamp(0.0, last as f64);
    let low = libm::floor(at) as usize;
    let (from, to) = (sorted[low], sorted[(low + 1).min(last)]);
    from + (at - low as f64) * (to - from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::normal_quantile;

    fn normal(key: Key, item: u64) -> f64 {
        normal_quantile(key.unit(item).clamp(1e-12, 1.0 - 1e-12))
    }

    /// Draws and outcomes of creators over origins: an error that all creators of an origin share, and one of each post.
    fn world(shared: f64, known: bool) -> Vec<(i64, u32, Vec<f64>, f64)> {
        let mut all = Vec::new();
        for origin in 0..200u64 {
            for creator in 0..20u64 {
                let key = Key::new(9, Stream::Sample, origin);
                let of = |draw: u64| {
                    let all = shared * normal(key.of(draw), 0);
                    // Draws that do not know what is shared are as wide, but each for itself.
                    let all = if known { all } else { shared * normal(key.of(draw), 100 + creator) };
                    libm::exp(5.0 + all + 0.5 * normal(key.of(draw), 1 + creator))
                };
                let truth = libm::exp(5.0 + shared * normal(key, 0) + 0.5 * normal(key, 1 + creator));
                all.push((origin as i64, creator as u32, (1..60).map(of).collect(), truth));
            }
        }
        all
    }

    fn found(world: &[(i64, u32, Vec<f64>, f64)], sizes: &[usize]) -> Vec<PortfolioScore> {
        let posts: Vec<Foreseen> = world.iter().map(|post| (post.0, post.1, &post.2[..], post.3)).collect();
        Portfolios::of(&posts, sizes, 1)
    }

    /// 200 origins with an error of their own: a share of 80% has a standard error of at most 0.028; 0.1 is passed by chance
    /// once in 2,800 (of three sizes and levels: once in 400). Draws that share nothing hold far too seldom.
    #[test]
    fn shared_errors_are_seen_in_sums_alone() {
        let shared = world(0.6, true);
        for one in found(&shared, &[1, 5, 20, 21]) {
            assert_eq!(one.origins, 200);
            assert!((one.held[1] - 0.8).abs() < 0.1 && (one.held[0] - 0.5).abs() < 0.12, "{one:?}");
            assert!(one.held[2] > 0.88 && (0.7..1.3).contains(&one.over_expected), "{one:?}");
        }
        let apart = found(&world(0.6, false), &[1, 20]);
        assert!((apart[0].held[1] - 0.8).abs() < 0.1, "one creator alone is foreseen: {apart:?}");
        assert!(apart[1].held[1] < 0.5, "{apart:?}");
        assert_eq!((apart[1].portfolios, found(&shared, &[5])[0].portfolios), (200, 40_000));
    }

    #[test]
    fn by_hand() {
        // The sums of two creators are 11, 22, 33, 44; in the middle half (places 1.25 and 3.75): 13.75 to 41.25.
        let world = [(0, 1, vec![1.0, 2.0, 3.0, 4.0], 20.0), (0, 2, vec![10.0, 20.0, 30.0, 40.0], 22.0)];
        let one = found(&world, &[2])[0];
        assert_eq!((one.portfolios, one.held), (1, [0.0, 1.0, 1.0]));
        assert!((one.over_expected - 42.0 / 27.5).abs() < 1e-12);
        assert_eq!(level_at(&[11.0, 22.0, 33.0, 44.0], 0.25), 13.75);
        assert_eq!(level_at(&[5.0], 0.975), 5.0);
    }

    #[test]
    fn order_does_not_matter_and_nothing_gives_nothing() {
        let mut world = world(0.3, true);
        // A second post of a creator.
        world.push((0, 3, vec![7.0; 59], 7.0));
        let posts = found(&world, &[5, 20]);
        world.reverse();
        assert_eq!(found(&world, &[5, 20]), posts);
        assert_eq!(posts[1].portfolios, 199 + 200, "a creator with two posts makes several portfolios");
        assert_eq!(found(&[], &SIZES), []);
        assert_eq!(found(&[(0, 1, vec![], 3.0)], &[1, 0]), []);
        assert_eq!(found(&[(0, 1, vec![3.0], 3.0)], &[1, 2]).len(), 1);
    }
}
