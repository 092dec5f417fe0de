use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::super::partition::stable;
use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::build;

fn communities(labels: &[u32]) -> Communities {
    let (labels, sizes) = stable(labels);
    let count = sizes.len();
    Communities { labels, sizes, count, quality: 0.0, iterations: 0, converged: true, method: String::new() }
}

fn network(accounts: usize, follows: &[(u32, u32)], columns: &[(&str, Vec<Option<&str>>)]) -> Network {
    let mut network = Network::from_graph(build::graph(accounts, follows));
    let texts = |values: &[Option<&str>]| values.iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>();
    network.attributes.columns =
        columns.iter().map(|(name, values)| Column::texts(*name, texts(values).into_iter())).collect();
    network
}

fn cards(cards: &Cards, network: &Network, labels: &[u32]) -> CommunityCards {
    cards.run(network, network.follow_graph().unwrap(), &communities(labels), &Run::default()).unwrap()
}

const ALL: Cards = Cards { label_values: 100, label_accounts: 0 };

#[test]
fn a_card_of_everybody_and_of_nobody_in_particular() {
    let niches = [Some("a"), Some("a"), Some("b"), None];
    let one = network(4, &[(0, 1), (1, 2)], &[("niche", niches.to_vec())]);
    let found = cards(&ALL, &one, &[0, 0, 0, 0]);
    assert_eq!((found.cards[0].conductance, found.cards[0].inside), (None, Some(1.0)), "nobody is outside");
    assert_eq!(found.cards[0].traits.iter().map(|one| one.lift).collect::<Vec<_>>(), [1.0, 1.0]);
    assert_eq!((found.labels[0].known, found.cards[0].traits[0].known), (3, 3), "missing is no value");
    // 3 has no tie: nothing is said of it, and of the others nobody else has a tie.
    let found = cards(&ALL, &one, &[0, 0, 0, 1]);
    assert_eq!((found.cards[1].conductance, found.cards[1].inside), (None, None));
    assert_eq!((found.cards[0].conductance, found.cards[1].traits.len()), (None, 0));
    // 2 is followed and follows nobody.
    let found = cards(&ALL, &one, &[0, 0, 1, 2]);
    assert_eq!((found.cards[1].conductance, found.cards[1].inside), (Some(1.0), None));
    assert!(cards(&ALL, &network(0, &[], &[]), &[]).cards.is_empty());
}

#[test]
fn columns_that_name_accounts_are_no_labels() {
    let all = |text: fn(usize) -> &'static str| (0..10).map(|at| Some(text(at))).collect::<Vec<_>>();
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
    let columns = [
        ("country", all(|_| "VN")),
        ("handle", names.map(Some).to_vec()),
        ("niche", all(|at| if at < 5 { "Beauty| food" } else { "beauty" })),
        ("note", vec![None; 10]),
        ("tier", all(|at| if at < 5 { "gold" } else { "silver" })),
    ];
    let network = network(10, &[(0, 1)], &columns);
    let found = cards(&Cards::default(), &network, &[0; 10]);
    assert_eq!(found.labels.iter().map(|label| label.name.as_str()).collect::<Vec<_>>(), ["niche"]);
    assert_eq!(found.labels[0].values, [("Beauty".to_owned(), 10), ("food".to_owned(), 5)]);
    let why = ["one value, VN", "10 values, fewer than 5 accounts each", "no value", "tiers are by followers"];
    assert_eq!(found.left_out.iter().map(|one| one.1.as_str()).collect::<Vec<_>>(), why);
    let found = cards(&Cards { label_values: 9, ..ALL }, &network, &[0; 10]);
    assert_eq!(found.left_out[1], ("handle".to_owned(), "more than 9 values".to_owned()));
}

#[test]
fn whose_followers_are_not_in_the_data_has_no_tier() {
    let follows: Vec<(u32, u32)> = (2..1500).map(|u| (u, 0)).chain([(2, 1)]).collect();
    let mut network = network(1500, &follows, &[]);
    assert_eq!(cards(&ALL, &network, &[0; 1500]).labels[0].known, 1500);
    network.view = View::Lists;
    let found = cards(&ALL, &network, &[0; 1500]);
    assert_eq!((found.labels[0].name.as_str(), found.labels[0].known), ("tier", 2));
}

proptest! {
    /// By sets and a matrix, without a line in common.
    #[test]
    fn cards_are_what_their_definition_says(
        edges in prop::collection::vec((0u32..12, 0u32..12), 0..40),
        labels in prop::collection::vec(0u32..4, 12),
        cells in prop::collection::vec(prop::option::of("[abC](\\|[abc]){0,2}"), 12),
    ) {
        let network = network(12, &edges, &[("niche", cells.iter().map(Option::as_deref).collect())]);
        let communities = communities(&labels);
        let graph = network.follow_graph().unwrap();
        let found = ALL.run(&network, graph, &communities, &Run::default()).unwrap();
        let follows: BTreeSet<(u32, u32)> = edges.iter().copied().filter(|(u, v)| u != v).collect();
        let values: Vec<BTreeSet<String>> = cells
            .iter()
            .map(|cell| cell.iter().flat_map(|cell| cell.split('|')).map(str::to_lowercase).collect())
            .collect();
        let share = |accounts: &[usize], value: &str| {
            let with = |test: &dyn Fn(&BTreeSet<String>) -> bool| {
                accounts.iter().filter(|&&account| test(&values[account])).count() as f64
            };
            (with(&|set| set.contains(value)), with(&|set| !set.is_empty()))
        };
        let all: Vec<usize> = (0..12).collect();
        for (c, card) in found.cards.iter().enumerate() {
            let is_in = |v: u32| communities.labels[v as usize] == c as u32;
            let count = |test: &dyn Fn(bool, bool) -> bool| {
                follows.iter().filter(|&&(u, v)| test(is_in(u), is_in(v))).count() as f64
            };
            let cut = count(&|u, v| u != v);
            let least = (2.0 * count(&|u, v| u && v) + cut).min(2.0 * count(&|u, v| !u && !v) + cut);
            prop_assert_eq!(card.conductance, (least > 0.0).then(|| cut / least));
            let by = count(&|u, _| u);
            prop_assert_eq!(card.inside, (by > 0.0).then(|| count(&|u, v| u && v) / by));
            let members: Vec<usize> = all.iter().copied().filter(|&v| is_in(v as u32)).collect();
            prop_assert_eq!(card.members as usize, members.len());
            let listed: BTreeMap<String, &Trait> = card
                .traits
                .iter()
                .map(|one| (found.labels[one.label as usize].values[one.value as usize].0.to_lowercase(), one))
                .collect();
            prop_assert_eq!(listed.len(), card.traits.len());
            prop_assert!(card.traits.windows(2).all(|pair| pair[0].interval.low >= pair[1].interval.low));
            let distinct: BTreeSet<&String> = values.iter().flatten().collect();
            for value in distinct.iter().filter(|_| distinct.len() > 1) {
                let ((k, n), (all_k, all_n)) = (share(&members, value), share(&all, value));
                match listed.get(*value) {
                    None => prop_assert_eq!(k, 0.0),
                    Some(one) => {
                        prop_assert_eq!((one.having as f64, one.known as f64), (k, n));
                        let lift = (k * all_n) / (n * all_k);
                        prop_assert!((one.lift - lift).abs() < 1e-12 * lift);
                        prop_assert!(one.interval.low <= one.lift && one.lift <= one.interval.high);
                        // The ends of Wilson's interval are where the score test just refuses.
                        for end in [one.interval.low, one.interval.high] {
                            let p = end * all_k / all_n;
                            let z = (k / n - p).abs() / (p * (1.0 - p) / n).sqrt();
                            prop_assert!(p.min(1.0 - p) < 1e-9 || (z - 1.959963984540054).abs() < 1e-6);
                        }
                    }
                }
            }
        }
    }
}

/// 40 communities of 100 accounts, 50 times: of 2,000 intervals 95% should hold the lift that accounts were drawn by, with a
/// standard error of 0.5 points. Off by more than 1.5 points: one false alarm in 370.
#[test]
fn intervals_of_lift_hold_at_their_level() {
    const TIMES: u64 = 50;
    let chance = |community: usize| 0.1 + 0.02 * community as f64;
    let base = (0..40).map(chance).sum::<f64>() / 40.0;
    let labels: Vec<u32> = (0..4000).map(|account| account / 100).collect();
    let (mut held, mut all) = (0.0, 0.0);
    for time in 0..TIMES {
        let value =
            |account: u64| match Key::new(7, Stream::Sample, time).unit(account) < chance(account as usize / 100) {
                true => Some("yes"),
                false => Some("no"),
            };
        let network = network(4000, &[], &[("niche", (0..4000).map(value).collect())]);
        let found = cards(&ALL, &network, &labels);
        for (community, card) in found.cards.iter().enumerate() {
            let yes = |one: &&Trait| found.labels[0].values[one.value as usize].0 == "yes";
            let interval = card.traits.iter().find(yes).unwrap().interval;
            let truth = chance(community) / base;
            held += f64::from(u8::from(interval.low <= truth && truth <= interval.high));
            all += 1.0;
        }
    }
    assert!((held / all - 0.95f64).abs() < 0.015, "{held} of {all}");
}

#[test]
fn the_same_bits_at_any_number_of_threads() {
    let follows: Vec<(u32, u32)> = (0..30_000).map(|u| (u, (u * u + 7 * u + 1) % 30_000)).collect();
    let niches: Vec<Option<&str>> = (0..30_000).map(|u| [Some("a"), Some("b|c"), None][u * u % 7 % 3]).collect();
    let network = network(30_000, &follows, &[("niche", niches)]);
    let labels: Vec<u32> = (0..30_000).map(|u| u * u % 1009).collect();
    let at = |threads: usize| {
        let run = Run::default().threads(threads).unwrap();
        let found = Cards::default().run(&network, network.follow_graph().unwrap(), &communities(&labels), &run);
        serde_json::to_string(&found.unwrap()).unwrap()
    };
    let one = at(1);
    assert!([2, 3, 8].into_iter().all(|threads| at(threads) == one));
}

#[test]
fn communities_of_another_network_are_refused() {
    let network = network(3, &[(0, 1)], &[]);
    let graph = network.follow_graph().unwrap();
    let said = ALL.run(&network, graph, &communities(&[0, 0]), &Run::default()).unwrap_err().to_string();
    assert!(said.contains("2 accounts") && said.contains("the graph has 3"), "{said}");
}
