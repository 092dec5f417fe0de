//! What lists in full tell beyond sums: who follows exactly whom, and in which order creators add most people.

use serde::Serialize;

use super::lists::Portfolio;
use super::overlap::Overlap;
use crate::base::stats::knee;
use crate::base::{Result, Run};
use crate::graph::Network;
use crate::graph::price::{Price, cheapest};

/// People who follow exactly these creators of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetOf {
    /// The creators, by account.
    pub creators: Vec<u32>,
    /// How many people, or their weight.
    pub people: f64,
}

/// The people of a portfolio by whom exactly they follow; all sets add up to the union.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sets {
    /// People who follow at least one creator.
    pub union: f64,
    /// The largest sets, most people first.
    pub sets: Vec<SetOf>,
    /// How many sets there are.
    pub all: usize,
    /// The creators, by account, with their audiences.
    pub creators: Vec<(u32, f64)>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

/// A creator who joins those before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Joined {
    /// The account.
    pub account: u32,
    /// The creator's whole audience.
    pub audience: f64,
    /// People who follow none of those before.
    pub added: f64,
    /// People who follow one of those up to here.
    pub together: f64,
    /// What the creator asks, where all prices are known and in one currency.
    pub price: Option<f64>,
    /// What those up to here ask.
    pub cost: Option<f64>,
    /// Whether more creators add less from here on than on the average.
    pub knee: bool,
}

/// How a portfolio's audience grows, creator by creator.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Curve {
    /// The creators in order, as far as each adds somebody.
    pub steps: Vec<Joined>,
    /// Whether the order is by people for the money, and not by people.
    pub by_money: bool,
    /// The currency of the prices, where there are some.
    pub currency: Option<String>,
    /// What a reader must know, a sentence each.
    pub notes: Vec<String>,
}

impl Overlap {
    /// The people of a portfolio by whom exactly they follow: the `top` largest sets (all: 0).
    ///
    /// **Guarantee**: exact; all sets together are the union, each person in one. **Cost**: one sort of the people; at most 96 bytes
    /// each. **Errors**: lists that are cut or cannot be joined, with what would mend it.
    pub fn sets(&self, network: &Network, accounts: &[u32], top: usize, run: &Run) -> Result<Sets> {
        self.check()?;
        let portfolio = self.counting.portfolio(network, accounts)?;
        let audiences = self.counting.audiences(&portfolio)?;
        let tally = audiences.tally(run)?;
        let counts = tally.counts(run)?;
        let (sets, all) = tally.sets(top, run)?;
        let account = |&place: &u32| portfolio.creators[place as usize].account;
        let sets = sets
            .iter()
            .map(|set| SetOf { creators: set.creators.iter().map(account).collect(), people: set.people })
            .collect();
        let creators = portfolio.creators.iter().zip(&counts.creators);
        let creators = creators.map(|(creator, standing)| (creator.account, standing.audience)).collect();
        let notes = [portfolio.notes.clone(), audiences.notes].concat();
        Ok(Sets { union: counts.union, sets, all, creators, notes })
    }

    /// The order in which each creator adds most people to those before; where all have a price in one currency, most people
    /// for the money.
    ///
    /// The first creators of the order by people have at least 1 − 1/e of what as many could have (Nemhauser, Wolsey & Fisher
    /// 1978); `influence::Select` chooses better, with a certificate, and counts whom posts reach instead of who follows.
    /// **Cost**: each follow of a portfolio once or twice, and J²/2 looks for J creators. **Errors**: as [`Overlap::sets`].
    pub fn curve(&self, network: &Network, accounts: &[u32], run: &Run) -> Result<Curve> {
        self.check()?;
        let portfolio = self.counting.portfolio(network, accounts)?;
        let audiences = self.counting.audiences(&portfolio)?;
        let tally = audiences.tally(run)?;
        let counts = tally.counts(run)?;
        let mut notes = [portfolio.notes.clone(), audiences.notes.clone()].concat();
        let prices = prices(&portfolio, &mut notes);
        let amounts: Option<Vec<f64>> = prices.as_ref().map(|prices| prices.iter().map(|price| price.amount).collect());
        let order = tally.order(amounts.as_deref(), run)?;
        let mut cost = 0.0;
        let step = |step: &super::tally::Step| {
            let place = step.creator as usize;
            let price = amounts.as_ref().map(|amounts| amounts[place]);
            cost += price.unwrap_or(0.0);
            Joined {
                account: portfolio.creators[place].account,
                audience: counts.creators[place].audience,
                added: step.added,
                together: step.together,
                price,
                cost: price.map(|_| cost),
                knee: false,
            }
        };
        let mut steps: Vec<Joined> = order.iter().map(step).collect();
        let size = |(at, step): (usize, &Joined)| (step.cost.unwrap_or((at + 1) as f64), step.together);
        if let Some(knee) = knee(&steps.iter().enumerate().map(size).collect::<Vec<_>>()) {
            steps[knee].knee = true;
        }
        let nothing = portfolio.len() - steps.len();
        if nothing > 0 {
            notes.push(format!("{nothing} creators add nobody to those shown, and are left out"));
        }
        let currency = prices.and_then(|prices| prices.first().and_then(|price| price.currency.clone()));
        Ok(Curve { steps, by_money: amounts.is_some(), currency, notes })
    }
}

/// What each creator asks, if all prices are known and in one currency; else a note says why not, if any is known.
fn prices(portfolio: &Portfolio<'_>, notes: &mut Vec<String>) -> Option<Vec<Price>> {
    let prices: Vec<Option<Price>> =
        portfolio.creators.iter().map(|creator| cheapest(portfolio.network, creator.account, None)).collect();
    let without: Vec<usize> = (0..prices.len()).filter(|&place| prices[place].is_none()).collect();
    if without.len() == prices.len() {
        return None;
    }
    let known: Vec<Price> = prices.into_iter().flatten().collect();
    if !without.is_empty() {
        notes.push(format!("ordered by people, not by money: no one price is known of {}", portfolio.named(&without)));
        return None;
    }
    if known.iter().any(|price| price.currency != known[0].currency) {
        notes.push("ordered by people, not by money: prices are in several currencies".into());
        return None;
    }
    Some(known)
}
