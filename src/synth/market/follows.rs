//! Who follows whom: every creator gets exactly the followers planned, drawn by interest and eagerness; friends follow
//! each other in circles, which makes triangles.

use std::collections::HashSet;

use super::super::draw::{Draw, Weighted};
use super::people::{K, People, WHOLE};
use super::plants::{Fixed, Plants};
use super::{Clock, Market, Step};
use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run, par};
use crate::graph::build::{self, Keyed, key};
use crate::graph::network::{Follows, Repeats};

/// What a creator of a camp is worth to the opposed camp, and to people without a camp, relative to the own camp.
const OPPOSED: f64 = 0.1;
const NEUTRAL: f64 = 0.5;

/// From this part of all people on, followers are drawn by ordering everybody instead of one after the other.
const LARGE: u64 = 16;

/// Chance that two members of a circle of friends follow each other.
const FRIENDS: f64 = 0.5;

/// Draws all follows.
pub fn follows(
    market: &Market,
    people: &People,
    plants: &Plants,
    fixed: &Fixed,
    clock: Clock,
    run: &Run,
) -> Result<Follows> {
    let mut chunks = audiences(market, people, plants, fixed, clock, run)?;
    let one_way: usize = chunks.iter().map(Vec::len).sum();
    let returned = market.reciprocity / (1.0 - market.reciprocity) * one_way as f64 / 2.0;
    let wanted = (returned - fixed.friends.len() as f64).max(0.0);
    chunks.extend(circles(market, people, wanted, clock, run)?);
    chunks.push(both_ways(fixed.friends.iter().copied()));
    run.phase("sorting follows", None);
    let earliest = |_, same: &[Keyed<i64>]| Ok(same[0].1);
    let merged = build::with_columns(run, people.accounts(), chunks, i64::cmp, earliest)?;
    let graph = build::finish(run, merged.following, None)?;
    Ok(Follows { graph, time: Some(merged.columns.into()), sign: None, repeats: Repeats::First, terms: None })
}

fn both_ways(friends: impl Iterator<Item = (u32, u32, i64)>) -> Vec<Keyed<i64>> {
    friends.flat_map(|(u, v, time)| [(key(u, v), time), (key(v, u), time)]).collect()
}

/// The chance of following, for creators of one niche and camp: a weight for every account, 0 for bots.
fn weights(market: &Market, people: &People, niche: u8, camp: u8) -> Vec<f64> {
    let weight = |u: u32| {
        let at = u as usize;
        if !people.real[at] {
            return 0.0;
        }
        let side = match (camp, people.camp[at]) {
            (0, _) => 1.0,
            (_, 0) => NEUTRAL,
            (camp, other) if camp == other => 1.0,
            _ => OPPOSED,
        };
        f64::from(people.eagerness[at]) * (market.mixing + people.interest(u, niche)) * side
    };
    (0..people.accounts() as u32).map(weight).collect()
}

/// The followers of every creator, as (follower, creator) with the time.
fn audiences(
    market: &Market,
    people: &People,
    plants: &Plants,
    fixed: &Fixed,
    clock: Clock,
    run: &Run,
) -> Result<Vec<Vec<Keyed<i64>>>> {
    let creators = people.creators.len();
    run.phase("drawing followers", Some(creators as u64));
    // One table for each niche and camp that has creators.
    let mut kinds: Vec<(u8, u8)> = (0..creators).map(|v| (people.niche[v], people.camp[v])).collect();
    let kind_of = kinds.clone();
    kinds.sort_unstable();
    kinds.dedup();
    let tables = par::map(run, &par::chunks(kinds.len(), 1), |range| {
        let (niche, camp) = kinds[range.start];
        Ok(Weighted::new(&weights(market, people, niche, camp)))
    })?;
    let draws = Key::new(run.seed(), Stream::Market, Step::Audience as u64);
    par::map(run, &par::chunks(creators, 16), |range| {
        let mut pairs = Vec::new();
        for v in range.start as u32..range.end as u32 {
            let at = v as usize;
            let planted = fixed.of(v);
            let wanted = people.creators[at].followers as usize - planted.len();
            let taken: HashSet<u32> = planted.iter().map(|follow| follow.1).chain([v]).collect();
            let mut draw = Draw::new(draws.of(u64::from(v)));
            let drawn = if wanted as u64 * LARGE > people.accounts() as u64 {
                let weights = weights(market, people, people.niche[at], people.camp[at]);
                smallest(&weights, wanted, &taken, draws.of(u64::from(v)).of(1))
            } else {
                let table = &tables[kinds.binary_search(&kind_of[at]).unwrap_or_default()];
                distinct(table, wanted, &taken, &mut draw)
            };
            let day = plants.viral_days.iter().find(|day| day.creator == v);
            pairs.extend(planted.iter().map(|&(_, u, time)| (key(u, v), time)));
            pairs.extend(drawn.into_iter().map(|u| {
                let time = match day {
                    Some(day) if draw.chance(day.share) => day.from + draw.below((day.to - day.from) as u64) as i64,
                    _ => clock.moment(draw.unit(), market.newcomers),
                };
                (key(u, v), time)
            }));
        }
        Ok(pairs)
    })
}

/// Draws until there are `wanted` different ones: successive sampling without replacement. Sorted.
fn distinct(table: &Weighted, wanted: usize, taken: &HashSet<u32>, draw: &mut Draw) -> Vec<u32> {
    let mut found: Vec<u32> = Vec::with_capacity(wanted);
    while found.len() < wanted {
        // As many as are missing can never be too many.
        for _ in found.len()..wanted {
            let u = table.draw(draw);
            if !taken.contains(&u) {
                found.push(u);
            }
        }
        found.sort_unstable();
        found.dedup();
    }
    found
}

/// The same law in one pass over everybody (Efraimidis & Spirakis 2006): the smallest of exponential times with these
/// rates. Sorted. Faster where a large part is wanted.
fn smallest(weights: &[f64], wanted: usize, taken: &HashSet<u32>, key: Key) -> Vec<u32> {
    let mut times: Vec<(u64, u32)> = (0..weights.len() as u32)
        .filter(|u| weights[*u as usize] > 0.0 && !taken.contains(u))
        .map(|u| ((-libm::log(1.0 - key.unit(u64::from(u))) / weights[u as usize]).to_bits(), u))
        .collect();
    // Positive numbers sort as their bits do.
    let wanted = wanted.min(times.len());
    if wanted < times.len() {
        times.select_nth_unstable(wanted);
    }
    let mut found: Vec<u32> = times[..wanted].iter().map(|&(_, u)| u).collect();
    found.sort_unstable();
    found
}

/// Circles of friends, until about `wanted` friendships are made: people of one niche and camp in random order, cut
/// into circles of 3 and more; circles are taken in random order, and in each every two are friends with chance
/// [`FRIENDS`]. One layer after the other by a person's first interest, then by the second, so that circles overlap.
fn circles(market: &Market, people: &People, wanted: f64, clock: Clock, run: &Run) -> Result<Vec<Vec<Keyed<i64>>>> {
    const LAYERS: u64 = 8;
    let mut chunks = Vec::new();
    let mut left = wanted;
    let step = Key::new(run.seed(), Stream::Market, Step::Friends as u64);
    for layer in 0..LAYERS {
        if left < 1.0 {
            break;
        }
        let key = step.of(layer);
        let mut order: Vec<(u8, u8, u64, u32)> = (people.creators.len() as u32..people.accounts() as u32)
            .filter(|&u| people.real[u as usize])
            .map(|u| {
                let niche = if layer % 2 == 0 { people.niche[u as usize] } else { second(people, u) };
                (niche, people.camp[u as usize], key.word(u64::from(u)), u)
            })
            .collect();
        order.sort_unstable();
        let mut cuts = Vec::new();
        let mut draw = Draw::new(key.of(u64::from(u32::MAX)));
        let mut from = 0;
        while from < order.len() {
            let size = 3 + (6.0 * draw.exponential()).min(37.0) as usize;
            let group = (order[from].0, order[from].1);
            let end =
                (from..(from + size).min(order.len())).take_while(|&at| (order[at].0, order[at].1) == group).count()
                    + from;
            cuts.push(from..end);
            from = end;
        }
        let pairs = |circle: &std::ops::Range<usize>| (circle.len() * (circle.len() - 1) / 2) as f64 * FRIENDS;
        let room: f64 = cuts.iter().map(pairs).sum();
        // Two layers share the work where they can, so that circles overlap.
        let goal = if layer == 0 { (wanted / 2.0).max(left - room) } else { left };
        // Circles in random order, until they make as many friends as are missing.
        let mut random: Vec<(u64, usize)> = (0..cuts.len()).map(|at| (key.word(1 << 34 | at as u64), at)).collect();
        random.sort_unstable();
        let mut made = 0.0;
        let active: Vec<usize> = random
            .into_iter()
            .take_while(|&(_, at)| {
                let more = made < goal;
                made += pairs(&cuts[at]);
                more
            })
            .map(|(_, at)| at)
            .collect();
        let order = &order;
        let made = par::map(run, &par::chunks(active.len(), 1024), |range| {
            let mut friends = Vec::new();
            for &circle in &active[range] {
                let mut draw = Draw::new(key.of(1 << 33 | circle as u64));
                let members = &order[cuts[circle].clone()];
                for (at, one) in members.iter().enumerate() {
                    for other in &members[at + 1..] {
                        if draw.chance(FRIENDS) {
                            friends.push((one.3, other.3, clock.moment(draw.unit(), market.newcomers)));
                        }
                    }
                }
            }
            Ok(both_ways(friends.into_iter()))
        })?;
        left -= made.iter().map(|chunk| chunk.len() as f64 / 2.0).sum::<f64>();
        chunks.extend(made);
    }
    Ok(chunks)
}

/// The niche of the second largest interest; the first where there is no other.
fn second(people: &People, u: u32) -> u8 {
    let interests = &people.interests[u as usize * K..(u as usize + 1) * K];
    let first = people.niche[u as usize];
    let others = (0..K as u8).filter(|&k| k != first && interests[k as usize] > 0);
    others.max_by_key(|&k| (interests[k as usize], WHOLE - k)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways of drawing without replacement have the same law: the chance of each account to be among 3 of 6.
    /// 20,000 draws each: differences of 5 standard errors (0.025) come by chance once in 200,000 runs.
    #[test]
    fn both_ways_to_draw_followers_have_one_law() {
        let weights = [0.5, 1.0, 1.0, 2.0, 4.0, 8.0, 3.0];
        let table = Weighted::new(&weights);
        let taken = HashSet::from([6u32]);
        let key = Key::new(5, Stream::Sample, 1);
        let mut counts = [[0u32; 7]; 2];
        for trial in 0..20_000u64 {
            let one = distinct(&table, 3, &taken, &mut Draw::new(key.of(trial)));
            let other = smallest(&weights, 3, &taken, key.of(1 << 40 | trial));
            assert_eq!((one.len(), other.len()), (3, 3));
            one.iter().for_each(|&u| counts[0][u as usize] += 1);
            other.iter().for_each(|&u| counts[1][u as usize] += 1);
        }
        assert_eq!((counts[0][6], counts[1][6]), (0, 0));
        for (u, (one, other)) in counts[0].iter().zip(&counts[1]).enumerate() {
            let difference = (f64::from(*one) - f64::from(*other)) / 20_000.0;
            assert!(difference.abs() < 0.025, "{u}: {counts:?}");
        }
    }
}
