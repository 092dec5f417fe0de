//! What was odd in tables: what kind, how often, and where first. Nothing is changed silently, and nothing is dropped.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;

/// Examples that a finding keeps.
const EXAMPLES: usize = 3;

/// Kinds of oddities, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Oddity {
    /// Files that are no tables, and were passed over.
    Passed,
    /// Columns whose cells are not what their header says.
    NotNumbers,
    /// Numbers written in two conventions in one column.
    MixedNumbers,
    /// Rows that say what another said.
    Equal,
    /// Values of an earlier date.
    Older,
    /// Prices in more than one currency.
    SeveralCurrencies,
    /// Words in place of a price.
    NoPrice,
    /// Prices without a currency.
    NoCurrency,
    /// Prices that are far from what their currency is worth.
    PriceOutOfLine,
    /// Lists longer than the number of followers claimed.
    LongList,
    /// Lists, counts or posts that are of different years.
    Years,
    /// Accounts with posts, offers or lists that no accounts table names.
    Unnamed,
    /// Accounts whose platform nothing says.
    NoPlatform,
    /// Counts beside several accounts in one row.
    Shared,
    /// Posts of which nothing says whether they were sponsored.
    SponsoredUnknown,
    /// Posts without an id at the same moment as another.
    SameMoment,
    /// Posts with more likes than views.
    LikesAboveViews,
    /// Posts with more reach than views.
    ReachAboveViews,
}

impl Oddity {
    /// What is said of `count` of them.
    pub fn words(self, count: u64) -> String {
        let (one, many) = match self {
            Oddity::Passed => ("file passed over", "files passed over"),
            Oddity::NotNumbers => {
                ("column is not what its header says; not used", "columns are not what their headers say; not used")
            }
            Oddity::MixedNumbers => (
                "column writes numbers both as 1.200,5 and as 1,200.5",
                "columns write numbers both as 1.200,5 and as 1,200.5",
            ),
            Oddity::Equal => ("row says what another said; merged", "rows say what others said; merged"),
            Oddity::Older => (
                "row is of an earlier date; the newest value is used",
                "rows are of earlier dates; the newest values are used",
            ),
            Oddity::SeveralCurrencies => (
                "currency besides the most frequent; prices are never added up or compared across currencies",
                "currencies besides the most frequent; prices are never added up or compared across currencies",
            ),
            Oddity::NoPrice => ("price is words, which give none", "prices are words, which give none"),
            Oddity::NoCurrency => {
                ("price without a currency; --currency says it", "prices without a currency; --currency says it")
            }
            Oddity::PriceOutOfLine => {
                ("price is out of line with its currency", "prices are out of line with their currency")
            }
            Oddity::LongList => (
                "follower list is longer than the number of followers claimed",
                "follower lists are longer than the numbers of followers claimed",
            ),
            Oddity::Years => (
                "date is of another year than the newest; all are taken as if of one day",
                "dates are of other years than the newest; all are taken as if of one day",
            ),
            Oddity::Unnamed => (
                "account is in no accounts table; it is an account all the same",
                "accounts are in no accounts table; they are accounts all the same",
            ),
            Oddity::NoPlatform => ("account without a platform", "accounts without a platform"),
            Oddity::Shared => (
                "count stands beside several accounts, and is nobody's",
                "counts stand beside several accounts, and are nobody's",
            ),
            Oddity::SponsoredUnknown => (
                "post of which nothing says whether it was sponsored; taken as ordinary",
                "posts of which nothing says whether they were sponsored; taken as ordinary",
            ),
            Oddity::SameMoment => (
                "post without an id is of the same moment as another; taken as two (a column of ids would tell)",
                "posts without an id are of the same moment as another; taken as so many (a column of ids would tell)",
            ),
            Oddity::LikesAboveViews => ("post has more likes than views", "posts have more likes than views"),
            Oddity::ReachAboveViews => ("post has more reach than views", "posts have more reach than views"),
        };
        format!("{count} {}", if count == 1 { one } else { many })
    }
}

/// Where, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Example {
    /// file:line:column, or the file.
    pub at: String,
    /// What stands there, in a few words.
    pub says: String,
}

/// How often one oddity was met, and where first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How often.
    pub count: u64,
    /// The first ones, in the order of files and lines.
    pub examples: Vec<Example>,
}

/// Everything that was odd.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings {
    found: BTreeMap<Oddity, Finding>,
}

impl Findings {
    /// Notes an oddity at a place.
    pub fn note(&mut self, oddity: Oddity, at: impl Display, says: impl Display) {
        let finding = self.found.entry(oddity).or_default();
        finding.count += 1;
        if finding.examples.len() < EXAMPLES {
            finding.examples.push(Example { at: at.to_string(), says: says.to_string() });
        }
    }

    /// Adds what was found later, in the order of the files.
    pub fn extend(&mut self, later: Findings) {
        for (oddity, more) in later.found {
            let finding = self.found.entry(oddity).or_default();
            finding.count += more.count;
            finding.examples.extend(more.examples);
            finding.examples.truncate(EXAMPLES);
        }
    }

    /// One of them.
    pub fn get(&self, oddity: Oddity) -> Option<&Finding> {
        self.found.get(&oddity)
    }

    /// How many kinds.
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether nothing was odd.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// A sentence a kind, each with its first examples below it.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (oddity, finding) in &self.found {
            lines.push(oddity.words(finding.count));
            lines.extend(finding.examples.iter().map(|example| format!("  {}: {}", example.at, example.says)));
            let more = finding.count - finding.examples.len() as u64;
            if more > 0 {
                lines.push(format!("  and {more} more"));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_examples_stay_and_all_are_counted() {
        let mut findings = Findings::default();
        for line in 2..7 {
            findings.note(Oddity::NoCurrency, format!("offers.csv:{line}"), "1200");
        }
        let mut later = Findings::default();
        later.note(Oddity::NoCurrency, "rates.csv:2", "7");
        later.note(Oddity::Equal, "rates.csv:3", "tiktok:anh");
        findings.extend(later);
        assert_eq!(
            findings.lines(),
            [
                "1 row says what another said; merged",
                "  rates.csv:3: tiktok:anh",
                "6 prices without a currency; --currency says it",
                "  offers.csv:2: 1200",
                "  offers.csv:3: 1200",
                "  offers.csv:4: 1200",
                "  and 3 more",
            ]
        );
        let shown = serde_json::to_value(&findings).unwrap();
        assert_eq!(shown["no_currency"]["count"], 6);
    }
}
