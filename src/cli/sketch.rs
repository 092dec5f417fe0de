//! `truereach sketch`: audiences in a few thousand people each, to be kept, merged over files and days, and compared.

use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::creators::CreatorArgs;
use super::open::NetworkArgs;
use super::term::{OutputArgs, Terminal};
use crate::audience::{Sketch, Sketches};
use crate::base::{Error, Figure, Result, Status};
use crate::graph::View;
use crate::io::output::Output;
use crate::report::number::{count, significant};
use crate::report::{Cell, Column, Provenance, Table, small};

/// Keep audiences as sketches, merge those of several files and days, and compare them.
///
/// People are known by their names, or the column person: sketches of different files are of the same people. An audience
/// of merged sketches is whoever is in one of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  truereach sketch make monday.trg -o monday.sketches
  truereach sketch merge monday.sketches tuesday.sketches -o week.sketches
  truereach sketch similar monday.sketches tuesday.sketches --of anh")]
pub struct SketchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Make(Box<MakeArgs>),
    /// One file of sketches from several
    Merge {
        /// Files that sketch make or sketch merge wrote
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        #[command(flatten)]
        to: To,
    },
    /// Who else has this audience, from sketches
    Similar {
        /// Files that sketch make or sketch merge wrote; several are merged
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Only the rows of these creators
        #[arg(long, value_delimiter = ',', value_name = "ID,…")]
        of: Vec<String>,
        /// Of each creator the N most similar; 0 shows all
        #[arg(long, default_value_t = 5, value_name = "N")]
        top: usize,
        #[command(flatten)]
        output: OutputArgs,
    },
}

/// Make sketches of the audiences of creators.
#[derive(Debug, clap::Args)]
struct MakeArgs {
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    creators: CreatorArgs,
    #[command(flatten)]
    sketch: Sketch,
    #[command(flatten)]
    to: To,
}

/// Where sketches go.
#[derive(Debug, clap::Args)]
struct To {
    /// The file of sketches
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    output: PathBuf,
    /// Replace it if it exists
    #[arg(long, help_heading = "Output")]
    force: bool,
}

impl SketchArgs {
    /// Runs the verb.
    pub fn run(self, terminal: &Terminal) -> Result<()> {
        match self.what {
            What::Make(make) => {
                let opened = make.network.open(terminal)?;
                let accounts = make.creators.candidates(&opened.network)?;
                make.to.write(&make.sketch.run(&opened.network, &accounts, &terminal.run)?, terminal)
            }
            What::Merge { files, to } => to.write(&read(&files, terminal)?, terminal),
            What::Similar { files, of, top, output } => {
                let sketches = read(&files, terminal)?;
                let rows = of.iter().map(|name| sketches.find(name.trim())).collect::<Result<Vec<_>>>()?;
                terminal.give(&table(&sketches, &rows, top, of, terminal)?, &output)
            }
        }
    }
}

impl To {
    fn write(&self, sketches: &Sketches, terminal: &Terminal) -> Result<()> {
        terminal.writing(&self.output)?;
        let mut out = Output::create(&self.output, self.force)?;
        let fail = |error: std::io::Error| Error::io(&self.output, "write", error);
        sketches.write(&mut out).and_then(|()| out.flush()).map_err(fail)?;
        out.finish()?;
        if sketches.personal {
            terminal.note("note: a sketch holds hashes of people's names: it is still personal data");
        }
        let whole = sketches.creators.iter().filter(|sketch| sketch.is_whole()).count();
        terminal.note(format!(
            "{} audiences written to {}; {} of them whole",
            count(sketches.creators.len() as u64),
            self.output.display(),
            count(whole as u64)
        ));
        Ok(())
    }
}

/// Reads files of sketches and merges them.
fn read(files: &[PathBuf], terminal: &Terminal) -> Result<Sketches> {
    terminal.reading(files);
    let one = |path: &Path| {
        let file = std::fs::File::open(path).map_err(|error| Error::io(path, "open", error))?;
        Sketches::read(&mut BufReader::new(file), &path.display().to_string())
    };
    let mut merged = one(&files[0])?;
    for path in &files[1..] {
        merged = merged.merge(one(path)?)?;
    }
    // Whole networks are not personal unless their names are pseudonyms: what is, the files say.
    terminal.guard_view(View::Whole, merged.personal);
    Ok(merged)
}

fn table(sketches: &Sketches, rows: &[usize], top: usize, of: Vec<String>, terminal: &Terminal) -> Result<Table> {
    let columns = vec![
        Column::new("creator", "creator", "", "a creator"),
        Column::new("place", "place", "", "1 is the most similar audience"),
        Column::new("other", "other", "", "whose audience is alike"),
        Column::new("people", "common", "people", "people who follow both").people(),
        Column::new("interval", "95% interval", "people", "of common").range().people(),
        Column::new("jaccard", "of either", "share", "common people over those who follow one or both")
            .hidden_with(&["people"]),
        Column::new("status", "status", "", "measured, estimated, bounded, assumed or not estimable"),
        Column::new("followers", "followers", "people", "followers of the other").people(),
        Column::new("jaccard_interval", "of either, 95%", "share", "of jaccard")
            .range()
            .detail()
            .hidden_with(&["people"]),
        Column::new("followers_interval", "followers, 95%", "people", "of followers").range().people().detail(),
    ];
    let mut bytes = Vec::new();
    sketches.write(&mut bytes).map_err(|error| Error::io("sketches", "write", error))?;
    let parameters = serde_json::json!({ "of": of, "top": top, "keep": sketches.keep });
    let provenance =
        Provenance::new("sketch similar", parameters, terminal.seed, twox_hash::XxHash3_64::oneshot(&bytes));
    let mut table = Table::new("truereach/sketch-similar/1", columns, provenance);
    let few = |people: f64| terminal.hide_below().is_some_and(|below| small::is_small(libm::round(people), below));
    let amount = |figure: &Figure| figure.value.map_or(Cell::Missing, |value| Cell::people(libm::round(value)));
    // What was counted needs no interval.
    let estimated = |figure: &Figure| figure.interval.filter(|_| figure.status == Status::Estimated);
    let range = |figure: &Figure| estimated(figure).map_or(Cell::Missing, Cell::Range);
    let (mut before, mut place) = (usize::MAX, 0);
    for (one, other, shared) in sketches.alike(rows, top, &terminal.run)? {
        place = if before == one { place + 1 } else { 1 };
        before = one;
        let (size, own) = (sketches.creators[other].size(), sketches.creators[one].size());
        let common = shared.common.value.unwrap_or(0.0);
        // Who follows one and not the other may be few too.
        let rest = |size: &Figure| size.value.unwrap_or(0.0) - common;
        let hidden = few(common) || few(rest(&size)) || few(rest(&own));
        let shown = |cell: Cell| if hidden { Cell::Hidden } else { cell };
        let percent = |share: f64| Cell::Shown(share, format!("{}%", significant(100.0 * share, 3)));
        table.rows.push(vec![
            Cell::Text(sketches.creators[one].creator.clone()),
            shown(Cell::Count(place)),
            Cell::Text(sketches.creators[other].creator.clone()),
            shown(amount(&shared.common)),
            shown(range(&shared.common)),
            shown(shared.jaccard.value.map_or(Cell::Missing, percent)),
            Cell::Text(shared.common.status.name().into()),
            amount(&size),
            shown(range(&shared.jaccard)),
            range(&size),
        ]);
    }
    table.notes.push("each interval holds with 95% by itself, not all of them together".into());
    if sketches.as_listed {
        table.notes.push("some audiences are who was listed, not all who follow: figures are of those listed".into());
    }
    table.summary.insert("creators".into(), sketches.creators.len().into());
    Ok(table)
}
