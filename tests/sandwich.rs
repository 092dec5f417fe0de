//! `R0 <= R <= I` on every account of real networks: direct reach, reach, TunkRank.

use crate::common;
use truereach::Run;
use truereach::base::stats::Z95;
use truereach::cascade::{Model, Priors, ReachEach, TunkRank};
use truereach::graph::{Graph, Network, build};

struct Found {
    finite: u64,
    supercritical: u64,
}

/// `R0 <= R` holds for every row, `R <= I` within 5 standard errors. One account passes them by chance once in 3.5
/// million where R and I are as good as equal; they differ by everything that repeats, so few accounts are near.
fn sandwiched(name: &str, graph: Graph, model: Model, rho: Option<f64>, worlds: u64) -> Found {
    let network = Network::from_graph(graph);
    let graph = network.follow_graph().unwrap();
    let run = Run::new(17);
    let resolved = model.resolve(graph, &network, rho, &Priors::default(), &run).unwrap();
    let ranks = TunkRank::default().run_resolved(&resolved, &run).unwrap();
    assert_eq!(ranks.finite + ranks.supercritical, graph.accounts() as u64);
    assert!(ranks.error <= 1e-6, "{}", ranks.error);
    let each = ReachEach { worlds: Some(worlds), draws: 0, ..ReachEach::default() };
    let everybody: Vec<u32> = (0..graph.accounts() as u32).collect();
    let rows = each.run_resolved(&resolved, &everybody, &run).unwrap().rows;
    let mut closest = f64::NEG_INFINITY;
    for row in &rows {
        let most = ranks.exposures[row.account as usize];
        assert!(row.direct <= row.reach && row.direct <= most * (1.0 + 1e-9), "{name} {row:?} {most}");
        if most.is_finite() {
            let error = (row.sim_error.high - row.reach) / Z95;
            let over = row.reach - most * (1.0 + 1e-6);
            assert!(over <= 5.0 * error + 1e-9, "{name} {row:?} {most}");
            if error > 0.0 {
                closest = closest.max(over / error);
            }
        }
    }
    println!(
        "{name} {model}: {} finite, {} supercritical, {} classes (largest {}), error {:.1e}; \
         R over I by at most {closest:.2} standard errors",
        ranks.finite, ranks.supercritical, ranks.classes, ranks.largest_class, ranks.error
    );
    Found { finite: ranks.finite, supercritical: ranks.supercritical }
}

fn read(path: &str) -> Option<Graph> {
    let (names, edges) = common::edges(&common::shared(path)?);
    Some(build::graph(names.len(), &edges))
}

#[test]
fn wiki_vote_under_weighted_cascade() {
    let Some(graph) = read("wiki-vote/wiki-Vote.txt.gz") else { return };
    let found = sandwiched("wiki-Vote", graph, Model::Wc, None, 400);
    assert_eq!((found.finite, found.supercritical), (7115, 0));
}

#[test]
fn slashdot_with_resharing_below_one() {
    let Some(graph) = read("soc-slashdot0902/soc-Slashdot0902.txt.gz") else { return };
    let found = sandwiched("Slashdot", graph, Model::Prior, None, 300);
    assert_eq!((found.finite, found.supercritical), (82_168, 0));
}

#[test]
fn lastfm_with_resharing_below_one() {
    let Some(path) = common::shared("lastfm-asia/lastfm_asia_edges.csv.gz") else { return };
    let (names, edges) = common::edges(&path);
    // Mutual friends follow each other.
    let both: Vec<(u32, u32)> = edges.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
    let found = sandwiched("lastfm-asia", build::graph(names.len(), &both), Model::Wc, Some(0.3), 400);
    assert_eq!((found.finite, found.supercritical), (7624, 0));
}

/// Under weighted cascade with everybody resharing, a class that follows only inside itself is supercritical: all
/// 1,777 components of NetHEPT (whose follows are mutual), 218 classes of Slashdot, and whoever they hear.
#[test]
fn supercritical_classes_are_counted() {
    let count = |graph: Graph| {
        let network = Network::from_graph(graph);
        let tunkrank = TunkRank { cascade: Model::Wc.into(), ..TunkRank::default() };
        let found = tunkrank.run(network.follow_graph().unwrap(), &network, &Run::new(1)).unwrap();
        assert!(found.unsettled == 0 && found.error <= 1e-9);
        (found.supercritical_classes, found.supercritical)
    };
    if let Some(path) = common::shared("nethept-imm-inf/graph_ic.inf.gz") {
        let rows = common::rows(&path);
        let follows: Vec<(u32, u32)> = rows.iter().map(|row| (row[1] as u32, row[0] as u32)).collect();
        assert_eq!(count(build::graph(15_229, &follows)), (1_777, 15_229));
    }
    if let Some(graph) = read("soc-slashdot0902/soc-Slashdot0902.txt.gz") {
        assert_eq!(count(graph), (218, 479));
    }
}

/// Weights rounded to six digits put each class within 3e-6 of radius 1, on either side.
#[test]
fn rounded_weights_are_told_or_said_not_to_be() {
    let Some(path) = common::shared("nethept-imm-inf/graph_ic.inf.gz") else { return };
    let rows = common::rows(&path);
    let follows: Vec<(u32, u32, f64)> = rows.iter().map(|row| (row[1] as u32, row[0] as u32, row[2])).collect();
    let network = Network::from_graph(build::weighted(15_229, &follows));
    let tunkrank = TunkRank { cascade: Model::Edge.into(), ..TunkRank::default() };
    let found = tunkrank.run(network.follow_graph().unwrap(), &network, &Run::new(1)).unwrap();
    println!(
        "NetHEPT as rounded: {} finite, {} supercritical, {} unsettled, error {:.1e}",
        found.finite, found.supercritical, found.unsettled, found.error
    );
    assert_eq!(found.finite + found.supercritical, 15_229);
    assert!(found.error <= 1e-4 && found.unsettled <= found.supercritical);
}
