//! Cascades as a log has them: who acted on which item, and when.

use crate::base::time;

/// An actor who is not in the network.
pub const OUTSIDE: u32 = u32::MAX;

/// A row of a log: somebody acted on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Action {
    /// The item, a place in the list of items.
    pub item: u32,
    /// When, in milliseconds: since 1970, or since the item began where nothing else is known.
    pub time: i64,
    /// Who. Numbers from the network's number of accounts on stand for different people outside.
    pub actor: u32,
}

/// Cascades, by when they began, then by item. In each, actors in the order in which they acted, everybody once: by time,
/// at equal times by account. The first one started it.
///
/// Memory: 12 bytes an action, and 16 and a name a cascade.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cascades {
    /// Where each cascade's actions begin; one entry more than there are cascades.
    offsets: Vec<u64>,
    actor: Vec<u32>,
    after: Vec<i64>,
    began: Vec<i64>,
    item: Vec<Box<str>>,
}

/// One cascade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cascade<'a> {
    /// Its item.
    pub item: &'a str,
    /// When it began, in milliseconds since 1970; [`time::MISSING`] where the log does not say.
    pub began: i64,
    /// Who acted, in order; [`OUTSIDE`] for whoever is not in the network.
    pub actors: &'a [u32],
    /// How long after the beginning each of them did, in milliseconds.
    pub after: &'a [i64],
}

impl Cascade<'_> {
    /// Who started it; [`OUTSIDE`] if that is nobody in the network.
    pub fn starter(&self) -> u32 {
        self.actors[0]
    }

    /// How many acted after the starter.
    pub fn size(&self) -> usize {
        self.actors.len() - 1
    }

    /// When its last action came; [`time::MISSING`] where it is not known when it began.
    pub fn ended(&self) -> i64 {
        match self.began {
            time::MISSING => time::MISSING,
            began => began.saturating_add(self.after.last().copied().unwrap_or(0)),
        }
    }

    /// When it is known what became of it: so many milliseconds after it began, or, without a horizon, when it ended.
    pub fn known(&self, within: Option<i64>) -> i64 {
        within.map_or(self.ended(), |within| self.began.saturating_add(within))
    }
}

impl Cascades {
    /// Of the rows of a log, in any order. Of an actor's actions on an item the first one counts. `dated` says whether times
    /// are since 1970 rather than since the beginning.
    pub fn build(accounts: usize, items: &[String], mut actions: Vec<Action>, dated: bool) -> Cascades {
        // Each person's first action on an item first, then all in order of time.
        actions.sort_unstable_by_key(|action| (action.item, action.actor, action.time));
        actions.dedup_by_key(|action| (action.item, action.actor));
        actions.sort_unstable();
        let mut spans: Vec<(i64, &str, std::ops::Range<usize>)> = Vec::new();
        let mut from = 0;
        for chunk in actions.chunk_by(|a, b| a.item == b.item) {
            let began = if dated { chunk[0].time } else { time::MISSING };
            spans.push((began, items[chunk[0].item as usize].as_str(), from..from + chunk.len()));
            from += chunk.len();
        }
        spans.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
        let mut found = Cascades { offsets: vec![0], ..Cascades::default() };
        for (began, item, range) in spans {
            let first = actions[range.start].time;
            for action in &actions[range] {
                let inside = (action.actor as usize) < accounts;
                found.actor.push(if inside { action.actor } else { OUTSIDE });
                found.after.push(action.time.saturating_sub(first));
            }
            found.offsets.push(found.actor.len() as u64);
            found.began.push(began);
            found.item.push(item.into());
        }
        found
    }

    /// How many cascades.
    pub fn len(&self) -> usize {
        self.began.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.began.is_empty()
    }

    /// How many actions, starters included.
    pub fn actions(&self) -> usize {
        self.actor.len()
    }

    /// Where the actions of a cascade stand among all.
    pub fn range(&self, at: usize) -> std::ops::Range<usize> {
        self.offsets[at] as usize..self.offsets[at + 1] as usize
    }

    /// Where each cascade's actions begin; one entry more than there are cascades.
    pub fn offsets(&self) -> &[u64] {
        &self.offsets
    }

    /// The cascade at a place.
    pub fn get(&self, at: usize) -> Cascade<'_> {
        let range = self.range(at);
        Cascade {
            item: &self.item[at],
            began: self.began[at],
            actors: &self.actor[range.clone()],
            after: &self.after[range],
        }
    }

    /// All, in order.
    pub fn iter(&self) -> impl Iterator<Item = Cascade<'_>> + Clone {
        (0..self.len()).map(|at| self.get(at))
    }

    /// Whether it is known when they began.
    pub fn is_dated(&self) -> bool {
        !self.is_empty() && self.began.iter().all(|&began| began != time::MISSING)
    }

    /// The time of the last action; `None` without times.
    pub fn last(&self) -> Option<i64> {
        self.is_dated().then(|| self.iter().map(|cascade| cascade.ended()).max()).flatten()
    }

    /// The cascades for which `keep` holds, without what came more than `within` milliseconds after the beginning.
    pub fn only(&self, within: Option<i64>, keep: impl FnMut(&Cascade<'_>) -> bool) -> Cascades {
        let mut found = Cascades { offsets: vec![0], ..Cascades::default() };
        for cascade in self.iter().filter(keep) {
            let room = within.map_or(cascade.after.len(), |within| cascade.after.partition_point(|&at| at <= within));
            found.actor.extend_from_slice(&cascade.actors[..room]);
            found.after.extend_from_slice(&cascade.after[..room]);
            found.offsets.push(found.actor.len() as u64);
            found.began.push(cascade.began);
            found.item.push(cascade.item.into());
        }
        found
    }

    /// Bytes that this many cascades with this many actions take, besides their names.
    pub fn memory(cascades: u64, actions: u64) -> u64 {
        8 + 32 * cascades + 12 * actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[(u32, i64, u32)]) -> Vec<Action> {
        rows.iter().map(|&(item, time, actor)| Action { item, time, actor }).collect()
    }

    #[test]
    fn cascades_come_by_time_and_everybody_acts_once() {
        let items = ["late".to_owned(), "early".to_owned(), "none".to_owned()];
        // Account 7 is not among 5 accounts; 2 acts twice on "late".
        let log = rows(&[(0, 900, 2), (0, 700, 1), (1, 500, 3), (0, 700, 0), (1, 650, 7), (0, 1000, 2), (1, 660, 8)]);
        let mut backwards = log.clone();
        backwards.reverse();
        let found = Cascades::build(5, &items, log, true);
        assert_eq!(found, Cascades::build(5, &items, backwards, true));
        assert_eq!((found.len(), found.actions(), found.last()), (2, 6, Some(900)));
        let [early, late] = [found.get(0), found.get(1)];
        assert_eq!((early.item, early.began, early.starter(), early.size()), ("early", 500, 3, 2));
        assert_eq!((early.actors, early.after), (&[3, OUTSIDE, OUTSIDE][..], &[0, 150, 160][..]));
        assert_eq!((late.actors, late.after, late.ended()), (&[0, 1, 2][..], &[0, 0, 200][..], 900));
    }

    #[test]
    fn a_horizon_cuts_and_undated_cascades_keep_their_offsets() {
        let items = ["b".to_owned(), "a".to_owned()];
        let found = Cascades::build(9, &items, rows(&[(0, 0, 4), (0, 10, 5), (0, 30, 6), (1, 0, 1)]), false);
        assert!(!found.is_dated());
        assert_eq!((found.get(0).item, found.get(1).size(), found.last()), ("a", 2, None));
        let cut = found.only(Some(10), |cascade| cascade.size() > 0);
        assert_eq!((cut.len(), cut.get(0).actors, cut.get(0).began), (1, &[4, 5][..], time::MISSING));
        assert!(Cascades::build(0, &[], vec![], true).is_empty());
    }
}
