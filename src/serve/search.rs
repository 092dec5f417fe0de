//! Accounts found by what is typed, among millions, at every letter.

use memchr::memmem;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Handles and names as one text to be looked through, whoever has most followers first.
///
/// Looking for a word passes over the text at some gigabytes a second, so that a million handles take a few milliseconds, and
/// nothing has to be kept in order when letters come and go. Memory: the text, and 8 bytes an account.
pub struct Search {
    /// A line an account: `\n` handle, and with a name `\t` name.
    text: String,
    /// Where lines begin.
    begins: Vec<u32>,
    accounts: Vec<u32>,
}

/// As people type: without accents, small letters. `đ` is a letter of its own to Unicode, and a d with a stroke to those who type.
pub fn folded(text: &str, into: &mut String) {
    if text.is_ascii() {
        into.extend(text.chars().filter(|c| !c.is_control()).map(|c| c.to_ascii_lowercase()));
        return;
    }
    for c in text.nfkd().filter(|&c| !is_combining_mark(c) && !c.is_control()) {
        match c {
            'đ' | 'Đ' => into.push('d'),
            _ => into.extend(c.to_lowercase()),
        }
    }
}

/// A text as it is looked for.
pub fn word(typed: &str) -> String {
    let mut word = String::new();
    folded(typed.trim(), &mut word);
    word
}

impl Search {
    /// Of accounts in the order in which they are to be found, each with its handle and perhaps its name.
    pub fn new<'a>(
        accounts: impl Iterator<Item = (u32, std::borrow::Cow<'a, str>, Option<std::borrow::Cow<'a, str>>)>,
    ) -> Self {
        let mut search = Search { text: String::new(), begins: Vec::new(), accounts: Vec::new() };
        for (account, handle, name) in accounts {
            // Lines are found by 32 bits.
            if search.text.len() + 8 * (handle.len() + 64) > u32::MAX as usize {
                break;
            }
            search.begins.push(search.text.len() as u32);
            search.accounts.push(account);
            search.text.push('\n');
            folded(&handle, &mut search.text);
            if let Some(name) = name {
                search.text.push('\t');
                folded(&name, &mut search.text);
            }
        }
        search
    }

    /// The account whose line holds this byte.
    fn line(&self, at: usize) -> usize {
        self.begins.partition_point(|&begin| begin as usize <= at) - 1
    }

    /// Up to `limit` accounts: those that begin with the text first, then those that contain it; and whether there are more.
    pub fn find(&self, typed: &str, limit: usize) -> (Vec<u32>, bool) {
        let word = word(typed);
        let mut found: Vec<u32> = Vec::new();
        if limit == 0 || self.accounts.is_empty() {
            return (found, !self.accounts.is_empty());
        }
        if word.is_empty() {
            found.extend(self.accounts.iter().take(limit));
            return (found, self.accounts.len() > limit);
        }
        // A handle may begin with @, which people leave out, and a name begins after a tab.
        let bare = word.trim_start_matches('@');
        for needle in [format!("\n{word}"), format!("\n@{bare}"), format!("\t{word}"), word.clone()] {
            let mut from = 0;
            let finder = memmem::Finder::new(needle.as_bytes());
            while let Some(at) = finder.find(&self.text.as_bytes()[from..]) {
                let line = self.line(from + at);
                let account = self.accounts[line];
                if !found.contains(&account) {
                    if found.len() == limit {
                        return (found, true);
                    }
                    found.push(account);
                }
                // One line is found once.
                from = self.begins.get(line + 1).map_or(self.text.len(), |&next| next as usize);
            }
        }
        (found, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    fn search() -> Search {
        let lines = [
            (7, "@lamdep.linh", Some("Lâm Đẹp Linh")),
            (3, "linh_an", None),
            (5, "an.linh", Some("Nguyễn An")),
            (9, "<b>\"linh\"</b>\u{1F600}", None),
            (2, "مرحبا_linh", None),
            (1, "ĐỨC-DUY", None),
        ];
        Search::new(lines.into_iter().map(|(v, id, name)| (v, Cow::Borrowed(id), name.map(Cow::Borrowed))))
    }

    #[test]
    fn what_begins_with_it_comes_first_and_the_most_followed_before_others() {
        let found = |typed: &str| search().find(typed, 10).0;
        assert_eq!(found("linh"), [3, 7, 5, 9, 2]);
        assert_eq!(found("@lam"), [7]);
        assert_eq!(found("lam"), [7], "@ may be left out");
        assert_eq!(found("an"), [3, 5].iter().rev().copied().collect::<Vec<u32>>(), "an.linh begins with it");
    }

    #[test]
    fn accents_capitals_and_strokes_do_not_matter() {
        let found = |typed: &str| search().find(typed, 10).0;
        assert_eq!(found("nguyen"), [5]);
        assert_eq!(found("Nguyễn AN"), [5]);
        assert_eq!(found("duc"), [1]);
        assert_eq!(found("ĐẸP"), [7]);
        assert_eq!(found("مرحبا"), [2]);
        assert_eq!(found("\"linh\"</b>\u{1F600}"), [9]);
        assert!(found("nobody").is_empty());
    }

    #[test]
    fn limits_say_whether_there_is_more() {
        assert_eq!(search().find("linh", 2), (vec![3, 7], true));
        assert_eq!(search().find("linh", 5), (vec![3, 7, 5, 9, 2], false));
        assert_eq!(search().find("", 3), (vec![7, 3, 5], true));
        assert_eq!(search().find(" ", 6), (vec![7, 3, 5, 9, 2, 1], false));
        assert_eq!(search().find("linh", 0), (vec![], true));
        assert_eq!(Search::new(std::iter::empty()).find("x", 3), (vec![], false));
    }

    /// Each account is found as a scan of all lines finds it.
    #[test]
    fn a_scan_finds_the_same() {
        let names: Vec<String> = (0..2_000u32).map(|v| format!("a{}b{}", v % 37, v * 7 % 101)).collect();
        let lines = names.iter().zip(0..).map(|(name, v)| (v, Cow::Borrowed(name.as_str()), None));
        let search = Search::new(lines);
        for typed in ["a1", "b5", "7b1", "a36b100", "b"] {
            let begins = |name: &&String| name.starts_with(typed);
            let (first, then): (Vec<_>, Vec<_>) = names.iter().partition(begins);
            let then = then.into_iter().filter(|name| name.contains(typed));
            let expected: Vec<&String> = first.into_iter().chain(then).collect();
            let found: Vec<&String> = search.find(typed, 5_000).0.iter().map(|&v| &names[v as usize]).collect();
            assert_eq!(found, expected, "{typed}");
        }
    }
}
