//! Interactions as they happened: one row an event, never merged, in one canonical order.

use std::cmp::Ordering;

use super::buffer::Buffer;
use super::build::{self, Keyed};
use crate::base::{Result, Run, time};

/// An item that was not given.
pub const NO_ITEM: u32 = u32::MAX;

/// Interaction types that pass a post on to one's own followers.
pub const SHARING: [&str; 4] = ["share", "retweet", "repost", "reshare"];

/// What is known of one interaction besides who and with whom. Missing: `time::MISSING`, [`NO_ITEM`], NaN,
/// and 0 for the sign.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// Index into the network's interaction types.
    pub kind: u8,
    /// Index into the network's items (posts).
    pub item: u32,
    /// A weight or amount.
    pub weight: f64,
    /// −1, 0 or 1: against, neutral or not given, for.
    pub sign: i8,
}

impl Default for Event {
    fn default() -> Self {
        Event { time: time::MISSING, kind: 0, item: NO_ITEM, weight: f64::NAN, sign: 0 }
    }
}

impl Event {
    /// The canonical order between events of one pair: time, type, item, weight, sign. Missing times first.
    pub fn order(&self, other: &Event) -> Ordering {
        (self.time, self.kind, self.item)
            .cmp(&(other.time, other.kind, other.item))
            .then_with(|| self.weight.total_cmp(&other.weight))
            .then_with(|| self.sign.cmp(&other.sign))
    }
}

/// All interactions, sorted by (from, to, time, type, item, weight, sign), in columns. An event of u towards v
/// means that u acted on something of v's, so it stands in u's row as a follow of v by u would.
///
/// Memory: 8 bytes an account and 5 bytes an event, plus 8 with times, 4 with items, 8 with weights, 1 with signs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Events {
    /// Where each account's events begin; one entry more than there are accounts.
    pub offsets: Buffer<u64>,
    /// Towards whom.
    pub to: Buffer<u32>,
    /// Which type, an index into the network's interaction types.
    pub kind: Buffer<u8>,
    /// When, if any event has a time.
    pub time: Option<Buffer<i64>>,
    /// About which item, if any event names one.
    pub item: Option<Buffer<u32>>,
    /// With which weight, if any event has one.
    pub weight: Option<Buffer<f64>>,
    /// With which sign, if any event has one.
    pub sign: Option<Buffer<i8>>,
}

impl Events {
    /// Sorts events given in any order and cut.
    pub fn build(run: &Run, accounts: usize, chunks: Vec<Vec<Keyed<Event>>>) -> Result<Events> {
        let buckets = build::sort_pairs(run, accounts, chunks, Event::order, |pairs| pairs)?;
        let mut offsets = vec![0u64; accounts + 1];
        let all = || buckets.iter().flatten();
        all().for_each(|(key, _)| offsets[(key >> 32) as usize + 1] += 1);
        (0..accounts).for_each(|row| offsets[row + 1] += offsets[row]);
        let blank = Event::default();
        Ok(Events {
            offsets: offsets.into(),
            to: all().map(|(key, _)| *key as u32).collect::<Vec<_>>().into(),
            kind: all().map(|(_, event)| event.kind).collect::<Vec<_>>().into(),
            time: all()
                .any(|(_, event)| event.time != blank.time)
                .then(|| all().map(|(_, event)| event.time).collect::<Vec<_>>().into()),
            item: all()
                .any(|(_, event)| event.item != blank.item)
                .then(|| all().map(|(_, event)| event.item).collect::<Vec<_>>().into()),
            weight: all()
                .any(|(_, event)| !event.weight.is_nan())
                .then(|| all().map(|(_, event)| event.weight).collect::<Vec<_>>().into()),
            sign: all()
                .any(|(_, event)| event.sign != blank.sign)
                .then(|| all().map(|(_, event)| event.sign).collect::<Vec<_>>().into()),
        })
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.to.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.to.is_empty()
    }

    /// Where the events of account u stand.
    pub fn range(&self, u: u32) -> std::ops::Range<usize> {
        self.offsets[u as usize] as usize..self.offsets[u as usize + 1] as usize
    }

    /// The event at a place.
    pub fn get(&self, at: usize) -> Event {
        let blank = Event::default();
        Event {
            time: self.time.as_ref().map_or(blank.time, |column| column[at]),
            kind: self.kind[at],
            item: self.item.as_ref().map_or(blank.item, |column| column[at]),
            weight: self.weight.as_ref().map_or(blank.weight, |column| column[at]),
            sign: self.sign.as_ref().map_or(blank.sign, |column| column[at]),
        }
    }

    /// Every event as (from, to, event), in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32, Event)> + '_ {
        let accounts = self.offsets.len().saturating_sub(1) as u32;
        (0..accounts).flat_map(move |u| self.range(u).map(move |at| (u, self.to[at], self.get(at))))
    }

    /// Says what is wrong, if the columns do not fit together or are out of order.
    pub fn check(&self, accounts: usize, kinds: usize, items: usize) -> std::result::Result<(), String> {
        let n = self.len();
        let lengths = [
            Some(self.kind.len()),
            self.time.as_ref().map(|column| column.len()),
            self.item.as_ref().map(|column| column.len()),
            self.weight.as_ref().map(|column| column.len()),
            self.sign.as_ref().map(|column| column.len()),
        ];
        if lengths.into_iter().flatten().any(|length| length != n) {
            return Err("columns differ in length".into());
        }
        let offsets = &self.offsets[..];
        if offsets.len() != accounts + 1
            || offsets[0] != 0
            || offsets[accounts] != n as u64
            || offsets.windows(2).any(|pair| pair[0] > pair[1])
        {
            return Err("row offsets do not span the events".into());
        }
        if self.to.iter().any(|&to| to as usize >= accounts) {
            return Err("an event points to an account outside the network".into());
        }
        if self.kind.iter().any(|&kind| kind as usize >= kinds) {
            return Err("an event has an unknown type".into());
        }
        if self.item.iter().flat_map(|column| column.iter()).any(|&item| item != NO_ITEM && item as usize >= items) {
            return Err("an event names an unknown item".into());
        }
        for u in 0..accounts as u32 {
            let row = self.range(u);
            let ordered = row.clone().zip(row.skip(1)).all(|(a, b)| {
                self.to[a].cmp(&self.to[b]).then_with(|| self.get(a).order(&self.get(b))) != Ordering::Greater
            });
            if !ordered {
                return Err(format!("the events of account {u} are out of order"));
            }
        }
        Ok(())
    }

    /// Bytes that this many events take.
    pub fn memory(accounts: u64, events: u64) -> u64 {
        8 * (accounts + 1) + 26 * events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build::key;

    #[test]
    fn events_come_in_one_order_whatever_the_cut() {
        let event = |time, kind, item| Event { time, kind, item, ..Event::default() };
        let rows = vec![
            (key(1, 0), event(5, 0, 2)),
            (key(1, 0), event(5, 0, 1)),
            (key(0, 1), event(9, 1, NO_ITEM)),
            (key(1, 0), event(time::MISSING, 0, 1)),
            (key(1, 0), event(5, 0, 1)),
        ];
        let run = Run::default();
        let whole = Events::build(&run, 2, vec![rows.clone()]).unwrap();
        let mut reversed: Vec<Vec<_>> = rows.into_iter().map(|row| vec![row]).collect();
        reversed.reverse();
        let cut = Events::build(&run, 2, reversed).unwrap();
        assert!(whole == cut);
        assert_eq!(whole.len(), 5);
        let times: Vec<i64> = whole.iter().map(|(_, _, event)| event.time).collect();
        assert_eq!(times, [9, time::MISSING, 5, 5, 5]);
        assert!(whole.check(2, 2, 3).is_ok());
        assert!(whole.check(2, 1, 3).unwrap_err().contains("type"));
        assert!(whole.weight.is_none() && whole.sign.is_none());
    }
}
