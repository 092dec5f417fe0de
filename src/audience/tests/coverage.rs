//! Do intervals hold the truth as often as they say, wherever a figure is given?

use rand::RngExt;

use super::world::{Cut, World};
use crate::audience::Overlap;
use crate::base::{Figure, Run, Status};
use crate::graph::Design;

/// How often figures of a status were given, and how often they held the truth.
#[derive(Default)]
struct Tally {
    given: f64,
    held: f64,
}

impl Tally {
    fn add(&mut self, figure: &Figure, truth: f64) {
        let Some(interval) = figure.interval else { return };
        self.given += 1.0;
        self.held += f64::from(u8::from(interval.low <= truth + 1e-6 && truth <= interval.high + 1e-6));
    }

    fn share(&self) -> f64 {
        self.held / self.given
    }
}

const PEOPLE: u32 = 6000;

/// How the lists of a portfolio are cut.
#[derive(Debug, Clone, Copy)]
enum Mix {
    RandomAndLookups,
    RandomAlone,
    HalfFull,
    OneRandomAgainstFull,
    OneNewestFirst,
    ManyNewestFirst,
}

impl Mix {
    fn cut(self, at: usize, share: f64, looked_up: usize) -> Cut {
        let random = Cut { design: Design::Random, share: share.max(0.1), looked_up };
        let full = Cut { design: Design::Full, share: 1.0, looked_up: 0 };
        match (self, at) {
            (Mix::RandomAndLookups, _) => random,
            (Mix::RandomAlone, _) => Cut { looked_up: 0, ..random },
            (Mix::HalfFull, at) => [full, random][at % 2],
            (Mix::OneRandomAgainstFull, 0) => Cut { looked_up: 0, ..random },
            (Mix::OneRandomAgainstFull, _) => full,
            (Mix::OneNewestFirst, 0) => Cut { design: Design::NewestFirst, share, looked_up },
            (Mix::OneNewestFirst, at) => [random, Cut { looked_up, ..full }][at % 2],
            (Mix::ManyNewestFirst, at) => {
                [Cut { design: Design::NewestFirst, share, looked_up: 0 }, full, random][at % 3]
            }
        }
    }
}

/// Unions, pairs and exclusive audiences of portfolios of 2 to 10 creators, by status.
fn held(mix: Mix, portfolios: u64) -> [[Tally; 3]; 3] {
    let mut tallies: [[Tally; 3]; 3] = Default::default();
    for seed in 0..portfolios {
        let creators = 2 + (seed % 9) as usize;
        let least = [60.0, 240.0][(seed / 9 % 2) as usize];
        let mut world = World::new(1000 + seed, PEOPLE, creators, least);
        let cuts: Vec<Cut> = (0..creators)
            .map(|at| {
                let share = 0.01 * libm::pow(50.0, world.random.random::<f64>());
                mix.cut(at, share, 20 + world.random.random_range(0..100))
            })
            .collect();
        let network = world.cut(&cuts);
        let found =
            Overlap { pairs: true, ..Default::default() }.run(&network, &world.accounts(), &Run::new(1)).unwrap();
        let all = world.union(0..creators);
        let mut add = |kind: usize, figure: &Figure, truth: f64| {
            if let Some(tally) = tallies[kind].get_mut(figure.status as usize) {
                tally.add(figure, truth);
            }
        };
        add(0, &found.union, all);
        for pair in &found.pairs {
            let [a, b] = pair.accounts.map(|account| (account - PEOPLE) as usize);
            add(1, &pair.common, world.common(a, b));
        }
        for at in 0..creators {
            let rest = world.union((0..creators).filter(|&other| other != at));
            add(2, &found.creators[at].exclusive, all - rest);
        }
    }
    tallies
}

/// What is estimated holds 95% ± 3 of 200 or more, 89 to 99% of 100 or more; limits and counts hold at least 92%, and may
/// hold always. Where the true coverage is 95%, an estimated union is outside with a chance of 5%, at other seeds; these
/// are fixed. `estimates`: whether most unions must be estimated, so that nothing passes by refusing.
fn check(mix: Mix, estimates: bool) {
    let held = held(mix, 200);
    let unions = held[0][Status::Estimated as usize].given;
    assert!(!estimates || unions >= 100.0, "{mix:?}: {unions} of 200 unions estimated");
    for (tallies, what) in held.iter().zip(["union", "pair", "exclusive"]) {
        for (tally, status) in tallies.iter().zip([Status::Measured, Status::Estimated, Status::Bounded]) {
            // Few of a kind say nothing: 100 are outside 89 to 99% with a chance of 4%.
            if tally.given >= 100.0 {
                let (least, most) = if tally.given >= 200.0 { (0.92, 0.98) } else { (0.89, 0.99) };
                let most = if status == Status::Estimated { most } else { 1.0 };
                let (held, given) = (tally.share(), tally.given);
                assert!((least..=most).contains(&held), "{mix:?}, {what}, {}: {held} of {given}", status.name());
            }
        }
    }
}

#[test]
fn random_lists_with_lookups_hold() {
    check(Mix::RandomAndLookups, true);
}

#[test]
fn random_lists_alone_hold() {
    check(Mix::RandomAlone, false);
}

#[test]
fn random_lists_beside_full_ones_hold() {
    check(Mix::HalfFull, true);
    check(Mix::OneRandomAgainstFull, true);
}

#[test]
fn lists_of_the_newest_hold() {
    check(Mix::OneNewestFirst, true);
    check(Mix::ManyNewestFirst, false);
}

#[test]
fn a_hundred_lookups_bring_the_union_of_forty_creators_to_within_five_percent() {
    let mut errors = Vec::new();
    let mut union = Tally::default();
    for seed in 0..20 {
        let mut world = World::new(seed, PEOPLE, 40, 150.0);
        let random = Cut { design: Design::Random, share: 0.5, looked_up: 100 };
        let network = world.cut(&[random; 40]);
        let found = Overlap::default().run(&network, &world.accounts(), &Run::new(1)).unwrap();
        let truth = world.union(0..40);
        assert_eq!(found.union.status, Status::Estimated, "{}", found.union.because);
        errors.push((found.union.value.unwrap() - truth).abs() / truth);
        union.add(&found.union, truth);
    }
    errors.sort_by(f64::total_cmp);
    // Median 0.6%, worst 2.2%: with a standard deviation of 1% the worst of 20 is beyond 5% once in 90,000.
    assert!(errors[9] < 0.02 && errors[18] < 0.05, "{errors:?}");
    // Of 20 at 95%, fewer than 16 hold with a chance of 0.3%.
    assert!(union.held >= 16.0, "{}", union.held);
}
