//! Which creators a verb looks at: named one by one, listed in a file, or filtered.

use crate::base::{Error, Result};
use crate::graph::{Network, Only};

/// The creators of a portfolio.
#[derive(Debug, Clone, clap::Args)]
pub struct CreatorArgs {
    /// The creators: ids, or @FILE with one a line [default: all of the accounts table]
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    pub creators: Vec<String>,
    /// Only those who meet a condition: tier=nano,micro, niche=beauty, platform=tiktok, followers>=1000 (repeatable)
    #[arg(long, value_name = "CONDITION")]
    pub only: Vec<Only>,
}

/// More creators than this are a market and no portfolio: whoever wants them all says so.
const MANY: usize = 500;

impl CreatorArgs {
    /// Whether nobody was named and nothing filtered: all creators are looked at.
    pub fn is_all(&self) -> bool {
        self.creators.is_empty() && self.only.is_empty()
    }

    /// Their accounts, each once, sorted, however many there are.
    pub fn candidates(&self, network: &Network) -> Result<Vec<u32>> {
        let mut accounts = match self.creators.is_empty() {
            false => accounts(&self.creators, network)?,
            true => network.creators().unwrap_or_else(|| followed(network)),
        };
        for only in &self.only {
            accounts = only.filter(network, &accounts)?;
        }
        if accounts.is_empty() {
            let (parameter, problem) = match self.only.is_empty() {
                true => ("--creators", "this network has no creator with a follower list"),
                false => ("--only", "no creator meets these conditions"),
            };
            return Err(Error::parameter(parameter, problem));
        }
        Ok(accounts)
    }

    /// The same where they are a portfolio.
    pub fn accounts(&self, network: &Network) -> Result<Vec<u32>> {
        let accounts = self.candidates(network)?;
        if self.is_all() && accounts.len() > MANY {
            let problem =
                format!("{} creators are more than a portfolio", crate::report::number::count(accounts.len() as u64));
            return Err(Error::parameter("--creators", problem)
                .with_hint("name them (--creators anh,bao or --creators @FILE), or filter (--only tier=micro)"));
        }
        Ok(accounts)
    }
}

/// Without an accounts table, whoever is followed.
fn followed(network: &Network) -> Vec<u32> {
    let Some(follows) = &network.follows else { return Vec::new() };
    (0..network.accounts() as u32).filter(|&account| !follows.graph.followers(account).is_empty()).collect()
}

/// Accounts from ids and `@FILE`s, each once.
pub fn accounts(texts: &[String], network: &Network) -> Result<Vec<u32>> {
    let mut names = Vec::new();
    for text in texts {
        // A handle may begin with @ as a file does: who is in the network is meant.
        let file = text.strip_prefix('@').filter(|_| network.names.find(text.trim()).is_none());
        match file {
            Some(path) => {
                let list = std::fs::read_to_string(path).map_err(|error| Error::io(path, "read", error))?;
                names.extend(
                    list.trim_start_matches('\u{feff}')
                        .lines()
                        .map(str::trim)
                        // A handle may begin with # as a remark does.
                        .filter(|line| {
                            !line.is_empty() && (!line.starts_with('#') || network.names.find(line).is_some())
                        })
                        .map(str::to_owned),
                );
            }
            None => names.push(text.trim().to_owned()),
        }
    }
    let mut accounts = names.iter().map(|name| network.account(name)).collect::<Result<Vec<_>>>()?;
    accounts.sort_unstable();
    accounts.dedup();
    Ok(accounts)
}
