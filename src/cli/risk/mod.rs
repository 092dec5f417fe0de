//! `truereach risk`: what it would cost a brand if a creator fell.

mod communities;
mod creators;
mod indicators;
pub mod inputs;
mod plots;
mod post;
mod replace;

use std::path::PathBuf;

use super::analyze::parameters;
use super::creators::CreatorArgs;
use super::open::NetworkArgs;
use super::rank::open_graph;
use super::term::{OutputArgs, Terminal};
use crate::base::stats::Interval;
use crate::base::{Error, Result};
use crate::cascade::sided::Backlash;
use crate::cascade::{Resolved, Sampled, Together, TogetherRows};
use crate::graph::Network;
use crate::report::{Provenance, Table, small};
use crate::risk::{Brand, Draws, Indicators, Polarisation, PortfolioRisk, Scandal, Scandals, Scenario};
use inputs::{BacklashArgs, CascadeArgs, HazardArgs, Known};
use replace::Replacement;

/// Show what it would cost a brand if a creator fell: who of its audience would turn, through whom, and how fast; the
/// worst single failure and who could step in; and, under chances that you give, how bad the worst scenarios are.
///
/// Nothing here says how likely a scandal is, or what happens by itself: every figure holds if it happens. No text is read: signs
/// of interactions, negativity and chances are yours.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach risk datasets/lastfm-asia --creators 7237,3530 --brand 2854
  truereach risk market.trg --creators @plan.txt --brand acme --negativity 1.5
  truereach risk market.trg --creators @plan.txt --people niche=beauty --hazards hazards.toml --plots pictures
  truereach risk market.trg --creators @plan.txt --hazard 0.01 --value 20000 --pay-in VND
  truereach risk market.trg --creators anh --show communities --sign-error 0.9,0.85
  truereach risk market.trg --creators anh --show hours --within 168
  truereach risk market.trg --creators anh --show post --quality 0.9")]
pub struct RiskArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    /// What to show: creators (a row each), communities (a row a creator and community), indicators (how a creator divides
    /// people), hops, hours, post (who would take an ordinary post for good, and who not)
    #[arg(long, value_enum, default_value_t = Show::Creators, hide_possible_values = true, value_name = "WHAT")]
    show: Show,
    #[command(flatten)]
    backlash: BacklashArgs,
    #[command(flatten)]
    polarisation: Polarisation,
    #[command(flatten)]
    scandal: Scandal,
    /// With --show post: chance that somebody who hears something positive takes it as positive
    #[arg(long, default_value_t = 0.95, value_name = "Q", help_heading = "Backlash")]
    quality: f64,
    #[command(flatten)]
    hazards: HazardArgs,
    #[command(flatten)]
    draws: Draws,
    /// What one person turned costs the brand: losses in money too
    #[arg(long, value_name = "AMOUNT", help_heading = "Scenario")]
    value: Option<f64>,
    /// The currency of --value
    #[arg(long, value_name = "CODE", requires = "value", help_heading = "Scenario")]
    pay_in: Option<String>,
    /// Do not look for somebody to replace the worst single failure
    #[arg(long, help_heading = "Scenario")]
    no_replacement: bool,
    /// Write pictures to this folder: resonance.svg, loss.svg
    #[arg(long, value_name = "FOLDER")]
    plots: Option<PathBuf>,
    #[command(flatten)]
    on: CascadeArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Show {
    Creators,
    Communities,
    Indicators,
    Hops,
    Hours,
    Post,
}

/// All that was found, to be shown.
struct Found<'a> {
    network: &'a Network,
    resolved: &'a Resolved<'a>,
    brand: &'a Brand,
    known: &'a Known,
    scandals: Vec<Scandals>,
    /// One a creator; empty where no communities are known.
    indicators: Vec<Indicators>,
    /// What each creator adds to the plan, where that is shown.
    together: Option<TogetherRows>,
    portfolio: Option<(Scenario, PortfolioRisk)>,
    replacement: Option<Replacement>,
    /// What one person turned costs, and in which currency.
    value: Option<(f64, Option<String>)>,
    hide_below: Option<u64>,
}

/// Worlds in which what each creator adds to the others is counted.
const WORLDS: u64 = 128;

impl RiskArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        self.on.check()?;
        self.check()?;
        let (opened, made) = open_graph(&self.network, &self.on.audience, terminal)?;
        let (network, run) = (&opened.network, &terminal.run);
        let resolved = self.on.resolve(&made.graph, network, terminal)?;
        self.backlash.negativity.check(Some(&resolved))?;
        let creators = self.creators.accounts(network)?;
        super::reach::heard(&creators, &resolved, network, terminal)?;
        let names: Vec<String> = creators.iter().map(|&creator| network.names.get(creator).into_owned()).collect();
        let asked = serde_json::json!({
            "creators": names, "backlash": self.backlash.parameters()?, "people": self.on.people,
            "polarisation": parameters(&self.polarisation)?, "scandal": parameters(&self.scandal)?, "quality": self.quality,
            "hazards": self.hazards.read()?, "draws": parameters(&self.draws)?, "value": self.value, "pay_in": self.pay_in,
            "cascade": parameters(&self.on.cascade)?, "audience": parameters(&self.on.audience)?,
        });
        let provenance = Provenance::new("risk", asked, terminal.seed, opened.checksum);
        let known = self.backlash.known(&creators, &resolved, &opened, terminal)?;
        let groups = known.groups.as_ref().map(|(_, groups)| groups);
        if groups.is_none() && matches!(self.show, Show::Communities | Show::Indicators) {
            return Err(Error::parameter("--show", "no communities are known").with_hint(
                "name a column of the accounts table (--communities niche), or let them be found (--communities community)",
            ));
        }
        let status = self.on.cascade.status().0;
        let mut table = match self.show {
            Show::Post => {
                let backlash = Backlash {
                    quality: self.quality,
                    temper: self.backlash.negativity,
                    worlds: self.scandal.worlds,
                    draws: self.scandal.draws,
                    cascade: self.on.cascade.clone(),
                };
                let sides = backlash.run_resolved(&resolved, &creators, groups, run)?;
                post::table(&sides, &known, status, provenance, terminal.hide_below())
            }
            _ => {
                let brand = self.backlash.brand(&self.on.people, &resolved, network)?;
                let found = self.found(&creators, &resolved, &brand, &known, network, terminal)?;
                if let Some(folder) = &self.plots {
                    plots::write(&found, &provenance, folder, self.output.force, terminal)?;
                }
                let mut table = match (self.show, groups) {
                    (Show::Communities, Some(groups)) => communities::table(&found, groups, provenance),
                    (Show::Indicators, _) => indicators::table(&found, provenance),
                    (Show::Hours, _) => communities::hours(&found, provenance),
                    (Show::Hops, _) => communities::hops(&found, provenance),
                    _ => creators::table(&found, status, provenance),
                };
                table.assumptions = resolved.notes().to_vec();
                table.assumptions.push(self.backlash.negativity.describe());
                table
            }
        };
        table.hide_below = terminal.hide_below();
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        terminal.give(&table, &self.output)
    }

    fn check(&self) -> Result<()> {
        self.scandal.check()?;
        self.draws.check()?;
        self.polarisation.check()?;
        self.backlash.negativity.check(None)?;
        self.hazards.read()?;
        if let Some(folder) = &self.plots {
            plots::check(folder, self.output.force)?;
        }
        if self.show == Show::Hours && self.on.cascade.timing.within.is_none() {
            return Err(Error::parameter("--show", "hours need a limit of time")
                .with_hint("add --within HOURS, such as --within 168"));
        }
        let has_chances = self.hazards.are_given();
        if self.value.is_some() && !has_chances {
            return Err(Error::parameter("--value", "is for the losses of scenarios, which need chances")
                .with_hint("--hazards FILE, or --hazard 0.01 for everybody"));
        }
        if self.show == Show::Post && (has_chances || self.plots.is_some() || self.backlash.brand.is_some()) {
            return Err(Error::parameter("--show", "an ordinary post has neither hazards nor a brand nor pictures")
                .with_hint("leave out --hazards, --hazard, --brand and --plots"));
        }
        match self.value.filter(|value| !(*value >= 0.0 && value.is_finite())) {
            Some(value) => Err(Error::parameter("--value", format!("{value} is not an amount of at least 0"))),
            None => Ok(()),
        }
    }

    fn found<'a>(
        &self,
        creators: &[u32],
        resolved: &'a Resolved<'a>,
        brand: &'a Brand,
        known: &'a Known,
        network: &'a Network,
        terminal: &Terminal,
    ) -> Result<Found<'a>> {
        let run = &terminal.run;
        let scenario = self.hazards.scenario(network, creators)?;
        let against = self.backlash.against(known, resolved, run.seed());
        let draws = if resolved.has_ranges() || known.resonances.is_some() { self.scandal.draws } else { 0 };
        let groups = known.groups.as_ref().map(|(_, groups)| groups);
        let fall = |creator, draw| against.fall(creator, draw);
        let scandals = Scandal { draws, ..self.scandal }.run(resolved, brand, creators, groups, fall, run)?;
        let for_creators = self.show == Show::Creators;
        let portfolio = match scenario.filter(|_| for_creators || self.plots.is_some()) {
            None => None,
            Some(scenario) => {
                let falls = creators.iter().map(|&creator| against.fall(creator, None)).collect::<Result<Vec<_>>>()?;
                let risk = self.draws.run(resolved, brand, (&falls, &scandals), &scenario, run)?;
                Some((scenario, risk))
            }
        };
        let indicators = match groups.filter(|_| for_creators || self.show == Show::Indicators) {
            None => Vec::new(),
            Some(groups) => {
                let (real, said) = (resolved.real(), known.resonances.as_ref());
                self.polarisation.run(resolved.graph(), creators, groups, real, said, run)?
            }
        };
        let together = match for_creators {
            true => Some(Together { worlds: WORLDS }.run_resolved(resolved, creators, run)?),
            false => None,
        };
        let mut found = Found {
            network,
            resolved,
            brand,
            known,
            scandals,
            indicators,
            together,
            portfolio,
            replacement: None,
            value: self.value.map(|value| (value, self.pay_in.clone())),
            hide_below: terminal.hide_below(),
        };
        if for_creators && !self.no_replacement {
            found.replacement = replace::look(&found, &self.on.cascade, run)?;
        }
        Ok(found)
    }
}

impl Found<'_> {
    fn name(&self, account: u32) -> String {
        self.network.names.get(account).into_owned()
    }

    fn is_small(&self, figure: f64) -> bool {
        self.hide_below.is_some_and(|below| small::is_small(figure.abs(), below))
    }

    /// What a community is called.
    fn community(&self, group: usize) -> String {
        let known = self.known.groups.as_ref();
        known.and_then(|(_, groups)| groups.names().get(group).cloned()).unwrap_or_default()
    }

    /// So many people, in words; small counts are not said.
    fn people(&self, figure: f64) -> String {
        small::people(figure, self.hide_below)
    }

    /// The same of an interval.
    fn between(&self, interval: Interval) -> String {
        small::between(interval, self.hide_below)
    }

    /// People whom no other creator of the plan reaches.
    fn reach_lost(&self, creator: u32) -> Option<Sampled> {
        let row = self.together.as_ref()?.rows.iter().find(|row| row.account == creator)?;
        Some(row.only)
    }

    /// The creator whose fall would turn most people.
    fn worst(&self) -> Option<&Scandals> {
        let turned = |scandals: &&Scandals| scandals.brand.value;
        self.scandals.iter().rev().max_by(|a, b| turned(a).total_cmp(&turned(b)))
    }

    /// What is said of every table.
    fn notes(&self, table: &mut Table) {
        table.notes.push(format!(
            "every figure holds if it happens; audience: {}, {}",
            self.brand.what,
            self.people(self.brand.people)
        ));
        table.notes.extend(self.known.groups.as_ref().map(|(what, _)| format!("communities: {what}")));
        table.notes.extend(self.known.notes.iter().cloned());
        let lost =
            self.together.as_ref().map_or(String::new(), |rows| format!("reach lost from {} worlds; ", rows.worlds));
        table.notes.push(format!("{}; {lost}seed {}", self.resolved.model(), table.provenance.rng_seed));
    }
}
