//! Small cells: counts of so few people that they may tell of single persons are not shown unless asked for.

use std::borrow::Cow;

use super::table::{Cell, Column, Table};
use crate::base::stats::Interval;

/// Counts below this are small: a usual limit of official statistics.
pub const SMALL: u64 = 10;

/// How to ask for what is withheld, as the command line has it.
const ASK: &str = "--small-cells shows them";

/// A count as people read it; below the limit, unless zero, only that it is below.
///
/// ```
/// use truereach::report::small::shown;
/// assert_eq!([shown(1234, Some(10)), shown(7, Some(10)), shown(0, Some(10)), shown(7, None)], ["1,234", "<10", "0", "7"]);
/// ```
pub fn shown(count: u64, hide_below: Option<u64>) -> String {
    match hide_below {
        Some(below) if is_small(count as f64, below) => few(below),
        _ => super::number::count(count),
    }
}

/// Whether a count is withheld. Zero is not: nobody is in that cell, so it tells of nobody.
pub fn is_small(count: f64, below: u64) -> bool {
    count > 0.0 && count < below as f64
}

/// So many people, in words; a small number is not said.
///
/// ```
/// use truereach::report::small::people;
/// assert_eq!([people(1234.0, Some(10)), people(-7.0, Some(10)), people(7.0, None)], ["1,234 people", "<10 people", "7.00 people"]);
/// ```
pub fn people(figure: f64, hide_below: Option<u64>) -> String {
    format!("{} people", end(figure, hide_below))
}

/// People between two numbers, in words; small ones are not said.
pub fn between(interval: Interval, hide_below: Option<u64>) -> String {
    format!("{}–{} people", end(interval.low, hide_below), end(interval.high, hide_below))
}

fn end(figure: f64, hide_below: Option<u64>) -> String {
    match hide_below {
        Some(below) if is_small(figure.abs(), below) => few(below),
        _ => super::number::people(figure),
    }
}

/// How a small count is written.
pub fn few(below: u64) -> String {
    format!("<{below}")
}

impl Column {
    fn withholds(&self, cell: &Cell, below: u64) -> bool {
        self.people
            && match cell {
                Cell::Count(count) => is_small(*count as f64, below),
                Cell::Amount(value) | Cell::Score(value, _) | Cell::Shown(value, _) => is_small(*value, below),
                Cell::Range(range) => is_small(range.high, below),
                Cell::Text(_) | Cell::Missing | Cell::Few(_) | Cell::Hidden => false,
            }
    }
}

impl Table {
    /// The table as it goes out: where it has a limit ([`Table::hide_below`]), small counts of people become
    /// [`Cell::Few`], and figures of the same row from which they could be worked out become [`Cell::Hidden`]. A note
    /// counts both.
    pub fn shielded(&self) -> Cow<'_, Table> {
        let Some(below) = self.hide_below else { return Cow::Borrowed(self) };
        let mut table = self.clone();
        let (mut counts, mut derived) = (0u64, 0u64);
        for row in &mut table.rows {
            for (column, cell) in self.columns.iter().zip(row.iter_mut()) {
                if column.withholds(cell, below) {
                    *cell = Cell::Few(below);
                }
            }
            hide_derived(&self.columns, row);
            derived += row.iter().filter(|cell| matches!(cell, Cell::Hidden)).count() as u64;
            counts += row.iter().filter(|cell| matches!(cell, Cell::Few(_))).count() as u64;
        }
        table.hide_below = None;
        if counts + derived > 0 {
            let many = |number: u64, word: &str| format!("{number} {word}{}", if number == 1 { "" } else { "s" });
            let mut words = format!("{} of 1 to {} people", many(counts, "count"), below - 1);
            if derived > 0 {
                words.push_str(&format!(" and {} from which they could be worked out", many(derived, "figure")));
            }
            table.notes.push(format!("withheld: {words}; {ASK}"));
            let about = serde_json::json!({"below": below, "counts": counts, "derived": derived});
            table.summary.insert("withheld".into(), about);
        }
        Cow::Owned(table)
    }
}

/// Hides what stands in a row with a withheld count and would tell it.
fn hide_derived(columns: &[Column], row: &mut [Cell]) {
    loop {
        let closed = |row: &[Cell], key: &str| {
            let at = columns.iter().position(|column| column.key == key);
            at.is_some_and(|at| matches!(row[at], Cell::Few(_) | Cell::Hidden))
        };
        let next = columns.iter().enumerate().find(|(at, column)| {
            !matches!(row[*at], Cell::Missing | Cell::Few(_) | Cell::Hidden)
                && column.hidden_with.iter().any(|key| closed(row, key))
        });
        let Some((at, _)) = next else { return };
        row[at] = Cell::Hidden;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::stats::Interval;
    use crate::report::{Format, Provenance};

    fn table() -> Table {
        let columns = vec![
            Column::new("account", "account", "", "the creator"),
            Column::new("followers", "followers", "accounts", "followers").people(),
            Column::new("direct", "direct", "people", "reached directly").people().hidden_with(&["followers"]),
            Column::new("range", "range", "people", "its range").range().hidden_with(&["direct"]),
            Column::new("rank", "rank", "share", "its rank"),
        ];
        let provenance = Provenance::new("test", serde_json::Value::Null, 1, 2);
        let mut table = Table::new("truereach/test/1", columns, provenance);
        for (name, followers, direct) in [("a", 0, 0.0), ("b", 9, 2.7), ("c", 10, 3.0), ("d", 400, 120.0)] {
            table.rows.push(vec![
                Cell::Text(name.into()),
                Cell::Count(followers),
                Cell::Amount(direct),
                Cell::Range(Interval { low: direct / 2.0, high: direct * 2.0 }),
                Cell::Score(0.5, 3),
            ]);
        }
        table.rows.push(vec![
            Cell::Text("e".into()),
            Cell::Count(3),
            Cell::Missing,
            Cell::Missing,
            Cell::Score(0.5, 3),
        ]);
        table.hide_below = Some(SMALL);
        table
    }

    fn written(table: &Table, format: Format) -> String {
        let mut out = Vec::new();
        table.write(format, 120, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn small_counts_and_what_tells_them_are_withheld_and_zero_is_not() {
        let expected = "account,followers,direct,range_low,range_high,rank\n\
                        a,0,0,0,0,0.5\nb,<10,<10,hidden,hidden,0.5\nc,10,<10,hidden,hidden,0.5\nd,400,120,60,240,0.5\n\
                        e,<10,,,,0.5\n";
        assert_eq!(written(&table(), Format::Csv), expected);
        let shielded = table().shielded().into_owned();
        assert_eq!(
            shielded.notes,
            ["withheld: 4 counts of 1 to 9 people and 2 figures from which they could be worked out; --small-cells \
              shows them"]
        );
        assert_eq!(shielded.shielded().notes.len(), 1, "shielded once");
    }

    #[test]
    fn json_has_null_and_says_how_many() {
        let json: serde_json::Value = serde_json::from_str(&written(&table(), Format::Json)).unwrap();
        assert!(json["rows"][1]["followers"].is_null() && json["rows"][1]["range_low"].is_null());
        assert_eq!(json["rows"][0]["followers"], 0);
        assert_eq!(json["summary"]["withheld"], serde_json::json!({"below": 10, "counts": 4, "derived": 2}));
        assert!(json["notes"][0].as_str().unwrap().contains("--small-cells"));
        for format in [Format::Table, Format::Tsv, Format::Csv, Format::Json, Format::Ndjson] {
            let text = written(&table(), format);
            assert!(!text.contains("2.7") && !text.contains("1.35") && !text.contains("5.4"), "{text}");
        }
    }

    #[test]
    fn without_a_limit_nothing_changes() {
        let open = Table { hide_below: None, ..table() };
        assert!(matches!(open.shielded(), Cow::Borrowed(_)));
        assert!(written(&open, Format::Csv).contains("\nb,9,2.7,1.35,5.4,0.5\n"));
    }
}
