//! Patterns in when followers came: bursts, and bursts that share their members.

use std::collections::BTreeSet;

use super::arrivals::Burst;
use super::attention::explained;
use super::audit::Audit;
use super::engaged::found_pods;
use super::evidence::Evidence;
use super::lockstep::lockstep;
use super::pattern::{Kind, Pattern, Verdict};
use super::signs::Signs;
use crate::base::{Result, Run};
use crate::graph::{Graph, Network};

/// Chance of an innocent reason, before members are looked at: documented assumptions, by how many creators are concerned and
/// how many of the bursts a post explains.
fn innocent(creators: usize, bursts: usize, explained: usize) -> f64 {
    match (creators, explained) {
        (_, some) if 2 * some >= bursts && some > 0 => 0.97,
        (1, _) => 0.9,
        (2, _) => 0.8,
        (_, some) if 3 * some > bursts => 0.3,
        _ => 0.03,
    }
}

/// Neither innocent nor bought.
const UNDECIDED: f64 = 0.5;

/// Patterns from arrivals: those who came to several creators together, and the rest of each burst.
pub(super) fn arrived(
    bursts: &[Burst],
    network: &Network,
    graph: &Graph,
    signs: &Signs,
    audit: &Audit,
    run: &Run,
) -> Result<Vec<Pattern>> {
    let pods =
        if bursts.is_empty() { vec![] } else { found_pods(network, &network.creators().unwrap_or_default(), run)? };
    let explains = explained(bursts, network.events.as_ref(), &pods);
    let mut patterns = Vec::new();
    let mut group_of: Vec<Option<usize>> = vec![None; bursts.len()];
    let groups = if audit.uses(Evidence::Lockstep) { lockstep(bursts, network.accounts()) } else { vec![] };
    for group in &groups {
        let all = || group.bursts.iter().map(|&at| &bursts[at]);
        let creators: BTreeSet<u32> = all().map(|burst| burst.creator).collect();
        let with = group.bursts.iter().filter(|&&at| explains[at] == Some(true)).count();
        let creators: Vec<u32> = creators.into_iter().collect();
        let mut innocent = innocent(creators.len(), group.bursts.len(), with);
        let days = all().map(|burst| (burst.from, burst.to)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let seen = signs.of_group(graph, &creators, &group.members, days.map(|days| days.0));
        if seen.is_empty() {
            // Nothing tells a crowd from a farm: what is assumed alone condemns nobody.
            innocent = innocent.max(UNDECIDED);
        }
        group.bursts.iter().for_each(|&at| group_of[at] = Some(patterns.len()));
        patterns.push(Pattern {
            kind: Kind::Lockstep,
            creators,
            days,
            members: group.members.clone(),
            excess: 1.0,
            explained: Some(with > 0),
            innocent,
            p: None,
            // Nearly nobody comes to two creators in the same days by chance.
            verdict: Verdict::new(innocent, &[(0.0, 0.8), (0.1, 0.2)], &seen),
            seen,
        });
    }
    if !audit.uses(Evidence::Burst) {
        return Ok(patterns);
    }
    for (at, burst) in bursts.iter().enumerate() {
        let group = group_of[at].map(|group| &patterns[group]);
        let together = |u: &u32| group.is_some_and(|group: &Pattern| group.members.binary_search(u).is_ok());
        let members: Vec<u32> = burst.members.iter().copied().filter(|u| !together(u)).collect();
        if members.is_empty() {
            continue;
        }
        // Beside those who came elsewhere too, others may have been bought here alone, or nobody.
        let innocent = match group {
            Some(group) => (1.0 - group.verdict.bought()).max(UNDECIDED),
            None => innocent(1, 1, usize::from(explains[at] == Some(true))),
        };
        let usual = (burst.expected / members.len() as f64).min(0.95);
        // How many came anyway is itself a count of few.
        let real =
            [0.4 * usual, 0.8 * usual, 1.3 * usual + 0.02, 2.0 * usual + 0.05].map(|share| (share.min(0.97), 0.25));
        let seen = signs.of_group(graph, &[burst.creator], &members, Some(burst.from));
        let verdict = Verdict::new(innocent, &real, &seen);
        patterns.push(Pattern {
            kind: Kind::Burst,
            creators: vec![burst.creator],
            days: Some((burst.from, burst.to)),
            members,
            excess: 1.0 - usual,
            explained: explains[at],
            innocent,
            p: None,
            seen,
            verdict,
        });
    }
    Ok(patterns)
}
