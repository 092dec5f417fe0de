//! From portfolios, by place, to a plan in people and money.

use super::bounds::lowest;
use super::judge::Judge;
use super::measure::{Measure, Reached};
use super::optimum::Optimum;
use super::plan::{Member, More, Plan, Point, Portfolio, Swap, Wish};
use super::rules::Rules;
use super::select::{BOUND, Select};
use super::variants::Variants;
use super::wishes::{Compiled, amount};
use crate::base::stats::{Interval, knee};
use crate::cascade::{Resolved, Sampled, Wave, direct_reach};

/// All that a plan is put together from.
pub(super) struct Assembly<'a> {
    pub select: &'a Select,
    pub resolved: &'a Resolved<'a>,
    pub compiled: &'a Compiled,
    pub found: &'a Optimum,
    pub judge: &'a Judge,
    pub wave: Option<&'a Wave<'a>>,
    /// No other portfolios were looked at.
    pub plain: bool,
}

impl Assembly<'_> {
    /// The plan.
    pub fn assemble(&self, rules: &Rules, variants: &Variants, others: &[Vec<u32>], seed: u64) -> Plan {
        let (select, found, compiled) = (self.select, self.found, self.compiled);
        let at = |places: &[u32]| compiled.candidates.at(places);
        let chosen = at(&found.chosen);
        let measure = Measure::new(self.resolved, select.draws, seed);
        let mut best = self.portfolio(&chosen, &chosen, &measure);
        best.ratio = best.ratio.max(found.ratio);
        best.behind = Sampled { people: 0.0, sim_error: Interval::point(0.0) };
        let swap = variants.swap.map(|(out, into)| {
            let (out, into) = (compiled.candidates.account(out), compiled.candidates.account(into));
            let other: Vec<u32> = chosen.iter().map(|&account| if account == out { into } else { account }).collect();
            Swap { out, into, gain: self.judge.more(&other, &chosen) }
        });
        let wish = |(place, other): &(usize, Vec<u32>)| Wish {
            wish: compiled.names[*place].clone(),
            gain: self.judge.more(&at(other), &chosen),
        };
        Plan {
            model: self.resolved.model().to_string(),
            assumptions: self.resolved.notes().to_vec(),
            seed,
            candidates: compiled.candidates.len() as u64 - rules.never.len() as u64,
            left_out: compiled.left_out.clone(),
            currency: compiled.currency.clone(),
            samples: found.samples,
            judged: self.judge.samples(),
            converged: found.converged,
            failure: select.failure,
            most: found.most * self.resolved.total(),
            guarantee: guarantee(rules, !found.fixed.is_empty()).into(),
            sentinels: found.fixed.len() as u64,
            others: others.iter().map(|other| self.portfolio(other, &chosen, &measure)).collect(),
            swap,
            more: (!self.plain).then(|| self.more(rules, &at(&variants.more), &chosen)),
            wishes: variants.without.iter().map(wish).collect(),
            frontier: self.frontier(rules, variants),
            under_way: None,
            risk: None,
            best,
        }
    }

    fn price(&self, account: u32) -> Option<f64> {
        let place = self.compiled.candidates.place(account)?;
        self.compiled.prices.get(place as usize).map(|&price| amount(price))
    }

    fn cost(&self, accounts: &[u32]) -> Option<f64> {
        match self.compiled.prices.is_empty() {
            true => None,
            false => accounts.iter().map(|&account| self.price(account)).sum(),
        }
    }

    fn portfolio(&self, accounts: &[u32], plan: &[u32], measure: &Measure<'_>) -> Portfolio {
        let standings = self.judge.standings(accounts);
        let member = |(&account, standing): (&u32, &super::judge::Standing)| Member {
            account,
            price: self.price(account),
            added: standing.added,
            together: standing.together,
            only: standing.only,
            credit: standing.credit,
        };
        let members = accounts.iter().zip(&standings).map(member).collect();
        let direct = self.wave.is_none().then(|| direct_reach(self.resolved, accounts));
        let Reached { reach, interval } =
            measure.reach(self.judge.reach(accounts), accounts, direct, self.select.spread);
        let most = self.found.most;
        let judged = self.judge.samples();
        let ratio = match most > 0.0 {
            true => (lowest(self.judge.reached(accounts) as f64, judged, self.select.failure * BOUND) / most).min(1.0),
            false => 0.0,
        };
        let behind = self.judge.more(plan, accounts);
        Portfolio { members, reach, interval, direct, cost: self.cost(accounts), behind, ratio }
    }

    fn more(&self, rules: &Rules, larger: &[u32], chosen: &[u32]) -> More {
        let gain = self.judge.more(larger, chosen);
        match rules.budget {
            Some(budget) => {
                let extra = budget as f64 * super::variants::MORE;
                More {
                    size: amount(budget + extra as u64),
                    gain,
                    price: (gain.people > 0.0).then(|| amount(extra as u64) / gain.people),
                }
            }
            None => More { size: rules.count.unwrap_or(0) as f64 + 1.0, gain, price: None },
        }
    }

    fn frontier(&self, rules: &Rules, variants: &Variants) -> Vec<Point> {
        let point = |(size, chosen): &(u64, Vec<u32>)| {
            let members = self.compiled.candidates.at(chosen);
            Point {
                size: if rules.budget.is_some() { amount(*size) } else { *size as f64 },
                cost: self.cost(&members),
                reach: self.judge.reach(&members),
                members,
                knee: false,
            }
        };
        let mut points: Vec<Point> = variants.frontier.iter().map(point).collect();
        let sizes: Vec<(f64, f64)> = points.iter().map(|point| (point.size, point.reach.people)).collect();
        if let Some(knee) = knee(&sizes) {
            points[knee].knee = true;
        }
        points
    }
}

/// The worst case of the way of choosing.
fn guarantee(rules: &Rules, sentinels: bool) -> &'static str {
    let bare = rules.exclusive.is_empty()
        && rules.share.is_none()
        && !sentinels
        && rules.groups.iter().all(|groups| groups.least.iter().all(|&least| least == 0));
    match (bare, rules.budget, rules.count, rules.groups.len()) {
        (true, None, Some(_), 0) => "at least 63% (1 − 1/e) of the best on the people drawn: greedy by number",
        (true, Some(_), None, 0) => "at least 50% of the best on the people drawn: Greedy+Max by budget",
        (true, None, _, 1) => "at least 50% of the best on the people drawn: greedy within limits of one column",
        _ => "none for these limits together; the certificate holds all the same",
    }
}
