//! The languages of a page: words in each, and sentences with holes.

use serde::{Deserialize, Serialize};

/// In which language a page is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Vietnamese.
    Vi,
}

impl Language {
    /// All there are.
    pub const ALL: [Language; 2] = [Language::En, Language::Vi];

    /// Its code, as `lang` has it.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Vi => "vi",
        }
    }

    /// By its code.
    pub fn of_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }

    /// What of a pair this language has.
    pub fn of(self, pair: Pair) -> &'static str {
        match self {
            Language::En => pair.en,
            Language::Vi => pair.vi,
        }
    }
}

/// The same words in both languages; `{name}` is a hole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// English.
    pub en: &'static str,
    /// Vietnamese.
    pub vi: &'static str,
}

impl Pair {
    /// Words in English and in Vietnamese.
    pub const fn new(en: &'static str, vi: &'static str) -> Pair {
        Pair { en, vi }
    }
}

/// A piece of a sentence with holes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words as they stand.
    Words(&'a str),
    /// A hole, by its name.
    Hole(&'a str),
}

/// The pieces of a sentence with holes `{name}`.
///
/// ```
/// use truereach::report::page::language::{Piece, pieces};
/// assert_eq!(pieces("up to {n} people"), [Piece::Words("up to "), Piece::Hole("n"), Piece::Words(" people")]);
/// ```
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((hole, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            found.push(Piece::Words(before));
        }
        found.push(Piece::Hole(hole));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Piece::Words(rest));
    }
    found
}

/// A sentence with its holes filled; one that nobody fills stays empty.
pub fn fill(template: &str, holes: &[(&str, &str)]) -> String {
    let text = |piece: Piece<'_>| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Hole(name) => holes.iter().find(|hole| hole.0 == name).map_or(String::new(), |hole| hole.1.to_owned()),
    };
    pieces(template).into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_and_what_fills_them_is_no_template() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("no hole, {", &[]), "no hole, {");
        assert_eq!(fill("{a}", &[]), "");
        assert_eq!(Language::of_code("vi").map(|language| language.of(Pair::new("a", "b"))), Some("b"));
    }
}
