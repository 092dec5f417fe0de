//! True influence: from followers to the real people a post reaches, step by step.

use serde::{Deserialize, Serialize};

use super::authentic::{Looked, look, niche_column, real_column, shares, widened};
use super::creators::Words;
use super::waterfall::Waterfall;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, Status};
use crate::cascade::{Cascade, Reach, Resolved};
use crate::graph::attributes::known;
use crate::graph::{Graph, Network};

/// The true influence of creators and of a portfolio, with the waterfall that explains it.
///
/// `TI_k(v) = E[ sum_u a_u n_u^k 1{u exposed within T | v posts once} ]`, people a post. On the way stand followers, those who are
/// not authentic (`sum (1 − a_u)`), not exposed (`sum a_u (1 − r_vu)`), people reached through reshares alone, and those
/// outside the niche ([`Waterfall`]). Exposure, not persuasion or sales.
///
/// **Input**: a network whose follower lists are complete; the creators. Who is real: the column `authentic`, which an audit
/// kept, or an audit made now where follows have times; else everybody.
///
/// **Returns**: a row a creator and one for all of them posting once together. **Guarantee**: the steps add up to rounding;
/// `R0 <= R`, `TI <= R`. **Cost**: one [`Reach`] a creator and one for all, twice with a niche. **Errors**: no complete lists; no
/// such niche. **Determinism**: equal bits at any number of threads; the same worlds for all creators and niches.
///
/// ```
/// use truereach::{Run, analyze::TrueInfluence, graph::{Network, build}};
/// let network = Network::from_graph(build::graph(5, &[(1, 0), (2, 0), (3, 0), (4, 1)]));
/// let found = TrueInfluence::default().run(&network, &[0, 1], &Run::new(1))?;
/// assert!(found.rows.iter().all(|row| row.waterfall.adds_up() < 1e-9));
/// assert_eq!((found.rows.len(), found.rows[2].waterfall.followers), (3, 4.0));
/// # Ok::<(), truereach::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct TrueInfluence {
    /// Count people by how much they care about this niche, as niche learn found it (beauty); else everybody
    #[cfg_attr(feature = "cli", arg(long, value_name = "NICHE"))]
    pub niche: Option<String>,
    /// How a post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Stop when the simulation error is at most this share of the reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE", help_heading = "Cascade"))]
    pub half_width: f64,
    /// Never simulate more worlds than this for one creator
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 65_536, value_name = "N", help_heading = "Cascade"))]
    pub max_worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Cascade"))]
    pub draws: u32,
}

impl Default for TrueInfluence {
    fn default() -> Self {
        TrueInfluence { niche: None, cascade: Cascade::default(), half_width: 0.02, max_worlds: 65_536, draws: 100 }
    }
}

/// The true influence of a creator, or of all together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InfluenceRow {
    /// The creator; `None`: all of them posting once.
    pub account: Option<u32>,
    /// Where the followers go.
    pub waterfall: Waterfall,
    /// 95% interval of the true influence.
    pub interval: Interval,
    /// Its status.
    pub status: Status,
    /// Worlds simulated.
    pub worlds: u64,
}

/// Creators, and all of them together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Influences {
    /// A row a creator in the order asked for, and one for all of several.
    pub rows: Vec<InfluenceRow>,
    /// What the figures rest on.
    pub assumptions: Vec<String>,
    /// What else a reader must know.
    pub notes: Vec<String>,
}

/// The network, and the chances that everybody and that the niche is reached by.
struct Stage<'a> {
    asked: &'a TrueInfluence,
    looked: Option<&'a Looked>,
    network: &'a Network,
    graph: &'a Graph,
    everybody: Resolved<'a>,
    inside: Option<Resolved<'a>>,
}

impl TrueInfluence {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        if self.cascade.weight.is_some() {
            return Err(Error::parameter("--weight", "true influence counts real people, in a niche if one is named")
                .with_hint("--niche beauty counts by how much people care; truereach reach takes any weight"));
        }
        self.reach(None).check()
    }

    fn reach(&self, worlds: Option<u64>) -> Reach {
        Reach {
            cascade: self.cascade.clone(),
            half_width: self.half_width,
            half_width_people: None,
            worlds,
            max_worlds: self.max_worlds,
            draws: self.draws,
            // The steps of a waterfall are means.
            next_posts: Some(0),
            ..Reach::default()
        }
    }

    /// The waterfalls of these creators.
    pub fn run(&self, network: &Network, creators: &[u32], run: &Run) -> Result<Influences> {
        self.check()?;
        let mut words = Words::default();
        let looked = look(&self.cascade, network, &mut words, run)?;
        let network = looked.as_ref().map_or(network, |looked| &looked.network);
        let graph = network.follow_graph()?;
        let beyond = network.view.has_followings();
        let resolve = |cascade: &Cascade| match beyond {
            true => cascade.resolve(graph, network, run),
            false => cascade.resolve_direct(graph, network, run),
        };
        let everybody = resolve(&self.cascade)?;
        let inside = match niche_column(self.niche.as_deref(), network)? {
            Some(column) => {
                words.assumptions.push(format!("true influence counts people by {column}: 0.5 counts half"));
                Some(resolve(&Cascade { weight: Some(column), ..self.cascade.clone() })?)
            }
            None => None,
        };
        if !beyond {
            words.notes.push(
                "spread beyond followers is not observed in follower lists: true influence is at least what is shown"
                    .into(),
            );
        }
        words.assumptions.extend(everybody.notes().iter().cloned());
        let stage = Stage { asked: self, looked: looked.as_ref(), network, graph, everybody, inside };
        let mut rows = creators.iter().map(|&v| stage.row(&[v], run)).collect::<Result<Vec<_>>>()?;
        if creators.len() > 1 {
            rows.push(InfluenceRow { account: None, ..stage.row(creators, run)? });
        }
        Ok(Influences { rows, assumptions: words.assumptions, notes: words.notes })
    }
}

impl Stage<'_> {
    /// The share of the followers that is real; of several creators that of all their followers, its ends as if what is not
    /// known of one held for all.
    fn share(&self, creators: &[u32], run: &Run) -> Result<(Option<f64>, Option<Interval>)> {
        let column = real_column(&self.asked.cascade, self.network);
        let found = shares(creators, self.looked, column, self.network, self.graph, run)?;
        let mut sums = [0.0; 4];
        for (&creator, (share, range)) in creators.iter().zip(found) {
            let followers = self.graph.followers(creator).len() as f64;
            let (Some(share), Some(range)) = (share, range) else { continue };
            let terms = [1.0, share, range.low, range.high].map(|part| part * followers);
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += term);
        }
        let [followers, share, low, high] = sums;
        let range = Interval { low: low / followers, high: high / followers };
        Ok(if followers > 0.0 { (Some(share / followers), Some(range)) } else { (None, None) })
    }

    fn row(&self, creators: &[u32], run: &Run) -> Result<InfluenceRow> {
        let all = self.asked.reach(None).run_resolved(&self.everybody, creators, run)?;
        let (score, interval) = match &self.inside {
            None => (all.reach, all.interval),
            Some(inside) => {
                // The same worlds: then nobody is in the niche who was not reached.
                let found = self.asked.reach(Some(all.worlds.max(1))).run_resolved(inside, creators, run)?;
                (found.reach.min(all.reach), found.interval)
            }
        };
        let mut followers: Vec<u32> = creators.iter().flat_map(|&v| self.graph.followers(v).iter().copied()).collect();
        let summed = followers.len() as f64;
        followers.sort_unstable();
        followers.dedup();
        let claims: Vec<f64> = creators
            .iter()
            .map(|&v| {
                let observed = self.graph.followers(v).len() as f64;
                self.network.attributes.number(known::FOLLOWERS, v).map_or(observed, |claimed| claimed.max(observed))
            })
            .collect();
        let claimed = claims.iter().fold(0.0, |sum, claim| sum + claim);
        let real = self.everybody.weight_of(&followers);
        let (share, range) = self.share(creators, run)?;
        Ok(InfluenceRow {
            account: (creators.len() == 1).then(|| creators[0]),
            waterfall: Waterfall::new(
                Some(claimed),
                summed,
                followers.len() as f64,
                real,
                all.direct,
                all.reach,
                score,
            ),
            interval: widened(interval, share, range),
            status: self.asked.cascade.status().0,
            worlds: all.worlds,
        })
    }
}
