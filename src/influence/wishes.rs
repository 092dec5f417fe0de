//! What is asked of a portfolio, in users' words, and as rules over candidates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::infeasible::conflict;
use super::rules::{Rule, Rules};
use crate::base::{Error, Result};
use crate::graph::price::cheapest;
use crate::graph::{Graph, Network, Price, Values};

/// A number for a group of creators, as `tier=mega:2` or `niche=beauty:3`.
///
/// ```
/// use truereach::influence::Quota;
/// let quota: Quota = "niche=beauty:3".parse().unwrap();
/// assert_eq!((quota.column.as_str(), quota.group.as_str(), quota.number), ("niche", "beauty", 3));
/// assert!("niche:3".parse::<Quota>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quota {
    /// `tier`, or a column of the accounts table.
    pub column: String,
    /// The value that makes the group; of a value of several, separated by `|`, one of them.
    pub group: String,
    /// How many creators.
    pub number: u32,
}

impl FromStr for Quota {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let form = || format!("\"{text}\" is not COLUMN=GROUP:NUMBER, such as tier=mega:2");
        let (column, rest) = text.split_once('=').ok_or_else(form)?;
        let (group, number) = rest.rsplit_once(':').ok_or_else(form)?;
        let (column, group) = (column.trim().to_owned(), group.trim().to_owned());
        let number = number.trim().parse().map_err(|_| form())?;
        if column.is_empty() || group.is_empty() {
            return Err(form());
        }
        Ok(Quota { column, group, number })
    }
}

impl fmt::Display for Quota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}:{}", self.column, self.group, self.number)
    }
}

impl TryFrom<String> for Quota {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

impl From<Quota> for String {
    fn from(quota: Quota) -> String {
        quota.to_string()
    }
}

/// Who can be signed, must be, must not be, and not together: accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Who can be signed.
    pub candidates: Vec<u32>,
    /// In every portfolio.
    pub must: Vec<u32>,
    /// In none.
    pub never: Vec<u32>,
    /// Of these pairs not both.
    pub exclusive: Vec<(u32, u32)>,
}

/// Numbers and money that a portfolio keeps to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "cli", derive(clap::Args))]
pub struct Limits {
    /// At most so many creators
    #[cfg_attr(feature = "cli", arg(long, value_name = "N", help_heading = "Portfolio"))]
    pub count: Option<u64>,
    /// At most so much money in all, in the currency of the prices
    #[cfg_attr(feature = "cli", arg(skip))]
    pub budget: Option<f64>,
    /// Take prices from this column of the accounts table [default: each creator's cheapest single offer, else the column
    /// price]
    #[cfg_attr(feature = "cli", arg(long, value_name = "COLUMN", help_heading = "Portfolio"))]
    pub price: Option<String>,
    /// Take offers in this currency alone
    #[cfg_attr(feature = "cli", arg(long, value_name = "CODE", help_heading = "Portfolio"))]
    pub pay_in: Option<String>,
    /// At most N creators of a group: tier=mega:2, platform=tiktok:5 (repeatable)
    #[cfg_attr(feature = "cli", arg(long, value_name = "GROUP:N", help_heading = "Portfolio"))]
    pub at_most: Vec<Quota>,
    /// At least N creators of a group: niche=beauty:3 (repeatable)
    #[cfg_attr(feature = "cli", arg(long, value_name = "GROUP:N", help_heading = "Portfolio"))]
    pub at_least: Vec<Quota>,
}

/// Wishes as rules over candidates.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    pub candidates: Candidates,
    /// What is asked, as users write it, and as rules.
    pub names: Vec<String>,
    pub rules: Vec<Rule>,
    /// In hundredths; empty without a budget.
    pub prices: Vec<u64>,
    pub currency: Option<String>,
    /// Who was left out, and why.
    pub left_out: Vec<(u32, String)>,
}

/// Prices are held in hundredths, so that sums are exact.
const HUNDREDTHS: f64 = 100.0;

/// No sum of prices may leave the whole numbers of 64 bits.
const DEAREST: f64 = 1e14;

/// Money in hundredths, and back.
pub(super) fn hundredths(amount: f64) -> u64 {
    libm::round(amount * HUNDREDTHS) as u64
}

pub(super) fn amount(hundredths: u64) -> f64 {
    hundredths as f64 / HUNDREDTHS
}

/// The accounts of `among` that belong to the group of a quota.
pub(super) fn members(quota: &Quota, flag: &str, among: &[u32], network: &Network, graph: &Graph) -> Result<Vec<bool>> {
    if quota.column == "tier" {
        return Ok(among.iter().map(|&account| network.tier(graph, account).name() == quota.group).collect());
    }
    let Some(column) = network.attributes.get(&quota.column) else {
        let mut columns = vec!["tier"];
        columns.extend(network.attributes.columns.iter().map(|column| column.name.as_str()));
        return Err(Error::parameter(flag, format!("there is no column \"{}\"", quota.column))
            .with_hint(format!("there are: {}", columns.join(", "))));
    };
    if !matches!(column.values, Values::Text { .. }) {
        return Err(Error::parameter(flag, format!("{} holds numbers, which make no groups", quota.column)));
    }
    let belongs = |account: u32| {
        let text = column.text(account);
        text.is_some_and(|text| text.split('|').any(|part| part.trim().eq_ignore_ascii_case(&quota.group)))
    };
    Ok(among.iter().map(|&account| belongs(account)).collect())
}

impl Limits {
    /// Refuses numbers that make no sense.
    pub fn check(&self) -> Result<()> {
        if self.count == Some(0) {
            return Err(Error::parameter("--count", "a portfolio has at least one creator"));
        }
        if let Some(budget) = self.budget
            && !(budget > 0.0 && budget <= DEAREST)
        {
            return Err(Error::parameter("--budget", format!("{budget} is not an amount above 0 (and at most 1e14)")));
        }
        if self.count.is_none() && self.budget.is_none() {
            return Err(Error::parameter("--count or --budget", "say how many creators, how much money, or both")
                .with_hint("--count 10, or --budget 800M"));
        }
        Ok(())
    }

    /// Turns wishes into rules; refuses those that no portfolio can keep, with the smallest set of them that clash.
    pub(super) fn compile(&self, wishes: &Wishes, network: &Network, graph: &Graph) -> Result<Compiled> {
        self.check()?;
        let mut accounts = wishes.candidates.clone();
        accounts.extend(&wishes.must);
        accounts.sort_unstable();
        accounts.dedup();
        let mut left_out = Vec::new();
        let (mut prices, mut currency) = (Vec::new(), None);
        if self.budget.is_some() {
            (accounts, prices, currency) = self.priced(accounts, &wishes.must, network, &mut left_out)?;
        }
        if accounts.is_empty() {
            return Err(Error::parameter("--creators", "there is nobody to choose from"));
        }
        let rules = self.rules(wishes, &accounts, network, graph)?;
        let (names, rules): (Vec<String>, Vec<Rule>) = rules.into_iter().unzip();
        if let Some(clash) = conflict(&rules, &prices, accounts.len()) {
            let names: Vec<&str> = clash.iter().map(|&rule| names[rule].as_str()).collect();
            let (problem, hint) = match names.len() {
                1 => (format!("no portfolio keeps {}", names[0]), "there are too few such candidates"),
                _ => (
                    format!("no portfolio keeps all of {}", names.join(", ")),
                    "any of them left out, the others can be kept",
                ),
            };
            return Err(Error::parameter("what is asked of the portfolio", problem).with_hint(hint));
        }
        let candidates = Candidates::new(network.accounts(), accounts);
        Ok(Compiled { candidates, names, rules, prices, currency, left_out })
    }

    /// All that is asked, each with its name.
    fn rules(
        &self,
        wishes: &Wishes,
        accounts: &[u32],
        network: &Network,
        graph: &Graph,
    ) -> Result<Vec<(String, Rule)>> {
        let place = |account: u32| accounts.binary_search(&account).ok();
        let name = |account: u32| network.names.get(account).into_owned();
        let mut rules = Vec::new();
        let mut must: Vec<usize> = Vec::new();
        for place in wishes.must.iter().filter_map(|&account| place(account)) {
            if !must.contains(&place) {
                must.push(place);
                rules.push((format!("--must {}", name(accounts[place])), Rule::Must(place)));
            }
        }
        let mut never: Vec<usize> = wishes.never.iter().filter_map(|&account| place(account)).collect();
        never.sort_unstable();
        never.dedup();
        let (forced, never): (Vec<usize>, Vec<usize>) = never.into_iter().partition(|place| must.contains(place));
        rules.extend(
            forced.iter().map(|&place| (format!("--never {}", name(accounts[place])), Rule::Never(vec![place]))),
        );
        if !never.is_empty() {
            let said = match never[..] {
                [one] => format!("--never {}", name(accounts[one])),
                _ => format!("--never ({} creators)", never.len()),
            };
            rules.push((said, Rule::Never(never)));
        }
        for &(a, b) in &wishes.exclusive {
            if a == b {
                return Err(Error::parameter("--exclusive", format!("{} cannot exclude themselves", name(a))));
            }
            if let (Some(one), Some(other)) = (place(a), place(b)) {
                rules.push((format!("--exclusive {}:{}", name(a), name(b)), Rule::Exclusive(one, other)));
            }
        }
        let most = self.at_most.iter().map(|quota| (quota, "--at-most"));
        for (quota, flag) in most.chain(self.at_least.iter().map(|quota| (quota, "--at-least"))) {
            let flags = members(quota, flag, accounts, network, graph)?;
            let members: Vec<usize> = (0..flags.len()).filter(|&place| flags[place]).collect();
            if members.is_empty() {
                let problem = format!("no candidate has {}={}", quota.column, quota.group);
                return Err(Error::parameter(flag, problem));
            }
            let group = (quota.column.clone(), quota.group.to_lowercase());
            rules.push(match flag {
                "--at-most" => (format!("--at-most {quota}"), Rule::AtMost(group, members, quota.number)),
                _ => (format!("--at-least {quota}"), Rule::AtLeast(group, members, quota.number)),
            });
        }
        rules.extend(self.count.map(|count| (format!("--count {count}"), Rule::Count(count))));
        rules.extend(self.budget.map(|budget| (format!("--budget {budget}"), Rule::Budget(hundredths(budget)))));
        Ok(rules)
    }

    /// What an account asks; nothing where no price is known.
    pub fn price_of(&self, account: u32, network: &Network) -> Option<Price> {
        match &self.price {
            None => cheapest(network, account, self.pay_in.as_deref()),
            Some(column) => {
                let amount = network.attributes.number(column, account);
                amount.map(|amount| Price { amount, currency: None, from: false })
            }
        }
    }

    /// Those who have a price, their prices in hundredths, and the currency of all.
    fn priced(
        &self,
        accounts: Vec<u32>,
        must: &[u32],
        network: &Network,
        left_out: &mut Vec<(u32, String)>,
    ) -> Result<(Vec<u32>, Vec<u64>, Option<String>)> {
        let name = |account: u32| network.names.get(account).into_owned();
        if let Some(column) = &self.price {
            match network.attributes.get(column).map(|column| &column.values) {
                None => return Err(Error::parameter("--price", format!("there is no column \"{column}\""))),
                Some(Values::Text { .. }) => {
                    return Err(Error::parameter("--price", format!("{column} holds text, not prices")));
                }
                Some(_) => {}
            }
        }
        let (mut priced, mut prices, mut currencies) = (Vec::new(), Vec::new(), Vec::<(Option<String>, u64)>::new());
        for account in accounts {
            let Some(price) = self.price_of(account, network) else {
                let why = match &self.pay_in {
                    Some(currency) => format!("no price in {currency}"),
                    None if network.tables.offers.rows_of(account).len() > 1 => {
                        "no price, or offers in several currencies".into()
                    }
                    None => "no price".into(),
                };
                if must.contains(&account) {
                    let problem = format!("{} has {why}, and a budget needs one", name(account));
                    return Err(Error::parameter("--must", problem));
                }
                left_out.push((account, why));
                continue;
            };
            if !(0.0..=DEAREST).contains(&price.amount) {
                let problem =
                    format!("the price of {} is {}, which is no amount of at least 0", name(account), price.amount);
                return Err(Error::parameter("--budget", problem)
                    .with_hint("mend the price, or leave the creator out: --never"));
            }
            match currencies.iter_mut().find(|(currency, _)| *currency == price.currency) {
                Some((_, count)) => *count += 1,
                None => currencies.push((price.currency, 1)),
            }
            priced.push(account);
            prices.push(hundredths(price.amount));
        }
        if currencies.len() > 1 {
            let said = |(currency, count): &(Option<String>, u64)| {
                format!("{} ({count} creators)", currency.as_deref().unwrap_or("no currency"))
            };
            let said: Vec<String> = currencies.iter().map(said).collect();
            return Err(Error::parameter(
                "--budget",
                format!("prices are in {}: these are never added", said.join(", ")),
            )
            .with_hint("--pay-in takes the offers in one"));
        }
        let Some(&least) = prices.iter().min() else {
            return Err(Error::parameter("--budget", "no candidate has a price")
                .with_hint("prices come from offers, a column price, or --price COLUMN"));
        };
        let budget = self.budget.unwrap_or(0.0);
        if hundredths(budget) < least {
            let place = prices.iter().position(|&price| price == least).unwrap_or(0);
            let problem = format!(
                "{budget} is below the price of the cheapest candidate, {} for {}",
                amount(least),
                name(priced[place])
            );
            return Err(Error::parameter("--budget", problem));
        }
        let currency = currencies.pop().and_then(|(currency, _)| currency);
        Ok((priced, prices, currency))
    }
}

impl Compiled {
    /// The rules, all or without one.
    pub fn rules(&self, without: Option<usize>) -> Rules {
        let kept = self.rules.iter().enumerate().filter(|(place, _)| Some(*place) != without).map(|(_, rule)| rule);
        Rules::new(kept, self.prices.clone(), self.candidates.len())
    }
}
