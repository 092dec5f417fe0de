//! What a scandal is told on the command line: whose opinion counts, how negative content travels, who may fall.

use std::path::PathBuf;

use super::super::analyze::{parameters, read_priors};
use super::super::open::Opened;
use super::super::reach_by::By;
use super::super::term::Terminal;
use crate::base::{Error, Result};
use crate::cascade::sided::Negativity;
use crate::cascade::{Cascade, Groups, Resolved};
use crate::graph::{Audience, Graph, Network};
use crate::influence::{People, counting};
use crate::report::number::count;
use crate::risk::brand::EVERYBODY;
use crate::risk::{Against, Brand, Hazards, Resonance, Resonances, Scenario};

/// How what is said against a creator travels, and whom it turns.
#[derive(Debug, Clone, clap::Args)]
pub struct BacklashArgs {
    /// Whose opinion counts: the followers of this account [default: everybody who counts]
    #[arg(long, value_name = "ACCOUNT", help_heading = "Backlash")]
    pub brand: Option<String>,
    #[command(flatten)]
    pub negativity: Negativity,
    /// Communities that may take a creator differently: community, tier, or a column of the accounts table, such as niche
    /// [default: the kept column community, else found now, where interactions have signs]
    #[arg(long = "communities", value_name = "WHAT", help_heading = "Resonance")]
    pub by: Option<By>,
    #[command(flatten)]
    pub resonance: Resonance,
    /// Nobody knows of it but from the creator: critics in hostile communities do not pass it on
    #[arg(long, help_heading = "Backlash")]
    pub no_critics: bool,
}

/// On which cascade a scandal travels, and who counts.
#[derive(Debug, Clone, clap::Args)]
pub struct CascadeArgs {
    /// Count people of these groups alone, each by its weight: niche=beauty:0.7,niche=food:0.3
    #[arg(long, value_delimiter = ',', value_name = "GROUP:W,…", help_heading = "Backlash")]
    pub people: Vec<People>,
    #[command(flatten)]
    pub cascade: Cascade,
    /// TOML file of what the model prior assumes: exposure by followers, resharing
    #[arg(long, value_name = "FILE", help_heading = "Cascade")]
    priors: Option<PathBuf>,
    #[command(flatten)]
    pub audience: Audience,
}

impl CascadeArgs {
    /// Reads what is assumed, and refuses what makes no sense.
    pub fn check(&mut self) -> Result<()> {
        if let Some(path) = &self.priors {
            self.cascade.priors = read_priors(path)?;
        }
        self.cascade.check()
    }

    /// The cascade on the network, where these people count.
    pub fn resolve<'a>(&self, graph: &'a Graph, network: &Network, terminal: &Terminal) -> Result<Resolved<'a>> {
        if !network.view.has_followers() {
            return Err(Error::NotEstimable {
                figure: "What a fallen creator would cost".into(),
                needs: format!("complete follower lists; this network shows {}", network.view.describe()),
            });
        }
        let resolved = match network.view.has_followings() {
            true => self.cascade.resolve(graph, network, &terminal.run)?,
            false => self.cascade.resolve_direct(graph, network, &terminal.run)?,
        };
        counting(resolved, &self.people, network)
    }
}

/// Who may fall, and how likely.
#[derive(Debug, Clone, clap::Args)]
pub struct HazardArgs {
    /// TOML file of who may fall, how likely, and with whom: your scenario
    #[arg(long, value_name = "FILE", conflicts_with = "hazard", help_heading = "Scenario")]
    pub hazards: Option<PathBuf>,
    /// Every creator falls with this chance over the campaign, each apart from all others: your scenario
    #[arg(long, value_name = "CHANCE", help_heading = "Scenario")]
    pub hazard: Option<f64>,
}

impl HazardArgs {
    /// Whether anything was said.
    pub fn are_given(&self) -> bool {
        self.hazards.is_some() || self.hazard.is_some()
    }

    /// What was said; `None`: nothing.
    pub fn read(&self) -> Result<Option<Hazards>> {
        match (&self.hazards, self.hazard) {
            (Some(path), _) => {
                let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
                Hazards::parse(&text, &path.display().to_string()).map(Some)
            }
            (None, Some(chance)) => Hazards::same(chance).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The scenario of these creators.
    pub fn scenario(&self, network: &Network, creators: &[u32]) -> Result<Option<Scenario>> {
        self.read()?.map(|hazards| hazards.resolve(network, creators)).transpose()
    }
}

/// The communities, and how they take the creators.
pub struct Known {
    /// What the communities are, and which account is in which.
    pub groups: Option<(String, Groups)>,
    /// Their resonance; `None`: signs say nothing, for the reason among the notes.
    pub resonances: Option<Resonances>,
    pub notes: Vec<String>,
}

/// The column that `communities --keep` writes.
const KEPT: &str = "community";

impl BacklashArgs {
    /// What went into it, for provenance.
    pub fn parameters(&self) -> Result<serde_json::Value> {
        Ok(serde_json::json!({
            "brand": self.brand, "negativity": self.negativity, "communities": self.by.as_ref().map(ToString::to_string),
            "resonance": parameters(&self.resonance)?, "critics": !self.no_critics,
        }))
    }

    /// The audience whose opinion counts.
    pub fn brand(&self, people: &[People], resolved: &Resolved<'_>, network: &Network) -> Result<Brand> {
        let account = self.brand.as_deref().map(|name| network.account(name.trim())).transpose()?;
        let among: Vec<String> = people.iter().map(ToString::to_string).collect();
        let among = if among.is_empty() { EVERYBODY.to_owned() } else { format!("people of {}", among.join(", ")) };
        Brand::new(resolved, account, &among, network)
    }

    /// What is known of how communities take these creators.
    pub fn known(
        &self,
        creators: &[u32],
        resolved: &Resolved<'_>,
        opened: &Opened,
        terminal: &Terminal,
    ) -> Result<Known> {
        let network = &opened.network;
        let signed = network.events.as_ref().is_some_and(|events| events.sign.is_some());
        let mut notes = Vec::new();
        let groups = match (&self.by, signed) {
            (None, false) => None,
            (by, _) => self.groups(by.as_ref(), resolved.graph(), network, terminal)?,
        };
        let mut resonances = None;
        match &groups {
            _ if !signed => notes.push(
                "no sign column: exposure only; which communities are for a creator, and which against, needs interactions with \
                 signs (reactions, labelled comments: truereach ingest --sign)"
                    .into(),
            ),
            None => notes.push("communities need whom the followers follow, or a column (--communities)".into()),
            Some((_, groups)) => {
                let real = resolved.real();
                match self.resonance.run(network, creators, groups, real, &terminal.run) {
                    Ok(found) => {
                        notes.extend(found.notes.iter().cloned());
                        resonances = Some(found);
                    }
                    Err(Error::NotEstimable { figure, needs }) if self.resonance == Resonance::default() => {
                        notes.push(format!("exposure only: {figure} needs {needs}"));
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        if resonances.is_some() && resolved.picks_one() {
            notes.push(
                "under linear threshold each person hears one followee at most: resonance is shown, and changes nobody's chance".into(),
            );
        }
        Ok(Known { groups, resonances, notes })
    }

    fn groups(
        &self,
        by: Option<&By>,
        graph: &Graph,
        network: &Network,
        terminal: &Terminal,
    ) -> Result<Option<(String, Groups)>> {
        let kept = network.attributes.get(KEPT).is_some();
        let by = match by {
            Some(By::Creator) => {
                return Err(Error::parameter("--communities", "creator is no community of people")
                    .with_hint("community, tier, or a column of the accounts table, such as niche"));
            }
            Some(By::Community) | None if kept => By::Column(KEPT.into()),
            Some(By::Community) | None if !network.view.has_followings() => return Ok(None),
            None => By::Community,
            Some(by) => by.clone(),
        };
        let found = matches!(&by, By::Community) || by == By::Column(KEPT.into());
        let groups = by.groups(graph, network, &terminal.run)?;
        Ok(groups.map(|groups| match found {
            false => (format!("{} of the column {by}", groups.len()), groups),
            true => {
                // Of a few people nothing can be said, and most of those found are people without ties.
                let (all, least) = (groups.len(), (graph.accounts() as u64 / 1000).max(10));
                let groups = groups.of_size(least);
                let smaller = all - groups.len();
                let words = format!(
                    "{} of {} accounts and more; {} smaller ones count as none",
                    count(groups.len() as u64),
                    count(least),
                    count(smaller as u64)
                );
                (words, groups)
            }
        }))
    }

    /// How each creator falls.
    pub fn against<'a>(&self, known: &'a Known, resolved: &'a Resolved<'a>, seed: u64) -> Against<'a, 'a> {
        let groups = known.groups.as_ref().map(|(_, groups)| groups);
        Against {
            resolved,
            negativity: self.negativity,
            resonances: groups.zip(known.resonances.as_ref()),
            critics: !self.no_critics,
            seed,
        }
    }
}
