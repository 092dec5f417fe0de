//! `truereach reach --by`: what each creator contributes, or where the people reached belong.

use super::open::Opened;
use super::term::Terminal;
use crate::base::stats::Interval;
use crate::base::{Error, Result, Run, Status};
use crate::cascade::{
    Contribution, GroupReach, Groups, ReachBy, ReachEstimate, Resolved, Sampled, Together, TogetherRows,
};
use crate::community::Leiden;
use crate::graph::attributes::known;
use crate::graph::network::Tier;
use crate::graph::{Graph, Network};
use crate::report::{Cell, Column, Provenance, Table, small};

/// How the reach of a set is split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// What each creator contributes.
    Creator,
    /// The people reached by their own followers.
    Tier,
    /// By community.
    Community,
    /// By a column of the accounts table.
    Column(String),
}

impl std::str::FromStr for By {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        Ok(match text {
            "creator" => By::Creator,
            "tier" => By::Tier,
            "community" => By::Community,
            column => By::Column(column.into()),
        })
    }
}

impl std::fmt::Display for By {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            By::Creator => "creator",
            By::Tier => "tier",
            By::Community => "community",
            By::Column(name) => name,
        })
    }
}

/// Worlds to split the reach in, at least.
const WORLDS: u64 = 512;

impl By {
    /// The groups of all accounts; `None` by creator.
    pub fn groups(&self, graph: &Graph, network: &Network, run: &Run) -> Result<Option<Groups>> {
        match self {
            By::Creator => Ok(None),
            By::Tier => {
                let of = (0..graph.accounts() as u32).map(|u| network.tier(graph, u) as u32).collect();
                Ok(Some(Groups::of_numbers(of, |tier| Tier::ALL[tier as usize].name().into())))
            }
            By::Community => {
                let found = Leiden::glance().run(graph, run)?;
                Ok(Some(Groups::of_numbers(found.labels, |community| community.to_string())))
            }
            By::Column(name) => match network.attributes.get(name) {
                Some(column) => Groups::of_column(column).map(Some),
                None => {
                    let columns = network.attributes.columns.iter().map(|column| column.name.as_str());
                    let known: Vec<&str> = ["creator", "tier", "community"]
                        .into_iter()
                        .chain(columns.filter(|&name| name != known::CREATOR))
                        .collect();
                    Err(Error::parameter("--by", format!("the accounts table has no column {name}"))
                        .with_hint(format!("there are {}", known.join(", "))))
                }
            },
        }
    }

    /// The table.
    pub fn table(
        &self,
        found: &ReachEstimate,
        resolved: &Resolved<'_>,
        (creators, opened): (&[u32], &Opened),
        status: Status,
        provenance: Provenance,
        terminal: &Terminal,
    ) -> Result<Table> {
        let (graph, network, run) = (resolved.graph(), &opened.network, &terminal.run);
        let beyond = network.view.has_followings();
        if *self == By::Community && !beyond {
            return Err(Error::NotEstimable {
                figure: "Communities".into(),
                needs: "whom the followers follow".into(),
            });
        }
        let few = |people: f64| terminal.hide_below().is_some_and(|below| small::is_small(people, below));
        // Parts of the whole vary more than it.
        let worlds = found.worlds.max(WORLDS);
        let mut table = match self.groups(graph, network, run)? {
            None => {
                let rows = Together { worlds }.run_resolved(resolved, creators, run)?;
                let parts = |row: &Contribution| [row.alone, row.only, row.credit];
                let few = rows.rows.iter().flat_map(parts).any(|part| few(part.people));
                by_creator(&rows, found, status, (graph, network), few, provenance)
            }
            Some(groups) => {
                let rows = ReachBy { worlds }.run_resolved(resolved, creators, &groups, run)?;
                let few = rows.iter().any(|row| few(row.reach.people));
                by_group(&rows, found, status, few, provenance)
            }
        };
        table.assumptions = found.assumptions.clone();
        table.summary.insert("model".into(), found.model.clone().into());
        table.summary.insert("worlds".into(), worlds.into());
        table.summary.insert("draws".into(), found.draws.into());
        table.notes.push(format!("{}; {worlds} worlds, seed {}", found.model, found.seed));
        if !beyond {
            table.notes.push(
                "spread beyond followers: not observed; all figures are of the creators' own posts, and reach is at least so \
                 much"
                .into(),
            );
        }
        if found.draws > 0 {
            table.notes.push(
                "intervals hold what is assumed in the same proportion as that of the reach of all together".into(),
            );
        }
        Ok(table)
    }
}

/// The interval with assumed parameters: as wide, in proportion, as that of the whole.
fn widened(part: Sampled, whole: &ReachEstimate) -> Interval {
    let share = |end: f64| if whole.reach > 0.0 { (end / whole.reach - 1.0).abs() * part.people } else { 0.0 };
    let wider = |assumed: f64, sampled: f64| libm::sqrt(assumed * assumed + sampled * sampled);
    if whole.draws == 0 {
        return part.sim_error;
    }
    Interval {
        low: (part.people - wider(share(whole.interval.low), part.people - part.sim_error.low)).max(0.0),
        high: part.people + wider(share(whole.interval.high), part.sim_error.high - part.people),
    }
}

fn by_creator(
    found: &TogetherRows,
    whole: &ReachEstimate,
    status: Status,
    (graph, network): (&Graph, &Network),
    few: bool,
    provenance: Provenance,
) -> Table {
    let columns = vec![
        Column::new("creator", "creator", "", "id in the input"),
        Column::new("alone", "alone", "people", "reached if nobody else posts").people(),
        Column::new("alone_interval", "95% interval", "people", "of alone").range().hidden_with(&["alone"]),
        Column::new("only", "only here", "people", "reached by this creator and no other: what leaving them out loses")
            .people(),
        Column::new("only_interval", "95% interval", "people", "of only here").range().hidden_with(&["only"]),
        Column::new(
            "credit",
            "credit",
            "people",
            "fair share (Shapley) of the people reached together; adds up to them",
        )
        .people(),
        Column::new("credit_interval", "95% interval", "people", "of credit").range().hidden_with(&["credit"]),
        Column::new("followers", "followers", "accounts", "followers in this network").people(),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    ];
    let mut table = Table::new("truereach/reach-by-creator/1", columns, provenance);
    let mut rows: Vec<_> = found.rows.iter().collect();
    rows.sort_by(|a, b| b.credit.people.total_cmp(&a.credit.people).then(a.account.cmp(&b.account)));
    for row in rows {
        let mut cells = vec![Cell::Text(network.names.get(row.account).into_owned())];
        for part in [row.alone, row.only, row.credit] {
            cells.extend([Cell::Amount(part.people), Cell::Range(widened(part, whole))]);
        }
        cells.push(Cell::Count(graph.followers(row.account).len() as u64));
        cells.push(Cell::Text(status.name().into()));
        table.rows.push(cells);
    }
    // Credits add up to it: it would give a withheld one away.
    let together = if few { serde_json::Value::Null } else { found.union.people.into() };
    table.summary.insert("together".into(), together);
    table
}

fn by_group(found: &[GroupReach], whole: &ReachEstimate, status: Status, few: bool, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("group", "group", "", "of the people reached; (none): not given"),
        Column::new("reach", "reach", "people", "people of this group whom the creators reach together").people(),
        Column::new("interval", "95% interval", "people", "of reach").range().hidden_with(&["reach"]),
        Column::new("direct", "direct", "people", "of them, by the creators themselves").people(),
        Column::new("share", "of reach", "", "share of all people reached").hidden_with(&["reach"]),
        Column::new("accounts", "accounts", "accounts", "accounts of this group in the network").people(),
        Column::new("reached", "of group", "", "share of the group that is reached")
            .hidden_with(&["reach", "accounts"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    ];
    let mut table = Table::new("truereach/reach-by-group/1", columns, provenance);
    let mut rows: Vec<&GroupReach> = found.iter().collect();
    // Largest first; who belongs to no group comes last.
    rows.sort_by(|a, b| {
        a.group
            .is_none()
            .cmp(&b.group.is_none())
            .then(b.reach.people.total_cmp(&a.reach.people))
            .then(a.group.cmp(&b.group))
    });
    for row in rows {
        let share = |of: f64| if of > 0.0 { Cell::Score(row.reach.people / of, 3) } else { Cell::Missing };
        table.rows.push(vec![
            Cell::Text(row.group.clone().unwrap_or_else(|| "(none)".into())),
            Cell::Amount(row.reach.people),
            Cell::Range(widened(row.reach, whole)),
            Cell::Amount(row.direct),
            // One share would give the whole away, and with it a withheld group.
            if few { Cell::Hidden } else { share(whole.reach) },
            Cell::Count(row.accounts),
            share(row.accounts as f64),
            Cell::Text(status.name().into()),
        ]);
    }
    table
}
