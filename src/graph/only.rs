//! `--only`: which accounts are looked at. `tier=nano,micro`, `niche=beauty`, `followers>=1000`, `account=anh,bao`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::attributes::Values;
use super::network::Network;
use crate::base::{Error, Result};

/// One condition on an account; several conditions must all hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Only {
    pub(super) column: String,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Test {
    OneOf(Vec<String>),
    AtLeast(f64),
    AtMost(f64),
}

impl FromStr for Only {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let number = |value: &str| -> std::result::Result<f64, String> {
            value.trim().parse().map_err(|_| format!("\"{value}\" is not a number"))
        };
        let (column, test) = if let Some((column, value)) = text.split_once(">=") {
            (column, Test::AtLeast(number(value)?))
        } else if let Some((column, value)) = text.split_once("<=") {
            (column, Test::AtMost(number(value)?))
        } else if let Some((column, values)) = text.split_once('=') {
            (column, Test::OneOf(values.split(',').map(|value| value.trim().to_owned()).collect()))
        } else {
            return Err("write COLUMN=VALUE,…, COLUMN>=NUMBER or COLUMN<=NUMBER".into());
        };
        match column.trim() {
            "" => Err("a condition begins with a column".into()),
            column => Ok(Only { column: column.to_owned(), test }),
        }
    }
}

impl fmt::Display for Only {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.test {
            Test::OneOf(values) => write!(f, "{}={}", self.column, values.join(",")),
            Test::AtLeast(number) => write!(f, "{}>={number}", self.column),
            Test::AtMost(number) => write!(f, "{}<={number}", self.column),
        }
    }
}

impl TryFrom<String> for Only {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<Only> for String {
    fn from(only: Only) -> String {
        only.to_string()
    }
}

impl Only {
    /// The accounts of `among` that meet the condition. An account without a value never does.
    pub fn filter(&self, network: &Network, among: &[u32]) -> Result<Vec<u32>> {
        let holds = self.holds(network, "--only")?;
        Ok(among.iter().copied().filter(|&account| holds(account)).collect())
    }

    /// The condition as a question about an account; `parameter` asked for it.
    pub(super) fn holds<'a>(&self, network: &'a Network, parameter: &str) -> Result<Box<dyn Fn(u32) -> bool + 'a>> {
        let test = self.test.clone();
        Ok(match (self.column.as_str(), test) {
            ("account", Test::OneOf(names)) => {
                let mut wanted = names.iter().map(|name| network.account(name)).collect::<Result<Vec<_>>>()?;
                wanted.sort_unstable();
                Box::new(move |account| wanted.binary_search(&account).is_ok())
            }
            ("tier", Test::OneOf(tiers)) => Box::new(move |account| {
                network
                    .follower_count(account)
                    .is_some_and(|followers| tiers.iter().any(|tier| tier == network.tiers.of(followers).name()))
            }),
            ("followers", test) => {
                Box::new(move |account| network.follower_count(account).is_some_and(|followers| test.number(followers)))
            }
            (name, test) => {
                let Some(column) = network.attributes.get(name) else {
                    let mut columns = vec!["account", "tier", "followers"];
                    columns.extend(network.attributes.columns.iter().map(|column| column.name.as_str()));
                    return Err(Error::parameter(parameter, format!("there is no column \"{name}\""))
                        .with_hint(format!("there are: {}", columns.join(", "))));
                };
                Box::new(move |account| match (&test, &column.values) {
                    (Test::OneOf(values), Values::Text { .. }) => column.text(account).is_some_and(|text| {
                        text.split('|').any(|part| values.iter().any(|value| value.eq_ignore_ascii_case(part.trim())))
                    }),
                    _ => column.number(account).is_some_and(|number| test.number(number)),
                })
            }
        })
    }
}

impl Test {
    fn number(&self, value: f64) -> bool {
        match self {
            Test::AtLeast(least) => value >= *least,
            Test::AtMost(most) => value <= *most,
            Test::OneOf(values) => values.iter().any(|other| other.parse() == Ok(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn conditions_read_and_filter() {
        let network = Network::from_graph(build::graph(4, &[(1, 0), (2, 0), (3, 0), (0, 1)]));
        let all = [0, 1, 2, 3];
        let filter = |text: &str| text.parse::<Only>().unwrap().filter(&network, &all);
        assert_eq!(filter("followers>=1").unwrap(), [0, 1]);
        assert_eq!(filter("followers<=1").unwrap(), [1, 2, 3]);
        assert_eq!(filter("account=3,1").unwrap(), [1, 3]);
        assert_eq!(filter("tier=everyday").unwrap().len(), 4);
        assert!(filter("niche=beauty").unwrap_err().to_string().contains("tier, followers"));
        for wrong in ["", "tier", "=x", "followers>=many"] {
            assert!(wrong.parse::<Only>().is_err(), "{wrong}");
        }
    }
}
