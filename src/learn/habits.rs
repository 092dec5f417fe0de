//! Which formats a creator posts: by its own posts, drawn to those of the platform as strongly as creators are alike.

use std::collections::BTreeMap;

use super::posts::Account;

/// Posts that the platform's shares may be worth beside a creator's own: tried from few (everybody has a habit) to
/// many (all are alike).
const WORTH: [f64; 11] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 1024.0];

/// How little decides against the middle of these where posts hardly tell: one unit of log-likelihood a factor of 16.
const LEAN: f64 = 0.25;

/// Shares below this are taken for none.
const LEAST: f64 = 0.02;

/// A format; `None` where nobody says.
type Format = Option<u32>;

/// Formats and how they are used.
#[derive(Debug, Clone, PartialEq)]
pub struct Habits {
    /// Shares of formats on each platform, by posts.
    platforms: Vec<Vec<(Format, f64)>>,
    /// Posts that these are worth beside a creator's own.
    pub worth: f64,
}

fn counts(account: &Account) -> BTreeMap<Format, f64> {
    let mut counts = BTreeMap::new();
    account.posts.iter().for_each(|past| *counts.entry(past.format).or_insert(0.0) += 1.0);
    counts
}

impl Habits {
    /// By the marginal likelihood of the creators' counts: multinomial, the shares Dirichlet around the platform's.
    pub fn learn(accounts: &[&Account], platforms: usize) -> Habits {
        let mut totals = vec![BTreeMap::<Format, f64>::new(); platforms];
        let each: Vec<(usize, BTreeMap<Format, f64>)> =
            accounts.iter().map(|account| (account.platform as usize, counts(account))).collect();
        for (platform, counts) in &each {
            counts.iter().for_each(|(&format, count)| *totals[*platform].entry(format).or_default() += count);
        }
        let shares = |counts: BTreeMap<Format, f64>| {
            let all = counts.values().fold(0.0, |sum, count| sum + count);
            counts.into_iter().map(|(format, count)| (format, count / all)).collect()
        };
        let platforms: Vec<Vec<(Format, f64)>> = totals.into_iter().map(shares).collect();
        let likelihood = |worth: f64| {
            each.iter().fold(0.0, |sum, (platform, counts)| {
                let all = counts.values().fold(0.0, |sum, count| sum + count);
                let terms = platforms[*platform].iter().filter_map(|(format, share)| {
                    let prior = worth * share;
                    counts.get(format).map(|count| libm::lgamma(prior + count) - libm::lgamma(prior))
                });
                sum + libm::lgamma(worth) - libm::lgamma(worth + all) + terms.fold(0.0, |sum, term| sum + term)
            })
        };
        let middle = libm::log2(WORTH[WORTH.len() / 2]);
        let score = |worth: f64| likelihood(worth) - LEAN * (libm::log2(worth) - middle).abs();
        let best = WORTH.into_iter().map(|worth| (score(worth), worth));
        let best = best.fold((f64::NEG_INFINITY, 1.0), |best, one| if one.0 > best.0 { one } else { best });
        Habits { platforms, worth: best.1 }
    }

    /// The shares on a platform.
    pub fn platform(&self, platform: u32) -> &[(Format, f64)] {
        &self.platforms[platform as usize]
    }

    /// The shares of a creator, and how many posts they are worth; `alike` names the formats that count as one.
    pub fn of(&self, account: &Account, alike: impl Fn(Format) -> Format) -> (Vec<(Format, f64)>, f64) {
        let mut shares: BTreeMap<Format, f64> = BTreeMap::new();
        for &(format, share) in self.platform(account.platform) {
            *shares.entry(alike(format)).or_default() += share * self.worth;
        }
        for past in &account.posts {
            *shares.entry(alike(past.format)).or_default() += 1.0;
        }
        let worth = shares.values().fold(0.0, |sum, share| sum + share);
        shares.retain(|_, share| *share > LEAST * worth);
        let kept = shares.values().fold(0.0, |sum, share| sum + share);
        if shares.is_empty() {
            return (vec![(None, 1.0)], worth);
        }
        (shares.into_iter().map(|(format, share)| (format, share / kept)).collect(), worth)
    }
}

#[cfg(test)]
mod tests {
    use super::super::posts::Past;
    use super::*;

    fn account(formats: &[u32]) -> Account {
        let past = |&format: &u32| Past {
            count: 1.0,
            time: None,
            format: Some(format),
            sponsored: false,
            average: false,
            converted: false,
        };
        Account { account: 0, platform: 0, followers: None, posts: formats.iter().map(past).collect() }
    }

    #[test]
    fn creators_with_habits_are_told_from_creators_who_are_alike() {
        let learned = |each: &[Vec<u32>]| {
            let accounts: Vec<Account> = each.iter().map(|formats| account(formats)).collect();
            Habits::learn(&accounts.iter().collect::<Vec<_>>(), 1)
        };
        let alike = learned(&vec![vec![0, 1, 0, 1, 0, 1, 0, 1]; 40]);
        let apart = learned(&[vec![vec![0; 8]; 20], vec![vec![1; 8]; 20]].concat());
        assert!(alike.worth >= 256.0 && apart.worth <= 1.0, "{} {}", alike.worth, apart.worth);
        // One post of a format says little where all are alike, much where everybody has a habit.
        let share = |habits: &Habits| habits.of(&account(&[0]), |format| format).0[0].1;
        assert!(share(&alike) < 0.51 && share(&apart) > 0.7, "{} {}", share(&alike), share(&apart));
        let none = learned(&[]);
        assert_eq!(none.of(&account(&[]), |format| format).0, [(None, 1.0)]);
    }
}
