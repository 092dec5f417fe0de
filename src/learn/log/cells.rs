//! Kinds of follows: the tier of who is followed, whether it is returned, whether niches match, friend or foe.

use serde::{Deserialize, Serialize};

use crate::base::{Result, Run, par};
use crate::graph::attributes::known;
use crate::graph::network::Tier;
use crate::graph::{Graph, Network};

/// From this affinity on a follower cares for a creator's niche.
pub const MATCH_FROM: f64 = 0.2;

/// What columns of affinities to niches are called before the niche's name.
pub const NICHE: &str = "niche:";

/// Cells for each tier: returned or not, matched or not, foe or not.
const KINDS: usize = 8;

/// How many cells there may be.
pub const CELLS: usize = 5 * KINDS;

/// A kind of follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Tier of who is followed.
    pub tier: Tier,
    /// Whether the two follow each other.
    pub returned: bool,
    /// Whether the follower cares for the niche of who is followed; `None` where niches are not known.
    pub matched: Option<bool>,
    /// Whether the follow is a foe's, where the follow layer says so.
    pub foe: bool,
}

impl Cell {
    /// In users' words.
    pub fn name(&self) -> String {
        let returned = if self.returned { "mutual" } else { "one-way" };
        let matched = match self.matched {
            Some(true) => ", same niche",
            Some(false) => ", other niche",
            None => "",
        };
        format!("{}, {returned}{matched}{}", self.tier.name(), if self.foe { ", foe" } else { "" })
    }
}

/// The cell of every follow.
#[derive(Debug, Clone)]
pub struct Cells {
    /// The number of the cell beside the follower rows.
    of: Vec<u8>,
    niches: bool,
}

/// What is known of niches: that of who is followed, and everybody's affinity to each.
struct Niches<'a> {
    of: Vec<Option<u8>>,
    columns: Vec<&'a crate::graph::Column>,
}

impl<'a> Niches<'a> {
    /// The network's columns of affinities; the niche of an account is its own word where it has one, else its largest affinity.
    fn of(network: &'a Network) -> Option<Niches<'a>> {
        let columns: Vec<_> =
            network.attributes.columns.iter().filter(|column| column.name.starts_with(NICHE)).collect();
        if columns.is_empty() || columns.len() > 255 {
            return None;
        }
        let home = |v: u32| {
            let word = network.attributes.text(known::NICHE, v);
            let word = word.and_then(|word| {
                let first = word.split('|').next()?.trim().to_lowercase();
                columns.iter().position(|column| column.name[NICHE.len()..].to_lowercase() == first)
            });
            let largest = || {
                let each = columns.iter().enumerate().filter_map(|(at, column)| Some((at, column.number(v)?)));
                each.filter(|each| each.1 > 0.0).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|at| at.0)
            };
            word.or_else(largest).map(|at| at as u8)
        };
        Some(Niches { of: (0..network.accounts() as u32).map(home).collect(), columns })
    }

    fn matched(&self, v: u32, u: u32) -> bool {
        let of = |niche: u8| self.columns[usize::from(niche)].number(u).is_some_and(|share| share >= MATCH_FROM);
        self.of[v as usize].is_some_and(of)
    }
}

impl Cells {
    /// Of the follows of a network.
    ///
    /// **Cost**: a look-up an edge; a byte an edge.
    pub fn of(graph: &Graph, network: &Network, run: &Run) -> Result<Cells> {
        run.check_memory("kinds of follows", graph.edges())?;
        run.phase("kinds of follows", None);
        let rows = graph.follower_rows();
        let same = network.accounts() == graph.accounts();
        let niches = if same { Niches::of(network) } else { None };
        let signs = network.follows.as_ref().filter(|_| same).and_then(|follows| follows.sign.as_ref());
        let foe = |v: u32, u: u32| {
            let Some(signs) = signs else { return false };
            let row = graph.following_rows().range(u);
            graph.following(u).binary_search(&v).is_ok_and(|at| signs[row.start + at] < 0)
        };
        let ranges = par::chunks_by_degree(&rows.offsets, 1 << 16);
        let parts = par::map(run, &ranges, |range| {
            let mut found = Vec::new();
            for v in range.start as u32..range.end as u32 {
                let tier = match same {
                    true => network.tier(graph, v),
                    false => network.tiers.of(graph.followers(v).len() as f64),
                };
                let following = graph.following(v);
                found.extend(graph.followers(v).iter().map(|&u| {
                    let returned = usize::from(following.binary_search(&u).is_ok());
                    let matched = usize::from(niches.as_ref().is_some_and(|niches| niches.matched(v, u)));
                    (tier as usize * KINDS + returned + 2 * matched + 4 * usize::from(foe(v, u))) as u8
                }));
            }
            Ok(found)
        })?;
        Ok(Cells { of: parts.concat(), niches: niches.is_some() })
    }

    /// The number of the cell of the follow at a place among the follower rows.
    #[inline]
    pub fn at(&self, place: u64) -> usize {
        usize::from(self.of[place as usize])
    }

    /// A cell by its number.
    pub fn cell(&self, number: usize) -> Cell {
        let kind = number % KINDS;
        Cell {
            tier: Tier::ALL[number / KINDS],
            returned: kind & 1 != 0,
            matched: self.niches.then_some(kind & 2 != 0),
            foe: kind & 4 != 0,
        }
    }
}
