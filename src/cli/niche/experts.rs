//! `truereach niche experts`: whose audience cares for a niche most, beside those whom everybody follows.

use super::super::creators::CreatorArgs;
use super::super::open::NetworkArgs;
use super::super::term::{OutputArgs, Terminal};
use super::{Cells, From, assumption, tells_of_few, trust};
use crate::base::stats::Interval;
use crate::base::{Error, Result, par};
use crate::cascade::Priors;
use crate::graph::{Network, People};
use crate::niche::{Affinities, Standing, Standings};
use crate::report::dots::{self, Dot, Words};
use crate::report::number::{brief, count};
use crate::report::{Cell, Column, Picture, Provenance, Table, small};

/// Find the creators whose audience cares for a niche, or belongs to a set of people, more than everybody does.
///
/// An expert is whose index (100: as everybody) is above 100 with its whole 95% interval; they are ranked by the people of
/// the niche that one post reaches directly. The most followed of the others stand below, for contrast.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach niche experts 17 datasets/lastfm-asia
  truereach niche experts beauty market.trg --only tier=nano,micro
  truereach niche experts \"follow anh and not follow bao\" market.trg
  truereach niche experts beauty market.trg -o beauty.svg")]
pub struct ExpertsArgs {
    /// A niche, or a set of people such as "follow anh and not follow bao"
    #[arg(value_name = "NICHE")]
    target: String,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    #[command(flatten)]
    from: From,
    /// Count people by this column of the accounts table, such as how likely they are real
    #[arg(long, value_name = "COLUMN", help_heading = "Niches")]
    weight: Option<String>,
    /// Show the N best; 0 shows all
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// Show so many of the most followed others for contrast
    #[arg(long, default_value_t = 3, value_name = "N")]
    contrast: usize,
    #[command(flatten)]
    output: OutputArgs,
}

/// A creator and what is said of them.
struct Expert {
    account: u32,
    followers: f64,
    standing: Standing,
    /// People of the niche whom a post reaches directly, and within what that lies.
    reach: Option<(f64, Interval)>,
    specialisation: Option<f64>,
}

impl Expert {
    /// Whether the audience cares more for the niche than everybody, with its whole interval.
    fn is_one(&self) -> bool {
        self.standing.index.interval.is_some_and(|range| range.low > 100.0)
    }
}

impl ExpertsArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        let opened = self.network.open(terminal)?;
        let network = &opened.network;
        let creators = self.creators.candidates(network)?;
        let target = self.target.trim();
        let people = target.parse::<People>();
        // Whatever is no set of people is meant for a niche.
        let (affinities, niche) = match &people {
            Ok(people) => (Affinities::of_set(target, &people.of(network)?), 0),
            Err(_) => {
                let affinities = self.from.affinities(&opened, terminal)?;
                let first = target.split([' ', '(']).next().unwrap_or_default().to_lowercase();
                let is_set = target.contains(['=', '(']) || ["follow", "follows", "not"].contains(&first.as_str());
                let niche = affinities.niche(target).map_err(|error| match is_set {
                    false => error,
                    true => Error::parameter("NICHE", people.as_ref().err().cloned().unwrap_or_default()),
                })?;
                (affinities, niche)
            }
        };
        let standings = Standings::new(network, &affinities, self.weight.as_deref())?;
        let priors = Priors::default();
        let expert = |account: u32| {
            let followers = network.follower_count(account).unwrap_or(0.0);
            let standing = standings.of(account, niche);
            let (exposure, range) = priors.exposure(followers, &network.tiers);
            let reach = standing.people.value.map(|people| {
                let ends = standing.people.interval.unwrap_or(Interval::point(people));
                (exposure * people, Interval { low: range.low * ends.low, high: range.high * ends.high })
            });
            let shares = if people.is_ok() { None } else { standings.shares(account) };
            let specialisation = shares.map(|shares| Standings::specialisation(&shares));
            Expert { account, followers, standing, reach, specialisation }
        };
        terminal.run.phase("niches: audiences", Some(creators.len() as u64));
        let all = par::map(&terminal.run, &par::chunks(creators.len(), 16), |range| {
            Ok(creators[range].iter().map(|&account| expert(account)).collect::<Vec<_>>())
        })?;
        let (mut experts, mut others): (Vec<Expert>, Vec<Expert>) = all.into_iter().flatten().partition(Expert::is_one);
        let reach = |expert: &Expert| expert.reach.map_or(0.0, |reach| reach.0);
        experts.sort_by(|a, b| reach(b).total_cmp(&reach(a)).then(a.account.cmp(&b.account)));
        others.sort_by(|a, b| b.followers.total_cmp(&a.followers).then(a.account.cmp(&b.account)));
        let found = experts.len();
        let unsure =
            others.iter().filter(|one| one.standing.index.is_given() && one.standing.index.interval.is_none()).count()
                as u64;
        if self.top > 0 {
            experts.truncate(self.top);
        }
        others.truncate(self.contrast);

        let name = if people.is_ok() { target } else { &affinities.card.names[niche] };
        let parameters = serde_json::json!({
            "target": name, "creators": creators.len(), "weight": self.weight,
            "niches": super::super::analyze::parameters(&self.from.niches)?, "seeds": self.from.seeds.is_some(),
        });
        let provenance = Provenance::new("niche experts", parameters, terminal.seed, opened.checksum);
        let mut table = Table::new("truereach/niche-experts/1", columns(), provenance);
        let below = terminal.hide_below();
        let base = standings.base().get(niche).copied().unwrap_or(0.0);
        // Share and index give away how large a set is: of one of few people nothing is told.
        let few = |people: f64| below.is_some_and(|below| small::is_small(libm::round(people), below));
        let members = people.is_ok().then(|| affinities.card.labelled[niche] as f64);
        let hide_all = members.is_some_and(|members| few(members) || few(network.accounts() as f64 - members));
        for (kind, experts) in [("expert", &experts), ("contrast", &others)] {
            for (place, expert) in experts.iter().enumerate() {
                let place = if kind == "expert" { Cell::Count(place as u64 + 1) } else { Cell::Missing };
                table.rows.push(row(place, kind, expert, network, hide_all || tells_of_few(&expert.standing, below)));
            }
        }
        let who = if people.is_ok() { format!("people of whom \"{target}\" holds") } else { format!("niche {name}") };
        // Two sets that differ by few people would tell how few: where those are hidden, no set is counted.
        if people.is_err() || below.is_none() {
            let about = brief(base * network.accounts() as f64);
            table.notes.push(format!("{who}: {:.2}% of everybody here, about {about} people", 100.0 * base));
            table.summary.insert("base".into(), base.into());
        }
        table.notes.push(format!(
            "{} of {} creators have an audience that is more so with its whole interval, each by itself: one in forty would have by \
             chance",
            count(found as u64),
            count(creators.len() as u64),
        ));
        if unsure > 0 {
            table.notes.push(format!("{} creators have no interval, and are no experts", count(unsure)));
        }
        if people.is_err() {
            table.notes.push(trust(&affinities.card));
            table.assumptions.push(assumption(&affinities.card));
        }
        table.assumptions.extend(priors.assumptions().into_iter().next());
        table.summary.insert("target".into(), name.into());
        table.summary.insert("experts".into(), found.into());
        table.picture = Some(Picture(draw));
        terminal.give(&table, &self.output)
    }
}

fn columns() -> Vec<Column> {
    vec![
        Column::new("place", "place", "", "1 reaches most people of the niche"),
        Column::new("creator", "creator", "", "the creator"),
        Column::new("kind", "kind", "", "expert: more of the niche than everybody; else one for contrast"),
        Column::new("reach", "reaches", "people", "people of the niche whom one post reaches directly")
            .people()
            .hidden_with(&["people"]),
        Column::new("index", "index", "", "100 times the share over everybody's share").hidden_with(&["people"]),
        Column::new("index_interval", "95% interval", "", "of the index").range().hidden_with(&["people"]),
        Column::new("people", "in niche", "people", "followers who care for it: affinities added up").people(),
        Column::new("share", "share", "share", "their part of the followers").hidden_with(&["people"]),
        Column::new("followers", "followers", "people", "followers").people(),
        Column::new("tier", "tier", "", "by followers").detail(),
        Column::new("status", "status", "", "of people, share and index; reach is assumed").detail(),
        Column::new("people_interval", "95% interval", "people", "of people").range().detail().hidden_with(&["people"]),
        Column::new("share_interval", "95% interval", "share", "of share").range().detail().hidden_with(&["people"]),
        Column::new("reach_interval", "range", "people", "of reach, under the ends of what is assumed")
            .range()
            .detail()
            .hidden_with(&["people"]),
        Column::new("specialisation", "specialised", "share", "0: all niches alike; 1: one niche").detail(),
        Column::new("because", "because", "", "what the figures rest on").detail(),
    ]
}

fn row(place: Cell, kind: &str, expert: &Expert, network: &Network, hidden: bool) -> Vec<Cell> {
    let cells = Cells::new(&expert.standing, hidden);
    let shown = |cell: Cell| if hidden { Cell::Hidden } else { cell };
    vec![
        place,
        Cell::Text(network.names.get(expert.account).into_owned()),
        Cell::Text(kind.into()),
        shown(expert.reach.map_or(Cell::Missing, |reach| Cell::people(libm::round(reach.0)))),
        cells.index,
        cells.index_range,
        cells.people,
        cells.share,
        Cell::people(expert.followers),
        Cell::Text(network.tiers.of(expert.followers).name().into()),
        Cell::Text(expert.standing.share.status.name().into()),
        cells.people_range,
        cells.share_range,
        shown(expert.reach.map_or(Cell::Missing, |reach| Cell::Range(reach.1))),
        expert.specialisation.map_or(Cell::Missing, |value| shown(Cell::Score(value, 3))),
        Cell::Text(expert.standing.share.because.clone().into_owned()),
    ]
}

/// Indices with their intervals, experts above.
fn draw(table: &Table) -> String {
    let text = |cell: &Cell| if let Cell::Text(text) = cell { text.clone() } else { String::new() };
    let dot = |row: &Vec<Cell>| {
        let Cell::Range(interval) = row[5] else { return None };
        let about = match (row[6].number(), row[8].number()) {
            (Some(people), Some(followers)) => format!("about {} of {} followers", brief(people), brief(followers)),
            _ => String::new(),
        };
        let series = usize::from(text(&row[2]) != "expert");
        Some(Dot { name: text(&row[1]), value: row[4].number()?, interval: Some(interval), series, about })
    };
    let dots: Vec<Dot> = table.rows.iter().filter_map(dot).collect();
    let target = table.summary["target"].as_str().unwrap_or_default();
    let series = ["experts".to_owned(), "most followed others".to_owned()];
    let words = Words {
        title: &format!("Whose audience cares for {target}"),
        under: "share of the audience over everybody's share, with 95% intervals",
        axis: "index; 100: as everybody",
        series: &series,
        from: &table.provenance.line(),
    };
    dots::draw(&dots, 100.0, words)
}
