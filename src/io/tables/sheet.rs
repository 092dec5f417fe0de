//! A table file as rows of cells below a header, whatever the file: CSV, TSV, semicolons, NDJSON, a JSON array, xlsx,
//! Parquet, Arrow, packed or not.
//!
//! Rate cards have titles above the header, blank rows, totals and remarks below. The header is the first row that holds
//! words known as headers; what stands above it, and rows that are no rows of the table, are left out and said
//! ([`Sheet::notes`]).

use std::borrow::Cow;
use std::path::Path;

use super::layout::lay_out;
use super::{json, missing, text, workbook};
use crate::base::{Error, Location, Result, Run, time};
use crate::io::blocks::Blocks;
#[cfg(feature = "parquet")]
use crate::io::columnar::{self, Columnar};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing, or blanks.
    Empty,
    /// Text as it stands there, trimmed; also error values (`#N/A`), and numbers of text files.
    Text(String),
    /// A number of a workbook or of JSON.
    Number(f64),
    /// A date or time of a workbook, in milliseconds since 1970; UTC, since Excel knows no zones.
    Time(i64),
    /// Yes or no.
    Flag(bool),
}

impl Cell {
    /// The cell of a text.
    pub fn of(text: &str) -> Cell {
        match text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') {
            "" => Cell::Empty,
            text => Cell::Text(text.to_owned()),
        }
    }

    /// Whether nothing stands there, or a word for nothing.
    pub fn is_missing(&self) -> bool {
        match self {
            Cell::Empty => true,
            Cell::Text(text) => missing::is_missing(text),
            _ => false,
        }
    }

    /// The cell as text, as people would type it.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Cell::Empty => Cow::Borrowed(""),
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(number) => Cow::Owned(number.to_string()),
            Cell::Time(at) => Cow::Owned(time::show(*at)),
            Cell::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        }
    }

    /// The cell as an id. Numbers of more than 15 digits are refused: a workbook has rounded them.
    pub fn id(&self) -> std::result::Result<Option<Cow<'_, str>>, String> {
        match self {
            _ if self.is_missing() => Ok(None),
            Cell::Number(number) if number.abs() >= 1e15 => {
                Err("an id of more than 15 digits kept as a number, which rounds it; format the column as text".into())
            }
            _ => Ok(Some(self.text())),
        }
    }
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its line in the file, or row in the sheet, from 1.
    pub line: u64,
    /// One cell a column of the header.
    pub cells: Vec<Cell>,
    /// Where each cell begins in its line, in bytes from 1; empty where that is not known (quoted rows, workbooks, JSON).
    pub starts: Vec<u32>,
}

/// A table.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The file as the user named it.
    pub file: String,
    /// The tab of a workbook.
    pub tab: Option<String>,
    /// The header as written, trimmed, line breaks as spaces.
    pub header: Vec<String>,
    /// The header's line, from 1; 0 where there is none.
    pub header_line: u64,
    /// The rows below it.
    pub rows: Vec<Row>,
    /// What was left out or put together, in words.
    pub notes: Vec<String>,
    /// Where each column stands in the file, from 0.
    pub places: Vec<u32>,
}

/// Cells as a reader finds them, before it is known which row is the header.
#[derive(Debug, Default)]
pub(in crate::io) struct Grid {
    pub tab: Option<String>,
    pub rows: Vec<RawRow>,
    /// Merged cells: first and last row (as [`Row::line`]) and column (from 0).
    pub merged: Vec<Merged>,
    /// What the reader has to say of it.
    pub notes: Vec<String>,
    /// The format itself says that the first row is the header.
    pub headed: bool,
}

#[derive(Debug)]
pub(in crate::io) struct RawRow {
    pub line: u64,
    /// Whether blank rows stand above it.
    pub gap: bool,
    pub cells: Vec<Cell>,
    /// As [`Row::starts`].
    pub starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::io) struct Merged {
    pub lines: (u64, u64),
    pub columns: (usize, usize),
}

/// Counts what the cells of a file take, so that too much is refused before it is taken.
pub(in crate::io) struct Meter<'a> {
    run: &'a Run,
    bytes: u64,
    checked: u64,
}

/// The most that tables may take where no limit of memory was stated.
const MOST: u64 = 4 << 30;

impl<'a> Meter<'a> {
    pub fn new(run: &'a Run) -> Meter<'a> {
        Meter { run, bytes: 0, checked: 0 }
    }

    /// A cell with this many bytes of text.
    pub fn cell(&mut self, text: usize) -> Result<()> {
        self.take((size_of::<Cell>() + text) as u64)
    }

    pub fn take(&mut self, bytes: u64) -> Result<()> {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.bytes - self.checked >= 1 << 20 {
            self.checked = self.bytes;
            self.run.step(0)?;
            self.run.check_memory("the cells of the table", self.bytes)?;
            if self.bytes > MOST {
                return Err(Error::Limit {
                    what: "bytes of cells".into(),
                    limit: MOST,
                    found: self.bytes,
                    hint: Some("read follower lists as edges (truereach ingest LIST), not as a table".into()),
                });
            }
        }
        Ok(())
    }
}

impl Sheet {
    /// Reads a table file: one sheet a tab that is not empty for a workbook, else one.
    pub fn read(path: &Path, run: &Run) -> Result<Vec<Sheet>> {
        let blocks = Blocks::open(path, run)?;
        #[cfg(feature = "parquet")]
        let blocks = match Columnar::open(path, blocks, run)? {
            Ok(file) => {
                let mut meter = Meter::new(run);
                let grid = columnar::grid(&file, &mut meter, run)?;
                let sheet = lay_out(file.name(), grid, &mut meter)?;
                return sheet.map(|sheet| vec![sheet]).ok_or_else(|| nothing(file.name()));
            }
            Err(blocks) => blocks,
        };
        let mut bytes = Vec::new();
        while let Some(block) = blocks.next(Vec::new())? {
            run.step(0)?;
            run.check_memory("the text of the table", (bytes.len() + block.bytes.len()) as u64)?;
            bytes.extend_from_slice(&block.bytes);
        }
        Sheet::parse(blocks.name(), bytes, run)
    }

    /// Reads the bytes of a table file, unpacked.
    pub fn parse(name: &str, bytes: Vec<u8>, run: &Run) -> Result<Vec<Sheet>> {
        let mut meter = Meter::new(run);
        let grids = match bytes.get(..4) {
            Some([b'P', b'K', 3, 4] | [0xd0, 0xcf, 0x11, 0xe0]) => workbook::read(name, bytes, &mut meter)?,
            _ => {
                let text = text::decode(name, bytes)?;
                match text.trim_start().as_bytes().first() {
                    Some(b'{' | b'[') if json::looks_like_it(&text) => vec![json::read(name, &text, &mut meter)?],
                    _ => vec![text::read(name, &text, &mut meter)?],
                }
            }
        };
        let mut sheets = Vec::new();
        for grid in grids {
            sheets.extend(lay_out(name, grid, &mut meter)?);
        }
        match sheets.is_empty() {
            true => Err(nothing(name)),
            false => Ok(sheets),
        }
    }

    /// Where a cell stands: `posts.csv:7:12`, `rates.xlsx [Tab] C5`.
    pub fn at(&self, row: usize, column: usize) -> Location {
        let row = self.rows.get(row);
        let place = self.place(row.map_or(self.header_line, |row| row.line), column);
        match row.and_then(|row| row.starts.get(column)) {
            Some(&start) => place.column(u64::from(start)),
            None => place,
        }
    }

    /// Where a cell of the header stands.
    pub fn at_header(&self, column: usize) -> Location {
        self.place(self.header_line, column)
    }

    fn place(&self, line: u64, column: usize) -> Location {
        let place = self.places.get(column).copied().unwrap_or(0);
        match &self.tab {
            Some(tab) => Location::file(format!("{} [{tab}] {}{line}", self.file, letters(place))),
            None => Location::file(&self.file).line(line),
        }
    }

    /// The texts of a column: what [`super::number`], [`super::date`] and [`super::money`] learn from. Numbers, dates and
    /// flags of workbooks are not written in any convention.
    pub fn texts(&self, column: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| match row.cells.get(column) {
            Some(Cell::Text(text)) => Some(text.as_str()),
            _ => None,
        })
    }
}

fn nothing(name: &str) -> Error {
    Error::input(Location::file(name), "a table", "no cell that holds anything")
}

/// The column of a sheet by its letters: 0 is A, 26 is AA.
fn letters(mut column: u32) -> String {
    let mut out = Vec::new();
    loop {
        out.push(b'A' + (column % 26) as u8);
        match (column / 26).checked_sub(1) {
            Some(rest) => column = rest,
            None => break,
        }
    }
    out.iter().rev().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Sheet> {
        Ok(Sheet::parse("t.csv", text.as_bytes().to_vec(), &Run::default())?.remove(0))
    }

    fn texts(sheet: &Sheet) -> Vec<Vec<String>> {
        sheet.rows.iter().map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect()).collect()
    }

    #[test]
    fn separators_marks_and_quotes() {
        for text in [
            "handle,followers\nanh,12\nbinh,7\n",
            "handle;followers\r\nanh;12\r\nbinh;7",
            "\u{feff}handle\tfollowers\nanh\t12\nbinh\t7\n",
            "sep=|\nhandle|followers\nanh|12\nbinh|7\n",
            "\"handle\",\" followers \"\n\"anh\",12\n\n binh ,7,\n",
        ] {
            let sheet = parse(text).unwrap();
            assert_eq!(sheet.header, ["handle", "followers"], "{text}");
            assert_eq!(texts(&sheet), [["anh", "12"], ["binh", "7"]], "{text}");
        }
        let sheet = parse("handle;price\nanh;1.200,5\nbinh;7\n").unwrap();
        assert_eq!(texts(&sheet)[0], ["anh", "1.200,5"]);
        let sheet = parse("handle,\"Views\n (Avg.)\"\nanh,\"1,200\"\n").unwrap();
        assert_eq!(sheet.header[1], "Views (Avg.)");
        assert_eq!(sheet.at(0, 1).to_string(), "t.csv:3", "no editor shows columns of unquoted text");
        let sheet = parse("handle,views\n\nanh,  12\n").unwrap();
        assert_eq!(sheet.at(0, 1).to_string(), "t.csv:3:7");
    }

    #[test]
    fn a_column_without_a_name_is_numbered() {
        let sheet = parse("handle,followers,\nanh,12,new\n").unwrap();
        assert_eq!(sheet.header, ["handle", "followers", "column 3"]);
        // Nothing stands in it: a margin.
        let sheet = parse("handle,,followers\nanh,,12\n").unwrap();
        assert_eq!((sheet.header.len(), sheet.at(0, 1).to_string().as_str()), (2, "t.csv:2:6"));
    }

    #[test]
    fn utf16_is_read() {
        let text = "handle\tLượt xem\nanh\t12\n";
        for (mark, little) in [([0xff, 0xfe], true), ([0xfe, 0xff], false)] {
            let words =
                text.encode_utf16().flat_map(|word| if little { word.to_le_bytes() } else { word.to_be_bytes() });
            let bytes = mark.into_iter().chain(words).collect();
            let sheet = Sheet::parse("t.txt", bytes, &Run::default()).unwrap().remove(0);
            assert_eq!(sheet.header, ["handle", "Lượt xem"]);
        }
        let odd = Sheet::parse("t.txt", vec![0xff, 0xfe, 0, 0xd8, 0x41], &Run::default()).unwrap_err().to_string();
        assert!(odd.contains("text in UTF-16"), "{odd}");
    }

    #[test]
    fn json_by_line_and_as_an_array() {
        let lines =
            "{\"handle\": \"anh\", \"stats\": {\"views\": 12}}\n{\"handle\": \"binh\", \"id\": 730123456789012345}\n";
        let array =
            "[{\"handle\": \"anh\", \"stats\": {\"views\": 12}}, {\"handle\": \"binh\", \"id\": 730123456789012345}]";
        for text in [lines, array] {
            let sheet = parse(text).unwrap();
            assert_eq!(sheet.header, ["handle", "id", "stats.views"]);
            assert_eq!(texts(&sheet), [["anh", "", "12"], ["binh", "730123456789012345", ""]]);
            assert_eq!(sheet.rows[0].cells[2], Cell::Number(12.0));
        }
        let wrong = parse("{\"a\": 1}\n{\"a\": }\n").unwrap_err().to_string();
        assert!(wrong.starts_with("t.csv:2:"), "{wrong}");
        assert!(wrong.contains("expected a JSON object a line"), "{wrong}");
        let wrong = parse("[{\"a\": 1}, 7]").unwrap_err().to_string();
        assert!(wrong.contains("element 2: \"7\""), "{wrong}");
    }

    #[test]
    fn titles_totals_remarks_and_repeated_headers_are_left_out_and_said() {
        let sheet = parse(
            "BÁO GIÁ KOL,,\nTháng 11,,\n\nTên kênh,Nền tảng,Báo giá\nanh,TikTok,5tr\nTên kênh,Nền tảng,Báo giá\n\
             binh,TikTok,6tr\nTổng cộng,,11tr\n\nGiá chưa gồm VAT,,\n",
        )
        .unwrap();
        assert_eq!((sheet.header_line, sheet.header.len()), (4, 3));
        assert_eq!(texts(&sheet), [["anh", "TikTok", "5tr"], ["binh", "TikTok", "6tr"]]);
        assert_eq!(
            sheet.notes,
            [
                "2 rows above the header left out: \"BÁO GIÁ KOL\", \"Tháng 11\"",
                "the header stands again 1 times in between: left out",
                "line 10 left out as a remark: \"Giá chưa gồm VAT\"",
                "line 8 left out as a row of totals: \"Tổng cộng\"",
            ]
        );
    }

    #[test]
    fn a_creator_called_total_stays() {
        let sheet = parse("handle,platform,followers\ntotal,tiktok,5\nanh,tiktok,6\n").unwrap();
        assert_eq!(sheet.rows.len(), 2);
        // In the middle of a table nothing is a total.
        let rows = "anh,1\n".repeat(9);
        let sheet = parse(&format!("handle,followers\n{rows}total,9\n{rows}")).unwrap();
        assert_eq!(sheet.rows.len(), 19);
    }

    #[test]
    fn a_list_without_a_header_loses_nobody() {
        let sheet = parse("anh\nbinh\nchi\n").unwrap();
        assert_eq!((sheet.header_line, sheet.rows.len()), (0, 3));
        assert_eq!(sheet.notes, ["no header: the first row is a row like all others"]);
        let sheet = parse("follower\nanh\nbinh\n").unwrap();
        assert_eq!((sheet.header_line, sheet.rows.len()), (1, 2));
    }

    #[test]
    fn bad_files_say_what_they_are() {
        for (bytes, parts) in [
            (
                &b"handle,followers\nanh,1,200\n"[..],
                &["t.csv:2: expected at most 2 columns", "found 3", "in quotes"][..],
            ),
            (b"handle,name\nanh,\"x\nbinh,y\n", &["t.csv:2: expected quotes that close"]),
            (b"handle,name\nanh,V\xf5\n", &["t.csv:2:6: expected text in UTF-8, found the byte 0xf5", "CSV UTF-8"]),
            (b"%PDF-1.7", &["found a PDF"]),
            (b"PAR1....", &["found a Parquet file"]),
            (b"\x89PNG\r\n", &["found a picture"]),
            (b"a,b\n\0", &["t.csv: byte 4", "a binary file (a zero byte)"]),
            (b"<html><table>", &["found a web page or XML"]),
            (b"PK\x03\x04garbage", &["a damaged or foreign zip file"]),
            (b"\xd0\xcf\x11\xe0....", &["an old Excel workbook (.xls)", "save it as xlsx"]),
            (b"\xd0\xcf\x11\xe0E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", &["a workbook with a password"]),
            (b",,\n,,\n", &["expected a table, found no cell that holds anything"]),
        ] {
            let error = Sheet::parse("t.csv", bytes.to_vec(), &Run::default()).unwrap_err().to_string();
            for part in parts {
                assert!(error.contains(part), "{error}\n  lacks {part:?}");
            }
        }
    }

    #[test]
    fn too_much_for_the_memory_is_refused() {
        let text = format!("handle,followers\n{}", "anh,1\n".repeat(100_000));
        let run = Run::default().memory(Some(2 << 20));
        let error = Sheet::parse("t.csv", text.into_bytes(), &run).unwrap_err().to_string();
        assert!(error.contains("the cells of the table needs"), "{error}");
    }

    #[test]
    fn columns_have_letters() {
        for (at, name) in [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16_383, "XFD")] {
            assert_eq!(letters(at), name);
        }
    }

    #[test]
    fn ids_that_excel_rounded_are_refused() {
        assert_eq!(Cell::Number(12.0).id().unwrap().unwrap(), "12");
        assert_eq!(Cell::Text("730123456789012345".into()).id().unwrap().unwrap(), "730123456789012345");
        assert!(Cell::Number(7.3e17).id().unwrap_err().contains("format the column as text"));
        assert_eq!(Cell::Text("N/A".into()).id(), Ok(None));
    }
}
