//! The table of a growing audience: creators in the order in which each adds most.

use super::{Few, name};
use crate::audience::Curve;
use crate::graph::Network;
use crate::report::growth::{self, Point};
use crate::report::number::people;
use crate::report::{Cell, Column, Picture, Provenance, Table};

/// A row a creator.
pub fn table(curve: &Curve, network: &Network, few: Few, provenance: Provenance) -> Table {
    let mut columns = vec![
        Column::new("place", "place", "", "when the creator joins"),
        Column::new("creator", "creator", "", "the creator"),
        Column::new("added", "adds", "people", "people who follow none of those before").people(),
        Column::new("people", "together", "people", "people who follow one of those up to here").people(),
        Column::new("price", "price", "currency", "what the creator asks"),
        Column::new("cost", "cost", "currency", "what those up to here ask"),
        Column::new("per_person", "per person", "currency", "price over people added").hidden_with(&["added"]),
        Column::new("followers", "followers", "people", "the creator's whole audience").people(),
        Column::new("knee", "knee", "", "whether more creators add less from here on than on the average"),
    ];
    if !curve.by_money {
        columns.iter_mut().filter(|column| column.unit == "currency").for_each(|column| column.detail = true);
    }
    let mut table = Table::new("truereach/overlap-curve/1", columns, provenance);
    let money = |amount: f64| Cell::Shown(amount, people(amount));
    let mut was_hidden = false;
    for (at, step) in curve.steps.iter().enumerate() {
        // So few people are told apart by the difference of two rows; what the row after a hidden one adds would tell it.
        let hidden = few.is(step.added) || few.is(step.audience - step.added);
        let small = |cell: Cell| if hidden { Cell::Hidden } else { cell };
        let added = |cell: Cell| if hidden || was_hidden { Cell::Hidden } else { cell };
        table.rows.push(vec![
            Cell::Count(at as u64 + 1),
            Cell::Text(name(network, step.account)),
            added(Cell::people(step.added)),
            small(Cell::people(step.together)),
            step.price.map_or(Cell::Missing, money),
            step.cost.map_or(Cell::Missing, money),
            step.price.map_or(Cell::Missing, |price| money(price / step.added)),
            Cell::people(step.audience),
            Cell::Text(if step.knee { "knee".into() } else { String::new() }),
        ]);
        was_hidden = hidden;
    }
    table.notes = curve.notes.clone();
    if curve.by_money {
        table.notes.push("in the order of people added for the money".into());
    }
    table.summary.insert("currency".into(), curve.currency.clone().into());
    table.summary.insert("by_money".into(), curve.by_money.into());
    table.picture = Some(Picture(draw));
    table
}

fn draw(table: &Table) -> String {
    let by_money = table.summary["by_money"] == true;
    let point = |row: &Vec<Cell>| match (&row[1], row[3].number()) {
        (Cell::Text(name), Some(people)) => Some(Point {
            name: name.clone(),
            size: row[if by_money { 5 } else { 0 }].number()?,
            people,
            knee: row[8] == Cell::Text("knee".into()),
        }),
        _ => None,
    };
    let points: Vec<Point> = table.rows.iter().filter_map(point).collect();
    let axis = match (by_money, table.summary["currency"].as_str()) {
        (true, Some(currency)) => format!("what they cost, {currency}"),
        (true, None) => "what they cost".into(),
        (false, _) => "the number of creators".into(),
    };
    growth::draw(&points, &axis, &table.provenance.line())
}
