//! Random walks over follows, either way, from many sources at once: how often a walk is at each account after each step.

use std::ops::Range;

use crate::base::large::{Large, ahead};
use crate::base::{Result, Run, par};
use crate::graph::{Flat, Graph};

/// Sources that are walked from at once: as many 32-bit numbers as a cache line holds.
pub const LANES: usize = 16;

/// A number for each source.
pub type Lanes = [f32; LANES];

/// What is walked from: accounts with weights, and how much each starts with.
pub type Source = Vec<(u32, f32)>;

/// What a weight of 1 is at the start: 2^60, so that an account at the end of a long way through accounts of many
/// follows still weighs more than the smallest number of 32 bits.
pub const START: f32 = (1u64 << 60) as f32;

/// Terms that are added in 32 bits before they are added in 64.
const BLOCK: usize = 64;
/// How many accounts ahead memory is asked for.
const AHEAD: usize = 12;

/// A graph made ready to walk on. From an account a walk goes to each of its followers and to each whom it follows with
/// the same chance; to whom both holds, with twice that.
pub struct Walks<'a> {
    sides: Vec<Flat<'a>>,
    /// 1 over the ties of each account; 0 where there are none.
    inverse: Vec<f32>,
    chunks: Vec<Range<usize>>,
}

impl<'a> Walks<'a> {
    /// Makes ready.
    pub fn new(graph: &'a Graph) -> Self {
        // Where everybody follows back, either side says all.
        let sides = match graph.is_symmetric() {
            true => vec![graph.follower_rows().flat()],
            false => vec![graph.follower_rows().flat(), graph.following_rows().flat()],
        };
        let ties = |v: u32| sides.iter().map(|side| side.range(v).len()).sum::<usize>();
        let inverse = (0..graph.accounts() as u32).map(|v| match ties(v) {
            0 => 0.0,
            ties => 1.0 / ties as f32,
        });
        let inverse = inverse.collect();
        let mut ends = vec![0u64; graph.accounts() + 1];
        (0..graph.accounts()).for_each(|v| ends[v + 1] = ends[v] + ties(v as u32) as u64);
        let chunks = par::chunks_by_degree(&ends, 1 << 15);
        Walks { sides, inverse, chunks }
    }

    /// Bytes besides the graph: 140 an account.
    pub fn memory(accounts: u64) -> u64 {
        accounts * (4 + 8 + 2 * size_of::<Lanes>() as u64)
    }

    /// Steps that a whole run takes, for progress.
    pub fn work(&self, sources: usize, steps: u32) -> u64 {
        (sources.div_ceil(LANES) * steps as usize * self.inverse.len()) as u64
    }

    /// How many accounts walks from `v` go to, those of both sides twice.
    pub fn ties(&self, v: u32) -> f32 {
        self.sides.iter().map(|side| side.range(v).len()).sum::<usize>() as f32
    }

    /// Walks from at most [`LANES`] sources. After each step, the first of which is 0,
    /// `visit(step, passed)` sees what each account passes on to each of its ties: what it holds is that times
    /// [`Walks::ties`]. An account without ties holds nothing.
    ///
    /// **Determinism**: the same bits at any number of threads: each sum runs in the order of accounts, followers first.
    pub fn run(
        &self,
        sources: &[Source],
        steps: u32,
        run: &Run,
        mut visit: impl FnMut(u32, &[Lanes]) -> Result<()>,
    ) -> Result<()> {
        let accounts = self.inverse.len();
        let [mut passed, mut next] = [(); 2].map(|()| Large::<Lanes>::zeros(accounts));
        for (lane, source) in sources.iter().enumerate() {
            for &(account, weight) in source {
                passed[account as usize][lane] += START * weight * self.inverse[account as usize];
            }
        }
        visit(0, &passed)?;
        for step in 1..=steps {
            let now: &[Lanes] = &passed;
            par::fill(run, &self.chunks, &mut next, |range, part| {
                for (v, next) in range.zip(part) {
                    let held = self.held(v as u32, now);
                    *next = held.map(|held| held as f32 * self.inverse[v]);
                }
            })?;
            std::mem::swap(&mut passed, &mut next);
            visit(step, &passed)?;
        }
        Ok(())
    }

    /// What v gets of its ties.
    #[inline]
    fn held(&self, v: u32, passed: &[Lanes]) -> [f64; LANES] {
        let mut sum = [0.0f64; LANES];
        for side in &self.sides {
            let row = side.range(v);
            for block in (row.start..row.end).step_by(BLOCK).map(|start| start..(start + BLOCK).min(row.end)) {
                let mut few: Lanes = [0.0; LANES];
                for at in block {
                    // Rows follow one another in memory: what is read next is known before.
                    if let Some(&soon) = side.targets.get(at + AHEAD) {
                        ahead(passed, soon as usize);
                    }
                    let passed = &passed[side.targets[at] as usize];
                    few.iter_mut().zip(passed).for_each(|(few, passed)| *few += passed);
                }
                sum.iter_mut().zip(few).for_each(|(sum, few)| *sum += f64::from(few));
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Key, Stream, below};
    use crate::graph::build;

    fn follows(seed: u64, count: u64, followers: u64, followed: u64) -> Vec<(u32, u32)> {
        let word = |at: u64| Key::new(seed, Stream::Sample, 0).word(at);
        (0..count).map(|at| (below(word(2 * at), followers) as u32, below(word(2 * at + 1), followed) as u32)).collect()
    }

    #[test]
    fn walks_are_where_a_dense_matrix_says() {
        let accounts = 60u32;
        let graph = build::graph(accounts as usize, &follows(3, 300, 58, 50));
        let sources = [vec![(0, 0.25), (1, 0.75)], vec![(7, 1.0)], vec![]];
        let mut step_matrix = vec![vec![0.0; accounts as usize]; accounts as usize];
        for v in 0..accounts {
            let ties: Vec<u32> = graph.followers(v).iter().chain(graph.following(v)).copied().collect();
            ties.iter().for_each(|&u| step_matrix[u as usize][v as usize] += 1.0 / ties.len() as f64);
        }
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            let walks = Walks::new(&graph);
            let mut slow = vec![vec![0.0; accounts as usize]; sources.len()];
            for (source, slow) in sources.iter().zip(&mut slow) {
                source.iter().for_each(|&(v, weight): &(u32, f32)| slow[v as usize] = f64::from(weight));
            }
            walks
                .run(&sources, 5, &run, |step, passed| {
                    for (lane, slow) in slow.iter_mut().enumerate() {
                        if step > 0 {
                            *slow = step_matrix
                                .iter()
                                .map(|row| row.iter().zip(&*slow).map(|(chance, held)| chance * held).sum())
                                .collect();
                        }
                        for v in 0..accounts {
                            let held = f64::from(passed[v as usize][lane] * walks.ties(v) / START);
                            let lost = walks.ties(v) == 0.0;
                            assert!(lost || (held - slow[v as usize]).abs() < 1e-6, "{step} {lane} {v}");
                        }
                    }
                    Ok(())
                })
                .unwrap();
        }
    }

    #[test]
    fn the_same_bits_at_any_number_of_threads() {
        let graph = build::graph(3000, &follows(4, 40_000, 3000, 300));
        let bits = |threads: usize| {
            let mut bits = Vec::new();
            let run = Run::new(1).threads(threads).unwrap();
            let walks = Walks::new(&graph);
            walks
                .run(&[vec![(5, 1.0)], vec![(9, 0.5), (10, 0.5)]], 6, &run, |_, passed| {
                    bits.extend(passed.iter().flatten().map(|value| value.to_bits()));
                    Ok(())
                })
                .unwrap();
            bits
        };
        let one = bits(1);
        [2, 3, 8].into_iter().for_each(|threads| assert!(bits(threads) == one, "{threads} threads"));
    }
}
