//! Earlier partitions: a start from one, and communities that keep their numbers.
//!
//! An earlier partition gives each account the number of its community then, or nothing for those who were not
//! there.

use std::cmp::Reverse;

use hashbrown::HashMap;

use super::partition::{Communities, dense};

/// A start for a warm run: accounts as they were, those who are new on their own.
///
/// ```
/// use truereach::community::earlier;
/// assert_eq!(earlier::start(&[Some(7), None, Some(7), None]), [0, 1, 0, 2]);
/// ```
pub fn start(earlier: &[Option<u32>]) -> Vec<u32> {
    let known: Vec<u32> = earlier.iter().flatten().copied().collect();
    let (numbers, count) = dense(&known);
    let (mut numbers, mut fresh) = (numbers.into_iter(), count as u32..);
    let labels: Vec<u32> =
        earlier.iter().filter_map(|was| if was.is_some() { numbers.next() } else { fresh.next() }).collect();
    dense(&labels).0
}

/// A number for every community found: that of the earlier community it goes on, or a new one.
///
/// A community goes on the earlier one with which it shares most accounts, if no other community shares more with
/// that one: pairs are taken by the accounts that they share, most first; of equal ones first the community with the
/// smaller id, then the smaller earlier number; a pair counts if neither side is taken yet. Others get new numbers
/// above all earlier ones, in the order of ids.
///
/// **Returns**: a number a community, all different; with an empty earlier partition, the ids themselves.
/// **Cost**: one pass over the accounts, one sort of the pairs.
/// **Determinism**: a function of the two partitions alone.
///
/// ```
/// use truereach::community::{Communities, Leiden, earlier};
/// use truereach::{Run, graph::build};
/// let graph = build::graph(4, &[(0, 1), (2, 3)]);
/// let found = Leiden::default().run(&graph, &Run::default())?;
/// assert_eq!(found.labels, [0, 0, 1, 1]);
/// assert_eq!(earlier::numbers(&found, &[Some(5), None, Some(0), Some(0)]), [5, 0]);
/// # Ok::<(), truereach::Error>(())
/// ```
pub fn numbers(found: &Communities, earlier: &[Option<u32>]) -> Vec<u64> {
    let mut shared = HashMap::<(u32, u32), u64, foldhash::fast::FixedState>::default();
    for (&label, was) in found.labels.iter().zip(earlier) {
        if let Some(was) = *was {
            *shared.entry((label, was)).or_default() += 1;
        }
    }
    let mut pairs: Vec<_> = shared.into_iter().collect();
    pairs.sort_unstable_by_key(|&(pair, shared)| (Reverse(shared), pair));
    let mut numbers = vec![None; found.count];
    let mut taken = hashbrown::HashSet::<u32, foldhash::fast::FixedState>::default();
    for ((label, was), _) in pairs {
        let number = &mut numbers[label as usize];
        if number.is_none() && taken.insert(was) {
            *number = Some(u64::from(was));
        }
    }
    let mut fresh = earlier.iter().flatten().max().map_or(0, |&most| u64::from(most) + 1)..;
    numbers.into_iter().filter_map(|number| number.or_else(|| fresh.next())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::community::partition::stable;
    use proptest::prelude::*;

    fn found(labels: &[u32]) -> Communities {
        let (labels, sizes) = stable(labels);
        let (quality, iterations, converged, method) = (0.0, 1, true, String::new());
        Communities { count: sizes.len(), labels, sizes, quality, iterations, converged, method }
    }

    #[test]
    fn the_larger_heir_keeps_the_number() {
        // Community 9 falls into four and two; 3 stays; somebody new makes a community of their own.
        let earlier = [9, 9, 9, 9, 9, 9, 3, 3].map(Some).into_iter().chain([None]).collect::<Vec<_>>();
        assert_eq!(numbers(&found(&[0, 0, 0, 0, 1, 1, 2, 2, 3]), &earlier), [9, 10, 3, 11]);
        // 9 and 3 become one: it is 9's heir, and 3 is gone.
        assert_eq!(numbers(&found(&[0; 9]), &earlier), [9]);
        assert_eq!(numbers(&found(&[0, 0, 1]), &[None; 3]), [0, 1]);
        assert_eq!(numbers(&found(&[0, 0, 1]), &[Some(u32::MAX), None, None]), [u64::from(u32::MAX), 1 << 32]);
    }

    proptest! {
        #[test]
        fn numbers_are_different_and_stay(labels in prop::collection::vec(0u32..6, 1..40), names in prop::collection::vec(any::<u32>(), 6)) {
            let now = found(&labels);
            let earlier: Vec<_> = labels.iter().map(|&label| Some(names[label as usize])).collect();
            let given = numbers(&now, &earlier);
            let mut distinct = given.clone();
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(distinct.len(), now.count);
            // Every number of before goes on: nothing changed but that equal names are one community.
            let mut before: Vec<_> = earlier.iter().flatten().map(|&was| u64::from(was)).collect();
            before.sort_unstable();
            before.dedup();
            prop_assert!(before.iter().all(|was| given.contains(was)));
            let labels = start(&earlier);
            for (u, v) in (0..labels.len()).flat_map(|u| (0..u).map(move |v| (u, v))) {
                prop_assert_eq!(labels[u] == labels[v], earlier[u] == earlier[v]);
            }
        }
    }
}
