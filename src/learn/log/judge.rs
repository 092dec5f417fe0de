//! How predictions of cascades fared.

use super::super::conformal::corrected;
use super::super::portfolio::Portfolios;
use super::super::posts::Measure;
use super::super::scores::{Score, Tested};
use super::super::verdict::{Calibration, Group, Mixed, SCHEMA, Verdict, sentence};
use super::backtest::{One, Predicted};
use super::forecast::{MIXED, WAYS};
use crate::graph::network::Tier;
use crate::graph::{Graph, Network};

/// Creators of a portfolio.
const SIZES: [usize; 3] = [5, 20, 50];

impl One {
    /// As it is scored: the mixture, with every way alone as its rivals.
    fn tested(&self, followers: f64) -> Tested {
        Tested {
            account: self.account,
            origin: self.origin,
            time: self.known,
            actual: self.actual,
            model: self.said.mixed(&self.weights),
            below: self.said.below(&self.weights, self.actual),
            // Nothing ever happened, as far as is known: less than one in all draws.
            expected: self.said.expected(&self.weights).max(1.0 / (1.0 + self.said.draws.len() as f64)),
            rivals: self.said.ways.clone(),
            past: self.past,
            platform: 0,
            followers: Some(followers),
            sponsored: false,
        }
    }
}

impl Predicted {
    /// The verdict: on all, by tier, and by whether the creator had been seen before. With `conformal`, intervals are first
    /// corrected by how those of earlier origins held.
    pub fn judge(&self, graph: &Graph, network: &Network, conformal: bool, seed: u64) -> Verdict {
        let followers = |account: u32| graph.followers(account).len() as f64;
        let mut tested: Vec<Tested> = self.all.iter().map(|one| one.tested(followers(one.account))).collect();
        if conformal {
            tested = corrected(&tested, &network.tiers);
        }
        let score = |of: &[&Tested]| Score::of(of, &WAYS, seed);
        let every: Vec<&Tested> = tested.iter().collect();
        let all = score(&every);
        let mut groups = Vec::new();
        let mut part = |by: &str, name: &str, holds: &dyn Fn(&Tested) -> bool| {
            let here: Vec<&Tested> = every.iter().copied().filter(|one| holds(one)).collect();
            groups.extend(score(&here).map(|score| Group { by: by.into(), name: name.into(), score }));
        };
        for tier in Tier::ALL {
            part("tier", tier.name(), &|one| network.tier(graph, one.account) == tier);
        }
        part("creators", "seen before", &|one| one.past > 0);
        part("creators", "never seen", &|one| one.past == 0);
        let sums: Vec<Vec<f64>> =
            self.all.iter().map(|one| one.said.mixed_draws(&one.weights, one.post, seed)).collect();
        let foreseen: Vec<(i64, u32, &[f64], f64)> =
            self.all.iter().zip(&sums).map(|(one, draws)| (one.origin, one.account, &draws[..], one.actual)).collect();
        let calibration = Calibration::of(all.as_ref());
        let sentence = sentence(calibration, all.as_ref());
        let weight = |way: usize| Mixed { way: WAYS[way].into(), weight: self.weights[way] };
        Verdict {
            schema: SCHEMA.into(),
            network: String::new(),
            measure: Measure::Sharers,
            calibration,
            sentence,
            origins: self.origins.clone(),
            undated: 0,
            left_out: Vec::new(),
            all,
            groups,
            mixture: (0..MIXED).map(weight).collect(),
            portfolios: Portfolios::of(&foreseen, &SIZES, seed),
        }
    }
}
