//! What a plan will take, before it starts: memory by the published formula, time by cells that were measured.

use std::path::Path;

use crate::base::Result;
use crate::base::stats::quantile;
use crate::graph::Graph;
use crate::io::snapshot::{self, Snapshot};

/// The size of a network, as its snapshot says without being read.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Accounts and edges.
    pub accounts: u64,
    pub edges: u64,
    /// Bytes of its arrays.
    pub bytes: u64,
}

/// The size of a snapshot; raw files tell theirs only once they are read.
pub fn size(path: &Path) -> Result<Option<Size>> {
    if !snapshot::looks_like_snapshot(path) {
        return Ok(None);
    }
    let snapshot = Snapshot::open(path, true)?;
    let header = snapshot.header();
    let follows = header.follows;
    let graph = follows.map_or(0, |follows| Graph::memory(header.accounts, follows.edges, follows.weighted));
    let stored: u64 = header.sections.iter().map(|section| section.length).sum();
    Ok(Some(Size {
        accounts: header.accounts,
        edges: follows.map_or(0, |follows| follows.edges) + header.events.unwrap_or(0),
        bytes: graph.max(stored),
    }))
}

/// Bytes a verb needs beside the network, an account: scores and the worlds of a cascade. The verb itself checks what it
/// takes before it starts.
const BESIDE: u64 = 96;

/// Memory of a cell.
pub fn memory(size: Size) -> u64 {
    size.bytes + BESIDE * size.accounts
}

/// Seconds of the cells of a network, from those measured: the median of its own, else of others' by their edges.
pub fn seconds(own: &[f64], others: &[(f64, u64)], edges: Option<u64>) -> Option<f64> {
    if !own.is_empty() {
        return Some(median(own));
    }
    let edges = edges?;
    let each: Vec<f64> =
        others.iter().filter(|(_, edges)| *edges > 0).map(|(seconds, edges)| seconds / *edges as f64).collect();
    (!each.is_empty()).then(|| median(&each) * edges as f64)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    quantile(&sorted, 0.5)
}

/// Seconds a million edges of verbs on a made market of 762,000 people and 26M follows on two cores, for as long as
/// no cell was measured. Models, limits and networks move them by a factor of several.
const ROUGH: &[(&str, f64)] = &[
    ("rank", 0.05),
    ("overlap", 0.05),
    ("reach", 0.1),
    ("select", 0.15),
    ("communities", 0.3),
    ("contain", 0.3),
    ("risk", 0.5),
];
const ROUGH_OTHERS: f64 = 0.5;

/// Seconds where nothing was measured yet.
pub fn rough(verb: &str, edges: u64) -> f64 {
    let first = verb.split(' ').next().unwrap_or_default();
    let rate = ROUGH.iter().find(|(name, _)| *name == first).map_or(ROUGH_OTHERS, |(_, rate)| *rate);
    rate * edges as f64 / 1e6
}
