//! Which wishes no portfolio can keep together: the smallest set of them.

use super::rules::Rule;

/// A search that took more steps than this found no portfolio, and no proof that there is none.
const STEPS: u32 = 20_000;

/// Sets of up to so many rules are all tried, smallest first; beyond, rules are dropped one by one.
const SMALL: usize = 4;

/// The smallest set of rules that no portfolio keeps; `None` if one keeps all, or none was proved not to.
pub(super) fn conflict(rules: &[Rule], costs: &[u64], candidates: usize) -> Option<Vec<usize>> {
    let keeps = |some: &[usize]| {
        let some: Vec<&Rule> = some.iter().map(|&rule| &rules[rule]).collect();
        Portfolio::new(&some, costs, candidates).can_be_kept()
    };
    let all: Vec<usize> = (0..rules.len()).collect();
    if keeps(&all) {
        return None;
    }
    for size in 1..=SMALL.min(rules.len()) {
        let mut found = None;
        subsets(rules.len(), size, &mut Vec::new(), &mut |some| {
            let clash = !keeps(some);
            if clash {
                found = Some(some.to_vec());
            }
            clash
        });
        if found.is_some() {
            return found;
        }
    }
    let mut clash = all;
    let mut at = 0;
    while at < clash.len() {
        let mut fewer = clash.clone();
        fewer.remove(at);
        if keeps(&fewer) { at += 1 } else { clash = fewer }
    }
    Some(clash)
}

/// Calls `each` with the subsets of 0..n of a size, in order, until it says stop.
fn subsets(n: usize, size: usize, some: &mut Vec<usize>, each: &mut dyn FnMut(&[usize]) -> bool) -> bool {
    if some.len() == size {
        return each(some);
    }
    for next in some.last().map_or(0, |last| last + 1)..n {
        some.push(next);
        if subsets(n, size, some, each) {
            return true;
        }
        some.pop();
    }
    false
}

/// The search for a portfolio that keeps some rules: those of every portfolio first, then whoever meets a minimum, cheapest
/// first, going back where that leads nowhere.
struct Portfolio<'a> {
    costs: &'a [u64],
    barred: Vec<bool>,
    exclusive: Vec<(usize, usize)>,
    most: Vec<(&'a [usize], u32)>,
    least: Vec<(&'a [usize], u32)>,
    count: u64,
    budget: u64,
    chosen: Vec<usize>,
    /// Candidates of some rule beside one minimum: not any other does as well.
    entangled: Vec<bool>,
    steps: u32,
}

impl<'a> Portfolio<'a> {
    fn new(rules: &[&'a Rule], costs: &'a [u64], candidates: usize) -> Self {
        let mut found = Portfolio {
            costs,
            barred: vec![false; candidates],
            exclusive: Vec::new(),
            most: Vec::new(),
            least: Vec::new(),
            count: u64::MAX,
            budget: u64::MAX,
            chosen: Vec::new(),
            entangled: vec![false; candidates],
            steps: 0,
        };
        let mut wanted = vec![0u32; candidates];
        for rule in rules {
            match rule {
                Rule::Must(place) if !found.chosen.contains(place) => found.chosen.push(*place),
                Rule::Must(_) => {}
                Rule::Never(places) => places.iter().for_each(|&place| found.barred[place] = true),
                Rule::Exclusive(a, b) => {
                    found.exclusive.push((*a, *b));
                    [*a, *b].into_iter().for_each(|place| found.entangled[place] = true);
                }
                Rule::AtMost(_, members, number) => {
                    found.most.push((members, *number));
                    members.iter().for_each(|&place| found.entangled[place] = true);
                }
                Rule::AtLeast(_, members, number) => {
                    found.least.push((members, *number));
                    members.iter().for_each(|&place| wanted[place] += 1);
                }
                Rule::Count(count) => found.count = found.count.min(*count),
                Rule::Budget(budget) => found.budget = found.budget.min(*budget),
            }
        }
        wanted.iter().zip(&mut found.entangled).for_each(|(&wanted, entangled)| *entangled |= wanted > 1);
        found
    }

    fn cost(&self, place: usize) -> u64 {
        self.costs.get(place).copied().unwrap_or(0)
    }

    /// Whether those chosen break no limit.
    fn is_sound(&self) -> bool {
        let chosen = &self.chosen;
        let among =
            |members: &[usize]| chosen.iter().filter(|place| members.binary_search(place).is_ok()).count() as u64;
        chosen.len() as u64 <= self.count
            && chosen.iter().map(|&place| self.cost(place)).sum::<u64>() <= self.budget
            && !chosen.iter().any(|&place| self.barred[place])
            && !self.exclusive.iter().any(|(a, b)| chosen.contains(a) && chosen.contains(b))
            && self.most.iter().all(|(members, number)| among(members) <= u64::from(*number))
    }

    /// A minimum that is not met, and by how many.
    fn unmet(&self) -> Option<(&'a [usize], u64)> {
        self.least.iter().find_map(|(members, number)| {
            let met = self.chosen.iter().filter(|place| members.binary_search(place).is_ok()).count() as u64;
            u64::from(*number).checked_sub(met).filter(|missing| *missing > 0).map(|missing| (*members, missing))
        })
    }

    fn can_be_kept(&mut self) -> bool {
        self.steps += 1;
        if self.steps > STEPS {
            return true;
        }
        if !self.is_sound() {
            return false;
        }
        let Some((members, missing)) = self.unmet() else { return true };
        let mut open: Vec<usize> =
            members.iter().copied().filter(|place| !self.chosen.contains(place) && !self.barred[*place]).collect();
        if (open.len() as u64) < missing || self.chosen.len() as u64 + missing > self.count {
            return false;
        }
        open.sort_by_key(|&place| (self.cost(place), place));
        // Of those who matter to nothing but this minimum, the cheapest does as well as any.
        let mut free = false;
        for place in open {
            if !self.entangled[place] && std::mem::replace(&mut free, true) {
                continue;
            }
            self.chosen.push(place);
            let kept = self.can_be_kept();
            self.chosen.pop();
            if kept {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{Stream, generator};
    use rand::RngExt;

    fn group() -> (String, String) {
        ("niche".into(), "beauty".into())
    }

    /// Whether any of all portfolios keeps the rules.
    fn by_force(rules: &[&Rule], costs: &[u64], candidates: usize) -> bool {
        (0u32..1 << candidates).any(|set| {
            let has = |place: &usize| set >> place & 1 == 1;
            let among = |members: &[usize]| members.iter().filter(|place| has(place)).count() as u32;
            rules.iter().all(|rule| match rule {
                Rule::Must(place) => has(place),
                Rule::Never(places) => among(places) == 0,
                Rule::Exclusive(a, b) => !(has(a) && has(b)),
                Rule::AtMost(_, members, number) => among(members) <= *number,
                Rule::AtLeast(_, members, number) => among(members) >= *number,
                Rule::Count(count) => u64::from(set.count_ones()) <= *count,
                Rule::Budget(budget) => (0..candidates).filter(has).map(|place| costs[place]).sum::<u64>() <= *budget,
            })
        })
    }

    #[test]
    fn the_smallest_clash_is_that_of_all_portfolios() {
        let mut clashes = 0;
        for case in 0..400 {
            let mut random = generator(90, Stream::Sample, case);
            let candidates = random.random_range(2..9usize);
            let costs: Vec<u64> = (0..candidates).map(|_| random.random_range(0..10)).collect();
            let some = |random: &mut crate::base::seed::Generator| -> Vec<usize> {
                (0..candidates).filter(|_| random.random_range(0..2) == 0).collect()
            };
            let mut rules = Vec::new();
            for _ in 0..random.random_range(1..7) {
                rules.push(match random.random_range(0..7) {
                    0 => Rule::Must(random.random_range(0..candidates)),
                    1 => Rule::Never(some(&mut random)),
                    2 => Rule::Exclusive(0, random.random_range(1..candidates)),
                    3 => Rule::AtMost(group(), some(&mut random), random.random_range(0..3)),
                    4 => Rule::AtLeast(group(), some(&mut random), random.random_range(0..4)),
                    5 => Rule::Count(random.random_range(0..4)),
                    _ => Rule::Budget(random.random_range(0..20)),
                });
            }
            let all: Vec<&Rule> = rules.iter().collect();
            match conflict(&rules, &costs, candidates) {
                None => assert!(by_force(&all, &costs, candidates), "{rules:?}"),
                Some(clash) => {
                    clashes += 1;
                    let these: Vec<&Rule> = clash.iter().map(|&rule| &rules[rule]).collect();
                    assert!(!by_force(&these, &costs, candidates), "{rules:?} {clash:?}");
                    // No smaller set of rules clashes.
                    for size in 1..clash.len() {
                        subsets(rules.len(), size, &mut Vec::new(), &mut |some| {
                            let fewer: Vec<&Rule> = some.iter().map(|&rule| &rules[rule]).collect();
                            assert!(by_force(&fewer, &costs, candidates), "{rules:?} {clash:?} {some:?}");
                            false
                        });
                    }
                }
            }
        }
        assert!((50..350).contains(&clashes), "{clashes}");
    }

    #[test]
    fn many_candidates_and_a_budget_that_is_too_small() {
        let costs = vec![10; 3000];
        let third = |from: usize| (from * 1000..(from + 1) * 1000).collect::<Vec<_>>();
        let mut rules: Vec<Rule> = (0..3).map(|niche| Rule::AtLeast(group(), third(niche), 4)).collect();
        rules.push(Rule::Budget(120));
        assert_eq!(conflict(&rules, &costs, 3000), None);
        rules[3] = Rule::Budget(119);
        assert_eq!(conflict(&rules, &costs, 3000), Some(vec![0, 1, 2, 3]));
    }
}
