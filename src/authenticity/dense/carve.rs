//! The part of a network that may hold a densest set, carved out by passes over the follows.

use super::part::{Densest, Density, Part};
use super::{Block, weight};
use crate::base::{Result, Run, par};
use crate::graph::Graph;

/// Follows that a chunk of a pass looks at.
const PASS: u64 = 1 << 18;
/// Passes end where one leaves more than this share of the follows: what is left is small, or will not get smaller so.
const WORTH: f64 = 0.9;
const PASSES: usize = 8;
/// Ranges of degrees: two to each doubling.
const RANGES: usize = 64;

/// Both sides of a network, without the follows of blocks that were taken out.
pub struct Sides<'a> {
    graph: &'a Graph,
    priors: Option<&'a [u64]>,
    weights: Vec<u32>,
    /// In which blocks taken out an account is as a follower, and as followed: a bit each. Empty before the first.
    taken: (Vec<u64>, Vec<u64>),
    blocks: u32,
}

impl<'a> Sides<'a> {
    pub fn new(graph: &'a Graph, priors: Option<&'a [u64]>) -> Self {
        let weights = (0..graph.accounts() as u32).map(|v| weight(graph.followers(v).len())).collect();
        Sides { graph, priors, weights, taken: (Vec::new(), Vec::new()), blocks: 0 }
    }

    /// Takes out the follows inside a block.
    pub fn take_out(&mut self, block: &Block) {
        let accounts = self.graph.accounts();
        self.taken.0.resize(accounts, 0);
        self.taken.1.resize(accounts, 0);
        block.followers.iter().for_each(|&u| self.taken.0[u as usize] |= 1 << self.blocks);
        block.followed.iter().for_each(|&v| self.taken.1[v as usize] |= 1 << self.blocks);
        self.blocks += 1;
    }

    /// Whom `u` follows, without what was taken out.
    #[inline]
    fn row(&self, u: u32) -> impl Iterator<Item = u32> {
        let mine = self.taken.0.get(u as usize).copied().unwrap_or(0);
        self.graph.following(u).iter().copied().filter(move |&v| mine == 0 || mine & self.taken.1[v as usize] == 0)
    }

    fn prior(&self, u: usize) -> u64 {
        self.priors.map_or(0, |priors| priors[u])
    }

    /// The densest set that peeling passes; `None` where no set holds a follow.
    pub fn densest(&self, run: &Run) -> Result<Option<Block>> {
        let Some(known) = self.known(run)? else { return Ok(None) };
        if let Some(block) = self.densest_from(known, run)? {
            return Ok(Some(block).filter(|block| block.follows > 0));
        }
        // What is known is denser than all that peeling passes. But that is at least half as dense.
        let half = Density { size: 2 * known.size, ..known };
        Ok(self.densest_from(half, run)?.filter(|block| block.follows > 0))
    }

    fn densest_from(&self, floor: Density, run: &Run) -> Result<Option<Block>> {
        let (part, rows, columns) = self.carve(floor, run)?;
        let Some(Densest { density, nodes }) = part.densest(floor) else { return Ok(None) };
        let cut = nodes.partition_point(|&node| (node as usize) < rows.len());
        let followers: Vec<u32> = nodes[..cut].iter().map(|&node| rows[node as usize]).collect();
        let followed: Vec<u32> = nodes[cut..].iter().map(|&node| columns[node as usize - rows.len()]).collect();
        let inside = |&u: &u32| self.row(u).filter(|v| followed.binary_search(v).is_ok()).count() as u64;
        let follows = followers.iter().map(inside).sum();
        Ok(Some(Block { followers, followed, follows, expected: f64::NAN, density: density.value(), p: 1.0 }))
    }

    /// The densest of some sets that one pass can tell: all who follow, or are followed by, at least so and so many. `None`
    /// without follows.
    fn known(&self, run: &Run) -> Result<Option<Density>> {
        let flat = self.graph.following_rows().flat();
        let degrees = |v: u32| (self.graph.following(v).len(), self.graph.followers(v).len());
        let ranges: Vec<u8> = (0..self.graph.accounts() as u32).map(|v| range_of(degrees(v).1) as u8).collect();
        let chunks = par::chunks_by_degree(flat.offsets, PASS);
        let parts = par::map(run, &chunks, |rows| {
            let mut weights = vec![0u64; RANGES * RANGES];
            for u in rows {
                let mine = &mut weights[range_of(degrees(u as u32).0) * RANGES..][..RANGES];
                self.row(u as u32)
                    .for_each(|v| mine[ranges[v as usize] as usize] += u64::from(self.weights[v as usize]));
            }
            Ok(weights)
        })?;
        let mut weights = vec![0u64; RANGES * RANGES];
        parts.iter().for_each(|part| weights.iter_mut().zip(part).for_each(|(sum, part)| *sum += part));
        if weights.iter().all(|&weight| weight == 0) {
            return Ok(None);
        }
        let (mut rows, mut columns, mut priors) = ([0u64; RANGES], [0u64; RANGES], [0u64; RANGES]);
        for v in 0..self.graph.accounts() as u32 {
            let (follows, followers) = degrees(v);
            rows[range_of(follows)] += u64::from(follows > 0);
            priors[range_of(follows)] += if follows > 0 { self.prior(v as usize) } else { 0 };
            columns[range_of(followers)] += u64::from(followers > 0);
        }
        Ok(Some(densest_corner(&mut weights, &rows, &columns, &priors)))
    }

    /// Leaves out, in turns, followers and followed accounts that have less than the floor among who is left; what a few turns leave,
    /// as a part, with its followers and followed accounts.
    fn carve(&self, floor: Density, run: &Run) -> Result<(Part, Vec<u32>, Vec<u32>)> {
        let (accounts, least) = (self.graph.accounts(), floor.ceil());
        let whole = |v: u32| self.graph.followers(v).len() as u64 * u64::from(self.weights[v as usize]);
        let mut columns: Vec<bool> = (0..accounts as u32).map(|v| whole(v) >= least).collect();
        let mut rows = vec![true; accounts];
        let by_follower = par::chunks_by_degree(&self.graph.following_rows().offsets, PASS);
        let by_followed = par::chunks_by_degree(&self.graph.follower_rows().offsets, PASS);
        let mut before = u64::MAX;
        for _ in 0..PASSES {
            let left = par::fill(run, &by_follower, &mut rows, |range, rows| {
                range
                    .zip(rows)
                    .filter(|(_, row)| **row)
                    .map(|(u, row)| self.keep_row(u, least, &columns, row))
                    .sum::<u64>()
            })?;
            let left: u64 = left.iter().sum();
            if left as f64 > WORTH * before as f64 {
                break;
            }
            before = left;
            par::fill(run, &by_followed, &mut columns, |range, columns| {
                let kept = range.zip(columns).filter(|(_, column)| **column);
                kept.for_each(|(v, column)| *column = self.keeps_column(v, least, &rows));
            })?;
        }
        self.part(&rows, &columns, run)
    }

    /// Whether a follower has enough left; gives the follows that stay.
    fn keep_row(&self, u: usize, least: u64, columns: &[bool], row: &mut bool) -> u64 {
        let kept = self.row(u as u32).filter(|&v| columns[v as usize]);
        let weigh = |(count, sum): (u64, u64), v: u32| (count + 1, sum + u64::from(self.weights[v as usize]));
        let (count, sum) = kept.fold((0, self.prior(u)), weigh);
        *row = sum >= least;
        if *row { count } else { 0 }
    }

    fn keeps_column(&self, v: usize, least: u64, rows: &[bool]) -> bool {
        let theirs = self.taken.1.get(v).copied().unwrap_or(0);
        let is_left = |&&u: &&u32| rows[u as usize] && (theirs == 0 || self.taken.0[u as usize] & theirs == 0);
        let followers = self.graph.followers(v as u32).iter().filter(is_left).count();
        followers as u64 * u64::from(self.weights[v]) >= least
    }

    fn part(&self, rows: &[bool], columns: &[bool], run: &Run) -> Result<(Part, Vec<u32>, Vec<u32>)> {
        let kept = |kept: &[bool]| -> Vec<u32> { (0..kept.len() as u32).filter(|&v| kept[v as usize]).collect() };
        let (rows, kept_columns) = (kept(rows), kept(columns));
        let mut place = vec![0u32; columns.len()];
        kept_columns.iter().zip(0..).for_each(|(&v, at)| place[v as usize] = at);
        let parts = par::map(run, &par::chunks(rows.len(), 1024), |range| {
            let (mut targets, mut ends) = (Vec::new(), Vec::with_capacity(range.len()));
            for &u in &rows[range] {
                targets.extend(self.row(u).filter(|&v| columns[v as usize]).map(|v| place[v as usize]));
                ends.push(targets.len());
            }
            Ok((targets, ends))
        })?;
        let mut offsets = vec![0];
        let mut targets = Vec::with_capacity(parts.iter().map(|part| part.0.len()).sum());
        for (part, ends) in parts {
            offsets.extend(ends.iter().map(|end| targets.len() + end));
            targets.extend(part);
        }
        let weights = kept_columns.iter().map(|&v| self.weights[v as usize]).collect();
        let priors = self.priors.map(|priors| rows.iter().map(|&u| priors[u as usize]).collect());
        Ok((Part { offsets, targets, weights, priors }, rows, kept_columns))
    }
}

/// The range of a degree: twice its logarithm to base 2, rounded down; 0 and 1 together.
fn range_of(degree: usize) -> usize {
    match degree {
        0 | 1 => 0,
        _ => {
            let power = degree.ilog2() as usize;
            (2 * power + (degree >> (power - 1) & 1)).min(RANGES - 1)
        }
    }
}

/// The densest set of all followers from one range on and all followed accounts from another on.
fn densest_corner(weights: &mut [u64], rows: &[u64], columns: &[u64], priors: &[u64]) -> Density {
    let (mut best, mut followers, mut prior) = (Density::ZERO, 0, 0);
    for row in (0..RANGES).rev() {
        followers += rows[row];
        prior += priors[row];
        let (mut followed, mut sum) = (0, 0);
        for column in (0..RANGES).rev() {
            followed += columns[column];
            sum += weights[row * RANGES + column];
            // From here on all rows above are in.
            let above = if row + 1 < RANGES { weights[(row + 1) * RANGES + column] } else { 0 };
            let total = sum + above;
            weights[row * RANGES + column] = total;
            let density = Density { total: total + prior, size: followers + followed };
            if density.size > 0 && density.above(best) {
                best = density;
            }
        }
    }
    best
}
