//! What other wishes would have led to, on the pool that the plan was chosen on.

use super::cover::Cover;
use super::optimum::Optimum;
use super::rules::{Room, Rules};
use super::search::Search;
use super::wishes::Compiled;
use crate::base::{Result, Run, par};

/// A little more budget is this share more.
pub(super) const MORE: f64 = 0.1;

/// Portfolios beside the plan, by places of candidates.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Variants {
    /// The one exchange that would add most (or lose least): who goes, who comes.
    pub swap: Option<(u32, u32)>,
    /// With one creator more, or [`MORE`] of the budget more.
    pub more: Vec<u32>,
    /// Without each rule but number and budget: its place, and what could be chosen.
    pub without: Vec<(usize, Vec<u32>)>,
    /// Numbers or budgets up to the one given, and what each could choose.
    pub frontier: Vec<(u64, Vec<u32>)>,
}

impl Variants {
    pub fn new(found: &Optimum, compiled: &Compiled, rules: &Rules, points: u32, run: &Run) -> Result<Variants> {
        let more = match rules.budget {
            Some(budget) => Rules { budget: Some(budget + (budget as f64 * MORE) as u64), ..rules.clone() },
            None => Rules { count: rules.count.map(|count| count + 1), ..rules.clone() },
        };
        let mut others = vec![more];
        let dropped: Vec<usize> = (0..compiled.rules.len()).filter(|&place| !compiled.rules[place].is_size()).collect();
        others.extend(dropped.iter().map(|&place| Rules { share: rules.share, ..compiled.rules(Some(place)) }));
        let sizes = sizes(rules, points);
        others.extend(sizes.iter().map(|&size| match rules.budget {
            Some(_) => Rules { budget: Some(size), ..rules.clone() },
            None => Rules { count: Some(size), ..rules.clone() },
        }));
        run.phase("looking at other portfolios", Some(others.len() as u64));
        let chosen = par::map(run, &par::chunks(others.len(), 1), |range| {
            let rules = &others[range.start];
            let found = Search { pool: &found.pool, index: &found.index, rules, fixed: &found.fixed }.run(run)?;
            Ok((found.chosen, found.covered))
        })?;
        let mut chosen = chosen.into_iter();
        let more = chosen.next().unwrap_or_default().0;
        let without = dropped.into_iter().zip(chosen.by_ref().map(|(chosen, _)| chosen)).collect();
        // What a smaller size allows a larger one allows too: where the search found less, the plan before stands.
        let mut best = (Vec::new(), f64::NEG_INFINITY);
        let growing = chosen.map(|(chosen, covered)| {
            if covered > best.1 {
                best = (chosen, covered);
            }
            best.0.clone()
        });
        let frontier = sizes.into_iter().zip(growing).collect();
        Ok(Variants { swap: swap(found, rules), more, without, frontier })
    }

    /// Everybody named.
    pub fn named(&self) -> Vec<u32> {
        let mut named: Vec<u32> = self.more.clone();
        named.extend(self.swap.map(|swap| swap.1));
        named.extend(self.without.iter().flat_map(|(_, chosen)| chosen));
        named.extend(self.frontier.iter().flat_map(|(_, chosen)| chosen));
        named
    }
}

/// Evenly spaced sizes up to the one given, from whatever those of every portfolio ask.
fn sizes(rules: &Rules, points: u32) -> Vec<u64> {
    let (least, most) = match (rules.budget, rules.count) {
        (Some(budget), _) => (rules.cost_of(&rules.must), budget),
        (None, Some(count)) => (rules.must.len() as u64, count),
        (None, None) => return Vec::new(),
    };
    let points = u64::from(points);
    let at = |point: u64| least + ((u128::from(most - least) * u128::from(point)) / u128::from(points)) as u64;
    let mut sizes: Vec<u64> = (1..=points).map(at).filter(|&size| size > 0).collect();
    sizes.dedup();
    sizes
}

/// The exchange of one for one that adds most, or loses least where none adds.
fn swap(found: &Optimum, rules: &Rules) -> Option<(u32, u32)> {
    let mut cover = Cover::new(&found.pool, &found.index);
    let mut room = Room::new(rules);
    for &candidate in &found.chosen {
        cover.add(candidate);
        room.add(candidate);
    }
    let mut best: Option<(f64, u32, u32)> = None;
    for &out in found.chosen.iter().filter(|out| !rules.must.contains(out) && !found.fixed.contains(out)) {
        cover.remove(out);
        room.remove(out);
        let lost = cover.gains()[out as usize];
        for (candidate, &gain) in (0u32..).zip(cover.gains()) {
            let added = gain - lost;
            if best.is_none_or(|best| added > best.0)
                && gain > 0.0
                && candidate != out
                && !found.chosen.contains(&candidate)
                && room.fits(candidate)
            {
                best = Some((added, out, candidate));
            }
        }
        cover.add(out);
        room.add(out);
    }
    best.map(|(_, out, candidate)| (out, candidate))
}
