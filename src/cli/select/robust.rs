//! `--robust`: the plan under other models and other parameters.

use super::plan::{Shown, about};
use crate::base::{Result, Run};
use crate::cascade::{Cascade, Model, Resolved};
use crate::graph::Graph;
use crate::influence::{Under, Wishes};
use crate::report::{Cell, Column, Provenance, Table};

/// Draws of what is assumed.
const DRAWS: u64 = 5;

/// The plan under each of these models but its own, and under draws of what is assumed of its own.
pub fn table(
    shown: &Shown<'_>,
    models: &[Model],
    resolved: &Resolved<'_>,
    (graph, wishes): (&Graph, &Wishes),
    provenance: Provenance,
    run: &Run,
) -> Result<Table> {
    let columns = vec![
        Column::new("under", "under", "", "the model, or a draw of what is assumed"),
        Column::new("reach", "plan", "people", "people the plan reaches there").people(),
        Column::new("interval", "95% interval", "people", "of plan; simulation alone").range().hidden_with(&["reach"]),
        Column::new("best", "best there", "people", "people reached by what would be chosen there").people(),
        Column::new("behind", "behind", "people", "people fewer than the best there").people(),
        Column::new("behind_interval", "95% interval", "people", "of behind; simulation alone")
            .range()
            .hidden_with(&["behind", "reach", "best"]),
        Column::new("kept", "kept", "share", "of the best there").hidden_with(&["reach", "best"]),
        Column::new("common", "in both", "", "creators of the plan who would be chosen there too"),
    ];
    let mut table = Table::new("truereach/select-robust/1", columns, provenance);
    let plan: Vec<u32> = shown.plan.best.members.iter().map(|member| member.account).collect();
    let mut add = |under: String, resolved: &Resolved<'_>| -> Result<()> {
        let found = shown.select.under(resolved, shown.network, wishes, &plan, run)?;
        table.rows.push(row(under, &found));
        Ok(())
    };
    for draw in 0..DRAWS {
        // None where all parameters are given.
        if let Some(drawn) = resolved.drawn(run.seed(), draw) {
            add(format!("{}, draw {}", resolved.model(), draw + 1), &drawn)?;
        }
    }
    for &model in models.iter().filter(|model| **model != resolved.model()) {
        let cascade = Cascade { model, rho: None, ..shown.select.cascade.clone() };
        let other = match shown.beyond {
            true => cascade.resolve(graph, shown.network, run)?,
            false => cascade.resolve_direct(graph, shown.network, run)?,
        };
        add(model.to_string(), &shown.select.counting(other, shown.network)?)?;
    }
    about(shown, &mut table);
    Ok(table)
}

fn row(under: String, found: &Under) -> Vec<Cell> {
    let kept = if found.best.people > 0.0 { 1.0 - found.behind.people / found.best.people } else { 1.0 };
    vec![
        Cell::Text(under),
        Cell::Amount(found.reach.people),
        Cell::Range(found.reach.sim_error),
        Cell::Amount(found.best.people),
        Cell::Amount(found.behind.people),
        Cell::Range(found.behind.sim_error),
        Cell::Score(kept, 3),
        Cell::Count(found.common),
    ]
}
