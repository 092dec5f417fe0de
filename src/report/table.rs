//! One table, nine ways out: a terminal, TSV, CSV, Excel, JSON, NDJSON, Parquet, Arrow, a picture.

use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value, json};

use super::provenance::Provenance;
use super::xlsx::is_like_a_formula;
use super::{number, small};
use crate::base::stats::Interval;

/// The widest that a column gets on a terminal.
const WIDEST: usize = 32;

/// The widest that a column which stands aside gets where the terminal is too narrow.
const ASIDE: usize = 16;

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A count.
    Count(u64),
    /// A number of people, views or the like.
    Amount(f64),
    /// A share, ratio or score, shown to so many significant digits.
    Score(f64, usize),
    /// A number in files, and how a terminal shows it: 0.0123, "12.3 ms".
    Shown(f64, String),
    /// An interval of amounts.
    Range(Interval),
    /// Nothing is known, or the data cannot carry it. Never zero.
    Missing,
    /// So few people that they are not shown: more than none, fewer than this.
    Few(u64),
    /// Not shown, because a small count could be worked out from it.
    Hidden,
}

impl Cell {
    /// A text, or missing.
    pub fn text(value: Option<impl Into<String>>) -> Cell {
        value.map_or(Cell::Missing, |value| Cell::Text(value.into()))
    }

    /// A number of people: a count where it is whole, as it is unless they are weighed or estimated.
    pub fn people(people: f64) -> Cell {
        if people.fract() == 0.0 && (0.0..1e15).contains(&people) {
            Cell::Count(people as u64)
        } else {
            Cell::Amount(people)
        }
    }

    /// A share, in percent on a terminal.
    pub fn percent(share: f64) -> Cell {
        Cell::Shown(share, number::percent(share))
    }

    /// As a terminal shows it.
    pub(super) fn shown(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Count(count) => number::count(*count),
            Cell::Amount(amount) => number::people(*amount),
            Cell::Score(score, digits) => number::significant(*score, *digits),
            Cell::Shown(_, text) => text.clone(),
            Cell::Range(range) => format!("{}–{}", number::people(range.low), number::people(range.high)),
            Cell::Missing => "–".into(),
            Cell::Few(below) => small::few(*below),
            Cell::Hidden => "hidden".into(),
        }
    }

    /// The number it holds, if it is one and shown.
    pub fn number(&self) -> Option<f64> {
        match self {
            Cell::Count(count) => Some(*count as f64),
            Cell::Amount(value) | Cell::Score(value, _) | Cell::Shown(value, _) => Some(*value),
            _ => None,
        }
    }

    fn is_number(&self) -> bool {
        !matches!(self, Cell::Text(_))
    }
}

/// What a column holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name in files: stable, part of the schema.
    pub key: &'static str,
    /// Its head on a terminal.
    pub title: &'static str,
    /// Its unit: people, share, …
    pub unit: &'static str,
    /// What it means, in a sentence.
    pub about: &'static str,
    /// Whether it is an interval: two fields in files, `key_low` and `key_high`.
    pub range: bool,
    /// Whether it is left out on a terminal (but not in files).
    pub detail: bool,
    /// Whether it stands aside: where a terminal is too narrow it is cut short, and goes before any figure does.
    pub aside: bool,
    /// Whether it counts people, so that small counts are withheld where a table has a limit.
    pub people: bool,
    /// Keys of columns that could be worked out from this one: where they are withheld, so is it.
    pub hidden_with: &'static [&'static str],
}

impl Column {
    /// A column.
    pub const fn new(key: &'static str, title: &'static str, unit: &'static str, about: &'static str) -> Self {
        Column { key, title, unit, about, range: false, detail: false, aside: false, people: false, hidden_with: &[] }
    }

    /// An interval.
    pub const fn range(mut self) -> Self {
        self.range = true;
        self
    }

    /// Left out on a terminal.
    pub const fn detail(mut self) -> Self {
        self.detail = true;
        self
    }

    /// Stands aside where a terminal is too narrow.
    pub const fn aside(mut self) -> Self {
        self.aside = true;
        self
    }

    /// Counts people.
    pub const fn people(mut self) -> Self {
        self.people = true;
        self
    }

    /// Withheld where one of these columns is.
    pub const fn hidden_with(mut self, keys: &'static [&'static str]) -> Self {
        self.hidden_with = keys;
        self
    }

    /// Its names in files: one, or two for an interval.
    pub fn heads(&self) -> Vec<String> {
        match self.range {
            true => vec![format!("{}_low", self.key), format!("{}_high", self.key)],
            false => vec![self.key.to_owned()],
        }
    }
}

/// How a table goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Format {
    /// Aligned columns for a terminal.
    Table,
    /// Tab-separated values with a header.
    Tsv,
    /// Comma-separated values with a header.
    Csv,
    /// A workbook for Excel: the rows, and a sheet that says what they mean.
    Xlsx,
    /// One JSON document with schema version, provenance, assumptions and rows.
    Json,
    /// A JSON object a row.
    Ndjson,
    /// A Parquet file, with what the rows mean in its metadata.
    #[cfg(feature = "parquet")]
    Parquet,
    /// An Arrow (IPC) file, that can be mapped.
    #[cfg(feature = "parquet")]
    Arrow,
    /// A picture, where the table has one.
    Svg,
}

/// How a table is drawn. From its cells alone, so that a picture shows nothing that the table withholds.
#[derive(Debug, Clone, Copy)]
pub struct Picture(pub fn(&Table) -> String);

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Format {
    /// The ending of its files.
    pub fn ending(self) -> &'static str {
        match self {
            Format::Table => "txt",
            Format::Tsv => "tsv",
            Format::Csv => "csv",
            Format::Xlsx => "xlsx",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            #[cfg(feature = "parquet")]
            Format::Parquet => "parquet",
            #[cfg(feature = "parquet")]
            Format::Arrow => "arrow",
            Format::Svg => "svg",
        }
    }

    /// What goes to a file alone, for no terminal shows it, in words.
    pub fn file_only(self) -> Option<(&'static str, &'static str)> {
        match self {
            Format::Xlsx => Some(("a workbook", "-o FILE.xlsx")),
            #[cfg(feature = "parquet")]
            Format::Parquet => Some(("Parquet", "-o FILE.parquet")),
            #[cfg(feature = "parquet")]
            Format::Arrow => Some(("Arrow", "-o FILE.arrow")),
            _ => None,
        }
    }

    /// By the ending of a file's name.
    pub fn of(path: &Path) -> Option<Format> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "xlsx" => Some(Format::Xlsx),
            "tsv" => Some(Format::Tsv),
            "json" => Some(Format::Json),
            "ndjson" | "jsonl" => Some(Format::Ndjson),
            #[cfg(feature = "parquet")]
            "parquet" => Some(Format::Parquet),
            #[cfg(feature = "parquet")]
            "arrow" | "feather" => Some(Format::Arrow),
            "txt" => Some(Format::Table),
            "svg" => Some(Format::Svg),
            _ => None,
        }
    }
}

/// A result in rows and columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Name and version of what the rows hold: `truereach/analyze/1`.
    pub schema: &'static str,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// Assumptions behind the figures, a sentence each.
    pub assumptions: Vec<String>,
    /// What else a reader must know, a sentence each.
    pub notes: Vec<String>,
    /// Figures about the whole, beside the rows.
    pub summary: Map<String, Value>,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Counts of people below this, unless zero, are withheld ([`Table::shielded`]); `None` shows all.
    pub hide_below: Option<u64>,
    /// Its picture.
    pub picture: Option<Picture>,
}

impl Table {
    /// An empty table.
    pub fn new(schema: &'static str, columns: Vec<Column>, provenance: Provenance) -> Self {
        Table {
            schema,
            columns,
            rows: vec![],
            assumptions: vec![],
            notes: vec![],
            summary: Map::new(),
            provenance,
            hide_below: None,
            picture: None,
        }
    }

    /// Writes the table, small counts withheld where it has a limit. On a terminal `width` is the width in characters.
    pub fn write(&self, format: Format, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let table = self.shielded();
        match format {
            Format::Table => table.write_aligned(width, out),
            Format::Tsv => table.write_separated(b'\t', out),
            Format::Csv => table.write_separated(b',', out),
            Format::Xlsx => table.write_xlsx(out),
            Format::Json => table.write_json(out),
            #[cfg(feature = "parquet")]
            Format::Parquet => table.write_parquet(out),
            #[cfg(feature = "parquet")]
            Format::Arrow => table.write_arrow(out),
            Format::Svg => match table.picture {
                Some(Picture(draw)) => out.write_all(draw(&table).as_bytes()),
                None => Err(io::Error::other("this table has no picture")),
            },
            Format::Ndjson => {
                for row in &table.rows {
                    writeln!(out, "{}", table.object(row))?;
                }
                Ok(())
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().flatten().filter_map(|cell| match cell {
            Cell::Text(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// Whether separated values of this table are plain ASCII. Excel reads others rightly only behind a byte order mark.
    pub fn is_ascii(&self) -> bool {
        self.texts().all(str::is_ascii)
    }

    /// How many cells of text Excel would take for formulas when it opens them as CSV.
    pub fn like_formulas(&self) -> usize {
        self.texts().filter(|text| is_like_a_formula(text)).count()
    }

    fn write_aligned(&self, width: usize, out: &mut dyn Write) -> io::Result<()> {
        let all_missing = |at: usize| !self.rows.is_empty() && self.rows.iter().all(|row| row[at] == Cell::Missing);
        let mut shown: Vec<usize> =
            (0..self.columns.len()).filter(|&at| !self.columns[at].detail && !all_missing(at)).collect();
        let cells: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(Cell::shown).collect()).collect();
        let length = |text: &str| text.chars().count();
        let longest: Vec<usize> = (0..self.columns.len())
            .map(|at| cells.iter().map(|row| length(&row[at])).fold(length(self.columns[at].title), usize::max))
            .collect();
        let aside = |at: &usize| self.columns[*at].aside;
        let needs = |at: usize, squeezed: bool| longest[at].min(if squeezed && aside(&at) { ASIDE } else { WIDEST });
        let total = |shown: &[usize], squeezed: bool| {
            shown.iter().map(|&at| needs(at, squeezed) + 2).sum::<usize>().saturating_sub(2)
        };
        // No figure goes out without its status: what stands aside of them makes way, words before figures.
        // Where nothing has a status, it makes way for what stands before it.
        let core = |shown: &[usize]| {
            let status = shown.iter().rposition(|&at| self.columns[at].title == "status");
            status.or_else(|| shown.iter().rposition(aside)).map_or(0, |last| last + 1)
        };
        let before = shown.len();
        let squeezed = total(&shown[..core(&shown)], false) > width;
        while total(&shown[..core(&shown)], squeezed) > width
            && let Some(at) = shown.iter().position(aside)
        {
            shown.remove(at);
        }
        let further = if shown.len() < before { "columns" } else { "to the right" };
        // What does not fit beside the rest goes, from the right; files have every column.
        while shown.len() > 2 && total(&shown, squeezed) > width {
            shown.pop();
        }
        let dropped = before - shown.len();
        let needs = |at: usize| needs(at, squeezed);
        let pad = |text: &str, to: usize, right: bool| {
            let text: String =
                if length(text) > to { text.chars().take(to - 1).chain(['…']).collect() } else { text.into() };
            let blanks = " ".repeat(to - length(&text));
            if right { blanks + &text } else { text + &blanks }
        };
        let line = |texts: Vec<String>| texts.join("  ").trim_end().to_owned();
        let right: Vec<bool> = (0..self.columns.len())
            .map(|at| self.rows.iter().all(|row| row[at].is_number()) && !self.rows.is_empty())
            .collect();
        let head = shown.iter().map(|&at| pad(self.columns[at].title, needs(at), right[at])).collect();
        writeln!(out, "{}", line(head))?;
        for row in &cells {
            writeln!(out, "{}", line(shown.iter().map(|&at| pad(&row[at], needs(at), right[at])).collect()))?;
        }
        if dropped > 0 {
            let names: Vec<&str> = self
                .columns
                .iter()
                .enumerate()
                .filter(|(at, c)| !shown.contains(at) && !c.detail && !all_missing(*at))
                .map(|(_, c)| c.title)
                .collect();
            writeln!(out, "({dropped} more {further}: {}; use -o FILE.csv or a wider terminal)", names.join(", "))?;
        }
        Ok(())
    }

    fn heads(&self) -> Vec<String> {
        self.columns.iter().flat_map(Column::heads).collect()
    }

    fn write_separated(&self, delimiter: u8, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
        csv.write_record(self.heads())?;
        for row in &self.rows {
            let fields = self.columns.iter().zip(row).flat_map(|(column, cell)| match (column.range, cell) {
                (true, Cell::Range(range)) => vec![plain(range.low), plain(range.high)],
                (true, Cell::Few(_) | Cell::Hidden) => vec![cell.shown(), cell.shown()],
                (true, _) => vec![String::new(), String::new()],
                (_, Cell::Few(_) | Cell::Hidden) => vec![cell.shown()],
                (_, Cell::Text(text)) => vec![text.clone()],
                (_, Cell::Count(count)) => vec![count.to_string()],
                (_, Cell::Amount(value) | Cell::Score(value, _) | Cell::Shown(value, _)) => vec![plain(*value)],
                _ => vec![String::new()],
            });
            csv.write_record(fields)?;
        }
        csv.flush()
    }

    fn object(&self, row: &[Cell]) -> Value {
        let mut object = Map::new();
        for (column, cell) in self.columns.iter().zip(row) {
            match (column.range, cell) {
                (true, Cell::Range(range)) => {
                    object.insert(format!("{}_low", column.key), number_value(range.low));
                    object.insert(format!("{}_high", column.key), number_value(range.high));
                }
                (true, _) => {
                    object.insert(format!("{}_low", column.key), Value::Null);
                    object.insert(format!("{}_high", column.key), Value::Null);
                }
                (false, Cell::Text(text)) => drop(object.insert(column.key.into(), text.clone().into())),
                (false, Cell::Count(count)) => drop(object.insert(column.key.into(), (*count).into())),
                (false, Cell::Amount(value) | Cell::Score(value, _) | Cell::Shown(value, _)) => {
                    object.insert(column.key.into(), number_value(*value));
                }
                (false, _) => drop(object.insert(column.key.into(), Value::Null)),
            }
        }
        Value::Object(object)
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let columns: Vec<Value> = self
            .columns
            .iter()
            .map(|column| json!({"name": column.key, "unit": column.unit, "about": column.about, "interval": column.range}))
            .collect();
        let rows: Vec<Value> = self.rows.iter().map(|row| self.object(row)).collect();
        let document = json!({
            "schema": self.schema,
            "provenance": self.provenance,
            "assumptions": self.assumptions,
            "notes": self.notes,
            "summary": self.summary,
            "columns": columns,
            "rows": rows,
        });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    }
}

/// A number in a file of separated values: shortest text that reads back; `inf` for infinity.
fn plain(value: f64) -> String {
    if value.is_nan() { String::new() } else { value.to_string() }
}

/// A number in JSON, which has no infinity: then the text "infinite".
fn number_value(value: f64) -> Value {
    match value {
        v if v.is_nan() => Value::Null,
        v if v.is_infinite() => "infinite".into(),
        v => v.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let columns = vec![
            Column::new("account", "account", "", "the creator"),
            Column::new("reach", "reach", "people", "expected reach"),
            Column::new("interval", "95% interval", "people", "its interval").range(),
            Column::new("niche", "niche", "", "its niche"),
        ];
        let mut table = Table::new("truereach/test/1", columns, Provenance::new("test", Value::Null, 1, 2));
        table.rows.push(vec![
            "an, \"b\"".to_owned().into_cell(),
            Cell::Amount(1234.5),
            Cell::Range(Interval { low: 1.0, high: 2000.0 }),
            Cell::Missing,
        ]);
        table.rows.push(vec!["c".to_owned().into_cell(), Cell::Missing, Cell::Missing, Cell::Missing]);
        table
    }

    impl From<String> for Cell {
        fn from(text: String) -> Cell {
            Cell::Text(text)
        }
    }
    trait IntoCell {
        fn into_cell(self) -> Cell;
    }
    impl IntoCell for String {
        fn into_cell(self) -> Cell {
            self.into()
        }
    }

    fn written(format: Format, width: usize) -> String {
        let mut out = Vec::new();
        table().write(format, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn missing_is_empty_or_null_and_never_zero() {
        assert_eq!(
            written(Format::Csv, 0),
            "account,reach,interval_low,interval_high,niche\n\"an, \"\"b\"\"\",1234.5,1,2000,\nc,,,,\n"
        );
        let json: Value = serde_json::from_str(&written(Format::Json, 0)).unwrap();
        assert!(json["rows"][1]["reach"].is_null() && json["rows"][1]["interval_low"].is_null());
        assert_eq!(json["rows"][0]["interval_high"], 2000.0);
        assert_eq!(json["schema"], "truereach/test/1");
    }

    #[test]
    fn a_terminal_gets_what_fits() {
        assert_eq!(
            written(Format::Table, 80),
            "account  reach  95% interval\nan, \"b\"  1,235    1.00–2,000\nc            –             –\n"
        );
        let narrow = written(Format::Table, 20);
        assert!(narrow.contains("1 more to the right: 95% interval"), "{narrow}");
    }

    #[test]
    fn no_figure_loses_its_status_to_words_on_a_narrow_terminal() {
        let columns =
            [("account", "account"), ("name", "name"), ("niche", "niche"), ("reach", "reach"), ("status", "status")];
        let columns = columns.map(|(key, title)| Column::new(key, title, "", "")).to_vec();
        let mut table = Table::new("truereach/test/1", columns, Provenance::new("test", Value::Null, 1, 2));
        table.columns.push(Column::new("direct", "direct", "people", ""));
        table.columns[1..3].iter_mut().for_each(|column| *column = column.clone().aside());
        let words = Cell::Text("a long name of a person".into());
        let (status, account) = (Cell::Text("assumed".into()), Cell::Text("tiktok:anh".into()));
        table.rows.push(vec![account, words.clone(), words, Cell::Count(70), status, Cell::Count(7)]);
        let written = |width| {
            let mut out = Vec::new();
            table.write(Format::Table, width, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(written(99).starts_with("account     name                     niche"));
        assert!(
            written(69).starts_with("account     name              niche             reach  status\n"),
            "{}",
            written(69)
        );
        assert!(written(48).starts_with("account     niche             reach  status\n"), "{}", written(48));
        assert!(written(30).starts_with("account     reach  status\n"), "{}", written(30));
        assert!(written(30).contains("3 more columns: name, niche, direct"), "{}", written(30));
    }

    #[test]
    fn where_nothing_has_a_status_words_are_cut_short_before_they_go() {
        let columns = ["community", "accounts", "members"].map(|key| Column::new(key, key, "", ""));
        let mut table = Table::new("truereach/test/1", columns.to_vec(), Provenance::new("test", Value::Null, 1, 2));
        table.columns[2] = table.columns[2].clone().aside();
        table.rows.push(vec![Cell::Count(0), Cell::Count(40), Cell::Text("@anh.an_chay, @bao_nau_an".into())]);
        let written = |width| {
            let mut out = Vec::new();
            table.write(Format::Table, width, &mut out).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert!(written(46).contains("@anh.an_chay, @bao_nau_an\n"), "{}", written(46));
        assert!(written(45).ends_with("@anh.an_chay, @…\n"), "{}", written(45));
        assert!(written(30).contains("1 more columns: members"), "{}", written(30));
    }
}
