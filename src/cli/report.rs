//! `truereach report`: the page a client sees.

use std::io::Write;
use std::path::PathBuf;

use super::ask::Held;
use super::campaign::{Campaign, folder, prepare};
use super::open::NetworkArgs;
use super::term::Terminal;
use crate::base::{Error, Result};
use crate::io::output::Output;
use crate::report::page::{Language, html};

/// One page for the client, of a campaign: whom to sign, how many real people they reach, what it costs, how far the figures may
/// be trusted, and what it costs if one of them falls. In English or Vietnamese, on screen and on paper.
///
/// The campaign is a file: title, client, brand, niche, budget or count, creators, conditions, prices, risk
/// (datasets/campaign-example.toml has all of it). Every figure is that of the verbs it is asked of (select, reach, influence,
/// overlap, risk); what the data cannot carry is a sentence on the page. Equal files, network and seed give equal bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach report datasets/campaign-example.toml datasets/lastfm-asia -o report.html
  truereach report campaign.toml market.trg --language vi -o bao-cao.html
  truereach report campaign.toml market.trg -o report/   # the page, and its tables and pictures as CSV, xlsx, SVG, JSON")]
pub struct ReportArgs {
    /// The campaign, a TOML file
    #[arg(value_name = "CAMPAIGN")]
    campaign: PathBuf,
    #[command(flatten)]
    network: NetworkArgs,
    /// The language of the page [default: that of the campaign, else en]
    #[arg(long, value_enum, value_name = "LANGUAGE", help_heading = "Page")]
    language: Option<Language>,
    /// The page (.html), or a folder for the page, its tables and its pictures
    #[arg(long, short, value_name = "FILE|FOLDER/", help_heading = "Output")]
    output: PathBuf,
    /// Replace the output if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
}

impl ReportArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let campaign = Campaign::read(&self.campaign)?;
        let is_page = self.output.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"));
        if self.output.exists() && !self.force {
            return Err(Error::Exists(self.output));
        }
        terminal.reading(std::slice::from_ref(&self.campaign));
        let held = match terminal.held() {
            Some(held) if held.paths == self.network.network => held.clone(),
            _ => Held::of(&self.network, terminal)?,
        };
        terminal.writing(&self.output)?;
        let findings = prepare(&campaign, &held, &terminal.run, terminal.small_cells())?;
        let language = self.language.unwrap_or(campaign.language);
        terminal.clear();
        if is_page {
            let mut out = Output::create(&self.output, self.force)?;
            let failed = |error| Error::io(&self.output, "write", error);
            out.write_all(html(&findings, language).as_bytes()).map_err(failed)?;
            out.finish()?;
        } else {
            folder(&findings, language, &self.output, self.force)?;
        }
        terminal.note(format!("written {}", self.output.display()));
        Ok(())
    }
}
