//! How many people end on which side of a campaign's post.

use serde::{Deserialize, Serialize};

use super::super::by_group::Groups;
use super::super::draws::Draw;
use super::super::forward::HOPS;
use super::super::reach::{checked_creators, joined, without_noise, worlds_per_draw};
use super::super::resolved::Resolved;
use super::super::setting::Cascade;
use super::super::world::World;
use super::temper::{Temper, checked};
use super::walker::{Opening, Side, SidedWalk, SidedWalker};
use crate::base::stats::{Interval, Tally, Z95};
use crate::base::{Error, Result, Run, par};
use crate::graph::{Graph, Network};

/// The people whom a post reaches, on the side they take.
///
/// IC-N (Chen et al. 2011) on the exposure-share model: who hears something positive first takes the positive side with the
/// chance `quality`, else the negative; who hears something negative first takes the negative side, and passes that on. On a
/// path of edges of chance p, `P(positive at distance d) = p^d q^(d+1)`. Negative content is carried with `min(1, r · nu)` and
/// reshared with `min(1, rho · negative sharing)`, in the same worlds.
///
/// **Input**: a resolved model, the creators, and perhaps a group or several for every account. **Returns**: [`TwoSides`],
/// people per joint post: positive, negative, net = positive − negative, by hop and by group. **Guarantee**: with a
/// negativity and a negative sharing of 1, positive plus negative is the reach of [`super::super::Reach`] in every world, and
/// with a quality of 1 all of it is positive. 95% intervals, normal approximation; the assumed parameters of the model are
/// drawn, what the user says of the post (quality, negativity) is not. **Cost**: a walk a world, some two times that of
/// [`super::super::Reach`]; 76 bytes an account and thread. **Errors**: no creators, or one outside the graph; factors out of
/// range; a negativity under linear threshold, whose exposures exclude one another. **Determinism**: equal bits at any number
/// of threads. **References**: Chen, Collins, Cummings, Ke, Liu, Rincon, Sun, Wang, Wei & Yuan 2011 (SDM), section 2.
///
/// ```
/// use truereach::{Run, cascade::{Model, sided::Backlash}, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(3, &[(1, 0), (2, 1)]));
/// let backlash = Backlash { quality: 0.5, cascade: Model::Ic(1.0).into(), ..Backlash::default() };
/// let sides = backlash.run(network.follow_graph()?, &network, &[0], None, &Run::new(7))?;
/// // Of two people, 1/4 and 1/8 stay positive.
/// assert!((sides.positive.people - 0.375).abs() < 0.05);
/// assert!((sides.positive.people + sides.negative.people - 2.0).abs() < 1e-9);
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Backlash {
    /// How the post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Chance that somebody who hears something positive takes it as positive (1: nobody ever objects)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.95, value_name = "Q", help_heading = "Backlash"))]
    pub quality: f64,
    /// What makes negative content travel farther
    #[cfg_attr(feature = "cli", command(flatten))]
    pub temper: Negativity,
    /// Simulate so many worlds
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1000, value_name = "N", help_heading = "Backlash"))]
    pub worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 50, value_name = "N", help_heading = "Backlash"))]
    pub draws: u32,
}

impl Default for Backlash {
    fn default() -> Self {
        let (cascade, temper) = (Cascade::default(), Negativity::default());
        Backlash { cascade, quality: 0.95, temper, worlds: 1000, draws: 50 }
    }
}

/// What makes negative content travel farther than positive: the user's to say, 1 where nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Negativity {
    /// Times as likely to come to a follower as a positive post is (nu); a scenario of yours, not measured
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1.0, value_name = "NU", help_heading = "Backlash"))]
    pub negativity: f64,
    /// Times as likely to be reshared as a positive post is
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 1.0, value_name = "TIMES", help_heading = "Backlash"))]
    pub negative_sharing: f64,
}

impl Default for Negativity {
    fn default() -> Self {
        Negativity { negativity: 1.0, negative_sharing: 1.0 }
    }
}

impl Negativity {
    /// Refuses factors out of range, and those that the model cannot carry.
    pub fn check(&self, resolved: Option<&Resolved<'_>>) -> Result<()> {
        checked("--negativity", self.negativity)?;
        checked("--negative-sharing", self.negative_sharing)?;
        if resolved.is_some_and(Resolved::picks_one) && self.negativity != 1.0 {
            let problem = format!("{} cannot be had under linear threshold", self.negativity);
            return Err(Error::parameter("--negativity", problem).with_hint(
                "there each person hears one followee at most; --negative-sharing can be had, or another --model",
            ));
        }
        Ok(())
    }

    /// In users' words, a sentence.
    pub fn describe(&self) -> String {
        let times = |factor: f64| match factor {
            1.0 => "as likely as".to_string(),
            _ => format!("{factor} times as likely as"),
        };
        format!(
            "negative content comes to a follower {} positive, and is reshared {} it is (your scenario: --negativity, \
             --negative-sharing)",
            times(self.negativity),
            times(self.negative_sharing)
        )
    }
}

/// People on one side, or the difference.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Sided {
    /// The mean.
    pub people: f64,
    /// 95% interval, simulation only.
    pub sim_error: Interval,
    /// 95% interval with assumed parameters drawn.
    pub interval: Interval,
}

/// People first exposed at one hop, by side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HopSides {
    /// 1 hears a creator directly; 32 stands for all later ones.
    pub hop: u32,
    /// For.
    pub positive: Sided,
    /// Against.
    pub negative: Sided,
}

/// People of one group, by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GroupSides {
    /// The group; `None`: nothing is known.
    pub group: Option<String>,
    /// Accounts of the network in it.
    pub accounts: u64,
    /// For.
    pub positive: Sided,
    /// Against.
    pub negative: Sided,
}

/// How many people end on which side, per joint post.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwoSides {
    /// The model.
    pub model: String,
    /// What was assumed, one sentence each.
    pub assumptions: Vec<String>,
    /// The seed of the worlds.
    pub seed: u64,
    /// How many creators.
    pub creators: u64,
    /// People for.
    pub positive: Sided,
    /// People against.
    pub negative: Sided,
    /// Positive − negative.
    pub net: Sided,
    /// By hop of first exposure.
    pub by_hop: Vec<HopSides>,
    /// By group, where groups were given; the last row: nothing is known.
    pub by_group: Vec<GroupSides>,
    /// Worlds simulated.
    pub worlds: u64,
    /// Draws of the parameters behind the intervals.
    pub draws: u32,
}

/// Worlds walked by one task.
const CHUNK: usize = 16;

/// Whole figures of worlds: their sums under the model's own parameters, and under each draw.
pub(crate) struct Worlds {
    pub base: Vec<Tally>,
    pub drawn: Vec<Vec<Tally>>,
}

/// How to walk: how many worlds, how many draws of the parameters, how many figures each world gives.
pub(crate) struct Walks {
    pub worlds: u64,
    pub draws: u32,
    pub figures: usize,
}

impl Walks {
    /// Walks worlds under the model's own parameters, then under draws of them. `prepare` makes, for no draw or one, what
    /// `walk` needs to fill the figures of a world.
    pub fn run<T: Sync + Send>(
        &self,
        resolved: &Resolved<'_>,
        prepare: impl Fn(Option<u64>) -> Result<T> + Sync,
        walk: impl Fn(&T, &mut SidedWalker, &World<'_>, &mut [u64]) + Sync,
        run: &Run,
    ) -> Result<Worlds> {
        let accounts = resolved.graph().accounts() as u64;
        run.check_memory("walking two-sided cascades", SidedWalker::BYTES * accounts * run.thread_count() as u64)?;
        let tools = par::Tools::new();
        let tally = |thing: &T, draw: Option<&Draw<'_>>, worlds: std::ops::Range<u64>| {
            tools.with(SidedWalker::default, |walker| {
                let (mut tallies, mut figures) = (vec![Tally::default(); self.figures], vec![0; self.figures]);
                for index in worlds {
                    figures.fill(0);
                    walk(thing, walker, &World::new(resolved, run.seed(), index).with(draw), &mut figures);
                    tallies.iter_mut().zip(&figures).for_each(|(tally, &figure)| tally.add(figure));
                }
                tallies
            })
        };
        run.phase("walking two-sided cascades", Some(self.worlds));
        let thing = prepare(None)?;
        let parts = par::map(run, &par::chunks(self.worlds as usize, CHUNK), |range| {
            Ok(tally(&thing, None, range.start as u64..range.end as u64))
        })?;
        let mut base = vec![Tally::default(); self.figures];
        for part in parts {
            base.iter_mut().zip(&part).for_each(|(all, part)| all.merge(part));
        }
        let each = worlds_per_draw(self.worlds, self.draws);
        run.phase("drawing assumed parameters", Some(self.draws.into()));
        let drawn = par::map(run, &par::chunks(self.draws as usize, 1), |range| {
            let index = range.start as u64;
            let (draw, thing) = (Draw::new(resolved, run.seed(), index), prepare(Some(index))?);
            Ok(tally(&thing, draw.as_ref(), index * each..(index + 1) * each))
        })?;
        Ok(Worlds { base, drawn })
    }
}

impl Worlds {
    /// One of the figures, which counts in units of so many people.
    pub fn figure(&self, place: usize, unit: f64) -> Sided {
        let tally = &self.base[place];
        self.joined(tally.mean(), tally.variance(), self.draws(place, 1.0), unit, 0.0)
    }

    /// One figure less another, of which `sum` is the sum.
    fn difference(&self, one: usize, other: usize, sum: usize, unit: f64) -> Sided {
        let variance = |tallies: &[Tally]| {
            2.0 * tallies[one].variance() + 2.0 * tallies[other].variance() - tallies[sum].variance()
        };
        let pairs = self.draws(one, 1.0).into_iter().zip(self.draws(other, 1.0));
        let draws = pairs.map(|(one, other)| one - other).collect();
        let mean = self.base[one].mean() - self.base[other].mean();
        self.joined(mean, variance(&self.base).max(0.0), draws, unit, f64::NEG_INFINITY)
    }

    /// A mean, with the variance of one world and the means of the draws.
    fn joined(&self, mean: f64, variance: f64, mut draws: Vec<f64>, unit: f64, floor: f64) -> Sided {
        let worlds = self.base.first().map_or(0, |tally| tally.count).max(1) as f64;
        let half = unit * Z95 * libm::sqrt(variance / worlds);
        let people = unit * mean;
        let sim_error = Interval { low: (people - half).max(floor), high: people + half };
        draws.iter_mut().for_each(|draw| *draw *= unit);
        draws.sort_by(f64::total_cmp);
        let interval = match draws.is_empty() {
            true => sim_error,
            false => joined(people, half, &draws, floor),
        };
        Sided { people, sim_error, interval }
    }

    /// The means of the draws, in their order, the noise of simulation taken off.
    pub fn draws(&self, place: usize, unit: f64) -> Vec<f64> {
        let drawn: Vec<Tally> = self.drawn.iter().map(|tallies| tallies[place]).collect();
        without_noise(&drawn, unit)
    }
}

/// Where the figures of a world stand: positive, negative, both; hops; groups.
const POSITIVE: usize = 0;
const NEGATIVE: usize = 1;
const BOTH: usize = 2;
const HOP: usize = 3;
const GROUP: usize = HOP + 2 * HOPS;

impl Backlash {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.cascade.check()?;
        self.temper.check(None)?;
        if !(0.0..=1.0).contains(&self.quality) {
            return Err(Error::parameter("--quality", format!("{} is not a chance between 0 and 1", self.quality)));
        }
        match self.worlds {
            0 => Err(Error::parameter("--worlds", "must be at least 1")),
            _ => Ok(()),
        }
    }

    /// Estimates the sides of the creators' joint post.
    pub fn run(
        &self,
        graph: &Graph,
        network: &Network,
        creators: &[u32],
        groups: Option<&Groups>,
        run: &Run,
    ) -> Result<TwoSides> {
        self.check()?;
        self.run_resolved(&self.cascade.resolve(graph, network, run)?, creators, groups, run)
    }

    /// As [`Backlash::run`] with a model resolved before; `cascade` of this struct is not read.
    pub fn run_resolved(
        &self,
        resolved: &Resolved<'_>,
        creators: &[u32],
        groups: Option<&Groups>,
        run: &Run,
    ) -> Result<TwoSides> {
        self.check()?;
        self.temper.check(Some(resolved))?;
        let creators = checked_creators(resolved.graph(), creators)?;
        let openings: Vec<Opening> = creators.iter().map(|&v| Opening::campaign(v)).collect();
        let temper = Temper::even(self.temper.negativity, self.temper.negative_sharing)?;
        let sets = groups.map_or(0, |groups| groups.sets().count() + 1);
        let draws = if resolved.has_ranges() { self.draws } else { 0 };
        let count = groups.map_or(0, |groups| groups.len() + 1);
        let walks = Walks { worlds: self.worlds, draws, figures: GROUP + 2 * count };
        let walk = |_: &(), walker: &mut SidedWalker, world: &World<'_>, figures: &mut [u64]| {
            let walk = walker.walk(world, &temper, self.quality, &openings);
            fill(figures, &walk);
            let Some(groups) = groups else { return };
            let mut by_set = vec![[0u64; 2]; sets];
            for (u, side) in walker.people() {
                by_set[groups.set(u)][usize::from(side == Side::Negative)] += resolved.units(u);
            }
            let add = |sum: &mut [u64; 2], part: [u64; 2]| {
                sum[0] += part[0];
                sum[1] += part[1];
            };
            let by_group = groups.spread(&by_set, [0, 0], add);
            figures[GROUP..].copy_from_slice(by_group.as_flattened());
        };
        let worlds = walks.run(resolved, |_| Ok(()), walk, run)?;
        let figure = |place| worlds.figure(place, resolved.unit());
        let last = (0..HOPS).rev().find(|hop| (0..2).any(|side| worlds.base[HOP + 2 * hop + side].sum > 0));
        let by_hop = (0..last.map_or(0, |last| last + 1)).map(|hop| HopSides {
            hop: hop as u32 + 1,
            positive: figure(HOP + 2 * hop),
            negative: figure(HOP + 2 * hop + 1),
        });
        let by_group = groups.map_or(Vec::new(), |groups| {
            let members = groups.members();
            let names = groups.names().iter().cloned().map(Some).chain([None]);
            let row = |((group, accounts), place): ((Option<String>, u64), usize)| GroupSides {
                group,
                accounts,
                positive: figure(GROUP + 2 * place),
                negative: figure(GROUP + 2 * place + 1),
            };
            names.zip(members).zip(0..).map(row).filter(|row| row.accounts > 0).collect()
        });
        let mut assumptions = resolved.notes().to_vec();
        assumptions.push(format!(
            "a positive post is taken as positive with the chance {} (your scenario: --quality)",
            self.quality
        ));
        assumptions.push(self.temper.describe());
        Ok(TwoSides {
            model: resolved.model().to_string(),
            assumptions,
            seed: run.seed(),
            creators: creators.len() as u64,
            positive: figure(POSITIVE),
            negative: figure(NEGATIVE),
            net: worlds.difference(POSITIVE, NEGATIVE, BOTH, resolved.unit()),
            by_hop: by_hop.collect(),
            by_group,
            worlds: self.worlds,
            draws,
        })
    }
}

/// The figures of a walk: sides, and hops.
fn fill(figures: &mut [u64], walk: &SidedWalk) {
    let (people, negative) = walk.people();
    (figures[POSITIVE], figures[NEGATIVE], figures[BOTH]) = (people - negative, negative, people);
    for hop in 0..HOPS {
        figures[HOP + 2 * hop] = walk.positive[hop];
        figures[HOP + 2 * hop + 1] = walk.negative[hop];
    }
}
