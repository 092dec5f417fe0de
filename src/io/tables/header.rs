//! One header cell: what it means, and what it says besides: `TikTok followers`, `Views (avg)`, `Giá video (triệu VNĐ)`.

use super::fold::{fold, plain, tidy, uncamel};
use super::handle::{platform, platform_names};
use super::money::{currency, tax_of};
use super::number::UNITS;
use super::words::{Word, dictionary};

/// What a header cell says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Header {
    /// What the column means; `None` where no word is known.
    pub word: Option<Word>,
    /// Its values are averages over several posts.
    pub average: bool,
    /// They are about this platform.
    pub platform: Option<&'static str>,
    /// They are in this currency.
    pub currency: Option<&'static str>,
    /// What they say of tax.
    pub tax: Option<&'static str>,
    /// They are about this format.
    pub format: Option<String>,
    /// They are in units of this many: 1000 for `(K)`.
    pub factor: f64,
}

/// Whether a cell is a header that is known.
pub fn is_known(text: &str) -> bool {
    text.len() < 200 && read(text).word.is_some()
}

/// What a header cell says. Words in brackets are units; if one is not understood, the column is not either, unless the
/// whole is a known word: `Watch time (hours)` is no time of posting.
pub fn read(text: &str) -> Header {
    let mut header = Header { factor: 1.0, ..Header::default() };
    let text = tidy(text);
    for candidate in [fold(&text), fold(&uncamel(&text))] {
        if let Some(word) = known(&candidate, &text) {
            return Header { word: Some(word), ..header };
        }
    }
    let (base, units) = brackets(&text);
    if !units.iter().all(|unit| header.unit(unit)) {
        return Header { factor: 1.0, ..Header::default() };
    }
    for candidate in [fold(&base), fold(&uncamel(&base))] {
        if let Some(word) = known(&candidate, &base) {
            return Header { word: Some(word), ..header };
        }
    }
    // Words are taken away step by step, those that say least of the meaning first.
    for step in 1..=STEPS {
        for candidate in [plain_tokens(&base), plain_tokens(&uncamel(&base))] {
            let mut found = header.clone();
            let rest = found.strip(&candidate, step);
            found.word = known(&rest, "");
            if found.word.is_some() || rest.is_empty() {
                return found;
            }
        }
    }
    Header { factor: 1.0, ..Header::default() }
}

const STEPS: u8 = 4;

fn known(folded: &str, text: &str) -> Option<Word> {
    let key = if folded.is_empty() { text.trim() } else { folded };
    dictionary().word(key).cloned()
}

/// Tokens in which signs of currencies survive.
fn plain_tokens(text: &str) -> String {
    let mut out = String::new();
    for token in plain(text).split(|c: char| c.is_whitespace() || matches!(c, '_' | '/' | '-' | ':' | ',' | '.')) {
        let folded = fold(token);
        let token = if currency(token).is_some() && folded.is_empty() { token } else { &folded };
        if !token.is_empty() {
            out.push_str(if out.is_empty() { "" } else { " " });
            out.push_str(token);
        }
    }
    out
}

/// The text outside brackets, and what stands in each.
fn brackets(text: &str) -> (String, Vec<String>) {
    let mut base = String::new();
    let mut units = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['(', '[']) {
        base.push_str(&rest[..open]);
        base.push(' ');
        let inner = &rest[open + 1..];
        let close = inner.find([')', ']']).unwrap_or(inner.len());
        units.push(inner[..close].trim().to_owned());
        rest = inner.get(close + 1..).unwrap_or_default();
    }
    base.push_str(rest);
    (tidy(&base), units)
}

impl Header {
    /// Takes in what stands in brackets; false if it is not understood.
    fn unit(&mut self, text: &str) -> bool {
        if let Some(tax) = tax_of(text) {
            self.tax = Some(tax);
            return true;
        }
        let mut probe = self.clone();
        let rest = probe.strip(&plain_tokens(text), STEPS);
        // Dates and other numbers say nothing of the meaning.
        let understood = rest.split(' ').all(|token| token.bytes().all(|byte| byte.is_ascii_digit()));
        if understood {
            *self = probe;
        }
        understood
    }

    /// Takes words away that say something beside the meaning, as many kinds of them as `step` says.
    fn strip(&mut self, text: &str, step: u8) -> String {
        let tokens: Vec<&str> = text.split(' ').filter(|token| !token.is_empty()).collect();
        let mut rest: Vec<&str> = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let here = &tokens[at..];
            if let Some(width) = dictionary().average(here) {
                self.average = true;
                at += width;
            } else if let Some((width, name)) = (step >= 2).then(|| platform_at(here)).flatten() {
                self.platform = Some(name);
                at += width;
            } else if let Some(code) = (step >= 3).then(|| currency(here[0]).filter(|_| here[0] != "d")).flatten() {
                self.currency = Some(code);
                at += 1;
            } else if let Some(power) = (step >= 3).then(|| scale(here[0])).flatten() {
                self.factor *= libm::pow(10.0, f64::from(power));
                at += 1;
            } else if let Some((width, name)) = (step >= 4).then(|| dictionary().format(here)).flatten() {
                self.format = Some(name.to_owned());
                at += width;
            } else if let Some(width) = (step >= 4).then(|| dictionary().filler(here)).flatten() {
                at += width;
            } else {
                rest.push(here[0]);
                at += 1;
            }
        }
        rest.join(" ")
    }
}

/// Units that may stand in a header: one letter other than K and M says too little there.
fn scale(token: &str) -> Option<i32> {
    let long = token.chars().count() > 1 || matches!(token, "k" | "m");
    UNITS.iter().find(|(name, _)| long && *name == token).map(|(_, power)| *power)
}

fn platform_at(tokens: &[&str]) -> Option<(usize, &'static str)> {
    let most = platform_names().map(|(name, _)| name.split(' ').count()).max().unwrap_or(1);
    (1..=most.min(tokens.len())).rev().find_map(|width| Some((width, platform(&tokens[..width].join(" "))?)))
}
