//! Cascades from the network's own interactions.

use std::collections::HashMap;

use rayon::prelude::*;

use super::clock;
use super::finish::{Gathered, count, finish};
use super::gap::{self, Reshare};
use super::kinds::Passing;
use super::origin::{self, Told};
use super::{CascadeLog, LogFormat, LogRead};
use crate::base::{Error, Result, Run, time};
use crate::graph::events::NO_ITEM;
use crate::graph::{Events, Network};

impl CascadeLog {
    /// Cascades from the network's own interactions: an item's shares in order of time. The account that is shared from and
    /// shares not itself began it (of several the one most often acted on), at the time that the posts table gives for the item,
    /// else at its first interaction of any kind, and a millisecond before the first share at the latest. Items on which
    /// somebody acted and which nobody shared are cascades of their beginner alone. Without items, shares of one account
    /// that follow each other within `gap` are one cascade, as of retweets in a file.
    ///
    /// **Errors**: [`Error::NotEstimable`] without interactions, times or a type that passes on.
    pub fn of_events(&self, network: &Network, run: &Run) -> Result<LogRead> {
        let needs = |needs: &str| Err(Error::NotEstimable { figure: "A cascade".into(), needs: needs.into() });
        let passing = Passing::new(&self.log_passing);
        let Some(events) = &network.events else {
            return needs(
                "who shared what and when: interactions with a type, a time and an item (or a log of cascades)",
            );
        };
        let shares: Vec<bool> = network.kinds.iter().map(|kind| passing.has(kind, false)).collect();
        if !events.kind.iter().any(|&kind| shares[kind as usize]) {
            let kinds = network.kinds.join(", ");
            return needs(&format!("interactions that pass a post on ({}); this network has {kinds}", passing.words()));
        }
        if events.time.is_none() {
            return needs("when each interaction was: a column of times in the log (--time)");
        }
        run.check_memory("the interactions as a log", 104 * events.len() as u64)?;
        let by_item = (0..events.len()).any(|at| shares[events.kind[at] as usize] && events.get(at).item != NO_ITEM);
        match by_item {
            true => items(network, events, &shares, run),
            false => gaps(self, network, events, &shares, run),
        }
    }
}

/// Every item's cascade.
fn items(network: &Network, events: &Events, shares: &[bool], run: &Run) -> Result<LogRead> {
    let (mut told, mut timeless, mut itemless, mut rows) = (Vec::new(), 0, 0, 0);
    for (from, to, event) in events.iter() {
        let passes = shares[event.kind as usize];
        rows += u64::from(passes);
        match (event.time, event.item) {
            (time::MISSING, _) => timeless += u64::from(passes),
            (_, NO_ITEM) => itemless += u64::from(passes),
            (time, item) => told.push(Told { item, time, actor: from, target: to, shares: passes }),
        }
    }
    run.install(|| told.par_sort_unstable());
    run.step(told.len() as u64)?;
    let posts = posts(network);
    let (mut began, mut posted) = (Vec::new(), 0);
    for (rows, origin) in origin::origins(&told) {
        let Some(mut origin) = origin else { continue };
        // Whoever posted it according to the posts table, if somebody acted on it as theirs.
        if let Some(&(account, at)) = posts.get(&origin.item)
            && (account == origin.account || rows.iter().any(|row| row.target == account))
        {
            origin.account = account;
            if let Some(at) = at {
                let share = rows.iter().filter(|row| row.shares).map(|row| row.time - 1).min();
                origin.time = share.map_or(at, |share| share.min(at));
                posted += 1;
            }
        }
        began.push(origin);
    }
    let coarse = clock::coarse(told.iter().filter(|row| row.shares).map(|row| row.time));
    let mut notes = vec![format!(
        "Cascades are the shares of each item; whoever is shared from without sharing is taken to have begun it{}.",
        if posted > 0 {
            format!(", in {} at the time of the posts table", count(posted, "cascade"))
        } else {
            String::new()
        }
    )];
    notes.extend(without(timeless, "time"));
    notes.extend(without(itemless, "item"));
    let items: Vec<String> = (0..network.items.len() as u32).map(|id| network.items.get(id).into_owned()).collect();
    let actions = origin::actions(&told, &began);
    let gathered = Gathered { items, actions, concluded: began.len(), dated: true, coarse };
    let cascades = finish(network.accounts(), gathered, &mut notes, run)?;
    Ok(read(cascades, notes, rows, timeless + itemless))
}

/// Who posted each item and when, where the posts table tells; an id that stands there twice tells nothing.
fn posts(network: &Network) -> HashMap<u32, (u32, Option<i64>)> {
    let mut found: HashMap<u32, Option<(u32, Option<i64>)>> = HashMap::new();
    for post in network.tables.each_post().filter(|post| !post.average) {
        if let Some(item) = post.id.as_deref().and_then(|id| network.items.find(id)) {
            found.entry(item).and_modify(|post| *post = None).or_insert(Some((post.account, post.time)));
        }
    }
    found.into_iter().filter_map(|(item, post)| Some((item, post?))).collect()
}

/// Without items: by account and gap.
fn gaps(log: &CascadeLog, network: &Network, events: &Events, shares: &[bool], run: &Run) -> Result<LogRead> {
    let passed = || events.iter().filter(|(_, _, event)| shares[event.kind as usize]);
    let rows = passed().count() as u64;
    let dated = passed().filter(|(_, _, event)| event.time != time::MISSING);
    let reshares: Vec<Reshare> =
        dated.map(|(from, to, event)| Reshare { target: to, time: event.time, actor: from }).collect();
    if reshares.is_empty() {
        let needs = "when each share was: the interactions that pass on have no time";
        return Err(Error::NotEstimable { figure: "A cascade".into(), needs: needs.into() });
    }
    let timeless = rows - reshares.len() as u64;
    let coarse = clock::coarse(reshares.iter().map(|row| row.time));
    let gap = log.gap();
    let joined = gap::join(reshares, gap, true, |account| network.names.get(account).into_owned(), run)?;
    let mut notes = vec![format!(
        "The interactions name no items: shares of one account that follow each other within {gap} are taken as one cascade, \
         which that account is assumed to have begun just before the first of them (--gap)."
    )];
    notes.extend(without(timeless, "time"));
    let concluded = joined.items.len();
    let gathered = Gathered { items: joined.items, actions: joined.actions, concluded, dated: true, coarse };
    let cascades = finish(network.accounts(), gathered, &mut notes, run)?;
    Ok(read(cascades, notes, rows, timeless))
}

fn without(rows: u64, what: &str) -> Option<String> {
    (rows > 0).then(|| format!("{} without {what} left out.", count(rows, "share")))
}

fn read(cascades: crate::graph::Cascades, notes: Vec<String>, rows: u64, skipped: u64) -> LogRead {
    LogRead { cascades, format: LogFormat::Interactions, notes, rows, skipped, unknown_accounts: 0, unknown_rows: 0 }
}
