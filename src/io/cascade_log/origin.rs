//! Who began an item, where a log says only who acted on whose post.

use std::collections::HashMap;

use super::batch::NOBODY;
use crate::graph::Action;

/// A row of a log that says on whose post somebody acted; `target` is [`NOBODY`] where it does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub item: u32,
    pub time: i64,
    pub actor: u32,
    pub target: u32,
    /// Whether it passes on; other rows only tell whose item it is.
    pub shares: bool,
}

/// Who began, and when at the latest: one millisecond before the first share, and not after anything that was done with the
/// item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub item: u32,
    pub account: u32,
    pub time: i64,
}

/// The origin of each item of rows that are sorted. It is the account that is shared from but shares not itself; of several the
/// one most often acted on, then the one with the smallest number. Where all who are shared from share too, or nobody
/// shares, it is the one most often acted on. `None` where the first row names nobody: who acted there began it.
pub fn origins(rows: &[Told]) -> impl Iterator<Item = (&[Told], Option<Origin>)> {
    rows.chunk_by(|a, b| a.item == b.item).map(|rows| (rows, origin(rows)))
}

fn origin(rows: &[Told]) -> Option<Origin> {
    let shares = || rows.iter().filter(|row| row.shares);
    if shares().next().is_some_and(|first| first.target == NOBODY) {
        return None;
    }
    let mut often: HashMap<u32, u64> = HashMap::new();
    rows.iter().filter(|row| row.target != NOBODY).for_each(|row| *often.entry(row.target).or_default() += 1);
    let most = |targets: &mut dyn Iterator<Item = u32>| targets.max_by_key(|target| (often[target], u32::MAX - target));
    let sharers: std::collections::HashSet<u32> = shares().map(|row| row.actor).collect();
    let sources = || shares().map(|row| row.target).filter(|&target| target != NOBODY);
    let account = most(&mut sources().filter(|target| !sharers.contains(target)))
        .or_else(|| most(&mut sources()))
        .or_else(|| most(&mut often.keys().copied()))?;
    let first = rows.iter().map(|row| row.time).min()?;
    let time = shares().map(|row| row.time - 1).min().map_or(first, |share| share.min(first));
    Some(Origin { item: rows[0].item, account, time })
}

/// Those who passed on, and who began.
pub fn actions(rows: &[Told], origins: &[Origin]) -> Vec<Action> {
    let shared = rows.iter().filter(|row| row.shares);
    let shared = shared.map(|row| Action { item: row.item, time: row.time, actor: row.actor });
    shared.chain(origins.iter().map(|at| Action { item: at.item, time: at.time, actor: at.account })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(time: i64, actor: u32, target: u32, shares: bool) -> Told {
        Told { item: 0, time, actor, target, shares }
    }

    fn of(mut rows: Vec<Told>) -> Option<(u32, i64)> {
        rows.sort();
        origins(&rows).next().unwrap().1.map(|at| (at.account, at.time))
    }

    #[test]
    fn whoever_is_shared_from_without_sharing_began() {
        // 1 shares from 9, 2 from 1.
        assert_eq!(of(vec![row(10, 1, 9, true), row(20, 2, 1, true)]), Some((9, 9)));
        // Of 8 and 9 the one acted on more often; at a tie the smaller.
        assert_eq!(of(vec![row(10, 1, 8, true), row(20, 2, 9, true), row(25, 3, 9, false)]), Some((9, 9)));
        assert_eq!(of(vec![row(10, 1, 9, true), row(20, 2, 8, true)]), Some((8, 9)));
        // A like came first.
        assert_eq!(of(vec![row(3, 5, 9, false), row(10, 1, 9, true)]), Some((9, 3)));
        // Nobody shares: the item began with the first thing done.
        assert_eq!(of(vec![row(3, 5, 9, false), row(4, 6, 9, false), row(5, 7, 2, false)]), Some((9, 3)));
        // Everybody who is shared from shares.
        assert_eq!(of(vec![row(10, 1, 2, true), row(20, 2, 1, true), row(21, 3, 1, true)]), Some((1, 9)));
        // The first row is a post.
        assert_eq!(of(vec![row(10, 1, NOBODY, true), row(20, 2, 4, true)]), None);
    }
}
