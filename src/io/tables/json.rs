//! Tables as JSON: an object a line, or one array of objects.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::sheet::{Cell, Grid, Meter, RawRow};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};

/// Whether a text that begins with a brace or bracket is JSON, and not a CSV file whose first field begins so.
pub fn looks_like_it(text: &str) -> bool {
    let inner = text.trim_start().trim_start_matches('[').trim_start();
    inner.starts_with('{') || inner.starts_with(']') || inner.is_empty()
}

/// Objects as rows: a column a key, in the order of the alphabet. Objects inside objects are columns `outer.inner`.
pub(super) fn read(name: &str, text: &str, meter: &mut Meter) -> Result<Grid> {
    let mut objects: Vec<(u64, Map<String, Value>)> = Vec::new();
    if text.trim_start().starts_with('[') {
        let wrong = |error: serde_json::Error| {
            let at = Location::file(name).line(error.line() as u64).column(error.column() as u64);
            Error::input(at, "a JSON array of objects", error.to_string())
        };
        let values: Vec<Value> = serde_json::from_str(text).map_err(wrong)?;
        for (at, value) in values.into_iter().enumerate() {
            match value {
                Value::Object(object) => objects.push((at as u64 + 1, object)),
                other => {
                    let found = format!("element {}: {}", at + 1, quoted(other.to_string().as_bytes()));
                    return Err(Error::input(Location::file(name), "a JSON array of objects", found));
                }
            }
        }
    } else {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let object = serde_json::from_str(line).map_err(|error| {
                let place = Location::file(name).line(at as u64 + 1).column(error.column() as u64);
                Error::input(place, "a JSON object a line", quoted(line.as_bytes())).with_hint(error.to_string())
            })?;
            objects.push((at as u64 + 1, object));
        }
    }
    let mut keys: BTreeMap<String, usize> = BTreeMap::new();
    let mut flat: Vec<(u64, Vec<(String, Cell)>)> = Vec::with_capacity(objects.len());
    for (line, object) in objects {
        let mut cells = Vec::with_capacity(object.len());
        flatten("", object, &mut cells);
        for (key, cell) in &cells {
            meter.cell(key.len() + cell.text().len())?;
            if !keys.contains_key(key) {
                keys.insert(key.clone(), 0);
            }
        }
        flat.push((line, cells));
    }
    for (at, place) in keys.values_mut().enumerate() {
        *place = at;
    }
    let head = keys.keys().map(|key| Cell::Text(key.clone())).collect();
    let mut rows = vec![RawRow { line: 1, gap: false, cells: head }];
    for (line, cells) in flat {
        meter.take((keys.len() * size_of::<Cell>()) as u64)?;
        let mut row = vec![Cell::Empty; keys.len()];
        for (key, cell) in cells {
            row[keys[&key]] = cell;
        }
        rows.push(RawRow { line, gap: false, cells: row });
    }
    Ok(Grid { rows, headed: true, ..Grid::default() })
}

fn flatten(above: &str, object: Map<String, Value>, cells: &mut Vec<(String, Cell)>) {
    for (key, value) in object {
        let key = if above.is_empty() { key } else { format!("{above}.{key}") };
        let cell = match value {
            Value::Object(inner) => {
                flatten(&key, inner, cells);
                continue;
            }
            Value::Null => Cell::Empty,
            Value::Bool(flag) => Cell::Flag(flag),
            Value::String(text) => Cell::of(&text),
            // Ids of 18 digits are no floats.
            Value::Number(number) => match number.as_f64().filter(|float| float.abs() < 9e15) {
                Some(float) => Cell::Number(float),
                None => Cell::Text(number.to_string()),
            },
            list @ Value::Array(_) => Cell::Text(list.to_string()),
        };
        cells.push((key, cell));
    }
}
