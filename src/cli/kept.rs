//! Columns that are kept beside a snapshot, such as affinities to niches: read with it, for every verb.

use std::path::Path;

use serde::de::DeserializeOwned;

use super::term::Terminal;
use crate::base::Result;
use crate::graph::Network;
use crate::io::sidecar::{self, Beside};

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

/// Gives a network the columns that are kept beside its snapshot. Those of other data are noted and not used.
pub fn attach<T: DeserializeOwned>(
    kind: &Kind,
    snapshot: &Path,
    network: &mut Network,
    checksum: u64,
    trust: bool,
    terminal: &Terminal,
) -> Result<Option<Kept<T>>> {
    Ok(match sidecar::read_columns::<T>(snapshot, kind.name, checksum, trust, &terminal.run)? {
        Beside::Nothing => None,
        Beside::Stale(says) => {
            terminal.note(format!("note: {says}; run {} again", kind.made_by));
            None
        }
        Beside::Found(kept) => {
            let columns = kept.columns.iter().map(|column| column.name.clone()).collect();
            kept.columns.into_iter().for_each(|column| network.attributes.insert(column));
            terminal.kept(kind.name, kept.checksum);
            Some(Kept { document: kept.document, columns })
        }
    })
}
