use proptest::prelude::*;

use super::*;
use crate::base::seed::{Key, Stream};
use crate::base::stats::normal_quantile;

/// The least loss of all lines through two of the points, and of level lines through one: one of them is least of all.
fn least_loss(points: &[(f64, f64)], share: f64) -> f64 {
    let loss = |a: (f64, f64), slope: f64| -> f64 {
        points
            .iter()
            .map(|&(x, y)| y - a.1 - slope * (x - a.0))
            .map(|away| (share * away).max((share - 1.0) * away))
            .sum()
    };
    let mut least = points.iter().map(|&a| loss(a, 0.0)).fold(f64::INFINITY, f64::min);
    for &a in points {
        for &b in points.iter().filter(|b| b.0 != a.0) {
            least = least.min(loss(a, (b.1 - a.1) / (b.0 - a.0)));
        }
    }
    least
}

proptest! {
    #[test]
    fn lines_have_the_least_check_loss(
        points in prop::collection::vec((-4i32..=4, -6i32..=6), 1..24),
        noise in prop::collection::vec((-1.0f64..1.0, -1.0f64..1.0), 24),
        exact in any::<bool>(),
        share in prop::sample::select(vec![0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]),
    ) {
        // Whole numbers give ties of every kind: equal points, equal x, many on one line.
        let jitter = if exact { 0.0 } else { 1.0 };
        let points: Vec<(f64, f64)> =
            points.iter().zip(&noise).map(|(p, n)| (f64::from(p.0) + jitter * n.0, f64::from(p.1) + jitter * n.1)).collect();
        let line = Line::fit(&points, share);
        let (found, least) = (line.loss(&points, share), least_loss(&points, share));
        prop_assert!(found <= least + 1e-9, "{found} {least}");
    }
}

/// Creators of 1k to 1M followers; the log of engagement has a bend, a spread that grows, and a long tail above.
fn market(count: u32, seed: u64) -> Vec<(u32, f64, f64)> {
    let key = Key::new(seed, Stream::Sample, 2);
    (0..count)
        .map(|i| {
            let x = libm::log(1e3f64) + 6.9 * key.unit(2 * u64::from(i));
            let y = middle(x) + spread(x) * noise(key.unit(2 * u64::from(i) + 1));
            (i, libm::exp(x), libm::exp(y) - 1.0)
        })
        .collect()
}

fn middle(x: f64) -> f64 {
    0.8 * x - 0.02 * (x - 10.0) * (x - 10.0)
}

fn spread(x: f64) -> f64 {
    0.3 + 0.03 * (x - 7.0)
}

/// Skew noise with median 0: twice as wide above as below.
fn noise(unit: f64) -> f64 {
    let z = normal_quantile(unit.clamp(1e-9, 1.0 - 1e-9));
    if z > 0.0 { 2.0 * z } else { z }
}

/// The chance that new engagement at a size is outside a band.
fn chance_outside(x: f64, low: f64, high: f64) -> f64 {
    let below = |engagement: f64| {
        let e = (libm::log(1.0 + engagement) - middle(x)) / spread(x);
        0.5 * libm::erfc(-(if e > 0.0 { e / 2.0 } else { e }) / std::f64::consts::SQRT_2)
    };
    below(low) + 1.0 - below(high)
}

#[test]
fn two_in_a_hundred_are_outside_the_band() {
    // The mean chance of new engagement outside, by the planted law. At 2,000 creators the ends are estimated by 20 creators
    // at either side: sd of the chance 0.32 points (sqrt(2 * 20) / 2000), over eight seeds 0.11. 2% within 1.1 points each and
    // 0.4 in the mean leaves 3.4 sd: passed by chance once in 1,000 looks at seeds that are fixed.
    let mut sum = 0.0;
    for seed in 0..8 {
        let points = market(2000, seed);
        let rows = Expected::default().run(&points, &Run::default()).unwrap();
        let chances =
            rows.iter().zip(&points).map(|(row, point)| chance_outside(libm::log(point.1), row.low, row.high));
        let mean = chances.sum::<f64>() / 2000.0;
        assert!((mean - 0.02).abs() < 0.011, "seed {seed}: {mean}");
        sum += mean / 8.0;
        let count = |verdict| rows.iter().filter(|row| row.verdict == verdict).count();
        assert_eq!((count(Position::TooLittle), count(Position::TooMuch)), (20, 20));
        // Medians: the log of the ratio to the planted one, whose error at 100 neighbours is about 0.08 spreads.
        let error = |(row, point): (&ExpectedRow, &(u32, f64, f64))| {
            (libm::log(1.0 + row.expected) - middle(libm::log(point.1))).abs() / spread(libm::log(point.1))
        };
        let mean = rows.iter().zip(&points).map(error).sum::<f64>() / 2000.0;
        assert!(mean < 0.25, "seed {seed}: {mean}");
    }
    assert!((sum - 0.02).abs() < 0.004, "{sum}");
}

#[test]
fn bought_followers_and_bought_engagement_are_told_apart_and_bands_are_in_order() {
    let mut points = market(1500, 9);
    (0..5).for_each(|i| points[i * 100 + 7].2 /= 30.0);
    (0..5).for_each(|i| points[i * 100 + 8].2 *= 100.0);
    let rows = Expected::default().run(&points, &Run::default()).unwrap();
    for i in 0..5 {
        assert_eq!(rows[i * 100 + 7].verdict, Position::TooLittle);
        assert_eq!(rows[i * 100 + 8].verdict, Position::TooMuch);
        assert!(rows[i * 100 + 8].position <= 0.02);
    }
    assert!(rows.iter().all(|row| row.low <= row.expected && row.expected <= row.high));
    assert!(rows.iter().all(|row| (row.position <= 0.02) == (row.verdict != Position::Usual)));
    // Neither the order of creators nor the number of threads matters.
    let mut turned: Vec<_> = points.iter().rev().copied().collect();
    turned.rotate_left(400);
    for threads in [1, 2, 3, 8] {
        let run = Run::new(1).threads(threads).unwrap();
        let mut again = Expected::default().run(&turned, &run).unwrap();
        again.sort_by_key(|row| row.creator);
        assert!(again == rows);
    }
}

#[test]
fn few_creators_none_and_engagement_of_nobody() {
    let run = Run::default();
    let kernel = Expected::default();
    assert!(kernel.run(&[], &run).unwrap().is_empty());
    let unobserved =
        |rows: &[ExpectedRow]| rows.iter().all(|row| row.verdict == Position::Unobserved && row.low.is_nan());
    assert!(unobserved(&kernel.run(&market(1, 1), &run).unwrap()));
    assert!(unobserved(&kernel.run(&market(30, 1), &run).unwrap()));
    // 99 creators cannot tell the outermost hundredth; 100 can.
    assert!(unobserved(&kernel.run(&market(99, 1), &run).unwrap()));
    assert!(!unobserved(&kernel.run(&market(100, 1), &run).unwrap()));
    // Everybody of one size, engagement of nobody but for one; who has no followers is left out.
    let mut points: Vec<(u32, f64, f64)> = (0..200).map(|i| (i, 5000.0, 0.0)).collect();
    points[3].2 = 40.0;
    points[4].1 = 0.0;
    let rows = kernel.run(&points, &run).unwrap();
    assert_eq!((rows[3].verdict, rows[4].verdict), (Position::TooMuch, Position::Unobserved));
    assert!(rows.iter().filter(|row| row.verdict == Position::Usual).count() == 198);
    assert_eq!((rows[0].expected, rows[0].low, rows[0].high), (0.0, 0.0, 0.0));
}

#[test]
fn what_makes_no_sense_is_refused() {
    for wrong in [
        Expected { neighbours: 5, ..Expected::default() },
        Expected { least_neighbours: 101, ..Expected::default() },
        Expected { outside: 0.0, ..Expected::default() },
    ] {
        assert!(wrong.check().is_err(), "{wrong:?}");
    }
    let error = Expected::default().run(&[(4, 10.0, f64::NAN)], &Run::default()).unwrap_err();
    assert!(error.to_string().contains("creator 4 has engagement NaN"));
}
