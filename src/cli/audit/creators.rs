//! A row a creator: what part of the followers is real, and which evidence takes the others away.

use super::super::analyze::{in_percent, parameters, percent};
use super::super::open::Opened;
use super::super::term::Terminal;
use super::{AuditArgs, named};
use crate::authenticity::{Evidence, Labels, Position, Share, by_flags, engagements};
use crate::base::Result;
use crate::base::stats::Interval;
use crate::report::bars::{self, Bar, Part};
use crate::report::number::people;
use crate::report::{Cell, Column, Picture, Provenance, Table};

/// Evidence that takes followers away, with a column each.
const REASONS: [(Evidence, &str, &str); 6] = [
    (Evidence::Lockstep, "lockstep", "not real: arrived together at several creators within the same days"),
    (Evidence::Burst, "burst", "not real: arrived on days on which far more followers came than usual"),
    (Evidence::Copies, "copies", "not real: follow nearly the same accounts as others do"),
    (Evidence::Block, "block", "not real: part of a block of follows denser than chance"),
    (Evidence::Shape, "shape", "not real: follow very many, followed by hardly anybody; empty profiles"),
    (Evidence::Trust, "trust", "not real: tied to accounts known not to be people, or to nobody trusted"),
];

pub fn table(
    args: &AuditArgs,
    opened: &Opened,
    shares: &[Share],
    labels: Option<&Labels>,
    terminal: &Terminal,
) -> Result<Table> {
    let network = &opened.network;
    let mut columns = vec![
        Column::new("creator", "creator", "", "the creator"),
        Column::new("followers", "followers", "accounts", "followers looked at").people(),
        Column::new("authentic", "authentic", "share", "share of them who are real people")
            .hidden_with(&["followers", "not_real"]),
        Column::new("interval", "interval, %", "percent", "of the share, at the level asked for")
            .range()
            .hidden_with(&["followers", "not_real"]),
        Column::new("not_real", "not real", "accounts", "followers who are not real people, expected")
            .people()
            .hidden_with(&["lockstep", "burst", "copies", "block", "shape", "trust", "assumed"]),
        Column::new("status", "status", "", "estimated or not estimable"),
    ];
    columns.extend(REASONS.map(|(_, key, about)| Column::new(key, key, "accounts", about).people()));
    columns.push(
        Column::new("assumed", "assumed", "accounts", "not real by what is assumed of accounts that show no pattern")
            .people()
            .detail(),
    );
    columns.push(Column::new(
        "engagement",
        "engagement",
        "",
        "interactions received against creators with as many followers: as expected, less, more; empty: too few like this one",
    ));
    columns.push(
        Column::new(
            "pod",
            "pod",
            "",
            "the engagement pod that the creator is in, and what an interaction in it counts",
        )
        .detail(),
    );
    if args.flags.is_some() {
        let about = "share of real followers by the flags of another tool, corrected for how often these are wrong";
        columns.push(Column::new("by_flags", "by flags", "share", about).hidden_with(&["followers", "not_real"]));
        columns.push(
            Column::new("by_flags_interval", "by flags, %", "percent", "its interval, at the level asked for")
                .range()
                .hidden_with(&["followers", "not_real"]),
        );
        columns
            .push(Column::new("by_flags_because", "flags", "", "what that rests on, or what it would need").detail());
    }
    columns.push(Column::new("because", "because", "", "which followers were looked at, or what is needed").detail());
    let asked = serde_json::json!({ "audit": parameters(&args.audit)?, "shares": parameters(&args.shares)? });
    let provenance = Provenance::new("audit", asked, terminal.seed, opened.checksum);
    let mut shown: Vec<&Share> = shares.iter().collect();
    let fake = |share: &Share| share.reasons.iter().fold(0.0, |sum, (_, fake)| sum + fake);
    if args.creators.creators.is_empty() {
        // By what evidence takes away, not by what is assumed of all alike.
        let found = |share: &Share| {
            share.reasons.iter().filter(|(evidence, _)| evidence.is_some()).fold(0.0, |sum, (_, fake)| sum + fake)
        };
        shown.sort_by(|a, b| found(b).total_cmp(&found(a)).then(b.followers.cmp(&a.followers)));
    }
    let all = shown.len();
    if args.top > 0 && args.creators.creators.is_empty() {
        shown.truncate(args.top);
    }
    // Evidence that takes nobody away needs no column on a terminal.
    for (at, (evidence, ..)) in REASONS.iter().enumerate() {
        let used =
            shown.iter().any(|share| share.reasons.iter().any(|(of, fake)| *of == Some(*evidence) && *fake >= 0.5));
        columns[6 + at].detail = !used;
    }
    let all_creators = network.creators().unwrap_or_else(|| shares.iter().map(|share| share.account).collect());
    let engaged = engagements(network, &all_creators, &terminal.run)?;
    let pods = engaged.as_ref().map_or(0, |engaged| engaged.pods.len());
    columns.iter_mut().filter(|column| column.key == "pod").for_each(|column| column.detail = pods == 0);
    columns.iter_mut().filter(|column| column.key == "engagement").for_each(|column| column.detail = engaged.is_none());
    let accounts: Vec<u32> = shown.iter().map(|share| share.account).collect();
    let flagged = match (&args.flags, labels) {
        (Some(column), Some(labels)) => {
            let graph = network.follow_graph()?;
            Some(by_flags(network, graph, column, labels, &accounts, args.shares.level, &terminal.run)?.1)
        }
        _ => None,
    };
    let mut table = Table::new("truereach/audit/1", columns, provenance);
    match &engaged {
        None => table.notes.push(
            "evidence engagement, pods: not observed: there are no interactions (likes, comments, shares)".into(),
        ),
        Some(engaged) => {
            for (place, pod) in engaged.pods.iter().enumerate() {
                table.notes.push(format!(
                    "pod {place}: {} like and comment each other's posts far more than habits explain ({} interactions); in \
                     weighted PageRank each counts {}, none is deleted",
                    named(network, &pod.members, 4),
                    pod.interactions,
                    pod.discount
                ));
            }
        }
    }
    for (place, share) in shown.iter().enumerate() {
        let of = |evidence: Option<Evidence>| {
            share.reasons.iter().filter(|(other, _)| *other == evidence).fold(0.0, |sum, (_, fake)| sum + fake)
        };
        let known = |cell: Cell| if share.share.is_some() { cell } else { Cell::Missing };
        let mut row = vec![
            Cell::Text(network.names.get(share.account).into_owned()),
            Cell::Count(share.followers),
            share.share.map_or(Cell::Missing, |share| Cell::Shown(share, percent(share))),
            share.interval.map_or(Cell::Missing, |range| Cell::Range(in_percent(range))),
            known(Cell::Amount(fake(share))),
            Cell::Text(share.status.name().into()),
        ];
        row.extend(REASONS.map(|(evidence, ..)| known(Cell::Amount(of(Some(evidence))))));
        row.push(known(Cell::Amount(of(None))));
        let engaged = engaged.as_ref().and_then(|engaged| {
            let at = engaged.rows.binary_search_by_key(&share.account, |row| row.account).ok()?;
            Some((&engaged.rows[at], &engaged.pods))
        });
        row.push(Cell::text(engaged.and_then(|(row, _)| row.position).map(position)));
        row.push(Cell::text(engaged.and_then(|(row, pods)| {
            let place = row.pod?;
            Some(format!("pod {place}: {} creators, counts {}", pods[place].members.len(), pods[place].discount))
        })));
        if let Some(figure) = flagged.as_ref().map(|flagged| &flagged[place]) {
            row.push(figure.value.map_or(Cell::Missing, |share| Cell::Shown(share, percent(share))));
            row.push(figure.interval.map_or(Cell::Missing, |range| Cell::Range(in_percent(range))));
            row.push(Cell::Text(figure.because.clone().into_owned()));
        }
        row.push(Cell::Text(share.because.clone().into_owned()));
        table.rows.push(row);
    }
    if shown.len() < all {
        table.notes.push(format!(
            "{} of {all} creators, those whom evidence takes most followers from; --top 0 shows all",
            shown.len()
        ));
    }
    table
        .notes
        .push(format!("intervals hold with {}% each; what is not real is an expectation", 100.0 * args.shares.level));
    table.notes.push(
        "these are patterns consistent with followers that were bought, by whomever; they prove nothing about a \
                      creator. --patterns says what would change each verdict"
            .into(),
    );
    table.summary.insert("creators".into(), all.into());
    table.picture = Some(Picture(draw));
    Ok(table)
}

/// Where engagement lies, as a pattern.
fn position(position: Position) -> &'static str {
    match position {
        Position::Usual => "as expected",
        Position::TooLittle => "less than expected",
        Position::TooMuch => "more than expected",
        Position::Unobserved => "not observed",
    }
}

/// Followers as bars side by side, what is taken off by each evidence in its colour.
fn draw(table: &Table) -> String {
    let bars: Vec<Bar> = table
        .rows
        .iter()
        .filter_map(|row| {
            let Cell::Text(name) = &row[0] else { return None };
            let followers = row[1].number()?;
            let (share, Cell::Range(range)) = (row[2].number()?, &row[3]) else { return None };
            let mut parts = Vec::new();
            for (at, (evidence, ..)) in REASONS.iter().enumerate() {
                let share = row[6 + at].number().unwrap_or(0.0) / followers;
                parts.push(Part { name: evidence.name().into(), share, series: 1 + at });
            }
            parts.push(Part { name: "assumed".into(), share: row[12].number().unwrap_or(0.0) / followers, series: 7 });
            Some(Bar {
                name: name.clone(),
                parts,
                whisker: Some(Interval { low: 1.0 - range.high / 100.0, high: 1.0 - range.low / 100.0 }),
                about: format!("{} of {} real", people(share * followers), people(followers)),
            })
        })
        .collect();
    let under = "share of the followers, by the evidence that says so; whiskers: the interval. A pattern, no proof";
    bars::draw(&bars, "Followers who are not real people", under, &table.provenance.line())
}
