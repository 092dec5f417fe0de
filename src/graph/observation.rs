//! What somebody saw of one person while a post was under way.

use std::fmt;

/// What is known of an account and a post. Who was not looked at has none: that says nothing, neither way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observation {
    /// Posted it: a creator of the campaign.
    Posted,
    /// Saw it and passed it on.
    Shared,
    /// Saw it and did not pass it on.
    Exposed,
    /// Did not see it.
    NotExposed,
    /// Did not pass it on; whether they saw it is not known.
    NotShared,
}

impl Observation {
    /// All, in the order in which they are named to people.
    pub const ALL: [Observation; 5] = [
        Observation::Posted,
        Observation::Shared,
        Observation::Exposed,
        Observation::NotExposed,
        Observation::NotShared,
    ];

    /// The word in files.
    pub fn word(self) -> &'static str {
        match self {
            Observation::Posted => "posted",
            Observation::Shared => "shared",
            Observation::Exposed => "exposed",
            Observation::NotExposed => "not_exposed",
            Observation::NotShared => "not_shared",
        }
    }

    /// The observation of a word; case, blanks and hyphens do not matter.
    ///
    /// ```
    /// use truereach::graph::Observation;
    /// assert_eq!(Observation::of("Not exposed"), Some(Observation::NotExposed));
    /// assert_eq!(Observation::of("liked"), None);
    /// ```
    pub fn of(text: &str) -> Option<Observation> {
        let word = text.trim().to_lowercase().replace([' ', '-'], "_");
        Observation::ALL.into_iter().find(|status| status.word() == word)
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
