//! Who can be signed: accounts, and their places among the candidates.

/// Accounts that can be chosen, sorted, each once.
#[derive(Debug, Clone)]
pub(super) struct Candidates {
    accounts: Vec<u32>,
    /// By account the place among the candidates; empty where everybody is one.
    places: Vec<u32>,
}

const NOBODY: u32 = u32::MAX;

impl Candidates {
    /// Of so many accounts these.
    pub fn new(all: usize, mut accounts: Vec<u32>) -> Self {
        accounts.sort_unstable();
        accounts.dedup();
        let mut places = Vec::new();
        if accounts.len() < all {
            places = vec![NOBODY; all];
            accounts.iter().zip(0..).for_each(|(&account, place)| places[account as usize] = place);
        }
        Candidates { accounts, places }
    }

    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// The account at a place.
    pub fn account(&self, place: u32) -> u32 {
        self.accounts[place as usize]
    }

    /// The accounts at some places.
    pub fn at(&self, places: &[u32]) -> Vec<u32> {
        places.iter().map(|&place| self.account(place)).collect()
    }

    /// The place of an account, if it is a candidate.
    #[inline]
    pub fn place(&self, account: u32) -> Option<u32> {
        match self.places.is_empty() {
            true => Some(account),
            false => self.places.get(account as usize).copied().filter(|&place| place != NOBODY),
        }
    }

    /// Adds the places of those accounts that are candidates.
    #[inline]
    pub fn places(&self, accounts: &[u32], out: &mut Vec<u32>) {
        match self.places.is_empty() {
            true => out.extend_from_slice(accounts),
            false => out.extend(accounts.iter().map(|&u| self.places[u as usize]).filter(|&place| place != NOBODY)),
        }
    }
}
