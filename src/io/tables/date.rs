//! Dates as people write them: `2025-11-12`, `12/11/2025`, `12.11.25`, `12 Th11 2025`, `Nov 12, 2025`, `DEC 2022`, Unix
//! seconds, the day numbers of Excel.
//!
//! Whether `03/04/2025` is in April or in March is a property of the column: a cell with a number above 12 decides.
//! Where none does, or cells disagree, such dates are refused until the order is stated. A date without a year, and one
//! that counts from today, are refused: the day on which the table was written is not known. Times without an offset
//! are UTC.

use super::moment::{Counted, Written};
use super::sheet::Cell;
use crate::base::error::quoted;

/// Which of two numbers is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// `12/11/2025` is in November.
    DayFirst,
    /// `12/11/2025` is in December.
    MonthFirst,
}

/// How the dates of a column are written.
#[derive(Debug, Clone, Default)]
pub struct Dates {
    stated: Option<Order>,
    day_first: Option<String>,
    month_first: Option<String>,
    unclear: Option<String>,
    counted: Option<(Counted, String)>,
    short_year: Option<String>,
}

impl Dates {
    /// Looks at all cells of a column.
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>) -> Dates {
        let mut dates = Dates::default();
        for text in texts {
            let Ok(Some(written)) = Written::parse(text) else { continue };
            let text = text.trim();
            let place = match written {
                Written::Numbers { first, second, .. } if first > 12 && second <= 12 => &mut dates.day_first,
                Written::Numbers { first, second, .. } if second > 12 && first <= 12 => &mut dates.month_first,
                Written::Numbers { first, second, .. } if first != second => &mut dates.unclear,
                Written::Counted(_, counted) => {
                    dates.counted.get_or_insert_with(|| (counted, text.to_owned()));
                    continue;
                }
                _ => continue,
            };
            place.get_or_insert_with(|| text.to_owned());
            if let Written::Numbers { short_year: true, .. } = written {
                dates.short_year.get_or_insert_with(|| text.to_owned());
            }
        }
        dates
    }

    /// The same column where the user states which number is the day.
    pub fn stated(mut self, order: Option<Order>) -> Dates {
        self.stated = order;
        self
    }

    /// Reads a cell, whatever its type; a number is seconds or milliseconds since 1970, or a day of Excel.
    pub fn cell(&self, cell: &Cell) -> Result<Option<i64>, String> {
        match cell {
            Cell::Empty => Ok(None),
            Cell::Time(at) => Ok(Some(*at)),
            Cell::Number(_) | Cell::Text(_) => self.read(&cell.text()),
            Cell::Flag(_) => Err("yes or no, not a date".into()),
        }
    }

    /// Reads a text: milliseconds since 1970, nothing where it says that nothing is known, or why it is no date. A
    /// month without a day is its first day.
    pub fn read(&self, text: &str) -> Result<Option<i64>, String> {
        Ok(match Written::parse(text)? {
            None => None,
            Some(Written::At(at) | Written::Counted(at, _)) => Some(at),
            Some(Written::Numbers { first, second, year, clock, .. }) => {
                let (day, month) = match self.order_of(first, second) {
                    Some(Order::DayFirst) => (first, second),
                    Some(Order::MonthFirst) => (second, first),
                    None => {
                        let why = match self.mixed() {
                            true => "the column has both orders",
                            false => "nothing in the column shows which number is the day",
                        };
                        return Err(format!(
                            "a date that may be read two ways: {why}; state it: --dates day-first|month-first"
                        ));
                    }
                };
                Some(clock.on(year, month, day)?)
            }
        })
    }

    fn order_of(&self, first: i8, second: i8) -> Option<Order> {
        match (first > 12, second > 12) {
            _ if first == second => Some(Order::DayFirst),
            (true, _) => Some(Order::DayFirst),
            (_, true) => Some(Order::MonthFirst),
            _ => self.stated.or(match (&self.day_first, &self.month_first) {
                (Some(_), None) => Some(Order::DayFirst),
                (None, Some(_)) => Some(Order::MonthFirst),
                _ => None,
            }),
        }
    }

    /// Whether both orders stand in the column.
    pub fn mixed(&self) -> bool {
        self.day_first.is_some() && self.month_first.is_some()
    }

    /// Whether the column has dates that are refused because they can be read two ways.
    pub fn ambiguous(&self) -> bool {
        self.unclear.is_some() && self.order_of(1, 2).is_none()
    }

    /// What was decided about the column, where there was something to decide.
    pub fn says(&self) -> Vec<String> {
        let show = |text: &str| quoted(text.as_bytes());
        let mut said = Vec::new();
        if let (Some(day), Some(month)) = (&self.day_first, &self.month_first) {
            said.push(format!("dates are written in both orders ({} and {})", show(day), show(month)));
        }
        if let Some(unclear) = &self.unclear {
            let unclear = show(unclear);
            said.push(match (self.order_of(1, 2), self.stated) {
                (None, _) => format!("{unclear} is not read: nothing shows which number is the day"),
                (Some(Order::DayFirst), Some(_)) => format!("{unclear} is read day first, as stated"),
                (Some(Order::MonthFirst), Some(_)) => format!("{unclear} is read month first, as stated"),
                (Some(Order::DayFirst), None) => {
                    format!("{unclear} is read day first: {} shows it", show(self.day_first.as_deref().unwrap_or("")))
                }
                (Some(Order::MonthFirst), None) => {
                    format!(
                        "{unclear} is read month first: {} shows it",
                        show(self.month_first.as_deref().unwrap_or(""))
                    )
                }
            });
        }
        if let Some(short) = &self.short_year {
            said.push(format!("years of two digits are of this century up to 69, as in {}", show(short)));
        }
        if let Some((counted, text)) = &self.counted {
            said.push(format!("{} is read as {}", show(text), counted.name()));
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::super::moment::MONTHS;
    use super::*;
    use crate::base::time::show;
    use proptest::prelude::*;

    fn alone(text: &str) -> Result<Option<String>, String> {
        Ok(Dates::learn([text].into_iter()).read(text)?.map(show))
    }

    #[test]
    fn dates_that_can_be_read_one_way() {
        for (text, date) in [
            ("2025-11-12", "2025-11-12T00:00:00Z"),
            ("2025-11-12 18:05", "2025-11-12T18:05:00Z"),
            ("2025-11-12T18:05:09Z", "2025-11-12T18:05:09Z"),
            ("2025-11-12T18:05:09+07:00", "2025-11-12T11:05:09Z"),
            ("2025/11/12", "2025-11-12T00:00:00Z"),
            ("2025.11.12", "2025-11-12T00:00:00Z"),
            ("20251112", "2025-11-12T00:00:00Z"),
            ("25/11/2025", "2025-11-25T00:00:00Z"),
            ("11/25/2025", "2025-11-25T00:00:00Z"),
            ("25.11.2025", "2025-11-25T00:00:00Z"),
            ("25-11-25", "2025-11-25T00:00:00Z"),
            ("05/05/2025", "2025-05-05T00:00:00Z"),
            ("25/11/2025 18:05", "2025-11-25T18:05:00Z"),
            ("18:05 25/11/2025", "2025-11-25T18:05:00Z"),
            ("25/11/2025, 6:05 PM", "2025-11-25T18:05:00Z"),
            ("25/11/2025 6:05:09pm", "2025-11-25T18:05:09Z"),
            ("25/11/2025 12:05 AM", "2025-11-25T00:05:00Z"),
            ("25/11/2025 6:05 CH", "2025-11-25T18:05:00Z"),
            ("25/11/2025 6:05 SA", "2025-11-25T06:05:00Z"),
            ("25/11/2025 01:00 GMT+7", "2025-11-24T18:00:00Z"),
            ("25/11/2025 01:00 +0700", "2025-11-24T18:00:00Z"),
            ("12 Th11 2025", "2025-11-12T00:00:00Z"),
            ("12 Th 11 2025", "2025-11-12T00:00:00Z"),
            ("12 thg 11, 2025", "2025-11-12T00:00:00Z"),
            ("12 Tháng 11 2025", "2025-11-12T00:00:00Z"),
            ("Ngày 12 tháng 11 năm 2025", "2025-11-12T00:00:00Z"),
            ("Nov 12, 2025", "2025-11-12T00:00:00Z"),
            ("November 12th, 2025", "2025-11-12T00:00:00Z"),
            ("Wed, 12 Nov 2025 18:05:00 GMT", "2025-11-12T18:05:00Z"),
            ("12-Nov-2025", "2025-11-12T00:00:00Z"),
            ("12-Nov-25", "2025-11-12T00:00:00Z"),
            ("12 de noviembre de 2025", "2025-11-12T00:00:00Z"),
            ("12 décembre 2025", "2025-12-12T00:00:00Z"),
            ("DEC 2022", "2022-12-01T00:00:00Z"),
            ("june 2022", "2022-06-01T00:00:00Z"),
            ("sep-2022", "2022-09-01T00:00:00Z"),
            ("Tháng 6/2022", "2022-06-01T00:00:00Z"),
            ("06/2022", "2022-06-01T00:00:00Z"),
            ("2022-06", "2022-06-01T00:00:00Z"),
            ("1762970709", "2025-11-12T18:05:09Z"),
            ("1762970709000", "2025-11-12T18:05:09Z"),
            ("45973", "2025-11-12T00:00:00Z"),
            ("45973.5", "2025-11-12T12:00:00Z"),
            ("29/02/2024", "2024-02-29T00:00:00Z"),
        ] {
            assert_eq!(alone(text), Ok(Some(date.to_owned())), "{text}");
        }
        assert_eq!(alone("N/A"), Ok(None));
    }

    #[test]
    fn what_is_no_date_says_why() {
        for (text, why) in [
            ("hello", "a text, not a date"),
            ("12/11", "a date without a year"),
            ("Nov 12", "a date without a year"),
            ("12 thg 11", "a date without a year"),
            ("3 days ago", "a date that counts from a day that is not known"),
            ("Hôm qua", "a date that counts from a day that is not known"),
            ("30/02/2025", "no day of the calendar (2025-02-30)"),
            ("31/11/2025", "no day of the calendar (2025-11-31)"),
            ("25/13/2025", "numbers that make no date"),
            ("12/11/0205", "a date of the year 205; years from 1990 to 2100 are read"),
            ("1875-01-01", "a date of the year 1875; years from 1990 to 2100 are read"),
            ("7", "a number that is no date from 1990 to 2100"),
            ("25/11/2025 25:00", "a date with \"25:00\", which is no time of day"),
            ("12 Nov 2025 foo", "a date with the word \"foo\", which is not known here"),
        ] {
            assert_eq!(
                Dates::learn([text].into_iter()).stated(Some(Order::DayFirst)).read(text).unwrap_err(),
                why,
                "{text}"
            );
        }
    }

    #[test]
    fn the_column_decides() {
        let column = |texts: &[&str]| Dates::learn(texts.iter().copied());
        let day = column(&["03/04/2025", "25/04/2025"]);
        assert_eq!(day.read("03/04/2025").unwrap().map(show).unwrap(), "2025-04-03T00:00:00Z");
        assert_eq!(day.says(), ["\"03/04/2025\" is read day first: \"25/04/2025\" shows it"]);
        let month = column(&["03/04/2025", "04/25/2025"]);
        assert_eq!(month.read("03/04/2025").unwrap().map(show).unwrap(), "2025-03-04T00:00:00Z");
        assert!(!day.ambiguous() && !month.ambiguous());

        let open = column(&["03/04/2025"]);
        let refused = open.read("03/04/2025").unwrap_err();
        assert!(open.ambiguous());
        assert!(refused.contains("nothing in the column shows which number is the day"), "{refused}");
        assert!(refused.contains("--dates day-first|month-first"), "{refused}");
        assert_eq!(open.says(), ["\"03/04/2025\" is not read: nothing shows which number is the day"]);
        let stated = open.stated(Some(Order::MonthFirst));
        assert_eq!(stated.read("03/04/2025").unwrap().map(show).unwrap(), "2025-03-04T00:00:00Z");

        let both = column(&["03/04/2025", "25/04/2025", "04/25/2025"]);
        assert!(both.mixed() && both.ambiguous());
        assert!(both.read("25/04/2025").is_ok() && both.read("04/25/2025").is_ok());
        assert!(both.read("03/04/2025").unwrap_err().contains("the column has both orders"));
    }

    #[test]
    fn cells_of_any_type() {
        let dates = Dates::default();
        for cell in [Cell::Time(1_762_905_600_000), Cell::Number(45973.0), Cell::Text("2025-11-12".into())] {
            assert_eq!(dates.cell(&cell), Ok(Some(1_762_905_600_000)), "{cell:?}");
        }
        assert_eq!(dates.cell(&Cell::Empty), Ok(None));
        assert_eq!(dates.cell(&Cell::Flag(true)), Err("yes or no, not a date".into()));
    }

    #[test]
    fn short_years_and_bare_numbers_are_said() {
        assert_eq!(
            Dates::learn(["25/11/25"].into_iter()).says(),
            ["years of two digits are of this century up to 69, as in \"25/11/25\""]
        );
        assert_eq!(Dates::learn(["45973"].into_iter()).says(), ["\"45973\" is read as a day number of Excel"]);
    }

    #[test]
    fn no_month_has_two_places() {
        let mut names: Vec<&str> = MONTHS.iter().flat_map(|names| names.iter().copied()).collect();
        for name in &names {
            assert_eq!(fold(name), *name, "written as it folds");
        }
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-zA-Zđ/:., +-]{0,24}|\\PC{0,20}") {
            let dates = Dates::learn([text.as_str()].into_iter());
            let _ = dates.read(&text);
            dates.says();
        }

        #[test]
        fn day_first_and_month_first_give_the_day_back(year in 1990i16..=2100, month in 1i8..=12, day in 1i8..=28) {
            let iso = format!("{year:04}-{month:02}-{day:02}T00:00:00Z");
            let dates = Dates::default().stated(Some(Order::DayFirst));
            prop_assert_eq!(dates.read(&format!("{day}/{month}/{year}")).unwrap().map(show), Some(iso.clone()));
            let dates = Dates::default().stated(Some(Order::MonthFirst));
            // A number above 12 is a day whatever was stated.
            if day <= 12 {
                prop_assert_eq!(dates.read(&format!("{month}.{day}.{year}")).unwrap().map(show), Some(iso));
            }
        }
    }
}
