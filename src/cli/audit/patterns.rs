//! A row a group of accounts: what they share, what speaks against and for them, what would change the verdict.

use super::super::analyze::{parameters, percent};
use super::super::open::Opened;
use super::super::term::Terminal;
use super::{AuditArgs, named};
use crate::authenticity::{Audited, Evidence, Pattern, Seen};
use crate::base::{Result, time};
use crate::graph::Network;
use crate::report::blocks::{self, Block};
use crate::report::number::{count, people};
use crate::report::{Cell, Column, Picture, Provenance, Table, small};

pub fn table(
    args: &AuditArgs,
    opened: &Opened,
    audited: &Audited,
    creators: &[u32],
    terminal: &Terminal,
) -> Result<Table> {
    let network = &opened.network;
    let columns = vec![
        Column::new("pattern", "pattern", "", "its number, as in --accounts"),
        Column::new("reason", "reason", "", "the reason code"),
        Column::new("verdict", "verdict", "", "what it is consistent with"),
        Column::new("bought", "bought", "chance", "chance that it was bought, its members' signs of life seen")
            .hidden_with(&["members"]),
        Column::new("members", "members", "accounts", "accounts in it").people(),
        Column::new("creators", "creators", "", "whom they follow so"),
        Column::new("days", "days", "", "when they came"),
        Column::new("signs", "signs of life", "", "seen among the members, and expected of people who follow as many")
            .hidden_with(&["members"]),
        Column::new("explained", "explained", "", "whether a post or mention that everybody saw explains it"),
        Column::new(
            "before",
            "before",
            "chance",
            "chance of an innocent reason before the members were looked at; assumed",
        )
        .detail(),
        Column::new("p", "p", "", "chance that a network of the same follower counts has a block as dense").detail(),
        Column::new("appeal", "what would change it", "", "what would change the verdict").detail(),
    ];
    let asked = serde_json::json!({ "audit": parameters(&args.audit)? });
    let provenance = Provenance::new("audit patterns", asked, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/audit-patterns/1", columns, provenance);
    let asked_for = |pattern: &Pattern| {
        args.creators.is_all() || pattern.creators.iter().any(|creator| creators.binary_search(creator).is_ok())
    };
    // Of few people a verdict would be about persons.
    let large = |pattern: &Pattern| {
        terminal.hide_below().is_none_or(|below| !small::is_small(pattern.members.len() as f64, below))
    };
    let mut shown: Vec<usize> = (0..audited.patterns.len())
        .filter(|&at| asked_for(&audited.patterns[at]) && large(&audited.patterns[at]))
        .collect();
    let weight = |at: &usize| fake(audited, &audited.patterns[*at]) * audited.patterns[*at].members.len() as f64;
    shown.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
    let all = shown.len();
    if args.top > 0 {
        shown.truncate(args.top);
    }
    for at in shown.iter().copied() {
        let pattern = &audited.patterns[at];
        let bought = pattern.verdict.bought();
        table.rows.push(vec![
            Cell::Count(at as u64),
            Cell::Text(pattern.kind.name().into()),
            Cell::Text(verdict(bought, fake(audited, pattern)).into()),
            Cell::Shown(bought, percent(bought)),
            Cell::Count(pattern.members.len() as u64),
            Cell::Text(named(network, &pattern.creators, 3)),
            Cell::text(pattern.days.map(|(from, to)| days(from, to))),
            Cell::text((!pattern.seen.is_empty()).then(|| signs(pattern))),
            Cell::Text(match pattern.explained {
                Some(true) => "yes".into(),
                Some(false) => "no".into(),
                None => "not observed".into(),
            }),
            Cell::Shown(pattern.innocent, percent(pattern.innocent)),
            pattern.p.map_or(Cell::Missing, |p| Cell::Score(p, 2)),
            Cell::Text(Evidence::from(pattern.kind).appeal().into()),
        ]);
    }
    if shown.len() < all {
        table.notes.push(format!("{} of {} groups; --top 0 shows all", shown.len(), count(all as u64)));
    }
    table.summary.insert("patterns".into(), all.into());
    if terminal.hide_below().is_none() {
        let first = shown.first().map(|&at| &audited.patterns[at]);
        // The look-alike: the most innocent group of as many creators, else of any.
        let like = |pattern: &&Pattern| pattern.verdict.bought() < 0.1 && pattern.members.len() > 1;
        let most = |pattern: &&Pattern| (pattern.creators.len().min(2), pattern.members.len());
        let control = audited.patterns.iter().filter(like).max_by_key(most);
        let blocks: Vec<serde_json::Value> =
            [first, control].into_iter().flatten().map(|pattern| block(network, audited, pattern)).collect();
        table.summary.insert("blocks".into(), blocks.into());
        table.picture = Some(Picture(draw));
    }
    Ok(table)
}

/// So many rows and columns of a group are drawn.
const DRAWN: (usize, usize) = (60, 24);

/// Who follows whom in a group: its members beside the creators it is known by, and others whom they follow most.
fn block(network: &Network, audited: &Audited, pattern: &Pattern) -> serde_json::Value {
    let empty = serde_json::Value::Null;
    let Ok(graph) = network.follow_graph() else { return empty };
    let step = pattern.members.len().div_ceil(DRAWN.0).max(1);
    let rows: Vec<u32> = pattern.members.iter().copied().step_by(step).collect();
    let mut counts: std::collections::BTreeMap<u32, u64> = std::collections::BTreeMap::new();
    rows.iter().flat_map(|&u| graph.following(u)).for_each(|&v| *counts.entry(v).or_default() += 1);
    let mut columns: Vec<u32> = counts.keys().copied().collect();
    columns.sort_by_key(|v| (pattern.creators.binary_search(v).is_err(), std::cmp::Reverse(counts[v]), *v));
    columns.truncate(DRAWN.1);
    let row = |&u: &u32| -> String {
        columns.iter().map(|v| if graph.following(u).binary_search(v).is_ok() { '1' } else { '0' }).collect()
    };
    serde_json::json!({
        "title": format!("{}: {}", pattern.kind.name(), verdict(pattern.verdict.bought(), fake(audited, pattern))),
        "under": pattern.seen.iter().map(sign).collect::<Vec<String>>(),
        "members": pattern.members.len(),
        "follows": rows.iter().map(row).collect::<Vec<String>>(),
    })
}

fn draw(table: &Table) -> String {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let blocks = table.summary.get("blocks").and_then(|blocks| blocks.as_array()).cloned().unwrap_or_default();
    let blocks: Vec<Block> = blocks
        .iter()
        .map(|block| Block {
            title: text(&block["title"]),
            under: block["under"].as_array().into_iter().flatten().map(text).collect(),
            members: block["members"].as_u64().unwrap_or_default(),
            follows: block["follows"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|row| text(row).chars().map(|mark| mark == '1').collect())
                .collect(),
        })
        .collect();
    blocks::draw(&blocks, &table.provenance.line())
}

/// States a pattern, never a guilt.
fn verdict(bought: f64, fake: f64) -> &'static str {
    match bought {
        b if b > 0.5 && fake < 0.5 => "some consistent with bought followers, most not",
        b if b >= 0.9 => "consistent with bought followers",
        b if b > 0.5 => "rather like bought followers",
        b if b > 0.1 => "undecided",
        _ => "consistent with an innocent crowd",
    }
}

/// The share of the members who are not real, expected.
fn fake(audited: &Audited, pattern: &Pattern) -> f64 {
    let sum = pattern.members.iter().fold(0.0, |sum, &u| sum + 1.0 - audited.real[u as usize]);
    sum / pattern.members.len().max(1) as f64
}

/// First and last day, in UTC.
pub fn days(from: i64, to: i64) -> String {
    let day = |day: i64| time::show(day * time::DAY).chars().take(10).collect::<String>();
    if from == to { day(from) } else { format!("{} to {}", day(from), day(to)) }
}

fn signs(pattern: &Pattern) -> String {
    pattern.seen.iter().map(sign).collect::<Vec<_>>().join("; ")
}

fn sign(seen: &Seen) -> String {
    format!("{} {} (expected {})", count(seen.count), seen.sign.describe(), people(seen.expected))
}
