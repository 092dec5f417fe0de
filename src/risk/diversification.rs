//! Whether a portfolio spreads its risk: the tail against the tails of its creators, and how often several fall together.

use serde::Serialize;

use super::scenario::{Group, Scenario};
use super::tail::{Tail, check_losses, cvar_of, percent};
use crate::base::stats::ExactSum;
use crate::base::{Error, Result};

/// How often several creators fall in one draw: exact, from the scenario alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Together {
    /// The chance that nobody falls.
    pub none: f64,
    /// The chance that exactly one falls.
    pub one: f64,
    /// The chance that two or more fall.
    pub more: f64,
    /// The same, if each fell on its own with the same chance as now.
    pub more_if_independent: f64,
    /// How many fall on the average.
    pub mean: f64,
}

impl Together {
    /// How much likelier several fall together than if they were independent; `None` where they could not.
    pub fn times(&self) -> Option<f64> {
        (self.more_if_independent > 0.0).then(|| self.more / self.more_if_independent)
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        let more = percent(self.more);
        match self.times() {
            None => "two creators never fall together in this scenario".into(),
            Some(times) if times < 1.005 => {
                format!("two or more creators fall together with a chance of {more}, as if each fell on its own")
            }
            Some(times) => format!(
                "two or more creators fall together with a chance of {more}, {} times as often as if each fell on its own \
                 with the same chance ({})",
                if times < 9.95 { format!("{times:.1}") } else { format!("{times:.0}") },
                percent(self.more_if_independent)
            ),
        }
    }
}

impl Scenario {
    /// How often none, one, and several creators fall.
    ///
    /// Formula: `P(nobody of S falls) = Π_S (1 − own)·Π_g (1 − shock_g + shock_g (1 − falls_g)^|g ∩ S|)`, exactly one by the
    /// difference of nobody but v and nobody. **Returns**: chances to about 1e-15. **Cost**: creators and members of groups.
    pub fn together(&self) -> Together {
        let safe = |group: &Group, members: usize| {
            1.0 - group.shock + group.shock * libm::pow(1.0 - group.falls, members as f64)
        };
        let mut product = Product::default();
        self.own.iter().for_each(|own| product.times(1.0 - own));
        self.groups.iter().for_each(|group| product.times(safe(group, group.members.len())));
        let none = product.value();
        let mut others: Vec<Product> = self.own.iter().map(|own| product.without(1.0 - own)).collect();
        for group in self.groups.iter().filter(|group| !group.members.is_empty()) {
            let (with, without) = (safe(group, group.members.len()), safe(group, group.members.len() - 1));
            for &member in &group.members {
                let others = &mut others[member as usize];
                *others = others.without(with);
                others.times(without);
            }
        }
        let one = others.iter().map(|others| (others.value() - none).max(0.0)).collect::<ExactSum>().value();
        // None, one, two and more fallen, creator by creator: nothing is taken from anything.
        let mut alone = [1.0, 0.0, 0.0];
        for chance in (0..self.creators.len()).map(|place| self.chance(place)) {
            let [none, one, more] = alone;
            alone = [none * (1.0 - chance), one * (1.0 - chance) + none * chance, more + one * chance];
        }
        // Below what the differences can hold there is nothing; and where nobody shares a cause both are the same.
        let shared = self.groups.iter().any(|group| group.members.len() > 1 && group.shock * group.falls > 0.0);
        let more = if shared { (1.0 - none - one).max(0.0) } else { alone[2] };
        let mean = (0..self.creators.len()).map(|place| self.chance(place)).collect::<ExactSum>().value();
        Together { none, one, more, more_if_independent: alone[2], mean }
    }

    /// The chance that both of two different creators fall.
    pub fn both(&self, a: usize, b: usize) -> f64 {
        // Causes of one of the two alone add to its own chance; common ones are left.
        let (mut single, mut common) = ([self.own[a], self.own[b]], Vec::new());
        for group in &self.groups {
            let [with_a, with_b] = [a, b].map(|place| group.members.binary_search(&(place as u32)).is_ok());
            let chance = group.shock * group.falls;
            match (with_a, with_b) {
                (true, true) => common.push((group.shock, group.falls)),
                (true, false) => single[0] += chance * (1.0 - single[0]),
                (false, true) => single[1] += chance * (1.0 - single[1]),
                (false, false) => {}
            }
        }
        // Chances of (neither, a alone, b alone, both), one independent cause after the other: no differences.
        let [p, q] = single;
        let mut state = [(1.0 - p) * (1.0 - q), p * (1.0 - q), (1.0 - p) * q, p * q];
        for (shock, falls) in common {
            let law = [
                1.0 - shock + shock * (1.0 - falls) * (1.0 - falls),
                shock * falls * (1.0 - falls),
                shock * falls * falls,
            ];
            let [none, only_a, only_b, both] = state;
            state = [
                none * law[0],
                only_a * (law[0] + law[1]) + none * law[1],
                only_b * (law[0] + law[1]) + none * law[1],
                both + (only_a + only_b) * (law[1] + law[2]) + none * law[2],
            ];
        }
        state[3]
    }

    /// The correlation of the falls of two different creators; `None` where one never or always falls.
    pub fn correlation(&self, a: usize, b: usize) -> Option<f64> {
        let (p, q) = (self.chance(a), self.chance(b));
        let variances = p * (1.0 - p) * q * (1.0 - q);
        (variances > 0.0).then(|| (self.both(a, b) - p * q) / libm::sqrt(variances))
    }
}

/// A product from which factors can be taken out again, also zeros.
#[derive(Debug, Clone, Copy)]
struct Product {
    zeros: u32,
    rest: f64,
}

impl Default for Product {
    fn default() -> Self {
        Product { zeros: 0, rest: 1.0 }
    }
}

impl Product {
    fn times(&mut self, factor: f64) {
        match factor > 0.0 {
            true => self.rest *= factor,
            false => self.zeros += 1,
        }
    }

    fn without(self, factor: f64) -> Product {
        match factor > 0.0 {
            true => Product { rest: self.rest / factor, ..self },
            false => Product { zeros: self.zeros.saturating_sub(1), ..self },
        }
    }

    fn value(self) -> f64 {
        if self.zeros > 0 { 0.0 } else { self.rest }
    }
}

/// The tail of a portfolio against the tails of its creators.
///
/// Formula: `CVaR(portfolio) / sum_v CVaR(v alone)`. **Returns**: at most 1 where together the creators lose no more than the
/// sum of what each would lose alone; 1: nothing is spread. Where any fall is rarer than 1 − alpha, CVaR is the mean loss over
/// 1 − alpha, which adds up: then the ratio tells of common audiences alone, not of falls ([`Diversification::is_rare`]).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Diversification {
    /// CVaR of the portfolio over the sum of its creators'; `None` where nobody loses anything.
    pub ratio: Option<f64>,
    /// The sum of the creators' own CVaRs.
    pub alone: f64,
    /// Whether any loss is rarer than the worst draws that are looked at, so that CVaR adds up whatever falls together.
    pub is_rare: bool,
}

impl Diversification {
    /// Of a portfolio's tail; for each creator the losses above 0 that it would bring alone, in the same draws, in any order.
    ///
    /// **Cost**: a sort a creator. **Errors**: a loss that is none, more losses than draws.
    pub fn of(tail: &Tail, own: impl IntoIterator<Item = Vec<f64>>) -> Result<Diversification> {
        let mut alone = ExactSum::default();
        for losses in own {
            check_losses(&losses)?;
            if losses.len() as u64 > tail.draws {
                let problem = format!("{} losses are more than {} draws", losses.len(), tail.draws);
                return Err(Error::parameter("losses", problem));
            }
            alone.add(cvar_of(losses, tail.draws as usize, tail.alpha));
        }
        let alone = alone.value();
        let is_rare = tail.chance_of_loss <= 1.0 - tail.alpha;
        Ok(Diversification { ratio: (alone > 0.0).then(|| tail.cvar / alone), alone, is_rare })
    }

    /// In a sentence.
    pub fn words(&self) -> String {
        let Some(ratio) = self.ratio else { return "nobody loses anything in these draws".into() };
        let rare = "; losses are so rare that this tells of shared audiences alone, not of falling together";
        format!(
            "the portfolio's worst draws cost {} of what its creators' own worst draws add up to{}",
            percent(ratio),
            if self.is_rare { rare } else { "" }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Run;
    use crate::base::seed::{Key, Stream};
    use proptest::prelude::*;

    fn group(name: &str, members: &[u32], shock: f64, falls: f64) -> Group {
        Group { name: name.into(), members: members.to_vec(), shock, falls }
    }

    /// The law of who falls, by every combination of coins: chance of each set of creators, as bits.
    fn enumerated(scenario: &Scenario) -> Vec<f64> {
        let n = scenario.creators.len();
        let mut law = vec![0.0; 1 << n];
        law[0] = 1.0;
        let join = |law: &[f64], other: &[f64]| {
            let mut joint = vec![0.0; law.len()];
            for (a, p) in law.iter().enumerate() {
                for (b, q) in other.iter().enumerate() {
                    joint[a | b] += p * q;
                }
            }
            joint
        };
        let sets = |members: &[usize], chance: f64| {
            let mut law = vec![0.0; 1 << n];
            for chosen in 0..1usize << members.len() {
                let set =
                    (0..members.len()).filter(|at| chosen >> at & 1 == 1).map(|at| 1 << members[at]).sum::<usize>();
                let count = chosen.count_ones() as i32;
                law[set] = chance.powi(count) * (1.0 - chance).powi(members.len() as i32 - count);
            }
            law
        };
        for (place, &own) in scenario.own.iter().enumerate() {
            law = join(&law, &sets(&[place], own));
        }
        for group in &scenario.groups {
            let members: Vec<usize> = group.members.iter().map(|&place| place as usize).collect();
            let mut shocked: Vec<f64> = sets(&members, group.falls).iter().map(|p| p * group.shock).collect();
            shocked[0] += 1.0 - group.shock;
            law = join(&law, &shocked);
        }
        law
    }

    fn agrees(scenario: &Scenario) {
        let law = enumerated(scenario);
        let n = scenario.creators.len();
        let with = |holds: &dyn Fn(usize) -> bool| -> f64 {
            (0..law.len()).filter(|&set| holds(set)).map(|set| law[set]).sum()
        };
        let together = scenario.together();
        for (found, count) in [(together.none, 0), (together.one, 1)] {
            let chance = with(&|set| set.count_ones() == count);
            assert!((found - chance).abs() < 1e-12, "{count}: {found} {chance}");
        }
        let more = with(&|set| set.count_ones() > 1);
        assert!((together.more - more).abs() < 1e-12, "{} {more}", together.more);
        let alone = Scenario::new(
            scenario.creators.clone(),
            (0..n).map(|place| scenario.chance(place)).collect(),
            Vec::new(),
            String::new(),
        );
        let alone: f64 = enumerated(&alone.unwrap())
            .iter()
            .enumerate()
            .filter(|(set, _)| set.count_ones() > 1)
            .map(|(_, p)| p)
            .sum();
        assert!((together.more_if_independent - alone).abs() < 1e-12);
        for a in 0..n {
            let fell = with(&|set| set >> a & 1 == 1);
            assert!((scenario.chance(a) - fell).abs() < 1e-12);
            for b in (0..n).filter(|&b| b != a) {
                let both = with(&|set| set >> a & 1 == 1 && set >> b & 1 == 1);
                assert!((scenario.both(a, b) - both).abs() < 1e-12, "{} {both}", scenario.both(a, b));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn falls_together_are_those_of_every_combination(seed in 0u64..u64::MAX, n in 1usize..6, many in 0usize..4) {
            let key = Key::new(seed, Stream::Sample, 0);
            // Chances of 0 and 1 among them.
            let chance = |item: u64| (1.4 * key.unit(item) - 0.2).clamp(0.0, 1.0);
            let own = (0..n as u64).map(chance).collect();
            let groups = (0..many as u64).map(|at| {
                let members: Vec<u32> = (0..n as u32).filter(|&v| key.unit(100 * at + 50 + u64::from(v)) < 0.6).collect();
                group(&at.to_string(), &members, chance(1000 + at), chance(2000 + at))
            });
            let groups = groups.filter(|group| !group.members.is_empty()).collect();
            agrees(&Scenario::new((0..n as u32).collect(), own, groups, "".into()).unwrap());
        }
    }

    #[test]
    fn hand_values_and_their_words() {
        let two = Scenario::new(vec![0, 1], vec![0.0; 2], vec![group("a", &[0, 1], 0.1, 1.0)], "".into()).unwrap();
        let together = two.together();
        assert!((together.more - 0.1).abs() < 1e-15 && (together.more_if_independent - 0.01).abs() < 1e-15);
        assert_eq!((two.correlation(0, 1).map(|r| (1e9 * r).round()), together.one), (Some(1e9), 0.0));
        assert_eq!(
            together.words(),
            "two or more creators fall together with a chance of 10%, 10 times as often as if each fell on its own with the \
             same chance (1%)"
        );
        let apart = Scenario::new(vec![0, 1], vec![1e-9; 2], Vec::new(), "".into()).unwrap();
        assert_eq!((apart.together().more, apart.correlation(0, 1)), (1e-18, Some(0.0)));
        assert!(apart.together().words().ends_with("as if each fell on its own"));
        let one = Scenario::new(vec![0], vec![0.3], Vec::new(), "".into()).unwrap();
        assert_eq!(one.together().words(), "two creators never fall together in this scenario");
        let sure = Scenario::new(vec![0, 1], vec![1.0, 0.5], Vec::new(), "".into()).unwrap();
        assert_eq!((sure.correlation(0, 1), sure.together().more), (None, 0.5));
    }

    #[test]
    fn five_thousand_creators_are_no_matter() {
        let groups = (0..50u32).map(|at| group(&at.to_string(), &Vec::from_iter(at * 100..at * 100 + 100), 0.01, 0.7));
        let many = Scenario::new((0..5000).collect(), vec![0.5; 5000], groups.collect(), "".into()).unwrap();
        let together = many.together();
        assert!(together.none < 1e-300 && (together.more - 1.0).abs() < 1e-12 && together.mean > 2500.0);
    }

    #[test]
    fn a_portfolio_of_equals_spreads_and_a_portfolio_of_one_does_not() {
        let tail = |count: u32, groups: Vec<Group>| {
            let scenario = Scenario::new((0..count).collect(), vec![0.04; count as usize], groups, "".into()).unwrap();
            let drawn = scenario.draws(4000, &Run::new(3)).unwrap();
            let losses: Vec<f64> = drawn.iter().map(|drawn| drawn.fallen.len() as f64).collect();
            let own = (0..count).map(|place| {
                vec![1.0; drawn.iter().filter(|drawn| drawn.fallen.binary_search(&place).is_ok()).count()]
            });
            Diversification::of(&Tail::of(&losses, 0.95).unwrap(), own).unwrap()
        };
        let one = tail(1, Vec::new());
        assert_eq!((one.ratio, one.is_rare), (Some(1.0), true));
        assert!(one.words().contains("100%") && one.words().contains("so rare"), "{}", one.words());
        let ten = tail(10, Vec::new());
        assert!(ten.ratio.unwrap() < 0.4 && !ten.is_rare, "{ten:?}");
        let common = tail(10, vec![group("a", &Vec::from_iter(0..10), 0.05, 1.0)]);
        assert!(common.ratio.unwrap() > 0.9 && !common.is_rare, "{common:?}");
    }

    #[test]
    fn nothing_lost_has_no_ratio() {
        let tail = Tail::of(&[0.0; 400], 0.95).unwrap();
        let none = Diversification::of(&tail, [vec![], vec![]]).unwrap();
        assert_eq!((none.ratio, none.alone), (None, 0.0));
        assert!(Diversification::of(&tail, [vec![1.0; 401]]).is_err());
        assert!(Diversification::of(&tail, [vec![-1.0]]).is_err());
    }
}
