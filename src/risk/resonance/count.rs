//! Whose signs are about whom: interactions gathered to one voice for each person and creator.

use std::ops::Range;

use rayon::prelude::*;

use crate::base::{Error, Result, Run, par};
use crate::graph::build::{key, unkey};
use crate::graph::events::NO_ITEM;
use crate::graph::transform::canonical_kind;
use crate::graph::{Events, Network};

/// What one account said of one creator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Voice {
    pub account: u32,
    pub positive: u32,
    pub negative: u32,
    pub neutral: u32,
}

impl Voice {
    /// The share of positive ones among those for or against; `None` where all are neutral.
    pub fn share(&self) -> Option<f64> {
        let signed = self.positive + self.negative;
        (signed > 0).then(|| f64::from(self.positive) / f64::from(signed))
    }

    /// Interactions behind it.
    pub fn interactions(&self) -> u64 {
        u64::from(self.positive) + u64::from(self.negative) + u64::from(self.neutral)
    }
}

/// All voices, by creator and then by account.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Voices {
    all: Vec<Voice>,
    /// Everybody of whom something was said, sorted, and where it stands.
    pub creators: Vec<(u32, Range<usize>)>,
    pub notes: Vec<String>,
}

impl Voices {
    /// What was said of this creator.
    pub fn of(&self, creator: u32) -> &[Voice] {
        match self.creators.binary_search_by_key(&creator, |(creator, _)| *creator) {
            Ok(at) => &self.all[self.creators[at].1.clone()],
            Err(_) => &[],
        }
    }
}

/// Interactions of one type by sign: against, neutral or not given, for.
type BySign = [u64; 3];

/// Gathers what was said. An interaction about a post is about its author, who is looked up in the posts table and, where it is
/// not known there, taken to be the account the interaction points to; a mention is about the account mentioned. Interactions with
/// oneself count nothing.
pub(super) fn count(network: &Network, types: &[String], run: &Run) -> Result<Voices> {
    let needs = |needs: &str| Err(Error::NotEstimable { figure: "Resonance".into(), needs: needs.into() });
    let Some(events) = &network.events else {
        return needs(
            "interactions with a sign: who reacted to whom, for or against (--sign when the log is ingested)",
        );
    };
    let Some(signs) = &events.sign else {
        return needs(
            "signs: a column of the log that says whether a reaction or a labelled comment is for or against (--sign \
             when it is ingested)",
        );
    };
    run.check_memory("signed interactions", 60 * events.len() as u64)?;
    run.phase("signed interactions", Some(events.len() as u64));
    let by_type = by_type(events, signs, network.kinds.len(), run)?;
    let (counted, notes) = chosen(network, types, &by_type)?;
    let mention: Vec<bool> = network.kinds.iter().map(|kind| kind == "mention").collect();
    let authors = authors(network);
    let ranges = par::chunks_by_degree(&events.offsets, 1 << 17);
    let parts = par::map(run, &ranges, |range| {
        let mut rows: Vec<(u64, i8)> = Vec::new();
        for u in range.start as u32..range.end as u32 {
            for at in events.range(u).filter(|&at| counted[events.kind[at] as usize]) {
                let author = match mention[events.kind[at] as usize] {
                    true => None,
                    false => events.item.as_ref().and_then(|items| authors.get(items[at] as usize)).copied().flatten(),
                };
                let creator = author.unwrap_or(events.to[at]);
                if creator != u {
                    rows.push((key(creator, u), signs[at]));
                }
            }
        }
        Ok(rows)
    })?;
    let mut rows = parts.concat();
    run.install(|| rows.par_sort_unstable());
    Ok(gathered(&rows, notes))
}

/// Sorted rows as voices.
fn gathered(rows: &[(u64, i8)], notes: Vec<String>) -> Voices {
    let (mut all, mut creators) = (Vec::new(), Vec::<(u32, Range<usize>)>::new());
    for same in rows.chunk_by(|a, b| a.0 == b.0) {
        let (creator, account) = unkey(same[0].0);
        let of = |sign: i8| same.iter().filter(|row| row.1.signum() == sign).count() as u32;
        all.push(Voice { account, positive: of(1), negative: of(-1), neutral: of(0) });
        match creators.last_mut() {
            Some((last, range)) if *last == creator => range.end = all.len(),
            _ => creators.push((creator, all.len() - 1..all.len())),
        }
    }
    Voices { all, creators, notes }
}

fn by_type(events: &Events, signs: &[i8], kinds: usize, run: &Run) -> Result<Vec<BySign>> {
    let parts = par::map(run, &par::chunks(events.len(), 1 << 20), |range| {
        let mut counts = vec![[0u64; 3]; kinds];
        range.for_each(|at| counts[events.kind[at] as usize][(signs[at].signum() + 1) as usize] += 1);
        Ok(counts)
    })?;
    let mut all = vec![[0u64; 3]; kinds];
    for part in parts {
        for (sum, one) in all.iter_mut().zip(part) {
            (0..3).for_each(|sign| sum[sign] += one[sign]);
        }
    }
    Ok(all)
}

/// Which types count, and what is to be said of the others.
fn chosen(network: &Network, types: &[String], by_type: &[BySign]) -> Result<(Vec<bool>, Vec<String>)> {
    let named: Vec<String> = types.iter().map(|name| canonical_kind(name)).collect();
    let has_sign = |kind: usize| by_type[kind][0] + by_type[kind][2] > 0;
    for name in &named {
        match network.kinds.iter().position(|kind| kind == name) {
            Some(kind) if has_sign(kind) => {}
            found => {
                let problem = match found {
                    Some(_) => format!("no interaction of type {name} has a sign"),
                    None => format!("this network has no interactions of type \"{name}\""),
                };
                let signed = (0..network.kinds.len()).filter(|&kind| has_sign(kind));
                let signed: Vec<&str> = signed.map(|kind| network.kinds[kind].as_str()).collect();
                let hint = format!("types with signs: {}", signed.join(", "));
                return Err(Error::parameter("--types", problem).with_hint(hint));
            }
        }
    }
    let (mut counted, mut notes) = (Vec::new(), Vec::new());
    for (kind, name) in network.kinds.iter().enumerate() {
        let [against, _, positive] = by_type[kind];
        let counts = if named.is_empty() { against > 0 && positive > 0 } else { named.contains(name) };
        counted.push(counts);
        if !counts && named.is_empty() && has_sign(kind) {
            let (number, one, other) =
                if against == 0 { (positive, "for", "against") } else { (against, "against", "for") };
            notes.push(format!(
                "{name} is left out: {number} of {number} signs are {one} the creator and none is {other}, so that they \
                 can only agree (--types {name} counts them)"
            ));
        }
    }
    if !counted.contains(&true) {
        let one_sided: Vec<&str> =
            (0..counted.len()).filter(|&kind| has_sign(kind)).map(|kind| network.kinds[kind].as_str()).collect();
        let needs = match one_sided.is_empty() {
            true => "interactions with a sign, for or against".to_owned(),
            false => format!(
                "a type of interaction in which both signs occur; {} can only agree (--types counts them all the same)",
                one_sided.join(", ")
            ),
        };
        return Err(Error::NotEstimable { figure: "Resonance".into(), needs });
    }
    Ok((counted, notes))
}

/// Who posted each item, where the posts table tells; an id that stands there twice tells nothing.
fn authors(network: &Network) -> Vec<Option<u32>> {
    let mut authors = vec![None; network.items.len()];
    let mut twice = vec![false; network.items.len()];
    for post in network.tables.each_post().filter(|post| !post.average) {
        let item = post.id.as_deref().and_then(|id| network.items.find(id));
        if let Some(item) = item.filter(|&item| item != NO_ITEM).map(|item| item as usize) {
            twice[item] = authors[item].is_some() || twice[item];
            authors[item] = (!twice[item]).then_some(post.account);
        }
    }
    authors
}
