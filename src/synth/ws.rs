//! Watts–Strogatz: a ring with short cuts.

use serde::{Deserialize, Serialize};

use super::made::{CHUNK, Figure, Made, Plan};
use super::{Step, check_people, check_share};
use crate::base::seed::{Chance, below};
use crate::base::{Error, Result, Run};
use crate::graph::Graph;

/// Watts–Strogatz small world: neighbours on a ring, some links led elsewhere.
///
/// Each of n accounts is linked to the k/2 next ones on either side. Each link keeps its first end, and with chance
/// `beta` its second end moves to one of the n − 1 other accounts, all alike.
///
/// **Input**: the parameters alone.
/// **Returns**: an undirected network: each link is stored both ways.
/// **Guarantee**: no self-links; a link that moved onto another one merges with it and is counted (a share of about
/// `beta k / n` of the links, where the paper draws again). Clustering is `3 (k − 2) / (4 (k − 1)) (1 − beta)^3` up to
/// 1/n.
/// **Cost**: two words a link; [`WattsStrogatz::memory`]: 32 bytes a link, 28 an account.
/// **Errors**: k odd or not below the number of people, beta that is no share, memory.
/// **Determinism**: the same bytes at any number of threads.
/// **Symbols**: k [`degree`](WattsStrogatz::degree), beta [`rewire`](WattsStrogatz::rewire) (p in the paper).
/// **References**: Watts & Strogatz 1998; Barrat & Weigt 2000 (clustering).
///
/// ```
/// use truereach::{Run, synth::WattsStrogatz};
/// let made = WattsStrogatz { people: 100, degree: 4, rewire: 0.0 }.run(&Run::new(7))?;
/// assert_eq!(made.graph()?.followers(0), [1, 2, 98, 99]);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct WattsStrogatz {
    /// Accounts
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", default_value = "10000", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub people: u64,
    /// Neighbours on the ring, half of them on either side
    #[cfg_attr(feature = "cli", arg(long, value_name = "K", default_value = "10", allow_negative_numbers = true, value_parser = super::parse::whole))]
    pub degree: u64,
    /// Share of links led elsewhere
    #[cfg_attr(feature = "cli", arg(long, value_name = "BETA", default_value = "0.1", allow_negative_numbers = true))]
    pub rewire: f64,
}

impl Default for WattsStrogatz {
    fn default() -> Self {
        WattsStrogatz { people: 10_000, degree: 10, rewire: 0.1 }
    }
}

impl WattsStrogatz {
    /// Refuses parameters out of range.
    pub fn check(&self) -> Result<()> {
        check_people(self.people)?;
        check_share("--rewire", self.rewire)?;
        if self.degree % 2 == 1 {
            return Err(Error::parameter("--degree", format!("must be even, not {}", self.degree))
                .with_hint("half of the neighbours are on either side"));
        }
        if self.people > 1 && self.degree >= self.people {
            let text = format!("must be below the number of people ({}), not {}", self.people, self.degree);
            return Err(Error::parameter("--degree", text));
        }
        Ok(())
    }

    fn links(&self) -> u64 {
        if self.people > 1 { self.people.saturating_mul(self.degree / 2) } else { 0 }
    }

    /// Bytes at the peak: 28 an account, 32 a link.
    pub fn memory(&self) -> u64 {
        Plan::memory(self.people, self.links(), true)
    }

    /// The clustering that theory gives.
    pub fn clustering(&self) -> Option<f64> {
        let (k, kept) = (self.degree as f64, 1.0 - self.rewire);
        (self.degree > 1 && self.people > 1).then(|| 3.0 * (k - 2.0) / (4.0 * (k - 1.0)) * kept * kept * kept)
    }

    /// Draws the network.
    pub fn run(&self, run: &Run) -> Result<Made> {
        self.check()?;
        run.check_memory("Watts–Strogatz", self.memory())?;
        let (people, half, links) = (self.people, self.degree / 2, self.links());
        let moves = Chance::new(self.rewire);
        let key = Step::WsRewired.key(run, 0);
        let plan = Plan { people, chunks: links.div_ceil(CHUNK), expected: links, undirected: true };
        let mut made = plan.run(run, |chunk, out| {
            for link in chunk * CHUNK..links.min((chunk + 1) * CHUNK) {
                let u = link / half;
                let v = match key.coin(2 * link, moves) {
                    true => (u + 1 + below(key.word(2 * link + 1), people - 1)) % people,
                    false => (u + 1 + link % half) % people,
                };
                out.push(u as u32, v as u32);
            }
        })?;
        made.measure_degrees((people > 0).then(|| 2.0 * links as f64 / people as f64), None)?;
        let found = clustering(made.graph()?, self.degree);
        made.figures.push(Figure::new("clustering", self.clustering(), found));
        Ok(made)
    }
}

/// Triangles over pairs of neighbours, at accounts evenly spaced: at most 10,000, fewer where degrees are large.
fn clustering(graph: &Graph, degree: u64) -> f64 {
    let accounts = graph.accounts();
    let looked = (200_000_000 / (degree * degree).max(1)).clamp(1, 10_000).min(accounts as u64) as usize;
    let (mut closed, mut pairs) = (0u64, 0u64);
    for at in 0..looked {
        let u = (at * accounts / looked) as u32;
        let near = graph.followers(u);
        pairs += (near.len() * near.len().saturating_sub(1)) as u64;
        closed += near.iter().map(|&v| common(near, graph.followers(v))).sum::<u64>();
    }
    closed as f64 / pairs as f64
}

/// How many two sorted rows share.
fn common(a: &[u32], b: &[u32]) -> u64 {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        shared += u64::from(a[i] == b[j]);
        let step = a[i].cmp(&b[j]);
        i += usize::from(step.is_le());
        j += usize::from(step.is_ge());
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clustering_follows_the_formula() {
        // 10,000 accounts with 45 pairs of neighbours each: sd of the measured value below 0.002. Wrong by more than
        // 0.012 by chance below once in 1e8.
        for rewire in [0.0, 0.05, 0.3, 1.0] {
            let params = WattsStrogatz { people: 20_000, degree: 10, rewire };
            let made = params.run(&Run::new(4)).unwrap();
            let figure = made.figures.iter().find(|figure| figure.name == "clustering").unwrap();
            assert!((figure.found - figure.asked.unwrap()).abs() < 0.012, "{figure:?}");
            assert!(made.counts.repeats < 200, "{:?}", made.counts);
            assert_eq!(made.counts.self_loops, 0);
        }
    }

    #[test]
    fn as_many_links_move_as_asked() {
        // 50,000 links, 10% of them: sd 67; 5 sd is passed once in 1.7 million.
        let made = WattsStrogatz::default().run(&Run::new(9)).unwrap();
        let graph = made.graph().unwrap();
        let near = |u: u32, v: u32| u.abs_diff(v).min(10_000 - u.abs_diff(v)) <= 5;
        let far: usize = (0..10_000).map(|u| graph.followers(u).iter().filter(|&&v| !near(u, v)).count()).sum();
        assert!((far as f64 / 2.0 - 5000.0).abs() < 345.0, "{far}");
    }

    #[test]
    fn the_smallest_work_and_wrong_degrees_do_not() {
        for (people, degree, edges) in [(0, 10, 0), (1, 10, 0), (2, 0, 0), (3, 2, 6), (5, 4, 20)] {
            let made = WattsStrogatz { people, degree, rewire: 0.0 }.run(&Run::new(1)).unwrap();
            assert_eq!((made.graph().unwrap().accounts() as u64, made.graph().unwrap().edges()), (people, edges));
        }
        for (people, degree, rewire, says) in [(10, 3, 0.1, "even"), (10, 10, 0.1, "below"), (10, 2, -0.1, "--rewire")]
        {
            let error = WattsStrogatz { people, degree, rewire }.run(&Run::new(1)).unwrap_err();
            assert!(error.to_string().contains(says) && error.exit_code() == 2, "{error}");
        }
    }
}
