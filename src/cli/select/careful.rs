//! `truereach select --max-risk`, `--risk-aversion`, `--risk-frontier`: reach against what falling creators would cost.

use serde_json::json;

use super::super::analyze::parameters;
use super::super::open::Opened;
use super::super::risk::inputs::{BacklashArgs, HazardArgs};
use super::super::term::Terminal;
use super::plan::{Shown, about};
use crate::base::{Error, Result, Run};
use crate::cascade::sided::Negativity;
use crate::cascade::{Groups, Resolved};
use crate::influence::{Caution, Cautious, Risk, RiskPoint, Select, Wishes};
use crate::report::calibration::Words;
use crate::report::risk_frontier::{self, Named, Plan};
use crate::report::{Cell, Column, Picture, Provenance, Table, number, small};
use crate::risk::{Against, Brand, Draws, Fall, Limit, Resonance, Scenario};

/// How careful a plan is.
#[derive(Debug, Clone, clap::Args)]
pub struct CautionArgs {
    /// The worst scenarios cost at most so many people of the brand's audience (CVaR); needs --hazards or --hazard
    #[arg(long, value_name = "PEOPLE", conflicts_with = "frontier", help_heading = "Risk")]
    max_risk: Option<f64>,
    /// Give up this many people of reach for each person fewer whom the worst scenarios cost
    #[arg(long, value_name = "PEOPLE", conflicts_with = "frontier", help_heading = "Risk")]
    risk_aversion: Option<f64>,
    /// Show N plans on the way from most reach to least risk [default with the flag: 8]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "8", conflicts_with = "frontier", help_heading = "Risk")]
    risk_frontier: Option<u32>,
    #[command(flatten)]
    hazards: HazardArgs,
    #[command(flatten)]
    backlash: BacklashArgs,
    #[command(flatten)]
    draws: Draws,
}

/// All that is needed to say what portfolios cost.
pub struct Ready<'a> {
    args: &'a CautionArgs,
    brand: Brand,
    scenario: Scenario,
    groups: Option<(String, Groups)>,
    notes: Vec<String>,
}

impl CautionArgs {
    fn is_asked(&self) -> bool {
        self.max_risk.is_some() || self.risk_aversion.is_some() || self.risk_frontier.is_some()
    }

    pub fn wants_frontier(&self) -> bool {
        self.risk_frontier.is_some()
    }

    /// Refuses what makes no sense, before anything is opened.
    pub fn check(&self, select: &Select) -> Result<()> {
        let given = self.hazards.are_given();
        if !self.is_asked() {
            let backlash = &self.backlash;
            let said = [
                ("--hazards", given),
                ("--brand", backlash.brand.is_some()),
                ("--negativity", backlash.negativity != Negativity::default()),
                ("--communities", backlash.by.is_some() || backlash.resonance != Resonance::default()),
                ("--no-critics", backlash.no_critics),
                ("--scenarios", self.draws != Draws::default()),
            ];
            return match said.iter().find(|(_, said)| *said) {
                Some((flag, _)) => {
                    Err(Error::parameter(*flag, "is about what a fall costs, and nothing asks for that")
                        .with_hint("add --max-risk PEOPLE, --risk-aversion PEOPLE or --risk-frontier"))
                }
                None => Ok(()),
            };
        }
        if !given {
            return Err(Error::parameter("--max-risk", "risk needs chances, which are yours to give")
                .with_hint("--hazards FILE, or --hazard 0.01 for everybody"));
        }
        if select.spread {
            return Err(Error::parameter("--spread", "risk is about people who are told, not about creators"));
        }
        Caution::check(self.risk_aversion.unwrap_or(0.0), self.max_risk)?;
        self.draws.check()?;
        self.backlash.negativity.check(None)?;
        self.hazards.read().map(drop)
    }

    /// What went into it, for provenance; nothing where risk was not asked for.
    pub fn parameters(&self) -> Result<serde_json::Value> {
        if !self.is_asked() {
            return Ok(json!(null));
        }
        Ok(json!({
            "max_risk": self.max_risk, "risk_aversion": self.risk_aversion, "risk_frontier": self.risk_frontier,
            "hazards": self.hazards.read()?, "backlash": self.backlash.parameters()?, "draws": parameters(&self.draws)?,
        }))
    }

    /// Looks up audience, communities and chances; nothing where risk was not asked for.
    pub fn ready<'a>(
        &'a self,
        select: &Select,
        wishes: &Wishes,
        resolved: &Resolved<'_>,
        opened: &Opened,
        terminal: &Terminal,
    ) -> Result<Option<Ready<'a>>> {
        if !self.is_asked() {
            return Ok(None);
        }
        self.backlash.negativity.check(Some(resolved))?;
        let mut everybody = wishes.candidates.clone();
        everybody.extend(&wishes.must);
        everybody.sort_unstable();
        everybody.dedup();
        let Some(scenario) = self.hazards.scenario(&opened.network, &everybody)? else { return Ok(None) };
        // Of nobody yet: that only finds the communities.
        let known = self.backlash.known(&[], resolved, opened, terminal)?;
        let groups = known.groups.filter(|_| known.resonances.is_some());
        let brand = self.backlash.brand(&select.people, resolved, &opened.network)?;
        Ok(Some(Ready { args: self, brand, scenario, groups, notes: known.notes }))
    }

    /// How careful to be.
    pub fn caution<'a>(&self, risk: &'a dyn Risk) -> Caution<'a> {
        let aversion = self.risk_aversion.unwrap_or(0.0);
        Caution { aversion, most: self.max_risk, points: self.risk_frontier.unwrap_or(0), risk }
    }
}

impl Ready<'_> {
    /// What portfolios cost.
    pub fn limit<'s>(&'s self, opened: &'s Opened, resolved: &'s Resolved<'s>, run: &'s Run) -> impl Risk + 's {
        let falls = move |creators: &[u32]| -> Result<Vec<Fall<'s>>> {
            let backlash = &self.args.backlash;
            let found = match &self.groups {
                None => None,
                Some((_, groups)) => {
                    let real = resolved.real();
                    Some((groups, backlash.resonance.run(&opened.network, creators, groups, real, run)?))
                }
            };
            let against = Against {
                resolved,
                negativity: backlash.negativity,
                resonances: found.as_ref().map(|(groups, found)| (*groups, found)),
                critics: !backlash.no_critics,
                seed: run.seed(),
            };
            creators.iter().map(|&creator| against.fall(creator, None)).collect()
        };
        Limit {
            resolved,
            brand: &self.brand,
            scenario: &self.scenario,
            falls,
            draws: self.args.draws,
            known: Default::default(),
        }
    }

    /// What caution changed, in sentences.
    pub fn words(&self, shown: &Shown<'_>) -> Vec<String> {
        let Some(found) = &shown.plan.risk else { return Vec::new() };
        let cvar = |point: &RiskPoint| {
            let interval = small::between(point.cvar_interval, shown.hide_below);
            format!("{} (95% interval {interval})", small::people(point.cvar, shown.hide_below))
        };
        let worst = number::percent(1.0 - self.args.draws.alpha);
        let mut words = vec![format!(
            "risk, in your scenario over {}: if it happens, the worst {worst} of scenarios cost {} of the audience in the mean \
             (CVaR), in scenarios that had no part in the choice; audience: {}",
            self.scenario.period,
            cvar(&found.plan),
            self.brand.what
        )];
        words.push(match found.gives_up_nothing() {
            true => "the plan of most reach keeps to this already: nothing is given up for it".into(),
            false => format!(
                "given up for it: {} of reach; the plan that looks at reach alone would cost {} there",
                shown.more(found.given_up),
                cvar(&found.free)
            ),
        });
        words.extend(self.args.max_risk.filter(|most| found.plan.cvar > *most).map(|most| {
            format!(
                "in the scenarios it was chosen by, the plan cost at most the {most} people asked; in others it costs more, as shown: \
                 ask for less to be sure"
            )
        }));
        words.push(format!(
            "looked for greedily and by exchanges among {} creators, those of most reach, alone and for their price, and some of all others: no guarantee; the \
             certificate is about reach alone",
            found.considered
        ));
        words.extend(self.notes.iter().cloned());
        words.extend(self.scenario.notes.iter().cloned());
        words
    }
}

/// A row a plan on the way from most reach to least risk.
pub fn table(shown: &Shown<'_>, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("plan", "plan", "", "yours, the one of most reach, or one on the way to less risk"),
        Column::new("risk", "worst cost", "people", "CVaR: what the worst scenarios cost in the mean, if they happen")
            .people(),
        Column::new("risk_interval", "95% interval", "people", "of the worst cost; sampling of scenarios alone")
            .range()
            .hidden_with(&["risk"]),
        Column::new("reach", "reach", "people", "people reached together").people(),
        Column::new("interval", "95% interval", "people", "of reach; simulation alone").range().hidden_with(&["reach"]),
        Column::new("creators", "creators", "", "how many are chosen"),
        Column::new("members", "members", "", "who is chosen").detail(),
    ];
    let mut table = Table::new("truereach/select-risk/1", columns, provenance);
    let Some(found) = &shown.plan.risk else { return table };
    for (name, point) in plans(found) {
        table.rows.push(vec![
            Cell::Text(name),
            Cell::Amount(point.cvar),
            Cell::Range(point.cvar_interval),
            Cell::Amount(point.reach.people),
            Cell::Range(point.reach.sim_error),
            Cell::Count(point.members.len() as u64),
            Cell::Text(point.members.iter().map(|&member| shown.name(member)).collect::<Vec<_>>().join(" ")),
        ]);
    }
    about(shown, &mut table);
    table.picture = Some(Picture(draw));
    table
}

const MOST_REACH: &str = "most reach";
const YOURS: &str = "your plan";

/// All plans, riskiest first.
fn plans(found: &Cautious) -> Vec<(String, &RiskPoint)> {
    let same = found.gives_up_nothing();
    let mut plans = vec![(if same { YOURS } else { MOST_REACH }.to_owned(), &found.free)];
    if !same {
        plans.push((YOURS.to_owned(), &found.plan));
    }
    let mut seen = vec![&found.free.members, &found.plan.members];
    for point in &found.points {
        if !seen.contains(&&point.members) {
            seen.push(&point.members);
            plans.push((format!("plan {}", plans.len()), point));
        }
    }
    plans.sort_by(|a, b| b.1.cvar.total_cmp(&a.1.cvar));
    plans
}

fn draw(table: &Table) -> String {
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() };
    let plan = |row: &Vec<Cell>| {
        Some(Plan { name: text(&row[0]), risk: row[1].number()?, reach: row[3].number()?, about: text(&row[6]) })
    };
    let plans: Vec<Plan> = table.rows.iter().filter_map(plan).collect();
    let here = plans.iter().position(|plan| plan.name == YOURS);
    let safe = (0..plans.len()).min_by(|&a, &b| plans[a].risk.total_cmp(&plans[b].risk));
    let named = Named { here, safe };
    let title = risk_frontier::finding(&plans, named);
    let (under, from) = ("what the worst scenarios cost, if they happen, against reach", table.provenance.line());
    risk_frontier::draw(
        &plans,
        named,
        "people turned in the worst scenarios (CVaR)",
        Words { title: &title, under, from: &from },
    )
}
