//! The table of a frontier: what each budget, or each number of creators, reaches.

use super::plan::{Shown, about, money};
use crate::influence::Point;
use crate::report::{Cell, Column, Provenance, Table};

/// A row a size.
pub fn table(shown: &Shown<'_>, provenance: Provenance) -> Table {
    let by_money = shown.select.limits.budget.is_some();
    let mut columns = vec![
        Column::new("size", if by_money { "budget" } else { "at most" }, "", "budget, or number of creators"),
        Column::new("creators", "creators", "", "how many are chosen"),
        Column::new("cost", "cost", "currency", "what they ask"),
        Column::new("reach", "reach", "people", "people they reach together").people(),
        Column::new("interval", "95% interval", "people", "of reach; simulation alone").range().hidden_with(&["reach"]),
        Column::new("more", "more", "people", "people more than the size before").people().hidden_with(&["reach"]),
        Column::new("price", "per person more", "currency", "money more over people more")
            .hidden_with(&["reach", "more"]),
        Column::new("knee", "knee", "", "whether from here on more adds less than on the average"),
        Column::new("members", "members", "", "who is chosen").detail(),
    ];
    if !by_money {
        columns.iter_mut().filter(|column| column.unit == "currency").for_each(|column| column.detail = true);
    }
    let mut table = Table::new("truereach/select-frontier/1", columns, provenance);
    let (mut size, mut reach) = (0.0, 0.0);
    for point in &shown.plan.frontier {
        let more = point.reach.people - reach;
        let price = (by_money && more > 0.0).then(|| (point.size - size) / more);
        let amount = |amount: f64| Cell::Shown(amount, money(amount));
        table.rows.push(vec![
            amount(point.size),
            Cell::Count(point.members.len() as u64),
            point.cost.map_or(Cell::Missing, amount),
            Cell::Amount(point.reach.people),
            Cell::Range(point.reach.sim_error),
            Cell::Amount(more),
            price.map_or(Cell::Missing, amount),
            Cell::Text(if point.knee { "knee".into() } else { String::new() }),
            Cell::Text(point.members.iter().map(|&member| shown.name(member)).collect::<Vec<_>>().join(" ")),
        ]);
        (size, reach) = (point.size, point.reach.people);
    }
    about(shown, &mut table);
    // Names may have spaces: beside the rows, one by one.
    let members = |point: &Point| point.members.iter().map(|&member| shown.name(member)).collect::<Vec<_>>();
    let chosen = shown.plan.frontier.iter().map(members).collect::<Vec<_>>();
    table.summary.insert("frontier".into(), serde_json::json!(chosen));
    table
}
