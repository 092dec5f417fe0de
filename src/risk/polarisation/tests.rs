use super::*;
use crate::graph::attributes::NO_TEXT;
use crate::graph::build::{self, key};
use crate::graph::{Column, Event, Events, Network};
use crate::risk::Resonance;

/// Creators 0 and 1; groups of twenty from account 2 on. The first group is for both, the second against 0. Within groups all
/// follow one another in part, and the groups follow 0 as 3 to 1.
fn network() -> (Network, Groups) {
    let groups: Vec<Vec<u32>> = vec![(2..22).collect(), (22..42).collect()];
    let mut follows = Vec::new();
    for members in &groups {
        for &u in members {
            follows.extend(members.iter().filter(|&&v| v != u && (u * v) % 3 != 1).map(|&v| (u, v)));
        }
    }
    follows.extend((2..17).map(|u| (u, 0)));
    follows.extend((22..27).map(|u| (u, 0)));
    follows.extend([(2, 22), (30, 3)]);
    let mut network = Network::from_graph(build::graph(43, &follows));
    network.kinds = vec!["comment".into()];
    let sign = |u: u32, v: u32| {
        let against = (u >= 22 && v == 0) || u % 10 == 5;
        if against { -1 } else { 1 }
    };
    let rows = (2..42).flat_map(|u| [(u, 0), (u, 1)]);
    let rows = rows.map(|(u, v)| (key(u, v), Event { sign: sign(u, v), ..Event::default() })).collect();
    network.events = Some(Events::build(&Run::new(1), 43, vec![rows]).unwrap());
    let of = (0..43).map(|u| match u {
        2..22 => 0,
        22..42 => 1,
        _ => NO_TEXT,
    });
    (network, Groups::of_numbers(of.collect(), |group| format!("g{group}")))
}

fn indicators(real: Option<&[f64]>, run: &Run) -> Vec<Indicators> {
    let (network, groups) = network();
    let found = Resonance::default().run(&network, &[0, 1], &groups, real, run).unwrap();
    let graph = network.follow_graph().unwrap();
    let few = Polarisation { controversy: Controversy { hubs: 3 }, ..Polarisation::default() };
    few.run(graph, &[0, 1], &groups, real, Some(&found), run).unwrap()
}

#[test]
fn three_indicators_by_hand() {
    let all = indicators(None, &Run::new(1));
    let (divides, unites) = (&all[0], &all[1]);
    let opinion = divides.opinion.as_ref().unwrap();
    assert_eq!(opinion.pair(), Some((0, 1)));
    assert!(opinion.provokes.unwrap() > 0.99 && opinion.worst.as_ref().unwrap().interval.high < 0.0);
    // A quarter of the audience is in the group against.
    assert!((opinion.hostile - 0.25).abs() < 0.01 && opinion.hostile_interval.high >= opinion.hostile, "{opinion:?}");
    let exposure = &divides.exposure;
    assert_eq!((exposure.audience, exposure.grouped, exposure.home), (20.0, 20.0, Some(0)));
    assert!((exposure.outside - 0.25).abs() < 1e-12);
    assert!((exposure.groups - libm::exp(-0.75 * libm::log(0.75) - 0.25 * libm::log(0.25))).abs() < 1e-12);
    let walks = divides.controversy.as_ref().unwrap();
    assert!(walks.value > 0.8 && walks.accounts == [20, 20] && walks.between == 2, "{walks:?}");
    // Nobody follows 1, and both groups are for it.
    let opinion = unites.opinion.as_ref().unwrap();
    assert!(opinion.provokes.unwrap() < 0.05 && opinion.hostile == 0.0);
    assert_eq!((unites.exposure.home, unites.exposure.groups), (None, 0.0));
}

#[test]
fn audiences_are_people() {
    let real: Vec<f64> = (0..43).map(|u| if (22..42).contains(&u) { 0.3 } else { 1.0 }).collect();
    let exposure = &indicators(Some(&real), &Run::new(1))[0].exposure;
    assert!((exposure.audience - 16.5).abs() < 1e-9 && (exposure.outside - 1.5 / 16.5).abs() < 1e-9);
}

#[test]
fn who_is_in_several_groups_counts_in_each_in_parts() {
    let graph = build::graph(4, &[(1, 0), (2, 0), (3, 0)]);
    let texts = [None, Some("a|b"), Some("a"), None].map(|text| text.map(str::to_owned));
    let groups = Groups::of_column(&Column::texts("niche", texts.into_iter())).unwrap();
    let found = Polarisation::default().run(&graph, &[0], &groups, None, None, &Run::new(1)).unwrap();
    let exposure = &found[0].exposure;
    assert_eq!((exposure.audience, exposure.grouped, exposure.home, exposure.outside), (3.0, 2.0, Some(0), 0.0));
    assert_eq!(exposure.shares, [0.75, 0.25]);
    assert!(found[0].opinion.is_none() && found[0].notes[0].contains("no signs: exposure only"));
}

#[test]
fn what_is_missing_is_said() {
    let (network, groups) = network();
    let found = Resonance::default().run(&network, &[0, 1], &groups, None, &Run::new(1)).unwrap();
    let graph = network.follow_graph().unwrap();
    let with = |polarisation: &Polarisation, creators: &[u32]| {
        polarisation.run(graph, creators, &groups, None, Some(&found), &Run::new(1))
    };
    let many = Polarisation { controversy: Controversy { hubs: 30 }, ..Polarisation::default() };
    let note = &with(&many, &[0, 1]).unwrap()[0].notes[0];
    assert!(note.contains("no controversy between g0 and g1"), "{note}");
    let demanding = Polarisation { evidence: 50.0, ..Polarisation::default() };
    let first = &with(&demanding, &[0, 1]).unwrap()[0];
    assert!(first.notes[0].contains("fewer than two groups with 50 people") && first.controversy.is_none());
    assert_eq!(first.opinion.as_ref().unwrap().provokes, None);
    assert!(with(&Polarisation::default(), &[1, 0]).is_err() && with(&Polarisation::default(), &[0]).is_err());
    for wrong in [
        Polarisation { evidence: 0.0, ..Polarisation::default() },
        Polarisation { evidence: f64::NAN, ..Polarisation::default() },
    ] {
        assert!(with(&wrong, &[0, 1]).is_err());
    }
    assert!(Polarisation::default().run(graph, &[99], &groups, None, None, &Run::new(1)).is_err());
}

#[test]
fn equal_bits_at_any_number_of_threads() {
    let one = indicators(None, &Run::new(4).threads(1).unwrap());
    for threads in [2, 3, 8] {
        assert_eq!(indicators(None, &Run::new(4).threads(threads).unwrap()), one);
    }
}
