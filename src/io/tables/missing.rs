//! Cells that say that there is nothing. Missing is never zero.

use super::fold::plain;

/// What people and programs write where they know nothing, in lower case without accents.
pub const WORDS: &[&str] = &[
    "-",
    "--",
    "–",
    "—",
    "?",
    "??",
    "n/a",
    "n/a'",
    "na",
    "n.a.",
    "n.a",
    "nan",
    "null",
    "none",
    "nil",
    "(blank)",
    "(null)",
    "#n/a",
    "#value!",
    "#valor!",
    "#ref!",
    "#div/0!",
    "#name?",
    "#null!",
    "#num!",
    "#error!",
    "khong co",
    "chua co",
    "unknown",
    "undefined",
    "not available",
    "tidak ada",
    "khong ro",
    "chua ro",
    "desconocido",
    "inconnu",
];

/// Whether a cell says that nothing is known: blank, a dash, `N/A`, `#VALUE!`, `không có` and the like.
pub fn is_missing(text: &str) -> bool {
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
    // Longer texts say something; folding them costs time.
    text.is_empty() || (text.chars().count() <= 24 && WORDS.contains(&plain(text).as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_has_many_names() {
        for text in [
            "",
            "  ",
            "\u{a0}",
            "-",
            "–",
            "N/A",
            "n/a",
            "N/A'",
            "NaN",
            "#VALOR!",
            "#VALUE!",
            "Không có",
            "CHƯA CÓ",
            "?",
        ] {
            assert!(is_missing(text), "{text:?}");
        }
        for word in WORDS {
            assert!(is_missing(word), "{word:?} is written as it folds");
        }
        for text in ["0", "nana", "no", "a-b", "-5", "không có gì đâu nha bạn ơi"] {
            assert!(!is_missing(text), "{text:?}");
        }
    }
}
