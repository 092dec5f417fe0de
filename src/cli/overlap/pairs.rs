//! The table of pairs: what each two creators share.

use super::{Few, interval, limits, name, value};
use crate::audience::pairs::through;
use crate::audience::{Found, Pair};
use crate::base::{Figure, Status};
use crate::graph::Network;
use crate::report::number::{count, significant};
use crate::report::{Cell, Column, Picture, Provenance, Table, heat};

const COLUMNS: [Column; 11] = [
    Column::new("creator", "creator", "", "one creator"),
    Column::new("other", "other", "", "another"),
    Column::new("people", "common", "people", "people who follow both").people(),
    Column::new("interval", "95% interval", "people", "of common; limits where the status is bounded")
        .range()
        .people()
        .hidden_with(&["people"]),
    Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    Column::new("containment", "of smaller", "share", "common people over the smaller audience")
        .hidden_with(&["people"]),
    Column::new("jaccard", "of either", "share", "common people over those who follow one or both")
        .hidden_with(&["people"]),
    Column::new(
        "lift",
        "lift",
        "ratio",
        "common people over those expected if following one said nothing of the other",
    )
    .hidden_with(&["people"]),
    Column::new(
        "lift_interval",
        "lift, 95%",
        "ratio",
        "of lift; of counted pairs what chance would leave, were these people some of many alike",
    )
    .range()
    .detail()
    .hidden_with(&["people", "lift"]),
    Column::new("containment_interval", "of smaller, 95%", "share", "of containment")
        .range()
        .detail()
        .hidden_with(&["people", "interval"]),
    Column::new("because", "because", "", "what the figure rests on, or what it would need"),
];

/// The pairs that share most first: by the value, else by the upper limit.
pub fn table(found: &Found, network: &Network, top: usize, few: Few, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/overlap-pairs/1", COLUMNS.to_vec(), provenance);
    let most = |pair: &Pair| pair.common.value.or(pair.common.interval.map(|limits| limits.high)).unwrap_or(-1.0);
    let given = |pair: &Pair| pair.common.value.is_some();
    let mut pairs: Vec<&Pair> = found.pairs.iter().collect();
    // Who has a value stands before who has only limits; the sort is stable, so that equals stay by account.
    pairs.sort_by(|a, b| given(b).cmp(&given(a)).then(most(b).total_cmp(&most(a))));
    let shown = if top == 0 { pairs.len() } else { top.min(pairs.len()) };
    let place = |account: u32| found.creators.binary_search_by_key(&account, |share| share.account).ok();
    let size = |account: u32| found.creators[place(account)?].followers.value;
    table.rows = pairs[..shown].iter().map(|pair| cells(pair, pair.accounts.map(size), network, few)).collect();
    table.notes = found.notes.clone();
    if shown < pairs.len() {
        let (shown, all) = (count(shown as u64), count(pairs.len() as u64));
        table.notes.push(format!("{shown} of {all} pairs; --top 0 shows all"));
    }
    table.notes.push("each interval holds with 95% by itself, not all of them together".into());
    table.summary.insert("pairs".into(), pairs.len().into());
    table.picture = Some(Picture(draw));
    table
}

/// Creators in more pairs of the table than others are drawn, at most so many.
const DRAWN: usize = 60;

fn draw(table: &Table) -> String {
    let mut names: Vec<(String, usize)> = Vec::new();
    let mut shares = std::collections::HashMap::new();
    let mut place_of = std::collections::HashMap::new();
    for row in &table.rows {
        let (Cell::Text(one), Cell::Text(other)) = (&row[0], &row[1]) else { continue };
        let [a, b] = [one, other].map(|name| {
            let place = *place_of.entry(name.clone()).or_insert(names.len());
            if place == names.len() {
                names.push((name.clone(), 0));
            }
            names[place].1 += 1;
            place
        });
        if let Some(share) = row[6].number() {
            shares.insert((a.min(b), a.max(b)), share);
        }
    }
    let mut drawn: Vec<usize> = (0..names.len()).collect();
    drawn.sort_by(|&a, &b| names[b].1.cmp(&names[a].1).then(a.cmp(&b)));
    drawn.truncate(DRAWN);
    let share = |a: usize, b: usize| shares.get(&(drawn[a].min(drawn[b]), drawn[a].max(drawn[b]))).copied();
    let shown: Vec<String> = drawn.iter().map(|&place| names[place].0.clone()).collect();
    heat::draw(&shown, "over those who follow either", share, &table.provenance.line())
}

fn cells(pair: &Pair, sizes: [Option<f64>; 2], network: &Network, few: Few) -> Vec<Cell> {
    let told: Vec<f64> = sizes.into_iter().flatten().collect();
    let common = &limits(&pair.common, &told, few);
    let smaller = told.iter().copied().fold(f64::INFINITY, f64::min);
    let containment = match pair.containment.interval {
        Some(_) => through(common, |people| people / smaller),
        None => pair.containment.clone(),
    };
    // Who follows one and not the other may be few too.
    let near = |size: f64| common.value.is_some_and(|people| people > 0.0 && few.is(size - people));
    let hidden = sizes.into_iter().flatten().any(near);
    let small = |cell: Cell| if hidden && cell != Cell::Missing { Cell::Hidden } else { cell };
    let shown = |figure: &Figure, factor: f64, unit: &str| {
        let shown = |value: f64| Cell::Shown(value, format!("{}{unit}", significant(factor * value, 3)));
        small(figure.value.map_or(Cell::Missing, shown))
    };
    vec![
        Cell::Text(name(network, pair.accounts[0])),
        Cell::Text(name(network, pair.accounts[1])),
        small(value(common)),
        small(interval(common)),
        Cell::Text(common.status.name().into()),
        shown(&pair.containment, 100.0, "%"),
        shown(&pair.jaccard, 100.0, "%"),
        shown(&pair.lift, 1.0, ""),
        // Limits that a few people moved would be told by it.
        if pair.common.status == Status::Bounded { Cell::Missing } else { small(interval(&pair.lift)) },
        small(interval(&containment)),
        Cell::Text(common.because.to_string()),
    ]
}
