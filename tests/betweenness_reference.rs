//! Betweenness of a real network against NetworkX and igraph, which agreed with each other
//! (`tests/reference/betweenness.py` made the values), and the same from the command line.

use crate::common;
use serde_json::Value;
use truereach::graph::build;
use truereach::rank::Betweenness;

#[test]
fn collegemsg() {
    let reference: Value =
        serde_json::from_str(&common::text(&common::repo("tests/reference/betweenness.json"))).unwrap();
    let expected = &reference["collegemsg"];
    let (ids, edges) = common::edges(&common::repo("datasets/collegemsg/CollegeMsg.txt.gz"));
    let graph = build::graph(ids.len(), &edges);
    let counted: Vec<_> = common::runs(1).iter().map(|run| Betweenness::default().run(&graph, run).unwrap()).collect();
    assert!(counted.iter().all(|found| *found == counted[0]));
    let counted = &counted[0];
    assert_eq!(counted.samples, None);
    let near = |found: f64, expected: &Value| (found / expected.as_f64().unwrap() - 1.0).abs() < 1e-11;
    assert!(near(counted.pairs.iter().sum(), &expected["sum"]));
    let zero = counted.pairs.iter().filter(|&&pairs| pairs == 0.0).count();
    assert_eq!(zero as u64, expected["zero"].as_u64().unwrap());

    // Drawn paths leave all of these within their intervals: they fail with at most 5%, in truth far less (fixed seed).
    let drawn: Vec<_> = common::runs(1)
        .iter()
        .map(|run| Betweenness { samples: Some(20_000), exact: false }.run(&graph, run).unwrap())
        .collect();
    assert!(drawn.iter().all(|found| *found == drawn[0]));
    for row in expected["highest"].as_array().unwrap() {
        let account = ids.binary_search(&row[0].as_u64().unwrap()).unwrap();
        assert!(near(counted.pairs[account], &row[1]), "{row}: {}", counted.pairs[account]);
        let interval = drawn[0].intervals[account];
        let value = row[1].as_f64().unwrap();
        assert!(interval.low <= value && value <= interval.high, "{row}: {interval:?}");
    }
}

#[cfg(feature = "cli")]
#[test]
fn the_command_line_says_what_was_counted_and_what_drawn() {
    use common::program::Desk;

    let desk = Desk::new();
    // 1 follows 0, 2 follows 1, 3 follows 2.
    desk.write("chain.csv", "follower,followee\n1,0\n2,1\n3,2\n");
    let rows = |line: &str| -> Value { serde_json::from_str(&desk.run(line).done(&[]).out).unwrap() };
    let counted = rows("rank betweenness chain.csv --format json");
    let first = &counted["rows"][0];
    assert_eq!(
        (&first["account"], first["pairs"].as_f64(), &first["status"]),
        (&"1".into(), Some(2.0), &"measured".into())
    );
    assert!((first["share"].as_f64().unwrap() - 2.0 / 6.0).abs() < 1e-4);
    let drawn = rows("rank betweenness chain.csv --samples 1000 --format json");
    let first = &drawn["rows"][0];
    let (low, high) = (first["interval_low"].as_f64().unwrap(), first["interval_high"].as_f64().unwrap());
    assert!(low < 2.0 && 2.0 < high && high - low < 2.0, "{first}");
    assert_eq!(first["status"], "estimated");
    desk.run("rank betweenness chain.csv --samples 0").refused(2, &["--samples", "at least 1"]);
    desk.run("rank betweenness chain.csv --samples 5 --exact").refused(2, &["cannot be used with"]);
    // The example of the help.
    let lastfm = common::repo("datasets/lastfm-asia");
    let help = desk.run_all(&["rank", "betweenness", lastfm.to_str().unwrap(), "--samples", "100000", "--top", "5"]);
    let notes = help.done(&["7199"]).err;
    assert!(
        notes.contains("estimated from 100,000 random pairs") && notes.contains("all intervals hold at once"),
        "{notes}"
    );
}
