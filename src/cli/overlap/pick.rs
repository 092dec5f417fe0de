//! The table of a choice: creators in the order in which they were chosen, and their union so far.

use super::{Few, interval, name, value};
use crate::audience::Picked;
use crate::audience::pick::Step;
use crate::graph::Network;
use crate::report::number::{count, people};
use crate::report::{Cell, Column, Provenance, Table};

const COLUMNS: [Column; 10] = [
    Column::new("place", "place", "", "when the creator was chosen"),
    Column::new("creator", "creator", "", "the creator"),
    Column::new("people", "union", "people", "people who follow this creator or one before: judged, not chosen by")
        .people(),
    Column::new("interval", "95% interval", "people", "of union; limits where the status is bounded")
        .range()
        .people()
        .hidden_with(&["people"]),
    Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    Column::new("gain", "gain", "people", "what the creator adds to the union").people(),
    Column::new("choice", "by choice", "people", "the union as the half of the samples sees it that chose: too large")
        .people()
        .hidden_with(&["people"]),
    Column::new("followers", "followers", "people", "followers of the creator").people(),
    Column::new("list", "list", "", "how the follower list was drawn"),
    Column::new("because", "because", "", "what the union rests on, or what it would need"),
];

/// A row a creator.
pub fn table(picked: &Picked, network: &Network, few: Few, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/overlap-pick/1", COLUMNS.to_vec(), provenance);
    let mut before: Option<&Step> = None;
    let mut closed = false;
    for (at, step) in picked.steps.iter().enumerate() {
        let was_closed = closed;
        closed = before.is_some_and(|before| tells(&picked.steps[..=at], before, few));
        let value = |step: Option<&Step>| step.map_or(Some(0.0), |step| step.union.value);
        let gain = value(Some(step)).zip(value(before)).map(|(now, before)| now - before);
        table.rows.push(row(at, step, gain, [closed, closed || was_closed], network));
        before = Some(step);
    }
    table.notes = picked.notes.clone();
    table.notes.extend(judged(picked, few));
    if !picked.left_out.is_empty() {
        let some = picked.left_out.iter().take(3);
        let some: Vec<String> = some.map(|(account, why)| format!("{} ({why})", name(network, *account))).collect();
        let more = picked.left_out.len() - some.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let out = count(picked.left_out.len() as u64);
        table
            .notes
            .push(format!("{out} creators left out, since only limits can be said of them: {}{more}", some.join(", ")));
    }
    let left_out: Vec<serde_json::Value> = picked
        .left_out
        .iter()
        .map(|(account, why)| serde_json::json!({ "creator": name(network, *account), "because": why }))
        .collect();
    table.summary.insert("candidates".into(), picked.candidates.into());
    table.summary.insert("left_out".into(), left_out.into());
    table
}

/// Whether the union up to the last of these tells of few people: by difference to the union before, or to the followers
/// of one of them.
fn tells(steps: &[Step], before: &Step, few: Few) -> bool {
    let Some(last) = steps.last() else { return false };
    let ends = |step: &Step| step.union.interval.map_or([f64::NAN; 2], |limits| [limits.low, limits.high]);
    let differs = |now: f64, other: f64| few.is((now - other).abs());
    let gains = ends(last).into_iter().zip(ends(before));
    let shared = |(now, before): (f64, f64)| differs(now, before) || differs(last.followers, now - before);
    gains.into_iter().any(shared) || steps.iter().any(|step| ends(last).iter().any(|&now| differs(now, step.followers)))
}

/// `hidden`: whether the union and the gain would tell of few people.
fn row(at: usize, step: &Step, gain: Option<f64>, hidden: [bool; 2], network: &Network) -> Vec<Cell> {
    let small = |cell: Cell, hidden: bool| if hidden && cell != Cell::Missing { Cell::Hidden } else { cell };
    vec![
        Cell::Count(at as u64 + 1),
        Cell::Text(name(network, step.account)),
        small(value(&step.union), hidden[0]),
        small(interval(&step.union), hidden[0]),
        Cell::Text(step.union.status.name().into()),
        small(gain.map_or(Cell::Missing, Cell::Amount), hidden[1]),
        small(step.choice.as_ref().map_or(Cell::Missing, value), hidden[0]),
        Cell::Amount(step.followers),
        Cell::Text(step.design.name().into()),
        Cell::Text(step.union.because.to_string()),
    ]
}

/// Both figures in one sentence, the judged one first.
fn judged(picked: &Picked, few: Few) -> Option<String> {
    let last = picked.steps.last()?;
    let choice = last.choice.as_ref()?;
    let (Some(judged), Some(chosen), Some(optimism)) = (last.union.value, choice.value, picked.optimism()) else {
        return Some(
            "chosen by the lower limits of unions, for only limits are known: followers looked up would give estimates \
             (--plan-sample)"
                .into(),
        );
    };
    if few.is(judged) || few.is(chosen) {
        return None;
    }
    let way = if optimism < 0.0 { "below" } else { "above" };
    Some(format!(
        "the union is {} people, judged on half of the samples; the other half, which chose, says {}: {} {way} it, by luck \
         and by chance",
        people(judged),
        people(chosen),
        people(optimism.abs())
    ))
}
