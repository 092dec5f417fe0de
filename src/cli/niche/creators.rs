//! `truereach niche creators`: what the audiences of some creators care for.

use super::super::creators::CreatorArgs;
use super::super::open::NetworkArgs;
use super::super::term::{OutputArgs, Terminal};
use super::{Cells, From, assumption, tells_of_few, trust, withheld};
use crate::base::{Result, par};
use crate::niche::{Standing, Standings};
use crate::report::dots::{self, Dot, Words};
use crate::report::{Cell, Column, Picture, Provenance, Table};

/// Show what the audiences of creators care for: the niches that stand out, how far, and how specialised the audience is.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach niche creators datasets/lastfm-asia --creators 7237,3530
  truereach niche creators market.trg --creators @plan.txt --top 0 -o audiences.csv
  truereach niche creators market.trg --creators anh,bao -o audiences.svg")]
pub struct CreatorsArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    #[command(flatten)]
    from: From,
    /// Count people by this column of the accounts table, such as how likely they are real
    #[arg(long, value_name = "COLUMN", help_heading = "Niches")]
    weight: Option<String>,
    /// Show the N niches of each that stand out most; 0 shows all
    #[arg(long, default_value_t = 3, value_name = "N")]
    top: usize,
    #[command(flatten)]
    output: OutputArgs,
}

/// The niches of a creator, those that stand out most first, and how specialised the audience is.
struct Profile {
    account: u32,
    niches: Vec<(usize, Standing)>,
    specialisation: Option<f64>,
}

impl CreatorsArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        let network = &opened.network;
        let creators = self.creators.accounts(network)?;
        let affinities = self.from.affinities(&opened, terminal)?;
        let card = &affinities.card;
        let standings = Standings::new(network, &affinities, self.weight.as_deref())?;
        terminal.run.phase("niches: audiences", Some(creators.len() as u64));
        let profiles = par::map(&terminal.run, &par::chunks(creators.len(), 1), |range| {
            let account = creators[range.start];
            let mut niches: Vec<(usize, Standing)> =
                (0..card.names.len()).map(|niche| (niche, standings.of(account, niche))).collect();
            // For certain first: by the lower end, and by the index itself where there is none.
            let least = |standing: &Standing| {
                let index = &standing.index;
                index.interval.map(|range| range.low).or(index.value).unwrap_or(0.0)
            };
            niches.sort_by(|a, b| least(&b.1).total_cmp(&least(&a.1)).then(a.0.cmp(&b.0)));
            let specialisation = standings.shares(account).map(|shares| Standings::specialisation(&shares));
            Ok(Profile { account, niches, specialisation })
        })?;
        let names: Vec<String> = creators.iter().map(|&account| network.names.get(account).into_owned()).collect();
        let parameters = serde_json::json!({
            "creators": names, "weight": self.weight, "niches": super::super::analyze::parameters(&self.from.niches)?,
            "seeds": self.from.seeds.is_some(),
        });
        let provenance = Provenance::new("niche creators", parameters, terminal.seed, opened.checksum);
        let mut table = Table::new("truereach/niche-creators/1", columns(), provenance);
        for profile in &profiles {
            let followers = network.follower_count(profile.account).unwrap_or(0.0);
            let shown = if self.top == 0 { profile.niches.len() } else { self.top };
            let below = terminal.hide_below();
            let people: Vec<f64> = profile.niches.iter().map(|(_, standing)| standing.listed[0]).collect();
            let withheld = withheld(&people, below);
            // One number of all niches: it would tell of a hidden one.
            let specialisation = match withheld.contains(&true) {
                true => Cell::Hidden,
                false => profile.specialisation.map_or(Cell::Missing, |value| Cell::Score(value, 3)),
            };
            for ((niche, standing), withheld) in profile.niches.iter().zip(withheld).take(shown) {
                let cells = Cells::new(standing, withheld || tells_of_few(standing, below));
                table.rows.push(vec![
                    Cell::Text(network.names.get(profile.account).into_owned()),
                    Cell::people(followers),
                    Cell::Text(card.names[*niche].clone()),
                    cells.people,
                    cells.share,
                    cells.index,
                    cells.index_range,
                    Cell::Text(standing.share.status.name().into()),
                    specialisation.clone(),
                    cells.people_range,
                    cells.share_range,
                    Cell::Text(standing.share.because.clone().into_owned()),
                ]);
            }
        }
        table.notes.push(trust(card));
        table.assumptions.push(assumption(card));
        table.picture = Some(Picture(draw));
        terminal.give(&table, &self.output)
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("creator", "creator", "", "the creator"),
        Column::new("followers", "followers", "people", "followers").people(),
        Column::new("niche", "niche", "", "a niche, those that stand out most first"),
        Column::new("people", "in niche", "people", "followers who care for it: affinities added up").people(),
        Column::new("share", "share", "share", "their part of the followers").hidden_with(&["people"]),
        Column::new("index", "index", "", "100 times that over everybody's share").hidden_with(&["people"]),
        Column::new("index_interval", "95% interval", "", "of the index").range().hidden_with(&["people"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
        Column::new("specialisation", "specialised", "share", "of the audience; 0: all niches alike; 1: one niche")
            .hidden_with(&["people"]),
        Column::new("people_interval", "95% interval", "people", "of people").range().detail().hidden_with(&["people"]),
        Column::new("share_interval", "95% interval", "share", "of share").range().detail().hidden_with(&["people"]),
        Column::new("because", "because", "", "what the figures rest on").detail(),
    ]
}

/// Indices with their intervals, a colour a creator.
fn draw(table: &Table) -> String {
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() };
    let mut series: Vec<String> = table.rows.iter().map(|row| text(&row[0])).collect();
    series.dedup();
    let dot = |row: &Vec<Cell>| {
        let Cell::Range(interval) = row[6] else { return None };
        let creator = text(&row[0]);
        Some(Dot {
            name: format!("{creator}: {}", text(&row[2])),
            value: row[5].number()?,
            interval: Some(interval),
            series: series.iter().position(|name| *name == creator).unwrap_or(0),
            about: String::new(),
        })
    };
    let dots: Vec<Dot> = table.rows.iter().filter_map(dot).collect();
    let words = Words {
        title: "What their audiences care for",
        under: "share of the audience over everybody's share, with 95% intervals",
        axis: "index; 100: as everybody",
        series: &[],
        from: &table.provenance.line(),
    };
    dots::draw(&dots, 100.0, words)
}
