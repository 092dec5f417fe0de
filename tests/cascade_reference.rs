//! Expected spread on NetHEPT agrees with CyNetDiff (`tests/reference/cascade_cyndiff.py` made the figures).

use std::path::Path;

use crate::common;
use truereach::Run;
use truereach::cascade::{Model, Reach};
use truereach::graph::{Network, build};

/// Rows `u v p` with influence u -> v: v follows u.
fn influence(path: &Path, accounts: usize) -> Network {
    let follows: Vec<(u32, u32, f64)> =
        common::rows(path).iter().map(|row| (row[1] as u32, row[0] as u32, row[2])).collect();
    Network::from_graph(build::weighted(accounts, &follows))
}

/// Six comparisons, each at 4 standard errors of both sides together: a wrong alarm in one of 2,600 seeds.
#[test]
fn spread_on_nethept_agrees_with_cynetdiff() {
    let Some(folder) = common::shared("nethept-imm-inf") else { return };
    let path = common::repo("tests/reference/cascade_nethept.json");
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there", path.display());
        return;
    }
    let reference: serde_json::Value = serde_json::from_str(&common::text(&path)).unwrap();
    for (name, file, model) in
        [("independent_cascade", "graph_ic.inf.gz", Model::Edge), ("linear_threshold", "graph_lt.inf.gz", Model::Lt)]
    {
        let expected = &reference["models"][name];
        let network = influence(&folder.join(file), expected["accounts"].as_u64().unwrap() as usize);
        let graph = network.follow_graph().unwrap();
        assert_eq!(graph.edges(), expected["edges"].as_u64().unwrap());
        for (size, seeds) in reference["seed_sets"].as_object().unwrap() {
            let creators: Vec<u32> = seeds.as_array().unwrap().iter().map(|v| v.as_u64().unwrap() as u32).collect();
            let reach = Reach { cascade: model.into(), worlds: Some(20_000), ..Reach::default() };
            let found = reach.run(graph, &network, &creators, &Run::new(5)).unwrap();
            let theirs = &expected["spread"][size];
            let (mean, error) = (theirs["mean"].as_f64().unwrap(), theirs["standard_error"].as_f64().unwrap());
            let combined = (error * error + found.spread.standard_error * found.spread.standard_error).sqrt();
            let off = (found.spread.mean - mean) / combined;
            println!("{name} {size}: {:.3} against {mean:.3}, {off:+.2} standard errors", found.spread.mean);
            assert!(off.abs() <= 4.0, "{name} {size}: {} against {mean}, {off} standard errors", found.spread.mean);
            // Spread and reach differ by the creators that no other creator reaches.
            assert!(
                found.reach < found.spread.mean + 1.0 && found.spread.mean - found.reach <= creators.len() as f64 + 1.0
            );
            if model == Model::Lt {
                assert!(found.assumptions.iter().any(|note| note.contains("2925 accounts' threshold weights")));
            }
        }
    }
}
