//! One date taken apart: what can only be read one way is read; `03/04/2025` waits for its column.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

use super::fold::{fold, plain};
use super::missing::is_missing;
use crate::base::error::quoted;
use crate::base::time::{DAY, parse_date};

/// Years that tables of posts and accounts may speak of.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2100;

/// What a bare number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Seconds,
    Milliseconds,
    Microseconds,
    ExcelDays,
    Digits,
}

impl Counted {
    pub fn name(self) -> &'static str {
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
pub(super) enum Written {
    /// Only to be read one way.
    At(i64),
    /// A bare number.
    Counted(i64, Counted),
    /// Two numbers in front of a year.
    Numbers { first: i8, second: i8, year: i16, clock: Clock, short_year: bool },
}

/// The time of day, and how far local time is ahead of UTC.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    time: Time,
    ahead: Offset,
}

impl Clock {
    const MIDNIGHT: Clock = Clock { time: Time::midnight(), ahead: Offset::UTC };

    pub fn on(self, year: i16, month: i8, day: i8) -> Result<i64, String> {
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
    pub fn parse(text: &str) -> Result<Option<Written>, String> {
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
