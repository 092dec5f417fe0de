//! Cutting: from a network, or from edges that somebody else sorted by account, to shards.

use rayon::prelude::*;

use super::Shard;
use crate::base::fixed::BLOCK;
use crate::base::seed::{GOLDEN, mix};
use crate::base::{Error, Result, par};
use crate::graph::csr::MAX_ACCOUNTS;
use crate::graph::{Graph, Rows};

/// Where so many shards begin, and where the last ends: multiples of [`BLOCK`], with about as many edges in each, both
/// directions counted, and an entry more for each account.
pub fn bounds(graph: &Graph, shards: usize) -> Vec<u64> {
    let (followers, following) = (&graph.follower_rows().offsets, &graph.following_rows().offsets);
    let accounts = graph.accounts();
    let upto = |v: usize| followers[v] + following[v] + v as u64;
    let total = if accounts == 0 { 0 } else { upto(accounts) };
    let mut bounds = vec![0u64];
    for shard in 1..shards.max(1) as u64 {
        let goal = (u128::from(total) * u128::from(shard) / shards as u128) as u64;
        let (mut low, mut high) = (0, accounts.div_ceil(BLOCK));
        while low < high {
            let middle = (low + high) / 2;
            if upto((middle * BLOCK).min(accounts)) < goal { low = middle + 1 } else { high = middle }
        }
        bounds.push(((low * BLOCK).min(accounts) as u64).max(bounds.last().copied().unwrap_or(0)));
    }
    bounds.push(accounts as u64);
    bounds
}

/// What tells networks apart that are cut: the sum, modulo 2^64, of a number for each edge with its weight, and one for how
/// many accounts there are. Whoever has some of the edges can add up their part.
pub fn digest(graph: &Graph) -> u64 {
    let rows = graph.following_rows();
    let ranges = par::chunks_by_degree(&rows.offsets, 1 << 20);
    let part = |range: &std::ops::Range<usize>| {
        range.clone().fold(0u64, |sum, u| {
            let (row, weights) = (rows.row(u as u32), rows.row_weights(u as u32));
            let edges = row.iter().enumerate().map(|(at, &v)| edge(u as u32, v, weights.map(|weights| weights[at])));
            edges.fold(sum, u64::wrapping_add)
        })
    };
    let parts: Vec<u64> = ranges.par_iter().map(part).collect();
    parts.into_iter().fold(accounts_digest(graph.accounts() as u64), u64::wrapping_add)
}

/// What the number of accounts adds to the digest.
pub fn accounts_digest(accounts: u64) -> u64 {
    mix(accounts)
}

/// What some edges add to the digest: who follows, who is followed, with which weight.
pub fn edges_digest(follower: &[u32], followed: &[u32], weight: Option<&[f64]>) -> u64 {
    let edges = follower.iter().zip(followed).enumerate();
    edges.fold(0, |sum, (at, (&u, &v))| sum.wrapping_add(edge(u, v, weight.map(|weight| weight[at]))))
}

/// What an edge adds to the digest.
fn edge(u: u32, v: u32, weight: Option<f64>) -> u64 {
    let pair = u64::from(u) << 32 | u64::from(v);
    mix(mix(pair.wrapping_add(GOLDEN)) ^ weight.map_or(0, f64::to_bits))
}

/// A shard of a network held whole.
pub fn of_graph(graph: &Graph, bounds: &[u64], index: usize) -> Result<Shard> {
    let rows = |rows: &Rows| {
        let (from, to) = (bounds[index] as usize, bounds[index + 1] as usize);
        let edges = rows.offsets[from] as usize..rows.offsets[to] as usize;
        let offsets: Vec<u64> = rows.offsets[from..=to].iter().map(|offset| offset - rows.offsets[from]).collect();
        let weights = rows.weights.as_ref().map(|weights| weights[edges.clone()].to_vec());
        Own { offsets, targets: rows.targets[edges].to_vec(), weights }
    };
    check(bounds, index)?;
    Ok(placed(bounds, index, rows(graph.follower_rows()), rows(graph.following_rows())))
}

/// The halo of a shard of a network held whole.
pub fn halo(graph: &Graph, bounds: &[u64], index: usize) -> Vec<u32> {
    let range = bounds[index] as u32..bounds[index + 1] as u32;
    let ties = range.clone().flat_map(|v| graph.followers(v).iter().chain(graph.following(v)));
    let mut halo: Vec<u32> = ties.copied().filter(|v| !range.contains(v)).collect();
    halo.sort_unstable();
    halo.dedup();
    halo
}

/// A shard from all edges that touch its own accounts, each once, in any order: who follows, who is followed, with which
/// weight.
///
/// **Errors**: bounds that cannot be, an edge without an own account, an account outside the network or with itself, an
/// edge that stands there twice, a weight that is no finite number.
pub fn of_edges(
    bounds: &[u64],
    index: usize,
    follower: &[u32],
    followed: &[u32],
    weight: Option<&[f64]>,
) -> Result<Shard> {
    check(bounds, index)?;
    let wrong = |problem: String| Err(Error::engine(format!("the edges of shard {index}: {problem}")));
    if follower.len() != followed.len() || weight.is_some_and(|weight| weight.len() != follower.len()) {
        return wrong("columns differ in length".into());
    }
    if follower.len() > u32::MAX as usize {
        return wrong(format!("{} of them, and a shard holds 2^32 at most", follower.len()));
    }
    let range = bounds[index]..bounds[index + 1];
    let own = |account: u32| range.contains(&u64::from(account));
    let accounts = bounds.last().copied().unwrap_or(0);
    for (at, (&u, &v)) in follower.iter().zip(followed).enumerate() {
        if u == v || !(own(u) || own(v)) || u64::from(u.max(v)) >= accounts {
            return wrong(format!("{u} follows {v}, which is none of its edges"));
        }
        if weight.is_some_and(|weight| !weight[at].is_finite()) {
            return wrong(format!("{u} follows {v} with a weight that is no number"));
        }
    }
    let rows = |head: &[u32], tail: &[u32]| {
        let mut order: Vec<u32> = (0..head.len() as u32).filter(|&at| own(head[at as usize])).collect();
        order.sort_unstable_by_key(|&at| (head[at as usize], tail[at as usize]));
        let mut offsets = vec![0u64; (range.end - range.start) as usize + 1];
        order.iter().for_each(|&at| offsets[(u64::from(head[at as usize]) - range.start) as usize + 1] += 1);
        for row in 1..offsets.len() {
            offsets[row] += offsets[row - 1];
        }
        let twice = order.windows(2).find(|pair| {
            let [a, b] = [pair[0] as usize, pair[1] as usize];
            head[a] == head[b] && tail[a] == tail[b]
        });
        let targets = order.iter().map(|&at| tail[at as usize]).collect();
        let weights = weight.map(|weight| order.iter().map(|&at| weight[at as usize]).collect());
        match twice {
            Some(pair) => Err((head[pair[0] as usize], tail[pair[0] as usize])),
            None => Ok(Own { offsets, targets, weights }),
        }
    };
    match (rows(followed, follower), rows(follower, followed)) {
        (Ok(followers), Ok(following)) => Ok(placed(bounds, index, followers, following)),
        (Err((v, u)), _) | (_, Err((u, v))) => wrong(format!("{u} follows {v} twice")),
    }
}

fn check(bounds: &[u64], index: usize) -> Result<()> {
    let inner = bounds.len().saturating_sub(1);
    let fits = index < inner
        && bounds[0] == 0
        && bounds.windows(2).all(|pair| pair[0] <= pair[1])
        && bounds[..inner].iter().all(|bound| bound.is_multiple_of(BLOCK as u64) || *bound == bounds[inner])
        && bounds[inner] <= MAX_ACCOUNTS;
    match fits {
        true => Ok(()),
        false => Err(Error::engine(format!("shard {index} of bounds {bounds:?} cannot be"))
            .with_hint(format!("bounds rise from 0, in multiples of {BLOCK} but for the last"))),
    }
}

/// Rows of own accounts, of accounts.
struct Own {
    offsets: Vec<u64>,
    targets: Vec<u32>,
    weights: Option<Vec<f64>>,
}

/// From accounts to places.
fn placed(bounds: &[u64], index: usize, mut followers: Own, mut following: Own) -> Shard {
    let range = bounds[index] as u32..bounds[index + 1] as u32;
    let mut halo: Vec<u32> = [&followers, &following]
        .iter()
        .flat_map(|rows| &rows.targets)
        .copied()
        .filter(|v| !range.contains(v))
        .collect();
    halo.sort_unstable();
    halo.dedup();
    let shards = bounds.len() - 1;
    let mut told: Vec<Vec<u32>> = vec![Vec::new(); shards];
    for v in 0..(range.end - range.start) as usize {
        for rows in [&mut followers, &mut following] {
            let row = &mut rows.targets[rows.offsets[v] as usize..rows.offsets[v + 1] as usize];
            // Rows and halo are in one order: what stood before the last is not looked at again.
            let (mut at, mut shard) = (0, 0);
            for target in row {
                if range.contains(target) {
                    *target -= range.start;
                    continue;
                }
                while bounds[shard + 1] <= u64::from(*target) {
                    shard += 1;
                }
                if told[shard].last() != Some(&(v as u32)) {
                    told[shard].push(v as u32);
                }
                at += halo[at..].partition_point(|account| account < target);
                *target = range.end - range.start + at as u32;
            }
        }
    }
    let mut tells = vec![0u64];
    told.iter().for_each(|told| tells.push(tells.last().copied().unwrap_or(0) + told.len() as u64));
    let rows = |own: Own| Rows {
        offsets: own.offsets.into(),
        targets: own.targets.into(),
        weights: own.weights.map(Into::into),
    };
    Shard {
        bounds: bounds.to_vec(),
        index,
        halo: halo.into(),
        followers: rows(followers),
        following: rows(following),
        tells,
        told: told.concat().into(),
    }
}
