//! Which jobs there are: questions to the verbs of the command line, in their words.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::desk::Desk;
use crate::base::{Error, Result, Run};
use crate::report::{Answer, Format, Table};

/// A question to a verb: its words, and lists of accounts, whose names need not survive a command line.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Question {
    /// The verb and its parameters.
    pub words: Vec<String>,
    /// Flags that take accounts, and the accounts.
    pub lists: Vec<(&'static str, Vec<String>)>,
    /// Whether it counts people one by one: where nobody linked the accounts that one person has, accounts, and that is said.
    pub people: bool,
}

/// A portfolio under limits.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// At most so much money, in the currency of the prices.
    #[schema(exclusive_minimum = 0)]
    pub budget: Option<f64>,
    /// At most so many creators.
    #[schema(minimum = 1, maximum = 1_000_000)]
    pub count: Option<u32>,
    /// How many budgets, or numbers of creators, the frontier has; 20 unless said.
    #[schema(minimum = 2, maximum = 60)]
    pub steps: Option<u32>,
    /// Only creators who meet these conditions: niche=beauty, followers>=1000.
    #[serde(default, rename = "where")]
    pub only: Vec<String>,
    /// Creators in every portfolio.
    #[serde(default)]
    pub must: Vec<String>,
    /// Creators in none.
    #[serde(default)]
    pub never: Vec<String>,
    /// At most so many of a group: tier=mega:1.
    #[serde(default)]
    pub at_most: Vec<String>,
    /// At least so many of a group: niche=beauty:3.
    #[serde(default)]
    pub at_least: Vec<String>,
}

/// Some creators.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Of {
    /// By their ids.
    #[schema(min_items = 1, max_items = 500)]
    pub creators: Vec<String>,
}

/// Some creators, and perhaps a niche.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfNiche {
    /// By their ids.
    #[schema(min_items = 1, max_items = 500)]
    pub creators: Vec<String>,
    /// Count people by how much they care about it; `truereach niche learn` finds out.
    pub niche: Option<String>,
}

/// One creator.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct One {
    /// By their id.
    pub creator: String,
}

/// Creators, one of whom may fall.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Danger {
    /// By their ids.
    #[schema(min_items = 1, max_items = 500)]
    pub creators: Vec<String>,
    /// The chance, in your scenario, that each falls during the campaign.
    #[schema(minimum = 0, maximum = 1)]
    pub hazard: Option<f64>,
    /// How much likelier negative content comes to a follower.
    #[schema(exclusive_minimum = 0)]
    pub negativity: Option<f64>,
}

/// A report for a client.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// By their ids.
    #[schema(min_items = 1, max_items = 500)]
    pub creators: Vec<String>,
    /// Its title.
    pub title: String,
    /// Whom it is for.
    pub client: Option<String>,
    /// `en` or `vi`.
    pub language: Option<String>,
    /// Count people by how much they care about it.
    pub niche: Option<String>,
}

/// A job that is asked for.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Kind {
    /// Whom to sign, under limits.
    Plan(Limits),
    /// What each budget, or number of creators, would reach.
    Frontier(Limits),
    /// From followers to people who count, step by step.
    Influence(OfNiche),
    /// What it costs if one of them falls.
    Risk(Danger),
    /// Who follows exactly whom.
    Overlap(Of),
    /// How the audience grows, creator by creator.
    Curve(Of),
    /// Whose audiences are alike.
    Similar(Of),
    /// When the followers of one creator came.
    Arrivals(One),
    /// In which communities the people reached are.
    Communities(Of),
    /// One page for the client.
    Report(Paper),
}

/// What a job made.
#[derive(Debug, Clone)]
pub struct Done {
    pub result: Value,
    pub page: Option<Arc<str>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Head {
    /// Its name in rows: with `_low` and `_high` where it is an interval.
    pub key: String,
    /// As people read it.
    pub title: String,
    /// Its unit.
    pub unit: String,
    /// What it means.
    pub about: String,
    /// Whether it is an interval.
    pub range: bool,
    /// Whether it is for those who look closer.
    pub detail: bool,
}

/// A table that a verb answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Shown {
    /// What the rows hold, and its version.
    pub schema: String,
    /// The columns.
    pub columns: Vec<Head>,
    /// The rows, at most 500.
    #[schema(value_type = Vec<Object>)]
    pub rows: Value,
    /// How many rows there are.
    pub total: u64,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// What is assumed.
    pub assumptions: Vec<String>,
    /// Figures about the whole.
    #[schema(value_type = Object)]
    pub summary: Value,
    /// Its picture, SVG.
    pub picture: Option<String>,
}

/// What a verb answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Answered {
    /// Its tables.
    pub tables: Vec<Shown>,
    /// What it said besides.
    pub notes: Vec<String>,
    /// What it printed besides.
    pub text: String,
    /// The goal that was asked for and not met.
    pub unmet: Option<String>,
}

/// People drawn for a frontier at most: portfolios that reach few people are then known less well, and nobody waits a minute.
const FRONTIER: u64 = 1 << 22;

/// Rows beyond these are counted, and left to the command line.
const ROWS: usize = 500;

/// Of communities and others that come by the thousand, the first by people.
const LARGEST: usize = 50;

impl Kind {
    /// As it is asked for.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Plan(_) => "plan",
            Kind::Frontier(_) => "frontier",
            Kind::Influence(_) => "influence",
            Kind::Risk(_) => "risk",
            Kind::Overlap(_) => "overlap",
            Kind::Curve(_) => "curve",
            Kind::Similar(_) => "similar",
            Kind::Arrivals(_) => "arrivals",
            Kind::Communities(_) => "communities",
            Kind::Report(_) => "report",
        }
    }

    /// Every account that it names.
    pub fn accounts(&self) -> Vec<&String> {
        match self {
            Kind::Plan(limits) | Kind::Frontier(limits) => limits.must.iter().chain(&limits.never).collect(),
            Kind::Influence(OfNiche { creators, .. })
            | Kind::Risk(Danger { creators, .. })
            | Kind::Overlap(Of { creators })
            | Kind::Curve(Of { creators })
            | Kind::Similar(Of { creators })
            | Kind::Communities(Of { creators })
            | Kind::Report(Paper { creators, .. }) => creators.iter().collect(),
            Kind::Arrivals(One { creator }) => vec![creator],
        }
    }

    /// Refuses what no verb would take, before it waits for its turn.
    pub fn check(&self, desk: &Desk) -> std::result::Result<(), super::problem::Problem> {
        for &account in &self.accounts() {
            desk.network.account(account)?;
        }
        let refuse = |parameter: &str, problem: &str| Err(Error::parameter(parameter, problem).into());
        match self {
            Kind::Plan(limits) | Kind::Frontier(limits) => {
                if limits.budget.is_none() && limits.count.is_none() {
                    return refuse("budget or count", "say how much money, how many creators, or both");
                }
                if limits.budget.is_some_and(|budget| !(budget > 0.0 && budget <= 1e14)) {
                    return refuse("budget", "expected an amount above 0, and at most 1e14");
                }
                if limits.count.is_some_and(|count| !(1..=1_000_000).contains(&count)) {
                    return refuse("count", "expected 1 to 1,000,000 creators");
                }
                if limits.steps.is_some_and(|steps| !(2..=60).contains(&steps)) {
                    return refuse("steps", "expected 2 to 60");
                }
                Ok(())
            }
            Kind::Report(paper) if !matches!(paper.language.as_deref(), None | Some("en" | "vi")) => {
                refuse("language", "expected en or vi")
            }
            Kind::Risk(danger) if danger.hazard.is_some_and(|hazard| !(0.0..=1.0).contains(&hazard)) => {
                refuse("hazard", "expected a chance from 0 to 1")
            }
            Kind::Risk(danger) if danger.negativity.is_some_and(|times| !(times > 0.0 && times.is_finite())) => {
                refuse("negativity", "expected a number above 0")
            }
            _ if !matches!(self, Kind::Plan(_) | Kind::Frontier(_)) && !(1..=500).contains(&self.accounts().len()) => {
                refuse("creators", "expected 1 to 500 of them")
            }
            _ => Ok(()),
        }
    }

    /// Does it.
    pub fn perform(&self, desk: &Desk, run: &Run) -> Result<Done> {
        let ask = |question: Question| desk.engine.ask(&question, run);
        let plain =
            |answer: Answer| -> Result<Done> { Ok(Done { result: json!(answered(answer, ROWS)?), page: None }) };
        match self {
            Kind::Plan(limits) => plain(ask(limits.question(false))?),
            Kind::Frontier(limits) => Ok(Done { result: limits.frontier(ask(limits.question(true))?)?, page: None }),
            Kind::Influence(asked) => {
                let niche = asked.niche.iter().map(|niche| format!("--niche={niche}"));
                plain(ask(of(["influence"], &asked.creators).with(niche))?)
            }
            Kind::Risk(asked) => {
                let hazard = asked.hazard.map(|hazard| format!("--hazard={hazard}"));
                let negativity = asked.negativity.map(|times| format!("--negativity={times}"));
                plain(ask(of(["risk"], &asked.creators).with(hazard).with(negativity))?)
            }
            Kind::Overlap(asked) => plain(ask(of(["overlap", "--sets=20"], &asked.creators).people())?),
            Kind::Curve(asked) => plain(ask(of(["overlap", "--curve"], &asked.creators).people())?),
            Kind::Similar(asked) => {
                let mut question = of(["similar", "--top=10"], &[]);
                question.lists = vec![("--of", asked.creators.clone())];
                plain(ask(question.people())?)
            }
            Kind::Arrivals(asked) => plain(ask(of(["audit", "--arrivals"], std::slice::from_ref(&asked.creator)))?),
            Kind::Communities(asked) => {
                let answer = ask(of(["reach", "--by=community"], &asked.creators))?;
                Ok(Done { result: json!(answered(answer, LARGEST)?), page: None })
            }
            Kind::Report(paper) => {
                let mut campaign = json!({ "title": paper.title, "creators": paper.creators });
                let given = [
                    ("client", json!(paper.client)),
                    ("language", json!(paper.language)),
                    ("niche", json!(paper.niche)),
                ];
                for (name, value) in given.into_iter().filter(|(_, value)| !value.is_null()) {
                    campaign[name] = value;
                }
                let page = desk.engine.report(&campaign, run)?;
                Ok(Done { result: json!({ "bytes": page.len() }), page: Some(page.into()) })
            }
        }
    }
}

/// A verb about some creators.
fn of<const N: usize>(words: [&str; N], creators: &[String]) -> Question {
    let lists = if creators.is_empty() { Vec::new() } else { vec![("--creators", creators.to_vec())] };
    Question { words: words.map(str::to_owned).to_vec(), lists, people: false }
}

impl Question {
    fn people(self) -> Self {
        Question { people: true, ..self }
    }

    fn with(mut self, words: impl IntoIterator<Item = String>) -> Self {
        self.words.extend(words);
        self
    }
}

impl Limits {
    fn question(&self, frontier: bool) -> Question {
        let mut words = vec!["select".to_owned()];
        words.extend(self.budget.map(|budget| format!("--budget={budget}")));
        words.extend(self.count.map(|count| format!("--count={count}")));
        if frontier {
            words.push(format!("--frontier={}", self.steps.unwrap_or(20)));
            words.push(format!("--max-samples={FRONTIER}"));
        }
        for (flag, values) in [("--only", &self.only), ("--at-most", &self.at_most), ("--at-least", &self.at_least)] {
            words.extend(values.iter().map(|value| format!("{flag}={value}")));
        }
        let lists = [("--must", &self.must), ("--never", &self.never)];
        let lists = lists.into_iter().filter(|(_, list)| !list.is_empty());
        Question { words, lists: lists.map(|(flag, list)| (flag, list.clone())).collect(), people: false }
    }

    /// The points of a frontier, each with its creators one by one.
    fn frontier(&self, answer: Answer) -> Result<Value> {
        let Some(table) = answer.tables.first() else { return Ok(json!(null)) };
        let document = document(table)?;
        let point = |row: &Value| {
            json!({
                "size": row["size"], "cost": row["cost"], "knee": row["knee"] == "knee",
                "reach": { "people": row["reach"], "low": row["interval_low"], "high": row["interval_high"] },
            })
        };
        let mut points: Vec<Value> = document["rows"].as_array().into_iter().flatten().map(point).collect();
        let chosen = document["summary"]["frontier"].as_array();
        for (point, creators) in points.iter_mut().zip(chosen.into_iter().flatten()) {
            point["creators"] = creators.clone();
        }
        Ok(json!({
            "by": if self.budget.is_some() { "money" } else { "count" },
            "currency": document["summary"]["currency"], "points": points, "plan": document["summary"],
            "notes": table.notes, "assumptions": table.assumptions, "unmet": answer.unmet,
        }))
    }
}

/// A table as the command line writes it in JSON.
fn document(table: &Table) -> Result<Value> {
    let mut bytes = Vec::new();
    let wrong = |problem: String| Error::io("the answer", "write", std::io::Error::other(problem));
    table.write(Format::Json, 200, &mut bytes).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))
}

fn answered(answer: Answer, most: usize) -> Result<Answered> {
    let tables = answer.tables.iter().map(|table| shown(table, most)).collect::<Result<_>>()?;
    Ok(Answered { tables, notes: answer.notes, text: answer.text, unmet: answer.unmet })
}

fn shown(table: &Table, most: usize) -> Result<Shown> {
    let picture = match table.picture {
        Some(_) => {
            let mut bytes = Vec::new();
            let wrong = |error| Error::io("the picture", "draw", error);
            table.write(Format::Svg, 200, &mut bytes).map_err(wrong)?;
            String::from_utf8(bytes).ok()
        }
        None => None,
    };
    let mut document: BTreeMap<String, Value> = match document(table)? {
        Value::Object(fields) => fields.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    let mut rows = match document.remove("rows") {
        Some(Value::Array(rows)) => rows,
        _ => Vec::new(),
    };
    if rows.len() > most {
        // The largest are worth most; tables in an order of their own are shorter.
        let people = |row: &Value| row["people"].as_f64().or(row["reach"].as_f64()).unwrap_or(0.0);
        rows.sort_by(|a, b| people(b).total_cmp(&people(a)));
        rows.truncate(most);
    }
    let head = |column: &crate::report::Column| Head {
        key: column.key.into(),
        title: column.title.into(),
        unit: column.unit.into(),
        about: column.about.into(),
        range: column.range,
        detail: column.detail,
    };
    Ok(Shown {
        schema: table.schema.into(),
        columns: table.columns.iter().map(head).collect(),
        total: table.rows.len() as u64,
        rows: Value::Array(rows),
        notes: table.notes.clone(),
        assumptions: table.assumptions.clone(),
        summary: document.remove("summary").unwrap_or(Value::Null),
        picture,
    })
}
