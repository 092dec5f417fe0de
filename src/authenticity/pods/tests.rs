use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::Event;
use crate::graph::build::{Keyed, key};
use crate::graph::events::NO_ITEM;

/// Fans 100.. who like a tenth of the 20 posts of creators 0 to 19, and members who act on 0.8 of each other's.
fn small(members: &[u32], times: bool, items: bool) -> Events {
    let toss = Key::new(3, Stream::Sample, 4);
    let mut rows: Vec<Keyed<Event>> = Vec::new();
    let mut act = |u: u32, v: u32, post: u32, after: i64| {
        let event = Event {
            item: if items { 20 * v + post } else { NO_ITEM },
            time: if times { i64::from(post) * 86_400_000 + after } else { crate::base::time::MISSING },
            ..Event::default()
        };
        rows.push((key(u, v), event));
    };
    for v in 0..20 {
        for post in 0..20 {
            for u in 100..140 {
                let word = toss.of(u64::from(u)).of(u64::from(v));
                if word.unit(u64::from(post)) < 0.1 {
                    act(u, v, post, (word.unit(u64::from(100 + post)) * 3e7) as i64);
                }
            }
            for &u in members.iter().filter(|&&u| u != v && members.contains(&v)) {
                if toss.of(u64::from(u)).of(u64::from(v)).unit(u64::from(post)) < 0.8 {
                    act(u, v, post, 60_000 * i64::from(u));
                }
            }
        }
    }
    Events::build(&Run::default(), 140, vec![rows]).unwrap()
}

#[test]
fn pods_are_found_without_times_and_without_posts() {
    let creators: Vec<u32> = (0..20).collect();
    let members = [2, 3, 5, 7, 11];
    for (times, items) in [(true, true), (false, true), (true, false)] {
        let events = small(&members, times, items);
        let posts = vec![20; 20];
        let given = Interactions { creators: &creators, posts: Some(&posts), ..Interactions::of(&events) };
        let found = Pods::default().run(&given, &Run::default()).unwrap();
        assert_eq!(found.len(), 1, "{times} {items}");
        assert_eq!((&found[0].members[..], found[0].topical), (&members[..], false));
        assert_eq!(found[0].delay.is_some(), times && items);
        let inside = events.iter().filter(|(u, v, _)| members.contains(u) && members.contains(v)).count();
        assert_eq!(found[0].interactions, inside as u64);
        // Another order of the creators, the same pod.
        let turned: Vec<u32> = creators.iter().rev().copied().collect();
        let given = Interactions { creators: &turned, ..given };
        assert_eq!(Pods::default().run(&given, &Run::default()).unwrap(), found);
    }
    // Two who act on each other are no group.
    let events = small(&[2, 3], true, true);
    let given = Interactions { creators: &creators, ..Interactions::of(&events) };
    assert_eq!(Pods::default().run(&given, &Run::default()).unwrap(), []);
}

#[test]
fn nobody_nothing_and_nonsense() {
    let none = Events::build(&Run::default(), 0, vec![]).unwrap();
    assert_eq!(Pods::default().run(&Interactions::of(&none), &Run::default()).unwrap(), []);
    let still = Events::build(&Run::default(), 3, vec![]).unwrap();
    let found = |creators: &[u32], posts: Option<&[u64]>| {
        Pods::default().run(&Interactions { creators, posts, ..Interactions::of(&still) }, &Run::default())
    };
    assert_eq!(found(&[0, 1, 2], None).unwrap(), []);
    assert!(found(&[3], None).unwrap_err().to_string().contains("account 3 is not among the 3"));
    assert!(found(&[1, 1], None).unwrap_err().to_string().contains("listed twice"));
    assert!(found(&[1, 2], Some(&[1])).unwrap_err().to_string().contains("1 posts for 2 creators"));
    for wrong in [Pods { alpha: -0.1, ..Pods::default() }, Pods { minutes: f64::NAN, ..Pods::default() }] {
        assert!(wrong.check().is_err(), "{wrong:?}");
    }
}

#[test]
fn tails_are_those_of_the_definition() {
    // Pólya's urn draws a beta-binomial: all orders of acts have one chance, so that sums over them give the law.
    let habit = Habit { mean: 0.5, correlation: 0.2 };
    for (posts, mean) in [(1u64, 0.3), (6, 0.3), (9, 0.05)] {
        let (a, b) = (mean * 4.0, (1.0 - mean) * 4.0);
        let mut law = vec![0.0; posts as usize + 1];
        for order in 0u32..1 << posts {
            let (mut chance, mut acts) = (1.0, 0.0);
            for post in 0..posts {
                let all = a + b + post as f64;
                let does = order >> post & 1 == 1;
                chance *= if does { (a + acts) / all } else { (b + post as f64 - acts) / all };
                acts += f64::from(u8::from(does));
            }
            law[order.count_ones() as usize] += chance;
        }
        for acts in 0..=posts {
            let tail: f64 = law[acts as usize..].iter().sum();
            assert!((habit.at_least(acts, posts, mean) - tail).abs() < 1e-10, "{acts} {posts}");
        }
    }
    // Fisher's: the chi-squared tails of SciPy at 2 and 6 degrees of freedom, and one far out.
    assert!((ln_fisher(2.0, 1) + 2.0).abs() < 1e-12);
    assert!((ln_fisher(3.0, 3) - libm::log(8.5 * libm::exp(-3.0))).abs() < 1e-12);
    assert_eq!(ln_fisher(0.0, 3), 0.0);
    assert!(ln_fisher(5000.0, 28) < -4700.0);
    assert!((ln_choose(10.0, 3.0) - libm::log(120f64)).abs() < 1e-12);
    assert_eq!(Habit::of(&[]), Habit::default());
    assert_eq!(Habit::of(&[(0, 5), (5, 5)]).correlation, 0.9);
}

proptest! {
    #[test]
    fn pairs_are_counted_as_they_are_defined(
        rows in prop::collection::vec((0u32..6, 0u32..6, 0u32..9, 0i64..5, 0u8..3), 0..60),
    ) {
        // Account 5 is no creator; posts 0, 1, 2, … belong to 0, 1, 2, 3, 4 in turn; type 2 does not count.
        let event = |&(u, _, item, time, kind): &(u32, u32, u32, i64, u8)| {
            (key(u, item % 5), Event { item, time, kind, ..Event::default() })
        };
        let rows: Vec<_> = rows.iter().map(event).collect();
        let events = Events::build(&Run::default(), 6, vec![rows.clone()]).unwrap();
        let given = Interactions { creators: &[4, 3, 2, 1, 0], kinds: &[0, 1], ..Interactions::of(&events) };
        let tally = Tally::new(&given, 2, &Run::default()).unwrap();
        let of = |key: u64| ((key >> 32) as u32, key as u32);
        let first = |item| rows.iter().filter(|row| row.1.item == item).map(|row| row.1.time).min().unwrap();
        type Counted = (BTreeSet<u32>, BTreeSet<u32>, u64);
        let mut pairs: BTreeMap<(u32, u32), Counted> = BTreeMap::new();
        let mut named = vec![BTreeSet::new(); 5];
        for (key, event) in rows.iter().filter(|row| row.1.kind < 2) {
            let (u, v) = of(*key);
            named[4 - v as usize].insert(event.item);
            if u == v {
                continue;
            }
            let pair = pairs.entry((u, v)).or_default();
            pair.0.insert(event.item);
            if (1..=2).contains(&(event.time - first(event.item))) {
                pair.1.insert(event.item);
            }
            pair.2 += 1;
        }
        let place = |u: u32| if u == 5 { tally::ORDINARY } else { 4 - u };
        let expected: Vec<Pair> = pairs
            .iter()
            .map(|(&(u, v), pair)| Pair {
                from_creator: place(u),
                to: place(v),
                acts: pair.0.len() as u64,
                soon: pair.1.len() as u64,
                events: pair.2,
            })
            .collect();
        prop_assert_eq!(&tally.pairs, &expected);
        prop_assert_eq!(&tally.posts, &named.iter().map(|posts| posts.len() as u64).collect::<Vec<_>>());
    }
}
