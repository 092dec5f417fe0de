//! What only shows when all tables are together: lists against claimed counts, currencies against each other, dates.

use std::collections::BTreeMap;

use super::accounts::DATED;
use super::findings::{Findings, Oddity};
use super::gather::Gathered;
use super::rows::{Place, Rows};
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
    older(gathered, findings);
    lists(network, gathered, findings);
    currencies(gathered, findings);
    posts(gathered, findings);
    years(network, gathered, findings);
}

/// What was odd of one kind, by place.
fn tell(findings: &mut Findings, oddity: Oddity, mut found: Vec<(&Place, String)>) {
    found.sort();
    found.into_iter().for_each(|(place, says)| findings.note(oddity, place, says));
}

/// Rows with values that newer ones replace.
fn older(gathered: &Gathered, findings: &mut Findings) {
    let tables = [&gathered.posts, &gathered.offers, &gathered.lookups];
    let all = tables.into_iter().flat_map(Rows::older).chain(gathered.accounts.older());
    // A row counts once, whatever it says of how many accounts; those of a network of before have no lines.
    let mut rows: BTreeMap<(&Place, Option<&str>), &str> = BTreeMap::new();
    for (account, place) in all {
        rows.entry((place, (place.line == 0).then_some(&**account))).or_insert(account);
    }
    tell(findings, Oddity::Older, rows.into_iter().map(|((place, _), account)| (place, account.to_owned())).collect());
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

/// A price of an offer or of an account.
struct Priced<'a> {
    account: &'a str,
    price: f64,
    currency: Option<&'a str>,
    place: &'a Place,
}

fn currencies(gathered: &Gathered, findings: &mut Findings) {
    let offers = gathered.offers.each().filter_map(|row| {
        let (price, currency) = (row.number(offer::PRICE)?, row.get(offer::CURRENCY));
        Some(Priced { account: row.account, price, currency, place: row.place() })
    });
    let accounts = gathered.accounts.each(known::PRICE).filter_map(|(account, price, place)| {
        let currency = gathered.accounts.get(known::CURRENCY, account).map(|(currency, _)| currency);
        Some(Priced { account, price: price.parse().ok()?, currency, place })
    });
    let mut priced: Vec<Priced<'_>> = offers.chain(accounts).collect();
    priced.sort_by_key(|priced| priced.place);
    let mut counts: BTreeMap<&str, (usize, &Place)> = BTreeMap::new();
    let mut without = Vec::new();
    for Priced { account, price, currency, place } in &priced {
        match currency {
            Some(currency) => counts.entry(currency).or_insert((0, place)).0 += 1,
            None => without.push((*place, format!("{account}: {price}"))),
        }
    }
    tell(findings, Oddity::NoCurrency, without);
    let most = counts.iter().max_by_key(|(_, (count, _))| *count).map(|(currency, _)| *currency);
    let others = counts.iter().filter(|(currency, _)| Some(**currency) != most);
    let others = others.map(|(currency, (count, place))| {
        let most = most.unwrap_or_default();
        (*place, format!("{count} in {currency}, {} in {most}", counts[most].0))
    });
    tell(findings, Oddity::SeveralCurrencies, others.collect());
    let dollars = |priced: &Priced<'_>| {
        let currency = priced.currency?;
        let worth = SMALL_MONEY.iter().find(|(small, _)| *small == currency).map_or(1.0, |(_, worth)| *worth);
        Some(priced.price / worth).filter(|&about| about > 0.0)
    };
    let mut all: Vec<f64> = priced.iter().filter_map(dollars).collect();
    all.sort_unstable_by(f64::total_cmp);
    if all.len() < SOME_PRICES {
        return;
    }
    let middle = all[all.len() / 2];
    let out = |about: f64| about > middle * OUT_OF_LINE || about * OUT_OF_LINE < middle;
    let odd = priced.iter().filter(|priced| dollars(priced).is_some_and(out)).map(|priced| {
        let currency = priced.currency.unwrap_or_default();
        (priced.place, format!("{}: {} {currency}", priced.account, priced.price))
    });
    tell(findings, Oddity::PriceOutOfLine, odd.collect());
}

/// Posts whose numbers contradict each other, and those of which nobody says whether they were paid for. Averages are of
/// several posts, and each of a different set of them.
fn posts(gathered: &Gathered, findings: &mut Findings) {
    let single = || gathered.posts.each().filter(|row| row.get(post::AVERAGE).is_none());
    for (column, oddity) in [(post::LIKES, Oddity::LikesAboveViews), (post::REACH, Oddity::ReachAboveViews)] {
        let above = single().filter_map(|row| {
            let (more, views) = (row.number(column)?, row.number(post::VIEWS)?);
            (more > views).then(|| (row.place(), format!("{}: {more} {column}, {views} views", row.account)))
        });
        tell(findings, oddity, above.collect());
    }
    // Two exports of one post, most likely. At midnight a time is a day, on which there may be several.
    let mut moments: BTreeMap<(&str, i64, Option<&str>), usize> = BTreeMap::new();
    let mut again: Vec<(&Place, String)> = Vec::new();
    for row in single().filter(|row| row.get(post::ID).is_none()) {
        let Some(at) = row.number(post::TIME).map(|at| at as i64).filter(|at| at % time::DAY != 0) else { continue };
        let seen = moments.entry((row.account, at, row.get(post::FORMAT))).or_default();
        *seen += 1;
        if *seen > 1 {
            again.push((row.place(), format!("{}: {}", row.account, time::show(at))));
        }
    }
    tell(findings, Oddity::SameMoment, again);
    let unknown = single().filter(|row| row.get(post::SPONSORED).is_none());
    tell(findings, Oddity::SponsoredUnknown, unknown.map(|row| (row.place(), row.account.to_string())).collect());
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
