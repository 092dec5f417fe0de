//! Rows of text: columns separated by spaces, tabs or commas. The path that must run at memory speed.

use super::columns::{Delimiter, Layout};
use super::csv;
use super::rows::{Batch, Fault, Pairs};
use crate::base::error::quoted;
use crate::base::time::{self, TimeUnit};
use crate::graph::events::NO_ITEM;

/// The longest id, type or item, in bytes.
pub const LONGEST_ID: usize = 4096;

/// How rows of a file are read.
#[derive(Debug, Clone, Copy)]
pub struct RowReader {
    /// Where everything stands.
    pub layout: Layout,
    /// What a bare number in the time column counts.
    pub time_unit: TimeUnit,
    /// Go on after a faulty row.
    pub skip_faults: bool,
    /// The first row is a header or a size line: leave it out.
    pub skip_first: bool,
    /// Rows are an account and all that it follows.
    pub adjacency: bool,
    /// `"` may enclose fields.
    pub quotes: bool,
}

/// Whether a trimmed line is a comment or blank.
#[inline]
pub fn is_comment(line: &[u8]) -> bool {
    matches!(line.first(), None | Some(b'#' | b'%'))
}

/// The line without its line end and surrounding blanks.
#[inline]
pub fn trim(mut line: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..] = line {
        line = rest;
    }
    while let [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = line {
        line = rest;
    }
    line
}

impl RowReader {
    /// Reads all rows of a block. `first` says that it is the first block of its file.
    pub fn read(&self, block: &[u8], first: bool) -> Batch {
        let mut batch = Batch::default();
        let block = if first { block.strip_prefix(b"\xef\xbb\xbf").unwrap_or(block) } else { block };
        if self.quotes && memchr::memchr(b'"', block).is_some() {
            csv::read_quoted(self, block, first, &mut batch);
            return batch;
        }
        let mut skip_row = first && self.skip_first;
        let plain = self.layout.width == 2 && (self.layout.from, self.layout.to) == (0, 1) && !self.adjacency;
        let mut fields: Vec<&[u8]> = Vec::with_capacity(self.layout.width);
        let mut rest = block;
        while !rest.is_empty() {
            if plain && !skip_row {
                let (rows, used) = match batch.pairs {
                    Pairs::Text(_) => batch.read_texts(rest, self.layout.delimiter),
                    _ => batch.read_numbers(rest, self.layout.delimiter),
                };
                batch.lines += rows;
                rest = &rest[used..];
                if rest.is_empty() {
                    break;
                }
            }
            let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
            let (line, after) = rest.split_at(end);
            rest = after;
            let number = batch.lines;
            batch.lines += 1;
            let trimmed = trim(line);
            if is_comment(trimmed) {
                batch.comments += 1;
                continue;
            }
            if skip_row {
                skip_row = false;
                continue;
            }
            // An empty field at either end counts where one byte separates columns.
            let line = match self.layout.delimiter {
                Delimiter::Space => trimmed,
                Delimiter::Byte(_) => {
                    line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line))
                }
            };
            fields.clear();
            split(line, self.layout.delimiter, &mut fields);
            let read = if self.adjacency {
                self.neighbours(&mut batch, number, line, &fields)
            } else {
                self.row(&mut batch, number, line, &fields)
            };
            if let Err(fault) = read
                && !batch.fault(fault, self.skip_faults)
            {
                break;
            }
        }
        batch
    }

    /// Adds one row from its fields, which are parts of `line`.
    pub fn row(&self, batch: &mut Batch, number: u64, line: &[u8], fields: &[&[u8]]) -> Result<(), Fault> {
        let layout = &self.layout;
        if fields.len() != layout.width {
            let found = format!("{} {}", fields.len(), if fields.len() == 1 { "column" } else { "columns" });
            return Err(Fault::new(number, 0, format!("{} columns as in the rows before", layout.width), found));
        }
        let column = |at: usize| 1 + (fields[at].as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
        let id = |at: usize, what: &str| -> Result<&[u8], Fault> {
            let text = fields[at];
            match text.len() {
                0 => Err(Fault::new(number, column(at), format!("{what} id"), "nothing")),
                1..=LONGEST_ID => match std::str::from_utf8(text) {
                    Ok(_) => Ok(text),
                    Err(error) => Err(Fault::new(
                        number,
                        column(at) + error.valid_up_to(),
                        format!("{what} id in UTF-8"),
                        format!("the byte 0x{:02x}", text[error.valid_up_to()]),
                    )
                    .hint("convert the file to UTF-8 first, for example with iconv")),
                },
                _ => Err(Fault::new(
                    number,
                    column(at),
                    format!("{what} id of at most {LONGEST_ID} bytes"),
                    quoted(text),
                )),
            }
        };
        let (from, to) = (id(layout.from, "an account")?, id(layout.to, "an account")?);
        let mut weight = f64::NAN;
        if let Some(at) = layout.weight {
            weight = match fields[at] {
                text if is_missing(text) && layout.kind.is_some() => f64::NAN,
                text => number_in(text)
                    .ok_or_else(|| Fault::new(number, column(at), "a finite number as weight", quoted(text)))?,
            };
        }
        let mut moment = time::MISSING;
        if let Some(at) = layout.time
            && !is_missing(fields[at])
        {
            moment = std::str::from_utf8(fields[at])
                .ok()
                .and_then(|text| time::parse(text, self.time_unit))
                .ok_or_else(|| {
                    Fault::new(number, column(at), "a time", quoted(fields[at]))
                        .hint("a number (see --time-unit), 2012-07-04, 2012-07-04 18:00 or an RFC 3339 time")
                })?;
        }
        let mut sign = 0;
        if let Some(at) = layout.sign
            && !is_missing(fields[at])
        {
            sign = sign_in(fields[at]).ok_or_else(|| {
                Fault::new(
                    number,
                    column(at),
                    "a sign: a number, + or -, positive, neutral or negative",
                    quoted(fields[at]),
                )
            })?;
        }
        let kind = layout.kind.map(|at| id(at, "a type")).transpose()?;
        let item = layout.item.filter(|&at| !is_missing(fields[at])).map(|at| id(at, "an item")).transpose()?;

        if batch.pairs.is_empty() {
            batch.first_line = number;
        }
        batch.pairs.push(from, to);
        if layout.weight.is_some() {
            batch.weight.push(weight);
        }
        if layout.time.is_some() {
            batch.time.push(moment);
        }
        if layout.sign.is_some() {
            batch.sign.push(sign);
        }
        if let Some(kind) = kind {
            let kind = batch.kinds.intern(kind);
            batch.kind.push(kind);
        }
        if layout.item.is_some() {
            let item = item.map_or(NO_ITEM, |item| batch.items.intern(item));
            batch.item.push(item);
        }
        Ok(())
    }

    fn neighbours(&self, batch: &mut Batch, number: u64, line: &[u8], fields: &[&[u8]]) -> Result<(), Fault> {
        for field in fields {
            let column = 1 + field.as_ptr() as usize - line.as_ptr() as usize;
            if field.len() > LONGEST_ID {
                return Err(Fault::new(number, column, format!("an id of at most {LONGEST_ID} bytes"), quoted(field)));
            }
            if std::str::from_utf8(field).is_err() {
                return Err(Fault::new(number, column, "an account id in UTF-8", quoted(field)));
            }
        }
        let Some((from, others)) = fields.split_first() else { return Ok(()) };
        if others.is_empty() {
            batch.loners.push((*from).into());
        }
        others.iter().for_each(|to| batch.pairs.push(from, to));
        Ok(())
    }
}

impl Batch {
    /// Adds rows of two numbers for as long as there are such: the commonest rows of all. Returns how many, and the
    /// bytes used.
    fn read_numbers(&mut self, bytes: &[u8], delimiter: Delimiter) -> (u64, usize) {
        if self.pairs.is_empty() {
            self.first_line = self.lines;
        }
        let (mut count, mut at) = (0, 0);
        if let Pairs::Narrow(rows) = &mut self.pairs {
            if rows.is_empty() {
                rows.reserve(bytes.len() / 12);
            }
            while let Some((from, to, used)) = two_numbers(&bytes[at..], delimiter)
                && (from | to) >> 32 == 0
            {
                rows.push((from as u32, to as u32));
                count += 1;
                at += used;
            }
        }
        while at < bytes.len()
            && let Some((from, to, used)) = two_numbers(&bytes[at..], delimiter)
        {
            self.pairs.push_numbers(from, to);
            count += 1;
            at += used;
        }
        (count, at)
    }

    /// As [`Batch::read_numbers`], of rows of two texts.
    fn read_texts(&mut self, bytes: &[u8], delimiter: Delimiter) -> (u64, usize) {
        let (mut count, mut at) = (0, 0);
        while let Some((from, to, used)) = two_texts(&bytes[at..], delimiter) {
            self.pairs.push(from, to);
            count += 1;
            at += used;
        }
        (count, at)
    }
}

/// Two ids with nothing but their separator between them, and a line end: both ids and the bytes used.
#[inline]
fn two_texts(bytes: &[u8], delimiter: Delimiter) -> Option<(&[u8], &[u8], usize)> {
    let end = memchr::memchr(b'\n', bytes)?;
    let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    let middle = match delimiter {
        Delimiter::Space => memchr::memchr2(b' ', b'\t', line)?,
        Delimiter::Byte(byte) => memchr::memchr(byte, line)?,
    };
    let (from, to) = (&line[..middle], &line[middle + 1..]);
    let bare =
        |id: &[u8]| (1..=LONGEST_ID).contains(&id.len()) && trim(id).len() == id.len() && !is_separated(id, delimiter);
    (bare(from) && bare(to) && !is_comment(from) && std::str::from_utf8(line).is_ok()).then_some((from, to, end + 1))
}

fn is_separated(text: &[u8], delimiter: Delimiter) -> bool {
    match delimiter {
        Delimiter::Space => memchr::memchr2(b' ', b'\t', text).is_some(),
        Delimiter::Byte(byte) => memchr::memchr(byte, text).is_some(),
    }
}

/// Two numbers and a line end, the commonest row of all: both numbers and the bytes used.
#[inline]
fn two_numbers(bytes: &[u8], delimiter: Delimiter) -> Option<(u64, u64, usize)> {
    let (from, at) = digits(bytes, 0)?;
    let mut at = match (delimiter, *bytes.get(at)?) {
        (Delimiter::Space, b' ' | b'\t') => at + 1,
        (Delimiter::Byte(byte), found) if byte == found => at + 1,
        _ => return None,
    };
    if delimiter == Delimiter::Space {
        while matches!(bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
    }
    let (to, at) = digits(bytes, at)?;
    match bytes.get(at) {
        Some(b'\n') => Some((from, to, at + 1)),
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => Some((from, to, at + 2)),
        None => Some((from, to, at)),
        _ => None,
    }
}

/// A number as it would be printed, of at most 19 digits, and where it ends.
#[inline]
fn digits(bytes: &[u8], start: usize) -> Option<(u64, usize)> {
    let mut at = start;
    let mut value = 0u64;
    while let Some(&byte) = bytes.get(at) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value.wrapping_mul(10).wrapping_add(digit as u64);
        at += 1;
    }
    let length = at - start;
    (length > 0 && length < 20 && (length == 1 || bytes[start] != b'0')).then_some((value, at))
}

/// Cuts a line into fields without blanks around them.
pub fn split<'a>(line: &'a [u8], delimiter: Delimiter, fields: &mut Vec<&'a [u8]>) {
    match delimiter {
        Delimiter::Space => {
            let mut start = None;
            for (at, byte) in line.iter().enumerate() {
                match (byte, start) {
                    (b' ' | b'\t', Some(from)) => {
                        fields.push(&line[from..at]);
                        start = None;
                    }
                    (b' ' | b'\t', None) => {}
                    (_, None) => start = Some(at),
                    _ => {}
                }
            }
            fields.extend(start.map(|from| &line[from..]));
        }
        Delimiter::Byte(byte) => {
            let mut start = 0;
            for at in memchr::memchr_iter(byte, line) {
                fields.push(trim(&line[start..at]));
                start = at + 1;
            }
            fields.push(trim(&line[start..]));
        }
    }
}

/// Whether a field says that nothing is known.
pub fn is_missing(text: &[u8]) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case(b"na") || text.eq_ignore_ascii_case(b"null")
}

/// A finite number.
pub(super) fn number_in(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A sign in words or as a number.
pub(super) fn sign_in(text: &[u8]) -> Option<i8> {
    match text.to_ascii_lowercase().as_slice() {
        b"+" | b"positive" | b"pos" | b"for" => Some(1),
        b"-" | b"negative" | b"neg" | b"against" => Some(-1),
        b"neutral" | b"neu" => Some(0),
        other => number_in(other).map(|value| if value > 0.0 { 1 } else { -i8::from(value < 0.0) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(width: usize) -> RowReader {
        let layout = Layout {
            delimiter: Delimiter::Space,
            width,
            from: 0,
            to: 1,
            kind: None,
            time: None,
            weight: (width > 2).then_some(2),
            sign: None,
            item: None,
        };
        RowReader {
            layout,
            time_unit: TimeUnit::S,
            skip_faults: false,
            skip_first: false,
            adjacency: false,
            quotes: false,
        }
    }

    #[test]
    fn line_ends_comments_and_blanks_do_not_matter() {
        for text in ["1 2\n3 4\n", "1\t2\r\n3   4", "# c\n1 2\n\n% c\n 3 4 \n", "\u{feff}1 2\n3 4\n"] {
            let batch = reader(2).read(text.as_bytes(), true);
            assert!(batch.faults.is_empty(), "{text:?}: {:?}", batch.faults);
            let Pairs::Narrow(rows) = batch.pairs else { panic!("numbers") };
            assert_eq!(rows, [(1, 2), (3, 4)], "{text:?}");
        }
    }

    #[test]
    fn faults_name_line_and_column() {
        for (text, width, line, column, expected) in [
            ("1 2\n3 4 5\n", 2, 1, 0, "2 columns"),
            ("1 2\n3\n", 2, 1, 0, "2 columns"),
            ("1 2 x\n", 3, 0, 5, "finite number"),
            ("1 2 NaN\n", 3, 0, 5, "finite number"),
            ("1 2 inf\n", 3, 0, 5, "finite number"),
        ] {
            let batch = reader(width).read(text.as_bytes(), true);
            let fault = &batch.faults[0];
            assert_eq!((fault.line, fault.column), (line, column), "{text:?}");
            assert!(fault.expected.contains(expected), "{}", fault.expected);
        }
        let batch = reader(2).read(b"a \xff\xfe\n", true);
        assert_eq!((batch.faults[0].column, batch.faults[0].found.as_str()), (3, "the byte 0xff"));
        let long = format!("1 {}\n", "x".repeat(1 << 20));
        assert!(reader(2).read(long.as_bytes(), true).faults[0].expected.contains("4096"));
    }

    #[test]
    fn skipping_goes_on_and_counts() {
        let reader = RowReader { skip_faults: true, ..reader(2) };
        let batch = reader.read(b"1 2\noops\n3 4\n5\n", true);
        assert_eq!((batch.pairs.len(), batch.faulty, batch.faults.len()), (2, 2, 2));
    }

    #[test]
    fn numbers_that_are_no_numbers_stay_text() {
        let batch = reader(2).read(b"007 2\n", true);
        assert!(matches!(batch.pairs, Pairs::Text(..)));
        let batch = reader(2).read(b"18446744073709551615 18446744073709551616\n", true);
        assert!(matches!(batch.pairs, Pairs::Text(..)));
    }
}
