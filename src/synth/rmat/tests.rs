use super::*;
use crate::base::seed::Stream;

/// How many of `count` pairs fall into each quadrant of each level.
fn quadrants(params: &Rmat, count: u64) -> Vec<[f64; 4]> {
    let run = Run::new(11);
    let tables = params.tables(&run);
    let mut seen = vec![[0.0; 4]; params.scale as usize];
    for pair in 0..count {
        let (u, v) = draw(&tables, Step::RmatPairs.key(&run, 0), pair * tables.len() as u64);
        for (level, seen) in seen.iter_mut().enumerate() {
            let bit = params.scale - 1 - level as u32;
            seen[(2 * (u >> bit & 1) + (v >> bit & 1)) as usize] += 1.0;
        }
    }
    seen
}

/// Every level's quadrants against their exact chances: 13 levels, 3 degrees of freedom each; chi-square above 34 on
/// one of them by chance once in 400,000.
#[test]
fn every_level_keeps_its_chances() {
    let count = 400_000u64;
    for noise in [0.0, 0.1] {
        let params = Rmat { scale: 13, noise, ..Rmat::default() };
        for (level, seen) in quadrants(&params, count).iter().enumerate() {
            let exact = params.quadrants(Step::RmatNoise.key(&Run::new(11), 0), level as u32);
            assert!((exact.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(noise == 0.0 || exact[0] != 0.57);
            let chi: f64 = seen
                .iter()
                .zip(exact.map(|chance| chance * count as f64))
                .map(|(seen, due)| (seen - due) * (seen - due) / due)
                .sum();
            assert!(chi < 34.0, "level {level}: {chi} {seen:?} {exact:?}");
        }
    }
}

/// Levels are independent: the 16 joint outcomes of two levels that share a word, and of two that do not. Chi-square
/// with 15 degrees of freedom above 60 by chance once in 4 million.
#[test]
fn levels_do_not_know_each_other() {
    let params = Rmat { scale: 12, ..Rmat::default() };
    let (run, count) = (Run::new(5), 300_000u64);
    let tables = params.tables(&run);
    assert_eq!(tables.len(), 2);
    let chances = [0.57, 0.19, 0.19, 0.05];
    for (one, other) in [(0, 1), (5, 6)] {
        let mut seen = [0.0; 16];
        for pair in 0..count {
            let (u, v) = draw(&tables, Step::RmatPairs.key(&run, 3), pair * 2);
            let quadrant = |level: u32| 2 * (u >> (11 - level) & 1) + (v >> (11 - level) & 1);
            seen[(4 * quadrant(one) + quadrant(other)) as usize] += 1.0;
        }
        let due = |cell: usize| count as f64 * chances[cell / 4] * chances[cell % 4];
        let chi: f64 = (0..16).map(|cell| (seen[cell] - due(cell)) * (seen[cell] - due(cell)) / due(cell)).sum();
        assert!(chi < 60.0, "{one}, {other}: {chi}");
    }
}

/// The tables hold the exact chances: summed over cells, every outcome weighs what the product says, within 2^-48.
#[test]
fn the_tables_are_exact() {
    let levels = [[0.57, 0.19, 0.19, 0.05], [0.4, 0.3, 0.2, 0.1], [0.25; 4], [1.0, 0.0, 0.0, 0.0]];
    let table = Table::new(&levels);
    let size = table.cells.len();
    let mut weight = vec![0.0; size];
    for (own, cell) in table.cells.iter().enumerate() {
        let share = (cell >> 16) as f64 / (1u64 << FRACTION) as f64;
        weight[own] += share / size as f64;
        weight[(cell & 0xffff) as usize] += (1.0 - share) / size as f64;
    }
    for (outcome, weight) in weight.iter().enumerate() {
        let chance: f64 =
            (0..4).map(|at| levels[at][2 * (outcome >> (7 - at) & 1) + (outcome >> (3 - at) & 1)]).product();
        assert!((weight - chance).abs() < 1.0 / (1u64 << FRACTION) as f64, "{outcome}: {weight} {chance}");
    }
}

/// The plain algorithm, one level after the other, gives as many different pairs: 65,536 draws at scale 12, 20 networks
/// each way. The means differ by less than 5 standard errors but for once in 1.7 million.
#[test]
fn as_many_repeats_as_the_plain_algorithm() {
    let params = Rmat { scale: 12, ..Rmat::default() };
    let mean_and_error = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let spread: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        (mean, spread / (values.len() * (values.len() - 1)) as f64)
    };
    let ours: Vec<f64> =
        (0..20).map(|seed| params.run(&Run::new(seed)).unwrap().graph().unwrap().edges() as f64).collect();
    let plain: Vec<f64> = (0..20)
        .map(|seed| {
            let key = Key::new(seed, Stream::Sample, 0);
            let mut pairs: Vec<(u32, u32)> = (0..65_536u64)
                .map(|pair| {
                    (0..12).fold((0, 0), |(u, v), level| {
                        let unit = key.of(pair).unit(level);
                        let quadrant = [0.57, 0.76, 0.95].iter().filter(|&&bound| unit >= bound).count() as u32;
                        (2 * u + quadrant / 2, 2 * v + quadrant % 2)
                    })
                })
                .filter(|(u, v)| u != v)
                .collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs.len() as f64
        })
        .collect();
    let ((a, error_a), (b, error_b)) = (mean_and_error(&ours), mean_and_error(&plain));
    assert!((a - b).abs() < 5.0 * (error_a + error_b).sqrt(), "{a} {b}");
}

#[test]
fn permuted_ids_change_nothing_but_names() {
    let params = Rmat { scale: 9, permute: false, ..Rmat::default() };
    let plain = params.run(&Run::new(3)).unwrap();
    let permuted = Rmat { permute: true, ..params.clone() }.run(&Run::new(3)).unwrap();
    assert_eq!(plain.counts, permuted.counts);
    let ids = Rmat { permute: true, ..params }.ids(&Run::new(3)).unwrap().unwrap();
    let (plain, permuted) = (plain.graph().unwrap(), permuted.graph().unwrap());
    for u in 0..512 {
        let mut expected: Vec<u32> = plain.following(u).iter().map(|&v| ids[v as usize]).collect();
        expected.sort_unstable();
        assert_eq!(permuted.following(ids[u as usize]), expected);
    }
    assert!(plain.followers(0).len() > 100 && (0..512).any(|v| ids[v] as usize != v));
}

#[test]
fn the_smallest_work_and_wrong_parameters_do_not() {
    for (scale, edge_factor, drawn) in [(0, 16, 16), (1, 0, 0), (3, 2, 16)] {
        let made = Rmat { scale, edge_factor, ..Rmat::default() }.run(&Run::new(1)).unwrap();
        assert_eq!((made.network.accounts(), made.counts.drawn), (1 << scale, drawn));
    }
    for (params, says) in [
        (Rmat { a: -0.1, ..Rmat::default() }, "--a"),
        (Rmat { b: f64::NAN, ..Rmat::default() }, "--b"),
        (Rmat { a: 0.7, ..Rmat::default() }, "sum to 1.0800"),
        (Rmat { scale: 32, ..Rmat::default() }, "--scale"),
        (Rmat { noise: 0.2, ..Rmat::default() }, "--noise"),
        (Rmat { edge_factor: u64::MAX, ..Rmat::default() }, "--edge-factor"),
    ] {
        let error = params.run(&Run::new(1)).unwrap_err();
        assert!(error.to_string().contains(says) && error.exit_code() == 2, "{error}");
    }
    let error = Rmat { scale: 20, ..Rmat::default() }.run(&Run::new(1).memory(Some(1 << 20))).unwrap_err();
    assert!(matches!(error, Error::Memory { .. }));
}
