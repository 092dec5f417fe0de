//! The same network under other names: accounts renamed, put into the order of their new names, everything permuted.

use super::attributes::{Attributes, Column, Values};
use super::buffer::Buffer;
use super::build::{self, Keyed, key};
use super::csr::Graph;
use super::events::Events;
use super::names::{Names, parse_number};
use super::network::{Follows, Network};
use super::tables::{Table, Tables};
use crate::base::error::quoted;
use crate::base::{Error, Result, Run};

/// Gives the accounts of a network other names.
///
/// Account i becomes `names[i]` and moves to the place of that name among the sorted names; edges, interactions,
/// attributes and tables follow it. Items, interaction types, the view and the counts of rows stay.
///
/// **Input**: any network; one name an account.
/// **Returns**: the network that ingesting the same rows under the new names would give.
/// **Guarantee**: figures are permuted, not changed; naming everybody back gives the first network, bit for bit.
/// **Cost**: one sort of the names, one of the edges, one of the interactions; 24 bytes an edge and 40 an interaction
/// beside the two networks.
/// **Errors**: another number of names than of accounts; two accounts with one name.
/// **Determinism**: a function of the network and the names alone.
///
/// ```
/// use truereach::{Run, graph::{Network, build, relabel}};
/// let network = Network::from_graph(build::graph(3, &[(0, 1), (1, 2)]));
/// let names = ["c", "b", "a"].map(String::from);
/// let renamed = relabel(&network, &names, &Run::default())?;
/// let (a, b) = (renamed.account("a")?, renamed.account("b")?);
/// assert_eq!(renamed.follow_graph()?.followers(a), [b]);
/// # Ok::<(), truereach::Error>(())
/// ```
pub fn relabel(network: &Network, names: &[String], run: &Run) -> Result<Network> {
    let n = network.accounts();
    if names.len() != n {
        return Err(Error::parameter("names", format!("{} names for {n} accounts", names.len())));
    }
    let (sorted, order) = sort(names)?;
    let mut place = vec![0u32; n];
    order.iter().enumerate().for_each(|(new, &old)| place[old as usize] = new as u32);
    run.check_memory("renaming accounts", memory(network))?;
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
    let columns = network.attributes.columns.iter().map(|column| take(column, &order)).collect();
    let mut tables = Tables::default();
    for (new, old) in tables.all_mut().into_iter().zip(network.tables.all()) {
        *new = move_table(old, &place);
    }
    Ok(Network {
        names: sorted,
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

/// Bytes taken while a network is renamed: the new one, and its rows while they are sorted.
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

/// The names in their order, and which account of before stands at each place.
fn sort(names: &[String]) -> Result<(Names, Vec<u32>)> {
    let mut order: Vec<u32> = (0..names.len() as u32).collect();
    let numbers: Option<Vec<u64>> = names.iter().map(|name| parse_number(name.as_bytes())).collect();
    match &numbers {
        Some(numbers) => order.sort_unstable_by_key(|&id| numbers[id as usize]),
        None => order.sort_unstable_by(|&a, &b| names[a as usize].as_bytes().cmp(names[b as usize].as_bytes())),
    }
    let name = |id: u32| names[id as usize].as_str();
    if let Some(pair) = order.windows(2).find(|pair| name(pair[0]) == name(pair[1])) {
        let both = quoted(name(pair[0]).as_bytes());
        return Err(Error::parameter("names", format!("two accounts would be called {both}")));
    }
    let sorted = match numbers {
        Some(numbers) => Names::Numbers(order.iter().map(|&id| numbers[id as usize]).collect::<Vec<_>>().into()),
        None => Names::from_sorted(order.iter().map(|&id| name(id).as_bytes())),
    };
    Ok((sorted, order))
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
