//! The same network under other names: accounts renamed and put into the order of their new names.

use super::arrange;
use super::names::{Names, parse_number};
use super::network::Network;
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
    arrange::moved(network, sorted, &order, run)
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
