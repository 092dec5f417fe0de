//! What a generator gives back, and the way from drawn pairs to a network that all of them share.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, par};
use crate::graph::build;
use crate::graph::{Attributes, Column, Graph, Network, Values};

/// The name of the attribute that holds the planted community of an account.
pub const COMMUNITY: &str = "community";

/// A network made up, and what is known of its making.
#[derive(Debug, Clone)]
pub struct Made {
    /// The network; accounts are called 0, 1, 2, …
    pub network: Network,
    /// Where the draws went.
    pub counts: Counts,
    /// What was asked beside what came out.
    pub figures: Vec<Figure>,
    /// What else is worth knowing, a sentence each.
    pub notes: Vec<String>,
}

/// Where the draws went: in follows where these have a direction, else in links of two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Pairs drawn.
    pub drawn: u64,
    /// Of them repeats that merged.
    pub repeats: u64,
    /// Of them pairs of an account with itself, dropped.
    pub self_loops: u64,
    /// Links that the degrees asked for and that found no place.
    pub unplaced: u64,
}

/// A figure asked for and what came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// In users' words.
    pub name: &'static str,
    /// What was asked for, or what theory says; `None` where it is only measured.
    pub asked: Option<f64>,
    /// What came out; NaN where it cannot be told.
    pub found: f64,
    /// The 95% interval of an estimate.
    pub interval: Option<Interval>,
}

impl Figure {
    /// A figure counted exactly.
    pub(crate) fn new(name: &'static str, asked: impl Into<Option<f64>>, found: f64) -> Figure {
        Figure { name, asked: asked.into(), found, interval: None }
    }
}

/// The drawn pairs of one chunk.
pub(crate) struct Pairs {
    stored: Vec<(u32, u32)>,
    both: bool,
    drawn: u64,
    self_loops: u64,
}

impl Pairs {
    /// One more pair: u follows v, and v follows u where links have no direction.
    #[inline]
    pub(crate) fn push(&mut self, u: u32, v: u32) {
        self.drawn += 1;
        if u == v {
            self.self_loops += 1;
            return;
        }
        self.stored.push((u, v));
        if self.both {
            self.stored.push((v, u));
        }
    }

    /// Gives every account of the pairs so far its place: one loop of nothing but look-ups, of which many wait for
    /// memory at a time.
    pub(crate) fn rename(&mut self, place: &[u32]) {
        for (u, v) in &mut self.stored {
            (*u, *v) = (place[*u as usize], place[*v as usize]);
        }
    }
}

/// A network to be drawn in chunks.
pub(crate) struct Plan {
    /// Accounts.
    pub(crate) people: u64,
    /// Chunks in which the pairs are drawn.
    pub(crate) chunks: u64,
    /// About how many pairs all chunks draw.
    pub(crate) expected: u64,
    /// Whether links have no direction: each is then stored both ways.
    pub(crate) undirected: bool,
}

/// Draws that a chunk holds: a few MiB, so that it is dealt from the cache.
pub(crate) const CHUNK: u64 = 1 << 17;

impl Plan {
    /// Bytes at the peak: 16 MiB, 28 an account, and 20 a pair where follows have a direction, else 32. Of these 4 and 8
    /// a pair are what the allocator keeps while the last rows are put together.
    pub(crate) fn memory(people: u64, pairs: u64, undirected: bool) -> u64 {
        let links = pairs.saturating_mul(if undirected { 32 } else { 20 });
        (16u64 << 20).saturating_add(28u64.saturating_mul(people)).saturating_add(links)
    }

    /// Draws every chunk and builds the network.
    pub(crate) fn run(&self, run: &Run, draw: impl Fn(u64, &mut Pairs) + Sync) -> Result<Made> {
        let accounts = usize::try_from(self.people).map_err(|_| Error::parameter("--people", "are too many"))?;
        run.phase("drawing pairs", Some(self.chunks));
        let (drawn, self_loops) = (AtomicU64::new(0), AtomicU64::new(0));
        let stored = if self.undirected { 2 } else { 1 };
        let merged = build::made(run, accounts, self.chunks as usize, stored * self.expected, |chunk| {
            run.step(1)?;
            let capacity = stored * (self.expected / self.chunks.max(1) + 1);
            let pairs = Vec::with_capacity((capacity + capacity / 64) as usize);
            let mut pairs = Pairs { stored: pairs, both: self.undirected, drawn: 0, self_loops: 0 };
            draw(chunk as u64, &mut pairs);
            drawn.fetch_add(pairs.drawn, Ordering::Relaxed);
            self_loops.fetch_add(pairs.self_loops, Ordering::Relaxed);
            Ok(pairs.stored)
        })?;
        run.phase("building the network", None);
        let graph = if self.undirected {
            Graph::from_parts(merged.following.clone(), merged.following, true)
        } else {
            build::finish(run, merged.following, None)?
        };
        let counts = Counts {
            drawn: drawn.into_inner(),
            repeats: merged.repeats / stored,
            self_loops: self_loops.into_inner(),
            unplaced: 0,
        };
        let edges = graph.edges();
        let mut network = Network::from_graph(graph);
        // As if its follows had been read from a list without repeats: text and back gives the same bytes.
        network.rows.follow_rows = edges;
        Ok(Made { network, counts, figures: Vec::new(), notes: Vec::new() })
    }
}

impl Made {
    /// The graph. Every generator makes one.
    pub fn graph(&self) -> Result<&Graph> {
        self.network.follow_graph()
    }

    /// Adds the planted communities as a column.
    pub(crate) fn plant(&mut self, communities: Vec<f64>) {
        let values = Values::Number(communities.into());
        self.network.attributes = Attributes { columns: vec![Column { name: COMMUNITY.into(), values }] };
    }

    /// Adds the mean and the largest degree. `mean` and `largest` are what was asked for.
    pub(crate) fn measure_degrees(&mut self, mean: Option<f64>, largest: Option<f64>) -> Result<()> {
        let graph = self.network.follow_graph()?;
        let names: [&str; 2] = match graph.is_symmetric() {
            true => ["mean degree", "largest degree"],
            false => ["follows an account", "most followers"],
        };
        let accounts = graph.accounts();
        let found = graph.edges() as f64 / accounts as f64;
        let most = (0..accounts as u32).map(|v| graph.followers(v).len()).max();
        let most = most.map_or(f64::NAN, |most| most as f64);
        self.figures.push(Figure::new(names[0], mean, found));
        self.figures.push(Figure::new(names[1], largest, most));
        Ok(())
    }

    /// The share of links that leave their community.
    pub(crate) fn measure_mixing(&self, run: &Run, home: impl Fn(u32) -> u32 + Sync) -> Result<f64> {
        let graph = self.network.follow_graph()?;
        let ranges = par::chunks_by_degree(&graph.following_rows().offsets, 1 << 16);
        let parts = par::map(run, &ranges, |range| {
            let leaving = |u: u32| graph.following(u).iter().filter(|&&v| home(v) != home(u)).count() as u64;
            Ok(range.map(|u| leaving(u as u32)).sum::<u64>())
        })?;
        Ok(parts.into_iter().sum::<u64>() as f64 / graph.edges() as f64)
    }

    /// The followers of every account: in an undirected network the degrees.
    pub(crate) fn degrees(&self) -> Result<Vec<f64>> {
        let graph = self.network.follow_graph()?;
        Ok((0..graph.accounts() as u32).map(|v| graph.followers(v).len() as f64).collect())
    }
}
