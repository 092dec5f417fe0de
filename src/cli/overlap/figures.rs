//! The table of a portfolio: its union, and what each creator has alone.

use super::{Few, interval, limits, name, value};
use crate::audience::Found;
use crate::audience::union::duplication;
use crate::base::Figure;
use crate::graph::Network;
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table};

const COLUMNS: [Column; 12] = [
    Column::new("figure", "figure", "", "union: who follows at least one; exclusive: who follows no other of them"),
    Column::new("of", "of", "", "whose audience"),
    Column::new("people", "people", "people", "different people").people(),
    Column::new("interval", "95% interval", "people", "of people; limits where the status is bounded")
        .range()
        .people()
        .hidden_with(&["people"]),
    Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    Column::new(
        "shared",
        "shared",
        "share",
        "of the followers: repeats in a union, who follows others besides a creator",
    )
    .hidden_with(&["people"]),
    Column::new("followers", "followers", "people", "followers; of several creators added up, repeats counted")
        .people(),
    Column::new("credit", "credit", "people", "a fair share of the union: each person shared by those they follow")
        .people()
        .hidden_with(&["people"]),
    Column::new("list", "list", "", "how the follower list was drawn"),
    Column::new("listed", "listed", "people", "followers listed").people(),
    Column::new("shared_interval", "shared, 95% interval", "share", "of shared")
        .range()
        .detail()
        .hidden_with(&["people", "interval"]),
    Column::new("because", "because", "", "what the figure rests on, or what it would need"),
];

struct Row {
    figure: &'static str,
    of: String,
    people: Figure,
    followers: Figure,
    credit: Option<Figure>,
    list: Option<(&'static str, u64)>,
    hidden: bool,
}

/// The portfolio, platforms that cannot be joined, then the creators with most followers first.
pub fn table(found: &Found, network: &Network, few: Few, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/overlap/1", COLUMNS.to_vec(), provenance);
    let mut rows = Vec::new();
    let mut unite = |of: String, people: &Figure, followers: &Figure| {
        let (people, followers) = (people.clone(), followers.clone());
        rows.push(Row { figure: "union", of, people, followers, credit: None, list: None, hidden: false });
    };
    unite(format!("all {}", found.creators.len()), &found.union, &found.summed);
    for platform in &found.platforms {
        unite(format!("on {}", platform.name), &platform.union, &platform.summed);
    }
    let mut creators: Vec<_> = found.creators.iter().collect();
    creators.sort_by(|a, b| {
        let followers = |share: &crate::audience::Share| share.followers.value.unwrap_or(-1.0);
        followers(b).total_cmp(&followers(a)).then(a.account.cmp(&b.account))
    });
    rows.extend(creators.into_iter().map(|share| Row {
        figure: "exclusive",
        of: name(network, share.account),
        people: share.exclusive.clone(),
        followers: share.followers.clone(),
        credit: Some(share.credit.clone()),
        list: Some((share.design.name(), share.listed)),
        hidden: false,
    }));
    let sizes: Vec<f64> = found.creators.iter().filter_map(|share| share.followers.value).collect();
    for row in &mut rows {
        let told: Vec<f64> = sizes.iter().copied().chain(row.followers.value).collect();
        row.people = limits(&row.people, &told, few);
    }
    hide(&mut rows, few);
    table.rows = rows.into_iter().map(cells).collect();
    table.summary.insert("creators".into(), found.creators.len().into());
    table.notes = found.notes.clone();
    table.notes.push(format!("union, {}: {}", found.union.status.name(), found.union.because));
    if found.creators.len() > 1 {
        table.notes.push("each interval holds with 95% by itself, not all of them together".into());
    }
    table
}

/// Hides figures from which a small count could be worked out: by difference to the followers, and between two creators.
fn hide(rows: &mut [Row], few: Few) {
    let near = |row: &Row, other: Option<f64>| {
        row.people.value.zip(other).is_some_and(|(people, other)| few.is((people - other).abs()))
    };
    let followers: Vec<f64> =
        rows.iter().filter(|row| row.list.is_some()).filter_map(|row| row.followers.value).collect();
    for row in rows.iter_mut() {
        let union = row.list.is_none();
        row.hidden = near(row, row.followers.value) || (union && followers.iter().any(|&n| near(row, Some(n))));
    }
    let closed = |row: &Row| row.hidden || row.people.value.is_some_and(|people| few.is(people));
    if rows.iter().any(closed) {
        // Credits of others would tell who is shared with whom.
        rows.iter_mut().for_each(|row| row.credit = None);
        if followers.len() == 2 {
            rows.iter_mut().for_each(|row| row.hidden = true);
        }
    }
}

fn cells(row: Row) -> Vec<Cell> {
    let shared = duplication(&row.people, &row.followers);
    let percent = |share: f64| Cell::Shown(share, format!("{}%", significant(100.0 * share, 3)));
    let small = |cell: Cell| if row.hidden && cell != Cell::Missing { Cell::Hidden } else { cell };
    vec![
        Cell::Text(row.figure.into()),
        Cell::Text(row.of),
        small(value(&row.people)),
        small(interval(&row.people)),
        Cell::Text(row.people.status.name().into()),
        small(shared.value.map_or(Cell::Missing, percent)),
        value(&row.followers),
        small(row.credit.as_ref().map_or(Cell::Missing, value)),
        Cell::text(row.list.map(|(design, _)| design)),
        row.list.map_or(Cell::Missing, |(_, listed)| Cell::Count(listed)),
        small(interval(&shared)),
        Cell::Text(row.people.because.into_owned()),
    ]
}
