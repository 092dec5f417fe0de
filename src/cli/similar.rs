//! `truereach similar`: who else has this audience.

use super::analyze::parameters;
use super::creators::{CreatorArgs, accounts};
use super::open::NetworkArgs;
use super::term::{OutputArgs, Terminal};
use crate::audience::{Alike, AlikePairs};
use crate::base::{Figure, Result, Status};
use crate::graph::Network;
use crate::report::number::significant;
use crate::report::{Cell, Column, Provenance, Table, small};

/// Find creators whose audiences are alike: of each creator those who share most of it.
///
/// All pairs are looked at, however many creators there are; what that needs of memory is checked first. Lists must be full;
/// of cut lists `truereach overlap --pairs` says what can be said.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach similar datasets/lastfm-asia --of 7237
  truereach similar market.trg --only niche=beauty --accounts-are-people -o similar.csv
  truereach similar market.trg --top 0 --at-least 0.2 --accounts-are-people -o pairs.csv
  truereach similar big.trg --only followers>=1000 --method sketch:1024")]
pub struct SimilarArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    /// Only the rows of these creators: ids, or @FILE with one a line
    #[arg(long, value_delimiter = ',', value_name = "ID,…", help_heading = "Pairs")]
    of: Vec<String>,
    #[command(flatten)]
    alike: Alike,
    #[command(flatten)]
    output: OutputArgs,
}

const COLUMNS: [Column; 12] = [
    Column::new("creator", "creator", "", "a creator"),
    Column::new("place", "place", "", "1 is the most similar audience"),
    Column::new("other", "other", "", "whose audience is alike"),
    Column::new("people", "common", "people", "people who follow both").people(),
    Column::new("jaccard", "of either", "share", "common people over those who follow one or both")
        .hidden_with(&["people"]),
    Column::new("containment", "of smaller", "share", "common people over the smaller audience")
        .hidden_with(&["people"]),
    Column::new(
        "lift",
        "lift",
        "ratio",
        "common people over those expected if following one said nothing of the other",
    )
    .hidden_with(&["people"]),
    Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
    Column::new("followers", "followers", "people", "followers of the other").people(),
    Column::new("interval", "95% interval", "people", "of common").range().people().detail().hidden_with(&["people"]),
    Column::new("jaccard_interval", "of either, 95%", "share", "of jaccard").range().detail().hidden_with(&["people"]),
    Column::new(
        "lift_interval",
        "lift, 95%",
        "ratio",
        "of lift; of counted pairs what chance would leave, were these people some of many alike",
    )
    .range()
    .detail()
    .hidden_with(&["people"]),
];

impl SimilarArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        self.alike.check()?;
        let opened = self.network.open(terminal)?;
        let network = &opened.network;
        let creators = self.creators.candidates(network)?;
        let of = accounts(&self.of, network)?;
        let mut alike = self.alike;
        let below = terminal.hide_below();
        if let Some(below) = below {
            // A pair that is told to be alike, and shares few people, tells how few.
            alike.common = alike.common.max(below as u32);
        }
        let mut found = alike.run(network, &creators, &of, &terminal.run)?;
        if let Some(below) = below {
            found.notes.push(format!("pairs that share fewer than {below} people are left out"));
        }
        let names =
            |accounts: &[u32]| accounts.iter().map(|&one| network.names.get(one).into_owned()).collect::<Vec<_>>();
        let parameters = serde_json::json!({
            "creators": found.creators.len(), "of": names(&of), "similar": parameters(&alike)?,
        });
        let provenance = Provenance::new("similar", parameters, terminal.seed, opened.checksum);
        terminal.give(&table(&found, network, alike.top > 0, below, provenance), &self.output)
    }
}

fn table(
    found: &AlikePairs,
    network: &Network,
    by_creator: bool,
    hide_below: Option<u64>,
    provenance: Provenance,
) -> Table {
    let mut table = Table::new("truereach/similar/1", COLUMNS.to_vec(), provenance);
    let name = |account: u32| Cell::Text(network.names.get(account).into_owned());
    let mut sizes = found.creators.clone();
    sizes.sort_unstable_by_key(|one| one.0);
    let size = |account: u32| sizes.binary_search_by_key(&account, |one| one.0).map_or(0.0, |at| sizes[at].1);
    let range = |figure: &Figure| figure.interval.map_or(Cell::Missing, Cell::Range);
    let (mut before, mut place) = (None, 0);
    for pair in &found.rows {
        let [one, other] = pair.accounts;
        place = if by_creator && before != Some(one) { 1 } else { place + 1 };
        before = Some(one);
        let people = pair.common.value.unwrap_or(0.0);
        // Who follows one and not the other may be few too.
        let is_few = |people: f64| hide_below.is_some_and(|below| small::is_small(libm::round(people), below));
        let hidden = is_few(size(one) - people) || is_few(size(other) - people);
        let small = |cell: Cell| if hidden { Cell::Hidden } else { cell };
        let shown = |figure: &Figure, factor: f64, unit: &str| {
            let shown = |value: f64| Cell::Shown(value, format!("{}{unit}", significant(factor * value, 3)));
            small(figure.value.map_or(Cell::Missing, shown))
        };
        table.rows.push(vec![
            name(one),
            small(Cell::Count(place)),
            name(other),
            small(Cell::people(people)),
            shown(&pair.jaccard, 100.0, "%"),
            shown(&pair.containment, 100.0, "%"),
            shown(&pair.lift, 1.0, ""),
            Cell::Text(pair.common.status.name().into()),
            Cell::people(size(other)),
            small(range(&pair.common)),
            small(range(&pair.jaccard)),
            small(range(&pair.lift)),
        ]);
    }
    table.notes = found.notes.clone();
    if found.rows.iter().any(|pair| pair.common.status == Status::Estimated) {
        table.notes.push("each interval holds with 95% by itself, not all of them together".into());
    }
    table.summary.insert("creators".into(), found.creators.len().into());
    table
}
