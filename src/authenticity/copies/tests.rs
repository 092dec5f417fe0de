use super::*;
use crate::graph::build;
use std::collections::BTreeSet;

/// All pairs, each list against each.
fn all_pairs(graph: &Graph, copies: &Copies) -> Vec<(u32, u32, f64)> {
    let lists: Vec<BTreeSet<u32>> =
        (0..graph.accounts() as u32).map(|u| graph.following(u).iter().copied().collect()).collect();
    let pairs = (0..lists.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    let copied = pairs.filter_map(|(a, b)| {
        let common = lists[a].intersection(&lists[b]).count();
        let jaccard = common as f64 / lists[a].union(&lists[b]).count() as f64;
        (common >= copies.least as usize && jaccard >= copies.jaccard).then_some((a as u32, b as u32, jaccard))
    });
    copied.collect()
}

fn group_of(found: &CopyGroups, u: u32) -> Option<usize> {
    found.groups.iter().position(|group| group.members.binary_search(&u).is_ok())
}

/// Follows of `sets` groups of `size` lists: of a group's `length` accounts each list has a share `keep`, and a few others.
fn planted(seed: u64, sets: u32, size: u32, length: u32, keep: f64) -> Vec<(u32, u32)> {
    let key = Key::new(seed, Stream::Sample, 0);
    let mut follows = Vec::new();
    for u in 0..sets * size {
        let set = u / size;
        let own = key.of(u64::from(u));
        for i in 0..length {
            let v = 1000 + (set * 37 + i * 11) % 900;
            let other = 1000 + (own.word(1000 + u64::from(i)) % 900) as u32;
            follows.push((u, if own.unit(u64::from(i)) < keep { v } else { other }));
        }
    }
    // And 200 lists that are nobody's.
    follows.extend(
        (500..700u32)
            .flat_map(|u| (0..u % 30).map(move |i| (u, 1000 + (key.of(7).word(u64::from(u * 31 + i)) % 900) as u32))),
    );
    follows
}

#[test]
fn planted_copies_are_found_and_nothing_else_joined() {
    // Pairs at J >= 0.5 are candidates with a chance of 95.5% at least; of some thousand pairs, that 93% are not found has a chance far
    // below 1 in 10,000, and joined by steps most are found by others too.
    let copies = Copies::default();
    let (mut pairs, mut missed, mut expected) = (0, 0, 0.0);
    for seed in 0..6 {
        let graph = build::graph(1900, &planted(seed, 20, 6, 12 + 6 * seed as u32, 0.82));
        let found = copies.run(&graph, &Run::new(seed)).unwrap();
        let truth = all_pairs(&graph, &copies);
        for &(a, b, jaccard) in &truth {
            pairs += 1;
            expected += 1.0 - copies.found(jaccard);
            missed += usize::from(group_of(&found, a).is_none() || group_of(&found, a) != group_of(&found, b));
        }
        // Groups are joined by pairs that hold: each is part of a component of the truth.
        let mut leads: Vec<u32> = (0..1900).collect();
        for _ in 0..8 {
            truth.iter().for_each(|&(a, b, _)| {
                let least = leads[a as usize].min(leads[b as usize]);
                (leads[a as usize], leads[b as usize]) = (least, least);
            });
        }
        for group in &found.groups {
            assert!(group.members.iter().all(|&u| leads[u as usize] == leads[group.members[0] as usize]));
        }
    }
    assert!(
        pairs > 500 && (missed as f64) < expected + 4.0 * f64::sqrt(expected) + 1.0,
        "{missed} of {pairs}, {expected}"
    );
}

#[test]
fn pairs_are_found_as_often_as_the_formula_says() {
    // 600 pairs of lists of n with 2n/3 in common each, J = 0.5, of lengths 6 to 60: missed 27 in the mean, sd 5.1; beyond
    // 4 sd (7..47) by chance once in 10,000. And pairs with n/5 or so in common, J near 0.1, do not join.
    let mut follows = Vec::new();
    for pair in 0..600u32 {
        let length = 6 + 3 * (pair % 19);
        let at = 2000 + pair * 120;
        follows.extend((0..length).map(|i| (2 * pair, at + i)));
        follows.extend((0..length).map(|i| (2 * pair + 1, at + length / 3 + i)));
    }
    let graph = build::graph(80_000, &follows);
    let copies = Copies::default();
    let found = copies.run(&graph, &Run::new(3)).unwrap();
    let missed = 600 - found.groups.len();
    assert!((7..=47).contains(&missed), "{missed}");
    assert!((copies.found(0.5) - 0.955).abs() < 0.001 && copies.found(0.1) < 0.005);
    assert_eq!(found.recall, copies.found(0.5));
}

#[test]
fn large_buckets_stay_linear_and_whole() {
    // 30,000 equal lists: all pairs would be 450 million comparisons in each band. And 20,000 lists of five of eight accounts: 56
    // different ones, all in a few buckets.
    let equal = (0..30_000u32).flat_map(|u| (60_000..60_005).map(move |v| (u, v)));
    let near = (30_000..50_000u32).flat_map(|u| {
        (0..8).filter(move |i| (u.wrapping_mul(2_654_435_761) >> (20 + i)) & 1 == 1).map(move |i| (u, 60_100 + i))
    });
    let follows: Vec<(u32, u32)> = equal.chain(near).collect();
    let graph = build::graph(60_200, &follows);
    let mut seen = Vec::new();
    for threads in [1, 2, 3, 8] {
        let found = Copies::default().run(&graph, &Run::new(1).threads(threads).unwrap()).unwrap();
        assert_eq!(found.groups[0].members, (0..30_000).collect::<Vec<_>>());
        assert_eq!(found.groups[0].common, [60_000, 60_001, 60_002, 60_003, 60_004]);
        seen.push(found);
    }
    assert!(seen.iter().all(|found| *found == seen[0]));
    let long = (30_000..50_000u32).filter(|&u| graph.following(u).len() >= 4).count();
    assert!(seen[0].groups[1].members.len() > long * 9 / 10, "{} of {long}", seen[0].groups[1].members.len());
}

#[test]
fn names_do_not_matter_to_equal_lists() {
    let follows: Vec<(u32, u32)> =
        (0..60u32).flat_map(|u| (0..4 + u % 5).map(move |i| (u, 60 + (u % 5) * 10 + i))).collect();
    let rename = |v: u32| (v * 37 + 11) % 113;
    let renamed: Vec<(u32, u32)> = follows.iter().map(|&(u, v)| (rename(u), rename(v))).collect();
    let find =
        |follows: &[(u32, u32)]| Copies::default().run(&build::graph(113, follows), &Run::new(5)).unwrap().groups;
    let members = |groups: Vec<CopyGroup>| -> BTreeSet<BTreeSet<u32>> {
        groups.into_iter().map(|group| group.members.into_iter().collect()).collect()
    };
    let plain = members(find(&follows)).into_iter().map(|group| group.into_iter().map(rename).collect());
    assert_eq!(plain.collect::<BTreeSet<BTreeSet<u32>>>(), members(find(&renamed)));
}

#[test]
fn short_popular_and_absent_lists_make_no_groups() {
    let run = Run::default();
    for graph in [build::graph(0, &[]), build::graph(1, &[]), build::graph(5, &[(0, 1), (2, 1), (3, 1)])] {
        assert!(Copies::default().run(&graph, &run).unwrap().groups.is_empty());
    }
    // Two pairs follow five accounts each: those of the one are followed by 80 of 100 others, those of the other by nobody else.
    let crowd = (10..90u32).flat_map(|u| {
        (100..105).chain([200 + 5 * u, 201 + 5 * u, 202 + 5 * u, 203 + 5 * u, 204 + 5 * u]).map(move |v| (u, v))
    });
    let pairs = (0..2u32)
        .flat_map(|u| (100..105).map(move |v| (u, v)))
        .chain((2..4).flat_map(|u| (105..110).map(move |v| (u, v))));
    let graph = build::graph(700, &crowd.chain(pairs).collect::<Vec<_>>());
    let rare = Copies { telling: 20.0, jaccard: 0.6, ..Copies::default() }.run(&graph, &run).unwrap();
    assert_eq!(rare.groups.iter().map(|group| &group.members[..]).collect::<Vec<_>>(), [&[2, 3]]);
    let any = Copies { jaccard: 0.6, ..Copies::default() }.run(&graph, &run).unwrap();
    assert_eq!(any.groups.len(), 2);
    assert!(any.groups[0].telling < 20.0 && any.groups[1].telling > 20.0);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let graph = build::graph(3, &[(0, 1)]);
    for wrong in [
        Copies { jaccard: 0.0, ..Copies::default() },
        Copies { jaccard: f64::NAN, ..Copies::default() },
        Copies { least: 0, ..Copies::default() },
        Copies { telling: -1.0, ..Copies::default() },
        Copies { bands: 0, ..Copies::default() },
        Copies { rows: 30, ..Copies::default() },
    ] {
        assert_eq!(wrong.run(&graph, &Run::default()).unwrap_err().exit_code(), 2);
    }
    assert!(Copies::default().run(&graph, &Run::default().memory(Some(4))).is_err());
}
