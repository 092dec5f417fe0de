//! HyperBall against breadth-first search from every account.

use super::*;
use crate::graph::build;
use crate::rank::Bfs;

/// Pairs within 0, 1, 2, … hops and each account's harmonic centrality, hop by hop from everywhere.
fn exact(graph: &Graph, direction: Direction) -> (Vec<f64>, Vec<f64>) {
    let mut pairs: Vec<f64> = vec![];
    let mut harmonic = vec![];
    for from in 0..graph.accounts() as u32 {
        let hops = Bfs { from, direction, max_hops: None }.run(graph, &Run::default()).unwrap();
        pairs.resize(pairs.len().max(hops.accounts_by_hops.len()), 0.0);
        pairs.iter_mut().zip(&hops.accounts_by_hops).for_each(|(pairs, &more)| *pairs += more as f64);
        harmonic.push(hops.harmonic());
    }
    (1..pairs.len()).for_each(|t| pairs[t] += pairs[t - 1]);
    (pairs, harmonic)
}

/// 600 accounts in three parts, one of which cannot be left: dangling ends, and pairs that do not reach each other.
fn parts() -> Graph {
    let key = Key::new(3, Stream::Sample, 0);
    let inside = (0..1800u64).map(|i| {
        let part = (i % 3) as u32;
        (200 * part + (key.word(2 * i) % 200) as u32, 200 * part + (key.word(2 * i + 1) % 200) as u32)
    });
    build::graph(601, &inside.chain([(3, 250), (9, 300)]).collect::<Vec<_>>())
}

#[test]
fn estimates_are_near_what_search_finds_in_both_directions() {
    let graph = parts();
    for direction in [Direction::Followers, Direction::Following] {
        let (pairs, harmonic) = exact(&graph, direction);
        for (log2m, seed) in [(6, 1), (6, 2), (6, 3), (10, 1), (10, 2)] {
            let ball = HyperBall { log2m, direction, max_hops: None };
            let found = ball.run(&graph, &Run::new(seed)).unwrap();
            let error = ball.relative_error();
            assert!(found.complete);
            assert_eq!(&found.pairs_within[..2], &pairs[..2]);
            // 4 standard errors at every t: passed by chance less than once in 1,000 of these 10 runs.
            let last = *found.pairs_within.last().unwrap();
            for (t, &pairs) in pairs.iter().enumerate() {
                let found = found.pairs_within.get(t).copied().unwrap_or(last);
                assert!((found / pairs - 1.0).abs() < 4.0 * error, "log2m {log2m}: {found} of {pairs} within {t}");
            }
            // Of each account's relative error, the root of the mean square is at most the stated one (5% more for chance and for
            // balls that err alike would be tight: 1.3 is not passed by any of 40 seeds).
            let of =
                |v: usize| if harmonic[v] > 0.0 { found.harmonic[v] / harmonic[v] - 1.0 } else { found.harmonic[v] };
            let square = (0..601).map(|v| of(v) * of(v)).sum::<f64>() / 601.0;
            assert!(square.sqrt() < 1.3 * error, "log2m {log2m}, seed {seed}: {} over {error}", square.sqrt());
        }
    }
}

#[test]
fn with_many_registers_small_networks_come_out_as_they_are() {
    // A chain of 6: 0 is heard by 1, 1 by 2, …
    let graph = build::graph(7, &[(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]);
    let ball = HyperBall { log2m: 14, ..Default::default() };
    let found = ball.run(&graph, &Run::new(1)).unwrap();
    let near = |found: Option<f64>, expected: f64| assert!((found.unwrap() / expected - 1.0).abs() < 0.01, "{found:?}");
    near(Some(found.harmonic[0]), 1.0 + 0.5 + 1.0 / 3.0 + 0.25 + 0.2);
    near(Some(found.reached[0]), 5.0);
    near(found.closeness(0), 1.0 / 3.0);
    assert_eq!((found.closeness(5), found.closeness(6), found.harmonic[6]), (None, None, 0.0));
    // 15 pairs besides the 7 of each with itself: 5 of one hop, 4 of two, …
    near(found.mean_hops(), (5.0 + 8.0 + 9.0 + 8.0 + 5.0) / 15.0);
    // Within 0, 1, 2, 3, 4, 5 hops: 7, 12, 16, 19, 21, 22 of the 22 pairs; 90% are 19.8.
    near(found.effective_diameter(0.9), 3.0 + (19.8 - 19.0) / 2.0);
    let two = HyperBall { max_hops: Some(2), ..ball }.run(&graph, &Run::new(1)).unwrap();
    assert!(!two.complete && two.pairs_within.len() == 3);
    near(Some(two.harmonic[0]), 1.5);
}

#[test]
fn networks_without_follows_have_no_distances() {
    for accounts in [0, 1, 5] {
        let found = HyperBall::default().run(&build::graph(accounts, &[]), &Run::default()).unwrap();
        assert!(found.complete && found.harmonic.iter().all(|&harmonic| harmonic == 0.0));
        assert_eq!(found.pairs_within, vec![accounts as f64; usize::from(accounts > 0)]);
        assert_eq!((found.mean_hops(), found.effective_diameter(0.9)), (None, None));
    }
}

#[test]
fn parameters_out_of_range_and_too_little_memory_are_refused() {
    let graph = build::graph(2, &[(0, 1)]);
    for log2m in [0, 3, 17, 64] {
        assert!(HyperBall { log2m, ..Default::default() }.run(&graph, &Run::default()).is_err());
    }
    assert!(HyperBall::default().run(&graph, &Run::default().memory(Some(100))).is_err());
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let graph = parts();
    let find = |threads| HyperBall::default().run(&graph, &Run::new(5).threads(threads).unwrap()).unwrap();
    let one = find(1);
    for threads in [2, 3, 8] {
        assert_eq!(find(threads), one);
    }
    assert_ne!(HyperBall::default().run(&graph, &Run::new(6)).unwrap(), one);
}
