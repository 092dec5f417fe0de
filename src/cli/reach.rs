//! `truereach reach`: how many people a set of creators reaches together.

use std::path::PathBuf;

use super::analyze::{parameters, read_priors};
use super::backtest;
use super::creators::accounts;
use super::open::NetworkArgs;
use super::rank::open_graph;
use super::reach_all::AllArgs;
use super::reach_by::By;
use super::reach_next::{self, CostArgs};
use super::term::{OutputArgs, Terminal};
use crate::base::stats::{Interval, Z95};
use crate::base::{Error, Result, Status};
use crate::cascade::{Reach, ReachEstimate, Resolved};
use crate::graph::tables::post;
use crate::graph::{Audience, Network};
use crate::report::{Cell, Column, Provenance, Table, small};

/// Estimate how many people a set of creators reaches with one post each, and how: directly, through resharing,
/// hop by hop. With --all: the reach of every account apart.
///
/// Reach is exposure, not persuasion or sales.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach reach datasets/lastfm-asia --creators 7237,3530
  truereach reach market.trg --creators @plan.txt --half-width 0.005
  truereach reach market.trg --creators @plan.txt --by creator
  truereach reach market.trg --creators @plan.txt --by niche
  truereach reach market.trg --creators 7 --within 24 --delay exp:6
  truereach reach datasets/soc-slashdot0902 --creators 2494 --model wc
  truereach reach market.trg --creators @plan.txt --cost 80M --pay-in VND
  truereach reach market.trg --creators @plan.txt --mixture prior=0.6,wc=0.4
  truereach reach datasets/soc-slashdot0902 --all --model wc -o reach.csv")]
// One setting for both, for different things: the reach of a set, and the median over all accounts.
#[command(mut_arg("half_width", |arg| arg
    .default_value_if("all", clap::builder::ArgPredicate::Equals("true".into()), "0.05")
    .help("Stop when the simulation error is at most this share of the reach; with --all, when half of the accounts of \
           reach 10 and more are known so well [with --all: 0.05]")))]
pub struct ReachArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// The creators who post: ids, or @FILE with one a line
    #[arg(long, value_delimiter = ',', required_unless_present = "all", value_name = "ID,…")]
    creators: Vec<String>,
    /// Split the reach: by creator (what each adds), or the people reached by tier, community, or a column of the
    /// accounts table, such as niche
    #[arg(long, conflicts_with_all = ["all", "mixture", "cost", "pay_in"], value_name = "WHAT")]
    by: Option<By>,
    #[command(flatten)]
    reach: Reach,
    /// TOML file of what is assumed: exposure by followers, resharing, content, what engages and what sells
    #[arg(long, value_name = "FILE", help_heading = "Cascade")]
    priors: Option<PathBuf>,
    #[command(flatten)]
    cost: CostArgs,
    #[command(flatten)]
    all: AllArgs,
    #[command(flatten)]
    audience: Audience,
    #[command(flatten)]
    output: OutputArgs,
}

impl ReachArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        if let Some(path) = &self.priors {
            self.reach.cascade.priors = read_priors(path)?;
        }
        self.reach.check()?;
        self.cost.check()?;
        if self.by.is_some() {
            // Parts are means.
            self.reach.next_posts = Some(0);
        }
        let (opened, made) = open_graph(&self.network, &self.audience, terminal)?;
        if self.all.all {
            return self.all.run(&self.reach, (&opened, &made), &self.audience, &self.output, terminal);
        }
        // What was learned of posts takes the place of what is assumed, unless the assumption was written down.
        if let (Some([low, middle, high]), None) = (opened.learned, &self.priors) {
            let priors = &mut self.reach.cascade.priors;
            (priors.content_sd_low, priors.content_sd, priors.content_sd_high) =
                (low.min(middle), middle, high.max(middle));
        }
        let creators = accounts(&self.creators, &opened.network)?;
        let (network, run) = (&opened.network, &terminal.run);
        if !network.view.has_followers() {
            return Err(Error::NotEstimable {
                figure: "Reach of a set of creators".into(),
                needs: format!(
                    "complete follower lists; this network shows {}. truereach overlap says how many people follow \
                     them together, truereach analyze what each reaches",
                    network.view.describe()
                ),
            });
        }
        let beyond = network.view.has_followings();
        let models = self
            .reach
            .models()
            .iter()
            .map(|(weight, cascade)| match beyond {
                true => Ok((*weight, cascade.resolve(&made.graph, network, run)?)),
                false => Ok((*weight, cascade.resolve_direct(&made.graph, network, run)?)),
            })
            .collect::<Result<Vec<(f64, Resolved<'_>)>>>()?;
        let Some((_, resolved)) = models.first() else { return Ok(()) };
        heard(&creators, resolved, network, terminal)?;
        if self.reach.cascade.rho.is_some() && beyond {
            models.iter().try_for_each(|(_, resolved)| warn_of_growth(resolved, terminal))?;
        }
        let weighted: Vec<_> = models.iter().map(|(weight, resolved)| (*weight, resolved)).collect();
        let found = self.reach.run_mixture(&weighted, &creators, run)?;
        let names: Vec<String> =
            creators.iter().map(|&creator| opened.network.names.get(creator).into_owned()).collect();
        let parameters = serde_json::json!({
            "creators": names, "by": self.by.as_ref().map(By::to_string), "reach": parameters(&self.reach)?,
            "audience": parameters(&self.audience)?,
        });
        let provenance = Provenance::new("reach", parameters, terminal.seed, opened.checksum);
        let mut table = match &self.by {
            Some(by) => {
                by.table(&found, resolved, (&creators, &opened), self.reach.cascade.status().0, provenance, terminal)?
            }
            None => {
                let mut table = table(&found, &self.reach, beyond, provenance, terminal.hide_below());
                reach_next::add(&mut table, &found, terminal.hide_below());
                let priors = &self.reach.cascade.priors;
                self.cost.add(&mut table, &found, (&creators, network), priors, terminal)?;
                table
            }
        };
        let outcomes = [post::REACH, post::VIEWS].iter().any(|outcome| opened.network.tables.posts.has(outcome));
        if outcomes {
            let verdict = backtest::kept(&self.network, &opened, terminal)?;
            table.notes.insert(0, backtest::said_of_graph(verdict.as_ref()));
        }
        if let Some(verdict) = backtest::kept_on_cascades(&self.network, &opened, terminal)? {
            table.notes.insert(0, backtest::said_of_cascades(&verdict));
        }
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        terminal.give(&table, &self.output)?;
        match found.converged {
            true => Ok(()),
            false => Err(Error::NotConverged(format!(
                "the simulation error is ±{:.1} people after {} worlds; raise --max-worlds or --half-width",
                found.sim_error.half_width(),
                found.worlds
            ))),
        }
    }
}

/// Says which creators nobody hears; refuses if that is all of them.
pub(super) fn heard(creators: &[u32], resolved: &Resolved<'_>, network: &Network, terminal: &Terminal) -> Result<()> {
    let lonely: Vec<u32> = creators.iter().copied().filter(|&v| resolved.graph().followers(v).is_empty()).collect();
    let mut names: Vec<_> = lonely.iter().take(3).map(|&v| network.names.get(v).into_owned()).collect();
    if lonely.len() > names.len() {
        names.push(format!("and {} more", lonely.len() - names.len()));
    }
    match (lonely.len(), creators.len()) {
        (0, _) => {}
        (1, 1) => return Err(nobody(format!("{} has no follower in this network", names[0]))),
        (none, all) if none == all => {
            return Err(nobody(format!("none of the {all} creators has a follower in this network")));
        }
        (some, all) => terminal.note(format!(
            "note: {some} of {all} creators have no follower in this network, and add nothing: {}",
            names.join(", ")
        )),
    }
    Ok(())
}

fn nobody(problem: String) -> Error {
    Error::parameter("--creators", format!("{problem}: nobody would hear the post")).with_hint(
        "are rows the right way round? --edges source,reached turns them; truereach info shows the most followed",
    )
}

/// Says so where resharing grows without end.
pub(super) fn warn_of_growth(resolved: &Resolved<'_>, terminal: &Terminal) -> Result<()> {
    let growth = resolved.growth(&terminal.run)?;
    if growth >= 1.0 {
        terminal.note(format!(
            "note: this resharing is supercritical: one person who reshares sets off about {growth:.2} more, so that a post may \
             run through a large part of the network; with chances of resharing {growth:.2} times smaller it dies out"
        ));
    }
    Ok(())
}

/// The status of all figures, and what they rest on.
fn status(asked: &Reach) -> (Status, &'static str) {
    let models = asked.models();
    let assumed = models.iter().map(|(_, cascade)| cascade.status()).find(|(status, _)| *status == Status::Assumed);
    assumed.unwrap_or_else(|| models.first().map_or(asked.cascade.status(), |(_, cascade)| cascade.status()))
}

/// Hops with a row of their own.
const HOPS_SHOWN: usize = 5;

/// `beyond`: whether the network shows whom the followers reach in turn. Without it there is the direct part alone. With a
/// limit to small counts: where reach or its direct part is small, no other part is shown, for they add up; and the spread
/// is the sharers and the creators.
fn table(found: &ReachEstimate, asked: &Reach, beyond: bool, provenance: Provenance, hide_below: Option<u64>) -> Table {
    let small = |people: f64| hide_below.is_some_and(|below| small::is_small(people, below));
    let parts_hidden = small(found.direct) || small(found.reach);
    let spread_hidden = parts_hidden || small(found.sharers.mean);
    let mut columns = vec![
        Column::new("figure", "figure", "", "what is estimated"),
        Column::new("people", "people", "people", "its value").people(),
        Column::new("interval", "95% interval", "people", "simulation and the ranges of assumed parameters")
            .range()
            .hidden_with(&["people"]),
        Column::new("sim_error", "sim. error", "people", "95% interval from simulation alone")
            .range()
            .hidden_with(&["people"]),
        Column::new(
            "next_post",
            "next post, 80%",
            "people",
            "the next post falls into it with 80%: chance, parameters, content",
        )
        .range()
        .hidden_with(&["people"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
        Column::new("because", "because", "", "what the figure rests on, or what it would need"),
    ];
    // Where all figures rest on the same, a note says so once.
    if beyond {
        columns.iter_mut().filter(|column| column.key == "because").for_each(|column| column.detail = true);
    }
    let mut table = Table::new("truereach/reach/1", columns, provenance);
    table.assumptions = found.assumptions.clone();
    table.summary.insert("model".into(), found.model.clone().into());
    if let Some(hours) = asked.cascade.timing.within {
        table.summary.insert("within".into(), hours.into());
    }
    table.summary.insert("worlds".into(), found.worlds.into());
    table.summary.insert("draws".into(), found.draws.into());
    table.summary.insert("converged".into(), found.converged.into());
    let amplification = if parts_hidden { serde_json::Value::Null } else { found.amplification.into() };
    table.summary.insert("amplification".into(), amplification);
    table.notes.push(format!("{}; {} worlds, seed {}", found.model, found.worlds, found.seed));
    let sampled = |mean: f64, error: f64| Interval { low: (mean - Z95 * error).max(0.0), high: mean + Z95 * error };
    // Where several models are mixed, the least sure of them says what figures are.
    let (status, words) = status(asked);
    let within = asked.cascade.timing.suffix();
    let mut row = |figure: &str, value: f64, interval: Option<Interval>, sim_error: Interval, hidden: bool| {
        table.rows.push(vec![
            Cell::Text(format!("{figure}{}", if figure.starts_with(' ') { "" } else { &within })),
            if hidden && !small(value) { Cell::Hidden } else { Cell::Amount(value) },
            interval.map_or(Cell::Missing, Cell::Range),
            Cell::Range(sim_error),
            match found.next.filter(|_| interval.is_some()) {
                Some(next) if small(next.p80.low) || small(next.p80.high) => Cell::Hidden,
                next => next.map_or(Cell::Missing, |next| Cell::Range(next.p80)),
            },
            Cell::Text(status.name().into()),
            Cell::Text(words.into()),
        ]);
    };
    if !beyond {
        row("direct", found.direct, Some(found.interval), Interval::point(found.direct), false);
        let figures = ["reach", "beyond followers", "sharers"];
        table.rows.extend(figures.map(|figure| {
            let mut cells = vec![Cell::Text(figure.into()), Cell::Missing, Cell::Missing, Cell::Missing, Cell::Missing];
            cells.push(Cell::Text(Status::NotEstimable.name().into()));
            cells.push(Cell::Text("needs whom the followers follow".into()));
            cells
        }));
        table.notes.push("spread beyond followers: not observed; reach is at least the direct reach".into());
        return table;
    }
    row("reach", found.reach, Some(found.interval), found.sim_error, false);
    row("  direct", found.direct, None, Interval::point(found.direct), parts_hidden);
    let beyond = Interval { low: found.sim_error.low - found.direct, high: found.sim_error.high - found.direct };
    row("  beyond followers", found.cascade, None, beyond, parts_hidden);
    let shown = found.by_hop.iter().take(HOPS_SHOWN).filter(|hop| hop.people.mean > 0.0);
    for hop in shown {
        let name = format!("  hop {}", hop.hop);
        row(&name, hop.people.mean, None, sampled(hop.people.mean, hop.people.standard_error), parts_hidden);
    }
    for (name, mean, hidden) in [
        ("impressions", found.impressions, parts_hidden),
        ("sharers", found.sharers, parts_hidden),
        ("spread (with creators)", found.spread, spread_hidden),
    ] {
        row(name, mean.mean, None, sampled(mean.mean, mean.standard_error), hidden);
    }
    table
}
