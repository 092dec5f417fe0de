//! The terminal: progress, notes, tables, Ctrl-C.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Global;
use super::ask::{Collected, Held};
use crate::base::run::Progress;
use crate::base::{Error, Result, Run, memory};
use crate::graph::{Definition, Network, View};
use crate::io::output::{BYTE_ORDER_MARK, Output};
use crate::report::{Answer, Format, Table, small};

/// Where answers, notes and progress go.
pub struct Terminal {
    /// The run that every computation gets.
    pub run: Run,
    /// Its seed.
    pub seed: u64,
    quiet: bool,
    bar: Option<Arc<Bar>>,
    inputs: RefCell<Vec<PathBuf>>,
    small_cells: bool,
    hide_below: Cell<Option<u64>>,
    defined: RefCell<Vec<Definition>>,
    kept: RefCell<Vec<(&'static str, String)>>,
    /// Answers to another program, which has no screen.
    collected: Option<Collected>,
    held: Option<Held>,
}

impl Terminal {
    /// Sets up threads, memory, progress and Ctrl-C.
    pub fn new(global: &Global) -> Result<Terminal> {
        let threads = match (global.threads, std::env::var("TRUEREACH_THREADS")) {
            (Some(threads), _) => Some(threads),
            (None, Ok(text)) => Some(text.parse().map_err(|_| {
                Error::parameter("TRUEREACH_THREADS", format!("\"{text}\" is not a number of threads"))
            })?),
            (None, Err(_)) => None,
        };
        if threads == Some(0) {
            return Err(Error::parameter("--threads", "must be at least 1"));
        }
        let allowed = match &global.memory {
            Some(text) => Some(memory::parse(text)?),
            None => memory::available(),
        };
        let cancel = Arc::new(AtomicBool::new(false));
        let flag = cancel.clone();
        // A second Ctrl-C does not wait for the end of the chunk.
        let _ = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::SeqCst) {
                std::process::exit(130);
            }
        });
        let run = Run::new(global.rng_seed).threads(threads.unwrap_or(0))?.memory(allowed).cancel_by(cancel);
        let bar = (!global.quiet && std::io::stderr().is_terminal()).then(|| Arc::new(Bar::default()));
        let run = match &bar {
            Some(bar) => run.progress(bar.clone()),
            None => run,
        };
        Ok(Terminal { quiet: global.quiet, bar, ..Terminal::plain(run, global.small_cells) })
    }

    /// Without a screen: what is said is collected. `held` is the network that the command line names by its paths.
    pub fn within(run: &Run, small_cells: bool, held: Option<Held>) -> Terminal {
        Terminal { collected: Some(Collected::default()), held, ..Terminal::plain(run.clone(), small_cells) }
    }

    fn plain(run: Run, small_cells: bool) -> Terminal {
        Terminal {
            seed: run.seed(),
            run,
            quiet: false,
            bar: None,
            inputs: RefCell::default(),
            small_cells,
            hide_below: Cell::new(None),
            defined: RefCell::default(),
            kept: RefCell::default(),
            collected: None,
            held: None,
        }
    }

    /// The same with other processes at work.
    pub fn with_engine(mut self, engine: std::sync::Arc<dyn crate::base::engine::Engine>) -> Terminal {
        self.run = self.run.engine_of(engine);
        self
    }

    /// The network that is in memory already.
    pub fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// What was collected.
    pub fn answer(&self) -> Answer {
        self.collected.as_ref().map(Collected::take).unwrap_or_default()
    }

    /// Looks at a network before anything of it is shown: from personal data small counts of people are withheld, in
    /// every table that goes out from now on, unless the user asked for them.
    pub fn guard(&self, network: &Network) {
        self.guard_view(network.view, network.pseudonymous.is_some());
    }

    /// As [`Terminal::guard`], of a network of which no more is read.
    pub fn guard_view(&self, view: View, pseudonymous: bool) {
        if view.is_personal(pseudonymous) && !self.small_cells {
            self.hide_below.set(Some(small::SMALL));
        }
    }

    /// Whether small counts are shown where a network is personal data.
    pub fn small_cells(&self) -> bool {
        self.small_cells
    }

    /// Counts of people below this are withheld.
    pub fn hide_below(&self) -> Option<u64> {
        self.hide_below.get()
    }

    /// Has every answer from now on say that these columns were added to the network.
    pub fn defined(&self, definitions: &[Definition]) {
        self.defined.borrow_mut().extend_from_slice(definitions);
    }

    /// Has every answer from now on say which columns, kept beside the snapshot, the network has.
    pub fn kept(&self, kind: &'static str, checksum: String) {
        self.kept.borrow_mut().push((kind, checksum));
    }

    /// The columns that were added, as answers record them, if there are any.
    pub fn definitions(&self) -> Option<serde_json::Value> {
        let defined = self.defined.borrow();
        (!defined.is_empty()).then(|| defined.iter().map(Definition::to_string).collect())
    }

    /// Remembers what is read, so that no output replaces it.
    pub fn reading(&self, inputs: &[PathBuf]) {
        self.inputs.borrow_mut().extend(inputs.iter().filter_map(|path| path.canonicalize().ok()));
    }

    /// Refuses to write over an input, `--force` or not.
    pub fn writing(&self, target: &Path) -> Result<()> {
        let Ok(target_file) = target.canonicalize() else { return Ok(()) };
        match self.inputs.borrow().contains(&target_file) && target_file.is_file() {
            true => Err(Error::parameter("-o", format!("{} is an input of this command", target.display()))
                .with_hint("name another file")),
            false => Ok(()),
        }
    }

    /// A line for the person, not part of the answer.
    pub fn note(&self, text: impl AsRef<str>) {
        if let Some(collected) = &self.collected {
            collected.note(text.as_ref());
        } else if !self.quiet {
            self.clear();
            anstream::eprintln!("{}", text.as_ref());
        }
    }

    /// Takes the progress bar off the screen.
    pub fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.clear();
        }
    }

    /// Width of the answer's terminal; wide where there is none.
    pub fn width() -> usize {
        terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0))
    }

    /// Prints an answer as text.
    pub fn print(&self, text: &str) -> Result<()> {
        if let Some(collected) = &self.collected {
            collected.text(text);
            return Ok(());
        }
        self.clear();
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(|error| Error::io("<stdout>", "write", error))
    }

    /// Gives a table out: to a file by its ending, else to standard output, aligned on a terminal and TSV in a pipe.
    pub fn give(&self, table: &Table, output: &OutputArgs) -> Result<()> {
        let target = output.output.as_deref().filter(|path| ![Path::new("-"), Path::new("/dev/stdout")].contains(path));
        let terminal = target.is_none() && std::io::stdout().is_terminal();
        let format = match (output.format, target) {
            (Some(format), _) => format,
            (None, Some(path)) => Format::of(path).ok_or_else(|| {
                Error::parameter("-o", format!("what format is {}?", path.display()))
                    .with_hint("end the name in .xlsx, .csv, .tsv, .json, .ndjson, .parquet, .arrow, .txt or .svg, or say --format")
            })?,
            (None, None) if terminal => Format::Table,
            (None, None) => Format::Tsv,
        };
        if let (Some((what, how)), None) = (format.file_only(), target) {
            return Err(Error::parameter("--format", format!("{what} goes to a file")).with_hint(how));
        }
        if format == Format::Svg && table.picture.is_none() {
            return Err(Error::parameter("-o", "this table has no picture").with_hint(
                "pictures: truereach overlap with --sets, --curve or --pairs; communities --traits; niche experts, creators; bench",
            ));
        }
        let mut table = Cow::Borrowed(table);
        if let Some(below) = self.hide_below.get()
            && table.hide_below.is_none()
        {
            table.to_mut().hide_below = Some(below);
        }
        if let Some(definitions) = self.definitions() {
            // The parameters of every verb are an object.
            table.to_mut().provenance.parameters["define"] = definitions;
        }
        for (kind, checksum) in self.kept.borrow().iter() {
            table.to_mut().provenance.parameters["kept"][*kind] = checksum.clone().into();
        }
        let table = &*table.shielded();
        if let (Some(collected), None) = (&self.collected, target) {
            collected.table(table);
            return Ok(());
        }
        self.clear();
        if format != Format::Json {
            for note in table.notes.iter() {
                self.note(format!("note: {note}"));
            }
            for assumption in &table.assumptions {
                self.note(format!("assumed: {assumption}"));
            }
        }
        match target {
            Some(path) => {
                self.writing(path)?;
                let mut out = Output::create(path, output.force)?;
                let fail = |error| Error::io(path, "write", error);
                if format == Format::Csv && !table.is_ascii() {
                    out.write_all(BYTE_ORDER_MARK).map_err(fail)?;
                }
                table.write(format, 200, &mut out).map_err(fail)?;
                out.finish()?;
                let formulas = if matches!(format, Format::Csv | Format::Tsv) { table.like_formulas() } else { 0 };
                if formulas > 0 {
                    let texts = if formulas == 1 { "1 text begins".into() } else { format!("{formulas} texts begin") };
                    self.note(format!(
                        "note: {texts} with = + - or @, which Excel takes for a formula in such a file; .xlsx keeps it text"
                    ));
                }
                self.note(format!("{} rows written to {}", table.rows.len(), path.display()));
                Ok(())
            }
            None => {
                let mut out = std::io::BufWriter::new(std::io::stdout().lock());
                let written = table.write(format, Terminal::width(), &mut out).and_then(|()| out.flush());
                written.map_err(|error| Error::io("<stdout>", "write", error))
            }
        }
    }
}

/// Where an answer goes.
#[derive(Debug, Clone, clap::Args)]
pub struct OutputArgs {
    /// Write to a file; its ending gives the format (.xlsx .csv .tsv .json .ndjson .parquet .arrow .txt, .svg where there
    /// is a picture)
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<std::path::PathBuf>,
    /// Format [default: by the file's ending; a table on a terminal, TSV in a pipe]
    #[arg(long, value_enum, help_heading = "Output")]
    pub format: Option<Format>,
    /// Replace the output file if it exists
    #[arg(long, help_heading = "Output")]
    pub force: bool,
}

/// One progress bar that appears only once a command has run for a moment; phases change its words.
struct Bar {
    begun: Instant,
    bar: ProgressBar,
}

/// How long a command may take before it owes anybody a progress bar.
const PATIENCE: Duration = Duration::from_millis(400);

impl Default for Bar {
    fn default() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        Bar { begun: Instant::now(), bar }
    }
}

impl Bar {
    fn clear(&self) {
        self.bar.set_draw_target(ProgressDrawTarget::hidden());
        self.bar.finish_and_clear();
    }

    fn show(&self) {
        if self.bar.is_hidden() && self.begun.elapsed() > PATIENCE && !self.bar.is_finished() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
        }
    }
}

impl Progress for Bar {
    fn phase(&self, name: &str, total: Option<u64>) {
        let style = match total {
            Some(_) => "{msg} {wide_bar} {percent}% ({eta})",
            None => "{msg} {spinner} {elapsed}",
        };
        if let Ok(style) = ProgressStyle::with_template(style) {
            self.bar.set_style(style);
        }
        self.bar.set_length(total.unwrap_or(0));
        self.bar.set_position(0);
        self.bar.set_message(name.to_owned());
        self.show();
    }

    fn advance(&self, amount: u64) {
        self.show();
        self.bar.inc(amount);
    }
}
