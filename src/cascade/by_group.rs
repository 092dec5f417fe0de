//! Where the people reached belong: by niche, country, community or any other group.

use serde::{Deserialize, Serialize};

use super::direct;
use super::forward::Walker;
use super::reach::checked_creators;
use super::resolved::Resolved;
use super::timed::TimedWalker;
use super::together::{Sampled, chunk};
use super::world::World;
use crate::base::stats::Tally;
use crate::base::{Error, Result, Run, par};
use crate::graph::attributes::{Column, NO_TEXT, Values};

/// What an account belongs to: none, one or several groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    names: Vec<String>,
    /// The different sets of groups that accounts belong to.
    sets: Vec<Vec<u32>>,
    /// The set of each account; [`NO_TEXT`] where nothing is known.
    of: Vec<u32>,
}

impl Groups {
    /// By the texts of a column: each is a group, or several, separated by `|`, as niches are.
    ///
    /// **Errors**: a column of numbers.
    pub fn of_column(column: &Column) -> Result<Groups> {
        let Values::Text { codes, dictionary } = &column.values else {
            let problem = format!("{} holds numbers, which make no groups", column.name);
            return Err(Error::parameter("--by", problem).with_hint("columns of text do, such as niche or country"));
        };
        let texts: Vec<String> = (0..dictionary.len() as u32).map(|code| dictionary.get(code).into_owned()).collect();
        let parts = |text: &str| -> Vec<String> {
            let mut parts: Vec<String> =
                text.split('|').map(|part| part.trim().to_string()).filter(|part| !part.is_empty()).collect();
            parts.sort_unstable();
            parts.dedup();
            parts
        };
        let mut names: Vec<String> = texts.iter().flat_map(|text| parts(text)).collect();
        names.sort_unstable();
        names.dedup();
        let group = |name: String| names.binary_search(&name).unwrap_or(0) as u32;
        let sets = texts.iter().map(|text| parts(text).into_iter().map(group).collect());
        let sets: Vec<Vec<u32>> = sets.collect();
        // A text of separators alone says nothing.
        let of = codes.iter().map(|&code| match sets.get(code as usize) {
            Some(set) if !set.is_empty() => code,
            _ => NO_TEXT,
        });
        Ok(Groups { of: of.collect(), sets, names })
    }

    /// By the number of a group, one an account; groups are called by `name`.
    pub fn of_numbers(of: Vec<u32>, name: impl Fn(u32) -> String) -> Groups {
        let count = of.iter().copied().filter(|&group| group != NO_TEXT).max().map_or(0, |most| most + 1);
        Groups { names: (0..count).map(name).collect(), sets: (0..count).map(|group| vec![group]).collect(), of }
    }

    /// Those groups that have so many members at least; members of others alone belong to none.
    pub fn of_size(self, least: u64) -> Groups {
        let members = self.members();
        let mut numbers = vec![NO_TEXT; self.names.len()];
        let mut names = Vec::new();
        for (group, name) in self.names.into_iter().enumerate().filter(|&(group, _)| members[group] >= least) {
            numbers[group] = names.len() as u32;
            names.push(name);
        }
        let kept = |set: &Vec<u32>| -> Vec<u32> {
            set.iter().map(|&group| numbers[group as usize]).filter(|&group| group != NO_TEXT).collect()
        };
        let (mut sets, mut places) = (Vec::new(), Vec::with_capacity(self.sets.len()));
        for set in self.sets.iter().map(kept) {
            places.push(if set.is_empty() { NO_TEXT } else { sets.len() as u32 });
            if !set.is_empty() {
                sets.push(set);
            }
        }
        let of = self.of.iter().map(|&set| places.get(set as usize).copied().unwrap_or(NO_TEXT)).collect();
        Groups { names, sets, of }
    }

    /// How many groups.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What they are called, by number.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The groups of an account, by number; none where nothing is known.
    #[inline]
    pub fn of(&self, u: u32) -> &[u32] {
        self.sets.get(self.of[u as usize] as usize).map_or(&[], |set| set)
    }

    /// The different sets of groups that accounts belong to.
    pub(crate) fn sets(&self) -> impl Iterator<Item = &[u32]> {
        self.sets.iter().map(|set| &set[..])
    }

    /// Spreads figures by set (the last: nothing known) to groups (the last: nothing known).
    pub(crate) fn spread<T: Copy>(&self, by_set: &[T], zero: T, add: impl Fn(&mut T, T)) -> Vec<T> {
        let mut by_group = vec![zero; self.names.len() + 1];
        for (set, &figure) in self.sets.iter().zip(by_set) {
            set.iter().for_each(|&group| add(&mut by_group[group as usize], figure));
        }
        by_group[self.names.len()] = by_set[self.sets.len()];
        by_group
    }

    /// How many accounts belong to each group; last, of how many nothing is known.
    pub fn members(&self) -> Vec<u64> {
        let mut members = vec![0u64; self.sets.len() + 1];
        (0..self.of.len() as u32).for_each(|u| members[self.set(u)] += 1);
        self.spread(&members, 0, |sum, count| *sum += count)
    }

    /// The place of u's set, the last one where nothing is known.
    #[inline]
    pub(crate) fn set(&self, u: u32) -> usize {
        (self.of[u as usize] as usize).min(self.sets.len())
    }
}

/// The people of each group that a set of creators reaches together.
///
/// **Input**: a resolved model, the creators, a group or several for every account, and how many worlds, from number 0 on:
/// those of [`super::Reach`]. **Returns**: [`GroupReach`], a row a group in the order of their names, and one for
/// the accounts of which nothing is known. The direct part is exact, the rest sampled, as in [`super::Reach`]; rows add up
/// to the reach of the set where nobody belongs to two groups.
///
/// **Guarantee**: 95% intervals of simulation alone, normal approximation. **Cost**: as [`super::Reach`] of as many
/// worlds, and the creators' followers once more in each. **Errors**: no creators, or one outside the graph. **Determinism**:
/// equal bits at any number of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachBy {
    /// Worlds to walk.
    pub worlds: u64,
}

/// One group's row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupReach {
    /// The group; `None`: nothing is known.
    pub group: Option<String>,
    /// Accounts of the network in it.
    pub accounts: u64,
    /// Of them, the creators reach directly: exact given the model.
    pub direct: f64,
    /// Of them, the creators reach.
    pub reach: Sampled,
}

impl ReachBy {
    /// Walks the worlds.
    pub fn run_resolved(
        &self,
        resolved: &Resolved<'_>,
        creators: &[u32],
        groups: &Groups,
        run: &Run,
    ) -> Result<Vec<GroupReach>> {
        let graph = resolved.graph();
        let creators = checked_creators(graph, creators)?;
        if groups.of.len() != graph.accounts() {
            let problem = format!("{} groups for {} accounts", groups.of.len(), graph.accounts());
            return Err(Error::parameter("--by", problem));
        }
        let sets = groups.sets.len() + 1;
        let timed = if resolved.deadline().is_some() { TimedWalker::BYTES } else { 0 };
        let scratch = (17 + timed) * graph.accounts() as u64 * run.thread_count() as u64;
        let parts = (size_of::<Tally>() * (groups.len() + 1)) as u64 * self.worlds.div_ceil(chunk(self.worlds) as u64);
        run.check_memory("walking cascades by group", scratch + parts)?;
        resolved.lay_out(creators.iter().copied(), self.worlds, run)?;
        run.phase("walking cascades", Some(self.worlds));
        let tools = par::Tools::new();
        let parts = par::map(run, &par::chunks(self.worlds as usize, chunk(self.worlds)), |range| {
            let new = || (Walker::new(graph.accounts()), vec![u32::MAX; graph.accounts()]);
            Ok(tools.with(new, |(walker, direct)| {
                let mut tallies = vec![Tally::default(); groups.names.len() + 1];
                for index in range {
                    let world = World::new(resolved, run.seed(), index as u64);
                    walker.walk(&world, &creators);
                    // Worlds of one run have different numbers; a mark of an earlier world says nothing.
                    for &v in &creators {
                        world.hearers(v, |u| direct[u as usize] = index as u32);
                    }
                    let mut counts = vec![0u64; sets];
                    for &u in walker.reached() {
                        if direct[u as usize] != index as u32 {
                            counts[groups.set(u)] += resolved.units(u);
                        }
                    }
                    let by_group = groups.spread(&counts, 0, |sum, count| *sum += count);
                    tallies.iter_mut().zip(by_group).for_each(|(tally, count)| tally.add(count));
                }
                direct.fill(u32::MAX);
                tallies
            }))
        })?;
        let mut tallies = vec![Tally::default(); groups.names.len() + 1];
        for part in parts {
            tallies.iter_mut().zip(part).for_each(|(all, part)| all.merge(&part));
        }
        let event = if resolved.is_silent() { 0.0 } else { resolved.heaviest() };
        let mut directs = vec![0.0; sets];
        direct::each(resolved, &creators, |u, chance| directs[groups.set(u)] += chance * resolved.weight(u));
        let directs = groups.spread(&directs, 0.0, |sum, part| *sum += part);
        let members = groups.members();
        let names = groups.names.iter().cloned().map(Some).chain([None]);
        let rows = names.zip(members).zip(directs).zip(&tallies).map(|(((group, accounts), direct), tally)| {
            GroupReach { group, accounts, direct, reach: Sampled::of(direct, tally, resolved.unit(), event) }
        });
        Ok(rows.filter(|row| row.accounts > 0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cascade::exact::{random_graph, resolved};
    use crate::cascade::reach::Reach;

    #[test]
    fn groups_add_up_to_the_whole() {
        for (case, (name, rho)) in [("ic:0.2", None), ("wc", Some(0.5)), ("lt", None)].into_iter().enumerate() {
            let graph = random_graph(240 + case as u64, 200, 1200);
            let model = resolved(&graph, name, rho);
            let of = (0..200).map(|u| if u % 7 == 0 { NO_TEXT } else { u % 3 }).collect();
            let groups = Groups::of_numbers(of, |group| format!("g{group}"));
            let creators = [2, 50, 51];
            let rows = ReachBy { worlds: 200 }.run_resolved(&model, &creators, &groups, &Run::new(3)).unwrap();
            let reach = Reach { worlds: Some(200), draws: 0, ..Reach::default() };
            let whole = reach.run_resolved(&model, &creators, &Run::new(3)).unwrap();
            assert_eq!(rows.iter().map(|row| row.accounts).sum::<u64>(), 200);
            let sum = |of: fn(&GroupReach) -> f64| rows.iter().map(of).sum::<f64>();
            assert!((sum(|row| row.reach.people) - whole.reach).abs() < 1e-9, "{name}");
            assert!((sum(|row| row.direct) - whole.direct).abs() < 1e-9, "{name}");
            assert_eq!(rows.last().unwrap().group, None);
            let again = ReachBy { worlds: 200 }
                .run_resolved(&model, &creators, &groups, &Run::new(3).threads(3).unwrap())
                .unwrap();
            assert_eq!(rows, again);
        }
    }

    #[test]
    fn small_groups_are_none() {
        let texts = ["a|b", "b", "c", "a|c", "b|a"].map(|text| Some(text.to_string()));
        let groups = Groups::of_column(&Column::texts("niche", texts.into_iter())).unwrap();
        assert_eq!(groups.members(), [3, 3, 2, 0]);
        let large = groups.clone().of_size(3);
        assert_eq!((large.names(), large.members()), (&["a".to_string(), "b".into()][..], vec![3, 3, 1]));
        assert_eq!((large.of(0), large.of(2), large.of(3)), (&[0, 1][..], &[][..], &[0][..]));
        assert_eq!(groups.clone().of_size(1), groups);
        assert!(groups.of_size(4).is_empty());
    }

    #[test]
    fn one_may_belong_to_several() {
        let graph = random_graph(250, 4, 12);
        let model = resolved(&graph, "ic:1", None);
        let texts = ["beauty|food", "food", "|", "beauty"].map(|text| (!text.is_empty()).then(|| text.to_string()));
        let groups = Groups::of_column(&Column::texts("niche", texts.into_iter())).unwrap();
        assert_eq!((groups.len(), groups.names.clone()), (2, vec!["beauty".to_string(), "food".into()]));
        let rows = ReachBy { worlds: 3 }.run_resolved(&model, &[2], &groups, &Run::new(1)).unwrap();
        let members: Vec<_> = rows.iter().map(|row| (row.group.as_deref(), row.accounts)).collect();
        assert_eq!(members, [(Some("beauty"), 2), (Some("food"), 2), (None, 1)]);
        let numbers = Column { name: "age".into(), values: Values::Number(vec![1.0].into()) };
        assert!(Groups::of_column(&numbers).unwrap_err().to_string().contains("age holds numbers"));
    }
}
