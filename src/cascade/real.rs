//! How real accounts are, as a cascade needs it: whoever is no person neither counts nor passes anything on.

use std::sync::Arc;

use crate::base::{Error, Result};
use crate::graph::attributes::{known, numbers};
use crate::graph::{Graph, Network, Weights};

/// `a_u` of every account, and the same as weights.
pub(super) struct Real {
    column: String,
    chances: Arc<Vec<f64>>,
    weights: Weights,
}

/// The chances asked for, or those that an audit kept; `None` where everybody is taken for real.
pub(super) fn of(
    asked: Option<&str>,
    network: &Network,
    graph: &Graph,
    notes: &mut Vec<String>,
) -> Result<Option<Real>> {
    let column = match asked {
        Some("none") => return Ok(None),
        Some(name) => name,
        None => match network.attributes.get(known::AUTHENTIC) {
            None => return Ok(None),
            Some(kept) if kept.given() < network.accounts() => {
                notes.push(format!(
                    "the column {} has no number for every account and is not used: everybody is taken for real",
                    known::AUTHENTIC
                ));
                return Ok(None);
            }
            Some(_) => known::AUTHENTIC,
        },
    };
    let chances = numbers(network, "--authentic", column)?;
    if let Some(at) = chances.iter().position(|chance| !(0.0..=1.0).contains(chance)) {
        let problem = format!("{column} is {} for {}, no chance", chances[at], network.names.get(at as u32));
        return Err(
            Error::parameter("--authentic", problem).with_hint("the chance that an account is a person lies in [0, 1]")
        );
    }
    if graph.accounts() != chances.len() {
        let problem = format!("{column} has {} numbers for a graph of {} accounts", chances.len(), graph.accounts());
        return Err(Error::parameter("--authentic", problem));
    }
    if chances.iter().all(|&chance| chance == 0.0) && !chances.is_empty() {
        return Err(Error::parameter("--authentic", format!("{column} is 0 for every account: nobody is real")));
    }
    notes.push(format!(
        "accounts count, and reshare, by the chance that they are real people ({column}); --authentic none takes everybody \
         for real"
    ));
    let weights = Weights::new(&chances)?;
    Ok(Some(Real { column: column.to_owned(), chances: Arc::new(chances), weights }))
}

impl Real {
    pub fn of(&self, u: u32) -> f64 {
        self.chances[u as usize]
    }

    /// The mean of some accounts; 1 of none.
    pub fn share(&self, accounts: &[u32]) -> f64 {
        match accounts.is_empty() {
            true => 1.0,
            false => accounts.iter().fold(0.0, |sum, &u| sum + self.of(u)) / accounts.len() as f64,
        }
    }

    /// As weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// Other weights times how real accounts are; a weight that is made of these very chances already is not multiplied again.
    pub fn weigh(&self, name: &str, mut others: Vec<f64>) -> Result<Weights> {
        if name.split('*').all(|factor| factor.trim() != self.column) {
            others.iter_mut().zip(self.chances.iter()).for_each(|(weight, real)| *weight *= real);
        }
        Weights::new(&others)
    }

    pub fn into_chances(self) -> Arc<Vec<f64>> {
        self.chances
    }
}
