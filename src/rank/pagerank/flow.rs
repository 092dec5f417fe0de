//! How score flows: what each account passes on, what it hears, and sums whose rounding is bounded.

use std::ops::Range;

use crate::base::fixed::{BLOCK, Fixed};
use crate::base::{Error, Result, Run, large, par};
use crate::graph::shard::Shard;
use crate::graph::{Flat, Graph};

/// Half a unit in the last place of 32 bits: the relative error of what is passed on when it is held in them.
pub const SINGLE: f64 = 1.0 / (1u64 << 24) as f64;

/// The same for 64 bits.
pub const DOUBLE: f64 = SINGLE / (1u64 << 29) as f64;

/// The most that rounding moves an iteration in 64 bits: with weights and several sources ([`Flow::rounding`]).
pub const MOST_ROUNDING: f64 = 150.0 * DOUBLE;

/// Relative error of a change: the terms of a block one by one, and blocks on a grid ([`crate::base::fixed`]) that moves even
/// 2^32 blocks by less than 2^-68.
pub const SUMS: f64 = BLOCK as f64 * 2.0 * DOUBLE;

/// How one unit is spread over the accounts.
pub enum Share {
    Uniform(f64),
    Given(Vec<f64>),
}

impl Share {
    /// Checks a vector and scales it to sum to 1.
    pub fn new(what: &str, vector: Option<&[f64]>, accounts: usize) -> Result<Self> {
        let Some(vector) = vector else { return Ok(Share::Uniform(1.0 / accounts as f64)) };
        if vector.len() != accounts {
            return Err(Error::parameter(what, format!("{} numbers for {accounts} accounts", vector.len())));
        }
        if let Some(v) = vector.iter().position(|value| !(*value >= 0.0 && value.is_finite())) {
            return Err(Error::parameter(what, format!("account {v} has {}, not a number of at least 0", vector[v])));
        }
        // Scaled by the largest first: no sum overflows, and tiny numbers keep their digits.
        let largest = vector.iter().copied().fold(0.0, f64::max);
        if accounts > 0 && largest == 0.0 {
            return Err(Error::parameter(what, "all its numbers are 0").with_hint("one at least must be above 0"));
        }
        let total = sum(accounts, &|v| vector[v] / largest);
        Ok(Share::Given(vector.iter().map(|value| value / largest / total).collect()))
    }

    #[inline]
    pub fn of(&self, v: usize) -> f64 {
        match self {
            Share::Uniform(share) => *share,
            Share::Given(shares) => shares[v],
        }
    }
}

/// The graph made ready: 1 over the weight of each account's follows (0 where there is none), and chunks.
pub struct Flow<'a> {
    followers: Flat<'a>,
    pub inverse: Vec<f64>,
    pub chunks: Vec<Range<usize>>,
    /// The share of its score that each account does not pass on, where accounts pass on a part.
    pub kept: Option<Vec<f64>>,
}

impl<'a> Flow<'a> {
    pub fn new(graph: &'a Graph, run: &Run) -> Result<Self> {
        let accounts = graph.accounts();
        let mut inverse = vec![0.0; accounts];
        run.phase("weights of follows", Some(accounts as u64));
        let ranges = par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16);
        par::fill(run, &ranges, &mut inverse, |range, part| {
            range.zip(part).try_for_each(|(u, inverse)| {
                let (u, follows) = (u as u32, graph.following(u as u32));
                *inverse = inverse_weight(u, follows.len(), graph.following_weights(u), |at| follows[at])?;
                Ok(())
            })
        })?
        .into_iter()
        .collect::<Result<()>>()?;
        // Chunks enough for any number of threads, each long enough to be worth a thread's while.
        let work = (graph.edges() + accounts as u64) / 64;
        let chunks = par::chunks_by_degree(&graph.follower_rows().offsets, work.clamp(1 << 12, 1 << 16));
        let chunks = in_blocks(chunks, accounts);
        Ok(Flow { followers: graph.follower_rows().flat(), inverse, chunks, kept: None })
    }

    /// The part of it that a shard has: its own accounts, by place.
    pub fn of_shard(shard: &'a Shard) -> Result<Self> {
        let rows = shard.following.flat();
        let inverse = |place: u32| {
            let (range, row) = (rows.range(place), rows.row(place));
            let weights = rows.weights.map(|weights| &weights[range]);
            inverse_weight(shard.account(place), row.len(), weights, |at| shard.account(row[at]))
        };
        let inverse = (0..shard.own() as u32).map(inverse).collect::<Result<_>>()?;
        Ok(Flow { followers: shard.followers.flat(), inverse, chunks: Vec::new(), kept: None })
    }

    /// The same where each account passes on this share of what it could.
    pub fn passing(mut self, shares: &[f64]) -> Result<Self> {
        if shares.len() != self.inverse.len() {
            let problem = format!("{} shares for {} accounts", shares.len(), self.inverse.len());
            return Err(Error::parameter("shares passed on", problem));
        }
        if let Some(u) = shares.iter().position(|share| !(0.0..=1.0).contains(share)) {
            return Err(Error::parameter("shares passed on", format!("account {u} has {}, outside [0, 1]", shares[u])));
        }
        let kept = self.inverse.iter().zip(shares);
        self.kept = Some(kept.map(|(&inverse, share)| if inverse == 0.0 { 1.0 } else { 1.0 - share }).collect());
        self.inverse.iter_mut().zip(shares).for_each(|(inverse, share)| *inverse *= share);
        Ok(self)
    }

    /// The score that is stuck at accounts of a range that begins with a block.
    pub fn stuck(&self, range: Range<usize>, scores: &[f64]) -> Fixed {
        let mut all = Fixed::default();
        for (first, scores) in range.step_by(BLOCK).zip(scores.chunks(BLOCK)) {
            // Both are read before one is chosen: who follows nobody cannot be guessed, and a wrong guess is dear.
            let inverses = &self.inverse[first..first + scores.len()];
            all.add(match &self.kept {
                None => sum(scores.len(), &|at| {
                    let (score, inverse) = (scores[at], inverses[at]);
                    if inverse == 0.0 { score } else { 0.0 }
                }),
                Some(kept) => sum(scores.len(), &|at| scores[at] * kept[first + at]),
            });
        }
        all
    }

    #[inline]
    pub fn is_dangling(&self, u: usize) -> bool {
        self.inverse[u] == 0.0
    }

    /// Whether nothing that is passed on leaves the range of 32 bits: the weights of no account's follows sum to more
    /// than 2^60 or to less than 2^-60. What is below the range then adds up to less than 2^-60 for any network.
    pub fn is_usual(&self) -> bool {
        const USUAL: f64 = (1u64 << 60) as f64;
        self.followers.weights.is_none()
            || self.inverse.iter().all(|&inverse| inverse == 0.0 || (1.0 / USUAL..=USUAL).contains(&inverse))
    }

    /// Relative error of an iteration in 64 bits: 44 roundings of the sum over followers, as many of the weight of
    /// follows where they have weights, and some of the factors. Several sources at once: 46 more ([`sum_lanes`]).
    pub fn rounding(&self) -> f64 {
        rounding(self.followers.weights.is_some())
    }

    /// What v gets from its followers, given what each passes on per unit of weight.
    #[inline]
    pub fn heard<T: Copy + Into<f64>>(&self, v: u32, passed: &[T]) -> f64 {
        let (row, followers) = (self.followers.range(v), self.followers.row(v));
        let term = |at: usize| -> f64 { passed[followers[at] as usize].into() };
        let soon = match size_of_val(passed) > CACHE {
            true => self.followers.targets.get(row.start + AHEAD..row.end + AHEAD),
            false => None,
        };
        match (self.followers.weights, soon) {
            (None, None) => sum(followers.len(), &term),
            (None, Some(soon)) => sum(followers.len(), &|at| {
                large::ahead(passed, soon[at] as usize);
                term(at)
            }),
            (Some(weights), _) => {
                let weights = &weights[row];
                sum(followers.len(), &|at| weights[at] * term(at))
            }
        }
    }

    /// What v gets in each lane, likewise.
    #[inline]
    pub fn heard_lanes<T: Copy + Into<f64>>(&self, v: u32, passed: &[Lanes<T>]) -> Lanes<f64> {
        let (row, followers) = (self.followers.range(v), self.followers.row(v));
        let term = |at: usize| -> Lanes<f64> {
            if let Some(&soon) = self.followers.targets.get(row.start + at + AHEAD) {
                large::ahead(passed, soon as usize);
            }
            passed[followers[at] as usize].map(Into::into)
        };
        match self.followers.weights {
            None => sum_lanes(followers.len(), &term),
            Some(weights) => {
                let weights = &weights[row.clone()];
                sum_lanes(followers.len(), &|at| term(at).map(|term| weights[at] * term))
            }
        }
    }
}

/// Bytes that are at hand soon enough without asking.
const CACHE: usize = 8 << 20;

/// How many edges ahead memory is asked for: about what is read in the time that it takes to come.
const AHEAD: usize = 32;

/// How many sources are iterated at once: each edge is read once for all, and 32 bits of all fill a line of the cache.
pub const LANES: usize = 16;

/// One number for each source.
pub type Lanes<T> = [T; LANES];

/// A sum in a fixed order: pieces of at most [`PIECE`] in four lanes, and these two by two. No term goes through more
/// than 16 + 2 + 26 additions, however many there are; added one by one, 30 million equal terms drift by 5e-10.
#[inline(always)]
pub fn sum(len: usize, term: &impl Fn(usize) -> f64) -> f64 {
    if len <= PIECE { piece(0..len, term) } else { halves(0..len, term) }
}

const PIECE: usize = 64;

#[inline(always)]
fn piece(range: Range<usize>, term: &impl Fn(usize) -> f64) -> f64 {
    let mut lanes = [0.0; 4];
    let mut at = range.start;
    while at + 4 <= range.end {
        for (lane, sum) in lanes.iter_mut().enumerate() {
            *sum += term(at + lane);
        }
        at += 4;
    }
    (at..range.end).for_each(|at| lanes[0] += term(at));
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
}

#[inline(never)]
fn halves(range: Range<usize>, term: &impl Fn(usize) -> f64) -> f64 {
    if range.len() <= PIECE {
        return piece(range, term);
    }
    let middle = range.start + range.len() / 2;
    halves(range.start..middle, term) + halves(middle..range.end, term)
}

/// [`sum`] for each source; a term goes through 64 + 26 additions at most.
#[inline(always)]
fn sum_lanes(len: usize, term: &impl Fn(usize) -> Lanes<f64>) -> Lanes<f64> {
    if len <= PIECE { piece_lanes(0..len, term) } else { halves_lanes(0..len, term) }
}

#[inline(always)]
fn piece_lanes(range: Range<usize>, term: &impl Fn(usize) -> Lanes<f64>) -> Lanes<f64> {
    let mut sums = [0.0; LANES];
    for at in range {
        let term = term(at);
        for lane in 0..LANES {
            sums[lane] += term[lane];
        }
    }
    sums
}

#[inline(never)]
fn halves_lanes(range: Range<usize>, term: &impl Fn(usize) -> Lanes<f64>) -> Lanes<f64> {
    if range.len() <= PIECE {
        return piece_lanes(range, term);
    }
    let middle = range.start + range.len() / 2;
    let (left, right) = (halves_lanes(range.start..middle, term), halves_lanes(middle..range.end, term));
    std::array::from_fn(|lane| left[lane] + right[lane])
}

/// [`Flow::rounding`], by whether follows have weights.
pub fn rounding(weighted: bool) -> f64 {
    DOUBLE * if weighted { 104.0 } else { 60.0 }
}

/// The same chunks, each moved to begin and end with a block.
fn in_blocks(chunks: Vec<Range<usize>>, accounts: usize) -> Vec<Range<usize>> {
    let mut start = 0;
    let ends = chunks.into_iter().map(|chunk| chunk.end.next_multiple_of(BLOCK).min(accounts));
    let whole = |end: usize| (end > start).then(|| std::mem::replace(&mut start, end)..end);
    ends.filter_map(whole).collect()
}

/// 1 over the weight of all follows of u, 0 where that is 0. `followed` says whom, by place in the row.
fn inverse_weight(u: u32, follows: usize, weights: Option<&[f64]>, followed: impl Fn(usize) -> u32) -> Result<f64> {
    let refused = |found: String| Error::NotEstimable { figure: "PageRank".into(), needs: found };
    let total = match weights {
        None => follows as f64,
        Some(weights) => {
            if let Some(at) = weights.iter().position(|w| !(*w >= 0.0 && w.is_finite())) {
                let (v, weight) = (followed(at), weights[at]);
                let needs = format!("edge weights of at least 0 (account {u} follows {v} with weight {weight})");
                return Err(refused(needs));
            }
            sum(weights.len(), &|at| weights[at])
        }
    };
    if total > 1e300 || (total > 0.0 && total < 1e-300) {
        return Err(refused(format!("edge weights of a usual size (account {u} follows with a total of {total:e})")));
    }
    Ok(if total > 0.0 { 1.0 / total } else { 0.0 })
}
