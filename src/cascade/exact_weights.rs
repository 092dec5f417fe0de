//! Weights of accounts: the same worlds, counted otherwise.

use rand::RngExt;

use super::exact::{MODELS, random_graph, resolved};
use super::forward::Walker;
use super::*;
use crate::base::Run;
use crate::base::seed::{Stream, generator};
use crate::graph::{Column, Network, Values, Weights};

fn weights(accounts: usize, case: u64) -> Weights {
    let mut random = generator(91, Stream::Sample, case);
    let weights: Vec<f64> = (0..accounts).map(|_| f64::from(random.random_range(0..5u32)) / 4.0).collect();
    Weights::new(&weights).unwrap()
}

/// World by world: who is reached is the same, and the figures are sums of weights over them.
#[test]
fn walks_count_whom_they_reach_by_weight() {
    for (case, (name, rho)) in MODELS.into_iter().enumerate() {
        let graph = random_graph(300 + case as u64, 150, 900);
        let limit = Deadline { within: 6.0, delay: Delay::Exponential { mean: 4.0 }, assumed: false };
        for deadline in [None, Some(limit)] {
            let plain = resolved(&graph, name, rho).within(deadline);
            let weighted = plain.clone().with_weights(weights(150, case as u64)).unwrap();
            let (mut one, mut other) = (Walker::new(150), Walker::new(150));
            for index in 0..50 {
                let creators = [1, 2, 30];
                let walk = one.walk(&World::new(&plain, 5, index), &creators);
                let counted = other.walk(&World::new(&weighted, 5, index), &creators);
                assert_eq!(one.reached(), other.reached());
                let units: u64 = one.reached().iter().map(|&u| weighted.units(u)).sum();
                assert_eq!((counted.reach(), counted.sharers, counted.spread), (units, walk.sharers, walk.spread));
                assert!(counted.impressions >= counted.reach());
            }
        }
    }
}

/// Equal weights are no weights, times the weight, to the bit of every sample.
#[test]
fn equal_weights_scale_everything() {
    let graph = random_graph(310, 200, 1200);
    let plain = resolved(&graph, "wc", Some(0.6));
    let half = plain.clone().with_weights(Weights::new(&[0.5; 200]).unwrap()).unwrap();
    let run = Run::new(3);
    let reach = Reach { worlds: Some(500), draws: 0, ..Reach::default() };
    let (one, two) =
        (reach.run_resolved(&plain, &[0, 1], &run).unwrap(), reach.run_resolved(&half, &[0, 1], &run).unwrap());
    assert!((two.reach - one.reach / 2.0).abs() < 1e-12 && (two.direct - one.direct / 2.0).abs() < 1e-12);
    assert!((two.sim_error.high - one.sim_error.high / 2.0).abs() < 1e-9);
    assert!((two.impressions.mean - one.impressions.mean / 2.0).abs() < 1e-9);
    assert_eq!((two.sharers, two.spread), (one.sharers, one.spread));
    let together = Together { worlds: 200 };
    let (one, two) =
        (together.run_resolved(&plain, &[0, 1], &run).unwrap(), together.run_resolved(&half, &[0, 1], &run).unwrap());
    assert!((two.rows[0].credit.people - one.rows[0].credit.people / 2.0).abs() < 1e-9);
    assert!((two.rows[1].only.people - one.rows[1].only.people / 2.0).abs() < 1e-9);
}

/// Walks backwards from weighted roots against walks forwards: 150 accounts in 5 models, 4 joint half-widths (8 standard
/// errors); and direct reach, reach and TunkRank in their order.
#[test]
fn backwards_agrees_with_forwards_and_all_lie_between_the_bounds() {
    for (case, (name, rho)) in MODELS.into_iter().enumerate() {
        let graph = random_graph(320 + case as u64, 150, 800);
        let model = resolved(&graph, name, rho).with_weights(weights(150, 50 + case as u64)).unwrap();
        let all: Vec<u32> = (0..150).collect();
        let each = ReachEach { worlds: Some(3000), draws: 0, ..ReachEach::default() };
        let forwards = each.run_resolved(&model, &all, &Run::new(4)).unwrap();
        let everybody = ReachAll { samples: Some(100_000), draws: 0, ..ReachAll::default() };
        let backwards = everybody.run_resolved(&model, &Run::new(5)).unwrap();
        let ranks = TunkRank::default().run_resolved(&model, &Run::new(1)).unwrap();
        for (back, forward) in backwards.rows.iter().zip(&forwards.rows) {
            let (a, b) = (back.sim_error.half_width(), forward.sim_error.half_width());
            let off = (back.reach - forward.reach).abs();
            assert!(off <= 4.0 * libm::sqrt(a * a + b * b) + 1e-9, "{name}: {back:?} {forward:?}");
            let most = ranks.exposures[back.account as usize] * (1.0 + 2e-4) + 1e-12;
            assert!(back.direct <= back.reach && back.reach <= most.max(back.direct), "{name}: {back:?} {most}");
            // 2.5 half-widths: 5 standard errors, once in 1.7 million for each of 750 rows.
            assert!(forward.reach - 2.5 * b <= most + 1e-9, "{name}: {forward:?} {most}");
            let by_hand: f64 = graph
                .followers(back.account)
                .iter()
                .enumerate()
                .map(|(place, &u)| model.r(back.account, place, u) * model.weight(u))
                .sum();
            assert!((back.direct - by_hand).abs() < 1e-9);
        }
    }
}

#[test]
fn weights_come_from_a_column() {
    let graph = random_graph(330, 50, 200);
    let mut network = Network::from_graph(graph.clone());
    let cascade = Cascade { weight: Some("real".into()), ..Model::Ic(0.3).into() };
    let error = cascade.resolve(&graph, &network, &Run::new(1)).unwrap_err().to_string();
    assert!(error.contains("--weight: the accounts table has no column real"), "{error}");
    let values: Vec<f64> = (0..50).map(|u| f64::from(u % 2)).collect();
    network.attributes.columns.push(Column { name: "real".into(), values: Values::Number(values.into()) });
    let model = cascade.resolve(&graph, &network, &Run::new(1)).unwrap();
    assert_eq!((model.weight(2), model.weight(3)), (0.0, 1.0));
    assert!(model.notes().iter().any(|note| note.contains("counted by real")));
}
