//! `truereach communities`: who belongs together, and what they have in common.

use std::path::PathBuf;

use clap::ValueEnum;

use super::analyze::parameters;
use super::kept::Kind;
use super::members::{self, Earlier};
use super::open::{NetworkArgs, Opened};
use super::rank::{needs_followings, open_graph};
use super::term::{OutputArgs, Terminal};
use super::traits;
use crate::base::{Error, Result};
use crate::community::{
    Card, Cards, Communities, Consensus, Effort, LabelPropagation, Leiden, Louvain, Quality, Variant, earlier,
};
use crate::graph::{Audience, Graph, Network, View, attributes};
use crate::io::{sidecar, snapshot};
use crate::report::{Cell, Column, Provenance, Table};

/// Find communities, print the largest, and write who belongs where.
///
/// Communities are connected, their ids are stable (the largest is 0), and equal seeds give equal bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach communities datasets/lastfm-asia --top 5
  truereach communities market.trg --traits -o traits.svg
  truereach communities market.trg --keep
  truereach communities market.trg --resolution 2 --members members.csv
  truereach communities market.trg --start members.csv --members members-2.csv
  truereach communities market.trg --runs 10 --consensus
  truereach communities market.trg --method cdlp")]
pub struct CommunitiesArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// How they are found
    #[arg(long, value_enum, default_value_t)]
    method: Method,
    /// The most rounds over all accounts; it ends earlier once nothing changes [default: 100, of cdlp 10]
    #[arg(long, value_name = "N", help_heading = "Communities")]
    iterations: Option<u32>,
    #[command(flatten)]
    leiden: Leiden,
    /// Start from an earlier partition, a file that --members wrote; communities that go on keep their numbers
    #[arg(long, value_name = "FILE", help_heading = "Communities")]
    start: Option<PathBuf>,
    /// Keep together who is together in this share of --runs along ties, instead of the best of the runs
    #[arg(
        long, value_name = "SHARE", num_args = 0..=1, require_equals = true, default_missing_value = "0.8",
        conflicts_with = "start", help_heading = "Communities"
    )]
    consensus: Option<f64>,
    /// Show instead what stands out in each: values of the accounts table that its members have more often than all accounts
    #[arg(long, help_heading = "Traits")]
    traits: bool,
    #[command(flatten)]
    cards: Cards,
    /// Show the N largest; 0 shows all
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    /// Write account and community, a row an account, to this CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    members: Option<PathBuf>,
    /// Keep them beside the snapshot as the column community, for every verb: --only community=3
    #[arg(long, help_heading = "Output")]
    keep: bool,
    #[command(flatten)]
    audience: Audience,
    #[command(flatten)]
    output: OutputArgs,
}

/// Communities as they are kept beside a snapshot.
pub const KIND: Kind = Kind { name: "communities", made_by: "truereach communities --keep" };

/// The column that they are kept in.
const COLUMN: &str = "community";

/// How communities are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Method {
    /// Leiden: the best partition by modularity or CPM (Traag et al. 2019)
    #[default]
    Leiden,
    /// Louvain: the same without refinement (Blondel et al. 2008); kept connected
    Louvain,
    /// Label propagation: no objective, fast
    Labels,
    /// Label propagation by the rule of LDBC Graphalytics (CDLP); communities may be disconnected
    Cdlp,
}

impl CommunitiesArgs {
    fn find(&self, graph: &Graph, start: Option<&Earlier>, terminal: &Terminal) -> Result<Communities> {
        let run = &terminal.run;
        let start = start.map(|earlier| earlier::start(&earlier.communities));
        match (self.method, start, self.consensus) {
            (Method::Leiden, None, Some(share)) => Consensus { leiden: self.leiden.clone(), share }.run(graph, run),
            (Method::Leiden, None, None) => self.leiden.run(graph, run),
            (Method::Leiden, Some(start), _) => self.leiden.run_from(graph, &start, run),
            (Method::Louvain, None, None) => self.louvain().run(graph, run),
            (Method::Louvain, Some(start), None) => self.louvain().run_from(graph, &start, run),
            (Method::Labels | Method::Cdlp, None, None) => self.labels().run(graph, run),
            (_, _, Some(_)) => Err(Error::parameter("--consensus", "is of runs of Leiden: leave --method out")),
            (_, Some(_), _) => {
                Err(Error::parameter("--start", "label propagation starts from every account on its own")
                    .with_hint("use --method leiden or louvain"))
            }
        }
    }

    fn louvain(&self) -> Louvain {
        let Leiden { quality, resolution, undirected, iterations, effort, runs, .. } = self.leiden;
        Louvain { quality, resolution, undirected, iterations, effort, runs }
    }

    fn labels(&self) -> LabelPropagation {
        let variant = if self.method == Method::Cdlp { Variant::Cdlp } else { Variant::Async };
        LabelPropagation { variant, iterations: self.iterations }
    }

    /// On follower lists only methods that know two sides: followers who follow, creators who are followed.
    fn check_on_lists(&self) -> Result<()> {
        let fits = matches!(self.method, Method::Leiden | Method::Louvain)
            && self.leiden.quality == Quality::Modularity
            && !self.leiden.undirected;
        match fits {
            true => Ok(()),
            false => Err(Error::NotEstimable {
                figure: "Communities by this method".into(),
                needs: "whom the followers follow; on follower lists --method leiden or louvain with --quality \
                        modularity and directions (Barber's bipartite modularity) can be computed"
                    .into(),
            }),
        }
    }

    /// Keeps the community of every account beside the snapshot.
    fn keep(&self, opened: &Opened, found: &Communities, numbers: &[u64], terminal: &Terminal) -> Result<()> {
        let wrong = |problem: &str, hint: &str| Err(Error::parameter("--keep", problem).with_hint(hint));
        let path = match self.network.network.as_slice() {
            [path] if snapshot::looks_like_snapshot(path) => path,
            _ => {
                return wrong(
                    "communities are kept beside a snapshot",
                    "make one: truereach ingest FILES -o network.trg",
                );
            }
        };
        if opened.network.attributes.get(COLUMN).is_some() && !opened.kept.iter().any(|name| name == COLUMN) {
            return wrong(
                "the accounts table has a column community of its own",
                "write a file instead: --members FILE",
            );
        }
        let each = found.labels.iter().map(|&label| numbers[label as usize] as f64);
        let values = attributes::Values::Number(each.collect::<Vec<_>>().into());
        let column = attributes::Column { name: COLUMN.into(), values };
        let document = serde_json::json!({
            "communities": found.count, "quality": found.quality, "method": found.method, "seed": terminal.seed,
        });
        let (network, checksum) = (&opened.network, opened.checksum);
        let kept = sidecar::write_columns(path, KIND.name, network, checksum, vec![column], &document, &terminal.run)?;
        terminal.note(format!("kept as {}: filter by --only community=0", kept.display()));
        Ok(())
    }

    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        self.leiden.iterations = match self.method {
            Method::Leiden | Method::Louvain => self.iterations.unwrap_or(self.leiden.iterations),
            Method::Labels | Method::Cdlp => self.labels().rounds(),
        };
        let (opened, made) = open_graph(&self.network, &self.audience, terminal)?;
        let mut notes = Vec::new();
        if opened.network.view == View::Lists {
            self.check_on_lists()?;
            notes.push(
                "these are follower lists: communities are of shared audiences, judged by a measure for two-sided \
                 networks; whom the followers follow besides is not known"
                    .to_owned(),
            );
        } else {
            needs_followings("Communities", &opened.network)?;
        }
        let start = self.start.as_ref().map(|path| members::read(path, &opened.network)).transpose()?;
        let found = self.find(&made.graph, start.as_ref(), terminal)?;
        let numbers = match &start {
            Some(earlier) => earlier::numbers(&found, &earlier.communities),
            None => (0..found.count as u64).collect(),
        };
        if let Some(path) = &self.members {
            let number = |account: u32| numbers[found.labels[account as usize] as usize];
            members::write(path, &opened.network, number, self.output.force)?;
            terminal.note(format!("{} rows written to {}", found.labels.len(), path.display()));
        }
        if self.keep {
            self.keep(&opened, &found, &numbers, terminal)?;
        }
        let parameters = serde_json::json!({
            "method": self.method.to_possible_value().map(|value| value.get_name().to_owned()),
            "parameters": parameters(&self.leiden)?,
            "audience": parameters(&self.audience)?,
            "start": start.as_ref().map(|earlier| format!("{:016x}", earlier.checksum)),
            "consensus": self.consensus,
            "cards": parameters(&self.cards)?,
            "traits": self.traits,
        });
        let provenance = Provenance::new("communities", parameters, terminal.seed, opened.checksum);
        let cards = self.cards.run(&opened.network, &made.graph, &found, &terminal.run)?;
        let limit = if self.top == 0 { found.count } else { self.top.min(found.count) };
        let below = terminal.hide_below();
        let mut table = match self.traits {
            true => traits::table(&cards, &numbers, limit, below, provenance),
            false => {
                let members = found.members();
                let mut table = Table::new("truereach/communities/1", columns(start.is_some()), provenance);
                table.rows.extend((0..limit).map(|at| {
                    let standing = traits::most(&cards.cards[at], &cards, below);
                    row(numbers[at], &members[at], &cards.cards[at], standing, &opened.network, &made.graph)
                }));
                table
            }
        };
        table.notes.splice(0..0, notes);
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        table.notes.push(format!("{} communities, quality {:.6}: {}", found.count, found.quality, found.method));
        table.notes.extend(start.iter().flat_map(|earlier| started(earlier, &numbers)));
        if !found.converged && self.leiden.effort == Effort::Fast {
            table.notes.push("fast: single accounts may still gain by moving".into());
        } else if !found.converged {
            table.notes.push(format!("stopped after {} iterations while still improving", found.iterations));
        }
        table.summary.insert("communities".into(), found.count.into());
        table.summary.insert("quality".into(), found.quality.into());
        table.summary.insert("method".into(), found.method.clone().into());
        terminal.give(&table, &self.output)
    }
}

fn columns(is_started: bool) -> Vec<Column> {
    let named = match is_started {
        false => "0 is the largest",
        true => "the number of the earlier community that it goes on, or a new one",
    };
    let stands_out = "value that members have more often than all accounts, by how much, with a 95% interval";
    vec![
        Column::new("community", "community", "", named),
        Column::new("accounts", "accounts", "accounts", "members").people(),
        Column::new("inside", "inside", "share", "share of the members' follows that stay inside")
            .hidden_with(&["accounts"]),
        Column::new("stands_out", "stands out", "", stands_out).hidden_with(&["accounts"]),
        // Of fewer than three members this would be the list.
        Column::new("most_followed", "most followed members", "", "up to three members with most followers")
            .hidden_with(&["accounts"])
            .aside(),
        Column::new(
            "conductance",
            "conductance",
            "share",
            "share of the ties at members that leave, of the smaller side",
        )
        .hidden_with(&["accounts"]),
        Column::new("stands_out_next", "and", "", "the next such value").hidden_with(&["accounts"]).detail(),
    ]
}

fn row(number: u64, members: &[u32], card: &Card, standing: [Cell; 2], network: &Network, graph: &Graph) -> Vec<Cell> {
    let mut most: Vec<u32> = members.to_vec();
    most.sort_by_key(|&v| (std::cmp::Reverse(graph.followers(v).len()), v));
    let most: Vec<String> = most.iter().take(3).map(|&v| network.names.get(v).into_owned()).collect();
    let share = |share: Option<f64>| share.map_or(Cell::Missing, |share| Cell::Score(share, 3));
    let [first, second] = standing;
    vec![
        Cell::Count(number),
        Cell::Count(card.members),
        share(card.inside),
        first,
        Cell::Text(most.join(", ")),
        share(card.conductance),
        second,
    ]
}

/// What became of an earlier partition.
fn started(earlier: &Earlier, numbers: &[u64]) -> Vec<String> {
    let mut before: Vec<u64> = earlier.communities.iter().flatten().map(|&number| number.into()).collect();
    before.sort_unstable();
    before.dedup();
    let kept = numbers.iter().filter(|number| before.binary_search(number).is_ok()).count();
    let fresh = earlier.communities.iter().filter(|community| community.is_none()).count();
    let mut notes = vec![format!(
        "started from {} earlier communities: {kept} go on under their numbers, {} are new",
        before.len(),
        numbers.len() - kept
    )];
    if fresh > 0 {
        notes.push(format!("{fresh} accounts are not in the earlier file and started on their own"));
    }
    if let Some(first) = &earlier.first_gone {
        notes
            .push(format!("{} rows of the earlier file are about accounts not here; the first: {first}", earlier.gone));
    }
    notes
}
