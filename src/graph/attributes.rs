//! What is known of accounts besides their edges: columns beside the dense ids. Missing is never zero.

use std::borrow::Cow;

use super::buffer::Buffer;
use super::names::Names;
use super::network::Network;
use crate::base::{Error, Result};

/// A text value that was not given.
pub const NO_TEXT: u32 = u32::MAX;

/// Names of the columns that have a meaning to the engine; any further column is kept as it is.
pub mod known {
    /// Whether a row of the creators table named the account: 1, else missing.
    pub const CREATOR: &str = "creator";
    /// A display name.
    pub const NAME: &str = "name";
    /// Platform.
    pub const PLATFORM: &str = "platform";
    /// Niche labels, several separated by `|`.
    pub const NICHE: &str = "niche";
    /// Followers as the platform claims them.
    pub const FOLLOWERS: &str = "followers_claimed";
    /// Price of a post.
    pub const PRICE: &str = "price";
    /// Currency of the price.
    pub const CURRENCY: &str = "currency";
    /// Country.
    pub const COUNTRY: &str = "country";
    /// How the follower list was drawn ([`crate::graph::Design`]).
    pub const LIST_DESIGN: &str = "list_design";
    /// When the follower list was drawn, in milliseconds since 1970.
    pub const LIST_DATE: &str = "list_date";
    /// How many accounts the account follows, as the platform claims it.
    pub const FOLLOWING: &str = "following_claimed";
    /// Posts, as the platform counts them.
    pub const POSTS: &str = "posts_count";
    /// The person behind the account; accounts of one person share it.
    pub const PERSON: &str = "person";
    /// The chance that an account is a real person, 0 to 1 ([`crate::authenticity`]). Not a column of tables as they come.
    pub const AUTHENTIC: &str = "authentic";
    /// Ends of the interval of a creator's share of real followers.
    pub const AUTHENTIC_LOW: &str = "authentic_low";
    /// See [`AUTHENTIC_LOW`].
    pub const AUTHENTIC_HIGH: &str = "authentic_high";
    /// The chance that an account reshares once exposed, learned from a log ([`crate::learn::log`]). Not a column of tables.
    pub const RESHARING: &str = "resharing_learned";
    /// Cascades of that log in which the account acted.
    pub const LOGGED: &str = "resharing_acts";
    /// All that tables may bring.
    pub const ALL: [&str; 13] = [
        CREATOR,
        NAME,
        PLATFORM,
        NICHE,
        FOLLOWERS,
        PRICE,
        CURRENCY,
        COUNTRY,
        LIST_DESIGN,
        LIST_DATE,
        FOLLOWING,
        POSTS,
        PERSON,
    ];
}

/// The values of a column, one an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers; NaN is missing.
    Number(Buffer<f64>),
    /// Text by its place in a sorted dictionary; [`NO_TEXT`] is missing.
    Text {
        /// Places in the dictionary.
        codes: Buffer<u32>,
        /// The different texts.
        dictionary: Names,
    },
}

/// A named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its values.
    pub values: Values,
}

impl Column {
    /// A column of texts, one an account, with the dictionary that they need.
    pub fn texts(name: impl Into<String>, values: impl Iterator<Item = Option<String>>) -> Self {
        let values: Vec<Option<String>> = values.collect();
        let mut words: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
        words.sort_unstable();
        words.dedup();
        let code = |text: &str| words.binary_search(&text).map_or(NO_TEXT, |at| at as u32);
        let codes: Vec<u32> = values.iter().map(|text| text.as_deref().map_or(NO_TEXT, code)).collect();
        let dictionary = Names::from_sorted(words.iter().map(|word| word.as_bytes()));
        Column { name: name.into(), values: Values::Text { codes: codes.into(), dictionary } }
    }

    /// How many accounts have a value.
    pub fn given(&self) -> usize {
        match &self.values {
            Values::Number(numbers) => numbers.iter().filter(|value| !value.is_nan()).count(),
            Values::Text { codes, .. } => codes.iter().filter(|&&code| code != NO_TEXT).count(),
        }
    }

    /// The number of an account, if the column has numbers and this one was given.
    pub fn number(&self, account: u32) -> Option<f64> {
        match &self.values {
            Values::Number(numbers) => Some(numbers[account as usize]).filter(|value| !value.is_nan()),
            Values::Text { .. } => None,
        }
    }

    /// The value of an account as text, if it was given.
    pub fn text(&self, account: u32) -> Option<Cow<'_, str>> {
        match &self.values {
            Values::Number(_) => self.number(account).map(|value| Cow::Owned(value.to_string())),
            Values::Text { codes, dictionary } => match codes[account as usize] {
                NO_TEXT => None,
                code => Some(dictionary.get(code)),
            },
        }
    }

    /// Says what is wrong, if the values do not fit the accounts.
    pub fn check(&self, accounts: usize) -> std::result::Result<(), String> {
        match &self.values {
            Values::Number(numbers) if numbers.len() != accounts => Err("one value an account is due".into()),
            Values::Text { codes, dictionary } => {
                if codes.len() != accounts {
                    return Err("one value an account is due".into());
                }
                if codes.iter().any(|&code| code != NO_TEXT && code as usize >= dictionary.len()) {
                    return Err("a value is not in the dictionary".into());
                }
                dictionary.check()
            }
            _ => Ok(()),
        }
    }
}

/// All columns, sorted by name.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Attributes {
    /// The columns.
    pub columns: Vec<Column>,
}

impl Attributes {
    /// The column of this name.
    pub fn get(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The number of an account in a column, if there is such a column and value.
    pub fn number(&self, name: &str, account: u32) -> Option<f64> {
        self.get(name)?.number(account)
    }

    /// The text of an account in a column, if there is such a column and value.
    pub fn text(&self, name: &str, account: u32) -> Option<Cow<'_, str>> {
        self.get(name)?.text(account)
    }

    /// Adds a column in its place.
    pub fn insert(&mut self, column: Column) {
        let at = self.columns.partition_point(|other| other.name < column.name);
        self.columns.insert(at, column);
    }

    /// Bytes taken: 8 an account for a column of numbers, 4 and the dictionary for text.
    pub fn memory(&self) -> u64 {
        self.columns
            .iter()
            .map(|column| match &column.values {
                Values::Number(numbers) => 8 * numbers.len() as u64,
                Values::Text { codes, dictionary } => 4 * codes.len() as u64 + dictionary.memory(),
            })
            .sum()
    }
}

/// The numbers of a column of the accounts table, one for every account; of a product of columns, such as
/// `authentic*beauty`, the product. A column whose own name holds a `*` goes first.
///
/// **Errors**: a column that is not there; an account without a number.
pub fn numbers(network: &Network, parameter: &str, name: &str) -> Result<Vec<f64>> {
    if network.attributes.get(name).is_some() || !name.contains('*') {
        return column_numbers(network, parameter, name);
    }
    let mut product = vec![1.0; network.accounts()];
    for factor in name.split('*').map(str::trim) {
        if factor.is_empty() {
            return Err(Error::parameter(parameter, format!("\"{name}\" has no column on one side of a *"))
                .with_hint("a product is written authentic*beauty"));
        }
        let numbers = column_numbers(network, parameter, factor)?;
        product.iter_mut().zip(numbers).for_each(|(product, number)| *product *= number);
    }
    Ok(product)
}

fn column_numbers(network: &Network, parameter: &str, name: &str) -> Result<Vec<f64>> {
    let Some(column) = network.attributes.get(name) else {
        let names: Vec<&str> = network.attributes.columns.iter().map(|column| column.name.as_str()).collect();
        let known = if names.is_empty() { "it has none".into() } else { format!("it has {}", names.join(", ")) };
        return Err(Error::parameter(parameter, format!("the accounts table has no column {name}")).with_hint(known));
    };
    let numbers: Vec<Option<f64>> = (0..network.accounts() as u32).map(|u| column.number(u)).collect();
    let missing = numbers.iter().filter(|number| number.is_none()).count();
    if let Some(first) = numbers.iter().position(Option::is_none) {
        let problem = format!(
            "{name} has no number for {missing} of {} accounts, the first {}",
            network.accounts(),
            network.names.get(first as u32)
        );
        return Err(Error::parameter(parameter, problem).with_hint("missing is not zero: fill the column in for all"));
    }
    Ok(numbers.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::build;

    #[test]
    fn numbers_are_of_a_column_or_of_a_product_of_columns() {
        let mut network = Network::from_graph(build::graph(3, &[(1, 0)]));
        let insert = |network: &mut Network, name: &str, values: [f64; 3]| {
            let values = Values::Number(values.to_vec().into());
            network.attributes.insert(Column { name: name.into(), values });
        };
        for (name, values) in [
            ("real", [1.0, 0.5, 0.25]),
            ("beauty", [0.5, 0.0, 2.0]),
            ("odd*name", [7.0; 3]),
            ("gap", [1.0, f64::NAN, 1.0]),
        ] {
            insert(&mut network, name, values);
        }
        assert!(network.attributes.columns.is_sorted_by(|a, b| a.name < b.name));
        let of = |name: &str| numbers(&network, "--weight", name);
        assert_eq!(of("real").unwrap(), [1.0, 0.5, 0.25]);
        assert_eq!(of("real*beauty").unwrap(), [0.5, 0.0, 0.5]);
        assert_eq!(of("real * beauty*real").unwrap(), [0.5, 0.0, 0.125]);
        assert_eq!(of("odd*name").unwrap(), [7.0; 3]);
        for (name, says) in [
            ("real*fame", "no column fame"),
            ("fame", "no column fame"),
            ("real*", "\"real*\" has no column on one side"),
            ("real*gap", "gap has no number for 1 of 3 accounts"),
        ] {
            let error = of(name).unwrap_err().to_string();
            assert!(error.starts_with("--weight: ") && error.contains(says), "{error}");
        }
    }
}
