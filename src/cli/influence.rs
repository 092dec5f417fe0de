//! `truereach influence`: from followers to true influence, step by step, of creators and of a portfolio.

use std::path::PathBuf;

use super::analyze::{parameters, read_priors};
use super::creators::CreatorArgs;
use super::open::NetworkArgs;
use super::term::{OutputArgs, Terminal};
use crate::analyze::{InfluenceRow, TrueInfluence};
use crate::base::Result;
use crate::report::waterfall::{self, Fall};
use crate::report::{Cell, Column, Picture, Provenance, Table};

/// Show the true influence of creators, people a post, and the way to it: followers, not authentic, not exposed, beyond
/// followers, outside the niche. All steps add up, for each creator and for all of them together.
///
/// Who is real is taken from truereach audit where that was run, else looked at now where follows have times.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach influence datasets/lastfm-asia --creators 7237,3530
  truereach influence market.trg --creators anh,bao -o waterfall.svg
  truereach influence market.trg --creators @plan.txt --niche beauty")]
pub struct InfluenceArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    #[command(flatten)]
    influence: TrueInfluence,
    /// TOML file of what the model prior assumes: exposure by followers, resharing
    #[arg(long, value_name = "FILE", help_heading = "Cascade")]
    priors: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

impl InfluenceArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        if let Some(path) = &self.priors {
            self.influence.cascade.priors = read_priors(path)?;
        }
        let opened = self.network.open(terminal)?;
        let network = &opened.network;
        let creators = self.creators.accounts(network)?;
        let found = self.influence.run(network, &creators, &terminal.run)?;
        let names: Vec<String> = creators.iter().map(|&account| network.names.get(account).into_owned()).collect();
        let asked = serde_json::json!({ "creators": names, "influence": parameters(&self.influence)? });
        let provenance = Provenance::new("influence", asked, terminal.seed, opened.checksum);
        let mut table = Table::new("truereach/influence/1", columns(), provenance);
        for row in &found.rows {
            let name = row.account.map_or("all together".to_owned(), |account| network.names.get(account).into_owned());
            table.rows.push(cells(name, row));
        }
        // Steps that are nothing for everybody need no column on a terminal.
        for (at, (key, ..)) in STEPS.iter().enumerate() {
            let nothing = found.rows.iter().all(|row| row.waterfall.steps()[at].1 == 0.0);
            let claimed =
                *key == "claimed" && found.rows.iter().all(|row| row.waterfall.claimed == row.waterfall.followers);
            // The last step, the answer, stands before the others.
            if let Some(column) = table.columns.get_mut(FIRST + 1 + at) {
                column.detail = nothing || claimed;
            }
        }
        table.notes = found.notes;
        table.assumptions = found.assumptions;
        table.picture = Some(Picture(draw));
        terminal.give(&table, &self.output)
    }
}

/// Keys of the steps, in the order of the waterfall.
const STEPS: [(&str, &str, &str); 11] = [
    ("claimed", "claimed", "followers as the platforms claim them, or those in this network"),
    ("not_observed", "not observed", "claimed followers who are in no list"),
    ("duplicates", "duplicates", "followers counted with another creator too"),
    ("followers", "followers", "different followers"),
    ("not_authentic", "not authentic", "of them not real people, expected"),
    ("not_exposed", "not exposed", "real followers whom a post does not reach"),
    ("direct", "direct", "real followers reached by the creator's own post"),
    ("beyond", "beyond", "people reached through resharing alone"),
    ("reach", "reach", "real people reached"),
    ("outside_niche", "outside niche", "people reached who do not count in the niche"),
    ("true_influence", "true influence", "real people reached who count in the niche; without one, all reached"),
];

/// Columns before the steps.
const FIRST: usize = 3;

fn columns() -> Vec<Column> {
    let mut columns = vec![
        Column::new("creator", "creator", "", "the creator; the last row is all of them posting once"),
        Column::new("interval", "95% interval", "people", "of true influence")
            .range()
            .hidden_with(&["true_influence", "reach"]),
        Column::new(
            "status",
            "status",
            "",
            "of true influence: measured, estimated, bounded, assumed or not estimable",
        ),
    ];
    let near = |key: &str| -> &'static [&'static str] {
        // What stands between two small ones could be worked out from them.
        match key {
            "claimed" | "not_observed" => &["duplicates", "not_observed"],
            "followers" => &["duplicates"],
            "not_authentic" => &["not_exposed", "followers"],
            "not_exposed" => &["not_authentic", "followers"],
            "direct" => &["beyond", "not_exposed", "not_authentic"],
            "reach" => &["outside_niche", "beyond"],
            "true_influence" => &["outside_niche", "beyond"],
            _ => &[],
        }
    };
    columns.extend(
        STEPS.map(|(key, title, about)| Column::new(key, title, "people", about).people().hidden_with(near(key))),
    );
    // The answer stands first; the way to it after.
    let answer = columns.pop();
    columns.splice(1..1, answer);
    columns
}

fn cells(name: String, row: &InfluenceRow) -> Vec<Cell> {
    let steps = row.waterfall.steps().map(|(_, people, _)| Cell::people(people.abs()));
    let [way @ .., answer] = steps;
    let mut cells = vec![Cell::Text(name), answer, Cell::Range(row.interval), Cell::Text(row.status.name().into())];
    cells.extend(way);
    cells
}

fn draw(table: &Table) -> String {
    let fall = |row: &Vec<Cell>| {
        let Cell::Text(name) = &row[0] else { return None };
        let taken = ["not observed", "duplicates", "not authentic", "not exposed", "outside niche"];
        let levels = ["claimed", "followers", "direct", "reach", "true influence"];
        let steps: Option<Vec<(String, f64, bool)>> = STEPS
            .iter()
            .zip(row[FIRST + 1..].iter().chain([&row[1]]))
            .map(|((_, title, _), cell)| {
                let people = cell.number()?;
                let people = if taken.contains(title) { -people } else { people };
                Some(((*title).to_owned(), people, levels.contains(title)))
            })
            .collect();
        let whisker = if let Cell::Range(range) = &row[2] { Some(*range) } else { None };
        Some(Fall { name: name.clone(), steps: steps?, whisker })
    };
    let falls: Vec<Fall> = table.rows.iter().filter_map(fall).collect();
    waterfall::draw(&falls, &table.provenance.line())
}
