//! Verbs asked from inside another program: the same words, checks, figures and sentences, without a screen. What the
//! Python package and `truereach run` stand on.

use std::cell::RefCell;
use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser};

use super::describe::Described;
use super::open::NetworkArgs;
use super::term::Terminal;
use super::{Cli, dispatch};
use crate::base::{Error, Result, Run};
use crate::graph::Network;
use crate::io::{Opened, snapshot};
use crate::report::Table;

/// A network in memory, to be asked again and again. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Held {
    /// The network.
    pub network: Network,
    /// What identifies it: the checksum of the snapshot it is or would make.
    pub checksum: u64,
    /// Where it comes from, whatever the current folder becomes; what is kept beside a snapshot is looked for there.
    pub paths: Vec<PathBuf>,
    /// What to call it.
    pub name: String,
    packed: Option<u64>,
}

impl Held {
    /// A network made in memory.
    pub fn made(network: Network, run: &Run) -> Result<Held> {
        let checksum = snapshot::checksum_of(&network, run)?;
        Ok(Held { network, checksum, paths: vec![PathBuf::from("<memory>")], name: "<memory>".into(), packed: None })
    }

    /// Reads what `words` name, as every verb reads its NETWORK: files, and options such as `--edges`. Returns what
    /// was said about it too.
    pub fn read(words: &[String], run: &Run) -> Result<(Held, Vec<String>)> {
        let command = NetworkArgs::augment_args(clap::Command::new("truereach").no_binary_name(true));
        let matches = command.try_get_matches_from(words).map_err(wrong)?;
        let args = NetworkArgs::from_arg_matches(&matches).map_err(wrong)?;
        let terminal = Terminal::within(run, true, None);
        let name = args.name();
        let Opened { network, checksum, packed, read } = args.read(&terminal)?;
        if let Some(summary) = read {
            super::open::odd(&summary, &name).into_iter().for_each(|line| terminal.note(line));
        }
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let held = Held { network, checksum, packed, paths: args.network.iter().map(absolute).collect(), name };
        Ok((held, terminal.answer().notes))
    }

    pub(super) fn opened(&self) -> Opened {
        Opened { network: self.network.clone(), checksum: self.checksum, packed: self.packed, read: None }
    }
}

/// What a verb answered.
#[derive(Debug, Default)]
pub struct Answer {
    /// Its tables; small counts are withheld in them where the network is personal data.
    pub tables: Vec<Table>,
    /// What it printed besides.
    pub text: String,
    /// What it said to the person: notes and assumptions.
    pub notes: Vec<String>,
    /// The goal that was asked for and not met; what stands in the tables is the best so far.
    pub unmet: Option<String>,
}

/// Asks a verb: `["rank", "pagerank", "--damping=0.9", "market.trg"]`. With `held`, NETWORK is that one and `words`
/// name none. The seed is `run`'s.
///
/// **Errors**: those of the verb, and [`Error::Parameter`] where the words make no command.
pub fn ask(words: &[String], held: Option<&Held>, run: &Run, small_cells: bool) -> Result<Answer> {
    let mut line = vec!["truereach".to_owned()];
    line.extend_from_slice(words);
    if let Some(held) = held {
        line.push("--".into());
        line.extend(held.paths.iter().map(|path| path.display().to_string()));
    }
    let cli = Cli::try_parse_from(line).map_err(wrong)?;
    let terminal = Terminal::within(run, small_cells, held.cloned());
    let unmet = match dispatch(cli.verb, &terminal) {
        Ok(()) => None,
        Err(Error::NotConverged(goal)) => Some(goal),
        Err(error) => return Err(error),
    };
    Ok(Answer { unmet, ..terminal.answer() })
}

/// Every verb with its parameters, as `--help` has them.
pub fn verbs() -> Vec<Described> {
    let mut command = Cli::command();
    command.build();
    super::describe::verbs(&command)
}

/// The parameters of reading a network.
pub fn reading() -> Described {
    let mut command = NetworkArgs::augment_args(clap::Command::new("read"));
    command.build();
    super::describe::verb("read".into(), &command)
}

/// What is wrong with the words, as one sentence.
fn wrong(error: clap::Error) -> Error {
    let text = error.to_string();
    let problem = text.split("\n\nUsage:").next().unwrap_or(&text);
    let problem = problem.split("\n\nFor more information").next().unwrap_or(problem);
    let problem = problem.trim().trim_start_matches("error: ").to_owned();
    let parameter = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(arg)) => arg.split_whitespace().next().map(str::to_owned),
        _ => None,
    };
    match parameter.filter(|parameter| parameter.starts_with('-')) {
        Some(parameter) => Error::parameter(parameter, problem),
        None => Error::parameter("parameters", problem),
    }
}

/// What is collected where there is no screen.
#[derive(Debug, Default)]
pub(super) struct Collected(RefCell<Answer>);

impl Collected {
    pub(super) fn note(&self, text: &str) {
        self.0.borrow_mut().notes.push(text.to_owned());
    }

    pub(super) fn text(&self, text: &str) {
        self.0.borrow_mut().text.push_str(text);
    }

    pub(super) fn table(&self, table: &Table) {
        self.0.borrow_mut().tables.push(table.clone());
    }

    pub(super) fn take(&self) -> Answer {
        self.0.take()
    }
}
