//! `truereach backtest --cascades`: how far past posts travelled, predicted from who started them.

use std::path::PathBuf;

use super::analyze::parameters;
use super::log::LogArgs;
use super::open::{NetworkArgs, Opened};
use super::rank::open_graph;
use super::term::Terminal;
use crate::base::{Error, Result};
use crate::graph::Audience;
use crate::learn::Verdict;
use crate::learn::log::CascadeBacktest;
use crate::learn::scores::{Rival, Score};
use crate::learn::verdict::SCHEMA;
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table};

/// On which cascades, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct On {
    #[command(flatten)]
    log: LogArgs,
    /// Other cascades, written in the same way, that are predicted from all of the log: for a split that was published
    #[arg(long, value_name = "FILE", num_args = 1.., help_heading = "Log")]
    test: Vec<PathBuf>,
    #[command(flatten)]
    cascades: CascadeBacktest,
    /// Cascades: correct intervals by how those of earlier past times held (split-conformal, by tier)
    #[arg(long, help_heading = "Cascades")]
    conformal: bool,
    #[command(flatten)]
    audience: Audience,
}

/// A verdict, with what else must be said.
type Judged = (Opened, Verdict, Vec<String>);

impl On {
    /// Refuses what is for cascades alone.
    pub fn refuse(&self) -> Result<()> {
        let named =
            [("--log", !self.log.log.is_empty()), ("--test", !self.test.is_empty()), ("--conformal", self.conformal)];
        match named.iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(Error::parameter(*flag, "is for --cascades")),
            None => Ok(()),
        }
    }

    /// Predicts and judges.
    pub fn run(&self, network: &NetworkArgs, origins: u32, terminal: &Terminal) -> Result<Judged> {
        self.cascades.check()?;
        if self.conformal && !self.test.is_empty() {
            return Err(Error::parameter("--conformal", "learns from earlier past times, and --test has none"));
        }
        if !(1..=100).contains(&origins) {
            return Err(Error::parameter("--origins", format!("{origins} is not from 1 to 100")));
        }
        let (opened, made) = open_graph(network, &self.audience, terminal)?;
        let log = self.log.read(&opened.network, terminal)?.cascades;
        let test = match self.test.as_slice() {
            [] => None,
            files => Some(self.log.read_others(files, &opened.network, terminal)?.cascades),
        };
        let found = self.cascades.run(&opened.network, &made.graph, &log, test.as_ref(), origins, &terminal.run)?;
        let mut verdict = found.judge(&made.graph, &opened.network, self.conformal, terminal.seed);
        if verdict.all.is_none() {
            return Err(Error::NotEstimable {
                figure: "A corrected back-test".into(),
                needs: "30 cascades that were over before a later past time; leave --conformal out".into(),
            });
        }
        if let Some(below) = terminal.hide_below() {
            verdict.groups.retain(|group| group.score.posts >= below && group.score.creators >= below);
        }
        let mut said = found.notes;
        said.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        Ok((opened, verdict, said))
    }

    /// What was asked.
    pub fn parameters(&self, origins: u32) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "cascades": parameters(&self.cascades)?, "origins": origins, "conformal": self.conformal,
            "log": parameters(&self.log.reading)?, "audience": parameters(&self.audience)?,
        }))
    }
}

/// Rivals whose skills stand in columns.
const AGAINST: [(&str, &str, &str); 3] = [
    ("constant", "skill_constant", "vs all alike"),
    ("tier mean", "skill_tier", "vs tier"),
    ("weighted cascade", "skill_wc", "vs WC"),
];

/// All cascades and parts of them, and then every way alone.
pub fn table(verdict: &Verdict, provenance: Provenance) -> Result<Table> {
    let mut columns = vec![
        Column::new("cascades", "cascades", "", "which past cascades were predicted, and how"),
        Column::new("count", "number", "cascades", "how many"),
        Column::new("creators", "creators", "accounts", "started by how many"),
        Column::new("held80", "80% held", "share", "how often the 80% interval held"),
        Column::new("held80_interval", "95% interval", "share", "what that share may be").range(),
        Column::new("crps", "CRPS", "log", "continuous ranked probability score on log(1 + sharers); less is better"),
    ];
    columns.extend(AGAINST.map(|(rival, key, title)| match rival {
        "constant" => {
            Column::new(key, title, "share", "a better CRPS than the sizes of all past cascades by this share")
        }
        "tier mean" => Column::new(key, title, "share", "a better CRPS than the past sizes of the tier by this share"),
        _ => Column::new(key, title, "share", "a better CRPS than weighted cascade by this share"),
    }));
    columns.extend([
        Column::new("held50", "50% held", "share", "how often the 50% interval held"),
        Column::new("held95", "95% held", "share", "how often the 95% interval held"),
        Column::new("log_score", "log score", "log", "mean log of the chance given to what happened; more is better"),
        Column::new("spearman", "rank corr.", "", "rank correlation of median and outcome"),
        Column::new("over_expected", "outcome / expected", "ratio", "outcome over expected outcome, on average")
            .detail(),
        Column::new("slope", "slope", "", "of outcomes over medians, on log(1 + sharers)").detail(),
        Column::new("ndcg", "NDCG@10", "", "how well creators of one past time are ordered: 1 is best").detail(),
        Column::new("skill_constant_interval", "95% interval", "share", "of the skill against all alike")
            .range()
            .detail(),
        Column::new("skill_tier_interval", "95% interval", "share", "of the skill against the tier").range().detail(),
        Column::new("skill_wc_interval", "95% interval", "share", "of the skill against weighted cascade")
            .range()
            .detail(),
    ]);
    let mut table = Table::new(SCHEMA, columns, provenance);
    table.notes.push(super::backtest::said_of_cascades(verdict));
    let ways: Vec<String> =
        verdict.mixture.iter().map(|mixed| format!("{} {:.0}%", mixed.way, 100.0 * mixed.weight)).collect();
    table.notes.push(format!("the forecast is a mixture: {}", ways.join(", ")));
    for sums in &verdict.portfolios {
        table.notes.push(format!(
            "sums over {} creators: 80% intervals held {:.0}% of {} portfolios, which share creators",
            sums.creators,
            100.0 * sums.held[1],
            sums.portfolios
        ));
    }
    match verdict.origins.len() {
        0 => table.notes.push("predicted from all of the log; follows are those of the network as it is".into()),
        origins => {
            table.notes.push(format!("predicted from {origins} past times; follows are those of the network as it is"))
        }
    }
    let document = serde_json::to_value(verdict).map_err(|error| Error::parameter("verdict", error.to_string()))?;
    table.summary.insert("verdict".into(), document);
    table.rows.extend(verdict.all.iter().map(|score| row("all".into(), score)));
    table.rows.extend(verdict.groups.iter().map(|group| row(format!("{}: {}", group.by, group.name), &group.score)));
    if let Some(all) = &verdict.all {
        table.rows.extend(all.rivals.iter().map(|rival| alone(rival, all)));
    }
    Ok(table)
}

fn percent(share: f64) -> Cell {
    // No sign before a rounded nothing.
    let shown = libm::round(share * 100.0) + 0.0;
    Cell::Shown(share, format!("{shown:.0}%"))
}

fn log(value: f64) -> Cell {
    Cell::Shown(value, significant(value, 3))
}

fn row(name: String, score: &Score) -> Vec<Cell> {
    let held = |which: usize| score.coverage.get(which).map_or(Cell::Missing, |coverage| percent(coverage.held));
    let skill = |rival: &str| score.rival(rival).map(|rival| rival.skill);
    let mut cells = vec![
        Cell::Text(name),
        Cell::Count(score.posts),
        Cell::Count(score.creators),
        held(1),
        score.coverage.get(1).map_or(Cell::Missing, |coverage| Cell::Range(coverage.interval)),
        log(score.crps),
    ];
    cells.extend(AGAINST.map(|(rival, ..)| skill(rival).map_or(Cell::Missing, |skill| percent(skill.value))));
    cells.extend([
        held(0),
        held(2),
        log(score.log_score),
        score.spearman.map_or(Cell::Missing, log),
        log(score.over_expected.value),
        score.slope.map_or(Cell::Missing, |slope| log(slope.value)),
        score.ndcg.map_or(Cell::Missing, log),
    ]);
    cells.extend(AGAINST.map(|(rival, ..)| skill(rival).map_or(Cell::Missing, |skill| Cell::Range(skill.interval))));
    cells
}

/// A way alone.
fn alone(rival: &Rival, all: &Score) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Text(format!("alone: {}", rival.name)),
        Cell::Count(all.posts),
        Cell::Count(all.creators),
        percent(rival.held[1]),
        Cell::Missing,
        log(rival.crps),
        Cell::Missing,
        Cell::Missing,
        Cell::Missing,
        percent(rival.held[0]),
        percent(rival.held[2]),
        log(rival.log_score),
        rival.spearman.map_or(Cell::Missing, log),
        Cell::Missing,
        Cell::Missing,
        rival.ndcg.map_or(Cell::Missing, log),
    ];
    cells.extend(AGAINST.map(|_| Cell::Missing));
    cells
}
