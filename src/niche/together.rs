//! How far errors go together: followers of one account are alike, so that who is wrong about one of them is likely wrong about
//! the next.

use serde::{Deserialize, Serialize};

use crate::graph::Graph;

/// Pairs of labelled followers of one account from which it is said how far errors go together.
const FEWEST_PAIRS: u64 = 200;

/// How far the errors of two followers of one account go together.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Together {
    /// Of accounts of so many followers, up to the next band.
    pub from: u64,
    /// Their intraclass correlation and its standard error added up, 0 to 1.
    pub share: f64,
    /// Pairs of labelled followers behind it.
    pub pairs: u64,
}

/// How wrong the affinities of an account were that was held out.
pub struct Errors {
    /// The account.
    pub account: u32,
    /// Of each niche the error `y − n`, and the variance `n (1 − n)` that it should have.
    pub of: Vec<(f64, f64)>,
}

/// What the held-out followers of one account say.
#[derive(Debug, Clone, Copy)]
struct Group {
    pairs: u64,
    /// Products of errors over pairs.
    errors: f64,
    /// Products of the standard deviations that they should have.
    expected: f64,
}

impl Group {
    fn new(followers: &[&Errors]) -> Group {
        let (many, niches) = (followers.len() as u64, followers[0].of.len());
        let mut group = Group { pairs: many * (many - 1) / 2, errors: 0.0, expected: 0.0 };
        for niche in 0..niches {
            let [mut sum, mut squares, mut spreads, mut spread_squares] = [0.0; 4];
            for (error, spread) in followers.iter().map(|errors| errors.of[niche]) {
                (sum, squares) = (sum + error, squares + error * error);
                (spreads, spread_squares) = (spreads + libm::sqrt(spread), spread_squares + spread);
            }
            group.errors += (sum * sum - squares) / (many - 1) as f64;
            group.expected += (spreads * spreads - spread_squares) / (many - 1) as f64;
        }
        group
    }
}

/// By how many followers an account has: `sum e_i e_j / sum s_i s_j` over pairs of held-out followers of the same account and over
/// niches, e the error `y − n` and `s² = n (1 − n)`; an account of m such followers weighs m of its mean pair, so that a few
/// large ones do not decide alone.
pub fn together(graph: &Graph, held: &[Errors]) -> Vec<Together> {
    let followed = |(place, held): (usize, &Errors)| {
        graph.following(held.account).iter().map(move |&followed| (followed, place as u32)).collect::<Vec<_>>()
    };
    let mut follows: Vec<(u32, u32)> = held.iter().enumerate().flat_map(followed).collect();
    follows.sort_unstable();
    let mut bands: Vec<Vec<Group>> = Vec::new();
    for followers in follows.chunk_by(|a, b| a.0 == b.0).filter(|followers| followers.len() > 1) {
        let band = band(graph.followers(followers[0].0).len() as u64);
        if bands.len() <= band {
            bands.resize(band + 1, Vec::new());
        }
        bands[band].push(Group::new(&followers.iter().map(|one| &held[one.1 as usize]).collect::<Vec<_>>()));
    }
    // Bands of too few pairs go with the next larger accounts; those that are left at the end, with the next smaller.
    let mut known: Vec<(u64, Vec<Group>)> = Vec::new();
    let (mut from, mut waiting) = (0, Vec::new());
    for (place, band) in bands.into_iter().enumerate() {
        waiting.extend(band);
        if waiting.iter().map(|group| group.pairs).sum::<u64>() >= FEWEST_PAIRS {
            known.push((from, std::mem::take(&mut waiting)));
            from = begin(place + 1);
        }
    }
    if let Some(last) = known.last_mut() {
        last.1.extend(waiting);
    }
    known.into_iter().filter_map(|(from, groups)| Together::new(from, &groups)).collect()
}

impl Together {
    fn new(from: u64, groups: &[Group]) -> Option<Together> {
        let expected: f64 = groups.iter().map(|group| group.expected).sum();
        if expected <= 0.0 {
            return None;
        }
        let share = groups.iter().map(|group| group.errors).sum::<f64>() / expected;
        // The error of a ratio of sums over accounts (Cochran 1977, section 6.3); it is added, for too little is worse.
        let off = |group: &Group| (group.errors - share * group.expected) * (group.errors - share * group.expected);
        let error = libm::sqrt(groups.iter().map(off).sum()) / expected;
        let pairs = groups.iter().map(|group| group.pairs).sum();
        Some(Together { from, share: (share + error).clamp(0.0, 1.0), pairs })
    }
}

/// That of an account of so many followers; `None` where nothing is known.
pub fn of_account(bands: &[Together], followers: u64) -> Option<f64> {
    let at = bands.partition_point(|band| band.from <= followers).max(1);
    bands.get(at - 1).map(|band| band.share)
}

/// Bands of follower counts: below 10, 30, 100, 300, …
fn band(followers: u64) -> usize {
    (1..).find(|&band| followers < begin(band)).map_or(0, |band| band - 1)
}

/// The first follower count of a band.
fn begin(band: usize) -> u64 {
    match band {
        0 => 0,
        _ => [10, 30][(band - 1) % 2] * 10u64.pow(((band - 1) / 2) as u32),
    }
}
