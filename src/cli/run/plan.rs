//! What is to be run: a verb on networks, over every combination of some parameters, under seeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Value;
use toml::value::Array;

use super::super::ask;
use super::super::describe::{Described, Kind, Parameter};
use crate::base::error::quoted;
use crate::base::{Error, Location, Result};
use crate::graph::Names;

/// Verbs that answer with files, or run others.
const NO_TABLE: &[&str] = &[
    "run",
    "ingest",
    "export",
    "sketch",
    "verify",
    "completions",
    "man",
    "priors",
    "bench",
    "generate",
    "aggregate",
    "report",
    "serve",
];

/// Parameters that say where an answer goes or how a run is done; a plan has no say in them. Cells keep nothing beside
/// their network: what one kept, others would find or not, by who came first.
const NOT_OURS: &[&str] = &[
    "output",
    "format",
    "force",
    "threads",
    "memory",
    "quiet",
    "rng-seed",
    "small-cells",
    "keep",
    "no-keep",
    "plots",
    "members",
];

/// A file of what is to be run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The verb, as `select` or `rank pagerank`.
    pub verb: String,
    /// Networks: snapshots, files or folders, from the plan's folder.
    pub networks: Vec<PathBuf>,
    /// Seeds of all randomness.
    #[serde(default = "one")]
    pub seeds: Vec<u64>,
    /// Parameters that are the same in all cells, by their names on the command line.
    #[serde(default)]
    pub fixed: BTreeMap<String, Value>,
    /// Parameters of which every combination is run.
    #[serde(default)]
    pub grid: BTreeMap<String, Array>,
}

fn one() -> Vec<u64> {
    vec![1]
}

/// One run of the verb.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// Which of the networks.
    pub network: usize,
    /// The parameters of the grid.
    pub values: Vec<(String, Value)>,
    /// The seed.
    pub seed: u64,
}

impl Plan {
    /// Reads a plan; paths in it are from its folder.
    ///
    /// **Errors**: [`Error::Input`] with line and column for anything that is no such file, a verb that gives no table, a
    /// parameter that the verb does not have.
    pub fn read(path: &Path) -> Result<Plan> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
        let file = path.display().to_string();
        let mut plan: Plan = toml::from_str(&text).map_err(|error| {
            let before = &text.as_bytes()[..error.span().map_or(0, |span| span.start.min(text.len()))];
            let line = 1 + before.iter().filter(|&&byte| byte == b'\n').count() as u64;
            let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let at = Location::file(&file).line(line).column(1 + (before.len() - start) as u64);
            Error::input(at, "a plan: verb, networks, seeds, [fixed] and [grid]", error.message())
        })?;
        plan.check(&file)?;
        let folder = path.parent().unwrap_or(Path::new("."));
        plan.networks.iter_mut().for_each(|network| *network = folder.join(&*network));
        Ok(plan)
    }

    fn check(&self, file: &str) -> Result<()> {
        let wrong = |expected: &str, found: String| Err(Error::input(Location::file(file), expected, found));
        let verb = self.described();
        let tables = !NO_TABLE.contains(&self.verb.split(' ').next().unwrap_or_default());
        let Some(verb) = verb.filter(|verb| tables && takes_network(verb)) else {
            return wrong("a verb that answers with a table about a network", quoted(self.verb.as_bytes()));
        };
        if self.networks.is_empty() || self.seeds.is_empty() {
            return wrong("at least one network and one seed", "none".into());
        }
        if let Some(double) = self.seeds.iter().enumerate().find(|(at, seed)| self.seeds[..*at].contains(seed)) {
            return wrong("seeds that differ", format!("{} twice", double.1));
        }
        if let Some(name) = self.fixed.keys().find(|name| self.grid.contains_key(*name)) {
            return wrong("a parameter in [fixed] or in [grid]", format!("{name} in both"));
        }
        for (name, values) in self
            .fixed
            .iter()
            .map(|(name, value)| (name, std::slice::from_ref(value)))
            .chain(self.grid.iter().map(|(name, values)| (name, &values[..])))
        {
            let known = verb.parameters.iter().find(|parameter| is_ours(parameter) && parameter.name == *name);
            let Some(parameter) = known else {
                let names = verb.parameters.iter().filter(|parameter| is_ours(parameter));
                let mut names: Vec<&str> = names.map(|parameter| parameter.name.as_str()).collect();
                names.sort_unstable();
                let near = Names::from_sorted(names.iter().map(|name| name.as_bytes())).nearest(name);
                let hint = match near.is_empty() {
                    true => format!("truereach {} --help lists them", self.verb),
                    false => format!("did you mean {}?", near.join(", ")),
                };
                let error = Error::input(
                    Location::file(file),
                    format!("parameters of truereach {}", self.verb),
                    quoted(name.as_bytes()),
                );
                return Err(error.with_hint(hint));
            };
            if values.is_empty() {
                return wrong("at least one value of each parameter", format!("{name} = []"));
            }
            if let Some(value) = values.iter().find(|value| !fits(parameter, value)) {
                return wrong(&format!("{name} as {}", words(parameter.kind)), value.to_string());
            }
        }
        Ok(())
    }

    fn described(&self) -> Option<Described> {
        ask::verbs().into_iter().find(|verb| verb.name == self.verb)
    }

    /// All cells: networks as the plan lists them, then every combination of the grid (parameters by name, values as
    /// listed), then seeds.
    pub fn cells(&self) -> Vec<Cell> {
        let mut combinations: Vec<Vec<(String, Value)>> = vec![vec![]];
        for (name, values) in &self.grid {
            let longer = |before: &Vec<(String, Value)>| {
                let before = before.clone();
                values.iter().map(move |value| [before.clone(), vec![(name.clone(), value.clone())]].concat())
            };
            combinations = combinations.iter().flat_map(longer).collect();
        }
        let mut cells = Vec::new();
        for network in 0..self.networks.len() {
            for values in &combinations {
                cells.extend(self.seeds.iter().map(|&seed| Cell { network, values: values.clone(), seed }));
            }
        }
        cells
    }

    /// The command line of a cell, without its network; the plan's folder is where files in it are.
    pub fn words(&self, cell: &Cell) -> Vec<String> {
        let mut line: Vec<String> = self.verb.split(' ').map(str::to_owned).collect();
        if self.described().is_some_and(|verb| verb.parameters.iter().any(|parameter| parameter.name == "no-keep")) {
            line.push("--no-keep".into());
        }
        let parameters = self.fixed.iter().chain(cell.values.iter().map(|(name, value)| (name, value)));
        for (name, value) in parameters {
            match value {
                Value::Boolean(false) => {}
                Value::Boolean(true) => line.push(format!("--{name}")),
                Value::Array(values) => line.extend(values.iter().map(|value| format!("--{name}={}", text(value)))),
                value => line.push(format!("--{name}={}", text(value))),
            }
        }
        line
    }
}

/// The file that a word of a command line names, if there is one in the plan's folder: `--priors=p.toml`, `--creators=@list`.
pub fn file_of(word: &str, folder: &Path) -> Option<(PathBuf, String)> {
    let (name, value) = word.split_once('=')?;
    let (sign, value) = value.strip_prefix('@').map_or(("", value), |value| ("@", value));
    let path = folder.join(value);
    let word = format!("{name}={sign}{}", path.display());
    (!value.is_empty() && path.is_file()).then_some((path, word))
}

fn takes_network(verb: &Described) -> bool {
    verb.parameters.iter().any(|parameter| parameter.positional && parameter.name == "network")
}

/// A network is read once for all cells, as its files say themselves: how to read raw files is no parameter of a cell.
fn is_ours(parameter: &Parameter) -> bool {
    let reads = |name: &str| name != "define" && ask::reading().parameters.iter().any(|other| other.name == name);
    !parameter.positional && !NOT_OURS.contains(&parameter.name.as_str()) && !reads(&parameter.name)
}

/// Whether a value can be one of this parameter; what it says is judged by the verb.
fn fits(parameter: &Parameter, value: &Value) -> bool {
    match (parameter.kind, value) {
        (_, Value::Array(values)) => parameter.many && values.iter().all(|value| fits(parameter, value)),
        (Kind::Flag | Kind::Boolean, value) => value.is_bool(),
        (Kind::Integer, value) => value.is_integer(),
        (Kind::Number, value) => value.is_integer() || value.is_float(),
        (Kind::Path | Kind::Text, value) => value.is_str() || value.is_integer() || value.is_float(),
    }
}

fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Flag | Kind::Boolean => "true or false",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Path => "a path",
        Kind::Text => "a text",
    }
}

/// A value as the command line has it.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(text).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Plan> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("plan.toml");
        std::fs::write(&path, text).unwrap();
        Plan::read(&path)
    }

    #[test]
    fn cells_are_networks_by_combinations_by_seeds() {
        let plan = read(
            "verb = \"reach\"\nnetworks = [\"a\", \"b\"]\nseeds = [1, 2]\n[fixed]\ncreators = \"x\"\n\
             [grid]\nmodel = [\"wc\", \"ic:0.1\"]\nhalf-width = [0.1, 0.2]\n",
        )
        .unwrap();
        let cells = plan.cells();
        assert_eq!(cells.len(), 2 * 4 * 2);
        assert_eq!(plan.words(&cells[0]), ["reach", "--creators=x", "--half-width=0.1", "--model=wc"]);
        assert_eq!((cells[1].seed, cells[2].seed, cells[8].network), (2, 1, 1));
        assert!(plan.networks[0].ends_with("a") && plan.networks[0].is_absolute());
    }

    #[test]
    fn a_plan_that_cannot_be_meant_is_refused_in_words() {
        let refused = |text: &str, words: &str| {
            let error = read(text).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        };
        refused("verb = \"reach\"\nnetwork = [\"a\"]\n", "plan.toml:2:1");
        refused("verb = \"rech\"\nnetworks = [\"a\"]\n", "found \"rech\"");
        refused("verb = \"export\"\nnetworks = [\"a\"]\n", "answers with a table");
        refused("verb = \"reach\"\nnetworks = []\n", "at least one network");
        refused("verb = \"reach\"\nnetworks = [\"a\"]\nseeds = [1, 1]\n", "1 twice");
        refused("verb = \"reach\"\nnetworks = [\"a\"]\n[grid]\nmodl = [\"wc\"]\n", "did you mean model?");
        refused("verb = \"reach\"\nnetworks = [\"a\"]\n[grid]\nmodel = []\n", "model = []");
        refused("verb = \"reach\"\nnetworks = [\"a\"]\n[fixed]\nhalf-width = \"x\"\n", "half-width as a number");
        refused("verb = \"reach\"\nnetworks = [\"a\"]\n[fixed]\noutput = \"x\"\n", "found \"output\"");
        refused("verb = \"reach\"\nnetworks = [\"a\"]\n[fixed]\nmodel = \"wc\"\n[grid]\nmodel = [\"wc\"]\n", "in both");
    }
}
