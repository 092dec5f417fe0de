//! Who likes a creator and who does not: resonance by community, from signed interactions.

mod count;
mod law;
mod shrink;
mod strength;
mod tally;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SignError;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, par};
use crate::cascade::by_group::Groups;
use crate::graph::Network;
use count::Voice;
use law::Law;
use shrink::Learned;
use strength::{Expected, Strengths};
use tally::{Tallies, Tally};

/// How each community takes each creator, from −1 (all against) to 1 (all for): who resonates with one community and provokes
/// another.
///
/// ```text
/// S[v,c] = 2 E[p | voices] − 1,   voices of c about v ~ π = p Se + (1 − p)(1 − Sp),   p ~ Σ_j w_j Beta(s_j m, s_j (1 − m))
/// ```
///
/// Everybody has one voice about v, however often they speak: the share of positive ones among their signed interactions, weighed by
/// how sure they are a person. Voices are fractions, so their likelihood is a quasi-likelihood, `y ln π + (1 − y) ln(1 − π)`.
///
/// The expected share m of a cell is what c says of other creators of v's kind (who belong to the same groups as v), drawn to what
/// everybody outside c says of v, drawn to the mean of the other creators; what is not known of m widens the laws around it. How firmly, the weights w of strengths s, is learned at
/// each of these levels by marginal likelihood over all creators of the network. A mixture of strengths keeps camps
/// apart: many cells that agree are drawn together, a few that lie far away are believed.
///
/// A signed interaction about a post is about its author, where the posts table knows it, else about the account it points to; a mention
/// is about the account mentioned. Types in which one sign never occurs, such as likes, can only agree and are left out unless named.
/// Signs are the user's (reactions, labelled comments); no text is read.
///
/// **Input**: interactions with signs; groups of accounts; creators in any order; `real`, the chance of each account to be a
/// person. **Returns**: [`Resonances`], a row a creator and a cell a group, those without voices too: theirs is what is expected of
/// them. **Guarantee**: a creator has the same figures alone as among others. 95% intervals hold the posterior, given the
/// strengths, and were tested over all cells together: a group that is against, where the creator's kind is liked by it and few of it
/// spoke, is drawn to those who are for and can be missed.
/// **Cost**: one sort of the signed interactions, 60 bytes each; 0.1 ms and 700 bytes a cell of which something is known.
/// **Errors**: [`Error::NotEstimable`] without signs, or where one sign never occurs in any type; [`Error::Parameter`] for a type
/// that is not there; memory. **Determinism**: equal bits at any number of threads. **References**: Kleinman 1973; Rogan & Gladen
/// 1978; Wedderburn 1974 (quasi-likelihood); Kiefer & Wolfowitz 1956 (mixtures learned); MODELS.md section 8.
///
/// ```
/// use truereach::{Run, risk::Resonance, synth::Market, cascade::Groups};
/// let made = Market { people: 2000, worlds: 2, ..Market::default() }.run(&Run::new(7))?;
/// let camps = made.truth.people.camp.iter().map(|&camp| u32::from(camp)).collect();
/// let groups = Groups::of_numbers(camps, |camp| format!("camp {camp}"));
/// let found = Resonance::default().run(&made.network, &[0, 1], &groups, None, &Run::new(1))?;
/// assert!(found.rows[1].cells.len() == groups.len() && found.rows[0].all.s.abs() <= 1.0);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Resonance {
    /// Interaction types whose signs count [default: every type in which both signs occur]
    #[cfg_attr(feature = "cli", arg(long, value_delimiter = ',', value_name = "TYPE,…", help_heading = "Resonance"))]
    pub types: Vec<String>,
    /// Chance that a positive sign is read positive, and that a negative one is read negative: corrects and widens
    #[cfg_attr(feature = "cli", arg(long, value_name = "SE,SP", help_heading = "Resonance"))]
    pub sign_error: Option<SignError>,
}

/// Resonance of creators.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Resonances {
    /// One a creator, in the order asked.
    pub rows: Vec<Towards>,
    /// What the groups are called, by number.
    pub groups: Vec<String>,
    /// What else is to be said, in sentences.
    pub notes: Vec<String>,
}

/// What is said of one creator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Towards {
    /// The creator.
    pub creator: u32,
    /// What all say, those in no group too.
    pub all: Cell,
    /// What each group says, by number.
    pub cells: Vec<Cell>,
    /// Accounts of groups that are against the creator, who mostly spoke against them.
    #[serde(skip)]
    pub critics: Vec<u32>,
}

/// What one group says of one creator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// People for; somebody who speaks both ways counts in parts.
    pub positive: f64,
    /// People against.
    pub negative: f64,
    /// People all of whose interactions are neutral, or have no sign; not in `s`.
    pub neutral: f64,
    /// Interactions behind all of these.
    pub interactions: u64,
    /// Resonance, from −1 to 1: people for less people against, over both, as expected given the voices.
    pub s: f64,
    /// Its 95% interval.
    pub interval: Interval,
    /// The chance that more are against than for.
    pub against: f64,
    /// Quantiles of the posterior.
    #[serde(skip)]
    law: Arc<[f64]>,
}

impl Towards {
    /// How far groups differ about the creator, from 0 to 1: the variance of resonance between groups, by the voices of each.
    /// `Σ_c n_c (S_c − S)² / Σ n`; voices of no group agree with all. It ranks those who resonate with one community and
    /// provoke another; whoever all are against divides nobody.
    pub fn divides(&self) -> f64 {
        let (mut sum, mut voices) = (0.0, 0.0);
        for cell in &self.cells {
            voices += cell.voices();
            sum += cell.voices() * (cell.s - self.all.s) * (cell.s - self.all.s);
        }
        // Who is in several groups speaks in each.
        let voices = self.all.voices().max(voices);
        if voices > 0.0 { sum / voices } else { 0.0 }
    }
}

impl Cell {
    fn new(tally: &Tally, expected: &Expected, strengths: &Strengths, reading: &SignError) -> Cell {
        let law = Law::new(tally.positive, tally.negative, expected, strengths, reading);
        let scaled = |share: f64| 2.0 * share - 1.0;
        Cell {
            positive: tally.positive,
            negative: tally.negative,
            neutral: tally.neutral,
            interactions: tally.interactions,
            s: scaled(law.mean),
            interval: Interval { low: scaled(law.quantile(0.025)), high: scaled(law.quantile(0.975)) },
            against: law.below(0.5),
            law: law.kept().into(),
        }
    }

    /// People for or against.
    pub fn voices(&self) -> f64 {
        self.positive + self.negative
    }

    /// The resonance below which it lies with the chance `p`, to four digits: of a uniform draw a draw from the posterior.
    pub fn quantile(&self, p: f64) -> f64 {
        law::quantile(&self.law, p)
    }
}

impl Resonance {
    /// Refuses what makes no sense.
    pub fn check(&self) -> Result<()> {
        self.sign_error.iter().try_for_each(SignError::check)
    }

    /// Counts voices, learns what is expected, and draws every cell of the creators asked for to it.
    pub fn run(
        &self,
        network: &Network,
        creators: &[u32],
        groups: &Groups,
        real: Option<&[f64]>,
        run: &Run,
    ) -> Result<Resonances> {
        self.check()?;
        checked(network.accounts(), creators, real)?;
        let voices = count::count(network, &self.types, run)?;
        let cells = creators.len() as u64 * (groups.len() as u64 + 1);
        run.check_memory("resonance", 700 * cells + 200 * voices.creators.len() as u64)?;
        run.phase("resonance", Some((2 * voices.creators.len() + creators.len()) as u64));
        let parts = par::map(run, &par::chunks(voices.creators.len(), 64), |range| {
            let of = |&(creator, _): &(u32, _)| (creator, Tallies::of(voices.of(creator), groups, real));
            Ok(voices.creators[range].iter().map(of).collect::<Vec<_>>())
        })?;
        let learned = Learned::new(&parts.concat(), groups, self.sign_error.unwrap_or(SignError::NONE), run)?;
        let rows = par::map(run, &par::chunks(creators.len(), 1), |range| {
            let creator = creators[range.start];
            let said = voices.of(creator);
            let towards = towards(creator, &Tallies::of(said, groups, real), groups.len(), &learned);
            let hostile = |u: u32| groups.of(u).iter().any(|&group| towards.cells[group as usize].s < 0.0);
            let is_real = |u: u32| real.is_none_or(|real| real[u as usize] >= 0.5);
            let against = |voice: &&Voice| {
                voice.share().is_some_and(|share| share < 0.5) && hostile(voice.account) && is_real(voice.account)
            };
            let critics = said.iter().filter(against).map(|voice| voice.account).collect();
            Ok(Towards { critics, ..towards })
        })?;
        let mut notes = voices.notes.clone();
        notes.extend(self.sign_error.map(|error| {
            format!(
                "signs are taken to be read rightly with the chances {error} (positive, negative): intervals are wider"
            )
        }));
        Ok(Resonances { rows, groups: groups.names().to_vec(), notes })
    }
}

fn towards(creator: u32, tallies: &Tallies, groups: usize, learned: &Learned<'_>) -> Towards {
    let reading = learned.reading();
    let (expected, strengths) = learned.of_creator(&tallies.all);
    let all = Cell::new(&tallies.all, &expected, strengths, reading);
    // Groups of which nothing is known are all alike.
    let mut silent: Option<Cell> = None;
    let cells = (0..groups as u32).map(|group| {
        let tally = tallies.group(group);
        let of = |tally: &Tally| {
            Cell::new(tally, &learned.expected(creator, tallies, group, tally), learned.cells(), reading)
        };
        if tally.voices() > 0.0 || learned.is_told_apart(creator, group) {
            return of(&tally);
        }
        let expected = silent.get_or_insert_with(|| of(&Tally::default()));
        Cell { neutral: tally.neutral, interactions: tally.interactions, ..expected.clone() }
    });
    Towards { creator, cells: cells.collect(), all, critics: Vec::new() }
}

/// Refuses creators outside the network and chances that are none.
pub(super) fn checked(accounts: usize, creators: &[u32], real: Option<&[f64]>) -> Result<()> {
    if let Some(outside) = creators.iter().find(|&&creator| creator as usize >= accounts) {
        return Err(Error::parameter(
            "creators",
            format!("account {outside} is not among the {accounts} of the network"),
        ));
    }
    match real {
        Some(real) if real.len() != accounts => {
            Err(Error::parameter("real", format!("{} chances for {accounts} accounts", real.len())))
        }
        Some(real) if !real.iter().all(|chance| (0.0..=1.0).contains(chance)) => {
            Err(Error::parameter("real", "a chance to be a person is outside 0 to 1"))
        }
        _ => Ok(()),
    }
}
