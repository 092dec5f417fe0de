//! Blocks of followers and followed accounts that are denser than their degrees explain.

mod carve;
mod null;
mod part;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, Run};
use crate::graph::Graph;
use carve::Sides;
use null::Null;

/// One in fixed point. Weights are sums of whole numbers: exact, and the same in any order.
const ONE: f64 = (1u64 << 32) as f64;

/// Groups of followers who follow the same accounts more densely than chance would have it: a pattern that is
/// consistent with bought followers, and with fandoms and schools too, so that it is evidence and no verdict.
///
/// `g(S) = (sum of weights of the follows inside S + priors of its followers) / |S|`. S holds followers and followed
/// accounts; an account may stand on both sides, and counts on each. A follow of v weighs `1 / ln(F(v) + 5)`, with the
/// followers `F(v)` counted once on the whole network: following popular accounts as camouflage adds little. The account
/// with the least weight left is taken away again and again (Hooi et al. 2016); the densest of the sets passed is a
/// block. Its follows are taken out, and the search begins anew.
///
/// **Input**: any network; weights of edges do not matter. A prior (at least 0) says how suspicious a follower is beforehand, in
/// the unit of g: it counts for every set that the follower is in.
/// **Returns**: [`Blocks`]: densest first as a rule, until one is no denser than chance (the first is given in any case, with
/// its p), and the densities that chance gave.
/// **Guarantee**: g of a block is at least half of the largest of any set in what was left of the network. The block is the one
/// that plain FRAUDAR finds, up to rounding weights to 2^-32; of equals the one with the smallest id goes first, followers before
/// followed accounts. `p = (1 + chance copies at least as dense) / (1 + copies)`: the smallest it can be is
/// `1 / (1 + copies)`, 0.05 for 19 copies. It is against the densest block anywhere in a copy, so that it holds for all
/// blocks searched at once. Copies end once five are as dense as the first block, `p = 5 / copies made` (Besag & Clifford
/// 1991). No tail is fitted: in a large network copies differ by a thousandth, and a block a hundredth
/// denser has the least p and may mean nothing. How far beyond chance a block is, `follows` over `expected` and
/// [`Blocks::excess`] tell; both p and `margin` must hold for the search to go on.
/// **What it does not find**: farms less dense than what the hubs of a large network are tied to one another by chance.
/// **Chance**: random networks in which everybody follows, and is followed by, as many as in the given one in the mean,
/// nobody twice, and all else is even (maximum entropy). Shuffling the ends of follows would have hubs follow one another many times
/// over: with repeats merged, hubs are tied less than they must be, and every skewed network would look dense. Degrees
/// that vary about their mean can only make copies a little denser: p errs upwards.
/// **Cost**: near-linear: some passes over the follows, and O(m log n) for the small core that can be dense at all.
/// [`Dense::memory`].
/// **Errors**: parameters out of range; priors of the wrong number, below 0 or not finite; memory.
/// **Determinism**: whole numbers, ties by id; the same bits at any number of threads.
/// **References**: Hooi, Song, Beutel, Shah, Shin & Faloutsos 2016; Charikar 2000; Park & Newman 2004; Squartini & Garlaschelli 2011;
/// Miller & Hagberg 2011 (drawing copies); Westfall & Young 1993 (one null for all blocks); Besag & Clifford
/// 1991 (when copies are enough).
///
/// ```
/// use truereach::{Run, authenticity::Dense, graph::build};
/// // 0..6 follow all of 6..12, and so do a few besides.
/// let mut follows: Vec<_> = (0..6).flat_map(|u| (6..12).map(move |v| (u, v))).collect();
/// follows.extend((12..40).map(|u| (u, u / 2)));
/// let found = Dense::default().run(&build::graph(40, &follows), None, &Run::new(7))?;
/// assert_eq!(found.blocks[0].followers, [0, 1, 2, 3, 4, 5]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Dense {
    /// Blocks to look for at most (1 to 64)
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "5"))]
    pub blocks: u32,
    /// Random networks of the same degrees to hold blocks against; p is at least 1 / (1 + N)
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "19"))]
    pub copies: u32,
    /// The search ends with the first block whose p is above this
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", default_value = "0.05"))]
    pub level: f64,
    /// … or with the first that holds less than so many times the follows that chance gives between its accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "TIMES", default_value = "1.1"))]
    pub margin: f64,
}

impl Default for Dense {
    fn default() -> Self {
        Dense { blocks: 5, copies: 19, level: 0.05, margin: 1.1 }
    }
}

/// A dense block.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Block {
    /// Its followers, by id.
    pub followers: Vec<u32>,
    /// The accounts they follow together, by id.
    pub followed: Vec<u32>,
    /// Follows from the ones to the others, without those of earlier blocks.
    pub follows: u64,
    /// Follows that chance gives in the mean between the same accounts, from how many they follow and are followed by; NaN
    /// without copies. Blocks of hubs have about as many, farms many times fewer.
    pub expected: f64,
    /// g: weight of the follows and priors, per account.
    pub density: f64,
    /// The share of chance copies, itself included, that hold a block as dense; 1 without copies.
    pub p: f64,
}

/// Dense blocks, and what chance gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Blocks {
    /// In the order found.
    pub blocks: Vec<Block>,
    /// Of each chance copy, the density of its densest block. Fewer than asked for where five were as dense as the first block
    /// before: then it has no p worth more copies.
    pub null: Vec<f64>,
}

impl Blocks {
    /// A block's density over the largest that chance gave; `None` without copies, or where copies have no follows.
    pub fn excess(&self, block: &Block) -> Option<f64> {
        let most = self.null.iter().copied().fold(0.0, f64::max);
        (most > 0.0).then(|| block.density / most)
    }
}

impl Dense {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        if !(1..=64).contains(&self.blocks) {
            return Err(Error::parameter("--blocks", format!("must be from 1 to 64, not {}", self.blocks)));
        }
        if self.level.is_nan() || self.level <= 0.0 || self.level > 1.0 {
            return Err(Error::parameter("--level", format!("must be above 0 and at most 1, not {}", self.level)));
        }
        if !(self.margin >= 0.0 && self.margin.is_finite()) {
            return Err(Error::parameter("--margin", format!("must be 0 or more, not {}", self.margin)));
        }
        let least = 1.0 / (1.0 + f64::from(self.copies));
        if self.copies > 0 && least > self.level {
            let problem = format!("{} copies tell no p below {least:.3}, which is above the level", self.copies);
            return Err(Error::parameter("--copies", problem)
                .with_hint(format!("ask for {} or more", libm::ceil(1.0 / self.level - 1.0))));
        }
        Ok(())
    }

    /// Bytes that a run may take besides the graph: 400 an account and 22 a follow, where all of the network may be dense; of a
    /// skewed one it is a fifth. Two chance copies are made at a time.
    pub fn memory(accounts: u64, edges: u64) -> u64 {
        400 * accounts + 11 * null::TOGETHER as u64 * edges
    }

    /// Finds the blocks; `priors` say how suspicious each account is as a follower, by id.
    pub fn run(&self, graph: &Graph, priors: Option<&[f64]>, run: &Run) -> Result<Blocks> {
        self.check()?;
        let accounts = graph.accounts();
        run.check_memory("dense blocks", Self::memory(accounts as u64, graph.edges()))?;
        let priors = priors.map(|priors| fixed_priors(priors, accounts)).transpose()?;
        let mut sides = Sides::new(graph, priors.as_deref());
        let mut found = Blocks { blocks: Vec::new(), null: Vec::new() };
        let mut chance = None;
        while found.blocks.len() < self.blocks as usize {
            run.phase("dense block", None);
            let Some(mut block) = sides.densest(run)? else { break };
            if self.copies > 0 && chance.is_none() {
                run.phase("chance copies", Some(u64::from(self.copies)));
                let null = Null::new(graph, priors.as_deref(), run)?;
                found.null = null.densities(self.copies, block.density, run)?;
                chance = Some(null);
            }
            if let Some(null) = &chance {
                block.p = self.p(&found.null, block.density);
                block.expected = expected(graph, &block, null);
            }
            let near = (block.follows as f64) < self.margin * block.expected;
            let is_explained = self.copies > 0 && (near || block.p > self.level);
            if is_explained && !found.blocks.is_empty() {
                break;
            }
            sides.take_out(&block);
            found.blocks.push(block);
            if is_explained {
                break;
            }
        }
        Ok(found)
    }

    /// As usual where all copies were made; where they ended before, the share of those that were as dense (Besag & Clifford 1991).
    fn p(&self, null: &[f64], density: f64) -> f64 {
        let reach = null.iter().filter(|&&null| null >= density).count();
        let one = usize::from(null.len() == self.copies as usize);
        (one + reach) as f64 / (one + null.len()) as f64
    }
}

fn expected(graph: &Graph, block: &Block, null: &Null) -> f64 {
    let follows: Vec<u32> = block.followers.iter().map(|&u| graph.following(u).len() as u32).collect();
    let followers: Vec<u32> = block.followed.iter().map(|&v| graph.followers(v).len() as u32).collect();
    null.expected(&follows, &followers)
}

/// The weight of a follow of an account with so many followers, in fixed point. It fits: `2^32 / ln 6` is below 2^32.
fn weight(followers: usize) -> u32 {
    (ONE / libm::log(followers as f64 + 5.0) + 0.5) as u32
}

fn fixed_priors(priors: &[f64], accounts: usize) -> Result<Vec<u64>> {
    if priors.len() != accounts {
        let problem = format!("{} are given for {accounts} accounts", priors.len());
        return Err(Error::parameter("priors", problem));
    }
    if let Some(u) = priors.iter().position(|prior| !(0.0..=1e6).contains(prior)) {
        let problem = format!("account {u} has {}, which is not from 0 to 1,000,000", priors[u]);
        return Err(Error::parameter("priors", problem));
    }
    let sum: f64 = priors.iter().sum();
    if sum > 1e9 {
        return Err(Error::parameter("priors", format!("sum to {sum:.0}, which is above 1,000,000,000"))
            .with_hint("a prior weighs against follows that weigh 0.56 at most"));
    }
    Ok(priors.iter().map(|prior| (prior * ONE + 0.5) as u64).collect())
}
