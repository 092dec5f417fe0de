//! The table of sets: who follows exactly whom.

use std::collections::HashSet;

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

/// A row a set, the `top` largest first (0: all). Where few people may be told from sums and audiences, these are not given, and
/// no set of creators who are in one that is too small: audiences are known, and would tell it by difference.
pub fn table(sets: &Sets, top: usize, network: &Network, few: Few, provenance: Provenance) -> Table {
    let open = few == Few(None);
    let mut table = Table::new("truereach/overlap-sets/1", COLUMNS.to_vec(), provenance);
    let closed: HashSet<u32> =
        sets.sets.iter().filter(|set| few.is(set.people)).flat_map(|set| set.creators.iter().copied()).collect();
    let shown = if top == 0 { sets.sets.len() } else { top.min(sets.sets.len()) };
    for (place, set) in sets.sets[..shown].iter().enumerate() {
        let is_told = few.is(set.people) || !set.creators.iter().any(|creator| closed.contains(creator));
        let share = set.people / sets.union;
        let names: Vec<String> = set.creators.iter().map(|&creator| name(network, creator)).collect();
        table.rows.push(vec![
            Cell::Count(place as u64 + 1),
            if is_told { Cell::people(set.people) } else { Cell::Hidden },
            if open { Cell::Shown(share, format!("{}%", significant(100.0 * share, 3))) } else { Cell::Missing },
            Cell::Count(set.creators.len() as u64),
            Cell::Text(names.join(" ")),
        ]);
    }
    table.notes = sets.notes.clone();
    if shown < sets.all {
        let people: f64 = sets.sets[..shown].iter().map(|set| set.people).sum();
        let people = if open { format!(", {} of {} people", tidy(people), tidy(sets.union)) } else { String::new() };
        let (some, all) = (count(shown as u64), count(sets.all as u64));
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
    let members = sets.sets[..shown].iter().map(|set| set.creators.iter().filter_map(place).collect::<Vec<_>>());
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
