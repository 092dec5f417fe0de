//! A choice is as good as greedy can be where everybody is counted, and judged without luck where not.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::world::{Cut, World};
use crate::audience::Pick;
use crate::base::seed::{Stream, generator};
use crate::base::{Run, Status};
use crate::graph::{Design, Network, build};

/// The largest union of `count` of these audiences.
fn largest(audiences: &[BTreeSet<u32>], count: usize) -> usize {
    let sets = (0u32..1 << audiences.len()).filter(|set| set.count_ones() as usize == count);
    let union = |set: u32| {
        let chosen = audiences.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1);
        chosen.flat_map(|(_, audience)| audience).collect::<BTreeSet<_>>().len()
    };
    sets.map(union).max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn full_lists_are_chosen_as_well_as_greedy_can(
        audiences in prop::collection::vec(prop::collection::btree_set(7u32..40, 1..12), 7),
        count in 1usize..5,
    ) {
        let edges: Vec<(u32, u32)> =
            audiences.iter().zip(0..).flat_map(|(audience, at)| audience.iter().map(move |&u| (u, at))).collect();
        let network = Network::from_graph(build::graph(40, &edges));
        let found = Pick { pick: count }.run(&network, &[0, 1, 2, 3, 4, 5, 6], &Run::new(1)).unwrap();
        let mut covered = BTreeSet::new();
        for step in &found.steps {
            // Each step gains as much as any other creator would.
            let gain = |at: usize| audiences[at].difference(&covered).count();
            let best = (0..7).map(gain).max().unwrap();
            prop_assert_eq!(gain(step.account as usize), best);
            covered.extend(audiences[step.account as usize].iter().copied());
            prop_assert_eq!(step.union.value, Some(covered.len() as f64));
            prop_assert_eq!(step.union.status, Status::Measured);
            prop_assert!(step.choice.is_none());
        }
        let bound = (1.0 - 1.0 / std::f64::consts::E) * largest(&audiences, count) as f64;
        prop_assert!(covered.len() as f64 >= bound);
    }
}

#[test]
fn the_luckiest_sample_does_not_win() {
    // 20 creators with 2,000 followers each out of 10,000 people, drawn at random: nobody is better than anybody else.
    const PEOPLE: u32 = 10_000;
    let all: Vec<u32> = (0..PEOPLE).collect();
    let (mut judged, mut chosen) = (Vec::new(), Vec::new());
    for seed in 0..60 {
        let mut random = generator(seed, Stream::Sample, 2);
        let audiences = (0..20).map(|_| World::some(&mut random, &all, 2000)).collect();
        let mut world = World { people: PEOPLE, audiences, random };
        let network = world.cut(&[Cut { design: Design::Random, share: 0.2, looked_up: 60 }; 20]);
        let found = Pick { pick: 4 }.run(&network, &world.accounts(), &Run::new(seed)).unwrap();
        let last = found.steps.last().unwrap();
        let truth = world.union(found.steps.iter().map(|step| (step.account - PEOPLE) as usize));
        assert_eq!(last.union.status, Status::Estimated, "{}", last.union.because);
        judged.push(last.union.value.unwrap() / truth - 1.0);
        chosen.push(last.choice.as_ref().unwrap().value.unwrap() / truth - 1.0);
        assert!((found.optimism().unwrap() - truth * (chosen.last().unwrap() - judged.last().unwrap())).abs() < 1e-6);
    }
    let score = |errors: &[f64]| {
        let n = errors.len() as f64;
        let mean = errors.iter().fold(0.0, |sum, error| sum + error) / n;
        let squares = errors.iter().fold(0.0, |sum, error| sum + (error - mean) * (error - mean));
        (mean, mean / (squares / (n - 1.0) / n).sqrt())
    };
    // The judged union is unbiased: its mean error is beyond four standard errors once in 16,000.
    assert!(score(&judged).1.abs() < 4.0, "{:?}", score(&judged));
    assert!(score(&chosen).1 > 8.0, "the half that chose is too hopeful: {:?}", score(&chosen));
}

#[test]
fn a_choice_says_whom_it_left_out_and_what_it_cannot_do() {
    let mut world = World::new(3, 3000, 4, 200.0);
    let cut = |design| Cut { design, share: 0.5, looked_up: 0 };
    let designs = [Design::Random, Design::NewestFirst, Design::Engagers, Design::Unknown];
    let network = world.cut(&designs.map(cut));
    let found = Pick { pick: 9 }.run(&network, &world.accounts(), &Run::new(1)).unwrap();
    assert_eq!((found.steps.len(), found.candidates, found.left_out.len()), (1, 1, 3));
    assert!(found.left_out[0].1.contains("newest-first"));
    let dark = Pick { pick: 1 }.run(&network, &world.accounts()[1..], &Run::new(1)).unwrap_err();
    assert!(dark.to_string().contains("full or random follower lists"), "{dark}");
    assert!(Pick { pick: 0 }.run(&network, &world.accounts(), &Run::new(1)).is_err());
}
