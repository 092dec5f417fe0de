//! Accounts that arrived together at several creators: bursts that share their members.

use std::collections::BTreeMap;

use super::arrivals::{Burst, log_poisson_tail};

/// Bursts further apart than this many days have nothing to do with each other.
const APART: i64 = 7;

/// Two bursts go together if they share two members at least, and so many that chance would do it to one pair in a million
/// such, where members of one are this many times likelier than anybody to be in the other: people follow by interest.
const SHARED: u32 = 2;
const AKIN: f64 = 10.0;
const CHANCE: f64 = 1e-6;

/// An account in more bursts than this tells of pairs by the first of them alone.
const MOST: usize = 64;

/// Bursts that share members, and who is in several of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Lockstep {
    /// Places among the bursts, rising.
    pub bursts: Vec<usize>,
    /// Accounts in two of them or more, rising.
    pub members: Vec<u32>,
}

/// The groups of bursts that share members, among so many accounts. By the first burst; a burst is in one group at most.
pub fn lockstep(bursts: &[Burst], accounts: usize) -> Vec<Lockstep> {
    let mut joined: Vec<(u32, usize)> = bursts
        .iter()
        .enumerate()
        .flat_map(|(at, burst)| burst.members.iter().map(move |&member| (member, at)))
        .collect();
    joined.sort_unstable();
    let near = |a: usize, b: usize| bursts[a].from <= bursts[b].to + APART && bursts[b].from <= bursts[a].to + APART;
    let mut shared: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    for own in joined.chunk_by(|a, b| a.0 == b.0) {
        let own = &own[..own.len().min(MOST)];
        for (place, &(_, a)) in own.iter().enumerate() {
            for &(_, b) in own[place + 1..].iter().filter(|(_, b)| near(a, *b)) {
                *shared.entry((a, b)).or_default() += 1;
            }
        }
    }
    let mut parent: Vec<usize> = (0..bursts.len()).collect();
    for (&(a, b), &count) in &shared {
        let sizes = bursts[a].members.len() as f64 * bursts[b].members.len() as f64;
        // Whatever people have in common, half of the smaller burst is more than chance brings to the other in the same days.
        let smaller = bursts[a].members.len().min(bursts[b].members.len()) as f64;
        let expected = (AKIN * sizes / accounts.max(1) as f64).min(smaller / 2.0);
        if count >= SHARED && log_poisson_tail(f64::from(count), expected) < libm::log(CHANCE) {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            parent[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..bursts.len() {
        groups.entry(root(&mut parent, at)).or_default().push(at);
    }
    let several = groups.into_values().filter(|group| group.len() > 1);
    several
        .map(|group| {
            let mut all: Vec<u32> = group.iter().flat_map(|&at| bursts[at].members.iter().copied()).collect();
            all.sort_unstable();
            let twice = all.chunk_by(|a, b| a == b).filter(|same| same.len() > 1).map(|same| same[0]);
            Lockstep { members: twice.collect(), bursts: group }
        })
        .collect()
}

/// The smallest place in the group, with short ways for those who ask next.
fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn burst(creator: u32, from: i64, members: std::ops::Range<u32>) -> Burst {
        Burst { creator, from, to: from + 2, members: members.collect(), expected: 0.0 }
    }

    #[test]
    fn bursts_with_common_members_in_the_same_days_are_one_group() {
        let bursts = [
            burst(0, 10, 100..120),
            burst(1, 11, 110..130),
            burst(2, 12, 125..145),
            // The same accounts, months later.
            burst(3, 200, 100..120),
            // Too few in common.
            burst(4, 10, 118..119),
        ];
        let groups = lockstep(&bursts, 100_000);
        assert_eq!(groups.len(), 1);
        assert_eq!(groups[0].bursts, [0, 1, 2]);
        assert_eq!(groups[0].members, (110..120).chain(125..130).collect::<Vec<_>>());
        assert!(lockstep(&[], 0).is_empty());
    }
}
