//! Leiden beside leidenalg: one run with our defaults reaches the best of its ten seeds, less 0.003.
//!
//! Graphs as in tests/reference/leiden_leidenalg.py: self-loops dropped, repeats merged, accounts without ties kept.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::common;
use truereach::community::{Communities, Leiden, Louvain, Objective};
use truereach::graph::{Graph, build};

/// Accounts and edges of a GML file, with nothing but `id`, `source` and `target` read.
fn gml(path: &std::path::Path) -> (usize, Vec<(u32, u32)>) {
    let text = common::text(path);
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut ids = BTreeMap::new();
    let mut edges = Vec::new();
    for pair in words.windows(4) {
        match pair {
            ["node", "[", "id", id] => {
                let next = ids.len() as u32;
                ids.entry(*id).or_insert(next);
            }
            ["source", source, "target", target] => edges.push((*source, *target)),
            _ => {}
        }
    }
    let edges = edges.into_iter().map(|(source, target)| (ids[source], ids[target])).collect();
    (ids.len(), edges)
}

/// A data set by the name it has in the reference file.
fn load(name: &str) -> Option<(usize, Vec<(u32, u32)>)> {
    let list = |path: PathBuf| {
        let (names, edges) = common::edges(&path);
        (names.len(), edges)
    };
    let shipped = common::repo("datasets/lastfm-asia/lastfm_asia_edges.csv.gz");
    match name {
        "email-eu-core" => common::shared("email-eu-core/email-Eu-core.txt.gz").map(list),
        "musae-facebook" => common::shared("musae-facebook/facebook_edges.csv.gz").map(list),
        "lastfm-asia" if shipped.exists() => Some(list(shipped)),
        "lastfm-asia" => common::shared("lastfm-asia/lastfm_asia_edges.csv.gz").map(list),
        "football" => common::shared("small-classics/football.gml").map(|path| gml(&path)),
        "polblogs" => common::shared("polblogs/polblogs.gml.gz").map(|path| gml(&path)),
        _ => panic!("no reader for {name}"),
    }
}

fn mutual(accounts: usize, ties: &[(u32, u32)]) -> Graph {
    build::graph(accounts, &ties.iter().flat_map(|&(u, v)| [(u, v), (v, u)]).collect::<Vec<_>>())
}

/// Runs at 1, 2, 3 and 8 threads, which must agree to the bit.
fn everywhere(find: impl Fn(&truereach::Run) -> Communities) -> Communities {
    let mut found = common::runs(1).into_iter().map(|run| find(&run));
    let one = found.next().unwrap();
    for other in found {
        assert_eq!(one.quality.to_bits(), other.quality.to_bits());
        assert_eq!(one, other);
    }
    one
}

#[test]
fn one_run_reaches_the_best_of_ten_of_leidenalg() {
    let path = common::repo("tests/reference/leiden_modularity.json");
    let reference: serde_json::Value = serde_json::from_str(&common::text(&path)).unwrap();
    let number = |value: &serde_json::Value| value.as_f64().unwrap();
    for direction in ["undirected", "directed"] {
        for (name, entry) in reference[direction].as_object().unwrap() {
            let Some((accounts, edges)) = load(name) else { continue };
            let graph = match direction {
                "directed" => build::graph(accounts, &edges),
                _ => mutual(accounts, &edges),
            };
            assert_eq!(accounts as f64, number(&entry["accounts"]), "{name}");
            let ties = if graph.is_symmetric() { graph.edges() / 2 } else { graph.edges() };
            assert_eq!(ties as f64, number(&entry["edges"]), "{name}");

            let best = number(&entry["modularity"]["iterate_until_stable"]["best"]);
            let found = everywhere(|run| Leiden::default().run(&graph, run).unwrap());
            eprintln!("{name}, {}: {:.6}, leidenalg {best:.6}", found.method, found.quality);
            assert!(found.quality >= best - 0.003, "{name}, {direction}: {} of {best}", found.quality);
            assert!(found.converged && found.connected(&graph), "{name}");

            let louvain = everywhere(|run| Louvain::default().run(&graph, run).unwrap());
            assert!(louvain.connected(&graph) && louvain.quality >= best - 0.03, "{name}: {}", louvain.quality);

            // Folding a directed graph is the undirected graph.
            if direction == "directed" {
                let folded = Leiden { undirected: true, ..Default::default() };
                let run = truereach::Run::new(1);
                let one = folded.run(&graph, &run).unwrap();
                let other = Leiden::default().run(&mutual(accounts, &edges), &run).unwrap();
                assert_eq!(one.labels, other.labels);
                assert_eq!(one.quality.to_bits(), other.quality.to_bits());
            }
        }
    }
}

#[test]
fn cpm_reaches_the_best_of_ten_of_leidenalg() {
    let path = common::repo("tests/reference/leiden_modularity.json");
    let reference: serde_json::Value = serde_json::from_str(&common::text(&path)).unwrap();
    let resolution = reference["cpm_resolution"].as_f64().unwrap();
    for (name, entry) in reference["undirected"].as_object().unwrap() {
        let Some((accounts, edges)) = load(name) else { continue };
        let graph = mutual(accounts, &edges);
        let parameters =
            Leiden { quality: truereach::community::Quality::Cpm, resolution, runs: 10, ..Default::default() };
        let found = parameters.run(&graph, &truereach::Run::new(1)).unwrap();
        // leidenalg counts every tie of an undirected graph twice.
        let best = entry["cpm"]["iterate_until_stable"]["best"].as_f64().unwrap() / 2.0;
        let objective = Objective { quality: parameters.quality, resolution, undirected: true };
        assert_eq!(objective.of(&graph, &found.labels, &truereach::Run::new(1)).unwrap(), found.quality);
        eprintln!("{name}, {}: {:.2}, leidenalg {best:.2}", found.method, found.quality);
        assert!(found.quality >= best * 0.997, "{name}: {} of {best}", found.quality);
        assert!(found.connected(&graph), "{name}");
    }
}
