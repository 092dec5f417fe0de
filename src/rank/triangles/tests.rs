//! Triangles against their definition, closed forms, and themselves under other names and thread counts.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::build;

fn count(graph: &Graph, directed: bool) -> Clustering {
    Triangles { directed }.run(graph, &Run::default()).unwrap()
}

/// By the definition: every pair of neighbours looked up in the list of follows.
fn by_definition(accounts: u32, follows: &[(u32, u32)], directed: bool) -> (Vec<u32>, Vec<u64>) {
    let follows: BTreeSet<_> = follows.iter().copied().filter(|(u, v)| u != v).collect();
    let tied = |u, v| follows.contains(&(u, v)) || follows.contains(&(v, u));
    let around = |v: u32| (0..accounts).filter(|&u| u != v && tied(u, v)).collect::<Vec<_>>();
    let between = |v: u32| {
        let neighbours = around(v);
        let pairs = neighbours.iter().flat_map(|&a| neighbours.iter().map(move |&b| (a, b)));
        match directed {
            true => pairs.filter(|pair| follows.contains(pair)).count() as u64,
            false => pairs.filter(|&(a, b)| a < b && tied(a, b)).count() as u64,
        }
    };
    ((0..accounts).map(|v| around(v).len() as u32).collect(), (0..accounts).map(between).collect())
}

proptest! {
    #[test]
    fn counts_equal_their_definition(
        accounts in 1u32..16, follows in prop::collection::vec((0u32..16, 0u32..16), 0..120), both in any::<bool>(),
    ) {
        let mut follows: Vec<_> = follows.iter().map(|&(u, v)| (u % accounts, v % accounts)).collect();
        if both {
            follows.extend(follows.clone().iter().map(|&(u, v)| (v, u)));
        }
        let graph = build::graph(accounts as usize, &follows);
        for directed in [false, true] {
            let found = count(&graph, directed);
            prop_assert_eq!((found.neighbours, found.between), by_definition(accounts, &follows, directed));
        }
    }

    #[test]
    fn other_names_permute_the_counts(
        follows in prop::collection::vec((0u32..20, 0u32..20), 0..150),
        names in Just((0..20u32).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let renamed: Vec<_> = follows.iter().map(|&(u, v)| (names[u as usize], names[v as usize])).collect();
        let (one, two) = (build::graph(20, &follows), build::graph(20, &renamed));
        for directed in [false, true] {
            let (one, two) = (count(&one, directed), count(&two, directed));
            for (between, &name) in one.between.iter().zip(&names) {
                prop_assert_eq!(*between, two.between[name as usize]);
            }
            prop_assert_eq!((one.total(), one.transitivity()), (two.total(), two.transitivity()));
        }
    }
}

/// Several blocks, skewed degrees, mutual follows: 1,000 accounts, looked at by their definition.
fn skewed() -> (Graph, Vec<(u32, u32)>) {
    let key = Key::new(1, Stream::Sample, 0);
    let drawn = |item: u64| (key.unit(item) * key.unit(item + 1) * 1000.0) as u32;
    let follows: Vec<_> = (0..20_000u64).map(|i| (drawn(4 * i), drawn(4 * i + 2))).collect();
    (build::graph(1000, &follows), follows)
}

#[test]
fn counts_equal_their_definition_over_many_blocks_at_any_number_of_threads() {
    let (graph, follows) = skewed();
    for directed in [false, true] {
        let expected = by_definition(1000, &follows, directed);
        assert!(expected.1.iter().any(|&between| between > 1000));
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            let found = Triangles { directed }.run(&graph, &run).unwrap();
            assert_eq!((&found.neighbours, &found.between), (&expected.0, &expected.1));
        }
    }
}

#[test]
fn closed_forms_hold() {
    // Everybody tied to everybody: each pair of the 9 others.
    let all: Vec<_> = (0..10u32).flat_map(|u| (0..u).map(move |v| (u, v))).collect();
    let complete = count(&build::graph(10, &all), false);
    assert!(complete.between.iter().all(|&between| between == 36));
    assert_eq!((complete.total(), complete.average(), complete.transitivity()), (Some(120), Some(1.0), Some(1.0)));
    // One way only, half of the ordered pairs of neighbours follow.
    assert_eq!(count(&build::graph(10, &all), true).coefficient(3), Some(0.5));
    // A wheel: a ring of 8 around a hub. Each of the ring has 3 neighbours with 2 ties, the hub 8 with 8.
    let wheel: Vec<_> = (0..8u32).flat_map(|v| [(v, (v + 1) % 8), (v, 8)]).collect();
    let wheel = count(&build::graph(9, &wheel), false);
    assert_eq!(
        (wheel.total(), wheel.coefficient(0), wheel.coefficient(8)),
        (Some(8), Some(2.0 / 3.0), Some(2.0 / 7.0))
    );
    assert!((wheel.average().unwrap() - (8.0 * 2.0 / 3.0 + 2.0 / 7.0) / 9.0).abs() < 1e-15);
    assert_eq!(wheel.transitivity(), Some(24.0 / (8.0 * 3.0 + 28.0)));
    // A star closes nothing, and that is a 0, not a gap; its points have one neighbour and no coefficient.
    let star = count(&build::graph(4, &[(1, 0), (2, 0), (3, 0)]), false);
    assert_eq!((star.coefficient(0), star.coefficient(1), star.with_coefficient()), (Some(0.0), None, 1));
}

#[test]
fn networks_without_paths_have_no_coefficient() {
    for graph in [build::graph(0, &[]), build::graph(1, &[(0, 0)]), build::graph(4, &[(0, 1), (1, 0), (2, 3)])] {
        let found = count(&graph, false);
        assert_eq!((found.total(), found.average(), found.transitivity()), (Some(0), None, None));
    }
    assert_eq!(count(&build::graph(3, &[(0, 1), (1, 2), (2, 0)]), true).total(), None);
    assert!(Triangles::default().run(&build::graph(3, &[]), &Run::default().memory(Some(10))).is_err());
}
