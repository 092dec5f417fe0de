//! A portfolio: creators with what is known of their audiences, and who of whose followers was looked up.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::drawn::attribute;
use crate::base::{Error, Location, Result};
use crate::graph::attributes::known;
use crate::graph::tables::FOLLOWS;
use crate::graph::{Design, List, Network};

/// A creator of a portfolio.
#[derive(Debug, Clone)]
pub struct Creator<'a> {
    /// The account.
    pub account: u32,
    /// Its follower list. A list whose length shows that it is not what it was said to be counts as what it is; the size
    /// of a full list is its length.
    pub list: List,
    /// The platform, as a place in [`Portfolio::platforms`].
    pub platform: usize,
    /// The people listed, sorted, each once.
    pub people: Cow<'a, [u32]>,
    /// The whole list, where `people` is a half of it ([`Portfolio::half`]).
    pub whole: Option<Cow<'a, [u32]>>,
    /// How many of them are not linked to a person: they may have accounts on other platforms.
    pub unlinked: u64,
}

impl Creator<'_> {
    /// Whether all followers are listed.
    pub fn is_full(&self) -> bool {
        self.list.design == Design::Full
    }

    /// Whether those listed stand for all: all of them, or drawn at random.
    pub fn is_fair(&self) -> bool {
        matches!(self.list.design, Design::Full | Design::Random)
    }

    /// Whether those listed are followers for certain.
    pub fn are_followers(&self) -> bool {
        !matches!(self.list.design, Design::Engagers | Design::Unknown)
    }

    /// Followers in all.
    pub fn size(&self) -> Option<f64> {
        self.list.size
    }

    /// Whether this person is listed.
    pub fn lists(&self, person: u32) -> bool {
        self.whole.as_deref().unwrap_or(&self.people).binary_search(&person).is_ok()
    }
}

/// Creators and what is known of their audiences. People are accounts; accounts of one person (attribute `person`) are
/// one, under the smallest of their ids.
#[derive(Debug, Clone)]
pub struct Portfolio<'a> {
    /// The network.
    pub network: &'a Network,
    /// The creators, by account, each once.
    pub creators: Vec<Creator<'a>>,
    /// The platforms they are on; `None` where none was given.
    pub platforms: Vec<Option<String>>,
    /// Whether audiences of all platforms can be laid side by side: there is one platform, or all lists are full and on
    /// all but one platform everybody listed is linked to a person.
    pub joined: bool,
    /// What a reader must know of the lists, a sentence each.
    pub notes: Vec<String>,
    /// For each creator who was looked up: (person, follows), sorted.
    pub(super) lookups: Vec<Vec<(u32, bool)>>,
    /// For each creator the people, sorted, who were drawn from the list to be looked up ([`attribute`]).
    drawn: Vec<Vec<u32>>,
    persons: Persons<'a>,
}

impl<'a> Portfolio<'a> {
    /// The creators in this network.
    ///
    /// **Errors**: no creator; lookups that contradict a list or each other, both named.
    pub fn new(network: &'a Network, accounts: &[u32]) -> Result<Self> {
        if accounts.is_empty() {
            return Err(Error::parameter("--creators", "an overlap needs at least one creator"));
        }
        let (mut accounts, persons) = (accounts.to_vec(), Persons::new(network));
        accounts.sort_unstable();
        accounts.dedup();
        if let Some(&stranger) = accounts.last().filter(|&&last| last as usize >= network.accounts()) {
            return Err(Error::parameter("--creators", format!("{stranger} is no account of this network")));
        }
        let platform = |account| network.platform(account);
        let mut platforms: Vec<Option<String>> = accounts.iter().map(|&account| platform(account)).collect();
        platforms.sort();
        platforms.dedup();
        let mut notes = Vec::new();
        let mut creators = Vec::with_capacity(accounts.len());
        for &account in &accounts {
            let row = network.follows.as_ref().map_or(&[][..], |follows| follows.graph.followers(account));
            let people = persons.of(row);
            let list = settled(network, account, people.len() as u64, &mut notes);
            let place = platforms.binary_search(&platform(account)).unwrap_or(0);
            let unlinked = people.iter().filter(|&&person| !persons.linked(person)).count() as u64;
            creators.push(Creator { account, list, platform: place, people, whole: None, unlinked });
        }
        let mut unlinked = vec![false; platforms.len()];
        creators.iter().for_each(|creator| unlinked[creator.platform] |= creator.unlinked > 0);
        let joined = platforms.len() == 1
            || (creators.iter().all(Creator::is_full) && unlinked.iter().filter(|&&some| some).count() <= 1);
        let lookups = vec![Vec::new(); creators.len()];
        let drawn = vec![Vec::new(); creators.len()];
        let mut portfolio = Portfolio { network, creators, platforms, joined, notes, lookups, drawn, persons };
        portfolio.read_lookups()?;
        portfolio.read_drawn();
        Ok(portfolio)
    }

    /// The same, where whoever follows creators of several platforms has one account: all are on one platform.
    pub fn on_one_platform(mut self) -> Self {
        self.creators.iter_mut().for_each(|creator| creator.platform = 0);
        (self.platforms, self.joined) = (vec![None], true);
        self
    }

    /// How many creators.
    pub fn len(&self) -> usize {
        self.creators.len()
    }

    /// Never: a portfolio has a creator.
    pub fn is_empty(&self) -> bool {
        self.creators.is_empty()
    }

    /// A creator's name.
    pub fn name(&self, place: usize) -> Cow<'a, str> {
        self.network.names.get(self.creators[place].account)
    }

    /// Whether somebody said which person this is.
    pub fn is_linked(&self, person: u32) -> bool {
        self.persons.linked(person)
    }

    /// Who is behind an account: the smallest account of the same person.
    pub fn person(&self, account: u32) -> u32 {
        self.persons.one(account)
    }

    /// Why people cannot be counted one by one; nothing where all lists are full and can be laid side by side.
    pub fn uncounted(&self) -> Option<String> {
        let cut: Vec<usize> = (0..self.len()).filter(|&place| !self.creators[place].is_full()).collect();
        match (cut.is_empty(), self.joined) {
            (false, _) => Some(format!("the follower lists of {} are not full", self.named(&cut))),
            (true, false) => Some("people of different platforms are not linked (attribute person)".into()),
            (true, true) => None,
        }
    }

    /// The accounts listed for a creator, each with the person behind it.
    pub fn listed(&self, place: usize) -> impl Iterator<Item = (u32, u32)> + '_ {
        let follows = self.network.follows.as_ref();
        let row = follows.map_or(&[][..], |follows| follows.graph.followers(self.creators[place].account));
        row.iter().map(|&account| (account, self.persons.one(account)))
    }

    /// The places on one platform.
    pub fn on(&self, platform: usize) -> Vec<usize> {
        (0..self.len()).filter(|&place| self.creators[place].platform == platform).collect()
    }

    /// Whether a person follows a creator, if that is known: the list is full, or holds them, or they were looked up.
    pub fn follows(&self, person: u32, place: usize) -> Option<bool> {
        let creator = &self.creators[place];
        if creator.is_full() {
            return Some(creator.lists(person));
        }
        if creator.are_followers() && creator.lists(person) {
            return Some(true);
        }
        let rows = &self.lookups[place];
        rows.binary_search_by_key(&person, |row| row.0).ok().map(|at| rows[at].1)
    }

    /// The people drawn from the list of `place` who were looked up for one of `others`; nobody where the list is neither
    /// full nor random, for then they stand for nobody but themselves.
    pub fn looked_up(&self, place: usize, others: &[usize]) -> Vec<u32> {
        if !self.creators[place].is_fair() {
            return Vec::new();
        }
        let asked = |person: &u32| {
            let of = |&&other: &&usize| other != place;
            others.iter().filter(of).any(|&other| self.lookups[other].binary_search_by_key(person, |row| row.0).is_ok())
        };
        self.drawn[place].iter().copied().filter(asked).collect()
    }

    /// Names of the creators of whom something holds, for a sentence: at most three, and how many more.
    pub fn named(&self, places: &[usize]) -> String {
        let mut text = places.iter().take(3).map(|&place| self.name(place)).collect::<Vec<_>>().join(", ");
        if places.len() > 3 {
            text.push_str(&format!(" and {} more", places.len() - 3));
        }
        text
    }

    fn read_lookups(&mut self) -> Result<()> {
        let table = &self.network.tables.lookups;
        let Some(others) = &table.other else { return Ok(()) };
        let mut rows: Vec<(usize, u32, bool)> = Vec::new();
        for (row, (&account, other)) in table.account.iter().zip(others.iter()).enumerate() {
            let place = self.creators.binary_search_by_key(other, |creator| creator.account);
            if let (Ok(place), Some(value)) = (place, table.number(FOLLOWS, row)) {
                rows.push((place, account, value != 0.0));
            }
        }
        rows.sort_unstable();
        rows.dedup();
        for pair in rows.windows(2) {
            if (pair[0].0, pair[0].1) == (pair[1].0, pair[1].1) {
                return Err(self.contradiction(
                    pair[0].1,
                    pair[0].0,
                    "one answer",
                    "a lookup that says yes and one no",
                ));
            }
        }
        for &(place, account, follows) in &rows {
            let creator = &self.creators[place];
            let listed = creator.are_followers()
                && self
                    .network
                    .follows
                    .as_ref()
                    .is_some_and(|all| all.graph.followers(creator.account).binary_search(&account).is_ok());
            match (listed, follows) {
                (true, false) => {
                    return Err(self.contradiction(account, place, "yes, as the list says", "a lookup that says no"));
                }
                (false, true) if creator.is_full() => {
                    return Err(self.contradiction(
                        account,
                        place,
                        "no, as the full list says",
                        "a lookup that says yes",
                    ));
                }
                _ => {}
            }
        }
        if !rows.is_empty() && rows.iter().all(|row| row.2) {
            self.notes.push(
                "the lookups hold only followers who do follow, so they are left out: a lookup must also say who does \
                 not (follows = 0)"
                    .into(),
            );
            return Ok(());
        }
        for (place, account, follows) in rows {
            self.lookups[place].push((self.persons.one(account), follows));
        }
        for rows in &mut self.lookups {
            // A person with several accounts follows if one of them does: true stands last.
            rows.sort_unstable();
            rows.reverse();
            rows.dedup_by_key(|row| row.0);
            rows.reverse();
        }
        Ok(())
    }

    /// Says from whose lists those looked up were drawn. Lists of creators outside the portfolio count too: what was
    /// looked up for a larger one is read for a part of it.
    fn read_drawn(&mut self) {
        let Some(follows) = &self.network.follows else { return };
        let mut people: Vec<(u32, u32)> = Vec::new();
        for &account in self.network.tables.lookups.account.iter() {
            people.extend(follows.graph.following(account).iter().map(|&creator| (self.persons.one(account), creator)));
        }
        people.sort_unstable();
        people.dedup();
        let asked =
            |person: u32| self.lookups.iter().any(|rows| rows.binary_search_by_key(&person, |row| row.0).is_ok());
        let rows: Vec<&[(u32, u32)]> = people.chunk_by(|a, b| a.0 == b.0).filter(|row| asked(row[0].0)).collect();
        let mut creators: Vec<u32> = rows.iter().flat_map(|row| row.iter().map(|pair| pair.1)).collect();
        creators.sort_unstable();
        creators.dedup();
        let place = |creator: u32| creators.partition_point(|&other| other < creator);
        let lists: Vec<Vec<usize>> = rows.iter().map(|row| row.iter().map(|pair| place(pair.1)).collect()).collect();
        let listed: Vec<u64> = creators.iter().map(|&creator| follows.graph.followers(creator).len() as u64).collect();
        let people: Vec<u32> = rows.iter().map(|row| row[0].0).collect();
        for (&person, drawn) in people.iter().zip(attribute(&people, &lists, &listed)) {
            for list in drawn {
                if let Ok(at) = self.creators.binary_search_by_key(&creators[list], |creator| creator.account) {
                    self.drawn[at].push(person);
                }
            }
        }
    }

    fn contradiction(&self, account: u32, place: usize, expected: &str, found: &str) -> Error {
        let (who, whom) = (self.network.names.get(account), self.name(place));
        Error::input(Location::file("lookups"), format!("\"does {who} follow {whom}?\" answered {expected}"), found)
            .with_hint("mend the lookup, or the list; a list that is no longer true is not full")
    }
}

/// A list as its length shows it to be; a note where that is not what was said.
fn settled(network: &Network, account: u32, people: u64, notes: &mut Vec<String>) -> List {
    let (said, mut list) = (network.list(account), network.settled_list(account));
    let name = || network.names.get(account);
    match (said.design, list.design, list.size) {
        (Design::Full, Design::Unknown, Some(size)) => notes.push(format!(
            "the list of {} is said to be full and holds {} of {size} followers: taken as cut, nobody knows how",
            name(),
            list.listed
        )),
        (Design::Random | Design::NewestFirst, Design::Full, Some(size)) if size > 0.0 => notes.push(format!(
            "the list of {} is as long as its {size} followers or longer ({}): taken as full",
            name(),
            list.listed
        )),
        _ => {}
    }
    if list.design == Design::Full {
        (list.size, list.listed) = (Some(people as f64), people);
    }
    list
}

/// Who is one person: accounts with the same text in the attribute `person`.
#[derive(Debug, Clone)]
struct Persons<'a> {
    /// The smallest account of each account's person, where links are given.
    first: Option<Vec<u32>>,
    network: &'a Network,
}

impl<'a> Persons<'a> {
    fn new(network: &'a Network) -> Self {
        let column = network.attributes.get(known::PERSON).filter(|column| column.given() > 0);
        let first = column.map(|column| {
            let mut of: BTreeMap<Cow<'_, str>, u32> = BTreeMap::new();
            let accounts = 0..network.accounts() as u32;
            accounts
                .map(|account| column.text(account).map_or(account, |text| *of.entry(text).or_insert(account)))
                .collect()
        });
        Persons { first, network }
    }

    fn one(&self, account: u32) -> u32 {
        self.first.as_ref().map_or(account, |first| first[account as usize])
    }

    fn linked(&self, person: u32) -> bool {
        self.first.is_some() && self.network.attributes.text(known::PERSON, person).is_some()
    }

    fn of(&self, accounts: &'a [u32]) -> Cow<'a, [u32]> {
        if self.first.is_none() {
            return Cow::Borrowed(accounts);
        }
        let mut people: Vec<u32> = accounts.iter().map(|&account| self.one(account)).collect();
        people.sort_unstable();
        people.dedup();
        Cow::Owned(people)
    }
}
