//! The dictionary of header words, read from `meanings.toml` when it is first needed.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::fold::fold;
use super::meaning::{Kind, Meaning};

/// The file, as it is built in.
const TEXT: &str = include_str!("meanings.toml");

/// What a header word stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// One meaning.
    Is(Meaning),
    /// The handle or the display name: the cells decide.
    HandleOrName,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    meaning: BTreeMap<String, Entry>,
    average: Words,
    filler: Words,
    format: BTreeMap<String, Words>,
    preset: BTreeMap<String, Preset>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    words: Vec<String>,
}

/// A meaning as the file has it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is, in users' words.
    pub means: String,
    /// The header words, as people write them.
    pub words: Vec<String>,
}

/// An export whose words mean something of their own.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// Where it comes from.
    pub about: String,
    /// What its rows are.
    pub kind: Kind,
    /// The platform of all its rows.
    pub platform: Option<String>,
    /// Columns that are all there if it is this export.
    pub tells: Vec<String>,
    /// What columns mean that would mean something else elsewhere.
    pub columns: BTreeMap<String, String>,
}

/// The words, folded.
#[derive(Debug)]
pub struct Dictionary {
    /// By meaning, as the file has them.
    pub entries: BTreeMap<String, Entry>,
    /// Exports by name.
    pub presets: BTreeMap<String, Preset>,
    words: HashMap<String, Word>,
    average: Vec<Vec<String>>,
    filler: Vec<Vec<String>>,
    formats: Vec<(Vec<String>, String)>,
}

/// The dictionary that is built in.
pub fn dictionary() -> &'static Dictionary {
    static DICTIONARY: LazyLock<Dictionary> =
        LazyLock::new(|| Dictionary::parse(TEXT).unwrap_or_else(|error| unreachable!("meanings.toml: {error}")));
    &DICTIONARY
}

fn split(text: &str) -> Vec<String> {
    fold(text).split(' ').map(str::to_owned).collect()
}

impl Dictionary {
    fn parse(text: &str) -> Result<Dictionary, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut words: HashMap<String, Word> = HashMap::new();
        for (name, entry) in &file.meaning {
            let word = match name.as_str() {
                "handle_or_name" => Word::HandleOrName,
                name => Word::Is(name.parse()?),
            };
            for text in &entry.words {
                let folded = match fold(text) {
                    folded if folded.is_empty() => text.clone(),
                    folded => folded,
                };
                if let Some(other) = words.insert(folded, word.clone())
                    && other != word
                {
                    return Err(format!("\"{text}\" stands for {other:?} and {word:?}"));
                }
            }
        }
        for preset in file.preset.values() {
            for meaning in preset.columns.values() {
                meaning.parse::<Meaning>()?;
            }
        }
        let phrases = |words: &Words| {
            let mut phrases: Vec<Vec<String>> = words.words.iter().map(|word| split(word)).collect();
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
            phrases
        };
        let mut formats: Vec<(Vec<String>, String)> = Vec::new();
        for (name, words) in &file.format {
            formats.extend(words.words.iter().map(|word| (split(word), name.clone())));
        }
        formats.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        Ok(Dictionary {
            average: phrases(&file.average),
            filler: phrases(&file.filler),
            formats,
            entries: file.meaning,
            presets: file.preset,
            words,
        })
    }

    /// What a folded header stands for.
    pub fn word(&self, folded: &str) -> Option<&Word> {
        self.words.get(folded)
    }

    /// How many of the first tokens say "average".
    pub fn average(&self, tokens: &[&str]) -> Option<usize> {
        longest(&self.average, tokens)
    }

    /// How many of the first tokens say nothing.
    pub fn filler(&self, tokens: &[&str]) -> Option<usize> {
        longest(&self.filler, tokens)
    }

    /// How many of the first tokens name a format, and which.
    pub fn format(&self, tokens: &[&str]) -> Option<(usize, &str)> {
        let found = self.formats.iter().find(|(phrase, _)| starts(tokens, phrase));
        found.map(|(phrase, name)| (phrase.len(), name.as_str()))
    }
}

fn starts(tokens: &[&str], phrase: &[String]) -> bool {
    tokens.len() >= phrase.len() && phrase.iter().zip(tokens).all(|(ours, theirs)| ours == theirs)
}

fn longest(phrases: &[Vec<String>], tokens: &[&str]) -> Option<usize> {
    phrases.iter().find(|phrase| starts(tokens, phrase)).map(Vec::len)
}
