//! The table of sets: who follows exactly whom.

use super::name;
use crate::audience::Sets;
use crate::graph::Network;
use crate::report::number::{count, people, significant};
use crate::report::upset::{self, Bar};
use crate::report::{Cell, Column, Picture, Provenance, Table};

const COLUMNS: [Column; 5] = [
    Column::new("place", "place", "", "1 is the largest set"),
    Column::new("people", "people", "people", "people who follow exactly these creators").people(),
    Column::new("share", "of union", "share", "of those who follow one of the portfolio").hidden_with(&["people"]),
    Column::new("number", "creators", "creators", "how many creators"),
    Column::new("creators", "who", "", "whom they follow, separated by spaces"),
];

/// A row a set, the largest first.
pub fn table(sets: &Sets, network: &Network, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/overlap-sets/1", COLUMNS.to_vec(), provenance);
    for (place, set) in sets.sets.iter().enumerate() {
        let share = set.people / sets.union;
        let names: Vec<String> = set.creators.iter().map(|&creator| name(network, creator)).collect();
        table.rows.push(vec![
            Cell::Count(place as u64 + 1),
            Cell::people(set.people),
            Cell::Shown(share, format!("{}%", significant(100.0 * share, 3))),
            Cell::Count(set.creators.len() as u64),
            Cell::Text(names.join(" ")),
        ]);
    }
    let shown: f64 = sets.sets.iter().map(|set| set.people).sum();
    table.notes = sets.notes.clone();
    if sets.sets.len() < sets.all {
        table.notes.push(format!(
            "{} of {} sets, {} of {} people; --sets=0 shows all",
            count(sets.sets.len() as u64),
            count(sets.all as u64),
            people(shown),
            people(sets.union)
        ));
    }
    let creators: Vec<serde_json::Value> = sets
        .creators
        .iter()
        .map(|&(creator, audience)| serde_json::json!({ "creator": name(network, creator), "followers": audience }))
        .collect();
    table.summary.insert("sets".into(), sets.all.into());
    table.summary.insert("union".into(), sets.union.into());
    table.summary.insert("creators".into(), creators.into());
    table.picture = Some(Picture(draw));
    table
}

fn draw(table: &Table) -> String {
    let creators: Vec<(String, f64)> = table.summary["creators"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["creator"].as_str().unwrap_or_default().to_owned(), one["followers"].as_f64().unwrap_or(0.0)))
        .collect();
    let place = |name: &str| creators.iter().position(|creator| creator.0 == name);
    let bar = |row: &Vec<Cell>| match (row[1].number(), &row[4]) {
        (Some(people), Cell::Text(names)) => {
            Some(Bar { creators: names.split(' ').filter_map(place).collect(), people })
        }
        _ => None,
    };
    let bars: Vec<Bar> = table.rows.iter().filter_map(bar).collect();
    upset::draw(&bars, &creators, &table.provenance.line())
}
