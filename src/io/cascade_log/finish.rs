//! From actions to cascades, with what was met on the way said.

use crate::base::{Result, Run};
use crate::graph::{Action, Cascades};

/// Actions of all kinds of logs, before they are cascades.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Names of items; an action's item is a place among them.
    pub items: Vec<String>,
    pub actions: Vec<Action>,
    /// Of the actions: those that are no row, but were concluded.
    pub concluded: usize,
    /// Whether times are since 1970.
    pub dated: bool,
    /// How coarse the clock of the rows is, if it is.
    pub coarse: Option<&'static str>,
}

/// So many of something, in words.
pub fn count(number: u64, what: &str) -> String {
    let plural = match what {
        one if number == 1 => one.to_owned(),
        one => format!("{one}s"),
    };
    format!("{number} {plural}")
}

/// Builds the cascades and notes repeats, ties and cascades of one.
pub fn finish(accounts: usize, gathered: Gathered, notes: &mut Vec<String>, run: &Run) -> Result<Cascades> {
    let Gathered { items, actions, concluded, dated, coarse } = gathered;
    let rows = actions.len();
    run.check_memory(
        "putting cascades together",
        Cascades::memory(items.len() as u64, rows as u64) + 24 * rows as u64,
    )?;
    run.phase("putting cascades together", None);
    let cascades = Cascades::build(accounts, &items, actions, dated);
    run.step(0)?;
    let repeats = (rows - cascades.actions()) as u64;
    notes.push(match concluded {
        0 => {
            format!("{} with {}.", count(cascades.len() as u64, "cascade"), count(cascades.actions() as u64, "action"))
        }
        _ => format!(
            "{} with {}, the {} of whoever began included.",
            count(cascades.len() as u64, "cascade"),
            count(cascades.actions() as u64, "action"),
            concluded
        ),
    });
    if repeats > 0 {
        notes.push(format!("{repeats} times somebody acted on an item again; the first time counts."));
    }
    notes.extend(ties(&cascades, coarse));
    let alone = cascades.iter().filter(|cascade| cascade.size() == 0).count();
    if alone > 0 {
        notes.push(format!("In {} nobody acted after whoever began.", count(alone as u64, "cascade")));
    }
    Ok(cascades)
}

/// Actions at the same time as another of their cascade, whose order nobody knows.
fn ties(cascades: &Cascades, coarse: Option<&str>) -> Option<String> {
    let tied: usize = cascades
        .iter()
        .map(|one| one.after.chunk_by(|a, b| a == b).map(<[i64]>::len).filter(|&n| n > 1).sum::<usize>())
        .sum();
    let clock = coarse.map(|unit| format!("all times are whole {unit}"));
    match (tied, clock) {
        (0, None) => None,
        (0, Some(clock)) => Some(format!("The clock is coarse: {clock}. No two actions of a cascade share a time.")),
        (tied, clock) => Some(format!(
            "{} of {} come at the same time as another of their cascade ({}): their order is not known, and is taken by account.",
            tied,
            count(cascades.actions() as u64, "action"),
            clock.unwrap_or_else(|| "the clock counts milliseconds".into())
        )),
    }
}
