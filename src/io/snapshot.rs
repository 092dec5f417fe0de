//! One file that holds a network and opens in milliseconds: docs/FORMAT.md describes it byte by byte.
//!
//! Opening maps the file and checks its size, its header and its section table. A section's checksum is verified
//! once, before its first use.

use std::borrow::Cow;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytemuck::Pod;
use rayon::prelude::*;
use twox_hash::XxHash3_64;

use super::gaps::Gaps;
use super::header::{self, ColumnHeader, FollowsHeader, Header, NamesKind, Section, Version};
pub use super::header::{NEWEST, VERSION};
use super::layout;
pub use super::layout::{Form, checksum_of, write, write_as};
use crate::base::{Error, Result, Run};
use crate::graph::buffer::SharedBytes;
use crate::graph::network::Follows;
use crate::graph::{Attributes, Buffer, Column, Events, Graph, Names, Network, Rows, Table, Tables, Values, build};

/// The first bytes of every snapshot. Like PNG's, they show damage by text-mode copying.
pub const MAGIC: [u8; 8] = *b"\x89TRG\r\n\x1a\n";
pub(super) const ENDIAN: u32 = 0x0102_0304;
pub(super) const PREFIX: usize = 64;
pub(super) const ALIGN: u64 = 64;

/// Whether these are the first bytes of a snapshot.
pub fn is_snapshot(head: &[u8]) -> bool {
    head.starts_with(&MAGIC[..4])
}

/// Whether a file begins like a snapshot.
pub fn looks_like_snapshot(path: &Path) -> bool {
    let mut head = [0u8; 4];
    File::open(path).is_ok_and(|mut file| std::io::Read::read_exact(&mut file, &mut head).is_ok() && is_snapshot(&head))
}

pub(super) fn align(length: u64) -> u64 {
    length.next_multiple_of(ALIGN)
}

/// An opened snapshot: its header is known good, its sections are not yet read.
pub struct Snapshot {
    path: PathBuf,
    bytes: SharedBytes,
    header: Header,
    /// The sections of the file: those of the header, but in a compressed snapshot.
    stored: Vec<Section>,
    compressed: bool,
    /// Whether accounts stand in another order than their names.
    pub(super) arranged: bool,
    data_start: u64,
    checksum: u64,
    trust: bool,
    verified: Vec<AtomicBool>,
}

impl Snapshot {
    /// Opens a snapshot: milliseconds, whatever its size. With `trust`, checksums and invariants of sections are
    /// not checked before use.
    ///
    /// The file must not be changed while it is open; truereach itself only ever replaces snapshots whole.
    pub fn open(path: &Path, trust: bool) -> Result<Snapshot> {
        let wrong = |section: &str, reason: String| Error::snapshot(path, section, reason);
        if cfg!(target_endian = "big") {
            return Err(wrong("header", "snapshots are little-endian, this machine is not".into()));
        }
        let file = File::open(path).map_err(|error| Error::io(path, "open", error))?;
        let size = file.metadata().map_err(|error| Error::io(path, "look at", error))?.len();
        if size < PREFIX as u64 {
            return Err(wrong("header", format!("the file ends after {size} bytes, before the header does"))
                .with_hint("the file was cut short, or is no truereach snapshot"));
        }
        // SAFETY: the map is read-only and private to this struct. Another process that truncated the file while it is
        // mapped could raise SIGBUS; outputs of this engine are renamed into place and never changed afterwards.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(|error| Error::io(path, "map", error))?;
        let bytes: SharedBytes = Arc::new(map);
        let all: &[u8] = (*bytes).as_ref();
        let word = |at: usize| u64::from_le_bytes(all[at..at + 8].try_into().unwrap_or_default());
        let half = |at: usize| u32::from_le_bytes(all[at..at + 4].try_into().unwrap_or_default());
        if all[..8] != MAGIC {
            let found = if is_snapshot(all) {
                wrong("header", "its first bytes were altered in transfer".into()).with_hint("copy it in binary mode")
            } else {
                wrong("header", "this is no truereach snapshot".into())
                    .with_hint("make one with: truereach ingest FILES -o network.trg")
            };
            return Err(found);
        }
        if half(8) > NEWEST {
            return Err(wrong("header", format!("written in format {}, this truereach reads up to {NEWEST}", half(8)))
                .with_hint("use a newer truereach, or ingest the data again with this one"));
        }
        if half(8) == 0 || half(12) != ENDIAN {
            return Err(wrong("header", "its version or byte order makes no sense".into()));
        }
        if XxHash3_64::oneshot(&all[..40]) != word(40) {
            return Err(wrong("header", "its first 40 bytes do not match their checksum".into()));
        }
        if word(32) != size {
            return Err(wrong("header", format!("the file has {size} bytes, {} were written", word(32)))
                .with_hint("the file was cut short or added to: copy it again"));
        }
        let length = word(16);
        if length > header::LARGEST as u64 || PREFIX as u64 + length > size {
            return Err(wrong("header", format!("a header of {length} bytes cannot be")));
        }
        let encoded = &all[PREFIX..PREFIX + length as usize];
        if XxHash3_64::oneshot(encoded) != word(24) {
            return Err(wrong("header", "it does not match its checksum".into()));
        }
        let no_header = |reason: String| wrong("header", reason);
        let Version { compressed, arranged } = Version::of(half(8));
        let (header, stored, checksum) = if compressed {
            let (header, used, stored) = header::decode_compressed(encoded).map_err(no_header)?;
            (header, stored, XxHash3_64::oneshot(&encoded[..used]))
        } else {
            let header = Header::decode(encoded, half(8)).map_err(no_header)?;
            let stored = header.sections.clone();
            (header, stored, word(24))
        };
        let data_start = align(PREFIX as u64 + length);
        for section in &stored {
            let end = data_start.checked_add(section.offset).and_then(|start| start.checked_add(section.length));
            if section.offset % ALIGN != 0 || end.is_none_or(|end| end > size) {
                return Err(wrong(&section.name, "it lies outside the file".into()));
            }
        }
        let verified = stored.iter().map(|_| AtomicBool::new(false)).collect();
        let path = path.to_path_buf();
        Ok(Snapshot { path, bytes, header, stored, compressed, arranged, data_start, checksum, trust, verified })
    }

    /// Everything about the network but its arrays.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many sections the file has.
    pub fn sections(&self) -> usize {
        self.stored.len()
    }

    /// Of a compressed snapshot, whose rows are unpacked when the network is read: the bytes that they take in the file.
    pub fn packed(&self) -> Option<u64> {
        let rows = |section: &&Section| ["following.index", "following.gaps"].contains(&&section.name[..]);
        self.compressed.then(|| self.stored.iter().filter(rows).map(|section| section.length).sum())
    }

    /// A number that two snapshots share only if they hold the same network, compressed or not: the checksum of the
    /// header of the plain one, which holds the checksums of all sections.
    pub fn checksum(&self) -> u64 {
        self.checksum
    }

    /// Size in bytes.
    pub fn size(&self) -> u64 {
        (*self.bytes).as_ref().len() as u64
    }

    pub(super) fn wrong(&self, section: &str, reason: impl Into<String>) -> Error {
        Error::snapshot(&self.path, section, reason)
    }

    fn bytes_of(&self, section: &Section) -> std::ops::Range<usize> {
        let start = (self.data_start + section.offset) as usize;
        start..start + section.length as usize
    }

    /// Verifies the checksum of one section, unless that was done before.
    fn verify_section(&self, at: usize) -> Result<()> {
        let section = &self.stored[at];
        if self.verified[at].load(Ordering::Acquire) {
            return Ok(());
        }
        if XxHash3_64::oneshot(&(*self.bytes).as_ref()[self.bytes_of(section)]) != section.checksum {
            return Err(self
                .wrong(&section.name, "it does not match its checksum")
                .with_hint("the file was damaged after it was written: copy it again, or ingest again"));
        }
        self.verified[at].store(true, Ordering::Release);
        Ok(())
    }

    /// Verifies every section.
    pub fn verify_checksums(&self, run: &Run) -> Result<()> {
        run.phase("verifying checksums", Some(self.size()));
        run.install(|| {
            (0..self.stored.len())
                .into_par_iter()
                .map(|at| {
                    run.step(self.stored[at].length)?;
                    self.verify_section(at)
                })
                .collect::<Vec<Result<()>>>()
        })
        .into_iter()
        .collect()
    }

    fn optional<T: Pod>(&self, name: &str) -> Result<Option<Buffer<T>>> {
        let section = self.stored.iter().position(|section| section.name == name);
        if let (Some(at), false) = (section, self.trust) {
            self.verify_section(at)?;
        }
        self.mapped(name)
    }

    /// A section as it stands in the file, neither its checksum nor its entries looked at.
    pub(super) fn mapped<T: Pod>(&self, name: &str) -> Result<Option<Buffer<T>>> {
        let Some(section) = self.stored.iter().find(|section| section.name == name) else { return Ok(None) };
        let range = self.bytes_of(section);
        match Buffer::mapped(self.bytes.clone(), range) {
            Some(buffer) => Ok(Some(buffer)),
            None => Err(self.wrong(name, "its length is no whole number of entries")),
        }
    }

    fn required<T: Pod>(&self, name: &str) -> Result<Buffer<T>> {
        self.optional(name)?.ok_or_else(|| self.wrong(name, "the section is missing"))
    }

    fn names(&self, name: &str, kind: NamesKind) -> Result<Names> {
        Ok(match kind {
            NamesKind::Numbers => Names::Numbers(self.required(&format!("{name}.numbers"))?),
            NamesKind::Text => Names::Text {
                offsets: self.required(&format!("{name}.offsets"))?,
                bytes: self.required(&format!("{name}.bytes"))?,
            },
        })
    }

    /// The names of the accounts.
    fn account_names(&self) -> Result<Names> {
        let sorted = self.names("names", self.header.names)?;
        if !self.arranged {
            return Ok(sorted);
        }
        Ok(Names::Arranged {
            sorted: Box::new(sorted),
            place: self.required("names.place")?,
            id: self.required("names.id")?,
        })
    }

    fn rows(&self, name: &str, weighted: bool) -> Result<Rows> {
        let weights = format!("{name}.weights");
        Ok(Rows {
            offsets: self.required(&format!("{name}.offsets"))?,
            targets: self.required(&format!("{name}.targets"))?,
            weights: if weighted { Some(self.required(&weights)?) } else { None },
        })
    }

    /// Both directions from the one that a compressed snapshot holds. Unless the snapshot is trusted, they are compared
    /// with the checksums that the arrays of the plain snapshot have.
    fn unpacked(&self, about: &FollowsHeader, run: &Run) -> Result<(Rows, Rows)> {
        let graph = Graph::memory(self.header.accounts, about.edges, about.weighted);
        let flipping = build::transpose_memory(about.edges, about.weighted);
        run.check_memory("unpacking the follow layer", graph + flipping)?;
        run.phase("unpacking the follow layer", Some(self.header.accounts));
        let (index, bytes) = (self.required("following.index")?, self.required("following.gaps")?);
        let gaps = self.gaps(&index, &bytes, about)?;
        let mut following = gaps.unpack(run)?.map_err(|reason| self.wrong("following.gaps", reason))?;
        if about.weighted {
            let weights: Buffer<f64> = self.required("following.weights")?;
            if weights.len() != following.targets.len() {
                return Err(self.wrong("following", "weights and edges differ in number"));
            }
            following.weights = Some(weights);
        }
        let followers = if about.symmetric { following.clone() } else { build::transpose(run, &following)? };
        if !self.trust {
            self.compare("following", &following, run)?;
            if !about.symmetric {
                self.compare("followers", &followers, run)?;
            }
        }
        Ok((following, followers))
    }

    /// The packed rows of these two sections.
    pub(super) fn gaps<'a>(&self, index: &'a [u64], bytes: &'a [u8], about: &FollowsHeader) -> Result<Gaps<'a>> {
        Gaps::new(index, bytes, self.header.accounts, about.edges)
            .ok_or_else(|| self.wrong("following.index", "it does not fit the rows"))
    }

    /// Refuses rows that are not those of the plain snapshot.
    fn compare(&self, side: &str, rows: &Rows, run: &Run) -> Result<()> {
        let same = |(name, bytes): &(String, Cow<'_, [u8]>)| {
            let plain = self.header.sections.iter().find(|section| section.name == *name);
            match plain.is_some_and(|plain| plain.checksum == XxHash3_64::oneshot(bytes)) {
                true => Ok(()),
                false => Err(self.wrong(name, "unpacked, it does not match its checksum")),
            }
        };
        let arrays = layout::arrays_of_rows(side, rows);
        run.install(|| arrays.par_iter().map(same).collect::<Vec<Result<()>>>()).into_iter().collect()
    }

    fn columns(&self, name: &str, headers: &[ColumnHeader]) -> Result<Vec<Column>> {
        let column = |(at, header): (usize, &ColumnHeader)| {
            let values = match header.dictionary {
                None => Values::Number(self.required(&format!("{name}.{at}.numbers"))?),
                Some(kind) => Values::Text {
                    codes: self.required(&format!("{name}.{at}.codes"))?,
                    dictionary: self.names(&format!("{name}.{at}.dictionary"), kind)?,
                },
            };
            Ok(Column { name: header.name.clone(), values })
        };
        headers.iter().enumerate().map(column).collect()
    }

    /// The network, its arrays still in the file. Checks checksums and that no index points outside, unless the
    /// snapshot was opened with `trust`.
    pub fn network(&self, run: &Run) -> Result<Network> {
        if !self.trust {
            self.verify_checksums(run)?;
        }
        let header = &self.header;
        let follows = match &header.follows {
            None => None,
            Some(about) => {
                let (following, followers) = if self.compressed {
                    self.unpacked(about, run)?
                } else {
                    let following = self.rows("following", about.weighted)?;
                    let followers = match about.symmetric {
                        true => following.clone(),
                        false => self.rows("followers", about.weighted)?,
                    };
                    (following, followers)
                };
                Some(Follows {
                    graph: Graph::from_parts(following, followers, about.symmetric),
                    time: self.optional("follows.time")?,
                    sign: self.optional("follows.sign")?,
                    repeats: about.repeats,
                    terms: self.optional("follows.terms.edge")?.zip(self.optional("follows.terms.weight")?),
                })
            }
        };
        let events = match header.events {
            None => None,
            Some(_) => Some(Events {
                offsets: self.required("events.offsets")?,
                to: self.required("events.to")?,
                kind: self.required("events.kind")?,
                time: self.optional("events.time")?,
                item: self.optional("events.item")?,
                weight: self.optional("events.weight")?,
                sign: self.optional("events.sign")?,
            }),
        };
        let mut tables = Tables::default();
        for (name, table) in Tables::NAMES.into_iter().zip(tables.all_mut()) {
            if let Some(about) = header.tables.iter().find(|about| about.name == name) {
                let other = format!("{name}.other");
                *table = Table {
                    account: self.required(&format!("{name}.account"))?,
                    other: if about.pairs { Some(self.required(&other)?) } else { None },
                    columns: self.columns(name, &about.columns)?,
                };
            }
        }
        let network = Network {
            names: self.account_names()?,
            follows,
            events,
            kinds: header.kinds.clone(),
            items: self.names("items", header.items)?,
            attributes: Attributes { columns: self.columns("attribute", &header.columns)? },
            tables,
            pseudonymous: header.pseudonymous,
            view: header.view,
            view_stated: header.view_stated,
            tiers: header.tiers,
            rows: header.rows,
        };
        if !self.trust {
            self.check(&network, run)?;
        }
        Ok(network)
    }

    /// Checks every invariant of docs/FORMAT.md: orders, spans, that no index points outside.
    fn check(&self, network: &Network, run: &Run) -> Result<()> {
        let n = network.accounts();
        let edges = network.follows.as_ref().map(|follows| follows.graph.edges());
        if edges != self.header.follows.map(|about| about.edges) {
            return Err(self.wrong("following", "its edges are not as many as the header says"));
        }
        if network.events.as_ref().map(|events| events.len() as u64) != self.header.events {
            return Err(self.wrong("events", "they are not as many as the header says"));
        }
        if network.kinds.windows(2).any(|pair| pair[0] >= pair[1]) {
            return Err(self.wrong("header", "interaction types are out of order"));
        }
        if n as u64 != self.header.accounts {
            return Err(self.wrong("names", format!("{n} names for {} accounts", self.header.accounts)));
        }
        type Check<'a> = Box<dyn Fn() -> std::result::Result<(), String> + Send + Sync + 'a>;
        let mut checks: Vec<(String, Check<'_>)> = vec![
            ("names".into(), Box::new(|| network.names.check())),
            ("items".into(), Box::new(|| network.items.check())),
        ];
        if let Some(follows) = &network.follows {
            checks.push(("following".into(), Box::new(move || follows.graph.following_rows().check(n))));
            if !follows.graph.is_symmetric() {
                checks.push(("followers".into(), Box::new(move || follows.graph.follower_rows().check(n))));
            }
            let edges = follows.graph.edges() as usize;
            checks.push((
                "follows".into(),
                Box::new(move || {
                    let fits = |length: Option<usize>| length.is_none_or(|length| length == edges);
                    let terms = follows.terms.as_ref();
                    let in_order = terms.is_none_or(|(at, weights)| {
                        at.len() == weights.len() && at.iter().all(|&edge| (edge as usize) < edges) && at.is_sorted()
                    });
                    let same = follows.graph.follower_rows().targets.len() == edges;
                    match fits(follows.time.as_ref().map(|c| c.len()))
                        && fits(follows.sign.as_ref().map(|c| c.len()))
                        && in_order
                        && same
                    {
                        true => Ok(()),
                        false => Err("columns and edges do not fit together".into()),
                    }
                }),
            ));
        }
        if let Some(events) = &network.events {
            let (kinds, items) = (network.kinds.len(), network.items.len());
            checks.push(("events".into(), Box::new(move || events.check(n, kinds, items))));
        }
        for (at, column) in network.attributes.columns.iter().enumerate() {
            checks.push((format!("attribute.{at}"), Box::new(move || column.check(n))));
        }
        for (name, table) in Tables::NAMES.into_iter().zip(network.tables.all()) {
            checks.push((name.into(), Box::new(move || table.check(n))));
        }
        run.install(|| {
            checks
                .par_iter()
                .map(|(section, check)| check().map_err(|reason| self.wrong(section, reason)))
                .collect::<Vec<Result<()>>>()
        })
        .into_iter()
        .collect()
    }

    /// The bytes that belong to no section are zero.
    fn verify_padding(&self) -> Result<()> {
        let all: &[u8] = (*self.bytes).as_ref();
        let mut spans: Vec<std::ops::Range<usize>> = self.stored.iter().map(|section| self.bytes_of(section)).collect();
        let header = PREFIX..PREFIX + u64::from_le_bytes(all[16..24].try_into().unwrap_or_default()) as usize;
        spans.extend([0..48, header]);
        spans.sort_unstable_by_key(|span| (span.start, span.end));
        let mut end = 0;
        for span in spans.into_iter().chain(std::iter::once(all.len()..all.len())) {
            if let Some(byte) = all.get(end..span.start).and_then(|gap| gap.iter().position(|&byte| byte != 0)) {
                return Err(self.wrong("padding", format!("byte {} is not zero", end + byte)));
            }
            end = end.max(span.end);
        }
        Ok(())
    }

    /// Checks everything that can be checked: checksums, invariants, and that both directions hold the same edges.
    pub fn verify(&self, run: &Run) -> Result<()> {
        self.verify_checksums(run)?;
        self.verify_padding()?;
        let network = self.network(run)?;
        self.check(&network, run)?;
        if let Some(follows) = &network.follows
            && build::transpose(run, follows.graph.following_rows())? != *follows.graph.follower_rows()
        {
            return Err(self.wrong("followers", "it does not hold the same edges as following"));
        }
        Ok(())
    }
}
