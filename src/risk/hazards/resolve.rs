//! From the names of a file of hazards to the creators of a portfolio, by place.

use std::collections::BTreeMap;

use super::{Cause, Hazards, Named, Who};
use crate::base::error::quoted;
use crate::base::{Error, Result};
use crate::graph::Network;
use crate::graph::attributes::{Column, Values};
use crate::risk::scenario::{Group, Scenario};

/// So many names are listed in a message.
const LISTED: usize = 12;

impl Hazards {
    /// The scenario for these creators, in their order: those of a portfolio, or all candidates.
    ///
    /// A group keeps those of its members that are among the creators. Names are looked for as they stand, then with or without
    /// the `@` before them.
    ///
    /// **Errors**: a creator, a column or a value of a column that this network does not have, with the nearest names; a
    /// creator named twice; creators none of whom can fall.
    pub fn resolve(&self, network: &Network, creators: &[u32]) -> Result<Scenario> {
        let places = Places::new(creators, network.accounts())?;
        let mut notes = Vec::new();
        let own = self.own(network, &places, &mut notes)?;
        let mut groups = Vec::new();
        for cause in &self.groups {
            match &cause.who {
                Who::Members(members) => {
                    let members = self.members(members, network, &places)?;
                    match members.len() {
                        0 => notes.push(format!("nobody of group {} is among these creators", cause.name)),
                        _ => groups.push(cause.group(cause.name.clone(), members)),
                    }
                }
                Who::Column { column, only } => {
                    let values = self.values(column, only, network, creators)?;
                    if values.is_empty() {
                        notes.push(format!(
                            "none of these creators has a value of {} for group {}",
                            column.name, cause.name
                        ));
                    }
                    let group =
                        |(value, members): (String, _)| cause.group(format!("{}: {value}", cause.name), members);
                    groups.extend(values.into_iter().map(group));
                }
            }
        }
        notes.extend(alone(&groups));
        let mut scenario = Scenario::new(creators.to_vec(), own, groups, self.period.clone())?;
        let safe = (0..creators.len()).filter(|&place| scenario.chance(place) == 0.0).count();
        if safe == creators.len() {
            let problem = match creators.len() {
                1 => "the creator cannot fall in this scenario".to_owned(),
                many => format!("none of the {many} creators can fall in this scenario"),
            };
            let hint = "name them under [creators], or give everybody a chance: default = 0.005";
            return Err(Error::parameter("--hazards", problem).with_hint(hint));
        }
        if safe > 0 {
            notes.push(format!(
                "{safe} of {} creators {} no chance to fall and never {} in this scenario",
                creators.len(),
                if safe == 1 { "has" } else { "have" },
                if safe == 1 { "falls" } else { "fall" }
            ));
        }
        scenario.notes = notes;
        Ok(scenario)
    }

    /// Each creator's own chance.
    fn own(&self, network: &Network, places: &Places, notes: &mut Vec<String>) -> Result<Vec<f64>> {
        let mut own = vec![self.default.unwrap_or(0.0); places.0.len()];
        let mut seen: Vec<u32> = Vec::with_capacity(self.creators.len());
        let mut elsewhere = 0;
        for named in &self.creators {
            let account = self.account(network, &named.creator, named.at)?;
            seen.push(account);
            match places.of(account) {
                Some(place) => own[place as usize] = named.chance,
                None => elsewhere += 1,
            }
        }
        self.once(&seen, |at| (&self.creators[at].creator, self.creators[at].at))?;
        if elsewhere > 0 {
            notes
                .push(format!("{elsewhere} of {} creators with a chance of their own are not among these", seen.len()));
        }
        Ok(own)
    }

    fn members(&self, names: &[Named], network: &Network, places: &Places) -> Result<Vec<u32>> {
        let accounts: Vec<u32> =
            names.iter().map(|named| self.account(network, &named.name, named.at)).collect::<Result<_>>()?;
        self.once(&accounts, |at| (&names[at].name, names[at].at))?;
        let mut members: Vec<u32> = accounts.iter().filter_map(|&account| places.of(account)).collect();
        members.sort_unstable();
        Ok(members)
    }

    /// An account of the network, with or without the @ before its name.
    fn account(&self, network: &Network, name: &str, at: super::At) -> Result<u32> {
        let other = name.strip_prefix('@').map_or_else(|| format!("@{name}"), str::to_owned);
        if let Some(account) = network.names.find(name).or_else(|| network.names.find(&other)) {
            return Ok(account);
        }
        let mut nearest = network.names.nearest(name);
        if nearest.is_empty() {
            nearest = network.names.nearest(&other);
        }
        let error = self.error(at, "a creator of this network", quoted(name.as_bytes()));
        Err(match nearest.is_empty() {
            true => error.with_hint("names are those of the network; leave out whom it does not have"),
            false => error.with_hint(format!("did you mean {}?", nearest.join(", "))),
        })
    }

    /// Refuses an account that two names stand for.
    fn once<'n>(&self, accounts: &[u32], of: impl Fn(usize) -> (&'n String, super::At)) -> Result<()> {
        let mut order: Vec<usize> = (0..accounts.len()).collect();
        order.sort_by_key(|&at| (accounts[at], at));
        match order.windows(2).find(|pair| accounts[pair[0]] == accounts[pair[1]]) {
            None => Ok(()),
            Some(pair) => {
                let ((first, _), (name, at)) = (of(pair[0]), of(pair[1]));
                let found = format!("{}, who is also called {}", quoted(name.as_bytes()), quoted(first.as_bytes()));
                Err(self.error(at, "each creator once", found).with_hint("leave one of the two out"))
            }
        }
    }

    /// The creators of each value of a column, by place; in the order of the values.
    fn values(
        &self,
        column: &Named,
        only: &[Named],
        network: &Network,
        creators: &[u32],
    ) -> Result<Vec<(String, Vec<u32>)>> {
        let attributes = &network.attributes;
        let Some(found) = attributes.get(&column.name) else {
            let names: Vec<&str> = attributes.columns.iter().map(|column| column.name.as_str()).collect();
            let hint = if names.is_empty() { "it has none".into() } else { format!("there are: {}", listed(&names)) };
            let error = self.error(column.at, "a column of the accounts table", quoted(column.name.as_bytes()));
            return Err(error.with_hint(hint));
        };
        let Values::Text { dictionary, .. } = &found.values else {
            let error = self.error(column.at, "a column of words", format!("{}, which holds numbers", column.name));
            return Err(error.with_hint("columns such as agency, niche or country make groups"));
        };
        let mut known: Vec<String> =
            (0..dictionary.len() as u32).flat_map(|code| parts(&dictionary.get(code))).collect();
        known.sort_unstable();
        known.dedup();
        for named in only {
            if !known.iter().any(|value| value.eq_ignore_ascii_case(&named.name)) {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let error = self.error(named.at, format!("a value of {} that there is", column.name), {
                    format!("the unknown group {}", quoted(named.name.as_bytes()))
                });
                return Err(error.with_hint(format!("there are: {}", listed(&known))));
            }
        }
        let wanted = |value: &str| only.is_empty() || only.iter().any(|named| named.name.eq_ignore_ascii_case(value));
        Ok(members_by_value(found, creators).into_iter().filter(|(value, _)| wanted(value)).collect())
    }
}

impl Cause {
    fn group(&self, name: String, members: Vec<u32>) -> Group {
        Group { name, members, shock: self.shock, falls: self.falls }
    }
}

/// The creators that have each value, by place.
fn members_by_value(column: &Column, creators: &[u32]) -> BTreeMap<String, Vec<u32>> {
    // "Sun" and "sun" are one agency, called as it is first met.
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut members: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (place, &account) in creators.iter().enumerate() {
        for value in column.text(account).iter().flat_map(|text| parts(text)) {
            let name = names.entry(value.to_lowercase()).or_insert(value).clone();
            let members = members.entry(name).or_default();
            if members.last() != Some(&(place as u32)) {
                members.push(place as u32);
            }
        }
    }
    members
}

/// The values that stand in one cell, separated by `|`, as niches are.
fn parts(text: &str) -> Vec<String> {
    let mut parts: Vec<String> =
        text.split('|').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// What is said of groups of one.
fn alone(groups: &[Group]) -> Option<String> {
    let alone: Vec<&str> =
        groups.iter().filter(|group| group.members.len() == 1).map(|group| group.name.as_str()).collect();
    match alone.len() {
        0 => None,
        1 => Some(format!("group {} has one member among these creators: its shock is that one's alone", alone[0])),
        many => Some(format!(
            "{many} groups have one member each among these creators, so that their shocks are of one alone: {}",
            listed(&alone)
        )),
    }
}

/// Names for a message: the first, and how many more.
fn listed(names: &[&str]) -> String {
    match names.len() <= LISTED {
        true => names.join(", "),
        false => format!("{} and {} more", names[..LISTED].join(", "), names.len() - LISTED),
    }
}

/// From accounts to places among the creators.
struct Places(Vec<(u32, u32)>);

impl Places {
    fn new(creators: &[u32], accounts: usize) -> Result<Places> {
        let mut places: Vec<(u32, u32)> =
            creators.iter().enumerate().map(|(place, &account)| (account, place as u32)).collect();
        places.sort_unstable();
        if places.is_empty() {
            return Err(Error::parameter("creators", "there is nobody who could fall"));
        }
        if places.last().is_some_and(|last| last.0 as usize >= accounts) {
            return Err(Error::parameter("creators", "one is not in the network"));
        }
        if places.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return Err(Error::parameter("creators", "a creator stands there twice").with_hint("name each once"));
        }
        Ok(Places(places))
    }

    fn of(&self, account: u32) -> Option<u32> {
        self.0.binary_search_by_key(&account, |pair| pair.0).ok().map(|at| self.0[at].1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Names, build};

    /// Five accounts: @an, @bo, @chi, @dao, em; the agency of the first three is known.
    fn network() -> Network {
        let mut network = Network::from_graph(build::graph(5, &[(4, 0)]));
        network.names = Names::from_sorted(["@an", "@bo", "@chi", "@dao", "em"].iter().map(|name| name.as_bytes()));
        let texts = ["Sun", "Sun| Moon", "Moon", "", ""];
        let texts = texts.map(|text| Some(text.to_owned()).filter(|text| !text.is_empty()));
        let agency = Column::texts("agency", texts.into_iter());
        let price = Column { name: "price".into(), values: Values::Number(vec![1.0; 5].into()) };
        [agency, price].into_iter().for_each(|column| network.attributes.insert(column));
        network
    }

    fn resolve(text: &str, creators: &[u32]) -> Result<Scenario> {
        Hazards::parse(text, "h.toml")?.resolve(&network(), creators)
    }

    #[test]
    fn names_become_places() {
        let text = "default = 0.001\n[creators]\n\"@bo\" = 0.02\n\"@em\" = 0.5\n[groups.friends]\n\
                    members = [\"dao\", \"@an\", \"em\"]\nshock = 0.1\nfalls = 0.5";
        let scenario = resolve(text, &[3, 1, 0]).unwrap();
        assert_eq!((&scenario.creators[..], &scenario.own[..]), (&[3, 1, 0][..], &[0.001, 0.02, 0.001][..]));
        let group = Group { name: "friends".into(), members: vec![0, 2], shock: 0.1, falls: 0.5 };
        assert_eq!(scenario.groups, [group]);
        assert_eq!(scenario.notes, ["1 of 2 creators with a chance of their own are not among these"]);
        assert_eq!(scenario.period, "the campaign");
    }

    #[test]
    fn each_value_of_a_column_is_a_group() {
        let text = "[groups.houses]\ncolumn = \"agency\"\nshock = 0.1\nfalls = 0.5";
        let scenario = resolve(text, &[0, 1, 2, 3]).unwrap();
        let groups: Vec<(&str, &[u32])> =
            scenario.groups.iter().map(|group| (&group.name[..], &group.members[..])).collect();
        assert_eq!(groups, [("houses: Moon", &[1, 2][..]), ("houses: Sun", &[0, 1][..])]);
        assert_eq!(scenario.notes, ["1 of 4 creators has no chance to fall and never falls in this scenario"]);
        let only = resolve(&format!("{text}\nonly = [\"sun\"]"), &[0, 2]).unwrap();
        assert_eq!((only.groups.len(), only.notes.len()), (1, 2));
        assert!(only.notes[0].starts_with("group houses: Sun has one member among these"), "{:?}", only.notes);
    }

    #[test]
    fn what_the_network_does_not_have_is_told_with_what_it_has() {
        let by = |column: &str| format!("[groups.a]\ncolumn = \"{column}\"\nshock = 0.1\n");
        let of = |text: &str| text.to_owned();
        for (text, creators, says) in [
            (
                of("[creators]\n\"@chu\" = 0.1"),
                &[0][..],
                "h.toml:2:1: expected a creator of this network, found \"@chu\"\n  hint: did you mean @chi",
            ),
            (of("[creators]\nquite-another = 0.1"), &[0], "found \"quite-another\"\n  hint: names are those"),
            (
                of("[creators]\nem = 0.1\n\"@em\" = 0.1"),
                &[0],
                "h.toml:2:1: expected each creator once, found \"em\", who is also called \"@em\"",
            ),
            (
                of("[groups.a]\nmembers = [\"an\", \"@an\"]\nshock = 0.1"),
                &[0],
                "h.toml:2:18: expected each creator once, found \"@an\", who is also called \"an\"\n  hint: leave one",
            ),
            (
                by("house"),
                &[0],
                "h.toml:2:10: expected a column of the accounts table, found \"house\"\n  hint: there are: agency, price",
            ),
            (by("price"), &[0], "h.toml:2:10: expected a column of words, found price, which holds numbers"),
            (
                by("agency") + "only = [\"Sun\", \"Mars\"]",
                &[0],
                "h.toml:4:16: expected a value of agency that there is, found the unknown group \"Mars\"\n  hint: there are: \
                 Moon, Sun",
            ),
            (of("[creators]\n\"@an\" = 0.1"), &[1, 2], "--hazards: none of the 2 creators can fall in this scenario"),
            (of("[creators]\n\"@an\" = 0.1"), &[1], "--hazards: the creator cannot fall in this scenario"),
            (of("default = 0.1"), &[], "creators: there is nobody who could fall"),
            (of("default = 0.1"), &[1, 1], "a creator stands there twice"),
            (of("default = 0.1"), &[5], "one is not in the network"),
        ] {
            let error = resolve(&text, creators).unwrap_err().to_string();
            assert!(error.contains(says), "{text:?}: {error}");
        }
    }

    #[test]
    fn groups_that_are_nobodys_are_left_out_and_said() {
        let text = "default = 0.1\n[groups.a]\nmembers = [\"em\"]\nshock = 0.1\n\
                    [groups.b]\ncolumn = \"agency\"\nshock = 0.1\n[groups.c]\nmembers = [\"an\"]\nshock = 0.1";
        let scenario = resolve(text, &[3]).unwrap();
        assert!(scenario.groups.is_empty());
        let notes = [
            "nobody of group a is among these creators",
            "none of these creators has a value of agency for group b",
            "nobody of group c is among these creators",
        ];
        assert_eq!(scenario.notes, notes);
        assert_eq!(listed(&["x"; 14]), format!("{} and 2 more", ["x"; 12].join(", ")));
    }
}
