//! `truereach generate market`: the creator economy, its truth file, its posts, and the card that says how real it is.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::super::term::{OutputArgs, Terminal};
use super::super::truth;
use super::agency::ObserveArgs;
use crate::base::memory::Bytes;
use crate::base::{Error, Result, time};
use crate::io::export::Shape;
use crate::io::output::{Output, failed};
use crate::io::snapshot;
use crate::report::number::count;
use crate::report::table::Format;
use crate::report::{Cell, Column, Provenance, Table};
use crate::synth::market::{Card, Market, Truth};

/// A creator economy with a known truth: people, creators, niches, follows, posts, interactions, prices
///
/// Writes two files: the network as an observer sees it, and the truth behind it (every probability, label, effect
/// and hazard, and the true reach of every creator with its standard error). Prints what was asked against what came
/// out. Handles are made up and name nobody. With --observe, two files more (.agency.trg and .agency.truth.json) hold
/// what an agency would see of it, and the truth behind that.
#[derive(Debug, clap::Args)]
#[command(
    allow_negative_numbers = true,
    after_help = "Examples:
  truereach generate market --people 20000 -o market.trg
  truereach generate market --rng-seed 7 --posts posts.csv -o seven.trg
  truereach generate market --farms 9 --camouflage 2 -o bots.trg
  truereach generate market --observe agency --folder agency -o seen.trg"
)]
pub struct MarketArgs {
    #[command(flatten)]
    market: Market,
    #[command(flatten)]
    observe: ObserveArgs,
    /// The snapshot to write
    #[arg(long, short, value_name = "FILE", default_value = "market.trg", help_heading = "Output")]
    output: PathBuf,
    /// The truth file (.json or .json.gz) [default: the snapshot's name, ending in .truth.json.gz]
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    truth: Option<PathBuf>,
    /// Also write the posts as a platform shows them (CSV)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    posts: Option<PathBuf>,
    /// Format of the card [default: a table on a terminal, TSV in a pipe]
    #[arg(long, value_enum, help_heading = "Output")]
    format: Option<Format>,
    /// Replace outputs that exist
    #[arg(long, help_heading = "Output")]
    force: bool,
}

impl MarketArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        self.market.check()?;
        if Shape::of(&self.output).is_some() {
            let problem = format!("{} names text, and a market is written as a snapshot", self.output.display());
            return Err(Error::parameter("-o", problem)
                .with_hint("-o market.trg, then: truereach export market.trg -o follows.csv"));
        }
        let truth_file = self.truth.clone().unwrap_or_else(|| beside(&self.output));
        let agency = self.observe.places(&self.output, self.force)?;
        let targets: Vec<&Path> = [Some(&self.output), Some(&truth_file), self.posts.as_ref()]
            .into_iter()
            .flatten()
            .map(PathBuf::as_path)
            .chain(agency.iter().flat_map(|agency| agency.files()))
            .collect();
        let mut places: Vec<PathBuf> = Vec::new();
        for target in &targets {
            let place = place(target)?;
            if places.contains(&place) {
                return Err(Error::parameter("-o", format!("{} is named for two outputs", target.display())));
            }
            if place.exists() && !self.force {
                return Err(Error::Exists(target.to_path_buf()));
            }
            places.push(place);
        }
        let made = self.market.run(&terminal.run)?;
        // What may still be refused is refused before anything is written.
        let seen = agency.as_ref().map(|agency| agency.agency().run(&made, &terminal.run)).transpose()?;
        let (network, behind) = (made.network, made.truth);
        let checksum = snapshot::write(&network, &self.output, self.force, &terminal.run)?;
        truth::write(&behind, &truth_file, self.force)?;
        if let Some(path) = &self.posts {
            write_posts(&behind, path, self.force)?;
        }
        if let (Some(agency), Some(seen)) = (&agency, &seen) {
            agency.write(seen, self.force, &terminal.run)?;
        }
        let parameters = super::super::analyze::parameters(&self.market)?;
        let table = card(&behind.card, Provenance::new("generate market", parameters, terminal.seed, checksum));
        terminal.give(&table, &OutputArgs { output: None, format: self.format, force: false })?;
        terminal.note(format!(
            "{} accounts, {} follows, {} interactions with {} posts; checksum {checksum:016x}",
            count(network.accounts() as u64),
            count(network.follow_graph()?.edges()),
            count(network.events.as_ref().map_or(0, |events| events.len() as u64)),
            count(behind.posts.len() as u64),
        ));
        if let Some(seen) = &seen {
            let cut = seen.truth.accounts.iter().filter(|creator| creator.listed < creator.followers).count();
            terminal.note(format!(
                "an agency sees {} creators, {} of their follower lists cut, {} listed followers, {} posts",
                count(seen.truth.accounts.len() as u64),
                count(cut as u64),
                count(seen.lists.iter().map(|list| list.followers.len() as u64).sum()),
                count(seen.truth.posts.len() as u64),
            ));
        }
        for target in targets {
            let size = std::fs::metadata(target).map_or(0, |about| about.len());
            terminal.note(format!("written {} ({})", target.display(), Bytes(size)));
        }
        if let Some(folder) = agency.as_ref().and_then(|agency| agency.folder()) {
            terminal.note(format!("written {}", folder.display()));
        }
        Ok(())
    }
}

/// Where a file will stand, however its path is written. Its folder must be there before the work begins.
fn place(target: &Path) -> Result<PathBuf> {
    if let Ok(there) = target.canonicalize() {
        return Ok(there);
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|error| Error::io(target, "write", error))?;
    Ok(folder.join(target.file_name().unwrap_or_default()))
}

/// `market.trg` has its truth in `market.truth.json.gz`.
fn beside(snapshot: &Path) -> PathBuf {
    snapshot.with_extension("truth.json.gz")
}

/// The posts as a creator's own statistics show them: no word of content effects or of who only leaked in.
fn write_posts(truth: &Truth, path: &Path, force: bool) -> Result<()> {
    let mut output = Output::create(path, force)?;
    let fail = |error| failed(path, error);
    {
        let mut csv = csv::Writer::from_writer(&mut output as &mut dyn Write);
        let head = ["post", "creator", "platform", "time", "reach", "likes", "comments", "shares"];
        csv.write_record(head).map_err(|error| fail(error.into()))?;
        for (item, post) in truth.posts.iter().enumerate() {
            let creator = &truth.creators[post.creator as usize];
            let shares = post.shares + post.leaked;
            let numbers = [post.exposed, post.likes, post.comments, shares].map(|number| number.to_string());
            let first = [item.to_string(), creator.handle.clone(), creator.platform.clone(), time::show(post.time)];
            csv.write_record(first.iter().chain(&numbers)).map_err(|error| fail(error.into()))?;
        }
        csv.flush().map_err(fail)?;
    }
    output.finish()
}

/// The card as a table.
fn card(card: &Card, provenance: Provenance) -> Table {
    let columns = vec![
        Column::new("figure", "figure", "", "what was measured"),
        Column::new("asked", "asked", "", "what the parameters and the calibration ask for"),
        Column::new("made", "made", "", "what came out"),
        Column::new("interval", "95% interval", "", "interval of what came out, where it is an estimate").range(),
        Column::new("real", "real networks", "", "the same figure of real networks, with its source"),
    ];
    let mut table = Table::new("truereach/market-card/1", columns, provenance);
    table.notes.extend(card.notes.iter().cloned());
    for figure in &card.figures {
        table.rows.push(vec![
            Cell::Text(figure.name.clone()),
            figure.asked.map_or(Cell::Missing, |value| number(value, figure.whole)),
            figure.made.map_or(Cell::Missing, |value| number(value, figure.whole)),
            figure.interval.map_or(Cell::Missing, Cell::Range),
            Cell::text(figure.real.clone()),
        ]);
    }
    table
}

fn number(value: f64, whole: bool) -> Cell {
    match value {
        count if whole && count.fract() == 0.0 && count >= 0.0 => Cell::Count(count as u64),
        small if small.abs() < 10.0 => Cell::Shown(small, format!("{small:.3}")),
        other => Cell::Score(other, 3),
    }
}
