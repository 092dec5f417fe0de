//! Falls, scandals, scenarios and the risk of portfolios against slow ways to the same figures.

use std::collections::BTreeSet;

use super::*;
use crate::base::Run;
use crate::base::seed::{Key, Stream};
use crate::base::stats::Z95;
use crate::cascade::sided::{Negativity, Opening, Side, SidedWalker, Temper};
use crate::cascade::{Cascade, Groups, Model, Resolved, World};
use crate::graph::build::graph;
use crate::graph::{Graph, Network, Weights};
use crate::influence::Risk;

/// A random graph of this many accounts, the same every time.
fn random(seed: u64, accounts: u32, edges: u64) -> Graph {
    let key = Key::new(seed, Stream::Sample, 0);
    let of = |item: u64| (key.unit(item) * f64::from(accounts)) as u32;
    // Low numbers are followed more.
    let popular = |item: u64| (key.unit(item) * key.unit(item + 1_000_000) * f64::from(accounts)) as u32;
    let follows: Vec<(u32, u32)> =
        (0..edges).map(|e| (of(2 * e), popular(2 * e + 1))).filter(|(u, v)| u != v).collect();
    graph(accounts as usize, &follows)
}

fn resolved<'a>(graph: &'a Graph, model: Model, rho: f64) -> Resolved<'a> {
    let cascade = Cascade { rho: Some(rho.into()), ..model.into() };
    cascade.resolve(graph, &Network::from_graph(graph.clone()), &Run::default()).unwrap()
}

fn brand(resolved: &Resolved<'_>) -> Brand {
    Brand::new(resolved, None, brand::EVERYBODY, &Network::from_graph(resolved.graph().clone())).unwrap()
}

fn even(creators: &[u32]) -> Vec<Fall<'static>> {
    creators.iter().map(|&v| Fall::even(v, Negativity::default()).unwrap()).collect()
}

#[test]
fn factors_follow_the_formula() {
    let groups = Groups::of_numbers(vec![0, 0, 1, 1, u32::MAX], |group| group.to_string());
    let negativity = Negativity { negativity: 2.0, negative_sharing: 1.5 };
    // Three quarters of the audience are of the first group.
    let fall = Fall::resonating(4, negativity, &groups, &[0.6, -0.5], 0.1, &[3.0, 1.0, 0.0]).unwrap();
    let mean = 0.75 * 0.4 + 0.25 * 1.5;
    assert!((fall.temper.factor(0) - 2.0 * 0.4 / mean).abs() < 1e-12);
    assert!((fall.temper.factor(2) - 2.0 * 1.5 / mean).abs() < 1e-12);
    assert!((fall.temper.factor(4) - 2.0 * 0.9 / mean).abs() < 1e-12);
    assert_eq!(fall.temper.sharing(), 1.5);
    // nu is the mean factor over the audience.
    assert!((0.75 * fall.temper.factor(0) + 0.25 * fall.temper.factor(2) - 2.0).abs() < 1e-12);
    // All for: nobody is more against than others.
    let fall = Fall::resonating(4, negativity, &groups, &[1.0, 1.0], 1.0, &[3.0, 1.0, 0.0]).unwrap();
    assert!(fall.temper.is_even() && fall.temper.factor(0) == 2.0);
    // Nobody follows: no mean, no factor but nu.
    let fall = Fall::resonating(4, negativity, &groups, &[0.5, -0.5], 0.0, &[0.0; 3]).unwrap();
    assert!(fall.temper.is_even());
}

#[test]
fn exposure_is_the_share_of_the_brand_that_turns() {
    // 1, 2 and 3 follow 0; 4 follows 1; the brand 5 is followed by 1, 4 and 6.
    let graph = graph(7, &[(1, 0), (2, 0), (3, 0), (4, 1), (1, 5), (4, 5), (6, 5)]);
    let network = Network::from_graph(graph.clone());
    let model = resolved(&graph, Model::Ic(1.0), 1.0);
    let brand = Brand::new(&model, Some(5), brand::EVERYBODY, &network).unwrap();
    assert_eq!(brand.people, 3.0);
    let fall = |creator, _| Fall::even(creator, Negativity::default());
    let found = Scandal { worlds: 4, draws: 0 }.run(&model, &brand, &[0, 1], None, fall, &Run::new(1)).unwrap();
    let zero = &found[0];
    assert!((zero.exposure.value - 2.0 / 3.0).abs() < 1e-12, "1 and 4 of 1, 4 and 6");
    assert_eq!((zero.brand.value, zero.people.value), (2.0, 4.0));
    assert_eq!(zero.by_hop.iter().map(|hop| hop.value).collect::<Vec<_>>(), [1.0, 1.0]);
    assert_eq!(found[1].brand.value, 1.0);
    // Half of them real: half the exposure's numerator and denominator.
    let real = model.clone().with_weights(Weights::new(&[1.0, 0.5, 1.0, 1.0, 0.5, 1.0, 1.0]).unwrap()).unwrap();
    let brand = Brand::new(&real, Some(5), brand::EVERYBODY, &network).unwrap();
    let found = Scandal { worlds: 4, draws: 0 }.run(&real, &brand, &[0], None, fall, &Run::new(1)).unwrap();
    assert_eq!((brand.people, found[0].brand.value, found[0].exposure.value), (2.0, 1.0, 0.5));
    // A brand nobody follows, and one whose followers count nothing.
    let error = Brand::new(&model, Some(2), brand::EVERYBODY, &network).unwrap_err().to_string();
    assert!(error.contains("--brand: nobody in this network follows 2"), "{error}");
    let none = model.clone().with_weights(Weights::new(&[1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0]).unwrap()).unwrap();
    let error = Brand::new(&none, Some(5), brand::EVERYBODY, &network).unwrap_err().to_string();
    assert!(error.contains("nobody counts among the followers of 5"), "{error}");
}

#[test]
fn critics_tell_those_who_do_not_follow() {
    // 3 follows the critic 2; nobody connects them with 0.
    let graph = graph(4, &[(1, 0), (3, 2)]);
    let model = resolved(&graph, Model::Ic(1.0), 1.0);
    let fall = Fall { critics: vec![2], ..Fall::even(0, Negativity::default()).unwrap() };
    let found = Scandal { worlds: 2, draws: 0 }
        .run(&model, &brand(&model), &[0], None, |_, _| Ok(fall.clone()), &Run::new(1))
        .unwrap();
    // The critic was against before, and is not turned.
    assert_eq!(found[0].people.value, 2.0);
    let silent = resolved(&graph, Model::Ic(1.0), 0.0);
    let found = Scandal { worlds: 2, draws: 0 }
        .run(&silent, &brand(&silent), &[0], None, |_, _| Ok(fall.clone()), &Run::new(1))
        .unwrap();
    assert_eq!(found[0].people.value, 1.0, "a critic passes on with their own chance");
}

#[test]
fn falls_cost_the_same_alone_and_among_others_at_any_number_of_threads() {
    let graph = random(3, 300, 2500);
    let network = Network::from_graph(graph.clone());
    let model = Cascade::default().resolve(&graph, &network, &Run::default()).unwrap();
    let groups = Groups::of_numbers((0..300).map(|u| u % 3).collect(), |group| group.to_string());
    let brand = brand(&model);
    let scandal = Scandal { worlds: 40, draws: 6 };
    let fall = |creator, draw: Option<u64>| {
        let s = draw.map_or(0.2, |draw| 0.1 * draw as f64);
        Fall::resonating(creator, Negativity::default(), &groups, &[s, -s, 0.0], 0.0, &[1.0, 1.0, 1.0, 0.0])
    };
    let all = scandal.run(&model, &brand, &[0, 1, 2], Some(&groups), fall, &Run::new(5)).unwrap();
    assert_eq!(scandal.run(&model, &brand, &[1], Some(&groups), fall, &Run::new(5)).unwrap()[0], all[1]);
    for threads in [2, 3, 8] {
        let run = Run::new(5).threads(threads).unwrap();
        assert_eq!(scandal.run(&model, &brand, &[0, 1, 2], Some(&groups), fall, &run).unwrap(), all);
    }
    let sum: f64 = all[0].by_group.iter().map(|group| group.value).sum();
    assert!((sum - all[0].brand.value).abs() < 1e-9);
    assert!(all[0].brand.interval.low <= all[0].brand.sim_error.low && all[0].draws.len() == 6);
}

/// The people turned in one world, each fall walked apart.
fn union(world: &World<'_>, falls: &[Fall<'_>], places: &[u32]) -> BTreeSet<u32> {
    let mut walker = SidedWalker::default();
    let mut all = BTreeSet::new();
    for &place in places {
        let temper = Temper::even(1.0, 1.0).unwrap();
        walker.walk(world, &temper, 1.0, &[Opening::scandal(falls[place as usize].creator)]);
        all.extend(walker.people().filter(|(_, side)| *side == Side::Negative).map(|(u, _)| u));
    }
    all
}

fn scenario(creators: &[u32], chance: f64) -> Scenario {
    let group = Group { name: "agency".into(), members: vec![0, 1, 2], shock: 0.1, falls: 0.8 };
    Scenario::new(creators.to_vec(), vec![chance; creators.len()], vec![group], "a year".into()).unwrap()
}

#[test]
fn losses_are_unions_and_credits_add_up() {
    let graph = random(4, 200, 1200);
    let model = resolved(&graph, Model::Ic(0.3), 0.5);
    let (creators, brand) = ([0, 1, 2, 3, 5], brand(&model));
    let (falls, scenario) = (even(&creators), scenario(&creators, 0.2));
    let run = Run::new(8);
    let found = losses::simulate(&model, &brand, &falls, |i| scenario.fallen(8, i), 0..300, &run).unwrap();
    let people = found.people();
    assert_eq!(people.len(), 300);
    let mut together = 0;
    for (index, &loss) in people.iter().enumerate() {
        let fallen = scenario.fallen(8, index as u64);
        let world = World::new(&model, 8, index as u64);
        assert_eq!(loss, union(&world, &falls, &fallen).len() as f64, "{index}");
        together += usize::from(fallen.len() > 1);
    }
    assert!(together > 20, "several fall together in some: {together}");
    for (loss, credits) in people.iter().zip(found.credits()) {
        assert!((loss - credits.iter().map(|credit| credit.1).sum::<f64>()).abs() < 1e-9);
    }
    for loss in &found.losses {
        assert!(loss.falls.iter().all(|fall| fall.credit <= fall.alone as f64 + 1e-9));
    }
    let factors = vec![2.0; 5];
    let (all, scaled) = (people.iter().sum::<f64>(), found.scaled(&factors).iter().sum::<f64>());
    assert!((scaled - 2.0 * all).abs() < 1e-6);
    for threads in [2, 3, 8] {
        let run = Run::new(8).threads(threads).unwrap();
        let again = losses::simulate(&model, &brand, &falls, |i| scenario.fallen(8, i), 0..300, &run).unwrap();
        assert_eq!(again, found);
    }
}

#[test]
fn a_portfolio_brings_what_its_falls_bring() {
    let graph = random(5, 300, 2000);
    let network = Network::from_graph(graph.clone());
    let model = Cascade::default().resolve(&graph, &network, &Run::default()).unwrap();
    let (creators, brand, run) = ([0, 1, 2, 3], brand(&model), Run::new(2));
    let (falls, scenario) = (even(&creators), scenario(&creators, 0.03));
    let fall = |creator, _| Fall::even(creator, Negativity::default());
    let scandals = Scandal { worlds: 100, draws: 20 }.run(&model, &brand, &creators, None, fall, &run).unwrap();
    let draws = Draws { scenarios: 4000, alpha: 0.9 };
    let risk = draws.run(&model, &brand, (&falls, &scandals), &scenario, &run).unwrap();
    assert_eq!(risk.tail, Tail::of(&risk.losses, 0.9).unwrap());
    let parts: f64 = risk.contributions.creators.iter().sum();
    assert!((parts - risk.tail.cvar).abs() < 1e-9 * risk.tail.cvar);
    assert!(risk.cvar_interval.low <= risk.tail.cvar_interval.low + 1e-9);
    assert!(risk.cvar_interval.high >= risk.tail.cvar + Z95 * risk.tail.cvar_error - 1e-9);
    assert!(risk.diversification.ratio.unwrap() <= 1.0 + 1e-12);
    // Without one of them in the scenario the same draws cost no more.
    let fewer = scenario.among(&creators[..3]);
    let less = draws.run(&model, &brand, (&falls[..3], &scandals[..3]), &fewer, &run).unwrap();
    assert!(less.losses.iter().zip(&risk.losses).all(|(less, more)| less <= more));
    let wrong = draws.run(&model, &brand, (&falls[..2], &scandals), &scenario, &run).unwrap_err().to_string();
    assert!(wrong.contains("2 falls and 4 scandals for 4 creators"), "{wrong}");
    for (draws, says) in [
        (Draws { scenarios: 0, alpha: 0.9 }, "--scenarios"),
        (Draws { scenarios: 100, alpha: 1.0 }, "--alpha"),
        (Draws { scenarios: u64::MAX, alpha: 0.9 }, "--scenarios"),
    ] {
        assert!(draws.check().unwrap_err().to_string().contains(says));
    }
}

/// What candidates are chosen by agrees with full simulation: of the same scenarios exactly where nobody is left out of the
/// sample of people, as here.
#[test]
fn the_fast_way_to_a_portfolio_s_cost_is_the_slow_one() {
    let graph = random(6, 200, 1500);
    let model = resolved(&graph, Model::Ic(0.25), 0.5);
    let (creators, brand, run) = ([0, 1, 2, 3, 4, 8], brand(&model), Run::new(3));
    let scenario = scenario(&creators, 0.05);
    let falls = |accounts: &[u32]| Ok(even(accounts));
    let draws = Draws { scenarios: 2000, alpha: 0.9 };
    let limit = Limit { resolved: &model, brand: &brand, scenario: &scenario, falls, draws, known: Default::default() };
    let cvar = limit.among(&creators, &run).unwrap();
    for portfolio in [vec![], vec![3], vec![0, 1], vec![4, 2, 0, 1], vec![0, 1, 2, 3, 4, 8], vec![77]] {
        let among = scenario.among(&portfolio);
        let range = (1 << 40)..(1 << 40) + 2000;
        let slow = losses::simulate(&model, &brand, &even(&portfolio), |i| among.fallen(3, i), range, &run).unwrap();
        let slow = Tail::of(&slow.people(), 0.9).unwrap().cvar;
        assert!((cvar(&portfolio) - slow).abs() < 1e-9 * slow.max(1.0), "{portfolio:?}: {} {slow}", cvar(&portfolio));
    }
    let (judged, interval) = limit.judged(&[0, 1, 2], &run).unwrap();
    assert!(interval.low <= judged && judged <= interval.high);
    // Other scenarios of the same kind: within five standard errors, a chance of 1 in 500,000.
    let off = (cvar(&[0, 1, 2]) - judged).abs();
    assert!(off < 5.0 * std::f64::consts::SQRT_2 * interval.half_width() / Z95, "{off} {interval:?}");
}
