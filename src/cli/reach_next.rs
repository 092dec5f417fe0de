//! `truereach reach`: what is said of the next post, and of what it costs.

use serde_json::{Value, json};

use super::term::Terminal;
use crate::base::{Error, Result};
use crate::cascade::{CostPer, Money, MoneyFigures, Priors, ReachEstimate};
use crate::graph::Network;
use crate::graph::price::cheapest;
use crate::io::tables::number::Numbers;
use crate::report::{Table, number, small};

/// What the post costs.
#[derive(Debug, clap::Args)]
pub struct CostArgs {
    /// What all creators together ask for the post, as 80M or 80000000 [default: the sum of their cheapest single offers, where
    /// the network has them]; gives CPM, and costs per person, engagement and acquisition
    #[arg(long, value_name = "AMOUNT", conflicts_with = "all", help_heading = "Money")]
    cost: Option<String>,
    /// The currency of the cost; without --cost, take offers in this currency alone
    #[arg(long, value_name = "CODE", conflicts_with = "all", help_heading = "Money")]
    pay_in: Option<String>,
}

/// A cost, and where it comes from.
struct Cost {
    amount: f64,
    currency: Option<String>,
    from: &'static str,
}

impl CostArgs {
    /// Refuses an amount that is none.
    pub fn check(&self) -> Result<()> {
        self.given().map(|_| ())
    }

    fn given(&self) -> Result<Option<f64>> {
        let Some(text) = &self.cost else { return Ok(None) };
        let wrong = |problem: String| {
            Error::parameter("--cost", format!("\"{text}\": expected an amount, found {problem}"))
                .with_hint("800M, 1.2B or 800000000")
        };
        let cost = Numbers::default().read_as(text, true).map_err(|problem| wrong(problem.to_string()))?;
        let cost = cost.ok_or_else(|| wrong("nothing".into()))?;
        Money { cost }.check()?;
        Ok(Some(cost))
    }

    /// The cost given, else that of the offers; `None`, with a note if some have one, where a creator has no price.
    fn cost(&self, creators: &[u32], network: &Network, notes: &mut Vec<String>) -> Result<Option<Cost>> {
        if let Some(amount) = self.given()? {
            return Ok(Some(Cost { amount, currency: self.pay_in.clone(), from: "given" }));
        }
        let mut different = creators.to_vec();
        different.sort_unstable();
        different.dedup();
        let (mut amount, mut currency, mut missing) = (0.0, None, Vec::new());
        for &creator in &different {
            let Some(price) = cheapest(network, creator, self.pay_in.as_deref()) else {
                missing.push(creator);
                continue;
            };
            if *currency.get_or_insert_with(|| price.currency.clone()) != price.currency {
                notes.push(
                    "no costs: the creators' offers are in several currencies; --pay-in or --cost settles it".into(),
                );
                return Ok(None);
            }
            amount += price.amount;
        }
        if let (Some(&first), true) = (missing.first(), missing.len() < different.len() || self.pay_in.is_some()) {
            notes.push(format!(
                "no costs: {} of {} creators have no one price, such as {}; --cost says it",
                missing.len(),
                different.len(),
                network.names.get(first)
            ));
        }
        // Offers for nothing make no cost; wrong ones are not mended here.
        let whole = missing.is_empty() && amount > 0.0 && amount.is_finite();
        Ok(whole.then(|| Cost { amount, currency: currency.flatten(), from: "the sum of the cheapest single offers" }))
    }

    /// Adds what the post costs for what it brings.
    pub fn add(
        &self,
        table: &mut Table,
        found: &ReachEstimate,
        (creators, network): (&[u32], &Network),
        priors: &Priors,
        terminal: &Terminal,
    ) -> Result<()> {
        let Some(cost) = self.cost(creators, network, &mut table.notes)? else { return Ok(()) };
        if found.posts.is_empty() {
            table.notes.push("no costs: they are those of next posts, which --next-posts 0 leaves out".into());
            return Ok(());
        }
        let few = |people: f64| terminal.hide_below().is_some_and(|below| small::is_small(people, below));
        if few(found.reach) || found.posts.iter().any(|post| few(post.reach)) {
            // The cost over that of a person is the number of people.
            table.notes.push("costs are withheld: they would tell how few people are reached".into());
            return Ok(());
        }
        let figures = Money { cost: cost.amount }.of(&found.posts, priors, found.seed)?;
        let code = cost.currency.as_deref().map_or(String::new(), |code| format!(" {code}"));
        table.notes.push(format!(
            "cost: {}{code}, {}; medians over next posts, with 95% intervals",
            money(cost.amount),
            cost.from
        ));
        table.notes.extend(lines(&figures).into_iter().map(|(name, per)| {
            let Some(CostPer { value, interval }) = per else {
                return format!("  {name}: not estimable, for none are assumed");
            };
            format!("  {name}: {}{code} ({}–{})", money(value), money(interval.low), money(interval.high))
        }));
        table.assumptions.push(priors.money_words());
        let mut summary = json!(figures);
        if let Value::Object(fields) = &mut summary {
            fields.insert("currency".into(), json!(cost.currency));
        }
        table.summary.insert("money".into(), summary);
        Ok(())
    }
}

fn lines(figures: &MoneyFigures) -> [(&'static str, Option<CostPer>); 4] {
    [
        ("CPM, a thousand exposures", Some(figures.cpm)),
        ("cost per person reached", Some(figures.cpr)),
        ("CPE, an engagement", figures.cpe),
        ("CPA, an acquisition", figures.cpa),
    ]
}

/// Money as people read it.
fn money(amount: f64) -> String {
    match amount {
        amount if !amount.is_finite() => "∞".into(),
        amount if amount >= 100.0 => number::count(libm::round(amount) as u64),
        amount => number::significant(amount, 3),
    }
}

/// Adds what is said of the next post: where it falls, and why it is not known better.
pub fn add(table: &mut Table, found: &ReachEstimate, hide_below: Option<u64>) {
    let hidden = hide_below.is_some_and(|below| {
        let ends = found.next.iter().flat_map(|next| {
            let intervals = [next.p50, next.p80, next.p95];
            intervals.into_iter().flat_map(|ends| [ends.low, ends.high]).chain([next.mean])
        });
        let parts = found.models.iter().map(|part| part.reach);
        ends.chain(parts).chain([found.reach]).any(|people| small::is_small(people, below))
    });
    table.summary.insert("next_post".into(), if hidden { Value::Null } else { json!(found.next) });
    table.summary.insert("shares_of_variance".into(), json!(found.shares));
    if found.models.len() > 1 {
        let shown = |part: &crate::cascade::ModelPart| {
            let reach = if hidden { Value::Null } else { json!(part.reach) };
            json!({ "model": part.model, "weight": part.weight, "reach": reach })
        };
        table.summary.insert("models".into(), found.models.iter().map(shown).collect());
    }
    table.notes.extend(found.layers_words());
}
