//! What is kept beside a snapshot: small JSON documents about it, such as `market.backtest.json` beside `market.trg`.
//!
//! A document names the network it is about by its checksum (the field `network`). One about another network is stale:
//! it is reported, and nobody uses it. A document about numbers of every account has them in a snapshot of their own, such as
//! `market.niches.trg`, which holds accounts and their columns alone, and names it by its checksum (the field `columns`).

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::output::Output;
use super::snapshot::{self, Snapshot};
use crate::base::{Error, Location, Result, Run};
use crate::graph::{Attributes, Column, Network, build};

/// What stands beside a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub enum Beside<T> {
    /// Nothing.
    Nothing,
    /// A document about another network, or about an older state of this one: a sentence that says so.
    Stale(String),
    /// A document about this network.
    Found(T),
}

impl<T> Beside<T> {
    /// The document, if it is about this network.
    pub fn found(self) -> Option<T> {
        match self {
            Beside::Found(found) => Some(found),
            _ => None,
        }
    }
}

/// `market.trg` and `backtest` make `market.backtest.json`, in the same folder.
pub fn path(snapshot: &Path, kind: &str) -> PathBuf {
    snapshot.with_extension(format!("{kind}.json"))
}

/// Writes a document beside a snapshot, whole or not at all, in place of an older one; returns where.
pub fn write(snapshot: &Path, kind: &str, document: &impl Serialize) -> Result<PathBuf> {
    let path = path(snapshot, kind);
    let mut output = Output::create(&path, true)?;
    let fail = |error: std::io::Error| Error::io(&path, "write", error);
    serde_json::to_writer_pretty(&mut output, document).map_err(|error| fail(error.into()))?;
    writeln!(output).map_err(fail)?;
    output.finish()?;
    Ok(path)
}

/// Reads what stands beside a snapshot whose network has this checksum.
///
/// **Errors**: a file that cannot be read, or is no such document.
pub fn read<T: DeserializeOwned>(snapshot: &Path, kind: &str, checksum: u64) -> Result<Beside<T>> {
    let path = path(snapshot, kind);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Beside::Nothing),
        Err(error) => return Err(Error::io(&path, "read", error)),
    };
    let wrong = |error: serde_json::Error| {
        let at = Location::file(path.display().to_string()).line(error.line() as u64).column(error.column() as u64);
        Error::input(at, format!("a {kind} document"), error.to_string()).with_hint("make it again, or remove the file")
    };
    let document: Value = serde_json::from_str(&text).map_err(wrong)?;
    if document["network"] != format!("{checksum:016x}") {
        return Ok(Beside::Stale(format!(
            "{} is about other data than {} holds now, and is not used",
            path.display(),
            snapshot.display()
        )));
    }
    serde_json::from_value(document).map_err(wrong).map(Beside::Found)
}

/// `market.trg` and `niches` make `market.niches.trg`, in the same folder.
fn columns_path(snapshot: &Path, kind: &str) -> PathBuf {
    snapshot.with_extension(format!("{kind}.trg"))
}

/// A document with columns of every account, as they were kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept<T> {
    /// The document.
    pub document: T,
    /// The columns; they stay in their file until they are used.
    pub columns: Vec<Column>,
    /// What identifies the columns.
    pub checksum: String,
}

/// A document and the checksum of the columns that belong to it.
#[derive(Serialize, Deserialize)]
struct WithColumns<T> {
    network: String,
    columns: String,
    #[serde(flatten)]
    document: T,
}

/// Writes columns of the accounts of a network beside its snapshot, and a document about them, in place of older ones; returns
/// where the columns are. `checksum` is that of the snapshot.
pub fn write_columns(
    snapshot: &Path,
    kind: &str,
    network: &Network,
    checksum: u64,
    columns: Vec<Column>,
    document: &impl Serialize,
    run: &Run,
) -> Result<PathBuf> {
    let path = columns_path(snapshot, kind);
    let accounts = Network {
        names: network.names.clone(),
        pseudonymous: network.pseudonymous,
        follows: None,
        attributes: Attributes { columns },
        ..Network::from_graph(build::graph(0, &[]))
    };
    let columns = snapshot::write(&accounts, &path, true, run)?;
    let [network, columns] = [checksum, columns].map(|checksum| format!("{checksum:016x}"));
    write(snapshot, kind, &WithColumns { network, columns, document })?;
    Ok(path)
}

/// Reads the document beside a snapshot of this network, and the columns that belong to it.
///
/// **Errors**: as [`read`]; a file of columns that is damaged or gone. Columns of another document are stale.
pub fn read_columns<T: DeserializeOwned>(
    snapshot: &Path,
    kind: &str,
    checksum: u64,
    trust: bool,
    run: &Run,
) -> Result<Beside<Kept<T>>> {
    let found: WithColumns<T> = match read(snapshot, kind, checksum)? {
        Beside::Nothing => return Ok(Beside::Nothing),
        Beside::Stale(says) => return Ok(Beside::Stale(says)),
        Beside::Found(found) => found,
    };
    let path = columns_path(snapshot, kind);
    let columns = Snapshot::open(&path, trust)?;
    if format!("{:016x}", columns.checksum()) != found.columns {
        let (document, columns) = (self::path(snapshot, kind), path.display());
        return Ok(Beside::Stale(format!("{columns} does not belong to {}, and is not used", document.display())));
    }
    let columns = columns.network(run)?.attributes.columns;
    Ok(Beside::Found(Kept { document: found.document, columns, checksum: found.columns }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Values;

    #[test]
    fn columns_are_read_back_with_their_document_and_not_with_another() {
        #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
        struct Card {
            score: f64,
        }
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("market.trg");
        let network = Network::from_graph(build::graph(3, &[(0, 1)]));
        let column =
            |value: f64| Column { name: "niche:a".into(), values: Values::Number(vec![value, 0.5, 0.0].into()) };
        let run = Run::default();
        let keep = |value: f64| {
            write_columns(&at, "niches", &network, 7, vec![column(value)], &Card { score: value }, &run).unwrap()
        };
        assert_eq!(keep(1.0), folder.path().join("market.niches.trg"));
        let kept = || read_columns::<Card>(&at, "niches", 7, false, &run).unwrap();
        let found = kept().found().unwrap();
        assert_eq!((found.document, found.columns), (Card { score: 1.0 }, vec![column(1.0)]));
        assert!(matches!(read_columns::<Card>(&at, "niches", 8, false, &run).unwrap(), Beside::Stale(_)));
        // Columns that were made after the document, as by a run that was cut off.
        let document = std::fs::read(path(&at, "niches")).unwrap();
        keep(0.25);
        std::fs::write(path(&at, "niches"), document).unwrap();
        assert!(matches!(kept(), Beside::Stale(says) if says.contains("does not belong")));
        std::fs::remove_file(folder.path().join("market.niches.trg")).unwrap();
        assert!(read_columns::<Card>(&at, "niches", 7, false, &run).is_err());
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Document {
        network: String,
        figure: f64,
    }

    #[test]
    fn a_document_is_read_back_by_its_own_network_alone() {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = folder.path().join("market.trg");
        assert_eq!(read::<Document>(&snapshot, "backtest", 1).unwrap(), Beside::Nothing);
        let document = Document { network: format!("{:016x}", 0xabc), figure: 0.1 };
        let at = write(&snapshot, "backtest", &document).unwrap();
        assert_eq!(at, folder.path().join("market.backtest.json"));
        assert_eq!(read(&snapshot, "backtest", 0xabc).unwrap(), Beside::Found(document));
        let stale = read::<Document>(&snapshot, "backtest", 0xabd).unwrap();
        assert!(matches!(&stale, Beside::Stale(says) if says.contains("about other data")), "{stale:?}");
        assert_eq!(stale.found(), None);
        std::fs::write(&at, "{").unwrap();
        let error = read::<Document>(&snapshot, "backtest", 1).unwrap_err().to_string();
        assert!(error.contains("market.backtest.json:1:1: expected a backtest document"), "{error}");
        // Right network, wrong fields: refused, not guessed.
        std::fs::write(&at, format!("{{\"network\": \"{:016x}\"}}", 1)).unwrap();
        assert!(read::<Document>(&snapshot, "backtest", 1).is_err());
    }

    #[test]
    fn a_failed_write_leaves_the_old_document() {
        struct Broken;
        impl Serialize for Broken {
            fn serialize<S: serde::Serializer>(&self, _: S) -> std::result::Result<S::Ok, S::Error> {
                Err(serde::ser::Error::custom("broken"))
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let snapshot = folder.path().join("market.trg");
        let document = Document { network: "x".into(), figure: 0.1 };
        let at = write(&snapshot, "backtest", &document).unwrap();
        let before = std::fs::read(&at).unwrap();
        assert!(write(&snapshot, "backtest", &Broken).is_err());
        assert_eq!(std::fs::read(&at).unwrap(), before);
    }
}
