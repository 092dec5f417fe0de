use std::collections::BTreeMap;

use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::attributes::NO_TEXT;
use crate::graph::build::{self, key};
use crate::graph::events::NO_ITEM;
use crate::graph::tables::post;
use crate::graph::{Column, Event, Events, Names, Table};

const COMMENT: u8 = 0;
const LIKE: u8 = 1;
const MENTION: u8 = 2;

/// (from, to, type, sign, item).
type Row = (u32, u32, u8, i8, u32);

fn network(accounts: usize, rows: &[Row]) -> Network {
    let mut network = Network::from_graph(build::graph(accounts, &[]));
    network.kinds = ["comment", "like", "mention"].map(str::to_owned).to_vec();
    network.items = Names::range(10);
    let event = |&(from, to, kind, sign, item): &Row| (key(from, to), Event { kind, sign, item, ..Event::default() });
    network.events = Some(Events::build(&Run::default(), accounts, vec![rows.iter().map(event).collect()]).unwrap());
    network
}

fn comment(from: u32, to: u32, sign: i8) -> Row {
    (from, to, COMMENT, sign, NO_ITEM)
}

/// One group of all, and a second of those from `from` on.
fn halves(accounts: u32, from: u32) -> Groups {
    Groups::of_numbers((0..accounts).map(|u| u32::from(u >= from)).collect(), |group| format!("g{group}"))
}

fn run(network: &Network, creators: &[u32], groups: &Groups) -> Result<Resonances> {
    Resonance::default().run(network, creators, groups, None, &Run::new(1))
}

/// People of five groups speak of `creators` creators; the last group is against the first tenth of them.
fn planted(creators: u32, people: u32, seed: u64) -> (Network, Groups) {
    let key = Key::new(seed, Stream::Sample, 1);
    let mut rows = Vec::new();
    for u in creators..creators + people {
        for v in 0..creators {
            let own = key.of(u64::from(v) << 32 | u64::from(u));
            let speaks = (own.unit(0) * 2.3) as u64;
            let chance = if u % 5 == 4 && v % 10 == 0 { 0.2 } else { 0.85 };
            rows.extend((0..speaks).map(|at| comment(u, v, if own.unit(1 + at) < chance { 1 } else { -1 })));
        }
    }
    let accounts = creators + people;
    let of = (0..accounts).map(|u| if u < creators { NO_TEXT } else { u % 5 }).collect();
    (network(accounts as usize, &rows), Groups::of_numbers(of, |group| format!("g{group}")))
}

#[test]
fn a_person_has_one_voice_and_nobody_speaks_of_themselves() {
    // 1 comments five times, once against; 2 once against; 3 neutral; 0 of itself.
    let mut rows = vec![comment(2, 0, -1), comment(3, 0, 0), comment(0, 0, -1), comment(1, 0, -1)];
    rows.extend([comment(1, 0, 1); 4]);
    let found = run(&network(6, &rows), &[0, 5], &halves(6, 2)).unwrap();
    let all = &found.rows[0].all;
    assert!((all.positive - 0.8).abs() < 1e-12 && (all.negative - 1.2).abs() < 1e-12, "{all:?}");
    assert_eq!((all.neutral, all.interactions), (1.0, 7));
    let cells = &found.rows[0].cells;
    assert_eq!((cells[0].interactions, cells[1].interactions, cells[1].neutral), (5, 2, 1.0));
    assert!(cells[0].s > cells[1].s && cells[1].interval.low < cells[1].s && cells[1].s < cells[1].interval.high);
    // Nobody spoke of 5: what is expected, and wide.
    let silent = &found.rows[1].cells[0];
    assert!(silent.voices() == 0.0 && silent.interval.half_width() > 0.5, "{silent:?}");
    // As much of a voice as of a person.
    let real = [1.0, 0.5, 1.0, 0.25, 1.0, 1.0];
    let found = Resonance::default().run(&network(6, &rows), &[0], &halves(6, 2), Some(&real), &Run::new(1)).unwrap();
    let all = &found.rows[0].all;
    assert!((all.positive - 0.4).abs() < 1e-12 && (all.negative - 1.1).abs() < 1e-12 && all.neutral == 0.25);
}

#[test]
fn posts_are_about_their_authors_and_mentions_about_whom_they_mention() {
    // Item 3 is a post of 0; item 4 stands twice in the table, item 5 not at all. 9 shares and comments by way of 1.
    let rows = [
        (9, 1, COMMENT, 1, 3),
        (8, 1, COMMENT, -1, 4),
        (7, 1, COMMENT, -1, 5),
        (6, 1, MENTION, -1, 3),
        (5, 1, MENTION, 1, 3),
        (0, 1, COMMENT, -1, 3),
    ];
    let mut network = network(10, &rows);
    let ids = ["3", "4", "4"].map(|id| Some(id.to_owned()));
    network.tables.posts =
        Table { account: vec![0, 0, 2].into(), other: None, columns: vec![Column::texts(post::ID, ids.into_iter())] };
    let found = run(&network, &[0, 1], &halves(10, 10)).unwrap();
    let counts = |row: usize| (found.rows[row].all.positive, found.rows[row].all.negative);
    assert_eq!((counts(0), counts(1)), ((1.0, 0.0), (1.0, 3.0)));
}

#[test]
fn types_that_can_only_agree_are_left_out_unless_named() {
    let mut rows = vec![comment(1, 0, 1), comment(2, 0, -1), (4, 0, MENTION, 0, NO_ITEM)];
    rows.extend([(3, 0, LIKE, 1, NO_ITEM); 3]);
    let (both, groups) = (network(5, &rows), halves(5, 5));
    let found = run(&both, &[0], &groups).unwrap();
    assert_eq!((found.rows[0].all.positive, found.rows[0].all.neutral), (1.0, 0.0));
    assert_eq!(found.notes.len(), 1);
    assert!(found.notes[0].contains("like is left out: 3 of 3"), "{:?}", found.notes);
    let named =
        |types: &[&str]| Resonance { types: types.iter().map(|name| (*name).into()).collect(), sign_error: None };
    let found = named(&["likes", "comment"]).run(&both, &[0], &groups, None, &Run::new(1)).unwrap();
    assert_eq!((found.rows[0].all.positive, found.notes.len()), (2.0, 0));
    for (types, says) in
        [("view", "no interactions of type \"view\""), ("mention", "no interaction of type mention has")]
    {
        let error = named(&[types]).run(&both, &[0], &groups, None, &Run::new(1)).unwrap_err().to_string();
        assert!(error.contains(says) && error.contains("comment, like"), "{error}");
    }
    let likes = network(5, &rows[3..]);
    let error = run(&likes, &[0], &groups).unwrap_err();
    assert!(
        matches!(error, Error::NotEstimable { .. }) && error.to_string().contains("like can only agree"),
        "{error}"
    );
    assert!(named(&["like"]).run(&likes, &[0], &groups, None, &Run::new(1)).is_ok());
}

#[test]
fn what_is_missing_is_said() {
    let groups = halves(5, 5);
    let bare = Network::from_graph(build::graph(5, &[(1, 0)]));
    let unsigned = network(5, &[comment(1, 0, 0)]);
    for (network, says) in [(&bare, "interactions with a sign"), (&unsigned, "a column of the log")] {
        let error = run(network, &[0], &groups).unwrap_err();
        assert!(matches!(error, Error::NotEstimable { .. }) && error.to_string().contains(says), "{error}");
    }
    let signed = network(5, &[comment(1, 0, 1), comment(2, 0, -1)]);
    assert!(run(&signed, &[5], &groups).is_err());
    for real in [vec![1.0; 4], vec![2.0; 5], vec![f64::NAN; 5]] {
        assert!(Resonance::default().run(&signed, &[0], &groups, Some(&real), &Run::new(1)).is_err());
    }
    assert!(run(&signed, &[], &groups).unwrap().rows.is_empty());
    let tight = Run::new(1).memory(Some(10));
    assert!(matches!(Resonance::default().run(&signed, &[0], &groups, None, &tight), Err(Error::Memory { .. })));
}

/// Counts by a map, and every cell's mean by plain sums over shares, with the strengths that were learned.
#[test]
fn counting_and_shrinking_agree_with_plain_sums() {
    let (network, groups) = planted(20, 60, 5);
    let reading = SignError { sensitivity: 0.9, specificity: 0.85 };
    let resonance = Resonance { sign_error: Some(reading), ..Resonance::default() };
    let creators: Vec<u32> = (0..20).collect();
    let found = resonance.run(&network, &creators, &groups, None, &Run::new(1)).unwrap();
    let mut signs: BTreeMap<(u32, u32), (f64, f64)> = BTreeMap::new();
    for (u, v, event) in network.events.as_ref().unwrap().iter() {
        let sum = signs.entry((v, u)).or_default();
        *if event.sign > 0 { &mut sum.0 } else { &mut sum.1 } += 1.0;
    }
    let sum = |v: u32, group: Option<u32>| {
        signs.iter().filter(|((of, u), _)| *of == v && group.is_none_or(|group| u % 5 == group)).fold(
            (0.0, 0.0),
            |sum, (_, (positive, negative))| {
                let share = positive / (positive + negative);
                (sum.0 + share, sum.1 + 1.0 - share)
            },
        )
    };
    let voices = count::count(&network, &[], &Run::new(1)).unwrap();
    let tallies: Vec<_> =
        voices.creators.iter().map(|(of, _)| (*of, Tallies::of(voices.of(*of), &groups, None))).collect();
    let learned = Learned::new(&tallies, &groups, reading, &Run::new(1)).unwrap();
    for v in [0u32, 7, 10] {
        let row = &found.rows[v as usize];
        let totals = sum(v, None);
        assert!((row.all.positive - totals.0).abs() < 1e-9 && (row.all.negative - totals.1).abs() < 1e-9);
        for group in 0..5u32 {
            let cell = &row.cells[group as usize];
            let (positive, negative) = sum(v, Some(group));
            assert!((cell.positive - positive).abs() < 1e-9 && (cell.negative - negative).abs() < 1e-9);
            let tallies = &tallies[v as usize].1;
            let expected = learned.expected(v, tallies, group, &tallies.group(group));
            let betas = learned.cells().betas(&expected);
            let (mut mass, mut first, mut below) = (0.0, 0.0, 0.0);
            // Over logits: beta laws rise steeply at the ends of the shares themselves.
            for at in -30_000..=30_000 {
                let logit = (f64::from(at) + 0.5) * 0.02;
                let tail = libm::log1p(libm::exp(-logit.abs()));
                let (share, other) = (logit.min(0.0) - tail, (-logit).min(0.0) - tail);
                let read = reading.read(libm::exp(share));
                let log = positive * libm::log(read) + negative * libm::log(1.0 - read);
                let beta = |(weight, a, b): &(f64, f64, f64)| libm::exp(log + weight + a * share + b * other);
                let density = betas.iter().map(beta).sum::<f64>();
                (mass, first) = (mass + density, first + density * libm::exp(share));
                below += if logit < 0.0 { density } else { 0.0 };
            }
            // Beyond, shares are 0 and 1, and what is left is an exponential.
            for (weight, a, b) in &betas {
                for (rate, share) in [(*a, 0.0), (*b, 1.0)] {
                    let read = reading.read(share);
                    let log = positive * libm::log(read) + negative * libm::log(1.0 - read);
                    let rest = libm::exp(log + weight - 600.01 * rate) / rate / 0.02;
                    (mass, first) = (mass + rest, first + rest * share);
                    below += rest * (1.0 - share);
                }
            }
            assert!((cell.s - (2.0 * first / mass - 1.0)).abs() < 1e-7, "{v} {group}: {} {}", cell.s, first / mass);
            assert!((cell.against - below / mass).abs() < 1e-5, "{v} {group}");
        }
    }
}

#[test]
fn camps_are_not_blurred_and_cells_that_agree_are_drawn_together() {
    let (network, groups) = planted(60, 100, 11);
    let creators: Vec<u32> = (0..60).collect();
    let found = run(&network, &creators, &groups).unwrap();
    let (mut drawn, mut plain, mut cells) = (0.0, 0.0, 0);
    for row in &found.rows {
        for (group, cell) in row.cells.iter().enumerate() {
            let opposed = group == 4 && row.creator % 10 == 0;
            assert_eq!(cell.s < 0.0, opposed, "{} {group}: {cell:?}", row.creator);
            let share = cell.positive / cell.voices();
            let truth = if opposed { -0.6 } else { 0.7 };
            drawn += (cell.s - truth) * (cell.s - truth);
            plain += (2.0 * share - 1.0 - truth) * (2.0 * share - 1.0 - truth);
            cells += 1;
        }
    }
    assert!(cells == 300 && drawn < 0.5 * plain, "squares {drawn} {plain}");
}

#[test]
fn a_creator_has_the_same_figures_alone_as_among_others_and_at_any_number_of_threads() {
    let (network, groups) = planted(30, 60, 9);
    let creators: Vec<u32> = (0..30).rev().collect();
    let among = run(&network, &creators, &groups).unwrap();
    for (at, &creator) in creators.iter().enumerate().step_by(7) {
        assert_eq!(run(&network, &[creator], &groups).unwrap().rows, among.rows[at..=at]);
    }
    for threads in [1, 2, 3, 8] {
        let run = Run::new(1).threads(threads).unwrap();
        assert_eq!(Resonance::default().run(&network, &creators, &groups, None, &run).unwrap(), among);
    }
}

#[test]
fn other_numbers_for_accounts_change_nothing() {
    let (original, _) = planted(20, 40, 13);
    let turned = |u: u32| (u * 7 + 3) % 60;
    let rows: Vec<Row> = original
        .events
        .as_ref()
        .unwrap()
        .iter()
        .map(|(u, v, event)| (turned(u), turned(v), event.kind, event.sign, event.item))
        .collect();
    let groups = |turn: &dyn Fn(u32) -> u32| {
        let mut of = vec![0; 60];
        (0..60).for_each(|u| of[turn(u) as usize] = u % 3);
        Groups::of_numbers(of, |group| format!("g{group}"))
    };
    let creators: Vec<u32> = (0..20).collect();
    let first = run(&original, &creators, &groups(&|u| u)).unwrap();
    let second =
        run(&network(60, &rows), &creators.iter().map(|&v| turned(v)).collect::<Vec<_>>(), &groups(&turned)).unwrap();
    for (a, b) in first.rows.iter().zip(&second.rows) {
        for (a, b) in a.cells.iter().zip(&b.cells) {
            assert!((a.s - b.s).abs() < 1e-9 && (a.interval.low - b.interval.low).abs() < 1e-9);
        }
    }
}

#[test]
fn quantiles_are_those_of_the_interval_and_an_error_widens() {
    let (network, groups) = planted(20, 60, 21);
    let plain = run(&network, &[0, 1], &groups).unwrap();
    let error = Resonance { sign_error: "0.95,0.95".parse().ok(), ..Resonance::default() };
    let wide = error.run(&network, &[0, 1], &groups, None, &Run::new(1)).unwrap();
    assert_eq!(wide.notes.len(), 1);
    for (cell, corrected) in plain.rows[0].cells.iter().zip(&wide.rows[0].cells) {
        assert!((cell.quantile(0.025) - cell.interval.low).abs() < 2e-3);
        assert!((cell.quantile(0.975) - cell.interval.high).abs() < 2e-3);
        assert!(cell.quantile(0.0) >= -1.0 && cell.quantile(1.0) <= 1.0 && cell.quantile(0.3) < cell.quantile(0.7));
        // The chance to be below 0 agrees with quantiles.
        assert!(cell.against < 1e-4 || (cell.quantile(cell.against)).abs() < 0.02, "{cell:?}");
        assert!(corrected.interval.half_width() > 0.0);
    }
    let width = |found: &Resonances| found.rows[0].all.interval.half_width();
    assert!(width(&wide) > width(&plain));
}
