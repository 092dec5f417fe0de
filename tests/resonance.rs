//! Resonance, controversy and who divides: planted camps over twenty markets, and two real networks.

mod common;

use std::collections::BTreeSet;

use truereach::Run;
use truereach::base::stats::Interval;
use truereach::cascade::Groups;
use truereach::community::Leiden;
use truereach::graph::attributes::NO_TEXT;
use truereach::graph::tables::post;
use truereach::graph::{Column, Network, Table};
use truereach::report::resonance::{self, Square};
use truereach::risk::{Cell, Controversy, Polarisation, Resonance, Resonances, Towards};
use truereach::synth::Market;
use truereach::synth::market::Truth;

/// A market with four pairs of opposed camps, small and talkative: who posted what is known.
fn planted(seed: u64) -> (Network, Truth) {
    let market = Market {
        people: 8_000,
        creators_scale: Some(0.04),
        posts_per_week: 30.0,
        opposed: 4,
        worlds: 2,
        farms: 0,
        pods: 0,
        ..Market::default()
    };
    let made = market.run(&Run::new(seed)).unwrap();
    let (mut network, truth) = (made.network, made.truth);
    let mut posts: Vec<(u32, usize)> = truth.posts.iter().enumerate().map(|(at, post)| (post.creator, at)).collect();
    posts.sort_unstable();
    network.tables.posts = Table {
        account: posts.iter().map(|post| post.0).collect::<Vec<_>>().into(),
        other: None,
        columns: vec![Column::texts(post::ID, posts.iter().map(|post| Some(post.1.to_string())))],
    };
    (network, truth)
}

/// The chance that u is positive about v.
fn positive(truth: &Truth, u: u32, v: u32) -> f64 {
    let relation = match [u, v].map(|account| truth.people.camp[account as usize]) {
        [0, _] | [_, 0] => 2,
        [a, b] if a == b => 0,
        [a, b] if (a - 1) / 2 == (b - 1) / 2 => 1,
        _ => 2,
    };
    truth.positive[relation]
}

/// Who commented on or shared a post of whom.
fn spoken(network: &Network, truth: &Truth) -> BTreeSet<(u32, u32)> {
    let signed = |kind: u8| ["comment", "share"].contains(&network.kinds[kind as usize].as_str());
    let events = network.events.as_ref().unwrap().iter().filter(|(_, _, event)| signed(event.kind));
    let pairs = events.map(|(u, _, event)| (truth.posts[event.item as usize].creator, u));
    pairs.filter(|(v, u)| v != u).collect()
}

/// The true resonance of every cell with voices: the mean over those who spoke.
fn truths(truth: &Truth, spoken: &BTreeSet<(u32, u32)>, groups: &Groups, rows: &[Towards]) -> Vec<Vec<f64>> {
    let of = |row: &Towards| {
        let mut sums = vec![(0.0, 0.0); groups.len()];
        for &(_, u) in spoken.range((row.creator, 0)..=(row.creator, u32::MAX)) {
            for &group in groups.of(u) {
                let sum = &mut sums[group as usize];
                *sum = (sum.0 + 1.0, sum.1 + 2.0 * positive(truth, u, row.creator) - 1.0);
            }
        }
        sums.into_iter().map(|(count, sum)| sum / count).collect()
    };
    rows.iter().map(of).collect()
}

/// Cells with at least five voices, over markets: all and those truly against; sign right and interval that covers.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    cells: f64,
    right: f64,
    covered: f64,
    hostile: f64,
    hostile_right: f64,
    hostile_covered: f64,
}

impl Score {
    fn add(&mut self, found: &Resonances, truths: &[Vec<f64>]) {
        for (row, truths) in found.rows.iter().zip(truths) {
            for (cell, &truth) in row.cells.iter().zip(truths).filter(|(cell, _)| cell.voices() >= 5.0) {
                let right = f64::from(u8::from((cell.s < 0.0) == (truth < 0.0)));
                let Interval { low, high } = cell.interval;
                let covered = f64::from(u8::from((low..=high).contains(&truth)));
                self.cells += 1.0;
                self.right += right;
                self.covered += covered;
                if truth < 0.0 {
                    self.hostile += 1.0;
                    self.hostile_right += right;
                    self.hostile_covered += covered;
                }
            }
        }
    }

    fn say(&self, name: &str) -> String {
        format!(
            "{name}: sign right {:.4} of {}, of {} against {:.3}; covered {:.3}, against {:.3}",
            self.right / self.cells,
            self.cells,
            self.hostile,
            self.hostile_right / self.hostile,
            self.covered / self.cells,
            self.hostile_covered / self.hostile
        )
    }
}

/// The chance that one of a camp is ranked above one of none, ties half.
fn auc(truth: &Truth, found: &Resonances) -> f64 {
    let of = |camp: bool| {
        let one = move |row: &&Towards| (truth.people.camp[row.creator as usize] > 0) == camp;
        found.rows.iter().filter(one).map(Towards::divides).collect::<Vec<_>>()
    };
    let (opposed, others) = (of(true), of(false));
    let pairs = opposed.iter().flat_map(|a| others.iter().map(move |b| (a, b)));
    let above = pairs.map(|(a, b)| if a > b { 1.0 } else { f64::from(u8::from(a == b)) / 2.0 }).sum::<f64>();
    above / (opposed.len() * others.len()) as f64
}

/// Communities of fifty accounts and more; everybody else belongs to none.
fn communities(network: &Network, resolution: f64) -> Groups {
    let leiden = Leiden { resolution, ..Leiden::default() };
    let found = leiden.run(network.follow_graph().unwrap(), &Run::new(1)).unwrap();
    let large = |&label: &u32| if found.sizes[label as usize] >= 50 { label } else { NO_TEXT };
    Groups::of_numbers(found.labels.iter().map(large).collect(), |group| format!("community {group}"))
}

#[test]
fn planted_camps_are_found_in_twenty_markets() {
    let (mut plain, mut corrected, mut discovered) = (Score::default(), Score::default(), Score::default());
    let (mut aucs, mut discovered_aucs) = (Vec::new(), Vec::new());
    for seed in 0..20 {
        let (network, truth) = planted(900 + seed);
        let spoken = spoken(&network, &truth);
        let voices = |v: u32| spoken.range((v, 0)..=(v, u32::MAX)).count();
        let creators: Vec<u32> = (0..truth.creators.len() as u32).filter(|&v| voices(v) >= 20).collect();
        let camps: Vec<u32> = truth.people.camp.iter().map(|&camp| u32::from(camp)).collect();
        let camps = Groups::of_numbers(camps, |camp| format!("camp {camp}"));
        let found = |groups: &Groups, error: Option<&str>| {
            let resonance = Resonance { sign_error: error.map(|text| text.parse().unwrap()), ..Resonance::default() };
            resonance.run(&network, &creators, groups, None, &Run::new(1)).unwrap()
        };
        let truly = |groups: &Groups, found: &Resonances| truths(&truth, &spoken, groups, &found.rows);
        let by_camp = found(&camps, None);
        plain.add(&by_camp, &truly(&camps, &by_camp));
        let by_camp = found(&camps, Some("0.9,0.9"));
        corrected.add(&by_camp, &truly(&camps, &by_camp));
        aucs.push(auc(&truth, &by_camp));
        let groups = communities(&network, 3.0);
        let by_community = found(&groups, Some("0.9,0.9"));
        discovered.add(&by_community, &truly(&groups, &by_community));
        discovered_aucs.push(auc(&truth, &by_community));
    }
    println!("{}\n{}", plain.say("camps, as read"), corrected.say("camps, corrected"));
    println!("{}", discovered.say("communities, corrected"));
    println!("AUC by camp {aucs:.3?}\nAUC by community {discovered_aucs:.3?}");
}
