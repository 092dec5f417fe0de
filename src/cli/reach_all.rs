//! `truereach reach --all`: the reach of every account.

use super::analyze::parameters;
use super::open::Opened;
use super::reach::warn_of_growth;
use super::term::{OutputArgs, Terminal};
use crate::base::memory::Bytes;
use crate::base::{Error, Result, Status};
use crate::cascade::{Reach, ReachAll, ReachOfAll};
use crate::graph::transform::AudienceGraph;
use crate::graph::{Audience, Graph, Network, Only};
use crate::report::{Cell, Column, Provenance, Table};

/// What `--all` takes beside what a set of creators takes.
#[derive(Debug, clap::Args)]
pub struct AllArgs {
    /// Instead of a set: the reach of every account, each with its own interval; -o writes them all
    #[arg(long, conflicts_with_all = ["creators", "worlds", "max_worlds", "half_width_people", "next_posts", "content_sd", "mixture"], help_heading = "All")]
    pub all: bool,
    /// With --all: show the N of largest reach; 0 shows all [default: 20; with -o: all]
    #[arg(long, requires = "all", value_name = "N", help_heading = "All")]
    top: Option<usize>,
    /// With --all: show only accounts that meet a condition: followers>=1000, tier=micro,macro, niche=beauty (repeatable)
    #[arg(long, requires = "all", value_name = "CONDITION", help_heading = "All")]
    only: Vec<Only>,
    /// With --all: take this many samples, whatever the half-width
    #[arg(long, requires = "all", value_name = "N", help_heading = "All")]
    samples: Option<u64>,
    /// With --all: never take more samples than this
    #[arg(long, requires = "all", default_value_t = ReachAll::default().max_samples, value_name = "N", help_heading = "All")]
    max_samples: u64,
}

impl AllArgs {
    /// The parameters of the estimate; the model and what goes with it are those of `reach`.
    fn params(&self, reach: &Reach) -> ReachAll {
        ReachAll {
            cascade: reach.cascade.clone(),
            half_width: reach.half_width,
            samples: self.samples,
            max_samples: self.max_samples,
            draws: reach.draws,
        }
    }

    /// Estimates and prints.
    pub fn run(
        &self,
        reach: &Reach,
        (opened, made): (&Opened, &AudienceGraph),
        audience: &Audience,
        output: &OutputArgs,
        terminal: &Terminal,
    ) -> Result<()> {
        let params = self.params(reach);
        let (network, run) = (&opened.network, &terminal.run);
        let mut accounts: Vec<u32> = (0..network.accounts() as u32).collect();
        for only in &self.only {
            accounts = only.filter(network, &accounts)?;
        }
        let resolved = params.cascade.resolve(&made.graph, network, run)?;
        terminal
            .note(format!("note: takes {} beside the network", Bytes(ReachAll::memory(&resolved, run.thread_count()))));
        if params.cascade.rho.is_some() {
            warn_of_growth(&resolved, terminal)?;
        }
        let found = params.run_resolved(&resolved, run)?;
        let parameters = serde_json::json!({
            "reach_all": parameters(&params)?, "only": parameters(&self.only)?, "audience": parameters(audience)?,
        });
        let provenance = Provenance::new("reach --all", parameters, terminal.seed, opened.checksum);
        let shown = match (self.top, &output.output) {
            (Some(0), _) | (None, Some(_)) => usize::MAX,
            (top, _) => top.unwrap_or(20),
        };
        let mut table =
            table(&found, params.cascade.status().0, (&accounts, shown), (&made.graph, network), provenance);
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        terminal.give(&table, output)?;
        match found.converged || self.samples.is_some() {
            true => Ok(()),
            false => Err(Error::NotConverged(format!(
                "the median half-width is {:.1}% of the reach after {} samples; raise --max-samples or --half-width",
                100.0 * found.half_width,
                found.samples
            ))),
        }
    }
}

fn table(
    found: &ReachOfAll,
    status: Status,
    (accounts, shown): (&[u32], usize),
    (graph, network): (&Graph, &Network),
    provenance: Provenance,
) -> Table {
    let about = match found.draws {
        0 => "simulation alone: the parameters are given, or left out by --draws 0",
        _ => "simulation and the ranges of assumed parameters",
    };
    let columns = vec![
        Column::new("rank", "rank", "", "1 is the largest reach; ties go to the account that stands first"),
        Column::new("account", "account", "", "id in the input"),
        Column::new("reach", "reach", "people", "people reached by one post, directly and through resharing").people(),
        Column::new("interval", "95% interval", "people", about).range().hidden_with(&["reach"]),
        Column::new("sim_error", "sim. error", "people", "95% interval from simulation alone")
            .range()
            .hidden_with(&["reach"]),
        Column::new("direct", "direct", "people", "people reached by the account itself: exact under the model")
            .people(),
        Column::new("followers", "followers", "accounts", "followers in this network").people(),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    ];
    let mut table = Table::new("truereach/reach-all/1", columns, provenance);
    table.assumptions = found.assumptions.clone();
    table.summary.insert("model".into(), found.model.clone().into());
    table.summary.insert("samples".into(), found.samples.into());
    table.summary.insert("steps".into(), found.steps.into());
    table.summary.insert("draws".into(), found.draws.into());
    table.summary.insert("half_width".into(), found.half_width.into());
    table.summary.insert("converged".into(), found.converged.into());
    table.notes.push(format!(
        "{}; {} backward walks, {} steps along followers, seed {}; half of the {} accounts of reach 10 and more (or all, \
         where none is) are known to ±{:.1}% or better",
        found.model,
        found.samples,
        found.steps,
        found.seed,
        found.deciding,
        100.0 * found.half_width
    ));
    if found.draws > 0 {
        table.notes.push(
            "intervals draw what is assumed; the part beyond followers is taken to move with the direct part and with \
             the chance of resharing"
                .into(),
        );
    }
    let mut rows: Vec<_> = accounts.iter().map(|&v| &found.rows[v as usize]).collect();
    rows.sort_by(|a, b| b.reach.total_cmp(&a.reach).then(a.account.cmp(&b.account)));
    for (place, row) in rows.into_iter().take(shown).enumerate() {
        table.rows.push(vec![
            Cell::Count(place as u64 + 1),
            Cell::Text(network.names.get(row.account).into_owned()),
            Cell::Amount(row.reach),
            Cell::Range(row.interval),
            Cell::Range(row.sim_error),
            Cell::Amount(row.direct),
            Cell::Count(graph.followers(row.account).len() as u64),
            Cell::Text(status.name().into()),
        ]);
    }
    table
}
