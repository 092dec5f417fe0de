//! Whether a post dies out or goes on: how many further people one person who reshares brings to reshare.

use super::resolved::Resolved;
use crate::base::large::{self, Large};
use crate::base::{Result, Run, par};

/// Steps of the power method. The growth of people by step is what is asked for, not the last digit of an eigenvalue.
const STEPS: u32 = 16;

/// Entries in the rows of one task.
const WORK: u64 = 1 << 16;

/// How many followers ahead their figures are asked for.
const AHEAD: usize = 16;

impl Resolved<'_> {
    /// How many further resharers, on average, one resharer sets off once the post has spread, repeats counted: the spectral
    /// radius of `r_vu rho_u`, by 16 steps of the power method from equal numbers. At 1 and above ("supercritical") exposures
    /// with repeats are infinite, and a post may run through a large part of the network; below, it dies out.
    ///
    /// **Guarantee**: an estimate, usually within some percent; [`super::TunkRank`] decides exactly, account by account.
    /// **Cost**: 16 passes over the edges; 16 bytes an account. **Determinism**: equal bits at any number of threads.
    pub fn growth(&self, run: &Run) -> Result<f64> {
        let rows = self.graph.follower_rows().flat();
        let accounts = self.graph.accounts();
        run.check_memory("the growth of a cascade", 16 * accounts as u64)?;
        run.phase("how far resharing carries", None);
        let ranges = par::chunks_by_degree(rows.offsets, WORK);
        let mut before: Large<f64> = Large::zeros(accounts);
        before.fill(1.0);
        let mut after: Large<f64> = Large::zeros(accounts);
        let (mut sum, mut growth) = (accounts as f64, 0.0);
        for _ in 0..STEPS {
            let old = &before;
            let parts = par::fill(run, &ranges, &mut after, |range, part| {
                for (v, out) in range.zip(part.iter_mut()) {
                    let row = rows.row(v as u32);
                    *out = row.iter().enumerate().fold(0.0, |sum, (place, &u)| {
                        if let Some(&soon) = row.get(place + AHEAD) {
                            large::ahead(old, soon as usize);
                        }
                        sum + self.r(v as u32, place, u) * self.rho(u) * old[u as usize]
                    });
                }
                part.iter().fold(0.0, |sum, value| sum + value)
            })?;
            let next = parts.into_iter().fold(0.0, |sum, part| sum + part);
            if next == 0.0 {
                return Ok(0.0);
            }
            growth = next / sum;
            // Kept near one: neither end of the range of numbers comes near.
            let scale = accounts as f64 / next;
            after.iter_mut().for_each(|value| *value *= scale);
            sum = accounts as f64;
            std::mem::swap(&mut before, &mut after);
        }
        Ok(growth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cascade::exact::{random_graph, resolved};
    use crate::cascade::tunkrank::TunkRank;
    use crate::graph::build::graph;

    #[test]
    fn regular_graphs_grow_by_their_degree_and_trees_die_out() {
        // Everybody follows the two before and after in a ring: 4 followers each.
        let follows: Vec<_> = (0..50u32).flat_map(|u| [1, 2, 48, 49].map(|by| (u, (u + by) % 50))).collect();
        let ring = graph(50, &follows);
        for (r, rho) in [(0.3, 1.0), (0.1, 0.5), (1.0, 0.25)] {
            let growth = resolved(&ring, &format!("ic:{r}"), Some(rho)).growth(&Run::new(1)).unwrap();
            assert!((growth - 4.0 * r * rho).abs() < 1e-12, "{growth}");
        }
        let tree = graph(31, &(1..31).map(|u| (u, (u - 1) / 2)).collect::<Vec<_>>());
        assert_eq!(resolved(&tree, "ic:0.9", None).growth(&Run::new(1)).unwrap(), 0.0);
        assert_eq!(resolved(&graph(0, &[]), "ic:0.9", None).growth(&Run::new(1)).unwrap(), 0.0);
    }

    /// On random graphs well off the threshold, growth and TunkRank agree on which side they are.
    #[test]
    fn tunkrank_is_infinite_where_resharing_grows() {
        for (r, grows) in [(0.12, false), (0.3, true)] {
            let graph = random_graph(400, 200, 1000);
            let model = resolved(&graph, &format!("ic:{r}"), None);
            let growth = model.growth(&Run::new(1)).unwrap();
            let ranks = TunkRank::default().run_resolved(&model, &Run::new(1)).unwrap();
            assert_eq!(growth >= 1.0, grows, "{growth}");
            assert_eq!(ranks.supercritical > 0, grows);
            let three = Run::new(1).threads(3).unwrap();
            assert_eq!(growth.to_bits(), model.growth(&three).unwrap().to_bits());
        }
    }
}
