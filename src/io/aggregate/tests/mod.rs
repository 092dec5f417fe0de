//! Logs written here, summed, and compared with a fold into a sorted map.

mod faults;
mod forms;
mod same;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::builder::{StringDictionaryBuilder, StringViewBuilder};
use arrow_array::types::{Int8Type, Int32Type};
use arrow_array::{
    ArrayRef, Float64Array, Int8Array, Int64Array, LargeStringArray, RecordBatch, StringArray,
    TimestampMillisecondArray, TimestampNanosecondArray, UInt32Array,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use tempfile::TempDir;

use super::{Aggregate, Aggregated};
use crate::base::seed::mix;
use crate::base::time::{DAY, MISSING};
use crate::base::{Result, Run};

/// A row of a log, as the verifier knows it.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    source: Option<u32>,
    target: Option<u32>,
    kind: Option<usize>,
    time: Option<i64>,
    weight: Option<f64>,
    sign: Option<i8>,
}

const KINDS: [&str; 4] = ["view", "like", "RT", "comment"];
/// 2026-01-01.
const START: i64 = 1_767_225_600_000;

/// `count` rows between `accounts` accounts, one in 16 of each value missing.
fn rows(count: usize, accounts: u64, seed: u64) -> Vec<Row> {
    let word = |row: usize, column: u64| mix(seed ^ mix(row as u64 * 8 + column));
    let some = |row, column: u64, most: u64| {
        let word = word(row, column);
        (word % 16 != 0).then(|| (word >> 8) % most)
    };
    let row = |row| Row {
        source: some(row, 0, accounts).map(|id| id as u32),
        target: some(row, 1, accounts).map(|id| (id * id / accounts) as u32),
        kind: some(row, 2, 4).map(|kind| kind as usize),
        time: some(row, 3, 90 * DAY as u64).map(|time| START + time as i64),
        weight: some(row, 4, 1000).map(|weight| weight as f64 / 7.0 - 20.0),
        sign: some(row, 5, 3).map(|sign| sign as i8 - 1),
    };
    (0..count).map(row).collect()
}

/// How ids, kinds and times are written.
#[derive(Debug, Clone, Copy)]
struct Writing {
    ids: usize,
    kinds: usize,
    times: usize,
}

/// How many ways there are of writing each.
const WAYS: usize = 6;

fn name(way: usize, id: u32) -> String {
    match way {
        0 | 1 => id.to_string(),
        _ if id.is_multiple_of(3) => format!("an account with a long name, {id}"),
        _ => format!("u{id}"),
    }
}

fn text(way: usize, texts: Vec<Option<String>>) -> ArrayRef {
    match way % 4 {
        0 => Arc::new(StringArray::from(texts)),
        1 => Arc::new(LargeStringArray::from(texts)),
        2 => {
            let mut views = StringViewBuilder::new();
            texts.iter().for_each(|text| views.append_option(text.as_ref()));
            Arc::new(views.finish())
        }
        _ => {
            let mut dictionary = StringDictionaryBuilder::<Int32Type>::new();
            texts.iter().for_each(|text| dictionary.append_option(text.as_ref()));
            Arc::new(dictionary.finish())
        }
    }
}

fn ids(way: usize, ids: Vec<Option<u32>>) -> ArrayRef {
    match way {
        0 => Arc::new(Int64Array::from_iter(ids.iter().map(|id| id.map(i64::from)))),
        1 => Arc::new(UInt32Array::from(ids)),
        _ => text(way, ids.iter().map(|id| id.map(|id| name(way, id))).collect()),
    }
}

fn times(way: usize, times: Vec<Option<i64>>) -> ArrayRef {
    match way {
        0 => Arc::new(TimestampMillisecondArray::from(times)),
        1 => Arc::new(TimestampMillisecondArray::from(times).with_timezone("UTC")),
        2 => Arc::new(TimestampNanosecondArray::from_iter(times.iter().map(|time| time.map(|time| time * 1_000_000)))),
        _ => text(way, times.iter().map(|time| time.map(crate::base::time::show)).collect()),
    }
}

fn batch(rows: &[Row], writing: Writing) -> RecordBatch {
    let column = |name: &'static str, array: ArrayRef| (name, array, true);
    let sign: Int8Array = rows.iter().map(|row| row.sign).collect();
    let kinds = rows.iter().map(|row| row.kind.map(|kind| KINDS[kind].to_owned())).collect();
    let kinds = match writing.kinds {
        0 => {
            let mut dictionary = StringDictionaryBuilder::<Int8Type>::new();
            rows.iter().for_each(|row| dictionary.append_option(row.kind.map(|kind| KINDS[kind])));
            Arc::new(dictionary.finish()) as ArrayRef
        }
        way => text(way, kinds),
    };
    RecordBatch::try_from_iter_with_nullable([
        column("time", times(writing.times, rows.iter().map(|row| row.time).collect())),
        column("user_id", ids(writing.ids, rows.iter().map(|row| row.source).collect())),
        column("action", kinds),
        column("Creator", ids(writing.ids, rows.iter().map(|row| row.target).collect())),
        column("weight", Arc::new(rows.iter().map(|row| row.weight).collect::<Float64Array>())),
        column("sign", Arc::new(sign)),
    ])
    .unwrap()
}

/// Writes Parquet with row groups of so many rows.
fn parquet(path: &Path, batch: &RecordBatch, group: usize) -> PathBuf {
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(batch).unwrap();
    writer.close().unwrap();
    path.to_path_buf()
}

/// Writes Arrow IPC, a file or a stream, in batches of so many rows.
fn ipc(path: &Path, batch: &RecordBatch, size: usize, stream: bool) -> PathBuf {
    let file = File::create(path).unwrap();
    let parts = (0..batch.num_rows()).step_by(size).map(|at| batch.slice(at, size.min(batch.num_rows() - at)));
    if stream {
        let mut writer = arrow_ipc::writer::StreamWriter::try_new(file, &batch.schema()).unwrap();
        parts.for_each(|part| writer.write(&part).unwrap());
        writer.finish().unwrap();
    } else {
        let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &batch.schema()).unwrap();
        parts.for_each(|part| writer.write(&part).unwrap());
        writer.finish().unwrap();
    }
    path.to_path_buf()
}

/// What is known of a pair: rows, weight in units of 2^-32, rows for and against, first and last time.
type Sum = (u64, i128, u64, u64, i64, i64);

/// The definition, row by row into a sorted map; and the rows left out, by reason.
fn slow(parameters: &Aggregate, rows: &[Row], way: usize) -> (BTreeMap<(String, String), Sum>, super::Left) {
    let moment = |text: &Option<String>| text.as_ref().map(|text| crate::base::time::parse_date(text).unwrap());
    let (since, until) = (moment(&parameters.since), moment(&parameters.until));
    let latest = rows.iter().filter_map(|row| row.time).max();
    let at = moment(&parameters.at).or(until).or(latest);
    let dated = since.is_some() || until.is_some() || parameters.half_life.is_some();
    let (mut sums, mut left) = (BTreeMap::<_, Sum>::new(), super::Left::default());
    for row in rows {
        if dated && row.time.is_none() {
            left.undated += 1;
            continue;
        }
        if row
            .time
            .is_some_and(|time| since.is_some_and(|since| time < since) || until.is_some_and(|until| time >= until))
        {
            left.outside += 1;
            continue;
        }
        let Some(mut weight) = row.weight else {
            left.unweighted += 1;
            continue;
        };
        if !parameters.kinds.is_empty() {
            let name = row.kind.map(|kind| KINDS[kind].replace("RT", "share"));
            let Some(kind) = parameters.kinds.iter().find(|kind| Some(&kind.kind) == name.as_ref()) else {
                left.other_kind += 1;
                continue;
            };
            weight *= kind.weight;
        }
        if let (Some(days), Some(at), Some(time)) = (parameters.half_life, at, row.time) {
            weight *= libm::exp2(-((at - time).max(0) as f64) / (days * DAY as f64));
        }
        let (Some(source), Some(target)) = (row.source, row.target) else {
            left.null_id += 1;
            continue;
        };
        if source == target {
            left.self_ += 1;
            continue;
        }
        let sum = sums.entry((name(way, source), name(way, target))).or_insert((0, 0, 0, 0, MISSING, MISSING));
        sum.0 += 1;
        sum.1 += (weight * 4_294_967_296.0).round() as i128;
        sum.2 += u64::from(row.sign == Some(1));
        sum.3 += u64::from(row.sign == Some(-1));
        if let Some(time) = row.time {
            sum.4 = if sum.4 == MISSING { time } else { sum.4.min(time) };
            sum.5 = sum.5.max(time);
        }
    }
    (sums, left)
}

/// The edges by the names of their ends; weights back in their units.
fn by_names(found: &Aggregated) -> BTreeMap<(String, String), Sum> {
    let edges = &found.edges;
    let name = |id: u32| found.names.get(id).into_owned();
    let sum = |at: usize| {
        let units = (edges.weight[at] * 4_294_967_296.0) as i128;
        (edges.count[at], units, edges.positive[at], edges.negative[at], edges.first[at], edges.last[at])
    };
    (0..edges.len()).map(|at| ((name(edges.source[at]), name(edges.target[at])), sum(at))).collect()
}

/// What everything found must satisfy.
fn check(found: &Aggregated) {
    let edges = &found.edges;
    assert!(found.names.check().is_ok());
    let pairs: Vec<(u32, u32)> = edges.source.iter().copied().zip(edges.target.iter().copied()).collect();
    assert!(pairs.windows(2).all(|two| two[0] < two[1]), "edges are sorted and differ");
    let mut used = vec![false; found.names.len()];
    pairs.iter().for_each(|&(source, target)| (used[source as usize], used[target as usize]) = (true, true));
    assert!(used.into_iter().all(|used| used), "every name takes part");
    let left = found.summary.left;
    let out = left.self_ + left.null_id + left.other_kind + left.outside + left.undated + left.unweighted;
    assert_eq!(found.summary.rows, found.summary.kept + out, "every row counts or is counted");
    assert_eq!(edges.count.iter().sum::<u64>(), found.summary.kept);
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn run(parameters: &Aggregate, inputs: &[PathBuf]) -> Result<Aggregated> {
    parameters.run(inputs, &Run::default())
}

fn kinds(text: &str) -> Vec<super::KindWeight> {
    text.split(',').map(|kind| kind.parse().unwrap()).collect()
}
