//! `truereach audit`: who in an audience is real, by which evidence, and how sure.

mod accounts;
mod arrivals;
mod creators;
mod labels;
mod patterns;

use std::path::PathBuf;

use super::creators::CreatorArgs;
use super::kept::Kind;
use super::open::{NetworkArgs, Opened};
use super::term::{OutputArgs, Terminal};
use crate::authenticity::{Audit, Audited, Evidence, Share, Shares, Used};
use crate::base::{Error, Result};
use crate::graph::attributes::known;
use crate::graph::{Column, Network, Values};
use crate::io::{sidecar, snapshot};
use crate::report::{Table, small};

/// The chances that accounts are real, as they are kept beside a snapshot.
pub const KIND: Kind = Kind { name: "authenticity", made_by: "truereach audit" };

/// Find out what part of each audience is real people, by which evidence, and how sure that is.
///
/// Every account gets a chance of being a real person, kept beside the snapshot as the column authentic: from then on reach,
/// analyze, select and the others count people by it (--authentic none turns that off). Evidence is a pattern consistent with
/// followers that were bought; it is no proof, and each says what would change it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach audit market.trg
  truereach audit market.trg --creators anh,bao -o audience.svg
  truereach audit market.trg --creators anh --arrivals -o arrivals.svg
  truereach audit market.trg --patterns
  truereach audit market.trg --creators anh --accounts -o accounts.csv
  truereach audit market.trg --labels checked.csv --labels-drawn random
  truereach audit market.trg --without burst,lockstep")]
pub struct AuditArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    /// Show the groups of accounts behind the figures: what they share, what speaks for and against them, what would change
    /// the verdict
    #[arg(long)]
    patterns: bool,
    /// Show the followers that evidence speaks against, the least likely to be real first
    #[arg(long, conflicts_with = "patterns")]
    accounts: bool,
    /// Show a creator's followers by the day they came, bursts marked
    #[arg(long, conflicts_with_all = ["patterns", "accounts"])]
    arrivals: bool,
    /// Show the N creators with most followers that are not real; 0 shows all
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    #[command(flatten)]
    audit: Audit,
    /// CSV file with the columns account and real (yes or no), a row for each account of which it is known
    #[arg(long, value_name = "FILE", help_heading = "Audit")]
    labels: Option<PathBuf>,
    /// Beside it, the shares by the hard flags of another tool: a column of the accounts table, 1 where it flagged an account as not
    /// real, 0 where not; corrected for how often it is wrong, by the labels
    #[arg(long, value_name = "COLUMN", requires = "labels", help_heading = "Audit")]
    flags: Option<String>,
    #[command(flatten)]
    shares: Shares,
    /// Do not keep the chances beside the snapshot
    #[arg(long)]
    no_keep: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl AuditArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        self.audit.check()?;
        self.shares.check()?;
        let opened = self.network.open(terminal)?;
        let network = &opened.network;
        network.follow_graph()?;
        let creators = self.creators.candidates(network)?;
        if self.arrivals {
            let table = arrivals::table(&opened, &creators, terminal)?;
            return terminal.give(&table, &self.output);
        }
        let labels = self.labels.as_deref().map(|path| labels::read(path, network, terminal)).transpose()?;
        let audited = self.audit.run_with(network, labels.as_ref(), &terminal.run)?;
        let shares = self.shares.run(&audited, network, &creators, &terminal.run)?;
        let mut table = match (self.patterns, self.accounts) {
            (true, _) => patterns::table(&self, &opened, &audited, &creators, terminal)?,
            (_, true) => accounts::table(&self, &opened, &audited, &creators, terminal)?,
            _ => creators::table(&self, &opened, &shares, labels.as_ref(), terminal)?,
        };
        tell(&audited, &mut table, terminal);
        terminal.give(&table, &self.output)?;
        self.keep(&opened, &audited, shares, terminal)
    }

    /// Keeps what was found for other verbs.
    fn keep(&self, opened: &Opened, audited: &Audited, shares: Vec<Share>, terminal: &Terminal) -> Result<()> {
        let [path] = self.network.network.as_slice() else { return Ok(()) };
        if self.no_keep || !snapshot::looks_like_snapshot(path) {
            return Ok(());
        }
        if !audited.is_observed() {
            terminal.note("note: nothing could be observed, so no chances are kept");
            return Ok(());
        }
        let network = &opened.network;
        if network.attributes.get(known::AUTHENTIC).is_some()
            && !opened.kept.iter().any(|kept| kept == known::AUTHENTIC)
        {
            terminal.note(format!(
                "note: the accounts table has a column {} of its own, which goes first; nothing is kept",
                known::AUTHENTIC
            ));
            return Ok(());
        }
        // Of all creators, whichever were asked for: the next verb may look at others.
        let shares = match self.creators.is_all() {
            true => shares,
            false => {
                let all = CreatorArgs { creators: vec![], only: vec![] }.candidates(network)?;
                self.shares.run(audited, network, &all, &terminal.run)?
            }
        };
        let card =
            Card { evidence: audited.evidence.clone(), people: audited.people(), patterns: audited.patterns.len() };
        let columns = columns(network, audited, &shares);
        let kept = sidecar::write_columns(path, KIND.name, network, opened.checksum, columns, &card, &terminal.run)?;
        terminal.note(format!(
            "kept as {}: other verbs count accounts by it from now on (--authentic none: not)",
            kept.display()
        ));
        Ok(())
    }
}

/// What is said of kept chances.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Card {
    /// What came of each evidence.
    pub evidence: Vec<Used>,
    /// Accounts that are real people, expected.
    pub people: f64,
    /// Groups that were judged.
    pub patterns: usize,
}

fn columns(network: &Network, audited: &Audited, shares: &[Share]) -> Vec<Column> {
    let column = |name: &str, values: Vec<f64>| Column { name: name.into(), values: Values::Number(values.into()) };
    let mut ends = [vec![f64::NAN; network.accounts()], vec![f64::NAN; network.accounts()]];
    for share in shares {
        if let Some(interval) = share.interval {
            ends[0][share.account as usize] = interval.low;
            ends[1][share.account as usize] = interval.high;
        }
    }
    let [low, high] = ends;
    vec![
        column(known::AUTHENTIC, audited.real.clone()),
        column(known::AUTHENTIC_HIGH, high),
        column(known::AUTHENTIC_LOW, low),
    ]
}

/// What came of each evidence, below every table.
fn tell(audited: &Audited, table: &mut Table, terminal: &Terminal) {
    table.assumptions.push(audited.assumption());
    for used in &audited.evidence {
        let counted = match (used.used, used.against, used.supports) {
            (false, ..) | (_, 0, 0) => String::new(),
            (_, against, supports) => format!(
                " (against {}, for {})",
                small::shown(against, terminal.hide_below()),
                small::shown(supports, terminal.hide_below())
            ),
        };
        table.notes.push(format!("evidence {}: {}{counted}", used.evidence.name(), used.because));
    }
    table.summary.insert("evidence".into(), serde_json::to_value(&audited.evidence).unwrap_or_default());
    table.summary.insert("real_people".into(), audited.people().into());
}

/// The names of the evidence against an account.
fn codes(audited: &Audited, account: u32) -> String {
    let names: Vec<&str> = audited.codes(account).map(Evidence::name).collect();
    names.join(" ")
}

/// Names of creators, at most so many.
fn named(network: &Network, creators: &[u32], most: usize) -> String {
    let mut names: Vec<String> =
        creators.iter().take(most).map(|&creator| network.names.get(creator).into_owned()).collect();
    if creators.len() > most {
        names.push(format!("and {} more", creators.len() - most));
    }
    names.join(", ")
}

/// Listing single accounts needs a word where the network holds personal data.
fn may_list(terminal: &Terminal) -> Result<()> {
    match terminal.hide_below() {
        None => Ok(()),
        Some(_) => {
            Err(Error::parameter("--accounts", "this network holds personal data: single accounts are not listed")
                .with_hint("--small-cells lists them, if you may see them"))
        }
    }
}
