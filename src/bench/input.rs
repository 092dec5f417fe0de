//! What is benchmarked: a network made for it, or one that is given; and what is known about it.

use serde::{Deserialize, Serialize};

use crate::base::{Result, Run};
use crate::cascade::resolved::Resolved;
use crate::cascade::{Model, Priors};
use crate::graph::{Graph, Network};
use crate::io::snapshot;
use crate::report::number::count;
use crate::synth::Market;
use crate::synth::market::{Made, Truth};

/// The network that is made when none is given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct BenchInput {
    /// People of the market.
    pub people: u64,
}

impl Default for BenchInput {
    fn default() -> Self {
        BenchInput { people: 300_000 }
    }
}

/// Root mean square error of reach, in standard errors, that a stage passes with: 1 is expected, and the errors of twenty
/// creators are correlated, as they share worlds.
const MOST_ERRORS: f64 = 2.5;

/// A network with what is known about it.
pub struct Input {
    /// The network.
    pub network: Network,
    /// Its checksum.
    pub checksum: u64,
    /// What to call it.
    pub name: String,
    /// How it was made, where it was: the stage `generate`.
    pub made_by: Option<BenchInput>,
    /// The truth, where it is known.
    pub known: Known,
}

/// The truth about a network, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Account, reach, and the standard error of that reach.
    pub reach: Option<Vec<(u32, f64, f64)>>,
    /// The community of every account.
    pub communities: Option<Vec<u32>>,
    /// The chances that the reach is of: exposures beside the follows, and resharing of every account. `None`: the
    /// assumptions of `prior`.
    pub planted: Option<(Graph, Vec<f64>)>,
    /// The least adjusted mutual information with `communities` that passes. `None`: reported, not checked.
    pub least_ami: Option<f64>,
    /// The largest root mean square error of reach, in standard errors, that passes. `None`: reported, not checked.
    pub most_errors: Option<f64>,
}

impl Known {
    /// What a market's truth says.
    pub fn of(truth: &Truth, network: &Network, run: &Run) -> Result<Known> {
        let reach = truth.creators.iter().map(|one| (one.account, one.reach.reach, one.reach.reach_error)).collect();
        let communities = truth.people.niche.iter().map(|&niche| u32::from(niche)).collect();
        let planted = (truth.exposures(network.follow_graph()?, run)?, truth.rho());
        // With contents that act on all exposures at once the planted means are only near the truth.
        let most_errors = (truth.parameters.content_sd == 0.0).then_some(MOST_ERRORS);
        let (reach, communities, planted) = (Some(reach), Some(communities), Some(planted));
        Ok(Known { reach, communities, planted, least_ami: None, most_errors })
    }

    /// The chances that reach is simulated with: the planted ones where they are known, else those of `prior`.
    pub fn resolve<'a>(&'a self, network: &'a Network, run: &Run) -> Result<Resolved<'a>> {
        let priors = Priors::default();
        match &self.planted {
            Some((graph, rho)) => Model::Edge.resolve(graph, network, None, &priors, run)?.with_rho(rho.clone()),
            None => Model::Prior.resolve(network.follow_graph()?, network, None, &priors, run),
        }
    }

    /// The true reach of an account and its standard error.
    pub fn reach_of(&self, account: u32) -> Option<(f64, f64)> {
        let rows = self.reach.as_ref()?;
        rows.iter().find(|row| row.0 == account).map(|row| (row.1, row.2))
    }
}

impl Input {
    /// A network that is given.
    pub fn given(network: Network, checksum: u64, name: String) -> Self {
        Input { network, checksum, name, made_by: None, known: Known::default() }
    }

    /// Who follows whom.
    pub fn graph(&self) -> Result<&Graph> {
        self.network.follow_graph()
    }
}

/// The network that is benchmarked when none is given, and what is known about it. The one place that knows where it
/// comes from.
pub fn input(made_by: &BenchInput, run: &Run) -> Result<Input> {
    let Made { network, truth } = made_by.make(run)?;
    let checksum = snapshot::checksum_of(&network, run)?;
    let known = Known::of(&truth, &network, run)?;
    let name = format!("a market of {} people", count(made_by.people));
    Ok(Input { network, checksum, name, made_by: Some(made_by.clone()), known })
}

impl BenchInput {
    /// The market: as it comes, but that contents have no effect. So its planted chances are a model that the engine has,
    /// and the engine must find its true reach, whatever its own assumptions are.
    pub fn market(&self) -> Market {
        Market { people: self.people, content_sd: 0.0, ..Market::default() }
    }

    /// Refuses sizes that make no sense.
    pub fn check(&self) -> Result<()> {
        self.market().check().map(|_| ())
    }

    /// Makes the network and its truth.
    pub fn make(&self, run: &Run) -> Result<Made> {
        self.market().run(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_fits_the_network() {
        let input = input(&BenchInput { people: 2_000 }, &Run::new(5)).unwrap();
        let graph = input.graph().unwrap();
        let (weighted, rho) = input.known.planted.as_ref().unwrap();
        assert_eq!(weighted.following_rows().targets, graph.following_rows().targets);
        assert_eq!(weighted.follower_rows().targets, graph.follower_rows().targets);
        assert_eq!((rho.len(), graph.accounts()), (input.network.accounts(), input.network.accounts()));
        assert_eq!(input.known.reach.as_ref().unwrap().len(), input.network.creators().unwrap().len());
        // Exact: the direct reach of the engine, with the planted chances, is that of the truth.
        let resolved = input.known.resolve(&input.network, &Run::new(5)).unwrap();
        let truth = BenchInput { people: 2_000 }.make(&Run::new(5)).unwrap().truth;
        for creator in &truth.creators {
            let direct = crate::cascade::direct_reach(&resolved, &[creator.account]);
            assert!((direct - creator.reach.direct).abs() < 1e-9, "{}", creator.handle);
        }
    }
}
