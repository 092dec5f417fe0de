//! Label propagation against the validation graphs of LDBC Graphalytics: exact.
//!
//! Inputs are adjacency lists: `1 2 3` is 1 -> 2 and 1 -> 3. The graphs of `cdlp/` run five iterations
//! (CommunityDetectionLPValidationTest), the example graphs two (their .properties files).

use std::collections::BTreeMap;

use crate::common;
use truereach::community::{LabelPropagation, Variant};
use truereach::graph::build;

fn validate(input: &str, output: &str, iterations: u32) {
    let folder = common::repo("datasets/ldbc-graphalytics-validation");
    let lines: Vec<Vec<u64>> = common::text(&folder.join(input))
        .lines()
        .map(|line| line.split_whitespace().map(|id| id.parse().unwrap()).collect())
        .filter(|line: &Vec<u64>| !line.is_empty())
        .collect();
    let names: std::collections::BTreeSet<u64> = lines.iter().flatten().copied().collect();
    let names: Vec<u64> = names.into_iter().collect();
    let place = |name: &u64| names.binary_search(name).unwrap() as u32;
    let edges: Vec<(u32, u32)> =
        lines.iter().flat_map(|line| line[1..].iter().map(|to| (place(&line[0]), place(to)))).collect();
    let graph = build::graph(names.len(), &edges);
    assert_eq!(graph.is_symmetric(), input.contains("undir"), "{input}");

    let expected: BTreeMap<u64, u64> =
        common::rows(&folder.join(output)).iter().map(|row| (row[0] as u64, row[1] as u64)).collect();
    let parameters = LabelPropagation { variant: Variant::Cdlp, iterations: Some(iterations) };
    for run in common::runs(1) {
        let labels = parameters.labels(&graph, &run).unwrap();
        let ours: BTreeMap<u64, u64> =
            labels.iter().enumerate().map(|(v, &label)| (names[v], names[label as usize])).collect();
        assert_eq!(ours, expected, "{input}");
        // The communities are the accounts of equal label.
        let found = parameters.run(&graph, &run).unwrap();
        assert_eq!(found.labels, truereach::community::partition::stable(&labels).0);
    }
}

#[test]
fn validation_graphs_are_labelled_as_graphalytics_labels_them() {
    validate("cdlp/dir-input", "cdlp/dir-output", 5);
    validate("cdlp/undir-input", "cdlp/undir-output", 5);
}

#[test]
fn example_graphs_are_labelled_as_graphalytics_labels_them() {
    validate("example/example-directed-input", "example/example-directed-CDLP", 2);
    validate("example/example-undirected-input", "example/example-undirected-CDLP", 2);
}
