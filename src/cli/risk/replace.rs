//! Who could step in for the creator whose fall would cost most.

use super::Found;
use crate::base::Result;
use crate::base::Run;
use crate::cascade::{Cascade, Sampled};
use crate::graph::price::{Price, cheapest};
use crate::influence::{Brief, Limits, Select, Wishes};
use crate::report::number::people;

/// A creator who would step in.
pub struct Replacement {
    /// Who falls.
    pub out: u32,
    /// Who would step in; `None`: nobody brings anything for that money.
    pub into: Option<u32>,
    /// People whom the plan with them reaches more than without anybody.
    pub back: Sampled,
    /// What may be asked, where prices are known.
    pub price: Option<Price>,
}

/// People drawn to choose by.
const SAMPLES: u64 = 1 << 17;

/// Looks among all creators of the network who ask no more; `None` where there is nobody to look among.
pub fn look(found: &Found<'_>, cascade: &Cascade, run: &Run) -> Result<Option<Replacement>> {
    let Some(worst) = found.worst() else { return Ok(None) };
    let (network, graph) = (found.network, found.resolved.graph());
    let kept: Vec<u32> =
        found.scandals.iter().map(|scandals| scandals.creator).filter(|&v| v != worst.creator).collect();
    let price = cheapest(network, worst.creator, None);
    let affordable = |v: &u32| match &price {
        None => true,
        Some(most) => cheapest(network, *v, most.currency.as_deref()).is_some_and(|price| price.amount <= most.amount),
    };
    let all = network.creators().unwrap_or_else(|| (0..graph.accounts() as u32).collect());
    let heard = |v: &u32| !graph.followers(*v).is_empty();
    let mut candidates: Vec<u32> =
        all.into_iter().filter(|v| *v != worst.creator && heard(v) && !kept.contains(v)).filter(affordable).collect();
    if candidates.is_empty() {
        return Ok(None);
    }
    candidates.extend(kept.iter().filter(|v| heard(v)));
    let must: Vec<u32> = kept.iter().copied().filter(heard).collect();
    let select = Select {
        limits: Limits { count: Some(must.len() as u64 + 1), ..Limits::default() },
        cascade: cascade.clone(),
        samples: Some(SAMPLES),
        plain: true,
        draws: 0,
        ..Select::default()
    };
    let wishes = Wishes { candidates, must, ..Wishes::default() };
    let others = [kept.clone()];
    let brief = Brief { others: if kept.is_empty() { &[] } else { &others }, ..Brief::of(&wishes) };
    let plan = select.run_resolved(found.resolved, network, &brief, &|| false, run)?;
    let into = plan.best.members.iter().map(|member| member.account).find(|account| !kept.contains(account));
    let back = plan.others.first().map_or(plan.best.reach, |others| others.behind);
    Ok(Some(Replacement { out: worst.creator, into, back, price }))
}

impl Replacement {
    pub fn words(&self, found: &Found<'_>) -> Option<String> {
        let for_money = match &self.price {
            Some(price) => format!(
                " of those who ask at most {} {}",
                people(price.amount),
                price.currency.as_deref().unwrap_or("")
            ),
            None => String::new(),
        };
        let for_money = for_money.trim_end();
        let out = found.name(self.out);
        Some(match self.into {
            None => format!("nobody{for_money} would add to the plan without {out}"),
            Some(into) => format!(
                "best replacement{for_money}: {} brings back {} (95% interval {})",
                found.name(into),
                found.people(self.back.people),
                found.between(self.back.sim_error),
            ),
        })
    }
}
