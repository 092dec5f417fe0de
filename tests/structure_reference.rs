//! Components, core numbers and triangles of real networks against NetworkX and igraph, which agreed with each other.
//! `tests/reference/structure.py` made the values.

use std::path::PathBuf;

use crate::common;
use serde_json::{Value, json};
use truereach::graph::build;
use truereach::rank::{ComponentLabels, Components, Connectivity, KCore, Triangles};

/// What ships with the repository, else what lies beside it.
fn data(path: &str) -> Option<PathBuf> {
    Some(common::repo("datasets").join(path)).filter(|shipped| shipped.exists()).or_else(|| common::shared(path))
}

fn sizes(found: &ComponentLabels) -> Value {
    json!({ "count": found.count(), "largest": found.largest().unwrap().accounts, "of_one_account": found.alone() })
}

fn compare(name: &str, path: &str, directed: bool) {
    let Some(path) = data(path) else { return };
    let reference: Value =
        serde_json::from_str(&common::text(&common::repo("tests/reference/closeness_checks.json"))).unwrap();
    let expected = &reference[name];
    let (ids, mut edges) = common::edges(&path);
    if !directed {
        edges.extend(edges.clone().iter().map(|&(u, v)| (v, u)));
    }
    let graph = build::graph(ids.len(), &edges);
    assert_eq!(json!(graph.accounts()), expected["accounts"]);
    assert_eq!(json!(if directed { graph.edges() } else { graph.edges() / 2 }), expected["edges"]);
    for run in common::runs(1) {
        let components = |connectivity| Components { connectivity }.run(&graph, &run).unwrap();
        let weak = sizes(&components(Connectivity::Weak));
        let strong = sizes(&components(Connectivity::Strong));
        if directed {
            assert_eq!(weak, expected["weak_components"]);
            assert_eq!(strong, expected["strong_components"]);
        } else {
            assert_eq!(weak, expected["components"]);
            assert_eq!(strong, expected["components"]);
        }
        let cores = KCore::default().run(&graph, &run).unwrap();
        assert_eq!(json!(cores.largest()), expected["largest_core_number"]);
        assert_eq!(json!(cores.cores.iter().sum::<u32>()), expected["core_number_sum"]);
        let counts: serde_json::Map<String, Value> = cores
            .accounts_by_core()
            .into_iter()
            .enumerate()
            .filter(|(_, count)| *count > 0)
            .map(|(core, count)| (core.to_string(), json!(count)))
            .collect();
        assert_eq!(Value::Object(counts), expected["accounts_by_core_number"]);
        let triangles = Triangles::default().run(&graph, &run).unwrap();
        assert_eq!(json!(triangles.total()), expected["triangles"]);
        assert_eq!(json!(triangles.between.iter().max()), expected["most_triangles_of_one_account"]);
        for (found, name) in [(triangles.average(), "mean_clustering"), (triangles.transitivity(), "transitivity")] {
            assert!((found.unwrap() / expected[name].as_f64().unwrap() - 1.0).abs() < 1e-12, "{name}: {found:?}");
        }
    }
}

#[test]
fn wiki_vote() {
    compare("wiki-vote", "wiki-vote/wiki-Vote.txt.gz", true);
}

#[test]
fn soc_slashdot0902() {
    compare("soc-slashdot0902", "soc-slashdot0902/soc-Slashdot0902.txt.gz", true);
}

#[test]
fn lastfm_asia() {
    compare("lastfm-asia", "lastfm-asia/lastfm_asia_edges.csv.gz", false);
}
