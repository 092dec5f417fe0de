//! `truereach info`: the data card.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use super::backtest;
use super::open::NetworkArgs;
use super::term::Terminal;
use crate::analyze::DataCard;
use crate::base::error::quoted;
use crate::base::memory::Bytes;
use crate::base::{Error, Result};
use crate::graph::network::Tier;
use crate::graph::{Layout, Network};
use crate::io::Snapshot;
use crate::report::number::{count, people};
use crate::report::small;

/// Print the data card: what this network holds, what can be said with it, and what more data would buy.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  truereach info datasets/collegemsg
  truereach info market.trg --of anh")]
pub struct InfoArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print who follows this account and whom it follows, read from the snapshot at once and without verifying the rest
    #[arg(long, value_name = "NAME", conflicts_with_all = ["json", "define"])]
    of: Option<String>,
}

/// Names of a row that are printed.
const NAMED: usize = 10;

impl InfoArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        if let Some(name) = &self.of {
            return self.look_up(name, terminal);
        }
        let opened = self.network.open(terminal)?;
        let card = DataCard::of(&opened.network, &terminal.run)?;
        let verdict = backtest::kept(&self.network, &opened, terminal)?;
        if self.json {
            let mut value = serde_json::to_value(&card)
                .map_err(|error| Error::io("<stdout>", "write", std::io::Error::other(error)))?;
            value["schema"] = "truereach/info/1".into();
            value["checksum"] = format!("{:016x}", opened.checksum).into();
            value["bits_an_edge"] = opened.bits_an_edge().into();
            value["pseudonymous"] = opened.network.pseudonymous.map(|key| format!("{key:016x}")).into();
            if let Some(definitions) = terminal.definitions() {
                value["define"] = definitions;
            }
            if let Some(verdict) = &verdict {
                value["backtest"] = verdict.sentence.clone().into();
            }
            if let Some(below) = terminal.hide_below() {
                withhold(&mut value, below);
            }
            return terminal.print(&format!("{value:#}\n"));
        }
        let mut text = describe(&card, &opened.name, opened.checksum, &opened.network, terminal.hide_below());
        if let Some(bits) = opened.bits_an_edge() {
            let _ = writeln!(text, "{:<14}compressed: a follow takes {bits:.1} bits of the file", "snapshot");
        }
        if let Some(verdict) = &verdict {
            let _ = writeln!(text, "{:<14}{}", "back-test", verdict.sentence);
        }
        terminal.print(&text)
    }
}

impl InfoArgs {
    /// One account of a snapshot.
    fn look_up(&self, name: &str, terminal: &Terminal) -> Result<()> {
        let [path] = &self.network.network[..] else {
            return Err(Error::parameter("--of", "it is looked up in one snapshot"));
        };
        terminal.reading(&self.network.network);
        let snapshot = Snapshot::open(path, self.network.trust)?;
        terminal.guard_view(snapshot.header().view, snapshot.header().pseudonymous.is_some());
        let Some(account) = snapshot.account(name)? else {
            return Err(Error::parameter("--of", format!("no account is called {}", quoted(name.as_bytes()))));
        };
        let mut text = format!("{:<14}{}\n", "account", account.name);
        for (head, row) in [("followers", &account.followers), ("following", &account.following)] {
            let few = terminal.hide_below().is_some_and(|below| small::is_small(row.len() as f64, below));
            let _ = write!(text, "{head:<14}{}", small::shown(row.len() as u64, terminal.hide_below()));
            // Names of few people would tell how many they are.
            if !few && !row.is_empty() {
                let names = row.iter().take(NAMED).map(|&id| snapshot.account_name(id)).collect::<Result<Vec<_>>>()?;
                let more = if row.len() > NAMED { ", …" } else { "" };
                let _ = write!(text, ": {}{more}", names.join(", "));
            }
            text.push('\n');
        }
        terminal.print(&text)
    }
}

/// Counts of people in the JSON card that are withheld where they are small. What counts creators, tiers from nano on
/// and rows of their table, stays: creators are public.
const OF_PEOPLE: &[&str] = &[
    "/accounts",
    "/degrees/accounts",
    "/degrees/follows",
    "/degrees/most_followers",
    "/degrees/most_following",
    "/degrees/follow_nobody",
    "/degrees/no_followers",
    "/claimed/observed",
    "/undated",
    "/rows/follow_rows",
];

/// Puts null in the place of small counts, and says how many.
fn withhold(card: &mut Value, below: u64) {
    let mut withheld = 0;
    let mut look = |value: &mut Value| {
        if value.as_f64().is_some_and(|number| small::is_small(number, below)) {
            *value = Value::Null;
            withheld += 1;
        }
    };
    for place in OF_PEOPLE {
        card.pointer_mut(place).into_iter().for_each(&mut look);
    }
    let everyday = |row: &&mut Value| row["tier"] == Tier::Everyday.name();
    for row in card.pointer_mut("/degrees/tiers").and_then(Value::as_array_mut).into_iter().flatten().filter(everyday) {
        look(&mut row["accounts"]);
        look(&mut row["followers"]);
    }
    for pair in card.pointer_mut("/degrees/quantiles").and_then(Value::as_array_mut).into_iter().flatten() {
        look(&mut pair[1]);
    }
    for (_, number) in card["interactions"].as_object_mut().into_iter().flatten() {
        look(number);
    }
    // The mean of few follows or few accounts would tell how many.
    if card.pointer("/degrees/follows").is_some_and(Value::is_null) || card["accounts"].is_null() {
        card.pointer_mut("/degrees/mean_followers").into_iter().for_each(|mean| *mean = Value::Null);
    }
    card["withheld"] = serde_json::json!({"below": below, "counts": withheld, "ask": "--small-cells"});
}

fn describe(card: &DataCard, name: &str, checksum: u64, network: &Network, hide_below: Option<u64>) -> String {
    let few = |number: u64| small::shown(number, hide_below);
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
    line("accounts", format!("{}{creators}", few(card.accounts)));
    if card.layout == Layout::Followers {
        line("layout", "those with most followers first".into());
    }
    if let Some(key) = network.pseudonymous {
        line("names", format!("pseudonymised: keyed hashes but for creators (key {key:016x})"));
    }
    if let Some(degrees) = &card.degrees {
        let columns = match card.follow_columns.is_empty() {
            true => String::new(),
            false => format!(", with {}", card.follow_columns.join(", ")),
        };
        line("follows", format!("{}{columns}", few(degrees.follows)));
        if let Some(share) = degrees.reciprocal {
            line(
                "",
                format!(
                    "{:.1}% returned; {} accounts follow nobody, {} have no follower",
                    100.0 * share,
                    few(degrees.follow_nobody),
                    few(degrees.no_followers)
                ),
            );
        }
        let quantiles: Vec<String> = degrees
            .quantiles
            .iter()
            .map(|(q, followers)| format!("{}%: {}", people_share(*q), few(*followers as u64)))
            .collect();
        line("followers", quantiles.join("  "));
        // From nano on these are creators, who are public; everyday accounts are people.
        let tier = |tier: Tier, accounts: u64| if tier == Tier::Everyday { few(accounts) } else { count(accounts) };
        let tiers: Vec<String> =
            degrees.tiers.iter().map(|row| format!("{} {}", row.tier.name(), tier(row.tier, row.accounts))).collect();
        line("tiers", tiers.join(", "));
    }
    if !card.interactions.is_empty() {
        let kinds: Vec<String> =
            card.interactions.iter().map(|(kind, number)| format!("{kind} {}", few(*number))).collect();
        let total: u64 = card.interactions.values().sum();
        line("interactions", format!("{} ({})", few(total), kinds.join(", ")));
        if !card.interaction_columns.is_empty() {
            line("", format!("with {}", card.interaction_columns.join(", ")));
        }
        if card.undated > 0 {
            line("", format!("{} without a time", few(card.undated)));
        }
        if card.items > 0 {
            line("posts", count(card.items));
        }
    }
    let numbers = |counts: &BTreeMap<&str, u64>| {
        counts.iter().map(|(name, number)| format!("{} {name}", count(*number))).collect::<Vec<_>>().join(", ")
    };
    if !card.lists.is_empty() {
        line("lists", numbers(&card.lists));
    }
    if !card.tables.is_empty() {
        line("tables", numbers(&card.tables));
    }
    if !card.post_columns.is_empty() {
        line("posts have", card.post_columns.join(", "));
    }
    if let (Some(from), Some(to)) = (&card.from, &card.to) {
        line("dates", format!("{from} to {to}"));
    }
    if !card.columns.is_empty() {
        // Dates of values stand in columns beside them.
        let dates = |name: &str| card.columns.iter().any(|other| other.name == format!("{name}_as_of"));
        let of_dates = |name: &str| {
            let base = name.strip_suffix("_as_of");
            base.is_some_and(|base| card.columns.iter().any(|other| other.name == base))
        };
        let columns = card.columns.iter().filter(|column| !of_dates(&column.name)).map(|column| {
            let dated = if dates(&column.name) { ", dated" } else { "" };
            format!("{} ({}{dated})", column.name, count(column.given))
        });
        line("attributes", columns.collect::<Vec<_>>().join(", "));
    }
    if let Some(claimed) = &card.claimed {
        line(
            "claimed",
            format!(
                "{} followers of {} accounts, of which {} are in this network",
                people(claimed.claimed),
                count(claimed.accounts),
                few(claimed.observed)
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
    if let Some(below) = hide_below {
        line("personal data", format!("counts of 1 to {} people are withheld; --small-cells shows them", below - 1));
    }
    line("memory", format!("{} by the formula", Bytes(card.memory)));
    text.push_str("what can be said\n");
    for ability in &card.abilities {
        let _ = writeln!(text, "  {:<14} {:<36}{}", ability.status.name(), ability.figure, ability.because);
        if let Some(more) = ability.more {
            let _ = writeln!(text, "  {:<14} {:<36}{more}", "", "");
        }
    }
    text.push_str("what can be done\n");
    for one in &card.uses {
        let mark = if one.possible { "yes" } else { "no" };
        let _ = writeln!(text, "  {mark:<14} {:<36}{}", one.what, one.because);
    }
    text
}

fn people_share(q: f64) -> String {
    format!("{}", 100.0 * q)
}
