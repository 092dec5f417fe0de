//! `--rivals`: simple rules, judged beside the plan.

use crate::base::seed::{Key, Stream};
use crate::base::{Result, Run};
use crate::graph::{Graph, Network};
use crate::influence::{Select, Wishes};
use crate::rank::PageRank;

/// What each rule would sign within the same limits, with its name.
pub fn rivals(
    select: &Select,
    wishes: &Wishes,
    graph: &Graph,
    network: &Network,
    run: &Run,
) -> Result<Vec<(String, Vec<u32>)>> {
    let mut candidates = wishes.candidates.clone();
    candidates.sort_unstable();
    candidates.dedup();
    let followers = |v: u32| graph.followers(v).len() as f64;
    let mut rules: Vec<(&str, Vec<f64>)> = vec![("most followers", candidates.iter().map(|&v| followers(v)).collect())];
    if network.view.has_followings() {
        let ranking = PageRank::default().run(graph, run)?;
        rules.push(("PageRank", candidates.iter().map(|&v| ranking.scores[v as usize]).collect()));
    }
    if select.limits.budget.is_some() {
        let price = |v: u32| select.limits.price_of(v, network).map_or(f64::INFINITY, |price| price.amount);
        rules.push(("cheapest per follower", candidates.iter().map(|&v| followers(v) / price(v)).collect()));
    }
    let chance = Key::new(run.seed(), Stream::Sample, u64::MAX);
    rules.push(("at random", candidates.iter().map(|&v| chance.unit(u64::from(v))).collect()));
    let signed = |(name, scores): (&str, Vec<f64>)| {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
        let order: Vec<u32> = order.into_iter().map(|place| candidates[place]).collect();
        Ok((name.to_owned(), select.limits.signed_in_order(&order, wishes, network, graph)?))
    };
    rules.into_iter().map(signed).collect()
}
