//! Completions and the manual page.

use clap::CommandFactory;

use super::Cli;
use super::term::Terminal;
use crate::base::{Error, Result};

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  truereach completions bash > ~/.local/share/bash-completion/completions/truereach")]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: clap_complete::Shell,
}

impl CompletionsArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "truereach", &mut text);
        terminal.print(&String::from_utf8_lossy(&text))
    }
}

/// Print the manual page (troff) of truereach or of a verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  truereach man | man -l -")]
pub struct ManArgs {
    /// A verb [default: the program itself]
    verb: Option<String>,
}

impl ManArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let mut command = Cli::command();
        command.build();
        let page = match &self.verb {
            None => command,
            Some(verb) => command
                .find_subcommand(verb)
                .cloned()
                .ok_or_else(|| Error::parameter("man", format!("there is no verb \"{verb}\"")))?,
        };
        let mut text = Vec::new();
        clap_mangen::Man::new(page).render(&mut text).map_err(|error| Error::io("<stdout>", "write", error))?;
        terminal.print(&String::from_utf8_lossy(&text))
    }
}
