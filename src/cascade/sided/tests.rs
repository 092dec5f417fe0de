use super::exact::{all_worlds, one_by_one};
use super::*;
use crate::base::Run;
use crate::cascade::by_group::Groups;
use crate::cascade::exact::{random_graph, resolved};
use crate::cascade::{Cascade, Delay, Model, Resolved, Timing, Walker, World};
use crate::graph::attributes::NO_TEXT;
use crate::graph::build::{graph, weighted};
use crate::graph::{Graph, Network};

fn timed<'a>(graph: &'a Graph, model: Model, rho: f64) -> Resolved<'a> {
    let timing = Timing { within: Some(10.0), delay: Some(Delay::Exponential { mean: 4.0 }) };
    let cascade = Cascade { rho: Some(rho.into()), timing, ..model.into() };
    cascade.resolve(graph, &Network::from_graph(graph.clone()), &Run::default()).unwrap()
}

fn campaign(creators: &[u32]) -> Vec<Opening> {
    creators.iter().map(|&v| Opening::campaign(v)).collect()
}

/// A mean of 40,000 worlds is 4 standard errors off with a chance of 1 in 16,000.
#[test]
fn a_path_follows_the_law() {
    let graph = graph(6, &[(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]);
    let (p, q, worlds) = (0.8f64, 0.85f64, 40_000);
    let model = resolved(&graph, "ic:0.8", None);
    let backlash = Backlash { quality: q, worlds, ..Backlash::default() };
    let sides = backlash.run_resolved(&model, &[0], None, &Run::new(11)).unwrap();
    for (d, hop) in (1..=5).zip(&sides.by_hop) {
        let exact = libm::pow(p, f64::from(d)) * libm::pow(q, f64::from(d + 1));
        let error = libm::sqrt(exact * (1.0 - exact) / worlds as f64);
        assert!((hop.positive.people - exact).abs() < 4.0 * error, "{d}: {} {exact}", hop.positive.people);
        let both = libm::pow(p, f64::from(d));
        let error = libm::sqrt(both * (1.0 - both) / worlds as f64);
        assert!((hop.positive.people + hop.negative.people - both).abs() < 4.0 * error);
    }
    assert_eq!(sides.by_hop.len(), 5);
    let net = sides.positive.people - sides.negative.people;
    assert!((sides.net.people - net).abs() < 1e-12 && sides.net.sim_error.low < net && net < sides.net.sim_error.high);
}

/// Every world: both sides together are those whom the plain walk reaches, by the same hops; with q = 1 all are positive.
#[test]
fn both_sides_are_the_plain_cascade() {
    for (case, (name, rho)) in
        [("ic:0.3", None), ("wc", Some(0.6)), ("tv", None), ("lt", None), ("prior", Some(0.3))].into_iter().enumerate()
    {
        let graph = random_graph(900 + case as u64, 120, 700);
        let models = [resolved(&graph, name, rho), timed(&graph, name.parse().unwrap(), rho.unwrap_or(1.0))];
        let temper = Temper::even(1.0, 1.0).unwrap();
        for model in &models {
            let (mut sided, mut plain) = (SidedWalker::default(), Walker::new(120));
            for index in 0..60 {
                let world = World::new(model, 5, index);
                for creators in [vec![3], vec![3, 40, 41, 77]] {
                    let walk = plain.walk(&world, &creators);
                    let mut reached = plain.reached().to_vec();
                    reached.sort_unstable();
                    for quality in [1.0, 0.7, 0.0] {
                        let found = sided.walk(&world, &temper, quality, &campaign(&creators));
                        let mut people: Vec<u32> = sided.people().map(|(u, _)| u).collect();
                        people.sort_unstable();
                        assert_eq!(people, reached, "{name} {index}");
                        assert_eq!(found.people().0, walk.reach());
                        let hops: Vec<u64> = found.positive.iter().zip(found.negative).map(|(a, b)| a + b).collect();
                        assert_eq!(hops, walk.hops, "{name} {index} {quality}");
                        match quality {
                            1.0 => assert_eq!(found.positive, walk.hops),
                            0.0 => assert_eq!(found.negative, walk.hops),
                            _ => {}
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn worlds_are_those_of_the_definition() {
    for case in 0..6 {
        let graph = random_graph(950 + case, 60, 300);
        let of = (0..60).map(|u| if u % 5 == 0 { NO_TEXT } else { u % 3 }).collect();
        let groups = Groups::of_numbers(of, |group| format!("g{group}"));
        let temper = Temper::by_group(&groups, &[0.4, 1.0, 2.5], 1.2, [0.5, 1.0, 2.0][case as usize % 3]).unwrap();
        for model in [resolved(&graph, "ic:0.25", Some(0.5)), timed(&graph, Model::Ic(0.3), 0.6)] {
            let mut walker = SidedWalker::default();
            let voice = Opening { account: 30, side: Some(Side::Positive), after: 1.0 };
            for openings in [campaign(&[1, 2]), vec![Opening::scandal(7)], vec![Opening::scandal(7), voice]] {
                for index in 0..40 {
                    let world = World::new(&model, 9, index);
                    walker.walk(&world, &temper, 0.8, &openings);
                    let mut people: Vec<(u32, Side)> =
                        walker.people().filter(|(u, _)| openings.iter().all(|o| o.account != *u)).collect();
                    people.sort_unstable();
                    assert_eq!(people, one_by_one(&world, &temper, (0.8, 9, index), &openings), "{case} {index}");
                }
            }
        }
    }
}

/// Means over 30,000 worlds against all worlds: 4.5 standard errors of at most .01 each, a chance of 1 in 100,000.
#[test]
fn means_are_those_of_all_worlds() {
    // Two ways to 3, and back to 1.
    let edges = [(0, 1, 0.6), (0, 2, 0.5), (1, 3, 0.5), (2, 3, 0.7), (3, 1, 0.4)];
    let follows: Vec<(u32, u32, f64)> = edges.iter().map(|&(v, u, r)| (u, v, r)).collect();
    let graph = weighted(4, &follows);
    let groups = Groups::of_numbers(vec![0, 1, 0, 1], |group| group.to_string());
    for (quality, factors, rho, sharing) in
        [(0.8, [1.0, 1.0], 0.7, 1.0), (0.6, [1.5, 3.0], 0.5, 1.6), (0.9, [2.0, 1.0], 1.0, 1.0)]
    {
        let each: Vec<f64> = (0..4).map(|u| factors[u % 2]).collect();
        let exact = all_worlds(4, &edges, &each, (rho, sharing), quality, 0);
        let model = resolved(&graph, "edge", Some(rho));
        let temper = Temper::by_group(&groups, &factors, 1.0, sharing).unwrap();
        let (mut walker, mut sums) = (SidedWalker::default(), (0u64, 0u64));
        for index in 0..30_000 {
            let walk = walker.walk(&World::new(&model, 3, index), &temper, quality, &campaign(&[0]));
            let (people, negative) = walk.people();
            sums = (sums.0 + people - negative, sums.1 + negative);
        }
        let (positive, negative) = (sums.0 as f64 / 30_000.0, sums.1 as f64 / 30_000.0);
        assert!(
            (positive - exact.0).abs() < 0.03 && (negative - exact.1).abs() < 0.03,
            "{positive} {negative} {exact:?}"
        );
    }
}

#[test]
fn more_negativity_reaches_more_and_groups_add_up() {
    let graph = random_graph(960, 200, 1500);
    let network = Network::from_graph(graph.clone());
    let groups = Groups::of_numbers((0..200).map(|u| u % 4).collect(), |group| format!("g{group}"));
    let mut before = 0.0;
    for negativity in [0.5, 1.0, 2.0, 5.0] {
        let temper = Negativity { negativity, negative_sharing: negativity };
        let backlash = Backlash { temper, quality: 0.5, worlds: 200, draws: 4, ..Backlash::default() };
        let sides = backlash.run(&graph, &network, &[5, 6], Some(&groups), &Run::new(2)).unwrap();
        assert!(sides.negative.people >= before, "the same coins under larger chances");
        before = sides.negative.people;
        let sum: f64 = sides.by_group.iter().map(|row| row.negative.people).sum();
        assert!((sum - sides.negative.people).abs() < 1e-9);
        let sum: f64 = sides.by_hop.iter().map(|row| row.positive.people).sum();
        assert!((sum - sides.positive.people).abs() < 1e-9);
        assert!(sides.negative.interval.low <= sides.negative.sim_error.low);
        for threads in [2, 3, 8] {
            let run = Run::new(2).threads(threads).unwrap();
            assert_eq!(backlash.run(&graph, &network, &[5, 6], Some(&groups), &run).unwrap(), sides);
        }
    }
}

#[test]
fn edges_of_the_possible() {
    let run = Run::new(1);
    let alone = graph(1, &[]);
    let sides = Backlash::default().run(&alone, &Network::from_graph(alone.clone()), &[0], None, &run).unwrap();
    assert_eq!((sides.positive.people, sides.negative.people, sides.by_hop.len()), (0.0, 0.0, 0));
    let graph = graph(3, &[(0, 0), (1, 0), (1, 0)]);
    let network = Network::from_graph(graph.clone());
    let wrong = |backlash: Backlash, creators: &[u32]| {
        backlash.run(&graph, &network, creators, None, &run).unwrap_err().to_string()
    };
    let usual = Backlash::default;
    assert!(wrong(Backlash { quality: 1.5, ..usual() }, &[0]).contains("--quality: 1.5 is not a chance"));
    assert!(wrong(Backlash { quality: f64::NAN, ..usual() }, &[0]).contains("--quality: NaN"));
    assert!(wrong(Backlash { worlds: 0, ..usual() }, &[0]).contains("--worlds"));
    assert!(wrong(usual(), &[]).contains("at least one creator"));
    assert!(wrong(usual(), &[3]).contains("account 3 is not among the 3"));
    let temper = Negativity { negativity: -1.0, ..Negativity::default() };
    assert!(wrong(Backlash { temper, ..usual() }, &[0]).contains("--negativity: -1 is not a factor"));
    let temper = Negativity { negativity: 2.0, ..Negativity::default() };
    let threshold = Backlash { temper, cascade: Model::Lt.into(), ..usual() };
    assert!(wrong(threshold, &[0]).contains("linear threshold"));
    // The path law with q = 0: everybody is against.
    let sides = Backlash { quality: 0.0, cascade: Model::Ic(1.0).into(), ..usual() };
    let sides = sides.run(&graph, &network, &[0], None, &run).unwrap();
    assert_eq!((sides.positive.people, sides.negative.people), (0.0, 1.0));
}
