//! Interactions as JSON objects, one a line.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::columns::{Column, Delimiter, Layout, Reading, aliases};
use super::edges::{RowReader, trim};
use super::rows::{Batch, Fault};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};

/// Reads objects; every key that `keys` names becomes a field, as a row of text would have it.
#[derive(Debug, Clone)]
pub struct ObjectReader {
    keys: Vec<String>,
    /// Names under which a key would mean something, where the user named none.
    meaningful: Vec<&'static str>,
    rows: RowReader,
}

impl ObjectReader {
    /// Finds out from the first objects which key holds what.
    pub fn new(file: &str, head: &[u8], reading: &Reading, rows: impl Fn(Layout) -> RowReader) -> Result<Self> {
        let mut seen = BTreeSet::new();
        let whole_lines = memchr::memrchr(b'\n', head).map_or(head, |end| &head[..end]);
        for line in whole_lines.split(|&byte| byte == b'\n').map(trim).filter(|line| !line.is_empty()).take(1000) {
            if let Ok(object) = serde_json::from_slice::<Map<String, Value>>(line) {
                seen.extend(object.keys().cloned());
            }
        }
        if seen.is_empty() {
            return Err(Error::input(Location::file(file).line(1), "a JSON object a line", quoted(trim(head))));
        }
        // Keys have names, never numbers.
        let columns =
            [&reading.from, &reading.to, &reading.kind, &reading.time, &reading.weight, &reading.sign, &reading.item];
        let names =
            [aliases::FROM, aliases::TO, aliases::KIND, aliases::TIME, aliases::WEIGHT, aliases::SIGN, aliases::ITEM];
        let unnamed = columns.into_iter().zip(names).filter(|(column, _)| column.is_none());
        let meaningful = unnamed.flat_map(|(_, names)| names.iter().copied()).collect();
        if let Some(Column::Number(number)) = columns.into_iter().flatten().find(|c| matches!(c, Column::Number(_))) {
            return Err(Error::parameter("--from", format!("{file} is JSON: name the key, not the number {number}")));
        }
        // A key that the user names may first come later.
        for column in columns.into_iter().flatten() {
            let name = column.to_string();
            if !seen.iter().any(|key| key.eq_ignore_ascii_case(&name)) {
                seen.insert(name);
            }
        }
        let header: Vec<String> = seen.into_iter().collect();
        let known = header.iter().any(|key| {
            aliases::FROM.contains(&key.to_lowercase().as_str()) || aliases::TO.contains(&key.to_lowercase().as_str())
        });
        if !known && reading.from.is_none() {
            return Err(Error::parameter("--from", format!("which key of {file} is it?"))
                .with_hint(format!("its keys are: {}; write --from KEY --to KEY", header.join(", "))));
        }
        let layout = Layout::from_header(file, &header, Delimiter::Space, reading)?;
        Ok(ObjectReader { keys: header, meaningful, rows: rows(layout) })
    }

    /// Where everything stands.
    pub fn layout(&self) -> &Layout {
        &self.rows.layout
    }

    /// Whether reading goes on after a faulty object.
    pub fn skips_faults(&self) -> bool {
        self.rows.skip_faults
    }

    /// The keys, as a header would list them.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Reads all objects of a block.
    pub fn read(&self, block: &[u8], first: bool) -> Batch {
        let mut batch = Batch::default();
        let block = if first { block.strip_prefix(b"\xef\xbb\xbf").unwrap_or(block) } else { block };
        let used: Vec<usize> = self.rows.layout.used().collect();
        let mut texts: Vec<String> = vec![String::new(); self.keys.len()];
        for line in block.split_inclusive(|&byte| byte == b'\n') {
            let number = batch.lines;
            batch.lines += 1;
            let trimmed = trim(line);
            if trimmed.is_empty() {
                batch.comments += 1;
                continue;
            }
            let read = self.object(number, trimmed, &used, &mut texts).and_then(|()| {
                let fields: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
                self.rows.row(&mut batch, number, trimmed, &fields).map_err(|mut fault| {
                    fault.column = 0;
                    fault
                })
            });
            if let Err(fault) = read
                && !batch.fault(fault, self.rows.skip_faults)
            {
                break;
            }
        }
        batch
    }

    fn means_something(&self, key: &str) -> bool {
        self.meaningful.iter().any(|name| name.eq_ignore_ascii_case(key))
    }

    fn object(&self, line: u64, text: &[u8], used: &[usize], fields: &mut [String]) -> std::result::Result<(), Fault> {
        let object: Map<String, Value> = serde_json::from_slice(text).map_err(|error| {
            Fault::new(line, error.column(), "a JSON object", format!("{} ({error})", quoted(text)))
        })?;
        // What the first objects did not have must not be lost without a word.
        if let Some(new) = object.keys().find(|key| self.keys.binary_search(key).is_err() && self.means_something(key))
        {
            let expected = "the keys of the first objects, or columns that are named";
            return Err(Fault::new(line, 0, expected, format!("the new key {}", quoted(new.as_bytes())))
                .hint("name it: --item KEY, --time KEY, --weight KEY, --sign KEY or --type KEY"));
        }
        for &at in used {
            let key = &self.keys[at];
            fields[at].clear();
            match object.get(key) {
                None | Some(Value::Null) => {}
                Some(Value::String(value)) => fields[at].push_str(value.trim()),
                Some(value @ (Value::Number(_) | Value::Bool(_))) => fields[at] = value.to_string(),
                Some(other) => {
                    return Err(Fault::new(
                        line,
                        0,
                        format!("a text or number as \"{key}\""),
                        quoted(other.to_string().as_bytes()),
                    ));
                }
            }
        }
        Ok(())
    }
}
