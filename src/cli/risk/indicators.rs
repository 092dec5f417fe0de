//! `--show indicators`: how a creator divides people, in three indicators kept apart.

use super::Found;
use super::creators::signed;
use crate::report::{Cell, Column, Provenance, Table};
use crate::risk::Indicators;
use crate::risk::polarisation::Pole;

/// A row a creator, who divides people most first.
pub fn table(found: &Found<'_>, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("creator", "creator", "", "the creator"),
        Column::new(
            "divides",
            "divides",
            "",
            "variance of resonance between communities, by voices: 0 all alike, 1 torn apart",
        ),
        Column::new("favourable", "most for", "", "the community most for the creator, of those with evidence"),
        Column::new("favourable_resonance", "resonance", "", "its resonance: −1 all against, 1 all for"),
        Column::new("hostile", "most against", "", "the community least for the creator, of those with evidence"),
        Column::new("hostile_resonance", "resonance", "", "its resonance"),
        Column::new("provokes", "provokes", "chance", "that more of that community are against than for"),
        Column::new("in_hostile", "in hostile ones", "share", "of the audience, expected in communities against"),
        Column::new("in_hostile_interval", "95% interval", "share", "of that share").range().detail(),
        Column::new("controversy", "kept apart", "", "random-walk controversy of these two: near 1 apart, 0 mixed"),
        Column::new("outside", "outside home", "share", "of the audience, outside the community most belong to"),
        Column::new("communities", "communities", "", "as many of equal size would be as mixed as the audience"),
    ];
    let mut table = Table::new("truereach/risk-indicators/1", columns, provenance);
    let name = |pole: &Pole| found.community(pole.group as usize);
    let divides = |indicators: &Indicators| indicators.opinion.as_ref().map_or(0.0, |opinion| opinion.divides);
    let mut order: Vec<&Indicators> = found.indicators.iter().collect();
    order.sort_by(|a, b| divides(b).total_cmp(&divides(a)));
    for indicators in order {
        let opinion = indicators.opinion.as_ref();
        let pole =
            |pole: Option<&Pole>| [Cell::text(pole.map(name)), pole.map_or(Cell::Missing, |pole| signed(pole.s))];
        let [best, best_s] = pole(opinion.and_then(|opinion| opinion.best.as_ref()));
        let [worst, worst_s] = pole(opinion.and_then(|opinion| opinion.worst.as_ref()));
        table.rows.push(vec![
            Cell::Text(found.name(indicators.creator)),
            opinion.map_or(Cell::Missing, |opinion| Cell::Score(opinion.divides, 2)),
            best,
            best_s,
            worst,
            worst_s,
            opinion.and_then(|opinion| opinion.provokes).map_or(Cell::Missing, Cell::percent),
            opinion.map_or(Cell::Missing, |opinion| Cell::percent(opinion.hostile)),
            opinion.map_or(Cell::Missing, |opinion| Cell::Range(opinion.hostile_interval)),
            indicators.controversy.as_ref().map_or(Cell::Missing, |found| Cell::Score(found.value, 2)),
            match indicators.exposure.home {
                Some(_) => Cell::percent(indicators.exposure.outside),
                None => Cell::Missing,
            },
            match indicators.exposure.home {
                Some(_) => Cell::Score(indicators.exposure.groups, 2),
                None => Cell::Missing,
            },
        ]);
    }
    let mut notes: Vec<String> = found.indicators.iter().flat_map(|one| one.notes.iter().cloned()).collect();
    notes.sort();
    notes.dedup();
    table.notes.push(
        "three indicators, never averaged: who is for and against, how far these keep to themselves (separation, not hostility), \
         how mixed the audience is"
            .into(),
    );
    table.notes.extend(notes);
    found.notes(&mut table);
    table
}
