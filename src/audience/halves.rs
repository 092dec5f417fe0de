//! Two halves of what was drawn at random: one to choose on, one to judge on.

use std::borrow::Cow;

use super::lists::{Creator, Portfolio};
use crate::base::seed::{Key, Stream};
use crate::graph::Design;

/// One of two halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// To choose on.
    Choice,
    /// To judge on: nothing of it was seen when the choice was made.
    Judge,
}

impl<'a> Portfolio<'a> {
    /// The same creators with half of each random list, and half of the followers who were looked up.
    ///
    /// Coins decide, by seed: one for each follower of each list, one for each follower looked up. Who was looked up is in
    /// the same half for all creators, and what is known of them is known in full: a list says yes, as it did. Full lists
    /// are counts and no samples; they stay whole. Both halves are drawn from the audience at random, and share nobody:
    /// given one, the other leans against it by no more than the share of the audience that was drawn.
    pub fn half(&self, half: Half, seed: u64) -> Portfolio<'a> {
        let here = |word: u64| (word >> 63 == 1) == (half == Half::Choice);
        let (of_lookups, of_lists) = (Key::new(seed, Stream::Halves, 0), Key::new(seed, Stream::Halves, 1));
        let creators = self.creators.iter().map(|creator| {
            if creator.list.design != Design::Random {
                return creator.clone();
            }
            let coins = of_lists.of(u64::from(creator.account));
            let part = creator.people.iter().copied().filter(|&person| here(coins.word(u64::from(person))));
            let people: Vec<u32> = part.collect();
            let mut list = creator.list;
            list.listed = people.len() as u64;
            let whole = Some(creator.whole.clone().unwrap_or_else(|| creator.people.clone()));
            Creator { list, people: Cow::Owned(people), whole, ..*creator }
        });
        let mut halved = self.clone();
        halved.creators = creators.collect();
        let rows = |rows: &Vec<(u32, bool)>| {
            rows.iter().copied().filter(|row| here(of_lookups.word(u64::from(row.0)))).collect::<Vec<_>>()
        };
        halved.lookups = self.lookups.iter().map(rows).collect();
        halved
    }
}
