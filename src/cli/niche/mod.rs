//! `truereach niche`: who cares about what, and which creators reach them.

mod creators;
mod experts;
mod learn;

use std::path::PathBuf;

use clap::Subcommand;

use super::kept::Kind;
use super::open::Opened;
use super::term::Terminal;
use super::two_columns;
use crate::base::{Figure, Result};
use crate::niche::{Affinities, Card, Labels, Niches, Standing, column_name};
use crate::report::number::{count, significant};
use crate::report::{Cell, small};

/// Affinities as they are kept beside a snapshot.
pub const KIND: Kind = Kind { name: "niches", made_by: "truereach niche learn" };

/// Who cares about what, and which creators reach them: learned from a few labelled creators.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach niche learn datasets/lastfm-asia
  truereach niche learn market.trg --seeds seeds.csv
  truereach niche experts beauty market.trg
  truereach niche experts \"follow anh and not follow bao\" market.trg
  truereach niche creators market.trg --creators anh,bao -o audiences.svg")]
pub struct NicheArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Learn(learn::LearnArgs),
    Experts(experts::ExpertsArgs),
    Creators(creators::CreatorsArgs),
}

impl NicheArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        match self.what {
            What::Learn(args) => args.run(terminal),
            What::Experts(args) => args.run(terminal),
            What::Creators(args) => args.run(terminal),
        }
    }
}

/// What affinities are learned from.
#[derive(Debug, Clone, Default, clap::Args)]
struct From {
    #[command(flatten)]
    niches: Niches,
    /// CSV file with the columns account and niche, a row each, instead of a column of the accounts table
    #[arg(long, value_name = "FILE", conflicts_with = "label", help_heading = "Niches")]
    seeds: Option<PathBuf>,
}

impl From {
    /// Learns anew.
    fn learn(&self, opened: &Opened, terminal: &Terminal) -> Result<Affinities> {
        self.niches.check()?;
        let Some(path) = &self.seeds else { return self.niches.run(&opened.network, &terminal.run) };
        terminal.reading(std::slice::from_ref(path));
        let hint = "write a header account,niche and a row for each labelled account";
        let (rows, _) = two_columns::read(path, ["account", "niche"], hint)?;
        let all = rows.len();
        let (mut found, mut gone) = (Vec::with_capacity(all), Vec::new());
        for row in rows {
            let [account, niche] = row.texts;
            match opened.network.names.find(&account) {
                Some(account) => found.push((account, niche)),
                None => gone.push((account, row.at)),
            }
        }
        if let Some((account, at)) = gone.first() {
            let nearest = opened.network.names.nearest(account).join(", ");
            let mean = if nearest.is_empty() { String::new() } else { format!("; did you mean {nearest}?") };
            terminal.note(format!(
                "found: {} of {all} rows are about accounts not here; the first: {}: {account}{mean}",
                gone.len(),
                at[0]
            ));
        }
        self.niches.learn(&opened.network, &Labels::new("--seeds", found.into_iter())?, &terminal.run)
    }

    /// Those kept beside the snapshot, unless something was said that they were not learned by; else learned anew.
    fn affinities(&self, opened: &Opened, terminal: &Terminal) -> Result<Affinities> {
        let Some(card) = &opened.niches else { return self.learn(opened, terminal) };
        let is_asked = self.niches == Niches::default()
            || (card.label.as_ref() == Some(&self.niches.label) && card.steps == self.niches.steps);
        let is_there = card.names.iter().all(|name| opened.kept.contains(&column_name(name)));
        if self.seeds.is_some() || !is_asked || !is_there {
            return self.learn(opened, terminal);
        }
        let from = card.label.as_ref().map_or("a file of labels".to_owned(), |label| format!("the column {label}"));
        terminal.note(format!("note: affinities kept beside the snapshot are used, learned from {from}"));
        Affinities::from_columns(&opened.network, card.clone())
    }
}

/// What held-out labels say of affinities, in a sentence.
fn trust(card: &Card) -> String {
    let percent = |share: f64| format!("{:.0}%", 100.0 * share);
    let calibration = &card.calibration;
    format!(
        "of {} labelled accounts, each held out, {} were given their niche as the likeliest (the commonest niche alone: {}); \
         Brier score {} against {}",
        count(calibration.scored),
        percent(calibration.accuracy),
        percent(calibration.prior_accuracy),
        significant(calibration.brier, 2),
        significant(calibration.prior_brier, 2)
    )
}

/// What affinities assume.
fn assumption(card: &Card) -> String {
    let words = match card.of_creators_alone {
        true => {
            "people are to niches as creators are, who alone are labelled; how far that holds is not known: label 100 ordinary \
             accounts too, as by a survey (--seeds FILE)"
        }
        false => "whoever is not labelled is to niches as the labelled are",
    };
    words.into()
}

/// Cells of a standing: people, share, index, their intervals, and the status. Where counts of few people are hidden, whatever
/// would tell of so few is.
struct Cells {
    people: Cell,
    people_range: Cell,
    share: Cell,
    share_range: Cell,
    index: Cell,
    index_range: Cell,
}

/// Whether so few people are counted, or left over, that they are not told.
fn tells_of_few(standing: &Standing, hide_below: Option<u64>) -> bool {
    let few = |people: f64| hide_below.is_some_and(|below| small::is_small(libm::round(people), below));
    standing.listed.into_iter().any(few)
}

/// Which of groups that together are everybody are not told: those of few people, and the next smallest besides until ten are
/// hidden together, for what is missing to everybody would tell the rest.
fn withheld(people: &[f64], hide_below: Option<u64>) -> Vec<bool> {
    let Some(below) = hide_below else { return vec![false; people.len()] };
    let mut order: Vec<usize> = (0..people.len()).filter(|&at| libm::round(people[at]) > 0.0).collect();
    order.sort_by(|&a, &b| people[a].total_cmp(&people[b]));
    let (mut hidden, mut together) = (vec![false; people.len()], 0.0);
    for at in order {
        if !small::is_small(libm::round(people[at]), below) && (together == 0.0 || together >= below as f64) {
            break;
        }
        hidden[at] = true;
        together += people[at];
    }
    hidden
}

impl Cells {
    fn new(standing: &Standing, hidden: bool) -> Cells {
        let cell = |cell: Cell| if hidden { Cell::Hidden } else { cell };
        let shown = |figure: &Figure, by: f64, unit: &str, digits: usize| {
            let text = |value: f64| Cell::Shown(value, format!("{}{unit}", significant(by * value, digits)));
            cell(figure.value.map_or(Cell::Missing, text))
        };
        let range = |figure: &Figure| cell(figure.interval.map_or(Cell::Missing, Cell::Range));
        let whole = |people: f64| Cell::people(libm::round(people));
        Cells {
            people: cell(standing.people.value.map_or(Cell::Missing, whole)),
            people_range: range(&standing.people),
            share: shown(&standing.share, 100.0, "%", 3),
            share_range: range(&standing.share),
            index: shown(&standing.index, 1.0, "", 3),
            index_range: range(&standing.index),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_cannot_be_worked_out_of_the_rest() {
        assert_eq!(withheld(&[60.0, 35.0, 5.0], Some(10)), [false, true, true]);
        assert_eq!(withheld(&[60.0, 6.0, 5.0, 0.0], Some(10)), [false, true, true, false]);
        assert_eq!(withheld(&[60.0, 40.0], Some(10)), [false, false]);
        assert_eq!(withheld(&[60.0, 5.0], None), [false, false]);
    }
}
