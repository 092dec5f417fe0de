//! A snapshot that was damaged in any way is refused with the section and the reason: never a panic, never a wrong
//! answer. The file that is damaged here is the network of the committed one, written anew with tables beside it: it
//! holds every kind of section.

use std::ops::Range;
use std::sync::LazyLock;

use crate::common;
use crate::common::program::Desk;
use truereach::graph::tables::{FOLLOWS, post};
use truereach::graph::{Column, Table, Values};
use truereach::io::Snapshot;
use truereach::io::header::{Header, LARGEST};
use truereach::io::snapshot::{self, checksum_of};
use truereach::{Error, Result, Run};
use twox_hash::XxHash3_64;

/// The committed network with three posts and a lookup, in the newest format.
fn whole() -> Vec<u8> {
    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(|| {
        let run = Run::new(1);
        let mut network = Snapshot::open(&common::repo("tests/data/v1.trg"), false).unwrap().network(&run).unwrap();
        let numbers =
            |name: &str, values: &[f64]| Column { name: name.into(), values: Values::Number(values.to_vec().into()) };
        let formats = ["reel", "reel", "story"].map(|format| Some(format.to_owned()));
        network.tables.posts = Table {
            account: vec![0, 0, 2].into(),
            other: None,
            columns: vec![
                Column::texts(post::FORMAT, formats.into_iter()),
                numbers(post::REACH, &[90.0, 80.0, f64::NAN]),
            ],
        };
        network.tables.lookups =
            Table { account: vec![1].into(), other: Some(vec![2].into()), columns: vec![numbers(FOLLOWS, &[1.0])] };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("whole.trg");
        snapshot::write(&network, &path, false, &run).unwrap();
        std::fs::read(path).unwrap()
    });
    WHOLE.clone()
}

/// Opens bytes as a file and reads all of it; the checksum over all that was read.
fn reread(desk: &Desk, bytes: &[u8]) -> Result<u64> {
    // Thousands of files are opened: one pool of threads for all.
    static RUN: LazyLock<Run> = LazyLock::new(|| Run::new(1).threads(1).unwrap());
    let path = desk.write("look.trg", bytes);
    let network = Snapshot::open(&path, false)?.network(&RUN)?;
    checksum_of(&network, &RUN)
}

/// Section and reason of the refusal.
#[track_caller]
fn refusal(desk: &Desk, bytes: &[u8]) -> (String, String) {
    match reread(desk, bytes) {
        Err(Error::Snapshot { section, reason, .. }) => {
            assert!(!section.is_empty() && !reason.is_empty());
            (section, reason)
        }
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it opened"),
    }
}

/// A snapshot taken apart, to be put together with something changed and every checksum right again.
struct Forge {
    header: Header,
    sections: Vec<Vec<u8>>,
}

fn word(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

impl Forge {
    fn new(bytes: &[u8]) -> Forge {
        let length = word(bytes, 16) as usize;
        let header = Header::decode(&bytes[64..64 + length], snapshot::VERSION).unwrap();
        let ranges = sections(&header, length);
        Forge { header, sections: ranges.into_iter().map(|range| bytes[range].to_vec()).collect() }
    }

    fn section(&mut self, name: &str) -> &mut Vec<u8> {
        let at = self.header.sections.iter().position(|section| section.name == name);
        &mut self.sections[at.unwrap_or_else(|| panic!("no section {name}"))]
    }

    /// Puts a number of `width` bytes into a section.
    fn put(mut self, name: &str, at: usize, value: u64, width: usize) -> Vec<u8> {
        self.section(name)[at * width..(at + 1) * width].copy_from_slice(&value.to_le_bytes()[..width]);
        self.build()
    }

    fn build(mut self) -> Vec<u8> {
        let mut offset = 0;
        for (section, bytes) in self.header.sections.iter_mut().zip(&self.sections) {
            (section.offset, section.length) = (offset, bytes.len() as u64);
            section.checksum = XxHash3_64::oneshot(bytes);
            offset += section.length.next_multiple_of(64);
        }
        self.build_as_it_is()
    }

    /// With the section table as it stands.
    fn build_as_it_is(self) -> Vec<u8> {
        assemble(&self.header.encode().unwrap(), &self.sections)
    }
}

fn assemble(header: &[u8], sections: &[Vec<u8>]) -> Vec<u8> {
    let mut out = vec![0; 64];
    for bytes in std::iter::once(header).chain(sections.iter().map(|section| &section[..])) {
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(64), 0);
    }
    out[..8].copy_from_slice(b"\x89TRG\r\n\x1a\n");
    out[8..12].copy_from_slice(&snapshot::VERSION.to_le_bytes());
    out[12..16].copy_from_slice(&0x0102_0304u32.to_le_bytes());
    out[16..24].copy_from_slice(&(header.len() as u64).to_le_bytes());
    out[24..32].copy_from_slice(&XxHash3_64::oneshot(header).to_le_bytes());
    let size = out.len() as u64;
    out[32..40].copy_from_slice(&size.to_le_bytes());
    seal(out)
}

/// Makes the checksum of the first 40 bytes right.
fn seal(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = XxHash3_64::oneshot(&bytes[..40]);
    bytes[40..48].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

fn sections(header: &Header, length: usize) -> Vec<Range<usize>> {
    let start = (64 + length).next_multiple_of(64);
    let range = |offset: u64, length: u64| start + offset as usize..start + (offset + length) as usize;
    header.sections.iter().map(|section| range(section.offset, section.length)).collect()
}

#[test]
fn the_forge_makes_what_the_engine_makes() {
    assert!(Forge::new(&whole()).build() == whole());
}

#[test]
fn every_truncation_is_refused() {
    let (desk, bytes) = (Desk::new(), whole());
    for length in 0..bytes.len() {
        let (section, reason) = refusal(&desk, &bytes[..length]);
        assert_eq!(section, "header", "{length}: {reason}");
    }
    let (_, reason) = refusal(&desk, &[&bytes[..], b"\n"].concat());
    assert!(reason.contains("were written"), "{reason}");
}

#[test]
fn every_flipped_byte_is_noticed_unless_nothing_is_there() {
    let (desk, bytes) = (Desk::new(), whole());
    let length = word(&bytes, 16) as usize;
    let header = Header::decode(&bytes[64..64 + length], snapshot::VERSION).unwrap();
    let ranges = sections(&header, length);
    let holds_something =
        |at: usize| at < 48 || (64..64 + length).contains(&at) || ranges.iter().any(|range| range.contains(&at));
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            if holds_something(at) {
                let (section, reason) = refusal(&desk, &damaged);
                if let Some(place) = ranges.iter().position(|range| range.contains(&at)) {
                    assert_eq!(section, header.sections[place].name, "byte {at}: {reason}");
                    assert!(reason.contains("does not match its checksum"), "{reason}");
                } else {
                    assert_eq!(section, "header", "byte {at}: {reason}");
                }
            } else {
                assert!(
                    reread(&desk, &damaged).unwrap() == XxHash3_64::oneshot(&bytes[64..64 + length]),
                    "byte {at} is padding"
                );
                // Opening does not look there; verify does.
                let path = desk.write("look.trg", &damaged);
                let error = Snapshot::open(&path, false).unwrap().verify(&Run::default()).unwrap_err().to_string();
                assert!(error.contains(&format!("padding: byte {at} is not zero")), "{error}");
            }
        }
    }
}

#[test]
fn foreign_newer_and_swapped_files_are_told_apart() {
    let (desk, bytes) = (Desk::new(), whole());
    let says = |bytes: &[u8], parts: &[&str]| {
        desk.write("x.trg", bytes);
        desk.run("verify x.trg").refused(1, &[&["x.trg", "header"], parts].concat());
    };
    says(&[b'x'; 200], &["this is no truereach snapshot", "truereach ingest FILES -o network.trg"]);
    let text: Vec<u8> = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").into_bytes();
    says(&[&b"\x89TRG\n\x1a\n"[..], &text[8..]].concat(), &["altered in transfer", "copy it in binary mode"]);
    let altered = |at: usize, value: &[u8]| {
        let mut bytes = bytes.clone();
        bytes[at..at + value.len()].copy_from_slice(value);
        seal(bytes)
    };
    says(
        &altered(8, &6u32.to_le_bytes()),
        &["written in format 6, this truereach reads up to 5", "use a newer truereach"],
    );
    desk.write("x.trg", altered(8, &4u32.to_le_bytes()));
    desk.run("verify x.trg").refused(1, &["x.trg", "names.place", "the section is missing"]);
    desk.run("info x.trg --of anh").refused(1, &["x.trg", "names.place", "the section is missing"]);
    says(&altered(8, &0u32.to_le_bytes()), &["its version or byte order makes no sense"]);
    says(&altered(12, &0x0102_0304u32.to_be_bytes()), &["its version or byte order makes no sense"]);
    let long = LARGEST as u64 + 1;
    says(&altered(16, &long.to_le_bytes()), &[&format!("a header of {long} bytes cannot be")]);
    says(&altered(16, &u64::MAX.to_le_bytes()), &["cannot be"]);
    says(&altered(16, &(bytes.len() as u64).to_le_bytes()), &["cannot be"]);
    says(&altered(32, &1u64.to_le_bytes()), &["1 were written", "cut short or added to"]);
}

#[test]
fn headers_that_lie_are_refused_though_their_checksums_are_right() {
    let (desk, bytes) = (Desk::new(), whole());
    let table = |change: &dyn Fn(&mut Header)| {
        let mut forge = Forge::new(&bytes);
        change(&mut forge.header);
        refusal(&desk, &forge.build_as_it_is())
    };
    for offset in [1 << 20, u64::MAX - 63, 8] {
        let (section, reason) = table(&|header| header.sections[2].offset = offset);
        assert_eq!((section.as_str(), reason.as_str()), ("following.offsets", "it lies outside the file"));
    }
    for length in [1 << 30, u64::MAX] {
        assert_eq!(table(&|header| header.sections[1].length = length).1, "it lies outside the file");
    }
    let (section, reason) = table(&|header| header.sections[0].name = "nomes".into());
    assert!(section == "names.offsets" && reason.contains("missing"), "{section}: {reason}");
    assert_eq!(table(&|header| header.accounts += 1).0, "names");
    assert!(table(&|header| header.kinds.truncate(1)).1.contains("unknown type"));
    // Bytes that are no header at all, and one with something behind it.
    let forge = Forge::new(&bytes);
    let (_, reason) = refusal(&desk, &assemble(&[0xff; 100], &forge.sections));
    assert!(reason.contains("cannot be read"), "{reason}");
    let longer = [forge.header.encode().unwrap(), vec![0; 3]].concat();
    assert!(refusal(&desk, &assemble(&longer, &forge.sections)).1.contains("3 bytes too long"));
    // A text that claims to be longer than anything can be must not be given the memory it asks for.
    let (_, reason) =
        refusal(&desk, &assemble(&[1, 1, 1, 4, 0, 0, 0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], &[]));
    assert!(reason.contains("cannot be read"), "{reason}");
}

#[test]
fn arrays_that_break_a_rule_are_refused_though_their_checksums_are_right() {
    let (desk, bytes) = (Desk::new(), whole());
    for (name, at, value, width, expected) in [
        ("names.offsets", 1, 1000, 8, ("names", "name offsets do not span the names")),
        ("names.bytes", 0, u64::from(b'z'), 1, ("names", "name 1 is not after name 0")),
        ("names.bytes", 0, 0xff, 1, ("names", "name 0 is not UTF-8")),
        ("following.offsets", 1, 9, 8, ("following", "row 1 ends before it begins")),
        ("following.offsets", 5, 3, 8, ("following", "row offsets do not span the edges")),
        ("following.targets", 0, 5, 4, ("following", "row 0 points to an account outside the network")),
        ("followers.targets", 1, 3, 4, ("followers", "row 1 is not sorted")),
        ("following.targets", 1, 1, 4, ("following", "row 1 points to itself")),
        ("following.weights", 0, f64::NAN.to_bits(), 8, ("following", "a weight is not finite")),
        ("follows.terms.edge", 0, 4, 8, ("follows", "columns and edges do not fit together")),
        ("events.offsets", 1, 3, 8, ("events", "row offsets do not span the events")),
        ("events.to", 0, 5, 4, ("events", "an event points to an account outside the network")),
        ("events.kind", 0, 3, 1, ("events", "an event has an unknown type")),
        ("events.item", 0, 2, 4, ("events", "an event names an unknown item")),
        ("events.kind", 3, 0, 1, ("events", "the events of account 3 are out of order")),
        ("posts.account", 2, 5, 4, ("posts", "a row is about no account")),
        ("posts.account", 0, 1, 4, ("posts", "its rows are out of order")),
        ("posts.0.codes", 0, 7, 4, ("posts", "a value is not in the dictionary")),
        ("lookups.other", 0, 5, 4, ("lookups", "a row is about no account")),
    ] {
        let forged = Forge::new(&bytes).put(name, at, value, width);
        let (section, reason) = refusal(&desk, &forged);
        assert_eq!((section.as_str(), reason.as_str()), expected, "{name}[{at}] = {value}");
    }
    // Lengths that do not fit: no whole number of entries, and one entry too few.
    let mut forge = Forge::new(&bytes);
    forge.section("following.targets").pop();
    assert_eq!(refusal(&desk, &forge.build()).1, "its length is no whole number of entries");
    for name in ["follows.time", "follows.sign", "events.time", "events.weight", "following.weights"] {
        let mut forge = Forge::new(&bytes);
        let section = forge.section(name);
        section.truncate(section.len() - if name == "follows.sign" { 1 } else { 8 });
        let (section, reason) = refusal(&desk, &forge.build());
        assert!(name.starts_with(&section) && reason.contains("fit together") || reason.contains("differ"), "{reason}");
    }
    let forge = Forge::new(&bytes);
    let codes = forge.header.sections.iter().find(|section| section.name.ends_with(".codes")).unwrap().name.clone();
    let (section, reason) = refusal(&desk, &forge.put(&codes, 1, 77, 4));
    assert!(codes.starts_with(&section) && reason == "a value is not in the dictionary", "{section}: {reason}");
}

#[test]
fn only_verify_compares_the_two_directions() {
    // Each side is well formed, but they tell of different edges: that costs a transposition to see.
    let desk = Desk::new();
    let forged = Forge::new(&whole()).put("followers.weights", 0, 7.5f64.to_bits(), 8);
    desk.write("x.trg", &forged);
    desk.run("info x.trg").done(&[]);
    desk.run("verify x.trg").refused(1, &["followers", "it does not hold the same edges as following"]);
}

#[test]
fn trust_skips_what_checking_finds() {
    let desk = Desk::new();
    let mut bytes = whole();
    let length = word(&bytes, 16) as usize;
    let header = Header::decode(&bytes[64..64 + length], snapshot::VERSION).unwrap();
    let at = header.sections.iter().position(|section| section.name == "events.weight").unwrap();
    let place = sections(&header, length)[at].start + 8;
    bytes[place] ^= 1;
    desk.write("x.trg", &bytes);
    desk.run("info x.trg").refused(1, &["events.weight", "does not match its checksum", "hint: the file was damaged"]);
    desk.run("verify x.trg").refused(1, &["events.weight"]);
    desk.run("info x.trg --trust").done(&["accounts      5"]);
}

#[test]
fn one_account_is_looked_up_without_the_rest() {
    let desk = Desk::new();
    let mut bytes = whole();
    let length = word(&bytes, 16) as usize;
    let header = Header::decode(&bytes[64..64 + length], snapshot::VERSION).unwrap();
    let at = |name: &str| header.sections.iter().position(|section| section.name == name).unwrap();
    let places = sections(&header, length);
    // What is not asked for may be damaged; what is asked for may not.
    bytes[places[at("events.weight")].start] ^= 1;
    desk.write("x.trg", &bytes);
    desk.run("info x.trg --of bao --small-cells").done(&["followers     2: anh, dung", "following     1: chi"]);
    desk.run("info x.trg --of nobody").refused(2, &["no account is called \"nobody\""]);
    bytes[places[at("followers.targets")].start + 3] = 9;
    desk.write("x.trg", &bytes);
    desk.run("info x.trg --of anh").refused(1, &["followers", "do not fit together", "truereach verify"]);
}

#[test]
fn verify_and_info_say_what_is_there() {
    let desk = Desk::new();
    desk.write("v1.trg", whole());
    let said = desk.run("verify v1.trg").done(&["v1.trg: whole (", "sections, checksum "]);
    let checksum = said.out.trim_end().trim_end_matches(')').rsplit(' ').next().unwrap().to_owned();
    desk.run("info v1.trg").done(&[
        &checksum,
        "accounts      5, 3 in the creators table",
        "follows       4, with",
        "interactions  4 (comment 1, like 2, share 1)",
        "1 without a time",
        "posts         2",
        "dates         2012-07-01",
        "1 repeats merged, 1 self-directed dropped, 0 left out for a fault",
    ]);
    let said = desk.run("info v1.trg --json").done(&["\"schema\": \"truereach/info/1\""]);
    let card: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&card["accounts"], &card["checksum"]), (&5.into(), &checksum.into()));
}
