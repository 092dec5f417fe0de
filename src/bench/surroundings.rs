//! The stages that look at the surroundings of each account: triangles, distances. Their judges look at some accounts by
//! plain programs of a few lines.

use std::collections::{HashSet, VecDeque};

use super::input::Input;
use super::measure::Watch;
use super::stage::{Accuracy, Made, Stage, Verdict, digest};
use crate::base::{Result, Run};
use crate::graph::Graph;
use crate::rank::{HyperBall, Triangles};

/// Accounts that a judge looks at, evenly spaced over those that have anything to look at.
const JUDGED: usize = 48;

fn judged(graph: &Graph, has: impl Fn(u32) -> bool) -> Vec<u32> {
    let all: Vec<u32> = (0..graph.accounts() as u32).filter(|&v| has(v)).collect();
    all.iter().copied().step_by(all.len().div_ceil(JUDGED).max(1)).collect()
}

/// Triangles of an undirected network.
pub struct TrianglesStage<'a> {
    pub input: &'a Input,
}

impl Stage for TrianglesStage<'_> {
    fn name(&self) -> &'static str {
        "triangles"
    }
    fn about(&self) -> &'static str {
        "triangles of every account"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let found = watch.time(|| Triangles::default().run(graph, run))?;
        let digest = digest(&[&found.between]);
        let judge = Box::new(move |_: &Run| {
            let looked_at = judged(graph, |v| graph.following(v).len() > 1);
            let wrong = looked_at.iter().filter(|&&v| plain_triangles(graph, v) != found.between[v as usize]).count();
            let total = found.between.iter().sum::<u64>();
            let accuracy = Accuracy::exact(format!("{wrong} of {} differ", looked_at.len()))
                .with("differ", wrong)
                .with("triangles", total / 3);
            let mut verdict = Verdict::passed(accuracy);
            verdict.must(wrong == 0, || format!("{wrong} of {} counts differ from plain ones", looked_at.len()));
            verdict.must(total % 3 == 0, || format!("{total} corners are no whole number of triangles"));
            Ok(verdict)
        });
        Ok(Made { digest, work: graph.edges() as f64, judge })
    }
}

/// Pairs of neighbours that are tied.
fn plain_triangles(graph: &Graph, v: u32) -> u64 {
    let around: HashSet<u32> = graph.following(v).iter().copied().collect();
    let tied = |u: &u32| graph.following(*u).iter().filter(|w| around.contains(w)).count() as u64;
    around.iter().map(tied).sum::<u64>() / 2
}

/// Harmonic centrality by HyperBall.
pub struct HarmonicStage<'a> {
    pub input: &'a Input,
}

/// Root mean square error, in relative standard errors of one ball, that passes: 1 at most is expected, and the errors of accounts
/// near each other are correlated.
const MOST_ERRORS: f64 = 2.5;

impl Stage for HarmonicStage<'_> {
    fn name(&self) -> &'static str {
        "harmonic"
    }
    fn about(&self) -> &'static str {
        "harmonic centrality of every account by HyperBall, 256 registers each"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let found = watch.time(|| HyperBall::default().run(graph, run))?;
        let digest = digest(&[&found.harmonic, &found.pairs_within]);
        let judge = Box::new(move |_: &Run| {
            let looked_at = judged(graph, |v| !graph.followers(v).is_empty());
            let off = |&v: &u32| found.harmonic[v as usize] / plain_harmonic(graph, v) - 1.0;
            let squares: f64 = looked_at.iter().map(off).map(|off| off * off).sum();
            let rms = (squares / looked_at.len().max(1) as f64).sqrt();
            let claimed = found.relative_error;
            let text = format!("±{:.1}%, rms {:.1}%", 100.0 * claimed, 100.0 * rms);
            let mut verdict = Verdict::passed(Accuracy::within(text, rms).with("claimed", claimed).with("rms", rms));
            verdict.must(found.complete, || "it ended before nothing changed".into());
            verdict.must(rms <= MOST_ERRORS * claimed, || {
                format!("{:.1}% off where {:.1}% is claimed", 100.0 * rms, 100.0 * claimed)
            });
            Ok(verdict)
        });
        Ok(Made { digest, work: graph.edges() as f64, judge })
    }
}

/// The sum of 1 over the hops to everybody whom news of v reach, by a plain search.
fn plain_harmonic(graph: &Graph, v: u32) -> f64 {
    let mut hops = vec![u32::MAX; graph.accounts()];
    hops[v as usize] = 0;
    let (mut queue, mut sum) = (VecDeque::from([v]), 0.0);
    while let Some(u) = queue.pop_front() {
        for &w in graph.followers(u) {
            if hops[w as usize] == u32::MAX {
                hops[w as usize] = hops[u as usize] + 1;
                sum += 1.0 / f64::from(hops[w as usize]);
                queue.push_back(w);
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn the_judges_know_right_from_wrong() {
        // A triangle with 3 tied to one corner, ties both ways.
        let ties = [(0, 1), (1, 2), (2, 0), (3, 0)];
        let both: Vec<(u32, u32)> = ties.iter().flat_map(|&(u, v)| [(u, v), (v, u)]).collect();
        let graph = build::graph(4, &both);
        assert_eq!([0, 1, 2, 3].map(|v| plain_triangles(&graph, v)), [1, 1, 1, 0]);
        // 1 follows 0, 2 follows 1.
        let graph = build::graph(3, &[(1, 0), (2, 1)]);
        assert_eq!([0, 1, 2].map(|v| plain_harmonic(&graph, v)), [1.5, 1.0, 0.0]);
        assert_eq!(judged(&graph, |v| v > 0), [1, 2]);
    }
}
