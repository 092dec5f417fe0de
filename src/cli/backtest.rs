//! `truereach backtest`: was it right before?

use std::path::PathBuf;

use super::analyze::parameters;
use super::backtest_cascades::{self as cascades, On};
use super::backtest_plots as plots;
use super::open::{NetworkArgs, Opened};
use super::term::{OutputArgs, Terminal};
use crate::base::stats::Interval;
use crate::base::{Error, Result};
use crate::io::sidecar::{self, Beside};
use crate::io::snapshot;
use crate::learn::backtest::RIVALS;
use crate::learn::scores::{Coverage, Drawn, Score};
use crate::learn::verdict::SCHEMA;
use crate::learn::{Backtest, Verdict};
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table};

/// The kind of the document that a verdict is kept in: `market.backtest.json` beside `market.trg`.
pub const KIND: &str = "backtest";

/// The same of a verdict on cascades.
pub const CASCADES: &str = "backtest-cascades";

/// Predict past posts or cascades from what lay before them, and say how often the intervals held.
///
/// The verdict is kept beside the snapshot (market.trg: market.backtest.json, market.backtest-cascades.json), to be said with
/// every later figure.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach backtest market.trg --posts
  truereach backtest market.trg --posts --measure views --origins 8 -o scores.csv
  truereach backtest market.trg --posts --plots pictures
  truereach backtest market.trg --cascades
  truereach backtest market.trg --cascades --log shares.csv --horizon 24 --plots pictures
  truereach backtest graph.trg --cascades --log train.txt --test test.txt --time-unit ms")]
pub struct BacktestArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// On the table of posts: the reach or views of each next post
    #[arg(long, required_unless_present = "cascades", conflicts_with = "cascades")]
    posts: bool,
    /// On cascades: how many pass on what somebody starts, predicted from who starts it alone
    #[arg(long)]
    cascades: bool,
    #[command(flatten)]
    backtest: Backtest,
    #[command(flatten)]
    on: On,
    /// Do not keep the verdict beside the snapshot
    #[arg(long)]
    no_keep: bool,
    /// Draw calibration.svg, pit.svg and skill.svg in this folder
    #[arg(long, value_name = "DIR", help_heading = "Output")]
    plots: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs,
}

/// The verdict on posts kept beside the snapshot that a network was opened from; one that is stale, of another version or
/// damaged is noted and not used.
pub fn kept(network: &NetworkArgs, opened: &Opened, terminal: &Terminal) -> Result<Option<Verdict>> {
    kept_as(KIND, network, opened, terminal)
}

/// The same of the verdict on cascades.
pub fn kept_on_cascades(network: &NetworkArgs, opened: &Opened, terminal: &Terminal) -> Result<Option<Verdict>> {
    kept_as(CASCADES, network, opened, terminal)
}

fn kept_as(kind: &str, network: &NetworkArgs, opened: &Opened, terminal: &Terminal) -> Result<Option<Verdict>> {
    let Some(snapshot) = snapshot_of(network) else { return Ok(None) };
    let document = match sidecar::read::<serde_json::Value>(snapshot, kind, opened.checksum) {
        Ok(Beside::Nothing) => return Ok(None),
        Ok(Beside::Stale(says)) => Err(says),
        Ok(Beside::Found(document)) => Verdict::of_document(document),
        // Whatever is wrong with what is kept, a figure can be given without it.
        Err(Error::Input { at, .. }) => Err(format!("{at}: no back-test that can be read, and it is not used")),
        Err(error) => return Err(error),
    };
    match document {
        Ok(verdict) => Ok(Some(verdict)),
        Err(says) => {
            terminal.note(format!("note: {says}; run truereach backtest again"));
            Ok(None)
        }
    }
}

/// What is said beside figures of reach from posts.
pub fn said(verdict: Option<&Verdict>) -> String {
    match verdict {
        Some(verdict) => verdict.sentence.clone(),
        None => "how often these intervals held in the past is not known: run truereach backtest --posts on a snapshot"
            .into(),
    }
}

/// The same in a cell, for every row whose reach comes from posts.
pub fn calibration(verdict: Option<&Verdict>) -> &'static str {
    verdict.map_or("not known", |verdict| verdict.calibration.name())
}

/// What is said beside figures that come from the follow graph of a network with posts, which no back-test is about.
pub fn said_of_graph(verdict: Option<&Verdict>) -> String {
    let other = "these figures come from the follow graph, and how often their intervals hold is not known";
    match verdict {
        Some(verdict) => format!("{}; that is about reach from posts: {other}", verdict.sentence),
        None => format!("{other}; truereach analyze takes reach from the posts, which a back-test can judge"),
    }
}

/// What campaigns since say, where there were any.
pub fn said_since(network: &NetworkArgs, opened: &Opened, terminal: &Terminal) -> Result<Option<String>> {
    let Some(snapshot) = snapshot_of(network) else { return Ok(None) };
    let record = super::reconcile::kept(snapshot, opened.checksum, terminal)?;
    Ok(record.map(|record| record.sentence(terminal.seed).1))
}

/// What is said of past cascades beside figures of a cascade.
pub fn said_of_cascades(verdict: &Verdict) -> String {
    format!("{} (how many passed on what a creator started)", verdict.sentence.replace("past post", "past cascade"))
}

/// The snapshot that was named, if it was one.
pub(super) fn snapshot_of(network: &NetworkArgs) -> Option<&std::path::Path> {
    match network.network.as_slice() {
        [path] if snapshot::looks_like_snapshot(path) => Some(path),
        _ => None,
    }
}

impl BacktestArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        if let Some(folder) = &self.plots {
            plots::check(folder, self.output.force)?;
        }
        if self.cascades {
            return self.on_cascades(terminal);
        }
        self.on.refuse()?;
        self.backtest.check()?;
        let opened = self.network.open(terminal)?;
        let verdict = self.backtest.run(&opened.network, &terminal.run)?.about(opened.checksum);
        let parameters = serde_json::json!({ "backtest": parameters(&self.backtest)? });
        let provenance = Provenance::new("backtest", parameters, terminal.seed, opened.checksum);
        if let Some(folder) = &self.plots {
            plots::write(&verdict, &provenance, folder, self.output.force, terminal)?;
        }
        terminal.give(&table(&verdict, provenance)?, &self.output)?;
        self.keep(KIND, &verdict, terminal)
    }

    fn on_cascades(&self, terminal: &Terminal) -> Result<()> {
        let (opened, verdict, said) = self.on.run(&self.network, self.backtest.origins, terminal)?;
        let verdict = verdict.about(opened.checksum);
        let provenance =
            Provenance::new("backtest", self.on.parameters(self.backtest.origins)?, terminal.seed, opened.checksum);
        if let Some(folder) = &self.plots {
            plots::write(&verdict, &provenance, folder, self.output.force, terminal)?;
        }
        let mut table = cascades::table(&verdict, provenance)?;
        table.notes.extend(said);
        terminal.give(&table, &self.output)?;
        self.keep(CASCADES, &verdict, terminal)
    }

    fn keep(&self, kind: &str, verdict: &Verdict, terminal: &Terminal) -> Result<()> {
        if let (Some(path), false) = (snapshot_of(&self.network), self.no_keep) {
            let kept = sidecar::write(path, kind, verdict)?;
            terminal.note(format!("kept as {}", kept.display()));
        }
        Ok(())
    }
}

fn table(verdict: &Verdict, provenance: Provenance) -> Result<Table> {
    let columns = vec![
        Column::new("posts", "posts", "", "which past posts were predicted"),
        Column::new("count", "number", "posts", "how many"),
        Column::new("creators", "creators", "accounts", "of how many creators"),
        Column::new("held80", "80% held", "share", "how often the 80% interval held"),
        Column::new("held80_interval", "95% interval", "share", "what that share may be").range(),
        Column::new(
            "skill_past_median",
            "vs past median",
            "share",
            "better than the creator's past median by this share",
        ),
        Column::new("skill_followers", "vs followers", "share", "better than a line through followers by this share"),
        Column::new("held50", "50% held", "share", "how often the 50% interval held"),
        Column::new("held95", "95% held", "share", "how often the 95% interval held"),
        Column::new("over_expected", "outcome / expected", "ratio", "outcome over expected outcome, on average"),
        Column::new("error", "error", "log", "mean distance of the median, on log(1 + count)"),
        Column::new("width80", "80% width", "log", "mean width of the 80% interval, on log(1 + count)"),
        Column::new("crps", "CRPS", "log", "continuous ranked probability score on log(1 + count); less is better"),
        Column::new("spearman", "rank corr.", "", "rank correlation of median and outcome"),
        Column::new("skill_past_median_interval", "95% interval", "share", "of the skill against the past median")
            .range()
            .detail(),
        Column::new("skill_followers_interval", "95% interval", "share", "of the skill against followers")
            .range()
            .detail(),
        Column::new("over_expected_interval", "95% interval", "ratio", "of outcome over expected outcome")
            .range()
            .detail(),
        Column::new("log_score", "log score", "log", "mean log of the chance given to what happened; more is better")
            .detail(),
        Column::new(
            "slope",
            "slope",
            "",
            "of outcomes over medians, on log(1 + count); below 1: predictions too far apart",
        )
        .detail(),
        Column::new("slope_interval", "95% interval", "", "of the slope").range().detail(),
        Column::new("ndcg", "NDCG@10", "", "how well creators of one origin are ordered: 1 is best").detail(),
        Column::new("held80_band", "80% by chance", "share", "where the share held lies if the level is right")
            .range()
            .detail(),
    ];
    let mut table = Table::new(SCHEMA, columns, provenance);
    table.notes.push(verdict.sentence.clone());
    if verdict.undated > 0 {
        table.notes.push(format!("{} posts without a time were left out", verdict.undated));
    }
    for left in &verdict.left_out {
        table.notes.push(format!("{} posts left out: {}", left.posts, left.why));
    }
    table.notes.push(format!(
        "{} predicted from {} past times; follower counts are those of today",
        verdict.measure.unit(),
        verdict.origins.len()
    ));
    let document = serde_json::to_value(verdict).map_err(|error| Error::parameter("verdict", error.to_string()))?;
    table.summary.insert("verdict".into(), document);
    table.rows.extend(verdict.all.iter().map(|score| row("all".into(), score)));
    table.rows.extend(verdict.groups.iter().map(|group| row(format!("{}: {}", group.by, group.name), &group.score)));
    Ok(table)
}

fn row(name: String, score: &Score) -> Vec<Cell> {
    let percent = |share: f64| Cell::Shown(share, format!("{:.0}%", share * 100.0));
    let held =
        |which: usize| score.coverage.get(which).map_or(Cell::Missing, |coverage: &Coverage| percent(coverage.held));
    let range = |interval: Interval| Cell::Range(interval);
    let skill = |which: usize| score.rival(RIVALS[which]).map(|rival| rival.skill);
    let interval = |drawn: Option<Drawn>| drawn.map_or(Cell::Missing, |drawn| range(drawn.interval));
    let log = |value: f64| Cell::Shown(value, significant(value, 3));
    vec![
        Cell::Text(name),
        Cell::Count(score.posts),
        Cell::Count(score.creators),
        held(1),
        score.coverage.get(1).map_or(Cell::Missing, |coverage| range(coverage.interval)),
        skill(0).map_or(Cell::Missing, |skill| percent(skill.value)),
        skill(1).map_or(Cell::Missing, |skill| percent(skill.value)),
        held(0),
        held(2),
        log(score.over_expected.value),
        log(score.error),
        log(score.width),
        log(score.crps),
        score.spearman.map_or(Cell::Missing, log),
        interval(skill(0)),
        interval(skill(1)),
        range(score.over_expected.interval),
        log(score.log_score),
        score.slope.map_or(Cell::Missing, |slope| log(slope.value)),
        interval(score.slope),
        score.ndcg.map_or(Cell::Missing, log),
        score.coverage.get(1).map_or(Cell::Missing, |coverage| range(coverage.band)),
    ]
}
