//! Logs with an action a row: who, on which item or whose post, when.

use super::batch::{Batch, NOBODY, Spot};
use super::columns::Places;
use super::kinds::Passing;
use crate::base::error::quoted;
use crate::io::columns::Delimiter;
use crate::io::csv;
use crate::io::edges::{is_comment, is_missing, split, trim};
use crate::io::rows::{Fault, LocalTable};

/// Reads rows of a table.
#[derive(Debug, Clone)]
pub struct TableReader {
    /// Where everything stands.
    pub places: Places,
    /// Which types of rows pass on.
    pub passing: Passing,
    /// The first row is a header.
    pub header: bool,
}

/// Which types of a block pass on, each looked at once.
#[derive(Default)]
struct Types {
    table: LocalTable,
    passes: Vec<bool>,
}

impl TableReader {
    /// Reads all rows of a block, up to the first faulty one.
    pub fn read(&self, block: &[u8], first: bool) -> Batch {
        let mut batch = Batch::default();
        let mut types = Types::default();
        let mut skip = first && self.header;
        let quotes = memchr::memchr(b'"', block).is_some();
        let mut rest = block;
        let delimits = |byte: u8| self.places.delimiter == Delimiter::Byte(byte);
        let mut records = csv::records(block, delimits);
        loop {
            // Looking for quotes costs; most blocks have none.
            let record = match quotes && self.places.delimiter != Delimiter::Space {
                true => records.next().unwrap_or_default(),
                false => {
                    let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
                    let (line, after) = rest.split_at(end);
                    rest = after;
                    line
                }
            };
            if record.is_empty() {
                break;
            }
            let number = batch.lines;
            batch.lines += memchr::memchr_iter(b'\n', &record[..record.len() - 1]).count() as u64 + 1;
            if is_comment(trim(record)) || std::mem::take(&mut skip) {
                continue;
            }
            if let Err(fault) = self.record(&mut batch, &mut types, number, record, quotes) {
                batch.fault = Some(fault);
                break;
            }
        }
        batch
    }

    fn record(
        &self,
        batch: &mut Batch,
        types: &mut Types,
        number: u64,
        record: &[u8],
        quotes: bool,
    ) -> Result<(), Fault> {
        if quotes && self.places.delimiter != Delimiter::Space && memchr::memchr(b'"', record).is_some() {
            let texts = csv::fields(record, self.places.delimiter);
            let fields: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
            // Columns of the unquoted record are shown by no editor: the line alone is named.
            return self.row(batch, types, &fields, |_| Spot { line: number, column: 0 });
        }
        let line = match self.places.delimiter {
            Delimiter::Space => trim(record),
            Delimiter::Byte(_) => csv::without_end(record),
        };
        let mut fields: [&[u8]; FEW] = [&[]; FEW];
        let start = record.as_ptr() as usize;
        let spot = |text: &[u8]| Spot { line: number, column: 1 + text.as_ptr() as usize - start };
        match few(line, self.places.delimiter, &mut fields) {
            Some(count) => self.row(batch, types, &fields[..count], spot),
            None => {
                let mut fields = Vec::with_capacity(self.places.width);
                split(line, self.places.delimiter, &mut fields);
                self.row(batch, types, &fields, spot)
            }
        }
    }

    fn row(
        &self,
        batch: &mut Batch,
        types: &mut Types,
        fields: &[&[u8]],
        spot: impl Fn(&[u8]) -> Spot,
    ) -> Result<(), Fault> {
        let places = &self.places;
        if fields.len() != places.width {
            let found = format!("{} {}", fields.len(), if fields.len() == 1 { "column" } else { "columns" });
            let line = fields.first().map_or(batch.lines.saturating_sub(1), |field| spot(field).line);
            return Err(Fault::new(line, 0, format!("{} columns as in the rows before", places.width), found));
        }
        batch.rows += 1;
        if let Some(at) = places.kind
            && !self.passes(batch, types, fields[at], spot(fields[at]))?
        {
            return Ok(());
        }
        let time = fields[places.time];
        let actor = batch.account(fields[places.actor], spot(fields[places.actor]))?;
        let mut target = NOBODY;
        if let Some(at) = places.target
            && (places.item.is_none() || !is_missing(fields[at]))
        {
            target = batch.account(fields[at], spot(fields[at]))?;
        }
        if target == actor {
            // Without items it is nobody's reshare; on an item it is how the item began.
            if places.item.is_none() {
                batch.own += 1;
                return Ok(());
            }
            target = NOBODY;
        }
        let moment = batch.moment(time, spot(time))?;
        if let Some(at) = places.item {
            let item = batch.named_item(fields[at], spot(fields[at]))?;
            batch.item.push(item);
        }
        batch.actor.push(actor);
        if places.target.is_some() {
            batch.target.push(target);
        }
        batch.time.push(moment);
        Ok(())
    }

    /// Whether a row of this type passes on; others are counted.
    fn passes(&self, batch: &mut Batch, types: &mut Types, kind: &[u8], spot: Spot) -> Result<bool, Fault> {
        let wrong = || Fault::new(spot.line, spot.column, "a type of at most 100 bytes in UTF-8", quoted(kind));
        let at = types.table.intern(kind) as usize;
        if at == types.passes.len() {
            let text = std::str::from_utf8(kind).ok().filter(|text| text.len() <= 100).ok_or_else(wrong)?;
            types.passes.push(self.passing.has(text, self.places.item.is_some()));
        }
        let passes = types.passes[at];
        if !passes {
            *batch.others.entry(String::from_utf8_lossy(kind).into_owned()).or_default() += 1;
        }
        Ok(passes)
    }
}

/// Rows of so many fields are cut without asking for memory.
const FEW: usize = 12;

/// Cuts a line into fields without blanks around them, where there are few: how many.
fn few<'a>(line: &'a [u8], delimiter: Delimiter, fields: &mut [&'a [u8]; FEW]) -> Option<usize> {
    let mut count = 0;
    let mut push = |field: &'a [u8]| -> Option<()> {
        *fields.get_mut(count)? = field;
        count += 1;
        Some(())
    };
    match delimiter {
        Delimiter::Space => {
            let mut at = 0;
            while at < line.len() {
                let end = memchr::memchr2(b' ', b'\t', &line[at..]).map_or(line.len(), |end| at + end);
                if end > at {
                    push(&line[at..end])?;
                }
                at = end + 1;
            }
        }
        Delimiter::Byte(byte) => {
            let mut start = 0;
            for at in memchr::memchr_iter(byte, line) {
                push(trim(&line[start..at]))?;
                start = at + 1;
            }
            push(trim(&line[start..]))?;
        }
    }
    Some(count)
}
