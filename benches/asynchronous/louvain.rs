//! Louvain whose threads move accounts at once, each in the state that it happens to see (as GVE-Louvain does, Sahu
//! 2023): what determinism costs is measured against it. Results differ from run to run, with more than one thread.
//!
//! Undirected networks without weights: strengths are whole numbers, so that shared sums stay exact.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

use rayon::prelude::*;
use truereach::graph::Graph;

/// Rows, weights and strengths of a level.
struct Net {
    offsets: Vec<u64>,
    targets: Vec<u32>,
    weights: Vec<u32>,
    strength: Vec<u64>,
}

/// Nodes in a task.
const TASK: usize = 2048;

/// Weights by community of one thread.
#[derive(Default)]
struct Tally {
    weight: Vec<u32>,
    listed: Vec<u32>,
}

impl Tally {
    fn add(&mut self, community: u32, weight: u32) {
        let sum = &mut self.weight[community as usize];
        if *sum == 0 {
            self.listed.push(community);
        }
        *sum += weight;
    }

    fn grow(&mut self, most: usize) {
        if self.weight.len() < most {
            self.weight.resize(most, 0);
        }
    }
}

/// Labels after one pass down the levels. A level's rounds end once one gains less than `tolerance` of modularity.
pub fn louvain(graph: &Graph, tolerance: f64) -> Vec<u32> {
    let rows = graph.following_rows();
    let mut net = Net {
        offsets: rows.offsets.to_vec(),
        targets: rows.targets.to_vec(),
        weights: vec![1; rows.targets.len()],
        strength: (0..graph.accounts() as u32).map(|v| rows.degree(v) as u64).collect(),
    };
    let total: u64 = net.strength.iter().sum();
    let mut place: Vec<u32> = (0..graph.accounts() as u32).collect();
    loop {
        let nodes = net.strength.len();
        let (labels, count) = dense(&moved(&net, total as f64, tolerance));
        place.par_iter_mut().for_each(|at| *at = labels[*at as usize]);
        if count == nodes {
            return place;
        }
        net = aggregate(&net, &labels, count);
    }
}

fn moved(net: &Net, total: f64, tolerance: f64) -> Vec<u32> {
    let nodes = net.strength.len();
    let labels: Vec<AtomicU32> = (0..nodes as u32).map(AtomicU32::new).collect();
    let mass: Vec<AtomicU64> = net.strength.iter().map(|&strength| AtomicU64::new(strength)).collect();
    let waiting: Vec<AtomicBool> = (0..nodes).map(|_| AtomicBool::new(true)).collect();
    let ids: Vec<u32> = (0..nodes as u32).collect();
    loop {
        let visit = |tally: &mut Tally, v: u32| {
            if !waiting[v as usize].swap(false, Relaxed) {
                return 0.0;
            }
            tally.grow(nodes);
            let span = net.offsets[v as usize] as usize..net.offsets[v as usize + 1] as usize;
            for (&u, &weight) in net.targets[span.clone()].iter().zip(&net.weights[span.clone()]) {
                tally.add(labels[u as usize].load(Relaxed), weight);
            }
            let (home, own) = (labels[v as usize].load(Relaxed), net.strength[v as usize]);
            let value = |weight: u32, mass: u64| f64::from(weight) - own as f64 * mass as f64 / total;
            let stay = value(tally.weight[home as usize], mass[home as usize].load(Relaxed) - own);
            let (mut best, mut target) = (stay, home);
            for &c in &tally.listed {
                let gain = value(tally.weight[c as usize], mass[c as usize].load(Relaxed));
                if c != home && gain > best {
                    (best, target) = (gain, c);
                }
            }
            tally.listed.drain(..).for_each(|c| tally.weight[c as usize] = 0);
            if target == home {
                return 0.0;
            }
            labels[v as usize].store(target, Relaxed);
            mass[home as usize].fetch_sub(own, Relaxed);
            mass[target as usize].fetch_add(own, Relaxed);
            for &u in &net.targets[span] {
                if labels[u as usize].load(Relaxed) != target {
                    waiting[u as usize].store(true, Relaxed);
                }
            }
            best - stay
        };
        let gained: Vec<f64> = ids
            .par_chunks(TASK)
            .map_init(Tally::default, |tally, task| task.iter().map(|&v| visit(tally, v)).sum::<f64>())
            .collect();
        if gained.iter().sum::<f64>() * 2.0 < tolerance * total {
            return labels.into_iter().map(AtomicU32::into_inner).collect();
        }
    }
}

fn dense(labels: &[u32]) -> (Vec<u32>, usize) {
    let (mut names, mut count) = (vec![u32::MAX; labels.len()], 0);
    let numbered = labels
        .iter()
        .map(|&label| {
            let name = &mut names[label as usize];
            if *name == u32::MAX {
                *name = count;
                count += 1;
            }
            *name
        })
        .collect();
    (numbered, count as usize)
}

fn aggregate(net: &Net, labels: &[u32], count: usize) -> Net {
    let mut members: Vec<u32> = (0..labels.len() as u32).collect();
    members.par_sort_unstable_by_key(|&v| (labels[v as usize], v));
    let groups: Vec<&[u32]> = members.chunk_by(|&u, &v| labels[u as usize] == labels[v as usize]).collect();
    let rows: Vec<Vec<(u32, u32)>> = groups
        .par_iter()
        .map_init(Tally::default, |tally, group| {
            tally.grow(count);
            for &v in *group {
                let span = net.offsets[v as usize] as usize..net.offsets[v as usize + 1] as usize;
                for (&u, &weight) in net.targets[span.clone()].iter().zip(&net.weights[span]) {
                    tally.add(labels[u as usize], weight);
                }
            }
            let own = labels[group[0] as usize];
            let Tally { weight, listed } = tally;
            listed.drain(..).map(|c| (c, std::mem::take(&mut weight[c as usize]))).filter(|&(c, _)| c != own).collect()
        })
        .collect();
    let mut offsets = vec![0];
    rows.iter().for_each(|row| offsets.push(offsets[offsets.len() - 1] + row.len() as u64));
    Net {
        offsets,
        targets: rows.iter().flatten().map(|&(c, _)| c).collect(),
        weights: rows.iter().flatten().map(|&(_, weight)| weight).collect(),
        strength: groups.iter().map(|group| group.iter().map(|&v| net.strength[v as usize]).sum()).collect(),
    }
}
