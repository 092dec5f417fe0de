//! The chance of resharing as it is given: for all, by tier, or for every account.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::{Error, Result};
use crate::graph::attributes::numbers;
use crate::graph::network::Tier;
use crate::graph::{Graph, Network};

/// Chances of resharing once exposed.
///
/// Read from and shown as text: `0.01` for everybody; `everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0` by the follower
/// tier of the person exposed; `column:NAME` for the numbers of a column of the accounts table.
///
/// ```
/// use truereach::cascade::Sharing;
/// assert_eq!("0.01".parse::<Sharing>().unwrap(), Sharing::Same(0.01));
/// let tiers = "everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0".parse::<Sharing>().unwrap();
/// assert_eq!(tiers, Sharing::Tiers([0.02, 0.01, 0.01, 0.0, 0.0]));
/// assert!("nano=0.1".parse::<Sharing>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "String")]
pub enum Sharing {
    /// The same for everybody.
    Same(f64),
    /// By tier, the smallest first.
    Tiers([f64; 5]),
    /// By a column of the accounts table.
    Column(String),
    /// From shares among the network's own interactions, else assumed: whatever else was learned.
    Interactions,
}

/// As it may stand in a file: a bare number as well.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Number(f64),
    Text(String),
}

const FORMS: &str = "a chance (0.01), one for each tier (everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=0), column:NAME, or \
                     interactions";

fn wrong(problem: String) -> Error {
    Error::parameter("--rho", problem)
}

fn checked(chance: f64) -> Result<f64> {
    match (0.0..=1.0).contains(&chance) {
        true => Ok(chance),
        false => Err(wrong(format!("the chance of resharing {chance} is outside [0, 1]"))),
    }
}

impl Sharing {
    /// Refuses chances that are none.
    pub fn check(&self) -> Result<()> {
        match self {
            Sharing::Same(chance) => checked(*chance).map(drop),
            Sharing::Tiers(chances) => chances.iter().try_for_each(|&chance| checked(chance).map(drop)),
            Sharing::Column(_) | Sharing::Interactions => Ok(()),
        }
    }

    /// The chance of every account; `None` where all have the same.
    ///
    /// **Errors**: no such column; an account without a value there, or with one outside [0, 1].
    pub(crate) fn of_each(&self, graph: &Graph, network: &Network) -> Result<Option<Vec<f64>>> {
        self.check()?;
        let accounts = 0..graph.accounts() as u32;
        match self {
            Sharing::Same(_) | Sharing::Interactions => Ok(None),
            Sharing::Tiers(chances) => Ok(Some(accounts.map(|u| chances[network.tier(graph, u) as usize]).collect())),
            Sharing::Column(name) => {
                numbers(network, "--rho", name)?.into_iter().map(checked).collect::<Result<_>>().map(Some)
            }
        }
    }

    /// In users' words.
    pub(crate) fn describe(&self) -> String {
        match self {
            Sharing::Same(chance) => format!("resharing once exposed: {chance}, given"),
            Sharing::Tiers(_) => format!("resharing once exposed: given by tier, {self}"),
            Sharing::Column(name) => format!("resharing once exposed: given for every account, {name}"),
            Sharing::Interactions => "resharing once exposed: from shares in the data, or assumed".into(),
        }
    }
}

impl From<f64> for Sharing {
    fn from(chance: f64) -> Self {
        Sharing::Same(chance)
    }
}

impl FromStr for Sharing {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let number = |part: &str| {
            let parsed = part.trim().parse::<f64>();
            parsed.map_err(|_| wrong(format!("\"{}\" is not a chance", part.trim())).with_hint(FORMS)).and_then(checked)
        };
        if text == "interactions" {
            return Ok(Sharing::Interactions);
        }
        if let Some(name) = text.strip_prefix("column:") {
            return Ok(Sharing::Column(name.trim().into()));
        }
        if !text.contains('=') {
            return number(text).map(Sharing::Same);
        }
        let mut chances = [None; 5];
        for part in text.split(',') {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let Some(tier) = Tier::ALL.iter().position(|tier| tier.name() == name.trim()) else {
                return Err(wrong(format!("\"{}\" is not a tier", name.trim())).with_hint(FORMS));
            };
            if chances[tier].replace(number(value)?).is_some() {
                return Err(wrong(format!("{} is given twice", name.trim())).with_hint(FORMS));
            }
        }
        match chances.iter().position(Option::is_none) {
            Some(tier) => Err(wrong(format!("the tier {} has no chance", Tier::ALL[tier].name())).with_hint(FORMS)),
            None => Ok(Sharing::Tiers(chances.map(Option::unwrap_or_default))),
        }
    }
}

impl fmt::Display for Sharing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sharing::Same(chance) => write!(f, "{chance}"),
            Sharing::Tiers(chances) => {
                for (place, (tier, chance)) in Tier::ALL.iter().zip(chances).enumerate() {
                    write!(f, "{}{}={chance}", if place > 0 { "," } else { "" }, tier.name())?;
                }
                Ok(())
            }
            Sharing::Column(name) => write!(f, "column:{name}"),
            Sharing::Interactions => f.write_str("interactions"),
        }
    }
}

impl TryFrom<Written> for Sharing {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self> {
        match written {
            Written::Number(chance) => Ok(Sharing::Same(chance)),
            Written::Text(text) => text.parse(),
        }
    }
}

impl From<Sharing> for String {
    fn from(sharing: Sharing) -> String {
        sharing.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build::graph;
    use crate::graph::{Column, Values};

    #[test]
    fn every_form_reads_back_as_written() {
        for text in ["0.01", "0", "1", "everyday=0.02,nano=0.01,micro=0.01,macro=0,mega=1", "column:authentic"] {
            let sharing: Sharing = text.parse().unwrap();
            assert_eq!(sharing.to_string(), text);
            assert_eq!(serde_json::from_str::<Sharing>(&serde_json::to_string(&sharing).unwrap()).unwrap(), sharing);
        }
        assert_eq!(serde_json::from_str::<Sharing>("0.5").unwrap(), Sharing::Same(0.5));
        // The order in which tiers are named does not matter.
        let turned: Sharing = "mega=1,macro=0,micro=0.01,nano=0.01,everyday=0.02".parse().unwrap();
        assert_eq!(turned, Sharing::Tiers([0.02, 0.01, 0.01, 0.0, 1.0]));
    }

    #[test]
    fn nonsense_gets_one_sentence() {
        for (text, says) in [
            ("x", "\"x\" is not a chance"),
            ("1.5", "1.5 is outside [0, 1]"),
            ("NaN", "NaN is outside"),
            ("nano=0.1", "the tier everyday has no chance"),
            ("nano=0.1,nano=0.2", "nano is given twice"),
            ("giant=0.1", "\"giant\" is not a tier"),
            ("nano=", "\"\" is not a chance"),
        ] {
            let error = text.parse::<Sharing>().unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn each_account_gets_its_own() {
        // 0 has 2 followers, 1 and 2 have none; tiers scaled so that 2 followers make nano.
        let graph = graph(3, &[(1, 0), (2, 0)]);
        let mut network = Network::from_graph(graph.clone());
        network.tiers.nano = 2.0;
        let tiers: Sharing = "everyday=0.5,nano=0.25,micro=0,macro=0,mega=0".parse().unwrap();
        assert_eq!(tiers.of_each(&graph, &network).unwrap(), Some(vec![0.25, 0.5, 0.5]));
        let column = Sharing::Column("keen".into());
        let hint = column.of_each(&graph, &network).unwrap_err().to_string();
        assert!(hint.contains("no column keen"), "{hint}");
        let mut add = |values: Vec<f64>| {
            network.attributes.columns = vec![Column { name: "keen".into(), values: Values::Number(values.into()) }];
            column.of_each(&graph, &network)
        };
        assert_eq!(add(vec![0.0, 1.0, 0.5]).unwrap(), Some(vec![0.0, 1.0, 0.5]));
        assert!(
            add(vec![0.0, f64::NAN, 0.5])
                .unwrap_err()
                .to_string()
                .contains("no number for 1 of 3 accounts, the first 1")
        );
        assert!(add(vec![0.0, 2.0, 0.5]).unwrap_err().to_string().contains("2 is outside [0, 1]"));
        assert_eq!(Sharing::Same(0.5).of_each(&graph, &network).unwrap(), None);
    }
}
