//! Accounts that follow alike, before they are judged: copied follow lists and dense blocks.

use super::copies::CopyGroup;
use super::dense::Block;
use super::pattern::{Kind, Pattern, Verdict};
use super::signs::{Sign, Signs};
use crate::graph::Graph;

/// Smaller groups of copied lists are not looked at.
pub(super) const FEW: usize = 8;

/// What makes copied lists telling must exceed the log of the number of accounts by so much.
pub(super) const SURE: f64 = 3.0;

/// Blocks that chance makes as often as this are none.
pub(super) const SURELY: f64 = 0.05;

/// Accounts that follow alike, before they are judged.
pub(super) struct Alike {
    kind: Kind,
    creators: Vec<u32>,
    pub members: Vec<u32>,
    p: Option<f64>,
}

impl Alike {
    pub fn copies(group: CopyGroup) -> Alike {
        let mut creators = group.common;
        creators.sort_unstable();
        Alike { kind: Kind::Copies, creators, members: group.members, p: None }
    }

    pub fn block(block: Block) -> Alike {
        Alike { kind: Kind::Block, creators: block.followed, members: block.followers, p: Some(block.p) }
    }

    /// Fandoms and schools look like this too: alone it condemns nobody.
    pub fn judged(self, graph: &Graph, signs: &Signs) -> Pattern {
        let innocent = if self.kind == Kind::Copies { 0.8 } else { 0.9 };
        let mut seen = signs.of_group(graph, &self.creators, &self.members, None);
        if self.kind == Kind::Copies {
            // Friends make a list unlike others': who copies has few of them whether real or not.
            seen.retain(|seen| seen.sign != Sign::Followed);
        }
        let verdict = Verdict::new(innocent, &[(0.0, 0.5), (0.25, 0.25), (0.5, 0.25)], &seen);
        let Alike { kind, creators, members, p } = self;
        Pattern { kind, creators, days: None, members, excess: 1.0, explained: None, innocent, p, seen, verdict }
    }
}
