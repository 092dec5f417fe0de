//! What a campaign asked, and what the verbs answered.

use serde::Serialize;
use serde_json::{Value, json};

use super::Rows;
use crate::report::{Format, Table};

/// Name and version of what [`Findings::document`] holds.
pub const SCHEMA: &str = "truereach/report/1";

/// Everything that a page shows.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// What was asked.
    pub asked: Asked,
    /// What the network holds.
    pub data: Data,
    /// The plan: `select`.
    pub plan: Part,
    /// People reached by it: `reach`; those of the niche, where it is known who cares.
    pub reach: Part,
    /// People reached of the niche or not, where `reach` counts the niche.
    pub everybody: Option<Part>,
    /// From followers to people reached: `influence`.
    pub influence: Part,
    /// How the followers add up: `overlap --curve`.
    pub curve: Part,
    /// Who follows exactly whom: `overlap --sets`.
    pub sets: Part,
    /// What a fall costs: `risk`.
    pub risk: Part,
    /// What kept back-tests say, a sentence each.
    pub verdicts: Vec<String>,
    /// The seed of all randomness.
    pub seed: u64,
}

/// What was asked of the engine.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Asked {
    /// What the campaign is called.
    pub title: String,
    /// Whose it is.
    pub client: String,
    /// The account of the brand.
    pub brand: Option<String>,
    /// The niche whose people are wanted.
    pub niche: Option<String>,
    /// At most so much money.
    pub budget: Option<f64>,
    /// At most so many creators.
    pub count: Option<u32>,
    /// Of all money.
    pub currency: Option<String>,
    /// Whether creators were chosen; else they were given.
    pub chosen: bool,
    /// Conditions on creators, as the command line has them.
    pub only: Vec<String>,
    /// How many creators the campaign itself says the price of.
    pub own_prices: usize,
    /// The creators that the page is about, in the order of the plan.
    pub creators: Vec<String>,
}

/// What the network holds, as its data card says.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Data {
    /// What to call it.
    pub name: String,
    /// Its checksum.
    pub checksum: String,
    /// The data card, as `info --json` prints it.
    pub card: Value,
}

impl Data {
    /// A text of the card.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.card.get(key)?.as_str()
    }

    /// Whether the accounts table, with what is kept beside it, has a column of this name.
    pub fn has_column(&self, name: &str) -> bool {
        self.card["columns"].as_array().into_iter().flatten().any(|column| column["name"] == name)
    }

    /// The status of a figure, by its name in the card.
    pub fn ability(&self, figure: &str) -> Option<&str> {
        let all = self.card["abilities"].as_array()?;
        all.iter().find(|ability| ability["figure"] == figure)?["status"].as_str()
    }
}

/// An answer of a verb, or why there is none.
#[derive(Debug, Clone, Default)]
pub struct Part {
    /// The command, without the network; the creators stand in a file.
    pub command: Vec<String>,
    /// The answer.
    pub table: Option<Table>,
    /// Why there is none, in the engine's words.
    pub missing: Option<String>,
    /// What was said besides.
    pub notes: Vec<String>,
    /// The goal that was not met, if there was one.
    pub unmet: Option<String>,
    /// Whether accounts had to be taken for people, for nobody said who is on several platforms.
    pub accounts_are_people: bool,
}

impl Part {
    /// The rows, by their keys.
    pub fn rows(&self) -> Option<Rows<'_>> {
        self.table.as_ref().map(Rows::new)
    }
}

impl Findings {
    /// All parts by name, in the order of the page.
    pub fn parts(&self) -> Vec<(&'static str, &Part)> {
        let mut parts = vec![("plan", &self.plan), ("reach", &self.reach)];
        parts.extend(self.everybody.as_ref().map(|part| ("reach-everybody", part)));
        parts.extend([
            ("influence", &self.influence),
            ("overlap-curve", &self.curve),
            ("overlap-sets", &self.sets),
            ("risk", &self.risk),
        ]);
        parts
    }

    /// The version of the engine that answered.
    pub fn engine(&self) -> &str {
        let tables = self.parts().into_iter().filter_map(|(_, part)| part.table.as_ref());
        tables.map(|table| table.provenance.engine.as_str()).next().unwrap_or("truereach")
    }

    /// Whether a kept back-test says that intervals do not hold as often as they say.
    pub fn not_calibrated(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.contains("NOT CALIBRATED"))
    }

    /// Everything as JSON, each answer as the command line prints it.
    pub fn document(&self) -> Value {
        let answer = |part: &Part| {
            let mut text = Vec::new();
            let table = part.table.as_ref().and_then(|table| {
                table.write(Format::Json, 0, &mut text).ok()?;
                serde_json::from_slice::<Value>(&text).ok()
            });
            json!({
                "command": part.command, "answer": table, "missing": part.missing, "notes": part.notes,
                "goal_not_met": part.unmet, "accounts_are_people": part.accounts_are_people,
            })
        };
        let answers: serde_json::Map<String, Value> =
            self.parts().into_iter().map(|(name, part)| (name.to_owned(), answer(part))).collect();
        json!({
            "schema": SCHEMA, "engine": self.engine(), "rng_seed": self.seed, "campaign": self.asked, "network": self.data,
            "backtests": self.verdicts, "answers": answers,
        })
    }
}
