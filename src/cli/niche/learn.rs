//! `truereach niche learn`: how much everybody cares about each niche, kept beside the snapshot.

use super::super::analyze::parameters;
use super::super::open::NetworkArgs;
use super::super::term::{OutputArgs, Terminal};
use super::{From, KIND, assumption, trust, withheld};
use crate::base::{Error, Result};
use crate::io::{sidecar, snapshot};
use crate::niche::Card;
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table, small};

/// Learn how much every account cares about each niche from those that are labelled, and keep it beside the snapshot.
///
/// Affinities become columns of the accounts, niche:beauty and so on, that every verb can weigh and filter by:
/// --weight niche:beauty, --only niche:beauty>=0.5. What held-out labels say of them is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach niche learn datasets/lastfm-asia
  truereach niche learn market.trg
  truereach niche learn market.trg --seeds seeds.csv
  truereach reach market.trg anh --weight niche:beauty")]
pub struct LearnArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    from: From,
    /// Do not keep them beside the snapshot
    #[arg(long)]
    no_keep: bool,
    #[command(flatten)]
    output: OutputArgs,
}

impl LearnArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        let found = self.from.learn(&opened, terminal)?;
        let parameters =
            serde_json::json!({ "niches": parameters(&self.from.niches)?, "seeds": self.from.seeds.is_some() });
        let provenance = Provenance::new("niche learn", parameters, terminal.seed, opened.checksum);
        terminal
            .give(&table(&found.card, found.accounts() as f64, terminal.hide_below(), provenance)?, &self.output)?;
        match self.network.network.as_slice() {
            [path] if !self.no_keep && snapshot::looks_like_snapshot(path) => {
                let (network, checksum) = (&opened.network, opened.checksum);
                let kept = sidecar::write_columns(
                    path,
                    KIND.name,
                    network,
                    checksum,
                    found.columns(),
                    &found.card,
                    &terminal.run,
                )?;
                terminal.note(format!(
                    "kept as {}: weigh or filter by niche:{} and the others",
                    kept.display(),
                    found.card.names[0]
                ));
            }
            _ if !self.no_keep => {
                terminal.note("hint: of a snapshot affinities are kept for other verbs: truereach ingest first");
            }
            _ => {}
        }
        Ok(())
    }
}

fn table(card: &Card, accounts: f64, hide_below: Option<u64>, provenance: Provenance) -> Result<Table> {
    let columns = vec![
        Column::new("niche", "niche", "", "the niche"),
        Column::new("labelled", "labelled", "accounts", "accounts that are labelled with it").people(),
        Column::new("prior", "of labels", "share", "its part of all labels").hidden_with(&["labelled"]),
        Column::new("people", "care for it", "people", "affinities of everybody added up").people(),
        Column::new("base", "of everybody", "share", "mean affinity of everybody").hidden_with(&["people"]),
    ];
    let mut table = Table::new("truereach/niche-learn/1", columns, provenance);
    let percent = |share: f64| Cell::Shown(share, format!("{}%", significant(100.0 * share, 3)));
    let labelled: Vec<f64> = card.labelled.iter().map(|&labelled| labelled as f64).collect();
    let withheld = withheld(&labelled, hide_below);
    for (niche, name) in card.names.iter().enumerate() {
        let cell = |cell: Cell| if withheld[niche] { Cell::Hidden } else { cell };
        table.rows.push(vec![
            Cell::Text(name.clone()),
            cell(Cell::Count(card.labelled[niche])),
            cell(percent(card.priors[niche])),
            Cell::Amount(libm::round(card.base[niche] * accounts)),
            percent(card.base[niche]),
        ]);
    }
    table.notes.push(trust(card));
    let classes = card.calibration.classes.iter().filter(|class| class.count > 0);
    let classes: Vec<String> =
        classes.map(|class| format!("{:.0}% given, {:.0}% found", 100.0 * class.given, 100.0 * class.found)).collect();
    table.notes.push(format!("affinities of held-out accounts in classes: {}", classes.join("; ")));
    if card.unreached > 0 {
        table.notes.push(format!(
            "{} accounts are tied to nobody who is labelled, not even through others, and were given the shares of the niches",
            small::shown(card.unreached, hide_below)
        ));
    }
    table.assumptions.push(assumption(card));
    if hide_below.is_none() {
        let document = serde_json::to_value(card).map_err(|error| Error::parameter("niches", error.to_string()))?;
        table.summary.insert("niches".into(), document);
    }
    Ok(table)
}
