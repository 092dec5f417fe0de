//! Who in the audiences is real, in the rows of the main table.

use std::collections::BTreeMap;

use super::creators::{Analyze, CreatorRow, Words};
use super::standing::{SAME, Scored, explained, places, ranks};
use super::waterfall::Waterfall;
use crate::authenticity::{Audit, Audited, Evidence, Shares, found_pods};
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run};
use crate::cascade::Cascade;
use crate::graph::attributes::known;
use crate::graph::{Audience, Column, Graph, Network, Rows, Values, build};
use crate::rank::{PageRank, Teleport};

/// The direct reach of creators in draws of what is assumed.
pub(super) type DirectDraws = Vec<BTreeMap<u32, f64>>;

/// An audit made for this table, and the network that knows of it.
pub(super) struct Looked {
    audited: Audited,
    pub network: Network,
}

impl Analyze {
    /// Fills in what part of each audience is real.
    pub(super) fn authenticity(
        rows: &mut [CreatorRow],
        looked: Option<&Looked>,
        network: &Network,
        graph: &Graph,
        run: &Run,
    ) -> Result<()> {
        let accounts: Vec<u32> = rows.iter().map(|row| row.account).collect();
        if let Some(looked) = looked {
            let shares = Shares::default().run(&looked.audited, network, &accounts, run)?;
            for (row, share) in rows.iter_mut().zip(shares) {
                (row.authentic, row.authentic_interval) = (share.share, share.interval);
            }
        } else if let Some(kept) = network.attributes.get(known::AUTHENTIC) {
            for row in rows {
                let followers = graph.followers(row.account);
                let sum = followers.iter().try_fold(0.0, |sum, &u| kept.number(u).map(|real| sum + real));
                row.authentic = sum.filter(|_| !followers.is_empty()).map(|sum| sum / followers.len() as f64);
                let end = |name: &str| network.attributes.number(name, row.account);
                row.authentic_interval = row.authentic.and_then(|share| {
                    let (low, high) = (end(known::AUTHENTIC_LOW)?, end(known::AUTHENTIC_HIGH)?);
                    Some(Interval { low: low.min(share), high: high.max(share) })
                });
            }
        }
        Ok(())
    }

    /// PageRank in which engagement counts and accounts that are not real lend nobody their weight: over follows and all
    /// interactions, teleport and what is passed on by `a_u` (MODELS.md section 1).
    pub(super) fn weighted_rank(network: &Network, run: &Run) -> Result<Option<Vec<f64>>> {
        let real = network.attributes.get(known::AUTHENTIC).filter(|column| column.given() == network.accounts());
        if network.events.is_none() && real.is_none() {
            return Ok(None);
        }
        let follow = network.follows.is_some().then(|| "follow".to_owned());
        let layers = follow.into_iter().chain(network.kinds.iter().cloned()).collect();
        let graph = match network.events {
            Some(_) => discounted(network, Audience { layers, ..Audience::default() }.graph(network, run)?.graph, run)?,
            None => network.follow_graph()?.clone(),
        };
        let chances: Option<Vec<f64>> =
            real.map(|column| (0..network.accounts() as u32).filter_map(|u| column.number(u)).collect());
        let usable = chances.as_deref().filter(|chances| chances.iter().any(|chance| *chance > 0.0));
        let vectors = Teleport { teleport: usable, passing: usable, dangling: None };
        Ok(Some(PageRank::default().run_with(&graph, &vectors, run)?.scores))
    }
}

/// Looks at who is real where the network shows when followers came and no audit was kept; else says what is missing.
pub(super) fn look(cascade: &Cascade, network: &Network, words: &mut Words, run: &Run) -> Result<Option<Looked>> {
    if cascade.authentic.is_some() || network.attributes.get(known::AUTHENTIC).is_some() {
        return Ok(None);
    }
    let timed = network.follows.as_ref().is_some_and(|follows| follows.time.is_some());
    if !timed {
        words.notes.extend(network.follows.is_some().then(|| {
            "who in these audiences is real was not looked at, and everybody is taken for real: follows have no times; \
             truereach audit looks at follow lists, blocks and labels, and keeps what it finds"
                .into()
        }));
        return Ok(None);
    }
    // What takes a pass over the data; truereach audit looks at the rest.
    let audit = Audit { without: vec![Evidence::Block, Evidence::Copies], ..Audit::default() };
    let audited = audit.run(network, run)?;
    let mut network = network.clone();
    let values = Values::Number(audited.real.clone().into());
    network.attributes.insert(Column { name: known::AUTHENTIC.into(), values });
    words.assumptions.push(audited.assumption());
    Ok(Some(Looked { audited, network }))
}

/// The column of affinities that `--niche` names.
pub(super) fn niche_column(niche: Option<&str>, network: &Network) -> Result<Option<String>> {
    let Some(niche) = niche else { return Ok(None) };
    let names = [format!("niche:{niche}"), niche.to_owned()];
    let found = names
        .into_iter()
        .find(|name| network.attributes.get(name).is_some_and(|column| matches!(column.values, Values::Number(_))));
    found.map(Some).ok_or_else(|| {
        let columns = network.attributes.columns.iter();
        let known: Vec<&str> = columns.filter_map(|column| column.name.strip_prefix("niche:")).collect();
        let hint = match known.is_empty() {
            true => "truereach niche learn finds how much everybody cares about each niche".to_owned(),
            false => format!("it has: {}", known.join(", ")),
        };
        Error::parameter("--niche", format!("nobody's affinity to {niche} is known")).with_hint(hint)
    })
}

/// The same edges where interactions within an engagement pod count by what they are worth: a follow of weight 1 stays, the rest
/// is multiplied.
fn discounted(network: &Network, graph: Graph, run: &Run) -> Result<Graph> {
    let pods = found_pods(network, &network.creators().unwrap_or_default(), run)?;
    let rows = graph.following_rows();
    let (Some(weights), false) = (&rows.weights, pods.is_empty()) else { return Ok(graph) };
    let mut weights = weights.to_vec();
    for pod in &pods {
        for &from in &pod.members {
            for &to in pod.members.iter().filter(|&&to| to != from) {
                let Ok(place) = graph.following(from).binary_search(&to) else { continue };
                let follows =
                    network.follow_graph().is_ok_and(|follows| follows.following(from).binary_search(&to).is_ok());
                let kept = f64::from(u8::from(follows));
                let weight = &mut weights[rows.range(from).start + place];
                *weight = kept + pod.discount * (*weight - kept).max(0.0);
            }
        }
    }
    let following = Rows { weights: Some(weights.into()), ..rows.clone() };
    let followers = build::transpose(run, &following)?;
    Ok(Graph::from_rows(following, followers))
}

/// The waterfall of a creator, where its steps are known.
pub(super) fn waterfall(row: &CreatorRow) -> Option<Waterfall> {
    let (followers, real) = (row.followers? as f64, row.real?);
    let (direct, reach) = (row.direct?, row.reach?);
    Some(Waterfall::new(row.followers_claimed, followers, followers, real, direct, reach, row.score.unwrap_or(reach)))
}

/// Ranks of the rows by true influence, with what disagrees, and what followers explain. The rows are in their order.
pub(super) fn standing(rows: &mut [CreatorRow], direct: &DirectDraws, words: &mut Words) {
    let known: Vec<usize> = (0..rows.len()).filter(|&at| rows[at].score.is_some()).collect();
    let scored: Vec<Scored> = known
        .iter()
        .map(|&at| {
            let row = &rows[at];
            let score = row.score.unwrap_or_default();
            let interval = row.score_interval.or(row.sim_error).unwrap_or(Interval::point(score));
            let followers = row.followers.map_or(0.0, |followers| followers as f64);
            Scored { score, interval, followers, tier: row.tier }
        })
        .collect();
    // Whatever moves exposure moves the score in proportion: its part beyond followers starts from the direct one.
    let drawn = |draw: &BTreeMap<u32, f64>| -> Option<Vec<f64>> {
        let score = |&at: &usize| {
            let (row, direct) = (&rows[at], rows[at].direct?);
            let factor = if direct > 0.0 { draw.get(&row.account)? / direct } else { 1.0 };
            Some(row.score? * factor)
        };
        known.iter().map(score).collect()
    };
    let draws: Vec<Vec<f64>> = direct.iter().filter_map(drawn).collect();
    for (&at, rank) in known.iter().zip(ranks(&scored, &draws)) {
        rows[at].rank = Some(rank);
    }
    for name in ["followers", "PageRank", "TunkRank"] {
        let of = |row: &CreatorRow| match name {
            "followers" => row.followers.map(|followers| followers as f64),
            "PageRank" => row.weighted_pagerank.or(row.pagerank),
            _ => row.tunkrank.filter(|tunkrank| tunkrank.is_finite()),
        };
        let numbers: Option<Vec<f64>> = known.iter().map(|&at| of(&rows[at])).collect();
        let Some(numbers) = numbers else { continue };
        for (&at, place) in known.iter().zip(places(&numbers)) {
            if rows[at].rank.is_some_and(|(first, last)| place < first || place > last) {
                rows[at].disagrees.push((name, place));
            }
        }
    }
    if let Some(found) = explained(&scored) {
        let within = found.within.map_or(String::new(), |within| format!(", {:.0}% within tiers", 100.0 * within));
        words.notes.push(format!(
            "follower counts alone explain {:.0}% of the differences in true influence among these {} creators (R² of \
             logarithms){within}",
            100.0 * found.all,
            found.creators
        ));
        if found.within.unwrap_or(found.all) > SAME {
            words.notes.insert(
                0,
                "THIS RANKING IS THE FOLLOWER RANKING: nothing in the data tells these creators apart".into(),
            );
        }
    }
}
