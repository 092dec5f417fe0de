//! The network that is served: what it is, what its data can carry, and whether people are drawn.

use serde::Serialize;
use utoipa::ToSchema;

use super::desk::Desk;
use super::problem::Waiting;
use crate::analyze::{abilities, uses};
use crate::graph::Values;
use crate::graph::price::cheapest;

/// A column of the accounts table.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ColumnOf {
    /// Its name.
    name: String,
    /// Its values, where these are texts and few.
    values: Vec<String>,
    /// Whether it holds numbers.
    numeric: bool,
}

/// A figure, and what the data can say of it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UseOf {
    /// measured, estimated, bounded, assumed or not estimable.
    status: String,
    /// What it is.
    figure: String,
    /// From what, or what would make it possible.
    how: String,
}

/// Something that can be done with the data, or not.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ToolOf {
    /// Whether it can be done.
    able: bool,
    /// What.
    what: String,
    /// From what, or what would make it possible.
    how: String,
}

/// Whether people are drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BoardOf {
    /// Whether portfolios can be judged.
    ready: bool,
    /// Why they never will be: the data cannot carry it.
    error: Option<String>,
    /// Where the drawing stands.
    #[serde(flatten)]
    at: Waiting,
    /// How many people.
    people_drawn: Option<u64>,
}

/// Whether the map is drawn.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MapOf {
    /// Whether it is.
    ready: bool,
    /// Why it never will be.
    error: Option<String>,
}

/// The network served.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NetworkOf {
    name: String,
    engine: String,
    checksum: String,
    seed: u64,
    accounts: u64,
    follows: u64,
    interactions: u64,
    posts: u64,
    /// Who can be put into a portfolio.
    creators: u64,
    /// Whether they are those of an accounts table; else the most followed.
    listed: bool,
    /// Of the prices, where there is one.
    currency: Option<String>,
    /// Whether counts of fewer than 10 people are withheld.
    personal: bool,
    /// Whether spread beyond followers is observed.
    spread: bool,
    assumptions: Vec<String>,
    columns: Vec<ColumnOf>,
    uses: Vec<UseOf>,
    tools: Vec<ToolOf>,
    board: BoardOf,
    map: MapOf,
}

/// More different values than these make no list to choose from.
const CHOICES: usize = 100;

fn columns(desk: &Desk) -> Vec<ColumnOf> {
    let column = |column: &crate::graph::attributes::Column| {
        let numeric = !matches!(column.values, Values::Text { .. });
        let mut values = std::collections::BTreeSet::new();
        if !numeric {
            for text in desk.creators.iter().filter_map(|&creator| column.text(creator)) {
                // One of several, as conditions look at them; what a condition cannot say is no choice.
                let parts = text.split('|').map(str::trim);
                values.extend(
                    parts.filter(|part| !part.is_empty() && !part.contains([',', '<', '>'])).map(str::to_owned),
                );
                if values.len() > CHOICES {
                    values.clear();
                    break;
                }
            }
        }
        ColumnOf { name: column.name.clone(), values: values.into_iter().collect(), numeric }
    };
    desk.network.attributes.columns.iter().map(column).collect()
}

/// What stays as it is as long as the network is served.
#[derive(Debug)]
pub struct Fixed {
    currency: Option<String>,
    columns: Vec<ColumnOf>,
    uses: Vec<UseOf>,
    tools: Vec<ToolOf>,
}

impl Fixed {
    /// Looks at all creators once.
    pub fn new(desk: &Desk) -> Self {
        let network = desk.network;
        let of_figure = |able: crate::analyze::Ability| UseOf {
            status: able.status.name().into(),
            figure: able.figure.into(),
            how: able.because.into(),
        };
        let of_tool = |tool: crate::analyze::Use| ToolOf {
            able: tool.possible,
            what: tool.what.into(),
            how: tool.because.into(),
        };
        Fixed {
            currency: desk.creators.iter().find_map(|&v| cheapest(network, v, None)).and_then(|price| price.currency),
            columns: columns(desk),
            uses: abilities(network).into_iter().map(of_figure).collect(),
            tools: uses(network).into_iter().map(of_tool).collect(),
        }
    }
}

/// The network as it stands.
pub fn card(desk: &Desk) -> NetworkOf {
    let network = desk.network;
    let drawn = desk.drawn();
    let (board_error, ready) = match &drawn {
        Ok(_) => (None, true),
        Err(problem) => (problem.progress.is_none().then(|| problem.error.clone()), false),
    };
    let map = match desk.atlas() {
        Ok(_) => MapOf { ready: true, error: None },
        Err(problem) => MapOf { ready: false, error: problem.progress.is_none().then_some(problem.error) },
    };
    let fixed = desk.fixed();
    let drawn = drawn.ok();
    NetworkOf {
        name: desk.name.clone(),
        engine: concat!("truereach ", env!("CARGO_PKG_VERSION")).into(),
        checksum: format!("{:016x}", desk.checksum),
        seed: desk.run.seed(),
        accounts: network.accounts() as u64,
        follows: desk.graph.map_or(0, |graph| graph.edges()),
        interactions: network.events.as_ref().map_or(0, |events| events.len() as u64),
        posts: network.items.len() as u64,
        creators: desk.creators.len() as u64,
        listed: desk.listed,
        currency: fixed.currency.clone(),
        personal: desk.hide_below.is_some(),
        spread: network.view.has_followings(),
        assumptions: drawn.map_or(Vec::new(), |drawn| drawn.assumptions.clone()),
        columns: fixed.columns.clone(),
        uses: fixed.uses.clone(),
        tools: fixed.tools.clone(),
        board: BoardOf {
            ready,
            error: board_error,
            at: if ready { Waiting::over() } else { desk.waiting() },
            people_drawn: drawn.map(|drawn| drawn.board.samples()),
        },
        map,
    }
}
