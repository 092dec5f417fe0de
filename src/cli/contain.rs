//! `truereach contain`: whom to let speak after a scandal.

use std::path::PathBuf;

use super::analyze::parameters;
use super::creators::{CreatorArgs, accounts};
use super::open::NetworkArgs;
use super::plots;
use super::rank::open_graph;
use super::risk::inputs::{BacklashArgs, CascadeArgs};
use super::term::{OutputArgs, Terminal};
use crate::base::{Error, Result};
use crate::cascade::{Sampled, World};
use crate::graph::Network;
use crate::report::calibration::Words;
use crate::report::containment::{self as picture, Curves, Saved};
use crate::report::number::{self, count, significant};
use crate::report::{Cell, Column, Provenance, Table, small};
use crate::risk::containment::Outbreak;
use crate::risk::{Contain, Containment};

/// Choose voices that keep people from turning against a creator who fell, if they speak the truth after some hours: whom
/// to ask, how many are enough, and what each hour of delay costs.
///
/// People believe what they hear first. Every figure holds if the scandal happens; nothing here says whether it will.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach contain datasets/lastfm-asia --fallen 7237 --voices 3
  truereach contain market.trg --fallen anh --voices 5 --speak-after 2 --only tier=micro
  truereach contain market.trg --fallen anh --creators @signed.txt --brand acme --show delays
  truereach contain market.trg --fallen anh --within 72 --delay exp:6 --plots pictures")]
pub struct ContainArgs {
    #[command(flatten)]
    network: NetworkArgs,
    /// Who fell
    #[arg(long, value_name = "ID")]
    fallen: String,
    #[command(flatten)]
    creators: CreatorArgs,
    /// What to show: voices (a row each), delays (a row for each number of hours until they speak)
    #[arg(long, value_enum, default_value_t = Show::Voices, hide_possible_values = true, value_name = "WHAT")]
    show: Show,
    #[command(flatten)]
    contain: Contain,
    #[command(flatten)]
    backlash: BacklashArgs,
    /// Write the picture containment.svg to this folder
    #[arg(long, value_name = "FOLDER")]
    plots: Option<PathBuf>,
    #[command(flatten)]
    on: CascadeArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Show {
    Voices,
    Delays,
}

/// Hours after which nothing counts, where nothing else was said.
const WITHIN: f64 = 168.0;

const PICTURE: &str = "containment.svg";

impl ContainArgs {
    /// Runs the verb.
    pub fn run(mut self, terminal: &Terminal) -> Result<()> {
        self.on.cascade.timing.within.get_or_insert(WITHIN);
        self.on.check()?;
        self.contain.check()?;
        self.backlash.negativity.check(None)?;
        if let Some(folder) = &self.plots {
            plots::check(folder, &[PICTURE], self.output.force)?;
        }
        let (opened, made) = open_graph(&self.network, &self.on.audience, terminal)?;
        let (network, run) = (&opened.network, &terminal.run);
        if !network.view.has_followings() {
            return Err(Error::NotEstimable {
                figure: "Who hears what first".into(),
                needs: "whom the followers follow".into(),
            });
        }
        let fallen = network.account(self.fallen.trim())?;
        let whole = self.on.resolve(&made.graph, network, terminal)?;
        super::reach::heard(&[fallen], &whole, network, terminal)?;
        let candidates = self.creators.candidates(network)?;
        let known = self.backlash.known(&[fallen], &whole, &opened, terminal)?;
        let fall = self.backlash.against(&known, &whole, run.seed()).fall(fallen, None)?;
        // The creator and critics are turned by nothing.
        let brand = self.backlash.brand(&self.on.people, &whole, network)?.without(|u| fall.is_party(u))?;
        let (what, all) = (brand.what.clone(), brand.people);
        let resolved = whole.clone().with_weights(brand.into_weights())?;
        let speak = |world: &World<'_>| fall.speaking(world);
        let fallen_too = [fallen];
        let outbreak = Outbreak::new(&fallen_too, &fall.temper).with_critics(&speak);
        let found = self.contain.run_resolved(&resolved, &outbreak, &candidates, run)?;
        let named =
            if self.creators.creators.is_empty() { Vec::new() } else { accounts(&self.creators.creators, network)? };
        let named: Vec<String> = named.iter().map(|&account| network.names.get(account).into_owned()).collect();
        let asked = serde_json::json!({
            "fallen": network.names.get(fallen), "creators": named, "only": parameters(&self.creators.only)?,
            "contain": parameters(&self.contain)?, "backlash": self.backlash.parameters()?, "people": self.on.people,
            "cascade": parameters(&self.on.cascade)?, "audience": parameters(&self.on.audience)?,
        });
        let provenance = Provenance::new("contain", asked, terminal.seed, opened.checksum);
        let few = |people: f64| terminal.hide_below().is_some_and(|below| small::is_small(people, below));
        let drawn = found.by_count.iter().map(|row| row.saved).chain(found.by_delay.iter().map(|row| row.saved));
        let withheld = drawn.flat_map(|saved| [saved.people, saved.sim_error.low, saved.sim_error.high]).any(few);
        if withheld && self.plots.is_some() {
            terminal.note("no picture: it would show counts of few people (--small-cells draws it)");
        }
        if let Some(folder) = self.plots.as_ref().filter(|_| !withheld) {
            let drawn = draw(&found, &network.names.get(fallen), &what, &provenance);
            plots::write([(PICTURE, drawn)], folder, self.output.force, terminal)?;
        }
        let shown = Shown { found: &found, network, asked: self.contain.voices, hide_below: terminal.hide_below() };
        let mut table = match self.show {
            Show::Voices => shown.voices(provenance),
            Show::Delays => shown.delays(provenance),
        };
        table.notes.push(shown.words(&network.names.get(fallen)));
        table.notes.extend(shown.rivals());
        table.notes.push(format!("every figure holds if it happens; audience: {what}, {}", shown.people(all)));
        table.notes.extend(found.notes.iter().cloned());
        table.notes.extend(known.notes);
        table.notes.push(format!(
            "{}; {} candidates; chosen in {} worlds on {} people who turn, figures from {} others; seed {}",
            found.model,
            count(found.candidates),
            found.worlds,
            count(found.looked_at),
            found.judged,
            found.seed
        ));
        table.notes.extend(made.proxy.as_ref().map(|proxy| format!("every figure is about a {proxy}")));
        table.assumptions = found.assumptions.clone();
        table.assumptions.push(self.backlash.negativity.describe());
        table.hide_below = terminal.hide_below();
        terminal.give(&table, &self.output)
    }
}

/// What was found, and how it is shown.
struct Shown<'a> {
    found: &'a Containment,
    network: &'a Network,
    /// Voices asked for.
    asked: u32,
    hide_below: Option<u64>,
}

impl Shown<'_> {
    fn people(&self, figure: f64) -> String {
        small::people(figure, self.hide_below)
    }

    fn name(&self, account: u32) -> String {
        self.network.names.get(account).into_owned()
    }

    fn voices(&self, provenance: Provenance) -> Table {
        let columns = vec![
            Column::new("place", "place", "", "whoever saves most comes first"),
            Column::new("voice", "voice", "", "who speaks"),
            Column::new("added", "saves", "people", "people more who do not turn, beside those before").people(),
            Column::new("added_interval", "95% interval", "people", "of saves; simulation alone")
                .range()
                .hidden_with(&["added"]),
            Column::new("together", "together", "people", "people who do not turn because of those up to here")
                .people(),
            Column::new("together_interval", "95% interval", "people", "of together")
                .range()
                .hidden_with(&["together"]),
            Column::new("share", "of those who turn", "share", "together over the people who turn if nobody speaks")
                .hidden_with(&["together"]),
        ];
        let mut table = Table::new("truereach/contain/1", columns, provenance);
        for ((place, voice), by_count) in (1..).zip(&self.found.voices).zip(&self.found.by_count) {
            table.rows.push(vec![
                Cell::Count(place),
                Cell::Text(self.name(voice.account)),
                Cell::Amount(voice.added.people),
                Cell::Range(voice.added.sim_error),
                Cell::Amount(voice.together.people),
                Cell::Range(voice.together.sim_error),
                Cell::percent(by_count.share),
            ]);
        }
        table
    }

    fn delays(&self, provenance: Provenance) -> Table {
        let columns = vec![
            Column::new("hours", "after hours", "hours", "from the scandal until the voices speak"),
            Column::new("saved", "saved", "people", "people who do not turn, with the best voices for this delay")
                .people(),
            Column::new("saved_interval", "95% interval", "people", "of saved; simulation alone")
                .range()
                .hidden_with(&["saved"]),
            Column::new("share", "of those who turn", "share", "saved over the people who turn if nobody speaks")
                .hidden_with(&["saved"]),
            Column::new("lost", "lost an hour", "people", "people no longer saved for each hour since the row before")
                .hidden_with(&["saved"]),
            Column::new("voices", "voices", "", "who speaks"),
        ];
        let mut table = Table::new("truereach/contain-delays/1", columns, provenance);
        for row in &self.found.by_delay {
            let names: Vec<String> = row.voices.iter().map(|&voice| self.name(voice)).collect();
            table.rows.push(vec![
                Cell::Shown(row.hours, significant(row.hours, 3)),
                Cell::Amount(row.saved.people),
                Cell::Range(row.saved.sim_error),
                Cell::percent(row.share),
                row.lost_an_hour.map_or(Cell::Missing, Cell::Amount),
                Cell::Text(names.join(" ")),
            ]);
        }
        table
    }

    fn words(&self, fallen: &str) -> String {
        let found = self.found;
        let Some(last) = found.by_count.last() else {
            return format!(
                "if {fallen} falls, {} turn within {} hours; nobody who could speak after {} hours would change that",
                self.people(found.without.people),
                found.within,
                found.speak_after
            );
        };
        let small = self.hide_below.is_some_and(|below| small::is_small(last.saved.people, below));
        format!(
            "if {fallen} falls, {} turn within {} hours if nobody speaks; {} voices after {} hours save {}{}",
            self.people(found.without.people),
            found.within,
            last.voices,
            found.speak_after,
            self.people(last.saved.people),
            if small { String::new() } else { format!(" of them ({})", number::percent(last.share)) }
        )
    }

    fn rivals(&self) -> Option<String> {
        let rival = |name: &str, saved: Sampled| format!("{name} {}", self.people(saved.people));
        let all: Vec<String> = self.found.rivals.iter().map(|one| rival(&one.name, one.saved)).collect();
        (!all.is_empty())
            .then(|| format!("saved by voices chosen by simple rules, {} of each: {}", self.asked, all.join(", ")))
    }
}

fn draw(found: &Containment, fallen: &str, what: &str, from: &Provenance) -> String {
    let point = |at: f64, saved: Sampled| Saved { at, people: saved.people, interval: Some(saved.sim_error) };
    let by_delay: Vec<Saved> = found.by_delay.iter().map(|row| point(row.hours, row.saved)).collect();
    let by_voices: Vec<Saved> = found.by_count.iter().map(|row| point(f64::from(row.voices), row.saved)).collect();
    let curves = Curves {
        by_delay: &by_delay,
        voices: found.voices.len() as u64,
        by_voices: &by_voices,
        hours: found.speak_after,
        turned: found.without.people,
    };
    let title = picture::finding(&curves);
    let under =
        format!("{fallen} falls; audience: {what}; within {} hours; bands: 95%, simulation alone", found.within);
    picture::draw(&curves, Words { title: &title, under: &under, from: &from.line() })
}
