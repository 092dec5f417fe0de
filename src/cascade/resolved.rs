//! The chances of one cascade on one network, as walks and sums ask for them.

use std::sync::{Arc, OnceLock};

use super::delay::Deadline;
use super::model::Model;
use super::prior::{Curve, Priors};
use super::resharing::Learned;
use crate::base::large::Large;
use crate::base::seed::{Chance, Key, Stream};
use crate::base::stats::Interval;
use crate::base::toss::Packing;
use crate::base::{Error, Result, Run, par, sealed};
use crate::graph::{Graph, Weights, shard};

/// Chances of exposure, stored as compactly as the model allows. Numbers are without a limit of time; the coins
/// ([`Chance`], bounds of picks) hold where the post also arrives within it.
#[derive(Debug, Clone)]
pub(crate) enum Exposure {
    /// The same on every edge.
    Constant(f64, Chance),
    /// Of v's post, the same for all followers; log-linear in v's followers.
    Source(Vec<f64>, Vec<Chance>),
    /// Of u, the same for all followees.
    Target(Vec<f64>, Vec<Chance>),
    /// One of three by a hash.
    Hashed,
    /// Beside the follower rows.
    Edge(Vec<Chance>),
    /// u's unit number in `low..high` picks this edge; beside the follower rows. The chance is the width, without a limit
    /// of time.
    Pick { chance: Vec<f64>, bounds: Vec<(f64, f64)> },
}

/// Chances of resharing.
#[derive(Debug, Clone)]
pub(crate) enum Rho {
    /// Given, or the preset's 1.
    Given(f64),
    /// Assumed, with a range.
    Assumed(f64),
    /// Learned from interactions.
    Learned(Box<Learned>),
    /// Given for every account.
    Each(Vec<f64>),
}

impl Rho {
    /// Of an account, if it is a real person.
    #[inline]
    pub fn of(&self, u: u32) -> f64 {
        match self {
            Rho::Given(rho) | Rho::Assumed(rho) => *rho,
            Rho::Learned(learned) => learned.rho[u as usize],
            Rho::Each(each) => each[u as usize],
        }
    }
}

/// What is needed to draw the parameters of the model `prior` from their ranges.
#[derive(Debug, Clone)]
pub(crate) struct Ranges {
    pub curve: Curve,
    pub priors: Priors,
    /// Followers that decide the exposure.
    pub followers: Vec<f64>,
}

/// A [`Model`] resolved for one graph.
///
/// Memory beside the graph, in bytes: `prior` 24 an account (28 with learned resharing, 16 more), `wc` 16 an
/// account, `edge` 8 an edge, `lt` 24 an edge, `ic` and `tv` nothing. Walks of many worlds lay out 4 an edge more for `wc`,
/// `tv` and `edge`.
#[derive(Debug, Clone)]
pub struct Resolved<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) model: Model,
    pub(crate) exposure: Exposure,
    pub(crate) rho: Rho,
    pub(crate) share: Vec<Chance>,
    pub(crate) ranges: Option<Ranges>,
    /// `a_u`, by which resharing is multiplied; 1 without.
    pub(crate) real: Option<Arc<Vec<f64>>>,
    pub(super) deadline: Option<Deadline>,
    /// G: the chance that a delay is within the time limit; 1 without one.
    pub(crate) arrives: f64,
    /// The follower rows once more, each follower packed with the top bits of their chance.
    pub(super) laid_out: OnceLock<Arc<Large<u32>>>,
    pub(super) scaled: u64,
    /// What reaching each account counts; 1 without.
    pub(crate) weights: Option<Weights>,
    pub(super) notes: Vec<String>,
    /// The spread of contents: low, middle, high; and in words.
    pub(super) content: ([f64; 3], String),
}

/// The exposure of a hashed (trivalency) edge: 0.1, 0.01 or 0.001.
pub(crate) fn trivalency(v: u32, u: u32) -> usize {
    // A key of its own: the last index of the stream, of seed 0, so that the model is the same in every run.
    let word = Key::new(0, Stream::Parameters, u64::MAX).of(u64::from(v)).word(u64::from(u));
    ((u128::from(word) * 3) >> 64) as usize
}

/// The three chances of trivalency.
pub(crate) const TRIVALENCY: [f64; 3] = [0.1, 0.01, 0.001];

impl<'a> Resolved<'a> {
    /// The edges.
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    /// The same chances of exposure with a chance of resharing for every account, as a planted truth gives them.
    ///
    /// **Errors**: another number of chances than accounts, or one outside [0, 1].
    pub fn with_rho(mut self, rho: Vec<f64>) -> Result<Resolved<'a>> {
        if rho.len() != self.graph.accounts() {
            let problem = format!("{} chances of resharing for {} accounts", rho.len(), self.graph.accounts());
            return Err(Error::parameter("rho", problem));
        }
        if let Some(wrong) = rho.iter().find(|rho| !(0.0..=1.0).contains(*rho)) {
            return Err(Error::parameter("rho", format!("the chance of resharing {wrong} is outside [0, 1]")));
        }
        self.notes.retain(|note| !note.starts_with("resharing"));
        self.notes.push("resharing once exposed: given for every account".into());
        self.share = rho.iter().map(|&rho| Chance::new(rho)).collect();
        (self.rho, self.real) = (Rho::Each(rho), None);
        Ok(self)
    }

    /// The same cascade where reaching account u counts `w_u`.
    ///
    /// **Errors**: another number of weights than accounts.
    pub fn with_weights(self, weights: Weights) -> Result<Resolved<'a>> {
        if weights.len() != self.graph.accounts() {
            let problem = format!("{} weights for {} accounts", weights.len(), self.graph.accounts());
            return Err(Error::parameter("--weight", problem));
        }
        Ok(Resolved { weights: Some(weights), ..self })
    }

    /// `w_u`: what reaching u counts.
    #[inline]
    pub fn weight(&self, u: u32) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights.of(u))
    }

    /// What one of the whole numbers counts in which weights are added up.
    pub(crate) fn unit(&self) -> f64 {
        self.weights.as_ref().map_or(1.0, Weights::unit)
    }

    /// `w_u` in units.
    #[inline]
    pub(crate) fn units(&self, u: u32) -> u64 {
        self.weights.as_ref().map_or(1, |weights| weights.units(u))
    }

    /// What reaching the account of largest weight counts.
    pub(crate) fn heaviest(&self) -> f64 {
        self.weights
            .as_ref()
            .map_or(1.0, |weights| (0..weights.len() as u32).map(|u| weights.of(u)).fold(0.0, f64::max))
    }

    /// What reaching everybody counts.
    pub(crate) fn total(&self) -> f64 {
        let all = |weights: &Weights| (0..weights.len() as u32).map(|u| weights.units(u)).sum::<u64>() as f64;
        self.weights.as_ref().map_or(self.graph.accounts() as f64, |weights| weights.unit() * all(weights))
    }

    /// What reaching all of `people` counts.
    pub(crate) fn weight_of(&self, people: &[u32]) -> f64 {
        self.unit() * self.units_of(people) as f64
    }

    /// What reaching all of `people` counts, in units.
    pub(crate) fn units_of(&self, people: &[u32]) -> u64 {
        match &self.weights {
            None => people.len() as u64,
            Some(weights) => people.iter().map(|&u| weights.units(u)).sum(),
        }
    }

    /// The same model where only what comes within a time limit counts; without a limit, as it is. Every edge that carries
    /// has a delay, independent of all others; `r` becomes `r G`, G the chance that one delay is within the limit.
    ///
    /// One coin gives both: with x the unit number of an edge, it carries within T exactly if `x < r G(T)`, and its
    /// delay is the quantile `x / r` of the law. So worlds are the same under any limit, and reach never falls as it grows.
    pub fn within(mut self, deadline: Option<Deadline>) -> Resolved<'a> {
        let Some(deadline) = deadline else { return self };
        let arrives = deadline.arrives();
        let chances = |r: &[f64]| r.iter().map(|&r| Chance::new(r * arrives)).collect::<Vec<_>>();
        match &mut self.exposure {
            Exposure::Constant(r, chance) => *chance = Chance::new(*r * arrives),
            Exposure::Source(r, chance) | Exposure::Target(r, chance) => *chance = chances(r),
            Exposure::Hashed => {}
            Exposure::Edge(chance) => {
                *chance = chances(self.graph.follower_rows().weights.as_deref().unwrap_or_default())
            }
            Exposure::Pick { chance, bounds } => {
                bounds.iter_mut().zip(chance).for_each(|((low, high), b)| *high = high.min(*low + *b * arrives));
            }
        }
        self.notes.push(deadline.describe());
        Resolved { deadline: Some(deadline), arrives, laid_out: OnceLock::new(), ..self }
    }

    /// The time limit.
    pub fn deadline(&self) -> Option<Deadline> {
        self.deadline
    }

    /// Lays the chances out beside the edges, where that spares a look-up for each edge (`wc`, `tv`, `edge`) and `worlds` walks
    /// from `creators` pay for it: each reads at least their rows. Changes nothing but time; without the memory it is left
    /// undone.
    pub(crate) fn lay_out(&self, creators: impl Iterator<Item = u32>, worlds: u64, run: &Run) -> Result<()> {
        let edges = self.graph.edges();
        let followers: u64 = creators.map(|v| self.graph.followers(v).len() as u64).sum();
        let reads = followers.saturating_mul(worlds);
        if self.laid_out.get().is_some()
            || reads < edges
            || self.packing() == Packing::NONE
            || run.check_memory("followers with their chances", 4 * edges).is_err()
        {
            return Ok(());
        }
        let laid_out = match &self.exposure {
            Exposure::Target(_, chances) => self.packed(run, |_, _, u| chances[u as usize])?,
            Exposure::Hashed => {
                let three = TRIVALENCY.map(|p| Chance::new(p * self.arrives));
                self.packed(run, |v, _, u| three[trivalency(v, u)])?
            }
            Exposure::Edge(chances) => self.packed(run, |_, place, _| chances[place])?,
            _ => return Ok(()),
        };
        // Somebody else may have been first, with the same.
        let _ = self.laid_out.set(Arc::new(laid_out));
        Ok(())
    }

    /// The follower rows packed with chances, of (v, place among all rows, u).
    fn packed(&self, run: &Run, chance: impl Fn(u32, usize, u32) -> Chance + Sync) -> Result<Large<u32>> {
        let (rows, packing) = (self.graph.follower_rows().flat(), self.packing());
        let accounts = par::chunks_by_degree(rows.offsets, 1 << 18);
        let places: Vec<_> =
            accounts.iter().map(|range| rows.offsets[range.start] as usize..rows.offsets[range.end] as usize).collect();
        let mut packed = Large::zeros(rows.targets.len());
        par::each(run, &accounts, par::split(&mut packed, &places), |range, part: &mut [u32]| {
            let mut part = part.iter_mut();
            for v in range.start as u32..range.end as u32 {
                for ((place, &u), packed) in rows.range(v).zip(rows.row(v)).zip(&mut part) {
                    *packed = packing.pack(u, chance(v, place, u));
                }
            }
        })?;
        Ok(packed)
    }

    /// `r_vu` of the follower at `place` among all rows, who follows v, as a chance.
    #[inline]
    pub(crate) fn chance(&self, v: u32, place: usize) -> Chance {
        let u = || self.graph.follower_rows().targets[place];
        match &self.exposure {
            Exposure::Constant(_, chance) => *chance,
            Exposure::Source(_, chances) => chances[v as usize],
            Exposure::Target(_, chances) => chances[u() as usize],
            Exposure::Hashed => Chance::new(TRIVALENCY[trivalency(v, u())] * self.arrives),
            Exposure::Edge(chances) => chances[place],
            Exposure::Pick { chance, .. } => Chance::new(chance[place] * self.arrives),
        }
    }

    /// The follower rows, each follower packed with the top bits of their chance, once [`Resolved::lay_out`] made them.
    pub(crate) fn laid_out(&self) -> Option<&[u32]> {
        self.laid_out.get().map(|edges| &edges[..])
    }

    /// How they are packed.
    pub(crate) fn packing(&self) -> Packing {
        Packing::new(self.graph.accounts())
    }

    /// What tells two models of one network apart: every number that walks ask for.
    pub(crate) fn digest(&self) -> u64 {
        let mut parts = vec![
            shard::digest(self.graph),
            sealed::digest(format!("{} {:?} {:?}", self.model, self.notes, self.deadline).as_bytes()),
        ];
        let mut add = |numbers: &[f64]| parts.push(sealed::digest(bytemuck::cast_slice(numbers)));
        match &self.exposure {
            Exposure::Constant(r, _) => add(&[*r]),
            Exposure::Source(r, _) | Exposure::Target(r, _) => add(r),
            Exposure::Hashed | Exposure::Edge(_) => {
                add(self.graph.follower_rows().weights.as_deref().unwrap_or_default())
            }
            Exposure::Pick { chance, .. } => add(chance),
        }
        let accounts = 0..self.graph.accounts() as u32;
        let rho: Vec<f64> = accounts.clone().map(|u| self.rho(u)).collect();
        add(&rho);
        if self.weights.is_some() {
            add(&accounts.map(|u| self.weight(u)).collect::<Vec<_>>());
        }
        sealed::digest(bytemuck::cast_slice(&parts))
    }

    /// The model.
    pub fn model(&self) -> Model {
        self.model
    }

    /// What was assumed or given, one sentence each.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Accounts whose linear-threshold weights were scaled to 1.
    pub fn scaled(&self) -> u64 {
        self.scaled
    }

    /// Whether some parameters are assumptions with ranges, which intervals then cover.
    pub fn has_ranges(&self) -> bool {
        self.ranges.is_some()
    }

    /// Whether anybody passes a post on; else its reach is the direct reach.
    pub fn is_passed_on(&self) -> bool {
        !matches!(self.rho, Rho::Given(0.0))
    }

    /// Whether each person hears at most one followee (linear threshold), so that exposures exclude one another.
    pub fn picks_one(&self) -> bool {
        matches!(self.exposure, Exposure::Pick { .. })
    }

    /// `r_vu` of v's follower at place `place` of `graph.followers(v)`, who is u: with a time limit, the chance that the post
    /// comes within it.
    #[inline]
    pub fn r(&self, v: u32, place: usize, u: u32) -> f64 {
        self.whenever(v, place, u) * self.arrives
    }

    /// As [`Resolved::r`] without a limit of time.
    #[inline]
    pub(crate) fn whenever(&self, v: u32, place: usize, u: u32) -> f64 {
        let at = || self.graph.follower_rows().offsets[v as usize] as usize + place;
        match &self.exposure {
            Exposure::Constant(r, _) => *r,
            Exposure::Source(r, _) => r[v as usize],
            Exposure::Target(r, _) => r[u as usize],
            Exposure::Hashed => TRIVALENCY[trivalency(v, u)],
            Exposure::Edge(_) => self.graph.follower_weights(v).map_or(0.0, |weights| weights[place]),
            Exposure::Pick { chance, .. } => chance[at()],
        }
    }

    /// `a_u`, where it is known.
    pub fn real(&self) -> Option<&[f64]> {
        self.real.as_deref().map(Vec::as_slice)
    }

    /// `rho_u`.
    #[inline]
    pub fn rho(&self, u: u32) -> f64 {
        self.rho.of(u) * self.real.as_ref().map_or(1.0, |real| real[u as usize])
    }

    /// `a_u` times `rho_u` where everybody reshares so many times as often: a person never more than once.
    pub(crate) fn rho_times(&self, u: u32, factor: f64) -> f64 {
        (self.rho.of(u) * factor).min(1.0) * self.real.as_ref().map_or(1.0, |real| real[u as usize])
    }

    /// `rho_u`, to toss.
    #[inline]
    pub(crate) fn share_of(&self, u: u32) -> Chance {
        self.share[if self.share.len() == 1 { 0 } else { u as usize }]
    }

    /// Whether nobody ever reshares.
    pub fn is_silent(&self) -> bool {
        self.share.iter().all(|&chance| chance == Chance::new(0.0))
    }

    /// Whether everybody always reshares: the classical models.
    pub fn always_shares(&self) -> bool {
        self.share.iter().all(|&chance| chance == Chance::new(1.0))
    }

    /// The ends of the direct reach of v under the ranges of the assumed exposure; `None` where nothing is assumed.
    pub fn direct_range(&self, v: u32) -> Option<Interval> {
        let ranges = self.ranges.as_ref()?;
        let listed = self.weight_of(self.graph.followers(v)) * self.arrives;
        let end = |position: f64| listed * ranges.curve.at(ranges.followers[v as usize], |_| position);
        Some(Interval { low: end(0.0), high: end(1.0) })
    }

    /// Expected people exposed by one post of v alone, `sum over followers of r_vu w_u`; within the time limit if there is one.
    pub fn audience(&self, v: u32) -> f64 {
        let row = self.graph.followers(v);
        match &self.exposure {
            Exposure::Constant(r, _) => r * self.arrives * self.weight_of(row),
            Exposure::Source(r, _) => r[v as usize] * self.arrives * self.weight_of(row),
            Exposure::Target(r, _) => {
                row.iter().fold(0.0, |sum, &u| sum + r[u as usize] * self.arrives * self.weight(u))
            }
            _ => row.iter().enumerate().fold(0.0, |sum, (place, &u)| sum + self.r(v, place, u) * self.weight(u)),
        }
    }
}
