//! What the times of a log count, and whether they are dates.

use super::batch::LATEST;
use crate::base::time::{self, DAY, TimeUnit};
use crate::base::{Error, Location, Result};

/// 1990: no log of today's platforms is older.
const EARLIEST: i64 = 631_152_000_000;

/// A time as it stands in the log, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct At {
    pub value: f64,
    pub place: Location,
}

/// What all times of a log span, and how they are written.
#[derive(Debug, Clone, Default)]
pub struct Extent {
    pub least: Option<At>,
    pub most: Option<At>,
    /// The first time that is a number, and the first that is a date.
    pub number: Option<Location>,
    pub date: Option<Location>,
}

impl Extent {
    /// Takes in what another part of the log spans, which stands after it.
    pub fn add(&mut self, least: Option<At>, most: Option<At>, number: Option<Location>, date: Option<Location>) {
        if let Some(at) = least
            && self.least.as_ref().is_none_or(|least| at.value < least.value)
        {
            self.least = Some(at);
        }
        if let Some(at) = most
            && self.most.as_ref().is_none_or(|most| at.value > most.value)
        {
            self.most = Some(at);
        }
        self.number = self.number.take().or(number);
        self.date = self.date.take().or(date);
    }
}

/// How times of a log are read.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clock {
    milliseconds: f64,
    /// Whether they are since 1970.
    pub dated: bool,
}

impl Clock {
    /// In milliseconds.
    pub fn read(self, value: f64) -> i64 {
        libm::round(value * self.milliseconds) as i64
    }
}

/// The unit in which a number is a date from 1990 to 2100, where there is one: the ranges of units do not meet. Minutes
/// and days are not guessed: 20120704 would be a time in minutes, and small numbers days.
pub fn unit_of(number: f64) -> Option<TimeUnit> {
    let is_date = |unit: &TimeUnit| {
        let scaled = number * unit.milliseconds();
        scaled >= EARLIEST as f64 && scaled < LATEST as f64
    };
    [TimeUnit::S, TimeUnit::Ms, TimeUnit::Us, TimeUnit::H].into_iter().find(is_date)
}

fn name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::S => "seconds",
        TimeUnit::Ms => "milliseconds",
        TimeUnit::Us => "microseconds",
        TimeUnit::Min => "minutes",
        TimeUnit::H => "hours",
        TimeUnit::D => "days",
    }
}

/// Settles what times count, with a sentence about it. `offsets`: they count since each cascade began.
pub fn settle(said: Option<TimeUnit>, offsets: bool, extent: &Extent) -> Result<(Clock, String)> {
    if let (Some(number), Some(date)) = (&extent.number, &extent.date) {
        return Err(Error::input(date.clone(), "times of one kind", format!("a date, and at {number} a number"))
            .with_hint("write all times as dates or all as numbers"));
    }
    let (Some(least), Some(most)) = (&extent.least, &extent.most) else {
        let unit = said.unwrap_or_default();
        return Ok((Clock { milliseconds: unit.milliseconds(), dated: false }, "No row has a time.".into()));
    };
    if extent.date.is_some() {
        if offsets {
            return Err(Error::input(least.place.clone(), "a time since the cascade began", "a date"));
        }
        let clock = Clock { milliseconds: 1.0, dated: true };
        return Ok((clock, format!("Times are dates, {}.", range(clock, least, most))));
    }
    let unit = match said {
        Some(unit) => unit,
        None if offsets => {
            return Err(Error::parameter(
                "--time-unit",
                "times of this log count since each cascade began, and only you know in what",
            )
            .with_hint("add --time-unit s (or ms, min, h, d)"));
        }
        None => guess(least, most)?,
    };
    let clock = Clock { milliseconds: unit.milliseconds(), dated: false };
    let latest = most.value * clock.milliseconds;
    if latest >= LATEST as f64 {
        return Err(Error::input(most.place.clone(), "a time before 2100", format!("{} {}", most.value, name(unit)))
            .with_hint("is --time-unit right, for every row?"));
    }
    let dated = !offsets && latest >= EARLIEST as f64;
    let clock = Clock { dated, ..clock };
    Ok((clock, sentence(clock, unit, said.is_some(), offsets, least, most)))
}

fn sentence(clock: Clock, unit: TimeUnit, said: bool, offsets: bool, least: &At, most: &At) -> String {
    let unit = name(unit);
    match (clock.dated, said) {
        (true, false) => format!(
            "Times are taken as {unit} since 1970, {}: in no other unit would they be dates; --time-unit says otherwise.",
            range(clock, least, most)
        ),
        (true, true) => format!("Times are {unit} since 1970, {}.", range(clock, least, most)),
        (false, _) if offsets => format!(
            "Times are {unit} since each cascade began, up to {}; the log does not say on which day that was.",
            most.value
        ),
        (false, _) => format!(
            "Times are {unit} since something that the log does not name ({} to {}): they are no dates.",
            least.value, most.value
        ),
    }
}

fn guess(least: &At, most: &At) -> Result<TimeUnit> {
    match (unit_of(least.value), unit_of(most.value)) {
        (Some(unit), Some(other)) if unit == other => Ok(unit),
        (Some(unit), Some(other)) => Err(Error::input(
            least.place.clone(),
            "times in one unit",
            format!(
                "{}, which would be {}, and at {} {}, which would be {}",
                least.value,
                name(unit),
                most.place,
                most.value,
                name(other)
            ),
        )
        .with_hint("split the log and say --time-unit for each part, or bring all times into one unit")),
        _ => Err(Error::parameter(
            "--time-unit",
            format!(
                "times from {} ({}) to {} ({}) do not say what they count",
                least.value, least.place, most.value, most.place
            ),
        )
        .with_hint("add --time-unit h (or ms, s, min, d)")),
    }
}

fn range(clock: Clock, least: &At, most: &At) -> String {
    format!("from {} to {}", time::show(clock.read(least.value)), time::show(clock.read(most.value)))
}

/// How coarse a clock is on which all these times stand, where it is coarser than a millisecond.
pub fn coarse(mut times: impl Iterator<Item = i64> + Clone) -> Option<&'static str> {
    times.clone().next()?;
    let units = [(DAY, "days"), (3_600_000, "hours"), (60_000, "minutes"), (1000, "seconds")];
    let whole = units.into_iter().find(|(unit, _)| times.clone().all(|time| time % unit == 0));
    // One time alone tells nothing of a clock.
    let first = times.next()?;
    whole.filter(|_| times.any(|time| time != first)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_a_date_in_one_unit_at_most() {
        for (number, unit) in [
            (1_341_100_972.0, Some(TimeUnit::S)),
            (1_341_100_972_000.0, Some(TimeUnit::Ms)),
            (1_341_100_972_000_000.0, Some(TimeUnit::Us)),
            (338_299.765278, Some(TimeUnit::H)),
            (14_095.0, None),
            (20_120_704.0, None),
            (20_120_704_120_000.0, None),
            (0.0, None),
            (96.5, None),
        ] {
            assert_eq!(unit_of(number), unit, "{number}");
        }
    }

    #[test]
    fn the_coarsest_clock_is_named() {
        let of = |times: &[i64]| coarse(times.iter().copied());
        assert_eq!(of(&[0, 3_600_000, 7_200_000]), Some("hours"));
        assert_eq!(of(&[0, DAY]), Some("days"));
        assert_eq!(of(&[61_000, 2000]), Some("seconds"));
        assert_eq!(of(&[1, 2000]), None);
        assert_eq!(of(&[3_600_000, 3_600_000]), None);
        assert_eq!(of(&[]), None);
    }
}
