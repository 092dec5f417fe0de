//! How many followers to look up, and the file of questions to be filled in.

use super::name;
use crate::audience::{Planned, plan::Task};
use crate::graph::Network;
use crate::graph::tables::FOLLOWS;
use crate::report::number::{count, significant};
use crate::report::{Cell, Column, Provenance, Table};

const COLUMNS: [Column; 8] = [
    Column::new("for", "for", "", "a union, or the creator whose followers are looked up"),
    Column::new("look_up", "look up", "followers", "followers to look up"),
    Column::new("looked_up", "done", "followers", "followers looked up before"),
    Column::new("half_width", "± then", "share", "half the width of the union's 95% interval once they are looked up"),
    Column::new("list", "list", "", "how the follower list was drawn"),
    Column::new("listed", "listed", "followers", "followers listed").people(),
    Column::new("followers", "followers", "followers", "followers in all").people(),
    Column::new("because", "because", "", "what the number rests on, or why there is none"),
];

/// The unions to be known, then the creators: those with most to look up first.
pub fn table(planned: &Planned, network: &Network, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/overlap-plan/1", COLUMNS.to_vec(), provenance);
    for target in &planned.targets {
        let of = match &target.platform {
            Some(platform) => format!("union of {} on {platform}", target.creators),
            None => format!("union of {}", target.creators),
        };
        let percent = |share: f64| Cell::Shown(share, format!("{}%", significant(100.0 * share, 2)));
        table.rows.push(vec![
            Cell::Text(of),
            Cell::Count(target.look_up),
            Cell::Missing,
            target.half_width.map_or(Cell::Missing, percent),
            Cell::Missing,
            Cell::Missing,
            Cell::Missing,
            Cell::Text(target.because.clone()),
        ]);
    }
    let mut tasks: Vec<&Task> = planned.tasks.iter().collect();
    tasks.sort_by_key(|task| std::cmp::Reverse(task.look_up));
    table.rows.extend(tasks.into_iter().map(|task| {
        vec![
            Cell::Text(name(network, task.account)),
            Cell::Count(task.look_up),
            Cell::Count(task.looked_up),
            Cell::Missing,
            Cell::Text(task.design.name().into()),
            Cell::Count(task.listed),
            task.followers.map_or(Cell::Missing, Cell::Amount),
            Cell::Text(task.because.clone()),
        ]
    }));
    table.notes = planned.notes.clone();
    let covered: u64 = planned.targets.iter().map(|target| target.creators).sum();
    let left = planned.tasks.len() as u64 - covered;
    if left > 0 {
        table.notes.push(format!("{} creators are in no planned union: their rows say why", count(left)));
    }
    let followers: u64 = planned.targets.iter().map(|target| target.look_up).sum();
    table.notes.push(format!(
        "{} followers to look up, {} questions whether one of them follows a creator",
        count(followers),
        count(planned.questions.len() as u64)
    ));
    if network.pseudonymous.is_some() && !planned.questions.is_empty() {
        table.notes.push(
            "names of followers are pseudonyms here: whoever holds the key and the names can look them up".into(),
        );
    }
    table.summary.insert("look_up".into(), followers.into());
    table.summary.insert("questions".into(), planned.questions.len().into());
    table
}

/// The questions, with blanks for the answers: 1 follows, 0 does not.
pub fn questions(planned: &Planned, network: &Network, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("account", "account", "", "a follower"),
        Column::new("creator", "creator", "", "a creator"),
        Column::new(FOLLOWS, "follows", "", "to be filled in: 1 if the account follows the creator, 0 if not"),
    ];
    let mut table = Table::new("truereach/lookups/1", columns, provenance);
    table.rows.extend(planned.questions.iter().map(|question| {
        vec![Cell::Text(name(network, question.account)), Cell::Text(name(network, question.creator)), Cell::Missing]
    }));
    table
}
