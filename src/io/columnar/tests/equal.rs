//! Random tables: whatever holds them, the network is that of their CSV file, bit for bit.

use std::sync::Arc;

use arrow_array::types::{Int8Type, Int32Type, UInt16Type};
use arrow_array::{
    Array, ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int8Array, Int16Array,
    Int32Array, Int64Array, LargeStringArray, PrimitiveArray, StringArray, StringViewArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, TimestampNanosecondArray, TimestampSecondArray, UInt8Array, UInt32Array, UInt64Array,
};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::base::seed::mix;
use crate::graph::network::Repeats;
use crate::io::columns::{Edges, Reading};

/// Numbers in a row that a seed fixes.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0) % limit
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }
}

/// A column, and what a CSV file shows of it.
type Column = (ArrayRef, Vec<String>);

fn some<T>(dice: &mut Dice, rows: usize, nulls: bool, mut value: impl FnMut(&mut Dice) -> T) -> Vec<Option<T>> {
    (0..rows).map(|_| if nulls && dice.one_in(9) { None } else { Some(value(dice)) }).collect()
}

fn shown<T>(values: &[Option<T>], show: impl Fn(&T) -> String) -> Vec<String> {
    values.iter().map(|value| value.as_ref().map(&show).unwrap_or_default()).collect()
}

/// Texts as a column of one of the types that Arrow has for them.
fn texts(dice: &mut Dice, values: Vec<Option<String>>) -> Column {
    let shown = shown(&values, String::clone);
    let borrowed = || values.iter().map(|value| value.as_deref());
    let array: ArrayRef = match dice.below(6) {
        0 => Arc::new(borrowed().collect::<StringArray>()),
        1 => Arc::new(borrowed().collect::<LargeStringArray>()),
        2 => Arc::new(borrowed().collect::<StringViewArray>()),
        3 => Arc::new(borrowed().collect::<DictionaryArray<Int32Type>>()),
        4 => Arc::new(borrowed().collect::<DictionaryArray<UInt16Type>>()),
        _ => dictionary(dice, &values),
    };
    (array, shown)
}

/// A dictionary that has values twice, values that nobody uses, and a null among them.
fn dictionary(dice: &mut Dice, values: &[Option<String>]) -> ArrayRef {
    let mut all: Vec<Option<String>> = values.iter().take(30).cloned().collect();
    all.extend(values.iter().take(20).cloned());
    all.extend([None, Some("never used".into()), Some("é".repeat(3000))]);
    let null = all.iter().position(Option::is_none).unwrap();
    let key = |value: &Option<String>, dice: &mut Dice| {
        let places: Vec<usize> = (0..all.len()).filter(|&at| all[at] == *value).collect();
        match (value, places.len()) {
            (None, _) if dice.one_in(2) => None,
            (None, _) => Some(null as i8),
            (_, 0) => None,
            (_, count) => Some(places[dice.below(count as u64) as usize] as i8),
        }
    };
    let keys: Vec<Option<i8>> = values.iter().map(|value| key(value, dice)).collect();
    if keys.iter().zip(values).any(|(key, value)| key.is_none() && value.is_some()) {
        return Arc::new(values.iter().map(|value| value.as_deref()).collect::<DictionaryArray<Int32Type>>());
    }
    let values = all.iter().map(|value| value.as_deref()).collect::<StringArray>();
    Arc::new(DictionaryArray::<Int8Type>::new(PrimitiveArray::from(keys), Arc::new(values)))
}

fn account(dice: &mut Dice, rows: usize, nulls: bool) -> Column {
    let number = |dice: &mut Dice| dice.below(12);
    macro_rules! whole {
        ($array:ty, $native:ty, $value:expr) => {{
            let values = some(dice, rows, nulls, $value);
            let shown = shown(&values, |value| value.to_string());
            (Arc::new(values.into_iter().map(|v| v.map(|v| v as $native)).collect::<$array>()) as ArrayRef, shown)
        }};
    }
    match dice.below(10) {
        0 => whole!(Int64Array, i64, number),
        1 => whole!(UInt8Array, u8, number),
        2 => whole!(Int16Array, i16, number),
        3 => whole!(UInt32Array, u32, |dice: &mut Dice| dice.below(5) + u64::from(u32::MAX) - 4),
        4 => whole!(Int64Array, i64, |dice: &mut Dice| dice.below(5) + (1 << 32) - 2),
        // Beyond what a float holds.
        5 => whole!(UInt64Array, u64, |dice: &mut Dice| u64::MAX - dice.below(4)),
        6 => {
            let values = some(dice, rows, nulls, |dice| dice.below(9) as i128);
            let shown = shown(&values, i128::to_string);
            let array = values.into_iter().collect::<Decimal128Array>().with_precision_and_scale(20, 0).unwrap();
            (Arc::new(array), shown)
        }
        7 => {
            let values = some(dice, rows, nulls, |dice| dice.below(9).to_string());
            texts(dice, values)
        }
        _ => {
            const NAMES: [&str; 10] = ["anh", "bình", "007", "7", "a,b", "say \"hi\"", "x y", " chi ", "na", "-5"];
            let values = some(dice, rows, nulls, |dice| match dice.below(11) {
                10 if nulls => String::new(),
                at => NAMES[at as usize % 10].to_owned(),
            });
            texts(dice, values)
        }
    }
}

fn kind(dice: &mut Dice, rows: usize, nulls: bool) -> Column {
    if dice.one_in(4) {
        let values = some(dice, rows, nulls, |dice| dice.below(3) as i32 - 1);
        let shown = shown(&values, i32::to_string);
        return (Arc::new(Int32Array::from(values)), shown);
    }
    let values =
        some(dice, rows, nulls, |dice| ["like", "RT", "share", "follow", "view"][dice.below(5) as usize].to_owned());
    texts(dice, values)
}

fn item(dice: &mut Dice, rows: usize) -> Column {
    if dice.one_in(3) {
        let values = some(dice, rows, true, |dice| dice.below(5) as i64 - 2);
        let shown = shown(&values, i64::to_string);
        return (Arc::new(Int64Array::from(values)), shown);
    }
    let values = some(dice, rows, true, |dice| ["p1", "p2", "NULL", "bài 3", ""][dice.below(5) as usize].to_owned());
    texts(dice, values)
}

fn weight(dice: &mut Dice, rows: usize, nulls: bool) -> Column {
    match dice.below(6) {
        0 => {
            let values = some(dice, rows, nulls, |dice| dice.below(7) as i64 - 3 + ((1 << 53) + 1));
            let shown = shown(&values, i64::to_string);
            (Arc::new(Int64Array::from(values)), shown)
        }
        1 => {
            let values = some(dice, rows, nulls, |dice| f32::from_bits(dice.below(u64::from(u32::MAX)) as u32));
            let shown = shown(&values, |value| format!("{value:?}"));
            (Arc::new(Float32Array::from(values)), shown)
        }
        2 => {
            let values = some(dice, rows, nulls, |dice| i128::from(dice.below(1000)) - 300);
            let array = values.into_iter().collect::<Decimal128Array>().with_precision_and_scale(9, 2).unwrap();
            let shown =
                (0..rows).map(|row| if array.is_null(row) { String::new() } else { array.value_as_string(row) });
            let shown = shown.collect();
            (Arc::new(array), shown)
        }
        3 => {
            let values =
                some(dice, rows, nulls, |dice| ["0.1", "3", "x", "1e3", "na"][dice.below(5) as usize].to_owned());
            texts(dice, values)
        }
        _ => {
            let values = some(dice, rows, nulls, |dice| match dice.below(40) {
                0 if nulls => f64::NAN,
                1 if nulls => f64::INFINITY,
                other => other as f64 / 7.0,
            });
            let shown = shown(&values, |value| format!("{value:?}"));
            (Arc::new(Float64Array::from(values)), shown)
        }
    }
}

fn sign(dice: &mut Dice, rows: usize) -> Column {
    match dice.below(3) {
        0 => {
            let values = some(dice, rows, true, |dice| dice.below(5) as i8 - 2);
            let shown = shown(&values, i8::to_string);
            (Arc::new(Int8Array::from(values)), shown)
        }
        1 => {
            let values = some(dice, rows, true, |dice| dice.below(5) as f64 / 2.0 - 1.0);
            let shown = shown(&values, |value| format!("{value:?}"));
            (Arc::new(Float64Array::from(values)), shown)
        }
        _ => {
            let values =
                some(dice, rows, true, |dice| ["+", "against", "neutral", "?", ""][dice.below(5) as usize].to_owned());
            texts(dice, values)
        }
    }
}

fn time(dice: &mut Dice, rows: usize) -> Column {
    let at = |dice: &mut Dice| dice.below(1 << 43) as i64 * 1000 - (1 << 52) + dice.below(1000) as i64;
    macro_rules! stamps {
        ($array:ty, $stamp:expr, $scale:expr) => {{
            let values = some(dice, rows, true, |dice| at(dice) / $scale);
            let shown = shown(&values, |&value| $stamp(value).unwrap().to_string());
            (<$array>::from(values), shown)
        }};
    }
    let zone = dice.one_in(2);
    macro_rules! zoned {
        ($made:expr) => {{
            let (array, shown) = $made;
            let array: ArrayRef = if zone { Arc::new(array.with_timezone("+07:00")) } else { Arc::new(array) };
            (array, shown)
        }};
    }
    match dice.below(8) {
        0 => zoned!(stamps!(TimestampSecondArray, Timestamp::from_second, 1_000_000)),
        1 => zoned!(stamps!(TimestampMillisecondArray, Timestamp::from_millisecond, 1000)),
        2 => zoned!(stamps!(TimestampMicrosecondArray, Timestamp::from_microsecond, 1)),
        3 => {
            let nano = |at: i64| Timestamp::from_nanosecond(i128::from(at));
            zoned!(stamps!(TimestampNanosecondArray, nano, 1))
        }
        4 => {
            let values = some(dice, rows, true, |dice| dice.below(40_000) as i32 - 10_000);
            let day =
                |&day: &i32| Timestamp::from_second(i64::from(day) * 86_400).unwrap().to_string()[..10].to_owned();
            let shown = shown(&values, day);
            (Arc::new(Date32Array::from(values)), shown)
        }
        5 => {
            let values = some(dice, rows, true, |dice| dice.below(1 << 32) as i64 - 7);
            let shown = shown(&values, i64::to_string);
            (Arc::new(Int64Array::from(values)), shown)
        }
        6 => {
            let values = some(dice, rows, true, |dice| dice.below(1 << 40) as f64 / 256.0);
            let shown = shown(&values, |value| format!("{value:?}"));
            (Arc::new(Float64Array::from(values)), shown)
        }
        _ => {
            const TIMES: [&str; 5] = ["2024-05-01", "2024-05-01 10:00", "soon", "null", "1714557600"];
            let values = some(dice, rows, true, |dice| TIMES[dice.below(5) as usize].to_owned());
            texts(dice, values)
        }
    }
}

/// A random table: names, columns and their texts.
fn table(dice: &mut Dice) -> Vec<(&'static str, Column)> {
    let rows = match dice.below(8) {
        0 => 0,
        1 => 1,
        _ => dice.below(60) as usize,
    };
    let nulls = dice.one_in(2);
    let mut columns = vec![("from", account(dice, rows, nulls)), ("to", account(dice, rows, nulls))];
    if dice.one_in(2) {
        columns.push(("type", kind(dice, rows, nulls)));
    }
    if dice.one_in(2) {
        columns.push(("Time", time(dice, rows)));
    }
    if dice.one_in(3) {
        columns.push(("weight", weight(dice, rows, nulls)));
    }
    if dice.one_in(3) {
        columns.push(("sign", sign(dice, rows)));
    }
    if dice.one_in(3) {
        columns.push(("item", item(dice, rows)));
    }
    if dice.one_in(3) {
        columns.push(("comment", texts(dice, vec![Some("of no use".into()); rows])));
    }
    for at in (1..columns.len()).rev() {
        let other = dice.below(at as u64 + 1) as usize;
        columns.swap(at, other);
    }
    columns
}

fn csv(columns: &[(&str, Column)]) -> Vec<u8> {
    let mut csv = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::NonNumeric).from_writer(Vec::new());
    csv.write_record(columns.iter().map(|(name, _)| *name)).unwrap();
    for row in 0..columns[0].1.1.len() {
        csv.write_record(columns.iter().map(|(_, (_, texts))| &texts[row])).unwrap();
    }
    csv.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn columns_give_the_network_of_their_csv(seed: u64) {
        let dice = &mut Dice(seed);
        let columns = table(dice);
        let reading = Reading {
            edges: [None, Some(Edges::SourceReached), Some(Edges::Undirected)][dice.below(3) as usize],
            ..Reading::default()
        };
        let duplicates = [Repeats::Sum, Repeats::Count, Repeats::First][dice.below(3) as usize];
        let ingest = Ingest { reading, duplicates, ..skipping() };
        let folder = tempfile::tempdir().unwrap();
        let text = read(&ingest, &write(folder.path(), "f.csv", csv(&columns)), 2);
        let whole = batch(columns.iter().map(|(name, (array, _))| (*name, array.clone())).collect());
        // Batches that are slices of others.
        let cut = dice.below(whole.num_rows() as u64 + 1) as usize;
        let batches = [whole.slice(0, cut), whole.slice(cut, whole.num_rows() - cut)];
        let kind = EVERY[dice.below(5) as usize];
        let path = write(folder.path(), "f", bytes(&batches, kind));
        for threads in [1, 2, 3, 8] {
            match (&text, read(&ingest, &path, threads)) {
                (Err(_), Err(_)) => {}
                (Ok((expected, network, summary)), Ok((found, own, counts))) => {
                    prop_assert_eq!(&own.names, &network.names);
                    let count = |summary: &Summary| {
                        let file = &summary.files[0];
                        (file.rows, file.skipped, file.edges, summary.skipped.len(), summary.self_rows.clone())
                    };
                    prop_assert_eq!(count(&counts), count(summary), "{:?}", counts.skipped);
                    prop_assert_eq!(found, *expected, "{:?}: {:?}", kind, columns);
                }
                (text, found) => prop_assert!(
                    false,
                    "{:?} and {:?}",
                    text.as_ref().map(|text| text.0).map_err(ToString::to_string),
                    found.map(|found| found.0).map_err(|error| error.to_string())
                ),
            }
        }
    }
}

#[test]
fn many_row_groups_are_read_in_their_order_by_any_number_of_threads() {
    let dice = &mut Dice(7);
    let rows = 200_000;
    let from: Vec<u64> = (0..rows).map(|_| dice.below(1000)).collect();
    let to: Vec<String> = (0..rows).map(|_| format!("creator {}", dice.below(300))).collect();
    let text: String = std::iter::once("from,to\n".to_owned())
        .chain(from.iter().zip(&to).map(|(from, to)| format!("{from},{to}\n")))
        .collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("from", Arc::new(UInt64Array::from(from))),
        ("to", Arc::new(to.iter().map(|to| Some(to.as_str())).collect::<StringArray>())),
    ];
    let folder = tempfile::tempdir().unwrap();
    let expected = read(&Ingest::default(), &write(folder.path(), "f.csv", text), 2).unwrap().0;
    let whole = batch(columns);
    let parts: Vec<RecordBatch> = (0..20).map(|part| whole.slice(part * 10_000, 10_000)).collect();
    for kind in [Kind::Parquet { group: 9000, dictionary: true }, Kind::File, Kind::Stream] {
        let path = write(folder.path(), "f", bytes(&parts, kind));
        for threads in [1, 2, 3, 8] {
            assert_eq!(read(&Ingest::default(), &path, threads).unwrap().0, expected, "{kind:?}, {threads} threads");
        }
    }
}
