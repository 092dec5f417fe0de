//! Prices as people write them: `5.000.000đ`, `$1,200`, `5tr`, `2 triệu VND`, `500k + VAT`.
//!
//! A price is a number with a currency beside it, in front or behind, and perhaps a word on tax. Currencies are codes of
//! ISO 4217. A sign that several currencies share is none (`¥`, `kr`), but for `$`, which is the US dollar unless a
//! letter says otherwise (`S$`, `A$`). Hardly a currency has thousandths: where it is known, `1.200` is 1200 unless the column
//! shows otherwise.

use super::fold::{fold, plain, tidy};
use super::missing::is_missing;
use super::number::{Decimal, Numbers};
use super::sheet::Cell;

/// Codes of ISO 4217 that are in use.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD \
HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL \
MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD \
RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD \
UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// Signs and words, in lower case without accents, and the currency that each is.
const NAMES: &[(&str, &str)] = &[
    ("₫", "VND"),
    ("vnd", "VND"),
    ("dong", "VND"),
    ("viet nam dong", "VND"),
    ("d", "VND"),
    ("$", "USD"),
    ("us$", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("do la", "USD"),
    ("€", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("£", "GBP"),
    ("฿", "THB"),
    ("baht", "THB"),
    ("บาท", "THB"),
    ("rp", "IDR"),
    ("rupiah", "IDR"),
    ("rm", "MYR"),
    ("ringgit", "MYR"),
    ("₱", "PHP"),
    ("₹", "INR"),
    ("₩", "KRW"),
    ("won", "KRW"),
    ("원", "KRW"),
    ("円", "JPY"),
    ("yen", "JPY"),
    ("元", "CNY"),
    ("rmb", "CNY"),
    ("yuan", "CNY"),
    ("₽", "RUB"),
    ("₺", "TRY"),
    ("₭", "LAK"),
    ("៛", "KHR"),
    ("s$", "SGD"),
    ("sg$", "SGD"),
    ("a$", "AUD"),
    ("au$", "AUD"),
    ("c$", "CAD"),
    ("ca$", "CAD"),
    ("hk$", "HKD"),
    ("nt$", "TWD"),
    ("nz$", "NZD"),
    ("r$", "BRL"),
    ("mx$", "MXN"),
];

/// Currencies that have thousandths, in which three decimals are decimals.
const WITH_THOUSANDTHS: &[&str] = &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// The currency that a text names, as code of ISO 4217.
///
/// ```
/// use truereach::io::tables::money::currency;
/// assert_eq!(currency("VNĐ"), Some("VND"));
/// assert_eq!(currency("US$"), Some("USD"));
/// assert_eq!(currency("kr"), None);
/// ```
pub fn currency(text: &str) -> Option<&'static str> {
    let name = tidy(&plain(text));
    let name = name.trim_matches(|c| matches!(c, '.' | '(' | ')' | ' '));
    let code = CODES.split_ascii_whitespace().find(|code| code.eq_ignore_ascii_case(name));
    code.or_else(|| NAMES.iter().find(|(known, _)| *known == name).map(|(_, code)| *code))
}

/// A price.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// How much.
    pub amount: f64,
    /// Of what, if the cell says so.
    pub currency: Option<&'static str>,
    /// What the cell says of tax: "included" or "excluded".
    pub tax: Option<&'static str>,
}

/// How the prices of a column are written.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    numbers: Numbers,
    currency: Option<&'static str>,
}

impl Prices {
    /// Looks at all cells of a column. `currency`: of cells that name none, where the header or the user says it.
    pub fn learn<'a>(texts: impl Iterator<Item = &'a str>, currency: Option<&'static str>) -> Prices {
        let amounts: Vec<String> = texts.filter_map(|text| Some(take_apart(text)?.0)).collect();
        Prices { numbers: Numbers::learn(amounts.iter().map(String::as_str), false), currency }
    }

    /// The same column where the user states which character separates decimals.
    pub fn stated(mut self, decimal: Option<Decimal>) -> Prices {
        self.numbers = self.numbers.stated(decimal);
        self
    }

    /// The same column where the header says in what its amounts are: a million for "Giá (triệu)".
    pub fn in_units_of(mut self, factor: f64) -> Prices {
        self.numbers = self.numbers.in_units_of(factor);
        self
    }

    /// Reads a cell, whatever its type.
    pub fn cell(&self, cell: &Cell) -> Result<Option<Price>, String> {
        match cell {
            Cell::Text(text) => self.read(text),
            other => {
                let amount = self.numbers.cell(other)?;
                Ok(amount.map(|amount| Price { amount, currency: self.currency, tax: None }))
            }
        }
    }

    /// Reads a text: a price, nothing where it says that nothing is known, or why it is no price.
    pub fn read(&self, text: &str) -> Result<Option<Price>, String> {
        let Some((amount, currency, tax)) = take_apart(text) else { return Ok(None) };
        if NO_PRICE.contains(&fold(&amount).as_str()) {
            return Ok(None);
        }
        let currency = currency.or(self.currency);
        // Three digits behind a separator are no cents.
        let no_thousandths = currency.is_some_and(|code| !WITH_THOUSANDTHS.contains(&code));
        Ok(self.numbers.read_as(&amount, no_thousandths)?.map(|amount| Price { amount, currency, tax }))
    }

    /// What was learned of the numbers.
    pub fn numbers(&self) -> &Numbers {
        &self.numbers
    }
}

/// Words that stand in place of a price, in lower case without accents.
const NO_PRICE: &[&str] = &[
    "lien he",
    "lien he bao gia",
    "thoa thuan",
    "trao doi",
    "bao gia sau",
    "contact",
    "contact us",
    "negotiable",
    "tbd",
    "tba",
    "tbc",
    "on request",
    "upon request",
    "free",
    "mien phi",
    "barter",
];

/// Whether a text says in words that no price is given.
pub fn is_no_price(text: &str) -> bool {
    take_apart(text).is_some_and(|(amount, ..)| NO_PRICE.contains(&fold(&amount).as_str()))
}

/// What cells say of tax behind a price, in lower case without accents, longest first.
const TAXES: &[(&str, &str)] = &[
    ("chua bao gom vat", "excluded"),
    ("chua bao gom thue", "excluded"),
    ("chua gom vat", "excluded"),
    ("chua gom thue", "excluded"),
    ("da bao gom vat", "included"),
    ("da gom vat", "included"),
    ("bao gom vat", "included"),
    ("gom vat", "included"),
    ("chua vat", "excluded"),
    ("chua thue", "excluded"),
    ("da vat", "included"),
    ("excluding vat", "excluded"),
    ("including vat", "included"),
    ("excl. vat", "excluded"),
    ("excl vat", "excluded"),
    ("incl. vat", "included"),
    ("incl vat", "included"),
    ("ex vat", "excluded"),
    ("plus vat", "excluded"),
    ("+ vat", "excluded"),
    ("+vat", "excluded"),
    ("+ thue", "excluded"),
    ("net", "excluded"),
    ("gross", "included"),
];

/// What a text says of tax: `chưa VAT`, `incl. VAT`.
pub fn tax_of(text: &str) -> Option<&'static str> {
    let text = tidy(&plain(text));
    TAXES.iter().find(|(words, _)| *words == text).map(|(_, says)| *says)
}

/// The amount as text, the currency and the word on tax; `None` for a missing cell.
fn take_apart(text: &str) -> Option<(String, Option<&'static str>, Option<&'static str>)> {
    if is_missing(text) {
        return None;
    }
    let mut rest = tidy(&plain(text));
    let mut tax = None;
    for (words, says) in TAXES {
        let bare = rest.trim_end_matches(')');
        if let Some(before) = bare.strip_suffix(words) {
            rest = before.trim_end_matches([' ', '(', ',']).to_owned();
            tax = Some(*says);
            break;
        }
    }
    let is_inner = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+');
    // In front: everything up to the first digit.
    let mut found = None;
    if let Some(at) = rest.find(is_inner).filter(|&at| at > 0)
        && let Some(code) = currency(&rest[..at])
    {
        found = Some(code);
        rest = rest[at..].trim_start().to_owned();
    }
    // Behind: the longest end that is a currency and leaves a number or a unit of numbers.
    let last_digit = rest.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    let ends = rest[last_digit..].char_indices().map(|(at, _)| last_digit + at);
    if found.is_none()
        && let Some((at, code)) = ends.filter_map(|at| Some((at, currency(&rest[at..])?))).next()
        && at > 0
    {
        found = Some(code);
        rest.truncate(at);
        rest.truncate(rest.trim_end().len());
    }
    Some((rest, found, tax))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn currencies_by_code_sign_and_word() {
        for (text, code) in [
            ("VND", "VND"),
            ("vnđ", "VND"),
            ("VNĐ", "VND"),
            ("₫", "VND"),
            ("đ", "VND"),
            ("Đồng", "VND"),
            ("(VND)", "VND"),
            ("USD", "USD"),
            ("$", "USD"),
            ("US$", "USD"),
            ("đô la", "USD"),
            ("€", "EUR"),
            ("Euro", "EUR"),
            ("S$", "SGD"),
            ("Rp", "IDR"),
            ("฿", "THB"),
            ("บาท", "THB"),
            ("R$", "BRL"),
        ] {
            assert_eq!(currency(text), Some(code), "{text}");
        }
        for text in ["", "kr", "¥", "VN", "x", "tr", "AAA"] {
            assert_eq!(currency(text), None, "{text}");
        }
        for (name, code) in NAMES {
            assert_eq!(currency(name), Some(*code), "{name} is written as it folds");
            assert!(CODES.contains(code));
        }
    }

    fn price(text: &str) -> Result<Option<Price>, String> {
        Prices::learn([text].into_iter(), None).read(text)
    }

    #[test]
    fn prices_as_people_write_them() {
        for (text, amount, currency, tax) in [
            ("5.000.000đ", 5e6, Some("VND"), None),
            ("5.000.000 đ", 5e6, Some("VND"), None),
            ("5.000.000 VNĐ", 5e6, Some("VND"), None),
            ("5,000,000 VND", 5e6, Some("VND"), None),
            ("500.000đ", 5e5, Some("VND"), None),
            ("1.200₫", 1200.0, Some("VND"), None),
            ("$1,200.50", 1200.5, Some("USD"), None),
            ("US$ 1200", 1200.0, Some("USD"), None),
            ("1200 USD", 1200.0, Some("USD"), None),
            ("USD 1.5k", 1500.0, Some("USD"), None),
            ("$1,200", 1200.0, Some("USD"), None),
            ("KWD 1.200,5", 1200.5, Some("KWD"), None),
            ("5tr", 5e6, None, None),
            ("5tr5", 5.5e6, None, None),
            ("2 triệu", 2e6, None, None),
            ("2 triệu đồng", 2e6, Some("VND"), None),
            ("2,5 triệu VND", 2.5e6, Some("VND"), None),
            ("500k", 5e5, None, None),
            ("500k VND", 5e5, Some("VND"), None),
            ("1.200,50 €", 1200.5, Some("EUR"), None),
            ("Rp 1.500.000", 1.5e6, Some("IDR"), None),
            ("฿25,000", 25_000.0, Some("THB"), None),
            ("5.000.000đ + VAT", 5e6, Some("VND"), Some("excluded")),
            ("5tr (chưa VAT)", 5e6, None, Some("excluded")),
            ("5.000.000 (đã bao gồm VAT)", 5e6, None, Some("included")),
            ("$500 net", 500.0, Some("USD"), Some("excluded")),
            ("0", 0.0, None, None),
        ] {
            assert_eq!(price(text), Ok(Some(Price { amount, currency, tax })), "{text}");
        }
        assert_eq!(price("-"), Ok(None));
        assert_eq!(price("#N/A"), Ok(None));
        for words in ["Liên hệ", "Free", "Thỏa thuận (chưa VAT)"] {
            assert_eq!(price(words), Ok(None), "{words}");
            assert!(is_no_price(words), "{words}");
        }
        assert!(!is_no_price("5tr") && !is_no_price("-"));
    }

    #[test]
    fn what_is_no_price_says_why() {
        for (text, why) in [
            ("5-7tr", "a range, not one number"),
            ("5.000.000đ/video", "a number with"),
            ("1,200", "nothing in the column shows which"),
            ("KWD 1.200", "nothing in the column shows which"),
        ] {
            let refused = price(text).unwrap_err();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }

    #[test]
    fn the_column_knows_currency_and_convention() {
        let prices = Prices::learn(["1.200", "900"].into_iter(), Some("VND"));
        let read = prices.read("1.200").unwrap().unwrap();
        assert_eq!((read.amount, read.currency), (1200.0, Some("VND")));
        let prices = Prices::learn(["5", "6tr"].into_iter(), Some("VND")).in_units_of(1e6);
        let amount = |cell| prices.cell(&cell).unwrap().unwrap().amount;
        assert_eq!(amount(Cell::Number(5.5)), 5.5e6);
        assert_eq!(amount(Cell::Text("5".into())), 5e6);
        assert_eq!(amount(Cell::Text("6tr".into())), 6e6);
        let prices = Prices::learn(["$1,200", "$99.50"].into_iter(), None);
        assert_eq!(prices.read("$1,200").unwrap().unwrap().amount, 1200.0);
        let prices = Prices::learn(["1,200"].into_iter(), None).stated(Some(Decimal::Comma));
        assert_eq!(prices.read("1,200").unwrap().unwrap().amount, 1.2);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9a-zđ$₫€.,+ ()/-]{0,24}|\\PC{0,20}") {
            let prices = Prices::learn([text.as_str()].into_iter(), None);
            if let Ok(Some(price)) = prices.read(&text) {
                prop_assert!(price.amount.is_finite());
            }
        }
    }
}
