//! PageRank of wiki-Vote against NetworkX, under every policy for dangling accounts that NetworkX knows, and weighted.
//! `tests/reference/pagerank_networkx.py` made the values and says to what.

use std::collections::BTreeMap;

use crate::common;
use truereach::Run;
use truereach::graph::{Graph, build};
use truereach::rank::{Dangling, PageRank, Teleport};

/// The columns of the reference file by name, accounts in ascending order of their ids.
fn reference() -> (Vec<u64>, BTreeMap<String, Vec<f64>>) {
    let text = common::text(&common::repo("tests/reference/pagerank_wiki_vote.tsv.gz"));
    let mut rows = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t'));
    let names: Vec<&str> = rows.next().unwrap().skip(1).collect();
    let (mut ids, mut columns) = (vec![], vec![vec![]; names.len()]);
    for mut row in rows {
        ids.push(row.next().unwrap().parse().unwrap());
        columns.iter_mut().for_each(|column| column.push(row.next().unwrap().parse().unwrap()));
    }
    (ids, names.into_iter().map(str::to_owned).zip(columns).collect())
}

/// The network, and a vector of the weights of some accounts, as the header of the reference names them.
struct WikiVote {
    ids: Vec<u64>,
    edges: Vec<(u32, u32)>,
    graph: Graph,
}

impl WikiVote {
    fn load() -> Option<Self> {
        let (ids, edges) = common::edges(&common::shared("wiki-vote/wiki-Vote.txt.gz")?);
        let graph = build::graph(ids.len(), &edges);
        assert_eq!((graph.accounts(), graph.edges()), (7_115, 103_689));
        Some(WikiVote { ids, edges, graph })
    }

    fn vector(&self, weights: [(u64, f64); 3]) -> Vec<f64> {
        let mut vector = vec![0.0; self.ids.len()];
        for (id, weight) in weights {
            vector[self.ids.binary_search(&id).unwrap()] = weight;
        }
        vector
    }

    fn compare(&self, column: &str, graph: &Graph, dangling: Dangling, vectors: Teleport) {
        let (ids, columns) = reference();
        assert_eq!(ids, self.ids);
        let pagerank = PageRank { dangling, tolerance: 1e-13, ..Default::default() };
        let found = pagerank.run_with(graph, &vectors, &Run::default()).unwrap();
        assert!(found.converged && (found.total() - 1.0).abs() < 1e-12);
        let distances = found.scores.iter().zip(&columns[column]).map(|(x, y)| (x - y).abs());
        let (worst, total) = distances.fold((0.0, 0.0), |(worst, sum): (f64, f64), x| (worst.max(x), sum + x));
        eprintln!("{column}: worst account {worst:.1e}, all together {total:.1e}, {} iterations", found.iterations);
        assert!(worst < 1e-10 && total < 1e-10, "{column}: worst {worst:e}, all together {total:e}");
    }
}

const TELEPORT: [(u64, f64); 3] = [(30, 1.0), (1412, 2.0), (3352, 3.0)];
const DANGLING: [(u64, f64); 3] = [(5254, 1.0), (5543, 2.0), (7478, 3.0)];

#[test]
fn uniform_teleport() {
    let Some(wiki) = WikiVote::load() else { return };
    wiki.compare("teleport_uniform", &wiki.graph, Dangling::Teleport, Teleport::default());
    wiki.compare("teleport_uniform", &wiki.graph, Dangling::Uniform, Teleport::default());
}

#[test]
fn personal_teleport() {
    let Some(wiki) = WikiVote::load() else { return };
    let teleport = wiki.vector(TELEPORT);
    let vectors = Teleport { teleport: Some(&teleport), ..Teleport::default() };
    wiki.compare("teleport_personal", &wiki.graph, Dangling::Teleport, vectors);
    let same = Teleport { teleport: Some(&teleport), dangling: Some(&teleport), passing: None };
    wiki.compare("teleport_personal", &wiki.graph, Dangling::Personal, same);
}

#[test]
fn dangling_score_to_all_evenly() {
    let Some(wiki) = WikiVote::load() else { return };
    let teleport = wiki.vector(TELEPORT);
    wiki.compare(
        "uniform",
        &wiki.graph,
        Dangling::Uniform,
        Teleport { teleport: Some(&teleport), ..Teleport::default() },
    );
}

#[test]
fn dangling_score_where_a_vector_says() {
    let Some(wiki) = WikiVote::load() else { return };
    let dangling = wiki.vector(DANGLING);
    wiki.compare(
        "personal",
        &wiki.graph,
        Dangling::Personal,
        Teleport { dangling: Some(&dangling), ..Teleport::default() },
    );
}

#[test]
fn weighted_edges() {
    let Some(wiki) = WikiVote::load() else { return };
    let weight = |u: u32, v: u32| 1 + (wiki.ids[u as usize] * 7 + wiki.ids[v as usize] * 13) % 5;
    let follows: Vec<_> = wiki.edges.iter().map(|&(u, v)| (u, v, weight(u, v) as f64)).collect();
    let graph = build::weighted(wiki.ids.len(), &follows);
    wiki.compare("weighted", &graph, Dangling::Teleport, Teleport::default());
}
