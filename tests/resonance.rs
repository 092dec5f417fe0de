//! Resonance, controversy and who divides: planted camps over twenty markets, and two real networks.

use std::collections::BTreeSet;

use crate::common;
use truereach::Run;
use truereach::base::seed::{Key, Stream};
use truereach::base::stats::Interval;
use truereach::cascade::Groups;
use truereach::community::Leiden;
use truereach::graph::attributes::NO_TEXT;
use truereach::graph::tables::post;
use truereach::graph::{Audience, Column, Network, Table, View};
use truereach::io::Ingest;
use truereach::io::columns::Reading;
use truereach::report::resonance::{self, Square};
use truereach::risk::{Cell, Controversy, Polarisation, Resonance, Resonances, Towards};
use truereach::synth::Market;
use truereach::synth::market::Truth;

/// A market with four pairs of opposed camps, small and talkative: who posted what is known.
fn planted(seed: u64) -> (Network, Truth) {
    let market = Market {
        people: 6_000,
        creators_scale: Some(0.035),
        posts_per_week: 24.0,
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

/// Twenty markets, on seeds on which nothing was chosen; cells with at least five voices, some 400 a market. Camps as groups: of all
/// cells 95% and of the cells truly against, some 180, 90% must have the right sign (measured 99.9% and 97%). Intervals of 95% must
/// cover 93% with the error of reading corrected, and 85% of those against (measured 99% and 98%). The chance that a creator of a
/// camp ranks above one of none must be 0.9 in every market (measured 0.977 and more). Cells of a block share what is expected of
/// them, so that no binomial chance of a false alarm can be given; seeds are fixed. Communities found by Leiden on the follows mix
/// camps with people of none: signs and intervals are held to the same over all cells, nearly all of which are for. The 16 against
/// are missed; they are printed and not asserted, and ranks are held to 0.65 on average.
#[test]
fn planted_camps_are_found_in_twenty_markets() {
    let (mut plain, mut corrected, mut discovered) = (Score::default(), Score::default(), Score::default());
    let (mut aucs, mut discovered_aucs) = (Vec::new(), Vec::new());
    for seed in 0..20 {
        let (network, truth) = planted(4_000 + seed);
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
        if seed >= 4 {
            continue;
        }
        let groups = communities(&network, 3.0);
        let by_community = found(&groups, Some("0.9,0.9"));
        discovered.add(&by_community, &truly(&groups, &by_community));
        discovered_aucs.push(auc(&truth, &by_community));
    }
    println!("{}\n{}", plain.say("camps, as read"), corrected.say("camps, corrected"));
    println!("{}", discovered.say("communities, corrected"));
    println!("AUC by camp {aucs:.3?}\nAUC by community {discovered_aucs:.3?}");
    assert!(plain.cells > 5_000.0 && plain.hostile > 100.0);
    for score in [&plain, &corrected] {
        assert!(score.right >= 0.95 * score.cells && score.hostile_right >= 0.9 * score.hostile, "{score:?}");
    }
    assert!(discovered.right >= 0.95 * discovered.cells, "{discovered:?}");
    for score in [&corrected, &discovered] {
        assert!(score.covered >= 0.93 * score.cells, "{score:?}");
    }
    assert!(corrected.hostile_covered >= 0.85 * corrected.hostile, "{corrected:?}");
    assert!(aucs.iter().all(|&auc| auc >= 0.9), "{aucs:?}");
    assert!(discovered_aucs.iter().sum::<f64>() / discovered_aucs.len() as f64 > 0.65, "{discovered_aucs:?}");
}

/// The picture of the creators who divide most.
#[test]
fn those_who_divide_most_are_drawn() {
    let (network, truth) = planted(3);
    let camps: Vec<u32> = truth.people.camp.iter().map(|&camp| u32::from(camp)).collect();
    let camps = Groups::of_numbers(camps, |camp| format!("camp {camp}"));
    let creators: Vec<u32> = (0..truth.creators.len() as u32).collect();
    let found = Resonance::default().run(&network, &creators, &camps, None, &Run::new(1)).unwrap();
    let mut rows: Vec<&Towards> = found.rows.iter().filter(|row| row.all.voices() >= 20.0).collect();
    rows.sort_by(|a, b| b.divides().total_cmp(&a.divides()));
    rows.truncate(15);
    let names: Vec<String> = rows.iter().map(|row| network.names.get(row.creator).into_owned()).collect();
    let square = |row: usize, group: usize| {
        let cell: &Cell = &rows[row].cells[group];
        let square = Square { s: cell.s, interval: cell.interval, voices: cell.voices() };
        (cell.voices() > 0.0).then_some(square)
    };
    let picture = resonance::draw(&names, &found.groups, square, "a planted market, camps as communities");
    assert!(picture.contains("15 creators by 9 communities"));
    if let Some(folder) = std::env::var_os("TRUEREACH_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join("resonance.svg"), &picture).unwrap();
    }
}

/// Traders who rate one another, −10 to 10: the rating is the sign, and whoever rates is the audience.
#[test]
fn bitcoin_otc_has_traders_trusted_by_some_and_distrusted_by_others() {
    let Some(folder) = common::shared("bitcoin-otc") else { return };
    // One row of this copy has a time that is none; times are not needed.
    let sign = "3".parse().ok();
    let reading = Reading { layer: Some("rating".into()), sign, ..Reading::default() };
    let ingest = Ingest { reading, ..Ingest::default() };
    let run = Run::new(1);
    let (network, _) = ingest.run(&[folder.join("soc-sign-bitcoinotc.csv.gz")], None, &run).unwrap();
    assert_eq!((network.accounts(), network.events.as_ref().unwrap().len()), (5_881, 35_592));
    assert_eq!(network.view, View::Engagers);
    let audience = Audience { audience_from: vec!["rating".into()], ..Audience::default() };
    let graph = audience.graph(&network, &run).unwrap().graph;
    let found = Leiden::default().run(&graph, &run).unwrap();
    let large = |&label: &u32| if found.sizes[label as usize] >= 50 { label } else { NO_TEXT };
    let groups = Groups::of_numbers(found.labels.iter().map(large).collect(), |group| format!("community {group}"));
    let traders: Vec<u32> = (0..network.accounts() as u32).filter(|&v| graph.followers(v).len() >= 20).collect();
    let resonances = Resonance::default().run(&network, &traders, &groups, None, &run).unwrap();
    // Nobody rates anybody twice: a voice is a rating.
    let rated = |sign: i8| {
        let events = network.events.as_ref().unwrap();
        events.iter().filter(|(_, v, event)| *v == traders[0] && event.sign == sign).count() as f64
    };
    let first = &resonances.rows[0].all;
    assert_eq!((first.positive, first.negative), (rated(1), rated(-1)));
    let sure = |cell: &Cell, against: bool| {
        cell.voices() >= 5.0 && if against { cell.interval.high < 0.0 } else { cell.interval.low > 0.0 }
    };
    let count = |holds: &dyn Fn(&Towards) -> bool| resonances.rows.iter().filter(|row| holds(row)).count();
    let distrusted = count(&|row| row.all.interval.high < 0.0);
    let divided = count(&|row| [true, false].iter().all(|&way| row.cells.iter().any(|cell| sure(cell, way))));
    let indicators = Polarisation::default().run(&graph, &traders, &groups, None, Some(&resonances), &run).unwrap();
    let walks: Vec<f64> = indicators.iter().filter_map(|one| Some(one.controversy.as_ref()?.value)).collect();
    let (low, high) = walks.iter().fold((1.0f64, -1.0f64), |ends, &walk| (ends.0.min(walk), ends.1.max(walk)));
    println!(
        "bitcoin-otc: {} communities, {} traders rated by 20; {distrusted} distrusted by all, {divided} by one community \
         and trusted by another; controversy of {} pairs {low:.3} to {high:.3}",
        groups.len(),
        traders.len(),
        walks.len()
    );
    assert!(distrusted > 0 && distrusted < traders.len() / 3);
    assert!(walks.iter().all(|walk| (-1.0..=1.0).contains(walk)));
}

/// Members of the US Congress: no signs, so exposure only; parties keep to themselves.
#[test]
fn congress_is_apart_by_party() {
    let Some(folder) = common::shared("congress-twitter") else { return };
    let run = Run::new(1);
    let network = truereach::io::open(folder.join("congress.edgelist.gz")).unwrap();
    let graph = network.follow_graph().unwrap();
    let document = common::text(&folder.join("congress_network_data.json.gz"));
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let parties = document[0]["partyList"].as_array().unwrap();
    let party = |u: u32| parties[network.names.number(u).unwrap() as usize].as_str().unwrap();
    let sides: Vec<u8> = (0..475).map(|u| if party(u) == "D" { 1 } else { 2 }).collect();
    let by_party = Controversy::default().run(graph, &sides, &run).unwrap();
    assert_eq!(by_party.accounts, [255, 220]);
    let found = Leiden::default().run(graph, &run).unwrap();
    let label = |u: usize| if found.labels[u] < 2 { found.labels[u] as u8 + 1 } else { 0 };
    let two: Vec<u8> = (0..475).map(label).collect();
    let by_community = Controversy::default().run(graph, &two, &run).unwrap();
    // Parties shuffled: nothing is left.
    let mixed: Vec<u8> = (0..475).map(|u| sides[(u * 101 + 7) % 475]).collect();
    let shuffled = Controversy::default().run(graph, &mixed, &run).unwrap();
    println!(
        "congress-twitter: controversy {:.3} between parties, {:.3} between the two largest of {} communities {:?}, {:.3} \
         between sides at random; residual {:.1e} after {} steps",
        by_party.value,
        by_community.value,
        found.count,
        &found.sizes[..2],
        shuffled.value,
        by_party.residual,
        by_party.steps
    );
    assert!(by_party.value > 0.2 && shuffled.value.abs() < 0.1);
    let error = Resonance::default().run(&network, &[0], &groups_of(&sides), None, &run).unwrap_err();
    assert!(matches!(error, truereach::Error::NotEstimable { .. }));
    let exposure = Polarisation::default().run(graph, &[0, 1], &groups_of(&sides), None, None, &run).unwrap();
    assert!(exposure.iter().all(|one| one.opinion.is_none() && one.notes[0].contains("no signs: exposure only")));
}

fn groups_of(sides: &[u8]) -> Groups {
    Groups::of_numbers(sides.iter().map(|&side| u32::from(side) - 1).collect(), |side| format!("side {side}"))
}

/// Five million follows: how long a solve takes. Run with `--ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn controversy_of_5_million_follows() {
    let accounts = 100_000u32;
    let key = Key::new(1, Stream::Sample, 9);
    let draw = |at: u64| {
        let (u, v) = (key.unit(3 * at), key.unit(3 * at + 1));
        let (u, v) = ((u * f64::from(accounts)) as u32, (v * v * v * f64::from(accounts)) as u32);
        // Nine in ten follow on their own side, which is the parity.
        (u, if key.unit(3 * at + 2) < 0.9 { v / 2 * 2 + u % 2 } else { v })
    };
    let follows: Vec<(u32, u32)> = (0..5_400_000).map(draw).filter(|(u, v)| u != v && *v < accounts).collect();
    let graph = truereach::graph::build::graph(accounts as usize, &follows);
    let sides: Vec<u8> = (0..accounts).map(|u| 1 + (u % 2) as u8).collect();
    let before = std::time::Instant::now();
    let found = Controversy::default().run(&graph, &sides, &Run::new(1)).unwrap();
    println!(
        "{} follows: {:.2?}, {} steps, residual {:.1e}, value {:.4}",
        graph.edges(),
        before.elapsed(),
        found.steps,
        found.residual,
        found.value
    );
}
