//! What only shows when all tables are together: lists against claimed counts, currencies against each other, dates.

use std::collections::BTreeMap;

use super::accounts::DATED;
use super::findings::{Findings, Oddity};
use super::gather::Gathered;
use super::rows::Seen;
use crate::base::time;
use crate::graph::attributes::known;
use crate::graph::tables::{offer, post};
use crate::graph::{List, Network};

/// About how many of these make a US dollar, to a power of ten; of all others one to ten do. Good enough to see that a
/// price is in another currency than is written; nothing is ever converted.
const SMALL_MONEY: &[(&str, f64)] = &[
    ("VND", 1e4),
    ("IDR", 1e4),
    ("IRR", 1e4),
    ("LAK", 1e4),
    ("UZS", 1e4),
    ("GNF", 1e4),
    ("PYG", 1e4),
    ("KHR", 1e3),
    ("MMK", 1e3),
    ("KRW", 1e3),
    ("COP", 1e3),
    ("UGX", 1e3),
    ("NGN", 1e3),
    ("CLP", 1e3),
    ("TZS", 1e3),
    ("JPY", 1e2),
    ("HUF", 1e2),
    ("PKR", 1e2),
    ("LKR", 1e2),
    ("KZT", 1e2),
    ("RUB", 1e2),
    ("INR", 1e2),
    ("BDT", 1e2),
    ("NPR", 1e2),
    ("PHP", 1e2),
    ("TWD", 1e1),
    ("THB", 1e1),
];

/// A price this many times over or under the median, both brought to about dollars, is out of line.
const OUT_OF_LINE: f64 = 1000.0;

/// Prices from which on a median says something.
const SOME_PRICES: usize = 3;

/// Adds what is odd about everything together.
pub fn audit(network: &Network, gathered: &Gathered, findings: &mut Findings) {
    lists(network, gathered, findings);
    currencies(gathered, findings);
    years(network, gathered, findings);
}

/// Lists longer than the claimed number. Counts and lists are seldom from the same minute, so a little more is not odd.
fn lists(network: &Network, gathered: &Gathered, findings: &mut Findings) {
    for (creator, place) in &gathered.lists {
        let Some(account) = network.names.find(creator) else { continue };
        let (listed, claimed) = (network.list(account).listed, network.attributes.number(known::FOLLOWERS, account));
        if let Some(claimed) = claimed.filter(|claimed| listed as f64 > claimed * (1.0 + List::SHORT)) {
            findings.note(Oddity::LongList, place, format!("{creator}: {listed} listed, {claimed} claimed"));
        }
    }
}

fn currencies(gathered: &Gathered, findings: &mut Findings) {
    let priced: Vec<(Seen<'_>, f64)> =
        gathered.offers.each().filter_map(|row| Some((row, row.number(offer::PRICE)?))).collect();
    let mut counts: BTreeMap<&str, (usize, Seen<'_>)> = BTreeMap::new();
    for (row, price) in &priced {
        match row.get(offer::CURRENCY) {
            Some(currency) => counts.entry(currency).or_insert((0, *row)).0 += 1,
            None => findings.note(Oddity::NoCurrency, row.place(), format!("{}: {price}", row.account)),
        }
    }
    let most = counts.iter().max_by_key(|(_, (count, _))| *count).map(|(currency, _)| *currency);
    for (currency, (count, row)) in counts.iter().filter(|(currency, _)| Some(**currency) != most) {
        let says =
            format!("{count} in {currency}, {} in {}", counts[most.unwrap_or_default()].0, most.unwrap_or_default());
        findings.note(Oddity::SeveralCurrencies, row.place(), says);
    }
    let dollars = |row: &Seen<'_>, price: f64| {
        let currency = row.get(offer::CURRENCY)?;
        let worth = SMALL_MONEY.iter().find(|(small, _)| *small == currency).map_or(1.0, |(_, worth)| *worth);
        Some(price / worth).filter(|&about| about > 0.0)
    };
    let mut all: Vec<f64> = priced.iter().filter_map(|(row, price)| dollars(row, *price)).collect();
    all.sort_unstable_by(f64::total_cmp);
    if all.len() < SOME_PRICES {
        return;
    }
    let middle = all[all.len() / 2];
    for (row, price) in &priced {
        let Some(about) = dollars(row, *price) else { continue };
        if about > middle * OUT_OF_LINE || about * OUT_OF_LINE < middle {
            let currency = row.get(offer::CURRENCY).unwrap_or_default();
            findings.note(Oddity::PriceOutOfLine, row.place(), format!("{}: {price} {currency}", row.account));
        }
    }
}

/// Lists and claimed counts that are not of the newest year, and posts that end before it.
fn years(network: &Network, gathered: &Gathered, findings: &mut Findings) {
    let year = |at: f64| time::show(at as i64).chars().take_while(|c| *c != '-').collect::<String>();
    let counted = format!("{}{DATED}", known::FOLLOWERS);
    let columns = [("list", known::LIST_DATE, known::LIST_DATE), ("count", counted.as_str(), known::FOLLOWERS)];
    let mut dated: Vec<(&str, String, u32, &str)> = Vec::new();
    for (what, column, stands) in columns {
        let Some(column) = network.attributes.get(column) else { continue };
        let all = (0..network.accounts() as u32).filter_map(|account| Some((account, column.number(account)?)));
        dated.extend(all.map(|(account, at)| (what, year(at), account, stands)));
    }
    let posts = gathered.posts.each().filter_map(|row| Some((row.number(post::TIME)?, row)));
    let last_post = posts.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(at, row)| (year(at), row));
    let newest = dated.iter().map(|(_, year, ..)| year).chain(last_post.iter().map(|(year, _)| year)).max();
    let Some(newest) = newest.cloned() else { return };
    for (what, year, account, stands) in dated.iter().filter(|(_, year, ..)| *year != newest) {
        let name = network.names.get(*account);
        let at = gathered.accounts.get(stands, &name).map_or(String::new(), |(_, place)| place.to_string());
        findings.note(Oddity::Years, at, format!("{name}: {what} of {year}; the newest dates are of {newest}"));
    }
    if let Some((year, row)) = last_post.filter(|(year, _)| *year != newest) {
        findings.note(
            Oddity::Years,
            row.place(),
            format!("the last post is of {year}; the newest dates are of {newest}"),
        );
    }
}
