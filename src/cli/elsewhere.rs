//! `--engine`: the same command with other processes at work. Spark is asked through Python, where its driver lives; the
//! command line is handed over to it, and comes back to this program's verbs inside that process ([`main_with`]).

use std::ffi::OsString;
use std::process::Command;
use std::sync::Arc;

use super::term::Terminal;
use super::{Verb, dispatch, ended};
use crate::base::engine::Engine;
use crate::base::{Error, Result};

/// What Python does first: `python -m truereach.spark`, with a sentence where there is none.
const START: &str = "
import sys
try:
    from truereach.spark.__main__ import main
except ModuleNotFoundError as error:
    sys.exit(f'truereach: --engine: {sys.executable} has no {error.name}\\n  hint: install the Python package with [spark], \
                     or name a Python that has it in TRUEREACH_PYTHON')
sys.exit(main(sys.argv[1:]))
";

/// Hands the command line over to Python, which knows Spark.
pub(super) fn handed_over(engine: &str, arguments: impl Iterator<Item = OsString>) -> Result<u8> {
    let python = std::env::var_os("TRUEREACH_PYTHON").unwrap_or_else(|| "python3".into());
    let words = without_engine(arguments.skip(1));
    let status = Command::new(&python).args(["-c", START, engine, "--"]).args(words).status();
    let status = status.map_err(|error| {
        Error::engine(format!("cannot start {}: {error}", python.to_string_lossy()))
            .with_hint("Spark is asked through Python: name one that has truereach and pyspark in TRUEREACH_PYTHON")
    })?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

/// The words of the command line but those of `--engine`.
fn without_engine(words: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut words = words.peekable();
    let mut kept = Vec::new();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if text == "--" {
            kept.push(word);
            kept.extend(words);
            return kept;
        }
        if text == "--engine" {
            words.next();
        } else if !text.starts_with("--engine=") {
            kept.push(word);
        }
    }
    kept
}

/// Runs the program with these words (the first is its name) and an engine; the exit code.
pub fn main_with(words: &[String], engine: Arc<dyn Engine>) -> u8 {
    ended(words, |cli| {
        let terminal = Terminal::new(&cli.global)?.with_engine(engine);
        check(&cli.verb)?;
        dispatch(cli.verb, &terminal)?;
        Ok(0)
    })
}

/// Refuses an engine where a verb has no work for it.
pub(super) fn check(verb: &Verb) -> Result<()> {
    match verb {
        Verb::Reach(_) | Verb::Select(_) | Verb::Communities(_) | Verb::Overlap(_) | Verb::Run(_) => Ok(()),
        Verb::Rank(args) if args.shares_work() => Ok(()),
        _ => Err(Error::parameter(
            "--engine",
            "reach, select, rank (pagerank, tunkrank, components), communities, overlap and run share their work out, this verb \
                 does not",
        )
        .with_hint("many calls of it can be cells of a plan: truereach run --help")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_is_no_word_of_the_verb() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        let left = |text: &str| without_engine(words(text).into_iter());
        assert_eq!(left("reach --engine spark://a:1 -c x n.trg"), words("reach -c x n.trg"));
        assert_eq!(left("--engine=local[2] reach n.trg"), words("reach n.trg"));
        assert_eq!(left("reach -- --engine x"), words("reach -- --engine x"));
    }
}
