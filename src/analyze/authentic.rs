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

/// The column by which accounts count as real, if any: the one asked for, or one that an audit filled for everybody.
pub(super) fn real_column<'a>(cascade: &'a Cascade, network: &Network) -> Option<&'a str> {
    match cascade.authentic.as_deref() {
        Some("none") => None,
        Some(name) => Some(name),
        None => {
            let kept = network.attributes.get(known::AUTHENTIC)?;
            (kept.given() == network.accounts()).then_some(known::AUTHENTIC)
        }
    }
}

/// The share of some followers that is real; 1 where everybody is taken for real. `None` of nobody.
pub(super) fn real_share(column: Option<&Column>, followers: &[u32]) -> Option<f64> {
    let Some(column) = column else { return Some(1.0) };
    let sum = followers.iter().try_fold(0.0, |sum, &u| column.number(u).map(|real| sum + real))?;
    (!followers.is_empty()).then(|| sum / followers.len() as f64)
}

/// The share of each creator's followers that is real, and its interval where one is known.
pub(super) fn shares(
    accounts: &[u32],
    looked: Option<&Looked>,
    column: Option<&str>,
    network: &Network,
    graph: &Graph,
    run: &Run,
) -> Result<Vec<(Option<f64>, Option<Interval>)>> {
    if let Some(looked) = looked {
        let shares = Shares::default().run(&looked.audited, network, accounts, run)?;
        return Ok(shares.into_iter().map(|share| (share.share, share.interval)).collect());
    }
    let Some(name) = column else { return Ok(vec![(None, None); accounts.len()]) };
    let kept = network.attributes.get(name);
    let one = |&account: &u32| {
        let share = kept.and_then(|kept| real_share(Some(kept), graph.followers(account)));
        let end = |end: &str| network.attributes.number(end, account).filter(|_| name == known::AUTHENTIC);
        let interval = share.and_then(|share| {
            let (low, high) = (end(known::AUTHENTIC_LOW)?, end(known::AUTHENTIC_HIGH)?);
            Some(Interval { low: low.min(share), high: high.max(share) })
        });
        (share, interval)
    };
    Ok(accounts.iter().map(one).collect())
}

/// An interval of people where it is not known either what share of the followers is real.
pub(super) fn widened(people: Interval, share: Option<f64>, range: Option<Interval>) -> Interval {
    match (share, range) {
        (Some(share), Some(range)) if share > 0.0 => {
            Interval { low: people.low * range.low / share, high: people.high * range.high / share }
        }
        _ => people,
    }
}

impl Analyze {
    /// Fills in what part of each audience is real, and what that adds to intervals.
    pub(super) fn authenticity(
        rows: &mut [CreatorRow],
        looked: Option<&Looked>,
        column: Option<&str>,
        network: &Network,
        graph: &Graph,
        run: &Run,
    ) -> Result<()> {
        let accounts: Vec<u32> = rows.iter().map(|row| row.account).collect();
        for (row, (share, range)) in rows.iter_mut().zip(shares(&accounts, looked, column, network, graph, run)?) {
            (row.authentic, row.authentic_interval) = (share, range);
            if row.real.is_some() {
                row.interval = row.interval.map(|interval| widened(interval, share, range));
                row.score_interval = row.score_interval.map(|interval| widened(interval, share, range));
            }
        }
        Ok(())
    }

    /// PageRank in which engagement counts and accounts that are not real lend nobody their weight: over follows and all
    /// interactions, teleport and what is passed on by `a_u` (MODELS.md section 1).
    pub(super) fn weighted_rank(network: &Network, column: Option<&str>, run: &Run) -> Result<Option<Vec<f64>>> {
        let real = column.and_then(|name| network.attributes.get(name));
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
