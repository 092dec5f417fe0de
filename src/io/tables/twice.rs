//! Two columns that mean the same: `followers` with 409.8M and `followers` with 409800000.
//!
//! The more exact one is used if they agree within what the other is rounded by. If they do not, nobody can say which is
//! right: an error that names the first row.

use super::meaning::{Column, Meaning};
use super::number::{Numbers, Rounded};
use super::sheet::{Cell, Sheet};
use crate::base::error::quoted;
use crate::base::{Error, Result};

/// Leaves one column of each meaning; says which was taken.
pub(super) fn settle(sheet: &Sheet, columns: Vec<Column>, why: &mut Vec<String>) -> Result<Vec<Column>> {
    let mut kept: Vec<Column> = Vec::new();
    for column in columns {
        let rival = kept.iter().position(|other| rivals(other, &column));
        match rival {
            None => kept.push(column),
            Some(at) => {
                let better = better(sheet, &kept[at], &column, why)?;
                if better == column.at {
                    kept[at] = column;
                }
            }
        }
    }
    kept.sort_by_key(|column| column.at);
    Ok(kept)
}

fn rivals(a: &Column, b: &Column) -> bool {
    // Several niches of one account are put together.
    !matches!(a.meaning, Meaning::Niche | Meaning::Rank)
        && a.meaning == b.meaning
        && (a.average, &a.platform, &a.format, &a.currency) == (b.average, &b.platform, &b.format, &b.currency)
}

/// Which of two columns that mean the same is used.
fn better(sheet: &Sheet, a: &Column, b: &Column, why: &mut Vec<String>) -> Result<usize> {
    let (mut exact, mut gaps) = ([0u64; 2], [0u64; 2]);
    let numbers = [a, b].map(|column| Numbers::learn(sheet.texts(column.at), column.meaning.is_count()));
    for (at, row) in sheet.rows.iter().enumerate() {
        let cells = [a, b].map(|column| &row.cells[column.at]);
        match cells.map(Cell::is_missing) {
            [true, true] => continue,
            [first, second] if first != second => {
                gaps[usize::from(second)] += 1;
                continue;
            }
            _ => {}
        }
        let read = [0, 1].map(|side| rounded(&numbers[side], cells[side], [a, b][side].factor));
        let agree = match read {
            [Some(first), Some(second)] => {
                exact[0] += u64::from(first.step < second.step);
                exact[1] += u64::from(second.step < first.step);
                (first.value - second.value).abs() <= first.step.max(second.step) * (1.0 + 1e-9)
            }
            _ => cells[0] == cells[1],
        };
        if !agree {
            let [first, second] = cells.map(|cell| quoted(cell.text().as_bytes()));
            return Err(Error::input(
                sheet.at(at, b.at),
                format!("the same in {} and {}, which both mean {}", said(sheet, a), said(sheet, b), a.meaning),
                format!("{first} and {second}"),
            )
            .with_hint("name one of them \"other\", or mend the row"));
        }
    }
    let second = exact[1] > exact[0] || (exact == [0, 0] && gaps[0] > gaps[1]);
    let (used, left) = if second { (b, a) } else { (a, b) };
    let lost = gaps[usize::from(second)];
    let mut say =
        format!("{} and {} both mean {}: {} is used", said(sheet, a), said(sheet, b), a.meaning, said(sheet, used));
    if exact != [0, 0] {
        say.push_str(", which is more exact");
    }
    if lost > 0 {
        say.push_str(&format!("; in {lost} rows only {} is given", said(sheet, left)));
    }
    why.push(say);
    Ok(used.at)
}

fn said(sheet: &Sheet, column: &Column) -> String {
    format!("column {} ({})", column.at + 1, sheet.header[column.at])
}

/// A cell as a number and how far it may be rounded: numbers of a workbook are exact.
fn rounded(numbers: &Numbers, cell: &Cell, factor: f64) -> Option<Rounded> {
    match cell {
        Cell::Number(value) => Some(Rounded { value: value * factor, step: 0.0 }),
        Cell::Text(text) => {
            let number = numbers.read_rounded(text).ok().flatten()?;
            Some(Rounded { value: number.value * factor, step: number.step * factor })
        }
        _ => None,
    }
}
