//! `truereach communities`: who belongs together.

use std::io::Write;
use std::path::PathBuf;

use clap::ValueEnum;

use super::analyze::parameters;
use super::open::{NetworkArgs, Opened};
use super::rank::{needs_followings, open_graph};
use super::term::{OutputArgs, Terminal};
use crate::base::{Error, Result};
use crate::community::{Communities, LabelPropagation, Leiden, Louvain, Quality, Variant};
use crate::graph::attributes::known;
use crate::graph::{Audience, Graph, View};
use crate::io::output::{BYTE_ORDER_MARK, Output};
use crate::report::{Cell, Column, Provenance, Table};

/// Find communities, print the largest, and write who belongs where.
///
/// Communities are connected, their ids are stable (the largest is 0), and equal seeds give equal bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach communities datasets/lastfm-asia --top 5
  truereach communities market.trg --resolution 2 --members members.csv
  truereach communities market.trg --method cdlp")]
pub struct CommunitiesArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// How they are found
    #[arg(long, value_enum, default_value_t)]
    method: Method,
    #[command(flatten)]
    leiden: Leiden,
    /// Show the N largest; 0 shows all
    #[arg(long, default_value_t = 20, value_name = "N")]
    top: usize,
    /// Write account and community, a row an account, to this CSV file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    members: Option<PathBuf>,
    #[command(flatten)]
    audience: Audience,
    #[command(flatten)]
    output: OutputArgs,
}

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
    fn find(&self, graph: &Graph, terminal: &Terminal) -> Result<Communities> {
        let run = &terminal.run;
        let labels = |variant| LabelPropagation { variant, ..Default::default() }.run(graph, run);
        match self.method {
            Method::Leiden => self.leiden.run(graph, run),
            Method::Louvain => Louvain {
                quality: self.leiden.quality,
                resolution: self.leiden.resolution,
                undirected: self.leiden.undirected,
                iterations: self.leiden.iterations,
                runs: self.leiden.runs,
            }
            .run(graph, run),
            Method::Labels => labels(Variant::default()),
            Method::Cdlp => labels(Variant::Cdlp),
        }
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

    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
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
        let found = self.find(&made.graph, terminal)?;
        if let Some(path) = &self.members {
            write_members(path, &opened, &found, self.output.force)?;
            terminal.note(format!("{} rows written to {}", found.labels.len(), path.display()));
        }
        let columns = vec![
            Column::new("community", "community", "", "0 is the largest"),
            Column::new("accounts", "accounts", "accounts", "members").people(),
            Column::new("inside", "inside", "share", "share of the members' follows that stay inside")
                .hidden_with(&["accounts"]),
            // Of fewer than three members this would be the list.
            Column::new("most_followed", "most followed members", "", "up to three members with most followers")
                .hidden_with(&["accounts"]),
            Column::new(
                "niche",
                "commonest niche",
                "",
                "niche that most members have, and their share of those with one",
            )
            .hidden_with(&["accounts"]),
        ];
        let parameters = serde_json::json!({
            "method": self.method.to_possible_value().map(|value| value.get_name().to_owned()),
            "parameters": parameters(&self.leiden)?,
            "audience": parameters(&self.audience)?,
        });
        let provenance = Provenance::new("communities", parameters, terminal.seed, opened.checksum);
        let mut table = Table::new("truereach/communities/1", columns, provenance);
        table.notes = notes;
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        table.notes.push(format!("{} communities, quality {:.6}: {}", found.count, found.quality, found.method));
        if !found.converged {
            table.notes.push(format!("stopped after {} iterations while still improving", found.iterations));
        }
        table.summary.insert("communities".into(), found.count.into());
        table.summary.insert("quality".into(), found.quality.into());
        table.summary.insert("method".into(), found.method.clone().into());
        let limit = if self.top == 0 { found.count } else { self.top.min(found.count) };
        for (community, members) in found.members().into_iter().take(limit).enumerate() {
            table.rows.push(row(community as u32, &members, &opened, &made.graph, &found.labels));
        }
        terminal.give(&table, &self.output)
    }
}

fn row(community: u32, members: &[u32], opened: &Opened, graph: &Graph, labels: &[u32]) -> Vec<Cell> {
    let network = &opened.network;
    let (mut inside, mut all) = (0u64, 0u64);
    for &u in members {
        all += graph.following(u).len() as u64;
        inside += graph.following(u).iter().filter(|&&v| labels[v as usize] == community).count() as u64;
    }
    let mut most: Vec<u32> = members.to_vec();
    most.sort_by_key(|&v| (std::cmp::Reverse(graph.followers(v).len()), v));
    let most: Vec<String> = most.iter().take(3).map(|&v| network.names.get(v).into_owned()).collect();
    let mut niches = std::collections::BTreeMap::<String, u64>::new();
    for &v in members {
        if let Some(niche) = network.attributes.text(known::NICHE, v) {
            *niches.entry(niche.into_owned()).or_default() += 1;
        }
    }
    let known: u64 = niches.values().sum();
    let commonest = niches.iter().max_by_key(|(name, number)| (**number, std::cmp::Reverse((*name).clone())));
    vec![
        Cell::Count(community.into()),
        Cell::Count(members.len() as u64),
        if all > 0 { Cell::Score(inside as f64 / all as f64, 3) } else { Cell::Missing },
        Cell::Text(most.join(", ")),
        Cell::text(commonest.map(|(name, number)| format!("{name} ({:.0}%)", 100.0 * *number as f64 / known as f64))),
    ]
}

fn write_members(path: &PathBuf, opened: &Opened, found: &Communities, force: bool) -> Result<()> {
    let mut out = Output::create(path, force)?;
    let fail = |error: std::io::Error| crate::base::Error::io(path, "write", error);
    if !opened.network.names.is_ascii() {
        out.write_all(BYTE_ORDER_MARK).map_err(fail)?;
    }
    {
        let mut csv = csv::Writer::from_writer(&mut out);
        csv.write_record(["account", "community"]).map_err(|error| fail(error.into()))?;
        for (account, label) in found.labels.iter().enumerate() {
            let name = opened.network.names.get(account as u32);
            csv.write_record([name.as_ref(), &label.to_string()]).map_err(|error| fail(error.into()))?;
        }
        csv.flush().map_err(fail)?;
    }
    out.finish()
}
