//! The table of exposures: how many people follow at least one, two, three … of the creators.

use super::Few;
use crate::audience::Found;
use crate::base::{Error, Result};
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table};

const COLUMNS: [Column; 5] = [
    Column::new("times", "follow", "creators", "so many of the creators"),
    Column::new("at_least", "at least", "people", "people who follow so many or more").people(),
    Column::new("share", "of union", "share", "of those who follow one or more").hidden_with(&["at_least"]),
    Column::new("exactly", "exactly", "people", "people who follow just so many").people(),
    Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
];

/// A row for each number of creators that somebody follows.
pub fn table(found: &Found, few: Few, provenance: Provenance) -> Result<Table> {
    if found.at_least.is_empty() && found.union.value != Some(0.0) {
        let because = found.creators.first().map_or(String::new(), |share| share.credit.because.to_string());
        return Err(Error::parameter("--frequency", because).with_hint(
            "the union itself is estimated where lists are cut: leave --frequency out; accounts of several \
                        platforms: --accounts-are-people, if they are",
        ));
    }
    let mut table = Table::new("truereach/overlap-frequency/1", COLUMNS.to_vec(), provenance);
    let value = |at: usize| found.at_least.get(at).and_then(|figure| figure.value).unwrap_or(0.0);
    let union = value(0);
    for (at, figure) in found.at_least.iter().enumerate() {
        let (here, next) = (value(at), value(at + 1));
        // What few people are in one row could be worked out from its neighbours.
        let hidden = few.is(here - next) || few.is(next) || (at > 0 && few.is(value(at - 1) - here));
        let small = |cell: Cell| if hidden { Cell::Hidden } else { cell };
        table.rows.push(vec![
            Cell::Count(at as u64 + 1),
            small(Cell::people(here)),
            if union > 0.0 {
                Cell::Shown(here / union, format!("{}%", significant(100.0 * here / union, 3)))
            } else {
                Cell::Missing
            },
            small(Cell::people(here - next)),
            Cell::Text(figure.status.name().into()),
        ]);
    }
    table.notes = found.notes.clone();
    Ok(table)
}
