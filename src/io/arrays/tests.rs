//! Arrays against files: the same rows give the same network, whatever the columns' types.

use proptest::prelude::*;

use super::*;
use crate::io::Ingest;
use crate::io::columns::Reading;
use crate::io::snapshot::checksum_of;

/// A row: who, whom, and what may be said of it.
#[derive(Debug, Clone)]
struct Row {
    from: u64,
    to: u64,
    weight: f64,
    time: i64,
    sign: i8,
    kind: &'static str,
}

/// Which columns there are.
#[derive(Debug, Clone, Copy)]
struct Shown {
    weight: bool,
    time: bool,
    sign: bool,
    kind: bool,
}

fn rows(ids: impl Strategy<Value = u64> + Clone, most: usize) -> impl Strategy<Value = Vec<Row>> {
    let kinds = prop::sample::select(vec!["follow", "like", "RT", "share"]);
    let weights = prop::sample::select(vec![0.1, 0.25, 1.0, 3.5, -2.0, 1e-300]);
    let row = (ids.clone(), ids, weights, prop_oneof![Just(i64::MIN), -5i64..2_000_000_000], -1i8..2, kinds);
    let row = row.prop_map(|(from, to, weight, time, sign, kind)| Row { from, to, weight, time, sign, kind });
    prop::collection::vec(row, 1..most)
}

fn shown() -> impl Strategy<Value = Shown> {
    any::<(bool, bool, bool, bool)>().prop_map(|(weight, time, sign, kind)| Shown { weight, time, sign, kind })
}

fn edges() -> impl Strategy<Value = Edges> {
    prop::sample::select(vec![Edges::FollowerFollowee, Edges::SourceReached, Edges::Undirected])
}

fn repeats() -> impl Strategy<Value = Repeats> {
    prop::sample::select(vec![Repeats::Sum, Repeats::First, Repeats::Count])
}

/// The checksum of what the same rows give as a CSV file.
fn by_file(rows: &[Row], name: impl Fn(u64) -> String, shown: Shown, settings: &FromEdges) -> u64 {
    let mut text = String::from("from,to");
    for (name, shown) in [("weight", shown.weight), ("time", shown.time), ("sign", shown.sign), ("type", shown.kind)] {
        text += &if shown { format!(",{name}") } else { String::new() };
    }
    text.push('\n');
    for row in rows {
        text += &format!("{},{}", name(row.from), name(row.to));
        if shown.weight {
            text += &format!(",{}", row.weight);
        }
        if shown.time {
            text += &if row.time == i64::MIN { ",".to_owned() } else { format!(",{}", row.time) };
        }
        if shown.sign {
            text += &format!(",{}", row.sign);
        }
        if shown.kind {
            text += &format!(",{}", row.kind);
        }
        text.push('\n');
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    std::fs::write(&path, text).unwrap();
    let reading = Reading { edges: Some(settings.edges), ..Reading::default() };
    let ingest = Ingest { reading, duplicates: settings.duplicates, view: settings.view, ..Ingest::default() };
    let run = Run::default();
    let (network, _) = ingest.run(&[path], None, &run).unwrap();
    checksum_of(&network, &run).unwrap()
}

/// The checksum of what the rows give as arrays, with ids as given.
fn by_arrays(rows: &[Row], ids: (Ids, Ids), shown: Shown, settings: &FromEdges, run: &Run) -> u64 {
    let weight: Vec<f64> = rows.iter().map(|row| row.weight).collect();
    let time: Vec<i64> = rows.iter().map(|row| row.time).collect();
    let sign: Vec<i8> = rows.iter().map(|row| row.sign * 3).collect();
    let kind: Vec<&str> = rows.iter().map(|row| row.kind).collect();
    let arrays = EdgeArrays {
        weight: shown.weight.then(|| weight[..].into()),
        time: shown.time.then(|| time[..].into()),
        sign: shown.sign.then(|| sign[..].into()),
        kind: shown.kind.then_some(Kinds::Texts(&kind)),
        ..EdgeArrays::new(ids.0, ids.1)
    };
    let (network, _) = settings.run(&arrays, run).unwrap();
    checksum_of(&network, run).unwrap()
}

fn sides<T>(rows: &[Row], of: impl Fn(u64) -> T) -> (Vec<T>, Vec<T>) {
    (rows.iter().map(|row| of(row.from)).collect(), rows.iter().map(|row| of(row.to)).collect())
}

/// Keys and texts of one column, the texts in an order of their own and one of them unused.
fn keyed(ids: &[u64], name: impl Fn(u64) -> String) -> (Vec<u32>, Vec<String>) {
    let mut texts: Vec<String> = ids.iter().map(|&id| name(id)).rev().collect();
    texts.push("nobody".into());
    let keys = (0..ids.len() as u32).rev().collect();
    (keys, texts)
}

/// Every type that can hold these ids gives what the file gives.
fn agree(rows: &[Row], shown: Shown, settings: &FromEdges) {
    let run = Run::default();
    let expected = by_file(rows, |id| id.to_string(), shown, settings);
    let check = |from: Ids, to: Ids, what: &str| {
        assert_eq!(by_arrays(rows, (from, to), shown, settings, &run), expected, "{what}");
    };
    let largest = rows.iter().map(|row| row.from.max(row.to)).max().unwrap_or(0);
    let wide = sides(rows, |id| id);
    check(wide.0[..].into(), wide.1[..].into(), "u64");
    if largest <= u32::MAX as u64 {
        let (from, to) = sides(rows, |id| id as u32);
        check(from[..].into(), to[..].into(), "u32");
        check(from[..].into(), wide.1[..].into(), "u32 and u64");
    }
    if largest <= i32::MAX as u64 {
        let (from, to) = sides(rows, |id| id as i32);
        check(from[..].into(), to[..].into(), "i32");
    }
    if largest <= i64::MAX as u64 {
        let table: Vec<i64> = rows.iter().flat_map(|row| [row.from as i64, -1, row.to as i64]).collect();
        check(Ids::I64(Strided::new(&table, 3)), Ids::I64(Strided::new(&table[2..], 3)), "i64 by row");
    }
    let (from, to) = sides(rows, |id| id.to_string());
    check(Ids::Texts(&from), Ids::Texts(&to), "texts that are numbers");
    check(Ids::Texts(&from), wide.1[..].into(), "texts and numbers");
    let (from, to) = (keyed(&wide.0, |id| id.to_string()), keyed(&wide.1, |id| id.to_string()));
    check(
        Ids::Dictionary(Dictionary { keys: from.0[..].into(), values: &from.1 }),
        Ids::Dictionary(Dictionary { keys: to.0[..].into(), values: &to.1 }),
        "dictionaries of numbers",
    );

    let name = |id: u64| if id.is_multiple_of(2) { format!("an{id}") } else { id.to_string() };
    let expected = by_file(rows, name, shown, settings);
    let check = |from: Ids, to: Ids, what: &str| {
        assert_eq!(by_arrays(rows, (from, to), shown, settings, &run), expected, "{what}");
    };
    let (from, to) = sides(rows, name);
    check(Ids::Texts(&from), Ids::Texts(&to), "texts");
    let keyed = (keyed(&wide.0, name), keyed(&wide.1, name));
    let left = Ids::Dictionary(Dictionary { keys: keyed.0.0[..].into(), values: &keyed.0.1 });
    let right = Ids::Dictionary(Dictionary { keys: keyed.1.0[..].into(), values: &keyed.1.1 });
    check(left, right, "dictionaries");
    check(Ids::Texts(&from), right, "texts and a dictionary");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn arrays_give_what_a_file_gives(rows in rows(0u64..30, 120), shown in shown(), edges in edges(), duplicates in repeats()) {
        agree(&rows, shown, &FromEdges { edges, duplicates, ..FromEdges::default() });
    }

    /// Ids with gaps, far apart, and up to the largest.
    #[test]
    fn so_do_ids_far_apart(
        rows in rows(prop::sample::select(vec![0, 1, 63, 64, 70_000, 3_000_000, u32::MAX as u64, 1 << 32, i64::MAX as u64, u64::MAX]), 60),
        edges in edges(),
    ) {
        let shown = Shown { weight: false, time: false, sign: false, kind: false };
        agree(&rows, shown, &FromEdges { edges, ..FromEdges::default() });
        let near: Vec<Row> =
            rows.iter().map(|row| Row { from: row.from.min(3_000_001), to: row.to.min(3_000_001), ..row.clone() }).collect();
        agree(&near, shown, &FromEdges { edges, ..FromEdges::default() });
        let nearer: Vec<Row> =
            rows.iter().map(|row| Row { from: row.from.min(60_000), to: row.to.min(60_000), ..row.clone() }).collect();
        agree(&nearer, shown, &FromEdges { edges, ..FromEdges::default() });
    }
}

/// A skewed network over several parts and buckets, as (from, to).
fn skewed(rows: u64, accounts: u64) -> (Vec<u64>, Vec<u64>) {
    let word = |at: u64| crate::base::seed::mix(at.wrapping_add(0x9e37)) % accounts;
    let skew = |at: u64| word(at) * word(at + rows) / accounts * 3 / 2 % accounts;
    ((0..rows).map(skew).collect(), (rows..2 * rows).map(|at| skew(3 * at)).collect())
}

#[test]
fn the_order_of_rows_and_threads_do_not_matter() {
    let (from, to) = skewed(1_200_000, 40_000);
    let sum = |from: &[u64], to: &[u64], run: &Run, settings: &FromEdges| {
        let (network, summary) = settings.run(&EdgeArrays::new(from, to), run).unwrap();
        assert_eq!(summary.follows + summary.follow_repeats, summary.follow_rows);
        checksum_of(&network, run).unwrap()
    };
    for edges in [Edges::FollowerFollowee, Edges::Undirected] {
        let settings = FromEdges { edges, ..FromEdges::default() };
        let one = Run::new(1).threads(1).unwrap();
        let expected = sum(&from, &to, &one, &settings);
        let (mut back, mut other) = (from.clone(), to.clone());
        back.reverse();
        other.reverse();
        assert_eq!(sum(&back, &other, &one, &settings), expected);
        for threads in [2, 3, 8] {
            assert_eq!(sum(&from, &to, &Run::new(1).threads(threads).unwrap(), &settings), expected);
        }
    }
}

#[test]
fn large_arrays_give_what_batches_give() {
    let (from, to) = skewed(300_000, 200_000);
    let run = Run::default();
    let arrays = EdgeArrays::new(&from[..], &to[..]);
    let (network, _) = FromEdges::default().run(&arrays, &run).unwrap();
    // Every id's text: the way of files.
    let texts = |ids: &[u64]| ids.iter().map(u64::to_string).collect::<Vec<_>>();
    let (from, to) = (texts(&from), texts(&to));
    let (other, _) = FromEdges::default().run(&EdgeArrays::new(Ids::Texts(&from), Ids::Texts(&to)), &run).unwrap();
    assert!(network == other);
}

#[test]
fn few_rows_and_odd_rows_are_no_trouble() {
    let run = Run::default();
    let made = |from: &[i64], to: &[i64], accounts| {
        let settings = FromEdges { accounts, ..FromEdges::default() };
        settings.run(&EdgeArrays::new(from, to), &run).unwrap()
    };
    let (empty, _) = made(&[], &[], None);
    assert!(empty.accounts() == 0 && empty.follows.is_none());
    let (empty, _) = made(&[], &[], Some(7));
    assert!(empty.accounts() == 7 && empty.follows.is_none());
    let (one, _) = made(&[5], &[9], None);
    assert_eq!((one.accounts(), one.follow_graph().unwrap().following(0)), (2, &[1][..]));
    let (selves, summary) = made(&[5, 5, 8], &[5, 5, 8], None);
    assert!(selves.accounts() == 2 && selves.follows.is_none() && summary.self_rows[FOLLOW] == 3);
    let (same, summary) = made(&[3; 100], &[4; 100], None);
    assert_eq!((same.follow_graph().unwrap().edges(), summary.follow_repeats), (1, 99));
    let (alone, _) = made(&[0, 3], &[3, 0], Some(6));
    let graph = alone.follow_graph().unwrap();
    assert!(graph.accounts() == 6 && graph.is_symmetric() && alone.names.get(5) == "5");
    // More rows of accounts with themselves than are remembered.
    let many: Vec<i64> = (0..5000).collect();
    let (selves, _) = made(&[&many[..], &[1]].concat(), &[&many[..], &[0]].concat(), None);
    assert_eq!((selves.accounts(), selves.follow_graph().unwrap().edges()), (5000, 1));
    // With weights, and accounts without a row.
    let settings = FromEdges { accounts: Some(4), ..FromEdges::default() };
    let arrays = EdgeArrays { weight: Some([0.5][..].into()), ..EdgeArrays::new(&[2i64][..], &[1i64][..]) };
    let (weighted, _) = settings.run(&arrays, &run).unwrap();
    assert_eq!((weighted.accounts(), weighted.follow_graph().unwrap().following_weights(2)), (4, Some(&[0.5][..])));
}

#[test]
fn faults_name_column_and_row() {
    let run = Run::default();
    let says = |arrays: &EdgeArrays, settings: FromEdges| settings.run(arrays, &run).unwrap_err().to_string();
    let plain = FromEdges::default;
    let pair = EdgeArrays::new(&[1i64, 2, -3][..], &[4u32, 5, 6][..]);
    let (short, long) = ([0.5], [0.5, f64::NAN, f64::INFINITY]);
    let texts = vec!["an", "", "bao"];
    let good = EdgeArrays::new(&[1u64, 2, 3][..], &[4u32, 5, 6][..]);
    let no_key = Dictionary { keys: [0, 1, 9][..].into(), values: &texts };
    for (arrays, settings, expected) in [
        (pair, plain(), "source[2]: expected an account id that is not negative, found -3"),
        (
            EdgeArrays { target: pair.source, source: pair.target, ..pair },
            plain(),
            "target[2]: expected an account id that",
        ),
        (
            EdgeArrays { target: pair.source, source: Ids::Texts(&texts), ..pair },
            plain(),
            "target[2]: expected an account",
        ),
        (EdgeArrays { target: [4u32][..].into(), ..good }, plain(), "target: has 1 rows, and source has 3"),
        (EdgeArrays { weight: Some(short[..].into()), ..good }, plain(), "weight: has 1 rows, and source has 3"),
        (
            EdgeArrays { weight: Some(long[..].into()), ..good },
            plain(),
            "weight[1]: expected a finite number as weight, found NaN",
        ),
        (
            EdgeArrays { weight: Some(long[..].into()), kind: Some(Kinds::Texts(&vec!["like"; 3])), ..good },
            plain(),
            "weight[2]: expected a finite number as weight, found inf",
        ),
        (
            EdgeArrays { time: Some([0, i64::MAX, 0][..].into()), ..good },
            plain(),
            "time[1]: expected a time in seconds",
        ),
        (
            EdgeArrays { source: Ids::Texts(&texts), ..good },
            plain(),
            "source[1]: expected an account id, found nothing",
        ),
        (EdgeArrays { kind: Some(Kinds::Texts(&texts)), ..good }, plain(), "kind[1]: expected a type, found nothing"),
        (
            EdgeArrays { source: Ids::Dictionary(no_key), target: Ids::Dictionary(no_key), ..good },
            plain(),
            "source[1]: expected an account id, found nothing",
        ),
        (
            good,
            FromEdges { accounts: Some(6), ..plain() },
            "target[2]: expected an account id below 6, the number of accounts, found 6",
        ),
        (
            EdgeArrays { source: Ids::Texts(&vec!["a"; 3]), ..good },
            FromEdges { accounts: Some(6), ..plain() },
            "accounts: is for ids that are numbers",
        ),
        (
            EdgeArrays::new(&[1i64, 1][..], &[2i64, 2][..]),
            FromEdges { duplicates: Repeats::Error, ..plain() },
            "every follow once",
        ),
        (
            EdgeArrays::new(&[1i64, 1][..], &[1i64, 2][..]),
            FromEdges { self_loops: SelfRows::Error, ..plain() },
            "1 rows of an account with itself in layer follow",
        ),
    ] {
        let found = says(&arrays, settings);
        assert!(found.contains(expected), "{found}");
    }
    let bytes = FromEdges::default().memory(6, 3, 0).unwrap();
    let little = Run::default().memory(Some(bytes - 1));
    let error = FromEdges::default().run(&good, &little).unwrap_err().to_string();
    assert!(error.contains("building the network needs"), "{error}");
    let enough = FromEdges::default().memory(6, 3, 3).unwrap();
    assert!(FromEdges::default().run(&good, &Run::default().memory(Some(enough))).is_ok());
}

#[test]
fn edges_come_back_as_they_are_stored() {
    let (from, to) = skewed(20_000, 3_000);
    let run = Run::default();
    let settings = FromEdges { accounts: Some(3_000), ..FromEdges::default() };
    let weight: Vec<f64> = from.iter().map(|&id| id as f64 / 7.0).collect();
    let arrays = EdgeArrays { weight: Some(weight[..].into()), ..EdgeArrays::new(&from[..], &to[..]) };
    let (network, _) = settings.run(&arrays, &run).unwrap();
    let (followers, followed, weights) = edges_of(&network, &run).unwrap();
    let graph = network.follow_graph().unwrap();
    assert_eq!(followers.len() as u64, graph.edges());
    assert!(followers.iter().zip(&followed).is_sorted());
    let again =
        EdgeArrays { weight: weights.as_deref().map(Into::into), ..EdgeArrays::new(&followers[..], &followed[..]) };
    let (again, _) = settings.run(&again, &run).unwrap();
    assert!(again.follow_graph().unwrap() == graph);
    let none = FromEdges::default().run(&EdgeArrays::new(&[0u32; 0][..], &[0u32; 0][..]), &run).unwrap().0;
    assert_eq!(edges_of(&none, &run).unwrap(), (vec![], vec![], None));
}

#[test]
fn settings_have_the_names_of_options() {
    let settings: FromEdges =
        serde_json::from_str(r#"{"edges":"undirected","self-loops":"error","duplicates":"first","accounts":9}"#)
            .unwrap();
    assert_eq!(settings.accounts, Some(9));
    assert!(serde_json::from_str::<FromEdges>(r#"{"account":9}"#).is_err());
}
