//! A column that says who is in a set: `fans=follow anh and not follow bao`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::attributes::{Column, Values, known};
use super::network::Network;
use super::people::People;
use crate::base::{Error, Result, Run};

/// A set of accounts under a name, to be a column of the accounts table: 1 for who is in it, 0 for everybody else.
///
/// ```
/// use truereach::graph::{Definition, Network, build};
/// let mut network = Network::from_graph(build::graph(4, &[(0, 3), (1, 3), (1, 2)]));
/// let fans: Definition = "fans=follow 3 and not follow 2".parse().unwrap();
/// assert_eq!(fans.add_to(&mut network, &Default::default()).unwrap(), 1);
/// assert_eq!(network.attributes.number("fans", 0), Some(1.0));
/// assert_eq!(network.attributes.number("fans", 1), Some(0.0));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Definition {
    /// The column's name.
    pub name: String,
    /// Who is in the set.
    pub people: People,
}

/// What conditions and groups call by these names is no column.
const NO_COLUMNS: [&str; 4] = ["account", "tier", "followers", "community"];

impl FromStr for Definition {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, people) =
            text.split_once('=').ok_or("write NAME=EXPRESSION, such as fans=\"follow anh and not follow bao\"")?;
        let name = name.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)) {
            return Err(format!("write NAME=EXPRESSION; \"{name}\" is no name of letters, digits, _, - and ."));
        }
        if known::ALL.contains(&name) || NO_COLUMNS.contains(&name) {
            return Err(format!("\"{name}\" has a meaning of its own: choose another name"));
        }
        Ok(Definition { name: name.to_owned(), people: people.parse()? })
    }
}

impl fmt::Display for Definition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.people)
    }
}

impl TryFrom<String> for Definition {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<Definition> for String {
    fn from(definition: Definition) -> String {
        definition.to_string()
    }
}

impl Definition {
    /// Adds the column; how many accounts are in the set.
    ///
    /// **Cost**: 8 bytes an account, and [`People::memory`] for a moment.
    /// **Errors**: a column of this name; those of [`People::of`].
    pub fn add_to(&self, network: &mut Network, run: &Run) -> Result<u64> {
        if network.attributes.get(&self.name).is_some() {
            let problem = format!("the accounts table has a column {} already", self.name);
            return Err(Error::parameter("--define", problem).with_hint("choose another name"));
        }
        let accounts = network.accounts() as u64;
        run.check_memory("finding who is in a set", 8 * accounts + self.people.memory(accounts))?;
        let members = self.people.of(network)?;
        let column: Vec<f64> = members.iter().map(|&is| f64::from(u8::from(is))).collect();
        network.attributes.insert(Column { name: self.name.clone(), values: Values::Number(column.into()) });
        Ok(members.iter().filter(|&&is| is).count() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn names_that_would_mislead_are_refused() {
        for (text, says) in [
            ("follow anh", "NAME=EXPRESSION"),
            ("=follow anh", "no name"),
            ("follow anh and country=VN", "no name"),
            ("fans>=3", "no name"),
            ("creator=follow anh", "meaning of its own"),
            ("followers=follow anh", "meaning of its own"),
            ("fans=", "column 1: expected"),
        ] {
            let error = text.parse::<Definition>().unwrap_err();
            assert!(error.contains(says), "{text}: {error}");
        }
        let definition: Definition = " người-hâm_mộ = FOLLOW 3".parse().unwrap();
        assert_eq!(definition.to_string(), "người-hâm_mộ=follow 3");
    }

    #[test]
    fn a_definition_can_rest_on_an_earlier_one_and_replaces_nothing() {
        let mut network = Network::from_graph(build::graph(4, &[(0, 3), (1, 3), (1, 2)]));
        let mut add = |text: &str| text.parse::<Definition>().unwrap().add_to(&mut network, &Run::default());
        assert_eq!(add("z=follow 3").unwrap(), 2);
        assert_eq!(add("a=z=1 and follow 2").unwrap(), 1);
        assert!(add("z=follow 2").unwrap_err().to_string().contains("has a column z already"));
        assert!(add("b=z=1 and follow 9").unwrap_err().to_string().contains("\"9\" is not in this network"));
        let error = add("b=z=0 and follow 3").unwrap_err().to_string();
        assert!(error.starts_with("--define: nobody meets z=0 and follow 3"), "{error}");
        let names: Vec<&str> = network.attributes.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "z"]);
    }
}
