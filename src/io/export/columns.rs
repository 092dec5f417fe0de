//! Parts of a network as columns of a Parquet or Arrow file.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Float64Array, Int8Array, Int64Array, StringArray, TimestampMillisecondArray, UInt64Array};
use arrow_schema::{DataType, Field, Schema, TimeUnit};

use crate::base::{Error, Result, Run, time};
use crate::graph::Network;
use crate::graph::events::NO_ITEM;
use crate::io::columnar::Container;
use crate::io::columnar::write::{BATCH, Columns};
use crate::io::export::Part;
use crate::io::output::failed;
use crate::io::tables::write::{Sheet, Value};

/// Writes a part of a network; returns the number of rows. `path` is named in errors.
pub fn write(
    network: &Network,
    part: Part,
    container: Container,
    out: &mut dyn Write,
    path: &Path,
    run: &Run,
) -> Result<u64> {
    let written = match part {
        Part::Follows => follows(network, container, out, run)?,
        Part::Interactions => interactions(network, container, out, run)?,
        _ => table(network, &super::sheet(network, part), container, out, run)?,
    };
    written.map_err(|error| failed(path, error))
}

/// A step of the run inside of what else fails by the operating system alone.
fn step(run: &Run, rows: usize) -> io::Result<()> {
    run.step(rows as u64).map_err(io::Error::other)
}

/// The type of a column of names: numbers where they are, of 64 bits with a sign wherever they fit.
fn name_type(network: &Network) -> DataType {
    let largest = |id: u32| network.names.sorted().number(id);
    match (network.names.len() as u32).checked_sub(1).map_or(Some(0), largest) {
        None => DataType::Utf8,
        Some(number) if i64::try_from(number).is_ok() => DataType::Int64,
        Some(_) => DataType::UInt64,
    }
}

/// Names of accounts as a column of that type.
fn names(network: &Network, kind: &DataType, accounts: &[u32]) -> ArrayRef {
    let number = |&account: &u32| network.names.number(account).unwrap_or_default();
    match kind {
        DataType::Int64 => Arc::new(accounts.iter().map(|account| number(account) as i64).collect::<Int64Array>()),
        DataType::UInt64 => Arc::new(accounts.iter().map(number).collect::<UInt64Array>()),
        _ => {
            let mut texts = StringBuilder::with_capacity(accounts.len(), 16 * accounts.len());
            accounts.iter().for_each(|&account| texts.append_value(network.names.get(account)));
            Arc::new(texts.finish())
        }
    }
}

fn moments(times: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(times.collect::<TimestampMillisecondArray>().with_timezone("UTC"))
}

fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

fn known(at: i64) -> Option<i64> {
    (at != time::MISSING).then_some(at)
}

fn follows(network: &Network, container: Container, out: &mut dyn Write, run: &Run) -> Result<io::Result<u64>> {
    let graph = network.follow_graph()?;
    let rows = graph.following_rows();
    let times = network.follows.as_ref().and_then(|follows| follows.time.as_ref());
    let signs = network.follows.as_ref().and_then(|follows| follows.sign.as_ref());
    let kind = name_type(network);
    let mut fields = vec![Field::new("follower", kind.clone(), false), Field::new("followee", kind.clone(), false)];
    fields.extend(rows.weights.as_ref().map(|_| Field::new("weight", DataType::Float64, false)));
    fields.extend(times.map(|_| Field::new("time", moment(), true)));
    fields.extend(signs.map(|_| Field::new("sign", DataType::Int8, false)));
    let write = || {
        let mut columns = Columns::new(Schema::new(fields), container, out)?;
        let edges = rows.targets.len();
        let mut u = 0;
        for start in (0..edges).step_by(BATCH) {
            let range = start..(start + BATCH).min(edges);
            step(run, range.len())?;
            let mut from = Vec::with_capacity(range.len());
            for at in range.clone() {
                while rows.offsets[u + 1] <= at as u64 {
                    u += 1;
                }
                from.push(u as u32);
            }
            let mut all = vec![names(network, &kind, &from), names(network, &kind, &rows.targets[range.clone()])];
            if let Some(weights) = &rows.weights {
                all.push(Arc::new(Float64Array::from(weights[range.clone()].to_vec())));
            }
            all.extend(times.map(|times| moments(times[range.clone()].iter().map(|&at| known(at)))));
            if let Some(signs) = signs {
                all.push(Arc::new(Int8Array::from(signs[range].to_vec())));
            }
            columns.add(all)?;
        }
        columns.finish()?;
        Ok(edges as u64)
    };
    Ok(write())
}

fn interactions(network: &Network, container: Container, out: &mut dyn Write, run: &Run) -> Result<io::Result<u64>> {
    let events = network.events.as_ref().ok_or_else(|| Error::NotEstimable {
        figure: "An export of interactions".into(),
        needs: "interactions; this network holds none".into(),
    })?;
    let kind = name_type(network);
    let mut fields = vec![
        Field::new("from", kind.clone(), false),
        Field::new("to", kind.clone(), false),
        Field::new("type", DataType::Utf8, false),
    ];
    fields.extend(events.time.as_ref().map(|_| Field::new("time", moment(), true)));
    fields.extend(events.item.as_ref().map(|_| Field::new("item", DataType::Utf8, true)));
    fields.extend(events.weight.as_ref().map(|_| Field::new("weight", DataType::Float64, true)));
    fields.extend(events.sign.as_ref().map(|_| Field::new("sign", DataType::Int8, false)));
    let write = || {
        let mut columns = Columns::new(Schema::new(fields), container, out)?;
        let mut rows = events.iter();
        loop {
            let batch: Vec<_> = rows.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            step(run, batch.len())?;
            let ends: (Vec<u32>, Vec<u32>) = batch.iter().map(|&(u, v, _)| (u, v)).unzip();
            let kinds = batch.iter().map(|(.., event)| Some(network.kinds[event.kind as usize].as_str()));
            let mut all = vec![
                names(network, &kind, &ends.0),
                names(network, &kind, &ends.1),
                Arc::new(kinds.collect::<StringArray>()),
            ];
            if events.time.is_some() {
                all.push(moments(batch.iter().map(|(.., event)| known(event.time))));
            }
            if events.item.is_some() {
                let item = |item: u32| (item != NO_ITEM).then(|| network.items.get(item));
                all.push(Arc::new(batch.iter().map(|(.., event)| item(event.item)).collect::<StringArray>()));
            }
            if events.weight.is_some() {
                let weight = |weight: f64| (!weight.is_nan()).then_some(weight);
                all.push(Arc::new(batch.iter().map(|(.., event)| weight(event.weight)).collect::<Float64Array>()));
            }
            if events.sign.is_some() {
                all.push(Arc::new(batch.iter().map(|(.., event)| event.sign).collect::<Int8Array>()));
            }
            columns.add(all)?;
        }
        columns.finish()?;
        Ok(events.len() as u64)
    };
    Ok(write())
}

/// A table: a column is of numbers or of times where all its cells are, else of texts.
fn table(
    network: &Network,
    sheet: &Sheet,
    container: Container,
    out: &mut dyn Write,
    run: &Run,
) -> Result<io::Result<u64>> {
    let given = |at: usize| sheet.rows.iter().map(move |row| &row[at]).filter(|value| **value != Value::Missing);
    let kinds: Vec<DataType> = (0..sheet.head.len())
        .map(|at| match given(at).next() {
            _ if sheet.names.contains(&at) => name_type(network),
            Some(Value::Number(_)) if given(at).all(|value| matches!(value, Value::Number(_))) => DataType::Float64,
            Some(Value::Time(_)) if given(at).all(|value| matches!(value, Value::Time(_))) => moment(),
            _ => DataType::Utf8,
        })
        .collect();
    let fields = sheet.head.iter().zip(&kinds).map(|(name, kind)| Field::new(name, kind.clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let write = || {
        let mut columns = Columns::new(schema, container, out)?;
        for rows in sheet.rows.chunks(BATCH) {
            step(run, rows.len())?;
            columns.add(kinds.iter().enumerate().map(|(at, kind)| column(rows, at, kind)).collect())?;
        }
        columns.finish()?;
        Ok(sheet.rows.len() as u64)
    };
    Ok(write())
}

fn column(rows: &[Vec<Value>], at: usize, kind: &DataType) -> ArrayRef {
    let values = rows.iter().map(|row| &row[at]);
    let text = |value: &Value| (*value != Value::Missing).then(|| value.text());
    match kind {
        DataType::Float64 => Arc::new(
            values
                .map(|value| if let Value::Number(number) = value { Some(*number) } else { None })
                .collect::<Float64Array>(),
        ),
        DataType::Int64 => {
            Arc::new(values.map(|value| text(value).and_then(|text| text.parse().ok())).collect::<Int64Array>())
        }
        DataType::UInt64 => {
            Arc::new(values.map(|value| text(value).and_then(|text| text.parse().ok())).collect::<UInt64Array>())
        }
        DataType::Timestamp(..) => {
            moments(values.map(|value| if let Value::Time(at) = value { known(*at) } else { None }))
        }
        _ => Arc::new(values.map(text).collect::<StringArray>()),
    }
}
