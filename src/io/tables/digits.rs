//! One number taken apart: what can only be read one way is read; `1.200` waits for its column.

use super::fold::plain;
use super::missing::is_missing;
use super::number::Decimal;
use crate::base::error::quoted;

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

/// A cell taken apart.
#[derive(Debug)]
pub(super) struct Written {
    pub negative: bool,
    pub digits: Digits,
    /// Power of ten of the unit.
    pub power: i32,
}

#[derive(Debug)]
pub(super) enum Digits {
    /// Only to be read one way.
    Sure { digits: String, decimals: i32, shows: Option<Decimal> },
    /// `1.200`: three digits behind a lone separator.
    Unclear { digits: String, separator: char },
}

impl Written {
    pub fn parse(text: &str) -> Result<Option<Written>, String> {
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
