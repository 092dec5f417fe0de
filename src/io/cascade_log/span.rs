//! A length of time as people write it: `30min`, `1h`, `2d`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Units, longest first, in milliseconds.
const UNITS: [(&str, i64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1)];

/// A length of time; a bare number counts hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    milliseconds: i64,
}

impl Span {
    /// So many hours.
    pub const fn hours(hours: i64) -> Span {
        Span { milliseconds: hours.saturating_mul(3_600_000) }
    }

    /// In milliseconds.
    pub fn milliseconds(self) -> i64 {
        self.milliseconds
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Span, String> {
        let wrong = || format!("\"{text}\" is no length of time: write 30min, 1h or 2d");
        let text = text.trim();
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let number: f64 = text[..digits].parse().map_err(|_| wrong())?;
        let unit = match text[digits..].trim() {
            "" => 3_600_000,
            unit => UNITS.iter().find(|(name, _)| *name == unit).map(|(_, unit)| *unit).ok_or_else(wrong)?,
        };
        let milliseconds = libm::round(number * unit as f64);
        match (1.0..1e15).contains(&milliseconds) {
            true => Ok(Span { milliseconds: milliseconds as i64 }),
            false => Err(wrong()),
        }
    }
}

impl fmt::Display for Span {
    /// In the longest unit of which it is a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, unit)| self.milliseconds % unit == 0);
        let (name, unit) = whole.copied().unwrap_or(("ms", 1));
        write!(f, "{}{name}", self.milliseconds / unit)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Span, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Hours(f64),
            Text(String),
        }
        let text = match Either::deserialize(deserializer)? {
            Either::Hours(hours) => hours.to_string(),
            Either::Text(text) => text,
        };
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_shown_as_people_write_them() {
        for (text, milliseconds, shown) in [
            ("1h", 3_600_000, "1h"),
            ("30min", 1_800_000, "30min"),
            ("2 d", 172_800_000, "2d"),
            ("1.5", 5_400_000, "90min"),
            ("48h", 172_800_000, "2d"),
            ("90s", 90_000, "90s"),
            ("250ms", 250, "250ms"),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!((span.milliseconds(), span.to_string().as_str()), (milliseconds, shown));
            let kept = serde_json::to_string(&span).unwrap();
            assert_eq!(serde_json::from_str::<Span>(&kept).unwrap(), span);
        }
        for wrong in ["", "0", "-1h", "1 week", "h", "1e9d", "NaN"] {
            assert!(wrong.parse::<Span>().is_err(), "{wrong}");
        }
    }
}
