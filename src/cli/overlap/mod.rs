//! `truereach overlap`: how many different people follow a set of creators.

mod curve;
mod figures;
mod frequency;
mod pairs;
mod pick;
mod plan;
mod sets;

use super::analyze::parameters;
use super::creators::CreatorArgs;
use super::open::NetworkArgs;
use super::term::{OutputArgs, Terminal};
use crate::audience::{Overlap, Pick, Plan};
use crate::base::{Error, Figure, Result, Status};
use crate::graph::Network;
use crate::report::{Cell, Provenance, small};

/// Count how many different people follow a set of creators, and who follows several of them.
///
/// Full follower lists are counted. Lists cut at random give estimates once followers were looked up, limits before.
/// Lists of the newest followers, of engagers or of unknown origin give limits alone. Audiences of different platforms
/// are joined only through links. Who follows exactly whom, how often people are met, weights and engagement need full
/// lists. Whom posts reach, instead of who follows: truereach reach --by creator.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach overlap datasets/lastfm-asia --creators 7237,3530,524
  truereach overlap agency.trg --only platform=tiktok --only niche=beauty -o overlap.xlsx
  truereach overlap agency.trg --creators @plan.txt --pairs --top 0 -o pairs.csv
  truereach overlap agency.trg --creators @plan.txt --plan-sample=3 -o lookups.csv
  truereach overlap market.trg --only niche=beauty --sets -o sets.svg
  truereach overlap market.trg --only niche=beauty --curve
  truereach overlap agency.trg --only platform=tiktok --pick 10")]
pub struct OverlapArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    #[command(flatten)]
    overlap: Overlap,
    /// Plan how many followers to look up for ±PERCENT on the union, 5 unless said (--plan-sample=3); -o takes the
    /// file of questions to fill in
    #[arg(
        long,
        value_name = "PERCENT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "5",
        conflicts_with_all = ["pairs", "pick", "population", "weight", "engaged", "accounts_are_people"],
        help_heading = "Overlap"
    )]
    plan_sample: Option<f64>,
    /// Choose the N creators whose union is largest; samples are chosen on one half and judged on the other
    #[arg(
        long,
        value_name = "N",
        conflicts_with_all = ["pairs", "population", "weight", "engaged", "accounts_are_people"],
        help_heading = "Overlap"
    )]
    pick: Option<usize>,
    /// Who follows exactly whom: the N largest sets, 20 unless said (0: all)
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "20",
        conflicts_with_all = ["pairs", "pick", "plan_sample"],
        help_heading = "Overlap"
    )]
    sets: Option<usize>,
    /// How many people follow at least one, two, three … of the creators
    #[arg(long, conflicts_with_all = ["pairs", "pick", "plan_sample", "sets"], help_heading = "Overlap")]
    frequency: bool,
    /// How the audience grows, creator by creator: each adds most people to those before, or most for the money where all
    /// have a price
    #[arg(long, conflicts_with_all = ["pairs", "pick", "plan_sample", "sets", "frequency"], help_heading = "Overlap")]
    curve: bool,
    /// Of the pairs, show the N that share most; 0 shows all
    #[arg(long, default_value_t = 20, value_name = "N", help_heading = "Overlap")]
    top: usize,
    #[command(flatten)]
    output: OutputArgs,
}

impl OverlapArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        self.overlap.check()?;
        let opened = self.network.open(terminal)?;
        let network = &opened.network;
        let accounts = self.creators.accounts(network)?;
        let names: Vec<String> = accounts.iter().map(|&account| name(network, account)).collect();
        let provenance = |what: serde_json::Value| {
            let parameters = serde_json::json!({ "creators": names, "overlap": what });
            Provenance::new("overlap", parameters, terminal.seed, opened.checksum)
        };
        let few = Few(terminal.hide_below());
        if few != Few(None) && self.overlap.counting.weight.is_some() {
            let problem =
                "sums of weights do not say how few people stand behind them, and this network holds personal data";
            return Err(
                Error::parameter("--weight", problem).with_hint("--small-cells shows all counts, small ones too")
            );
        }
        if let Some(percent) = self.plan_sample {
            let plan = Plan { percent };
            let planned = plan.run(network, &accounts, &terminal.run)?;
            let provenance = provenance(parameters(&plan)?);
            let to_terminal = OutputArgs { output: None, ..self.output.clone() };
            terminal.give(&plan::table(&planned, network, provenance.clone()), &to_terminal)?;
            return match self.output.output {
                None => Ok(()),
                Some(_) => {
                    let to_file = OutputArgs { format: None, ..self.output };
                    terminal.give(&plan::questions(&planned, network, provenance), &to_file)?;
                    terminal.note(
                        "hint: fill in follows (1 or 0), then: truereach ingest --into SNAPSHOT --lookups FILE -o NEW.trg",
                    );
                    Ok(())
                }
            };
        }
        let table = if let Some(pick) = self.pick {
            let pick = Pick { pick };
            pick::table(&pick.run(network, &accounts, &terminal.run)?, network, few, provenance(parameters(&pick)?))
        } else {
            let (overlap, run) = (&self.overlap, &terminal.run);
            let provenance = provenance(parameters(overlap)?);
            if let Some(top) = self.sets {
                // All of them are looked at where some may be too small to be told.
                let looked_at = if few == Few(None) { top } else { 0 };
                sets::table(&overlap.sets(network, &accounts, looked_at, run)?, top, network, few, provenance)
            } else if self.curve {
                curve::table(&overlap.curve(network, &accounts, run)?, network, few, provenance)
            } else {
                let found = overlap.run(network, &accounts, run)?;
                match (overlap.pairs, self.frequency) {
                    (true, _) => pairs::table(&found, network, self.top, few, provenance),
                    (_, true) => frequency::table(&found, few, provenance)?,
                    _ => figures::table(&found, network, few, provenance),
                }
            }
        };
        terminal.give(&table, &self.output)
    }
}

/// The limit below which counts of people tell of single persons; `None`: there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Few(Option<u64>);

impl Few {
    /// Whether these are so few people.
    fn is(self, people: f64) -> bool {
        // Estimates and sums of them are not whole.
        self.0.is_some_and(|below| small::is_small(libm::round(people), below))
    }
}

fn name(network: &Network, account: u32) -> String {
    network.names.get(account).into_owned()
}

fn value(figure: &Figure) -> Cell {
    figure.value.map_or(Cell::Missing, Cell::Amount)
}

fn interval(figure: &Figure) -> Cell {
    figure.interval.map_or(Cell::Missing, Cell::Range)
}

/// Limits that a few people found on lists have moved from 0 or from one of these numbers, which everybody is told: they
/// go back there, which holds too and tells nobody how few they were.
fn limits(figure: &Figure, told: &[f64], few: Few) -> Figure {
    let mut shown = figure.clone();
    if figure.status == Status::Bounded
        && let Some(interval) = &mut shown.interval
        && interval.low < interval.high
    {
        for &number in [0.0].iter().chain(told) {
            if few.is(interval.low - number) {
                interval.low = number;
            }
            if few.is(number - interval.high) {
                interval.high = number;
            }
        }
    }
    shown
}
