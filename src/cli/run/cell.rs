//! A finished cell: kept in a file of its own beside the results until all are done, so that a run that was stopped goes
//! on where it was.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use twox_hash::XxHash3_64;

use super::super::ask::{self, Held};
use crate::base::{Error, Location, Result, Run};
use crate::io::output::Output;
use crate::report::Format;

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Done {
    /// `done`, `goal not met` or `refused`.
    pub status: String,
    /// Why it was refused, or which goal was not met.
    pub problem: Option<String>,
    /// The answer: the document of `--format json`.
    pub answer: Option<String>,
    /// How long it took here; for estimates alone, and in no result.
    pub seconds: f64,
}

/// What identifies a cell: everything its answer depends on. `files` are the contents of the files that its words name, and of
/// those that are kept beside its network.
pub fn key(words: &[String], files: &[u64], seed: u64, checksum: u64, small_cells: bool) -> String {
    let all = serde_json::json!([env!("CARGO_PKG_VERSION"), words, files, seed, checksum, small_cells]).to_string();
    format!("{:016x}", XxHash3_64::oneshot(all.as_bytes()))
}

/// The contents of a file.
pub fn contents(path: &Path) -> Result<u64> {
    let bytes = std::fs::read(path).map_err(|error| Error::io(path, "read", error))?;
    Ok(XxHash3_64::oneshot(&bytes))
}

/// The contents of what is kept beside a snapshot: `market.niches.json` and the like beside `market.trg`.
pub fn beside(snapshot: &Path) -> Result<u64> {
    let folder = snapshot.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = snapshot.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| Error::io(folder, "read", error))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = name.strip_prefix(&stem).and_then(|rest| rest.strip_prefix('.')).unwrap_or_default();
        // The columns of a kind are named by the checksum in its document.
        if kind.ends_with(".json") {
            found.push((name.clone(), contents(&entry.path())?));
        }
    }
    found.sort();
    Ok(XxHash3_64::oneshot(format!("{found:?}").as_bytes()))
}

/// Runs a cell. What the data cannot carry and what makes no sense is an answer too; everything else ends the run.
pub fn run(words: &[String], held: &Held, run: &Run, small_cells: bool) -> Result<Done> {
    let done = |status: &str, problem, answer| Done { status: status.into(), problem, answer, seconds: 0.0 };
    match ask::ask(words, Some(held), run, small_cells) {
        Ok(answer) => {
            let Some(table) = answer.tables.first() else {
                return Ok(done("refused", Some("the answer is no table".into()), None));
            };
            let mut text = Vec::new();
            table.write(Format::Json, 0, &mut text).map_err(|error| Error::io("<answer>", "write", error))?;
            let text = String::from_utf8_lossy(&text).into_owned();
            match answer.unmet {
                None => Ok(done("done", None, Some(text))),
                Some(goal) => Ok(done("goal not met", Some(goal), Some(text))),
            }
        }
        Err(error @ (Error::NotEstimable { .. } | Error::Parameter { .. })) => {
            Ok(done("refused", Some(error.to_string()), None))
        }
        Err(error) => Err(error),
    }
}

/// Where finished cells of a file of results are kept.
pub struct Kept(PathBuf);

impl Kept {
    /// `results.parquet` has `results.parquet.cells/`.
    pub fn beside(results: &Path) -> Kept {
        let mut name = results.as_os_str().to_owned();
        name.push(".cells");
        Kept(name.into())
    }

    fn file(&self, key: &str) -> PathBuf {
        self.0.join(format!("{key}.json"))
    }

    /// A finished cell. One that cannot be read is run again.
    pub fn find(&self, key: &str) -> Option<Done> {
        serde_json::from_str(&std::fs::read_to_string(self.file(key)).ok()?).ok()
    }

    /// Keeps a cell, whole or not at all.
    pub fn keep(&self, key: &str, done: &Done) -> Result<()> {
        std::fs::create_dir_all(&self.0).map_err(|error| Error::io(&self.0, "write", error))?;
        let path = self.file(key);
        let mut out = Output::create(&path, true)?;
        serde_json::to_writer(&mut out, done).map_err(|error| Error::io(&path, "write", error.into()))?;
        out.finish()
    }

    /// Forgets cells, once their results are written. What else stands in the folder stays, and the folder with it.
    pub fn forget(&self, keys: &[String]) -> Result<()> {
        for key in keys {
            let path = self.file(key);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::io(&path, "remove", error));
                }
                _ => {}
            }
        }
        let _ = std::fs::remove_dir(&self.0);
        Ok(())
    }
}

/// The figures of an answer, each under one name: those of the summary, the number of rows, and of rows that are figures
/// (`reach`, `sharers`) their fields as `reach.people`.
pub fn figures(answer: &str) -> Result<Vec<(String, Value)>> {
    let document: Value = serde_json::from_str(answer)
        .map_err(|error| Error::input(Location::file("<answer>"), "JSON", error.to_string()))?;
    let mut found = Vec::new();
    flatten("", &document["summary"], &mut found);
    let rows = document["rows"].as_array().map(Vec::as_slice).unwrap_or_default();
    found.push(("rows".into(), rows.len().into()));
    let names: Vec<Option<String>> = rows.iter().map(name).collect();
    for (row, name) in rows.iter().zip(&names) {
        // A name that several rows share says nothing of any of them; the whole answer has them.
        let Some(name) = name.as_ref().filter(|_| names.iter().filter(|other| *other == name).count() == 1) else {
            continue;
        };
        let fields = row.as_object().into_iter().flatten().filter(|(_, value)| value.is_number());
        found.extend(fields.map(|(field, value)| (format!("{name}.{field}"), value.clone())));
    }
    Ok(found)
}

/// What a row that is a figure is called: `reach`, and with what it is of `exclusive anh`.
fn name(row: &Value) -> Option<String> {
    let figure = row["figure"].as_str()?.trim();
    Some(match row["of"].as_str() {
        Some(of) => format!("{figure} {of}"),
        None => figure.to_owned(),
    })
}

fn flatten(name: &str, value: &Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, found);
            }
        }
        Value::Null | Value::Array(_) => {}
        value => found.push((name.to_owned(), value.clone())),
    }
}
