//! Numbers as a client reads them: in the form of the language, exact to what the command line shows or rounded to two
//! digits, with money in words.

use super::language::Language;
use crate::base::stats::Interval;
use crate::report::Cell;
use crate::report::number;

/// A text of figures in English form, in the form of the language: Vietnamese has points and commas the other way round.
fn in_form(text: &str, language: Language) -> String {
    match language {
        Language::En => text.replace('-', "−"),
        Language::Vi => text
            .chars()
            .map(|c| match c {
                ',' => '.',
                '.' => ',',
                '-' => '−',
                c => c,
            })
            .collect(),
    }
}

/// A count, with separators.
pub fn count(value: u64, language: Language) -> String {
    in_form(&number::count(value), language)
}

/// A number of people or the like, as exact as the command line has it.
pub fn people(value: f64, language: Language) -> String {
    in_form(&number::people(value), language)
}

/// The same of an interval.
pub fn between(range: Interval, language: Language) -> String {
    format!("{}–{}", people(range.low, language), people(range.high, language))
}

/// A share in percent.
pub fn percent(share: f64, language: Language) -> String {
    in_form(&number::percent(share), language)
}

/// A share in percent to one decimal, never up: what is certain is not made more than it is.
pub fn percent_down(share: f64, language: Language) -> String {
    let tenths = libm::floor(share * 1000.0 + 1e-9) / 10.0;
    in_form(&format!("{tenths}%"), language)
}

/// About so many: two digits that count, millions and billions in words.
///
/// ```
/// use truereach::report::page::{Language, number::about};
/// assert_eq!(about(1_934_000.0, Language::En), "1.9M");
/// assert_eq!(about(1_934_000.0, Language::Vi), "1,9 triệu");
/// assert_eq!([about(6_523.8, Language::En), about(43.3, Language::En)], ["6,500", "43"]);
/// ```
pub fn about(value: f64, language: Language) -> String {
    let (figures, unit) = about_parts(value, language);
    figures + unit
}

/// About from so many to so many; a common unit is said once: 1.1–3.0M.
pub fn about_between(range: Interval, language: Language) -> String {
    let ((low, one), (high, other)) = (about_parts(range.low, language), about_parts(range.high, language));
    match one == other {
        true => format!("{low}–{high}{other}"),
        false => format!("{low}{one}–{high}{other}"),
    }
}

fn about_parts(value: f64, language: Language) -> (String, &'static str) {
    let value = two_digits(value);
    let (scale, unit) = unit(value.abs(), language);
    if scale == 1.0 {
        return (people_whole(value, language), "");
    }
    let scaled = value / scale;
    let text = if scaled.abs() < 9.95 { format!("{scaled:.1}") } else { format!("{scaled:.0}") };
    (in_form(&text, language), unit)
}

fn people_whole(value: f64, language: Language) -> String {
    let whole = number::count(libm::round(value.abs()) as u64);
    in_form(&if value < 0.0 { format!("-{whole}") } else { whole }, language)
}

fn two_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let step = libm::pow(10.0, libm::floor(libm::log10(value.abs())) - 1.0);
    libm::round(value / step) * step
}

/// Millions and billions, in the language; below a million there is none.
fn unit(value: f64, language: Language) -> (f64, &'static str) {
    match (value, language) {
        (value, Language::En) if value >= 1e9 => (1e9, "B"),
        (value, Language::En) if value >= 1e6 => (1e6, "M"),
        (value, Language::Vi) if value >= 1e9 => (1e9, " tỷ"),
        (value, Language::Vi) if value >= 1e6 => (1e6, " triệu"),
        _ => (1.0, ""),
    }
}

/// Money in words, to four digits that count: 740M VND, 740 triệu đồng.
///
/// ```
/// use truereach::report::page::{Language, number::money};
/// assert_eq!(money(740e6, Some("VND"), Language::En), "740M VND");
/// assert_eq!(money(61.5e6, Some("VND"), Language::Vi), "61,5 triệu đồng");
/// assert_eq!(money(1234.0, Some("USD"), Language::En), "1,234 USD");
/// ```
pub fn money(amount: f64, currency: Option<&str>, language: Language) -> String {
    format!("{}{}", money_words(amount, language), currency_words(currency, language))
}

fn money_words(amount: f64, language: Language) -> String {
    let (scale, unit) = unit(amount.abs(), language);
    if scale == 1.0 {
        return money_exact(amount, language);
    }
    let scaled = amount / scale;
    let decimals = match scaled {
        s if s < 10.0 => 3,
        s if s < 100.0 => 2,
        s if s < 1000.0 => 1,
        _ => 0,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if decimals > 0 { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    in_form(text, language) + unit
}

/// Money in figures, as the command line has it: whole from 100 on.
pub fn money_exact(amount: f64, language: Language) -> String {
    match amount {
        amount if !amount.is_finite() => "∞".into(),
        amount if amount >= 100.0 => count(libm::round(amount) as u64, language),
        amount => in_form(&number::significant(amount, 3), language),
    }
}

/// From so much to so much money, in figures.
pub fn money_between(range: (f64, f64), language: Language) -> String {
    format!("{}–{}", money_exact(range.0, language), money_exact(range.1, language))
}

/// The currency after an amount.
pub fn currency_words(currency: Option<&str>, language: Language) -> String {
    match (currency, language) {
        (None, _) => String::new(),
        (Some("VND"), Language::Vi) => " đồng".into(),
        (Some(code), _) => format!(" {code}"),
    }
}

/// The day of a time such as `2025-04-08T09:22:37.643Z`, as the language writes it.
pub fn day(time: &str, language: Language) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let parts = time.get(..10).map(|day| day.split('-').collect::<Vec<_>>()).unwrap_or_default();
    let [year, month, day] = parts[..] else { return time.to_owned() };
    let name = month.parse::<usize>().ok().and_then(|month| MONTHS.get(month.wrapping_sub(1)));
    match (language, name) {
        (Language::En, Some(name)) => format!("{} {name} {year}", day.trim_start_matches('0')),
        (Language::Vi, Some(_)) => format!("{day}/{month}/{year}"),
        (_, None) => time.to_owned(),
    }
}

/// A cell of a table, as the command line shows it, in the form of the language.
pub fn cell(cell: &Cell, language: Language) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Count(value) => count(*value, language),
        Cell::Amount(value) => people(*value, language),
        Cell::Score(value, digits) => in_form(&number::significant(*value, *digits), language),
        Cell::Shown(_, text) => in_form(text, language),
        Cell::Range(range) => between(*range, language),
        Cell::Missing => "–".into(),
        Cell::Few(below) => format!("<{below}"),
        Cell::Hidden => match language {
            Language::En => "not shown".into(),
            Language::Vi => "không hiển thị".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_is_two_digits_in_each_language() {
        let of = |value| Language::ALL.map(|language| about(value, language));
        assert_eq!(of(999_600.0), ["1.0M", "1,0 triệu"]);
        assert_eq!(of(12_345_678.0), ["12M", "12 triệu"]);
        assert_eq!(of(2.96e9), ["3.0B", "3,0 tỷ"]);
        assert_eq!(of(389.9), ["390", "390"]);
        assert_eq!(of(65_432.0), ["65,000", "65.000"]);
        assert_eq!(
            [about(0.0, Language::En), about(0.3, Language::En), about(-1234.0, Language::En)],
            ["0", "0", "−1,200"]
        );
        let range = Interval { low: 1_100_000.0, high: 3_040_000.0 };
        assert_eq!(about_between(range, Language::En), "1.1–3.0M");
        assert_eq!(about_between(range, Language::Vi), "1,1–3,0 triệu");
        assert_eq!(about_between(Interval { low: 900_000.0, high: 1.2e6 }, Language::En), "900,000–1.2M");
    }

    #[test]
    fn money_is_said_in_words_and_written_in_figures() {
        assert_eq!(money(299.4e6, Some("VND"), Language::En), "299.4M VND");
        assert_eq!(money(1.2e9, Some("VND"), Language::Vi), "1,2 tỷ đồng");
        assert_eq!(money(1.2e9, None, Language::Vi), "1,2 tỷ");
        assert_eq!(money_exact(61_500_000.0, Language::Vi), "61.500.000");
        assert_eq!(money_exact(7.25, Language::Vi), "7,25");
    }

    #[test]
    fn days_and_cells_have_the_form_of_the_language() {
        assert_eq!(day("2025-04-08T09:22:37.643Z", Language::En), "8 April 2025");
        assert_eq!(day("2025-04-08", Language::Vi), "08/04/2025");
        assert_eq!(day("long ago", Language::Vi), "long ago");
        assert_eq!(cell(&Cell::Amount(1234.4), Language::Vi), "1.234");
        assert_eq!(cell(&Cell::Few(10), Language::En), "<10");
        assert_eq!(percent_down(0.92799, Language::Vi), "92,7%");
        assert_eq!(percent_down(1.0, Language::En), "100%");
    }
}
