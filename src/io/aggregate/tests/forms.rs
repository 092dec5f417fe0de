//! Folders, partitions, statistics, and columns by their names.

use arrow_array::{Date32Array, DictionaryArray, Int32Array, UInt64Array};

use super::*;

fn log(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter(columns).unwrap()
}

fn numbers(numbers: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(numbers.to_vec()))
}

fn texts(texts: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(texts.to_vec()))
}

#[test]
fn hand_values() {
    let folder = folder();
    let table = log(vec![
        ("follower", numbers(&[7, 7, 3, 7, 9])),
        ("author", numbers(&[3, 3, 7, 9, 9])),
        ("weight", Arc::new(Float64Array::from(vec![0.5, 2.0, 1.25, -1.0, 4.0]))),
        ("ts", numbers(&[1_767_225_600, 1_767_312_000, 1_767_225_600, 1_767_225_601, 1_767_225_600])),
    ]);
    let path = parquet(&folder.path().join("log"), &table, 2);
    let found = run(&Aggregate::default(), std::slice::from_ref(&path)).unwrap();
    check(&found);
    assert_eq!(found.names, crate::graph::Names::Numbers(vec![3, 7, 9].into()));
    assert_eq!((&found.edges.source[..], &found.edges.target[..]), (&[0, 1, 1][..], &[1, 0, 2][..]));
    assert_eq!((&found.edges.count[..], &found.edges.weight[..]), (&[1, 2, 1][..], &[1.25, 2.5, -1.0][..]));
    assert_eq!(found.edges.first, [START, START, START + 1000]);
    assert_eq!(found.edges.last, [START, START + DAY, START + 1000]);
    assert!(found.edges.positive.is_empty());
    assert_eq!((found.summary.left.self_, found.summary.row_groups), (1, 3));
    let taken: Vec<&str> = found.summary.columns.iter().map(|chosen| chosen.column.as_str()).collect();
    assert_eq!(taken, ["follower", "author", "ts", "weight"]);
    // A day's half-life counts back from the latest time, that of the second row.
    let fading = Aggregate { half_life: Some(1.0), ..Aggregate::default() };
    let found = run(&fading, std::slice::from_ref(&path)).unwrap();
    assert_eq!(found.edges.weight[..2], [0.625, 2.25]);
    assert_eq!(found.summary.at, Some(START + DAY));
    // Without a weight column every row weighs one.
    let plain = Aggregate { weight: Some("none".into()), time: Some("none".into()), ..Aggregate::default() };
    let found = run(&plain, &[path]).unwrap();
    assert_eq!((&found.edges.weight[..], found.edges.first.len()), (&[1.0, 2.0, 1.0][..], 0));
}

#[test]
fn a_text_that_is_a_number_is_that_number() {
    let folder = folder();
    let one = log(vec![("source", numbers(&[10, 9])), ("target", numbers(&[9, 10]))]);
    let two = log(vec![("target", texts(&["9", "10"])), ("source", texts(&["10", "9"]))]);
    let files = [parquet(&folder.path().join("1"), &one, 9), parquet(&folder.path().join("2"), &two, 9)];
    let found = run(&Aggregate::default(), &files).unwrap();
    assert_eq!(found.names, crate::graph::Names::Numbers(vec![9, 10].into()));
    assert_eq!(found.edges.count, [2, 2]);
    // One name that is none makes all names texts, in the order of their bytes.
    let three = log(vec![("source", texts(&["10", "", "007"])), ("target", texts(&["x", "10", "10"]))]);
    let files = [files[0].clone(), parquet(&folder.path().join("3"), &three, 9)];
    let found = run(&Aggregate::default(), &files).unwrap();
    check(&found);
    assert_eq!((0..4).map(|id| found.names.get(id).into_owned()).collect::<Vec<_>>(), ["007", "10", "9", "x"]);
    assert_eq!((found.summary.left.null_id, &found.edges.count[..]), (1, &[1, 1, 1, 1][..]));
}

#[test]
fn large_ids_and_dictionaries_of_numbers_are_exact() {
    let folder = folder();
    let large = UInt64Array::from(vec![u64::MAX, (1 << 53) + 1, 1 << 53]);
    let keys = Int32Array::from(vec![Some(1), None, Some(0)]);
    let dictionary = DictionaryArray::new(keys, Arc::new(UInt64Array::from(vec![u64::MAX - 1, 5, 77])));
    let table = log(vec![("source", Arc::new(large)), ("target", Arc::new(dictionary))]);
    for file in [parquet(&folder.path().join("p"), &table, 9), ipc(&folder.path().join("i"), &table, 9, false)] {
        let found = run(&Aggregate::default(), &[file]).unwrap();
        check(&found);
        let expected = vec![5, 1 << 53, u64::MAX - 1, u64::MAX];
        assert_eq!(found.names, crate::graph::Names::Numbers(expected.into()));
        assert_eq!(found.summary.left.null_id, 1);
    }
}

#[test]
fn partitions_are_columns_and_rule_files_out() {
    let folder = folder();
    let at = |name: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    };
    let table = log(vec![("source", numbers(&[1, 2])), ("target", numbers(&[2, 3]))]);
    parquet(&at("date=2026-01-01/kind=like/a.parquet"), &table, 9);
    parquet(&at("date=2026-01-02/kind=share/a.parquet"), &table, 9);
    ipc(&at("date=2026-01-02/kind=RT/b.arrow"), &table, 9, false);
    parquet(&at("date=__HIVE_DEFAULT_PARTITION__/kind=share/a.parquet"), &table, 9);
    std::fs::write(at("_SUCCESS"), "").unwrap();
    std::fs::write(at("README.md"), "a log").unwrap();
    let inputs = [folder.path().to_path_buf()];
    let found = run(&Aggregate::default(), &inputs).unwrap();
    assert_eq!((&found.edges.count[..], found.summary.files), (&[4, 4][..], 4));
    assert_eq!((found.edges.first[0], found.edges.last[0]), (START, START + DAY));
    let late = Aggregate { since: Some("2026-01-02".into()), kinds: kinds("share=5,like"), ..Aggregate::default() };
    let found = run(&late, &inputs).unwrap();
    check(&found);
    assert_eq!((&found.edges.count[..], &found.edges.weight[..]), (&[2, 2][..], &[10.0, 10.0][..]));
    assert_eq!((found.summary.left.outside, found.summary.left.undated), (2, 2));
    assert_eq!((found.summary.row_groups, found.summary.row_groups_skipped), (3, 1));
}

#[test]
fn row_groups_are_ruled_out_by_times_and_kinds() {
    let folder = folder();
    let days: Vec<i64> = (0..100).collect();
    let date: Date32Array = days.iter().map(|&day| Some(20_454 + day as i32)).collect();
    let kind: StringArray =
        days.iter().map(|&day| Some(if day < 50 { "view" } else { ["like", "save"][day as usize % 2] })).collect();
    let table = log(vec![
        ("source", numbers(&days)),
        ("target", numbers(&[1000; 100])),
        ("date", Arc::new(date)),
        ("event", Arc::new(kind)),
    ]);
    let path = [parquet(&folder.path().join("log"), &table, 10)];
    let window =
        Aggregate { since: Some("2026-01-15".into()), until: Some("2026-02-10".into()), ..Aggregate::default() };
    let found = run(&window, &path).unwrap();
    check(&found);
    assert_eq!((found.edges.len(), found.summary.left.outside), (26, 74));
    assert_eq!((found.summary.row_groups_skipped, found.summary.rows_skipped), (7, 70));
    // Five groups hold views alone, which their statistics say; the others hold two kinds, which their dictionaries say.
    let likes = Aggregate { kinds: kinds("like=2"), ..Aggregate::default() };
    let found = run(&likes, &path).unwrap();
    check(&found);
    assert_eq!((found.edges.len(), found.summary.row_groups_skipped, found.summary.left.other_kind), (25, 5, 75));
    let shares = Aggregate { kinds: kinds("share"), ..Aggregate::default() };
    let found = run(&shares, &path).unwrap();
    assert_eq!((found.edges.len(), found.summary.row_groups_skipped), (0, 10));
}

#[test]
fn empty_logs_have_no_edges() {
    let folder = folder();
    let none = rows(0, 1, 1);
    let writing = Writing { ids: 0, kinds: 0, times: 0 };
    let files = [
        parquet(&folder.path().join("p"), &batch(&none, writing), 9),
        ipc(&folder.path().join("f"), &batch(&none, writing), 9, false),
        ipc(&folder.path().join("s"), &batch(&none, writing), 9, true),
    ];
    let found = run(&Aggregate::default(), &files).unwrap();
    assert_eq!((found.names.len(), found.edges.len(), found.summary.rows), (0, 0, 0));
}
