//! The stages on the graph alone: PageRank, components, core numbers, communities, labels. Their judges are plain
//! programs of a few lines on one thread.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::input::Input;
use super::measure::Watch;
use super::stage::{Accuracy, Made, Stage, Verdict, digest};
use crate::base::stats::ExactSum;
use crate::base::{Result, Run};
use crate::community::{Communities, LabelPropagation, Leiden, Louvain, compare};
use crate::graph::Graph;
use crate::rank::{Components, Dangling, KCore, PageRank, Ranking};

/// PageRank.
pub struct PageRankStage<'a> {
    pub input: &'a Input,
    pub params: PageRank,
}

impl Stage for PageRankStage<'_> {
    fn name(&self) -> &'static str {
        "pagerank"
    }
    fn about(&self) -> &'static str {
        "PageRank until the error is proven to be within its tolerance; an edge counts once an iteration"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let ranking = watch.time(|| self.params.run(graph, run))?;
        let work = graph.edges() as f64 * f64::from(ranking.iterations);
        let digest = digest(&[&ranking.scores]);
        let judge = Box::new(move |_: &Run| Ok(judge_pagerank(&self.params, graph, &ranking, None)));
        Ok(Made { digest, work, judge })
    }
}

fn judge_pagerank(params: &PageRank, graph: &Graph, ranking: &Ranking, source: Option<u32>) -> Verdict {
    let total = ranking.total();
    let residual = plain_residual(params, graph, &ranking.scores, source);
    let error = (residual / (1.0 - params.damping)).max(ranking.error_bound);
    let accuracy = Accuracy::within(format!("error ≤ {error:.1e}"), error)
        .with("residual", residual)
        .with("error_bound", ranking.error_bound)
        .with("iterations", ranking.iterations)
        .with("sum", total);
    let mut verdict = Verdict::passed(accuracy);
    verdict.must(ranking.converged, || format!("not converged after {} iterations", ranking.iterations));
    // What the bound says rounding moves an iteration by: at most what 32 bits lose, and next to nothing in 64.
    let rounding = (1.0 - params.damping) * ranking.error_bound - params.damping * ranking.change;
    verdict.must((0.0..=MOST_ROUNDING).contains(&rounding), || format!("its bound allows {rounding:.1e} for rounding"));
    let lost = (rounding / (1.0 - params.damping)).max(1e-9);
    let sums = params.dangling == Dangling::Drop || graph.accounts() == 0 || (total - 1.0).abs() <= lost;
    verdict.must(sums, || format!("the scores sum to {total}, not to 1"));
    // One more pass changes the scores by at most the damping times the last change and what rounding moved, which is
    // what the bound was made of; the rest is the rounding of the pass here.
    let most = ranking.error_bound * (1.0 - params.damping) + 1e-11;
    verdict.must(residual <= most, || format!("a plain pass changes the scores by {residual:.1e}, over {most:.1e}"));
    verdict
}

/// Two units in the last place of 32 bits.
const MOST_ROUNDING: f64 = 1.0 / (1 << 22) as f64;

/// How much one plain pass, by follower instead of by followed and on one thread, changes the scores (L1). Restarts
/// go to `source`, or everywhere.
fn plain_residual(params: &PageRank, graph: &Graph, scores: &[f64], source: Option<u32>) -> f64 {
    let damping = params.damping;
    let mut next = vec![0.0; scores.len()];
    let mut stuck = ExactSum::default();
    for (u, &score) in scores.iter().enumerate() {
        let row = graph.following(u as u32);
        let weight = |at: usize| graph.following_weights(u as u32).map_or(1.0, |weights| weights[at]);
        let total: f64 = (0..row.len()).map(weight).sum();
        match (total > 0.0, params.dangling) {
            (true, _) => row.iter().enumerate().for_each(|(at, &v)| {
                next[v as usize] += damping * score * weight(at) / total;
            }),
            (false, Dangling::SelfLoop) => next[u] += damping * score,
            (false, Dangling::Drop) => {}
            (false, _) => stuck.add(score),
        }
    }
    let even = |share: f64| share / scores.len() as f64;
    let (stuck, restart) = (damping * stuck.value(), 1.0 - damping);
    let to_source = if params.dangling == Dangling::Uniform { restart } else { restart + stuck };
    let everywhere = match source {
        None => even(stuck + restart),
        Some(_) if params.dangling == Dangling::Uniform => even(stuck),
        Some(_) => 0.0,
    };
    if let Some(source) = source {
        next[source as usize] += to_source;
    }
    next.iter().zip(scores).map(|(next, score)| (next + everywhere - score).abs()).collect::<ExactSum>().value()
}

/// PageRank from many sources.
pub struct PersonalStage<'a> {
    pub input: &'a Input,
    pub params: PageRank,
    pub sources: usize,
}

/// Sources whose scores are looked at in full.
const JUDGED: usize = 2;

impl PersonalStage<'_> {
    /// The most followed accounts.
    fn sources(&self) -> Result<Vec<Vec<u32>>> {
        let graph = self.input.graph()?;
        let mut accounts: Vec<u32> = (0..graph.accounts() as u32).collect();
        accounts.sort_by_key(|&v| (Reverse(graph.followers(v).len()), v));
        Ok(accounts.into_iter().take(self.sources).map(|account| vec![account]).collect())
    }
}

impl Stage for PersonalStage<'_> {
    fn name(&self) -> &'static str {
        "personal"
    }
    fn about(&self) -> &'static str {
        "PageRank from each of the most followed accounts; an edge counts once a source and iteration"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let (graph, sources) = (self.input.graph()?, self.sources()?);
        let kept = |ranking: Ranking| (digest(&[&ranking.scores]), ranking.iterations, ranking.error_bound);
        let found = watch.time(|| self.params.run_each(graph, &sources, run, kept))?;
        let work = graph.edges() as f64 * found.iter().map(|one| f64::from(one.1)).sum::<f64>();
        let digests: Vec<u64> = found.iter().map(|one| one.0).collect();
        let judge = Box::new(move |run: &Run| {
            let error = found.iter().map(|one| one.2).fold(0.0, f64::max);
            let accuracy = Accuracy::within(format!("error ≤ {error:.1e}"), error)
                .with("error_bound", error)
                .with("sources", found.len());
            let mut verdict = Verdict::passed(accuracy);
            // The same in other company, and by a plain pass.
            let judged = &sources[..JUDGED.min(sources.len())];
            let again = self.params.run_each(graph, judged, run, |ranking| ranking)?;
            for ((ranking, source), one) in again.iter().zip(judged).zip(&found) {
                let same = digest(&[&ranking.scores]) == one.0;
                verdict.must(same, || format!("scores from {} depend on the other sources", source[0]));
                let plain = judge_pagerank(&self.params, graph, ranking, Some(source[0]));
                verdict.must(plain.failure.is_none(), || plain.failure.unwrap_or_default());
            }
            Ok(verdict)
        });
        Ok(Made { digest: digest(&[&digests]), work, judge })
    }
}

/// Weak components.
pub struct ComponentsStage<'a> {
    pub input: &'a Input,
}

impl Stage for ComponentsStage<'_> {
    fn name(&self) -> &'static str {
        "components"
    }
    fn about(&self) -> &'static str {
        "weak components"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let found = watch.time(|| Components::default().run(graph, run))?;
        let digest = digest(&[&found.labels]);
        let judge = Box::new(move |_: &Run| {
            let plain = plain_components(graph);
            let differ = plain.iter().zip(&found.labels).filter(|(a, b)| a != b).count();
            let accuracy = Accuracy::exact(format!("{differ} labels differ"))
                .with("differ", differ)
                .with("components", found.count());
            let mut verdict = Verdict::passed(accuracy);
            verdict.must(differ == 0, || format!("{differ} labels differ from those of a plain search"));
            Ok(verdict)
        });
        Ok(Made { digest, work: graph.edges() as f64, judge })
    }
}

/// The smallest account that each account hangs together with, by a search from each in turn.
fn plain_components(graph: &Graph) -> Vec<u32> {
    let mut labels = vec![u32::MAX; graph.accounts()];
    let mut stack = Vec::new();
    for start in 0..graph.accounts() as u32 {
        if labels[start as usize] != u32::MAX {
            continue;
        }
        labels[start as usize] = start;
        stack.push(start);
        while let Some(u) = stack.pop() {
            for &v in graph.following(u).iter().chain(graph.followers(u)) {
                if labels[v as usize] == u32::MAX {
                    labels[v as usize] = start;
                    stack.push(v);
                }
            }
        }
    }
    labels
}

/// Core numbers.
pub struct CoreStage<'a> {
    pub input: &'a Input,
}

impl Stage for CoreStage<'_> {
    fn name(&self) -> &'static str {
        "core"
    }
    fn about(&self) -> &'static str {
        "core numbers of the undirected network"
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let found = watch.time(|| KCore::default().run(graph, run))?;
        let digest = digest(&[&found.cores]);
        let judge = Box::new(move |_: &Run| {
            let plain = plain_cores(graph);
            let differ = plain.iter().zip(&found.cores).filter(|(a, b)| a != b).count();
            let accuracy = Accuracy::exact(format!("{differ} cores differ"))
                .with("differ", differ)
                .with("largest", found.largest());
            let mut verdict = Verdict::passed(accuracy);
            verdict.must(differ == 0, || format!("{differ} core numbers differ from those of plain peeling"));
            Ok(verdict)
        });
        Ok(Made { digest, work: graph.edges() as f64, judge })
    }
}

/// Core numbers by a heap: whoever has fewest neighbours left goes next.
fn plain_cores(graph: &Graph) -> Vec<u32> {
    let neighbours: Vec<Vec<u32>> = (0..graph.accounts() as u32)
        .map(|v| {
            let mut row = [graph.following(v), graph.followers(v)].concat();
            row.sort_unstable();
            row.dedup();
            row
        })
        .collect();
    let mut left: Vec<usize> = neighbours.iter().map(Vec::len).collect();
    let mut heap: BinaryHeap<Reverse<(usize, u32)>> =
        left.iter().enumerate().map(|(v, &left)| Reverse((left, v as u32))).collect();
    let mut cores = vec![u32::MAX; graph.accounts()];
    let mut core = 0;
    while let Some(Reverse((degree, v))) = heap.pop() {
        if cores[v as usize] != u32::MAX || degree != left[v as usize] {
            continue;
        }
        core = core.max(degree);
        cores[v as usize] = core as u32;
        for &u in &neighbours[v as usize] {
            if cores[u as usize] == u32::MAX {
                left[u as usize] -= 1;
                heap.push(Reverse((left[u as usize], u)));
            }
        }
    }
    cores
}

/// Finds communities of a graph.
pub type Find = Box<dyn Fn(&Graph, &Run) -> Result<Communities> + Sync>;

/// Communities, however they are found.
pub struct CommunitiesStage<'a> {
    pub name: &'static str,
    pub about: &'static str,
    pub input: &'a Input,
    pub find: Find,
}

impl<'a> CommunitiesStage<'a> {
    pub fn leiden(name: &'static str, input: &'a Input, params: Leiden) -> Self {
        let about = "communities by Leiden, with the number of iterations given; an edge counts once an iteration";
        CommunitiesStage { name, about, input, find: Box::new(move |graph, run| params.run(graph, run)) }
    }

    pub fn louvain(input: &'a Input, params: Louvain) -> Self {
        let about = "communities by Louvain, with the number of iterations given; an edge counts once an iteration";
        CommunitiesStage { name: "louvain", about, input, find: Box::new(move |graph, run| params.run(graph, run)) }
    }

    pub fn labels(input: &'a Input, params: LabelPropagation) -> Self {
        let about = "communities by label propagation, at most the rounds given; an edge counts once a round";
        CommunitiesStage { name: "labels", about, input, find: Box::new(move |graph, run| params.run(graph, run)) }
    }
}

impl Stage for CommunitiesStage<'_> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn about(&self) -> &'static str {
        self.about
    }
    fn unit(&self) -> &'static str {
        "edges"
    }
    fn run<'a>(&'a self, run: &Run, watch: &mut Watch) -> Result<Made<'a>> {
        let graph = self.input.graph()?;
        let found = watch.time(|| (self.find)(graph, run))?;
        Ok(communities(self.input, graph, found))
    }
}

fn communities<'a>(input: &'a Input, graph: &'a Graph, found: Communities) -> Made<'a> {
    let work = graph.edges() as f64 * f64::from(found.iterations);
    let digest = digest(&[&found.labels]);
    let judge = Box::new(move |_: &Run| {
        let plain = plain_modularity(graph, &found.labels);
        let text = format!("Q {plain:.4}");
        let mut accuracy = match &input.known.communities {
            None => Accuracy::unknown(text),
            Some(planted) => {
                let alike = compare(&found.labels, planted)?;
                Accuracy::within(format!("AMI {:.3}, {text}", alike.ami), 1.0 - alike.ami)
                    .with("ami", alike.ami)
                    .with("nmi", alike.nmi)
                    .with("ari", alike.ari)
            }
        };
        accuracy = accuracy.with("modularity", plain).with("communities", found.count);
        let ami = accuracy.error.map(|error| 1.0 - error);
        let mut verdict = Verdict::passed(accuracy);
        verdict.must(found.connected(graph), || "a community is not connected".into());
        verdict.must((plain - found.quality).abs() <= 1e-9, || {
            format!("the modularity is {plain}, not {} as returned", found.quality)
        });
        if let (Some(ami), Some(least)) = (ami, input.known.least_ami) {
            verdict.must(ami >= least, || format!("AMI with what was planted is {ami:.3}, below {least}"));
        }
        Ok(verdict)
    });
    Made { digest, work, judge }
}

/// Modularity by its definition: directed; on a symmetric graph this is the undirected one.
fn plain_modularity(graph: &Graph, labels: &[u32]) -> f64 {
    let count = labels.iter().max().map_or(0, |most| *most as usize + 1);
    let (mut inside, mut out, mut into) = (0.0, vec![0.0; count], vec![0.0; count]);
    for u in 0..graph.accounts() as u32 {
        for (at, &v) in graph.following(u).iter().enumerate() {
            let weight = graph.following_weights(u).map_or(1.0, |weights| weights[at]);
            let (of_u, of_v) = (labels[u as usize] as usize, labels[v as usize] as usize);
            out[of_u] += weight;
            into[of_v] += weight;
            inside += if of_u == of_v { weight } else { 0.0 };
        }
    }
    let total: f64 = out.iter().sum();
    let expected: f64 = out.iter().zip(&into).map(|(out, into)| out / total * (into / total)).sum();
    if total > 0.0 { inside / total - expected } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn the_judges_know_right_from_wrong() {
        // Two triangles and a bridge; 6 hangs on 0, 7 and 8 apart.
        let follows = [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (2, 3), (6, 0), (7, 8)];
        let graph = build::graph(9, &follows);
        assert_eq!(plain_components(&graph), [0, 0, 0, 0, 0, 0, 0, 7, 7]);
        assert_eq!(plain_cores(&graph), [2, 2, 2, 2, 2, 2, 1, 1, 1]);
        let two = build::graph(6, &follows[..7]);
        assert!((plain_modularity(&two, &[0, 0, 0, 1, 1, 1]) - 18.0 / 49.0).abs() < 1e-12);

        let params = PageRank::default();
        let mut ranking = params.run(&graph, &Run::default()).unwrap();
        assert_eq!(judge_pagerank(&params, &graph, &ranking, None).failure, None);
        (ranking.scores[0], ranking.scores[1]) = (ranking.scores[1], ranking.scores[0]);
        let failure = judge_pagerank(&params, &graph, &ranking, None).failure.unwrap();
        assert!(failure.contains("a plain pass"), "{failure}");
        ranking.scores[0] += 1e-3;
        let failure = judge_pagerank(&params, &graph, &ranking, None).failure.unwrap();
        assert!(failure.contains("sum to 1.001"), "{failure}");
    }
}
