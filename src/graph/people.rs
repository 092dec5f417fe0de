//! A set of accounts by what they are and whom they follow: `follow anh and not (follow bao or country=US)`.

mod parse;
#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::lists::Design;
use super::network::Network;
use super::only::{Only, Test};
use crate::base::{Error, Result};

/// A set of accounts, by a small expression.
///
/// | written | who is in it |
/// |---|---|
/// | `follow anh` (or `follows anh`) | accounts that follow anh |
/// | `follow anh,bao` | accounts that follow one of them, or several |
/// | `follow niche=beauty`, `follow followers>=1000` | accounts that follow at least one account which meets the condition |
/// | `country=VN,TH`, `followers<=500`, `tier=nano`, `account=chi` | accounts that meet the condition, as in [`Only`] |
/// | `not A` | everybody else, those of whom nothing is known among them |
/// | `A and B` | who is in both |
/// | `A or B` | who is in one or both |
/// | `(A)` | goes first; otherwise `not` goes before `and`, and `and` before `or` |
///
/// Words of the grammar are read in any case. Names with blanks or any of `( ) , " = < >`, and names that are words of the
/// grammar (`and`, `or`, `not`, `follow`, `follows`), stand in double quotes; a quote inside is doubled.
///
/// Accounts count, not persons: whoever has two accounts may be in the set with one of them.
///
/// **Input**: who follows whom, if the expression says `follow`. The list of whoever is followed must be full: one that is
/// cut does not tell who does *not* follow.
/// **Returns**: one truth value an account.
/// **Cost**: a pass over the accounts for each part, and over the followers of whom is followed; [`People::memory`] bytes.
/// **Errors**: a name or column that is not there; lists that are not full; no account to be followed; a set of nobody.
///
/// ```
/// use truereach::graph::{Network, People, build};
/// // 0 and 1 follow 3; 1 and 2 follow 4.
/// let network = Network::from_graph(build::graph(5, &[(0, 3), (1, 3), (1, 4), (2, 4)]));
/// let people: People = "follow 3 and not follow 4".parse().unwrap();
/// assert_eq!(people.of(&network).unwrap(), [true, false, false, false, false]);
/// let people: People = "FOLLOW 3,4 and not (account=2 or followers>=1)".parse().unwrap();
/// assert_eq!(people.of(&network).unwrap(), [true, true, false, false, false]);
/// assert_eq!("follow 3 and".parse::<People>().unwrap_err().lines().next().unwrap(),
///     "column 13: expected \"follow\", \"not\", \"(\" or a condition such as country=VN, found the end");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct People {
    root: Node,
}

/// Parentheses and `not` may stand inside each other so many times.
const DEPTH: usize = 100;

/// Who asks.
const PARAMETER: &str = "--define";

/// Words that are no names unless they stand in quotes.
const WORDS: [&str; 5] = ["and", "or", "not", "follow", "follows"];

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Follow(Whom),
    Meet(Only),
    Not(Box<Node>),
    /// Two parts at least, none of them joined by the same word.
    Joined(By, Vec<Node>),
}

/// By whom an account is in.
#[derive(Debug, Clone, PartialEq)]
enum Whom {
    Named(Vec<String>),
    Meeting(Only),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    Or,
    And,
}

impl People {
    /// For each account whether it is in the set.
    pub fn of(&self, network: &Network) -> Result<Vec<bool>> {
        let members = self.root.members(network)?;
        match members.contains(&true) {
            true => Ok(members),
            false => Err(Error::parameter(PARAMETER, format!("nobody meets {self}"))
                .with_hint("is a condition too narrow, or misspelt? each can be tried alone")),
        }
    }

    /// Bytes that [`People::of`] takes: a truth value an account for each level of nesting, and a list of the followed.
    pub fn memory(&self, accounts: u64) -> u64 {
        accounts * (self.root.levels() + 4)
    }
}

impl Node {
    /// Parts joined; those joined by the same word become parts of the whole.
    fn joined(by: By, parts: Vec<Node>) -> Node {
        let mut flat = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                Node::Joined(inner, parts) if inner == by => flat.extend(parts),
                part => flat.push(part),
            }
        }
        match flat.len() {
            1 => flat.remove(0),
            _ => Node::Joined(by, flat),
        }
    }

    fn members(&self, network: &Network) -> Result<Vec<bool>> {
        match self {
            Node::Follow(whom) => whom.followers(network),
            Node::Meet(only) => {
                let holds = only.holds(network, PARAMETER)?;
                Ok((0..network.accounts() as u32).map(holds).collect())
            }
            Node::Not(inner) => {
                let mut members = inner.members(network)?;
                members.iter_mut().for_each(|is| *is = !*is);
                Ok(members)
            }
            Node::Joined(by, parts) => {
                let mut members = vec![*by == By::And; network.accounts()];
                for part in parts {
                    let others = part.members(network)?;
                    members.iter_mut().zip(others).for_each(|(is, other)| match by {
                        By::And => *is &= other,
                        By::Or => *is |= other,
                    });
                }
                Ok(members)
            }
        }
    }

    /// Sets that are held at once.
    fn levels(&self) -> u64 {
        match self {
            Node::Follow(_) | Node::Meet(_) => 1,
            Node::Not(inner) => inner.levels(),
            Node::Joined(_, parts) => 1 + parts.iter().map(Node::levels).max().unwrap_or(0),
        }
    }

    /// `tightness`: 0 inside nothing or parentheses, 1 inside `or`, 2 inside `and` and `not`.
    fn write(&self, f: &mut fmt::Formatter<'_>, tightness: u8) -> fmt::Result {
        match self {
            Node::Follow(whom) => write!(f, "{whom}"),
            Node::Meet(only) => write_condition(only, f),
            Node::Not(inner) => {
                f.write_str("not ")?;
                inner.write(f, 2)
            }
            Node::Joined(by, parts) => {
                let own = *by as u8;
                let (open, close) = if own < tightness { ("(", ")") } else { ("", "") };
                f.write_str(open)?;
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        f.write_str(if *by == By::And { " and " } else { " or " })?;
                    }
                    part.write(f, own + 1)?;
                }
                f.write_str(close)
            }
        }
    }
}

impl Whom {
    /// Who follows one of them.
    fn followers(&self, network: &Network) -> Result<Vec<bool>> {
        let unknown = |needs: String| Error::NotEstimable { figure: format!("\"{self}\""), needs };
        let Some(follows) = &network.follows else {
            return Err(unknown("who follows whom, and this network holds none of it".into()));
        };
        let followed = self.accounts(network)?;
        let cut: Vec<u32> =
            followed.iter().copied().filter(|&one| network.settled_list(one).design != Design::Full).collect();
        if !cut.is_empty() {
            let mut names = cut.iter().take(3).map(|&one| network.names.get(one)).collect::<Vec<_>>().join(", ");
            if cut.len() > 3 {
                names.push_str(&format!(" and {} more", cut.len() - 3));
            }
            return Err(unknown(format!(
                "all followers of {names}: a list that is cut, or of which nothing is known, does not tell who does not \
                 follow"
            )));
        }
        let mut members = vec![false; network.accounts()];
        for &one in &followed {
            follows.graph.followers(one).iter().for_each(|&follower| members[follower as usize] = true);
        }
        Ok(members)
    }

    fn accounts(&self, network: &Network) -> Result<Vec<u32>> {
        match self {
            Whom::Named(names) => names.iter().map(|name| network.account(name)).collect(),
            Whom::Meeting(only) => {
                let holds = only.holds(network, PARAMETER)?;
                let accounts: Vec<u32> = (0..network.accounts() as u32).filter(|&account| holds(account)).collect();
                match accounts.is_empty() {
                    false => Ok(accounts),
                    true => Err(Error::parameter(PARAMETER, format!("\"{self}\": no account meets the condition"))
                        .with_hint("is it misspelt? truereach info shows the columns")),
                }
            }
        }
    }
}

/// A name as it is read back.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.is_empty() || self.0.contains(parse::ends_word) || parse::is_word(self.0) {
            true => write!(f, "\"{}\"", self.0.replace('"', "\"\"")),
            false => f.write_str(self.0),
        }
    }
}

fn write_names(names: &[String], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    names.iter().enumerate().try_for_each(|(at, name)| write!(f, "{}{}", if at > 0 { "," } else { "" }, Name(name)))
}

fn write_condition(only: &Only, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{}", Name(&only.column))?;
    match &only.test {
        Test::OneOf(values) => {
            f.write_str("=")?;
            write_names(values, f)
        }
        Test::AtLeast(number) => write!(f, ">={number}"),
        Test::AtMost(number) => write!(f, "<={number}"),
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("follow ")?;
        match self {
            Whom::Named(names) => write_names(names, f),
            Whom::Meeting(only) => write_condition(only, f),
        }
    }
}

impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.root.write(f, 0)
    }
}

impl FromStr for People {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        Ok(People { root: parse::expression(text)? })
    }
}

impl TryFrom<String> for People {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<People> for String {
    fn from(people: People) -> String {
        people.to_string()
    }
}
