//! Words without what does not matter in them: case, accents, punctuation, blanks.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// Marks above, below and across letters have classes from here on; the vowels and tones of Thai and the marks of
/// Japanese, which make other words, have lower ones.
const ACCENTS_FROM: u8 = 200;

/// Lower case, without accents, every run of anything but letters and digits a single space: `Lượt  XEM_(TB)` is
/// `luot xem tb`, however the accents are encoded.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        // Marks that make other words are no letters to the standard library.
        if c.is_alphanumeric() || canonical_combining_class(c) != 0 || is_thai(c) {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lower case without accents, everything else as it is.
pub fn plain(text: &str) -> String {
    let bare = text.nfd().filter(|&c| canonical_combining_class(c) < ACCENTS_FROM);
    let lower: String = bare.flat_map(char::to_lowercase).map(|c| if c == 'đ' { 'd' } else { c }).collect();
    // Lower case may bring accents of its own (İ), and stripping may leave syllables in pieces.
    lower.nfd().filter(|&c| canonical_combining_class(c) < ACCENTS_FROM).nfc().collect()
}

fn is_thai(c: char) -> bool {
    ('\u{e00}'..='\u{e7f}').contains(&c)
}

/// `createdAt` as `created At`: words that are told apart by capitals alone.
pub fn uncamel(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut before = ' ';
    for c in text.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            out.push(' ');
        }
        out.push(c);
        before = c;
    }
    out
}

/// Trimmed, line breaks and every other blank a single space, accents composed.
pub fn tidy(text: &str) -> String {
    let composed: String =
        text.nfc().filter(|c| !matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}' | '\u{200f}')).collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_word_fold_to_one() {
        for (text, folded) in [
            ("Lượt xem", "luot xem"),
            ("LƯỢT  XEM", "luot xem"),
            ("Lu\u{031b}o\u{031b}\u{0323}t xem", "luot xem"),
            ("Đơn_giá (VNĐ)", "don gia vnd"),
            ("Views\n (Avg.)", "views avg"),
            ("Número d'abonnés", "numero d abonnes"),
            ("ผู้ติดตาม", "ผู้ติดตาม"),
            ("팔로워", "팔로워"),
            ("İZLENME", "izlenme"),
            ("  ", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
        assert_eq!(fold(&uncamel("followersCount")), "followers count");
        assert_eq!(tidy(" a\r\n b\u{a0}c\u{feff}"), "a b c");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
