//! Columns that are kept beside a snapshot, such as affinities to niches: read with it, for every verb.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::term::Terminal;
use crate::base::Result;
use crate::graph::Network;
use crate::io::sidecar;

/// What is kept: the name in its files' names, and how it is made again.
pub struct Kind {
    /// `niches` is kept in `market.niches.json` and `market.niches.trg` beside `market.trg`.
    pub name: &'static str,
    /// The command that makes it.
    pub made_by: &'static str,
}

/// A document and the names of the columns that it is about.
pub struct Kept<T> {
    /// The document.
    pub document: T,
    /// The columns that the network has from it.
    pub columns: Vec<String>,
}

/// A snapshot, and what columns beside it must be about.
pub struct Beside<'a> {
    /// The snapshot's file.
    pub snapshot: &'a Path,
    /// Its checksum.
    pub checksum: u64,
    /// Whether checksums of columns are not verified either.
    pub trust: bool,
}

impl Beside<'_> {
    /// Gives a network the columns of a kind that are kept beside its snapshot. Those of other data are noted and not used.
    pub fn attach<T: DeserializeOwned>(
        &self,
        kind: &Kind,
        network: &mut Network,
        terminal: &Terminal,
    ) -> Result<Option<Kept<T>>> {
        // What is damaged can be made again: no reason to refuse the network.
        let found = sidecar::read_columns::<T>(self.snapshot, kind.name, self.checksum, self.trust, &terminal.run);
        let found = found.unwrap_or_else(|error| {
            let error = error.to_string();
            let first = error.lines().next().unwrap_or_default();
            sidecar::Beside::Stale(format!(
                "{} beside the snapshot cannot be read and are not used: {first}",
                kind.name
            ))
        });
        Ok(match found {
            sidecar::Beside::Nothing => None,
            sidecar::Beside::Stale(says) => {
                terminal.note(format!("note: {says}; run {} again", kind.made_by));
                None
            }
            sidecar::Beside::Found(kept) => {
                let mut columns = Vec::new();
                for column in kept.columns {
                    if network.attributes.get(&column.name).is_some() {
                        terminal.note(format!(
                            "note: the accounts table has a column {} of its own, which goes first",
                            column.name
                        ));
                    } else {
                        columns.push(column.name.clone());
                        network.attributes.insert(column);
                    }
                }
                terminal.kept(kind.name, kept.checksum);
                Some(Kept { document: kept.document, columns })
            }
        })
    }
}
