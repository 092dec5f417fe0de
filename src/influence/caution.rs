//! Reach against risk: a portfolio whose worst scenarios cost less, for some of the reach.

use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::choice::{Choice, NOTHING};
use super::cover::Cover;
use super::judge::Judge;
use super::optimum::Optimum;
use super::rules::{Room, Rules};
use super::search::ordered;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run};
use crate::cascade::Sampled;

/// What portfolios cost in bad scenarios; what a scenario is, is not known here.
pub trait Risk: Sync {
    /// Gets ready to judge portfolios of these accounts while one is chosen: gives the mean cost, in people, of the worst
    /// scenarios (CVaR) of any portfolio among them.
    fn among(&self, accounts: &[u32], run: &Run) -> Result<Cvar<'_>>;

    /// The same of one portfolio in scenarios that had no part in the choice, with a 95% interval.
    fn judged(&self, accounts: &[u32], run: &Run) -> Result<(f64, Interval)>;
}

/// The mean cost, in people, of the worst scenarios of a portfolio (by account).
pub type Cvar<'a> = Box<dyn Fn(&[u32]) -> f64 + Sync + 'a>;

/// How careful a choice is.
#[derive(Clone, Copy)]
pub struct Caution<'a> {
    /// People of reach that one person of CVaR is worth.
    pub aversion: f64,
    /// At most so large a CVaR, in people.
    pub most: Option<f64>,
    /// So many points on the way from the plan that looks at reach alone to the safest one.
    pub points: u32,
    /// What portfolios cost.
    pub risk: &'a dyn Risk,
}

impl std::fmt::Debug for Caution<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caution").field("aversion", &self.aversion).field("most", &self.most).finish_non_exhaustive()
    }
}

/// A portfolio on the way from the most reach to the least risk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskPoint {
    /// Its creators.
    pub members: Vec<u32>,
    /// People reached together.
    pub reach: Sampled,
    /// CVaR in people, in scenarios that had no part in the choice.
    pub cvar: f64,
    /// 95% interval, sampling of scenarios alone.
    pub cvar_interval: Interval,
}

/// What caution changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cautious {
    /// The plan.
    pub plan: RiskPoint,
    /// The plan that looks at reach alone.
    pub free: RiskPoint,
    /// People whom the latter reaches more.
    pub given_up: Sampled,
    /// Creators among whom it was looked for: those of most reach, alone and for their price, and some of all others.
    pub considered: u64,
    /// On the way, from the most reach to the least risk.
    pub points: Vec<RiskPoint>,
}

/// Creators looked at: so many by reach, as many by reach for their price, and as many evenly over all others, by reach, for
/// small ones are safe.
const CONSIDERED: usize = 160;
/// Exchanges pass over all at most so often.
const PASSES: usize = 6;

impl Cautious {
    /// Whether the plan of most reach is kept.
    pub fn gives_up_nothing(&self) -> bool {
        same(&self.plan.members, &self.free.members)
    }
}

/// What caution found, by places of candidates.
pub(super) struct Careful {
    pub chosen: Vec<u32>,
    pub points: Vec<Vec<u32>>,
    pub considered: u64,
}

/// A search for reach less risk: `reach(S) − aversion · CVaR(S)`, CVaR at most `most`, over portfolios that keep all rules.
///
/// Not submodular, so greedy choices come without a guarantee: begun greedily and from the plan of most reach, each made better
/// by exchanges of one creator for another or for nobody, as long as that helps. The better of both is taken.
struct Search<'a> {
    found: &'a Optimum,
    rules: &'a Rules,
    candidates: &'a Candidates,
    considered: &'a [u32],
    cvar: &'a Cvar<'a>,
    /// People a set of the pool.
    unit: f64,
    aversion: f64,
    most: Option<f64>,
}

/// How good a portfolio is: first by how far it keeps the limit of risk.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
struct Merit {
    kept: f64,
    worth: f64,
}

impl Search<'_> {
    fn merit(&self, choice: &Choice<'_, '_>, with: Option<u32>) -> Merit {
        let mut accounts = self.candidates.at(choice.cover.chosen());
        accounts.extend(with.map(|candidate| self.candidates.account(candidate)));
        let gain = with.map_or(0.0, |candidate| choice.cover.gains()[candidate as usize]);
        let cvar = (self.cvar)(&accounts);
        let reach = self.unit * (choice.cover.covered() + gain);
        let over = self.most.map_or(0.0, |most| (cvar - most).max(0.0));
        Merit { kept: -over, worth: reach - self.aversion * cvar }
    }

    /// Those of every portfolio, then `others` as far as they fit.
    fn start(&self, others: &[u32]) -> Choice<'_, '_> {
        let cover = Cover::new(&self.found.pool, &self.found.index);
        let mut choice = Choice { cover, room: Room::new(self.rules) };
        self.rules.must.iter().for_each(|&candidate| choice.add(candidate));
        for &candidate in others {
            if !choice.cover.chosen().contains(&candidate) && choice.room.fits(candidate) {
                choice.add(candidate);
            }
        }
        choice
    }

    /// Adds whoever makes the portfolio best, as long as somebody makes it better.
    fn grow(&self, choice: &mut Choice<'_, '_>, run: &Run) -> Result<()> {
        loop {
            run.step(0)?;
            let now = self.merit(choice, None);
            let mut best: Option<(Merit, u32)> = None;
            for &candidate in self.considered {
                let adds = choice.cover.gains()[candidate as usize] > NOTHING;
                if !adds || choice.cover.chosen().contains(&candidate) || !choice.room.fits(candidate) {
                    continue;
                }
                let merit = self.merit(choice, Some(candidate));
                if best.is_none_or(|(other, _)| merit > other) {
                    best = Some((merit, candidate));
                }
            }
            match best {
                // What keeps to the limit may add; what breaks it may not.
                Some((merit, candidate)) if merit > now => choice.add(candidate),
                _ => break,
            }
        }
        choice.fill();
        Ok(())
    }

    /// Exchanges each creator for whoever makes the portfolio better, or for nobody.
    fn exchange(&self, choice: &mut Choice<'_, '_>, run: &Run) -> Result<()> {
        for _ in 0..PASSES {
            let mut better = false;
            let members: Vec<u32> =
                choice.cover.chosen().iter().copied().filter(|member| !self.rules.must.contains(member)).collect();
            for member in members {
                run.step(0)?;
                let before = (choice.room.is_complete(), self.merit(choice, None));
                choice.remove(member);
                let mut best = ((choice.room.is_complete(), self.merit(choice, None)), None);
                for &candidate in self.considered {
                    if candidate == member || choice.cover.chosen().contains(&candidate) || !choice.room.fits(candidate)
                    {
                        continue;
                    }
                    choice.room.add(candidate);
                    let complete = choice.room.is_complete();
                    choice.room.remove(candidate);
                    let merit = (complete, self.merit(choice, Some(candidate)));
                    if merit > best.0 {
                        best = (merit, Some(candidate));
                    }
                }
                if best.0 > before {
                    better = true;
                    best.1.into_iter().for_each(|candidate| choice.add(candidate));
                } else {
                    choice.add(member);
                }
            }
            self.grow(choice, run)?;
            if !better {
                break;
            }
        }
        Ok(())
    }

    /// The better of a portfolio begun greedily and one begun with `from`; nothing if neither keeps to the limit.
    fn run(&self, from: &[u32], run: &Run) -> Result<std::result::Result<Vec<u32>, f64>> {
        let mut best: Option<((bool, Merit), Vec<u32>)> = None;
        for others in [&[], from] {
            let mut choice = self.start(others);
            if others.is_empty() {
                self.grow(&mut choice, run)?;
            }
            self.exchange(&mut choice, run)?;
            let merit = (choice.room.is_complete(), self.merit(&choice, None));
            if best.as_ref().is_none_or(|best| merit > best.0) {
                best = Some((merit, choice.cover.chosen().to_vec()));
            }
        }
        let ((complete, merit), chosen) = best.unwrap_or(((false, Merit { kept: 0.0, worth: 0.0 }), Vec::new()));
        Ok(match complete && merit.kept >= 0.0 && !chosen.is_empty() {
            true => Ok(ordered(&self.found.pool, &self.found.index, &chosen)),
            false => Err(self.most.unwrap_or(0.0) - merit.kept),
        })
    }
}

impl Caution<'_> {
    /// Refuses what makes no sense, whatever portfolios cost.
    pub fn check(aversion: f64, most: Option<f64>) -> Result<()> {
        let number = |flag: &'static str, value: f64| match value >= 0.0 && value.is_finite() {
            true => Ok(()),
            false => Err(Error::parameter(flag, format!("{value} is not a number of people of at least 0"))),
        };
        number("--risk-aversion", aversion)?;
        most.map_or(Ok(()), |most| number("--max-risk", most))
    }

    /// Looks for the portfolio, from the one of most reach on.
    pub(super) fn choose(
        &self,
        found: &Optimum,
        candidates: &Candidates,
        rules: &Rules,
        total: f64,
        run: &Run,
    ) -> Result<Careful> {
        let considered = considered(found, rules);
        let cvar = self.risk.among(&candidates.at(&considered), run)?;
        run.phase("weighing reach against risk", None);
        let unit = total / found.samples as f64;
        let search = |aversion, most| {
            let search =
                Search { found, rules, candidates, considered: &considered, cvar: &cvar, unit, aversion, most };
            search.run(&found.chosen, run)
        };
        let least = |cvar: f64| {
            let most = self.most.unwrap_or(0.0);
            let problem = format!(
                "no portfolio whose worst scenarios cost at most {most} people was found among the {} creators looked at; the \
                 least found is {cvar:.3}",
                considered.len()
            );
            Error::parameter("--max-risk", problem)
                .with_hint("allow more, or name those to choose from: --creators, --only tier=nano, --never")
        };
        let chosen = search(self.aversion, self.most)?.map_err(least)?;
        let free = cvar(&candidates.at(&found.chosen));
        let mut points = Vec::new();
        for point in (0..self.points).rev() {
            let most = free * f64::from(point) / f64::from(self.points);
            if let Ok(members) = search(0.0, Some(most))? {
                points.push(members);
            }
        }
        Ok(Careful { chosen, points, considered: considered.len() as u64 })
    }

    /// What it came to, on people and in scenarios that had no part in the choice.
    pub(super) fn judge(
        &self,
        careful: &Careful,
        free: &[u32],
        candidates: &Candidates,
        judge: &Judge,
        run: &Run,
    ) -> Result<Cautious> {
        let point = |places: &[u32]| -> Result<RiskPoint> {
            let members = candidates.at(places);
            let (cvar, cvar_interval) = self.risk.judged(&members, run)?;
            Ok(RiskPoint { reach: judge.reach(&members), members, cvar, cvar_interval })
        };
        let (plan, free) = (point(&careful.chosen)?, point(free)?);
        Ok(Cautious {
            given_up: judge.more(&free.members, &plan.members),
            points: careful.points.iter().map(|members| point(members)).collect::<Result<_>>()?,
            considered: careful.considered,
            plan,
            free,
        })
    }
}

/// Whether two portfolios have the same creators.
pub(super) fn same(one: &[u32], other: &[u32]) -> bool {
    one.len() == other.len() && one.iter().all(|creator| other.contains(creator))
}

/// Those among whom to look: of most reach alone, of most for their price, and those chosen; sorted.
fn considered(found: &Optimum, rules: &Rules) -> Vec<u32> {
    let worth = |candidate: u32| found.index.worth(&found.pool, candidate);
    let mut allowed: Vec<(u32, f64)> = (0..found.index.candidates() as u32)
        .filter(|&candidate| rules.allows(candidate))
        .map(|candidate| (candidate, worth(candidate)))
        .filter(|(_, worth)| *worth > NOTHING)
        .collect();
    allowed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut all: Vec<u32> = allowed.iter().take(CONSIDERED).map(|one| one.0).collect();
    let others = allowed.len().saturating_sub(CONSIDERED);
    let step = others.div_ceil(CONSIDERED).max(1);
    all.extend(allowed.iter().skip(CONSIDERED).step_by(step).map(|one| one.0));
    if rules.budget.is_some() {
        let price = |one: &(u32, f64)| one.1 / rules.cost(one.0).max(1) as f64;
        allowed.sort_by(|a, b| price(b).total_cmp(&price(a)).then(a.0.cmp(&b.0)));
        all.extend(allowed.iter().take(CONSIDERED).map(|one| one.0));
    }
    all.extend(&found.chosen);
    all.extend(&rules.must);
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests;
