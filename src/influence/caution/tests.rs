use std::collections::BTreeSet;

use rand::RngExt;

use super::*;
use crate::base::seed::{Generator, Stream, generator};
use crate::cascade::{Cascade, Model};
use crate::graph::Network;
use crate::graph::build::graph;
use crate::influence::{Brief, Limits, Select, Wishes};

/// Costs that add up, or of which those of a pair are counted once.
struct Known {
    costs: Vec<f64>,
    pairs: Vec<(u32, u32)>,
}

impl Known {
    fn of(&self, accounts: &[u32]) -> f64 {
        let cost = |&account: &u32| self.costs[account as usize];
        let twice = |&&(a, b): &&(u32, u32)| accounts.contains(&a) && accounts.contains(&b);
        let saved = self.pairs.iter().filter(twice).map(|(a, b)| cost(a).min(cost(b))).sum::<f64>();
        accounts.iter().map(cost).sum::<f64>() - saved
    }
}

impl Risk for Known {
    fn among(&self, _: &[u32], _: &Run) -> Result<Cvar<'_>> {
        Ok(Box::new(|accounts| self.of(accounts)))
    }

    fn judged(&self, accounts: &[u32], _: &Run) -> Result<(f64, Interval)> {
        let cost = self.of(accounts);
        Ok((cost, Interval::point(cost)))
    }
}

const CANDIDATES: u32 = 9;

/// Candidates whom people follow, all of whom hear; and costs.
fn case(random: &mut Generator) -> (Network, Known) {
    let mut follows = Vec::new();
    for v in 0..CANDIDATES {
        for _ in 0..random.random_range(3..25) {
            follows.push((random.random_range(CANDIDATES..60), v));
        }
    }
    let costs = (0..60).map(|_| f64::from(random.random_range(0..12u32))).collect();
    (Network::from_graph(graph(60, &follows)), Known { costs, pairs: vec![(0, 1), (2, 3)] })
}

fn reach(network: &Network, accounts: &[u32]) -> f64 {
    let graph = network.follow_graph().unwrap();
    accounts.iter().flat_map(|&v| graph.followers(v)).collect::<BTreeSet<_>>().len() as f64
}

fn select() -> Select {
    let cascade = Cascade { rho: Some(0.0.into()), ..Model::Ic(1.0).into() };
    Select { limits: Limits { count: Some(3), ..Limits::default() }, cascade, ..Select::default() }
}

fn plan(network: &Network, wishes: &Wishes, caution: Caution<'_>) -> Result<crate::influence::Plan> {
    let (select, run) = (select(), Run::new(4));
    let resolved = select.cascade.resolve(network.follow_graph()?, network, &run)?;
    let brief = Brief { caution: Some(caution), ..Brief::of(wishes) };
    select.run_resolved(&resolved, network, &brief, &|| false, &run)
}

/// Every portfolio of at most three.
fn all() -> impl Iterator<Item = Vec<u32>> {
    let sets = (1..1u32 << CANDIDATES).filter(|set| set.count_ones() <= 3);
    sets.map(|set| (0..CANDIDATES).filter(|v| set >> v & 1 == 1).collect())
}

#[test]
fn plans_are_as_good_as_the_best_of_all_mostly() {
    let mut best = 0;
    for number in 0..30 {
        let mut random = generator(71, Stream::Sample, number);
        let (network, risk) = case(&mut random);
        let wishes = Wishes { candidates: (0..CANDIDATES).collect(), ..Wishes::default() };
        let (aversion, most) = [(0.0, Some(8.0)), (1.5, None), (0.7, Some(15.0))][number as usize % 3];
        let found = plan(&network, &wishes, Caution { aversion, most, points: 4, risk: &risk }).unwrap();
        let worth = |accounts: &[u32]| reach(&network, accounts) - aversion * risk.of(accounts);
        let keeps = |accounts: &Vec<u32>| most.is_none_or(|most| risk.of(accounts) <= most);
        let members: Vec<u32> = found.best.members.iter().map(|member| member.account).collect();
        assert!(keeps(&members), "{members:?}");
        let optimum = all().filter(keeps).map(|accounts| worth(&accounts)).fold(f64::NEG_INFINITY, f64::max);
        // Reach is known from samples: one person in sixty.
        assert!(worth(&members) >= optimum - 0.1 * optimum.abs() - 1.0, "{number}: {} {optimum}", worth(&members));
        best += usize::from(worth(&members) > optimum - 1e-9);
        let risk = found.risk.unwrap();
        let free: Vec<u32> = risk.free.members.clone();
        let lost = reach(&network, &free) - reach(&network, &members);
        assert!((risk.given_up.people - lost).abs() < 1.5, "{} {lost}", risk.given_up.people);
        let most = all().map(|accounts| reach(&network, &accounts)).fold(0.0, f64::max);
        assert!(risk.points.iter().all(|point| point.reach.people <= most + 1.0));
        assert_eq!(risk.plan.members.iter().collect::<BTreeSet<_>>(), members.iter().collect());
    }
    assert!(best >= 24, "{best} of 30 are the best there are");
}

#[test]
fn what_cannot_be_is_said() {
    let mut random = generator(72, Stream::Sample, 0);
    let (network, risk) = case(&mut random);
    let wishes = Wishes { candidates: (0..CANDIDATES).collect(), must: vec![2], ..Wishes::default() };
    let costly = Known { costs: vec![50.0; 60], pairs: vec![] };
    let of = |aversion, most, risk| plan(&network, &wishes, Caution { aversion, most, points: 0, risk });
    let error = of(0.0, Some(20.0), &costly).unwrap_err().to_string();
    assert!(error.contains("--max-risk") && error.contains("the least found is 50"), "{error}");
    for (aversion, most, says) in
        [(-1.0, None, "--risk-aversion: -1"), (f64::NAN, None, "--risk-aversion: NaN"), (0.0, Some(-1.0), "--max-risk")]
    {
        let error = of(aversion, most, &risk).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    // Whoever must be in it stays, whatever they cost.
    let found = of(100.0, None, &risk).unwrap();
    assert!(found.best.members.iter().any(|member| member.account == 2));
    // Nothing asked: the plan of most reach.
    let found = of(0.0, None, &risk).unwrap().risk.unwrap();
    assert!(found.given_up.people.abs() < 1.0);
}
