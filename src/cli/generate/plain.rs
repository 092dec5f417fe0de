//! The plain models: parameters in, a network and a summary out.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::base::memory::Bytes;
use crate::base::{Error, Result, Run};
use crate::cli::term::Terminal;
use crate::graph::Network;
use crate::io::Ingest;
use crate::io::export::{Part, Shape, export};
use crate::io::snapshot;
use crate::report::number::{count, significant};
use crate::synth::{BarabasiAlbert, Configuration, Degrees, ErdosRenyi, Lfr, Made, Rmat, Sbm, WattsStrogatz};

/// A model of the verb.
pub trait Plain: Serialize {
    /// What the output is called where nobody says, and what the model is called.
    const NAMES: (&'static str, &'static str);
    /// Bytes at the peak.
    fn bytes(&self) -> u64;
    /// Refuses parameters that make no sense.
    fn refuse(&self) -> Result<()>;
    /// Draws the network.
    fn make(&self, run: &Run) -> Result<Made>;
}

macro_rules! plain {
    ($($model:ty: $file:literal, $name:literal;)*) => {$(
        impl Plain for $model {
            const NAMES: (&'static str, &'static str) = ($file, $name);
            fn bytes(&self) -> u64 { self.memory() }
            fn refuse(&self) -> Result<()> { self.check() }
            fn make(&self, run: &Run) -> Result<Made> { self.run(run) }
        }
    )*};
}

plain! {
    Rmat: "rmat", "R-MAT";
    BarabasiAlbert: "ba", "Barabási–Albert";
    ErdosRenyi: "er", "Erdős–Rényi";
    WattsStrogatz: "ws", "Watts–Strogatz";
    Sbm: "sbm", "stochastic block model";
    Lfr: "lfr", "Lancichinetti–Fortunato–Radicchi";
    Configuration: "configuration", "configuration model";
}

/// A model's parameters, and where its network goes.
#[derive(Debug, clap::Args)]
pub struct PlainArgs<P: clap::Args> {
    #[command(flatten)]
    params: P,
    #[command(flatten)]
    target: Target,
}

impl<P: Plain + clap::Args> PlainArgs<P> {
    /// Runs the model.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        self.params.refuse()?;
        self.target.give(terminal, &self.params, None, || self.params.make(&terminal.run))
    }
}

/// The configuration model, whose degrees may come from outside.
#[derive(Debug, clap::Args)]
pub struct ConfigurationArgs {
    #[command(flatten)]
    params: Configuration,
    /// Degrees of this network (a snapshot, a folder, raw files) instead of a power law
    #[arg(long, value_name = "NETWORK", num_args = 1.., conflicts_with = "degrees")]
    like: Vec<PathBuf>,
    /// Degrees from a file, one number a line, instead of a power law; undirected
    #[arg(long, value_name = "FILE")]
    degrees: Option<PathBuf>,
    #[command(flatten)]
    target: Target,
}

impl ConfigurationArgs {
    /// Runs the model.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        terminal.reading(&self.like);
        terminal.reading(self.degrees.as_slice());
        let (degrees, from) = match (&self.degrees, self.like.first()) {
            (Some(path), _) => (Some(read_degrees(path)?), path.display().to_string()),
            (None, Some(first)) => {
                let opened = crate::io::open_with(&self.like, &Ingest::default(), false, &terminal.run)?;
                (Some(Degrees::of(opened.network.follow_graph()?)), first.display().to_string())
            }
            (None, None) => (None, String::new()),
        };
        self.params.refuse()?;
        let from = degrees.is_some().then_some(from);
        self.target.give(terminal, &self.params, from, || match &degrees {
            Some(degrees) => self.params.run_with(degrees, &terminal.run),
            None => self.params.run(&terminal.run),
        })
    }
}

/// Degrees, one a line; blank lines and comments are passed over.
fn read_degrees(path: &Path) -> Result<Degrees> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
    let mut degrees = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with(['#', '%']) {
            continue;
        }
        degrees.push(line.parse().map_err(|_| {
            let place = crate::base::Location::file(path.display().to_string()).line(at as u64 + 1);
            Error::input(place, "a degree", crate::base::error::quoted(line.as_bytes()))
        })?);
    }
    Ok(Degrees::Undirected(degrees))
}

/// Where a network goes.
#[derive(Debug, clap::Args)]
pub struct Target {
    /// The file to write: .trg (snapshot), .txt, .csv or .mtx, these also .gz or .zst [default: the model's name, .trg]
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,
    /// Also write the accounts with their planted communities
    #[arg(long, value_name = "FILE.csv", help_heading = "Output")]
    accounts: Option<PathBuf>,
    /// Replace the files if they exist
    #[arg(long, help_heading = "Output")]
    force: bool,
}

impl Target {
    /// Makes the network, writes it and prints the summary. `from` names degrees that came from outside.
    fn give<P: Plain>(
        &self,
        terminal: &Terminal,
        params: &P,
        from: Option<String>,
        make: impl FnOnce() -> Result<Made>,
    ) -> Result<()> {
        let path = self.output.clone().unwrap_or_else(|| PathBuf::from(format!("{}.trg", P::NAMES.0)));
        let shape = self.shape(&path)?;
        // Whatever can be refused is refused before the work.
        for path in std::iter::once(&path).chain(&self.accounts) {
            terminal.writing(path)?;
            if path.is_file() && !self.force {
                return Err(Error::Exists(path.clone()));
            }
        }
        let made = make()?;
        let checksum = match shape {
            None => snapshot::write(&made.network, &path, self.force, &terminal.run)?,
            Some(shape) => {
                export(&made.network, Part::Follows, shape, &path, self.force, &terminal.run)?;
                snapshot::checksum_of(&made.network, &terminal.run)?
            }
        };
        if let Some(accounts) = &self.accounts {
            export(&made.network, Part::Accounts, Shape::Csv, accounts, self.force, &terminal.run)?;
        }
        let mut text = describe(params, from, terminal.seed, &made)?;
        let size = std::fs::metadata(&path).map_or(0, |about| about.len());
        let _ = writeln!(text, "written       {} ({})", path.display(), Bytes(size));
        if let Some(accounts) = &self.accounts {
            let _ = writeln!(text, "accounts in   {}", accounts.display());
        }
        let _ = writeln!(text, "checksum      {checksum:016x}");
        terminal.print(&text)
    }

    /// The shape of a text, `None` for a snapshot.
    fn shape(&self, path: &Path) -> Result<Option<Shape>> {
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("trg")) {
            return Ok(None);
        }
        match Shape::of(path).filter(|shape| *shape != Shape::Ndjson) {
            Some(shape) => Ok(Some(shape)),
            None => Err(Error::parameter("-o", format!("what format is {}?", path.display()))
                .with_hint("end the name in .trg, .txt, .csv or .mtx")),
        }
    }
}

/// The summary as people read it.
fn describe<P: Plain>(params: &P, from: Option<String>, seed: u64, made: &Made) -> Result<String> {
    let mut text = String::new();
    let graph = made.graph()?;
    let _ = writeln!(text, "model         {}", P::NAMES.1);
    let parameters = match from {
        Some(from) => vec![format!("degrees of {from}")],
        None => parameters(params)?,
    };
    let parameters = parameters.into_iter().chain([format!("rng-seed {seed}")]);
    wrap(&mut text, "asked for", parameters);
    let _ = writeln!(text, "accounts      {}", count(made.network.accounts() as u64));
    let both = graph.is_symmetric() && graph.edges() > 0;
    let _ = match both {
        true => writeln!(text, "links         {}, each stored both ways", count(graph.edges() / 2)),
        false => writeln!(text, "follows       {}, u follows v", count(graph.edges())),
    };
    let counts = made.counts;
    let dropped = [
        ("drawn", counts.drawn),
        ("repeats merged", counts.repeats),
        ("with oneself dropped", counts.self_loops),
        ("found no place", counts.unplaced),
    ];
    let parts = dropped.into_iter().enumerate().filter(|(at, (_, number))| *at == 0 || *number > 0);
    wrap(&mut text, "", parts.map(|(_, (what, number))| format!("{} {what}", count(number))));
    let _ = writeln!(text, "{:<24}{:>12}{:>12}   95% interval", "", "asked", "came out");
    for figure in &made.figures {
        let asked = figure.asked.map_or("-".into(), |asked| significant(asked, 5));
        let found = if figure.found.is_nan() { "-".into() } else { significant(figure.found, 5) };
        let interval = figure.interval.filter(|interval| !interval.low.is_nan());
        let interval = interval
            .map_or(String::new(), |ends| format!("   {} to {}", significant(ends.low, 4), significant(ends.high, 4)));
        let _ = writeln!(text, "{:<24}{asked:>12}{found:>12}{interval}", figure.name);
    }
    for note in &made.notes {
        wrap(&mut text, "note", note.split(' ').map(str::to_owned));
    }
    let held = held(&made.network);
    let _ = writeln!(text, "memory        {} to make by the formula, {} to hold", Bytes(params.bytes()), Bytes(held));
    Ok(text)
}

/// Bytes of the network itself.
fn held(network: &Network) -> u64 {
    let accounts = network.accounts() as u64;
    let graph = network.follows.as_ref().map_or(0, |follows| {
        let bytes = crate::graph::Graph::memory(accounts, follows.graph.edges(), false);
        if follows.graph.is_symmetric() { bytes / 2 } else { bytes }
    });
    graph + 8 * accounts + network.attributes.memory()
}

/// `scale 20`, `edge-factor 16`, …
fn parameters(params: &impl Serialize) -> Result<Vec<String>> {
    let value =
        serde_json::to_value(params).map_err(|error| Error::io("<stdout>", "write", std::io::Error::other(error)))?;
    let object = value.as_object().into_iter().flatten();
    let given = object.filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    Ok(given.map(|(name, value)| format!("{name} {}", value.to_string().replace(['[', ']'], ""))).collect())
}

/// Words after a head, in lines of at most 79 columns. Parts of a list are set apart by commas.
fn wrap(text: &mut String, head: &str, parts: impl Iterator<Item = String>) {
    const INDENT: usize = 14;
    let glue = if head == "note" { " " } else { ", " };
    let mut parts = parts.peekable();
    let mut column = INDENT;
    let _ = write!(text, "{head:<INDENT$}");
    while let Some(mut part) = parts.next() {
        if parts.peek().is_some() {
            part.push_str(glue);
        }
        let width = part.trim_end().chars().count();
        if column + width > 79 && column > INDENT {
            text.truncate(text.trim_end().len());
            let _ = write!(text, "\n{:INDENT$}", "");
            column = INDENT;
        }
        column += part.chars().count();
        text.push_str(&part);
    }
    text.push('\n');
}
