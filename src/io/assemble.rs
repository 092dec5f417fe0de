//! Rows of all files (and of an older network) put together: dense ids, the follow layer, the interactions.

use std::cmp::Ordering;
use std::sync::Mutex;

use rayon::prelude::*;

use super::columns::{Edges, canonical_kind};
use super::ids;
use super::ingest::{Counts, FileRows, SelfRows, kinds_of};
use super::intern::Interner;
use super::rows::{Batch, LocalTable, Pairs};
use super::summary::Summary;
use super::tables::Gathered;
use crate::base::error::quoted;
use crate::base::stats::ExactSum;
use crate::base::{Error, Location, Result, Run, time};
use crate::graph::attributes::known;
use crate::graph::build::{self, Keyed, key, unkey};
use crate::graph::events::NO_ITEM;
use crate::graph::network::{Follows, Repeats, RowCounts, Tiers};
use crate::graph::transform::FOLLOW;
use crate::graph::{Attributes, Design, Event, Events, Graph, Names, Network, Tables, View};

/// What was decided before the rows were read.
pub(super) struct Rules {
    pub repeats: Repeats,
    pub self_rows: SelfRows,
    pub view: Option<View>,
    pub tiers: Tiers,
    /// Accounts are the numbers below this one, where that was said.
    pub accounts: Option<u32>,
}

/// What a follow row says besides who and whom. Missing: NaN, `time::MISSING`, 0.
#[derive(Debug, Clone, Copy)]
struct FollowColumns {
    weight: f64,
    time: i64,
    sign: i8,
}

impl FollowColumns {
    /// Earliest first, rows without a time last; then by weight and sign.
    fn order(&self, other: &FollowColumns) -> Ordering {
        let late = |time: i64| if time == time::MISSING { i64::MAX } else { time };
        late(self.time)
            .cmp(&late(other.time))
            .then_with(|| self.weight.total_cmp(&other.weight))
            .then_with(|| self.sign.cmp(&other.sign))
    }
}

/// The rows of one batch by layer, with dense ids.
#[derive(Default)]
struct Layered {
    bare: Vec<(u32, u32)>,
    follows: Vec<Keyed<FollowColumns>>,
    events: Vec<Keyed<Event>>,
    self_rows: Counts,
}

/// Builds the network from everything read, and from older networks, whose tables were gathered with the others.
pub(super) fn network(
    mut files: Vec<FileRows>,
    interner: Interner,
    gathered: &Gathered,
    olds: &[&Network],
    rules: &Rules,
    run: &Run,
    mut summary: Summary,
) -> Result<(Network, Summary)> {
    for old in olds {
        check_compatible(old, rules)?;
        files.push(rows_of(old, &interner)?);
    }
    let kinds = kinds_of(&files, olds)?;

    run.phase("finding accounts", None);
    let mut batches: Vec<(usize, Batch)> = Vec::new();
    for (index, file) in files.iter_mut().enumerate() {
        batches.extend(std::mem::take(&mut file.batches).into_iter().map(|batch| (index, batch)));
    }
    let mut loners: Vec<Box<[u8]>> = gathered.names();
    batches.iter_mut().for_each(|(_, batch)| loners.append(&mut batch.loners));
    let pairs: Vec<Pairs> = batches.iter_mut().map(|(_, batch)| std::mem::take(&mut batch.pairs)).collect();
    let (names, dense) = match rules.accounts {
        Some(accounts) => ids::counted(run, pairs, accounts),
        None => ids::resolve(run, interner, pairs, &loners)?,
    };
    let n = names.len();
    let tables: Vec<&LocalTable> = batches.iter().map(|(_, batch)| &batch.items).collect();
    let (items, item_maps) = match tables.iter().any(|table| !table.texts().is_empty()) {
        true => ids::merge_tables(run, &tables)?,
        false => (Names::default(), vec![Vec::new(); tables.len()]),
    };

    let rich = batches.iter().any(|(index, batch)| has_follow_columns(&files[*index], batch))
        || rules.repeats == Repeats::Count;
    let rows: u64 = dense.iter().map(|rows| rows.len() as u64).sum();
    let undirected = files.iter().any(|file| file.edges == Edges::Undirected);
    let most = if undirected { 2 * rows } else { rows };
    let row_bytes = if rich { 32 } else { 8 } + if kinds.is_empty() { 0 } else { 48 };
    run.check_memory("building the network", Graph::memory(n as u64, most, rich) + row_bytes * most)?;

    run.phase("sorting rows", Some(rows));
    let layered: Vec<Layered> = run.install(|| {
        batches
            .into_par_iter()
            .zip(dense)
            .zip(item_maps)
            .map(|(((index, batch), rows), items)| {
                run.step(rows.len() as u64)?;
                layer(&files[index], batch, rows, &items, &kinds, rich, rules.repeats)
            })
            .collect::<Result<_>>()
    })?;
    drop(files);

    let mut counts = olds.iter().map(|old| old.rows).fold(RowCounts::default(), RowCounts::plus);
    let self_rows = layered.iter().flat_map(|part| &part.self_rows);
    count_self_rows(self_rows.map(|(layer, count)| (layer.as_str(), *count)), rules, &mut counts, &mut summary)?;
    counts.skipped += summary.files.iter().map(|file| file.skipped).sum::<u64>();
    counts.skipped += summary.tables.iter().map(|table| table.skipped).sum::<u64>();
    let mut bare = Vec::new();
    let mut columned = Vec::new();
    let mut events = Vec::new();
    for part in layered {
        bare.push(part.bare);
        columned.push(part.follows);
        events.push(part.events);
    }
    let old_edges: u64 = olds.iter().filter_map(|old| old.follows.as_ref()).map(edge_rows).sum();
    let follow_rows = bare.iter().map(Vec::len).chain(columned.iter().map(Vec::len)).sum::<usize>() as u64;
    counts.follow_rows += follow_rows - old_edges;

    run.phase("building the follow graph", Some(follow_rows));
    let follows = match follow_rows {
        0 => None,
        _ if !rich => Some(bare_follows(run, n, bare, rules, &names)?),
        _ => Some(follows(run, n, columned, rules, &names)?),
    };
    run.phase("sorting interactions", None);
    let event_rows: usize = events.iter().map(Vec::len).sum();
    run.check_memory("sorting interactions", Events::memory(n as u64, event_rows as u64) + 80 * event_rows as u64)?;
    let events = if event_rows > 0 { Some(Events::build(run, n, events)?) } else { None };
    let attributes = gathered.accounts.attributes(&names);
    let tables = gathered.tables(&names);

    let network = Network {
        names,
        follows,
        events,
        kinds,
        items,
        attributes,
        tables,
        pseudonymous: None,
        view: View::Whole,
        view_stated: rules.view.is_some() || olds.iter().any(|old| old.view_stated),
        tiers: rules.tiers,
        rows: counts,
    };
    let stated = olds.iter().find(|old| old.view_stated).map(|old| old.view);
    Ok(finish(network, rules.view.or(stated), summary))
}

/// The network with the view that was stated or that its data show, and the totals in the summary.
pub(super) fn finish(mut network: Network, stated: Option<View>, mut summary: Summary) -> (Network, Summary) {
    network.view = stated.unwrap_or_else(|| detect_view(&network));
    account_for(&network, &mut summary);
    (network, summary)
}

/// Notes rows of accounts with themselves, by layer; an error where they are one.
pub(super) fn count_self_rows<'a>(
    found: impl Iterator<Item = (&'a str, u64)>,
    rules: &Rules,
    counts: &mut RowCounts,
    summary: &mut Summary,
) -> Result<()> {
    for (layer, count) in found {
        *summary.self_rows.entry(layer.to_owned()).or_default() += count;
        *(if layer == FOLLOW { &mut counts.self_follows } else { &mut counts.self_interactions }) += count;
    }
    match (rules.self_rows, summary.self_rows.iter().next()) {
        (SelfRows::Error, Some((layer, count))) => {
            let found = format!("{count} rows of an account with itself in layer {layer}");
            Err(Error::input(Location::file("input"), "rows between different accounts", found)
                .with_hint("--self-loops drop leaves them out and counts them"))
        }
        _ => Ok(()),
    }
}

/// Old rows can be added to only under the rule they were merged by.
fn check_compatible(old: &Network, rules: &Rules) -> Result<()> {
    match &old.follows {
        Some(follows) if follows.repeats != rules.repeats => {
            let before = format!("{:?}", follows.repeats).to_lowercase();
            Err(Error::parameter("--duplicates", format!("the network was ingested with --duplicates {before}"))
                .with_hint(format!("add --duplicates {before}")))
        }
        _ => Ok(()),
    }
}

fn has_follow_columns(file: &FileRows, batch: &Batch) -> bool {
    let follows = batch.kind.is_empty() && file.layer == FOLLOW
        || batch.kinds.texts().iter().any(|kind| canonical_kind(&String::from_utf8_lossy(kind)) == FOLLOW);
    follows && !(batch.weight.is_empty() && batch.time.is_empty() && batch.sign.is_empty())
}

/// Sorts the rows of a batch into layers and turns them the way the engine stores them: u follows v.
fn layer(
    file: &FileRows,
    batch: Batch,
    mut rows: Vec<(u32, u32)>,
    items: &[u32],
    kinds: &[String],
    rich: bool,
    repeats: Repeats,
) -> Result<Layered> {
    const FOLLOWS: usize = usize::MAX;
    let place = |kind: &str| {
        if kind == FOLLOW { FOLLOWS } else { kinds.binary_search_by(|k| k.as_str().cmp(kind)).unwrap_or(FOLLOWS) }
    };
    let local: Vec<usize> =
        batch.kinds.texts().iter().map(|text| place(&canonical_kind(&String::from_utf8_lossy(text)))).collect();
    let default = place(&file.layer);
    let plain = local.is_empty() && default == FOLLOWS && !rich;
    let mut out = Layered::default();
    if plain {
        let all = rows.len();
        rows.retain(|(from, to)| from != to);
        if rows.len() < all {
            out.self_rows.insert(FOLLOW.into(), (all - rows.len()) as u64);
        }
        match file.edges {
            Edges::FollowerFollowee => {}
            Edges::SourceReached => rows.iter_mut().for_each(|row| *row = (row.1, row.0)),
            Edges::Undirected => {
                rows.reserve_exact(rows.len());
                (0..rows.len()).for_each(|at| rows.push((rows[at].1, rows[at].0)));
            }
        }
        out.bare = rows;
        return Ok(out);
    }
    for (at, (from, to)) in rows.into_iter().enumerate() {
        let kind = batch.kind.get(at).map_or(default, |&kind| local[kind as usize]);
        if from == to {
            let name = if kind == FOLLOWS { FOLLOW } else { &kinds[kind] };
            *out.self_rows.entry(name.to_owned()).or_default() += 1;
            continue;
        }
        let weight = batch.weight.get(at).copied().unwrap_or(f64::NAN);
        let time = batch.time.get(at).copied().unwrap_or(time::MISSING);
        let sign = batch.sign.get(at).copied().unwrap_or(0);
        let both = [
            (file.edges != Edges::SourceReached).then(|| key(from, to)),
            (file.edges != Edges::FollowerFollowee).then(|| key(to, from)),
        ];
        for key in both.into_iter().flatten() {
            match kind {
                FOLLOWS if rich => {
                    // A count is of rows, whatever they weigh; those of an older network are counts already.
                    let weight = if repeats == Repeats::Count && !file.merged { f64::NAN } else { weight };
                    out.follows.push((key, FollowColumns { weight, time, sign }));
                }
                FOLLOWS => out.bare.push(unkey(key)),
                kind => {
                    let item = batch
                        .item
                        .get(at)
                        .map_or(NO_ITEM, |&item| if item == NO_ITEM { NO_ITEM } else { items[item as usize] });
                    out.events.push((key, Event { time, kind: kind as u8, item, weight, sign }));
                }
            }
        }
    }
    Ok(out)
}

fn repeat_error(names: &Names, key: u64) -> Error {
    let (u, v) = unkey(key);
    let found = format!("{} -> {} more than once", quoted(names.get(u).as_bytes()), quoted(names.get(v).as_bytes()));
    Error::input(Location::file("input"), "every follow once", found)
        .with_hint("--duplicates sum, count or first merges repeats")
}

fn endless_sum(names: &Names, key: u64) -> Error {
    let (u, v) = unkey(key);
    let found = format!(
        "{} -> {} with more than a number holds",
        quoted(names.get(u).as_bytes()),
        quoted(names.get(v).as_bytes())
    );
    Error::input(Location::file("input"), "weights of repeated follows with a finite sum", found)
        .with_hint("--duplicates first keeps one of them")
}

fn weightless(names: &Names, key: u64) -> Error {
    let (u, v) = unkey(key);
    let found = format!("{} -> {} without one", quoted(names.get(u).as_bytes()), quoted(names.get(v).as_bytes()));
    Error::input(Location::file("input"), "a weight on every follow, or on none", found)
        .with_hint("read files with and without weights apart, or name no weight column")
}

fn bare_follows(run: &Run, n: usize, chunks: Vec<Vec<(u32, u32)>>, rules: &Rules, names: &Names) -> Result<Follows> {
    let merged = match rules.repeats {
        Repeats::Error => build::with_columns(
            run,
            n,
            chunks.into_iter().map(|rows| rows.into_iter().map(|(u, v)| (key(u, v), ())).collect()).collect(),
            |_, _| Ordering::Equal,
            |key, same| match same.len() {
                1 => Ok(()),
                _ => Err(repeat_error(names, key)),
            },
        )?,
        _ => build::plain(run, n, chunks)?,
    };
    let graph = build::finish(run, merged.following, None)?;
    Ok(Follows { graph, time: None, sign: None, repeats: rules.repeats, terms: None })
}

fn follows(
    run: &Run,
    n: usize,
    chunks: Vec<Vec<Keyed<FollowColumns>>>,
    rules: &Rules,
    names: &Names,
) -> Result<Follows> {
    let sums: Mutex<Vec<(u64, Vec<f64>)>> = Mutex::new(Vec::new());
    let merge = |key: u64, same: &[Keyed<FollowColumns>]| {
        // Sorted by `FollowColumns::order`, so the first is the earliest.
        let first = same[0].1;
        let sign = same.iter().take_while(|row| row.1.time == first.time).map(|row| row.1.sign).min().unwrap_or(0);
        let weights = same.iter().map(|row| row.1.weight).filter(|weight| !weight.is_nan());
        let blank = same.iter().filter(|row| row.1.weight.is_nan()).count();
        if rules.repeats != Repeats::Count && blank > 0 && blank < same.len() {
            return Err(weightless(names, key));
        }
        let weight = match rules.repeats {
            Repeats::Error if same.len() > 1 => return Err(repeat_error(names, key)),
            Repeats::First | Repeats::Error => first.weight,
            Repeats::Count => {
                let counted: f64 = same.iter().map(|row| if row.1.weight.is_nan() { 1.0 } else { row.1.weight }).sum();
                counted
            }
            Repeats::Sum => {
                let terms: Vec<f64> = weights.collect();
                if terms.len() > 1 {
                    let total = terms.iter().copied().collect::<ExactSum>().value();
                    if !total.is_finite() {
                        return Err(endless_sum(names, key));
                    }
                    sums.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).push((key, terms));
                    total
                } else {
                    terms.first().copied().unwrap_or(f64::NAN)
                }
            }
        };
        Ok(FollowColumns { weight, time: first.time, sign })
    };
    let merged = build::with_columns(run, n, chunks, FollowColumns::order, merge)?;
    let columns = &merged.columns;
    let weighted = columns.iter().any(|row| !row.weight.is_nan());
    if weighted && let Some(edge) = columns.iter().position(|row| row.weight.is_nan()) {
        let rows = &merged.following;
        let u = rows.offsets.partition_point(|&offset| offset <= edge as u64) as u32 - 1;
        return Err(weightless(names, key(u, rows.targets[edge])));
    }
    let weights = weighted.then(|| columns.iter().map(|row| row.weight).collect());
    let time = columns
        .iter()
        .any(|row| row.time != time::MISSING)
        .then(|| columns.iter().map(|row| row.time).collect::<Vec<_>>().into());
    let sign =
        columns.iter().any(|row| row.sign != 0).then(|| columns.iter().map(|row| row.sign).collect::<Vec<_>>().into());
    let terms = terms(&merged.following, sums.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()));
    let graph = build::finish(run, merged.following, weights)?;
    Ok(Follows { graph, time, sign, repeats: rules.repeats, terms })
}

/// The terms of every weight that is a sum, in the order of the edges.
fn terms(
    rows: &crate::graph::Rows,
    mut sums: Vec<(u64, Vec<f64>)>,
) -> Option<(crate::graph::Buffer<u64>, crate::graph::Buffer<f64>)> {
    sums.sort_unstable_by_key(|sum| sum.0);
    let mut edges = Vec::new();
    let mut weights = Vec::new();
    for (key, mut terms) in sums {
        let (u, v) = unkey(key);
        let place = rows.row(u).binary_search(&v).unwrap_or_else(|place| place);
        terms.sort_unstable_by(f64::total_cmp);
        edges.extend(terms.iter().map(|_| (rows.range(u).start + place) as u64));
        weights.extend(terms);
    }
    (!edges.is_empty()).then(|| (edges.into(), weights.into()))
}

/// How many rows an old follow layer stands for when it is read back.
fn edge_rows(follows: &Follows) -> u64 {
    let extra = follows
        .terms
        .as_ref()
        .map_or(0, |(edges, _)| edges.len() as u64 - edges.chunk_by(|a, b| a == b).count() as u64);
    follows.graph.edges() + extra
}

/// An older network as rows.
fn rows_of(old: &Network, interner: &Interner) -> Result<FileRows> {
    let mut follows = Batch::default();
    let mut interactions = Batch::default();
    let n = old.accounts() as u32;
    let numbered = matches!(old.names.sorted(), Names::Numbers(_));
    let texts = if numbered { 0..0 } else { 0..n };
    let shared = interner.add_all(texts.map(|id| old.names.get(id).into_owned()))?;
    let push = |pairs: &mut Pairs, u: u32, v: u32| match (old.names.number(u).zip(old.names.number(v)), pairs) {
        (Some((u, v)), pairs) => pairs.push_numbers(u, v),
        (None, Pairs::Shared(rows)) => rows.push((shared[u as usize], shared[v as usize])),
        (None, pairs) => *pairs = Pairs::Shared(vec![(shared[u as usize], shared[v as usize])]),
    };
    if let Some(layer) = &old.follows {
        let rows = layer.graph.following_rows();
        let (edges, weights) = match &layer.terms {
            Some((edges, weights)) => (&edges[..], &weights[..]),
            None => (&[][..], &[][..]),
        };
        let mut at = 0;
        for u in 0..n {
            for edge in rows.range(u) {
                let own = rows.weights.as_ref().map(|weights| weights[edge]);
                let mut add = |weight: Option<f64>| {
                    push(&mut follows.pairs, u, rows.targets[edge]);
                    follows.weight.extend(weight);
                    follows.time.extend(layer.time.as_ref().map(|column| column[edge]));
                    follows.sign.extend(layer.sign.as_ref().map(|column| column[edge]));
                };
                if edges.get(at) == Some(&(edge as u64)) {
                    while edges.get(at) == Some(&(edge as u64)) {
                        add(Some(weights[at]));
                        at += 1;
                    }
                } else {
                    add(own);
                }
            }
        }
    }
    if let Some(events) = &old.events {
        for kind in &old.kinds {
            interactions.kinds.intern(kind.as_bytes());
        }
        for (u, v, event) in events.iter() {
            push(&mut interactions.pairs, u, v);
            interactions.kind.push(event.kind as u32);
            interactions.weight.extend(events.weight.as_ref().map(|_| event.weight));
            interactions.time.extend(events.time.as_ref().map(|_| event.time));
            interactions.sign.extend(events.sign.as_ref().map(|_| event.sign));
            interactions.item.extend(events.item.as_ref().map(|_| event.item));
        }
    }
    // Accounts and items without any row of their own stay: dropped rows named them.
    for item in 0..old.items.len() as u32 {
        interactions.items.intern(old.items.get(item).as_bytes());
    }
    follows.loners = (0..n).map(|id| old.names.get(id).as_bytes().into()).collect();
    Ok(FileRows {
        edges: Edges::FollowerFollowee,
        layer: FOLLOW.into(),
        merged: true,
        batches: vec![follows, interactions],
    })
}

/// Which view of MODELS.md section 11 the data shows. Lists: those who are followed hardly ever follow, and they
/// are few and large. Samples: most claimed counts are well over what is here, whatever the shape.
fn detect_view(network: &Network) -> View {
    let Some(follows) = &network.follows else {
        return if network.events.is_some() { View::Engagers } else { View::Counts };
    };
    let graph = &follows.graph;
    let n = network.accounts() as u32;
    let followed: Vec<u32> = (0..n).filter(|&v| !graph.followers(v).is_empty()).collect();
    if network.attributes.get(known::LIST_DESIGN).is_some() {
        // Somebody said how lists were drawn: one that is not all followers makes them samples.
        let full = followed.iter().all(|&v| network.list(v).design == Design::Full);
        return if full { View::Lists } else { View::Sampled };
    }
    let both = followed.iter().filter(|&&v| !graph.following(v).is_empty()).count();
    let one_way = both * 10 < followed.len();
    let large = followed.len() * 5 < n as usize;
    let claimed = |v: u32| network.attributes.number(known::FOLLOWERS, v);
    let cut = followed
        .iter()
        .filter(|&&v| claimed(v).is_some_and(|claimed| claimed > 1.1 * graph.followers(v).len() as f64))
        .count();
    let known = followed.iter().filter(|&&v| claimed(v).is_some()).count();
    match (one_way && large, known > 0 && 2 * cut > known) {
        (_, true) => View::Sampled,
        (true, false) => View::Lists,
        _ => View::Whole,
    }
}

fn account_for(network: &Network, summary: &mut Summary) {
    summary.accounts = network.accounts() as u64;
    summary.follow_rows = network.rows.follow_rows;
    if let Some(follows) = &network.follows {
        summary.follows = follows.graph.edges();
        summary.follow_repeats = summary.follow_rows - summary.follows;
    }
    let RowCounts { self_follows, self_interactions, .. } = network.rows;
    if self_follows + self_interactions > summary.self_rows.values().sum::<u64>() {
        summary.notes.push(format!(
            "with the older network: {self_follows} self-follows and {self_interactions} self-directed interactions dropped in all"
        ));
    }
    if let Some(events) = &network.events {
        for &kind in events.kind.iter() {
            *summary.interactions.entry(network.kinds[kind as usize].clone()).or_default() += 1;
        }
        for u in 0..network.accounts() as u32 {
            let range = events.range(u);
            summary.equal_interactions += range
                .clone()
                .skip(1)
                .filter(|&at| {
                    events.to[at] == events.to[at - 1] && events.get(at).order(&events.get(at - 1)) == Ordering::Equal
                })
                .count() as u64;
        }
    }
    if network.attributes == Attributes::default() && network.tables == Tables::default() {
        summary.notes.push("no accounts table: every account with a follower is ranked".into());
    }
}
