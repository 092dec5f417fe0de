//! `truereach analyze`: the main table.

use std::path::PathBuf;

use super::backtest;
use super::define::DefineArgs;
use super::open::{NetworkArgs, Opened, RawArgs};
use super::term::{OutputArgs, Terminal};
use crate::analyze::{Analysis, Analyze};
use crate::base::stats::Interval;
use crate::base::{Error, Result};
use crate::cascade::Priors;
use crate::graph::Network;
use crate::graph::attributes::known;
use crate::graph::tables::post;
use crate::report::{Cell, Column, Provenance, Table};

/// Print a table of creators with their estimated reach, rank and community.
///
/// NETWORK is a snapshot made by `truereach ingest`, a folder of tables or with a network.toml, or raw files. Without it, a
/// small real network shipped inside the program is analysed. What the data cannot carry is not printed, and a
/// note says what would make it possible.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach analyze
  truereach analyze datasets/soc-slashdot0902 --top 10
  truereach analyze market.trg --only niche=beauty --only 'followers>=1000' -o beauty.csv
  truereach analyze client-folder -o client.xlsx
  truereach analyze log.trg --audience-from share,reply --half-life 7")]
pub struct AnalyzeArgs {
    /// A snapshot (.trg), a folder of tables or with a network.toml, or raw files [default: the shipped network]
    #[arg(value_name = "NETWORK")]
    network: Vec<PathBuf>,
    #[command(flatten)]
    raw: RawArgs,
    #[command(flatten)]
    define: DefineArgs,
    /// Do not verify the snapshot's checksums first
    #[arg(long)]
    trust: bool,
    /// TOML file of what the model prior assumes: exposure by followers, resharing
    #[arg(long, value_name = "FILE", help_heading = "Cascade")]
    priors: Option<PathBuf>,
    #[command(flatten)]
    analyze: Analyze,
    #[command(flatten)]
    output: OutputArgs,
}

impl AnalyzeArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        if let Some(path) = &self.priors {
            self.analyze.cascade.priors = read_priors(path)?;
        }
        let (mut verdict, mut on_cascades, mut since) = (None, None, None);
        let opened = if self.network.is_empty() {
            terminal.note(
                "No network was named, so this is the one shipped with truereach: LastFM users in Asia who follow each\n\
                 other (7,624 accounts; niche = their country). On your own data:\n  \
                 truereach ingest follows.csv log.csv.gz --accounts creators.csv -o market.trg\n  \
                 truereach analyze market.trg\n",
            );
            super::demo::open(&self.define, terminal)?
        } else {
            let network = NetworkArgs { network: self.network, raw: self.raw, define: self.define, trust: self.trust };
            let opened = network.open(terminal)?;
            verdict = backtest::kept(&network, &opened, terminal)?;
            since = backtest::said_since(&network, &opened, terminal)?;
            on_cascades = backtest::kept_on_cascades(&network, &opened, terminal)?;
            opened
        };
        let analysis = self.analyze.run(&opened.network, &terminal.run)?;
        let parameters = parameters(&self.analyze)?;
        let provenance = Provenance::new("analyze", parameters, terminal.seed, opened.checksum);
        let calibration = backtest::calibration(verdict.as_ref());
        let mut table = table(&analysis, self.analyze.niche.is_some(), &opened, calibration, provenance);
        let outcomes = [post::REACH, post::VIEWS].iter().any(|outcome| opened.network.tables.posts.has(outcome));
        // How good the forecasts were stands before all else.
        if analysis.rows.iter().any(|row| row.posts.is_some()) {
            since.into_iter().for_each(|since| table.notes.insert(0, since));
            table.notes.insert(0, backtest::said(verdict.as_ref()));
            table.summary.insert("calibration".into(), calibration.into());
        } else if outcomes && analysis.rows.iter().any(|row| row.reach.is_some()) {
            table.notes.insert(0, backtest::said_of_graph(verdict.as_ref()));
        }
        if let Some(verdict) = on_cascades.filter(|_| analysis.rows.iter().any(|row| row.reach.is_some())) {
            table.notes.insert(0, backtest::said_of_cascades(&verdict));
        }
        terminal.give(&table, &self.output)
    }
}

/// Reads a file of priors.
pub fn read_priors(path: &PathBuf) -> Result<Priors> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
    Priors::from_toml(&text, &path.display().to_string())
}

/// Parameters as they go into the provenance.
pub fn parameters(of: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(of).map_err(|error| Error::parameter("parameters", error.to_string()))
}

/// A count, which undated rows that count half can make a half.
fn counted(value: f64) -> Cell {
    if value == libm::trunc(value) { Cell::Count(value as u64) } else { Cell::Amount(value) }
}

const COLUMNS: &[Column] = &[
    Column::new("account", "account", "", "the creator's id in the input"),
    Column::new("name", "name", "", "display name, from the accounts table").aside(),
    Column::new("followers", "followers", "accounts", "followers in this network").people(),
    Column::new("followers_claimed", "claimed", "accounts", "followers as the platform claims them").people(),
    Column::new("authentic", "authentic", "share", "share of the followers who are real people; empty: not looked at")
        .hidden_with(&["followers"]),
    Column::new("authentic_interval", "authentic, 90%, %", "percent", "of the share who are real")
        .range()
        .detail()
        .hidden_with(&["followers"]),
    Column::new("tier", "tier", "", "follower tier, by the claimed count where given"),
    Column::new("niche", "niche", "", "niche, from the accounts table").aside(),
    Column::new("reach", "reach", "people", "people reached by one post, directly or through resharing").people(),
    Column::new("interval", "95% interval", "people", "of reach: everything that is not known, simulation included")
        .range()
        .hidden_with(&["reach"]),
    Column::new(
        "true_influence",
        "true influence",
        "people",
        "real people reached by one post who count in the niche asked for; without one, reach",
    )
    .people()
    .hidden_with(&["reach"])
    .detail(),
    Column::new("true_influence_interval", "true influence, 95%", "people", "of true influence")
        .range()
        .hidden_with(&["reach"])
        .detail(),
    Column::new(
        "rank",
        "rank",
        "",
        "first and last place by true influence among these; together they hold with 90%, given who is real",
    ),
    Column::new("status", "status", "", "of reach: measured, estimated, bounded, assumed or not estimable"),
    Column::new("next_post", "next post, 80%", "people", "what the next post itself reaches with 80%")
        .range()
        .hidden_with(&["reach"]),
    Column::new("sponsored", "sponsored", "people", "people reached by a sponsored post").people(),
    Column::new("price", "price from", "currency", "the cheapest single offer, else the price in the accounts table"),
    Column::new("currency", "currency", "", "of the price"),
    Column::new("recommended", "recommended", "people", "reached beyond what followers can explain: limits")
        .range()
        // Reach less recommended is what followers bring: from it and the assumed exposure few followers could be told.
        .hidden_with(&["reach", "direct", "followers_claimed"]),
    Column::new(
        "direct",
        "direct",
        "people",
        "people reached by the creator's own post: exact, given the exposure rates",
    )
    .people()
    .hidden_with(&["followers"]),
    Column::new("amplification", "ampl.", "ratio", "reach over direct reach").hidden_with(&["direct", "reach"]),
    Column::new("community", "comm.", "", "community by Leiden; 0 is the largest"),
    Column::new("pagerank", "pagerank", "share", "share of all PageRank (damping 0.85)"),
    Column::new(
        "tunkrank",
        "tunkrank",
        "exposures",
        "expected exposures with repeats, an upper bound of reach; infinite where supercritical",
    )
    .hidden_with(&["followers", "reach"]),
    Column::new("engagement", "inter./foll.", "ratio", "interactions received per follower").hidden_with(&[
        "followers",
        "followers_claimed",
        "engagers",
    ]),
    Column::new("interactions", "interact.", "interactions", "interactions received, all types")
        .hidden_with(&["engagers"]),
    Column::new("engagers", "engagers", "accounts", "different accounts they came from").people(),
    Column::new("disagrees", "disagrees", "", "measures whose place is outside the rank").detail(),
    Column::new("not_observed", "not observed", "people", "claimed followers who are in no list")
        .people()
        .detail()
        .hidden_with(&["followers"]),
    Column::new("not_authentic", "not authentic", "people", "followers who are not real people, expected")
        .people()
        .detail()
        .hidden_with(&["followers"]),
    Column::new("not_exposed", "not exposed", "people", "real followers whom a post does not reach")
        .people()
        .detail()
        .hidden_with(&["followers"]),
    Column::new("beyond", "beyond followers", "people", "people reached through resharing alone")
        .people()
        .detail()
        .hidden_with(&["reach", "direct"]),
    Column::new("outside_niche", "outside the niche", "people", "people reached who do not count in the niche")
        .people()
        .detail()
        .hidden_with(&["reach"]),
    Column::new(
        "weighted_pagerank",
        "weighted pagerank",
        "share",
        "PageRank in which engagement counts and accounts that are not real lend nobody weight",
    )
    .detail(),
    Column::new("direct_range", "direct, range", "people", "of direct reach: the ends of the assumed exposure")
        .range()
        .detail()
        .hidden_with(&["direct"]),
    Column::new("sim_error", "sim. error", "people", "95% interval of reach from simulation alone; none from posts")
        .range()
        .detail()
        .hidden_with(&["reach"]),
    Column::new("worlds", "worlds", "worlds", "worlds simulated").detail(),
    Column::new("posts", "posts", "posts", "own posts that reach rests on").detail(),
    Column::new("sponsored_interval", "sponsored, 95% interval", "people", "of the reach of a sponsored post")
        .range()
        .detail()
        .hidden_with(&["sponsored"]),
    Column::new(
        "sponsored_next",
        "next sponsored post, 80%",
        "people",
        "what the next sponsored post reaches with 80%",
    )
    .range()
    .detail()
    .hidden_with(&["sponsored"]),
    Column::new("direct_status", "status", "", "of direct reach").detail(),
    Column::new("sponsored_status", "sponsored, status", "", "of the reach of a sponsored post").detail(),
    Column::new("recommended_status", "recommended, status", "", "of what is reached beyond followers").detail(),
    Column::new("calibration", "calibration", "", "whether such intervals held in the back-test").detail(),
    Column::new("because", "because", "", "what reach rests on, or what it would need").detail(),
];

/// A share as people read it: 99.8%, and never 100% where something is taken off.
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.1}%", 100.0 * share);
    if text == "100.0%" && share < 1.0 { "over 99.9%".into() } else { text }
}

/// Ends of a share in percent.
pub(super) fn in_percent(range: Interval) -> Interval {
    Interval { low: 100.0 * range.low, high: 100.0 * range.high }
}

fn places(first: u64, last: u64) -> String {
    if first == last { first.to_string() } else { format!("{first}–{last}") }
}

fn disagreement(others: &[(&str, u64)]) -> String {
    others.iter().map(|(name, place)| format!("{name}: {place}")).collect::<Vec<_>>().join(", ")
}

fn table(analysis: &Analysis, niche: bool, opened: &Opened, calibration: &str, provenance: Provenance) -> Table {
    let network: &Network = &opened.network;
    let mut columns = COLUMNS.to_vec();
    if analysis.rows.iter().all(|row| row.reach.is_none()) {
        // A terminal shows no column of reach then, and needs none for its status.
        columns.iter_mut().filter(|column| column.key == "status").for_each(|column| column.detail = true);
        if analysis.rows.iter().any(|row| row.direct.is_some()) {
            let beside = |column: &&mut Column| ["direct_range", "direct_status"].contains(&column.key);
            columns.iter_mut().filter(beside).for_each(|column| column.detail = false);
        }
    }
    if niche {
        columns.iter_mut().filter(|column| column.key == "true_influence").for_each(|column| column.detail = false);
    }
    let mut table = Table::new("truereach/analyze/1", columns, provenance);
    table.notes = analysis.notes.clone();
    table.assumptions = analysis.assumptions.clone();
    table.summary.insert("accounts".into(), network.accounts().into());
    table.summary.insert("creators".into(), analysis.creators.into());
    table.summary.insert("view".into(), network.view.describe().into());
    table.summary.insert("real_people".into(), analysis.real.into());
    table.summary.insert("communities".into(), analysis.communities.into());
    table.summary.insert("modularity".into(), analysis.modularity.into());
    let count = |value: Option<u64>| value.map_or(Cell::Missing, Cell::Count);
    let amount = |value: Option<f64>| value.map_or(Cell::Missing, Cell::Amount);
    let score = |value: Option<f64>| value.map_or(Cell::Missing, |value| Cell::Score(value, 3));
    for row in &analysis.rows {
        table.rows.push(vec![
            Cell::Text(network.names.get(row.account).into_owned()),
            Cell::text(network.attributes.text(known::NAME, row.account)),
            count(row.followers),
            amount(row.followers_claimed),
            row.authentic.map_or(Cell::Missing, |share| Cell::Shown(share, percent(share))),
            row.authentic_interval.map_or(Cell::Missing, |range| Cell::Range(in_percent(range))),
            Cell::text(row.tier.map(|tier| tier.name())),
            Cell::text(network.attributes.text(known::NICHE, row.account)),
            amount(row.reach),
            row.interval.map_or(Cell::Missing, Cell::Range),
            amount(row.score),
            row.score_interval.map_or(Cell::Missing, Cell::Range),
            row.rank.map_or(Cell::Missing, |(first, last)| Cell::Text(places(first, last))),
            Cell::Text(row.reach_status.name().into()),
            row.next_post.map_or(Cell::Missing, Cell::Range),
            amount(row.sponsored),
            amount(row.price.as_ref().map(|price| price.amount)),
            Cell::text(row.price.as_ref().and_then(|price| price.currency.as_deref())),
            row.recommended.map_or(Cell::Missing, Cell::Range),
            amount(row.direct),
            score(row.amplification),
            count(row.community.map(u64::from)),
            score(row.pagerank),
            amount(row.tunkrank),
            score(row.engagement),
            row.interactions.map_or(Cell::Missing, counted),
            count(row.engagers),
            Cell::text((!row.disagrees.is_empty()).then(|| disagreement(&row.disagrees))),
            amount(row.waterfall.map(|waterfall| waterfall.not_observed)),
            amount(row.waterfall.map(|waterfall| waterfall.not_authentic)),
            amount(row.waterfall.map(|waterfall| waterfall.not_exposed)),
            amount(row.waterfall.map(|waterfall| waterfall.beyond)),
            amount(row.waterfall.map(|waterfall| waterfall.outside)),
            score(row.weighted_pagerank),
            row.direct_range.map_or(Cell::Missing, Cell::Range),
            row.sim_error.map_or(Cell::Missing, Cell::Range),
            count(row.worlds),
            count(row.posts),
            row.sponsored_interval.map_or(Cell::Missing, Cell::Range),
            row.sponsored_next.map_or(Cell::Missing, Cell::Range),
            Cell::Text(row.direct_status.name().into()),
            Cell::Text(row.sponsored_status.name().into()),
            Cell::Text(row.recommended_status.name().into()),
            Cell::text(row.posts.map(|_| calibration)),
            Cell::Text(row.because.to_string()),
        ]);
    }
    table
}
