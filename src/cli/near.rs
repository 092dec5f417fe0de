//! `truereach rank triangles`, `rank harmonic`, `rank distances` and `rank betweenness`: what is near an account, how
//! near, and what lies on the way.

use super::analyze::parameters;
use super::open::Opened;
use super::rank::Common;
use super::term::Terminal;
use crate::base::stats::{Interval, Z95};
use crate::base::{Result, Status};
use crate::rank::{Balls, Betweenness, Brokerage, Clustering, Direction, HyperBall, Ranking, Triangles};
use crate::report::number::count;
use crate::report::{Cell, Column, Provenance, Table};

const RANK: Column = Column::new("rank", "rank", "", "1 is the highest; ties go to the account that stands first");
const ACCOUNT: Column = Column::new("account", "account", "", "id in the input");
const FOLLOWERS: Column = Column::new("followers", "followers", "accounts", "followers in this network").people();

/// Accounts by the triangles they are in.
pub fn triangles(params: &Triangles, common: &Common, terminal: &Terminal) -> Result<()> {
    let (opened, made) = common.graph("Triangles", terminal)?;
    let found = params.run(&made.graph, &terminal.run)?;
    let about = match params.directed {
        true => "follows between its neighbours",
        false => "pairs of its neighbours that are tied themselves",
    };
    let columns = vec![
        RANK,
        ACCOUNT,
        match params.directed {
            true => Column::new("follows_between", "follows between", "follows", about).hidden_with(&["neighbours"]),
            false => Column::new("triangles", "triangles", "triangles", about).hidden_with(&["neighbours"]),
        },
        Column::new(
            "clustering",
            "clustering",
            "share",
            "share of pairs of neighbours that are tied; none for fewer than two",
        )
        .hidden_with(&["neighbours"]),
        Column::new("neighbours", "neighbours", "accounts", "those it follows or is followed by, each once").people(),
        FOLLOWERS,
    ];
    let parameters = serde_json::json!({
        "triangles": parameters(params)?, "audience": parameters(&common.audience)?,
    });
    let provenance = Provenance::new("rank triangles", parameters, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/triangles/1", columns, provenance);
    table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
    sum_up(&mut table, &found);
    let scores: Vec<f64> = found.between.iter().map(|&between| between as f64).collect();
    for (place, (account, _)) in highest(scores, common).into_iter().enumerate() {
        let mut row = named(place, account, &opened);
        row.extend([
            Cell::Count(found.between[account as usize]),
            found.coefficient(account).map_or(Cell::Missing, |share| Cell::Score(share, 4)),
            Cell::Count(found.neighbours[account as usize].into()),
            Cell::Count(made.graph.followers(account).len() as u64),
        ]);
        table.rows.push(row);
    }
    terminal.give(&table, &common.output)
}

/// What triangles say of the network as a whole.
fn sum_up(table: &mut Table, found: &Clustering) {
    let with = found.with_coefficient();
    if let Some(total) = found.total() {
        table.notes.push(format!("{} triangles", count(total)));
    }
    if let Some(average) = found.average() {
        table.notes.push(format!("average clustering {average:.4}, of the accounts with at least two neighbours"));
    }
    if let Some(transitivity) = found.transitivity() {
        table.notes.push(format!("transitivity {transitivity:.4}: the share of paths of two ties that a third closes"));
    }
    table.summary.insert("triangles".into(), found.total().into());
    table.summary.insert("average_clustering".into(), found.average().into());
    table.summary.insert("accounts_with_two_neighbours".into(), with.into());
    table.summary.insert("transitivity".into(), found.transitivity().into());
}

/// Accounts by harmonic centrality.
pub fn harmonic(params: &HyperBall, common: &Common, terminal: &Terminal) -> Result<()> {
    let (opened, made) = common.graph("Harmonic centrality", terminal)?;
    let found = params.run(&made.graph, &terminal.run)?;
    let columns = vec![
        RANK,
        ACCOUNT,
        Column::new("harmonic", "harmonic", "accounts", "sum over all others of 1 / hops to them")
            .hidden_with(&["followers"]),
        Column::new("interval", "interval", "accounts", "95% interval").range().hidden_with(&["followers"]),
        Column::new("reached", "reached", "accounts", "about how many others a chain of follows leads to").people(),
        Column::new("mean_hops", "mean hops", "hops", "mean number of hops to them").hidden_with(&["reached"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable").detail(),
        FOLLOWERS,
    ];
    let mut table =
        tabled(params, common, &opened, &found, terminal, ("rank harmonic", "truereach/harmonic/1", columns))?;
    table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
    for (place, (account, score)) in highest(found.harmonic.clone(), common).into_iter().enumerate() {
        // The first hop is counted: the error is that of the rest.
        let near = match params.direction {
            Direction::Followers => made.graph.followers(account).len(),
            Direction::Following => made.graph.following(account).len(),
        } as f64;
        let half = Z95 * found.relative_error * score;
        let mut row = named(place, account, &opened);
        row.extend([
            Cell::Score(score, 6),
            Cell::Range(Interval { low: (score - half).max(near), high: score + half }),
            Cell::Amount(found.reached[account as usize]),
            found.closeness(account).map_or(Cell::Missing, |closeness| Cell::Score(1.0 / closeness, 4)),
            Cell::Text(Status::Estimated.name().into()),
            Cell::Count(made.graph.followers(account).len() as u64),
        ]);
        table.rows.push(row);
    }
    terminal.give(&table, &common.output)
}

/// How many pairs of accounts are how far apart.
pub fn distances(params: &HyperBall, common: &Common, terminal: &Terminal) -> Result<()> {
    let (opened, made) = common.graph("Distances", terminal)?;
    let found = params.run(&made.graph, &terminal.run)?;
    let columns = vec![
        Column::new("hops", "hops", "hops", "follows between two accounts, the way the parameters say"),
        Column::new("pairs", "pairs within", "pairs", "ordered pairs of different accounts within so many hops"),
        Column::new("interval", "interval", "pairs", "95% interval").range(),
        Column::new("share", "share", "share", "of all pairs one of which reaches the other"),
    ];
    let mut table =
        tabled(params, common, &opened, &found, terminal, ("rank distances", "truereach/distances/1", columns))?;
    table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
    let accounts = made.graph.accounts() as f64;
    let last = found.pairs_within.last().map_or(0.0, |last| last - accounts);
    for (hops, &within) in found.pairs_within.iter().enumerate().skip(1) {
        let pairs = within - accounts;
        // Pairs of one hop are the follows themselves.
        let half = if hops == 1 { 0.0 } else { Z95 * found.relative_error * within };
        table.rows.push(vec![
            Cell::Count(hops as u64),
            Cell::Amount(pairs),
            Cell::Range(Interval { low: (pairs - half).max(made.graph.edges() as f64), high: pairs + half }),
            Cell::Score(pairs / last, 4),
        ]);
    }
    terminal.give(&table, &common.output)
}

/// Accounts by betweenness.
pub fn betweenness(params: &Betweenness, common: &Common, terminal: &Terminal) -> Result<()> {
    let (opened, made) = common.graph("Betweenness", terminal)?;
    let found = params.run(&made.graph, &terminal.run)?;
    let columns = vec![
        RANK,
        ACCOUNT,
        Column::new("pairs", "pairs", "pairs", "ordered pairs of others that it stands between on shortest paths")
            .hidden_with(&["followers"]),
        Column::new("interval", "interval", "pairs", "95% interval; all of them hold at once")
            .range()
            .hidden_with(&["followers"]),
        Column::new("share", "share", "share", "of all ordered pairs of others; none with fewer than two")
            .hidden_with(&["followers"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable").detail(),
        FOLLOWERS,
    ];
    let parameters = serde_json::json!({
        "betweenness": parameters(params)?, "audience": parameters(&common.audience)?,
    });
    let provenance = Provenance::new("rank betweenness", parameters, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/betweenness/1", columns, provenance);
    table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
    say_how(&mut table, &found);
    let status = if found.samples.is_some() { Status::Estimated } else { Status::Measured };
    for (place, (account, pairs)) in highest(found.pairs.clone(), common).into_iter().enumerate() {
        let interval = found.intervals[account as usize];
        let mut row = named(place, account, &opened);
        row.extend([
            Cell::Amount(pairs),
            if found.samples.is_some() { Cell::Range(interval) } else { Cell::Missing },
            found.share(account).map_or(Cell::Missing, |share| Cell::Score(share, 4)),
            Cell::Text(status.name().into()),
            Cell::Count(made.graph.followers(account).len() as u64),
        ]);
        table.rows.push(row);
    }
    terminal.give(&table, &common.output)
}

/// How betweenness was found, and how far it is known.
fn say_how(table: &mut Table, found: &Brokerage) {
    let widest = found.intervals.iter().map(Interval::half_width).fold(0.0, f64::max);
    if let Some((samples, joined)) = found.samples.zip(found.joined) {
        table.notes.push(format!(
            "estimated from {} random pairs, {} of them joined by a path; all intervals hold at once with at least 95%",
            count(samples),
            count(joined)
        ));
        table
            .notes
            .push("--samples N draws more: four times as many halve the intervals; --exact counts all paths".into());
    }
    table.summary.insert("method".into(), found.method.clone().into());
    table.summary.insert("samples".into(), found.samples.into());
    table.summary.insert("joined".into(), found.joined.into());
    table.summary.insert("widest_half_interval".into(), widest.into());
}

/// A table about distances, without rows.
fn tabled(
    params: &HyperBall,
    common: &Common,
    opened: &Opened,
    found: &Balls,
    terminal: &Terminal,
    (command, schema, columns): (&'static str, &'static str, Vec<Column>),
) -> Result<Table> {
    let parameters = serde_json::json!({ "distances": parameters(params)?, "audience": parameters(&common.audience)? });
    let mut table = Table::new(schema, columns, Provenance::new(command, parameters, terminal.seed, opened.checksum));
    let error = 100.0 * found.relative_error;
    table.notes.push(format!(
        "estimated by HyperBall: relative standard error at most about {error:.1}% ({} registers, --log2m); one hop is counted",
        1u64 << params.log2m
    ));
    let (mean, diameter) = (found.mean_hops(), found.effective_diameter(0.9));
    if let Some((mean, diameter)) = mean.zip(diameter) {
        table.notes.push(format!("mean {mean:.2} hops; 90% of pairs that reach each other are within {diameter:.2}"));
    }
    if !found.complete {
        table.notes.push("stopped at --max-hops: pairs further apart are not in these figures".into());
    }
    table.summary.insert("relative_standard_error".into(), found.relative_error.into());
    table.summary.insert("mean_hops".into(), mean.into());
    table.summary.insert("effective_diameter_90".into(), diameter.into());
    table.summary.insert("complete".into(), found.complete.into());
    Ok(table)
}

fn named(place: usize, account: u32, opened: &Opened) -> Vec<Cell> {
    vec![Cell::Count(place as u64 + 1), Cell::Text(opened.network.names.get(account).into_owned())]
}

/// As many as are asked for, highest first.
fn highest(scores: Vec<f64>, common: &Common) -> Vec<(u32, f64)> {
    let limit = common.limit(scores.len());
    let exact =
        Ranking { scores, iterations: 0, change: 0.0, error_bound: 0.0, converged: true, method: String::new() };
    exact.top(limit)
}
