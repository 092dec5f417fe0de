//! Two sides found another way: world by world by settling one person after the other, and the mean of all worlds of small
//! graphs by enumeration.

use super::*;
use crate::base::seed::{Chance, Key, Stream};
use crate::cascade::World;

/// One world by the definition: again and again, of all posts under way to somebody who has heard nothing, the first
/// one. Slow, and shares no search with the walker. Starters are left out.
pub fn one_by_one(
    world: &World<'_>,
    temper: &Temper<'_>,
    (quality, seed, index): (f64, u64, u64),
    openings: &[Opening],
) -> Vec<(u32, Side)> {
    let resolved = world.resolved();
    let graph = resolved.graph();
    let key = Key::new(seed, Stream::Side, index);
    let q = Chance::new(quality);
    let flipped = |u: u32| if key.of(0).coin(u64::from(u), q) { Side::Positive } else { Side::Negative };
    let side_of = |opening: &Opening| opening.side.unwrap_or_else(|| flipped(opening.account));
    // (account, side, time, shares)
    let mut settled: Vec<(u32, Side, f64, bool)> =
        openings.iter().map(|opening| (opening.account, side_of(opening), opening.after, true)).collect();
    loop {
        let mut first: Option<(f64, u64, u32, Side)> = None;
        for &(v, side, time, shares) in &settled {
            for &u in graph.followers(v) {
                if !shares || settled.iter().any(|&(x, ..)| x == u) {
                    continue;
                }
                let factor = if side == Side::Negative { temper.factor(u) } else { 1.0 };
                let Some(fell) = world.hears_times(u, v, factor) else { continue };
                let at = time + resolved.deadline().map_or(1.0, |limit| limit.hours(fell.share()));
                if resolved.deadline().is_some_and(|limit| at > limit.latest()) {
                    continue;
                }
                let word = key.of(1).of(u64::from(u)).word(u64::from(v));
                if first.is_none_or(|(time, other, ..)| (at, word) < (time, other)) {
                    first = Some((at, word, u, side));
                }
            }
        }
        let Some((time, _, u, heard)) = first else { break };
        let side = if heard == Side::Positive { flipped(u) } else { heard };
        let sharing = if side == Side::Negative { temper.sharing() } else { 1.0 };
        settled.push((u, side, time, world.shares_times(u, sharing)));
    }
    let mut people: Vec<(u32, Side)> = settled[openings.len()..].iter().map(|&(u, side, ..)| (u, side)).collect();
    people.sort_unstable();
    people
}

/// How an edge or a person is tossed: carries both sides, the negative one alone, or none.
#[derive(Clone, Copy, PartialEq)]
enum Coin {
    Both,
    Negative,
    None,
}

const COINS: [Coin; 3] = [Coin::Both, Coin::Negative, Coin::None];

/// Mean people (positive, negative) over all worlds of a small graph from one creator: `edges` (v, u, r), factors at least 1
/// on the edge to u, everybody reshares with `rho` and `sharing` times as much.
pub fn all_worlds(
    accounts: usize,
    edges: &[(u32, u32, f64)],
    factors: &[f64],
    (rho, sharing): (f64, f64),
    quality: f64,
    creator: u32,
) -> (f64, f64) {
    let chances: Vec<(f64, f64)> = edges
        .iter()
        .map(|&(_, u, r)| (r, (r * factors[u as usize]).min(1.0)))
        .chain((0..accounts).map(|_| (rho, (rho * sharing).min(1.0))))
        .collect();
    let mut sums = (0.0, 0.0);
    for mut number in 0..3usize.pow(chances.len() as u32) {
        let (mut chance, mut coins) = (1.0, Vec::new());
        for &(both, negative) in &chances {
            let coin = COINS[number % 3];
            number /= 3;
            chance *= match coin {
                Coin::Both => both,
                Coin::Negative => negative - both,
                Coin::None => 1.0 - negative,
            };
            coins.push(coin);
        }
        if chance == 0.0 {
            continue;
        }
        for (side, starts) in [(Side::Positive, quality), (Side::Negative, 1.0 - quality)] {
            let mut sides = vec![None; accounts];
            sides[creator as usize] = Some(side);
            let found = levels(edges, &coins, quality, creator, sides, vec![creator]);
            sums.0 += chance * starts * found.0;
            sums.1 += chance * starts * found.1;
        }
    }
    sums
}

/// The people that further hops add, over who is first and who flips, given all other coins.
fn levels(
    edges: &[(u32, u32, f64)],
    coins: &[Coin],
    quality: f64,
    creator: u32,
    sides: Vec<Option<Side>>,
    front: Vec<u32>,
) -> (f64, f64) {
    let carries = |coin: Coin, side: Side| coin == Coin::Both || (coin == Coin::Negative && side == Side::Negative);
    // Who is new, by how many posts of each side.
    let mut new: Vec<(u32, f64, f64)> = Vec::new();
    for (place, &(v, u, _)) in edges.iter().enumerate() {
        let Some(side) = sides[v as usize].filter(|_| front.contains(&v)) else { continue };
        let shares = v == creator || carries(coins[edges.len() + v as usize], side);
        if !shares || !carries(coins[place], side) || sides[u as usize].is_some() {
            continue;
        }
        if !new.iter().any(|other| other.0 == u) {
            new.push((u, 0.0, 0.0));
        }
        let row = new.iter_mut().find(|other| other.0 == u).unwrap();
        *(if side == Side::Negative { &mut row.2 } else { &mut row.1 }) += 1.0;
    }
    if new.is_empty() {
        return (0.0, 0.0);
    }
    let mut sums = (0.0, 0.0);
    for number in 0..1u32 << new.len() {
        let (mut chance, mut sides, mut people) = (1.0, sides.clone(), (0.0, 0.0));
        for (place, &(u, positive, negative)) in new.iter().enumerate() {
            let stays = quality * positive / (positive + negative);
            if number >> place & 1 == 1 {
                (sides[u as usize], chance, people.0) = (Some(Side::Positive), chance * stays, people.0 + 1.0);
            } else {
                (sides[u as usize], chance, people.1) = (Some(Side::Negative), chance * (1.0 - stays), people.1 + 1.0);
            }
        }
        if chance > 0.0 {
            let front = new.iter().map(|row| row.0).collect();
            let later = levels(edges, coins, quality, creator, sides, front);
            sums.0 += chance * (people.0 + later.0);
            sums.1 += chance * (people.1 + later.1);
        }
    }
    sums
}
