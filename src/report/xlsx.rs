//! A table as a workbook for Excel: the rows with typed cells on one sheet, what must be said beside them on another.

use std::io::{self, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use serde_json::Value;

use super::table::{Cell, Column, Table};

/// Rows that a sheet holds under its header.
const MOST_ROWS: usize = 1_048_575;

/// Characters that a cell holds, less a margin for the crate's own count.
const MOST_CHARACTERS: usize = 32_000;

/// Whole numbers that a cell holds exactly; larger ones are written as text, as ids are.
const EXACT: u64 = 1 << 53;

/// Amounts of people as the terminal shows them: whole from 100 on, three digits below.
const AMOUNT: &str = "[>=99.95]#,##0;[>=9.995]0.0;0.00";

/// How cells look.
struct Looks {
    head: Format,
    count: Format,
    amount: Format,
    /// Text that begins like a formula: it stays text also when somebody edits the cell.
    text: Format,
    title: Format,
    wrapped: Format,
}

impl Looks {
    fn new() -> Looks {
        let top = Format::new().set_align(FormatAlign::Top);
        Looks {
            head: Format::new().set_bold(),
            count: Format::new().set_num_format("#,##0"),
            amount: Format::new().set_num_format(AMOUNT),
            text: Format::new().set_quote_prefix(),
            title: top.clone().set_bold(),
            wrapped: top.set_text_wrap(),
        }
    }
}

impl Table {
    /// Writes the table as an .xlsx workbook. The bytes are a function of the table: the document's dates are fixed.
    pub(super) fn write_xlsx(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.rows.len() > MOST_ROWS {
            let rows = self.rows.len();
            return Err(io::Error::other(format!("a sheet holds {MOST_ROWS} rows, not {rows}; write .csv")));
        }
        out.write_all(&self.workbook().map_err(io::Error::other)?)
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        // The format wants a date of creation; a clock would make equal results differ.
        let properties = DocProperties::new()
            .set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?)
            .set_title(self.schema)
            .set_comment(self.provenance.engine.as_str());
        workbook.set_properties(&properties);
        let looks = Looks::new();
        self.rows_sheet(workbook.add_worksheet(), &looks)?;
        self.about_sheet(workbook.add_worksheet(), &looks)?;
        workbook.save_to_buffer()
    }

    fn rows_sheet(&self, sheet: &mut Worksheet, looks: &Looks) -> Result<(), XlsxError> {
        sheet.set_name(self.schema.split('/').nth(1).unwrap_or("table"))?;
        sheet.set_freeze_panes(1, 1)?;
        let mut at: u16 = 0;
        for (index, column) in self.columns.iter().enumerate() {
            let cells = || self.rows.iter().map(|row| &row[index]);
            let width = cells().map(|cell| width(cell, column)).max().unwrap_or(0);
            for (field, head) in column.heads().into_iter().enumerate() {
                sheet.set_column_width(at, (width.max(head.chars().count()) + 2).clamp(6, 60) as f64)?;
                sheet.write_string_with_format(0, at, head, &looks.head)?;
                for (row, cell) in cells().enumerate() {
                    write_cell(sheet, (row as u32 + 1, at), (column, field), cell, looks)?;
                }
                at += 1;
            }
        }
        if at > 0 {
            sheet.autofilter(0, 0, self.rows.len() as u32, at - 1)?;
        }
        Ok(())
    }

    /// What a reader of the first sheet must know: where it comes from, assumptions, notes, what the columns mean.
    fn about_sheet(&self, sheet: &mut Worksheet, looks: &Looks) -> Result<(), XlsxError> {
        sheet.set_name("About")?;
        sheet.set_column_width(0, 28)?;
        sheet.set_column_width(1, 110)?;
        let from = &self.provenance;
        let mut lines: Vec<(String, String)> = Vec::new();
        let mut line = |head: &str, text: &str| {
            for (part, text) in pieces(text).into_iter().enumerate() {
                lines.push((if part == 0 { head.to_owned() } else { String::new() }, text));
            }
        };
        line("schema", self.schema);
        line("made by", &from.engine);
        line("command", &from.command);
        line("seed", &from.rng_seed.to_string());
        line("network", &from.network);
        let mut parameters = Vec::new();
        flatten("", &from.parameters, &mut parameters);
        parameters.iter().for_each(|(name, value)| line(&format!("parameter {name}"), value));
        self.assumptions.iter().for_each(|text| line("assumed", text));
        self.notes.iter().for_each(|text| line("note", text));
        let mut summary = Vec::new();
        flatten("", &Value::Object(self.summary.clone()), &mut summary);
        summary.iter().for_each(|(name, value)| line(name, value));
        for column in &self.columns {
            let unit = if column.unit.is_empty() { String::new() } else { format!(" ({})", column.unit) };
            line(&format!("column {}", column.heads().join(", ")), &format!("{}{unit}", column.about));
        }
        for (row, (head, text)) in lines.iter().enumerate() {
            sheet.write_string_with_format(row as u32, 0, head, &looks.title)?;
            sheet.write_string_with_format(row as u32, 1, text, &looks.wrapped)?;
        }
        Ok(())
    }
}

/// Writes one field of a cell: intervals have two.
fn write_cell(
    sheet: &mut Worksheet,
    (row, at): (u32, u16),
    (column, field): (&Column, usize),
    cell: &Cell,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let mut number = |value: f64, look: Option<&Format>| {
        match (value.is_nan(), value.is_infinite(), look) {
            (true, _, _) => {}
            (_, true, _) => drop(sheet.write_string(row, at, "infinite")?),
            (_, _, Some(look)) => drop(sheet.write_number_with_format(row, at, value, look)?),
            (_, _, None) => drop(sheet.write_number(row, at, value)?),
        }
        Ok(())
    };
    match cell {
        Cell::Range(range) if column.range => {
            number(if field == 0 { range.low } else { range.high }, Some(&looks.amount))
        }
        Cell::Count(count) if *count < EXACT => number(*count as f64, Some(&looks.count)),
        Cell::Count(count) => sheet.write_string(row, at, count.to_string()).map(drop),
        Cell::Amount(value) => number(*value, Some(&looks.amount)),
        Cell::Score(value, _) | Cell::Shown(value, _) => number(*value, None),
        Cell::Text(text) if text.is_empty() => Ok(()),
        Cell::Text(text) if is_like_a_formula(text) => {
            sheet.write_string_with_format(row, at, text, &looks.text).map(drop)
        }
        Cell::Text(text) => sheet.write_string(row, at, text).map(drop),
        Cell::Few(_) | Cell::Hidden => sheet.write_string(row, at, cell.shown()).map(drop),
        Cell::Missing | Cell::Range(_) => Ok(()),
    }
}

/// Whether a spreadsheet takes this text for a formula when it meets it in a CSV file.
pub fn is_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Characters that a cell is wide.
fn width(cell: &Cell, column: &Column) -> usize {
    match cell {
        Cell::Score(value, _) | Cell::Shown(value, _) => value.to_string().len().min(12),
        // Two fields share what one shows.
        _ if column.range => cell.shown().chars().count().div_ceil(2),
        _ => cell.shown().chars().count(),
    }
}

/// A text in pieces that fit a cell.
fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    if characters.is_empty() {
        return vec![String::new()];
    }
    characters.chunks(MOST_CHARACTERS).map(|part| part.iter().collect()).collect()
}

/// A JSON value as lines of `a.b` and its text.
fn flatten(name: &str, value: &Value, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, lines);
            }
        }
        Value::Null => {}
        Value::String(text) => lines.push((name.to_owned(), text.clone())),
        Value::Array(items) if items.is_empty() => {}
        Value::Array(items) => {
            let text = |item: &Value| item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            lines.push((name.to_owned(), items.iter().map(text).collect::<Vec<_>>().join(", ")));
        }
        other => lines.push((name.to_owned(), other.to_string())),
    }
}
