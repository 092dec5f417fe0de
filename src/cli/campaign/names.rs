//! Names of creators as the network has them, with the place of those that it does not have.

use super::Campaign;
use super::file::Step;
use crate::base::{Error, Result};
use crate::graph::Network;

/// What a creator's name is called in the file that goes with a report.
pub(super) const LIST: &str = "creators.txt";

impl Campaign {
    /// The creators of a list as the network has them: each is there, and can be asked for.
    pub(super) fn known(&self, key: &str, names: &[String], network: &Network) -> Result<Vec<String>> {
        let one = |(place, name): (usize, &String)| self.name(&[Step::Key(key), Step::At(place)], name, network);
        names.iter().enumerate().map(one).collect()
    }

    /// A name as the network has it.
    pub(super) fn name(&self, way: &[Step<'_>], name: &str, network: &Network) -> Result<String> {
        let name = name.trim();
        if let Err(error) = network.account(name) {
            let (Error::Parameter { problem, hint, .. }, whole) = (&error, "an account of the network") else {
                return Err(error);
            };
            let wrong = self.wrong(way, whole, problem.clone());
            return Err(match hint {
                Some(hint) => wrong.with_hint(hint.clone()),
                None => wrong,
            });
        }
        if name.contains(['\n', '\r']) {
            return Err(self
                .wrong(way, "a name that can stand in a list", format!("\"{name}\""))
                .with_hint("no list can hold a name of several lines"));
        }
        Ok(name.to_owned())
    }

    /// Pairs that exclude each other, as words.
    pub(super) fn pairs(&self, network: &Network) -> Result<Vec<String>> {
        let mut words = Vec::new();
        for (at, pair) in self.exclusive.iter().enumerate() {
            let mut names = Vec::new();
            for (place, name) in pair.iter().enumerate() {
                let way = [Step::Key("exclusive"), Step::At(at), Step::At(place)];
                let name = self.name(&way, name, network)?;
                if name.contains(',') {
                    return Err(self
                        .wrong(&way, "a name without commas", format!("\"{name}\""))
                        .with_hint("put one of the two in never instead"));
                }
                names.push(name);
            }
            words.push(format!("--exclusive={}", names.join(":")));
        }
        Ok(words)
    }
}
