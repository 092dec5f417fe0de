//! Followers that were planned, looked up, give the interval that was planned.

use super::world::{Cut, World, look_up};
use crate::audience::plan::Planned;
use crate::audience::{Overlap, Plan};
use crate::base::{Run, Status};
use crate::graph::tables::FOLLOWS;
use crate::graph::{Design, Network};

const PEOPLE: u32 = 8000;

fn random(looked_up: usize) -> Cut {
    Cut { design: Design::Random, share: 0.6, looked_up }
}

/// Fills in the answers.
fn answer(world: &World, network: &mut Network, planned: &Planned) {
    let lookups = &network.tables.lookups;
    let others = lookups.other.clone().unwrap_or_default();
    let known = lookups.account.iter().zip(others.iter()).enumerate();
    let mut rows: Vec<(u32, u32, bool)> =
        known.map(|(row, (&account, &other))| (account, other, lookups.number(FOLLOWS, row) == Some(1.0))).collect();
    rows.extend(planned.questions.iter().map(|question| {
        let follows = world.audiences[(question.creator - PEOPLE) as usize].contains(&question.account);
        (question.account, question.creator, follows)
    }));
    look_up(network, &rows);
}

/// The half-width planned and the one that came out, over the union.
fn planned_and_found(seed: u64, creators: usize, pilot: usize, percent: f64) -> [f64; 2] {
    let mut world = World::new(seed, PEOPLE, creators, 400.0);
    let mut network = world.cut(&vec![random(pilot); creators]);
    let run = Run::new(seed);
    let planned = Plan { percent }.run(&network, &world.accounts(), &run).unwrap();
    answer(&world, &mut network, &planned);
    let found = Overlap::default().run(&network, &world.accounts(), &run).unwrap();
    assert_eq!(found.union.status, Status::Estimated, "{}", found.union.because);
    let half = found.union.interval.unwrap().half_width() / found.union.value.unwrap();
    [planned.targets[0].half_width.unwrap(), half]
}

#[test]
fn a_plan_from_lookups_gives_the_half_width_that_was_planned() {
    let mut ratios: Vec<f64> = (0..24)
        .map(|seed| {
            let [planned, found] = planned_and_found(seed, 6 + seed as usize % 7, 30, 2.0);
            assert!(planned <= 0.02 + 1e-9, "{planned}");
            found / planned
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    // A deviation from 30 lookups is known to some 13%; that of several creators together better.
    assert!((0.9..1.1).contains(&ratios[12]) && ratios[0] > 0.7 && ratios[23] < 1.3, "{ratios:?}");
}

#[test]
fn a_plan_from_lists_alone_is_not_wider_than_planned() {
    let mut ratios: Vec<f64> = (0..16)
        .map(|seed| {
            let [planned, found] = planned_and_found(100 + seed, 5 + seed as usize % 8, 0, 3.0);
            found / planned
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    assert!(ratios[15] < 1.1 && ratios[8] > 0.4, "{ratios:?}");
}

#[test]
fn nobody_is_looked_up_in_vain() {
    let mut world = World::new(5, PEOPLE, 4, 400.0);
    let full = Cut { design: Design::Full, share: 1.0, looked_up: 0 };
    let newest = Cut { design: Design::NewestFirst, share: 0.2, looked_up: 0 };
    let plan = |world: &mut World, cuts: [Cut; 4]| {
        let network = world.cut(&cuts);
        Plan { percent: 5.0 }.run(&network, &world.accounts(), &Run::new(1)).unwrap()
    };
    let counted = plan(&mut world, [full; 4]);
    assert!(counted.questions.is_empty() && counted.targets[0].because.contains("all lists are full"));
    assert_eq!(counted.tasks.len(), 4);
    // One random list meets full ones without being looked up.
    assert!(plan(&mut world, [full, random(0), full, full]).questions.is_empty());
    // Two lists of the newest cannot be met; the others can, and nobody of a full list is asked about.
    let mixed = plan(&mut world, [newest, random(0), random(0), newest]);
    let tasks: Vec<u64> = mixed.tasks.iter().map(|task| task.look_up).collect();
    assert!(tasks[0] == 0 && tasks[3] == 0 && tasks[1] >= 10 && tasks[2] >= 10, "{tasks:?}");
    assert!(mixed.tasks[0].because.contains("newest"));
    assert_eq!(mixed.targets[0].creators, 2);
    // One can: its number of followers is known, and the others are asked about it.
    let one = plan(&mut world, [newest, full, random(0), full]);
    assert!(one.questions.iter().all(|question| question.creator == PEOPLE || question.creator == PEOPLE + 2));
    assert!(one.tasks.iter().filter(|task| task.look_up > 0).count() == 3, "{:?}", one.tasks);
    assert!(Plan { percent: 0.0 }.check().is_err() && Plan { percent: f64::NAN }.check().is_err());
}

#[test]
fn a_plan_is_the_same_at_any_number_of_threads_and_another_at_another_seed() {
    let mut world = World::new(9, PEOPLE, 6, 400.0);
    let network = world.cut(&[random(0); 6]);
    let plan = |seed: u64, threads: usize| {
        let run = Run::new(seed).threads(threads).unwrap();
        Plan { percent: 5.0 }.run(&network, &world.accounts(), &run).unwrap()
    };
    let first = plan(1, 1);
    assert!([2, 3, 8].into_iter().all(|threads| plan(1, threads) == first));
    assert_ne!(plan(2, 1).questions, first.questions);
}
