use super::*;
use crate::base::seed::{Key, Stream};
use crate::graph::build;

fn value(accounts: usize, follows: &[(u32, u32)], sides: &[u8], hubs: u32) -> Result<RandomWalkControversy> {
    Controversy { hubs }.run(&build::graph(accounts, follows), sides, &Run::new(1))
}

/// Two sides of `half` accounts each, follows drawn with one chance within and another between them.
fn blocks(seed: u64, half: u32, within: f64, between: f64) -> (Vec<(u32, u32)>, Vec<u8>) {
    let key = Key::new(seed, Stream::Sample, 2);
    let mut follows = Vec::new();
    for u in 0..2 * half {
        for v in (0..2 * half).filter(|&v| v != u) {
            let chance = if (u < half) == (v < half) { within } else { between };
            // Lower numbers are better known.
            let known = 2.0 - f64::from(v % half) / f64::from(half) * 1.5;
            if key.unit(u64::from(u) << 32 | u64::from(v)) < chance * known {
                follows.push((u, v));
            }
        }
    }
    (follows, (0..2 * half).map(|u| if u < half { 1 } else { 2 }).collect())
}

/// The definition, by elimination of the dense system of both kinds of ends.
fn dense(accounts: usize, follows: &[(u32, u32)], sides: &[u8], hubs: u32) -> f64 {
    let mut tied = vec![vec![false; accounts]; accounts];
    for &(u, v) in follows.iter().filter(|(u, v)| u != v && sides[*u as usize] > 0 && sides[*v as usize] > 0) {
        tied[u as usize][v as usize] = true;
        tied[v as usize][u as usize] = true;
    }
    let degree = |v: usize| tied[v].iter().filter(|&&tie| tie).count();
    let ends: Vec<Vec<usize>> = [1, 2]
        .map(|side| {
            let mut members: Vec<usize> = (0..accounts).filter(|&v| sides[v] == side).collect();
            members.sort_by_key(|&v| (std::cmp::Reverse(degree(v)), v));
            members.truncate(hubs as usize);
            members
        })
        .to_vec();
    let free: Vec<usize> =
        (0..accounts).filter(|v| sides[*v] > 0 && degree(*v) > 0 && !ends.concat().contains(v)).collect();
    // Rows of (I − Q | ends on side 1 | ends on side 2).
    let n = free.len();
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|at| {
            let v = free[at];
            let step = |u: usize| if tied[v][u] { 1.0 / degree(v) as f64 } else { 0.0 };
            let mut row: Vec<f64> = free.iter().map(|&u| -step(u)).collect();
            row[at] += 1.0;
            row.extend(ends.iter().map(|ends| ends.iter().map(|&u| step(u)).sum::<f64>()));
            row
        })
        .collect();
    for column in 0..n {
        let best = (column..n).max_by(|&a, &b| rows[a][column].abs().total_cmp(&rows[b][column].abs())).unwrap();
        rows.swap(column, best);
        assert!(rows[column][column].abs() > 1e-9, "every walk ends in these tests");
        let top = rows[column].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(at, _)| *at != column) {
            let factor = row[column] / top[column];
            (column..n + 2).for_each(|place| row[place] -= factor * top[place]);
        }
    }
    let chance = |side: u8, end: usize| {
        let begins: Vec<usize> = (0..n).filter(|&at| sides[free[at]] == side).collect();
        begins.iter().map(|&at| rows[at][n + end] / rows[at][at]).sum::<f64>() / begins.len() as f64
    };
    let began = |side: u8, end: usize| chance(side, end) / (chance(1, end) + chance(2, end));
    began(1, 0) * began(2, 1) - began(1, 1) * began(2, 0)
}

#[test]
fn the_solve_is_the_definition() {
    for (seed, within, between, hubs) in [(1, 0.3, 0.02, 3), (2, 0.2, 0.2, 2), (3, 0.15, 0.05, 5), (4, 0.05, 0.4, 1)] {
        let (follows, sides) = blocks(seed, 30, within, between);
        let found = value(60, &follows, &sides, hubs).unwrap();
        let exact = dense(60, &follows, &sides, hubs);
        assert!((found.value - exact).abs() < 1e-10, "{seed}: {} {exact}", found.value);
        assert!(found.residual <= 1e-12 && found.stranded == [0, 0] && found.accounts == [30, 30]);
        for side in 0..2 {
            assert!((found.within[side] + found.crossing[side] - 1.0).abs() < 1e-12);
            assert!(found.hubs[side].len() == hubs as usize);
        }
    }
}

/// 400,000 walks: a standard error of a share below 0.0012, and of the value below 0.002; four are allowed (chance of a false
/// alarm below 1e-4).
#[test]
fn walks_end_where_the_solve_says() {
    let (follows, sides) = blocks(7, 40, 0.2, 0.03);
    let graph = build::graph(80, &follows);
    let found = Controversy { hubs: 4 }.run(&graph, &sides, &Run::new(1)).unwrap();
    let neighbours: Vec<Vec<u32>> = (0..80)
        .map(|v| {
            let mut all = [graph.followers(v), graph.following(v)].concat();
            all.sort_unstable();
            all.dedup();
            all
        })
        .collect();
    let mut counts = [[0.0f64; 2]; 2];
    let key = Key::new(5, Stream::Sample, 3);
    for walk in 0..400_000u64 {
        let (own, side) = (key.of(walk), (walk % 2) as usize);
        let ends = |v: u32| (0..2).find(|&side| found.hubs[side].contains(&v));
        let begins: Vec<u32> = (0..40).map(|at| at + 40 * side as u32).filter(|&v| ends(v).is_none()).collect();
        let mut v = begins[(own.unit(0) * begins.len() as f64) as usize];
        for step in 1.. {
            if let Some(end) = ends(v) {
                counts[side][end] += 1.0;
                break;
            }
            let all = &neighbours[v as usize];
            v = all[(own.unit(step) * all.len() as f64) as usize];
        }
    }
    let began = |side: usize, end: usize| counts[side][end] / (counts[0][end] + counts[1][end]);
    let simulated = began(0, 0) * began(1, 1) - began(0, 1) * began(1, 0);
    assert!((found.value - simulated).abs() < 0.008, "{} {simulated}", found.value);
    assert!((found.within[0] - began(0, 0)).abs() < 0.005 && (found.crossing[1] - began(0, 1)).abs() < 0.005);
}

fn clique(members: &[u32]) -> Vec<(u32, u32)> {
    members.iter().flat_map(|&u| members.iter().filter(move |&&v| v != u).map(move |&v| (u, v))).collect()
}

#[test]
fn sides_apart_are_1_and_one_clique_split_at_random_is_near_0() {
    let (left, right): (Vec<u32>, Vec<u32>) = ((0..12).collect(), (12..24).collect());
    let apart = [clique(&left), clique(&right)].concat();
    let sides: Vec<u8> = (0..24).map(|u| if u < 12 { 1 } else { 2 }).collect();
    let found = value(24, &apart, &sides, 3).unwrap();
    assert!((found.value - 1.0).abs() < 1e-9 && found.between == 0 && found.ties == 132, "{found:?}");
    let one: Vec<u32> = (0..24).collect();
    let found = value(24, &clique(&one), &sides, 3).unwrap();
    assert!(found.value.abs() < 1e-12 && found.between == 144, "{found:?}");
    // A path 0 - 1 - 2 - 3 with hubs at 1 and 2: walks begin at 0 and 3 and end beside them.
    let path = value(4, &[(0, 1), (1, 2), (2, 3)], &[1, 1, 2, 2], 1).unwrap();
    assert!((path.value - 1.0).abs() < 1e-12, "{path:?}");
    // Everybody is tied to the other side's hub alone.
    let crossed = [(1, 3), (2, 3), (4, 0), (5, 0)];
    let found = value(6, &crossed, &[1, 1, 1, 2, 2, 2], 1).unwrap();
    assert!((found.value + 1.0).abs() < 1e-12, "{found:?}");
}

#[test]
fn the_number_of_ties_either_way_and_of_accounts_elsewhere_does_not_matter() {
    let (follows, sides) = blocks(9, 20, 0.3, 0.1);
    let plain = value(40, &follows, &sides, 2).unwrap();
    let both: Vec<(u32, u32)> = follows.iter().flat_map(|&(u, v)| [(u, v), (v, u)]).collect();
    assert_eq!(value(40, &both, &sides, 2).unwrap(), plain);
    // Accounts of neither side, whoever they follow.
    let mut more = follows.clone();
    more.extend((0..40).map(|u| (40, u)));
    let mut wider = sides.clone();
    wider.extend([0, 1]);
    let found = value(42, &more, &wider, 2).unwrap();
    // 41 is on side 1 and tied to nobody.
    assert!((found.value - plain.value).abs() < 1e-12 && found.stranded == [1, 0] && found.accounts == [21, 20]);
    // Sides change places.
    let turned: Vec<u8> = sides.iter().map(|side| 3 - side).collect();
    assert!((value(40, &follows, &turned, 2).unwrap().value - plain.value).abs() < 1e-10);
}

#[test]
fn other_numbers_for_accounts_change_nothing() {
    // One account of each side is better known than all others, so that no tie is broken by number.
    let (mut follows, sides) = blocks(12, 25, 0.25, 0.05);
    follows.extend((1..25).map(|u| (u, 0)).chain((26..50).map(|u| (u, 25))));
    let found = value(50, &follows, &sides, 1).unwrap();
    assert_eq!(found.hubs, [vec![0], vec![25]]);
    let turned = |u: u32| (u * 7 + 11) % 50;
    let moved: Vec<(u32, u32)> = follows.iter().map(|&(u, v)| (turned(u), turned(v))).collect();
    let mut moved_sides = vec![0; 50];
    (0..50).for_each(|u| moved_sides[turned(u) as usize] = sides[u as usize]);
    let again = value(50, &moved, &moved_sides, 1).unwrap();
    assert_eq!(again.hubs, [vec![turned(0)], vec![turned(25)]]);
    assert!((again.value - found.value).abs() < 1e-10);
}

#[test]
fn what_cannot_be_computed_is_said() {
    let ring: Vec<(u32, u32)> = (0..10).map(|u| (u, (u + 1) % 10)).collect();
    let sides: Vec<u8> = (0..10).map(|u| 1 + u8::from(u >= 5)).collect();
    for (sides, hubs, says) in [
        (vec![1; 10], 1, "side 2 has 0 accounts"),
        (sides.clone(), 5, "side 1 has 5 accounts"),
        (sides.clone(), 0, "at least 1"),
        (vec![1; 9], 1, "10 sides"),
        (vec![3; 10], 1, "10 sides"),
        (vec![0; 10], 1, "side 1 has 0 accounts"),
    ] {
        let error = value(10, &ring, &sides, hubs).unwrap_err();
        assert!(matches!(error, Error::Parameter { .. }) && error.to_string().contains(says), "{error}");
    }
    // Nobody is tied to anybody; nobody is tied to the best-known of one side.
    assert!(matches!(value(10, &[], &sides, 2), Err(Error::NotEstimable { .. })));
    assert!(matches!(value(10, &[(0, 1), (2, 0), (5, 0)], &sides, 2), Err(Error::NotEstimable { .. })));
    assert!(value(0, &[], &[], 1).is_err());
    let tight = Run::new(1).memory(Some(10));
    let graph = build::graph(10, &ring);
    assert!(matches!(Controversy { hubs: 1 }.run(&graph, &sides, &tight), Err(Error::Memory { .. })));
}

#[test]
fn equal_bits_at_any_number_of_threads() {
    let key = Key::new(1, Stream::Sample, 4);
    let accounts = 20_000u32;
    let draw = |at: u64| (key.unit(at) * key.unit(at + 1) * f64::from(accounts)) as u32;
    let follows: Vec<(u32, u32)> =
        (0..60_000u64).map(|at| ((at as u32 * 17) % accounts, draw(2 * at))).filter(|(u, v)| u != v).collect();
    let graph = build::graph(accounts as usize, &follows);
    let sides: Vec<u8> = (0..accounts).map(|u| 1 + (u % 2) as u8).collect();
    let one = Controversy::default().run(&graph, &sides, &Run::new(1).threads(1).unwrap()).unwrap();
    for threads in [2, 3, 8] {
        let run = Run::new(1).threads(threads).unwrap();
        let again = Controversy::default().run(&graph, &sides, &run).unwrap();
        assert_eq!(again, one);
        assert_eq!(again.value.to_bits(), one.value.to_bits());
    }
}
