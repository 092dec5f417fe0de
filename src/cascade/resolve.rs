//! From what a cascade is told to numbers for one network: the exposure chance of every edge, the resharing chance of
//! everybody.

use std::sync::OnceLock;

use super::model::Model;
use super::prior::{Curve, Priors};
use super::real::{self, Real};
use super::resharing;
use super::resolved::{Exposure, Ranges, Resolved, Rho};
use super::setting::Cascade;
use super::share::Sharing;
use crate::base::seed::Chance;
use crate::base::stats::ExactSum;
use crate::base::{Error, Result, Run, par};
use crate::graph::attributes::{known, numbers};
use crate::graph::network::Tiers;
use crate::graph::{Graph, Network, Weights};

/// Sums of linear-threshold weights may pass 1 by this much, as rounded files do; they are scaled to 1.
pub const SUM_SLACK: f64 = 1e-4;

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
        let real = real::of(self.authentic.as_deref(), network, graph, &mut notes)?;
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
                // Bought followers move nothing: exposure goes by those who are real.
                let share = |v: usize| real.as_ref().map_or(1.0, |real| real.share(graph.followers(v as u32)));
                let followers =
                    par::map(run, &par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16), |range| {
                        let of = |v: usize| count(v).unwrap_or(graph.followers(v as u32).len() as f64) * share(v);
                        Ok(range.map(of).collect::<Vec<f64>>())
                    })?;
                let followers = followers.concat();
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
            (Some(Sharing::Interactions), model, _) if model != Model::Prior => {
                return Err(Error::parameter(
                    "--rho",
                    format!("interactions are read by the model prior, not by {model}"),
                )
                .with_hint("give a chance, as --rho 0.01"));
            }
            (Some(sharing), ..) if *sharing != Sharing::Interactions => {
                notes.push(sharing.describe());
                match (sharing.of_each(graph, network)?, sharing) {
                    (Some(each), _) => Rho::Each(each),
                    (None, Sharing::Same(rho)) => Rho::Given(*rho),
                    (None, _) => Rho::Given(1.0),
                }
            }
            (asked, Model::Prior, Exposure::Source(r, _)) => {
                let rate = |v: u32| r[v as usize];
                let kept = if asked.is_none() { resharing::kept(graph, network, rate, run)? } else { None };
                let seen = if kept.is_none() { resharing::learn(graph, network, rate, run)? } else { None };
                match (kept, seen) {
                    (Some(learned), _) => {
                        notes.push(format!(
                            "resharing once exposed: {:.4} on average, learned from a log of cascades ({}); it rests on the \
                             exposure assumed; --rho interactions leaves it out",
                            learned.mean,
                            known::RESHARING
                        ));
                        Rho::Learned(Box::new(learned))
                    }
                    (None, Some(learned)) => {
                        notes.push(format!(
                            "resharing once exposed: {:.4} on average, from {} shares in {:.0} expected exposures; \
                             it rests on the exposure assumed, and on posts that somebody interacted with",
                            learned.mean, learned.shares, learned.exposures
                        ));
                        Rho::Learned(Box::new(learned))
                    }
                    (None, None) => {
                        notes.push(priors.resharing_words());
                        Rho::Assumed(priors.rho)
                    }
                }
            }
            _ => Rho::Given(1.0),
        };
        let each = |u: u32| rho.of(u) * real.as_ref().map_or(1.0, |real| real.of(u));
        let share = match (&rho, &real) {
            (Rho::Given(rho) | Rho::Assumed(rho), None) => vec![Chance::new(*rho)],
            _ => (0..accounts as u32).map(|u| Chance::new(each(u))).collect(),
        };
        if let Some(name) = &self.weight {
            notes.push(format!("people are counted by {name}: a person of weight 0.5 counts half"));
        }
        let weights = match (&self.weight, &real) {
            (Some(name), None) => Some(Weights::of_column(network, "--weight", name)?),
            (Some(name), Some(real)) => Some(real.weigh(name, numbers(network, "--weight", name)?)?),
            (None, Some(real)) => Some(real.weights().clone()),
            (None, None) => None,
        };
        let resolved = Resolved {
            graph,
            model,
            exposure,
            rho,
            share,
            ranges,
            real: real.map(Real::into_chances),
            deadline: None,
            arrives: 1.0,
            laid_out: OnceLock::new(),
            scaled,
            weights,
            notes,
            content: (priors.content(), priors.content_words()),
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
