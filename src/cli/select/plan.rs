//! The table of a plan: a row a creator, and what is said of the whole.

use serde_json::json;

use crate::cascade::Sampled;
use crate::graph::{Graph, Network};
use crate::influence::{Member, Plan, Portfolio, RiskPoint, Select};
use crate::report::number::{count, people, significant};
use crate::report::{Cell, Column, Provenance, Table, small};

/// The portfolio that would be chosen by somebody who did not look at what became of the first post.
pub const WITHOUT_LOOKING: &str = "chosen without looking";

/// A plan, and what it is shown with.
pub struct Shown<'a> {
    pub plan: &'a Plan,
    pub select: &'a Select,
    pub network: &'a Network,
    pub graph: &'a Graph,
    /// The portfolios given, as they were written.
    pub beside: &'a [String],
    /// Whether the network shows whom the followers reach in turn.
    pub beyond: bool,
    pub hide_below: Option<u64>,
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("place", "place", "", "whoever adds most comes first"),
        Column::new("creator", "creator", "", "id in the input"),
        Column::new("price", "price", "currency", "what the creator asks"),
        Column::new("added", "adds", "people", "people whom none of those before reaches").people(),
        Column::new("added_interval", "95% interval", "people", "of adds; simulation alone")
            .range()
            .hidden_with(&["added"]),
        Column::new("price_per_person", "per person", "currency", "price over adds").hidden_with(&["added"]),
        Column::new("together", "together", "people", "people whom those up to here reach").people(),
        Column::new("together_interval", "95% interval", "people", "of together; simulation alone")
            .range()
            .detail()
            .hidden_with(&["together"]),
        Column::new("only", "only here", "people", "people whom no other reaches: what leaving this one out loses")
            .people(),
        Column::new("only_interval", "95% interval", "people", "of only here").range().detail().hidden_with(&["only"]),
        Column::new("credit", "credit", "people", "fair share (Shapley) of all reached; adds up to them").people(),
        Column::new("credit_interval", "95% interval", "people", "of credit").range().detail().hidden_with(&["credit"]),
        Column::new("followers", "followers", "accounts", "followers in this network").people(),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable").detail(),
    ]
}

/// A row a creator.
pub fn table(shown: &Shown<'_>, provenance: Provenance) -> Table {
    let mut table = Table::new("truereach/select/1", columns(), provenance);
    if shown.select.limits.budget.is_none() {
        table.columns.iter_mut().filter(|column| column.unit == "currency").for_each(|column| column.detail = true);
    }
    let status = shown.select.cascade.status().0.name();
    for (place, member) in (1..).zip(&shown.plan.best.members) {
        table.rows.push(row(place, member, status, shown));
    }
    about(shown, &mut table);
    table
}

fn row(place: u64, member: &Member, status: &str, shown: &Shown<'_>) -> Vec<Cell> {
    let price = |amount: f64| Cell::Shown(amount, money(amount));
    let per_person = member.price.filter(|_| member.added.people > 0.0).map(|price| price / member.added.people);
    vec![
        Cell::Count(place),
        Cell::Text(shown.name(member.account)),
        member.price.map_or(Cell::Missing, price),
        Cell::Amount(member.added.people),
        Cell::Range(member.added.sim_error),
        per_person.map_or(Cell::Missing, price),
        Cell::Amount(member.together.people),
        Cell::Range(member.together.sim_error),
        Cell::Amount(member.only.people),
        Cell::Range(member.only.sim_error),
        Cell::Amount(member.credit.people),
        Cell::Range(member.credit.sim_error),
        Cell::Count(shown.graph.followers(member.account).len() as u64),
        Cell::Text(status.into()),
    ]
}

/// Money as people read it: whole from 100 on.
pub fn money(amount: f64) -> String {
    if amount >= 100.0 { count(libm::round(amount) as u64) } else { significant(amount, 3) }
}

/// What is said of the whole: summary, notes, assumptions.
pub fn about(shown: &Shown<'_>, table: &mut Table) {
    let plan = shown.plan;
    table.assumptions = plan.assumptions.clone();
    for (key, value) in [
        ("model", json!(plan.model)),
        ("candidates", json!(plan.candidates)),
        ("left_out", json!(plan.left_out.iter().map(|(account, why)| json!({"creator": shown.name(*account), "because": why})).collect::<Vec<_>>())),
        ("currency", json!(plan.currency)),
        ("samples", json!(plan.samples)),
        ("judged", json!(plan.judged)),
        ("converged", json!(plan.converged)),
        ("failure", json!(plan.failure)),
        ("guarantee", json!(plan.guarantee)),
        ("most", shown.figure(plan.most)),
        ("plan", shown.summary(&plan.best)),
        ("beside", json!(plan.others.iter().map(|other| shown.summary(other)).collect::<Vec<_>>())),
        ("under_way", plan.under_way.as_ref().map_or(json!(null), |past| json!({
            "posters": past.posters.iter().map(|&poster| shown.name(poster)).collect::<Vec<_>>(),
            "exposed": shown.gain(past.exposed), "sharers": shown.figure(past.sharers), "sampling": past.sampling,
        }))),
        ("swap", plan.swap.map_or(json!(null), |swap| json!({
            "out": shown.name(swap.out), "in": shown.name(swap.into), "gain": shown.gain(swap.gain),
        }))),
        ("more", plan.more.as_ref().map_or(json!(null), |more| json!({
            "size": more.size, "gain": shown.gain(more.gain), "price_per_person": more.price,
        }))),
        ("risk", plan.risk.as_ref().map_or(json!(null), |risk| {
            let point = |point: &RiskPoint| json!({
                "creators": point.members.iter().map(|&member| shown.name(member)).collect::<Vec<_>>(),
                "cvar": shown.figure(point.cvar),
                "cvar_interval": [shown.figure(point.cvar_interval.low), shown.figure(point.cvar_interval.high)],
                "reach": shown.figure(point.reach.people),
            });
            json!({
                "plan": point(&risk.plan), "most_reach": point(&risk.free), "given_up": shown.gain(risk.given_up),
                "considered": risk.considered, "points": risk.points.iter().map(point).collect::<Vec<_>>(),
            })
        })),
        ("wishes", json!(plan.wishes.iter().map(|wish| json!({"wish": wish.wish, "gain_without": shown.gain(wish.gain)})).collect::<Vec<_>>())),
    ] {
        table.summary.insert(key.into(), value);
    }
    table.notes.extend(shown.notes());
}

impl Shown<'_> {
    pub fn name(&self, account: u32) -> String {
        self.network.names.get(account).into_owned()
    }

    fn is_small(&self, people: f64) -> bool {
        self.hide_below.is_some_and(|below| small::is_small(people.abs(), below))
    }

    fn figure(&self, people: f64) -> serde_json::Value {
        if self.is_small(people) { json!(null) } else { json!(people) }
    }

    fn gain(&self, gain: Sampled) -> serde_json::Value {
        match self.is_small(gain.people) {
            true => json!(null),
            false => json!({"people": gain.people, "low": gain.sim_error.low, "high": gain.sim_error.high}),
        }
    }

    fn summary(&self, portfolio: &Portfolio) -> serde_json::Value {
        let hidden =
            self.is_small(portfolio.reach.people) || portfolio.direct.is_some_and(|direct| self.is_small(direct));
        let figure = |people: f64| if hidden { json!(null) } else { json!(people) };
        json!({
            "creators": portfolio.members.iter().map(|member| self.name(member.account)).collect::<Vec<_>>(),
            "reach": figure(portfolio.reach.people),
            "interval": [figure(portfolio.interval.low), figure(portfolio.interval.high)],
            "sim_error": [figure(portfolio.reach.sim_error.low), figure(portfolio.reach.sim_error.high)],
            "direct": portfolio.direct.map(figure),
            "cost": portfolio.cost,
            "behind": self.gain(portfolio.behind),
            "ratio": portfolio.ratio,
        })
    }

    /// Money with its currency.
    fn price(&self, amount: f64) -> String {
        match &self.plan.currency {
            Some(currency) => format!("{} {currency}", money(amount)),
            None => money(amount),
        }
    }

    fn reach(&self, portfolio: &Portfolio) -> String {
        if self.is_small(portfolio.reach.people) {
            return "reach so few people that they are not shown".into();
        }
        let (reach, interval) = (portfolio.reach.people, portfolio.interval);
        let off = 100.0 * portfolio.reach.sim_error.half_width() / reach.max(1e-9);
        format!(
            "reach {} people (95% interval {}–{}; simulation alone ±{off:.1}%)",
            people(reach),
            people(interval.low),
            people(interval.high)
        )
    }

    pub fn more(&self, gain: Sampled) -> String {
        if self.is_small(gain.people) {
            return "few people".into();
        }
        let (people_more, ends) = (gain.people, gain.sim_error);
        let signed = |value: f64| if value < 0.0 { format!("−{}", people(-value)) } else { people(value) };
        format!("{} people (95% interval {} to {})", signed(people_more), signed(ends.low), signed(ends.high))
    }

    fn notes(&self) -> Vec<String> {
        let plan = self.plan;
        let mut notes = Vec::new();
        let cost =
            |portfolio: &Portfolio| portfolio.cost.map_or(String::new(), |cost| format!(" for {}", self.price(cost)));
        let plural = |count: usize| if count == 1 { "1 creator".into() } else { format!("{count} creators") };
        if let Some(past) = &plan.under_way {
            let posters: Vec<String> = past.posters.iter().take(3).map(|&poster| self.name(poster)).collect();
            let more = past.posters.len() - posters.len();
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let reached = match self.is_small(past.exposed.people) {
                true => "few people".into(),
                false => format!(
                    "{} people (95% interval {}–{}, of the draws alone)",
                    people(past.exposed.people),
                    people(past.exposed.sim_error.low),
                    people(past.exposed.sim_error.high)
                ),
            };
            notes.push(format!(
                "the posts of {}{more} have reached {reached} so far; {}; every figure of the plan is about people beyond them",
                posters.join(", "),
                past.sampling
            ));
            notes.push(
                "this holds if people were looked up whatever became of them: statuses gathered because somebody saw or \
                 shared the post make it seem larger than it is"
                    .into(),
            );
        }
        if !self.select.people.is_empty() {
            let parts: Vec<String> = self.select.people.iter().map(ToString::to_string).collect();
            notes.push(format!("people count by {}; everybody else nothing", parts.join(", ")));
        }
        notes.push(format!("{}{} {}", plural(plan.best.members.len()), cost(&plan.best), self.reach(&plan.best)));
        notes.push(format!(
            "certificate: at least {:.1}% of what the best portfolio within these limits reaches{}, under this model and these data, with \
             probability {}%; it says nothing about the campaign's outcome",
            floor(100.0 * plan.best.ratio),
            if plan.risk.is_some() { " that looks at reach alone" } else { "" },
            significant(100.0 * (1.0 - plan.failure), 6).trim_end_matches('0').trim_end_matches('.')
        ));
        notes.push(format!("worst case of the way of choosing: {}", plan.guarantee));
        for (written, other) in self.beside.iter().zip(&plan.others) {
            notes.push(format!(
                "{written}: {}{} {}; at least {:.1}% of the best",
                plural(other.members.len()),
                cost(other),
                self.reach(other),
                floor(100.0 * other.ratio)
            ));
        }
        let blind = self.beside.iter().position(|name| name == WITHOUT_LOOKING).and_then(|at| plan.others.get(at));
        if let Some(blind) = blind {
            notes.push(format!("waiting and looking gains {} over choosing blindly", self.more(blind.behind)));
        }
        if let Some(swap) = plan.swap {
            let better = if swap.gain.sim_error.low > 0.0 {
                "best single swap"
            } else {
                "no single swap is surely better; closest"
            };
            notes.push(format!(
                "{better}: {} for {}, {}",
                self.name(swap.into),
                self.name(swap.out),
                self.more(swap.gain)
            ));
        }
        notes.extend(plan.more.as_ref().map(|more| match (self.select.limits.budget, more.price) {
            (Some(_), Some(price)) => format!(
                "a tenth more budget ({}) would reach {} more, at {} a person",
                self.price(more.size),
                self.more(more.gain),
                self.price(price)
            ),
            (Some(_), None) => format!("a tenth more budget ({}) would reach nobody more", self.price(more.size)),
            (None, _) => format!("one creator more would reach {} more", self.more(more.gain)),
        }));
        for wish in &plan.wishes {
            notes.push(format!(
                "{} costs {}: what the best without it would reach more",
                wish.wish,
                self.more(wish.gain)
            ));
        }
        if !plan.left_out.is_empty() {
            let some = plan.left_out.iter().take(3);
            let some: Vec<String> = some.map(|(account, why)| format!("{} ({why})", self.name(*account))).collect();
            let more = plan.left_out.len() - some.len();
            let more = if more > 0 { format!(" and {} more", count(more as u64)) } else { String::new() };
            notes.push(format!("{} creators left out: {}{more}", count(plan.left_out.len() as u64), some.join(", ")));
        }
        notes.push(format!(
            "{}; {} candidates; chosen on {} people drawn, judged on {} others; seed {}",
            plan.model,
            count(plan.candidates),
            count(plan.samples),
            count(plan.judged),
            plan.seed
        ));
        if plan.sentinels > 0 {
            notes.push(format!(
                "sets were large: walks were cut short at the first {} creators chosen, who cover most of them",
                plan.sentinels
            ));
        }
        if !self.beyond {
            notes.push("spread beyond followers: not observed; reach is the direct reach".into());
        }
        if !plan.converged {
            notes.push(format!("not converged: the best so far; --samples {} gives it again", plan.samples));
        }
        notes
    }
}

/// To one decimal, never up: a certificate says no more than is certain.
fn floor(percent: f64) -> f64 {
    libm::floor(percent * 10.0) / 10.0
}
