//! `truereach info`: the data card.

use std::fmt::Write;

use super::backtest;
use super::open::NetworkArgs;
use super::term::Terminal;
use crate::analyze::DataCard;
use crate::base::memory::Bytes;
use crate::base::{Error, Result};
use crate::report::number::{count, people};

/// Print the data card: what this network holds, what can be said with it, and what more data would buy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  truereach info datasets/collegemsg")]
pub struct InfoArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl InfoArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        let card = DataCard::of(&opened.network, &terminal.run)?;
        let verdict = backtest::kept(&self.network, &opened, terminal)?;
        if self.json {
            let mut value = serde_json::to_value(&card)
                .map_err(|error| Error::io("<stdout>", "write", std::io::Error::other(error)))?;
            value["schema"] = "truereach/info/1".into();
            value["checksum"] = format!("{:016x}", opened.checksum).into();
            if let Some(verdict) = &verdict {
                value["backtest"] = verdict.sentence.clone().into();
            }
            return terminal.print(&format!("{value:#}\n"));
        }
        let mut text = describe(&card, &opened.name, opened.checksum);
        if let Some(verdict) = &verdict {
            let _ = writeln!(text, "{:<14}{}", "back-test", verdict.sentence);
        }
        terminal.print(&text)
    }
}

fn describe(card: &DataCard, name: &str, checksum: u64) -> String {
    let mut text = String::new();
    let mut line = |head: &str, tail: String| {
        let _ = writeln!(text, "{head:<14}{tail}");
    };
    line("network", name.to_owned());
    line("checksum", format!("{checksum:016x}"));
    let stated = if card.view_stated { "stated" } else { "detected; ingest --view states it" };
    line("view", format!("{} ({stated})", card.view.describe()));
    let creators =
        card.creators.map_or(String::new(), |creators| format!(", {} in the creators table", count(creators)));
    line("accounts", format!("{}{creators}", count(card.accounts)));
    if let Some(degrees) = &card.degrees {
        let columns = match card.follow_columns.is_empty() {
            true => String::new(),
            false => format!(", with {}", card.follow_columns.join(", ")),
        };
        line("follows", format!("{}{columns}", count(degrees.follows)));
        if let Some(share) = degrees.reciprocal {
            line(
                "",
                format!(
                    "{:.1}% returned; {} accounts follow nobody, {} have no follower",
                    100.0 * share,
                    count(degrees.follow_nobody),
                    count(degrees.no_followers)
                ),
            );
        }
        let quantiles: Vec<String> = degrees
            .quantiles
            .iter()
            .map(|(q, followers)| format!("{}%: {}", people_share(*q), count(*followers as u64)))
            .collect();
        line("followers", quantiles.join("  "));
        let tiers: Vec<String> =
            degrees.tiers.iter().map(|row| format!("{} {}", row.tier.name(), count(row.accounts))).collect();
        line("tiers", tiers.join(", "));
    }
    if !card.interactions.is_empty() {
        let kinds: Vec<String> =
            card.interactions.iter().map(|(kind, number)| format!("{kind} {}", count(*number))).collect();
        let total: u64 = card.interactions.values().sum();
        line("interactions", format!("{} ({})", count(total), kinds.join(", ")));
        if !card.interaction_columns.is_empty() {
            line("", format!("with {}", card.interaction_columns.join(", ")));
        }
        if card.undated > 0 {
            line("", format!("{} without a time", count(card.undated)));
        }
        if card.items > 0 {
            line("posts", count(card.items));
        }
    }
    if let (Some(from), Some(to)) = (&card.from, &card.to) {
        line("dates", format!("{from} to {to}"));
    }
    if !card.columns.is_empty() {
        let columns: Vec<String> =
            card.columns.iter().map(|column| format!("{} ({})", column.name, count(column.given))).collect();
        line("attributes", columns.join(", "));
    }
    if let Some(claimed) = &card.claimed {
        line(
            "claimed",
            format!(
                "{} followers of {} accounts, of which {} are in this network",
                people(claimed.claimed),
                count(claimed.accounts),
                count(claimed.observed)
            ),
        );
    }
    let rows = &card.rows;
    if rows.follow_rows + rows.self_follows + rows.self_interactions + rows.skipped > 0 {
        let repeats = rows.follow_rows - card.degrees.as_ref().map_or(0, |degrees| degrees.follows);
        line(
            "rows",
            format!(
                "{} repeats merged, {} self-directed dropped, {} left out for a fault",
                count(repeats),
                count(rows.self_follows + rows.self_interactions),
                count(rows.skipped)
            ),
        );
    }
    line("memory", format!("{} by the formula", Bytes(card.memory)));
    text.push_str("what can be said\n");
    for ability in &card.abilities {
        let mark = if ability.supported { "yes" } else { "no " };
        let _ = writeln!(text, "  {mark}  {:<36}{}", ability.figure, ability.because);
    }
    text
}

fn people_share(q: f64) -> String {
    format!("{}", 100.0 * q)
}
