//! A network laid out as a snapshot and written: docs/FORMAT.md describes it byte by byte.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use bytemuck::Pod;
use rayon::prelude::*;
use twox_hash::XxHash3_64;

use super::gaps::Packed;
use super::header::{self, ColumnHeader, FollowsHeader, Header, NamesKind, Section, TableHeader, Version};
use super::output::{Output, failed};
use super::snapshot::{ALIGN, ENDIAN, MAGIC, PREFIX, align};
use crate::base::{Error, Result, Run};
use crate::graph::{Buffer, Column, Names, Network, Rows, Tables, Values};

/// How a snapshot holds the follow layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// As the arrays in memory: opens in milliseconds.
    #[default]
    Plain,
    /// Rows as gaps, one direction of them: a quarter of the bytes, half if symmetric; unpacked when it is read.
    Compressed,
}

/// A snapshot to be: prefix, header and arrays, in the order of the file.
struct Plan<'a> {
    version: Version,
    prefix: [u8; PREFIX],
    header: Vec<u8>,
    arrays: Arrays<'a>,
    /// The checksum of the header of the plain snapshot.
    checksum: u64,
}

/// Arrays under the names of their sections.
pub(super) type Arrays<'a> = Vec<(String, Cow<'a, [u8]>)>;

impl<'a> Plan<'a> {
    fn new(network: &'a Network, run: &Run) -> std::result::Result<Plan<'a>, String> {
        let arrays = arrays_of(network);
        let header = header_of(network, sections_of(&arrays, run)).encode()?;
        let version = Version { compressed: false, arranged: network.names.is_arranged() };
        Ok(Plan::of(version, header, arrays))
    }

    fn of(version: Version, header: Vec<u8>, arrays: Arrays<'a>) -> Plan<'a> {
        let checksum = XxHash3_64::oneshot(&header);
        let length: u64 = arrays.iter().map(|(_, bytes)| align(bytes.len() as u64)).sum();
        let mut prefix = [0u8; PREFIX];
        prefix[..8].copy_from_slice(&MAGIC);
        prefix[8..12].copy_from_slice(&version.number().to_le_bytes());
        prefix[12..16].copy_from_slice(&ENDIAN.to_le_bytes());
        prefix[16..24].copy_from_slice(&(header.len() as u64).to_le_bytes());
        prefix[24..32].copy_from_slice(&checksum.to_le_bytes());
        prefix[32..40].copy_from_slice(&(align(PREFIX as u64 + header.len() as u64) + length).to_le_bytes());
        let sum = XxHash3_64::oneshot(&prefix[..40]);
        prefix[40..48].copy_from_slice(&sum.to_le_bytes());
        Plan { version, prefix, header, arrays, checksum }
    }

    /// The same network with its rows packed in the place of both directions.
    fn compressed(self, packed: Packed, run: &Run) -> std::result::Result<Plan<'a>, String> {
        let bulky =
            |name: &str| name.starts_with("followers.") || ["following.offsets", "following.targets"].contains(&name);
        let at = self.arrays.iter().position(|(name, _)| bulky(name)).unwrap_or_default();
        let mut arrays: Arrays<'a> = self.arrays.into_iter().filter(|(name, _)| !bulky(name)).collect();
        let index = packed.index.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
        let packed = [("following.index", index), ("following.gaps", packed.bytes)];
        arrays.splice(at..at, packed.map(|(name, bytes)| (name.to_owned(), bytes.into())));
        let header = header::encode_compressed(&self.header, &sections_of(&arrays, run))?;
        let version = Version { compressed: true, ..self.version };
        Ok(Plan { checksum: self.checksum, ..Plan::of(version, header, arrays) })
    }
}

/// The section table of arrays that stand one after the other.
fn sections_of(arrays: &Arrays<'_>, run: &Run) -> Vec<Section> {
    let sums: Vec<u64> = run.install(|| arrays.par_iter().map(|(_, bytes)| XxHash3_64::oneshot(bytes)).collect());
    let mut offset = 0;
    let section = |((name, bytes), checksum): (&(String, Cow<'_, [u8]>), u64)| {
        let section = Section { name: name.clone(), offset, length: bytes.len() as u64, checksum };
        offset += align(section.length);
        section
    };
    arrays.iter().zip(sums).map(section).collect()
}

/// What [`Snapshot::checksum`](super::Snapshot::checksum) would be if this network were written.
pub fn checksum_of(network: &Network, run: &Run) -> Result<u64> {
    let plan = Plan::new(network, run).map_err(|reason| Error::snapshot(Path::new("network"), "header", reason))?;
    Ok(plan.checksum)
}

/// As [`write_as`] in the plain form.
pub fn write(network: &Network, path: &Path, force: bool, run: &Run) -> Result<u64> {
    write_as(network, Form::Plain, path, force, run)
}

/// Writes a network to `path`, whole or not at all, and gives its [`Snapshot::checksum`](super::Snapshot::checksum).
/// The bytes are a function of the network and the form alone. A network without a follow layer has nothing to
/// compress: it is written plain.
pub fn write_as(network: &Network, form: Form, path: &Path, force: bool, run: &Run) -> Result<u64> {
    let wrong = |reason| Error::snapshot(path, "header", reason);
    let mut plan = Plan::new(network, run).map_err(wrong)?;
    if let (Form::Compressed, Some(follows)) = (form, &network.follows) {
        plan = plan.compressed(Packed::new(follows.graph.following_rows(), run)?, run).map_err(wrong)?;
    }
    let total: usize = plan.arrays.iter().map(|(_, bytes)| bytes.len()).sum();
    run.phase("writing the snapshot", Some(total as u64));
    let mut out = Output::create(path, force)?;
    let fail = |error| failed(path, error);
    let padding = [0u8; ALIGN as usize];
    let mut put = |bytes: &[u8], from: u64| -> Result<()> {
        for part in bytes.chunks(8 << 20) {
            run.step(part.len() as u64)?;
            out.write_all(part).map_err(fail)?;
        }
        let end = from + bytes.len() as u64;
        out.write_all(&padding[..(align(end) - end) as usize]).map_err(fail)
    };
    put(&plan.prefix, 0)?;
    put(&plan.header, PREFIX as u64)?;
    plan.arrays.iter().try_for_each(|(_, bytes)| put(bytes, 0))?;
    out.finish()?;
    Ok(plan.checksum)
}

/// Every array of a network under its section's name.
fn arrays_of(network: &Network) -> Arrays<'_> {
    let mut arrays = Arrays::new();
    push_names(&mut arrays, "names", &network.names);
    if let Some(follows) = &network.follows {
        push_rows(&mut arrays, "following", follows.graph.following_rows());
        if !follows.graph.is_symmetric() {
            push_rows(&mut arrays, "followers", follows.graph.follower_rows());
        }
        push(&mut arrays, "follows.time", follows.time.as_ref());
        push(&mut arrays, "follows.sign", follows.sign.as_ref());
        push(&mut arrays, "follows.terms.edge", follows.terms.as_ref().map(|terms| &terms.0));
        push(&mut arrays, "follows.terms.weight", follows.terms.as_ref().map(|terms| &terms.1));
    }
    if let Some(events) = &network.events {
        push(&mut arrays, "events.offsets", Some(&events.offsets));
        push(&mut arrays, "events.to", Some(&events.to));
        push(&mut arrays, "events.kind", Some(&events.kind));
        push(&mut arrays, "events.time", events.time.as_ref());
        push(&mut arrays, "events.item", events.item.as_ref());
        push(&mut arrays, "events.weight", events.weight.as_ref());
        push(&mut arrays, "events.sign", events.sign.as_ref());
    }
    push_names(&mut arrays, "items", &network.items);
    push_columns(&mut arrays, "attribute", &network.attributes.columns);
    for (name, table) in Tables::NAMES.into_iter().zip(network.tables.all()) {
        if !table.is_empty() {
            push(&mut arrays, &format!("{name}.account"), Some(&table.account));
            push(&mut arrays, &format!("{name}.other"), table.other.as_ref());
            push_columns(&mut arrays, name, &table.columns);
        }
    }
    arrays
}

fn push_columns<'a>(arrays: &mut Arrays<'a>, name: &str, columns: &'a [Column]) {
    for (at, column) in columns.iter().enumerate() {
        match &column.values {
            Values::Number(numbers) => push(arrays, &format!("{name}.{at}.numbers"), Some(numbers)),
            Values::Text { codes, dictionary } => {
                push(arrays, &format!("{name}.{at}.codes"), Some(codes));
                push_names(arrays, &format!("{name}.{at}.dictionary"), dictionary);
            }
        }
    }
}

fn push<'a, T: Pod>(arrays: &mut Arrays<'a>, name: &str, buffer: Option<&'a Buffer<T>>) {
    arrays.extend(buffer.map(|buffer| (name.to_owned(), buffer.as_bytes().into())));
}

fn push_names<'a>(arrays: &mut Arrays<'a>, name: &str, names: &'a Names) {
    match names {
        Names::Numbers(numbers) => push(arrays, &format!("{name}.numbers"), Some(numbers)),
        Names::Text { offsets, bytes } => {
            push(arrays, &format!("{name}.offsets"), Some(offsets));
            push(arrays, &format!("{name}.bytes"), Some(bytes));
        }
        Names::Arranged { sorted, place, id } => {
            push_names(arrays, name, sorted);
            push(arrays, &format!("{name}.place"), Some(place));
            push(arrays, &format!("{name}.id"), Some(id));
        }
    }
}

/// The arrays of rows.
pub(super) fn arrays_of_rows<'a>(name: &str, rows: &'a Rows) -> Arrays<'a> {
    let mut arrays = Arrays::new();
    push_rows(&mut arrays, name, rows);
    arrays
}

fn push_rows<'a>(arrays: &mut Arrays<'a>, name: &str, rows: &'a Rows) {
    push(arrays, &format!("{name}.offsets"), Some(&rows.offsets));
    push(arrays, &format!("{name}.targets"), Some(&rows.targets));
    push(arrays, &format!("{name}.weights"), rows.weights.as_ref());
}

fn names_kind(names: &Names) -> NamesKind {
    match names.sorted() {
        Names::Numbers(_) => NamesKind::Numbers,
        _ => NamesKind::Text,
    }
}

fn header_of(network: &Network, sections: Vec<Section>) -> Header {
    Header {
        accounts: network.accounts() as u64,
        names: names_kind(&network.names),
        follows: network.follows.as_ref().map(|follows| FollowsHeader {
            edges: follows.graph.edges(),
            weighted: follows.graph.is_weighted(),
            symmetric: follows.graph.is_symmetric(),
            repeats: follows.repeats,
        }),
        events: network.events.as_ref().map(|events| events.len() as u64),
        kinds: network.kinds.clone(),
        items: names_kind(&network.items),
        columns: column_headers(&network.attributes.columns),
        view: network.view,
        view_stated: network.view_stated,
        tiers: network.tiers,
        rows: network.rows,
        sections,
        tables: Tables::NAMES
            .into_iter()
            .zip(network.tables.all())
            .filter(|(_, table)| !table.is_empty())
            .map(|(name, table)| TableHeader {
                name: name.to_owned(),
                rows: table.len() as u64,
                pairs: table.other.is_some(),
                columns: column_headers(&table.columns),
            })
            .collect(),
        pseudonymous: network.pseudonymous,
    }
}

fn column_headers(columns: &[Column]) -> Vec<ColumnHeader> {
    let header = |column: &Column| ColumnHeader {
        name: column.name.clone(),
        dictionary: match &column.values {
            Values::Number(_) => None,
            Values::Text { dictionary, .. } => Some(names_kind(dictionary)),
        },
    };
    columns.iter().map(header).collect()
}
