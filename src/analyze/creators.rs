//! The main table: every creator's followers, rank, community, reach.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::authentic::{DirectDraws, look, niche_column, real_column, real_share, standing, waterfall};
use super::posted::from_posts;
use super::waterfall::Waterfall;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, Status};
use crate::cascade::{Cascade, Deadline, Model, ReachEach, TunkRanks};
use crate::community::Communities;
use crate::graph::attributes::known;
use crate::graph::network::Tier;
use crate::graph::price::{Price, cheapest};
use crate::graph::transform::{AudienceGraph, FOLLOW, in_window, interactions_received};
use crate::graph::{Audience, Column, Design, Network, Only, View};
use crate::rank::Ranking;

/// Everything this network can say about each creator, largest reach first.
///
/// **Input**: a network. Creators are the accounts of the creators table, else all that have a follower.
///
/// **Returns**: a row a creator ([`CreatorRow`]). What the view of the network does not support is absent, and a note
/// says what would make it possible (MODELS.md section 11).
///
/// **Guarantee**: with `top`, creators are left out only if even their TunkRank, an upper bound of reach, is below the
/// direct reach of `top` others ([`crate::cascade::Top`]); the order of those shown is as good as their intervals.
///
/// **Cost**: one PageRank, one TunkRank, one Leiden, and the cascades of the creators shown.
///
/// **Determinism**: equal bits at any number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Analyze {
    /// Show the N creators of largest reach; 0 shows all: more than 10,000 from one pool of walks, with the half-width for half of them
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 20, value_name = "N"))]
    pub top: usize,
    /// Only accounts that meet a condition: tier=nano,micro, niche=beauty, followers>=1000 (repeatable)
    #[cfg_attr(feature = "cli", arg(long, value_name = "CONDITION"))]
    pub only: Vec<Only>,
    /// How a post travels
    #[cfg_attr(feature = "cli", command(flatten))]
    pub cascade: Cascade,
    /// Stop a creator when the simulation error is at most this share of the reach
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.02, value_name = "SHARE", help_heading = "Cascade"))]
    pub half_width: f64,
    /// Never simulate more worlds than this for one creator
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 65_536, value_name = "N", help_heading = "Cascade"))]
    pub max_worlds: u64,
    /// Draws of assumed parameters for the interval (0: leave them out of it)
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 100, value_name = "N", help_heading = "Cascade"))]
    pub draws: u32,
    /// Score creators by the people who care about this niche, as niche learn found it (beauty); else by everybody
    #[cfg_attr(feature = "cli", arg(long, value_name = "NICHE"))]
    pub niche: Option<String>,
    /// Where reach comes from: past posts, the follow graph, or posts wherever there are some
    #[cfg_attr(feature = "cli", arg(long, value_enum, default_value_t, value_name = "WHICH"))]
    pub reach_from: ReachFrom,
    /// The edges everything runs on.
    #[cfg_attr(feature = "cli", command(flatten))]
    pub audience: Audience,
}

/// Where the reach of a creator comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum ReachFrom {
    /// Past posts where the data has some, and no model or time limit was named; else the follow graph.
    #[default]
    Auto,
    /// Past posts.
    Posts,
    /// The follow graph, by simulation.
    Graph,
}

impl Default for Analyze {
    fn default() -> Self {
        let each = ReachEach::default();
        Analyze {
            top: 20,
            only: Vec::new(),
            cascade: each.cascade,
            half_width: each.half_width,
            max_worlds: each.max_worlds,
            draws: each.draws,
            niche: None,
            reach_from: ReachFrom::Auto,
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
    /// Share of the followers who are real; `None` where that was not looked at.
    pub authentic: Option<f64>,
    /// Its 90% interval.
    pub authentic_interval: Option<Interval>,
    /// Followers who are real: the sum of the chances, as reach counts them.
    pub real: Option<f64>,
    /// True influence: real people reached who count in the niche asked for.
    pub score: Option<f64>,
    /// Its 95% interval.
    pub score_interval: Option<Interval>,
    /// First and last place it may have among the rows shown; all such ranks hold together with 90%.
    pub rank: Option<(u64, u64)>,
    /// Other measures, and the places outside `rank` that they give.
    pub disagrees: Vec<(&'static str, u64)>,
    /// Where the followers go, step by step.
    pub waterfall: Option<Waterfall>,
    /// Share of the PageRank in which engagement counts and accounts that are not real lend nobody weight.
    pub weighted_pagerank: Option<f64>,
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
    /// What the next ordinary post itself reaches with 80%.
    pub next_post: Option<Interval>,
    /// People reached by a sponsored post.
    pub sponsored: Option<f64>,
    /// The status of `sponsored`.
    pub sponsored_status: Status,
    /// 95% interval of `sponsored`.
    pub sponsored_interval: Option<Interval>,
    /// What the next sponsored post itself reaches with 80%.
    pub sponsored_next: Option<Interval>,
    /// People reached beyond what followers can explain: limits.
    pub recommended: Option<Interval>,
    /// The status of `recommended`.
    pub recommended_status: Status,
    /// Own posts that reach rests on.
    pub posts: Option<u64>,
    /// What the creator asks for a post.
    pub price: Option<Price>,
}

/// The main table and what must be said beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// The creators, largest reach first; without reach by direct reach, then followers, then interactions.
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
    /// Accounts that are real people, expected; `None` where that was not looked at.
    pub real: Option<f64>,
}

/// What could be computed on the graph.
pub(super) struct OnGraph {
    pub audience: AudienceGraph,
    pub ranking: Option<Ranking>,
    pub communities: Option<Communities>,
    pub tunkranks: Option<TunkRanks>,
    pub weighted: Option<Vec<f64>>,
    /// Direct reach of the creators simulated, in draws of what is assumed.
    pub direct: DirectDraws,
}

/// What must be said beside the figures.
#[derive(Default)]
pub(super) struct Words {
    pub assumptions: Vec<String>,
    pub notes: Vec<String>,
}

impl Analyze {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        self.each().check()
    }

    pub(super) fn each(&self) -> ReachEach {
        ReachEach {
            cascade: self.cascade.clone(),
            half_width: self.half_width,
            max_worlds: self.max_worlds,
            draws: self.draws,
            ..Default::default()
        }
    }

    /// Analyses a network.
    pub fn run(&self, network: &Network, run: &Run) -> Result<Analysis> {
        self.check()?;
        let mut words = Words::default();
        let looked = look(&self.cascade, network, &mut words, run)?;
        let network = looked.as_ref().map_or(network, |looked| &looked.network);
        let weighting = self.audience.check_or_engagers(network)?;
        let received = interactions_received(network, &weighting);
        let proxy_asked = !self.audience.audience_from.is_empty();
        let view = if proxy_asked { View::Whole } else { network.view };
        let column = real_column(&self.cascade, network);
        let niche = niche_column(self.niche.as_deref(), network)?;
        let notes = &mut words.notes;
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
            graph = Some(OnGraph {
                audience,
                ranking: None,
                communities: None,
                tunkranks: None,
                weighted: None,
                direct: vec![],
            });
        }
        notes.extend(missing(network, view));

        if self.cascade.weight.is_some() && !(graph.is_some() && view.has_followings()) {
            return Err(Error::NotEstimable {
                figure: "A table by weight".into(),
                needs: "whom the followers follow; truereach reach --weight counts the direct reach of follower lists"
                    .into(),
            });
        }
        let forecasts = self.forecasts(network, run)?;
        let mut creators = candidates(network, graph.as_ref(), received.as_ref().map(|received| &received.0[..]));
        if let Some(forecasts) = &forecasts
            && network.creators().is_none()
        {
            creators = forecasts.creators.iter().map(|forecast| forecast.account).collect();
        }
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
        let mut rows: Vec<CreatorRow> = creators.iter().map(|&account| CreatorRow::blank(account)).collect();
        if let Some(graph) = &mut graph
            && view.has_followings()
        {
            Analyze::rank(graph, &mut words, run)?;
            if !proxy_asked {
                graph.weighted = Analyze::weighted_rank(network, column, run)?;
            }
            if forecasts.is_none() {
                // A proxy audience is complete for what it is: whom its accounts "follow" is all there.
                let whole = Network { view, ..in_window(network, &weighting, run)? };
                rows = self.simulate(&whole, graph, (&creators, limit), niche.as_deref(), &mut words, run)?;
            }
        }
        match forecasts {
            Some(forecasts) => from_posts(&mut rows, forecasts, &mut words),
            None if self.cascade.model == Model::Prior
                && !view.has_followings()
                && (graph.is_some() || network.attributes.get(known::FOLLOWERS).is_some()) =>
            {
                words.assumptions.push(self.cascade.priors.exposure_words());
                words.assumptions.extend(self.cascade.timing.deadline()?.map(Deadline::describe));
            }
            None => {}
        }
        if rows.iter().all(|row| row.score.is_none()) {
            words.notes.extend(niche.as_ref().map(|_| {
                "true influence in a niche needs reach by simulation on a whole graph; --niche is not used here"
                    .to_owned()
            }));
            words.assumptions.extend(column.filter(|_| graph.is_some() && !view.has_followings()).map(|column| {
                format!("direct reach counts followers by the chance that they are real people ({column})")
            }));
        }
        let real = column.and_then(|name| network.attributes.get(name));
        let arrives = self.cascade.timing.deadline()?.map_or(1.0, Deadline::arrives);
        for row in &mut rows {
            self.complete(row, network, (graph.as_ref(), real), received.as_ref(), arrives);
        }
        rows.sort_by(|a, b| {
            let by = |row: &CreatorRow| {
                let followers = row.followers.map(|followers| followers as f64);
                let reach = if niche.is_some() { row.score.or(row.reach) } else { row.reach };
                [reach, row.direct, followers, row.interactions].map(|figure| figure.unwrap_or(-1.0))
            };
            let larger = by(b).into_iter().zip(by(a)).map(|(b, a)| b.total_cmp(&a));
            larger.fold(Ordering::Equal, Ordering::then).then(a.account.cmp(&b.account))
        });
        rows.truncate(limit);
        if let Some(on) = &graph {
            Analyze::authenticity(&mut rows, looked.as_ref(), column, network, &on.audience.graph, run)?;
        }
        if self.cascade.weight.is_none() {
            rows.iter_mut().for_each(|row| row.waterfall = waterfall(row));
        }
        let direct = graph.as_mut().map_or(vec![], |graph| std::mem::take(&mut graph.direct));
        standing(&mut rows, &direct, &mut words);
        let communities = graph.as_ref().and_then(|graph| graph.communities.as_ref());
        Ok(Analysis {
            rows,
            creators: considered as u64,
            assumptions: words.assumptions,
            notes: words.notes,
            communities: communities.map(|communities| communities.count as u64),
            modularity: communities.map(|communities| communities.quality),
            real: real.and_then(|column| {
                (0..network.accounts() as u32).try_fold(0.0, |sum, u| column.number(u).map(|real| sum + real))
            }),
        })
    }

    /// Adds what is known without a cascade; `arrives` is the chance that a post comes within the time limit.
    fn complete(
        &self,
        row: &mut CreatorRow,
        network: &Network,
        (on, real): (Option<&OnGraph>, Option<&Column>),
        received: Option<&(Vec<f64>, Vec<u64>)>,
        arrives: f64,
    ) {
        let account = row.account;
        row.followers_claimed = network.attributes.number(known::FOLLOWERS, account);
        row.price = cheapest(network, account, None);
        // Beside lists of others, a creator without one has followers that nobody listed, not none.
        let partial = on.is_some_and(|on| on.audience.proxy.is_none()) && !network.view.has_followings();
        let list = network.list(account);
        let unlisted = partial && list.listed == 0 && list.design != Design::Full;
        if let Some(on) = on {
            row.followers = (!unlisted).then(|| on.audience.graph.followers(account).len() as u64);
            row.pagerank = on.ranking.as_ref().map(|ranking| ranking.scores[account as usize]);
            row.community = on.communities.as_ref().map(|communities| communities.labels[account as usize]);
            row.weighted_pagerank = on.weighted.as_ref().map(|scores| scores[account as usize]);
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
        let cut = partial && list.design != Design::Full;
        let listed = row.followers.map(|listed| listed as f64);
        let audience = if cut { row.followers_claimed.or(listed) } else { listed.or(row.followers_claimed) };
        if self.cascade.model == Model::Prior
            && row.direct.is_none()
            && row.direct_range.is_none()
            && !proxy
            && let (Some(audience), Some(followers)) = (audience, followers)
        {
            // Followers who are not real move nothing: of those not listed as many are as of those listed.
            let share = on.and_then(|on| real_share(real, on.audience.graph.followers(account))).unwrap_or(1.0);
            let (rate, range) = self.cascade.priors.exposure(followers * share, &network.tiers);
            let audience = audience * share * arrives;
            row.direct = Some(rate * audience);
            row.direct_status = Status::Assumed;
            row.direct_range = Some(Interval { low: range.low * audience, high: range.high * audience });
        }
    }
}

impl CreatorRow {
    /// A creator of whom nothing is known.
    pub(super) fn blank(account: u32) -> CreatorRow {
        CreatorRow {
            account,
            followers: None,
            followers_claimed: None,
            tier: None,
            pagerank: None,
            tunkrank: None,
            community: None,
            authentic: None,
            authentic_interval: None,
            real: None,
            score: None,
            score_interval: None,
            rank: None,
            disagrees: Vec::new(),
            waterfall: None,
            weighted_pagerank: None,
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
            next_post: None,
            sponsored: None,
            sponsored_status: Status::NotEstimable,
            sponsored_interval: None,
            sponsored_next: None,
            recommended: None,
            recommended_status: Status::NotEstimable,
            posts: None,
            price: None,
        }
    }
}

/// The accounts of the accounts table; without one those with posts or offers, else all that have a follower, else all
/// that received an interaction.
fn candidates(network: &Network, on: Option<&OnGraph>, received: Option<&[f64]>) -> Vec<u32> {
    let all = 0..network.accounts() as u32;
    let busy = network.tables.posts.account.iter().chain(network.tables.offers.account.iter());
    let busy: BTreeSet<u32> = busy.copied().collect();
    match (network.creators(), on, received) {
        (Some(creators), _, _) => creators,
        _ if !busy.is_empty() => busy.into_iter().collect(),
        (None, Some(on), _) => all.filter(|&v| !on.audience.graph.followers(v).is_empty()).collect(),
        (None, None, Some(received)) => all.filter(|&v| received[v as usize] > 0.0).collect(),
        (None, None, None) => Vec::new(),
    }
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
            "these are samples of follower lists: spread beyond followers, PageRank and communities are not estimable from \
             them; how audiences overlap: truereach overlap"
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
