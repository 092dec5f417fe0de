//! From followers to true influence, step by step.

use serde::{Deserialize, Serialize};

/// Where the followers of a creator go, one after the other, until those are left whom a post of theirs reaches and who count.
///
/// `claimed − not observed = followers − not authentic − not exposed = direct reach R0`;
/// `R0 + beyond followers = reach R`; `R − outside the niche = TI`. Of a portfolio the followers are summed first and
/// `duplicates` are taken off. Every part is people, at least 0 up to rounding, and they add up exactly ([`Waterfall::adds_up`]).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Waterfall {
    /// Followers claimed by the platforms, or those observed where none are claimed; of a portfolio summed over creators.
    pub claimed: f64,
    /// Of these, followers that are in no list.
    pub not_observed: f64,
    /// Followers counted more than once; 0 for one creator.
    pub duplicates: f64,
    /// Different followers, as observed.
    pub followers: f64,
    /// `sum (1 − a_u)`.
    pub not_authentic: f64,
    /// `sum a_u (1 − r_vu)`.
    pub not_exposed: f64,
    /// `R0 = sum a_u r_vu`.
    pub direct: f64,
    /// People reached through reshares alone.
    pub beyond: f64,
    /// `R = R0 + beyond`.
    pub reach: f64,
    /// People reached who do not count in the niche.
    pub outside: f64,
    /// The true influence: people reached who are real and count in the niche.
    pub score: f64,
}

impl Waterfall {
    /// From its levels: followers (claimed and observed, each creator's and different ones), of them real, reached directly,
    /// reached in all, reached and in the niche.
    pub fn new(
        claimed: Option<f64>,
        summed: f64,
        followers: f64,
        real: f64,
        direct: f64,
        reach: f64,
        score: f64,
    ) -> Self {
        // A claim below what is observed is out of date.
        let claimed = claimed.unwrap_or(summed).max(summed);
        Waterfall {
            claimed,
            not_observed: claimed - summed,
            duplicates: summed - followers,
            followers,
            not_authentic: followers - real,
            not_exposed: real - direct,
            direct,
            beyond: reach - direct,
            reach,
            outside: reach - score,
            score,
        }
    }

    /// Its steps in order: what it is called, how many people it takes away (or adds), and whether it is a level reached.
    pub fn steps(&self) -> [(&'static str, f64, bool); 11] {
        [
            ("claimed followers", self.claimed, true),
            ("not observed", -self.not_observed, false),
            ("duplicates", -self.duplicates, false),
            ("followers", self.followers, true),
            ("not authentic", -self.not_authentic, false),
            ("not exposed", -self.not_exposed, false),
            ("direct reach", self.direct, true),
            ("beyond followers", self.beyond, false),
            ("reach", self.reach, true),
            ("outside the niche", -self.outside, false),
            ("true influence", self.score, true),
        ]
    }

    /// How far the steps miss the levels, in people: 0 up to rounding.
    pub fn adds_up(&self) -> f64 {
        let mut level = 0.0;
        let mut off: f64 = 0.0;
        for (place, (_, people, is_level)) in self.steps().into_iter().enumerate() {
            match (is_level, place) {
                (true, 0) => level = people,
                (true, _) => off = off.max((level - people).abs()),
                (false, _) => level += people,
            }
        }
        off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_and_have_their_names() {
        let waterfall = Waterfall::new(Some(1_000.0), 800.0, 700.0, 600.0, 120.0, 150.0, 50.0);
        assert_eq!((waterfall.not_observed, waterfall.duplicates, waterfall.not_authentic), (200.0, 100.0, 100.0));
        assert_eq!((waterfall.not_exposed, waterfall.beyond, waterfall.outside), (480.0, 30.0, 100.0));
        assert_eq!(waterfall.adds_up(), 0.0);
        assert!(Waterfall { beyond: 31.0, ..waterfall }.adds_up() > 0.9);
        // A claim that is out of date is no negative bar.
        assert_eq!(Waterfall::new(Some(10.0), 12.0, 12.0, 12.0, 6.0, 6.0, 6.0).not_observed, 0.0);
    }
}
