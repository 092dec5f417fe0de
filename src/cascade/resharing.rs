//! How often people reshare what they were exposed to, from the network's own interactions.

use crate::base::{Result, Run, par};
use crate::graph::attributes::known;
use crate::graph::events::NO_ITEM;
pub use crate::graph::events::SHARING;
use crate::graph::{Column, Graph, Network};

/// Chances of resharing learned from interactions.
#[derive(Debug, Clone)]
pub(crate) struct Learned {
    /// Of every account.
    pub rho: Vec<f64>,
    /// Of the network: shares per exposure.
    pub mean: f64,
    /// Different posts shared, over all accounts that follow their author.
    pub shares: u64,
    /// Expected exposures of followers to the posts seen.
    pub exposures: f64,
    /// Posts seen of each account.
    pub posts: Vec<u32>,
}

/// Shares per exposure, shrunk to the network's mean.
///
/// Posts of v are the different items in interactions towards v; u is exposed to `e_u = sum over followees v of
/// posts_v · r_v` of them and shared `s_u` different ones. With `s_u ~ Poisson(rho_u e_u)` and `rho_u` a gamma
/// variable of the network's mean `rho = sum s / sum e`, `rho_u = (s_u + k rho) / (e_u + k)`, where k comes from
/// the moments: `rho / k = sum((s_u − rho e_u)² − rho e_u) / sum e_u²` (no spread: everybody at the mean).
///
/// Posts that nobody interacted with are not seen, so the chances lean high. `None` without interactions that
/// share and name items, or without a single share of a followed account's post.
pub(crate) fn learn(
    graph: &Graph,
    network: &Network,
    rate: impl Fn(u32) -> f64 + Sync,
    run: &Run,
) -> Result<Option<Learned>> {
    let Some(events) = network.events.as_ref() else { return Ok(None) };
    let Some(items) = events.item.as_ref() else { return Ok(None) };
    let sharing: Vec<bool> =
        network.kinds.iter().map(|kind| SHARING.contains(&kind.to_ascii_lowercase().as_str())).collect();
    if !sharing.contains(&true) || graph.accounts() != network.accounts() {
        return Ok(None);
    }
    let accounts = graph.accounts();
    run.check_memory("learning resharing from interactions", 8 * events.len() as u64 + 28 * accounts as u64)?;

    let mut posts = vec![0u32; accounts];
    let mut seen: Vec<(u32, u32)> =
        events.to.iter().copied().zip(items.iter().copied()).filter(|&(_, item)| item != NO_ITEM).collect();
    seen.sort_unstable();
    seen.dedup();
    seen.iter().for_each(|&(to, _)| posts[to as usize] += 1);
    drop(seen);

    let chunks = par::map(run, &par::chunks(accounts, par::CHUNK), |range| {
        let mut shared: Vec<u32> = Vec::new();
        let mut of = |u: u32| -> (u64, f64) {
            let following = graph.following(u);
            let exposures = following.iter().map(|&v| f64::from(posts[v as usize]) * rate(v)).fold(0.0, |a, b| a + b);
            let (mut shares, mut at) = (0, events.range(u).start);
            while at < events.range(u).end {
                let to = events.to[at];
                shared.clear();
                while at < events.range(u).end && events.to[at] == to {
                    if sharing[events.kind[at] as usize] && items[at] != NO_ITEM {
                        shared.push(items[at]);
                    }
                    at += 1;
                }
                if following.binary_search(&to).is_ok() {
                    shared.sort_unstable();
                    shared.dedup();
                    shares += shared.len() as u64;
                }
            }
            (shares, exposures)
        };
        Ok(range.map(|u| of(u as u32)).collect::<Vec<_>>())
    })?;
    let rows: Vec<(u64, f64)> = chunks.into_iter().flatten().collect();

    let shares: u64 = rows.iter().map(|row| row.0).sum();
    let exposures = rows.iter().fold(0.0, |sum, row| sum + row.1);
    if shares == 0 || exposures <= 0.0 {
        return Ok(None);
    }
    let mean = (shares as f64 / exposures).min(1.0);
    let (excess, squares) = rows.iter().fold((0.0, 0.0), |(excess, squares), &(s, e)| {
        let off = s as f64 - mean * e;
        (excess + off * off - mean * e, squares + e * e)
    });
    let variance = excess / squares;
    let shrunk = |(s, e): (u64, f64)| {
        if variance > 0.0 {
            let k = mean / variance;
            ((s as f64 + k * mean) / (e + k)).min(1.0)
        } else {
            mean
        }
    };
    let rho = rows.into_iter().map(shrunk).collect();
    Ok(Some(Learned { rho, mean, shares, exposures, posts }))
}

/// Chances that `truereach learn` found in a log and kept ([`known::RESHARING`]); `None` where nothing is kept.
///
/// Shares and exposures are those that the chances stand for, so that draws of other exposures move the chances against them.
pub(crate) fn kept(
    graph: &Graph,
    network: &Network,
    rate: impl Fn(u32) -> f64 + Sync,
    run: &Run,
) -> Result<Option<Learned>> {
    let [Some(chances), Some(acts)] = [known::RESHARING, known::LOGGED].map(|name| network.attributes.get(name)) else {
        return Ok(None);
    };
    let accounts = network.accounts();
    if graph.accounts() != accounts || chances.given() < accounts || acts.given() < accounts {
        return Ok(None);
    }
    run.check_memory("learned resharing", 12 * accounts as u64)?;
    let number = |column: &Column, u: u32| column.number(u).unwrap_or(0.0);
    let rho: Vec<f64> = (0..accounts as u32).map(|u| number(chances, u).clamp(0.0, 1.0)).collect();
    let posts: Vec<u32> = (0..accounts as u32).map(|u| number(acts, u).max(0.0) as u32).collect();
    let ranges = par::chunks_by_degree(&graph.follower_rows().offsets, 1 << 16);
    let parts = par::map(run, &ranges, |range| {
        Ok(range.fold((0.0, 0.0), |(exposures, shares), v| {
            let once = f64::from(posts[v]) * rate(v as u32);
            let followers = graph.followers(v as u32);
            let people = followers.iter().fold(0.0, |sum, &u| sum + rho[u as usize]);
            (exposures + once * followers.len() as f64, shares + once * people)
        }))
    })?;
    let (exposures, shares) = parts.into_iter().fold((0.0, 0.0), |all, part| (all.0 + part.0, all.1 + part.1));
    let mean = if exposures > 0.0 { shares / exposures } else { 0.0 };
    Ok(Some(Learned { rho, mean, shares: libm::round(shares) as u64, exposures, posts }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build::{graph, key};
    use crate::graph::{Event, Events, Names};

    #[test]
    fn shares_per_exposure_are_counted_once_a_post_and_only_of_followees() {
        // 1, 2, 3 follow 0. Posts 0 and 1 of account 0. 1 shares both (one twice), 2 likes one, 3 nothing.
        // 2 also shares a post of 3, whom 2 does not follow.
        let follows = graph(4, &[(1, 0), (2, 0), (3, 0)]);
        let mut network = Network::from_graph(follows.clone());
        network.kinds = vec!["like".into(), "share".into()];
        network.items = Names::range(3);
        let event = |kind, item| Event { kind, item, ..Event::default() };
        let rows = vec![
            (key(1, 0), event(1, 0)),
            (key(1, 0), event(1, 0)),
            (key(1, 0), event(1, 1)),
            (key(2, 0), event(0, 1)),
            (key(2, 3), event(1, 2)),
        ];
        let run = Run::default();
        network.events = Some(Events::build(&run, 4, vec![rows]).unwrap());
        let learned = learn(&follows, &network, |_| 0.5, &run).unwrap().unwrap();
        assert_eq!(learned.posts, [2, 0, 0, 1]);
        assert_eq!(learned.shares, 2);
        assert_eq!(learned.exposures, 3.0);
        let rho = 2.0 / 3.0;
        // excess: (2 − 2/3)² + 2 (2/3)² − 2 = 2/3; squares 3; variance 2/9; k = 3.
        let expect = [rho, (2.0 + 3.0 * rho) / 4.0, 3.0 * rho / 4.0, 3.0 * rho / 4.0];
        for (found, expected) in learned.rho.iter().zip(expect) {
            assert!((found - expected).abs() < 1e-12, "{found} {expected}");
        }
        network.kinds[1] = "reply".into();
        assert!(learn(&follows, &network, |_| 0.5, &run).unwrap().is_none());
    }
}
