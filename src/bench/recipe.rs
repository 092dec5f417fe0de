//! Networks by name, for benchmarks: `rmat:20`, `uniform:20`, `lfr:200000`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::input::{Input, Known};
use crate::base::{Error, Result, Run};
use crate::graph::ties::fold;
use crate::graph::{Graph, Network, Values};
use crate::io::snapshot;
use crate::synth::made::{COMMUNITY, Made};
use crate::synth::{ErdosRenyi, Lfr, Rmat};

/// A network made for a benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Recipe {
    /// R-MAT (.57, .19, .19), 2^scale accounts, 16 follows drawn for each, ids permuted.
    Rmat(u32),
    /// As many accounts and follows, everybody alike.
    Uniform(u32),
    /// LFR, mixing .5, 30 ties an account, degrees to 1,000, communities of 50 to 2,000 (smaller where people are few).
    Lfr(u64),
}

/// The largest scale: 32-bit ids, and memory that machines of today have.
const MOST_SCALE: u32 = 28;
/// The fewest people that hold communities of [`Recipe::Lfr`].
const FEWEST: u64 = 1_000;

impl Recipe {
    /// What networks of one kind have in common: their figures grow with their size.
    pub fn family(self) -> &'static str {
        match self {
            Recipe::Rmat(_) => "rmat",
            Recipe::Uniform(_) => "uniform",
            Recipe::Lfr(_) => "lfr",
        }
    }

    /// Makes it; what is planted in it is known.
    pub fn make(self, run: &Run) -> Result<Input> {
        let made: Made = match self {
            Recipe::Rmat(scale) => Rmat { scale, ..Rmat::default() }.run(run)?,
            Recipe::Uniform(scale) => {
                let people = 1u64 << scale;
                ErdosRenyi { people, m: Some(16 * people), ..ErdosRenyi::default() }.run(run)?
            }
            Recipe::Lfr(people) => lfr(people).run(run)?,
        };
        let network = made.network;
        let checksum = snapshot::checksum_of(&network, run)?;
        let communities = match network.attributes.get(COMMUNITY).map(|column| &column.values) {
            Some(Values::Number(numbers)) => Some(numbers.iter().map(|&number| number as u32).collect()),
            _ => None,
        };
        let known = Known { communities, ..Known::default() };
        Ok(Input { network, checksum, name: self.to_string(), made_by: None, known })
    }
}

fn lfr(people: u64) -> Lfr {
    let share = |of: u64, low: u64, high: u64| Some((people / of).clamp(low, high) as u32);
    Lfr {
        people,
        mean_degree: 30.0,
        max_degree: share(20, 50, 1000),
        mixing: 0.5,
        min_community: Some(50),
        max_community: share(10, 100, 2000),
        ..Lfr::default()
    }
}

impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Recipe::Rmat(scale) | Recipe::Uniform(scale) => write!(f, "{}:{scale}", self.family()),
            Recipe::Lfr(people) => write!(f, "lfr:{people}"),
        }
    }
}

impl From<Recipe> for String {
    fn from(recipe: Recipe) -> String {
        recipe.to_string()
    }
}

impl FromStr for Recipe {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = |problem: String| {
            Error::parameter("--made", problem).with_hint("rmat:SCALE, uniform:SCALE or lfr:PEOPLE, as rmat:17")
        };
        let number = |text: &str, low: u64, high: u64| match text.parse::<u64>() {
            Ok(number) if (low..=high).contains(&number) => Ok(number),
            _ => Err(wrong(format!("\"{text}\" is no number from {low} to {high}"))),
        };
        match text.split_once(':') {
            Some(("rmat", scale)) => Ok(Recipe::Rmat(number(scale, 1, MOST_SCALE.into())? as u32)),
            Some(("uniform", scale)) => Ok(Recipe::Uniform(number(scale, 5, MOST_SCALE.into())? as u32)),
            Some(("lfr", people)) => Ok(Recipe::Lfr(number(people, FEWEST, 1 << 31)?)),
            _ => Err(wrong(format!("\"{text}\" is no network that is made here"))),
        }
    }
}

impl TryFrom<String> for Recipe {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

/// The same accounts with every follow as a tie of both: what kernels of undirected networks are measured on.
pub fn ties(input: &Input, run: &Run) -> Result<Input> {
    let graph = input.graph()?;
    let bare = graph.unweighted();
    let undirected = match graph.is_symmetric() {
        true => bare,
        false => {
            let rows = fold(run, &bare, false)?;
            Graph::from_rows(rows.clone(), rows)
        }
    };
    let network = Network::from_graph(undirected);
    let checksum = snapshot::checksum_of(&network, run)?;
    Ok(Input { network, checksum, name: input.name.clone(), made_by: None, known: input.known.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn names_say_what_is_made() {
        for name in ["rmat:8", "uniform:8", "lfr:2000"] {
            let recipe: Recipe = name.parse().unwrap();
            assert_eq!(recipe.to_string(), name);
            let input = recipe.make(&Run::new(3)).unwrap();
            assert_eq!(input.name, name);
            assert!(input.graph().unwrap().edges() > 1000);
            assert_eq!(input.known.communities.is_some(), name.starts_with("lfr"));
        }
        for wrong in ["rmat", "rmat:", "rmat:0", "rmat:29", "lfr:12", "ring:7", "uniform:-3", ""] {
            let error = wrong.parse::<Recipe>().unwrap_err();
            assert!(error.to_string().contains("--made"), "{error}");
        }
    }

    #[test]
    fn ties_are_follows_either_way() {
        let graph = build::graph(5, &[(0, 1), (1, 0), (1, 2), (3, 1)]);
        let given = Input::given(Network::from_graph(graph), 1, "five".into());
        let ties = ties(&given, &Run::new(1)).unwrap();
        let graph = ties.graph().unwrap();
        assert!(graph.is_symmetric());
        assert_eq!((graph.following(1), graph.followers(0), graph.edges()), (&[0, 2, 3][..], &[1][..], 6));
    }
}
