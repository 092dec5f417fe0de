//! How bad the bad scenarios of a portfolio are.

use serde::{Deserialize, Serialize};

use super::brand::Brand;
use super::contributions::Contributions;
use super::diversification::{Diversification, Together};
use super::fall::Fall;
use super::losses::{Losses, simulate};
use super::scandal::Scandals;
use super::scenario::Scenario;
use super::tail::{Tail, check_alpha, cvar_of, least};
use crate::base::stats::{Interval, Z95};
use crate::base::{Error, Result, Run};
use crate::cascade::Resolved;
use crate::cascade::reach::joined;

/// The loss of a portfolio in scenarios of the user's: how large, how often, and who brings it.
///
/// In each draw of the scenario some creators fall, by their own chance or with a group; the loss is the people of the brand's
/// audience who turn, each once ([`simulate`]). VaR and CVaR as in [`Tail`].
///
/// **Input**: a resolved model, the brand's audience, for each creator of the scenario how they fall and what their fall alone
/// does ([`super::Scandal`]: its draws widen the interval of CVaR). **Returns**: [`PortfolioRisk`], people. **Cost**: a walk for each
/// fall drawn. **Errors**: as [`Tail`]; a fall for every creator of the scenario is needed. **Determinism**: equal bits at any
/// number of threads. **References**: Rockafellar & Uryasev 2000, 2002.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Draws {
    /// Draw so many scenarios
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 10_000, value_name = "N", help_heading = "Scenario"))]
    pub scenarios: u64,
    /// Share of the scenarios that are not the worst
    #[cfg_attr(feature = "cli", arg(long, default_value_t = 0.95, value_name = "SHARE", help_heading = "Scenario"))]
    pub alpha: f64,
}

impl Default for Draws {
    fn default() -> Self {
        Draws { scenarios: 10_000, alpha: 0.95 }
    }
}

/// What scenarios cost a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PortfolioRisk {
    /// How bad the worst scenarios are; intervals hold the sampling of scenarios alone.
    pub tail: Tail,
    /// 95% interval of CVaR, with what is assumed of falls drawn.
    pub cvar_interval: Interval,
    /// Who brings it.
    pub contributions: Contributions,
    /// Against what each creator would bring alone.
    pub diversification: Diversification,
    /// How many fall together.
    pub together: Together,
    /// The loss of each scenario.
    #[serde(skip)]
    pub losses: Vec<f64>,
}

impl Draws {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        check_alpha(self.alpha)?;
        match self.scenarios {
            some if (some as f64) < least(self.alpha) => {
                let least = least(self.alpha);
                let problem = format!("{some} are too few to look at the worst of them; {least} are needed");
                Err(Error::parameter("--scenarios", problem))
            }
            ..=MOST => Ok(()),
            more => Err(Error::parameter("--scenarios", format!("{more} are more than {MOST}"))),
        }
    }

    /// Draws the scenarios.
    pub fn run(
        &self,
        resolved: &Resolved<'_>,
        brand: &Brand,
        (falls, scandals): (&[Fall<'_>], &[Scandals]),
        scenario: &Scenario,
        run: &Run,
    ) -> Result<PortfolioRisk> {
        self.check()?;
        let creators = scenario.creators.len();
        if falls.len() != creators || scandals.len() != creators {
            let problem = format!("{} falls and {} scandals for {creators} creators", falls.len(), scandals.len());
            return Err(Error::parameter("--creators", problem));
        }
        let drawn = scenario.draws(self.scenarios as usize, run)?;
        let fallen = |index: u64| drawn[index as usize].fallen.clone();
        let found = simulate(resolved, brand, falls, fallen, 0..self.scenarios, run)?;
        let losses = found.people();
        let tail = Tail::of(&losses, self.alpha)?;
        let groups = scenario.groups.len();
        let contributions = Contributions::of(&tail, &losses, &found.credits(), &drawn, creators, groups)?;
        Ok(PortfolioRisk {
            cvar_interval: self.widened(&tail, &found, scandals, brand.people),
            contributions,
            diversification: Diversification::of(&tail, found.alone(creators))?,
            together: scenario.together(),
            losses,
            tail,
        })
    }

    /// The interval of CVaR where each creator's fall costs what it costs in draws of what is assumed, in proportion.
    fn widened(&self, tail: &Tail, losses: &Losses, scandals: &[Scandals], most: f64) -> Interval {
        let draws = scandals.iter().map(|scandal| scandal.draws.len()).min().unwrap_or(0);
        let cvar = |draw: usize| {
            let factor = |scandal: &Scandals| match scandal.brand.value > 0.0 {
                true => scandal.draws[draw] / scandal.brand.value,
                false => 1.0,
            };
            let factors: Vec<f64> = scandals.iter().map(factor).collect();
            let scaled = losses.scaled(&factors).into_iter().map(|loss| loss.min(most)).collect();
            cvar_of(scaled, self.scenarios as usize, self.alpha)
        };
        let mut cvars: Vec<f64> = (0..draws).map(cvar).collect();
        if cvars.is_empty() {
            return tail.cvar_interval;
        }
        cvars.sort_by(f64::total_cmp);
        let interval = joined(tail.cvar, Z95 * tail.cvar_error, &cvars, 0.0);
        Interval { high: interval.high.min(most.max(tail.cvar)), ..interval }
    }
}

/// Scenarios are kept one by one.
const MOST: u64 = 10_000_000;
