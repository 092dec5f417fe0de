//! Where trust can get to, and how much of it does.

use bytemuck::Pod;

use super::chunks;
use crate::base::large::{Large, ahead};
use crate::base::{Result, Run, par};
use crate::graph::{Flat, Graph, Rows};

/// Pairs that follow each other, as rows: of each account whom it follows and is followed by.
pub fn mutual(graph: &Graph, run: &Run) -> Result<Rows> {
    run.phase("mutual ties", Some(graph.accounts() as u64));
    let ranges = chunks(&graph.following_rows().offsets);
    let parts = par::map(run, &ranges, |range| {
        let (mut ends, mut targets) = (Vec::with_capacity(range.len()), Vec::new());
        for v in range {
            common(graph.following(v as u32), graph.followers(v as u32), &mut targets);
            ends.push(targets.len() as u64);
        }
        Ok((ends, targets))
    })?;
    let mut offsets = Vec::with_capacity(graph.accounts() + 1);
    let mut targets = Vec::with_capacity(parts.iter().map(|part| part.1.len()).sum());
    offsets.push(0);
    for (ends, part) in parts {
        let before = targets.len() as u64;
        offsets.extend(ends.into_iter().map(|end| before + end));
        targets.extend(part);
    }
    Ok(Rows { offsets: offsets.into(), targets: targets.into(), weights: None })
}

/// Adds what is in both sorted lists. The longer is searched where it is much longer: a celebrity's followers.
fn common(a: &[u32], b: &[u32], out: &mut Vec<u32>) {
    let (short, mut long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() * 16 < long.len() {
        out.extend(short.iter().copied().filter(|one| long.binary_search(one).is_ok()));
        return;
    }
    for &one in short {
        let skip = long.iter().take_while(|other| **other < one).count();
        long = &long[skip..];
        if long.first() == Some(&one) {
            out.push(one);
        }
    }
}

/// Ties that trust flows along, from both ends.
pub struct Ways<'a> {
    /// Of each account from whom it may get trust.
    pub from: Flat<'a>,
    /// Of each account to whom it passes it on.
    pub to: Flat<'a>,
}

impl Ways<'_> {
    fn accounts(&self) -> usize {
        self.from.offsets.len().saturating_sub(1)
    }

    /// So many steps from as many lists, side by side; each begins with 1 in all. An account without ways to pass on keeps
    /// what it has, so that the total stays.
    pub fn walk<const LISTS: usize>(&self, lists: [&[u32]; LISTS], steps: u32, run: &Run) -> Result<Vec<[f64; LISTS]>>
    where
        [f64; LISTS]: Pod,
    {
        let accounts = self.accounts();
        run.phase("trust", Some(u64::from(steps) * accounts as u64));
        let ranges = chunks(self.from.offsets);
        let ways_on = |v: usize| self.to.range(v as u32).len().max(1) as f64;
        // What is held of an account is what each of its ways gets.
        let [mut held, mut next] = [(); 2].map(|()| Large::<[f64; LISTS]>::zeros(accounts));
        for (list, at) in lists.iter().zip(0..) {
            list.iter().for_each(|&v| held[v as usize][at] = 1.0 / list.len() as f64 / ways_on(v as usize));
        }
        for _ in 0..steps {
            let before: &[[f64; LISTS]] = &held;
            par::fill(run, &ranges, &mut next, |range, part| {
                for (v, next) in range.zip(part) {
                    let mut sum = [0.0; LISTS];
                    if self.to.range(v as u32).is_empty() {
                        sum = before[v];
                    }
                    let row = self.from.range(v as u32);
                    // In the order of ids: accounts that hold nothing leave the bits as they are.
                    for at in row {
                        if let Some(&soon) = self.from.targets.get(at + AHEAD) {
                            ahead(before, soon as usize);
                        }
                        let passed = &before[self.from.targets[at] as usize];
                        (0..LISTS).for_each(|list| sum[list] += passed[list]);
                    }
                    let ways = ways_on(v);
                    *next = sum.map(|sum| sum / ways);
                }
            })?;
            std::mem::swap(&mut held, &mut next);
        }
        Ok(held.iter().enumerate().map(|(v, held)| held.map(|held| held * ways_on(v))).collect())
    }

    /// Of each account how many ties it has from accounts reached.
    pub fn ties_from(&self, reached: &Reached, run: &Run) -> Result<Vec<u64>> {
        let mut counts = vec![0u64; self.accounts()];
        par::fill(run, &chunks(self.from.offsets), &mut counts, |range, part| {
            for (v, count) in range.zip(part) {
                *count = self.from.row(v as u32).iter().map(|&u| u64::from(reached.is(u))).sum::<u64>();
            }
        })?;
        Ok(counts)
    }
}

/// Ties ahead of which memory is asked for.
const AHEAD: usize = 24;

/// Whom trust can reach in any number of steps.
pub struct Reached(Large<u8>);

impl Reached {
    /// Whom the ways from `sources` lead to, sources included.
    pub fn from(ways: &Ways, sources: &[u32], run: &Run) -> Result<Reached> {
        let mut found = Reached(Large::zeros(ways.accounts()));
        found.add(ways, sources, run)?;
        Ok(found)
    }

    /// And whom the ways from more sources lead to.
    pub fn add(&mut self, ways: &Ways, sources: &[u32], run: &Run) -> Result<()> {
        let marks: &mut [u8] = &mut self.0;
        let is_new = |mark: &mut u8| std::mem::replace(mark, 1) == 0;
        let mut queue: Vec<u32> = sources.iter().copied().filter(|&v| is_new(&mut marks[v as usize])).collect();
        let mut since = 0;
        while let Some(u) = queue.pop() {
            let row = ways.to.row(u);
            for (at, &v) in row.iter().enumerate() {
                if let Some(&soon) = row.get(at + AHEAD) {
                    ahead(marks, soon as usize);
                }
                if is_new(&mut marks[v as usize]) {
                    queue.push(v);
                }
            }
            since += row.len();
            if since > par::CHUNK {
                since = 0;
                run.step(0)?;
            }
        }
        Ok(())
    }

    /// Whether a source reaches the account, or it is one.
    #[inline]
    pub fn is(&self, v: u32) -> bool {
        self.0[v as usize] != 0
    }

    /// How many accounts are reached.
    pub fn count(&self) -> u64 {
        self.0.iter().filter(|mark| **mark != 0).count() as u64
    }
}
