//! Dates as people write them: `2025-11-12`, `12/11/2025`, `12.11.25`, `12 Th11 2025`, `Nov 12, 2025`, `DEC 2022`, Unix
//! seconds, the day numbers of Excel.
//!
//! Whether `03/04/2025` is in April or in March is a property of the column: a cell with a number above 12 decides.
//! Where none does, or cells disagree, such dates are refused until the order is stated. A date without a year, and one
//! that counts from today, are refused: the day on which the table was written is not known. Times without an offset
//! are UTC.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::fold::{fold, plain};
use super::missing::is_missing;
use crate::base::error::quoted;
use crate::base::time::{DAY, parse_date};

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

/// Years that tables of posts and accounts may speak of.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

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

    /// Reads a cell: milliseconds since 1970, nothing where it says that nothing is known, or why it is no date. A
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

/// What a bare number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counted {
    Seconds,
    Milliseconds,
    Microseconds,
    ExcelDays,
    Digits,
}

impl Counted {
    fn name(self) -> &'static str {
        match self {
            Counted::Seconds => "seconds since 1970",
            Counted::Milliseconds => "milliseconds since 1970",
            Counted::Microseconds => "microseconds since 1970",
            Counted::ExcelDays => "a day number of Excel",
            Counted::Digits => "year, month and day",
        }
    }
}

/// A cell taken apart.
#[derive(Debug, Clone, Copy)]
enum Written {
    /// Only to be read one way.
    At(i64),
    /// A bare number.
    Counted(i64, Counted),
    /// Two numbers in front of a year.
    Numbers { first: i8, second: i8, year: i16, clock: Clock, short_year: bool },
}

/// The time of day, and how far local time is ahead of UTC.
#[derive(Debug, Clone, Copy)]
struct Clock {
    time: Time,
    ahead: Offset,
}

impl Clock {
    const MIDNIGHT: Clock = Clock { time: Time::midnight(), ahead: Offset::UTC };

    fn on(self, year: i16, month: i8, day: i8) -> Result<i64, String> {
        if !YEARS.contains(&year) {
            return Err(format!("a date of the year {year}; years from {} to {} are read", YEARS.start(), YEARS.end()));
        }
        let date =
            Date::new(year, month, day).map_err(|_| format!("no day of the calendar ({year}-{month:02}-{day:02})"))?;
        let at = self.ahead.to_timestamp(DateTime::from_parts(date, self.time));
        Ok(at.map_err(|_| "no time of the calendar".to_owned())?.as_millisecond())
    }
}

/// Names of months, in lower case without accents.
pub const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "janvier", "janv", "enero", "ene", "janeiro", "januari", "januar", "มกราคม", "ม ค"],
    &["february", "feb", "fevrier", "fevr", "febrero", "fevereiro", "fev", "februari", "februar", "กุมภาพันธ์", "ก พ"],
    &["march", "mar", "mars", "marzo", "marco", "maret", "marz", "มีนาคม", "มี ค"],
    &["april", "apr", "avril", "avr", "abril", "abr", "เมษายน", "เม ย"],
    &["may", "mai", "mayo", "maio", "mei", "พฤษภาคม", "พ ค"],
    &["june", "jun", "juin", "junio", "junho", "juni", "มิถุนายน", "มิ ย"],
    &["july", "jul", "juillet", "juil", "julio", "julho", "juli", "กรกฎาคม", "ก ค"],
    &["august", "aug", "aout", "agosto", "ago", "agustus", "agu", "สิงหาคม", "ส ค"],
    &["september", "sep", "sept", "septembre", "septiembre", "setembro", "set", "กันยายน", "ก ย"],
    &["october", "oct", "octobre", "octubre", "outubro", "out", "oktober", "okt", "ตุลาคม", "ต ค"],
    &["november", "nov", "novembre", "noviembre", "novembro", "พฤศจิกายน", "พ ย"],
    &[
        "december",
        "dec",
        "decembre",
        "diciembre",
        "dic",
        "dezembro",
        "dez",
        "desember",
        "des",
        "dezember",
        "ธันวาคม",
        "ธ ค",
    ],
];

/// Words that stand beside dates and say nothing of them: days of the week, "at", "ngày".
const FILLERS: &[&str] = &[
    "monday",
    "mon",
    "tuesday",
    "tue",
    "tues",
    "wednesday",
    "wed",
    "thursday",
    "thu",
    "thur",
    "thurs",
    "friday",
    "fri",
    "saturday",
    "sat",
    "sunday",
    "sun",
    "at",
    "on",
    "the",
    "of",
    "de",
    "del",
    "le",
    "ngay",
    "nam",
    "luc",
    "st",
    "nd",
    "rd",
    "th",
    "chu nhat",
];

impl Written {
    fn parse(text: &str) -> Result<Option<Written>, String> {
        if is_missing(text) {
            return Ok(None);
        }
        let text = text.trim();
        if text.len() > 100 {
            return Err("a text, not a date".into());
        }
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
            && let Ok(number) = text.parse::<f64>()
        {
            return counted(text, number).map(Some);
        }
        if let Some(at) = parse_date(text) {
            return in_range(at).map(Written::At).map(Some);
        }
        let (rest, clock) = take_clock(text)?;
        let folded = fold(&rest);
        let numbers: Vec<&str> = folded.split(' ').collect();
        if numbers.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
            return from_numbers(&numbers, clock).map(Some);
        }
        from_words(&folded, clock).map(Written::At).map(Some)
    }
}

fn in_range(at: i64) -> Result<i64, String> {
    let year = jiff::Timestamp::from_millisecond(at).map_or(0, |at| Offset::UTC.to_datetime(at).year());
    match YEARS.contains(&year) {
        true => Ok(at),
        false => Err(format!("a date of the year {year}; years from {} to {} are read", YEARS.start(), YEARS.end())),
    }
}

/// Bare numbers, told apart by their size: no two of these ranges of 110 years meet.
fn counted(text: &str, number: f64) -> Result<Written, String> {
    let at = |milliseconds: f64, counted| Ok(Written::Counted(libm::round(milliseconds) as i64, counted));
    const SECONDS: std::ops::Range<f64> = 631_152_000.0..4_133_980_800.0;
    if SECONDS.contains(&number) {
        return at(number * 1e3, Counted::Seconds);
    }
    if SECONDS.contains(&(number / 1e3)) {
        return at(number, Counted::Milliseconds);
    }
    if SECONDS.contains(&(number / 1e6)) {
        return at(number / 1e3, Counted::Microseconds);
    }
    if (32_874.0..73_416.0).contains(&number) {
        return Ok(Written::Counted(excel_days(number), Counted::ExcelDays));
    }
    if text.len() == 8
        && let (Ok(year), Ok(month), Ok(day)) = (text[..4].parse(), text[4..6].parse(), text[6..].parse())
        && let Ok(at) = Clock::MIDNIGHT.on(year, month, day)
    {
        return Ok(Written::Counted(at, Counted::Digits));
    }
    Err("a number that is no date from 1990 to 2100".into())
}

/// The day number of an Excel sheet, counted from 1899-12-30, as milliseconds since 1970.
pub fn excel_days(days: f64) -> i64 {
    const FIRST: f64 = 25_569.0;
    // Days are kept as floats: a second is not exact, so the nearest millisecond is meant.
    libm::round((days - FIRST) * DAY as f64) as i64
}

/// Cuts a time of day and an offset out of a text.
fn take_clock(text: &str) -> Result<(String, Clock), String> {
    let mut clock = Clock::MIDNIGHT;
    let mut rest: Vec<String> = Vec::new();
    let mut seen = false;
    let lower = plain(text);
    let words: Vec<&str> =
        lower.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    for word in words {
        if word.contains(':') && !seen {
            let (date, time) = match word.rsplit_once('t') {
                Some((date, time)) if date.ends_with(|c: char| c.is_ascii_digit()) => (date, time),
                _ => ("", word),
            };
            clock = read_clock(time)?;
            seen = true;
            if !date.is_empty() {
                rest.push(date.to_owned());
            }
            continue;
        }
        match word {
            "am" | "a.m." | "sa" if seen => {
                if clock.time.hour() == 12 {
                    clock.time = clock.time.with().hour(0).build().map_err(|error| error.to_string())?;
                }
            }
            "pm" | "p.m." | "ch" if seen => {
                if clock.time.hour() < 12 {
                    let later = clock.time.with().hour(clock.time.hour() + 12).build();
                    clock.time = later.map_err(|error| error.to_string())?;
                }
            }
            "utc" | "gmt" | "z" if seen => {}
            _ if seen && read_offset(word).is_some() => clock.ahead = read_offset(word).unwrap_or(Offset::UTC),
            _ => rest.push(word.to_owned()),
        }
    }
    Ok((rest.join(" "), clock))
}

/// `18:05`, `18:05:59`, `18:05:59.250`, with or without `am`, `pm`, `Z` or an offset behind it.
fn read_clock(text: &str) -> Result<Clock, String> {
    let wrong = || format!("a date with {}, which is no time of day", quoted(text.as_bytes()));
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
    let (time, behind) = text.split_at(end);
    let mut parts = time.splitn(3, ':');
    let mut next = || parts.next().map(str::parse::<f64>).transpose().map_err(|_| wrong());
    let (hour, minute, second) = (next()?, next()?, next()?.unwrap_or(0.0));
    let (Some(mut hour), Some(minute)) = (hour, minute) else { return Err(wrong()) };
    let ahead = match behind {
        "" | "z" | "utc" => Offset::UTC,
        "am" if hour == 12.0 => {
            hour = 0.0;
            Offset::UTC
        }
        "am" => Offset::UTC,
        "pm" => {
            hour += if hour < 12.0 { 12.0 } else { 0.0 };
            Offset::UTC
        }
        offset => read_offset(offset).ok_or_else(wrong)?,
    };
    if hour.fract() != 0.0 || minute.fract() != 0.0 || hour > 23.0 || minute > 59.0 || second >= 60.0 {
        return Err(wrong());
    }
    let nanoseconds = libm::floor(second.fract() * 1e3) * 1e6;
    let time = Time::new(hour as i8, minute as i8, second as i8, nanoseconds as i32).map_err(|_| wrong())?;
    Ok(Clock { time, ahead })
}

/// `+07:00`, `+0700`, `+7`, `gmt+7`, `utc+07:00`.
fn read_offset(text: &str) -> Option<Offset> {
    let text = text.trim_matches(|c| matches!(c, '(' | ')'));
    let text = text.strip_prefix("gmt").or_else(|| text.strip_prefix("utc")).unwrap_or(text);
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some((hours, minutes)), _) => (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?),
        (None, 1 | 2) => (digits.parse().ok()?, 0),
        (None, 4) => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    let seconds = sign * (hours * 3600 + minutes * 60);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then(|| Offset::from_seconds(seconds).ok()).flatten()
}

const NO_YEAR: &str = "a date without a year";

/// A year as written: four digits, or two.
fn year_of(text: &str) -> Option<(i16, bool)> {
    let year: i16 = text.parse().ok()?;
    match text.len() {
        4 => Some((year, false)),
        2 => Some((if year < 70 { 2000 + year } else { 1900 + year }, true)),
        _ => None,
    }
}

fn from_numbers(parts: &[&str], clock: Clock) -> Result<Written, String> {
    let small = |text: &str| if text.len() <= 2 { text.parse::<i8>().ok() } else { None };
    let wrong = || "numbers that make no date".to_owned();
    match *parts {
        [year, month, day] if year.len() == 4 => {
            let (year, _) = year_of(year).ok_or_else(wrong)?;
            clock.on(year, small(month).ok_or_else(wrong)?, small(day).ok_or_else(wrong)?).map(Written::At)
        }
        [first, second, year] => {
            let (first, second) = small(first).zip(small(second)).ok_or_else(wrong)?;
            let (year, short_year) = year_of(year).ok_or_else(wrong)?;
            if first > 12 && second > 12 || first < 1 || second < 1 {
                return Err(wrong());
            }
            Ok(Written::Numbers { first, second, year, clock, short_year })
        }
        [month, year] if year.len() == 4 => {
            let (year, _) = year_of(year).ok_or_else(wrong)?;
            clock.on(year, small(month).ok_or_else(wrong)?, 1).map(Written::At)
        }
        [year, month] if year.len() == 4 => {
            let (year, _) = year_of(year).ok_or_else(wrong)?;
            clock.on(year, small(month).ok_or_else(wrong)?, 1).map(Written::At)
        }
        [_, _] => Err(NO_YEAR.into()),
        _ => Err(wrong()),
    }
}

/// Dates with a month in letters: the number beside it that can be a year is the year.
fn from_words(folded: &str, clock: Clock) -> Result<i64, String> {
    const RELATIVE: &[&str] =
        &["ago", "truoc", "yesterday", "today", "hom qua", "hom nay", "now", "just now", "vua xong"];
    if RELATIVE.iter().any(|word| format!(" {folded} ").contains(&format!(" {word} "))) {
        return Err("a date that counts from a day that is not known".into());
    }
    let (month, rest) = take_month(folded).ok_or("a text, not a date")?;
    let mut numbers = Vec::new();
    for word in rest.split(' ').filter(|word| !word.is_empty() && !FILLERS.contains(word)) {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let ordinal = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th");
        if digits.is_empty() || !ordinal || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(format!("a date with the word {}, which is not known here", quoted(word.as_bytes())));
        }
        numbers.push(digits);
    }
    let (day, year) = match numbers[..] {
        [year] if year.len() == 4 => (1, year_of(year)),
        [day, year] if year.len() == 4 => (day.parse().unwrap_or(0), year_of(year)),
        [year, day] if year.len() == 4 => (day.parse().unwrap_or(0), year_of(year)),
        [day, year] => (day.parse().unwrap_or(0), year_of(year)),
        [] | [_] => return Err(NO_YEAR.into()),
        _ => return Err("more numbers than a date has".into()),
    };
    let (year, _) = year.ok_or(NO_YEAR)?;
    clock.on(year, month, day)
}

/// The month and the words around it.
fn take_month(folded: &str) -> Option<(i8, String)> {
    let words: Vec<&str> = folded.split(' ').collect();
    for (at, word) in words.iter().enumerate() {
        let around = |width: usize| [&words[..at], &words[at + width..]].concat().join(" ");
        // "tháng 11", "thg 11", "th11", "T11".
        let number = |text: &str| text.parse::<i8>().ok().filter(|month| (1..=12).contains(month));
        if matches!(*word, "thang" | "thg" | "th")
            && let Some(month) = words.get(at + 1).and_then(|next| number(next))
        {
            return Some((month, around(2)));
        }
        let glued = ["thang", "thg", "th", "t"].iter().find_map(|prefix| number(word.strip_prefix(prefix)?));
        if let Some(month) = glued {
            return Some((month, around(1)));
        }
        for width in [2, 1] {
            let Some(name) = words.get(at..at + width).map(|words| words.join(" ")) else { continue };
            if let Some(month) = MONTHS.iter().position(|names| names.contains(&name.as_str())) {
                return Some((month as i8 + 1, around(width)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
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
