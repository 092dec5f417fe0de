//! A portfolio, judged at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Desk;
use super::problem::Problem;
use crate::graph::price::cheapest;

/// People, with a 95% interval; `null` where so few stand behind it that it is withheld.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct Figure {
    /// How many.
    pub people: Option<f64>,
    /// The lower end of the interval.
    pub low: Option<f64>,
    /// Its upper end.
    pub high: Option<f64>,
}

/// Who is in a portfolio.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// Creators by their ids, at most 500; who is named again counts once.
    #[schema(max_items = 500)]
    pub creators: Vec<String>,
}

/// The most creators of a portfolio.
pub const MOST: usize = 500;

/// A creator of a portfolio.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Member {
    /// The creator.
    pub id: String,
    /// What they ask, the cheapest of their single offers.
    pub price: Option<f64>,
    /// Accounts that follow them.
    pub followers: Option<f64>,
    /// People they reach if nobody else posts.
    pub alone: Figure,
    /// People whom none of those before reaches.
    pub added: Figure,
    /// People whom no other of the portfolio reaches.
    pub only: Figure,
    /// A fair share (Shapley) of the people reached by all.
    pub credit: Figure,
}

/// A portfolio, judged: people are those whom at least one of its creators' posts reaches.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Portfolio {
    /// People reached; the interval holds what is assumed.
    pub reach: Figure,
    /// The same with the interval of simulation alone.
    pub simulation: Figure,
    /// What the figures are: measured, estimated, bounded or assumed.
    pub status: String,
    /// Of them, reached by the creators' own posts.
    pub direct: Option<f64>,
    /// Of them, reached through others who pass it on; `null`: not observed, or withheld.
    pub beyond: Option<f64>,
    /// Different accounts that follow at least one of them.
    pub followers: Option<f64>,
    /// Followers added up, whoever follows several counted as often.
    pub summed: Option<f64>,
    /// What all of them ask; `null` unless all have a price in one currency.
    pub cost: Option<f64>,
    /// Who has no price.
    pub unpriced: Vec<String>,
    /// Of the cost.
    pub currency: Option<String>,
    /// Cost over people reached.
    pub per_person: Option<f64>,
    /// People drawn.
    pub people_drawn: u64,
    /// Its creators, in the order given.
    pub members: Vec<Member>,
}

/// What creators ask together: the sum, its currency, and who has no price.
fn cost(desk: &Desk, accounts: &[u32]) -> (Option<f64>, Option<String>, Vec<String>) {
    let (mut sum, mut currencies, mut unpriced) = (0.0, Vec::new(), Vec::new());
    for &account in accounts {
        match cheapest(desk.network, account, None) {
            Some(price) => {
                sum += price.amount;
                if !currencies.contains(&price.currency) {
                    currencies.push(price.currency);
                }
            }
            None => unpriced.push(desk.network.names.get(account).into_owned()),
        }
    }
    match (unpriced.is_empty(), currencies.len()) {
        // Amounts of several currencies are never added.
        (true, 1) => (Some(sum), currencies.pop().flatten(), unpriced),
        _ => (None, None, unpriced),
    }
}

/// Of figures that add up to one that is shown: if one alone is withheld, the smallest other is too.
fn hide_another<'a>(figures: impl Iterator<Item = &'a mut Figure>) {
    let mut figures: Vec<&mut Figure> = figures.collect();
    if figures.iter().filter(|figure| figure.people.is_none()).count() != 1 {
        return;
    }
    let people = |figure: &&mut Figure| figure.people.unwrap_or(f64::INFINITY);
    if let Some(smallest) = figures.iter_mut().min_by(|a, b| people(a).total_cmp(&people(b))) {
        **smallest = Figure { people: None, low: None, high: None };
    }
}

/// Judges a portfolio.
pub fn judge(desk: &Desk, chosen: &Chosen) -> std::result::Result<Portfolio, Problem> {
    let drawn = desk.drawn()?;
    let accounts = desk.accounts(&chosen.creators)?;
    if let Some(&other) = accounts.iter().find(|&&account| !drawn.board.has(account)) {
        let name = desk.network.names.get(other);
        let problem =
            Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, format!("{name} is not one of the creators"));
        return Err(problem.hint("creators are those of the accounts table, or the most followed"));
    }
    let judged = drawn.board.judge(&accounts);
    let accounts: Vec<u32> = judged.members.iter().map(|member| member.account).collect();
    let (cost, currency, unpriced) = cost(desk, &accounts);
    let reach = judged.reach.people;
    let hidden = desk.is_small(reach) || desk.is_small(judged.direct);
    let unless_hidden = |people: f64| if hidden { None } else { desk.people(people) };
    let members = judged.members.iter().map(|member| Member {
        id: desk.network.names.get(member.account).into_owned(),
        price: cheapest(desk.network, member.account, None).map(|price| price.amount),
        followers: desk.graph.and_then(|graph| desk.people(graph.followers(member.account).len() as f64)),
        alone: desk.figure(member.alone),
        added: desk.figure(member.added),
        only: desk.figure(member.only),
        credit: desk.figure(member.credit),
    });
    let mut members: Vec<Member> = members.collect();
    // Who is left alone among withheld figures of a sum that is shown could be worked out.
    hide_another(members.iter_mut().map(|member| &mut member.added));
    hide_another(members.iter_mut().map(|member| &mut member.credit));
    let (beyond, shared) = (reach - judged.direct, judged.summed - judged.followers);
    Ok(Portfolio {
        reach: desk.with_interval(reach, judged.interval),
        simulation: desk.figure(judged.reach),
        status: drawn.status.name().to_owned(),
        direct: unless_hidden(judged.direct).filter(|_| !desk.is_small(beyond)),
        beyond: if drawn.beyond { unless_hidden(beyond) } else { None },
        followers: desk.people(judged.followers as f64).filter(|_| !desk.is_small(shared as f64)),
        summed: desk.people(judged.summed as f64),
        cost,
        per_person: cost.filter(|_| !hidden && reach > 0.0).map(|cost| cost / reach),
        unpriced,
        currency,
        people_drawn: drawn.board.samples(),
        members,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_withheld_figure_of_a_sum_has_company() {
        let hidden = Figure { people: None, low: None, high: None };
        let told = |people: f64| Figure { people: Some(people), low: Some(people), high: Some(people) };
        let after = |mut figures: Vec<Figure>| {
            hide_another(figures.iter_mut());
            figures.iter().map(|figure| figure.people).collect::<Vec<_>>()
        };
        assert_eq!(after(vec![told(50.0), hidden, told(20.0), told(90.0)]), [Some(50.0), None, None, Some(90.0)]);
        assert_eq!(after(vec![hidden, hidden, told(20.0)]), [None, None, Some(20.0)], "two cannot be told apart");
        assert_eq!(after(vec![told(3.0), told(4.0)]), [Some(3.0), Some(4.0)], "nothing is withheld");
        assert_eq!(after(vec![hidden]), [None]);
    }
}
