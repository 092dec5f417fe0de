use super::part::Density;
use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::build;
use proptest::prelude::*;

/// Plain FRAUDAR: each time the account with the least weight left, found by looking at all. Gives the densest set passed, of equals
/// the largest: density, followers, followed.
fn plain(graph: &Graph, priors: Option<&[f64]>) -> Option<(f64, Vec<u32>, Vec<u32>)> {
    let n = graph.accounts();
    let prior = |u: usize| priors.map_or(0, |priors| (priors[u] * ONE + 0.5) as u64);
    let mut here: Vec<bool> = (0..2 * n).map(|_| true).collect();
    let weigh = |here: &[bool], node: usize| -> u64 {
        let follow = |v: u32| u64::from(weight(graph.followers(v).len()));
        if node < n {
            let row = graph.following(node as u32).iter().filter(|&&v| here[n + v as usize]);
            prior(node) + row.map(|&v| follow(v)).sum::<u64>()
        } else {
            let v = (node - n) as u32;
            graph.followers(v).iter().filter(|&&u| here[u as usize]).count() as u64 * follow(v)
        }
    };
    let mut best: Option<(Density, Vec<bool>)> = None;
    for size in (1..=2 * n as u64).rev() {
        let total = (0..n).filter(|&u| here[u]).map(|u| weigh(&here, u)).sum();
        let density = Density { total, size };
        if best.as_ref().is_none_or(|(best, _)| density.above(*best)) {
            best = Some((density, here.clone()));
        }
        let least = (0..2 * n).filter(|&node| here[node]).min_by_key(|&node| (weigh(&here, node), node));
        here[least?] = false;
    }
    let (density, here) = best?;
    let side = |from: usize| (0..n as u32).filter(|&v| here[from + v as usize]).collect();
    Some((density.value(), side(0), side(n)))
}

/// The densest of all sets.
fn optimum(graph: &Graph, priors: Option<&[f64]>) -> f64 {
    let n = graph.accounts();
    let mut best = 0f64;
    for rows in 0u32..1 << n {
        for columns in 0u32..1 << n {
            let size = rows.count_ones() + columns.count_ones();
            let inside = |u: &usize| rows >> u & 1 == 1;
            let row = |u: usize| {
                let kept = graph.following(u as u32).iter().filter(|&&v| columns >> v & 1 == 1);
                let sum: f64 = kept.map(|&v| 1.0 / libm::log(graph.followers(v).len() as f64 + 5.0)).sum();
                sum + priors.map_or(0.0, |priors| priors[u])
            };
            best = best.max((0..n).filter(inside).map(row).sum::<f64>() / f64::from(size.max(1)));
        }
    }
    best
}

fn alone() -> Dense {
    Dense { copies: 0, blocks: 1, ..Dense::default() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn blocks_are_those_of_plain_peeling(
        accounts in 1u32..24,
        follows in prop::collection::vec((0u32..24, 0u32..24), 0..160),
        priors in prop::collection::vec(0.0f64..0.4, 24),
        with in any::<bool>(),
    ) {
        let follows: Vec<_> = follows.iter().map(|&(u, v)| (u % accounts, v % accounts)).collect();
        let graph = build::graph(accounts as usize, &follows);
        let priors = with.then_some(&priors[..accounts as usize]);
        let found = alone().run(&graph, priors, &Run::default()).unwrap().blocks;
        let (density, followers, followed) = plain(&graph, priors).unwrap();
        if let Some(block) = found.first() {
            prop_assert_eq!((block.density, &block.followers, &block.followed), (density, &followers, &followed));
        } else {
            prop_assert!(graph.edges() == 0 || followed.is_empty());
        }
    }

    #[test]
    fn blocks_are_at_least_half_as_dense_as_the_densest(
        accounts in 2u32..6,
        follows in prop::collection::vec((0u32..6, 0u32..6), 1..30),
        priors in prop::collection::vec(0.0f64..0.1, 6),
    ) {
        let follows: Vec<_> = follows.iter().map(|&(u, v)| (u % accounts, v % accounts)).collect();
        let graph = build::graph(accounts as usize, &follows);
        let priors = Some(&priors[..accounts as usize]);
        if let Some(block) = alone().run(&graph, priors, &Run::default()).unwrap().blocks.first() {
            let best = optimum(&graph, priors);
            prop_assert!(block.density <= best + 1e-8 && block.density >= best / 2.0 - 1e-8);
        }
    }
}

/// The two-sided example of the reference implementation: rows follow columns, which stand behind them.
fn example() -> Option<(Graph, Vec<u32>, Vec<u32>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("datasets/fraudar-example");
    let numbers = |name: &str| -> Option<Vec<u32>> {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        Some(text.split_whitespace().map(|number| number.parse().expect("whole numbers")).collect())
    };
    let follows: Vec<(u32, u32)> =
        numbers("example.txt")?.chunks_exact(2).map(|pair| (pair[0], 500 + pair[1])).collect();
    Some((build::graph(1000, &follows), numbers("out.rows")?, numbers("out.cols")?))
}

#[test]
fn the_planted_block_of_the_reference_is_found_exactly() {
    let Some((graph, rows, columns)) = example() else {
        return println!("SKIPPED: datasets/fraudar-example is absent");
    };
    let mut priors = vec![0.0; 1000];
    let bare = Dense::default().run(&graph, None, &Run::new(1)).unwrap();
    // With the reference's priors of 4 for the first ten rows as well.
    priors[..10].fill(4.0);
    let told = alone().run(&graph, Some(&priors), &Run::new(1)).unwrap();
    for block in [&bare.blocks[0], &told.blocks[0]] {
        assert_eq!((&block.followers, block.follows), (&rows, 400));
        assert_eq!(block.followed.iter().map(|v| v - 500).collect::<Vec<_>>(), columns);
    }
    let weight = |v: &u32| 20.0 / libm::log(graph.followers(*v).len() as f64 + 5.0);
    let hand: f64 = bare.blocks[0].followed.iter().map(weight).sum::<f64>() / 40.0;
    assert!((bare.blocks[0].density - hand).abs() < 1e-8);
    assert_eq!(bare.blocks[0].p, 0.05);
    assert!((30.0..300.0).contains(&bare.blocks[0].expected), "{}", bare.blocks[0].expected);
    assert!(bare.excess(&bare.blocks[0]).unwrap() > 1.2, "{:?}", bare.null);
}

/// A crowd of 3,000 who follow `each` accounts of 1,000, the first of them most, and farms of `size` followers each of whom
/// follows 9 in 10 of `size` accounts of its own.
fn farms(seed: u64, farms: u32, size: u32, each: u32) -> Graph {
    let key = Key::new(seed, Stream::Sample, 1);
    let mut follows = Vec::new();
    for u in 0..3000u32 {
        let unit = |i: u32| key.of(u64::from(u)).unit(u64::from(i));
        follows.extend((0..each).map(|i| (u, 3000 + (1000.0 * unit(i) * unit(i + each)) as u32)));
    }
    for farm in 0..farms {
        let place = |u: u32, v: u32| (farm * 100 + u, 3300 + farm * 100 + v);
        let pairs = (0..size).flat_map(|u| (0..size).map(move |v| (u, v)));
        follows.extend(pairs.filter(|(u, v)| (u + v) % 10 != 3).map(|(u, v)| place(u, v)));
    }
    build::graph(4000, &follows)
}

#[test]
fn several_farms_are_found_and_then_it_ends() {
    for seed in 0..3 {
        let graph = farms(seed, 3, 40, 6);
        let found = Dense::default().run(&graph, None, &Run::new(seed)).unwrap();
        assert_eq!(found.blocks.len(), 3, "{:?}", found.null);
        let mut seen = [false; 3];
        for block in &found.blocks {
            let farm = block.followers[0] / 100;
            seen[farm as usize] = true;
            assert_eq!(block.followers, (farm * 100..farm * 100 + 40).collect::<Vec<_>>());
            assert_eq!(block.followed, (3300 + farm * 100..3340 + farm * 100).collect::<Vec<_>>());
            assert!(block.p == 0.05 && found.excess(block).unwrap() > 1.2);
            let inside = |&u: &u32| graph.following(u).iter().filter(|v| block.followed.contains(v)).count() as u64;
            assert_eq!(block.follows, block.followers.iter().map(inside).sum::<u64>());
        }
        assert!(seen.iter().all(|&seen| seen));
    }
}

#[test]
fn later_blocks_are_those_of_what_is_left() {
    // Without chance, every block is the plain one of the network whose earlier blocks' follows are gone; weights stay.
    let graph = farms(5, 2, 12, 2);
    let found = Dense { copies: 0, blocks: 4, ..Dense::default() }.run(&graph, None, &Run::new(1)).unwrap();
    assert_eq!(found.blocks.len(), 4);
    let mut seen = std::collections::BTreeSet::new();
    for block in &found.blocks {
        let mut inside = 0;
        for &u in &block.followers {
            for &v in graph.following(u).iter().filter(|v| block.followed.binary_search(v).is_ok()) {
                inside += u64::from(seen.insert((u, v)));
            }
        }
        assert_eq!(inside, block.follows);
    }
    assert!(found.blocks.windows(2).all(|pair| pair[0].density >= pair[1].density / 2.0));
}

#[test]
fn copies_end_where_five_are_as_dense() {
    // Everybody follows three at random: chance explains it, and the first five or so copies say so.
    let key = Key::new(8, Stream::Sample, 3);
    let follows: Vec<(u32, u32)> =
        (0..600u32).flat_map(|u| (0..3).map(move |i| (u, (key.word(u64::from(3 * u + i)) % 600) as u32))).collect();
    let found = Dense::default().run(&build::graph(600, &follows), None, &Run::new(2)).unwrap();
    let reach = found.null.iter().filter(|&&null| null >= found.blocks[0].density).count();
    assert!(found.null.len() < 19 && reach == 5, "{:?}", found.null);
    assert_eq!((found.blocks.len(), found.blocks[0].p), (1, 5.0 / found.null.len() as f64));
}

#[test]
fn bits_are_the_same_at_any_number_of_threads() {
    let graph = farms(9, 2, 30, 8);
    let find = |threads| Dense::default().run(&graph, None, &Run::new(4).threads(threads).unwrap()).unwrap();
    let one = find(1);
    assert!([2, 3, 8].into_iter().all(|threads| find(threads) == one));
}

#[test]
fn names_do_not_matter_to_farms() {
    let graph = farms(2, 1, 40, 5);
    let rename = |v: u32| (v * 1237 + 77) % 4001;
    let renamed: Vec<(u32, u32)> =
        (0..4000).flat_map(|u| graph.following(u).iter().map(move |&v| (rename(u), rename(v)))).collect();
    let find = |graph: &Graph| Dense::default().run(graph, None, &Run::new(4)).unwrap();
    let (plain, renamed) = (find(&graph), find(&build::graph(4001, &renamed)));
    let mut expected: Vec<u32> = plain.blocks[0].followers.iter().map(|&u| rename(u)).collect();
    expected.sort_unstable();
    assert_eq!((plain.blocks[0].density, expected), (renamed.blocks[0].density, renamed.blocks[0].followers.clone()));
    assert_eq!(plain.null, renamed.null);
}

#[test]
fn the_least_networks_work() {
    let run = Run::default();
    for graph in [build::graph(0, &[]), build::graph(1, &[]), build::graph(4, &[])] {
        let priors = vec![1.0; graph.accounts()];
        let found = Dense::default().run(&graph, Some(&priors), &run).unwrap();
        assert!(found.blocks.is_empty() && found.null.is_empty());
    }
    let found = Dense::default().run(&build::graph(5, &[(0, 1), (2, 3)]), None, &run).unwrap();
    let block = &found.blocks[0];
    assert_eq!((block.follows, &block.followers[..], &block.followed[..]), (2, &[0, 2][..], &[1, 3][..]));
    assert!((block.density - 2.0 / libm::log(6.0) / 4.0).abs() < 1e-9 && block.p > 0.05);
    assert_eq!(found.blocks.len(), 1);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let graph = build::graph(3, &[(0, 1)]);
    for wrong in [
        Dense { blocks: 0, ..Dense::default() },
        Dense { blocks: 65, ..Dense::default() },
        Dense { level: 0.0, ..Dense::default() },
        Dense { level: f64::NAN, ..Dense::default() },
        Dense { copies: 9, ..Dense::default() },
        Dense { margin: f64::INFINITY, ..Dense::default() },
    ] {
        assert_eq!(wrong.run(&graph, None, &Run::default()).unwrap_err().exit_code(), 2);
    }
    for priors in [&[0.0][..], &[0.0, -1.0, 0.0], &[0.0, f64::NAN, 0.0], &[f64::INFINITY, 0.0, 0.0]] {
        assert_eq!(alone().run(&graph, Some(priors), &Run::default()).unwrap_err().exit_code(), 2);
    }
    assert!(alone().run(&graph, None, &Run::default().memory(Some(10))).is_err());
}

#[test]
fn copies_keep_degrees_in_the_mean_and_repeat_nothing() {
    // 400 copies of a skewed network, drawn whole: each mean degree is within 5 standard errors (a sum of coins: at most
    // sqrt(degree / 400)) and what the fit leaves; 160 degrees, by chance once in 10,000.
    let follows: Vec<(u32, u32)> = (0..80u32)
        .flat_map(|u| (0..80).filter(move |v| (u + 1) * (v + 1) < 160 && (u * 3 + v) % 7 > 0).map(move |v| (u, 80 + v)))
        .collect();
    let graph = build::graph(160, &follows);
    let run = Run::new(3);
    let null = Null::new(&graph, None, &run).unwrap();
    let (rows, columns) = null.means(400, &run);
    let near = |means: Vec<f64>, mut degrees: Vec<usize>| {
        degrees.retain(|&degree| degree > 0);
        degrees.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(means.len(), degrees.len());
        for (mean, degree) in means.into_iter().zip(degrees) {
            let degree = degree as f64;
            assert!((mean - degree).abs() < 5.0 * (degree / 400.0).sqrt() + 0.01 * degree, "{mean} {degree}");
        }
    };
    near(rows, (0..160).map(|u| graph.following(u).len()).collect());
    near(columns, (0..160).map(|v| graph.followers(v).len()).collect());
    // All there is, between all there are.
    let degrees =
        |of: fn(&Graph, u32) -> usize| (0..160).map(|v| of(&graph, v) as u32).filter(|&d| d > 0).collect::<Vec<_>>();
    let expected = null.expected(&degrees(|g, u| g.following(u).len()), &degrees(|g, v| g.followers(v).len()));
    assert!((expected / graph.edges() as f64 - 1.0).abs() < 0.01, "{expected} {}", graph.edges());
}
