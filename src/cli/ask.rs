//! Verbs asked from inside another program: the same words, checks, figures and sentences, without a screen. What the
//! Python package and `truereach run` stand on.

use std::cell::RefCell;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory, FromArgMatches, Parser};
use tempfile::NamedTempFile;

use super::describe::Described;
use super::open::NetworkArgs;
use super::term::Terminal;
use super::{Cli, dispatch};
use crate::base::engine::Asked;
use crate::base::{Error, Result, Run, sealed};
use crate::graph::Network;
use crate::io::{Opened, snapshot};
use crate::report::{Answer, Table};

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
        let held = Held::of(&args, &terminal)?;
        Ok((held, terminal.answer().notes))
    }

    /// Reads a network as `args` say; what is odd about it is said to `terminal`.
    pub(super) fn of(args: &NetworkArgs, terminal: &Terminal) -> Result<Held> {
        let name = args.name();
        let Opened { network, checksum, packed, read } = args.read(terminal)?;
        if let Some(summary) = read {
            super::open::odd(&summary, &name).into_iter().for_each(|line| terminal.note(line));
        }
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        Ok(Held { network, checksum, packed, paths: args.network.iter().map(absolute).collect(), name })
    }

    pub(super) fn opened(&self) -> Opened {
        Opened { network: self.network.clone(), checksum: self.checksum, packed: self.packed, read: None }
    }
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
    if !run.is_alone() {
        super::elsewhere::check(&cli.verb)?;
    }
    let terminal = Terminal::within(run, small_cells, held.cloned());
    let unmet = match dispatch(cli.verb, &terminal) {
        Ok(()) => None,
        Err(Error::NotConverged(goal)) => Some(goal),
        Err(error) => return Err(error),
    };
    Ok(Answer { unmet, ..terminal.answer() })
}

/// Computes chunks that another process asked for, of the work of this name in the verb of these words: their sealed parts.
/// `question` is the digest of what is asked; the seed is `run`'s.
///
/// **Errors**: those of the verb; [`Error::Engine`] where the verb ends without that work: network, parameters or version
/// differ.
pub fn chunks(
    words: &[String],
    held: Option<&Held>,
    run: &Run,
    small_cells: bool,
    question: u64,
    work: &str,
    chunks: Vec<Vec<u8>>,
) -> Result<Vec<Vec<u8>>> {
    let asked = Arc::new(Asked::new(question, work, chunks));
    let found = ask(words, held, &run.clone().asked(asked.clone()), small_cells);
    match (asked.answers(), found) {
        (Some(parts), _) => Ok(parts),
        (None, Err(error)) if !matches!(error, Error::NotConverged(_)) => Err(error),
        (None, _) => {
            Err(Error::engine(format!("a worker found no work \"{work}\": it has another network under this name"))
                .with_hint("the network's file and what stands beside it must be the same on every worker"))
        }
    }
}

/// The digest of a question: the words, whether small counts are shown, the seed and the version of the program.
pub fn question(words: &[String], seed: u64, small_cells: bool) -> u64 {
    let all = serde_json::json!([env!("CARGO_PKG_VERSION"), words, seed, small_cells]).to_string();
    sealed::digest(all.as_bytes())
}

/// Accounts as words of a command line, and the file that some of them stand in.
#[derive(Debug)]
pub struct Listed {
    /// The words, each an option of its own.
    pub words: Vec<String>,
    /// Kept as long as the words are asked.
    _file: Option<NamedTempFile>,
}

/// The words `--flag=name` of accounts of the network, whatever their names. An option stops at a comma: names with commas
/// stand in a file, all others in options, where every name that the network knows is a name and no file.
pub fn listed(flag: &str, names: &[String]) -> Result<Listed> {
    if let Some(name) = names.iter().find(|name| name.contains(['\n', '\r'])) {
        return Err(Error::parameter(flag, format!("{name:?} has a line break, and lists have a name a line")));
    }
    let (in_file, in_words): (Vec<&String>, Vec<&String>) = names.iter().partition(|name| name.contains(','));
    let mut words: Vec<String> = in_words.iter().map(|name| format!("{flag}={name}")).collect();
    if in_file.is_empty() {
        return Ok(Listed { words, _file: None });
    }
    let fail = |error| Error::io("a temporary list of accounts", "write", error);
    let mut file = NamedTempFile::new().map_err(fail)?;
    in_file.iter().try_for_each(|name| writeln!(file, "{name}")).map_err(fail)?;
    file.flush().map_err(fail)?;
    words.push(format!("{flag}=@{}", file.path().display()));
    Ok(Listed { words, _file: Some(file) })
}

/// Whether a verb refused to count people one by one because nobody linked the accounts that one person has on several
/// platforms: it counts accounts if it is told to ([`ACCOUNTS`]), which is an assumption to be said.
pub fn is_of_unlinked(error: &Error) -> bool {
    matches!(error, Error::Parameter { hint: Some(hint), .. } if hint.contains(ACCOUNTS))
}

/// Has accounts taken for people.
pub const ACCOUNTS: &str = "--accounts-are-people";

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
