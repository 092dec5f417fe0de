//! Whether a burst of arrivals has a reason that everybody could see: a post or mention that drew far more attention than
//! the creator's posts usually do.

use std::collections::{BTreeMap, BTreeSet};

use super::arrivals::Burst;
use super::pods::{FoundPod, value};
use crate::base::time::{DAY, MISSING};
use crate::graph::Events;

/// A day explains a burst if so many times the usual attention fell on it.
const TIMES: f64 = 2.5;

/// And from so many accounts at least.
const LEAST: f64 = 5.0;

/// Fewer other days with any attention do not tell what is usual.
const DAYS: usize = 3;

/// Of each burst whether attention explains it; `None`: not observed, for want of interactions with times or of other days
/// to compare with.
///
/// Attention of a day is the number of different accounts, others than those who arrived in the burst, that interacted with
/// the creator or mentioned them; interactions within an engagement pod do not count. It is held against the median of the creator's other days with any: posts are seldom daily.
pub fn explained(bursts: &[Burst], events: Option<&Events>, pods: &[FoundPod]) -> Vec<Option<bool>> {
    let Some((events, times)) = events.and_then(|events| Some((events, events.time.as_ref()?))) else {
        return vec![None; bursts.len()];
    };
    let mut of_creator: BTreeMap<u32, Vec<(i64, u32)>> = bursts.iter().map(|burst| (burst.creator, vec![])).collect();
    let accounts = events.offsets.len().saturating_sub(1) as u32;
    for from in 0..accounts {
        for at in events.range(from) {
            // What a pod does day by day would make everything else look usual.
            let own = || value(pods, from, events.to[at]) < 1.0;
            if times[at] != MISSING
                && let Some(seen) = of_creator.get_mut(&events.to[at])
                && !own()
            {
                seen.push((times[at].div_euclid(DAY), from));
            }
        }
    }
    for seen in of_creator.values_mut() {
        seen.sort_unstable();
        seen.dedup();
    }
    bursts.iter().map(|burst| one(burst, &of_creator[&burst.creator])).collect()
}

fn one(burst: &Burst, seen: &[(i64, u32)]) -> Option<bool> {
    let (mut inside, mut outside) = (BTreeMap::<i64, f64>::new(), BTreeMap::<i64, f64>::new());
    let joined: BTreeSet<u32> = burst.members.iter().copied().collect();
    for &(day, from) in seen {
        // What drew them may have been posted the evening before.
        let within = (burst.from - 1..=burst.to).contains(&day);
        if within && joined.contains(&from) {
            continue;
        }
        *(if within { &mut inside } else { &mut outside }).entry(day).or_default() += 1.0;
    }
    if outside.len() < DAYS {
        return None;
    }
    let mut usual: Vec<f64> = outside.into_values().collect();
    usual.sort_by(f64::total_cmp);
    let usual = usual[usual.len() / 2];
    let most = inside.into_values().fold(0.0, f64::max);
    Some(most >= LEAST.max(TIMES * usual))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Run;
    use crate::graph::Event;
    use crate::graph::build::{Keyed, key};

    fn events(rows: &[(u32, i64)]) -> Events {
        let row = |&(from, day): &(u32, i64)| -> Keyed<Event> {
            (key(from, 0), Event { time: day * DAY + 5, ..Event::default() })
        };
        Events::build(&Run::default(), 100, vec![rows.iter().map(row).collect()]).unwrap()
    }

    #[test]
    fn a_post_that_many_others_reacted_to_explains_a_burst() {
        let burst = Burst { creator: 0, from: 50, to: 51, members: (10..40).collect(), expected: 1.0 };
        let usual: Vec<(u32, i64)> = [10, 20, 30, 40].iter().flat_map(|&day| [(60, day), (61, day)]).collect();
        let with =
            |more: &[(u32, i64)]| explained(std::slice::from_ref(&burst), Some(&events(&[&usual, more].concat())), &[]);
        let crowd: Vec<(u32, i64)> = (70..76).map(|from| (from, 49)).collect();
        assert_eq!(with(&crowd), [Some(true)]);
        assert_eq!(with(&crowd[..4]), [Some(false)]);
        // Those who arrived do not explain themselves, and one account counts once a day.
        let own: Vec<(u32, i64)> = (10..40).map(|from| (from, 50)).collect();
        assert_eq!(with(&own), [Some(false)]);
        assert_eq!(with(&[(70, 50); 20]), [Some(false)]);
        // Nothing to compare with is not "no".
        assert_eq!(explained(std::slice::from_ref(&burst), Some(&events(&crowd)), &[]), [None]);
        assert_eq!(explained(&[burst], None, &[]), [None]);
    }
}
