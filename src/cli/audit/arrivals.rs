//! A row a day: how many followers of a creator came, how many usually come, and whether the day belongs to a burst.

use super::super::analyze::parameters;
use super::super::open::Opened;
use super::super::term::Terminal;
use crate::authenticity::{Arrivals, explained, found_pods, series};
use crate::base::{Error, Result, time};
use crate::report::arrivals::{self, Day};
use crate::report::{Cell, Column, Picture, Provenance, Table};

pub fn table(opened: &Opened, creators: &[u32], terminal: &Terminal) -> Result<Table> {
    let network = &opened.network;
    let &[creator] = creators else {
        return Err(Error::parameter("--arrivals", format!("shows one creator, not {}", creators.len()))
            .with_hint("name one: --creators anh --arrivals"));
    };
    let Some(follows) = &network.follows else {
        network.follow_graph()?;
        return Err(unknown());
    };
    let Some((first, counts)) = series(follows, creator)? else { return Err(unknown()) };
    let arrivals = Arrivals::default();
    let bursts = arrivals.of(creator, follows, &terminal.run)?;
    let pods = found_pods(network, &network.creators().unwrap_or_default(), &terminal.run)?;
    let explained = explained(&bursts, network.events.as_ref(), &pods);
    let columns = vec![
        Column::new("day", "day", "", "the day, UTC"),
        Column::new("arrivals", "arrivals", "accounts", "followers who came on it and still follow").people(),
        Column::new("usual", "usual", "accounts", "how many usually come, by the days around").detail(),
        Column::new("burst", "burst", "", "explained: a post or mention that everybody saw; unexplained; unknown"),
    ];
    let provenance = Provenance::new(
        "audit arrivals",
        serde_json::json!({ "creator": network.names.get(creator), "arrivals": parameters(&arrivals)? }),
        terminal.seed,
        opened.checksum,
    );
    let mut table = Table::new("truereach/audit-arrivals/1", columns, provenance);
    for (place, &count) in counts.iter().enumerate() {
        let day = first + place as i64;
        let burst = bursts.iter().position(|burst| (burst.from..=burst.to).contains(&day));
        let word = burst.map(|at| match explained[at] {
            Some(true) => "explained",
            Some(false) => "unexplained",
            None => "unknown",
        });
        table.rows.push(vec![
            Cell::Text(time::show(day * time::DAY).chars().take(10).collect()),
            Cell::Count(u64::from(count)),
            arrivals.usual_rate(&counts, place).map_or(Cell::Missing, Cell::Amount),
            Cell::text(word),
        ]);
    }
    table.notes.push(format!(
        "{} bursts among {} days; those who have ceased to follow are not in the data",
        bursts.len(),
        counts.len()
    ));
    table.summary.insert("bursts".into(), bursts.len().into());
    table.summary.insert("creator".into(), network.names.get(creator).into());
    table.picture = Some(Picture(draw));
    Ok(table)
}

fn unknown() -> Error {
    Error::NotEstimable { figure: "Arrivals by day".into(), needs: "the times of follows of this creator".into() }
}

fn draw(table: &Table) -> String {
    let day = |row: &Vec<Cell>| {
        let Cell::Text(day) = &row[0] else { return None };
        let burst = match &row[3] {
            Cell::Text(word) => Some(word.clone()),
            _ => None,
        };
        Some(Day { day: day.clone(), count: row[1].number().unwrap_or(0.0), usual: row[2].number(), burst })
    };
    let days: Vec<Day> = table.rows.iter().filter_map(day).collect();
    let creator = table.summary.get("creator").and_then(|name| name.as_str()).unwrap_or_default();
    arrivals::draw(&days, creator, &table.provenance.line())
}
