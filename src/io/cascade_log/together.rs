//! The blocks of all files of a log put together: accounts and items known, times on one clock.

use super::batch::{Batch, NOBODY, Spot, Who};
use super::clock::{self, At, Clock, Extent};
use super::finish::{Gathered, count};
use super::gap::{self, Reshare};
use super::origin::{self, Told};
use super::{CascadeLog, LogFormat};
use crate::base::{Error, Location, Result, Run, par};
use crate::graph::{Action, Names};
use crate::io::ids::merge_tables;
use crate::io::rows::LocalTable;

/// A file of a log, read.
pub struct FileRead {
    pub name: String,
    pub format: LogFormat,
    pub batches: Vec<Batch>,
}

/// What is known after all files were read.
pub struct Together {
    pub gathered: Gathered,
    pub unknown_accounts: u64,
    pub unknown_rows: u64,
}

/// Numbers of accounts and items of a block in the whole log.
struct Maps {
    account: Vec<u32>,
    item: Vec<u32>,
}

/// Puts all together, and says in `notes` what it met.
pub fn together(
    log: &CascadeLog,
    files: Vec<FileRead>,
    names: &Names,
    notes: &mut Vec<String>,
    run: &Run,
) -> Result<Together> {
    let format = files.first().map_or(LogFormat::Rows, |file| file.format);
    let (clock, sentence) = clock::settle(log.time_unit, format == LogFormat::SeedTimes, &extent(&files))?;
    notes.push(sentence);
    let batches: Vec<&Batch> = files.iter().flat_map(|file| &file.batches).collect();
    let tables: Vec<&LocalTable> = batches.iter().map(|batch| &batch.outside).collect();
    run.phase("finding accounts and items", None);
    let (outside, outside_maps) = merge_tables(run, &tables)?;
    check_known(&files, &batches, names, &outside)?;
    let total = names.len() as u64 + outside.len() as u64;
    if total >= u64::from(NOBODY) {
        let hint = Some("split the log".into());
        return Err(Error::Limit {
            what: "accounts of log and network".into(),
            limit: u64::from(NOBODY),
            found: total,
            hint,
        });
    }
    let (items, item_maps) = items(&files, format, run)?;
    let maps: Vec<Maps> = (batches.iter().zip(&outside_maps).zip(item_maps))
        .map(|((batch, outside), item)| {
            let account = batch.found.iter().map(|who| match who {
                Who::Inside(id) => *id,
                Who::Outside(at) => names.len() as u32 + outside[*at as usize],
            });
            Maps { account: account.collect(), item }
        })
        .collect();
    let rows: u64 = batches.iter().map(|batch| batch.actor.len() as u64).sum();
    run.check_memory("the actions of the log", 80 * rows)?;
    let inside = names.len() as u32;
    let unknown_rows = batches.iter().zip(&maps).map(|(batch, maps)| unknown(batch, maps, inside)).sum();
    let named = |account: u32| match account < inside {
        true => names.get(account).into_owned(),
        false => outside.get(account - inside).into_owned(),
    };
    let gathered = actions(log, format, (&batches, &maps), (items, clock), named, notes, run)?;
    if !outside.is_empty() {
        notes.push(format!(
            "{} of the log {} not in the network, in {unknown_rows} of {}: they count as people outside.",
            count(outside.len() as u64, "account"),
            if outside.len() == 1 { "is" } else { "are" },
            count(rows, "row")
        ));
    }
    Ok(Together { gathered, unknown_accounts: outside.len() as u64, unknown_rows })
}

/// What the times of all files span.
fn extent(files: &[FileRead]) -> Extent {
    let mut extent = Extent::default();
    for file in files {
        let mut before = 0;
        for batch in &file.batches {
            let place = |spot: Spot| {
                let at = Location::file(&file.name).line(before + spot.line + 1);
                if spot.column > 0 { at.column(spot.column as u64) } else { at }
            };
            let at = |(value, spot): (f64, Spot)| At { value, place: place(spot) };
            extent.add(batch.least.map(at), batch.most.map(at), batch.number.map(place), batch.date.map(place));
            before += batch.lines;
        }
    }
    extent
}

/// Refuses a log none of whose accounts is in the network.
fn check_known(files: &[FileRead], batches: &[&Batch], names: &Names, outside: &Names) -> Result<()> {
    let inside = |batch: &&Batch| batch.found.iter().any(|who| matches!(who, Who::Inside(_)));
    if outside.is_empty() || batches.iter().any(inside) {
        return Ok(());
    }
    let two = |names: &Names| {
        let some: Vec<String> = (0..names.len().min(2) as u32).map(|id| format!("\"{}\"", names.get(id))).collect();
        if some.is_empty() { "nobody".to_owned() } else { some.join(" and ") }
    };
    let file = files.first().map_or("", |file| file.name.as_str());
    Err(Error::input(
        Location::file(file),
        format!("accounts of the network, such as {}", two(names)),
        format!("none among {}, such as {}", count(outside.len() as u64, "account"), two(outside)),
    )
    .with_hint(
        "are accounts called the same in both, also in capitals and leading zeros? --log-actor names their column",
    ))
}

/// Names of all items, and for each block the number of each of its own. Items of tables are the same in all files; a
/// line's is its own, by its id or its number, behind the file's name where there are several.
fn items(files: &[FileRead], format: LogFormat, run: &Run) -> Result<(Vec<String>, Vec<Vec<u32>>)> {
    let mut all: Vec<String> = Vec::new();
    let mut maps = Vec::new();
    let lines = matches!(format, LogFormat::SeedTimes | LogFormat::Pairs);
    let groups: Vec<&[FileRead]> = if lines { files.chunks(1).collect() } else { vec![files] };
    for group in &groups {
        let prefix = match (lines && groups.len() > 1, group.first()) {
            (true, Some(file)) => format!("{}:", short(&file.name, files)),
            _ => String::new(),
        };
        let batches: Vec<&Batch> = group.iter().flat_map(|file| &file.batches).collect();
        let tables: Vec<&LocalTable> = batches.iter().map(|batch| &batch.items).collect();
        let (names, named) = merge_tables(run, &tables)?;
        let start = all.len() as u32;
        all.extend((0..names.len() as u32).map(|id| format!("{prefix}{}", names.get(id))));
        let end: u64 = batches.iter().map(|batch| batch.lines).sum();
        let width = end.to_string().len();
        let mut before = 0;
        for (batch, named) in batches.iter().zip(named) {
            let mut map: Vec<u32> = named.iter().map(|id| start + id).collect();
            for line in &batch.lined {
                map.push(all.len() as u32);
                all.push(format!("{prefix}{:0width$}", before + line + 1));
            }
            before += batch.lines;
            maps.push(map);
        }
    }
    Ok((all, maps))
}

/// The file's name without its folders, unless another has the same.
fn short<'a>(name: &'a str, files: &[FileRead]) -> &'a str {
    let last = |name: &'a str| name.rsplit(['/', '\\']).next().unwrap_or(name);
    let same = files.iter().filter(|file| file.name.rsplit(['/', '\\']).next() == Some(last(name))).count();
    if same > 1 { name } else { last(name) }
}

/// Rows that name somebody outside.
fn unknown(batch: &Batch, maps: &Maps, inside: u32) -> u64 {
    let out = |account: &u32| *account != NOBODY && maps.account[*account as usize] >= inside;
    match batch.target.is_empty() {
        true => batch.actor.iter().filter(|actor| out(actor)).count() as u64,
        false => {
            batch.actor.iter().zip(&batch.target).filter(|(actor, target)| out(actor) || out(target)).count() as u64
        }
    }
}

fn actions(
    log: &CascadeLog,
    format: LogFormat,
    (batches, maps): (&[&Batch], &[Maps]),
    (items, clock): (Vec<String>, Clock),
    named: impl Fn(u32) -> String,
    notes: &mut Vec<String>,
    run: &Run,
) -> Result<Gathered> {
    let each = par::chunks(batches.len(), 1);
    let dated = clock.dated;
    if format == LogFormat::Retweets {
        let reshares = par::map(run, &each, |range| {
            let (batch, maps) = (batches[range.start], &maps[range.start]);
            let row = |at: usize| Reshare {
                target: maps.account[batch.target[at] as usize],
                time: clock.read(batch.time[at]),
                actor: maps.account[batch.actor[at] as usize],
            };
            Ok((0..batch.actor.len()).map(row).collect::<Vec<_>>())
        })?
        .concat();
        let coarse = clock::coarse(reshares.iter().map(|row| row.time));
        let gap = log.gap();
        let joined = gap::join(reshares, gap, dated, named, run)?;
        notes.push(format!(
            "The log names no items: retweets of one account that follow each other within {gap} are taken as one cascade, \
             which that account is assumed to have begun just before the first of them (--gap)."
        ));
        let concluded = joined.items.len();
        return Ok(Gathered { items: joined.items, actions: joined.actions, concluded, dated, coarse });
    }
    let told = par::map(run, &each, |range| {
        let (batch, maps) = (batches[range.start], &maps[range.start]);
        let row = |at: usize| Told {
            item: maps.item[batch.item[at] as usize],
            time: clock.read(batch.time[at]),
            actor: maps.account[batch.actor[at] as usize],
            target: match batch.target.get(at) {
                None | Some(&NOBODY) => NOBODY,
                Some(&target) => maps.account[target as usize],
            },
            shares: true,
        };
        Ok((0..batch.actor.len()).map(row).collect::<Vec<_>>())
    })?;
    if batches.iter().all(|batch| batch.target.is_empty()) {
        let rows = told.iter().flatten();
        let actions: Vec<Action> =
            rows.map(|row| Action { item: row.item, time: row.time, actor: row.actor }).collect();
        let coarse = clock::coarse(actions.iter().map(|action| action.time));
        return Ok(Gathered { items, actions, concluded: 0, dated, coarse });
    }
    let mut told = told.concat();
    run.install(|| rayon::slice::ParallelSliceMut::par_sort_unstable(&mut told[..]));
    let coarse = clock::coarse(told.iter().map(|row| row.time));
    let began: Vec<origin::Origin> = origin::origins(&told).filter_map(|(_, origin)| origin).collect();
    if !began.is_empty() {
        notes.push(format!(
            "In {} the first row is a share of somebody's post: whoever is shared from without sharing is taken to have begun it.",
            count(began.len() as u64, "cascade")
        ));
    }
    let actions = origin::actions(&told, &began);
    Ok(Gathered { items, actions, concluded: began.len(), dated, coarse })
}
