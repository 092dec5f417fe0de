//! One error type: where it happened, what was expected, what was found, and what to do about it.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of everything that can fail here.
pub type Result<T> = std::result::Result<T, Error>;

/// A place in an input: `file:line:column`, or `file:byte N` for binary files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Location {
    /// The file as the user named it; `<stdin>` for standard input.
    pub file: String,
    /// Line, from 1.
    pub line: Option<u64>,
    /// Column of the offending field's first byte, from 1.
    pub column: Option<u64>,
    /// Byte offset, from 0, where lines mean nothing.
    pub byte: Option<u64>,
}

impl Location {
    /// The file as a whole.
    pub fn file(file: impl Into<String>) -> Self {
        Location { file: file.into(), ..Default::default() }
    }

    /// A line of it, from 1.
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// A column of that line, from 1.
    pub fn column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    /// A byte of it, from 0.
    pub fn byte(mut self, byte: u64) -> Self {
        self.byte = Some(byte);
        self
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        if let Some(byte) = self.byte {
            write!(f, ": byte {byte}")?;
        }
        Ok(())
    }
}

/// Everything that can go wrong, sorted by whose move it is next.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input says something it may not: the user mends the input.
    #[error("{at}: expected {expected}, found {found}{}", hint_line(.hint))]
    Input {
        /// Where.
        at: Box<Location>,
        /// What should have stood there.
        expected: String,
        /// What stood there, shortened.
        found: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A parameter or a combination of parameters makes no sense: the user mends the command.
    #[error("{parameter}: {problem}{}", hint_line(.hint))]
    Parameter {
        /// Its name as the user writes it.
        parameter: String,
        /// What is wrong with its value.
        problem: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The data cannot carry the figure asked for.
    #[error("{figure} cannot be computed from this network: it needs {needs}")]
    NotEstimable {
        /// The figure, in users' words.
        figure: String,
        /// What would make it possible.
        needs: String,
    },
    /// The work would not fit into the memory allowed; found before it starts.
    #[error(
        "{what} needs {} and {} may be used\n  hint: raise --memory, or use a smaller network", crate::base::memory::Bytes(*.needed), crate::base::memory::Bytes(*.allowed)
    )]
    Memory {
        /// What needs it.
        what: String,
        /// Bytes by the published formula.
        needed: u64,
        /// Bytes allowed.
        allowed: u64,
    },
    /// A count over a limit of the format or the engine.
    #[error("{what}: {found} is over the limit of {limit}{}", hint_line(.hint))]
    Limit {
        /// What was counted.
        what: String,
        /// The limit.
        limit: u64,
        /// The count.
        found: u64,
        /// What to do about it.
        hint: Option<String>,
    },
    /// A snapshot that is truncated, altered, foreign or newer.
    #[error("{path}: {section}: {reason}{}", hint_line(.hint))]
    Snapshot {
        /// The file.
        path: String,
        /// The part of it: `header`, or a section's name.
        section: String,
        /// What is wrong with it.
        reason: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The processes that compute for this one did not give what they should.
    #[error("--engine: {problem}{}", hint_line(.hint))]
    Engine {
        /// What is wrong.
        problem: String,
        /// What to do about it.
        hint: Option<String>,
    },
    /// The operating system refused.
    #[error("{path}: cannot {action}: {source}")]
    Io {
        /// The file or folder.
        path: String,
        /// What was being done: "open", "write", …
        action: &'static str,
        /// Why not.
        source: std::io::Error,
    },
    /// The output is there already and `--force` was not given.
    #[error("{}: exists already\n  hint: name another file, or add --force to replace it", .0.display())]
    Exists(PathBuf),
    /// The goal asked for was not met; the best so far stands in the output.
    #[error("goal not met: {0}")]
    NotConverged(String),
    /// The user pressed Ctrl-C, or the caller cancelled the run.
    #[error("interrupted: nothing was written")]
    Cancelled,
}

fn hint_line(hint: &Option<String>) -> String {
    hint.as_ref().map(|hint| format!("\n  hint: {hint}")).unwrap_or_default()
}

impl Error {
    /// A problem at a place of an input.
    pub fn input(at: Location, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Error::Input { at: Box::new(at), expected: expected.into(), found: found.into(), hint: None }
    }

    /// A problem with a parameter.
    pub fn parameter(parameter: impl Into<String>, problem: impl Into<String>) -> Self {
        Error::Parameter { parameter: parameter.into(), problem: problem.into(), hint: None }
    }

    /// A problem of the processes that compute for this one.
    pub fn engine(problem: impl Into<String>) -> Self {
        Error::Engine { problem: problem.into(), hint: None }
    }

    /// A problem with a snapshot.
    pub fn snapshot(path: &Path, section: impl Into<String>, reason: impl Into<String>) -> Self {
        Error::Snapshot { path: path.display().to_string(), section: section.into(), reason: reason.into(), hint: None }
    }

    /// A refusal of the operating system.
    pub fn io(path: impl AsRef<Path>, action: &'static str, source: std::io::Error) -> Self {
        Error::Io { path: path.as_ref().display().to_string(), action, source }
    }

    /// The same error with a hint, where it can carry one.
    pub fn with_hint(mut self, text: impl Into<String>) -> Self {
        match &mut self {
            Error::Input { hint, .. }
            | Error::Parameter { hint, .. }
            | Error::Limit { hint, .. }
            | Error::Engine { hint, .. }
            | Error::Snapshot { hint, .. } => *hint = Some(text.into()),
            _ => {}
        }
        self
    }

    /// The exit code of the command line: 1 failed, 2 usage, 3 goal not met, 130 interrupted.
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Parameter { .. } => 2,
            Error::NotConverged(_) => 3,
            Error::Cancelled => 130,
            _ => 1,
        }
    }
}

/// Text from an input made fit for an error message: at most 40 characters, control characters escaped,
/// in quotes.
pub fn quoted(text: &[u8]) -> String {
    let head = String::from_utf8_lossy(&text[..text.len().min(160)]);
    let mut out = String::from("\"");
    for (count, c) in head.chars().enumerate() {
        if count == 40 {
            out.push('…');
            break;
        }
        out.extend(c.escape_debug().filter(|&escaped| !(c == '\'' && escaped == '\\')));
    }
    out.push('"');
    if text.len() > 160 {
        out.push_str(&format!(" ({} bytes)", text.len()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_place_expectation_finding_and_hint() {
        let error = Error::input(Location::file("f.txt").line(3).column(7), "a number", quoted(b"abc"))
            .with_hint("try --weight");
        assert_eq!(error.to_string(), "f.txt:3:7: expected a number, found \"abc\"\n  hint: try --weight");
    }

    #[test]
    fn long_and_odd_text_is_shortened_and_escaped() {
        assert_eq!(quoted(b"a\tb"), "\"a\\tb\"");
        let long = vec![b'x'; 1 << 20];
        let shown = quoted(&long);
        assert!(shown.ends_with("…\" (1048576 bytes)"), "{shown}");
        assert!(quoted(&[0xff, 0xfe]).starts_with('"'));
    }
}
