//! Evidence on creators, not on their followers: engagement against followers, and pods. It moves no account's chance.

use super::expected::{Expected, Position};
use super::pods::{FoundPod, Interactions, Pods};
use crate::base::{Result, Run};
use crate::graph::attributes::known;
use crate::graph::{Attributes, Network};

/// What engagement says of a creator.
#[derive(Debug, Clone, PartialEq)]
pub struct Engagement {
    /// The creator.
    pub account: u32,
    /// Interactions received from others.
    pub received: f64,
    /// The range in which creators with as many followers lie; `None` where too few are like this one.
    pub expected: Option<(f64, f64)>,
    /// Within it, below or above; `None`: not observed.
    pub position: Option<Position>,
    /// Place of the pod that the creator is in, among the pods found.
    pub pod: Option<usize>,
}

/// What engagement says of creators.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Engagements {
    /// A row a creator, in the order given.
    pub rows: Vec<Engagement>,
    /// The pods.
    pub pods: Vec<FoundPod>,
}

/// Looks at the engagement of creators. `None`: there are no interactions.
pub fn engagements(network: &Network, creators: &[u32], run: &Run) -> Result<Option<Engagements>> {
    let Some(events) = network.events.as_ref().filter(|events| !events.is_empty()) else { return Ok(None) };
    let mut received = vec![0.0f64; network.accounts()];
    for (from, to, _) in events.iter() {
        received[to as usize] += f64::from(u8::from(from != to));
    }
    let pods = found_pods(network, creators, run)?;
    let points: Vec<(u32, f64, f64)> = creators
        .iter()
        .filter_map(|&v| Some((v, network.follower_count(v).filter(|count| *count > 0.0)?, received[v as usize])))
        .collect();
    let expected = Expected::default().run(&points, run)?;
    let mut sorted: Vec<usize> = (0..expected.len()).collect();
    sorted.sort_by_key(|&at| expected[at].creator);
    let rows = creators.iter().map(|&account| {
        let found =
            sorted.binary_search_by_key(&account, |&at| expected[at].creator).ok().map(|at| &expected[sorted[at]]);
        let observed = found.filter(|row| row.verdict != Position::Unobserved);
        Engagement {
            account,
            received: received[account as usize],
            expected: observed.map(|row| (row.low, row.high)),
            position: observed.map(|row| row.verdict),
            pod: pods.iter().position(|pod| pod.members.binary_search(&account).is_ok()),
        }
    });
    Ok(Some(Engagements { rows: rows.collect(), pods }))
}

/// The engagement pods among creators; none without interactions.
pub fn found_pods(network: &Network, creators: &[u32], run: &Run) -> Result<Vec<FoundPod>> {
    let Some(events) = &network.events else { return Ok(vec![]) };
    let niches = niche_codes(&network.attributes, creators);
    let kinds: Vec<u8> = (0..network.kinds.len() as u8)
        .filter(|&kind| ["like", "comment", "reply"].contains(&network.kinds[usize::from(kind)].as_str()))
        .collect();
    if kinds.is_empty() || creators.len() < 3 {
        return Ok(vec![]);
    }
    let given = Interactions { creators, kinds: &kinds, niches: niches.as_deref(), ..Interactions::of(events) };
    Pods::default().run(&given, run)
}

/// The niche of each creator as a number, where the accounts table names niches.
fn niche_codes(attributes: &Attributes, creators: &[u32]) -> Option<Vec<Option<u32>>> {
    let column = attributes.get(known::NICHE)?;
    let texts: Vec<Option<String>> = creators.iter().map(|&v| column.text(v).map(|text| text.into_owned())).collect();
    let mut words: Vec<&String> = texts.iter().flatten().collect();
    words.sort_unstable();
    words.dedup();
    let code =
        |text: &Option<String>| text.as_ref().and_then(|text| words.binary_search(&text).ok()).map(|at| at as u32);
    Some(texts.iter().map(code).collect())
}
