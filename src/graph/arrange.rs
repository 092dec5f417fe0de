//! The order in which accounts stand: by name, or those with most followers first; everything permuted.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::attributes::{Attributes, Column, Values};
use super::buffer::Buffer;
use super::build::{self, Keyed, key};
use super::csr::Graph;
use super::events::Events;
use super::names::Names;
use super::network::{Follows, Network};
use super::tables::{Table, Tables};
use crate::base::{Result, Run};

/// In which order accounts stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::ValueEnum))]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// By name.
    #[default]
    Names,
    /// By number of followers, the most first; equal ones by name. What most passes read then lies together
    Followers,
}

/// Puts the accounts of a network into another order.
///
/// **Input**: any network; [`Layout::Followers`] needs who follows whom.
/// **Returns**: the same network, its accounts under other dense ids and the same names.
/// **Guarantee**: figures are permuted, not changed, but for the last digits of sums that are taken in another order.
/// What goes by dense ids goes another way: ties, the numbers of communities, and the coins of cascades and sampling, which
/// are other draws of the same law. Arranged back by names it is the first network, bit for bit.
/// **Cost**: one sort of the edges, one of the interactions; 24 bytes an edge and 40 an interaction beside the two
/// networks. What it gains is in docs/BENCHMARKS.md: passes over all edges go 1.2 to 2 times as fast.
/// **Errors**: no follow layer; memory.
/// **Determinism**: a function of the network and the layout alone.
/// **References**: Wei, Yu, Lu & Lin, Speedup graph processing by graph ordering, SIGMOD 2016 (degree order among others);
/// Balaji & Lucia, When is graph reordering an optimization?, IISWC 2018.
///
/// ```
/// use truereach::{Run, graph::{Layout, Network, arrange, build}};
/// let network = Network::from_graph(build::graph(4, &[(0, 3), (1, 3), (2, 1)]));
/// let arranged = arrange(network.clone(), Layout::Followers, &Run::default())?;
/// assert_eq!(arranged.account("3")?, 0);
/// assert_eq!(arranged.names.get(1), "1");
/// assert_eq!(arrange(arranged, Layout::Names, &Run::default())?, network);
/// # Ok::<(), truereach::Error>(())
/// ```
pub fn arrange(network: Network, layout: Layout, run: &Run) -> Result<Network> {
    if network.layout() == layout {
        return Ok(network);
    }
    let names = &network.names;
    let mut order: Vec<u32> = (0..network.accounts() as u32).collect();
    match layout {
        Layout::Names => {
            order.sort_unstable_by_key(|&id| names.place(id));
            moved(&network, names.sorted().clone(), &order, run)
        }
        Layout::Followers => {
            let graph = network.follow_graph()?;
            order.sort_unstable_by_key(|&id| (Reverse(graph.followers(id).len()), names.place(id)));
            let places = order.iter().map(|&id| names.place(id)).collect();
            moved(&network, names.sorted().clone().arranged(places), &order, run)
        }
    }
}

/// The network whose account i is account `order[i]` of this one, and is called `names[i]`.
pub(super) fn moved(network: &Network, names: Names, order: &[u32], run: &Run) -> Result<Network> {
    let n = network.accounts();
    let mut place = vec![0u32; n];
    order.iter().enumerate().for_each(|(new, &old)| place[old as usize] = new as u32);
    run.check_memory("putting accounts in order", memory(network))?;
    let follows = match &network.follows {
        Some(follows) => Some(move_follows(follows, &place, run)?),
        None => None,
    };
    let events = match &network.events {
        Some(events) => {
            let moved = |(u, v, event): (u32, u32, _)| (key(place[u as usize], place[v as usize]), event);
            Some(Events::build(run, n, vec![events.iter().map(moved).collect()])?)
        }
        None => None,
    };
    let columns = network.attributes.columns.iter().map(|column| take(column, order)).collect();
    let mut tables = Tables::default();
    for (new, old) in tables.all_mut().into_iter().zip(network.tables.all()) {
        *new = move_table(old, &place);
    }
    Ok(Network {
        names,
        follows,
        events,
        kinds: network.kinds.clone(),
        items: network.items.clone(),
        attributes: Attributes { columns },
        tables,
        pseudonymous: network.pseudonymous,
        view: network.view,
        view_stated: network.view_stated,
        tiers: network.tiers,
        rows: network.rows,
    })
}

/// Bytes taken while accounts move: the new network, and its rows while they are sorted.
fn memory(network: &Network) -> u64 {
    let n = network.accounts() as u64;
    let follows = network.follows.as_ref().map_or(0, |follows| {
        let edges = follows.graph.edges();
        Graph::memory(n, edges, follows.graph.is_weighted()) + 48 * edges
    });
    let events = network.events.as_ref().map_or(0, |events| {
        let rows = events.len() as u64;
        Events::memory(n, rows) + 80 * rows
    });
    follows + events + network.attributes.memory()
}

fn move_follows(follows: &Follows, place: &[u32], run: &Run) -> Result<Follows> {
    let rows = follows.graph.following_rows();
    let n = place.len();
    let end = |u: u32| place[u as usize];
    let walk = (0..n as u32).flat_map(|u| rows.range(u).map(move |edge| (u, edge)));
    let bare = !follows.graph.is_weighted() && follows.time.is_none() && follows.sign.is_none();
    if bare {
        let pairs: Vec<(u32, u32)> = walk.map(|(u, edge)| (end(u), end(rows.targets[edge]))).collect();
        let graph = build::finish(run, build::plain(run, n, vec![pairs])?.following, None)?;
        return Ok(Follows { graph, time: None, sign: None, repeats: follows.repeats, terms: None });
    }
    // Each pair carries the place of its edge, from which everything else of it is taken.
    let pairs: Vec<Keyed<u64>> = walk.map(|(u, edge)| (key(end(u), end(rows.targets[edge])), edge as u64)).collect();
    let moved = build::with_columns(run, n, vec![pairs], u64::cmp, |_, same| Ok(same[0].1))?;
    let from = moved.columns;
    let weights = rows.weights.as_ref().map(|weights| from.iter().map(|&edge| weights[edge as usize]).collect());
    let terms = follows.terms.as_ref().map(|(edges, weights)| {
        let (mut at, mut term): (Vec<u64>, Vec<f64>) = (Vec::new(), Vec::new());
        for (new, old) in from.iter().enumerate() {
            let first = edges.partition_point(|edge| edge < old);
            for index in (first..edges.len()).take_while(|&index| edges[index] == *old) {
                at.push(new as u64);
                term.push(weights[index]);
            }
        }
        (at.into(), term.into())
    });
    Ok(Follows {
        graph: build::finish(run, moved.following, weights)?,
        time: pick(&follows.time, &from),
        sign: pick(&follows.sign, &from),
        repeats: follows.repeats,
        terms,
    })
}

/// The values of an optional column at these places.
fn pick<T: bytemuck::Pod>(column: &Option<Buffer<T>>, places: &[u64]) -> Option<Buffer<T>> {
    column.as_ref().map(|column| places.iter().map(|&at| column[at as usize]).collect::<Vec<T>>().into())
}

/// A column whose row i is row `order[i]` of before.
fn take(column: &Column, order: &[u32]) -> Column {
    let values = match &column.values {
        Values::Number(numbers) => {
            Values::Number(order.iter().map(|&row| numbers[row as usize]).collect::<Vec<_>>().into())
        }
        Values::Text { codes, dictionary } => Values::Text {
            codes: order.iter().map(|&row| codes[row as usize]).collect::<Vec<_>>().into(),
            dictionary: dictionary.clone(),
        },
    };
    Column { name: column.name.clone(), values }
}

/// A table with its rows about the same accounts at their new places. Rows about one account (or one pair) keep their
/// order, which does not depend on names.
fn move_table(table: &Table, place: &[u32]) -> Table {
    let ends = |row: u32| {
        let other = table.other.as_ref().map(|other| place[other[row as usize] as usize]);
        (place[table.account[row as usize] as usize], other)
    };
    let mut order: Vec<u32> = (0..table.len() as u32).collect();
    order.sort_by_key(|&row| ends(row));
    Table {
        account: order.iter().map(|&row| ends(row).0).collect::<Vec<_>>().into(),
        other: table.other.as_ref().map(|_| order.iter().filter_map(|&row| ends(row).1).collect::<Vec<_>>().into()),
        columns: table.columns.iter().map(|column| take(column, &order)).collect(),
    }
}
