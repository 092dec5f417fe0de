//! A user's scenario for the creators of a portfolio: who falls in which draw, and the exact chances behind it.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Serialize;

use crate::base::seed::{Chance, Key, Stream, mix};
use crate::base::{Error, Result, Run, par};

/// Something that may befall several creators at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Group {
    /// What it is called; a group of a column carries its value.
    pub name: String,
    /// Its creators, by place, in order.
    pub members: Vec<u32>,
    /// The chance that it happens.
    pub shock: f64,
    /// The chance of each member to fall with it.
    pub falls: f64,
}

/// Who may fall, how likely, and with whom.
///
/// A creator falls if its own coin says so, or if the shock of one of its groups happens and its coin in that group says so; all
/// coins are independent. The chance of creator v is `1 − (1 − own_v)·Π_g (1 − shock_g·falls_g)` over its groups.
///
/// Coins belong to accounts and to the names of groups, not to places: in one draw a creator falls or stands in whatever
/// portfolio it is, so that portfolios are compared in the same draws.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    /// The creators, as accounts.
    pub creators: Vec<u32>,
    /// Each creator's own chance to fall.
    pub own: Vec<f64>,
    /// Common causes.
    pub groups: Vec<Group>,
    /// What the chances are over, in words.
    pub period: String,
    /// What should be said beside the figures.
    pub notes: Vec<String>,
    #[serde(skip)]
    chances: Vec<f64>,
    #[serde(skip)]
    coins: Vec<(u32, Chance)>,
    #[serde(skip)]
    shocks: Vec<Shock>,
}

/// A group as it is drawn.
#[derive(Debug, Clone, PartialEq)]
struct Shock {
    item: u64,
    happens: Chance,
    falls: Chance,
}

/// What one draw brings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Drawn {
    /// The creators that fall, by place, in order.
    pub fallen: Vec<u32>,
    /// The groups whose shock happened, by place, in order; also those with which nobody fell.
    pub shocks: Vec<u32>,
}

/// So many draws are one piece of parallel work.
const DRAWS: usize = 256;

impl Scenario {
    /// A scenario of creators (accounts, each once), their own chances and their groups (members by place).
    ///
    /// **Errors**: lengths that differ, a place that there is not, a number that is no chance.
    pub fn new(creators: Vec<u32>, own: Vec<f64>, groups: Vec<Group>, period: String) -> Result<Scenario> {
        let wrong = |problem: String| Err(Error::parameter("--hazards", problem));
        let is_chance = |chance: f64| (0.0..=1.0).contains(&chance);
        if own.len() != creators.len() {
            return wrong(format!("{} creators have {} chances", creators.len(), own.len()));
        }
        if let Some(chance) = own.iter().find(|chance| !is_chance(**chance)) {
            return wrong(format!("{chance} is not a chance from 0 to 1"));
        }
        for group in &groups {
            let fits = group.members.is_sorted_by(|a, b| a < b)
                && group.members.last().is_none_or(|&last| (last as usize) < creators.len());
            if !fits || !is_chance(group.shock) || !is_chance(group.falls) {
                return wrong(format!("group {} has members or chances that cannot be", group.name));
            }
        }
        let mut names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
            return wrong(format!("two groups are called {}", pair[0]));
        }
        Ok(Scenario::assembled(creators, own, groups, period))
    }

    /// Of parts that fit together.
    fn assembled(creators: Vec<u32>, own: Vec<f64>, groups: Vec<Group>, period: String) -> Scenario {
        let mut chances = own.clone();
        for group in &groups {
            let chance = group.shock * group.falls;
            // p or q, without the loss of digits that 1 − (1 − p)(1 − q) has where both are small.
            for &member in &group.members {
                let p = &mut chances[member as usize];
                *p = (*p + chance * (1.0 - *p)).min(1.0);
            }
        }
        let coins = (0..creators.len()).filter(|&place| own[place] > 0.0);
        let coins = coins.map(|place| (place as u32, Chance::new(own[place]))).collect();
        let shock = |group: &Group| Shock {
            item: item_of(&group.name),
            happens: Chance::new(group.shock),
            falls: Chance::new(group.falls),
        };
        let shocks = groups.iter().map(shock).collect();
        Scenario { creators, own, groups, period, notes: Vec::new(), chances, coins, shocks }
    }

    /// The chance of a creator to fall, for whatever reason: exact.
    pub fn chance(&self, place: usize) -> f64 {
        self.chances[place]
    }

    /// The creators that fall in a draw, by place, in order.
    pub fn fallen(&self, seed: u64, index: u64) -> Vec<u32> {
        self.draw(seed, index).fallen
    }

    /// Who falls in a draw, and which shocks happen: a pure function of the seed and the draw's number.
    pub fn draw(&self, seed: u64, index: u64) -> Drawn {
        let key = Key::new(seed, Stream::Hazard, index);
        let own = self.coins.iter().filter(|(place, chance)| key.coin(self.account(*place), *chance));
        let mut fallen: Vec<u32> = own.map(|(place, _)| *place).collect();
        let mut shocks = Vec::new();
        for (at, (group, shock)) in self.groups.iter().zip(&self.shocks).enumerate() {
            if key.coin(shock.item, shock.happens) {
                shocks.push(at as u32);
                let key = key.of(shock.item);
                let falls = |place: &u32| key.coin(self.account(*place), shock.falls);
                fallen.extend(group.members.iter().copied().filter(falls));
            }
        }
        if !shocks.is_empty() {
            fallen.sort_unstable();
            fallen.dedup();
        }
        Drawn { fallen, shocks }
    }

    /// The same scenario for these creators alone, in their order; who is not in it never falls. In every draw the same of them
    /// fall.
    pub fn among(&self, accounts: &[u32]) -> Scenario {
        let places: BTreeMap<u32, usize> = self.creators.iter().copied().zip(0..).collect();
        let own = |account: &u32| places.get(account).map_or(0.0, |&place| self.own[place]);
        let groups = self.groups.iter().map(|group| {
            let is_member = |account: &u32| {
                places.get(account).is_some_and(|&place| group.members.binary_search(&(place as u32)).is_ok())
            };
            let members = (0u32..).zip(accounts).filter(|(_, account)| is_member(account)).map(|(place, _)| place);
            Group { members: members.collect(), ..group.clone() }
        });
        let own = accounts.iter().map(own).collect();
        let made = Scenario::assembled(accounts.to_vec(), own, groups.collect(), self.period.clone());
        Scenario { notes: self.notes.clone(), ..made }
    }

    /// The first `count` draws. **Cost**: a coin a creator with a chance of its own, a coin a group, and a coin a member of
    /// the groups whose shock happens; 50 million coins take about a tenth of a second a core. **Determinism**: equal bits at
    /// any number of threads.
    pub fn draws(&self, count: usize, run: &Run) -> Result<Vec<Drawn>> {
        run.phase("draws of who falls", Some(count as u64));
        let expected: f64 = self.chances.iter().sum();
        run.check_memory("draws of who falls", count as u64 * (48 + 8 * libm::ceil(expected) as u64))?;
        let draws =
            |range: Range<usize>| Ok(range.map(|index| self.draw(run.seed(), index as u64)).collect::<Vec<Drawn>>());
        Ok(par::map(run, &par::chunks(count, DRAWS), draws)?.into_iter().flatten().collect())
    }

    fn account(&self, place: u32) -> u64 {
        u64::from(self.creators[place as usize])
    }
}

/// The item of a group's shock: a hash of its name in the upper half of 64 bits, where no account is.
fn item_of(name: &str) -> u64 {
    name.bytes().fold(0, |hash: u64, byte| mix(hash.wrapping_add(1 + u64::from(byte)))) | 1 << 63
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, members: &[u32], shock: f64, falls: f64) -> Group {
        Group { name: name.into(), members: members.to_vec(), shock, falls }
    }

    fn four() -> Scenario {
        let groups = vec![group("a: x", &[0, 1], 0.2, 0.5), group("b", &[1, 2, 3], 0.1, 0.9)];
        Scenario::new(vec![30, 10, 20, 40], vec![0.1, 0.1, 0.05, 0.0], groups, "a year".into()).unwrap()
    }

    #[test]
    fn known_answers_are_frozen() {
        // Computed by an independent program from the published SplitMix64.
        let known: &[(u64, &[u32], &[u32])] = &[
            (1, &[0], &[]),
            (2, &[1, 2], &[1]),
            (6, &[0, 2], &[0]),
            (8, &[1], &[]),
            (9, &[0], &[0]),
            (10, &[1], &[]),
            (13, &[1], &[0]),
            (14, &[1], &[]),
            (18, &[], &[0]),
            (21, &[1, 2, 3], &[0, 1]),
            (24, &[1], &[0]),
            (25, &[1], &[0]),
            (26, &[0], &[]),
            (28, &[1, 2, 3], &[1]),
        ];
        let scenario = four();
        for (index, fallen, shocks) in known {
            let drawn = Drawn { fallen: fallen.to_vec(), shocks: shocks.to_vec() };
            assert_eq!(scenario.draw(7, *index), drawn, "{index}");
            assert_eq!(scenario.fallen(7, *index), drawn.fallen);
        }
    }

    #[test]
    fn chances_are_those_of_the_formula_and_draws_keep_them() {
        let scenario = four();
        let formula = [1.0 - 0.9 * 0.9, 1.0 - 0.9 * 0.9 * 0.91, 1.0 - 0.95 * 0.91, 0.09];
        // 40,000 draws: of each chance at most 5 standard errors off, which chance leaves once in 400,000 for the four together.
        let draws = scenario.draws(40_000, &Run::new(1)).unwrap();
        for (place, chance) in formula.into_iter().enumerate() {
            assert!((scenario.chance(place) - chance).abs() < 1e-15);
            let fell = draws.iter().filter(|drawn| drawn.fallen.contains(&(place as u32))).count() as f64;
            assert!((fell - 4e4 * chance).abs() < 5.0 * libm::sqrt(4e4 * chance * (1.0 - chance)), "{place} {fell}");
        }
        assert!(draws.iter().all(|drawn| drawn.fallen.is_sorted_by(|a, b| a < b)));
    }

    #[test]
    fn chances_of_0_and_1_are_kept() {
        let groups = vec![group("a", &[0, 1], 1.0, 1.0), group("b", &[3], 1.0, 0.0), group("c", &[3], 0.0, 1.0)];
        let scenario = Scenario::new((0..4).collect(), vec![0.0, 0.0, 1.0, 0.0], groups, "".into()).unwrap();
        for index in 0..100 {
            let drawn = scenario.draw(3, index);
            assert_eq!((&drawn.fallen[..], &drawn.shocks[..]), (&[0, 1, 2][..], &[0, 1][..]));
        }
        assert_eq!([0, 1, 2, 3].map(|place| scenario.chance(place)), [1.0, 1.0, 1.0, 0.0]);
        // Chances far below what 1 − p can hold are kept too.
        let groups = vec![group("a", &[0], 1e-9, 1e-9)];
        let scenario = Scenario::new(vec![0], vec![0.0], groups, "".into()).unwrap();
        assert_eq!(scenario.chance(0), 1e-18);
    }

    #[test]
    fn a_creator_falls_in_the_same_draws_whatever_the_portfolio() {
        let all = four();
        let groups = vec![group("b", &[0, 1], 0.1, 0.9)];
        let part = Scenario::new(vec![40, 20], vec![0.0, 0.05], groups, "".into()).unwrap();
        for index in 0..2000 {
            let (all, part) = (all.draw(5, index), part.draw(5, index));
            let of = |fallen: &[u32], place: u32| fallen.contains(&place);
            assert_eq!(of(&all.fallen, 3), of(&part.fallen, 0));
            assert_eq!(of(&all.fallen, 2), of(&part.fallen, 1));
            assert_eq!(of(&all.shocks, 1), of(&part.shocks, 0));
        }
    }

    #[test]
    fn draws_are_equal_at_any_number_of_threads() {
        let scenario = four();
        let one = scenario.draws(3000, &Run::new(2).threads(1).unwrap()).unwrap();
        assert_eq!(one[2999], scenario.draw(2, 2999));
        for threads in [2, 3, 8] {
            assert_eq!(scenario.draws(3000, &Run::new(2).threads(threads).unwrap()).unwrap(), one);
        }
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (creators, own, groups) in [
            (vec![0], vec![], vec![]),
            (vec![0], vec![f64::NAN], vec![]),
            (vec![0], vec![0.1], vec![group("a", &[1], 0.1, 0.1)]),
            (vec![0, 1], vec![0.1, 0.1], vec![group("a", &[1, 0], 0.1, 0.1)]),
            (vec![0], vec![0.1], vec![group("a", &[0], 1.1, 0.1)]),
            (vec![0], vec![0.1], vec![group("a", &[0], 0.1, 0.1), group("a", &[0], 0.1, 0.1)]),
        ] {
            assert!(Scenario::new(creators, own, groups, "".into()).is_err());
        }
    }

    /// `cargo test --release --lib risk::scenario -- --ignored --nocapture` tells how long draws take.
    #[test]
    #[ignore = "a measurement"]
    fn ten_thousand_draws_of_five_thousand_creators() {
        let groups = (0..50u32).map(|g| group(&g.to_string(), &Vec::from_iter(g * 100..g * 100 + 100), 0.01, 0.7));
        let scenario = Scenario::new((0..5000).collect(), vec![0.005; 5000], groups.collect(), "".into()).unwrap();
        let draws = scenario.draws(10_000, &Run::new(2).threads(1).unwrap()).unwrap();
        assert_eq!(draws.len(), 10_000);
    }
}
