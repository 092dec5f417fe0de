//! Betweenness against its definition, closed forms, a reference, and itself under other names and thread counts; drawn
//! paths against what is counted.

use std::collections::VecDeque;

use petgraph::visit::{IntoNeighbors, NodeCompactIndexable, Reversed};
use proptest::prelude::*;

use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::build;

fn counted(graph: &Graph) -> Vec<f64> {
    Betweenness { exact: true, ..Betweenness::default() }.run(graph, &Run::default()).unwrap().pairs
}

fn drawn(graph: &Graph, samples: u64, run: &Run) -> Brokerage {
    Betweenness { samples: Some(samples), exact: false }.run(graph, run).unwrap()
}

/// By the definition, on any graph that petgraph can walk: hops and numbers of shortest paths between all, then every pair
/// with everybody who may stand between.
fn by_definition<G: IntoNeighbors + NodeCompactIndexable>(graph: G) -> Vec<f64> {
    let accounts = graph.node_bound();
    let search = |s: usize| {
        let mut found = vec![None; accounts];
        found[s] = Some((0, 1.0));
        let mut queue = VecDeque::from([s]);
        while let Some(v) = queue.pop_front() {
            let (hops, paths) = found[v].unwrap();
            for w in graph.neighbors(graph.from_index(v)).map(|w| graph.to_index(w)) {
                match &mut found[w] {
                    Some((as_far, more)) if *as_far == hops + 1 => *more += paths,
                    Some(_) => {}
                    none => {
                        *none = Some((hops + 1, paths));
                        queue.push_back(w);
                    }
                }
            }
        }
        found
    };
    let found: Vec<Vec<Option<(u32, f64)>>> = (0..accounts).map(search).collect();
    let through = |v: usize, s: usize, t: usize| match (found[s][v], found[v][t], found[s][t]) {
        (Some((to, before)), Some((on, after)), Some((hops, all))) if to + on == hops => before * after / all,
        _ => 0.0,
    };
    let others = |v: usize| (0..accounts).filter(move |&u| u != v);
    let pairs = |v: usize| others(v).flat_map(move |s| others(v).filter(move |&t| t != s).map(move |t| (s, t)));
    (0..accounts).map(|v| pairs(v).map(|(s, t)| through(v, s, t)).sum()).collect()
}

fn close(one: &[f64], two: &[f64]) -> bool {
    one.len() == two.len() && one.iter().zip(two).all(|(a, b)| (a - b).abs() <= 1e-12 * a.abs().max(1.0))
}

fn drawn_follows(accounts: u32) -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((0..accounts, 0..accounts), 0..3 * accounts as usize)
}

proptest! {
    #[test]
    fn counted_paths_equal_their_definition(follows in drawn_follows(24), both in any::<bool>()) {
        let mut follows = follows;
        if both {
            follows.extend(follows.clone().iter().map(|&(u, v)| (v, u)));
        }
        let graph = build::graph(24, &follows);
        let found = counted(&graph);
        prop_assert!(close(&found, &by_definition(&graph)), "{found:?}");
        // News go against the follows: the same pairs the other way round.
        prop_assert!(close(&found, &by_definition(Reversed(&graph))));
        // Whoever cannot lie between is 0 by definition.
        prop_assert!((0..24).all(|v| lies_between(&graph, v) || found[v as usize] == 0.0));
    }

    #[test]
    fn other_names_permute_the_values(
        follows in drawn_follows(40), names in Just((0..40u32).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let renamed: Vec<_> = follows.iter().map(|&(u, v)| (names[u as usize], names[v as usize])).collect();
        let (one, two) = (counted(&build::graph(40, &follows)), counted(&build::graph(40, &renamed)));
        let back: Vec<f64> = names.iter().map(|&name| two[name as usize]).collect();
        prop_assert!(close(&one, &back));
    }
}

/// Skewed degrees, mutual follows, parts that are out of reach.
fn skewed(accounts: u32, follows: u64) -> Graph {
    let key = Key::new(1, Stream::Sample, 0);
    let drawn = |item: u64| (key.unit(item) * key.unit(item + 1) * f64::from(accounts)) as u32;
    build::graph(accounts as usize, &(0..follows).map(|i| (drawn(4 * i), drawn(4 * i + 2))).collect::<Vec<_>>())
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let graph = skewed(600, 3_000);
    let run = |threads, samples| {
        let run = Run::new(1).threads(threads).unwrap();
        Betweenness { samples, exact: samples.is_none() }.run(&graph, &run).unwrap()
    };
    let bits = |found: &Brokerage| found.pairs.iter().map(|pairs| pairs.to_bits()).collect::<Vec<_>>();
    let (all, some) = (run(1, None), run(1, Some(3_000)));
    assert!(close(&all.pairs, &by_definition(&graph)));
    for threads in [2, 3, 8] {
        assert_eq!(bits(&run(threads, None)), bits(&all));
        assert_eq!(bits(&run(threads, Some(3_000))), bits(&some));
        assert_eq!(run(threads, Some(3_000)), some);
    }
}

#[test]
fn closed_forms_hold() {
    // A chain: what i says reaches all that come later through those between.
    let chain: Vec<_> = (1..50u32).map(|v| (v, v - 1)).collect();
    let along: Vec<f64> = (0..50).map(|v| f64::from(v * (49 - v))).collect();
    assert_eq!(counted(&build::graph(50, &chain)), along);
    // A star of 30 tied to a centre: the centre stands between each two.
    let star: Vec<_> = (1..=30u32).flat_map(|v| [(v, 0), (0, v)]).collect();
    let star = Betweenness::default().run(&build::graph(31, &star), &Run::default()).unwrap();
    assert_eq!((star.pairs[0], star.share(0), star.half_width(0)), (30.0 * 29.0, Some(1.0), 0.0));
    assert!(star.pairs[1..].iter().all(|&pairs| pairs == 0.0));
    // A ring of n one way: each of the n − 1 other starts passes through to n − 2, …, 0 others.
    let ring: Vec<_> = (0..9u32).map(|v| (v, (v + 1) % 9)).collect();
    assert_eq!(counted(&build::graph(9, &ring)), [28.0; 9]);
    // Everybody tied to everybody: nobody is needed.
    let all: Vec<_> = (0..8u32).flat_map(|u| (0..8).map(move |v| (u, v))).collect();
    assert_eq!(counted(&build::graph(8, &all)), [0.0; 8]);
}

/// Zachary's karate club: its ties, and the betweenness of its members by `networkx.betweenness_centrality(G,
/// normalized=False)`, NetworkX 3.6.1, on `networkx.karate_club_graph()`.
const KARATE: [(u32, &[u32], f64); 34] = [
    (0, &[1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31], 231.0714285714286),
    (1, &[2, 3, 7, 13, 17, 19, 21, 30], 28.478571428571424),
    (2, &[3, 7, 8, 9, 13, 27, 28, 32], 75.85079365079366),
    (3, &[7, 12, 13], 6.288095238095237),
    (4, &[6, 10], 0.3333333333333333),
    (5, &[6, 10, 16], 15.833333333333334),
    (6, &[16], 15.833333333333332),
    (7, &[], 0.0),
    (8, &[30, 32, 33], 29.529365079365082),
    (9, &[33], 0.44761904761904764),
    (10, &[], 0.3333333333333333),
    (11, &[], 0.0),
    (12, &[], 0.0),
    (13, &[33], 24.215873015873015),
    (14, &[32, 33], 0.0),
    (15, &[32, 33], 0.0),
    (16, &[], 0.0),
    (17, &[], 0.0),
    (18, &[32, 33], 0.0),
    (19, &[33], 17.1468253968254),
    (20, &[32, 33], 0.0),
    (21, &[], 0.0),
    (22, &[32, 33], 0.0),
    (23, &[25, 27, 29, 32, 33], 9.299999999999999),
    (24, &[25, 27, 31], 1.1666666666666665),
    (25, &[31], 2.0277777777777777),
    (26, &[29, 33], 0.0),
    (27, &[33], 11.79206349206349),
    (28, &[31, 33], 0.9476190476190476),
    (29, &[32, 33], 1.5428571428571427),
    (30, &[32, 33], 7.609523809523807),
    (31, &[32, 33], 73.00952380952378),
    (32, &[33], 76.69047619047619),
    (33, &[], 160.5515873015873),
];

#[test]
fn the_karate_club_has_the_values_of_networkx() {
    let ties = KARATE.iter().flat_map(|(u, row, _)| row.iter().flat_map(move |&v| [(*u, v), (v, *u)]));
    let graph = build::graph(34, &ties.collect::<Vec<_>>());
    assert_eq!(graph.edges(), 2 * 78);
    // Every pair once there, both ways here.
    let expected: Vec<f64> = KARATE.iter().map(|(.., pairs)| 2.0 * pairs).collect();
    assert!(close(&counted(&graph), &expected));
    assert!(close(&by_definition(&graph), &expected));
}

/// 40 seeds, and all intervals of each at once: each time they fail with at most 5%, so that 8 or more of 40 fail with a
/// chance of at most 0.1% (binomial). In truth Hoeffding's bound is wide and none is expected to fail.
#[test]
fn all_intervals_hold_at_once() {
    let graph = skewed(300, 1_500);
    let exact = counted(&graph);
    let most = exact.iter().copied().fold(0.0, f64::max);
    let (mut failed, mut error) = (0, 0.0);
    for seed in 0..40 {
        let found = drawn(&graph, 2_000, &Run::new(seed));
        let holds = |(interval, exact): (&Interval, &f64)| interval.low <= *exact && *exact <= interval.high;
        failed += usize::from(!found.intervals.iter().zip(&exact).all(holds));
        let largest = (0..300u32).max_by(|&a, &b| exact[a as usize].total_cmp(&exact[b as usize])).unwrap();
        error += (found.pairs[largest as usize] - most) / 40.0;
        assert!(found.half_width(largest) < 0.5 * most, "an interval that says something");
        for v in 0..300 {
            assert!(lies_between(&graph, v) || found.intervals[v as usize] == Interval::point(0.0));
        }
    }
    assert!(failed < 8, "{failed} of 40");
    // The mean of 40 times 2,000 draws: no bias beyond 5 standard errors, passed by chance once in 1.7 million.
    let share = most / (300.0 * 299.0);
    assert!(error.abs() < 5.0 * most * ((1.0 - share) / share / 80_000.0).sqrt(), "{error}");
}

/// Drawn paths, each account's count against its exact chance: the largest of some hundred deviations of binomials, 5
/// standard errors and one count for those that are rare; passed by chance once in some ten thousand (fixed seed).
#[test]
fn each_shortest_path_is_as_likely_as_the_others() {
    for graph in [skewed(120, 500), build::graph(7, &[(1, 0), (2, 0), (3, 0), (4, 1), (4, 2), (5, 3), (6, 4), (6, 5)])]
    {
        let (exact, found) = (counted(&graph), drawn(&graph, 100_000, &Run::new(5)));
        let paths = paths::draw(&graph, 100_000, &Run::new(5)).unwrap();
        assert!(found.joined.is_some_and(|joined| 0 < joined && joined <= 100_000));
        for (passed, exact) in paths.passed.iter().zip(&exact) {
            let chance = exact / paths.pairs as f64;
            let off = (*passed as f64 - 1e5 * chance).abs();
            assert!(off <= 5.0 * (1e5 * chance * (1.0 - chance)).sqrt() + 1.0, "{passed} of {chance}");
        }
    }
}

#[test]
fn drawn_values_of_a_chain_have_their_closed_form() {
    // Long paths: hops well beyond a byte. With 2 of 3 pairs out of reach nothing is joined but what must be.
    let chain: Vec<_> = (1..1000u32).map(|v| (v, v - 1)).collect();
    let found = drawn(&build::graph(1000, &chain), 4_000, &Run::new(2));
    for (v, interval) in found.intervals.iter().enumerate() {
        let exact = (v * (999 - v)) as f64;
        assert!(interval.low <= exact && exact <= interval.high, "{v}");
    }
    // Half of the pairs: 5 standard errors of a fair coin.
    let joined = found.joined.unwrap() as f64;
    assert!((joined / 4_000.0 - 0.5).abs() < 5.0 * 0.5 / 4_000f64.sqrt(), "{joined}");
}

#[test]
fn networks_without_a_way_through_are_zero_and_known_to_be() {
    let mutual = [(0, 1), (1, 0), (2, 3)];
    for graph in [build::graph(0, &[]), build::graph(1, &[(0, 0)]), build::graph(3, &[]), build::graph(4, &mutual)] {
        for samples in [None, Some(10)] {
            let found = Betweenness { samples, exact: false }.run(&graph, &Run::default()).unwrap();
            assert_eq!(found.pairs, vec![0.0; graph.accounts()]);
            assert_eq!(found.intervals, vec![Interval::point(0.0); graph.accounts()]);
        }
    }
    assert_eq!(Betweenness::default().run(&build::graph(2, &[(0, 1)]), &Run::default()).unwrap().share(0), None);
}

#[test]
fn what_cannot_be_done_is_refused() {
    let graph = build::graph(3, &[(1, 0), (2, 1)]);
    for (samples, exact) in [(Some(0), false), (Some(5), true)] {
        assert!(Betweenness { samples, exact }.run(&graph, &Run::default()).is_err());
    }
    for samples in [None, Some(5)] {
        assert!(Betweenness { samples, exact: false }.run(&graph, &Run::default().memory(Some(10))).is_err());
    }
    // 1,100 diamonds one after the other: 2^1100 shortest paths, more than a number holds.
    let diamond = |i: u32| [(3 * i + 1, 3 * i), (3 * i + 2, 3 * i), (3 * i + 3, 3 * i + 1), (3 * i + 3, 3 * i + 2)];
    let follows: Vec<_> = (0..1100).flat_map(diamond).collect();
    let graph = build::graph(3301, &follows);
    for samples in [None, Some(5_000)] {
        let refused = Betweenness { samples, exact: false }.run(&graph, &Run::default()).unwrap_err();
        assert!(refused.to_string().contains("10^300 shortest paths"), "{refused}");
    }
}
