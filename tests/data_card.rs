//! What the data card says, what docs/DATA.md says, and what is done: one table, by how follower lists were drawn and
//! what is missing. Every figure that the table refuses is refused; every figure it gives is given with that status.

use crate::common;
use truereach::analyze::{Analyze, abilities};
use truereach::audience::Overlap;
use truereach::base::Status;
use truereach::cascade::{Model, Priors};
use truereach::graph::attributes::known;
use truereach::graph::tables::{FOLLOWS, post};
use truereach::graph::{Column, Design, Network, Table, Values, View, build};
use truereach::{Error, Run};

const CREATORS: u32 = 3;
/// Followers of each creator, and how many of them also follow the next.
const FOLLOWERS: u32 = 400;
const BOTH: u32 = 200;
/// Followers on a cut list.
const LISTED: u32 = 200;

/// What is taken away from a network that has everything an agency may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Missing {
    Nothing,
    Claimed,
    Posts,
    Times,
    Lookups,
}

impl Missing {
    const ALL: [Missing; 5] = [Missing::Nothing, Missing::Claimed, Missing::Posts, Missing::Times, Missing::Lookups];

    fn name(self) -> &'static str {
        match self {
            Missing::Nothing => "nothing",
            Missing::Claimed => "claimed follower counts",
            Missing::Posts => "posts",
            Missing::Times => "times of posts",
            Missing::Lookups => "looked-up followers",
        }
    }
}

/// Three creators on one platform: accounts 0, 1 and 2. `None`: no lists at all.
fn network(design: Option<Design>, missing: Missing) -> Network {
    // Creator 0 is followed by 3..403, creator 1 by 203..603, creator 2 by 403..803.
    let people = CREATORS + CREATORS * FOLLOWERS - (CREATORS - 1) * BOTH;
    let audience = |v: u32| CREATORS + v * (FOLLOWERS - BOTH)..CREATORS + v * (FOLLOWERS - BOTH) + FOLLOWERS;
    let cut = |v: u32| -> Vec<u32> {
        match design {
            None => vec![],
            Some(Design::Full) => audience(v).collect(),
            // Every other one; which half differs, so that samples meet.
            Some(_) => audience(v).filter(|u| (u / 2 + v * (u / 3)).is_multiple_of(2)).take(LISTED as usize).collect(),
        }
    };
    let edges: Vec<(u32, u32)> = (0..CREATORS).flat_map(|v| cut(v).into_iter().map(move |u| (u, v))).collect();
    let mut network = Network::from_graph(build::graph(people as usize, &edges));
    if design.is_none() {
        network.follows = None;
    }
    network.view = match design {
        None => View::Counts,
        Some(Design::Full) => View::Lists,
        Some(_) => View::Sampled,
    };
    let numbers = |name: &str, value: f64| {
        let values: Vec<f64> = (0..people).map(|v| if v < CREATORS { value } else { f64::NAN }).collect();
        Column { name: name.into(), values: Values::Number(values.into()) }
    };
    let columns = &mut network.attributes.columns;
    columns.push(numbers(known::CREATOR, 1.0));
    if missing != Missing::Claimed {
        columns.push(numbers(known::FOLLOWERS, f64::from(FOLLOWERS)));
    }
    if let Some(design) = design {
        let texts = (0..people).map(|v| (v < CREATORS).then(|| design.name().to_owned()));
        columns.push(Column::texts(known::LIST_DESIGN, texts));
    }
    columns.sort_by(|a, b| a.name.cmp(&b.name));
    if missing != Missing::Posts {
        let rows = 12 * CREATORS as usize;
        let column = |name: &str, value: &dyn Fn(usize) -> f64| Column {
            name: name.into(),
            values: Values::Number((0..rows).map(value).collect::<Vec<f64>>().into()),
        };
        let mut columns = vec![column(post::REACH, &|row| 90.0 + (row * 7 % 12) as f64 * 5.0)];
        if missing != Missing::Times {
            columns.push(column(post::TIME, &|row| 1.7e12 + (row % 12) as f64 * 8.64e7));
        }
        let account: Vec<u32> = (0..rows as u32).map(|row| row / 12).collect();
        network.tables.posts = Table { account: account.into(), other: None, columns };
    }
    if missing != Missing::Lookups && design.is_some() {
        // Thirty of each list, looked up against all creators.
        let mut rows: Vec<(u32, u32, f64)> = Vec::new();
        for v in 0..CREATORS {
            for u in cut(v).into_iter().step_by(6).take(30) {
                rows.extend((0..CREATORS).map(|w| (u, w, f64::from(u8::from(audience(w).contains(&u))))));
            }
        }
        rows.sort_by_key(|row| (row.0, row.1));
        rows.dedup();
        let follows = Values::Number(rows.iter().map(|row| row.2).collect::<Vec<f64>>().into());
        network.tables.lookups = Table {
            account: rows.iter().map(|row| row.0).collect::<Vec<u32>>().into(),
            other: Some(rows.iter().map(|row| row.1).collect::<Vec<u32>>().into()),
            columns: vec![Column { name: FOLLOWS.into(), values: follows }],
        };
    }
    network
}

/// The figures of the table, as the data card names them.
const FIGURES: [&str; 8] = [
    "followers",
    "reach of the next post",
    "reach by recommendation",
    "spread beyond followers",
    "communities",
    "overlap of two audiences",
    "unique audience of several",
    "how good the forecast is",
];

fn designs() -> Vec<Option<Design>> {
    Design::ALL.into_iter().map(Some).chain([None]).collect()
}

fn of_card(network: &Network, figure: &str) -> Status {
    abilities(network).into_iter().find(|ability| ability.figure == figure).unwrap().status
}

#[test]
fn the_page_says_what_the_card_says() {
    let mut rows = vec![
        format!("| lists | missing | {} |", FIGURES.join(" | ")),
        format!("|---|---|{}", "---|".repeat(FIGURES.len())),
    ];
    for design in designs() {
        for missing in Missing::ALL {
            let network = network(design, missing);
            let cells: Vec<&str> = FIGURES.iter().map(|figure| of_card(&network, figure).name()).collect();
            let lists = design.map_or("none", Design::name);
            rows.push(format!("| {lists} | {} | {} |", missing.name(), cells.join(" | ")));
        }
    }
    let page = std::fs::read_to_string(common::repo("docs/DATA.md")).unwrap();
    for row in &rows {
        assert!(
            page.contains(row),
            "docs/DATA.md lacks this row of its table:\n{row}\nthe table:\n{}",
            rows.join("\n")
        );
    }
}

#[test]
fn what_the_card_says_is_what_is_done() {
    let run = Run::new(1);
    for design in designs() {
        for missing in Missing::ALL {
            let network = network(design, missing);
            let at = format!("{design:?} without {missing:?}");
            let said = |figure: &str| of_card(&network, figure);
            let analysis = Analyze { top: 0, ..Default::default() }.run(&network, &run).unwrap();
            let row = &analysis.rows[0];
            let counted = row.followers.is_some() || row.followers_claimed.is_some();
            assert_eq!(counted, said("followers") != Status::NotEstimable, "followers: {at}");
            // Without posts the reach is not in the table; what is assumed of followers stands as direct reach.
            let reach = if row.reach.is_some() { row.reach_status } else { row.direct_status };
            assert_eq!(reach, said("reach of the next post"), "reach: {at}");
            let recommended = if row.recommended.is_some() { Status::Bounded } else { Status::NotEstimable };
            assert_eq!(recommended, said("reach by recommendation"), "recommended: {at}");
            assert_eq!(said("spread beyond followers"), Status::NotEstimable, "{at}");
            let graph = build::graph(2, &[]);
            let refused = Model::Prior.resolve(&graph, &network, None, &Priors::default(), &run);
            assert!(matches!(refused, Err(Error::NotEstimable { .. })), "a cascade on lists: {at}");
            assert!(row.pagerank.is_none() && row.tunkrank.is_none() && row.community.is_none(), "{at}");
            let tested = truereach::learn::Backtest::default().run(&network, &run).map(|verdict| verdict.all.is_some());
            assert_eq!(tested.unwrap_or(false), said("how good the forecast is") != Status::NotEstimable, "{at}");
            // A union of two is their pair; with three it is what the card says of several.
            let overlap = Overlap { pairs: true, ..Default::default() }.run(&network, &[0, 1, 2], &run);
            let (pair, union) = match overlap {
                Ok(found) => (found.pairs[0].common.status, found.union.status),
                Err(Error::NotEstimable { .. }) => (Status::NotEstimable, Status::NotEstimable),
                Err(other) => panic!("{at}: {other}"),
            };
            assert_eq!(pair, said("overlap of two audiences"), "pair: {at}");
            assert_eq!(union, said("unique audience of several"), "union: {at}");
        }
    }
}
