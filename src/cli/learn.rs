//! `truereach learn`: what a log of who shared what teaches.

use super::analyze::parameters;
use super::kept::Kind;
use super::log::LogArgs;
use super::open::{NetworkArgs, Opened};
use super::rank::open_graph;
use super::term::{OutputArgs, Terminal};
use crate::base::stats::Interval;
use crate::base::{Error, Result};
use crate::graph::attributes::known;
use crate::graph::{Audience, Column as Kept, Graph, Values};
use crate::io::{sidecar, snapshot};
use crate::learn::log::{Learn, Taught};
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table};

/// What was learned is kept in `market.learned.{json,trg}` beside `market.trg`.
pub const KIND: Kind = Kind { name: "learned", made_by: "truereach learn" };

/// Learn from a log of who shared what, and when, how likely a follow carries: by kind of follow, with what comes from outside.
///
/// A log shows sharing alone: the chance that somebody shares once exposed rests on the exposure assumed. What was learned is kept
/// beside the snapshot, and reach, analyze and select use it from then on. It is about who shares after whom, not about why.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach learn market.trg
  truereach learn datasets/infvae-android --log datasets/infvae-android/cascades/train.txt.gz --time-unit ms
  truereach learn market.trg --by estimator
  truereach learn market.trg --log shares.csv --log-actor user --log-item post --log-time at --horizon 168")]
pub struct LearnArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    learn: Learn,
    /// What the rows are: kinds of follows, estimators by their score on cascades that none of them saw, or accounts
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    by: By,
    #[command(flatten)]
    audience: Audience,
    /// Do not keep it beside the snapshot
    #[arg(long)]
    no_keep: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// The spread of posts that a document of what was learned holds: low, middle, high.
pub fn contents(document: &serde_json::Value) -> Option<[f64; 3]> {
    let number = |value: &serde_json::Value| value.as_f64().filter(|spread| *spread > 0.0);
    let interval = &document["posts_interval"];
    Some([number(&interval["low"])?, number(&document["spreads"][1])?, number(&interval["high"])?])
}

/// What the rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
enum By {
    /// Kinds of follows.
    #[default]
    Kind,
    /// Estimators.
    Estimator,
    /// Accounts whose acts somebody may have followed.
    Account,
}

impl LearnArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        self.learn.check()?;
        let (opened, made) = open_graph(&self.network, &self.audience, terminal)?;
        let read = self.log.read(&opened.network, terminal)?;
        let mut taught = self.learn.run(&made.graph, &opened.network, &read.cascades, &terminal.run)?;
        if let Some(below) = terminal.hide_below() {
            taught.cells.retain(|cell| cell.shares >= below as f64);
        }
        let parameters = serde_json::json!({
            "learn": parameters(&self.learn)?, "log": parameters(&self.log.reading)?, "audience": parameters(&self.audience)?,
        });
        let provenance = Provenance::new("learn", parameters, terminal.seed, opened.checksum);
        let mut table = match self.by {
            By::Kind => kinds(&taught, provenance),
            By::Estimator => estimators(&taught, provenance)?,
            By::Account => accounts(&taught, (&opened, &made.graph), provenance, terminal)?,
        };
        tell(&taught, &mut table)?;
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        terminal.give(&table, &self.output)?;
        self.keep(&opened, &taught, terminal)
    }

    /// Keeps what was learned for other verbs.
    fn keep(&self, opened: &Opened, taught: &Taught, terminal: &Terminal) -> Result<()> {
        let [path] = self.network.network.as_slice() else { return Ok(()) };
        if self.no_keep {
            return Ok(());
        }
        if !snapshot::looks_like_snapshot(path) {
            terminal.note("hint: of a snapshot what is learned is kept for other verbs: truereach ingest first");
            return Ok(());
        }
        let Some(rho) = &taught.rho else {
            terminal.note("note: resharing once exposed is not known, so nothing is kept");
            return Ok(());
        };
        let column = |name: &str, values: Vec<f64>| Kept { name: name.into(), values: Values::Number(values.into()) };
        let acted = taught.acted.iter().map(|&times| f64::from(times)).collect();
        let columns = vec![column(known::LOGGED, acted), column(known::RESHARING, rho.clone())];
        let kept =
            sidecar::write_columns(path, KIND.name, &opened.network, opened.checksum, columns, taught, &terminal.run)?;
        terminal.note(format!(
            "kept as {}: reach, analyze and select reshare by it from now on (--rho interactions: not)",
            kept.display()
        ));
        Ok(())
    }
}

/// What is said below every table.
fn tell(taught: &Taught, table: &mut Table) -> Result<()> {
    let percent = |part: u64, all: u64| format!("{:.0}%", 100.0 * part as f64 / all.max(1) as f64);
    let range = |interval: Interval| format!("{}–{}", significant(interval.low, 3), significant(interval.high, 3));
    table.notes.push(format!(
        "{} cascades, {} acts after the first; before {} of them nobody whom the actor follows had acted{}",
        taught.cascades,
        taught.acts + taught.outside,
        percent(taught.alone + taught.outside, taught.acts + taught.outside),
        match taught.outside {
            0 => String::new(),
            outside => format!(" ({outside} are of people outside the network)"),
        }
    ));
    table.notes.push(format!(
        "from outside the graph: {} acts a cascade ({})",
        significant(taught.leak, 3),
        range(taught.leak_interval)
    ));
    if taught.spreads[1] > 0.0 {
        table.notes.push(format!(
            "what moves all shares of a creator together: a factor of about {} up or down; of a post: about {} ({})",
            significant(libm::exp(taught.spreads[0]), 3),
            significant(libm::exp(taught.spreads[1]), 3),
            range(Interval { low: libm::exp(taught.posts_interval.low), high: libm::exp(taught.posts_interval.high) })
        ));
    }
    match taught.resharing {
        Some(mean) => table.assumptions.push(format!(
            "resharing once exposed: {} on average; a log shows who shared, not who was exposed, so it rests on the exposure \
             assumed (truereach priors)",
            significant(mean, 3)
        )),
        None => table.notes.push("resharing once exposed: not estimable without who follows whom among all".into()),
    }
    table.assumptions.push(
        "who shares after somebody they follow is taken to share because of it, as far as chance does not explain it: people who \
         are alike share alike, so these chances predict, and do not say why"
            .into(),
    );
    if taught.ties > 0 {
        table.notes.push(format!(
            "{} acts came at the same time as one that may have brought them about: put down to neither",
            taught.ties
        ));
    }
    table.notes.extend(taught.notes.iter().cloned());
    let document = serde_json::to_value(taught).map_err(|error| Error::parameter("learned", error.to_string()))?;
    table.summary.insert("learned".into(), document);
    Ok(())
}

fn kinds(taught: &Taught, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("kind", "kind of follow", "", "the tier of who is followed, whether it is returned, niches"),
        Column::new("tried", "tried", "follows", "follows after whose account had acted, as often as it had"),
        Column::new("shares", "shares", "expected", "acts put down to them"),
        Column::new(
            "of_1000",
            "of 1,000",
            "shares",
            "shares for 1,000 tried: how often one act of the account brings the follower to act",
        ),
        Column::new("of_1000_interval", "95% interval", "shares", "what that may be").range(),
    ];
    let mut table = Table::new("truereach/learn/1", columns, provenance);
    for cell in &taught.cells {
        table.rows.push(vec![
            Cell::Text(cell.cell.name()),
            Cell::Count(cell.trials as u64),
            Cell::Shown(cell.shares, significant(cell.shares, 3)),
            Cell::Shown(1e3 * cell.mean, significant(1e3 * cell.mean, 3)),
            Cell::Range(Interval { low: 1e3 * cell.interval.low, high: 1e3 * cell.interval.high }),
        ]);
    }
    table
}

fn estimators(taught: &Taught, provenance: Provenance) -> Result<Table> {
    if taught.estimators.is_empty() {
        return Err(Error::NotEstimable {
            figure: "Scores of estimators".into(),
            needs: "more cascades: the first seven tenths to learn from, the others to be scored on".into(),
        });
    }
    let columns = vec![
        Column::new("estimator", "estimator", "", "how chances are learned"),
        Column::new("loss", "log loss", "nats an act", "on cascades that none of them saw; less is better"),
        Column::new("against_constant", "vs constant", "nats an act", "better than one chance for all by so much"),
    ];
    let mut table = Table::new("truereach/learn-estimators/1", columns, provenance);
    let constant = taught.estimators.iter().find(|one| one.name == "constant").map_or(f64::NAN, |one| one.loss);
    for one in &taught.estimators {
        let shown = |value: f64| Cell::Shown(value, format!("{value:.3}"));
        table.rows.push(vec![Cell::Text(one.name.clone()), shown(one.loss), shown(constant - one.loss)]);
    }
    table.notes.push(format!("scored on {} acts of the last cascades, learned from those before", taught.scored));
    Ok(table)
}

/// Accounts that acted, by the credit for others' acts.
fn accounts(
    taught: &Taught,
    (opened, graph): (&Opened, &Graph),
    provenance: Provenance,
    terminal: &Terminal,
) -> Result<Table> {
    if terminal.hide_below().is_some() {
        let problem = "this network holds personal data: single accounts are not listed";
        return Err(Error::parameter("--by", problem).with_hint("--small-cells lists them, if you may see them"));
    }
    let columns = vec![
        Column::new("account", "account", "", "its id in the input"),
        Column::new("acts", "acts", "cascades", "cascades in which it acted"),
        Column::new("followers", "followers", "people", "who follow it"),
        Column::new(
            "credit",
            "credit",
            "people",
            "people whose acts go back to it, itself included (credit distribution)",
        ),
        Column::new("factor", "factor", "ratio", "how often its followers act, against others of its kind"),
        Column::new("resharing", "resharing", "share", "its own chance of resharing once exposed"),
    ];
    let mut table = Table::new("truereach/learn-accounts/1", columns, provenance);
    let mut order: Vec<u32> = (0..graph.accounts() as u32).filter(|&v| taught.acted[v as usize] > 0).collect();
    order.sort_by(|&a, &b| taught.credit[b as usize].total_cmp(&taught.credit[a as usize]).then(a.cmp(&b)));
    for v in order {
        let at = v as usize;
        let shown = |value: f64| Cell::Shown(value, significant(value, 3));
        table.rows.push(vec![
            Cell::Text(opened.network.names.get(v).into_owned()),
            Cell::Count(u64::from(taught.acted[at])),
            Cell::Count(graph.followers(v).len() as u64),
            shown(taught.credit[at]),
            shown(taught.source[at]),
            taught.rho.as_ref().map_or(Cell::Missing, |rho| shown(rho[at])),
        ]);
    }
    Ok(table)
}
