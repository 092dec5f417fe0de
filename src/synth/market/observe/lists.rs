//! Follower lists as a provider gives them: whole where they are short, else a random part or the newest.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::super::super::draw::Draw;
use super::Agency;
use super::choice::Chosen;
use crate::base::seed::Key;
use crate::base::time::MISSING;
use crate::base::{Result, Run, par};
use crate::graph::network::Follows;
use crate::graph::{Design, Network};

/// How a list that is too long is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Cut {
    /// To followers drawn at random.
    Random,
    /// To the followers who came last.
    NewestFirst,
    /// One way or the other, a coin for each creator.
    #[default]
    Mixed,
}

/// A follower list in the order in which it was drawn: newest first, or at random.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowerList {
    /// The creator's account.
    pub account: u32,
    /// How it was drawn.
    pub design: Design,
    /// The followers.
    pub followers: Vec<u32>,
}

/// The lists of all chosen creators, in their order; accounts are those of the market.
pub fn cut(agency: &Agency, network: &Network, chosen: &[Chosen], key: Key, run: &Run) -> Result<Vec<FollowerList>> {
    let graph = network.follow_graph()?;
    let limit = agency.list_limit as usize;
    let lists = par::map(run, &par::chunks(chosen.len(), 4), |range| {
        let list = |at: usize| {
            let account = chosen[at].market;
            let mut draw = Draw::new(key.of(u64::from(account)));
            let newest = match agency.list_design {
                Cut::Random => false,
                Cut::NewestFirst => true,
                Cut::Mixed => draw.chance(0.5),
            };
            let audience = graph.followers(account);
            let mut followers = if newest {
                newest_first(network.follows.as_ref(), account)
            } else {
                draw.some(audience, limit.min(audience.len()))
            };
            followers.truncate(limit);
            let design = match (followers.len() == audience.len(), newest) {
                (true, _) => Design::Full,
                (false, true) => Design::NewestFirst,
                (false, false) => Design::Random,
            };
            FollowerList { account, design, followers }
        };
        Ok(range.map(list).collect::<Vec<_>>())
    })?;
    Ok(lists.concat())
}

/// Followers by when they came, the newest first; of the same moment, in the order of accounts.
fn newest_first(follows: Option<&Follows>, v: u32) -> Vec<u32> {
    let Some(follows) = follows else { return vec![] };
    let since = |u: u32| {
        let range = follows.graph.following_rows().range(u);
        let at = follows.graph.following(u).binary_search(&v).ok()?;
        follows.time.as_ref().map(|times| times[range.start + at])
    };
    let mut dated: Vec<(Reverse<i64>, u32)> =
        follows.graph.followers(v).iter().map(|&u| (Reverse(since(u).unwrap_or(MISSING)), u)).collect();
    dated.sort_unstable();
    dated.into_iter().map(|(_, u)| u).collect()
}
