//! Columns of types that mean nothing where they stand, and values that cannot be read.

use arrow_array::types::Int32Type;
use arrow_array::{
    BinaryArray, BooleanArray, Decimal128Array, DictionaryArray, Float64Array, Int64Array, ListArray, StringArray,
    StructArray, Time32SecondArray, TimestampSecondArray, UInt64Array,
};

use super::*;
use crate::graph::Names;
use crate::io::columns::{Column, Reading};

fn ints(values: &[i64]) -> ArrayRef {
    Arc::new(Int64Array::from(values.to_vec()))
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(values.to_vec()))
}

#[test]
fn columns_of_a_wrong_type_are_named() {
    let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)]), None]);
    let inner = Arc::new(Field::new("x", arrow_schema::DataType::Int64, true));
    let structure = StructArray::from(vec![(inner, ints(&[1, 2]))]);
    let decimal = Decimal128Array::from(vec![100, 250]).with_precision_and_scale(9, 2).unwrap();
    let cases: Vec<(&str, ArrayRef, &str)> = vec![
        ("from", Arc::new(Float64Array::from(vec![1.0, 2.0])), "a column of floats\n  hint: pandas makes floats"),
        ("from", Arc::new(Float64Array::from(vec![f64::NAN, 2.0])), "a column of floats"),
        ("from", Arc::new(list), "a column of lists"),
        ("from", Arc::new(structure), "a column of structures"),
        (
            "from",
            Arc::new(BinaryArray::from(vec![&b"a"[..], b"b"])),
            "a column of bytes\n  hint: mark the column as text",
        ),
        ("from", Arc::new(BooleanArray::from(vec![true, false])), "a column of truth values"),
        ("from", Arc::new(decimal), "a column of type Decimal128"),
        ("from", Arc::new(TimestampSecondArray::from(vec![1, 2])), "a column of type Timestamp"),
        ("time", Arc::new(Time32SecondArray::from(vec![1, 2])), "a column of type Time32"),
        (
            "weight",
            Arc::new(BooleanArray::from(vec![true, false])),
            "expected weights: numbers, found a column of truth values",
        ),
        (
            "sign",
            Arc::new(BinaryArray::from(vec![&b"a"[..], b"b"])),
            "expected signs: numbers or words, found a column of bytes",
        ),
        (
            "type",
            Arc::new(Float64Array::from(vec![1.0, 2.0])),
            "expected types: texts or whole numbers, found a column of floats",
        ),
    ];
    for (name, array, says) in cases {
        let mut columns = vec![("to", ints(&[1, 2]))];
        if name != "from" {
            columns.push(("from", ints(&[3, 4])));
        }
        columns.push((name, array));
        for kind in [EVERY[0], Kind::File] {
            let error = refusal(&batch(columns.clone()), kind);
            assert!(error.starts_with(&format!("f: column \"{name}\": expected ")) && error.contains(says), "{error}");
        }
    }
}

#[test]
fn faults_name_row_and_column() {
    let null: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None, Some(3)]));
    let with_nulls: DictionaryArray<Int32Type> = [Some("a"), Some("b"), None].into_iter().collect();
    type Case = (ArrayRef, Vec<(&'static str, ArrayRef)>, &'static str);
    let cases: Vec<Case> = vec![
        (null, vec![], "f: row 2, column \"from\": expected an account id, found null\n  hint: --on-error skip"),
        (
            ints(&[1, 2, -5]),
            vec![],
            "f: row 3, column \"from\": expected an account id: a number from 0 on, or a text, found -5",
        ),
        (Arc::new(with_nulls), vec![], "f: row 3, column \"from\": expected an account id, found null"),
        (texts(&["a", " ", ""]), vec![], "f: row 2, column \"from\": expected an account id, found nothing"),
        (
            texts(&["a", &"b".repeat(5000), ""]),
            vec![],
            "f: row 2, column \"from\": expected an account id of at most 4096 bytes",
        ),
        (
            ints(&[1, 2, 3]),
            vec![("weight", Arc::new(Float64Array::from(vec![0.5, f64::NAN, 1.0])))],
            "f: row 2, column \"weight\": expected a finite number as weight, found NaN",
        ),
        (
            ints(&[1, 2, 3]),
            vec![("time", texts(&["2024-01-01", "5", "soon"]))],
            "f: row 3, column \"time\": expected a time, found \"soon\"\n  hint: a number",
        ),
        (
            ints(&[1, 2, 3]),
            vec![("time", Arc::new(TimestampSecondArray::from(vec![0, i64::MAX, 1])))],
            "f: row 2, column \"time\": expected a time, found 9223372036854775807, outside the years",
        ),
        (
            ints(&[1, 2, 3]),
            vec![("sign", texts(&["+", "?", "-"]))],
            "f: row 2, column \"sign\": expected a sign: a number, + or -",
        ),
        // Of two faults in a row the one that a reader of text meets first.
        (ints(&[1, -2, 3]), vec![("time", texts(&["1", "soon", "1"]))], "f: row 2, column \"from\""),
    ];
    for (from, others, says) in cases {
        let mut columns = vec![("from", from), ("to", ints(&[7, 8, 9]))];
        columns.extend(others);
        let batch = batch(columns);
        for kind in EVERY {
            let error = refusal(&batch, kind);
            assert!(error.starts_with(says), "{error}\n  is not {says}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), "f", bytes(&[batch], EVERY[0]));
        let (_, _, summary) = read(&skipping(), &path, 2).unwrap();
        assert!(summary.skipped[0].at.contains(": row "), "{:?}", summary.skipped);
        let file = &summary.files[0];
        assert_eq!((file.lines, file.rows + file.skipped), (3, 3));
    }
}

#[test]
fn of_columns_of_one_name_the_first_counts() {
    let batch = batch(vec![
        ("from", ints(&[1, 2])),
        ("to", ints(&[3, 4])),
        ("from", ints(&[5, 6])),
        ("FROM", texts(&["x", "y"])),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for kind in EVERY {
        let path = write(folder.path(), "f", bytes(std::slice::from_ref(&batch), kind));
        let (_, network, _) = read(&Ingest::default(), &path, 2).unwrap();
        assert_eq!(network.names, Names::Numbers(vec![1, 2, 3, 4].into()), "{kind:?}");
    }
}

#[test]
fn columns_are_named_by_name_or_number() {
    let batch = batch(vec![("a", ints(&[1, 2])), ("b", ints(&[3, 4])), ("c", texts(&["like", "share"]))]);
    let error = refusal(&batch, EVERY[0]);
    assert!(error.contains("--from: which column of f is it?\n  hint: its columns are: a, b, c"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "f", bytes(&[batch], EVERY[0]));
    let reading = Reading {
        from: Some(Column::Name("B".into())),
        to: Some(Column::Number(1)),
        kind: Some(Column::Name("c".into())),
        ..Reading::default()
    };
    let (_, network, summary) = read(&Ingest { reading, ..Ingest::default() }, &path, 2).unwrap();
    assert_eq!(network.kinds, ["like", "share"]);
    let why = &summary.files[0].why;
    assert_eq!(
        *why,
        [
            "a Parquet file of 2 rows in 1 row group; its columns are a, b, c",
            "columns: from = b, to = a, type = c",
            "rows are follower,followee, the default"
        ]
    );
}

#[test]
fn ids_of_all_sizes_keep_every_digit() {
    let ids = [0, (1 << 32) - 1, 1 << 32, (1 << 53) + 1, u64::MAX];
    let batch = batch(vec![
        ("from", Arc::new(UInt64Array::from(ids.to_vec()))),
        ("to", Arc::new(UInt64Array::from(vec![7; 5]))),
    ]);
    let folder = tempfile::tempdir().unwrap();
    for kind in EVERY {
        let path = write(folder.path(), "f", bytes(std::slice::from_ref(&batch), kind));
        let (_, network, _) = read(&Ingest::default(), &path, 2).unwrap();
        let mut all = ids.to_vec();
        all.insert(1, 7);
        assert_eq!(network.names, Names::Numbers(all.into()), "{kind:?}");
    }
}
