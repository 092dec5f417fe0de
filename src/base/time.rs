//! Times in data: milliseconds since 1970 in UTC, from numbers or from dates as people write them.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// A time that was not given. Missing is never zero.
pub const MISSING: i64 = i64::MIN;

/// Milliseconds in a day.
pub const DAY: i64 = 86_400_000;

/// What a bare number in a time column counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum TimeUnit {
    /// Seconds since 1970 (Unix time).
    #[default]
    S,
    /// Milliseconds since 1970.
    Ms,
    /// Microseconds since 1970.
    Us,
    /// Minutes since 1970, or since the start of the data.
    Min,
    /// Hours since 1970, or since the start of the data.
    H,
    /// Days since 1970, or since the start of the data.
    D,
}

impl TimeUnit {
    /// How many milliseconds one of it takes.
    pub fn milliseconds(self) -> f64 {
        match self {
            TimeUnit::S => 1e3,
            TimeUnit::Ms => 1.0,
            TimeUnit::Us => 1e-3,
            TimeUnit::Min => 6e4,
            TimeUnit::H => 3.6e6,
            TimeUnit::D => 8.64e7,
        }
    }
}

/// Reads a number in `unit`, `2012-07-04`, `2012-07-04 18:00[:00]`, or an RFC 3339 time. A date without an
/// offset is UTC.
pub fn parse(text: &str, unit: TimeUnit) -> Option<i64> {
    if let Ok(number) = text.parse::<i64>() {
        return whole(number, unit);
    }
    if let Ok(number) = text.parse::<f64>() {
        return float(number, unit);
    }
    parse_date(text)
}

/// A whole number in `unit`.
pub fn whole(number: i64, unit: TimeUnit) -> Option<i64> {
    match unit {
        TimeUnit::S => number.checked_mul(1000),
        TimeUnit::Ms => Some(number),
        TimeUnit::Us => Some(number.div_euclid(1000)),
        TimeUnit::Min => number.checked_mul(60_000),
        TimeUnit::H => number.checked_mul(3_600_000),
        TimeUnit::D => number.checked_mul(DAY),
    }
    .filter(|&time| time != MISSING)
}

/// A number with decimals in `unit`, to the nearest millisecond.
pub fn float(number: f64, unit: TimeUnit) -> Option<i64> {
    let scaled = libm::round(number * unit.milliseconds());
    (scaled.is_finite() && scaled.abs() < 9e18).then_some(scaled as i64)
}

/// Reads a date or a time as people write it, not a bare number.
pub fn parse_date(text: &str) -> Option<i64> {
    if let Ok(stamp) = text.parse::<Timestamp>() {
        return Some(stamp.as_millisecond());
    }
    let civil: DateTime = text.parse().ok()?;
    Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_millisecond())
}

/// The time as `2012-07-04T18:00:00Z`; an empty text for a missing one.
pub fn show(time: i64) -> String {
    match Timestamp::from_millisecond(time) {
        _ if time == MISSING => String::new(),
        Ok(stamp) => stamp.to_string(),
        Err(_) => format!("{time} ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_dates_agree() {
        assert_eq!(parse("1341100972", TimeUnit::S), Some(1_341_100_972_000));
        assert_eq!(parse("1341100972000", TimeUnit::Ms), Some(1_341_100_972_000));
        assert_eq!(parse("1289241911.72836", TimeUnit::S), Some(1_289_241_911_728));
        assert_eq!(parse("2012-07-01T00:02:52Z", TimeUnit::S), Some(1_341_100_972_000));
        assert_eq!(parse("2012-07-01 00:02:52", TimeUnit::S), Some(1_341_100_972_000));
        assert_eq!(parse("2012-07-01T02:02:52+02:00", TimeUnit::S), Some(1_341_100_972_000));
        assert_eq!(parse("2012-07-01", TimeUnit::S), Some(1_341_100_800_000));
        assert_eq!(show(1_341_100_972_000), "2012-07-01T00:02:52Z");
    }

    #[test]
    fn nonsense_is_no_time() {
        for wrong in ["", "yesterday", "NaN", "inf", "1e300", "9223372036854775807", "2012-13-01"] {
            assert_eq!(parse(wrong, TimeUnit::S), None, "{wrong}");
        }
        assert_eq!(show(MISSING), "");
    }
}
