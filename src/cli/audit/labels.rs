//! Accounts of which somebody found out whether they are real.

use std::path::Path;

use super::super::term::Terminal;
use super::super::two_columns;
use crate::authenticity::Labels;
use crate::base::{Error, Result};
use crate::graph::Network;

/// Reads a file of labels. Rows about accounts that are not in the network are counted and named.
pub fn read(path: &Path, network: &Network, terminal: &Terminal) -> Result<Labels> {
    terminal.reading(std::slice::from_ref(&path.to_path_buf()));
    let hint = "write a header account,real and a row for each account: anh,yes";
    let (rows, _) = two_columns::read(path, ["account", "real"], hint)?;
    let all = rows.len();
    let (mut found, mut gone) = (Vec::with_capacity(all), Vec::new());
    let mut said = std::collections::BTreeMap::new();
    for row in rows {
        let [account, word] = row.texts;
        let [account_at, word_at] = row.at;
        let real = match word.to_lowercase().as_str() {
            "1" | "yes" | "y" | "true" | "real" => true,
            "0" | "no" | "n" | "false" | "fake" | "bot" => false,
            _ => {
                let problem = crate::base::error::quoted(word.as_bytes());
                return Err(Error::input(word_at, "yes or no (1, 0, real, fake)", problem).with_hint(hint));
            }
        };
        match network.names.find(&account) {
            Some(place) => {
                if said.insert(place, real).is_some_and(|before| before != real) {
                    let problem = format!("{account}, labelled both real and not");
                    return Err(Error::input(account_at, "one label an account", problem));
                }
                found.push((place, real));
            }
            None => gone.push((account, account_at)),
        }
    }
    if let Some((account, at)) = gone.first() {
        terminal.note(format!(
            "found: {} of {all} labels are about accounts not here; the first: {at}: {account}",
            gone.len()
        ));
    }
    if found.is_empty() {
        return Err(Error::parameter("--labels", "names no account of this network").with_hint(hint));
    }
    let labels = Labels::new(found.into_iter())?;
    for (class, costs) in [
        (&labels.real, "no account is labelled real: trust has nowhere to start from and is left out"),
        (&labels.fake, "no account is labelled not real: distrust is left out, and nothing can be calibrated"),
    ] {
        if class.is_empty() {
            terminal.note(format!("found: {costs}"));
        }
    }
    Ok(labels)
}
