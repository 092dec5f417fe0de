//! Logs on small graphs: hand values, a slow second way, properties.

use super::cells::CELLS;
use super::chances::Steps;
use super::factors::Factors;
use super::hierarchical::Learned;
use super::leak::Leak;
use super::travel::{Drawn, Room, Travel};
use super::*;
use crate::base::Run;
use crate::base::seed::{Key, Stream};
use crate::graph::{Action, Cascades, Graph, Network, OUTSIDE, build};
use crate::learn::spread;

/// Cascades from (item, time, actor).
fn log(accounts: usize, rows: &[(u32, i64, u32)]) -> Cascades {
    let items: Vec<String> =
        (0..=rows.iter().map(|row| row.0).max().unwrap_or(0)).map(|at| format!("i{at:04}")).collect();
    let actions = rows.iter().map(|&(item, time, actor)| Action { item, time, actor }).collect();
    Cascades::build(accounts, &items, actions, true)
}

/// The rows of cascades, each stranger another one.
fn rows_of(cascades: &Cascades) -> impl Iterator<Item = (u32, i64, u32)> + '_ {
    let cascades = cascades.iter().enumerate();
    let rows = cascades.flat_map(|(at, cascade)| {
        cascade.actors.iter().zip(cascade.after).map(move |(&u, &after)| (at as u32, cascade.began + after, u))
    });
    rows.enumerate().map(|(at, row)| (row.0, row.1, if row.2 == OUTSIDE { 1000 + at as u32 } else { row.2 }))
}

/// A random graph, and random acts on it, some at equal times, some by strangers.
fn random(seed: u64, accounts: u32, follows: u64, acts: u64) -> (Graph, Cascades) {
    let key = Key::new(seed, Stream::Sample, 0);
    let draw = |item: u64, n: u64| key.word(item) % n;
    let edges: Vec<(u32, u32)> = (0..follows)
        .map(|at| (draw(2 * at, accounts.into()) as u32, draw(2 * at + 1, accounts.into()) as u32))
        .filter(|(u, v)| u != v)
        .collect();
    let rows: Vec<(u32, i64, u32)> = (0..acts)
        .map(|at| {
            let item = 1_000_000 + 3 * at;
            (
                draw(item, 12) as u32,
                100 * draw(item, 12) as i64 + draw(item + 1, 20) as i64,
                draw(item + 2, u64::from(accounts) + 3) as u32,
            )
        })
        .collect();
    (build::graph(accounts as usize, &edges), log(accounts as usize, &rows))
}

#[test]
fn traces_are_those_of_a_slow_second_way() {
    for (seed, window) in [(1, None), (2, Some(6)), (3, None), (4, Some(1))] {
        let (graph, cascades) = random(seed, 30, 260, 160);
        let traces = Traces::of(&graph, &cascades, window, &Run::new(1)).unwrap();
        let (mut causes, mut ties) = (0, 0);
        for v in 0..30u32 {
            let acted = cascades.iter().filter(|cascade| cascade.actors.contains(&v)).count() as u32;
            assert_eq!(traces.acted[v as usize], acted);
            traces.tried(v, |place, u, trials, pair| {
                assert_eq!(graph.follower_rows().targets[place as usize], u);
                let (mut tried, mut after) = (0, 0);
                for cascade in cascades.iter() {
                    let time = |x: u32| Some(cascade.after[cascade.actors.iter().position(|&actor| actor == x)?]);
                    match (time(v), time(u)) {
                        (Some(_), None) => tried += 1,
                        (Some(v), Some(u)) if v < u => {
                            tried += 1;
                            after += usize::from(window.is_none_or(|window| u - v <= window));
                        }
                        _ => {}
                    }
                }
                assert_eq!(trials, tried, "{v} {u}");
                assert_eq!(pair.map_or(0, |pair| traces.pairs.acts(pair).len()), after, "{v} {u}");
                causes += after;
            });
        }
        for cascade in cascades.iter() {
            for (order, &u) in cascade.actors.iter().enumerate().skip(1).filter(|(_, u)| **u != OUTSIDE) {
                let same = |at: usize| at != order && cascade.after[at] == cascade.after[order];
                let follows =
                    |at: usize| cascade.actors[at] != OUTSIDE && graph.following(u).contains(&cascade.actors[at]);
                ties += u64::from((0..cascade.actors.len()).any(|at| same(at) && follows(at)));
            }
        }
        assert_eq!(traces.ties, ties);
        assert_eq!((0..traces.acts.len()).map(|act| traces.acts.pairs(act).len()).sum::<usize>(), causes);
        let inside =
            |cascade: graph_cascade::Cascade<'_>| cascade.actors[1..].iter().filter(|u| **u != OUTSIDE).count();
        assert_eq!(traces.acts.len(), cascades.iter().map(inside).sum::<usize>());
    }
}

use crate::graph::cascades as graph_cascade;

/// 1 and 2 follow 0, 2 follows 1. Item 0: 0, 1, 2. Item 1: 0, 2. Item 2: 1 alone. Item 3: 2, then 0.
fn small() -> (Graph, Cascades) {
    let graph = build::graph(3, &[(1, 0), (2, 0), (2, 1)]);
    let rows = [(0, 0, 0), (0, 1, 1), (0, 2, 2), (1, 10, 0), (1, 11, 2), (2, 20, 1), (3, 30, 2), (3, 31, 0)];
    (graph, log(3, &rows))
}

#[test]
fn plain_estimators_give_their_hand_values() {
    let (graph, cascades) = small();
    let traces = Traces::of(&graph, &cascades, None, &Run::new(1)).unwrap();
    // Pairs by place: (0 <- 1), (0 <- 2), (1 <- 2).
    assert_eq!((&traces.pairs.source[..], &traces.pairs.target[..]), (&[0, 0, 1][..], &[1, 2, 2][..]));
    assert_eq!(traces.pairs.trials, [3, 2, 2], "item 3 is no trial of 2 following 0");
    let near = |found: Chances, expect: [f64; 3]| {
        for (found, expect) in found.pairs.iter().zip(expect) {
            assert!((found - expect).abs() < 1e-12, "{found} {expect}");
        }
    };
    near(Chances::bernoulli(&traces), [1.0 / 3.0, 2.0 / 3.0, 0.5]);
    near(Chances::partial_credits(&traces), [1.0 / 3.0, 1.5 / 3.0, 0.25]);
    // A_(u|v): 0 or 1 acted on 4 items; 0 or 2 on 3; 1 or 2 on 4.
    near(Chances::jaccard(&traces), [0.25, 2.0 / 3.0, 0.25]);
    near(Chances::weighted_cascade(&traces), [1.0, 0.5, 0.5]);
    // Three acts with a cause in 3 + 2 + 2 trials.
    near(Chances::constant(&traces), [3.0 / 7.0; 3]);
}

#[test]
fn credit_is_that_of_the_paper_by_hand_and_sets_add_up() {
    let (graph, cascades) = small();
    let run = Run::new(1);
    let traces = Traces::of(&graph, &cascades, None, &run).unwrap();
    let credit = Credit(&traces);
    let all = credit.of_all(&run).unwrap();
    // 0: itself; of 1's two acts one is its own doing; of 2's three: half of one and half through 1, one whole.
    let expect = [1.0 + 0.5 + 2.0 / 3.0, 1.0 + 0.5 / 3.0, 1.0];
    for v in 0..3u32 {
        assert!((all[v as usize] - expect[v as usize]).abs() < 1e-12, "{v} {}", all[v as usize]);
        assert!((credit.of_set(&[v]).unwrap() - expect[v as usize]).abs() < 1e-12);
    }
    // Monotone and submodular on random logs; all alone agree with sets.
    for seed in 1..5 {
        let (graph, cascades) = random(seed, 20, 150, 120);
        let traces = Traces::of(&graph, &cascades, None, &run).unwrap();
        let credit = Credit(&traces);
        let of = |set: &[u32]| credit.of_set(set).unwrap();
        let all = credit.of_all(&run).unwrap();
        for v in 0..20u32 {
            assert!((all[v as usize] - of(&[v])).abs() < 1e-9);
            let (gain, later) = (of(&[3, v]) - of(&[3]), of(&[3, 7, 11, v]) - of(&[3, 7, 11]));
            assert!(gain >= -1e-12 && (v == 3 || v == 7 || v == 11 || gain >= later - 1e-9), "{v}: {gain} {later}");
        }
    }
    assert!(credit.of_set(&[9]).is_err());
}

/// The log-likelihood of the independent cascade, pair by pair and act by act.
fn likelihood(traces: &Traces<'_>, p: &[f64]) -> f64 {
    let acts = (0..traces.acts.len()).filter(|&act| !traces.acts.pairs(act).is_empty());
    let explained = acts.fold(0.0, |sum, act| {
        let not = traces.acts.pairs(act).iter().fold(1.0, |not, &pair| not * (1.0 - p[pair as usize]));
        sum + libm::log(1.0 - not)
    });
    (0..p.len()).fold(explained, |sum, pair| {
        let fails = f64::from(traces.pairs.trials[pair]) - traces.pairs.acts(pair).len() as f64;
        sum + if fails > 0.0 { fails * libm::log1p(-p[pair]) } else { 0.0 }
    })
}

#[test]
fn em_never_lowers_the_likelihood_and_finds_a_planted_chance() {
    let run = Run::new(1);
    let (graph, cascades) = random(9, 25, 200, 150);
    let traces = Traces::of(&graph, &cascades, None, &run).unwrap();
    let mut before = f64::NEG_INFINITY;
    for rounds in 1..20 {
        let (found, _) = Em { rounds, tolerance: 0.0 }.run(&traces, &run).unwrap();
        let now = likelihood(&traces, &found.pairs);
        assert!(now >= before - 1e-9, "{rounds}: {before} {now}");
        before = now;
    }
    // One cause: successes over trials, at once.
    let graph = build::graph(2, &[(1, 0)]);
    let rows: Vec<(u32, i64, u32)> = (0..40u32)
        .flat_map(|at| [(at, 10 * i64::from(at), 0), (at, 10 * i64::from(at) + 1, u32::from(at % 4 == 0))])
        .collect();
    let cascades = log(2, &rows);
    let traces = Traces::of(&graph, &cascades, None, &run).unwrap();
    let (found, rounds) = Em::default().run(&traces, &run).unwrap();
    assert!((found.pairs[0] - 0.25).abs() < 1e-12 && rounds <= 2);
}

/// The posterior mean of the first of some chances, each Beta(s m, s (1 − m)) with `fails` failures besides, given that one act of
/// which all are possible causes came about: by quadrature on a grid.
fn quadrature(m: f64, s: f64, fails: &[f64], leak: f64) -> f64 {
    let n = 160;
    let grid: Vec<f64> = (0..n).map(|at| (f64::from(at) + 0.5) / f64::from(n)).collect();
    let mass =
        |p: f64, fails: f64| libm::exp((s * m - 1.0) * libm::log(p) + (s * (1.0 - m) + fails - 1.0) * libm::log1p(-p));
    let rows: Vec<Vec<f64>> = fails.iter().map(|&fails| grid.iter().map(|&p| mass(p, fails)).collect()).collect();
    let (mut sum, mut all) = (0.0, 0.0);
    let mut visit = |first: f64, weight: f64, not: f64| {
        let happens = weight * (1.0 - (1.0 - leak) * not);
        (sum, all) = (sum + first * happens, all + happens);
    };
    for (a, &p) in grid.iter().enumerate() {
        match rows.as_slice() {
            [one] => visit(p, one[a], 1.0 - p),
            [one, two] => (0..grid.len()).for_each(|b| visit(p, one[a] * two[b], (1.0 - p) * (1.0 - grid[b]))),
            [one, two, three] => {
                for b in 0..grid.len() {
                    for c in 0..grid.len() {
                        visit(p, one[a] * two[b] * three[c], (1.0 - p) * (1.0 - grid[b]) * (1.0 - grid[c]));
                    }
                }
            }
            _ => unreachable!(),
        }
    }
    sum / all
}

/// Latent causes against the exact posterior: up to three causes, with and without a leak. What is lost by taking the expected
/// successes as if they had been seen is below 3% of the chance here.
#[test]
fn pairs_agree_with_quadrature_for_up_to_three_causes() {
    let run = Run::new(1);
    for causes in 1..=3u32 {
        for (m, s, alone, leak) in [(0.2, 8.0, 3u32, 0.0), (0.1, 12.0, 6, 0.05), (0.35, 10.0, 1, 0.2)] {
            // Accounts 0.. are causes of the last one; each acts `alone` times besides, with no result.
            let u = causes;
            let graph = build::graph(causes as usize + 1, &(0..causes).map(|v| (u, v)).collect::<Vec<_>>());
            let mut rows = vec![];
            (0..causes).for_each(|v| rows.push((0, i64::from(v), v)));
            rows.push((0, 100, u));
            (0..causes * alone).for_each(|at| rows.push((1 + at, 1000 + i64::from(at), at / alone)));
            let cascades = log(causes as usize + 1, &rows);
            let traces = Traces::of(&graph, &cascades, None, &run).unwrap();
            let network = Network::from_graph(graph.clone());
            let cells = Cells::of(&graph, &network, &run).unwrap();
            let mut found = Learned {
                cells: vec![],
                base: [m; CELLS],
                unsure: [0.0; CELLS],
                source: vec![1.0; causes as usize + 1],
                target: vec![1.0; causes as usize + 1],
                strength: s,
                pairs: vec![m; causes as usize],
                // The same chance from outside for every account.
                leak: Leak { mean: leak * f64::from(causes + 1), ..Leak::first(&traces) },
                factors: Factors::none(),
                started: vec![],
            };
            let mut hits = vec![0.5; causes as usize];
            found.settle(&traces, &cells, &mut Steps::new(&traces), &mut hits, 200, &run).unwrap();
            let exact = quadrature(m, s, &vec![f64::from(alone); causes as usize], leak);
            assert!((found.pairs[0] / exact - 1.0).abs() < 0.03, "{causes} {m}: {} {exact}", found.pairs[0]);
        }
    }
}

#[test]
fn everything_is_the_same_at_any_number_of_threads_and_under_other_names() {
    let (graph, cascades) = random(5, 40, 500, 400);
    let network = Network::from_graph(graph.clone());
    let learn = |threads: usize| {
        let run = Run::new(1).threads(threads).unwrap();
        let taught = Learn::default().run(&graph, &network, &cascades, &run).unwrap();
        let predicted = CascadeBacktest { draws: 40, ..Default::default() }
            .run(&network, &graph, &cascades, None, 3, &run)
            .unwrap();
        (taught, predicted)
    };
    let one = learn(1);
    for threads in [2, 3, 8] {
        assert!(one == learn(threads), "{threads} threads");
    }
    // Accounts called otherwise: the same means of cells, up to the order of sums. At equal times accounts stand by their names,
    // so none are equal here.
    let apart: Vec<(u32, i64, u32)> =
        rows_of(&cascades).enumerate().map(|(at, row)| (row.0, 1000 * row.1 + at as i64, row.2)).collect();
    let cascades = log(40, &apart);
    let plain = Learn::default().run(&graph, &network, &cascades, &Run::new(1)).unwrap();
    let other = |u: u32| (u * 7 + 3) % 40;
    let edges: Vec<(u32, u32)> =
        (0..40).flat_map(|u| graph.following(u).iter().map(move |&v| (other(u), other(v)))).collect();
    let renamed = build::graph(40, &edges);
    let rows: Vec<(u32, i64, u32)> =
        apart.iter().map(|row| (row.0, row.1, if row.2 < 40 { other(row.2) } else { row.2 })).collect();
    let run = Run::new(1);
    let taught = Learn::default().run(&renamed, &Network::from_graph(renamed.clone()), &log(40, &rows), &run).unwrap();
    assert_eq!(taught.cells.len(), plain.cells.len());
    for (a, b) in taught.cells.iter().zip(&plain.cells) {
        assert!(a.trials == b.trials && (a.mean - b.mean).abs() < 1e-6 * b.mean, "{a:?} {b:?}");
    }
}

#[test]
fn nothing_at_or_after_an_origin_changes_what_is_predicted_from_it() {
    let (graph, cascades) = random(6, 40, 500, 600);
    let network = Network::from_graph(graph.clone());
    let run = Run::new(3);
    let test = CascadeBacktest { draws: 40, ..Default::default() };
    let whole = test.run(&network, &graph, &cascades, None, 4, &run).unwrap();
    let second = whole.origins[1];
    // Everything from the second origin on happens otherwise, or not at all.
    let key = Key::new(1, Stream::Sample, 1);
    let mut rows = vec![];
    for (at, cascade) in cascades.iter().enumerate() {
        for (place, (&u, &after)) in cascade.actors.iter().zip(cascade.after).enumerate() {
            let time = cascade.began + after;
            let u = if u == OUTSIDE { 90 + rows.len() as u32 } else { u };
            match time < second || place == 0 {
                true => rows.push((at as u32, time, u)),
                false => rows.push((at as u32, time + 1, (key.word(rows.len() as u64) % 40) as u32)),
            }
        }
    }
    let other = log(40, &rows);
    let first = whole.origins[0];
    let asked = [(5, 1), (9, 2)];
    let predict = |log: &Cascades| {
        let likelihood = spread::likelihood();
        let cells = Cells::of(&graph, &network, &run).unwrap();
        let basis = forecast::Basis {
            network: &network,
            graph: &graph,
            cells: &cells,
            likelihood: &likelihood,
            draws: 40,
            window: None,
        };
        forecast::predict(&basis, &test.before(log, first), &asked, &network.tiers, &run).unwrap()
    };
    assert!(test.before(&cascades, first).len() > 3);
    assert_eq!(predict(&cascades), predict(&other));
}

#[test]
fn sharers_of_a_star_are_counted_as_chances_say() {
    // 200 followers of 0, each shares with 0.1 (a rate given by the log of a planted cell): mean 20, spread of coins alone 4.2.
    let edges: Vec<(u32, u32)> = (1..=200).map(|u| (u, 0)).collect();
    let graph = build::graph(201, &edges);
    let key = Key::new(2, Stream::Sample, 0);
    let mut rows = vec![];
    for at in 0..60u32 {
        rows.push((at, 1000 * i64::from(at), 0));
        rows.extend(
            (1..=200)
                .filter(|&u| key.of(at.into()).unit(u) < 0.1)
                .map(|u| (at, 1000 * i64::from(at) + u as i64, u as u32)),
        );
    }
    let cascades = log(201, &rows);
    let network = Network::from_graph(graph.clone());
    let run = Run::new(4);
    let traces = Traces::of(&graph, &cascades, None, &run).unwrap();
    let cells = Cells::of(&graph, &network, &run).unwrap();
    let likelihood = spread::likelihood();
    let learned = Hierarchical::default().run(&traces, &cells, &likelihood, &run).unwrap();
    let told = learned.cells[0];
    assert!((told.mean - 0.1).abs() < 0.01 && told.interval.low < 0.1 && told.interval.high > 0.1, "{told:?}");
    assert!(learned.leak.mean < 1e-6, "{}", learned.leak.mean);
    let travel = Travel::learned(&traces, &cells, &learned, &likelihood, &run).unwrap();
    let moments = |drawn| {
        let draws = travel.sharers(0, 7, 4000, drawn, 5, &mut Room::default());
        let mean = draws.iter().sum::<f64>() / 4000.0;
        (mean, (draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 4000.0).sqrt())
    };
    // 4,000 draws: the mean is known to 0.07; five standard errors.
    let (mean, coins) = moments(Drawn::NOTHING);
    assert!((mean - 200.0 * told.mean).abs() < 0.5 && (coins - 4.2).abs() < 0.3, "{mean} {coins}");
    // What moves all shares of a post together widens it.
    let (_, all) = moments(Drawn::ALL);
    assert!(all > coins, "{all} {coins}");
}

#[test]
fn empty_logs_and_odd_ones_are_refused_or_said() {
    let run = Run::new(1);
    let graph = build::graph(3, &[(1, 0)]);
    let network = Network::from_graph(graph.clone());
    let learn = |cascades: &Cascades| Learn::default().run(&graph, &network, cascades, &run);
    let empty = Cascades::build(3, &[], vec![], true);
    assert!(learn(&empty).unwrap_err().to_string().contains("a log in which somebody acts after somebody else"));
    assert!(learn(&log(3, &[(0, 0, 0), (1, 5, 1)])).is_err());
    // Nobody acts after somebody they follow: everything comes from outside.
    let taught = learn(&log(3, &[(0, 0, 0), (0, 5, 2), (1, 9, 1), (1, 12, 0)])).unwrap();
    assert_eq!((taught.alone, taught.acts), (2, 2));
    assert!(taught.notes[0].starts_with("nobody in the log acted after somebody whom they follow"));
    assert_eq!(taught.leak, 1.0);
    let test = |cascades: &Cascades| {
        CascadeBacktest::default().run(&network, &graph, cascades, None, 3, &run).map(drop).unwrap_err().to_string()
    };
    assert!(test(&empty).contains("needs") || test(&empty).contains("cascades"));
    // All at one time: nothing lies before.
    assert!(test(&log(3, &[(0, 5, 0), (1, 5, 1)])).contains("different times"));
    for (horizon, draws) in [(Some(0.0), 200), (Some(f64::NAN), 200), (None, 3)] {
        assert!(CascadeBacktest { horizon, draws, ..Default::default() }.check().is_err());
    }
}
