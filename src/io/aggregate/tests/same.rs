//! The definition, and the same bits whatever the threads, the order of rows and the cut into files.

use proptest::prelude::*;

use super::*;

/// Every 5th parameter set asks for something else.
fn asked(which: usize) -> Aggregate {
    let day = |day: i64| Some(crate::base::time::show(START + day * DAY));
    match which {
        0 => Aggregate::default(),
        1 => Aggregate { kinds: kinds("like=1,share=5.5"), ..Aggregate::default() },
        2 => Aggregate { since: day(20), until: day(60), ..Aggregate::default() },
        3 => Aggregate { half_life: Some(30.0), ..Aggregate::default() },
        _ => Aggregate {
            kinds: kinds("view=0.1,comment=3"),
            since: day(30),
            half_life: Some(7.5),
            at: day(80),
            ..Aggregate::default()
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn edges_equal_their_definition(
        count in 0usize..300, accounts in 1u64..40, seed: u64, which in 0usize..5, cut in 0usize..300, form in 0usize..3,
        ids in 0usize..WAYS, kinds in 0usize..4, times in 0usize..WAYS, group in 1usize..200,
    ) {
        let (folder, writing) = (folder(), Writing { ids, kinds, times });
        let all = rows(count, accounts, seed);
        let cut = cut.min(count);
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, rows: &[Row]| match form {
            0 => parquet(&path(name), &batch(rows, writing), group),
            form => ipc(&path(name), &batch(rows, writing), group, form == 1),
        };
        let files = [write("one", &all[..cut]), write("two", &all[cut..])];
        let parameters = asked(which);
        let (sums, left) = slow(&parameters, &all, ids);
        let found = run(&parameters, &files);
        if parameters.half_life.is_some() && parameters.at.is_none() && all.iter().all(|row| row.time.is_none()) {
            prop_assert!(found.is_err());
            return Ok(());
        }
        let found = found.unwrap();
        check(&found);
        prop_assert_eq!(by_names(&found), sums);
        prop_assert_eq!(found.summary.rows, count as u64);
        if found.summary.row_groups_skipped == 0 {
            prop_assert_eq!(found.summary.left, left);
        }
    }
}

#[test]
fn the_same_bits_at_any_number_of_threads_and_for_any_order_and_cut() {
    let (folder, mut all) = (folder(), rows(50_000, 700, 5));
    let parameters = Aggregate { half_life: Some(10.0), ..Aggregate::default() };
    for ids in [0, 4] {
        let writing = Writing { ids, kinds: 0, times: 0 };
        let whole = parquet(&folder.path().join("whole"), &batch(&all, writing), 3000);
        let expected = run(&parameters, std::slice::from_ref(&whole)).unwrap();
        check(&expected);
        assert_eq!(by_names(&expected), slow(&parameters, &all, ids).0);
        // Shuffled, and cut into three files of other forms and row groups.
        for at in (1..all.len()).rev() {
            all.swap(at, mix(at as u64) as usize % (at + 1));
        }
        let cut = [
            parquet(&folder.path().join("a"), &batch(&all[..11_111], writing), 777),
            ipc(&folder.path().join("b"), &batch(&all[11_111..20_000], writing), 500, false),
            ipc(&folder.path().join("c"), &batch(&all[20_000..], writing), 4000, true),
        ];
        for threads in [1, 2, 3, 8] {
            let run = Run::new(1).threads(threads).unwrap();
            let again = parameters.run(std::slice::from_ref(&whole), &run).unwrap();
            assert_eq!(again, expected, "{threads} threads");
            let mut inputs = cut.to_vec();
            inputs.rotate_left(threads % 3);
            let again = parameters.run(&inputs, &run).unwrap();
            assert_eq!((&again.names, &again.edges), (&expected.names, &expected.edges), "{threads} threads, cut");
            assert_eq!((again.summary.left, again.summary.kept), (expected.summary.left, expected.summary.kept));
            let bits = |weights: &[f64]| weights.iter().map(|weight| weight.to_bits()).collect::<Vec<_>>();
            assert_eq!(bits(&again.edges.weight), bits(&expected.edges.weight));
        }
    }
}

#[test]
fn sums_that_do_not_fit_64_bits_are_summed_again_in_128() {
    let mut all = rows(4000, 5, 9);
    all.iter_mut().for_each(|row| row.weight = row.weight.map(|weight| weight * 1e7 + 0.25));
    let folder = folder();
    let path = parquet(&folder.path().join("log"), &batch(&all, Writing { ids: 0, kinds: 0, times: 0 }), 500);
    let found = run(&Aggregate::default(), &[path]).unwrap();
    let (sums, left) = slow(&Aggregate::default(), &all, 0);
    assert!(sums.values().any(|sum| i64::try_from(sum.1).is_err()), "the test is of large sums");
    assert_eq!(found.summary.left, left);
    let pairs: Vec<f64> = sums.values().map(|sum| sum.1 as f64 / 4_294_967_296.0).collect();
    // Five accounts: the order of their names is that of their numbers.
    assert_eq!(found.edges.weight, pairs);
}
