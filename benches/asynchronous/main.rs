//! What determinism costs: Louvain here, the same bits at any number of threads, beside one whose threads move
//! accounts at once. In turn, five times; medians.
//!
//! `cargo bench --bench asynchronous -- FILE.trg…`; without files a planted and a skewed network are made.

mod louvain;

use std::time::Instant;

use truereach::Run;
use truereach::community::{Effort, Louvain, Objective};
use truereach::graph::Graph;
use truereach::synth::{Lfr, Rmat};

const RUNS: usize = 5;

/// The tolerance of fast effort.
const TOLERANCE: f64 = 1e-2;

fn main() {
    let run = Run::default();
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let mut graphs: Vec<(String, Graph)> = files
        .iter()
        .map(|file| (file.clone(), truereach::open(file).unwrap().follow_graph().unwrap().unweighted()))
        .collect();
    if graphs.is_empty() {
        let made = [("LFR", Lfr::default().run(&run)), ("R-MAT", Rmat::default().run(&run))];
        graphs.extend(
            made.map(|(name, made)| (name.to_owned(), made.unwrap().network.follow_graph().unwrap().unweighted())),
        );
    }
    println!("network\tvariant\tseconds\tmodularity, least\tmodularity, most");
    for (name, graph) in graphs {
        let graph = undirected(graph);
        let ours = Louvain { iterations: 1, effort: Effort::Fast, ..Default::default() };
        let mut rows = [("deterministic", vec![]), ("asynchronous", vec![])];
        for _ in 0..RUNS {
            let begin = Instant::now();
            let found = ours.run(&graph, &run).unwrap();
            rows[0].1.push((begin.elapsed().as_secs_f64(), found.quality));
            let begin = Instant::now();
            let labels = louvain::louvain(&graph, TOLERANCE);
            let seconds = begin.elapsed().as_secs_f64();
            rows[1].1.push((seconds, Objective::default().of(&graph, &labels, &run).unwrap()));
        }
        for (variant, mut runs) in rows {
            let least = runs.iter().fold(f64::INFINITY, |least, run| least.min(run.1));
            let most = runs.iter().fold(f64::NEG_INFINITY, |most, run| most.max(run.1));
            runs.sort_by(|a, b| a.0.total_cmp(&b.0));
            println!("{name}\t{variant}\t{:.3}\t{least:.5}\t{most:.5}", runs[RUNS / 2].0);
        }
    }
}

/// Follows in either direction as ties.
fn undirected(graph: Graph) -> Graph {
    if graph.is_symmetric() {
        return graph;
    }
    let follows = (0..graph.accounts() as u32).flat_map(|u| graph.following(u).iter().map(move |&v| (u, v)));
    let both: Vec<_> = follows.flat_map(|(u, v)| [(u, v), (v, u)]).collect();
    truereach::graph::build::graph(graph.accounts(), &both)
}
