//! A row a creator and community, and a row a creator and hop.

use super::Found;
use super::creators::signed;
use crate::cascade::Groups;
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table};

/// Where these are withheld, so is what they say.
const VOICES: &[&str] = &["voices_for", "voices_against"];

/// What each community would hear, and how it takes the creator.
pub fn table(found: &Found<'_>, groups: &Groups, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("creator", "if this one falls", "", "the creator"),
        Column::new("community", "community", "", "of the audience; empty: nothing is known"),
        Column::new("accounts", "accounts", "accounts", "in this community").people(),
        Column::new(
            "turned",
            "turned",
            "people",
            "people of the brand's audience who would hear what is said against them",
        )
        .people(),
        Column::new("turned_interval", "95% interval", "people", "of turned").range().hidden_with(&["turned"]),
        Column::new("resonance", "resonance", "", "−1 all against, 1 all for; shrunk where few spoke")
            .hidden_with(VOICES),
        Column::new("resonance_low", "from", "", "lower end of its 95% interval").hidden_with(VOICES),
        Column::new("resonance_high", "to", "", "upper end").hidden_with(VOICES),
        Column::new("provokes", "provokes", "chance", "that more are against than for").hidden_with(VOICES),
        Column::new("voices_for", "for", "people", "who spoke for the creator").people(),
        Column::new("voices_against", "against", "people", "who spoke against").people(),
        Column::new("neutral", "neutral", "people", "whose signs were all neutral").people(),
    ];
    let mut table = Table::new("truereach/risk-communities/1", columns, provenance);
    let (names, members) = (groups.names(), groups.members());
    for scandals in &found.scandals {
        let towards = found.known.resonances.as_ref().and_then(|all| all.of(scandals.creator));
        for (group, turned) in scandals.by_group.iter().enumerate() {
            let cell = towards.and_then(|towards| towards.cells.get(group));
            let spoken = cell.is_some_and(|cell| cell.interactions > 0);
            // Communities that hear nothing and said nothing need no row.
            if turned.value == 0.0 && !spoken {
                continue;
            }
            let of = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Amount);
            table.rows.push(vec![
                Cell::Text(found.name(scandals.creator)),
                Cell::text(names.get(group).cloned()),
                Cell::Count(members[group]),
                Cell::Amount(turned.value),
                Cell::Range(turned.interval),
                cell.map_or(Cell::Missing, |cell| signed(cell.s)),
                cell.map_or(Cell::Missing, |cell| signed(cell.interval.low)),
                cell.map_or(Cell::Missing, |cell| signed(cell.interval.high)),
                cell.map_or(Cell::Missing, |cell| Cell::percent(cell.against)),
                of(cell.map(|cell| cell.positive)),
                of(cell.map(|cell| cell.negative)),
                of(cell.map(|cell| cell.neutral)),
            ]);
        }
    }
    found.notes(&mut table);
    table
}

/// How fast it spreads.
pub fn hours(found: &Found<'_>, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("creator", "if this one falls", "", "the creator"),
        Column::new("hours", "within hours", "hours", "since it broke"),
        Column::new("turned", "turned", "people", "people of the brand's audience who have heard of it by then")
            .people(),
        Column::new("turned_interval", "95% interval", "people", "of turned").range().hidden_with(&["turned"]),
        Column::new("share", "of all turned", "share", "of those who hear of it within the limit")
            .hidden_with(&["turned"]),
    ];
    let mut table = Table::new("truereach/risk-hours/1", columns, provenance);
    for scandals in &found.scandals {
        // Checked before: hours have a limit.
        let last = found.resolved.deadline().map(|limit| (limit.within, scandals.brand));
        for (hours, turned) in scandals.by_hours.iter().chain(&last) {
            let share = turned.value / scandals.brand.value;
            table.rows.push(vec![
                Cell::Text(found.name(scandals.creator)),
                Cell::Shown(*hours, significant(*hours, 3)),
                Cell::Amount(turned.value),
                Cell::Range(turned.interval),
                if share.is_finite() { Cell::percent(share) } else { Cell::Missing },
            ]);
        }
    }
    found.notes(&mut table);
    table
}

/// How far what is said is carried.
pub fn hops(found: &Found<'_>, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("creator", "if this one falls", "", "the creator"),
        Column::new("hop", "hop", "", "1 hears the creator or a critic, 2 somebody who did, …; 4: or later"),
        Column::new("turned", "turned", "people", "people of the brand's audience who first hear it at this hop")
            .people(),
        Column::new("turned_interval", "95% interval", "people", "of turned").range().hidden_with(&["turned"]),
    ];
    let mut table = Table::new("truereach/risk-hops/1", columns, provenance);
    for scandals in &found.scandals {
        for (hop, turned) in (1..).zip(&scandals.by_hop) {
            table.rows.push(vec![
                Cell::Text(found.name(scandals.creator)),
                Cell::Count(hop),
                Cell::Amount(turned.value),
                Cell::Range(turned.interval),
            ]);
        }
    }
    found.notes(&mut table);
    table
}
