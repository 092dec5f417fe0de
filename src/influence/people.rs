//! Who counts: people of some groups, by weights.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::wishes::{Quota, members};
use crate::base::{Error, Result};
use crate::cascade::Resolved;
use crate::graph::{Network, Weights};

/// People of a group, and what reaching one of them counts, as `niche=beauty:0.7`; without a weight 1.
///
/// ```
/// use truereach::influence::People;
/// let people: People = "niche=beauty:0.7".parse().unwrap();
/// assert_eq!((people.group.as_str(), people.weight), ("beauty", 0.7));
/// assert_eq!("niche=beauty".parse::<People>().unwrap().weight, 1.0);
/// assert!("niche=beauty:-1".parse::<People>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct People {
    /// `tier`, or a column of the accounts table.
    pub column: String,
    /// The value that makes the group.
    pub group: String,
    /// What each of them counts.
    pub weight: f64,
}

impl FromStr for People {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let form = || format!("\"{text}\" is not COLUMN=GROUP or COLUMN=GROUP:WEIGHT, such as niche=beauty:0.7");
        let (column, rest) = text.split_once('=').ok_or_else(form)?;
        let (group, weight) = rest.rsplit_once(':').map_or((rest, "1"), |(group, weight)| (group, weight));
        let weight: f64 = weight.trim().parse().map_err(|_| form())?;
        if column.trim().is_empty() || group.trim().is_empty() || !(weight > 0.0 && weight.is_finite()) {
            return Err(form());
        }
        Ok(People { column: column.trim().into(), group: group.trim().into(), weight })
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}:{}", self.column, self.group, self.weight)
    }
}

impl TryFrom<String> for People {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<People> for String {
    fn from(people: People) -> String {
        people.to_string()
    }
}

/// The model where only these people count, each by the sum of the weights of their groups, times the weight they have
/// already. Nobody named: everybody, as before.
pub fn counting<'a>(resolved: Resolved<'a>, people: &[People], network: &Network) -> Result<Resolved<'a>> {
    if people.is_empty() {
        return Ok(resolved);
    }
    let accounts: Vec<u32> = (0..network.accounts() as u32).collect();
    let mut weights = vec![0.0; accounts.len()];
    for part in people {
        let quota = Quota { column: part.column.clone(), group: part.group.clone(), number: 0 };
        let of = members(&quota, "--people", &accounts, network, resolved.graph())?;
        if !of.contains(&true) {
            let problem = format!("nobody in this network has {}={}", part.column, part.group);
            return Err(Error::parameter("--people", problem));
        }
        weights.iter_mut().zip(of).filter(|(_, of)| *of).for_each(|(weight, _)| *weight += part.weight);
    }
    weights.iter_mut().zip(&accounts).for_each(|(weight, &u)| *weight *= resolved.weight(u));
    resolved.with_weights(Weights::new(&weights)?)
}
