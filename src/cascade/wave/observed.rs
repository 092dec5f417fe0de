//! What was seen of a cascade under way, and whether it can be true.

use super::given::{Given, Role, Says};
use crate::base::{Error, Result};
use crate::cascade::Resolved;
use crate::graph::{Names, Observation};

/// Who posted, and what is known of some of the others. Accounts that are not named were not observed.
#[derive(Debug, Clone, Default)]
pub struct Observed<'a> {
    /// The creators whose post is out.
    pub posters: Vec<u32>,
    /// What is known of others: not [`Observation::Posted`], which is said by `posters`.
    pub statuses: Vec<(u32, Observation)>,
    /// Names of the accounts, for what is said of them; their numbers without.
    pub names: Option<&'a Names>,
}

impl<'a> Observed<'a> {
    /// From rows as a file has them: posters are those with [`Observation::Posted`].
    pub fn new(rows: impl IntoIterator<Item = (u32, Observation)>, names: Option<&'a Names>) -> Self {
        let (posters, statuses): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|&(_, status)| status == Observation::Posted);
        Observed { posters: posters.into_iter().map(|(account, _)| account).collect(), statuses, names }
    }

    /// Refuses what no world of this model shows: each contradiction in one sentence that names an account. Under all
    /// models but `lt` what passes has a positive chance; under `lt`, where people hear one followee alone, nearly all.
    ///
    /// **Errors**: no poster, or an account outside the network; an account with two statuses; somebody who saw or shared
    /// it and whom it could not come to; `not_exposed` or `not_shared` of somebody who must have heard or shared; `shared`
    /// of who never shares, `exposed` of who always does. **Cost**: a pass over the edges.
    pub fn check(&self, resolved: &Resolved<'_>) -> Result<()> {
        Given::new(resolved, self).map(|_| ())
    }

    /// How people know an account.
    pub(super) fn name(&self, account: u32) -> String {
        self.names.map_or_else(|| account.to_string(), |names| names.get(account).into_owned())
    }

    /// A contradiction about an account.
    pub(super) fn refuse<T>(&self, account: u32, problem: &str) -> Result<T> {
        Err(Error::parameter("--after", format!("{} {problem}", self.name(account))))
    }

    /// Roles from statuses alone; each account once.
    pub(super) fn roles(&self, resolved: &Resolved<'_>) -> Result<Vec<Role>> {
        let accounts = resolved.graph().accounts();
        let posted = self.posters.iter().map(|&v| (v, Observation::Posted));
        let mut rows: Vec<(u32, Observation)> = posted.chain(self.statuses.iter().copied()).collect();
        rows.sort_unstable();
        if self.posters.is_empty() {
            return Err(Error::parameter("--after", "nobody is said to have posted")
                .with_hint("name those whose post is out, with the status posted"));
        }
        if let Some((account, _)) = rows.iter().find(|row| row.0 as usize >= accounts) {
            return Err(Error::parameter("--after", format!("account {account} is not among the {accounts}")));
        }
        if let Some(twice) = rows.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return self.refuse(twice[0].0, &format!("is said to be {} and {}", twice[0].1, twice[1].1));
        }
        let mut roles = vec![Role::Free; accounts];
        for &(account, status) in &rows {
            let rho = resolved.rho(account);
            roles[account as usize] = match status {
                Observation::Posted => Role::Poster,
                Observation::Shared if rho <= 0.0 => {
                    return self.refuse(account, "is said to have shared, and never shares under this model");
                }
                Observation::Exposed if rho >= 1.0 => {
                    return self.refuse(
                        account,
                        "is said to have seen it and not shared, and shares whatever comes under this model",
                    );
                }
                Observation::Shared => Role::Shared,
                Observation::Exposed => Role::Listener(Says::Exposed),
                Observation::NotExposed => Role::Listener(Says::NotExposed),
                Observation::NotShared => Role::Listener(Says::NotShared),
            };
        }
        Ok(roles)
    }
}
