//! `network.toml`: a folder of files that together are one network, and how to read each of them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::columns::Reading;
use super::tables::{Kind, TableReading};
use crate::base::{Error, Location, Result};
use crate::graph::View;

/// The name of the manifest in its folder.
pub const FILE_NAME: &str = "network.toml";

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// A title.
    pub title: String,
    /// What the accounts are and what an edge means.
    #[serde(default)]
    pub about: String,
    /// Where it comes from.
    #[serde(default)]
    pub source: String,
    /// Under which licence.
    #[serde(default)]
    pub licence: String,
    /// How to cite it.
    #[serde(default)]
    pub citation: String,
    /// How much of the world it shows.
    pub view: Option<View>,
    /// The files.
    #[serde(default, rename = "file")]
    pub files: Vec<ManifestFile>,
    /// Tables of accounts, posts, offers, links, lookups, and follower lists.
    #[serde(default, rename = "table")]
    pub tables: Vec<ManifestTable>,
    /// A table of accounts: a short way to write one.
    pub creators: Option<CreatorsTable>,
}

/// One file and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Its path, from the folder.
    pub path: PathBuf,
    /// How to read it.
    #[serde(flatten)]
    pub reading: Reading,
}

/// One table and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestTable {
    /// Its path, from the folder; of lists with a file a creator, their folder's.
    pub path: PathBuf,
    /// What its rows are [default: by its header].
    pub kind: Option<Kind>,
    /// How to read it.
    #[serde(flatten)]
    pub reading: TableReading,
}

/// A table of accounts and how to read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreatorsTable {
    /// Its path, from the folder.
    pub path: PathBuf,
    /// The column that names the account.
    pub id: Option<String>,
    /// The column that is the niche label.
    pub niche: Option<String>,
}

impl Manifest {
    /// The manifest of a folder; `None` if it has none.
    pub fn of(folder: &Path) -> Result<Option<Manifest>> {
        let path = folder.join(FILE_NAME);
        if !folder.is_dir() || !path.exists() {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path).map_err(|error| Error::io(&path, "read", error))?;
        let manifest = toml::from_str(&text).map_err(|error| {
            let (line, column) = error.span().map_or((1, 1), |span| line_and_column(&text, span.start));
            let at = Location::file(path.display().to_string()).line(line).column(column);
            Error::input(at, "a manifest", error.message().to_owned())
        })?;
        Ok(Some(manifest))
    }

    /// All tables.
    pub fn tables(&self) -> Vec<ManifestTable> {
        let creators = self.creators.iter().map(|table| ManifestTable {
            path: table.path.clone(),
            kind: Some(Kind::Accounts),
            reading: TableReading { id: table.id.clone(), niche: table.niche.clone(), ..Default::default() },
        });
        self.tables.iter().cloned().chain(creators).collect()
    }
}

/// Line and column, from 1, of a byte of a text.
pub fn line_and_column(text: &str, at: usize) -> (u64, u64) {
    let before = &text[..at.min(text.len())];
    let line = before.matches('\n').count() as u64 + 1;
    let column = before.len() - before.rfind('\n').map_or(0, |end| end + 1);
    (line, column as u64 + 1)
}
