//! What stands out in each community: the words of `truereach communities`, the table and the picture of `--traits`.

use crate::base::stats::Interval;
use crate::community::{Card, CommunityCards, Trait};
use crate::report::dots::{self, Dot, Words};
use crate::report::number::{count, significant};
use crate::report::{Cell, Column, Picture, Provenance, Table, small};

const COLUMNS: [Column; 10] = [
    Column::new("community", "community", "", "the number of the community"),
    Column::new("accounts", "accounts", "accounts", "its members").people().detail(),
    Column::new("column", "column", "", "column of the accounts table, or tier"),
    Column::new("value", "value", "", "what members have more often than all accounts"),
    Column::new("having", "with it", "accounts", "members with this value").people(),
    Column::new("share", "share", "share", "members with this value, of the members with any value of the column"),
    Column::new("base", "of all", "share", "the same of all accounts"),
    Column::new("lift", "lift", "ratio", "share over that of all accounts"),
    Column::new(
        "interval",
        "95% interval",
        "ratio",
        "of lift; what chance would leave, were these members some of many alike",
    )
    .range(),
    Column::new("known", "known", "accounts", "members with any value of the column").people().detail(),
];

/// The traits of a community that chance would not leave and that may be shown, and how many are withheld.
fn shown<'a>(
    card: &'a Card,
    found: &'a CommunityCards,
    hide_below: Option<u64>,
) -> (impl Iterator<Item = &'a Trait>, usize) {
    // Who has the value and who has not, among members and among others, and of how many members nothing is known: each of them can be
    // worked out of shares and lifts.
    let tells = move |one: &Trait| {
        let label = &found.labels[one.label as usize];
        let others = label.values[one.value as usize].1 - one.having;
        let cells =
            [one.having, one.known - one.having, others, label.known - one.known - others, card.members - one.known];
        hide_below.is_some_and(|below| cells.iter().any(|&number| small::is_small(number as f64, below)))
    };
    // Members with a value that is in no row would be told by those that are.
    let shown_of = move |label: u32| {
        card.traits
            .iter()
            .filter(move |one| one.label == label && one.stands_out() && !tells(one))
            .map(|one| one.having)
            .sum::<u64>()
    };
    let rest = move |one: &Trait| {
        hide_below.is_some_and(|below| small::is_small(one.known.saturating_sub(shown_of(one.label)) as f64, below))
    };
    let tells = move |one: &Trait| tells(one) || rest(one);
    let traits = card.traits.iter().filter(|one| one.stands_out());
    let withheld = traits.clone().filter(|one| tells(one)).count();
    (traits.filter(move |one| !tells(one)), withheld)
}

/// What stands out most, in words: `country=VN 3.1x (2.8–3.5)`.
pub fn most(card: &Card, found: &CommunityCards, hide_below: Option<u64>) -> [Cell; 2] {
    let short = |value: f64| match value {
        value if value < 2.0 => format!("{value:.2}"),
        value if value < 9.95 => format!("{value:.1}"),
        value => format!("{value:.0}"),
    };
    let mut words = shown(card, found, hide_below).0.map(|one| {
        let label = &found.labels[one.label as usize];
        let Interval { low, high } = one.interval;
        let value = &label.values[one.value as usize].0;
        format!("{}={value} {}x ({}–{})", label.name, short(one.lift), short(low), short(high))
    });
    [Cell::text(words.next()), Cell::text(words.next())]
}

/// A row a community and value; `numbers` names the communities, of which the first so many are shown.
pub fn table(
    found: &CommunityCards,
    numbers: &[u64],
    limit: usize,
    hide_below: Option<u64>,
    provenance: Provenance,
) -> Table {
    let mut table = Table::new("truereach/communities-traits/1", COLUMNS.to_vec(), provenance);
    let percent = |share: f64| Cell::Shown(share, format!("{}%", significant(100.0 * share, 3)));
    let mut withheld = 0;
    for (card, &number) in found.cards.iter().zip(numbers).take(limit) {
        let (traits, few) = shown(card, found, hide_below);
        withheld += few;
        table.rows.extend(traits.map(|one| {
            let label = &found.labels[one.label as usize];
            vec![
                Cell::Count(number),
                Cell::Count(card.members),
                Cell::Text(label.name.clone()),
                Cell::Text(label.values[one.value as usize].0.clone()),
                Cell::Count(one.having),
                percent(one.share),
                percent(one.base),
                Cell::Shown(one.lift, significant(one.lift, 3)),
                Cell::Range(one.interval),
                Cell::Count(one.known),
            ]
        }));
    }
    let notes = &mut table.notes;
    notes.push(match found.labels.as_slice() {
        [] => "no column of the accounts table describes accounts: give niche, country or the like".into(),
        labels => {
            let names: Vec<&str> = labels.iter().map(|label| label.name.as_str()).collect();
            format!("values whose interval lies above 1, of {}; --members writes who belongs where", names.join(", "))
        }
    });
    if !found.left_out.is_empty() {
        let why: Vec<String> = found.left_out.iter().map(|(name, why)| format!("{name} ({why})")).collect();
        notes.push(format!("columns that do not describe accounts: {}", why.join(", ")));
    }
    if let (Some(below), true) = (hide_below, withheld > 0) {
        notes.push(format!(
            "{} rows that would tell of fewer than {below} accounts are left out; --small-cells shows them",
            count(withheld as u64)
        ));
    }
    if !table.rows.is_empty() {
        notes.push("each interval holds with 95% by itself, not all of them together".into());
    }
    table.picture = Some(Picture(draw));
    table
}

/// So many rows are a picture.
const DRAWN: usize = 60;

/// Of each community the same number of rows at most.
fn draw(table: &Table) -> String {
    let (mut series, mut dots, mut before, mut place) = (Vec::<String>::new(), Vec::new(), None, 0);
    for row in &table.rows {
        let (Cell::Count(community), Cell::Text(column), Cell::Text(value)) = (&row[0], &row[2], &row[3]) else {
            continue;
        };
        let (Some(lift), Cell::Range(interval)) = (row[7].number(), &row[8]) else { continue };
        place = if before == Some(*community) { place + 1 } else { 0 };
        before = Some(*community);
        let at = series.iter().position(|name| name == column).unwrap_or(series.len());
        if at == series.len() {
            series.push(column.clone());
        }
        let number = |at: usize| row[at].number().unwrap_or(f64::NAN);
        let about = format!("{} of {} members; {}% of all", number(4), number(9), significant(100.0 * number(6), 3));
        let name = format!("{community}: {column}={value}");
        dots.push((place, Dot { name, value: lift, interval: Some(*interval), series: at, about }));
    }
    let most = (1..)
        .take_while(|most| dots.iter().filter(|dot| dot.0 < *most).count() <= DRAWN)
        .take(DRAWN)
        .last()
        .unwrap_or(1);
    let all = dots.len();
    let drawn: Vec<Dot> = dots.into_iter().filter(|dot| dot.0 < most).map(|dot| dot.1).collect();
    let mut under = "share of the members with a value over that of all accounts, with 95% intervals".to_owned();
    if drawn.len() < all {
        under.push_str(&format!("; the first {most} of each"));
    }
    let words = Words {
        title: "What stands out in each community",
        under: &under,
        axis: "lift; 1 is as often as among all accounts",
        series: &series,
        from: &table.provenance.line(),
    };
    dots::draw(&drawn, 1.0, words)
}
