//! The ties among the accounts of two sides, and who is best known on each.

use crate::base::{Result, Run, par};
use crate::graph::{Graph, ties};

/// The accounts of both sides, numbered anew in their order, and the ties among them.
#[derive(Debug, Clone)]
pub(super) struct Sides {
    /// Which account each is.
    pub account: Vec<u32>,
    /// 1 or 2.
    pub side: Vec<u8>,
    pub offsets: Vec<u64>,
    pub neighbours: Vec<u32>,
}

impl Sides {
    /// Of a side for each account, 0 for neither.
    pub fn new(graph: &Graph, sides: &[u8], run: &Run) -> Result<Sides> {
        const OUT: u32 = u32::MAX;
        let account: Vec<u32> = (0..sides.len() as u32).filter(|&v| sides[v as usize] > 0).collect();
        let mut place = vec![OUT; sides.len()];
        account.iter().enumerate().for_each(|(at, &v)| place[v as usize] = at as u32);
        run.phase("ties of both sides", Some(account.len() as u64));
        let parts = par::map(run, &par::chunks(account.len(), 4096), |range| {
            let (mut degrees, mut neighbours) = (Vec::with_capacity(range.len()), Vec::new());
            for &v in &account[range] {
                let before = neighbours.len();
                let tied = ties::union(graph, v).map(|tie| place[tie.0 as usize]);
                neighbours.extend(tied.filter(|&u| u != OUT && u != place[v as usize]));
                degrees.push((neighbours.len() - before) as u64);
            }
            Ok((degrees, neighbours))
        })?;
        let (mut offsets, mut neighbours) = (vec![0], Vec::new());
        for (degrees, part) in parts {
            let mut at = neighbours.len() as u64;
            offsets.extend(degrees.into_iter().map(|degree| {
                at += degree;
                at
            }));
            neighbours.extend(part);
        }
        let side = account.iter().map(|&v| sides[v as usize]).collect();
        Ok(Sides { account, side, offsets, neighbours })
    }

    pub fn degree(&self, v: usize) -> u64 {
        self.offsets[v + 1] - self.offsets[v]
    }

    pub fn row(&self, v: usize) -> &[u32] {
        &self.neighbours[self.offsets[v] as usize..self.offsets[v + 1] as usize]
    }

    /// Accounts of each side.
    pub fn accounts(&self) -> [u64; 2] {
        [1, 2].map(|side| self.side.iter().filter(|&&other| other == side).count() as u64)
    }

    /// Ties, each once.
    pub fn ties(&self) -> u64 {
        self.neighbours.len() as u64 / 2
    }

    /// Ties between the sides.
    pub fn between(&self) -> u64 {
        let crossing = |v: usize| self.row(v).iter().filter(|&&u| self.side[u as usize] != self.side[v]).count() as u64;
        (0..self.side.len()).filter(|&v| self.side[v] == 1).map(crossing).sum()
    }

    /// The accounts of each side with most neighbours, most first, of equals those with smaller numbers.
    pub fn hubs(&self, count: usize) -> [Vec<u32>; 2] {
        [1, 2].map(|side| {
            let mut members: Vec<u32> =
                (0..self.side.len() as u32).filter(|&v| self.side[v as usize] == side).collect();
            members.sort_by_key(|&v| (std::cmp::Reverse(self.degree(v as usize)), v));
            members.truncate(count);
            members
        })
    }

    /// Who is a hub.
    pub fn marked(&self, hubs: &[Vec<u32>; 2]) -> Vec<bool> {
        let mut marked = vec![false; self.side.len()];
        hubs.iter().flatten().for_each(|&v| marked[v as usize] = true);
        marked
    }

    /// From whom a walk ends: those who are no hubs and have a way to one.
    pub fn open(&self, hubs: &[Vec<u32>; 2], run: &Run) -> Result<Vec<bool>> {
        let is_hub = self.marked(hubs);
        let mut open = vec![false; self.side.len()];
        let mut next: Vec<u32> = hubs.concat();
        while let Some(v) = next.pop() {
            for &u in self.row(v as usize) {
                if !open[u as usize] && !is_hub[u as usize] {
                    open[u as usize] = true;
                    next.push(u);
                }
            }
        }
        run.step(0)?;
        Ok(open)
    }
}
