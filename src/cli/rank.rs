//! `truereach rank`: one ranking or structure at a time, for every account.

use clap::Subcommand;

use super::analyze::{parameters, read_priors};
use super::near;
use super::open::{NetworkArgs, Opened};
use super::term::{OutputArgs, Terminal};
use crate::base::stats::Interval;
use crate::base::{Error, Result, Status};
use crate::cascade::{Cascade, Model, Priors, TunkRank};
use crate::graph::transform::{AudienceGraph, in_window};
use crate::graph::{Audience, Graph, Network, View};
use crate::rank::{Betweenness, Components, Dangling, HyperBall, KCore, PageRank, Ranking, Teleport, Triangles};
use crate::report::{Cell, Column, Provenance, Table, small};

/// Rank accounts by PageRank, TunkRank, nearness or betweenness, or print core numbers, triangles, components or distances.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach rank pagerank datasets/soc-slashdot0902 --top 5
  truereach rank pagerank market.trg --personal anh=1,bao=2 --top 0 -o from-anh-and-bao.csv
  truereach rank personal market.trg --from anh,bao --top 5
  truereach rank tunkrank datasets/lastfm-asia --model ic:0.05 --top 5
  truereach rank core datasets/lastfm-asia --top 5
  truereach rank triangles datasets/lastfm-asia --top 5
  truereach rank harmonic datasets/lastfm-asia --top 5
  truereach rank distances datasets/lastfm-asia
  truereach rank betweenness datasets/lastfm-asia --samples 100000 --top 5")]
pub struct RankArgs {
    #[command(subcommand)]
    by: By,
}

#[derive(Debug, Subcommand)]
enum By {
    /// Followed by those who are followed (Page et al. 1999); score passes from follower to followed
    Pagerank {
        #[command(flatten)]
        params: PageRank,
        /// Restart at these accounts instead of everywhere, as anh=1,bao=2
        #[arg(long, value_delimiter = ',', value_name = "ACCOUNT[=WEIGHT],…")]
        personal: Vec<String>,
        /// Where the score of accounts that follow nobody goes, under --dangling personal
        #[arg(long, value_delimiter = ',', value_name = "ACCOUNT[=WEIGHT],…")]
        dangling_to: Vec<String>,
        #[command(flatten)]
        common: Common,
    },
    /// PageRank from each of several accounts: whom those lead to whom they follow, one ranking an account
    Personal {
        #[command(flatten)]
        params: PageRank,
        /// Rank from each of these accounts, as anh,bao
        #[arg(long, value_delimiter = ',', required = true, value_name = "ACCOUNT,…")]
        from: Vec<String>,
        #[command(flatten)]
        common: Common,
    },
    /// Expected exposures to one post, repeats counted: an upper bound of reach
    Tunkrank {
        #[command(flatten)]
        params: Box<TunkRank>,
        /// TOML file of what the model prior assumes
        #[arg(long, value_name = "FILE", help_heading = "Cascade")]
        priors: Option<std::path::PathBuf>,
        #[command(flatten)]
        common: Common,
    },
    /// Core numbers: how deep in the densely tied part an account sits
    Core {
        #[command(flatten)]
        params: KCore,
        #[command(flatten)]
        common: Common,
    },
    /// Components: which accounts hang together
    Components {
        #[command(flatten)]
        params: Components,
        #[command(flatten)]
        common: Common,
    },
    /// Triangles: how many of an account's neighbours are neighbours of one another
    Triangles {
        #[command(flatten)]
        params: Triangles,
        #[command(flatten)]
        common: Common,
    },
    /// Harmonic centrality: how near an account is to all others, about
    Harmonic {
        #[command(flatten)]
        params: HyperBall,
        #[command(flatten)]
        common: Common,
    },
    /// Betweenness: between how many pairs of others an account stands on the shortest way; counted, or with its interval
    Betweenness {
        #[command(flatten)]
        params: Betweenness,
        #[command(flatten)]
        common: Common,
    },
    /// Distances: how many pairs of accounts are within 1, 2, 3, … hops, about
    Distances {
        #[command(flatten)]
        params: HyperBall,
        #[command(flatten)]
        common: Common,
    },
}

/// What every ranking takes besides its own parameters.
#[derive(Debug, clap::Args)]
pub struct Common {
    #[command(flatten)]
    network: NetworkArgs,
    /// Show the N highest; 0 shows all
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    #[command(flatten)]
    pub audience: Audience,
    #[command(flatten)]
    pub output: OutputArgs,
}

impl Common {
    /// How many of so many are shown.
    pub fn limit(&self, of: usize) -> usize {
        if self.top == 0 { of } else { self.top.min(of) }
    }

    /// The network and its edges; refused where whom the followers follow is not known.
    pub fn graph(&self, figure: &str, terminal: &Terminal) -> Result<(Opened, AudienceGraph)> {
        let (opened, made) = open_graph(&self.network, &self.audience, terminal)?;
        needs_followings(figure, &opened.network)?;
        Ok((opened, made))
    }
}

/// Refuses a figure that needs the whole graph where whom the followers follow is not known.
pub fn needs_followings(figure: &str, network: &Network) -> Result<()> {
    match network.view.has_followings() {
        true => Ok(()),
        false => Err(Error::NotEstimable {
            figure: figure.into(),
            needs: format!("whom the followers follow; this network shows {}", network.view.describe()),
        }),
    }
}

/// Opens a network and its edges.
pub fn open_graph(network: &NetworkArgs, audience: &Audience, terminal: &Terminal) -> Result<(Opened, AudienceGraph)> {
    let mut opened = network.open(terminal)?;
    let made = audience.graph(&opened.network, &terminal.run)?;
    let weighting = audience.check(&opened.network)?;
    opened.network = in_window(&opened.network, &weighting, &terminal.run)?;
    if made.undated > 0 {
        terminal.note(format!("note: {} rows have no time; they count as --undated says", made.undated));
    }
    if made.proxy.is_some() {
        opened.network.view = View::Whole;
    }
    Ok((opened, made))
}

impl RankArgs {
    /// Whether other processes may do its work.
    pub fn shares_work(&self) -> bool {
        matches!(self.by, By::Pagerank { .. } | By::Tunkrank { .. } | By::Components { .. })
    }

    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        match self.by {
            By::Pagerank { params, personal, dangling_to, common } => {
                let (opened, made) = common.graph("PageRank", terminal)?;
                let teleport = vector("--personal", &personal, &opened.network)?;
                let dangling = vector("--dangling-to", &dangling_to, &opened.network)?;
                if params.dangling == Dangling::Personal && dangling.is_none() {
                    return Err(Error::parameter("--dangling", "personal needs accounts")
                        .with_hint("name them: --dangling-to anh=1,bao=2"));
                }
                let vectors = Teleport { teleport: teleport.as_deref(), dangling: dangling.as_deref(), passing: None };
                let ranking = params.run_with(&made.graph, &vectors, &terminal.run)?;
                let about = "share of all PageRank";
                let column = Column::new("pagerank", "pagerank", "share", about);
                let parameters = serde_json::json!({
                    "pagerank": parameters(&params)?, "personal": personal, "dangling_to": dangling_to,
                    "audience": parameters(&common.audience)?,
                });
                let scored = Scored { ranking, column, status: Status::Measured, ends: None };
                ranked(&common, &opened, &made, &scored, "rank pagerank", parameters, terminal)
            }
            By::Personal { params, from, common } => personal(&params, &from, &common, terminal),
            By::Tunkrank { mut params, priors, common } => {
                if let Some(path) = &priors {
                    params.cascade.priors = read_priors(path)?;
                }
                let (opened, made) = common.graph("TunkRank", terminal)?;
                let found = params.run(&made.graph, &opened.network, &terminal.run)?;
                let ends = ends(&params, &made.graph, &opened.network, terminal)?;
                let ranking = Ranking {
                    scores: found.exposures,
                    iterations: 0,
                    change: 0.0,
                    error_bound: found.error,
                    converged: true,
                    method: found.model,
                };
                let about = "expected exposures to one post, repeats counted";
                let column = Column::new("tunkrank", "tunkrank", "exposures", about).hidden_with(&["followers"]);
                let parameters = serde_json::json!({
                    "tunkrank": parameters(&params)?, "audience": parameters(&common.audience)?,
                });
                for assumption in &found.assumptions {
                    terminal.note(format!("assumed: {assumption}"));
                }
                terminal.note(format!(
                    "note: finite for {} accounts, infinite (supercritical) for {}",
                    found.finite, found.supercritical
                ));
                let scored = Scored { ranking, column, status: params.cascade.status().0, ends };
                ranked(&common, &opened, &made, &scored, "rank tunkrank", parameters, terminal)
            }
            By::Core { params, common } => {
                let (opened, made) = common.graph("Core numbers", terminal)?;
                let cores = params.run(&made.graph, &terminal.run)?;
                let ranking = Ranking {
                    scores: cores.cores.iter().map(|&core| f64::from(core)).collect(),
                    iterations: 0,
                    change: 0.0,
                    error_bound: 0.0,
                    converged: true,
                    method: "core numbers of the undirected network".into(),
                };
                let column = Column::new("core", "core", "", "largest k such that the account is in the k-core");
                let parameters = serde_json::json!({ "audience": parameters(&common.audience)? });
                let scored = Scored { ranking, column, status: Status::Measured, ends: None };
                ranked(&common, &opened, &made, &scored, "rank core", parameters, terminal)
            }
            By::Components { params, common } => components(&params, &common, terminal),
            By::Triangles { params, common } => near::triangles(&params, &common, terminal),
            By::Harmonic { params, common } => near::harmonic(&params, &common, terminal),
            By::Betweenness { params, common } => near::betweenness(&params, &common, terminal),
            By::Distances { params, common } => near::distances(&params, &common, terminal),
        }
    }
}

/// Weights by account from `anh=1,bao=2`.
fn vector(flag: &str, texts: &[String], network: &Network) -> Result<Option<Vec<f64>>> {
    if texts.is_empty() {
        return Ok(None);
    }
    let mut weights = vec![0.0; network.accounts()];
    for text in texts {
        let (name, weight) = text.rsplit_once('=').unwrap_or((text, "1"));
        let weight: f64 = weight.parse().map_err(|_| {
            Error::parameter(flag, format!("\"{text}\": \"{weight}\" is not a weight")).with_hint("write anh=2")
        })?;
        weights[network.account(name)? as usize] += weight;
    }
    Ok(Some(weights))
}

/// A score of every account, and how far it is known.
struct Scored {
    ranking: Ranking,
    column: Column,
    status: Status,
    /// The scores under the low and the high ends of what is assumed.
    ends: Option<[Vec<f64>; 2]>,
}

/// TunkRank at both ends of the assumed exposure and resharing, which bound it: it rises with either. `None` for a model
/// that assumes no range.
fn ends(params: &TunkRank, graph: &Graph, network: &Network, terminal: &Terminal) -> Result<Option<[Vec<f64>; 2]>> {
    if params.cascade.model != Model::Prior {
        return Ok(None);
    }
    let at = |priors: Priors| -> Result<Vec<f64>> {
        let end = TunkRank { cascade: Cascade { priors, ..params.cascade.clone() }, ..params.clone() };
        Ok(end.run(graph, network, &terminal.run)?.exposures)
    };
    let [low, high] = params.cascade.priors.ends();
    Ok(Some([at(low)?, at(high)?]))
}

fn ranked(
    common: &Common,
    opened: &Opened,
    made: &AudienceGraph,
    scored: &Scored,
    command: &'static str,
    parameters: serde_json::Value,
    terminal: &Terminal,
) -> Result<()> {
    let mut status = Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable");
    // What is counted in the graph needs no word on a terminal.
    status.detail = scored.status == Status::Measured;
    let columns = vec![
        Column::new("rank", "rank", "", "1 is the highest; ties go to the account that stands first"),
        Column::new("account", "account", "", "id in the input"),
        scored.column.clone(),
        Column::new("interval", "range", "exposures", "under the ends of all that is assumed")
            .range()
            .hidden_with(scored.column.hidden_with),
        status,
        Column::new("followers", "followers", "accounts", "followers in this network").people(),
    ];
    let ranking = &scored.ranking;
    let provenance = Provenance::new(command, parameters, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/rank/1", columns, provenance);
    table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
    if !ranking.converged {
        table.notes.push(format!(
            "stopped after {} iterations before its tolerance; error at most {:.1e}",
            ranking.iterations, ranking.error_bound
        ));
    }
    table.summary.insert("method".into(), ranking.method.clone().into());
    table.summary.insert("iterations".into(), ranking.iterations.into());
    table.summary.insert("error_bound".into(), ranking.error_bound.into());
    table.summary.insert("converged".into(), ranking.converged.into());
    for (place, (account, score)) in ranking.top(common.limit(ranking.scores.len())).into_iter().enumerate() {
        table.rows.push(vec![
            Cell::Count(place as u64 + 1),
            Cell::Text(opened.network.names.get(account).into_owned()),
            Cell::Score(score, 6),
            scored.ends.as_ref().map_or(Cell::Missing, |[low, high]| {
                Cell::Range(Interval { low: low[account as usize], high: high[account as usize] })
            }),
            Cell::Text(scored.status.name().into()),
            Cell::Count(made.graph.followers(account).len() as u64),
        ]);
    }
    terminal.give(&table, &common.output)
}

fn personal(params: &PageRank, from: &[String], common: &Common, terminal: &Terminal) -> Result<()> {
    let (opened, made) = common.graph("PageRank", terminal)?;
    let network = &opened.network;
    let sources = from.iter().map(|name| Ok(vec![network.account(name)?])).collect::<Result<Vec<_>>>()?;
    let keep =
        |ranking: Ranking| (ranking.top(common.limit(ranking.scores.len())), Ranking { scores: vec![], ..ranking });
    let found = params.run_each(&made.graph, &sources, &terminal.run, keep)?;
    let about = "a bound on the error of all scores from that account together";
    let mut error = Column::new("error_bound", "error", "share", about);
    error.detail = true;
    let columns = vec![
        Column::new("from", "from", "", "the account from which the others are ranked"),
        Column::new("rank", "rank", "", "1 is the highest; ties go to the account that stands first"),
        Column::new("account", "account", "", "id in the input"),
        Column::new("pagerank", "pagerank", "share", "share of all PageRank from that account"),
        error,
        Column::new("followers", "followers", "accounts", "followers in this network").people(),
    ];
    let parameters = serde_json::json!({
        "pagerank": parameters(params)?, "from": from, "audience": parameters(&common.audience)?,
    });
    let provenance = Provenance::new("rank personal", parameters, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/rank-personal/1", columns, provenance);
    table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
    for (name, (top, ranking)) in from.iter().zip(&found) {
        if !ranking.converged {
            table.notes.push(format!(
                "from {name}: stopped after {} iterations before its tolerance; error at most {:.1e}",
                ranking.iterations, ranking.error_bound
            ));
        }
        for (place, &(account, score)) in top.iter().enumerate() {
            table.rows.push(vec![
                Cell::Text(name.clone()),
                Cell::Count(place as u64 + 1),
                Cell::Text(network.names.get(account).into_owned()),
                Cell::Score(score, 6),
                Cell::Score(ranking.error_bound, 3),
                Cell::Count(made.graph.followers(account).len() as u64),
            ]);
        }
    }
    let method = found.first().map(|(_, ranking)| ranking.method.clone());
    table.summary.insert("method".into(), method.into());
    table.summary.insert("converged".into(), found.iter().all(|(_, ranking)| ranking.converged).into());
    terminal.give(&table, &common.output)
}

fn components(params: &Components, common: &Common, terminal: &Terminal) -> Result<()> {
    let (opened, made) = common.graph("Components", terminal)?;
    let found = params.run(&made.graph, &terminal.run)?;
    let columns = vec![
        Column::new("component", "component", "", "0 is the largest"),
        Column::new("accounts", "accounts", "accounts", "how many accounts hang together").people(),
        Column::new("member", "first member", "", "the member that stands first in the network"),
    ];
    let parameters = serde_json::json!({
        "components": parameters(params)?, "audience": parameters(&common.audience)?,
    });
    let provenance = Provenance::new("rank components", parameters, terminal.seed, opened.checksum);
    let mut table = Table::new("truereach/components/1", columns, provenance);
    let alone = found.alone() as u64;
    let few = terminal.hide_below().is_some_and(|below| small::is_small(alone as f64, below));
    let shown = if few { small::shown(alone, terminal.hide_below()) } else { alone.to_string() };
    table.notes.push(format!("{} components; {shown} accounts stand alone", found.count()));
    table.summary.insert("components".into(), found.count().into());
    table.summary.insert("alone".into(), if few { serde_json::Value::Null } else { alone.into() });
    for (index, component) in found.components.iter().take(common.limit(found.count())).enumerate() {
        table.rows.push(vec![
            Cell::Count(index as u64),
            Cell::Count(component.accounts.into()),
            Cell::Text(opened.network.names.get(component.label).into_owned()),
        ]);
    }
    terminal.give(&table, &common.output)
}
