//! A model made into numbers for one network: the exposure chance of every edge, the resharing chance of everybody.

use std::sync::{Arc, OnceLock};

use super::delay::Deadline;
use super::model::Model;
use super::prior::{Curve, Priors};
use super::resharing::{self, Learned};
use super::setting::Cascade;
use super::share::{self, Sharing};
use super::weights::Weights;
use crate::base::large::Large;
use crate::base::seed::{Chance, Key, Stream};
use crate::base::stats::{ExactSum, Interval};
use crate::base::toss::Packing;
use crate::base::{Error, Result, Run, par};
use crate::graph::attributes::known;
use crate::graph::network::Tiers;
use crate::graph::{Graph, Network};

/// Sums of linear-threshold weights may pass 1 by this much, as rounded files do; they are scaled to 1.
pub const SUM_SLACK: f64 = 1e-4;

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
    deadline: Option<Deadline>,
    /// G: the chance that a delay is within the time limit; 1 without one.
    pub(crate) arrives: f64,
    /// The follower rows once more, each follower packed with the top bits of their chance.
    laid_out: OnceLock<Arc<Large<u32>>>,
    scaled: u64,
    /// What reaching each account counts; 1 without.
    pub(crate) weights: Option<Weights>,
    notes: Vec<String>,
}

/// The exposure of a hashed (trivalency) edge: 0.1, 0.01 or 0.001.
pub(crate) fn trivalency(v: u32, u: u32) -> usize {
    // A key of its own: the last index of the stream, of seed 0, so that the model is the same in every run.
    let word = Key::new(0, Stream::Parameters, u64::MAX).of(u64::from(v)).word(u64::from(u));
    ((u128::from(word) * 3) >> 64) as usize
}

/// The three chances of trivalency.
pub(crate) const TRIVALENCY: [f64; 3] = [0.1, 0.01, 0.001];

impl Cascade {
    /// The chances of this cascade on `graph`.
    ///
    /// **Input**: the edges (`graph`), and the network they come from, for names, interactions, claimed follower
    /// counts, tiers and columns of the accounts table.
    ///
    /// **Returns**: the chances, with what was assumed in words.
    ///
    /// **Errors**: parameters outside their range; `edge` without weights or with one outside [0, 1]; `lt` with a negative
    /// weight or a sum above `1 + 1e-4`; each names the accounts. A network that does not show whom the followers
    /// follow cannot carry a cascade.
    ///
    /// **Cost**: one pass over the edges for `edge` and `lt`, else one over the accounts.
    pub fn resolve<'a>(&self, graph: &'a Graph, network: &Network, run: &Run) -> Result<Resolved<'a>> {
        if !network.view.has_followings() {
            return Err(Error::NotEstimable {
                figure: "A cascade on the graph".into(),
                needs: format!("whom the followers follow; this network shows {}", network.view.describe()),
            });
        }
        self.chances(graph, network, run)
    }

    /// The chances of exposure alone, nobody resharing: all that complete follower lists carry, where whom the
    /// followers follow besides is not known. Direct reach is then exact given the model; spread beyond followers is
    /// not observed, which is not zero, and the caller must say so.
    ///
    /// **Input**: as [`Cascade::resolve`]; `rho` is not read. `wc` takes how many accounts each follower follows from the
    /// claimed counts (`following_claimed`), for the lists show only a few of them.
    ///
    /// **Errors**: lists that are not complete; `wc` where a follower has no claimed count; `lt`, which would need
    /// everybody that a follower listens to.
    pub fn resolve_direct<'a>(&self, graph: &'a Graph, network: &Network, run: &Run) -> Result<Resolved<'a>> {
        let refused = |figure: String, needs: String| Err(Error::NotEstimable { figure, needs });
        if !network.view.has_followers() {
            let needs = format!("complete follower lists; this network shows {}", network.view.describe());
            return refused("Direct reach".into(), needs);
        }
        if self.model == Model::Lt && !network.view.has_followings() {
            return refused("The cascade model lt".into(), "everybody whom the followers follow".into());
        }
        let silent = Cascade { rho: Some(Sharing::Same(0.0)), ..self.clone() };
        let mut resolved = silent.chances(graph, network, run)?;
        resolved.notes.retain(|note| !note.starts_with("resharing"));
        Ok(resolved)
    }

    fn chances<'a>(&self, graph: &'a Graph, network: &Network, run: &Run) -> Result<Resolved<'a>> {
        self.check()?;
        let (model, priors) = (self.model, &self.priors);
        let (accounts, edges) = (graph.accounts(), graph.edges());
        let needed = match model {
            Model::Prior => 40 * accounts as u64,
            Model::Wc => 16 * accounts as u64,
            Model::Edge => 8 * edges,
            Model::Lt => 24 * edges + 16 * accounts as u64,
            Model::Ic(_) | Model::Tv => 0,
        };
        run.check_memory(&format!("the cascade model {model}"), needed)?;

        let mut notes = Vec::new();
        let (mut ranges, mut scaled) = (None, 0);
        let exposure = match model {
            Model::Ic(p) => Exposure::Constant(p, Chance::new(p)),
            Model::Tv => Exposure::Hashed,
            Model::Wc => {
                if !network.view.has_followings() {
                    notes.push("weighted cascade: accounts followed as claimed by the platform".into());
                }
                let r = (0..accounts as u32).map(|u| one_over_followed(graph, network, u));
                let r = r.collect::<Result<Vec<f64>>>()?;
                let chance = r.iter().map(|&r| Chance::new(r)).collect();
                Exposure::Target(r, chance)
            }
            Model::Edge => edge_chances(graph, network)?,
            Model::Lt => {
                let (exposure, rows) = picks(graph, network)?;
                scaled = rows;
                if scaled > 0 {
                    notes
                        .push(format!("{scaled} accounts' threshold weights added up to slightly over 1: scaled to 1"));
                }
                exposure
            }
            Model::Prior => {
                let curve = Curve::new(priors, tier_scale(&network.tiers));
                let count = |v: usize| match network.accounts() == accounts {
                    true => network.follower_count(v as u32),
                    false => None,
                };
                let followers: Vec<f64> =
                    (0..accounts).map(|v| count(v).unwrap_or(graph.followers(v as u32).len() as f64)).collect();
                let chunks = par::map(run, &par::chunks(accounts, par::CHUNK), |range| {
                    Ok(range.map(|v| curve.middle(followers[v])).collect::<Vec<f64>>())
                })?;
                let r = chunks.concat();
                let chance = r.iter().map(|&r| Chance::new(r)).collect();
                notes.push(priors.exposure_words());
                if tier_scale(&network.tiers) != 1.0 {
                    notes.push(format!(
                        "the network's tiers are scaled: these follower counts are multiplied by {}",
                        tier_scale(&network.tiers)
                    ));
                }
                ranges = Some(Ranges { curve, priors: priors.clone(), followers });
                Exposure::Source(r, chance)
            }
        };

        let rho = match (&self.rho, model, &exposure) {
            (Some(sharing), ..) => {
                notes.push(sharing.describe());
                match (sharing.of_each(graph, network)?, sharing) {
                    (Some(each), _) => Rho::Each(each),
                    (None, Sharing::Same(rho)) => Rho::Given(*rho),
                    (None, _) => Rho::Given(1.0),
                }
            }
            (None, Model::Prior, Exposure::Source(r, _)) => {
                match resharing::learn(graph, network, |v| r[v as usize], run)? {
                    Some(learned) => {
                        notes.push(format!(
                            "resharing once exposed: {:.4} on average, from {} shares in {:.0} expected exposures; \
                             it rests on the exposure assumed, and on posts that somebody interacted with",
                            learned.mean, learned.shares, learned.exposures
                        ));
                        Rho::Learned(Box::new(learned))
                    }
                    None => {
                        notes.push(priors.resharing_words());
                        Rho::Assumed(priors.rho)
                    }
                }
            }
            _ => Rho::Given(1.0),
        };
        let share = match &rho {
            Rho::Given(rho) | Rho::Assumed(rho) => vec![Chance::new(*rho)],
            Rho::Learned(learned) => learned.rho.iter().map(|&rho| Chance::new(rho)).collect(),
            Rho::Each(each) => each.iter().map(|&rho| Chance::new(rho)).collect(),
        };
        let weights = match &self.weight {
            Some(name) => {
                notes.push(format!("people are counted by {name}: a person of weight 0.5 counts half"));
                Some(Weights::new(&share::numbers(network, "--weight", name)?)?)
            }
            None => None,
        };
        let resolved = Resolved {
            graph,
            model,
            exposure,
            rho,
            share,
            ranges,
            deadline: None,
            arrives: 1.0,
            laid_out: OnceLock::new(),
            scaled,
            weights,
            notes,
        };
        Ok(resolved.within(self.timing.deadline()?))
    }
}

impl Model {
    /// The chances of this model with one chance of resharing for everybody (by default the model's own): a short way to
    /// [`Cascade::resolve`].
    pub fn resolve<'a>(
        self,
        graph: &'a Graph,
        network: &Network,
        rho: Option<f64>,
        priors: &Priors,
        run: &Run,
    ) -> Result<Resolved<'a>> {
        let rho = rho.map(Sharing::Same);
        Cascade { rho, priors: priors.clone(), ..self.into() }.resolve(graph, network, run)
    }
}

/// 0.01 for tiers that are the default ones scaled to 1%; 1 for tiers that are no scaled copy.
pub(super) fn tier_scale(tiers: &Tiers) -> f64 {
    let standard = Tiers::default();
    let scale = tiers.nano / standard.nano;
    let same = |now: f64, then: f64| (now / then / scale - 1.0).abs() < 1e-6;
    let copy =
        same(tiers.micro, standard.micro) && same(tiers.macro_, standard.macro_) && same(tiers.mega, standard.mega);
    if copy && scale.is_finite() && scale > 0.0 { scale } else { 1.0 }
}

/// `1/|D(u)|`. Where the lists show only a part of whom u follows, the claimed count; 0 for who follows nobody here.
fn one_over_followed(graph: &Graph, network: &Network, u: u32) -> Result<f64> {
    let seen = graph.following(u).len() as f64;
    if seen == 0.0 || network.view.has_followings() {
        return Ok(if seen > 0.0 { 1.0 / seen } else { 0.0 });
    }
    match network.attributes.number(known::FOLLOWING, u) {
        // A claim below what is seen is out of date.
        Some(claimed) => Ok(1.0 / claimed.max(seen)),
        None => Err(Error::NotEstimable {
            figure: "The cascade model wc".into(),
            needs: format!(
                "how many accounts each follower follows (following_claimed in the accounts table); {} has no such count",
                network.names.get(u)
            ),
        }),
    }
}

fn pair(network: &Network, u: u32, v: u32) -> String {
    let name = |id: u32| match (id as usize) < network.names.len() {
        true => network.names.get(id).into_owned(),
        false => id.to_string(),
    };
    format!("of {} following {}", name(u), name(v))
}

fn edge_chances(graph: &Graph, network: &Network) -> Result<Exposure> {
    let Some(weights) = graph.follower_rows().weights.as_ref() else {
        return Err(Error::NotEstimable {
            figure: "The cascade model edge".into(),
            needs: "a weight column with the probability of every edge".into(),
        });
    };
    for v in 0..graph.accounts() as u32 {
        let row = graph.follower_rows().range(v);
        for (&u, &weight) in graph.followers(v).iter().zip(&weights[row]) {
            if !(0.0..=1.0).contains(&weight) {
                let place = pair(network, u, v);
                return Err(Error::parameter(
                    "--model",
                    format!("edge: the weight {weight} {place} is no probability"),
                )
                .with_hint("weights must lie in [0, 1]; wc and lt need no probabilities"));
            }
        }
    }
    Ok(Exposure::Edge(weights.iter().map(|&weight| Chance::new(weight)).collect()))
}

/// The pick intervals of the linear threshold model beside the follower rows, and how many sums were scaled.
fn picks(graph: &Graph, network: &Network) -> Result<(Exposure, u64)> {
    let edges = graph.edges() as usize;
    let mut chance = vec![0.0; edges];
    let mut bounds = vec![(0.0, 0.0); edges];
    // Follower rows are sorted by u, so walking u upwards fills each of them from the front.
    let mut next: Vec<u64> = graph.follower_rows().offsets.to_vec();
    let mut scaled = 0;
    for u in 0..graph.accounts() as u32 {
        let row = graph.following(u);
        let weights = graph.following_weights(u);
        let share = 1.0 / row.len().max(1) as f64;
        let b = |place: usize| weights.map_or(share, |weights| weights[place]);
        let mut sum = ExactSum::default();
        for (place, &v) in row.iter().enumerate() {
            if !(b(place) >= 0.0 && b(place).is_finite()) {
                let place = format!("{} {}", b(place), pair(network, u, v));
                return Err(Error::parameter(
                    "--model",
                    format!("lt: the weight {place} is not a number of at least 0"),
                ));
            }
            sum.add(b(place));
        }
        let sum = sum.value();
        if sum > 1.0 + SUM_SLACK {
            let name = pair(network, u, u);
            let name = name.trim_start_matches("of ").split(" following ").next().unwrap_or_default();
            return Err(Error::parameter(
                "--model",
                format!("lt: the weights of the accounts that {name} follows add up to {sum}, more than 1"),
            )
            .with_hint("divide each by their sum, or use wc"));
        }
        let over = sum > 1.0 && weights.is_some();
        scaled += u64::from(over);
        let scale = if over { sum } else { 1.0 };
        let mut low = 0.0f64;
        for (place, &v) in row.iter().enumerate() {
            let width = b(place) / scale;
            let high = (low + width).min(1.0);
            let at = next[v as usize] as usize;
            next[v as usize] += 1;
            chance[at] = width;
            bounds[at] = (low, high);
            low = high;
        }
    }
    Ok((Exposure::Pick { chance, bounds }, scaled))
}

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
        self.rho = Rho::Each(rho);
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

    /// `rho_u`.
    #[inline]
    pub fn rho(&self, u: u32) -> f64 {
        match &self.rho {
            Rho::Given(rho) | Rho::Assumed(rho) => *rho,
            Rho::Learned(learned) => learned.rho[u as usize],
            Rho::Each(each) => each[u as usize],
        }
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
