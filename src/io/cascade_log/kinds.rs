//! Which types of rows pass a post on.

use crate::graph::events::SHARING;
use crate::io::columns::canonical_kind;

/// Types of rows that begin a cascade.
const POSTING: [&str; 9] =
    ["post", "posted", "posts", "tweet", "original", "create", "created", "publish", "published"];

/// Types that pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    kinds: Vec<String>,
}

impl Passing {
    /// The types named, else those that pass on under any of their names.
    pub fn new(named: &[String]) -> Passing {
        let kinds: Vec<String> = match named.is_empty() {
            true => SHARING.map(String::from).to_vec(),
            false => named.iter().map(|kind| kind.trim().to_lowercase()).collect(),
        };
        Passing { kinds }
    }

    /// Whether rows of this type count; with `posting` those that begin a cascade do too.
    pub fn has(&self, kind: &str, posting: bool) -> bool {
        let lower = kind.trim().to_lowercase();
        let canonical = canonical_kind(kind);
        let ours = |word: &String| *word == lower || *word == canonical || canonical_kind(word) == canonical;
        self.kinds.iter().any(ours) || (posting && POSTING.contains(&lower.as_str()))
    }

    /// In words.
    pub fn words(&self) -> String {
        self.kinds.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_pass_on_under_any_of_their_names() {
        let usual = Passing::new(&[]);
        for kind in ["RT", "share", "Retweet", "repost", "reshare"] {
            assert!(usual.has(kind, false), "{kind}");
        }
        assert!(!usual.has("MT", false) && !usual.has("like", true) && !usual.has("post", false));
        assert!(usual.has("Post", true));
        let named = Passing::new(&["Forward".into()]);
        assert!(named.has("forward", false) && !named.has("RT", false));
    }
}
