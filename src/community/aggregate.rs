//! Aggregation: every group of nodes becomes one node, with the summed ties and masses of its members.
//!
//! Parallel over the new nodes; each row is written by one task from its members in order, so the rows do not
//! depend on threads.

use rayon::prelude::*;

use super::net::{Mass, Net};
use super::tally::Tallies;
use crate::base::par::Tools;
use crate::base::{Result, Run, par};
use crate::graph::Rows;

/// Nodes listed group by group.
pub(crate) struct Groups {
    /// Where each group begins; one entry more than there are groups.
    pub offsets: Vec<u64>,
    /// The nodes.
    pub nodes: Vec<u32>,
}

impl Groups {
    /// Groups of the nodes in `order`, which keep that order inside a group.
    pub fn new(labels: &[u32], count: usize, order: impl Iterator<Item = u32>) -> Self {
        let mut offsets = vec![0u64; count + 1];
        labels.iter().for_each(|&label| offsets[label as usize + 1] += 1);
        (0..count).for_each(|group| offsets[group + 1] += offsets[group]);
        let mut next = offsets.clone();
        let mut nodes = vec![0u32; labels.len()];
        for v in order {
            let at = &mut next[labels[v as usize] as usize];
            nodes[*at as usize] = v;
            *at += 1;
        }
        Groups { offsets, nodes }
    }

    /// The nodes of a group.
    pub fn group(&self, group: usize) -> &[u32] {
        &self.nodes[self.offsets[group] as usize..self.offsets[group + 1] as usize]
    }
}

/// The network of groups: `labels[v]` is the group of node v, below `count`.
pub(crate) fn aggregate<M: Mass>(run: &Run, net: &Net<M>, labels: &[u32], count: usize) -> Result<Net<M>> {
    let groups = Groups::new(labels, count, 0..labels.len() as u32);
    // Work of a group: the entries of its members' rows.
    let mut work = Vec::with_capacity(count + 1);
    work.push(0u64);
    let mut at = 0;
    for group in 0..count {
        at += groups.group(group).iter().map(|&v| net.rows.degree(v) as u64).sum::<u64>();
        work.push(at);
    }
    let ranges = par::chunks_by_degree(&work, 1 << 17);
    type Part<M> = (Vec<u64>, Vec<u32>, Vec<f64>, Vec<M>);
    let tools = Tools::new();
    let parts: Vec<Part<M>> = run.install(|| {
        ranges
            .par_iter()
            .map(|range| {
                run.step(range.len() as u64)?;
                tools.with(Tallies::default, |tallies| {
                    // Room for the most there can be: pages that stay unused cost nothing.
                    let most = (work[range.end] - work[range.start]) as usize;
                    let mut part: Part<M> = (vec![], Vec::with_capacity(most), Vec::with_capacity(most), vec![]);
                    for group in range.clone() {
                        let members = groups.group(group);
                        for &v in members {
                            let row = net.rows.row(v).iter().map(|&u| labels[u as usize]);
                            match net.rows.row_weights(v) {
                                None => tallies.counts.gather(count, row.map(|label| (label, 1))),
                                Some(weights) => tallies.sums.gather(count, row.zip(weights.iter().copied())),
                            }
                        }
                        let before = part.1.len();
                        // One of the two is empty.
                        for (c, weight) in tallies.counts.drain().chain(tallies.sums.drain()) {
                            if c as usize != group && weight != 0.0 {
                                part.1.push(c);
                                part.2.push(weight);
                            }
                        }
                        part.0.push((part.1.len() - before) as u64);
                        part.3.push(members.iter().fold(M::default(), |sum, &v| sum.plus(net.mass[v as usize])));
                    }
                    Ok(part)
                })
            })
            .collect::<Result<_>>()
    })?;
    let mut offsets = Vec::with_capacity(count + 1);
    offsets.push(0u64);
    let mut edges = 0;
    for degree in parts.iter().flat_map(|part| &part.0) {
        edges += degree;
        offsets.push(edges);
    }
    let mut targets = vec![0u32; edges as usize];
    let mut weights = vec![0.0f64; edges as usize];
    let mut mass = Vec::with_capacity(count);
    parts.iter().for_each(|part| mass.extend_from_slice(&part.3));
    let cuts: Vec<_> = ranges.iter().map(|r| offsets[r.start] as usize..offsets[r.end] as usize).collect();
    let pieces = par::split(&mut targets, &cuts).into_iter().zip(par::split(&mut weights, &cuts));
    let whole: Vec<_> = parts.into_iter().zip(pieces).collect();
    run.install(|| {
        whole.into_par_iter().for_each(|(part, (targets, weights))| {
            targets.copy_from_slice(&part.1);
            weights.copy_from_slice(&part.2);
        })
    });
    let rows = Rows { offsets: offsets.into(), targets: targets.into(), weights: Some(weights.into()) };
    Ok(Net { rows, mass, scale: net.scale, unit: net.unit })
}
