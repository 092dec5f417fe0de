//! Whom an audience counts, and as how much: all followers, those who engage, people by a number of theirs.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::lists::Portfolio;
use super::tally::Tally;
use crate::base::{Error, Result, Run, time};
use crate::graph::transform::latest_time;
use crate::graph::{Network, Weights};

/// Whom an audience counts, and as how much. By default each follower once.
///
/// With `weight`, people count `w_u`, such as how likely they are real (`a_u`), or that times how much they care for a niche
/// (`a_u n_u`): every figure is then a sum of weights. With `engaged`, a creator's audience are the followers who
/// interacted with them. Both need full lists.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(clap::Args))]
#[serde(default, deny_unknown_fields)]
pub struct Counting {
    /// Count people by this number of the accounts table instead of 1 each: how likely they are real, how much they care
    /// for a niche, or a product of them (authentic*beauty)
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Overlap"))]
    pub weight: Option<String>,
    /// Count only followers who interacted with the creator in the DAYS before the latest interaction
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "cli", arg(long, value_name = "DAYS", help_heading = "Overlap"))]
    pub engaged: Option<f64>,
    /// Take accounts for people: whoever follows creators of several platforms has one account here
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "cli", arg(long, help_heading = "Overlap"))]
    pub accounts_are_people: bool,
}

/// The audiences of a portfolio in full, as they are counted.
#[derive(Debug)]
pub(super) struct Audiences<'a> {
    lists: Vec<Cow<'a, [u32]>>,
    weights: Option<Weights>,
    accounts: usize,
    /// What the counts rest on.
    pub how: Cow<'static, str>,
    /// What a reader must know.
    pub notes: Vec<String>,
}

impl Audiences<'_> {
    /// Turns them over.
    pub fn tally(&self, run: &Run) -> Result<Tally<'_>> {
        Tally::new(self.lists.iter().map(|list| &**list).collect(), self.accounts, self.weights.as_ref(), run)
    }

    /// As [`Audiences::tally`] before anything is turned over: what counts of others mean.
    pub fn unturned(&self) -> Tally<'_> {
        Tally::unturned(self.lists(), self.weights.as_ref())
    }

    /// What people count, where that is not 1 each.
    pub fn weights(&self) -> Option<&Weights> {
        self.weights.as_ref()
    }

    /// The people of each audience, by place of the creator.
    pub fn lists(&self) -> Vec<&[u32]> {
        self.lists.iter().map(|list| &**list).collect()
    }

    /// Whether people are counted as 1 each.
    pub fn are_plain(&self) -> bool {
        self.weights.is_none()
    }
}

impl Counting {
    /// Refuses parameters that make no sense.
    pub fn check(&self) -> Result<()> {
        match self.engaged {
            Some(days) if !(days.is_finite() && days > 0.0) => {
                Err(Error::parameter("--engaged", format!("{days} is not a number of days above 0")))
            }
            _ => Ok(()),
        }
    }

    /// Whether each follower counts once.
    pub fn is_plain(&self) -> bool {
        self.weight.is_none() && self.engaged.is_none()
    }

    /// The creators, on one platform where accounts are people.
    pub(super) fn portfolio<'a>(&self, network: &'a Network, accounts: &[u32]) -> Result<Portfolio<'a>> {
        let portfolio = Portfolio::new(network, accounts)?;
        Ok(if self.accounts_are_people { portfolio.on_one_platform() } else { portfolio })
    }

    /// The audiences of a portfolio whose lists are full.
    ///
    /// **Errors**: lists that are cut, or cannot be joined, and what would mend that; a weight missing for somebody;
    /// `engaged` without interactions, or where none has a time.
    pub(super) fn audiences<'p>(&self, portfolio: &'p Portfolio<'_>) -> Result<Audiences<'p>> {
        if let Some(problem) = portfolio.uncounted() {
            let hint = match portfolio.joined {
                true => "leave out those creators, or see what can be estimated: truereach overlap without this",
                false => {
                    "look at one platform (--only platform=tiktok), link accounts by the column person, or say \
                          --accounts-are-people if whoever is on several platforms has one account here"
                }
            };
            return Err(Error::parameter("--creators", format!("people cannot be counted one by one: {problem}"))
                .with_hint(hint));
        }
        let network = portfolio.network;
        let mut lists: Vec<Cow<'p, [u32]>> =
            portfolio.creators.iter().map(|creator| Cow::Borrowed(&*creator.people)).collect();
        let (mut how, mut notes) = (Cow::Borrowed("all lists are full"), Vec::new());
        if let Some(days) = self.engaged {
            let (engaged, said) = engaged(portfolio, days)?;
            lists = engaged.into_iter().map(Cow::Owned).collect();
            how = format!("all lists are full; {said}").into();
            notes.push(said);
        }
        let weights = match &self.weight {
            Some(name) => {
                notes.push(format!("people count by {name}: every figure is a sum of it"));
                Some(Weights::of_column(network, "--weight", name)?)
            }
            None => None,
        };
        Ok(Audiences { lists, weights, accounts: network.accounts(), how, notes })
    }
}

/// Of each creator the followers who interacted with them within so many days; and a sentence that says so.
fn engaged(portfolio: &Portfolio<'_>, days: f64) -> Result<(Vec<Vec<u32>>, String)> {
    let network: &Network = portfolio.network;
    let needs = |problem: &str| Error::parameter("--engaged", problem.to_owned());
    let Some(events) = &network.events else {
        return Err(needs("this network holds no interactions").with_hint("add them: truereach ingest --help"));
    };
    let (Some(times), Some(latest)) = (&events.time, latest_time(network)) else {
        return Err(needs("no interaction has a time").with_hint("add a column time to the interactions"));
    };
    let since = latest.saturating_sub((days * time::DAY as f64) as i64);
    let mut place = vec![u32::MAX; network.accounts()];
    portfolio.creators.iter().zip(0..).for_each(|(creator, at)| place[creator.account as usize] = at);
    let mut lists = vec![Vec::new(); portfolio.len()];
    let mut undated = 0u64;
    for u in 0..network.accounts() as u32 {
        for at in events.range(u) {
            let creator = place[events.to[at] as usize];
            if creator == u32::MAX {
                continue;
            }
            match times[at] {
                time::MISSING => undated += 1,
                moment if moment >= since => lists[creator as usize].push(portfolio.person(u)),
                _ => {}
            }
        }
    }
    for (creator, list) in portfolio.creators.iter().zip(&mut lists) {
        list.sort_unstable();
        list.dedup();
        list.retain(|&person| creator.lists(person));
    }
    let without = match undated {
        0 => String::new(),
        _ => format!("; {undated} interactions without a time are left out"),
    };
    Ok((lists, format!("engaged: interacted within {days} days before {}{without}", time::show(latest))))
}
