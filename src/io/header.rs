//! The small metadata header of a snapshot: with `base::sealed` all that knows bincode (see docs/DECISIONS.md).

use serde::{Deserialize, Serialize};

use crate::graph::View;
use crate::graph::network::{Repeats, RowCounts, Tiers};

/// The largest header that is read, in bytes: the kinds and columns of any real network take a fraction of it.
pub const LARGEST: usize = 16 << 20;

/// The format of plain snapshots whose accounts stand in the order of their names.
pub const VERSION: u32 = 2;
/// The newest format that this engine reads and writes.
pub const NEWEST: u32 = 5;

/// What the number of a format says: each of these adds to [`VERSION`]; 1 is an older plain one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// Rows are packed: 1 more.
    pub compressed: bool,
    /// Accounts are not in the order of their names: 2 more.
    pub arranged: bool,
}

impl Version {
    /// Of a number up to [`NEWEST`].
    pub fn of(number: u32) -> Version {
        let added = number.saturating_sub(VERSION);
        Version { compressed: added & 1 == 1, arranged: added & 2 == 2 }
    }

    /// The number.
    pub fn number(self) -> u32 {
        VERSION + u32::from(self.compressed) + 2 * u32::from(self.arranged)
    }
}

/// A run of bytes of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it holds.
    pub name: String,
    /// Where it begins, from the first section.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// XXH3-64 of its bytes.
    pub checksum: u64,
}

/// How a set of names is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NamesKind {
    /// As numbers.
    Numbers,
    /// As text.
    Text,
}

/// An attribute column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnHeader {
    /// Its name.
    pub name: String,
    /// `None`: numbers. Else how its dictionary is stored.
    pub dictionary: Option<NamesKind>,
}

/// The follow layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowsHeader {
    /// Edges.
    pub edges: u64,
    /// Whether edges have weights.
    pub weighted: bool,
    /// Whether every edge has its opposite; the second direction is then not stored.
    pub symmetric: bool,
    /// What became of repeated rows.
    pub repeats: Repeats,
}

/// A table beside the accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableHeader {
    /// `posts`, `offers` or `lookups`.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Whether rows name a second account.
    pub pairs: bool,
    /// The columns.
    pub columns: Vec<ColumnHeader>,
}

/// Everything about a network but its arrays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// Accounts.
    pub accounts: u64,
    /// How their names are stored.
    pub names: NamesKind,
    /// The follow layer, if there is one.
    pub follows: Option<FollowsHeader>,
    /// Interactions; `None` if there are none.
    pub events: Option<u64>,
    /// Interaction types.
    pub kinds: Vec<String>,
    /// How the items' names are stored.
    pub items: NamesKind,
    /// Attribute columns.
    pub columns: Vec<ColumnHeader>,
    /// How much of the world the data shows.
    pub view: View,
    /// Whether the user said so.
    pub view_stated: bool,
    /// Where tiers begin.
    pub tiers: Tiers,
    /// Where the rows went.
    pub rows: RowCounts,
    /// The arrays.
    pub sections: Vec<Section>,
    /// Posts, offers, lookups: those that were given. Since version 2.
    pub tables: Vec<TableHeader>,
    /// The fingerprint of the key, where ordinary accounts are named by keyed hashes. Since version 2.
    pub pseudonymous: Option<u64>,
}

impl Header {
    /// As bytes: bincode 2, standard configuration (little-endian, variable-length integers).
    pub fn encode(&self) -> Result<Vec<u8>, String> {
        bincode::serde::encode_to_vec(self, bincode::config::standard()).map_err(|error| error.to_string())
    }

    /// From bytes of a format version, all of which must be used.
    pub fn decode(bytes: &[u8], version: u32) -> Result<Header, String> {
        // What later versions added stands at the end; the older ones mean none of it, which is encoded as zeros.
        const ADDED: [u8; 2] = [0, 0];
        let completed = if version == 1 { [bytes, &ADDED].concat() } else { Vec::new() };
        let bytes = if version == 1 { &completed[..] } else { bytes };
        let (header, used) = read(bytes)?;
        all_used(used, bytes)?;
        Ok(header)
    }
}

/// The header of a compressed snapshot: that of the plain one, byte by byte, and the sections that stand in their place.
pub fn encode_compressed(plain: &[u8], stored: &[Section]) -> Result<Vec<u8>, String> {
    let table =
        bincode::serde::encode_to_vec(stored, bincode::config::standard()).map_err(|error| error.to_string())?;
    Ok([plain, &table].concat())
}

/// The plain header of a compressed snapshot, how many bytes it takes, and the sections of the file.
pub fn decode_compressed(bytes: &[u8]) -> Result<(Header, usize, Vec<Section>), String> {
    let (header, used) = read(bytes)?;
    let (stored, rest) = read(&bytes[used..])?;
    all_used(used + rest, bytes)?;
    Ok((header, used, stored))
}

fn read<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<(T, usize), String> {
    let config = bincode::config::standard().with_limit::<LARGEST>();
    bincode::serde::decode_from_slice(bytes, config).map_err(|error| format!("cannot be read ({error})"))
}

fn all_used(used: usize, bytes: &[u8]) -> Result<(), String> {
    match used == bytes.len() {
        true => Ok(()),
        false => Err(format!("{} bytes too long", bytes.len() - used)),
    }
}
