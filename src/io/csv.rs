//! Rows with quoted fields. Blocks without a quote never come here.
//!
//! A quote opens a field only where a field begins, and a doubled one inside stands for itself, as the `csv` crate
//! has it. Everything else is as in rows without quotes: comments, blank lines, blanks around fields.

use super::columns::Delimiter;
use super::edges::{RowReader, is_comment, split, trim};
use super::rows::Batch;

/// Cuts text at line ends outside quoted fields; every part but the last ends with its line end.
pub fn records(text: &[u8], delimits: impl Fn(u8) -> bool) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (record, after) = rest.split_at(record_end(rest, &delimits).unwrap_or(rest.len()));
        rest = after;
        Some(record)
    })
}

/// Where the last whole record ends.
pub fn last_record_end(text: &[u8], delimiter: u8) -> Option<usize> {
    let mut end = 0;
    while let Some(length) = record_end(&text[end..], |byte| byte == delimiter) {
        end += length;
    }
    (end > 0).then_some(end)
}

/// Bytes of the first record with its line end, if that stands in the text.
fn record_end(text: &[u8], delimits: impl Fn(u8) -> bool) -> Option<usize> {
    let blanks = text.iter().take_while(|&&byte| matches!(byte, b' ' | b'\t')).count();
    if matches!(text.get(blanks), Some(b'#' | b'%')) {
        return memchr::memchr(b'\n', text).map(|at| at + 1);
    }
    let opens = |at: usize| at == 0 || delimits(text[at - 1]) || &text[..at] == b"\xef\xbb\xbf";
    let (mut inside, mut closed) = (false, None);
    for at in memchr::memchr2_iter(b'"', b'\n', text) {
        match text[at] {
            b'"' if inside => (inside, closed) = (false, Some(at)),
            // Right behind a closing quote: it was a doubled one, and did not close.
            b'"' => inside = closed.is_some_and(|closed| closed + 1 == at) || opens(at),
            _ if !inside => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Reads a block in which `"` encloses fields.
pub fn read_quoted(reader: &RowReader, block: &[u8], first: bool, batch: &mut Batch) {
    let Delimiter::Byte(delimiter) = reader.layout.delimiter else { return };
    let mut skip_row = first && reader.skip_first;
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    for record in records(block, |byte| byte == delimiter) {
        let number = batch.lines;
        let inner = memchr::memchr_iter(b'\n', record).filter(|at| at + 1 < record.len()).count() as u64;
        batch.lines += 1 + inner;
        batch.inner_lines += inner;
        if is_comment(trim(record)) {
            batch.comments += 1;
            continue;
        }
        if std::mem::take(&mut skip_row) {
            continue;
        }
        let line = without_end(record);
        let read = match memchr::memchr(b'"', line) {
            None => {
                let mut fields = Vec::with_capacity(reader.layout.width);
                split(line, reader.layout.delimiter, &mut fields);
                reader.row(batch, number, line, &fields)
            }
            Some(_) => {
                unquote(line, delimiter, &mut bytes, &mut ends);
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let fields: Vec<&[u8]> = starts.zip(&ends).map(|(start, &end)| trim(&bytes[start..end])).collect();
                reader.row(batch, number, &bytes, &fields).map_err(|mut fault| {
                    // Columns count bytes of the unquoted record, which no editor shows: name the line only.
                    fault.column = 0;
                    fault
                })
            }
        };
        if let Err(fault) = read
            && !batch.fault(fault, reader.skip_faults)
        {
            break;
        }
    }
}

/// The record without its line end.
pub fn without_end(record: &[u8]) -> &[u8] {
    record.strip_suffix(b"\n").map_or(record, |line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// The fields of a record one after the other without their quotes, and where each ends.
fn unquote(record: &[u8], delimiter: u8, bytes: &mut Vec<u8>, ends: &mut Vec<usize>) {
    #[derive(Clone, Copy)]
    enum At {
        Start,
        Plain,
        Inside,
        Closed,
    }
    bytes.clear();
    ends.clear();
    let mut at = At::Start;
    for &byte in record {
        at = match (at, byte) {
            (At::Start, b'"') => At::Inside,
            (At::Inside, b'"') => At::Closed,
            (At::Inside, _) | (At::Closed, b'"') => {
                bytes.push(byte);
                At::Inside
            }
            _ if byte == delimiter => {
                ends.push(bytes.len());
                At::Start
            }
            _ => {
                bytes.push(byte);
                At::Plain
            }
        };
    }
    ends.push(bytes.len());
}

/// The fields of one record.
pub fn fields(record: &[u8], delimiter: Delimiter) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match delimiter {
        Delimiter::Byte(byte) if memchr::memchr(b'"', record).is_some() => {
            let (mut bytes, mut ends) = (Vec::new(), Vec::new());
            unquote(without_end(record), byte, &mut bytes, &mut ends);
            let starts = std::iter::once(0).chain(ends.iter().copied());
            starts.zip(&ends).map(|(start, &end)| text(trim(&bytes[start..end]))).collect()
        }
        _ => {
            let mut fields = Vec::new();
            // An empty field at either end counts where one byte separates columns.
            let line = if delimiter == Delimiter::Space { trim(record) } else { without_end(record) };
            split(line, delimiter, &mut fields);
            fields.into_iter().map(text).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the `csv` crate reads them, and cut so that no record is split.
    #[test]
    fn records_and_fields_are_those_of_the_csv_crate() {
        for text in [
            "a,b,\"x, y\"\n1,2,\"two\nlines\"\n3,4,\"say \"\"hi\"\"\"\r\n",
            "5\" screen,b,c\nd,e,f\"\n",
            "\"\",\"\"\"\",x\n\"a\"b\",c,\"d\n\n\"\n",
        ] {
            let ours: Vec<Vec<String>> =
                records(text.as_bytes(), |byte| byte == b',').map(|r| fields(r, Delimiter::Byte(b','))).collect();
            let mut peer = csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .trim(csv::Trim::All)
                .from_reader(text.as_bytes());
            let theirs: Vec<Vec<String>> =
                peer.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(ours, theirs, "{text:?}");
            assert_eq!(last_record_end(text.as_bytes(), b','), Some(text.len()));
        }
        assert_eq!(last_record_end(b"a,b\nc,\"d\n", b','), Some(4));
        assert_eq!(last_record_end(b"a,\"b\n", b','), None);
    }
}
