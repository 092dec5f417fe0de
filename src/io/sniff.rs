//! What is this file? Decided by its first bytes, never by its name (but for the `.inf` files of
//! influence-maximisation tools); every decision comes with its reason.

use super::blocks::Blocks;
use super::columnar::{Container, container};
use super::columns::{Delimiter, Edges, Format, Layout, Reading, aliases, canonical_kind};
use super::csv;
use super::edges::{RowReader, is_comment, trim};
use super::ndjson::ObjectReader;
use super::rows::Batch;
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};

/// How a file will be read, and why so.
#[derive(Debug, Clone)]
pub struct Sniffed {
    /// Its shape.
    pub format: Format,
    /// The parser.
    pub parser: Parser,
    /// Which way rows point, if the file or the user said so.
    pub edges: Option<Edges>,
    /// The size line `n m` of an influence-maximisation file, where the rows below show that it is one.
    pub header: Option<(u64, u64)>,
    /// The first row may be a size line `n m`: the row count decides.
    pub maybe_header: bool,
    /// A third column without a name: a probability if all of it lies from 0 to 1.
    pub maybe_probability: bool,
    /// What was taken and why, in words.
    pub why: Vec<String>,
}

/// Reads blocks of one file.
#[derive(Debug, Clone)]
pub enum Parser {
    /// Rows of text.
    Rows(RowReader),
    /// JSON objects.
    Objects(ObjectReader),
}

impl Parser {
    /// Reads all rows of a block.
    pub fn read(&self, block: &[u8], first: bool) -> Batch {
        match self {
            Parser::Rows(reader) => reader.read(block, first),
            Parser::Objects(reader) => reader.read(block, first),
        }
    }

    /// Where everything stands.
    pub fn layout(&self) -> &Layout {
        match self {
            Parser::Rows(reader) => &reader.layout,
            Parser::Objects(reader) => reader.layout(),
        }
    }
}

/// Refuses what is no text, naming the kinds that people try.
pub(super) fn refuse_binary(name: &str, head: &[u8]) -> Result<()> {
    let at = Location::file(name);
    let refuse = |found: &str, hint: &str| {
        Err(Error::input(at.clone().byte(0), "text: an edge list, CSV or NDJSON", found).with_hint(hint))
    };
    if super::snapshot::is_snapshot(head) {
        return refuse(
            "a truereach snapshot",
            "a snapshot stands alone; to add rows to it: ingest --into SNAPSHOT FILES",
        );
    }
    match head {
        [b'P', b'K', 3, 4, ..] => {
            return refuse("a zip or Excel file", "export the sheet as CSV, or unpack the archive");
        }
        head if container(head).is_some() => {
            return refuse(container(head).map_or("columns", Container::name), "export it as CSV or NDJSON");
        }
        [b'B', b'Z', b'h', ..] => return refuse("a bzip2 file", "unpack it first, or pack it with gzip or zstd"),
        [0xfd, b'7', b'z', b'X', ..] => return refuse("an xz file", "unpack it first, or pack it with gzip or zstd"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return refuse("UTF-16 text", "save it as UTF-8"),
        _ => {}
    }
    if let Some(byte) = memchr::memchr(0, head) {
        return Err(Error::input(
            at.byte(byte as u64),
            "text: an edge list, CSV or NDJSON",
            "a binary file (a zero byte)",
        )
        .with_hint("name a text file, packed with gzip or zstd or not, or a .trg snapshot alone"));
    }
    let start = trim(head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head));
    if start.starts_with(b"<?xml") || start.starts_with(b"<graphml") || start.starts_with(b"<gexf") {
        return refuse("XML", "export the graph as an edge list or CSV");
    }
    if start.starts_with(b"graph [") || start.starts_with(b"graph\n") || start.starts_with(b"Creator ") {
        return refuse("GML", "export the graph as an edge list or CSV");
    }
    if start.starts_with(b"[") {
        return refuse("one JSON array", "write one JSON object a line (jq -c '.[]' FILE)");
    }
    Ok(())
}

fn is_number(text: &[u8]) -> bool {
    std::str::from_utf8(text).ok().and_then(|text| text.parse::<f64>().ok()).is_some()
}

fn is_whole(text: &[u8]) -> bool {
    crate::graph::names::parse_number(text).is_some()
}

/// The first rows that are no comments.
fn first_rows<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<&'a [u8]> {
    lines.filter(|line| !is_comment(trim(line))).take(2000).collect()
}

/// Finds out what an input is and how to read it.
pub fn sniff(input: &Blocks, reading: &Reading, skip_faults: bool) -> Result<Sniffed> {
    let name = input.name();
    let head = input.head();
    refuse_binary(name, head)?;
    if let Some(format @ (Format::Parquet | Format::Arrow)) = reading.format {
        return Err(Error::parameter("--format", format!("{name} is no {format} file"))
            .with_hint("leave --format out: what a file is shows in its first bytes"));
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let whole = head.len() < (1 << 16);
    let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
    if !whole && lines.len() > 1 {
        lines.pop();
    }
    let mut why = Vec::new();
    let market = trim(lines[0]).strip_prefix(b"%%MatrixMarket");
    let mut rows = first_rows(lines.iter().copied());
    let Some(&first) = rows.first() else {
        return match whole {
            true => Err(Error::input(Location::file(name), "rows", "only comments and blank lines")),
            false => Err(Error::input(Location::file(name), "a row within the first 64 KiB", "only comments")),
        };
    };
    let base = |layout| RowReader {
        layout,
        time_unit: reading.time_unit.unwrap_or_default(),
        skip_faults,
        skip_first: false,
        adjacency: false,
        quotes: false,
    };

    // JSON objects.
    if reading.format == Some(Format::Ndjson) || (reading.format.is_none() && trim(first).starts_with(b"{")) {
        let parser = ObjectReader::new(name, text, reading, base)?;
        why.push("a JSON object a line".into());
        describe(parser.layout(), Some(parser.keys()), &mut why);
        let parser = Parser::Objects(parser);
        return Ok(Sniffed {
            format: Format::Ndjson,
            parser,
            edges: reading.edges,
            header: None,
            maybe_header: false,
            maybe_probability: false,
            why,
        });
    }

    let delimiter = match memchr::memchr(b'"', text) {
        None => delimiter_of(&rows),
        // Quoted fields may hold line breaks. Blanks are no delimiter that quotes go with.
        Some(_) => {
            let mut records: Vec<&[u8]> = csv::records(text, |byte| matches!(byte, b'\t' | b';' | b',')).collect();
            if !whole && records.len() > 1 {
                records.pop();
            }
            let records = first_rows(records.into_iter());
            let delimiter = delimiter_of(&records);
            if matches!(delimiter, Delimiter::Byte(_)) {
                rows = records;
            }
            delimiter
        }
    };
    let first = rows.first().copied().unwrap_or(first);
    let fields_of = |line: &[u8]| csv::fields(line, delimiter);

    if reading.format == Some(Format::Adjacency) {
        let layout = Layout::by_number(name, 2, delimiter, &Reading::default())?;
        why.push("each row an account, then all that it follows, as --format adjacency says".into());
        let parser = Parser::Rows(RowReader { adjacency: true, ..base(layout) });
        return Ok(Sniffed {
            format: Format::Adjacency,
            parser,
            edges: reading.edges,
            header: None,
            maybe_header: false,
            maybe_probability: false,
            why,
        });
    }

    if let Some(banner) = market {
        return matrix_market(name, banner, &rows, delimiter, reading, base);
    }

    // A header row?
    let first_fields = fields_of(first);
    let second_fields = rows.get(1).map(|line| fields_of(line));
    let alias = |field: &String| {
        let lower = field.trim().to_lowercase();
        [aliases::FROM, aliases::TO].iter().any(|names| names.contains(&lower.as_str()))
    };
    let named = [&reading.from, &reading.to].into_iter().flatten().any(|column| {
        matches!(column, super::columns::Column::Name(name) if first_fields.iter().any(|field| field.trim().eq_ignore_ascii_case(name.trim())))
    });
    let texts_over_numbers = first_fields.iter().all(|field| !is_number(field.as_bytes()))
        && second_fields.as_ref().is_some_and(|fields| {
            fields.len() == first_fields.len() && fields.iter().take(2).all(|field| is_number(field.as_bytes()))
        });
    let two_aliases = first_fields.iter().filter(|field| alias(field)).count() >= 2;
    let has_header = named || two_aliases || texts_over_numbers;
    let quotes = matches!(delimiter, Delimiter::Byte(_));
    let format = match (has_header, delimiter) {
        (true, Delimiter::Byte(_)) => Format::Csv,
        _ if reading.format == Some(Format::Csv) => Format::Csv,
        _ => Format::Edges,
    };
    if has_header {
        let layout = Layout::from_header(name, &first_fields, delimiter, reading)?;
        why.push(format!("the first row names the columns ({})", first_fields.join(", ")));
        describe(&layout, Some(&first_fields), &mut why);
        let parser = Parser::Rows(RowReader { skip_first: true, quotes, ..base(layout) });
        return Ok(Sniffed {
            format,
            parser,
            edges: reading.edges,
            header: None,
            maybe_header: false,
            maybe_probability: false,
            why,
        });
    }

    // Rows without names. A size line `n m` in front?
    let numbers = |fields: &[String]| fields.iter().all(|field| is_whole(field.as_bytes()));
    let two_whole = first_fields.len() == 2 && numbers(&first_fields);
    let size_line = two_whole && second_fields.as_ref().is_some_and(|fields| fields.len() > 2);
    let header = size_line.then(|| (parse(&first_fields[0]), parse(&first_fields[1])));
    let sample = if size_line { &rows[1..] } else { &rows[..] };
    let sample_fields: Vec<Vec<String>> = sample.iter().take(500).map(|line| fields_of(line)).collect();
    let width = sample_fields[0].len();
    if width < 2 {
        return Err(Error::input(
            Location::file(name).line(line_of(&lines, sample[0])),
            "at least two columns: who follows whom",
            quoted(trim(sample[0])),
        )
        .with_hint("columns are separated by spaces, tabs or commas"));
    }
    let mut layout = Layout::by_number(name, width, delimiter, reading)?;
    if size_line {
        why.push(format!("the first row, {}, gives the size (accounts, rows)", first_fields.join(" ")));
    }
    let maybe_probability = guess_columns(&mut layout, &sample_fields, reading, &mut why);
    describe(&layout, None, &mut why);
    let unused: Vec<String> =
        (0..width).filter(|at| !layout.used().any(|used| used == *at)).map(|at| (at + 1).to_string()).collect();
    if !unused.is_empty() {
        why.push(format!("column {} not used: nothing says what it is", unused.join(", ")));
    }
    let by_name = name.ends_with(".inf") || name.ends_with(".inf.gz") || name.ends_with(".inf.zst");
    let edges = reading.edges.or(by_name.then(|| {
        why.push("an .inf file: influence flows along the row".into());
        Edges::SourceReached
    }));
    let parser = Parser::Rows(RowReader { skip_first: size_line, quotes, ..base(layout) });
    Ok(Sniffed { format, parser, edges, header, maybe_header: two_whole && !size_line, maybe_probability, why })
}

fn parse(text: &str) -> u64 {
    crate::graph::names::parse_number(text.as_bytes()).unwrap_or(u64::MAX)
}

fn line_of(lines: &[&[u8]], line: &[u8]) -> u64 {
    lines.iter().position(|other| std::ptr::eq(other.as_ptr(), line.as_ptr())).map_or(1, |at| at as u64 + 1)
}

/// Tabs, else semicolons, else commas, where at least half the rows have them (the others are faulty); else blanks.
fn delimiter_of(rows: &[&[u8]]) -> Delimiter {
    let rows = &rows[..rows.len().min(100)];
    let holding = |byte: u8| rows.iter().filter(|line| memchr::memchr(byte, trim(line)).is_some()).count();
    match [b'\t', b';', b','].into_iter().find(|&byte| 2 * holding(byte) >= rows.len()) {
        // Tabs between whole fields are blanks unless a field holds a space.
        Some(b'\t') if holding(b' ') > 0 => Delimiter::Space,
        Some(byte) => Delimiter::Byte(byte),
        None => Delimiter::Space,
    }
}

/// Guesses what unnamed further columns hold. Returns whether the weight may be a probability.
fn guess_columns(layout: &mut Layout, sample: &[Vec<String>], reading: &Reading, why: &mut Vec<String>) -> bool {
    let free = |layout: &Layout, at: usize| !layout.used().any(|used| used == at);
    let whole: Vec<&Vec<String>> = sample.iter().filter(|fields| fields.len() == layout.width).collect();
    let all = |at: usize, holds: &dyn Fn(&str) -> bool| whole.iter().all(|fields| holds(&fields[at]));
    // Unix times from 1990 to 2100, in seconds.
    let unix = |text: &str| text.parse::<f64>().is_ok_and(|value| (631_152_000.0..4_102_444_800.0).contains(&value));
    for at in 2..layout.width {
        if !free(layout, at) {
            continue;
        }
        if layout.time.is_none() && all(at, &|text| unix(text)) && reading.time_unit.is_none() {
            layout.time = Some(at);
            why.push(format!("column {} looks like Unix time in seconds", at + 1));
        } else if layout.kind.is_none() && layout.time.is_some() && all(at, &|text| text.parse::<f64>().is_err()) {
            layout.kind = Some(at);
            let known = whole.first().map(|fields| canonical_kind(&fields[at])).unwrap_or_default();
            why.push(format!("column {} looks like the type (\"{}\" is {known})", at + 1, whole[0][at]));
        }
    }
    if layout.weight.is_none() && layout.width == 3 && free(layout, 2) && all(2, &|text| text.parse::<f64>().is_ok()) {
        layout.weight = Some(2);
        why.push("column 3 is taken as the weight".into());
        return reading.weight.is_none();
    }
    false
}

/// Adds to `why` which column holds what, by name where there is a header.
pub(super) fn describe(layout: &Layout, header: Option<&[String]>, why: &mut Vec<String>) {
    let show = |at: usize| header.map_or_else(|| (at + 1).to_string(), |names| names[at].clone());
    let mut parts = vec![format!("from = {}", show(layout.from)), format!("to = {}", show(layout.to))];
    for (what, at) in [
        ("type", layout.kind),
        ("time", layout.time),
        ("weight", layout.weight),
        ("sign", layout.sign),
        ("item", layout.item),
    ] {
        parts.extend(at.map(|at| format!("{what} = {}", show(at))));
    }
    why.push(format!("columns: {}", parts.join(", ")));
}

fn matrix_market(
    name: &str,
    banner: &[u8],
    rows: &[&[u8]],
    delimiter: Delimiter,
    reading: &Reading,
    base: impl Fn(Layout) -> RowReader,
) -> Result<Sniffed> {
    let banner = String::from_utf8_lossy(banner).to_lowercase();
    let words: Vec<&str> = banner.split_whitespace().collect();
    let at = || Location::file(name).line(1);
    let (field, symmetry) = match words[..] {
        ["matrix", "coordinate", field @ ("pattern" | "real" | "integer"), symmetry @ ("general" | "symmetric")] => {
            (field, symmetry)
        }
        _ => {
            return Err(Error::input(
                at(),
                "a Matrix Market banner: matrix coordinate pattern|real|integer general|symmetric",
                quoted(banner.trim().as_bytes()),
            ));
        }
    };
    let sizes = super::csv::fields(rows[0], delimiter);
    if sizes.len() != 3 || !sizes.iter().all(|size| is_whole(size.as_bytes())) {
        return Err(Error::input(Location::file(name), "the size line: rows columns entries", quoted(trim(rows[0]))));
    }
    let width = if field == "pattern" { 2 } else { 3 };
    let mut layout = Layout::by_number(name, width, delimiter, reading)?;
    if width == 3 && layout.weight.is_none() {
        layout.weight = Some(2);
    }
    let edges = reading.edges.or((symmetry == "symmetric").then_some(Edges::Undirected));
    let why = vec![format!("a Matrix Market file, {field} and {symmetry}")];
    let parser = Parser::Rows(RowReader { skip_first: true, ..base(layout) });
    let header = Some((parse(&sizes[0]), parse(&sizes[2])));
    Ok(Sniffed {
        format: Format::MatrixMarket,
        parser,
        edges,
        header,
        maybe_header: false,
        maybe_probability: false,
        why,
    })
}
