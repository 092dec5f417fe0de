//! The table of sets: who follows exactly whom.

use super::{Few, name};
use crate::audience::Sets;
use crate::graph::Network;
use crate::report::number::{count, significant, tidy};
use crate::report::upset::{self, Bar};
use crate::report::{Cell, Column, Picture, Provenance, Table};

const COLUMNS: [Column; 5] = [
    Column::new("place", "place", "", "1 is the largest set"),
    Column::new("people", "people", "people", "people who follow exactly these creators").people(),
    Column::new("share", "of union", "share", "of those who follow one of the portfolio").hidden_with(&["people"]),
    Column::new("number", "creators", "creators", "how many creators"),
    Column::new("creators", "who", "", "whom they follow, separated by spaces"),
];

/// A row a set, the largest first. Where few people may be told from sums and audiences, none are given.
pub fn table(sets: &Sets, network: &Network, few: Few, provenance: Provenance) -> Table {
    let open = few == Few(None);
    let mut table = Table::new("truereach/overlap-sets/1", COLUMNS.to_vec(), provenance);
    for (place, set) in sets.sets.iter().enumerate() {
        let share = set.people / sets.union;
        let names: Vec<String> = set.creators.iter().map(|&creator| name(network, creator)).collect();
        table.rows.push(vec![
            Cell::Count(place as u64 + 1),
            Cell::people(set.people),
            if open { Cell::Shown(share, format!("{}%", significant(100.0 * share, 3))) } else { Cell::Missing },
            Cell::Count(set.creators.len() as u64),
            Cell::Text(names.join(" ")),
        ]);
    }
    let shown: f64 = sets.sets.iter().map(|set| set.people).sum();
    table.notes = sets.notes.clone();
    if sets.sets.len() < sets.all {
        let people = if open { format!(", {} of {} people", tidy(shown), tidy(sets.union)) } else { String::new() };
        let (some, all) = (count(sets.sets.len() as u64), count(sets.all as u64));
        table.notes.push(format!("{some} of {all} sets{people}; --sets=0 shows all"));
    }
    let creators: Vec<serde_json::Value> = sets
        .creators
        .iter()
        .map(|&(creator, audience)| {
            let followers = open.then_some(audience);
            serde_json::json!({ "creator": name(network, creator), "followers": followers })
        })
        .collect();
    let place = |account: &u32| sets.creators.binary_search_by_key(account, |creator| creator.0).ok();
    let members = sets.sets.iter().map(|set| set.creators.iter().filter_map(place).collect::<Vec<_>>());
    table.summary.insert("sets".into(), sets.all.into());
    table.summary.insert("union".into(), open.then_some(sets.union).into());
    table.summary.insert("creators".into(), creators.into());
    // By place among the creators, for names may hold anything.
    table.summary.insert("members".into(), serde_json::json!(members.collect::<Vec<_>>()));
    table.picture = Some(Picture(draw));
    table
}

fn draw(table: &Table) -> String {
    let creators: Vec<(String, Option<f64>)> = table.summary["creators"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["creator"].as_str().unwrap_or_default().to_owned(), one["followers"].as_f64()))
        .collect();
    let members = table.summary["members"].as_array();
    let bar = |(row, members): (&Vec<Cell>, &serde_json::Value)| {
        let places = members.as_array()?.iter().filter_map(|place| Some(place.as_u64()? as usize));
        Some(Bar { creators: places.collect(), people: row[1].number()? })
    };
    let bars: Vec<Bar> = table.rows.iter().zip(members.into_iter().flatten()).filter_map(bar).collect();
    upset::draw(&bars, &creators, &table.provenance.line())
}
