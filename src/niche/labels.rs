//! Who is known to belong to which niches: the seeds that everything about niches is learned from.

use std::collections::BTreeMap;

use crate::base::{Error, Result};
use crate::graph::Network;

/// More niches than this are no niches, but names.
const MOST: usize = 1000;

/// Accounts that are labelled with niches.
#[derive(Debug, Clone, PartialEq)]
pub struct Labels {
    /// The niches, sorted.
    pub names: Vec<String>,
    /// Account and its niches (places in `names`, rising), by account.
    pub of: Vec<(u32, Vec<u16>)>,
}

impl Labels {
    /// From a column of texts of the accounts table; `a|b` are two niches. Whether letters are capital does not matter.
    ///
    /// **Errors**: no such column, or one of numbers with fractions; and those of [`Labels::new`].
    pub fn of_column(network: &Network, parameter: &str, name: &str) -> Result<Labels> {
        let Some(column) = network.attributes.get(name) else {
            let names: Vec<&str> = network.attributes.columns.iter().map(|column| column.name.as_str()).collect();
            let hint = match names.is_empty() {
                true => {
                    "label creators in a table of accounts (columns id, niche), or in a file: --seeds FILE".to_owned()
                }
                false => format!("the table has {}; or label creators in a file: --seeds FILE", names.join(", ")),
            };
            return Err(Error::parameter(parameter, format!("the accounts table has no column {name}")).with_hint(hint));
        };
        let rows = (0..network.accounts() as u32).filter_map(|account| Some((account, column.text(account)?)));
        Labels::new(
            parameter,
            rows.flat_map(|(account, text)| {
                text.split('|').map(|part| (account, part.trim().to_owned())).collect::<Vec<_>>()
            }),
        )
    }

    /// From rows of account and niche; an account may have several.
    ///
    /// **Errors**: nobody is labelled; all with one niche, which then is told from nothing; more than 1,000 niches.
    pub fn new(parameter: &str, rows: impl Iterator<Item = (u32, String)>) -> Result<Labels> {
        // By what it is whatever its capitals: the spelling that sorts first, and its accounts.
        let mut niches = BTreeMap::<String, (String, Vec<u32>)>::new();
        for (account, name) in rows.filter(|(_, name)| !name.is_empty()) {
            let (spelling, accounts) = niches.entry(name.to_lowercase()).or_insert_with(|| (name.clone(), Vec::new()));
            accounts.push(account);
            if name < *spelling {
                *spelling = name;
            }
        }
        let wrong = |problem: String, hint: &str| Err(Error::parameter(parameter, problem).with_hint(hint));
        match niches.len() {
            0 => return wrong("nobody is labelled with a niche".into(), "label some creators of each niche"),
            1 => {
                let only = niches.into_values().next().map(|(spelling, _)| spelling).unwrap_or_default();
                let problem = format!("everybody labelled is of one niche, {only}: it cannot be told from others");
                return wrong(problem, "label some creators of other niches too");
            }
            many if many > MOST => {
                return wrong(
                    format!("{many} different labels are no niches"),
                    "name a column of at most 1,000 labels",
                );
            }
            _ => {}
        }
        let mut of = BTreeMap::<u32, Vec<u16>>::new();
        for (place, (_, accounts)) in niches.values().enumerate() {
            for &account in accounts {
                let niches = of.entry(account).or_default();
                if niches.last() != Some(&(place as u16)) {
                    niches.push(place as u16);
                }
            }
        }
        Ok(Labels { names: niches.into_values().map(|(spelling, _)| spelling).collect(), of: of.into_iter().collect() })
    }

    /// How many niches.
    pub fn count(&self) -> usize {
        self.names.len()
    }

    /// The part of the labelled accounts that belongs to each niche; one of j niches counts 1/j in each. Sums to 1.
    pub fn parts(&self) -> Vec<f64> {
        let mut parts = vec![0.0; self.count()];
        for (_, niches) in &self.of {
            niches.iter().for_each(|&niche| parts[niche as usize] += 1.0 / niches.len() as f64);
        }
        parts.iter().map(|part| part / self.of.len() as f64).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Column, build};

    #[test]
    fn labels_are_read_from_a_column() {
        let mut network = Network::from_graph(build::graph(5, &[(1, 0)]));
        let texts = [Some("food|Beauty"), None, Some("beauty"), Some(" food "), Some("")];
        network.attributes.columns.push(Column::texts("niche", texts.into_iter().map(|text| text.map(str::to_owned))));
        let labels = Labels::of_column(&network, "--label", "niche").unwrap();
        assert_eq!(labels.names, ["Beauty", "food"]);
        assert_eq!(labels.of, [(0, vec![0, 1]), (2, vec![0]), (3, vec![1])]);
        assert_eq!(labels.parts(), [0.5, 0.5]);
    }

    #[test]
    fn what_cannot_be_learned_from_is_refused() {
        let network = Network::from_graph(build::graph(2, &[(1, 0)]));
        let none = Labels::of_column(&network, "--label", "niche").unwrap_err().to_string();
        assert!(none.contains("no column niche") && none.contains("--seeds FILE"), "{none}");
        let rows = |niches: &[&str]| {
            let rows: Vec<(u32, String)> =
                niches.iter().zip(0..).map(|(name, account)| (account, (*name).into())).collect();
            Labels::new("--label", rows.into_iter())
        };
        assert!(rows(&[]).unwrap_err().to_string().contains("nobody is labelled"));
        assert!(rows(&["a", "A"]).unwrap_err().to_string().contains("of one niche, A"));
        let many: Vec<String> = (0..1001).map(|one| one.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(rows(&many).unwrap_err().to_string().contains("1001 different labels"));
    }
}
