use super::*;
use crate::graph::build;
use proptest::prelude::*;

const POLICIES: [Dangling; 5] =
    [Dangling::Teleport, Dangling::Uniform, Dangling::Personal, Dangling::SelfLoop, Dangling::Drop];

/// The exact scores: the linear system written out in full and solved by elimination with pivoting.
fn solve(n: usize, edges: &[(u32, u32, f64)], d: f64, tau: &[f64], policy: Dangling, personal: &[f64]) -> Vec<f64> {
    let total = |vector: &[f64]| vector.iter().sum::<f64>();
    let mut flow = vec![vec![0.0; n]; n];
    for &(u, v, w) in edges.iter().filter(|edge| edge.0 != edge.1) {
        flow[u as usize][v as usize] += w;
    }
    for (u, row) in flow.iter_mut().enumerate() {
        let sum = total(row);
        if sum > 0.0 {
            row.iter_mut().for_each(|w| *w /= sum);
            continue;
        }
        match policy {
            Dangling::Teleport => (0..n).for_each(|v| row[v] = tau[v] / total(tau)),
            Dangling::Uniform => row.fill(1.0 / n as f64),
            Dangling::Personal => (0..n).for_each(|v| row[v] = personal[v] / total(personal)),
            Dangling::SelfLoop => row[u] = 1.0,
            Dangling::Drop => {}
        }
    }
    let mut system: Vec<Vec<f64>> = (0..n)
        .map(|v| {
            let mut row: Vec<f64> = (0..n).map(|u| (u == v) as u8 as f64 - d * flow[u][v]).collect();
            row.push((1.0 - d) * tau[v] / total(tau));
            row
        })
        .collect();
    for at in 0..n {
        let pivot = (at..n).max_by(|a, b| system[*a][at].abs().total_cmp(&system[*b][at].abs())).unwrap();
        system.swap(at, pivot);
        let row: Vec<f64> = system[at].iter().map(|x| x / system[at][at]).collect();
        for (other, line) in system.iter_mut().enumerate() {
            let factor = line[at];
            if other != at {
                line.iter_mut().zip(&row).for_each(|(x, y)| *x -= factor * y);
            }
        }
        system[at] = row;
    }
    system.iter().map(|row| row[n]).collect()
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).sum()
}

/// Vectors that are given only where the policy wants them.
fn vectors<'a>(policy: Dangling, tau: &'a [f64], personal: &'a [f64]) -> Teleport<'a> {
    Teleport { teleport: Some(tau), dangling: (policy == Dangling::Personal).then_some(personal), passing: None }
}

/// Accounts, follows, teleport vector, dangling vector.
type Case = (usize, Vec<(u32, u32, f64)>, Vec<f64>, Vec<f64>);

/// Up to nine accounts with up to forty weighted follows (some of weight 0), and two vectors with zeros in them.
fn network() -> impl Strategy<Value = Case> {
    (1usize..10).prop_flat_map(|n| {
        let edge = (0..n as u32, 0..n as u32, prop_oneof![Just(0.0), Just(1.0), 0.01f64..50.0]);
        let vector = || {
            prop::collection::vec(prop_oneof![Just(0.0), 0.1f64..9.0], n)
                .prop_filter("a positive sum", |vector| vector.iter().sum::<f64>() > 0.0)
        };
        (Just(n), prop::collection::vec(edge, 0..40), vector(), vector())
    })
}

proptest! {
    #[test]
    fn scores_solve_the_linear_system(
        (n, edges, tau, personal) in network(),
        damping in prop_oneof![Just(0.0), Just(0.85), 0.0f64..0.97],
        weighted in any::<bool>(),
    ) {
        let mut edges = edges;
        let mut graph = build::weighted(n, &edges);
        if !weighted {
            graph = graph.unweighted();
            edges.sort_by(|a, b| a.partial_cmp(b).unwrap());
            edges.dedup_by_key(|edge| (edge.0, edge.1));
            edges.iter_mut().for_each(|edge| edge.2 = 1.0);
        }
        for dangling in POLICIES {
            let pagerank = PageRank { damping, dangling, tolerance: 1e-12, ..Default::default() };
            let exact = solve(n, &edges, damping, &tau, dangling, &personal);
            let found = pagerank.run_with(&graph, &vectors(dangling, &tau, &personal), &Run::default()).unwrap();
            let off = distance(&found.scores, &exact);
            prop_assert!(found.converged && off <= 1e-12 + 1e-13, "{dangling:?}: {off:e}");
            prop_assert!(found.iterations as f64 <= pagerank.enough_iterations() + 1.0);
            match dangling {
                Dangling::Drop => prop_assert!(found.total() <= 1.0 + 1e-14),
                _ => prop_assert!((found.total() - 1.0).abs() < 1e-12),
            }
            // The bound holds wherever the iteration is cut off.
            for max_iterations in [1, 2, 3, 7, 20] {
                let cut = PageRank { max_iterations, tolerance: 1e-300, ..pagerank.clone() };
                let cut = cut.run_with(&graph, &vectors(dangling, &tau, &personal), &Run::default()).unwrap();
                let off = distance(&cut.scores, &exact);
                prop_assert!(off <= cut.error_bound + 1e-13, "{dangling:?}: {off:e} > {:e}", cut.error_bound);
            }
        }
    }

    #[test]
    fn new_ids_change_nothing(
        (n, edges, tau, personal) in network(), shuffle in any::<u64>(),
    ) {
        let mut ids: Vec<u32> = (0..n as u32).collect();
        ids.sort_by_key(|&id| crate::base::seed::mix(shuffle ^ id as u64));
        let renamed: Vec<_> = edges.iter().map(|&(u, v, w)| (ids[u as usize], ids[v as usize], w)).collect();
        let moved = |vector: &[f64]| {
            let mut out = vec![0.0; n];
            (0..n).for_each(|v| out[ids[v] as usize] = vector[v]);
            out
        };
        let (new_tau, new_personal) = (moved(&tau), moved(&personal));
        for dangling in POLICIES {
            // A fixed number of iterations: rounding must not decide when to stop.
            let pagerank = PageRank { dangling, tolerance: 1e-300, max_iterations: 60, ..Default::default() };
            let run = Run::default();
            let old = pagerank.run_with(&build::weighted(n, &edges), &vectors(dangling, &tau, &personal), &run);
            let new =
                pagerank.run_with(&build::weighted(n, &renamed), &vectors(dangling, &new_tau, &new_personal), &run);
            prop_assert!(distance(&moved(&old.unwrap().scores), &new.unwrap().scores) < 1e-12);
        }
    }
}

/// A hub that every third account follows, random follows, and every seventh account dangling.
fn large() -> Graph {
    let draw = |i: u32| (crate::base::seed::mix(i as u64) % 30_000) as u32;
    let follows = (0..200_000u32).map(|i| (draw(3 * i), draw(3 * i + 1), draw(i) as f64 / 1e3));
    let hub = (0..30_000).step_by(3).map(|u| (u, 5, 1.0));
    let follows: Vec<_> = follows.chain(hub).filter(|(u, ..)| u % 7 != 0).collect();
    build::weighted(30_000, &follows)
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let weighted = large();
    let tau: Vec<f64> = (0..30_000).map(|v| (v % 11) as f64).collect();
    for graph in [weighted.unweighted(), weighted] {
        for dangling in POLICIES {
            let pagerank = PageRank { dangling, ..Default::default() };
            let rankings = [1, 2, 3, 8].map(|threads| {
                let run = Run::new(1).threads(threads).unwrap();
                pagerank.run_with(&graph, &vectors(dangling, &tau, &tau), &run).unwrap()
            });
            assert!(rankings[0].converged && rankings[0].error_bound <= 1e-9);
            let bits = |ranking: &Ranking| ranking.scores.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            for other in &rankings[1..] {
                assert_eq!(bits(other), bits(&rankings[0]));
                assert_eq!(other, &rankings[0]);
            }
        }
    }
}

#[test]
fn networks_without_follows_work() {
    for dangling in POLICIES {
        let given = [1.0];
        let vectors = |n: usize| Teleport {
            teleport: None,
            dangling: (dangling == Dangling::Personal).then_some(&given[..n]),
            passing: None,
        };
        let pagerank = PageRank { dangling, ..Default::default() };
        let none = pagerank.run_with(&build::graph(0, &[]), &vectors(0), &Run::default()).unwrap();
        assert!(none.converged && none.scores.is_empty() && none.iterations == 0);
        let one = pagerank.run_with(&build::graph(1, &[(0, 0)]), &vectors(1), &Run::default()).unwrap();
        let expected = if dangling == Dangling::Drop { 0.15 } else { 1.0 };
        assert!(one.converged && (one.scores[0] - expected).abs() < 1e-9, "{dangling:?}: {one:?}");
    }
    let four = PageRank::default().run(&build::graph(4, &[]), &Run::default()).unwrap();
    assert_eq!(four.scores, [0.25; 4]);
}

/// Equal terms added one by one drift: a million by 7e-12 of their sum, thirty million by 5e-10.
#[test]
fn a_million_equal_followers_do_not_drift() {
    let n = 1_000_001;
    let star = build::graph(n, &(1..n as u32).map(|u| (u, 0)).collect::<Vec<_>>());
    let (damping, max_iterations) = (0.5, 60);
    let pagerank = PageRank { damping, max_iterations, tolerance: 1e-300, ..Default::default() };
    let found = pagerank.run(&star, &Run::default()).unwrap();
    // leaf = ((1 − d) + d hub)/n and hub = leaf + d (n − 1) leaf.
    let (n, d) = (n as f64, damping);
    let leaf = (1.0 - d) / (n - d * (1.0 + d * (n - 1.0)));
    assert!((found.scores[1] / leaf - 1.0).abs() < 1e-13);
    assert!((found.scores[0] / (leaf + d * (n - 1.0) * leaf) - 1.0).abs() < 1e-13);
    assert!((found.total() - 1.0).abs() < 1e-14, "{:e}", found.total() - 1.0);
}

#[test]
fn what_teleport_cannot_reach_scores_zero() {
    let graph = build::graph(5, &[(0, 1), (1, 0), (3, 4), (4, 3), (3, 0)]);
    let tau = [1.0, 0.0, 0.0, 0.0, 0.0];
    let found = PageRank::default()
        .run_with(&graph, &Teleport { teleport: Some(&tau), ..Default::default() }, &Run::default())
        .unwrap();
    assert_eq!(found.scores[2..], [0.0; 3]);
    assert!((found.total() - 1.0).abs() < 1e-12);
}

#[test]
fn too_few_iterations_are_said_and_a_change_rule_stops_earlier() {
    let graph = large();
    let short = PageRank { max_iterations: 3, ..Default::default() }.run(&graph, &Run::default()).unwrap();
    assert!(!short.converged && short.iterations == 3 && short.error_bound > 1e-9);
    let proven = PageRank::default().run(&graph, &Run::default()).unwrap();
    let quiet = PageRank { stop: Stop::Change, ..Default::default() }.run(&graph, &Run::default()).unwrap();
    assert!(quiet.converged && quiet.change <= 1e-9 && quiet.iterations < proven.iterations);
    assert!(distance(&quiet.scores, &proven.scores) <= quiet.error_bound + proven.error_bound);
}

#[test]
fn enough_iterations_are_enough_and_finite() {
    for stop in [Stop::Guaranteed, Stop::Change] {
        for damping in [0.0, 0.1, 0.5, 0.85, 0.99] {
            for tolerance in [1e-12, 1e-6, 1.0, 10.0, 1e9] {
                let enough = PageRank { damping, stop, tolerance, ..Default::default() }.enough_iterations();
                assert!((1.0..1e5).contains(&enough), "{damping} {tolerance}: {enough}");
            }
        }
    }
    assert_eq!(PageRank::default().enough_iterations(), 144.0);
}

/// Where rounding is a part of the bound that counts: the tolerance is a few of its sizes.
#[test]
fn iterations_that_are_enough_have_rounding_in_them() {
    let graph = build::graph(2, &[(1, 0)]);
    for dangling in POLICIES {
        let pagerank = PageRank { damping: 0.956, dangling, tolerance: 1e-12, ..Default::default() };
        let found = pagerank.run_with(&graph, &vectors(dangling, &[0.0, 0.1], &[0.1, 0.0]), &Run::default()).unwrap();
        let enough = pagerank.enough_iterations();
        assert!(
            found.converged && f64::from(found.iterations) <= enough,
            "{dangling:?}: {} {enough}",
            found.iterations
        );
    }
}

#[test]
fn tiny_and_huge_vectors_and_weights_keep_their_digits() {
    let graph = build::weighted(3, &[(0, 1, 1e-290), (0, 2, 3e-290), (1, 0, 1e290), (2, 0, 1e-5)]);
    let plain = build::weighted(3, &[(0, 1, 1.0), (0, 2, 3.0), (1, 0, 1.0), (2, 0, 1.0)]);
    let tau = [f64::MAX, f64::MAX / 2.0, f64::MIN_POSITIVE];
    let given = |tau| Teleport { teleport: Some(tau), ..Default::default() };
    let odd = PageRank::default().run_with(&graph, &given(&tau), &Run::default()).unwrap();
    let even = PageRank::default().run_with(&plain, &given(&[2.0, 1.0, 0.0]), &Run::default()).unwrap();
    assert!(distance(&odd.scores, &even.scores) < 1e-14, "{odd:?} {even:?}");
}

#[test]
fn nonsense_is_refused_in_words() {
    let graph = build::graph(2, &[(0, 1)]);
    let refused = |pagerank: PageRank, teleport: Option<&[f64]>, dangling: Option<&[f64]>, says: &str| {
        let error =
            pagerank.run_with(&graph, &Teleport { teleport, dangling, passing: None }, &Run::default()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(error.exit_code(), 2);
    };
    let default = PageRank::default;
    for damping in [-0.1, 1.0, f64::NAN, f64::INFINITY] {
        refused(PageRank { damping, ..default() }, None, None, "--damping");
    }
    for tolerance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        refused(PageRank { tolerance, ..default() }, None, None, "--tolerance");
    }
    refused(PageRank { max_iterations: 0, ..default() }, None, None, "--max-iterations");
    refused(default(), Some(&[1.0]), None, "1 numbers for 2 accounts");
    refused(default(), Some(&[1.0, -1.0]), None, "account 1 has -1");
    refused(default(), Some(&[f64::NAN, 1.0]), None, "account 0 has NaN");
    refused(default(), Some(&[0.0, 0.0]), None, "all its numbers are 0");
    refused(default(), None, Some(&[1.0, 1.0]), "choose the policy personal");
    refused(PageRank { dangling: Dangling::Personal, ..default() }, None, None, "personal needs a vector");

    for (weight, says) in [(-1.0, "0 follows 1 with weight -1"), (1e-305, "usual size"), (1e305, "usual size")] {
        let error = default().run(&build::weighted(2, &[(0, 1, weight)]), &Run::default()).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    let error = default().run(&graph, &Run::default().memory(Some(63))).unwrap_err();
    assert!(error.to_string().contains("PageRank needs 64 B"), "{error}");
    let cancelled = Run::default().cancel_by(std::sync::Arc::new(true.into()));
    assert!(matches!(default().run(&graph, &cancelled), Err(Error::Cancelled)));
}

#[test]
fn parameters_read_from_text() {
    let text = r#"{"damping": 0.5, "stop": "change", "dangling": "self-loop"}"#;
    let read: PageRank = serde_json::from_str(text).unwrap();
    let expected = PageRank { damping: 0.5, stop: Stop::Change, dangling: Dangling::SelfLoop, ..Default::default() };
    assert_eq!(read, expected);
    assert!(serde_json::from_str::<PageRank>(r#"{"dampening": 0.5}"#).is_err());
}

#[cfg(feature = "cli")]
#[test]
fn flags_and_defaults_agree() {
    use crate::rank::{Components, Degrees, KCore};
    use clap::{Args, FromArgMatches};
    fn read<T: Args + FromArgMatches>(flags: &[&str]) -> T {
        let command = T::augment_args(clap::Command::new("test").no_binary_name(true));
        T::from_arg_matches(&command.try_get_matches_from(flags).unwrap()).unwrap()
    }
    assert_eq!(read::<PageRank>(&[]), PageRank::default());
    assert_eq!(read::<Components>(&[]), Components::default());
    assert_eq!(read::<KCore>(&[]), KCore::default());
    assert_eq!(read::<Degrees>(&[]), Degrees::default());
    let flags = ["--damping", "0.5", "--stop", "change", "--dangling", "drop", "--max-iterations", "9"];
    let given: PageRank = read(&flags);
    assert_eq!((given.damping, given.max_iterations, given.dangling), (0.5, 9, Dangling::Drop));
}

/// Sources that are alone, together, dangling, apart, and named twice.
fn sources(n: u32) -> Vec<Vec<u32>> {
    (0..n).map(|v| vec![v]).chain([vec![0, n / 2], vec![n - 1, 0, 0]]).chain((0..20).map(|v| vec![v % n])).collect()
}

proptest! {
    #[test]
    fn many_sources_solve_the_linear_system(
        (n, edges, ..) in network(), damping in prop_oneof![Just(0.0), Just(0.85), 0.0f64..0.95], weighted in any::<bool>(),
    ) {
        let mut edges = edges;
        let mut graph = build::weighted(n, &edges);
        if !weighted {
            graph = graph.unweighted();
            edges.sort_by(|a, b| a.partial_cmp(b).unwrap());
            edges.dedup_by_key(|edge| (edge.0, edge.1));
            edges.iter_mut().for_each(|edge| edge.2 = 1.0);
        }
        let sources = sources(n as u32);
        for dangling in [Dangling::Teleport, Dangling::Uniform, Dangling::SelfLoop, Dangling::Drop] {
            // In 32 bits, in 64, and cut off before its time.
            for (tolerance, max_iterations) in [(1e-4, 1000), (1e-11, 1000), (1e-11, 3), (1e-4, 3)] {
                let pagerank = PageRank { damping, dangling, tolerance, max_iterations, ..Default::default() };
                let found = pagerank.run_each(&graph, &sources, &Run::default(), |ranking| ranking).unwrap();
                for (source, found) in sources.iter().zip(&found) {
                    let mut tau = vec![0.0; n];
                    source.iter().for_each(|&v| tau[v as usize] += 1.0);
                    let off = distance(&found.scores, &solve(n, &edges, damping, &tau, dangling, &tau));
                    prop_assert!(off <= found.error_bound + 1e-14, "{dangling:?} {off:e} {:e}", found.error_bound);
                    prop_assert!(found.converged || max_iterations == 3);
                    prop_assert!(!found.converged || found.error_bound <= tolerance);
                }
            }
        }
    }
}

#[test]
fn many_sources_are_what_each_is_alone_at_any_number_of_threads() {
    let weighted = large();
    let sources: Vec<Vec<u32>> = (0..18).map(|at| vec![at * 1571, 7, at]).collect();
    for (graph, tolerance) in [(weighted.unweighted(), 1e-5), (weighted, 1e-9)] {
        let pagerank = PageRank { tolerance, ..Default::default() };
        let each = |sources: &[Vec<u32>], threads| {
            let run = Run::new(1).threads(threads).unwrap();
            pagerank.run_each(&graph, sources, &run, |ranking| ranking).unwrap()
        };
        let together = each(&sources, 1);
        assert!([2, 3, 8].iter().all(|&threads| each(&sources, threads) == together));
        assert_eq!(each(&sources[17..], 2)[0], together[17]);
        for (source, found) in sources.iter().zip(&together).step_by(5) {
            let mut tau = vec![0.0; graph.accounts()];
            source.iter().for_each(|&v| tau[v as usize] += 1.0);
            let vectors = Teleport { teleport: Some(&tau), ..Teleport::default() };
            let alone = pagerank.run_with(&graph, &vectors, &Run::default()).unwrap();
            assert!(distance(&found.scores, &alone.scores) <= found.error_bound + alone.error_bound);
            assert!(found.converged && (found.total() - 1.0).abs() <= found.error_bound);
        }
    }
}

#[test]
fn thirty_two_bits_keep_their_bound() {
    let graph = large();
    for graph in [graph.unweighted(), graph] {
        let exact = PageRank { tolerance: 1e-12, ..Default::default() }.run(&graph, &Run::default()).unwrap();
        let short = PageRank { tolerance: 1e-5, ..Default::default() };
        assert!(short.is_single(short.damping * flow::SINGLE));
        let short = short.run(&graph, &Run::default()).unwrap();
        let off = distance(&short.scores, &exact.scores);
        // That it is not exact says that 32 bits were used; a rounding unit lies in the bound.
        assert!(short.converged && off <= short.error_bound && short.error_bound > 0.85 / 0.15 * flow::SINGLE);
        let tight = PageRank { tolerance: 1e-7, ..Default::default() };
        assert!(!tight.is_single(tight.damping * flow::SINGLE));
    }
}

#[test]
fn nonsense_about_sources_is_refused_in_words() {
    let graph = build::graph(2, &[(0, 1)]);
    let refused = |pagerank: PageRank, sources: &[Vec<u32>], run: Run, says: &str| {
        let error = pagerank.run_each(&graph, sources, &run, |ranking| ranking).unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    };
    refused(PageRank::default(), &[vec![0], vec![]], Run::default(), "source 1 names no account");
    refused(PageRank::default(), &[vec![2]], Run::default(), "source 0 names account 2 of 2");
    refused(PageRank { damping: 2.0, ..Default::default() }, &[], Run::default(), "--damping");
    let personal = PageRank { dangling: Dangling::Personal, ..Default::default() };
    refused(personal, &[vec![0]], Run::default(), "one ranking at a time");
    refused(PageRank::default(), &[vec![0]], Run::default().memory(Some(783)), "needs 784 B");
    assert!(PageRank::default().run_each(&graph, &[], &Run::default(), |ranking| ranking).unwrap().is_empty());
    let cancelled = Run::default().cancel_by(std::sync::Arc::new(true.into()));
    let error = PageRank::default().run_each(&graph, &[vec![0]], &cancelled, |ranking| ranking).unwrap_err();
    assert!(matches!(error, Error::Cancelled));
}
