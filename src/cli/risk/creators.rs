//! A row a creator: what their fall would turn, what it would take from the plan, and how communities take them.

use serde_json::json;

use super::super::select::money;
use super::Found;
use crate::base::Status;
use crate::base::stats::Interval;
use crate::report::number::{self, count, significant};
use crate::report::{Cell, Column, Provenance, Table};
use crate::risk::{IfItHappens, PortfolioRisk, Scandals, Scenario, Tail};

fn columns(found: &Found<'_>) -> Vec<Column> {
    let mut columns = vec![
        Column::new("creator", "if this one falls", "", "the creator; every figure of the row holds if they fall"),
        Column::new(
            "turned",
            "turned",
            "people",
            "people of the brand's audience who would hear what is said against them",
        )
        .people(),
        Column::new(
            "turned_interval",
            "95% interval",
            "people",
            "of turned: simulation, assumed parameters, resonance",
        )
        .range()
        .hidden_with(&["turned"]),
        Column::new("turned_sim_error", "sim. error", "people", "95% interval of turned, from simulation alone")
            .range()
            .detail()
            .hidden_with(&["turned"]),
        Column::new("exposure", "of audience", "share", "turned over the brand's audience").hidden_with(&["turned"]),
        Column::new("exposure_interval", "95% interval", "share", "of the share")
            .range()
            .detail()
            .hidden_with(&["turned"]),
        Column::new(
            "passed_on",
            "passed on",
            "share",
            "of those turned, who hear it from neither the creator nor a critic",
        )
        .hidden_with(&["turned"]),
        Column::new(
            "through_critics",
            "through critics",
            "share",
            "of those turned, who hear it first by way of critics",
        )
        .detail()
        .hidden_with(&["turned"]),
        Column::new("everybody", "everybody", "people", "people turned, of the brand's audience or not")
            .people()
            .detail()
            .hidden_with(&["turned"]),
        Column::new("reach_lost", "reach lost", "people", "people whom no other creator of the plan reaches").people(),
        Column::new("reach_lost_interval", "95% interval", "people", "of reach lost; simulation alone")
            .range()
            .detail()
            .hidden_with(&["reach_lost"]),
        Column::new("against", "most against", "", "the community least for the creator, of those with evidence"),
        Column::new("resonance", "resonance", "", "of that community: −1 all against, 1 all for"),
        Column::new("resonance_interval", "95% interval", "", "of that resonance").range().detail(),
        Column::new("provokes", "provokes", "chance", "that more of that community are against than for"),
        Column::new("chance", "may fall", "chance", "to fall, in your scenario"),
        Column::new(
            "part",
            "of the worst",
            "share",
            "of the loss of the worst scenarios, the part this creator brings",
        ),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable").detail(),
    ];
    let hidden: &[&str] = match (found.portfolio.is_some(), found.known.resonances.is_some()) {
        (true, true) => &[],
        (true, false) => &["against", "resonance", "provokes"],
        (false, true) => &["chance", "part"],
        (false, false) => &["against", "resonance", "provokes", "chance", "part"],
    };
    columns.iter_mut().filter(|column| hidden.contains(&column.key)).for_each(|column| column.detail = true);
    columns
}

/// A row a creator, who turns most first.
pub fn table(found: &Found<'_>, status: Status, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/risk/1", columns(found), provenance);
    let mut order: Vec<usize> = (0..found.scandals.len()).collect();
    order.sort_by(|&a, &b| found.scandals[b].brand.value.total_cmp(&found.scandals[a].brand.value));
    for place in order {
        table.rows.push(row(found, place, status));
    }
    about(found, &mut table);
    table
}

fn row(found: &Found<'_>, place: usize, status: Status) -> Vec<Cell> {
    let scandals = &found.scandals[place];
    let lost = found.reach_lost(scandals.creator);
    let direct = scandals.by_hop.first().map_or(0.0, |hop| hop.value);
    let opinion = found.indicators.get(place).and_then(|indicators| indicators.opinion.as_ref());
    let worst = opinion.and_then(|opinion| opinion.worst.as_ref()).filter(|worst| !found.is_small(worst.voices));
    let in_scenario = found.portfolio.as_ref().map(|(scenario, risk)| {
        (scenario.chance(place), risk.contributions.shares().get(place).copied().unwrap_or(0.0))
    });
    vec![
        Cell::Text(found.name(scandals.creator)),
        Cell::Amount(scandals.brand.value),
        Cell::Range(scandals.brand.interval),
        Cell::Range(scandals.brand.sim_error),
        Cell::percent(scandals.exposure.value),
        Cell::Range(scandals.exposure.interval),
        match scandals.brand.value > 0.0 {
            true => Cell::percent(1.0 - direct / scandals.brand.value),
            false => Cell::Missing,
        },
        match scandals.brand.value > 0.0 {
            true => Cell::percent(scandals.through_critics.value / scandals.brand.value),
            false => Cell::Missing,
        },
        Cell::Amount(scandals.people.value),
        lost.map_or(Cell::Missing, |lost| Cell::Amount(lost.people)),
        lost.map_or(Cell::Missing, |lost| Cell::Range(lost.sim_error)),
        Cell::text(worst.map(|worst| found.community(worst.group as usize))),
        worst.map_or(Cell::Missing, |worst| signed(worst.s)),
        worst.map_or(Cell::Missing, |worst| Cell::Range(worst.interval)),
        opinion.filter(|_| worst.is_some()).and_then(|opinion| opinion.provokes).map_or(Cell::Missing, Cell::percent),
        in_scenario.map_or(Cell::Missing, |(chance, _)| Cell::percent(chance)),
        in_scenario.map_or(Cell::Missing, |(_, part)| Cell::percent(part)),
        Cell::Text(status.name().into()),
    ]
}

/// A resonance, with its sign.
pub fn signed(s: f64) -> Cell {
    let sign = if s < 0.0 { "−" } else { "+" };
    Cell::Shown(s, format!("{sign}{:.2}", s.abs()))
}

fn about(found: &Found<'_>, table: &mut Table) {
    let mut notes = Vec::new();
    notes.extend(found.worst().map(|worst| worst_words(found, worst)));
    if let Some(replacement) = &found.replacement {
        notes.extend(replacement.words(found));
    }
    if let Some((scenario, risk)) = &found.portfolio {
        notes.extend(portfolio_words(found, scenario, risk));
        table.summary.insert(
            "portfolio".into(),
            json!({
                "tail": shielded(found, &risk.tail), "cvar_interval": interval(found, risk.cvar_interval),
                "groups": scenario.groups.iter().zip(&risk.contributions.groups).map(|(group, share)| {
                    json!({"group": group.name, "shock": group.shock, "falls": group.falls, "of_the_worst": share})
                }).collect::<Vec<_>>(),
                "effective_creators": risk.contributions.effective, "diversification": risk.diversification.ratio,
                "two_or_more": risk.together.more, "two_or_more_if_independent": risk.together.more_if_independent,
                "period": scenario.period,
            }),
        );
    } else {
        notes.push(
            "how bad the worst scenarios are needs chances, which are yours to give: --hazards FILE or --hazard CHANCE"
                .into(),
        );
    }
    table.notes.extend(notes);
    found.notes(table);
}

fn shielded(found: &Found<'_>, tail: &Tail) -> serde_json::Value {
    let ends = [tail.mean_interval, tail.var_interval, tail.cvar_interval].map(|ends| [ends.low, ends.high]);
    let all =
        [tail.mean, tail.var, tail.cvar, tail.cvar_error, tail.worst].into_iter().chain(ends.into_iter().flatten());
    match all.into_iter().any(|people| found.is_small(people)) {
        true => json!(null),
        false => json!(tail),
    }
}

fn interval(found: &Found<'_>, interval: Interval) -> serde_json::Value {
    match found.is_small(interval.low) || found.is_small(interval.high) {
        true => json!(null),
        false => json!([interval.low, interval.high]),
    }
}

fn worst_words(found: &Found<'_>, worst: &Scandals) -> String {
    let lost = found.reach_lost(worst.creator);
    let lost = lost.map_or(String::new(), |lost| format!(", and the plan reaches {} fewer", found.people(lost.people)));
    let IfItHappens { value, interval, .. } = worst.brand;
    format!(
        "worst single failure: if {} falls, {} of the audience hear what is said against them ({}95% interval {}){lost}",
        found.name(worst.creator),
        found.people(value),
        match found.is_small(value) {
            true => String::new(),
            false => format!("{}; ", number::percent(worst.exposure.value)),
        },
        found.between(interval),
    )
}

fn portfolio_words(found: &Found<'_>, scenario: &Scenario, risk: &PortfolioRisk) -> Vec<String> {
    let tail = &risk.tail;
    let worst = number::percent(1.0 - tail.alpha);
    // Money would tell the people that are not said.
    let cost = |people: f64| match &found.value {
        Some((value, currency)) if !found.is_small(people) => {
            format!(", {} {}", money(people * value), currency.as_deref().unwrap_or("in money"))
        }
        _ => String::new(),
    };
    let mut words = vec![
        format!(
            "in your scenario, over {}: somebody falls and people are turned in {} of {} draws; {} in the mean{}",
            scenario.period,
            number::percent(tail.chance_of_loss),
            count(tail.draws),
            found.people(tail.mean),
            cost(tail.mean)
        ),
        format!(
            "VaR: with {} no more than {}{}; CVaR, the mean of the worst {worst}: {} (95% interval {}){}",
            number::percent(tail.alpha),
            found.people(tail.var),
            cost(tail.var),
            found.people(tail.cvar),
            found.between(risk.cvar_interval),
            cost(tail.cvar)
        ),
        risk.together.words(),
        risk.diversification.words(),
    ];
    if let Some(effective) = risk.contributions.effective {
        words.push(format!(
            "the worst {worst} are brought by as few as {} creators of equal part would bring them",
            significant(effective, 2)
        ));
    }
    let groups = scenario.groups.iter().zip(&risk.contributions.groups).filter(|(_, share)| **share >= 0.005);
    let mut groups: Vec<(&str, f64)> = groups.map(|(group, share)| (group.name.as_str(), *share)).collect();
    groups.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    if !groups.is_empty() {
        let some: Vec<String> =
            groups.iter().take(4).map(|(name, share)| format!("{name} {}", number::percent(*share))).collect();
        words.push(format!("of the worst {worst}, lost in draws in which a group is struck: {}", some.join(", ")));
    }
    words.extend(scenario.notes.iter().cloned());
    words
}
