//! Rows with quoted fields, by the `csv` crate. Blocks without a quote never come here.

use super::columns::Delimiter;
use super::edges::{RowReader, is_comment, trim};
use super::rows::{Batch, Fault};

/// Reads a block in which `"` encloses fields.
pub fn read_quoted(reader: &RowReader, block: &[u8], first: bool, batch: &mut Batch) {
    let delimiter = match reader.layout.delimiter {
        Delimiter::Byte(byte) => byte,
        Delimiter::Space => b' ',
    };
    let mut parser =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(block);
    let mut record = csv::ByteRecord::new();
    let mut skip_row = first && reader.skip_first;
    batch.lines = memchr::memchr_iter(b'\n', block).count() as u64 + u64::from(!block.ends_with(b"\n"));
    loop {
        let line = parser.position().line() - 1;
        match parser.read_byte_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {}
            Err(error) => {
                batch.fault(Fault::new(line, 0, "a row of CSV", error.to_string()), false);
                break;
            }
        }
        // The position before the call may stand on blank lines in front of the record.
        let line = record.position().map_or(line, |position| position.line() - 1);
        if record.len() == 1 && is_comment(trim(&record[0])) {
            batch.comments += 1;
            continue;
        }
        if std::mem::take(&mut skip_row) {
            continue;
        }
        let fields: Vec<&[u8]> = record.iter().map(trim).collect();
        let whole = record.as_slice();
        let read = reader.row(batch, line, whole, &fields).map_err(|mut fault| {
            // Columns count bytes of the unquoted record, which no editor shows: name the line only.
            fault.column = 0;
            fault
        });
        if let Err(fault) = read
            && !batch.fault(fault, reader.skip_faults)
        {
            break;
        }
    }
}

/// The fields of one line.
pub fn fields(line: &[u8], delimiter: Delimiter) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    match delimiter {
        Delimiter::Byte(byte) if memchr::memchr(b'"', line).is_some() => {
            let mut parser =
                csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(byte).from_reader(line);
            let mut record = csv::ByteRecord::new();
            let _ = parser.read_byte_record(&mut record);
            record.iter().map(|field| text(trim(field))).collect()
        }
        _ => {
            let mut fields = Vec::new();
            super::edges::split(trim(line), delimiter, &mut fields);
            fields.into_iter().map(text).collect()
        }
    }
}
