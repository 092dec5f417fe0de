//! The main table: every creator's followers, rank, community, reach.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::only::Only;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, Status};
use crate::cascade::{Model, Priors, ReachEach, ReachRow, Top, TunkRank, TunkRanks};
use crate::community::{Communities, Leiden};
use crate::graph::attributes::known;
use crate::graph::network::Tier;
use crate::graph::transform::{AudienceGraph, FOLLOW, in_window, interactions_received};
use crate::graph::{Audience, Network, View};
use crate::rank::{PageRank, Ranking};

/// Everything this network can say about each creator, largest reach first.
///
/// **Input**: a network. Creators are the accounts of the creators table, else all that have a follower.
///
/// **Returns**: a row a creator ([`CreatorRow`]). What the view of the network does not support is absent, and a note
/// says what would make it possible (MODELS.md section 11).
///
/// **Guarantee**: with `top`, creators are left out only if even their TunkRank, an upper bound of reach, is below the
/// direct reach of `top` others ([`Top`]); the order of those shown is as good as their intervals.
///
/// **Cost**: one PageRank, one TunkRank, one Leiden, and the cascades of the creators shown.
///
/// **Determinism**: equal bits at any number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Analyze {
    /// Show the N creators of largest reach; 0 shows all, which takes minutes from 100,000 creators on
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20, value_name = "N"))]
    pub top: usize,
    /// Only accounts that meet a condition: tier=nano,micro, niche=beauty, followers>=1000 (repeatable)
    #[cfg_attr(feature = "cli", arg(long, value_name = "CONDITION"))]
    pub only: Vec<Only>,
    /// Chances of exposure: prior, ic:P, wc, tv, edge or lt
    #[cfg_attr(feature = "cli", arg(long, default_value = "prior", value_name = "MODEL", help_heading = "Cascade"))]
    pub model: Model,
    /// Chance of resharing once exposed [default: prior: from shares in the data or 0.01; other models: 1]
    #[cfg_attr(feature = "cli", arg(long, value_name = "P", help_heading = "Cascade"))]
    pub rho: Option<f64>,
    /// What the model prior assumes
    #[cfg_attr(feature = "cli", arg(skip))]
    pub priors: Priors,
    /// Stop a creator when the simulation error is at most this share of the reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE", help_heading = "Cascade"))]
    pub half_width: f64,
    /// Never simulate more worlds than this for one creator
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 65_536, value_name = "N", help_heading = "Cascade"))]
    pub max_worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Cascade"))]
    pub draws: u32,
    /// The edges everything runs on.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub audience: Audience,
}

impl Default for Analyze {
    fn default() -> Self {
        let each = ReachEach::default();
        Analyze {
            top: 20,
            only: Vec::new(),
            model: each.model,
            rho: each.rho,
            priors: each.priors,
            half_width: each.half_width,
            max_worlds: each.max_worlds,
            draws: each.draws,
            audience: Audience::default(),
        }
    }
}

/// One creator. `None`: not known, or not supported by the view of the network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreatorRow {
    /// The account.
    pub account: u32,
    /// Followers observed.
    pub followers: Option<u64>,
    /// Followers as the platform claims them.
    pub followers_claimed: Option<f64>,
    /// Tier, by the claimed followers where given.
    pub tier: Option<Tier>,
    /// Share of all PageRank.
    pub pagerank: Option<f64>,
    /// Expected exposures with repeats: an upper bound of reach; infinite where the cascade is supercritical.
    pub tunkrank: Option<f64>,
    /// Community: 0 is the largest.
    pub community: Option<u32>,
    /// People reached by the creator's own post.
    pub direct: Option<f64>,
    /// Ends of the direct reach under the ranges of the assumed exposure; `None` for models without ranges.
    pub direct_range: Option<Interval>,
    /// The status of `direct`.
    pub direct_status: Status,
    /// People reached, directly or through resharing.
    pub reach: Option<f64>,
    /// The status of `reach`.
    pub reach_status: Status,
    /// What `reach` rests on, or what it would need.
    pub because: Cow<'static, str>,
    /// 95% interval of reach, simulation only.
    pub sim_error: Option<Interval>,
    /// 95% interval of reach, the ranges of the assumed parameters included.
    pub interval: Option<Interval>,
    /// Worlds simulated.
    pub worlds: Option<u64>,
    /// Reach over direct reach.
    pub amplification: Option<f64>,
    /// Interactions received in the window.
    pub interactions: Option<f64>,
    /// From how many different accounts.
    pub engagers: Option<u64>,
    /// Interactions received per follower.
    pub engagement: Option<f64>,
}

/// The main table and what must be said beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// The creators, largest reach first (without reach: most followers, else most interactions, first).
    pub rows: Vec<CreatorRow>,
    /// Creators considered.
    pub creators: u64,
    /// What the figures rest on, a sentence each.
    pub assumptions: Vec<String>,
    /// What else a reader must know.
    pub notes: Vec<String>,
    /// Communities found, where they were looked for.
    pub communities: Option<u64>,
    /// Their modularity.
    pub modularity: Option<f64>,
}

/// Iterations of Leiden for the table: nearly all of the modularity (docs/BENCHMARKS.md); `truereach communities` goes on
/// until nothing improves.
const LEIDEN_ITERATIONS: u32 = 3;

/// What could be computed on the graph.
struct OnGraph {
    audience: AudienceGraph,
    ranking: Option<Ranking>,
    communities: Option<Communities>,
    tunkranks: Option<TunkRanks>,
}

impl Analyze {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.each().check()
    }

    fn each(&self) -> ReachEach {
        ReachEach {
            model: self.model,
            rho: self.rho,
            priors: self.priors.clone(),
            half_width: self.half_width,
            max_worlds: self.max_worlds,
            draws: self.draws,
            ..Default::default()
        }
    }

    /// Analyses a network.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Analysis> {
        self.check()?;
        let weighting = self.audience.check_or_engagers(network)?;
        let received = interactions_received(network, &weighting);
        let proxy_asked = !self.audience.audience_from.is_empty();
        let view = if proxy_asked { View::Whole } else { network.view };
        let mut notes = Vec::new();
        let mut graph = None;
        if view.has_followers() {
            let audience = self.audience.graph(network, run)?;
            notes.extend(audience.proxy.as_ref().map(|proxy| format!("every figure on followers is about a {proxy}")));
            if audience.undated > 0 {
                notes.push(format!(
                    "{} rows have no time; in windows and half-lives they count as --undated says ({:?})",
                    audience.undated, self.audience.undated
                ));
            }
            graph = Some(OnGraph { audience, ranking: None, communities: None, tunkranks: None });
        }
        notes.extend(missing(network, view));

        let mut creators = candidates(network, graph.as_ref(), received.as_ref().map(|received| &received.0[..]));
        for only in &self.only {
            creators = only.filter(network, &creators)?;
        }
        if creators.is_empty() && !self.only.is_empty() {
            return Err(Error::parameter("--only", "no creator meets these conditions"));
        }
        let considered = creators.len();
        let limit = match self.top {
            0 => considered,
            top => top.min(considered),
        };
        let mut assumptions = Vec::new();
        let mut rows: Vec<CreatorRow> = Vec::new();
        if let Some(graph) = &mut graph
            && view.has_followings()
        {
            // A proxy audience is complete for what it is: whom its accounts "follow" is all there.
            let whole = Network { view, ..in_window(network, &weighting, run)? };
            rows = self.on_whole_graph(&whole, graph, &creators, limit, run, &mut assumptions, &mut notes)?;
        }
        if rows.is_empty() {
            if self.model == Model::Prior && (graph.is_some() || network.attributes.get(known::FOLLOWERS).is_some()) {
                assumptions.push(self.priors.exposure_words());
            }
            rows = creators.iter().map(|&account| blank(account)).collect();
        }
        for row in &mut rows {
            self.complete(row, network, graph.as_ref(), received.as_ref());
        }
        rows.sort_by(|a, b| {
            let by = |row: &CreatorRow| {
                (row.reach.unwrap_or(-1.0), row.followers.unwrap_or(0), row.interactions.unwrap_or(0.0))
            };
            let (a_key, b_key) = (by(a), by(b));
            b_key
                .0
                .total_cmp(&a_key.0)
                .then(b_key.1.cmp(&a_key.1))
                .then(b_key.2.total_cmp(&a_key.2))
                .then(a.account.cmp(&b.account))
        });
        rows.truncate(limit);
        let communities = graph.as_ref().and_then(|graph| graph.communities.as_ref());
        Ok(Analysis {
            rows,
            creators: considered as u64,
            assumptions,
            notes,
            communities: communities.map(|communities| communities.count as u64),
            modularity: communities.map(|communities| communities.quality),
        })
    }

    /// Rank, community and reach, where whom the followers follow is known.
    #[allow(clippy::too_many_arguments)]
    fn on_whole_graph(
        &self,
        network: &Network,
        on: &mut OnGraph,
        creators: &[u32],
        limit: usize,
        run: &Run,
        assumptions: &mut Vec<String>,
        notes: &mut Vec<String>,
    ) -> Result<Vec<CreatorRow>> {
        let graph = &on.audience.graph;
        let ranking = PageRank::default().run(graph, run)?;
        if !ranking.converged {
            notes.push(format!("PageRank stopped before its tolerance: error at most {:.1e}", ranking.error_bound));
        }
        on.ranking = Some(ranking);
        on.communities = Some(Leiden { iterations: LEIDEN_ITERATIONS, ..Default::default() }.run(graph, run)?);
        let resolved = self.model.resolve(graph, network, self.rho, &self.priors, run)?;
        let tunk = TunkRank { model: self.model, rho: self.rho, priors: self.priors.clone(), ..Default::default() };
        let tunkranks = tunk.run_resolved(&resolved, None, run)?;
        if tunkranks.supercritical > 0 {
            notes.push(format!(
                "TunkRank is infinite (supercritical) for {} of {} accounts",
                tunkranks.supercritical,
                network.accounts()
            ));
        }
        // What is known exactly bounds what is sampled: R0 <= R <= I, also where I and R0 differ by rounding alone.
        let upper = tunkranks.exposures.clone();
        let bound = |row: &ReachRow, people: f64| people.min(upper[row.account as usize].max(row.direct));
        on.tunkranks = Some(tunkranks);
        if self.model == Model::Prior && self.rho.is_none() && shares_without_items(network) {
            notes.push(
                "there are shares in the data, but without an item (post) column resharing per exposure cannot be learned \
                 from them: it is assumed"
                    .into(),
            );
        }
        if creators.is_empty() {
            return Ok(Vec::new());
        }
        let each = self.each();
        let reached: Vec<ReachRow> = if limit < creators.len() {
            let top = Top {
                n: limit,
                model: self.model,
                rho: self.rho,
                priors: self.priors.clone(),
                half_width: self.half_width,
                max_worlds: self.max_worlds,
                draws: self.draws,
                ..Default::default()
            };
            let found = top.run_resolved(&resolved, creators, run)?;
            assumptions.extend(found.assumptions);
            notes.push(format!(
                "{} creators; {} cannot be among the first {limit} whatever the cascade; {} were simulated{}",
                found.creators,
                found.ruled_out,
                found.simulated,
                if found.settled { "" } else { "; the last places are close: intervals of those in and out overlap" }
            ));
            found.rows
        } else {
            let found = each.run_resolved(&resolved, creators, run)?;
            assumptions.extend(found.assumptions);
            found.rows
        };
        let unconverged = reached.iter().filter(|row| !row.converged).count();
        if unconverged > 0 {
            notes.push(format!("{unconverged} rows did not reach the half-width asked for within --max-worlds; their sim_error says how wide they are"));
        }
        Ok(reached
            .into_iter()
            .map(|row| CreatorRow {
                direct: Some(row.direct),
                direct_status: self.model.status(),
                reach_status: self.model.status(),
                because: match self.model.status() {
                    Status::Assumed => "exposure is assumed, not measured".into(),
                    _ => "under the model named".into(),
                },
                direct_range: resolved.direct_range(row.account),
                reach: Some(bound(&row, row.reach)),
                sim_error: Some(Interval {
                    low: bound(&row, row.sim_error.low),
                    high: bound(&row, row.sim_error.high),
                }),
                interval: Some(row.interval),
                worlds: Some(row.worlds),
                amplification: (row.direct > 0.0).then(|| bound(&row, row.reach) / row.direct),
                ..blank(row.account)
            })
            .collect())
    }

    /// Adds what is known without a cascade.
    fn complete(
        &self,
        row: &mut CreatorRow,
        network: &Network,
        on: Option<&OnGraph>,
        received: Option<&(Vec<f64>, Vec<u64>)>,
    ) {
        let account = row.account;
        row.followers_claimed = network.attributes.number(known::FOLLOWERS, account);
        if let Some(on) = on {
            row.followers = Some(on.audience.graph.followers(account).len() as u64);
            row.pagerank = on.ranking.as_ref().map(|ranking| ranking.scores[account as usize]);
            row.community = on.communities.as_ref().map(|communities| communities.labels[account as usize]);
            row.tunkrank = on.tunkranks.as_ref().map(|tunkranks| tunkranks.exposures[account as usize]);
        }
        let proxy = on.is_some_and(|on| on.audience.proxy.is_some());
        let followers = row.followers_claimed.or(row.followers.map(|followers| followers as f64));
        row.tier = followers.filter(|_| !proxy || row.followers_claimed.is_some()).map(|count| network.tiers.of(count));
        if let Some((interactions, engagers)) = received {
            row.interactions = Some(interactions[account as usize]);
            row.engagers = Some(engagers[account as usize]);
            row.engagement =
                followers.filter(|&count| count > 0.0 && !proxy).map(|count| interactions[account as usize] / count);
        }
        // Without the whole graph there is no model to resolve: the direct reach comes straight from the assumption, for
        // complete lists from their length, else from the claimed count.
        let audience = row.followers.map(|listed| listed as f64).or(row.followers_claimed);
        if self.model == Model::Prior
            && row.direct.is_none()
            && !proxy
            && let (Some(audience), Some(followers)) = (audience, followers)
        {
            let (rate, range) = self.priors.exposure(followers, &network.tiers);
            row.direct = Some(rate * audience);
            row.direct_status = Status::Assumed;
            row.direct_range = Some(Interval { low: range.low * audience, high: range.high * audience });
        }
    }
}

fn blank(account: u32) -> CreatorRow {
    CreatorRow {
        account,
        followers: None,
        followers_claimed: None,
        tier: None,
        pagerank: None,
        tunkrank: None,
        community: None,
        direct: None,
        direct_status: Status::NotEstimable,
        direct_range: None,
        reach: None,
        reach_status: Status::NotEstimable,
        because: "needs posts with reach or views, or whom the followers follow".into(),
        sim_error: None,
        interval: None,
        worlds: None,
        amplification: None,
        interactions: None,
        engagers: None,
        engagement: None,
    }
}

/// The accounts of the creators table; without one all that have a follower, else all that received an interaction.
fn candidates(network: &Network, on: Option<&OnGraph>, received: Option<&[f64]>) -> Vec<u32> {
    let all = 0..network.accounts() as u32;
    match (network.creators(), on, received) {
        (Some(creators), _, _) => creators,
        (None, Some(on), _) => all.filter(|&v| !on.audience.graph.followers(v).is_empty()).collect(),
        (None, None, Some(received)) => all.filter(|&v| received[v as usize] > 0.0).collect(),
        (None, None, None) => Vec::new(),
    }
}

fn shares_without_items(network: &Network) -> bool {
    let shares = network.kinds.iter().any(|kind| kind == "share");
    shares && network.events.as_ref().is_some_and(|events| events.item.is_none())
}

/// One line on what the view does not support, and what would.
fn missing(network: &Network, view: View) -> Option<String> {
    match view {
        View::Whole => None,
        View::Lists => Some(
            "these are follower lists: spread beyond followers, PageRank, TunkRank and communities need whom the followers \
             follow"
                .into(),
        ),
        View::Sampled => Some(
            "these are samples of follower lists: reach, PageRank and communities are not estimable from them; complete \
             lists would give direct reach"
                .into(),
        ),
        View::Counts => Some(
            "nobody's followers are listed: figures rest on the posts and the claimed follower counts; who follows \
             whom would add overlap and spread beyond followers"
                .into(),
        ),
        View::Engagers => {
            let types: Vec<&str> = network.kinds.iter().map(String::as_str).filter(|kind| *kind != FOLLOW).collect();
            Some(format!(
                "no follow layer: reach, rank and communities need who follows whom; --audience-from {} makes a labelled \
                 stand-in from interactions",
                types.join(",")
            ))
        }
    }
}
