//! The reach of a set of creators, with its simulation error and the uncertainty of its parameters.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::direct;
use super::draws::Draw;
use super::estimate::{Mean, ReachEstimate, hops};
use super::forward::{HOPS, Walker};
use super::mixture::{Mixture, Single, mixed};
use super::next::{self, Asked};
use super::prior::MOST_CONTENT;
use super::resolved::Resolved;
use super::setting::Cascade;
use super::stop;
use super::timed::TimedWalker;
use super::world::World;
use crate::base::engine::named;
use crate::base::stats::{Interval, Tally, quantile};
use crate::base::{Error, Result, Run, par, sealed};
use crate::graph::{Graph, Network};

/// How many people a set of creators reaches together with one post each, directly and through resharing.
///
/// `R(S) = R0(S) + cascade`: the direct part [`direct::direct_reach`] is exact, the cascade part, the people
/// reached only through reshares, is the mean over simulated worlds. In one world `reach(S)` is the union over v
/// in S of the accounts other than v that v reaches by a live path; a creator counts only if another creator
/// reaches them.
///
/// **Input**: who follows whom (`graph`), the network it comes from, and the creators.
///
/// **Returns**: people ([`ReachEstimate`]), with two 95% intervals: `sim_error` is simulation only; `interval`
/// also draws exposure and resharing from their ranges where they are assumptions (model `prior`). Both are of the mean.
/// [`Next`](super::Next) says where the next post falls: with the chance of one world, and with a content of its own. With
/// several models (`mixture`) both are of the mixture, and [`Layers`](super::Layers) says what the next post's variance
/// comes from.
///
/// **Guarantee**: worlds are added until the half-width asked for is met, the error probability split over the looks
/// ([`stop::z_of_look`], [`stop::next`]); the interval is Student's, with a floor from the model for
/// resharers too rarely seen ([`stop::half_width`]). `R >= R0` always; with `rho = 0` or without followers the cascade is 0
/// exactly and nothing is simulated.
///
/// **Cost**: the live edges and followers of all sharers, per world; 13 bytes an account and thread, and 9 an account.
///
/// **Errors**: parameters outside their range; no creators, or one outside the graph; what [`Cascade::resolve`]
/// refuses; a half-width that would need more than twice `max_worlds`, as the first worlds say.
///
/// **Determinism**: equal bits at any number of threads; world w is the same for all sets ([`World`]).
///
/// **Symbols**: `r_vu`, `rho_u`, `R0`, `R` as in MODELS.md sections 0 and 1.
///
/// **References**: Kempe, Kleinberg & Tardos 2003 (the classical presets).
///
/// ```
/// use truereach::{Run, cascade::{Model, Reach}, graph::{Network, build}};
/// // 1 follows 0, 2 follows 1: 0.5 of 1 and 0.25 of 2 are reached.
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 1)]));
/// let reach = Reach { cascade: Model::Ic(0.5).into(), ..Default::default() };
/// let found = reach.run(network.follow_graph().unwrap(), &network, &[0], &Run::new(7)).unwrap();
/// assert_eq!(found.direct, 0.5);
/// assert!((found.reach - 0.75).abs() < 0.05 && found.converged);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Reach {
    /// How the post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Stop when the simulation error is at most this share of the reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE", help_heading = "Cascade"))]
    pub half_width: f64,
    /// Stop when the simulation error is at most this many people, where that is more than the share
    #[cfg_attr(feature = "cli", arg(long, value_name = "PEOPLE", help_heading = "Cascade"))]
    pub half_width_people: Option<f64>,
    /// Simulate exactly this many worlds, whatever the half-width
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Cascade"))]
    pub worlds: Option<u64>,
    /// Never simulate more worlds than this to meet the half-width
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1_000_000, value_name = "N", help_heading = "Cascade"))]
    pub max_worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Cascade"))]
    pub draws: u32,
    /// Draw about so many next posts for the interval the next post falls into (0: leave it out) [default: a quarter
    /// of the worlds, 4 to 20 a draw of parameters, or 128 to 1,000 where these are given]
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Cascade"))]
    pub next_posts: Option<u64>,
    /// How much posts differ by their content: the standard deviation of the log of a factor on exposure (0: not at all)
    /// [default: from the priors, 0.55, range 0.3–0.9]
    #[cfg_attr(feature = "cli", arg(long, value_name = "SD", help_heading = "Cascade"))]
    pub content_sd: Option<f64>,
    /// Several models with the trust in each, as prior=0.6,wc=0.4, instead of one --model
    #[cfg_attr(
        feature = "cli",
        arg(long, value_name = "MODEL=WEIGHT,…", conflicts_with = "model", help_heading = "Cascade")
    )]
    pub mixture: Option<Mixture>,
}

impl Default for Reach {
    fn default() -> Self {
        Reach {
            cascade: Cascade::default(),
            half_width: 0.02,
            half_width_people: None,
            worlds: None,
            max_worlds: 1_000_000,
            draws: 100,
            next_posts: None,
            content_sd: None,
            mixture: None,
        }
    }
}

/// Sums over worlds; whole numbers, so that the order of adding cannot matter.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Totals {
    pub worlds: u64,
    pub beyond: Tally,
    pub hops: Vec<Tally>,
    pub sharers: Tally,
    pub impressions: Tally,
    pub spread: Tally,
}

impl Totals {
    fn merge(&mut self, other: &Totals) {
        self.worlds += other.worlds;
        for (mine, theirs) in [
            (&mut self.beyond, &other.beyond),
            (&mut self.sharers, &other.sharers),
            (&mut self.impressions, &other.impressions),
            (&mut self.spread, &other.spread),
        ] {
            mine.merge(theirs);
        }
        self.hops.resize(self.hops.len().max(other.hops.len()), Tally::default());
        self.hops.iter_mut().zip(&other.hops).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// Worlds walked by one task.
const CHUNK: usize = 16;

/// Walks the worlds of a range from the creators.
pub(crate) fn simulate(
    resolved: &Resolved<'_>,
    creators: &[u32],
    worlds: Range<u64>,
    draw: Option<&Draw<'_>>,
    seed: u64,
    walkers: &par::Tools<Walker>,
) -> Totals {
    let new = || Walker::new(resolved.graph().accounts());
    walkers.with(new, |walker| {
        let mut totals = Totals { hops: vec![Tally::default(); HOPS], ..Totals::default() };
        for index in worlds {
            let walk = walker.walk(&World::new(resolved, seed, index).with(draw), creators);
            totals.worlds += 1;
            totals.beyond.add(walk.beyond());
            totals.sharers.add(walk.sharers);
            totals.impressions.add(walk.impressions);
            totals.spread.add(walk.spread);
            totals.hops.iter_mut().zip(walk.hops).for_each(|(tally, people)| tally.add(people));
        }
        totals
    })
}

impl Reach {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.cascade.check()?;
        if let Some(sd) = self.content_sd.filter(|sd| !(0.0..=MOST_CONTENT).contains(sd)) {
            let problem = format!("{sd} is not a standard deviation between 0 and {MOST_CONTENT}");
            return Err(
                Error::parameter("--content-sd", problem).with_hint("0.55 is the default, 0 leaves content out")
            );
        }
        check_sampling(self.half_width, self.half_width_people, self.worlds, self.max_worlds)
    }

    /// The cascades to resolve, with what each weighs: one, or those of the mixture. They differ in the model alone.
    pub fn models(&self) -> Vec<(f64, Cascade)> {
        match &self.mixture {
            None => vec![(1.0, self.cascade.clone())],
            Some(mixture) => {
                let of = |(model, weight)| (weight, Cascade { model, ..self.cascade.clone() });
                mixture.models().map(of).collect()
            }
        }
    }

    /// Estimates the reach of `creators` together.
    pub fn run(&self, graph: &Graph, network: &Network, creators: &[u32], run: &Run) -> Result<ReachEstimate> {
        self.check()?;
        let resolved: Vec<(f64, Resolved<'_>)> = self
            .models()
            .iter()
            .map(|(weight, cascade)| Ok((*weight, cascade.resolve(graph, network, run)?)))
            .collect::<Result<_>>()?;
        let models: Vec<_> = resolved.iter().map(|(weight, resolved)| (*weight, resolved)).collect();
        self.run_mixture(&models, creators, run)
    }

    /// As [`Reach::run`] with a model resolved before; `cascade` and `mixture` of this struct are not read.
    pub fn run_resolved(&self, resolved: &Resolved<'_>, creators: &[u32], run: &Run) -> Result<ReachEstimate> {
        self.run_mixture(&[(1.0, resolved)], creators, run)
    }

    /// As [`Reach::run`] with models resolved before, and what each weighs; all in the same worlds.
    ///
    /// **Errors**: no model, a weight that is no number of at least 0, or all 0.
    pub fn run_mixture(&self, models: &[(f64, &Resolved<'_>)], creators: &[u32], run: &Run) -> Result<ReachEstimate> {
        self.check()?;
        let weights = Mixture::shares(models.iter().map(|model| model.0))?;
        let one = |(_, resolved): &(f64, &Resolved<'_>)| self.run_single(resolved, creators, run);
        let singles = models.iter().map(one).collect::<Result<Vec<Single>>>()?;
        Ok(mixed(weights.into_iter().zip(singles).collect()))
    }

    /// One model, with what a mixture needs of it.
    fn run_single(&self, resolved: &Resolved<'_>, creators: &[u32], run: &Run) -> Result<Single> {
        let graph = resolved.graph();
        let creators = checked_creators(graph, creators)?;
        let threads = run.thread_count() as u64;
        let timed = if resolved.deadline().is_some() { TimedWalker::BYTES } else { 0 };
        run.check_memory("walking cascades", ((13 + timed) * threads + 9) * graph.accounts() as u64)?;

        let direct = direct::direct_reach(resolved, &creators);
        let silent = resolved.is_silent() || creators.iter().all(|&v| graph.followers(v).is_empty());
        let (walkers, unit) = (par::Tools::new(), resolved.unit());
        let mut totals = Totals::default();
        let (mut half, mut look) = (0.0, 0);
        let mut converged = true;
        // Without resharing only impressions and spread are left to sample, for which one look is enough.
        let most = match (self.worlds, silent) {
            (Some(worlds), _) => worlds,
            (None, true) => stop::FIRST.min(self.max_worlds),
            (None, false) => self.max_worlds,
        };
        let followers: u64 = creators.iter().map(|&v| graph.followers(v).len() as u64).sum();
        let first = if silent { stop::FIRST } else { stop::first(followers) };
        let least = self.worlds.unwrap_or(first.min(self.max_worlds));
        resolved.lay_out(creators.iter().copied(), least, run)?;
        let audience = if silent { Vec::new() } else { audiences_unseen(resolved, &creators, least, run)? };
        run.phase("walking cascades", None);
        let mut planned = least;
        while totals.worlds < most {
            look += 1;
            let to = planned.min(most);
            let ranges = par::chunks((to - totals.worlds) as usize, CHUNK);
            let start = totals.worlds;
            let worlds = |range: &Range<usize>| start + range.start as u64..start + range.end as u64;
            let walked = |worlds: Range<u64>| simulate(resolved, &creators, worlds, None, run.seed(), &walkers);
            let found = match run.is_alone() {
                true => None,
                false => {
                    let who = sealed::digest(bytemuck::cast_slice(&creators));
                    let work = named("worlds", &[run.seed(), resolved.digest(), who]);
                    let chunks: Vec<Range<u64>> = ranges.iter().map(worlds).collect();
                    run.elsewhere(&work, &chunks, |worlds| Ok(walked(worlds.clone())))?
                }
            };
            let parts = match found {
                Some(parts) => parts,
                None => par::map(run, &ranges, |range| Ok(walked(worlds(&range))))?,
            };
            parts.iter().for_each(|part| totals.merge(part));
            if silent {
                break;
            }
            let z = match self.worlds {
                Some(_) => stop::z_fixed(),
                None => stop::student(stop::z_of_look(look), totals.worlds),
            };
            let floor =
                creators.iter().fold(0.0, |sum, &v| sum + unseen_variance(resolved, &audience, v, totals.worlds));
            half = unit * stop::half_width(&totals.beyond, floor / (unit * unit), z);
            let reach = direct + unit * totals.beyond.mean();
            let goal = (self.half_width * reach).max(self.half_width_people.unwrap_or(0.0));
            converged = half <= goal;
            if converged && self.worlds.is_none() {
                break;
            }
            // The next look is one more, and must allow for one more.
            let later = half * stop::z_of_look(look + 1) / stop::z_of_look(look);
            planned = stop::next(totals.worlds, later, goal);
            if look == 1 && self.worlds.is_none() {
                self.refuse_hopeless(unit * stop::half_width(&totals.beyond, 0.0, z), goal, reach, totals.worlds)?;
            }
        }
        let cascade = if silent { 0.0 } else { unit * totals.beyond.mean() };
        let reach = direct + cascade;
        let sim_error = Interval { low: direct + (cascade - half).max(0.0), high: reach + half };
        let amplification = reach / direct;
        let mut estimate = ReachEstimate {
            model: resolved.model().to_string(),
            assumptions: resolved.notes().to_vec(),
            seed: run.seed(),
            creators: creators.len() as u64,
            reach,
            direct,
            cascade,
            sim_error,
            interval: sim_error,
            draws: 0,
            amplification,
            amplification_interval: Interval { low: sim_error.low / direct, high: sim_error.high / direct },
            by_hop: hops(direct, &totals, unit),
            sharers: Mean::of(&totals.sharers, 1.0),
            impressions: Mean::of(&totals.impressions, unit),
            spread: Mean::of(&totals.spread, 1.0),
            worlds: totals.worlds,
            converged,
            next: None,
            shares: None,
            models: Vec::new(),
            posts: Vec::new(),
        };
        let (mut means, mut ratios) = (vec![reach], vec![amplification]);
        if resolved.has_ranges() && self.draws > 0 {
            (means, ratios) = self.widen(&mut estimate, resolved, &creators, half, silent, &walkers, run)?;
        }
        let asked = Asked { draws: self.draws, posts: self.next_posts, content_sd: self.content_sd };
        let posts = next::draw_posts(resolved, &creators, asked, totals.worlds, &walkers, run)?;
        if posts.as_ref().is_some_and(|posts| posts.content_sd > 0.0) {
            estimate.assumptions.push(match self.content_sd {
                Some(sd) => format!("content: standard deviation {sd} of the log of a factor of mean 1, given"),
                None => resolved.content.1.clone(),
            });
        }
        Ok(Single { estimate, half, means, ratios, posts })
    }

    /// Refuses a half-width that far more worlds would be needed for than are allowed, as the first of them say, before the
    /// rest is walked. `half` is the half-width after `worlds`, `goal` the one asked for, in people.
    fn refuse_hopeless(&self, half: f64, goal: f64, reach: f64, worlds: u64) -> Result<()> {
        let last = stop::z_of_look(3);
        let ratio = half / goal * last / stop::z_of_look(1);
        let needed = worlds as f64 * ratio * ratio;
        // The first worlds say it roughly; where nothing was seen, they say nothing.
        let hopeless = needed > 2.0 * self.max_worlds as f64 && goal > 0.0;
        // Where the end is near, it is sooner reached than argued about.
        if !hopeless || worlds * 8 > self.max_worlds {
            return Ok(());
        }
        let within = libm::sqrt(needed / self.max_worlds as f64) * goal;
        Err(Error::parameter(
            "--half-width",
            format!(
                "±{goal:.3} people would need about {needed:.0} worlds, as the first {worlds} say; the limit is {} \
                 (--max-worlds), which gives about ±{within:.3} of {reach:.1} people ({:.2}%)",
                self.max_worlds,
                100.0 * within / reach
            ),
        )
        .with_hint("ask for a larger --half-width, allow more with --max-worlds, or take what --worlds N gives"))
    }

    /// Draws the parameters and widens the intervals; the mean reach and the amplification of each draw, sorted.
    #[allow(clippy::too_many_arguments)]
    fn widen(
        &self,
        estimate: &mut ReachEstimate,
        resolved: &Resolved<'_>,
        creators: &[u32],
        half: f64,
        silent: bool,
        walkers: &par::Tools<Walker>,
        run: &Run,
    ) -> Result<(Vec<f64>, Vec<f64>)> {
        let draws = self.draws as usize;
        let each = worlds_per_draw(estimate.worlds, self.draws);
        run.phase("drawing assumed parameters", Some(draws as u64));
        let rows = par::map(run, &par::chunks(draws, 1), |range| {
            let index = range.start as u64;
            let draw = Draw::new(resolved, run.seed(), index);
            let direct = direct::of_draw(resolved, creators, draw.as_ref());
            let totals = match silent {
                true => Totals::default(),
                false => {
                    let worlds = index * each..(index + 1) * each;
                    simulate(resolved, creators, worlds, draw.as_ref(), run.seed(), walkers)
                }
            };
            Ok((direct, totals.beyond))
        })?;
        let (directs, tallies): (Vec<f64>, Vec<Tally>) = rows.into_iter().unzip();
        let cascades = if silent { vec![0.0; draws] } else { without_noise(&tallies, resolved.unit()) };
        let mut reaches: Vec<f64> = directs.iter().zip(&cascades).map(|(direct, cascade)| direct + cascade).collect();
        let mut ratios: Vec<f64> = reaches.iter().zip(&directs).map(|(reach, direct)| reach / direct).collect();
        reaches.sort_by(f64::total_cmp);
        ratios.sort_by(f64::total_cmp);
        estimate.interval = joined(estimate.reach, half, &reaches, 0.0);
        if estimate.direct > 0.0 {
            estimate.amplification_interval = joined(estimate.amplification, half / estimate.direct, &ratios, 1.0);
        }
        estimate.draws = self.draws;
        Ok((reaches, ratios))
    }
}

/// Worlds walked for each draw of the parameters: about as many in all as for the point, 8 at least.
pub(crate) fn worlds_per_draw(worlds: u64, draws: u32) -> u64 {
    (worlds / u64::from(draws.max(1))).clamp(8, 10_000)
}

/// The mean of each tally, drawn together so that the spread between them is that of their expectations: the
/// variance between means, less the part that sampling within them explains (a method of moments).
pub(crate) fn without_noise(tallies: &[Tally], unit: f64) -> Vec<f64> {
    let means: Vec<f64> = tallies.iter().map(|tally| unit * tally.mean()).collect();
    let count = means.len() as f64;
    let mean = means.iter().fold(0.0, |sum, x| sum + x) / count;
    let between = means.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean)) / (count - 1.0).max(1.0);
    let within =
        tallies.iter().fold(0.0, |sum, tally| sum + unit * unit * tally.variance() / tally.count as f64) / count;
    let kept = if between > 0.0 { libm::sqrt((1.0 - within / between).max(0.0)) } else { 0.0 };
    means.iter().map(|x| mean + (x - mean) * kept).collect()
}

/// The 95% interval of sorted draws around `value`, widened by an independent `half` (in quadrature), not below
/// `floor`.
pub(crate) fn joined(value: f64, half: f64, draws: &[f64], floor: f64) -> Interval {
    let wider = |off: f64| libm::sqrt(off.max(0.0) * off.max(0.0) + half * half);
    Interval {
        low: (value - wider(value - quantile(draws, 0.025))).max(floor),
        high: value + wider(quantile(draws, 0.975) - value),
    }
}

/// What the followers of v whose resharing `worlds` worlds may not have shown ([`stop::SEEN`]) add to the variance of the
/// cascade in one world, at the second hop: the sum of `r · rho · A²` over them, A being their `audience`, how many people
/// they expose in the mean. Overlaps are not taken off, which widens.
pub(crate) fn unseen_variance(resolved: &Resolved<'_>, audience: &[f64], v: u32, worlds: u64) -> f64 {
    unseen(resolved, v, worlds).fold(0.0, |sum, (u, reshares)| {
        let audience = audience[u as usize];
        sum + reshares * audience * audience
    })
}

/// The followers of v whose resharing `worlds` worlds may not have shown, and its chance.
fn unseen(resolved: &Resolved<'_>, v: u32, worlds: u64) -> impl Iterator<Item = (u32, f64)> {
    let rare = stop::SEEN / worlds.max(1) as f64;
    let row = resolved.graph.followers(v).iter().enumerate();
    row.map(move |(place, &u)| (u, resolved.r(v, place, u) * resolved.rho(u))).filter(move |&(_, chance)| chance < rare)
}

/// The audience of everybody who is `needed`, `sum over followers of r_vu`; NaN of the others.
pub(crate) fn audiences(resolved: &Resolved<'_>, needed: impl Fn(u32) -> bool + Sync, run: &Run) -> Result<Vec<f64>> {
    let chunks = par::chunks_by_degree(&resolved.graph.follower_rows().offsets, 65_536);
    let audience = |v| if needed(v) { resolved.audience(v) } else { f64::NAN };
    let parts = par::map(run, &chunks, |range| Ok(range.map(|v| audience(v as u32)).collect::<Vec<f64>>()))?;
    Ok(parts.concat())
}

/// The audiences that [`unseen_variance`] asks for from `worlds` worlds on.
fn audiences_unseen(resolved: &Resolved<'_>, creators: &[u32], worlds: u64, run: &Run) -> Result<Vec<f64>> {
    let mut needed = vec![false; resolved.graph.accounts()];
    for &v in creators {
        unseen(resolved, v, worlds).for_each(|(u, _)| needed[u as usize] = true);
    }
    audiences(resolved, |u| needed[u as usize], run)
}

/// Sorted, each once, all in the graph, at least one.
pub(crate) fn checked_creators(graph: &Graph, creators: &[u32]) -> Result<Vec<u32>> {
    if creators.is_empty() {
        return Err(Error::parameter("--creators", "at least one creator is needed"));
    }
    if let Some(outside) = creators.iter().find(|&&v| v as usize >= graph.accounts()) {
        let problem = format!("account {outside} is not among the {} of this network", graph.accounts());
        return Err(Error::parameter("--creators", problem));
    }
    let mut creators = creators.to_vec();
    creators.sort_unstable();
    creators.dedup();
    Ok(creators)
}

/// The checks shared by everything that samples worlds.
pub(crate) fn check_sampling(half_width: f64, people: Option<f64>, worlds: Option<u64>, most: u64) -> Result<()> {
    if !(half_width > 0.0 && half_width.is_finite()) {
        return Err(Error::parameter("--half-width", format!("{half_width} is not a share above 0")));
    }
    if let Some(people) = people
        && !(people > 0.0 && people.is_finite())
    {
        return Err(Error::parameter("--half-width-people", format!("{people} is not a number of people above 0")));
    }
    if most == 0 || worlds == Some(0) {
        return Err(Error::parameter(if most == 0 { "--max-worlds" } else { "--worlds" }, "must be at least 1"));
    }
    Ok(())
}
