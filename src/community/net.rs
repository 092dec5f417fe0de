//! The weighted network that the optimisers walk: symmetric rows, a mass per node, one formula for the gain.
//!
//! All three qualities have one form. A node v that joins a community C gains
//!
//! ```text
//! gain(v, C) = w(v, C) − scale · cross(mass v, mass C)
//! ```
//!
//! | quality | w | mass | cross | scale |
//! |---|---|---|---|---|
//! | modularity, undirected | tie | strength k | k·k' | γ / 2m |
//! | modularity, directed | u→v + v→u | (out, in) | out·in' + in·out' | γ / m |
//! | CPM | tie | 1 account | n·n' | γ |
//!
//! and the quality is the sum of what all nodes gained, divided by m for modularity.

use super::quality::{Objective, Quality};
use crate::base::{Result, Run, par};
use crate::graph::ties::fold;
use crate::graph::{Graph, Rows};

/// What a node, or a community, weighs in the expected part of the quality.
pub(crate) trait Mass: Copy + Default + Send + Sync {
    fn plus(self, other: Self) -> Self;
    fn minus(self, other: Self) -> Self;
    /// How much two masses expect of each other, up to the scale.
    fn cross(self, other: Self) -> f64;
}

impl Mass for f64 {
    #[inline]
    fn plus(self, other: f64) -> f64 {
        self + other
    }
    #[inline]
    fn minus(self, other: f64) -> f64 {
        self - other
    }
    #[inline]
    fn cross(self, other: f64) -> f64 {
        self * other
    }
}

/// Out- and in-strength.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Both {
    pub out: f64,
    pub into: f64,
}

impl Mass for Both {
    #[inline]
    fn plus(self, other: Both) -> Both {
        Both { out: self.out + other.out, into: self.into + other.into }
    }
    #[inline]
    fn minus(self, other: Both) -> Both {
        Both { out: self.out - other.out, into: self.into - other.into }
    }
    #[inline]
    fn cross(self, other: Both) -> f64 {
        self.out * other.into + self.into * other.out
    }
}

/// A network of nodes (accounts, or communities of them) as the optimisers see it.
pub(crate) struct Net<M> {
    /// Symmetric rows without self-loops; sorted at the level of accounts only.
    pub rows: Rows,
    /// The mass of every node.
    pub mass: Vec<M>,
    /// The factor of the expected part.
    pub scale: f64,
    /// The mean weight of a tie: the unit in which randomness is measured.
    pub unit: f64,
}

impl<M> Net<M> {
    pub fn nodes(&self) -> usize {
        self.mass.len()
    }
}

/// The network of an objective: one number a node, or two for directed modularity.
pub(crate) enum AnyNet {
    One(Net<f64>),
    Two(Net<Both>),
}

/// Builds the network that `objective` asks for. A symmetric graph lends its rows as they are.
pub(crate) fn of_graph(run: &Run, graph: &Graph, objective: &Objective) -> Result<AnyNet> {
    let directed = objective.directed(graph);
    let rows = match graph.is_symmetric() {
        true => graph.following_rows().clone(),
        false => fold(run, graph, directed)?,
    };
    let nodes = graph.accounts();
    let entries = rows.targets.len();
    let mean = |total: f64| if entries == 0 || total <= 0.0 { 1.0 } else { total / entries as f64 };
    if directed {
        let mass = strengths(run, graph.following_rows())?
            .into_iter()
            .zip(strengths(run, graph.follower_rows())?)
            .map(|(out, into)| Both { out, into })
            .collect::<Vec<_>>();
        let total = par::sum(run, nodes, |v| mass[v].out);
        let scale = if total > 0.0 { objective.resolution / total } else { 0.0 };
        return Ok(AnyNet::Two(Net { rows, mass, scale, unit: mean(2.0 * total) }));
    }
    let strength = strengths(run, &rows)?;
    let total = par::sum(run, nodes, |v| strength[v]);
    let unit = mean(total);
    Ok(AnyNet::One(match objective.quality {
        Quality::Cpm => Net { rows, mass: vec![1.0; nodes], scale: objective.resolution, unit },
        Quality::Modularity => {
            let scale = if total > 0.0 { objective.resolution / total } else { 0.0 };
            Net { rows, mass: strength, scale, unit }
        }
    }))
}

/// The sum of every row's weights; its length where there are no weights.
pub(crate) fn strengths(run: &Run, rows: &Rows) -> Result<Vec<f64>> {
    let mut out = vec![0.0; rows.offsets.len().saturating_sub(1)];
    let ranges = par::chunks_by_degree(&rows.offsets, 1 << 16);
    par::fill(run, &ranges, &mut out, |range, part| {
        for (v, strength) in range.zip(part) {
            *strength = match rows.row_weights(v as u32) {
                Some(weights) => weights.iter().sum(),
                None => rows.degree(v as u32) as f64,
            };
        }
    })?;
    Ok(out)
}
