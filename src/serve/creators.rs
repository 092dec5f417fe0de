//! Creators in rows: found by a word, filtered, sorted, a page at a time.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::desk::Desk;
use super::portfolio::Figure;
use super::problem::Problem;
use crate::base::{Error, Result};
use crate::graph::attributes::known;
use crate::graph::price::cheapest;
use crate::graph::{Only, Values};

/// A creator, or another account.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Creator {
    /// The account, as the network names it.
    pub id: String,
    /// The name shown beside it, where the accounts table has one.
    pub name: Option<String>,
    /// Accounts that follow it.
    pub followers: Option<f64>,
    /// everyday, nano, micro, macro or mega.
    pub tier: String,
    /// Of the accounts table.
    pub niche: Option<String>,
    /// Of the accounts table.
    pub platform: Option<String>,
    /// Whatever else the accounts table says.
    #[schema(value_type = Object)]
    pub attributes: BTreeMap<String, serde_json::Value>,
    /// The cheapest of their single offers.
    pub price: Option<f64>,
    /// Of the price.
    pub currency: Option<String>,
    /// People whom a post of theirs reaches; `null` until people are drawn, and where the data cannot carry it.
    pub reach: Option<Figure>,
    /// Price over reach.
    pub per_person: Option<f64>,
}

/// A page of creators.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Page {
    /// How many there are in all.
    pub total: u64,
    /// How many stand before this page.
    pub offset: u64,
    /// The page.
    pub rows: Vec<Creator>,
}

/// What to look for.
pub struct Wanted<'a> {
    pub text: &'a str,
    pub conditions: &'a [String],
    pub sort: &'a str,
    pub ascending: bool,
    pub offset: usize,
    pub limit: usize,
}

/// One row.
pub fn creator(desk: &Desk, account: u32) -> Creator {
    let network = desk.network;
    let text = |column: &str| network.attributes.text(column, account).map(|text| text.into_owned());
    let price = cheapest(network, account, None);
    let reach = desk.alone(account).map(|alone| desk.with_interval(alone.people, alone.interval));
    let people = reach.and_then(|reach| reach.people).filter(|&people| people > 0.0);
    let shown = [known::NAME, known::NICHE, known::PLATFORM, known::PRICE, known::CURRENCY, known::CREATOR];
    let others = network.attributes.columns.iter().filter(|column| !shown.contains(&column.name.as_str()));
    // Of people who are no creators nothing is told one by one, where that is personal.
    let told = desk.hide_below.is_none() || desk.place(account).is_some();
    let attributes = others.filter(|_| told).filter_map(|column| {
        if column.name == known::FOLLOWERS {
            return Some((column.name.clone(), serde_json::json!(desk.people(column.number(account)?)?)));
        }
        let value = match column.number(account) {
            Some(number) => serde_json::json!(number),
            None => serde_json::json!(column.text(account)?),
        };
        Some((column.name.clone(), value))
    });
    Creator {
        id: network.names.get(account).into_owned(),
        name: text(known::NAME),
        followers: network.follower_count(account).and_then(|count| desk.people(count)),
        tier: desk.graph.map_or("everyday", |graph| network.tier(graph, account).name()).to_owned(),
        niche: text(known::NICHE),
        platform: text(known::PLATFORM),
        attributes: attributes.collect(),
        per_person: price.as_ref().zip(people).map(|(price, people)| price.amount / people),
        currency: price.as_ref().and_then(|price| price.currency.clone()),
        price: price.map(|price| price.amount),
        reach,
    }
}

/// The creators who meet all conditions and whose id or name has the text, sorted, a page of them.
pub fn page(desk: &Desk, wanted: &Wanted<'_>) -> std::result::Result<Page, Problem> {
    let mut found = desk.creators.clone();
    for condition in wanted.conditions {
        let only: Only = condition.parse().map_err(|problem: String| Error::parameter("where", problem))?;
        // Filters keep the order of accounts.
        let kept = only.filter(desk.network, &found)?;
        let mut keep = vec![false; desk.network.accounts()];
        // A condition on followers does not tell what is withheld.
        let is_told = |account: u32| {
            !condition.trim_start().starts_with("follow")
                || desk.network.follower_count(account).is_none_or(|count| !desk.is_small(count))
        };
        kept.iter().filter(|&&account| is_told(account)).for_each(|&account| keep[account as usize] = true);
        found.retain(|&account| keep[account as usize]);
    }
    if !wanted.text.trim().is_empty() {
        let word = super::search::word(wanted.text);
        found.retain(|&account| desk.has_word(account, &word));
    }
    sort(desk, &mut found, wanted.sort, wanted.ascending)?;
    let rows = found.iter().skip(wanted.offset).take(wanted.limit).map(|&account| creator(desk, account));
    Ok(Page { total: found.len() as u64, offset: wanted.offset as u64, rows: rows.collect() })
}

/// What is not known stands last, whichever way is sorted; equals stay in the order of followers.
fn sort(desk: &Desk, found: &mut [u32], by: &str, ascending: bool) -> Result<()> {
    let network = desk.network;
    // Withheld figures are not told by an order either.
    let reach = |account: u32| desk.alone(account).and_then(|alone| desk.people(alone.people));
    let price = |account: u32| cheapest(network, account, None).map(|price| price.amount);
    let numbers: Vec<(u32, Option<f64>)> = match by {
        "id" => {
            by_text(found, ascending, |v| network.names.get(v).to_lowercase());
            return Ok(());
        }
        "followers" => {
            found.iter().map(|&v| (v, network.follower_count(v).and_then(|count| desk.people(count)))).collect()
        }
        "reach" => found.iter().map(|&v| (v, reach(v))).collect(),
        "price" => found.iter().map(|&v| (v, price(v))).collect(),
        "per_person" => {
            let each = |v| price(v).zip(reach(v).filter(|&people| people > 0.0)).map(|(price, people)| price / people);
            found.iter().map(|&v| (v, each(v))).collect()
        }
        "tier" => {
            let tier = |v| desk.graph.map(|graph| network.tier(graph, v) as u8 as f64);
            found.iter().map(|&v| (v, tier(v))).collect()
        }
        column => {
            let Some(column) = network.attributes.get(column) else {
                return Err(Error::parameter("sort", format!("there is no column \"{column}\""))
                    .with_hint("followers, reach, price, per_person, tier, id, or a column of the accounts table"));
            };
            if let Values::Text { .. } = column.values {
                let (mut named, unnamed): (Vec<u32>, Vec<u32>) = found.iter().partition(|&&v| column.text(v).is_some());
                by_text(&mut named, ascending, |v| column.text(v).map(|text| text.to_lowercase()));
                found[..named.len()].copy_from_slice(&named);
                found[named.len()..].copy_from_slice(&unnamed);
                return Ok(());
            }
            found.iter().map(|&v| (v, column.number(v))).collect()
        }
    };
    let (mut known, mut unknown): (Vec<_>, Vec<_>) = numbers.into_iter().partition(|(_, number)| number.is_some());
    let number = |row: &(u32, Option<f64>)| row.1.unwrap_or(0.0);
    known.sort_by(|a, b| {
        let order = number(a).total_cmp(&number(b));
        if ascending { order } else { order.reverse() }
    });
    if desk.hide_below.is_some() {
        unknown.sort_by_key(|row| row.0);
    }
    known.iter().chain(&unknown).zip(found).for_each(|((account, _), place)| *place = *account);
    Ok(())
}

/// Equals keep their order, whichever way is sorted.
fn by_text<T: Ord>(accounts: &mut [u32], ascending: bool, text: impl Fn(u32) -> T) {
    match ascending {
        true => accounts.sort_by_cached_key(|&v| text(v)),
        false => accounts.sort_by_cached_key(|&v| Reverse(text(v))),
    }
}
