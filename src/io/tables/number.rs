//! Numbers as people write them: `1.200,5`, `1,200.5`, `1 200`, `1.2M`, `12,5K`, `1,2 triệu`, `5tr`, `45%`.
//!
//! Whether a comma is the decimal separator is a property of the column, so a column is looked at as a whole first.
//! `1.200` alone may be 1200 or 1.2: cells that can only be read one way decide. Where none does, or where both
//! conventions stand in one column, a count is read as 1200 (counts are whole) and an amount is refused until the
//! convention is stated. Nothing is guessed without a word: [`Numbers::says`].

use super::fold::plain;
use super::missing::is_missing;
use crate::base::error::quoted;

/// Which character separates the decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Decimal {
    /// `1,200.5`
    Point,
    /// `1.200,5`
    Comma,
}

impl Decimal {
    fn of(separator: char) -> Decimal {
        if separator == '.' { Decimal::Point } else { Decimal::Comma }
    }

    fn other(self) -> Decimal {
        match self {
            Decimal::Point => Decimal::Comma,
            Decimal::Comma => Decimal::Point,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Decimal::Point => "point",
            Decimal::Comma => "comma",
        }
    }
}

/// Words behind a number, in lower case without accents, and the power of ten that they stand for.
pub const UNITS: &[(&str, i32)] = &[
    ("k", 3),
    ("n", 3),
    ("nghin", 3),
    ("ngan", 3),
    ("thousand", 3),
    ("rb", 3),
    ("ribu", 3),
    ("พัน", 3),
    ("หมื่น", 4),
    ("万", 4),
    ("萬", 4),
    ("만", 4),
    ("แสน", 5),
    ("m", 6),
    ("mn", 6),
    ("mio", 6),
    ("million", 6),
    ("millions", 6),
    ("tr", 6),
    ("trieu", 6),
    ("jt", 6),
    ("juta", 6),
    ("ล้าน", 6),
    ("億", 8),
    ("亿", 8),
    ("억", 8),
    ("b", 9),
    ("bn", 9),
    ("billion", 9),
    ("ty", 9),
    ("ti", 9),
    ("md", 9),
    ("miliar", 9),
];

/// Units after which further digits are decimals, as Vietnamese prices are spoken: `5tr5` is 5.5 million.
const SPOKEN: &[&str] = &["k", "nghin", "ngan", "tr", "trieu", "ty", "ti"];

/// What cells of a column that can be read one way only say of its decimal separator; the first of each kind.
#[derive(Debug, Clone, Default)]
struct Evidence {
    point: Option<String>,
    comma: Option<String>,
}

impl Evidence {
    fn add(&mut self, shows: Decimal, text: &str) {
        let place = match shows {
            Decimal::Point => &mut self.point,
            Decimal::Comma => &mut self.comma,
        };
        place.get_or_insert_with(|| text.to_owned());
    }

    fn decides(&self) -> Option<Decimal> {
        match (&self.point, &self.comma) {
            (Some(_), None) => Some(Decimal::Point),
            (None, Some(_)) => Some(Decimal::Comma),
            _ => None,
        }
    }
}

/// How the numbers of a column are written.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    whole: bool,
    stated: Option<Decimal>,
    /// Of all cells.
    all: Evidence,
    /// Of cells without a unit. `15.5M` says nothing of whether `1.200` beside it is a group.
    bare: Evidence,
    /// The first cell that can be read two ways, and whether it has a unit.
    unclear: Option<(String, bool)>,
    refused: bool,
}

/// A number, and by how much what stands there may be rounded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rounded {
    /// The number.
    pub value: f64,
    /// One in the last place written: 100,000 for `1.2M`, 1 for `1200`.
    pub step: f64,
}

impl Numbers {
    /// Looks at all cells of a column. `whole`: its numbers are counts, so decimals are not expected.
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>, whole: bool) -> Numbers {
        let mut numbers = Numbers { whole, ..Numbers::default() };
        for text in texts {
            let Ok(Some(written)) = Written::parse(text) else { continue };
            match written.digits {
                Digits::Sure { shows: Some(shows), .. } => {
                    numbers.all.add(shows, text.trim());
                    if written.power == 0 {
                        numbers.bare.add(shows, text.trim());
                    }
                }
                Digits::Sure { .. } => {}
                Digits::Unclear { .. } => {
                    let short = written.power != 0;
                    numbers.refused |= short || !whole;
                    if numbers.unclear.as_ref().is_none_or(|(_, was)| *was && !short) {
                        numbers.unclear = Some((text.trim().to_owned(), short));
                    }
                }
            }
        }
        numbers
    }

    /// The same column where the user states which character separates decimals.
    pub fn stated(mut self, decimal: Option<Decimal>) -> Numbers {
        self.stated = decimal;
        self
    }

    /// Reads a cell: a number, nothing where it says that nothing is known, or why it is no number.
    pub fn read(&self, text: &str) -> Result<Option<f64>, String> {
        Ok(self.rounded(text, self.whole)?.map(|number| number.value))
    }

    /// Reads a cell that is a count, or is none, whatever the column.
    pub fn read_as(&self, text: &str, whole: bool) -> Result<Option<f64>, String> {
        Ok(self.rounded(text, whole)?.map(|number| number.value))
    }

    /// Reads a cell with its rounding.
    pub fn read_rounded(&self, text: &str) -> Result<Option<Rounded>, String> {
        self.rounded(text, self.whole)
    }

    fn rounded(&self, text: &str, whole: bool) -> Result<Option<Rounded>, String> {
        let Some(written) = Written::parse(text)? else { return Ok(None) };
        let (digits, decimals) = match &written.digits {
            Digits::Sure { shows: Some(shows), .. } if self.stated.is_some_and(|stated| stated != *shows) => {
                let stated = self.stated.map_or("", Decimal::name);
                return Err(format!("a number whose decimal separator is not the {stated}, as was stated"));
            }
            Digits::Sure { digits, decimals, .. } => (digits, *decimals),
            Digits::Unclear { digits, separator } => match self.reads(*separator, written.power != 0, whole) {
                Some(true) => (digits, 3),
                Some(false) => (digits, 0),
                None => {
                    return Err(format!(
                        "a number that may be read two ways: the \"{separator}\" may separate decimals or thousands, \
                         and {}; state it: --decimal point|comma",
                        if self.mixed() { "the column does both" } else { "nothing in the column shows which" }
                    ));
                }
            },
        };
        let power = written.power - decimals;
        let sign = if written.negative { "-" } else { "" };
        let value: f64 = format!("{sign}{digits}e{power}").parse().map_err(|_| "no number".to_owned())?;
        if !value.is_finite() {
            return Err("a number too large".into());
        }
        Ok(Some(Rounded { value, step: libm::pow(10.0, f64::from(power)) }))
    }

    /// Whether a separator that could be either separates decimals, if that can be told.
    fn reads(&self, separator: char, short: bool, whole: bool) -> Option<bool> {
        let evidence = if whole && !short { &self.bare } else { &self.all };
        match self.stated.or(evidence.decides()) {
            Some(decimal) => Some(decimal == Decimal::of(separator)),
            None if whole && !short => Some(false),
            None => None,
        }
    }

    /// Whether both conventions stand in the column: `1.200,5` beside `1,200.5`.
    pub fn mixed(&self) -> bool {
        self.all.point.is_some() && self.all.comma.is_some()
    }

    /// Whether the column has cells that are refused because they can be read two ways.
    pub fn ambiguous(&self) -> bool {
        self.stated.is_none() && self.refused && self.all.decides().is_none()
    }

    /// What was decided about the column, where there was something to decide.
    pub fn says(&self) -> Option<String> {
        let show = |text: &str| quoted(text.as_bytes());
        let both = match (&self.all.point, &self.all.comma) {
            (Some(point), Some(comma)) => Some(format!(
                "numbers are written both ways ({} and {}): each is read as it can only be read",
                show(comma),
                show(point)
            )),
            _ => None,
        };
        let unclear = self.unclear.as_ref().map(|(text, short)| {
            let separator = if text.contains('.') { '.' } else { ',' };
            let read = match self.reads(separator, *short, self.whole) {
                Some(true) => "read with its separator as that of decimals",
                Some(false) => "read with its separator as that of thousands",
                None => "not read, since it could be either",
            };
            let evidence = if self.whole && !short { &self.bare } else { &self.all };
            let why = match (self.stated, evidence.decides(), &evidence.point, &evidence.comma) {
                (Some(stated), ..) => format!("the decimal separator was stated to be the {}", stated.name()),
                (None, Some(_), Some(example), _) | (None, Some(_), _, Some(example)) => {
                    format!("{} shows it", show(example))
                }
                _ if self.whole && !short => "counts are whole".into(),
                _ => "nothing shows which".into(),
            };
            format!("{} is {read}: {why}", show(text))
        });
        match (both, unclear) {
            (Some(both), Some(unclear)) => Some(format!("{both}; {unclear}")),
            (both, unclear) => both.or(unclear),
        }
    }
}

/// A cell taken apart.
#[derive(Debug)]
struct Written {
    negative: bool,
    digits: Digits,
    /// Power of ten of the unit.
    power: i32,
}

#[derive(Debug)]
enum Digits {
    /// Only to be read one way.
    Sure { digits: String, decimals: i32, shows: Option<Decimal> },
    /// `1.200`: three digits behind a lone separator.
    Unclear { digits: String, separator: char },
}

impl Written {
    fn parse(text: &str) -> Result<Option<Written>, String> {
        if is_missing(text) {
            return Ok(None);
        }
        if text.len() > 100 {
            return Err("a text".into());
        }
        let clean: String = text.chars().map(in_ascii).collect();
        let clean = clean.trim();
        let (negative, rest) = match clean.strip_prefix('-') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, clean.strip_prefix('+').unwrap_or(clean).trim_start()),
        };
        if let Some(c) = rest.chars().next().filter(|c| "<>~≈≤≥".contains(*c)) {
            return Err(format!("a bound or a rough figure (\"{c}\"), not a number"));
        }
        let end =
            rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' ' | '\'')).unwrap_or(rest.len());
        let (body, unit) = rest.split_at(end);
        let body = body.trim_end_matches(' ');
        if !body.contains(|c: char| c.is_ascii_digit()) {
            return Err("a text, not a number".into());
        }
        let mut digits = take_apart(body)?;
        let power = unit_of(&plain(unit.trim()), &mut digits)?;
        Ok(Some(Written { negative, digits, power }))
    }
}

/// Digits of other scripts, wide punctuation, and all kinds of blanks, apostrophes and minus signs as those of ASCII.
fn in_ascii(c: char) -> char {
    const ZEROS: [u32; 5] = [0xff10, 0x0e50, 0x0660, 0x06f0, 0x0966];
    if let Some(digit) = ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero).filter(|digit| *digit < 10)) {
        return char::from(b'0' + digit as u8);
    }
    match c {
        '．' | '٫' => '.',
        '，' | '٬' => ',',
        '％' => '%',
        '’' | '‘' | '′' | '`' | '´' => '\'',
        '−' | '–' | '—' | '－' => '-',
        '＋' => '+',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Separators told apart into those of thousands and of decimals.
fn take_apart(body: &str) -> Result<Digits, String> {
    let malformed = || "a number whose digits are grouped in no known way".to_owned();
    let count = |c: char| body.matches(c).count();
    let (points, commas) = (count('.'), count(','));
    let gap = [' ', '\''].into_iter().filter(|&gap| count(gap) > 0).collect::<Vec<_>>();
    let sure = |whole: &str, group: Option<char>, decimals: &str, shows: Option<Decimal>| {
        let mut digits = ungrouped(whole, group).ok_or_else(malformed)?;
        if !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        digits.push_str(decimals);
        Ok(Digits::Sure { digits, decimals: decimals.len() as i32, shows })
    };
    let lone = match (points, commas, gap.as_slice()) {
        (0, 0, []) => return sure(body, None, "", None),
        (0, 0, [gap]) => return sure(body, Some(*gap), "", None),
        (_, _, [_, _]) => return Err(malformed()),
        (1.., 1.., []) => {
            let at = body.rfind(['.', ',']).unwrap_or(0);
            let decimal = if body[at..].starts_with('.') { '.' } else { ',' };
            let group = if decimal == '.' { ',' } else { '.' };
            if count(decimal) > 1 || body.len() == at + 1 {
                return Err(malformed());
            }
            return sure(&body[..at], Some(group), &body[at + 1..], Some(Decimal::of(decimal)));
        }
        (1.., 1.., _) => return Err(malformed()),
        (1.., ..) => '.',
        _ => ',',
    };
    if count(lone) > 1 {
        return match gap.is_empty() {
            true => sure(body, Some(lone), "", Some(Decimal::of(lone).other())),
            false => Err(malformed()),
        };
    }
    let (before, after) = body.split_once(lone).ok_or_else(malformed)?;
    if after.is_empty() {
        return Err(malformed());
    }
    let could_be_group = after.len() == 3 && matches!(before.len(), 1..=3) && !before.starts_with('0');
    if could_be_group && gap.is_empty() && after.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Digits::Unclear { digits: format!("{before}{after}"), separator: lone });
    }
    let before = if before.is_empty() { "0" } else { before };
    sure(before, gap.first().copied(), after, Some(Decimal::of(lone)))
}

/// The digits without separators, if they are grouped by threes; by commas also as in India (`1,00,000`).
fn ungrouped(text: &str, group: Option<char>) -> Option<String> {
    let parts: Vec<&str> = match group {
        Some(group) => text.split(group).collect(),
        None => vec![text],
    };
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (first, rest) = parts.split_first()?;
    let threes = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|part| part.len() == 3));
    let indian = group == Some(',')
        && first.len() <= 2
        && rest
            .split_last()
            .is_some_and(|(last, between)| last.len() == 3 && between.iter().all(|part| part.len() == 2));
    (parts.iter().all(digits) && (threes || indian)).then(|| parts.concat())
}

/// The power of ten of what stands behind the digits; decimals that are spoken behind a unit are added to them.
fn unit_of(unit: &str, digits: &mut Digits) -> Result<i32, String> {
    if let Some(&(_, power)) = UNITS.iter().find(|(name, _)| *name == unit) {
        return Ok(power);
    }
    match unit {
        "" => return Ok(0),
        "%" => return Ok(-2),
        _ if unit.ends_with('+') => return Err("a lower bound, not a number".into()),
        _ if unit.starts_with('-') || unit.starts_with("to ") || unit.starts_with("den ") => {
            return Err("a range, not one number".into());
        }
        _ => {}
    }
    if let Some(power) = unit.strip_prefix('e').and_then(|power| power.parse::<i32>().ok()) {
        return if power.abs() <= 300 { Ok(power) } else { Err("a number too large".into()) };
    }
    let word = unit.trim_end_matches(|c: char| c.is_ascii_digit());
    let spoken = &unit[word.len()..];
    let power = UNITS.iter().find(|(name, _)| *name == word && SPOKEN.contains(&word)).map(|(_, power)| *power);
    match (digits, power) {
        (Digits::Sure { digits, decimals: decimals @ 0, .. }, Some(power)) if matches!(spoken.len(), 1..=3) => {
            digits.push_str(spoken);
            *decimals = spoken.len() as i32;
            Ok(power)
        }
        _ if unit.contains(|c: char| c.is_ascii_digit()) => Err("more than one number".into()),
        _ => Err(format!("a number with {} behind it, which is no unit known here", quoted(unit.as_bytes()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn alone(text: &str, whole: bool) -> Result<Option<f64>, String> {
        Numbers::learn([text].into_iter(), whole).read(text)
    }

    #[test]
    fn numbers_that_can_be_read_one_way() {
        for (text, number) in [
            ("0", 0.0),
            ("1200", 1200.0),
            ("+7", 7.0),
            ("-5", -5.0),
            ("−5", -5.0),
            ("1.200,5", 1200.5),
            ("1,200.5", 1200.5),
            ("1.234.567", 1_234_567.0),
            ("1,234,567.89", 1_234_567.89),
            ("1 200", 1200.0),
            ("1\u{a0}200\u{202f}000", 1_200_000.0),
            ("1 200,5", 1200.5),
            ("1'200", 1200.0),
            ("1’200.5", 1200.5),
            ("1,00,000", 100_000.0),
            ("12,34,567.5", 1_234_567.5),
            ("348.5", 348.5),
            ("0.123", 0.123),
            ("0,5", 0.5),
            (".5", 0.5),
            ("1234.567", 1234.567),
            ("1.2M", 1_200_000.0),
            ("1.2m", 1_200_000.0),
            ("12,5K", 12_500.0),
            ("12.5 k", 12_500.0),
            ("409.8M", 409_800_000.0),
            ("1,2 triệu", 1_200_000.0),
            ("1,2 TRIE\u{302}\u{323}U", 1_200_000.0),
            ("5tr", 5_000_000.0),
            ("5tr5", 5_500_000.0),
            ("1tr250", 1_250_000.0),
            ("2k5", 2500.0),
            ("2,3 tỷ", 2_300_000_000.0),
            ("500 nghìn", 500_000.0),
            ("500 ngàn", 500_000.0),
            ("12 N", 12_000.0),
            ("12,5 rb", 12_500.0),
            ("1,2 jt", 1_200_000.0),
            ("3.5万", 35_000.0),
            ("45%", 0.45),
            ("4,5 %", 0.045),
            ("１２３．５", 123.5),
            ("๑๒๓", 123.0),
            ("1.2E+06", 1_200_000.0),
            ("1e5", 100_000.0),
            ("5.000.000", 5_000_000.0),
        ] {
            assert_eq!(alone(text, false), Ok(Some(number)), "{text}");
            assert_eq!(alone(text, true), Ok(Some(number)), "{text} as a count");
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        for (text, why) in [
            ("abc", "a text, not a number"),
            ("12 abc", "a number with \"abc\" behind it, which is no unit known here"),
            ("1.5 mil", "a number with \"mil\" behind it, which is no unit known here"),
            ("10-20K", "a range, not one number"),
            ("10 đến 20", "a range, not one number"),
            ("10K+", "a lower bound, not a number"),
            ("10+", "a lower bound, not a number"),
            (">10", "a bound or a rough figure (\">\"), not a number"),
            ("~1.2M", "a bound or a rough figure (\"~\"), not a number"),
            ("1,2,3", "a number whose digits are grouped in no known way"),
            ("1.20.000", "a number whose digits are grouped in no known way"),
            ("1.200,", "a number whose digits are grouped in no known way"),
            ("12 34", "a number whose digits are grouped in no known way"),
            ("1.200,5.3", "a number whose digits are grouped in no known way"),
            ("1 triệu 200 nghìn", "more than one number"),
            ("1e999", "a number too large"),
            ("inf", "a text, not a number"),
        ] {
            assert_eq!(alone(text, false).unwrap_err(), why, "{text}");
        }
        assert_eq!(alone("N/A", false), Ok(None));
    }

    /// `1.200` in columns with evidence, without, and with both conventions.
    #[test]
    fn the_column_decides() {
        for (column, whole, text, read) in [
            (&["1.200", "1.200,5"][..], false, "1.200", Ok(1200.0)),
            (&["1.200", "348.5"], false, "1.200", Ok(1.2)),
            (&["1,200", "7.25"], false, "1,200", Ok(1200.0)),
            (&["1.200", "1.200.000"], false, "1.200", Ok(1200.0)),
            (&["1.200"], true, "1.200", Ok(1200.0)),
            (&["1,200"], true, "1,200", Ok(1200.0)),
            // What units show says nothing of counts written in full.
            (&["1.200", "15.5M"], true, "1.200", Ok(1200.0)),
            (&["1.234M", "15.5M"], true, "1.234M", Ok(1_234_000.0)),
            (&["1.200"], false, "1.200", Err("nothing in the column shows which")),
            (&["1,200K"], true, "1,200K", Err("nothing in the column shows which")),
            (&["1.200", "1.200,5", "1,200.5"], false, "1.200", Err("the column does both")),
            (&["1.200", "1.200,5", "1,200.5"], true, "1.200", Ok(1200.0)),
        ] {
            let numbers = Numbers::learn(column.iter().copied(), whole);
            match (numbers.read(text), read) {
                (Ok(Some(number)), Ok(expected)) => assert_eq!(number, expected, "{column:?}"),
                (Err(found), Err(part)) => {
                    assert!(found.contains(part) && found.contains("--decimal point|comma"), "{found}");
                    assert!(numbers.ambiguous(), "{column:?}");
                }
                (found, expected) => panic!("{column:?}: {found:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn both_conventions_are_found_and_each_cell_is_read_by_itself() {
        let numbers = Numbers::learn(["1.200,5", "1,200.5", "300"].into_iter(), false);
        assert!(numbers.mixed() && !numbers.ambiguous());
        assert_eq!(numbers.read("1.200,5"), Ok(Some(1200.5)));
        assert_eq!(numbers.read("1,200.5"), Ok(Some(1200.5)));
        let said = numbers.says().unwrap();
        assert_eq!(
            said,
            "numbers are written both ways (\"1.200,5\" and \"1,200.5\"): each is read as it can only be read"
        );
    }

    #[test]
    fn a_stated_convention_is_kept_to() {
        let numbers = Numbers::learn(["1.200"].into_iter(), false);
        assert!(numbers.ambiguous());
        let point = numbers.clone().stated(Some(Decimal::Point));
        assert!(!point.ambiguous());
        assert_eq!(point.read("1.200"), Ok(Some(1.2)));
        assert_eq!(numbers.stated(Some(Decimal::Comma)).read("1.200"), Ok(Some(1200.0)));
        assert!(point.read("1.200,5").unwrap_err().contains("not the point, as was stated"));
    }

    #[test]
    fn what_was_decided_is_said() {
        let said = |column: &[&str], whole| Numbers::learn(column.iter().copied(), whole).says();
        assert_eq!(said(&["1200", "7"], false), None);
        assert_eq!(
            said(&["1.200"], true).unwrap(),
            "\"1.200\" is read with its separator as that of thousands: counts are whole"
        );
        assert_eq!(
            said(&["1.200", "0.5"], false).unwrap(),
            "\"1.200\" is read with its separator as that of decimals: \"0.5\" shows it"
        );
        assert_eq!(
            said(&["1.200"], false).unwrap(),
            "\"1.200\" is not read, since it could be either: nothing shows which"
        );
    }

    #[test]
    fn a_number_knows_how_far_it_is_rounded() {
        let numbers = Numbers::learn(std::iter::empty(), true);
        for (text, step) in [("409.8M", 1e5), ("409800000", 1.0), ("97K", 1e3), ("15500000.00", 0.01)] {
            let found = numbers.read_rounded(text).unwrap().unwrap().step;
            assert!((found / step - 1.0).abs() < 1e-12, "{text}: {found}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,20}", whole: bool) {
            let numbers = Numbers::learn([text.as_str()].into_iter(), whole);
            if let Ok(Some(number)) = numbers.read(&text) {
                prop_assert!(number.is_finite());
            }
            numbers.says();
        }

        /// Groups and decimals of either convention give the number back.
        #[test]
        fn what_is_written_is_read(cents in 0u64..1_000_000_000_000, comma: bool) {
            let (group, decimal) = if comma { ('.', ',') } else { (',', '.') };
            let digits = (cents / 100).to_string();
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    text.push(group);
                }
                text.push(digit);
            }
            text.push_str(&format!("{decimal}{:02}", cents % 100));
            prop_assert_eq!(alone(&text, false), Ok(Some(cents as f64 / 100.0)));
        }
    }
}
