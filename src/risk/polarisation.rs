//! Three indicators of how a creator divides people, kept apart: who is for and against, how far these keep to themselves, and
//! how mixed the audience is.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::controversy::{Controversy, RandomWalkControversy};
use super::resonance::{Cell, Resonances, Towards};
use crate::base::seed::{Key, Stream};
use crate::base::stats::{Interval, quantile};
use crate::base::{Error, Result, Run, par};
use crate::cascade::by_group::Groups;
use crate::graph::Graph;

/// Draws of resonance behind the interval of the audience's share in groups against.
const DRAWS: u32 = 1_000;

/// How a creator divides people, in three indicators that are never averaged: resonance (who is for, who is against, how much of
/// the audience belongs to groups against), controversy (how far the most favourable and the most hostile group keep to
/// themselves) and exposure across communities (how mixed the audience is).
///
/// ```text
/// hostile(v) = Σ_c share_c P(S[v,c] < 0),   share_c = Σ_{u in F(v)} a_u 1{u in c} / groups of u  /  Σ_{u in F(v), in a group} a_u
/// groups(v)  = exp(−Σ_c share_c ln share_c),   outside(v) = people outside the group most belong to / people in a group
/// ```
///
/// **Input**: who follows whom; creators; groups; the chance of each account to be a person; what [`super::Resonance`] found of the
/// same creators in the same order, if there are signs. **Returns**: [`Indicators`], one a creator; without signs exposure alone, and a
/// note that says so. **Guarantee**: `hostile` and `outside` are exact given the posterior and the audience; the interval of
/// `hostile` is of 1,000 draws of all cells. **Cost**: one pass over the creators' followers, 1,000 coins a group
/// and creator, and one [`Controversy`] for each pair of groups that stand against each other. **Errors**:
/// [`Error::Parameter`] where resonances are of other creators or groups; memory. What stands against a controversy is said
/// in `notes`. **Determinism**: a function of the seed; equal bits at any number of threads. **References**: Garimella et al.
/// 2018; Jost 2006 (effective number of groups); MODELS.md section 8.
///
/// ```
/// use truereach::{Run, cascade::Groups, graph::build, risk::Polarisation};
/// let graph = build::graph(5, &[(1, 0), (2, 0), (3, 0), (4, 0)]);
/// let groups = Groups::of_numbers(vec![0, 0, 0, 1, 1], |group| format!("g{group}"));
/// let found = Polarisation::default().run(&graph, &[0], &groups, None, None, &Run::new(1))?;
/// assert!((found[0].exposure.groups - 2.0).abs() < 1e-12 && found[0].opinion.is_none());
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Polarisation {
    /// People of a group that have to be for or against a creator before the group is named
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 5.0, value_name = "N", help_heading = "Resonance"))]
    pub evidence: f64,
    /// Where walks between groups end
    #[cfg_attr(feature = "cli", command(flatten))]
    pub controversy: Controversy,
}

impl Default for Polarisation {
    fn default() -> Self {
        Polarisation { evidence: 5.0, controversy: Controversy::default() }
    }
}

/// The three indicators of a creator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Indicators {
    /// The creator.
    pub creator: u32,
    /// Who is for and who against; `None` without signs.
    pub opinion: Option<Opinion>,
    /// How far the most favourable and the most hostile group keep to themselves.
    pub controversy: Option<RandomWalkControversy>,
    /// How mixed the audience is.
    pub exposure: Exposure,
    /// What is missing, and why.
    pub notes: Vec<String>,
}

/// Who is for a creator and who against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Opinion {
    /// The most favourable group with evidence.
    pub best: Option<Pole>,
    /// The most hostile group with evidence.
    pub worst: Option<Pole>,
    /// The chance that the most hostile group is against; `None` without evidence of any.
    pub provokes: Option<f64>,
    /// How far groups differ about the creator ([`Towards::divides`]): what lists of risky creators are ranked by.
    pub divides: f64,
    /// The share of the audience expected in groups against.
    pub hostile: f64,
    /// Its 95% interval.
    pub hostile_interval: Interval,
}

/// A group at one end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pole {
    /// Its number.
    pub group: u32,
    /// Its resonance.
    pub s: f64,
    /// The 95% interval.
    pub interval: Interval,
    /// People for or against.
    pub voices: f64,
}

/// The communities of a creator's followers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Exposure {
    /// Followers, as many as are people.
    pub audience: f64,
    /// Of these, in a group.
    pub grouped: f64,
    /// The group most of these belong to; of equals the first.
    pub home: Option<u32>,
    /// The share of these outside it; 0 where nobody is in a group.
    pub outside: f64,
    /// As many groups of equal size are as mixed as the audience; 0 where nobody is in a group.
    pub groups: f64,
    /// The share of those in a group in each group, by number; who is in several counts in each in parts.
    pub shares: Vec<f64>,
}

impl Polarisation {
    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<()> {
        if !(self.evidence > 0.0 && self.evidence.is_finite()) {
            return Err(Error::parameter("--evidence", format!("{} people say nothing; above 0", self.evidence)));
        }
        self.controversy.check()
    }

    /// Looks at every creator; each pair of groups is walked once.
    pub fn run(
        &self,
        graph: &Graph,
        creators: &[u32],
        groups: &Groups,
        real: Option<&[f64]>,
        resonances: Option<&Resonances>,
        run: &Run,
    ) -> Result<Vec<Indicators>> {
        self.check()?;
        super::resonance::checked(graph.accounts(), creators, real)?;
        let fits = |rows: &[Towards]| {
            rows.len() == creators.len()
                && rows.iter().zip(creators).all(|(row, &of)| row.creator == of && row.cells.len() == groups.len())
        };
        if !resonances.is_none_or(|found| fits(&found.rows)) {
            return Err(Error::parameter("resonances", "they are of other creators or of other groups"));
        }
        run.check_memory("polarisation", 16 * (creators.len() * (groups.len() + 1)) as u64)?;
        run.phase("communities of audiences", Some(creators.len() as u64));
        let mut all = par::map(run, &par::chunks(creators.len(), 1), |range| {
            let at = range.start;
            let towards = resonances.map(|found| &found.rows[at]);
            Ok(self.of(graph, creators[at], groups, real, towards, run.seed()))
        })?;
        let mut walked = BTreeMap::new();
        for indicators in &mut all {
            let pair = indicators.opinion.as_ref().and_then(Opinion::pair);
            if let Some((best, worst)) = pair {
                let found = match walked.get(&(best.min(worst), best.max(worst))) {
                    Some(found) => found,
                    None => {
                        let found = self.between(graph, groups, best.min(worst), best.max(worst), run)?;
                        walked.entry((best.min(worst), best.max(worst))).or_insert(found)
                    }
                };
                match found {
                    Ok(found) => indicators.controversy = Some(found.clone()),
                    Err(why) => indicators.notes.push(why.clone()),
                }
            }
        }
        Ok(all)
    }

    /// The indicators of one creator, but for controversy.
    fn of(
        &self,
        graph: &Graph,
        creator: u32,
        groups: &Groups,
        real: Option<&[f64]>,
        towards: Option<&Towards>,
        seed: u64,
    ) -> Indicators {
        let exposure = Exposure::of(graph, creator, groups, real);
        let mut notes = Vec::new();
        let opinion = towards.map(|towards| self.opinion(towards, &exposure, seed));
        match &opinion {
            None => notes.push("no signs: exposure only, which does not tell who is for and who against".into()),
            Some(opinion) if opinion.pair().is_none() => notes.push(format!(
                "fewer than two groups with {} people for or against: no two that could stand against each other",
                self.evidence
            )),
            Some(_) => {}
        }
        Indicators { creator, opinion, controversy: None, exposure, notes }
    }

    fn opinion(&self, towards: &Towards, exposure: &Exposure, seed: u64) -> Opinion {
        let known = || (0..towards.cells.len()).filter(|&group| towards.cells[group].voices() >= self.evidence);
        let pole = |group: usize| Pole::of(group as u32, &towards.cells[group]);
        let s = |group: usize| towards.cells[group].s;
        let best = known().reduce(|best, group| if s(group) > s(best) { group } else { best });
        let worst = known().reduce(|worst, group| if s(group) < s(worst) { group } else { worst });
        let sum = |counts: &dyn Fn(usize) -> f64| {
            (0..towards.cells.len()).fold(0.0, |sum, group| match exposure.shares[group] {
                0.0 => sum,
                share => sum + share * counts(group),
            })
        };
        let mut draws: Vec<f64> = (0..DRAWS)
            .map(|draw| {
                let key = Key::new(seed, Stream::Resonance, u64::from(draw)).of(u64::from(towards.creator));
                // A draw of S is below 0 where its uniform is below the chance of that.
                sum(&|group| f64::from(u8::from(key.unit(group as u64) < towards.cells[group].against)))
            })
            .collect();
        draws.sort_by(f64::total_cmp);
        let hostile = sum(&|group| towards.cells[group].against);
        // Draws so few miss what is all but certain: the interval holds its own mean all the same.
        let ends = (quantile(&draws, 0.025).min(hostile), quantile(&draws, 0.975).max(hostile));
        Opinion {
            best: best.map(pole),
            worst: worst.map(pole),
            provokes: worst.map(|group| towards.cells[group].against),
            divides: towards.divides(),
            hostile,
            hostile_interval: Interval { low: ends.0, high: ends.1 },
        }
    }

    /// How far two groups keep to themselves, or why that cannot be said. Who belongs to both is on neither side.
    fn between(
        &self,
        graph: &Graph,
        groups: &Groups,
        one: u32,
        two: u32,
        run: &Run,
    ) -> Result<std::result::Result<RandomWalkControversy, String>> {
        let side = |u: u32| match [one, two].map(|group| groups.of(u).contains(&group)) {
            [true, false] => 1,
            [false, true] => 2,
            _ => 0,
        };
        let sides: Vec<u8> = (0..graph.accounts() as u32).map(side).collect();
        let names = [one, two].map(|group| &groups.names()[group as usize]);
        match self.controversy.run(graph, &sides, run) {
            Ok(found) => Ok(Ok(found)),
            Err(error @ (Error::Parameter { .. } | Error::NotEstimable { .. } | Error::NotConverged(_))) => {
                Ok(Err(format!("no controversy between {} and {}: {error}", names[0], names[1])))
            }
            Err(error) => Err(error),
        }
    }
}

impl Opinion {
    /// The two groups that stand against each other, if there are two with evidence.
    pub fn pair(&self) -> Option<(u32, u32)> {
        let (best, worst) = (self.best.as_ref()?, self.worst.as_ref()?);
        (best.group != worst.group).then_some((best.group, worst.group))
    }
}

impl Pole {
    fn of(group: u32, cell: &Cell) -> Pole {
        Pole { group, s: cell.s, interval: cell.interval, voices: cell.voices() }
    }
}

impl Exposure {
    /// Of a creator's followers.
    fn of(graph: &Graph, creator: u32, groups: &Groups, real: Option<&[f64]>) -> Exposure {
        let (mut audience, mut grouped) = (0.0, 0.0);
        let (mut shares, mut members) = (vec![0.0; groups.len()], vec![0.0; groups.len()]);
        for &u in graph.followers(creator) {
            let person = real.map_or(1.0, |real| real[u as usize]);
            let own = groups.of(u);
            audience += person;
            grouped += if own.is_empty() { 0.0 } else { person };
            for &group in own {
                shares[group as usize] += person / own.len() as f64;
                members[group as usize] += person;
            }
        }
        if grouped <= 0.0 {
            return Exposure { audience, grouped: 0.0, home: None, outside: 0.0, groups: 0.0, shares };
        }
        shares.iter_mut().for_each(|share| *share /= grouped);
        let home = (1..members.len()).fold(0, |home, group| if members[group] > members[home] { group } else { home });
        let entropy =
            shares.iter().filter(|&&share| share > 0.0).fold(0.0, |sum, share| sum - share * libm::log(*share));
        Exposure {
            audience,
            grouped,
            home: Some(home as u32),
            outside: (1.0 - members[home] / grouped).max(0.0),
            groups: libm::exp(entropy),
            shares,
        }
    }
}
