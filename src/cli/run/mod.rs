//! `truereach run`: one verb over networks, parameters and seeds.

mod cell;
mod estimate;
mod plan;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use super::ask::Held;
use super::term::{OutputArgs, Terminal};
use crate::base::engine::named;
use crate::base::memory::Bytes;
use crate::base::sealed::digest;
use crate::base::{Error, Result};
use crate::io::snapshot::{self, Snapshot};
use crate::report::number::count;
use crate::report::{Cell as Field, Column, Format, Provenance, Table};
use cell::{Done, Kept};
use plan::{Cell, Plan};

/// Run one verb over networks, every combination of parameters, and seeds; one row a cell.
///
/// A plan is a TOML file: verb, networks, seeds, [fixed] for parameters that stay, [grid] for lists of which every combination
/// is run. Finished cells are kept beside the results until all are done: a run that was stopped goes on where it was, and
/// gives the same file.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach run plan.toml --dry-run
  truereach run plan.toml -o results.parquet

A plan:
  verb = \"reach\"
  networks = [\"market.trg\"]
  seeds = [1, 2, 3]
  [fixed]
  creators = \"@plan.txt\"
  [grid]
  model = [\"prior\", \"wc\"]
  half-width = [0.01, 0.005]")]
pub struct RunArgs {
    /// The plan
    #[arg(value_name = "PLAN.toml")]
    plan: PathBuf,
    /// Run nothing: say which cells there are, what is done of them, and about what the rest takes
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// A network of the plan.
struct Source {
    /// As the plan calls it.
    name: String,
    path: PathBuf,
    held: Option<Held>,
    /// What identifies it, once it was looked at: its checksum, and the contents of what is kept beside it.
    known: Option<(u64, u64)>,
}

/// How a cell is asked.
struct Line {
    words: Vec<String>,
    key: String,
    checksum: u64,
}

impl RunArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let plan = Plan::read(&self.plan)?;
        let format = self.output.format.or_else(|| self.output.output.as_deref().and_then(Format::of));
        let ending = match (format, cfg!(feature = "parquet")) {
            (Some(format), _) => format.ending(),
            (None, true) => "parquet",
            (None, false) => "csv",
        };
        let target = self.output.output.clone().unwrap_or_else(|| self.plan.with_extension(ending));
        if format == Some(Format::Svg) || (format.is_none() && self.output.output.is_some()) {
            return Err(Error::parameter("-o", format!("{} cannot hold results", target.display()))
                .with_hint("end the name in .parquet, .arrow, .csv, .tsv, .xlsx, .json or .ndjson"));
        }
        let folder = self.plan.parent().unwrap_or(Path::new("."));
        // Paths of this machine are in no result.
        let named = |path: &PathBuf| match (path.strip_prefix(folder), path.file_name()) {
            (Ok(inner), _) if !inner.is_absolute() => inner.display().to_string(),
            (_, Some(name)) => name.to_string_lossy().into_owned(),
            _ => path.display().to_string(),
        };
        let mut sources: Vec<Source> = plan
            .networks
            .iter()
            .map(|path| Source { name: named(path), path: path.clone(), held: None, known: None })
            .collect();
        let kept = Kept::beside(&target);
        let cells = plan.cells();
        if self.dry_run {
            return self.tell(&plan, &cells, &mut sources, &kept, terminal);
        }
        terminal.reading(std::slice::from_ref(&self.plan));
        terminal.reading(&plan.networks);
        terminal.writing(&target)?;
        if target.is_file() && !self.output.force {
            return Err(Error::Exists(target));
        }
        let (mut rows, mut keys) = (Vec::new(), Vec::new());
        let mut before = 0;
        let mut far = self.elsewhere(&plan, &cells, &mut sources, &kept, terminal)?;
        for (at, cell) in cells.iter().enumerate() {
            let source = &mut sources[cell.network];
            let Line { words, key, checksum } = self.line(&plan, cell, source, terminal)?;
            let done = match kept.find(&key) {
                None if far.contains_key(&at) => {
                    let done = far.remove(&at).unwrap_or_default();
                    kept.keep(&key, &done)?;
                    done
                }
                Some(done) => {
                    before += 1;
                    done
                }
                None => {
                    let held = open(source, terminal)?;
                    terminal.run.phase(&format!("cell {} of {}", at + 1, cells.len()), None);
                    let begun = Instant::now();
                    let run = terminal.run.here().with_seed(cell.seed);
                    let done = cell::run(&words, held, &run, terminal.small_cells())?;
                    let done = Done { seconds: begun.elapsed().as_secs_f64(), ..done };
                    kept.keep(&key, &done)?;
                    done
                }
            };
            rows.push((cell, checksum, done));
            keys.push(key);
            // One network is in memory at a time; cells of one stand together.
            if cells.get(at + 1).is_none_or(|next| next.network != cell.network) {
                sources[cell.network].held = None;
            }
        }
        if before > 0 {
            terminal.note(format!("{} of {} cells were done before", count(before), count(cells.len() as u64)));
        }
        let table = self.table(&plan, &rows, &sources, &target, terminal)?;
        let output = OutputArgs { output: Some(target), ..self.output.clone() };
        terminal.give(&table, &output)?;
        kept.forget(&keys)?;
        let unmet = rows.iter().filter(|(_, _, done)| done.status != "done").count();
        match rows.iter().find(|(_, _, done)| done.status != "done") {
            None => Ok(()),
            Some((_, _, first)) => Err(Error::NotConverged(format!(
                "{unmet} of {} cells have no full answer; the first: {}",
                rows.len(),
                first.problem.clone().unwrap_or_default().lines().next().unwrap_or_default()
            ))),
        }
    }

    /// Cells that other processes computed, where there are any, by number; those that were done before are left out.
    fn elsewhere(
        &self,
        plan: &Plan,
        cells: &[Cell],
        sources: &mut [Source],
        kept: &Kept,
        terminal: &Terminal,
    ) -> Result<HashMap<usize, Done>> {
        if terminal.run.is_alone() {
            return Ok(HashMap::new());
        }
        let lines: Vec<Line> = cells
            .iter()
            .map(|cell| self.line(plan, cell, &mut sources[cell.network], terminal))
            .collect::<Result<_>>()?;
        let missing: Vec<usize> = (0..cells.len()).filter(|&at| kept.find(&lines[at].key).is_none()).collect();
        let sources = RefCell::new(sources);
        let work = named("cells", &lines.iter().map(|line| digest(line.key.as_bytes())).collect::<Vec<_>>());
        let found = terminal.run.elsewhere(&work, &missing, |&at: &usize| {
            let (cell, line) = match (cells.get(at), lines.get(at)) {
                (Some(cell), Some(line)) => (cell, line),
                _ => return Err(Error::engine(format!("the plan has no cell {at}"))),
            };
            let mut sources = sources.borrow_mut();
            let held = open(&mut sources[cell.network], terminal)?;
            cell::run(&line.words, held, &terminal.run.here().with_seed(cell.seed), terminal.small_cells())
        })?;
        Ok(missing.into_iter().zip(found.unwrap_or_default()).collect())
    }

    /// The command line of a cell, with its files where they are, and what identifies it.
    fn line(&self, plan: &Plan, cell: &Cell, source: &mut Source, terminal: &Terminal) -> Result<Line> {
        let folder = self.plan.parent().unwrap_or(Path::new("."));
        let (checksum, beside) = known(source, terminal)?;
        let (mut words, mut files) = (plan.words(cell), vec![beside]);
        let plain = words.clone();
        for word in &mut words {
            if let Some((path, there)) = plan::file_of(word, folder) {
                files.push(cell::contents(&path)?);
                *word = there;
            }
        }
        let key = cell::key(&plain, &files, cell.seed, checksum, terminal.small_cells());
        Ok(Line { words, key, checksum })
    }

    /// The results, a row a cell.
    fn table(
        &self,
        plan: &Plan,
        rows: &[(&Cell, u64, Done)],
        sources: &[Source],
        target: &Path,
        terminal: &Terminal,
    ) -> Result<Table> {
        let found = rows
            .iter()
            .map(|(_, _, done)| done.answer.as_deref().map_or(Ok(Vec::new()), cell::figures))
            .collect::<Result<Vec<_>>>()?;
        let mut names: Vec<&String> = Vec::new();
        for (name, _) in found.iter().flatten() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let mut columns = vec![
            Column::new("cell", "cell", "", "its place in the plan, from 1"),
            Column::new("network", "network", "", "the network, as the plan calls it"),
            Column::new("checksum", "checksum", "", "what identifies the network").detail(),
            Column::new("verb", "verb", "", "the verb").detail(),
        ];
        let given: Vec<&String> = plan.fixed.keys().chain(plan.grid.keys()).collect();
        columns
            .extend(given.iter().map(|name| Column::new(lasting(name), lasting(name), "", "a parameter of the cell")));
        columns.extend([
            Column::new("seed", "seed", "", "the seed of all randomness"),
            Column::new("engine", "engine", "", "the engine and its version").detail(),
            Column::new("status", "status", "", "done, goal not met, or refused"),
            Column::new("problem", "problem", "", "which goal was not met, or why it was refused").detail(),
        ]);
        // The model of an answer stands beside the model that was asked for.
        let taken: Vec<&str> = columns.iter().map(|column| column.key).collect();
        let named = names.iter().map(|name| match taken.contains(&name.as_str()) {
            true => lasting(&format!("answer.{name}")),
            false => lasting(name),
        });
        let figures: Vec<Column> = named.map(|name| Column::new(name, name, "", "a figure of the answer")).collect();
        columns.extend(figures);
        // A document of many rows is no cell of a sheet.
        let format = self.output.format.or_else(|| Format::of(target));
        let whole = !matches!(format, Some(Format::Csv | Format::Tsv | Format::Xlsx | Format::Table));
        if whole {
            columns.push(Column::new("answer", "answer", "", "the whole answer, as --format json prints it").detail());
        }
        let mut parameters = serde_json::to_value(plan).map_err(|error| Error::parameter("plan", error.to_string()))?;
        parameters["networks"] = sources.iter().map(|source| source.name.clone()).collect();
        let network = rows.first().map_or(0, |(_, checksum, _)| *checksum);
        let provenance = Provenance::new("run", parameters, terminal.seed, network);
        let mut table = Table::new("truereach/run/1", columns, provenance);
        for (at, ((cell, checksum, done), found)) in rows.iter().zip(&found).enumerate() {
            let found: BTreeMap<&String, &Value> = found.iter().map(|(name, value)| (name, value)).collect();
            let mut row = vec![
                Field::Count(at as u64 + 1),
                Field::Text(sources[cell.network].name.clone()),
                Field::Text(format!("{checksum:016x}")),
                Field::Text(plan.verb.clone()),
            ];
            row.extend(plan.fixed.values().chain(cell.values.iter().map(|(_, value)| value)).map(parameter));
            row.extend([
                Field::Count(cell.seed),
                Field::Text(concat!("truereach ", env!("CARGO_PKG_VERSION")).into()),
                Field::Text(done.status.clone()),
                Field::text(done.problem.clone()),
            ]);
            row.extend(names.iter().map(|name| figure(found.get(name).copied())));
            if whole {
                row.push(Field::text(done.answer.clone()));
            }
            table.rows.push(row);
        }
        Ok(table)
    }

    /// What there is to do.
    fn tell(
        &self,
        plan: &Plan,
        cells: &[Cell],
        sources: &mut [Source],
        kept: &Kept,
        terminal: &Terminal,
    ) -> Result<()> {
        let sizes = sources.iter().map(|source| estimate::size(&source.path)).collect::<Result<Vec<_>>>()?;
        let mut measured: Vec<Vec<f64>> = vec![Vec::new(); sources.len()];
        let mut states = Vec::new();
        for cell in cells {
            let line = self.line(plan, cell, &mut sources[cell.network], terminal)?;
            sources[cell.network].held = None;
            let done = kept.find(&line.key);
            measured[cell.network].extend(done.iter().map(|done| done.seconds));
            states.push(done.map(|done| done.status));
        }
        let others: Vec<(f64, u64)> = measured
            .iter()
            .zip(&sizes)
            .flat_map(|(seconds, size)| seconds.iter().map(move |&second| (second, size.map_or(0, |size| size.edges))))
            .collect();
        let mut columns = vec![
            Column::new("cell", "cell", "", "its place in the plan, from 1"),
            Column::new("network", "network", "", "the network, as the plan calls it"),
        ];
        columns.extend(
            plan.grid.keys().map(|name| Column::new(lasting(name), lasting(name), "", "a parameter of the cell")),
        );
        columns.extend([
            Column::new("seed", "seed", "", "the seed of all randomness"),
            Column::new("state", "state", "", "to do, or what became of it"),
            Column::new("memory", "memory", "bytes", "about what it takes: the network and scores beside it"),
            Column::new("seconds", "seconds", "s", "about how long it takes"),
        ]);
        let provenance = Provenance::new("run --dry-run", Value::Null, terminal.seed, 0);
        let mut table = Table::new("truereach/run-plan/1", columns, provenance);
        let (mut left, mut seconds, mut unknown, mut most) = (0u64, 0.0, 0u64, 0u64);
        for (at, (cell, state)) in cells.iter().zip(&states).enumerate() {
            let size = sizes[cell.network];
            let memory = size.map(estimate::memory);
            let takes = estimate::seconds(&measured[cell.network], &others, size.map(|size| size.edges))
                .or(size.map(|size| estimate::rough(&plan.verb, size.edges)));
            if state.is_none() {
                left += 1;
                seconds += takes.unwrap_or(0.0);
                unknown += u64::from(takes.is_none());
                most = most.max(memory.unwrap_or(0));
            }
            let mut row = vec![Field::Count(at as u64 + 1), Field::Text(sources[cell.network].name.clone())];
            row.extend(cell.values.iter().map(|(_, value)| parameter(value)));
            row.extend([
                Field::Count(cell.seed),
                Field::Text(state.clone().unwrap_or_else(|| "to do".into())),
                memory.map_or(Field::Missing, |bytes| Field::Shown(bytes as f64, Bytes(bytes).to_string())),
                takes.filter(|_| state.is_none()).map_or(Field::Missing, |seconds| Field::Score(seconds, 2)),
            ]);
            table.rows.push(row);
        }
        let basis = match measured.iter().map(Vec::len).sum::<usize>() {
            0 => "roughly, for no cell was measured yet: a factor of several either way".into(),
            cells => format!("from {cells} measured cells"),
        };
        table.notes.push(format!(
            "{} cells, {} to do; about {:.0} s {basis}; {} at most",
            count(cells.len() as u64),
            count(left),
            seconds,
            Bytes(most)
        ));
        if unknown > 0 {
            let words = "of networks that are raw files, whose size is not known before they are read";
            table.notes.push(format!("{} cells are {words}; ingest them first", count(unknown)));
        }
        terminal.give(&table, &OutputArgs { output: None, ..self.output.clone() })
    }
}

/// A network of the plan, read once.
fn open<'a>(source: &'a mut Source, terminal: &Terminal) -> Result<&'a Held> {
    if source.held.is_none() {
        let words = ["--".to_owned(), source.path.display().to_string()];
        let (held, notes) = Held::read(&words, &terminal.run)?;
        notes.into_iter().for_each(|note| terminal.note(note));
        source.held = Some(held);
    }
    source.held.as_ref().ok_or_else(|| Error::parameter("networks", "not read"))
}

/// What identifies a network and what is kept beside it; a snapshot says it without being read.
fn known(source: &mut Source, terminal: &Terminal) -> Result<(u64, u64)> {
    if let Some(known) = source.known {
        return Ok(known);
    }
    let known = match snapshot::looks_like_snapshot(&source.path) {
        true => (Snapshot::open(&source.path, true)?.checksum(), cell::beside(&source.path)?),
        false => (open(source, terminal)?.checksum, 0),
    };
    source.known = Some(known);
    Ok(known)
}

/// A name for as long as the program runs: columns are called by names of the program, and a plan has few of its own.
fn lasting(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

fn parameter(value: &toml::Value) -> Field {
    match value {
        toml::Value::Integer(number) if *number >= 0 => Field::Count(*number as u64),
        toml::Value::Integer(number) => Field::Score(*number as f64, 6),
        toml::Value::Float(number) => Field::Score(*number, 6),
        other => Field::Text(plan::text(other)),
    }
}

fn figure(value: Option<&Value>) -> Field {
    match value {
        None | Some(Value::Null) => Field::Missing,
        Some(Value::Number(number)) => match number.as_u64() {
            Some(whole) => Field::Count(whole),
            None => number.as_f64().map_or(Field::Missing, |number| Field::Score(number, 6)),
        },
        Some(Value::String(text)) => Field::Text(text.clone()),
        Some(other) => Field::Text(other.to_string()),
    }
}
