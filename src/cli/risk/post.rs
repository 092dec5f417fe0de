//! `--show post`: who would take an ordinary post for good, and who not.

use super::inputs::Known;
use crate::base::Status;
use crate::cascade::sided::{Sided, TwoSides};
use crate::report::{Cell, Column, Provenance, Table, small};

/// A row for all, each hop and each community.
pub fn table(
    sides: &TwoSides,
    known: &Known,
    status: Status,
    provenance: Provenance,
    hide_below: Option<u64>,
) -> Table {
    let columns = vec![
        Column::new("part", "part", "", "all, a hop or a community"),
        Column::new("positive", "for", "people", "people who end on the positive side").people(),
        Column::new("positive_interval", "95% interval", "people", "of for").range().hidden_with(&["positive"]),
        Column::new("negative", "against", "people", "people who end on the negative side").people(),
        Column::new("negative_interval", "95% interval", "people", "of against").range().hidden_with(&["negative"]),
        Column::new("net", "net", "people", "for less against").hidden_with(&["positive", "negative"]),
        Column::new("net_interval", "95% interval", "people", "of net").range().hidden_with(&["positive", "negative"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable").detail(),
    ];
    let mut table = Table::new("truereach/risk-post/1", columns, provenance);
    let few = |side: &Sided| hide_below.is_some_and(|below| small::is_small(side.people, below));
    let mut row = |part: String, positive: Sided, negative: Sided, net: Option<Sided>| {
        let hidden = few(&positive) || few(&negative);
        let net = |cell: fn(&Sided) -> Cell| net.as_ref().filter(|_| !hidden).map_or(Cell::Missing, cell);
        table.rows.push(vec![
            Cell::Text(part),
            Cell::Amount(positive.people),
            Cell::Range(positive.interval),
            Cell::Amount(negative.people),
            Cell::Range(negative.interval),
            net(|net| Cell::Amount(net.people)),
            net(|net| Cell::Range(net.interval)),
            Cell::Text(status.name().into()),
        ]);
    };
    row("all".into(), sides.positive, sides.negative, Some(sides.net));
    for hop in &sides.by_hop {
        row(format!("  hop {}", hop.hop), hop.positive, hop.negative, None);
    }
    for group in &sides.by_group {
        let name = group.group.as_deref().map_or("  in none".into(), |name| format!("  community {name}"));
        row(name, group.positive, group.negative, None);
    }
    table.notes.extend(known.groups.as_ref().map(|(what, _)| format!("communities: {what}")));
    table.assumptions = sides.assumptions.clone();
    table.notes.push(format!("{}; {} worlds, seed {}", sides.model, sides.worlds, sides.seed));
    table
        .notes
        .push("for plus against is the reach of the post where negative content is carried as positive is".into());
    table
}
